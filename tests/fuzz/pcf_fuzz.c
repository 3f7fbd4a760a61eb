/* Escape PCF: nothing is appended by a decode that failed, and text that came out goes in again.
 * The first byte chooses the byte order. */
#include <assert.h>
#include <string.h>

#include "wire/pcf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum byte_order order = data[0] & 1 ? ORDER_LITTLE : ORDER_BIG;
    AUTO_BUF text = buf_new(4096, order), again = buf_new(4096, order), b = buf_new(8192, order);
    struct pcf_header h, h2;

    if (pcf_escape_decode(span_of(data + 1, size - 1), order, &h, &text) != RC_OK) {
        assert(text.n == 0);
        return 0;
    }
    const char *s = buf_cstr(&text);
    pcf_escape_encode(&b, &h, s);
    assert(pcf_escape_decode(buf_span(&b), order, &h2, &again) == RC_OK);
    assert(strcmp(buf_cstr(&again), s) == 0 && h2.control == h.control && h2.cc == h.cc);
    return 0;
}
