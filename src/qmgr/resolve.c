/* Name resolution: from the names in an object descriptor to the local queue that is used, and to
 * the names that travel in an MQXQH (spec/message-channel.md 5.2). */
#include <string.h>

#include "qmgr/connection.h"

static struct queue_def *
find(struct mqi *m, const char *name)
{
    return objects_find(qmgr_objects(m->qmgr), OBJECT_QUEUE, name);
}

static bool
is_local(const struct mqi *m, const char *qmgr)
{
    return qmgr[0] == '\0' || strcmp(qmgr, qmgr_name(m->qmgr)) == 0;
}

/* A transmission queue that was named: by XMITQ, by the queue manager's name or by DEFXMITQ, each
 * with reasons of its own. */
static int32_t
use_xmitq(struct mqi *m, const char *name, int32_t absent, int32_t wrong_type, int32_t wrong_usage,
    struct destination *out)
{
    struct queue_def *def = find(m, name);

    if (def == NULL)
        return absent;
    if (def->type != QT_LOCAL)
        return wrong_type;
    if (def->usage != MQUS_TRANSMISSION)
        return wrong_usage;
    out->queue = mqi_queue(m, def);
    out->remote = true;
    return MQRC_NONE;
}

/* No XMITQ was named: the queue that is called like the queue manager, else the default one. */
static int32_t
find_xmitq(struct mqi *m, const char *qmgr, struct destination *out)
{
    const char *by_default = qmgr_def(m->qmgr)->defxmitq;
    const struct queue_def *named = find(m, qmgr);

    if (named != NULL && named->type == QT_LOCAL)
        return use_xmitq(m, qmgr, MQRC_UNKNOWN_REMOTE_Q_MGR, MQRC_XMIT_Q_TYPE_ERROR,
            MQRC_XMIT_Q_USAGE_ERROR, out);
    if (by_default[0] == '\0')
        return MQRC_UNKNOWN_REMOTE_Q_MGR;
    return use_xmitq(m, by_default, MQRC_UNKNOWN_DEF_XMIT_Q, MQRC_DEF_XMIT_Q_TYPE_ERROR,
        MQRC_DEF_XMIT_Q_USAGE_ERROR, out);
}

static int32_t
go_remote(
    struct mqi *m, const char *queue, const char *qmgr, const char *xmitq, struct destination *out)
{
    text_copy(out->rname, sizeof(out->rname), queue);
    text_copy(out->rqmgr, sizeof(out->rqmgr), qmgr);
    if (xmitq[0] == '\0')
        return find_xmitq(m, qmgr, out);
    return use_xmitq(
        m, xmitq, MQRC_UNKNOWN_XMIT_Q, MQRC_XMIT_Q_TYPE_ERROR, MQRC_XMIT_Q_USAGE_ERROR, out);
}

static int32_t
use_local(struct mqi *m, struct queue_def *def, struct destination *out)
{
    out->queue = mqi_queue(m, def);
    text_copy(out->rname, sizeof(out->rname), def->queue);
    text_copy(out->rqmgr, sizeof(out->rqmgr), qmgr_name(m->qmgr));
    return MQRC_NONE;
}

static int32_t
use_remote(struct mqi *m, const struct queue_def *def, struct destination *out)
{
    if (def->rname[0] == '\0' || is_local(m, def->rqmname))
        return MQRC_REMOTE_Q_NAME_ERROR;
    return go_remote(m, def->rname, def->rqmname, def->xmitq, out);
}

static int32_t
use_alias(struct mqi *m, const struct queue_def *alias, struct destination *out)
{
    struct queue_def *base = find(m, alias->target);

    if (base == NULL)
        return MQRC_UNKNOWN_ALIAS_BASE_Q;
    if (base->type == QT_LOCAL)
        return use_local(m, base, out);
    if (base->type == QT_REMOTE)
        return use_remote(m, base, out);
    return MQRC_ALIAS_BASE_Q_TYPE_ERROR;
}

static int32_t
resolve_here(struct mqi *m, const char *name, struct destination *out)
{
    out->def = find(m, name);
    if (out->def == NULL)
        return MQRC_UNKNOWN_OBJECT_NAME;
    switch (out->def->type) {
    case QT_LOCAL:
        return use_local(m, out->def, out);
    case QT_ALIAS:
        return use_alias(m, out->def, out);
    case QT_REMOTE:
        return use_remote(m, out->def, out);
    default: /* a model: the caller makes a queue of it */
        return MQRC_NONE;
    }
}

/* A remote queue definition may stand for a queue manager: the name of another one, the way to it,
 * or (RQMNAME is ours) a name under which we are known. */
static int32_t
resolve_there(struct mqi *m, const char *name, const char *qmgr, struct destination *out)
{
    const struct queue_def *alias = find(m, qmgr);

    if (alias == NULL || alias->type != QT_REMOTE)
        return go_remote(m, name, qmgr, "", out);
    if (is_local(m, alias->rqmname) && alias->xmitq[0] == '\0')
        return resolve_here(m, name, out);
    return go_remote(m, name, alias->rqmname, alias->xmitq, out);
}

int32_t
resolve_name(struct mqi *m, const char *name, const char *qmgr, struct destination *out)
{
    *out = (struct destination){0};
    if (is_local(m, qmgr))
        return resolve_here(m, name, out);
    if (name[0] == '\0')
        return MQRC_UNKNOWN_OBJECT_NAME;
    return resolve_there(m, name, qmgr, out);
}
