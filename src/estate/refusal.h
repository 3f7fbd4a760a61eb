/*
 * refusal.h - one attempt to start a channel that should be refused, and the verdict on it and its
 * control (refusal.c); intruder.c makes the attempts of intruders.
 */
#ifndef ESTATE_REFUSAL_H
#define ESTATE_REFUSAL_H

#include "estate/run.h"

#define ATTEMPT_MS 10000u

struct attempt {
    bool passed;
    bool told; /* the expected message is in the log of the side that refuses */
    struct failure cause;
};

/* Start a sender on `at` and see whether it comes to run; it is stopped again.  The refusing side's
 * log must hold `code`, unless it passes. */
enum rc refusal_attempt(struct run *r, struct target *at, const char *channel,
    struct target *refuser, const char *code, struct attempt *out, struct failure *f) MUST_CHECK;
/* Tell it: refused with that code on that side, and the control (NULL: none) passes.  RC_OK only
 * for both. */
enum rc refusal_verdict(struct run *r, const char *what, const char *code, const char *side,
    const struct attempt *a, const struct attempt *control, struct failure *f) MUST_CHECK;

#endif
