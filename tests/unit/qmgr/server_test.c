/* Client conversations: our own client over the local socket of a real world, and segments by hand
 * on the simulated one, where a minute passes at once. */
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"
#include "qmgr/admit.h"

/* ---- the local socket ---- */
struct local {
    struct io *io;
    struct qmgr *q;
    char dir[64], address[80];
    struct client *c;
    bool ended;
};

static void
on_ended(void *arg, const struct failure *why)
{
    struct local *l = arg;
    (void)why;
    l->ended = true;
}

static void
local_open(struct local *l)
{
    struct failure f = {0};
    *l = (struct local){.io = io_uv_new()};
    snprintf(l->dir, sizeof l->dir, "/tmp/grove-server-%d", (int)getpid());
    snprintf(l->address, sizeof l->address, "unix:%s/sock", l->dir);
    (void)!io_remove_tree(l->io, l->dir, NULL);
    struct qmgr_options o = {.dir = l->dir, .name = "OAK", .admin = "admin"};
    if (qmgr_create(l->io, &o, &f) != RC_OK ||
        qmgr_open(l->io, &o, on_ended, l, &l->q, &f) != RC_OK ||
        client_connect(l->io, l->address, "OAK", "server_test", &l->c, &f) != RC_OK)
        fail_msg("%s", f.text);
}

static void
local_close(struct local *l)
{
    client_disconnect(l->c);
    qmgr_end(l->q, QMGR_END_IMMEDIATE);
    for (int i = 0; i < 200 && !l->ended; i++)
        io_run_once(l->io, 50);
    assert_true(l->ended);
    qmgr_free(l->q);
    (void)!io_remove_tree(l->io, l->dir, NULL);
    io_free(l->io);
}

static void
mqsc(struct local *l, const char *command, const char *part)
{
    struct failure f = {0};
    bool ok;
    AUTO_BUF out = buf_new(1 << 20, ORDER_LITTLE);
    if (client_mqsc(l->c, command, &out, &ok, &f) != RC_OK)
        fail_msg("%s: %s", command, f.text);
    if (strstr(buf_cstr(&out), part) == NULL)
        fail_msg("%s: '%s' is not in:\n%s", command, part, buf_cstr(&out));
}

static int32_t
open_queue(struct local *l, const char *name, int32_t options)
{
    struct mqod od;
    struct failure f = {0};
    int32_t hobj;
    od_init(&od, name);
    if (client_open(l->c, &od, options, &hobj, &f) != RC_OK)
        fail_msg("%s: %s", name, f.text);
    return hobj;
}

static void
put(struct local *l, int32_t hobj, struct span data, int32_t options)
{
    struct mqmd md;
    struct mqpmo pmo;
    struct failure f = {0};
    md_init(&md);
    pmo_init(&pmo);
    md.persistence = 1;
    pmo.options = options;
    if (client_put(l->c, hobj, &md, &pmo, data, &f) != RC_OK)
        fail_msg("%s", f.text);
}

/* The reason, 0 when a message came. */
static int32_t
get(struct local *l, int32_t hobj, int32_t options, int32_t wait, struct buf *out)
{
    struct mqmd md;
    struct mqgmo gmo;
    struct failure f = {0};
    md_init(&md);
    gmo_init(&gmo);
    gmo.options = options;
    gmo.wait = wait;
    buf_clear(out);
    return client_get(l->c, hobj, &md, &gmo, out, &f) == RC_OK ? 0 : f.reason;
}

static void
local_calls(void **state)
{
    (void)state;
    struct local l;
    struct failure f = {0};
    AUTO_BUF out = buf_new(8 << 20, ORDER_LITTLE);
    local_open(&l);
    mqsc(&l, "DEFINE QLOCAL(Q)", "AMQ8006I");
    mqsc(&l, "DISPLAY CONN(*) APPLTAG", "APPLTAG(server_test)");
    mqsc(&l, "NONSENSE", "AMQ8405I");
    int32_t q = open_queue(&l, "Q", OO_INPUT_SHARED | OO_OUTPUT);
    put(&l, q, span_str("hello"), PMO_NO_SYNCPOINT);
    assert_int_equal(get(&l, q, GMO_NO_SYNCPOINT, 0, &out), 0);
    assert_string_equal(buf_cstr(&out), "hello");
    assert_int_equal(get(&l, q, GMO_NO_SYNCPOINT | GMO_WAIT, 20, &out), 2033);
    put(&l, q, span_str("undone"), PMO_SYNCPOINT);
    assert_int_equal(client_backout(l.c, &f), RC_OK);
    assert_int_equal(get(&l, q, GMO_NO_SYNCPOINT, 0, &out), 2033);
    put(&l, q, span_str("done"), PMO_SYNCPOINT);
    assert_int_equal(client_commit(l.c, &f), RC_OK);
    assert_int_equal(get(&l, q, GMO_SYNCPOINT, 0, &out), 0);
    assert_int_equal(client_commit(l.c, &f), RC_OK);
    assert_int_equal(client_close(l.c, q, 0, &f), RC_OK);
    local_close(&l);
}

/* Longer than one segment in both directions. */
static void
local_big(void **state)
{
    (void)state;
    struct local l;
    size_t n = 3 << 20;
    char *big = calloc(1, n);
    AUTO_BUF out = buf_new(8 << 20, ORDER_LITTLE);
    for (size_t i = 0; i < n; i++)
        big[i] = (char)(i * 7);
    local_open(&l);
    mqsc(&l, "DEFINE QLOCAL(Q)", "AMQ8006I");
    int32_t q = open_queue(&l, "Q", OO_INPUT_SHARED | OO_OUTPUT);
    put(&l, q, span_of(big, n), PMO_NO_SYNCPOINT);
    assert_int_equal(get(&l, q, GMO_NO_SYNCPOINT, 0, &out), 0);
    assert_int_equal(out.n, n);
    assert_memory_equal(out.p, big, n);
    free(big);
    local_close(&l);
}

/* MQDISC commits; a connection that just breaks backs out. */
static void
local_ends(void **state)
{
    (void)state;
    struct local l;
    struct failure f = {0};
    AUTO_BUF out = buf_new(1 << 20, ORDER_LITTLE);
    local_open(&l);
    mqsc(&l, "DEFINE QLOCAL(Q)", "AMQ8006I");
    int32_t q = open_queue(&l, "Q", OO_OUTPUT);
    put(&l, q, span_str("left open"), PMO_SYNCPOINT);
    client_disconnect(l.c);
    assert_int_equal(client_connect(l.io, l.address, "", "again", &l.c, &f), RC_OK);
    q = open_queue(&l, "Q", OO_INPUT_SHARED);
    assert_int_equal(get(&l, q, GMO_NO_SYNCPOINT, 0, &out), 0);
    struct client *other;
    assert_int_not_equal(client_connect(l.io, l.address, "ELM", "wrong", &other, &f), RC_OK);
    assert_int_equal(f.reason, 2058);
    local_close(&l);
}

/* ---- by hand ---- */
struct caller {
    struct link *link;
    bool ready, ended;
    int n; /* segments that came */
    uint8_t type, flags;
    int32_t code;               /* of a STATUS */
    int32_t cc, reason, handle; /* of an answer */
    int beats;
    struct initial_data id;
};

static void
on_ready(void *arg)
{
    ((struct caller *)arg)->ready = true;
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct caller *c = arg;
    struct status s;
    c->n++;
    c->type = seg->type;
    c->flags = seg->flags;
    c->beats += seg->type == SEG_HEARTBEAT && seg->flags == (SEGF_WHOLE | SEGF_CONFIRM);
    if (seg->type == SEG_STATUS && status_decode(seg, &s) == RC_OK)
        c->code = s.code;
    if (seg->type == SEG_INITIAL_DATA)
        assert_int_equal(initial_decode(seg, &c->id), RC_OK);
    if (seg->type > SEG_MQCONN) {
        struct reader r = segment_reader(seg);
        struct mqi_header h;
        mqi_header_decode(&r, &h);
        c->cc = h.cc;
        c->reason = h.reason;
        c->handle = h.handle;
    }
}

static void
on_end(void *arg, const struct failure *f)
{
    struct caller *c = arg;
    (void)f;
    c->ended = true;
}

static const struct link_events caller_events = {on_ready, on_segment, on_end, NULL};

static void
caller_open(struct pair *p, struct caller *c)
{
    *c = (struct caller){.code = -1};
    c->link = link_connect(p->ash.io, "birch(1414)", NULL, NULL, NULL, &caller_events, c);
    pair_run(p, SECOND);
}

static void
caller_close(struct caller *c)
{
    link_close(c->link, false);
}

static void
send_id(struct caller *c, const char *channel, uint32_t heartbeat)
{
    struct initial_data id = {.fap = 12,
        .cap1 = 0x26,
        .transmission_size = 32748,
        .message_size = 4194304,
        .ccsid = 819,
        .heartbeat = heartbeat};
    AUTO_BUF out = buf_new(1024, ORDER_BIG);
    (void)text_copy(id.channel, sizeof id.channel, channel);
    initial_encode(&out, SEGF_WHOLE | SEGF_CONFIRM, &id);
    link_send(c->link, buf_span(&out));
}

static void
send_conn(struct caller *c, const char *user, const char *qmgr)
{
    AUTO_BUF out = buf_new(4096, ORDER_LITTLE);
    struct mqconn_body body = {.appltype = 28};
    struct mqi_header h = {0};
    (void)text_copy(body.qmgr, sizeof body.qmgr, qmgr);
    userid_encode(&out, user);
    size_t start = mqi_begin(&out, SEG_MQCONN, &h);
    mqconn_encode(&out, &body);
    mqi_end(&out, start);
    link_send(c->link, buf_span(&out));
}

static void
clients_open(struct pair *p, uint64_t seed)
{
    pair_open(p, seed);
    node_runs(&p->birch, "DEFINE LISTENER(L) TRPTYPE(TCP) PORT(1414) IPADDR('birch')");
    node_runs(&p->birch, "START LISTENER(L)");
    node_runs(&p->birch, "DEFINE CHANNEL(APP) CHLTYPE(SVRCONN) MAXINST(2)");
    node_runs(&p->birch, "SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('joe') AUTHADD(CONNECT,INQ)");
}

/* From the first segment to the answer of MQCONN; the reason of it. */
static int32_t
connects(struct pair *p, struct caller *c, const char *user)
{
    caller_open(p, c);
    send_id(c, "APP", 300);
    pair_run(p, SECOND);
    assert_int_equal(c->type, SEG_INITIAL_DATA);
    assert_int_equal(c->flags, 0);
    send_conn(c, user, "");
    pair_run(p, 3 * SECOND);
    assert_int_equal(c->type, SEG_MQCONN + SEG_REPLY);
    return c->reason;
}

static void
corrects_the_heartbeat(void **state)
{
    (void)state;
    struct pair p;
    struct caller c;
    clients_open(&p, 31);
    caller_open(&p, &c);
    send_id(&c, "APP", 1);
    pair_run(&p, SECOND);
    assert_int_equal(c.flags, SEGF_ERROR);
    assert_int_equal(c.id.error1, IEF_HEARTBEAT);
    assert_int_equal(c.id.heartbeat, 300);
    assert_int_equal(c.id.fap, 12);
    send_id(&c, "APP", 300);
    pair_run(&p, SECOND);
    assert_int_equal(c.flags, 0);
    assert_int_equal(c.id.error1, 0);
    caller_close(&c);
    pair_close(&p);
}

static void
admits(void **state)
{
    (void)state;
    struct pair p;
    struct caller c, second, third;
    clients_open(&p, 32);
    assert_int_equal(connects(&p, &c, "joe"), 0);
    assert_non_null(strstr(node_says(&p.birch, "DISPLAY CHSTATUS(APP) MCAUSER"), "MCAUSER(joe)"));
    assert_int_equal(connects(&p, &second, "joe"), 0);
    assert_int_equal(connects(&p, &third, "joe"), 2537); /* MAXINST(2) */
    caller_close(&second);
    caller_close(&third);
    pair_run(&p, SECOND);
    assert_int_equal(connects(&p, &second, "nobody"), 2035);
    caller_close(&second);
    pair_run(&p, SECOND);
    assert_int_equal(connects(&p, &second, "admin"), 2035); /* the default BLOCKUSER record */
    node_runs(&p.birch, "STOP CHANNEL(APP)");
    pair_run(&p, SECOND);
    assert_int_equal(c.code, STATUS_USER_CLOSED);
    assert_true(c.ended);
    caller_close(&c);
    caller_close(&second);
    pair_close(&p);
}

static void
refuses(void **state)
{
    (void)state;
    static const struct {
        const char *before, *channel;
        int32_t code;
    } cases[] = {
        {"PING QMGR", "NONE", STATUS_NO_CHANNEL},
        {"DEFINE CHANNEL(R) CHLTYPE(RCVR)", "R", STATUS_WRONG_TYPE},
        {"ALTER CHANNEL(APP) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER)", "APP",
            STATUS_CIPHER_SPEC},
        {"STOP CHANNEL(APP)", "APP", STATUS_CHANNEL_UNAVAILABLE},
    };
    struct pair p;
    clients_open(&p, 33);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct caller c;
        node_runs(&p.birch, cases[i].before);
        caller_open(&p, &c);
        send_id(&c, cases[i].channel, 300);
        pair_run(&p, SECOND);
        assert_int_equal(c.code, cases[i].code);
        assert_true(c.ended);
        caller_close(&c);
    }
    pair_close(&p);
}

/* Who says nothing, or connects and then says nothing, is cut off after a minute. */
static void
cuts_the_silent(void **state)
{
    (void)state;
    struct pair p;
    struct caller silent, half;
    clients_open(&p, 34);
    caller_open(&p, &silent);
    caller_open(&p, &half);
    send_id(&half, "APP", 300);
    pair_run(&p, 50 * SECOND);
    assert_false(silent.ended);
    assert_false(half.ended);
    pair_run(&p, 15 * SECOND);
    assert_true(silent.ended);
    assert_true(half.ended);
    caller_close(&silent);
    caller_close(&half);
    pair_close(&p);
}

/* Many strangers do not keep the local socket from being served: they are turned away. */
static void
limits_strangers(void **state)
{
    (void)state;
    enum { N = 130 };
    struct pair p;
    struct caller *many = calloc(N, sizeof *many);
    int ended = 0;
    clients_open(&p, 35);
    for (int i = 0; i < N; i++) {
        many[i].code = -1;
        many[i].link =
            link_connect(p.ash.io, "birch(1414)", NULL, NULL, NULL, &caller_events, &many[i]);
    }
    pair_run(&p, 5 * SECOND);
    for (int i = 0; i < N; i++)
        ended += many[i].ended;
    assert_int_equal(ended, N - 100);
    for (int i = 0; i < N; i++)
        caller_close(&many[i]);
    free(many);
    pair_close(&p);
}

static void
survives_nonsense(void **state)
{
    (void)state;
    struct pair p;
    struct caller c;
    AUTO_BUF out = buf_new(1024, ORDER_LITTLE);
    clients_open(&p, 36);
    caller_open(&p, &c);
    segment_bare(&out, SEG_MQDISC, SEGF_WHOLE, NULL); /* before any initial data */
    link_send(c.link, buf_span(&out));
    pair_run(&p, SECOND);
    assert_true(c.ended);
    caller_close(&c);
    caller_open(&p, &c);
    link_send(c.link, span_str("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
    pair_run(&p, SECOND);
    assert_true(c.ended);
    caller_close(&c);
    assert_int_equal(connects(&p, &c, "joe"), 0);
    buf_clear(&out);
    struct mqi_header h = {0};
    size_t start = mqi_begin(&out, SEG_MQPUT, &h); /* without its structures */
    mqi_end(&out, start);
    link_send(c.link, buf_span(&out));
    pair_run(&p, SECOND);
    assert_true(c.ended);
    caller_close(&c);
    pair_close(&p);
}

static void
send_open(struct caller *c, const char *queue)
{
    AUTO_BUF out = buf_new(4096, ORDER_LITTLE);
    struct mqi_header h = {0};
    struct mqod od;
    struct fopa fopa = {-1, -1, -1, -1};
    od_init(&od, queue);
    size_t start = mqi_begin(&out, SEG_MQOPEN, &h);
    od_encode(&out, &od);
    buf_i32(&out, OO_INPUT_SHARED | OO_OUTPUT);
    fopa_encode(&out, &fopa);
    mqi_end(&out, start);
    link_send(c->link, buf_span(&out));
}

static void
send_put(struct caller *c, int32_t options, const char *text)
{
    AUTO_BUF out = buf_new(4096, ORDER_LITTLE);
    struct mqi_header h = {.handle = c->handle};
    struct mqmd md;
    struct mqpmo pmo;
    md_init(&md);
    pmo_init(&pmo);
    pmo.options = options;
    size_t start = mqi_begin(&out, SEG_MQPUT, &h);
    md_encode(&out, &md);
    pmo_encode(&out, &pmo);
    buf_u32(&out, (uint32_t)strlen(text));
    buf_span_put(&out, span_str(text));
    buf_fill(&out, 0xAA, 3); /* clients pad with whatever is there */
    mqi_end(&out, start);
    link_send(c->link, buf_span(&out));
}

static void
send_get(struct caller *c, int32_t wait_ms)
{
    AUTO_BUF out = buf_new(4096, ORDER_LITTLE);
    struct mqi_header h = {.handle = c->handle};
    struct mqmd md;
    struct mqgmo gmo;
    md_init(&md);
    gmo_init(&gmo);
    gmo.options = GMO_WAIT | GMO_NO_SYNCPOINT;
    gmo.wait = wait_ms;
    size_t start = mqi_begin(&out, SEG_MQGET, &h);
    md_encode(&out, &md);
    gmo_encode(&out, &gmo);
    buf_i32(&out, 4096);
    mqi_end(&out, start);
    link_send(c->link, buf_span(&out));
}

/* A get that waits long is kept alive by heartbeats; a put with asynchronous response has no
 * answer. */
static void
beats_while_waiting(void **state)
{
    (void)state;
    struct pair p;
    struct caller c;
    clients_open(&p, 37);
    node_runs(&p.birch, "ALTER CHANNEL(APP) CHLTYPE(SVRCONN) HBINT(4)");
    node_runs(&p.birch, "DEFINE QLOCAL(Q)");
    node_runs(&p.birch, "SET AUTHREC PROFILE(Q) OBJTYPE(QUEUE) PRINCIPAL('joe') AUTHADD(GET,PUT)");
    caller_open(&p, &c);
    send_id(&c, "APP", 4);
    pair_run(&p, SECOND);
    send_conn(&c, "joe", "BIRCH");
    pair_run(&p, SECOND);
    assert_int_equal(c.reason, 0);
    send_open(&c, "Q");
    pair_run(&p, SECOND);
    assert_int_equal(c.type, SEG_MQOPEN + SEG_REPLY);
    assert_int_equal(c.reason, 0);
    send_get(&c, 20000);
    pair_run(&p, 19 * SECOND);
    assert_int_equal(c.beats, 4);
    pair_run(&p, 2 * SECOND);
    assert_int_equal(c.type, SEG_MQGET + SEG_REPLY);
    assert_int_equal(c.reason, 2033);
    int before = c.n;
    send_put(&c, PMO_NO_SYNCPOINT | PMO_ASYNC_RESPONSE, "quiet");
    pair_run(&p, SECOND);
    assert_int_equal(c.n, before);
    assert_int_equal(node_depth(&p.birch, "Q"), 1);
    send_put(&c, PMO_NO_SYNCPOINT, "loud");
    pair_run(&p, SECOND);
    assert_int_equal(c.type, SEG_MQPUT + SEG_REPLY);
    send_get(&c, 0);
    pair_run(&p, SECOND);
    assert_int_equal(c.reason, 0);
    caller_close(&c);
    pair_close(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_calls),
        cmocka_unit_test(local_big),
        cmocka_unit_test(local_ends),
        cmocka_unit_test(corrects_the_heartbeat),
        cmocka_unit_test(admits),
        cmocka_unit_test(refuses),
        cmocka_unit_test(cuts_the_silent),
        cmocka_unit_test(limits_strangers),
        cmocka_unit_test(survives_nonsense),
        cmocka_unit_test(beats_while_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
