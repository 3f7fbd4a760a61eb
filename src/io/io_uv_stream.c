/*
 * io_uv_stream.c - byte streams of the real world, once they are connected.
 *
 * io_write() only appends: what a callback wrote leaves in one piece before the loop sleeps.  A
 * stream closed with flush sends what is left, ends its direction, and lingers for the peer's end,
 * because the kernel answers a close with unread input by a reset that destroys what was just
 * sent.
 */
#include <assert.h>
#include <stdio.h>
#include <sys/socket.h>

#include "io/io_uv_conn.h"

enum { FLUSH_MS = 10000, LINGER_MS = 1000, KEEP_ROOM = 256 * 1024 };

/* ---- breaking ---- */

static void
conn_broke(struct conn *c, int err, const char *doing)
{
    struct failure f;

    uv_read_stop(&c->end->uv.stream);
    c->state = CONN_BROKEN;
    buf_free(&c->out);
    if (c->closing) {
        conn_destroy(c);
        return;
    }
    if (c->base.events == NULL)
        return;
    if (c->is_unix)
        real_fail(&f, err, "%s a local connection", doing);
    else
        real_fail(&f, err, "%s the connection with %s(%u)", doing, c->base.host, c->base.port);
    c->base.events->on_end(c->base.arg, &f);
}

/* ---- closing with flush ---- */

static void
on_deadline(uv_timer_t *timer)
{
    conn_destroy(timer->data);
}

static void
on_shutdown(uv_shutdown_t *req, int status)
{
    struct conn *c = req->data;

    if (uv_is_closing(&c->end->uv.handle))
        return;
    if (status < 0 || c->peer_ended) {
        conn_destroy(c);
        return;
    }
    c->finished = true;
    /* Lingering is a courtesy: it holds nobody's loop. */
    uv_timer_start(c->deadline, on_deadline, LINGER_MS, 0);
    uv_unref((uv_handle_t *)c->deadline);
    uv_unref(&c->end->uv.handle);
}

/* Everything was sent: end our direction. */
static void
conn_finish(struct conn *c)
{
    conn_uncount(c);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, &c->end->uv.stream, on_shutdown) != 0)
        conn_destroy(c);
}

void
real_linger_end(uv_handle_t *h)
{
    const struct end *e = h->data;

    conn_destroy(e->conn);
}

/* ---- writing ---- */

static void
conn_drained(struct conn *c)
{
    if (c->closing)
        conn_finish(c);
    else if (c->base.events != NULL && c->base.events->on_drain != NULL)
        c->base.events->on_drain(c->base.arg);
}

static void
buf_reuse(struct buf *b)
{
    if (b->room > KEEP_ROOM)
        buf_free(b);
    else
        buf_clear(b);
}

static void conn_flush(struct conn *c);

static void
on_written(uv_write_t *req, int status)
{
    struct conn *c = req->data;

    c->writing = false;
    buf_reuse(&c->sending);
    if (c->state != CONN_OPEN)
        return;
    if (status < 0)
        conn_broke(c, status, "sending on");
    else if (c->out.n > 0)
        conn_flush(c);
    else
        conn_drained(c);
}

static void
conn_flush(struct conn *c)
{
    if (c->state != CONN_OPEN || c->writing)
        return;
    if (c->out.n == 0) {
        conn_drained(c);
        return;
    }
    size_t most = c->out.n < INT32_MAX ? c->out.n : INT32_MAX;
    uv_buf_t all = uv_buf_init((char *)c->out.p, (unsigned)most);
    int sent = uv_try_write(&c->end->uv.stream, &all, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        conn_broke(c, sent, "sending on");
        return;
    }
    size_t done = sent < 0 ? 0 : (size_t)sent;
    if (done == c->out.n) {
        buf_reuse(&c->out);
        conn_drained(c);
        return;
    }
    struct buf spare = c->sending;
    c->sending = c->out;
    c->out = spare;
    most = c->sending.n - done;
    uv_buf_t rest = uv_buf_init((char *)c->sending.p + done, (unsigned)most);
    rest.len = most;
    c->write.data = c;
    c->writing = true;
    int rc = uv_write(&c->write, &c->end->uv.stream, &rest, 1, on_written);
    if (rc != 0) {
        c->writing = false;
        conn_broke(c, rc, "sending on");
    }
}

void
real_flush_dirty(struct real *w)
{
    size_t n = 0;

    /* What on_drain writes waits for the next round, so that a fast peer cannot hold the loop. */
    for (const struct conn *c = w->dirty; c != NULL; c = c->next_dirty)
        n++;
    while (n-- > 0 && w->dirty != NULL) {
        struct conn *c = w->dirty;
        conn_unmark_dirty(c);
        conn_flush(c);
    }
    if (w->dirty != NULL)
        real_keep_busy(w);
}

void
real_write(struct io_stream *s, struct span data)
{
    struct conn *c = (struct conn *)s;

    if (c->state == CONN_BROKEN)
        return; /* on_end or on_connect has said so, or is about to */
    buf_span_put(&c->out, data);
    assert(buf_ok(&c->out));
    if (c->state == CONN_OPEN && !c->writing)
        conn_mark_dirty(c);
}

size_t
real_unsent(const struct io_stream *s)
{
    const struct conn *c = (const struct conn *)s;

    if (c->state == CONN_BROKEN)
        return 0;
    size_t sending = c->writing ? uv_stream_get_write_queue_size(&c->end->uv.stream) : 0;
    return c->out.n + sending;
}

/* ---- reading ---- */

static void
on_space(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    const struct end *e = h->data;

    /* One for all streams: libuv reads into it and calls on_read at once. */
    (void)suggested;
    *out = uv_buf_init(e->conn->w->read_space, sizeof(e->conn->w->read_space));
}

static void
conn_peer_ended(struct conn *c)
{
    uv_read_stop(&c->end->uv.stream);
    c->peer_ended = true;
    if (c->base.events != NULL)
        c->base.events->on_end(c->base.arg, NULL);
    else if (c->finished)
        conn_destroy(c); /* both directions have ended */
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *data)
{
    const struct end *e = stream->data;
    struct conn *c = e->conn;

    if (n > 0 && c->base.events != NULL)
        c->base.events->on_data(c->base.arg, span_of(data->base, (size_t)n));
    else if (n == UV_EOF)
        conn_peer_ended(c);
    else if (n < 0)
        conn_broke(c, (int)n, "receiving on");
}

static void
conn_read(struct conn *c)
{
    if (c->state == CONN_OPEN && c->want_read && !c->peer_ended)
        uv_read_start(&c->end->uv.stream, on_space, on_read);
}

void
real_read_stop(struct io_stream *s)
{
    struct conn *c = (struct conn *)s;

    c->want_read = false;
    if (c->state == CONN_OPEN)
        uv_read_stop(&c->end->uv.stream);
}

void
real_read_start(struct io_stream *s)
{
    struct conn *c = (struct conn *)s;

    c->want_read = true;
    conn_read(c);
}

/* ---- life ---- */

void
conn_opened(struct conn *c)
{
    c->state = CONN_OPEN;
    if (!c->is_unix)
        uv_tcp_nodelay(&c->end->uv.tcp, 1);
    conn_note_peer(c);
    conn_read(c);
    if (c->out.n > 0 || c->closing)
        conn_mark_dirty(c);
}

struct io_stream *
real_accept(struct real *w, uv_stream_t *listener, bool is_unix)
{
    struct conn *c = conn_new(w);

    conn_end_new(c, is_unix);
    w->objects++;
    if (uv_accept(listener, &c->end->uv.stream) != 0) {
        w->objects--;
        conn_destroy(c);
        return NULL;
    }
    conn_opened(c);
    return &c->base;
}

void
real_stream_close(struct io_stream *s, bool flush)
{
    struct conn *c = (struct conn *)s;

    c->w->objects--;
    s->events = NULL;
    if (!flush || c->state == CONN_BROKEN || (c->state == CONN_DIALLING && c->out.n == 0)) {
        conn_destroy(c);
        return;
    }
    c->closing = true;
    c->counted = true;
    c->w->closing++;
    c->deadline = conn_timer(c, FLUSH_MS, on_deadline);
    real_read_start(s); /* input is thrown away, so that the peer is not stuck sending */
    if (c->state == CONN_OPEN && !c->writing)
        conn_mark_dirty(c);
}

bool
real_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid)
{
    const struct conn *c = (const struct conn *)s;
    struct ucred who;
    socklen_t n = sizeof(who);
    uv_os_fd_t fd;

    if (!c->is_unix || c->end == NULL || uv_fileno(&c->end->uv.handle, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
        return false;
    *uid = who.uid;
    *pid = who.pid;
    return true;
}
