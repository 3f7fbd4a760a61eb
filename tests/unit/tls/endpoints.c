#include "endpoints.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
add(struct keyrepo *kr, const char *label, const struct pki *p, bool personal)
{
    struct keyrepo_entry e = {
        .kind = personal ? KEYREPO_PERSONAL : KEYREPO_SIGNER, .trusted = true, .cert = p->cert};

    strcpy(e.label, label);
    X509_up_ref(e.cert);
    if (personal) {
        e.key = p->key;
        EVP_PKEY_up_ref(e.key);
    }
    enum rc rc = keyrepo_add_take(kr, &e, NULL);
    assert(rc == RC_OK);
}

struct tls_env *
env_of(const char *file, bool strict_eku, const struct pki *const *signers, const struct pki *id,
    const char *label)
{
    struct keyrepo *kr = keyrepo_new();
    struct tls_env *env = NULL;
    char name[8] = "ca0";

    for (; *signers != NULL; signers++, name[2]++)
        add(kr, name, *signers, false);
    if (id != NULL)
        add(kr, label, id, true);
    enum rc rc = tls_env_new(kr, file, strict_eku, &env, NULL);
    assert(rc == RC_OK);
    keyrepo_free(kr);
    return env;
}

void
end_open(struct end *e, struct tls_env *env, const struct tls_options *o)
{
    memset(e, 0, sizeof(*e));
    e->rc = tls_new(env, o, &e->tls, &e->f);
    assert(e->rc == RC_OK);
}

void
end_close(struct end *e)
{
    tls_free(e->tls);
    e->tls = NULL;
}

bool
wire_move(struct end *a, struct end *b, size_t chunk)
{
    struct buf *out = tls_output(a->tls);
    size_t n = chunk == 0 || chunk > out->n ? out->n : chunk;

    if (n == 0)
        return false;
    if (b->rc == RC_OK) {
        /* A copy of exactly this size: the sanitizer sees whoever reads beyond it. */
        uint8_t *copy = malloc(n);
        memcpy(copy, out->p, n);
        b->rc = tls_input(b->tls, span_of(copy, n), &b->f);
        free(copy);
    }
    buf_consume(out, n);
    return true;
}

static void
tell(struct end *failed, struct end *other)
{
    if (failed->rc != RC_OK && other->rc == RC_OK)
        other->rc = tls_lost(other->tls, &other->f);
}

void
wire_run(struct end *client, struct end *server, size_t chunk)
{
    bool moved = true;

    if (!tls_is_ready(client->tls) && client->rc == RC_OK)
        client->rc = tls_start(client->tls, &client->f);
    while (moved) {
        moved = wire_move(client, server, chunk);
        moved = wire_move(server, client, chunk) || moved;
    }
    tell(client, server);
    tell(server, client);
}
