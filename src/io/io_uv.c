/* io_uv.c - the real world: its life, its loop, its clock. */
#include "io/io_uv.h"

#include <assert.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum rc
real_fail(struct failure *f, int err, const char *fmt, ...)
{
    char text[sizeof(f->text)];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (err > UV_EAI_ADDRFAMILY)
        return fail_errno(f, io_rc_of_errno(-err), -err, "%s", text);
    /* libuv's own: most are getaddrinfo's and mean that the name leads nowhere. */
    enum rc rc = err >= UV_EAI_PROTOCOL ? RC_NOT_FOUND : RC_IO;
    return fail(f, rc, "%s: %s", text, uv_strerror(err));
}

/* ---- calls for later ---- */

static void
on_busy(uv_idle_t *busy)
{
    (void)busy; /* being active is its work */
}

void
real_keep_busy(struct real *w)
{
    uv_idle_start(&w->busy, on_busy);
}

void
real_later(struct io *io, io_timer_fn *fn, void *arg)
{
    struct real *w = real_of(io);
    struct call *call = io_alloc(sizeof(*call));

    *call = (struct call){fn, arg, NULL};
    *w->calls_end = call;
    w->calls_end = &call->next;
    real_keep_busy(w);
}

static struct call *
take_call(struct real *w)
{
    struct call *call = w->calls;

    w->calls = call->next;
    if (w->calls == NULL)
        w->calls_end = &w->calls;
    return call;
}

void
real_later_drop(struct real *w, io_timer_fn *fn, void *arg)
{
    struct call **at = &w->calls;

    while (*at != NULL) {
        struct call *call = *at;
        if (call->fn == fn && call->arg == arg) {
            *at = call->next;
            free(call);
        } else {
            at = &call->next;
        }
    }
    w->calls_end = at;
}

static void
on_check(uv_check_t *check)
{
    struct real *w = check->data;
    size_t n = 0;

    /* Only those that wait now: one that asks again comes after the next round of the loop. */
    for (const struct call *call = w->calls; call != NULL; call = call->next)
        n++;
    while (n-- > 0 && w->calls != NULL) {
        struct call call = {NULL, NULL, NULL}, *first = take_call(w);
        call = *first;
        free(first);
        call.fn(call.arg);
    }
    real_flush_dirty(w);
    if (w->calls == NULL && w->dirty == NULL)
        uv_idle_stop(&w->busy);
}

static void
on_prepare(uv_prepare_t *prepare)
{
    real_flush_dirty(prepare->data);
}

/* ---- life ---- */

static void
on_limit(uv_timer_t *limit)
{
    (void)limit; /* it woke the loop */
}

static void
real_run(struct io *io)
{
    struct real *w = real_of(io);

    uv_run(&w->loop, UV_RUN_DEFAULT);
    real_flush_dirty(w);
}

static void
real_run_once(struct io *io, uint64_t wait_ms)
{
    struct real *w = real_of(io);

    if (wait_ms == 0) {
        uv_run(&w->loop, UV_RUN_NOWAIT);
    } else {
        uv_update_time(&w->loop);
        uv_timer_start(&w->limit, on_limit, wait_ms, 0);
        uv_run(&w->loop, UV_RUN_ONCE);
        uv_timer_stop(&w->limit);
    }
    real_flush_dirty(w);
}

static void
real_stop(struct io *io)
{
    uv_stop(&real_of(io)->loop);
}

static void
close_own(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (uv_is_closing(h))
        return;
    if (h->type == UV_TCP || h->type == UV_NAMED_PIPE)
        real_linger_end(h);
    else
        uv_close(h, NULL);
}

static void
real_free(struct io *io)
{
    struct real *w = real_of(io);

    assert(w->objects == 0); /* timers, streams, listeners, files and signals are freed by now */
    while (w->calls != NULL)
        free(take_call(w));
    /* What was written before a close with flush goes out; each has a deadline. */
    while (w->closing > 0)
        real_run_once(io, 1000);
    uv_walk(&w->loop, close_own, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&w->loop);
    assert(left == 0);
    (void)left;
    free(w);
}

/* ---- clock and randomness ---- */

static uint64_t
real_now_us(struct io *io)
{
    (void)io;
    return uv_hrtime() / 1000;
}

static int64_t
real_wall(struct io *io)
{
    struct timespec now;

    (void)io;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
real_random(struct io *io, void *to, size_t n)
{
    (void)io;
    if (uv_random(NULL, NULL, to, n, 0, NULL) != 0)
        abort(); /* the kernel has no randomness: nothing that follows would be safe */
}

static const struct io_ops real_ops = {
    .free = real_free,
    .run = real_run,
    .run_once = real_run_once,
    .stop = real_stop,
    .now_us = real_now_us,
    .wall = real_wall,
    .random = real_random,
    .timer_new = real_timer_new,
    .timer_set = real_timer_set,
    .timer_stop = real_timer_stop,
    .timer_free = real_timer_free,
    .later = real_later,
    .connect = real_connect,
    .write = real_write,
    .unsent = real_unsent,
    .read_stop = real_read_stop,
    .read_start = real_read_start,
    .stream_close = real_stream_close,
    .credentials = real_credentials,
    .listen = real_listen,
    .listener_close = real_listener_close,
    .file_open = real_file_open,
    .file_close = real_file_close,
    .file_size = real_file_size,
    .file_read = real_file_read,
    .file_write = real_file_write,
    .file_sync = real_file_sync,
    .file_sync_start = real_file_sync_start,
    .file_lock = real_file_lock,
    .mkdir = real_mkdir,
    .rename = real_rename,
    .remove = real_remove,
    .sync_dir = real_sync_dir,
    .kind = real_kind,
    .list = real_list,
    .work = real_work,
    .signal_new = real_signal_new,
    .signal_free = real_signal_free,
};

struct io *
io_uv_new(void)
{
    struct real *w = io_alloc(sizeof(*w));

    w->io.ops = &real_ops;
    w->calls_end = &w->calls;
    w->dirty_end = &w->dirty;
    /* A peer that has gone is a failure of one stream, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    if (uv_loop_init(&w->loop) != 0)
        abort(); /* no descriptors are left at the start of a process */
    uv_idle_init(&w->loop, &w->busy);
    uv_prepare_init(&w->loop, &w->prepare);
    uv_check_init(&w->loop, &w->check);
    uv_timer_init(&w->loop, &w->limit);
    w->prepare.data = w->check.data = w;
    uv_prepare_start(&w->prepare, on_prepare);
    uv_check_start(&w->check, on_check);
    uv_unref((uv_handle_t *)&w->prepare);
    uv_unref((uv_handle_t *)&w->check);
    return &w->io;
}
