#include "qmgr/sorted.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
sorted_free(struct sorted *s)
{
    free(s->items);
    *s = sorted_new(s->key_offset);
}

static const char *
key_of(const struct sorted *s, const void *item)
{
    return (const char *)item + s->key_offset;
}

const char *
sorted_key(const struct sorted *s, size_t i)
{
    return key_of(s, s->items[i]);
}

size_t
sorted_lower(const struct sorted *s, const char *key)
{
    size_t low = 0;
    size_t high = s->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(sorted_key(s, mid), key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void *
sorted_find(const struct sorted *s, const char *key)
{
    size_t i = sorted_lower(s, key);

    return i < s->n && strcmp(sorted_key(s, i), key) == 0 ? s->items[i] : NULL;
}

void
sorted_add(struct sorted *s, void *item)
{
    if (s->n == s->room) {
        s->room = s->room == 0 ? 16 : 2 * s->room;
        s->items = realloc(s->items, s->room * sizeof(*s->items));
        if (s->items == NULL)
            abort();
    }
    size_t i = sorted_lower(s, key_of(s, item));
    memmove(s->items + i + 1, s->items + i, (s->n - i) * sizeof(*s->items));
    s->items[i] = item;
    s->n++;
}

void
sorted_drop(struct sorted *s, void *item)
{
    size_t i = sorted_lower(s, key_of(s, item));

    assert(i < s->n && s->items[i] == item);
    s->n--;
    memmove(s->items + i, s->items + i + 1, (s->n - i) * sizeof(*s->items));
}
