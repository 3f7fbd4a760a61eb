#include "ca/ca.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "ca/authority.h"

struct ca *
ca_new(const struct ca_kind *kind, struct io *io, const char *dir)
{
    struct ca *ca = calloc(1, sizeof(*ca));

    if (ca == NULL)
        abort();
    ca->kind = kind;
    ca->io = io;
    text_copy(ca->dir.text, sizeof(ca->dir.text), dir);
    return ca;
}

void
ca_free(struct ca *ca)
{
    if (ca == NULL)
        return;
    X509_free(ca->root);
    X509_free(ca->intermediate);
    EVP_PKEY_free(ca->intermediate_key);
    free(ca);
}

enum rc
ca_path(const char *dir, const char *name, struct ca_path *out, struct failure *f)
{
    int n = snprintf(out->text, sizeof(out->text), "%s/%s", dir, name);

    if (n < 0 || (size_t)n >= sizeof(out->text))
        return fail(f, RC_LIMIT, "the path of an authority has at most %zu characters",
            sizeof(out->text) - 1);
    return RC_OK;
}

enum rc
ca_write(struct io *io, const char *path, struct span bytes, unsigned flags, bool sync,
    struct failure *f)
{
    struct io_file *file = NULL;

    enum rc rc = io_file_open(io, path, IO_WRITE | IO_CREATE | IO_TRUNCATE | flags, &file, f);
    if (rc == RC_OK)
        rc = io_file_write(file, 0, bytes, f);
    if (rc == RC_OK && sync)
        rc = io_file_sync(file, f);
    io_file_close(file);
    return rc;
}

void
ca_push(X509_STACK *stack, X509 *cert)
{
    X509_up_ref(cert);
    if (sk_X509_push(stack, cert) <= 0)
        abort();
}

enum rc
ca_sign(struct ca *ca, const char *name, X509_REQ *req, const struct ca_profile *profile,
    X509_STACK **chain, struct failure *f)
{
    return ca->kind->sign(ca, name, req, profile, chain, f);
}

enum rc
ca_signers(struct ca *ca, X509_STACK **out, struct failure *f)
{
    return ca->kind->signers(ca, out, f);
}

bool
ca_can_issue_at_will(const struct ca *ca)
{
    return ca->kind->issues_at_will;
}
