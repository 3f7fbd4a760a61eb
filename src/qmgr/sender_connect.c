/* The sending machine from START CHANNEL to the end of the negotiation. */
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
    struct tls_options o = {.cipherspec = c->def.sslciph,
        .label = label,
        .channel = c->def.channel,
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
        .thread = 1,
        .trace = 1};
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
    return id->transmission_size >= SEGMENT_FIRST_MAX &&
           id->transmission_size <= TRANSMISSION_PLAIN && id->batch > 0 && id->message_size > 0;
}

static void
negotiated(struct channel *c, const struct initial_data *theirs)
{
    c->agreed = *theirs;
    (void)text_copy(c->partner, sizeof c->partner, theirs->qmgr);
    (void)text_copy(c->qmid, sizeof c->qmid, theirs->qmid);
    (void)text_copy(c->product, sizeof c->product, theirs->product);
    link_max(c->link, c->agreed.transmission_size);
    sender_negotiated(c);
}

void
sender_initial(struct channel *c, const struct segment *seg)
{
    struct initial_data id;
    if (initial_decode(seg, &id) != RC_OK || strcmp(id.channel, c->def.channel) != 0) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's initial data are not valid");
        return;
    }
    (void)text_copy(c->partner, sizeof c->partner, id.qmgr);
    if ((id.error1 & IEF_WRAP) != 0 || id.wrap != (uint32_t)c->def.seqwrap) {
        channel_fail_as(c, STATUS_WRAP_VALUE, "AMQ9505E",
            "SEQWRAP is %d here and %u at the partner", (int)c->def.seqwrap, id.wrap);
        return;
    }
    bool changed = id.error1 != 0 || id.ecap1 != 0 || id.ecap2 != 0 || id.ecap3 != 0;
    if (!is_usable(&id) || (changed && c->rounds >= ROUNDS_MAX)) {
        channel_fail_as(
            c, STATUS_NEGOTIATION, "AMQ9503E", "the two ends can not agree how to talk");
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
