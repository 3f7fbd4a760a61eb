/*
 * command.h - MQSC commands carried out.  The command server reads Escape PCF from
 * SYSTEM.ADMIN.COMMAND.QUEUE and answers to the reply queue; local and remote administration go the
 * same way.
 */
#ifndef QMGR_COMMAND_H
#define QMGR_COMMAND_H

#include "qmgr/qmgr.h"

/* Run one command as user.  Calls done once (at once, or later for PING CHANNEL): text as runmqsc
 * prints it (messages and blocks, without the echo), ok: whether it worked. */
typedef void command_done_fn(void *arg, bool ok, const char *text);
void command_run(
    struct qmgr *q, const char *user, const char *mqsc, command_done_fn *done, void *arg);
/* The command server: serves SYSTEM.ADMIN.COMMAND.QUEUE until the queue manager ends. */
struct command_server;
enum rc command_server_new(
    struct qmgr *q, struct command_server **out, struct failure *f) MUST_CHECK;
void command_server_free(struct command_server *s);

#endif
