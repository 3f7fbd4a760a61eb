/*
 * dn.h - Distinguished Names as MQ sees them.
 *
 * An ordered list of (TYPE, value) in MQ's display order (spec/sslpeer.md, "How a DN is rendered"):
 * SERIALNUMBER (of the certificate, subject only), MAIL, UID, CN, T, OU (largest unit first), DC,
 * O, STREET, L, ST, PC, C, UNSTRUCTUREDNAME, UNSTRUCTUREDADDRESS, DNQ.
 */
#ifndef X509_DN_H
#define X509_DN_H

#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/failure.h"

#define DN_ATTRIBUTES_MAX 64
#define DN_TEXT_MAX 1025

enum dn_type {
    DN_SERIALNUMBER,
    DN_MAIL,
    DN_UID,
    DN_CN,
    DN_T,
    DN_OU,
    DN_DC,
    DN_O,
    DN_STREET,
    DN_L,
    DN_ST,
    DN_PC,
    DN_C,
    DN_UNSTRUCTUREDNAME,
    DN_UNSTRUCTUREDADDRESS,
    DN_DNQ,
    DN_TYPES
};

struct dn_attribute {
    enum dn_type type;
    char value[256]; /* UTF-8 */
};
struct dn {
    size_t n;
    struct dn_attribute at[DN_ATTRIBUTES_MAX];
};

/* "CN", "OU", ... as MQ prints it; and back, synonyms too (E, USERID, SP, S).  False: unknown. */
const char *dn_type_name(enum dn_type type);
bool dn_type_find(struct span name, enum dn_type *out);

/* The subject of a certificate, its serial number included; the issuer, without one. */
enum rc dn_of_subject(const X509 *cert, struct dn *out, struct failure *f) MUST_CHECK;
enum rc dn_of_issuer(const X509 *cert, struct dn *out, struct failure *f) MUST_CHECK;
enum rc dn_of_name(const X509_NAME *name, struct dn *out, struct failure *f) MUST_CHECK;
/* "CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB" with any of MQ's types, quotes around values that hold
 * separators, into an X509_NAME in the order given reversed (most significant first, as CAs write
 * it: C, O, OU, CN).  The caller owns *out. */
enum rc dn_parse_name(const char *text, X509_NAME **out, struct failure *f) MUST_CHECK;
enum rc dn_parse(const char *text, struct dn *out, struct failure *f) MUST_CHECK;
/* As DISPLAY CHSTATUS prints it: attributes in MQ's order, comma, no blanks, quoted where needed.
 */
void dn_print(const struct dn *dn, char *to, size_t size);
/* The same without SERIALNUMBER: what a person compares. */
void dn_print_name(const struct dn *dn, char *to, size_t size);
/* The SSLPEER/SSLCERTI filter that admits exactly this DN (no serial number). */
void dn_print_filter(const struct dn *dn, char *to, size_t size);

#endif
