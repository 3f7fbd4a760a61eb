/*
 * md.h - the message descriptor and the headers that stand before message data: MQMD, MQMDE, MQXQH,
 * MQDLH (spec/message-channel.md 5.2, spec/client-protocol.md 7.2).  Pure.
 */
#ifndef WIRE_MD_H
#define WIRE_MD_H

#include "base/bytes.h"
#include "base/failure.h"

#define MQMD1_SIZE 324u
#define MQMD2_SIZE 364u
#define MQXQH_SIZE 428u /* with its MQMD1 */
#define MQDLH_SIZE 172u
#define MQMDE_SIZE 72u

struct mqmd {
    int32_t version, report, msgtype, expiry /* 1/10 s, -1 never */, feedback, encoding, ccsid;
    char format[9];
    int32_t priority, persistence; /* 0, 1, 2 as queue default */
    uint8_t msgid[24], correlid[24];
    int32_t backoutcount;
    char replytoq[49], replytoqmgr[49], user[13];
    uint8_t accounting[32];
    char applidentity[33];
    int32_t putappltype;
    char putapplname[29], putdate[9], puttime[9], applorigin[5];
    uint8_t groupid[24]; /* from here: version 2 */
    int32_t msgseqnumber, offset, msgflags, originallength;
};
/* MQMD_DEFAULT of the API: version 1, expiry -1, priority -1, persistence 2, little-endian, 1208.
 */
void md_init(struct mqmd *md);
void md_encode(struct buf *out, const struct mqmd *md); /* in md->version */
/* Reads the version that stands there; a bad eye-catcher or version makes r fail. */
void md_decode(struct reader *r, struct mqmd *out);

struct mqxqh {
    char remoteqname[49], remoteqmgr[49];
    struct mqmd md; /* version 1; what version 2 adds travels in an MQMDE that follows */
};
void xqh_encode(struct buf *out, const struct mqxqh *x);
void xqh_decode(struct reader *r, struct mqxqh *out);
/* Needs version 2 an MQMDE?  Encode it; format, encoding and ccsid are those of what follows. */
bool mde_is_needed(const struct mqmd *md);
void mde_encode(struct buf *out, const struct mqmd *md);
void mde_decode(struct reader *r, struct mqmd *into);

struct mqdlh {
    int32_t reason;
    char destq[49], destqmgr[49];
    int32_t encoding, ccsid;
    char format[9];
    int32_t putappltype;
    char putapplname[29], putdate[9], puttime[9];
};
void dlh_encode(struct buf *out, const struct mqdlh *d);
void dlh_decode(struct reader *r, struct mqdlh *out);

/* The MSH of a message channel's MESSAGE and RESYNC segments (spec/message-channel.md 5.1). */
struct msh {
    uint32_t sequence, length /* in this segment */, total;
};
void msh_encode(struct buf *out, const struct msh *m);
void msh_decode(struct reader *r, struct msh *out);

#endif
