#include <assert.h>
#include <stdlib.h>

#include "store/journal.h"

/*
 * The journal holds at least the active segment and SPARE_MIN more, so that on a full disk gets,
 * commits and the copying itself still have somewhere to go.  It may grow to twice what lives plus
 * SLACK segments before the oldest segment is copied forward instead.
 */
#define SPARE_MIN 2u
#define SLACK 4u
#define FULL_RETRY_MS 5000u
#define TEND_MAX 2 /* segments copied forward after one commit */

static uint64_t
usable(const struct store *s)
{
    return s->options.segment_size - 2 * RECORD_OPENING;
}

/* What this purpose must leave free: copying the oldest segment needs one segment, and a quarter
 * for what does not fit at the ends. */
static uint64_t
reserve(const struct store *s, enum space purpose)
{
    static const uint64_t quarters[] = {
        [SPACE_PUT] = 8, [SPACE_SET] = 6, [SPACE_GET] = 5, [SPACE_COPY] = 0};

    return usable(s) * quarters[purpose] / 4;
}

static uint64_t
free_room(const struct store *s)
{
    return segment_limit(s->active) - s->tail_at - s->tail.n + s->n_spare * usable(s);
}

static bool
is_over(const struct store *s, uint64_t total)
{
    return total > 2 * s->live + SLACK * s->options.segment_size;
}

/* ---- copying forward ---- */

static enum rc
copy_message(struct store *s, struct record_message *r, uint64_t position, struct failure *f)
{
    struct message *m = message_find(s, r->id);

    if (m == NULL || m->at != position)
        return RC_OK;
    r->owner = m->put_by != NULL ? m->put_by->number : m->commit_at;
    return log_copy(s, m->put_by != NULL ? RECORD_PUT : RECORD_COPY, r, &m->at, f);
}

static enum rc
copy_part(struct store *s, const struct record_part *p, uint64_t position, struct failure *f)
{
    struct message *m = message_find(s, p->id);

    for (uint32_t i = 0; m != NULL && i < m->n_parts; i++)
        if (m->parts[i].at == position)
            return log_part(s, p, &m->parts[i].at, f);
    return RC_OK;
}

static enum rc
copy_named(struct store *s, struct record_set *r, uint64_t position, struct failure *f)
{
    struct named *n = named_find(s, r->key);

    if (n == NULL || n->at != position)
        return RC_OK;
    enum rc rc = log_begin(s, RECORD_SET_FIXED + r->key.n + r->value.n, f);
    if (rc != RC_OK)
        return rc;
    r->unit = 0;
    record_set_encode(&s->tail, r);
    n->at = log_end(s, RECORD_KEEP);
    return RC_OK;
}

static enum rc
copy_record(struct store *s, const struct record *r, uint64_t position, struct failure *f)
{
    struct record_message m;
    struct record_part p;
    struct record_set set;

    if ((r->kind == RECORD_PUT || r->kind == RECORD_COPY) && record_message_decode(r->payload, &m))
        return copy_message(s, &m, position, f);
    if (r->kind == RECORD_PART && record_part_decode(r->payload, &p))
        return copy_part(s, &p, position, f);
    if ((r->kind == RECORD_SET || r->kind == RECORD_KEEP) && record_set_decode(r->payload, &set))
        return copy_named(s, &set, position, f);
    return RC_OK;
}

static enum rc
copy_records(struct store *s, struct segment *g, struct span bytes, struct failure *f)
{
    uint64_t offset = RECORD_OPENING;
    struct record r;

    while (offset < g->end) {
        struct span left = span_of(bytes.p + offset, bytes.n - offset);
        if (record_decode(left, &g->opening, offset, &r) != RC_OK)
            return fail(f, RC_CORRUPT,
                "%s/%08u.seg: the record at offset %llu can not be read back", s->dir, g->number,
                (unsigned long long)offset);
        enum rc rc = copy_record(s, &r, g->opening.base + offset, f);
        if (rc != RC_OK)
            return rc;
        offset += r.size;
    }
    return RC_OK;
}

static enum rc
copy_prepared(struct store *s, const struct segment *g, struct failure *f)
{
    struct store_unit *u, *next;

    HASH_ITER(hh, s->units, u, next)
    {
        if (!u->prepared || u->group_at - g->opening.base >= g->opening.size)
            continue;
        enum rc rc = unit_write(u, RECORD_PREPARE, &u->group_at, f);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc
checkpoint(struct store *s, uint64_t oldest, struct failure *f)
{
    enum rc rc = log_begin(s, 8, f);
    if (rc != RC_OK)
        return rc;
    buf_u64(&s->tail, oldest);
    log_end(s, RECORD_CHECKPOINT);
    return RC_OK;
}

/* Copy what lives in the oldest segment; it becomes usable when the copies are on disk. */
static enum rc
reclaim_oldest(struct store *s, struct failure *f)
{
    struct segment *g = s->used;
    uint8_t *bytes = malloc(g->end);
    size_t got;

    if (bytes == NULL)
        abort();
    assert(g != s->active);
    enum rc rc = segment_file(s, g, f);
    if (rc == RC_OK)
        rc = io_file_read(g->file, 0, bytes, g->end, &got, f);
    if (rc == RC_OK)
        rc = copy_records(s, g, span_of(bytes, got), f);
    free(bytes);
    if (rc == RC_OK)
        rc = copy_prepared(s, g, f);
    if (rc == RC_OK)
        rc = checkpoint(s, g->next->opening.generation, f);
    if (rc != RC_OK)
        return rc;
    DL_DELETE(s->used, g);
    s->n_used--;
    g->free_at = log_position(s);
    DL_APPEND(s->leaving, g);
    return RC_OK;
}

void
space_release(struct store *s)
{
    struct segment *g, *next;

    DL_FOREACH_SAFE(s->leaving, g, next)
    {
        if (g->free_at > s->durable)
            break;
        DL_DELETE(s->leaving, g);
        DL_APPEND(s->spare, g);
        s->n_spare++;
        s->disk_full = false;
    }
}

/* ---- making room ---- */

/* Free the oldest segment now.  A failure half way is one of the disk: the journal can not go on.
 */
static enum rc
reclaim_now(struct store *s, struct failure *f)
{
    struct failure own;

    enum rc rc = reclaim_oldest(s, &own);
    if (rc == RC_OK)
        rc = commit_sync(s, &own);
    if (rc == RC_OK)
        return RC_OK;
    store_break(s, &own);
    return store_check(s, f);
}

static enum rc
grow(struct store *s, struct failure *f)
{
    if (s->disk_full || s->total + s->options.segment_size > s->options.max_size)
        return fail(f, RC_FULL, "the journal in %s has %llu bytes, as many as it may", s->dir,
            (unsigned long long)s->total);
    enum rc rc = segment_create(s, f);
    if (rc == RC_FULL) {
        s->disk_full = true;
        s->disk_full_at = io_now(s->io);
    }
    return rc;
}

/* Would so much more leave too little for copying to be worth its while?  An eighth stays free. */
static bool
is_crowded(const struct store *s, uint64_t bytes)
{
    uint64_t most = s->disk_full ? s->total : s->options.max_size;

    return s->live + bytes + reserve(s, SPACE_PUT) > most - most / 8;
}

static enum rc
full(struct store *s, struct failure *f)
{
    fail(f, RC_FULL,
        s->disk_full ? "the disk of the journal in %s is full" : "the journal in %s is full",
        s->dir);
    failure_cause(f, "%llu bytes are in use for messages and definitions, of %llu.",
        (unsigned long long)s->live, (unsigned long long)s->total);
    failure_fix(f, "Get messages from the queues, or give the journal more space.");
    return RC_FULL;
}

enum rc
space_make(struct store *s, enum space purpose, uint64_t bytes, struct failure *f)
{
    uint64_t need = bytes + reserve(s, purpose);
    struct failure own;
    size_t tries = 0;

    enum rc rc = store_check(s, f);
    if (rc != RC_OK)
        return rc;
    if (s->disk_full && io_now(s->io) - s->disk_full_at >= FULL_RETRY_MS)
        s->disk_full = false;
    if (purpose == SPACE_PUT && is_crowded(s, bytes))
        return full(s, f);
    while (free_room(s) < need) {
        if (s->leaving != NULL) {
            rc = commit_sync(s, f);
            if (rc != RC_OK)
                return rc;
            continue;
        }
        bool can_copy = s->n_used >= 2 && tries < 2 * s->n_files;
        bool copy_first = can_copy && is_over(s, s->total + s->options.segment_size);
        rc = copy_first ? RC_FULL : grow(s, &own);
        if (purpose == SPACE_PUT && is_crowded(s, bytes))
            return full(s, f);
        if (rc == RC_FULL && can_copy) {
            rc = reclaim_now(s, &own);
            tries++;
        }
        if (rc == RC_FULL)
            return full(s, f);
        if (rc != RC_OK) {
            store_break(s, &own);
            return store_check(s, f);
        }
    }
    return RC_OK;
}

void
space_tend(struct store *s)
{
    for (int i = 0; i < TEND_MAX && is_over(s, s->total) && s->broken.rc == RC_OK; i++) {
        if (s->n_spare > SPARE_MIN) {
            if (segment_remove(s, s->spare, NULL) != RC_OK)
                return;
        } else if (s->leaving == NULL && s->n_used >= 2 && free_room(s) >= reserve(s, SPACE_GET)) {
            struct failure f;
            if (reclaim_oldest(s, &f) != RC_OK)
                store_break(s, &f);
        } else {
            return;
        }
    }
}
