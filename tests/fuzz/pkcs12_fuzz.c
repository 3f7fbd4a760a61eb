/* Repositories under the password "password".  The MAC would stop nearly every mutation at the
 * door, so the same file is tried once more with a MAC that fits: what opens is written and opens
 * again with the same entries. */
#include <assert.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "keyrepo/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct secret password = {8, "password"};

static size_t
count(const struct keyrepo *kr, bool requests)
{
    size_t n = 0;

    for (size_t i = 0; i < kr->n; i++)
        n += (kr->entries[i].kind == KEYREPO_REQUEST) == requests;
    return n;
}

static void
writes_again(const struct keyrepo *kr, enum keyrepo_part part)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct keyrepo *back = keyrepo_new();
    struct keyrepo_foreign foreign = {0};

    if (keyrepo_encode(kr, part, &password, &file, NULL) == RC_OK) {
        assert(keyrepo_decode(buf_span(&file), &password, back, &foreign, NULL) == RC_OK);
        assert(back->n == count(kr, part == KEYREPO_PART_REQUESTS));
        assert(foreign.keys + foreign.bags == 0);
    }
    keyrepo_free(back);
}

static void
try_file(struct span file)
{
    struct keyrepo *kr = keyrepo_new();
    struct keyrepo_foreign foreign = {0};

    if (keyrepo_decode(file, &password, kr, &foreign, NULL) == RC_OK) {
        assert(keyrepo_check_keys(kr, NULL) == RC_OK);
        writes_again(kr, KEYREPO_PART_CERTIFICATES);
        writes_again(kr, KEYREPO_PART_REQUESTS);
    }
    keyrepo_free(kr);
    assert(ERR_peek_error() == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *p = data;
    unsigned char *der = NULL;
    int n = 0;

    if (size > 65536)
        return 0;
    try_file(span_of(data, size));
    PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)size);
    if (p12 != NULL && PKCS12_set_mac(p12, "password", 8, NULL, 0, 1, EVP_sha256()) == 1)
        n = i2d_PKCS12(p12, &der);
    PKCS12_free(p12);
    ERR_clear_error();
    if (n > 0)
        try_file(span_of(der, (size_t)n));
    OPENSSL_free(der);
    return 0;
}
