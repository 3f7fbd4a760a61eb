#include "qmgr/channel.h"

#include <stdlib.h>
#include <string.h>

#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"

static const struct channel_role roles[] = {
    {CT_SDR, "SDR", true, false, true},
    {CT_SVR, "SVR", true, true, true},
    {CT_RCVR, "RCVR", false, true, false},
    {CT_RQSTR, "RQSTR", false, true, false},
};

const struct channel_role *
channel_role(int32_t chltype)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (roles[i].chltype == chltype)
            return &roles[i];
    return NULL;
}

/* ---- instances ---- */
struct channel *
channel_new(struct channels *all, const struct channel_def *def)
{
    struct channel *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->all = all;
    c->def = *def;
    c->role = channel_role(def->chltype);
    c->send.shortrts = (uint32_t)def->shortrty;
    c->send.longrts = (uint32_t)def->longrty;
    c->next = all->first;
    c->at = &all->first;
    if (c->next != NULL)
        c->next->at = &c->next;
    all->first = c;
    return c;
}

static void
check_ended(struct channels *all)
{
    if (all->end_done == NULL || all->first != NULL)
        return;
    io_timer_fn *done = all->end_done;
    all->end_done = NULL;
    io_later(qmgr_io(all->q), done, all->end_arg);
}

void
channel_free(struct channel *c)
{
    struct channels *all = c->all;
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    if (c->h != NULL)
        mqi_disconnect(c->h);
    io_timer_free(c->timer);
    io_timer_free(c->retry_timer);
    buf_free(&c->recv.message);
    buf_free(&c->recv.answer);
    free(c);
    check_ended(all);
}

/* A sending channel has one instance; of a receiving one any is found. */
struct channel *
channel_find(struct channels *all, const char *name)
{
    for (struct channel *c = all->first; c != NULL; c = c->next)
        if (strcmp(c->def.channel, name) == 0)
            return c;
    return NULL;
}

bool
channels_is_stopped(struct channels *all, const char *name)
{
    return sync_mark_find(qmgr_mqi(all->q), name) == MARK_STOPPED;
}

void
channel_mark(struct channels *all, const char *name, enum sync_mark mark)
{
    if (sync_mark_find(qmgr_mqi(all->q), name) != mark)
        sync_mark_set(all->h, name, mark);
}

/* ---- what becomes of it ---- */
static void
on_retry(void *arg)
{
    sender_start(arg);
}

static void
retry_in(struct channel *c, uint64_t ms)
{
    c->state = CHS_RETRYING;
    c->substate = SUBSTATE_NONE;
    if (c->retry_timer == NULL)
        c->retry_timer = io_timer_new(qmgr_io(c->all->q), on_retry, c);
    io_timer_set(c->retry_timer, ms);
}

static void
stopped(struct channel *c)
{
    channel_mark(c->all, c->def.channel, MARK_STOPPED);
    channel_free(c);
}

static void
retry(struct channel *c)
{
    if (c->send.shortrts > 0) {
        c->send.shortrts--;
        retry_in(c, (uint64_t)c->def.shorttmr * 1000);
    } else if (c->send.longrts > 0) {
        c->send.longrts--;
        retry_in(c, (uint64_t)c->def.longtmr * 1000);
    } else {
        channel_say(
            c, RC_OK, "AMQ9999E", "Channel %s used up its retries and is stopped.", c->def.channel);
        stopped(c);
    }
}

/* Messages that came while the channel was closing would wait for the next one to start it. */
static void
start_if_needed(struct channels *all, const char *name, const char *xmitq)
{
    struct queue_figures f;
    const struct queue_def *queue = objects_find(qmgr_objects(all->q), OBJECT_QUEUE, xmitq);
    if (queue == NULL || queue->trigger == 0 || !mqi_queue_figures(qmgr_mqi(all->q), xmitq, &f) ||
        f.depth == 0)
        return;
    struct failure why;
    if (channels_start(all, name, &why) != RC_OK)
        qmgr_log(all->q, &why, "");
}

void
channel_over(struct channel *c, bool failed, uint64_t retry_ms)
{
    struct channels *all = c->all;
    if (!c->role->sends) {
        if (c->stop_asked && !c->stop_inactive)
            channel_mark(all, c->def.channel, MARK_STOPPED);
        channel_free(c);
    } else if (c->ending ||
               all->ending) { /* its mark stays: it starts again with the queue manager */
        channel_free(c);
    } else if (c->stop_asked && !c->stop_inactive) {
        stopped(c);
    } else if (c->stop_asked) {
        channel_mark(all, c->def.channel, MARK_NONE);
        channel_free(c);
    } else if (c->restart || retry_ms != 0) {
        c->restart = false;
        retry_in(c, retry_ms);
    } else if (failed || c->figures.stopreq) {
        c->figures.stopreq = false;
        retry(c);
    } else {
        char name[21], xmitq[49];
        memcpy(name, c->def.channel, sizeof name);
        memcpy(xmitq, c->def.xmitq, sizeof xmitq);
        channel_mark(all, name, MARK_NONE);
        channel_free(c);
        start_if_needed(all, name, xmitq);
    }
}

/* ---- START ---- */
static enum rc
not_found(const char *name, struct failure *f)
{
    (void)fail(f, RC_NOT_FOUND, "Channel %s is not defined.", name);
    failure_id(f, "AMQ8227E");
    return RC_NOT_FOUND;
}

static void
start_new(struct channels *all, const struct channel_def *def)
{
    struct channel *c = channel_new(all, def);
    sync_key_sender(def->channel, c->key);
    (void)text_copy(c->peer, sizeof c->peer, def->conname);
    c->state = CHS_INITIALIZING;
    channel_mark(all, def->channel, MARK_ACTIVE);
    sender_start(c);
}

static enum rc
check_startable(const struct channel_def *def, struct failure *f)
{
    const struct channel_role *role = channel_role(def->chltype);
    if (role != NULL && role->calls && def->conname[0] != '\0')
        return RC_OK;
    (void)fail(f, RC_INVALID, "Channel %s can not be started from this end.", def->channel);
    failure_id(f, "AMQ9502E");
    failure_side(f, def->channel);
    failure_fix(f, "START CHANNEL(%s) at the sending end", def->channel);
    return RC_INVALID;
}

enum rc
channels_start(struct channels *all, const char *name, struct failure *f)
{
    const struct channel_def *def = objects_find(qmgr_objects(all->q), OBJECT_CHANNEL, name);
    if (def == NULL)
        return not_found(name, f);
    bool was_stopped = channels_is_stopped(all, name);
    struct channel *c = channel_find(all, name);
    const struct channel_role *role = channel_role(def->chltype);
    if (role == NULL || !role->calls) { /* START makes it available to its partner */
        if (was_stopped)
            channel_mark(all, name, MARK_NONE);
        for (; c != NULL; c = c->next)
            if (strcmp(c->def.channel, name) == 0)
                c->stop_asked = false;
        return was_stopped || def->chltype == CT_RCVR || def->chltype == CT_SVRCONN
                   ? RC_OK
                   : check_startable(def, f);
    }
    enum rc rc = check_startable(def, f);
    if (rc != RC_OK)
        return rc;
    if (c != NULL && c->state != CHS_RETRYING) {
        (void)fail(f, RC_BUSY, "Channel %s is in use: it runs already.", name);
        failure_id(f, "AMQ9514E");
        return RC_BUSY;
    }
    if (c != NULL) /* a manual start is a new beginning, with the definition as it is now */
        channel_free(c);
    start_new(all, def);
    return RC_OK;
}

/* ---- STOP ---- */
static void
stop_now(struct channel *c)
{
    if (c->link != NULL && !c->role->sends)
        channel_send_status(
            c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, c->luwid, STATUS_USER_CLOSED, NULL);
    channel_say(c, RC_OK, "AMQ9528I", "Channel %s was stopped at once.", c->def.channel);
    channel_session_close(c, true);
    channel_over(c, false, 0);
}

static void
stop_instance(struct channel *c, enum channel_stop how, bool inactive)
{
    c->stop_asked = true;
    c->stop_inactive = inactive;
    bool has_session =
        c->state == CHS_RUNNING || c->state == CHS_PAUSED || c->state == CHS_STOPPING;
    if (how != CHANNEL_QUIESCE || !has_session)
        stop_now(c);
    else if (c->role->sends)
        sender_wake(c);
    /* else: the partner hears of it with the next heartbeat or batch (spec 10.2) */
}

static void
stop_clients(struct channels *all, const char *name)
{
    for (struct channel_client *c = all->clients, *next; c != NULL; c = next) {
        next = c->next;
        if (strcmp(c->figures.channel, name) == 0 && c->end != NULL)
            c->end(c->arg, STATUS_USER_CLOSED);
    }
}

enum rc
channels_stop(
    struct channels *all, const char *name, enum channel_stop how, bool inactive, struct failure *f)
{
    const struct channel_def *def = objects_find(qmgr_objects(all->q), OBJECT_CHANNEL, name);
    if (def == NULL && channel_find(all, name) == NULL)
        return not_found(name, f);
    if (!inactive)
        channel_mark(all, name, MARK_STOPPED);
    else if (channels_is_stopped(all, name))
        channel_mark(all, name, MARK_NONE);
    stop_clients(all, name);
    for (struct channel *c = all->first, *next; c != NULL; c = next) {
        next = c->next;
        if (strcmp(c->def.channel, name) == 0)
            stop_instance(c, how, inactive);
    }
    return RC_OK;
}

bool
channels_is_active(struct channels *all, const char *name)
{
    for (const struct channel_client *c = all->clients; c != NULL; c = c->next)
        if (strcmp(c->figures.channel, name) == 0)
            return true;
    return channel_find(all, name) != NULL;
}

/* ---- triggers ---- */
struct trigger_search {
    const char *xmitq;
    const struct channel_def *found;
};

static void
trigger_try(void *arg, void *def)
{
    struct trigger_search *s = arg;
    const struct channel_def *c = def;
    const struct channel_role *role = channel_role(c->chltype);
    if (s->found == NULL && role != NULL && role->calls && strcmp(c->xmitq, s->xmitq) == 0)
        s->found = c;
}

void
channels_trigger(struct channels *all, const char *xmitq)
{
    struct objects *o = qmgr_objects(all->q);
    struct trigger_search s = {.xmitq = xmitq};
    const struct queue_def *queue = objects_find(o, OBJECT_QUEUE, xmitq);
    if (queue != NULL && queue->trigdata[0] != '\0')
        s.found = objects_find(o, OBJECT_CHANNEL, queue->trigdata);
    else
        objects_each(o, OBJECT_CHANNEL, "*", trigger_try, &s);
    bool usable = s.found != NULL && check_startable(s.found, NULL) == RC_OK;
    if (!usable || channel_find(all, s.found->channel) != NULL ||
        channels_is_stopped(all, s.found->channel) || all->ending)
        return;
    start_new(all, s.found);
}

/* ---- life ---- */
enum rc
channels_new(struct qmgr *q, struct channels **out, struct failure *f)
{
    (void)f;
    struct channels *all = calloc(1, sizeof *all);
    if (all == NULL)
        abort();
    all->q = q;
    struct mqi_identity who = {.internal = true, .appltype = 7};
    (void)text_copy(who.user, sizeof who.user, qmgr_admin(q));
    (void)text_copy(who.appl, sizeof who.appl, "grove channel initiator");
    all->h = mqi_connect(qmgr_mqi(q), &who);
    *out = all;
    return RC_OK;
}

void
channels_free(struct channels *all)
{
    if (all == NULL)
        return;
    while (all->pings != NULL)
        channel_fail_as(all->pings, STATUS_OK, "AMQ9542E", "the queue manager ends");
    while (all->first != NULL) {
        channel_session_close(all->first, false);
        channel_free(all->first);
    }
    io_timer_free(all->end_timer);
    mqi_disconnect(all->h);
    free(all);
}

struct names { /* collected first: starting a channel changes the marks */
    char (*name)[21];
    size_t n;
};

static void
collect_active(void *arg, const char *channel, enum sync_mark mark)
{
    struct names *names = arg;
    if (mark != MARK_ACTIVE)
        return;
    names->name = realloc(names->name, (names->n + 1) * sizeof names->name[0]);
    if (names->name == NULL)
        abort();
    (void)text_copy(names->name[names->n++], sizeof names->name[0], channel);
}

void
channels_recover(struct channels *all)
{
    struct names names = {0};
    sync_mark_each(qmgr_mqi(all->q), collect_active, &names);
    for (size_t i = 0; i < names.n; i++)
        if (channels_start(all, names.name[i], NULL) == RC_NOT_FOUND)
            channel_mark(all, names.name[i], MARK_NONE);
    free(names.name);
}

void
channels_refresh_tls(struct channels *all)
{
    for (struct channel *c = all->first, *next; c != NULL; c = next) {
        next = c->next;
        if (c->link == NULL || !link_is_tls(c->link))
            continue;
        c->restart = true;
        if (c->role->sends)
            sender_wake(c);
        else if (c->step == STEP_RECEIVE)
            (void)receiver_idle(c);
    }
    for (struct channel_client *c = all->clients, *next; c != NULL; c = next) {
        next = c->next;
        if (link_is_tls(c->link) && c->end != NULL)
            c->end(c->arg, STATUS_SSL_REFRESH);
    }
}

/* ---- the end of all ---- */
static void
end_now(struct channel *c)
{
    channel_session_close(c, true);
    channel_over(c, false, 0);
}

static void
on_end_timeout(void *arg)
{
    struct channels *all = arg;
    while (all->first != NULL)
        end_now(all->first);
}

static void
end_one(struct channel *c, bool at_once)
{
    c->ending = true;
    bool running = c->state == CHS_RUNNING || c->state == CHS_PAUSED;
    if (at_once || c->link == NULL || (!running && c->step != STEP_CLOSE))
        end_now(c);
    else if (c->role->sends)
        sender_wake(c);
    else if (c->step == STEP_RECEIVE)
        (void)receiver_idle(c);
}

void
channels_end(struct channels *all, bool at_once, io_timer_fn *done, void *arg)
{
    all->ending = true;
    all->end_done = done;
    all->end_arg = arg;
    for (struct channel *c = all->first, *next; c != NULL; c = next) {
        next = c->next;
        end_one(c, at_once);
    }
    if (all->first != NULL && all->end_timer == NULL) {
        all->end_timer = io_timer_new(qmgr_io(all->q), on_end_timeout, all);
        io_timer_set(all->end_timer, 10000);
    }
    check_ended(all);
}
