/* hex.h - the notation of golden.h as bytes, and a comparison for structures with text. */
#ifndef HEX_H
#define HEX_H

#include <assert.h>
#include <stdio.h>

#include "base/bytes.h"

static inline void
hex_decode(struct buf *out, const char *hex)
{
    unsigned byte, times;
    int n;

    while (sscanf(hex, " %2x%n", &byte, &n) == 1) {
        hex += n;
        times = 1;
        if (*hex == '*') {
            assert(sscanf(hex, "*%u%n", &times, &n) == 1);
            hex += n;
        }
        buf_fill(out, (uint8_t)byte, times);
    }
}

/* Where a and b differ, n when they do not; a NUL in a is as good as a blank in b, because clients
 * fill unused text with either. */
static inline size_t
hex_differs(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;

    for (size_t i = 0; i < n; i++)
        if (a.p[i] != b.p[i] && !(a.p[i] == 0 && b.p[i] == ' '))
            return i;
    return a.n == b.n ? n : n + 1;
}

#endif
