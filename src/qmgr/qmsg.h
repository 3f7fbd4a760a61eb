/*
 * qmsg.h - one message in memory.
 *
 * A persistent message's body stays in the journal; a nonpersistent one's is here.  Its descriptor
 * is kept packed (about 150 bytes), in the form in which it stands in the journal.
 */
#ifndef QMGR_QMSG_H
#define QMGR_QMSG_H

#include <sys/queue.h>

#include "wire/md.h"

struct queue;

struct qmsg {
    TAILQ_ENTRY(qmsg) link; /* on its queue, or in a unit of work */
    struct queue *queue;
    uint64_t id;       /* in the journal; 0: nonpersistent */
    uint64_t order;    /* of arrival, in this queue manager */
    uint64_t position; /* the log position that whoever sees it depends on */
    int64_t arrived;   /* io_wall() */
    int64_t expires;   /* io_wall(); 0: never */
    uint8_t *body;     /* nonpersistent */
    size_t size;       /* of the body */
    uint32_t cursors;  /* browse cursors that stand on it */
    uint32_t backouts;
    uint8_t bucket; /* priority list */
    uint16_t head_n;
    uint8_t head[];
};
TAILQ_HEAD(messages, qmsg);

#define QMSG_HEAD_MAX 640u

/* arrived and expires travel with the descriptor. */
void qmsg_head_encode(struct buf *out, const struct mqmd *md, int64_t arrived, int64_t expires);
/* False: it is damaged. */
bool qmsg_head_decode(struct span head, struct mqmd *md, int64_t *arrived, int64_t *expires);
/* From a packed descriptor that qmsg_head_encode() or qmsg_head_decode() vouches for. */
struct qmsg *qmsg_new(struct span head, int64_t arrived, int64_t expires, size_t body_size);
void qmsg_free(struct qmsg *m);
/* Its descriptor, with what time and backouts made of it. */
void qmsg_md(const struct qmsg *m, int64_t now, struct mqmd *md);
/* Those that MQGET matches; 24 bytes each, at fixed places of the packed descriptor. */
const uint8_t *qmsg_msgid(const struct qmsg *m);
const uint8_t *qmsg_correlid(const struct qmsg *m);

#endif
