#include "../cmocka.h"

#include <stdio.h>

#include "client/link.h"

/* Two ends of one connection in one event loop, each noting what it heard. */
struct end {
    struct world *w;
    struct link *link;
    bool ready, ended, drained, orderly;
    size_t segments, bytes;
    uint8_t last_type;
    struct failure failure;
    bool close_at_first, pause_at_first, echo;
};
struct world {
    struct io *io;
    struct io_listener *listener;
    struct end caller, server;
    struct failure no_env;
};

static void
on_ready(void *arg)
{
    struct end *e = arg;

    e->ready = true;
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct end *e = arg;

    assert_true(e->ready);
    assert_false(e->ended);
    e->segments++;
    e->bytes += seg->body.n;
    e->last_type = seg->type;
    if (e->echo) {
        AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);
        size_t start = segment_begin(&b, seg->type, seg->flags, NULL);
        buf_span_put(&b, seg->body);
        segment_end(&b, start);
        link_send(e->link, buf_span(&b));
    }
    if (e->pause_at_first)
        link_pause(e->link);
    if (e->close_at_first) {
        link_close(e->link, false);
        e->link = NULL;
    }
}

static void
on_end(void *arg, const struct failure *f)
{
    struct end *e = arg;

    assert_false(e->ended);
    e->ended = true;
    e->orderly = f == NULL;
    if (f != NULL)
        e->failure = *f;
}

static void
on_drain(void *arg)
{
    struct end *e = arg;

    e->drained = true;
}

static const struct link_events events = {on_ready, on_segment, on_end, on_drain};

static void
on_accept(void *arg, struct io_stream *accepted)
{
    struct world *w = arg;

    w->server.link = link_accept(w->io, accepted, NULL, NULL, &w->no_env, &events, &w->server);
}

static void
world_open(struct world *w)
{
    char address[280];

    memset(w, 0, sizeof *w);
    w->caller.w = w->server.w = w;
    w->io = io_uv_new();
    fail(&w->no_env, RC_REFUSED, "no repository");
    failure_id(&w->no_env, "AMQ9637E");
    assert_int_equal(io_listen(w->io, "127.0.0.1(0)", 5, on_accept, w, &w->listener, NULL), RC_OK);
    io_listener_address(w->listener, address);
    w->caller.link = link_connect(w->io, address, NULL, NULL, NULL, &events, &w->caller);
}

static void
world_close(struct world *w)
{
    link_close(w->caller.link, false);
    link_close(w->server.link, false);
    if (w->listener != NULL)
        io_listener_close(w->listener);
    io_run(w->io);
    io_free(w->io);
}

/* Run until what is asked for holds, for at most five seconds. */
#define UNTIL(w, condition)                                        \
    do {                                                           \
        uint64_t end_ = io_now((w)->io) + 5000;                    \
        while (!(condition) && io_now((w)->io) < end_)             \
            io_run_once((w)->io, 100);                             \
        assert_true(condition);                                    \
    } while (0)

static void
send_segment(struct link *l, uint8_t type, size_t body)
{
    AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);
    size_t start = segment_begin(&b, type, SEGF_WHOLE, NULL);

    buf_fill(&b, 'x', body);
    segment_end(&b, start);
    link_send(l, buf_span(&b));
}

static void
both_ways(void **state)
{
    struct world w;
    char peer[80], host[64];
    struct tls_facts facts;

    (void)state;
    world_open(&w);
    send_segment(w.caller.link, SEG_HEARTBEAT, 0); /* before it is connected */
    send_segment(w.caller.link, SEG_MESSAGE, 900);
    UNTIL(&w, w.server.segments == 2);
    assert_true(w.caller.ready);
    assert_int_equal(w.server.bytes, 900);
    send_segment(w.server.link, SEG_STATUS, 0);
    UNTIL(&w, w.caller.segments == 1 && w.server.drained);
    assert_int_equal(w.caller.last_type, SEG_STATUS);
    assert_false(link_is_tls(w.server.link));
    assert_false(link_facts(w.server.link, &facts));
    link_peer(w.server.link, peer);
    link_peer_host(w.server.link, host);
    assert_string_equal(host, "127.0.0.1");
    assert_memory_equal(peer, "127.0.0.1(", 10);
    link_close(w.caller.link, true);
    w.caller.link = NULL;
    UNTIL(&w, w.server.ended);
    assert_true(w.server.orderly);
    world_close(&w);
}

static void
cut_anywhere(void **state)
{
    struct world w;
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE);

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < 5; i++) {
        size_t start = segment_begin(&b, SEG_MESSAGE, SEGF_WHOLE, NULL);
        buf_fill(&b, 'x', i * 7);
        segment_end(&b, start);
    }
    for (size_t i = 0; i < b.n; i++) { /* one byte at a time */
        link_send(w.caller.link, span_of(b.p + i, 1));
        io_run_once(w.io, 1);
    }
    UNTIL(&w, w.server.segments == 5);
    assert_int_equal(w.server.bytes, 70);
    world_close(&w);
}

static void
refusals(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *id;
    } cases[] = {
        {"GET / HTTP/1.1\r\n", 16, "AMQ9207E"},
        {"TSH \0\0\x04\x01", 8, "AMQ9207E"}, /* above SEGMENT_FIRST_MAX */
        {"\x16\x03\x01\x00\x05", 5, "AMQ9637E"}, /* TLS, and there is no repository */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        world_open(&w);
        link_send(w.caller.link, span_of(cases[i].bytes, cases[i].n));
        UNTIL(&w, w.server.ended);
        assert_string_equal(w.server.failure.id, cases[i].id);
        assert_int_equal(w.server.segments, 0);
        world_close(&w);
    }
}

static void
ends_in_the_middle(void **state)
{
    struct world w;

    (void)state;
    world_open(&w);
    link_send(w.caller.link, span_of("TSH \0\0", 6));
    UNTIL(&w, w.server.ready);
    link_close(w.caller.link, true);
    w.caller.link = NULL;
    UNTIL(&w, w.server.ended);
    assert_string_equal(w.server.failure.id, "AMQ9208E");
    world_close(&w);
}

static void
nobody_listens(void **state)
{
    struct world w;
    char address[280];

    (void)state;
    world_open(&w);
    io_listener_address(w.listener, address);
    io_listener_close(w.listener);
    w.listener = NULL;
    link_close(w.caller.link, false);
    w.caller.link = link_connect(w.io, address, NULL, NULL, NULL, &events, &w.caller);
    UNTIL(&w, w.caller.ended);
    assert_false(w.caller.ready);
    assert_string_equal(w.caller.failure.id, "AMQ9202E");
    world_close(&w);
}

static void
pause_holds_segments_and_end(void **state)
{
    struct world w;

    (void)state;
    world_open(&w);
    UNTIL(&w, w.server.link != NULL);
    w.server.pause_at_first = true;
    for (int i = 0; i < 3; i++)
        send_segment(w.caller.link, SEG_MESSAGE, 10);
    UNTIL(&w, w.server.segments == 1);
    link_close(w.caller.link, true);
    w.caller.link = NULL;
    for (int i = 0; i < 5; i++)
        io_run_once(w.io, 10);
    assert_int_equal(w.server.segments, 1);
    assert_false(w.server.ended);
    w.server.pause_at_first = false;
    link_resume(w.server.link);
    assert_int_equal(w.server.segments, 1); /* never from inside a call */
    UNTIL(&w, w.server.ended);
    assert_int_equal(w.server.segments, 3);
    world_close(&w);
}

static void
close_inside_an_event(void **state)
{
    struct world w;

    (void)state;
    world_open(&w);
    UNTIL(&w, w.server.link != NULL);
    w.server.close_at_first = true;
    for (int i = 0; i < 3; i++)
        send_segment(w.caller.link, SEG_MESSAGE, 10);
    UNTIL(&w, w.caller.ended);
    assert_int_equal(w.server.segments, 1);
    assert_false(w.server.ended);
    world_close(&w);
}

/* Send as a well-behaved partner does: not more than half of what would stop its own reading. */
static void
send_some(struct world *w, int *left)
{
    while (*left > 0 && link_unsent(w->caller.link) < (512u << 10)) {
        send_segment(w->caller.link, SEG_MESSAGE, 65000);
        --*left;
    }
    io_run_once(w->io, 1);
}

/* A partner that sends without end and reads nothing must not fill our memory. */
static void
stops_reading_when_nobody_takes(void **state)
{
    struct world w;
    size_t most = 0;
    int left = 640;

    (void)state;
    world_open(&w);
    UNTIL(&w, w.server.link != NULL && w.caller.ready);
    link_max(w.server.link, 65536);
    link_max(w.caller.link, 65536);
    w.server.echo = true;
    link_pause(w.caller.link);
    for (int i = 0; i < 200; i++) {
        send_some(&w, &left);
        if (link_unsent(w.server.link) > most)
            most = link_unsent(w.server.link);
    }
    assert_true(most < (2u << 20));
    assert_true(left > 0);
    link_resume(w.caller.link);
    while (left > 0)
        send_some(&w, &left);
    UNTIL(&w, w.caller.segments == 640);
    assert_int_equal(w.caller.bytes, 640 * 65000);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(refusals),
        cmocka_unit_test(ends_in_the_middle),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(pause_holds_segments_and_end),
        cmocka_unit_test(close_inside_an_event),
        cmocka_unit_test(stops_reading_when_nobody_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
