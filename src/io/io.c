/* io.c - io.h's calls, each handed to the world that its object belongs to. */
#include "io/world.h"

#include <stdio.h>

#include "base/text.h"

void
io_free(struct io *io)
{
    if (io != NULL)
        io->ops->free(io);
}

void
io_run(struct io *io)
{
    io->ops->run(io);
}

void
io_run_once(struct io *io, uint64_t wait_ms)
{
    io->ops->run_once(io, wait_ms);
}

void
io_stop(struct io *io)
{
    io->ops->stop(io);
}

uint64_t
io_now(struct io *io)
{
    return io->ops->now_us(io) / 1000;
}

uint64_t
io_now_us(struct io *io)
{
    return io->ops->now_us(io);
}

int64_t
io_wall(struct io *io)
{
    return io->ops->wall(io);
}

void
io_random(struct io *io, void *to, size_t n)
{
    io->ops->random(io, to, n);
}

struct io_timer *
io_timer_new(struct io *io, io_timer_fn *fn, void *arg)
{
    return io->ops->timer_new(io, fn, arg);
}

void
io_timer_set(struct io_timer *t, uint64_t ms)
{
    t->io->ops->timer_set(t, ms);
}

void
io_timer_stop(struct io_timer *t)
{
    t->io->ops->timer_stop(t);
}

void
io_timer_free(struct io_timer *t)
{
    if (t != NULL)
        t->io->ops->timer_free(t);
}

void
io_later(struct io *io, io_timer_fn *fn, void *arg)
{
    io->ops->later(io, fn, arg);
}

struct io_stream *
io_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg)
{
    return io->ops->connect(io, address, local_address, events, arg);
}

void
io_write(struct io_stream *s, struct span data)
{
    if (data.n > 0)
        s->io->ops->write(s, data);
}

size_t
io_unsent(const struct io_stream *s)
{
    return s->io->ops->unsent(s);
}

void
io_read_stop(struct io_stream *s)
{
    s->io->ops->read_stop(s);
}

void
io_read_start(struct io_stream *s)
{
    s->io->ops->read_start(s);
}

void
io_stream_set(struct io_stream *s, const struct io_stream_events *events, void *arg)
{
    s->events = events;
    s->arg = arg;
}

void
io_stream_close(struct io_stream *s, bool flush)
{
    if (s != NULL)
        s->io->ops->stream_close(s, flush);
}

void
io_stream_peer(const struct io_stream *s, char host[64], uint16_t *port)
{
    text_copy(host, 64, s->host);
    *port = s->port;
}

bool
io_stream_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid)
{
    return s->io->ops->credentials(s, uid, pid);
}

enum rc
io_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f)
{
    return io->ops->listen(io, address, backlog, fn, arg, out, f);
}

void
io_listener_address(const struct io_listener *l, char to[280])
{
    text_copy(to, 280, l->address);
}

void
io_listener_close(struct io_listener *l)
{
    if (l != NULL)
        l->io->ops->listener_close(l);
}

enum rc
io_file_open(struct io *io, const char *path, unsigned flags, struct io_file **out,
    struct failure *f)
{
    return io->ops->file_open(io, path, flags, out, f);
}

void
io_file_close(struct io_file *file)
{
    if (file != NULL)
        file->io->ops->file_close(file);
}

enum rc
io_file_size(struct io_file *file, uint64_t *out, struct failure *f)
{
    return file->io->ops->file_size(file, out, f);
}

enum rc
io_file_read(struct io_file *file, uint64_t offset, void *to, size_t n, size_t *got,
    struct failure *f)
{
    return file->io->ops->file_read(file, offset, to, n, got, f);
}

enum rc
io_file_write(struct io_file *file, uint64_t offset, struct span data, struct failure *f)
{
    return file->io->ops->file_write(file, offset, data, f);
}

enum rc
io_file_sync(struct io_file *file, struct failure *f)
{
    return file->io->ops->file_sync(file, f);
}

void
io_file_sync_start(struct io_file *file, io_done_fn *done, void *arg)
{
    file->io->ops->file_sync_start(file, done, arg);
}

enum rc
io_file_lock(struct io_file *file, struct failure *f)
{
    return file->io->ops->file_lock(file, f);
}

enum rc
io_rename(struct io *io, const char *from, const char *to, struct failure *f)
{
    return io->ops->rename(io, from, to, f);
}

enum rc
io_remove(struct io *io, const char *path, struct failure *f)
{
    return io->ops->remove(io, path, f);
}

enum rc
io_sync_dir(struct io *io, const char *path, struct failure *f)
{
    return io->ops->sync_dir(io, path, f);
}

bool
io_exists(struct io *io, const char *path)
{
    return io->ops->kind(io, path, true) != IO_KIND_NONE;
}

enum rc
io_list(struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f)
{
    return io->ops->list(io, path, fn, arg, f);
}

void
io_work(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    io->ops->work(io, work, done, arg);
}

struct io_signal *
io_signal_new(struct io *io, int signo, io_timer_fn *fn, void *arg)
{
    return io->ops->signal_new(io, signo, fn, arg);
}

void
io_signal_free(struct io_signal *s)
{
    if (s != NULL)
        s->io->ops->signal_free(s);
}
