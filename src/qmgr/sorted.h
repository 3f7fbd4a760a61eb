/*
 * sorted.h - pointers to structs in the order of a name that each struct holds as a char array.
 *
 * Lookup is a binary search; adding moves pointers, which is cheap for the some thousand objects of
 * a queue manager.  The vector owns its array only, never the items.
 */
#ifndef QMGR_SORTED_H
#define QMGR_SORTED_H

#include <stdbool.h>
#include <stddef.h>

struct sorted {
    void **items;
    size_t n, room;
    size_t key_offset; /* of the char array inside an item */
};

static inline struct sorted
sorted_new(size_t key_offset)
{
    return (struct sorted){.key_offset = key_offset};
}
void sorted_free(struct sorted *s);
const char *sorted_key(const struct sorted *s, size_t i);
/* Where key stands, or would stand: the first item whose key is not less. */
size_t sorted_lower(const struct sorted *s, const char *key);
void *sorted_find(const struct sorted *s, const char *key);
void sorted_add(struct sorted *s, void *item);  /* its key is not there yet */
void sorted_drop(struct sorted *s, void *item); /* it is there */

#endif
