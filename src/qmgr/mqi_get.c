/* MQGET: what is eligible, browsing, waiting. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

enum {
    GMO_BROWSING = GMO_BROWSE_FIRST | GMO_BROWSE_NEXT | GMO_BROWSE_MSG_UNDER_CURSOR,
    GMO_UNDER_CURSOR = GMO_MSG_UNDER_CURSOR | GMO_BROWSE_MSG_UNDER_CURSOR,
    GMO_SYNCPOINTS = GMO_SYNCPOINT | GMO_NO_SYNCPOINT | GMO_SYNCPOINT_IF_PERSISTENT,
    GMO_NOT_OFFERED = GMO_MARK_SKIP_BACKOUT | GMO_LOCK | GMO_UNLOCK,
    ID_SIZE = 24,
    TOKEN_SIZE = 16
};

/* ---- checks ---- */
static bool
more_than_one(int32_t bits)
{
    return (bits & (bits - 1)) != 0;
}

static int32_t
check_options(const struct handle *hd, const struct mqgmo *gmo)
{
    int32_t o = gmo->options;
    bool browse = (o & GMO_BROWSING) != 0;

    if (more_than_one(o & GMO_SYNCPOINTS) ||
        more_than_one(o & (GMO_BROWSING | GMO_MSG_UNDER_CURSOR)))
        return MQRC_OPTIONS_ERROR;
    if ((o & GMO_NOT_OFFERED) || (browse && (o & (GMO_SYNCPOINT | GMO_SYNCPOINT_IF_PERSISTENT))))
        return MQRC_OPTIONS_ERROR;
    if ((browse || (o & GMO_MSG_UNDER_CURSOR)) && !(hd->options & OO_BROWSE))
        return MQRC_NOT_OPEN_FOR_BROWSE;
    if (!browse && !hd->input)
        return MQRC_NOT_OPEN_FOR_INPUT;
    if ((o & GMO_WAIT) && gmo->wait < -1)
        return MQRC_WAIT_INTERVAL_ERROR;
    return MQRC_NONE;
}

/* Looked at again each time that a waiting get is woken. */
static int32_t
check_queue(const struct handle *hd)
{
    const struct queue *q = hd->to.queue;

    if (q->def == NULL)
        return MQRC_Q_DELETED;
    if (q->def->get == MQQA_INHIBITED || (hd->to.def != NULL && hd->to.def->get == MQQA_INHIBITED))
        return MQRC_GET_INHIBITED;
    return MQRC_NONE;
}

/* ---- which message ---- */
static bool
id_matches(const uint8_t *wanted, const uint8_t *have)
{
    static const uint8_t any[ID_SIZE];

    return memcmp(wanted, any, ID_SIZE) == 0 || memcmp(wanted, have, ID_SIZE) == 0;
}

/* Where it stands on its queue: the order of its arrival. */
static void
make_token(const struct qmsg *msg, uint8_t to[TOKEN_SIZE])
{
    memset(to, 0, TOKEN_SIZE);
    memcpy(to, &msg->order, sizeof(msg->order));
    to[TOKEN_SIZE - 1] = 1; /* never all zeros, which would match any */
}

static bool
matches(const struct mqi_get *get, const struct qmsg *msg)
{
    int32_t match = get->gmo.match;

    if ((match & MO_MATCH_MSG_ID) && !id_matches(get->md.msgid, qmsg_msgid(msg)))
        return false;
    if ((match & MO_MATCH_CORREL_ID) && !id_matches(get->md.correlid, qmsg_correlid(msg)))
        return false;
    if (match & MO_MATCH_GROUP_ID) {
        struct mqmd md;
        qmsg_md(msg, 0, &md);
        if (!id_matches(get->md.groupid, md.groupid))
            return false;
    }
    if (match & MO_MATCH_MSG_TOKEN) {
        uint8_t token[TOKEN_SIZE];
        make_token(msg, token);
        return memcmp(token, get->gmo.token, TOKEN_SIZE) == 0;
    }
    return true;
}

/* It is gone whoever met it; what the journal says of it can wait. */
static void
discard(struct mqi *m, struct qmsg *msg)
{
    uint64_t position;

    if (uow_get(m, NULL, msg, &position) != MQRC_NONE)
        msg->expires = 0; /* the journal is full or broken: leave it to a later get */
}

static struct qmsg *
find_from(struct mqi *m, const struct mqi_get *get, struct queue *q, struct qmsg *msg)
{
    int64_t now = io_wall(m->io);

    while (msg != NULL) {
        struct qmsg *next = queue_next(q, msg);
        if (msg->expires != 0 && msg->expires <= now)
            discard(m, msg);
        else if (matches(get, msg))
            return msg;
        msg = next;
    }
    return NULL;
}

static struct qmsg *
after_cursor(const struct handle *hd)
{
    const struct queue *q = hd->to.queue;

    if (!hd->has_cursor)
        return queue_next(q, NULL);
    if (hd->cursor != NULL)
        return queue_next(q, hd->cursor);
    return queue_after(q, hd->cursor_bucket, hd->cursor_order);
}

static struct qmsg *
find_message(struct hconn *h, const struct handle *hd, const struct mqi_get *get)
{
    struct queue *q = hd->to.queue;

    if (get->gmo.options & GMO_UNDER_CURSOR)
        return hd->has_cursor ? hd->cursor : NULL;
    if (get->gmo.options & GMO_BROWSE_NEXT)
        return find_from(h->mqi, get, q, after_cursor(hd));
    return find_from(h->mqi, get, q, queue_next(q, NULL));
}

static void
set_cursor(struct handle *hd, struct qmsg *msg)
{
    if (hd->cursor != NULL)
        hd->cursor->cursors--;
    hd->cursor = msg;
    hd->has_cursor = msg != NULL;
    if (msg == NULL)
        return;
    msg->cursors++;
    hd->cursor_bucket = msg->bucket;
    hd->cursor_order = msg->order;
}

/* ---- handing it over ---- */
static int32_t
read_body(struct mqi *m, const struct qmsg *msg, size_t buffer, struct buf *to)
{
    enum rc rc = RC_OK;

    if (to->max < msg->size)
        to->max = msg->size;
    buf_clear(to);
    if (msg->id == 0)
        buf_put(to, msg->body, msg->size);
    else
        rc = store_read(qmgr_store(m->qmgr), msg->id, to, NULL);
    if (to->n > buffer)
        to->n = buffer;
    return rc == RC_OK ? MQRC_NONE : MQRC_RESOURCE_PROBLEM;
}

static void
fill_answer(struct hconn *h, struct handle *hd, struct mqi_get *get, const struct qmsg *msg)
{
    int32_t version = get->md.version;
    struct mqgmo *gmo = &get->gmo;

    qmsg_md(msg, io_wall(h->mqi->io), &get->md);
    get->md.version = version;
    if (hd->options & OO_SAVE_ALL_CONTEXT) {
        hd->context = get->md;
        hd->has_context = true;
    }
    text_copy(gmo->resolvedq, sizeof(gmo->resolvedq), hd->to.queue->name);
    gmo->groupstatus = gmo->segmentstatus = gmo->segmentation = ' ';
    make_token(msg, gmo->token);
    gmo->returnedlength = (int32_t)get->data.n;
    get->total = msg->size;
}

static struct uow *
unit_for(struct hconn *h, const struct mqi_get *get, const struct qmsg *msg)
{
    int32_t o = get->gmo.options;
    bool in_unit = (o & GMO_SYNCPOINT) || ((o & GMO_SYNCPOINT_IF_PERSISTENT) && msg->id != 0);

    return in_unit ? h->uow : NULL;
}

static struct mqi_result
take_message(struct hconn *h, struct handle *hd, struct mqi_get *get, struct qmsg *msg)
{
    bool fits = msg->size <= get->buffer;
    int32_t reason = read_body(h->mqi, msg, get->buffer, &get->data);

    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    fill_answer(h, hd, get, msg);
    h->position = msg->position;
    if (!fits && !(get->gmo.options & GMO_ACCEPT_TRUNCATED))
        return mqi_warned(MQRC_TRUNCATED_MSG_FAILED); /* it stays, the cursor too */
    if (get->gmo.options & GMO_BROWSING)
        set_cursor(hd, msg);
    else
        reason = uow_get(h->mqi, unit_for(h, get, msg), msg, &h->position);
    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    return fits ? mqi_ok() : mqi_warned(MQRC_TRUNCATED_MSG_ACCEPTED);
}

/* Everything but waiting.  False: there is no message (yet). */
static bool
try_get(struct hconn *h, struct handle *hd, struct mqi_get *get)
{
    int32_t reason = check_queue(hd);
    struct qmsg *msg;

    if (reason != MQRC_NONE) {
        get->result = mqi_failed(reason);
        return true;
    }
    msg = find_message(h, hd, get);
    if (msg == NULL)
        return false;
    get->result = take_message(h, hd, get, msg);
    return true;
}

static void
answer_get(struct hconn *h, struct mqi_get *get)
{
    if (get->result.cc == CC_FAILED) {
        get->total = 0;
        buf_clear(&get->data);
    }
    get->position = h->position;
    get->done(get->arg, get); /* may do anything, also free h */
}

/* ---- waiting ---- */
static void
stop_waiting(struct hconn *h)
{
    if (h->ready)
        TAILQ_REMOVE(&h->mqi->ready, h, ready_link);
    h->ready = false;
    TAILQ_REMOVE(&h->waits_on->waiters, h, wait_link);
    h->waits_on = NULL;
    h->get = NULL;
    if (h->timer != NULL)
        io_timer_stop(h->timer);
}

void
get_end(struct hconn *h, int32_t reason)
{
    struct mqi_get *get = h->get;

    stop_waiting(h);
    get->result = mqi_failed(reason);
    answer_get(h, get);
}

static void
on_wait_over(void *arg)
{
    get_end(arg, MQRC_NO_MSG_AVAILABLE);
}

static void
start_waiting(struct hconn *h, struct queue *q, struct mqi_get *get)
{
    h->get = get;
    h->waits_on = q;
    TAILQ_INSERT_TAIL(&q->waiters, h, wait_link);
    if (get->gmo.wait < 0)
        return;
    if (h->timer == NULL)
        h->timer = io_timer_new(h->mqi->io, on_wait_over, h);
    io_timer_set(h->timer, (uint64_t)get->gmo.wait);
}

void
get_retry(struct hconn *h)
{
    struct mqi_get *get = h->get;
    struct handle *hd = hconn_handle(h, get->hobj);

    assert(hd != NULL);
    h->position = 0;
    if (!try_get(h, hd, get))
        return;
    stop_waiting(h);
    answer_get(h, get);
}

void
mqi_get_cancel(struct hconn *h)
{
    if (h->get != NULL)
        stop_waiting(h);
}

/* ---- the call ---- */
static bool
should_wait(const struct mqi_get *get)
{
    int32_t o = get->gmo.options;

    return (o & GMO_WAIT) && get->gmo.wait != 0 && !(o & GMO_UNDER_CURSOR);
}

static int32_t
check_get(struct hconn *h, const struct mqi_get *get, struct handle **out)
{
    struct handle *hd = hconn_handle(h, get->hobj);
    int32_t reason = mqi_barred(h, (get->gmo.options & GMO_FAIL_IF_QUIESCING) != 0);

    if (reason != MQRC_NONE)
        return reason;
    if (hd == NULL)
        return MQRC_HOBJ_ERROR;
    if (hd->is_qmgr)
        return MQRC_NOT_OPEN_FOR_INPUT;
    *out = hd;
    return check_options(hd, &get->gmo);
}

void
mqi_get(struct hconn *h, struct mqi_get *get)
{
    struct handle *hd = NULL;
    int32_t reason;

    assert(h->get == NULL);
    h->position = 0;
    reason = check_get(h, get, &hd);
    if (reason != MQRC_NONE) {
        get->result = mqi_failed(reason);
        answer_get(h, get);
        return;
    }
    if (get->gmo.options & GMO_BROWSE_FIRST)
        set_cursor(hd, NULL);
    if (try_get(h, hd, get)) {
        answer_get(h, get);
    } else if (should_wait(get)) {
        start_waiting(h, hd->to.queue, get);
    } else {
        bool cursor = (get->gmo.options & GMO_UNDER_CURSOR) != 0;
        get->result = mqi_failed(cursor ? MQRC_NO_MSG_UNDER_CURSOR : MQRC_NO_MSG_AVAILABLE);
        answer_get(h, get);
    }
}
