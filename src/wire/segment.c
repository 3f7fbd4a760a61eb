#include "wire/segment.h"

#include <string.h>

#define ENCODING_BIG 0x111u    /* MQENC of a big-endian machine, IEEE floats */
#define ENCODING_LITTLE 0x222u
#define CCSID_UTF8 1208u

static const uint8_t eye_catcher[4] = {'T', 'S', 'H', ' '};

static enum rc
not_a_segment(struct failure *f, const char *why, unsigned long value)
{
    fail(f, RC_MALFORMED, "The data received is not a channel segment: %s (%lu).", why, value);
    failure_id(f, "AMQ9207E");
    failure_cause(f, "The partner is not an MQ channel, uses other TLS settings, or the data was "
                     "damaged on its way.");
    failure_fix(f, "Check that CONNAME and port lead to an MQ listener and that SSLCIPH is the same "
                   "on both ends.");
    return RC_MALFORMED;
}

/* What can be judged is judged before more bytes are awaited, so that a stranger is told at once. */
static enum rc
check_start(struct span bytes, size_t max, uint32_t *length, struct failure *f)
{
    size_t seen = bytes.n < sizeof eye_catcher ? bytes.n : sizeof eye_catcher;
    if (seen > 0 && memcmp(bytes.p, eye_catcher, seen) != 0)
        return not_a_segment(f, "wrong eye-catcher, first byte", bytes.p[0]);
    if (bytes.n < 8)
        return RC_SHORT;
    struct reader r = reader_of(bytes, ORDER_BIG);
    reader_skip(&r, 4);
    *length = reader_u32(&r);
    if (*length < SEGMENT_HEADER)
        return not_a_segment(f, "its length is shorter than a header", *length);
    if (*length > max)
        return not_a_segment(f, "its length is above what was agreed", *length);
    if (bytes.n < *length)
        return RC_SHORT;
    return RC_OK;
}

enum rc
segment_decode(struct span bytes, size_t max, struct segment *out, size_t *used, struct failure *f)
{
    uint32_t length = 0;
    enum rc rc = check_start(bytes, max, &length, f);
    if (rc != RC_OK)
        return rc;

    struct reader r = reader_of(span_of(bytes.p, length), ORDER_BIG);
    struct segment s = {0};
    reader_skip(&r, 8);
    uint8_t order = reader_u8(&r);
    if (order != ORDER_BIG && order != ORDER_LITTLE)
        return not_a_segment(f, "unknown byte order", order);
    r.order = s.order = (enum byte_order)order;
    s.type = reader_u8(&r);
    s.flags = reader_u8(&r);
    s.flags2 = reader_u8(&r);
    reader_copy(&r, s.luwid, sizeof s.luwid);
    s.encoding = reader_u32(&r);
    s.ccsid = reader_u16(&r);
    reader_skip(&r, 2);
    s.body = r.left;
    *out = s;
    *used = length;
    return RC_OK;
}

size_t
segment_begin(struct buf *out, uint8_t type, uint8_t flags, const uint8_t luwid[8])
{
    static const uint8_t none[8];
    size_t start = out->n;

    buf_put(out, eye_catcher, sizeof eye_catcher);
    buf_u32(out, 0); /* length: segment_end() */
    buf_u8(out, (uint8_t)out->order);
    buf_u8(out, type);
    buf_u8(out, flags);
    buf_u8(out, 0);
    buf_put(out, luwid != NULL ? luwid : none, sizeof none);
    buf_u32(out, out->order == ORDER_LITTLE ? ENCODING_LITTLE : ENCODING_BIG);
    buf_u16(out, CCSID_UTF8);
    buf_u16(out, 0);
    return start;
}

void
segment_end(struct buf *out, size_t start)
{
    if (buf_ok(out))
        buf_patch_u32_as(out, start + 4, (uint32_t)(out->n - start), ORDER_BIG);
}

void
segment_bare(struct buf *out, uint8_t type, uint8_t flags, const uint8_t luwid[8])
{
    segment_end(out, segment_begin(out, type, flags, luwid));
}

void
status_encode(struct buf *out, uint8_t flags, const uint8_t luwid[8], const struct status *s)
{
    size_t start = segment_begin(out, SEG_STATUS, flags, luwid);

    if (s->code != STATUS_OK || s->has_value) {
        buf_u32(out, s->has_value ? 12 : 8); /* the length counts itself */
        buf_i32(out, s->code);
        if (s->has_value)
            buf_i32(out, s->value);
    }
    segment_end(out, start);
}

enum rc
status_decode(const struct segment *seg, struct status *out)
{
    struct status s = {.negative = (seg->flags & SEGF_ERROR) != 0};

    if (seg->type != SEG_STATUS)
        return RC_MALFORMED;
    if (seg->body.n > 0) {
        struct reader r = segment_reader(seg);
        uint32_t length = reader_u32(&r);
        s.code = reader_i32(&r);
        if (length < 8 || length > seg->body.n)
            return RC_MALFORMED;
        s.has_value = length >= 12;
        if (s.has_value)
            s.value = reader_i32(&r);
        if (!reader_ok(&r))
            return RC_MALFORMED;
    }
    s.negative = s.negative || s.code != STATUS_OK;
    *out = s;
    return RC_OK;
}

const char *
status_name(int32_t code)
{
    static const struct {
        int32_t code;
        const char *name;
    } names[] = {
        {STATUS_OK, "OK"},
        {STATUS_NO_CHANNEL, "NO_CHANNEL"},
        {STATUS_WRONG_TYPE, "CHANNEL_WRONG_TYPE"},
        {STATUS_QM_UNAVAILABLE, "QM_UNAVAILABLE"},
        {STATUS_SEQUENCE, "MSG_SEQUENCE_ERROR"},
        {STATUS_QM_TERMINATING, "QM_TERMINATING"},
        {STATUS_CAN_NOT_STORE, "CAN_NOT_STORE"},
        {STATUS_USER_CLOSED, "USER_CLOSED"},
        {STATUS_TIMEOUT, "TIMEOUT_EXPIRED"},
        {9, "TARGET_Q_UNKNOWN"},
        {0x0A, "SEGMENT_TYPE_ERROR"},
        {0x0B, "LENGTH_ERROR"},
        {0x0C, "INVALID_DATA"},
        {0x0D, "SEGMENT_ERROR"},
        {0x0E, "ID_ERROR"},
        {0x0F, "MSH_ERROR"},
        {STATUS_PROTOCOL, "PROTOCOL_ERROR"},
        {STATUS_BATCH_FAILURE, "BATCH_FAILURE"},
        {STATUS_MESSAGE_LENGTH, "MESSAGE_LENGTH_ERROR"},
        {0x13, "SEGMENT_NUMBER_ERROR"},
        {STATUS_SECURITY, "SECURITY_FAILURE"},
        {STATUS_WRAP_VALUE, "WRAP_VALUE_ERROR"},
        {STATUS_CHANNEL_UNAVAILABLE, "CHANNEL_UNAVAILABLE"},
        {STATUS_CLOSED_BY_EXIT, "CLOSED_BY_EXIT"},
        {STATUS_CIPHER_SPEC, "CIPHER_SPEC"},
        {STATUS_PEER_NAME, "PEER_NAME"},
        {STATUS_CLIENT_CERTIFICATE, "SSL_CLIENT_CERTIFICATE"},
        {0x1B, "RECOVERY"},
        {0x1C, "SSL_REFRESHING"},
        {0x1E, "CONVERSATION_ID"},
        {0x20, "STANDBY_Q_MGR"},
        {STATUS_CCSID, "CCSID_NOT_SUPPORTED"},
        {STATUS_ENCODING, "ENCODING_INVALID"},
        {STATUS_FAP, "FAP_LEVEL"},
        {STATUS_NEGOTIATION, "NEGOTIATION_FAILED"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == code)
            return names[i].name;
    return "UNKNOWN";
}
