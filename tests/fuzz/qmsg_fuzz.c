/* A packed descriptor that was understood, packed again, means the same. */
#include <assert.h>
#include <string.h>

#include "qmgr/qmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct mqmd a, b;
    int64_t arrived[2], expires[2];
    AUTO_BUF again = buf_new(QMSG_HEAD_MAX, ORDER_LITTLE);

    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    if (!qmsg_head_decode(span_of(p, n), &a, &arrived[0], &expires[0]))
        return 0;
    qmsg_head_encode(&again, &a, arrived[0], expires[0]);
    assert(buf_ok(&again) && again.n <= n);
    bool ok = qmsg_head_decode(buf_span(&again), &b, &arrived[1], &expires[1]);
    assert(ok && memcmp(&a, &b, sizeof(a)) == 0);
    assert(arrived[0] == arrived[1] && expires[0] == expires[1]);
    return 0;
}
