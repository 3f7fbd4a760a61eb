/*
 * sim_dial.c - listeners and connecting in the simulated network.
 *
 * Any text is a host.  A listener at "*" or "" is reached by its node's name, by the node's
 * address 10.0.0.N, and from the same node as localhost.
 */
#include <stdio.h>

#include "base/text.h"
#include "io/sim_end.h"

static bool
is_any(const char *host)
{
    return host[0] == '\0' || strcmp(host, "*") == 0 || strcmp(host, "0.0.0.0") == 0 ||
           strcmp(host, "::") == 0;
}

static bool
is_loopback(const char *host)
{
    return is_any(host) || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
           text_equal_fold(host, "localhost");
}

/* ---- listening ---- */

static bool
is_taken(const struct node *node, const struct address *a)
{
    for (const struct sim_listener *l = node->sim->listeners; l != NULL; l = l->next) {
        if (l->at.is_unix != a->is_unix || l->at.port != a->port)
            continue;
        if (l->node == node && (is_any(l->at.name) || is_any(a->name)) && !a->is_unix)
            return true;
        /* A path belongs to one node's disk, a host to the whole network. */
        if (text_equal_fold(l->at.name, a->name) &&
            (l->node == node || (!a->is_unix && !is_any(a->name))))
            return true;
    }
    return false;
}

enum rc
sim_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f)
{
    struct node *node = node_of(io);
    struct address a;
    enum rc rc = address_parse(address, &a, f);

    (void)backlog;
    if (rc != RC_OK)
        return rc;
    if (!a.is_unix && a.port == 0)
        a.port = node->sim->next_port++;
    if (is_taken(node, &a))
        return fail(f, RC_BUSY, "cannot listen at %s: it is in use", address);

    struct sim_listener *l = sim_alloc(node->sim, sizeof(*l));
    l->base = (struct io_listener){.io = io, .fn = fn, .arg = arg};
    l->node = node;
    l->at = a;
    if (a.is_unix)
        snprintf(l->base.address, sizeof(l->base.address), "unix:%.270s", a.name);
    else
        snprintf(l->base.address, sizeof(l->base.address), "%.264s(%u)",
            is_any(a.name) ? node->host : a.name, a.port);
    l->next = node->sim->listeners;
    node->sim->listeners = l;
    *out = &l->base;
    return RC_OK;
}

void
sim_listener_close(struct io_listener *base)
{
    struct sim_listener *l = (struct sim_listener *)base;
    struct sim_listener **at = &l->node->sim->listeners;

    while (*at != NULL && *at != l)
        at = &(*at)->next;
    if (*at == l)
        *at = l->next;
    sim_release(l);
}

/* ---- connecting ---- */

static bool
leads_to(const struct sim_listener *l, const struct node *from, const struct address *to)
{
    if (l->at.is_unix || to->is_unix)
        return l->at.is_unix && to->is_unix && strcmp(l->at.name, to->name) == 0;
    if (l->at.port != to->port)
        return false;
    if (is_loopback(to->name) && is_any(l->at.name))
        return l->node == from;
    if (text_equal_fold(l->at.name, to->name) ||
        (is_loopback(to->name) && is_loopback(l->at.name)))
        return true;
    return is_any(l->at.name) && (text_equal_fold(to->name, l->node->name) ||
                                     strcmp(to->name, l->node->host) == 0);
}

/* The caller's own node first: its local sockets and its localhost. */
static struct sim_listener *
find_listener(const struct node *from, const struct address *to)
{
    struct sim_listener *other = NULL;

    for (struct sim_listener *l = from->sim->listeners; l != NULL; l = l->next) {
        if (!leads_to(l, from, to))
            continue;
        if (l->node == from)
            return l;
        other = l;
    }
    return other;
}

static void
tell_refused(void *obj)
{
    struct sim_end *e = obj;

    e->state = END_BROKEN;
    buf_free(&e->out);
    if (e->handle != NULL)
        e->handle->base.events->on_connect(e->handle->base.arg, e->why.rc, &e->why);
}

static void
tell_connected(void *obj)
{
    struct sim_end *e = obj;

    if (e->state != END_DIALLING)
        return;
    if (e->peer->state == END_BROKEN) { /* it crashed meanwhile */
        fail(&e->why, RC_IO, "cannot connect to %s(%u): the peer is gone", e->to.name, e->to.port);
        tell_refused(e);
        return;
    }
    e->state = END_OPEN;
    if (e->handle != NULL)
        e->handle->base.events->on_connect(e->handle->base.arg, RC_OK, NULL);
    sim_end_send_soon(e);
}

static void
note_peer(struct sim_stream *s, const char *host, uint16_t port)
{
    text_copy(s->base.host, sizeof(s->base.host), host);
    s->base.port = port;
}

static const char *
host_as_seen(const struct sim_end *e, const struct node *node)
{
    if (e->is_unix)
        return "";
    return is_loopback(e->to.name) ? "127.0.0.1" : node->host;
}

static void
call_arrives(void *obj)
{
    struct sim_end *e = obj;
    struct sim *sim = e->node->sim;
    struct sim_listener *l = find_listener(e->node, &e->to);

    if (e->state != END_DIALLING)
        return; /* given up meanwhile */
    uint64_t answered = sim->now + sim_latency(e->node);
    if (l == NULL) {
        bool path = e->to.is_unix;
        fail(&e->why, path ? RC_NOT_FOUND : RC_REFUSED, "cannot connect to %s(%u): %s", e->to.name,
            e->to.port, path ? "there is no such socket" : "connection refused");
        sim_at(sim, e->node, answered, tell_refused, e);
        return;
    }
    struct sim_end *there = sim_end_new(l->node, NULL, NULL);
    there->state = END_OPEN;
    there->is_unix = e->is_unix;
    there->peer = e;
    e->peer = there;
    e->last_arrival = answered; /* the answer comes before any data */
    note_peer(there->handle, host_as_seen(e, e->node), e->is_unix ? 0 : sim->next_port++);
    if (e->handle != NULL)
        note_peer(e->handle, host_as_seen(e, l->node), e->to.port);
    sim_at(sim, e->node, answered, tell_connected, e);
    l->node->calls++;
    l->base.fn(l->base.arg, &there->handle->base);
}

struct io_stream *
sim_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg)
{
    struct node *node = node_of(io);
    struct sim *sim = node->sim;
    struct sim_end *e = sim_end_new(node, events, arg);
    struct address from;
    enum rc rc = address_parse(address, &e->to, &e->why);

    e->is_unix = e->to.is_unix;
    if (rc == RC_OK && local_address != NULL && local_address[0] != '\0')
        rc = address_parse_local(local_address, &from, &e->why);
    if (rc != RC_OK)
        sim_at(sim, node, sim->now, tell_refused, e);
    else
        sim_at(sim, node, sim->now + sim_latency(node), call_arrives, e);
    return &e->handle->base;
}
