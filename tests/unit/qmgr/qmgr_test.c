/* The life of a queue manager in the simulated world: start, the ways to end, a journal that
 * breaks. */
#include "kit.h"

#include <string.h>

#include "io/sim.h"
#include "qmgr/qmgr.h"

#define DIR_QM1 "/data/QM1"
#define SECONDS(n) ((uint64_t)(n)*1000000)

struct world {
    struct sim *sim;
    struct io *io;
    struct qmgr *q;
    bool ended, broken;
    struct failure why;
};

static void
on_ended(void *arg, const struct failure *why)
{
    struct world *w = arg;

    assert_false(w->ended);
    w->ended = true;
    w->broken = why != NULL;
    if (why != NULL)
        w->why = *why;
}

static bool
is_ended(void *arg)
{
    return ((struct world *)arg)->ended;
}

static bool
never(void *arg)
{
    (void)arg;
    return false;
}

static const struct qmgr_options options = {.dir = DIR_QM1, .name = "QM1", .admin = "qmadmin"};

static void
start(struct world *w)
{
    struct failure f = {0};

    w->ended = w->broken = false;
    if (qmgr_open(w->io, &options, on_ended, w, &w->q, &f) != RC_OK)
        fail_msg("%s", f.text);
}

static void
begin(struct world *w)
{
    struct failure f = {0};

    *w = (struct world){.sim = sim_new(1)};
    w->io = sim_node(w->sim, "one");
    if (qmgr_create(w->io, &options, &f) != RC_OK)
        fail_msg("%s", f.text);
    start(w);
}

static struct hconn *
application(struct world *w)
{
    struct mqi_identity who = {.user = "qmadmin", .appl = "test", .appltype = 6};

    return mqi_connect(qmgr_mqi(w->q), &who);
}

static void
finish(struct world *w)
{
    qmgr_free(w->q);
    sim_free(w->sim);
}

static void
test_start_and_end(void **state)
{
    static const enum qmgr_end ways[] = {
        QMGR_END_CONTROLLED, QMGR_END_IMMEDIATE, QMGR_END_PREEMPTIVE};
    struct world w;

    (void)state;
    begin(&w);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        assert_int_equal(qmgr_state(w.q), QMGR_RUNNING);
        assert_true(io_exists(w.io, DIR_QM1 "/qm.json"));
        assert_int_equal(qmgr_create(w.io, &options, NULL), RC_EXISTS);
        qmgr_end(w.q, ways[i]);
        assert_false(w.ended); /* from the loop */
        assert_true(sim_run(w.sim, is_ended, &w, SECONDS(5)));
        assert_false(w.broken);
        assert_int_equal(qmgr_state(w.q), QMGR_ENDED);
        assert_false(io_exists(w.io, DIR_QM1 "/qm.json"));
        qmgr_free(w.q);
        start(&w);
    }
    finish(&w);
}

/* endmqm waits for applications, endmqm -i does not. */
static void
test_quiesce(void **state)
{
    struct world w;
    struct mqod od;
    int32_t hobj;

    (void)state;
    begin(&w);
    struct hconn *h = application(&w);
    qmgr_end(w.q, QMGR_END_CONTROLLED);
    assert_false(sim_run(w.sim, is_ended, &w, SECONDS(60)));
    assert_int_equal(qmgr_state(w.q), QMGR_QUIESCING);
    od_init(&od, "SYSTEM.DEFAULT.LOCAL.QUEUE");
    assert_int_equal(mqi_open(h, &od, OO_OUTPUT, &hobj, NULL).reason, 0);
    assert_int_equal(mqi_open(h, &od, OO_OUTPUT | OO_FAIL_IF_QUIESCING, &hobj, NULL).reason,
        MQRC_Q_MGR_QUIESCING);
    mqi_disconnect(h);
    assert_true(sim_run(w.sim, is_ended, &w, SECONDS(5)));
    qmgr_free(w.q);

    start(&w);
    h = application(&w);
    qmgr_end(w.q, QMGR_END_CONTROLLED);
    sim_run(w.sim, never, NULL, SECONDS(1));
    qmgr_end(w.q, QMGR_END_IMMEDIATE);
    assert_int_equal(mqi_open(h, &od, OO_OUTPUT, &hobj, NULL).reason, MQRC_Q_MGR_STOPPING);
    assert_true(sim_run(w.sim, is_ended, &w, SECONDS(5)));
    finish(&w); /* closes the connection */
}

static void
on_synced(void *arg, enum rc rc, const struct failure *f)
{
    (void)f;
    *(enum rc *)arg = rc;
}

static void
test_broken_journal(void **state)
{
    struct world w;
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;
    enum rc rc = RC_OK;

    (void)state;
    begin(&w);
    struct hconn *h = application(&w);
    sim_faults(w.io)->fail_sync = 0;
    od_init(&od, "SYSTEM.DEFAULT.LOCAL.QUEUE");
    md_init(&md);
    md.persistence = 1;
    pmo_init(&pmo);
    assert_int_equal(mqi_put1(h, &od, &md, &pmo, span_str("x")).reason, 0);
    store_when_durable(qmgr_store(w.q), mqi_position(h), on_synced, &rc);
    assert_true(sim_run(w.sim, is_ended, &w, SECONDS(5)));
    assert_int_not_equal(rc, RC_OK); /* no answer would have left */
    assert_true(w.broken);
    sim_faults(w.io)->fail_sync = -1;
    qmgr_free(w.q);
    start(&w);
    finish(&w);
}

static void
test_absent(void **state)
{
    struct world w = {.sim = sim_new(1)};
    struct failure f = {0};

    (void)state;
    w.io = sim_node(w.sim, "one");
    assert_int_equal(qmgr_open(w.io, &options, on_ended, &w, &w.q, &f), RC_NOT_FOUND);
    assert_string_equal(f.id, "AMQ8118E");
    struct qmgr_options bad = options;
    bad.name = "NOT A NAME";
    assert_int_equal(qmgr_create(w.io, &bad, &f), RC_INVALID);
    sim_free(w.sim);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_and_end),
        cmocka_unit_test(test_quiesce),
        cmocka_unit_test(test_broken_journal),
        cmocka_unit_test(test_absent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
