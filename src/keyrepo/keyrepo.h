/*
 * keyrepo.h - key repositories: one interface, formats behind it.
 *
 * A struct keyrepo is a repository in memory: entries with label, certificate, private key, or a
 * pending request.  Formats (a table of open and save functions, told apart by content) turn it
 * into bytes and back; keyrepo_save() replaces a file without ever being able to lose it: new file,
 * sync, reopen and match every key to its certificate, keep the previous generation, rename, sync
 * folder. A repository that can not be opened is never overwritten.
 *
 * Nor is one that somebody else changed since it was opened (RC_BUSY).  Files of key.p12:
 * key.p12.requests holds pending requests and their keys (PKCS#12, same password; absent when there
 * are none), key.sth the stash, *.1 the generation before, *.new what is being written.
 */
#ifndef KEYREPO_KEYREPO_H
#define KEYREPO_KEYREPO_H

#include "base/secret.h"
#include "io/io.h"
#include "x509/x509.h"

#define KEYREPO_LABEL_MAX 128

enum keyrepo_kind { KEYREPO_SIGNER, KEYREPO_PERSONAL, KEYREPO_REQUEST };

struct keyrepo_entry {
    char label[KEYREPO_LABEL_MAX + 1];
    enum keyrepo_kind kind;
    X509 *cert;    /* signer, personal */
    EVP_PKEY *key; /* personal, request */
    X509_REQ *req; /* request */
    bool trusted;
    bool is_default;
};

struct keyrepo_origin; /* which file this is, and what it was when it was read or written last */
struct keyrepo {
    struct keyrepo_entry *entries;
    size_t n;
    struct keyrepo_origin *origin;
};

struct keyrepo *keyrepo_new(void);
void keyrepo_free(struct keyrepo *kr);

/* Open a repository file (SSLKEYR's rules: the path as given, else with .p12, else .kdb).
 * RC_DENIED: wrong password.  f carries AMQ/GSKit ids, the file as side, and the fix. */
enum rc keyrepo_load(struct io *io, const char *path, const struct secret *password,
    struct keyrepo **out, struct failure *f) MUST_CHECK;
/* Open with the password from the stash file beside it (stem.sth). */
enum rc keyrepo_load_stashed(struct io *io, const char *path, struct keyrepo **out,
    struct secret *password_out /* may be NULL */, struct failure *f) MUST_CHECK;
enum rc keyrepo_save(struct io *io, const char *path, const struct secret *password,
    const struct keyrepo *kr, struct failure *f) MUST_CHECK;

/* The stash file: spec/key-repository.md 1. */
enum rc stash_load(
    struct io *io, const char *repository, struct secret *out, struct failure *f) MUST_CHECK;
enum rc stash_save(struct io *io, const char *repository, const struct secret *password,
    struct failure *f) MUST_CHECK;
enum rc stash_decode(struct span file, struct secret *out, struct failure *f) MUST_CHECK;
enum rc stash_encode(
    struct io *io, const struct secret *password, struct buf *out, struct failure *f) MUST_CHECK;

/* Labels compare case-sensitively.  NULL when absent. */
struct keyrepo_entry *keyrepo_find(const struct keyrepo *kr, const char *label);
/* The personal certificate that MQ would pick for label; label "" or NULL: none. */
struct keyrepo_entry *keyrepo_find_personal(const struct keyrepo *kr, const char *label);
/* Add, taking ownership of cert, key and req (also on failure).  RC_EXISTS: the label is in use. */
enum rc keyrepo_add_take(
    struct keyrepo *kr, const struct keyrepo_entry *entry, struct failure *f) MUST_CHECK;
void keyrepo_drop(struct keyrepo *kr, struct keyrepo_entry *entry);
/* Signers (trusted only) as a new stack with references of its own. */
X509_STACK *keyrepo_signers(const struct keyrepo *kr);
/* Add a signer under label unless the same certificate is there already. */
enum rc keyrepo_add_signer(
    struct keyrepo *kr, const char *label, X509 *cert, bool *added, struct failure *f) MUST_CHECK;

/* Make a request: a new key (or `key`, whose ownership is taken, may be NULL) and its CSR. */
enum rc keyrepo_request(struct keyrepo *kr, const char *label, EVP_PKEY *key_take,
    const char *key_spec, const char *dn, const struct san *san, struct failure *f) MUST_CHECK;
/* Receive a signed certificate for a pending request: file is PEM, DER or PKCS#7, may hold the
 * chain. Refused, with the reason and what to do, when: the file is a request, key or anything
 * else; no pending request has this key; not yet valid or expired at `now` (seconds); its signer
 * chain is not complete in the repository (extra certificates in the file do not count: they must
 * be added first; the failure says when the file holds the missing one). *label_out: which request
 * it answered. */
enum rc keyrepo_receive(struct keyrepo *kr, struct span file, int64_t now,
    char label_out[KEYREPO_LABEL_MAX + 1], struct failure *f) MUST_CHECK;

/* The label that a queue manager looks for: certlabl when it is not blank, else "ibmwebspheremq" +
 * name in lower case. */
void keyrepo_label_for(const char *certlabl, const char *qmgr, char to[KEYREPO_LABEL_MAX + 1]);

#endif
