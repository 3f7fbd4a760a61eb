#include "wire/md.h"

#include <string.h>

/* Every structure begins with four letters and a version. */
static void
put_start(struct buf *out, const char id[4], int32_t version)
{
    buf_put(out, id, 4);
    buf_i32(out, version);
}

static int32_t
take_start(struct reader *r, const char id[4])
{
    struct span s = reader_take(r, 4);
    if (s.n == 4 && memcmp(s.p, id, 4) != 0)
        r->failed = true;
    return reader_i32(r);
}

static void
expect(struct reader *r, bool what)
{
    if (!what)
        r->failed = true;
}

void
md_init(struct mqmd *md)
{
    *md = (struct mqmd){
        .version = 1,
        .msgtype = 8, /* MQMT_DATAGRAM */
        .expiry = -1,
        .encoding = 0x222,
        .ccsid = 1208,
        .priority = -1,
        .persistence = 2,
        .msgseqnumber = 1,
        .originallength = -1,
    };
}

static void
encode_version2(struct buf *out, const struct mqmd *md)
{
    buf_put(out, md->groupid, sizeof md->groupid);
    buf_i32(out, md->msgseqnumber);
    buf_i32(out, md->offset);
    buf_i32(out, md->msgflags);
    buf_i32(out, md->originallength);
}

static void
decode_version2(struct reader *r, struct mqmd *md)
{
    reader_copy(r, md->groupid, sizeof md->groupid);
    md->msgseqnumber = reader_i32(r);
    md->offset = reader_i32(r);
    md->msgflags = reader_i32(r);
    md->originallength = reader_i32(r);
}

static void
encode_version1(struct buf *out, const struct mqmd *md, int32_t version)
{
    put_start(out, "MD  ", version);
    buf_i32(out, md->report);
    buf_i32(out, md->msgtype);
    buf_i32(out, md->expiry);
    buf_i32(out, md->feedback);
    buf_i32(out, md->encoding);
    buf_i32(out, md->ccsid);
    buf_text(out, md->format, 8);
    buf_i32(out, md->priority);
    buf_i32(out, md->persistence);
    buf_put(out, md->msgid, sizeof md->msgid);
    buf_put(out, md->correlid, sizeof md->correlid);
    buf_i32(out, md->backoutcount);
    buf_text(out, md->replytoq, 48);
    buf_text(out, md->replytoqmgr, 48);
    buf_text(out, md->user, 12);
    buf_put(out, md->accounting, sizeof md->accounting);
    buf_text(out, md->applidentity, 32);
    buf_i32(out, md->putappltype);
    buf_text(out, md->putapplname, 28);
    buf_text(out, md->putdate, 8);
    buf_text(out, md->puttime, 8);
    buf_text(out, md->applorigin, 4);
}

static void
decode_version1(struct reader *r, struct mqmd *md)
{
    md->report = reader_i32(r);
    md->msgtype = reader_i32(r);
    md->expiry = reader_i32(r);
    md->feedback = reader_i32(r);
    md->encoding = reader_i32(r);
    md->ccsid = reader_i32(r);
    reader_text(r, md->format, 8);
    md->priority = reader_i32(r);
    md->persistence = reader_i32(r);
    reader_copy(r, md->msgid, sizeof md->msgid);
    reader_copy(r, md->correlid, sizeof md->correlid);
    md->backoutcount = reader_i32(r);
    reader_text(r, md->replytoq, 48);
    reader_text(r, md->replytoqmgr, 48);
    reader_text(r, md->user, 12);
    reader_copy(r, md->accounting, sizeof md->accounting);
    reader_text(r, md->applidentity, 32);
    md->putappltype = reader_i32(r);
    reader_text(r, md->putapplname, 28);
    reader_text(r, md->putdate, 8);
    reader_text(r, md->puttime, 8);
    reader_text(r, md->applorigin, 4);
}

void
md_encode(struct buf *out, const struct mqmd *md)
{
    encode_version1(out, md, md->version >= 2 ? 2 : 1);
    if (md->version >= 2)
        encode_version2(out, md);
}

void
md_decode(struct reader *r, struct mqmd *out)
{
    struct mqmd md;

    md_init(&md);
    md.version = take_start(r, "MD  ");
    expect(r, md.version == 1 || md.version == 2);
    decode_version1(r, &md);
    if (md.version == 2)
        decode_version2(r, &md);
    if (reader_ok(r))
        *out = md;
}

void
xqh_encode(struct buf *out, const struct mqxqh *x)
{
    put_start(out, "XQH ", 1);
    buf_text(out, x->remoteqname, 48);
    buf_text(out, x->remoteqmgr, 48);
    encode_version1(out, &x->md, 1);
}

void
xqh_decode(struct reader *r, struct mqxqh *out)
{
    struct mqxqh x = {0};

    expect(r, take_start(r, "XQH ") == 1);
    reader_text(r, x.remoteqname, 48);
    reader_text(r, x.remoteqmgr, 48);
    md_decode(r, &x.md);
    expect(r, x.md.version == 1);
    if (reader_ok(r))
        *out = x;
}

bool
mde_is_needed(const struct mqmd *md)
{
    static const uint8_t none[24];

    return md->version >= 2 &&
           (memcmp(md->groupid, none, sizeof none) != 0 || md->msgseqnumber != 1 ||
               md->offset != 0 || md->msgflags != 0 || md->originallength != -1);
}

void
mde_encode(struct buf *out, const struct mqmd *md)
{
    put_start(out, "MDE ", 2);
    buf_i32(out, (int32_t)MQMDE_SIZE);
    buf_i32(out, md->encoding);
    buf_i32(out, md->ccsid);
    buf_text(out, md->format, 8);
    buf_i32(out, 0);
    encode_version2(out, md);
}

void
mde_decode(struct reader *r, struct mqmd *into)
{
    struct mqmd md = *into;

    expect(r, take_start(r, "MDE ") == 2);
    expect(r, reader_u32(r) == MQMDE_SIZE);
    md.version = 2;
    md.encoding = reader_i32(r);
    md.ccsid = reader_i32(r);
    reader_text(r, md.format, 8);
    reader_skip(r, 4);
    decode_version2(r, &md);
    if (reader_ok(r))
        *into = md;
}

void
dlh_encode(struct buf *out, const struct mqdlh *d)
{
    put_start(out, "DLH ", 1);
    buf_i32(out, d->reason);
    buf_text(out, d->destq, 48);
    buf_text(out, d->destqmgr, 48);
    buf_i32(out, d->encoding);
    buf_i32(out, d->ccsid);
    buf_text(out, d->format, 8);
    buf_i32(out, d->putappltype);
    buf_text(out, d->putapplname, 28);
    buf_text(out, d->putdate, 8);
    buf_text(out, d->puttime, 8);
}

void
dlh_decode(struct reader *r, struct mqdlh *out)
{
    struct mqdlh d = {0};

    expect(r, take_start(r, "DLH ") == 1);
    d.reason = reader_i32(r);
    reader_text(r, d.destq, 48);
    reader_text(r, d.destqmgr, 48);
    d.encoding = reader_i32(r);
    d.ccsid = reader_i32(r);
    reader_text(r, d.format, 8);
    d.putappltype = reader_i32(r);
    reader_text(r, d.putapplname, 28);
    reader_text(r, d.putdate, 8);
    reader_text(r, d.puttime, 8);
    if (reader_ok(r))
        *out = d;
}

void
msh_encode(struct buf *out, const struct msh *m)
{
    buf_put(out, "MSH ", 4);
    buf_u32(out, m->sequence);
    buf_u32(out, m->length);
    buf_u32(out, 0); /* meaning not public (spec/message-channel.md 5.1) */
    buf_u32(out, m->total);
}

void
msh_decode(struct reader *r, struct msh *out)
{
    struct msh m;
    struct span id = reader_take(r, 4);

    expect(r, id.n == 4 && memcmp(id.p, "MSH ", 4) == 0);
    m.sequence = reader_u32(r);
    m.length = reader_u32(r);
    reader_skip(r, 4);
    m.total = reader_u32(r);
    if (reader_ok(r))
        *out = m;
}
