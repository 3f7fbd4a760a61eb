/* PKCS#12 as every current GSKit opens it: spec/key-repository.md 3.1 and 3.3. */
#include "keyrepo/codec.h"

#include <stdlib.h>

#include <openssl/pkcs12.h>

#include "keyrepo/attribute.h"
#include "x509/ossl.h"

/* As many as GSKit.  More would only slow the queue manager's start: the weakest of the three
 * derivations (GSKit: 5 for keys) decides how hard a password is to guess. */
#define ITERATIONS 1024
#define EMPTY_LABEL "GSKit Empty KeyStore"

typedef STACK_OF(PKCS12_SAFEBAG) BAG_STACK;
typedef STACK_OF(PKCS7) SAFE_STACK;

static void
bag_stack_free(BAG_STACK *s)
{
    sk_PKCS12_SAFEBAG_pop_free(s, PKCS12_SAFEBAG_free);
}
static void
safe_stack_free(SAFE_STACK *s)
{
    sk_PKCS7_pop_free(s, PKCS7_free);
}
/* clang counts inline functions of a source file that are not used */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
AUTO_DEFINE(BAG_STACK, bag_stack_free)
AUTO_DEFINE(SAFE_STACK, safe_stack_free)
AUTO_DEFINE(X509_CRL, X509_CRL_free)
AUTO_DEFINE(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
#pragma GCC diagnostic pop

static void
bag_push(BAG_STACK *bags, PKCS12_SAFEBAG *bag)
{
    if (sk_PKCS12_SAFEBAG_push(bags, bag) <= 0)
        abort();
}

static const ASN1_BIT_STRING *
signature_of(const struct keyrepo_entry *entry)
{
    const ASN1_BIT_STRING *signature = NULL;

    if (entry->cert != NULL)
        X509_get0_signature(&signature, NULL, entry->cert);
    else
        X509_REQ_get0_signature(entry->req, &signature, NULL);
    return signature;
}

static enum rc
add_cert(BAG_STACK *bags, const struct keyrepo_entry *entry, struct failure *f)
{
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_cert(entry->cert);

    if (bag == NULL)
        return fail_ossl(f, RC_INVALID, "the certificate %s can not be stored", entry->label);
    bag_set_label(bag, entry->label);
    bag_set_key_id(bag, signature_of(entry));
    if (entry->trusted)
        bag_set_trusted(bag);
    bag_push(bags, bag);
    return RC_OK;
}

static enum rc
add_key(BAG_STACK *bags, const struct keyrepo_entry *entry, const struct secret *password,
    struct failure *f)
{
    AUTO(PKCS8_PRIV_KEY_INFO) *plain = EVP_PKEY2PKCS8(entry->key);

    if (plain == NULL)
        return fail_ossl(f, RC_INVALID, "the private key %s can not be stored", entry->label);
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_pkcs8_encrypt(
        NID_aes_256_cbc, password->bytes, (int)password->n, NULL, 0, ITERATIONS, plain);
    if (bag == NULL)
        return fail_ossl(f, RC_INVALID, "the private key %s can not be encrypted", entry->label);
    bag_set_label(bag, entry->label);
    bag_set_key_id(bag, signature_of(entry));
    if (entry->kind == KEYREPO_REQUEST)
        bag_set_request(bag, entry->req);
    bag_push(bags, bag);
    return RC_OK;
}

/* A repository without entries holds one CRL, signed by a key that is forgotten at once. */
static enum rc
add_empty_marker(BAG_STACK *bags, struct failure *f)
{
    AUTO(EVP_PKEY) *key = NULL;
    AUTO(X509_NAME) *name = NULL;
    AUTO(X509_CRL) *crl = X509_CRL_new();
    ASN1_TIME *now = ASN1_TIME_set(NULL, 0);
    const ASN1_BIT_STRING *signature = NULL;

    enum rc rc = key_generate("p256", &key, f);
    if (rc == RC_OK)
        rc = dn_parse_name("CN=Empty", &name, f);
    if (rc == RC_OK &&
        (crl == NULL || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
            X509_CRL_set_issuer_name(crl, name) != 1 || X509_CRL_set1_lastUpdate(crl, now) != 1 ||
            X509_CRL_set1_nextUpdate(crl, now) != 1 || X509_CRL_sign(crl, key, EVP_sha256()) <= 0))
        rc = fail_ossl(f, RC_IO, "an empty repository can not be made");
    ASN1_TIME_free(now);
    if (rc != RC_OK)
        return rc;
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_crl(crl);
    if (bag == NULL)
        abort();
    X509_CRL_get0_signature(crl, &signature, NULL);
    bag_set_label(bag, EMPTY_LABEL);
    bag_set_key_id(bag, signature);
    bag_push(bags, bag);
    return RC_OK;
}

static void
safe_push(SAFE_STACK *safes, PKCS7 *safe)
{
    if (safe == NULL || sk_PKCS7_push(safes, safe) <= 0)
        abort();
}

static enum rc
check_entry(const struct keyrepo_entry *entry, struct failure *f)
{
    if (entry->kind != KEYREPO_SIGNER || entry->trusted)
        return RC_OK;
    /* GSKit trusts every signer in a .p12, with or without the attribute (spec 3.2). */
    fail(f, RC_UNSUPPORTED, "a PKCS#12 repository can not hold the signer %s without trusting it",
        entry->label);
    failure_fix(f, "Delete it instead: runmqakm -cert -delete -label \"%s\"", entry->label);
    return RC_UNSUPPORTED;
}

static enum rc
collect(const struct keyrepo *kr, enum keyrepo_part part, const struct secret *password,
    BAG_STACK *keys, BAG_STACK *certs, struct failure *f)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < kr->n && rc == RC_OK; i++) {
        const struct keyrepo_entry *entry = &kr->entries[i];
        if ((entry->kind == KEYREPO_REQUEST) != (part == KEYREPO_PART_REQUESTS))
            continue;
        rc = check_entry(entry, f);
        if (rc == RC_OK && entry->key != NULL)
            rc = add_key(keys, entry, password, f);
        if (rc == RC_OK && entry->cert != NULL)
            rc = add_cert(certs, entry, f);
    }
    return rc;
}

static enum rc
seal(SAFE_STACK *safes, const struct secret *password, struct buf *out, struct failure *f)
{
    AUTO(PKCS12) *p12 = PKCS12_init(NID_pkcs7_data);
    unsigned char *der = NULL;

    if (p12 == NULL || PKCS12_pack_authsafes(p12, safes) != 1 ||
        PKCS12_set_mac(p12, password->bytes, (int)password->n, NULL, 0, ITERATIONS, EVP_sha256()) !=
            1)
        return fail_ossl(f, RC_INVALID, "the repository can not be sealed");
    int n = i2d_PKCS12(p12, &der);
    if (n > 0)
        buf_put(out, der, (size_t)n);
    OPENSSL_free(der);
    return n > 0 && buf_ok(out) ? RC_OK : fail_ossl(f, RC_LIMIT, "the repository is too large");
}

enum rc
pkcs12_encode(const struct keyrepo *kr, enum keyrepo_part part, const struct secret *password,
    struct buf *out, struct failure *f)
{
    AUTO(BAG_STACK) *keys = sk_PKCS12_SAFEBAG_new_null();
    AUTO(BAG_STACK) *certs = sk_PKCS12_SAFEBAG_new_null();
    AUTO(BAG_STACK) *marker = sk_PKCS12_SAFEBAG_new_null();
    AUTO(SAFE_STACK) *safes = sk_PKCS7_new_null();

    enum rc rc = collect(kr, part, password, keys, certs, f);
    if (rc == RC_OK && sk_PKCS12_SAFEBAG_num(keys) + sk_PKCS12_SAFEBAG_num(certs) == 0)
        rc = add_empty_marker(marker, f);
    if (rc != RC_OK)
        return rc;
    if (sk_PKCS12_SAFEBAG_num(keys) > 0)
        safe_push(safes, PKCS12_pack_p7data(keys));
    if (sk_PKCS12_SAFEBAG_num(certs) > 0)
        safe_push(safes, PKCS12_pack_p7encdata(NID_aes_256_cbc, password->bytes, (int)password->n,
                             NULL, 0, ITERATIONS, certs));
    if (sk_PKCS12_SAFEBAG_num(marker) > 0)
        safe_push(safes, PKCS12_pack_p7data(marker));
    return seal(safes, password, out, f);
}
