/* keyring.c - private keys for the whole estate, generated on worker threads while the rest goes
 * on. */
#include <stdlib.h>
#include <string.h>

#include "estate/run.h"

struct keyring_entry {
    struct keyring_entry *next;
    char owner[64], spec[16];
    EVP_PKEY *key;
    enum rc rc;
    struct failure f;
    bool done;
};
struct keyring {
    struct io *io;
    struct keyring_entry *entries;
    double waited_ms;
};

struct keyring *
keyring_new(struct io *io)
{
    struct keyring *k = calloc(1, sizeof(*k));
    if (k == NULL)
        abort();
    k->io = io;
    return k;
}

static void
await(struct keyring *k, struct keyring_entry *e)
{
    uint64_t from = io_now_us(k->io);
    while (!e->done)
        io_run_once(k->io, 1000);
    k->waited_ms += (double)(io_now_us(k->io) - from) / 1000.0;
}

void
keyring_free(struct keyring *k)
{
    if (k == NULL)
        return;
    while (k->entries != NULL) {
        struct keyring_entry *e = k->entries;
        k->entries = e->next;
        await(k, e);
        EVP_PKEY_free(e->key);
        free(e);
    }
    free(k);
}

static void
generate(void *arg)
{
    struct keyring_entry *e = arg;
    e->rc = key_generate(e->spec, &e->key, &e->f);
}

static void
generated(void *arg)
{
    ((struct keyring_entry *)arg)->done = true;
}

static struct keyring_entry *
find(struct keyring *k, const char *owner)
{
    struct keyring_entry *e = k->entries;
    while (e != NULL && strcmp(e->owner, owner) != 0)
        e = e->next;
    return e;
}

void
keyring_want(struct keyring *k, const char *owner, const char *spec)
{
    if (find(k, owner) != NULL)
        return;
    struct keyring_entry *e = calloc(1, sizeof(*e));
    if (e == NULL)
        abort();
    text_copy(e->owner, sizeof(e->owner), owner);
    text_copy(e->spec, sizeof(e->spec), spec);
    e->next = k->entries;
    k->entries = e;
    io_work(k->io, generate, generated, e);
}

enum rc
keyring_take(
    struct keyring *k, const char *owner, const char *spec, EVP_PKEY **out, struct failure *f)
{
    keyring_want(k, owner, spec);
    struct keyring_entry *e = find(k, owner);
    await(k, e);
    enum rc rc = e->rc;
    if (rc != RC_OK) {
        if (f != NULL)
            *f = e->f;
    } else {
        *out = EVP_PKEY_take(&e->key);
    }
    struct keyring_entry **at = &k->entries;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    free(e);
    return rc;
}

double
keyring_waited_ms(const struct keyring *k)
{
    return k->waited_ms;
}
