/* From the journal's replay to queues and prepared units of work. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

/* A queue that the journal knows by number; its name comes in a record of its own, in any order. */
struct numbered {
    uint32_t number;
    struct queue *queue;
};
struct locked { /* a message that a prepared unit gets */
    uint64_t id;
    struct uow *unit;
};
struct recovery {
    struct numbered *queues;
    size_t n_queues;
    struct locked *locked;
    size_t n_locked;
};

static struct recovery *
recovery(struct mqi *m)
{
    if (m->recovery == NULL)
        m->recovery = calloc(1, sizeof(*m->recovery));
    if (m->recovery == NULL)
        abort();
    return m->recovery;
}

static struct queue *
queue_of(struct mqi *m, uint32_t number)
{
    struct recovery *r = recovery(m);

    for (size_t i = r->n_queues; i-- > 0;)
        if (r->queues[i].number == number)
            return r->queues[i].queue;
    r->queues = realloc(r->queues, (r->n_queues + 1) * sizeof(*r->queues));
    if (r->queues == NULL)
        abort();
    struct queue *q = queue_new(m, "");
    q->number = number;
    r->queues[r->n_queues++] = (struct numbered){number, q};
    return q;
}

void
mqi_replay_queue(struct mqi *m, const char *name, struct span value)
{
    struct recovery *rec = recovery(m);
    struct reader r = reader_of(value, ORDER_LITTLE);
    uint32_t number = value.n > 0 ? reader_u32(&r) : 0;

    for (size_t i = 0; i < rec->n_queues; i++)
        if (strcmp(rec->queues[i].queue->name, name) == 0)
            rec->queues[i].queue->name[0] = '\0'; /* it was dropped, or has a new number */
    if (number == 0 || !reader_ok(&r))
        return;
    struct queue *q = queue_of(m, number);
    text_copy(q->name, sizeof(q->name), name);
    if (number > m->last_number)
        m->last_number = number;
}

static struct qmsg *
replayed(struct mqi *m, uint64_t id, uint32_t number, struct span head, size_t size)
{
    struct mqmd md;
    int64_t arrived;
    int64_t expires;

    if (!qmsg_head_decode(head, &md, &arrived, &expires))
        return NULL; /* a form that this release does not know: it stays in the journal */
    struct qmsg *msg = qmsg_new(head, arrived, expires, size);
    msg->id = msg->order = id;
    msg->queue = queue_of(m, number);
    msg->bucket = (uint8_t)(md.priority < 0 ? 0 : md.priority > 9 ? 9 : md.priority);
    if (id > m->last_order)
        m->last_order = id;
    return msg;
}

void
mqi_replay_message(struct mqi *m, uint64_t id, uint32_t number, struct span head, size_t size)
{
    struct qmsg *msg = replayed(m, id, number, head, size);

    if (msg == NULL)
        return;
    queue_insert(msg->queue, msg);
    msg->queue->depth++;
}

static struct uow *
prepared_unit(struct mqi *m, struct span xid)
{
    struct uow *u;

    TAILQ_FOREACH(u, &m->prepared, link)
    {
        if (span_equal(span_of(u->xid, u->xid_n), xid))
            return u;
    }
    assert(xid.n <= STORE_XID_MAX);
    u = uow_new();
    u->prepared = true;
    memcpy(u->xid, xid.p, xid.n);
    u->xid_n = xid.n;
    TAILQ_INSERT_TAIL(&m->prepared, u, link);
    return u;
}

void
mqi_replay_prepared_put(
    struct mqi *m, struct span xid, uint64_t id, uint32_t number, struct span head, size_t size)
{
    struct uow *u = prepared_unit(m, xid);
    struct qmsg *msg = replayed(m, id, number, head, size);

    if (msg == NULL)
        return;
    TAILQ_INSERT_TAIL(&u->puts, msg, link);
    u->count++;
    msg->queue->uncommitted_puts++;
    msg->queue->depth++;
}

void
mqi_replay_prepared(
    struct mqi *m, struct store_unit *unit, struct span xid, const uint64_t *gets, size_t n)
{
    struct recovery *r = recovery(m);
    struct uow *u = prepared_unit(m, xid);

    u->store = unit;
    if (n == 0)
        return;
    r->locked = realloc(r->locked, (r->n_locked + n) * sizeof(*r->locked));
    if (r->locked == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        r->locked[r->n_locked++] = (struct locked){gets[i], u};
}

/* ---- the end of the replay ---- */
static int
by_id(const void *a, const void *b)
{
    const struct locked *x = a;
    const struct locked *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static void
lock_messages(const struct recovery *r, struct queue *q)
{
    struct qmsg *next;

    for (struct qmsg *msg = queue_next(q, NULL); msg != NULL; msg = next) {
        struct locked key = {.id = msg->id};
        const struct locked *l = bsearch(&key, r->locked, r->n_locked, sizeof(key), by_id);
        next = queue_next(q, msg);
        if (l == NULL)
            continue;
        queue_remove(q, msg);
        q->depth--;
        q->uncommitted_gets++;
        TAILQ_INSERT_TAIL(&l->unit->gets, msg, link);
        l->unit->count++;
    }
}

/* FIFO queues have one list: what the priority lists hold goes there. */
static void
make_fifo(struct queue *q)
{
    for (size_t b = 1; b < QUEUE_BUCKETS; b++) {
        struct qmsg *msg;
        while ((msg = TAILQ_FIRST(&q->buckets[b])) != NULL) {
            queue_remove(q, msg);
            msg->bucket = 0;
            queue_insert(q, msg);
        }
    }
}

static void
bind_queue(struct mqi *m, struct queue *q)
{
    q->def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, q->name);
    if (q->name[0] == '\0' || q->def == NULL) {
        /* Dropped: dropping needs an empty queue, so nothing is lost. */
        if (!queue_is_used(q))
            queue_free(q);
        return;
    }
    if (q->def->msgdlvsq == MQMDS_FIFO)
        make_fifo(q);
    sorted_add(&m->queues, q);
}

void
mqi_recovered(struct mqi *m)
{
    struct recovery *r = recovery(m);

    if (r->n_locked > 0)
        qsort(r->locked, r->n_locked, sizeof(*r->locked), by_id);
    for (size_t i = 0; i < r->n_queues; i++) {
        if (r->n_locked > 0)
            lock_messages(r, r->queues[i].queue);
        bind_queue(m, r->queues[i].queue);
    }
    free(r->queues);
    free(r->locked);
    free(r);
    m->recovery = NULL;
}
