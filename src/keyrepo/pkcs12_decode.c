/* PKCS#12 as GSKit accepts it: spec/key-repository.md 3.2. */
#include "keyrepo/codec.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "base/text.h"
#include "keyrepo/attribute.h"
#include "keyrepo/pbe.h"
#include "x509/ossl.h"

#define BAGS_MAX 10000
#define EMPTY_LABEL "GSKit Empty KeyStore"

typedef STACK_OF(PKCS12_SAFEBAG) BAG_STACK;
typedef STACK_OF(PKCS7) SAFE_STACK;

/* A certificate or key with what pairs it; labels and ids are the bag's own. */
struct item {
    char label[KEYREPO_LABEL_MAX + 1];
    struct span id; /* borrowed from the bag */
    X509 *cert;
    EVP_PKEY *key;
    X509_REQ *req;
    bool trusted;
};
struct decoding {
    const struct secret *password;
    BAG_STACK *all; /* every bag, so that ids stay valid */
    struct item *items;
    size_t n;
    struct keyrepo_foreign foreign;
};

bool
pkcs12_is(struct span file)
{
    /* SEQUENCE { INTEGER 3, ... }, with a definite or indefinite length */
    static const uint8_t version[] = {0x02, 0x01, 0x03};

    if (file.n < 2 || file.p[0] != 0x30)
        return false;
    size_t header = file.p[1] > 0x80 ? 2u + (file.p[1] & 0x7f) : 2u;
    return file.n >= header + 3 && memcmp(file.p + header, version, 3) == 0;
}

/* ---- opening ---- */

static enum rc
too_much_work(struct failure *f)
{
    return fail(f, RC_LIMIT, "the repository's iteration count is above %d", PBE_ITERATIONS_MAX);
}

/* With the right password something in the file decrypts to what it should be. */
static bool
password_fits_content(PKCS12 *p12, const struct secret *password)
{
    SAFE_STACK *safes = PKCS12_unpack_authsafes(p12);
    bool fits = false;

    for (int i = 0; i < sk_PKCS7_num(safes) && !fits; i++) {
        PKCS7 *safe = sk_PKCS7_value(safes, i);
        if (OBJ_obj2nid(safe->type) != NID_pkcs7_encrypted || !pbe_content_bearable(safe))
            continue;
        BAG_STACK *bags = PKCS12_unpack_p7encdata(safe, password->bytes, (int)password->n);
        fits = bags != NULL;
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return fits;
}

static enum rc
open_file(struct span file, const struct secret *password, PKCS12 **out, struct failure *f)
{
    const unsigned char *p = file.p;
    AUTO(PKCS12) *p12 = d2i_PKCS12(NULL, &p, (long)file.n);

    if (p12 == NULL) {
        fail_ossl(f, RC_CORRUPT, "the repository is damaged or not complete (%zu bytes)", file.n);
        return RC_CORRUPT;
    }
    if (!PKCS12_mac_present(p12))
        return fail(
            f, RC_UNSUPPORTED, "the repository has no integrity value (MAC), which MQ demands too");
    if (!pbe_mac_bearable(p12))
        return too_much_work(f);
    if (PKCS12_verify_mac(p12, password->bytes, (int)password->n) != 1) {
        bool fits = password_fits_content(p12, password);
        ERR_clear_error();
        if (fits)
            return fail(f, RC_CORRUPT,
                "the password is right, but the repository was changed or damaged (MAC)");
        return fail(f, RC_DENIED, "the password does not open the repository");
    }
    *out = PKCS12_take(&p12);
    return RC_OK;
}

/* ---- bags ---- */

static struct item *
item_new(struct decoding *d, PKCS12_SAFEBAG *bag)
{
    struct item *grown = reallocarray(d->items, d->n + 1, sizeof(d->items[0]));

    if (grown == NULL)
        abort();
    d->items = grown;
    struct item *item = &d->items[d->n++];
    *item = (struct item){.id = bag_key_id(bag), .trusted = bag_is_trusted(bag)};
    bag_label(bag, item->label);
    return item;
}

static enum rc
take_cert(struct decoding *d, PKCS12_SAFEBAG *bag, struct failure *f)
{
    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) {
        d->foreign.bags++;
        return RC_OK;
    }
    X509 *cert = PKCS12_SAFEBAG_get1_cert(bag);
    if (cert == NULL)
        return fail_ossl(f, RC_CORRUPT, "a certificate in the repository can not be read");
    item_new(d, bag)->cert = cert;
    return RC_OK;
}

static enum rc
take_key(
    struct decoding *d, PKCS12_SAFEBAG *bag, const PKCS8_PRIV_KEY_INFO *plain, struct failure *f)
{
    if (plain == NULL)
        return fail_ossl(f, RC_CORRUPT, "a private key in the repository can not be decrypted");
    EVP_PKEY *key = EVP_PKCS82PKEY(plain);
    if (key == NULL)
        return fail_ossl(f, RC_UNSUPPORTED, "a private key in the repository can not be used");
    struct item *item = item_new(d, bag);
    item->key = key;
    item->req = bag_request(bag);
    return RC_OK;
}

static enum rc
take_bag(struct decoding *d, PKCS12_SAFEBAG *bag, struct failure *f)
{
    char label[KEYREPO_LABEL_MAX + 1];
    PKCS8_PRIV_KEY_INFO *plain;
    enum rc rc;

    switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_certBag:
        return take_cert(d, bag, f);
    case NID_keyBag:
        return take_key(d, bag, PKCS12_SAFEBAG_get0_p8inf(bag), f);
    case NID_pkcs8ShroudedKeyBag:
        if (!pbe_key_bearable(bag))
            return too_much_work(f);
        plain = PKCS12_decrypt_skey(bag, d->password->bytes, (int)d->password->n);
        rc = take_key(d, bag, plain, f);
        PKCS8_PRIV_KEY_INFO_free(plain);
        return rc;
    default:
        bag_label(bag, label);
        if (strcmp(label, EMPTY_LABEL) != 0)
            d->foreign.bags++;
        return RC_OK;
    }
}

/* RC2, in which Java and OpenSSL wrote certificates until about 2021, is in a provider of its own.
 * It is loaded for this one call and nobody else. */
static BAG_STACK *
unpack_obsolete(const PKCS7 *safe, const struct secret *password)
{
    const PKCS7_ENC_CONTENT *content = safe->d.encrypted->enc_data;
    OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *standard = OSSL_PROVIDER_load(ctx, "default");
    OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(ctx, "legacy");
    BAG_STACK *bags = NULL;

    if (standard != NULL && legacy != NULL)
        bags = PKCS12_item_decrypt_d2i_ex(content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS),
            password->bytes, (int)password->n, content->enc_data, 1, ctx, NULL);
    OSSL_PROVIDER_unload(legacy);
    OSSL_PROVIDER_unload(standard);
    OSSL_LIB_CTX_free(ctx);
    return bags;
}

static enum rc
unpack_safe(PKCS7 *safe, const struct secret *password, BAG_STACK **out, struct failure *f)
{
    int nid = OBJ_obj2nid(safe->type);

    if (nid == NID_pkcs7_encrypted && !pbe_content_bearable(safe))
        return too_much_work(f);
    if (nid == NID_pkcs7_data)
        *out = PKCS12_unpack_p7data(safe);
    else if (nid == NID_pkcs7_encrypted)
        *out = PKCS12_unpack_p7encdata(safe, password->bytes, (int)password->n);
    else
        return fail(f, RC_UNSUPPORTED, "the repository is protected by a public key");
    if (*out == NULL && nid == NID_pkcs7_encrypted)
        *out = unpack_obsolete(safe, password);
    if (*out != NULL)
        return RC_OK;
    fail_ossl(f, RC_UNSUPPORTED, "a part of the repository can not be decrypted");
    failure_cause(f, "Its cipher is most likely RC2, which is obsolete, and OpenSSL's provider of "
                     "obsolete ciphers is not installed.");
    failure_fix(f, "Write it anew with AES-256: openssl pkcs12 -legacy -in FILE -out all.pem, then "
                   "openssl pkcs12 -export -in all.pem -out NEWFILE; remove all.pem.");
    return RC_UNSUPPORTED;
}

static enum rc
take_safe(struct decoding *d, PKCS7 *safe, struct failure *f)
{
    BAG_STACK *bags = NULL;
    PKCS12_SAFEBAG *bag;

    enum rc rc = unpack_safe(safe, d->password, &bags, f);
    while (rc == RC_OK && (bag = sk_PKCS12_SAFEBAG_shift(bags)) != NULL) {
        if (sk_PKCS12_SAFEBAG_num(d->all) >= BAGS_MAX)
            rc = fail(f, RC_LIMIT, "the repository has more than %d entries", BAGS_MAX);
        if (sk_PKCS12_SAFEBAG_push(d->all, bag) <= 0)
            abort();
        if (rc == RC_OK)
            rc = take_bag(d, bag, f);
    }
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return rc;
}

/* ---- entries ---- */

/* By localKeyID; by label where one of the two has no id.  A fitting public key alone is not enough
 * for GSKit, and so it is not enough here: a repository that works must work on both. */
static bool
pairs(const struct item *cert, const struct item *key)
{
    if (cert->id.n > 0 && key->id.n > 0)
        return span_equal(cert->id, key->id);
    return cert->label[0] != '\0' && strcmp(cert->label, key->label) == 0;
}

static struct item *
key_for(struct decoding *d, const struct item *cert)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->items[i].key != NULL && d->items[i].req == NULL && pairs(cert, &d->items[i]))
            return &d->items[i];
    return NULL;
}

static bool
has_signer(const struct keyrepo *kr, X509 *cert)
{
    for (size_t i = 0; i < kr->n; i++)
        if (kr->entries[i].kind == KEYREPO_SIGNER && X509_cmp(kr->entries[i].cert, cert) == 0)
            return true;
    return false;
}

static void
add_cert(struct decoding *d, struct item *cert, struct keyrepo *kr)
{
    struct item *key = key_for(d, cert);
    struct keyrepo_entry entry = {.kind = key != NULL ? KEYREPO_PERSONAL : KEYREPO_SIGNER};

    if (key == NULL && has_signer(kr, cert->cert))
        return;
    /* The certificate's label wins over the key's; GSKit trusts signers without the mark too. */
    text_copy(entry.label, sizeof(entry.label), cert->label);
    if (entry.label[0] == '\0' && key != NULL)
        text_copy(entry.label, sizeof(entry.label), key->label);
    if (entry.label[0] == '\0')
        keyrepo_label_of_name(X509_get_subject_name(cert->cert), entry.label);
    entry.trusted = key == NULL || cert->trusted;
    entry.cert = cert->cert;
    cert->cert = NULL;
    if (key != NULL) {
        entry.key = key->key;
        key->key = NULL;
    }
    keyrepo_add_renamed_take(kr, &entry);
}

static void
add_key(struct decoding *d, struct item *key, struct keyrepo *kr)
{
    struct keyrepo_entry entry = {.kind = KEYREPO_REQUEST, .key = key->key, .req = key->req};

    if (key->req == NULL) {
        d->foreign.keys++;
        return;
    }
    text_copy(entry.label, sizeof(entry.label), key->label);
    key->key = NULL;
    key->req = NULL;
    keyrepo_add_renamed_take(kr, &entry);
}

static void
mark_default(struct keyrepo *kr)
{
    struct keyrepo_entry *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < kr->n; i++)
        if (kr->entries[i].kind == KEYREPO_PERSONAL) {
            only = &kr->entries[i];
            n++;
        }
    if (n == 1) /* the one that is sent when no label is asked for */
        only->is_default = true;
}

static void
decoding_fini(struct decoding *d)
{
    for (size_t i = 0; i < d->n; i++) {
        X509_free(d->items[i].cert);
        EVP_PKEY_free(d->items[i].key);
        X509_REQ_free(d->items[i].req);
    }
    free(d->items);
    sk_PKCS12_SAFEBAG_pop_free(d->all, PKCS12_SAFEBAG_free);
}

static enum rc
take_safes(struct decoding *d, PKCS12 *p12, struct failure *f)
{
    SAFE_STACK *safes = PKCS12_unpack_authsafes(p12);
    enum rc rc = RC_OK;

    if (safes == NULL)
        return fail_ossl(f, RC_CORRUPT, "the repository's content can not be read");
    for (int i = 0; i < sk_PKCS7_num(safes) && rc == RC_OK; i++)
        rc = take_safe(d, sk_PKCS7_value(safes, i), f);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return rc;
}

enum rc
pkcs12_decode(struct span file, const struct secret *password, struct keyrepo *kr,
    struct keyrepo_foreign *foreign, struct failure *f)
{
    struct decoding d = {.password = password, .all = sk_PKCS12_SAFEBAG_new_null()};
    AUTO(PKCS12) *p12 = NULL;

    enum rc rc = open_file(file, password, &p12, f);
    if (rc == RC_OK)
        rc = take_safes(&d, p12, f);
    for (size_t i = 0; i < d.n && rc == RC_OK; i++)
        if (d.items[i].cert != NULL)
            add_cert(&d, &d.items[i], kr);
    for (size_t i = 0; i < d.n && rc == RC_OK; i++)
        if (d.items[i].key != NULL)
            add_key(&d, &d.items[i], kr);
    if (rc == RC_OK)
        rc = keyrepo_check_keys(kr, f);
    if (rc == RC_OK) {
        mark_default(kr);
        foreign->keys += d.foreign.keys;
        foreign->bags += d.foreign.bags;
    }
    decoding_fini(&d);
    ERR_clear_error();
    return rc;
}
