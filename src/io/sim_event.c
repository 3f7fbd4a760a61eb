/* sim_event.c - what the simulated world is made of: memory, randomness, and the heap of events. */
#include "io/sim_world.h"

/* ---- memory ---- */

void *
sim_alloc(struct sim *sim, size_t n)
{
    struct object *o = io_alloc(sizeof(*o) + n);

    o->prev = &sim->objects;
    o->next = sim->objects.next;
    o->next->prev = o;
    sim->objects.next = o;
    return o + 1;
}

void
sim_release(void *object)
{
    struct object *o = (struct object *)object - 1;

    o->prev->next = o->next;
    o->next->prev = o->prev;
    free(o);
}

/* ---- randomness ---- */

uint64_t
sim_random(struct sim *sim)
{
    /* splitmix64: every seed, also 0, gives a full-period sequence. */
    uint64_t z = sim->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t
sim_between(struct sim *sim, uint64_t low, uint64_t high)
{
    return high <= low ? low : low + sim_random(sim) % (high - low + 1);
}

uint64_t
sim_latency(struct node *node)
{
    return sim_between(node->sim, node->faults.min_latency_us, node->faults.max_latency_us);
}

void
sim_note(struct sim *sim, const void *p, size_t n)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < n; i++) /* FNV-1a */
        sim->fingerprint = (sim->fingerprint ^ bytes[i]) * UINT64_C(0x100000001b3);
}

uint64_t
sim_fingerprint(const struct sim *sim)
{
    return sim->fingerprint;
}

/* ---- events ---- */

static bool
is_before(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

struct event *
sim_at(struct sim *sim, struct node *node, uint64_t at, void (*fn)(void *obj), void *obj)
{
    struct event *e = io_alloc(sizeof(*e));

    *e = (struct event){at, sim->seq++, node, node == NULL ? 0 : node->life, fn, obj};
    if (sim->events == sim->heap_room) {
        sim->heap_room = sim->heap_room == 0 ? 64 : sim->heap_room * 2;
        sim->heap = realloc(sim->heap, sim->heap_room * sizeof(struct event *));
        if (sim->heap == NULL)
            abort();
    }
    size_t i = sim->events++;
    for (; i > 0 && is_before(e, sim->heap[(i - 1) / 2]); i = (i - 1) / 2)
        sim->heap[i] = sim->heap[(i - 1) / 2];
    sim->heap[i] = e;
    return e;
}

void
sim_cancel(struct event *e)
{
    if (e != NULL)
        e->fn = NULL;
}

static struct event *
take_first(struct sim *sim)
{
    struct event *first = sim->heap[0];
    const size_t n = --sim->events;
    struct event *last = sim->heap[n];
    size_t i = 0;

    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && is_before(sim->heap[child + 1], sim->heap[child]))
            child++;
        if (!is_before(sim->heap[child], last))
            break;
        sim->heap[i] = sim->heap[child];
        i = child;
    }
    sim->heap[i] = last;
    return first;
}

static bool
is_dead(const struct event *e)
{
    return e->fn == NULL || (e->node != NULL && e->life != e->node->life);
}

bool
sim_step(struct sim *sim, uint64_t until)
{
    while (sim->events > 0 && is_dead(sim->heap[0]))
        free(take_first(sim));
    if (sim->events == 0 || sim->heap[0]->at > until)
        return false;
    struct event *e = take_first(sim);
    if (e->at > sim->now)
        sim->now = e->at;
    sim_note_number(sim, sim->now);
    if (e->node != NULL) {
        sim_note_number(sim, (uint64_t)e->node->number);
        e->node->calls++;
    }
    e->fn(e->obj);
    free(e);
    return true;
}
