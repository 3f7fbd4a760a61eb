/* What commands ask of queues and connections, and tell them. */
#include "qmgr/connection.h"

enum rc
mqi_may_drop(struct mqi *m, const char *queue, struct failure *f)
{
    struct hconn *h;
    const struct queue *q = sorted_find(&m->queues, queue);
    const struct queue_def *def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, queue);
    bool used = q != NULL && queue_is_used(q);

    TAILQ_FOREACH(h, &m->conns, link)
    { /* aliases and remote queues are open under their own name */
        for (size_t i = 0; i < h->n_handles; i++)
            used = used || (h->handles[i] != NULL && h->handles[i]->to.def == def);
    }
    if (used) {
        fail(f, RC_BUSY, "Object %s in use.", queue);
        failure_id(f, "AMQ8148E");
        failure_reason(f, MQRC_OBJECT_IN_USE);
        return RC_BUSY;
    }
    if (q != NULL && q->depth > 0) {
        fail(f, RC_BUSY, "Queue %s not empty.", queue);
        failure_id(f, "AMQ8143W");
        failure_reason(f, MQRC_Q_NOT_EMPTY);
        failure_fix(f, "Clear the queue first, or delete it with PURGE.");
        return RC_BUSY;
    }
    return RC_OK;
}

void
mqi_dropped(struct mqi *m, const char *queue)
{
    struct handle *hd;
    struct queue *q = sorted_find(&m->queues, queue);

    if (q == NULL)
        return;
    sorted_drop(&m->queues, q);
    TAILQ_FOREACH(hd, &q->handles, link)
    {
        if (hd->to.def == q->def)
            hd->to.def = NULL; /* it is freed; what uses the handle gets 2052 */
    }
    q->def = NULL;
    mqi_wake_queue(q); /* waiting gets end with 2052 */
    mqi_queue_release(m, q);
}

void
mqi_changed(struct mqi *m, const char *queue)
{
    struct queue_def *def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, queue);
    bool is_alias = def != NULL && def->type == QT_ALIAS;
    struct queue *q = sorted_find(&m->queues, is_alias ? def->target : queue);

    if (q == NULL)
        return;
    if (!is_alias)
        q->def = def;
    mqi_wake_queue(q);
    if (queue_next(q, NULL) != NULL)
        mqi_message_arrived(q);
}

static uint32_t
oldest_age(const struct queue *q, int64_t now)
{
    int64_t first = now;

    for (size_t b = 0; b < QUEUE_BUCKETS; b++) {
        const struct qmsg *m = TAILQ_FIRST(&q->buckets[b]);
        if (m != NULL && m->arrived < first)
            first = m->arrived;
    }
    return (uint32_t)((now - first) / 1000000);
}

bool
mqi_queue_figures(struct mqi *m, const char *queue, struct queue_figures *out)
{
    const struct queue_def *def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, queue);
    const struct queue *q = sorted_find(&m->queues, queue);

    if (def == NULL || def->type != QT_LOCAL)
        return false;
    *out = (struct queue_figures){0};
    if (q == NULL)
        return true;
    *out = (struct queue_figures){
        .depth = q->depth,
        .uncommitted = q->uncommitted_puts + q->uncommitted_gets,
        .open_input = q->open_input,
        .open_output = q->open_output,
        .last_put = q->last_put,
        .last_get = q->last_get,
        .oldest_age = oldest_age(q, io_wall(m->io)),
    };
    return true;
}

enum rc
mqi_queue_clear(struct mqi *m, const char *queue, struct failure *f)
{
    struct queue *q = sorted_find(&m->queues, queue);
    struct uow *u;
    struct qmsg *msg;
    uint64_t position;
    enum rc rc = RC_OK;

    if (q == NULL)
        return RC_OK;
    if (queue_is_used(q)) {
        fail(f, RC_BUSY, "Object %s in use.", queue);
        failure_id(f, "AMQ8148E");
        failure_reason(f, MQRC_OBJECT_IN_USE);
        return RC_BUSY;
    }
    /* In units of bounded length: clearing is not undone when it stops half way. */
    u = uow_new();
    while (rc == RC_OK && (msg = queue_next(q, NULL)) != NULL) {
        int32_t reason = uow_get(m, u, msg, &position);
        bool full = reason == MQRC_SYNCPOINT_LIMIT_REACHED;
        if (full)
            reason = uow_commit(m, u, &position);
        if (reason != MQRC_NONE)
            rc = fail(f, RC_IO, "queue %s could not be cleared, reason %d", queue, reason);
    }
    if (rc == RC_OK && uow_commit(m, u, &position) != MQRC_NONE)
        rc = fail(f, RC_IO, "queue %s could not be cleared", queue);
    uow_backout(m, u);
    uow_free(u);
    return rc;
}

void
mqi_each_conn(struct mqi *m, void (*fn)(void *arg, const struct mqi_conn_info *c), void *arg)
{
    struct hconn *h;
    struct hconn *next;

    for (h = TAILQ_FIRST(&m->conns); h != NULL; h = next) {
        struct mqi_conn_info info = {.who = &h->who};
        next = TAILQ_NEXT(h, link);
        text_copy(info.id, sizeof(info.id), h->id);
        fn(arg, &info);
    }
}

size_t
mqi_connections(struct mqi *m)
{
    return m->applications;
}
