#include "pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "qmgr/listener.h"

#define GRAVES 8192

/* Killed queue managers are forgotten, not freed: here they stay reachable. */
static struct qmgr *graves[GRAVES];
static size_t n_graves;

static void
on_ended(void *arg, const struct failure *why)
{
    struct node *n = arg;
    (void)why;
    n->ended = true;
}

static struct qmgr_options
options_of(const struct node *n)
{
    return (struct qmgr_options){
        .dir = n->name, .name = n->name, .dead_letter_queue = "DLQ", .admin = "admin"};
}

void
node_open(struct node *n)
{
    struct qmgr_options o = options_of(n);
    struct failure f = {0};
    n->ended = false;
    if (qmgr_open(n->io, &o, on_ended, n, &n->q, &f) != RC_OK)
        fail_msg("%s can not be opened: %s", n->name, f.text);
    n->up = true;
}

static bool
has_ended(void *arg)
{
    return ((struct node *)arg)->ended;
}

void
node_end(struct node *n)
{
    if (!n->up)
        return;
    qmgr_end(n->q, QMGR_END_IMMEDIATE);
    assert_true(sim_run(n->sim, has_ended, n, 60 * SECOND));
    qmgr_free(n->q);
    n->up = false;
}

void
node_kill(struct node *n)
{
    if (!n->up)
        return;
    assert_true(n_graves < GRAVES);
    graves[n_graves++] = n->q;
    sim_crash(n->io);
    n->q = NULL;
    n->up = false;
}

static void
node_init(struct node *n, struct sim *sim, const char *name)
{
    struct failure f = {0};
    *n = (struct node){.sim = sim, .io = sim_node(sim, name), .name = name};
    struct qmgr_options o = options_of(n);
    if (qmgr_create(n->io, &o, &f) != RC_OK)
        fail_msg("%s can not be made: %s", name, f.text);
    node_open(n);
    node_runs(n, "DEFINE QLOCAL(DLQ)");
}

void
pair_open(struct pair *p, uint64_t seed)
{
    p->sim = sim_new(seed);
    node_init(&p->ash, p->sim, "ASH");
    node_init(&p->birch, p->sim, "BIRCH");
}

void
pair_close(struct pair *p)
{
    node_end(&p->ash);
    node_end(&p->birch);
    sim_free(p->sim);
}

/* ---- commands ---- */
struct answer {
    bool done, ok;
    char text[65536];
};
static struct answer answer;

static void
on_answer(void *arg, bool ok, const char *text)
{
    struct answer *a = arg;
    a->done = true;
    a->ok = ok;
    snprintf(a->text, sizeof a->text, "%s", text);
}

static bool
is_answered(void *arg)
{
    return ((struct answer *)arg)->done;
}

const char *
node_says(struct node *n, const char *mqsc)
{
    answer.done = false;
    command_run(n->q, "admin", mqsc, on_answer, &answer);
    if (!answer.done)
        assert_true(sim_run(n->sim, is_answered, &answer, 120 * SECOND));
    assert_int_equal(store_sync(qmgr_store(n->q), NULL), RC_OK); /* as the command server does */
    return answer.text;
}

void
node_runs(struct node *n, const char *mqsc)
{
    (void)node_says(n, mqsc);
    if (!answer.ok)
        fail_msg("%s on %s: %s", mqsc, n->name, answer.text);
}

void
pair_define(struct pair *p, const char *extra)
{
    char text[1024];
    node_runs(&p->birch, "DEFINE QLOCAL(IN) MAXDEPTH(5000)");
    node_runs(&p->birch, "DEFINE CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) TRPTYPE(TCP) HBINT(5)");
    node_runs(
        &p->birch, "DEFINE LISTENER(L) TRPTYPE(TCP) PORT(1414) IPADDR('birch') CONTROL(QMGR)");
    node_runs(&p->birch, "START LISTENER(L)");
    node_runs(&p->ash, "DEFINE QLOCAL(BIRCH) USAGE(XMITQ)");
    node_runs(&p->ash, "DEFINE QREMOTE(OUT) RNAME(IN) RQMNAME(BIRCH) XMITQ(BIRCH)");
    snprintf(text, sizeof text,
        "DEFINE CHANNEL(ASH.BIRCH) CHLTYPE(SDR) TRPTYPE(TCP) XMITQ(BIRCH) "
        "CONNAME('birch(1414)') HBINT(5) SHORTTMR(1) SHORTRTY(100000) %s",
        extra);
    node_runs(&p->ash, text);
}

/* ---- messages ---- */
static struct hconn *
connect_to(struct node *n)
{
    struct mqi_identity who = {.internal = true, .user = "admin", .appl = "test", .appltype = 6};
    return mqi_connect(qmgr_mqi(n->q), &who);
}

bool
node_put(struct node *n, const char *queue, const char *text, int32_t persistence)
{
    struct hconn *h = connect_to(n);
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;
    od_init(&od, queue);
    md_init(&md);
    pmo_init(&pmo);
    md.persistence = persistence;
    snprintf(md.format, sizeof md.format, "MQSTR");
    pmo.options = PMO_NO_SYNCPOINT;
    struct mqi_result r = mqi_put1(h, &od, &md, &pmo, span_str(text));
    mqi_disconnect(h);
    return r.cc != 2;
}

static void
on_got(void *arg, struct mqi_get *get)
{
    (void)get;
    *(bool *)arg = true;
}

bool
node_get(struct node *n, const char *queue, char *to, size_t size)
{
    struct hconn *h = connect_to(n);
    struct mqod od;
    bool done = false;
    struct mqi_get g = {.buffer = size - 1, .done = on_got, .arg = &done};
    od_init(&od, queue);
    assert_int_not_equal(mqi_open(h, &od, OO_INPUT_SHARED, &g.hobj, NULL).cc, 2);
    md_init(&g.md);
    gmo_init(&g.gmo);
    g.gmo.options = GMO_NO_SYNCPOINT;
    g.gmo.match = 0;
    g.data = buf_new(size, ORDER_LITTLE);
    mqi_get(h, &g);
    assert_true(done);
    bool found = g.result.cc != 2;
    if (found)
        snprintf(to, size, "%s", buf_cstr(&g.data));
    buf_free(&g.data);
    mqi_disconnect(h);
    return found;
}

uint32_t
node_depth(struct node *n, const char *queue)
{
    struct queue_figures f;
    assert_true(mqi_queue_figures(qmgr_mqi(n->q), queue, &f));
    return f.depth;
}

/* ---- time ---- */
void
pair_run(struct pair *p, uint64_t us)
{
    (void)sim_run(p->sim, NULL, NULL, us);
}

struct wanted {
    struct node *n;
    const char *queue;
    uint32_t depth;
    int state;
};

static bool
is_deep(void *arg)
{
    const struct wanted *w = arg;
    return node_depth(w->n, w->queue) == w->depth;
}

bool
pair_until_depth(struct pair *p, struct node *n, const char *queue, uint32_t depth, uint64_t us)
{
    struct wanted w = {.n = n, .queue = queue, .depth = depth};
    return is_deep(&w) || sim_run(p->sim, is_deep, &w, us);
}

static void
note_state(void *arg, const struct chstatus *s)
{
    *(int *)arg = s->state;
}

static bool
is_in_state(void *arg)
{
    const struct wanted *w = arg;
    int state = CHS_INACTIVE;
    channels_each(qmgr_channels(w->n->q), "ASH.BIRCH", false, note_state, &state);
    return state == w->state;
}

bool
pair_until_state(struct pair *p, struct node *n, enum channel_state state, uint64_t us)
{
    struct wanted w = {.n = n, .state = (int)state};
    return is_in_state(&w) || sim_run(p->sim, is_in_state, &w, us);
}
