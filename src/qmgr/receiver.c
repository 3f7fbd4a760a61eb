/* The receiving machine: admission, negotiation, RESYNC, confirmation, end. */
#include <stdlib.h>
#include <string.h>

#include "qmgr/admit.h"
#include "qmgr/channel_internal.h"
#include "qmgr/product.h"

#define FAP_CHANNEL 10u
#define TRANSMISSION_PLAIN 32766u
#define TRANSMISSION_TLS 15352u
#define ROUNDS_MAX 3u

/* ---- admission ---- */
static void
refuse_link(struct channels *all, struct link *link, const char *channel, int32_t status,
    const struct failure *f)
{
    char peer[80], host[64];
    link_peer(link, peer);
    link_peer_host(link, host);
    admit_log(all->q, f, channel, peer, host);
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    struct status s = {.code = status};
    status_encode(&out, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, NULL, &s);
    link_send(link, buf_span(&out));
    link_close(link, true);
}

static const struct channel_def *
find_definition(struct channels *all, const struct initial_data *id, int32_t *status, struct failure *f)
{
    const struct channel_def *def = admit_find(all->q, id->channel, status, f);
    if (def == NULL)
        return NULL;
    const struct channel_role *role = channel_role(def->chltype);
    bool asks_to_be_called = (id->cap1 & CAP1_REQUEST_INITIATION) != 0;
    if (role != NULL && role->accepts && !role->sends && !asks_to_be_called)
        return def;
    (void)fail(f, RC_REFUSED, "The partner %s asked for the channel %s, whose type here does not fit.",
        id->qmgr, id->channel);
    failure_id(f, "AMQ9547E");
    failure_side(f, id->channel);
    failure_cause(f, "A sending channel needs a RCVR at this end.");
    failure_fix(f, "correct CHLTYPE at one of the two ends");
    *status = STATUS_WRONG_TYPE;
    return NULL;
}

static enum rc
check_wrap(const struct channel_def *def, const struct initial_data *id, int32_t *status,
    struct failure *f)
{
    if (id->wrap == (uint32_t)def->seqwrap)
        return RC_OK;
    (void)fail(f, RC_REFUSED, "SEQWRAP of channel %s is %d here and %u at the partner %s.", def->channel,
        (int)def->seqwrap, id->wrap, id->qmgr);
    failure_id(f, "AMQ9505E");
    failure_side(f, def->channel);
    failure_fix(f, "make SEQWRAP equal at both ends");
    *status = STATUS_WRAP_VALUE;
    return RC_REFUSED;
}

/* Only one instance may answer for a partner (spec 6.4).  The older one is ended here and now: what it
 * committed is in its record, what it did not is backed out, and it can do nothing afterwards. */
static void
fence(struct channels *all, const char *key)
{
    for (struct channel *c = all->first, *next; c != NULL; c = next) {
        next = c->next;
        if (c->role->sends || strcmp(c->key, key) != 0)
            continue;
        channel_say(c, RC_OK, "AMQ9514W", "Channel %s: the partner %s connected again; the older "
            "instance from %s was ended.", c->def.channel, c->partner, c->peer);
        channel_session_close(c, false);
        channel_free(c);
    }
}

static void answer_initial(struct channel *c, const struct initial_data *id);

static void
connect_mqi(struct channel *c)
{
    const char *user = c->recv.admission.mcauser;
    struct mqi_identity who;
    channel_identity(c, &who, user[0] != '\0' ? user : NULL);
    c->h = mqi_connect(qmgr_mqi(c->all->q), &who);
}

static void
accept_link(struct channels *all, struct link *link, const struct channel_def *def,
    const struct initial_data *id, const struct channel_admission *admission)
{
    char key[SYNC_KEY_MAX];
    sync_key_receiver(def->channel, id->qmgr, id->qmid, key);
    fence(all, key);
    struct channel *c = channel_new(all, def);
    memcpy(c->key, key, sizeof key);
    c->link = link;
    link_set(link, &channel_link_events, c);
    link_peer(link, c->peer);
    link_peer_host(link, c->host);
    c->recv.admission = *admission;
    c->state = CHS_BINDING;
    c->step = STEP_INITIAL;
    (void)text_copy(c->partner, sizeof c->partner, id->qmgr);
    (void)text_copy(c->qmid, sizeof c->qmid, id->qmid);
    (void)text_copy(c->product, sizeof c->product, id->product);
    channel_say(c, RC_OK, "AMQ9002I", "Channel %s from %s (%s) is starting.", def->channel, c->partner,
        c->peer);
    connect_mqi(c);
    (void)sync_load(qmgr_mqi(all->q), c->key, &c->sync);
    c->seq = c->sync.lstseqno;
    answer_initial(c, id);
}

void
channels_accept(struct channels *all, struct link *link_take, const struct segment *initial)
{
    struct initial_data id;
    struct failure f;
    struct channel_admission admission = {0};
    int32_t status = STATUS_PROTOCOL;
    if (initial_decode(initial, &id) != RC_OK) {
        (void)fail(&f, RC_MALFORMED, "A partner's initial data are not valid.");
        failure_id(&f, "AMQ9504E");
        refuse_link(all, link_take, "????", status, &f);
        return;
    }
    const struct channel_def *def = find_definition(all, &id, &status, &f);
    if (def == NULL || admit_enabled(all->q, def, &status, &f) != RC_OK ||
        channel_admit(all->q, def, link_take, id.qmgr, NULL, &admission, &status, &f) != RC_OK ||
        check_wrap(def, &id, &status, &f) != RC_OK) {
        refuse_link(all, link_take, id.channel, status, &f);
        return;
    }
    accept_link(all, link_take, def, &id, &admission);
}

/* ---- initial data ---- */
static uint32_t
min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The larger of both, unless one of them wants none. */
static uint32_t
heartbeat_of(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return 0;
    return a > b ? a : b;
}

static struct initial_data
answer_to(const struct channel *c, const struct initial_data *in)
{
    const struct channel_def *d = &c->def;
    struct initial_data a = *in;
    uint32_t size = link_is_tls(c->link) ? TRANSMISSION_TLS : TRANSMISSION_PLAIN;
    uint8_t fast = d->npmspeed == CHANNEL_NPMSPEED_FAST ? CAP2_FAST : 0;
    a.fap = in->fap < FAP_CHANNEL ? in->fap : FAP_CHANNEL;
    a.cap1 = in->cap1 & (CAP1_MSG_SEQ | CAP1_CONVERSION | CAP1_SPLIT);
    a.cap2 = in->cap2 & (CAP2_RESPONDER_CONVERSION | fast);
    a.cap3 = in->cap3 & CAP3_MSG_PROP;
    a.ecap1 = in->cap1 & (uint8_t)~a.cap1;
    a.ecap2 = in->cap2 & (uint8_t)~a.cap2;
    a.ecap3 = in->cap3 & (uint8_t)~a.cap3;
    a.batch = (uint16_t)min_u32(in->batch, (uint32_t)d->batchsz);
    a.transmission_size = min_u32(in->transmission_size, size);
    a.message_size = min_u32(in->message_size, (uint32_t)d->maxmsgl);
    a.heartbeat = heartbeat_of(in->heartbeat, (uint32_t)d->hbint);
    a.error1 = (uint8_t)((a.fap != in->fap ? IEF_FAP : 0) | (a.batch != in->batch ? IEF_BATCH : 0) |
        (a.transmission_size != in->transmission_size ? IEF_TRANSMISSION : 0) |
        (a.message_size != in->message_size ? IEF_MESSAGE_SIZE : 0) |
        (a.heartbeat != in->heartbeat ? IEF_HEARTBEAT : 0));
    a.error2 = 0;
    a.ccsid = 1208;
    (void)text_copy(a.qmgr, sizeof a.qmgr, qmgr_name(c->all->q));
    (void)text_copy(a.qmid, sizeof a.qmid, qmgr_qmid(c->all->q));
    (void)text_copy(a.product, sizeof a.product, PRODUCT_ID);
    return a;
}

static void
answer_initial(struct channel *c, const struct initial_data *id)
{
    bool usable = id->transmission_size >= SEGMENT_FIRST_MAX && id->batch > 0 && id->message_size > 0 &&
        id->fap >= 4 && strcmp(id->channel, c->def.channel) == 0;
    c->agreed = answer_to(c, id);
    const struct initial_data *a = &c->agreed;
    bool changed = a->error1 != 0 || a->ecap1 != 0 || a->ecap2 != 0 || a->ecap3 != 0;
    if (!usable || (changed && ++c->rounds >= ROUNDS_MAX)) {
        channel_fail_as(c, STATUS_NEGOTIATION, "AMQ9503E", "the two ends can not agree how to talk");
        return;
    }
    AUTO_BUF out = buf_new(1024, ORDER_LITTLE);
    initial_encode(&out, changed ? SEGF_ERROR : 0, a);
    channel_send(c, &out);
    if (!changed) {
        link_max(c->link, a->transmission_size);
        c->step = STEP_RESYNC;
        c->recv.message = buf_new(a->message_size, ORDER_LITTLE);
        c->recv.answer = buf_new(128, ORDER_LITTLE);
    }
    channel_expect(c);
}

static void
on_initial(struct channel *c, const struct segment *seg)
{
    struct initial_data id;
    if (initial_decode(seg, &id) != RC_OK)
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's initial data are not valid");
    else
        answer_initial(c, &id);
}

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
        channel_fail_as(c, STATUS_BATCH_FAILURE, "AMQ9538E", "its synchronisation record can not be written");
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
    channel_say(c, RC_OK, "AMQ9589I", "Channel %s from %s (%s) is running with %s, as %s; partner's "
        "certificate '%.120s'.", c->def.channel, c->partner, c->peer,
        a->tls.spec != NULL ? a->tls.spec->name : "TLS", user,
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
    (void)fail(&f, RC_REFUSED, "The sequence numbers of channel %s differ: the partner %s sends %u next, "
                               "%u is expected.", c->def.channel, c->partner, sent, expected);
    failure_id(&f, "AMQ9526E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, "One end was restored, defined anew or reset.");
    failure_fix(&f, "check that no message is missing, then RESET CHANNEL(%s) SEQNUM(1) at the sending "
                    "end", c->def.channel);
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
    segment_bare(&out, SEG_HEARTBEAT, (uint8_t)(SEGF_WHOLE | (close ? SEGF_REQUEST_CLOSE : 0)), seg->luwid);
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
            channel_say(c, RC_OK, "AMQ9545I", "Channel %s: the partner's disconnect interval passed.",
                c->def.channel);
        else if (s.code == STATUS_QM_TERMINATING)
            channel_say(c, RC_OK, "AMQ9525I", "Channel %s: the partner's queue manager %s is ending.",
                c->def.channel, c->partner);
        else
            channel_say(c, RC_OK, "AMQ9528I", "Channel %s: the partner %s closed it.", c->def.channel,
                c->partner);
    }
    channel_say(c, RC_OK, "AMQ9001I", "Channel %s from %s ended in order.", c->def.channel, c->peer);
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
        on_initial(c, seg);
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
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "a segment of type %u was not expected now", seg->type);
}
