#include "../cmocka.h"

#include <stdio.h>

#include <openssl/x509v3.h>

#include "client/link.h"

/* ---- certificates of a made-up authority ---- */

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(e);
    X509_add_ext(cert, e, -1);
    X509_EXTENSION_free(e);
}

static X509 *
make_cert(const char *cn, EVP_PKEY *key, X509 *issuer, EVP_PKEY *signer)
{
    static long serial = 1;
    X509 *cert = X509_new();

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
        (const unsigned char *)cn, -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer != NULL ? issuer : cert));
    X509_set_pubkey(cert, key);
    X509 *by = issuer != NULL ? issuer : cert;
    extend(cert, by, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE");
    extend(cert, by, NID_key_usage,
        issuer == NULL ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    extend(cert, by, NID_subject_key_identifier, "hash");
    if (issuer != NULL)
        extend(cert, by, NID_authority_key_identifier, "keyid");
    assert_true(X509_sign(cert, signer, EVP_sha256()) > 0);
    return cert;
}

struct authority {
    EVP_PKEY *key;
    X509 *cert;
};

static struct authority
authority_make(const char *cn)
{
    struct authority a;

    assert_int_equal(key_generate("p256", &a.key, NULL), RC_OK);
    a.cert = make_cert(cn, a.key, NULL, a.key);
    return a;
}

static void
authority_free(struct authority *a)
{
    EVP_PKEY_free(a->key);
    X509_free(a->cert);
}

/* A repository: trusts one authority, and has (label "me") a certificate of another, or none. */
static struct tls_env *
env_make(const struct authority *trusts, const struct authority *from, const char *cn)
{
    struct keyrepo *kr = keyrepo_new();
    struct keyrepo_entry e = {.label = "me", .kind = KEYREPO_PERSONAL, .trusted = true};
    struct tls_env *env;
    bool added;

    assert_int_equal(keyrepo_add_signer(kr, "ca", trusts->cert, &added, NULL), RC_OK);
    if (from != NULL) {
        assert_int_equal(key_generate("p256", &e.key, NULL), RC_OK);
        e.cert = make_cert(cn, e.key, from->cert, from->key);
        assert_int_equal(keyrepo_add_take(kr, &e, NULL), RC_OK);
    }
    assert_int_equal(tls_env_new(kr, "test", false, &env, NULL), RC_OK);
    keyrepo_free(kr);
    return env;
}

/* ---- two ends ---- */

struct end {
    struct link *link;
    bool ready, ended, orderly, echo;
    size_t segments, bytes;
    struct failure failure;
};
struct world {
    struct io *io;
    struct io_listener *listener;
    struct tls_env *caller_env, *server_env;
    struct end caller, server;
};

static void
send_segment(struct link *l, size_t body)
{
    AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);
    size_t start = segment_begin(&b, SEG_MESSAGE, SEGF_WHOLE, NULL);

    buf_fill(&b, 'x', body);
    segment_end(&b, start);
    link_send(l, buf_span(&b));
}

static void
on_ready(void *arg)
{
    ((struct end *)arg)->ready = true;
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct end *e = arg;

    e->segments++;
    e->bytes += seg->body.n;
    if (e->echo)
        send_segment(e->link, seg->body.n);
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

static const struct link_events events = {on_ready, on_segment, on_end, NULL};

static const char *
always_me(void *arg, const char *sni)
{
    (void)arg, (void)sni;
    return "me";
}

static void
on_accept(void *arg, struct io_stream *accepted)
{
    struct world *w = arg;
    struct tls_options o = {.server = true, .label_fn = always_me,
        .now = io_wall(w->io) / 1000000};

    w->server.link =
        link_accept(w->io, accepted, w->server_env, &o, NULL, &events, &w->server);
}

static void
world_open(struct world *w, struct tls_env *caller, struct tls_env *server, const char *cipherspec)
{
    char address[280], spec[64], channel[] = "ASH.BIRCH", label[] = "me";

    *w = (struct world){.io = io_uv_new(), .caller_env = caller, .server_env = server};
    assert_int_equal(io_listen(w->io, "127.0.0.1(0)", 5, on_accept, w, &w->listener, NULL), RC_OK);
    io_listener_address(w->listener, address);
    snprintf(spec, sizeof spec, "%s", cipherspec != NULL ? cipherspec : "");
    struct tls_options o = {.cipherspec = spec, .label = label, .channel = channel,
        .now = io_wall(w->io) / 1000000};
    w->caller.link = link_connect(w->io, address, NULL, cipherspec != NULL ? caller : NULL,
        cipherspec != NULL ? &o : NULL, &events, &w->caller);
    memset(spec, '?', sizeof spec); /* the link has copies */
    memset(label, '?', sizeof label);
    memset(channel, '?', sizeof channel);
}

static void
world_close(struct world *w)
{
    link_close(w->caller.link, false);
    link_close(w->server.link, false);
    io_listener_close(w->listener);
    io_run(w->io);
    io_free(w->io);
    tls_env_free(w->caller_env);
    tls_env_free(w->server_env);
}

#define UNTIL(w, condition)                            \
    do {                                               \
        uint64_t end_ = io_now((w)->io) + 5000;        \
        while (!(condition) && io_now((w)->io) < end_) \
            io_run_once((w)->io, 100);                 \
        assert_true(condition);                        \
    } while (0)

/* ---- tests ---- */

static void
segments_through_tls(void **state)
{
    static const char *const specs[] = {"TLS_AES_256_GCM_SHA384",
        "ECDHE_ECDSA_AES_256_GCM_SHA384", "ANY_TLS12_OR_HIGHER"};
    struct authority ca = authority_make("Root");

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct world w;
        struct tls_facts facts;
        world_open(&w, env_make(&ca, &ca, "ash"), env_make(&ca, &ca, "birch"), specs[i]);
        send_segment(w.caller.link, 700); /* waits for the handshake */
        UNTIL(&w, w.server.segments == 1 && w.caller.ready);
        link_max(w.server.link, 32768);
        link_max(w.caller.link, 32768);
        w.server.echo = true;
        for (int n = 0; n < 40; n++)
            send_segment(w.caller.link, 32000);
        UNTIL(&w, w.caller.segments == 40);
        assert_int_equal(w.caller.bytes, 40 * 32000);
        assert_true(link_is_tls(w.server.link));
        assert_true(link_facts(w.server.link, &facts));
        assert_true(facts.has_peer);
        assert_non_null(strstr(facts.subject_text, "CN=ash"));
        assert_true(tls_sni_is(facts.sni, "ASH.BIRCH"));
        assert_true(link_facts(w.caller.link, &facts));
        assert_non_null(strstr(facts.subject_text, "CN=birch"));
        link_close(w.caller.link, true);
        w.caller.link = NULL;
        UNTIL(&w, w.server.ended);
        assert_true(w.server.orderly);
        world_close(&w);
    }
    authority_free(&ca);
}

static void
plain_on_the_same_port(void **state)
{
    struct authority ca = authority_make("Root");
    struct world w;

    (void)state;
    world_open(&w, NULL, env_make(&ca, &ca, "birch"), NULL);
    send_segment(w.caller.link, 10);
    UNTIL(&w, w.server.segments == 1);
    assert_false(link_is_tls(w.server.link));
    world_close(&w);
    authority_free(&ca);
}

static void
untrusted_partner(void **state)
{
    struct authority ca = authority_make("Root"), other = authority_make("Stranger");
    struct world w;

    (void)state;
    /* The caller does not trust the server: it says so, and the server hears an alert. */
    world_open(&w, env_make(&other, &ca, "ash"), env_make(&ca, &ca, "birch"),
        "TLS_AES_256_GCM_SHA384");
    UNTIL(&w, w.caller.ended);
    assert_false(w.caller.ready);
    assert_string_equal(w.caller.failure.id, "AMQ9633E");
    link_close(w.caller.link, false); /* the alert is sent all the same */
    w.caller.link = NULL;
    UNTIL(&w, w.server.ended);
    assert_false(w.server.orderly);
    world_close(&w);

    /* And the other way round. */
    world_open(&w, env_make(&ca, &other, "mallory"), env_make(&ca, &ca, "birch"),
        "TLS_AES_256_GCM_SHA384");
    UNTIL(&w, w.server.ended);
    assert_false(w.server.ready);
    assert_string_equal(w.server.failure.id, "AMQ9633E");
    link_close(w.server.link, false);
    w.server.link = NULL;
    UNTIL(&w, w.caller.ended);
    assert_false(w.caller.orderly);
    world_close(&w);
    authority_free(&ca);
    authority_free(&other);
}

static void
cut_off_during_the_handshake(void **state)
{
    struct authority ca = authority_make("Root");
    struct world w;

    (void)state;
    world_open(&w, NULL, env_make(&ca, &ca, "birch"), NULL);
    link_send(w.caller.link, span_of("\x16\x03\x01\x00\xc8", 5)); /* a ClientHello to come */
    UNTIL(&w, w.server.link != NULL && w.caller.ready);
    for (int i = 0; i < 5; i++)
        io_run_once(w.io, 10);
    link_close(w.caller.link, true);
    w.caller.link = NULL;
    UNTIL(&w, w.server.ended);
    assert_string_equal(w.server.failure.id, "AMQ9665E");
    world_close(&w);
    authority_free(&ca);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_through_tls),
        cmocka_unit_test(plain_on_the_same_port),
        cmocka_unit_test(untrusted_partner),
        cmocka_unit_test(cut_off_during_the_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
