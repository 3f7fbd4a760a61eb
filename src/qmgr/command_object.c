/* DEFINE, ALTER, DELETE and DISPLAY of the queue manager, queues, channels and listeners: rows and
 * the attribute table, no type has code of its own. */
#include <stdlib.h>
#include <string.h>

#include "chlauth/sslpeer.h"
#include "qmgr/authority.h"
#include "qmgr/channel.h"
#include "qmgr/command_internal.h"
#include "qmgr/mqi.h"
#include "qmgr/objects.h"

static const struct noun {
    enum mqsc_noun noun;
    enum object_type type;
    int32_t subtype; /* 0: any */
    const char *word;
    const char *created, *changed, *deleted; /* ids of the answers */
} nouns[] = {
    {MQSC_QMGR, OBJECT_QMGR, 0, "Queue manager", "", "AMQ8005I", ""},
    {MQSC_QUEUE, OBJECT_QUEUE, 0, "Queue", "AMQ8006I", "AMQ8008I", "AMQ8007I"},
    {MQSC_QLOCAL, OBJECT_QUEUE, QT_LOCAL, "Queue", "AMQ8006I", "AMQ8008I", "AMQ8007I"},
    {MQSC_QREMOTE, OBJECT_QUEUE, QT_REMOTE, "Queue", "AMQ8006I", "AMQ8008I", "AMQ8007I"},
    {MQSC_QALIAS, OBJECT_QUEUE, QT_ALIAS, "Queue", "AMQ8006I", "AMQ8008I", "AMQ8007I"},
    {MQSC_QMODEL, OBJECT_QUEUE, QT_MODEL, "Queue", "AMQ8006I", "AMQ8008I", "AMQ8007I"},
    {MQSC_CHANNEL, OBJECT_CHANNEL, 0, "Channel", "AMQ8014I", "AMQ8016I", "AMQ8015I"},
    {MQSC_LISTENER, OBJECT_LISTENER, 0, "Listener", "AMQ8626I", "AMQ8623I", "AMQ8628I"},
};

static const struct noun *
noun_of(const struct command *c)
{
    const struct noun *n = nouns;
    while (n->noun != c->mqsc.noun)
        n++;
    return n;
}

/* The object that DEFINE takes its values from when LIKE names none. */
static const struct pattern {
    enum object_type type;
    int32_t subtype;
    const char *name;
} patterns[] = {
    {OBJECT_QUEUE, QT_LOCAL, "SYSTEM.DEFAULT.LOCAL.QUEUE"},
    {OBJECT_QUEUE, QT_REMOTE, "SYSTEM.DEFAULT.REMOTE.QUEUE"},
    {OBJECT_QUEUE, QT_ALIAS, "SYSTEM.DEFAULT.ALIAS.QUEUE"},
    {OBJECT_QUEUE, QT_MODEL, "SYSTEM.DEFAULT.MODEL.QUEUE"},
    {OBJECT_CHANNEL, CT_SDR, "SYSTEM.DEF.SENDER"},
    {OBJECT_CHANNEL, CT_SVR, "SYSTEM.DEF.SERVER"},
    {OBJECT_CHANNEL, CT_RCVR, "SYSTEM.DEF.RECEIVER"},
    {OBJECT_CHANNEL, CT_RQSTR, "SYSTEM.DEF.REQUESTER"},
    {OBJECT_CHANNEL, CT_SVRCONN, "SYSTEM.DEF.SVRCONN"},
    {OBJECT_CHANNEL, CT_CLNTCONN, "SYSTEM.DEF.CLNTCONN"},
    {OBJECT_CHANNEL, CT_CLUSSDR, "SYSTEM.DEF.CLUSSDR"},
    {OBJECT_CHANNEL, CT_CLUSRCVR, "SYSTEM.DEF.CLUSRCVR"},
    {OBJECT_LISTENER, 0, "SYSTEM.DEFAULT.LISTENER.TCP"},
};

static const char *
pattern_name(enum object_type type, int32_t subtype)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (patterns[i].type == type && patterns[i].subtype == subtype)
            return patterns[i].name;
    return "";
}

static const struct attr *
key_of(enum object_type type)
{
    const struct object_class *k = object_class(type);
    for (size_t i = 0; i < k->n_attrs; i++)
        if ((k->attrs[i].flags & ATTR_KEY) != 0)
            return &k->attrs[i];
    abort();
}

static void *
copy_of(enum object_type type, const void *def)
{
    void *copy = calloc(1, object_class(type)->size);
    if (copy == NULL)
        abort();
    if (def != NULL)
        memcpy(copy, def, object_class(type)->size);
    return copy;
}

/* CHLTYPE(SDR) -> 1; 0: none given or no such type. */
static int32_t
chltype_of(const struct command *c)
{
    const char *word = command_value(c, "CHLTYPE");
    const struct attr *a = object_attr(OBJECT_CHANNEL, 0, "CHLTYPE");
    if (word == NULL)
        word = command_value(c, "TYPE");
    for (const struct attr_value *v = a->values; word != NULL && v->word != NULL; v++)
        if (text_equal_fold(v->word, word))
            return v->value;
    return 0;
}

static enum command_outcome
not_found(struct command *c, const char *name)
{
    return command_say(c, "AMQ8147E", "MQ object %s not found.", name);
}

/* What no single row can check. */
static enum rc
check(enum object_type type, const void *def, struct failure *f)
{
    enum rc rc = object_check(type, def, f);
    if (rc != RC_OK || type != OBJECT_CHANNEL)
        return rc;
    const struct channel_def *channel = def;
    struct sslpeer pattern;
    if (channel->sslpeer[0] != '\0')
        rc = sslpeer_parse(channel->sslpeer, &pattern, f);
    if (rc == RC_OK && channel->sslciph[0] != '\0')
        rc = cipherspec_check(channel->sslciph, f);
    return rc;
}

/* ---- DEFINE ---- */
/* Where the values come from: LIKE, the default object, the product's defaults.  False: said why
 * not. */
static bool
fill_from(struct command *c, const struct noun *n, int32_t subtype, void *def)
{
    struct objects *o = qmgr_objects(c->q);
    const char *like = command_value(c, "LIKE");
    const char *name = like != NULL ? like : pattern_name(n->type, subtype);
    const void *from = name[0] != '\0' ? objects_find(o, n->type, name) : NULL;
    if (like != NULL && from == NULL) {
        (void)not_found(c, like);
        return false;
    }
    if (from != NULL && object_subtype(n->type, from) == subtype)
        memcpy(def, from, object_class(n->type)->size);
    else if (like != NULL) {
        (void)command_say(c, "AMQ8152E", "%s, named by LIKE, has another type.", like);
        return false;
    } else
        object_init(n->type, subtype, def);
    return true;
}

static bool
may_define(struct command *c, const struct noun *n, int32_t subtype, const void *existing)
{
    if (!command_may(c, n->type, c->mqsc.name, existing != NULL ? AUTH_CHG : AUTH_CRT))
        return false;
    if (existing == NULL)
        return true;
    if (mqsc_param(&c->mqsc, "REPLACE") == NULL) {
        (void)command_say(c, "AMQ8150E", "MQ object %s already exists.", c->mqsc.name);
        return false;
    }
    if (object_subtype(n->type, existing) == subtype)
        return true;
    (void)command_say(c, "AMQ8151E", "%s exists and has another type.", c->mqsc.name);
    return false;
}

static enum command_outcome
store(struct command *c, const struct noun *n, const void *def, const char *id, const char *done)
{
    struct failure f = {0};
    if (check(n->type, def, &f) != RC_OK ||
        objects_set(qmgr_objects(c->q), n->type, def, &f) != RC_OK)
        return command_failed(c, &f, "AMQ8101S");
    return command_say(c, id, "%s %s.", n->word, done);
}

/* CRDATE, CRTIME of a queue and the like: rows that nobody sets keep what the object has. */
static void
keep_read_only(enum object_type type, const void *from, void *to)
{
    const struct object_class *k = object_class(type);
    for (size_t i = 0; i < k->n_attrs; i++)
        if ((k->attrs[i].flags & ATTR_READ_ONLY) != 0)
            memcpy((char *)to + k->attrs[i].offset, (const char *)from + k->attrs[i].offset,
                k->attrs[i].size);
}

static void
stamp_creation(struct command *c, enum object_type type, void *def)
{
    const struct attr *date = object_attr(type, object_subtype(type, def), "CRDATE");
    const struct attr *clock = object_attr(type, object_subtype(type, def), "CRTIME");
    if (date == NULL || clock == NULL)
        return;
    time_date(io_wall(qmgr_io(c->q)), (char *)def + date->offset);
    time_clock(io_wall(qmgr_io(c->q)), (char *)def + clock->offset);
}

enum command_outcome
command_define(struct command *c)
{
    const struct noun *n = noun_of(c);
    int32_t subtype = n->type == OBJECT_CHANNEL ? chltype_of(c) : n->subtype;
    if (n->type == OBJECT_CHANNEL && subtype == 0)
        return command_say(c, "AMQ8428E", "CHLTYPE must be given, and be a type of channel.");
    if (!text_is_mq_name(c->mqsc.name, object_class(n->type)->name_max))
        return command_say(c, "AMQ8371E", "'%s' is not a valid name.", c->mqsc.name);
    const void *existing = objects_find(qmgr_objects(c->q), n->type, c->mqsc.name);
    if (!may_define(c, n, subtype, existing))
        return COMMAND_FAILED;
    void *def = copy_of(n->type, NULL);
    struct failure f = {0};
    enum command_outcome outcome = COMMAND_FAILED;
    if (fill_from(c, n, subtype, def)) {
        (void)text_copy((char *)def + key_of(n->type)->offset, key_of(n->type)->size, c->mqsc.name);
        if (existing != NULL)
            keep_read_only(n->type, existing, def);
        else
            stamp_creation(c, n->type, def);
        if (mqsc_apply(&c->mqsc, n->type, def, &f) != RC_OK)
            outcome = command_failed(c, &f, "AMQ8405I");
        else if (existing != NULL)
            outcome = store(c, n, def, n->changed, "changed");
        else
            outcome = store(c, n, def, n->created, "created");
    }
    free(def);
    return outcome;
}

/* ---- ALTER ---- */
static const void *
existing_object(struct command *c, const struct noun *n)
{
    if (n->type == OBJECT_QMGR)
        return qmgr_def(c->q);
    const void *def = objects_find(qmgr_objects(c->q), n->type, c->mqsc.name);
    if (def == NULL || (n->subtype != 0 && object_subtype(n->type, def) != n->subtype)) {
        (void)not_found(c, c->mqsc.name);
        return NULL;
    }
    int32_t asked = n->type == OBJECT_CHANNEL ? chltype_of(c) : 0;
    if (asked == 0 || object_subtype(n->type, def) == asked)
        return def;
    (void)command_say(c, "AMQ8151E", "%s has another type.", c->mqsc.name);
    return NULL;
}

enum command_outcome
command_alter(struct command *c)
{
    const struct noun *n = noun_of(c);
    const void *existing = existing_object(c, n);
    if (existing == NULL || !command_may(c, n->type, c->mqsc.name, AUTH_CHG))
        return COMMAND_FAILED;
    void *def = copy_of(n->type, existing);
    struct failure f = {0};
    enum command_outcome outcome;
    if (mqsc_apply(&c->mqsc, n->type, def, &f) != RC_OK)
        outcome = command_failed(c, &f, "AMQ8405I");
    else
        outcome = store(c, n, def, n->changed, "changed");
    free(def);
    return outcome;
}

/* ---- DELETE ---- */
static bool
may_delete(struct command *c, const struct noun *n)
{
    if (!command_may(c, n->type, c->mqsc.name, AUTH_DLT))
        return false;
    if (n->type == OBJECT_CHANNEL && channels_is_active(qmgr_channels(c->q), c->mqsc.name)) {
        (void)command_say(c, "AMQ8148E", "Channel %s is in use; stop it first.", c->mqsc.name);
        return false;
    }
    bool purge = n->subtype == QT_LOCAL && mqsc_param(&c->mqsc, "PURGE") != NULL;
    struct failure f = {0};
    if (!purge || mqi_queue_clear(qmgr_mqi(c->q), c->mqsc.name, &f) == RC_OK)
        return true;
    (void)command_failed(c, &f, "AMQ8148E");
    return false;
}

enum command_outcome
command_delete(struct command *c)
{
    const struct noun *n = noun_of(c);
    struct failure f = {0};
    if (existing_object(c, n) == NULL || !may_delete(c, n))
        return COMMAND_FAILED;
    if (objects_drop(qmgr_objects(c->q), n->type, c->mqsc.name, &f) != RC_OK)
        return command_failed(c, &f, "AMQ8148E");
    return command_say(c, n->deleted, "%s deleted.", n->word);
}

/* ---- DISPLAY ---- */
struct display {
    struct command *c;
    const struct noun *n;
    int32_t subtype;
    size_t shown;
};

/* Attributes that are figures, not definitions. */
static void
refresh_figures(struct command *c, enum object_type type, void *def)
{
    struct queue_figures figures;
    struct queue_def *queue = def;
    if (type != OBJECT_QUEUE || queue->type != QT_LOCAL ||
        !mqi_queue_figures(qmgr_mqi(c->q), queue->queue, &figures))
        return;
    queue->curdepth = (int32_t)figures.depth;
    queue->ipprocs = (int32_t)figures.open_input;
    queue->opprocs = (int32_t)figures.open_output;
}

static void
show(void *arg, void *def)
{
    struct display *d = arg;
    enum object_type type = d->n->type;
    if (d->subtype != 0 && object_subtype(type, def) != d->subtype)
        return;
    void *copy = copy_of(type, def);
    refresh_figures(d->c, type, copy);
    if (mqsc_where(&d->c->mqsc, type, copy)) {
        mqsc_display(&d->c->mqsc, type, copy, &d->c->out);
        d->shown++;
    }
    free(copy);
}

static int32_t
queue_type_of(const struct command *c)
{
    static const struct attr_value words[] = {{"QLOCAL", QT_LOCAL}, {"QREMOTE", QT_REMOTE},
        {"QALIAS", QT_ALIAS}, {"QMODEL", QT_MODEL}, {NULL, 0}};
    const char *word = command_value(c, "TYPE");
    if (word == NULL)
        word = command_value(c, "QTYPE");
    for (const struct attr_value *v = words; word != NULL && v->word != NULL; v++)
        if (text_equal_fold(v->word, word))
            return v->value;
    return 0;
}

enum command_outcome
command_display(struct command *c)
{
    struct display d = {.c = c, .n = noun_of(c)};
    d.subtype = d.n->subtype;
    if (d.n->type == OBJECT_CHANNEL)
        d.subtype = chltype_of(c);
    if (c->mqsc.noun == MQSC_QUEUE)
        d.subtype = queue_type_of(c);
    if (!command_may(c, d.n->type, c->mqsc.name, AUTH_DSP))
        return COMMAND_FAILED;
    if (d.n->type == OBJECT_QMGR)
        show(&d, qmgr_def(c->q));
    else
        objects_each(qmgr_objects(c->q), d.n->type, c->mqsc.name, show, &d);
    return d.shown != 0 ? COMMAND_OK : not_found(c, c->mqsc.name);
}
