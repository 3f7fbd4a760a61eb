/* hex.h - bytes as "4C:D0:49", the way MQ shows serial numbers and key identifiers. */
#ifndef X509_HEX_H
#define X509_HEX_H

#include "base/bytes.h"

/* Cut after the last pair that fits. */
void hex_pairs(struct span bytes, char *to, size_t size);

#endif
