#include "testing.h"

#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "ca/ca.h"
#include "pki.h"
#include "program.h"

static struct io *io;
static char folder[64];

static const char *
at(const char *name)
{
    static char path[4][160];
    static unsigned i;

    i = (i + 1) % 4;
    snprintf(path[i], sizeof(path[i]), "%s/%s", folder, name);
    return path[i];
}

static int
setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/grove-ca-XXXXXX");
    io = io_uv_new();
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    struct failure f;
    (void)state;
    int failed = io_remove_tree(io, folder, &f) != RC_OK;
    io_free(io);
    return failed;
}

static struct ca *
own(const char *name)
{
    struct ca *ca = NULL;
    struct failure f = {0};
    const struct ca_options o = {.name = name};

    if (ca_create(io, at(name), &o, &f) != RC_OK || ca_open_own(io, at(name), &ca, &f) != RC_OK)
        fail_msg("%s", f.text);
    return ca;
}

static X509_REQ *
request(const char *dn, const struct san *san)
{
    EVP_PKEY *key = NULL;
    X509_REQ *req = NULL;
    struct failure f = {0};

    assert_int_equal(key_generate("p256", &key, &f), RC_OK);
    if (request_new(key, dn, san, NULL, &req, &f) != RC_OK)
        fail_msg("%s", f.text);
    EVP_PKEY_free(key);
    return req;
}

static void
keeps_its_secrets(void **state)
{
    static const struct {
        const char *name;
        mode_t mode;
    } files[] = {{"passphrase", 0600}, {"root.key", 0600}, {"intermediate.key", 0600}};
    struct ca *ca = own("Secret");
    const struct ca_options o = {.name = "Secret"};
    AUTO_BUF key = buf_new(65536, ORDER_BIG);
    struct failure f = {0};
    struct stat st;
    char path[256];
    (void)state;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", at("Secret"), files[i].name);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, files[i].mode);
        buf_clear(&key);
        assert_int_equal(io_load(io, path, 65536, &key, &f), RC_OK);
        if (i > 0)
            assert_non_null(strstr(buf_cstr(&key), "BEGIN ENCRYPTED PRIVATE KEY"));
    }
    assert_int_equal(ca_create(io, at("Secret"), &o, &f), RC_EXISTS);
    ca_free(ca);

    struct ca *none = NULL;
    snprintf(path, sizeof(path), "%s/passphrase", at("Secret"));
    assert_int_equal(io_save(io, path, span_str("another"), &f), RC_OK);
    assert_int_equal(ca_open_own(io, at("Secret"), &none, &f), RC_DENIED);
    assert_int_equal(io_remove(io, path, &f), RC_OK);
    assert_int_equal(ca_open_own(io, at("Secret"), &none, &f), RC_NOT_FOUND);
    assert_null(none);
}

static bool
has_text(X509 *cert, const char *text)
{
    static char out[16384];
    BIO *b = BIO_new(BIO_s_mem());
    X509_print_ex(b, cert, 0, 0);
    int n = BIO_read(b, out, sizeof(out) - 1);
    out[n > 0 ? n : 0] = '\0';
    BIO_free(b);
    return strstr(out, text) != NULL;
}

static void
signs_by_profile(void **state)
{
    static const struct {
        struct ca_profile profile;
        bool server, client;
        int64_t days;
    } cases[] = {
        {{0, true, true}, true, true, 397}, {{30, true, false}, true, false, 30},
        {{9999, false, true}, false, true, 1825},
        {{0, false, false}, true, true, 397}, /* no EKU: any use */
    };
    const char *dns[] = {"birch.example.com"};
    const struct san san = {dns, 1, NULL, 0, NULL, 0};
    struct ca *ca = own("Lab");
    AUTO(X509_REQ) *req = request("CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB", &san);
    int64_t now = io_wall(io) / 1000000;
    (void)state;

    assert_true(ca_can_issue_at_will(ca));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(X509_STACK) *chain = NULL;
        AUTO(X509_STACK) *signers = NULL;
        struct failure f = {0};
        struct chain_verdict v;
        if (ca_sign(ca, "BIRCH", req, &cases[i].profile, &chain, &f) != RC_OK)
            fail_msg("%s", f.text);
        assert_int_equal(ca_signers(ca, &signers, &f), RC_OK);
        assert_int_equal(sk_X509_num(chain), 3);
        assert_int_equal(sk_X509_num(signers), 2);
        X509 *leaf = sk_X509_value(chain, 0);
        chain_verify(leaf, NULL, signers, CERT_ROLE_SERVER, true, now, &v);
        assert_int_equal(v.ok, cases[i].server);
        chain_verify(leaf, NULL, signers, CERT_ROLE_CLIENT, true, now, &v);
        assert_int_equal(v.ok, cases[i].client);
        int64_t life = cert_not_after(leaf) - cert_not_before(leaf);
        assert_true(life <= cases[i].days * 86400 && life > (cases[i].days - 1) * 86400);
        assert_true(has_text(leaf, "DNS:birch.example.com"));
        assert_false(cert_is_ca(leaf));
        assert_int_equal(ASN1_STRING_length(X509_get0_serialNumber(leaf)), 16);
        assert_int_equal(
            X509_NAME_cmp(X509_get_subject_name(leaf), X509_REQ_get_subject_name(req)), 0);
        assert_true(cert_is_self_signed(sk_X509_value(signers, 1)));
        assert_int_equal(X509_get_pathlen(sk_X509_value(signers, 0)), 0);
        assert_int_equal(X509_get_pathlen(sk_X509_value(signers, 1)), 1);
    }
    ca_free(ca);
}

/* The request may ask to be a CA: only its names are granted. */
static void
grants_only_names(void **state)
{
    struct ca *ca = own("Strict");
    AUTO_BUF pem = buf_new(65536, ORDER_BIG);
    AUTO(X509_REQ) *req = NULL;
    AUTO(X509_STACK) *chain = NULL;
    static char out[8192];
    struct failure f = {0};
    (void)state;

    if (!program_there("openssl"))
        skip();
    const char *const argv[] = {"openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes",
        "-keyout", at("o.key"), "-out", at("o.csr"), "-subj", "/C=GB/O=Lab/CN=OAK", "-addext",
        "subjectAltName=DNS:oak,IP:192.0.2.1", "-addext", "basicConstraints=critical,CA:TRUE",
        "-addext", "keyUsage=keyCertSign", NULL};
    assert_int_equal(program_run(argv, out, sizeof(out)), 0);
    assert_int_equal(io_load(io, at("o.csr"), 65536, &pem, &f), RC_OK);
    assert_int_equal(request_parse(buf_span(&pem), &req, &f), RC_OK);
    assert_int_equal(ca_sign(ca, "OAK", req, NULL, &chain, &f), RC_OK);
    X509 *leaf = sk_X509_value(chain, 0);
    assert_int_equal(X509_check_ca(leaf), 0);
    assert_true(has_text(leaf, "DNS:oak, IP Address:192.0.2.1"));
    assert_true(has_text(leaf, "Digital Signature, Key Encipherment"));

    /* And openssl agrees with all of it. */
    buf_clear(&pem);
    assert_int_equal(cert_print(leaf, &pem, &f), RC_OK);
    assert_int_equal(io_save(io, at("o.crt"), buf_span(&pem), &f), RC_OK);
    const char *const verify[] = {"openssl", "verify", "-x509_strict", "-purpose", "sslclient",
        "-CAfile", at("Strict/root.crt"), "-untrusted", at("Strict/chain.pem"), at("o.crt"), NULL};
    if (program_run(verify, out, sizeof(out)) != 0)
        fail_msg("%s", out);
    ca_free(ca);
}

static void
refuses_weak_keys(void **state)
{
    struct ca *ca = own("Weak");
    AUTO(X509_REQ) *req = NULL;
    X509_STACK *none = NULL;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
    struct failure f = {0};
    (void)state;

    assert_int_equal(request_new(key, "CN=W", NULL, NULL, &req, &f), RC_OK);
    assert_int_equal(ca_sign(ca, "W", req, NULL, &none, &f), RC_INVALID);
    assert_non_null(strstr(f.text, "RSA 1024"));
    EVP_PKEY_free(key);
    ca_free(ca);
}

/* ---- by hand ---- */

static void
put_pem(const char *path, X509_STACK *chain, int from, int n)
{
    AUTO_BUF pem = buf_new(65536, ORDER_BIG);
    struct failure f;

    for (int i = from; i < from + n; i++)
        assert_int_equal(cert_print(sk_X509_value(chain, i), &pem, &f), RC_OK);
    assert_int_equal(io_save(io, path, buf_span(&pem), &f), RC_OK);
}

static void
put_p7b(const char *path, X509_STACK *chain)
{
    PKCS7 *p7 = PKCS7_new();
    unsigned char *der = NULL;
    struct failure f;

    PKCS7_set_type(p7, NID_pkcs7_signed);
    PKCS7_content_new(p7, NID_pkcs7_data);
    for (int i = sk_X509_num(chain); i-- > 0;) /* the leaf last */
        PKCS7_add_certificate(p7, sk_X509_value(chain, i));
    int n = i2d_PKCS7(p7, &der);
    assert_int_equal(io_save(io, path, span_of(der, (size_t)n), &f), RC_OK);
    OPENSSL_free(der);
    PKCS7_free(p7);
}

static void
waits_for_a_person(void **state)
{
    struct ca *real = own("Company"), *ca = NULL;
    AUTO(X509_REQ) *req = request("CN=BIRCH,O=Lab", NULL);
    AUTO(X509_REQ) *next = request("CN=BIRCH,O=Lab", NULL);
    AUTO(X509_STACK) *answer = NULL;
    AUTO(X509_STACK) *chain = NULL;
    AUTO(X509_STACK) *signers = NULL;
    AUTO(X509_STACK) *whole = NULL;
    X509_STACK *none = NULL;
    AUTO_BUF csr = buf_new(65536, ORDER_BIG);
    struct failure f = {0};
    (void)state;

    assert_int_equal(ca_open_by_hand(io, at("hand"), &ca, &f), RC_OK);
    assert_false(ca_can_issue_at_will(ca));
    assert_int_equal(ca_sign(ca, "BIRCH", req, NULL, &none, &f), RC_WAITING);
    assert_non_null(strstr(f.text, "hand/BIRCH.csr"));
    assert_non_null(strstr(f.text, "CN=BIRCH,O=Lab"));
    assert_string_equal(f.side, "CA");
    assert_string_equal(f.cause, "");
    AUTO(X509_REQ) *sent = NULL;
    assert_int_equal(io_load(io, at("hand/BIRCH.csr"), 65536, &csr, &f), RC_OK);
    assert_int_equal(request_parse(buf_span(&csr), &sent, &f), RC_OK);

    /* The request itself, saved as the answer. */
    assert_int_equal(io_save(io, at("hand/BIRCH.cer"), buf_span(&csr), &f), RC_OK);
    assert_int_equal(ca_sign(ca, "BIRCH", req, NULL, &none, &f), RC_WAITING);
    assert_non_null(strstr(f.cause, "BIRCH.cer does not answer this request: the file is a "
                                    "certificate request"));

    /* The answer without its signers, then with some, then all in one PKCS#7. */
    assert_int_equal(ca_sign(real, "BIRCH", sent, NULL, &answer, &f), RC_OK);
    put_pem(at("hand/BIRCH.cer"), answer, 0, 1);
    assert_int_equal(ca_sign(ca, "BIRCH", req, NULL, &chain, &f), RC_OK);
    assert_int_equal(sk_X509_num(chain), 1);
    assert_int_equal(ca_signers(ca, &signers, &f), RC_OK);
    assert_int_equal(sk_X509_num(signers), 0);
    assert_int_equal(io_mkdir(io, at("hand/signers"), &f), RC_OK);
    put_pem(at("hand/signers/all.txt"), answer, 1, 2);
    assert_int_equal(ca_sign(ca, "BIRCH", req, NULL, &whole, &f), RC_OK);
    assert_int_equal(sk_X509_num(whole), 3);
    assert_int_equal(io_remove_tree(io, at("hand/signers"), &f), RC_OK);
    put_p7b(at("hand/BIRCH.p7b"), answer);
    sk_X509_pop_free(signers, X509_free);
    signers = NULL;
    assert_int_equal(ca_signers(ca, &signers, &f), RC_OK);
    assert_int_equal(sk_X509_num(signers), 2);
    assert_true(cert_is_self_signed(sk_X509_value(signers, 1)));

    /* The renewal: the answer that is there is an old one. */
    assert_int_equal(ca_sign(ca, "BIRCH", next, NULL, &none, &f), RC_WAITING);
    assert_non_null(strstr(f.cause, "for another key"));
    assert_null(none);
    ca_free(ca);
    ca_free(real);
}

static void
takes_a_changed_name(void **state)
{
    struct ca *ca = NULL;
    struct pki root = pki_ca("CN=Root", NULL);
    struct pki named = pki_new("CN=BIRCH", &root, &(struct pki_options){0});
    AUTO(X509_REQ) *req = NULL;
    AUTO(X509_STACK) *answer = pki_stack(&named, NULL);
    AUTO(X509_STACK) *chain = NULL;
    struct failure f = {0};
    (void)state;

    assert_int_equal(request_new(named.key, "CN=BIRCH,OU=Messaging", NULL, NULL, &req, &f), RC_OK);
    assert_int_equal(ca_open_by_hand(io, at("renamed"), &ca, &f), RC_OK);
    assert_int_equal(io_mkdir(io, at("renamed"), &f), RC_OK);
    put_pem(at("renamed/BIRCH.crt"), answer, 0, 1);
    assert_int_equal(ca_sign(ca, "BIRCH", req, NULL, &chain, &f), RC_OK);
    assert_true(cert_matches_key(sk_X509_value(chain, 0), named.key));
    ca_free(ca);
    pki_free(&named);
    pki_free(&root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_its_secrets),
        cmocka_unit_test(signs_by_profile),
        cmocka_unit_test(grants_only_names),
        cmocka_unit_test(refuses_weak_keys),
        cmocka_unit_test(waits_for_a_person),
        cmocka_unit_test(takes_a_changed_name),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
