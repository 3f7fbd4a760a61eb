/*
 * One TLS session over memory: libssl reads from the bytes that tls_input() was given and writes
 * into the output buffer, through a BIO of our own, so that nothing is copied on the way.
 */
#include "tls/tls_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/text.h"
#include "x509/ossl.h"

/* More than any handshake takes: long chains on both sides and a list of a thousand signers. */
#define HANDSHAKE_MAX (512u << 10)
#define OUTPUT_MAX (256u << 20)
#define PLAIN_MAX (64u << 20)
#define RECORD_MAX 16384u

/* ---- the pipe between libssl and our buffers ---- */

int
tls_pipe_read(BIO *bio, char *to, int n)
{
    struct tls *t = BIO_get_data(bio);
    size_t take = (size_t)n < t->in.n ? (size_t)n : t->in.n;

    BIO_clear_retry_flags(bio);
    if (take == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(to, t->in.p, take);
    t->in = span_of(t->in.p + take, t->in.n - take);
    return (int)take;
}

int
tls_pipe_write(BIO *bio, const char *from, int n)
{
    struct tls *t = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    buf_put(&t->output, from, (size_t)n);
    return buf_ok(&t->output) ? n : -1;
}

/* ---- what libssl asks us ---- */

/* A name that can not be read can not be filtered on: such a certificate never gets in. */
static bool
names_are_readable(const X509 *cert)
{
    struct dn dn;

    return dn_of_subject(cert, &dn, NULL) == RC_OK && dn_of_issuer(cert, &dn, NULL) == RC_OK;
}

int
tls_verify_peer(X509_STORE_CTX *store, void *arg)
{
    const struct tls_env *env = arg;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *t = SSL_get_app_data(ssl);
    X509 *leaf = X509_STORE_CTX_get0_cert(store);

    chain_verify(leaf, X509_STORE_CTX_get0_untrusted(store), env->trusted,
        t->server ? CERT_ROLE_CLIENT : CERT_ROLE_SERVER, env->strict_eku, t->now, &t->verdict);
    if (t->verdict.ok && !names_are_readable(leaf)) {
        t->verdict.ok = false;
        t->verdict.code = X509_V_ERR_CERT_REJECTED;
        text_copy(
            t->verdict.reason, sizeof(t->verdict.reason), "its Distinguished Name can not be read");
    }
    t->rejected = !t->verdict.ok;
    X509_STORE_CTX_set_error(store, t->verdict.ok ? X509_V_OK : t->verdict.code);
    return t->verdict.ok;
}

static bool
use_identity(SSL *ssl, const struct tls_identity *id)
{
    return SSL_use_certificate(ssl, id->cert) == 1 && SSL_use_PrivateKey(ssl, id->key) == 1 &&
           SSL_set1_chain(ssl, id->chain) == 1;
}

/* Server: the hello was read.  Client: the partner asks for a certificate.  Without one the
 * handshake goes on; whether that is an error is decided by libssl (server) or by the partner
 * (client). */
int
tls_choose_identity(SSL *ssl, void *arg)
{
    struct tls *t = SSL_get_app_data(ssl);
    const char *label = t->label;

    (void)arg;
    if (t->server) {
        const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        text_copy(t->sni, sizeof(t->sni), sni != NULL ? sni : "");
        if (t->label_fn != NULL)
            label = t->label_fn(t->label_arg, t->sni);
    }
    if (label != t->label)
        text_copy(t->label, sizeof(t->label), label != NULL ? label : "");
    t->requested = true;
    const struct tls_identity *id = tls_env_identity(t->env, t->label);
    if (id == NULL)
        return 1;
    if (!use_identity(ssl, id)) {
        t->bad_identity = true;
        return 0;
    }
    t->identity = id;
    return 1;
}

int
tls_note_hello(SSL *ssl, int *alert, void *arg)
{
    struct tls *t = SSL_get_app_data(ssl);
    const unsigned char *suites;
    struct reader r = reader_of(span_of(NULL, 0), ORDER_BIG);

    (void)alert;
    (void)arg;
    r.left.n = SSL_client_hello_get0_ciphers(ssl, &suites);
    r.left.p = suites;
    t->n_offered = 0;
    while (r.left.n >= 2 && t->n_offered < TLS_OFFERED_MAX)
        t->offered[t->n_offered++] = reader_u16(&r);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* ---- life ---- */

static bool
restrict_to(SSL *ssl, const struct cipherspec *spec)
{
    if (SSL_set_min_proto_version(ssl, spec->version_min) != 1 ||
        SSL_set_max_proto_version(ssl, spec->version_max) != 1)
        return false;
    if (spec->alias)
        return true;
    return spec->version_max == TLS1_3_VERSION ? SSL_set_ciphersuites(ssl, spec->openssl) == 1
                                               : SSL_set_cipher_list(ssl, spec->openssl) == 1;
}

static bool
name_channel(struct tls *t, const char *channel)
{
    if (t->server || channel == NULL || *channel == '\0')
        return true;
    tls_sni_encode(channel, t->sni, sizeof(t->sni));
    return t->sni[0] == '\0' || SSL_set_tlsext_host_name(t->ssl, t->sni) == 1;
}

static void
attach_pipe(struct tls *t)
{
    BIO *bio = BIO_new(t->env->pipe);

    if (bio == NULL)
        abort();
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
}

static struct tls *
session_new(struct tls_env *env, const struct tls_options *o)
{
    struct tls *t = calloc(1, sizeof(*t));

    if (t == NULL)
        abort();
    t->env = tls_env_ref(env);
    t->server = o->server;
    t->label_fn = o->label_fn;
    t->label_arg = o->label_arg;
    t->now = o->now;
    t->output = buf_new(OUTPUT_MAX, ORDER_BIG);
    t->plain = buf_new(PLAIN_MAX, ORDER_BIG);
    text_copy(t->label, sizeof(t->label), o->label != NULL ? o->label : "");
    t->ssl = SSL_new(o->server ? env->server : env->client);
    if (t->ssl == NULL)
        abort();
    SSL_set_app_data(t->ssl, t);
    attach_pipe(t);
    if (o->server)
        SSL_set_accept_state(t->ssl);
    else
        SSL_set_connect_state(t->ssl);
    return t;
}

enum rc
tls_new(struct tls_env *env, const struct tls_options *o, struct tls **out, struct failure *f)
{
    const struct cipherspec *spec = NULL;

    if (o->cipherspec != NULL && *o->cipherspec != '\0') {
        enum rc rc = cipherspec_check(o->cipherspec, f);
        if (rc != RC_OK)
            return rc;
        spec = cipherspec_find(o->cipherspec);
    } else if (!o->server) {
        return fail(f, RC_INVALID, "A channel without SSLCIPH does not use TLS");
    }
    struct tls *t = session_new(env, o);
    if ((spec != NULL && !restrict_to(t->ssl, spec)) || !name_channel(t, o->channel)) {
        tls_free(t);
        fail_ossl(f, RC_UNSUPPORTED, "The TLS library of this machine does not offer %.40s",
            o->cipherspec);
        failure_id(f, "AMQ9635E");
        return RC_UNSUPPORTED;
    }
    *out = t;
    return RC_OK;
}

void
tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    buf_free(&t->output);
    buf_free(&t->plain);
    tls_env_free(t->env);
    free(t);
}

/* ---- bytes in, bytes out ---- */

static enum rc
session_failed(struct tls *t, struct failure *f)
{
    t->failed = true;
    if (!buf_ok(&t->output) || !buf_ok(&t->plain)) {
        ERR_clear_error();
        fail(f, RC_LIMIT, "A TLS session holds more bytes than its limit");
        failure_id(f, "AMQ9638E");
        return RC_LIMIT;
    }
    return tls_failure(t, f);
}

static enum rc
handshake(struct tls *t, struct failure *f)
{
    ERR_clear_error();
    int r = SSL_do_handshake(t->ssl);
    if (r == 1) {
        t->ready = true;
        return RC_OK;
    }
    return SSL_get_error(t->ssl, r) == SSL_ERROR_WANT_READ ? RC_OK : session_failed(t, f);
}

static enum rc
decrypt(struct tls *t, struct failure *f)
{
    uint8_t chunk[RECORD_MAX];
    size_t n;

    ERR_clear_error();
    while (SSL_read_ex(t->ssl, chunk, sizeof(chunk), &n) == 1) {
        t->received = true;
        buf_put(&t->plain, chunk, n);
        if (!buf_ok(&t->plain))
            return session_failed(t, f);
    }
    switch (SSL_get_error(t->ssl, 0)) {
    case SSL_ERROR_WANT_READ:
        return RC_OK;
    case SSL_ERROR_ZERO_RETURN:
        t->peer_closed = true;
        return RC_OK;
    default: /* not an enum */
        return session_failed(t, f);
    }
}

static void
note_first(struct tls *t, struct span bytes)
{
    while (t->n_first < sizeof(t->first) && bytes.n > 0) {
        t->first[t->n_first++] = bytes.p[0];
        bytes = span_of(bytes.p + 1, bytes.n - 1);
    }
}

/* A session that failed does not come back. */
static enum rc
refuse_more(struct failure *f)
{
    fail(f, RC_REFUSED, "The TLS session has ended");
    failure_id(f, "AMQ9638E");
    return RC_REFUSED;
}

enum rc
tls_input(struct tls *t, struct span bytes, struct failure *f)
{
    enum rc rc = RC_OK;

    if (t->failed)
        return refuse_more(f);
    if (t->peer_closed)
        return RC_OK;
    if (!t->ready && t->handshake_bytes > HANDSHAKE_MAX) {
        t->failed = true;
        fail(f, RC_LIMIT, "The partner sent %zu bytes without ending the handshake",
            t->handshake_bytes);
        failure_id(f, "AMQ9638E");
        return RC_LIMIT;
    }
    note_first(t, bytes);
    t->in = bytes;
    if (!t->ready) {
        t->handshake_bytes += bytes.n;
        rc = handshake(t, f);
    }
    if (rc == RC_OK && t->ready)
        rc = decrypt(t, f);
    assert(rc != RC_OK || t->peer_closed || t->in.n == 0);
    t->in = span_of(NULL, 0);
    return rc;
}

enum rc
tls_start(struct tls *t, struct failure *f)
{
    return t->server ? RC_OK : handshake(t, f);
}

enum rc
tls_write(struct tls *t, struct span plain, struct failure *f)
{
    size_t written = 0;

    assert(t->ready);
    if (t->failed)
        return refuse_more(f);
    if (plain.n == 0)
        return RC_OK;
    ERR_clear_error();
    if (SSL_write_ex(t->ssl, plain.p, plain.n, &written) != 1)
        return session_failed(t, f);
    assert(written == plain.n);
    return RC_OK;
}

void
tls_close_notify(struct tls *t)
{
    if (!t->ready || t->failed)
        return;
    SSL_shutdown(t->ssl);
    ERR_clear_error();
}

struct buf *
tls_output(struct tls *t)
{
    return &t->output;
}

struct buf *
tls_plain(struct tls *t)
{
    return &t->plain;
}

bool
tls_is_ready(const struct tls *t)
{
    return t->ready;
}

bool
tls_peer_closed(const struct tls *t)
{
    return t->peer_closed;
}

/* ---- facts ---- */

static void
peer_facts(X509 *peer, struct tls_facts *out)
{
    out->has_peer = dn_of_subject(peer, &out->subject, NULL) == RC_OK &&
                    dn_of_issuer(peer, &out->issuer, NULL) == RC_OK;
    if (!out->has_peer)
        return;
    dn_print(&out->subject, out->subject_text, sizeof(out->subject_text));
    dn_print(&out->issuer, out->issuer_text, sizeof(out->issuer_text));
    cert_serial(peer, out->serial, sizeof(out->serial));
}

void
tls_facts(const struct tls *t, struct tls_facts *out)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(t->ssl);
    X509 *peer = SSL_get0_peer_certificate(t->ssl);

    memset(out, 0, sizeof(*out));
    if (peer != NULL && t->verdict.ok)
        peer_facts(peer, out);
    if (cipher != NULL) {
        out->suite = SSL_CIPHER_get_protocol_id(cipher);
        out->version = SSL_version(t->ssl);
        out->spec = cipherspec_of_suite(out->suite, out->version);
    }
    out->sent_certificate = t->identity != NULL;
    out->eku_warning = t->verdict.eku_warning;
    text_copy(out->sni, sizeof(out->sni), t->sni);
}
