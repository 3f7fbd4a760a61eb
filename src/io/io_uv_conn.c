/* io_uv_conn.c - the parts that a connection of the real world is made of. */
#include "io/io_uv_conn.h"

struct conn *
conn_new(struct real *w)
{
    struct conn *c = io_alloc(sizeof(*c));

    c->base.io = &w->io;
    c->w = w;
    c->want_read = true;
    c->out = buf_new(SIZE_MAX / 2, ORDER_BIG); /* callers bound it by io_unsent() */
    c->sending = buf_new(SIZE_MAX / 2, ORDER_BIG);
    return c;
}

struct end *
conn_end_new(struct conn *c, bool is_unix)
{
    struct end *e = io_alloc(sizeof(*e));

    if (is_unix)
        uv_pipe_init(&c->w->loop, &e->uv.pipe, 0);
    else
        uv_tcp_init(&c->w->loop, &e->uv.tcp);
    e->uv.handle.data = e;
    e->conn = c;
    c->end = e;
    c->is_unix = is_unix;
    return e;
}

static void
conn_release(struct conn *c)
{
    buf_free(&c->out);
    buf_free(&c->sending);
    free(c->why);
    free(c);
}

static void
on_end_closed(uv_handle_t *h)
{
    struct end *e = h->data;

    if (e->conn != NULL)
        conn_release(e->conn);
    free(e);
}

void
conn_end_drop(struct conn *c)
{
    struct end *e = c->end;

    c->end = NULL;
    if (e == NULL)
        return;
    e->conn = NULL;
    uv_close(&e->uv.handle, on_end_closed);
}

static void
on_timer_closed(uv_handle_t *h)
{
    free(h);
}

uv_timer_t *
conn_timer(struct conn *c, uint64_t ms, uv_timer_cb fn)
{
    uv_timer_t *timer = io_alloc(sizeof(*timer));

    uv_timer_init(&c->w->loop, timer);
    timer->data = c;
    uv_update_time(&c->w->loop);
    uv_timer_start(timer, fn, ms, 0);
    return timer;
}

void
conn_timer_drop(uv_timer_t **timer)
{
    if (*timer != NULL)
        uv_close((uv_handle_t *)*timer, on_timer_closed);
    *timer = NULL;
}

void
conn_uncount(struct conn *c)
{
    if (c->counted)
        c->w->closing--;
    c->counted = false;
}

void
conn_unmark_dirty(struct conn *c)
{
    struct conn **at = &c->w->dirty;

    if (!c->is_dirty)
        return;
    while (*at != c)
        at = &(*at)->next_dirty;
    *at = c->next_dirty;
    if (c->w->dirty_end == &c->next_dirty)
        c->w->dirty_end = at;
    c->is_dirty = false;
    c->next_dirty = NULL;
}

void
conn_mark_dirty(struct conn *c)
{
    if (c->is_dirty)
        return;
    c->is_dirty = true;
    c->next_dirty = NULL;
    *c->w->dirty_end = c;
    c->w->dirty_end = &c->next_dirty;
    real_keep_busy(c->w);
}

/* Nothing of c happens any more; its memory goes when libuv has let go of the handle. */
void
conn_destroy(struct conn *c)
{
    conn_unmark_dirty(c);
    conn_uncount(c);
    conn_dial_free(c);
    conn_timer_drop(&c->deadline);
    c->base.events = NULL;
    c->state = CONN_BROKEN;
    if (c->end != NULL)
        uv_close(&c->end->uv.handle, on_end_closed); /* its requests in flight end before it */
    else
        conn_release(c);
}

void
conn_note_peer(struct conn *c)
{
    struct sockaddr_storage a;
    int n = sizeof(a);
    char *host = c->base.host;

    if (c->is_unix || uv_tcp_getpeername(&c->end->uv.tcp, (struct sockaddr *)&a, &n) != 0)
        return;
    if (a.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&a;
        uv_ip4_name(in, host, sizeof(c->base.host));
        c->base.port = ntohs(in->sin_port);
    } else {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a;
        uv_ip6_name(in6, host, sizeof(c->base.host));
        c->base.port = ntohs(in6->sin6_port);
        /* An IPv4 peer of a listener for both: rules are written with its IPv4 address. */
        if (strncmp(host, "::ffff:", 7) == 0 && strchr(host, '.') != NULL)
            memmove(host, host + 7, strlen(host + 7) + 1);
    }
}
