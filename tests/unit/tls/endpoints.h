/* endpoints.h - two TLS endpoints in memory, and the wire between them. */
#ifndef TEST_ENDPOINTS_H
#define TEST_ENDPOINTS_H

#include "pki.h"
#include "tls/tls.h"

struct end {
    struct tls *tls;
    enum rc rc;       /* RC_OK until it fails; then it hears nothing more */
    struct failure f;
};

/* A key repository by hand: signers end with NULL; id under label, NULL: none. */
struct tls_env *env_of(const char *file, bool strict_eku, const struct pki *const *signers,
    const struct pki *id, const char *label);
/* Aborts when the endpoint can not be made. */
void end_open(struct end *e, struct tls_env *env, const struct tls_options *o);
void end_close(struct end *e);
/* What a has to send goes to b, at most chunk bytes at a time (0: all).  False: nothing to send. */
bool wire_move(struct end *a, struct end *b, size_t chunk);
/* Start and pump until both have nothing more to say; who failed is closed and its partner told. */
void wire_run(struct end *client, struct end *server, size_t chunk);

#endif
