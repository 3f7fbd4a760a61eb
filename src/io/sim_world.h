/*
 * sim_world.h - inside io/ only: the simulated world, shared by the sim*.c files.
 *
 * Everything that happens is an event in one heap, ordered by time and then by the order in which
 * it was asked for.  An event belongs to a node and to one life of it: a crash begins the next
 * life, and events of an earlier one are dropped.  Objects come from the world's own list, so that
 * sim_free() reclaims what a crashed node left behind.
 */
#ifndef IO_SIM_WORLD_H
#define IO_SIM_WORLD_H

#include <stdalign.h>

#include "io/sim.h"
#include "io/world.h"

struct node;
struct inode;
struct sim_end;
struct sim_listener;

struct event {
    uint64_t at, seq;
    struct node *node; /* NULL: of the world itself, survives every crash */
    uint32_t life;
    void (*fn)(void *obj); /* NULL: cancelled */
    void *obj;
};

struct object { /* stands before each object's memory */
    alignas(max_align_t) struct object *prev;
    struct object *next;
};

struct sim {
    uint64_t random;
    uint64_t now; /* us */
    uint64_t seq;
    uint64_t fingerprint;
    struct event **heap;
    size_t events, heap_room;
    struct object objects; /* head of the list */
    struct node *nodes;
    struct sim_end *ends;
    struct sim_listener *listeners;
    uint16_t next_port;
};

struct node {
    struct io io;
    struct sim *sim;
    struct node *next;
    char *name;
    char host[16]; /* "10.0.0.N" */
    int32_t number;
    uint32_t life;
    uint64_t calls; /* events of this node so far, for io_run_once() */
    bool stopped;
    struct sim_faults faults;
    struct inode *root, *inodes;
    uint64_t used; /* bytes on its disk */
};

static inline struct node *
node_of(struct io *io)
{
    return (struct node *)io;
}

/* ---- sim_event.c ---- */
void *sim_alloc(struct sim *sim, size_t n);
void sim_release(void *object);
/* From low to high, both included. */
uint64_t sim_between(struct sim *sim, uint64_t low, uint64_t high);
uint64_t sim_latency(struct node *node);
struct event *sim_at(
    struct sim *sim, struct node *node, uint64_t at, void (*fn)(void *obj), void *obj);
void sim_cancel(struct event *e); /* NULL is fine */
/* Make the next thing happen, if that is not after `until`. */
bool sim_step(struct sim *sim, uint64_t until);
void sim_note(struct sim *sim, const void *p, size_t n); /* into the fingerprint */
static inline void
sim_note_number(struct sim *sim, uint64_t v)
{
    sim_note(sim, &v, sizeof(v));
}

/* ---- sim_net.c ---- */
struct io_stream *sim_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg);
void sim_write(struct io_stream *s, struct span data);
size_t sim_unsent(const struct io_stream *s);
void sim_read_stop(struct io_stream *s);
void sim_read_start(struct io_stream *s);
void sim_stream_close(struct io_stream *s, bool flush);
bool sim_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid);
enum rc sim_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f);
void sim_listener_close(struct io_listener *l);
void sim_net_crash(struct node *node);
void sim_net_free(struct sim *sim);

/* ---- sim_disk.c ---- */
enum rc sim_file_open(
    struct io *io, const char *path, unsigned flags, struct io_file **out, struct failure *f);
void sim_file_close(struct io_file *file);
enum rc sim_file_size(struct io_file *file, uint64_t *out, struct failure *f);
enum rc sim_file_read(
    struct io_file *file, uint64_t offset, void *to, size_t n, size_t *got, struct failure *f);
enum rc sim_file_write(struct io_file *file, uint64_t offset, struct span data, struct failure *f);
enum rc sim_file_sync(struct io_file *file, struct failure *f);
void sim_file_sync_start(struct io_file *file, io_done_fn *done, void *arg);
enum rc sim_file_lock(struct io_file *file, struct failure *f);

/* ---- sim_tree.c ---- */
enum rc sim_mkdir(struct io *io, const char *path, struct failure *f);
enum rc sim_rename(struct io *io, const char *from, const char *to, struct failure *f);
enum rc sim_remove(struct io *io, const char *path, struct failure *f);
enum rc sim_sync_dir(struct io *io, const char *path, struct failure *f);
enum io_kind sim_kind(struct io *io, const char *path, bool follow);
enum rc sim_list(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f);
void sim_tree_init(struct node *node);
void sim_tree_crash(struct node *node);
void sim_tree_free(struct node *node);

#endif
