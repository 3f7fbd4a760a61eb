/*
 * Writing repository files.  A save can lose neither the old repository nor the new one.
 *
 * The order: both new files are written, synced and read back; then they are renamed, the
 * certificates first, so that a crash can leave an answered request but never a key that is
 * nowhere.  The old file is copied, not moved: there is a repository under its name at every
 * moment.
 */
#include "keyrepo/keyrepo.h"

#include <string.h>

#include "base/text.h"
#include "keyrepo/codec.h"
#include "keyrepo/origin.h"
#include "keyrepo/path.h"

struct saving {
    struct io *io;
    const struct secret *password;
    const struct keyrepo *kr;
    bool from_here; /* kr was read from this file, or written to it */
};
struct part_saving {
    enum keyrepo_part part;
    struct path path, fresh, previous;
    struct buf old, new;
    struct print content;
    bool changed;
    bool committed;
};

/* ---- what is there ---- */

/* May what stands there be replaced?  Its bytes are in p->old. */
static enum rc
check_old(const struct saving *s, struct part_saving *p, struct failure *f)
{
    const struct print *known = &s->kr->origin->part[p->part].file;

    if (!io_exists(s->io, p->path.text))
        return RC_OK;
    enum rc rc = io_load(s->io, p->path.text, KEYREPO_FILE_MAX, &p->old, f);
    if (rc != RC_OK)
        return path_failure(f, rc, p->path.text);
    struct print print = print_of_bytes(buf_span(&p->old));
    if (s->from_here && print_same(&print, known))
        return RC_OK; /* opened before, with whatever password it had then */
    if (s->from_here && known->there) {
        fail(f, RC_BUSY, "%.200s was changed by somebody else since it was opened", p->path.text);
        failure_side(f, path_name(p->path.text));
        failure_fix(f, "Nothing was written.  Do it again.");
        return RC_BUSY;
    }
    struct keyrepo *kr = keyrepo_new();
    rc = keyrepo_decode(buf_span(&p->old), s->password, kr, &kr->origin->foreign, f);
    keyrepo_free(kr);
    if (rc == RC_OK)
        return RC_OK;
    path_failure(f, rc, p->path.text);
    failure_cause(f, "A repository that can not be opened is never overwritten.");
    return rc;
}

static enum rc
check_foreign(const struct saving *s, const char *path, struct failure *f)
{
    const struct keyrepo_foreign *foreign = &s->kr->origin->foreign;

    if (!s->from_here || foreign->keys + foreign->bags == 0)
        return RC_OK;
    fail(f, RC_UNSUPPORTED,
        "%.200s holds %zu private keys without a certificate and %zu other things that would be "
        "lost if it were written again",
        path, foreign->keys, foreign->bags);
    failure_side(f, path_name(path));
    failure_fix(f, "Keep it, and make a new repository with what is needed from it.");
    return RC_UNSUPPORTED;
}

/* ---- the new file ---- */

static enum rc
write_file(struct io *io, const char *path, struct span bytes, bool sync, struct failure *f)
{
    struct io_file *file = NULL;

    enum rc rc = io_file_open(io, path, IO_WRITE | IO_CREATE | IO_TRUNCATE, &file, f);
    if (rc != RC_OK)
        return rc;
    rc = io_file_write(file, 0, bytes, f);
    if (rc == RC_OK && sync)
        rc = io_file_sync(file, f);
    io_file_close(file);
    return rc;
}

/* What the file system has now opens, every key fits, and nothing is missing. */
static enum rc
verify_fresh(const struct saving *s, const struct part_saving *p, struct failure *f)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct keyrepo *kr = keyrepo_new();

    enum rc rc = io_load(s->io, p->fresh.text, KEYREPO_FILE_MAX, &file, f);
    if (rc == RC_OK)
        rc = keyrepo_decode(buf_span(&file), s->password, kr, &kr->origin->foreign, f);
    if (rc == RC_OK && kr->n != keyrepo_count(s->kr, p->part))
        rc = fail(f, RC_CORRUPT, "%.200s holds %zu entries after writing, not %zu", p->fresh.text,
            kr->n, keyrepo_count(s->kr, p->part));
    keyrepo_free(kr);
    return rc;
}

static enum rc
part_init(const struct saving *s, enum keyrepo_part part, const char *path, struct part_saving *p,
    struct failure *f)
{
    const struct part_origin *origin = &s->kr->origin->part[part];

    *p = (struct part_saving){.part = part,
        .old = buf_new(KEYREPO_FILE_MAX, ORDER_BIG),
        .new = buf_new(KEYREPO_FILE_MAX, ORDER_BIG)};
    enum rc rc = path_with(path, part == KEYREPO_PART_REQUESTS ? REQUESTS_SUFFIX : "", &p->path, f);
    if (rc == RC_OK)
        rc = path_with(p->path.text, FRESH_SUFFIX, &p->fresh, f);
    if (rc == RC_OK)
        rc = path_with(p->path.text, ".1", &p->previous, f);
    if (rc == RC_OK)
        rc = check_old(s, p, f);
    p->content = print_of_content(s->kr, part);
    p->changed = !s->from_here || p->old.n == 0 || !p->content.there ||
                 !print_same(&p->content, &origin->content) ||
                 !secret_equal(s->password, &s->kr->origin->password);
    return rc;
}

static void
part_fini(const struct saving *s, struct part_saving *p)
{
    if (p->new.n > 0 && !p->committed && io_exists(s->io, p->fresh.text)) {
        enum rc ignored = io_remove(s->io, p->fresh.text, NULL);
        (void)ignored; /* the failure that left it is the one to tell */
    }
    buf_free(&p->old);
    buf_free(&p->new);
}

/* No requests: no file, and none to make. */
static bool
goes_away(const struct saving *s, const struct part_saving *p)
{
    return p->part == KEYREPO_PART_REQUESTS && keyrepo_count(s->kr, p->part) == 0;
}

static enum rc
part_prepare(const struct saving *s, struct part_saving *p, struct failure *f)
{
    if (!p->changed || goes_away(s, p))
        return RC_OK;
    enum rc rc = keyrepo_encode(s->kr, p->part, s->password, &p->new, f);
    if (rc == RC_OK)
        rc = write_file(s->io, p->fresh.text, buf_span(&p->new), true, f);
    return rc == RC_OK ? verify_fresh(s, p, f) : rc;
}

/* ---- the change ---- */

/* Not synced: the new one has been read back, this is for a person's second thoughts. */
static enum rc
part_keep_old(const struct saving *s, const struct part_saving *p, struct failure *f)
{
    if (p->new.n == 0 || p->old.n == 0)
        return RC_OK;
    return write_file(s->io, p->previous.text, buf_span(&p->old), false, f);
}

static enum rc
part_rename(const struct saving *s, struct part_saving *p, struct failure *f)
{
    struct part_origin *origin = &s->kr->origin->part[p->part];
    enum rc rc = RC_OK;

    if (goes_away(s, p)) {
        if (p->old.n > 0)
            rc = io_rename(s->io, p->path.text, p->previous.text, f);
        if (rc == RC_OK)
            *origin = (struct part_origin){0};
        return rc;
    }
    if (p->new.n == 0)
        return RC_OK;
    rc = io_rename(s->io, p->fresh.text, p->path.text, f);
    if (rc == RC_OK)
        *origin = (struct part_origin){print_of_bytes(buf_span(&p->new)), p->content};
    return rc;
}

static enum rc
commit(const struct saving *s, struct part_saving *certs, struct part_saving *requests,
    struct failure *f)
{
    struct path folder;

    path_folder(certs->path.text, &folder);
    enum rc rc = part_keep_old(s, certs, f);
    if (rc == RC_OK)
        rc = part_keep_old(s, requests, f);
    if (rc == RC_OK)
        rc = part_rename(s, certs, f);
    if (rc != RC_OK)
        return rc;
    /* From here on the requests' new file must stay, also when something fails: when the password
     * changes, it is the one that belongs to the renamed certificates (load.c looks for it). */
    requests->committed = true;
    /* A key may move from one file to the other: its new place is durable before the old goes. */
    if (certs->new.n > 0 && requests->old.n > 0)
        rc = io_sync_dir(s->io, folder.text, f);
    if (rc == RC_OK)
        rc = part_rename(s, requests, f);
    bool more = requests->new.n > 0 || (certs->new.n > 0 && requests->old.n == 0);
    return rc == RC_OK && more ? io_sync_dir(s->io, folder.text, f) : rc;
}

static enum rc
save_parts(const struct saving *s, const char *path, struct failure *f)
{
    struct part_saving certs, requests = {0};

    enum rc rc = part_init(s, KEYREPO_PART_CERTIFICATES, path, &certs, f);
    if (rc == RC_OK)
        rc = part_init(s, KEYREPO_PART_REQUESTS, path, &requests, f);
    if (rc == RC_OK)
        rc = part_prepare(s, &certs, f);
    if (rc == RC_OK)
        rc = part_prepare(s, &requests, f);
    if (rc == RC_OK)
        rc = commit(s, &certs, &requests, f);
    part_fini(s, &certs);
    part_fini(s, &requests);
    return rc;
}

enum rc
keyrepo_save(struct io *io, const char *given, const struct secret *password,
    const struct keyrepo *kr, struct failure *f)
{
    struct saving s = {io, password, kr, false};
    struct path path;

    enum rc rc = path_resolve(io, given, &path, f);
    if (rc != RC_OK)
        return rc;
    s.from_here = strcmp(kr->origin->path, path.text) == 0;
    rc = check_foreign(&s, path.text, f);
    if (rc == RC_OK)
        rc = keyrepo_check_keys(kr, f);
    if (rc == RC_OK)
        rc = save_parts(&s, path.text, f);
    if (rc != RC_OK)
        return rc;
    text_copy(kr->origin->path, sizeof(kr->origin->path), path.text);
    (void)secret_set(&kr->origin->password, password->bytes, password->n);
    return RC_OK;
}
