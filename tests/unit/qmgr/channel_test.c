/* What operators do with channels, and what they see. */
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>

static void
starts(struct pair *p)
{
    node_runs(&p->ash, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(p, &p->ash, CHS_RUNNING, 10 * SECOND));
}

static void
assert_says(struct node *n, const char *mqsc, const char *part)
{
    const char *text = node_says(n, mqsc);
    if (strstr(text, part) == NULL)
        fail_msg("%s: '%s' is not in:\n%s", mqsc, part, text);
}

static void
moves_messages(void **state)
{
    (void)state;
    struct pair p;
    char text[64];
    pair_open(&p, 1);
    pair_define(&p, "");
    starts(&p);
    for (int i = 0; i < 120; i++) {
        snprintf(text, sizeof text, "message %d", i);
        assert_true(node_put(&p.ash, "OUT", text, i % 3 != 0));
    }
    assert_true(pair_until_depth(&p, &p.birch, "IN", 120, 30 * SECOND));
    assert_true(pair_until_depth(&p, &p.ash, "BIRCH", 0, 10 * SECOND));
    pair_run(&p, 2 * SECOND);
    assert_says(&p.ash, "DISPLAY CHSTATUS(ASH.BIRCH) ALL", "MSGS(120)");
    assert_says(&p.ash, "DISPLAY CHSTATUS(ASH.BIRCH)", "STATUS(RUNNING)");
    assert_says(&p.birch, "DISPLAY CHSTATUS(*)", "RQMNAME(ASH)");
    assert_says(&p.birch, "DISPLAY CHSTATUS(ASH.BIRCH) SAVED ALL", "LSTSEQNO(");
    pair_close(&p);
}

/* A message of many segments arrives whole. */
static void
splits(void **state)
{
    (void)state;
    struct pair p;
    size_t n = 300000;
    char *big = calloc(1, n + 1), *back = calloc(1, n + 2);
    pair_open(&p, 2);
    pair_define(&p, "");
    for (size_t i = 0; i < n; i++)
        big[i] = (char)('a' + i % 26);
    starts(&p);
    assert_true(node_put(&p.ash, "OUT", big, 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 30 * SECOND));
    assert_true(node_get(&p.birch, "IN", back, n + 2));
    assert_string_equal(back, big);
    free(big);
    free(back);
    pair_close(&p);
}

static void
stops_and_starts(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 3);
    pair_define(&p, "");
    starts(&p);
    node_runs(&p.ash, "STOP CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&p, &p.ash, CHS_STOPPED, 10 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "waits", 1));
    pair_run(&p, 20 * SECOND);
    assert_int_equal(node_depth(&p.birch, "IN"), 0);
    node_end(&p.ash); /* a stopped channel stays stopped over a restart */
    node_open(&p.ash);
    pair_run(&p, 5 * SECOND);
    assert_true(pair_until_state(&p, &p.ash, CHS_STOPPED, 1));
    starts(&p);
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 10 * SECOND));
    node_runs(&p.ash, "STOP CHANNEL(ASH.BIRCH) STATUS(INACTIVE)");
    assert_true(pair_until_state(&p, &p.ash, CHS_INACTIVE, 10 * SECOND));
    assert_says(&p.ash, "DISPLAY CHSTATUS(ASH.BIRCH)", "AMQ8420I");
    pair_close(&p);
}

static void
stopped_receiver(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 4);
    pair_define(&p, "");
    starts(&p);
    node_runs(&p.birch, "STOP CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 30 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "waits", 1));
    pair_run(&p, 10 * SECOND);
    assert_int_equal(node_depth(&p.birch, "IN"), 0);
    node_runs(&p.birch, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 30 * SECOND));
    pair_close(&p);
}

static void
disconnects_and_triggers(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 5);
    pair_define(&p, "DISCINT(3)");
    node_runs(&p.ash, "ALTER QLOCAL(BIRCH) TRIGGER TRIGTYPE(FIRST) INITQ(SYSTEM.CHANNEL.INITQ)");
    assert_true(node_put(&p.ash, "OUT", "one", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 10 * SECOND));
    assert_true(pair_until_state(&p, &p.ash, CHS_INACTIVE, 20 * SECOND));
    assert_true(pair_until_state(&p, &p.birch, CHS_INACTIVE, 5 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "two", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 2, 10 * SECOND));
    pair_close(&p);
}

static void
undeliverable(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 6);
    pair_define(&p, "");
    node_runs(&p.ash, "DEFINE QREMOTE(LOST) RNAME(NOWHERE) RQMNAME(BIRCH) XMITQ(BIRCH)");
    starts(&p);
    assert_true(node_put(&p.ash, "LOST", "nobody's", 1));
    assert_true(pair_until_depth(&p, &p.birch, "DLQ", 1, 10 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "goes on", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 10 * SECOND));
    node_runs(&p.birch, "ALTER QMGR DEADQ(' ')");
    assert_true(node_put(&p.ash, "LOST", "stays", 1));
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 30 * SECOND));
    assert_true(pair_until_depth(&p, &p.ash, "BIRCH", 1, 10 * SECOND));
    pair_close(&p);
}

/* MCAUSER may put to one queue only. */
static void
authority(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 7);
    pair_define(&p, "");
    node_runs(&p.birch, "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) MCAUSER('courier')");
    node_runs(
        &p.birch, "SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('courier') AUTHADD(CONNECT,INQ,SETALL)");
    node_runs(&p.birch,
        "SET AUTHREC PROFILE(IN) OBJTYPE(QUEUE) PRINCIPAL('courier') AUTHADD(PUT,SETALL)");
    node_runs(&p.birch,
        "SET AUTHREC PROFILE(DLQ) OBJTYPE(QUEUE) PRINCIPAL('courier') AUTHADD(PUT,SETALL)");
    node_runs(&p.ash,
        "DEFINE QREMOTE(CMD) RNAME(SYSTEM.ADMIN.COMMAND.QUEUE) RQMNAME(BIRCH) XMITQ(BIRCH)");
    starts(&p);
    assert_true(node_put(&p.ash, "OUT", "allowed", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 10 * SECOND));
    assert_true(node_put(&p.ash, "CMD", "not allowed", 1));
    assert_true(pair_until_depth(&p, &p.birch, "DLQ", 1, 10 * SECOND));
    assert_says(&p.birch, "DISPLAY CHSTATUS(ASH.BIRCH) MCAUSER", "MCAUSER(courier)");
    pair_close(&p);
}

static void
blocked_by_chlauth(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 8);
    pair_define(&p, "");
    node_runs(&p.birch, "SET CHLAUTH(ASH.BIRCH) TYPE(QMGRMAP) QMNAME(ASH) USERSRC(NOACCESS)");
    node_runs(&p.ash, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 10 * SECOND));
    node_runs(&p.birch, "SET CHLAUTH(ASH.BIRCH) TYPE(QMGRMAP) QMNAME(ASH) ACTION(REMOVE)");
    assert_true(pair_until_state(&p, &p.ash, CHS_RUNNING, 10 * SECOND));
    pair_close(&p);
}

static void
sequence_and_reset(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 9);
    pair_define(&p, "");
    starts(&p);
    assert_true(node_put(&p.ash, "OUT", "one", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 10 * SECOND));
    node_runs(&p.ash, "STOP CHANNEL(ASH.BIRCH) STATUS(INACTIVE)");
    assert_true(pair_until_state(&p, &p.ash, CHS_INACTIVE, 10 * SECOND));
    assert_true(pair_until_state(&p, &p.birch, CHS_INACTIVE, 10 * SECOND));
    node_runs(&p.birch, "RESET CHANNEL(ASH.BIRCH) SEQNUM(50)");
    node_runs(&p.ash, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 10 * SECOND));
    node_runs(&p.ash, "STOP CHANNEL(ASH.BIRCH)");
    node_runs(&p.ash, "RESET CHANNEL(ASH.BIRCH) SEQNUM(1)");
    starts(&p);
    assert_true(node_put(&p.ash, "OUT", "two", 1));
    assert_true(pair_until_depth(&p, &p.birch, "IN", 2, 10 * SECOND));
    pair_close(&p);
}

static void
pings(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 10);
    pair_define(&p, "");
    node_runs(&p.ash, "PING CHANNEL(ASH.BIRCH)");
    node_runs(&p.birch, "STOP LISTENER(L)");
    assert_says(&p.ash, "PING CHANNEL(ASH.BIRCH)", "AMQ9");
    assert_says(&p.ash, "PING CHANNEL(NONE)", "AMQ8227E");
    pair_close(&p);
}

static void
no_such_channel(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 11);
    pair_define(&p, "");
    node_runs(&p.birch, "DELETE CHANNEL(ASH.BIRCH)");
    node_runs(&p.ash, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 10 * SECOND));
    assert_says(&p.ash, "PING CHANNEL(ASH.BIRCH)", "AMQ9520E");
    assert_says(&p.ash, "START CHANNEL(X)", "AMQ8227E");
    assert_says(&p.birch, "STOP CHANNEL(ASH.BIRCH)", "AMQ8227E");
    pair_close(&p);
}

/* An idle channel beats, and lives. */
static void
idles(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 12);
    pair_define(&p, "DISCINT(0)");
    starts(&p);
    pair_run(&p, 600 * SECOND);
    assert_true(pair_until_state(&p, &p.ash, CHS_RUNNING, 1));
    assert_true(pair_until_state(&p, &p.birch, CHS_RUNNING, 1));
    assert_says(&p.ash, "DISPLAY CHSTATUS(ASH.BIRCH) HBINT", "HBINT(5)");
    pair_close(&p);
}

/* The partner ends and comes back; this side ends and comes back: the channel runs again by itself.
 */
static void
outlives_restarts(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 13);
    pair_define(&p, "");
    starts(&p);
    node_end(&p.birch);
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 10 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "waits", 1));
    node_open(&p.birch);
    assert_true(pair_until_depth(&p, &p.birch, "IN", 1, 30 * SECOND));
    node_end(&p.ash);
    node_open(&p.ash);
    assert_true(pair_until_state(&p, &p.ash, CHS_RUNNING, 30 * SECOND));
    pair_close(&p);
}

static bool
dies_hardened(void *arg, const char *point)
{
    *(bool *)arg = *(bool *)arg || strcmp(point, "S hardened") == 0;
    return *(bool *)arg;
}

static bool
is_true(void *arg)
{
    return *(bool *)arg;
}

/* A batch in doubt whose partner is out of reach: the operator decides. */
static void
resolves(void **state)
{
    (void)state;
    struct pair p;
    bool dead = false;
    pair_open(&p, 14);
    pair_define(&p, "");
    starts(&p);
    qmgr_channels(p.ash.q)->dies = dies_hardened;
    qmgr_channels(p.ash.q)->dies_arg = &dead;
    assert_true(node_put(&p.ash, "OUT", "one", 1));
    assert_true(node_put(&p.ash, "OUT", "two", 1));
    assert_true(sim_run(p.sim, is_true, &dead, 30 * SECOND));
    node_kill(&p.ash);
    node_runs(&p.birch, "STOP LISTENER(L)");
    node_open(&p.ash);
    assert_true(pair_until_state(&p, &p.ash, CHS_RETRYING, 30 * SECOND));
    assert_says(&p.ash, "DISPLAY CHSTATUS(ASH.BIRCH) INDOUBT CURMSGS", "INDOUBT(YES)");
    assert_says(&p.ash, "RESET CHANNEL(ASH.BIRCH)", "AMQ9507E");
    node_runs(&p.ash, "STOP CHANNEL(ASH.BIRCH)");
    node_runs(&p.ash, "RESOLVE CHANNEL(ASH.BIRCH) ACTION(BACKOUT)");
    assert_int_equal(node_depth(&p.ash, "BIRCH"), 2);
    assert_says(&p.ash, "RESOLVE CHANNEL(ASH.BIRCH) ACTION(COMMIT)", "no batch in doubt");
    node_runs(&p.birch, "START LISTENER(L)");
    starts(&p);
    assert_true(pair_until_depth(&p, &p.birch, "IN", 2, 30 * SECOND));
    pair_close(&p);
}

/* A full queue is tried again; then the dead-letter queue. */
static void
retries_puts(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, 15);
    pair_define(&p, "");
    node_runs(&p.birch, "ALTER QLOCAL(IN) MAXDEPTH(1)");
    node_runs(&p.birch, "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) MRRTY(3) MRTMR(1000) HBINT(60)");
    starts(&p);
    assert_true(node_put(&p.ash, "OUT", "fits", 1));
    assert_true(node_put(&p.ash, "OUT", "waits", 1));
    pair_run(&p, 2 * SECOND);
    assert_true(pair_until_state(&p, &p.birch, CHS_PAUSED, 1));
    node_runs(&p.birch, "ALTER QLOCAL(IN) MAXDEPTH(2)");
    assert_true(pair_until_depth(&p, &p.birch, "IN", 2, 10 * SECOND));
    assert_true(node_put(&p.ash, "OUT", "too many", 1));
    assert_true(pair_until_depth(&p, &p.birch, "DLQ", 1, 20 * SECOND));
    assert_true(pair_until_state(&p, &p.ash, CHS_RUNNING, 1));
    pair_close(&p);
}

/* A partner that is there twice: the older instance is fenced off. */
static void
fences(void **state)
{
    (void)state;
    struct pair p;
    char text[32];
    pair_open(&p, 16);
    pair_define(&p, "");
    starts(&p);
    for (int i = 0; i < 3; i++) {
        node_kill(&p.ash); /* BIRCH does not know it yet */
        node_open(&p.ash);
        snprintf(text, sizeof text, "%d", i);
        assert_true(pair_until_state(&p, &p.ash, CHS_RUNNING, 30 * SECOND));
        assert_true(node_put(&p.ash, "OUT", text, 1));
        assert_true(pair_until_depth(&p, &p.birch, "IN", (uint32_t)i + 1, 30 * SECOND));
    }
    pair_close(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_messages),
        cmocka_unit_test(splits),
        cmocka_unit_test(stops_and_starts),
        cmocka_unit_test(stopped_receiver),
        cmocka_unit_test(disconnects_and_triggers),
        cmocka_unit_test(undeliverable),
        cmocka_unit_test(authority),
        cmocka_unit_test(blocked_by_chlauth),
        cmocka_unit_test(sequence_and_reset),
        cmocka_unit_test(pings),
        cmocka_unit_test(no_such_channel),
        cmocka_unit_test(idles),
        cmocka_unit_test(outlives_restarts),
        cmocka_unit_test(resolves),
        cmocka_unit_test(retries_puts),
        cmocka_unit_test(fences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
