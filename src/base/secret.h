/*
 * secret.h - passwords and key bytes: locked in memory where the system allows it, wiped on
 * release, compared in constant time, never formatted.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX 128u /* GSKit's longest password, spec/key-repository.md 1.1 */

struct secret { /* lives on the stack or inside another object; secret_fini() wipes it */
    size_t n;
    char bytes[SECRET_MAX + 1]; /* NUL-terminated */
};

/* Copy n bytes in.  False, and empty, when they are more than SECRET_MAX. */
bool secret_set(struct secret *s, const char *bytes, size_t n);
void secret_fini(struct secret *s);
bool secret_equal(const struct secret *a, const struct secret *b);
/* Overwrite memory in a way that no compiler removes. */
void secret_wipe(void *p, size_t n);

#define AUTO_SECRET __attribute__((cleanup(secret_fini))) struct secret

#endif
