/*
 * io_uv_conn.h - inside io/ only: one connection of the real world.
 *
 * A conn belongs to its owner until io_stream_close(); after that, when it is flushed, to the loop
 * until what was written has gone (closing).  Its libuv handle lives in a struct end of its own,
 * because libuv gives a handle's memory back only some time after it is closed, and because
 * connecting may need several, one address after the other.
 */
#ifndef IO_IO_UV_CONN_H
#define IO_IO_UV_CONN_H

#include "io/io_uv.h"

struct end {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    uv_connect_t connect;
    struct conn *conn; /* NULL: given up, only waits for libuv */
};

struct resolving { /* a look-up on a worker thread */
    uv_getaddrinfo_t uv;
    struct conn *conn; /* NULL: given up */
    struct addrinfo **to;
};

struct dial {   /* what a connection needs until it is there */
    char *text; /* the address as the caller wrote it */
    struct address to, from;
    bool has_from;
    struct addrinfo *to_list, *next, *from_list;
    struct resolving *resolving;
    bool began;
    uv_timer_t *timer;
    unsigned retries;
    int error; /* the last address's */
};

enum conn_state { CONN_DIALLING, CONN_OPEN, CONN_BROKEN };

struct conn {
    struct io_stream base;
    struct real *w;
    enum conn_state state;
    struct end *end;     /* NULL until there is a handle */
    struct dial *dial;   /* NULL once connected */
    struct failure *why; /* the failure to connect that is to be reported */
    bool is_unix;
    bool want_read;  /* the owner's wish */
    bool peer_ended; /* it sends no more */
    bool writing;    /* `sending` is with libuv */
    bool is_dirty;
    bool closing;       /* the owner has closed it with flush */
    bool counted;       /* in w->closing */
    bool finished;      /* our direction has ended, only the peer's is awaited */
    struct buf out;     /* written, not yet given to libuv */
    struct buf sending; /* given to libuv */
    uv_write_t write;
    uv_shutdown_t shutdown;
    uv_timer_t *deadline; /* while closing */
    struct conn *next_dirty;
};

struct conn *conn_new(struct real *w);
struct end *conn_end_new(struct conn *c, bool is_unix); /* becomes c->end */
void conn_end_drop(struct conn *c);                     /* give the handle up */
void conn_opened(struct conn *c); /* the handle is connected: note the peer, start to read */
void conn_note_peer(struct conn *c);
void conn_mark_dirty(struct conn *c); /* it has bytes to flush before the loop sleeps */
void conn_unmark_dirty(struct conn *c);
void conn_uncount(struct conn *c); /* all its bytes were sent: the world may end */
void conn_destroy(struct conn *c);
void conn_dial_free(struct conn *c);

uv_timer_t *conn_timer(struct conn *c, uint64_t ms, uv_timer_cb fn);
void conn_timer_drop(uv_timer_t **timer);

#endif
