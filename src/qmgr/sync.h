/*
 * sync.h - what a message channel must remember across restarts (spec/message-channel.md 6.2): a
 * journal record for each sending channel, and one for each partner of a receiving channel; and the
 * mark that says whether a channel is stopped, or has to be started again with the queue manager.
 */
#ifndef QMGR_SYNC_H
#define QMGR_SYNC_H

#include "qmgr/mqi.h"

#define SYNC_KEY_MAX 192u

struct sync_record {
    uint32_t lstseqno;
    uint8_t lstluwid[8];
    bool indoubt; /* from here: sending channels only */
    uint8_t curluwid[8];
    uint32_t curseqno, curmsgs;
    uint32_t resetseq; /* RESET CHANNEL SEQNUM that the partner has not been told yet; 0 none */
    uint64_t lastluw;  /* the newest LUWID that was ever made */
};
void sync_key_sender(const char *channel, char key[SYNC_KEY_MAX]);
void sync_key_receiver(
    const char *channel, const char *qmgr, const char *qmid, char key[SYNC_KEY_MAX]);
/* All records of one channel: a prefix for mqi_record_each(). */
void sync_prefix_receiver(const char *channel, char key[SYNC_KEY_MAX]);
/* False: there is none, *out is zeroed. */
bool sync_load(struct mqi *m, const char *key, struct sync_record *out);
/* Also for mqi_record_each(). */
bool sync_decode(struct span value, struct sync_record *out);
/* As part of h's unit of work; the caller commits. */
struct mqi_result sync_save(struct hconn *h, const char *key, const struct sync_record *s);

/* A LUWID that this channel never had: grows over restarts, also when the clock was set back. */
void sync_new_luwid(struct sync_record *s, int64_t wall_us, uint8_t luwid[8]);
bool luwid_equal(const uint8_t a[8], const uint8_t b[8]);
void luwid_print(const uint8_t luwid[8], char to[17]);
/* The name of the prepared unit of a batch. */
#define SYNC_XID_SIZE 32u
struct span sync_xid(const char *channel, const uint8_t luwid[8], uint8_t room[SYNC_XID_SIZE]);

enum sync_mark { MARK_NONE, MARK_ACTIVE /* start it again with the queue manager */, MARK_STOPPED };
enum sync_mark sync_mark_find(struct mqi *m, const char *channel);
/* Commits. */
void sync_mark_set(struct hconn *h, const char *channel, enum sync_mark mark);
/* fn(arg, channel, mark) for each. */
typedef void sync_mark_fn(void *arg, const char *channel, enum sync_mark mark);
void sync_mark_each(struct mqi *m, sync_mark_fn *fn, void *arg);

#endif
