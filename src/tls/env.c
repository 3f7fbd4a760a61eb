/* A snapshot of a key repository, and the two libssl contexts that sessions are made from. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "tls/tls_private.h"
#include "x509/ossl.h"

#define CHAIN_MAX 8
/* P-256 first: every MQ has it, so that the first key share fits and saves a round trip. */
#define GROUPS "P-256:X25519:P-384:P-521"

/* ---- identities ---- */

/* The issuer of cert among all certificates of kr; of several generations the one that lasts
 * longest. */
static X509 *
find_issuer(const struct keyrepo *kr, X509 *cert)
{
    X509 *best = NULL;

    for (size_t i = 0; i < kr->n; i++) {
        X509 *c = kr->entries[i].cert;
        if (c == NULL || X509_check_issued(c, cert) != X509_V_OK)
            continue;
        if (best == NULL || cert_not_after(c) > cert_not_after(best))
            best = c;
    }
    return best;
}

static X509_STACK *
build_chain(const struct keyrepo *kr, X509 *leaf)
{
    X509_STACK *chain = sk_X509_new_null();
    X509 *at = leaf;

    if (chain == NULL)
        abort();
    for (int i = 0; i < CHAIN_MAX && !cert_is_self_signed(at); i++) {
        at = find_issuer(kr, at);
        if (at == NULL || cert_is_self_signed(at))
            break;
        X509_up_ref(at);
        if (sk_X509_push(chain, at) == 0)
            abort();
    }
    return chain;
}

static void
identity_init(struct tls_identity *to, const struct keyrepo *kr, const struct keyrepo_entry *from)
{
    text_copy(to->label, sizeof(to->label), from->label);
    to->cert = from->cert;
    to->key = from->key;
    X509_up_ref(to->cert);
    EVP_PKEY_up_ref(to->key);
    to->chain = build_chain(kr, to->cert);
}

static void
identities_init(struct tls_env *env, const struct keyrepo *kr)
{
    env->identities = calloc(kr->n + 1, sizeof(env->identities[0]));
    if (env->identities == NULL)
        abort();
    for (size_t i = 0; i < kr->n; i++) {
        const struct keyrepo_entry *e = &kr->entries[i];
        if (e->kind == KEYREPO_PERSONAL && e->cert != NULL && e->key != NULL)
            identity_init(&env->identities[env->n_identities++], kr, e);
    }
}

const struct tls_identity *
tls_env_identity(const struct tls_env *env, const char *label)
{
    if (label == NULL || *label == '\0')
        return NULL;
    for (size_t i = 0; i < env->n_identities; i++)
        if (strcmp(env->identities[i].label, label) == 0)
            return &env->identities[i];
    return NULL;
}

bool
tls_env_has_label(const struct tls_env *env, const char *label)
{
    return tls_env_identity(env, label) != NULL;
}

/* ---- contexts ---- */

static void
join(struct buf *to, const char *name)
{
    buf_printf(to, "%s%s", to->n > 0 ? ":" : "", name);
}

/* Every enabled CipherSpec by name, so that no default of libssl or of the machine adds one. */
static bool
set_suites(SSL_CTX *ctx)
{
    AUTO_BUF tls12 = buf_new(4096, ORDER_BIG);
    AUTO_BUF tls13 = buf_new(4096, ORDER_BIG);
    size_t n;
    const struct cipherspec *all = cipherspec_all(&n);

    for (size_t i = 0; i < n; i++)
        if (all[i].enabled && !all[i].alias)
            join(all[i].version_max == TLS1_3_VERSION ? &tls13 : &tls12, all[i].openssl);
    return SSL_CTX_set_cipher_list(ctx, buf_cstr(&tls12)) == 1 &&
           SSL_CTX_set_ciphersuites(ctx, buf_cstr(&tls13)) == 1;
}

static bool
set_protocol(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    char groups[] = GROUPS; /* libssl's macro takes away the const */
    SSL_CTX_set_security_level(ctx, 2); /* RSA from 2048 bits, no SHA-1 signatures */
    return SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
           SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set1_groups_list(ctx, groups) == 1 && set_suites(ctx);
}

/* Partners that hold several certificates choose by the names that the server trusts. */
static void
announce_signers(SSL_CTX *ctx, X509_STACK *trusted)
{
    for (int i = 0; i < sk_X509_num(trusted); i++)
        if (SSL_CTX_add_client_CA(ctx, sk_X509_value(trusted, i)) != 1)
            abort();
}

static SSL_CTX *
context_new(struct tls_env *env, const SSL_METHOD *method, struct failure *f)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    if (ctx == NULL || !set_protocol(ctx)) {
        SSL_CTX_free(ctx);
        fail_ossl(f, RC_UNSUPPORTED, "The TLS library of this machine can not be set up");
        failure_id(f, "AMQ9638E");
        return NULL;
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, tls_verify_peer, env);
    SSL_CTX_set_cert_cb(ctx, tls_choose_identity, NULL);
    return ctx;
}

static long
pipe_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
    (void)bio;
    (void)num;
    (void)ptr;
    return cmd == BIO_CTRL_FLUSH;
}

static BIO_METHOD *
pipe_new(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "tls pipe");

    if (m == NULL || BIO_meth_set_read(m, tls_pipe_read) != 1 ||
        BIO_meth_set_write(m, tls_pipe_write) != 1 || BIO_meth_set_ctrl(m, pipe_ctrl) != 1)
        abort();
    return m;
}

/* ---- life ---- */

static void
env_destroy(struct tls_env *env)
{
    for (size_t i = 0; i < env->n_identities; i++) {
        X509_free(env->identities[i].cert);
        EVP_PKEY_free(env->identities[i].key);
        x509_stack_free(env->identities[i].chain);
    }
    free(env->identities);
    x509_stack_free(env->trusted);
    SSL_CTX_free(env->client);
    SSL_CTX_free(env->server);
    BIO_meth_free(env->pipe);
    free(env);
}

enum rc
tls_env_new(const struct keyrepo *kr, const char *repository, bool strict_eku, struct tls_env **out,
    struct failure *f)
{
    struct tls_env *env = calloc(1, sizeof(*env));

    if (env == NULL)
        abort();
    atomic_init(&env->refs, 1);
    text_copy(env->repository, sizeof(env->repository), repository);
    env->strict_eku = strict_eku;
    env->trusted = keyrepo_signers(kr);
    env->pipe = pipe_new();
    identities_init(env, kr);
    env->client = context_new(env, TLS_client_method(), f);
    env->server = env->client == NULL ? NULL : context_new(env, TLS_server_method(), f);
    if (env->server == NULL) {
        env_destroy(env);
        return RC_UNSUPPORTED;
    }
    SSL_CTX_set_client_hello_cb(env->server, tls_note_hello, NULL);
    announce_signers(env->server, env->trusted);
    *out = env;
    return RC_OK;
}

struct tls_env *
tls_env_ref(struct tls_env *env)
{
    atomic_fetch_add(&env->refs, 1);
    return env;
}

void
tls_env_free(struct tls_env *env)
{
    if (env != NULL && atomic_fetch_sub(&env->refs, 1) == 1)
        env_destroy(env);
}
