/* listener_internal.h - what listener.c, listener_pending.c and server.c share. */
#ifndef QMGR_LISTENER_INTERNAL_H
#define QMGR_LISTENER_INTERNAL_H

#include "client/link.h"
#include "qmgr/listener.h"

struct conversation;
/* Every client conversation of the queue manager. */
struct servers {
    struct conversation *first;
};

struct listener { /* one that is started */
    struct listeners *all;
    struct listener *next;
    struct listener_status status;
    struct io_listener *io;
};

struct pending; /* a connection that has not said yet what it wants */

struct listeners {
    struct qmgr *q;
    struct listener *started;
    struct io_listener *local;
    struct pending *pending;
    struct servers servers;
    int64_t complained; /* io_wall() of the last message about the limits */
};

#define UNKNOWN_TOTAL_MAX 400u   /* connections that have not proved who they are */
#define UNKNOWN_ADDRESS_MAX 100u /* of these from one address */
#define UNKNOWN_LOCAL_MAX 256u   /* on the local socket, which TCP can not starve */
#define UNKNOWN_MS 60000u        /* how long a caller may stay unknown */

/* Serve an accepted stream (taken); local: it came through the local socket. */
void pending_new(struct listeners *l, struct io_stream *stream_take, bool local);
void pending_close_all(struct listeners *l);
/* Connections from host ("": local ones; NULL: all from TCP) that are still unknown. */
size_t pending_count(const struct listeners *l, const char *host);
size_t servers_count_unknown(const struct servers *s, const char *host);

struct servers *listeners_servers(struct listeners *l);

#endif
