/*
 * io_uv_dial.c - how a connection of the real world comes about: look up the names, bind to the
 * local address, try one address after the other.  The outcome is always told from the loop.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/io_uv_conn.h"

/* A local listener whose queue is full says so at once instead of making us wait. */
enum { RETRY_MS = 10, RETRIES_MAX = 1000 };

static void dial_step(struct conn *c);

static void
tell_failed(void *arg)
{
    struct conn *c = arg;

    if (c->base.events != NULL)
        c->base.events->on_connect(c->base.arg, c->why->rc, c->why);
}

void
conn_dial_free(struct conn *c)
{
    struct dial *d = c->dial;

    real_later_drop(c->w, tell_failed, c);
    if (d == NULL)
        return;
    if (d->resolving != NULL) {
        d->resolving->conn = NULL;
        uv_cancel((uv_req_t *)&d->resolving->uv);
    }
    conn_timer_drop(&d->timer);
    uv_freeaddrinfo(d->to_list);
    uv_freeaddrinfo(d->from_list);
    free(d->text);
    free(d);
    c->dial = NULL;
}

/* ---- outcome ---- */

static void
dial_failed(struct conn *c, const struct failure *f)
{
    if (c->closing) {
        conn_destroy(c);
        return;
    }
    conn_dial_free(c);
    c->state = CONN_BROKEN;
    buf_free(&c->out);
    c->why = io_alloc(sizeof(*c->why));
    *c->why = *f;
    real_later(&c->w->io, tell_failed, c);
}

static void
dial_failed_errno(struct conn *c, int err)
{
    struct failure f;

    real_fail(&f, err, "cannot connect to %s", c->dial->text);
    dial_failed(c, &f);
}

static void
dial_done(struct conn *c)
{
    conn_dial_free(c);
    conn_opened(c);
    if (c->base.events != NULL)
        c->base.events->on_connect(c->base.arg, RC_OK, NULL);
}

/* ---- names ---- */

static void
on_resolved(uv_getaddrinfo_t *uv, int status, struct addrinfo *list)
{
    struct resolving *r = uv->data;
    struct conn *c = r->conn;
    struct addrinfo **to = r->to;

    free(r);
    if (c == NULL) {
        uv_freeaddrinfo(list);
        return;
    }
    c->dial->resolving = NULL;
    if (status != 0) {
        dial_failed_errno(c, status);
        return;
    }
    *to = list;
    dial_step(c);
}

/* Fill *to: at once for a numeric address, else on a worker thread.  0: it is there; UV_EAGAIN:
 * dial_step() is called when it is. */
static int
resolve(struct conn *c, const char *host, uint16_t port, struct addrinfo **to)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    char service[8];
    uv_getaddrinfo_t now;

    if (host[0] == '\0')
        host = "localhost";
    snprintf(service, sizeof(service), "%u", port);
    if (uv_getaddrinfo(&c->w->loop, &now, NULL, host, service, &hints) == 0) {
        *to = now.addrinfo;
        return 0;
    }
    struct resolving *r = io_alloc(sizeof(*r));
    r->uv.data = r;
    r->conn = c;
    r->to = to;
    hints.ai_flags = 0;
    int rc = uv_getaddrinfo(&c->w->loop, &r->uv, on_resolved, host, service, &hints);
    if (rc != 0) {
        free(r);
        return rc;
    }
    c->dial->resolving = r;
    return UV_EAGAIN;
}

/* ---- local address ---- */

static int
bind_port(int fd, struct sockaddr *a, socklen_t n, uint16_t port)
{
    if (a->sa_family == AF_INET)
        ((struct sockaddr_in *)a)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)a)->sin6_port = htons(port);
    return bind(fd, a, n) == 0 ? 0 : -errno;
}

static int
bind_range(int fd, const struct dial *d, struct sockaddr *a, socklen_t n)
{
    int rc = UV_EADDRINUSE;

    /* First a port that nobody has; then also one whose last connection is still winding down. */
    for (int reuse = 0; reuse <= 1 && rc != 0; reuse++) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
        for (uint32_t port = d->from.port; port <= d->from.high && rc != 0; port++)
            rc = bind_port(fd, a, n, (uint16_t)port);
    }
    return rc;
}

/* A socket bound to the local address, for the family of the address we connect to. */
static int
bind_local(const struct dial *d, int family, int *out)
{
    struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
    socklen_t n = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    const struct addrinfo *from = d->from_list;

    while (from != NULL && from->ai_family != family)
        from = from->ai_next;
    if (d->from.name[0] != '\0' && from == NULL)
        return UV_EADDRNOTAVAIL;
    if (from != NULL)
        memcpy(&a, from->ai_addr, from->ai_addrlen);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int rc = bind_range(fd, d, (struct sockaddr *)&a, n);
    if (rc != 0)
        close(fd);
    else
        *out = fd;
    return rc;
}

/* ---- attempts ---- */

static void
on_tcp_connected(uv_connect_t *req, int status)
{
    const struct end *e = req->data;
    struct conn *c = e->conn;

    if (c == NULL || c->state != CONN_DIALLING)
        return; /* given up meanwhile */
    if (status == 0) {
        dial_done(c);
        return;
    }
    c->dial->error = status;
    conn_end_drop(c);
    dial_step(c);
}

static int
try_address(struct conn *c, const struct addrinfo *to)
{
    struct end *e = conn_end_new(c, false);

    if (c->dial->has_from) {
        int fd = -1;
        int rc = bind_local(c->dial, to->ai_family, &fd);
        if (rc == 0 && (rc = uv_tcp_open(&e->uv.tcp, fd)) != 0)
            close(fd);
        if (rc != 0)
            return rc;
    }
    e->connect.data = e;
    return uv_tcp_connect(&e->connect, &e->uv.tcp, to->ai_addr, on_tcp_connected);
}

static void
dial_tcp(struct conn *c)
{
    struct dial *d = c->dial;

    while (d->next != NULL) {
        const struct addrinfo *to = d->next;
        d->next = to->ai_next;
        int rc = try_address(c, to);
        if (rc == 0)
            return;
        d->error = rc;
        conn_end_drop(c);
    }
    dial_failed_errno(c, d->error);
}

static void
on_unix_there(uv_timer_t *timer)
{
    dial_done(timer->data);
}

static void
on_retry(uv_timer_t *timer)
{
    struct conn *c = timer->data;

    conn_timer_drop(&c->dial->timer);
    dial_step(c);
}

static void
dial_unix(struct conn *c)
{
    struct dial *d = c->dial;
    int fd = -1;
    int rc = real_unix_connect(d->to.name, &fd);

    if (rc == UV_EAGAIN && d->retries++ < RETRIES_MAX) {
        d->timer = conn_timer(c, RETRY_MS, on_retry);
        return;
    }
    if (rc == 0) {
        rc = uv_pipe_open(&conn_end_new(c, true)->uv.pipe, fd);
        if (rc != 0)
            close(fd);
    }
    if (rc != 0)
        dial_failed_errno(c, rc);
    else
        d->timer = conn_timer(c, 0, on_unix_there); /* not from inside io_connect() */
}

static void
dial_step(struct conn *c)
{
    struct dial *d = c->dial;
    int rc = 0;

    if (d->to.is_unix) {
        dial_unix(c);
        return;
    }
    if (d->from.name[0] != '\0' && d->from_list == NULL)
        rc = resolve(c, d->from.name, 0, &d->from_list);
    if (rc == 0 && d->to_list == NULL)
        rc = resolve(c, d->to.name, d->to.port, &d->to_list);
    if (rc == UV_EAGAIN)
        return;
    if (rc != 0) {
        dial_failed_errno(c, rc);
        return;
    }
    if (!d->began)
        d->next = d->to_list;
    d->began = true;
    dial_tcp(c);
}

struct io_stream *
real_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg)
{
    struct conn *c = conn_new(real_of(io));
    struct dial *d = io_alloc(sizeof(*d));
    struct failure f;

    c->w->objects++;
    c->base.events = events;
    c->base.arg = arg;
    c->dial = d;
    d->text = io_copy(address);
    enum rc rc = address_parse(address, &d->to, &f);
    d->has_from = local_address != NULL && local_address[0] != '\0';
    if (rc == RC_OK && d->has_from)
        rc = address_parse_local(local_address, &d->from, &f);
    if (rc != RC_OK)
        dial_failed(c, &f);
    else
        dial_step(c);
    return &c->base;
}
