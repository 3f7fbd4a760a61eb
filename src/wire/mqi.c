#include "wire/mqi.h"

#include <assert.h>
#include <string.h>

#define OD_FIXED 168u /* what every version of an MQOD has */
#define OD_RESOLVED_Q (240u - OD_FIXED)
#define OD_RESOLVED_QMGR (288u - OD_FIXED)
#define JOIN_KEEP 65536u /* memory kept from one call to the next */
#define PMO_FIXED 128u

static int32_t
take_start(struct reader *r, const char id[4], int32_t newest)
{
    struct span s = reader_take(r, 4);
    int32_t version = reader_i32(r);

    if (s.n != 4 || memcmp(s.p, id, 4) != 0 || version < 1 || version > newest)
        r->failed = true;
    return version;
}

static void
put_start(struct buf *out, const char id[4], int32_t version)
{
    buf_put(out, id, 4);
    buf_i32(out, version);
}

static void
put_tail(struct buf *out, const uint8_t *tail, size_t have, size_t want)
{
    buf_put(out, tail, have);
    if (have < want)
        buf_fill(out, 0, want - have);
}

size_t
mqi_begin(struct buf *out, uint8_t type, const struct mqi_header *h)
{
    size_t start = segment_begin(out, type, SEGF_WHOLE, NULL);

    buf_u32(out, 0); /* call length: mqi_end() */
    buf_i32(out, h->cc);
    buf_i32(out, h->reason);
    buf_i32(out, h->handle);
    return start;
}

void
mqi_end(struct buf *out, size_t start)
{
    segment_end(out, start);
    if (buf_ok(out)) /* it counts the 28 bytes of the header (spec/real-server.md 1) */
        buf_patch_u32_as(out, start + SEGMENT_HEADER, (uint32_t)(out->n - start), ORDER_BIG);
}

void
mqi_header_decode(struct reader *r, struct mqi_header *out)
{
    struct mqi_header h;

    reader_skip(r, 4);
    h.cc = reader_i32(r);
    h.reason = reader_i32(r);
    h.handle = reader_i32(r);
    if (reader_ok(r))
        *out = h;
}

void
mqi_split(struct span whole, size_t max, struct buf *out)
{
    assert(whole.n >= SEGMENT_HEADER && max > SEGMENT_HEADER);
    struct span left = {whole.p + SEGMENT_HEADER, whole.n - SEGMENT_HEADER};
    uint8_t first = SEGF_FIRST;

    if (whole.n <= max) {
        buf_span_put(out, whole);
        return;
    }
    while (left.n > 0) {
        size_t n = left.n < max - SEGMENT_HEADER ? left.n : max - SEGMENT_HEADER;
        size_t start = out->n;
        uint8_t flags = (uint8_t)((whole.p[10] & ~SEGF_WHOLE) | first |
                                  (n == left.n ? SEGF_LAST : 0));
        buf_put(out, whole.p, 10);
        buf_u8(out, flags);
        buf_put(out, whole.p + 11, SEGMENT_HEADER - 11);
        buf_put(out, left.p, n);
        segment_end(out, start);
        left.p += n;
        left.n -= n;
        first = 0;
    }
}

enum rc
mqi_join(struct mqi_join *j, const struct segment *seg, size_t limit, bool *complete)
{
    bool first = (seg->flags & SEGF_FIRST) != 0;

    if (first == j->open || (j->open && (seg->type != j->type || seg->order != j->order)))
        return RC_MALFORMED;
    if (first) {
        if (j->body.room > JOIN_KEEP)
            buf_free(&j->body);
        buf_clear(&j->body);
        j->body.max = limit;
        j->body.order = seg->order;
        j->type = seg->type;
        j->order = seg->order;
    }
    buf_span_put(&j->body, seg->body);
    if (!buf_ok(&j->body))
        return RC_LIMIT;
    j->open = (seg->flags & SEGF_LAST) == 0;
    *complete = !j->open;
    return RC_OK;
}

void
od_init(struct mqod *od, const char *name)
{
    *od = (struct mqod){.version = 1, .type = 1, .dynamic = "AMQ.*"};
    size_t n = strnlen(name, sizeof od->name - 1);
    memcpy(od->name, name, n);
}

static size_t
od_tail_size(int32_t version)
{
    static const size_t size[] = {0, 168, 200, 336, 400};

    return size[version] - OD_FIXED;
}

void
od_encode(struct buf *out, const struct mqod *od)
{
    uint8_t tail[sizeof od->tail] = {0};
    struct buf names = buf_new(96, out->order);
    size_t n = od_tail_size(od->version);

    put_start(out, "OD  ", od->version);
    buf_i32(out, od->type);
    buf_text(out, od->name, 48);
    buf_text(out, od->qmgr, 48);
    buf_text(out, od->dynamic, 48);
    buf_text(out, od->altuser, 12);
    assert(od->tail_n <= sizeof tail);
    memcpy(tail, od->tail, od->tail_n);
    if (od->version >= 3) {
        buf_text(&names, od->resolvedq, 48);
        buf_text(&names, od->resolvedqmgr, 48);
        memcpy(tail + OD_RESOLVED_Q, names.p, 48);
        memcpy(tail + OD_RESOLVED_QMGR, names.p + 48, 48);
    }
    buf_put(out, tail, od->version == 4 && od->tail_n > n ? od->tail_n : n);
    buf_free(&names);
}

/* Version 4 has up to three strings behind it; each is described by pointer, offset from the start
 * of the MQOD, room, length, CCSID.  How far the last of them reaches, from OD_FIXED. */
static size_t
od_strings_end(const uint8_t *tail, enum byte_order order)
{
    struct reader r = reader_of(span_of(tail + 336 - OD_FIXED, 60), order);
    size_t end = od_tail_size(4);

    for (int i = 0; i < 3; i++) {
        reader_skip(&r, 4);
        uint32_t offset = reader_u32(&r);
        reader_skip(&r, 4);
        int32_t length = reader_i32(&r);
        reader_skip(&r, 4);
        if (offset < 400 || length <= 0)
            continue;
        size_t to = ((size_t)offset + (size_t)length + 3) / 4 * 4 - OD_FIXED;
        if (to > end)
            end = to;
    }
    return end;
}

void
od_decode(struct reader *r, struct mqod *out)
{
    struct mqod od = {.version = take_start(r, "OD  ", 4)};

    od.type = reader_i32(r);
    reader_text(r, od.name, 48);
    reader_text(r, od.qmgr, 48);
    reader_text(r, od.dynamic, 48);
    reader_text(r, od.altuser, 12);
    if (!reader_ok(r))
        return;
    od.tail_n = od_tail_size(od.version);
    reader_copy(r, od.tail, od.tail_n);
    if (reader_ok(r) && od.version == 4) {
        size_t n = od_strings_end(od.tail, r->order) - od.tail_n;
        if (n > sizeof od.tail - od.tail_n)
            r->failed = true;
        else
            reader_copy(r, od.tail + od.tail_n, n);
        od.tail_n += n;
    }
    if (od.version >= 3 && reader_ok(r)) {
        struct reader names = reader_of(span_of(od.tail + OD_RESOLVED_Q, 96), r->order);
        reader_text(&names, od.resolvedq, 48);
        reader_text(&names, od.resolvedqmgr, 48);
    }
    if (reader_ok(r))
        *out = od;
}

void
pmo_init(struct mqpmo *pmo)
{
    *pmo = (struct mqpmo){.version = 1, .timeout = -1};
}

static size_t
pmo_tail_size(int32_t version)
{
    static const size_t size[] = {0, 128, 152, 176};

    return size[version] - PMO_FIXED;
}

void
pmo_encode(struct buf *out, const struct mqpmo *pmo)
{
    put_start(out, "PMO ", pmo->version);
    buf_i32(out, pmo->options);
    buf_i32(out, pmo->timeout);
    buf_i32(out, pmo->context);
    buf_i32(out, pmo->known);
    buf_i32(out, pmo->unknown);
    buf_i32(out, pmo->invalid);
    buf_text(out, pmo->resolvedq, 48);
    buf_text(out, pmo->resolvedqmgr, 48);
    put_tail(out, pmo->tail, pmo->tail_n, pmo_tail_size(pmo->version));
}

void
pmo_decode(struct reader *r, struct mqpmo *out)
{
    struct mqpmo pmo = {.version = take_start(r, "PMO ", 3)};

    pmo.options = reader_i32(r);
    pmo.timeout = reader_i32(r);
    pmo.context = reader_i32(r);
    pmo.known = reader_i32(r);
    pmo.unknown = reader_i32(r);
    pmo.invalid = reader_i32(r);
    reader_text(r, pmo.resolvedq, 48);
    reader_text(r, pmo.resolvedqmgr, 48);
    if (!reader_ok(r))
        return;
    pmo.tail_n = pmo_tail_size(pmo.version);
    reader_copy(r, pmo.tail, pmo.tail_n);
    if (reader_ok(r))
        *out = pmo;
}

void
gmo_init(struct mqgmo *gmo)
{
    *gmo = (struct mqgmo){
        .version = 1,
        .match = MO_MATCH_MSG_ID | MO_MATCH_CORREL_ID,
        .groupstatus = ' ',
        .segmentstatus = ' ',
        .segmentation = ' ',
        .returnedlength = -1,
    };
}

void
gmo_encode(struct buf *out, const struct mqgmo *gmo)
{
    put_start(out, "GMO ", gmo->version);
    buf_i32(out, gmo->options);
    buf_i32(out, gmo->wait);
    buf_i32(out, gmo->signal1);
    buf_i32(out, gmo->signal2);
    buf_text(out, gmo->resolvedq, 48);
    if (gmo->version >= 2) {
        buf_i32(out, gmo->match);
        buf_u8(out, (uint8_t)gmo->groupstatus);
        buf_u8(out, (uint8_t)gmo->segmentstatus);
        buf_u8(out, (uint8_t)gmo->segmentation);
        buf_u8(out, ' ');
    }
    if (gmo->version >= 3) {
        buf_put(out, gmo->token, sizeof gmo->token);
        buf_i32(out, gmo->returnedlength);
    }
    if (gmo->version >= 4)
        put_tail(out, gmo->tail, gmo->tail_n, 12);
}

void
gmo_decode(struct reader *r, struct mqgmo *out)
{
    struct mqgmo gmo;

    gmo_init(&gmo);
    gmo.version = take_start(r, "GMO ", 4);
    gmo.options = reader_i32(r);
    gmo.wait = reader_i32(r);
    gmo.signal1 = reader_i32(r);
    gmo.signal2 = reader_i32(r);
    reader_text(r, gmo.resolvedq, 48);
    if (gmo.version >= 2) {
        gmo.match = reader_i32(r);
        gmo.groupstatus = (char)reader_u8(r);
        gmo.segmentstatus = (char)reader_u8(r);
        gmo.segmentation = (char)reader_u8(r);
        reader_skip(r, 1);
    }
    if (gmo.version >= 3) {
        reader_copy(r, gmo.token, sizeof gmo.token);
        gmo.returnedlength = reader_i32(r);
    }
    if (gmo.version >= 4) {
        gmo.tail_n = 12;
        reader_copy(r, gmo.tail, gmo.tail_n);
    }
    if (reader_ok(r))
        *out = gmo;
}

void
fopa_encode(struct buf *out, const struct fopa *x)
{
    put_start(out, "FOPA", 1);
    buf_i32(out, 28);
    buf_i32(out, x->defpersistence);
    buf_i32(out, x->defputresptype);
    buf_i32(out, x->defreadahead);
    buf_i32(out, x->propctl);
}

void
mqconn_encode(struct buf *out, const struct mqconn_body *c)
{
    buf_text(out, c->qmgr, 48);
    buf_text(out, c->appl, 28);
    buf_i32(out, c->appltype);
    buf_put(out, c->accounting, sizeof c->accounting);
    buf_i32(out, c->options);
    buf_span_put(out, c->rest);
}

void
mqconn_decode(struct reader *r, struct mqconn_body *out)
{
    struct mqconn_body c;

    reader_text(r, c.qmgr, 48);
    reader_text(r, c.appl, 28);
    c.appltype = reader_i32(r);
    reader_copy(r, c.accounting, sizeof c.accounting);
    c.options = reader_i32(r);
    c.rest = reader_take(r, r->left.n);
    if (reader_ok(r))
        *out = c;
}
