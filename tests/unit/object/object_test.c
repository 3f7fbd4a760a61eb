/* object_test.c - every attribute of every type: rows, defaults, set and print, bytes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "object/object.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const int32_t subtypes[OBJECT_TYPES][9] = {
    [OBJECT_QUEUE] = {QT_LOCAL, QT_MODEL, QT_ALIAS, QT_REMOTE},
    [OBJECT_CHANNEL] = {CT_SDR, CT_SVR, CT_RCVR, CT_RQSTR, CT_CLNTCONN, CT_SVRCONN, CT_CLUSRCVR,
        CT_CLUSSDR},
    [OBJECT_CHLAUTH] = {1, 2, 3, 4, 5, 6},
};

static void
for_each(void (*check)(enum object_type type, int32_t subtype))
{
    for (int t = 0; t < OBJECT_TYPES; t++) {
        check((enum object_type)t, subtypes[t][0]);
        for (size_t i = 1; subtypes[t][i] != 0; i++)
            check((enum object_type)t, subtypes[t][i]);
    }
}

/* Rows are whole, inside the struct, and none is called like another one of its type. */
static void
check_rows(enum object_type type, int32_t subtype)
{
    const struct object_class *class = object_class(type);
    assert_true(class->size <= sizeof(union object_any));
    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        assert_non_null(a->name);
        assert_true(a->pcf > 0);
        assert_true((size_t)a->offset + a->size <= class->size);
        if (a->applies != 0 && subtype != 0 && (a->applies & (1u << subtype)) == 0)
            continue;
        if (object_attr(type, subtype, a->name) != a)
            fail_msg("%s %s twice for type %d", class->noun, a->name, subtype);
    }
}

static void
test_rows(void **state)
{
    (void)state;
    for_each(check_rows);
}

static void
sample(const struct attr *a, size_t n, char *to, size_t size)
{
    static const char *const texts[] = {"A", "B.C", "", "MIXED/%._9"};
    size_t words = 0;
    while (a->values != NULL && a->values[words].word != NULL)
        words++;
    switch (a->kind) {
    case ATTR_NAME:
    case ATTR_TEXT:
    case ATTR_DATE:
    case ATTR_CLOCK:
        (void)snprintf(to, size, "%.*s", (int)a->size - 1, texts[n % COUNT(texts)]);
        return;
    case ATTR_INT:
        if (words > 0 && n % 3 == 0)
            (void)text_copy(to, size, a->values[0].word);
        else
            (void)snprintf(to, size, "%lld", (long long)(n % 2 ? a->max : a->min));
        return;
    case ATTR_KEYWORD:
    case ATTR_FLAG:
        (void)text_copy(to, size, a->values[n % words].word);
        return;
    case ATTR_LIST:
    case ATTR_SET:
        if (words > 0)
            (void)snprintf(to, size, "%s", a->values[n % words].word);
        else
            (void)text_copy(to, size, n % 2 ? "one,Two" : "*MQADMIN");
        return;
    }
}

/* What is set prints, and what prints sets again. */
static void
check_set_print(enum object_type type, int32_t subtype)
{
    const struct object_class *class = object_class(type);
    for (size_t i = 0; i < class->n_attrs * 6; i++) {
        const struct attr *a = &class->attrs[i / 6];
        union object_any one, two;
        char text[128] = "";
        if (object_attr(type, subtype, a->name) != a || (a->flags & ATTR_READ_ONLY) != 0)
            continue;
        object_init(type, subtype, &one);
        object_init(type, subtype, &two);
        sample(a, i % 6, text, sizeof(text));
        struct failure f = {0};
        if (attr_set(a, &one, text, true, &f) != RC_OK)
            fail_msg("%s(%s): %s", a->name, text, f.text);
        struct buf out = buf_new(16384, ORDER_BIG);
        attr_print(a, &one, &out);
        if ((a->flags & ATTR_SECRET) != 0) {
            assert_string_equal(buf_cstr(&out), text[0] != '\0' ? "********" : "");
        } else {
            assert_int_equal(attr_set(a, &two, buf_cstr(&out), true, &f), RC_OK);
            assert_memory_equal(&one, &two, class->size);
        }
        buf_free(&out);
    }
}

static void
test_set_print(void **state)
{
    (void)state;
    for_each(check_set_print);
}

static void
check_bytes(enum object_type type, int32_t subtype)
{
    const struct object_class *class = object_class(type);
    union object_any def, back;
    for (size_t n = 0; n < 6; n++) {
        object_init(type, subtype, &def);
        for (size_t i = 0; i < class->n_attrs; i++) {
            const struct attr *a = &class->attrs[i];
            char text[128] = "";
            if (object_attr(type, subtype, a->name) != a ||
                (a->flags & (ATTR_READ_ONLY | ATTR_TYPE)) != 0)
                continue;
            sample(a, n, text, sizeof(text));
            assert_int_equal(attr_set(a, &def, text, true, NULL), RC_OK);
        }
        struct buf bytes = buf_new(65536, n % 2 ? ORDER_BIG : ORDER_LITTLE);
        enum object_type found = OBJECT_TYPES;
        struct failure f = {0};
        object_encode(type, &def, &bytes);
        assert_true(buf_ok(&bytes));
        memset(&back, 0xa5, sizeof(back));
        if (object_decode(buf_span(&bytes), &found, &back, sizeof(back), &f) != RC_OK)
            fail_msg("%s", f.text);
        assert_int_equal(found, type);
        assert_memory_equal(&def, &back, class->size);
        assert_int_not_equal(
            object_decode(span_of(bytes.p, bytes.n - 1), &found, &back, sizeof(back), NULL), RC_OK);
        assert_int_equal(
            object_decode(buf_span(&bytes), &found, &back, class->size - 1, NULL), RC_LIMIT);
        buf_free(&bytes);
    }
}

static void
test_bytes(void **state)
{
    (void)state;
    for_each(check_bytes);
}

/* clang-format off */
static const struct {
    enum object_type type; int32_t subtype; const char *keyword, *text; bool quoted;
    const char *print; /* NULL: refused */
    const char *id;
} sets[] = {
    {OBJECT_QUEUE, QT_LOCAL, "MAXDEPTH", "5000", false, "5000", ""},
    {OBJECT_QUEUE, QT_LOCAL, "MAXDEPTH", "1000000000", false, NULL, "AMQ8412E"},
    {OBJECT_QUEUE, QT_LOCAL, "MAXDEPTH", "-1", false, NULL, "AMQ8412E"},
    {OBJECT_QUEUE, QT_LOCAL, "MAXDEPTH", "12x", false, NULL, "AMQ8412E"},
    {OBJECT_QUEUE, QT_LOCAL, "MAXDEPTH", "", true, NULL, "AMQ8412E"},
    {OBJECT_QUEUE, QT_LOCAL, "PUT", "disabled", false, "DISABLED", ""},
    {OBJECT_QUEUE, QT_LOCAL, "PUT", "MAYBE", false, NULL, "AMQ8405I"},
    {OBJECT_QUEUE, QT_LOCAL, "NOTRIGGER", "NOTRIGGER", false, "NOTRIGGER", ""},
    {OBJECT_QUEUE, QT_LOCAL, "CURDEPTH", "1", false, NULL, "AMQ8405I"},
    {OBJECT_QUEUE, QT_LOCAL, "DESCR", "  two  ", true, "  two", ""},
    {OBJECT_QUEUE, QT_LOCAL, "DESCR", " ", true, "", ""},
    {OBJECT_QUEUE, QT_ALIAS, "TARGQ", "x.y", false, "X.Y", ""},
    {OBJECT_QUEUE, QT_ALIAS, "TARGET", "x y", true, NULL, "AMQ8405I"},
    {OBJECT_CHANNEL, CT_RCVR, "SSLCAUTH", "OPTIONAL", false, "OPTIONAL", ""},
    {OBJECT_CHANNEL, CT_SDR, "KAINT", "AUTO", false, "AUTO", ""},
    {OBJECT_CHANNEL, CT_SDR, "XMITQ",
        "A23456789012345678901234567890123456789012345678X", false, NULL, "AMQ8413E"},
    {OBJECT_CHANNEL, CT_SDR, "COMPMSG", "RLE, ZLIBFAST", false, "RLE,ZLIBFAST", ""},
    {OBJECT_CHANNEL, CT_SDR, "COMPMSG", "RLE,LZW", false, NULL, "AMQ8405I"},
    {OBJECT_QMGR, 0, "SSLKEYR", "/var/mqm/key", true, "/var/mqm/key", ""},
    {OBJECT_QMGR, 0, "MAXMSGL", "32767", false, NULL, "AMQ8412E"},
    {OBJECT_CHLAUTH, CHLAUTH_BLOCKUSER, "USERLIST", "*MQADMIN,bob", true, "*MQADMIN,bob", ""},
    {OBJECT_AUTHREC, 0, "AUTHLIST", "PUT,GET", false, "GET,PUT", ""},
};
/* clang-format on */

static void
test_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++) {
        union object_any def, before;
        struct failure f = {0};
        object_init(sets[i].type, sets[i].subtype, &def);
        before = def;
        const struct attr *a = object_attr(sets[i].type, sets[i].subtype, sets[i].keyword);
        assert_non_null(a);
        enum rc rc = attr_set(a, &def, sets[i].text, sets[i].quoted, &f);
        if ((rc == RC_OK) != (sets[i].print != NULL))
            fail_msg("%s(%s): %s", sets[i].keyword, sets[i].text, f.text);
        assert_string_equal(f.id, sets[i].id);
        struct buf out = buf_new(8192, ORDER_BIG);
        attr_print(a, &def, &out);
        if (rc == RC_OK)
            assert_string_equal(buf_cstr(&out), sets[i].print);
        else
            assert_memory_equal(&def, &before, object_class(sets[i].type)->size);
        buf_free(&out);
    }
}

static void
test_defaults(void **state)
{
    (void)state;
    struct queue_def q;
    struct channel_def c;
    struct qmgr_def m;
    object_init(OBJECT_QUEUE, QT_LOCAL, &q);
    assert_int_equal(q.type, QT_LOCAL);
    assert_int_equal(q.maxdepth, 5000);
    assert_int_equal(q.maxmsgl, 4194304);
    assert_int_equal(q.share, 1);
    assert_int_equal(q.deftype, 1);
    object_init(OBJECT_QUEUE, QT_MODEL, &q);
    assert_int_equal(q.share, 0);
    assert_int_equal(q.deftype, 3);
    object_init(OBJECT_CHANNEL, CT_SVRCONN, &c);
    assert_int_equal(c.discint, 0);
    assert_int_equal(c.sharecnv, 10);
    assert_int_equal(c.sslcauth, 0);
    object_init(OBJECT_CHANNEL, CT_SDR, &c);
    assert_int_equal(c.discint, 6000);
    assert_int_equal(c.trptype, 2);
    assert_int_equal(c.kaint, -1);
    object_init(OBJECT_QMGR, 0, &m);
    assert_int_equal(m.chlauth, 1);
    assert_string_equal(m.connauth, "SYSTEM.DEFAULT.AUTHINFO.IDPWOS");
    assert_null(object_attr(OBJECT_CHANNEL, CT_SDR, "SSLCAUTH"));
    assert_null(object_attr(OBJECT_QUEUE, QT_REMOTE, "MAXDEPTH"));
}

static void
test_check(void **state)
{
    (void)state;
    struct channel_def c;
    struct failure f = {0};
    object_init(OBJECT_CHANNEL, CT_SDR, &c);
    assert_int_not_equal(object_check(OBJECT_CHANNEL, &c, &f), RC_OK);
    assert_true(text_copy(c.channel, sizeof(c.channel), "A.TO.B"));
    assert_int_not_equal(object_check(OBJECT_CHANNEL, &c, &f), RC_OK);
    assert_string_equal(f.text, "XMITQ is missing");
    assert_true(text_copy(c.xmitq, sizeof(c.xmitq), "B"));
    assert_int_not_equal(object_check(OBJECT_CHANNEL, &c, &f), RC_OK);
    assert_int_equal(f.reason, 4061);
    assert_true(text_copy(c.conname, sizeof(c.conname), "b(1414)"));
    assert_int_equal(object_check(OBJECT_CHANNEL, &c, &f), RC_OK);
}

/* clang-format off */
static const struct {
    const char *list; int32_t objtype; int32_t mask; bool ok;
} authorities[] = {
    {"GET,PUT", OBJTYPE_QUEUE, AUTH_GET | AUTH_PUT, true},
    {"browse inq", OBJTYPE_QUEUE, AUTH_BROWSE | AUTH_INQ, true},
    {"CONNECT", OBJTYPE_QMGR, AUTH_CONNECT, true},
    {"CONNECT", OBJTYPE_QUEUE, 0, false},
    {"NONE", OBJTYPE_QUEUE, 0, true},
    {"ALLADM", OBJTYPE_LISTENER, AUTH_CHG | AUTH_DLT | AUTH_DSP | AUTH_CTRL, true},
    {"ALLMQI", OBJTYPE_PROCESS, AUTH_INQ | AUTH_SET, true},
    {"FLY", OBJTYPE_QUEUE, 0, false},
    {"AVERYLONGWORDTHATDOESNOTFIT", OBJTYPE_QUEUE, 0, false},
};
/* clang-format on */

static void
test_authorities(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(authorities); i++) {
        int32_t mask = -1;
        enum rc rc = authrec_parse(authorities[i].list, authorities[i].objtype, &mask, NULL);
        assert_int_equal(rc == RC_OK, authorities[i].ok);
        assert_int_equal(mask, authorities[i].ok ? authorities[i].mask : -1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_set_print),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_authorities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
