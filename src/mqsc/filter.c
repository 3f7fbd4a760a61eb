/*
 * filter.c - WHERE(attribute operator value) (spec/mqsc-syntax.md 4).
 */
#include <stdlib.h>
#include <string.h>

#include "mqsc/mqsc.h"

/* Copy up to the next comma; false when it is not there or does not fit. */
static bool
take_part(const char **at, char *to, size_t size)
{
    size_t n = strcspn(*at, ",");
    if (n == 0 || n >= size || (*at)[n] == '\0')
        return false;
    memcpy(to, *at, n);
    to[n] = '\0';
    text_upper(to);
    *at += n + 1;
    return true;
}

bool
mqsc_filter(const struct mqsc_command *c, struct mqsc_filter *out)
{
    const struct mqsc_param *p = mqsc_param(c, "WHERE");
    if (p == NULL || p->value == NULL)
        return false;
    const char *at = p->value;
    if (!take_part(&at, out->keyword, sizeof(out->keyword)) ||
        !take_part(&at, out->op, sizeof(out->op)))
        return false;
    out->value = at;
    return true;
}

static bool
is_number(const char *s)
{
    size_t sign = s[0] == '-';
    size_t n = strspn(s + sign, "0123456789");
    return n > 0 && n < 19 && s[sign + n] == '\0';
}

static int
compare(const char *a, const char *b)
{
    if (is_number(a) && is_number(b)) {
        long long x = strtoll(a, NULL, 10), y = strtoll(b, NULL, 10);
        return (x > y) - (x < y);
    }
    return strcmp(a, b);
}

/* Is one of the items of a comma list the value, or like it? */
static bool
contains(const char *list, const char *value, bool generic)
{
    for (const char *at = list; at != NULL;) {
        char item[256] = "";
        size_t n = strcspn(at, ",");
        if (n < sizeof(item)) {
            memcpy(item, at, n);
            if (generic ? text_matches_generic(value, item) : strcmp(value, item) == 0)
                return true;
        }
        at = at[n] == ',' ? at + n + 1 : NULL;
    }
    return false;
}

enum operator_kind { COMPARE, GENERIC, ITEM, GENERIC_ITEM };

/* Which results of a comparison satisfy it; for the others, whether a match does. */
static const struct {
    char op[4];
    enum operator_kind kind;
    bool less, equal, greater;
} operators[] = {
    {"LT", COMPARE, true, false, false},
    {"GT", COMPARE, false, false, true},
    {"EQ", COMPARE, false, true, false},
    {"NE", COMPARE, true, false, true},
    {"LE", COMPARE, true, true, false},
    {"GE", COMPARE, false, true, true},
    {"LK", GENERIC, false, true, false},
    {"NL", GENERIC, true, false, true},
    {"CT", ITEM, false, true, false},
    {"EX", ITEM, true, false, true},
    {"CTG", GENERIC_ITEM, false, true, false},
    {"EXG", GENERIC_ITEM, true, false, true},
};

static int
judge(enum operator_kind kind, const char *text, const char *value)
{
    switch (kind) {
    case COMPARE:
        return compare(text, value);
    case GENERIC:
        return text_matches_generic(value, text) ? 0 : 1;
    case ITEM:
        return contains(text, value, false) ? 0 : 1;
    case GENERIC_ITEM:
        return contains(text, value, true) ? 0 : 1;
    }
    return 1;
}

bool
mqsc_filter_match(const struct mqsc_filter *f, const char *text)
{
    const char *value = strspn(f->value, " ") == strlen(f->value) ? "" : f->value;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (strcmp(operators[i].op, f->op) != 0)
            continue;
        int order = judge(operators[i].kind, text, value);
        if (order == 0)
            return operators[i].equal;
        return order < 0 ? operators[i].less : operators[i].greater;
    }
    return false;
}

bool
mqsc_where(const struct mqsc_command *c, enum object_type type, const void *def)
{
    struct mqsc_filter f;
    if (mqsc_param(c, "WHERE") == NULL)
        return true;
    if (!mqsc_filter(c, &f))
        return false;
    const struct attr *a = object_attr(type, object_subtype(type, def), f.keyword);
    if (a == NULL)
        return false;
    AUTO_BUF value = buf_new(MQSC_COMMAND_MAX, ORDER_BIG);
    attr_print(a, def, &value);
    return mqsc_filter_match(&f, buf_cstr(&value));
}
