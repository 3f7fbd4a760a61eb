#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/replay.h"

#define SEGMENT_SIZE ((uint64_t)4 << 20)
#define SEGMENT_MIN ((uint64_t)16 << 10)
#define SEGMENT_MAX ((uint64_t)1 << 30)
#define MAX_SIZE ((uint64_t)1 << 30)
#define SPARE_AT_START 2u
#define TAIL_MAX ((size_t)8 << 20)

/* ---- opening ---- */

static void
set_options(struct store *s, const struct store_options *given)
{
    struct store_options *o = &s->options;

    if (given != NULL)
        *o = *given;
    if (o->segment_size == 0)
        o->segment_size = SEGMENT_SIZE;
    o->segment_size = o->segment_size < SEGMENT_MIN ? SEGMENT_MIN : o->segment_size;
    o->segment_size = o->segment_size > SEGMENT_MAX ? SEGMENT_MAX : o->segment_size;
    o->segment_size &= ~(uint64_t)4095;
}

/* What depends on the segment size, which a journal that exists decides itself. */
static void
set_limits(struct store *s)
{
    struct store_options *o = &s->options;

    if (s->active != NULL)
        o->segment_size = s->active->opening.size;
    if (o->max_size == 0)
        o->max_size = MAX_SIZE;
    if (o->max_size < 4 * o->segment_size)
        o->max_size = 4 * o->segment_size;
    if (o->max_unit_bytes == 0)
        o->max_unit_bytes = o->max_size / 2;
}

static struct store *
store_new(struct io *io, const char *dir, const struct store_options *options,
    const struct store_replay *replay, void *arg)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->dir = strdup(dir);
    if (s->dir == NULL)
        abort();
    s->io = io;
    s->replay = replay;
    s->arg = arg;
    s->next_number = 1;
    s->next_id = s->next_unit = 1;
    s->tail = buf_new(TAIL_MAX, ORDER_LITTLE);
    set_options(s, options);
    return s;
}

static void
free_segments(struct segment *list, bool close_files)
{
    struct segment *g, *next;

    DL_FOREACH_SAFE(list, g, next)
    {
        if (!close_files)
            g->file = NULL;
        segment_free(g);
    }
}

static void
store_free(struct store *s, bool close_files)
{
    struct store_unit *u, *next;

    commit_fini(s);
    HASH_ITER(hh, s->units, u, next)
    {
        unit_free(u);
    }
    index_free(s);
    free_segments(s->used, close_files);
    free_segments(s->leaving, close_files);
    free_segments(s->spare, close_files);
    if (close_files) {
        io_timer_free(s->timer);
        if (s->sync_file != NULL)
            io_file_close(s->sync_file);
        if (s->lock != NULL)
            io_file_close(s->lock);
    }
    buf_free(&s->tail);
    free(s->dir);
    free(s);
}

static enum rc
lock(struct store *s, struct failure *f)
{
    char path[JOURNAL_PATH_MAX];

    snprintf(path, sizeof path, "%s/lock", s->dir);
    enum rc rc = io_mkdir(s->io, s->dir, f);
    if (rc == RC_OK)
        rc = io_file_open(s->io, path, IO_READ | IO_WRITE | IO_CREATE, &s->lock, f);
    if (rc == RC_OK)
        rc = io_file_lock(s->lock, f);
    if (rc == RC_BUSY) {
        fail(f, RC_BUSY, "the journal in %s is in use by another process", s->dir);
        failure_fix(f, "End the queue manager that runs on this folder.");
    }
    return rc;
}

/* Files that are not needed any more, and those that have the wrong size to be used again. */
static void
drop_unneeded(struct store *s, uint64_t oldest)
{
    struct segment *g, *next;

    while (s->n_used > 1 && s->used->opening.generation < oldest) {
        g = s->used;
        DL_DELETE(s->used, g);
        s->n_used--;
        DL_APPEND(s->spare, g);
        s->n_spare++;
    }
    DL_FOREACH_SAFE(s->spare, g, next)
    {
        if (g->opening.size == s->options.segment_size)
            continue;
        if (segment_remove(s, g, NULL) == RC_OK)
            continue;
        DL_DELETE(s->spare, g); /* it stays where it is, unused */
        s->n_spare--;
        segment_free(g);
    }
}

/* Have room for what is to come.  A full disk is no reason not to start: messages can be got. */
static enum rc
provide(struct store *s, struct failure *f)
{
    enum rc rc = RC_OK;
    unsigned want = s->active == NULL ? SPARE_AT_START + 1 : SPARE_AT_START;

    while (rc == RC_OK && s->n_spare < want)
        rc = segment_create(s, f);
    if (rc == RC_FULL && s->active != NULL)
        return RC_OK;
    if (rc == RC_OK && s->active == NULL)
        rc = segment_switch(s, f);
    return rc;
}

static enum rc
start(struct store *s, struct failure *f)
{
    struct scan scan;

    enum rc rc = scan_run(&scan, s, f);
    if (rc == RC_OK) {
        set_limits(s);
        drop_unneeded(s, scan.replay.oldest);
    }
    if (rc == RC_OK && s->active != NULL) {
        s->tail_at = s->active->end;
        rc = segment_file(s, s->active, f);
        if (rc == RC_OK && !scan.clean)
            rc = segment_settle(s, scan.torn, f);
        s->durable = log_position(s);
        /* Numbers that were given and whose records are lost are not given again. */
        s->next_id += s->options.segment_size / RECORD_HEADER;
        s->next_unit += s->options.segment_size / RECORD_HEADER;
    }
    if (rc == RC_OK)
        rc = provide(s, f);
    if (rc == RC_OK && scan.torn && s->replay->notice != NULL)
        s->replay->notice(s->arg, &scan.notice);
    scan_fini(&scan);
    return rc;
}

enum rc
store_open(struct io *io, const char *dir, const struct store_options *options,
    const struct store_replay *replay, void *arg, struct store **out, struct failure *f)
{
    static const struct store_replay nobody;
    struct store *s = store_new(io, dir, options, replay != NULL ? replay : &nobody, arg);

    s->timer = io_timer_new(io, commit_on_timer, s);
    enum rc rc = lock(s, f);
    if (rc == RC_OK)
        rc = start(s, f);
    if (rc != RC_OK) {
        store_free(s, true);
        return rc;
    }
    replay_announce(s);
    *out = s;
    return RC_OK;
}

/* ---- closing ---- */

/* Say that everything is on disk, so that any damage before is told from a torn tail. */
static void
say_goodbye(struct store *s)
{
    if (commit_sync(s, NULL) != RC_OK)
        return;
    if (log_begin(s, 0, NULL) != RC_OK)
        return;
    log_end(s, RECORD_CLOSE);
    (void)!commit_sync(s, NULL);
}

void
store_close(struct store *s)
{
    struct store_unit *u, *next;

    if (s == NULL)
        return;
    HASH_ITER(hh, s->units, u, next)
    {
        if (u->prepared)
            continue;
        unit_undo(u);
        unit_free(u);
    }
    say_goodbye(s);
    store_free(s, true);
}

void
store_abandon(struct store *s)
{
    if (s != NULL)
        store_free(s, false);
}

/* ---- reading ---- */

enum rc
store_read(struct store *s, uint64_t id, struct buf *out, struct failure *f)
{
    const struct message *m = message_find(s, id);

    if (m == NULL)
        return fail(f, RC_NOT_FOUND, "there is no message %llu", (unsigned long long)id);
    return log_read(s, m, out, f);
}

void
store_figures(const struct store *s, struct store_figures *out)
{
    *out = (struct store_figures){.disk_bytes = s->total,
        .live_bytes = s->live,
        .segments = s->n_files,
        .messages = HASH_COUNT(s->messages),
        .records = HASH_COUNT(s->names),
        .prepared = s->prepared,
        .syncs = s->syncs,
        .appends = s->appends};
}
