#include "keyrepo/path.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum rc
path_with(const char *path, const char *suffix, struct path *out, struct failure *f)
{
    int n = snprintf(out->text, sizeof(out->text), "%s%s", path, suffix);

    if (path[0] == '\0')
        return fail(f, RC_INVALID, "the name of a key repository is missing");
    if (n < 0 || (size_t)n >= sizeof(out->text))
        return fail(f, RC_LIMIT, "the path of a key repository has at most %zu characters",
            sizeof(out->text) - 1);
    return RC_OK;
}

const char *
path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void
path_folder(const char *path, struct path *out)
{
    size_t n = (size_t)(path_name(path) - path);

    if (n == 0)
        text_copy(out->text, sizeof(out->text), ".");
    else
        snprintf(out->text, sizeof(out->text), "%.*s", (int)(n > 1 ? n - 1 : 1), path);
}

enum rc
path_resolve(struct io *io, const char *given, struct path *out, struct failure *f)
{
    static const char *const suffixes[] = {"", ".p12", ".kdb"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        enum rc rc = path_with(given, suffixes[i], out, f);
        if (rc != RC_OK || io_exists(io, out->text))
            return rc;
    }
    return path_with(given, "", out, f);
}

enum rc
path_stash(struct io *io, const char *repository, struct path *out, struct failure *f)
{
    struct path path;

    enum rc rc = path_resolve(io, repository, &path, f);
    if (rc != RC_OK)
        return rc;
    char *name = path.text + (path_name(path.text) - path.text);
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
    return path_with(path.text, ".sth", out, f);
}

/* GSKit's codes for what MQ reports as AMQ9660E: spec/key-repository.md 6, last paragraph. */
enum rc
path_failure(struct failure *f, enum rc rc, const char *path)
{
    char text[sizeof(f->text)];

    if (f == NULL)
        return rc;
    text_copy(text, sizeof(text), f->text);
    snprintf(f->text, sizeof(f->text), "%.200s: %.250s (GSKit %d)", path, text,
        rc == RC_NOT_FOUND ? 202 : 408);
    failure_id(f, "AMQ9660E");
    failure_side(f, path_name(path));
    if (f->fix[0] == '\0' && rc == RC_DENIED)
        failure_fix(f,
            "Give the repository's password, or stash the right one: runmqakm -keydb "
            "-stashpw -db %.200s -pw PASSWORD",
            path);
    if (f->fix[0] == '\0' && (rc == RC_CORRUPT || rc == RC_MALFORMED))
        failure_fix(f, "Look at the generation before it, %.200s.1, or at a backup.", path);
    return rc;
}
