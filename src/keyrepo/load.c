/* Opening repository files. */
#include "keyrepo/keyrepo.h"

#include "base/text.h"
#include "keyrepo/codec.h"
#include "keyrepo/origin.h"
#include "keyrepo/path.h"

static enum rc
not_there(struct failure *f, const char *path)
{
    fail(f, RC_NOT_FOUND, "there is no such key repository");
    failure_fix(f,
        "Set SSLKEYR to the repository that exists, or make one: runmqakm -keydb "
        "-create -db %.200s -type pkcs12 -stash",
        path);
    return path_failure(f, RC_NOT_FOUND, path);
}

/* Add what the file at path holds, if it is there. */
static enum rc
load_part(struct io *io, const char *path, const struct secret *password, enum keyrepo_part part,
    struct keyrepo *kr, struct failure *f)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct part_origin *origin = &kr->origin->part[part];

    if (!io_exists(io, path))
        return RC_OK;
    enum rc rc = io_load(io, path, KEYREPO_FILE_MAX, &file, f);
    if (rc == RC_OK)
        rc = keyrepo_decode(buf_span(&file), password, kr, &kr->origin->foreign, f);
    if (rc != RC_OK)
        return path_failure(f, rc, path);
    origin->file = print_of_bytes(buf_span(&file));
    origin->content = print_of_content(kr, part);
    return RC_OK;
}

/* A crash while the password was changed can leave the certificates under the new password and the
 * requests under the old one, with their new file beside them: that is the one.  What is remembered
 * is the old file, without content, so that the next save replaces it. */
static bool
load_interrupted(
    struct io *io, const char *requests, const struct secret *password, struct keyrepo *kr)
{
    AUTO_BUF old = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct path fresh;

    if (path_with(requests, FRESH_SUFFIX, &fresh, NULL) != RC_OK || !io_exists(io, fresh.text) ||
        io_load(io, requests, KEYREPO_FILE_MAX, &old, NULL) != RC_OK ||
        load_part(io, fresh.text, password, KEYREPO_PART_REQUESTS, kr, NULL) != RC_OK)
        return false;
    kr->origin->part[KEYREPO_PART_REQUESTS] =
        (struct part_origin){.file = print_of_bytes(buf_span(&old))};
    return true;
}

static enum rc
load_requests(struct io *io, const char *path, const struct secret *password, struct keyrepo *kr,
    struct failure *f)
{
    enum rc rc = load_part(io, path, password, KEYREPO_PART_REQUESTS, kr, f);
    return rc == RC_DENIED && load_interrupted(io, path, password, kr) ? RC_OK : rc;
}

/* A crash between the two files of a receive leaves the request beside the certificate that
 * answered it: the request is done. */
static void
drop_answered(struct keyrepo *kr)
{
    for (size_t i = kr->n; i-- > 0;) {
        struct keyrepo_entry *request = &kr->entries[i];
        bool answered = false;
        for (size_t j = 0; j < kr->n && request->kind == KEYREPO_REQUEST; j++)
            answered = answered || (kr->entries[j].kind == KEYREPO_PERSONAL &&
                                       EVP_PKEY_eq(kr->entries[j].key, request->key) == 1);
        if (answered)
            keyrepo_drop(kr, request);
    }
}

static enum rc
load_parts(struct io *io, const char *path, const struct secret *password, struct keyrepo *kr,
    struct failure *f)
{
    struct path requests;

    enum rc rc = path_with(path, REQUESTS_SUFFIX, &requests, f);
    if (rc == RC_OK)
        rc = load_part(io, path, password, KEYREPO_PART_CERTIFICATES, kr, f);
    if (rc == RC_OK)
        rc = load_requests(io, requests.text, password, kr, f);
    if (rc != RC_OK)
        return rc;
    drop_answered(kr);
    text_copy(kr->origin->path, sizeof(kr->origin->path), path);
    (void)secret_set(&kr->origin->password, password->bytes, password->n);
    return RC_OK;
}

enum rc
keyrepo_load(struct io *io, const char *given, const struct secret *password, struct keyrepo **out,
    struct failure *f)
{
    struct path path;

    enum rc rc = path_resolve(io, given, &path, f);
    if (rc != RC_OK)
        return rc;
    if (!io_exists(io, path.text))
        return not_there(f, path.text);
    struct keyrepo *kr = keyrepo_new();
    rc = load_parts(io, path.text, password, kr, f);
    if (rc == RC_OK)
        *out = kr;
    else
        keyrepo_free(kr);
    return rc;
}

enum rc
keyrepo_load_stashed(struct io *io, const char *given, struct keyrepo **out,
    struct secret *password_out, struct failure *f)
{
    AUTO_SECRET password = {0};
    struct path path;

    enum rc rc = path_resolve(io, given, &path, f);
    if (rc != RC_OK)
        return rc;
    if (!io_exists(io, path.text))
        return not_there(f, path.text);
    rc = stash_load(io, path.text, &password, f);
    if (rc != RC_OK)
        return rc;
    rc = keyrepo_load(io, path.text, &password, out, f);
    if (rc == RC_DENIED) {
        fail(f, rc, "the password in the stash file does not open it");
        failure_cause(f, "The stash is stale: the repository's password was changed after it was "
                         "stashed, or the two files are not of one pair.");
        return path_failure(f, rc, path.text);
    }
    if (rc == RC_OK && password_out != NULL)
        (void)secret_set(password_out, password.bytes, password.n);
    return rc;
}
