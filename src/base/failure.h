/*
 * failure.h - a failure is a value (DESIGN.md, idea 7): what happened, its MQ message id or reason
 * code where one exists, on which side, why, and what to do next.  The layer that knows the
 * object's name describes it, once; the command line, the error log and JSON print the same value.
 *
 * A struct failure is usually a local of the caller; it owns no memory.  Every function that takes
 * one accepts NULL.  Outputs of a function that failed are untouched.
 */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <stdint.h>

#include "base/rc.h"

struct failure {
    enum rc rc;
    char id[12];     /* "AMQ9637E", "CTGSK3009W", or "" */
    int32_t reason;  /* MQRC_*, or 0 */
    char side[49];   /* queue manager, "client", "CA", file name; "" when nobody's */
    char text[512];  /* what happened, one line */
    char cause[512]; /* why, as far as it is certain; may be "" */
    char fix[512];   /* the next thing to do, best a command; may be "" */
};

/* Start a failure: sets rc and text, clears everything else.  Returns rc. */
enum rc fail(struct failure *f, enum rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with the reason of errno (a positive errno value) added to the text. */
enum rc fail_errno(struct failure *f, enum rc rc, int err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Add to a failure that was started. */
void failure_id(struct failure *f, const char *id);
void failure_reason(struct failure *f, int32_t reason);
void failure_side(struct failure *f, const char *side);
void failure_cause(struct failure *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void failure_fix(struct failure *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
