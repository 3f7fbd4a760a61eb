/* attribute.h - the attributes of PKCS#12 bags that GSKit uses. */
#ifndef KEYREPO_ATTRIBUTE_H
#define KEYREPO_ATTRIBUTE_H

#include <openssl/pkcs12.h>

#include "base/bytes.h"
#include "keyrepo/keyrepo.h"

/* 2.16.840.1.113894.746875.1.1, value anyExtendedKeyUsage: a trusted signer (spec 3.1). */
void bag_set_trusted(PKCS12_SAFEBAG *bag);
bool bag_is_trusted(const PKCS12_SAFEBAG *bag);
/* A pending request, DER, at its private key.  Only in Grove's own file of requests. */
void bag_set_request(PKCS12_SAFEBAG *bag, X509_REQ *req);
X509_REQ *bag_request(const PKCS12_SAFEBAG *bag); /* the caller's; NULL: none */
/* localKeyID as GSKit makes it: the DER BIT STRING of a signature. */
void bag_set_key_id(PKCS12_SAFEBAG *bag, const ASN1_BIT_STRING *signature);
struct span bag_key_id(const PKCS12_SAFEBAG *bag);
void bag_set_label(PKCS12_SAFEBAG *bag, const char *label);
void bag_label(PKCS12_SAFEBAG *bag, char to[KEYREPO_LABEL_MAX + 1]); /* "" without one */

#endif
