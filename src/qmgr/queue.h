/*
 * queue.h - a local queue while the queue manager runs: its available messages in the order of
 * delivery, who has it open, who waits.
 *
 * Only available messages are on the lists: what is put or got under syncpoint is held by its unit
 * of work and comes (back) to its place, by order of arrival, at commit or backout.
 */
#ifndef QMGR_QUEUE_H
#define QMGR_QUEUE_H

#include "qmgr/qmsg.h"
#include "qmgr/mqi.h"

#define QUEUE_BUCKETS 10 /* one per priority */

struct handle;
TAILQ_HEAD(handles, handle);
TAILQ_HEAD(hconns, hconn);

struct queue {
    char name[49];
    uint32_t number;       /* in the journal; 0: none yet */
    struct queue_def *def; /* NULL: deleted, or unknown when a journal names it */
    struct mqi *mqi;
    struct messages buckets[QUEUE_BUCKETS];
    uint32_t depth; /* as CURDEPTH counts: available ones and uncommitted puts */
    uint32_t uncommitted_puts, uncommitted_gets;
    struct handles handles; /* open ones */
    struct hconns waiters;  /* in the order in which they began to wait */
    uint32_t open_input, open_output;
    bool exclusive; /* open for exclusive input */
    bool triggered; /* stands in the list of those to be told of */
    bool temporary; /* not in the journal */
    int64_t last_put, last_get;
    TAILQ_ENTRY(queue) trigger_link;
};

struct queue *queue_new(struct mqi *m, const char *name);
void queue_free(struct queue *q); /* with its available messages */
/* Put an available message in its place. */
void queue_insert(struct queue *q, struct qmsg *m);
/* Take it from its place; cursors that stood on it are told. */
void queue_remove(struct queue *q, struct qmsg *m);
/* In the order of delivery, after m (NULL: from the start). */
struct qmsg *queue_next(const struct queue *q, const struct qmsg *m);
/* The first one behind this place, where a message that is gone may have stood. */
struct qmsg *queue_after(const struct queue *q, uint8_t bucket, uint64_t order);
uint8_t queue_bucket(const struct queue *q, int32_t priority);
bool queue_is_used(const struct queue *q); /* by a handle or a unit of work */

#endif
