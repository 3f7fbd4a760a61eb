/*
 * SSLPEER patterns: reading them and matching a Distinguished Name (spec/sslpeer.md).
 *
 * A pattern that can not be read admits nobody: whoever stores one without checking it closes his
 * channel, not opens it.
 */
#include "chlauth/sslpeer.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SSLPEER_TEXT_MAX 1024u
#define MQRCCF_SSL_PEER_NAME_ERROR 4093

/* ---- reading ---- */

static bool
is_end(char c)
{
    return c == '\0' || c == ',' || c == ';';
}

static const char *
skip_blanks(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

static enum rc
refuse(struct failure *f, const char *what, struct span part)
{
    fail(f, RC_INVALID, "The peer name filter is not valid: %s at \"%.*s\"", what,
        (int)(part.n > 60 ? 60 : part.n), (const char *)part.p);
    failure_id(f, "AMQ8243E");
    failure_reason(f, MQRCCF_SSL_PEER_NAME_ERROR);
    failure_fix(f, "Write TYPE=value, separated by commas, with types in upper case (CN, OU, O, L, "
                   "ST, C, DC, ...); put values that hold a comma in double quotes");
    return RC_INVALID;
}

static enum rc
read_type(const char **p, enum dn_type *type, struct failure *f)
{
    const char *start = skip_blanks(*p);
    size_t n = strcspn(start, "=,;");

    if (start[n] != '=' || n == 0)
        return refuse(f, "TYPE=value is expected", span_str(start));
    if (!dn_type_find(span_of(start, n), type))
        return refuse(f, "the type is not known", span_of(start, n));
    *p = start + n + 1;
    return RC_OK;
}

static enum rc
keep(struct sslpeer_element *e, struct span value, struct failure *f)
{
    if (value.n >= sizeof(e->value))
        return refuse(f, "the value is too long", value);
    if (value.n > 0)
        memcpy(e->value, value.p, value.n);
    e->value[value.n] = '\0';
    return RC_OK;
}

/* Everything between the quotes is the value, asterisks too; a quote in it is doubled. */
static enum rc
read_quoted(const char **p, struct sslpeer_element *e, struct failure *f)
{
    char value[SSLPEER_TEXT_MAX];
    const char *c = *p + 1;
    size_t n = 0;

    for (; *c != '\0'; c++) {
        if (*c == '"' && c[1] != '"')
            break;
        if (*c == '"')
            c++;
        value[n++] = *c;
    }
    if (*c != '"')
        return refuse(f, "a quote is not closed", span_str(*p));
    const char *after = skip_blanks(c + 1);
    if (!is_end(*after))
        return refuse(f, "text follows a closing quote", span_str(after));
    *p = after;
    return keep(e, span_of(value, n), f);
}

/* An asterisk at either end is a wildcard unless a backslash makes it literal. */
static enum rc
read_plain(const char **p, struct sslpeer_element *e, struct failure *f)
{
    size_t n = strcspn(*p, ",;");
    struct span v = span_of(*p, n);

    *p += n;
    while (v.n > 0 && v.p[v.n - 1] == ' ')
        v.n--;
    if (v.n == 0)
        return refuse(f, "the value is missing", v);
    if (memchr(v.p, '"', v.n) != NULL)
        return refuse(f, "a quote stands inside a value", v);
    if (v.n == 1 && v.p[0] == '*') {
        e->wild_head = e->wild_tail = true;
        return keep(e, span_of("", 0), f);
    }
    if (v.p[0] == '*') {
        e->wild_head = true;
        v = span_of(v.p + 1, v.n - 1);
    } else if (v.n >= 2 && v.p[0] == '\\' && v.p[1] == '*') {
        v = span_of(v.p + 1, v.n - 1);
        if (v.n == 1) /* "\*" is one literal asterisk, its own tail as well */
            return keep(e, v, f);
    }
    bool star = v.n > 0 && v.p[v.n - 1] == '*';
    bool escaped = star && v.n >= 2 && v.p[v.n - 2] == '\\';
    e->wild_tail = star && !escaped;
    if (!star)
        return keep(e, v, f);
    enum rc rc = keep(e, span_of(v.p, v.n - (escaped ? 2 : 1)), f);
    if (rc == RC_OK && escaped)
        memcpy(e->value + v.n - 2, "*", 2);
    return rc;
}

static bool
may_repeat(enum dn_type type)
{
    return type == DN_OU || type == DN_DC;
}

static bool
has_type(const struct sslpeer *p, enum dn_type type)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].type == type)
            return true;
    return false;
}

static enum rc
read_element(const char **p, struct sslpeer *out, struct failure *f)
{
    struct sslpeer_element e = {0};
    const char *start = *p;

    enum rc rc = read_type(p, &e.type, f);
    if (rc != RC_OK)
        return rc;
    if (out->n == DN_ATTRIBUTES_MAX)
        return refuse(f, "there are too many attributes", span_str(start));
    if (!may_repeat(e.type) && has_type(out, e.type))
        return refuse(f, "only OU and DC may be repeated", span_str(skip_blanks(start)));
    *p = skip_blanks(*p);
    rc = **p == '"' ? read_quoted(p, &e, f) : read_plain(p, &e, f);
    if (rc == RC_OK)
        out->at[out->n++] = e;
    return rc;
}

static bool
is_blank(const char *text)
{
    return *skip_blanks(text) == '\0';
}

enum rc
sslpeer_parse(const char *text, struct sslpeer *out, struct failure *f)
{
    struct sslpeer pattern = {0};
    const char *p = text;

    if (strlen(text) > SSLPEER_TEXT_MAX)
        return refuse(f, "it is longer than 1024 characters", span_str(text));
    while (!is_blank(text)) {
        enum rc rc = read_element(&p, &pattern, f);
        if (rc != RC_OK)
            return rc;
        if (*p == '\0')
            break;
        p++; /* the separator: another element has to follow */
    }
    *out = pattern;
    return RC_OK;
}

/* ---- matching ---- */

static char
fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_start(const char *s, const char *start, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fold(s[i]) != fold(start[i]))
            return false;
    return true;
}

static bool
value_matches(const struct sslpeer_element *e, const char *value)
{
    size_t want = strlen(e->value), have = strlen(value);

    if (have < want)
        return false;
    if (!e->wild_head && !e->wild_tail)
        return have == want && same_start(value, e->value, want);
    if (!e->wild_head)
        return same_start(value, e->value, want);
    if (!e->wild_tail)
        return same_start(value + have - want, e->value, want);
    for (size_t at = 0; at + want <= have; at++)
        if (same_start(value + at, e->value, want))
            return true;
    return false;
}

static void
show_element(const struct sslpeer_element *e, char *to, size_t size)
{
    bool any = e->value[0] == '\0' && e->wild_head && e->wild_tail;

    snprintf(
        to, size, "%s%s%s", e->wild_head ? "*" : "", e->value, e->wild_tail && !any ? "*" : "");
}

/* The elements of one type, in the order in which both sides count them. */
struct list {
    size_t n;
    const struct sslpeer_element *want[DN_ATTRIBUTES_MAX];
    const char *have[DN_ATTRIBUTES_MAX];
    size_t n_have;
};

/* Position 0 is the top of the hierarchy: the first OU, the last DC. */
static void
collect(struct list *l, enum dn_type type, const struct sslpeer *pattern, const struct dn *dn)
{
    l->n = l->n_have = 0;
    for (size_t i = 0; i < pattern->n; i++) {
        const struct sslpeer_element *e = &pattern->at[type == DN_DC ? pattern->n - 1 - i : i];
        if (e->type == type)
            l->want[l->n++] = e;
    }
    for (size_t i = 0; i < dn->n; i++) {
        const struct dn_attribute *a = &dn->at[type == DN_DC ? dn->n - 1 - i : i];
        if (a->type == type)
            l->have[l->n_have++] = a->value;
    }
}

static void
explain_count(const struct list *l, enum dn_type type, char *why, size_t size)
{
    const char *name = dn_type_name(type);

    if (l->n_have == 0)
        snprintf(why, size, "%s: the certificate has none, the filter wants one", name);
    else if (may_repeat(type))
        snprintf(
            why, size, "%s: the certificate has %zu, the filter wants %zu", name, l->n_have, l->n);
    else
        snprintf(why, size, "%s: the certificate has it %zu times, a filter can name it only once",
            name, l->n_have);
}

static bool
type_matches(
    const struct sslpeer *pattern, const struct dn *dn, enum dn_type type, char *why, size_t size)
{
    struct list l;
    char want[260];

    collect(&l, type, pattern, dn);
    if (l.n == 0)
        return true;
    if (may_repeat(type) ? l.n_have < l.n : l.n_have != 1) {
        if (size > 0)
            explain_count(&l, type, why, size);
        return false;
    }
    for (size_t i = 0; i < l.n; i++) {
        if (value_matches(l.want[i], l.have[i]))
            continue;
        show_element(l.want[i], want, sizeof(want));
        if (size > 0)
            snprintf(why, size, "%s: the certificate has '%s', the filter wants '%s'",
                dn_type_name(type), l.have[i], want);
        return false;
    }
    return true;
}

static bool
match_all(const struct sslpeer *pattern, const struct dn *dn, char *why, size_t size)
{
    for (int type = 0; type < DN_TYPES; type++)
        if (!type_matches(pattern, dn, (enum dn_type)type, why, size))
            return false;
    return true;
}

bool
sslpeer_match(const struct sslpeer *pattern, const struct dn *dn)
{
    return match_all(pattern, dn, NULL, 0);
}

void
sslpeer_explain(const struct sslpeer *pattern, const struct dn *dn, char *to, size_t size)
{
    if (size > 0 && match_all(pattern, dn, to, size))
        snprintf(to, size, "it matches");
}

bool
sslpeer_admits(const char *text, const struct dn *dn)
{
    struct sslpeer pattern;

    if (is_blank(text))
        return true;
    return sslpeer_parse(text, &pattern, NULL) == RC_OK && sslpeer_match(&pattern, dn);
}

/* ---- which is more specific ---- */

static int
compare_elements(const struct sslpeer_element *a, const struct sslpeer_element *b)
{
    bool wild_a = a->wild_head || a->wild_tail, wild_b = b->wild_head || b->wild_tail;
    size_t na = strlen(a->value), nb = strlen(b->value);

    if (wild_a != wild_b)
        return wild_a ? 1 : -1;
    return (na < nb) - (na > nb);
}

int
sslpeer_compare(const struct sslpeer *a, const struct sslpeer *b)
{
    static const struct dn none = {0};
    struct list la, lb;

    for (int type = 0; type < DN_TYPES; type++) {
        collect(&la, (enum dn_type)type, a, &none);
        collect(&lb, (enum dn_type)type, b, &none);
        if ((la.n == 0) != (lb.n == 0))
            return la.n == 0 ? 1 : -1;
        for (size_t i = 0; i < la.n && i < lb.n; i++) {
            int c = compare_elements(la.want[i], lb.want[i]);
            if (c != 0)
                return c;
        }
        if (la.n != lb.n)
            return la.n < lb.n ? 1 : -1;
    }
    return 0;
}
