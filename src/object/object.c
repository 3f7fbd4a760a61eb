/*
 * object.c - the classes of objects, defaults, looking attributes up, checks across attributes.
 */
#include <assert.h>
#include <string.h>

#include "object/rows.h"

static const struct object_class classes[OBJECT_TYPES] = {
    [OBJECT_QMGR] = {"QMGR", sizeof(struct qmgr_def), qmgr_attrs, N_QMGR_ATTRS, MQ_NAME_MAX},
    [OBJECT_QUEUE] = {"QUEUE", sizeof(struct queue_def), queue_attrs, N_QUEUE_ATTRS, MQ_NAME_MAX},
    [OBJECT_CHANNEL] = {"CHANNEL", sizeof(struct channel_def), channel_attrs, N_CHANNEL_ATTRS,
        MQ_CHANNEL_MAX},
    [OBJECT_LISTENER] = {"LISTENER", sizeof(struct listener_def), listener_attrs, N_LISTENER_ATTRS,
        MQ_NAME_MAX},
    [OBJECT_CHLAUTH] = {"CHLAUTH", sizeof(struct chlauth_def), chlauth_attrs, N_CHLAUTH_ATTRS,
        MQ_CHANNEL_MAX},
    [OBJECT_AUTHREC] = {"AUTHREC", sizeof(struct authrec_def), authrec_attrs, N_AUTHREC_ATTRS,
        MQ_NAME_MAX},
};

const struct object_class *
object_class(enum object_type type)
{
    assert(type < OBJECT_TYPES);
    return &classes[type];
}

int32_t
object_subtype(enum object_type type, const void *def)
{
    const struct object_class *class = object_class(type);
    for (size_t i = 0; i < class->n_attrs; i++)
        if ((class->attrs[i].flags & ATTR_TYPE) != 0)
            return attr_int(&class->attrs[i], def);
    return 0;
}

bool
attr_applies(const struct attr *a, int32_t subtype)
{
    if (a->applies == 0 || subtype == 0)
        return true;
    return subtype > 0 && subtype < 32 && (a->applies & (1u << subtype)) != 0;
}

void
object_init(enum object_type type, int32_t subtype, void *def)
{
    const struct object_class *class = object_class(type);
    memset(def, 0, class->size);
    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        if ((a->flags & ATTR_TYPE) != 0)
            memcpy((char *)def + a->offset, &subtype, sizeof(subtype));
        if (a->initial == NULL || !attr_applies(a, subtype))
            continue;
        enum rc rc = attr_store(a, def, a->initial, true, NULL);
        assert(rc == RC_OK); /* a row whose default is not valid */
        (void)rc;
    }
}

static bool
has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; at != NULL && *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (len == n && strncasecmp(at, word, n) == 0)
            return true;
        at += len;
        at += strspn(at, " ");
    }
    return false;
}

/* NOTRIGGER finds TRIGGER: either word of a flag is its keyword. */
static bool
is_called(const struct attr *a, const char *keyword)
{
    if (text_equal_fold(a->name, keyword) || has_word(a->synonyms, keyword))
        return true;
    if (a->kind != ATTR_FLAG)
        return false;
    for (const struct attr_value *v = a->values; v->word != NULL; v++)
        if (text_equal_fold(v->word, keyword))
            return true;
    return false;
}

const struct attr *
object_attr(enum object_type type, int32_t subtype, const char *keyword)
{
    const struct object_class *class = object_class(type);
    for (size_t i = 0; i < class->n_attrs; i++)
        if (attr_applies(&class->attrs[i], subtype) && is_called(&class->attrs[i], keyword))
            return &class->attrs[i];
    return NULL;
}

static enum rc
missing(const char *keyword, int32_t reason, struct failure *f)
{
    (void)fail(f, RC_INVALID, "%s is missing", keyword);
    failure_id(f, "AMQ8405I");
    failure_reason(f, reason);
    return RC_INVALID;
}

static enum rc
check_channel(const struct channel_def *c, struct failure *f)
{
    enum { XMIT_Q_NAME_ERROR = 4045, MISSING_CONN_NAME = 4061 }; /* MQRCCF_* */
    if (c->channel[0] == '\0')
        return missing("CHANNEL", 0, f);
    bool sends = c->chltype == CT_SDR || c->chltype == CT_SVR;
    bool calls = c->chltype == CT_SDR || c->chltype == CT_RQSTR || c->chltype == CT_CLNTCONN ||
                 c->chltype == CT_CLUSSDR;
    if (sends && c->xmitq[0] == '\0')
        return missing("XMITQ", XMIT_Q_NAME_ERROR, f);
    if (calls && c->conname[0] == '\0')
        return missing("CONNAME", MISSING_CONN_NAME, f);
    return RC_OK;
}

static enum rc
check_queue(const struct queue_def *q, struct failure *f)
{
    if (q->queue[0] == '\0')
        return missing("QUEUE", 0, f);
    if (q->streamq[0] != '\0' && strcmp(q->streamq, q->queue) == 0) {
        (void)fail(f, RC_INVALID, "STREAMQ cannot name the queue itself");
        failure_id(f, "AMQ8405I");
        return RC_INVALID;
    }
    return RC_OK;
}

static enum rc
check_authrec(const struct authrec_def *a, struct failure *f)
{
    if (a->entity[0] == '\0')
        return missing("PRINCIPAL or GROUP", 0, f);
    if (a->objtype != OBJTYPE_QMGR && a->profile[0] == '\0')
        return missing("PROFILE", 0, f);
    if ((a->authlist & ~authrec_all(a->objtype)) == 0)
        return RC_OK;
    (void)fail(f, RC_INVALID, "an authority is not valid for this type of object");
    failure_id(f, "AMQ8405I");
    return RC_INVALID;
}

enum rc
object_check(enum object_type type, const void *def, struct failure *f)
{
    const struct object_class *class = object_class(type);
    const struct attr *name = &class->attrs[0];
    switch (type) {
    case OBJECT_QUEUE:
        return check_queue(def, f);
    case OBJECT_CHANNEL:
        return check_channel(def, f);
    case OBJECT_AUTHREC:
        return check_authrec(def, f);
    case OBJECT_QMGR:
    case OBJECT_LISTENER:
    case OBJECT_CHLAUTH:
        if (((const char *)def)[name->offset] == '\0')
            return missing(name->name, 0, f);
        return RC_OK;
    case OBJECT_TYPES:
        break;
    }
    assert(false);
    return RC_INVALID;
}
