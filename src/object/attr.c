/*
 * attr.c - one attribute of one definition: from text, to text.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "object/rows.h"

static char *
field_text(const struct attr *a, void *def)
{
    return (char *)def + a->offset;
}

static const char *
field_text_const(const struct attr *a, const void *def)
{
    return (const char *)def + a->offset;
}

static void
field_set_int(const struct attr *a, void *def, int32_t value)
{
    assert(a->size == sizeof(value));
    memcpy((char *)def + a->offset, &value, sizeof(value));
}

static int32_t
field_int(const struct attr *a, const void *def)
{
    int32_t value;
    assert(a->size == sizeof(value));
    memcpy(&value, (const char *)def + a->offset, sizeof(value));
    return value;
}

static const struct attr_value *
value_find(const struct attr *a, const char *word, size_t n)
{
    for (const struct attr_value *v = a->values; v != NULL && v->word != NULL; v++)
        if (strlen(v->word) == n && strncasecmp(v->word, word, n) == 0)
            return v;
    return NULL;
}

static const char *
value_word(const struct attr *a, int32_t value)
{
    for (const struct attr_value *v = a->values; v != NULL && v->word != NULL; v++)
        if (v->value == value)
            return v->word;
    return NULL;
}

static enum rc
refuse_value(const struct attr *a, const char *text, struct failure *f)
{
    AUTO_BUF words = buf_new(400, ORDER_BIG);
    for (const struct attr_value *v = a->values; v != NULL && v->word != NULL; v++)
        buf_printf(&words, "%s%s", words.n > 0 ? ", " : "", v->word);
    (void)fail(f, RC_INVALID, "%s(%.80s) is not valid", a->name, text);
    failure_id(f, "AMQ8405I");
    failure_cause(f, "%s is one of %s", a->name, buf_cstr(&words));
    return RC_INVALID;
}

static enum rc
refuse_length(const struct attr *a, struct failure *f)
{
    (void)fail(f, RC_INVALID, "the value of %s is longer than %d characters", a->name, a->size - 1);
    failure_id(f, "AMQ8413E");
    return RC_INVALID;
}

/* Copy without trailing blanks; a field keeps no bytes of its former value, so that definitions can
 * be compared as memory. */
static void
store_text(const struct attr *a, void *def, const char *text, size_t n, bool quoted)
{
    char *to = field_text(a, def);
    memset(to, 0, a->size);
    memcpy(to, text, n);
    if (!quoted)
        text_upper(to);
}

static enum rc
set_text(const struct attr *a, void *def, const char *text, bool quoted, struct failure *f)
{
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == ' ')
        n--;
    if (n >= a->size)
        return refuse_length(a, f);
    if (a->kind == ATTR_NAME && n > 0) {
        char name[MQ_NAME_MAX + 1] = "";
        if (n < sizeof(name))
            memcpy(name, text, n);
        if (!text_is_mq_name(name, a->size - 1u)) {
            (void)fail(f, RC_INVALID, "%s(%.60s) is not a valid name", a->name, text);
            failure_id(f, "AMQ8405I");
            return RC_INVALID;
        }
    }
    store_text(a, def, text, n, quoted);
    return RC_OK;
}

static enum rc
set_int(const struct attr *a, void *def, const char *text, struct failure *f)
{
    const struct attr_value *v = value_find(a, text, strlen(text));
    if (v != NULL) {
        field_set_int(a, def, v->value);
        return RC_OK;
    }
    size_t n = strspn(text, "0123456789");
    long long value = n > 0 && n <= 12 && text[n] == '\0' ? strtoll(text, NULL, 10) : -1;
    if (value < a->min || value > a->max) {
        (void)fail(f, RC_INVALID, "%s(%.40s) is not in the range %lld to %lld", a->name, text,
            (long long)a->min, (long long)a->max);
        failure_id(f, "AMQ8412E");
        return RC_INVALID;
    }
    field_set_int(a, def, (int32_t)value);
    return RC_OK;
}

static enum rc
set_word(const struct attr *a, void *def, const char *text, struct failure *f)
{
    const struct attr_value *v = value_find(a, text, strlen(text));
    if (v == NULL)
        return refuse_value(a, text, f);
    field_set_int(a, def, v->value);
    return RC_OK;
}

/* The next item of a comma list, without the blanks around it; false at the end. */
static bool
list_next(const char **at, const char **item, size_t *n)
{
    const char *p = *at;
    if (p == NULL)
        return false;
    size_t len = strcspn(p, ",");
    *at = p[len] == ',' ? p + len + 1 : NULL;
    while (len > 0 && *p == ' ') {
        p++;
        len--;
    }
    while (len > 0 && p[len - 1] == ' ')
        len--;
    *item = p;
    *n = len;
    return true;
}

static enum rc
set_list(const struct attr *a, void *def, const char *text, bool quoted, struct failure *f)
{
    AUTO_BUF joined = buf_new(a->size, ORDER_BIG);
    const char *item;
    size_t n;
    for (const char *at = text; list_next(&at, &item, &n);) {
        if (n == 0)
            continue;
        const struct attr_value *v = value_find(a, item, n);
        if (a->values != NULL && v == NULL)
            return refuse_value(a, text, f);
        if (joined.n > 0)
            buf_u8(&joined, ',');
        if (v != NULL)
            buf_put(&joined, v->word, strlen(v->word));
        else
            buf_put(&joined, item, n);
    }
    if (!buf_ok(&joined) || joined.n >= a->size)
        return refuse_length(a, f);
    store_text(a, def, joined.n > 0 ? (const char *)joined.p : "", joined.n, quoted);
    return RC_OK;
}

static enum rc
set_mask(const struct attr *a, void *def, const char *text, struct failure *f)
{
    int32_t mask = 0;
    const char *item;
    size_t n;
    for (const char *at = text; list_next(&at, &item, &n);) {
        const struct attr_value *v = n > 0 ? value_find(a, item, n) : NULL;
        if (n > 0 && v == NULL)
            return refuse_value(a, text, f);
        mask |= v != NULL ? v->value : 0;
    }
    field_set_int(a, def, mask);
    return RC_OK;
}

enum rc
attr_store(const struct attr *a, void *def, const char *text, bool quoted, struct failure *f)
{
    switch (a->kind) {
    case ATTR_NAME:
    case ATTR_TEXT:
    case ATTR_DATE:
    case ATTR_CLOCK:
        return set_text(a, def, text, quoted, f);
    case ATTR_INT:
        return set_int(a, def, text, f);
    case ATTR_KEYWORD:
    case ATTR_FLAG:
        return set_word(a, def, text, f);
    case ATTR_LIST:
        return set_list(a, def, text, quoted, f);
    case ATTR_SET:
        return set_mask(a, def, text, f);
    }
    assert(false);
    return RC_INVALID;
}

enum rc
attr_set(const struct attr *a, void *def, const char *text, bool quoted, struct failure *f)
{
    if ((a->flags & ATTR_READ_ONLY) != 0) {
        (void)fail(f, RC_INVALID, "%s cannot be changed", a->name);
        failure_id(f, "AMQ8405I");
        return RC_INVALID;
    }
    return attr_store(a, def, text, quoted, f);
}

static void
print_mask(const struct attr *a, int32_t mask, struct buf *out)
{
    bool first = true;
    for (const struct attr_value *v = a->values; v != NULL && v->word != NULL; v++) {
        if ((mask & v->value) == 0)
            continue;
        buf_printf(out, "%s%s", first ? "" : ",", v->word);
        first = false;
    }
}

void
attr_reveal(const struct attr *a, const void *def, struct buf *out)
{
    switch (a->kind) {
    case ATTR_NAME:
    case ATTR_TEXT:
    case ATTR_DATE:
    case ATTR_CLOCK:
    case ATTR_LIST:
        buf_printf(out, "%s", field_text_const(a, def));
        return;
    case ATTR_INT:
    case ATTR_KEYWORD:
    case ATTR_FLAG: {
        int32_t value = field_int(a, def);
        const char *word = value_word(a, value);
        if (word != NULL)
            buf_printf(out, "%s", word);
        else
            buf_printf(out, "%d", value);
        return;
    }
    case ATTR_SET:
        print_mask(a, field_int(a, def), out);
        return;
    }
}

void
attr_print(const struct attr *a, const void *def, struct buf *out)
{
    if ((a->flags & ATTR_SECRET) == 0)
        attr_reveal(a, def, out);
    else if (field_text_const(a, def)[0] != '\0')
        buf_printf(out, "********");
}

int32_t
attr_int(const struct attr *a, const void *def)
{
    return a->size == sizeof(int32_t) && a->kind >= ATTR_INT && a->kind != ATTR_LIST
               ? field_int(a, def)
               : 0;
}
