/* The sending machine between the negotiation and the first message, and its orderly end. */
#include <string.h>

#include "qmgr/channel_internal.h"

static void send_resync(struct channel *c);

/* ---- RESET, RESYNC ---- */
static void
send_reset(struct channel *c)
{
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    size_t start = segment_begin(&out, SEG_RESET, SEGF_WHOLE | SEGF_CONFIRM, NULL);
    buf_u32(&out, 8);
    buf_u32(&out, c->sync.resetseq);
    segment_end(&out, start);
    c->step = STEP_RESET;
    channel_send(c, &out);
    channel_expect(c);
}

/* Write the sync record by itself. */
static bool
save_sync(struct channel *c)
{
    struct hconn *h = c->all->h;
    if (sync_save(h, c->key, &c->sync).cc == 2 || mqi_commit(h).cc == 2) {
        channel_fail_as(c, STATUS_OK, "AMQ9538E", "its synchronisation record can not be written");
        return false;
    }
    return true;
}

static void
on_reset_answer(struct channel *c)
{
    c->sync.resetseq = 0;
    if (save_sync(c))
        send_resync(c);
}

static void
send_resync(struct channel *c)
{
    const struct sync_record *s = &c->sync;
    AUTO_BUF out = buf_new(128, ORDER_LITTLE);
    size_t start = segment_begin(&out, SEG_RESYNC, SEGF_WHOLE | (s->indoubt ? SEGF_CONFIRM : 0),
        s->indoubt ? s->curluwid : s->lstluwid);
    struct msh m = {.sequence = s->indoubt ? s->curseqno : s->lstseqno};
    msh_encode(&out, &m);
    segment_end(&out, start);
    c->step = STEP_RESYNC;
    c->substate = SUBSTATE_RESYNCH;
    channel_send(c, &out);
    channel_expect(c);
}

static void
sequence_error(struct channel *c, uint32_t theirs)
{
    struct failure f;
    uint32_t next = seq_next(c, c->sync.lstseqno), expected = seq_next(c, theirs);
    (void)fail(&f, RC_REFUSED,
        "The sequence numbers of channel %s differ: %u is sent next, the partner "
        "expects %u.",
        c->def.channel, next, expected);
    failure_id(&f, "AMQ9526E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, c->sync.indoubt ? "A batch is in doubt, and the partner's record fits "
                                        "neither outcome: it was lost or restored."
                                      : "One end was restored, defined anew or reset.");
    failure_fix(&f,
        c->sync.indoubt ? "RESOLVE CHANNEL(%s) ACTION(COMMIT or BACKOUT), after comparing LSTLUWID"
                        : "check that no message is missing, then RESET CHANNEL(%s) SEQNUM(1)",
        c->def.channel);
    int32_t value = (int32_t)next;
    channel_send_status(c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, NULL, STATUS_SEQUENCE, &value);
    channel_fail(c, &f, STATUS_OK);
}

bool
sender_settle(struct channel *c, bool commit)
{
    struct sync_record after = c->sync;
    after.indoubt = false;
    if (commit) {
        after.lstseqno = c->sync.curseqno;
        memcpy(after.lstluwid, c->sync.curluwid, 8);
    }
    /* A commit is one unit with the record.  A back-out comes before its record: a crash between
     * them leaves "in doubt" without messages, which the partner's answer resolves; the other way
     * round it would leave messages that nobody asks about. */
    bool ok = true;
    if (commit)
        ok = sync_save(c->h, c->key, &after).cc != 2 && mqi_commit(c->h).cc != 2;
    else if (mqi_in_unit(c->h))
        ok = mqi_backout(c->h).cc != 2;
    if (!commit && ok)
        ok = sync_save(c->all->h, c->key, &after).cc != 2 && mqi_commit(c->all->h).cc != 2;
    if (ok)
        c->sync = after;
    c->seq = c->sync.lstseqno;
    return ok;
}

static bool
open_queue(struct channel *c)
{
    struct mqod od;
    od_init(&od, c->def.xmitq);
    struct mqi_result r =
        mqi_open(c->h, &od, OO_INPUT_EXCLUSIVE | OO_FAIL_IF_QUIESCING, &c->send.hobj, NULL);
    if (r.cc != 2)
        return true;
    struct failure f;
    (void)fail(&f, RC_NOT_FOUND, "Channel %s can not open its transmission queue %s, reason %d.",
        c->def.channel, c->def.xmitq, (int)r.reason);
    failure_id(&f, "AMQ9509E");
    failure_reason(&f, r.reason);
    failure_side(&f, c->def.channel);
    failure_fix(&f,
        r.reason == 2042 ? "another channel or program reads %s: stop it"
                         : "DEFINE QLOCAL(%s) USAGE(XMITQ)",
        c->def.xmitq);
    channel_fail(c, &f, STATUS_QM_TERMINATING);
    return false;
}

static void
say_running(struct channel *c)
{
    const struct tls_facts *t = c->send.peer;
    if (t == NULL) {
        channel_say(c, RC_OK, "AMQ9589I", "Channel %s to %s (%s) is running in the clear.",
            c->def.channel, c->partner, c->peer);
        return;
    }
    channel_say(c, RC_OK, "AMQ9589I",
        "Channel %s to %s (%s) is running with %s; partner's certificate "
        "'%.120s'; this side %s.",
        c->def.channel, c->partner, c->peer, t->spec != NULL ? t->spec->name : "TLS",
        t->subject_text, t->sent_certificate ? "sent its own" : "sent none");
}

static void
start_running(struct channel *c)
{
    if (!open_queue(c))
        return;
    c->state = CHS_RUNNING;
    c->figures.started = io_wall(qmgr_io(c->all->q));
    c->send.idle_since = c->send.heard_at = io_now(qmgr_io(c->all->q));
    c->send.batch_msgs = 0;
    c->send.batch_bytes = 0;
    c->send.batch_hard = false;
    say_running(c);
    channel_expect_nothing(c);
    c->step = STEP_GET;
    sender_run(c);
}

static void
connect_mqi(struct channel *c)
{
    struct mqi_identity who;
    channel_identity(c, &who, NULL);
    c->h = mqi_connect(qmgr_mqi(c->all->q), &who);
    uint8_t room[SYNC_XID_SIZE];
    if (c->sync.indoubt)
        (void)mqi_adopt_prepared(c->h, sync_xid(c->def.channel, c->sync.curluwid, room));
}

static void
on_resync(struct channel *c, const struct segment *seg)
{
    struct reader r = segment_reader(seg);
    struct msh m;
    msh_decode(&r, &m);
    if (!reader_ok(&r)) {
        channel_fail_as(
            c, STATUS_PROTOCOL, "AMQ9504E", "the partner's answer to RESYNC is not valid");
        return;
    }
    connect_mqi(c);
    if (c->sync.indoubt) {
        if (channel_dies(c, "S resynchronised"))
            return;
        bool commit = luwid_equal(seg->luwid, c->sync.curluwid);
        if (!commit && !luwid_equal(seg->luwid, c->sync.lstluwid)) {
            sequence_error(c, m.sequence);
            return;
        }
        if (!sender_settle(c, commit)) {
            channel_fail_as(c, STATUS_OK, "AMQ9538E", "a batch in doubt can not be resolved");
            return;
        }
        channel_say(c, RC_OK, "AMQ9507I", "Channel %s: the batch that was in doubt was %s.",
            c->def.channel,
            commit ? "delivered: committed" : "not delivered: backed out, sent again");
        if (channel_dies(c, "S settled"))
            return;
    }
    if (m.sequence != c->sync.lstseqno && c->sync.resetseq == 0) {
        sequence_error(c, m.sequence);
        return;
    }
    if (c->sync.resetseq != 0)
        send_reset(c);
    else
        start_running(c);
}

/* ---- after the negotiation ---- */
static void
send_ping(struct channel *c)
{
    AUTO_BUF out = buf_new(c->ping_bytes + 64, ORDER_LITTLE);
    size_t start = segment_begin(&out, SEG_PING, SEGF_WHOLE | SEGF_CONFIRM, NULL);
    buf_u32(&out, (uint32_t)(4 + c->ping_bytes));
    for (size_t i = 0; i < c->ping_bytes; i++)
        buf_u8(&out, (uint8_t)i);
    segment_end(&out, start);
    c->step = STEP_PING;
    channel_send(c, &out);
    channel_expect(c);
}

void
sender_negotiated(struct channel *c)
{
    if (c->ping)
        send_ping(c);
    else if (c->sync.resetseq != 0 && !c->sync.indoubt)
        send_reset(c);
    else
        send_resync(c);
}

static void
on_ping_answer(struct channel *c, const struct segment *seg)
{
    bool same = seg->type == SEG_PING && seg->body.n >= 4 + c->ping_bytes;
    for (size_t i = 0; same && i < c->ping_bytes; i++)
        same = seg->body.p[4 + i] == (uint8_t)i;
    if (!same) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the data of the ping came back changed");
        return;
    }
    channel_send_status(c, SEGF_WHOLE | SEGF_CLOSE, NULL, STATUS_USER_CLOSED, NULL);
    io_done_fn *done = c->ping_done;
    void *arg = c->ping_arg;
    channel_session_close(c, true);
    channel_free(c);
    done(arg, RC_OK, NULL);
}

/* ---- the end ---- */
void
sender_close(struct channel *c, int32_t code)
{
    c->state = CHS_STOPPING;
    c->step = STEP_CLOSE;
    c->send.close_code = code;
    if (code == STATUS_TIMEOUT)
        channel_say(c, RC_OK, "AMQ9545I",
            "Channel %s: its disconnect interval passed without a message.", c->def.channel);
    if (code == STATUS_QM_TERMINATING)
        channel_say(c, RC_OK, "AMQ9542I", "Channel %s ends because the queue manager ends.",
            c->def.channel);
    channel_send_status(c, SEGF_WHOLE | SEGF_CLOSE, NULL, code, NULL);
    channel_expect(c);
}

static void
on_close_answer(struct channel *c)
{
    channel_say(c, RC_OK, "AMQ9001I", "Channel %s to %s ended in order.", c->def.channel, c->peer);
    channel_session_close(c, true);
    channel_over(c, false, 0);
}

/* ---- dispatch ---- */
static bool
is_refusal(const struct segment *seg)
{
    if (seg->type != SEG_STATUS)
        return false;
    struct status s;
    return status_decode(seg, &s) != RC_OK || s.negative;
}

static void
answer_heartbeat(struct channel *c)
{
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    segment_bare(&out, SEG_HEARTBEAT, SEGF_WHOLE, NULL);
    channel_send(c, &out);
}

static void
unexpected(struct channel *c, const struct segment *seg)
{
    channel_fail_as(
        c, STATUS_PROTOCOL, "AMQ9504E", "a segment of type %u was not expected now", seg->type);
}

static void
answered(struct channel *c, const struct segment *seg)
{
    bool is_status = seg->type == SEG_STATUS;
    switch (c->step) {
    case STEP_INITIAL:
        seg->type == SEG_INITIAL_DATA ? sender_initial(c, seg) : unexpected(c, seg);
        return;
    case STEP_RESET:
        is_status ? on_reset_answer(c) : unexpected(c, seg);
        return;
    case STEP_RESYNC:
        seg->type == SEG_RESYNC ? on_resync(c, seg) : unexpected(c, seg);
        return;
    case STEP_PING:
        on_ping_answer(c, seg);
        return;
    case STEP_HEARTBEAT:
        seg->type == SEG_HEARTBEAT ? sender_heartbeat_answered(c, seg) : unexpected(c, seg);
        return;
    case STEP_CONFIRM:
        is_status ? sender_confirmed(c, seg) : unexpected(c, seg);
        return;
    case STEP_NONE:
    case STEP_CONNECT:
    case STEP_GET:
    case STEP_DRAIN:
    case STEP_HARDEN:
    case STEP_RECEIVE:
    case STEP_PAUSED:
    case STEP_DURABLE:
    case STEP_CLOSE:
        unexpected(c, seg);
        return;
    }
}

void
sender_segment(struct channel *c, const struct segment *seg)
{
    c->send.heard_at = io_now(qmgr_io(c->all->q));
    if (c->step == STEP_CLOSE) {
        if (seg->type == SEG_STATUS)
            on_close_answer(c);
        return;
    }
    if (seg->type == SEG_HEARTBEAT && (seg->flags & SEGF_CONFIRM) != 0)
        answer_heartbeat(c);
    else if (is_refusal(seg) && c->step == STEP_CONFIRM && luwid_equal(seg->luwid, c->luwid))
        sender_confirmed(c, seg); /* a refused batch is not in doubt */
    else if (is_refusal(seg))
        channel_refused(c, seg);
    else
        answered(c, seg);
}
