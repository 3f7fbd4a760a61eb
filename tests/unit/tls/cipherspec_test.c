#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <openssl/ssl.h>

#include "tls/cipherspec.h"

#include <cmocka.h> /* last: it defines fail() */

static void
names(void **state)
{
    (void)state;
    assert_int_equal(cipherspec_find("ECDHE_RSA_AES_256_GCM_SHA384")->suite, 0xC030);
    assert_int_equal(cipherspec_find("TLS_AES_256_GCM_SHA384")->suite, 0x1302);
    assert_true(cipherspec_find("ANY_TLS12_OR_HIGHER")->alias);
    assert_null(cipherspec_find("ECDHE-RSA-AES256-GCM-SHA384"));
    assert_null(cipherspec_find(""));
}

static void
refusals(void **state)
{
    static const struct {
        const char *name, *id, *fix;
    } rows[] = {
        {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "AMQ8242E",
            "SSLCIPH(ECDHE_RSA_AES_256_GCM_SHA384)"},
        {"ECDHE-RSA-AES128-GCM-SHA256", "AMQ8242E", "SSLCIPH(ECDHE_RSA_AES_128_GCM_SHA256)"},
        {"ANY_TLS12_OR_HIGER", "AMQ8242E", "SSLCIPH(ANY_TLS12_OR_HIGHER)"},
        {"rather a long text that nobody would take for the name of any cipher at all", "AMQ8242E",
            ""},
        {"TRIPLE_DES_SHA_US", "AMQ9635E", "ANY_TLS12_OR_HIGHER"},
        {"TLS_RSA_WITH_AES_256_CBC_SHA", "AMQ9635E", "ANY_TLS12_OR_HIGHER"},
        {"NULL_MD5", "AMQ9635E", "ANY_TLS12_OR_HIGHER"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct failure f;
        assert_int_not_equal(cipherspec_check(rows[i].name, &f), RC_OK);
        assert_string_equal(f.id, rows[i].id);
        if (strstr(f.fix, rows[i].fix) == NULL)
            fail_msg("%s: %s", rows[i].name, f.fix);
    }
    assert_int_equal(cipherspec_check("ANY", NULL), RC_OK);
}

/* What the table calls a suite is what OpenSSL means by that number. */
static void
openssl_agrees(void **state)
{
    size_t n;
    const struct cipherspec *all = cipherspec_all(&n);
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (!all[i].enabled || all[i].alias)
            continue;
        uint8_t number[2] = {(uint8_t)(all[i].suite >> 8), (uint8_t)all[i].suite};
        const SSL_CIPHER *c = SSL_CIPHER_find(ssl, number);
        assert_non_null(c);
        assert_string_equal(SSL_CIPHER_get_name(c), all[i].openssl);
        assert_ptr_equal(cipherspec_of_suite(all[i].suite, all[i].version_max), &all[i]);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void
admission(void **state)
{
    static const struct {
        const char *want;
        uint16_t suite;
        int version;
        bool admits;
    } rows[] = {
        {"ANY", 0x1301, TLS1_3_VERSION, true},
        {"ANY", 0xC030, TLS1_2_VERSION, true},
        {"ANY", 0x0035, TLS1_VERSION, false},
        {"ANY", 0x003B, TLS1_2_VERSION, false},
        {"ANY_TLS12", 0x1301, TLS1_3_VERSION, false},
        {"ANY_TLS12", 0xC02F, TLS1_2_VERSION, true},
        {"ANY_TLS12_OR_HIGHER", 0x1303, TLS1_3_VERSION, true},
        {"ANY_TLS13", 0xC030, TLS1_2_VERSION, false},
        {"ANY_TLS13_OR_HIGHER", 0x1302, TLS1_3_VERSION, true},
        {"ECDHE_RSA_AES_256_GCM_SHA384", 0xC030, TLS1_2_VERSION, true},
        {"ECDHE_RSA_AES_256_GCM_SHA384", 0xC02F, TLS1_2_VERSION, false},
        {"ECDHE_RSA_AES_256_GCM_SHA384", 0x1302, TLS1_3_VERSION, false},
        {"TLS_AES_256_GCM_SHA384", 0x1302, TLS1_3_VERSION, true},
        {"TLS_AES_256_GCM_SHA384", 0x1301, TLS1_3_VERSION, false},
        {"ANY", 0x4242, TLS1_3_VERSION, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (cipherspec_admits(cipherspec_find(rows[i].want), rows[i].suite, rows[i].version) !=
            rows[i].admits)
            fail_msg("%s %04X", rows[i].want, rows[i].suite);
    assert_false(cipherspec_admits(NULL, 0x1301, TLS1_3_VERSION));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(refusals),
        cmocka_unit_test(openssl_agrees),
        cmocka_unit_test(admission),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
