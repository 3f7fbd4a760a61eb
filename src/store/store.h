/*
 * store.h - one journal per queue manager: messages, definitions and synchronisation records in the
 * same transaction (DESIGN.md, idea 2).
 *
 * The store knows two things.  A *record* is a named blob (a definition, a channel's
 * synchronisation record): the last committed value counts.  A *message* is a blob on a queue (a
 * number that the queue manager gives): put once, got once.  A message has a head, which is handed
 * back at replay and kept in memory by the caller, and a body, which stays in the journal until it
 * is read.
 *
 * A unit of work collects puts, gets and records.  Nothing of it is seen by replay until it is
 * committed; a commit takes effect in log order when it is appended, and is durable when
 * store_position() up to there has been synced: wait with store_when_durable().  A unit that is
 * prepared survives a restart, and is handed back by replay.  A sync that failed is never tried
 * again: on_broken is called and the queue manager ends.
 *
 * On disk: segments NNNNNNNN.seg of a fixed size, filled with zeros beforehand and recycled.  Each
 * record carries length, kind, and a CRC32C over its bytes, the segment's generation and its
 * position, so that records of an earlier life of the segment never replay.  Each segment opens
 * with the format version.  What still counts in the oldest segment (messages, records, prepared
 * units) is copied forward, so that the journal stays under twice the live data plus four segments
 * (three are its least).  A journal that exists keeps the segment size that it was made with.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/bytes.h"
#include "base/failure.h"
#include "io/io.h"

struct store;
struct store_unit;

#define STORE_XID_MAX 64u

struct store_options {
    uint64_t segment_size; /* bytes; 0: 4 MiB */
    uint64_t max_size;     /* bytes of all segments; 0: 1 GiB.  Puts get RC_FULL above it (and when
                              the disk is full); gets, backouts and records use a reserve */
    uint64_t max_unit_bytes; /* 0: half of max_size; a longer unit is backed out: RC_LIMIT */
};

/* What was found at start, in log order; all pointers borrowed for the call. */
struct store_replay {
    void (*record)(void *arg, const char *key, struct span value);
    /* One committed message; got_by_prepared: it stands locked in a prepared unit, announced later.
     */
    void (*message)(void *arg, uint64_t id, uint32_t queue, struct span head, size_t body_size);
    /* A prepared unit: its xid, the unit itself (commit or back it out later), the ids of the
     * committed messages that it gets, and the messages that it puts (announced through `put`
     * before). */
    void (*prepared)(
        void *arg, struct store_unit *unit, struct span xid, const uint64_t *gets, size_t n_gets);
    void (*prepared_put)(void *arg, struct span xid, uint64_t id, uint32_t queue, struct span head,
        size_t body_size);
    /* Something that the operator should know, e.g. a torn tail that was cut. */
    void (*notice)(void *arg, const struct failure *what);
    /* The journal can not go on (a sync or write failed): end the queue manager. */
    void (*broken)(void *arg, const struct failure *why);
};

/* Open the journal in folder dir (made when it is absent), replay it, lock it.
 * RC_CORRUPT: a bad record has valid ones of its generation after it: nothing was changed, f says
 * which file and offset and what to do.  RC_BUSY: another process has it. */
enum rc store_open(struct io *io, const char *dir, const struct store_options *options,
    const struct store_replay *replay, void *arg, struct store **out, struct failure *f) MUST_CHECK;
/* Sync and close.  Units still open are backed out; prepared ones stay prepared. */
void store_close(struct store *s);
/* Forget the store without touching the disk or its io: after sim_crash(). */
void store_abandon(struct store *s);

struct store_unit *store_begin(struct store *s);
/* Add a message; *id is its number, unique in this store for ever, growing. */
enum rc store_put(struct store_unit *u, uint32_t queue, struct span head, struct span body,
    uint64_t *id, struct failure *f) MUST_CHECK;
/* Remove a committed message, or one put by this same unit. */
enum rc store_get(struct store_unit *u, uint64_t id, struct failure *f) MUST_CHECK;
/* Set a record; an empty value drops it. */
enum rc store_set(
    struct store_unit *u, const char *key, struct span value, struct failure *f) MUST_CHECK;
/* Write the unit's work as prepared under xid (unique).  It can then only be committed or backed
 * out (also store_set() may add to it before the commit: those records are written by the commit).
 */
enum rc store_prepare(struct store_unit *u, struct span xid, struct failure *f) MUST_CHECK;
/* Commit frees the unit, also when it fails (it was then backed out).  An empty unit writes
 * nothing. */
enum rc store_commit(struct store_unit *u, struct failure *f) MUST_CHECK;
void store_backout(struct store_unit *u);

/* The position after the last record that was appended. */
uint64_t store_position(const struct store *s);
/* Call fn(arg, RC_OK, NULL) from the event loop once everything up to position is on disk; at once
 * ready positions are also called from the loop, in order. When nothing else is ready the store
 * syncs at once, otherwise waiting commits share a sync. */
void store_when_durable(struct store *s, uint64_t position, io_done_fn *fn, void *arg);
/* Forget a callback that was asked for (its owner goes away): all with this arg. */
void store_forget(struct store *s, void *arg);
bool store_is_durable(const struct store *s, uint64_t position);
/* Sync now, blocking. */
enum rc store_sync(struct store *s, struct failure *f) MUST_CHECK;

/* Append the body of a message to out. */
enum rc store_read(struct store *s, uint64_t id, struct buf *out, struct failure *f) MUST_CHECK;

struct store_figures {
    uint64_t disk_bytes, live_bytes, segments, messages, records, prepared, syncs, appends;
};
void store_figures(const struct store *s, struct store_figures *out);

#endif
