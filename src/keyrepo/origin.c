#include "keyrepo/origin.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct print
print_of_bytes(struct span bytes)
{
    struct print print = {.there = true};

    if (EVP_Digest(bytes.p, bytes.n, print.sha256, NULL, EVP_sha256(), NULL) != 1)
        abort();
    return print;
}

bool
print_same(const struct print *a, const struct print *b)
{
    return a->there == b->there &&
           (!a->there || memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0);
}

static bool
is_in(const struct keyrepo_entry *entry, enum keyrepo_part part)
{
    return (entry->kind == KEYREPO_REQUEST) == (part == KEYREPO_PART_REQUESTS);
}

size_t
keyrepo_count(const struct keyrepo *kr, enum keyrepo_part part)
{
    size_t n = 0;

    for (size_t i = 0; i < kr->n; i++)
        n += is_in(&kr->entries[i], part);
    return n;
}

static void
put_der(struct buf *to, unsigned char *der, int n)
{
    if (n < 0)
        abort();
    buf_u32(to, (uint32_t)n);
    buf_put(to, der, (size_t)n);
    OPENSSL_free(der);
}

/* A certificate or request names its key: the key itself need not be looked at. */
static void
put_entry(struct buf *to, const struct keyrepo_entry *entry)
{
    unsigned char *der = NULL;

    buf_put(to, entry->label, strlen(entry->label) + 1);
    buf_u8(to, (uint8_t)entry->kind);
    buf_u8(to, entry->trusted);
    int n = entry->cert != NULL ? i2d_X509(entry->cert, &der) : i2d_X509_REQ(entry->req, &der);
    put_der(to, der, n);
}

struct print
print_of_content(const struct keyrepo *kr, enum keyrepo_part part)
{
    AUTO_BUF all = buf_new(4 * KEYREPO_FILE_MAX, ORDER_BIG);

    for (size_t i = 0; i < kr->n; i++)
        if (is_in(&kr->entries[i], part))
            put_entry(&all, &kr->entries[i]);
    if (!buf_ok(&all))
        return (struct print){0};
    return print_of_bytes(buf_span(&all));
}
