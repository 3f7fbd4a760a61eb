/*
 * channel.h - message channels: instances and their states (spec/message-channel.md 16), and what
 * START, STOP, PING, RESET, RESOLVE and DISPLAY CHSTATUS need.
 *
 * An instance is one struct channel, made by START CHANNEL (sender) or by a connection (receiver,
 * also an instance of a SVRCONN for DISPLAY CHSTATUS).  sender.c and receiver.c are its two
 * protocol machines over a struct link; channel types differ by rows of a table (who calls, who
 * sends).
 */
#ifndef QMGR_CHANNEL_H
#define QMGR_CHANNEL_H

#include "client/link.h"
#include "qmgr/mqi.h"
#include "wire/initial.h"

enum channel_state {
    CHS_INACTIVE = 0,
    CHS_BINDING = 1,
    CHS_STARTING = 2,
    CHS_RUNNING = 3,
    CHS_STOPPING = 4,
    CHS_RETRYING = 5,
    CHS_STOPPED = 6,
    CHS_REQUESTING = 7,
    CHS_PAUSED = 8,
    CHS_INITIALIZING = 13
};
enum channel_stop { CHANNEL_QUIESCE, CHANNEL_FORCE, CHANNEL_TERMINATE };

enum rc channels_new(struct qmgr *q, struct channels **out, struct failure *f) MUST_CHECK;
void channels_free(struct channels *c);
/* At start-up: sync records, stopped states, prepared units in doubt. */
void channels_recover(struct channels *c);

/* f: AMQ8405.. / MQRCCF ids: AMQ9514E in use, AMQ8147E not found, AMQ9507E in doubt ... */
enum rc channels_start(struct channels *c, const char *name, struct failure *f) MUST_CHECK;
enum rc channels_stop(struct channels *c, const char *name, enum channel_stop how, bool inactive,
    struct failure *f) MUST_CHECK;
enum rc channels_reset(
    struct channels *c, const char *name, uint32_t seqnum, struct failure *f) MUST_CHECK;
enum rc channels_resolve(
    struct channels *c, const char *name, bool commit, struct failure *f) MUST_CHECK;
/* Ends by calling done from the loop. */
void channels_ping(struct channels *c, const char *name, size_t bytes, io_done_fn *done, void *arg);
/* A connection's initial data named a message channel (RCVR): judge and run it.  Takes the link.
 * The checks of the order in spec/message-channel.md 4.4 and spec/chlauth.md are made here, with
 * refusal status to the partner and the message in the log. */
void channels_accept(struct channels *c, struct link *link_take, const struct segment *initial);
/* What channels and client conversations share when they are accepted: SSLCIPH, SSLCAUTH, SSLPEER,
 * CHLAUTH in MQ's order.  RC_REFUSED: f is for the log (its side is the channel), *status for the
 * partner. */
struct channel_admission {
    char mcauser[65];
    int32_t chckclnt;
    bool warned;
    struct tls_facts tls;
    bool is_tls;
};
enum rc channel_admit(struct qmgr *q, const struct channel_def *def, struct link *link,
    const char *partner_qmgr, const char *client_user, struct channel_admission *out,
    int32_t *status, struct failure *f) MUST_CHECK;
/* STOP and START of running TLS channels after REFRESH SECURITY TYPE(SSL). */
void channels_refresh_tls(struct channels *c);
/* A message arrived on this transmission queue (mqi_on_trigger). */
void channels_trigger(struct channels *c, const char *xmitq);
/* End all, orderly or at once; done when none is active. */
void channels_end(struct channels *c, bool at_once, io_timer_fn *done, void *arg);
bool channels_is_active(struct channels *c, const char *name);

/* DISPLAY CHSTATUS: every field is what the attribute of that name shows. */
struct chstatus {
    char channel[21];
    int32_t chltype;
    enum channel_state state;
    int32_t substate;
    char conname[80], rqmname[49], xmitq[49], mcauser[65], jobname[49];
    bool indoubt;
    uint32_t curseqno, lstseqno;
    char curluwid[17], lstluwid[17];
    uint32_t curmsgs;
    uint64_t msgs, bytssent, bytsrcvd, buffers_sent, buffers_rcvd, batches;
    int64_t started, last_message; /* io_wall(), 0: none */
    uint32_t hbint, batchsz, maxmsgl;
    int32_t shortrts, longrts;
    bool stopreq;
    char sslciph[33], sslpeer[DN_TEXT_MAX], sslcerti[DN_TEXT_MAX], secprot[8], sslcertu[65],
        rproduct[13];
    uint32_t sslkeyda;
};
typedef void chstatus_fn(void *arg, const struct chstatus *s);
/* Current ones, or (saved) what the sync records say. */
void channels_each(struct channels *c, const char *generic, bool saved, chstatus_fn *fn, void *arg);
/* A client conversation announces itself, so that it is counted (MAXINST) and displayed. */
struct channel_client;
enum rc channels_client_add(struct channels *c, const struct channel_def *def, struct link *link,
    const struct channel_admission *a, struct channel_client **out, int32_t *status,
    struct failure *f) MUST_CHECK;
void channels_client_drop(struct channel_client *c);

#endif
