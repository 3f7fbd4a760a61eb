/*
 * An authority behind a person: the request is written to a file, somebody takes it to the CA and
 * puts the answer beside it.  Answers are told by content and matched by key, so a file of any
 * suffix and encoding will do, and an old answer is never taken for a new one.
 */
#include "ca/ca.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "base/text.h"
#include "ca/authority.h"

#define SIGNERS "signers"

struct search {
    struct ca *ca;
    const char *folder;
    const char *prefix;     /* only files that start so; "" all */
    X509_STACK *pool;       /* every certificate that was found */
    X509 *leaf;             /* borrowed from pool: the one that has this key */
    EVP_PKEY *key;          /* may be NULL */
    struct failure trouble; /* the last file that was no answer */
    char file[256];         /* its name */
};

static bool
is_request_file(const char *name)
{
    size_t n = strlen(name);
    return n >= 4 && strcmp(name + n - 4, ".csr") == 0;
}

static void
note_trouble(struct search *s, const char *name, const char *text)
{
    text_copy(s->file, sizeof(s->file), name);
    if (text != NULL)
        fail(&s->trouble, RC_INVALID, "%s", text);
}

static void
read_file(void *arg, const char *name)
{
    struct search *s = arg;
    struct ca_path path;
    AUTO_BUF file = buf_new(CA_FILE_MAX, ORDER_BIG);
    AUTO(X509_STACK) *certs = NULL;

    if (strncmp(name, s->prefix, strlen(s->prefix)) != 0 || is_request_file(name) ||
        strcmp(name, SIGNERS) == 0)
        return;
    enum rc rc = ca_path(s->folder, name, &path, &s->trouble);
    if (rc == RC_OK)
        rc = io_load(s->ca->io, path.text, CA_FILE_MAX, &file, &s->trouble);
    if (rc == RC_OK)
        rc = certs_parse(buf_span(&file), &certs, &s->trouble);
    if (rc != RC_OK) {
        note_trouble(s, name, NULL);
        return;
    }
    bool fits = false;
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        ca_push(s->pool, cert);
        if (s->key == NULL || !cert_matches_key(cert, s->key))
            continue;
        fits = true;
        /* A CA may have answered twice: the one that lasts longest. */
        if (s->leaf == NULL || cert_not_after(cert) > cert_not_after(s->leaf))
            s->leaf = cert;
    }
    if (!fits && s->key != NULL)
        note_trouble(s, name, "its certificate is for another key, an earlier request's perhaps");
}

static enum rc
search_folder(struct search *s, struct failure *f)
{
    if (!io_exists(s->ca->io, s->folder))
        return RC_OK;
    return io_list(s->ca->io, s->folder, read_file, s, f);
}

/* ---- chains ---- */

static X509 *
issuer_in(X509_STACK *pool, X509 *cert)
{
    for (int i = 0; i < sk_X509_num(pool); i++)
        if (X509_check_issued(sk_X509_value(pool, i), cert) == X509_V_OK)
            return sk_X509_value(pool, i);
    return NULL;
}

static bool
has(X509_STACK *stack, X509 *cert)
{
    for (int i = 0; i < sk_X509_num(stack); i++)
        if (X509_cmp(sk_X509_value(stack, i), cert) == 0)
            return true;
    return false;
}

/* Add the signers of cert, nearest first; stops at a root or where the pool ends. */
static void
add_signers_of(X509 *cert, X509_STACK *pool, X509_STACK *to)
{
    while (!cert_is_self_signed(cert) && (cert = issuer_in(pool, cert)) != NULL && !has(to, cert))
        ca_push(to, cert);
}

/* Signers that a person put into the folder for them; CAs from answers only where they signed one.
 */
static enum rc
by_hand_signers(struct ca *ca, X509_STACK **out, struct failure *f)
{
    AUTO(X509_STACK) *pool = sk_X509_new_null();
    AUTO(X509_STACK) *found = sk_X509_new_null();
    struct ca_path folder;
    struct search s = {.ca = ca, .prefix = "", .pool = pool};

    enum rc rc = ca_path(ca->dir.text, SIGNERS, &folder, f);
    s.folder = folder.text;
    if (rc == RC_OK)
        rc = search_folder(&s, f);
    int trusted = sk_X509_num(pool);
    s.folder = ca->dir.text;
    if (rc == RC_OK)
        rc = search_folder(&s, f);
    if (rc != RC_OK)
        return rc;
    for (int i = trusted; i < sk_X509_num(pool); i++)
        if (!cert_is_ca(sk_X509_value(pool, i)))
            add_signers_of(sk_X509_value(pool, i), pool, found);
    for (int i = 0; i < trusted; i++)
        if (!has(found, sk_X509_value(pool, i)))
            ca_push(found, sk_X509_value(pool, i));
    X509_STACK *sorted = sk_X509_new_null();
    for (int roots = 0; roots < 2; roots++)
        for (int i = 0; i < sk_X509_num(found); i++)
            if (cert_is_self_signed(sk_X509_value(found, i)) == (roots == 1))
                ca_push(sorted, sk_X509_value(found, i));
    *out = sorted;
    return RC_OK;
}

/* ---- asking and answers ---- */

static void
print_name(const X509_NAME *name, char *to, size_t size)
{
    struct dn dn;

    to[0] = '\0';
    if (dn_of_name(name, &dn, NULL) == RC_OK)
        dn_print_name(&dn, to, size);
}

static enum rc
write_request(struct ca *ca, const char *path, X509_REQ *req, struct failure *f)
{
    AUTO_BUF pem = buf_new(CA_FILE_MAX, ORDER_BIG);
    AUTO_BUF old = buf_new(CA_FILE_MAX, ORDER_BIG);

    enum rc rc = request_print(req, &pem, f);
    if (rc != RC_OK)
        return rc;
    /* The same file again would only look as if it had to be sent again. */
    if (io_exists(ca->io, path) && io_load(ca->io, path, CA_FILE_MAX, &old, f) == RC_OK &&
        span_equal(buf_span(&old), buf_span(&pem)))
        return RC_OK;
    return io_save(ca->io, path, buf_span(&pem), f);
}

static enum rc
wait_for_answer(
    const struct search *s, const char *name, const char *csr, X509_REQ *req, struct failure *f)
{
    char dn[DN_TEXT_MAX];

    print_name(X509_REQ_get_subject_name(req), dn, sizeof(dn));
    fail(f, RC_WAITING,
        "%.60s waits for its certificate: have the CA sign %.200s, the name "
        "unchanged (%.120s), for serverAuth and clientAuth",
        name, csr, dn);
    failure_side(f, "CA");
    if (s->file[0] != '\0')
        failure_cause(f, "%.100s does not answer this request: %.300s.", s->file, s->trouble.text);
    failure_fix(f,
        "Save the answer as %.240s/%.60s.crt (PEM, DER or PKCS#7, any suffix) and the "
        "CA's own certificates in the folder " SIGNERS " beside it, then run this again.",
        s->ca->dir.text, name);
    return RC_WAITING;
}

/* CAs change names: the answer is taken as it is, and whoever asked compares the names. */
static enum rc
find_answer(struct search *s, X509_STACK **chain, struct failure *f)
{
    struct ca_path folder;

    enum rc rc = ca_path(s->ca->dir.text, SIGNERS, &folder, f);
    X509 *leaf = s->leaf;
    struct search more = {.ca = s->ca, .folder = folder.text, .prefix = "", .pool = s->pool};
    if (rc == RC_OK)
        rc = search_folder(&more, f);
    if (rc != RC_OK)
        return rc;
    X509_STACK *out = sk_X509_new_null();
    ca_push(out, leaf);
    add_signers_of(leaf, s->pool, out);
    *chain = out;
    return RC_OK;
}

static enum rc
by_hand_sign(struct ca *ca, const char *name, X509_REQ *req, const struct ca_profile *profile,
    X509_STACK **chain, struct failure *f)
{
    AUTO(X509_STACK) *pool = sk_X509_new_null();
    char stem[160], prefix[164], csr_name[168];
    struct ca_path csr;

    (void)profile; /* the CA decides; the text says what is needed */
    text_file_name(name, stem, sizeof(stem));
    snprintf(prefix, sizeof(prefix), "%s.", stem);
    snprintf(csr_name, sizeof(csr_name), "%s.csr", stem);
    struct search s = {.ca = ca,
        .folder = ca->dir.text,
        .prefix = prefix,
        .pool = pool,
        .key = X509_REQ_get0_pubkey(req)};
    if (s.key == NULL)
        return fail(f, RC_INVALID, "the request's key can not be read");
    enum rc rc = ca_path(ca->dir.text, csr_name, &csr, f);
    if (rc == RC_OK)
        rc = io_mkdir(ca->io, ca->dir.text, f);
    if (rc == RC_OK)
        rc = search_folder(&s, f);
    if (rc == RC_OK && s.leaf != NULL)
        return find_answer(&s, chain, f);
    if (rc == RC_OK)
        rc = write_request(ca, csr.text, req, f);
    return rc == RC_OK ? wait_for_answer(&s, stem, csr.text, req, f) : rc;
}

static const struct ca_kind by_hand = {by_hand_sign, by_hand_signers, false};

enum rc
ca_open_by_hand(struct io *io, const char *dir, struct ca **out, struct failure *f)
{
    struct ca_path path;

    enum rc rc = ca_path(dir, SIGNERS, &path, f);
    if (rc == RC_OK)
        *out = ca_new(&by_hand, io, dir);
    return rc;
}
