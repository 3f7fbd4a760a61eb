#include "../cmocka.h"

#include <stdlib.h>

#include "client/client.h"
#include "responder.h"

struct pair {
    struct responder r;
    struct io *io;
    struct client *c;
};

static enum rc
pair_open(struct pair *p, enum refusal refusal, struct failure *f)
{
    responder_start(&p->r, refusal);
    p->io = io_uv_new();
    p->c = NULL;
    return client_connect(p->io, p->r.address, "ASH", "client_test", &p->c, f);
}

static void
pair_close(struct pair *p)
{
    client_disconnect(p->c);
    io_run(p->io);
    io_free(p->io);
    responder_join(&p->r);
}

static int32_t
open_queue(struct pair *p)
{
    struct mqod od;
    int32_t hobj = -1;

    od_init(&od, "TEST.Q");
    assert_int_equal(client_open(p->c, &od, OO_INPUT_SHARED | OO_OUTPUT, &hobj, NULL), RC_OK);
    assert_int_equal(hobj, 2);
    return hobj;
}

static void
puts_and_gets_of_any_length(void **state)
{
    /* Around the edges of one segment of 4096 bytes, and the longest message there is. */
    static const size_t lengths[] = {0, 1, 3571, 3572, 3573, 3574, 3575, 3576, 10000, 1000003,
        100u << 20};
    struct pair p;
    struct failure f = {0};

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    int32_t hobj = open_queue(&p);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        AUTO_BUF in = buf_new(100u << 20, ORDER_LITTLE), out = buf_new(100u << 20, ORDER_LITTLE);
        struct mqmd md;
        struct mqpmo pmo;
        struct mqgmo gmo;
        buf_fill(&in, 'm', lengths[i]);
        for (size_t at = 0; at < in.n; at += 251)
            in.p[at] = (uint8_t)(at >> 8);
        md_init(&md);
        pmo_init(&pmo);
        gmo_init(&gmo);
        assert_int_equal(client_put(p.c, hobj, &md, &pmo, buf_span(&in), &f), RC_OK);
        assert_int_equal(md.msgid[0], 0x4d); /* the queue manager's */
        md_init(&md);
        assert_int_equal(client_get(p.c, hobj, &md, &gmo, &out, &f), RC_OK);
        assert_int_equal(md.msgid[0], 0x4d);
        assert_true(span_equal(buf_span(&in), buf_span(&out)));
    }
    assert_int_equal(p.r.rounds, 2);
    assert_int_equal(client_close(p.c, hobj, CO_NONE, &f), RC_OK);
    pair_close(&p);
}

static void
message_too_long(void **state)
{
    struct pair p;
    struct failure f = {0};
    struct mqmd md;
    struct mqpmo pmo;

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    int32_t hobj = open_queue(&p);
    uint8_t *large = calloc(1, (100u << 20) + 65536);
    md_init(&md);
    pmo_init(&pmo);
    assert_int_equal(
        client_put(p.c, hobj, &md, &pmo, span_of(large, (100u << 20) + 65536), &f), RC_LIMIT);
    assert_int_equal(f.reason, 2030);
    free(large);
    /* The connection is as good as before. */
    assert_int_equal(client_commit(p.c, &f), RC_OK);
    pair_close(&p);
}

static void
no_room_for_the_message(void **state)
{
    struct pair p;
    struct failure f = {0};
    struct mqmd md;
    struct mqpmo pmo;
    struct mqgmo gmo;
    AUTO_BUF small = buf_new(4, ORDER_LITTLE), enough = buf_new(100, ORDER_LITTLE);

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    int32_t hobj = open_queue(&p);
    md_init(&md);
    pmo_init(&pmo);
    gmo_init(&gmo);
    assert_int_equal(client_put(p.c, hobj, &md, &pmo, span_str("message"), &f), RC_OK);
    assert_int_equal(client_get(p.c, hobj, &md, &gmo, &small, &f), RC_LIMIT);
    assert_int_equal(f.reason, 2080);
    assert_int_equal(client_get(p.c, hobj, &md, &gmo, &enough, &f), RC_OK);
    assert_string_equal(buf_cstr(&enough), "message");
    pair_close(&p);
}

static void
waits_and_answers_heartbeats(void **state)
{
    struct pair p;
    struct failure f = {0};
    struct mqmd md;
    struct mqgmo gmo;
    AUTO_BUF out = buf_new(100, ORDER_LITTLE);

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    int32_t hobj = open_queue(&p);
    md_init(&md);
    gmo_init(&gmo);
    gmo.options = GMO_WAIT;
    gmo.wait = 100;
    assert_int_equal(client_get(p.c, hobj, &md, &gmo, &out, &f), RC_NOT_FOUND);
    assert_int_equal(f.reason, 2033);
    assert_non_null(strstr(f.text, "MQRC_NO_MSG_AVAILABLE"));
    pair_close(&p);
    assert_int_equal(p.r.heartbeats_answered, 1);
}

static void
other_calls(void **state)
{
    static const int32_t selectors[] = {31, 32, 2015};
    struct pair p;
    struct failure f = {0};
    struct mqod od;
    int32_t hobj = 77, ints[2] = {0};
    char chars[48];

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    od_init(&od, "NO.SUCH.Q");
    assert_int_equal(client_open(p.c, &od, OO_OUTPUT, &hobj, &f), RC_NOT_FOUND);
    assert_int_equal(f.reason, 2085);
    assert_non_null(strstr(f.text, "NO.SUCH.Q"));
    assert_int_equal(hobj, 77);
    assert_int_equal(client_inquire(p.c, 2, selectors, 3, ints, 2, chars, 48, &f), RC_OK);
    assert_int_equal(ints[0], 943);
    assert_int_equal(ints[1], 3);
    assert_memory_equal(chars, "ASH ", 4);
    assert_int_equal(client_commit(p.c, &f), RC_OK);
    assert_int_equal(client_backout(p.c, &f), RC_REFUSED);
    assert_int_equal(f.reason, 2003);
    pair_close(&p);
}

static void
mqsc(void **state)
{
    struct pair p;
    struct failure f = {0};
    AUTO_BUF out = buf_new(1000, ORDER_LITTLE);
    bool ok = false;

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_NOTHING, &f), RC_OK);
    assert_int_equal(client_mqsc(p.c, "DISPLAY QMGR", &out, &ok, &f), RC_OK);
    assert_true(ok);
    assert_string_equal(buf_cstr(&out), "part 1 of 'DISPLAY QMGR'\npart 2 of 'DISPLAY QMGR'\n");
    buf_clear(&out);
    assert_int_equal(client_mqsc(p.c, "X", &out, &ok, &f), RC_OK);
    assert_false(ok);
    assert_string_equal(buf_cstr(&out), "part 1 of 'X'\npart 2 of 'X'\n");
    pair_close(&p);
}

static void
refusals(void **state)
{
    static const struct {
        enum refusal refusal;
        enum rc rc;
        int32_t reason;
    } cases[] = {
        {REFUSE_CHANNEL, RC_REFUSED, 2540},
        {REFUSE_CONNECT, RC_DENIED, 2035},
        {REFUSE_ROUNDS, RC_REFUSED, 2059},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair p;
        struct failure f = {0};
        assert_int_equal(pair_open(&p, cases[i].refusal, &f), cases[i].rc);
        assert_int_equal(f.reason, cases[i].reason);
        assert_null(p.c);
        pair_close(&p);
    }
}

static void
connection_breaks(void **state)
{
    struct pair p;
    struct failure f = {0};
    struct mqod od;
    int32_t hobj;

    (void)state;
    assert_int_equal(pair_open(&p, REFUSE_ANSWER, &f), RC_OK);
    od_init(&od, "TEST.Q");
    assert_int_not_equal(client_open(p.c, &od, OO_OUTPUT, &hobj, &f), RC_OK);
    assert_int_equal(f.reason, 2009);
    f.reason = 0;
    assert_int_not_equal(client_commit(p.c, &f), RC_OK);
    assert_int_equal(f.reason, 2009);
    pair_close(&p);
}

static void
nobody_there(void **state)
{
    struct io *io = io_uv_new();
    struct client *c = NULL;
    struct failure f = {0};

    (void)state;
    assert_int_not_equal(
        client_connect(io, "unix:/tmp/no.such.responder/sock", "ASH", "x", &c, &f), RC_OK);
    assert_int_equal(f.reason, 2059);
    assert_null(c);
    io_run(io);
    io_free(io);
}

static void
reason_names(void **state)
{
    (void)state;
    assert_string_equal(mqrc_name(0), "MQRC_NONE");
    assert_string_equal(mqrc_name(2033), "MQRC_NO_MSG_AVAILABLE");
    assert_string_equal(mqrc_name(2035), "MQRC_NOT_AUTHORIZED");
    assert_string_equal(mqrc_name(2059), "MQRC_Q_MGR_NOT_AVAILABLE");
    assert_string_equal(mqrc_name(2393), "MQRC_SSL_INITIALIZATION_ERROR");
    assert_null(mqrc_name(-1));
    assert_null(mqrc_name(1999));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_and_gets_of_any_length),
        cmocka_unit_test(message_too_long),
        cmocka_unit_test(no_room_for_the_message),
        cmocka_unit_test(waits_and_answers_heartbeats),
        cmocka_unit_test(other_calls),
        cmocka_unit_test(mqsc),
        cmocka_unit_test(refusals),
        cmocka_unit_test(connection_breaks),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(reason_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
