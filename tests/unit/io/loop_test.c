#include <signal.h>

#include "test.h"

struct log {
    struct io *io;
    char text[64];
};

struct mark {
    struct log *log;
    char c;
};

static void
note(void *arg)
{
    const struct mark *m = arg;
    size_t n = strlen(m->log->text);

    m->log->text[n] = m->c;
    m->log->text[n + 1] = '\0';
}

static void
timers_come_in_order(void **state)
{
    (void)state;
    struct log log = {.io = io_uv_new()};
    struct mark marks[] = {{&log, 'a'}, {&log, 'b'}, {&log, 'c'}, {&log, 'd'}};
    static const uint64_t ms[] = {30, 10, 10, 20};
    struct io_timer *timers[4];

    for (int i = 0; i < 4; i++) {
        timers[i] = io_timer_new(log.io, note, &marks[i]);
        io_timer_set(timers[i], 5);
        io_timer_set(timers[i], ms[i]);
    }
    io_timer_stop(timers[3]);
    uint64_t start = io_now_us(log.io);
    io_run(log.io);
    assert_string_equal(log.text, "bca");
    assert_true(io_now_us(log.io) - start >= 30000);
    for (int i = 0; i < 4; i++)
        io_timer_free(timers[i]);
    io_timer_free(NULL);
    io_free(log.io);
}

static void
freed_timers_do_not_call(void **state)
{
    (void)state;
    struct log log = {.io = io_uv_new()};
    struct mark mark = {&log, 'x'};
    struct io_timer *t = io_timer_new(log.io, note, &mark);

    io_timer_set(t, 0);
    assert_string_equal(log.text, ""); /* not from inside the call */
    io_timer_free(t);
    io_run(log.io);
    assert_string_equal(log.text, "");
    io_free(log.io);
}

static void
again(void *arg)
{
    struct mark *m = arg;

    note(m);
    if (strlen(m->log->text) < 6)
        io_later(m->log->io, again, m);
}

static void
later_calls_take_turns(void **state)
{
    (void)state;
    struct log log = {.io = io_uv_new()};
    struct mark a = {&log, 'a'}, b = {&log, 'b'};

    io_later(log.io, again, &a);
    io_later(log.io, again, &b);
    assert_string_equal(log.text, "");
    io_run_once(log.io, 1000);
    assert_string_equal(log.text, "ab");
    io_run(log.io);
    assert_string_equal(log.text, "abababa");
    io_free(log.io);
}

static void
run_once_waits_no_longer(void **state)
{
    (void)state;
    struct io *io = io_uv_new();
    uint64_t start = io_now_us(io);

    io_run_once(io, 20);
    assert_in_range(io_now_us(io) - start, 15000, 5000000);
    io_free(io);
}

static void
double_it(void *arg)
{
    *(int *)arg *= 2;
}

static void
add_one(void *arg)
{
    *(int *)arg += 1;
}

static void
work_runs_before_done(void **state)
{
    (void)state;
    struct io *io = io_uv_new();
    int n = 5;

    io_work(io, double_it, add_one, &n);
    io_run(io);
    assert_int_equal(n, 11);
    io_free(io);
}

static void
stop_it(void *arg)
{
    io_stop(arg);
}

static void
signals_are_calls(void **state)
{
    (void)state;
    struct io *io = io_uv_new();
    struct io_signal *s = io_signal_new(io, SIGUSR1, stop_it, io);

    raise(SIGUSR1);
    io_run(io);
    io_signal_free(s);
    io_free(io);
}

static void
random_bytes_differ(void **state)
{
    (void)state;
    struct io *io = io_uv_new();
    uint8_t a[16], b[16];

    io_random(io, a, sizeof(a));
    io_random(io, b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    assert_true(io_wall(io) > 1700000000LL * 1000000);
    io_free(io);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_come_in_order),
        cmocka_unit_test(freed_timers_do_not_call),
        cmocka_unit_test(later_calls_take_turns),
        cmocka_unit_test(run_once_waits_no_longer),
        cmocka_unit_test(work_runs_before_done),
        cmocka_unit_test(signals_are_calls),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests_name("io/loop", tests, NULL, NULL);
}
