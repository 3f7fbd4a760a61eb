/*
 * store_world.h - a journal on the simulated disk, and a model of what must be in it.
 *
 * Each commit, prepare or backout is noted with the position that it took and a hash of the whole
 * state after it.  What a crash leaves must be the state after one of them (no commit without those
 * before it, and none by halves), and not before the last one that was said to be durable.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "io/sim.h"

#include "kit.h"

#define WORLD_KEYS 5
#define WORLD_NOTES 4096
#define WORLD_XIDS 4096

struct world_message {
    uint64_t id;
    char head[24];
    uint32_t size;
    bool locked;
};
struct world_prepared {
    uint32_t number;
    struct store_unit *unit;
    uint64_t gets[4];
    size_t n_gets;
    struct world_message puts[4];
    size_t n_puts;
};
struct world_set {
    uint32_t key, value; /* value 0: none */
};

struct world_ticket { /* someone who waits until a position is durable */
    struct world *world;
    uint64_t position;
};

struct world {
    struct sim *sim;
    struct kit kit;
    struct world_message *messages; /* committed */
    size_t n_messages;
    struct world_prepared prepared[4];
    size_t n_prepared;
    uint32_t records[WORLD_KEYS];
    struct world_set sets[WORLD_XIDS]; /* what the prepared unit of this number sets */
    uint32_t next_xid, next_head, next_value;
    struct {
        uint64_t position, state;
    } notes[WORLD_NOTES];
    size_t n_notes;
    struct world_ticket tickets[WORLD_NOTES];
    size_t n_tickets;
    uint64_t acknowledged; /* position */
    struct failure failure;
    size_t full; /* times that a put was refused */
};

struct world *world_new(uint64_t seed);
void world_free(struct world *w);
/* False: the store could not be opened, or broke. */
bool world_open(struct world *w);
bool world_step(struct world *w);
/* Some steps; false when the store broke meanwhile. */
bool world_steps(struct world *w, int n);
void world_must_step(struct world *w, int n);
/* End it, with or without a crash; start again with a sound disk; check what is there. */
void world_crash(struct world *w);
void world_end(struct world *w);
void world_recover(struct world *w);

#endif
