#include "wire/initial.h"

#include <string.h>

#include "base/text.h"

/* How long the structure is, by FAP level. */
#define ID_SHORT 44u    /* below 4 */
#define ID_FAP4 102u    /* 4 to 8 */
#define ID_FAP9 208u    /* 9 and 10 */
#define ID_FULL 240u    /* 11 and above */
#define ID_EFL_END 102u /* what the "EFL length" counts begins here */

#define UID_SIZE 132u
#define UID_SHORT_USER 12u
#define UID_LONG_USER 64u

static size_t
id_size(uint8_t fap)
{
    if (fap < 4)
        return ID_SHORT;
    if (fap < 9)
        return ID_FAP4;
    return fap < 11 ? ID_FAP9 : ID_FULL;
}

static void
encode_start(struct buf *out, const struct initial_data *id)
{
    buf_put(out, "ID  ", 4);
    buf_u8(out, id->fap);
    buf_u8(out, id->cap1);
    buf_u8(out, id->ecap1);
    buf_u8(out, id->error1);
    buf_u16(out, 0);
    buf_u16(out, id->batch);
    buf_u32(out, id->transmission_size);
    buf_u32(out, id->message_size);
    buf_u32(out, id->wrap);
    buf_text(out, id->channel, 20);
}

static void
encode_fap4(struct buf *out, const struct initial_data *id)
{
    buf_u8(out, id->cap2);
    buf_u8(out, id->ecap2);
    buf_u16(out, id->ccsid);
    buf_text(out, id->qmgr, 48);
    buf_u32(out, id->heartbeat);
    buf_u16(out, (uint16_t)(id_size(id->fap) - ID_EFL_END));
}

static void
encode_fap9(struct buf *out, const struct initial_data *id)
{
    buf_u8(out, id->error2);
    buf_u8(out, 0);
    /* Compression: "none" is all that we offer; 0xff ends a list. */
    buf_u8(out, 0);
    buf_fill(out, 0xff, 1);
    buf_u8(out, 0);
    buf_fill(out, 0xff, 15);
    buf_u16(out, 0);
    buf_u32(out, id->ssl_reset);
    buf_u32(out, id->conversations);
    buf_u8(out, id->cap3);
    buf_u8(out, id->ecap3);
    buf_u16(out, 0);
    buf_u32(out, id->process);
    buf_u32(out, id->thread);
    buf_u32(out, id->trace);
    buf_text(out, id->product, 12);
    buf_text(out, id->qmid, 48);
}

void
initial_encode(struct buf *out, uint8_t flags, const struct initial_data *id)
{
    size_t size = id_size(id->fap);
    size_t start = segment_begin(out, SEG_INITIAL_DATA, flags, NULL);

    encode_start(out, id);
    if (size >= ID_FAP4)
        encode_fap4(out, id);
    if (size >= ID_FAP9)
        encode_fap9(out, id);
    if (size >= ID_FULL) {
        buf_u16(out, 0); /* the one password protection that we know: none */
        buf_fill(out, 0xff, 18);
        buf_fill(out, 0, 12); /* nonce: of no use without protection */
    }
    segment_end(out, start);
}

static void
decode_start(struct reader *r, struct initial_data *id)
{
    reader_skip(r, 4);
    id->fap = reader_u8(r);
    id->cap1 = reader_u8(r);
    id->ecap1 = reader_u8(r);
    id->error1 = reader_u8(r);
    reader_skip(r, 2);
    id->batch = reader_u16(r);
    id->transmission_size = reader_u32(r);
    id->message_size = reader_u32(r);
    id->wrap = reader_u32(r);
    reader_text(r, id->channel, 20);
}

static void
decode_fap4(struct reader *r, struct initial_data *id)
{
    id->cap2 = reader_u8(r);
    id->ecap2 = reader_u8(r);
    id->ccsid = reader_u16(r);
    reader_text(r, id->qmgr, 48);
    id->heartbeat = reader_u32(r);
    reader_skip(r, 2); /* "EFL length": a real queue manager sends 0 (spec/real-server.md 3) */
}

static void
decode_fap9(struct reader *r, struct initial_data *id)
{
    id->error2 = reader_u8(r);
    reader_skip(r, 1 + 2 + 16 + 2); /* compression lists: never agreed to */
    id->ssl_reset = reader_u32(r);
    id->conversations = reader_u32(r);
    id->cap3 = reader_u8(r);
    id->ecap3 = reader_u8(r);
    reader_skip(r, 2);
    id->process = reader_u32(r);
    id->thread = reader_u32(r);
    id->trace = reader_u32(r);
    reader_text(r, id->product, 12);
    reader_text(r, id->qmid, 48);
}

enum rc
initial_decode(const struct segment *seg, struct initial_data *out)
{
    struct initial_data id = {0};
    struct reader r = segment_reader(seg);

    if (seg->type != SEG_INITIAL_DATA || seg->body.n < ID_SHORT ||
        memcmp(seg->body.p, "ID  ", 4) != 0)
        return RC_MALFORMED;
    decode_start(&r, &id);
    if (seg->body.n >= ID_FAP4)
        decode_fap4(&r, &id);
    if (seg->body.n >= ID_FAP9)
        decode_fap9(&r, &id);
    if (!reader_ok(&r))
        return RC_MALFORMED;
    *out = id;
    return RC_OK;
}

static size_t
trimmed(const char *s, size_t n)
{
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\0'))
        n--;
    return n;
}

enum rc
userid_decode(const struct segment *seg, struct userid *out)
{
    struct reader r = segment_reader(seg);
    char name[UID_SHORT_USER + 1], password[UID_SHORT_USER + 1];
    char long_name[UID_LONG_USER + 1] = "";

    if (seg->type != SEG_USERID || seg->body.n < 28 || memcmp(seg->body.p, "UID ", 4) != 0)
        return RC_MALFORMED;
    reader_skip(&r, 4);
    reader_text(&r, name, UID_SHORT_USER);
    reader_copy(&r, password, UID_SHORT_USER);
    if (r.left.n >= UID_LONG_USER)
        reader_text(&r, long_name, UID_LONG_USER);
    text_copy(out->user, sizeof out->user, long_name[0] != '\0' ? long_name : name);
    secret_set(&out->password, password, trimmed(password, UID_SHORT_USER));
    secret_wipe(password, sizeof password);
    return RC_OK;
}

void
userid_encode(struct buf *out, const char *user)
{
    size_t start = segment_begin(out, SEG_USERID, SEGF_WHOLE, NULL);
    char upper[UID_SHORT_USER + 1];

    text_copy(upper, sizeof upper, user);
    text_upper(upper);
    buf_put(out, "UID ", 4);
    buf_text(out, upper, UID_SHORT_USER);
    buf_text(out, "", UID_SHORT_USER);
    buf_text(out, user, UID_LONG_USER);
    buf_fill(out, 0, UID_SIZE - 92); /* security identifier: none */
    segment_end(out, start);
}

enum rc
conauth_decode(const struct segment *seg, struct userid *out)
{
    struct reader r = segment_reader(seg);

    if (seg->type != SEG_CONAUTH || seg->body.n < 24 || memcmp(seg->body.p, "CAUT", 4) != 0)
        return RC_MALFORMED;
    reader_skip(&r, 4);
    uint32_t kind = reader_u32(&r);
    reader_skip(&r, 8); /* the same lengths again, as maxima */
    uint32_t user_n = reader_u32(&r), password_n = reader_u32(&r);
    if (kind != 1) /* user and password */
        return RC_UNSUPPORTED;
    if (user_n > sizeof out->user - 1 || password_n > SECRET_MAX)
        return RC_LIMIT;
    /* Newer clients have two more words here; padding is shorter than them (spec 5). */
    if (r.left.n >= 8 + (size_t)user_n + password_n)
        reader_skip(&r, 8);
    struct span user = reader_take(&r, user_n);
    struct span password = reader_take(&r, password_n);
    if (!reader_ok(&r))
        return RC_MALFORMED;
    size_t n = user_n > 0 ? trimmed((const char *)user.p, user_n) : 0;
    memset(out->user, 0, sizeof out->user);
    if (n > 0)
        memcpy(out->user, user.p, n);
    secret_set(&out->password, password_n > 0 ? (const char *)password.p : "", password_n);
    return RC_OK;
}
