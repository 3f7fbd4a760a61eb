/*
 * channel_internal.h - an instance of a message channel, as its parts see it:
 *
 *   channel.c          the set of instances: start, stop, trigger, end
 *   channel_session.c  what both protocol machines do alike: log, answer, time out, end
 *   channel_command.c  RESET, RESOLVE, PING
 *   channel_status.c   DISPLAY CHSTATUS, client instances
 *   channel_dead.c     messages and dead letters
 *   sender_connect.c   connect, negotiate;  sender.c  resynchronise, close
 *   sender_batch.c     move messages
 *   receiver_accept.c  admit, negotiate;  receiver.c  resynchronise, confirm
 *   receiver_put.c     put messages
 *
 * An event may end the instance and free it.  A function that may do so returns whether it lives.
 */
#ifndef QMGR_CHANNEL_INTERNAL_H
#define QMGR_CHANNEL_INTERNAL_H

#include "qmgr/channel.h"
#include "qmgr/sync.h"

/* Channel types are rows: who calls, who sends. */
struct channel_role {
    int32_t chltype;
    const char *word;
    bool calls;   /* START CHANNEL opens a connection */
    bool accepts; /* a partner may open one */
    bool sends;
};
const struct channel_role *channel_role(int32_t chltype); /* NULL: not a message channel */

enum {
    SUBSTATE_NONE = 0,
    SUBSTATE_ENDBATCH = 100,
    SUBSTATE_SEND = 200,
    SUBSTATE_RECEIVE = 300,
    SUBSTATE_RESYNCH = 500,
    SUBSTATE_HEARTBEAT = 600,
    SUBSTATE_NETCONNECT = 1250,
    SUBSTATE_HANDSHAKE = 1300,
    SUBSTATE_MQPUT = 1500,
    SUBSTATE_MQGET = 1600
};

#define STATUS_SSL_REFRESH 0x1C /* the partner reads its key repository again */

/* Values that definitions hold. */
enum {
    CHANNEL_SSLCAUTH_REQUIRED = 0,
    CHANNEL_USEDLQ_NO = 1,
    CHANNEL_NPMSPEED_FAST = 2,
    CHANNEL_PUTAUT_CTX = 2
};

enum step {
    STEP_NONE,
    STEP_CONNECT,   /* S: TCP and TLS */
    STEP_INITIAL,   /* initial data */
    STEP_RESET,     /* S: RESET_DATA sent */
    STEP_RESYNC,    /* S: sent; R: awaited */
    STEP_PING,      /* S: PING_DATA sent */
    STEP_GET,       /* S: a message is awaited from the transmission queue */
    STEP_DRAIN,     /* S: the partner is slow */
    STEP_HEARTBEAT, /* S: sent */
    STEP_HARDEN,    /* S: the in-doubt record is on its way to the disk */
    STEP_CONFIRM,   /* S: confirm request sent */
    STEP_RECEIVE,   /* R: messages are awaited */
    STEP_PAUSED,    /* R: waits before it tries a put again */
    STEP_DURABLE,   /* R: the answer waits for the disk */
    STEP_CLOSE,     /* the last word was said */
};

struct sender {
    struct mqi_get get;
    int32_t hobj;
    bool waiting, in_get, has_result;
    unsigned address; /* which of CONNAME's list */
    uint32_t batch_msgs;
    uint64_t batch_bytes, batch_started; /* io_now() */
    uint64_t sent_at, heard_at, idle_since;
    bool harden_next; /* the heartbeat was one before going in doubt */
    bool batch_hard;  /* the batch holds something under syncpoint */
    uint32_t shortrts, longrts;
    int32_t close_code;
    struct tls_facts *peer; /* what the answering side showed; NULL in the clear */
};

struct receiver {
    struct buf message; /* the message that is being put together */
    struct msh head;    /* of its first segment */
    bool open;          /* some of it is there */
    bool confirm;       /* its last segment asked for the confirmation */
    bool dlq_used;
    bool announced;
    struct buf answer; /* waits for the disk */
    unsigned tries;
    uint64_t paused_ms;
    struct io_timer *retry_timer;
    struct channel_admission admission;
};

struct channel {
    struct channels *all;
    struct channel *next, **at;
    struct channel_def def; /* as it was when the instance was started */
    const struct channel_role *role;
    enum channel_state state;
    int32_t substate;
    enum step step;
    struct link *link;
    struct hconn *h;
    struct initial_data agreed;
    unsigned rounds;
    struct sync_record sync;
    char key[SYNC_KEY_MAX];
    char partner[49], qmid[49], product[13], host[64], peer[80];
    uint32_t seq;                 /* of the last message of this session */
    uint8_t luwid[8];             /* of the batch */
    struct io_timer *timer;       /* silence */
    struct io_timer *retry_timer; /* RETRYING */
    bool stop_asked, stop_inactive, restart, ending;
    struct chstatus figures; /* the counters of it */
    struct sender send;
    struct receiver recv;
    /* PING CHANNEL: not in the list of instances */
    bool ping;
    size_t ping_bytes;
    io_done_fn *ping_done;
    void *ping_arg;
};

struct channel_client {
    struct channels *all;
    struct channel_client *next, **at;
    struct link *link;
    struct chstatus figures;
    void (*end)(void *arg, int32_t code); /* ends the conversation, which drops this */
    void *arg;
};

struct channels {
    struct qmgr *q;
    struct hconn *h; /* the channel initiator's own: marks and in-doubt records */
    struct channel *first;
    struct channel *pings;
    struct channel_client *clients;
    bool ending;
    io_timer_fn *end_done;
    void *end_arg;
    struct io_timer *end_timer;
    /* Tests: true kills the queue manager at this named point.  NULL in life. */
    bool (*dies)(void *arg, const char *point);
    void *dies_arg;
};

/* ---- channel.c ---- */
struct channel *channel_new(struct channels *all, const struct channel_def *def);
void channel_free(struct channel *c);
struct channel *channel_find(struct channels *all, const char *name);
bool channels_is_stopped(struct channels *all, const char *name);
/* The session is over.  Decides what becomes of the instance; may free it. */
void channel_over(struct channel *c, bool failed, uint64_t retry_ms);
/* A mark that is set only when it changes. */
void channel_mark(struct channels *all, const char *name, enum sync_mark mark);

/* ---- channel_session.c ---- */
/* True: a test kills the process here; return and do nothing more. */
bool channel_dies(const struct channel *c, const char *point);
void channel_log(struct channel *c, const struct failure *f);
void channel_say(struct channel *c, enum rc rc, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void channel_send(struct channel *c, const struct buf *segments);
void channel_send_status(
    struct channel *c, uint8_t flags, const uint8_t *luwid, int32_t code, const int32_t *value);
/* Expect to hear from the partner within its heartbeat's time-out (or 60 s before that is known).
 */
void channel_expect(struct channel *c);
void channel_expect_nothing(struct channel *c);
/* Log f and AMQ9999E, tell the partner (code 0: nothing), end the session. May free c. */
void channel_fail(struct channel *c, const struct failure *f, int32_t code);
void channel_fail_as(struct channel *c, int32_t code, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* What the partner's negative STATUS means here. May free c. */
void channel_refused(struct channel *c, const struct segment *seg);
/* Close connection, cancel waits, back out: all but what is in doubt. */
void channel_session_close(struct channel *c, bool flush);
void channel_identity(struct channel *c, struct mqi_identity *who, const char *user);
extern const struct link_events channel_link_events;
uint32_t seq_next(const struct channel *c, uint32_t seq);

/* ---- channel_dead.c ---- */
struct message {
    struct mqxqh xqh;
    struct mqmd md;
    struct span data;
};
/* A transmission-queue message taken apart.  False: no MQXQH. */
bool message_decode(struct span body, enum byte_order order, struct message *out);
/* Put it on the dead-letter queue, in h's unit of work when syncpoint. cc 2: that did not work
 * either. */
struct mqi_result dead_letter(
    struct channel *c, const struct message *m, int32_t reason, bool syncpoint);

/* ---- sender_connect.c ---- */
void sender_start(struct channel *c);
void sender_ready(struct channel *c);
void sender_initial(struct channel *c, const struct segment *seg);

/* ---- sender.c, sender_batch.c ---- */
/* Both ends agree how to talk: RESET, RESYNC or PING. */
void sender_negotiated(struct channel *c);
void sender_segment(struct channel *c, const struct segment *seg);
/* Not connected: is there another address to try? */
bool sender_next_address(struct channel *c);
void sender_run(struct channel *c);
void sender_drained(struct channel *c);
void sender_close(struct channel *c, int32_t code);
void sender_confirmed(struct channel *c, const struct segment *seg);
void sender_heartbeat_answered(struct channel *c, const struct segment *seg);
/* The batch in doubt: make it done or undone, durable with the next log force. */
bool sender_settle(struct channel *c, bool commit);
/* The stop request was noted: act on it if nothing is under way. */
void sender_wake(struct channel *c);

/* ---- receiver_accept.c, receiver.c, receiver_put.c ---- */
void receiver_initial(struct channel *c, const struct segment *seg);
void receiver_segment(struct channel *c, const struct segment *seg);
void receiver_message(struct channel *c, const struct segment *seg);
/* Confirm the batch.  May free c. */
void receiver_confirm(struct channel *c);
/* Answer (in recv.answer) when the journal is durable up to position. */
void receiver_answer(struct channel *c, uint64_t position);
/* End it if it was asked to, now that no batch is open.  False: freed. */
bool receiver_idle(struct channel *c);
bool receiver_in_batch(const struct channel *c);

#endif
