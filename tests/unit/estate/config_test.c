/* grove.yaml: what is understood, and how what is not is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours is base/failure.h's */

#include "estate/estate.h"

#define AUTHORITY "authorities:\n  - {name: Lab, kind: own, folder: ca}\n"
#define QMGRS                                                                                      \
    "queue-managers:\n"                                                                            \
    "  - {name: ASH, key-repository: a.p12, distinguished-name: 'CN=ASH', authority: Lab}\n"       \
    "  - {name: BIRCH, key-repository: /k/b.p12, distinguished-name: 'CN=BIRCH,O=X', authority: "  \
    "Lab}\n"

static void
an_estate_has_defaults_and_absolute_paths(void **state)
{
    (void)state;
    struct estate *e = NULL;
    struct failure f;
    const char *yaml =
        AUTHORITY QMGRS "channels:\n  - {name: A.B, from: ASH, to: BIRCH, stage: mutual}\n";
    assert_int_equal(estate_parse(span_str(yaml), "/lab", &e, &f), RC_OK);
    assert_int_equal(e->n_qmgrs, 2);
    assert_string_equal(e->qmgrs[0].repository, "/lab/a.p12");
    assert_string_equal(e->qmgrs[1].repository, "/k/b.p12");
    assert_string_equal(e->qmgrs[0].reached, "embedded");
    assert_string_equal(e->qmgrs[0].key, "rsa2048");
    assert_string_equal(e->channels[0].cipherspec, "ANY_TLS12_OR_HIGHER");
    assert_string_equal(e->channels[0].queue, "FROM.ASH");
    assert_string_equal(e->channels[0].remote, "TO.BIRCH");
    assert_int_equal(e->channels[0].stage, STAGE_MUTUAL);
    estate_free(e);
}

static void
mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says;
    } cases[] = {
        {"", "empty"},
        {"- a\n", "empty or not"},
        {"a: [", "line"},
        {"nonsense: 1\n", "there is no section 'nonsense'"},
        {"authorities: 3\n", "a list is wanted under 'authorities'"},
        {"authorities:\n  - {name: Lab, kind: own, folder: ca, colour: red}\n",
            "there is no key 'colour'"},
        {"authorities:\n  - {name: Lab, kind: own}\n", "lacks 'folder'"},
        {"authorities:\n  - {name: Lab, kind: bought, folder: ca}\n", "'bought'"},
        {"authorities:\n  - {name: Lab, name: Lab, kind: own, folder: ca}\n", "twice"},
        {AUTHORITY "queue-managers:\n  - {name: A B, key-repository: a, distinguished-name: "
                   "'CN=A', authority: Lab}\n",
            "not a queue manager name"},
        {AUTHORITY "queue-managers:\n  - {name: A, key-repository: a, distinguished-name: 'CN=A', "
                   "authority: Nobody}\n",
            "there is no authority 'Nobody'"},
        {AUTHORITY "queue-managers:\n  - {name: A, key-repository: a, distinguished-name: 'XX=A', "
                   "authority: Lab}\n",
            ""},
        {AUTHORITY QMGRS "channels:\n  - {name: A.B, from: ASH, to: ELM, stage: mutual}\n",
            "there is no queue manager 'ELM'"},
        {AUTHORITY QMGRS "channels:\n  - {name: A.B, from: ASH, to: ASH, stage: mutual}\n",
            "both ends"},
        {AUTHORITY QMGRS "channels:\n  - {name: A.B, from: ASH, to: BIRCH, stage: best}\n",
            "'best'"},
        {AUTHORITY QMGRS
            "channels:\n  - {name: A.B, from: ASH, to: BIRCH, stage: mutual, cipherspec: STRONG}\n",
            "STRONG"},
        {AUTHORITY QMGRS "channels:\n  - {name: THIS.NAME.IS.MUCH.TOO.LONG, from: ASH, to: BIRCH, "
                         "stage: mutual}\n",
            ""},
        {AUTHORITY QMGRS "intruders:\n  - {name: O, channel: A.B, kind: plaintext}\n",
            "there is no channel 'A.B'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct estate *e = NULL;
        struct failure f = {.rc = RC_OK};
        assert_int_not_equal(estate_parse(span_str(cases[i].yaml), "/lab", &e, &f), RC_OK);
        if (strstr(f.text, cases[i].says) == NULL)
            assert_string_equal(f.text, cases[i].says);
        assert_null(e);
    }
}

static void
stages_have_names(void **state)
{
    (void)state;
    for (enum stage s = STAGE_BASELINE; s < STAGES; s++) {
        enum stage back;
        assert_true(stage_find(stage_name(s), &back));
        assert_int_equal(back, s);
    }
    enum stage none;
    assert_false(stage_find("none", &none));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estate_has_defaults_and_absolute_paths),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(stages_have_names),
    };
    return cmocka_run_group_tests_name("grove.yaml", tests, NULL, NULL);
}
