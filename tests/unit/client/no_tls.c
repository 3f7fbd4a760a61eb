/* no_tls.c - for tests that stay in the clear: TLS that is never made. */
#include <stdlib.h>

#include "tls/tls.h"

struct tls_env *
tls_env_ref(struct tls_env *env)
{
    return env;
}
void
tls_env_free(struct tls_env *env)
{
    (void)env;
}
enum rc
tls_new(struct tls_env *env, const struct tls_options *o, struct tls **out, struct failure *f)
{
    (void)env, (void)o, (void)out;
    return fail(f, RC_UNSUPPORTED, "no TLS in this test");
}
void
tls_free(struct tls *t)
{
    (void)t;
}
enum rc
tls_input(struct tls *t, struct span bytes, struct failure *f)
{
    (void)t, (void)bytes, (void)f;
    abort();
}
enum rc
tls_start(struct tls *t, struct failure *f)
{
    (void)t, (void)f;
    abort();
}
enum rc
tls_write(struct tls *t, struct span plain, struct failure *f)
{
    (void)t, (void)plain, (void)f;
    abort();
}
void
tls_close_notify(struct tls *t)
{
    (void)t;
}
struct buf *
tls_output(struct tls *t)
{
    (void)t;
    abort();
}
struct buf *
tls_plain(struct tls *t)
{
    (void)t;
    abort();
}
bool
tls_is_ready(const struct tls *t)
{
    (void)t;
    abort();
}
bool
tls_peer_closed(const struct tls *t)
{
    (void)t;
    abort();
}
void
tls_facts(const struct tls *t, struct tls_facts *out)
{
    (void)t, (void)out;
    abort();
}
