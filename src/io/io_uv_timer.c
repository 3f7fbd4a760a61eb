/* io_uv_timer.c - timers, worker threads and signals of the real world. */
#include <assert.h>

#include "io/io_uv.h"

/* ---- timers ---- */

struct real_timer {
    struct io_timer base;
    uv_timer_t uv;
};

static void
on_timer(uv_timer_t *uv)
{
    struct real_timer *t = uv->data;

    t->base.fn(t->base.arg);
}

struct io_timer *
real_timer_new(struct io *io, io_timer_fn *fn, void *arg)
{
    struct real *w = real_of(io);
    struct real_timer *t = io_alloc(sizeof(*t));

    t->base = (struct io_timer){io, fn, arg};
    uv_timer_init(&w->loop, &t->uv);
    t->uv.data = t;
    w->objects++;
    return &t->base;
}

void
real_timer_set(struct io_timer *base, uint64_t ms)
{
    struct real_timer *t = (struct real_timer *)base;

    uv_update_time(&real_of(base->io)->loop);
    /* libuv cuts its clock to milliseconds: one more, so that no timer is early. */
    uv_timer_start(&t->uv, on_timer, ms == 0 || ms == UINT64_MAX ? ms : ms + 1, 0);
}

void
real_timer_stop(struct io_timer *base)
{
    uv_timer_stop(&((struct real_timer *)base)->uv);
}

static void
on_timer_closed(uv_handle_t *h)
{
    free(h->data);
}

void
real_timer_free(struct io_timer *base)
{
    real_of(base->io)->objects--;
    uv_close((uv_handle_t *)&((struct real_timer *)base)->uv, on_timer_closed);
}

/* ---- worker threads ---- */

struct real_work {
    uv_work_t uv;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void
do_work(uv_work_t *uv)
{
    struct real_work *work = uv->data;

    work->work(work->arg);
}

static void
on_work_done(uv_work_t *uv, int status)
{
    struct real_work work = *(struct real_work *)uv->data;

    (void)status; /* it is never cancelled */
    free(uv->data);
    work.done(work.arg);
}

void
real_work(struct io *io, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct real_work *item = io_alloc(sizeof(*item));

    *item = (struct real_work){.work = work, .done = done, .arg = arg};
    item->uv.data = item;
    int rc = uv_queue_work(&real_of(io)->loop, &item->uv, do_work, on_work_done);
    assert(rc == 0);
    (void)rc;
}

/* ---- signals ---- */

struct real_signal {
    struct io_signal base;
    uv_signal_t uv;
};

static void
on_signal(uv_signal_t *uv, int signo)
{
    struct real_signal *s = uv->data;

    (void)signo;
    s->base.fn(s->base.arg);
}

struct io_signal *
real_signal_new(struct io *io, int signo, io_timer_fn *fn, void *arg)
{
    struct real *w = real_of(io);
    struct real_signal *s = io_alloc(sizeof(*s));

    s->base = (struct io_signal){io, fn, arg};
    uv_signal_init(&w->loop, &s->uv);
    s->uv.data = s;
    int rc = uv_signal_start(&s->uv, on_signal, signo);
    assert(rc == 0); /* the caller names a signal that can be caught */
    (void)rc;
    w->objects++;
    return &s->base;
}

static void
on_signal_closed(uv_handle_t *h)
{
    free(h->data);
}

void
real_signal_free(struct io_signal *base)
{
    real_of(base->io)->objects--;
    uv_close((uv_handle_t *)&((struct real_signal *)base)->uv, on_signal_closed);
}
