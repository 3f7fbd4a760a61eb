#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/journal.h"

#define FILL_STEP ((size_t)256 << 10)
#define OPEN_MAX 24u /* files kept open for reading */

void
segment_path(const struct store *s, uint32_t number, char to[JOURNAL_PATH_MAX])
{
    snprintf(to, JOURNAL_PATH_MAX, "%s/%08u.seg", s->dir, number);
}

struct segment *
segment_new(uint32_t number)
{
    struct segment *g = calloc(1, sizeof *g);
    if (g == NULL)
        abort();
    g->number = number;
    return g;
}

void
segment_free(struct segment *g)
{
    if (g != NULL && g->file != NULL)
        io_file_close(g->file);
    free(g);
}

/* Too many open files would starve the sockets: close the oldest that nobody needs now. */
static void
close_some(struct store *s)
{
    struct segment *g, *oldest = NULL;
    size_t open = 0;

    DL_FOREACH(s->used, g)
    {
        if (g->file == NULL || g == s->active)
            continue;
        open++;
        if (oldest == NULL)
            oldest = g;
    }
    if (open < OPEN_MAX)
        return;
    io_file_close(oldest->file);
    oldest->file = NULL;
}

enum rc
segment_file(struct store *s, struct segment *g, struct failure *f)
{
    char path[JOURNAL_PATH_MAX];

    if (g->file != NULL)
        return RC_OK;
    close_some(s);
    segment_path(s, g->number, path);
    return io_file_open(s->io, path, IO_READ | IO_WRITE, &g->file, f);
}

static enum rc
fill(struct io_file *file, uint64_t from, uint64_t to, struct failure *f)
{
    uint8_t *zeros = calloc(1, FILL_STEP);
    enum rc rc = RC_OK;

    if (zeros == NULL)
        abort();
    while (rc == RC_OK && from < to) {
        size_t n = to - from < FILL_STEP ? (size_t)(to - from) : FILL_STEP;
        rc = io_file_write(file, from, span_of(zeros, n), f);
        from += n;
    }
    free(zeros);
    return rc;
}

enum rc
segment_create(struct store *s, struct failure *f)
{
    char path[JOURNAL_PATH_MAX];
    struct segment *g = segment_new(s->next_number);

    segment_path(s, g->number, path);
    enum rc rc =
        io_file_open(s->io, path, IO_READ | IO_WRITE | IO_CREATE | IO_TRUNCATE, &g->file, f);
    if (rc == RC_OK)
        rc = fill(g->file, 0, s->options.segment_size, f);
    if (rc == RC_OK)
        rc = io_file_sync(g->file, f);
    if (rc == RC_OK)
        rc = io_sync_dir(s->io, s->dir, f);
    if (rc != RC_OK) {
        segment_free(g);
        /* Half a file is of no use; when it can not be removed, the next start does it. */
        if (io_remove(s->io, path, NULL) != RC_OK)
            s->next_number++;
        return rc;
    }
    g->opening.size = s->options.segment_size;
    DL_APPEND(s->spare, g);
    s->next_number++;
    s->n_spare++;
    s->n_files++;
    s->total += g->opening.size;
    return RC_OK;
}

enum rc
segment_remove(struct store *s, struct segment *g, struct failure *f)
{
    char path[JOURNAL_PATH_MAX];

    segment_path(s, g->number, path);
    enum rc rc = io_remove(s->io, path, f);
    if (rc != RC_OK)
        return rc;
    DL_DELETE(s->spare, g);
    s->n_spare--;
    s->n_files--;
    s->total -= g->opening.size;
    segment_free(g);
    return RC_OK;
}

/* The first copy is on disk before the second is touched: at any crash one of them is whole. */
static enum rc
write_opening(struct segment *g, bool sync_between, struct failure *f)
{
    uint8_t bytes[RECORD_OPENING];

    record_opening_encode(&g->opening, bytes);
    enum rc rc = io_file_write(g->file, 0, span_of(bytes, sizeof bytes), f);
    if (rc == RC_OK && sync_between)
        rc = io_file_sync(g->file, f);
    if (rc == RC_OK)
        rc = io_file_write(g->file, segment_limit(g), span_of(bytes, sizeof bytes), f);
    return rc;
}

static struct record_opening
next_opening(struct store *s, const struct segment *g)
{
    struct record_opening o = {
        .size = g->opening.size, .generation = 1, .next_id = s->next_id, .next_unit = s->next_unit};

    io_random(s->io, &o.nonce, sizeof o.nonce);
    if (s->active != NULL) {
        o.generation = s->active->opening.generation + 1;
        o.base = s->active->opening.base + s->active->opening.size;
        o.last_end = s->active->end;
    }
    o.oldest = s->used != NULL ? s->used->opening.generation : o.generation;
    return o;
}

enum rc
segment_switch(struct store *s, struct failure *f)
{
    if (s->active != NULL) {
        /* So only the newest segment can have a torn tail. */
        enum rc rc = commit_sync(s, f);
        if (rc != RC_OK)
            return rc;
        s->active->end = s->tail_at;
        space_release(s);
    }
    struct segment *g = s->spare;
    if (g == NULL)
        return fail(f, RC_FULL, "%s: no segment of the journal is free", s->dir);
    enum rc rc = segment_file(s, g, f);
    if (rc != RC_OK)
        return store_break(s, f);
    g->opening = next_opening(s, g);
    rc = write_opening(g, true, f);
    if (rc != RC_OK)
        return store_break(s, f);
    g->end = RECORD_OPENING;
    DL_DELETE(s->spare, g);
    s->n_spare--;
    DL_APPEND(s->used, g);
    s->n_used++;
    s->active = g;
    s->tail_at = RECORD_OPENING;
    s->durable = log_position(s);
    return RC_OK;
}

enum rc
segment_settle(struct store *s, bool clear, struct failure *f)
{
    struct segment *g = s->active;
    uint8_t *bytes = malloc(g->end);
    size_t got;

    if (bytes == NULL)
        abort();
    enum rc rc = io_file_read(g->file, 0, bytes, g->end, &got, f);
    if (rc == RC_OK && got != g->end)
        rc = fail(f, RC_IO, "%s: segment %08u became shorter", s->dir, g->number);
    if (rc == RC_OK)
        rc = io_file_write(g->file, 0, span_of(bytes, g->end), f);
    free(bytes);
    if (rc == RC_OK)
        rc = write_opening(g, true, f);
    if (rc == RC_OK && clear)
        rc = fill(g->file, g->end, segment_limit(g), f);
    if (rc == RC_OK)
        rc = io_file_sync(g->file, f);
    return rc;
}

struct segment *
segment_at(const struct store *s, uint64_t position)
{
    struct segment *g;

    DL_FOREACH(s->used, g)
    {
        if (position - g->opening.base < g->opening.size)
            return g;
    }
    return NULL;
}
