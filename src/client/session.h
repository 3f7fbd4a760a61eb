/*
 * session.h - inside client/: a negotiated connection on which one call at a time goes out and its
 * answer comes back.  session.c knows segments and time, client.c the MQI, client_mqsc.c the
 * command server.
 */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "client/client.h"
#include "client/link.h"
#include "wire/initial.h"

#define CLIENT_MESSAGE_MAX (100u << 20) /* bytes of a message */

struct client {
    struct io *io;
    struct link *link;
    bool ready;
    bool ended; /* the connection is over: `end` says why */
    struct failure end;
    uint64_t heard; /* io_now() of the last segment */
    uint32_t transmission_size, heartbeat;

    bool has_id; /* an answer to the initial data is there */
    uint8_t id_flags;
    struct initial_data id;

    uint8_t wanted; /* type of the answer that is awaited; 0: none */
    bool complete;  /* it is in join.body */
    struct mqi_join join;
    struct buf out; /* the call that is being made */

    int32_t reply_handle; /* client_mqsc()'s reply queue; -1: not open */
    char reply_queue[49];
};

/* Connect and agree on the initial data.  c is empty but for io. */
enum rc session_open(struct client *c, const char *address, struct failure *f) MUST_CHECK;
void session_close(struct client *c);

/* Begin a call; append its body to what is returned; then make it.  On RC_OK the completion code
 * and reason are in h and the rest of the answer in *answer, borrowed until the next call. */
struct buf *session_begin(struct client *c, uint8_t type, int32_t handle);
enum rc session_call(
    struct client *c, struct mqi_header *h, struct reader *answer, struct failure *f) MUST_CHECK;

/* Describe completion code and reason of a call on an object ("" for none): RC_OK when cc is not 2.
 */
enum rc session_result(
    const struct mqi_header *h, const char *call, const char *object, struct failure *f) MUST_CHECK;
/* The connection broke or the answer makes no sense. */
enum rc session_broken(struct client *c, struct failure *f) MUST_CHECK;
enum rc session_garbled(const char *call, struct failure *f) MUST_CHECK;

#endif
