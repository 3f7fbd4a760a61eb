#include "../cmocka.h"

#include "golden.h"
#include "hex.h"
#include "wire/segment.h"

/* The header of a real message channel's segment, seen on a mailing list in 2002
 * (spec/message-channel.md 2.1). */
static const char from_2002[] = "54 53 48 20 00 00 61 99 02 04 30 00 13 dc a3 3d 21 70 01 00 "
                                "22 02 00 00 b5 01 00 00";

static void
decode_cases(void **state)
{
    static const struct {
        const char *what, *hex;
        size_t max;
        enum rc rc;
    } cases[] = {
        {"nothing yet", "", 1024, RC_SHORT},
        {"half an eye-catcher", "54 53", 1024, RC_SHORT},
        {"TLS", "16", 1024, RC_MALFORMED},
        {"HTTP", "47 45 54 20", 1024, RC_MALFORMED},
        {"multiplexed", "54 53 48 4d", 1024, RC_MALFORMED},
        {"length 27", "54 53 48 20 00 00 00 1b", 1024, RC_MALFORMED},
        {"length above max", "54 53 48 20 00 00 04 01", 1024, RC_MALFORMED},
        {"length max, rest to come", "54 53 48 20 00 00 04 00", 1024, RC_SHORT},
        {"byte order 3", "54 53 48 20 00 00 00 1c 03 05 30 00*17", 1024, RC_MALFORMED},
        {"heartbeat", "54 53 48 20 00 00 00 1c 02 09 31 00*17", 1024, RC_OK},
        {"two", "54 53 48 20 00 00 00 1d 02 09 31 00*17 7f 54", 29, RC_OK},
        {"one byte missing", "54 53 48 20 00 00 00 1d 02 09 31 00*17", 29, RC_SHORT},
        {"2002", from_2002, 32768, RC_SHORT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF b = buf_new(4096, ORDER_BIG);
        struct segment s;
        struct failure f = {0};
        size_t used = 0;
        hex_decode(&b, cases[i].hex);
        enum rc rc = segment_decode(buf_span(&b), cases[i].max, &s, &used, &f);
        if (rc != cases[i].rc)
            fail_msg("%s: %s", cases[i].what, rc_text(rc));
        if (rc == RC_MALFORMED)
            assert_string_equal(f.id, "AMQ9207E");
        if (rc == RC_OK)
            assert_int_equal(used, s.body.n + SEGMENT_HEADER);
    }
}

static void
decode_fields(void **state)
{
    AUTO_BUF b = buf_new(65536, ORDER_BIG);
    struct segment s;
    size_t used;

    (void)state;
    hex_decode(&b, from_2002);
    buf_fill(&b, 'M', 24985 - b.n);
    assert_int_equal(segment_decode(buf_span(&b), 32768, &s, &used, NULL), RC_OK);
    assert_int_equal(used, 24985);
    assert_int_equal(s.type, SEG_MESSAGE);
    assert_int_equal(s.flags, SEGF_WHOLE);
    assert_int_equal(s.order, ORDER_LITTLE);
    assert_int_equal(s.encoding, 0x222);
    assert_int_equal(s.ccsid, 437);
    assert_int_equal(s.luwid[0], 0x13);
    assert_int_equal(s.body.p[0], 'M');

    AUTO_BUF again = buf_new(65536, ORDER_LITTLE);
    size_t start = segment_begin(&again, s.type, s.flags, s.luwid);
    buf_span_put(&again, s.body);
    segment_end(&again, start);
    again.p[24] = 0xb5; /* CCSID 437 */
    again.p[25] = 0x01;
    assert_true(span_equal(buf_span(&b), buf_span(&again)));
}

static void
status_round_trips(void **state)
{
    static const struct {
        struct status s;
        uint8_t flags;
        size_t body;
        bool negative;
    } cases[] = {
        {{.code = STATUS_OK}, SEGF_WHOLE, 0, false},
        {{.code = STATUS_OK}, SEGF_REQUEST_ACCEPTED, 0, false},
        {{.code = STATUS_OK}, SEGF_ERROR, 0, true},
        {{.code = STATUS_CIPHER_SPEC}, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, 8, true},
        {{.code = STATUS_USER_CLOSED}, SEGF_WHOLE | SEGF_CLOSE, 8, true},
        {{.code = STATUS_SEQUENCE, .value = 7, .has_value = true}, SEGF_ERROR, 12, true},
        {{.code = STATUS_OK, .value = 0, .has_value = true}, SEGF_WHOLE, 12, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = ORDER_BIG; order <= ORDER_LITTLE; order++) {
            AUTO_BUF b = buf_new(64, (enum byte_order)order);
            struct segment seg;
            struct status s;
            size_t used;
            status_encode(&b, cases[i].flags, (const uint8_t *)"abcdefgh", &cases[i].s);
            assert_int_equal(segment_decode(buf_span(&b), 64, &seg, &used, NULL), RC_OK);
            assert_int_equal(seg.body.n, cases[i].body);
            assert_memory_equal(seg.luwid, "abcdefgh", 8);
            assert_int_equal(status_decode(&seg, &s), RC_OK);
            assert_int_equal(s.code, cases[i].s.code);
            assert_int_equal(s.value, cases[i].s.value);
            assert_int_equal(s.has_value, cases[i].s.has_value);
            assert_int_equal(s.negative, cases[i].negative);
        }
}

static void
status_malformed(void **state)
{
    static const char *const bodies[] = {"08 00 00", "08 00 00 00", "0c 00 00 00 01 00 00 00",
        "07 00 00 00 01 00 00 00"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        AUTO_BUF b = buf_new(64, ORDER_LITTLE);
        struct status s;
        hex_decode(&b, bodies[i]);
        struct segment seg = {.type = SEG_STATUS, .order = ORDER_LITTLE, .body = buf_span(&b)};
        assert_int_equal(status_decode(&seg, &s), RC_MALFORMED);
    }
    assert_string_equal(status_name(STATUS_NO_CHANNEL), "NO_CHANNEL");
    assert_string_equal(status_name(12345), "UNKNOWN");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_cases),
        cmocka_unit_test(decode_fields),
        cmocka_unit_test(status_round_trips),
        cmocka_unit_test(status_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
