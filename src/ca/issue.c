#include "ca/issue.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "x509/ossl.h"

/* 16 octets, positive, the first never zero: every serial number has the same length. */
static bool
set_serial(X509 *cert)
{
    unsigned char bytes[16];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return ok;
}

static bool
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    if (value == NULL)
        return true;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static bool
add_extensions(X509 *cert, X509 *issuer, const struct issue *plan)
{
    return add_extension(cert, issuer, NID_basic_constraints, plan->basic) &&
           add_extension(cert, issuer, NID_key_usage, plan->usage) &&
           add_extension(cert, issuer, NID_ext_key_usage, plan->ext_usage) &&
           add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always") &&
           (plan->san == NULL || X509_add_ext(cert, plan->san, -1) == 1);
}

static bool
fill(X509 *cert, X509 *issuer, const struct issue *plan)
{
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_set_subject_name(cert, plan->subject) == 1 &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)plan->from) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)plan->to) != NULL &&
           X509_set_pubkey(cert, plan->key) == 1 && add_extensions(cert, issuer, plan);
}

enum rc
issue_cert(const struct issue *plan, X509 **out, struct failure *f)
{
    AUTO(X509) *cert = X509_new();

    if (cert == NULL)
        abort();
    if (!fill(cert, plan->issuer != NULL ? plan->issuer : cert, plan) ||
        X509_sign(cert, plan->issuer_key, key_digest(plan->issuer_key)) <= 0)
        return fail_ossl(f, RC_INVALID, "the certificate could not be made");
    *out = X509_take(&cert);
    return RC_OK;
}
