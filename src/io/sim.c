/* sim.c - the simulated world: its life, its nodes, their clock, timers and worker threads. */
#include <assert.h>
#include <stdio.h>

#include "io/sim_world.h"

/* 1 January 2026 00:00 UTC: a run does not depend on when it is made. */
#define SIM_WALL_START INT64_C(1767225600000000)

/* ---- running ---- */

static uint64_t
time_after(const struct sim *sim, uint64_t us)
{
    return us > UINT64_MAX - sim->now ? UINT64_MAX : sim->now + us;
}

bool
sim_run(struct sim *sim, bool (*stop)(void *arg), void *arg, uint64_t max_us)
{
    uint64_t until = time_after(sim, max_us);

    while (stop == NULL || !stop(arg)) {
        if (sim_step(sim, until))
            continue;
        if (sim->events > 0)
            sim->now = until;
        return false;
    }
    return true;
}

static void
node_run(struct io *io)
{
    struct node *node = node_of(io);

    node->stopped = false;
    while (!node->stopped && sim_step(node->sim, UINT64_MAX))
        continue;
}

static void
node_run_once(struct io *io, uint64_t wait_ms)
{
    struct node *node = node_of(io);
    uint64_t calls = node->calls;
    uint64_t until = time_after(node->sim, wait_ms > UINT64_MAX / 1000 ? UINT64_MAX
                                                                         : wait_ms * 1000);

    while (node->calls == calls && sim_step(node->sim, until))
        continue;
    if (node->calls == calls && until != UINT64_MAX)
        node->sim->now = until;
    /* The rest of what is ready at this time. */
    while (node->calls != calls && sim_step(node->sim, node->sim->now))
        continue;
}

static void
node_stop(struct io *io)
{
    node_of(io)->stopped = true;
}

static void
node_free(struct io *io)
{
    (void)io; /* its disk outlives it, as a machine's does; sim_free() frees both */
}

/* ---- clock and randomness of a node ---- */

static uint64_t
node_now_us(struct io *io)
{
    return node_of(io)->sim->now;
}

static int64_t
node_wall(struct io *io)
{
    return SIM_WALL_START + (int64_t)node_of(io)->sim->now;
}

static void
node_random(struct io *io, void *to, size_t n)
{
    uint8_t *bytes = to;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(sim_random(node_of(io)->sim) >> 32);
}

/* ---- timers ---- */

struct sim_timer {
    struct io_timer base;
    struct event *due;
};

static void
timer_fires(void *obj)
{
    struct sim_timer *t = obj;

    t->due = NULL;
    t->base.fn(t->base.arg);
}

static struct io_timer *
node_timer_new(struct io *io, io_timer_fn *fn, void *arg)
{
    struct sim_timer *t = sim_alloc(node_of(io)->sim, sizeof(*t));

    t->base = (struct io_timer){io, fn, arg};
    return &t->base;
}

static void
node_timer_stop(struct io_timer *base)
{
    struct sim_timer *t = (struct sim_timer *)base;

    sim_cancel(t->due);
    t->due = NULL;
}

static void
node_timer_set(struct io_timer *base, uint64_t ms)
{
    struct sim_timer *t = (struct sim_timer *)base;
    struct node *node = node_of(base->io);

    node_timer_stop(base);
    uint64_t us = ms > UINT64_MAX / 1000 ? UINT64_MAX : ms * 1000;
    t->due = sim_at(node->sim, node, time_after(node->sim, us), timer_fires, t);
}

static void
node_timer_free(struct io_timer *base)
{
    node_timer_stop(base);
    sim_release(base);
}

static void
node_later(struct io *io, io_timer_fn *fn, void *arg)
{
    struct node *node = node_of(io);

    sim_at(node->sim, node, node->sim->now, fn, arg);
}

/* ---- worker threads and signals ---- */

struct sim_work {
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void
work_happens(void *obj)
{
    struct sim_work w = *(struct sim_work *)obj;

    sim_release(obj);
    w.work(w.arg);
    w.done(w.arg);
}

static void
node_work(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct node *node = node_of(io);
    struct sim_work *w = sim_alloc(node->sim, sizeof(*w));

    *w = (struct sim_work){work, done, arg};
    sim_at(node->sim, node, node->sim->now + sim_between(node->sim, 1, 2000), work_happens, w);
}

static struct io_signal *
node_signal_new(struct io *io, int signo, io_timer_fn *fn, void *arg)
{
    struct io_signal *s = sim_alloc(node_of(io)->sim, sizeof(*s));

    (void)signo; /* nobody sends any in here */
    *s = (struct io_signal){io, fn, arg};
    return s;
}

static void
node_signal_free(struct io_signal *s)
{
    sim_release(s);
}

static const struct io_ops sim_ops = {
    .free = node_free,
    .run = node_run,
    .run_once = node_run_once,
    .stop = node_stop,
    .now_us = node_now_us,
    .wall = node_wall,
    .random = node_random,
    .timer_new = node_timer_new,
    .timer_set = node_timer_set,
    .timer_stop = node_timer_stop,
    .timer_free = node_timer_free,
    .later = node_later,
    .connect = sim_connect,
    .write = sim_write,
    .unsent = sim_unsent,
    .read_stop = sim_read_stop,
    .read_start = sim_read_start,
    .stream_close = sim_stream_close,
    .credentials = sim_credentials,
    .listen = sim_listen,
    .listener_close = sim_listener_close,
    .file_open = sim_file_open,
    .file_close = sim_file_close,
    .file_size = sim_file_size,
    .file_read = sim_file_read,
    .file_write = sim_file_write,
    .file_sync = sim_file_sync,
    .file_sync_start = sim_file_sync_start,
    .file_lock = sim_file_lock,
    .mkdir = sim_mkdir,
    .rename = sim_rename,
    .remove = sim_remove,
    .sync_dir = sim_sync_dir,
    .kind = sim_kind,
    .list = sim_list,
    .work = node_work,
    .signal_new = node_signal_new,
    .signal_free = node_signal_free,
};

/* ---- life ---- */

struct sim *
sim_new(uint64_t seed)
{
    struct sim *sim = io_alloc(sizeof(*sim));

    sim->random = seed;
    sim->fingerprint = UINT64_C(0xcbf29ce484222325);
    sim->objects.prev = sim->objects.next = &sim->objects;
    sim->next_port = 49152;
    return sim;
}

struct io *
sim_node(struct sim *sim, const char *name)
{
    struct node *node = io_alloc(sizeof(*node));

    node->io.ops = &sim_ops;
    node->sim = sim;
    node->name = io_copy(name);
    node->number = sim->nodes == NULL ? 1 : sim->nodes->number + 1;
    assert(node->number < 255);
    snprintf(node->host, sizeof(node->host), "10.0.0.%d", node->number & 0xff);
    node->faults = (struct sim_faults){
        .min_latency_us = 50, .max_latency_us = 500, .fail_write = -1, .fail_sync = -1};
    sim_tree_init(node);
    node->next = sim->nodes;
    sim->nodes = node;
    return &node->io;
}

struct sim_faults *
sim_faults(struct io *io)
{
    return &node_of(io)->faults;
}

void
sim_crash(struct io *io)
{
    struct node *node = node_of(io);

    sim_note_number(node->sim, UINT64_C(0xc4a5) + node->life);
    sim_net_crash(node);
    sim_tree_crash(node);
    node->life++; /* its events are of an earlier life now */
    node->stopped = true;
}

void
sim_free(struct sim *sim)
{
    if (sim == NULL)
        return;
    while (sim->events > 0)
        free(sim->heap[--sim->events]);
    free(sim->heap);
    sim_net_free(sim);
    for (struct node *node = sim->nodes, *next; node != NULL; node = next) {
        next = node->next;
        sim_tree_free(node);
        free(node->name);
        free(node);
    }
    while (sim->objects.next != &sim->objects)
        sim_release(sim->objects.next + 1);
    free(sim);
}
