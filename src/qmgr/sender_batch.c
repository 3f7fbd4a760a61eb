/* The sending machine while it runs: batches (spec/message-channel.md 7), heartbeats, splitting. */
#include <stdlib.h>
#include <string.h>

#include "qmgr/channel_internal.h"

#define UNSENT_MAX (1024u * 1024u)
#define MESSAGE_MAX (104857600u + MQXQH_SIZE + MQMDE_SIZE)
#define DISABLED UINT64_MAX

enum {
    RC_NO_MSG_AVAILABLE = 2033,
    RC_GET_INHIBITED = 2016,
    RC_Q_MGR_QUIESCING = 2161,
    RC_Q_MGR_STOPPING = 2162,
    RC_MSG_TOO_BIG_FOR_CHANNEL = 2218,
    FB_XMIT_Q_MSG_ERROR = 271
};

static uint64_t
now_ms(const struct channel *c)
{
    return io_now(qmgr_io(c->all->q));
}

/* ---- what is due when ---- */
static uint64_t
due_batch(const struct channel *c)
{
    return c->send.batch_msgs == 0 ? DISABLED : c->send.batch_started + (uint64_t)c->def.batchint;
}

static uint64_t
due_heartbeat(const struct channel *c)
{
    return c->agreed.heartbeat == 0 ? DISABLED
                                    : c->send.sent_at + (uint64_t)c->agreed.heartbeat * 1000;
}

static uint64_t
due_disconnect(const struct channel *c)
{
    bool off = c->def.discint == 0 || c->send.batch_msgs != 0;
    return off ? DISABLED : c->send.idle_since + (uint64_t)c->def.discint * 1000;
}

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool
batch_is_full(const struct channel *c)
{
    uint64_t limit = (uint64_t)c->def.batchlim * 1024;
    return c->send.batch_msgs >= c->agreed.batch || (limit != 0 && c->send.batch_bytes > limit);
}

/* ---- the end of a batch ---- */
static void
send_confirm_request(struct channel *c)
{
    c->step = STEP_CONFIRM;
    c->substate = SUBSTATE_ENDBATCH;
    channel_send_status(c, SEGF_WHOLE | SEGF_CONFIRM, c->luwid, STATUS_OK, NULL);
    channel_expect(c);
}

static void
on_hardened(void *arg, enum rc rc, const struct failure *f)
{
    struct channel *c = arg;
    (void)f;
    if (rc != RC_OK) /* the journal broke and the queue manager ends: stay in doubt */
        return;
    if (channel_dies(c, "S hardened"))
        return;
    send_confirm_request(c);
    (void)channel_dies(c, "S asked");
}

/* From here until the confirmation the batch is in doubt.  The record goes first: a crash between
 * the two leaves "in doubt" without a unit, and the partner, never asked, answers "back out". */
static void
harden(struct channel *c)
{
    struct sync_record s = c->sync;
    s.indoubt = true;
    memcpy(s.curluwid, c->luwid, 8);
    s.curseqno = c->seq;
    s.curmsgs = c->send.batch_msgs;
    struct hconn *h = c->all->h;
    uint8_t room[SYNC_XID_SIZE];
    if (channel_dies(c, "S before the record"))
        return;
    if (sync_save(h, c->key, &s).cc == 2 || mqi_commit(h).cc == 2) {
        channel_fail_as(c, STATUS_OK, "AMQ9538E", "its synchronisation record can not be written");
        return;
    }
    if (channel_dies(c, "S recorded"))
        return;
    if (mqi_prepare(c->h, sync_xid(c->def.channel, c->luwid, room)).cc == 2) {
        (void)mqi_backout(c->h);
        (void)sync_save(h, c->key, &c->sync);
        (void)mqi_commit(h);
        channel_fail_as(c, STATUS_OK, "AMQ9538E", "a batch can not be prepared");
        return;
    }
    c->sync = s;
    if (channel_dies(c, "S prepared"))
        return;
    c->step = STEP_HARDEN;
    uint64_t position = mqi_position(c->h), other = mqi_position(h);
    store_when_durable(qmgr_store(c->all->q), position > other ? position : other, on_hardened, c);
}

static void
send_heartbeat(struct channel *c, bool harden_next)
{
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    segment_bare(
        &out, SEG_HEARTBEAT, SEGF_WHOLE | SEGF_CONFIRM, c->send.batch_msgs != 0 ? c->luwid : NULL);
    c->step = STEP_HEARTBEAT;
    c->substate = SUBSTATE_HEARTBEAT;
    c->send.harden_next = harden_next;
    channel_send(c, &out);
    channel_expect(c);
}

static void
end_batch(struct channel *c)
{
    uint64_t silent = now_ms(c) - c->send.heard_at;
    if (!c->send.batch_hard)
        send_confirm_request(c);
    else if (c->def.batchhb > 0 && silent >= (uint64_t)c->def.batchhb)
        send_heartbeat(c, true);
    else
        harden(c);
}

void
sender_heartbeat_answered(struct channel *c, const struct segment *seg)
{
    channel_expect_nothing(c);
    bool harden_next = c->send.harden_next;
    c->send.harden_next = false;
    if ((seg->flags & SEGF_REQUEST_CLOSE) != 0 && c->send.batch_msgs == 0) {
        channel_say(
            c, RC_OK, "AMQ9528I", "Channel %s: the partner asks to close it.", c->def.channel);
        c->figures.stopreq = true;
        sender_close(c, STATUS_USER_CLOSED);
        return;
    }
    if (harden_next) {
        harden(c);
        return;
    }
    c->step = STEP_GET;
    sender_run(c);
}

static void
batch_done(struct channel *c)
{
    c->figures.batches++;
    c->send.batch_msgs = 0;
    c->send.batch_bytes = 0;
    c->send.batch_hard = false;
    c->send.shortrts = (uint32_t)c->def.shortrty;
    c->send.longrts = (uint32_t)c->def.longrty;
    c->send.idle_since = now_ms(c);
    c->substate = SUBSTATE_MQGET;
}

static void
batch_refused(struct channel *c, const struct segment *seg)
{
    if (c->sync.indoubt && !sender_settle(c, false))
        channel_fail_as(c, STATUS_OK, "AMQ9538E", "a refused batch can not be backed out");
    else
        channel_refused(c, seg);
}

void
sender_confirmed(struct channel *c, const struct segment *seg)
{
    struct status s;
    channel_expect_nothing(c);
    if (status_decode(seg, &s) != RC_OK || !luwid_equal(seg->luwid, c->luwid)) {
        channel_fail_as(
            c, STATUS_PROTOCOL, "AMQ9504E", "the confirmation is not for the batch that was sent");
        return;
    }
    if (s.negative) {
        batch_refused(c, seg);
        return;
    }
    if ((seg->flags & SEGF_DLQ_USED) != 0)
        channel_say(c, RC_OK, "AMQ9544W",
            "Channel %s: the partner put messages of the last batch on its "
            "dead-letter queue.",
            c->def.channel);
    if (channel_dies(c, "S confirmed"))
        return;
    if (c->sync.indoubt && !sender_settle(c, true)) {
        channel_fail_as(c, STATUS_OK, "AMQ9538E", "a confirmed batch can not be committed");
        return;
    }
    batch_done(c);
    if (channel_dies(c, "S committed"))
        return;
    if ((seg->flags & SEGF_REQUEST_CLOSE) != 0) {
        c->figures.stopreq = true;
        sender_close(c, STATUS_USER_CLOSED);
        return;
    }
    c->step = STEP_GET;
    sender_run(c);
}

/* ---- one message ---- */
static void
begin_batch(struct channel *c)
{
    if (c->send.batch_msgs != 0)
        return;
    sync_new_luwid(&c->sync, io_wall(qmgr_io(c->all->q)), c->luwid);
    c->send.batch_started = now_ms(c);
}

/* Each segment has a header and an MSH of its own: spec/message-channel.md 5.3. */
static void
send_segments(struct channel *c, struct span body)
{
    size_t room = c->agreed.transmission_size - SEGMENT_HEADER - 20;
    AUTO_BUF out = buf_new(body.n + (body.n / room + 2) * 64, ORDER_LITTLE);
    for (size_t at = 0; at < body.n;) {
        size_t n = body.n - at < room ? body.n - at : room;
        uint8_t flags = 0;
        if (at == 0)
            flags |= SEGF_FIRST;
        if (at + n == body.n)
            flags |= SEGF_LAST;
        struct msh m = {.sequence = c->seq, .length = (uint32_t)n, .total = (uint32_t)body.n};
        size_t start = segment_begin(&out, SEG_MESSAGE, flags, c->luwid);
        msh_encode(&out, &m);
        buf_put(&out, body.p + at, n);
        segment_end(&out, start);
        at += n;
    }
    channel_send(c, &out);
}

/* The header's integers as this side writes them, whoever put the message. */
static void
send_reordered(struct channel *c, const struct message *m)
{
    AUTO_BUF body = buf_new(m->data.n + 1024, ORDER_LITTLE);
    struct mqxqh x = m->xqh;
    xqh_encode(&body, &x);
    if (m->md.version == 2)
        mde_encode(&body, &m->md);
    buf_span_put(&body, m->data);
    send_segments(c, buf_span(&body));
}

/* It can not travel: to our own dead-letter queue.  False: the channel failed. */
static bool
undeliverable(struct channel *c, struct message *m, int32_t reason)
{
    bool syncpoint = mqi_in_unit(c->h);
    if (dead_letter(c, m, reason, syncpoint).cc != 2) {
        /* Outside a batch there is nothing to agree with the partner about. */
        if (!syncpoint || c->send.batch_msgs != 0 || mqi_commit(c->h).cc != 2) {
            c->send.batch_hard = c->send.batch_hard || mqi_in_unit(c->h);
            return true;
        }
    }
    struct failure f;
    (void)fail(&f, RC_REFUSED,
        "Channel %s can not send a message of its transmission queue %s, reason %d, "
        "and has no dead-letter queue for it.",
        c->def.channel, c->def.xmitq, (int)reason);
    failure_id(&f, "AMQ9565E");
    failure_reason(&f, reason);
    failure_side(&f, c->def.channel);
    failure_fix(&f, reason == RC_MSG_TOO_BIG_FOR_CHANNEL
                        ? "raise MAXMSGL at both ends of the channel, or ALTER QMGR DEADQ(...)"
                        : "ALTER QMGR DEADQ(...)");
    channel_fail(c, &f, STATUS_USER_CLOSED);
    return false;
}

static bool
send_message(struct channel *c)
{
    struct mqi_get *g = &c->send.get;
    enum byte_order order = (g->md.encoding & 0xF) == 1 ? ORDER_BIG : ORDER_LITTLE;
    struct message m = {0};
    bool has_xqh = message_decode(buf_span(&g->data), order, &m);
    if (!has_xqh) {
        m.md = g->md;
        m.data = buf_span(&g->data);
    }
    if (!has_xqh || g->data.n > c->agreed.message_size)
        return undeliverable(c, &m, has_xqh ? RC_MSG_TOO_BIG_FOR_CHANNEL : FB_XMIT_Q_MSG_ERROR);
    begin_batch(c);
    c->seq = seq_next(c, c->seq);
    c->substate = SUBSTATE_SEND;
    if (order == ORDER_LITTLE)
        send_segments(c, buf_span(&g->data));
    else
        send_reordered(c, &m);
    c->send.batch_msgs++;
    c->send.batch_bytes += g->data.n;
    c->send.batch_hard = c->send.batch_hard || mqi_in_unit(c->h);
    c->figures.msgs++;
    c->figures.last_message = io_wall(qmgr_io(c->all->q));
    return true;
}

/* ---- the loop ---- */
static void
on_got(void *arg, struct mqi_get *get)
{
    struct channel *c = arg;
    (void)get;
    c->send.waiting = false;
    c->send.has_result = true;
    if (!c->send.in_get)
        sender_run(c);
}

static void
ask(struct channel *c)
{
    struct mqi_get *g = &c->send.get;
    buf_free(&g->data);
    memset(g, 0, sizeof *g);
    md_init(&g->md);
    gmo_init(&g->gmo);
    bool fast = (c->agreed.cap2 & CAP2_FAST) != 0;
    g->gmo.options = (fast ? GMO_SYNCPOINT_IF_PERSISTENT : GMO_SYNCPOINT) | GMO_FAIL_IF_QUIESCING;
    g->gmo.match = 0;
    uint64_t due = min_u64(due_batch(c), min_u64(due_heartbeat(c), due_disconnect(c)));
    uint64_t now = now_ms(c);
    uint64_t wait = due == DISABLED ? DISABLED : due > now ? due - now : 0;
    if (wait > 0) {
        g->gmo.options |= GMO_WAIT;
        g->gmo.wait = wait > 86400000u ? 86400000 : (int32_t)wait;
    }
    g->hobj = c->send.hobj;
    g->buffer = MESSAGE_MAX;
    g->data = buf_new(MESSAGE_MAX, ORDER_LITTLE);
    g->done = on_got;
    g->arg = c;
    c->send.waiting = true;
    c->send.has_result = false;
    c->send.in_get = true;
    c->substate = SUBSTATE_MQGET;
    mqi_get(c->h, g);
    c->send.in_get = false;
}

/* No message: is something else due?  True: look for a message again. */
static bool
nothing_there(struct channel *c)
{
    uint64_t now = now_ms(c);
    if (due_batch(c) <= now) {
        end_batch(c);
        return false;
    }
    if (due_disconnect(c) <= now) {
        sender_close(c, STATUS_TIMEOUT);
        return false;
    }
    if (due_heartbeat(c) <= now) {
        send_heartbeat(c, false);
        return false;
    }
    return true;
}

static bool
get_failed(struct channel *c, int32_t reason)
{
    if (reason == RC_NO_MSG_AVAILABLE)
        return nothing_there(c);
    if (c->send.batch_msgs != 0) { /* deliver what was sent; the next get says the same again */
        end_batch(c);
        return false;
    }
    if (reason == RC_Q_MGR_QUIESCING || reason == RC_Q_MGR_STOPPING) {
        c->ending = true;
        sender_close(c, STATUS_QM_TERMINATING);
        return false;
    }
    struct failure f;
    (void)fail(&f, RC_REFUSED, "Channel %s can not get messages from %s, reason %d.",
        c->def.channel, c->def.xmitq, (int)reason);
    failure_id(&f, reason == RC_GET_INHIBITED ? "AMQ9549E" : "AMQ9510E");
    failure_reason(&f, reason);
    failure_side(&f, c->def.channel);
    if (reason == RC_GET_INHIBITED)
        failure_fix(&f, "ALTER QLOCAL(%s) GET(ENABLED)", c->def.xmitq);
    channel_fail(c, &f, STATUS_USER_CLOSED);
    return false;
}

/* Asked to stop: the batch is finished first. */
static void
obey_stop(struct channel *c)
{
    if (c->send.batch_msgs != 0)
        end_batch(c);
    else
        sender_close(c, c->ending ? STATUS_QM_TERMINATING : STATUS_USER_CLOSED);
}

static bool
turn(struct channel *c)
{
    if (c->send.has_result) {
        c->send.has_result = false;
        if (c->send.get.result.cc == 2)
            return get_failed(c, c->send.get.result.reason);
        return send_message(c);
    }
    if (c->stop_asked || c->ending || c->restart) {
        obey_stop(c);
        return false;
    }
    if (batch_is_full(c)) {
        end_batch(c);
        return false;
    }
    if (link_unsent(c->link) > UNSENT_MAX) {
        c->step = STEP_DRAIN;
        return false;
    }
    ask(c);
    return !c->send.waiting;
}

void
sender_run(struct channel *c)
{
    while (turn(c)) {
    }
}

void
sender_drained(struct channel *c)
{
    c->step = STEP_GET;
    sender_run(c);
}

void
sender_wake(struct channel *c)
{
    if (c->step != STEP_GET || !c->send.waiting)
        return;
    mqi_get_cancel(c->h);
    c->send.waiting = false;
    sender_run(c);
}
