/* mqrc_table.h - the table behind mqrc_name() (client.h), sorted by number. */
#ifndef CLIENT_MQRC_TABLE_H
#define CLIENT_MQRC_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct mqrc_row {
    int32_t reason;
    const char *name;
};
extern const struct mqrc_row mqrc_table[];
extern const size_t mqrc_count;

#endif
