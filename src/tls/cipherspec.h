/*
 * cipherspec.h - MQ's CipherSpecs: one row each (table made from data/cipherspecs.tsv).
 */
#ifndef TLS_CIPHERSPEC_H
#define TLS_CIPHERSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

struct cipherspec {
    const char *name;             /* as in SSLCIPH */
    uint16_t suite;               /* IANA number; 0 for aliases */
    const char *openssl;          /* OpenSSL's name; NULL: OpenSSL has none */
    int version_min, version_max; /* TLS1_2_VERSION, TLS1_3_VERSION ... */
    bool enabled;                 /* by default in 9.4 */
    bool alias;                   /* ANY_TLS12_OR_HIGHER ... */
    const char *note;
};
/* By name, old names too.  NULL: no such CipherSpec. */
const struct cipherspec *cipherspec_find(const char *name);
/* Known and usable?  f: AMQ8242E (unknown, with the nearest name) or AMQ9635E (weak: refused). */
enum rc cipherspec_check(const char *name, struct failure *f) MUST_CHECK;
/* The CipherSpec that was negotiated, by IANA number. */
const struct cipherspec *cipherspec_of_suite(uint16_t suite, int version);
/* Does what was negotiated fall under what SSLCIPH says? */
bool cipherspec_admits(const struct cipherspec *want, uint16_t suite, int version);
const struct cipherspec *cipherspec_all(size_t *n);

#endif
