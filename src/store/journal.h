/*
 * journal.h - what the files of store/ share: the store itself, its segments, index and units.
 *
 * How reclaiming stays right: segments are only ever given back from the oldest end.  What lives in
 * the oldest one (messages, named records, prepared units) is first appended again, then a
 * CHECKPOINT says which generation is the oldest needed, and only when that is on disk may the file
 * be used again. So any unbroken run of generations that ends with the newest replays to the same
 * state, and a COMMIT carries all ids that it gets: a GETS in a segment that is gone can not bring
 * a message back.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <uthash.h>
#include <utlist.h>

#include "store/record.h"
#include "store/store.h"

#define JOURNAL_PATH_MAX 4096u

struct segment {
    struct record_opening opening;
    uint32_t number;      /* of its file */
    struct io_file *file; /* NULL: open it first, segment_file() */
    uint64_t end;         /* offset after its last record; 0: unused */
    uint64_t free_at;     /* given back, and usable once this position is on disk */
    struct segment *prev, *next;
};

struct part { /* of a body that did not fit into the record of its head */
    uint64_t at;
    uint32_t offset;
    uint32_t n;
};

struct message {
    uint64_t id;
    uint64_t at;        /* position of its PUT or COPY record */
    uint64_t commit_at; /* position of the commit: the order at replay */
    uint32_t queue;
    uint32_t head_n;
    uint32_t body_n;
    uint32_t first_n; /* bytes of the body in the record at `at`; the others are in parts */
    uint32_t n_parts;
    struct part *parts;        /* by offset */
    struct store_unit *put_by; /* NULL when committed */
    struct store_unit *got_by; /* NULL when free */
    uint8_t *head;             /* during replay only */
    UT_hash_handle hh;
};

struct named { /* a named record, or one that a unit is about to set */
    char *key;
    uint64_t at;    /* position of its SET or KEEP record */
    size_t value_n; /* 0: drop it */
    uint8_t *value; /* in units and during replay only */
    struct named *prev, *next;
    UT_hash_handle hh;
};

struct store_unit {
    struct store *store;
    uint64_t number;
    struct message **puts;
    size_t n_puts, puts_room;
    uint64_t *gets; /* ids, also of own puts that were got again */
    size_t n_gets, gets_room;
    struct named *sets; /* list */
    uint64_t bytes;
    uint64_t group_at; /* prepared: position of the first record of its PREPARE */
    uint64_t group_bytes;
    enum rc dead; /* it was backed out: why */
    bool prepared;
    struct span xid; /* of xid_bytes */
    uint8_t xid_bytes[STORE_XID_MAX];
    UT_hash_handle hh;
};

struct waiter {
    uint64_t position;
    io_done_fn *fn;
    void *arg;
    struct waiter *prev, *next;
};

struct store {
    struct io *io;
    char *dir;
    struct io_file *lock;
    struct store_options options;
    const struct store_replay *replay;
    void *arg;

    /* Segments: in log order, the last one is written to; given back but not yet usable; usable. */
    struct segment *used, *leaving, *spare;
    struct segment *active;
    size_t n_used, n_spare, n_files;
    uint64_t total; /* bytes of all files */
    uint32_t next_number;
    bool disk_full;        /* a new segment did not fit; tried again after a while */
    uint64_t disk_full_at; /* io_now() */

    struct buf tail;     /* appended to the active segment, not yet written */
    uint64_t tail_at;    /* the offset where it goes */
    uint64_t durable;    /* everything before this position is on disk */
    size_t record_begun; /* in tail, between log_begin() and log_end() */

    struct message *messages; /* by id */
    struct named *names;      /* by key */
    struct store_unit *units; /* by number; also prepared ones */
    uint64_t next_id, next_unit;
    uint64_t live;
    uint64_t prepared;

    struct io_timer *timer;
    struct waiter *waiters;
    struct waiter *telling; /* those of them that are being called */
    /* Syncs on a worker thread have a file of their own: when one fails, the system tells every
     * open file once, so that a blocking sync meanwhile does not take the news from it. */
    struct io_file *sync_file;
    uint64_t sync_generation; /* which segment it is */
    bool syncing;
    uint64_t syncing_to;
    uint64_t sync_us; /* what the last one took */
    uint64_t syncs, appends;
    bool told;    /* that it is broken */
    bool *closed; /* set when the store is closed inside one of its callbacks */
    struct failure broken;
};

/* ---- segment.c: files ---- */
void segment_path(const struct store *s, uint32_t number, char to[JOURNAL_PATH_MAX]);
struct segment *segment_new(uint32_t number);
void segment_free(struct segment *g);
enum rc segment_file(struct store *s, struct segment *g, struct failure *f) MUST_CHECK;
/* A new zero-filled file among the spare ones. */
enum rc segment_create(struct store *s, struct failure *f) MUST_CHECK;
/* Remove a spare file. */
enum rc segment_remove(struct store *s, struct segment *g, struct failure *f) MUST_CHECK;
/* Go on in a spare segment: RC_FULL when there is none. */
enum rc segment_switch(struct store *s, struct failure *f) MUST_CHECK;
/* Write everything of the active segment again and sync it: after a sync that failed, what reads
 * back may not be on disk.  What follows its end is cleared when clear is set. */
enum rc segment_settle(struct store *s, bool clear, struct failure *f) MUST_CHECK;
struct segment *segment_at(const struct store *s, uint64_t position);
static inline uint64_t
segment_limit(const struct segment *g)
{
    return g->opening.size - RECORD_OPENING;
}

/* ---- log.c: appending and reading ---- */
/* Start a record with so many bytes of payload, in the next segment when it does not fit here;
 * append the payload to s->tail; end it.  log_end() returns its position. */
enum rc log_begin(struct store *s, size_t payload, struct failure *f) MUST_CHECK;
uint64_t log_end(struct store *s, enum record_kind kind);
/* Append a PUT and the parts after it, and note in m where they are. */
enum rc log_message(struct store *s, const struct record_message *r, struct message *m,
    struct failure *f) MUST_CHECK;
/* Append one record of a message that stands already: the way it is copied forward. */
enum rc log_copy(struct store *s, enum record_kind kind, const struct record_message *r,
    uint64_t *at, struct failure *f) MUST_CHECK;
enum rc log_part(
    struct store *s, const struct record_part *p, uint64_t *at, struct failure *f) MUST_CHECK;
enum rc log_flush(struct store *s, struct failure *f) MUST_CHECK;
/* Append the body of a message to out. */
enum rc log_read(
    struct store *s, const struct message *m, struct buf *out, struct failure *f) MUST_CHECK;
/* Bytes of log that a message, or a record with so much payload, needs at most. */
uint64_t log_message_bytes(const struct store *s, size_t head, size_t body);
size_t log_payload_max(const struct store *s);
static inline uint64_t
log_position(const struct store *s)
{
    return s->active->opening.base + s->tail_at + s->tail.n;
}

/* ---- index.c: what is in the store ---- */
struct message *message_new(const struct record_message *r);
struct message *message_find(const struct store *s, uint64_t id);
/* The part of m that starts at this offset stands there now. */
void message_part(struct message *m, const struct part *p);
bool message_is_whole(const struct message *m);
void message_free(struct message *m); /* one that is in no index */
void message_add(struct store *s, struct message *m);
void message_drop(struct store *s, struct message *m); /* frees it */
uint64_t message_bytes(const struct message *m);
struct named *named_new(struct span key, struct span value);
void named_free(struct named *n);
struct named *named_find(const struct store *s, struct span key);
uint64_t named_bytes(const struct named *n);
/* Take n as the committed value of its key. */
void named_take(struct store *s, struct named **n, bool keep_value);
void index_free(struct store *s);

/* ---- unit.c ---- */
struct store_unit *unit_new(struct store *s, uint64_t number);
void unit_free(struct store_unit *u); /* takes it out of the store; its messages are not touched */
struct store_unit *unit_find(const struct store *s, uint64_t number);
void unit_add_put(struct store_unit *u, struct message *m);
void unit_add_get(struct store_unit *u, uint64_t id);
void unit_clear_sets(struct store_unit *u);
/* Make what the unit did so, as committed at this position; or not so. The unit is left empty. */
void unit_apply(struct store_unit *u, uint64_t commit_at, bool keep_values);
void unit_undo(struct store_unit *u);
/* Append its SETs, GETS and the record that ends them (PREPARE or COMMIT). */
enum rc unit_write(
    struct store_unit *u, enum record_kind kind, uint64_t *at, struct failure *f) MUST_CHECK;
uint64_t unit_write_bytes(const struct store_unit *u);

/* ---- commit.c: durability ---- */
/* The journal can not go on: remember why, tell the owner from the loop.  Returns f's code. */
enum rc store_break(struct store *s, const struct failure *f);
enum rc store_check(const struct store *s, struct failure *f) MUST_CHECK; /* is it broken? */
enum rc commit_sync(struct store *s, struct failure *f) MUST_CHECK;       /* flush and sync now */
void commit_on_timer(void *arg);
void commit_fini(struct store *s);

/* ---- reclaim.c: space ---- */
enum space { SPACE_PUT, SPACE_SET, SPACE_GET, SPACE_COPY }; /* each may use more of the reserve */
/* Make room for so many bytes of log.  RC_FULL when there is none for this purpose. */
enum rc space_make(
    struct store *s, enum space purpose, uint64_t bytes, struct failure *f) MUST_CHECK;
/* Give back what is too much, a little at a time. */
void space_tend(struct store *s);
/* Segments that wait for a sync which has happened become usable. */
void space_release(struct store *s);

#endif
