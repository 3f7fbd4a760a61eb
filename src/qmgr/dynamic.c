/* Dynamic queues: made by opening a model, named by the caller or by the queue manager. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "qmgr/connection.h"

#define PREFIX_MAX 32u /* characters before the asterisk: 16 are added */

/* "AMQ.*" gives AMQ. and 16 characters that never come again; without an asterisk it is the name.
 */
static int32_t
make_name(struct mqi *m, const char *wanted, char to[49])
{
    const char *star = strchr(wanted, '*');

    if (star == NULL) {
        text_copy(to, 49, wanted);
        return text_is_mq_name(to, MQ_NAME_MAX) ? MQRC_NONE : MQRC_DYNAMIC_Q_NAME_ERROR;
    }
    size_t n = (size_t)(star - wanted);
    if (star[1] != '\0' || n > PREFIX_MAX)
        return MQRC_DYNAMIC_Q_NAME_ERROR;
    snprintf(to, 49, "%.*s%016llX", (int)n, wanted, (unsigned long long)mqi_uid(m));
    return text_is_mq_name(to, MQ_NAME_MAX) ? MQRC_NONE : MQRC_DYNAMIC_Q_NAME_ERROR;
}

static void
make_definition(const struct queue_def *model, const char *name, struct queue_def *def)
{
    *def = *model;
    text_copy(def->queue, sizeof(def->queue), name);
    def->type = QT_LOCAL;
    if (def->deftype != MQQDT_TEMPORARY_DYNAMIC)
        def->deftype = MQQDT_PERMANENT_DYNAMIC;
}

int32_t
dynamic_create(struct hconn *h, struct mqod *od, const struct queue_def *model,
    struct destination *to, bool *temporary)
{
    struct objects *objects = qmgr_objects(h->mqi->qmgr);
    struct queue_def def;
    char name[49];
    int32_t reason = make_name(h->mqi, od->dynamic, name);

    if (reason != MQRC_NONE)
        return reason;
    if (objects_find(objects, OBJECT_QUEUE, name) != NULL)
        return MQRC_OBJECT_ALREADY_EXISTS;
    make_definition(model, name, &def);
    *temporary = def.deftype == MQQDT_TEMPORARY_DYNAMIC;
    if (*temporary) {
        objects_add_temporary(objects, &def);
    } else if (objects_set(objects, OBJECT_QUEUE, &def, NULL) != RC_OK) {
        return MQRC_RESOURCE_PROBLEM;
    } else {
        h->position = store_position(qmgr_store(h->mqi->qmgr));
    }
    reason = resolve_name(h->mqi, name, "", to);
    assert(reason == MQRC_NONE);
    to->queue->temporary = *temporary;
    text_copy(od->name, sizeof(od->name), name);
    return MQRC_NONE;
}

void
dynamic_drop_temporary(struct mqi *m, struct queue *q)
{
    char name[49];

    text_copy(name, sizeof(name), q->name);
    mqi_dropped(m, name);
    objects_drop_temporary(qmgr_objects(m->qmgr), name);
}

/* Its creator closes it: it ends for all who have it open, with what is on it. */
void
dynamic_end_temporary(struct hconn *h, struct handle *hd)
{
    struct mqi *m = h->mqi;
    struct queue *q = hd->to.queue;
    struct qmsg *msg;

    while ((msg = queue_next(q, NULL)) != NULL) {
        queue_remove(q, msg);
        q->depth--;
        mqi_message_free(m, msg);
    }
    /* handle_close() and units of work that hold messages of it still need the queue: the lookup is
     * what goes; the last of them frees it. */
    TAILQ_INSERT_HEAD(&q->handles, hd, link);
    dynamic_drop_temporary(m, q);
    TAILQ_REMOVE(&q->handles, hd, link);
}

static int32_t
check_delete(const struct handle *hd, int32_t options)
{
    const struct queue *q = hd->to.queue;

    if (q == NULL || hd->to.def != q->def || q->def == NULL || q->def->deftype == MQQDT_PREDEFINED)
        return MQRC_OPTION_NOT_VALID_FOR_TYPE;
    if (q->temporary)
        return hd->creator ? MQRC_NONE : MQRC_OPTION_NOT_VALID_FOR_TYPE;
    if (q->uncommitted_puts > 0 || q->uncommitted_gets > 0)
        return MQRC_Q_NOT_EMPTY;
    if (q->depth > 0 && options != CO_DELETE_PURGE)
        return MQRC_Q_NOT_EMPTY;
    if (TAILQ_FIRST(&q->handles) != hd || TAILQ_NEXT(hd, link) != NULL)
        return MQRC_OBJECT_IN_USE;
    return MQRC_NONE;
}

int32_t
dynamic_delete(struct hconn *h, struct handle *hd, int32_t options)
{
    struct mqi *m = h->mqi;
    char name[49];
    int32_t reason = check_delete(hd, options);

    if (reason != MQRC_NONE)
        return reason;
    text_copy(name, sizeof(name), hd->to.queue->name);
    bool temporary = hd->to.queue->temporary;
    handle_close(h, hd);
    if (temporary)
        return MQRC_NONE;
    if (mqi_queue_clear(m, name, NULL) != RC_OK ||
        objects_drop(qmgr_objects(m->qmgr), OBJECT_QUEUE, name, NULL) != RC_OK)
        return MQRC_RESOURCE_PROBLEM;
    h->position = store_position(qmgr_store(m->qmgr));
    return MQRC_NONE;
}
