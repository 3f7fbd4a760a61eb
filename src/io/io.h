/*
 * io.h - the outside world: clock, randomness, timers, byte streams, files, worker threads.
 *
 * Only io/ knows libuv and the operating system's files.  A struct io is one world.  io_uv.c is
 * the real one; sim.c is its simulated twin with a seeded clock, network and disk, in which two
 * queue managers run in one process and every run can be replayed from its seed (DESIGN.md, idea
 * 9). Everything above takes its struct io as a parameter and never asks the system itself.
 *
 * One thread owns a struct io and everything made from it; callbacks run on that thread, from
 * io_run().  No callback is ever made from inside the call that registers it.  Freed objects
 * (timers, streams, listeners) make no further callback.
 */
#ifndef IO_IO_H
#define IO_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/failure.h"

struct io;

/* ---- life ---- */
struct io *io_uv_new(void);
/* Every object made from it must have been freed; io_later() calls still waiting are dropped.
 * Waits for what streams closed with flush still send. */
void io_free(struct io *io);
/* Run callbacks until io_stop() or until nothing is left to wait for. */
void io_run(struct io *io);
/* Run what is ready, waiting at most wait_ms for the first thing; for synchronous clients. */
void io_run_once(struct io *io, uint64_t wait_ms);
void io_stop(struct io *io);

/* ---- clock and randomness ---- */
uint64_t io_now(struct io *io);                    /* monotonic, ms */
uint64_t io_now_us(struct io *io);                 /* monotonic, us */
int64_t io_wall(struct io *io);                    /* us since 1970 UTC */
void io_random(struct io *io, void *to, size_t n); /* for identifiers; keys come from OpenSSL */

/* ---- timers (one shot) ---- */
typedef void io_timer_fn(void *arg);
struct io_timer;
struct io_timer *io_timer_new(struct io *io, io_timer_fn *fn, void *arg);
void io_timer_set(struct io_timer *t, uint64_t ms); /* replaces an earlier time */
void io_timer_stop(struct io_timer *t);
void io_timer_free(struct io_timer *t); /* NULL is fine */
/* Call fn(arg) once, soon, from io_run(): after the callbacks that are ready now. */
void io_later(struct io *io, io_timer_fn *fn, void *arg);

/* ---- byte streams ----
 * Addresses: "host(port)" as in CONNAME and LISTENER, "127.0.0.1(0)" for a free port; "unix:PATH"
 * for a local socket (PATH may be longer than sun_path: io goes through the folder's descriptor).
 * */
struct io_stream;
struct io_listener;
struct io_stream_events {
    /* The connection that io_connect() started is there (rc OK), or not (f says why); after a
     * failure the stream only waits to be closed.  Not called for accepted streams. */
    void (*on_connect)(void *arg, enum rc rc, const struct failure *f);
    /* Bytes came in; borrowed for the call. */
    void (*on_data)(void *arg, struct span data);
    /* The peer ended its direction (f NULL; once, writing is still possible) or the connection
     * broke (f says how; nothing follows, and what is written is dropped). */
    void (*on_end)(void *arg, const struct failure *f);
    /* Everything that was written has been handed to the system.  May be NULL. */
    void (*on_drain)(void *arg);
};
/* Start to connect.  Never fails at once: the outcome comes by on_connect.  local_address may be
 * NULL (LOCLADDR otherwise). */
struct io_stream *io_connect(struct io *io, const char *address, const char *local_address,
    const struct io_stream_events *events, void *arg);
/* Queue bytes (copied). */
void io_write(struct io_stream *s, struct span data);
size_t io_unsent(const struct io_stream *s); /* bytes queued and not yet taken by the system */
void io_read_stop(struct io_stream *s);      /* back-pressure; reading is on at the start */
void io_read_start(struct io_stream *s);
/* Change who hears of this stream's events. */
void io_stream_set(struct io_stream *s, const struct io_stream_events *events, void *arg);
/* Close and free.  Queued bytes are still sent when flush is true (for at most 10 s, in the
 * background). */
void io_stream_close(struct io_stream *s, bool flush);
/* "127.0.0.1" without port; "" for a local socket.  And its port. */
void io_stream_peer(const struct io_stream *s, char host[64], uint16_t *port);
/* Who the kernel says is at the other end of a local socket (SO_PEERCRED). False on TCP. */
bool io_stream_credentials(const struct io_stream *s, uint32_t *uid, int32_t *pid);

/* The callee owns the accepted stream and must io_stream_set() or close it. */
typedef void io_accept_fn(void *arg, struct io_stream *accepted);
enum rc io_listen(struct io *io, const char *address, int backlog, io_accept_fn *fn, void *arg,
    struct io_listener **out, struct failure *f) MUST_CHECK;
/* The address really bound, in the form that io_connect() takes. */
void io_listener_address(const struct io_listener *l, char to[280]);
void io_listener_close(struct io_listener *l);

/* ---- files: synchronous, used for start-up, the journal, keys and logs ---- */
struct io_file;
enum io_open {
    IO_READ = 1,
    IO_WRITE = 2,
    IO_CREATE = 4,
    IO_EXCLUSIVE = 8,
    IO_TRUNCATE = 16,
    IO_APPEND = 32
};
enum rc io_file_open(struct io *io, const char *path, unsigned flags, struct io_file **out,
    struct failure *f) MUST_CHECK; /* new files are 0600 */
void io_file_close(struct io_file *file);
enum rc io_file_size(struct io_file *file, uint64_t *out, struct failure *f) MUST_CHECK;
/* Reads until n bytes or end of file; *got says how many. */
enum rc io_file_read(struct io_file *file, uint64_t offset, void *to, size_t n, size_t *got,
    struct failure *f) MUST_CHECK;
/* RC_FULL when the disk is full; what was written before that is not undone. */
enum rc io_file_write(
    struct io_file *file, uint64_t offset, struct span data, struct failure *f) MUST_CHECK;
/* The data reaches the disk. */
enum rc io_file_sync(struct io_file *file, struct failure *f) MUST_CHECK;
/* The same on a worker thread; done is called from io_run().  One at a time per file. */
typedef void io_done_fn(void *arg, enum rc rc, const struct failure *f);
void io_file_sync_start(struct io_file *file, io_done_fn *done, void *arg);
/* Exclusive advisory lock held until close.  RC_BUSY when another process has it. */
enum rc io_file_lock(struct io_file *file, struct failure *f) MUST_CHECK;

/* 0700, parents too, durable; existing is fine. */
enum rc io_mkdir(struct io *io, const char *path, struct failure *f) MUST_CHECK;
enum rc io_rename(struct io *io, const char *from, const char *to, struct failure *f) MUST_CHECK;
/* A file or an empty folder.  RC_NOT_FOUND when absent. */
enum rc io_remove(struct io *io, const char *path, struct failure *f) MUST_CHECK;
enum rc io_remove_tree(struct io *io, const char *path, struct failure *f) MUST_CHECK;
enum rc io_sync_dir(struct io *io, const char *path, struct failure *f) MUST_CHECK;
bool io_exists(struct io *io, const char *path);
/* Names in a folder, without . and .., sorted. */
typedef void io_name_fn(void *arg, const char *name);
enum rc io_list(
    struct io *io, const char *path, io_name_fn *fn, void *arg, struct failure *f) MUST_CHECK;
/* A whole file, of at most max bytes, appended to out. */
enum rc io_load(
    struct io *io, const char *path, size_t max, struct buf *out, struct failure *f) MUST_CHECK;
/* Write a whole file so that a crash leaves the old or the new one: new file beside it (0600),
 * sync, rename, sync the folder. */
enum rc io_save(struct io *io, const char *path, struct span data, struct failure *f) MUST_CHECK;

/* ---- worker threads ----
 * work runs on a thread of the pool and must touch only arg; done runs from io_run(). */
void io_work(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg);

/* ---- processes and signals (real world only) ---- */
/* Call fn(arg) from io_run() when the process gets signal number signo. */
struct io_signal;
struct io_signal *io_signal_new(struct io *io, int signo, io_timer_fn *fn, void *arg);
void io_signal_free(struct io_signal *s);

#endif
