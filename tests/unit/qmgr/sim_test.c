/*
 * A channel between two queue managers under broken connections and crashes: every message arrives
 * exactly once and in order.  GROVE_SEEDS=n runs n seeds, GROVE_SEED=s just one.
 */
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 60
#define DRAIN (900 * SECOND)

/* ---- what was put for sure ---- */
enum { NOT_PUT, MAYBE, SURE };
struct ledger {
    int state[MESSAGES];
    int next;
};

static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    (void)arg;
    (void)rc;
    (void)f;
}

static void
put_next(struct pair *p, struct ledger *l)
{
    char text[16];
    if (!p->ash.up || l->next == MESSAGES)
        return;
    snprintf(text, sizeof text, "%d", l->next);
    if (!node_put(&p->ash, "OUT", text, 1))
        return;
    struct store *s = qmgr_store(p->ash.q);
    l->state[l->next] = store_is_durable(s, store_position(s)) ? SURE : MAYBE;
    l->next++;
    store_when_durable(s, store_position(s), on_durable, l); /* an application that waits */
}

/* What is not on the disk when the machine dies stays a "maybe". */
static void
note_durable(struct pair *p, struct ledger *l)
{
    struct store *s = p->ash.up ? qmgr_store(p->ash.q) : NULL;
    if (s == NULL || !store_is_durable(s, store_position(s)))
        return;
    for (int i = 0; i < l->next; i++)
        if (l->state[i] == MAYBE)
            l->state[i] = SURE;
}

static void
forget_maybes(struct ledger *l)
{
    for (int i = 0; i < l->next; i++)
        if (l->state[i] == MAYBE)
            l->state[i] = NOT_PUT; /* it may come all the same: checked only for order and number */
}

static void
check_delivery(struct pair *p, const struct ledger *l, uint64_t seed)
{
    char text[32];
    int seen[MESSAGES] = {0}, last = -1;
    while (node_get(&p->birch, "IN", text, sizeof text)) {
        int i = atoi(text);
        if (i <= last)
            fail_msg("seed %llu: message %d after %d", (unsigned long long)seed, i, last);
        last = i;
        seen[i]++;
    }
    for (int i = 0; i < l->next; i++)
        if (l->state[i] == SURE && seen[i] != 1)
            fail_msg(
                "seed %llu: message %d arrived %d times", (unsigned long long)seed, i, seen[i]);
}

/* ---- trouble ---- */
static bool
chance(struct pair *p, unsigned in)
{
    return sim_random(p->sim) % in == 0;
}

static void
maybe_kill(struct pair *p, struct node *n, struct ledger *l)
{
    if (!n->up || !chance(p, 12))
        return;
    if (n == &p->ash) {
        note_durable(p, l);
        forget_maybes(l);
    }
    node_kill(n);
}

static void
maybe_open(struct pair *p, struct node *n)
{
    if (!n->up && chance(p, 3))
        node_open(n);
}

static void
calm(struct pair *p)
{
    sim_faults(p->ash.io)->break_ppm = sim_faults(p->birch.io)->break_ppm = 0;
    if (!p->ash.up)
        node_open(&p->ash);
    if (!p->birch.up)
        node_open(&p->birch);
}

static bool
all_quiet(void *arg)
{
    struct pair *p = arg;
    struct queue_figures f;
    assert_true(mqi_queue_figures(qmgr_mqi(p->ash.q), "BIRCH", &f));
    return f.depth == 0 && f.uncommitted == 0;
}

static void
settle(struct pair *p, const struct ledger *l, uint64_t seed)
{
    calm(p);
    if (!all_quiet(p) && !sim_run(p->sim, all_quiet, p, DRAIN))
        fail_msg("seed %llu: messages are stuck\n%s", (unsigned long long)seed,
            node_says(&p->ash, "DISPLAY CHSTATUS(ASH.BIRCH) ALL"));
    check_delivery(p, l, seed);
    assert_int_equal(node_depth(&p->birch, "DLQ"), 0);
}

static void
prepare(struct pair *p, uint64_t seed)
{
    char extra[80];
    pair_open(p, seed);
    snprintf(extra, sizeof extra, "BATCHSZ(%d) BATCHINT(%d) DISCINT(0)",
        (int)(1 + sim_random(p->sim) % 7), (int)(sim_random(p->sim) % 2 * 200));
    pair_define(p, extra);
    node_runs(&p->ash, "START CHANNEL(ASH.BIRCH)");
    pair_run(p, 2 * SECOND);
}

static void
run_seed(uint64_t seed)
{
    struct pair p;
    struct ledger l = {0};
    prepare(&p, seed);
    sim_faults(p.ash.io)->break_ppm = sim_faults(p.birch.io)->break_ppm = 5000;
    for (int step = 0; step < 80; step++) {
        put_next(&p, &l);
        pair_run(&p, 1000 + sim_random(p.sim) % (600 * 1000));
        note_durable(&p, &l);
        maybe_kill(&p, &p.ash, &l);
        maybe_kill(&p, &p.birch, &l);
        maybe_open(&p, &p.ash);
        maybe_open(&p, &p.birch);
    }
    settle(&p, &l, seed);
    pair_close(&p);
}

static void
random_trouble(void **state)
{
    (void)state;
    const char *one = getenv("GROVE_SEED"), *many = getenv("GROVE_SEEDS");
    if (one != NULL) {
        run_seed(strtoull(one, NULL, 10));
        return;
    }
    unsigned n = many != NULL ? (unsigned)atoi(many) : 8;
    for (uint64_t seed = 1; seed <= n; seed++)
        run_seed(seed);
}

/* ---- named points ---- */
struct kill {
    const char *point;
    bool hit;
};

static bool
dies(void *arg, const char *point)
{
    struct kill *k = arg;
    k->hit = k->hit || strcmp(point, k->point) == 0;
    return k->hit;
}

static bool
is_hit(void *arg)
{
    return ((struct kill *)arg)->hit;
}

static void
aim(struct node *n, struct kill *k)
{
    qmgr_channels(n->q)->dies = dies;
    qmgr_channels(n->q)->dies_arg = k;
}

static void
die_and_return(struct pair *p, struct node *n, struct kill *k, const char *point)
{
    if (!k->hit && !sim_run(p->sim, is_hit, k, 60 * SECOND))
        fail_msg("the point '%s' was never reached", point);
    node_kill(n);
    pair_run(p, 500 * 1000);
    node_open(n);
}

static void
put_some(struct pair *p, struct ledger *l, int n)
{
    for (int i = 0; i < n; i++)
        put_next(p, l);
    pair_run(p, 1000);
    assert_int_equal(store_sync(qmgr_store(p->ash.q), NULL), RC_OK);
    note_durable(p, l);
}

/* Some points are only met when the batch is already in doubt: die once before, to bring that
 * about. */
static void
kill_at(const char *point, bool at_sender, const char *before)
{
    struct pair p;
    struct ledger l = {0};
    prepare(&p, 7);
    put_some(&p, &l, 3);
    pair_run(&p, 3 * SECOND);
    struct node *n = at_sender ? &p.ash : &p.birch;
    struct kill first = {.point = before}, k = {.point = point};
    if (before != NULL) {
        aim(&p.ash, &first);
        put_some(&p, &l, 4);
        die_and_return(&p, &p.ash, &first, before);
    }
    aim(n, &k);
    if (before == NULL)
        put_some(&p, &l, 5);
    die_and_return(&p, n, &k, point);
    put_some(&p, &l, 2);
    settle(&p, &l, 7);
    pair_close(&p);
}

static void
every_point(void **state)
{
    (void)state;
    static const struct {
        const char *point;
        bool at_sender;
        const char *before;
    } points[] = {
        {"S before the record", true, NULL},
        {"S recorded", true, NULL},
        {"S prepared", true, NULL},
        {"S hardened", true, NULL},
        {"S asked", true, NULL},
        {"S confirmed", true, NULL},
        {"S committed", true, NULL},
        {"S resynchronised", true, "S asked"},
        {"S settled", true, "S asked"},
        {"S resynchronised", true, "S hardened"},
        {"S settled", true, "S hardened"},
        {"R put", false, NULL},
        {"R asked", false, NULL},
        {"R committed", false, NULL},
        {"R durable", false, NULL},
        {"R answered", false, NULL},
        {"R resynchronised", false, "S asked"},
    };
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        kill_at(points[i].point, points[i].at_sender, points[i].before);
}

/* The same seed is the same run. */
static void
replays(void **state)
{
    (void)state;
    uint64_t fingerprint[2];
    for (int i = 0; i < 2; i++) {
        struct pair p;
        struct ledger l = {0};
        prepare(&p, 99);
        put_some(&p, &l, 10);
        pair_run(&p, 5 * SECOND);
        fingerprint[i] = sim_fingerprint(p.sim);
        pair_close(&p);
    }
    assert_true(fingerprint[0] == fingerprint[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point),
        cmocka_unit_test(random_trouble),
        cmocka_unit_test(replays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
