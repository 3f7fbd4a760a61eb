#include "client/link_pump.h"

#include <assert.h>
#include <stdio.h>

#define UNSENT_MARK (1u << 20) /* above it nothing is read (link.h) */
#define TLS_HANDSHAKE 0x16     /* first byte of a TLS stream */

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

void
link_set_reading(struct link *l)
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
    link_set_reading(l);
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
    link_set_reading(l);
}

void
link_flush_tls(struct link *l)
{
    write_out(l, buf_span(tls_output(l->tls)));
    buf_clear(tls_output(l->tls));
}

void
link_write(struct link *l, struct span segments)
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
    link_flush_tls(l);
}

/* ---- events ---- */

static void
become_ready(struct link *l)
{
    l->phase = LINK_READY;
    if (l->pending.n > 0)
        link_write(l, buf_span(&l->pending));
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
void
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

/* ---- TLS ---- */

static void
tls_fed(struct link *l, struct span data)
{
    struct failure f = {0};
    enum rc rc = tls_input(l->tls, data, &f);

    l->alert = rc != RC_OK && tls_output(l->tls)->n > 0;
    link_flush_tls(l);
    if (rc == RC_OK && l->phase == LINK_HANDSHAKE && tls_is_ready(l->tls))
        become_ready(l);
    if (l->closed)
        return;
    if (rc != RC_OK) {
        link_fail(l, &f);
    } else if (tls_peer_closed(l->tls)) {
        l->finished = true;
        link_set_reading(l);
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
        link_flush_tls(l);
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
        link_set_reading(l); /* the owner may have paused the link before */
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
    link_set_reading(l);
    if (l->events.on_drain != NULL && !l->end_told && l->phase == LINK_READY)
        l->events.on_drain(l->arg);
    link_work(l);
    leave(l);
}

const struct io_stream_events link_stream_events = {
    .on_connect = on_connect,
    .on_data = on_data,
    .on_end = on_end,
    .on_drain = on_drain,
};
