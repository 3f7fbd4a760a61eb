/*
 * ca.h - authorities: one interface, CAs behind it.
 *
 * An authority takes a certificate request and gives back the signed certificate with its chain, or
 * says that a person has to act (RC_WAITING).  Now: `own` (a root and an intermediate whose keys
 * are encrypted at rest) and `by-hand` (the request is written to a file, the answer is read from
 * one).
 */
#ifndef CA_CA_H
#define CA_CA_H

#include "io/io.h"
#include "x509/x509.h"

struct ca;

struct ca_profile {
    int days;         /* 0: 397, the most by default */
    bool server_auth; /* EKU */
    bool client_auth;
};
struct ca_options {          /* of an own authority at birth; "" or 0: defaults */
    const char *name;        /* "Lab": CN=Lab Root CA, CN=Lab Intermediate CA */
    const char *dn_tail;     /* "O=Grove Lab,C=GB" */
    const char *key_spec;    /* "p256" */
    int root_days;           /* 3650 */
    int intermediate_days;   /* 1825 */
    EVP_PKEY *root_key_take; /* made elsewhere (in parallel), or NULL */
    EVP_PKEY *intermediate_key_take;
};

/* Create an own authority in folder dir: root.crt intermediate.crt chain.pem (public), root.key
 * intermediate.key (PKCS#8 encrypted, 0600), passphrase (0600, random), serials, issued/.
 * RC_EXISTS when one is there. */
enum rc ca_create(
    struct io *io, const char *dir, const struct ca_options *options, struct failure *f) MUST_CHECK;
enum rc ca_open_own(struct io *io, const char *dir, struct ca **out, struct failure *f) MUST_CHECK;
/* dir/NAME.csr is written, dir/NAME.{crt,cer,pem,der,p7b,...} is looked for; dir/signers/ or the
 * answer itself hold the chain. */
enum rc ca_open_by_hand(
    struct io *io, const char *dir, struct ca **out, struct failure *f) MUST_CHECK;
void ca_free(struct ca *ca);

/* Sign a request.  name is for people and file names.  *chain: leaf first, then its signers up to
 * and including the root when it is known.  SAN is kept, DN is kept, extensions asked for other
 * than SAN are not.  RC_WAITING (by hand): f says which file to send where and where to put the
 * answer. */
enum rc ca_sign(struct ca *ca, const char *name, X509_REQ *req, const struct ca_profile *profile,
    X509_STACK **chain, struct failure *f) MUST_CHECK;
/* Signers (root last) that a repository needs to trust this authority's certificates; empty when by
 * hand and not known yet. */
enum rc ca_signers(struct ca *ca, X509_STACK **out, struct failure *f) MUST_CHECK;
/* Can this authority issue any name that is asked for (an intruder's)?  Own: yes; by hand: no. */
bool ca_can_issue_at_will(const struct ca *ca);

#endif
