#include "keyrepo/codec.h"

#include <string.h>

static bool
starts_with(struct span file, const void *magic, size_t n)
{
    return file.n >= n && memcmp(file.p, magic, n) == 0;
}

static bool
cms_is(struct span file)
{
    return starts_with(file, "7H", 2);
}

static bool
jks_is(struct span file)
{
    return starts_with(file, "\xfe\xed\xfe\xed", 4);
}

static bool
jceks_is(struct span file)
{
    return starts_with(file, "\xce\xce\xce\xce", 4);
}

static bool
pem_is(struct span file)
{
    return file.n > 0 && memmem(file.p, file.n, "-----BEGIN ", 11) != NULL;
}

/* spec/key-repository.md 2, 3, 4 */
static const struct keyrepo_format formats[] = {
    {"PKCS#12", pkcs12_is, pkcs12_decode, pkcs12_encode, ""},
    {"CMS (.kdb)", cms_is, NULL, NULL,
        "Convert it: runmqakm -keydb -convert -db key.kdb -stashed -old_format cms -new_format "
        "pkcs12 -target key.p12, with IBM MQ's runmqakm."},
    {"JKS", jks_is, NULL, NULL,
        "Convert it: keytool -importkeystore -srckeystore FILE -destkeystore key.p12 "
        "-deststoretype PKCS12"},
    {"JCEKS", jceks_is, NULL, NULL,
        "Convert it: keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS -destkeystore "
        "key.p12 -deststoretype PKCS12"},
    {"PEM", pem_is, NULL, NULL,
        "Make a repository of it: openssl pkcs12 -export -in cert.pem -inkey key.pem -name LABEL "
        "-out key.p12"},
};

const struct keyrepo_format *
keyrepo_format_of(struct span file)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (formats[i].is(file))
            return &formats[i];
    return NULL;
}

const struct keyrepo_format *
keyrepo_format_default(void)
{
    return &formats[0];
}

enum rc
keyrepo_decode(struct span file, const struct secret *password, struct keyrepo *kr,
    struct keyrepo_foreign *foreign, struct failure *f)
{
    const struct keyrepo_format *format = keyrepo_format_of(file);

    if (format == NULL)
        return fail(
            f, RC_MALFORMED, file.n == 0 ? "the file is empty" : "the file is no key repository");
    if (format->decode == NULL) {
        fail(f, RC_UNSUPPORTED, "the file is a %s repository, which can not be read yet",
            format->name);
        failure_fix(f, "%s", format->fix);
        return RC_UNSUPPORTED;
    }
    return format->decode(file, password, kr, foreign, f);
}

enum rc
keyrepo_encode(const struct keyrepo *kr, enum keyrepo_part part, const struct secret *password,
    struct buf *out, struct failure *f)
{
    /* GSKit and OpenSSL disagree about other bytes: spec/key-repository.md 3.2, last row. */
    for (size_t i = 0; i < password->n; i++)
        if (password->bytes[i] < 0x20 || password->bytes[i] == 0x7f)
            return fail(f, RC_INVALID, "a repository password has only ASCII characters");
    if (password->n == 0)
        return fail(f, RC_INVALID, "a repository password must not be empty");
    return keyrepo_format_default()->encode(kr, part, password, out, f);
}
