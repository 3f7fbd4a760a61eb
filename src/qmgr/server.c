#include "qmgr/server.h"

#include <stdlib.h>
#include <string.h>

#include "qmgr/admit.h"
#include "qmgr/listener_internal.h"
#include "qmgr/objects.h"
#include "qmgr/product.h"
#include "qmgr/server_internal.h"

#define FAP_SERVER 12u /* highest whose passwords are clear: client-protocol.md 4.3 */
#define TRANSMISSION_TCP 32748u
#define TRANSMISSION_LOCAL 1048576u
#define MESSAGE_LOCAL 104857600u
#define ANSWER_EXTRA 65536u /* structures around the data of an answer */

static void on_segment(void *arg, const struct segment *seg);

void
conversation_free(struct conversation *c)
{
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    if (c->h != NULL)
        mqi_disconnect(c->h);
    store_forget(qmgr_store(c->q), c);
    if (c->client != NULL)
        channels_client_drop(c->client);
    io_timer_free(c->start_timer);
    io_timer_free(c->beat_timer);
    io_timer_free(c->delay_timer);
    buf_free(&c->call.body);
    buf_free(&c->get.data);
    buf_free(&c->out);
    link_close(c->link, true);
    free(c);
}

static void
send_status(struct conversation *c, uint8_t flags, int32_t code)
{
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    struct status s = {.code = code};
    status_encode(&out, flags, NULL, &s);
    link_send(c->link, buf_span(&out));
}

void
conversation_fail(struct conversation *c, int32_t status, const char *id, const char *why)
{
    struct failure f;
    (void)fail(&f, RC_REFUSED, "The conversation with %s over channel %s was ended: %s.",
        c->local ? "a local application" : c->peer, c->local ? "(local)" : c->agreed.channel, why);
    failure_id(&f, id);
    failure_side(&f, qmgr_name(c->q));
    qmgr_log(c->q, &f, c->host);
    send_status(c, SEGF_ERROR | SEGF_CLOSE, status);
    conversation_free(c);
}

static void
on_link_end(void *arg, const struct failure *f)
{
    struct conversation *c = arg;
    bool silent = c->local || f == NULL || c->state == CONV_OVER;
    if (!silent)
        qmgr_log(c->q, f, c->host);
    conversation_free(c);
}

static const struct link_events conversation_events = {
    .on_segment = on_segment,
    .on_end = on_link_end,
};

void
conversation_end(void *arg, int32_t code)
{
    conversation_fail(arg, code, "AMQ9528I",
        code == STATUS_USER_CLOSED ? "the channel was stopped"
                                   : "the key repository was read again");
}

static void
on_start_timeout(void *arg)
{
    struct conversation *c = arg;
    if (c->state == CONV_OVER)
        conversation_free(c);
    else
        conversation_fail(
            arg, STATUS_USER_CLOSED, "AMQ9209E", "it did not connect within 60 seconds");
}

/* ---- answers ---- */
size_t
answer_begin(struct conversation *c, uint8_t type, struct mqi_result result, int32_t handle)
{
    buf_clear(&c->out);
    struct mqi_header h = {.cc = result.cc, .reason = result.reason, .handle = handle};
    return mqi_begin(&c->out, (uint8_t)(type + SEG_REPLY), &h);
}

void
answer_end(struct conversation *c, size_t start)
{
    mqi_end(&c->out, start);
}

static void
send_now(struct conversation *c)
{
    size_t max = c->agreed.transmission_size;
    if (!buf_ok(&c->out)) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "an answer was longer than agreed");
        return;
    }
    if (c->out.n <= max) {
        link_send(c->link, buf_span(&c->out));
        return;
    }
    AUTO_BUF pieces = buf_new(c->out.max * 2, c->out.order);
    mqi_split(buf_span(&c->out), max, &pieces);
    link_send(c->link, buf_span(&pieces));
}

static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct conversation *c = arg;
    (void)f;
    c->waiting_durable = false;
    if (rc != RC_OK) /* the journal broke: the queue manager ends, the outcome stays unknown */
        return;
    link_resume(c->link);
    send_now(c);
}

void
conversation_send(struct conversation *c, uint64_t position)
{
    struct store *s = qmgr_store(c->q);
    if (position == 0 || store_is_durable(s, position)) {
        send_now(c);
        return;
    }
    c->waiting_durable = true;
    link_pause(c->link);
    store_when_durable(s, position, on_durable, c);
}

/* ---- initial data ---- */
static uint32_t
min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What we answer to these initial data; error1 says what the client has to change. */
static struct initial_data
initial_answer(const struct conversation *c, const struct initial_data *in)
{
    struct initial_data a = *in;
    a.fap = in->fap < FAP_SERVER ? in->fap : FAP_SERVER;
    a.cap1 = in->cap1 & (CAP1_MQREQUEST | CAP1_CONVERSION | CAP1_SPLIT);
    a.cap2 = a.cap3 = a.ecap1 = a.ecap2 = a.ecap3 = a.error1 = a.error2 = 0;
    a.conversations = 0;
    a.batch = 0;
    a.transmission_size =
        min_u32(in->transmission_size, c->local ? TRANSMISSION_LOCAL : TRANSMISSION_TCP);
    a.message_size = min_u32(in->message_size, c->local ? MESSAGE_LOCAL : (uint32_t)c->def.maxmsgl);
    if (!c->local)
        a.heartbeat = (uint32_t)c->def.hbint;
    if (a.transmission_size != in->transmission_size)
        a.error1 |= IEF_TRANSMISSION;
    if (a.message_size != in->message_size)
        a.error1 |= IEF_MESSAGE_SIZE;
    if (a.heartbeat != in->heartbeat)
        a.error1 |= IEF_HEARTBEAT;
    (void)text_copy(a.qmgr, sizeof a.qmgr, qmgr_name(c->q));
    (void)text_copy(a.qmid, sizeof a.qmid, qmgr_qmid(c->q));
    (void)text_copy(a.product, sizeof a.product, PRODUCT_ID);
    a.thread = a.trace = 1;
    return a;
}

static void
on_initial(struct conversation *c, const struct segment *seg)
{
    struct initial_data in;
    if (seg->type != SEG_INITIAL_DATA || initial_decode(seg, &in) != RC_OK ||
        in.transmission_size < SEGMENT_FIRST_MAX) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "its initial data are not valid");
        return;
    }
    c->agreed = initial_answer(c, &in);
    if (c->agreed.error1 != 0 && c->rounds++ > 0) {
        conversation_fail(c, STATUS_NEGOTIATION, "AMQ9503E", "it did not take what was offered");
        return;
    }
    AUTO_BUF out = buf_new(1024, ORDER_LITTLE);
    initial_encode(&out, c->agreed.error1 != 0 ? SEGF_ERROR : 0, &c->agreed);
    link_send(c->link, buf_span(&out));
    if (c->agreed.error1 != 0)
        return;
    c->state = CONV_STRANGER;
    c->out.max = (size_t)c->agreed.message_size + ANSWER_EXTRA;
    link_max(c->link, c->agreed.transmission_size);
}

/* Refused before the conversation exists for the client: log, status, close. */
static void
refuse(struct conversation *c, int32_t status, const struct failure *f)
{
    admit_log(c->q, f, c->agreed.channel, c->peer, c->host);
    send_status(c, SEGF_ERROR | SEGF_CLOSE, status);
    conversation_free(c);
}

/* The channel that a client names: is it there, is it a SVRCONN, may this connection use it? False:
 * c was refused and freed. */
static bool
find_channel(struct conversation *c, const char *name)
{
    struct failure f;
    int32_t status = STATUS_OK;
    const struct channel_def *def = admit_find(c->q, name, &status, &f);
    if (def != NULL && def->chltype != CT_SVRCONN) {
        (void)fail(
            &f, RC_REFUSED, "A client asked for the channel %s, which is not a SVRCONN.", name);
        failure_id(&f, "AMQ9502E");
        failure_fix(&f, "name a channel with CHLTYPE(SVRCONN) in the client");
        status = STATUS_WRONG_TYPE;
        def = NULL;
    }
    if (def == NULL || admit_enabled(c->q, def, &status, &f) != RC_OK ||
        admit_tls(c->q, def, c->link, NULL, &status, &f) != RC_OK) {
        refuse(c, status, &f);
        return false;
    }
    c->def = *def;
    return true;
}

void
server_accept(struct qmgr *q, struct link *link_take, const struct segment *initial)
{
    struct servers *all = listeners_servers(qmgr_listeners(q));
    struct conversation *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->q = q;
    c->link = link_take;
    c->next = all->first;
    c->at = &all->first;
    if (c->next != NULL)
        c->next->at = &c->next;
    all->first = c;
    c->out = buf_new(ANSWER_EXTRA, ORDER_LITTLE);
    c->get.data = buf_new(0, ORDER_LITTLE);
    link_peer(c->link, c->peer);
    link_peer_host(c->link, c->host);
    int32_t pid = 0;
    c->local = link_credentials(c->link, &c->uid, &pid);
    c->who.pid = pid;
    c->start_timer = io_timer_new(qmgr_io(q), on_start_timeout, c);
    io_timer_set(c->start_timer, UNKNOWN_MS);
    link_set(c->link, &conversation_events, c);
    struct initial_data id;
    if (initial_decode(initial, &id) != RC_OK) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "its initial data are not valid");
        return;
    }
    (void)text_copy(c->agreed.channel, sizeof c->agreed.channel, id.channel);
    if (c->local || find_channel(c, id.channel))
        on_initial(c, initial);
}

/* ---- who it is, and MQCONN ---- */
static void
on_userid(struct conversation *c, const struct segment *seg)
{
    struct userid u = {0};
    bool is_auth = seg->type == SEG_CONAUTH;
    enum rc rc = is_auth ? conauth_decode(seg, &u) : userid_decode(seg, &u);
    if (rc == RC_OK && u.user[0] != '\0')
        (void)text_copy(c->user, sizeof c->user, u.user);
    secret_fini(&u.password);
    if (rc != RC_OK) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "its credentials are not well formed");
        return;
    }
    if (is_auth) {
        AUTO_BUF out = buf_new(64, ORDER_LITTLE);
        segment_bare(&out, SEG_STATUS, SEGF_REQUEST_ACCEPTED, NULL);
        link_send(c->link, buf_span(&out));
    }
}

static void
on_refusal_due(void *arg)
{
    struct conversation *c = arg;
    c->state = CONV_OVER;
    conversation_send(c, 0);
}

/* Wrong credentials are answered a second later, as the real queue manager does: a brake on
 * guessing. */
static void
refuse_conn(struct conversation *c)
{
    c->state = CONV_REFUSED;
    c->delay_timer = io_timer_new(qmgr_io(c->q), on_refusal_due, c);
    io_timer_set(c->delay_timer, c->local ? 0 : 1000);
}

static void
connect_now(struct conversation *c, const struct mqconn_body *body)
{
    struct mqi_identity *w = &c->who;
    (void)text_copy(w->appl, sizeof w->appl, body->appl);
    w->appltype = body->appltype;
    if (!c->local) {
        (void)text_copy(w->channel, sizeof w->channel, c->def.channel);
        (void)text_copy(w->conname, sizeof w->conname, c->host);
    }
    c->h = mqi_connect(qmgr_mqi(c->q), w);
    c->state = CONV_CONNECTED;
    io_timer_stop(c->start_timer);
}

static void
on_mqconn(struct conversation *c, const struct segment *seg)
{
    bool whole = false;
    enum rc rc = mqi_join(&c->call, seg, SEGMENT_FIRST_MAX * 4, &whole);
    if (rc == RC_OK && !whole)
        return;
    struct reader r = reader_of(buf_span(&c->call.body), seg->order);
    struct mqi_header header;
    struct mqconn_body body;
    mqi_header_decode(&r, &header);
    mqconn_decode(&r, &body);
    if (rc != RC_OK || c->call.type != SEG_MQCONN || !reader_ok(&r)) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "MQCONN was expected");
        return;
    }
    c->out.order = seg->order;
    struct mqi_result result = {.reason = conversation_admit(c, &body)};
    result.cc = result.reason == 0 ? 0 : 2;
    if (result.reason == 0)
        connect_now(c, &body);
    if (result.reason == 0 && body.qmgr[0] != '*')
        (void)text_copy(body.qmgr, sizeof body.qmgr, qmgr_name(c->q));
    size_t start = answer_begin(c, SEG_MQCONN, result, 0);
    mqconn_encode(&c->out, &body);
    answer_end(c, start);
    buf_clear(&c->call.body);
    if (result.reason == 0)
        conversation_send(c, 0);
    else
        refuse_conn(c);
}

static void
on_stranger(struct conversation *c, const struct segment *seg)
{
    if (seg->type == SEG_USERID || seg->type == SEG_CONAUTH)
        on_userid(c, seg);
    else if (seg->type == SEG_MQCONN)
        on_mqconn(c, seg);
    else
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "MQCONN was expected");
}

/* ---- segments ---- */
static void
on_call_piece(struct conversation *c, const struct segment *seg)
{
    if (c->getting || c->waiting_durable) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "it sent a call while another one runs");
        return;
    }
    bool whole = false;
    size_t limit = (size_t)c->agreed.message_size + ANSWER_EXTRA;
    if (mqi_join(&c->call, seg, limit, &whole) != RC_OK) {
        conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "a call was too long or in disorder");
        return;
    }
    if (!whole)
        return;
    struct buf body = c->call.body; /* c may be freed by the call: hold the bytes here */
    c->call.body = (struct buf){.max = body.max, .order = body.order};
    conversation_call(c, c->call.type, buf_span(&body), seg->order);
    buf_free(&body);
}

static void
on_heartbeat(struct conversation *c, const struct segment *seg)
{
    if ((seg->flags & SEGF_CONFIRM) == 0) /* the answer to ours */
        return;
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    segment_bare(&out, SEG_HEARTBEAT, SEGF_WHOLE, NULL);
    link_send(c->link, buf_span(&out));
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct conversation *c = arg;
    if (seg->type == SEG_STATUS) { /* the client closes */
        conversation_free(c);
        return;
    }
    if (seg->type == SEG_HEARTBEAT) {
        on_heartbeat(c, seg);
        return;
    }
    switch (c->state) {
    case CONV_INITIAL:
        on_initial(c, seg);
        return;
    case CONV_STRANGER:
        on_stranger(c, seg);
        return;
    case CONV_CONNECTED:
        on_call_piece(c, seg);
        return;
    case CONV_REFUSED:
    case CONV_OVER:
        return; /* what comes after the end is not looked at */
    }
}

size_t
servers_count_unknown(const struct servers *s, const char *host)
{
    size_t n = 0;
    for (const struct conversation *c = s->first; c != NULL; c = c->next) {
        if (c->state != CONV_INITIAL && c->state != CONV_STRANGER)
            continue;
        n += host == NULL ? !c->local : strcmp(c->host, host) == 0;
    }
    return n;
}

void
server_end_all(struct qmgr *q, int32_t reason)
{
    (void)reason;                  /* a get that waits was answered with it by mqi_wake_all() */
    if (qmgr_listeners(q) == NULL) /* it never got that far */
        return;
    struct servers *all = listeners_servers(qmgr_listeners(q));
    while (all->first != NULL) {
        if (all->first->state == CONV_CONNECTED)
            send_status(all->first, SEGF_ERROR | SEGF_CLOSE, STATUS_QM_TERMINATING);
        conversation_free(all->first);
    }
}
