/*
 * sim_disk.c - the simulated disk's files.
 *
 * What was written is in `now` at once and in `kept` after a sync.  A crash takes each 512-byte
 * sector of each write since then on its own: it is there or it is not, so that writes are
 * dropped, reordered and torn.  A sync that failed has lost what it was to bring to the disk, as
 * it has on Linux.
 */
#include <assert.h>

#include "io/sim_inode.h"

enum { SECTOR = 512 };

struct sim_file {
    struct io_file base;
    struct node *node;
    struct inode *inode;
    unsigned flags;
    struct sim_syncing *syncing;
};

struct sim_syncing {
    struct sim_file *file;
    struct event *due;
    uint64_t last; /* the change up to which it counts */
    bool fails;
    io_done_fn *done;
    void *arg;
};

/* ---- content ---- */

static void
content_reserve(struct content *c, uint64_t n)
{
    if (n <= c->room)
        return;
    uint64_t room = c->room * 2 > n ? c->room * 2 : n;
    c->p = realloc(c->p, room);
    if (c->p == NULL)
        abort();
    c->room = room;
}

void
content_put(struct content *c, uint64_t offset, struct span data)
{
    uint64_t end = offset + data.n;

    if (data.n == 0)
        return;
    content_reserve(c, end);
    if (offset > c->n)
        memset(c->p + c->n, 0, offset - c->n);
    memcpy(c->p + offset, data.p, data.n);
    c->n = end > c->n ? end : c->n;
}

void
content_cut(struct content *c, uint64_t n)
{
    c->n = n < c->n ? n : c->n;
}

static void
change_add(struct inode *file, uint64_t offset, bool cut, struct span data)
{
    struct change *c = io_alloc(sizeof(*c) + data.n);
    struct change **end = &file->changes;

    c->number = ++file->last_change;
    c->offset = offset;
    c->cut = cut;
    c->n = data.n;
    if (data.n > 0)
        memcpy(c->bytes, data.p, data.n);
    while (*end != NULL)
        end = &(*end)->next;
    *end = c;
}

static void
change_make(struct content *to, const struct change *c)
{
    if (c->cut)
        content_cut(to, c->offset);
    else
        content_put(to, c->offset, span_of(c->bytes, c->n));
}

void
file_keep(struct inode *file, uint64_t last)
{
    for (struct change **at = &file->changes; *at != NULL;) {
        struct change *c = *at;
        if (c->lost || c->number > last) {
            at = &c->next;
            continue;
        }
        change_make(&file->kept, c);
        *at = c->next;
        free(c);
    }
}

static void
file_lose(struct inode *file, uint64_t last)
{
    for (struct change *c = file->changes; c != NULL; c = c->next)
        if (c->number <= last)
            c->lost = true;
}

/* ---- crash ---- */

/* Some sectors of one write reach the disk. */
static void
change_tear(struct sim *sim, struct content *to, const struct change *c)
{
    uint64_t odds = sim_between(sim, 0, 4); /* of 4; 0: none, 4: all */
    size_t done = 0;

    while (done < c->n) {
        size_t n = SECTOR - (size_t)((c->offset + done) % SECTOR);
        if (n > c->n - done)
            n = c->n - done;
        if (sim_between(sim, 0, 3) < odds)
            content_put(to, c->offset + done, span_of(c->bytes + done, n));
        done += n;
    }
}

void
file_crash(struct sim *sim, struct inode *file)
{
    for (struct change *c = file->changes, *next; c != NULL; c = next) {
        next = c->next;
        if (!c->cut)
            change_tear(sim, &file->kept, c);
        else if (sim_between(sim, 0, 1) == 0)
            change_make(&file->kept, c);
        free(c);
    }
    file->changes = NULL;
    file->locked_by = NULL;
    file->now.n = 0;
    content_put(&file->now, 0, span_of(file->kept.p, file->kept.n));
}

/* ---- the calls of io.h ---- */

static struct sim_file *
file_of(struct io_file *base)
{
    return (struct sim_file *)base;
}

static enum rc
file_find(struct node *node, const char *path, unsigned flags, struct inode **out,
    struct failure *f)
{
    char name[256];
    struct inode *inode = inode_find(node, path);

    if (inode != NULL && (flags & IO_CREATE) != 0 && (flags & IO_EXCLUSIVE) != 0)
        return fail(f, RC_EXISTS, "cannot open %s: it exists", path);
    if (inode != NULL && inode->kind != IO_KIND_FILE)
        return fail(f, RC_INVALID, "%s is a folder, not a file", path);
    if (inode == NULL) {
        struct inode *folder = inode_parent(node, path, name);
        if (folder == NULL || (flags & IO_CREATE) == 0)
            return fail(f, RC_NOT_FOUND, "cannot open %s: there is no such file", path);
        inode = inode_new(node, IO_KIND_FILE);
        folder_change(folder, NULL, name, inode);
    }
    *out = inode;
    return RC_OK;
}

enum rc
sim_file_open(struct io *io, const char *path, unsigned flags, struct io_file **out,
    struct failure *f)
{
    struct node *node = node_of(io);
    struct inode *inode;
    enum rc rc = file_find(node, path, flags, &inode, f);

    if (rc != RC_OK)
        return rc;
    if ((flags & IO_TRUNCATE) != 0 && inode->now.n > 0) {
        node->used -= inode->unlinked ? 0 : inode->now.n;
        content_cut(&inode->now, 0);
        change_add(inode, 0, true, span_of(NULL, 0));
    }
    size_t n = strlen(path) + 1;
    struct sim_file *file = sim_alloc(node->sim, sizeof(*file));
    file->base = (struct io_file){io, memcpy(sim_alloc(node->sim, n), path, n)};
    file->node = node;
    file->inode = inode;
    file->flags = flags;
    *out = &file->base;
    return RC_OK;
}

void
sim_file_close(struct io_file *base)
{
    struct sim_file *file = file_of(base);

    if (file->syncing != NULL) { /* nobody hears of it: it may as well not have happened */
        sim_cancel(file->syncing->due);
        sim_release(file->syncing);
    }
    if (file->inode->locked_by == base)
        file->inode->locked_by = NULL;
    sim_release(base->path);
    sim_release(file);
}

enum rc
sim_file_size(struct io_file *base, uint64_t *out, struct failure *f)
{
    (void)f;
    *out = file_of(base)->inode->now.n;
    return RC_OK;
}

enum rc
sim_file_read(struct io_file *base, uint64_t offset, void *to, size_t n, size_t *got,
    struct failure *f)
{
    const struct content *c = &file_of(base)->inode->now;

    (void)f;
    if (offset >= c->n)
        n = 0;
    else if (n > c->n - offset)
        n = (size_t)(c->n - offset);
    if (n > 0)
        memcpy(to, c->p + offset, n);
    *got = n;
    return RC_OK;
}

/* One fewer until the one that is to fail. */
static bool
fails_now(int32_t *countdown)
{
    if (*countdown < 0)
        return false;
    return (*countdown)-- == 0;
}

static void
write_part(struct sim_file *file, uint64_t offset, struct span data)
{
    struct inode *inode = file->inode;
    uint64_t before = inode->now.n;

    if (data.n == 0)
        return;
    content_put(&inode->now, offset, data);
    change_add(inode, offset, false, data);
    if (!inode->unlinked)
        file->node->used += inode->now.n - before;
    sim_note_number(file->node->sim, offset);
    sim_note(file->node->sim, data.p, data.n);
}

/* How many of n bytes at offset the disk has room for. */
static size_t
room_for(const struct sim_file *file, uint64_t offset, size_t n)
{
    const struct node *node = file->node;
    uint64_t size = file->inode->now.n;

    if (node->faults.disk_bytes == 0 || offset + n <= size)
        return n;
    uint64_t left = node->faults.disk_bytes > node->used ? node->faults.disk_bytes - node->used : 0;
    uint64_t end = size + left;
    if (end >= offset + n)
        return n;
    return end > offset ? (size_t)(end - offset) : 0;
}

enum rc
sim_file_write(struct io_file *base, uint64_t offset, struct span data, struct failure *f)
{
    struct sim_file *file = file_of(base);
    struct node *node = file->node;

    if ((file->flags & IO_WRITE) == 0)
        return fail(f, RC_IO, "cannot write %s: it was opened for reading", base->path);
    if ((file->flags & IO_APPEND) != 0)
        offset = file->inode->now.n;
    if (fails_now(&node->faults.fail_write)) {
        size_t part = (size_t)sim_between(node->sim, 0, data.n);
        write_part(file, offset, span_of(data.p, room_for(file, offset, part)));
        return fail(f, RC_IO, "cannot write %s: the disk failed", base->path);
    }
    size_t room = room_for(file, offset, data.n);
    write_part(file, offset, span_of(data.p, room));
    if (room < data.n)
        return fail(f, RC_FULL, "cannot write %s: no space is left", base->path);
    return RC_OK;
}

static enum rc
sync_to(struct sim_file *file, uint64_t last, bool fails, struct failure *f)
{
    sim_note_number(file->node->sim, last);
    if (fails) {
        file_lose(file->inode, last);
        return fail(f, RC_IO, "cannot sync %s: the disk failed", file->base.path);
    }
    file_keep(file->inode, last);
    return RC_OK;
}

enum rc
sim_file_sync(struct io_file *base, struct failure *f)
{
    struct sim_file *file = file_of(base);

    return sync_to(file, file->inode->last_change, fails_now(&file->node->faults.fail_sync), f);
}

static void
sync_happens(void *obj)
{
    struct sim_syncing s = *(struct sim_syncing *)obj;
    struct failure f;

    sim_release(obj);
    s.file->syncing = NULL;
    enum rc rc = sync_to(s.file, s.last, s.fails, &f);
    s.done(s.arg, rc, rc == RC_OK ? NULL : &f);
}

void
sim_file_sync_start(struct io_file *base, io_done_fn *done, void *arg)
{
    struct sim_file *file = file_of(base);
    struct sim *sim = file->node->sim;
    struct sim_syncing *s = sim_alloc(sim, sizeof(*s));

    assert(file->syncing == NULL); /* one at a time */
    *s = (struct sim_syncing){.file = file, .last = file->inode->last_change, .done = done,
        .arg = arg};
    s->fails = fails_now(&file->node->faults.fail_sync);
    s->due = sim_at(sim, file->node, sim->now + sim_between(sim, 50, 5000), sync_happens, s);
    file->syncing = s;
}

enum rc
sim_file_lock(struct io_file *base, struct failure *f)
{
    struct inode *inode = file_of(base)->inode;

    if (inode->locked_by != NULL && inode->locked_by != base)
        return fail(f, RC_BUSY, "%s is in use by another process", base->path);
    inode->locked_by = base;
    return RC_OK;
}
