#include <unistd.h>

#include "test.h"

struct talk { /* a client, a server that echoes, and what happened */
    struct io *io;
    struct io_listener *listener;
    struct io_stream *client, *server;
    char host[64];
    uint16_t port;
    size_t to_send, received, drained;
    bool connected, refused, client_ended, server_ended, server_reads;
    char text[64];
};

static void
server_data(void *arg, struct span data)
{
    struct talk *t = arg;

    io_write(t->server, data);
}

static void
server_end(void *arg, const struct failure *f)
{
    struct talk *t = arg;

    assert_null(f);
    t->server_ended = true;
    io_stream_close(t->server, true);
    t->server = NULL;
    io_listener_close(t->listener);
    t->listener = NULL;
}

static const struct io_stream_events server_events = {NULL, server_data, server_end, NULL};

static void
accepted(void *arg, struct io_stream *s)
{
    struct talk *t = arg;

    t->server = s;
    io_stream_set(s, &server_events, t);
    io_stream_peer(s, t->host, &t->port);
    if (!t->server_reads)
        io_read_stop(s);
}

static void
client_connect(void *arg, enum rc rc, const struct failure *f)
{
    struct talk *t = arg;

    t->connected = rc == RC_OK;
    t->refused = rc == RC_REFUSED;
    assert_true((f == NULL) == (rc == RC_OK));
    if (rc != RC_OK)
        snprintf(t->text, sizeof(t->text), "%.63s", f->text);
}

static void
client_data(void *arg, struct span data)
{
    struct talk *t = arg;

    for (size_t i = 0; i < data.n; i++)
        assert_int_equal(data.p[i], (uint8_t)((t->received + i) * 7));
    t->received += data.n;
    if (t->received == t->to_send) {
        io_stream_close(t->client, true);
        t->client = NULL;
    }
}

static void
client_end(void *arg, const struct failure *f)
{
    struct talk *t = arg;

    (void)f;
    t->client_ended = true;
}

static void
client_drain(void *arg)
{
    ((struct talk *)arg)->drained++;
}

static const struct io_stream_events client_events = {client_connect, client_data, client_end,
    client_drain};

static void
send_pattern(struct talk *t, size_t n)
{
    uint8_t *p = malloc(n);

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7);
    t->to_send = n;
    io_write(t->client, span_of(p, 1));
    io_write(t->client, span_of(p + 1, n - 1));
    free(p);
}

static void
echo_over(const char *address, const char *local, size_t n)
{
    struct talk t = {.io = io_uv_new(), .server_reads = true};
    struct failure f;
    char where[280];

    assert_ok(io_listen(t.io, address, 16, accepted, &t, &t.listener, &f));
    io_listener_address(t.listener, where);
    t.client = io_connect(t.io, where, local, &client_events, &t);
    send_pattern(&t, n);
    assert_int_equal(io_unsent(t.client), n);
    assert_false(t.connected);
    io_run(t.io);
    assert_true(t.connected);
    assert_true(t.server_ended);
    assert_int_equal(t.received, n);
    assert_true(t.drained > 0);
    if (strncmp(address, "127", 3) == 0)
        assert_string_equal(t.host, "127.0.0.1");
    else if (strncmp(address, "unix", 4) == 0)
        assert_string_equal(t.host, "");
    io_free(t.io);
}

static void
echoes_over_tcp(void **state)
{
    (void)state;
    echo_over("127.0.0.1(0)", NULL, 100);
    echo_over("127.0.0.1(0)", "", 5000000);
    echo_over("127.0.0.1(0)", "127.0.0.1(0)", 100);
    echo_over("localhost(0)", "(0)", 100);
    echo_over("*(0)", NULL, 100);
}

static void
remove_path(const char *path)
{
    struct io *io = io_uv_new();

    assert_int_equal(io_remove_tree(io, path, NULL), RC_OK);
    io_free(io);
}

static void
echoes_over_local_sockets(void **state)
{
    (void)state;
    char dir[] = "/tmp/grove-io-XXXXXX";
    char address[280], deep[240];
    struct io *io = io_uv_new();

    assert_non_null(mkdtemp(dir));
    snprintf(address, sizeof(address), "unix:%s/s", dir);
    echo_over(address, NULL, 100);
    echo_over(address, NULL, 5000000);
    snprintf(deep, sizeof(deep), "%s/%0100d/%050d", dir, 1, 2);
    assert_int_equal(io_mkdir(io, deep, NULL), RC_OK);
    snprintf(address, sizeof(address), "unix:%s/socket", deep);
    echo_over(address, NULL, 100);
    assert_false(io_exists(io, address + 5)); /* close removed the socket file */
    io_free(io);
    remove_path(dir);
}

static void
knows_who_is_there(void **state)
{
    (void)state;
    char dir[] = "/tmp/grove-io-XXXXXX";
    char address[64];
    struct talk t = {.io = io_uv_new(), .server_reads = true};
    struct failure f;
    uint32_t uid = 12345;
    int32_t pid = 0;

    assert_non_null(mkdtemp(dir));
    snprintf(address, sizeof(address), "unix:%s/s", dir);
    assert_ok(io_listen(t.io, address, 16, accepted, &t, &t.listener, &f));
    t.client = io_connect(t.io, address, NULL, &client_events, &t);
    while (t.server == NULL || !t.connected)
        io_run_once(t.io, 1000);
    assert_true(io_stream_credentials(t.server, &uid, &pid));
    assert_int_equal(uid, getuid());
    assert_int_equal(pid, getpid());
    io_stream_close(t.client, false);
    io_stream_close(t.server, false);
    io_listener_close(t.listener);
    io_free(t.io);
    remove_path(dir);
}

static void
stale_socket_files_are_replaced(void **state)
{
    (void)state;
    char dir[] = "/tmp/grove-io-XXXXXX";
    char address[64], other[64];
    struct talk t = {.io = io_uv_new()};
    struct io_listener *second;
    struct failure f;

    assert_non_null(mkdtemp(dir));
    snprintf(address, sizeof(address), "unix:%s/s", dir);
    snprintf(other, sizeof(other), "unix:%s/t", dir);
    assert_ok(io_listen(t.io, address, 16, accepted, &t, &t.listener, &f));
    assert_int_equal(io_listen(t.io, address, 16, accepted, &t, &second, &f), RC_BUSY);
    assert_ok(io_rename(t.io, address + 5, other + 5, &f)); /* survives the close */
    io_listener_close(t.listener);
    assert_ok(io_listen(t.io, other, 16, accepted, &t, &t.listener, &f));
    io_listener_close(t.listener);
    io_free(t.io);
    remove_path(dir);
}

static void
fails_to_connect(void **state)
{
    (void)state;
    static const char *const bad[] = {"127.0.0.1(x)", "unix:/nonexistent/s", "127.0.0.1(1)",
        "nowhere.invalid(1414)"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct talk t = {.io = io_uv_new()};
        t.client = io_connect(t.io, bad[i], NULL, &client_events, &t);
        io_write(t.client, span_str("x"));
        assert_string_equal(t.text, ""); /* not from inside the call */
        io_run(t.io);
        assert_false(t.connected);
        assert_string_not_equal(t.text, "");
        assert_true(t.refused == (i == 2));
        assert_int_equal(io_unsent(t.client), 0);
        io_stream_close(t.client, true);
        t.client = io_connect(t.io, bad[i], NULL, &client_events, &t);
        t.text[0] = '\0';
        io_stream_close(t.client, i % 2 == 0);
        io_run(t.io);
        assert_string_equal(t.text, ""); /* closed before it was told */
        io_free(t.io);
    }
}

static void
pressure_holds_the_sender(void **state)
{
    (void)state;
    struct talk t = {.io = io_uv_new()};
    struct failure f;
    char where[280];
    size_t n = 32u << 20;

    assert_ok(io_listen(t.io, "127.0.0.1(0)", 16, accepted, &t, &t.listener, &f));
    io_listener_address(t.listener, where);
    t.client = io_connect(t.io, where, NULL, &client_events, &t);
    send_pattern(&t, n);
    while (t.server == NULL)
        io_run_once(t.io, 1000);
    for (int i = 0; i < 10; i++)
        io_run_once(t.io, 10);
    assert_in_range(io_unsent(t.client), 1, n - 1);
    assert_int_equal(t.drained, 0);
    io_read_start(t.server);
    io_run(t.io);
    assert_int_equal(t.received, n);
    io_free(t.io);
}

static size_t flushed;

static void
count_data(void *arg, struct span data)
{
    (void)arg;
    flushed += data.n;
}

static void
count_end(void *arg, const struct failure *f)
{
    assert_null(f);
    io_stop(arg);
}

static const struct io_stream_events count_events = {NULL, count_data, count_end, NULL};

static void
accept_and_count(void *arg, struct io_stream *s)
{
    struct talk *t = arg;

    t->server = s;
    io_stream_set(s, &count_events, t->io);
    io_write(s, span_str("never read")); /* must not turn the close into a reset */
}

static void
close_flushes_what_was_written(void **state)
{
    (void)state;
    struct talk t = {.io = io_uv_new()};
    struct failure f;
    char where[280];

    flushed = 0;
    assert_ok(io_listen(t.io, "127.0.0.1(0)", 16, accept_and_count, &t, &t.listener, &f));
    io_listener_address(t.listener, where);
    t.client = io_connect(t.io, where, NULL, &client_events, &t);
    io_read_stop(t.client);
    send_pattern(&t, 8u << 20);
    io_stream_close(t.client, true);
    io_run(t.io);
    assert_int_equal(flushed, 8u << 20);
    io_stream_close(t.server, true);
    io_listener_close(t.listener);
    io_free(t.io);
}

static void
break_end(void *arg, const struct failure *f)
{
    struct talk *t = arg;

    t->client_ended = f != NULL;
}

static void
broken_streams_say_so(void **state)
{
    (void)state;
    static const struct io_stream_events events = {client_connect, client_data, break_end, NULL};
    struct talk t = {.io = io_uv_new()};
    struct failure f;
    char where[280];

    assert_ok(io_listen(t.io, "127.0.0.1(0)", 16, accepted, &t, &t.listener, &f));
    io_listener_address(t.listener, where);
    t.client = io_connect(t.io, where, NULL, &events, &t);
    io_write(t.client, span_str("unread"));
    while (t.server == NULL)
        io_run_once(t.io, 1000);
    io_run_once(t.io, 10);
    io_stream_close(t.server, false); /* with input unread: a reset */
    for (int i = 0; i < 100 && !t.client_ended; i++) {
        io_write(t.client, span_str("x"));
        io_run_once(t.io, 10);
    }
    assert_true(t.client_ended);
    io_write(t.client, span_str("ignored"));
    io_stream_close(t.client, true);
    io_listener_close(t.listener);
    io_free(t.io);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_over_tcp),
        cmocka_unit_test(echoes_over_local_sockets),
        cmocka_unit_test(knows_who_is_there),
        cmocka_unit_test(stale_socket_files_are_replaced),
        cmocka_unit_test(fails_to_connect),
        cmocka_unit_test(pressure_holds_the_sender),
        cmocka_unit_test(close_flushes_what_was_written),
        cmocka_unit_test(broken_streams_say_so),
    };
    return cmocka_run_group_tests_name("io/stream", tests, NULL, NULL);
}
