#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

#define HASH_ID(hh, head, find, out) HASH_FIND(hh, head, find, sizeof(uint64_t), out)

struct message *
message_new(const struct record_message *r)
{
    struct message *m = calloc(1, sizeof *m);
    if (m == NULL)
        abort();
    m->id = r->id;
    m->queue = r->queue;
    m->head_n = (uint32_t)r->head.n;
    m->body_n = r->body_size;
    m->first_n = (uint32_t)r->body.n;
    return m;
}

void
message_free(struct message *m)
{
    free(m->head);
    free(m->parts);
    free(m);
}

void
message_part(struct message *m, const struct part *p)
{
    uint32_t i = m->n_parts;

    while (i > 0 && m->parts[i - 1].offset > p->offset)
        i--;
    if (i > 0 && m->parts[i - 1].offset == p->offset) {
        m->parts[i - 1] = *p;
        return;
    }
    m->parts = realloc(m->parts, (m->n_parts + 1) * sizeof *p);
    if (m->parts == NULL)
        abort();
    memmove(m->parts + i + 1, m->parts + i, (m->n_parts - i) * sizeof *p);
    m->parts[i] = *p;
    m->n_parts++;
}

bool
message_is_whole(const struct message *m)
{
    uint64_t done = m->first_n;

    for (uint32_t i = 0; i < m->n_parts; i++) {
        if (m->parts[i].offset != done)
            return false;
        done += m->parts[i].n;
    }
    return done == m->body_n;
}

struct message *
message_find(const struct store *s, uint64_t id)
{
    struct message *m;

    HASH_ID(hh, s->messages, &id, m);
    return m;
}

uint64_t
message_bytes(const struct message *m)
{
    return record_size(RECORD_PUT_FIXED + (size_t)m->head_n + m->body_n);
}

void
message_add(struct store *s, struct message *m)
{
    HASH_ADD(hh, s->messages, id, sizeof m->id, m);
    s->live += message_bytes(m);
}

void
message_drop(struct store *s, struct message *m)
{
    HASH_DELETE(hh, s->messages, m);
    s->live -= message_bytes(m);
    message_free(m);
}

struct named *
named_new(struct span key, struct span value)
{
    struct named *n = calloc(1, sizeof *n);
    if (n == NULL)
        abort();
    n->key = malloc(key.n + 1);
    n->value = malloc(value.n + 1);
    if (n->key == NULL || n->value == NULL)
        abort();
    memcpy(n->key, key.p, key.n);
    n->key[key.n] = '\0';
    if (value.n > 0)
        memcpy(n->value, value.p, value.n);
    n->value_n = value.n;
    return n;
}

void
named_free(struct named *n)
{
    if (n == NULL)
        return;
    free(n->key);
    free(n->value);
    free(n);
}

struct named *
named_find(const struct store *s, struct span key)
{
    struct named *n;

    HASH_FIND(hh, s->names, key.p, key.n, n);
    return n;
}

uint64_t
named_bytes(const struct named *n)
{
    return record_size(RECORD_SET_FIXED + strlen(n->key) + n->value_n);
}

void
named_take(struct store *s, struct named **giver, bool keep_value)
{
    struct named *n = *giver;
    struct named *old = named_find(s, span_str(n->key));

    *giver = NULL;
    if (old != NULL) {
        HASH_DELETE(hh, s->names, old);
        s->live -= named_bytes(old);
        named_free(old);
    }
    if (n->value_n == 0) {
        named_free(n);
        return;
    }
    if (!keep_value) {
        free(n->value);
        n->value = NULL;
    }
    HASH_ADD_KEYPTR(hh, s->names, n->key, strlen(n->key), n);
    s->live += named_bytes(n);
}

void
index_free(struct store *s)
{
    struct message *m, *next_m;
    struct named *n, *next_n;

    HASH_ITER(hh, s->messages, m, next_m)
    {
        message_drop(s, m);
    }
    HASH_ITER(hh, s->names, n, next_n)
    {
        HASH_DELETE(hh, s->names, n);
        named_free(n);
    }
}
