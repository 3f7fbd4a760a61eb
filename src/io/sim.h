/*
 * sim.h - the simulated world: a seeded clock, network and disk.
 *
 * Time stands still until nothing is ready, then jumps to the next event.  The network delays,
 * splits and coalesces what is written, and breaks connections with the probability that was set;
 * addresses are any "host(port)".  The disk keeps, for every file, what is durable and what was
 * written since; sim_crash() forgets, reorders and tears what was not synced.  A world can hold
 * several nodes (one per queue manager), each with a disk, sockets and timers of its own, and a
 * node can be killed and started again.  The same seed and the same calls give the same run.
 */
#ifndef IO_SIM_H
#define IO_SIM_H

#include "io/io.h"

struct sim;

struct sim_faults {
    uint32_t break_ppm;      /* chance, per delivery, that the connection breaks, in 1/1,000,000 */
    uint32_t min_latency_us; /* per delivery */
    uint32_t max_latency_us;
    uint64_t disk_bytes; /* 0: no limit; else writes beyond it get RC_FULL */
    int32_t fail_write;  /* n >= 0: the n-th write from now fails with RC_IO (once); -1: none */
    int32_t fail_sync;   /* n >= 0: the n-th sync from now fails with RC_IO (once); -1: none */
};

struct sim *sim_new(uint64_t seed);
void sim_free(struct sim *sim);
/* A new node: its own disk, its own struct io (freed by sim_free). */
struct io *sim_node(struct sim *sim, const char *name);
struct sim_faults *sim_faults(struct io *node); /* change at any time */
/* Run the whole world until stop(arg) is true or max_us of simulated time passed or nothing is left
 * to happen.  Returns whether stop() said so. */
bool sim_run(struct sim *sim, bool (*stop)(void *arg), void *arg, uint64_t max_us);
/* Kill a node: its streams break for their peers after a random time, its timers, listeners and
 * callbacks vanish, unsynced writes are dropped, reordered or torn.  The caller forgets every
 * object of that node without freeing it (memory is reclaimed by sim_free), then starts it again
 * on the same struct io. */
void sim_crash(struct io *node);
uint64_t sim_random(struct sim *sim);
/* Events so far, hashed: equal for two runs that did the same. */
uint64_t sim_fingerprint(const struct sim *sim);

#endif
