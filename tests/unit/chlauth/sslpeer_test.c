#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include "chlauth/sslpeer.h"
#include "sslpeer_cases.h"

#include <cmocka.h> /* last: it defines fail() */

static void
cases_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct sslpeer_case *c = &cases[i];
        struct sslpeer pattern;
        struct failure f;
        enum rc rc = sslpeer_parse(c->filter, &pattern, &f);
        if ((rc != RC_OK) != (c->expect == INVALID))
            fail_msg("%s (%s): parsed %d", c->filter, c->why, rc);
        if (sslpeer_admits(c->filter, c->name) != (c->expect == MATCHES))
            fail_msg("%s: %s", c->filter, c->why);
        if (rc == RC_OK)
            continue;
        assert_string_equal(f.id, "AMQ8243E");
        assert_int_equal(f.reason, 4093);
    }
}

static void
filters_that_are_not_valid(void **state)
{
    static const char *const bad[] = {"CN", "CN=", "CN= ", "=x", ",", "CN=a,,O=b", "CN=a;", ",CN=a",
        "CN=\"a\"b", "CN=a\"b\"", "MAIL=a,E=b", "C N=a", "CN=\"", "cN=a", "CN=\"a\"\"", "OU"};
    char longer[1030];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (sslpeer_parse(bad[i], &(struct sslpeer){0}, NULL) == RC_OK)
            fail_msg("accepted: %s", bad[i]);
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    memcpy(longer, "CN=", 3);
    assert_int_not_equal(sslpeer_parse(longer, &(struct sslpeer){0}, NULL), RC_OK);
    longer[3 + 256] = '\0';
    assert_int_not_equal(sslpeer_parse(longer, &(struct sslpeer){0}, NULL), RC_OK);
    longer[3 + 255] = '\0';
    assert_int_equal(sslpeer_parse(longer, &(struct sslpeer){0}, NULL), RC_OK);
}

static void
values(void **state)
{
    static const struct {
        const char *filter, *value;
        bool admits;
    } rows[] = {
        {"CN=**", "anything", true},
        {"CN=\\*", "*", true},
        {"CN=\\*", "x", false},
        {"CN=\\*\\*", "**", true},
        {"CN=\\**", "*rest", true},
        {"CN=\\**", "rest", false},
        {"CN=*\\*", "head*", true},
        {"CN=*\\*", "head", false},
        {"CN=\"*\"", "*", true},
        {"CN=\"*\"", "x", false},
        {"CN=\"a*\"", "ab", false},
        {"CN=\"say \"\"hi\"\"\"", "say \"hi\"", true},
        {"CN=ab", "abc", false},
        {"CN=abc", "ab", false},
        {"CN=*abc", "bc", false},
        {"CN=a\\b", "a\\b", true},
        {"CN=\"\"", "", true},
        {"CN=\"\"", "x", false},
        {"CN=*", "", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dn dn = {.n = 1, .at = {{.type = DN_CN}}};
        strcpy(dn.at[0].value, rows[i].value);
        if (sslpeer_admits(rows[i].filter, &dn) != rows[i].admits)
            fail_msg("%s on %s", rows[i].filter, rows[i].value);
    }
}

static void
blank_admits_everyone(void **state)
{
    struct dn dn = {0};

    (void)state;
    assert_true(sslpeer_admits("", &dn));
    assert_true(sslpeer_admits("   ", &dn));
    assert_false(sslpeer_admits("nonsense", &dn));
}

/* What a certificate prints as its filter admits that certificate and no namesake. */
static void
own_filter(void **state)
{
    static const char *const names[] = {"CN=ASH,OU=Messaging,OU=Lab,O=\"Grove, Inc.\",C=GB",
        "CN=*,O=*a*", "CN=\"*,\",O=a", "CN=\" x \",O=say"};
    char filter[DN_TEXT_MAX];
    struct dn dn;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(dn_parse(names[i], &dn, NULL), RC_OK);
        dn_print_filter(&dn, filter, sizeof(filter));
        if (!sslpeer_admits(filter, &dn))
            fail_msg("%s does not admit %s", filter, names[i]);
        dn.at[0].value[0] = '!';
        if (sslpeer_admits(filter, &dn))
            fail_msg("%s admits another", filter);
    }
}

static void
explanations(void **state)
{
    static const struct {
        const char *filter, *says;
    } rows[] = {
        {"CN=ASH,OU=Messaging",
            "OU: the certificate has 'Messaging-Test', the filter wants 'Messaging'"},
        {"O=Other*", "O: the certificate has 'Grove', the filter wants 'Other*'"},
        {"C=GB", "C: the certificate has none, the filter wants one"},
        {"OU=Messaging-Test,OU=*", "OU: the certificate has 1, the filter wants 2"},
        {"L=*", "L: the certificate has it 2 times, a filter can name it only once"},
        {"CN=ash", "it matches"},
    };
    static const struct dn dn = {
        5, {{DN_CN, "ASH"}, {DN_OU, "Messaging-Test"}, {DN_O, "Grove"}, {DN_L, "a"}, {DN_L, "b"}}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sslpeer pattern;
        char why[200];
        assert_int_equal(sslpeer_parse(rows[i].filter, &pattern, NULL), RC_OK);
        sslpeer_explain(&pattern, &dn, why, sizeof(why));
        assert_string_equal(why, rows[i].says);
    }
}

/* From the most specific down; each row is more specific than all that follow. */
static void
precedence(void **state)
{
    static const char *const order[] = {"SERIALNUMBER=01:02", "E=a@b.c,CN=x", "CN=app1,O=a",
        "CN=app1", "CN=app1*", "CN=app*", "CN=*", "OU=a,OU=b", "OU=a", "OU=*,OU=b", "DC=b,DC=com",
        "DC=com", "O=a,C=GB", "O=a", "C=GB", ""};
    size_t n = sizeof(order) / sizeof(order[0]);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            struct sslpeer a, b;
            assert_int_equal(sslpeer_parse(order[i], &a, NULL), RC_OK);
            assert_int_equal(sslpeer_parse(order[j], &b, NULL), RC_OK);
            int c = sslpeer_compare(&a, &b);
            if ((c > 0) - (c < 0) != (i > j) - (i < j))
                fail_msg("%s and %s: %d", order[i], order[j], c);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_hold),
        cmocka_unit_test(filters_that_are_not_valid),
        cmocka_unit_test(values),
        cmocka_unit_test(blank_admits_everyone),
        cmocka_unit_test(own_filter),
        cmocka_unit_test(explanations),
        cmocka_unit_test(precedence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
