/*
 * tls.h - a TLS endpoint made from plain facts, and a handshake engine that does no I/O (DESIGN.md,
 * idea 1): bytes in, bytes out.  A live channel pumps it with a socket; a prover connects two in
 * memory.
 *
 * struct tls_env is an immutable snapshot of a key repository: signers and identities.  It is
 * shared by reference; REFRESH SECURITY TYPE(SSL) makes a new one and the old one lives until its
 * last session ends.
 *
 * MQ's rules: the server always asks for a client certificate and never fails for its absence
 * (SSLCAUTH, SSLPEER and the CipherSpec are judged by the caller after the initial data); a
 * certificate that is sent must verify; the client presents its certificate whenever one is found
 * under its label; both sides verify the whole chain, validity, key usage; EKU: strict or warned.
 * No session resumption, no renegotiation, no compression.
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "keyrepo/keyrepo.h"
#include "tls/cipherspec.h"
#include "x509/dn.h"

struct tls_env;
/* Snapshot of kr.  strict_eku: a wrong EKU refuses (the lab's authorities), else it is a warning.
 */
enum rc tls_env_new(const struct keyrepo *kr, const char *repository, bool strict_eku,
    struct tls_env **out, struct failure *f) MUST_CHECK;
struct tls_env *tls_env_ref(struct tls_env *env);
void tls_env_free(struct tls_env *env); /* drops one reference; NULL is fine */
/* Has it a personal certificate under this label? */
bool tls_env_has_label(const struct tls_env *env, const char *label);

/* The label for the channel that the client's SNI names (server side; compare with tls_sni_is()):
 * "" when no SNI was sent.  Return NULL for "none". */
typedef const char *tls_label_fn(void *arg, const char *sni_channel_encoded);

struct tls_options {
    bool server;
    const char *cipherspec; /* client: SSLCIPH; server: NULL offers every enabled one (the channel
                               is not known yet; the caller judges with cipherspec_admits()) */
    const char *label;      /* client: its label; "" none; server without label_fn: its label */
    const char *channel;    /* client: for the SNI (spec/message-channel.md 12) */
    const char *host;       /* unused for verification in MQ; NULL is fine */
    tls_label_fn *label_fn; /* server */
    void *label_arg;
    int64_t now; /* seconds since 1970: validity is judged by the caller's clock */
};
struct tls;
enum rc tls_new(struct tls_env *env, const struct tls_options *o, struct tls **out,
    struct failure *f) MUST_CHECK;
void tls_free(struct tls *t);

/* Take bytes from the peer and drive the handshake.  After RC_OK: tls_is_ready() tells whether the
 * handshake is done, tls_plain() holds what was decrypted, tls_output() what must be sent.  On
 * failure send tls_output() (the alert), then close; f has the AMQ id of this side (AMQ9633E
 * untrusted or bad chain, AMQ9658E validity, AMQ9616E no common CipherSpec, AMQ9665E closed by the
 * partner, AMQ9645E no certificate under the label, AMQ9642E partner demands one, AMQ9638E other),
 * cause and fix as certain as they can be.  f's side is "this side" or "partner", who has to act,
 * or "" when that is not certain.  With TLS 1.3 a client is ready before the server has judged its
 * certificate: the refusal then comes with a later tls_input(). */
enum rc tls_input(struct tls *t, struct span bytes, struct failure *f) MUST_CHECK;
/* The connection ended.  RC_OK once the handshake was done (the channel's protocol knows better),
 * else AMQ9665E. */
enum rc tls_lost(const struct tls *t, struct failure *f) MUST_CHECK;
/* Client: make the first flight.  Server: does nothing. */
enum rc tls_start(struct tls *t, struct failure *f) MUST_CHECK;
/* Encrypt (only when ready).  Records are coalesced: one call, as few records as possible. */
enum rc tls_write(struct tls *t, struct span plain, struct failure *f) MUST_CHECK;
void tls_close_notify(struct tls *t);
struct buf *tls_output(struct tls *t); /* caller sends and clears it */
struct buf *tls_plain(struct tls *t);  /* caller consumes it */
bool tls_is_ready(const struct tls *t);
bool tls_peer_closed(const struct tls *t); /* close_notify came */

struct tls_facts {
    bool has_peer; /* the peer sent a certificate */
    struct dn subject, issuer;
    char subject_text[DN_TEXT_MAX], issuer_text[DN_TEXT_MAX]; /* as CHSTATUS shows them */
    char serial[64];
    uint16_t suite;
    int version;                   /* TLS1_3_VERSION */
    const struct cipherspec *spec; /* negotiated; NULL if it is none of MQ's */
    bool sent_certificate;         /* this side presented one */
    bool eku_warning; /* the peer's certificate lacks its role's EKU (only warned about) */
    char sni[256];    /* server: what the client asked for */
};
void tls_facts(const struct tls *t, struct tls_facts *out);

/* "ASH.BIRCH" -> "ash2e-birch.chl.mq.ibm.com"; and whether an SNI names this channel. */
void tls_sni_encode(const char *channel, char *to, size_t size);
bool tls_sni_is(const char *sni, const char *channel);

#endif
