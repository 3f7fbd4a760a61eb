#include "target/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/embedded.h"

struct target {
    struct io *io;
    char data[EMBEDDED_PATH_MAX];
    char qmgr[MQ_NAME_MAX + 1];
    struct client *client; /* connected when first needed */
};

enum rc
target_open(struct io *io, const char *way, const char *data, const char *qmgr, struct target **out,
    struct failure *f)
{
    if (strcmp(way, "embedded") != 0) {
        enum rc rc =
            fail(f, RC_UNSUPPORTED, "queue manager %s: 'reached: %s' is not known", qmgr, way);
        failure_fix(f, "the only way so far is 'embedded'");
        return rc;
    }
    struct target *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->io = io;
    text_copy(t->data, sizeof(t->data), data);
    text_copy(t->qmgr, sizeof(t->qmgr), qmgr);
    *out = t;
    return RC_OK;
}

static void
hang_up(struct target *t)
{
    client_disconnect(t->client);
    t->client = NULL;
}

void
target_free(struct target *t)
{
    if (t == NULL)
        return;
    hang_up(t);
    free(t);
}

const char *
target_qmgr(const struct target *t)
{
    return t->qmgr;
}

/* ---- life ---- */

bool
target_exists(struct target *t)
{
    return embedded_exists(t->io, t->data, t->qmgr);
}

int32_t
target_pid(struct target *t)
{
    return embedded_pid(t->io, t->data, t->qmgr);
}

bool
target_is_running(struct target *t)
{
    return target_pid(t) != 0;
}

enum rc
target_create(struct target *t, const char *dead_letter_queue, struct failure *f)
{
    return embedded_create(t->io, t->data, t->qmgr, dead_letter_queue, f);
}

enum rc
target_start(struct target *t, struct failure *f)
{
    return target_is_running(t) ? RC_OK : embedded_start(t->io, t->data, t->qmgr, f);
}

enum rc
target_stop(struct target *t, enum target_end how, struct failure *f)
{
    static const char letters[] = {[TARGET_END_QUIESCE] = 'c',
        [TARGET_END_WAIT] = 'w',
        [TARGET_END_IMMEDIATE] = 'i',
        [TARGET_END_PREEMPTIVE] = 'p'};
    hang_up(t); /* our own connection must not keep it from ending */
    return target_is_running(t) ? embedded_stop(t->io, t->data, t->qmgr, letters[how], f) : RC_OK;
}

enum rc
target_delete(struct target *t, struct failure *f)
{
    hang_up(t);
    return embedded_delete(t->io, t->data, t->qmgr, f);
}

/* ---- administration ---- */

static enum rc
call(struct target *t, struct failure *f)
{
    if (t->client != NULL)
        return RC_OK;
    char address[EMBEDDED_PATH_MAX];
    embedded_socket(t->data, t->qmgr, address);
    enum rc rc = client_connect(t->io, address, t->qmgr, "grove", &t->client, f);
    if (rc != RC_OK)
        failure_side(f, t->qmgr);
    return rc;
}

/* A broken connection is not used again: the queue manager may have been restarted by hand. */
static enum rc
outcome(struct target *t, enum rc rc, const struct failure *f)
{
    if (rc == RC_IO || (f != NULL && (f->reason == 2009 || f->reason == 2161 || f->reason == 2162)))
        hang_up(t);
    return rc;
}

struct first_error {
    bool found;
    char id[12];
    char text[400];
};

static void
remember_error(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    (void)cells;
    (void)n;
    struct first_error *e = arg;
    size_t len = strlen(id);
    if (e->found || len == 0 || id[len - 1] == 'I' || id[len - 1] == 'W')
        return;
    e->found = true;
    text_copy(e->id, sizeof(e->id), id);
    text_copy(e->text, sizeof(e->text), text);
}

enum rc
target_mqsc(struct target *t, const char *command, struct buf *out, struct failure *f)
{
    enum rc rc = call(t, f);
    if (rc != RC_OK)
        return rc;
    AUTO_BUF answer = buf_new(16u << 20, ORDER_BIG);
    bool ok = false;
    rc = client_mqsc(t->client, command, &answer, &ok, f);
    if (rc != RC_OK)
        return outcome(t, rc, f);
    if (out != NULL)
        buf_span_put(out, buf_span(&answer));
    if (ok)
        return RC_OK;
    struct first_error e = {.found = false};
    mqsc_results(buf_cstr(&answer), remember_error, &e);
    rc = fail(f, RC_REFUSED, "%s", e.found ? e.text : "the command failed");
    failure_id(f, e.id);
    failure_side(f, t->qmgr);
    failure_cause(f, "%.300s", command);
    return rc;
}

enum rc
target_mqscf(struct target *t, struct failure *f, const char *fmt, ...)
{
    char command[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(command, sizeof(command), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(command))
        return fail(f, RC_LIMIT, "an MQSC command is too long");
    return target_mqsc(t, command, NULL, f);
}

const char *
target_cell(const struct mqsc_cell_value *cells, size_t n, const char *keyword)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(cells[i].keyword, keyword) == 0)
            return cells[i].value == NULL ? "" : cells[i].value;
    return "";
}

struct asked {
    const char *attribute;
    char *to;
    size_t size;
    bool displayed, found;
};

static void
take_cell(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    (void)id;
    (void)text;
    struct asked *a = arg;
    a->displayed = a->displayed || n > 0;
    for (size_t i = 0; i < n && !a->found; i++) {
        if (strcmp(cells[i].keyword, a->attribute) != 0)
            continue;
        a->found = true;
        text_copy(a->to, a->size, cells[i].value == NULL ? "" : cells[i].value);
    }
}

enum rc
target_ask(struct target *t, const char *command, const char *attribute, char *to, size_t size,
    struct failure *f)
{
    AUTO_BUF answer = buf_new(1u << 20, ORDER_BIG);
    to[0] = '\0';
    enum rc rc = target_mqsc(t, command, &answer, f);
    if (rc != RC_OK && rc != RC_REFUSED)
        return rc;
    struct asked a = {.attribute = attribute, .to = to, .size = size};
    if (rc == RC_OK)
        mqsc_results(buf_cstr(&answer), take_cell, &a);
    return a.displayed ? RC_OK : RC_NOT_FOUND;
}

/* ---- messages ---- */

enum rc
target_put(
    struct target *t, const char *queue, struct span data, uint8_t msgid[24], struct failure *f)
{
    enum rc rc = call(t, f);
    if (rc != RC_OK)
        return rc;
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;
    od_init(&od, queue);
    md_init(&md);
    pmo_init(&pmo);
    text_copy(md.format, sizeof(md.format), "MQSTR");
    md.persistence = 1;
    pmo.options = PMO_NO_SYNCPOINT | PMO_NEW_MSG_ID;
    rc = client_put1(t->client, &od, &md, &pmo, data, f);
    if (rc == RC_OK)
        memcpy(msgid, md.msgid, sizeof(md.msgid));
    return outcome(t, rc, f);
}

enum rc
target_get(struct target *t, const char *queue, const uint8_t msgid[24], int32_t wait_ms,
    struct mqmd *md, struct buf *out, struct failure *f)
{
    enum rc rc = call(t, f);
    if (rc != RC_OK)
        return rc;
    struct mqod od;
    struct mqgmo gmo;
    int32_t hobj;
    od_init(&od, queue);
    rc = client_open(t->client, &od, OO_INPUT_SHARED, &hobj, f);
    if (rc != RC_OK)
        return outcome(t, rc, f);
    md_init(md);
    gmo_init(&gmo);
    memcpy(md->msgid, msgid, sizeof(md->msgid));
    gmo.options = GMO_WAIT | GMO_NO_SYNCPOINT;
    gmo.wait = wait_ms;
    rc = client_get(t->client, hobj, md, &gmo, out, f);
    struct failure ignored;
    if (client_close(t->client, hobj, CO_NONE, &ignored) != RC_OK && rc == RC_OK)
        hang_up(t); /* the message is there; the next call connects again */
    return outcome(t, rc, f);
}

/* ---- error log ---- */

static bool
log_load(struct target *t, struct buf *out)
{
    char dir[EMBEDDED_PATH_MAX], path[EMBEDDED_PATH_MAX];
    embedded_dir(t->data, t->qmgr, dir);
    if (snprintf(path, sizeof(path), "%s/errors/AMQERR01.LOG", dir) >= (int)sizeof(path))
        return false;
    return io_load(t->io, path, 64u << 20, out, NULL) == RC_OK;
}

uint64_t
target_log_mark(struct target *t)
{
    AUTO_BUF log = buf_new(64u << 20, ORDER_BIG);
    return log_load(t, &log) ? log.n : 0;
}

/* One record of the log: "AMQnnnnX: summary" stands at the start of a line (spec/error-log.md). */
static const char *
next_record(const char *at)
{
    while (at != NULL && *at != '\0') {
        if (strncmp(at, "AMQ", 3) == 0 && strcspn(at, ":") <= 9)
            return at;
        at = strchr(at, '\n');
        if (at != NULL)
            at++;
    }
    return NULL;
}

static const char *
record_after(const char *record)
{
    const char *line = strchr(record, '\n');
    return line == NULL ? NULL : next_record(line + 1);
}

static void
take_paragraph(const char *record, const char *heading, char *to, size_t size)
{
    to[0] = '\0';
    const char *end = strstr(record, "\n-----");
    const char *p = strstr(record, heading);
    if (p == NULL || (end != NULL && p > end))
        return;
    p += strlen(heading);
    p += strspn(p, "\n");
    const char *stop = strstr(p, heading[1] == 'E' ? "\nACTION:" : "\n-----");
    size_t n = stop == NULL ? strlen(p) : (size_t)(stop - p);
    snprintf(to, size, "%.*s", (int)(n < size ? n : size - 1), p);
}

bool
target_log_has(struct target *t, uint64_t mark, const char *id, char *text, size_t size)
{
    AUTO_BUF log = buf_new(64u << 20, ORDER_BIG);
    if (!log_load(t, &log) || log.n < mark)
        return false;
    for (const char *r = next_record(buf_cstr(&log) + mark); r != NULL; r = record_after(r)) {
        if (strncmp(r, id, strlen(id)) != 0)
            continue;
        snprintf(text, size, "%.*s", (int)strcspn(r, "\n"), r);
        return true;
    }
    return false;
}

bool
target_log_cause(struct target *t, uint64_t mark, struct failure *out)
{
    AUTO_BUF log = buf_new(64u << 20, ORDER_BIG);
    if (!log_load(t, &log) || log.n < mark)
        return false;
    for (const char *r = next_record(buf_cstr(&log) + mark); r != NULL; r = record_after(r)) {
        size_t id = strcspn(r, ":");
        bool error = r[id - 1] == 'E' || r[id - 1] == 'S';
        if (!error || strncmp(r, "AMQ9999", 7) == 0)
            continue;
        char name[12];
        snprintf(name, sizeof(name), "%.*s", (int)id, r);
        fail(out, RC_REFUSED, "%.*s", (int)strcspn(r + id + 2, "\n"), r + id + 2);
        failure_id(out, name);
        failure_side(out, t->qmgr);
        take_paragraph(r, "\nEXPLANATION:", out->cause, sizeof(out->cause));
        take_paragraph(r, "\nACTION:", out->fix, sizeof(out->fix));
        return true;
    }
    return false;
}
