/*
 * server_internal.h - one client conversation, shared by server.c (its life) and server_calls.c
 * (its MQI calls).
 *
 * One call is under way at a time.  An answer that depends on the journal waits in `out` until the
 * journal is durable that far; the link is paused meanwhile, so that a client that does not wait
 * can not pile up work.
 */
#ifndef QMGR_SERVER_INTERNAL_H
#define QMGR_SERVER_INTERNAL_H

#include "client/link.h"
#include "qmgr/channel.h"
#include "qmgr/mqi.h"
#include "wire/initial.h"

enum conversation_state {
    CONV_INITIAL,  /* initial data are being agreed */
    CONV_STRANGER, /* agreed; who it is, and MQCONN, are awaited */
    CONV_REFUSED,  /* MQCONN was refused: the answer is delayed */
    CONV_CONNECTED,
    CONV_OVER, /* MQDISC was answered */
};

struct put_counts { /* for MQSTAT: puts that were not answered */
    int32_t cc, reason, ok, warning, failed;
    char object[49], qmgr[49];
};

struct conversation {
    struct qmgr *q;
    struct conversation *next, **at;
    struct link *link;
    enum conversation_state state;
    bool local;
    uint32_t uid;
    char host[64], peer[80];
    struct channel_def def; /* the SVRCONN, as it was when the connection came */
    struct initial_data agreed;
    unsigned rounds;
    char user[65];
    struct mqi_identity who;
    struct hconn *h;
    struct channel_client *client;
    struct io_timer *start_timer, *beat_timer, *delay_timer;
    struct mqi_join call;
    struct put_counts puts;
    struct buf out; /* the answer that is being made, or waits for the journal */
    bool waiting_durable;
    bool getting; /* an MQGET waits for a message */
    struct mqi_get get;
};

/* Journal position 0: nothing to wait for. */
void conversation_send(struct conversation *c, uint64_t position);
/* Close with a status and a message in the log; frees c. */
void conversation_fail(struct conversation *c, int32_t status, const char *id, const char *why);
void conversation_free(struct conversation *c);
/* For channels_client_on_end(). */
void conversation_end(void *arg, int32_t code);

/* Start and finish an answer in c->out. */
size_t answer_begin(struct conversation *c, uint8_t type, struct mqi_result result, int32_t handle);
void answer_end(struct conversation *c, size_t start);

/* A whole call of a connected conversation.  May free c. */
void conversation_call(
    struct conversation *c, uint8_t type, struct span body, enum byte_order order);
/* MQCONN: is it let in?  0 or a reason. */
int32_t conversation_admit(struct conversation *c, const struct mqconn_body *body);

/* The name of a local user: the administrator's when uid is our own. */
void user_of_uid(struct qmgr *q, uint32_t uid, char to[65]);

#endif
