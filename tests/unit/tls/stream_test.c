/* Bytes through a session, and bytes that are none of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "endpoints.h"

#include <cmocka.h> /* last: it defines fail() */

#define MB (1u << 20)

static struct pki root, leaf;
static struct tls_env *env;

static int
setup(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", NULL);
    leaf = pki_new("CN=ASH", &root, &(struct pki_options){0});
    const struct pki *const trusted[] = {&root, NULL};
    env = env_of("x.p12", false, trusted, &leaf, "x");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tls_env_free(env);
    pki_free(&root);
    pki_free(&leaf);
    return 0;
}

static void
open_pair(const char *spec, struct end *client, struct end *server)
{
    end_open(client, env, &(struct tls_options){.cipherspec = spec, .label = "x", .now = PKI_NOW});
    end_open(server, env, &(struct tls_options){.server = true, .label = "x", .now = PKI_NOW});
}

static void
close_pair(struct end *client, struct end *server)
{
    end_close(client);
    end_close(server);
}

static uint8_t
byte_at(size_t i)
{
    return (uint8_t)(i * 2654435761u >> 13);
}

static void
write_mb(struct end *e, size_t step)
{
    uint8_t *bytes = malloc(MB);

    for (size_t i = 0; i < MB; i++)
        bytes[i] = byte_at(i);
    for (size_t at = 0; at < MB; at += step)
        assert_int_equal(
            tls_write(e->tls, span_of(bytes + at, at + step < MB ? step : MB - at), &e->f), RC_OK);
    free(bytes);
}

static void
check_mb(struct end *e)
{
    struct buf *plain = tls_plain(e->tls);

    assert_int_equal(plain->n, MB);
    for (size_t i = 0; i < MB; i++)
        if (plain->p[i] != byte_at(i))
            fail_msg("byte %zu", i);
    buf_clear(plain);
}

static void
a_megabyte_both_ways(void **state)
{
    static const char *const specs[] = {"TLS_AES_256_GCM_SHA384", "ECDHE_ECDSA_AES_128_GCM_SHA256",
        "ECDHE_ECDSA_AES_256_CBC_SHA384"};
    static const size_t steps[] = {MB, 32768 + 28, 4099};
    struct end client, server;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        open_pair(specs[i], &client, &server);
        wire_run(&client, &server, 0);
        assert_true(tls_is_ready(client.tls) && tls_is_ready(server.tls));
        write_mb(&client, steps[i]);
        write_mb(&server, steps[2 - i]);
        wire_run(&client, &server, 1777);
        check_mb(&client);
        check_mb(&server);
        close_pair(&client, &server);
    }
}

/* 64 full records and not one more: 22 bytes each in TLS 1.3. */
static void
records_are_full(void **state)
{
    struct end client, server;

    (void)state;
    open_pair("ANY_TLS13", &client, &server);
    wire_run(&client, &server, 0);
    write_mb(&client, MB);
    assert_int_equal(tls_output(client.tls)->n, MB + 64 * 22);
    assert_int_equal(tls_write(client.tls, span_of("", 0), NULL), RC_OK);
    assert_int_equal(tls_output(client.tls)->n, MB + 64 * 22);
    close_pair(&client, &server);
}

static void
closing(void **state)
{
    struct end client, server;

    (void)state;
    open_pair("ANY", &client, &server);
    tls_close_notify(client.tls); /* nothing is open yet */
    assert_int_equal(tls_output(client.tls)->n, 0);
    wire_run(&client, &server, 0);
    assert_int_equal(tls_write(server.tls, span_str("last words"), NULL), RC_OK);
    tls_close_notify(server.tls);
    wire_run(&client, &server, 0);
    assert_true(tls_peer_closed(client.tls));
    assert_false(tls_peer_closed(server.tls));
    assert_true(span_equal(buf_span(tls_plain(client.tls)), span_str("last words")));
    assert_int_equal(tls_input(client.tls, span_str("whatever"), NULL), RC_OK);
    assert_int_equal(tls_lost(client.tls, NULL), RC_OK);
    close_pair(&client, &server);
}

/* ---- what is not TLS ---- */

static void
strangers(void **state)
{
    static const struct {
        const char *bytes, *cause;
    } rows[] = {
        {"TSH \0\0\1\14\2\1\61", "in the clear"},
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Another program"},
        {"\x16\x03\x01\xff\xff\x01", NULL},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "Another program"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "Another program"},
    };

    (void)state;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct end client, server;
            open_pair("ANY", &client, &server);
            struct end *e = side == 0 ? &client : &server;
            assert_int_equal(tls_start(e->tls, NULL), RC_OK);
            buf_clear(tls_output(e->tls));
            size_t n = strlen(rows[i].bytes) < 11 ? 11 : strlen(rows[i].bytes);
            e->rc = tls_input(e->tls, span_of(rows[i].bytes, i == 2 ? 6 : n), &e->f);
            assert_int_not_equal(e->rc, RC_OK);
            assert_string_equal(e->f.id, "AMQ9638E");
            if (rows[i].cause != NULL && strstr(e->f.cause, rows[i].cause) == NULL)
                fail_msg("%s: %s (%s)", rows[i].bytes, e->f.text, e->f.cause);
            /* It stays closed. */
            assert_int_equal(tls_input(e->tls, span_str("x"), NULL), RC_REFUSED);
            close_pair(&client, &server);
        }
}

/* The connection breaks after every possible number of bytes. */
static void
truncated(void **state)
{
    struct end client, server;
    struct failure f;

    (void)state;
    open_pair("ANY_TLS12", &client, &server);
    assert_int_equal(tls_lost(client.tls, &f), RC_REFUSED);
    assert_string_equal(f.id, "AMQ9665E");
    assert_non_null(strstr(f.cause, "did not answer"));
    assert_int_equal(tls_start(client.tls, NULL), RC_OK);
    while (!tls_is_ready(client.tls)) {
        assert_int_equal(tls_lost(client.tls, NULL), RC_REFUSED);
        if (!wire_move(&client, &server, 1))
            wire_move(&server, &client, 1);
        assert_int_equal(client.rc, RC_OK);
        assert_int_equal(server.rc, RC_OK);
    }
    assert_int_equal(tls_lost(client.tls, NULL), RC_OK);
    close_pair(&client, &server);
}

/* One bit of what one side sends is wrong: the handshake never succeeds on both sides, and no byte
 * that was not written is ever read. */
static void
damaged(void **state)
{
    struct end client, server;

    (void)state;
    for (size_t at = 0; at < 2000; at += 41) {
        open_pair(at % 2 == 0 ? "ANY_TLS13" : "ANY_TLS12", &client, &server);
        assert_int_equal(tls_start(client.tls, NULL), RC_OK);
        size_t sent = 0;
        for (bool moved = true; moved;) {
            struct buf *out = tls_output(client.tls);
            if (at >= sent && at - sent < out->n)
                out->p[at - sent] ^= 0x40;
            sent += out->n;
            moved = wire_move(&client, &server, 0);
            moved = wire_move(&server, &client, 0) || moved;
        }
        if (at < sent && server.rc == RC_OK && client.rc == RC_OK && tls_is_ready(server.tls))
            fail_msg("byte %zu of %zu made no difference", at, sent);
        assert_int_equal(tls_plain(server.tls)->n, 0);
        close_pair(&client, &server);
    }
}

static void
damaged_data(void **state)
{
    struct end client, server;

    (void)state;
    for (size_t at = 0; at < 120; at += 7) {
        open_pair("ANY", &client, &server);
        wire_run(&client, &server, 0);
        assert_int_equal(
            tls_write(client.tls, span_str("pay Oak 100 and not a penny more"), NULL), RC_OK);
        struct buf *out = tls_output(client.tls);
        out->p[at % out->n] ^= 1;
        wire_run(&client, &server, 0);
        assert_int_equal(tls_plain(server.tls)->n, 0);
        close_pair(&client, &server);
    }
}

/* A partner that talks for ever without finishing is cut off: empty handshake records of 5 bytes
 * are refused by libssl, an endless message by its length, the rest by the limit. */
static void
endless(void **state)
{
    uint8_t record[16384 + 5] = {0x16, 3, 1, 0x40, 0, 1, 0, 0x80, 0};
    struct end client, server;
    size_t sent = 0;

    (void)state;
    open_pair("ANY", &client, &server);
    while (server.rc == RC_OK && sent < 4 * MB) {
        server.rc = tls_input(server.tls, span_of(record, sizeof(record)), &server.f);
        sent += sizeof(record);
    }
    assert_int_not_equal(server.rc, RC_OK);
    assert_true(sent < MB);
    close_pair(&client, &server);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_megabyte_both_ways),
        cmocka_unit_test(records_are_full),
        cmocka_unit_test(closing),
        cmocka_unit_test(strangers),
        cmocka_unit_test(truncated),
        cmocka_unit_test(damaged),
        cmocka_unit_test(damaged_data),
        cmocka_unit_test(endless),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
