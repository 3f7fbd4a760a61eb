/* MQSC as an administrator types it: command, part of the answer. */
#include "pair.h"

struct line {
    const char *mqsc, *answer;
};

static const struct line lines[] = {
    {"DEFINE QLOCAL(Q1) DESCR('first') MAXDEPTH(10)", "AMQ8006I"},
    {"DEFINE QLOCAL(Q1)", "AMQ8150E"},
    {"DEFINE QLOCAL(Q1) REPLACE", "AMQ8008I"},
    {"ALTER QLOCAL(Q1) MAXDEPTH(7)", "AMQ8008I"},
    {"DISPLAY QLOCAL(Q1)", "MAXDEPTH(7)"},
    {"DIS QL(Q1) CURDEPTH", "CURDEPTH(0)"},
    {"DISPLAY QUEUE(Q*) WHERE(MAXDEPTH EQ 7)", "QUEUE(Q1)"},
    {"DISPLAY QLOCAL(NONE)", "AMQ8147E"},
    {"DEFINE QLOCAL(Q2) LIKE(Q1)", "AMQ8006I"},
    {"DISPLAY QLOCAL(Q2) MAXDEPTH", "MAXDEPTH(7)"},
    {"DEFINE QREMOTE(R) RNAME(X) RQMNAME(Y) XMITQ(Z)", "AMQ8006I"},
    {"ALTER QLOCAL(R) MAXDEPTH(1)", "AMQ8147E"},
    {"DISPLAY QSTATUS(Q1)", "CURDEPTH(0)"},
    {"CLEAR QLOCAL(Q1)", "AMQ8022I"},
    {"DELETE QLOCAL(Q2)", "AMQ8007I"},
    {"DEFINE CHANNEL(A.B)", "AMQ8428E"},
    {"DEFINE CHANNEL(A.B) CHLTYPE(RCVR)", "AMQ8014I"},
    {"ALTER CHANNEL(A.B) CHLTYPE(RCVR) DESCR('d')", "AMQ8016I"},
    {"ALTER CHANNEL(A.B) CHLTYPE(SDR) DESCR('d')", "AMQ8151E"},
    {"ALTER CHANNEL(A.B) CHLTYPE(RCVR) SSLPEER('XX=1')", "AMQ8243E"},
    {"ALTER CHANNEL(A.B) CHLTYPE(RCVR) SSLCIPH(NOTHING)", "AMQ8242E"},
    {"DISPLAY CHANNEL(A.*)", "CHLTYPE(RCVR)"},
    {"DISPLAY CHANNEL(*) CHLTYPE(SVRCONN)", "SYSTEM.DEF.SVRCONN"},
    {"DISPLAY CHSTATUS(A.B)", "AMQ8420I"},
    {"DELETE CHANNEL(A.B)", "AMQ8015I"},
    {"DEFINE LISTENER(L1) TRPTYPE(TCP) PORT(2414) IPADDR('birch')", "AMQ8626I"},
    {"DISPLAY LSSTATUS(L1)", "AMQ8147E"},
    {"START LISTENER(L1)", "AMQ8021I"},
    {"START LISTENER(L1)", "AMQ9255E"},
    {"DISPLAY LSSTATUS(L1)", "PORT(2414)"},
    {"STOP LISTENER(L1)", "AMQ8706I"},
    {"DELETE LISTENER(L1)", "AMQ8628I"},
    {"SET CHLAUTH('X.*') TYPE(ADDRESSMAP) ADDRESS('10.*') USERSRC(NOACCESS)", "AMQ8877I"},
    {"DISPLAY CHLAUTH('X.*')", "USERSRC(NOACCESS)"},
    {"DISPLAY CHLAUTH(X.Y) MATCH(RUNCHECK) ADDRESS('10.1.2.3') CLNTUSER('joe')",
        "USERSRC(NOACCESS)"},
    {"DISPLAY CHLAUTH(X.Y) MATCH(RUNCHECK) ADDRESS('11.1.2.3') CLNTUSER('joe')", "AMQ9783I"},
    {"SET CHLAUTH('X.*') TYPE(ADDRESSMAP) ADDRESS('10.*') ACTION(REMOVE)", "AMQ8877I"},
    {"DISPLAY CHLAUTH('*')", "BLOCKUSER"},
    {"SET AUTHREC PROFILE(Q1) OBJTYPE(QUEUE) PRINCIPAL('joe') AUTHADD(GET,PUT)", "AMQ8862I"},
    {"DISPLAY AUTHREC PROFILE(Q1)", "AUTHLIST(GET,PUT)"},
    {"DELETE AUTHREC PROFILE(Q1) OBJTYPE(QUEUE) PRINCIPAL('joe')", "AMQ8865I"},
    {"ALTER QMGR DESCR('tree')", "AMQ8005I"},
    {"DISPLAY QMGR DESCR", "DESCR(tree)"},
    {"DISPLAY QMGR", "QMNAME(BIRCH)"},
    {"DISPLAY QMSTATUS", "STATUS(RUNNING)"},
    {"DISPLAY CONN(*)", "AMQ8276I"},
    {"PING QMGR", "AMQ8415I"},
    {"DEFINE QLOCAL(", "AMQ8405I"},
    {"FROBNICATE QLOCAL(X)", "AMQ8405I"},
};

static void
answers(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 21);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *text = node_says(&p.birch, lines[i].mqsc);
        if (strstr(text, lines[i].answer) == NULL)
            fail_msg("%s: '%s' is not in:\n%s", lines[i].mqsc, lines[i].answer, text);
    }
    pair_close(&p);
}

static bool refused;

static void
note_refusal(void *arg, bool ok, const char *text)
{
    (void)arg;
    refused = !ok && strstr(text, "AMQ8135E") != NULL;
}

static void
strangers_may_not(void **state)
{
    (void)state;
    static const char *const commands[] = {"DEFINE QLOCAL(Z)", "ALTER QMGR DESCR('x')",
        "DISPLAY QLOCAL(*)", "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('nobody')",
        "STOP CHANNEL(X)", "REFRESH SECURITY TYPE(SSL)",
        "SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('joe') AUTHADD(ALL)", "CLEAR QLOCAL(X)",
        "DELETE QLOCAL(DLQ)"};
    struct pair p;
    pair_open(&p, 22);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        refused = false;
        command_run(p.birch.q, "joe", commands[i], note_refusal, NULL);
        if (!refused)
            fail_msg("joe could %s", commands[i]);
    }
    pair_close(&p);
}

/* Definitions are there after a crash, once their command was answered and the journal synced. */
static void
survives(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 23);
    node_runs(&p.birch, "DEFINE QLOCAL(KEPT) DESCR('k')");
    node_runs(&p.birch, "SET CHLAUTH(K) TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)");
    assert_int_equal(store_sync(qmgr_store(p.birch.q), NULL), RC_OK);
    node_kill(&p.birch);
    node_open(&p.birch);
    assert_non_null(strstr(node_says(&p.birch, "DISPLAY QLOCAL(KEPT) DESCR"), "DESCR(k)"));
    assert_non_null(strstr(node_says(&p.birch, "DISPLAY CHLAUTH(K)"), "NOACCESS"));
    pair_close(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(strangers_may_not), cmocka_unit_test(survives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
