/* The receiving machine: RESYNC, confirmation, heartbeats, the end. */
#include <string.h>

#include "qmgr/channel_internal.h"

/* ---- answers that wait for the disk ---- */
static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct channel *c = arg;
    (void)f;
    if (rc != RC_OK) /* the journal broke: never confirm what may not be there */
        return;
    if (channel_dies(c, "R durable"))
        return;
    c->step = STEP_RECEIVE;
    c->substate = SUBSTATE_RECEIVE;
    channel_send(c, &c->recv.answer);
    channel_expect(c);
    if (channel_dies(c, "R answered"))
        return;
    link_resume(c->link);
    (void)receiver_idle(c);
}

void
receiver_answer(struct channel *c, uint64_t position)
{
    c->step = STEP_DURABLE;
    channel_expect_nothing(c);
    link_pause(c->link);
    store_when_durable(qmgr_store(c->all->q), position, on_durable, c);
}

/* ---- RESET, RESYNC ---- */
static void
on_reset(struct channel *c, const struct segment *seg)
{
    struct reader r = segment_reader(seg);
    (void)reader_u32(&r);
    uint32_t n = reader_u32(&r);
    if (!reader_ok(&r) || n == 0) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "a RESET is not valid");
        return;
    }
    c->sync.lstseqno = c->seq = n - 1;
    struct hconn *h = c->all->h;
    if (sync_save(h, c->key, &c->sync).cc == 2 || mqi_commit(h).cc == 2) {
        channel_fail_as(
            c, STATUS_BATCH_FAILURE, "AMQ9538E", "its synchronisation record can not be written");
        return;
    }
    buf_clear(&c->recv.answer);
    segment_bare(&c->recv.answer, SEG_STATUS, SEGF_WHOLE, NULL);
    receiver_answer(c, mqi_position(h));
}

static void
say_running(struct channel *c)
{
    const struct channel_admission *a = &c->recv.admission;
    const char *user = a->mcauser[0] != '\0' ? a->mcauser : "the queue manager's owner";
    c->recv.announced = true;
    if (!a->is_tls) {
        channel_say(c, RC_OK, "AMQ9589I", "Channel %s from %s (%s) is running in the clear, as %s.",
            c->def.channel, c->partner, c->peer, user);
        return;
    }
    channel_say(c, RC_OK, "AMQ9589I",
        "Channel %s from %s (%s) is running with %s, as %s; partner's "
        "certificate '%.120s'.",
        c->def.channel, c->partner, c->peer, a->tls.spec != NULL ? a->tls.spec->name : "TLS", user,
        a->tls.has_peer ? a->tls.subject_text : "none");
}

static void
running(struct channel *c)
{
    c->state = CHS_RUNNING;
    c->figures.started = io_wall(qmgr_io(c->all->q));
    if (!c->recv.announced)
        say_running(c);
}

static void
sequence_error(struct channel *c, uint32_t theirs)
{
    struct failure f;
    uint32_t sent = seq_next(c, theirs), expected = seq_next(c, c->sync.lstseqno);
    (void)fail(&f, RC_REFUSED,
        "The sequence numbers of channel %s differ: the partner %s sends %u next, "
        "%u is expected.",
        c->def.channel, c->partner, sent, expected);
    failure_id(&f, "AMQ9526E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, "One end was restored, defined anew or reset.");
    failure_fix(&f,
        "check that no message is missing, then RESET CHANNEL(%s) SEQNUM(1) at the sending "
        "end",
        c->def.channel);
    int32_t value = (int32_t)expected;
    channel_send_status(c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, NULL, STATUS_SEQUENCE, &value);
    channel_fail(c, &f, STATUS_OK);
}

/* The answer tells the sender what became of a batch in doubt: it must be on the disk before. */
static void
on_resync(struct channel *c, const struct segment *seg)
{
    struct reader r = segment_reader(seg);
    struct msh m;
    msh_decode(&r, &m);
    bool in_doubt = (seg->flags & SEGF_CONFIRM) != 0;
    if (!reader_ok(&r)) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "a RESYNC is not valid");
        return;
    }
    if (!in_doubt && m.sequence != c->sync.lstseqno) {
        sequence_error(c, m.sequence);
        return;
    }
    if (channel_dies(c, "R resynchronised"))
        return;
    buf_clear(&c->recv.answer);
    size_t start = segment_begin(&c->recv.answer, SEG_RESYNC, SEGF_WHOLE, c->sync.lstluwid);
    struct msh mine = {.sequence = c->sync.lstseqno};
    msh_encode(&c->recv.answer, &mine);
    segment_end(&c->recv.answer, start);
    running(c);
    receiver_answer(c, store_position(qmgr_store(c->all->q)));
}

/* ---- batches ---- */
bool
receiver_in_batch(const struct channel *c)
{
    static const uint8_t none[8];
    return c->recv.open || !luwid_equal(c->luwid, none);
}

static void
batch_is_over(struct channel *c)
{
    memset(c->luwid, 0, sizeof c->luwid);
    c->recv.dlq_used = false;
    c->figures.batches++;
}

void
receiver_confirm(struct channel *c)
{
    uint64_t position = 0;
    if (channel_dies(c, "R asked"))
        return;
    if (mqi_in_unit(c->h)) {
        struct sync_record s = c->sync;
        s.lstseqno = c->seq;
        memcpy(s.lstluwid, c->luwid, 8);
        if (sync_save(c->h, c->key, &s).cc == 2 || mqi_commit(c->h).cc == 2) {
            channel_fail_as(c, STATUS_BATCH_FAILURE, "AMQ9540E", "a batch can not be committed");
            return;
        }
        c->sync = s;
        position = mqi_position(c->h);
        if (channel_dies(c, "R committed"))
            return;
    }
    uint8_t flags = SEGF_WHOLE;
    if (c->recv.dlq_used)
        flags |= SEGF_DLQ_USED;
    if (c->stop_asked)
        flags |= SEGF_REQUEST_CLOSE;
    buf_clear(&c->recv.answer);
    segment_bare(&c->recv.answer, SEG_STATUS, flags, c->luwid);
    batch_is_over(c);
    receiver_answer(c, position);
}

/* ---- heartbeats, PING, the end ---- */
static void
on_heartbeat(struct channel *c, const struct segment *seg)
{
    if ((seg->flags & SEGF_CONFIRM) == 0)
        return;
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    bool close = c->stop_asked && !receiver_in_batch(c);
    segment_bare(
        &out, SEG_HEARTBEAT, (uint8_t)(SEGF_WHOLE | (close ? SEGF_REQUEST_CLOSE : 0)), seg->luwid);
    channel_send(c, &out);
}

static void
on_ping(struct channel *c, const struct segment *seg)
{
    AUTO_BUF out = buf_new(seg->body.n + 64, seg->order);
    size_t start = segment_begin(&out, SEG_PING, SEGF_WHOLE, NULL);
    buf_span_put(&out, seg->body);
    segment_end(&out, start);
    channel_send(c, &out);
}

static void
on_close(struct channel *c, const struct segment *seg)
{
    struct status s = {0};
    if (status_decode(seg, &s) == RC_OK && c->state == CHS_RUNNING) {
        if (s.code == STATUS_TIMEOUT)
            channel_say(c, RC_OK, "AMQ9545I",
                "Channel %s: the partner's disconnect interval passed.", c->def.channel);
        else if (s.code == STATUS_QM_TERMINATING)
            channel_say(c, RC_OK, "AMQ9525I",
                "Channel %s: the partner's queue manager %s is ending.", c->def.channel,
                c->partner);
        else
            channel_say(c, RC_OK, "AMQ9528I", "Channel %s: the partner %s closed it.",
                c->def.channel, c->partner);
    }
    channel_say(
        c, RC_OK, "AMQ9001I", "Channel %s from %s ended in order.", c->def.channel, c->peer);
    channel_send_status(c, SEGF_WHOLE | SEGF_CLOSE, NULL, STATUS_OK, NULL);
    channel_session_close(c, true);
    channel_over(c, false, 0);
}

static void
on_status(struct channel *c, const struct segment *seg)
{
    struct status s;
    bool readable = status_decode(seg, &s) == RC_OK;
    if (readable && (seg->flags & SEGF_ERROR) != 0)
        channel_refused(c, seg);
    else if ((seg->flags & SEGF_CLOSE) != 0)
        on_close(c, seg);
    else if ((seg->flags & SEGF_CONFIRM) != 0 && c->step == STEP_RECEIVE && !c->recv.open) {
        memcpy(c->luwid, seg->luwid, 8);
        receiver_confirm(c);
    } else
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "a STATUS was not expected now");
}

bool
receiver_idle(struct channel *c)
{
    if (receiver_in_batch(c) || !(c->ending || c->restart))
        return true;
    int32_t code = c->ending ? STATUS_QM_TERMINATING : STATUS_SSL_REFRESH;
    channel_send_status(c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, NULL, code, NULL);
    channel_say(c, RC_OK, "AMQ9001I", "Channel %s from %s was ended: %s.", c->def.channel, c->peer,
        c->ending ? "the queue manager ends" : "the key repository was read again");
    channel_session_close(c, true);
    channel_over(c, false, 0);
    return false;
}

void
receiver_segment(struct channel *c, const struct segment *seg)
{
    bool ready = c->step == STEP_RESYNC || c->step == STEP_RECEIVE;
    if (c->step == STEP_RESYNC || c->step == STEP_RECEIVE)
        channel_expect(c);
    if (seg->type == SEG_INITIAL_DATA && c->step == STEP_INITIAL)
        receiver_initial(c, seg);
    else if (seg->type == SEG_STATUS && c->step != STEP_INITIAL)
        on_status(c, seg);
    else if (seg->type == SEG_HEARTBEAT && ready)
        on_heartbeat(c, seg);
    else if (seg->type == SEG_RESET && ready && !receiver_in_batch(c))
        on_reset(c, seg);
    else if (seg->type == SEG_RESYNC && ready && !receiver_in_batch(c))
        on_resync(c, seg);
    else if (seg->type == SEG_PING && ready && !receiver_in_batch(c))
        on_ping(c, seg);
    else if (seg->type == SEG_MESSAGE && ready)
        receiver_message(c, seg);
    else
        channel_fail_as(
            c, STATUS_PROTOCOL, "AMQ9504E", "a segment of type %u was not expected now", seg->type);
}
