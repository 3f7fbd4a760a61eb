#include "io/sim.h"
#include "test.h"

/* ---- two nodes that talk ---- */

struct talk {
    struct sim *sim;
    struct io *oak, *ash;
    struct io_listener *listener;
    struct io_stream *client, *server;
    size_t to_send, received, echoed;
    unsigned pieces;
    bool connected, client_ended, client_broke, server_gone;
    enum rc outcome;
};

static void
server_data(void *arg, struct span data)
{
    struct talk *t = arg;

    t->echoed += data.n;
    t->pieces++;
    io_write(t->server, data);
}

static void
server_end(void *arg, const struct failure *f)
{
    struct talk *t = arg;

    (void)f;
    t->server_gone = true;
    io_stream_close(t->server, true);
    t->server = NULL;
}

static const struct io_stream_events server_events = {NULL, server_data, server_end, NULL};

static void
accepted(void *arg, struct io_stream *s)
{
    struct talk *t = arg;
    char host[64];
    uint16_t port;

    t->server = s;
    io_stream_set(s, &server_events, t);
    io_stream_peer(s, host, &port);
    assert_string_equal(host, "10.0.0.2");
}

static void
client_connect(void *arg, enum rc rc, const struct failure *f)
{
    struct talk *t = arg;

    assert_true((f == NULL) == (rc == RC_OK));
    t->connected = rc == RC_OK;
    t->outcome = rc;
}

static void
client_data(void *arg, struct span data)
{
    struct talk *t = arg;

    for (size_t i = 0; i < data.n; i++)
        assert_int_equal(data.p[i], (uint8_t)((t->received + i) * 7));
    t->received += data.n;
    if (t->received < t->to_send)
        return;
    io_stream_close(t->client, true);
    t->client = NULL;
}

static void
client_end(void *arg, const struct failure *f)
{
    struct talk *t = arg;

    t->client_ended = true;
    t->client_broke = f != NULL;
    io_stream_close(t->client, false);
    t->client = NULL;
}

static const struct io_stream_events client_events = {client_connect, client_data, client_end,
    NULL};

static void
talk_start(struct talk *t, uint64_t seed, size_t n)
{
    struct failure f;
    uint8_t *p = malloc(n);

    *t = (struct talk){.sim = sim_new(seed), .to_send = n};
    t->oak = sim_node(t->sim, "OAK");
    t->ash = sim_node(t->sim, "ASH");
    assert_ok(io_listen(t->oak, "*(1414)", 10, accepted, t, &t->listener, &f));
    t->client = io_connect(t->ash, "oak(1414)", NULL, &client_events, t);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7);
    io_write(t->client, span_of(p, n));
    free(p);
}

static uint64_t
talk_run(uint64_t seed, size_t n)
{
    struct talk t;

    talk_start(&t, seed, n);
    assert_false(t.connected);
    assert_false(sim_run(t.sim, NULL, NULL, 60000000));
    assert_true(t.connected);
    assert_true(t.server_gone);
    assert_int_equal(t.received, n);
    assert_true(t.pieces > 0);
    io_listener_close(t.listener);
    uint64_t print = sim_fingerprint(t.sim);
    sim_free(t.sim);
    return print;
}

static void
nodes_exchange_data(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        talk_run(seed, 10);
        talk_run(seed, 300000);
    }
}

static void
seeds_replay(void **state)
{
    (void)state;
    assert_true(talk_run(7, 50000) == talk_run(7, 50000));
    assert_true(talk_run(7, 50000) != talk_run(8, 50000));
    assert_true(talk_run(7, 50000) != talk_run(7, 50001));
}

static void
nobody_listens(void **state)
{
    (void)state;
    static const char *const where[] = {"elm(1414)", "oak(1)", "oak(x)"};
    static const enum rc outcomes[] = {RC_REFUSED, RC_REFUSED, RC_INVALID};
    struct talk t;
    struct io_listener *second;
    struct failure f;

    talk_start(&t, 1, 10);
    io_stream_close(t.client, false);
    for (int i = 0; i < 3; i++) {
        t.client = io_connect(t.ash, where[i], NULL, &client_events, &t);
        t.outcome = RC_OK;
        io_write(t.client, span_str("x"));
        sim_run(t.sim, NULL, NULL, 1000000);
        assert_int_equal(t.outcome, outcomes[i]);
        io_stream_close(t.client, true);
    }
    assert_int_equal(io_listen(t.oak, "oak(1414)", 10, accepted, &t, &second, &f), RC_BUSY);
    io_listener_close(t.listener);
    sim_free(t.sim);
}

static void
connections_break(void **state)
{
    (void)state;
    unsigned broke = 0;

    for (uint64_t seed = 0; seed < 20; seed++) {
        struct talk t;
        talk_start(&t, seed, 300000);
        sim_faults(t.oak)->break_ppm = 200000;
        sim_run(t.sim, NULL, NULL, 60000000);
        assert_true(t.server_gone);
        assert_true(t.client == NULL); /* each end heard of it, or was done */
        broke += t.client_broke;
        sim_free(t.sim);
    }
    assert_in_range(broke, 5, 20);
}

static bool
is_connected(void *arg)
{
    return ((struct talk *)arg)->server != NULL && ((struct talk *)arg)->connected;
}

static void
crash_breaks_the_peers(void **state)
{
    (void)state;
    struct talk t;
    struct failure f;

    talk_start(&t, 3, 3000000);
    assert_true(sim_run(t.sim, is_connected, &t, 60000000));
    sim_crash(t.oak);
    t.server = NULL;
    sim_run(t.sim, NULL, NULL, 60000000);
    assert_true(t.client_broke);
    assert_true(t.received < t.to_send);
    /* The same address again, in the next life. */
    assert_ok(io_listen(t.oak, "*(1414)", 10, accepted, &t, &t.listener, &f));
    t.client = io_connect(t.ash, "oak(1414)", NULL, &client_events, &t);
    assert_true(sim_run(t.sim, is_connected, &t, 60000000));
    sim_free(t.sim);
}

static void
pressure_holds_the_sender(void **state)
{
    (void)state;
    struct talk t;

    talk_start(&t, 3, 300000);
    assert_true(sim_run(t.sim, is_connected, &t, 60000000));
    io_read_stop(t.server);
    size_t had = t.echoed;
    sim_run(t.sim, NULL, NULL, 1000000);
    assert_int_equal(t.echoed, had);
    assert_true(io_unsent(t.client) > 100000);
    io_read_start(t.server);
    sim_run(t.sim, NULL, NULL, 60000000);
    assert_int_equal(t.received, 300000);
    sim_free(t.sim);
}

/* ---- clock ---- */

static void
stop_it(void *arg)
{
    io_stop(arg);
}

static void
time_jumps(void **state)
{
    (void)state;
    struct sim *sim = sim_new(1);
    struct io *io = sim_node(sim, "OAK");
    struct io_timer *day = io_timer_new(io, stop_it, io);
    struct io_timer *never = io_timer_new(io, stop_it, NULL);

    io_timer_set(day, 86400000);
    io_timer_set(never, UINT64_MAX);
    io_timer_set(never, 5);
    io_timer_stop(never);
    io_run_once(io, 1000);
    assert_int_equal(io_now(io), 1000);
    io_run(io);
    assert_int_equal(io_now(io), 86400000);
    io_timer_set(day, 1);
    sim_crash(io); /* its timers are gone */
    assert_false(sim_run(sim, NULL, NULL, 1000000));
    sim_free(sim);
}

/* ---- disk ---- */

struct disk {
    struct sim *sim;
    struct io *io;
    struct io_file *file;
};

static void
disk_start(struct disk *d, uint64_t seed)
{
    struct failure f;

    d->sim = sim_new(seed);
    d->io = sim_node(d->sim, "OAK");
    assert_ok(io_mkdir(d->io, "/qm/log", &f));
    assert_ok(io_file_open(d->io, "/qm/log/a", IO_READ | IO_WRITE | IO_CREATE, &d->file, &f));
    assert_ok(io_sync_dir(d->io, "/qm/log", &f));
}

/* One letter for each of n sectors of the file; '-' where it ends, '?' where one is mixed. */
static void
sectors(struct disk *d, char *to, size_t n)
{
    struct failure f;

    for (size_t i = 0; i < n; i++) {
        char sector[512];
        size_t got = 0;
        assert_ok(io_file_read(d->file, i * 512, sector, 512, &got, &f));
        to[i] = got < 512 ? '-' : sector[0] == '\0' ? '0' : sector[0];
        for (size_t j = 1; j < got; j++)
            if (sector[j] != sector[0])
                to[i] = '?';
    }
    to[n] = '\0';
}

static void
write_sectors(struct disk *d, uint64_t at, char c, size_t n)
{
    struct failure f;
    char all[512 * 8];

    memset(all, c, sizeof(all));
    assert_ok(io_file_write(d->file, at * 512, span_of(all, n * 512), &f));
}

static void
crash_keeps_what_was_synced(void **state)
{
    (void)state;
    unsigned all = 0, none = 0, torn = 0;

    for (uint64_t seed = 0; seed < 60; seed++) {
        struct disk d;
        struct failure f;
        char now[9];
        disk_start(&d, seed);
        write_sectors(&d, 0, 'a', 4);
        assert_ok(io_file_sync(d.file, &f));
        write_sectors(&d, 2, 'b', 4);
        sectors(&d, now, 8);
        assert_string_equal(now, "aabbbb--");
        sim_crash(d.io);
        assert_ok(io_file_open(d.io, "/qm/log/a", IO_READ, &d.file, &f));
        sectors(&d, now, 8);
        assert_memory_equal(now, "aa", 2);
        assert_true(strchr("ab", now[2]) != NULL && strchr("ab", now[3]) != NULL);
        assert_true(strchr("0b-", now[4]) != NULL && strchr("b-", now[5]) != NULL);
        all += strcmp(now, "aabbbb--") == 0;
        none += strcmp(now, "aaaa----") == 0;
        torn += now[2] != now[3];
        io_file_close(d.file);
        sim_free(d.sim);
    }
    assert_true(all > 0 && none > 0 && torn > 0);
}

static void
crash_keeps_synced_names(void **state)
{
    (void)state;
    unsigned old = 0, new = 0;

    for (uint64_t seed = 0; seed < 30; seed++) {
        struct disk d;
        struct failure f;
        AUTO_BUF data = buf_new(100, ORDER_BIG);
        disk_start(&d, seed);
        assert_ok(io_save(d.io, "/qm/ini", span_str("one"), &f));
        assert_ok(io_save(d.io, "/qm/new", span_str("two"), &f));
        assert_ok(io_rename(d.io, "/qm/new", "/qm/ini", &f)); /* not synced */
        assert_false(io_exists(d.io, "/qm/new"));
        sim_crash(d.io);
        assert_ok(io_load(d.io, "/qm/ini", 100, &data, &f));
        bool renamed = !io_exists(d.io, "/qm/new");
        assert_string_equal(buf_cstr(&data), renamed ? "two" : "one");
        old += !renamed;
        new += renamed;
        sim_free(d.sim);
    }
    assert_true(old > 0 && new > 0);
}

static void
faults_strike(void **state)
{
    (void)state;
    struct disk d;
    struct failure f;
    uint64_t size;

    disk_start(&d, 1);
    sim_faults(d.io)->fail_write = 1;
    write_sectors(&d, 0, 'a', 2);
    assert_int_equal(io_file_write(d.file, 0, span_str("xyz"), &f), RC_IO);
    write_sectors(&d, 0, 'b', 2);
    sim_faults(d.io)->disk_bytes = 2000;
    assert_int_equal(io_file_write(d.file, 1024, span_of((char[1000]){0}, 1000), &f), RC_FULL);
    assert_ok(io_file_size(d.file, &size, &f));
    assert_int_equal(size, 2000);
    assert_ok(io_file_write(d.file, 0, span_str("in place"), &f));
    sim_faults(d.io)->fail_sync = 0;
    assert_int_equal(io_file_sync(d.file, &f), RC_IO);
    assert_ok(io_file_sync(d.file, &f));
    sim_faults(d.io)->disk_bytes = 0;
    assert_int_equal(io_file_open(d.io, "/none/a", IO_WRITE | IO_CREATE, &d.file, &f),
        RC_NOT_FOUND);
    assert_int_equal(io_file_open(d.io, "/qm", IO_READ, &d.file, &f), RC_INVALID);
    sim_free(d.sim);
}

static void
failed_syncs_lose_data(void **state)
{
    (void)state;
    unsigned lost = 0;

    for (uint64_t seed = 0; seed < 20; seed++) {
        struct disk d;
        struct failure f;
        char now[3];
        disk_start(&d, seed);
        write_sectors(&d, 0, 'a', 2);
        sim_faults(d.io)->fail_sync = 0;
        assert_int_equal(io_file_sync(d.file, &f), RC_IO);
        assert_ok(io_file_sync(d.file, &f)); /* says yes, and brings nothing back */
        sim_crash(d.io);
        assert_ok(io_file_open(d.io, "/qm/log/a", IO_READ, &d.file, &f));
        sectors(&d, now, 2);
        lost += strcmp(now, "aa") != 0;
        sim_free(d.sim);
    }
    assert_true(lost > 0);
}

static void
locks_end_with_the_life(void **state)
{
    (void)state;
    struct disk d;
    struct io_file *second;
    struct failure f;

    disk_start(&d, 1);
    assert_ok(io_file_open(d.io, "qm/./log//a", IO_WRITE, &second, &f));
    assert_ok(io_file_lock(d.file, &f));
    assert_int_equal(io_file_lock(second, &f), RC_BUSY);
    sim_crash(d.io);
    assert_ok(io_file_open(d.io, "/qm/log/a", IO_WRITE, &second, &f));
    assert_ok(io_file_lock(second, &f));
    io_file_close(second);
    assert_ok(io_remove_tree(d.io, "/qm", &f));
    assert_false(io_exists(d.io, "/qm"));
    sim_free(d.sim);
}

static void
count_synced(void *arg, enum rc rc, const struct failure *f)
{
    (void)f;
    assert_int_equal(rc, RC_OK);
    ++*(int *)arg;
}

static void
syncs_count_what_was_before(void **state)
{
    (void)state;
    unsigned partial = 0;

    for (uint64_t seed = 0; seed < 30; seed++) {
        struct disk d;
        struct failure f;
        char now[3];
        int synced = 0;
        disk_start(&d, seed);
        write_sectors(&d, 0, 'a', 1);
        io_file_sync_start(d.file, count_synced, &synced);
        write_sectors(&d, 1, 'b', 1);
        assert_int_equal(synced, 0);
        sim_run(d.sim, NULL, NULL, 1000000);
        assert_int_equal(synced, 1);
        io_file_sync_start(d.file, count_synced, &synced);
        sim_crash(d.io);
        sim_run(d.sim, NULL, NULL, 1000000);
        assert_int_equal(synced, 1); /* the second died with its node */
        assert_ok(io_file_open(d.io, "/qm/log/a", IO_READ, &d.file, &f));
        sectors(&d, now, 2);
        assert_int_equal(now[0], 'a');
        partial += now[1] != 'b';
        sim_free(d.sim);
    }
    assert_in_range(partial, 1, 29);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_exchange_data),
        cmocka_unit_test(seeds_replay),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(connections_break),
        cmocka_unit_test(crash_breaks_the_peers),
        cmocka_unit_test(pressure_holds_the_sender),
        cmocka_unit_test(time_jumps),
        cmocka_unit_test(crash_keeps_what_was_synced),
        cmocka_unit_test(crash_keeps_synced_names),
        cmocka_unit_test(faults_strike),
        cmocka_unit_test(failed_syncs_lose_data),
        cmocka_unit_test(locks_end_with_the_life),
        cmocka_unit_test(syncs_count_what_was_before),
    };
    return cmocka_run_group_tests_name("io/sim", tests, NULL, NULL);
}
