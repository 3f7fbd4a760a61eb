#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/replay.h"

/* ---- failures ---- */

static enum rc
corrupt(const struct store *s, const struct segment *g, uint64_t offset, const char *what,
    struct failure *f)
{
    fail(f, RC_CORRUPT, "%s/%08u.seg is damaged at offset %llu: %s", s->dir, g->number,
        (unsigned long long)offset, what);
    failure_cause(f, "What was on disk before has been changed since: by a failing disk, or by "
                     "another program.  Nothing has been changed now.");
    failure_fix(
        f, "Copy %s away as it is, check the disk, and restore the folder from a backup.", s->dir);
    return RC_CORRUPT;
}

static enum rc
missing(const struct store *s, uint64_t generation, struct failure *f)
{
    fail(f, RC_CORRUPT, "the journal in %s lacks its segment of generation %llu", s->dir,
        (unsigned long long)generation);
    failure_cause(f, "A .seg file was removed, or both copies of its opening are damaged.  Nothing "
                     "has been changed now.");
    failure_fix(f, "Put the missing file back, or restore the whole folder from a backup.");
    return RC_CORRUPT;
}

/* ---- finding segments ---- */

static void
on_name(void *arg, const char *name)
{
    struct scan *scan = arg;
    unsigned number;
    char again[32];

    if (sscanf(name, "%8u.seg", &number) != 1)
        return;
    snprintf(again, sizeof again, "%08u.seg", number);
    if (strcmp(name, again) != 0)
        return;
    if (scan->n_found == scan->room) {
        scan->room = scan->room == 0 ? 16 : scan->room * 2;
        scan->found = realloc(scan->found, scan->room * sizeof(struct segment *));
        if (scan->found == NULL)
            abort();
    }
    scan->found[scan->n_found++] = segment_new(number);
}

static enum rc
read_opening(
    struct segment *g, uint64_t at, struct record_opening *out, enum rc *found, struct failure *f)
{
    uint8_t bytes[RECORD_OPENING];
    size_t got;

    enum rc rc = io_file_read(g->file, at, bytes, sizeof bytes, &got, f);
    if (rc == RC_OK)
        *found = record_opening_decode(span_of(bytes, got), out);
    return rc;
}

/* Is everything between the openings zero?  Then the file was never used. */
static enum rc
is_fresh(struct segment *g, uint64_t size, bool *fresh, struct failure *f)
{
    uint8_t bytes[4096];
    size_t got = 1;

    *fresh = true;
    for (uint64_t at = RECORD_OPENING; *fresh && at < size && got > 0; at += got) {
        enum rc rc = io_file_read(g->file, at, bytes, sizeof bytes, &got, f);
        if (rc != RC_OK)
            return rc;
        for (size_t i = 0; i < got; i++)
            if (bytes[i] != 0)
                *fresh = false;
    }
    return RC_OK;
}

/* Find out which life of the segment this is; opening.generation stays 0 when it has none. */
static enum rc
identify(struct store *s, struct segment *g, struct failure *f)
{
    struct record_opening first = {0}, second = {0};
    enum rc one = RC_NOT_FOUND, two = RC_NOT_FOUND;
    uint64_t size;
    bool fresh = true;

    enum rc rc = segment_file(s, g, f);
    if (rc == RC_OK)
        rc = io_file_size(g->file, &size, f);
    if (rc == RC_OK)
        rc = read_opening(g, 0, &first, &one, f);
    if (rc == RC_OK && size >= 2 * RECORD_OPENING)
        rc = read_opening(g, size - RECORD_OPENING, &second, &two, f);
    if (rc != RC_OK)
        return rc;
    if (one == RC_UNSUPPORTED || two == RC_UNSUPPORTED) {
        fail(f, RC_UNSUPPORTED, "%s/%08u.seg was written by a later release", s->dir, g->number);
        failure_fix(f, "Start the queue manager with the release that it was last started with.");
        return RC_UNSUPPORTED;
    }
    if (one == RC_OK || two == RC_OK) {
        bool second_counts = one != RC_OK || (two == RC_OK && second.generation > first.generation);
        g->opening = second_counts ? second : first;
        if (g->opening.size > size)
            return corrupt(s, g, size, "the file has become shorter", f);
        return RC_OK;
    }
    /* Between creating the file and its first use a crash leaves no more than a torn first copy. */
    rc = two == RC_NOT_FOUND ? is_fresh(g, size, &fresh, f) : RC_OK;
    if (rc == RC_OK && (two == RC_CORRUPT || !fresh))
        return corrupt(s, g, 0, "neither copy of its opening can be read", f);
    g->opening = (struct record_opening){.size = size};
    return rc;
}

static int
by_generation(const void *a, const void *b)
{
    const struct segment *const *left = a;
    const struct segment *const *right = b;
    uint64_t x = (*left)->opening.generation, y = (*right)->opening.generation;

    return x < y ? -1 : x > y;
}

static enum rc
find_segments(struct scan *scan, struct store *s, struct failure *f)
{
    enum rc rc = io_list(s->io, s->dir, on_name, scan, f);

    for (size_t i = 0; rc == RC_OK && i < scan->n_found; i++) {
        struct segment *g = scan->found[i];
        if (g->number >= s->next_number)
            s->next_number = g->number + 1;
        rc = identify(s, g, f);
        if (rc == RC_OK && g->file != NULL) {
            io_file_close(g->file);
            g->file = NULL;
        }
    }
    if (rc == RC_OK && scan->n_found > 0)
        qsort(scan->found, scan->n_found, sizeof(struct segment *), by_generation);
    return rc;
}

/* ---- one segment ---- */

static enum rc
load(struct store *s, struct segment *g, uint8_t **out, struct failure *f)
{
    size_t got;

    enum rc rc = segment_file(s, g, f);
    if (rc != RC_OK)
        return rc;
    uint8_t *bytes = malloc(g->opening.size);
    if (bytes == NULL)
        abort();
    rc = io_file_read(g->file, 0, bytes, g->opening.size, &got, f);
    if (rc == RC_OK && got != g->opening.size)
        rc = corrupt(s, g, got, "the file has become shorter", f);
    if (rc != RC_OK) {
        free(bytes);
        return rc;
    }
    *out = bytes;
    return RC_OK;
}

/* The records up to the first that is none. */
static enum rc
walk(struct scan *scan, struct segment *g, const uint8_t *bytes, uint64_t limit, struct failure *f)
{
    struct record r;
    uint64_t at = RECORD_OPENING;

    while (at < limit &&
           record_decode(span_of(bytes + at, limit - at), &g->opening, at, &r) == RC_OK) {
        if (!replay_apply(&scan->replay, &r, g->opening.base + at))
            return corrupt(scan->replay.store, g, at, "the record makes no sense", f);
        at += r.size;
    }
    g->end = at;
    return RC_OK;
}

/* Where the newest segment ends: is what follows a torn tail, or has something been damaged? */
static enum rc
judge_tail(struct scan *scan, struct segment *g, const uint8_t *bytes, struct failure *f)
{
    struct store *s = scan->replay.store;
    uint64_t limit = segment_limit(g);
    struct record r;
    struct span here = span_of(bytes + g->end, limit - g->end);

    scan->torn = record_decode(here, &g->opening, g->end, &r) == RC_CORRUPT;
    for (uint64_t at = g->end + 8; at < limit; at += 8) {
        if (record_decode(span_of(bytes + at, limit - at), &g->opening, at, &r) != RC_OK)
            continue;
        if (r.synced > g->end)
            return corrupt(s, g, g->end, "records that were written after it are there", f);
        scan->torn = true;
    }
    if (!scan->torn)
        return RC_OK;
    fail(&scan->notice, RC_OK,
        "the journal ended with a torn record: %s/%08u.seg was cut at "
        "offset %llu",
        s->dir, g->number, (unsigned long long)g->end);
    failure_cause(&scan->notice, "The machine or the queue manager stopped while it was being "
                                 "written; nothing that had been confirmed is lost.");
    return RC_OK;
}

static enum rc
scan_segment(struct scan *scan, struct segment *g, const struct segment *next, struct failure *f)
{
    struct store *s = scan->replay.store;
    uint8_t *bytes;

    uint64_t limit = next != NULL ? next->opening.last_end : segment_limit(g);
    if (limit > segment_limit(g) || limit < RECORD_OPENING)
        return corrupt(s, next != NULL ? next : g, 0, "its opening makes no sense", f);
    enum rc rc = load(s, g, &bytes, f);
    if (rc != RC_OK)
        return rc;
    rc = walk(scan, g, bytes, limit, f);
    if (rc == RC_OK && next != NULL && g->end != limit)
        rc = corrupt(s, g, g->end, "records that were written after it are there", f);
    if (rc == RC_OK && next == NULL)
        rc = judge_tail(scan, g, bytes, f);
    free(bytes);
    return rc;
}

/* ---- all of them ---- */

/* The longest unbroken run of generations that ends with the newest goes to s->used; the others are
 * what may be used again. */
static void
sort_out(struct scan *scan, struct store *s)
{
    size_t first = scan->n_found;

    while (first > 0 && scan->found[first - 1]->opening.generation > 0 &&
           (first == scan->n_found || scan->found[first - 1]->opening.generation + 1 ==
                                          scan->found[first]->opening.generation))
        first--;
    for (size_t i = 0; i < scan->n_found; i++) {
        struct segment *g = scan->found[i];
        if (i >= first) {
            DL_APPEND(s->used, g);
            s->n_used++;
            s->active = g;
        } else {
            DL_APPEND(s->spare, g);
            s->n_spare++;
        }
        s->n_files++;
        s->total += g->opening.size;
    }
    scan->n_found = 0; /* they belong to the store now */
}

static enum rc
check_run(struct store *s, struct failure *f)
{
    struct segment *g;

    DL_FOREACH(s->used, g)
    {
        const struct record_opening *o = &g->opening;
        bool ok = o->size >= 4 * RECORD_OPENING && o->size <= UINT32_MAX && o->size % 8 == 0;
        if (ok && g->next != NULL)
            ok = g->next->opening.base == o->base + o->size && g->next->opening.size == o->size;
        if (!ok)
            return corrupt(s, g, 0, "its opening makes no sense", f);
    }
    return RC_OK;
}

static enum rc
apply_run(struct scan *scan, struct store *s, struct failure *f)
{
    struct segment *g;
    uint64_t id;

    DL_FOREACH(s->used, g)
    {
        const struct record_opening *o = &g->opening;
        enum rc rc = scan_segment(scan, g, g->next, f);
        if (rc != RC_OK)
            return rc;
        s->next_id = o->next_id > s->next_id ? o->next_id : s->next_id;
        s->next_unit = o->next_unit > s->next_unit ? o->next_unit : s->next_unit;
    }
    uint64_t oldest = s->active->opening.oldest;
    oldest = scan->replay.oldest > oldest ? scan->replay.oldest : oldest;
    if (s->used->opening.generation > oldest)
        return missing(s, oldest, f);
    if (!replay_finish(&scan->replay, &id))
        return corrupt(s, s->active, s->active->end, "a message lacks some of its bytes", f);
    scan->replay.oldest = oldest;
    scan->clean = scan->replay.closed && !scan->torn;
    return RC_OK;
}

enum rc
scan_run(struct scan *scan, struct store *s, struct failure *f)
{
    *scan = (struct scan){0};
    replay_init(&scan->replay, s);
    enum rc rc = find_segments(scan, s, f);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 1; i < scan->n_found; i++) {
        struct segment *g = scan->found[i];
        uint64_t generation = g->opening.generation;
        if (generation > 0 && generation == scan->found[i - 1]->opening.generation)
            return corrupt(s, g, 0, "another file has the same generation", f);
    }
    sort_out(scan, s);
    rc = check_run(s, f);
    if (rc == RC_OK && s->active != NULL)
        rc = apply_run(scan, s, f);
    return rc;
}

void
scan_fini(struct scan *scan)
{
    for (size_t i = 0; i < scan->n_found; i++)
        segment_free(scan->found[i]);
    free(scan->found);
    replay_fini(&scan->replay);
}
