#include "io/address.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *
skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Digits at *s into *port; moves *s behind them. */
static bool
parse_port(const char **s, uint16_t *port)
{
    const char *p = skip_blanks(*s);
    uint32_t v = 0;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        v = v * 10 + (uint32_t)(*p - '0');
        if (v > UINT16_MAX)
            return false;
    }
    *port = (uint16_t)v;
    *s = skip_blanks(p);
    return true;
}

/* n characters without the blanks around them and the brackets of an IPv6 address. */
static bool
parse_host(const char *s, size_t n, char *to, size_t size)
{
    const char *end = s + n;

    s = skip_blanks(s);
    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end - s >= 2 && *s == '[' && end[-1] == ']') {
        s++;
        end--;
    }
    n = end > s ? (size_t)(end - s) : 0;
    if (n >= size || memchr(s, ' ', n) != NULL)
        return false;
    memcpy(to, s, n);
    to[n] = '\0';
    return true;
}

/* "(port)" or, with a range, "(low,high)", and nothing behind it. */
static bool
parse_ports(const char *s, bool range, struct address *a)
{
    s++;
    if (!parse_port(&s, &a->port))
        return false;
    a->high = a->port;
    if (range && *s == ',') {
        s++;
        if (!parse_port(&s, &a->high) || a->high < a->port)
            return false;
    }
    return *s == ')' && *skip_blanks(s + 1) == '\0';
}

static enum rc
parse_inet(const char *text, bool local, struct address *out, struct failure *f)
{
    struct address a = {0};
    const char *open = strchr(text, '(');
    size_t n = open == NULL ? strlen(text) : (size_t)(open - text);

    a.port = a.high = local ? 0 : IO_DEFAULT_PORT;
    if (!parse_host(text, n, a.name, sizeof(a.name)) ||
        (open != NULL && !parse_ports(open, local, &a))) {
        fail(f, RC_INVALID, "'%s' is not a network address", text);
        failure_fix(f, local ? "write host, (low,high) or host(low,high)" : "write host(port)");
        return RC_INVALID;
    }
    *out = a;
    return RC_OK;
}

enum rc
address_parse(const char *text, struct address *out, struct failure *f)
{
    struct address a = {.is_unix = true};

    if (strncmp(text, "unix:", 5) != 0)
        return parse_inet(text, false, out, f);
    if (text[5] == '\0')
        return fail(f, RC_INVALID, "the local address '%s' has no path", text);
    if (!text_copy(a.name, sizeof(a.name), text + 5))
        return fail(f, RC_LIMIT, "the path of a local socket is over %zu bytes long",
            sizeof(a.name) - 1);
    *out = a;
    return RC_OK;
}

enum rc
address_parse_local(const char *text, struct address *out, struct failure *f)
{
    return parse_inet(text, true, out, f);
}
