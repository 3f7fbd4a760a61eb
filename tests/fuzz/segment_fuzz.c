/* A segment that decodes is the same after it is encoded again; a STATUS keeps its meaning. */
#include <assert.h>
#include <string.h>

#include "wire/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
status_survives(const struct segment *s)
{
    AUTO_BUF b = buf_new(64, s->order);
    struct status one, two;
    struct segment again;
    size_t used;

    if (status_decode(s, &one) != RC_OK)
        return;
    status_encode(&b, s->flags, s->luwid, &one);
    assert(segment_decode(buf_span(&b), 64, &again, &used, NULL) == RC_OK);
    assert(status_decode(&again, &two) == RC_OK);
    assert(one.code == two.code && one.negative == two.negative && one.value == two.value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment s, again;
    struct failure f;
    size_t used, used2;

    enum rc rc = segment_decode(span_of(data, size), 32768, &s, &used, &f);
    assert(rc == RC_OK || rc == RC_SHORT || rc == RC_MALFORMED);
    if (rc != RC_OK)
        return 0;
    assert(used <= size && used == s.body.n + SEGMENT_HEADER);
    AUTO_BUF b = buf_new(32768, s.order);
    size_t start = segment_begin(&b, s.type, s.flags, s.luwid);
    buf_span_put(&b, s.body);
    segment_end(&b, start);
    assert(segment_decode(buf_span(&b), 32768, &again, &used2, NULL) == RC_OK);
    assert(used2 == used && again.type == s.type && again.flags == s.flags);
    assert(memcmp(again.luwid, s.luwid, 8) == 0 && span_equal(again.body, s.body));
    status_survives(&s);
    return 0;
}
