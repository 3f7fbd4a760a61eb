#include "../cmocka.h"

#include "hex.h"
#include "wire/pcf.h"

static void
escape_round_trips(void **state)
{
    static const char *const texts[] = {"", "a", "ab", "abc", "DISPLAY QMGR ALL", "two\nlines"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int order = ORDER_BIG; order <= ORDER_LITTLE; order++) {
            AUTO_BUF b = buf_new(1024, (enum byte_order)order);
            AUTO_BUF text = buf_new(1024, ORDER_BIG);
            struct pcf_header h = {.type = 2, .command = PCF_ESCAPE, .sequence = 3, .control = 1,
                .cc = 2, .reason = 3008}, back;
            buf_put(&text, ">", 1);
            pcf_escape_encode(&b, &h, texts[i]);
            assert_int_equal(b.n % 4, 0);
            assert_int_equal(
                pcf_escape_decode(buf_span(&b), (enum byte_order)order, &back, &text), RC_OK);
            assert_string_equal(buf_cstr(&text) + 1, texts[i]);
            assert_int_equal(back.count, 2);
            back.count = 0;
            assert_memory_equal(&h, &back, sizeof h);
        }
}

static void
other_commands(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE), text = buf_new(1024, ORDER_BIG);
    struct pcf_header h = {.type = 1, .command = 2 /* inquire queue manager */}, back;

    (void)state;
    pcf_reply_encode(&b, &h);
    assert_int_equal(b.n, 36);
    assert_int_equal(pcf_escape_decode(buf_span(&b), ORDER_LITTLE, &back, &text), RC_UNSUPPORTED);
    assert_int_equal(back.command, 2);

    buf_clear(&b);
    h.command = PCF_ESCAPE;
    pcf_reply_encode(&b, &h);
    assert_int_equal(pcf_escape_decode(buf_span(&b), ORDER_LITTLE, &back, &text), RC_OK);
    assert_int_equal(text.n, 0);
}

static void
damaged(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_BIG), text = buf_new(8, ORDER_BIG);
    struct pcf_header h = {.type = 1, .command = PCF_ESCAPE}, back;

    (void)state;
    pcf_escape_encode(&b, &h, "DISPLAY QMGR");
    assert_int_equal(pcf_escape_decode(buf_span(&b), ORDER_BIG, &back, &text), RC_LIMIT);
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(
            pcf_escape_decode(span_of(b.p, n), ORDER_BIG, &back, &text), RC_MALFORMED);
    buf_patch_u32(&b, 36 + 4, 7); /* a parameter shorter than its head */
    assert_int_equal(pcf_escape_decode(buf_span(&b), ORDER_BIG, &back, &text), RC_MALFORMED);
    buf_patch_u32(&b, 36 + 4, 16);
    buf_patch_u32(&b, 52 + 16, 1000); /* a string longer than its parameter */
    assert_int_equal(pcf_escape_decode(buf_span(&b), ORDER_BIG, &back, &text), RC_MALFORMED);
    assert_int_equal(text.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_round_trips),
        cmocka_unit_test(other_commands),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
