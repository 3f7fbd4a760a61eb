/*
 * io_uv.h - inside io/ only: the real world, shared by the io_uv*.c files.
 */
#ifndef IO_IO_UV_H
#define IO_IO_UV_H

#include <uv.h>

#include "io/address.h"
#include "io/world.h"

struct conn;

struct call { /* one io_later() */
    io_timer_fn *fn;
    void *arg;
    struct call *next;
};

struct real {
    struct io io;
    uv_loop_t loop;
    uv_idle_t busy;       /* active while calls or writes wait: the loop must not sleep */
    uv_prepare_t prepare; /* before the loop sleeps: hand what was written to the system */
    uv_check_t check;     /* after what was ready: io_later()'s calls */
    uv_timer_t limit;     /* io_run_once()'s */
    struct call *calls, **calls_end;
    struct conn *dirty, **dirty_end; /* connections written to since the last flush */
    size_t objects;                  /* that callers made and have not freed */
    size_t closing;                  /* connections that their owners closed and that still send */
    char read_space[65536];
};

static inline struct real *
real_of(struct io *io)
{
    return (struct real *)io;
}

void real_later(struct io *io, io_timer_fn *fn, void *arg);
/* Forget calls that were asked for and not yet made. */
void real_later_drop(struct real *w, io_timer_fn *fn, void *arg);
/* The loop must come around once more without sleeping. */
void real_keep_busy(struct real *w);
/* Hand to the system what was written since the last time. */
void real_flush_dirty(struct real *w);

/* A failure from a negative libuv error; its reason is added to the text. */
enum rc real_fail(struct failure *f, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* io_uv_timer.c */
struct io_timer *real_timer_new(struct io *io, io_timer_fn *fn, void *arg);
void real_timer_set(struct io_timer *t, uint64_t ms);
void real_timer_stop(struct io_timer *t);
void real_timer_free(struct io_timer *t);
void real_work(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg);
struct io_signal *real_signal_new(struct io *io, int signo, io_timer_fn *fn, void *arg);
void real_signal_free(struct io_signal *s);

/* io_uv_dial.c */
struct io_stream *real_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg);

/* io_uv_stream.c */
void real_write(struct io_stream *s, struct span data);
size_t real_unsent(const struct io_stream *s);
void real_read_stop(struct io_stream *s);
void real_read_start(struct io_stream *s);
void real_stream_close(struct io_stream *s, bool flush);
bool real_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid);
/* Take the connection that waits at a listener. NULL when it has gone. */
struct io_stream *real_accept(struct real *w, uv_stream_t *listener, bool is_unix);
/* At the end of the world: give up on what still lingers on this handle. */
void real_linger_end(uv_handle_t *h);

/* io_uv_listen.c */
enum rc real_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f);
void real_listener_close(struct io_listener *l);

/* io_uv_unix.c: local sockets by paths of any length.  Both return a negative libuv error. */
int real_unix_bind(const char *path, int *fd);
int real_unix_connect(const char *path, int *fd);

/* io_uv_file.c */
enum rc real_file_open(
    struct io *io, const char *path, unsigned flags, struct io_file **out, struct failure *f);
void real_file_close(struct io_file *file);
enum rc real_file_size(struct io_file *file, uint64_t *out, struct failure *f);
enum rc real_file_read(
    struct io_file *file, uint64_t offset, void *to, size_t n, size_t *got, struct failure *f);
enum rc real_file_write(struct io_file *file, uint64_t offset, struct span data, struct failure *f);
enum rc real_file_sync(struct io_file *file, struct failure *f);
void real_file_sync_start(struct io_file *file, io_done_fn *done, void *arg);
enum rc real_file_lock(struct io_file *file, struct failure *f);

/* io_uv_folder.c */
enum rc real_mkdir(struct io *io, const char *path, struct failure *f);
enum rc real_rename(struct io *io, const char *from, const char *to, struct failure *f);
enum rc real_remove(struct io *io, const char *path, struct failure *f);
enum rc real_sync_dir(struct io *io, const char *path, struct failure *f);
enum io_kind real_kind(struct io *io, const char *path, bool follow);
enum rc real_list(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f);

#endif
