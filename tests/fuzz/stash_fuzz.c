/* A stash that decodes holds a password without NUL; encoded again it decodes to the same. */
#include <assert.h>
#include <string.h>

#include "keyrepo/keyrepo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct io *io;
    AUTO_SECRET one = {0}, two = {0};
    AUTO_BUF file = buf_new(1024, ORDER_BIG);

    if (io == NULL)
        io = io_uv_new();
    if (stash_decode(span_of(data, size), &one, NULL) != RC_OK)
        return 0;
    assert(one.n == strlen(one.bytes));
    if (one.n == 0)
        return 0;
    assert(stash_encode(io, &one, &file, NULL) == RC_OK);
    assert(stash_decode(buf_span(&file), &two, NULL) == RC_OK);
    assert(secret_equal(&one, &two));
    return 0;
}
