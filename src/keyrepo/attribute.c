#include "keyrepo/attribute.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>

#include "base/text.h"

static const char trusted_oid[] = "2.16.840.1.113894.746875.1.1";
static const char request_oid[] = "1.2.840.113549.1.10"; /* PKCS#10 */

static void
must(bool ok)
{
    if (!ok)
        abort(); /* only memory can be short here */
}

static const ASN1_TYPE *
attribute(const PKCS12_SAFEBAG *bag, const char *oid)
{
    const STACK_OF(X509_ATTRIBUTE) *all = PKCS12_SAFEBAG_get0_attrs(bag);
    char text[64];

    for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); i++) {
        X509_ATTRIBUTE *one = sk_X509_ATTRIBUTE_value(all, i);
        OBJ_obj2txt(text, sizeof(text), X509_ATTRIBUTE_get0_object(one), 1);
        if (strcmp(text, oid) == 0)
            return X509_ATTRIBUTE_get0_type(one, 0);
    }
    return NULL;
}

void
bag_set_trusted(PKCS12_SAFEBAG *bag)
{
    const ASN1_OBJECT *any = OBJ_nid2obj(NID_anyExtendedKeyUsage);
    must(PKCS12_add1_attr_by_txt(bag, trusted_oid, V_ASN1_OBJECT, (const void *)any, -1) == 1);
}

bool
bag_is_trusted(const PKCS12_SAFEBAG *bag)
{
    return attribute(bag, trusted_oid) != NULL;
}

void
bag_set_request(PKCS12_SAFEBAG *bag, X509_REQ *req)
{
    unsigned char *der = NULL;
    int n = i2d_X509_REQ(req, &der);

    must(n > 0 && PKCS12_add1_attr_by_txt(bag, request_oid, V_ASN1_OCTET_STRING, der, n) == 1);
    OPENSSL_free(der);
}

X509_REQ *
bag_request(const PKCS12_SAFEBAG *bag)
{
    const ASN1_TYPE *value = attribute(bag, request_oid);

    if (value == NULL || ASN1_TYPE_get(value) != V_ASN1_OCTET_STRING)
        return NULL;
    const unsigned char *p = ASN1_STRING_get0_data(value->value.octet_string);
    return d2i_X509_REQ(NULL, &p, ASN1_STRING_length(value->value.octet_string));
}

void
bag_set_key_id(PKCS12_SAFEBAG *bag, const ASN1_BIT_STRING *signature)
{
    unsigned char *der = NULL;
    int n = i2d_ASN1_BIT_STRING(signature, &der);

    must(n > 0 && PKCS12_add_localkeyid(bag, der, n) == 1);
    OPENSSL_free(der);
}

struct span
bag_key_id(const PKCS12_SAFEBAG *bag)
{
    const ASN1_TYPE *value = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);

    if (value == NULL || ASN1_TYPE_get(value) != V_ASN1_OCTET_STRING)
        return span_of(NULL, 0);
    return span_of(ASN1_STRING_get0_data(value->value.octet_string),
        (size_t)ASN1_STRING_length(value->value.octet_string));
}

void
bag_set_label(PKCS12_SAFEBAG *bag, const char *label)
{
    must(PKCS12_add_friendlyname_utf8(bag, label, -1) == 1);
}

void
bag_label(PKCS12_SAFEBAG *bag, char to[KEYREPO_LABEL_MAX + 1])
{
    char *label = PKCS12_get_friendlyname(bag);

    to[0] = '\0';
    if (label != NULL)
        text_copy(to, KEYREPO_LABEL_MAX + 1, label);
    OPENSSL_free(label);
}
