#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

struct span
span_str(const char *s)
{
    return span_of(s, strlen(s));
}

bool
span_equal(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct span
reader_take(struct reader *r, size_t n)
{
    if (r->failed || r->left.n < n) {
        r->failed = true;
        return (struct span){NULL, 0};
    }
    struct span s = {r->left.p, n};
    if (n > 0) {
        r->left.p += n;
        r->left.n -= n;
    }
    return s;
}

static uint64_t
reader_uint(struct reader *r, size_t n)
{
    struct span s = reader_take(r, n);
    uint64_t v = 0;

    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | s.p[r->order == ORDER_LITTLE ? s.n - 1 - i : i];
    return v;
}

uint8_t
reader_u8(struct reader *r)
{
    return (uint8_t)reader_uint(r, 1);
}
uint16_t
reader_u16(struct reader *r)
{
    return (uint16_t)reader_uint(r, 2);
}
uint32_t
reader_u32(struct reader *r)
{
    return (uint32_t)reader_uint(r, 4);
}
uint64_t
reader_u64(struct reader *r)
{
    return reader_uint(r, 8);
}
int32_t
reader_i32(struct reader *r)
{
    return (int32_t)reader_uint(r, 4);
}

void
reader_copy(struct reader *r, void *to, size_t n)
{
    struct span s = reader_take(r, n);
    if (s.n == n && n > 0)
        memcpy(to, s.p, n);
    else if (n > 0)
        memset(to, 0, n);
}

void
reader_skip(struct reader *r, size_t n)
{
    (void)reader_take(r, n);
}

void
reader_text(struct reader *r, char *to, size_t n)
{
    reader_copy(r, to, n);
    to[n] = '\0';
    size_t end = strlen(to);
    while (end > 0 && to[end - 1] == ' ')
        end--;
    to[end] = '\0';
}

static bool
buf_reserve(struct buf *b, size_t more)
{
    if (b->failed || more > b->max - b->n) {
        b->failed = true;
        return false;
    }
    /* One byte more than needed, for buf_cstr(). */
    size_t need = b->n + more + 1;
    if (need <= b->room)
        return true;
    size_t room = b->room < 128 ? 128 : b->room;
    while (room < need)
        room *= 2;
    uint8_t *p = realloc(b->p, room);
    if (p == NULL)
        abort();
    b->p = p;
    b->room = room;
    return true;
}

void
buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.max = b->max, .order = b->order};
}

void
buf_wipe(struct buf *b)
{
    if (b->p != NULL)
        secret_wipe(b->p, b->room);
    buf_free(b);
}

void
buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void
buf_span_put(struct buf *b, struct span s)
{
    buf_put(b, s.p, s.n);
}

void
buf_fill(struct buf *b, uint8_t byte, size_t n)
{
    if (n == 0 || !buf_reserve(b, n))
        return;
    memset(b->p + b->n, byte, n);
    b->n += n;
}

static void
store_uint(uint8_t *to, uint64_t v, size_t n, enum byte_order order)
{
    for (size_t i = 0; i < n; i++)
        to[order == ORDER_LITTLE ? i : n - 1 - i] = (uint8_t)(v >> (8 * i));
}

static void
buf_uint(struct buf *b, uint64_t v, size_t n)
{
    uint8_t bytes[8];

    store_uint(bytes, v, n, b->order);
    buf_put(b, bytes, n);
}

void
buf_u8(struct buf *b, uint8_t v)
{
    buf_uint(b, v, 1);
}
void
buf_u16(struct buf *b, uint16_t v)
{
    buf_uint(b, v, 2);
}
void
buf_u32(struct buf *b, uint32_t v)
{
    buf_uint(b, v, 4);
}
void
buf_u64(struct buf *b, uint64_t v)
{
    buf_uint(b, v, 8);
}
void
buf_i32(struct buf *b, int32_t v)
{
    buf_uint(b, (uint32_t)v, 4);
}

void
buf_text(struct buf *b, const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    buf_put(b, s, len);
    buf_fill(b, ' ', n - len);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0 && buf_reserve(b, (size_t)n)) {
        vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void
buf_patch_u32_as(struct buf *b, size_t offset, uint32_t v, enum byte_order order)
{
    if (b->failed)
        return;
    assert(offset + 4 <= b->n);
    store_uint(b->p + offset, v, 4, order);
}

void
buf_patch_u32(struct buf *b, size_t offset, uint32_t v)
{
    buf_patch_u32_as(b, offset, v, b->order);
}

void
buf_consume(struct buf *b, size_t n)
{
    assert(n <= b->n);
    if (n == 0)
        return;
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

const char *
buf_cstr(struct buf *b)
{
    if (b->failed || b->p == NULL)
        return "";
    b->p[b->n] = '\0';
    return (const char *)b->p;
}
