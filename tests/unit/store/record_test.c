#include "kit.h"

#include <string.h>

#include "store/record.h"

static const struct record_opening place = {.size = 65536,
    .generation = 7,
    .base = 393216,
    .nonce = 0x1122334455667788,
    .last_end = 4096,
    .oldest = 5,
    .next_id = 900,
    .next_unit = 80};

static void
opening_round_trip(void **state)
{
    (void)state;
    uint8_t bytes[RECORD_OPENING];
    struct record_opening got;

    record_opening_encode(&place, bytes);
    ok(record_opening_decode(span_of(bytes, sizeof bytes), &got));
    assert_memory_equal(&got, &place, sizeof got);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        assert_int_equal(record_opening_decode(span_of(bytes, sizeof bytes), &got), RC_CORRUPT);
        bytes[i] ^= 1;
    }
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(record_opening_decode(span_of(bytes, sizeof bytes), &got), RC_NOT_FOUND);
}

static void
encode(struct buf *b, uint64_t at)
{
    struct record_message m = {1, 2, 3, span_str("head"), 10, span_str("body")};

    record_begin(b);
    record_message_encode(b, &m);
    record_end(b, 0, &place, at, RECORD_PUT, 96);
}

static void
record_round_trip(void **state)
{
    (void)state;
    AUTO_BUF b = buf_new(4096, ORDER_LITTLE);
    struct record r;
    struct record_message m;

    encode(&b, 128);
    assert_int_equal(b.n % 8, 0);
    ok(record_decode(buf_span(&b), &place, 128, &r));
    assert_int_equal(r.kind, RECORD_PUT);
    assert_int_equal(r.synced, 96);
    assert_int_equal(r.size, b.n);
    assert_true(record_message_decode(r.payload, &m));
    assert_int_equal(m.owner, 1);
    assert_int_equal(m.id, 2);
    assert_int_equal(m.queue, 3);
    assert_int_equal(m.body_size, 10);
    assert_true(span_equal(m.head, span_str("head")));
    assert_true(span_equal(m.body, span_str("body")));
}

/* Another place, another life: no record.  The right place with a wrong byte: a damaged one. */
static void
record_only_where_it_was_made(void **state)
{
    (void)state;
    AUTO_BUF b = buf_new(4096, ORDER_LITTLE);
    struct record r;
    struct record_opening other = place;

    encode(&b, 128);
    assert_int_equal(record_decode(buf_span(&b), &place, 136, &r), RC_NOT_FOUND);
    other.generation++;
    assert_int_equal(record_decode(buf_span(&b), &other, 128, &r), RC_NOT_FOUND);
    other = place;
    other.nonce++;
    assert_int_equal(record_decode(buf_span(&b), &other, 128, &r), RC_NOT_FOUND);
    for (size_t i = 0; i < RECORD_HEADER + RECORD_PUT_FIXED + 8; i++) {
        b.p[i] ^= 0x10;
        enum rc want = i < 4 ? RC_NOT_FOUND : RC_CORRUPT;
        assert_int_equal(record_decode(buf_span(&b), &place, 128, &r), want);
        b.p[i] ^= 0x10;
    }
    for (size_t n = 0; n < b.n; n++)
        assert_int_not_equal(record_decode(span_of(b.p, n), &place, 128, &r), RC_OK);
}

static void
bad_payloads_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[40] = {[20] = 0xFF, [12] = 9};
    struct record_message m;
    struct record_part p;
    struct record_set set;
    struct record_unit u;
    uint64_t v;

    for (size_t n = 0; n < 28; n++)
        assert_false(record_message_decode(span_of(bytes, n), &m));
    assert_false(record_message_decode(span_of(bytes, sizeof bytes), &m));
    assert_false(record_part_decode(span_of(bytes, 16), &p));
    assert_false(record_set_decode(span_of(bytes, 12), &set));
    assert_false(record_unit_decode(span_of(bytes, 13), &u));
    assert_false(record_number_decode(span_of(bytes, 9), &v));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_round_trip),
        cmocka_unit_test(record_round_trip),
        cmocka_unit_test(record_only_where_it_was_made),
        cmocka_unit_test(bad_payloads_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
