#include "target/embedded.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/process.h"
#include "qmgr/qmgr.h"

#define POLL_MS 2u
#define IMMEDIATE_MS 10000u /* then the process is killed: the journal makes that safe */

/* How an end is asked for: MQ's endmqm options as signals of the process. */
enum { SIG_QUIESCE = SIGUSR1, SIG_PREEMPT = SIGUSR2, SIG_IMMEDIATE = SIGTERM };

void
embedded_dir(const char *data, const char *qmgr, char to[EMBEDDED_PATH_MAX])
{
    char name[3 * MQ_NAME_MAX + 1];
    text_file_name(qmgr, name, sizeof(name));
    snprintf(to, EMBEDDED_PATH_MAX, "%s/qmgrs/%s", data, name);
}

static void
path_in(const char *data, const char *qmgr, const char *leaf, char to[EMBEDDED_PATH_MAX])
{
    char dir[EMBEDDED_PATH_MAX];
    embedded_dir(data, qmgr, dir);
    if (snprintf(to, EMBEDDED_PATH_MAX, "%s/%s", dir, leaf) >= EMBEDDED_PATH_MAX)
        to[0] = '\0'; /* no such file then */
}

void
embedded_socket(const char *data, const char *qmgr, char to[EMBEDDED_PATH_MAX])
{
    char path[EMBEDDED_PATH_MAX];
    path_in(data, qmgr, "sock", path);
    if (snprintf(to, EMBEDDED_PATH_MAX, "unix:%s", path) >= EMBEDDED_PATH_MAX)
        to[0] = '\0';
}

bool
embedded_exists(struct io *io, const char *data, const char *qmgr)
{
    char path[EMBEDDED_PATH_MAX];
    path_in(data, qmgr, "journal", path);
    return io_exists(io, path);
}

/* The process holds a lock on DIR/lock for its whole life and has written its id there: an id that
 * was left by a killed process is told from a living one by the lock. */
static enum rc
lock_take(struct io *io, const char *path, struct io_file **out, struct failure *f)
{
    struct io_file *file = NULL;
    enum rc rc = io_file_open(io, path, IO_READ | IO_WRITE | IO_CREATE, &file, f);
    if (rc == RC_OK)
        rc = io_file_lock(file, f);
    if (rc != RC_OK) {
        io_file_close(file);
        return rc;
    }
    *out = file;
    return RC_OK;
}

int32_t
embedded_pid(struct io *io, const char *data, const char *qmgr)
{
    char path[EMBEDDED_PATH_MAX];
    path_in(data, qmgr, "lock", path);
    if (!io_exists(io, path))
        return 0;
    struct io_file *file = NULL;
    if (lock_take(io, path, &file, NULL) != RC_BUSY) {
        io_file_close(file);
        return 0;
    }
    AUTO_BUF text = buf_new(64, ORDER_BIG);
    if (io_load(io, path, 32, &text, NULL) != RC_OK)
        return 0;
    return (int32_t)strtol(buf_cstr(&text), NULL, 10);
}

static const char *
user_name(char to[65])
{
    struct passwd entry, *found = NULL;
    char room[2048];
    if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found != NULL)
        text_copy(to, 65, found->pw_name);
    else
        snprintf(to, 65, "%u", (unsigned)geteuid());
    return to;
}

/* DATA/new-PID of a process that is no more: a creation that was killed. */
struct leftovers {
    struct io *io;
    const char *data;
};

static void
drop_leftover(void *arg, const char *name)
{
    const struct leftovers *l = arg;
    char path[EMBEDDED_PATH_MAX];
    if (strncmp(name, "new-", 4) != 0 || process_exists((int32_t)strtol(name + 4, NULL, 10)))
        return;
    if (snprintf(path, sizeof(path), "%s/%s", l->data, name) < (int)sizeof(path) &&
        io_remove_tree(l->io, path, NULL) != RC_OK)
        return; /* it harms nobody */
}

/* A queue manager is made aside and takes its place whole: killed in between, it is not there. */
static enum rc
create_whole(struct io *io, const char *data, const char *qmgr, const char *dead_letter_queue,
    struct failure *f)
{
    char dir[EMBEDDED_PATH_MAX], aside[EMBEDDED_PATH_MAX], all[EMBEDDED_PATH_MAX], admin[65];
    embedded_dir(data, qmgr, dir);
    if (snprintf(aside, sizeof(aside), "%s/new-%d", data, process_id()) >= (int)sizeof(aside) ||
        snprintf(all, sizeof(all), "%s/qmgrs", data) >= (int)sizeof(all))
        return fail(f, RC_LIMIT, "the path of the data folder is too long");
    struct leftovers leftovers = {io, data};
    struct qmgr_options o = {.dir = aside,
        .name = qmgr,
        .dead_letter_queue = dead_letter_queue,
        .admin = user_name(admin)};
    enum rc rc = io_mkdir(io, all, f);
    if (rc == RC_OK)
        rc = io_list(io, data, drop_leftover, &leftovers, f);
    if (rc == RC_OK)
        rc = qmgr_create(io, &o, f);
    if (rc == RC_OK)
        rc = io_rename(io, aside, dir, f);
    if (rc == RC_OK)
        rc = io_sync_dir(io, all, f);
    return rc;
}

enum rc
embedded_create(struct io *io, const char *data, const char *qmgr, const char *dead_letter_queue,
    struct failure *f)
{
    if (!text_is_mq_name(qmgr, MQ_NAME_MAX)) {
        enum rc rc = fail(f, RC_INVALID, "'%.60s' is not a queue manager name", qmgr);
        failure_id(f, "AMQ8101S");
        failure_fix(f, "use 1 to 48 of A-Z a-z 0-9 . / _ %%");
        return rc;
    }
    if (embedded_exists(io, data, qmgr)) {
        enum rc rc = fail(f, RC_EXISTS, "queue manager '%s' exists already", qmgr);
        failure_id(f, "AMQ8110E");
        return rc;
    }
    return create_whole(io, data, qmgr, dead_letter_queue, f);
}

static enum rc
said_failure(const char *said, const char *qmgr, struct failure *f)
{
    /* id, tab, text, newline, fix: as serve_fail() writes it */
    enum rc rc = fail(f, RC_IO, "queue manager '%s' did not start", qmgr);
    const char *tab = strchr(said, '\t');
    if (f == NULL || tab == NULL)
        return rc;
    char id[12];
    snprintf(id, sizeof(id), "%.*s", (int)(tab - said), said);
    size_t line = strcspn(tab + 1, "\n");
    fail(f, RC_IO, "%.*s", (int)line, tab + 1);
    failure_id(f, id);
    failure_side(f, qmgr);
    if (tab[1 + line] == '\n')
        failure_fix(f, "%s", tab + 2 + line);
    return rc;
}

enum rc
embedded_start(struct io *io, const char *data, const char *qmgr, struct failure *f)
{
    if (!embedded_exists(io, data, qmgr)) {
        enum rc rc = fail(f, RC_NOT_FOUND, "queue manager '%s' does not exist", qmgr);
        failure_id(f, "AMQ8118E");
        failure_fix(f, "crtmqm %s", qmgr);
        return rc;
    }
    if (embedded_pid(io, data, qmgr) != 0) {
        enum rc rc = fail(f, RC_BUSY, "queue manager '%s' is running", qmgr);
        failure_id(f, "AMQ8041E");
        return rc;
    }
    char self[EMBEDDED_PATH_MAX];
    enum rc rc = process_self(self, sizeof(self), f);
    if (rc != RC_OK)
        return rc;
    const char *const argv[] = {self, "--queue-manager", data, qmgr, NULL};
    AUTO_BUF said = buf_new(2048, ORDER_BIG);
    int32_t pid = 0;
    rc = process_start(argv, &said, &pid, f);
    if (rc != RC_OK)
        return rc;
    if (said.n > 0 || pid == 0)
        return said_failure(buf_cstr(&said), qmgr, f);
    return RC_OK;
}

enum rc
embedded_stop(struct io *io, const char *data, const char *qmgr, char how, struct failure *f)
{
    int32_t pid = embedded_pid(io, data, qmgr);
    if (pid == 0) {
        bool there = embedded_exists(io, data, qmgr);
        enum rc rc = fail(f, RC_NOT_FOUND, "queue manager '%s' %s", qmgr,
            there ? "is not running" : "does not exist");
        failure_id(f, there ? "AMQ8146E" : "AMQ8118E");
        return rc;
    }
    process_signal(pid, how == 'p' ? SIG_PREEMPT : how == 'i' ? SIG_IMMEDIATE : SIG_QUIESCE);
    if (how == 'c')
        return RC_OK;
    unsigned waited = 0;
    while (embedded_pid(io, data, qmgr) == pid) {
        process_pause(POLL_MS);
        waited += POLL_MS;
        if (how != 'w' && waited >= IMMEDIATE_MS)
            process_signal(pid, SIGKILL);
    }
    return RC_OK;
}

enum rc
embedded_delete(struct io *io, const char *data, const char *qmgr, struct failure *f)
{
    if (!embedded_exists(io, data, qmgr)) {
        enum rc rc = fail(f, RC_NOT_FOUND, "queue manager '%s' does not exist", qmgr);
        failure_id(f, "AMQ8118E");
        return rc;
    }
    if (embedded_pid(io, data, qmgr) != 0) {
        enum rc rc = fail(f, RC_BUSY, "queue manager '%s' is running", qmgr);
        failure_id(f, "AMQ8041E");
        failure_fix(f, "endmqm -w %s", qmgr);
        return rc;
    }
    char dir[EMBEDDED_PATH_MAX];
    embedded_dir(data, qmgr, dir);
    return io_remove_tree(io, dir, f);
}

struct list_each {
    io_name_fn *fn;
    void *arg;
};

static void
list_one(void *arg, const char *file)
{
    const struct list_each *each = arg;
    char name[3 * MQ_NAME_MAX + 1];
    size_t n = 0;
    for (const char *c = file; *c != '\0' && n + 1 < sizeof(name); c++) {
        unsigned byte;
        if (*c == '%' && sscanf(c + 1, "%2X", &byte) == 1) {
            name[n++] = (char)byte;
            c += 2;
        } else {
            name[n++] = *c;
        }
    }
    name[n] = '\0';
    each->fn(each->arg, name);
}

enum rc
embedded_list(struct io *io, const char *data, io_name_fn *fn, void *arg, struct failure *f)
{
    char path[EMBEDDED_PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/qmgrs", data) >= (int)sizeof(path))
        return fail(f, RC_LIMIT, "the path of the data folder is too long");
    if (!io_exists(io, path))
        return RC_OK;
    struct list_each each = {fn, arg};
    return io_list(io, path, list_one, &each, f);
}

/* ---- the process ---- */

struct serving {
    struct io *io;
    struct qmgr *qmgr;
    int code;
};

static void
on_ended(void *arg, const struct failure *why)
{
    struct serving *s = arg;
    s->code = why == NULL ? 0 : 1;
    io_stop(s->io);
}

static void
on_quiesce(void *arg)
{
    qmgr_end(((struct serving *)arg)->qmgr, QMGR_END_CONTROLLED);
}

static void
on_immediate(void *arg)
{
    qmgr_end(((struct serving *)arg)->qmgr, QMGR_END_IMMEDIATE);
}

static void
on_preempt(void *arg)
{
    qmgr_end(((struct serving *)arg)->qmgr, QMGR_END_PREEMPTIVE);
}

static int
serve_fail(const struct failure *f)
{
    char said[1200];
    snprintf(said, sizeof(said), "%s\t%s\n%s", f->id, f->text, f->fix);
    process_ready(said);
    return 1;
}

static enum rc
serve_lock(
    struct io *io, const char *data, const char *qmgr, struct io_file **lock, struct failure *f)
{
    char path[EMBEDDED_PATH_MAX], id[24];
    path_in(data, qmgr, "lock", path);
    enum rc rc = lock_take(io, path, lock, f);
    if (rc != RC_OK) {
        if (rc == RC_BUSY) {
            fail(f, rc, "queue manager '%s' is running", qmgr);
            failure_id(f, "AMQ8041E");
        }
        return rc;
    }
    snprintf(id, sizeof(id), "%-10d\n", process_id());
    return io_file_write(*lock, 0, span_str(id), f);
}

int
embedded_serve(const char *data, const char *qmgr)
{
    struct serving s = {.io = io_uv_new()};
    struct failure f = {.rc = RC_OK};
    struct io_file *lock = NULL;
    if (serve_lock(s.io, data, qmgr, &lock, &f) != RC_OK)
        return serve_fail(&f);
    char dir[EMBEDDED_PATH_MAX], admin[65];
    embedded_dir(data, qmgr, dir);
    struct qmgr_options o = {.dir = dir, .name = qmgr, .admin = user_name(admin)};
    if (qmgr_open(s.io, &o, on_ended, &s, &s.qmgr, &f) != RC_OK)
        return serve_fail(&f);
    struct io_signal *signals[] = {io_signal_new(s.io, SIG_QUIESCE, on_quiesce, &s),
        io_signal_new(s.io, SIG_IMMEDIATE, on_immediate, &s),
        io_signal_new(s.io, SIG_PREEMPT, on_preempt, &s)};
    process_ready(NULL);
    io_run(s.io);
    qmgr_free(s.qmgr);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        io_signal_free(signals[i]);
    io_file_close(lock);
    io_free(s.io);
    return s.code;
}
