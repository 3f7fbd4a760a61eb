/* The MQI as a whole: connections and the queues that are in use. */
#include "qmgr/mqi.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

struct mqi *
mqi_new(struct qmgr *q)
{
    struct mqi *m = calloc(1, sizeof(*m));

    if (m == NULL)
        abort();
    m->qmgr = q;
    m->io = qmgr_io(q);
    TAILQ_INIT(&m->conns);
    TAILQ_INIT(&m->ready);
    TAILQ_INIT(&m->triggered);
    TAILQ_INIT(&m->prepared);
    m->queues = sorted_new(offsetof(struct queue, name));
    m->records = sorted_new(offsetof(struct record, key));
    m->soon = io_timer_new(m->io, mqi_run_soon, m);
    return m;
}

/* Memory goes, the journal keeps it prepared. */
static void
forget_prepared(struct mqi *m, struct uow *u)
{
    struct qmsg *msg;

    while ((msg = TAILQ_FIRST(&u->puts)) != NULL) {
        TAILQ_REMOVE(&u->puts, msg, link);
        mqi_message_free(m, msg);
    }
    while ((msg = TAILQ_FIRST(&u->gets)) != NULL) {
        TAILQ_REMOVE(&u->gets, msg, link);
        mqi_message_free(m, msg);
    }
    uow_free(u);
}

void
mqi_free(struct mqi *m)
{
    struct hconn *h;
    struct uow *u;

    if (m == NULL)
        return;
    while ((h = TAILQ_FIRST(&m->conns)) != NULL)
        mqi_disconnect(h);
    while ((u = TAILQ_FIRST(&m->prepared)) != NULL) {
        TAILQ_REMOVE(&m->prepared, u, link);
        forget_prepared(m, u);
    }
    for (size_t i = 0; i < m->queues.n; i++)
        queue_free(m->queues.items[i]);
    sorted_free(&m->queues);
    mqi_records_free(m);
    io_timer_free(m->soon);
    free(m);
}

/* ---- connections ---- */
uint64_t
mqi_uid(struct mqi *m)
{
    uint64_t now = (uint64_t)io_wall(m->io);

    /* The clock makes it new after a restart too, as long as less than a million a second are used.
     */
    m->last_uid = m->last_uid == 0 ? now : m->last_uid + 1;
    return m->last_uid;
}

static void
connection_id(struct mqi *m, char to[49])
{
    char text[17];
    size_t n = 0;

    snprintf(text, sizeof(text), "AMQC%-12.12s", qmgr_name(m->qmgr));
    for (size_t i = 0; i < 16; i++)
        n += (size_t)snprintf(to + n, 49 - n, "%02X", (unsigned char)text[i]);
    snprintf(to + n, 49 - n, "%016llX", (unsigned long long)mqi_uid(m));
}

struct hconn *
mqi_connect(struct mqi *m, const struct mqi_identity *who)
{
    struct hconn *h = calloc(1, sizeof(*h));

    if (h == NULL)
        abort();
    h->mqi = m;
    h->who = *who;
    h->uow = uow_new();
    connection_id(m, h->id);
    TAILQ_INSERT_TAIL(&m->conns, h, link);
    m->applications += !who->internal;
    return h;
}

void
mqi_disconnect(struct hconn *h)
{
    struct mqi *m;

    if (h == NULL)
        return;
    m = h->mqi;
    mqi_get_cancel(h);
    if (h->uow->prepared) { /* in doubt: somebody will adopt it */
        TAILQ_INSERT_TAIL(&m->prepared, h->uow, link);
    } else {
        uow_backout(m, h->uow);
        uow_free(h->uow);
    }
    for (size_t i = 0; i < h->n_handles; i++)
        if (h->handles[i] != NULL)
            handle_close(h, h->handles[i]);
    free(h->handles);
    io_timer_free(h->timer);
    TAILQ_REMOVE(&m->conns, h, link);
    m->applications -= !h->who.internal;
    free(h);
}

struct handle *
hconn_handle(const struct hconn *h, int32_t hobj)
{
    if (hobj < 2 || hobj % 2 != 0 || (size_t)hobj / 2 > h->n_handles)
        return NULL;
    return h->handles[hobj / 2 - 1];
}

int32_t
mqi_barred(const struct hconn *h, bool fail_if_quiescing)
{
    if (h->who.internal)
        return MQRC_NONE;
    switch (qmgr_state(h->mqi->qmgr)) {
    case QMGR_STARTING:
    case QMGR_RUNNING:
        return MQRC_NONE;
    case QMGR_QUIESCING:
        return fail_if_quiescing ? MQRC_Q_MGR_QUIESCING : MQRC_NONE;
    case QMGR_ENDING:
    case QMGR_ENDED:
        return MQRC_Q_MGR_STOPPING;
    }
    return MQRC_NONE;
}

uint64_t
mqi_position(const struct hconn *h)
{
    return h->position;
}

bool
mqi_is_waiting(const struct hconn *h)
{
    return h->get != NULL;
}

int32_t
reason_of(enum rc rc)
{
    if (rc == RC_OK)
        return MQRC_NONE;
    return rc == RC_FULL ? MQRC_STORAGE_MEDIUM_FULL : MQRC_RESOURCE_PROBLEM;
}

struct mqi_result
mqi_commit(struct hconn *h)
{
    h->position = 0;
    return mqi_answer(uow_commit(h->mqi, h->uow, &h->position));
}

struct mqi_result
mqi_backout(struct hconn *h)
{
    h->position = 0;
    uow_backout(h->mqi, h->uow);
    return mqi_ok();
}

bool
mqi_in_unit(const struct hconn *h)
{
    return !uow_is_empty(h->uow);
}

/* ---- queues in use ---- */
struct queue *
mqi_queue(struct mqi *m, struct queue_def *def)
{
    struct queue *q = sorted_find(&m->queues, def->queue);

    if (q == NULL) {
        q = queue_new(m, def->queue);
        sorted_add(&m->queues, q);
    }
    q->def = def;
    return q;
}

void
mqi_message_free(struct mqi *m, struct qmsg *msg)
{
    if (msg->body != NULL)
        m->volatile_bytes -= msg->size;
    qmsg_free(msg);
}

void
mqi_queue_release(struct mqi *m, struct queue *q)
{
    if (q->def != NULL || queue_is_used(q))
        return;
    if (q->triggered)
        TAILQ_REMOVE(&m->triggered, q, trigger_link);
    queue_free(q);
}
