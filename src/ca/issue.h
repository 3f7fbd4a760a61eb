/* issue.h - make one certificate. */
#ifndef CA_ISSUE_H
#define CA_ISSUE_H

#include "x509/x509.h"

struct issue {
    const X509_NAME *subject;
    EVP_PKEY *key; /* the subject's; its public half is used */
    X509 *issuer;  /* NULL: self-signed */
    EVP_PKEY *issuer_key;
    int64_t from, to;  /* seconds since 1970 */
    const char *basic; /* extensions in OpenSSL's notation; NULL: none */
    const char *usage;
    const char *ext_usage;
    X509_EXTENSION *san; /* copied; may be NULL */
};
/* A random serial number of 128 bits, subject and authority key identifiers. */
enum rc issue_cert(const struct issue *plan, X509 **out, struct failure *f) MUST_CHECK;

#endif
