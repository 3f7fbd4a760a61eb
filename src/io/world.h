/*
 * world.h - inside io/ only: what a world provides.
 *
 * io.h's calls are served through struct io_ops, so that the real world (io_uv*.c) and the
 * simulated one (sim*.c) are interchangeable at run time.  Each world embeds the base structs
 * below as the first member of its own.  Calls that can be composed from others (io_save,
 * io_remove_tree ...) are written once, in files.c, for both.
 */
#ifndef IO_WORLD_H
#define IO_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "io/io.h"

enum io_kind { IO_KIND_NONE, IO_KIND_FILE, IO_KIND_FOLDER };

struct io_ops {
    void (*free)(struct io *io);
    void (*run)(struct io *io);
    void (*run_once)(struct io *io, uint64_t wait_ms);
    void (*stop)(struct io *io);
    uint64_t (*now_us)(struct io *io);
    int64_t (*wall)(struct io *io);
    void (*random)(struct io *io, void *to, size_t n);

    struct io_timer *(*timer_new)(struct io *io, io_timer_fn *fn, void *arg);
    void (*timer_set)(struct io_timer *t, uint64_t ms);
    void (*timer_stop)(struct io_timer *t);
    void (*timer_free)(struct io_timer *t);
    void (*later)(struct io *io, io_timer_fn *fn, void *arg);

    struct io_stream *(*connect)(struct io *io, const char *address, const char *local_address,
        const struct io_stream_events *events, void *arg);
    void (*write)(struct io_stream *s, struct span data);
    size_t (*unsent)(const struct io_stream *s);
    void (*read_stop)(struct io_stream *s);
    void (*read_start)(struct io_stream *s);
    void (*stream_close)(struct io_stream *s, bool flush);
    bool (*credentials)(const struct io_stream *s, uint32_t *uid, int32_t *pid);
    enum rc (*listen)(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
        struct io_listener **out, struct failure *f);
    void (*listener_close)(struct io_listener *l);

    enum rc (*file_open)(
        struct io *io, const char *path, unsigned flags, struct io_file **out, struct failure *f);
    void (*file_close)(struct io_file *file);
    enum rc (*file_size)(struct io_file *file, uint64_t *out, struct failure *f);
    enum rc (*file_read)(
        struct io_file *file, uint64_t offset, void *to, size_t n, size_t *got, struct failure *f);
    enum rc (*file_write)(
        struct io_file *file, uint64_t offset, struct span data, struct failure *f);
    enum rc (*file_sync)(struct io_file *file, struct failure *f);
    void (*file_sync_start)(struct io_file *file, io_done_fn *done, void *arg);
    enum rc (*file_lock)(struct io_file *file, struct failure *f);

    enum rc (*mkdir)(struct io *io, const char *path, struct failure *f); /* one; RC_EXISTS */
    enum rc (*rename)(struct io *io, const char *from, const char *to, struct failure *f);
    enum rc (*remove)(struct io *io, const char *path, struct failure *f);
    enum rc (*sync_dir)(struct io *io, const char *path, struct failure *f);
    enum io_kind (*kind)(struct io *io, const char *path, bool follow); /* symbolic links */
    enum rc (*list)(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f);

    void (*work)(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg);
    struct io_signal *(*signal_new)(struct io *io, int signo, io_timer_fn *fn, void *arg);
    void (*signal_free)(struct io_signal *s);
};

struct io {
    const struct io_ops *ops;
};

struct io_timer {
    struct io *io;
    io_timer_fn *fn;
    void *arg;
};

struct io_stream {
    struct io *io;
    const struct io_stream_events *events; /* NULL once the owner has closed it */
    void *arg;
    char host[64];
    uint16_t port;
};

struct io_listener {
    struct io *io;
    io_accept_fn *fn;
    void *arg;
    char address[280];
};

struct io_file {
    struct io *io;
    char *path; /* for failures; freed by the world */
};

struct io_signal {
    struct io *io;
    io_timer_fn *fn;
    void *arg;
};

/* Zeroed memory of a size that we chose: out of memory aborts (CONVENTIONS: ownership). */
static inline void *
io_alloc(size_t n)
{
    void *p = calloc(1, n);
    if (p == NULL)
        abort();
    return p;
}

static inline char *
io_copy(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(io_alloc(n), s, n);
}

/* The result code that says the same as a positive errno value. */
enum rc io_rc_of_errno(int err);

/* Sort names and hand them to fn; frees them. */
void io_names_tell(char **names, size_t n, io_name_fn *fn, void *arg);

#endif
