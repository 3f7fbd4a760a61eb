/*
 * mqsc.h - MQSC as text: scripts into commands, commands into parameters, results into text and
 * back.
 *
 * Pure: no I/O, no queue manager.  Facts: spec/mqsc-syntax.md.
 */
#ifndef MQSC_MQSC_H
#define MQSC_MQSC_H

#include "object/object.h"

#define MQSC_COMMAND_MAX 32768u /* bytes of one command */
#define MQSC_LINE_MAX 2048u     /* bytes of one line of a script */
#define MQSC_PARAMS_MAX 200u

/* ---- scripts: lines in, whole commands out ---- */
struct mqsc_script { /* zero it to start; mqsc_script_fini() at the end */
    struct buf pending;
    bool joining;
    bool quoted;
};
/* Feed one line (without its newline).  Each complete command is given to fn; comments, blank
 * lines,
 * + and - continuation, ';' are handled. fn returns false to stop (END). */
typedef bool mqsc_command_fn(void *arg, const char *command);
enum rc mqsc_script_line(struct mqsc_script *s, const char *line, mqsc_command_fn *fn, void *arg,
    struct failure *f) MUST_CHECK;
/* End of file: an unfinished command is given too. */
enum rc mqsc_script_end(
    struct mqsc_script *s, mqsc_command_fn *fn, void *arg, struct failure *f) MUST_CHECK;
void mqsc_script_fini(struct mqsc_script *s);

/* ---- one command ---- */
enum mqsc_verb {
    MQSC_ALTER,
    MQSC_CLEAR,
    MQSC_DEFINE,
    MQSC_DELETE,
    MQSC_DISPLAY,
    MQSC_PING,
    MQSC_REFRESH,
    MQSC_RESET,
    MQSC_RESOLVE,
    MQSC_SET,
    MQSC_START,
    MQSC_STOP,
    MQSC_END,
    MQSC_OTHER_VERB /* known to MQ, not to us */
};
enum mqsc_noun {
    MQSC_QMGR,
    MQSC_QUEUE,
    MQSC_QLOCAL,
    MQSC_QREMOTE,
    MQSC_QALIAS,
    MQSC_QMODEL,
    MQSC_CHANNEL,
    MQSC_LISTENER,
    MQSC_CHLAUTH,
    MQSC_AUTHREC,
    MQSC_SECURITY,
    MQSC_CHSTATUS,
    MQSC_QSTATUS,
    MQSC_LSSTATUS,
    MQSC_QMSTATUS,
    MQSC_CONN,
    MQSC_OTHER /* known to MQ, not to us */
};

struct mqsc_param {
    const char *keyword; /* upper case; a synonym of an attribute is replaced by its name */
    const char *value;   /* NULL: bare keyword; unquoted text, '' undone, lists joined by ',' */
    bool quoted;
};
struct mqsc_command { /* owns its text; mqsc_command_fini() */
    enum mqsc_verb verb;
    enum mqsc_noun noun;
    char noun_word[24]; /* as known to MQ: "QLOCAL", "TOPIC" */
    const char *name;   /* "" when the noun takes none or none was given */
    struct mqsc_param params[MQSC_PARAMS_MAX];
    size_t n_params;
    char *text; /* what the others point into */
    size_t text_size;
};
/* f: id AMQ8405I with the segment up to the offending point as text, and what is wrong as cause. */
enum rc mqsc_parse(const char *command, struct mqsc_command *out, struct failure *f) MUST_CHECK;
void mqsc_command_fini(struct mqsc_command *c);
const struct mqsc_param *mqsc_param(
    const struct mqsc_command *c, const char *keyword); /* or NULL */

/* The type of object that the command is about; false: none (SECURITY, CHSTATUS, TOPIC). */
bool mqsc_object(const struct mqsc_command *c, enum object_type *type);
/* QT_* of QLOCAL..., or what CHLTYPE, TYPE or QTYPE says; 0: none, TYPE(ALL), or not a type. */
int32_t mqsc_subtype(const struct mqsc_command *c);

/* Apply the command's name and attributes to def (defaults, LIKE and existing values are the
 * caller's); skips the words of the command itself (REPLACE, LIKE, ALL, ACTION, AUTHADD, ...).  def
 * is untouched when it fails. */
enum rc mqsc_apply(
    const struct mqsc_command *c, enum object_type type, void *def, struct failure *f) MUST_CHECK;

/* ---- results ---- */
/* DISPLAY's block: cells of 40 columns, two a line (spec/mqsc-syntax.md 5). */
struct mqsc_block { /* zero it; mqsc_block_end() finishes */
    struct buf *out;
    size_t column;
};
void mqsc_cell(struct mqsc_block *b, const char *keyword, const char *value /* NULL: bare */);
void mqsc_block_end(struct mqsc_block *b);
/* The whole message of one object, from "AMQ8414I: Display Channel details." on: the attributes
 * asked for by c (all when ALL, when c is NULL, or for an exact name without any; key and type only
 * for a generic name). */
void mqsc_display(
    const struct mqsc_command *c, enum object_type type, const void *def, struct buf *out);
/* WHERE(attr op value) of c, if any, on this object. */
bool mqsc_where(const struct mqsc_command *c, enum object_type type, const void *def);

/* The same for what is not an object (CHSTATUS, QSTATUS, CONN): the three parts, and one value. */
struct mqsc_filter {
    char keyword[24];
    char op[4];        /* LT GT EQ NE LE GE LK NL CT EX CTG EXG */
    const char *value; /* borrowed from the command */
};
bool mqsc_filter(const struct mqsc_command *c, struct mqsc_filter *out); /* false: no WHERE */
bool mqsc_filter_match(const struct mqsc_filter *f, const char *text);

/* Read results back (ours and IBM's): each message "AMQ8414I: Display Channel details." followed by
 * its cells.  Calls fn for each message with its id ("AMQ8414I"), its text line and its cells. */
struct mqsc_cell_value {
    char keyword[24];
    const char *value; /* NULL: bare; "" for blank */
};
typedef void mqsc_result_fn(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n);
void mqsc_results(const char *text, mqsc_result_fn *fn, void *arg);
/* The manual of one object type: attributes, ranges, defaults, "stored, not acted on yet". */
void mqsc_manual(enum object_type type, struct buf *out);

#endif
