/* io_uv_folder.c - folders and names of the real world. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/io_uv.h"

static enum rc
path_fail(struct failure *f, int err, const char *doing, const char *path)
{
    return fail_errno(f, io_rc_of_errno(err), err, "cannot %s %s", doing, path);
}

enum rc
real_mkdir(struct io *io, const char *path, struct failure *f)
{
    (void)io;
    return mkdir(path, 0700) == 0 ? RC_OK : path_fail(f, errno, "make the folder", path);
}

enum rc
real_rename(struct io *io, const char *from, const char *to, struct failure *f)
{
    (void)io;
    if (rename(from, to) == 0)
        return RC_OK;
    int err = errno;
    return fail_errno(f, io_rc_of_errno(err), err, "cannot rename %s to %s", from, to);
}

enum rc
real_remove(struct io *io, const char *path, struct failure *f)
{
    (void)io;
    return remove(path) == 0 ? RC_OK : path_fail(f, errno, "remove", path);
}

enum rc
real_sync_dir(struct io *io, const char *path, struct failure *f)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = fd < 0 || fsync(fd) != 0 ? errno : 0;

    (void)io;
    if (fd >= 0)
        close(fd);
    return err == 0 ? RC_OK : path_fail(f, err, "sync the folder", path);
}

enum io_kind
real_kind(struct io *io, const char *path, bool follow)
{
    struct stat st;

    (void)io;
    if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return IO_KIND_NONE;
    return S_ISDIR(st.st_mode) ? IO_KIND_FOLDER : IO_KIND_FILE;
}

static void
add_name(char ***names, size_t *n, size_t *room, const char *name)
{
    if (*n == *room) {
        *room = *room == 0 ? 16 : *room * 2;
        *names = realloc(*names, *room * sizeof(**names));
        if (*names == NULL)
            abort();
    }
    (*names)[(*n)++] = io_copy(name);
}

enum rc
real_list(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f)
{
    DIR *dir = opendir(path);
    char **names = NULL;
    size_t n = 0, room = 0;

    (void)io;
    if (dir == NULL)
        return path_fail(f, errno, "list the folder", path);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            add_name(&names, &n, &room, e->d_name);
    closedir(dir);
    io_names_tell(names, n, fn, arg);
    return RC_OK;
}
