/*
 * record.h - the journal's bytes: how a segment opens, how a record is framed, what each kind of
 * record carries.  Pure: bytes in, structs out, and back.  All numbers are little-endian.
 *
 * A segment opens with an *opening* of RECORD_OPENING bytes, of which a second copy stands in its
 * last bytes.  Its length and where its magic, version and checksum stand are the same in every
 * version.  Records follow, each aligned to 8:
 *
 *     tag u32, crc u32, length u24, kind u8, synced u32, then length bytes
 *
 * The tag is the CRC32C of where the record stands: nonce and generation of this life of the
 * segment, and the offset.  The crc continues it over the rest of the record.  So a record of an
 * earlier life, or one that stands elsewhere, is no record at all, and is told apart from a damaged
 * one. `synced` is the offset up to which this segment was known to be on disk when the record was
 * made: whatever is bad before that is damage, whatever is bad after it may be a torn tail.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/bytes.h"
#include "base/failure.h"

#define RECORD_FORMAT 1u    /* version of everything described here */
#define RECORD_OPENING 128u /* bytes of an opening */
#define RECORD_HEADER 16u
#define RECORD_PUT_FIXED 28u /* payload of PUT and COPY before the head */
#define RECORD_PART_FIXED 16u
#define RECORD_SET_FIXED 12u
#define RECORD_UNIT_FIXED 12u
#define RECORD_IDS_MAX 1024u /* ids in one record */

enum record_kind {
    RECORD_PUT = 1,    /* a message of a unit, and the first bytes of its body */
    RECORD_COPY,       /* a committed message, copied forward */
    RECORD_PART,       /* more of the body of a message */
    RECORD_SET,        /* a named blob, set by the unit whose COMMIT or PREPARE follows */
    RECORD_KEEP,       /* a committed named blob, copied forward */
    RECORD_GETS,       /* ids that the unit whose COMMIT or PREPARE follows gets */
    RECORD_PREPARE,    /* with more ids */
    RECORD_COMMIT,     /* with more ids */
    RECORD_BACKOUT,    /* of a prepared unit */
    RECORD_CHECKPOINT, /* segments before this generation are not needed any more */
    RECORD_CLOSE,      /* everything before was on disk: the store was closed */
    RECORD_KINDS
};

struct record_opening {
    uint64_t size;       /* of the segment */
    uint64_t generation; /* 1, 2, ... in log order, never used twice */
    uint64_t base;       /* position of the segment's first byte */
    uint64_t nonce;      /* random, so that a generation started twice is not mistaken */
    uint64_t last_end; /* where the records of the segment before end, an offset; 0 for the first */
    uint64_t oldest;   /* first generation that is still needed */
    uint64_t next_id;  /* lower bounds, for when all records that show them are gone */
    uint64_t next_unit;
};

void record_opening_encode(const struct record_opening *o, uint8_t to[RECORD_OPENING]);
/* RC_NOT_FOUND: all zeros, never used.  RC_CORRUPT: damaged.  RC_UNSUPPORTED: a later format. */
enum rc record_opening_decode(struct span bytes, struct record_opening *out) MUST_CHECK;

struct record {
    enum record_kind kind;
    uint32_t synced;
    struct span payload; /* borrowed */
    size_t size;         /* with header and padding */
};

static inline size_t
record_size(size_t payload)
{
    return (RECORD_HEADER + payload + 7) & ~(size_t)7;
}

/* Append a record of kind for offset `at`: begin, append the payload, end. Both with the same `at`.
 */
void record_begin(struct buf *b);
void record_end(struct buf *b, size_t begun, const struct record_opening *o, uint64_t at,
    enum record_kind kind, uint32_t synced);
/* Decode the record that starts at bytes and stands at offset `at`; bytes may go on beyond it.
 * RC_NOT_FOUND: no record of this life of the segment starts here.  RC_CORRUPT: one does, and is
 * damaged or cut short. */
enum rc record_decode(
    struct span bytes, const struct record_opening *o, uint64_t at, struct record *out) MUST_CHECK;

struct record_message { /* PUT, COPY */
    uint64_t owner;     /* PUT: the unit; COPY: position of the commit, which gives the order */
    uint64_t id;
    uint32_t queue;
    struct span head;
    uint32_t body_size; /* of the whole body */
    struct span body;   /* its first bytes */
};
struct record_part {
    uint64_t id;
    uint64_t offset;
    struct span body;
};
struct record_set { /* SET, KEEP (unit 0) */
    uint64_t unit;
    struct span key;
    struct span value; /* empty: dropped */
};
struct record_unit { /* GETS, PREPARE, COMMIT, BACKOUT */
    uint64_t unit;
    struct span xid; /* PREPARE only */
    uint32_t n_ids;
    struct span ids; /* n_ids numbers of 8 bytes: record_unit_id() */
};

void record_message_encode(struct buf *b, const struct record_message *m);
bool record_message_decode(struct span payload, struct record_message *out) MUST_CHECK;
void record_part_encode(struct buf *b, const struct record_part *p);
bool record_part_decode(struct span payload, struct record_part *out) MUST_CHECK;
void record_set_encode(struct buf *b, const struct record_set *s);
bool record_set_decode(struct span payload, struct record_set *out) MUST_CHECK;
void record_unit_encode(
    struct buf *b, uint64_t unit, struct span xid, const uint64_t *ids, size_t n_ids);
bool record_unit_decode(struct span payload, struct record_unit *out) MUST_CHECK;
uint64_t record_unit_id(const struct record_unit *u, size_t i);
bool record_number_decode(struct span payload, uint64_t *out) MUST_CHECK; /* CHECKPOINT */

#endif
