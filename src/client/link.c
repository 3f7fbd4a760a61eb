#include "client/link_pump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_MAX (64u << 20)       /* a segment and what came behind it */
#define PENDING_MAX (256u << 20) /* what the owner sends before the link is ready */

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

static void
on_kick(void *arg)
{
    link_work(arg);
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

void
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

/* ---- the owner's calls ---- */

struct link *
link_connect(struct io *io, const char *address, const char *local_address, struct tls_env *env,
    const struct tls_options *options, const struct link_events *events, void *arg)
{
    struct link *l = link_new(io, events, arg);

    snprintf(l->address, sizeof l->address, "%s", address);
    link_take_tls(l, env, options);
    l->phase = LINK_CONNECTING;
    l->stream = io_connect(io, address, local_address, &link_stream_events, l);
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
    io_stream_set(l->stream, &link_stream_events, l);
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
        link_flush_tls(l);
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
        link_write(l, segments);
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
    link_set_reading(l);
}

void
link_resume(struct link *l)
{
    if (!l->paused || l->closed)
        return;
    l->paused = false;
    link_set_reading(l);
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
