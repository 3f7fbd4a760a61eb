/*
 * segment.h - the transmission segment: TSH, its 28 bytes, and what its types and flags are called
 * (spec/message-channel.md 2, spec/client-protocol.md 1).  Pure.
 */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "base/bytes.h"
#include "base/failure.h"

#define SEGMENT_HEADER 28u
#define SEGMENT_FIRST_MAX 1024u /* longest segment before the initial data were agreed */

enum segment_type {
    SEG_INITIAL_DATA = 0x01,
    SEG_RESYNC = 0x02,
    SEG_RESET = 0x03,
    SEG_MESSAGE = 0x04,
    SEG_STATUS = 0x05,
    SEG_SECURITY = 0x06,
    SEG_PING = 0x07,
    SEG_USERID = 0x08,
    SEG_HEARTBEAT = 0x09,
    SEG_CONAUTH = 0x0A,
    SEG_SOCKET_ACTION = 0x0C,
    SEG_MQCONN = 0x81,
    SEG_MQDISC = 0x82,
    SEG_MQOPEN = 0x83,
    SEG_MQCLOSE = 0x84,
    SEG_MQGET = 0x85,
    SEG_MQPUT = 0x86,
    SEG_MQPUT1 = 0x87,
    SEG_MQSET = 0x88,
    SEG_MQINQ = 0x89,
    SEG_MQCMIT = 0x8A,
    SEG_MQBACK = 0x8B,
    SEG_SPI = 0x8C,
    SEG_MQSTAT = 0x8D,
    SEG_REPLY = 0x10, /* added to a call's type */
};
enum segment_flag {
    SEGF_CONFIRM = 0x01,
    SEGF_ERROR = 0x02,
    SEGF_REQUEST_CLOSE = 0x04,
    SEGF_CLOSE = 0x08,
    SEGF_FIRST = 0x10,
    SEGF_LAST = 0x20,
    SEGF_REQUEST_ACCEPTED = 0x40,
    SEGF_DLQ_USED = 0x80,
    SEGF_WHOLE = SEGF_FIRST | SEGF_LAST,
};

struct segment { /* body is borrowed from the bytes that were decoded */
    uint8_t type;
    uint8_t flags, flags2;
    enum byte_order order;
    uint8_t luwid[8];
    uint32_t encoding;
    uint16_t ccsid;
    struct span body;
};
static inline struct reader
segment_reader(const struct segment *s)
{
    return reader_of(s->body, s->order);
}
/* The whole segment at the front of bytes; *used: its length.  RC_SHORT: more bytes are needed.
 * RC_MALFORMED (AMQ9207E): eye-catcher, length < 28 or > max, byte order. */
enum rc segment_decode(
    struct span bytes, size_t max, struct segment *out, size_t *used, struct failure *f) MUST_CHECK;
/* Append a header whose length segment_end() fills in.  Returns where it starts.  out's byte order
 * is used; luwid may be NULL (zeros); the CCSID is 1208 unless the caller patches it. */
size_t segment_begin(struct buf *out, uint8_t type, uint8_t flags, const uint8_t luwid[8]);
void segment_end(struct buf *out, size_t start);
/* A segment without body; a STATUS: code 0 and no value give an empty one. */
void segment_bare(struct buf *out, uint8_t type, uint8_t flags, const uint8_t luwid[8]);

enum status_code { /* spec/message-channel.md 11 */
    STATUS_OK = 0,
    STATUS_NO_CHANNEL = 1,
    STATUS_WRONG_TYPE = 2,
    STATUS_QM_UNAVAILABLE = 3,
    STATUS_SEQUENCE = 4,
    STATUS_QM_TERMINATING = 5,
    STATUS_CAN_NOT_STORE = 6,
    STATUS_USER_CLOSED = 7,
    STATUS_TIMEOUT = 8,
    STATUS_PROTOCOL = 0x10,
    STATUS_BATCH_FAILURE = 0x11,
    STATUS_MESSAGE_LENGTH = 0x12,
    STATUS_SECURITY = 0x14,
    STATUS_WRAP_VALUE = 0x15,
    STATUS_CHANNEL_UNAVAILABLE = 0x16,
    STATUS_CLOSED_BY_EXIT = 0x17,
    STATUS_CIPHER_SPEC = 0x18,
    STATUS_PEER_NAME = 0x19,
    STATUS_CLIENT_CERTIFICATE = 0x1A,
    STATUS_CCSID = 0xF0,
    STATUS_ENCODING = 0xF1,
    STATUS_FAP = 0xF2,
    STATUS_NEGOTIATION = 0xF3,
};
struct status {
    int32_t code, value;
    bool has_value;
    bool negative; /* flag ERROR, or a code other than 0 */
};
void status_encode(struct buf *out, uint8_t flags, const uint8_t luwid[8], const struct status *s);
enum rc status_decode(const struct segment *seg, struct status *out) MUST_CHECK;
/* "NO_CHANNEL" for logs and traces. */
const char *status_name(int32_t code);

#endif
