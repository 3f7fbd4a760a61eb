#include "x509/x509.h"

#include <string.h>
#include <time.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "x509/hex.h"
#include "x509/ossl.h"

enum rc
cert_print(X509 *cert, struct buf *pem, struct failure *f)
{
    AUTO(BIO) *out = BIO_new(BIO_s_mem());
    char *text;

    if (out == NULL || PEM_write_bio_X509(out, cert) != 1)
        return fail_ossl(f, RC_MALFORMED, "a certificate could not be written as PEM");
    long n = BIO_get_mem_data(out, &text);
    buf_put(pem, text, (size_t)n);
    return buf_ok(pem) ? RC_OK : fail(f, RC_LIMIT, "too many certificates");
}

bool
cert_is_ca(X509 *cert)
{
    return X509_check_ca(cert) == 1;
}

bool
cert_is_self_signed(X509 *cert)
{
    return X509_self_signed(cert, 0) == 1;
}

bool
cert_matches_key(X509 *cert, EVP_PKEY *key)
{
    EVP_PKEY *public = X509_get0_pubkey(cert);
    return public != NULL && EVP_PKEY_eq(public, key) == 1;
}

/* A time that can not be read counts as 1970: such a certificate has expired. */
static int64_t
seconds_of(const ASN1_TIME *t)
{
    struct tm tm = {0};

    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return 0;
    return (int64_t)timegm(&tm);
}

int64_t
cert_not_before(const X509 *cert)
{
    return seconds_of(X509_get0_notBefore(cert));
}

int64_t
cert_not_after(const X509 *cert)
{
    return seconds_of(X509_get0_notAfter(cert));
}

void
hex_pairs(struct span bytes, char *to, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    to[0] = '\0';
    for (size_t i = 0; i < bytes.n && n + (i > 0 ? 4 : 3) <= size; i++) {
        if (i > 0)
            to[n++] = ':';
        to[n++] = digits[bytes.p[i] >> 4];
        to[n++] = digits[bytes.p[i] & 15];
        to[n] = '\0';
    }
}

void
cert_serial(const X509 *cert, char *to, size_t size)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
    hex_pairs(span_of(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial)), to, size);
}

void
cert_key_id(X509 *cert, char *to, size_t size)
{
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(cert);
    unsigned char sha1[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    to[0] = '\0';
    if (id != NULL)
        hex_pairs(span_of(ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)), to, size);
    else if (X509_pubkey_digest(cert, EVP_sha1(), sha1, &n) == 1)
        hex_pairs(span_of(sha1, n), to, size);
}
