#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

void
secret_wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}

bool
secret_set(struct secret *s, const char *bytes, size_t n)
{
    secret_fini(s);
    if (n > SECRET_MAX)
        return false;
    (void)mlock(s, sizeof(*s)); /* best effort: unprivileged limits are small */
    memcpy(s->bytes, bytes, n);
    s->bytes[n] = '\0';
    s->n = n;
    return true;
}

void
secret_fini(struct secret *s)
{
    secret_wipe(s, sizeof(*s));
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
    unsigned differ = a->n != b->n;
    for (size_t i = 0; i < SECRET_MAX; i++)
        differ |= (unsigned)(a->bytes[i] ^ b->bytes[i]);
    return differ == 0;
}
