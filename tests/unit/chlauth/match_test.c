#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include "chlauth/match.h"
#include "match_row.h"
#include "match_cases.h"

#include <cmocka.h> /* last: it defines fail() */

#define RULES_MAX 12

static struct chlauth_def rules[RULES_MAX];
static size_t n_rules;

static void
set_text(char *to, size_t size, const char *s)
{
    assert_true(text_copy(to, size, s != NULL ? s : ""));
}

static void
rule_add(const struct rule_row *r)
{
    struct chlauth_def *d = &rules[n_rules++];

    object_init(OBJECT_CHLAUTH, r->type, d);
    d->type = r->type;
    d->usersrc = r->usersrc;
    d->warn = r->warn;
    set_text(d->profile, sizeof(d->profile), r->profile);
    set_text(d->address, sizeof(d->address), r->address);
    set_text(d->addrlist, sizeof(d->addrlist), r->addrlist);
    set_text(d->clntuser, sizeof(d->clntuser), r->clntuser);
    set_text(d->qmname, sizeof(d->qmname), r->qmname);
    set_text(d->sslpeer, sizeof(d->sslpeer), r->sslpeer);
    set_text(d->sslcerti, sizeof(d->sslcerti), r->sslcerti);
    set_text(d->userlist, sizeof(d->userlist), r->userlist);
    set_text(d->mcauser, sizeof(d->mcauser), r->mcauser);
}

static void
world(size_t defaults, const struct rule_row *rows, size_t n)
{
    n_rules = chlauth_defaults(rules, defaults);
    assert_int_equal(n_rules, defaults);
    for (size_t i = 0; i < n && rows[i].profile != NULL; i++)
        rule_add(&rows[i]);
}

/* ---- connections, as a channel goes through the steps ---- */

static bool
is_privileged(const char *user)
{
    return strcmp(user, "mqm") == 0 || strcmp(user, "root") == 0;
}

static const struct dn *
name_of(const char *text, struct dn *room)
{
    if (text == NULL)
        return NULL;
    assert_int_equal(dn_parse(text, room, NULL), RC_OK);
    return room;
}

static void
connect_as(const struct match_case *c, char *result, size_t size, const char **event)
{
    static struct dn subject, issuer;
    struct chlauth_facts facts = {.channel = c->channel,
        .chltype = c->qmgr != NULL ? CT_RCVR : CT_SVRCONN,
        .address = c->address,
        .user = c->user,
        .qmgr = c->qmgr,
        .subject = name_of(c->subject, &subject),
        .issuer = name_of(c->issuer, &issuer),
        .mcauser = c->mcauser != NULL ? c->mcauser : ""};
    const struct chlauth_def *rule;
    struct chlauth_verdict v;
    bool warn;

    *event = NULL;
    if (chlauth_address_blocked(rules, n_rules, c->address, &warn, &rule)) {
        snprintf(result, size, "BLOCK:BLOCKADDR");
        return;
    }
    *event = warn ? "WARN-BLOCKADDR" : *event;
    chlauth_map(rules, n_rules, &facts, &v);
    if (v.action == CHLAUTH_NOACCESS && !v.warn) {
        snprintf(result, size, "BLOCK:NOACCESS");
        return;
    }
    *event = v.warn ? "WARN-NOACCESS" : *event;
    if (chlauth_user_blocked(rules, n_rules, facts.channel, facts.chltype, v.user,
            is_privileged(v.user), &warn, &rule))
        snprintf(result, size, "BLOCK:BLOCKUSER");
    else
        snprintf(result, size, "RUN:%s", v.user);
    *event = warn ? "WARN-BLOCKUSER" : *event;
}

static void
expect(const struct match_case *c)
{
    const char *event;
    char result[128];

    connect_as(c, result, sizeof(result), &event);
    if (strcmp(result, c->expect) != 0)
        fail_msg("%s: %s instead of %s", c->why, result, c->expect);
    if ((event == NULL) != (c->event == NULL) || (event != NULL && strcmp(event, c->event) != 0))
        fail_msg("%s: event %s", c->why, event != NULL ? event : "none");
}

/* Every case twice: the order in which records were set must not matter. */
static void
cases_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world(cases[i].defaults, cases[i].rules, 6);
        expect(&cases[i]);
        if (strstr(cases[i].why, "ties") != NULL)
            continue;
        for (size_t a = 0, b = n_rules; a + 1 < b; a++, b--) {
            static struct chlauth_def swap;
            swap = rules[a];
            rules[a] = rules[b - 1];
            rules[b - 1] = swap;
        }
        expect(&cases[i]);
    }
}

/* A remote administrator does not get in through any door of a new queue manager. */
static void
defaults_are_closed(void **state)
{
    static const struct match_case doors[] = {
        {"as mqm", .channel = "APP.SVRCONN", .address = "10.0.0.9", .user = "mqm",
            .expect = "BLOCK:BLOCKUSER"},
        {"as root", .channel = "APP.SVRCONN", .address = "10.0.0.9", .user = "root",
            .expect = "BLOCK:BLOCKUSER"},
        {"Explorer's channel", .channel = "SYSTEM.ADMIN.SVRCONN", .address = "::1", .user = "mqm",
            .expect = "BLOCK:BLOCKUSER"},
        {"a default channel", .channel = "SYSTEM.DEF.SVRCONN", .address = "127.0.0.1",
            .user = "fred", .expect = "BLOCK:NOACCESS"},
        {"a default receiver", .channel = "SYSTEM.DEF.RECEIVER", .address = "10.0.0.9",
            .qmgr = "EVIL", .expect = "BLOCK:NOACCESS"},
        {"a channel that runs as mqm", .channel = "X", .address = "10.0.0.9", .user = "fred",
            .mcauser = "mqm", .expect = "BLOCK:BLOCKUSER"},
        {"with a certificate", .channel = "SYSTEM.DEF.SVRCONN", .address = "10.0.0.9",
            .user = "mqm", .subject = "CN=admin", .issuer = "CN=CA", .expect = "BLOCK:NOACCESS"},
    };

    (void)state;
    world(3, NULL, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(chlauth_check(&rules[i], NULL), RC_OK);
    for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
        expect(&doors[i]);
    assert_int_equal(chlauth_defaults(rules, 1), 1);
    assert_int_equal(chlauth_defaults(rules, RULES_MAX), 3);
}

/* The hole that the documents name: BLOCKUSER says nothing about message channels. */
static void
receivers_have_no_user_list(void **state)
{
    const struct chlauth_def *rule = rules;
    bool warn = true;

    (void)state;
    world(3, NULL, 0);
    assert_false(
        chlauth_user_blocked(rules, n_rules, "TO.ASH", CT_RCVR, "mqm", true, &warn, &rule));
    assert_false(warn);
    assert_null(rule);
}

static void
verdicts(void **state)
{
    static const struct rule_row rows[] = {
        {"APP", CHLAUTH_ADDRESSMAP, USERSRC_NOACCESS, .address = "*", .warn = 1},
        {"APP", CHLAUTH_ADDRESSMAP, USERSRC_MAP, .address = "10.*", .mcauser = "app"},
    };
    struct chlauth_facts facts = {
        .channel = "APP", .chltype = CT_SVRCONN, .address = "10.1.2.3", .user = "fred"};
    struct chlauth_verdict v;

    (void)state;
    world(0, rows, 2);
    rules[1].chckclnt = CHCKCLNT_REQUIRED;
    chlauth_map(rules, n_rules, &facts, &v);
    assert_int_equal(v.action, CHLAUTH_MAP);
    assert_string_equal(v.user, "app");
    assert_int_equal(v.chckclnt, CHCKCLNT_REQUIRED);
    assert_ptr_equal(v.rule, &rules[1]);
    facts.address = "11.1.2.3";
    chlauth_map(rules, n_rules, &facts, &v);
    assert_int_equal(v.action, CHLAUTH_NOACCESS);
    assert_true(v.warn);
    assert_string_equal(v.user, "fred");
    facts.channel = "OTHER";
    chlauth_map(rules, n_rules, &facts, &v);
    assert_int_equal(v.action, CHLAUTH_NO_RULE);
    assert_null(v.rule);
    assert_int_equal(v.chckclnt, CHCKCLNT_ASQMGR);
    facts.user = NULL;
    chlauth_map(rules, n_rules, &facts, &v);
    assert_string_equal(v.user, "");
}

static void
precedence(void **state)
{
    /* From the most specific down; "fred" of QM... comes from 10.1.2.3 (host a.lab.example). */
    static const struct rule_row order[] = {
        {"TO.ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH,O=Lab", .sslcerti = "CN=CA"},
        {"TO.ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH,O=Lab"},
        {"TO.ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH"},
        {"TO.ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=A*", .address = "10.1.2.3"},
        {"TO.ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=A*"},
        {"TO.ASH", CHLAUTH_QMGRMAP, .qmname = "ASH"},
        {"TO.ASH", CHLAUTH_QMGRMAP, .qmname = "AS*"},
        {"TO.ASH", CHLAUTH_QMGRMAP, .qmname = "*"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "10.1.2.3"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "10.1.2.1-5"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "10.1.2.*"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "10.1.*"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "a.lab.example"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "*.lab.example"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "*.example"},
        {"TO.ASH", CHLAUTH_ADDRESSMAP, .address = "*"},
        {"TO.*", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH"},
        {"*ASH", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH"},
        {"*", CHLAUTH_SSLPEERMAP, .sslpeer = "CN=ASH"},
        {"*", CHLAUTH_ADDRESSMAP, .address = "*"},
    };
    static struct dn subject, issuer;
    const struct chlauth_facts facts = {.channel = "TO.ASH",
        .chltype = CT_RCVR,
        .address = "10.1.2.3",
        .hostname = "A.Lab.example",
        .qmgr = "ASH",
        .subject = name_of("CN=ASH,O=Lab", &subject),
        .issuer = name_of("CN=CA", &issuer)};
    struct chlauth_verdict v;

    (void)state;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        for (size_t j = i + 1; j < sizeof(order) / sizeof(order[0]); j++) {
            world(0, &order[j], 1);
            rule_add(&order[i]);
            chlauth_map(rules, n_rules, &facts, &v);
            if (v.rule != &rules[1])
                fail_msg("%zu does not come before %zu", i, j);
        }
}

/* ---- addresses ---- */

static void
address_syntax(void **state)
{
    static const char *const more_bad[] = {"", "192.0.2.256", "192.0.2.1-", "192.0.2.8-1",
        "1.2.3.4.5", "192..2.1", "192.0.2.", "*.*", "0001.2.3.4", "2001:::1",
        "::1::", "1:2:3:4:5:6:7:8:9", "2001:db8:12345:0:0:0:0:1", "host..example", ".example",
        "a*.example", "ex ample", "10.1.2.x/24"};
    static const char *const more_good[] = {
        "::1", "::", "2001:db8::1-f", "a.example", "*.lab.example", "build-7", "::ffff:192.0.2.*"};

    (void)state;
    for (size_t i = 0; i < sizeof(good_addresses) / sizeof(good_addresses[0]); i++)
        if (!chlauth_address_valid(good_addresses[i]))
            fail_msg("refused: %s", good_addresses[i]);
    for (size_t i = 0; i < sizeof(more_good) / sizeof(more_good[0]); i++)
        if (!chlauth_address_valid(more_good[i]))
            fail_msg("refused: %s", more_good[i]);
    for (size_t i = 0; i < sizeof(bad_addresses) / sizeof(bad_addresses[0]); i++)
        if (chlauth_address_valid(bad_addresses[i]))
            fail_msg("accepted: %s", bad_addresses[i]);
    for (size_t i = 0; i < sizeof(more_bad) / sizeof(more_bad[0]); i++)
        if (chlauth_address_valid(more_bad[i]))
            fail_msg("accepted: %s", more_bad[i]);
}

static void
address_matching(void **state)
{
    static const struct {
        const char *pattern, *address;
        bool matches;
    } rows[] = {
        {"192.0.2.1-8", "192.0.2.8", true},
        {"192.0.2.1-8", "192.0.2.9", false},
        {"192.0.*", "192.0.2.1", true},
        {"192.0.*", "192.1.2.1", false},
        {"192.0.*.2", "192.0.9.2", true},
        {"192.0.*.2", "192.0.9.3", false},
        {"192.*.2", "192.9.9.2", true},
        {"192.*.2", "192.9.2.9", false},
        {"*", "192.9.2.9", true},
        {"*", "::1", true},
        {"", "::1", true},
        {"2001:db8:0:0:0:*", "2001:DB8::7:1", true},
        {"2001:*:1", "2001::1", true},
        {"2001:*:1", "2001::2", false},
        {"2001:db8::1", "2001:db8:0:0:0:0:0:1", true},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"::ffff:192.0.2.*", "192.0.2.7", true},
        {"::ffff:192.0.2.*", "192.0.3.7", false},
        {"1.2.3.4", "nonsense", false},
        {"nonsense!", "1.2.3.4", false},
        {"0.0.0.0", "::", false},
        {"::1", "::1", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rule_row r = {"*", CHLAUTH_ADDRESSMAP, USERSRC_NOACCESS, .address = rows[i].pattern};
        struct chlauth_verdict v;
        world(0, &r, 1);
        chlauth_map(rules, n_rules,
            &(struct chlauth_facts){.channel = "A", .chltype = CT_RCVR, .address = rows[i].address},
            &v);
        if ((v.action == CHLAUTH_NOACCESS) != rows[i].matches)
            fail_msg("%s and %s", rows[i].pattern, rows[i].address);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_hold),
        cmocka_unit_test(defaults_are_closed),
        cmocka_unit_test(receivers_have_no_user_list),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(precedence),
        cmocka_unit_test(address_syntax),
        cmocka_unit_test(address_matching),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
