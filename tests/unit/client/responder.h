/*
 * responder.h - a queue manager of a few lines, on a thread of its own, for the client to talk to: one
 * queue that holds one message, and a command server that answers every command in two parts.
 */
#ifndef RESPONDER_H
#define RESPONDER_H

#include <pthread.h>

#include "client/link.h"
#include "wire/mqi.h"

enum refusal { REFUSE_NOTHING, REFUSE_CHANNEL, REFUSE_CONNECT, REFUSE_ANSWER /* closes instead */,
    REFUSE_ROUNDS /* never agrees */ };

struct responder {
    struct io *io;
    struct io_listener *listener;
    struct link *link;
    struct mqi_join join;
    pthread_t thread;
    char address[280], folder[240];
    enum refusal refusal;

    int rounds;              /* of initial data */
    uint32_t size;           /* of segments, agreed */
    struct mqmd md;          /* the message that is held */
    struct buf message;
    bool has_message, getting;
    int heartbeats_answered;
    struct segment call;     /* what is answered now */
    struct mqmd request;     /* of the command server */
    struct buf command;
    int parts_left;
};
void responder_start(struct responder *r, enum refusal refusal);
/* Waits until the thread has ended: the client is gone. */
void responder_join(struct responder *r);

#endif
