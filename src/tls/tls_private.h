/* tls_private.h - what env.c, tls.c and failure.c share. */
#ifndef TLS_TLS_PRIVATE_H
#define TLS_TLS_PRIVATE_H

#include <stdatomic.h>

#include <openssl/ssl.h>

#include "tls/tls.h"

#define TLS_OFFERED_MAX 64u

struct tls_identity { /* a personal certificate and what is sent with it */
    char label[KEYREPO_LABEL_MAX + 1];
    X509 *cert;
    EVP_PKEY *key;
    X509_STACK *chain; /* intermediates, nearest first, without the root */
};

struct tls_env {
    atomic_int refs;
    char repository[256];
    bool strict_eku;
    X509_STACK *trusted;
    struct tls_identity *identities;
    size_t n_identities;
    BIO_METHOD *pipe;
    SSL_CTX *client, *server;
};

struct tls {
    struct tls_env *env;
    SSL *ssl;
    bool server;
    bool ready;
    bool received; /* application data came: the partner has accepted us for good */
    bool peer_closed;
    bool failed;
    bool requested;                      /* this side's certificate was asked for */
    const struct tls_identity *identity; /* what this side presented, or NULL */
    bool bad_identity;                   /* found, but libssl refuses to use it */
    bool rejected;                       /* by verdict */
    struct chain_verdict verdict;
    char label[KEYREPO_LABEL_MAX + 1];
    tls_label_fn *label_fn;
    void *label_arg;
    int64_t now;
    char sni[256];
    uint8_t first[4]; /* the first bytes that came: a partner without TLS shows itself */
    size_t n_first;
    uint16_t offered[TLS_OFFERED_MAX]; /* server: the suites that the client proposed */
    size_t n_offered;
    size_t handshake_bytes;
    struct span in; /* borrowed during tls_input() */
    struct buf output, plain;
};

/* Callbacks of the contexts, tls.c. */
int tls_verify_peer(X509_STORE_CTX *store, void *arg);
int tls_choose_identity(SSL *ssl, void *arg);
int tls_note_hello(SSL *ssl, int *alert, void *arg);

/* How the pipe BIO moves bytes, tls.c. */
int tls_pipe_read(BIO *bio, char *to, int n);
int tls_pipe_write(BIO *bio, const char *from, int n);

const struct tls_identity *tls_env_identity(const struct tls_env *env, const char *label);

/* What went wrong, out of libssl's error queue and the verdict on the peer; empties the queue. */
enum rc tls_failure(const struct tls *t, struct failure *f);

#endif
