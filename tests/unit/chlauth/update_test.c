#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chlauth/match.h"

#include <cmocka.h> /* last: it defines fail() */

static struct chlauth_def *rules;
static size_t n_rules;

static int
setup(void **state)
{
    (void)state;
    rules = NULL;
    n_rules = 0;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    free(rules);
    return 0;
}

static struct chlauth_def
record(const char *profile, int32_t type)
{
    struct chlauth_def d;

    object_init(OBJECT_CHLAUTH, type, &d);
    d.type = type;
    d.usersrc = USERSRC_NOACCESS;
    assert_true(text_copy(d.profile, sizeof(d.profile), profile));
    return d;
}

static struct chlauth_def
list(int32_t type, const char *items)
{
    struct chlauth_def d = record("*", type);

    text_copy(d.userlist, sizeof(d.userlist), type == CHLAUTH_BLOCKUSER ? items : "");
    text_copy(d.addrlist, sizeof(d.addrlist), type == CHLAUTH_BLOCKADDR ? items : "");
    return d;
}

static struct chlauth_def
address_map(const char *profile, const char *address)
{
    struct chlauth_def d = record(profile, CHLAUTH_ADDRESSMAP);

    text_copy(d.address, sizeof(d.address), address);
    return d;
}

static void
change(struct chlauth_def d, enum chlauth_change action, enum rc expect)
{
    struct failure f = {0};
    size_t before = n_rules;
    enum rc rc = chlauth_update(&rules, &n_rules, &d, action, &f);

    if (rc != expect)
        fail_msg("%s: %d, %s", d.profile, rc, f.text);
    if (rc != RC_OK)
        assert_int_equal(n_rules, before);
}

static void
maps(void **state)
{
    struct chlauth_def user = record("APP", CHLAUTH_USERMAP);

    (void)state;
    text_copy(user.clntuser, sizeof(user.clntuser), "fred");
    change(address_map("APP", "*"), CHLAUTH_ADD, RC_OK);
    change(address_map("APP", "10.*"), CHLAUTH_ADD, RC_OK);
    change(user, CHLAUTH_ADD, RC_OK);
    assert_int_equal(n_rules, 3);
    change(address_map("APP", "10.*"), CHLAUTH_ADD, RC_EXISTS);

    struct chlauth_def mapped = address_map("APP", "10.*");
    mapped.usersrc = USERSRC_MAP;
    change(mapped, CHLAUTH_REPLACE, RC_INVALID); /* whom? */
    text_copy(mapped.mcauser, sizeof(mapped.mcauser), "app");
    change(mapped, CHLAUTH_REPLACE, RC_OK);
    assert_int_equal(n_rules, 3);
    assert_string_equal(rules[1].mcauser, "app");

    change(address_map("APP", "11.*"), CHLAUTH_REMOVE, RC_NOT_FOUND);
    change(address_map("APP", "10.*"), CHLAUTH_REMOVE, RC_OK);
    text_copy(user.clntuser, sizeof(user.clntuser), "Fred");
    change(user, CHLAUTH_REMOVE, RC_NOT_FOUND);
    change(user, CHLAUTH_REPLACE, RC_OK);
    assert_int_equal(n_rules, 3);
    change(record("APP", CHLAUTH_USERMAP), CHLAUTH_REMOVEALL, RC_OK);
    assert_int_equal(n_rules, 1);
    change(record("APP", CHLAUTH_USERMAP), CHLAUTH_REMOVEALL, RC_NOT_FOUND);
    assert_string_equal(rules[0].address, "*");
}

static void
lists(void **state)
{
    (void)state;
    change(list(CHLAUTH_BLOCKUSER, "*MQADMIN"), CHLAUTH_ADD, RC_OK);
    change(list(CHLAUTH_BLOCKUSER, "fred,*MQADMIN, joe"), CHLAUTH_ADD, RC_OK);
    assert_int_equal(n_rules, 1);
    assert_string_equal(rules[0].userlist, "*MQADMIN,fred,joe");
    change(list(CHLAUTH_BLOCKUSER, "nobody"), CHLAUTH_REMOVE, RC_NOT_FOUND);
    change(list(CHLAUTH_BLOCKUSER, "*MQADMIN,joe"), CHLAUTH_REMOVE, RC_OK);
    assert_string_equal(rules[0].userlist, "fred");
    change(list(CHLAUTH_BLOCKUSER, "nobody"), CHLAUTH_REPLACE, RC_OK);
    assert_string_equal(rules[0].userlist, "nobody");
    change(list(CHLAUTH_BLOCKUSER, "nobody"), CHLAUTH_REMOVE, RC_OK);
    assert_int_equal(n_rules, 0);

    change(list(CHLAUTH_BLOCKADDR, "192.0.2.*,::1"), CHLAUTH_ADD, RC_OK);
    change(list(CHLAUTH_BLOCKADDR, "host.example"), CHLAUTH_ADD, RC_INVALID);
    change(list(CHLAUTH_BLOCKADDR, ""), CHLAUTH_REMOVEALL, RC_OK);
    assert_int_equal(n_rules, 0);
}

static void
long_lists(void **state)
{
    char items[6400] = "";

    (void)state;
    for (int i = 0; i < 100; i++)
        snprintf(
            items + strlen(items), sizeof(items) - strlen(items), "%suser%d", i > 0 ? "," : "", i);
    change(list(CHLAUTH_BLOCKUSER, items), CHLAUTH_ADD, RC_OK);
    change(list(CHLAUTH_BLOCKUSER, "one"), CHLAUTH_ADD, RC_INVALID);
    assert_null(strstr(rules[0].userlist, "one"));
    for (int round = 0; round < 3; round++) {
        items[0] = '\0';
        for (int i = 0; i < 95; i++)
            snprintf(items + strlen(items), sizeof(items) - strlen(items),
                "%s2001:db8:aaaa:bbbb:%x:%x:0:1", i > 0 ? "," : "", round, i);
        struct chlauth_def d = list(CHLAUTH_BLOCKADDR, items);
        enum rc rc = chlauth_update(&rules, &n_rules, &d, CHLAUTH_ADD, NULL);
        assert_true(rc == RC_OK || (round > 0 && (rc == RC_LIMIT || rc == RC_INVALID)));
    }
}

static void
ranges_lie_inside_or_apart(void **state)
{
    (void)state;
    change(address_map("A", "10.0.0.10-20"), CHLAUTH_ADD, RC_OK);
    change(address_map("A", "10.0.0.15-25"), CHLAUTH_ADD, RC_INVALID);
    change(address_map("A", "10.0.0.12-18"), CHLAUTH_ADD, RC_OK);
    change(address_map("A", "10.0.0.21-25"), CHLAUTH_ADD, RC_OK);
    change(address_map("A", "10.0.1.15-25"), CHLAUTH_ADD, RC_OK);
    change(address_map("B", "10.0.0.15-25"), CHLAUTH_ADD, RC_OK);
}

static void
refused(const struct chlauth_def *d, const char *words)
{
    struct failure f = {0};

    if (chlauth_check(d, &f) == RC_OK)
        fail_msg("accepted; \"%s\" was expected", words);
    if (strstr(f.text, words) == NULL)
        fail_msg("%s", f.text);
    assert_true(f.reason != 0);
}

static void
checks(void **state)
{
    struct chlauth_def d;

    (void)state;
    d = address_map("A", "192.0*");
    refused(&d, "ADDRESS(192.0*) is not an address");
    d = address_map("A", "");
    refused(&d, "ADDRESS() is missing");
    d = address_map("NO SPACES", "*");
    refused(&d, "generic channel name");
    d = address_map("", "*");
    refused(&d, "generic channel name");
    d = address_map("A", "*");
    d.usersrc = USERSRC_CHANNEL;
    d.warn = 1;
    refused(&d, "WARN(YES)");
    d.warn = 0;
    assert_int_equal(chlauth_check(&d, NULL), RC_OK);
    text_copy(d.mcauser, sizeof(d.mcauser), "x");
    refused(&d, "only for USERSRC(MAP)");
    d = record("A", CHLAUTH_SSLPEERMAP);
    refused(&d, "SSLPEER() is missing");
    text_copy(d.sslpeer, sizeof(d.sslpeer), "cn=x");
    refused(&d, "peer name filter");
    text_copy(d.sslpeer, sizeof(d.sslpeer), "CN=x");
    assert_int_equal(chlauth_check(&d, NULL), RC_OK);
    text_copy(d.sslcerti, sizeof(d.sslcerti), "nonsense");
    refused(&d, "peer name filter");
    d = record("A", CHLAUTH_USERMAP);
    refused(&d, "CLNTUSER");
    d = record("A", CHLAUTH_QMGRMAP);
    refused(&d, "QMNAME");
    d = list(CHLAUTH_BLOCKUSER, " , ");
    refused(&d, "USERLIST() is missing");
    d = list(CHLAUTH_BLOCKADDR, "10.*");
    d.profile[0] = 'A';
    refused(&d, "TYPE(BLOCKADDR)");
    d = list(CHLAUTH_BLOCKADDR, "10.*,x.example");
    refused(&d, "ADDRLIST(x.example)");
    d = record("A", 9);
    assert_int_not_equal(chlauth_check(&d, NULL), RC_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(maps, setup, teardown),
        cmocka_unit_test_setup_teardown(lists, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(ranges_lie_inside_or_apart, setup, teardown),
        cmocka_unit_test(checks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
