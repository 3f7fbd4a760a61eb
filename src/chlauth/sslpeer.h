/*
 * sslpeer.h - SSLPEER and SSLCERTI patterns against Distinguished Names (spec/sslpeer.md).  Pure.
 */
#ifndef CHLAUTH_SSLPEER_H
#define CHLAUTH_SSLPEER_H

#include "x509/dn.h"

struct sslpeer_element {
    enum dn_type type;
    char value[256];
    bool wild_head, wild_tail; /* "*" first, last; both with "" value: any */
};
struct sslpeer {
    size_t n;
    struct sslpeer_element at[DN_ATTRIBUTES_MAX];
};

/* f: id AMQ8243E, what and where. */
enum rc sslpeer_parse(const char *text, struct sslpeer *out, struct failure *f) MUST_CHECK;
bool sslpeer_match(const struct sslpeer *pattern, const struct dn *dn);
/* Parse and match; a pattern that does not parse matches nothing. Blank text matches everything. */
bool sslpeer_admits(const char *text, const struct dn *dn);
/* Which is more specific (spec/chlauth.md, best match, 2): < 0 when a is. */
int sslpeer_compare(const struct sslpeer *a, const struct sslpeer *b);
/* Why it does not match, in words ("OU: certificate has 'Messaging-Test', filter wants
 * 'Messaging'"). */
void sslpeer_explain(const struct sslpeer *pattern, const struct dn *dn, char *to, size_t size);

#endif
