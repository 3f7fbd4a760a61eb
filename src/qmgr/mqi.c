/* The MQI as a whole: connections, the queues that are in use, wake-ups, figures for commands. */
#include "qmgr/mqi.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

static void run_soon(void *arg);

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
    m->soon = io_timer_new(m->io, run_soon, m);
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

    /* The clock makes it new after a restart too, as long as less than a million a second are used. */
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

enum rc
mqi_may_drop(struct mqi *m, const char *queue, struct failure *f)
{
    struct hconn *h;
    const struct queue *q = sorted_find(&m->queues, queue);
    const struct queue_def *def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, queue);
    bool used = q != NULL && queue_is_used(q);

    TAILQ_FOREACH(h, &m->conns, link) { /* aliases and remote queues are open under their own name */
        for (size_t i = 0; i < h->n_handles; i++)
            used = used || (h->handles[i] != NULL && h->handles[i]->to.def == def);
    }
    if (used) {
        fail(f, RC_BUSY, "IBM MQ object %s in use.", queue);
        failure_id(f, "AMQ8148E");
        failure_reason(f, MQRC_OBJECT_IN_USE);
        return RC_BUSY;
    }
    if (q != NULL && q->depth > 0) {
        fail(f, RC_BUSY, "IBM MQ queue %s not empty.", queue);
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
    TAILQ_FOREACH(hd, &q->handles, link) {
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

/* ---- wake-ups and triggers ---- */
void
mqi_wake_queue(struct queue *q)
{
    struct hconn *h;
    struct mqi *m = q->mqi;

    TAILQ_FOREACH(h, &q->waiters, wait_link) {
        if (h->ready)
            continue;
        h->ready = true;
        TAILQ_INSERT_TAIL(&m->ready, h, ready_link);
    }
    if (!TAILQ_EMPTY(&m->ready))
        io_timer_set(m->soon, 0);
}

/* TRIGTYPE(FIRST) means the first message on an empty queue; a queue that nobody reads counts as such,
 * because its channel may have ended after it found the queue empty. */
static bool
is_trigger_event(const struct queue *q)
{
    const struct queue_def *def = q->def;

    if (def == NULL || def->trigger != MQTC_ON || def->usage != MQUS_TRANSMISSION)
        return false;
    switch (def->trigtype) {
    case MQTT_FIRST:
        return q->open_input == 0 || q->depth == 1;
    case MQTT_EVERY:
        return true;
    case MQTT_DEPTH:
        return q->depth >= (uint32_t)def->trigdpth;
    default:
        return false;
    }
}

void
mqi_message_arrived(struct queue *q)
{
    struct mqi *m = q->mqi;

    mqi_wake_queue(q);
    if (q->triggered || m->on_trigger == NULL || !is_trigger_event(q))
        return;
    q->triggered = true;
    TAILQ_INSERT_TAIL(&m->triggered, q, trigger_link);
    io_timer_set(m->soon, 0);
}

static void
run_triggers(struct mqi *m)
{
    struct queue *q;

    while ((q = TAILQ_FIRST(&m->triggered)) != NULL) {
        char name[49];
        TAILQ_REMOVE(&m->triggered, q, trigger_link);
        q->triggered = false;
        text_copy(name, sizeof(name), q->name);
        m->on_trigger(m->trigger_arg, name);
    }
}

/* From the loop, so that nobody's answer is made inside somebody else's call.  Who becomes ready while
 * this runs has his turn next time. */
static void
run_soon(void *arg)
{
    struct mqi *m = arg;
    struct hconn *h;
    struct hconn *last = TAILQ_LAST(&m->ready, hconns);
    bool done = last == NULL;

    while (!done && (h = TAILQ_FIRST(&m->ready)) != NULL) {
        done = h == last;
        TAILQ_REMOVE(&m->ready, h, ready_link);
        h->ready = false;
        get_retry(h);
    }
    run_triggers(m);
    if (!TAILQ_EMPTY(&m->ready))
        io_timer_set(m->soon, 0);
}

void
mqi_on_trigger(struct mqi *m, mqi_trigger_fn *fn, void *arg)
{
    m->on_trigger = fn;
    m->trigger_arg = arg;
    for (size_t i = 0; i < m->queues.n; i++) {
        struct queue *q = m->queues.items[i];
        if (fn != NULL && queue_next(q, NULL) != NULL)
            mqi_message_arrived(q);
    }
}

/* ---- for commands ---- */
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
        fail(f, RC_BUSY, "IBM MQ object %s in use.", queue);
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

void
mqi_wake_all(struct mqi *m, int32_t reason)
{
    /* An answer may close other connections: look from the start after each. */
    for (struct hconn *h = TAILQ_FIRST(&m->conns); h != NULL;) {
        bool minds = reason != MQRC_Q_MGR_QUIESCING ||
                     (h->get != NULL && (h->get->gmo.options & GMO_FAIL_IF_QUIESCING));
        if (h->get != NULL && !h->who.internal && minds) {
            get_end(h, reason);
            h = TAILQ_FIRST(&m->conns);
        } else {
            h = TAILQ_NEXT(h, link);
        }
    }
}
