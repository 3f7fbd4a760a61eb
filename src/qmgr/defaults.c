/* What crtmqm makes: the queue manager's own definition, SYSTEM.* objects, CHLAUTH records. */
#include <stdio.h>
#include <string.h>

#include "chlauth/match.h"
#include "qmgr/core.h"

/* Attributes that differ from the product's defaults, as MQSC text. */
static const struct default_object {
    enum object_type type;
    int32_t subtype;
    const char *name;
    const char *attr, *value;
} objects[] = {
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.DEFAULT.LOCAL.QUEUE", NULL, NULL},
    {OBJECT_QUEUE, QT_MODEL, "SYSTEM.DEFAULT.MODEL.QUEUE", "DEFTYPE", "TEMPDYN"},
    {OBJECT_QUEUE, QT_ALIAS, "SYSTEM.DEFAULT.ALIAS.QUEUE", NULL, NULL},
    {OBJECT_QUEUE, QT_REMOTE, "SYSTEM.DEFAULT.REMOTE.QUEUE", NULL, NULL},
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.ADMIN.COMMAND.QUEUE", "DESCR",
        "Commands for the command server"},
    {OBJECT_QUEUE, QT_MODEL, "SYSTEM.MQSC.REPLY.QUEUE", "DEFTYPE", "TEMPDYN"},
    {OBJECT_QUEUE, QT_MODEL, "SYSTEM.MQEXPLORER.REPLY.MODEL", "DEFTYPE", "TEMPDYN"},
    {OBJECT_QUEUE, QT_MODEL, "SYSTEM.JMS.TEMPQ.MODEL", "DEFTYPE", "TEMPDYN"},
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.CHANNEL.INITQ", "DESCR", "Initiation queue for channels"},
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.CHANNEL.SYNCQ", "DESCR", "Synchronisation data of channels"},
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.DEFAULT.INITIATION.QUEUE", NULL, NULL},
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.DEAD.LETTER.QUEUE", "MAXDEPTH", "999999999"},
    {OBJECT_CHANNEL, CT_SDR, "SYSTEM.DEF.SENDER", NULL, NULL},
    {OBJECT_CHANNEL, CT_SVR, "SYSTEM.DEF.SERVER", NULL, NULL},
    {OBJECT_CHANNEL, CT_RCVR, "SYSTEM.DEF.RECEIVER", NULL, NULL},
    {OBJECT_CHANNEL, CT_RQSTR, "SYSTEM.DEF.REQUESTER", NULL, NULL},
    {OBJECT_CHANNEL, CT_SVRCONN, "SYSTEM.DEF.SVRCONN", NULL, NULL},
    {OBJECT_CHANNEL, CT_CLNTCONN, "SYSTEM.DEF.CLNTCONN", NULL, NULL},
    {OBJECT_CHANNEL, CT_RCVR, "SYSTEM.AUTO.RECEIVER", NULL, NULL},
    {OBJECT_CHANNEL, CT_SVRCONN, "SYSTEM.AUTO.SVRCONN", NULL, NULL},
    {OBJECT_LISTENER, 0, "SYSTEM.DEFAULT.LISTENER.TCP", NULL, NULL},
};

static enum rc
set_default(struct qmgr *q, const struct default_object *d, struct failure *f)
{
    union object_any def;
    enum rc rc = RC_OK;

    object_init(d->type, d->subtype, &def);
    switch (d->type) {
    case OBJECT_QUEUE:
        text_copy(def.queue.queue, sizeof(def.queue.queue), d->name);
        break;
    case OBJECT_CHANNEL:
        text_copy(def.channel.channel, sizeof(def.channel.channel), d->name);
        break;
    case OBJECT_LISTENER:
        text_copy(def.listener.listener, sizeof(def.listener.listener), d->name);
        break;
    case OBJECT_QMGR:
    case OBJECT_CHLAUTH:
    case OBJECT_AUTHREC:
    case OBJECT_TYPES:
        break;
    }
    if (d->attr != NULL)
        rc = attr_set(object_attr(d->type, d->subtype, d->attr), &def, d->value, true, f);
    return rc == RC_OK ? objects_set(q->objects, d->type, &def, f) : rc;
}

static enum rc
set_qmgr(struct qmgr *q, const struct qmgr_options *o, struct failure *f)
{
    struct qmgr_def def;
    char date[11];
    char clock[9];

    object_init(OBJECT_QMGR, 0, &def);
    time_date(io_wall(q->io), date);
    time_clock(io_wall(q->io), clock);
    text_copy(def.qmname, sizeof(def.qmname), o->name);
    /* A name of 48 characters leaves no room: as in MQ the name is cut. */
    snprintf(def.qmid, sizeof(def.qmid), "%.28s_%s_%s", o->name, date, clock);
    if (o->dead_letter_queue != NULL)
        text_copy(def.deadq, sizeof(def.deadq), o->dead_letter_queue);
    if (snprintf(def.sslkeyr, sizeof(def.sslkeyr), "%s/ssl/key", q->dir) >=
        (int)sizeof(def.sslkeyr))
        def.sslkeyr[0] = '\0';
    return objects_set(q->objects, OBJECT_QMGR, &def, f);
}

static enum rc
set_chlauth(struct qmgr *q, struct failure *f)
{
    struct chlauth_def rules[8];
    size_t n = chlauth_defaults(rules, sizeof(rules) / sizeof(*rules));

    for (size_t i = 0; i < n; i++) {
        time_date(io_wall(q->io), rules[i].altdate);
        time_clock(io_wall(q->io), rules[i].alttime);
    }
    return objects_chlauth_set(q->objects, rules, n, f);
}

enum rc
defaults_set(struct qmgr *q, const struct qmgr_options *o, struct failure *f)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < sizeof(objects) / sizeof(*objects); i++)
        rc = set_default(q, &objects[i], f);
    if (rc == RC_OK)
        rc = set_chlauth(q, f);
    return rc == RC_OK ? set_qmgr(q, o, f) : rc;
}
