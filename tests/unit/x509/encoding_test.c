#include "testing.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "pki.h"

static struct pki root, leaf;

static int
make_pki(void **state)
{
    (void)state;
    root = pki_ca("CN=Root,O=Lab", NULL);
    leaf = pki_new("CN=ASH,O=Lab", &root, &(struct pki_options){0});
    return 0;
}

static int
free_pki(void **state)
{
    (void)state;
    pki_free(&leaf);
    pki_free(&root);
    return 0;
}

static void
pem(struct buf *to)
{
    assert_int_equal(cert_print(leaf.cert, to, NULL), RC_OK);
}
static void
pem_chain_with_text(struct buf *to)
{
    buf_printf(to, "Bag Attributes\r\n    friendlyName: x\r\nsubject=CN = ASH\r\n");
    pem(to);
    buf_printf(to, "\n\ntext between - -----\n");
    assert_int_equal(cert_print(root.cert, to, NULL), RC_OK);
}
static void
pem_in_one_line(struct buf *to)
{
    struct buf lines = buf_new(65536, ORDER_BIG);
    pem(&lines);
    const char *body = strchr(buf_cstr(&lines), '\n') + 1;
    buf_printf(to, "-----BEGIN CERTIFICATE-----\r\n");
    for (const char *c = body; strncmp(c, "-----END", 8) != 0; c++)
        if (*c != '\n')
            buf_u8(to, (uint8_t)*c);
    buf_printf(to, "\r\n-----END CERTIFICATE-----");
    buf_free(&lines);
}
static void
bare_base64(struct buf *to)
{
    struct buf lines = buf_new(65536, ORDER_BIG);
    pem(&lines);
    const char *body = strchr(buf_cstr(&lines), '\n') + 1;
    buf_put(to, body, (size_t)(strstr(body, "-----END") - body));
    buf_free(&lines);
}
static void
utf16(struct buf *to)
{
    struct buf lines = buf_new(65536, ORDER_BIG);
    pem(&lines);
    buf_put(to, "\xff\xfe", 2);
    for (size_t i = 0; i < lines.n; i++) {
        buf_u8(to, lines.p[i]);
        buf_u8(to, 0);
    }
    buf_free(&lines);
}
static void
der(struct buf *to)
{
    pki_der(leaf.cert, to);
    buf_printf(to, "\r\n");
}
static void
two_der(struct buf *to)
{
    pki_der(leaf.cert, to);
    pki_der(root.cert, to);
}
static PKCS7 *
p7_new(void)
{
    PKCS7 *p7 = PKCS7_new();
    PKCS7_set_type(p7, NID_pkcs7_signed);
    PKCS7_content_new(p7, NID_pkcs7_data);
    PKCS7_add_certificate(p7, leaf.cert);
    PKCS7_add_certificate(p7, root.cert);
    return p7;
}
static void
p7_der(struct buf *to)
{
    PKCS7 *p7 = p7_new();
    unsigned char *bytes = NULL;
    int n = i2d_PKCS7(p7, &bytes);
    buf_put(to, bytes, (size_t)n);
    OPENSSL_free(bytes);
    PKCS7_free(p7);
}
static void
p7_pem(struct buf *to)
{
    PKCS7 *p7 = p7_new();
    BIO *b = BIO_new(BIO_s_mem());
    char *text;
    PEM_write_bio_PKCS7(b, p7);
    long n = BIO_get_mem_data(b, &text);
    buf_put(to, text, (size_t)n);
    BIO_free(b);
    PKCS7_free(p7);
}
static void
p7_called_certificate(struct buf *to)
{
    struct buf text = buf_new(65536, ORDER_BIG);
    p7_pem(&text);
    const char *body = strchr(buf_cstr(&text), '\n') + 1;
    buf_printf(to, "-----BEGIN CERTIFICATE-----\n%.*s-----END CERTIFICATE-----\n",
        (int)(strstr(body, "-----END") - body), body);
    buf_free(&text);
}
static void
request(struct buf *to)
{
    X509_REQ *req = NULL;
    assert_int_equal(request_new(leaf.key, "CN=ASH", NULL, NULL, &req, NULL), RC_OK);
    assert_int_equal(request_print(req, to, NULL), RC_OK);
    X509_REQ_free(req);
}
static void
key(struct buf *to)
{
    BIO *b = BIO_new(BIO_s_mem());
    char *text;
    PEM_write_bio_PKCS8PrivateKey(
        b, leaf.key, EVP_aes_256_cbc(), NULL, 0, NULL, (void *)(uintptr_t) "pw");
    long n = BIO_get_mem_data(b, &text);
    buf_put(to, text, (size_t)n);
    BIO_free(b);
}
static void
pkcs12(struct buf *to)
{
    PKCS12 *p12 = PKCS12_create("pw", "x", leaf.key, leaf.cert, NULL, 0, 0, 1, 1, 0);
    unsigned char *bytes = NULL;
    int n = i2d_PKCS12(p12, &bytes);
    buf_put(to, bytes, (size_t)n);
    OPENSSL_free(bytes);
    PKCS12_free(p12);
}
static void
damaged(struct buf *to)
{
    pem(to);
    to->p[100] = '!';
}
static void
html(struct buf *to)
{
    buf_printf(to, "<html>Please log in</html>");
}
static void
nothing(struct buf *to)
{
    (void)to;
}

static void
tells_encodings_by_content(void **state)
{
    static const struct {
        void (*make)(struct buf *);
        int certs; /* 0: refused */
        enum x509_kind kind;
        const char *says;
    } cases[] = {
        {pem, 1, X509_KIND_CERTIFICATES, ""},
        {pem_chain_with_text, 2, X509_KIND_CERTIFICATES, ""},
        {pem_in_one_line, 1, X509_KIND_CERTIFICATES, ""},
        {bare_base64, 1, X509_KIND_CERTIFICATES, ""},
        {utf16, 1, X509_KIND_CERTIFICATES, ""},
        {der, 1, X509_KIND_CERTIFICATES, ""},
        {two_der, 2, X509_KIND_CERTIFICATES, ""},
        {p7_der, 2, X509_KIND_CERTIFICATES, ""},
        {p7_pem, 2, X509_KIND_CERTIFICATES, ""},
        {p7_called_certificate, 2, X509_KIND_CERTIFICATES, ""},
        {request, 0, X509_KIND_REQUEST, "is a certificate request"},
        {key, 0, X509_KIND_KEY, "is a private key"},
        {pkcs12, 0, X509_KIND_PKCS12, "is a PKCS#12"},
        {damaged, 0, X509_KIND_UNKNOWN, "not a certificate"},
        {html, 0, X509_KIND_UNKNOWN, "not a certificate"},
        {nothing, 0, X509_KIND_UNKNOWN, "empty"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_BUF file = buf_new(65536, ORDER_BIG);
        AUTO(X509_STACK) *certs = NULL;
        struct failure f = {0};
        cases[i].make(&file);
        enum rc rc = certs_parse(buf_span(&file), &certs, &f);
        assert_int_equal(x509_kind(buf_span(&file)), cases[i].kind);
        assert_int_equal(rc, cases[i].certs > 0 ? RC_OK : RC_MALFORMED);
        assert_int_equal(certs == NULL ? 0 : sk_X509_num(certs), cases[i].certs);
        if (certs != NULL)
            assert_int_equal(X509_cmp(sk_X509_value(certs, 0), leaf.cert), 0);
        if (strstr(f.text, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, f.text);
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static void
requests_round_trip(void **state)
{
    const char *dns[] = {"birch.example.com"}, *ip[] = {"192.0.2.7", "2001:db8::7"};
    const struct san san = {dns, 1, ip, 2, NULL, 0};
    const char *evil[] = {"a,IP:192.0.2.1 x"};
    const struct san bad_dns = {evil, 1, NULL, 0, NULL, 0}, bad_ip = {NULL, 0, evil, 1, NULL, 0};
    AUTO(X509_REQ) *req = NULL;
    AUTO(X509_REQ) *back = NULL;
    AUTO_BUF text = buf_new(65536, ORDER_BIG);
    struct failure f;
    (void)state;

    assert_int_equal(request_new(leaf.key, "CN=B,C=GB", &san, NULL, &req, &f), RC_OK);
    assert_int_equal(request_print(req, &text, &f), RC_OK);
    assert_int_equal(request_parse(buf_span(&text), &back, &f), RC_OK);
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(back);
    assert_int_equal(sk_X509_EXTENSION_num(extensions), 1);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);

    X509_REQ *none = NULL;
    assert_int_equal(request_new(leaf.key, "CN=B", &bad_dns, NULL, &none, &f), RC_INVALID);
    assert_int_equal(request_new(leaf.key, "CN=B", &bad_ip, NULL, &none, &f), RC_INVALID);
    assert_int_equal(request_new(leaf.key, "CN=B", NULL, "sha999", &none, &f), RC_INVALID);
    buf_clear(&text);
    pem(&text);
    assert_int_equal(request_parse(buf_span(&text), &none, &f), RC_MALFORMED);
    assert_non_null(strstr(f.text, "the file is a certificate"));
}

/* One bit of the name changed after signing. */
static void
refuses_a_changed_request(void **state)
{
    AUTO(X509_REQ) *req = NULL;
    unsigned char *bytes = NULL;
    struct failure f;
    X509_REQ *none = NULL;
    (void)state;

    assert_int_equal(request_new(leaf.key, "CN=BIRCH", NULL, NULL, &req, &f), RC_OK);
    int n = i2d_X509_REQ(req, &bytes);
    unsigned char *name = memmem(bytes, (size_t)n, "BIRCH", 5);
    name[0] = 'D';
    assert_int_equal(request_parse(span_of(bytes, (size_t)n), &none, &f), RC_MALFORMED);
    assert_non_null(strstr(f.text, "changed after"));
    OPENSSL_free(bytes);
}

static void
makes_keys(void **state)
{
    static const struct {
        const char *spec, *said;
    } cases[] = {{"rsa2048", "RSA 2048"}, {"P256", "P-256"}, {"p384", "P-384"}, {"p521", "P-521"}};
    EVP_PKEY *key = NULL;
    char text[40];
    struct failure f;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(key_generate(cases[i].spec, &key, &f), RC_OK);
        key_describe(key, text, sizeof(text));
        assert_string_equal(text, cases[i].said);
        assert_false(cert_matches_key(leaf.cert, key));
        EVP_PKEY_free(key);
    }
    assert_true(cert_matches_key(leaf.cert, leaf.key));
    assert_int_equal(key_generate("rsa512", &key, &f), RC_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_encodings_by_content),
        cmocka_unit_test(requests_round_trip),
        cmocka_unit_test(refuses_a_changed_request),
        cmocka_unit_test(makes_keys),
    };
    return cmocka_run_group_tests(tests, make_pki, free_pki);
}
