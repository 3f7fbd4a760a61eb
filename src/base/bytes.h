/*
 * bytes.h - the only place besides wire/ where raw bytes are touched.
 *
 * struct span borrows bytes.  struct reader is a bounded cursor over a span whose error sticks: read
 * a whole structure, then check reader_ok() once.  struct buf is a growing buffer that was given its
 * maximum at birth; going over it sets an error that sticks, checked once with buf_ok().
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span { /* borrowed bytes, never owned */
    const uint8_t *p;
    size_t n;
};

static inline struct span
span_of(const void *p, size_t n)
{
    return (struct span){(const uint8_t *)p, n};
}
struct span span_str(const char *s); /* without the NUL */
bool span_equal(struct span a, struct span b);

enum byte_order { ORDER_BIG = 1, ORDER_LITTLE = 2 }; /* MQ's values, spec/message-channel.md 2.1 */

struct reader {
    struct span left;
    enum byte_order order;
    bool failed;
};

static inline struct reader
reader_of(struct span s, enum byte_order order)
{
    return (struct reader){s, order, false};
}
static inline bool
reader_ok(const struct reader *r)
{
    return !r->failed;
}
/* After a failure each of these returns 0 or an empty span. */
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
int32_t reader_i32(struct reader *r);
struct span reader_take(struct reader *r, size_t n); /* borrow the next n bytes */
void reader_copy(struct reader *r, void *to, size_t n); /* zeros on failure */
void reader_skip(struct reader *r, size_t n);
/* A blank- or NUL-padded field of n bytes into a NUL-terminated string of at least n + 1 bytes. */
void reader_text(struct reader *r, char *to, size_t n);

struct buf {
    uint8_t *p;
    size_t n;
    size_t room;
    size_t max;
    enum byte_order order;
    bool failed;
};

static inline struct buf
buf_new(size_t max, enum byte_order order)
{
    return (struct buf){.max = max, .order = order};
}
static inline bool
buf_ok(const struct buf *b)
{
    return !b->failed;
}
static inline struct span
buf_span(const struct buf *b)
{
    return (struct span){b->p, b->n};
}
void buf_free(struct buf *b);  /* safe on a zeroed one, leaves it empty with the same max */
void buf_wipe(struct buf *b);  /* buf_free after wiping */
void buf_clear(struct buf *b); /* empty, keeps its memory, clears the error */
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_i32(struct buf *b, int32_t v);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_span_put(struct buf *b, struct span s);
void buf_fill(struct buf *b, uint8_t byte, size_t n);
/* A NUL-terminated string as a blank-padded field of n bytes; longer text is cut. */
void buf_text(struct buf *b, const char *s, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Overwrite what stands at offset (which must have been written). */
void buf_patch_u32(struct buf *b, size_t offset, uint32_t v);
void buf_patch_u32_as(struct buf *b, size_t offset, uint32_t v, enum byte_order order);
/* Drop n bytes from the front. */
void buf_consume(struct buf *b, size_t n);
/* The content as a NUL-terminated string; the NUL is not counted.  "" when the buffer failed. */
const char *buf_cstr(struct buf *b);

#define AUTO_BUF __attribute__((cleanup(buf_free))) struct buf

#endif
