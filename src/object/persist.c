/*
 * persist.c - definitions as bytes for the journal.
 *
 * format u8 (1), noun, subtype u32, then per attribute its keyword and its text; a string is a u16
 * length and its bytes.  All big-endian.  A release reads what it knows: keywords that it does not
 * have are skipped, attributes that were not written keep their defaults.
 */
#include <string.h>

#include "object/rows.h"

enum { FORMAT = 1, VALUE_MAX = 8192 };

/* The buffer's own byte order is the caller's, and may be either. */
static void
put_length(struct buf *out, size_t n)
{
    buf_u8(out, (uint8_t)(n >> 8));
    buf_u8(out, (uint8_t)n);
}

static void
put_string(struct buf *out, struct span s)
{
    put_length(out, s.n);
    buf_span_put(out, s);
}

void
object_encode(enum object_type type, const void *def, struct buf *out)
{
    const struct object_class *class = object_class(type);
    uint32_t subtype = (uint32_t)object_subtype(type, def);
    AUTO_BUF value = buf_new(VALUE_MAX, ORDER_BIG);

    buf_u8(out, FORMAT);
    put_string(out, span_str(class->noun));
    put_length(out, subtype >> 16);
    put_length(out, subtype & 0xffff);
    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        if (!attr_applies(a, (int32_t)subtype) || (a->flags & ATTR_TYPE) != 0)
            continue;
        buf_clear(&value);
        attr_reveal(a, def, &value);
        put_string(out, span_str(a->name));
        put_string(out, buf_span(&value));
    }
    buf_wipe(&value);
}

static bool
find_class(struct span noun, enum object_type *type)
{
    for (int i = 0; i < OBJECT_TYPES; i++) {
        if (span_equal(span_str(object_class((enum object_type)i)->noun), noun)) {
            *type = (enum object_type)i;
            return true;
        }
    }
    return false;
}

static struct span
take_string(struct reader *r)
{
    return reader_take(r, reader_u16(r));
}

/* One attribute of the journal into def. */
static enum rc
decode_attr(struct reader *r, enum object_type type, int32_t subtype, void *def, struct failure *f)
{
    struct span keyword = take_string(r), value = take_string(r);
    char name[32] = "", text[VALUE_MAX + 1] = "";
    if (!reader_ok(r) || value.n >= sizeof(text))
        return fail(f, RC_CORRUPT, "the definition is cut short");
    if (keyword.n >= sizeof(name))
        return RC_OK;
    memcpy(name, keyword.p, keyword.n);
    if (value.n > 0)
        memcpy(text, value.p, value.n);
    const struct attr *a = object_attr(type, subtype, name);
    if (a == NULL || (a->flags & ATTR_TYPE) != 0)
        return RC_OK;
    return attr_store(a, def, text, true, f) == RC_OK ? RC_OK : RC_CORRUPT;
}

enum rc
object_decode(
    struct span bytes, enum object_type *type, void *def, size_t def_size, struct failure *f)
{
    struct reader r = reader_of(bytes, ORDER_BIG);
    uint8_t format = reader_u8(&r);
    struct span noun = take_string(&r);
    int32_t subtype = reader_i32(&r);
    union object_any any;
    enum object_type found;

    if (!reader_ok(&r) || format != FORMAT || !find_class(noun, &found))
        return fail(f, RC_CORRUPT, "not the definition of an object");
    if (def_size < object_class(found)->size)
        return fail(f, RC_LIMIT, "no room for a definition of a %s", object_class(found)->noun);
    object_init(found, subtype, &any);
    while (r.left.n > 0) {
        enum rc rc = decode_attr(&r, found, subtype, &any, f);
        if (rc != RC_OK)
            return rc;
    }
    *type = found;
    memcpy(def, &any, object_class(found)->size);
    return RC_OK;
}
