/*
 * authority.h - what ca.c and the kinds of authority share.
 *
 * A kind is a row of functions; an open authority is a struct ca with what that kind needs.
 */
#ifndef CA_AUTHORITY_H
#define CA_AUTHORITY_H

#include "ca/ca.h"

#define CA_FILE_MAX (1024u * 1024)

struct ca_kind {
    enum rc (*sign)(struct ca *ca, const char *name, X509_REQ *req,
        const struct ca_profile *profile, X509_STACK **chain, struct failure *f);
    enum rc (*signers)(struct ca *ca, X509_STACK **out, struct failure *f);
    bool issues_at_will;
};

struct ca_path {
    char text[1024];
};
struct ca {
    const struct ca_kind *kind;
    struct io *io;
    struct ca_path dir;
    X509 *root, *intermediate;  /* own */
    EVP_PKEY *intermediate_key; /* own */
};

struct ca *ca_new(const struct ca_kind *kind, struct io *io, const char *dir);
/* dir/name; too long is refused. */
enum rc ca_path(
    const char *dir, const char *name, struct ca_path *out, struct failure *f) MUST_CHECK;
/* Write a file; it is on disk when sync.  flags: IO_EXCLUSIVE or 0. */
enum rc ca_write(struct io *io, const char *path, struct span bytes, unsigned flags, bool sync,
    struct failure *f) MUST_CHECK;
void ca_push(X509_STACK *stack, X509 *cert); /* with a reference of its own */

/* The folder of an own authority. */
#define OWN_ROOT_CERT "root.crt"
#define OWN_ROOT_KEY "root.key"
#define OWN_CERT "intermediate.crt"
#define OWN_KEY "intermediate.key"
#define OWN_CHAIN "chain.pem"
#define OWN_PASSPHRASE "passphrase"
#define OWN_SERIALS "serials"
#define OWN_ISSUED "issued"

#endif
