/*
 * cmd.h - one file per command, one row per command (table.c): options are parsed, one function of
 * a layer below is called, its result is printed.  MQ's commands have MQ's names, options and
 * output; the binary is called by those names through links.
 *
 * Exit codes of grove: 0 done, 1 a step failed, 2 wrong usage or file, 3 a person has to act, 4
 * rolled back with something left.  MQ's commands keep MQ's own.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdio.h>

#include "io/io.h"

#define CMD_PATH_MAX 4096
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_WAITING = 3 };

struct cmd {
    struct io *io;
    const struct cmd_row *row;
    char data[CMD_PATH_MAX]; /* the estate's folder, $GROVE_DATA */
    int argc;
    char **argv; /* argv[0] is the command */
};
struct cmd_row {
    const char *name; /* "apply", "crtmqm" */
    bool is_mq;       /* called by its own name, not under grove */
    const char *arguments;
    const char *summary;
    const char *options;  /* a line each */
    const char *examples; /* a line each */
    int (*run)(struct cmd *c);
};
extern const struct cmd_row cmd_rows[];

/* Print a failure as people read it: what, id, cause, side, fix. */
void cmd_fail(const struct failure *f);
/* "usage: ..." and what is wrong; returns EXIT_USAGE. */
int cmd_usage(const struct cmd *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cmd_help(const struct cmd_row *row, FILE *to);
/* The folder of the estate: -C, $GROVE_DATA, the nearest grove.yaml above, the user's default. */
enum rc cmd_find_data(
    struct io *io, const char *given, char to[CMD_PATH_MAX], struct failure *f) MUST_CHECK;
/* Is standard output a terminal that takes colour? */
bool cmd_colour(void);

int cmd_init(struct cmd *c);
int cmd_apply(struct cmd *c);
int cmd_status(struct cmd *c);
int cmd_start(struct cmd *c);
int cmd_stop(struct cmd *c);
int cmd_ca(struct cmd *c);
int cmd_manual(struct cmd *c);
int cmd_crtmqm(struct cmd *c);
int cmd_strmqm(struct cmd *c);
int cmd_endmqm(struct cmd *c);
int cmd_dltmqm(struct cmd *c);
int cmd_dspmq(struct cmd *c);
int cmd_runmqsc(struct cmd *c);
int cmd_amqsput(struct cmd *c);
int cmd_amqsget(struct cmd *c);
int cmd_runmqakm(struct cmd *c);

#endif
