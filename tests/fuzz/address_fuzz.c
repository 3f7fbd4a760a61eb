/* An address that was understood, written again, means the same. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "io/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    char text[600], again[600];
    struct address a, b;

    if (n < 1 || n > 560)
        return 0;
    bool local = (p[0] & 1) != 0;
    memcpy(text, p + 1, n - 1);
    text[n - 1] = '\0';
    if ((local ? address_parse_local(text, &a, NULL) : address_parse(text, &a, NULL)) != RC_OK)
        return 0;
    assert(strlen(a.name) < sizeof(a.name) && a.port <= a.high);
    if (a.is_unix)
        snprintf(again, sizeof(again), "unix:%s", a.name);
    else if (local)
        snprintf(again, sizeof(again), "[%s](%u,%u)", a.name, a.port, a.high);
    else
        snprintf(again, sizeof(again), "[%s](%u)", a.name, a.port);
    enum rc rc = local ? address_parse_local(again, &b, NULL) : address_parse(again, &b, NULL);
    assert(rc == RC_OK && strcmp(a.name, b.name) == 0);
    assert(a.is_unix == b.is_unix && a.port == b.port && a.high == b.high);
    return 0;
}
