/*
 * x509.h - keys, certificate requests, certificates and chains.
 *
 * Everything here works on memory; files are io's.  Certificates come in as PEM, DER or PKCS#7,
 * told by content, never by suffix.
 */
#ifndef X509_X509_H
#define X509_X509_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/failure.h"
#include "x509/auto.h"
#include "x509/dn.h"

/* ---- keys ---- */
/* spec: "rsa2048" "rsa3072" "rsa4096" "p256" "p384" "p521" (case-blind).  May run on any thread. */
enum rc key_generate(const char *spec, EVP_PKEY **out, struct failure *f) MUST_CHECK;

/* The digest of a key's own strength: SHA-256, -384 or -512. */
const EVP_MD *key_digest(EVP_PKEY *key);
/* "RSA 2048", "P-256", ... */
void key_describe(EVP_PKEY *key, char *to, size_t size);

/* ---- requests ---- */
struct san { /* subject alternative names; borrowed strings */
    const char *const *dns;
    size_t n_dns;
    const char *const *ip;
    size_t n_ip;
    const char *const *email;
    size_t n_email;
};
enum rc request_new(EVP_PKEY *key, const char *dn, const struct san *san, const char *digest,
    X509_REQ **out, struct failure *f) MUST_CHECK;
enum rc request_print(X509_REQ *req, struct buf *pem, struct failure *f) MUST_CHECK;
enum rc request_parse(struct span bytes, X509_REQ **out,
    struct failure *f) MUST_CHECK; /* PEM or DER; signature is verified */

/* ---- certificates ---- */
/* What a file holds, for refusals that explain. */
enum x509_kind {
    X509_KIND_CERTIFICATES,
    X509_KIND_REQUEST,
    X509_KIND_KEY,
    X509_KIND_PKCS12,
    X509_KIND_UNKNOWN
};
enum x509_kind x509_kind(struct span bytes);
/* All certificates in a PEM, DER or PKCS#7 (PEM/DER) file, in file order. */
enum rc certs_parse(struct span bytes, X509_STACK **out, struct failure *f) MUST_CHECK;
enum rc cert_print(X509 *cert, struct buf *pem, struct failure *f) MUST_CHECK; /* appends PEM */
bool cert_is_ca(X509 *cert);
bool cert_is_self_signed(X509 *cert);
bool cert_matches_key(X509 *cert, EVP_PKEY *key);
int64_t cert_not_before(const X509 *cert); /* seconds since 1970 */
int64_t cert_not_after(const X509 *cert);
/* "4C:D0:49:..." */
void cert_serial(const X509 *cert, char *to, size_t size);
void cert_key_id(
    X509 *cert, char *to, size_t size); /* subject key identifier, or SHA-1 of the key */

/* ---- chains ---- */
enum cert_role { CERT_ROLE_ANY, CERT_ROLE_SERVER, CERT_ROLE_CLIENT };
struct chain_verdict {
    bool ok;
    int code;                  /* X509_V_ERR_* */
    int depth;                 /* at which certificate */
    char subject[DN_TEXT_MAX]; /* of that certificate */
    char reason[160];          /* in words */
    bool eku_warning; /* an EKU is present and does not hold the role, but was not refused */
    char missing_issuer[DN_TEXT_MAX]; /* when a signer is missing: its DN ... */
    char missing_key_id[64]; /* ... and key identifier as the certificate names it, or "" */
};
/* Build and verify the chain of leaf: trusted are the anchors, others may help to build.
 * at: seconds since 1970.  Validity, basic constraints, key usage, signatures of the whole chain;
 * the EKU for role: refused when strict_eku, else only warned about.  An intermediate in `trusted`
 * is an anchor only if its own root is there too (GSKit's rule: partial chains are refused). */
void chain_verify(X509 *leaf, X509_STACK *others, X509_STACK *trusted, enum cert_role role,
    bool strict_eku, int64_t at, struct chain_verdict *out);

#endif
