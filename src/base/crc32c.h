/* crc32c.h - CRC-32C (Castagnoli, RFC 3720 appendix B.4), in hardware where the processor has it. */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue crc (0 to start) over n bytes. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);

#endif
