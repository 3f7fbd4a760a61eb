/*
 * parts.h - how the queue manager's core builds its parts and how they tell each other of changes.
 * Internal to qmgr/.
 *
 * Start: objects_new(), mqi_new(), then store_open() whose replay feeds both, then mqi_recovered().
 * End: mqi_free() (prepared units stay prepared), objects_free(), store_close().
 */
#ifndef QMGR_PARTS_H
#define QMGR_PARTS_H

#include "qmgr/mqi.h"
#include "qmgr/objects.h"

/* Record keys: "o/QUEUE/NAME" definitions, "q/NAME" the journal's number of a queue; all others
 * belong to who sets them with mqi_record(). */
#define KEY_OBJECT "o/"
#define KEY_QUEUE "q/"
#define KEY_MAX 200u

/* ---- objects.c ---- */
struct objects *objects_new(struct qmgr *q);
void objects_free(struct objects *o);
enum rc objects_replay(
    struct objects *o, const char *key, struct span value, struct failure *f) MUST_CHECK;
/* Collect what objects_set() writes in this unit, until it is called with NULL. */
void objects_collect(struct objects *o, struct store_unit *u);
/* A temporary dynamic queue: known by name, never in the journal. */
struct queue_def *objects_add_temporary(struct objects *o, const struct queue_def *def);
void objects_drop_temporary(struct objects *o, const char *name);

/* ---- mqi.c ---- */
struct mqi *mqi_new(struct qmgr *q);
void mqi_free(struct mqi *m);
/* A queue is about to be dropped: RC_BUSY when it is open (AMQ8148E) or holds messages (AMQ8143W).
 */
enum rc mqi_may_drop(struct mqi *m, const char *queue, struct failure *f) MUST_CHECK;
void mqi_dropped(struct mqi *m, const char *queue);
/* Its definition changed: waiting gets look again. */
void mqi_changed(struct mqi *m, const char *queue);

/* ---- recover.c: what the journal holds ---- */
void mqi_replay_queue(struct mqi *m, const char *name, struct span value);
void mqi_replay_record(struct mqi *m, const char *key, struct span value);
void mqi_replay_message(struct mqi *m, uint64_t id, uint32_t number, struct span head, size_t size);
void mqi_replay_prepared_put(
    struct mqi *m, struct span xid, uint64_t id, uint32_t number, struct span head, size_t size);
void mqi_replay_prepared(
    struct mqi *m, struct store_unit *u, struct span xid, const uint64_t *gets, size_t n);
/* All is replayed: lock what prepared units hold, bind queues to their definitions. */
void mqi_recovered(struct mqi *m);

#endif
