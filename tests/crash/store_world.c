#include "store_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
pick(struct world *w, uint64_t below)
{
    return sim_random(w->sim) % below;
}

/* ---- the state as a number ---- */

static uint64_t
mix(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t z = a * 0x9E3779B97F4A7C15u ^ b * 0xBF58476D1CE4E5B9u ^ c * 0x94D049BB133111EBu;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t
state(const struct world *w)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < w->n_messages; i++)
        sum += mix(1, w->messages[i].id, w->messages[i].size);
    for (uint32_t i = 0; i < WORLD_KEYS; i++)
        sum += mix(2, i, w->records[i]);
    for (size_t i = 0; i < w->n_prepared; i++) {
        const struct world_prepared *p = &w->prepared[i];
        uint64_t part = p->number;
        for (size_t j = 0; j < p->n_gets; j++)
            part += mix(3, p->gets[j], 0);
        for (size_t j = 0; j < p->n_puts; j++)
            part += mix(4, p->puts[j].id, p->puts[j].size);
        sum += mix(5, part, 0);
    }
    return sum;
}

static void
note(struct world *w)
{
    assert_true(w->n_notes < WORLD_NOTES);
    w->notes[w->n_notes].position = store_position(w->kit.store);
    w->notes[w->n_notes++].state = state(w);
}

/* ---- the model ---- */

static void
add_message(struct world *w, const struct world_message *m)
{
    w->messages = realloc(w->messages, (w->n_messages + 1) * sizeof *w->messages);
    assert_non_null(w->messages);
    w->messages[w->n_messages++] = *m;
}

static struct world_message *
find(struct world *w, uint64_t id)
{
    for (size_t i = 0; i < w->n_messages; i++)
        if (w->messages[i].id == id)
            return &w->messages[i];
    return NULL;
}

static void
apply(struct world *w, const struct world_prepared *p, const struct world_set *set)
{
    for (size_t i = 0; i < p->n_gets; i++) {
        struct world_message *m = find(w, p->gets[i]);
        assert_non_null(m);
        *m = w->messages[--w->n_messages];
    }
    for (size_t i = 0; i < p->n_puts; i++)
        add_message(w, &p->puts[i]);
    if (set->value != 0)
        w->records[set->key] = set->value % 7 == 0 ? 0 : set->value;
}

static void
unlock(struct world *w, const struct world_prepared *p)
{
    for (size_t i = 0; i < p->n_gets; i++)
        find(w, p->gets[i])->locked = false;
}

/* ---- steps ---- */

static enum rc
do_put(struct world *w, struct world_prepared *p)
{
    struct world_message *m = &p->puts[p->n_puts];
    static uint8_t body[80000];

    *m = (struct world_message){.size = (uint32_t)pick(w, pick(w, 40) == 0 ? 80000 : 1500)};
    snprintf(m->head, sizeof m->head, "head %u", w->next_head++);
    kit_body(m->head, body, m->size);
    enum rc rc =
        store_put(p->unit, 1, span_str(m->head), span_of(body, m->size), &m->id, &w->failure);
    if (rc == RC_OK)
        p->n_puts++;
    return rc;
}

static enum rc
do_get(struct world *w, struct world_prepared *p)
{
    if (w->n_messages == 0)
        return RC_OK;
    struct world_message *m = &w->messages[pick(w, w->n_messages)];
    if (m->locked)
        return RC_OK;
    enum rc rc = store_get(p->unit, m->id, &w->failure);
    if (rc != RC_OK)
        return rc;
    m->locked = true;
    p->gets[p->n_gets++] = m->id;
    return RC_OK;
}

static enum rc
do_set(struct world *w, struct world_prepared *p, struct world_set *set)
{
    char key[16], value[16] = "";

    *set = (struct world_set){(uint32_t)pick(w, WORLD_KEYS), w->next_value++};
    snprintf(key, sizeof key, "key %u", set->key);
    if (set->value % 7 != 0)
        snprintf(value, sizeof value, "%u", set->value);
    return store_set(p->unit, key, span_str(value), &w->failure);
}

/* Commit, prepare or back out; the model follows what worked. */
static enum rc
do_end(struct world *w, struct world_prepared *p, const struct world_set *set)
{
    char xid[16];
    enum rc rc = RC_OK;
    uint64_t way = pick(w, 10);

    p->number = w->next_xid;
    snprintf(xid, sizeof xid, "xid %u", p->number);
    if (way == 0) {
        store_backout(p->unit);
        unlock(w, p);
    } else if (way == 1 && w->n_prepared < 4) {
        rc = store_prepare(p->unit, span_str(xid), &w->failure);
        if (rc != RC_OK)
            return rc;
        w->sets[w->next_xid++] = *set;
        w->prepared[w->n_prepared++] = *p;
        note(w);
    } else {
        rc = store_commit(p->unit, &w->failure);
        if (rc == RC_OK)
            apply(w, p, set);
        else
            unlock(w, p);
        note(w);
    }
    return rc;
}

static enum rc
do_unit(struct world *w)
{
    struct world_prepared p = {.unit = store_begin(w->kit.store)};
    struct world_set set = {0, 0};
    uint64_t puts = pick(w, 4), gets = pick(w, 4);
    enum rc rc = RC_OK;

    for (uint64_t i = 0; rc == RC_OK && i < puts; i++)
        rc = do_put(w, &p);
    for (uint64_t i = 0; rc == RC_OK && i < gets; i++)
        rc = do_get(w, &p);
    if (rc == RC_OK && pick(w, 4) == 0)
        rc = do_set(w, &p, &set);
    if (rc == RC_OK)
        return do_end(w, &p, &set);
    store_backout(p.unit);
    unlock(w, &p);
    return rc;
}

static enum rc
end_prepared(struct world *w)
{
    struct world_prepared *at = &w->prepared[pick(w, w->n_prepared)];
    struct world_prepared p = *at;
    enum rc rc = RC_OK;

    if (pick(w, 2) == 0) {
        store_backout(p.unit);
        unlock(w, &p);
    } else {
        rc = store_commit(p.unit, &w->failure);
        if (rc != RC_OK)
            return rc;
        apply(w, &p, &w->sets[p.number]);
    }
    *at = w->prepared[--w->n_prepared];
    note(w);
    return rc;
}

static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct world_ticket *t = arg;
    struct world *w = t->world;

    assert_true((rc == RC_OK) == (f == NULL));
    if (rc == RC_OK && t->position > w->acknowledged)
        w->acknowledged = t->position;
}

bool
world_step(struct world *w)
{
    enum rc rc = w->n_prepared > 0 && pick(w, 8) == 0 ? end_prepared(w) : do_unit(w);

    if (rc == RC_FULL)
        w->full++;
    else if (rc != RC_OK)
        return false;
    if (pick(w, 3) == 0) {
        assert_true(w->n_tickets < WORLD_NOTES);
        struct world_ticket *t = &w->tickets[w->n_tickets++];
        *t = (struct world_ticket){w, store_position(w->kit.store)};
        store_when_durable(w->kit.store, t->position, on_durable, t);
    }
    if (pick(w, 30) == 0 && store_sync(w->kit.store, NULL) == RC_OK)
        w->acknowledged = store_position(w->kit.store);
    if (pick(w, 4) == 0)
        sim_run(w->sim, NULL, NULL, pick(w, 2) == 0 ? 0 : pick(w, 4000));
    return w->kit.broken == 0;
}

void
world_must_step(struct world *w, int n)
{
    if (world_steps(w, n))
        return;
    print_message("%s: %s\n", rc_text(w->failure.rc), w->failure.text);
    fail();
}

bool
world_steps(struct world *w, int n)
{
    for (int i = 0; i < n; i++)
        if (!world_step(w))
            return false;
    return true;
}

/* ---- life ---- */

struct world *
world_new(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    w->sim = sim_new(seed);
    kit_init_at(&w->kit, sim_node(w->sim, "node"), "/journal");
    w->kit.options.segment_size = 16384;
    w->kit.options.max_size = 64 * 16384;
    w->next_value = 1;
    w->notes[w->n_notes++].state = state(w);
    return w;
}

void
world_free(struct world *w)
{
    kit_close(&w->kit);
    sim_free(w->sim);
    free(w->messages);
    free(w);
}

bool
world_open(struct world *w)
{
    return kit_open(&w->kit) == RC_OK;
}

void
world_crash(struct world *w)
{
    sim_crash(w->kit.io);
    store_abandon(w->kit.store);
    w->kit.store = NULL;
}

void
world_end(struct world *w)
{
    store_close(w->kit.store);
    w->kit.store = NULL;
}

/* ---- what is there after a restart ---- */

static void
take_prepared(struct world *w, const struct kit_prepared *from)
{
    struct kit *k = &w->kit;
    struct world_prepared p = {.unit = from->unit};

    assert_int_equal(sscanf(from->xid, "xid %u", &p.number), 1);
    assert_true(from->n_gets <= 4);
    for (; p.n_gets < from->n_gets; p.n_gets++) {
        struct world_message *m = find(w, from->gets[p.n_gets]);
        assert_non_null(m);
        m->locked = true;
        p.gets[p.n_gets] = from->gets[p.n_gets];
    }
    for (size_t i = 0; i < k->n_messages; i++) {
        const struct kit_message *m = &k->messages[i];
        if (!m->prepared || strcmp(m->xid, from->xid) != 0)
            continue;
        assert_true(p.n_puts < 4);
        p.puts[p.n_puts] = (struct world_message){.id = m->id, .size = (uint32_t)m->body_size};
        snprintf(p.puts[p.n_puts++].head, 24, "%.23s", m->head);
    }
    w->prepared[w->n_prepared++] = p;
}

/* Build the model from what replay told. */
static void
take_all(struct world *w)
{
    struct kit *k = &w->kit;

    w->n_messages = w->n_prepared = 0;
    memset(w->records, 0, sizeof w->records);
    for (size_t i = 0; i < k->n_records; i++) {
        unsigned key, value;
        assert_int_equal(sscanf(k->records[i].key, "key %u", &key), 1);
        assert_int_equal(sscanf(k->records[i].value, "%u", &value), 1);
        w->records[key] = value;
    }
    for (size_t i = 0; i < k->n_messages; i++) {
        const struct kit_message *m = &k->messages[i];
        struct world_message copy = {.id = m->id, .size = (uint32_t)m->body_size};
        kit_check(k, m->id, m->head, m->body_size);
        snprintf(copy.head, sizeof copy.head, "%.23s", m->head);
        if (!m->prepared)
            add_message(w, &copy);
    }
    for (size_t i = 0; i < k->n_prepared; i++)
        take_prepared(w, &k->prepared[i]);
}

void
world_recover(struct world *w)
{
    struct sim_faults *faults = sim_faults(w->kit.io);
    size_t first = 0, i;

    faults->fail_write = faults->fail_sync = -1;
    while (first + 1 < w->n_notes && w->notes[first + 1].position <= w->acknowledged)
        first++;
    kit_start(&w->kit);
    take_all(w);
    uint64_t is = state(w);
    for (i = first; i < w->n_notes && w->notes[i].state != is; i++)
        continue;
    if (i == w->n_notes)
        print_message("%zu notes, %zu of them acknowledged\n", w->n_notes, first);
    assert_true(i < w->n_notes);
    w->n_notes = w->n_tickets = 0;
    note(w);
    w->acknowledged = store_position(w->kit.store);
}
