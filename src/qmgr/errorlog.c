/* The error log: text records as MQ writes them (spec/error-log.md). */
#include "qmgr/errorlog.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define DEFAULT_MAX ((uint64_t)32 << 20)
#define RECORD_MAX 8192u
#define FILES 3
#define RULE_WIDTH 79u

struct errorlog {
    struct io *io;
    struct io_file *file;
    uint64_t size, max;
    char dir[512];
    char qmgr[49];
    char user[33];
    char host[65];
};

static void
path_of(const struct errorlog *log, int number, char to[560])
{
    snprintf(to, 560, "%s/AMQERR%02d.LOG", log->dir, number);
}

static enum rc
open_first(struct errorlog *log, struct failure *f)
{
    char path[560];

    path_of(log, 1, path);
    enum rc rc = io_file_open(log->io, path, IO_READ | IO_WRITE | IO_CREATE, &log->file, f);
    if (rc != RC_OK)
        return rc;
    return io_file_size(log->file, &log->size, f);
}

static void
find_user(struct errorlog *log)
{
    struct passwd pw;
    struct passwd *found = NULL;
    char space[4096];

    if (getpwuid_r(geteuid(), &pw, space, sizeof(space), &found) == 0 && found != NULL)
        text_copy(log->user, sizeof(log->user), pw.pw_name);
    if (gethostname(log->host, sizeof(log->host) - 1) != 0)
        log->host[0] = '\0';
}

enum rc
errorlog_open(struct io *io, const char *dir, const char *qmgr, uint64_t max_bytes,
    struct errorlog **out, struct failure *f)
{
    struct errorlog *log = calloc(1, sizeof(*log));

    if (log == NULL)
        abort();
    log->io = io;
    log->max = max_bytes != 0 ? max_bytes : DEFAULT_MAX;
    snprintf(log->dir, sizeof(log->dir), "%s/errors", dir);
    text_copy(log->qmgr, sizeof(log->qmgr), qmgr);
    find_user(log);
    enum rc rc = io_mkdir(io, log->dir, f);
    if (rc == RC_OK)
        rc = open_first(log, f);
    if (rc != RC_OK) {
        errorlog_close(log);
        return rc;
    }
    *out = log;
    return RC_OK;
}

void
errorlog_close(struct errorlog *log)
{
    if (log == NULL)
        return;
    if (log->file != NULL)
        io_file_close(log->file);
    free(log);
}

/* 02 becomes 03, 01 becomes 02, a new 01 begins. */
static void
rotate(struct errorlog *log)
{
    char from[560];
    char to[560];

    io_file_close(log->file);
    log->file = NULL;
    log->size = 0;
    for (int i = FILES; i > 1; i--) {
        path_of(log, i - 1, from);
        path_of(log, i, to);
        if (io_exists(log->io, from))
            (void)!io_rename(log->io, from, to, NULL);
    }
    (void)!open_first(log, NULL);
}

static void
print_header(const struct errorlog *log, const char *remote, struct buf *out)
{
    char date[11];
    char clock[9];
    char iso[25];
    int64_t now = io_wall(log->io);

    time_date(now, date); /* yyyy-mm-dd */
    time_clock(now, clock);
    time_iso(now, iso);
    buf_printf(out, "%.2s/%.2s/%.4s %.2s:%.2s:%.2s - Process(%d.1) User(%s) Program(grove)\n",
        date + 8, date + 5, date, clock, clock + 3, clock + 6, (int)getpid(), log->user);
    buf_printf(out, "%20s  Host(%s) Installation(Grove)\n", "", log->host);
    buf_printf(out, "%20s  VRMF(0.1.0.0) QMgr(%s)\n", "", log->qmgr);
    buf_printf(out, "%20s  Time(%s)\n", "", iso);
    if (remote != NULL && remote[0] != '\0')
        buf_printf(out, "%20s  RemoteHost(%s)\n", "", remote);
}

static void
print_comments(const struct failure *what, struct buf *out)
{
    if (what->reason != 0)
        buf_printf(out, "%20s  ArithInsert1(%d)\n", "", what->reason);
    if (what->side[0] != '\0')
        buf_printf(out, "%20s  CommentInsert1(%s)\n", "", what->side);
}

static void
print_rule(struct buf *out, const char *what)
{
    size_t start = out->n;

    buf_printf(out, "----- %s ", what);
    while (buf_ok(out) && out->n - start < RULE_WIDTH)
        buf_u8(out, '-');
    buf_u8(out, '\n');
}

/* Control characters in names that a partner sent would make false records. */
static void
make_harmless(struct buf *b, size_t from)
{
    for (size_t i = from; i < b->n; i++)
        if ((b->p[i] < ' ' && b->p[i] != '\n') || b->p[i] == 0x7f)
            b->p[i] = '?';
}

static void
print_line(struct buf *out, const char *text)
{
    size_t start = out->n;

    buf_printf(out, "%s", text);
    for (size_t i = start; i < out->n; i++)
        if (out->p[i] == '\n')
            out->p[i] = ' ';
    buf_u8(out, '\n');
}

static void
print_record(
    const struct errorlog *log, const struct failure *what, const char *remote, struct buf *out)
{
    print_header(log, remote, out);
    print_comments(what, out);
    buf_printf(out, "\n%s%s", what->id, what->id[0] != '\0' ? ": " : "");
    print_line(out, what->text);
    buf_printf(out, "\nEXPLANATION:\n");
    print_line(out, what->cause[0] != '\0' ? what->cause : what->text);
    buf_printf(out, "ACTION:\n");
    print_line(out, what->fix[0] != '\0' ? what->fix : "None.");
    print_rule(out, "grove");
    make_harmless(out, 0);
}

void
errorlog_write(struct errorlog *log, const struct failure *what, const char *remote)
{
    AUTO_BUF record = buf_new(RECORD_MAX, ORDER_LITTLE);

    if (log == NULL)
        return;
    print_record(log, what, remote, &record);
    if (log->file == NULL || log->size + record.n > log->max)
        rotate(log);
    if (log->file == NULL || !buf_ok(&record))
        return;
    if (io_file_write(log->file, log->size, buf_span(&record), NULL) == RC_OK)
        log->size += record.n;
}
