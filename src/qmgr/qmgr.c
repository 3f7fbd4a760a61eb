/* The life of a queue manager: create, start, end. */
#include "qmgr/qmgr.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "qmgr/core.h"
#include "qmgr/reason.h"
#include "qmgr/server.h"

enum { QUIESCE_LOOK_MS = 50, CONTROL_QMGR = 0, CONTROL_MANUAL = 2 };

enum rc
qmgr_create(struct io *io, const struct qmgr_options *o, struct failure *f)
{
    if (o->name == NULL || !text_is_mq_name(o->name, MQ_NAME_MAX)) {
        fail(f, RC_INVALID, "'%s' is not a valid queue manager name.",
            o->name != NULL ? o->name : "");
        failure_fix(f, "Names have 1 to 48 characters: letters, digits and . / _ %%");
        return RC_INVALID;
    }
    return core_create(io, o, f);
}

/* ---- the state file ---- */
static void
state_path(const struct qmgr *q, char *to, size_t size)
{
    snprintf(to, size, "%s/qm.json", q->dir);
}

static void
print_listener(void *arg, const struct listener_status *s)
{
    struct buf *out = arg;
    bool first = out->p[out->n - 1] == '[';

    buf_printf(out, "%s{\"name\":\"%s\",\"port\":%u}", first ? "" : ",", s->name, s->port);
}

static void
first_port(void *arg, const struct listener_status *s)
{
    uint16_t *port = arg;

    if (*port == 0)
        *port = s->port;
}

void
qmgr_write_state(struct qmgr *q)
{
    char path[600];
    uint16_t port = 0;
    AUTO_BUF out = buf_new(65536, ORDER_LITTLE);

    if (q->state != QMGR_RUNNING && q->state != QMGR_QUIESCING)
        return; /* the file says that it runs */
    listeners_each(q->listeners, "*", first_port, &port);
    buf_printf(&out,
        "{\"format\":1,\"name\":\"%s\",\"qmid\":\"%s\",\"pid\":%d,\"port\":%u,"
        "\"listeners\":[",
        q->name, q->def->qmid, (int)getpid(), port);
    listeners_each(q->listeners, "*", print_listener, &out);
    buf_printf(&out, "]}\n");
    state_path(q, path, sizeof(path));
    if (!buf_ok(&out) || io_save(q->io, path, buf_span(&out), NULL) != RC_OK) {
        struct failure f;
        fail(&f, RC_IO, "%s could not be written", path);
        qmgr_log(q, &f, "");
    }
}

/* ---- start ---- */
static void
log_line(struct qmgr *q, const char *id, const char *what)
{
    struct failure f;

    fail(&f, RC_OK, "Queue manager '%s' %s.", q->name, what);
    failure_id(&f, id);
    failure_side(&f, q->name);
    qmgr_log(q, &f, "");
}

static void
start_listener(void *arg, void *def)
{
    struct qmgr *q = arg;
    const struct listener_def *l = def;
    struct failure f;

    if (l->control == CONTROL_MANUAL)
        return;
    if (listeners_start(q->listeners, l->listener, &f) != RC_OK)
        qmgr_log(q, &f, ""); /* the queue manager runs without it, as in MQ */
}

static void
on_trigger(void *arg, const char *queue)
{
    struct qmgr *q = arg;

    channels_trigger(q->channels, queue);
}

static void
on_broken(struct qmgr *q, const struct failure *why)
{
    if (q->why.rc != RC_OK)
        return;
    q->why = *why;
    q->state = QMGR_ENDING;
    q->how = QMGR_END_PREEMPTIVE;
    io_timer_set(q->ending, 0); /* not from inside the store's call */
}

static void look_whether_idle(void *arg);

static enum rc
start_parts(struct qmgr *q, struct failure *f)
{
    enum rc rc = listeners_new(q, &q->listeners, f);

    if (rc == RC_OK)
        rc = channels_new(q, &q->channels, f);
    if (rc == RC_OK)
        rc = command_server_new(q, &q->commands, f);
    if (rc == RC_OK)
        rc = listeners_open_local(q->listeners, f);
    return rc;
}

enum rc
qmgr_open(struct io *io, const struct qmgr_options *o, qmgr_ended_fn *on_ended, void *arg,
    struct qmgr **out, struct failure *f)
{
    struct qmgr *q;
    enum rc rc = core_open(io, o, &q, f);

    if (rc != RC_OK)
        return rc;
    q->on_ended = on_ended;
    q->arg = arg;
    q->on_broken = on_broken;
    q->ending = io_timer_new(io, look_whether_idle, q);
    /* Without a key repository everything works but TLS, and that says why. */
    if (tls_load(q, &q->tls_why) == RC_OK)
        q->tls_why = (struct failure){0};
    rc = start_parts(q, f);
    if (rc != RC_OK) {
        qmgr_free(q);
        return rc;
    }
    channels_recover(q->channels);
    mqi_on_trigger(q->mqi, on_trigger, q);
    objects_each(q->objects, OBJECT_LISTENER, "*", start_listener, q);
    q->state = QMGR_RUNNING;
    qmgr_write_state(q);
    log_line(q, "AMQ8003I", "started");
    *out = q;
    return RC_OK;
}

/* ---- end ---- */
static void
finish(void *arg)
{
    struct qmgr *q = arg;
    char path[600];

    if (q->state == QMGR_ENDED)
        return;
    command_server_free(q->commands);
    q->commands = NULL;
    listeners_close_all(q->listeners);
    server_end_all(q, MQRC_Q_MGR_STOPPING);
    q->state = QMGR_ENDED;
    state_path(q, path, sizeof(path));
    (void)!io_remove(q->io, path, NULL);
    log_line(q, "AMQ8004I", q->why.rc != RC_OK ? "ended because its journal failed" : "ended");
    q->on_ended(q->arg, q->why.rc != RC_OK ? &q->why : NULL);
}

/* Applications leave when they like; channels say when they are done. */
static void
look_whether_idle(void *arg)
{
    struct qmgr *q = arg;
    bool waits_for_applications = q->how == QMGR_END_CONTROLLED && mqi_connections(q->mqi) > 0;
    bool waits_for_channels = q->how != QMGR_END_PREEMPTIVE && !q->channels_ended;

    if (q->state == QMGR_ENDED)
        return;
    if (waits_for_applications || waits_for_channels)
        io_timer_set(q->ending, QUIESCE_LOOK_MS);
    else
        finish(q);
}

static void
on_channels_ended(void *arg)
{
    struct qmgr *q = arg;

    q->channels_ended = true;
    io_timer_set(q->ending, 0);
}

/* A second call may be more urgent than the first, never less. */
void
qmgr_end(struct qmgr *q, enum qmgr_end how)
{
    bool again = q->state == QMGR_QUIESCING || q->state == QMGR_ENDING;

    if (q->state == QMGR_ENDED || (again && how <= q->how))
        return;
    q->how = how;
    q->state = how == QMGR_END_CONTROLLED ? QMGR_QUIESCING : QMGR_ENDING;
    if (how == QMGR_END_CONTROLLED) {
        log_line(q, "AMQ7030I", "will end when its applications have disconnected");
        mqi_wake_all(q->mqi, MQRC_Q_MGR_QUIESCING);
    } else {
        mqi_wake_all(q->mqi, MQRC_Q_MGR_STOPPING);
    }
    if (how != QMGR_END_PREEMPTIVE)
        channels_end(q->channels, how == QMGR_END_IMMEDIATE, on_channels_ended, q);
    io_timer_set(q->ending, 0);
}

void
qmgr_free(struct qmgr *q)
{
    if (q == NULL)
        return;
    command_server_free(q->commands);
    server_end_all(q, MQRC_Q_MGR_STOPPING);
    listeners_free(q->listeners);
    channels_free(q->channels);
    io_timer_free(q->ending);
    tls_env_free(q->tls);
    core_close(q);
}
