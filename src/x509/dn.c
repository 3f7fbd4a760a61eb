/* Distinguished Names out of DER, and into it. */
#include "x509/dn.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>

#include "base/text.h"
#include "x509/auto.h"
#include "x509/dn_private.h"
#include "x509/ossl.h"
#include "x509/x509.h"

/* spec/sslpeer.md, Grammar.  SERIALNUMBER is the certificate's own number, not attribute 2.5.4.5.
 */
static const struct dn_row {
    const char *name;
    int nid;
} dn_rows[DN_TYPES] = {
    [DN_SERIALNUMBER] = {"SERIALNUMBER", NID_undef},
    [DN_MAIL] = {"MAIL", NID_pkcs9_emailAddress},
    [DN_UID] = {"UID", NID_userId},
    [DN_CN] = {"CN", NID_commonName},
    [DN_T] = {"T", NID_title},
    [DN_OU] = {"OU", NID_organizationalUnitName},
    [DN_DC] = {"DC", NID_domainComponent},
    [DN_O] = {"O", NID_organizationName},
    [DN_STREET] = {"STREET", NID_streetAddress},
    [DN_L] = {"L", NID_localityName},
    [DN_ST] = {"ST", NID_stateOrProvinceName},
    [DN_PC] = {"PC", NID_postalCode},
    [DN_C] = {"C", NID_countryName},
    [DN_UNSTRUCTUREDNAME] = {"UNSTRUCTUREDNAME", NID_pkcs9_unstructuredName},
    [DN_UNSTRUCTUREDADDRESS] = {"UNSTRUCTUREDADDRESS", NID_pkcs9_unstructuredAddress},
    [DN_DNQ] = {"DNQ", NID_dnQualifier},
};

static const struct {
    const char *name;
    enum dn_type type;
} dn_synonyms[] = {
    {"E", DN_MAIL},
    {"USERID", DN_UID},
    {"SP", DN_ST},
    {"S", DN_ST},
};

const char *
dn_type_name(enum dn_type type)
{
    return dn_rows[type].name;
}

bool
dn_type_find(struct span name, enum dn_type *out)
{
    for (size_t i = 0; i < DN_TYPES; i++)
        if (span_equal(name, span_str(dn_rows[i].name))) {
            *out = (enum dn_type)i;
            return true;
        }
    for (size_t i = 0; i < sizeof(dn_synonyms) / sizeof(dn_synonyms[0]); i++)
        if (span_equal(name, span_str(dn_synonyms[i].name))) {
            *out = dn_synonyms[i].type;
            return true;
        }
    return false;
}

/* Behind those of its own type; DCs before them when lowest is wanted first. */
enum rc
dn_add(struct dn *dn, enum dn_type type, struct span value, bool front, struct failure *f)
{
    if (dn->n == DN_ATTRIBUTES_MAX)
        return fail(f, RC_LIMIT, "a Distinguished Name has more than %d parts", DN_ATTRIBUTES_MAX);
    if (value.n >= sizeof(dn->at[0].value))
        return fail(f, RC_LIMIT, "%s in a Distinguished Name is longer than %zu bytes",
            dn_type_name(type), sizeof(dn->at[0].value) - 1);
    /* "CN=ASH\0.evil" must never be taken for "CN=ASH". */
    if (value.n > 0 && memchr(value.p, 0, value.n) != NULL)
        return fail(f, RC_MALFORMED, "%s in a Distinguished Name holds a NUL", dn_type_name(type));

    size_t at = 0;
    while (at < dn->n && (front ? dn->at[at].type < type : dn->at[at].type <= type))
        at++;
    memmove(&dn->at[at + 1], &dn->at[at], (dn->n - at) * sizeof(dn->at[0]));
    dn->n++;
    dn->at[at].type = type;
    if (value.n > 0)
        memcpy(dn->at[at].value, value.p, value.n);
    dn->at[at].value[value.n] = '\0';
    return RC_OK;
}

static bool
type_of_nid(int nid, enum dn_type *out)
{
    for (size_t i = 0; i < DN_TYPES; i++)
        if (nid != NID_undef && dn_rows[i].nid == nid) {
            *out = (enum dn_type)i;
            return true;
        }
    return false;
}

/* Attributes that MQ has no name for do not show and can not be filtered on. */
static enum rc
add_entry(struct dn *dn, const X509_NAME_ENTRY *entry, struct failure *f)
{
    enum dn_type type;
    unsigned char *utf8 = NULL;

    if (!type_of_nid(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)), &type))
        return RC_OK;
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (n < 0)
        return fail_ossl(
            f, RC_MALFORMED, "%s in a Distinguished Name is not text", dn_type_name(type));
    enum rc rc = dn_add(dn, type, span_of(utf8, (size_t)n), type == DN_DC, f);
    OPENSSL_free(utf8);
    return rc;
}

enum rc
dn_of_name(const X509_NAME *name, struct dn *out, struct failure *f)
{
    /* DER goes from the largest unit down.  MQ shows OUs that way and DCs the other way round. */
    struct dn dn = {0};
    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        enum rc rc = add_entry(&dn, X509_NAME_get_entry(name, i), f);
        if (rc != RC_OK)
            return rc;
    }
    *out = dn;
    return RC_OK;
}

enum rc
dn_of_subject(const X509 *cert, struct dn *out, struct failure *f)
{
    char serial[sizeof(out->at[0].value)];
    struct dn dn;

    enum rc rc = dn_of_name(X509_get_subject_name(cert), &dn, f);
    if (rc != RC_OK)
        return rc;
    cert_serial(cert, serial, sizeof(serial));
    rc = dn_add(&dn, DN_SERIALNUMBER, span_str(serial), false, f);
    if (rc == RC_OK)
        *out = dn;
    return rc;
}

enum rc
dn_of_issuer(const X509 *cert, struct dn *out, struct failure *f)
{
    return dn_of_name(X509_get_issuer_name(cert), out, f);
}

static enum rc
name_element(void *arg, enum dn_type type, struct span value, struct failure *f)
{
    X509_NAME *name = arg;

    if (type == DN_SERIALNUMBER)
        return fail(f, RC_INVALID,
            "SERIALNUMBER is the certificate's own number: a name can not "
            "ask for one");
    if (value.n == 0)
        return fail(f, RC_INVALID, "%s has no value", dn_type_name(type));
    /* Position 0: the order is reversed, so that DER starts with the largest unit. */
    if (X509_NAME_add_entry_by_NID(
            name, dn_rows[type].nid, MBSTRING_UTF8, value.p, (int)value.n, 0, 0) != 1)
        return fail_ossl(f, RC_INVALID, "%s=%.*s is not allowed in a certificate",
            dn_type_name(type), (int)value.n, (const char *)value.p);
    return RC_OK;
}

enum rc
dn_parse_name(const char *text, X509_NAME **out, struct failure *f)
{
    AUTO(X509_NAME) *name = X509_NAME_new();
    struct dn dn;

    if (name == NULL)
        abort();
    enum rc rc = dn_scan(text, name_element, name, f);
    if (rc == RC_OK) /* what is asked for can be shown later */
        rc = dn_of_name(name, &dn, f);
    if (rc == RC_OK)
        *out = X509_NAME_take(&name);
    return rc;
}
