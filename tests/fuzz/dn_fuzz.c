/* A name that parses prints as text that parses to the same name; its filter is never cut. */
#include <assert.h>
#include <string.h>

#include <openssl/err.h>

#include "x509/auto.h"
#include "x509/dn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const struct dn *a, const struct dn *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->at[i].type != b->at[i].type || strcmp(a->at[i].value, b->at[i].value) != 0)
            return false;
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char in[2048], out[4096];
    struct dn one, two;
    AUTO(X509_NAME) *name = NULL;

    if (size >= sizeof(in))
        return 0;
    memcpy(in, data, size);
    in[size] = '\0';
    if (dn_parse(in, &one, NULL) == RC_OK) {
        dn_print(&one, out, sizeof(out));
        if (strlen(out) < DN_TEXT_MAX) {
            assert(dn_parse(out, &two, NULL) == RC_OK);
            assert(same(&one, &two));
        }
    }
    if (dn_parse_name(in, &name, NULL) == RC_OK)
        assert(dn_of_name(name, &one, NULL) == RC_OK && one.n > 0);
    assert(ERR_peek_error() == 0);
    return 0;
}
