/*
 * address.h - address patterns of channel authentication records (spec/chlauth.md, Address
 * patterns).
 *
 * A pattern is "*" (or blank: everything), an IP address of parts in which "*" stands for a part
 * and "lo-hi" for a range, or a host name that may begin with "*.".
 */
#ifndef CHLAUTH_ADDRESS_H
#define CHLAUTH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_part {
    bool any;
    uint32_t lo, hi;
};
enum address_kind { ADDRESS_ANY, ADDRESS_IP, ADDRESS_HOST };
struct address_pattern {
    enum address_kind kind;
    bool v6;
    size_t n; /* fewer than all parts: one "*" stands for several */
    struct address_part part[8];
    const char *host; /* borrowed from the text */
};

/* False: not a pattern. */
bool ip_pattern_parse(const char *text, struct address_pattern *out);
/* hostname may be NULL.  A pattern or an address that can not be read matches nothing. */
bool address_matches(const char *pattern, const char *address, const char *hostname);
/* < 0: a is more specific. */
int address_compare(const char *a, const char *b);
/* Do they overlap without one being inside the other?  Only ranges can. */
bool address_conflict(const char *a, const char *b);
/* The same set of addresses by key. */
bool address_same(const char *a, const char *b);

#endif
