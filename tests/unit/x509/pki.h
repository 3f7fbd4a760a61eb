/* pki.h - small certificates for tests, any way a test wants them. */
#ifndef TEST_PKI_H
#define TEST_PKI_H

#include "x509/x509.h"

#define PKI_NOW INT64_C(1800000000) /* 2027-01-15 */

struct pki {
    EVP_PKEY *key;
    X509 *cert;
};
struct pki_options {
    int64_t from, to;  /* seconds; 0: PKI_NOW -/+ one day */
    const char *basic; /* basicConstraints, NULL: none */
    const char *usage, *ext_usage;
    bool no_key_ids;
};

/* issuer NULL: self-signed.  Aborts on failure. */
struct pki pki_new(const char *dn, const struct pki *issuer, const struct pki_options *o);
/* The same key and name, certified once more. */
struct pki pki_again(const struct pki *old, const struct pki *issuer, const struct pki_options *o);
void pki_free(struct pki *p);
struct pki pki_ca(const char *dn, const struct pki *issuer);
/* A stack with references of its own; the list ends with NULL. */
X509_STACK *pki_stack(const struct pki *first, ...) __attribute__((sentinel));
/* DER into out, PEM likewise. */
void pki_der(X509 *cert, struct buf *out);

#endif
