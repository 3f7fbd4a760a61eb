/*
 * client.h - a synchronous MQI client: connects to a queue manager's local socket (and later to a
 * SVRCONN channel), speaks the client protocol in the SIMPLE profile (spec/client-protocol.md).
 *
 * Each call drives the struct io until its answer is there, so use one struct io per thread and do
 * not call from inside its callbacks.  Calls return MQ's completion: f has the reason (MQRC_*) and
 * its name.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "io/io.h"
#include "wire/mqi.h"

struct client;

/* address: "unix:PATH".  appl: application name shown by DISPLAY CONN.  RC_NOT_FOUND/RC_IO with
 * reason 2059 when nobody listens. */
enum rc client_connect(struct io *io, const char *address, const char *qmgr, const char *appl,
    struct client **out, struct failure *f) MUST_CHECK;
void client_disconnect(struct client *c); /* MQDISC, close, free; NULL is fine */

enum rc client_open(struct client *c, struct mqod *od, int32_t options, int32_t *hobj,
    struct failure *f) MUST_CHECK;
enum rc client_close(struct client *c, int32_t hobj, int32_t options, struct failure *f) MUST_CHECK;
enum rc client_put(struct client *c, int32_t hobj, struct mqmd *md, struct mqpmo *pmo,
    struct span data, struct failure *f) MUST_CHECK;
enum rc client_put1(struct client *c, struct mqod *od, struct mqmd *md, struct mqpmo *pmo,
    struct span data, struct failure *f) MUST_CHECK;
/* RC_NOT_FOUND with reason 2033 when no message came; data is appended to out (whole message). */
enum rc client_get(struct client *c, int32_t hobj, struct mqmd *md, struct mqgmo *gmo,
    struct buf *out, struct failure *f) MUST_CHECK;
enum rc client_commit(struct client *c, struct failure *f) MUST_CHECK;
enum rc client_backout(struct client *c, struct failure *f) MUST_CHECK;
enum rc client_inquire(struct client *c, int32_t hobj, const int32_t *selectors, size_t n,
    int32_t *ints, size_t n_ints, char *chars, size_t n_chars, struct failure *f) MUST_CHECK;

/* Run one MQSC command through the command server (Escape PCF on SYSTEM.ADMIN.COMMAND.QUEUE,
 * replies on a dynamic queue); its text answer is appended to out as runmqsc would print it.  *ok:
 * it worked. */
enum rc client_mqsc(
    struct client *c, const char *command, struct buf *out, bool *ok, struct failure *f) MUST_CHECK;
/* "MQRC_NO_MSG_AVAILABLE" for 2033; NULL when unknown. */
const char *mqrc_name(int32_t reason);

#endif
