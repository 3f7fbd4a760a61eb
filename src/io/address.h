/*
 * address.h - the texts that name an end of a connection: "host(port)" as in CONNAME and LISTENER,
 * "[host][(low[,high])]" as in LOCLADDR, and "unix:PATH".
 */
#ifndef IO_ADDRESS_H
#define IO_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"

#define IO_DEFAULT_PORT 1414u /* registered for MQ; what CONNAME without a port means */

struct address {
    bool is_unix;
    char name[512]; /* host, or path; "" and "*" mean any interface */
    uint16_t port;
    uint16_t high; /* LOCLADDR's range; otherwise equal to port */
};

enum rc address_parse(const char *text, struct address *out, struct failure *f) MUST_CHECK;
/* LOCLADDR: the host may be missing, so may the port (0: any). */
enum rc address_parse_local(const char *text, struct address *out, struct failure *f) MUST_CHECK;

#endif
