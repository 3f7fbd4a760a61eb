#include "base/crc32c.h"

#include <string.h>

#define POLYNOMIAL 0x82F63B78u /* reflected */

static uint32_t
crc_soft(uint32_t crc, const uint8_t *p, size_t n)
{
    while (n-- > 0) {
        crc ^= *p++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
    }
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t
crc_hard(uint32_t crc, const uint8_t *p, size_t n)
{
    uint64_t wide = crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    while (n-- > 0)
        crc = _mm_crc32_u8(crc, *p++);
    return crc;
}

uint32_t
crc32c(uint32_t crc, const void *p, size_t n)
{
    return ~(__builtin_cpu_supports("sse4.2") ? crc_hard(~crc, p, n) : crc_soft(~crc, p, n));
}
#else
uint32_t
crc32c(uint32_t crc, const void *p, size_t n)
{
    return ~crc_soft(~crc, p, n);
}
#endif
