/* io_uv_listen.c - listeners of the real world. */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "io/io_uv.h"

struct listener {
    struct io_listener base;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    bool is_unix;
    char *path; /* the socket file that we made, removed at close */
};

static void
on_closed(uv_handle_t *h)
{
    free(h->data);
}

static void
on_connection(uv_stream_t *stream, int status)
{
    struct listener *l = stream->data;

    if (status != 0)
        return; /* one connection that did not come about; out of descriptors: libuv goes on */
    struct io_stream *s = real_accept(real_of(l->base.io), stream, l->is_unix);
    if (s != NULL)
        l->base.fn(l->base.arg, s);
}

static int
listen_unix(struct listener *l, const struct address *a, int backlog)
{
    int fd = -1;
    int rc = real_unix_bind(a->name, &fd);

    if (rc != 0)
        return rc;
    l->path = io_copy(a->name);
    rc = uv_pipe_open(&l->uv.pipe, fd);
    if (rc != 0)
        close(fd);
    else
        rc = uv_listen(&l->uv.stream, backlog, on_connection);
    snprintf(l->base.address, sizeof(l->base.address), "unix:%.270s", a->name);
    return rc;
}

static int
note_address(struct listener *l)
{
    struct sockaddr_storage a;
    int n = sizeof(a);
    char host[64] = "";
    uint16_t port;
    int rc = uv_tcp_getsockname(&l->uv.tcp, (struct sockaddr *)&a, &n);

    if (rc != 0)
        return rc;
    if (a.ss_family == AF_INET) {
        uv_ip4_name((const struct sockaddr_in *)&a, host, sizeof(host));
        port = ntohs(((const struct sockaddr_in *)&a)->sin_port);
    } else {
        uv_ip6_name((const struct sockaddr_in6 *)&a, host, sizeof(host));
        port = ntohs(((const struct sockaddr_in6 *)&a)->sin6_port);
    }
    snprintf(l->base.address, sizeof(l->base.address), "%s(%u)", host, port);
    return 0;
}

static int
listen_at(struct listener *l, const char *host, uint16_t port, int backlog)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    uv_loop_t *loop = &real_of(l->base.io)->loop;
    uv_getaddrinfo_t found;
    char service[8];

    snprintf(service, sizeof(service), "%u", port);
    int rc = uv_getaddrinfo(loop, &found, NULL, host, service, &hints);
    if (rc != 0)
        return rc;
    rc = uv_tcp_bind(&l->uv.tcp, found.addrinfo->ai_addr, 0);
    uv_freeaddrinfo(found.addrinfo);
    if (rc == 0)
        rc = uv_listen(&l->uv.stream, backlog, on_connection);
    return rc == 0 ? note_address(l) : rc;
}

static struct listener *
listener_new(struct io *io, const struct address *a, io_accept_fn *fn, void *arg)
{
    struct real *w = real_of(io);
    struct listener *l = io_alloc(sizeof(*l));

    l->base = (struct io_listener){.io = io, .fn = fn, .arg = arg};
    l->is_unix = a->is_unix;
    if (a->is_unix)
        uv_pipe_init(&w->loop, &l->uv.pipe, 0);
    else
        uv_tcp_init(&w->loop, &l->uv.tcp);
    l->uv.handle.data = l;
    w->objects++;
    return l;
}

/* One attempt with a handle of its own, since libuv's cannot be bound twice. */
static int
attempt(struct io *io, const struct address *a, const char *host, int backlog, io_accept_fn *fn,
    void *arg, struct io_listener **out)
{
    struct listener *l = listener_new(io, a, fn, arg);
    int rc = a->is_unix ? listen_unix(l, a, backlog) : listen_at(l, host, a->port, backlog);

    if (rc == 0)
        *out = &l->base;
    else
        real_listener_close(&l->base);
    return rc;
}

enum rc
real_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f)
{
    struct address a;
    enum rc rc = address_parse(address, &a, f);

    if (rc != RC_OK)
        return rc;
    if (a.is_unix && strlen(a.name) > 270)
        return fail(f, RC_LIMIT, "the path of the local socket %s is over 270 bytes long", a.name);
    bool any = !a.is_unix && (a.name[0] == '\0' || strcmp(a.name, "*") == 0);
    /* "::" takes IPv4 as well; a system without IPv6 has only the other. */
    int err = attempt(io, &a, any ? "::" : a.name, backlog, fn, arg, out);
    if (err != 0 && err != UV_EADDRINUSE && any)
        err = attempt(io, &a, "0.0.0.0", backlog, fn, arg, out);
    return err == 0 ? RC_OK : real_fail(f, err, "cannot listen at %s", address);
}

void
real_listener_close(struct io_listener *base)
{
    struct listener *l = (struct listener *)base;

    real_of(base->io)->objects--;
    if (l->path != NULL)
        unlink(l->path); /* while we hold it nobody else could have bound there */
    free(l->path);
    uv_close(&l->uv.handle, on_closed);
}
