/* Definitions in memory, by type and name, and their records in the journal. */
#include "qmgr/objects.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/parts.h"
#include "qmgr/sorted.h"

struct object {
    char name[49];
    bool temporary;
    _Alignas(max_align_t) unsigned char def[];
};

/* Records that are looked at as a whole: one journal record holds them all. */
struct object_array {
    void *items;
    size_t n;
};

struct objects {
    struct qmgr *qmgr;
    struct sorted by_name[OBJECT_TYPES];
    struct object_array arrays[OBJECT_TYPES];
    struct store_unit *collecting;
};

struct objects *
objects_new(struct qmgr *q)
{
    struct objects *o = calloc(1, sizeof(*o));

    if (o == NULL)
        abort();
    o->qmgr = q;
    for (size_t t = 0; t < OBJECT_TYPES; t++)
        o->by_name[t] = sorted_new(offsetof(struct object, name));
    return o;
}

void
objects_free(struct objects *o)
{
    if (o == NULL)
        return;
    for (size_t t = 0; t < OBJECT_TYPES; t++) {
        for (size_t i = 0; i < o->by_name[t].n; i++)
            free(o->by_name[t].items[i]);
        sorted_free(&o->by_name[t]);
        free(o->arrays[t].items);
    }
    free(o);
}

void
objects_collect(struct objects *o, struct store_unit *u)
{
    o->collecting = u;
}

static bool
is_array(enum object_type type)
{
    return type == OBJECT_CHLAUTH || type == OBJECT_AUTHREC;
}

/* The queue manager is one: whatever its name is. */
static const char *
name_in(enum object_type type, const void *def)
{
    const struct object_class *class = object_class(type);

    if (type == OBJECT_QMGR)
        return "";
    size_t i = 0;
    while (i < class->n_attrs && !(class->attrs[i].flags & ATTR_KEY))
        i++;
    assert(i < class->n_attrs);
    return (const char *)def + class->attrs[i].offset;
}

static struct object *
find(const struct objects *o, enum object_type type, const char *name)
{
    return sorted_find(&o->by_name[type], type == OBJECT_QMGR ? "" : name);
}

void *
objects_find(struct objects *o, enum object_type type, const char *name)
{
    struct object *object = find(o, type, name);

    return object != NULL ? object->def : NULL;
}

static void *
place(struct objects *o, enum object_type type, const void *def, bool temporary)
{
    size_t size = object_class(type)->size;
    struct object *object = find(o, type, name_in(type, def));

    if (object == NULL) {
        object = calloc(1, sizeof(*object) + size);
        if (object == NULL)
            abort();
        text_copy(object->name, sizeof(object->name), name_in(type, def));
        object->temporary = temporary;
        sorted_add(&o->by_name[type], object);
    }
    if (def != object->def)
        memcpy(object->def, def, size);
    return object->def;
}

static void
remove_object(struct objects *o, enum object_type type, struct object *object)
{
    sorted_drop(&o->by_name[type], object);
    free(object);
}

/* ---- the journal ---- */
static void
key_for(enum object_type type, const char *name, char to[KEY_MAX])
{
    snprintf(to, KEY_MAX, KEY_OBJECT "%s/%s", object_class(type)->noun, name);
}

static enum rc
write_record(struct objects *o, const char *key, struct span value, struct failure *f)
{
    if (o->collecting != NULL)
        return store_set(o->collecting, key, value, f);

    struct store_unit *u = store_begin(qmgr_store(o->qmgr));
    enum rc rc = store_set(u, key, value, f);
    if (rc != RC_OK) {
        store_backout(u);
        return rc;
    }
    return store_commit(u, f);
}

static bool
type_of(const char *key, enum object_type *type, const char **name)
{
    for (size_t t = 0; t < OBJECT_TYPES; t++) {
        const char *noun = object_class((enum object_type)t)->noun;
        size_t n = strlen(noun);
        if (strncmp(key, noun, n) == 0 && key[n] == '/') {
            *type = (enum object_type)t;
            *name = key + n + 1;
            return true;
        }
    }
    return false;
}

static enum rc
replay_array(struct objects *o, enum object_type type, struct span value, struct failure *f)
{
    size_t size = object_class(type)->size;
    struct reader r = reader_of(value, ORDER_LITTLE);
    uint32_t n = value.n > 0 ? reader_u32(&r) : 0;

    if (n > value.n)
        return fail(
            f, RC_CORRUPT, "the journal's %s records are damaged", object_class(type)->noun);
    unsigned char *items = n > 0 ? calloc(n, size) : NULL;
    if (n > 0 && items == NULL)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        enum object_type found = type;
        struct span one = reader_take(&r, reader_u32(&r));
        enum rc rc = object_decode(one, &found, items + i * size, size, f);
        if (rc != RC_OK) {
            free(items);
            return rc;
        }
    }
    free(o->arrays[type].items);
    o->arrays[type] = (struct object_array){items, n};
    return RC_OK;
}

enum rc
objects_replay(struct objects *o, const char *key, struct span value, struct failure *f)
{
    enum object_type type;
    const char *name;
    union object_any def;

    assert(strncmp(key, KEY_OBJECT, strlen(KEY_OBJECT)) == 0);
    if (!type_of(key + strlen(KEY_OBJECT), &type, &name))
        return fail(f, RC_UNSUPPORTED, "the journal holds an object of an unknown type: %s", key);
    if (is_array(type))
        return replay_array(o, type, value, f);
    if (value.n == 0) {
        struct object *object = find(o, type, name);
        if (object != NULL)
            remove_object(o, type, object);
        return RC_OK;
    }
    enum rc rc = object_decode(value, &type, &def, sizeof(def), f);
    if (rc == RC_OK)
        place(o, type, &def, false);
    return rc;
}

/* ---- changes ---- */
static void
stamp(struct objects *o, enum object_type type, void *def, const char *date, const char *clock)
{
    const struct attr *d = object_attr(type, 0, date);
    const struct attr *c = object_attr(type, 0, clock);
    int64_t now = io_wall(qmgr_io(o->qmgr));

    if (d != NULL && c != NULL) {
        time_date(now, (char *)def + d->offset);
        time_clock(now, (char *)def + c->offset);
    }
}

enum rc
objects_set(struct objects *o, enum object_type type, const void *def, struct failure *f)
{
    union object_any copy;
    char key[KEY_MAX];
    struct buf value = buf_new(1u << 20, ORDER_LITTLE);
    struct object *old = find(o, type, name_in(type, def));

    assert(!is_array(type));
    memcpy(&copy, def, object_class(type)->size);
    stamp(o, type, &copy, "ALTDATE", "ALTTIME");
    if (old == NULL)
        stamp(o, type, &copy, "CRDATE", "CRTIME");
    key_for(type, name_in(type, def), key);
    object_encode(type, &copy, &value);
    assert(buf_ok(&value));

    bool temporary = old != NULL && old->temporary;
    enum rc rc = temporary ? RC_OK : write_record(o, key, buf_span(&value), f);
    buf_free(&value);
    if (rc != RC_OK)
        return rc;
    place(o, type, &copy, false);
    if (type == OBJECT_QUEUE)
        mqi_changed(qmgr_mqi(o->qmgr), copy.queue.queue);
    return RC_OK;
}

static enum rc
drop_records(struct objects *o, enum object_type type, const char *name, struct failure *f)
{
    char key[KEY_MAX];
    struct span none = {NULL, 0};
    struct store_unit *u = store_begin(qmgr_store(o->qmgr));

    key_for(type, name, key);
    enum rc rc = store_set(u, key, none, f);
    if (rc == RC_OK && type == OBJECT_QUEUE) {
        snprintf(key, sizeof(key), KEY_QUEUE "%s", name);
        rc = store_set(u, key, none, f);
    }
    if (rc != RC_OK) {
        store_backout(u);
        return rc;
    }
    return store_commit(u, f);
}

enum rc
objects_drop(struct objects *o, enum object_type type, const char *name, struct failure *f)
{
    struct object *object = find(o, type, name);
    enum rc rc = RC_OK;
    char kept[49]; /* name may stand in the definition that goes away */

    if (object == NULL) {
        fail(f, RC_NOT_FOUND, "Object %s not found.", name);
        failure_id(f, "AMQ8147E");
        return RC_NOT_FOUND;
    }
    text_copy(kept, sizeof(kept), name);
    if (type == OBJECT_QUEUE)
        rc = mqi_may_drop(qmgr_mqi(o->qmgr), kept, f);
    if (rc == RC_OK && !object->temporary)
        rc = drop_records(o, type, kept, f);
    if (rc != RC_OK)
        return rc;
    if (type == OBJECT_QUEUE)
        mqi_dropped(qmgr_mqi(o->qmgr), kept);
    remove_object(o, type, object);
    return RC_OK;
}

struct queue_def *
objects_add_temporary(struct objects *o, const struct queue_def *def)
{
    struct queue_def copy = *def;

    stamp(o, OBJECT_QUEUE, &copy, "ALTDATE", "ALTTIME");
    stamp(o, OBJECT_QUEUE, &copy, "CRDATE", "CRTIME");
    return place(o, OBJECT_QUEUE, &copy, true);
}

void
objects_drop_temporary(struct objects *o, const char *name)
{
    struct object *object = find(o, OBJECT_QUEUE, name);

    assert(object != NULL && object->temporary);
    remove_object(o, OBJECT_QUEUE, object);
}

void
objects_each(
    struct objects *o, enum object_type type, const char *generic, objects_fn *fn, void *arg)
{
    struct sorted *s = &o->by_name[type];

    for (size_t i = 0; i < s->n;) {
        struct object *object = s->items[i];
        if (text_matches_generic(generic, object->name) || type == OBJECT_QMGR)
            fn(arg, object->def);
        /* fn may have dropped it */
        if (i < s->n && s->items[i] == object)
            i++;
    }
}

/* ---- CHLAUTH and AUTHREC ---- */
static enum rc
array_set(struct objects *o, enum object_type type, const void *items, size_t n, struct failure *f)
{
    size_t size = object_class(type)->size;
    struct buf value = buf_new(64u << 20, ORDER_LITTLE);
    char key[KEY_MAX];

    buf_u32(&value, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        size_t at = value.n;
        buf_u32(&value, 0);
        object_encode(type, (const unsigned char *)items + i * size, &value);
        if (buf_ok(&value))
            buf_patch_u32(&value, at, (uint32_t)(value.n - at - 4));
    }
    key_for(type, "", key);
    enum rc rc = buf_ok(&value) ? write_record(o, key, buf_span(&value), f)
                                : fail(f, RC_LIMIT, "there are too many %s records", key);
    buf_free(&value);
    if (rc != RC_OK)
        return rc;

    void *copy = malloc(n * size + 1);
    if (copy == NULL)
        abort();
    if (n > 0)
        memcpy(copy, items, n * size);
    free(o->arrays[type].items);
    o->arrays[type] = (struct object_array){copy, n};
    return RC_OK;
}

const struct chlauth_def *
objects_chlauth(struct objects *o, size_t *n)
{
    *n = o->arrays[OBJECT_CHLAUTH].n;
    return o->arrays[OBJECT_CHLAUTH].items;
}

enum rc
objects_chlauth_set(struct objects *o, const struct chlauth_def *rules, size_t n, struct failure *f)
{
    return array_set(o, OBJECT_CHLAUTH, rules, n, f);
}

const struct authrec_def *
objects_authrec(struct objects *o, size_t *n)
{
    *n = o->arrays[OBJECT_AUTHREC].n;
    return o->arrays[OBJECT_AUTHREC].items;
}

enum rc
objects_authrec_set(struct objects *o, const struct authrec_def *recs, size_t n, struct failure *f)
{
    return array_set(o, OBJECT_AUTHREC, recs, n, f);
}
