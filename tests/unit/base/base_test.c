/* Bounded reading and writing, names, secrets, failures, times, CRC-32C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours is base/failure.h's */

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/failure.h"
#include "base/secret.h"
#include "base/text.h"

static void
a_reader_never_passes_its_end(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    struct reader r = reader_of(span_of(bytes, sizeof(bytes)), ORDER_BIG);
    assert_int_equal(reader_u32(&r), 0x01020304);
    assert_true(reader_ok(&r));
    assert_int_equal(reader_u16(&r), 0); /* one byte is left */
    assert_false(reader_ok(&r));
    assert_int_equal(reader_u8(&r), 0); /* the failure sticks */
    uint8_t copy[4] = {9, 9, 9, 9};
    reader_copy(&r, copy, sizeof(copy));
    assert_memory_equal(copy, "\0\0\0\0", 4);
}

static void
byte_order_is_the_readers(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct reader big = reader_of(span_of(bytes, 8), ORDER_BIG),
                  little = reader_of(span_of(bytes, 8), ORDER_LITTLE);
    assert_true(reader_u64(&big) == UINT64_C(0x0102030405060708));
    assert_true(reader_u64(&little) == UINT64_C(0x0807060504030201));
}

static void
a_buffer_keeps_to_its_maximum(void **state)
{
    (void)state;
    AUTO_BUF b = buf_new(8, ORDER_LITTLE);
    buf_u32(&b, 0x11223344);
    buf_text(&b, "ab", 4);
    assert_true(buf_ok(&b));
    assert_memory_equal(b.p,
        "\x44\x33\x22\x11"
        "ab  ",
        8);
    buf_u8(&b, 1);
    assert_false(buf_ok(&b));
    assert_string_equal(buf_cstr(&b), "");
    buf_clear(&b);
    assert_true(buf_ok(&b));
}

static void
mq_names(void **state)
{
    (void)state;
    assert_true(text_is_mq_name("A.b/C_%9", MQ_NAME_MAX));
    assert_false(text_is_mq_name("", MQ_NAME_MAX));
    assert_false(text_is_mq_name("A B", MQ_NAME_MAX));
    assert_false(text_is_mq_name("CHANNEL.NAME.TOO.LONG", MQ_CHANNEL_MAX));
    assert_true(text_matches_generic("A*", "ASH"));
    assert_true(text_matches_generic("*", ""));
    assert_false(text_matches_generic("ASH", "ASHES"));
    char file[32];
    text_file_name("A/B%C", file, sizeof(file));
    assert_string_equal(file, "A%2FB%25C");
}

static void
secrets_are_bounded_and_wiped(void **state)
{
    (void)state;
    struct secret a, b;
    assert_true(secret_set(&a, "pass", 4));
    assert_true(secret_set(&b, "pasS", 4));
    assert_false(secret_equal(&a, &b));
    char longer[SECRET_MAX + 2];
    memset(longer, 'x', sizeof(longer));
    assert_false(secret_set(&b, longer, SECRET_MAX + 1));
    assert_int_equal(b.n, 0);
    secret_fini(&a);
    assert_memory_equal(a.bytes, "\0\0\0\0", 4);
}

static void
failures_carry_what_was_said(void **state)
{
    (void)state;
    struct failure f;
    assert_int_equal(fail(&f, RC_DENIED, "no %s", "way"), RC_DENIED);
    failure_id(&f, "AMQ9637E");
    failure_fix(&f, "do %d", 1);
    assert_string_equal(f.text, "no way");
    assert_string_equal(f.id, "AMQ9637E");
    assert_string_equal(f.fix, "do 1");
    assert_int_equal(fail(NULL, RC_IO, "nobody listens"), RC_IO);
}

static void
times_as_mq_prints_them(void **state)
{
    (void)state;
    const int64_t us = INT64_C(1764028800) * 1000000 + 123456; /* 2025-11-25 00:00:00 UTC */
    char date[11], clock[9], iso[25], md_date[9], md_clock[9];
    time_date(us, date);
    time_clock(us, clock);
    time_iso(us, iso);
    time_mqmd(us, md_date, md_clock);
    assert_string_equal(date, "2025-11-25");
    assert_string_equal(clock, "00.00.00");
    assert_string_equal(iso, "2025-11-25T00:00:00.123Z");
    assert_string_equal(md_date, "20251125");
    assert_string_equal(md_clock, "00000012");
}

static void
crc32c_is_castagnolis(void **state)
{
    (void)state;
    assert_int_equal(
        crc32c(0, "123456789", 9), 0xE3069283); /* RFC 3720 B.4's polynomial, check value */
    assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xE3069283);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_never_passes_its_end),
        cmocka_unit_test(byte_order_is_the_readers),
        cmocka_unit_test(a_buffer_keeps_to_its_maximum),
        cmocka_unit_test(mq_names),
        cmocka_unit_test(secrets_are_bounded_and_wiped),
        cmocka_unit_test(failures_carry_what_was_said),
        cmocka_unit_test(times_as_mq_prints_them),
        cmocka_unit_test(crc32c_is_castagnolis),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
