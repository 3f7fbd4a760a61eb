/* The queue manager below channels and listeners: error log, journal, definitions, queues. */
#include "qmgr/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the parts ask of it ---- */
struct io *
qmgr_io(struct qmgr *q)
{
    return q->io;
}

const char *
qmgr_name(const struct qmgr *q)
{
    return q->name;
}

const char *
qmgr_qmid(const struct qmgr *q)
{
    return q->def->qmid;
}

const char *
qmgr_dir(const struct qmgr *q)
{
    return q->dir;
}

const char *
qmgr_admin(const struct qmgr *q)
{
    return q->admin;
}

enum qmgr_state
qmgr_state(const struct qmgr *q)
{
    return q->state;
}

struct store *
qmgr_store(struct qmgr *q)
{
    return q->store;
}

struct objects *
qmgr_objects(struct qmgr *q)
{
    return q->objects;
}

struct errorlog *
qmgr_errorlog(struct qmgr *q)
{
    return q->errorlog;
}

struct mqi *
qmgr_mqi(struct qmgr *q)
{
    return q->mqi;
}

struct channels *
qmgr_channels(struct qmgr *q)
{
    return q->channels;
}

struct listeners *
qmgr_listeners(struct qmgr *q)
{
    return q->listeners;
}

struct qmgr_def *
qmgr_def(struct qmgr *q)
{
    return q->def;
}

int64_t
qmgr_started(const struct qmgr *q)
{
    return q->started;
}

void
qmgr_log(struct qmgr *q, const struct failure *what, const char *remote)
{
    errorlog_write(q->errorlog, what, remote);
}

/* ---- replay ---- */
static void
on_record(void *arg, const char *key, struct span value)
{
    struct qmgr *q = arg;
    struct failure f = {0};

    if (strncmp(key, KEY_OBJECT, strlen(KEY_OBJECT)) == 0) {
        if (objects_replay(q->objects, key, value, &f) != RC_OK && q->replay.rc == RC_OK)
            q->replay = f;
    } else if (strncmp(key, KEY_QUEUE, strlen(KEY_QUEUE)) == 0) {
        mqi_replay_queue(q->mqi, key + strlen(KEY_QUEUE), value);
    } else {
        mqi_replay_record(q->mqi, key, value);
    }
}

static void
on_message(void *arg, uint64_t id, uint32_t queue, struct span head, size_t body_size)
{
    struct qmgr *q = arg;

    mqi_replay_message(q->mqi, id, queue, head, body_size);
}

static void
on_prepared(
    void *arg, struct store_unit *unit, struct span xid, const uint64_t *gets, size_t n_gets)
{
    struct qmgr *q = arg;

    mqi_replay_prepared(q->mqi, unit, xid, gets, n_gets);
}

static void
on_prepared_put(
    void *arg, struct span xid, uint64_t id, uint32_t queue, struct span head, size_t body_size)
{
    struct qmgr *q = arg;

    mqi_replay_prepared_put(q->mqi, xid, id, queue, head, body_size);
}

static void
on_notice(void *arg, const struct failure *what)
{
    qmgr_log(arg, what, "");
}

static void
on_broken(void *arg, const struct failure *why)
{
    struct qmgr *q = arg;

    qmgr_log(q, why, "");
    if (q->on_broken != NULL)
        q->on_broken(q, why);
}

static const struct store_replay replay_fns = {
    .record = on_record,
    .message = on_message,
    .prepared = on_prepared,
    .prepared_put = on_prepared_put,
    .notice = on_notice,
    .broken = on_broken,
};

/* ---- open and close ---- */
static const char *
name_for(const struct qmgr_options *o)
{
    const char *slash = strrchr(o->dir, '/');

    if (o->name != NULL)
        return o->name;
    return slash != NULL ? slash + 1 : o->dir;
}

static enum rc
open_journal(struct qmgr *q, struct failure *f)
{
    char path[sizeof(q->dir) + 16];
    struct store_options options = {0};

    snprintf(path, sizeof(path), "%s/journal", q->dir);
    enum rc rc = store_open(q->io, path, &options, &replay_fns, q, &q->store, f);
    if (rc != RC_OK)
        return rc;
    mqi_recovered(q->mqi);
    if (q->replay.rc == RC_OK)
        return RC_OK;
    if (f != NULL)
        *f = q->replay;
    return q->replay.rc;
}

/* Everything but the definition of the queue manager itself. */
static enum rc
open_parts(struct io *io, const struct qmgr_options *o, struct qmgr **out, struct failure *f)
{
    struct qmgr *q = calloc(1, sizeof(*q));

    if (q == NULL)
        abort();
    q->io = io;
    q->started = io_wall(io);
    q->objects = objects_new(q);
    q->mqi = mqi_new(q);
    text_copy(q->name, sizeof(q->name), name_for(o));
    text_copy(q->admin, sizeof(q->admin), o->admin != NULL ? o->admin : "");
    enum rc rc = text_copy(q->dir, sizeof(q->dir), o->dir)
                     ? errorlog_open(io, o->dir, q->name, 0, &q->errorlog, f)
                     : fail(f, RC_LIMIT, "the folder's name is too long: %s", o->dir);
    if (rc == RC_OK)
        rc = open_journal(q, f);
    if (rc != RC_OK) {
        core_close(q);
        return rc;
    }
    q->def = objects_find(q->objects, OBJECT_QMGR, "");
    if (q->def != NULL)
        text_copy(q->name, sizeof(q->name), q->def->qmname);
    *out = q;
    return RC_OK;
}

enum rc
core_open(struct io *io, const struct qmgr_options *o, struct qmgr **out, struct failure *f)
{
    char path[sizeof((*out)->dir) + 16];
    struct qmgr *q;

    snprintf(path, sizeof(path), "%s/journal", o->dir);
    if (!io_exists(io, path)) {
        fail(f, RC_NOT_FOUND, "Queue manager %s does not exist.", name_for(o));
        failure_id(f, "AMQ8118E");
        failure_fix(f, "Create it: crtmqm %s", name_for(o));
        return RC_NOT_FOUND;
    }
    enum rc rc = open_parts(io, o, &q, f);
    if (rc == RC_BUSY) {
        fail(f, RC_BUSY, "Queue manager '%s' is running.", name_for(o));
        failure_fix(f, "End it first: endmqm -i %s", name_for(o));
    }
    if (rc != RC_OK)
        return rc;
    if (q->def == NULL) { /* crtmqm was interrupted */
        core_close(q);
        fail(f, RC_NOT_FOUND, "Queue manager %s does not exist.", name_for(o));
        failure_id(f, "AMQ8118E");
        failure_cause(f, "its folder is there, but it was never created completely");
        failure_fix(f, "Create it again: crtmqm %s", name_for(o));
        return RC_NOT_FOUND;
    }
    *out = q;
    return RC_OK;
}

void
core_close(struct qmgr *q)
{
    if (q == NULL)
        return;
    mqi_free(q->mqi);
    q->mqi = NULL;
    if (q->store != NULL)
        store_close(q->store);
    objects_free(q->objects);
    errorlog_close(q->errorlog);
    free(q);
}

/* ---- create ---- */
static enum rc
exists_already(const struct qmgr_options *o, struct failure *f)
{
    fail(f, RC_EXISTS, "Queue manager %s already exists.", o->name);
    failure_id(f, "AMQ8110E");
    return RC_EXISTS;
}

/* One unit of work: all default objects, or none. */
static enum rc
write_defaults(struct qmgr *q, const struct qmgr_options *o, struct failure *f)
{
    struct store_unit *u = store_begin(q->store);

    objects_collect(q->objects, u);
    enum rc rc = defaults_set(q, o, f);
    objects_collect(q->objects, NULL);
    if (rc != RC_OK) {
        store_backout(u);
        return rc;
    }
    rc = store_commit(u, f);
    return rc == RC_OK ? store_sync(q->store, f) : rc;
}

enum rc
core_create(struct io *io, const struct qmgr_options *o, struct failure *f)
{
    char path[600];
    struct qmgr *q;

    enum rc rc = io_mkdir(io, o->dir, f);
    snprintf(path, sizeof(path), "%s/ssl", o->dir);
    if (rc == RC_OK)
        rc = io_mkdir(io, path, f);
    if (rc == RC_OK)
        rc = open_parts(io, o, &q, f);
    if (rc == RC_BUSY)
        return exists_already(o, f);
    if (rc != RC_OK)
        return rc;
    rc = q->def == NULL ? write_defaults(q, o, f) : exists_already(o, f);
    core_close(q);
    return rc;
}
