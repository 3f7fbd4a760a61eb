/*
 * apply.h - `grove apply`: the estate from what it is to what grove.yaml says, stage by stage.
 */
#ifndef ESTATE_APPLY_H
#define ESTATE_APPLY_H

#include "estate/report.h"

struct apply_options {
    enum stage to;       /* STAGE_NONE: as the file says */
    const char *channel; /* only this one, or NULL */
    bool allow_downgrade;
};
/* The outcome as an exit code (spec: UX.md). */
enum apply_exit {
    APPLY_DONE = 0,
    APPLY_FAILED = 1,
    APPLY_USAGE = 2,
    APPLY_WAITING = 3,
    APPLY_LEFTOVER = 4
};
enum apply_exit apply_run(struct io *io, const struct estate *e, const struct apply_options *o,
    const struct report *report);

#endif
