/* io_uv_file.c - files of the real world. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/io_uv.h"

struct file {
    struct io_file base;
    int fd;
    struct syncing *syncing;
};

struct syncing { /* one sync on a worker thread */
    uv_work_t uv;
    uv_sem_t finished; /* the thread has let go of fd */
    int fd;
    int err;
    struct file *file; /* NULL: closed meanwhile */
    io_done_fn *done;
    void *arg;
};

static enum rc
file_fail(struct failure *f, int err, const char *doing, const char *path)
{
    return fail_errno(f, io_rc_of_errno(err), err, "cannot %s %s", doing, path);
}

static int
open_flags(unsigned flags)
{
    int how = O_CLOEXEC;

    if ((flags & IO_WRITE) == 0)
        how |= O_RDONLY;
    else
        how |= (flags & IO_READ) == 0 ? O_WRONLY : O_RDWR;
    how |= (flags & IO_CREATE) != 0 ? O_CREAT : 0;
    how |= (flags & IO_EXCLUSIVE) != 0 ? O_EXCL : 0;
    how |= (flags & IO_TRUNCATE) != 0 ? O_TRUNC : 0;
    how |= (flags & IO_APPEND) != 0 ? O_APPEND : 0;
    return how;
}

enum rc
real_file_open(struct io *io, const char *path, unsigned flags, struct io_file **out,
    struct failure *f)
{
    int fd = open(path, open_flags(flags), 0600);
    struct stat st;

    if (fd < 0)
        return file_fail(f, errno, "open", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return fail(f, RC_INVALID, "%s is a folder, not a file", path);
    }
    struct file *file = io_alloc(sizeof(*file));
    file->base = (struct io_file){io, io_copy(path)};
    file->fd = fd;
    real_of(io)->objects++;
    *out = &file->base;
    return RC_OK;
}

void
real_file_close(struct io_file *base)
{
    struct file *file = (struct file *)base;

    if (file->syncing != NULL) {
        file->syncing->file = NULL;
        uv_sem_wait(&file->syncing->finished); /* the descriptor must not be closed under it */
    }
    real_of(base->io)->objects--;
    close(file->fd);
    free(base->path);
    free(file);
}

enum rc
real_file_size(struct io_file *base, uint64_t *out, struct failure *f)
{
    struct stat st;

    if (fstat(((struct file *)base)->fd, &st) != 0)
        return file_fail(f, errno, "measure", base->path);
    *out = (uint64_t)st.st_size;
    return RC_OK;
}

enum rc
real_file_read(struct io_file *base, uint64_t offset, void *to, size_t n, size_t *got,
    struct failure *f)
{
    int fd = ((struct file *)base)->fd;
    size_t done = 0;

    while (done < n) {
        ssize_t part = pread(fd, (char *)to + done, n - done, (off_t)(offset + done));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return file_fail(f, errno, "read", base->path);
        if (part == 0)
            break;
        done += (size_t)part;
    }
    *got = done;
    return RC_OK;
}

enum rc
real_file_write(struct io_file *base, uint64_t offset, struct span data, struct failure *f)
{
    int fd = ((struct file *)base)->fd;

    while (data.n > 0) {
        ssize_t part = pwrite(fd, data.p, data.n, (off_t)offset);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return file_fail(f, errno, "write", base->path);
        data.p += part;
        data.n -= (size_t)part;
        offset += (uint64_t)part;
    }
    return RC_OK;
}

enum rc
real_file_sync(struct io_file *base, struct failure *f)
{
    /* Not tried again after EINTR or any other error: the kernel may have dropped the pages. */
    if (fdatasync(((struct file *)base)->fd) != 0)
        return file_fail(f, errno, "sync", base->path);
    return RC_OK;
}

static void
do_sync(uv_work_t *uv)
{
    struct syncing *s = uv->data;

    s->err = fdatasync(s->fd) == 0 ? 0 : errno;
    uv_sem_post(&s->finished);
}

static void
on_synced(uv_work_t *uv, int status)
{
    struct syncing *s = uv->data;
    struct failure f;
    enum rc rc = RC_OK;

    (void)status; /* it is never cancelled */
    uv_sem_destroy(&s->finished);
    if (s->file != NULL) {
        s->file->syncing = NULL; /* done may start the next one */
        if (s->err != 0)
            rc = file_fail(&f, s->err, "sync", s->file->base.path);
        s->done(s->arg, rc, rc == RC_OK ? NULL : &f);
    }
    free(s);
}

void
real_file_sync_start(struct io_file *base, io_done_fn *done, void *arg)
{
    struct file *file = (struct file *)base;
    struct syncing *s = io_alloc(sizeof(*s));

    assert(file->syncing == NULL); /* one at a time */
    s->uv.data = s;
    s->fd = file->fd;
    s->file = file;
    s->done = done;
    s->arg = arg;
    file->syncing = s;
    int rc = uv_sem_init(&s->finished, 0);
    assert(rc == 0);
    rc = uv_queue_work(&real_of(base->io)->loop, &s->uv, do_sync, on_synced);
    assert(rc == 0);
    (void)rc;
}

enum rc
real_file_lock(struct io_file *base, struct failure *f)
{
    /* Of the open file, not of the process: two parts of one process exclude each other too. */
    if (flock(((struct file *)base)->fd, LOCK_EX | LOCK_NB) == 0)
        return RC_OK;
    if (errno == EWOULDBLOCK)
        return fail(f, RC_BUSY, "%s is in use by another process", base->path);
    return file_fail(f, errno, "lock", base->path);
}
