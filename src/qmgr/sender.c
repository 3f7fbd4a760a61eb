/* The sending machine from the connection to the first message, and its orderly end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/admit.h"
#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"
#include "qmgr/product.h"

#define FAP_CHANNEL 10u
#define TRANSMISSION_PLAIN 32766u
#define TRANSMISSION_TLS 15352u
#define ROUNDS_MAX 3u

/* ---- connect ---- */
/* The n-th of CONNAME's list, with MQ's default port. */
static bool
address_of(const char *conname, unsigned n, char *to, size_t size)
{
    const char *at = conname;
    for (; n > 0; n--) {
        at = strchr(at, ',');
        if (at == NULL)
            return false;
        at++;
    }
    at += strspn(at, " ");
    size_t len = strcspn(at, ",");
    while (len > 0 && at[len - 1] == ' ')
        len--;
    if (len == 0)
        return false;
    bool has_port = memchr(at, '(', len) != NULL;
    snprintf(to, size, "%.*s%s", (int)len, at, has_port ? "" : "(1414)");
    return true;
}

static void
open_link(struct channel *c, const char *address, struct tls_env *env)
{
    struct qmgr *q = c->all->q;
    char label[129];
    qmgr_label(q, &c->def, label);
    struct tls_options o = {.cipherspec = c->def.sslciph, .label = label, .channel = c->def.channel,
        .now = io_wall(qmgr_io(q)) / 1000000};
    const char *local = c->def.locladdr[0] != '\0' ? c->def.locladdr : NULL;
    c->link = link_connect(qmgr_io(q), address, local, env, c->def.sslciph[0] != '\0' ? &o : NULL,
        &channel_link_events, c);
    link_max(c->link, SEGMENT_FIRST_MAX);
    (void)text_copy(c->peer, sizeof c->peer, address);
    channel_expect(c);
}

/* Connect to the address whose turn it is.  False: there is none. */
static bool
connect_address(struct channel *c)
{
    char address[280];
    if (!address_of(c->def.conname, c->send.address, address, sizeof address))
        return false;
    struct tls_env *env = NULL;
    if (c->def.sslciph[0] != '\0')
        env = qmgr_tls(c->all->q, NULL);
    open_link(c, address, env);
    return true;
}

bool
sender_next_address(struct channel *c)
{
    char address[280];
    if (!address_of(c->def.conname, c->send.address + 1, address, sizeof address))
        return false;
    c->send.address++;
    link_close(c->link, false);
    c->link = NULL;
    return connect_address(c);
}

static bool
check_tls(struct channel *c, struct failure *f)
{
    if (c->def.sslciph[0] == '\0')
        return true;
    if (cipherspec_check(c->def.sslciph, f) != RC_OK) {
        failure_side(f, c->def.channel);
        return false;
    }
    const struct failure *why = NULL;
    if (qmgr_tls(c->all->q, &why) != NULL)
        return true;
    if (why != NULL) {
        *f = *why;
    } else {
        (void)fail(f, RC_NOT_FOUND, "This queue manager has no key repository.");
        failure_id(f, "AMQ9657E");
    }
    return false;
}

void
sender_start(struct channel *c)
{
    struct failure f;
    c->state = CHS_BINDING;
    c->substate = SUBSTATE_NETCONNECT;
    c->step = STEP_CONNECT;
    c->rounds = 0;
    c->send.address = 0;
    memset(c->luwid, 0, sizeof c->luwid);
    (void)sync_load(qmgr_mqi(c->all->q), c->key, &c->sync);
    c->seq = c->sync.lstseqno;
    if (!check_tls(c, &f)) {
        channel_fail(c, &f, STATUS_OK);
        return;
    }
    if (!connect_address(c))
        channel_fail_as(c, STATUS_OK, "AMQ9203E", "CONNAME names no address");
}

/* ---- initial data ---- */
static void
send_initial(struct channel *c, const struct initial_data *id)
{
    AUTO_BUF out = buf_new(1024, ORDER_LITTLE);
    initial_encode(&out, SEGF_WHOLE | SEGF_CONFIRM, id);
    c->rounds++;
    c->step = STEP_INITIAL;
    channel_send(c, &out);
    channel_expect(c);
}

static struct initial_data
first_offer(const struct channel *c)
{
    const struct channel_def *d = &c->def;
    struct qmgr *q = c->all->q;
    struct initial_data id = {.fap = FAP_CHANNEL,
        .cap1 = CAP1_MSG_SEQ | CAP1_CONVERSION | CAP1_SPLIT,
        .cap2 = CAP2_RESPONDER_CONVERSION | (d->npmspeed == CHANNEL_NPMSPEED_FAST ? CAP2_FAST : 0),
        .cap3 = CAP3_MSG_PROP,
        .batch = (uint16_t)d->batchsz,
        .transmission_size = d->sslciph[0] != '\0' ? TRANSMISSION_TLS : TRANSMISSION_PLAIN,
        .message_size = (uint32_t)d->maxmsgl,
        .wrap = (uint32_t)d->seqwrap,
        .ccsid = 1208,
        .heartbeat = (uint32_t)d->hbint,
        .thread = 1, .trace = 1};
    (void)text_copy(id.channel, sizeof id.channel, d->channel);
    (void)text_copy(id.qmgr, sizeof id.qmgr, qmgr_name(q));
    (void)text_copy(id.qmid, sizeof id.qmid, qmgr_qmid(q));
    (void)text_copy(id.product, sizeof id.product, PRODUCT_ID);
    return id;
}

void
sender_ready(struct channel *c)
{
    if (c->step != STEP_CONNECT)
        return;
    link_peer(c->link, c->peer);
    link_peer_host(c->link, c->host);
    if (link_is_tls(c->link)) {
        struct failure f;
        c->send.peer = calloc(1, sizeof *c->send.peer);
        if (c->send.peer == NULL)
            abort();
        if (admit_answerer(&c->def, c->link, c->send.peer, &f) != RC_OK) {
            channel_fail(c, &f, STATUS_OK);
            return;
        }
    }
    if (!c->ping)
        channel_say(c, RC_OK, "AMQ9002I", "Channel %s to %s is starting.", c->def.channel, c->peer);
    c->agreed = first_offer(c);
    send_initial(c, &c->agreed);
}

/* Take over exactly what the answer flags. */
static void
adjust(struct initial_data *mine, const struct initial_data *theirs)
{
    if (theirs->error1 & IEF_TRANSMISSION)
        mine->transmission_size = theirs->transmission_size;
    if (theirs->error1 & IEF_FAP)
        mine->fap = theirs->fap;
    if (theirs->error1 & IEF_MESSAGE_SIZE)
        mine->message_size = theirs->message_size;
    if (theirs->error1 & IEF_BATCH)
        mine->batch = theirs->batch;
    if (theirs->error1 & IEF_HEARTBEAT)
        mine->heartbeat = theirs->heartbeat;
    mine->cap1 &= (uint8_t)~theirs->ecap1;
    mine->cap2 &= (uint8_t)~theirs->ecap2;
    mine->cap3 &= (uint8_t)~theirs->ecap3;
}

static bool
is_usable(const struct initial_data *id)
{
    return id->transmission_size >= SEGMENT_FIRST_MAX && id->transmission_size <= TRANSMISSION_PLAIN &&
        id->batch > 0 && id->message_size > 0;
}

static void send_resync(struct channel *c);
static void send_reset(struct channel *c);

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

static void
negotiated(struct channel *c, const struct initial_data *theirs)
{
    c->agreed = *theirs;
    (void)text_copy(c->partner, sizeof c->partner, theirs->qmgr);
    (void)text_copy(c->qmid, sizeof c->qmid, theirs->qmid);
    (void)text_copy(c->product, sizeof c->product, theirs->product);
    link_max(c->link, c->agreed.transmission_size);
    if (c->ping)
        send_ping(c);
    else if (c->sync.resetseq != 0 && !c->sync.indoubt)
        send_reset(c);
    else
        send_resync(c);
}

static void
on_initial(struct channel *c, const struct segment *seg)
{
    struct initial_data id;
    if (initial_decode(seg, &id) != RC_OK || strcmp(id.channel, c->def.channel) != 0) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's initial data are not valid");
        return;
    }
    (void)text_copy(c->partner, sizeof c->partner, id.qmgr);
    if ((id.error1 & IEF_WRAP) != 0 || id.wrap != (uint32_t)c->def.seqwrap) {
        channel_fail_as(c, STATUS_WRAP_VALUE, "AMQ9505E", "SEQWRAP is %d here and %u at the partner",
            (int)c->def.seqwrap, id.wrap);
        return;
    }
    bool changed = id.error1 != 0 || id.ecap1 != 0 || id.ecap2 != 0 || id.ecap3 != 0;
    if (!is_usable(&id) || (changed && c->rounds >= ROUNDS_MAX)) {
        channel_fail_as(c, STATUS_NEGOTIATION, "AMQ9503E", "the two ends can not agree how to talk");
        return;
    }
    if (!changed) {
        negotiated(c, &id);
        return;
    }
    adjust(&c->agreed, &id);
    struct initial_data again = c->agreed;
    send_initial(c, &again);
}

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
    (void)fail(&f, RC_REFUSED, "The sequence numbers of channel %s differ: %u is sent next, the partner "
                               "expects %u.", c->def.channel, next, expected);
    failure_id(&f, "AMQ9526E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, c->sync.indoubt
            ? "A batch is in doubt, and the partner's record fits neither outcome: it was lost or restored."
            : "One end was restored, defined anew or reset.");
    failure_fix(&f, c->sync.indoubt ? "RESOLVE CHANNEL(%s) ACTION(COMMIT or BACKOUT), after comparing LSTLUWID"
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
    /* A commit is one unit with the record.  A back-out comes before its record: a crash between them
     * leaves "in doubt" without messages, which the partner's answer resolves; the other way round it
     * would leave messages that nobody asks about. */
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
    struct mqi_result r = mqi_open(c->h, &od, OO_INPUT_EXCLUSIVE | OO_FAIL_IF_QUIESCING, &c->send.hobj, NULL);
    if (r.cc != 2)
        return true;
    struct failure f;
    (void)fail(&f, RC_NOT_FOUND, "Channel %s can not open its transmission queue %s, reason %d.",
        c->def.channel, c->def.xmitq, (int)r.reason);
    failure_id(&f, "AMQ9509E");
    failure_reason(&f, r.reason);
    failure_side(&f, c->def.channel);
    failure_fix(&f, r.reason == 2042 ? "another channel or program reads %s: stop it"
                                     : "DEFINE QLOCAL(%s) USAGE(XMITQ)", c->def.xmitq);
    channel_fail(c, &f, STATUS_QM_TERMINATING);
    return false;
}

static void
say_running(struct channel *c)
{
    const struct tls_facts *t = c->send.peer;
    if (t == NULL) {
        channel_say(c, RC_OK, "AMQ9589I", "Channel %s to %s (%s) is running in the clear.", c->def.channel,
            c->partner, c->peer);
        return;
    }
    channel_say(c, RC_OK, "AMQ9589I", "Channel %s to %s (%s) is running with %s; partner's certificate "
        "'%.120s'; this side %s.", c->def.channel, c->partner, c->peer,
        t->spec != NULL ? t->spec->name : "TLS", t->subject_text,
        t->sent_certificate ? "sent its own" : "sent none");
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
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's answer to RESYNC is not valid");
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
            c->def.channel, commit ? "delivered: committed" : "not delivered: backed out, sent again");
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

/* ---- PING ---- */
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
        channel_say(c, RC_OK, "AMQ9545I", "Channel %s: its disconnect interval passed without a message.",
            c->def.channel);
    if (code == STATUS_QM_TERMINATING)
        channel_say(c, RC_OK, "AMQ9542I", "Channel %s ends because the queue manager ends.", c->def.channel);
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
    channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "a segment of type %u was not expected now", seg->type);
}

static void
answered(struct channel *c, const struct segment *seg)
{
    bool is_status = seg->type == SEG_STATUS;
    switch (c->step) {
    case STEP_INITIAL:
        seg->type == SEG_INITIAL_DATA ? on_initial(c, seg) : unexpected(c, seg);
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
