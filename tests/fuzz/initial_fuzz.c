/* Initial data, USERID and CONAUTH_INFO of any kind: what decodes encodes to a fixed point, and
 * credentials never exceed their fields.  The first byte chooses byte order and kind. */
#include <assert.h>
#include <string.h>

#include "wire/initial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
id_reaches_fixed_point(const struct segment *seg)
{
    AUTO_BUF one = buf_new(1024, seg->order), two = buf_new(1024, seg->order);
    struct initial_data id;
    struct segment s;
    size_t used;

    if (initial_decode(seg, &id) != RC_OK)
        return;
    initial_encode(&one, SEGF_WHOLE, &id);
    assert(segment_decode(buf_span(&one), 1024, &s, &used, NULL) == RC_OK);
    assert(initial_decode(&s, &id) == RC_OK);
    initial_encode(&two, SEGF_WHOLE, &id);
    assert(span_equal(buf_span(&one), buf_span(&two)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct segment s = {.order = data[0] & 1 ? ORDER_LITTLE : ORDER_BIG,
        .body = span_of(data + 1, size - 1)};
    struct userid u = {0};

    s.type = SEG_INITIAL_DATA;
    id_reaches_fixed_point(&s);
    s.type = SEG_USERID;
    enum rc rc = userid_decode(&s, &u);
    if (rc != RC_OK) {
        s.type = SEG_CONAUTH;
        rc = conauth_decode(&s, &u);
    }
    if (rc == RC_OK)
        assert(strlen(u.user) < sizeof u.user && u.password.n <= SECRET_MAX);
    secret_fini(&u.password);
    return 0;
}
