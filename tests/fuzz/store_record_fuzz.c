/* Journal records: bytes that decode as a record encode to the same bytes, wherever they stand.
 * Since hardly any input has a right checksum, the input is also framed as a payload of each kind.
 */
#include <assert.h>
#include <string.h>

#include "store/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct record_opening place = {.size = 1 << 20, .generation = 3, .nonce = 5};

static void
again(struct buf *b, enum record_kind kind, struct span payload)
{
    struct record_message m;
    struct record_part p;
    struct record_set s;
    struct record_unit u;
    uint64_t ids[64];

    if ((kind == RECORD_PUT || kind == RECORD_COPY) && record_message_decode(payload, &m)) {
        record_message_encode(b, &m);
    } else if (kind == RECORD_PART && record_part_decode(payload, &p)) {
        record_part_encode(b, &p);
    } else if ((kind == RECORD_SET || kind == RECORD_KEEP) && record_set_decode(payload, &s)) {
        record_set_encode(b, &s);
    } else if (record_unit_decode(payload, &u) && u.n_ids <= 64) {
        for (uint32_t i = 0; i < u.n_ids; i++)
            ids[i] = record_unit_id(&u, i);
        record_unit_encode(b, u.unit, u.xid, ids, u.n_ids);
    } else {
        buf_span_put(b, payload);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_BUF framed = buf_new(1 << 20, ORDER_LITTLE), copy = buf_new(1 << 20, ORDER_LITTLE);
    struct record_opening o;
    struct record r;
    uint8_t bytes[RECORD_OPENING];

    if (size < 1 || size > 65536)
        return 0;
    if (record_opening_decode(span_of(data + 1, size - 1), &o) == RC_OK) {
        record_opening_encode(&o, bytes);
        assert(record_opening_decode(span_of(bytes, sizeof bytes), &o) == RC_OK);
    }
    (void)!record_decode(span_of(data + 1, size - 1), &place, 128, &r);
    enum record_kind kind = (enum record_kind)(1 + data[0] % (RECORD_KINDS - 1));
    record_begin(&framed);
    buf_put(&framed, data + 1, size - 1);
    record_end(&framed, 0, &place, 128, kind, 99);
    assert(record_decode(buf_span(&framed), &place, 128, &r) == RC_OK);
    assert(
        r.kind == kind && r.size == framed.n && span_equal(r.payload, span_of(data + 1, size - 1)));
    record_begin(&copy);
    again(&copy, kind, r.payload);
    record_end(&copy, 0, &place, 128, kind, 99);
    assert(span_equal(buf_span(&copy), buf_span(&framed)));
    return 0;
}
