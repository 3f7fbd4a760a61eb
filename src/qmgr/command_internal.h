/*
 * command_internal.h - one MQSC command under way, and the files that carry commands out:
 *
 *   command.c           parse, look the row up, authority, run
 *   command_object.c    DEFINE, ALTER, DELETE, DISPLAY of objects
 *   command_action.c    CLEAR, REFRESH, and what channels and listeners do
 *   command_security.c  CHLAUTH and AUTHREC
 *   command_status.c    DISPLAY ...STATUS, CONN
 *   command_server.c    commands that come as messages
 */
#ifndef QMGR_COMMAND_INTERNAL_H
#define QMGR_COMMAND_INTERNAL_H

#include "mqsc/mqsc.h"
#include "qmgr/command.h"

#define COMMAND_TEXT_MAX (16u * 1024u * 1024u)

struct command {
    struct qmgr *q;
    char user[65];
    struct mqsc_command mqsc;
    struct buf out;
    command_done_fn *done;
    void *arg;
};
enum command_outcome {
    COMMAND_OK,
    COMMAND_FAILED,
    COMMAND_LATER /* command_finish() will be called */
};
typedef enum command_outcome command_fn(struct command *c);

void command_finish(struct command *c, bool ok);
/* "AMQ8016I: Channel changed." */
enum command_outcome command_say(struct command *c, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* f as runmqsc prints it; its own id, else this one. */
enum command_outcome command_failed(struct command *c, const struct failure *f, const char *id);
/* The value of a parameter, or NULL. */
const char *command_value(const struct command *c, const char *keyword);
bool command_value_is(const struct command *c, const char *keyword, const char *word);
/* May the user do this?  False: the refusal was said. */
bool command_may(struct command *c, enum object_type type, const char *name, int32_t what);

command_fn command_define, command_alter, command_delete, command_display;
command_fn command_clear, command_refresh_security, command_start_channel, command_stop_channel,
    command_ping_channel, command_reset_channel, command_resolve_channel, command_start_listener,
    command_stop_listener, command_ping_qmgr;
command_fn command_set_chlauth, command_display_chlauth, command_set_authrec,
    command_delete_authrec, command_display_authrec;
command_fn command_display_chstatus, command_display_qstatus, command_display_lsstatus,
    command_display_qmstatus, command_display_conn;

/* ---- blocks of status ---- */
struct status_cell {
    const char *keyword;
    char value[1100];
    bool bare;   /* CURRENT: keyword without value */
    bool always; /* shown whatever was asked for */
    bool usual;  /* shown when nothing was asked for */
};
struct status_block {
    size_t n;
    struct status_cell at[64];
};
enum { CELL_ASKED = 0, CELL_USUAL = 1, CELL_ALWAYS = 2 };
void status_add(struct status_block *b, unsigned when, const char *keyword, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void status_add_bare(struct status_block *b, unsigned when, const char *keyword);
void status_add_times(
    struct status_block *b, unsigned when, const char *date, const char *clock, int64_t us);
/* all_usual: without parameters everything is shown. */
void status_print(struct command *c, const char *id, const char *what, const struct status_block *b,
    bool all_usual);

#endif
