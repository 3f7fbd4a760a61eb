#include "pki.h"

#include <assert.h>
#include <stdarg.h>

#include <openssl/x509v3.h>

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    if (value == NULL)
        return;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert(e != NULL);
    assert(X509_add_ext(cert, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static X509 *
certify(const char *dn, EVP_PKEY *key, const struct pki *issuer, const struct pki_options *o)
{
    static long serial = 0x1000;
    X509 *cert = X509_new();
    X509_NAME *name = NULL;
    X509 *by = issuer != NULL ? issuer->cert : cert;

    assert(dn_parse_name(dn, &name, NULL) == RC_OK);
    assert(X509_set_version(cert, X509_VERSION_3) == 1);
    assert(ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial) == 1);
    assert(X509_set_subject_name(cert, name) == 1);
    assert(X509_set_issuer_name(cert, X509_get_subject_name(by)) == 1);
    X509_NAME_free(name);
    ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(o->from != 0 ? o->from : PKI_NOW - 86400));
    ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(o->to != 0 ? o->to : PKI_NOW + 86400));
    assert(X509_set_pubkey(cert, key) == 1);
    add_extension(cert, by, NID_basic_constraints, o->basic);
    add_extension(cert, by, NID_key_usage, o->usage);
    add_extension(cert, by, NID_ext_key_usage, o->ext_usage);
    if (!o->no_key_ids) {
        add_extension(cert, by, NID_subject_key_identifier, "hash");
        add_extension(cert, by, NID_authority_key_identifier, "keyid");
    }
    assert(X509_sign(cert, issuer != NULL ? issuer->key : key, EVP_sha256()) > 0);
    return cert;
}

struct pki
pki_new(const char *dn, const struct pki *issuer, const struct pki_options *o)
{
    struct pki p = {0};

    assert(key_generate("p256", &p.key, NULL) == RC_OK);
    p.cert = certify(dn, p.key, issuer, o);
    return p;
}

struct pki
pki_again(const struct pki *old, const struct pki *issuer, const struct pki_options *o)
{
    char dn[DN_TEXT_MAX];
    struct dn parsed;
    struct pki p = {old->key, NULL};

    assert(dn_of_name(X509_get_subject_name(old->cert), &parsed, NULL) == RC_OK);
    dn_print_name(&parsed, dn, sizeof(dn));
    EVP_PKEY_up_ref(p.key);
    p.cert = certify(dn, p.key, issuer, o);
    return p;
}

void
pki_free(struct pki *p)
{
    X509_free(p->cert);
    EVP_PKEY_free(p->key);
    *p = (struct pki){0};
}

struct pki
pki_ca(const char *dn, const struct pki *issuer)
{
    return pki_new(dn, issuer,
        &(struct pki_options){
            .basic = "critical,CA:TRUE", .usage = "critical,keyCertSign,cRLSign"});
}

X509_STACK *
pki_stack(const struct pki *first, ...)
{
    X509_STACK *s = sk_X509_new_null();
    va_list ap;

    va_start(ap, first);
    for (const struct pki *p = first; p != NULL; p = va_arg(ap, const struct pki *)) {
        X509_up_ref(p->cert);
        sk_X509_push(s, p->cert);
    }
    va_end(ap);
    return s;
}

void
pki_der(X509 *cert, struct buf *out)
{
    unsigned char *der = NULL;
    int n = i2d_X509(cert, &der);

    assert(n > 0);
    buf_put(out, der, (size_t)n);
    OPENSSL_free(der);
}
