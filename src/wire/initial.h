/*
 * initial.h - the initial data (ID) that open every channel (spec/message-channel.md 4,
 * spec/client-protocol.md 4), and the client's USERID and CONAUTH_INFO.  Pure.
 */
#ifndef WIRE_INITIAL_H
#define WIRE_INITIAL_H

#include "base/secret.h"
#include "wire/segment.h"

enum initial_cap1 {
    CAP1_MSG_SEQ = 0x01,
    CAP1_CONVERSION = 0x02,
    CAP1_SPLIT = 0x04,
    CAP1_REQUEST_INITIATION = 0x08,
    CAP1_REQUEST_SECURITY = 0x10,
    CAP1_MQREQUEST = 0x20
};
enum initial_cap2 { CAP2_FAST = 0x02, CAP2_RESPONDER_CONVERSION = 0x04, CAP2_SPI = 0x40 };
enum initial_cap3 { CAP3_MSG_PROP = 0x01 };
enum initial_error {
    IEF_CCSID = 0x01,
    IEF_ENCODING = 0x02,
    IEF_TRANSMISSION = 0x04,
    IEF_FAP = 0x08,
    IEF_MESSAGE_SIZE = 0x10,
    IEF_BATCH = 0x20,
    IEF_WRAP = 0x40,
    IEF_HEARTBEAT = 0x80
};

struct initial_data {
    uint8_t fap;
    uint8_t cap1, ecap1, cap2, ecap2, cap3, ecap3;
    uint8_t error1, error2;
    uint16_t batch;             /* messages */
    uint32_t transmission_size; /* bytes of a segment */
    uint32_t message_size;      /* bytes */
    uint32_t wrap;
    char channel[21];
    uint16_t ccsid;
    char qmgr[49];
    uint32_t heartbeat; /* seconds */
    uint32_t ssl_reset;
    uint32_t conversations;
    uint32_t process, thread, trace;
    char product[13];
    char qmid[49];
};
/* Encode as long as the FAP level has it: 102 (4-8), 208 (9, 10), 240 (>= 11). */
void initial_encode(struct buf *out, uint8_t flags, const struct initial_data *id);
/* Shorter structures are legal: absent fields are 0 and "". */
enum rc initial_decode(const struct segment *seg, struct initial_data *out) MUST_CHECK;

struct userid {
    char user[65];
    struct secret password;
};
enum rc userid_decode(const struct segment *seg, struct userid *out) MUST_CHECK;
void userid_encode(struct buf *out, const char *user);
enum rc conauth_decode(const struct segment *seg, struct userid *out) MUST_CHECK;

#endif
