/*
 * mqi.h - MQI calls as they travel on client channels: the API header and the structures MQOD,
 * MQPMO, MQGMO, MQCONN's body (spec/client-protocol.md 7).  Pure.
 *
 * A structure is answered in the version and length in which it came: `version` remembers it.
 */
#ifndef WIRE_MQI_H
#define WIRE_MQI_H

#include "wire/md.h"
#include "wire/segment.h"

struct mqi_header {
    int32_t cc, reason, handle;
};
/* The first word, the call length, is always big endian and is filled in by mqi_end(). */
size_t mqi_begin(struct buf *out, uint8_t type, const struct mqi_header *h);
void mqi_end(struct buf *out, size_t start);
void mqi_header_decode(struct reader *r, struct mqi_header *out);
/* Cut one call's segment (all of `whole`, as mqi_end() left it) into segments of at most max bytes
 * each, appended to out (spec/client-protocol.md 1.4). */
void mqi_split(struct span whole, size_t max, struct buf *out);
/* Collect the pieces of one call.  True when it is complete: *body then is the API header and what
 * follows.  limit: bytes in all; above it rc is RC_LIMIT. */
struct mqi_join {
    struct buf body;
    uint8_t type;
    bool open;
    enum byte_order order;
};
enum rc mqi_join(
    struct mqi_join *j, const struct segment *seg, size_t limit, bool *complete) MUST_CHECK;

struct mqod {
    int32_t version, type; /* 1 queue, 5 queue manager */
    char name[49], qmgr[49], dynamic[49], altuser[13];
    char resolvedq[49], resolvedqmgr[49]; /* version 3 and above */
    uint8_t tail[400];                    /* as it came, from offset 168: echoed */
    size_t tail_n;
};
void od_init(struct mqod *od, const char *name);
void od_encode(struct buf *out, const struct mqod *od);
void od_decode(struct reader *r, struct mqod *out);

struct mqpmo {
    int32_t version, options, timeout, context;
    int32_t known, unknown, invalid; /* destination counts; a queue manager answers known = 1 */
    char resolvedq[49], resolvedqmgr[49];
    uint8_t tail[64]; /* from offset 128, as it came */
    size_t tail_n;
};
void pmo_init(struct mqpmo *pmo);
/* Missing bytes of a tail are written as zeros, so a caller may just raise `version`. */
void pmo_encode(struct buf *out, const struct mqpmo *pmo);
void pmo_decode(struct reader *r, struct mqpmo *out);

struct mqgmo {
    int32_t version, options, wait /* ms, -1 for ever */, signal1, signal2;
    char resolvedq[49];
    int32_t match; /* 3 in version 1 */
    char groupstatus, segmentstatus, segmentation;
    uint8_t token[16];
    int32_t returnedlength;
    uint8_t tail[16];
    size_t tail_n;
};
void gmo_init(struct mqgmo *gmo);
void gmo_encode(struct buf *out, const struct mqgmo *gmo);
void gmo_decode(struct reader *r, struct mqgmo *out);

struct fopa {
    int32_t defpersistence, defputresptype, defreadahead, propctl;
};
void fopa_encode(struct buf *out, const struct fopa *x);

struct mqconn_body {
    char qmgr[49], appl[29];
    int32_t appltype;
    uint8_t accounting[32];
    int32_t options;
    struct span rest; /* from offset 116, borrowed: echoed */
};
void mqconn_encode(struct buf *out, const struct mqconn_body *c);
void mqconn_decode(struct reader *r, struct mqconn_body *out);

enum mqi_options { /* the values of the public API */
    OO_INPUT_AS_Q_DEF = 0x1,
    OO_INPUT_SHARED = 0x2,
    OO_INPUT_EXCLUSIVE = 0x4,
    OO_BROWSE = 0x8,
    OO_OUTPUT = 0x10,
    OO_INQUIRE = 0x20,
    OO_SET = 0x40,
    OO_SAVE_ALL_CONTEXT = 0x80,
    OO_PASS_IDENTITY_CONTEXT = 0x100,
    OO_PASS_ALL_CONTEXT = 0x200,
    OO_SET_IDENTITY_CONTEXT = 0x400,
    OO_SET_ALL_CONTEXT = 0x800,
    OO_ALTERNATE_USER = 0x1000,
    OO_FAIL_IF_QUIESCING = 0x2000,
    PMO_SYNCPOINT = 0x2,
    PMO_NO_SYNCPOINT = 0x4,
    PMO_DEFAULT_CONTEXT = 0x20,
    PMO_NEW_MSG_ID = 0x40,
    PMO_NEW_CORREL_ID = 0x80,
    PMO_PASS_IDENTITY = 0x100,
    PMO_PASS_ALL = 0x200,
    PMO_SET_IDENTITY = 0x400,
    PMO_SET_ALL = 0x800,
    PMO_ALTERNATE_USER = 0x1000,
    PMO_FAIL_IF_QUIESCING = 0x2000,
    PMO_NO_CONTEXT = 0x4000,
    PMO_ASYNC_RESPONSE = 0x10000,
    PMO_SYNC_RESPONSE = 0x20000,
    GMO_WAIT = 0x1,
    GMO_SYNCPOINT = 0x2,
    GMO_NO_SYNCPOINT = 0x4,
    GMO_BROWSE_FIRST = 0x10,
    GMO_BROWSE_NEXT = 0x20,
    GMO_ACCEPT_TRUNCATED = 0x40,
    GMO_MARK_SKIP_BACKOUT = 0x80,
    GMO_MSG_UNDER_CURSOR = 0x100,
    GMO_LOCK = 0x200,
    GMO_UNLOCK = 0x400,
    GMO_BROWSE_MSG_UNDER_CURSOR = 0x800,
    GMO_SYNCPOINT_IF_PERSISTENT = 0x1000,
    GMO_FAIL_IF_QUIESCING = 0x2000,
    GMO_CONVERT = 0x4000,
    MO_MATCH_MSG_ID = 1,
    MO_MATCH_CORREL_ID = 2,
    MO_MATCH_GROUP_ID = 4,
    MO_MATCH_MSG_TOKEN = 32,
    CO_NONE = 0,
    CO_DELETE = 1,
    CO_DELETE_PURGE = 2,
};

#endif
