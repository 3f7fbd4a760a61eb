/* An own authority at work: only the intermediate's key is ever read. */
#include "ca/ca.h"

#include <stdio.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/secret.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "x509/ossl.h"

#define DAY INT64_C(86400)
#define HOUR INT64_C(3600)
#define DEFAULT_DAYS 397
#define MIN_SECURITY_BITS 112 /* RSA 2048 */

/* ---- opening ---- */

static enum rc
load(struct ca *ca, const char *name, struct buf *to, struct failure *f)
{
    struct ca_path path;

    enum rc rc = ca_path(ca->dir.text, name, &path, f);
    if (rc == RC_OK && !io_exists(ca->io, path.text)) {
        rc = fail(f, RC_NOT_FOUND, "the authority has no file %s", path.text);
        failure_fix(f, "Put it back from a backup, or make a new authority in another folder.");
    }
    if (rc == RC_OK)
        rc = io_load(ca->io, path.text, CA_FILE_MAX, to, f);
    if (rc != RC_OK)
        failure_side(f, "CA");
    return rc;
}

static enum rc
load_cert(struct ca *ca, const char *name, X509 **out, struct failure *f)
{
    AUTO_BUF file = buf_new(CA_FILE_MAX, ORDER_BIG);
    AUTO(X509_STACK) *certs = NULL;

    enum rc rc = load(ca, name, &file, f);
    if (rc == RC_OK)
        rc = certs_parse(buf_span(&file), &certs, f);
    if (rc == RC_OK)
        *out = sk_X509_shift(certs);
    return rc;
}

static int
give_passphrase(char *to, int size, int writing, void *arg)
{
    const struct secret *passphrase = arg;

    (void)writing;
    if ((size_t)size < passphrase->n)
        return -1;
    memcpy(to, passphrase->bytes, passphrase->n);
    return (int)passphrase->n;
}

static enum rc
load_passphrase(struct ca *ca, struct secret *out, struct failure *f)
{
    struct buf file = buf_new(CA_FILE_MAX, ORDER_BIG);

    enum rc rc = load(ca, OWN_PASSPHRASE, &file, f);
    while (rc == RC_OK && file.n > 0 && (file.p[file.n - 1] == '\n' || file.p[file.n - 1] == '\r'))
        file.n--;
    if (rc == RC_OK && !secret_set(out, (const char *)file.p, file.n))
        rc = fail(f, RC_CORRUPT, "the authority's passphrase is longer than %u bytes", SECRET_MAX);
    buf_wipe(&file);
    return rc;
}

static enum rc
load_key(struct ca *ca, struct failure *f)
{
    AUTO_BUF file = buf_new(CA_FILE_MAX, ORDER_BIG);
    AUTO_SECRET passphrase = {0};

    enum rc rc = load_passphrase(ca, &passphrase, f);
    if (rc == RC_OK)
        rc = load(ca, OWN_KEY, &file, f);
    if (rc != RC_OK)
        return rc;
    AUTO(BIO) *in = BIO_new_mem_buf(file.p, (int)file.n);
    ca->intermediate_key = PEM_read_bio_PrivateKey(in, NULL, give_passphrase, &passphrase);
    if (ca->intermediate_key == NULL)
        return fail_ossl(f, RC_DENIED, "%.200s/%s can not be decrypted with %s", ca->dir.text,
            OWN_KEY, OWN_PASSPHRASE);
    if (!cert_matches_key(ca->intermediate, ca->intermediate_key))
        return fail(
            f, RC_CORRUPT, "%.200s: %s is not the key of %s", ca->dir.text, OWN_KEY, OWN_CERT);
    return RC_OK;
}

/* ---- issuing ---- */

static enum rc
check_request(X509_REQ *req, struct failure *f)
{
    EVP_PKEY *key = X509_REQ_get0_pubkey(req);
    char what[64];

    if (key == NULL || X509_REQ_verify(req, key) != 1)
        return fail_ossl(f, RC_INVALID, "the request's signature does not fit its key");
    if (X509_NAME_entry_count(X509_REQ_get_subject_name(req)) == 0)
        return fail(f, RC_INVALID, "the request asks for no name");
    if (EVP_PKEY_get_security_bits(key) >= MIN_SECURITY_BITS)
        return RC_OK;
    key_describe(key, what, sizeof(what));
    return fail(f, RC_INVALID, "the request's key, %s, is too weak", what);
}

static X509_EXTENSION *
find_san(STACK_OF(X509_EXTENSION) * asked)
{
    int at = X509v3_get_ext_by_NID(asked, NID_subject_alt_name, -1);
    return at >= 0 ? X509v3_get_ext(asked, at) : NULL;
}

static const char *
ext_usage(const struct ca_profile *profile)
{
    if (profile->server_auth && profile->client_auth)
        return "serverAuth,clientAuth";
    if (profile->server_auth)
        return "serverAuth";
    return profile->client_auth ? "clientAuth" : NULL;
}

static enum rc
plan_dates(
    const struct ca *ca, const struct ca_profile *profile, struct issue *plan, struct failure *f)
{
    int64_t now = io_wall(ca->io) / 1000000, end = cert_not_after(ca->intermediate);

    if (now >= end) {
        fail(f, RC_INVALID, "the authority's intermediate certificate has expired");
        failure_side(f, "CA");
        failure_fix(f, "Make a new authority and add its signers to every repository.");
        return RC_INVALID;
    }
    plan->from = now - HOUR; /* partners' clocks may be behind */
    plan->to = plan->from + (profile->days > 0 ? profile->days : DEFAULT_DAYS) * DAY - 1;
    if (plan->from < cert_not_before(ca->intermediate))
        plan->from = cert_not_before(ca->intermediate);
    if (plan->to > end)
        plan->to = end;
    return RC_OK;
}

static enum rc
issue_leaf(const struct ca *ca, X509_REQ *req, const struct ca_profile *profile, X509 **out,
    struct failure *f)
{
    EVP_PKEY *key = X509_REQ_get0_pubkey(req);
    STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions(req);
    struct issue plan = {
        .subject = X509_REQ_get_subject_name(req),
        .key = key,
        .issuer = ca->intermediate,
        .issuer_key = ca->intermediate_key,
        .basic = "critical,CA:FALSE",
        .usage = EVP_PKEY_is_a(key, "RSA") ? "critical,digitalSignature,keyEncipherment"
                                           : "critical,digitalSignature,keyAgreement",
        .ext_usage = ext_usage(profile),
        .san = find_san(asked),
    };
    enum rc rc = plan_dates(ca, profile, &plan, f);
    if (rc == RC_OK)
        rc = issue_cert(&plan, out, f);
    sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
    return rc;
}

/* ---- records ---- */

static enum rc
append_serial(struct ca *ca, const char *serial, const char *name, X509 *cert, struct failure *f)
{
    struct ca_path path;
    struct io_file *file = NULL;
    AUTO_BUF line = buf_new(4096, ORDER_BIG);
    char until[25], dn_text[DN_TEXT_MAX];
    struct dn dn;
    uint64_t size = 0;

    enum rc rc = dn_of_name(X509_get_subject_name(cert), &dn, f);
    if (rc == RC_OK)
        rc = ca_path(ca->dir.text, OWN_SERIALS, &path, f);
    if (rc == RC_OK)
        rc = io_file_open(ca->io, path.text, IO_READ | IO_WRITE | IO_CREATE, &file, f);
    if (rc != RC_OK)
        return rc;
    dn_print_name(&dn, dn_text, sizeof(dn_text));
    time_iso(cert_not_after(cert) * 1000000, until);
    buf_printf(&line, "%s\t%s\t%s\t%s\n", serial, until, name, dn_text);
    rc = io_file_size(file, &size, f);
    if (rc == RC_OK)
        rc = io_file_write(file, size, buf_span(&line), f);
    if (rc == RC_OK)
        rc = io_file_sync(file, f);
    io_file_close(file);
    return rc;
}

/* The serial number is on disk before its certificate is handed out: one that nobody knows of can
 * not be revoked.  The copy of the certificate is a convenience, and not synced. */
static enum rc
record(struct ca *ca, const char *name, X509 *cert, struct failure *f)
{
    struct ca_path path;
    AUTO_BUF pem = buf_new(CA_FILE_MAX, ORDER_BIG);
    char serial[64], file[128], folder[160];

    cert_serial(cert, serial, sizeof(serial));
    enum rc rc = append_serial(ca, serial, name, cert, f);
    size_t n = 0;
    for (const char *c = serial; *c != '\0'; c++)
        if (*c != ':')
            file[n++] = *c;
    file[n] = '\0';
    snprintf(folder, sizeof(folder), OWN_ISSUED "/%s.crt", file);
    if (rc == RC_OK)
        rc = ca_path(ca->dir.text, folder, &path, f);
    if (rc == RC_OK)
        rc = cert_print(cert, &pem, f);
    return rc == RC_OK ? ca_write(ca->io, path.text, buf_span(&pem), 0, false, f) : rc;
}

static enum rc
own_signers(struct ca *ca, X509_STACK **out, struct failure *f)
{
    X509_STACK *signers = sk_X509_new_null();

    (void)f;
    ca_push(signers, ca->intermediate);
    ca_push(signers, ca->root);
    *out = signers;
    return RC_OK;
}

static enum rc
own_sign(struct ca *ca, const char *name, X509_REQ *req, const struct ca_profile *profile,
    X509_STACK **chain, struct failure *f)
{
    static const struct ca_profile both = {0, true, true};
    AUTO(X509) *leaf = NULL;

    enum rc rc = check_request(req, f);
    if (rc == RC_OK)
        rc = issue_leaf(ca, req, profile != NULL ? profile : &both, &leaf, f);
    if (rc == RC_OK)
        rc = record(ca, name, leaf, f);
    if (rc != RC_OK)
        return rc;
    X509_STACK *out = sk_X509_new_null();
    ca_push(out, leaf);
    ca_push(out, ca->intermediate);
    ca_push(out, ca->root);
    *chain = out;
    return RC_OK;
}

static const struct ca_kind own = {own_sign, own_signers, true};

enum rc
ca_open_own(struct io *io, const char *dir, struct ca **out, struct failure *f)
{
    struct ca *ca = ca_new(&own, io, dir);

    enum rc rc = load_cert(ca, OWN_ROOT_CERT, &ca->root, f);
    if (rc == RC_OK)
        rc = load_cert(ca, OWN_CERT, &ca->intermediate, f);
    if (rc == RC_OK)
        rc = load_key(ca, f);
    if (rc != RC_OK) {
        ca_free(ca);
        return rc;
    }
    *out = ca;
    return RC_OK;
}
