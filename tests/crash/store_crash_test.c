/* The journal through crashes, failing disks and full ones; every run is replayed from its seed. */
#include "store_world.h"

#include <stdlib.h>

static int seeds = 60;

static void
crashes_lose_nothing_that_was_confirmed(void **state)
{
    (void)state;
    for (int seed = 0; seed < seeds; seed++) {
        struct world *w = world_new((uint64_t)seed);
        assert_true(world_open(w));
        for (int round = 0; round < 6; round++) {
            world_must_step(w, 10 + seed % 60);
            if (round % 3 == 2)
                world_end(w);
            else
                world_crash(w);
            world_recover(w);
        }
        world_free(w);
    }
}

/* Crash again right after the start, before anything new was written. */
static void
a_crash_while_starting_is_one_like_others(void **state)
{
    (void)state;
    for (int seed = 0; seed < seeds / 2; seed++) {
        struct world *w = world_new(1000 + (uint64_t)seed);
        assert_true(world_open(w));
        world_must_step(w, 30);
        world_crash(w);
        for (int n = 0; n < 12; n++) {
            struct sim_faults *faults = sim_faults(w->kit.io);
            faults->fail_write = n % 2 == 0 ? n / 2 : -1;
            faults->fail_sync = n % 2 == 1 ? n / 2 : -1;
            if (world_open(w))
                world_crash(w);
            else if (n % 3 != 0)
                sim_crash(w->kit.io);
        }
        world_recover(w);
        world_free(w);
    }
}

/* The n-th write or sync fails: the store says so and stops, and what it had confirmed is there,
 * after an end or a crash, and after a crash of the one that was started next. */
static bool
fail_at(uint64_t seed, int32_t n, bool sync)
{
    struct world *w = world_new(seed);
    struct sim_faults *faults = sim_faults(w->kit.io);

    *(sync ? &faults->fail_sync : &faults->fail_write) = n;
    bool going = world_open(w);
    bool opened = going;
    if (going)
        going = world_steps(w, 60);
    bool fired = (sync ? faults->fail_sync : faults->fail_write) < 0;
    if (fired && opened) {
        sim_run(w->sim, NULL, NULL, 100000); /* tell those who wait, and the owner */
        assert_int_equal(w->kit.broken, 1);
        assert_int_equal(w->kit.failure.rc, RC_IO);
        struct failure f;
        assert_int_equal(store_sync(w->kit.store, &f), RC_IO);
    }
    if (opened && n % 2 == 0)
        world_crash(w);
    else if (opened)
        world_end(w);
    world_recover(w);
    world_crash(w);
    world_recover(w);
    world_must_step(w, 10);
    world_free(w);
    return fired;
}

static void
every_write_may_fail(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++)
        for (int32_t n = 0; fail_at(seed, n, false); n++)
            continue;
}

static void
every_sync_may_fail(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++)
        for (int32_t n = 0; fail_at(seed, n, true); n++)
            continue;
}

/* On a full disk puts are refused; gets, commits, backouts, ends and starts work. */
static void
a_full_disk_refuses_only_puts(void **state)
{
    (void)state;
    size_t full = 0;

    for (int seed = 0; seed < seeds / 2; seed++) {
        struct world *w = world_new(2000 + (uint64_t)seed);
        sim_faults(w->kit.io)->disk_bytes = 16384 * (3 + (uint64_t)seed % 5) + (uint64_t)seed * 100;
        assert_true(world_open(w));
        for (int round = 0; round < 4; round++) {
            world_must_step(w, 80);
            if (round % 2 == 0)
                world_crash(w);
            else
                world_end(w);
            world_recover(w);
        }
        full += w->full;
        while (w->n_messages > 0 && !w->messages[0].locked) {
            kit_get(&w->kit, w->messages[0].id);
            w->messages[0] = w->messages[--w->n_messages];
        }
        world_free(w);
    }
    assert_true(full > 100);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_lose_nothing_that_was_confirmed),
        cmocka_unit_test(a_crash_while_starting_is_one_like_others),
        cmocka_unit_test(every_write_may_fail),
        cmocka_unit_test(every_sync_may_fail),
        cmocka_unit_test(a_full_disk_refuses_only_puts),
    };
    if (argc > 1)
        seeds = atoi(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
