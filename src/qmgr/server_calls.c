/* MQI calls of a client conversation: decode, call mqi.h, answer (spec/client-protocol.md 7). */
#include <string.h>

#include "qmgr/admit.h"
#include "qmgr/authority.h"
#include "qmgr/server_internal.h"

#define SELECTORS_MAX 256u
#define INQUIRE_CHARS_MAX 32768u

enum { CC_OK = 0, CC_WARNING = 1, CC_FAILED = 2 };
enum {
    RC_NOT_AUTHORIZED = 2035,
    RC_Q_MGR_NAME_ERROR = 2058,
    RC_Q_MGR_NOT_AVAILABLE = 2059,
    RC_Q_MGR_QUIESCING = 2161,
    RC_Q_MGR_STOPPING = 2162,
    RC_FUNCTION_NOT_SUPPORTED = 2298,
    RC_SELECTOR_COUNT_ERROR = 2065,
    RC_CHANNEL_NOT_AVAILABLE = 2537
};

/* ---- MQCONN ---- */
static void
log_refusal(struct conversation *c, const char *id, const char *why, const char *fix)
{
    struct failure f;
    (void)fail(&f, RC_DENIED, "The connection of '%s' over channel %s was refused: %s.", c->user,
        c->local ? "(local)" : c->def.channel, why);
    failure_id(&f, id);
    failure_reason(&f, RC_NOT_AUTHORIZED);
    failure_side(&f, qmgr_name(c->q));
    failure_fix(&f, "%s", fix);
    qmgr_log(c->q, &f, c->host);
}

static int32_t
admit_client(struct conversation *c)
{
    struct channel_admission a;
    struct failure f;
    int32_t status = STATUS_OK;
    if (channel_admit(c->q, &c->def, c->link, NULL, c->user, &a, &status, &f) != RC_OK) {
        admit_log(c->q, &f, c->def.channel, c->peer, c->host);
        return RC_NOT_AUTHORIZED;
    }
    if (a.chckclnt == CHCKCLNT_REQUIRED) {
        log_refusal(c, "AMQ9791E",
            "its channel authentication record demands a password, and this "
            "queue manager checks none",
            "map by certificate (TYPE(SSLPEERMAP)) instead");
        return RC_NOT_AUTHORIZED;
    }
    if (channels_client_add(qmgr_channels(c->q), &c->def, c->link, &a, &c->client, &status, &f) !=
        RC_OK) {
        admit_log(c->q, &f, c->def.channel, c->peer, c->host);
        return RC_CHANNEL_NOT_AVAILABLE;
    }
    channels_client_on_end(c->client, conversation_end, c);
    (void)text_copy(c->who.user, sizeof c->who.user, a.mcauser);
    return 0;
}

static int32_t
state_reason(const struct qmgr *q)
{
    switch (qmgr_state(q)) {
    case QMGR_RUNNING:
        return 0;
    case QMGR_QUIESCING:
        return RC_Q_MGR_QUIESCING;
    case QMGR_STARTING:
        return RC_Q_MGR_NOT_AVAILABLE;
    case QMGR_ENDING:
    case QMGR_ENDED:
        break;
    }
    return RC_Q_MGR_STOPPING;
}

int32_t
conversation_admit(struct conversation *c, const struct mqconn_body *body)
{
    const char *name = body->qmgr;
    if (name[0] != '\0' && name[0] != '*' && strcmp(name, qmgr_name(c->q)) != 0)
        return RC_Q_MGR_NAME_ERROR;
    int32_t reason = state_reason(c->q);
    if (reason != 0)
        return reason;
    if (c->local)
        user_of_uid(c->q, c->uid, c->who.user);
    else if ((reason = admit_client(c)) != 0)
        return reason;
    if (c->who.user[0] != '\0' &&
        authority_allows(c->q, c->who.user, OBJECT_QMGR, qmgr_name(c->q), AUTH_CONNECT))
        return 0;
    (void)text_copy(c->user, sizeof c->user, c->who.user);
    log_refusal(c, "AMQ9557E", "it has no authority to connect",
        "SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('user') AUTHADD(CONNECT,INQ)");
    return RC_NOT_AUTHORIZED;
}

/* ---- helpers ---- */
static void
answer_bare(struct conversation *c, uint8_t type, struct mqi_result result, int32_t handle)
{
    size_t start = answer_begin(c, type, result, handle);
    answer_end(c, start);
    conversation_send(c, mqi_position(c->h));
}

static void
malformed(struct conversation *c)
{
    conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "a call did not have the expected layout");
}

typedef void call_fn(struct conversation *c, struct reader *r, const struct mqi_header *h);

/* ---- calls ---- */
static void
call_open(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)h;
    struct mqod od;
    od_decode(r, &od);
    int32_t options = reader_i32(r);
    bool has_fopa = r->left.n >= 28;
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    int32_t hobj = -1;
    struct fopa fopa = {0, 1, 0, 0};
    struct mqi_result result = mqi_open(c->h, &od, options, &hobj, &fopa);
    fopa.defreadahead = 0; /* 1 would make the client read ahead, which we do not serve */
    size_t start = answer_begin(c, SEG_MQOPEN, result, result.cc == CC_FAILED ? -1 : hobj);
    od_encode(&c->out, &od);
    buf_i32(&c->out, options);
    if (has_fopa)
        fopa_encode(&c->out, &fopa);
    answer_end(c, start);
    conversation_send(c, mqi_position(c->h));
}

static void
call_close(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    int32_t options = reader_i32(r);
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    struct mqi_result result = mqi_close(c->h, h->handle, options);
    answer_bare(c, SEG_MQCLOSE, result, result.cc == CC_FAILED ? h->handle : -1);
}

static void
count_put(struct conversation *c, struct mqi_result result, const struct mqpmo *pmo)
{
    struct put_counts *p = &c->puts;
    p->ok += result.cc == CC_OK;
    p->warning += result.cc == CC_WARNING;
    p->failed += result.cc == CC_FAILED;
    if (result.cc <= p->cc)
        return;
    p->cc = result.cc;
    p->reason = result.reason;
    (void)text_copy(p->object, sizeof p->object, pmo->resolvedq);
    (void)text_copy(p->qmgr, sizeof p->qmgr, pmo->resolvedqmgr);
}

/* The length word and that many bytes; what follows them is padding. */
static struct span
take_data(struct reader *r)
{
    uint32_t n = reader_u32(r);
    return reader_take(r, n);
}

static void
call_put(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    struct mqmd md;
    struct mqpmo pmo;
    md_decode(r, &md);
    pmo_decode(r, &pmo);
    struct span data = take_data(r);
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    bool silent = (pmo.options & PMO_ASYNC_RESPONSE) != 0;
    struct mqi_result result = mqi_put(c->h, h->handle, &md, &pmo, data);
    if (silent) { /* an answer would desynchronise the client: spec/client-protocol.md 7.1 */
        count_put(c, result, &pmo);
        return;
    }
    size_t start = answer_begin(c, SEG_MQPUT, result, h->handle);
    md_encode(&c->out, &md);
    pmo_encode(&c->out, &pmo);
    buf_u32(&c->out, (uint32_t)data.n);
    answer_end(c, start);
    conversation_send(c, mqi_position(c->h));
}

static void
call_put1(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)h;
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;
    od_decode(r, &od);
    md_decode(r, &md);
    pmo_decode(r, &pmo);
    struct span data = take_data(r);
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    bool silent = (pmo.options & PMO_ASYNC_RESPONSE) != 0;
    struct mqi_result result = mqi_put1(c->h, &od, &md, &pmo, data);
    if (silent) {
        count_put(c, result, &pmo);
        return;
    }
    size_t start = answer_begin(c, SEG_MQPUT1, result, -1);
    od_encode(&c->out, &od);
    md_encode(&c->out, &md);
    pmo_encode(&c->out, &pmo);
    buf_u32(&c->out, (uint32_t)data.n);
    answer_end(c, start);
    conversation_send(c, mqi_position(c->h));
}

/* ---- MQGET ---- */
static void
on_beat(void *arg)
{
    struct conversation *c = arg;
    if (!c->getting)
        return;
    AUTO_BUF out = buf_new(64, c->out.order);
    segment_bare(&out, SEG_HEARTBEAT, SEGF_WHOLE | SEGF_CONFIRM, NULL);
    link_send(c->link, buf_span(&out));
    io_timer_set(c->beat_timer, (uint64_t)c->agreed.heartbeat * 1000);
}

/* The client gives up after twice the heartbeat interval of silence: 6.2. */
static void
start_beating(struct conversation *c)
{
    if (c->agreed.heartbeat == 0)
        return;
    if (c->beat_timer == NULL)
        c->beat_timer = io_timer_new(qmgr_io(c->q), on_beat, c);
    io_timer_set(c->beat_timer, (uint64_t)c->agreed.heartbeat * 1000);
}

static void
on_got(void *arg, struct mqi_get *get)
{
    struct conversation *c = arg;
    c->getting = false;
    if (c->beat_timer != NULL)
        io_timer_stop(c->beat_timer);
    size_t start = answer_begin(c, SEG_MQGET, get->result, get->hobj);
    md_encode(&c->out, &get->md);
    gmo_encode(&c->out, &get->gmo);
    buf_u32(&c->out, (uint32_t)get->total);
    buf_span_put(&c->out, buf_span(&get->data));
    answer_end(c, start);
    buf_free(&get->data);
    conversation_send(c, get->position);
}

static void
call_get(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    struct mqi_get *g = &c->get;
    memset(g, 0, sizeof *g);
    md_decode(r, &g->md);
    gmo_decode(r, &g->gmo);
    int32_t buffer = reader_i32(r);
    if (!reader_ok(r) || buffer < 0) {
        malformed(c);
        return;
    }
    g->buffer = (size_t)buffer < c->agreed.message_size ? (size_t)buffer : c->agreed.message_size;
    g->hobj = h->handle;
    g->data = buf_new(g->buffer, c->out.order);
    g->done = on_got;
    g->arg = c;
    c->getting = true;
    start_beating(c);
    mqi_get(c->h, g); /* c may be gone after this, when the answer could not be sent */
}

/* ---- the rest ---- */
static void
call_commit(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)r;
    (void)h;
    answer_bare(c, SEG_MQCMIT, mqi_commit(c->h), 0);
}

static void
call_back(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)r;
    (void)h;
    answer_bare(c, SEG_MQBACK, mqi_backout(c->h), 0);
}

/* MQDISC commits what is open; only a broken connection backs out. */
static void
call_disc(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)r;
    (void)h;
    struct mqi_result result = {0, 0};
    if (mqi_in_unit(c->h))
        result = mqi_commit(c->h);
    uint64_t position = mqi_position(c->h);
    mqi_disconnect(c->h);
    c->h = NULL;
    c->state = CONV_OVER;
    io_timer_set(c->start_timer, 10000); /* to close the connection */
    size_t start = answer_begin(c, SEG_MQDISC, result, 0);
    answer_end(c, start);
    conversation_send(c, position);
}

struct selection { /* the head of MQINQ and MQSET */
    uint32_t n, n_ints, n_chars;
    int32_t selectors[SELECTORS_MAX];
    int32_t ints[SELECTORS_MAX];
};

static bool
selection_decode(struct reader *r, struct selection *s)
{
    s->n = reader_u32(r);
    s->n_ints = reader_u32(r);
    s->n_chars = reader_u32(r);
    if (!reader_ok(r) || s->n > SELECTORS_MAX || s->n_ints > SELECTORS_MAX ||
        s->n_chars > INQUIRE_CHARS_MAX)
        return false;
    for (uint32_t i = 0; i < s->n; i++)
        s->selectors[i] = reader_i32(r);
    return reader_ok(r);
}

static void
selection_encode(struct buf *out, const struct selection *s)
{
    buf_u32(out, s->n);
    buf_u32(out, s->n_ints);
    buf_u32(out, s->n_chars);
    for (uint32_t i = 0; i < s->n; i++)
        buf_i32(out, s->selectors[i]);
}

static void
call_inquire(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    struct selection s = {0};
    char chars[INQUIRE_CHARS_MAX];
    if (!selection_decode(r, &s)) {
        malformed(c);
        return;
    }
    memset(chars, ' ', s.n_chars);
    struct mqi_result result =
        mqi_inquire(c->h, h->handle, s.selectors, s.n, s.ints, s.n_ints, chars, s.n_chars);
    size_t start = answer_begin(c, SEG_MQINQ, result, h->handle);
    selection_encode(&c->out, &s);
    for (uint32_t i = 0; i < s.n_ints; i++)
        buf_i32(&c->out, s.ints[i]);
    buf_put(&c->out, chars, s.n_chars);
    answer_end(c, start);
    conversation_send(c, mqi_position(c->h));
}

static void
call_set(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    struct selection s = {0};
    if (!selection_decode(r, &s)) {
        malformed(c);
        return;
    }
    for (uint32_t i = 0; i < s.n_ints; i++)
        s.ints[i] = reader_i32(r);
    struct span chars = reader_take(r, s.n_chars);
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    struct mqi_result result = mqi_set(
        c->h, h->handle, s.selectors, s.n, s.ints, s.n_ints, (const char *)chars.p, chars.n);
    answer_bare(c, SEG_MQSET, result, h->handle);
}

static void
call_stat(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    (void)h;
    int32_t type = reader_i32(r);
    struct span sts = reader_take(r, 224);
    if (!reader_ok(r)) {
        malformed(c);
        return;
    }
    struct put_counts *p = &c->puts;
    size_t start = answer_begin(c, SEG_MQSTAT, (struct mqi_result){0, 0}, 0);
    buf_i32(&c->out, type);
    buf_put(&c->out, sts.p, 8);
    const int32_t words[] = {p->cc, p->reason, p->ok, p->warning, p->failed, p->object[0] != '\0'};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        buf_i32(&c->out, words[i]);
    buf_text(&c->out, p->object, 48);
    buf_text(&c->out, p->qmgr, 48);
    buf_text(&c->out, p->object, 48);
    buf_text(&c->out, p->qmgr, 48);
    answer_end(c, start);
    memset(p, 0, sizeof *p);
    conversation_send(c, 0);
}

/* Not offered (the command level says so); a client that asks all the same gets its structures
 * back. */
static void
call_other(struct conversation *c, struct reader *r, const struct mqi_header *h)
{
    struct mqi_result result = {CC_FAILED, RC_FUNCTION_NOT_SUPPORTED};
    size_t start = answer_begin(c, c->call.type, result, h->handle);
    buf_span_put(&c->out, r->left);
    answer_end(c, start);
    conversation_send(c, 0);
}

static const struct call {
    uint8_t type;
    call_fn *fn;
} calls[] = {
    {SEG_MQDISC, call_disc},
    {SEG_MQOPEN, call_open},
    {SEG_MQCLOSE, call_close},
    {SEG_MQGET, call_get},
    {SEG_MQPUT, call_put},
    {SEG_MQPUT1, call_put1},
    {SEG_MQSET, call_set},
    {SEG_MQINQ, call_inquire},
    {SEG_MQCMIT, call_commit},
    {SEG_MQBACK, call_back},
    {SEG_SPI, call_other},
    {SEG_MQSTAT, call_stat},
};

void
conversation_call(struct conversation *c, uint8_t type, struct span body, enum byte_order order)
{
    struct reader r = reader_of(body, order);
    struct mqi_header h;
    mqi_header_decode(&r, &h);
    if (!reader_ok(&r)) {
        malformed(c);
        return;
    }
    c->out.order = order;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (calls[i].type != type)
            continue;
        calls[i].fn(c, &r, &h);
        return;
    }
    conversation_fail(c, STATUS_PROTOCOL, "AMQ9504E", "it sent a call of an unknown type");
}
