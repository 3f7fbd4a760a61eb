/*
 * What ended a session, said by the side that noticed.
 *
 * Three sources, in this order: our own verdict on the partner's certificate; the alert that the
 * partner sent, which is all that it tells about its reasons; libssl's reason.  Side is "this side"
 * or "partner": who has to act, as far as that is certain.
 */
#include "tls/tls_private.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include "tls/cipherspec_table.h"

#define MQRC_SSL_INITIALIZATION_ERROR 2393
#define THIS_SIDE "this side"
#define PARTNER "partner"
#define NAME_SHOWN 160 /* of a Distinguished Name in a sentence */

/* ---- our verdict on the partner's certificate ---- */

static bool
is_date(int code)
{
    return code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID;
}

static void
explain_missing(const struct tls *t, struct failure *f)
{
    const struct chain_verdict *v = &t->verdict;

    failure_side(f, THIS_SIDE);
    failure_cause(f, "The signer %.*s%s%s is not a trusted certificate in %s%s", NAME_SHOWN,
        v->missing_issuer, v->missing_key_id[0] != '\0' ? " with key identifier " : "",
        v->missing_key_id, t->env->repository,
        v->depth == 0 ? ", nor did the partner send it" : "");
    failure_fix(f,
        "Add it, and its own signers up to the root: runmqakm -cert -add -db %s -stashed "
        "-label CA -file ca.pem; then REFRESH SECURITY TYPE(SSL)",
        t->env->repository);
}

static void
explain_date(const struct tls *t, struct failure *f)
{
    bool leaf = t->verdict.depth == 0;

    failure_side(f, PARTNER);
    failure_cause(f, "%s: %.*s %s",
        leaf ? "The partner's own certificate" : "A signer in its chain", NAME_SHOWN,
        t->verdict.subject, t->verdict.reason);
    failure_fix(f, "%s; if the dates look right, compare the clocks of both machines",
        leaf ? "Renew it at the partner, receive it into its key repository and REFRESH SECURITY "
               "TYPE(SSL) there"
             : "Replace that signer on both sides by its successor");
}

static enum rc
rejected(const struct tls *t, struct failure *f)
{
    const struct chain_verdict *v = &t->verdict;

    fail(f, RC_INVALID, "The partner's certificate was rejected: %.*s: %s", NAME_SHOWN, v->subject,
        v->reason);
    failure_id(f, is_date(v->code) ? "AMQ9658E" : "AMQ9633E");
    if (v->missing_issuer[0] != '\0') {
        explain_missing(t, f);
    } else if (is_date(v->code)) {
        explain_date(t, f);
    } else {
        failure_side(f, PARTNER);
        failure_cause(
            f, "At depth %d of its chain, %.*s: %s", v->depth, NAME_SHOWN, v->subject, v->reason);
        failure_fix(f, "%s",
            v->code == X509_V_ERR_INVALID_PURPOSE
                ? "The partner needs a certificate for this use: clientAuth on the side that "
                  "starts "
                  "the channel, serverAuth on the side that accepts it"
                : "Have the certificate issued again and check it at the partner: runmqakm -cert "
                  "-validate");
    }
    return RC_INVALID;
}

/* ---- alerts ---- */

static const struct alert {
    int number;
    const char *name;
    const char *side;
    bool certificate; /* it is about the certificate that this side presented */
    const char *cause, *fix;
} alerts[] = {
    {0, "close_notify", "", false, "It closed the session before the handshake was complete",
        "Read the partner's error log"},
    {40, "handshake_failure", "", false,
        "It found no CipherSpec, protocol or signature algorithm in common, or it has no "
        "certificate under the label that it looked for",
        "Compare SSLCIPH on both ends; look for AMQ9616E or AMQ9645E in the partner's error log"},
    {42, "bad_certificate", "", true, "It could not use this side's certificate",
        "Read the partner's error log (AMQ9633E)"},
    {43, "unsupported_certificate", THIS_SIDE, true,
        "The key usage, extended key usage or key type of this side's certificate does not fit",
        "Get a certificate with clientAuth for the side that starts the channel, with serverAuth "
        "for the side that accepts it"},
    {44, "certificate_revoked", THIS_SIDE, true, "This side's certificate was revoked",
        "Request a new certificate with a new key"},
    {45, "certificate_expired", THIS_SIDE, true,
        "By the partner's clock this side's certificate, or one of its signers, is outside its "
        "validity period",
        "Renew it and REFRESH SECURITY TYPE(SSL); if it is valid, compare the clocks"},
    {46, "certificate_unknown", "", true,
        "It rejected this side's certificate; Java sends this alert also when it does not trust "
        "the "
        "issuer",
        "Add this side's CA certificates to the partner's key repository or trust store; its log "
        "tells the reason"},
    {47, "illegal_parameter", "", false,
        "It found a value in the handshake that makes no sense to it",
        "Read the partner's error log"},
    {48, "unknown_ca", PARTNER, true,
        "The partner does not trust the issuer of this side's certificate, or the chain that this "
        "side sent has a gap",
        "Add the CA certificates of this side, up to the root, to the partner's key repository"},
    {49, "access_denied", PARTNER, true,
        "The certificate is valid, but the partner does not admit it",
        "Check the partner's SSLPEER and its channel authentication records"},
    {50, "decode_error", "", false, "It could not read a handshake message",
        "Look for a proxy or firewall between the two that changes the bytes"},
    {51, "decrypt_error", "", false,
        "A signature or a checksum of the handshake did not fit, as when key and certificate of "
        "one "
        "side do not belong together",
        "Check both key repositories: runmqakm -cert -validate"},
    {70, "protocol_version", "", false, "It does not accept this side's versions of TLS",
        "Use a CipherSpec of a version that both sides have enabled, best ANY_TLS12_OR_HIGHER"},
    {71, "insufficient_security", "", false, "It demands a stronger CipherSpec or key",
        "Use ANY_TLS12_OR_HIGHER and a key of at least RSA 2048 or P-256"},
    {80, "internal_error", PARTNER, false, "Something failed inside the partner",
        "Read the partner's error log (key repository, label, password)"},
    {86, "inappropriate_fallback", "", false, "It saw a downgrade of the protocol version",
        "Use ANY_TLS12_OR_HIGHER on both ends"},
    {109, "missing_extension", "", false, "It misses an extension of the handshake",
        "Read the partner's error log"},
    {112, "unrecognized_name", PARTNER, false,
        "It does not know the channel that was asked for by name",
        "Check the channel name on both ends"},
    {116, "certificate_required", THIS_SIDE, false, "It demands a certificate (SSLCAUTH(REQUIRED))",
        "Put a personal certificate with its private key into this side's key repository, under "
        "the "
        "label of CERTLABL"},
};

static const struct alert *
find_alert(int number)
{
    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
        if (alerts[i].number == number)
            return &alerts[i];
    return NULL;
}

static bool
sent_none(const struct tls *t)
{
    return !t->server && t->requested && t->identity == NULL;
}

/* Java and old partners have no better words than bad_certificate for "you sent none". */
static bool
asks_for_certificate(const struct tls *t, int number)
{
    return sent_none(t) && (number == 116 || number == 42);
}

static void
show_identity(const struct tls *t, char *to, size_t size)
{
    struct dn subject, issuer;
    char a[DN_TEXT_MAX], b[DN_TEXT_MAX];

    *to = '\0';
    if (t->identity == NULL || dn_of_subject(t->identity->cert, &subject, NULL) != RC_OK ||
        dn_of_issuer(t->identity->cert, &issuer, NULL) != RC_OK)
        return;
    dn_print_name(&subject, a, sizeof(a));
    dn_print_name(&issuer, b, sizeof(b));
    snprintf(to, size, ". This side presented %.100s, issued by %.100s", a, b);
}

static void
explain_alert(const struct tls *t, const struct alert *a, struct failure *f)
{
    char presented[256] = "";

    if (a->certificate)
        show_identity(t, presented, sizeof(presented));
    else if (sent_none(t))
        snprintf(presented, sizeof(presented),
            ". This side presented no certificate although it was asked for one: none under the "
            "label '%.64s' in %.64s",
            t->label, t->env->repository);
    failure_side(f, a->side);
    failure_cause(f, "%s%s", a->cause, presented);
    failure_fix(f, "%s", a->fix);
}

static enum rc
alerted(const struct tls *t, int number, struct failure *f)
{
    const struct alert *a = find_alert(number);
    bool wants = asks_for_certificate(t, number);

    fail(f, RC_REFUSED, "The partner ended the TLS %s with the alert %s (%d)",
        t->received ? "session" : "handshake", a != NULL ? a->name : "unknown", number);
    failure_id(f, wants ? "AMQ9642E" : t->received ? "AMQ9638E" : "AMQ9665E");
    a = wants ? find_alert(116) : a;
    if (a != NULL)
        explain_alert(t, a, f);
    return RC_REFUSED;
}

/* ---- nothing in common ---- */

static bool
is_disagreement(int reason)
{
    static const int reasons[] = {SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_SPECIFIED,
        SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
        SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_WRONG_SSL_VERSION, SSL_R_WRONG_CIPHER_RETURNED,
        SSL_R_UNKNOWN_CIPHER_RETURNED, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS,
        SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
        SSL_R_NO_CIPHER_MATCH, SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_BAD_PROTOCOL_VERSION_NUMBER};

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i] == reason)
            return true;
    return false;
}

/* MQ's names of what the client proposed, as many as fit. */
static void
list_offered(const struct tls *t, struct buf *to)
{
    for (size_t i = 0; i < t->n_offered && to->n < 260; i++) {
        const struct cipherspec *spec = NULL;
        for (size_t j = 0; j < cipherspec_table_n && spec == NULL; j++)
            if (!cipherspec_table[j].alias && cipherspec_table[j].suite == t->offered[i])
                spec = &cipherspec_table[j];
        if (spec == NULL || t->offered[i] == 0)
            continue; /* signalling values and suites that MQ has no name for */
        buf_printf(to, "%s%s%s", to->n > 0 ? ", " : "", spec->name, spec->enabled ? "" : " (weak)");
    }
}

static enum rc
disagreed(const struct tls *t, int reason, struct failure *f)
{
    AUTO_BUF offered = buf_new(512, ORDER_BIG);

    list_offered(t, &offered);
    fail(f, RC_UNSUPPORTED, "The two sides have no CipherSpec in common (%s)",
        ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason)));
    failure_id(f, "AMQ9616E");
    if (offered.n > 0)
        failure_cause(f, "The partner proposed %s", buf_cstr(&offered));
    else
        failure_cause(f, "The partner's protocol version or suites are not enabled on this side");
    if (t->identity != NULL)
        failure_fix(f,
            "Use SSLCIPH(ANY_TLS12_OR_HIGHER) on both ends; a CipherSpec with ECDSA in its "
            "name needs a certificate with an EC key, one with RSA an RSA key");
    else
        failure_fix(f, "Use SSLCIPH(ANY_TLS12_OR_HIGHER) on both ends of the channel");
    return RC_UNSUPPORTED;
}

/* ---- the rest ---- */

static enum rc
no_identity(const struct tls *t, struct failure *f)
{
    fail(f, RC_NOT_FOUND, "There is no personal certificate with the label '%.64s' in %s", t->label,
        t->env->repository);
    failure_id(f, "AMQ9645E");
    failure_side(f, THIS_SIDE);
    failure_cause(f, "The side that accepts a channel needs a certificate with its private key; "
                     "labels compare case-sensitively");
    failure_fix(f,
        "runmqakm -cert -list personal -db %s -stashed; set CERTLABL of the channel or the "
        "queue manager to the label, then REFRESH SECURITY TYPE(SSL)",
        t->env->repository);
    return RC_NOT_FOUND;
}

static enum rc
unusable_identity(const struct tls *t, const char *reason, struct failure *f)
{
    fail(
        f, RC_INVALID, "This side's own certificate '%.64s' can not be used: %s", t->label, reason);
    failure_id(f, "AMQ9797E");
    failure_side(f, THIS_SIDE);
    failure_cause(f,
        "Its key is too short, its signature uses a hash that is no longer trusted, or "
        "key and certificate do not belong together");
    failure_fix(f, "Request a new one, RSA from 2048 bits or P-256, signed with SHA-256 or better");
    return RC_INVALID;
}

static enum rc
not_tls(const struct tls *t, const char *reason, struct failure *f)
{
    bool mq = t->n_first == sizeof(t->first) && memcmp(t->first, "TSH", 3) == 0;

    fail(f, RC_MALFORMED, "What the partner sent is not TLS (%s)", reason);
    failure_id(f, "AMQ9638E");
    if (mq) {
        failure_cause(f, "The partner speaks MQ's protocol in the clear: SSLCIPH of its channel is "
                         "blank");
        failure_fix(f, "Set SSLCIPH on the partner's end of the channel");
    } else {
        failure_cause(f,
            "Another program, a scanner or a proxy is at the other end, or the bytes were "
            "damaged on the way");
    }
    return RC_MALFORMED;
}

static bool
is_not_tls(int reason)
{
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
           reason == SSL_R_HTTPS_PROXY_REQUEST || reason == SSL_R_UNKNOWN_PROTOCOL ||
           reason == SSL_R_PACKET_LENGTH_TOO_LONG || reason == SSL_R_BAD_RECORD_TYPE;
}

static enum rc
judge(const struct tls *t, int reason, const char *words, struct failure *f)
{
    if (t->rejected)
        return rejected(t, f);
    if (reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256)
        return alerted(t, reason - SSL_AD_REASON_OFFSET, f);
    if (t->bad_identity)
        return unusable_identity(t, words, f);
    if (is_not_tls(reason))
        return not_tls(t, words, f);
    if (is_disagreement(reason)) {
        /* Without a certificate no suite fits either. */
        bool none = t->server && t->requested && t->identity == NULL;
        return none ? no_identity(t, f) : disagreed(t, reason, f);
    }
    fail(f, RC_MALFORMED, "The TLS %s failed: %s", t->ready ? "session" : "handshake", words);
    failure_id(f, "AMQ9638E");
    return RC_MALFORMED;
}

enum rc
tls_failure(const struct tls *t, struct failure *f)
{
    /* The first error is the cause, what follows only consequences; callbacks have none. */
    unsigned long error = ERR_peek_error();
    bool ssl = ERR_GET_LIB(error) == ERR_LIB_SSL;
    const char *words = ERR_reason_error_string(error);

    enum rc rc =
        judge(t, ssl ? ERR_GET_REASON(error) : 0, words != NULL ? words : "no reason is given", f);
    if (!t->server)
        failure_reason(f, MQRC_SSL_INITIALIZATION_ERROR);
    ERR_clear_error();
    return rc;
}

enum rc
tls_lost(const struct tls *t, struct failure *f)
{
    if (t->ready)
        return RC_OK;
    fail(f, RC_REFUSED, "The partner closed the connection during the TLS handshake");
    failure_id(f, "AMQ9665E");
    if (!t->server)
        failure_reason(f, MQRC_SSL_INITIALIZATION_ERROR);
    if (t->n_first == 0)
        failure_cause(f,
            "It did not answer at all: no TLS at the other end, or its key repository can "
            "not be opened (AMQ9660E, AMQ9657E in its error log)");
    else
        failure_cause(f, "It sent no alert that would tell why");
    failure_fix(f, "Read the partner's error log");
    return RC_REFUSED;
}
