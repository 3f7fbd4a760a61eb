/*
 * sim_end.h - inside io/ only: one end of a simulated connection.
 *
 * The stream that a caller holds is only a handle; the end behind it stays until sim_free(),
 * because the other side and packets on their way point to it.
 */
#ifndef IO_SIM_END_H
#define IO_SIM_END_H

#include "io/address.h"
#include "io/sim_world.h"

enum sim_end_state { END_DIALLING, END_OPEN, END_BROKEN };

struct sim_stream {
    struct io_stream base;
    struct sim_end *end;
};

struct sim_end {
    struct sim_end *next;
    struct node *node;
    struct sim_stream *handle; /* NULL: closed by its owner, or its node crashed */
    struct sim_end *peer;
    struct address to; /* what it connects to */
    enum sim_end_state state;
    bool is_unix;
    bool want_read;
    bool closing; /* closed with flush: sends what is left, throws input away */
    bool ended;   /* our end of data is on its way */
    bool peer_ended, peer_end_told;
    bool sending_due, receiving_due; /* an event for it is in the heap */
    struct buf out;                  /* written */
    size_t on_its_way;               /* bytes between us and the peer's `in` */
    struct buf in;                   /* arrived, not read */
    uint64_t last_arrival;           /* here: nothing overtakes */
    struct failure why;              /* it broke */
};

struct sim_listener {
    struct io_listener base;
    struct sim_listener *next;
    struct node *node;
    struct address at; /* name "": any host of this node; or the path of a local socket */
};

struct sim_end *sim_end_new(struct node *node, const struct io_stream_events *events, void *arg);
void sim_end_send_soon(struct sim_end *e);
/* It broke: told to its owner after delay. */
void sim_end_break(struct sim_end *e, uint64_t delay, enum rc rc, const char *how);

#endif
