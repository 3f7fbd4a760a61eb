/* mqsc_test.c - scripts, commands, what they change, what DISPLAY prints, results read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "mqsc/mqsc.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
collect(void *arg, const char *command)
{
    buf_printf(arg, "[%s]", command);
    return strcmp(command, "END") != 0;
}

/* clang-format off */
static const struct {
    const char *lines; /* separated by newlines */
    const char *want;  /* each command in brackets */
} scripts[] = {
    {"DIS QMGR", "[DIS QMGR]"},
    {"* a comment\n\n  \nDIS QMGR\n", "[DIS QMGR]"},
    {"DEF QL(A) +\n   DESCR('x')", "[DEF QL(A) DESCR('x')]"},
    {"DEF QL(A) DES+\n   CR('x')", "[DEF QL(A) DESCR('x')]"},
    {"DEF QL(A) -\n  DESCR('x')", "[DEF QL(A)   DESCR('x')]"},
    {"DEF QL(A) DESCR('x -\n y')", "[DEF QL(A) DESCR('x  y')]"},
    {"DEF QL(A) +\n* between\n\n  PUT(DISABLED)", "[DEF QL(A) PUT(DISABLED)]"},
    {"DIS QMGR; DIS QL(*)", "[DIS QMGR][ DIS QL(*)]"},
    {"DIS QMGR;", "[DIS QMGR]"},
    {"DIS QMGR +;\nDIS Q(A)", "[DIS QMGR ][DIS Q(A)]"},
    {"DIS QMGR; +\nDIS Q(A)", "[DIS QMGR][DIS Q(A)]"},
    {"DEF QL(A) DESCR('a;b')", "[DEF QL(A) DESCR('a;b')]"},
    {"DEF QL(A) DESCR('a;+\nb;c');DIS QMGR", "[DEF QL(A) DESCR('a;b;c')][DIS QMGR]"},
    {"END\nDIS QMGR", "[END]"},
    {"DEF QL(A) +", "[DEF QL(A) ]"},
    {"DEF QL(A) +\n;DIS QMGR", "[DEF QL(A) ][DIS QMGR]"},
};
/* clang-format on */

static void
test_script(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        struct mqsc_script s = {0};
        struct buf got = buf_new(4096, ORDER_BIG);
        const char *at = scripts[i].lines;
        while (*at != '\0' && strstr(buf_cstr(&got), "[END]") == NULL) {
            char line[256];
            size_t n = strcspn(at, "\n");
            (void)snprintf(line, sizeof(line), "%.*s", (int)n, at);
            assert_int_equal(mqsc_script_line(&s, line, collect, &got, NULL), RC_OK);
            at += n + (at[n] == '\n');
        }
        assert_int_equal(mqsc_script_end(&s, collect, &got, NULL), RC_OK);
        assert_string_equal(buf_cstr(&got), scripts[i].want);
        mqsc_script_fini(&s);
        buf_free(&got);
    }
}

static void
test_script_limits(void **state)
{
    (void)state;
    static char line[MQSC_LINE_MAX + 2];
    struct mqsc_script s = {0};
    struct buf got = buf_new(100000, ORDER_BIG);
    memset(line, 'A', sizeof(line) - 1);
    assert_int_equal(mqsc_script_line(&s, line, collect, &got, NULL), RC_LIMIT);
    line[MQSC_LINE_MAX] = '\0';
    line[MQSC_LINE_MAX - 1] = '+';
    enum rc rc = RC_OK;
    for (int i = 0; i < 17 && rc == RC_OK; i++)
        rc = mqsc_script_line(&s, line, collect, &got, NULL);
    assert_int_equal(rc, RC_LIMIT);
    assert_int_equal(mqsc_script_line(&s, "DIS QMGR", collect, &got, NULL), RC_OK);
    assert_string_equal(buf_cstr(&got), "[DIS QMGR]");
    mqsc_script_fini(&s);
    buf_free(&got);
}

static void
describe(const struct mqsc_command *c, struct buf *out)
{
    buf_printf(out, "%d %s %s", (int)c->verb, c->noun_word, c->name);
    for (size_t i = 0; i < c->n_params; i++) {
        const struct mqsc_param *p = &c->params[i];
        buf_printf(out, "|%s", p->keyword);
        if (p->value != NULL)
            buf_printf(out, p->quoted ? "='%s'" : "=%s", p->value);
    }
}

/* clang-format off */
static const struct {
    const char *command;
    const char *want; /* described; NULL: refused */
    const char *segment;
} commands[] = {
    {"DIS QMGR", "4 QMGR ", NULL},
    {"dis qmgr all", "4 QMGR |ALL", NULL},
    {"DEF QL(a.b)", "2 QLOCAL A.B", NULL},
    {"DEF QL('a.b')", "2 QLOCAL a.b", NULL},
    {"ALTER QLOCAL ('Account' ) TRIGDPTH ( 1)", "0 QLOCAL Account|TRIGDPTH=1", NULL},
    {"DEF QL(A)DESCR('it''s')", "2 QLOCAL A|DESCR='it's'", NULL},
    {"DEF QL(A),,REPLACE , NOTRIGGER", "2 QLOCAL A|REPLACE|NOTRIGGER", NULL},
    {"DEF QA(A) TARGQ(B)", "2 QALIAS A|TARGET=B", NULL},
    {"DIS CHL(*) TYPE(SDR)", "4 CHANNEL *|CHLTYPE=SDR", NULL},
    {"DEF CHL(C) CHLTYPE(SDR) CONNAME('h(1414),i(1415)')",
        "2 CHANNEL C|CHLTYPE=SDR|CONNAME='h(1414),i(1415)'", NULL},
    {"SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('a',B, 'c')",
        "9 CHLAUTH *|TYPE=BLOCKUSER|USERLIST='a,B,c'", NULL},
    {"DIS QL(*) WHERE(CURDEPTH GT 0)", "4 QLOCAL *|WHERE=CURDEPTH,GT,0", NULL},
    {"ALTER CHL(A) CHLTYPE(SDR) COMPMSG(RLE ZLIBFAST)",
        "0 CHANNEL A|CHLTYPE=SDR|COMPMSG=RLE,ZLIBFAST", NULL},
    {"REFRESH SECURITY TYPE(SSL)", "6 SECURITY |TYPE=SSL", NULL},
    {"REFRESH SECURITY(*) TYPE(SSL)", "6 SECURITY *|TYPE=SSL", NULL},
    {"DEFINE TOPIC(T) TOPICSTR('a/b') REPLACE", "2 TOPIC T|TOPICSTR='a/b'|REPLACE", NULL},
    {"SUSPEND QMGR CLUSTER(X)", "13 QMGR |CLUSTER=X", NULL},
    {"DEF QL(A) DESCR(' ')", "2 QLOCAL A|DESCR=' '", NULL},
    {"DEF QL(A) DESCR('')", "2 QLOCAL A|DESCR=''", NULL},
    {"END", "12  ", NULL},
    {"", NULL, ""},
    {"FROB QL(A)", NULL, "FROB "},
    {"DEF WOMBAT(A)", NULL, "DEF WOMBAT"},
    {"PING QL(A)", NULL, "PING QL"},
    {"DEF QL", NULL, "DEF QL"},
    {"DEF QL(A", NULL, "DEF QL(A"},
    {"DEF QL()", NULL, "DEF QL()"},
    {"DIS QL('')", NULL, "DIS QL('')"},
    {"SET CHLAUTH(' ') TYPE(BLOCKUSER)", NULL, "SET CHLAUTH(' ')"},
    {"SET CHLAUTH('A2345678901234567890*') TYPE(BLOCKUSER)", NULL,
        "SET CHLAUTH('A2345678901234567890*')"},
    {"DEF QL(A*)", NULL, "DEF QL(A*)"},
    {"DEF CHL(THIS.NAME.IS.TOO.LONG) CHLTYPE(SDR)", NULL, "DEF CHL(THIS.NAME.IS.TOO.LONG)"},
    {"DEF QL(A) WOMBAT(1) PUT(ENABLED)", NULL, "DEF QL(A) WOMBAT(1)"},
    {"DEF QL(A) DESCR('x", NULL, "DEF QL(A) DESCR('x"},
    {"DEF QL(A) DESCR('x')PUT(ENABLED)", NULL, "DEF QL(A) DESCR('x')P"},
    {"DEF QL(A) CONNAME(h(1))", NULL, "DEF QL(A) CONNAME(h("},
    {"DEF QL(A) DESCR('x'y)", NULL, "DEF QL(A) DESCR('x'y"},
    {"DEF QL(A) MAXDEPTH", NULL, "DEF QL(A) MAXDEPTH"},
    {"DEF QL(A) TRIGGER(YES)", NULL, "DEF QL(A) TRIGGER(YES)"},
    {"DEF QL(A) REPLACE(YES)", NULL, "DEF QL(A) REPLACE(YES)"},
    {"DEF QL(A) LIKE", NULL, "DEF QL(A) LIKE"},
    {"DEF QL(A) PUT(ENABLED) PUT(DISABLED)", NULL, "DEF QL(A) PUT(ENABLED) PUT(DISABLED)"},
    {"DEF QL(A) TRIGGER NOTRIGGER", NULL, "DEF QL(A) TRIGGER NOTRIGGER"},
    {"DEF QL(A) REPLACE NOREPLACE", NULL, "DEF QL(A) REPLACE NOREPLACE"},
    {"DEF QA(A) TARGET(B) TARGQ(C)", NULL, "DEF QA(A) TARGET(B) TARGQ(C)"},
    {"DEF QR(A) MAXDEPTH(5)", NULL, "DEF QR(A) MAXDEPTH(5)"},
    {"DEF QL(A) QUEUE(B)", NULL, "DEF QL(A) QUEUE(B)"},
    {"ALTER QMGR(X) DESCR('a')", NULL, "ALTER QMGR"},
    {"ALTER QMGR CMDSCOPE(X)", NULL, "ALTER QMGR CMDSCOPE(X)"},
    {"DIS QL(A) )", NULL, "DIS QL(A) )"},
    {"END NOW", NULL, "END "},
};
/* clang-format on */

static void
test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct mqsc_command c = {0};
        struct failure f = {0};
        struct buf got = buf_new(4096, ORDER_BIG);
        enum rc rc = mqsc_parse(commands[i].command, &c, &f);
        if ((rc == RC_OK) != (commands[i].want != NULL))
            fail_msg("%s: %s", commands[i].command, f.cause);
        if (rc == RC_OK) {
            describe(&c, &got);
            assert_string_equal(buf_cstr(&got), commands[i].want);
        } else {
            assert_string_equal(f.id, "AMQ8405I");
            assert_string_equal(f.text, commands[i].segment);
            assert_int_not_equal(f.cause[0], '\0');
        }
        mqsc_command_fini(&c);
        buf_free(&got);
    }
}

static const char *
display(const char *command, enum object_type type, const void *def, struct buf *out)
{
    struct mqsc_command c = {0};
    assert_int_equal(mqsc_parse(command, &c, NULL), RC_OK);
    buf_clear(out);
    mqsc_display(&c, type, def, out);
    mqsc_command_fini(&c);
    return buf_cstr(out);
}

static enum rc
apply(const char *command, void *def, struct failure *f)
{
    struct mqsc_command c = {0};
    enum object_type type;
    assert_int_equal(mqsc_parse(command, &c, f), RC_OK);
    assert_true(mqsc_object(&c, &type));
    if (c.verb == MQSC_DEFINE || c.verb == MQSC_SET)
        object_init(type, mqsc_subtype(&c), def);
    enum rc rc = mqsc_apply(&c, type, def, f);
    mqsc_command_fini(&c);
    return rc;
}

static void
test_apply(void **state)
{
    (void)state;
    union object_any def;
    struct failure f = {0};
    assert_int_equal(
        apply("DEF QL(A) REPLACE MAXDEPTH(7) TRIGGER DESCR('Hello') LIKE(B)", &def, &f), RC_OK);
    assert_string_equal(def.queue.queue, "A");
    assert_int_equal(def.queue.type, QT_LOCAL);
    assert_int_equal(def.queue.maxdepth, 7);
    assert_int_equal(def.queue.trigger, 1);
    assert_string_equal(def.queue.descr, "Hello");
    assert_int_equal(apply("ALTER QL(A) NOTRIGGER MAXDEPTH(8) PUT(NEVER)", &def, &f), RC_INVALID);
    assert_int_equal(def.queue.maxdepth, 7);
    assert_int_equal(apply("ALTER QL(A) NOTRIGGER", &def, &f), RC_OK);
    assert_int_equal(def.queue.trigger, 0);

    assert_int_equal(apply("DEF CHL(A.B) CONNAME('h(1)') CHLTYPE(SDR) XMITQ(B)", &def, &f), RC_OK);
    assert_int_equal(def.channel.chltype, CT_SDR);
    assert_int_equal(def.channel.discint, 6000);
    assert_int_equal(object_check(OBJECT_CHANNEL, &def, &f), RC_OK);
    assert_int_equal(apply("ALTER CHL(A.B) CHLTYPE(SDR) HBINT(5)", &def, &f), RC_OK);
    assert_int_equal(apply("ALTER CHL(A.B) CHLTYPE(RCVR)", &def, &f), RC_INVALID);
    assert_int_equal(apply("ALTER CHL(A.B) SSLCAUTH(OPTIONAL)", &def, &f), RC_INVALID);
    assert_int_equal(apply("ALTER CHL(A.B) PORT(5672)", &def, &f), RC_UNSUPPORTED);

    assert_int_equal(apply("SET CHLAUTH('A.*') TYPE(SSLPEERMAP) SSLPEER('CN=x,O=\"y, z\"') "
                           "MCAUSER('app') ACTION(ADD)",
                         &def, &f),
        RC_OK);
    assert_string_equal(def.chlauth.profile, "A.*");
    assert_string_equal(def.chlauth.sslpeer, "CN=x,O=\"y, z\"");
    assert_string_equal(def.chlauth.mcauser, "app");

    assert_int_equal(apply("SET AUTHREC PROFILE('Q.**') OBJTYPE(QUEUE) PRINCIPAL('app') "
                           "AUTHADD(GET,PUT)",
                         &def, &f),
        RC_OK);
    assert_string_equal(def.authrec.profile, "Q.**");
    assert_int_equal(def.authrec.objtype, OBJTYPE_QUEUE);
}

static void
test_display(void **state)
{
    (void)state;
    union object_any def;
    struct buf out = buf_new(65536, ORDER_BIG);
    assert_int_equal(apply("DEF CHL(SYSTEM.DEF.SVRCONN) CHLTYPE(SVRCONN)", &def, NULL), RC_OK);
    assert_true(text_copy(def.channel.altdate, sizeof(def.channel.altdate), "2025-01-31"));
    assert_true(text_copy(def.channel.alttime, sizeof(def.channel.alttime), "10.11.12"));
    assert_string_equal(display("DIS CHL(SYSTEM.DEF.SVRCONN)", OBJECT_CHANNEL, &def, &out),
        "AMQ8414I: Display Channel details.\n"
        "   CHANNEL(SYSTEM.DEF.SVRCONN)             CHLTYPE(SVRCONN)\n"
        "   ALTDATE(2025-01-31)                     ALTTIME(10.11.12)\n"
        "   CERTLABL( )                             COMPHDR(NONE)\n"
        "   COMPMSG(NONE)                           DESCR( )\n"
        "   DISCINT(0)                              HBINT(300)\n"
        "   KAINT(AUTO)                             MAXINST(999999999)\n"
        "   MAXINSTC(999999999)                     MAXMSGL(4194304)\n"
        "   MCAUSER( )                              MONCHL(QMGR)\n"
        "   RCVDATA( )                              RCVEXIT( )\n"
        "   SCYDATA( )                              SCYEXIT( )\n"
        "   SENDDATA( )                             SENDEXIT( )\n"
        "   SHARECNV(10)                            SSLCAUTH(REQUIRED)\n"
        "   SSLCIPH( )                              SSLPEER( )\n"
        "   TRPTYPE(TCP)\n");
    assert_string_equal(display("DIS CHL(S*)", OBJECT_CHANNEL, &def, &out),
        "AMQ8414I: Display Channel details.\n"
        "   CHANNEL(SYSTEM.DEF.SVRCONN)             CHLTYPE(SVRCONN)\n");
    assert_string_equal(display("DIS CHL(S*) WHERE(HBINT EQ 300)", OBJECT_CHANNEL, &def, &out),
        "AMQ8414I: Display Channel details.\n"
        "   CHANNEL(SYSTEM.DEF.SVRCONN)             CHLTYPE(SVRCONN)\n"
        "   HBINT(300)\n");
    buf_free(&out);
}

static void
test_display_others(void **state)
{
    (void)state;
    union object_any def;
    struct buf out = buf_new(65536, ORDER_BIG);
    assert_int_equal(apply("SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('*MQADMIN') "
                           "DESCR('Default rule to disallow privileged users')",
                         &def, NULL),
        RC_OK);
    assert_string_equal(display("DIS CHLAUTH(*) ALL", OBJECT_CHLAUTH, &def, &out),
        "AMQ8878I: Display channel authentication record details.\n"
        "   CHLAUTH(*)                              TYPE(BLOCKUSER)\n"
        "   DESCR(Default rule to disallow privileged users)\n"
        "   CUSTOM( )                               USERLIST(*MQADMIN)\n"
        "   WARN(NO)                                ALTDATE( )\n"
        "   ALTTIME( )\n");
    assert_string_equal(display("DIS CHLAUTH(*)", OBJECT_CHLAUTH, &def, &out),
        "AMQ8878I: Display channel authentication record details.\n"
        "   CHLAUTH(*)                              TYPE(BLOCKUSER)\n"
        "   USERLIST(*MQADMIN)\n");
    assert_int_equal(apply("DEF QL(Q) CLUSTER(C)", &def, NULL), RC_OK);
    assert_string_equal(display("DIS QL(Q) NOTRIGGER MAXDEPTH", OBJECT_QUEUE, &def, &out),
        "AMQ8409I: Display Queue details.\n"
        "   QUEUE(Q)                                TYPE(QLOCAL)\n"
        "   MAXDEPTH(5000)                          NOTRIGGER\n");
    object_init(OBJECT_QMGR, 0, &def);
    assert_true(text_copy(def.qmgr.qmname, sizeof(def.qmgr.qmname), "OAK"));
    assert_true(text_copy(def.qmgr.keyrpwd, sizeof(def.qmgr.keyrpwd), "secret"));
    assert_string_equal(display("DIS QMGR KEYRPWD SYNCPT", OBJECT_QMGR, &def, &out),
        "AMQ8408I: Display Queue Manager details.\n"
        "   QMNAME(OAK)                             KEYRPWD(********)\n"
        "   SYNCPT\n");
    buf_free(&out);
}

/* clang-format off */
static const struct {
    const char *where;
    bool want;
} filters[] = {
    {"MAXDEPTH EQ 5000", true}, {"MAXDEPTH GT 999", true}, {"MAXDEPTH LT 999", false},
    {"MAXDEPTH GE 5000", true}, {"MAXDEPTH LE 4999", false}, {"MAXDEPTH NE 5000", false},
    {"QUEUE LK 'DEV*'", true}, {"QUEUE LK 'APP*'", false}, {"QUEUE NL 'APP*'", true},
    {"DESCR EQ ' '", true}, {"DESCR NE ' '", false}, {"USAGE EQ XMITQ", false},
    {"PUT EQ ENABLED", true}, {"RNAME EQ A", false}, {"MAXDEPTH XX 1", false},
};
/* clang-format on */

static void
test_where(void **state)
{
    (void)state;
    union object_any def;
    assert_int_equal(apply("DEF QL(DEV.Q)", &def, NULL), RC_OK);
    for (size_t i = 0; i < COUNT(filters); i++) {
        char text[128];
        struct mqsc_command c = {0};
        (void)snprintf(text, sizeof(text), "DIS Q(*) WHERE(%s)", filters[i].where);
        assert_int_equal(mqsc_parse(text, &c, NULL), RC_OK);
        if (mqsc_where(&c, OBJECT_QUEUE, &def) != filters[i].want)
            fail_msg("%s", text);
        mqsc_command_fini(&c);
    }
    struct mqsc_filter list = {.keyword = "NAMES", .op = "CT", .value = "b"};
    assert_true(mqsc_filter_match(&list, "a,b,c"));
    assert_false(mqsc_filter_match(&list, "a,bb,c"));
}

static void
note(void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    buf_printf(arg, "<%s|%s", id, text);
    for (size_t i = 0; i < n; i++)
        buf_printf(
            arg, cells[i].value != NULL ? "|%s=%s" : "|%s", cells[i].keyword, cells[i].value);
    buf_printf(arg, ">");
}

/* clang-format off */
static const struct {
    const char *text, *want;
} results[] = {
    {"", ""},
    {"AMQ8006I: IBM MQ queue created.\n", "<AMQ8006I|IBM MQ queue created.>"},
    {"AMQ8414: Display Channel details.\n   CHANNEL(A)   \n", "<AMQ8414|Display Channel details.|CHANNEL=A>"},
    {"     1 : DIS QMGR\nAMQ8408I: Display Queue Manager details.\n"
     "   QMNAME(OAK)                             SYNCPT\n"
     "   DESCR( )\n     2 : DIS CHS(X)\nAMQ8420I: Channel Status not found.\n"
     "2 MQSC commands read.\n",
     "<AMQ8408I|Display Queue Manager details.|QMNAME=OAK|SYNCPT|DESCR=>"
     "<AMQ8420I|Channel Status not found.>"},
    {"AMQ8414I: x\n   CONNAME(host(1414))                     HBINT(300)\r\n",
     "<AMQ8414I|x|CONNAME=host(1414)|HBINT=300>"},
    {"AMQ8414I: x\n   SSLPEER(CN=\"a) b\",O=LONG ENOUGH FOR A (LINE) OF ITS OWN)\n",
     "<AMQ8414I|x|SSLPEER=CN=\"a) b\",O=LONG ENOUGH FOR A (LINE) OF ITS OWN>"},
    {"AMQ8405I: Syntax error detected at or near end of command segment below:-\nDEF QL(\n",
     "<AMQ8405I|Syntax error detected at or near end of command segment below:->"},
};
/* clang-format on */

static void
test_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(results); i++) {
        struct buf got = buf_new(65536, ORDER_BIG);
        mqsc_results(results[i].text, note, &got);
        assert_string_equal(buf_cstr(&got), results[i].want);
        buf_free(&got);
    }
}

struct expect {
    enum object_type type;
    const void *def;
    size_t seen;
};

/* Every cell is what attr_print says, and none is missing. */
static void
compare_cells(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    struct expect *e = arg;
    (void)id;
    (void)text;
    for (size_t i = 0; i < n; i++) {
        struct buf value = buf_new(16384, ORDER_BIG);
        int32_t subtype = object_subtype(e->type, e->def);
        const struct attr *a = object_attr(e->type, subtype, cells[i].keyword);
        assert_non_null(a);
        attr_print(a, e->def, &value);
        assert_string_equal(
            buf_cstr(&value), cells[i].value != NULL ? cells[i].value : cells[i].keyword);
        buf_free(&value);
    }
    e->seen += n;
}

static void
test_round_trip(void **state)
{
    (void)state;
    for (int t = 0; t < OBJECT_TYPES; t++) {
        for (int32_t subtype = 0; subtype < 10; subtype++) {
            union object_any def;
            const struct object_class *class = object_class((enum object_type)t);
            struct buf out = buf_new(65536, ORDER_BIG);
            object_init((enum object_type)t, subtype, &def);
            if (t == OBJECT_CHANNEL)
                assert_true(text_copy(def.channel.descr, sizeof(def.channel.descr),
                    "text (with) NAME(X) that is wider than one cell"));
            if (t == OBJECT_QUEUE)
                assert_true(text_copy(def.queue.descr, sizeof(def.queue.descr), ":-) GET(X)"));
            struct expect e = {(enum object_type)t, &def, 0};
            mqsc_display(NULL, (enum object_type)t, &def, &out);
            mqsc_results(buf_cstr(&out), compare_cells, &e);
            size_t want = 0;
            for (size_t i = 0; i < class->n_attrs; i++)
                want += object_attr((enum object_type)t, object_subtype((enum object_type)t, &def),
                            class->attrs[i].name) == &class->attrs[i];
            if (t != OBJECT_CHLAUTH) /* which hides what means nothing */
                assert_int_equal(e.seen, want);
            buf_free(&out);
        }
    }
}

static void
test_manual(void **state)
{
    (void)state;
    struct buf out = buf_new(65536, ORDER_BIG);
    mqsc_manual(OBJECT_QUEUE, &out);
    const char *text = buf_cstr(&out);
    assert_non_null(strstr(text, "| MAXDEPTH | 0 to 999999999 | 5000 | QLOCAL, QMODEL |  |\n"));
    assert_non_null(strstr(text, "stored, not acted on yet"));
    buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_script_limits),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_apply),
        cmocka_unit_test(test_display),
        cmocka_unit_test(test_display_others),
        cmocka_unit_test(test_where),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
