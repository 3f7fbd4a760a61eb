#include "qmgr/qmsg.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The packed descriptor: a version byte, MsgId and CorrelId where qmsg_msgid() finds them, the
 * integers, then texts and identifiers without their padding. */
enum { HEAD_VERSION = 1, AT_MSGID = 1, AT_CORRELID = 25, ID_SIZE = 24 };

static void
put_text(struct buf *out, const char *s)
{
    size_t n = strlen(s);

    assert(n < 256);
    buf_u8(out, (uint8_t)n);
    buf_put(out, s, n);
}

static void
put_padded(struct buf *out, const uint8_t *p, size_t n)
{
    while (n > 0 && p[n - 1] == 0)
        n--;
    buf_u8(out, (uint8_t)n);
    buf_put(out, p, n);
}

static void
get_text(struct reader *r, char *to, size_t size)
{
    struct span s = reader_take(r, reader_u8(r));

    if (s.n >= size || (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)) {
        r->failed = true;
        s.n = 0;
    }
    if (s.n > 0)
        memcpy(to, s.p, s.n);
    to[s.n] = '\0';
}

static void
get_padded(struct reader *r, uint8_t *to, size_t size)
{
    struct span s = reader_take(r, reader_u8(r));

    if (s.n > size) {
        r->failed = true;
        s.n = 0;
    }
    memset(to, 0, size);
    if (s.n > 0)
        memcpy(to, s.p, s.n);
}

void
qmsg_head_encode(struct buf *out, const struct mqmd *md, int64_t arrived, int64_t expires)
{
    const int32_t ints[] = {md->report, md->msgtype, md->expiry, md->feedback, md->encoding,
        md->ccsid, md->priority, md->persistence, md->putappltype, md->msgseqnumber, md->offset,
        md->msgflags, md->originallength};
    const char *texts[] = {md->format, md->replytoq, md->replytoqmgr, md->user, md->applidentity,
        md->putapplname, md->putdate, md->puttime, md->applorigin};

    buf_u8(out, HEAD_VERSION);
    buf_put(out, md->msgid, ID_SIZE);
    buf_put(out, md->correlid, ID_SIZE);
    buf_u64(out, (uint64_t)arrived);
    buf_u64(out, (uint64_t)expires);
    for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++)
        buf_i32(out, ints[i]);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        put_text(out, texts[i]);
    put_padded(out, md->accounting, sizeof(md->accounting));
    put_padded(out, md->groupid, sizeof(md->groupid));
}

bool
qmsg_head_decode(struct span head, struct mqmd *md, int64_t *arrived, int64_t *expires)
{
    struct reader r = reader_of(head, ORDER_LITTLE);
    int32_t *const ints[] = {&md->report, &md->msgtype, &md->expiry, &md->feedback, &md->encoding,
        &md->ccsid, &md->priority, &md->persistence, &md->putappltype, &md->msgseqnumber,
        &md->offset, &md->msgflags, &md->originallength};
    const struct {
        char *to;
        size_t size;
    } texts[] = {{md->format, sizeof(md->format)}, {md->replytoq, sizeof(md->replytoq)},
        {md->replytoqmgr, sizeof(md->replytoqmgr)}, {md->user, sizeof(md->user)},
        {md->applidentity, sizeof(md->applidentity)}, {md->putapplname, sizeof(md->putapplname)},
        {md->putdate, sizeof(md->putdate)}, {md->puttime, sizeof(md->puttime)},
        {md->applorigin, sizeof(md->applorigin)}};

    if (reader_u8(&r) != HEAD_VERSION)
        return false;
    md->version = 2;
    md->backoutcount = 0;
    reader_copy(&r, md->msgid, ID_SIZE);
    reader_copy(&r, md->correlid, ID_SIZE);
    *arrived = (int64_t)reader_u64(&r);
    *expires = (int64_t)reader_u64(&r);
    for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++)
        *ints[i] = reader_i32(&r);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        get_text(&r, texts[i].to, texts[i].size);
    get_padded(&r, md->accounting, sizeof(md->accounting));
    get_padded(&r, md->groupid, sizeof(md->groupid));
    return reader_ok(&r) && r.left.n == 0 && head.n <= QMSG_HEAD_MAX;
}

struct qmsg *
qmsg_new(struct span head, int64_t arrived, int64_t expires, size_t body_size)
{
    assert(head.n <= QMSG_HEAD_MAX);
    struct qmsg *m = calloc(1, sizeof(*m) + head.n);
    if (m == NULL)
        abort();
    m->arrived = arrived;
    m->expires = expires;
    m->size = body_size;
    m->head_n = (uint16_t)head.n;
    memcpy(m->head, head.p, head.n);
    return m;
}

void
qmsg_free(struct qmsg *m)
{
    if (m == NULL)
        return;
    free(m->body);
    free(m);
}

void
qmsg_md(const struct qmsg *m, int64_t now, struct mqmd *md)
{
    int64_t arrived;
    int64_t expires;
    bool ok = qmsg_head_decode(span_of(m->head, m->head_n), md, &arrived, &expires);

    assert(ok);
    md->backoutcount = (int32_t)m->backouts;
    if (expires != 0) /* what is left, in tenths of a second */
        md->expiry = expires > now ? (int32_t)((expires - now) / 100000) : 0;
}

const uint8_t *
qmsg_msgid(const struct qmsg *m)
{
    return m->head + AT_MSGID;
}

const uint8_t *
qmsg_correlid(const struct qmsg *m)
{
    return m->head + AT_CORRELID;
}
