/*
 * replay.h - from records to the state that they mean.  replay.c applies records and knows no
 * files; scan.c finds the segments, checks them and feeds their records in log order.
 */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "store/journal.h"

struct replay {
    struct store *store;
    struct message *stubs;   /* parts whose head has not been seen yet */
    struct store_unit group; /* SETs and GETS of the PREPARE or COMMIT to come; in no index */
    uint64_t group_at;
    uint64_t oldest; /* generation that a CHECKPOINT named */
    bool closed;     /* the last record was CLOSE */
};

void replay_init(struct replay *r, struct store *s);
void replay_fini(struct replay *r);
/* False: the record makes no sense. */
bool replay_apply(struct replay *r, const struct record *rec, uint64_t at) MUST_CHECK;
/* After the last record.  False: a committed message lacks bytes. */
bool replay_finish(struct replay *r, uint64_t *bad_id) MUST_CHECK;
/* Tell the owner, and let go what is kept for that only. */
void replay_announce(struct store *s);

/* ---- scan.c ---- */
/* Find and check the segments and apply them.  Nothing on the disk is changed. */
struct scan {
    struct replay replay;
    struct segment **found;
    size_t n_found, room;
    bool clean; /* the store was closed properly */
    bool torn;  /* something stands behind the end that must not stay */
    struct failure notice;
};
enum rc scan_run(struct scan *scan, struct store *s, struct failure *f) MUST_CHECK;
void scan_fini(struct scan *scan);

#endif
