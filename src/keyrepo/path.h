/* path.h - the files of one repository: key.p12, its stash key.sth, its requests and generations.
 */
#ifndef KEYREPO_PATH_H
#define KEYREPO_PATH_H

#include "keyrepo/keyrepo.h"

#define REQUESTS_SUFFIX ".requests" /* pending requests and their keys, PKCS#12 too */
#define FRESH_SUFFIX ".new"         /* written, not yet renamed */

struct path {
    char text[1024];
};

/* SSLKEYR's rules: the path as given, else with .p12, else with .kdb; as given when none is there.
 */
enum rc path_resolve(
    struct io *io, const char *given, struct path *out, struct failure *f) MUST_CHECK;
/* The same stem with .sth. */
enum rc path_stash(
    struct io *io, const char *repository, struct path *out, struct failure *f) MUST_CHECK;
enum rc path_with(
    const char *path, const char *suffix, struct path *out, struct failure *f) MUST_CHECK;
void path_folder(const char *path, struct path *out);
const char *path_name(const char *path); /* without folders */

/* Complete a failure of the repository at path: its name before the text, ids, what to do.  Returns
 * rc. */
enum rc path_failure(struct failure *f, enum rc rc, const char *path);

#endif
