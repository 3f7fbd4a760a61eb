/* Files from a CA: what parses as certificates prints as PEM that parses to the same ones, and the
 * kind of a file agrees with what can be parsed from it. */
#include <assert.h>

#include <openssl/err.h>

#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
certs_round_trip(X509_STACK *certs)
{
    AUTO_BUF pem = buf_new(1024 * 1024, ORDER_BIG);
    AUTO(X509_STACK) *again = NULL;

    for (int i = 0; i < sk_X509_num(certs); i++)
        if (cert_print(sk_X509_value(certs, i), &pem, NULL) != RC_OK)
            return;
    assert(certs_parse(buf_span(&pem), &again, NULL) == RC_OK);
    assert(sk_X509_num(again) == sk_X509_num(certs));
    for (int i = 0; i < sk_X509_num(certs); i++)
        assert(X509_cmp(sk_X509_value(certs, i), sk_X509_value(again, i)) == 0);
}

static void
look_at(X509 *cert, X509_STACK *all)
{
    struct chain_verdict verdict;
    char text[64];

    cert_serial(cert, text, sizeof(text));
    cert_key_id(cert, text, sizeof(text));
    (void)cert_not_after(cert);
    chain_verify(cert, all, all, CERT_ROLE_CLIENT, true, 1800000000, &verdict);
    assert(verdict.ok == (verdict.code == X509_V_OK));
    assert(verdict.ok || verdict.reason[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = span_of(data, size);
    AUTO(X509_STACK) *certs = NULL;
    AUTO(X509_REQ) *req = NULL;

    enum x509_kind kind = x509_kind(file);
    if (certs_parse(file, &certs, NULL) == RC_OK) {
        assert(kind == X509_KIND_CERTIFICATES && sk_X509_num(certs) > 0);
        certs_round_trip(certs);
        for (int i = 0; i < sk_X509_num(certs) && i < 8; i++)
            look_at(sk_X509_value(certs, i), certs);
    }
    if (request_parse(file, &req, NULL) == RC_OK)
        assert(kind == X509_KIND_REQUEST || kind == X509_KIND_CERTIFICATES);
    assert(ERR_peek_error() == 0);
    return 0;
}
