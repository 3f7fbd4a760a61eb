/* The birth of an own authority: a root, an intermediate, and their keys encrypted at rest. */
#include "ca/ca.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/rand.h>

#include "base/secret.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "x509/ossl.h"

#define DAY INT64_C(86400)
#define HOUR INT64_C(3600)

/* The defaults of ca.h. */
static const struct ca_options defaults = {
    .name = "Lab",
    .dn_tail = "O=Grove Lab,C=GB",
    .key_spec = "p256",
    .root_days = 3650,
    .intermediate_days = 1825,
};

struct birth {
    struct io *io;
    const char *dir;
    struct ca_options o;
    EVP_PKEY *root_key, *key;
    X509 *root, *cert;
    struct secret passphrase;
};

static const char *
or_default(const char *given, const char *otherwise)
{
    return given != NULL && given[0] != '\0' ? given : otherwise;
}

static void
birth_init(struct birth *b, struct io *io, const char *dir, const struct ca_options *o)
{
    *b = (struct birth){.io = io, .dir = dir, .o = *o};
    b->o.name = or_default(o->name, defaults.name);
    b->o.dn_tail = or_default(o->dn_tail, defaults.dn_tail);
    b->o.key_spec = or_default(o->key_spec, defaults.key_spec);
    b->o.root_days = o->root_days > 0 ? o->root_days : defaults.root_days;
    b->o.intermediate_days =
        o->intermediate_days > 0 ? o->intermediate_days : defaults.intermediate_days;
    b->root_key = o->root_key_take;
    b->key = o->intermediate_key_take;
}

static void
birth_fini(struct birth *b)
{
    EVP_PKEY_free(b->root_key);
    EVP_PKEY_free(b->key);
    X509_free(b->root);
    X509_free(b->cert);
    secret_fini(&b->passphrase);
}

static enum rc
check_absent(const struct birth *b, struct failure *f)
{
    static const char *const files[] = {
        OWN_ROOT_CERT, OWN_ROOT_KEY, OWN_CERT, OWN_KEY, OWN_PASSPHRASE};
    struct ca_path path;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        enum rc rc = ca_path(b->dir, files[i], &path, f);
        if (rc != RC_OK)
            return rc;
        if (!io_exists(b->io, path.text))
            continue;
        fail(f, RC_EXISTS, "there is an authority already: %s", path.text);
        failure_side(f, "CA");
        failure_fix(f, "Use it, or choose another folder: its keys are never overwritten.");
        return RC_EXISTS;
    }
    return RC_OK;
}

static enum rc
make_keys(struct birth *b, struct failure *f)
{
    unsigned char bytes[32];
    char hex[2 * sizeof(bytes) + 1];
    enum rc rc = RC_OK;

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return fail_ossl(f, RC_IO, "there is no randomness");
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    (void)secret_set(&b->passphrase, hex, 2 * sizeof(bytes));
    secret_wipe(bytes, sizeof(bytes));
    secret_wipe(hex, sizeof(hex));
    if (b->root_key == NULL)
        rc = key_generate(b->o.key_spec, &b->root_key, f);
    if (rc == RC_OK && b->key == NULL)
        rc = key_generate(b->o.key_spec, &b->key, f);
    return rc;
}

static enum rc
make_name(const struct birth *b, const char *role, X509_NAME **out, struct failure *f)
{
    char dn[DN_TEXT_MAX];

    if (strchr(b->o.name, '"') != NULL)
        return fail(f, RC_INVALID, "the name of an authority holds a quote");
    int n = snprintf(dn, sizeof(dn), "CN=\"%s %s\",%s", b->o.name, role, b->o.dn_tail);
    if (n < 0 || (size_t)n >= sizeof(dn))
        return fail(f, RC_LIMIT, "the name of an authority is too long");
    return dn_parse_name(dn, out, f);
}

static enum rc
make_certs(struct birth *b, struct failure *f)
{
    AUTO(X509_NAME) *root_name = NULL;
    AUTO(X509_NAME) *name = NULL;
    int64_t from = io_wall(b->io) / 1000000 - HOUR; /* partners' clocks may be behind */

    enum rc rc = make_name(b, "Root CA", &root_name, f);
    if (rc == RC_OK)
        rc = make_name(b, "Intermediate CA", &name, f);
    const struct issue root = {
        .subject = root_name,
        .key = b->root_key,
        .issuer_key = b->root_key,
        .from = from,
        .to = from + b->o.root_days * DAY,
        .basic = "critical,CA:TRUE,pathlen:1",
        .usage = "critical,keyCertSign,cRLSign",
    };
    if (rc == RC_OK)
        rc = issue_cert(&root, &b->root, f);
    struct issue intermediate = root;
    intermediate.subject = name;
    intermediate.key = b->key;
    intermediate.issuer = b->root;
    intermediate.to = from + b->o.intermediate_days * DAY;
    if (intermediate.to > root.to)
        intermediate.to = root.to;
    intermediate.basic = "critical,CA:TRUE,pathlen:0";
    return rc == RC_OK ? issue_cert(&intermediate, &b->cert, f) : rc;
}

static enum rc
save(const struct birth *b, const char *name, struct span bytes, struct failure *f)
{
    struct ca_path path;

    enum rc rc = ca_path(b->dir, name, &path, f);
    return rc == RC_OK ? ca_write(b->io, path.text, bytes, IO_EXCLUSIVE, true, f) : rc;
}

static enum rc
save_key(const struct birth *b, const char *name, EVP_PKEY *key, struct failure *f)
{
    AUTO(BIO) *out = BIO_new(BIO_s_mem());
    char *pem;

    if (out == NULL || PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(),
                           b->passphrase.bytes, (int)b->passphrase.n, NULL, NULL) != 1)
        return fail_ossl(f, RC_INVALID, "a key of the authority could not be encrypted");
    long n = BIO_get_mem_data(out, &pem);
    return save(b, name, span_of(pem, (size_t)n), f);
}

static enum rc
save_certs(const struct birth *b, const char *name, X509 *first, X509 *second, struct failure *f)
{
    AUTO_BUF pem = buf_new(CA_FILE_MAX, ORDER_BIG);

    enum rc rc = cert_print(first, &pem, f);
    if (rc == RC_OK && second != NULL)
        rc = cert_print(second, &pem, f);
    return rc == RC_OK ? save(b, name, buf_span(&pem), f) : rc;
}

/* The root's certificate last: it is what makes the authority complete. */
static enum rc
save_all(const struct birth *b, struct failure *f)
{
    struct ca_path issued;

    enum rc rc = ca_path(b->dir, OWN_ISSUED, &issued, f);
    if (rc == RC_OK)
        rc = io_mkdir(b->io, issued.text, f);
    if (rc == RC_OK)
        rc = save(b, OWN_PASSPHRASE, span_of(b->passphrase.bytes, b->passphrase.n), f);
    if (rc == RC_OK)
        rc = save_key(b, OWN_ROOT_KEY, b->root_key, f);
    if (rc == RC_OK)
        rc = save_key(b, OWN_KEY, b->key, f);
    if (rc == RC_OK)
        rc = save_certs(b, OWN_CERT, b->cert, NULL, f);
    if (rc == RC_OK)
        rc = save_certs(b, OWN_CHAIN, b->cert, b->root, f);
    if (rc == RC_OK)
        rc = save_certs(b, OWN_ROOT_CERT, b->root, NULL, f);
    return rc == RC_OK ? io_sync_dir(b->io, b->dir, f) : rc;
}

static enum rc
create_in(struct birth *b, struct failure *f)
{
    enum rc rc = make_keys(b, f);
    if (rc == RC_OK)
        rc = make_certs(b, f);
    return rc == RC_OK ? save_all(b, f) : rc;
}

/* A new folder is made aside and takes its place whole: killed in between, there is no authority,
 * and what was left aside never signed anything. */
static enum rc
create_whole(struct birth *b, struct failure *f)
{
    const char *dir = b->dir;
    struct ca_path aside;

    int n = snprintf(aside.text, sizeof(aside.text), "%s.new", dir);
    if (n < 0 || (size_t)n >= sizeof(aside.text))
        return fail(f, RC_LIMIT, "the authority's path is too long");
    enum rc rc = io_exists(b->io, aside.text) ? io_remove_tree(b->io, aside.text, f) : RC_OK;
    b->dir = aside.text;
    if (rc == RC_OK)
        rc = create_in(b, f);
    if (rc == RC_OK)
        rc = io_rename(b->io, aside.text, dir, f);
    b->dir = dir;
    return rc;
}

enum rc
ca_create(struct io *io, const char *dir, const struct ca_options *options, struct failure *f)
{
    struct birth b;

    birth_init(&b, io, dir, options);
    enum rc rc = check_absent(&b, f);
    if (rc == RC_OK)
        rc = io_exists(io, dir) ? create_in(&b, f) : create_whole(&b, f);
    birth_fini(&b);
    return rc;
}
