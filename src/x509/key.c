#include "x509/x509.h"

#include <stdio.h>

#include <openssl/ec.h>
#include <openssl/objects.h>

#include "base/text.h"
#include "x509/ossl.h"

/* A row with bits is RSA, one with a curve is EC. */
static const struct key_spec {
    const char *name;
    size_t bits;
    const char *curve;
} key_specs[] = {
    {"rsa2048", 2048, NULL},
    {"rsa3072", 3072, NULL},
    {"rsa4096", 4096, NULL},
    {"p256", 0, "P-256"},
    {"p384", 0, "P-384"},
    {"p521", 0, "P-521"},
};

enum rc
key_generate(const char *spec, EVP_PKEY **out, struct failure *f)
{
    const struct key_spec *row = NULL;
    for (size_t i = 0; i < sizeof(key_specs) / sizeof(key_specs[0]); i++)
        if (text_equal_fold(spec, key_specs[i].name))
            row = &key_specs[i];
    if (row == NULL) {
        fail(f, RC_INVALID, "there is no key type %.40s", spec);
        failure_fix(f, "Use rsa2048, rsa3072, rsa4096, p256, p384 or p521.");
        return RC_INVALID;
    }
    EVP_PKEY *key = row->curve != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", row->curve)
                                       : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", row->bits);
    if (key == NULL)
        return fail_ossl(f, RC_IO, "a %s key could not be made", row->name);
    *out = key;
    return RC_OK;
}

const EVP_MD *
key_digest(EVP_PKEY *key)
{
    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_bits(key) <= 256)
        return EVP_sha256();
    return EVP_PKEY_get_bits(key) <= 384 ? EVP_sha384() : EVP_sha512();
}

void
key_describe(EVP_PKEY *key, char *to, size_t size)
{
    char group[64];
    const char *type = EVP_PKEY_get0_type_name(key);

    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1) {
        const char *nist = EC_curve_nid2nist(OBJ_txt2nid(group));
        text_copy(to, size, nist != NULL ? nist : group);
        return;
    }
    snprintf(to, size, "%s %d", type != NULL ? type : "unknown", EVP_PKEY_get_bits(key));
}
