#include "store/record.h"

#include <assert.h>
#include <string.h>

#include "base/crc32c.h"

static const char opening_magic[8] = {'G', 'R', 'O', 'V', 'E', 'J', 'N', 'L'};

#define PAYLOAD_MAX 0xFFFFFFu

/* ---- openings ---- */

void
record_opening_encode(const struct record_opening *o, uint8_t to[RECORD_OPENING])
{
    AUTO_BUF b = buf_new(RECORD_OPENING, ORDER_LITTLE);

    buf_put(&b, opening_magic, sizeof opening_magic);
    buf_u32(&b, RECORD_FORMAT);
    buf_u32(&b, RECORD_OPENING);
    buf_u64(&b, o->size);
    buf_u64(&b, o->generation);
    buf_u64(&b, o->base);
    buf_u64(&b, o->nonce);
    buf_u64(&b, o->last_end);
    buf_u64(&b, o->oldest);
    buf_u64(&b, o->next_id);
    buf_u64(&b, o->next_unit);
    buf_fill(&b, 0, RECORD_OPENING - 4 - b.n);
    buf_u32(&b, crc32c(0, b.p, b.n));
    assert(buf_ok(&b) && b.n == RECORD_OPENING);
    memcpy(to, b.p, RECORD_OPENING);
}

static bool
is_zero(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != 0)
            return false;
    return true;
}

enum rc
record_opening_decode(struct span bytes, struct record_opening *out)
{
    struct reader r = reader_of(bytes, ORDER_LITTLE);
    struct span covered = {bytes.p, RECORD_OPENING - 4};

    if (is_zero(bytes))
        return RC_NOT_FOUND;
    if (bytes.n < RECORD_OPENING)
        return RC_CORRUPT;
    struct span magic = reader_take(&r, sizeof opening_magic);
    if (memcmp(magic.p, opening_magic, sizeof opening_magic) != 0)
        return RC_CORRUPT;
    struct reader tail = reader_of(span_of(bytes.p + RECORD_OPENING - 4, 4), ORDER_LITTLE);
    if (reader_u32(&tail) != crc32c(0, covered.p, covered.n))
        return RC_CORRUPT;
    if (reader_u32(&r) > RECORD_FORMAT)
        return RC_UNSUPPORTED;
    reader_skip(&r, 4);
    struct record_opening o = {.size = reader_u64(&r)};
    o.generation = reader_u64(&r);
    o.base = reader_u64(&r);
    o.nonce = reader_u64(&r);
    o.last_end = reader_u64(&r);
    o.oldest = reader_u64(&r);
    o.next_id = reader_u64(&r);
    o.next_unit = reader_u64(&r);
    *out = o;
    return RC_OK;
}

/* ---- framing ---- */

static uint32_t
place_tag(const struct record_opening *o, uint64_t at)
{
    const uint64_t place[3] = {o->nonce, o->generation, at};
    uint8_t bytes[24];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(place[i / 8] >> (8 * (i % 8)));
    return crc32c(0, bytes, sizeof bytes);
}

void
record_begin(struct buf *b)
{
    buf_fill(b, 0, RECORD_HEADER);
}

void
record_end(struct buf *b, size_t begun, const struct record_opening *o, uint64_t at,
    enum record_kind kind, uint32_t synced)
{
    size_t n = b->n - begun - RECORD_HEADER;
    uint32_t tag = place_tag(o, at);

    assert(buf_ok(b) && n <= PAYLOAD_MAX);
    buf_patch_u32(b, begun, tag);
    buf_patch_u32(b, begun + 8, (uint32_t)n | (uint32_t)kind << 24);
    buf_patch_u32(b, begun + 12, synced);
    buf_patch_u32(b, begun + 4, crc32c(tag, b->p + begun + 8, n + 8));
    buf_fill(b, 0, record_size(n) - RECORD_HEADER - n);
    assert(buf_ok(b));
}

enum rc
record_decode(struct span bytes, const struct record_opening *o, uint64_t at, struct record *out)
{
    struct reader r = reader_of(bytes, ORDER_LITTLE);
    uint32_t tag = reader_u32(&r);
    uint32_t crc = reader_u32(&r);
    uint32_t word = reader_u32(&r);
    uint32_t synced = reader_u32(&r);
    uint32_t n = word & PAYLOAD_MAX;

    if (!reader_ok(&r) || tag != place_tag(o, at))
        return RC_NOT_FOUND;
    struct span payload = reader_take(&r, n);
    if (!reader_ok(&r) || record_size(n) > bytes.n)
        return RC_CORRUPT;
    if (crc32c(tag, bytes.p + 8, (size_t)n + 8) != crc)
        return RC_CORRUPT;
    *out = (struct record){(enum record_kind)(word >> 24), synced, payload, record_size(n)};
    return RC_OK;
}

/* ---- payloads ---- */

void
record_message_encode(struct buf *b, const struct record_message *m)
{
    buf_u64(b, m->owner);
    buf_u64(b, m->id);
    buf_u32(b, m->queue);
    buf_u32(b, (uint32_t)m->head.n);
    buf_u32(b, m->body_size);
    buf_span_put(b, m->head);
    buf_span_put(b, m->body);
}

bool
record_message_decode(struct span payload, struct record_message *out)
{
    struct reader r = reader_of(payload, ORDER_LITTLE);
    struct record_message m = {.owner = reader_u64(&r)};

    m.id = reader_u64(&r);
    m.queue = reader_u32(&r);
    uint32_t head = reader_u32(&r);
    m.body_size = reader_u32(&r);
    m.head = reader_take(&r, head);
    m.body = r.left;
    if (!reader_ok(&r) || m.body.n > m.body_size)
        return false;
    *out = m;
    return true;
}

void
record_part_encode(struct buf *b, const struct record_part *p)
{
    buf_u64(b, p->id);
    buf_u64(b, p->offset);
    buf_span_put(b, p->body);
}

bool
record_part_decode(struct span payload, struct record_part *out)
{
    struct reader r = reader_of(payload, ORDER_LITTLE);
    struct record_part p = {.id = reader_u64(&r)};

    p.offset = reader_u64(&r);
    p.body = r.left;
    if (!reader_ok(&r) || p.body.n == 0)
        return false;
    *out = p;
    return true;
}

void
record_set_encode(struct buf *b, const struct record_set *s)
{
    buf_u64(b, s->unit);
    buf_u32(b, (uint32_t)s->key.n);
    buf_span_put(b, s->key);
    buf_span_put(b, s->value);
}

bool
record_set_decode(struct span payload, struct record_set *out)
{
    struct reader r = reader_of(payload, ORDER_LITTLE);
    struct record_set s = {.unit = reader_u64(&r)};
    uint32_t key = reader_u32(&r);

    s.key = reader_take(&r, key);
    s.value = r.left;
    if (!reader_ok(&r) || key == 0 || memchr(s.key.p, 0, s.key.n) != NULL)
        return false;
    *out = s;
    return true;
}

void
record_unit_encode(struct buf *b, uint64_t unit, struct span xid, const uint64_t *ids, size_t n_ids)
{
    buf_u64(b, unit);
    buf_u32(b, (uint32_t)xid.n);
    buf_span_put(b, xid);
    for (size_t i = 0; i < n_ids; i++)
        buf_u64(b, ids[i]);
}

bool
record_unit_decode(struct span payload, struct record_unit *out)
{
    struct reader r = reader_of(payload, ORDER_LITTLE);
    struct record_unit u = {.unit = reader_u64(&r)};
    uint32_t xid = reader_u32(&r);

    u.xid = reader_take(&r, xid);
    u.ids = r.left;
    u.n_ids = (uint32_t)(r.left.n / 8);
    if (!reader_ok(&r) || r.left.n % 8 != 0)
        return false;
    *out = u;
    return true;
}

uint64_t
record_unit_id(const struct record_unit *u, size_t i)
{
    struct reader r = reader_of(u->ids, ORDER_LITTLE);

    reader_skip(&r, i * 8);
    return reader_u64(&r);
}

bool
record_number_decode(struct span payload, uint64_t *out)
{
    struct reader r = reader_of(payload, ORDER_LITTLE);
    uint64_t v = reader_u64(&r);

    if (!reader_ok(&r) || r.left.n != 0)
        return false;
    *out = v;
    return true;
}
