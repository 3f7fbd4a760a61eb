#include "io/address.h"
#include "test.h"

static const struct {
    const char *text;
    bool local;
    enum rc rc;
    const char *name;
    unsigned port, high;
} cases[] = {
    {"oak.example.com(1415)", false, RC_OK, "oak.example.com", 1415, 1415},
    {"oak", false, RC_OK, "oak", 1414, 1414},
    {"oak (1415) ", false, RC_OK, "oak", 1415, 1415},
    {"::1(1415)", false, RC_OK, "::1", 1415, 1415},
    {"[::1](1415)", false, RC_OK, "::1", 1415, 1415},
    {"(1415)", false, RC_OK, "", 1415, 1415},
    {"*(1414)", false, RC_OK, "*", 1414, 1414},
    {"oak()", false, RC_INVALID, "", 0, 0},
    {"oak(1", false, RC_INVALID, "", 0, 0},
    {"oak(65536)", false, RC_INVALID, "", 0, 0},
    {"oak(99999999999999999999)", false, RC_INVALID, "", 0, 0},
    {"oak(-1)", false, RC_INVALID, "", 0, 0},
    {"oak(1)x", false, RC_INVALID, "", 0, 0},
    {"oak(1,2)", false, RC_INVALID, "", 0, 0},
    {"oak ash(1)", false, RC_INVALID, "", 0, 0},
    {"unix:/tmp/x(1)", false, RC_OK, "/tmp/x(1)", 0, 0},
    {"unix:", false, RC_INVALID, "", 0, 0},
    {"(1500,1600)", true, RC_OK, "", 1500, 1600},
    {"10.0.0.1(1500)", true, RC_OK, "10.0.0.1", 1500, 1500},
    {"10.0.0.1", true, RC_OK, "10.0.0.1", 0, 0},
    {"(1600,1500)", true, RC_INVALID, "", 0, 0},
};

static void
parses_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address a = {0};
        struct failure f;
        enum rc rc = cases[i].local ? address_parse_local(cases[i].text, &a, &f)
                                    : address_parse(cases[i].text, &a, &f);
        if (rc != cases[i].rc)
            fail_msg("%s: %s", cases[i].text, rc_text(rc));
        if (rc != RC_OK)
            continue;
        assert_string_equal(a.name, cases[i].name);
        assert_int_equal(a.port, cases[i].port);
        assert_int_equal(a.high, cases[i].high);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parses_addresses)};
    return cmocka_run_group_tests_name("io/address", tests, NULL, NULL);
}
