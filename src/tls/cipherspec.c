#include "tls/cipherspec.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tls/cipherspec_table.h"

#define MQRC_UNSUPPORTED_CIPHER_SUITE 2400

const struct cipherspec *
cipherspec_all(size_t *n)
{
    *n = cipherspec_table_n;
    return cipherspec_table;
}

const struct cipherspec *
cipherspec_find(const char *name)
{
    for (size_t i = 0; i < cipherspec_table_n; i++)
        if (text_equal_fold(cipherspec_table[i].name, name))
            return &cipherspec_table[i];
    return NULL;
}

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edit distance; b is a name of the table. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[80];
    size_t nb = strlen(b);

    for (size_t j = 0; j <= nb; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned above = row[j];
            unsigned differs = upper(a[i - 1]) != upper(b[j - 1]);
            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + differs);
            diagonal = above;
        }
    }
    return row[nb];
}

/* Java's and IANA's spelling has two words more than MQ's: TLS_ECDHE_RSA_WITH_... */
static void
strip_iana(const char *name, char *to, size_t size)
{
    bool iana = strncasecmp(name, "TLS_ECDHE_", 10) == 0;
    const char *with = strcasestr(name, "_WITH_");

    if (iana && with != NULL)
        snprintf(to, size, "%.*s%s", (int)(with - name) - 4, name + 4, with + 5);
    else
        snprintf(to, size, "%s", name);
}

static const struct cipherspec *
find_nearest(const char *name)
{
    const struct cipherspec *best = NULL;
    unsigned least = 16; /* further away than that, a guess only confuses */
    char stripped[64];

    strip_iana(name, stripped, sizeof(stripped));
    for (size_t i = 0; i < cipherspec_table_n; i++) {
        const struct cipherspec *spec = &cipherspec_table[i];
        if (!spec->enabled)
            continue;
        if (spec->openssl != NULL && text_equal_fold(spec->openssl, name))
            return spec;
        unsigned d = distance(stripped, spec->name);
        if (d < least) {
            least = d;
            best = spec;
        }
    }
    return best;
}

enum rc
cipherspec_check(const char *name, struct failure *f)
{
    const struct cipherspec *spec = cipherspec_find(name);

    if (spec == NULL) {
        const struct cipherspec *near = find_nearest(name);
        fail(f, RC_INVALID, "SSLCIPH(%.40s) is not a CipherSpec", name);
        failure_id(f, "AMQ8242E");
        failure_reason(f, MQRC_UNSUPPORTED_CIPHER_SUITE);
        if (near != NULL)
            failure_fix(f, "Did you mean SSLCIPH(%s)?", near->name);
        return RC_INVALID;
    }
    if (spec->enabled)
        return RC_OK;
    fail(f, RC_UNSUPPORTED, "CipherSpec %s is too weak and is not enabled (%s)", spec->name,
        spec->note);
    failure_id(f, "AMQ9635E");
    failure_reason(f, MQRC_UNSUPPORTED_CIPHER_SUITE);
    failure_cause(f, "IBM MQ refuses it by default as well; a partner has to enable it explicitly");
    failure_fix(f, "Use SSLCIPH(ANY_TLS12_OR_HIGHER) on both ends of the channel");
    return RC_UNSUPPORTED;
}

static bool
covers(const struct cipherspec *spec, int version)
{
    return version >= spec->version_min && version <= spec->version_max;
}

const struct cipherspec *
cipherspec_of_suite(uint16_t suite, int version)
{
    for (size_t i = 0; i < cipherspec_table_n; i++) {
        const struct cipherspec *spec = &cipherspec_table[i];
        if (!spec->alias && spec->suite == suite && covers(spec, version))
            return spec;
    }
    return NULL;
}

bool
cipherspec_admits(const struct cipherspec *want, uint16_t suite, int version)
{
    const struct cipherspec *got = cipherspec_of_suite(suite, version);

    if (want == NULL || got == NULL || !covers(want, version))
        return false;
    return want->alias ? got->enabled : want->suite == suite;
}
