/* The MQI: order, units of work, waiting, browsing, name resolution, dynamic queues, restart. */
#include "kit.h"

#include <string.h>

#include "qmgr/connection.h"

#define BOTH (OO_INPUT_SHARED | OO_OUTPUT | OO_BROWSE)

static struct kit k;

static int
setup(void **state)
{
    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "A", NULL);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

static int32_t
put_as(struct hconn *h, int32_t a, const char *text, int32_t priority, int32_t persistence)
{
    struct mqmd md;

    md_init(&md);
    md.priority = priority;
    md.persistence = persistence;
    return kit_put_md(h, a, text, 0, &md);
}

static void
test_order(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);

    (void)state;
    put_as(h, a, "low 1", 1, 0);
    put_as(h, a, "high 1", 9, 1);
    put_as(h, a, "low 2", 1, 1);
    put_as(h, a, "high 2", 9, 0);
    assert_int_equal(put_as(h, a, "too high", 10, 0), MQRC_PRIORITY_EXCEEDS_MAXIMUM);
    assert_int_equal(kit_depth(&k, "A"), 5);
    assert_string_equal(kit_get(h, a, 0), "high 1");
    assert_string_equal(kit_get(h, a, 0), "high 2");
    assert_string_equal(kit_get(h, a, 0), "too high");
    assert_string_equal(kit_get(h, a, 0), "low 1");
    assert_string_equal(kit_get(h, a, 0), "low 2");
    assert_string_equal(kit_get(h, a, 0), "!2033");
    kit_alter(&k, "A", "MSGDLVSQ", "FIFO");
    put_as(h, a, "first", 1, 0);
    put_as(h, a, "second", 9, 0);
    assert_string_equal(kit_get(h, a, 0), "first");
    assert_string_equal(kit_get(h, a, 0), "second");
    mqi_disconnect(h);
}

static void
test_units(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct hconn *other = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    int32_t b = kit_open_queue(other, "A", BOTH);

    (void)state;
    put_as(h, a, "1", 0, 1);
    put_as(h, a, "2", 0, 0);
    kit_put(h, a, "3", PMO_SYNCPOINT);
    assert_int_equal(kit_depth(&k, "A"), 3);
    assert_string_equal(kit_get(other, b, GMO_SYNCPOINT), "1");
    assert_string_equal(kit_get(other, b, GMO_SYNCPOINT), "2");
    assert_string_equal(kit_get(other, b, GMO_SYNCPOINT), "!2033");
    assert_int_equal(kit_depth(&k, "A"), 1);
    assert_true(mqi_in_unit(other));
    assert_int_equal(mqi_backout(other).reason, 0);
    assert_int_equal(mqi_commit(h).reason, 0);
    assert_false(mqi_in_unit(h));
    assert_int_equal(kit_depth(&k, "A"), 3);

    struct kit_get g = {0};
    kit_get_start(other, &g, b, GMO_SYNCPOINT, 0);
    assert_string_equal(g.text, "1");
    assert_int_equal(g.get.md.backoutcount, 1);
    assert_string_equal(kit_get(other, b, GMO_SYNCPOINT), "2");
    assert_string_equal(kit_get(other, b, GMO_SYNCPOINT), "3");
    mqi_disconnect(other); /* backs out */
    assert_string_equal(kit_get(h, a, 0), "1");
    mqi_disconnect(h);
}

static void
test_unit_limit(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);

    (void)state;
    qmgr_def(k.q)->maxumsgs = 2;
    assert_int_equal(kit_put(h, a, "1", PMO_SYNCPOINT), 0);
    assert_int_equal(kit_put(h, a, "2", PMO_SYNCPOINT), 0);
    assert_int_equal(kit_put(h, a, "3", PMO_SYNCPOINT), MQRC_SYNCPOINT_LIMIT_REACHED);
    mqi_backout(h);
    assert_int_equal(kit_depth(&k, "A"), 0);
    mqi_disconnect(h);
}

static void
test_wait(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct hconn *w1 = kit_connect(&k);
    struct hconn *w2 = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    int32_t a1 = kit_open_queue(w1, "A", OO_INPUT_SHARED);
    int32_t a2 = kit_open_queue(w2, "A", OO_INPUT_SHARED);
    struct kit_get g1 = {0};
    struct kit_get g2 = {0};

    (void)state;
    kit_get_start(w1, &g1, a1, GMO_WAIT, -1);
    kit_get_start(w2, &g2, a2, GMO_WAIT, 60000);
    assert_true(mqi_is_waiting(w1));
    kit_put(h, a, "x", PMO_SYNCPOINT);
    kit_run(&k);
    assert_false(g1.done);
    mqi_commit(h);
    assert_false(g1.done); /* from the loop */
    kit_run(&k);
    assert_true(g1.done);
    assert_string_equal(g1.text, "x");
    assert_false(g2.done);

    kit_get_start(w1, &g1, a1, GMO_WAIT, -1); /* behind w2 */
    kit_put(h, a, "y", 0);
    kit_run(&k);
    assert_true(g2.done);
    assert_string_equal(g2.text, "y");
    assert_false(g1.done);

    kit_alter(&k, "A", "GET", "DISABLED");
    kit_run(&k);
    assert_string_equal(g1.text, "!2016");
    kit_alter(&k, "A", "GET", "ENABLED");
    kit_get_start(w1, &g1, a1, GMO_WAIT, -1);
    mqi_wake_all(k.q->mqi, MQRC_Q_MGR_QUIESCING);
    assert_false(g1.done); /* it did not ask to be told */
    mqi_wake_all(k.q->mqi, MQRC_Q_MGR_STOPPING);
    assert_string_equal(g1.text, "!2162");
    kit_get_start(w1, &g1, a1, GMO_WAIT, -1);
    kit_put(h, a, "z", 0);
    mqi_disconnect(w1); /* forgets the wait; the message stays */
    kit_run(&k);
    assert_false(g1.done);
    assert_int_equal(kit_depth(&k, "A"), 1);
    mqi_disconnect(h);
    mqi_disconnect(w2);
}

static void
test_wait_over(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct kit_get g = {0};

    (void)state;
    kit_get_start(h, &g, a, GMO_WAIT, 5);
    assert_false(g.done);
    while (!g.done)
        io_run_once(k.io, 10);
    assert_string_equal(g.text, "!2033");
    mqi_disconnect(h);
}

static void
test_match(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct kit_get g = {0};
    struct mqmd md;

    (void)state;
    for (uint8_t i = 1; i <= 3; i++) {
        char text[2] = {(char)('0' + i), 0};
        md_init(&md);
        md.correlid[0] = i;
        kit_put_md(h, a, text, 0, &md);
    }
    md_init(&md);
    kit_put_md(h, a, "4", PMO_NEW_CORREL_ID, &md);
    assert_int_equal(memcmp(md.msgid, "AMQ QM1         ", 16), 0);
    assert_int_not_equal(memcmp(md.msgid, md.correlid, 24), 0);

    kit_get_start(h, &g, a, GMO_BROWSE_FIRST, 0); /* makes the structures */
    g.get.gmo.match = MO_MATCH_CORREL_ID;
    g.get.md = (struct mqmd){.version = 1};
    g.get.md.correlid[0] = 2;
    g.get.gmo.options = 0;
    g.done = false;
    mqi_get(h, &g.get);
    assert_string_equal(g.text, "2");
    g.done = false;
    mqi_get(h, &g.get);
    assert_string_equal(g.text, "!2033");
    g.done = false;
    g.get.gmo.match = MO_MATCH_MSG_ID | MO_MATCH_CORREL_ID;
    memcpy(g.get.md.msgid, md.msgid, 24);
    memcpy(g.get.md.correlid, md.correlid, 24);
    mqi_get(h, &g.get);
    assert_string_equal(g.text, "4");
    mqi_disconnect(h);
}

static void
test_browse(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct hconn *other = kit_connect(&k);
    int32_t b = kit_open_queue(other, "A", BOTH);

    (void)state;
    kit_put(h, a, "1", 0);
    kit_put(h, a, "2", 0);
    kit_put(h, a, "3", 0);
    assert_string_equal(kit_get(h, a, GMO_MSG_UNDER_CURSOR), "!2034");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "1");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "2");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_MSG_UNDER_CURSOR), "2");
    assert_string_equal(kit_get(h, a, GMO_MSG_UNDER_CURSOR), "2");
    assert_string_equal(kit_get(h, a, GMO_MSG_UNDER_CURSOR), "!2034");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "3");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "!2033");
    kit_put(h, a, "4", 0);
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "4");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_FIRST), "1");
    assert_string_equal(kit_get(other, b, 0), "1"); /* from under the cursor */
    assert_string_equal(kit_get(h, a, GMO_BROWSE_NEXT), "3");
    assert_string_equal(kit_get(h, a, GMO_BROWSE_FIRST | GMO_SYNCPOINT), "!2046");
    mqi_disconnect(h);
    mqi_disconnect(other);
}

static void
test_truncation(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct kit_get g = {.get.buffer = 3};

    (void)state;
    kit_put(h, a, "hello", 0);
    put_as(h, a, "world", 0, 1);
    kit_get_start(h, &g, a, 0, 0);
    assert_int_equal(g.reason, MQRC_TRUNCATED_MSG_FAILED);
    assert_int_equal(g.get.result.cc, CC_WARNING);
    assert_int_equal(g.get.total, 5);
    assert_string_equal(g.text, "hel");
    kit_get_start(h, &g, a, GMO_ACCEPT_TRUNCATED, 0);
    assert_int_equal(g.reason, MQRC_TRUNCATED_MSG_ACCEPTED);
    assert_int_equal(g.get.result.cc, CC_WARNING);
    kit_get_start(h, &g, a, GMO_ACCEPT_TRUNCATED, 0);
    assert_string_equal(g.text, "wor");
    assert_int_equal(kit_depth(&k, "A"), 0);
    mqi_disconnect(h);
}

static void
test_limits(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct mqmd md;

    (void)state;
    kit_alter(&k, "A", "MAXDEPTH", "1");
    kit_alter(&k, "A", "MAXMSGL", "4");
    assert_int_equal(kit_put(h, a, "12345", 0), MQRC_MSG_TOO_BIG_FOR_Q);
    assert_int_equal(kit_put(h, a, "1234", 0), 0);
    assert_int_equal(kit_put(h, a, "1", 0), MQRC_Q_FULL);
    assert_string_equal(kit_get(h, a, 0), "1234");
    kit_alter(&k, "A", "PUT", "DISABLED");
    assert_int_equal(kit_put(h, a, "1", 0), MQRC_PUT_INHIBITED);
    kit_alter(&k, "A", "PUT", "ENABLED");
    kit_alter(&k, "A", "GET", "DISABLED");
    assert_string_equal(kit_get(h, a, 0), "!2016");
    kit_alter(&k, "A", "GET", "ENABLED");
    qmgr_def(k.q)->maxmsgl = 2;
    assert_int_equal(kit_put(h, a, "123", 0), MQRC_MSG_TOO_BIG_FOR_Q_MGR);

    md_init(&md);
    md.msgtype = 1 /* a request */;
    assert_int_equal(kit_put_md(h, a, "r", 0, &md), MQRC_MISSING_REPLY_TO_Q);
    md.msgtype = 3;
    assert_int_equal(kit_put_md(h, a, "r", 0, &md), MQRC_MSG_TYPE_ERROR);
    md_init(&md);
    md.expiry = 0;
    assert_int_equal(kit_put_md(h, a, "r", 0, &md), MQRC_EXPIRY_ERROR);
    md_init(&md);
    md.persistence = 7;
    assert_int_equal(kit_put_md(h, a, "r", 0, &md), MQRC_PERSISTENCE_ERROR);
    assert_int_equal(kit_put(h, a, "r", PMO_SYNCPOINT | PMO_NO_SYNCPOINT), MQRC_OPTIONS_ERROR);
    assert_int_equal(kit_put(h, a + 2, "r", 0), MQRC_HOBJ_ERROR);
    mqi_disconnect(h);
}

static void
test_expiry(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct kit_get g = {0};
    struct mqmd md;

    (void)state;
    md_init(&md);
    md.expiry = 1;
    md.persistence = 1;
    kit_put_md(h, a, "short", 0, &md);
    md_init(&md);
    md.expiry = 10000;
    kit_put_md(h, a, "long", 0, &md);
    int64_t end = io_wall(k.io) + 110000;
    while (io_wall(k.io) < end)
        io_run_once(k.io, 20);
    kit_get_start(h, &g, a, 0, 0);
    assert_string_equal(g.text, "long");
    assert_true(g.get.md.expiry < 10000 && g.get.md.expiry > 9000);
    assert_int_equal(kit_depth(&k, "A"), 0);
    mqi_disconnect(h);
}

static void
test_sharing(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct hconn *other = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", OO_INPUT_EXCLUSIVE);

    (void)state;
    assert_int_equal(kit_try_open(other, "A", "", OO_INPUT_SHARED), MQRC_OBJECT_IN_USE);
    assert_int_equal(kit_try_open(other, "A", "", OO_BROWSE | OO_OUTPUT), 0);
    mqi_close(h, a, CO_NONE);
    a = kit_open_queue(h, "A", OO_INPUT_AS_Q_DEF);
    assert_int_equal(kit_try_open(other, "A", "", OO_INPUT_SHARED), 0);
    assert_int_equal(kit_try_open(other, "A", "", OO_INPUT_EXCLUSIVE), MQRC_OBJECT_IN_USE);
    assert_int_equal(
        kit_try_open(other, "A", "", OO_INPUT_EXCLUSIVE | OO_INPUT_SHARED), MQRC_OPTIONS_ERROR);
    assert_int_equal(kit_try_open(other, "A", "", 0), MQRC_OPTIONS_ERROR);
    assert_int_equal(a, 2);
    assert_int_equal(kit_open_queue(h, "A", OO_OUTPUT), 4);
    mqi_close(h, a, CO_NONE);
    assert_int_equal(kit_open_queue(h, "A", OO_OUTPUT), 2); /* the smallest free one */
    mqi_disconnect(h);
    mqi_disconnect(other);
}

/* ---- resolution ---- */
static void
define_names(void)
{
    kit_queue(&k, QT_LOCAL, "QM2", "USAGE", "XMITQ", NULL);
    kit_queue(&k, QT_LOCAL, "XQ", "USAGE", "XMITQ", NULL);
    kit_queue(&k, QT_ALIAS, "AL", "TARGET", "A", NULL);
    kit_queue(&k, QT_ALIAS, "AL.AL", "TARGET", "AL", NULL);
    kit_queue(&k, QT_ALIAS, "AL.NONE", "TARGET", "NONE", NULL);
    kit_queue(&k, QT_ALIAS, "AL.R", "TARGET", "R", NULL);
    kit_queue(&k, QT_REMOTE, "R", "RNAME", "FAR", "RQMNAME", "QM2", NULL);
    kit_queue(&k, QT_REMOTE, "R.X", "RNAME", "FAR", "RQMNAME", "QM3", "XMITQ", "XQ", NULL);
    kit_queue(&k, QT_REMOTE, "R.NOX", "RNAME", "FAR", "RQMNAME", "QM3", "XMITQ", "NONE", NULL);
    kit_queue(&k, QT_REMOTE, "R.BADX", "RNAME", "FAR", "RQMNAME", "QM3", "XMITQ", "A", NULL);
    kit_queue(&k, QT_REMOTE, "R.QM3", "RNAME", "FAR", "RQMNAME", "QM3", NULL);
    kit_queue(&k, QT_REMOTE, "QM9", "RQMNAME", "QM2", "XMITQ", "XQ", NULL);
    kit_queue(&k, QT_REMOTE, "US", "RQMNAME", "QM1", NULL);
}

static void
test_names(void **state)
{
    static const struct {
        const char *name, *qmgr;
        int32_t options, reason;
        const char *queue; /* where the message is then */
    } cases[] = {
        {"A", "", OO_OUTPUT, 0, "A"},
        {"A", "QM1", OO_OUTPUT, 0, "A"},
        {"A", "US", OO_OUTPUT, 0, "A"},
        {"AL", "", OO_OUTPUT, 0, "A"},
        {"AL.AL", "", OO_OUTPUT, MQRC_ALIAS_BASE_Q_TYPE_ERROR, NULL},
        {"AL.NONE", "", OO_OUTPUT, MQRC_UNKNOWN_ALIAS_BASE_Q, NULL},
        {"AL.R", "", OO_OUTPUT, 0, "QM2"},
        {"R", "", OO_OUTPUT, 0, "QM2"},
        {"R", "", OO_INPUT_SHARED, MQRC_OPTION_NOT_VALID_FOR_TYPE, NULL},
        {"R.X", "", OO_OUTPUT, 0, "XQ"},
        {"R.NOX", "", OO_OUTPUT, MQRC_UNKNOWN_XMIT_Q, NULL},
        {"R.BADX", "", OO_OUTPUT, MQRC_XMIT_Q_USAGE_ERROR, NULL},
        {"R.QM3", "", OO_OUTPUT, MQRC_UNKNOWN_REMOTE_Q_MGR, NULL},
        {"ANY", "QM2", OO_OUTPUT, 0, "QM2"},
        {"ANY", "QM9", OO_OUTPUT, 0, "XQ"},
        {"ANY", "A", OO_OUTPUT, MQRC_XMIT_Q_USAGE_ERROR, NULL},
        {"ANY", "QM7", OO_OUTPUT, MQRC_UNKNOWN_REMOTE_Q_MGR, NULL},
        {"NONE", "", OO_OUTPUT, MQRC_UNKNOWN_OBJECT_NAME, NULL},
        {"QM9", "", OO_OUTPUT, MQRC_REMOTE_Q_NAME_ERROR, NULL},
        {"SYSTEM.PROTECTION.POLICY.QUEUE", "QM1", OO_BROWSE, MQRC_UNKNOWN_OBJECT_NAME, NULL},
    };
    struct hconn *h = kit_connect(&k);

    (void)state;
    define_names();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct mqod od;
        struct mqmd md;
        struct mqpmo pmo;
        int32_t reason = kit_try_open(h, cases[i].name, cases[i].qmgr, cases[i].options);
        if (reason != cases[i].reason)
            fail_msg("%s at %s: %d", cases[i].name, cases[i].qmgr, reason);
        if (cases[i].queue == NULL)
            continue;
        uint32_t before = kit_depth(&k, cases[i].queue);
        od_init(&od, cases[i].name);
        text_copy(od.qmgr, sizeof(od.qmgr), cases[i].qmgr);
        md_init(&md);
        pmo_init(&pmo);
        assert_int_equal(mqi_put1(h, &od, &md, &pmo, span_str("x")).reason, 0);
        assert_int_equal(kit_depth(&k, cases[i].queue), before + 1);
    }
    text_copy(qmgr_def(k.q)->defxmitq, 49, "XQ");
    assert_int_equal(kit_try_open(h, "ANY", "QM7", OO_OUTPUT), 0);
    text_copy(qmgr_def(k.q)->defxmitq, 49, "NONE");
    assert_int_equal(kit_try_open(h, "ANY", "QM7", OO_OUTPUT), MQRC_UNKNOWN_DEF_XMIT_Q);
    mqi_disconnect(h);
}

static void
test_xmitq_message(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct kit_get g = {.get.buffer = 1000};
    struct mqxqh x;
    struct mqmd md;

    (void)state;
    define_names();
    int32_t r = kit_open_queue(h, "R", OO_OUTPUT);
    md_init(&md);
    text_copy(md.format, sizeof(md.format), "MQSTR");
    text_copy(md.replytoq, sizeof(md.replytoq), "R.X");
    md.persistence = 1;
    assert_int_equal(kit_put_md(h, r, "payload", 0, &md), 0);
    assert_string_equal(md.replytoq, "FAR");
    assert_string_equal(md.replytoqmgr, "QM3");

    int32_t q = kit_open_queue(h, "QM2", OO_INPUT_SHARED);
    kit_get_start(h, &g, q, GMO_SYNCPOINT, 0);
    assert_int_equal(g.reason, 0);
    assert_string_equal(g.get.md.format, "MQXMIT");
    assert_int_equal(g.get.md.persistence, 1);
    assert_int_equal(memcmp(g.get.md.correlid, md.msgid, 24), 0);
    assert_int_equal(g.get.total, MQXQH_SIZE + 7);
    mqi_backout(h);

    AUTO_BUF body = buf_new(1000, ORDER_LITTLE);
    struct queue *xmitq = mqi_queue(k.q->mqi, objects_find(k.q->objects, OBJECT_QUEUE, "QM2"));
    assert_int_equal(store_read(k.q->store, queue_next(xmitq, NULL)->id, &body, NULL), RC_OK);
    struct reader rd = reader_of(buf_span(&body), ORDER_LITTLE);
    xqh_decode(&rd, &x);
    assert_true(reader_ok(&rd));
    assert_string_equal(x.remoteqname, "FAR");
    assert_string_equal(x.remoteqmgr, "QM2");
    assert_string_equal(x.md.format, "MQSTR");
    assert_int_equal(rd.left.n, 7);
    mqi_disconnect(h);
}

/* ---- context ---- */
static void
test_context(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t in = kit_open_queue(h, "A", OO_INPUT_SHARED | OO_SAVE_ALL_CONTEXT);
    int32_t out = kit_open_queue(h, "A", OO_OUTPUT | OO_PASS_ALL_CONTEXT | OO_SET_ALL_CONTEXT);
    struct mqmd md;
    struct mqpmo pmo;

    (void)state;
    pmo_init(&pmo);
    pmo.options = PMO_PASS_ALL;
    pmo.context = in;
    md_init(&md);
    assert_int_equal(mqi_put(h, out, &md, &pmo, span_str("x")).reason, MQRC_CONTEXT_NOT_AVAILABLE);
    md_init(&md);
    text_copy(md.user, sizeof(md.user), "somebody");
    text_copy(md.putapplname, sizeof(md.putapplname), "elsewhere");
    assert_int_equal(kit_put_md(h, out, "x", PMO_SET_ALL, &md), 0);
    assert_string_equal(kit_get(h, in, 0), "x");
    md_init(&md);
    assert_int_equal(mqi_put(h, out, &md, &pmo, span_str("x")).reason, 0);
    assert_string_equal(md.user, "somebody");
    assert_string_equal(md.putapplname, "elsewhere");
    md_init(&md);
    assert_int_equal(kit_put_md(h, out, "x", 0, &md), 0);
    assert_string_equal(md.user, "qmadmin");
    assert_string_equal(md.putapplname, "kit");
    assert_int_equal(strlen(md.putdate), 8);
    int32_t plain = kit_open_queue(h, "A", OO_OUTPUT);
    assert_int_equal(kit_put(h, plain, "x", PMO_SET_ALL), MQRC_NOT_OPEN_FOR_SET_ALL);
    mqi_disconnect(h);
}

/* ---- dynamic queues ---- */
static int32_t
open_model(struct hconn *h, const char *model, const char *name, struct mqod *od)
{
    int32_t hobj = -1;

    od_init(od, model);
    text_copy(od->dynamic, sizeof(od->dynamic), name);
    struct mqi_result r = mqi_open(h, od, OO_INPUT_EXCLUSIVE, &hobj, NULL);
    return r.reason == 0 ? hobj : -r.reason;
}

static void
test_temporary(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct hconn *other = kit_connect(&k);
    struct mqod od;

    (void)state;
    int32_t t = open_model(h, "SYSTEM.DEFAULT.MODEL.QUEUE", "AMQ.*", &od);
    assert_true(t > 0);
    assert_int_equal(strncmp(od.name, "AMQ.", 4), 0);
    assert_int_equal(strlen(od.name), 20);
    int32_t o = kit_open_queue(other, od.name, OO_OUTPUT);
    assert_int_equal(put_as(other, o, "p", 0, 1), MQRC_PERSISTENT_NOT_ALLOWED);
    assert_int_equal(kit_put(other, o, "1", 0), 0);
    assert_int_equal(kit_put(other, o, "2", PMO_SYNCPOINT), 0);
    assert_string_equal(kit_get(h, t, GMO_SYNCPOINT), "1");
    mqi_close(h, t, CO_NONE);
    assert_null(objects_find(k.q->objects, OBJECT_QUEUE, od.name));
    assert_int_equal(kit_put(other, o, "3", 0), MQRC_Q_DELETED);
    assert_int_equal(mqi_commit(other).reason, 0);
    mqi_close(other, o, CO_NONE);
    assert_int_equal(mqi_backout(h).reason, 0);
    assert_int_equal(
        -open_model(h, "SYSTEM.DEFAULT.MODEL.QUEUE", "A", &od), MQRC_OBJECT_ALREADY_EXISTS);
    assert_int_equal(
        -open_model(h, "SYSTEM.DEFAULT.MODEL.QUEUE", "A*B", &od), MQRC_DYNAMIC_Q_NAME_ERROR);
    mqi_disconnect(h);
    mqi_disconnect(other);
}

static void
test_permanent(void **state)
{
    struct hconn *h = kit_connect(&k);
    struct mqod od;

    (void)state;
    kit_queue(&k, QT_MODEL, "PERM", "DEFTYPE", "PERMDYN", NULL);
    int32_t p = open_model(h, "PERM", "P.1", &od);
    assert_true(p > 0);
    mqi_close(h, p, CO_NONE);
    assert_non_null(objects_find(k.q->objects, OBJECT_QUEUE, "P.1"));
    p = kit_open_queue(h, "P.1", BOTH);
    put_as(h, p, "x", 0, 1);
    assert_int_equal(mqi_close(h, p, CO_DELETE).reason, MQRC_Q_NOT_EMPTY);
    assert_int_equal(mqi_close(h, p, CO_DELETE_PURGE).reason, 0);
    assert_null(objects_find(k.q->objects, OBJECT_QUEUE, "P.1"));
    int32_t a = kit_open_queue(h, "A", BOTH);
    assert_int_equal(mqi_close(h, a, CO_DELETE).reason, MQRC_OPTION_NOT_VALID_FOR_TYPE);
    mqi_disconnect(h);
}

/* ---- inquire and set ---- */
static void
test_inquire(void **state)
{
    static const int32_t qmgr_selectors[] = {31, 2015, 273, 32};
    static const int32_t queue_selectors[] = {3, 15, 17, 2016};
    struct hconn *h = kit_connect(&k);
    struct mqod od;
    int32_t hobj;
    int32_t ints[3];
    char chars[48];

    (void)state;
    od_init(&od, "");
    od.type = 5;
    assert_int_equal(mqi_open(h, &od, OO_INQUIRE, &hobj, NULL).reason, 0);
    assert_int_equal(mqi_inquire(h, hobj, qmgr_selectors, 4, ints, 3, chars, 48).reason, 0);
    assert_int_equal(ints[0], 600);
    assert_int_equal(ints[1], 0);
    assert_int_equal(ints[2], 3);
    assert_int_equal(memcmp(chars, "QM1     ", 8), 0);
    int32_t a = kit_open_queue(h, "A", BOTH | OO_INQUIRE | OO_SET);
    kit_put(h, a, "x", 0);
    assert_int_equal(mqi_inquire(h, a, queue_selectors, 4, ints, 3, chars, 48).reason, 0);
    assert_int_equal(ints[0], 1);
    assert_int_equal(ints[1], 5000);
    assert_int_equal(ints[2], 1);
    assert_int_equal(memcmp(chars, "A     ", 6), 0);
    int32_t selector = 10;
    int32_t value = 1;
    assert_int_equal(mqi_set(h, a, &selector, 1, &value, 1, "", 0).reason, 0);
    assert_int_equal(kit_put(h, a, "x", 0), MQRC_PUT_INHIBITED);
    value = 2;
    assert_int_equal(
        mqi_set(h, a, &selector, 1, &value, 1, "", 0).reason, MQRC_INHIBIT_VALUE_ERROR);
    selector = 15;
    assert_int_equal(mqi_set(h, a, &selector, 1, &value, 1, "", 0).reason, MQRC_SELECTOR_ERROR);
    mqi_disconnect(h);
}

/* ---- restart ---- */
static void
test_restart(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);

    (void)state;
    put_as(h, a, "1", 1, 1);
    put_as(h, a, "np", 9, 0);
    put_as(h, a, "2", 5, 1);
    kit_put(h, a, "u", PMO_SYNCPOINT);
    struct mqmd md;
    md_init(&md);
    md.persistence = 1;
    kit_put_md(h, a, "lost", PMO_SYNCPOINT, &md);
    assert_string_equal(kit_get(h, a, 0), "np");
    assert_string_equal(kit_get(h, a, GMO_SYNCPOINT), "2");
    mqi_disconnect(h);
    kit_reopen(&k);
    h = kit_connect(&k);
    a = kit_open_queue(h, "A", BOTH);
    assert_int_equal(kit_depth(&k, "A"), 2);
    assert_string_equal(kit_get(h, a, 0), "2");
    assert_string_equal(kit_get(h, a, 0), "1");
    assert_string_equal(kit_get(h, a, 0), "!2033");
    mqi_disconnect(h);
    kit_reopen(&k);
    assert_int_equal(kit_depth(&k, "A"), 0);
}

static void
test_prepared(void **state)
{
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "A", BOTH);
    struct span xid = span_str("batch 1");

    (void)state;
    put_as(h, a, "1", 0, 1);
    put_as(h, a, "2", 0, 1);
    assert_string_equal(kit_get(h, a, GMO_SYNCPOINT), "1");
    assert_int_equal(mqi_record(h, "sync/X", span_str("old")).reason, 0);
    assert_int_equal(mqi_prepare(h, xid).reason, 0);
    assert_true(mqi_position(h) > 0);
    assert_int_equal(mqi_record_find(k.q->mqi, "sync/X").n, 0);
    mqi_disconnect(h); /* in doubt, not backed out */
    assert_int_equal(kit_depth(&k, "A"), 1);
    kit_reopen(&k);
    assert_int_equal(kit_depth(&k, "A"), 1);
    h = kit_connect(&k);
    assert_false(mqi_adopt_prepared(h, span_str("batch 2")));
    assert_true(mqi_adopt_prepared(h, xid));
    assert_int_equal(mqi_record(h, "sync/X", span_str("new")).reason, 0);
    assert_int_equal(mqi_commit(h).reason, 0);
    assert_true(span_equal(mqi_record_find(k.q->mqi, "sync/X"), span_str("new")));
    mqi_disconnect(h);
    kit_reopen(&k);
    assert_true(span_equal(mqi_record_find(k.q->mqi, "sync/X"), span_str("new")));
    h = kit_connect(&k);
    a = kit_open_queue(h, "A", BOTH);
    assert_string_equal(kit_get(h, a, GMO_SYNCPOINT), "2");
    assert_int_equal(mqi_prepare(h, xid).reason, 0);
    mqi_disconnect(h);
    kit_reopen(&k);
    h = kit_connect(&k);
    assert_true(mqi_adopt_prepared(h, xid));
    assert_int_equal(mqi_backout(h).reason, 0);
    assert_int_equal(kit_depth(&k, "A"), 1);
    a = kit_open_queue(h, "A", BOTH);
    assert_string_equal(kit_get(h, a, 0), "2");
    mqi_disconnect(h);
}

/* ---- triggers ---- */
static void
on_trigger(void *arg, const char *queue)
{
    ++*(int *)arg;
    assert_string_equal(queue, "XQ");
}

static void
test_trigger(void **state)
{
    struct hconn *h = kit_connect(&k);
    int fired = 0;

    (void)state;
    kit_queue(
        &k, QT_LOCAL, "XQ", "USAGE", "XMITQ", "TRIGGER", "TRIGGER", "TRIGTYPE", "FIRST", NULL);
    mqi_on_trigger(k.q->mqi, on_trigger, &fired);
    int32_t x = kit_open_queue(h, "XQ", OO_OUTPUT);
    kit_put(h, x, "1", PMO_SYNCPOINT);
    kit_run(&k);
    assert_int_equal(fired, 0);
    mqi_commit(h);
    assert_int_equal(fired, 0);
    kit_run(&k);
    assert_int_equal(fired, 1);
    int32_t in = kit_open_queue(h, "XQ", OO_INPUT_SHARED);
    kit_put(h, x, "2", 0);
    kit_run(&k);
    assert_int_equal(fired, 1); /* somebody reads it */
    mqi_close(h, in, CO_NONE);
    kit_run(&k);
    assert_int_equal(fired, 2); /* he stopped, and there are messages */
    mqi_disconnect(h);
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(order),
        T(units),
        T(unit_limit),
        T(wait),
        T(wait_over),
        T(match),
        T(browse),
        T(truncation),
        T(limits),
        T(expiry),
        T(sharing),
        T(names),
        T(xmitq_message),
        T(context),
        T(temporary),
        T(permanent),
        T(inquire),
        T(restart),
        T(prepared),
        T(trigger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
