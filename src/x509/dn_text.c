/*
 * Distinguished Names as text, both ways.
 *
 * A value that holds a separator, "=" or a quote, or blanks at its ends, stands in double quotes.
 * MQ has no way to write a quote inside quotes; here it is doubled, so that every name can be
 * printed and read back.
 */
#include "x509/dn.h"

#include <stdio.h>
#include <string.h>

#include "x509/dn_private.h"

/* ---- reading ---- */

struct scan {
    const char *p;
    char value[DN_TEXT_MAX];
    size_t n;
};

static void
skip_blanks(struct scan *s)
{
    while (*s->p == ' ')
        s->p++;
}

static bool
at_end_of_value(char c)
{
    return c == '\0' || c == ',' || c == ';';
}

static enum rc
scan_type(struct scan *s, enum dn_type *type, struct failure *f)
{
    skip_blanks(s);
    size_t n = strcspn(s->p, "=,; ");
    if (n == 0 || s->p[n] != '=')
        return fail(f, RC_INVALID, "TYPE=value is expected at \"%.40s\"", s->p);
    if (!dn_type_find(span_of(s->p, n), type)) {
        fail(f, RC_INVALID, "%.*s is not an attribute of a Distinguished Name that MQ knows",
            (int)(n > 40 ? 40 : n), s->p);
        failure_fix(f, "Types are in upper case: CN, OU, O, L, ST, C, DC, MAIL, UID, ...");
        return RC_INVALID;
    }
    s->p += n + 1;
    return RC_OK;
}

static enum rc
scan_quoted(struct scan *s, struct failure *f)
{
    s->p++;
    for (; *s->p != '\0'; s->p++) {
        if (*s->p == '"' && s->p[1] != '"')
            break;
        if (*s->p == '"')
            s->p++;
        s->value[s->n++] = *s->p;
    }
    if (*s->p != '"')
        return fail(f, RC_INVALID, "a quote is not closed");
    s->p++;
    skip_blanks(s);
    if (!at_end_of_value(*s->p))
        return fail(f, RC_INVALID, "\"%.40s\" follows a closing quote", s->p);
    return RC_OK;
}

static enum rc
scan_value(struct scan *s, struct failure *f)
{
    skip_blanks(s);
    s->n = 0;
    if (*s->p == '"')
        return scan_quoted(s, f);
    while (!at_end_of_value(*s->p))
        s->value[s->n++] = *s->p++;
    while (s->n > 0 && s->value[s->n - 1] == ' ')
        s->n--;
    return RC_OK;
}

enum rc
dn_scan(const char *text, dn_element_fn *element, void *arg, struct failure *f)
{
    struct scan s = {.p = text};
    enum dn_type type;

    if (strlen(text) >= DN_TEXT_MAX)
        return fail(f, RC_LIMIT, "a Distinguished Name has at most %d characters", DN_TEXT_MAX - 1);
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return fail(f, RC_INVALID, "a Distinguished Name holds a control character");
    for (;;) {
        enum rc rc = scan_type(&s, &type, f);
        if (rc == RC_OK)
            rc = scan_value(&s, f);
        if (rc == RC_OK)
            rc = element(arg, type, span_of(s.value, s.n), f);
        if (rc != RC_OK)
            return rc;
        if (*s.p == '\0')
            return RC_OK;
        s.p++;
    }
}

static enum rc
dn_element(void *arg, enum dn_type type, struct span value, struct failure *f)
{
    return dn_add(arg, type, value, false, f);
}

enum rc
dn_parse(const char *text, struct dn *out, struct failure *f)
{
    struct dn dn = {0};

    enum rc rc = dn_scan(text, dn_element, &dn, f);
    if (rc == RC_OK)
        *out = dn;
    return rc;
}

/* ---- printing ---- */

struct printer {
    char *to;
    size_t size, n;
    bool cut;
};

static void
print_char(struct printer *p, char c)
{
    if (p->n + 1 >= p->size) {
        p->cut = true;
        return;
    }
    p->to[p->n++] = c;
}

static void
print_text(struct printer *p, const char *s)
{
    while (*s != '\0')
        print_char(p, *s++);
}

static bool
needs_quotes(const char *value)
{
    size_t n = strlen(value);
    return strpbrk(value, ",;=\"") != NULL || (n > 0 && (value[0] == ' ' || value[n - 1] == ' '));
}

static void
print_value(struct printer *p, const char *value, bool filter)
{
    bool quotes = needs_quotes(value);
    size_t n = strlen(value);

    if (quotes)
        print_char(p, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c == '"')
            print_char(p, '"');
        /* Only at the ends, and only outside quotes, is an asterisk a wildcard. */
        if (c == '*' && filter && !quotes && (i == 0 || i == n - 1))
            print_char(p, '\\');
        /* A partner chooses these bytes: they must not reach a terminal or a log as they are. */
        print_char(p, c < ' ' || c == 0x7f ? '?' : value[i]);
    }
    if (quotes)
        print_char(p, '"');
}

/* Whole elements only: what does not fit is left out.  Returns false when something was. */
static bool
print_dn(const struct dn *dn, char *to, size_t size, bool serial, bool filter)
{
    struct printer p = {to, size, 0, false};

    for (size_t i = 0; i < dn->n && !p.cut; i++) {
        size_t before = p.n;
        if (dn->at[i].type == DN_SERIALNUMBER && !serial)
            continue;
        if (p.n > 0)
            print_char(&p, ',');
        print_text(&p, dn_type_name(dn->at[i].type));
        print_char(&p, '=');
        print_value(&p, dn->at[i].value, filter);
        if (p.cut)
            p.n = before;
    }
    to[p.n] = '\0';
    return !p.cut;
}

void
dn_print(const struct dn *dn, char *to, size_t size)
{
    (void)print_dn(dn, to, size, true, false);
}

void
dn_print_name(const struct dn *dn, char *to, size_t size)
{
    (void)print_dn(dn, to, size, false, false);
}

void
dn_print_filter(const struct dn *dn, char *to, size_t size)
{
    /* A filter that lost its tail would admit more than this one name. */
    if (!print_dn(dn, to, size, false, true))
        to[0] = '\0';
}
