#include "qmgr/listener.h"

#include <stdlib.h>
#include <string.h>

#include "qmgr/core.h"
#include "qmgr/listener_internal.h"
#include "qmgr/objects.h"

enum rc
listeners_new(struct qmgr *q, struct listeners **out, struct failure *f)
{
    (void)f;
    struct listeners *l = calloc(1, sizeof *l);
    if (l == NULL)
        abort();
    l->q = q;
    *out = l;
    return RC_OK;
}

void
listeners_free(struct listeners *l)
{
    if (l == NULL)
        return;
    listeners_close_all(l);
    pending_close_all(l);
    free(l);
}

struct servers *
listeners_servers(struct listeners *l)
{
    return &l->servers;
}

static void
on_local(void *arg, struct io_stream *accepted)
{
    pending_new(arg, accepted, true);
}

static void
on_tcp(void *arg, struct io_stream *accepted)
{
    struct listener *s = arg;
    pending_new(s->all, accepted, false);
}

enum rc
listeners_open_local(struct listeners *l, struct failure *f)
{
    AUTO_BUF address = buf_new(4096, ORDER_LITTLE);
    buf_printf(&address, "unix:%s/sock", qmgr_dir(l->q));
    return io_listen(qmgr_io(l->q), buf_cstr(&address), 128, on_local, l, &l->local, f);
}

static struct listener **
find(struct listeners *l, const char *name)
{
    struct listener **at = &l->started;
    while (*at != NULL && strcmp((*at)->status.name, name) != 0)
        at = &(*at)->next;
    return at;
}

/* "host(1414)" -> 1414: what was really bound. */
static uint16_t
port_of(const char *address)
{
    const char *open = strrchr(address, '(');
    return open == NULL ? 0 : (uint16_t)strtoul(open + 1, NULL, 10);
}

static void
say(struct listeners *l, const char *id, const char *what, const char *name, const char *address)
{
    struct failure f;
    (void)fail(&f, RC_OK, "The listener %s %s on %s.", name, what, address);
    failure_id(&f, id);
    failure_side(&f, name);
    qmgr_log(l->q, &f, "");
}

static enum rc
start(struct listeners *l, const struct listener_def *def, struct failure *f)
{
    struct listener *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->all = l;
    AUTO_BUF address = buf_new(512, ORDER_LITTLE);
    bool any = def->ipaddr[0] == '\0' || strcmp(def->ipaddr, "*") == 0;
    buf_printf(&address, "%s(%d)", any ? "0.0.0.0" : def->ipaddr, (int)def->port);
    int backlog = def->backlog > 0 ? def->backlog : 100;
    enum rc rc = io_listen(qmgr_io(l->q), buf_cstr(&address), backlog, on_tcp, s, &s->io, f);
    if (rc != RC_OK) {
        failure_id(f, "AMQ9218E");
        failure_side(f, def->listener);
        failure_fix(f, "stop what uses the port, or ALTER LISTENER(%s) TRPTYPE(TCP) PORT(n)",
            def->listener);
        free(s);
        return rc;
    }
    text_copy(s->status.name, sizeof s->status.name, def->listener);
    io_listener_address(s->io, s->status.address);
    s->status.port = port_of(s->status.address);
    s->status.started = io_wall(qmgr_io(l->q));
    s->next = l->started;
    l->started = s;
    say(l, "AMQ5026I", "was started", s->status.name, s->status.address);
    return RC_OK;
}

enum rc
listeners_start(struct listeners *l, const char *name, struct failure *f)
{
    const struct listener_def *def = objects_find(qmgr_objects(l->q), OBJECT_LISTENER, name);
    if (def == NULL) {
        (void)fail(f, RC_NOT_FOUND, "The listener %s is not defined.", name);
        failure_id(f, "AMQ8147E");
        return RC_NOT_FOUND;
    }
    if (*find(l, name) != NULL) {
        (void)fail(f, RC_BUSY, "The listener %s is running already.", name);
        failure_id(f, "AMQ9255E");
        return RC_BUSY;
    }
    enum rc rc = start(l, def, f);
    if (rc == RC_OK)
        qmgr_write_state(l->q);
    return rc;
}

static void
stop(struct listeners *l, struct listener **at)
{
    struct listener *s = *at;
    *at = s->next;
    io_listener_close(s->io);
    say(l, "AMQ5027I", "has ended", s->status.name, s->status.address);
    free(s);
}

enum rc
listeners_stop(struct listeners *l, const char *name, struct failure *f)
{
    struct listener **at = find(l, name);
    if (*at == NULL) {
        (void)fail(f, RC_NOT_FOUND, "The listener %s is not running.", name);
        failure_id(f, "AMQ8147E");
        return RC_NOT_FOUND;
    }
    stop(l, at);
    qmgr_write_state(l->q);
    return RC_OK;
}

void
listeners_close_all(struct listeners *l)
{
    while (l->started != NULL)
        stop(l, &l->started);
    if (l->local != NULL)
        io_listener_close(l->local);
    l->local = NULL;
}

void
listeners_each(struct listeners *l, const char *generic,
    void (*fn)(void *arg, const struct listener_status *s), void *arg)
{
    for (struct listener *s = l->started; s != NULL; s = s->next)
        if (text_matches_generic(generic, s->status.name))
            fn(arg, &s->status);
}
