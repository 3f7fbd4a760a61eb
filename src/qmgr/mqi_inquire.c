/* MQINQ and MQSET: selectors are the PCF ids of the attribute rows. */
#include <string.h>

#include "qmgr/connection.h"

enum {
    MQIA_FIRST = 1,
    MQIA_LAST = 2000,
    MQCA_FIRST = 2001,
    MQCA_LAST = 4000,
    MQIA_CURRENT_Q_DEPTH = 3,
    MQIA_OPEN_INPUT_COUNT = 17,
    MQIA_OPEN_OUTPUT_COUNT = 18,
    MQIA_COMMAND_LEVEL = 31,
    MQIA_INHIBIT_GET = 9,
    MQIA_INHIBIT_PUT = 10,
    MQIA_TRIGGER_CONTROL = 24,
    MQIA_TRIGGER_MSG_PRIORITY = 26,
    MQIA_TRIGGER_TYPE = 28,
    MQIA_TRIGGER_DEPTH = 29,
    MQIA_DIST_LISTS = 34,
    MQCA_TRIGGER_DATA = 2023,
    MQIAV_NOT_APPLICABLE = -1,
    /* Clients choose their dialect by the level that they are told: this one makes them use plain
     * MQOPEN and MQGET (spec/client-protocol.md 0).  DISPLAY QMGR CMDLEVEL shows the definition's.
     */
    CLIENT_COMMAND_LEVEL = 600
};

struct inquiry {
    enum object_type type;
    const void *def;
    const struct queue *queue; /* a local queue's figures */
    int32_t warning;
};

static const struct attr *
row_for(const struct inquiry *q, int32_t selector, bool *known)
{
    const struct object_class *class = object_class(q->type);
    uint32_t bit = 1u << object_subtype(q->type, q->def);

    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        if (a->pcf != selector)
            continue;
        *known = true;
        if (a->applies == 0 || (a->applies & bit))
            return a;
    }
    return NULL;
}

static bool
figure(const struct inquiry *q, int32_t selector, int32_t *out)
{
    if (q->type == OBJECT_QMGR && selector == MQIA_COMMAND_LEVEL) {
        *out = CLIENT_COMMAND_LEVEL;
        return true;
    }
    if (q->queue == NULL)
        return false;
    switch (selector) {
    case MQIA_CURRENT_Q_DEPTH:
        *out = (int32_t)q->queue->depth;
        return true;
    case MQIA_OPEN_INPUT_COUNT:
        *out = (int32_t)q->queue->open_input;
        return true;
    case MQIA_OPEN_OUTPUT_COUNT:
        *out = (int32_t)q->queue->open_output;
        return true;
    default:
        return false;
    }
}

/* What a queue has and this type of queue has not: a warning and "not applicable".  What nobody
 * here knows: 0 and blanks, which clients take for "not offered". */
static int32_t
int_for(struct inquiry *q, int32_t selector)
{
    bool known = false;
    int32_t value;

    if (figure(q, selector, &value))
        return value;
    const struct attr *a = row_for(q, selector, &known);
    if (a != NULL && a->size == sizeof(int32_t))
        return attr_int(a, q->def);
    if (!known)
        return 0;
    q->warning = MQRC_SELECTOR_NOT_FOR_TYPE;
    return MQIAV_NOT_APPLICABLE;
}

static size_t
chars_for(struct inquiry *q, int32_t selector, char *to, size_t room)
{
    bool known = false;
    const struct attr *a = row_for(q, selector, &known);
    size_t size = a != NULL ? a->size - 1u : MQ_NAME_MAX;

    if (size > room) {
        q->warning = MQRC_CHAR_ATTRS_TOO_SHORT;
        size = room;
    }
    memset(to, a == NULL && known ? '*' : ' ', size);
    if (a == NULL && known && q->warning == MQRC_NONE)
        q->warning = MQRC_SELECTOR_NOT_FOR_TYPE;
    if (a != NULL) {
        const char *text = (const char *)q->def + a->offset;
        size_t n = strnlen(text, size);
        memcpy(to, text, n);
    }
    return size;
}

static int32_t
answer_all(struct inquiry *q, const int32_t *selectors, size_t n, int32_t *ints, size_t n_ints,
    char *chars, size_t n_chars)
{
    size_t ints_used = 0;
    size_t chars_used = 0;

    memset(chars, ' ', n_chars);
    for (size_t i = 0; i < n; i++) {
        int32_t s = selectors[i];
        if (s >= MQIA_FIRST && s <= MQIA_LAST) {
            if (ints_used == n_ints)
                q->warning = MQRC_INT_ATTR_COUNT_TOO_SMALL;
            else
                ints[ints_used++] = int_for(q, s);
        } else if (s >= MQCA_FIRST && s <= MQCA_LAST) {
            chars_used += chars_for(q, s, chars + chars_used, n_chars - chars_used);
        } else {
            return MQRC_SELECTOR_ERROR;
        }
    }
    return MQRC_NONE;
}

struct mqi_result
mqi_inquire(struct hconn *h, int32_t hobj, const int32_t *selectors, size_t n, int32_t *ints,
    size_t n_ints, char *chars, size_t n_chars)
{
    const struct handle *hd = hconn_handle(h, hobj);
    struct inquiry q = {.type = OBJECT_QUEUE};

    h->position = 0;
    if (hd == NULL)
        return mqi_failed(MQRC_HOBJ_ERROR);
    if (!(hd->options & OO_INQUIRE))
        return mqi_failed(MQRC_NOT_OPEN_FOR_INQUIRE);
    if (hd->is_qmgr) {
        q.type = OBJECT_QMGR;
        q.def = qmgr_def(h->mqi->qmgr);
    } else if (hd->to.queue->def == NULL) {
        return mqi_failed(MQRC_Q_DELETED);
    } else {
        q.def = hd->to.def;
        q.queue = hd->to.def->type == QT_LOCAL ? hd->to.queue : NULL;
    }
    int32_t reason = answer_all(&q, selectors, n, ints, n_ints, chars, n_chars);
    if (reason != MQRC_NONE)
        return mqi_failed(reason);
    return q.warning != MQRC_NONE ? mqi_warned(q.warning) : mqi_ok();
}

/* ---- MQSET ---- */
static const struct settable {
    int32_t selector, min, max, reason;
} settables[] = {
    {MQIA_INHIBIT_GET, 0, 1, MQRC_INHIBIT_VALUE_ERROR},
    {MQIA_INHIBIT_PUT, 0, 1, MQRC_INHIBIT_VALUE_ERROR},
    {MQIA_TRIGGER_CONTROL, 0, 1, MQRC_TRIGGER_CONTROL_ERROR},
    {MQIA_TRIGGER_MSG_PRIORITY, 0, 9, MQRC_TRIGGER_MSG_PRIORITY_ERR},
    {MQIA_TRIGGER_TYPE, 0, 3, MQRC_TRIGGER_TYPE_ERROR},
    {MQIA_TRIGGER_DEPTH, 1, 999999999, MQRC_TRIGGER_DEPTH_ERROR},
    {MQIA_DIST_LISTS, 0, 1, MQRC_SELECTOR_ERROR},
};

static int32_t
set_int(struct queue_def *def, int32_t selector, int32_t value)
{
    const struct inquiry q = {.type = OBJECT_QUEUE, .def = def};
    bool known = false;
    const struct attr *a = row_for(&q, selector, &known);

    for (size_t i = 0; i < sizeof(settables) / sizeof(*settables); i++) {
        const struct settable *s = &settables[i];
        if (s->selector != selector)
            continue;
        if (a == NULL)
            return MQRC_SELECTOR_NOT_FOR_TYPE;
        if (value < s->min || value > s->max)
            return s->reason;
        memcpy((char *)def + a->offset, &value, sizeof(value));
        return MQRC_NONE;
    }
    return MQRC_SELECTOR_ERROR;
}

static int32_t
set_all(struct queue_def *def, const int32_t *selectors, size_t n, const int32_t *ints,
    size_t n_ints, const char *chars, size_t n_chars)
{
    size_t used = 0;
    size_t size = sizeof(def->trigdata) - 1;
    int32_t reason = MQRC_NONE;

    for (size_t i = 0; i < n && reason == MQRC_NONE; i++) {
        if (selectors[i] != MQCA_TRIGGER_DATA) {
            if (used == n_ints)
                return MQRC_INT_ATTR_COUNT_TOO_SMALL;
            reason = set_int(def, selectors[i], ints[used++]);
        } else if (n_chars < size) {
            reason = MQRC_CHAR_ATTRS_TOO_SHORT;
        } else {
            struct reader r = reader_of(span_of(chars, size), ORDER_LITTLE);
            reader_text(&r, def->trigdata, size);
        }
    }
    return reason;
}

struct mqi_result
mqi_set(struct hconn *h, int32_t hobj, const int32_t *selectors, size_t n, const int32_t *ints,
    size_t n_ints, const char *chars, size_t n_chars)
{
    const struct handle *hd = hconn_handle(h, hobj);
    struct qmgr *q = h->mqi->qmgr;
    struct queue_def def;

    h->position = 0;
    if (hd == NULL)
        return mqi_failed(MQRC_HOBJ_ERROR);
    if (hd->is_qmgr || !(hd->options & OO_SET))
        return mqi_failed(MQRC_NOT_OPEN_FOR_SET);
    if (hd->to.queue->def == NULL)
        return mqi_failed(MQRC_Q_DELETED);
    def = *hd->to.def;
    int32_t reason = set_all(&def, selectors, n, ints, n_ints, chars, n_chars);
    if (reason == MQRC_NONE && objects_set(qmgr_objects(q), OBJECT_QUEUE, &def, NULL) != RC_OK)
        reason = MQRC_RESOURCE_PROBLEM;
    if (reason == MQRC_NONE)
        h->position = store_position(qmgr_store(q));
    return mqi_answer(reason);
}
