/* MQMD and the headers before message data: decoding consumes exactly what encoding writes, and
 * encoding again gives the same bytes.  The first byte chooses byte order and structure. */
#include <assert.h>

#include "wire/md.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_and_encode(unsigned kind, struct reader *r, struct buf *out)
{
    struct mqmd md;
    struct mqxqh x;
    struct mqdlh d;
    struct msh m;

    md_init(&md);
    switch (kind) {
    case 0:
        md_decode(r, &md);
        if (reader_ok(r))
            md_encode(out, &md);
        break;
    case 1:
        xqh_decode(r, &x);
        if (reader_ok(r))
            xqh_encode(out, &x);
        break;
    case 2:
        dlh_decode(r, &d);
        if (reader_ok(r))
            dlh_encode(out, &d);
        break;
    case 3:
        mde_decode(r, &md);
        if (reader_ok(r))
            mde_encode(out, &md);
        break;
    default:
        msh_decode(r, &m);
        if (reader_ok(r))
            msh_encode(out, &m);
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum byte_order order = data[0] & 1 ? ORDER_LITTLE : ORDER_BIG;
    unsigned kind = (data[0] >> 1) % 5;
    struct reader r = reader_of(span_of(data + 1, size - 1), order);
    AUTO_BUF one = buf_new(1024, order), two = buf_new(1024, order);

    decode_and_encode(kind, &r, &one);
    if (!reader_ok(&r))
        return 0;
    assert(one.n == size - 1 - r.left.n);
    struct reader again = reader_of(buf_span(&one), order);
    decode_and_encode(kind, &again, &two);
    assert(reader_ok(&again) && span_equal(buf_span(&one), buf_span(&two)));
    return 0;
}
