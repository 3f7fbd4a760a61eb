#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include "tls/tls.h"

#include <cmocka.h> /* last: it defines fail() */

static void
encoding(void **state)
{
    static const struct {
        const char *channel, *sni;
    } rows[] = {
        {"ASH.BIRCH", "ash2e-birch"},
        {"TO.QMGR1", "to2e-qmgr1"},
        {"APP.SVRCONN", "app2e-svrconn"},
        {"A_B1", "a5f-b1"},
        {"A/B%C9", "a2f-b25-c9"},
        {"lowerX", "6c-6f-77-65-72-x"},
        {"CH-1Z", "ch2d-1z"},
        {"x", "78-"},
        {"____________________", "5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-5f-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char want[128], sni[128];
        snprintf(want, sizeof(want), "%s.chl.mq.ibm.com", rows[i].sni);
        tls_sni_encode(rows[i].channel, sni, sizeof(sni));
        assert_string_equal(sni, want);
        assert_true(tls_sni_is(sni, rows[i].channel));
    }
}

static void
what_is_no_channel(void **state)
{
    char sni[30];

    (void)state;
    tls_sni_encode("", sni, sizeof(sni));
    assert_string_equal(sni, "");
    tls_sni_encode("MORE.THAN.TWENTY.CHARS", sni, sizeof(sni));
    assert_string_equal(sni, "");
    tls_sni_encode("DOES.NOT.FIT.HERE", sni, sizeof(sni));
    assert_string_equal(sni, "");
    assert_false(tls_sni_is("", ""));
    assert_false(tls_sni_is("", "A"));
    assert_false(tls_sni_is("a.chl.mq.ibm.com", "B"));
    assert_false(tls_sni_is("a", "A"));
    assert_false(tls_sni_is("a.chl.mq.ibm.com", "a"));
    assert_true(tls_sni_is("A.CHL.MQ.IBM.COM", "A"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding),
        cmocka_unit_test(what_is_no_channel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
