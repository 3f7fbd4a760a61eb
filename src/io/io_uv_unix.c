/*
 * io_uv_unix.c - local sockets by paths that are longer than sun_path.
 *
 * The kernel takes at most 107 bytes.  A data directory may lie deeper, so the folder is opened
 * and the socket reached as /proc/self/fd/N/name.  The descriptor is only needed during bind and
 * connect.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/io_uv.h"

struct place {
    struct sockaddr_un a;
    int folder; /* -1 when the path fits as it is */
};

static void
place_close(struct place *p)
{
    if (p->folder >= 0)
        close(p->folder);
}

static int
place_open(struct place *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = strlen(path);

    *p = (struct place){.a.sun_family = AF_UNIX, .folder = -1};
    if (n < sizeof(p->a.sun_path)) {
        memcpy(p->a.sun_path, path, n + 1);
        return 0;
    }
    if (slash == NULL)
        return UV_ENAMETOOLONG;
    char *dir = io_copy(path);
    dir[slash - path] = '\0';
    p->folder = open(dir[0] == '\0' ? "/" : dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int err = errno;
    free(dir);
    if (p->folder < 0)
        return -err;
    char name[512];
    int len = snprintf(name, sizeof(name), "/proc/self/fd/%d/%s", p->folder, slash + 1);
    if (len < 0 || (size_t)len >= sizeof(p->a.sun_path)) {
        place_close(p);
        return UV_ENAMETOOLONG;
    }
    memcpy(p->a.sun_path, name, (size_t)len + 1);
    return 0;
}

static int
place_connect(const struct place *p, int *out)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int err = 0;

    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&p->a, sizeof(p->a)) != 0) {
        err = -errno;
        close(fd);
        return err;
    }
    *out = fd;
    return 0;
}

int
real_unix_connect(const char *path, int *fd)
{
    struct place p;
    int rc = place_open(&p, path);

    if (rc != 0)
        return rc;
    rc = place_connect(&p, fd);
    place_close(&p);
    return rc;
}

/* A socket file that nobody listens on: its process was killed. */
static bool
is_stale(const struct place *p)
{
    struct stat st;
    int fd = -1;

    if (lstat(p->a.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int rc = place_connect(p, &fd);
    if (rc == 0)
        close(fd);
    return rc == UV_ECONNREFUSED;
}

int
real_unix_bind(const char *path, int *out)
{
    struct place p;
    int rc = place_open(&p, path);

    if (rc != 0)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        rc = -errno;
    if (rc == 0 && bind(fd, (const struct sockaddr *)&p.a, sizeof(p.a)) != 0)
        rc = -errno;
    if (rc == UV_EADDRINUSE && is_stale(&p) && unlink(p.a.sun_path) == 0)
        rc = bind(fd, (const struct sockaddr *)&p.a, sizeof(p.a)) == 0 ? 0 : -errno;
    place_close(&p);
    if (rc == 0)
        *out = fd;
    else if (fd >= 0)
        close(fd);
    return rc;
}
