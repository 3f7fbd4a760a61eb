/*
 * The input is a filter, a newline, and a Distinguished Name.  A filter that can not be read admits
 * nobody; explanation and verdict agree; a name's own filter admits it; the filter as an address is
 * as specific as itself.
 */
#include <assert.h>
#include <string.h>

#include "chlauth/address.h"
#include "chlauth/sslpeer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
own_filter_admits(const struct dn *dn)
{
    char filter[4 * DN_TEXT_MAX];
    struct sslpeer pattern;

    dn_print_filter(dn, filter, sizeof(filter));
    /* A filter names an attribute once: of a repeated one it can say nothing.  A backslash before an
     * asterisk is not written in a way that is read back: such a filter admits nobody. */
    if (filter[0] != '\0' && strchr(filter, '\\') == NULL && sslpeer_parse(filter, &pattern, NULL) == RC_OK)
        assert(sslpeer_match(&pattern, dn));
}

static void
address_is_itself(const char *text)
{
    assert(address_compare(text, text) == 0);
    assert(address_same(text, text));
    assert(!address_conflict(text, text));
    (void)address_matches(text, "10.1.2.3", "a.example");
    (void)address_matches("10.*", text, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sslpeer pattern;
    static struct dn dn;
    char text[2048], why[300];

    if (size >= sizeof(text))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    char *name = strchr(text, '\n');
    if (name != NULL)
        *name++ = '\0';
    address_is_itself(text);
    if (name == NULL || dn_parse(name, &dn, NULL) != RC_OK)
        memset(&dn, 0, sizeof(dn));
    own_filter_admits(&dn);
    if (sslpeer_parse(text, &pattern, NULL) != RC_OK) {
        assert(!sslpeer_admits(text, &dn));
        return 0;
    }
    assert(sslpeer_compare(&pattern, &pattern) == 0);
    sslpeer_explain(&pattern, &dn, why, sizeof(why));
    assert((strcmp(why, "it matches") == 0) == sslpeer_match(&pattern, &dn));
    assert(sslpeer_admits(text, &dn) == sslpeer_match(&pattern, &dn));
    return 0;
}
