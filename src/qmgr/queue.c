#include "qmgr/queue.h"

#include <assert.h>
#include <stdlib.h>

#include "qmgr/connection.h"

struct queue *
queue_new(struct mqi *m, const char *name)
{
    struct queue *q = calloc(1, sizeof(*q));

    if (q == NULL)
        abort();
    q->mqi = m;
    text_copy(q->name, sizeof(q->name), name);
    for (size_t b = 0; b < QUEUE_BUCKETS; b++)
        TAILQ_INIT(&q->buckets[b]);
    TAILQ_INIT(&q->handles);
    TAILQ_INIT(&q->waiters);
    return q;
}

void
queue_free(struct queue *q)
{
    struct qmsg *m;

    for (size_t b = 0; b < QUEUE_BUCKETS; b++) {
        while ((m = TAILQ_FIRST(&q->buckets[b])) != NULL) {
            TAILQ_REMOVE(&q->buckets[b], m, link);
            mqi_message_free(q->mqi, m);
        }
    }
    free(q);
}

uint8_t
queue_bucket(const struct queue *q, int32_t priority)
{
    if (q->def != NULL && q->def->msgdlvsq == MQMDS_FIFO)
        return 0;
    return priority < 0 ? 0 : priority > 9 ? 9 : (uint8_t)priority;
}

/* New messages belong at the end, backed out ones near the start: look from the nearer side. */
void
queue_insert(struct queue *q, struct qmsg *m)
{
    struct messages *list = &q->buckets[m->bucket];
    struct qmsg *first = TAILQ_FIRST(list);
    struct qmsg *at = TAILQ_LAST(list, messages);

    if (first == NULL || at->order < m->order) {
        TAILQ_INSERT_TAIL(list, m, link);
        return;
    }
    if (m->order - first->order < at->order - m->order || m->order < first->order) {
        for (at = first; at->order < m->order;)
            at = TAILQ_NEXT(at, link);
        TAILQ_INSERT_BEFORE(at, m, link);
        return;
    }
    while (at->order > m->order)
        at = TAILQ_PREV(at, messages, link);
    TAILQ_INSERT_AFTER(list, at, m, link);
}

void
queue_remove(struct queue *q, struct qmsg *m)
{
    struct handle *h;

    TAILQ_REMOVE(&q->buckets[m->bucket], m, link);
    if (m->cursors == 0)
        return;
    TAILQ_FOREACH(h, &q->handles, link)
    {
        if (h->cursor == m)
            h->cursor = NULL; /* its place is kept: queue_after() */
    }
    m->cursors = 0;
}

static struct qmsg *
first_below(const struct queue *q, size_t bucket)
{
    while (bucket > 0) {
        struct qmsg *m = TAILQ_FIRST(&q->buckets[--bucket]);
        if (m != NULL)
            return m;
    }
    return NULL;
}

struct qmsg *
queue_next(const struct queue *q, const struct qmsg *m)
{
    if (m == NULL)
        return first_below(q, QUEUE_BUCKETS);
    struct qmsg *next = TAILQ_NEXT(m, link);
    return next != NULL ? next : first_below(q, m->bucket);
}

struct qmsg *
queue_after(const struct queue *q, uint8_t bucket, uint64_t order)
{
    struct qmsg *m;

    TAILQ_FOREACH(m, &q->buckets[bucket], link)
    {
        if (m->order > order)
            return m;
    }
    return first_below(q, bucket);
}

bool
queue_is_used(const struct queue *q)
{
    return !TAILQ_EMPTY(&q->handles) || q->uncommitted_puts > 0 || q->uncommitted_gets > 0;
}
