/*
 * mqi.h - the MQI inside the queue manager: what client conversations, channels and the command
 * server all call.
 *
 * A struct hconn is one connection with its handles and its unit of work.  Calls complete at once,
 * except a get that waits.  Durability: after a call that changed something persistent,
 * mqi_position() is the log position that the answer depends on; who sends the answer waits with
 * store_when_durable().
 *
 * Messages: a persistent one is in the journal (head: queue, MQMD ..., body), a non-persistent one
 * only in memory.  Order on a queue: priority, then arrival (MSGDLVSQ).  A message got under
 * syncpoint is locked until commit; one put under syncpoint is unseen until then.  Expired ones are
 * dropped by the get that meets them.
 */
#ifndef QMGR_MQI_H
#define QMGR_MQI_H

#include "qmgr/qmgr.h"
#include "wire/mqi.h"

struct hconn;
struct mqi_result {
    int32_t cc /* 0 ok, 1 warning, 2 failed */, reason;
};

struct mqi_identity {
    char user[65];
    bool internal;                 /* the queue manager's own: no authority is checked */
    char appl[29];                 /* PutApplName, DISPLAY CONN */
    int32_t appltype;              /* MQAT_* */
    char channel[21], conname[80]; /* DISPLAY CONN, DISPLAY QSTATUS TYPE(HANDLE); "" local */
    int32_t pid;
};
struct hconn *mqi_connect(struct mqi *m, const struct mqi_identity *who);
/* Backs out, closes all handles, forgets waits, frees.  A prepared unit of work stays: it can be
 * adopted, before a restart or after it. */
void mqi_disconnect(struct hconn *h);

/* od: resolved names are filled in (a dynamic queue's name into od->name).  fopa may be NULL. */
struct mqi_result mqi_open(
    struct hconn *h, struct mqod *od, int32_t options, int32_t *hobj, struct fopa *fopa);
struct mqi_result mqi_close(struct hconn *h, int32_t hobj, int32_t options);
/* md and pmo are filled in as MQPUT returns them. */
struct mqi_result mqi_put(
    struct hconn *h, int32_t hobj, struct mqmd *md, struct mqpmo *pmo, struct span data);
struct mqi_result mqi_put1(
    struct hconn *h, struct mqod *od, struct mqmd *md, struct mqpmo *pmo, struct span data);

/* A get.  Answers by calling done exactly once: at once from inside mqi_get() when a message or an
 * error is there, else later from the loop (message, wait interval over: 2033, GET inhibited 2016,
 * queue manager ending 2161/2162, connection cancelled: not called).  One get at a time per
 * connection. */
struct mqi_get {
    int32_t hobj;
    struct mqmd md; /* in: what to match; out: the message's */
    struct mqgmo gmo;
    size_t buffer; /* longest data wanted */
    struct mqi_result result;
    size_t total;      /* whole length of the message */
    struct buf data;   /* min(total, buffer) bytes; owned by the caller, who also frees it */
    uint64_t position; /* log position that this answer depends on */
    void (*done)(void *arg, struct mqi_get *get);
    void *arg;
};
void mqi_get(struct hconn *h, struct mqi_get *get);
void mqi_get_cancel(struct hconn *h);
bool mqi_is_waiting(const struct hconn *h);

struct mqi_result mqi_commit(struct hconn *h);
struct mqi_result mqi_backout(struct hconn *h);
bool mqi_in_unit(const struct hconn *h); /* is anything uncommitted */
/* MQINQ / MQSET on integer and character attributes. */
struct mqi_result mqi_inquire(struct hconn *h, int32_t hobj, const int32_t *selectors, size_t n,
    int32_t *ints, size_t n_ints, char *chars, size_t n_chars);
struct mqi_result mqi_set(struct hconn *h, int32_t hobj, const int32_t *selectors, size_t n,
    const int32_t *ints, size_t n_ints, const char *chars, size_t n_chars);

/* ---- for message channels ---- */
/* Set a journal record as part of the unit of work (a channel's synchronisation record). */
struct mqi_result mqi_record(struct hconn *h, const char *key, struct span value);
/* Prepare the unit of work under xid; only mqi_commit()/mqi_backout()/mqi_record() may follow. */
struct mqi_result mqi_prepare(struct hconn *h, struct span xid);
/* After a restart: the prepared unit with this xid as the unit of h (which has none); false: no
 * such. */
bool mqi_adopt_prepared(struct hconn *h, struct span xid);
/* The log position that the last call's result depends on. */
uint64_t mqi_position(const struct hconn *h);
/* Current value of a journal record, or an empty span. */
struct span mqi_record_find(struct mqi *m, const char *key);
/* Records whose key starts with prefix, in key order. */
void mqi_record_each(struct mqi *m, const char *prefix,
    void (*fn)(void *arg, const char *key, struct span value), void *arg);

/* ---- for commands ---- */
struct queue_figures {
    uint32_t depth, uncommitted, open_input, open_output;
    int64_t last_put, last_get;
    uint32_t oldest_age;
};
bool mqi_queue_figures(struct mqi *m, const char *queue, struct queue_figures *out);
enum rc mqi_queue_clear(struct mqi *m, const char *queue, struct failure *f) MUST_CHECK;
struct mqi_conn_info {
    char id[49];
    const struct mqi_identity *who;
};
void mqi_each_conn(struct mqi *m, void (*fn)(void *arg, const struct mqi_conn_info *c), void *arg);
/* Applications (not internal) that are connected; wake all waits with this reason (endmqm). */
size_t mqi_connections(struct mqi *m);
void mqi_wake_all(struct mqi *m, int32_t reason);
/* Tell me when a message arrives on a queue with TRIGGER whose TRIGDATA/initiation names a channel.
 */
typedef void mqi_trigger_fn(void *arg, const char *queue);
void mqi_on_trigger(struct mqi *m, mqi_trigger_fn *fn, void *arg);

#endif
