#include <assert.h>
#include <stdlib.h>

#include "store/journal.h"

/* Up to here a sync is not worth a hand-over to a thread, when only one commit waits for it. */
#define SYNC_SHORT_US 1000u

/* ---- broken ---- */

enum rc
store_check(const struct store *s, struct failure *f)
{
    if (s->broken.rc == RC_OK)
        return RC_OK;
    if (f != NULL)
        *f = s->broken;
    return s->broken.rc;
}

enum rc
store_break(struct store *s, const struct failure *f)
{
    if (s->broken.rc != RC_OK)
        return s->broken.rc;
    s->broken = (struct failure){.rc = RC_IO};
    if (f != NULL)
        s->broken = *f;
    if (s->broken.rc == RC_OK || s->broken.rc == RC_FULL)
        s->broken.rc = RC_IO;
    failure_fix(
        &s->broken, "Check the disk that holds %s, then start the queue manager again.", s->dir);
    io_timer_set(s->timer, 0);
    return s->broken.rc;
}

/* ---- syncing ---- */

static void
reached(struct store *s, uint64_t position)
{
    if (position > s->durable)
        s->durable = position;
    space_release(s);
}

enum rc
commit_sync(struct store *s, struct failure *f)
{
    struct failure own;

    enum rc rc = log_flush(s, f);
    if (rc != RC_OK)
        return rc;
    uint64_t from = io_now_us(s->io);
    s->syncs++;
    rc = io_file_sync(s->active->file, &own);
    if (rc != RC_OK) {
        store_break(s, &own);
        return store_check(s, f);
    }
    s->sync_us = io_now_us(s->io) - from;
    reached(s, log_position(s));
    return RC_OK;
}

static void
on_synced(void *arg, enum rc rc, const struct failure *f)
{
    struct store *s = arg;

    s->syncing = false;
    if (rc != RC_OK)
        store_break(s, f);
    else
        reached(s, s->syncing_to);
    commit_on_timer(s);
}

static enum rc
open_sync_file(struct store *s, struct failure *f)
{
    char path[JOURNAL_PATH_MAX];

    if (s->sync_file != NULL && s->sync_generation == s->active->opening.generation)
        return RC_OK;
    if (s->sync_file != NULL)
        io_file_close(s->sync_file);
    s->sync_file = NULL;
    s->sync_generation = s->active->opening.generation;
    segment_path(s, s->active->number, path);
    return io_file_open(s->io, path, IO_READ | IO_WRITE, &s->sync_file, f);
}

static void
sync_start(struct store *s)
{
    bool alone = s->waiters == NULL || s->waiters->next == NULL;

    if (alone && s->sync_us < SYNC_SHORT_US) {
        if (commit_sync(s, NULL) == RC_OK)
            io_timer_set(s->timer, 0);
        return;
    }
    struct failure f;
    if (log_flush(s, NULL) != RC_OK)
        return;
    if (open_sync_file(s, &f) != RC_OK) {
        store_break(s, &f);
        return;
    }
    s->sync_us = 0;
    s->syncs++;
    s->syncing = true;
    s->syncing_to = log_position(s);
    io_file_sync_start(s->sync_file, on_synced, s);
}

/* ---- waiting ---- */

/* Tell everyone who need not wait any more.  False when the store was closed meanwhile. */
static bool
tell(struct store *s)
{
    struct waiter *w, *next;
    bool closed = false;

    DL_FOREACH_SAFE(s->waiters, w, next)
    {
        if (w->position > s->durable && s->broken.rc == RC_OK)
            continue;
        DL_DELETE(s->waiters, w);
        DL_APPEND(s->telling, w);
    }
    s->closed = &closed;
    while ((w = s->telling) != NULL) {
        struct waiter now = *w;
        bool bad = w->position > s->durable;
        DL_DELETE(s->telling, w);
        free(w);
        now.fn(now.arg, bad ? s->broken.rc : RC_OK, bad ? &s->broken : NULL);
        if (closed)
            return false;
    }
    s->closed = NULL;
    return true;
}

void
commit_on_timer(void *arg)
{
    struct store *s = arg;

    if (!tell(s))
        return;
    if (s->broken.rc != RC_OK) {
        if (!s->told && s->replay->broken != NULL) {
            struct failure why = s->broken;
            s->told = true;
            s->replay->broken(s->arg, &why); /* may close the store */
        }
        return;
    }
    space_tend(s);
    if ((s->waiters != NULL || s->leaving != NULL) && !s->syncing)
        sync_start(s);
}

void
store_when_durable(struct store *s, uint64_t position, io_done_fn *fn, void *arg)
{
    struct waiter *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();

    assert(position <= log_position(s));
    w->position = position;
    w->fn = fn;
    w->arg = arg;
    DL_APPEND(s->waiters, w);
    if (position <= s->durable || !s->syncing)
        io_timer_set(s->timer, 0);
}

static void
drop_waiters(struct waiter **list, const void *arg, bool all)
{
    struct waiter *w, *next;

    DL_FOREACH_SAFE(*list, w, next)
    {
        if (!all && w->arg != arg)
            continue;
        DL_DELETE(*list, w);
        free(w);
    }
}

void
store_forget(struct store *s, void *arg)
{
    drop_waiters(&s->waiters, arg, false);
    drop_waiters(&s->telling, arg, false);
}

void
commit_fini(struct store *s)
{
    drop_waiters(&s->waiters, NULL, true);
    drop_waiters(&s->telling, NULL, true);
    if (s->closed != NULL)
        *s->closed = true;
}

uint64_t
store_position(const struct store *s)
{
    return log_position(s);
}

bool
store_is_durable(const struct store *s, uint64_t position)
{
    return position <= s->durable;
}

enum rc
store_sync(struct store *s, struct failure *f)
{
    enum rc rc = commit_sync(s, f);

    if (rc == RC_OK && s->waiters != NULL)
        io_timer_set(s->timer, 0);
    return rc;
}
