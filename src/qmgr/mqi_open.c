/* MQOPEN and MQCLOSE. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/authority.h"
#include "qmgr/connection.h"

enum {
    OO_INPUT = OO_INPUT_AS_Q_DEF | OO_INPUT_SHARED | OO_INPUT_EXCLUSIVE,
    OO_CONTEXT = OO_PASS_IDENTITY_CONTEXT | OO_PASS_ALL_CONTEXT | OO_SET_IDENTITY_CONTEXT |
                 OO_SET_ALL_CONTEXT,
    OO_USES = OO_INPUT | OO_BROWSE | OO_OUTPUT | OO_INQUIRE | OO_SET
};

/* What each open option asks for (authority is checked for what was named, not for its base). */
static const struct {
    int32_t option, authority;
} needs[] = {
    {OO_INPUT, AUTH_GET},
    {OO_BROWSE, AUTH_BROWSE},
    {OO_OUTPUT, AUTH_PUT},
    {OO_INQUIRE, AUTH_INQ},
    {OO_SET, AUTH_SET},
    {OO_PASS_IDENTITY_CONTEXT, AUTH_PASSID},
    {OO_PASS_ALL_CONTEXT, AUTH_PASSALL},
    {OO_SET_IDENTITY_CONTEXT, AUTH_SETID},
    {OO_SET_ALL_CONTEXT, AUTH_SETALL},
};

static int32_t
check_authority(struct hconn *h, const struct mqod *od, enum object_type type, const char *name,
    int32_t options)
{
    struct qmgr *q = h->mqi->qmgr;
    const char *user = h->who.user;

    if (h->who.internal)
        return MQRC_NONE;
    if (options & OO_ALTERNATE_USER) {
        if (!authority_allows(q, user, OBJECT_QMGR, qmgr_name(q), AUTH_ALTUSR))
            return MQRC_NOT_AUTHORIZED;
        user = od->altuser;
    }
    for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++)
        if ((options & needs[i].option) &&
            !authority_allows(q, user, type, name, needs[i].authority))
            return MQRC_NOT_AUTHORIZED;
    return MQRC_NONE;
}

int32_t
open_check_authority(
    struct hconn *h, const struct mqod *od, const struct destination *to, int32_t options)
{
    const char *name = to->def != NULL ? to->def->queue : to->queue->name;

    return check_authority(h, od, OBJECT_QUEUE, name, options);
}

static bool
more_than_one(int32_t bits)
{
    return (bits & (bits - 1)) != 0;
}

static int32_t
check_options(int32_t options)
{
    if ((options & OO_USES) == 0 || more_than_one(options & OO_INPUT))
        return MQRC_OPTIONS_ERROR;
    if ((options & OO_CONTEXT) && !(options & OO_OUTPUT))
        return MQRC_OPTIONS_ERROR;
    if ((options & OO_SAVE_ALL_CONTEXT) && !(options & OO_INPUT))
        return MQRC_OPTIONS_ERROR;
    return MQRC_NONE;
}

/* A remote queue can only be written, and asked for when it is defined here. */
static int32_t
check_for_type(const struct destination *to, int32_t options)
{
    int32_t remote = OO_OUTPUT | (to->def != NULL ? OO_INQUIRE | OO_SET : 0);

    return to->remote && (options & OO_USES & ~remote) ? MQRC_OPTION_NOT_VALID_FOR_TYPE : MQRC_NONE;
}

/* ---- handles ---- */
static int32_t
add_handle(struct hconn *h, struct handle **out)
{
    size_t max = (size_t)qmgr_def(h->mqi->qmgr)->maxhands;
    size_t i = 0;

    while (i < h->n_handles && h->handles[i] != NULL)
        i++;
    if (i >= max && !h->who.internal)
        return MQRC_HANDLE_NOT_AVAILABLE;
    if (i == h->n_handles) {
        h->handles = realloc(h->handles, (i + 1) * sizeof(*h->handles));
        if (h->handles == NULL)
            abort();
        h->n_handles++;
    }
    *out = h->handles[i] = calloc(1, sizeof(**out));
    if (*out == NULL)
        abort();
    (*out)->number = (int32_t)(2 * (i + 1));
    return MQRC_NONE;
}

static int32_t
check_sharing(const struct queue *q, int32_t options, bool *exclusive)
{
    int32_t how = options & OO_INPUT;

    if (how == OO_INPUT_AS_Q_DEF)
        how = q->def->defsopt;
    *exclusive = how == OO_INPUT_EXCLUSIVE || q->def->share == 0;
    if (q->exclusive || (*exclusive && q->open_input > 0))
        return MQRC_OBJECT_IN_USE;
    return MQRC_NONE;
}

static int32_t
open_handle(struct hconn *h, const struct destination *to, int32_t options, struct handle **out)
{
    struct queue *q = to->queue;
    struct handle *hd;
    bool input = (options & OO_INPUT) != 0;
    bool exclusive = false;
    int32_t reason = input ? check_sharing(q, options, &exclusive) : MQRC_NONE;

    if (reason == MQRC_NONE)
        reason = add_handle(h, &hd);
    if (reason != MQRC_NONE)
        return reason;
    hd->options = options;
    hd->to = *to;
    hd->input = input;
    hd->exclusive = exclusive;
    hd->output = (options & OO_OUTPUT) != 0;
    q->open_input += hd->input;
    q->open_output += hd->output;
    q->exclusive = q->exclusive || exclusive;
    TAILQ_INSERT_TAIL(&q->handles, hd, link);
    *out = hd;
    return MQRC_NONE;
}

void
handle_close(struct hconn *h, struct handle *hd)
{
    struct mqi *m = h->mqi;
    struct queue *q = hd->to.queue;

    h->handles[hd->number / 2 - 1] = NULL;
    if (q == NULL) {
        free(hd);
        return;
    }
    if (hd->cursor != NULL)
        hd->cursor->cursors--;
    q->open_input -= hd->input;
    q->open_output -= hd->output;
    q->exclusive = q->exclusive && !hd->exclusive;
    TAILQ_REMOVE(&q->handles, hd, link);
    if (hd->creator && q->def != NULL)
        dynamic_end_temporary(h, hd);
    else if (hd->input && q->def != NULL && queue_next(q, NULL) != NULL)
        mqi_message_arrived(q); /* the reader stopped: trigger again */
    free(hd);
    mqi_queue_release(m, q);
}

/* ---- the calls ---- */
static int32_t
open_qmgr(struct hconn *h, struct mqod *od, int32_t options, int32_t *hobj)
{
    const char *name = qmgr_name(h->mqi->qmgr);
    struct handle *hd;
    int32_t reason;

    if ((od->name[0] != '\0' && strcmp(od->name, name) != 0) ||
        (od->qmgr[0] != '\0' && strcmp(od->qmgr, name) != 0))
        return MQRC_UNKNOWN_OBJECT_NAME;
    if (options & (OO_INPUT | OO_BROWSE | OO_OUTPUT | OO_SET))
        return MQRC_OPTION_NOT_VALID_FOR_TYPE;
    reason = check_authority(h, od, OBJECT_QMGR, name, options);
    if (reason == MQRC_NONE)
        reason = add_handle(h, &hd);
    if (reason != MQRC_NONE)
        return reason;
    hd->is_qmgr = true;
    hd->options = options;
    *hobj = hd->number;
    return MQRC_NONE;
}

static void
answer_open(struct hconn *h, const struct handle *hd, struct mqod *od, struct fopa *fopa)
{
    const struct queue_def *def = hd->to.def != NULL ? hd->to.def : hd->to.queue->def;

    text_copy(od->resolvedq, sizeof(od->resolvedq), hd->to.rname);
    text_copy(od->resolvedqmgr, sizeof(od->resolvedqmgr), hd->to.rqmgr);
    if (hd->to.def != NULL && od->qmgr[0] == '\0' && hd->creator)
        text_copy(od->qmgr, sizeof(od->qmgr), qmgr_name(h->mqi->qmgr));
    /* DefReadAhead NO whatever the queue says: read ahead would change how clients get
     * (spec/client-protocol.md 7.1). */
    if (fopa != NULL)
        *fopa = (struct fopa){def->defpsist, 1, 0, def->propctl};
}

static int32_t
open_queue(struct hconn *h, struct mqod *od, int32_t options, int32_t *hobj, struct fopa *fopa)
{
    struct destination to;
    struct handle *hd;
    bool temporary = false;
    int32_t reason = check_options(options);

    if (reason == MQRC_NONE)
        reason = resolve_name(h->mqi, od->name, od->qmgr, &to);
    if (reason == MQRC_NONE)
        reason = open_check_authority(h, od, &to, options);
    if (reason == MQRC_NONE && to.def != NULL && to.def->type == QT_MODEL)
        reason = dynamic_create(h, od, to.def, &to, &temporary);
    if (reason == MQRC_NONE)
        reason = check_for_type(&to, options);
    if (reason == MQRC_NONE)
        reason = open_handle(h, &to, options, &hd);
    if (reason != MQRC_NONE) {
        if (temporary)
            dynamic_drop_temporary(h->mqi, to.queue);
        return reason;
    }
    hd->creator = temporary;
    answer_open(h, hd, od, fopa);
    *hobj = hd->number;
    return MQRC_NONE;
}

struct mqi_result
mqi_open(struct hconn *h, struct mqod *od, int32_t options, int32_t *hobj, struct fopa *fopa)
{
    int32_t reason = mqi_barred(h, (options & OO_FAIL_IF_QUIESCING) != 0);

    h->position = 0;
    if (fopa != NULL)
        *fopa = (struct fopa){-1, -1, -1, -1};
    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    switch (od->type) {
    case MQOT_Q:
        return mqi_answer(open_queue(h, od, options, hobj, fopa));
    case MQOT_Q_MGR:
        return mqi_answer(open_qmgr(h, od, options, hobj));
    case 2: /* namelist, process: there are none */
    case 3:
        return mqi_failed(MQRC_UNKNOWN_OBJECT_NAME);
    default:
        return mqi_failed(MQRC_OBJECT_TYPE_ERROR);
    }
}

struct mqi_result
mqi_close(struct hconn *h, int32_t hobj, int32_t options)
{
    struct handle *hd = hconn_handle(h, hobj);

    h->position = 0;
    if (hd == NULL)
        return mqi_failed(MQRC_HOBJ_ERROR);
    if (options & ~(CO_DELETE | CO_DELETE_PURGE) || options == (CO_DELETE | CO_DELETE_PURGE))
        return mqi_failed(MQRC_OPTIONS_ERROR);
    if (h->get != NULL && h->get->hobj == hobj)
        mqi_get_cancel(h);
    if (options != CO_NONE) {
        int32_t reason = dynamic_delete(h, hd, options);
        if (reason != MQRC_NONE)
            return mqi_failed(reason);
        return mqi_ok();
    }
    handle_close(h, hd);
    return mqi_ok();
}
