/* The MQI's structures reach a fixed point, and a call that is split is joined to the same bytes.
 * The first byte chooses byte order and structure, the second the size of the pieces. */
#include <assert.h>

#include "wire/mqi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_and_encode(unsigned kind, struct reader *r, struct buf *out)
{
    struct mqod od;
    struct mqpmo pmo;
    struct mqgmo gmo;
    struct mqconn_body conn;

    switch (kind) {
    case 0:
        od_decode(r, &od);
        if (reader_ok(r))
            od_encode(out, &od);
        break;
    case 1:
        pmo_decode(r, &pmo);
        if (reader_ok(r))
            pmo_encode(out, &pmo);
        break;
    case 2:
        gmo_decode(r, &gmo);
        if (reader_ok(r))
            gmo_encode(out, &gmo);
        break;
    default:
        mqconn_decode(r, &conn);
        if (reader_ok(r))
            mqconn_encode(out, &conn);
        break;
    }
}

static void
structures(unsigned kind, enum byte_order order, struct span s)
{
    struct reader r = reader_of(s, order);
    AUTO_BUF one = buf_new(65536, order), two = buf_new(65536, order);

    decode_and_encode(kind, &r, &one);
    if (!reader_ok(&r) || !buf_ok(&one))
        return;
    assert(one.n == s.n - r.left.n);
    struct reader again = reader_of(buf_span(&one), order);
    decode_and_encode(kind, &again, &two);
    assert(reader_ok(&again) && span_equal(buf_span(&one), buf_span(&two)));
}

static void
split_and_join(size_t max, enum byte_order order, struct span body)
{
    AUTO_BUF whole = buf_new(1 << 20, order), cut = buf_new(1 << 22, order);
    struct mqi_header h = {0, 0, 1};
    struct mqi_join j = {0};
    bool complete = false;

    size_t start = mqi_begin(&whole, SEG_MQPUT, &h);
    buf_span_put(&whole, body);
    mqi_end(&whole, start);
    mqi_split(buf_span(&whole), max, &cut);
    for (struct span left = buf_span(&cut); left.n > 0;) {
        struct segment s;
        size_t used;
        assert(!complete);
        assert(segment_decode(left, whole.n, &s, &used, NULL) == RC_OK && used <= max);
        assert(mqi_join(&j, &s, whole.n, &complete) == RC_OK);
        left = span_of(left.p + used, left.n - used);
    }
    assert(complete && span_equal(buf_span(&j.body),
        span_of(whole.p + SEGMENT_HEADER, whole.n - SEGMENT_HEADER)));
    buf_free(&j.body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 60000)
        return 0;
    enum byte_order order = data[0] & 1 ? ORDER_LITTLE : ORDER_BIG;

    structures((data[0] >> 1) % 4, order, span_of(data + 2, size - 2));
    split_and_join(SEGMENT_HEADER + 1 + data[1], order, span_of(data + 2, size - 2));
    return 0;
}
