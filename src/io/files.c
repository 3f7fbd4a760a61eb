/* files.c - calls on files that are composed from a world's own, once for both worlds. */
#include <errno.h>
#include <stdio.h>

#include "base/secret.h"
#include "io/world.h"

enum rc
io_rc_of_errno(int err)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR:
    case ENXIO:
        return RC_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY:
        return RC_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return RC_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return RC_FULL;
    case EWOULDBLOCK:
    case EADDRINUSE:
    case EBUSY:
        return RC_BUSY;
    case ECONNREFUSED:
        return RC_REFUSED;
    case ETIMEDOUT:
        return RC_TIMEOUT;
    case EINVAL:
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL:
        return RC_INVALID;
    case ENAMETOOLONG:
    case EMFILE:
    case ENFILE:
        return RC_LIMIT;
    default:
        return RC_IO;
    }
}

static int
name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void
io_names_tell(char **names, size_t n, io_name_fn *fn, void *arg)
{
    if (n > 0)
        qsort(names, n, sizeof(*names), name_compare);
    for (size_t i = 0; i < n; i++) {
        fn(arg, names[i]);
        free(names[i]);
    }
    free(names);
}

/* The folder that path stands in, in memory of its own: "." for a bare name. */
static char *
folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return io_copy(".");
    if (slash == path)
        return io_copy("/");
    char *dir = io_copy(path);
    dir[slash - path] = '\0';
    return dir;
}

/* A new name is only there after a crash when its folder was synced. */
static enum rc
sync_above(struct io *io, const char *path, struct failure *f)
{
    char *dir = folder_of(path);
    enum rc rc = io_sync_dir(io, dir, f);

    free(dir);
    return rc == RC_DENIED ? RC_OK : rc; /* a folder that may be written to but not be opened */
}

static enum rc
mkdir_one(struct io *io, const char *path, struct failure *f)
{
    enum rc rc = io->ops->mkdir(io, path, f);

    if (rc == RC_OK)
        return sync_above(io, path, f);

    /* Somebody's symbolic link to a folder is as good as a folder. */
    if (rc == RC_EXISTS && io->ops->kind(io, path, true) == IO_KIND_FOLDER)
        return RC_OK;
    return rc;
}

enum rc
io_mkdir(struct io *io, const char *path, struct failure *f)
{
    if (io->ops->kind(io, path, true) == IO_KIND_FOLDER)
        return RC_OK;

    char *part = io_copy(path);
    enum rc rc = RC_OK;
    for (size_t n = strlen(part); n > 1 && part[n - 1] == '/'; n--)
        part[n - 1] = '\0';
    for (char *p = part + 1; rc == RC_OK && *p != '\0'; p++) {
        if (*p != '/' || p[-1] == '/')
            continue;
        *p = '\0';
        /* A folder above that exists may be one that we may not write to. */
        if (io->ops->kind(io, part, true) != IO_KIND_FOLDER)
            rc = mkdir_one(io, part, f);
        *p = '/';
    }
    if (rc == RC_OK)
        rc = mkdir_one(io, part, f);
    free(part);
    return rc;
}

struct names {
    char **p;
    size_t n;
    size_t room;
};

static void
collect_name(void *arg, const char *name)
{
    struct names *names = arg;

    if (names->n == names->room) {
        names->room = names->room == 0 ? 16 : names->room * 2;
        names->p = realloc(names->p, names->room * sizeof(*names->p));
        if (names->p == NULL)
            abort();
    }
    names->p[names->n++] = io_copy(name);
}

static char *
path_join(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = io_alloc(n);

    snprintf(path, n, "%s/%s", dir, name);
    return path;
}

enum rc
io_remove_tree(struct io *io, const char *path, struct failure *f)
{
    /* A symbolic link is removed, never followed. */
    if (io->ops->kind(io, path, false) != IO_KIND_FOLDER)
        return io_remove(io, path, f);

    struct names names = {0};
    enum rc rc = io_list(io, path, collect_name, &names, f);
    for (size_t i = 0; i < names.n; i++) {
        if (rc == RC_OK) {
            char *child = path_join(path, names.p[i]);
            rc = io_remove_tree(io, child, f);
            free(child);
        }
        free(names.p[i]);
    }
    free(names.p);
    return rc == RC_OK ? io_remove(io, path, f) : rc;
}

static enum rc
load_open(struct io_file *file, const char *path, size_t max, struct buf *out, struct failure *f)
{
    size_t before = out->n;
    uint8_t piece[16384];
    size_t got = sizeof(piece);
    enum rc rc = RC_OK;

    for (uint64_t at = 0; rc == RC_OK && got == sizeof(piece); at += got) {
        rc = io_file_read(file, at, piece, sizeof(piece), &got, f);
        if (rc != RC_OK)
            break;
        if (got <= max - (out->n - before))
            buf_put(out, piece, got);
        else
            rc = fail(f, RC_LIMIT, "the file %s is over %zu bytes long", path, max);
        if (!buf_ok(out))
            rc = fail(f, RC_LIMIT, "the file %s does not fit", path);
    }
    secret_wipe(piece, sizeof(piece)); /* it may have been a key */
    if (rc != RC_OK)
        out->n = before;
    return rc;
}

enum rc
io_load(struct io *io, const char *path, size_t max, struct buf *out, struct failure *f)
{
    struct io_file *file = NULL;
    enum rc rc = io_file_open(io, path, IO_READ, &file, f);

    if (rc == RC_OK)
        rc = load_open(file, path, max, out, f);
    io_file_close(file);
    return rc;
}

static enum rc
save_new(struct io *io, const char *path, struct span data, struct failure *f)
{
    struct io_file *file = NULL;
    enum rc rc = io_file_open(io, path, IO_WRITE | IO_CREATE | IO_EXCLUSIVE, &file, f);

    if (rc == RC_OK && data.n > 0)
        rc = io_file_write(file, 0, data, f);
    if (rc == RC_OK)
        rc = io_file_sync(file, f);
    io_file_close(file);
    return rc;
}

enum rc
io_save(struct io *io, const char *path, struct span data, struct failure *f)
{
    /* Two writers at once each need a new file of their own; the last rename counts. */
    uint32_t tag;
    io_random(io, &tag, sizeof(tag));
    size_t n = strlen(path) + 16;
    char *temp = io_alloc(n);
    snprintf(temp, n, "%s.%08x.new", path, (unsigned)tag);

    enum rc rc = save_new(io, temp, data, f);
    if (rc == RC_OK)
        rc = io_rename(io, temp, path, f);
    if (rc == RC_OK)
        rc = sync_above(io, path, f);
    else if (rc != RC_EXISTS)
        (void)!io_remove(io, temp, NULL);
    free(temp);
    return rc;
}
