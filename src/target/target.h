/*
 * target.h - a queue manager that Grove administers: one interface, ways to reach it behind it.
 *
 * Now there is one way: `embedded`, Grove's own queue manager in a process of its own.  The estate
 * knows only this interface, so that a real queue manager is a row in target_ways[], not a special
 * case.
 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include "client/client.h"
#include "io/io.h"
#include "mqsc/mqsc.h"

struct target;

/* way: "embedded".  data: the folder of all queue managers ($GROVE_DATA).  The queue manager need
 * not exist. */
enum rc target_open(struct io *io, const char *way, const char *data, const char *qmgr,
    struct target **out, struct failure *f) MUST_CHECK;
void target_free(struct target *t);
const char *target_qmgr(const struct target *t);

/* ---- life ---- */
bool target_exists(struct target *t);
bool target_is_running(struct target *t);
int32_t target_pid(struct target *t); /* 0: not running, or not known */
enum rc target_create(
    struct target *t, const char *dead_letter_queue, struct failure *f) MUST_CHECK;
enum rc target_start(struct target *t, struct failure *f) MUST_CHECK; /* fine when it runs */
enum target_end {
    TARGET_END_QUIESCE,
    TARGET_END_WAIT,
    TARGET_END_IMMEDIATE,
    TARGET_END_PREEMPTIVE
};
enum rc target_stop(struct target *t, enum target_end how,
    struct failure *f) MUST_CHECK;                                     /* fine when it does not */
enum rc target_delete(struct target *t, struct failure *f) MUST_CHECK; /* must not run */

/* ---- administration ---- */
/* One MQSC command.  Its text answer is appended to out (may be NULL).  When the queue manager
 * refused it, RC_REFUSED and f has the message's id and text. */
enum rc target_mqsc(
    struct target *t, const char *command, struct buf *out, struct failure *f) MUST_CHECK;
enum rc target_mqscf(struct target *t, struct failure *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4))) MUST_CHECK;
/* The value of one attribute of the first object that the command displays; "" when there is none.
 * RC_NOT_FOUND when nothing is displayed. */
enum rc target_ask(struct target *t, const char *command, const char *attribute, char *to,
    size_t size, struct failure *f) MUST_CHECK;

/* The value of one cell of a displayed object; "" when it is absent or blank. */
const char *target_cell(const struct mqsc_cell_value *cells, size_t n, const char *keyword);

/* ---- messages ---- */
enum rc target_put(struct target *t, const char *queue, struct span data, uint8_t msgid[24],
    struct failure *f) MUST_CHECK; /* persistent, outside syncpoint */
/* Get the message with this id (all zero: the next one), waiting at most wait_ms. RC_NOT_FOUND:
 * none came. */
enum rc target_get(struct target *t, const char *queue, const uint8_t msgid[24], int32_t wait_ms,
    struct mqmd *md, struct buf *out, struct failure *f) MUST_CHECK;

/* ---- error log ---- */
/* Where the log ends now; and whether a message with this id was written since. Its lines go to
 * text. */
uint64_t target_log_mark(struct target *t);
bool target_log_has(struct target *t, uint64_t mark, const char *id, char *text, size_t size);
/* The first message since mark that says why a channel failed (an E or S message other than
 * AMQ9999). */
bool target_log_cause(struct target *t, uint64_t mark, struct failure *out);

#endif
