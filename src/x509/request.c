#include "x509/x509.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "x509/encoding.h"
#include "x509/ossl.h"

/* ---- subject alternative names ---- */

static bool
names_push(GENERAL_NAMES *names, int type, ASN1_STRING *value)
{
    GENERAL_NAME *name = GENERAL_NAME_new();

    if (name == NULL || value == NULL)
        abort();
    GENERAL_NAME_set0_value(name, type, value);
    return sk_GENERAL_NAME_push(names, name) > 0;
}

/* Names and addresses that a certificate may hold are plain ASCII. */
static enum rc
add_text(GENERAL_NAMES *names, int type, const char *text, struct failure *f)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7f)
            return fail(f, RC_INVALID, "the alternative name \"%.80s\" is not plain ASCII", text);
    if (*text == '\0' || strlen(text) > 255)
        return fail(f, RC_INVALID, "an alternative name has 1 to 255 characters");
    ASN1_IA5STRING *value = ASN1_IA5STRING_new();
    if (value == NULL || ASN1_STRING_set(value, text, -1) != 1 || !names_push(names, type, value))
        abort();
    return RC_OK;
}

static enum rc
add_address(GENERAL_NAMES *names, const char *text, struct failure *f)
{
    ASN1_OCTET_STRING *value = a2i_IPADDRESS(text);

    if (value == NULL)
        return fail_ossl(f, RC_INVALID, "\"%.80s\" is not an IP address", text);
    if (!names_push(names, GEN_IPADD, value))
        abort();
    return RC_OK;
}

static enum rc
names_of(const struct san *san, GENERAL_NAMES *names, struct failure *f)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < san->n_dns && rc == RC_OK; i++)
        rc = add_text(names, GEN_DNS, san->dns[i], f);
    for (size_t i = 0; i < san->n_email && rc == RC_OK; i++)
        rc = add_text(names, GEN_EMAIL, san->email[i], f);
    for (size_t i = 0; i < san->n_ip && rc == RC_OK; i++)
        rc = add_address(names, san->ip[i], f);
    return rc;
}

static enum rc
request_add_san(X509_REQ *req, const struct san *san, struct failure *f)
{
    if (san == NULL || san->n_dns + san->n_ip + san->n_email == 0)
        return RC_OK;
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    if (names == NULL)
        abort();
    enum rc rc = names_of(san, names, f);
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    if (rc == RC_OK && (X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0, 0) != 1 ||
                           X509_REQ_add_extensions(req, extensions) != 1))
        rc = fail_ossl(f, RC_INVALID, "the alternative names could not be added");
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    GENERAL_NAMES_free(names);
    return rc;
}

/* ---- requests ---- */

enum rc
request_new(EVP_PKEY *key, const char *dn, const struct san *san, const char *digest,
    X509_REQ **out, struct failure *f)
{
    AUTO(X509_REQ) *req = X509_REQ_new();
    AUTO(X509_NAME) *name = NULL;
    bool given = digest != NULL && digest[0] != '\0';
    const EVP_MD *md = given ? EVP_get_digestbyname(digest) : key_digest(key);

    if (req == NULL)
        abort();
    if (md == NULL)
        return fail_ossl(f, RC_INVALID, "there is no digest %.40s", digest);
    enum rc rc = dn_parse_name(dn, &name, f);
    if (rc == RC_OK)
        rc = request_add_san(req, san, f);
    if (rc != RC_OK)
        return rc;
    if (X509_REQ_set_subject_name(req, name) != 1 || X509_REQ_set_pubkey(req, key) != 1 ||
        X509_REQ_sign(req, key, md) <= 0)
        return fail_ossl(f, RC_INVALID, "the certificate request could not be signed");
    *out = X509_REQ_take(&req);
    return RC_OK;
}

enum rc
request_print(X509_REQ *req, struct buf *pem, struct failure *f)
{
    AUTO(BIO) *out = BIO_new(BIO_s_mem());
    char *text;

    if (out == NULL || PEM_write_bio_X509_REQ(out, req) != 1)
        return fail_ossl(f, RC_MALFORMED, "a certificate request could not be written as PEM");
    long n = BIO_get_mem_data(out, &text);
    buf_put(pem, text, (size_t)n);
    return buf_ok(pem) ? RC_OK : fail(f, RC_LIMIT, "the certificate request is too long");
}

static enum rc
take_request(void *arg, enum der_kind kind, struct span der, struct failure *f)
{
    X509_REQ **req = arg;
    const unsigned char *p = der.p;

    (void)f;
    if (kind == DER_REQUEST && *req == NULL)
        *req = d2i_X509_REQ(NULL, &p, (long)der.n);
    return RC_OK;
}

static enum rc
explain_not_a_request(struct span bytes, struct failure *f)
{
    static const char *const is[] = {
        [X509_KIND_CERTIFICATES] = "a certificate",
        [X509_KIND_REQUEST] = "a certificate request that can not be read",
        [X509_KIND_KEY] = "a private key",
        [X509_KIND_PKCS12] = "a PKCS#12 repository",
        [X509_KIND_UNKNOWN] = "something else",
    };
    fail(f, RC_MALFORMED, "a certificate request is expected, but the file is %s",
        is[x509_kind(bytes)]);
    failure_fix(f, "Use the file that runmqakm -certreq -create wrote.");
    return RC_MALFORMED;
}

enum rc
request_parse(struct span bytes, X509_REQ **out, struct failure *f)
{
    AUTO(X509_REQ) *req = NULL;

    enum rc rc = der_each(bytes, take_request, &req, f);
    if (rc == RC_LIMIT)
        return rc;
    if (rc != RC_OK || req == NULL)
        return explain_not_a_request(bytes, f);
    EVP_PKEY *key = X509_REQ_get0_pubkey(req);
    if (key == NULL)
        return fail_ossl(f, RC_UNSUPPORTED, "the request's public key can not be used");
    if (X509_REQ_verify(req, key) != 1)
        return fail_ossl(f, RC_MALFORMED,
            "the request's signature does not fit its key: it was changed after it was made");
    *out = X509_REQ_take(&req);
    return RC_OK;
}
