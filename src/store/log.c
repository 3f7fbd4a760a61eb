#include <assert.h>
#include <string.h>

#include "store/journal.h"

#define PAYLOAD_MAX ((size_t)1 << 20)
#define FLUSH_AT ((size_t)256 << 10)
/* Bytes of body for which a message is begun in the rest of a segment. */
#define WORTH_STARTING 64u

size_t
log_payload_max(const struct store *s)
{
    size_t part = (size_t)s->options.segment_size / 8;

    return part < PAYLOAD_MAX ? part : PAYLOAD_MAX;
}

static uint64_t
room(const struct store *s)
{
    return segment_limit(s->active) - s->tail_at - s->tail.n;
}

/* Where this segment was on disk up to, for the record that is being made. */
static uint32_t
synced_offset(const struct store *s)
{
    const struct record_opening *o = &s->active->opening;

    if (s->durable < o->base + RECORD_OPENING)
        return RECORD_OPENING;
    return (uint32_t)(s->durable - o->base);
}

enum rc
log_begin(struct store *s, size_t payload, struct failure *f)
{
    assert(payload <= log_payload_max(s));
    enum rc rc = store_check(s, f);
    if (rc == RC_OK && s->tail.n >= FLUSH_AT)
        rc = log_flush(s, f);
    if (rc == RC_OK && room(s) < record_size(payload))
        rc = segment_switch(s, f);
    if (rc != RC_OK)
        return rc;
    s->record_begun = s->tail.n;
    record_begin(&s->tail);
    return RC_OK;
}

uint64_t
log_end(struct store *s, enum record_kind kind)
{
    const struct record_opening *o = &s->active->opening;
    uint64_t at = s->tail_at + s->record_begun;

    record_end(&s->tail, s->record_begun, o, at, kind, synced_offset(s));
    assert(s->tail_at + s->tail.n <= segment_limit(s->active));
    s->appends++;
    return o->base + at;
}

/* How much of a body of n bytes goes into a record that has so many bytes before it. */
static size_t
chunk(const struct store *s, size_t before, size_t n)
{
    uint64_t here = room(s) & ~(uint64_t)7;
    size_t most = log_payload_max(s) - before;
    size_t worth = n < WORTH_STARTING ? n : WORTH_STARTING;

    if (here >= record_size(before + worth) && here - RECORD_HEADER - before < most)
        most = (size_t)here - RECORD_HEADER - before;
    return n < most ? n : most;
}

enum rc
log_copy(struct store *s, enum record_kind kind, const struct record_message *r, uint64_t *at,
    struct failure *f)
{
    enum rc rc = log_begin(s, RECORD_PUT_FIXED + r->head.n + r->body.n, f);
    if (rc != RC_OK)
        return rc;
    record_message_encode(&s->tail, r);
    *at = log_end(s, kind);
    return RC_OK;
}

enum rc
log_part(struct store *s, const struct record_part *p, uint64_t *at, struct failure *f)
{
    enum rc rc = log_begin(s, RECORD_PART_FIXED + p->body.n, f);
    if (rc != RC_OK)
        return rc;
    record_part_encode(&s->tail, p);
    *at = log_end(s, RECORD_PART);
    return RC_OK;
}

enum rc
log_message(struct store *s, const struct record_message *r, struct message *m, struct failure *f)
{
    struct record_message first = *r;
    size_t done = chunk(s, RECORD_PUT_FIXED + r->head.n, r->body.n);

    first.body.n = done;
    enum rc rc = log_copy(s, RECORD_PUT, &first, &m->at, f);
    m->first_n = (uint32_t)done;
    while (rc == RC_OK && done < r->body.n) {
        size_t n = chunk(s, RECORD_PART_FIXED, r->body.n - done);
        struct record_part part = {r->id, done, span_of(r->body.p + done, n)};
        struct part at = {0, (uint32_t)done, (uint32_t)n};
        rc = log_part(s, &part, &at.at, f);
        message_part(m, &at);
        done += n;
    }
    return rc;
}

enum rc
log_flush(struct store *s, struct failure *f)
{
    struct failure own;

    if (s->tail.n == 0)
        return store_check(s, f);
    enum rc rc = store_check(s, f);
    if (rc != RC_OK)
        return rc;
    rc = io_file_write(s->active->file, s->tail_at, buf_span(&s->tail), &own);
    if (rc != RC_OK) {
        store_break(s, &own);
        return store_check(s, f);
    }
    s->tail_at += s->tail.n;
    s->active->end = s->tail_at;
    buf_clear(&s->tail);
    return RC_OK;
}

/* ---- reading ---- */

static enum rc
damaged(struct store *s, uint64_t position, struct failure *f)
{
    const struct segment *g = segment_at(s, position);
    uint64_t offset = position - g->opening.base;

    fail(f, RC_CORRUPT, "%s/%08u.seg: the record at offset %llu can not be read back", s->dir,
        g->number, (unsigned long long)offset);
    failure_cause(f, "The file was changed or the disk lost data after the queue manager started.");
    failure_fix(f, "End the queue manager, check the disk, and restore the folder from a backup.");
    return RC_CORRUPT;
}

/* The record of n bytes at a position; bytes is where it is read to when it is not in memory. */
static enum rc
fetch(struct store *s, uint64_t position, size_t n, struct buf *bytes, struct record *out,
    struct failure *f)
{
    struct segment *g = segment_at(s, position);

    assert(g != NULL);
    uint64_t offset = position - g->opening.base;
    struct span in;
    if (g == s->active && offset >= s->tail_at) {
        size_t skip = (size_t)(offset - s->tail_at);
        in = span_of(s->tail.p + skip, s->tail.n - skip);
    } else {
        size_t got;
        buf_clear(bytes);
        buf_fill(bytes, 0, n);
        enum rc rc = segment_file(s, g, f);
        if (rc == RC_OK)
            rc = io_file_read(g->file, offset, bytes->p, n, &got, f);
        if (rc != RC_OK)
            return rc;
        in = span_of(bytes->p, got);
    }
    return record_decode(in, &g->opening, offset, out) == RC_OK ? RC_OK : damaged(s, position, f);
}

static enum rc
read_first(
    struct store *s, const struct message *m, struct buf *bytes, struct buf *out, struct failure *f)
{
    struct record r;
    struct record_message first;
    size_t n = record_size(RECORD_PUT_FIXED + (size_t)m->head_n + m->first_n);

    enum rc rc = fetch(s, m->at, n, bytes, &r, f);
    if (rc != RC_OK)
        return rc;
    if ((r.kind != RECORD_PUT && r.kind != RECORD_COPY) ||
        !record_message_decode(r.payload, &first) || first.id != m->id ||
        first.body.n != m->first_n)
        return damaged(s, m->at, f);
    buf_span_put(out, first.body);
    return RC_OK;
}

static enum rc
read_part(struct store *s, const struct message *m, const struct part *p, struct buf *bytes,
    struct buf *out, struct failure *f)
{
    struct record r;
    struct record_part part;

    enum rc rc = fetch(s, p->at, record_size(RECORD_PART_FIXED + (size_t)p->n), bytes, &r, f);
    if (rc != RC_OK)
        return rc;
    if (r.kind != RECORD_PART || !record_part_decode(r.payload, &part) || part.id != m->id ||
        part.offset != p->offset || part.body.n != p->n)
        return damaged(s, p->at, f);
    buf_span_put(out, part.body);
    return RC_OK;
}

enum rc
log_read(struct store *s, const struct message *m, struct buf *out, struct failure *f)
{
    AUTO_BUF bytes = buf_new(2 * PAYLOAD_MAX, ORDER_LITTLE);

    if (m->body_n > out->max - out->n)
        return fail(f, RC_LIMIT, "a message of %u bytes is longer than asked for", m->body_n);
    size_t before = out->n;
    enum rc rc = read_first(s, m, &bytes, out, f);
    for (uint32_t i = 0; rc == RC_OK && i < m->n_parts; i++)
        rc = read_part(s, m, &m->parts[i], &bytes, out, f);
    if (rc != RC_OK)
        out->n = before;
    return rc;
}

/* ---- sizes ---- */

uint64_t
log_message_bytes(const struct store *s, size_t head, size_t body)
{
    uint64_t n = record_size(RECORD_PUT_FIXED + head + body);
    uint64_t records = n / log_payload_max(s) + n / s->options.segment_size + 2;

    /* At the end of each segment the first record may leave its own start free, a part less. */
    return n + records * (record_size(RECORD_PART_FIXED) + 8) +
           (n / s->options.segment_size + 1) * (record_size(RECORD_PUT_FIXED) + WORTH_STARTING) +
           head;
}
