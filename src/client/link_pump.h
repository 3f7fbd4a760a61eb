/*
 * link_pump.h - inside client/: the state of a link, shared by link.c (its life, the owner's calls)
 * and link_pump.c (what the stream below tells, TLS, what the owner is told).
 */
#ifndef CLIENT_LINK_PUMP_H
#define CLIENT_LINK_PUMP_H

#include "client/link.h"

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
    bool finished; /* no more bytes will come */
    bool failed;   /* `end` says why */
    bool end_told;
    bool alert; /* a TLS alert is on its way out */
    struct failure end;

    unsigned depth; /* inside events; freed at the end when closed */
    bool closed;
};

extern const struct io_stream_events link_stream_events;

void link_free(struct link *l);
/* Tell the owner what is due: segments, then the end. */
void link_work(struct link *l);
/* Read from the stream or not, by what the flags say. */
void link_set_reading(struct link *l);
/* Encrypt where that is wanted, and write; the link is ready. */
void link_write(struct link *l, struct span segments);
/* What TLS wants to be sent. */
void link_flush_tls(struct link *l);

#endif
