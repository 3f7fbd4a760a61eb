/* Who gets in, who does not, and what each side says about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <openssl/ssl.h>

#include "endpoints.h"

#include <cmocka.h> /* last: it defines fail() */

#define DAY INT64_C(86400)

/* ---- a small world of certificates ---- */

enum {
    ROOT,
    MIDDLE,
    STRANGER,
    EC,
    RSA_,
    CLIENT,
    EXPIRED,
    EARLY,
    FOR_SERVERS,
    FOR_CLIENTS,
    OTHER,
    OLD_MIDDLE,
    BY_OLD,
    NOBODY,
    CERTS
};
static struct pki certs[CERTS];

static struct pki
leaf(const char *dn, int issuer, int64_t from, int64_t to, const char *ext_usage)
{
    return pki_new(
        dn, &certs[issuer], &(struct pki_options){.from = from, .to = to, .ext_usage = ext_usage});
}

static int
setup(void **state)
{
    (void)state;
    certs[ROOT] = pki_ca("CN=Root,O=Grove Lab", NULL);
    certs[MIDDLE] = pki_ca("CN=Middle,O=Grove Lab", &certs[ROOT]);
    certs[STRANGER] = pki_ca("CN=Stranger,O=Elsewhere", NULL);
    certs[EC] = leaf("CN=ASH,OU=Messaging,O=Grove Lab", MIDDLE, 0, 0, NULL);
    certs[CLIENT] = leaf("CN=BIRCH,OU=Messaging,O=Grove Lab", MIDDLE, 0, 0, NULL);
    certs[EXPIRED] = leaf("CN=OLD", MIDDLE, PKI_NOW - 9 * DAY, PKI_NOW - DAY, NULL);
    certs[EARLY] = leaf("CN=EARLY", MIDDLE, PKI_NOW + DAY, PKI_NOW + 9 * DAY, NULL);
    certs[FOR_SERVERS] = leaf("CN=SERVERS", MIDDLE, 0, 0, "serverAuth");
    certs[FOR_CLIENTS] = leaf("CN=CLIENTS", MIDDLE, 0, 0, "clientAuth");
    certs[OTHER] = leaf("CN=BIRCH,OU=Messaging,O=Grove Lab", STRANGER, 0, 0, NULL);
    certs[OLD_MIDDLE] = pki_new("CN=Old Middle", &certs[ROOT],
        &(struct pki_options){.from = PKI_NOW - 9 * DAY,
            .to = PKI_NOW - DAY,
            .basic = "critical,CA:TRUE",
            .usage = "critical,keyCertSign"});
    certs[BY_OLD] = leaf("CN=ORPHAN", OLD_MIDDLE, 0, 0, NULL);
    struct pki rsa = {NULL, certs[EC].cert};
    assert_int_equal(key_generate("rsa2048", &rsa.key, NULL), RC_OK);
    certs[RSA_] = pki_again(&rsa, &certs[MIDDLE], &(struct pki_options){0});
    EVP_PKEY_free(rsa.key);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < CERTS; i++)
        pki_free(&certs[i]);
    return 0;
}

/* ---- the table ---- */

enum trust { T_ALL, T_ROOT, T_STRANGER, T_NOTHING, T_MIDDLE };

static const struct pki *const *
signers(enum trust t)
{
    static const struct pki *const all[] = {&certs[ROOT], &certs[MIDDLE], &certs[OLD_MIDDLE], NULL};
    static const struct pki *const root[] = {&certs[ROOT], NULL};
    static const struct pki *const stranger[] = {&certs[STRANGER], NULL};
    static const struct pki *const middle[] = {&certs[MIDDLE], NULL};

    switch (t) {
    case T_ALL:
        return all;
    case T_ROOT:
        return root;
    case T_STRANGER:
        return stranger;
    case T_MIDDLE:
        return middle;
    case T_NOTHING:
        break;
    }
    return all + 3;
}

struct side {
    const char *spec; /* server NULL: all */
    int cert;
    enum trust trust;
    bool strict;
    const char *id;    /* NULL: no failure */
    const char *words; /* in text or cause */
    const char *who;   /* failure's side */
};
static const struct handshake {
    const char *name;
    struct side client, server;
    const char *negotiated; /* when both succeed */
} table[] = {
    {"mutual, newest", {"ANY_TLS12_OR_HIGHER", CLIENT, .trust = T_ALL}, {NULL, EC, .trust = T_ALL},
        "TLS_AES_256_GCM_SHA384"},
    {"only TLS 1.2", {"ANY_TLS12", CLIENT, .trust = T_ALL}, {NULL, EC, .trust = T_ALL},
        "ECDHE_ECDSA_AES_256_GCM_SHA384"},
    {"RSA prefers forward secrecy", {"ANY_TLS12", CLIENT, .trust = T_ALL},
        {NULL, RSA_, .trust = T_ALL}, "ECDHE_RSA_AES_256_GCM_SHA384"},
    {"aliases overlap", {"ANY", CLIENT, .trust = T_ALL},
        {"ANY_TLS13_OR_HIGHER", EC, .trust = T_ALL}, "TLS_AES_256_GCM_SHA384"},
    {"one name against an alias", {"TLS_CHACHA20_POLY1305_SHA256", CLIENT, .trust = T_ALL},
        {"ANY_TLS13", EC, .trust = T_ALL}, "TLS_CHACHA20_POLY1305_SHA256"},
    {"RSA on both sides", {"ANY", RSA_, .trust = T_ALL}, {NULL, RSA_, .trust = T_ALL},
        "TLS_AES_256_GCM_SHA384"},
    {"client has no certificate", {"ANY", NOBODY, .trust = T_ALL}, {NULL, EC, .trust = T_ALL},
        "TLS_AES_256_GCM_SHA384"},
    {"client has no certificate, 1.2", {"ANY_TLS12", NOBODY, .trust = T_ALL},
        {NULL, EC, .trust = T_ALL}, "ECDHE_ECDSA_AES_256_GCM_SHA384"},
    {"intermediates are sent, the root is enough", {"ANY", NOBODY, .trust = T_ROOT},
        {NULL, EC, .trust = T_ALL}, "TLS_AES_256_GCM_SHA384"},
    {"server distrusts client",
        {"ANY", OTHER, T_ALL, .id = "AMQ9665E", .words = "unknown_ca", .who = "partner"},
        {NULL, EC, T_ALL, .id = "AMQ9633E", .words = "CN=Stranger,O=Elsewhere with key identifier",
            .who = "this side"},
        NULL},
    {"server distrusts client, 1.2",
        {"ANY_TLS12", OTHER, T_ALL, .id = "AMQ9665E", .words = "unknown_ca", .who = "partner"},
        {NULL, EC, T_ALL, .id = "AMQ9633E", .words = "is not a trusted certificate in server.p12",
            .who = "this side"},
        NULL},
    {"client distrusts server",
        {"ANY", CLIENT, T_STRANGER, .id = "AMQ9633E", .words = "CN=Middle,O=Grove Lab",
            .who = "this side"},
        {NULL, EC, T_ALL, .id = "AMQ9665E", .words = "issued by CN=Middle", .who = "partner"},
        NULL},
    {"client trusts only the intermediate",
        {"ANY", CLIENT, T_MIDDLE, .id = "AMQ9633E", .words = "CN=Root,O=Grove Lab",
            .who = "this side"},
        {NULL, EC, T_ALL, .id = "AMQ9665E", .words = "unknown_ca", .who = "partner"}, NULL},
    {"server does not have its intermediate to send",
        {"ANY", NOBODY, T_ROOT, .id = "AMQ9633E", .words = "nor did the partner send it",
            .who = "this side"},
        {NULL, EC, T_ROOT, .id = "AMQ9665E", .words = "unknown_ca", .who = "partner"}, NULL},
    {"the other side may have it", {"ANY", CLIENT, .trust = T_ALL}, {NULL, EC, .trust = T_ROOT},
        "TLS_AES_256_GCM_SHA384"},
    {"client expired",
        {"ANY", EXPIRED, T_ALL, .id = "AMQ9665E", .words = "certificate_expired",
            .who = "this side"},
        {NULL, EC, T_ALL, .id = "AMQ9658E", .words = "it expired on 2027-01-14", .who = "partner"},
        NULL},
    {"server expired",
        {"ANY", CLIENT, T_ALL, .id = "AMQ9658E", .words = "CN=OLD", .who = "partner"},
        {NULL, EXPIRED, T_ALL, .id = "AMQ9665E", .words = "certificate_expired",
            .who = "this side"},
        NULL},
    {"server not valid yet",
        {"ANY", CLIENT, T_ALL, .id = "AMQ9658E", .words = "not valid before", .who = "partner"},
        {NULL, EARLY, T_ALL, .id = "AMQ9665E"}, NULL},
    {"signer expired",
        {"ANY", CLIENT, T_ALL, .id = "AMQ9658E", .words = "A signer in its chain: CN=Old Middle",
            .who = "partner"},
        {NULL, BY_OLD, T_ALL, .id = "AMQ9665E", .words = "certificate_expired"}, NULL},
    {"wrong usage, strict server",
        {"ANY", FOR_SERVERS, T_ALL, .id = "AMQ9665E", .words = "unsupported_certificate",
            .who = "this side"},
        {NULL, EC, T_ALL, true, .id = "AMQ9633E", .words = "clientAuth", .who = "partner"}, NULL},
    {"wrong usage, strict client",
        {"ANY_TLS12", CLIENT, T_ALL, true, .id = "AMQ9633E", .words = "serverAuth",
            .who = "partner"},
        {NULL, FOR_CLIENTS, T_ALL, .id = "AMQ9665E", .words = "unsupported_certificate"}, NULL},
    {"wrong usage is only a warning", {"ANY", FOR_SERVERS, .trust = T_ALL},
        {NULL, FOR_CLIENTS, .trust = T_ALL}, "TLS_AES_256_GCM_SHA384"},
    {"versions do not meet",
        {"ANY_TLS12", CLIENT, T_ALL, .id = "AMQ9665E", .words = "protocol_version"},
        {"ANY_TLS13", EC, T_ALL, .id = "AMQ9616E", .words = "ECDHE_RSA_AES_256_GCM_SHA384"}, NULL},
    {"suites do not meet",
        {"TLS_AES_128_GCM_SHA256", CLIENT, T_ALL, .id = "AMQ9665E", .words = "handshake_failure"},
        {"TLS_AES_256_GCM_SHA384", EC, T_ALL, .id = "AMQ9616E",
            .words = "proposed TLS_AES_128_GCM_SHA256"},
        NULL},
    {"CipherSpec does not fit the key",
        {"ECDHE_RSA_AES_256_GCM_SHA384", CLIENT, T_ALL, .id = "AMQ9665E",
            .words = "handshake_failure"},
        {NULL, EC, T_ALL, .id = "AMQ9616E", .words = "ECDHE_RSA_AES_256_GCM_SHA384"}, NULL},
    {"server has no certificate",
        {"ANY", CLIENT, T_ALL, .id = "AMQ9665E", .words = "no certificate under the label"},
        {NULL, NOBODY, T_ALL, .id = "AMQ9645E", .words = "label 'server' in server.p12",
            .who = "this side"},
        NULL},
    {"server has no certificate, 1.2",
        {"ANY_TLS12", CLIENT, T_ALL, .id = "AMQ9665E", .words = "handshake_failure"},
        {NULL, NOBODY, T_ALL, .id = "AMQ9645E", .words = "label 'server'", .who = "this side"},
        NULL},
    {"nobody trusts anybody", {"ANY", CLIENT, T_NOTHING, .id = "AMQ9633E", .who = "this side"},
        {NULL, EC, T_NOTHING, .id = "AMQ9665E", .who = "partner"}, NULL},
};

static const struct pki *
cert_of(const struct side *s)
{
    return s->cert == NOBODY ? NULL : &certs[s->cert];
}

static void
open_both(const struct handshake *h, struct end *client, struct end *server)
{
    struct tls_env *ce = env_of(
        "client.p12", h->client.strict, signers(h->client.trust), cert_of(&h->client), "client");
    struct tls_env *se = env_of(
        "server.p12", h->server.strict, signers(h->server.trust), cert_of(&h->server), "server");

    end_open(client, ce,
        &(struct tls_options){.cipherspec = h->client.spec,
            .label = "client",
            .channel = "ASH.BIRCH",
            .now = PKI_NOW});
    end_open(server, se,
        &(struct tls_options){
            .server = true, .cipherspec = h->server.spec, .label = "server", .now = PKI_NOW});
    tls_env_free(ce); /* the sessions keep theirs */
    tls_env_free(se);
}

static void
expect_failure(const char *name, const char *which, const struct side *s, const struct end *e)
{
    if (s->id == NULL) {
        if (e->rc != RC_OK)
            fail_msg("%s: %s: %s %s (%s)", name, which, e->f.id, e->f.text, e->f.cause);
        return;
    }
    if (e->rc == RC_OK || strcmp(e->f.id, s->id) != 0 || e->f.rc != e->rc)
        fail_msg("%s: %s: %s instead of %s: %s (%s)", name, which, e->f.id, s->id, e->f.text,
            e->f.cause);
    if (s->words != NULL && strstr(e->f.text, s->words) == NULL &&
        strstr(e->f.cause, s->words) == NULL)
        fail_msg(
            "%s: %s: \"%s\" is not said: %s (%s)", name, which, s->words, e->f.text, e->f.cause);
    if (s->who != NULL && strcmp(e->f.side, s->who) != 0)
        fail_msg("%s: %s: blames '%s'", name, which, e->f.side);
    assert_int_equal(e->f.reason, strcmp(which, "client") == 0 ? 2393 : 0);
}

static void
expect_success(const struct handshake *h, struct end *client, struct end *server)
{
    static struct tls_facts c, s;

    if (!tls_is_ready(client->tls) || !tls_is_ready(server->tls))
        fail_msg("%s: not ready", h->name);
    tls_facts(client->tls, &c);
    tls_facts(server->tls, &s);
    assert_non_null(c.spec);
    assert_ptr_equal(c.spec, s.spec);
    assert_string_equal(c.spec->name, h->negotiated);
    assert_true(cipherspec_admits(cipherspec_find(h->client.spec), c.suite, c.version));
    assert_true(c.has_peer);
    assert_true(s.sent_certificate);
    assert_int_equal(s.has_peer, h->client.cert != NOBODY);
    assert_int_equal(c.sent_certificate, s.has_peer);
    assert_string_equal(s.sni, "ash2e-birch.chl.mq.ibm.com");
    assert_int_equal(s.eku_warning, h->client.cert == FOR_SERVERS);
    assert_int_equal(c.eku_warning, h->server.cert == FOR_CLIENTS);
    if (h->client.cert == CLIENT) {
        assert_non_null(strstr(s.subject_text, "CN=BIRCH,OU=Messaging,O=Grove Lab"));
        assert_string_equal(s.issuer_text, "CN=Middle,O=Grove Lab");
        assert_int_equal(strncmp(s.subject_text, "SERIALNUMBER=", 13), 0);
        assert_true(s.serial[0] != '\0');
    }
}

static void
handshakes(void **state)
{
    static const size_t chunks[] = {0, 1, 7};
    struct end client, server;

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        for (size_t j = 0; j < sizeof(chunks) / sizeof(chunks[0]); j++) {
            const struct handshake *h = &table[i];
            open_both(h, &client, &server);
            wire_run(&client, &server, chunks[j]);
            expect_failure(h->name, "client", &h->client, &client);
            expect_failure(h->name, "server", &h->server, &server);
            if (h->negotiated != NULL)
                expect_success(h, &client, &server);
            end_close(&client);
            end_close(&server);
        }
}

/* Every CipherSpec that is enabled works, and only with a key of its kind. */
static void
every_cipherspec(void **state)
{
    size_t n;
    const struct cipherspec *all = cipherspec_all(&n);
    struct end client, server;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (!all[i].enabled || all[i].alias)
            continue;
        struct handshake h = {all[i].name, {all[i].name, CLIENT, .trust = T_ALL},
            {NULL, strstr(all[i].name, "ECDSA") != NULL ? EC : RSA_, .trust = T_ALL}, all[i].name};
        open_both(&h, &client, &server);
        wire_run(&client, &server, 0);
        expect_failure(h.name, "client", &h.client, &client);
        expect_failure(h.name, "server", &h.server, &server);
        expect_success(&h, &client, &server);
        end_close(&client);
        end_close(&server);
    }
}

/* ---- what a client can not be made to do ---- */

static void
refused_before_a_byte(void **state)
{
    static const struct {
        const char *spec, *id;
    } rows[] = {{"TRIPLE_DES_SHA_US", "AMQ9635E"}, {"NONSENSE", "AMQ8242E"}, {"", ""}, {NULL, ""}};
    struct tls_env *env = env_of("c.p12", false, signers(T_ALL), &certs[CLIENT], "mine");
    struct tls *t = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct failure f;
        assert_int_not_equal(
            tls_new(env, &(struct tls_options){.cipherspec = rows[i].spec}, &t, &f), RC_OK);
        assert_null(t);
        assert_string_equal(f.id, rows[i].id);
    }
    assert_true(tls_env_has_label(env, "mine"));
    assert_false(tls_env_has_label(env, "MINE"));
    assert_false(tls_env_has_label(env, "ca0"));
    assert_false(tls_env_has_label(env, ""));
    tls_env_free(env);
}

/* ---- a client of somebody else, with everything weak turned on ---- */

static enum rc
foreign_client(const char *suites, int version, struct failure *f, struct tls_facts *facts)
{
    struct tls_env *env = env_of("server.p12", false, signers(T_ALL), &certs[RSA_], "server");
    struct end server;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    uint8_t bytes[16384];

    SSL_CTX_set_security_level(ctx, 0);
    assert_int_equal(SSL_CTX_set_min_proto_version(ctx, version), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, version), 1);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, suites), 1);
    SSL *ssl = SSL_new(ctx);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    end_open(
        &server, env, &(struct tls_options){.server = true, .label = "server", .now = PKI_NOW});
    for (int round = 0; round < 4 && server.rc == RC_OK; round++) {
        SSL_connect(ssl);
        int n = BIO_read(SSL_get_wbio(ssl), bytes, sizeof(bytes));
        server.rc = tls_input(server.tls, span_of(bytes, n > 0 ? (size_t)n : 0), &server.f);
        BIO_write(SSL_get_rbio(ssl), tls_output(server.tls)->p, (int)tls_output(server.tls)->n);
        buf_clear(tls_output(server.tls));
    }
    assert_int_equal(tls_is_ready(server.tls), SSL_is_init_finished(ssl));
    if (server.rc == RC_OK) {
        assert_int_equal(SSL_session_reused(ssl), 0);
        assert_false(SSL_SESSION_is_resumable(SSL_get_session(ssl)));
        assert_ptr_equal(SSL_get_current_compression(ssl), NULL);
        assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(ssl)), 2); /* no root */
        assert_int_equal(sk_X509_NAME_num(SSL_get_client_CA_list(ssl)), 3);
    }
    tls_facts(server.tls, facts);
    *f = server.f;
    enum rc rc = server.rc;
    end_close(&server);
    tls_env_free(env);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return rc;
}

static void
weak_suites_do_not_negotiate(void **state)
{
    static const struct {
        const char *suites;
        int version;
        const char *says; /* NULL: it works */
    } rows[] = {
        {"ECDHE-RSA-AES128-GCM-SHA256", TLS1_2_VERSION, NULL},
        {"AES256-SHA", TLS1_2_VERSION, "TLS_RSA_WITH_AES_256_CBC_SHA (weak)"},
        {"NULL-SHA256:ECDHE-RSA-NULL-SHA", TLS1_2_VERSION, "TLS_RSA_WITH_NULL_SHA256 (weak)"},
        {"ECDHE-RSA-AES256-SHA", TLS1_2_VERSION, ""},
        {"AES128-SHA", TLS1_VERSION, "TLS_RSA_WITH_AES_128_CBC_SHA (weak)"},
        {"AES128-SHA", TLS1_1_VERSION, ""},
        {"ADH-AES128-GCM-SHA256", TLS1_2_VERSION, ""},
    };
    static struct tls_facts facts;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct failure f = {0};
        enum rc rc = foreign_client(rows[i].suites, rows[i].version, &f, &facts);
        if (rows[i].says == NULL) {
            assert_int_equal(rc, RC_OK);
            assert_false(facts.has_peer);
            continue;
        }
        assert_int_not_equal(rc, RC_OK);
        assert_string_equal(f.id, "AMQ9616E");
        if (strstr(f.cause, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].suites, f.cause);
    }
}

/* ---- names of channels ---- */

static const char *
label_of(void *arg, const char *sni)
{
    (*(int *)arg)++;
    return *sni == '\0' ? "ca0" : tls_sni_is(sni, "ASH.BIRCH") ? "server" : NULL;
}

static void
channel_chooses_certificate(void **state)
{
    static const struct {
        const char *channel, *id;
    } rows[] = {{"ASH.BIRCH", ""}, {"OTHER", "AMQ9645E"}, {"", "AMQ9645E"}};
    struct tls_env *env = env_of("s.p12", false, signers(T_ALL), &certs[EC], "server");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct end client, server;
        int asked = 0;
        end_open(&client, env,
            &(struct tls_options){.cipherspec = "ANY", .channel = rows[i].channel, .now = PKI_NOW});
        end_open(&server, env,
            &(struct tls_options){
                .server = true, .label_fn = label_of, .label_arg = &asked, .now = PKI_NOW});
        wire_run(&client, &server, 0);
        assert_int_equal(asked, 1);
        assert_string_equal(server.f.id, rows[i].id);
        end_close(&client);
        end_close(&server);
    }
    tls_env_free(env);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshakes),
        cmocka_unit_test(every_cipherspec),
        cmocka_unit_test(refused_before_a_byte),
        cmocka_unit_test(weak_suites_do_not_negotiate),
        cmocka_unit_test(channel_chooses_certificate),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
