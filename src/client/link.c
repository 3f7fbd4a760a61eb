#include "client/link.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSENT_MARK (1u << 20)   /* above it nothing is read (link.h) */
#define IN_MAX (64u << 20)       /* a segment and what came behind it */
#define PENDING_MAX (256u << 20) /* what the owner sends before the link is ready */
#define TLS_HANDSHAKE 0x16       /* first byte of a TLS stream */

enum link_phase { LINK_CONNECTING, LINK_FIRST_BYTE, LINK_HANDSHAKE, LINK_READY };

struct link {
    struct io *io;
    struct io_stream *stream;
    struct link_events events;
    void *arg;

    enum link_phase phase;
    struct tls_env *env;
    struct tls_options options; /* its strings are ours */
    bool want_tls;
    struct tls *tls; /* NULL in the clear */
    struct failure *no_env;
    char address[280]; /* connected links: for messages */

    struct buf in;      /* in the clear: bytes not yet taken as segments */
    struct buf pending; /* sent before the link was ready */
    size_t max;
    struct io_timer *kick; /* comes back from the event loop when events are due */

    bool paused, throttled, reading;
    bool finished;      /* no more bytes will come */
    bool failed;        /* `end` says why */
    bool end_told;
    bool alert;         /* a TLS alert is on its way out */
    struct failure end;

    unsigned depth; /* inside events; freed at the end when closed */
    bool closed;
};

static void on_kick(void *arg);

/* ---- life ---- */

static const char *
copy_string(const char *s)
{
    if (s == NULL)
        return NULL;
    char *copy = strdup(s);
    if (copy == NULL)
        abort();
    return copy;
}

static void
drop_string(const char *s)
{
    union {
        const char *kept;
        char *given;
    } u = {s};
    free(u.given);
}

static struct link *
link_new(struct io *io, const struct link_events *events, void *arg)
{
    struct link *l = calloc(1, sizeof *l);

    if (l == NULL)
        abort();
    l->io = io;
    l->events = *events;
    l->arg = arg;
    l->in = buf_new(IN_MAX, ORDER_BIG);
    l->pending = buf_new(PENDING_MAX, ORDER_BIG);
    l->max = SEGMENT_FIRST_MAX;
    l->reading = true;
    l->kick = io_timer_new(io, on_kick, l);
    return l;
}

static void
link_take_tls(struct link *l, struct tls_env *env, const struct tls_options *options)
{
    if (env != NULL)
        l->env = tls_env_ref(env);
    if (options == NULL)
        return;
    l->want_tls = true;
    l->options = *options;
    l->options.cipherspec = copy_string(options->cipherspec);
    l->options.label = copy_string(options->label);
    l->options.channel = copy_string(options->channel);
    l->options.host = copy_string(options->host);
}

static void
link_free(struct link *l)
{
    if (l->tls != NULL)
        tls_free(l->tls);
    if (l->env != NULL)
        tls_env_free(l->env);
    drop_string(l->options.cipherspec);
    drop_string(l->options.label);
    drop_string(l->options.channel);
    drop_string(l->options.host);
    free(l->no_env);
    buf_wipe(&l->in);
    buf_wipe(&l->pending);
    free(l);
}

static void
enter(struct link *l)
{
    l->depth++;
}

static void
leave(struct link *l)
{
    assert(l->depth > 0);
    if (--l->depth == 0 && l->closed)
        link_free(l);
}

/* ---- the stream below ---- */

static void
set_reading(struct link *l)
{
    bool want = !l->paused && !l->throttled && !l->finished;

    if (want == l->reading || l->stream == NULL || l->phase == LINK_CONNECTING)
        return;
    l->reading = want;
    if (want)
        io_read_start(l->stream);
    else
        io_read_stop(l->stream);
}

static void
link_fail(struct link *l, const struct failure *f)
{
    if (l->failed)
        return;
    l->finished = true;
    l->failed = true;
    l->end = *f;
    set_reading(l);
}

static const char *
partner(const struct link *l, char to[280])
{
    if (l->address[0] != '\0')
        snprintf(to, 280, "%s", l->address);
    else
        link_peer(l, to);
    return to[0] != '\0' ? to : "the local application";
}

static void
write_out(struct link *l, struct span bytes)
{
    if (bytes.n == 0)
        return;
    io_write(l->stream, bytes);
    l->throttled = l->throttled || io_unsent(l->stream) > UNSENT_MARK;
    set_reading(l);
}

static void
flush_tls(struct link *l)
{
    write_out(l, buf_span(tls_output(l->tls)));
    buf_clear(tls_output(l->tls));
}

static void
send_now(struct link *l, struct span segments)
{
    struct failure f = {0};

    if (l->tls == NULL) {
        write_out(l, segments);
        return;
    }
    if (tls_write(l->tls, segments, &f) != RC_OK) {
        link_fail(l, &f);
        io_timer_set(l->kick, 0);
        return;
    }
    flush_tls(l);
}

/* ---- events ---- */

static void
become_ready(struct link *l)
{
    l->phase = LINK_READY;
    if (l->pending.n > 0)
        send_now(l, buf_span(&l->pending));
    buf_wipe(&l->pending);
    if (l->events.on_ready != NULL)
        l->events.on_ready(l->arg);
}

static void
tell_end(struct link *l)
{
    struct buf *in = l->tls != NULL ? tls_plain(l->tls) : &l->in;

    l->end_told = true;
    if (!l->failed && (in->n > 0 || l->phase == LINK_HANDSHAKE)) {
        char who[280];
        l->failed = true;
        fail(&l->end, RC_IO, "The connection to %s was closed %s.", partner(l, who),
            in->n > 0 ? "in the middle of a segment" : "during the TLS handshake");
        failure_id(&l->end, in->n > 0 ? "AMQ9208E" : "AMQ9665E");
        failure_cause(&l->end, "The partner's error log says why it closed.");
    }
    if (l->events.on_end != NULL)
        l->events.on_end(l->arg, l->failed ? &l->end : NULL);
}

/* Hand out the whole segments that are there, as long as the owner wants them. */
static void
deliver(struct link *l)
{
    struct buf *in = l->tls != NULL ? tls_plain(l->tls) : &l->in;
    size_t done = 0, used = 0;
    struct segment s;
    struct failure f = {0};
    enum rc rc = RC_OK;

    while (rc == RC_OK && !l->closed && !l->paused && !l->throttled) {
        rc = segment_decode(span_of(in->p + done, in->n - done), l->max, &s, &used, &f);
        if (rc != RC_OK)
            break;
        done += used;
        l->events.on_segment(l->arg, &s);
    }
    if (in->n == done)
        buf_clear(in);
    else
        buf_consume(in, done);
    if (rc == RC_OK || rc == RC_SHORT || l->closed)
        return;
    char who[280];
    failure_side(&f, partner(l, who));
    buf_clear(in);
    link_fail(l, &f);
}

/* Everything that is due: segments, then the end. */
static void
link_work(struct link *l)
{
    if (l->closed || l->end_told)
        return;
    enter(l);
    if (l->phase == LINK_READY)
        deliver(l);
    bool held = l->phase == LINK_READY && (l->paused || l->throttled) && !l->failed;
    if (l->finished && !held && !l->closed)
        tell_end(l);
    leave(l);
}

static void
on_kick(void *arg)
{
    link_work(arg);
}

/* ---- TLS ---- */

static void
tls_fed(struct link *l, struct span data)
{
    struct failure f = {0};
    enum rc rc = tls_input(l->tls, data, &f);

    l->alert = rc != RC_OK && tls_output(l->tls)->n > 0;
    flush_tls(l);
    if (rc == RC_OK && l->phase == LINK_HANDSHAKE && tls_is_ready(l->tls))
        become_ready(l);
    if (l->closed)
        return;
    if (rc != RC_OK) {
        link_fail(l, &f);
    } else if (tls_peer_closed(l->tls)) {
        l->finished = true;
        set_reading(l);
    }
}

static void
tls_begin(struct link *l, bool server)
{
    struct failure f = {0};

    l->phase = LINK_HANDSHAKE;
    l->options.server = server;
    enum rc rc = tls_new(l->env, &l->options, &l->tls, &f);
    if (rc == RC_OK)
        rc = tls_start(l->tls, &f);
    if (rc == RC_OK)
        flush_tls(l);
    else
        link_fail(l, &f);
}

static void
first_byte(struct link *l, uint8_t byte)
{
    if (byte != TLS_HANDSHAKE) {
        become_ready(l);
        return;
    }
    if (l->env != NULL) {
        tls_begin(l, true);
        return;
    }
    struct failure f = {0};
    if (l->no_env != NULL) {
        f = *l->no_env;
    } else {
        fail(&f, RC_REFUSED, "A TLS connection came in, and there is no key repository.");
        failure_id(&f, "AMQ9637E");
        failure_fix(&f, "Set SSLKEYR and REFRESH SECURITY TYPE(SSL).");
    }
    link_fail(l, &f);
}

/* ---- the stream's events ---- */

static void
on_connect(void *arg, enum rc rc, const struct failure *f)
{
    struct link *l = arg;

    enter(l);
    if (rc != RC_OK) {
        struct failure why;
        fail(&why, rc, "Remote host '%s' is not available.", l->address);
        failure_id(&why, "AMQ9202E");
        failure_cause(&why, "%s", f->text);
        failure_fix(&why, "Check the address, and that the listener there is running.");
        link_fail(l, &why);
    } else if (l->want_tls) {
        tls_begin(l, false);
    } else {
        become_ready(l);
    }
    if (!l->closed)
        set_reading(l); /* the owner may have paused the link before */
    link_work(l);
    leave(l);
}

static void
on_data(void *arg, struct span data)
{
    struct link *l = arg;

    if (data.n == 0 || l->finished)
        return;
    enter(l);
    if (l->phase == LINK_FIRST_BYTE)
        first_byte(l, data.p[0]);
    if (!l->closed && !l->finished) {
        if (l->tls != NULL)
            tls_fed(l, data);
        else
            buf_span_put(&l->in, data);
    }
    if (!buf_ok(&l->in)) {
        struct failure f;
        fail(&f, RC_LIMIT, "More data came in than was asked for.");
        failure_id(&f, "AMQ9207E");
        link_fail(l, &f);
    }
    link_work(l);
    leave(l);
}

static void
on_end(void *arg, const struct failure *f)
{
    struct link *l = arg;

    if (f != NULL) {
        struct failure why;
        char who[280];
        fail(&why, f->rc, "Error on receive from %s.", partner(l, who));
        failure_id(&why, "AMQ9208E");
        failure_cause(&why, "%s", f->text);
        failure_fix(&why, "Look at the partner's error log and at what is between the two hosts.");
        link_fail(l, &why);
    }
    l->finished = true;
    link_work(l);
}

static void
on_drain(void *arg)
{
    struct link *l = arg;

    enter(l);
    l->throttled = false;
    set_reading(l);
    if (l->events.on_drain != NULL && !l->end_told && l->phase == LINK_READY)
        l->events.on_drain(l->arg);
    link_work(l);
    leave(l);
}

static const struct io_stream_events stream_events = {
    .on_connect = on_connect,
    .on_data = on_data,
    .on_end = on_end,
    .on_drain = on_drain,
};

/* ---- the owner's calls ---- */

struct link *
link_connect(struct io *io, const char *address, const char *local_address, struct tls_env *env,
    const struct tls_options *options, const struct link_events *events, void *arg)
{
    struct link *l = link_new(io, events, arg);

    snprintf(l->address, sizeof l->address, "%s", address);
    link_take_tls(l, env, options);
    l->phase = LINK_CONNECTING;
    l->stream = io_connect(io, address, local_address, &stream_events, l);
    return l;
}

struct link *
link_accept(struct io *io, struct io_stream *stream_take, struct tls_env *env,
    const struct tls_options *options, const struct failure *no_env,
    const struct link_events *events, void *arg)
{
    struct link *l = link_new(io, events, arg);

    link_take_tls(l, env, options);
    if (no_env != NULL) {
        l->no_env = malloc(sizeof *l->no_env);
        if (l->no_env == NULL)
            abort();
        *l->no_env = *no_env;
    }
    l->phase = LINK_FIRST_BYTE;
    l->stream = stream_take;
    io_stream_set(l->stream, &stream_events, l);
    return l;
}

void
link_set(struct link *l, const struct link_events *events, void *arg)
{
    l->events = *events;
    l->arg = arg;
}

void
link_close(struct link *l, bool flush)
{
    if (l == NULL || l->closed)
        return;
    l->closed = true;
    if (l->tls != NULL && l->phase == LINK_READY && !l->failed) {
        tls_close_notify(l->tls);
        flush_tls(l);
    }
    io_stream_close(l->stream, flush || l->alert);
    l->stream = NULL;
    io_timer_free(l->kick);
    l->kick = NULL;
    if (l->depth == 0)
        link_free(l);
}

void
link_send(struct link *l, struct span segments)
{
    if (l->closed || l->failed)
        return;
    if (l->phase == LINK_READY)
        send_now(l, segments);
    else
        buf_span_put(&l->pending, segments);
}

size_t
link_unsent(const struct link *l)
{
    return l->pending.n + (l->stream != NULL ? io_unsent(l->stream) : 0);
}

void
link_max(struct link *l, size_t segment_bytes)
{
    l->max = segment_bytes;
}

void
link_pause(struct link *l)
{
    l->paused = true;
    set_reading(l);
}

void
link_resume(struct link *l)
{
    if (!l->paused || l->closed)
        return;
    l->paused = false;
    set_reading(l);
    io_timer_set(l->kick, 0);
}

bool
link_is_tls(const struct link *l)
{
    return l->tls != NULL;
}

bool
link_facts(const struct link *l, struct tls_facts *out)
{
    if (l->tls == NULL)
        return false;
    tls_facts(l->tls, out);
    return true;
}

void
link_peer_host(const struct link *l, char host[64])
{
    uint16_t port;

    host[0] = '\0';
    if (l->stream != NULL)
        io_stream_peer(l->stream, host, &port);
}

void
link_peer(const struct link *l, char to[80])
{
    char host[64] = "";
    uint16_t port = 0;

    if (l->stream != NULL)
        io_stream_peer(l->stream, host, &port);
    if (host[0] == '\0')
        to[0] = '\0';
    else
        snprintf(to, 80, "%s(%u)", host, port);
}

bool
link_credentials(const struct link *l, uint32_t *uid, int32_t *pid)
{
    return l->stream != NULL && io_stream_credentials(l->stream, uid, pid);
}
