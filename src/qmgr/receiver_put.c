/* The receiving machine: segments become messages, messages are put, retried, or dead letters. */
#include <string.h>

#include "qmgr/channel_internal.h"

enum {
    RC_PUT_INHIBITED = 2051,
    RC_Q_FULL = 2053,
    RC_Q_SPACE_NOT_AVAILABLE = 2056,
    RC_MSG_HEADER = 271
};

static bool put_message(struct channel *c);

static void
malformed(struct channel *c, int32_t code, const char *what)
{
    channel_fail_as(c, code, "AMQ9504E", "%s", what);
}

/* ---- assembling ---- */
static bool
first_segment(struct channel *c, const struct segment *seg, const struct msh *m)
{
    uint32_t expected = seq_next(c, c->seq);
    if (m->sequence != expected) {
        int32_t value = (int32_t)expected;
        channel_send_status(
            c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, seg->luwid, STATUS_SEQUENCE, &value);
        channel_fail_as(c, STATUS_OK, "AMQ9526E", "message %u came where %u was expected",
            m->sequence, expected);
        return false;
    }
    if (m->total > c->agreed.message_size) {
        malformed(c, STATUS_MESSAGE_LENGTH, "a message is longer than was agreed");
        return false;
    }
    c->recv.head = *m;
    c->recv.open = true;
    buf_clear(&c->recv.message);
    memcpy(c->luwid, seg->luwid, 8);
    return true;
}

/* Takes one segment in.  False: c failed. */
static bool
take_segment(struct channel *c, const struct segment *seg)
{
    struct reader r = segment_reader(seg);
    struct msh m;
    msh_decode(&r, &m);
    struct span data = reader_take(&r, m.length);
    bool is_first = (seg->flags & SEGF_FIRST) != 0;
    if (!reader_ok(&r) || is_first == c->recv.open) {
        malformed(c, STATUS_PROTOCOL, "a message segment is out of place");
        return false;
    }
    if (is_first && !first_segment(c, seg, &m))
        return false;
    if (m.sequence != c->recv.head.sequence || m.total != c->recv.head.total ||
        data.n > m.total - c->recv.message.n) {
        malformed(c, STATUS_MESSAGE_LENGTH, "the segments of a message do not fit together");
        return false;
    }
    buf_span_put(&c->recv.message, data);
    return true;
}

void
receiver_message(struct channel *c, const struct segment *seg)
{
    if (c->step == STEP_RESYNC) { /* a partner that needs no RESYNC may begin at once */
        c->step = STEP_RECEIVE;
        c->state = CHS_RUNNING;
        c->figures.started = io_wall(qmgr_io(c->all->q));
    }
    if (!take_segment(c, seg) || (seg->flags & SEGF_LAST) == 0)
        return;
    if (c->recv.message.n != c->recv.head.total) {
        malformed(c, STATUS_MESSAGE_LENGTH, "a message is shorter than it said");
        return;
    }
    c->recv.confirm = (seg->flags & SEGF_CONFIRM) != 0;
    c->recv.message.order = seg->order;
    c->recv.tries = 0;
    c->recv.paused_ms = 0;
    if (!put_message(c) || channel_dies(c, "R put"))
        return;
    if (c->recv.confirm)
        receiver_confirm(c);
}

/* ---- putting ---- */
static struct mqi_result
put(struct channel *c, struct message *m, bool syncpoint)
{
    struct mqod od;
    od_init(&od, m->xqh.remoteqname);
    (void)text_copy(od.qmgr, sizeof od.qmgr, m->xqh.remoteqmgr);
    struct mqpmo pmo;
    pmo_init(&pmo);
    pmo.options = PMO_SET_ALL | (syncpoint ? PMO_SYNCPOINT : PMO_NO_SYNCPOINT);
    if (c->def.putaut == CHANNEL_PUTAUT_CTX && m->md.user[0] != '\0') {
        (void)text_copy(od.altuser, sizeof od.altuser, m->md.user);
        pmo.options |= PMO_ALTERNATE_USER;
    }
    struct mqmd md = m->md;
    return mqi_put1(c->h, &od, &md, &pmo, m->data);
}

static void
message_is_done(struct channel *c)
{
    c->recv.open = false;
    c->seq = c->recv.head.sequence;
    c->state = CHS_RUNNING;
    c->substate = SUBSTATE_RECEIVE;
    c->figures.msgs++;
    c->figures.last_message = io_wall(qmgr_io(c->all->q));
    buf_clear(&c->recv.message);
}

static void
on_retry(void *arg)
{
    struct channel *c = arg;
    c->step = STEP_RECEIVE;
    link_resume(c->link);
    channel_expect(c);
    if (put_message(c) && c->recv.confirm)
        receiver_confirm(c);
}

/* Message retry: only for what may pass by itself, and not so long that the partner gives up. */
static bool
pause_retry(struct channel *c, int32_t reason)
{
    bool may_pass =
        reason == RC_Q_FULL || reason == RC_PUT_INHIBITED || reason == RC_Q_SPACE_NOT_AVAILABLE;
    uint64_t wait = (uint64_t)c->def.mrtmr;
    uint64_t hb = c->agreed.heartbeat;
    uint64_t limit = hb == 0 ? UINT64_MAX : (hb < 60 ? 2 * hb : hb + 60) * 1000;
    limit = limit > 20000 ? limit - 10000 : 10000;
    if (!may_pass || c->recv.tries >= (unsigned)c->def.mrrty || c->recv.paused_ms + wait > limit)
        return false;
    c->recv.tries++;
    c->recv.paused_ms += wait;
    c->state = CHS_PAUSED;
    c->step = STEP_PAUSED;
    channel_expect_nothing(c);
    link_pause(c->link);
    if (c->recv.retry_timer == NULL)
        c->recv.retry_timer = io_timer_new(qmgr_io(c->all->q), on_retry, c);
    io_timer_set(c->recv.retry_timer, wait);
    return true;
}

static void
not_stored(struct channel *c, const struct message *m, int32_t reason)
{
    struct failure f;
    (void)fail(&f, RC_REFUSED,
        "Channel %s can not put a message to queue %s, reason %d, and has no "
        "dead-letter queue that takes it.",
        c->def.channel, m->xqh.remoteqname, (int)reason);
    failure_id(&f, "AMQ9511E");
    failure_reason(&f, reason);
    failure_side(&f, c->def.channel);
    failure_cause(&f,
        reason == 2035 ? "The channel's user (MCAUSER) '%s' has no authority for it."
                       : "The channel runs as '%s'.",
        c->recv.admission.mcauser);
    failure_fix(&f,
        "remove the reason, or ALTER QMGR DEADQ(...) with a queue that the channel's user "
        "may put to");
    channel_fail(c, &f, STATUS_CAN_NOT_STORE);
}

/* The message in recv.message.  False: c waits, or it failed. */
static bool
put_message(struct channel *c)
{
    struct message m;
    if (!message_decode(buf_span(&c->recv.message), c->recv.message.order, &m)) {
        malformed(c, STATUS_PROTOCOL, "a message has no transmission header");
        return false;
    }
    bool fast = (c->agreed.cap2 & CAP2_FAST) != 0 && m.md.persistence == 0;
    struct mqi_result result = put(c, &m, !fast);
    if (result.cc == 2) {
        if (pause_retry(c, result.reason))
            return false;
        bool kept = dead_letter(c, &m, result.reason, !fast).cc != 2;
        c->recv.dlq_used = c->recv.dlq_used || kept;
        if (!kept && !fast) { /* a fast one is lost; the others wait for a better time */
            not_stored(c, &m, result.reason);
            return false;
        }
    }
    message_is_done(c);
    return true;
}
