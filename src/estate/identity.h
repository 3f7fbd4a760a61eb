/*
 * identity.h - a key repository as identity.c and identity_move.c handle it: opened with its
 * stashed password, changed, saved whole.
 */
#ifndef ESTATE_IDENTITY_H
#define ESTATE_IDENTITY_H

#include "estate/run.h"

struct opened { /* a repository with its password */
    struct keyrepo *kr;
    struct secret password;
};

void opened_drop(struct opened *o);
#define AUTO_OPENED __attribute__((cleanup(opened_drop))) struct opened

/* Open it, made empty with a stash when it is absent (*made). */
enum rc repository_open(
    struct run *r, const char *path, struct opened *out, bool *made, struct failure *f) MUST_CHECK;
enum rc repository_save(
    struct run *r, const char *path, const struct opened *o, struct failure *f) MUST_CHECK;
/* Add an authority's signers; *any becomes true when one was new. */
enum rc repository_trust(struct run *r, struct keyrepo *kr, const char *name, X509_STACK *signers,
    bool *any, struct failure *f) MUST_CHECK;
const char *repository_file(const struct party *p); /* its name without the folder */
/* Tell what the same is by hand. */
void identity_tell(struct run *r, const struct party *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
