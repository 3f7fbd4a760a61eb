#include "x509/encoding.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "x509/ossl.h"

/* ---- what one DER object is ---- */

/* The bytes of the first DER element, 0 when there is none.  Indefinite lengths (a PKCS#7 may have
 * them) reach to the end. */
static size_t
element_length(struct span s)
{
    struct reader r = reader_of(s, ORDER_BIG);
    uint8_t tag = reader_u8(&r);
    uint8_t first = reader_u8(&r);
    uint64_t n = first;

    if (first == 0x80)
        return tag == 0x30 ? s.n : 0;
    if (first > 0x84)
        return 0;
    if (first > 0x80) {
        n = 0;
        for (int i = 0; i < (first & 0x7f); i++)
            n = n << 8 | reader_u8(&r);
    }
    if (!reader_ok(&r) || tag != 0x30 || n > r.left.n)
        return 0;
    return s.n - r.left.n + (size_t)n;
}

#define IS(type)                                                                                   \
    static bool is_##type(struct span s)                                                           \
    {                                                                                              \
        const unsigned char *p = s.p;                                                              \
        type *object = d2i_##type(NULL, &p, (long)s.n);                                            \
        type##_free(object);                                                                       \
        return object != NULL && p == s.p + s.n;                                                   \
    }
IS(X509)
IS(X509_REQ)
IS(PKCS7)
IS(PKCS12)
IS(X509_SIG) /* EncryptedPrivateKeyInfo */

/* PKCS#8 and the older private keys start with a version, 0 or 1 (a PKCS#12's is 3).  A look at the
 * first bytes: a real decoder would take a millisecond for each piece of rubbish. */
static bool
is_key(struct span s)
{
    struct reader r = reader_of(s, ORDER_BIG);

    (void)reader_u8(&r);
    uint8_t first = reader_u8(&r);
    reader_skip(&r, first > 0x80 ? first & 0x7f : 0);
    bool version = reader_u8(&r) == 0x02 && reader_u8(&r) == 1 && reader_u8(&r) <= 1;
    return (reader_ok(&r) && version && r.left.n > 0) || is_X509_SIG(s);
}

static enum der_kind
der_kind(struct span s)
{
    static const struct {
        enum der_kind kind;
        bool (*is)(struct span);
    } kinds[] = {
        {DER_CERTIFICATE, is_X509},
        {DER_REQUEST, is_X509_REQ},
        {DER_PKCS7, is_PKCS7},
        {DER_PKCS12, is_PKCS12},
        {DER_KEY, is_key},
    };
    enum der_kind found = DER_UNKNOWN;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && found == DER_UNKNOWN; i++)
        if (kinds[i].is(s))
            found = kinds[i].kind;
    ERR_clear_error();
    return found;
}

/* ---- frames ---- */

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == 0x1a;
}

static struct span
skip_blanks(struct span s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = span_of(s.p + 1, s.n - 1);
    return s;
}

static const uint8_t *
find_text(struct span s, const char *text)
{
    return s.n == 0 ? NULL : memmem(s.p, s.n, text, strlen(text));
}

static struct span
from(struct span s, const uint8_t *p)
{
    return span_of(p, s.n - (size_t)(p - s.p));
}

/* Base64 with any line lengths into out, which is emptied first. */
static bool
base64_decode(struct span text, struct buf *out)
{
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    unsigned char bytes[1024];
    int n = 0;
    bool ok = ctx != NULL;

    buf_clear(out);
    EVP_DecodeInit(ctx);
    for (size_t at = 0; ok && at < text.n; at += 1024) {
        size_t step = text.n - at < 1024 ? text.n - at : 1024;
        ok = EVP_DecodeUpdate(ctx, bytes, &n, text.p + at, (int)step) >= 0;
        if (ok)
            buf_put(out, bytes, (size_t)n);
    }
    ok = ok && EVP_DecodeFinal(ctx, bytes, &n) == 1;
    OPENSSL_cleanse(bytes, sizeof(bytes));
    EVP_ENCODE_CTX_free(ctx);
    return ok && buf_ok(out) && out->n > 0;
}

struct pem_block {
    struct span label, body;
};

static bool
pem_next(struct span *rest, struct pem_block *out)
{
    static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";
    const uint8_t *p = find_text(*rest, begin);

    if (p == NULL)
        return false;
    struct span s = from(*rest, p + strlen(begin));
    const uint8_t *label_end = find_text(s, dashes);
    if (label_end == NULL)
        return false;
    out->label = span_of(s.p, (size_t)(label_end - s.p));
    s = from(s, label_end + strlen(dashes));
    const uint8_t *body_end = find_text(s, end);
    if (body_end == NULL)
        return false;
    out->body = span_of(s.p, (size_t)(body_end - s.p));
    *rest = from(s, body_end + strlen(end));
    return true;
}

static bool
label_ends(struct span label, const char *text)
{
    size_t n = strlen(text);
    return label.n >= n && memcmp(label.p + label.n - n, text, n) == 0;
}

static enum rc
pem_each(struct span file, der_fn *object, void *arg, struct failure *f)
{
    struct buf der = buf_new(X509_FILE_MAX, ORDER_BIG);
    struct pem_block block;
    enum rc rc = RC_OK;

    while (rc == RC_OK && pem_next(&file, &block)) {
        /* Old private keys carry headers inside the frame and may be encrypted: the label is enough
         * to say what they are. */
        if (label_ends(block.label, "PRIVATE KEY"))
            rc = object(arg, DER_KEY, span_of(NULL, 0), f);
        else if (base64_decode(block.body, &der))
            rc = object(arg, der_kind(buf_span(&der)), buf_span(&der), f);
        else
            rc = fail(f, RC_MALFORMED, "a PEM block (%.*s) is damaged",
                (int)(block.label.n > 40 ? 40 : block.label.n), (const char *)block.label.p);
    }
    buf_wipe(&der);
    return rc;
}

static enum rc
binary_each(struct span file, der_fn *object, void *arg, struct failure *f)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && file.n > 0) {
        size_t n = element_length(file);
        struct span one = span_of(file.p, n > 0 ? n : file.n);
        rc = object(arg, n > 0 ? der_kind(one) : DER_UNKNOWN, one, f);
        file = skip_blanks(from(file, one.p + one.n));
    }
    return rc;
}

static bool
is_base64(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '+' && c != '/' && c != '=' && !is_blank(c))
            return false;
    }
    return true;
}

/* UTF-16 text that is all ASCII, as one byte a character. */
static struct span
narrow(struct span s, struct buf *to)
{
    static const uint8_t utf8_mark[] = {0xef, 0xbb, 0xbf};

    if (s.n >= 3 && memcmp(s.p, utf8_mark, 3) == 0)
        return span_of(s.p + 3, s.n - 3);
    bool little = s.n >= 2 && s.p[0] == 0xff && s.p[1] == 0xfe;
    bool big = s.n >= 2 && s.p[0] == 0xfe && s.p[1] == 0xff;
    if (!little && !big)
        return s;
    for (size_t i = big ? 3 : 2; i < s.n; i += 2)
        buf_u8(to, s.p[i]);
    return buf_span(to);
}

enum rc
der_each(struct span file, der_fn *object, void *arg, struct failure *f)
{
    struct buf narrowed = buf_new(X509_FILE_MAX, ORDER_BIG);
    struct buf decoded = buf_new(X509_FILE_MAX, ORDER_BIG);
    enum rc rc;

    if (file.n > X509_FILE_MAX)
        return fail(f, RC_LIMIT, "the file is larger than %u bytes", X509_FILE_MAX);
    struct span s = skip_blanks(narrow(file, &narrowed));
    if (s.n > 0 && find_text(s, "-----BEGIN ") != NULL && element_length(s) == 0)
        rc = pem_each(s, object, arg, f);
    else if (is_base64(s) && base64_decode(s, &decoded))
        rc = binary_each(buf_span(&decoded), object, arg, f);
    else
        rc = binary_each(s, object, arg, f);
    buf_wipe(&narrowed);
    buf_wipe(&decoded);
    return rc;
}

/* ---- what a file holds ---- */

static enum rc
note_kind(void *arg, enum der_kind kind, struct span der, struct failure *f)
{
    bool *seen = arg;

    (void)der;
    (void)f;
    seen[kind] = true;
    return RC_OK;
}

enum x509_kind
x509_kind(struct span bytes)
{
    bool seen[DER_UNKNOWN + 1] = {false};

    if (der_each(bytes, note_kind, seen, NULL) != RC_OK)
        return X509_KIND_UNKNOWN;
    if (seen[DER_CERTIFICATE] || seen[DER_PKCS7])
        return X509_KIND_CERTIFICATES;
    if (seen[DER_REQUEST])
        return X509_KIND_REQUEST;
    if (seen[DER_PKCS12])
        return X509_KIND_PKCS12;
    return seen[DER_KEY] ? X509_KIND_KEY : X509_KIND_UNKNOWN;
}

/* ---- certificates ---- */

static enum rc
add_pkcs7(X509_STACK *to, struct span der, struct failure *f)
{
    const unsigned char *p = der.p;
    PKCS7 *p7 = d2i_PKCS7(NULL, &p, (long)der.n);
    enum rc rc = RC_OK;

    if (p7 == NULL)
        return fail_ossl(f, RC_MALFORMED, "a PKCS#7 object can not be read");
    STACK_OF(X509) *certs = NULL;
    if (PKCS7_type_is_signed(p7) && p7->d.sign != NULL)
        certs = p7->d.sign->cert;
    if (certs != NULL && X509_add_certs(to, certs, X509_ADD_FLAG_UP_REF) != 1)
        rc = fail_ossl(f, RC_LIMIT, "too many certificates");
    PKCS7_free(p7);
    return rc;
}

static enum rc
add_object(void *arg, enum der_kind kind, struct span der, struct failure *f)
{
    X509_STACK *to = arg;
    const unsigned char *p = der.p;

    if (kind == DER_PKCS7)
        return add_pkcs7(to, der, f);
    if (kind == DER_UNKNOWN)
        return fail(f, RC_MALFORMED, "the file holds something that is not a certificate");
    if (kind != DER_CERTIFICATE)
        return RC_OK;
    AUTO(X509) *cert = d2i_X509(NULL, &p, (long)der.n);
    if (cert == NULL || sk_X509_push(to, cert) <= 0)
        return fail_ossl(f, RC_MALFORMED, "a certificate can not be read");
    cert = NULL;
    return RC_OK;
}

/* The file can be read, but there is no certificate in it: say what it is instead. */
static enum rc
explain_none(struct span bytes, struct failure *f)
{
    static const struct {
        const char *text, *fix;
    } said[] = {
        [X509_KIND_CERTIFICATES] = {"the file is a PKCS#7 object without certificates",
            "Ask the CA for the certificate in PEM form."},
        [X509_KIND_REQUEST] = {"the file is a certificate request, not a certificate",
            "Send this file to the CA, and use the file that it answers with."},
        [X509_KIND_KEY] = {"the file is a private key, not a certificate",
            "Use the certificate file from the CA; keep this one to yourself."},
        [X509_KIND_PKCS12] = {"the file is a PKCS#12 repository, not a certificate",
            "Import it with its password, or extract the certificate from it."},
        [X509_KIND_UNKNOWN] = {"the file is not a certificate in PEM, DER or PKCS#7 form",
            "Look at its beginning: a PEM certificate starts with BEGIN CERTIFICATE."},
    };
    enum x509_kind kind = x509_kind(bytes);

    fail(f, RC_MALFORMED, "%s", said[kind].text);
    failure_fix(f, "%s", said[kind].fix);
    return RC_MALFORMED;
}

enum rc
certs_parse(struct span bytes, X509_STACK **out, struct failure *f)
{
    AUTO(X509_STACK) *certs = sk_X509_new_null();

    if (bytes.n == 0)
        return fail(f, RC_MALFORMED, "the file is empty");
    enum rc rc = der_each(bytes, add_object, certs, f);
    if (rc == RC_LIMIT)
        return rc;
    if (rc != RC_OK && x509_kind(bytes) == X509_KIND_CERTIFICATES)
        return rc;
    if (rc != RC_OK || sk_X509_num(certs) == 0)
        return explain_none(bytes, f);
    *out = X509_STACK_take(&certs);
    return RC_OK;
}
