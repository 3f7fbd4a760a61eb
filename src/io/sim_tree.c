/*
 * sim_tree.c - the simulated disk's folders and names.
 *
 * A new name, a rename and a removal are durable when their folder was synced; a crash keeps the
 * first so many of the changes since, as a journalling file system does.
 */
#include <assert.h>
#include <stdio.h>

#include "base/text.h"
#include "io/sim_inode.h"

/* ---- names in a folder ---- */

struct inode *
entries_find(const struct entries *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->p[i].name, name) == 0)
            return e->p[i].inode;
    return NULL;
}

static void
entries_drop(struct entries *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++) {
        if (strcmp(e->p[i].name, name) != 0)
            continue;
        free(e->p[i].name);
        e->p[i] = e->p[--e->n];
        return;
    }
}

static void
entries_set(struct entries *e, const char *name, struct inode *inode)
{
    entries_drop(e, name);
    if (e->n == e->room) {
        e->room = e->room == 0 ? 8 : e->room * 2;
        e->p = realloc(e->p, e->room * sizeof(*e->p));
        if (e->p == NULL)
            abort();
    }
    e->p[e->n++] = (struct entry){io_copy(name), inode};
}

static void
entries_free(struct entries *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->p[i].name);
    free(e->p);
    *e = (struct entries){0};
}

static void
entries_copy(struct entries *to, const struct entries *from)
{
    entries_free(to);
    for (size_t i = 0; i < from->n; i++)
        entries_set(to, from->p[i].name, from->p[i].inode);
}

static void
turn_make(struct entries *e, const struct turn *t)
{
    if (t->drop != NULL)
        entries_drop(e, t->drop);
    if (t->set != NULL)
        entries_set(e, t->set, t->inode);
}

void
folder_change(struct inode *folder, const char *drop, const char *set, struct inode *inode)
{
    struct turn *t = io_alloc(sizeof(*t));
    struct turn **end = &folder->turns;

    t->drop = drop == NULL ? NULL : io_copy(drop);
    t->set = set == NULL ? NULL : io_copy(set);
    t->inode = inode;
    turn_make(&folder->names_now, t);
    while (*end != NULL)
        end = &(*end)->next;
    *end = t;
}

/* The first n changes reach the disk, the others are forgotten. */
static void
folder_keep(struct inode *folder, uint64_t n)
{
    for (struct turn *t = folder->turns, *next; t != NULL; t = next) {
        next = t->next;
        if (n > 0) {
            turn_make(&folder->names_kept, t);
            n--;
        }
        free(t->drop);
        free(t->set);
        free(t);
    }
    folder->turns = NULL;
}

/* ---- paths ---- */

struct inode *
inode_new(struct node *node, enum io_kind kind)
{
    struct inode *inode = io_alloc(sizeof(*inode));

    inode->kind = kind;
    inode->next = node->inodes;
    node->inodes = inode;
    return inode;
}

/* The next part of *path that is not "."; its length, 0 at the end. */
static size_t
next_part(const char **path)
{
    for (;;) {
        *path += strspn(*path, "/");
        size_t n = strcspn(*path, "/");
        if (n != 1 || **path != '.')
            return n;
        *path += 1;
    }
}

/* Walk to the folder of the last part.  There is one working folder: the root. */
struct inode *
inode_parent(struct node *node, const char *path, char name[256])
{
    struct inode *at = node->root;
    size_t n = next_part(&path);

    while (n > 0 && n < 256) {
        const char *rest = path + n;
        memcpy(name, path, n);
        name[n] = '\0';
        n = next_part(&rest);
        if (n == 0)
            return at;
        at = entries_find(&at->names_now, name);
        if (at == NULL || at->kind != IO_KIND_FOLDER)
            return NULL;
        path = rest;
    }
    return NULL;
}

struct inode *
inode_find(struct node *node, const char *path)
{
    char name[256];
    const char *start = path;

    if (next_part(&start) == 0)
        return node->root;
    const struct inode *folder = inode_parent(node, path, name);
    return folder == NULL ? NULL : entries_find(&folder->names_now, name);
}

void
inode_unlinked(struct node *node, struct inode *inode)
{
    if (!inode->unlinked)
        node->used -= inode->now.n;
    inode->unlinked = true;
}

/* ---- the calls of io.h ---- */

enum rc
sim_mkdir(struct io *io, const char *path, struct failure *f)
{
    struct node *node = node_of(io);
    char name[256];
    struct inode *folder = inode_parent(node, path, name);

    if (inode_find(node, path) != NULL)
        return fail(f, RC_EXISTS, "cannot make the folder %s: it exists", path);
    if (folder == NULL)
        return fail(f, RC_NOT_FOUND, "cannot make the folder %s: no folder above it", path);
    folder_change(folder, NULL, name, inode_new(node, IO_KIND_FOLDER));
    return RC_OK;
}

enum rc
sim_rename(struct io *io, const char *from, const char *to, struct failure *f)
{
    struct node *node = node_of(io);
    char old_name[256], new_name[256];
    struct inode *old_folder = inode_parent(node, from, old_name);
    struct inode *new_folder = inode_parent(node, to, new_name);
    struct inode *inode = inode_find(node, from);
    struct inode *there = inode_find(node, to);

    if (inode == NULL || old_folder == NULL || new_folder == NULL)
        return fail(f, RC_NOT_FOUND, "cannot rename %s to %s: there is no such file", from, to);
    if (there == inode)
        return RC_OK;
    if (there != NULL && (there->kind != inode->kind || there->names_now.n > 0))
        return fail(f, RC_EXISTS, "cannot rename %s to %s: it exists", from, to);
    if (there != NULL)
        inode_unlinked(node, there);
    if (old_folder == new_folder) {
        folder_change(old_folder, old_name, new_name, inode);
        return RC_OK;
    }
    /* Across folders it is one step as well; kept at once, since it stands in two lists. */
    folder_change(new_folder, NULL, new_name, inode);
    folder_change(old_folder, old_name, NULL, NULL);
    folder_keep(new_folder, UINT64_MAX);
    folder_keep(old_folder, UINT64_MAX);
    return RC_OK;
}

enum rc
sim_remove(struct io *io, const char *path, struct failure *f)
{
    struct node *node = node_of(io);
    char name[256];
    struct inode *folder = inode_parent(node, path, name);
    struct inode *inode = inode_find(node, path);

    if (inode == NULL || folder == NULL)
        return fail(f, RC_NOT_FOUND, "cannot remove %s: there is no such file", path);
    if (inode->names_now.n > 0)
        return fail(f, RC_EXISTS, "cannot remove %s: the folder is not empty", path);
    inode_unlinked(node, inode);
    folder_change(folder, name, NULL, NULL);
    return RC_OK;
}

enum rc
sim_sync_dir(struct io *io, const char *path, struct failure *f)
{
    struct inode *folder = inode_find(node_of(io), path);

    if (folder == NULL || folder->kind != IO_KIND_FOLDER)
        return fail(f, RC_NOT_FOUND, "cannot sync the folder %s: there is none", path);
    folder_keep(folder, UINT64_MAX);
    return RC_OK;
}

enum io_kind
sim_kind(struct io *io, const char *path, bool follow)
{
    const struct inode *inode = inode_find(node_of(io), path);

    (void)follow; /* this disk has no symbolic links */
    return inode == NULL ? IO_KIND_NONE : inode->kind;
}

enum rc
sim_list(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f)
{
    const struct inode *folder = inode_find(node_of(io), path);

    if (folder == NULL || folder->kind != IO_KIND_FOLDER)
        return fail(f, RC_NOT_FOUND, "cannot list the folder %s: there is none", path);
    size_t n = folder->names_now.n;
    char **names = io_alloc((n + 1) * sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = io_copy(folder->names_now.p[i].name);
    io_names_tell(names, n, fn, arg);
    return RC_OK;
}

/* ---- life ---- */

void
sim_tree_init(struct node *node)
{
    node->root = inode_new(node, IO_KIND_FOLDER);
}

static uint64_t
bytes_below(const struct inode *inode)
{
    uint64_t n = inode->now.n;

    for (size_t i = 0; i < inode->names_now.n; i++)
        n += bytes_below(inode->names_now.p[i].inode);
    return n;
}

void
sim_tree_crash(struct node *node)
{
    for (struct inode *inode = node->inodes; inode != NULL; inode = inode->next) {
        inode->unlinked = false; /* its name may be there again; if not, nobody has it open */
        if (inode->kind == IO_KIND_FILE) {
            file_crash(node->sim, inode);
            continue;
        }
        uint64_t turns = 0;
        for (const struct turn *t = inode->turns; t != NULL; t = t->next)
            turns++;
        folder_keep(inode, sim_between(node->sim, 0, turns));
        entries_copy(&inode->names_now, &inode->names_kept);
    }
    node->used = bytes_below(node->root);
}

void
sim_tree_free(struct node *node)
{
    for (struct inode *inode = node->inodes, *next; inode != NULL; inode = next) {
        next = inode->next;
        folder_keep(inode, 0);
        file_keep(inode, UINT64_MAX);
        for (struct change *c = inode->changes, *after; c != NULL; c = after) {
            after = c->next;
            free(c);
        }
        free(inode->now.p);
        free(inode->kept.p);
        entries_free(&inode->names_now);
        entries_free(&inode->names_kept);
        free(inode);
    }
}
