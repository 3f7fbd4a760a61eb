/* cipherspec_table.h - the rows behind cipherspec.h. */
#ifndef TLS_CIPHERSPEC_TABLE_H
#define TLS_CIPHERSPEC_TABLE_H

#include <stddef.h>

#include "tls/cipherspec.h"

extern const struct cipherspec cipherspec_table[];
extern const size_t cipherspec_table_n;

#endif
