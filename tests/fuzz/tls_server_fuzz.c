/*
 * An endpoint that hears anything never becomes ready, never gives out a byte, and stays closed
 * once it failed.  The first byte chooses: bit 0, the server or the client; bit 1, a genuine flight
 * of its partner comes first; bit 2, the input is laid over that flight instead.  The second byte
 * cuts what is heard into pieces.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tls/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1800000000)

static X509 *
self_signed(EVP_PKEY *key)
{
    X509 *cert = X509_new();

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"ASH", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    ASN1_TIME_set(X509_getm_notBefore(cert), NOW - 86400);
    ASN1_TIME_set(X509_getm_notAfter(cert), NOW + 86400);
    X509_set_pubkey(cert, key);
    assert(X509_sign(cert, key, EVP_sha256()) > 0);
    return cert;
}

static struct tls_env *
make_env(void)
{
    struct keyrepo *kr = keyrepo_new();
    struct keyrepo_entry e = {.label = "x", .kind = KEYREPO_PERSONAL, .trusted = true};
    struct tls_env *env = NULL;
    enum rc rc = key_generate("p256", &e.key, NULL);

    assert(rc == RC_OK);
    e.cert = self_signed(e.key);
    rc = keyrepo_add_take(kr, &e, NULL);
    assert(rc == RC_OK);
    rc = tls_env_new(kr, "x.p12", false, &env, NULL);
    assert(rc == RC_OK);
    keyrepo_free(kr);
    return env;
}

static struct tls *
make_end(struct tls_env *env, bool server)
{
    struct tls *t = NULL;
    enum rc rc = tls_new(env,
        &(struct tls_options){
            .server = server, .cipherspec = server ? NULL : "ANY", .label = "x", .now = NOW},
        &t, NULL);

    assert(rc == RC_OK);
    rc = tls_start(t, NULL);
    assert(rc == RC_OK);
    return t;
}

/* The first flight of target's partner into flight. */
static void
genuine_flight(struct tls *client, struct tls *server, bool to_server, struct buf *flight)
{
    enum rc rc = RC_OK;

    if (!to_server)
        rc = tls_input(server, buf_span(tls_output(client)), NULL);
    assert(rc == RC_OK);
    buf_span_put(flight, buf_span(tls_output(to_server ? client : server)));
}

static void
feed(struct tls *t, struct span in, size_t piece)
{
    struct failure f;
    bool failed = false;

    while (in.n > 0) {
        size_t n = piece == 0 || piece > in.n ? in.n : piece;
        enum rc rc = tls_input(t, span_of(in.p, n), &f);
        assert(!failed || rc == RC_REFUSED);
        assert(rc == RC_OK || (f.rc == rc && f.id[0] != '\0' && f.text[0] != '\0'));
        failed = rc != RC_OK;
        in = span_of(in.p + n, in.n - n);
    }
    assert(!tls_is_ready(t));
    assert(tls_plain(t)->n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_env *env; /* one key for all inputs */
    static struct tls_facts facts;

    if (size < 2)
        return 0;
    if (env == NULL)
        env = make_env();
    struct tls *server = make_end(env, true), *client = make_end(env, false);
    struct tls *target = (data[0] & 1) == 0 ? server : client;
    AUTO_BUF heard = buf_new(1 << 20, ORDER_BIG);
    if ((data[0] & 2) != 0)
        genuine_flight(client, server, target == server, &heard);
    if ((data[0] & 4) == 0)
        buf_put(&heard, data + 2, size - 2);
    else
        for (size_t i = 0; i < heard.n && i < size - 2; i++)
            heard.p[i] ^= data[2 + i];
    feed(target, buf_span(&heard), data[1]);
    tls_facts(target, &facts);
    assert(!facts.has_peer);
    tls_free(server);
    tls_free(client);
    return 0;
}
