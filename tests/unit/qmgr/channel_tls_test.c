/* Channels over TLS: what admits, what refuses, and which message each side logs. */
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "keyrepo/keyrepo.h"
#include "pki.h"

struct world {
    struct pair p;
    struct pki ca, other_ca, ash, birch, oak, foreign;
};

static struct pki
leaf(struct world *w, const char *dn, const struct pki *ca)
{
    int64_t now = io_wall(w->p.ash.io) / 1000000;
    struct pki_options o = {
        .from = now - 86400, .to = now + 86400 * 365, .usage = "digitalSignature"};
    return pki_new(dn, ca, &o);
}

static struct pki
authority(struct world *w, const char *dn)
{
    int64_t now = io_wall(w->p.ash.io) / 1000000;
    struct pki_options o = {.from = now - 86400,
        .to = now + 86400 * 3650,
        .basic = "critical,CA:TRUE",
        .usage = "critical,keyCertSign,cRLSign"};
    return pki_new(dn, NULL, &o);
}

static void
add(struct keyrepo *kr, const char *label, const struct pki *p, bool personal)
{
    struct keyrepo_entry e = {
        .kind = personal ? KEYREPO_PERSONAL : KEYREPO_SIGNER, .trusted = true, .cert = p->cert};
    (void)text_copy(e.label, sizeof e.label, label);
    X509_up_ref(e.cert);
    if (personal) {
        e.key = p->key;
        EVP_PKEY_up_ref(e.key);
    }
    assert_int_equal(keyrepo_add_take(kr, &e, NULL), RC_OK);
}

/* The key repository of n: the CA, and id (NULL: none) under n's label. */
static void
give(struct world *w, struct node *n, const struct pki *id)
{
    char path[64], label[KEYREPO_LABEL_MAX + 1], command[128];
    struct keyrepo *kr = keyrepo_new();
    struct secret password;
    struct failure f = {0};
    assert_true(secret_set(&password, "secret", 6));
    add(kr, "ca", &w->ca, false);
    add(kr, "ca2", &w->other_ca, false);
    keyrepo_label_for("", n->name, label);
    if (id != NULL)
        add(kr, label, id, true);
    snprintf(path, sizeof path, "%s/key.p12", n->name);
    if (keyrepo_save(n->io, path, &password, kr, &f) != RC_OK ||
        stash_save(n->io, path, &password, &f) != RC_OK)
        fail_msg("%s", f.text);
    secret_fini(&password);
    keyrepo_free(kr);
    snprintf(command, sizeof command, "ALTER QMGR SSLKEYR('%s/key')", n->name);
    node_runs(n, command);
    node_runs(n, "REFRESH SECURITY TYPE(SSL)");
}

static void
world_open(struct world *w, uint64_t seed)
{
    pair_open(&w->p, seed);
    pair_define(&w->p, "");
    w->ca = authority(w, "CN=Lab CA,O=Grove Lab,C=GB");
    w->other_ca = authority(w, "CN=Other CA,O=Elsewhere,C=GB");
    w->ash = leaf(w, "CN=ASH,OU=Messaging,O=Grove Lab,C=GB", &w->ca);
    w->birch = leaf(w, "CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB", &w->ca);
    w->oak = leaf(w, "CN=OAK,OU=Messaging,O=Grove Lab,C=GB", &w->ca);
    w->foreign = leaf(w, "CN=ASH,OU=Messaging,O=Grove Lab,C=GB", &w->other_ca);
    give(w, &w->p.ash, &w->ash);
    give(w, &w->p.birch, &w->birch);
}

static void
world_close(struct world *w)
{
    pair_close(&w->p);
    pki_free(&w->ca);
    pki_free(&w->other_ca);
    pki_free(&w->ash);
    pki_free(&w->birch);
    pki_free(&w->oak);
    pki_free(&w->foreign);
}

static bool
log_has(struct node *n, const char *part)
{
    char path[64];
    AUTO_BUF log = buf_new(64 << 20, ORDER_LITTLE);
    snprintf(path, sizeof path, "%s/errors/AMQERR01.LOG", n->name);
    assert_int_equal(io_load(n->io, path, 64 << 20, &log, NULL), RC_OK);
    return strstr(buf_cstr(&log), part) != NULL;
}

#define SPEC "SSLCIPH(ANY_TLS12_OR_HIGHER)"
#define ASH_IS "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(SDR) "
#define BIRCH_IS "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) "

enum who { NOBODY, ASH, OAK, FOREIGN, BIRCH };
static const struct tls_case {
    const char *name, *ash, *birch, *birch_too;
    enum who ash_is, birch_is;
    bool runs;
    const char *ash_log, *birch_log;
} cases[] = {
    {"mutual", SPEC, SPEC " SSLCAUTH(REQUIRED)", NULL, ASH, BIRCH, true, "CN=BIRCH", "CN=ASH"},
    {"server only", SPEC, SPEC " SSLCAUTH(OPTIONAL)", NULL, NOBODY, BIRCH, true,
        "this side sent none", "none"},
    {"none sent", SPEC, SPEC " SSLCAUTH(REQUIRED)", NULL, NOBODY, BIRCH, false, "AMQ9642E",
        "AMQ9637E"},
    {"filtered", SPEC, SPEC " SSLPEER('CN=ASH,OU=Messaging')", NULL, ASH, BIRCH, true, NULL, NULL},
    {"other name", SPEC, SPEC " SSLPEER('CN=ASH,OU=Messaging')", NULL, OAK, BIRCH, false,
        "AMQ9643E", "AMQ9636E"},
    {"filter but none sent", SPEC, SPEC " SSLCAUTH(OPTIONAL) SSLPEER('CN=ASH')", NULL, NOBODY,
        BIRCH, false, "AMQ9642E", "AMQ9637E"},
    {"in the clear to TLS", "SSLCIPH(' ')", SPEC, NULL, ASH, BIRCH, false, "AMQ9641E", "AMQ9639E"},
    {"TLS to the clear", SPEC, "SSLCIPH(' ')", NULL, ASH, BIRCH, false, "AMQ9641E", "AMQ9631E"},
    {"other CipherSpec", "SSLCIPH(TLS_AES_128_GCM_SHA256)", "SSLCIPH(TLS_AES_256_GCM_SHA384)", NULL,
        ASH, BIRCH, false, "AMQ9641E", "AMQ9631E"},
    {"impostor listens", SPEC " SSLPEER('CN=BIRCH')", SPEC, NULL, ASH, OAK, false, "AMQ9636E",
        NULL},
    {"rule admits", SPEC, SPEC,
        "SET CHLAUTH(ASH.BIRCH) TYPE(SSLPEERMAP) SSLPEER('CN=ASH,O=Grove Lab') SSLCERTI('CN=Lab "
        "CA') "
        "USERSRC(CHANNEL)",
        ASH, BIRCH, true, NULL, NULL},
    {"rule refuses another", SPEC, SPEC,
        "SET CHLAUTH(ASH.BIRCH) TYPE(SSLPEERMAP) SSLPEER('CN=ASH,O=Grove Lab') SSLCERTI('CN=Lab "
        "CA') "
        "USERSRC(CHANNEL)",
        OAK, BIRCH, false, "AMQ9503E", "AMQ9777E"},
    {"rule refuses another issuer", SPEC, SPEC,
        "SET CHLAUTH(ASH.BIRCH) TYPE(SSLPEERMAP) SSLPEER('CN=ASH,O=Grove Lab') SSLCERTI('CN=Lab "
        "CA') "
        "USERSRC(CHANNEL)",
        FOREIGN, BIRCH, false, "AMQ9503E", "AMQ9777E"},
};

static const struct pki *
identity(const struct world *w, enum who who)
{
    switch (who) {
    case NOBODY:
        return NULL;
    case ASH:
        return &w->ash;
    case OAK:
        return &w->oak;
    case FOREIGN:
        return &w->foreign;
    case BIRCH:
        break;
    }
    return &w->birch;
}

static void
prepare(struct world *w, const struct tls_case *t)
{
    char command[400];
    snprintf(command, sizeof command, ASH_IS "%s", t->ash);
    node_runs(&w->p.ash, command);
    snprintf(command, sizeof command, BIRCH_IS "%s", t->birch);
    node_runs(&w->p.birch, command);
    if (t->birch_too != NULL) {
        node_runs(
            &w->p.birch, "SET CHLAUTH(ASH.BIRCH) TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)");
        node_runs(&w->p.birch, t->birch_too);
    }
    if (t->ash_is != ASH)
        give(w, &w->p.ash, identity(w, t->ash_is));
    if (t->birch_is != BIRCH)
        give(w, &w->p.birch, identity(w, t->birch_is));
}

static void
check_running(struct world *w, const struct tls_case *t)
{
    if (!pair_until_state(&w->p, &w->p.ash, CHS_RUNNING, 20 * SECOND))
        fail_msg("'%s' does not run", t->name);
    assert_true(node_put(&w->p.ash, "OUT", "through", 1));
    assert_true(pair_until_depth(&w->p, &w->p.birch, "IN", 1, 10 * SECOND));
    const char *text = node_says(&w->p.birch, "DISPLAY CHSTATUS(ASH.BIRCH) ALL");
    assert_non_null(strstr(text, "SECPROT(TLSV13)"));
    assert_true(t->ash_is == NOBODY ||
                (strstr(text, "CN=ASH") != NULL && strstr(text, "SSLCERTI(CN=Lab CA") != NULL));
}

static void
one_case(const struct tls_case *t, uint64_t seed)
{
    struct world w;
    world_open(&w, seed);
    prepare(&w, t);
    node_runs(&w.p.ash, "START CHANNEL(ASH.BIRCH)");
    if (t->runs)
        check_running(&w, t);
    else if (!pair_until_state(&w.p, &w.p.ash, CHS_RETRYING, 20 * SECOND))
        fail_msg("'%s' is not refused", t->name);
    if (t->ash_log != NULL && !log_has(&w.p.ash, t->ash_log))
        fail_msg("'%s': no %s in the log of ASH", t->name, t->ash_log);
    if (t->birch_log != NULL && !log_has(&w.p.birch, t->birch_log))
        fail_msg("'%s': no %s in the log of BIRCH", t->name, t->birch_log);
    world_close(&w);
}

static void
admits_and_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        one_case(&cases[i], 50 + i);
}

/* Running channels take the new certificate up by themselves. */
static void
refreshes(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 80);
    prepare(&w, &cases[0]);
    node_runs(&w.p.ash, "START CHANNEL(ASH.BIRCH)");
    assert_true(pair_until_state(&w.p, &w.p.ash, CHS_RUNNING, 20 * SECOND));
    give(&w, &w.p.ash, &w.oak); /* at the sending end */
    pair_run(&w.p, 5 * SECOND);
    assert_true(pair_until_state(&w.p, &w.p.ash, CHS_RUNNING, 20 * SECOND));
    assert_non_null(strstr(node_says(&w.p.birch, "DISPLAY CHSTATUS(ASH.BIRCH) SSLPEER"), "CN=OAK"));
    give(&w, &w.p.birch, &w.birch); /* at the receiving end */
    pair_run(&w.p, 5 * SECOND);
    assert_true(pair_until_state(&w.p, &w.p.ash, CHS_RUNNING, 20 * SECOND));
    assert_true(node_put(&w.p.ash, "OUT", "after", 1));
    assert_true(pair_until_depth(&w.p, &w.p.birch, "IN", 1, 10 * SECOND));
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admits_and_refuses), cmocka_unit_test(refreshes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
