/*
 * connection.h - what the files of the MQI share: struct mqi, connections, handles, units of work.
 * Internal to qmgr/.
 */
#ifndef QMGR_CONNECTION_H
#define QMGR_CONNECTION_H

#include "qmgr/parts.h"
#include "qmgr/queue.h"
#include "qmgr/reason.h"
#include "qmgr/sorted.h"

/* Values of the public API that definitions hold. */
enum {
    MQUS_NORMAL = 0,
    MQUS_TRANSMISSION = 1,
    MQMDS_FIFO = 1,
    MQQA_INHIBITED = 1,
    MQQDT_PREDEFINED = 1,
    MQQDT_PERMANENT_DYNAMIC = 2,
    MQQDT_TEMPORARY_DYNAMIC = 3,
    MQTC_ON = 1,
    MQTT_FIRST = 1,
    MQTT_EVERY = 2,
    MQTT_DEPTH = 3,
    MQPER_PERSISTENT = 1,
    MQPER_AS_Q_DEF = 2,
    MQAT_QMGR = 7,
    MQOT_Q = 1,
    MQOT_Q_MGR = 5,
    MQMT_REQUEST = 1,
    MQMT_DATAGRAM = 8
};

/* Where a name leads (resolve.c). */
struct destination {
    struct queue_def *def;     /* what was named; NULL: only the queue manager was known */
    struct queue *queue;       /* the local queue that messages go to or come from */
    bool remote;               /* queue is a transmission queue: put an MQXQH before the message */
    char rname[49], rqmgr[49]; /* what the names were resolved to */
};

struct handle {
    TAILQ_ENTRY(handle) link; /* on to.queue */
    int32_t number;
    int32_t options;
    bool is_qmgr;
    bool input, exclusive, output;
    bool creator; /* of a temporary dynamic queue, which ends with this handle */
    struct destination to;
    struct qmsg *cursor; /* NULL: before the start, or the message is gone */
    bool has_cursor;     /* the next three say where the cursor is */
    uint8_t cursor_bucket;
    uint64_t cursor_order;
    bool has_context; /* OO_SAVE_ALL_CONTEXT: of the last message got */
    struct mqmd context;
};

struct record { /* a journal record that somebody above the MQI owns */
    char key[KEY_MAX];
    size_t n;
    uint8_t value[];
};
struct record_change {
    STAILQ_ENTRY(record_change) link;
    struct record *record; /* n is 0: drop it */
};
STAILQ_HEAD(record_changes, record_change);

struct uow {                  /* a unit of work */
    TAILQ_ENTRY(uow) link;    /* mqi.prepared: in doubt and without a connection */
    struct store_unit *store; /* NULL: nothing persistent yet */
    struct messages puts, gets;
    struct record_changes records;
    uint32_t count; /* messages: MAXUMSGS */
    bool prepared;
    uint8_t xid[STORE_XID_MAX];
    size_t xid_n;
};
TAILQ_HEAD(uows, uow);
TAILQ_HEAD(queues, queue);

struct hconn {
    TAILQ_ENTRY(hconn) link;
    struct mqi *mqi;
    struct mqi_identity who;
    char id[49];
    struct handle **handles; /* number / 2 - 1; NULL: free */
    size_t n_handles;
    struct uow *uow;
    uint64_t position;
    /* a get that waits */
    struct mqi_get *get;
    struct queue *waits_on;
    TAILQ_ENTRY(hconn) wait_link;
    bool ready; /* in mqi.ready: it is to look again */
    TAILQ_ENTRY(hconn) ready_link;
    struct io_timer *timer;
};

struct mqi {
    struct qmgr *qmgr;
    struct io *io;
    struct hconns conns;
    size_t applications;
    struct sorted queues;  /* struct queue by name: those that were used */
    struct sorted records; /* struct record by key */
    struct uows prepared;
    struct hconns ready;
    struct queues triggered;
    struct io_timer *soon;
    mqi_trigger_fn *on_trigger;
    void *trigger_arg;
    uint32_t last_number; /* of a queue in the journal */
    uint64_t last_order;
    uint64_t last_uid;
    uint64_t volatile_bytes;   /* nonpersistent bodies */
    struct recovery *recovery; /* while the journal is replayed */
};

static inline struct mqi_result
mqi_ok(void)
{
    return (struct mqi_result){CC_OK, MQRC_NONE};
}
static inline struct mqi_result
mqi_warned(int32_t reason)
{
    return (struct mqi_result){CC_WARNING, reason};
}
static inline struct mqi_result
mqi_failed(int32_t reason)
{
    return (struct mqi_result){CC_FAILED, reason};
}
/* MQRC_NONE is success. */
static inline struct mqi_result
mqi_answer(int32_t reason)
{
    return reason == MQRC_NONE ? mqi_ok() : mqi_failed(reason);
}

/* ---- mqi.c ---- */
/* The queue manager ends: may this call go on?  The reason, or MQRC_NONE. */
int32_t mqi_barred(const struct hconn *h, bool fail_if_quiescing);
struct handle *hconn_handle(const struct hconn *h, int32_t hobj); /* NULL: 2019 */
/* A runtime queue for this definition. */
struct queue *mqi_queue(struct mqi *m, struct queue_def *def);
/* 16 hexadecimal digits' worth that never come again. */
uint64_t mqi_uid(struct mqi *m);
void mqi_message_free(struct mqi *m, struct qmsg *msg);
int32_t reason_of(enum rc rc); /* of a store call that failed */
/* A queue that nobody uses and that has no definition any more goes away. */
void mqi_queue_release(struct mqi *m, struct queue *q);
/* ---- mqi_wake.c ---- */
void mqi_run_soon(void *mqi);
/* Somebody may find what he waits for, or a channel is to be started. */
void mqi_wake_queue(struct queue *q);
void mqi_message_arrived(struct queue *q);

/* ---- resolve.c ---- */
int32_t resolve_name(struct mqi *m, const char *name, const char *qmgr, struct destination *out);

/* ---- mqi_open.c ---- */
void handle_close(struct hconn *h, struct handle *hd);
int32_t open_check_authority(
    struct hconn *h, const struct mqod *od, const struct destination *to, int32_t options);

/* ---- mqi_put.c ---- */
int32_t put_to(struct hconn *h, const struct destination *to, int32_t open_options, struct mqmd *md,
    struct mqpmo *pmo, struct span data);

/* ---- mqi_get.c ---- */
void get_retry(struct hconn *h);               /* it was woken */
void get_end(struct hconn *h, int32_t reason); /* its wait ends with this reason */

/* ---- dynamic.c ---- */
int32_t dynamic_create(struct hconn *h, struct mqod *od, const struct queue_def *model,
    struct destination *to, bool *temporary);
int32_t dynamic_delete(struct hconn *h, struct handle *hd, int32_t options);
void dynamic_end_temporary(struct hconn *h, struct handle *hd);
void dynamic_drop_temporary(struct mqi *m, struct queue *q); /* q may be freed */

/* ---- uow.c ---- */
struct uow *uow_new(void);
void uow_free(struct uow *u);
bool uow_is_empty(const struct uow *u);
/* Put a message on a queue, in u or (u NULL) at once. */
int32_t uow_put(struct mqi *m, struct uow *u, struct queue *q, const struct mqmd *md,
    struct span body, uint64_t *position);
/* Take an available message, in u or (u NULL) for good: it is then freed. */
int32_t uow_get(struct mqi *m, struct uow *u, struct qmsg *msg, uint64_t *position);
int32_t uow_commit(struct mqi *m, struct uow *u, uint64_t *position);
void uow_backout(struct mqi *m, struct uow *u);

/* ---- record.c ---- */
void mqi_record_apply(struct mqi *m, struct record *take);
void mqi_records_free(struct mqi *m);
void mqi_changes_free(struct record_changes *c);

#endif
