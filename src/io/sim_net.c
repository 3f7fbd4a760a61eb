/*
 * sim_net.c - the simulated network: connections whose data is delayed, split and joined at random.
 *
 * Written bytes wait in `out`, travel in packets, and wait in the peer's `in` until it reads; a
 * window bounds what is between the two, so that back-pressure is felt as on a real connection.
 */
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "io/sim_end.h"

enum { WINDOW = 64 * 1024, FLUSH_US = 10 * 1000 * 1000 };

enum packet_kind { PACKET_DATA, PACKET_END, PACKET_RESET };

struct packet {
    enum packet_kind kind;
    struct sim_end *to;
    size_t n;
    uint8_t bytes[];
};

static void send_some(void *obj);
static void receive_some(void *obj);

struct sim_end *
sim_end_new(struct node *node, const struct io_stream_events *events, void *arg)
{
    struct sim_end *e = io_alloc(sizeof(*e));
    struct sim_stream *s = sim_alloc(node->sim, sizeof(*s));

    s->base = (struct io_stream){.io = &node->io, .events = events, .arg = arg};
    s->end = e;
    e->node = node;
    e->handle = s;
    e->want_read = true;
    e->out = buf_new(SIZE_MAX / 2, ORDER_BIG);
    e->in = buf_new(WINDOW, ORDER_BIG);
    e->next = node->sim->ends;
    node->sim->ends = e;
    return e;
}

/* ---- breaking ---- */

static void
tell_broken(void *obj)
{
    struct sim_end *e = obj;

    if (e->handle != NULL)
        e->handle->base.events->on_end(e->handle->base.arg, &e->why);
}

void
sim_end_break(struct sim_end *e, uint64_t delay, enum rc rc, const char *how)
{
    struct sim *sim = e->node->sim;

    if (e->state == END_BROKEN)
        return;
    e->state = END_BROKEN;
    buf_free(&e->out);
    buf_free(&e->in);
    if (e->handle == NULL)
        return;
    fail(&e->why, rc, "the connection with %s(%u) broke: %s", e->handle->base.host,
        e->handle->base.port, how);
    sim_at(sim, e->node, sim->now + delay, tell_broken, e);
}

static void
break_both(struct sim_end *e, const char *how)
{
    sim_end_break(e, sim_latency(e->node), RC_IO, how);
    sim_end_break(e->peer, sim_latency(e->peer->node), RC_IO, how);
}

/* ---- packets ---- */

static void
data_arrives(struct sim_end *e, const struct packet *p)
{
    e->peer->on_its_way -= p->n;
    if (e->handle != NULL) {
        buf_put(&e->in, p->bytes, p->n);
        assert(buf_ok(&e->in)); /* the window sees to it */
    } else if (!e->closing) {
        break_both(e, "reset by the peer");
        return;
    } else {
        sim_end_send_soon(e->peer);
    }
}

static void
packet_arrives(void *obj)
{
    struct packet *p = obj;
    struct sim_end *e = p->to;
    struct sim *sim = e->node->sim;

    if (e->state == END_OPEN && p->kind == PACKET_DATA)
        data_arrives(e, p);
    else if (e->state == END_OPEN && p->kind == PACKET_END)
        e->peer_ended = true;
    else if (e->state == END_OPEN)
        sim_end_break(e, 0, RC_IO, "reset by the peer");
    sim_release(p);
    if (e->state != END_OPEN || e->receiving_due)
        return;
    /* Now and then the reader comes late, and finds several packets joined. */
    uint64_t late = sim_between(sim, 0, 3) == 0 ? sim_between(sim, 0, 300) : 0;
    e->receiving_due = true;
    sim_at(sim, NULL, sim->now + late, receive_some, e);
}

static void
packet_send(struct sim_end *from, enum packet_kind kind, struct span data)
{
    struct sim *sim = from->node->sim;
    struct sim_end *to = from->peer;
    struct packet *p = sim_alloc(sim, sizeof(*p) + data.n);
    uint64_t at = sim->now + sim_latency(from->node);

    p->kind = kind;
    p->to = to;
    p->n = data.n;
    if (data.n > 0)
        memcpy(p->bytes, data.p, data.n);
    if (at < to->last_arrival)
        at = to->last_arrival;
    to->last_arrival = at;
    sim_note(sim, data.p, data.n);
    sim_at(sim, NULL, at, packet_arrives, p);
}

/* ---- sending ---- */

void
sim_end_send_soon(struct sim_end *e)
{
    struct sim *sim = e->node->sim;

    if (e->state != END_OPEN || e->sending_due)
        return;
    e->sending_due = true;
    sim_at(sim, NULL, sim->now + sim_between(sim, 0, 20), send_some, e);
}

static void
all_sent(struct sim_end *e)
{
    if (e->closing && !e->ended) {
        e->ended = true;
        packet_send(e, PACKET_END, span_of(NULL, 0));
    } else if (e->handle != NULL && e->handle->base.events != NULL &&
               e->handle->base.events->on_drain != NULL) {
        e->node->calls++;
        e->handle->base.events->on_drain(e->handle->base.arg);
    }
}

static void
send_some(void *obj)
{
    struct sim_end *e = obj;
    struct sim *sim = e->node->sim;

    e->sending_due = false;
    if (e->state != END_OPEN)
        return;
    if (e->out.n == 0) {
        if (e->closing)
            all_sent(e);
        return;
    }
    size_t room = WINDOW - e->on_its_way - e->peer->in.n;
    size_t n = e->out.n < room ? e->out.n : room;
    if (n == 0)
        return; /* the peer's reading starts it again */
    if (sim_between(sim, 0, 3) == 0)
        n = (size_t)sim_between(sim, 1, n);
    e->on_its_way += n;
    packet_send(e, PACKET_DATA, span_of(e->out.p, n));
    buf_consume(&e->out, n);
    if (e->out.n > 0)
        sim_end_send_soon(e);
    else
        all_sent(e);
}

/* ---- receiving ---- */

static bool
breaks_now(struct sim_end *e)
{
    uint32_t ppm = e->node->faults.break_ppm;

    return ppm > 0 && sim_between(e->node->sim, 0, 999999) < ppm;
}

static void
tell_data(struct sim_end *e)
{
    struct buf data = e->in;

    e->in = buf_new(WINDOW, ORDER_BIG);
    sim_end_send_soon(e->peer); /* there is room again */
    if (e->peer_ended && !e->receiving_due) {
        e->receiving_due = true;
        sim_at(e->node->sim, NULL, e->node->sim->now, receive_some, e);
    }
    e->handle->base.events->on_data(e->handle->base.arg, buf_span(&data));
    buf_free(&data);
}

static void
receive_some(void *obj)
{
    struct sim_end *e = obj;

    e->receiving_due = false;
    if (e->state != END_OPEN || e->handle == NULL || !e->want_read)
        return;
    if (e->in.n == 0 && (!e->peer_ended || e->peer_end_told))
        return;
    e->node->calls++;
    if (breaks_now(e)) {
        break_both(e, "connection reset");
    } else if (e->in.n > 0) {
        tell_data(e);
    } else {
        e->peer_end_told = true;
        e->handle->base.events->on_end(e->handle->base.arg, NULL);
    }
}

/* ---- the calls of io.h ---- */

static struct sim_end *
end_of(struct io_stream *s)
{
    return ((struct sim_stream *)s)->end;
}

void
sim_write(struct io_stream *s, struct span data)
{
    struct sim_end *e = end_of(s);

    if (e->state == END_BROKEN)
        return;
    buf_span_put(&e->out, data);
    sim_end_send_soon(e);
}

size_t
sim_unsent(const struct io_stream *s)
{
    return ((const struct sim_stream *)s)->end->out.n;
}

void
sim_read_stop(struct io_stream *s)
{
    end_of(s)->want_read = false;
}

void
sim_read_start(struct io_stream *s)
{
    struct sim_end *e = end_of(s);

    e->want_read = true;
    if (e->state != END_OPEN || e->receiving_due)
        return;
    e->receiving_due = true;
    sim_at(e->node->sim, NULL, e->node->sim->now, receive_some, e);
}

static void
flush_ends(void *obj)
{
    struct sim_end *e = obj;

    if (e->state == END_OPEN && !e->ended)
        break_both(e, "the peer closed it");
    else if (e->state == END_DIALLING)
        e->state = END_BROKEN;
}

void
sim_stream_close(struct io_stream *s, bool flush)
{
    struct sim_end *e = end_of(s);
    struct sim *sim = e->node->sim;
    bool unread = e->in.n > 0;

    e->handle = NULL;
    sim_release(s);
    buf_clear(&e->in);
    if (flush && (e->state == END_OPEN || (e->state == END_DIALLING && e->out.n > 0))) {
        e->closing = true;
        if (e->out.n > 0)
            sim_at(sim, NULL, sim->now + FLUSH_US, flush_ends, e);
        sim_end_send_soon(e);
        if (e->state == END_OPEN)
            sim_end_send_soon(e->peer);
        return;
    }
    buf_free(&e->out);
    if (e->state == END_OPEN && !e->ended) {
        e->ended = true;
        packet_send(e, unread ? PACKET_RESET : PACKET_END, span_of(NULL, 0));
    }
    if (e->state == END_DIALLING)
        e->state = END_BROKEN;
}

bool
sim_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid)
{
    const struct sim_end *e = ((const struct sim_stream *)s)->end;

    if (!e->is_unix || e->peer == NULL)
        return false;
    *uid = (uint32_t)geteuid(); /* every node is the user's own */
    *pid = e->peer->node->number;
    return true;
}

void
sim_net_crash(struct node *node)
{
    struct sim *sim = node->sim;

    for (struct sim_listener **at = &sim->listeners; *at != NULL;) {
        if ((*at)->node == node)
            *at = (*at)->next; /* its memory is the world's */
        else
            at = &(*at)->next;
    }
    for (struct sim_end *e = sim->ends; e != NULL; e = e->next) {
        if (e->node != node)
            continue;
        e->handle = NULL;
        if (e->peer != NULL && e->state == END_OPEN)
            sim_end_break(e->peer, sim_latency(node) + sim_between(sim, 0, 100000), RC_IO,
                "the peer is gone");
        e->state = END_BROKEN;
        buf_free(&e->out);
        buf_free(&e->in);
    }
}

void
sim_net_free(struct sim *sim)
{
    for (struct sim_end *e = sim->ends, *next; e != NULL; e = next) {
        next = e->next;
        buf_free(&e->out);
        buf_free(&e->in);
        free(e);
    }
}
