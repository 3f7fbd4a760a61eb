#include "chlauth/address.h"

#include <string.h>

#include <arpa/inet.h>

#include "base/text.h"
#include "chlauth/match.h"

#define PARTS_V4 4u
#define PARTS_V6 8u

/* ---- reading ---- */

static bool
digit_of(char c, bool v6, uint32_t *out)
{
    if (c >= '0' && c <= '9')
        *out = (uint32_t)(c - '0');
    else if (v6 && c >= 'a' && c <= 'f')
        *out = (uint32_t)(c - 'a') + 10;
    else if (v6 && c >= 'A' && c <= 'F')
        *out = (uint32_t)(c - 'A') + 10;
    else
        return false;
    return true;
}

/* A number of at most three decimal or four hexadecimal digits. */
static bool
read_number(const char **p, bool v6, uint32_t *out)
{
    uint32_t digit, value = 0;
    size_t n = 0;

    for (; digit_of(**p, v6, &digit); (*p)++, n++) {
        if (n == (v6 ? 4u : 3u))
            return false;
        value = value * (v6 ? 16 : 10) + digit;
    }
    *out = value;
    return n > 0 && (v6 || value <= 255);
}

static bool
read_part(const char **p, bool v6, struct address_part *out)
{
    *out = (struct address_part){0};
    if (**p == '*') {
        (*p)++;
        out->any = true;
        return true;
    }
    if (!read_number(p, v6, &out->lo))
        return false;
    out->hi = out->lo;
    if (**p != '-')
        return true;
    (*p)++;
    return read_number(p, v6, &out->hi) && out->lo <= out->hi;
}

static bool
read_parts(const char *p, struct address_pattern *out)
{
    size_t most = out->v6 ? PARTS_V6 : PARTS_V4;
    char separator = out->v6 ? ':' : '.';

    for (out->n = 0; out->n < most;) {
        if (!read_part(&p, out->v6, &out->part[out->n++]))
            return false;
        if (*p == '\0')
            return true;
        if (*p++ != separator)
            return false;
    }
    return false;
}

/* "2001:db8::1": zeros where the two colons are.  Ranges and asterisks are fine beside it, but not
 * at the end: how many parts they would stand for is not known. */
static bool
read_shortened(const char *text, const char *gap, struct address_pattern *out)
{
    struct address_pattern head = {.v6 = true}, tail = {.v6 = true};
    char start[48];

    if (strstr(gap + 1, "::") != NULL || !text_copy(start, sizeof(start), text))
        return false;
    start[gap - text] = '\0';
    if (start[0] != '\0' && !read_parts(start, &head))
        return false;
    if (gap[2] != '\0' && !read_parts(gap + 2, &tail))
        return false;
    if (head.n + tail.n >= PARTS_V6 || (tail.n > 0 && tail.part[tail.n - 1].any))
        return false;
    memset(out->part, 0, sizeof(out->part));
    memcpy(out->part, head.part, head.n * sizeof(head.part[0]));
    memcpy(out->part + PARTS_V6 - tail.n, tail.part, tail.n * sizeof(tail.part[0]));
    out->n = PARTS_V6;
    return true;
}

static bool
parts_make_sense(const struct address_pattern *p)
{
    size_t most = p->v6 ? PARTS_V6 : PARTS_V4, wild = 0;

    for (size_t i = 0; i < p->n; i++)
        wild += p->part[i].any;
    /* An asterisk beside a trailing one says nothing; too few parts need one that stretches. */
    if (p->n >= 2 && p->part[p->n - 1].any && p->part[p->n - 2].any)
        return false;
    return p->n == most || wild > 0;
}

static bool
read_ip(const char *text, struct address_pattern *out)
{
    static const char mapped[] = "::ffff:";
    const char *gap = strstr(text, "::");

    out->kind = ADDRESS_IP;
    if (strncasecmp(text, mapped, sizeof(mapped) - 1) == 0 && strchr(text, '.') != NULL) {
        text += sizeof(mapped) - 1;
        gap = NULL;
    }
    out->v6 = strchr(text, ':') != NULL;
    bool read = gap != NULL ? read_shortened(text, gap, out) : read_parts(text, out);
    return read && parts_make_sense(out);
}

/* A letter in the last label tells a host name from a damaged IP address. */
static bool
read_host(const char *text, struct address_pattern *out)
{
    const char *name = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
    const char *last = strrchr(name, '.');
    bool letter = false;

    for (const char *c = name; *c != '\0'; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!is_letter && !(*c >= '0' && *c <= '9') && *c != '.' && *c != '-' && *c != '_')
            return false;
        letter = letter || (is_letter && (last == NULL || c > last));
    }
    out->kind = ADDRESS_HOST;
    out->host = text;
    return letter && strstr(name, "..") == NULL && name[0] != '.';
}

bool
ip_pattern_parse(const char *text, struct address_pattern *out)
{
    *out = (struct address_pattern){0};
    if (*text == '\0' || strcmp(text, "*") == 0)
        return true; /* ADDRESS_ANY */
    return read_ip(text, out) || read_host(text, out);
}

bool
chlauth_address_valid(const char *pattern)
{
    struct address_pattern p;

    return *pattern != '\0' && ip_pattern_parse(pattern, &p);
}

/* ---- matching ---- */

/* Parts of a concrete address; an IPv4 address in IPv6 clothes is an IPv4 address. */
static bool
read_address(const char *text, bool *v6, uint32_t part[8])
{
    uint8_t b[16];

    if (inet_pton(AF_INET, text, b) == 1) {
        *v6 = false;
    } else {
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        if (inet_pton(AF_INET6, text, b) != 1)
            return false;
        *v6 = memcmp(b, mapped, sizeof(mapped)) != 0;
        if (!*v6)
            memmove(b, b + 12, 4);
    }
    for (size_t i = 0; i < (*v6 ? PARTS_V6 : PARTS_V4); i++)
        part[i] = *v6 ? (uint32_t)b[2 * i] << 8 | b[2 * i + 1] : b[i];
    return true;
}

/* Asterisks stand for one part each when all parts are there, else for one or more. */
static bool
parts_match(const struct address_part *p, size_t np, const uint32_t *a, size_t na)
{
    if (np > na)
        return false;
    if (np == 0)
        return na == 0;
    if (!p->any)
        return *a >= p->lo && *a <= p->hi && parts_match(p + 1, np - 1, a + 1, na - 1);
    for (size_t taken = 1; taken <= na; taken++)
        if (parts_match(p + 1, np - 1, a + taken, na - taken))
            return true;
    return false;
}

static bool
host_matches(const char *pattern, const char *hostname)
{
    if (hostname == NULL)
        return false;
    if (pattern[0] != '*')
        return text_equal_fold(pattern, hostname);
    size_t tail = strlen(pattern + 1), n = strlen(hostname);
    return n > tail && text_equal_fold(hostname + n - tail, pattern + 1);
}

bool
address_matches(const char *pattern, const char *address, const char *hostname)
{
    struct address_pattern p;
    uint32_t part[8];
    bool v6;

    if (!ip_pattern_parse(pattern, &p))
        return false;
    switch (p.kind) {
    case ADDRESS_ANY:
        return true;
    case ADDRESS_HOST:
        return host_matches(p.host, hostname);
    case ADDRESS_IP:
        break;
    }
    return address != NULL && read_address(address, &v6, part) && v6 == p.v6 &&
           parts_match(p.part, p.n, part, v6 ? PARTS_V6 : PARTS_V4);
}

/* ---- order ---- */

static uint32_t
width(const struct address_part *p)
{
    return p->any ? UINT32_MAX : p->hi - p->lo;
}

/* Exact addresses, IP patterns, host names, patterns of host names, everything. */
static int
rank(const struct address_pattern *p)
{
    if (p->kind == ADDRESS_HOST)
        return p->host[0] == '*' ? 3 : 2;
    if (p->kind == ADDRESS_ANY)
        return 4;
    if (p->n < (p->v6 ? PARTS_V6 : PARTS_V4))
        return 1;
    for (size_t i = 0; i < p->n; i++)
        if (width(&p->part[i]) != 0)
            return 1;
    return 0;
}

static int
compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int
compare_parts(const struct address_pattern *a, const struct address_pattern *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        uint32_t wa = width(&a->part[i]), wb = width(&b->part[i]);
        if (wa != wb)
            return wa < wb ? -1 : 1;
    }
    return compare_sizes(b->n, a->n);
}

int
address_compare(const char *a, const char *b)
{
    struct address_pattern pa, pb;

    if (!ip_pattern_parse(a, &pa) || !ip_pattern_parse(b, &pb))
        return 0;
    if (rank(&pa) != rank(&pb))
        return rank(&pa) < rank(&pb) ? -1 : 1;
    if (pa.kind == ADDRESS_HOST)
        return compare_sizes(strlen(b), strlen(a));
    return compare_parts(&pa, &pb);
}

bool
address_conflict(const char *a, const char *b)
{
    struct address_pattern pa, pb;
    bool crossing = false;

    if (!ip_pattern_parse(a, &pa) || !ip_pattern_parse(b, &pb) || pa.kind != ADDRESS_IP ||
        pb.kind != ADDRESS_IP || pa.v6 != pb.v6 || pa.n != pb.n)
        return false;
    for (size_t i = 0; i < pa.n; i++) {
        const struct address_part *x = &pa.part[i], *y = &pb.part[i];
        if (x->any || y->any)
            continue;
        if (x->hi < y->lo || y->hi < x->lo)
            return false;
        crossing = crossing || (x->lo < y->lo && x->hi < y->hi) || (y->lo < x->lo && y->hi < x->hi);
    }
    return crossing;
}

bool
address_same(const char *a, const char *b)
{
    struct address_pattern pa, pb;

    if (!ip_pattern_parse(a, &pa) || !ip_pattern_parse(b, &pb))
        return text_equal_fold(a, b);
    if (pa.kind != pb.kind || pa.v6 != pb.v6 || pa.n != pb.n)
        return false;
    if (pa.kind == ADDRESS_HOST)
        return text_equal_fold(a, b);
    for (size_t i = 0; i < pa.n; i++)
        if (pa.part[i].any != pb.part[i].any || pa.part[i].lo != pb.part[i].lo ||
            pa.part[i].hi != pb.part[i].hi)
            return false;
    return true;
}
