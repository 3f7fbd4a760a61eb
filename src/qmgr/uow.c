/* Units of work: what is put, got and recorded together. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

#define VOLATILE_MAX ((uint64_t)512 << 20) /* bytes of nonpersistent messages in memory */

struct uow *
uow_new(void)
{
    struct uow *u = calloc(1, sizeof(*u));

    if (u == NULL)
        abort();
    TAILQ_INIT(&u->puts);
    TAILQ_INIT(&u->gets);
    STAILQ_INIT(&u->records);
    return u;
}

/* Its work was committed, backed out, or stays prepared in the store. */
void
uow_free(struct uow *u)
{
    if (u == NULL)
        return;
    assert(TAILQ_EMPTY(&u->puts) && TAILQ_EMPTY(&u->gets));
    mqi_changes_free(&u->records);
    free(u);
}

bool
uow_is_empty(const struct uow *u)
{
    return u->store == NULL && TAILQ_EMPTY(&u->puts) && TAILQ_EMPTY(&u->gets);
}

static void
uow_reset(struct uow *u)
{
    mqi_changes_free(&u->records);
    u->store = NULL;
    u->count = 0;
    u->prepared = false;
    u->xid_n = 0;
}

static struct store_unit *
uow_store(struct mqi *m, struct uow *u)
{
    if (u->store == NULL)
        u->store = store_begin(qmgr_store(m->qmgr));
    return u->store;
}

/* ---- put ---- */
/* The journal knows queues by number.  The number is committed on its own, so that it stays when
 * the unit that needed it first is backed out. */
static enum rc
ensure_number(struct mqi *m, struct queue *q)
{
    char key[KEY_MAX];
    uint32_t number = m->last_number + 1;
    struct buf value = buf_new(4, ORDER_LITTLE);

    if (q->number != 0)
        return RC_OK;
    snprintf(key, sizeof(key), KEY_QUEUE "%s", q->name);
    buf_u32(&value, number);
    struct store_unit *u = store_begin(qmgr_store(m->qmgr));
    enum rc rc = store_set(u, key, buf_span(&value), NULL);
    if (rc != RC_OK)
        store_backout(u);
    else
        rc = store_commit(u, NULL);
    buf_free(&value);
    if (rc == RC_OK)
        q->number = m->last_number = number;
    return rc;
}

static enum rc
store_message(
    struct mqi *m, struct uow *u, struct queue *q, struct span head, struct span body, uint64_t *id)
{
    enum rc rc = ensure_number(m, q);

    if (rc != RC_OK)
        return rc;
    if (u != NULL)
        return store_put(uow_store(m, u), q->number, head, body, id, NULL);
    struct store_unit *once = store_begin(qmgr_store(m->qmgr));
    rc = store_put(once, q->number, head, body, id, NULL);
    if (rc != RC_OK) {
        store_backout(once);
        return rc;
    }
    return store_commit(once, NULL);
}

static bool
keep_in_memory(struct mqi *m, struct qmsg *msg, struct span body)
{
    if (m->volatile_bytes + body.n > VOLATILE_MAX)
        return false;
    msg->body = malloc(body.n + 1);
    if (msg->body == NULL)
        return false;
    if (body.n > 0)
        memcpy(msg->body, body.p, body.n);
    m->volatile_bytes += body.n;
    return true;
}

static int64_t
expiry_time(const struct mqmd *md, int64_t now)
{
    return md->expiry < 0 ? 0 : now + (int64_t)md->expiry * 100000;
}

static struct qmsg *
make_message(struct mqi *m, struct queue *q, const struct mqmd *md, size_t size)
{
    struct buf head = buf_new(QMSG_HEAD_MAX, ORDER_LITTLE);
    int64_t now = io_wall(m->io);
    int64_t expires = expiry_time(md, now);

    qmsg_head_encode(&head, md, now, expires);
    assert(buf_ok(&head));
    struct qmsg *msg = qmsg_new(buf_span(&head), now, expires, size);
    buf_free(&head);
    msg->queue = q;
    msg->bucket = queue_bucket(q, md->priority);
    msg->order = ++m->last_order;
    return msg;
}

/* It becomes available. */
static void
show(struct qmsg *msg, uint64_t position)
{
    struct queue *q = msg->queue;

    msg->position = position;
    q->last_put = msg->arrived;
    queue_insert(q, msg);
    mqi_message_arrived(q);
}

/* The store gave up the whole unit: so does the queue manager. */
static int32_t
uow_broke(struct mqi *m, struct uow *u, enum rc rc)
{
    if (u == NULL || rc != RC_LIMIT)
        return reason_of(rc);
    uow_backout(m, u);
    return MQRC_BACKED_OUT;
}

int32_t
uow_put(struct mqi *m, struct uow *u, struct queue *q, const struct mqmd *md, struct span body,
    uint64_t *position)
{
    if (u != NULL && u->count >= (uint32_t)qmgr_def(m->qmgr)->maxumsgs)
        return MQRC_SYNCPOINT_LIMIT_REACHED;

    struct qmsg *msg = make_message(m, q, md, body.n);
    if (md->persistence == MQPER_PERSISTENT) {
        enum rc rc = store_message(m, u, q, span_of(msg->head, msg->head_n), body, &msg->id);
        if (rc != RC_OK) {
            qmsg_free(msg);
            return uow_broke(m, u, rc);
        }
        if (u == NULL)
            *position = store_position(qmgr_store(m->qmgr));
    } else if (!keep_in_memory(m, msg, body)) {
        qmsg_free(msg);
        return MQRC_Q_SPACE_NOT_AVAILABLE;
    }
    q->depth++;
    if (u == NULL) {
        show(msg, *position);
        return MQRC_NONE;
    }
    TAILQ_INSERT_TAIL(&u->puts, msg, link);
    u->count++;
    q->uncommitted_puts++;
    return MQRC_NONE;
}

/* ---- get ---- */
static enum rc
store_taken(struct mqi *m, struct uow *u, uint64_t id)
{
    if (u != NULL)
        return store_get(uow_store(m, u), id, NULL);
    struct store_unit *once = store_begin(qmgr_store(m->qmgr));
    enum rc rc = store_get(once, id, NULL);
    if (rc != RC_OK) {
        store_backout(once);
        return rc;
    }
    return store_commit(once, NULL);
}

int32_t
uow_get(struct mqi *m, struct uow *u, struct qmsg *msg, uint64_t *position)
{
    struct queue *q = msg->queue;

    if (u != NULL && u->count >= (uint32_t)qmgr_def(m->qmgr)->maxumsgs)
        return MQRC_SYNCPOINT_LIMIT_REACHED;
    if (msg->id != 0) {
        enum rc rc = store_taken(m, u, msg->id);
        if (rc != RC_OK)
            return uow_broke(m, u, rc);
    }
    *position = msg->position;
    if (u == NULL && msg->id != 0)
        *position = store_position(qmgr_store(m->qmgr));
    queue_remove(q, msg);
    q->depth--;
    q->last_get = io_wall(m->io);
    if (u == NULL) {
        mqi_message_free(m, msg);
        return MQRC_NONE;
    }
    TAILQ_INSERT_TAIL(&u->gets, msg, link);
    u->count++;
    q->uncommitted_gets++;
    return MQRC_NONE;
}

/* ---- the end ---- */
static void
apply_puts(struct mqi *m, struct uow *u, uint64_t position)
{
    struct qmsg *msg;

    while ((msg = TAILQ_FIRST(&u->puts)) != NULL) {
        struct queue *q = msg->queue;
        TAILQ_REMOVE(&u->puts, msg, link);
        q->uncommitted_puts--;
        if (q->def != NULL) {
            show(msg, position);
        } else { /* a temporary queue that ended meanwhile */
            q->depth--;
            mqi_message_free(m, msg);
        }
        mqi_queue_release(m, q);
    }
}

static void
apply_gets(struct mqi *m, struct uow *u)
{
    struct qmsg *msg;

    while ((msg = TAILQ_FIRST(&u->gets)) != NULL) {
        struct queue *q = msg->queue;
        TAILQ_REMOVE(&u->gets, msg, link);
        q->uncommitted_gets--;
        mqi_message_free(m, msg);
        mqi_queue_release(m, q);
    }
}

static void
apply_records(struct mqi *m, struct uow *u)
{
    struct record_change *c;

    while ((c = STAILQ_FIRST(&u->records)) != NULL) {
        STAILQ_REMOVE_HEAD(&u->records, link);
        mqi_record_apply(m, c->record);
        free(c);
    }
}

static void
undo_puts(struct mqi *m, struct uow *u)
{
    struct qmsg *msg;

    while ((msg = TAILQ_FIRST(&u->puts)) != NULL) {
        struct queue *q = msg->queue;
        TAILQ_REMOVE(&u->puts, msg, link);
        q->uncommitted_puts--;
        q->depth--;
        mqi_message_free(m, msg);
        mqi_queue_release(m, q);
    }
}

/* From the last to the first: each finds its place at the start of its list. */
static void
undo_gets(struct mqi *m, struct uow *u)
{
    struct qmsg *msg;

    while ((msg = TAILQ_LAST(&u->gets, messages)) != NULL) {
        struct queue *q = msg->queue;
        TAILQ_REMOVE(&u->gets, msg, link);
        q->uncommitted_gets--;
        if (q->def != NULL) {
            msg->backouts++;
            q->depth++;
            queue_insert(q, msg);
            mqi_message_arrived(q);
        } else {
            mqi_message_free(m, msg);
        }
        mqi_queue_release(m, q);
    }
}

static void
undo(struct mqi *m, struct uow *u)
{
    undo_puts(m, u);
    undo_gets(m, u);
    uow_reset(u);
}

int32_t
uow_commit(struct mqi *m, struct uow *u, uint64_t *position)
{
    uint64_t at = 0;

    if (u->store != NULL) {
        enum rc rc = store_commit(u->store, NULL);
        u->store = NULL;
        if (rc != RC_OK) {
            undo(m, u);
            return MQRC_BACKED_OUT;
        }
        at = store_position(qmgr_store(m->qmgr));
    }
    apply_puts(m, u, at);
    apply_gets(m, u);
    apply_records(m, u);
    uow_reset(u);
    *position = at;
    return MQRC_NONE;
}

void
uow_backout(struct mqi *m, struct uow *u)
{
    if (u->store != NULL)
        store_backout(u->store);
    undo(m, u);
}
