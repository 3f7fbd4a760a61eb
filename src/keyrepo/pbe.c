#include "keyrepo/pbe.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

static bool
count_bearable(const ASN1_INTEGER *count)
{
    long n = ASN1_INTEGER_get(count); /* -1 when it is too long for a long */
    return n > 0 && n <= PBE_ITERATIONS_MAX;
}

static bool
pbkdf2_bearable(const ASN1_TYPE *parameter)
{
    PBKDF2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), parameter);
    bool ok = p == NULL || count_bearable(p->iter);
    PBKDF2PARAM_free(p);
    return ok;
}

/* What can not be read is left to the decryption, which refuses it. */
static bool
algorithm_bearable(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *oid;
    const void *value;
    int type;

    X509_ALGOR_get0(&oid, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE)
        return true;
    if (OBJ_obj2nid(oid) == NID_pbes2) {
        PBE2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
        bool ok = p == NULL || pbkdf2_bearable(p->keyfunc->parameter);
        PBE2PARAM_free(p);
        return ok;
    }
    PBEPARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    bool ok = p == NULL || count_bearable(p->iter);
    PBEPARAM_free(p);
    return ok;
}

bool
pbe_mac_bearable(const PKCS12 *p12)
{
    const ASN1_INTEGER *count = NULL;

    PKCS12_get0_mac(NULL, NULL, NULL, &count, p12);
    return count == NULL || count_bearable(count);
}

bool
pbe_content_bearable(const PKCS7 *safe)
{
    return safe->d.encrypted == NULL || safe->d.encrypted->enc_data == NULL ||
           algorithm_bearable(safe->d.encrypted->enc_data->algorithm);
}

bool
pbe_key_bearable(const PKCS12_SAFEBAG *bag)
{
    const X509_ALGOR *algorithm = NULL;

    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, NULL);
    return algorithm_bearable(algorithm);
}
