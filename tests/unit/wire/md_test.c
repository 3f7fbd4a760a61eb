#include "../cmocka.h"

#include "base/text.h"
#include "hex.h"
#include "wire/md.h"

static struct mqmd
sample(int32_t version)
{
    struct mqmd md;

    md_init(&md);
    md.version = version;
    md.persistence = 1;
    md.priority = 4;
    text_copy(md.format, sizeof md.format, "MQSTR");
    memset(md.msgid, 0xa5, sizeof md.msgid);
    memset(md.correlid, 0x5a, sizeof md.correlid);
    text_copy(md.replytoq, sizeof md.replytoq, "REPLY.Q");
    text_copy(md.user, sizeof md.user, "alice");
    text_copy(md.putdate, sizeof md.putdate, "20261124");
    text_copy(md.puttime, sizeof md.puttime, "23591234");
    if (version == 2) {
        md.groupid[0] = 1;
        md.msgseqnumber = 3;
        md.offset = 100;
        md.msgflags = 2;
        md.originallength = 500;
    }
    return md;
}

/* Text fields keep what stood behind their end, so structures are compared as they travel. */
static void
same_md(const struct mqmd *a, const struct mqmd *b)
{
    AUTO_BUF one = buf_new(1024, ORDER_BIG), two = buf_new(1024, ORDER_BIG);

    md_encode(&one, a);
    md_encode(&two, b);
    assert_true(span_equal(buf_span(&one), buf_span(&two)));
}

static void
md_round_trips(void **state)
{
    (void)state;
    for (int32_t version = 1; version <= 2; version++)
        for (int order = ORDER_BIG; order <= ORDER_LITTLE; order++) {
            AUTO_BUF b = buf_new(1024, (enum byte_order)order);
            struct mqmd md = sample(version), back = {0};
            md_encode(&b, &md);
            assert_int_equal(b.n, version == 1 ? MQMD1_SIZE : MQMD2_SIZE);
            struct reader r = reader_of(buf_span(&b), (enum byte_order)order);
            md_decode(&r, &back);
            assert_true(reader_ok(&r));
            assert_int_equal(r.left.n, 0);
            same_md(&md, &back);
        }
}

static void
md_offsets(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_BIG);
    struct mqmd md = sample(2);

    (void)state;
    md_encode(&b, &md);
    static const struct {
        size_t offset;
        const char *bytes;
    } at[] = {
        {0, "MD  "}, {32, "MQSTR   "}, {48, "\xa5\xa5"}, {72, "\x5a\x5a"}, {100, "REPLY.Q "},
        {196, "alice       "}, {304, "20261124"}, {312, "23591234"}, {324, "\x01"},
        {348, "\0\0\0\x03"},
    };
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        assert_memory_equal(b.p + at[i].offset, at[i].bytes, strlen(at[i].bytes));
    assert_int_equal(b.p[351], 3);
    assert_int_equal(b.p[363], 500 & 0xff);
}

static void
md_refuses(void **state)
{
    static const struct {
        size_t offset, size;
        uint8_t byte;
    } cases[] = {{3, 364, 'X'}, {7, 364, 3}, {7, 364, 0}, {0, 363, 'M'}, {0, 323, 'M'}, {0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF b = buf_new(1024, ORDER_BIG);
        struct mqmd md = sample(2), back = {.version = 77};
        md_encode(&b, &md);
        if (cases[i].size > 0)
            b.p[cases[i].offset] = cases[i].byte;
        struct reader r = reader_of(span_of(b.p, cases[i].size), ORDER_BIG);
        md_decode(&r, &back);
        assert_false(reader_ok(&r));
        assert_int_equal(back.version, 77); /* untouched */
    }
}

static void
xqh_with_extension(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
    struct mqxqh x = {.remoteqname = "Q", .remoteqmgr = "OAK", .md = sample(2)}, back;
    struct mqmd rebuilt;

    (void)state;
    assert_true(mde_is_needed(&x.md));
    struct mqmd original = x.md;
    text_copy(x.md.format, sizeof x.md.format, "MQHMDE");
    xqh_encode(&b, &x);
    assert_int_equal(b.n, MQXQH_SIZE);
    mde_encode(&b, &original);
    assert_int_equal(b.n, MQXQH_SIZE + MQMDE_SIZE);

    struct reader r = reader_of(buf_span(&b), ORDER_LITTLE);
    xqh_decode(&r, &back);
    assert_true(reader_ok(&r));
    assert_string_equal(back.remoteqname, "Q");
    assert_string_equal(back.remoteqmgr, "OAK");
    assert_string_equal(back.md.format, "MQHMDE");
    rebuilt = back.md;
    mde_decode(&r, &rebuilt);
    assert_true(reader_ok(&r));
    same_md(&rebuilt, &original);

    struct mqmd plain = sample(1);
    assert_false(mde_is_needed(&plain));
    plain.version = 2;
    assert_false(mde_is_needed(&plain));
}

static void
dlh_and_msh(void **state)
{
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
    struct mqdlh d = {.reason = 2085, .destq = "NO.SUCH.Q", .destqmgr = "OAK", .encoding = 0x222,
        .ccsid = 1208, .format = "MQSTR", .putappltype = 6, .putapplname = "grove",
        .putdate = "20261124", .puttime = "01020304"};
    struct mqdlh back = {0};
    struct msh m = {.sequence = 7, .length = 100, .total = 70000}, again;

    (void)state;
    dlh_encode(&b, &d);
    assert_int_equal(b.n, MQDLH_SIZE);
    msh_encode(&b, &m);
    assert_int_equal(b.n, MQDLH_SIZE + 20);
    struct reader r = reader_of(buf_span(&b), ORDER_LITTLE);
    dlh_decode(&r, &back);
    msh_decode(&r, &again);
    assert_true(reader_ok(&r));
    AUTO_BUF dlh = buf_new(1024, ORDER_LITTLE);
    dlh_encode(&dlh, &back);
    assert_memory_equal(dlh.p, b.p, MQDLH_SIZE);
    assert_int_equal(back.reason, 2085);
    assert_string_equal(back.putapplname, "grove");
    assert_int_equal(again.sequence, 7);
    assert_int_equal(again.length, 100);
    assert_int_equal(again.total, 70000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md_round_trips),
        cmocka_unit_test(md_offsets),
        cmocka_unit_test(md_refuses),
        cmocka_unit_test(xqh_with_extension),
        cmocka_unit_test(dlh_and_msh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
