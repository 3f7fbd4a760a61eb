/* Repository files.  A save can lose neither the old repository nor the new one. */
#include "keyrepo/keyrepo.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "keyrepo/codec.h"
#include "keyrepo/origin.h"
#include "keyrepo/path.h"

#define REQUESTS ".requests" /* key.p12.requests: pending requests and their keys, PKCS#12 too */

static struct file_print
print_of(struct span file)
{
    struct file_print print = {.there = true};

    if (EVP_Digest(file.p, file.n, print.sha256, NULL, EVP_sha256(), NULL) != 1)
        print.there = false;
    return print;
}

static bool
same_print(const struct file_print *a, const struct file_print *b)
{
    return a->there == b->there &&
           (!a->there || memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0);
}

/* ---- failures ---- */

/* GSKit's codes for what MQ reports as AMQ9660E: spec/key-repository.md 6, last paragraph. */
static enum rc
describe(struct failure *f, enum rc rc, const char *path)
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

static enum rc
not_there(struct failure *f, const char *path)
{
    fail(f, RC_NOT_FOUND, "there is no such key repository");
    failure_fix(f,
        "Set SSLKEYR to the repository that exists, or make one: runmqakm -keydb "
        "-create -db %.200s -type pkcs12 -stash",
        path);
    return describe(f, RC_NOT_FOUND, path);
}

/* ---- reading ---- */

/* Add what the file at path holds, if it is there. */
static enum rc
load_part(struct io *io, const char *path, const struct secret *password, struct keyrepo *kr,
    struct file_print *print, struct failure *f)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);

    *print = (struct file_print){0};
    if (!io_exists(io, path))
        return RC_OK;
    enum rc rc = io_load(io, path, KEYREPO_FILE_MAX, &file, f);
    if (rc == RC_OK)
        rc = keyrepo_decode(buf_span(&file), password, kr, &kr->origin->foreign, f);
    if (rc != RC_OK)
        return describe(f, rc, path);
    *print = print_of(buf_span(&file));
    return RC_OK;
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

enum rc
keyrepo_load(struct io *io, const char *given, const struct secret *password, struct keyrepo **out,
    struct failure *f)
{
    struct path path, requests;

    enum rc rc = path_resolve(io, given, &path, f);
    if (rc == RC_OK)
        rc = path_with(path.text, REQUESTS, &requests, f);
    if (rc != RC_OK)
        return rc;
    if (!io_exists(io, path.text))
        return not_there(f, path.text);
    struct keyrepo *kr = keyrepo_new();
    rc = load_part(io, path.text, password, kr, &kr->origin->repository, f);
    if (rc == RC_OK)
        rc = load_part(io, requests.text, password, kr, &kr->origin->requests, f);
    if (rc != RC_OK) {
        keyrepo_free(kr);
        return rc;
    }
    drop_answered(kr);
    text_copy(kr->origin->path, sizeof(kr->origin->path), path.text);
    *out = kr;
    return RC_OK;
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
        return describe(f, rc, path.text);
    }
    if (rc == RC_OK && password_out != NULL)
        (void)secret_set(password_out, password.bytes, password.n);
    return rc;
}

/* ---- writing ---- */

/* May what stands at path be replaced?  Its bytes go to old. */
static enum rc
check_old(struct io *io, const char *path, const struct file_print *known,
    const struct secret *password, struct buf *old, struct failure *f)
{
    if (!io_exists(io, path))
        return RC_OK;
    enum rc rc = io_load(io, path, KEYREPO_FILE_MAX, old, f);
    if (rc != RC_OK)
        return describe(f, rc, path);
    struct file_print print = print_of(buf_span(old));
    if (known != NULL && same_print(&print, known))
        return RC_OK; /* opened before, with whatever password it had then */
    if (known != NULL && known->there) {
        fail(f, RC_BUSY, "%.200s was changed by somebody else since it was opened", path);
        failure_side(f, path_name(path));
        failure_fix(f, "Nothing was written.  Do it again.");
        return RC_BUSY;
    }
    struct keyrepo *kr = keyrepo_new();
    rc = keyrepo_decode(buf_span(old), password, kr, &kr->origin->foreign, f);
    keyrepo_free(kr);
    if (rc == RC_OK)
        return RC_OK;
    describe(f, rc, path);
    failure_cause(f, "A repository that can not be opened is never overwritten.");
    return rc;
}

static enum rc
write_file(struct io *io, const char *path, struct span bytes, struct failure *f)
{
    struct io_file *file = NULL;

    enum rc rc = io_file_open(io, path, IO_WRITE | IO_CREATE | IO_TRUNCATE, &file, f);
    if (rc != RC_OK)
        return rc;
    rc = io_file_write(file, 0, bytes, f);
    if (rc == RC_OK)
        rc = io_file_sync(file, f);
    io_file_close(file);
    return rc;
}

static size_t
count_part(const struct keyrepo *kr, enum keyrepo_part part)
{
    size_t n = 0;

    for (size_t i = 0; i < kr->n; i++)
        n += (kr->entries[i].kind == KEYREPO_REQUEST) == (part == KEYREPO_PART_REQUESTS);
    return n;
}

/* What the disk holds now opens, every key fits, and nothing is missing. */
static enum rc
verify_file(struct io *io, const char *path, const struct secret *password, size_t entries,
    struct failure *f)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct keyrepo *kr = keyrepo_new();

    enum rc rc = io_load(io, path, KEYREPO_FILE_MAX, &file, f);
    if (rc == RC_OK)
        rc = keyrepo_decode(buf_span(&file), password, kr, &kr->origin->foreign, f);
    if (rc == RC_OK && kr->n != entries)
        rc = fail(
            f, RC_CORRUPT, "%.200s holds %zu entries after writing, not %zu", path, kr->n, entries);
    keyrepo_free(kr);
    return rc;
}

struct replacement {
    struct io *io;
    const char *path;
    const struct secret *password;
    const struct keyrepo *kr;
    enum keyrepo_part part;
};

/* The order matters: nothing is renamed before the new file was read back from the disk, and the
 * old one is copied, not moved, so that there is a repository under its name at every moment. */
static enum rc
replace(const struct replacement *r, struct span old, struct span new, struct failure *f)
{
    struct path fresh, previous, folder;

    enum rc rc = path_with(r->path, ".new", &fresh, f);
    if (rc == RC_OK)
        rc = path_with(r->path, ".1", &previous, f);
    if (rc == RC_OK)
        rc = write_file(r->io, fresh.text, new, f);
    if (rc == RC_OK)
        rc = verify_file(r->io, fresh.text, r->password, count_part(r->kr, r->part), f);
    if (rc == RC_OK && old.n > 0)
        rc = io_save(r->io, previous.text, old, f);
    if (rc == RC_OK)
        rc = io_rename(r->io, fresh.text, r->path, f);
    if (rc != RC_OK) {
        enum rc ignored = io_remove(r->io, fresh.text, NULL);
        (void)ignored; /* the first failure is the one to tell */
        return rc;
    }
    path_folder(r->path, &folder);
    return io_sync_dir(r->io, folder.text, f);
}

static enum rc
save_part(const struct replacement *r, struct file_print *known, bool from_here, struct failure *f)
{
    AUTO_BUF old = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    AUTO_BUF new = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);

    enum rc rc = check_old(r->io, r->path, from_here ? known : NULL, r->password, &old, f);
    if (rc == RC_OK)
        rc = keyrepo_encode(r->kr, r->part, r->password, &new, f);
    if (rc == RC_OK)
        rc = replace(r, buf_span(&old), buf_span(&new), f);
    if (rc == RC_OK)
        *known = print_of(buf_span(&new));
    return rc;
}

static enum rc
check_foreign(const struct keyrepo *kr, const char *path, struct failure *f)
{
    const struct keyrepo_foreign *foreign = &kr->origin->foreign;

    if (strcmp(kr->origin->path, path) != 0 || foreign->keys + foreign->bags == 0)
        return RC_OK;
    fail(f, RC_UNSUPPORTED,
        "%.200s holds %zu private keys without a certificate and %zu other things that would be "
        "lost if it were written again",
        path, foreign->keys, foreign->bags);
    failure_side(f, path_name(path));
    failure_fix(f, "Keep it, and make a new repository with what is needed from it.");
    return RC_UNSUPPORTED;
}

/* The certificates first: a crash between the two leaves an answered request, never a lost key. */
static enum rc
save_parts(struct io *io, const char *path, const struct secret *password, const struct keyrepo *kr,
    struct failure *f)
{
    bool from_here = strcmp(kr->origin->path, path) == 0;
    struct replacement r = {io, path, password, kr, KEYREPO_PART_CERTIFICATES};
    struct path requests;

    enum rc rc = path_with(path, REQUESTS, &requests, f);
    if (rc == RC_OK)
        rc = check_foreign(kr, path, f);
    if (rc == RC_OK)
        rc = save_part(&r, &kr->origin->repository, from_here, f);
    if (rc != RC_OK)
        return rc;
    text_copy(kr->origin->path, sizeof(kr->origin->path), path);
    if (count_part(kr, KEYREPO_PART_REQUESTS) == 0 && !io_exists(io, requests.text))
        return RC_OK;
    r.path = requests.text;
    r.part = KEYREPO_PART_REQUESTS;
    return save_part(&r, &kr->origin->requests, from_here, f);
}

enum rc
keyrepo_save(struct io *io, const char *given, const struct secret *password,
    const struct keyrepo *kr, struct failure *f)
{
    struct path path;

    enum rc rc = path_resolve(io, given, &path, f);
    if (rc == RC_OK)
        rc = keyrepo_check_keys(kr, f);
    return rc == RC_OK ? save_parts(io, path.text, password, kr, f) : rc;
}
