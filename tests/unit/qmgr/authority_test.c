/* Authority records: profiles, the most specific one, who is privileged. */
#include "kit.h"

#include <string.h>

static void
grant(struct kit *k, const char *profile, int32_t objtype, const char *user, const char *add,
    const char *remove)
{
    struct authrec_def r;

    object_init(OBJECT_AUTHREC, 0, &r);
    text_copy(r.profile, sizeof(r.profile), profile);
    text_copy(r.entity, sizeof(r.entity), user);
    r.enttype = ENTTYPE_PRINCIPAL;
    r.objtype = objtype;
    assert_int_equal(authority_apply(k->q, &r, add, remove, NULL), RC_OK);
}

static bool
may(struct kit *k, const char *user, const char *queue, int32_t what)
{
    return authority_allows(k->q, user, OBJECT_QUEUE, queue, what);
}

static void
test_profiles(void **state)
{
    static const struct {
        const char *profile, *name;
        bool matches;
    } cases[] = {
        {"A.B", "A.B", true},
        {"A.B", "A.C", false},
        {"A.?", "A.B", true},
        {"A.?", "A.BC", false},
        {"A.*", "A.BC", true},
        {"A.*", "A.B.C", false},
        {"A.*.C", "A.B.C", true},
        {"A.**", "A.B.C", true},
        {"A.**", "A", true},
        {"A.**", "AB", false},
        {"**", "ANY.THING", true},
        {"**.C", "A.B.C", true},
        {"**.C", "C", true},
        {"*", "A", true},
        {"*", "A.B", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct kit k;
        kit_open(&k);
        grant(&k, cases[i].profile, OBJTYPE_QUEUE, "app", "PUT", NULL);
        if (may(&k, "app", cases[i].name, AUTH_PUT) != cases[i].matches)
            fail_msg("%s %s", cases[i].profile, cases[i].name);
        kit_close(&k);
    }
}

static void
test_most_specific(void **state)
{
    struct kit k;

    (void)state;
    kit_open(&k);
    grant(&k, "**", OBJTYPE_QUEUE, "app", "ALLMQI", NULL);
    grant(&k, "APP.*", OBJTYPE_QUEUE, "app", "PUT", NULL);
    grant(&k, "APP.SECRET", OBJTYPE_QUEUE, "app", "NONE", NULL);
    assert_true(may(&k, "app", "OTHER.Q", AUTH_GET));
    assert_true(may(&k, "app", "APP.Q", AUTH_PUT));
    assert_false(may(&k, "app", "APP.Q", AUTH_GET));
    assert_false(may(&k, "app", "APP.SECRET", AUTH_PUT));
    assert_false(may(&k, "other", "APP.Q", AUTH_PUT));
    grant(&k, "APP.*", OBJTYPE_QUEUE, "app", "GET", "PUT");
    kit_reopen(&k);
    assert_true(may(&k, "app", "APP.Q", AUTH_GET));
    assert_false(may(&k, "app", "APP.Q", AUTH_PUT));
    kit_close(&k);
}

static void
test_privileged(void **state)
{
    struct kit k;

    (void)state;
    kit_open(&k);
    assert_true(authority_is_privileged(k.q, "qmadmin"));
    assert_true(authority_is_privileged(k.q, "mqm"));
    assert_false(authority_is_privileged(k.q, "app"));
    assert_false(authority_is_privileged(k.q, ""));
    assert_true(may(&k, "qmadmin", "ANY", AUTH_DLT));
    assert_false(may(&k, "", "ANY", AUTH_PUT));
    kit_close(&k);
}

/* What an open asks for. */
static void
test_open(void **state)
{
    struct kit k;

    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "A", NULL);
    kit_queue(&k, QT_ALIAS, "AL", "TARGET", "A", NULL);
    grant(&k, "AL", OBJTYPE_QUEUE, "app", "PUT,GET", NULL);
    struct hconn *h = kit_connect_as(&k, "app");
    assert_int_equal(
        kit_try_open(h, "SYSTEM.ADMIN.COMMAND.QUEUE", "", OO_OUTPUT), MQRC_NOT_AUTHORIZED);
    assert_int_equal(kit_try_open(h, "A", "", OO_OUTPUT), MQRC_NOT_AUTHORIZED);
    assert_int_equal(kit_try_open(h, "AL", "", OO_OUTPUT | OO_INPUT_SHARED), 0);
    assert_int_equal(kit_try_open(h, "AL", "", OO_BROWSE), MQRC_NOT_AUTHORIZED);
    assert_int_equal(
        kit_try_open(h, "AL", "", OO_OUTPUT | OO_SET_ALL_CONTEXT), MQRC_NOT_AUTHORIZED);
    assert_int_equal(kit_try_open(h, "NO.SUCH", "", OO_OUTPUT), MQRC_UNKNOWN_OBJECT_NAME);
    mqi_disconnect(h);
    kit_close(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_most_specific),
        cmocka_unit_test(test_privileged),
        cmocka_unit_test(test_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
