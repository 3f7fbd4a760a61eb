#include "../cmocka.h"

#include "golden.h"
#include "hex.h"
#include "wire/initial.h"

#define PAL (SEGMENT_HEADER + 208) /* protection algorithms and nonce: not in our struct */

static struct segment
golden_segment(struct buf *b, const char *hex)
{
    struct segment s;
    size_t used;

    hex_decode(b, hex);
    assert_int_equal(segment_decode(buf_span(b), 1024, &s, &used, NULL), RC_OK);
    assert_int_equal(used, b->n);
    return s;
}

static void
java_client_bytes(void **state)
{
    static const struct {
        const char *hex, *qmid;
        uint32_t size, heartbeat;
    } cases[] = {
        {golden_initial_big, "CANNED_DATA", 104857600, 1},
        {golden_initial_little, "QM1_2026-01-01_00.00.00", 104857600 + 0, 300},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        AUTO_BUF b = buf_new(1024, ORDER_BIG);
        struct segment s = golden_segment(&b, cases[i].hex);
        struct initial_data id;
        assert_int_equal(initial_decode(&s, &id), RC_OK);
        assert_int_equal(id.fap, 17);
        assert_int_equal(id.cap1, CAP1_CONVERSION | CAP1_SPLIT | CAP1_MQREQUEST);
        assert_int_equal(id.cap2, 0x51);
        assert_int_equal(id.cap3, 0x28);
        assert_int_equal(id.transmission_size, 32748);
        assert_int_equal(id.message_size, cases[i].size);
        assert_int_equal(id.heartbeat, cases[i].heartbeat);
        assert_int_equal(id.ccsid, 819);
        assert_string_equal(id.channel, "APP.SVRCONN");
        assert_string_equal(id.qmgr, "QM1");
        assert_string_equal(id.product, "MQJB09040100");
        assert_string_equal(id.qmid, cases[i].qmid);

        AUTO_BUF again = buf_new(1024, s.order);
        initial_encode(&again, s.flags, &id);
        assert_int_equal(again.n, b.n);
        assert_memory_equal(again.p + SEGMENT_HEADER, b.p + SEGMENT_HEADER, PAL - SEGMENT_HEADER);
    }
}

static void
length_by_fap(void **state)
{
    static const struct {
        uint8_t fap;
        size_t size;
    } cases[] = {{1, 44}, {3, 44}, {4, 102}, {8, 102}, {9, 208}, {10, 208}, {11, 240}, {13, 240}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
        struct initial_data id = {.fap = cases[i].fap, .channel = "A.TO.B", .qmgr = "A",
            .wrap = 999999999, .qmid = "A_1", .heartbeat = 300};
        struct initial_data back;
        struct segment s;
        size_t used;
        initial_encode(&b, SEGF_WHOLE, &id);
        assert_int_equal(b.n, SEGMENT_HEADER + cases[i].size);
        assert_int_equal(segment_decode(buf_span(&b), 1024, &s, &used, NULL), RC_OK);
        assert_int_equal(initial_decode(&s, &back), RC_OK);
        assert_string_equal(back.channel, "A.TO.B");
        assert_int_equal(back.wrap, 999999999);
        assert_string_equal(back.qmgr, cases[i].size >= 102 ? "A" : "");
        assert_int_equal(back.heartbeat, cases[i].size >= 102 ? 300 : 0);
        assert_string_equal(back.qmid, cases[i].size >= 208 ? "A_1" : "");
    }
}

static void
credentials(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_BIG), c = buf_new(1024, ORDER_BIG);
    struct userid u = {0};

    (void)state;
    struct segment s = golden_segment(&b, golden_userid);
    assert_int_equal(userid_decode(&s, &u), RC_OK);
    assert_string_equal(u.user, "root");
    assert_int_equal(u.password.n, 0);
    AUTO_BUF again = buf_new(1024, ORDER_LITTLE);
    userid_encode(&again, "root");
    assert_int_equal(again.n, b.n);
    assert_memory_equal(again.p + SEGMENT_HEADER, b.p + SEGMENT_HEADER, b.n - SEGMENT_HEADER);

    s = golden_segment(&c, golden_conauth);
    assert_int_equal(conauth_decode(&s, &u), RC_OK);
    assert_string_equal(u.user, "alice");
    assert_string_equal(u.password.bytes, "secret12");
    secret_fini(&u.password);
}

static void
conauth_cases(void **state)
{
#define HEAD "43 41 55 54 01 00*3 00*8 "
    static const struct {
        const char *what, *hex;
        enum rc rc;
    } cases[] = {
        {"old layout, padded", HEAD "02 00*3 01 00*3 61 62 63 00", RC_OK},
        {"new layout", HEAD "02 00*3 01 00*3 00*8 61 62 63", RC_OK},
        {"nothing given", HEAD "00*8", RC_OK},
        {"kind 2", "43 41 55 54 02 00*3 00*8 00*8", RC_UNSUPPORTED},
        {"user too long", HEAD "41 00*3 00*4 61*80", RC_LIMIT},
        {"password too long", HEAD "01 00*3 81 00*3 61*160", RC_LIMIT},
        {"cut", HEAD "02 00*3 04 00*3 61 62 63", RC_MALFORMED},
        {"eye-catcher", "43 41 55 55 01 00*3 00*16", RC_MALFORMED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
        struct userid u = {0};
        hex_decode(&b, cases[i].hex);
        struct segment s = {.type = SEG_CONAUTH, .order = ORDER_LITTLE, .body = buf_span(&b)};
        enum rc rc = conauth_decode(&s, &u);
        if (rc != cases[i].rc)
            fail_msg("%s: %s", cases[i].what, rc_text(rc));
        if (i < 2) {
            assert_string_equal(u.user, "ab");
            assert_string_equal(u.password.bytes, "c");
        }
        secret_fini(&u.password);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(java_client_bytes),
        cmocka_unit_test(length_by_fap),
        cmocka_unit_test(credentials),
        cmocka_unit_test(conauth_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
