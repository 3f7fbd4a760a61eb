/* MQPUT and MQPUT1: descriptor, context, limits, and the MQXQH of what goes to another queue
 * manager. */
#include <string.h>

#include "qmgr/authority.h"
#include "qmgr/connection.h"

enum {
    PMO_CONTEXTS = PMO_DEFAULT_CONTEXT | PMO_PASS_IDENTITY | PMO_PASS_ALL | PMO_SET_IDENTITY |
                   PMO_SET_ALL | PMO_NO_CONTEXT,
    APPL_MSGTYPE_FIRST = 65536,
    APPL_MSGTYPE_LAST = 999999999,
    PRIORITY_MAX = 9,
    ENCODING_NATIVE = 546,
    ID_SIZE = 24
};

/* ---- checks ---- */
static int32_t
check_descriptor(const struct mqmd *md)
{
    int32_t t = md->msgtype;

    if (md->version != 1 && md->version != 2)
        return MQRC_MD_ERROR;
    if (!(t == 1 || t == 2 || t == 4 || t == 8 ||
            (t >= APPL_MSGTYPE_FIRST && t <= APPL_MSGTYPE_LAST)))
        return MQRC_MSG_TYPE_ERROR;
    if (md->expiry != -1 && md->expiry <= 0)
        return MQRC_EXPIRY_ERROR;
    if (md->priority < -1)
        return MQRC_PRIORITY_ERROR;
    if (md->persistence < 0 || md->persistence > MQPER_AS_Q_DEF)
        return MQRC_PERSISTENCE_ERROR;
    if (t == MQMT_REQUEST && md->replytoq[0] == '\0')
        return MQRC_MISSING_REPLY_TO_Q;
    return MQRC_NONE;
}

static int32_t
check_options(int32_t options, int32_t open_options)
{
    int32_t context = options & PMO_CONTEXTS;

    if ((options & PMO_SYNCPOINT) && (options & PMO_NO_SYNCPOINT))
        return MQRC_OPTIONS_ERROR;
    if (context & (context - 1))
        return MQRC_OPTIONS_ERROR;
    if (context == PMO_PASS_IDENTITY &&
        !(open_options & (OO_PASS_IDENTITY_CONTEXT | OO_PASS_ALL_CONTEXT)))
        return MQRC_NOT_OPEN_FOR_PASS_IDENT;
    if (context == PMO_PASS_ALL && !(open_options & OO_PASS_ALL_CONTEXT))
        return MQRC_NOT_OPEN_FOR_PASS_ALL;
    if (context == PMO_SET_IDENTITY &&
        !(open_options & (OO_SET_IDENTITY_CONTEXT | OO_SET_ALL_CONTEXT)))
        return MQRC_NOT_OPEN_FOR_SET_IDENT;
    if (context == PMO_SET_ALL && !(open_options & OO_SET_ALL_CONTEXT))
        return MQRC_NOT_OPEN_FOR_SET_ALL;
    return MQRC_NONE;
}

static int32_t
check_limits(
    struct hconn *h, const struct destination *to, const struct mqmd *md, size_t size, size_t whole)
{
    const struct queue *q = to->queue;

    if (q->def->put == MQQA_INHIBITED || (to->def != NULL && to->def->put == MQQA_INHIBITED))
        return MQRC_PUT_INHIBITED;
    if (size > (size_t)qmgr_def(h->mqi->qmgr)->maxmsgl)
        return MQRC_MSG_TOO_BIG_FOR_Q_MGR;
    if (whole > (size_t)q->def->maxmsgl)
        return MQRC_MSG_TOO_BIG_FOR_Q;
    if (q->depth >= (uint32_t)q->def->maxdepth)
        return MQRC_Q_FULL;
    if (q->temporary && md->persistence == MQPER_PERSISTENT)
        return MQRC_PERSISTENT_NOT_ALLOWED;
    return MQRC_NONE;
}

/* ---- descriptor ---- */
static bool
is_zero(const uint8_t *p, size_t n)
{
    while (n > 0 && *p == 0) {
        p++;
        n--;
    }
    return n == 0;
}

/* "AMQ ", twelve characters of the queue manager's name, eight bytes that never come again. */
static void
make_id(struct mqi *m, uint8_t to[ID_SIZE])
{
    const char *name = qmgr_name(m->qmgr);
    size_t n = strnlen(name, 12);
    uint64_t uid = mqi_uid(m);

    memcpy(to, "AMQ             ", 16);
    memcpy(to + 4, name, n);
    for (size_t i = 0; i < 8; i++)
        to[16 + i] = (uint8_t)(uid >> (56 - 8 * i));
}

static void
fill_identity(const struct hconn *h, struct mqmd *md)
{
    text_copy(md->user, sizeof(md->user), h->who.user);
    memset(md->accounting, 0, sizeof(md->accounting));
    md->applidentity[0] = '\0';
}

static void
fill_origin(const struct hconn *h, struct mqmd *md)
{
    md->putappltype = h->who.appltype;
    text_copy(md->putapplname, sizeof(md->putapplname), h->who.appl);
    time_mqmd(io_wall(h->mqi->io), md->putdate, md->puttime);
    md->applorigin[0] = '\0';
}

static void
clear_context(struct mqmd *md)
{
    md->user[0] = md->applidentity[0] = md->putapplname[0] = md->applorigin[0] = '\0';
    md->putdate[0] = md->puttime[0] = '\0';
    memset(md->accounting, 0, sizeof(md->accounting));
    md->putappltype = 0;
}

static void
pass_identity(const struct mqmd *from, struct mqmd *md)
{
    text_copy(md->user, sizeof(md->user), from->user);
    memcpy(md->accounting, from->accounting, sizeof(md->accounting));
    text_copy(md->applidentity, sizeof(md->applidentity), from->applidentity);
}

static void
pass_origin(const struct mqmd *from, struct mqmd *md)
{
    md->putappltype = from->putappltype;
    text_copy(md->putapplname, sizeof(md->putapplname), from->putapplname);
    text_copy(md->putdate, sizeof(md->putdate), from->putdate);
    text_copy(md->puttime, sizeof(md->puttime), from->puttime);
    text_copy(md->applorigin, sizeof(md->applorigin), from->applorigin);
}

static int32_t
saved_context(const struct hconn *h, int32_t hobj, const struct mqmd **out)
{
    const struct handle *hd = hconn_handle(h, hobj);

    if (hd == NULL || !(hd->options & OO_SAVE_ALL_CONTEXT))
        return MQRC_CONTEXT_HANDLE_ERROR;
    if (!hd->has_context)
        return MQRC_CONTEXT_NOT_AVAILABLE;
    *out = &hd->context;
    return MQRC_NONE;
}

static int32_t
fill_context(const struct hconn *h, const struct mqpmo *pmo, struct mqmd *md)
{
    const struct mqmd *from = NULL;
    int32_t context = pmo->options & PMO_CONTEXTS;

    if (context == PMO_SET_ALL)
        return MQRC_NONE;
    if (context == PMO_PASS_IDENTITY || context == PMO_PASS_ALL) {
        int32_t reason = saved_context(h, pmo->context, &from);
        if (reason != MQRC_NONE)
            return reason;
        pass_identity(from, md);
    }
    if (context == PMO_NO_CONTEXT) {
        clear_context(md);
        return MQRC_NONE;
    }
    if (context == PMO_PASS_ALL) {
        pass_origin(from, md);
        return MQRC_NONE;
    }
    if (context == 0 || context == PMO_DEFAULT_CONTEXT)
        fill_identity(h, md);
    fill_origin(h, md);
    return MQRC_NONE;
}

/* A reply queue that is a remote queue definition is replaced by what it stands for; a blank queue
 * manager is this one. */
static void
fill_reply_to(struct mqi *m, struct mqmd *md)
{
    const struct queue_def *def;

    if (md->replytoq[0] == '\0' || md->replytoqmgr[0] != '\0')
        return;
    def = objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, md->replytoq);
    if (def != NULL && def->type == QT_REMOTE && def->rname[0] != '\0') {
        text_copy(md->replytoq, sizeof(md->replytoq), def->rname);
        text_copy(md->replytoqmgr, sizeof(md->replytoqmgr), def->rqmname);
    } else {
        text_copy(md->replytoqmgr, sizeof(md->replytoqmgr), qmgr_name(m->qmgr));
    }
}

static int32_t
fill_descriptor(
    struct hconn *h, const struct destination *to, const struct mqpmo *pmo, struct mqmd *md)
{
    const struct queue_def *def = to->def != NULL ? to->def : to->queue->def;

    if (md->priority == -1)
        md->priority = def->defprty;
    if (md->persistence == MQPER_AS_Q_DEF)
        md->persistence = def->defpsist;
    if ((pmo->options & PMO_NEW_MSG_ID) || is_zero(md->msgid, ID_SIZE))
        make_id(h->mqi, md->msgid);
    if (pmo->options & PMO_NEW_CORREL_ID)
        make_id(h->mqi, md->correlid);
    fill_reply_to(h->mqi, md);
    md->backoutcount = 0;
    return fill_context(h, pmo, md);
}

/* ---- to another queue manager ---- */
/* The descriptor of the message on the transmission queue; the application's travels in the MQXQH.
 */
static void
make_outer(struct mqi *m, const struct mqmd *md, struct mqmd *outer)
{
    md_init(outer);
    outer->expiry = md->expiry;
    outer->priority = md->priority;
    outer->persistence = md->persistence;
    outer->encoding = ENCODING_NATIVE;
    outer->ccsid = qmgr_def(m->qmgr)->ccsid;
    text_copy(outer->format, sizeof(outer->format), "MQXMIT");
    make_id(m, outer->msgid);
    memcpy(outer->correlid, md->msgid, ID_SIZE);
    pass_identity(md, outer);
    outer->putappltype = MQAT_QMGR;
    text_copy(outer->putapplname, sizeof(outer->putapplname), qmgr_name(m->qmgr));
    time_mqmd(io_wall(m->io), outer->putdate, outer->puttime);
}

static void
wrap(const struct destination *to, const struct mqmd *md, struct span data, struct buf *out)
{
    struct mqxqh x = {.md = *md};

    text_copy(x.remoteqname, sizeof(x.remoteqname), to->rname);
    text_copy(x.remoteqmgr, sizeof(x.remoteqmgr), to->rqmgr);
    x.md.version = 1;
    if (mde_is_needed(md)) {
        x.md.encoding = ENCODING_NATIVE;
        text_copy(x.md.format, sizeof(x.md.format), "MQHMDE");
    }
    xqh_encode(out, &x);
    if (mde_is_needed(md))
        mde_encode(out, md);
    buf_span_put(out, data);
}

static int32_t
put_remote(struct hconn *h, const struct destination *to, struct uow *u, const struct mqmd *md,
    struct span data)
{
    struct mqmd outer;
    struct buf whole = buf_new(data.n + MQXQH_SIZE + MQMDE_SIZE, ORDER_LITTLE);

    make_outer(h->mqi, md, &outer);
    wrap(to, md, data, &whole);
    int32_t reason = uow_put(h->mqi, u, to->queue, &outer, buf_span(&whole), &h->position);
    buf_free(&whole);
    return reason;
}

/* ---- the calls ---- */
static size_t
whole_size(const struct destination *to, const struct mqmd *md, size_t size)
{
    if (!to->remote)
        return size;
    return size + MQXQH_SIZE + (mde_is_needed(md) ? MQMDE_SIZE : 0);
}

int32_t
put_to(struct hconn *h, const struct destination *to, int32_t open_options, struct mqmd *md,
    struct mqpmo *pmo, struct span data)
{
    struct uow *u = (pmo->options & PMO_SYNCPOINT) ? h->uow : NULL;
    struct mqmd filled = *md;
    int32_t reason;

    if (to->queue->def == NULL)
        return MQRC_Q_DELETED;
    reason = check_descriptor(md);
    if (reason == MQRC_NONE)
        reason = check_options(pmo->options, open_options);
    if (reason == MQRC_NONE)
        reason = fill_descriptor(h, to, pmo, &filled);
    if (reason == MQRC_NONE)
        reason = check_limits(h, to, &filled, data.n, whole_size(to, md, data.n));
    if (reason != MQRC_NONE)
        return reason;

    int32_t asked = filled.priority;
    if (filled.priority > PRIORITY_MAX)
        filled.priority =
            PRIORITY_MAX; /* where it stands; the application keeps what it asked for */
    if (to->remote)
        reason = put_remote(h, to, u, &filled, data);
    else
        reason = uow_put(h->mqi, u, to->queue, &filled, data, &h->position);
    if (reason != MQRC_NONE)
        return reason;
    filled.priority = asked;
    *md = filled;
    pmo->known = 1;
    text_copy(pmo->resolvedq, sizeof(pmo->resolvedq), to->rname);
    text_copy(pmo->resolvedqmgr, sizeof(pmo->resolvedqmgr), to->rqmgr);
    return asked > PRIORITY_MAX ? MQRC_PRIORITY_EXCEEDS_MAXIMUM : MQRC_NONE;
}

static struct mqi_result
answer_put(int32_t reason)
{
    return reason == MQRC_PRIORITY_EXCEEDS_MAXIMUM ? mqi_warned(reason) : mqi_answer(reason);
}

struct mqi_result
mqi_put(struct hconn *h, int32_t hobj, struct mqmd *md, struct mqpmo *pmo, struct span data)
{
    struct handle *hd = hconn_handle(h, hobj);
    int32_t reason = mqi_barred(h, (pmo->options & PMO_FAIL_IF_QUIESCING) != 0);

    h->position = 0;
    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    if (hd == NULL)
        return mqi_failed(MQRC_HOBJ_ERROR);
    if (!hd->output)
        return mqi_failed(MQRC_NOT_OPEN_FOR_OUTPUT);
    return answer_put(put_to(h, &hd->to, hd->options, md, pmo, data));
}

/* What MQPUT1 opens the queue for. */
static int32_t
implied_options(int32_t pmo)
{
    int32_t options = OO_OUTPUT;

    options |= pmo & PMO_PASS_IDENTITY ? OO_PASS_IDENTITY_CONTEXT : 0;
    options |= pmo & PMO_PASS_ALL ? OO_PASS_ALL_CONTEXT : 0;
    options |= pmo & PMO_SET_IDENTITY ? OO_SET_IDENTITY_CONTEXT : 0;
    options |= pmo & PMO_SET_ALL ? OO_SET_ALL_CONTEXT : 0;
    options |= pmo & PMO_ALTERNATE_USER ? OO_ALTERNATE_USER : 0;
    return options;
}

struct mqi_result
mqi_put1(struct hconn *h, struct mqod *od, struct mqmd *md, struct mqpmo *pmo, struct span data)
{
    struct destination to;
    int32_t options = implied_options(pmo->options);
    int32_t reason = mqi_barred(h, (pmo->options & PMO_FAIL_IF_QUIESCING) != 0);

    h->position = 0;
    if (reason == MQRC_NONE && od->type != MQOT_Q)
        reason = MQRC_OBJECT_TYPE_ERROR;
    if (reason == MQRC_NONE)
        reason = resolve_name(h->mqi, od->name, od->qmgr, &to);
    if (reason == MQRC_NONE)
        reason = open_check_authority(h, od, &to, options);
    if (reason == MQRC_NONE && to.queue == NULL)
        reason = MQRC_Q_TYPE_ERROR; /* a model: nobody could get the message */
    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    reason = put_to(h, &to, options, md, pmo, data);
    text_copy(od->resolvedq, sizeof(od->resolvedq), to.rname);
    text_copy(od->resolvedqmgr, sizeof(od->resolvedqmgr), to.rqmgr);
    return answer_put(reason);
}
