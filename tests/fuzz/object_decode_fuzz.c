/* object_decode_fuzz.c - a definition that decodes encodes to bytes that decode to the same. */
#include <assert.h>
#include <string.h>

#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum object_type type, found;
    union object_any def, back;
    if (object_decode(span_of(data, size), &type, &def, sizeof(def), NULL) != RC_OK)
        return 0;
    AUTO_BUF out = buf_new(1u << 20, ORDER_BIG);
    object_encode(type, &def, &out);
    assert(buf_ok(&out));
    assert(object_decode(buf_span(&out), &found, &back, sizeof(back), NULL) == RC_OK);
    assert(found == type && memcmp(&def, &back, object_class(type)->size) == 0);
    return 0;
}
