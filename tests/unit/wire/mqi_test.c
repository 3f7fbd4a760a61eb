#include "../cmocka.h"

#include "golden.h"
#include "hex.h"
#include "wire/mqi.h"

/* Decode a client's call and encode it again, body by body. */
struct call {
    struct mqi_header h;
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;
    struct mqgmo gmo;
    struct mqconn_body conn;
    struct span rest;
};

static void
decode_call(const struct segment *s, struct call *c)
{
    struct reader r = segment_reader(s);

    mqi_header_decode(&r, &c->h);
    if (s->type == SEG_MQCONN)
        mqconn_decode(&r, &c->conn);
    if (s->type == SEG_MQOPEN)
        od_decode(&r, &c->od);
    if (s->type == SEG_MQPUT || s->type == SEG_MQGET)
        md_decode(&r, &c->md);
    if (s->type == SEG_MQPUT)
        pmo_decode(&r, &c->pmo);
    if (s->type == SEG_MQGET)
        gmo_decode(&r, &c->gmo);
    c->rest = reader_take(&r, r.left.n);
    assert_true(reader_ok(&r));
}

static void
encode_call(struct buf *out, const struct segment *s, const struct call *c)
{
    size_t start = mqi_begin(out, s->type, &c->h);

    if (s->type == SEG_MQCONN)
        mqconn_encode(out, &c->conn);
    if (s->type == SEG_MQOPEN)
        od_encode(out, &c->od);
    if (s->type == SEG_MQPUT || s->type == SEG_MQGET)
        md_encode(out, &c->md);
    if (s->type == SEG_MQPUT)
        pmo_encode(out, &c->pmo);
    if (s->type == SEG_MQGET)
        gmo_encode(out, &c->gmo);
    buf_span_put(out, c->rest);
    mqi_end(out, start);
}

static void
java_client_bytes(void **state)
{
    static const char *const golden[] = {golden_mqconn, golden_mqopen, golden_mqput,
        golden_mqput_big, golden_mqget};

    (void)state;
    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
        AUTO_BUF b = buf_new(1024, ORDER_BIG);
        struct segment s;
        struct call c = {0};
        size_t used;
        hex_decode(&b, golden[i]);
        assert_int_equal(segment_decode(buf_span(&b), 1024, &s, &used, NULL), RC_OK);
        decode_call(&s, &c);
        AUTO_BUF again = buf_new(1024, s.order);
        encode_call(&again, &s, &c);
        /* The client's encoding and CCSID words are its own, and the call length of MQOPEN and
         * MQGET is the size of the answer it has room for. */
        struct span a = {b.p + SEGMENT_HEADER + 4, b.n - SEGMENT_HEADER - 4};
        struct span z = {again.p + SEGMENT_HEADER + 4, again.n - SEGMENT_HEADER - 4};
        size_t at = hex_differs(a, z);
        if (at != a.n)
            fail_msg("call %zu differs at %zu", i, at);
        if (s.type == SEG_MQPUT || s.type == SEG_MQCONN)
            assert_memory_equal(again.p + SEGMENT_HEADER, b.p + SEGMENT_HEADER, 4);
    }
}

static void
java_client_values(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_BIG);
    struct segment s;
    struct call c = {0};
    size_t used;

    (void)state;
    hex_decode(&b, golden_mqopen);
    assert_int_equal(segment_decode(buf_span(&b), 1024, &s, &used, NULL), RC_OK);
    decode_call(&s, &c);
    assert_string_equal(c.od.name, "TEST.Q1");
    assert_string_equal(c.od.dynamic, "AMQ.*");
    assert_int_equal(c.od.version, 2);
    assert_int_equal(c.od.tail_n, 32);

    buf_clear(&b);
    hex_decode(&b, golden_mqput);
    assert_int_equal(segment_decode(buf_span(&b), 1024, &s, &used, NULL), RC_OK);
    decode_call(&s, &c);
    assert_int_equal(c.h.handle, 5);
    struct reader r = reader_of(c.rest, s.order);
    assert_int_equal(reader_i32(&r), 11);
    assert_memory_equal(r.left.p, "hello world", 11);

    buf_clear(&b);
    hex_decode(&b, golden_mqconn);
    assert_int_equal(segment_decode(buf_span(&b), 1024, &s, &used, NULL), RC_OK);
    decode_call(&s, &c);
    assert_string_equal(c.conn.qmgr, "QM1");
    assert_string_equal(c.conn.appl, "MqiPutGet");
    assert_int_equal(c.conn.appltype, 28);
    assert_int_equal(c.conn.options, 7);
    assert_int_equal(c.conn.rest.n, 472 - 116);
}

static void
structures_by_version(void **state)
{
    static const size_t od_size[] = {168, 200, 336, 400}, pmo_size[] = {128, 152, 176},
                        gmo_size[] = {72, 80, 100, 112};

    (void)state;
    for (int32_t v = 1; v <= 4; v++) {
        AUTO_BUF b = buf_new(4096, ORDER_LITTLE);
        struct mqod od, od2;
        struct mqpmo pmo, pmo2;
        struct mqgmo gmo, gmo2;
        od_init(&od, "Q");
        pmo_init(&pmo);
        gmo_init(&gmo);
        od.version = gmo.version = v;
        pmo.version = v < 4 ? v : 3;
        memcpy(od.resolvedq, "R.Q", 4);
        pmo.known = 1;
        gmo.match = 0;
        od_encode(&b, &od);
        assert_int_equal(b.n, od_size[v - 1]);
        pmo_encode(&b, &pmo);
        assert_int_equal(b.n, od_size[v - 1] + pmo_size[pmo.version - 1]);
        gmo_encode(&b, &gmo);
        assert_int_equal(b.n, od_size[v - 1] + pmo_size[pmo.version - 1] + gmo_size[v - 1]);
        struct reader r = reader_of(buf_span(&b), ORDER_LITTLE);
        od_decode(&r, &od2);
        pmo_decode(&r, &pmo2);
        gmo_decode(&r, &gmo2);
        assert_true(reader_ok(&r));
        assert_int_equal(r.left.n, 0);
        assert_string_equal(od2.resolvedq, v >= 3 ? "R.Q" : "");
        assert_int_equal(pmo2.known, 1);
        assert_int_equal(gmo2.match, v == 1 ? 3 : 0);
    }
}

static void
od_strings(void **state)
{
    static const struct {
        uint32_t offset;
        int32_t length;
        size_t tail; /* 0: refused */
    } cases[] = {{400, 16, 248}, {400, 13, 248}, {400, 168, 400}, {400, 169, 0},
        {0x7fffffff, 0x7fffffff, 0}, {0, 10, 232}, {400, 0, 232}, {400, -1, 232}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF b = buf_new(4096, ORDER_LITTLE);
        struct mqod od, back = {0};
        od_init(&od, "Q");
        od.version = 4;
        od_encode(&b, &od);
        buf_patch_u32(&b, 356 + 4, cases[i].offset); /* selection string */
        buf_patch_u32(&b, 356 + 12, (uint32_t)cases[i].length);
        buf_fill(&b, 's', 400);
        struct reader r = reader_of(buf_span(&b), ORDER_LITTLE);
        od_decode(&r, &back);
        assert_int_equal(reader_ok(&r), cases[i].tail != 0);
        assert_int_equal(back.tail_n, cases[i].tail);
        if (cases[i].tail == 0)
            continue;
        AUTO_BUF again = buf_new(4096, ORDER_LITTLE);
        od_encode(&again, &back);
        assert_int_equal(again.n, 168 + cases[i].tail);
        assert_int_equal(hex_differs(span_of(b.p, again.n), buf_span(&again)), again.n);
    }
}

static void
split_and_join(void **state)
{
    static const struct {
        size_t data, max, pieces;
    } cases[] = {{0, 1024, 1}, {980, 1024, 1}, {981, 1024, 2}, {1976, 1024, 2}, {1977, 1024, 3},
        {1000000, 32748, 31}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF whole = buf_new(2000000, ORDER_LITTLE), cut = buf_new(2000000, ORDER_LITTLE);
        struct mqi_header h = {0, 0, 5};
        size_t start = mqi_begin(&whole, SEG_MQPUT, &h), pieces = 0, used;
        for (size_t n = 0; n < cases[i].data; n++)
            buf_u8(&whole, (uint8_t)(n * 7));
        mqi_end(&whole, start);
        mqi_split(buf_span(&whole), cases[i].max, &cut);

        struct mqi_join j = {0};
        struct segment s;
        bool complete = false;
        struct span left = buf_span(&cut);
        while (left.n > 0) {
            assert_false(complete);
            assert_int_equal(segment_decode(left, cases[i].max, &s, &used, NULL), RC_OK);
            assert_int_equal(s.type, SEG_MQPUT);
            assert_int_equal(mqi_join(&j, &s, 2000000, &complete), RC_OK);
            left = span_of(left.p + used, left.n - used);
            pieces++;
        }
        assert_true(complete);
        assert_int_equal(pieces, cases[i].pieces);
        assert_true(span_equal(buf_span(&j.body),
            span_of(whole.p + SEGMENT_HEADER, whole.n - SEGMENT_HEADER)));
        buf_free(&j.body);
    }
}

static void
join_refuses(void **state)
{
    static const struct {
        uint8_t first_flags, first_type, flags, type;
        enum rc rc;
    } cases[] = {
        {0x00, SEG_MQPUT, 0, 0, RC_MALFORMED},
        {0x10, SEG_MQPUT, 0x10, SEG_MQPUT, RC_MALFORMED},
        {0x10, SEG_MQPUT, 0x20, SEG_MQGET, RC_MALFORMED},
        {0x10, SEG_MQPUT, 0x20, SEG_MQPUT, RC_LIMIT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mqi_join j = {0};
        bool complete = false;
        struct segment s = {.type = cases[i].first_type, .flags = cases[i].first_flags,
            .order = ORDER_BIG, .body = span_str("0123456789")};
        enum rc rc = mqi_join(&j, &s, 15, &complete);
        if (rc == RC_OK) {
            s.flags = cases[i].flags;
            s.type = cases[i].type;
            rc = mqi_join(&j, &s, 15, &complete);
        }
        assert_int_equal(rc, cases[i].rc);
        assert_false(complete);
        buf_free(&j.body);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(java_client_bytes),
        cmocka_unit_test(java_client_values),
        cmocka_unit_test(structures_by_version),
        cmocka_unit_test(od_strings),
        cmocka_unit_test(split_and_join),
        cmocka_unit_test(join_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
