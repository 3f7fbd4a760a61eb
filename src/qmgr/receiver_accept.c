/* The receiving machine from the connection to the end of the negotiation. */
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
find_definition(
    struct channels *all, const struct initial_data *id, int32_t *status, struct failure *f)
{
    const struct channel_def *def = admit_find(all->q, id->channel, status, f);
    if (def == NULL)
        return NULL;
    const struct channel_role *role = channel_role(def->chltype);
    bool asks_to_be_called = (id->cap1 & CAP1_REQUEST_INITIATION) != 0;
    if (role != NULL && role->accepts && !role->sends && !asks_to_be_called)
        return def;
    (void)fail(f, RC_REFUSED,
        "The partner %s asked for the channel %s, whose type here does not fit.", id->qmgr,
        id->channel);
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
    (void)fail(f, RC_REFUSED, "SEQWRAP of channel %s is %d here and %u at the partner %s.",
        def->channel, (int)def->seqwrap, id->wrap, id->qmgr);
    failure_id(f, "AMQ9505E");
    failure_side(f, def->channel);
    failure_fix(f, "make SEQWRAP equal at both ends");
    *status = STATUS_WRAP_VALUE;
    return RC_REFUSED;
}

/* Only one instance may answer for a partner (spec 6.4).  The older one is ended here and now: what
 * it committed is in its record, what it did not is backed out, and it can do nothing afterwards.
 */
static void
fence(struct channels *all, const char *key)
{
    for (struct channel *c = all->first, *next; c != NULL; c = next) {
        next = c->next;
        if (c->role->sends || strcmp(c->key, key) != 0)
            continue;
        channel_say(c, RC_OK, "AMQ9514W",
            "Channel %s: the partner %s connected again; the older "
            "instance from %s was ended.",
            c->def.channel, c->partner, c->peer);
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
    channel_say(c, RC_OK, "AMQ9002I", "Channel %s from %s (%s) is starting.", def->channel,
        c->partner, c->peer);
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
    bool usable = id->transmission_size >= SEGMENT_FIRST_MAX && id->batch > 0 &&
                  id->message_size > 0 && id->fap >= 4 && strcmp(id->channel, c->def.channel) == 0;
    c->agreed = answer_to(c, id);
    const struct initial_data *a = &c->agreed;
    bool changed = a->error1 != 0 || a->ecap1 != 0 || a->ecap2 != 0 || a->ecap3 != 0;
    if (!usable || (changed && ++c->rounds >= ROUNDS_MAX)) {
        channel_fail_as(
            c, STATUS_NEGOTIATION, "AMQ9503E", "the two ends can not agree how to talk");
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

void
receiver_initial(struct channel *c, const struct segment *seg)
{
    struct initial_data id;
    if (initial_decode(seg, &id) != RC_OK)
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's initial data are not valid");
    else
        answer_initial(c, &id);
}
