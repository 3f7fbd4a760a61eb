#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADMIN "qmadmin"

static struct qmgr_options
options_for(const struct kit *k)
{
    return (struct qmgr_options){.dir = k->dir, .name = "QM1", .admin = ADMIN};
}

static void
open_again(struct kit *k)
{
    struct qmgr_options o = options_for(k);
    struct failure f = {0};

    if (core_open(k->io, &o, &k->q, &f) != RC_OK)
        fail_msg("%s", f.text);
    k->q->state = QMGR_RUNNING;
}

void
kit_open(struct kit *k)
{
    struct qmgr_options o;
    struct failure f = {0};

    *k = (struct kit){.io = io_uv_new()};
    snprintf(k->dir, sizeof(k->dir), "/tmp/grove-qmgr-%d", (int)getpid());
    (void)!io_remove_tree(k->io, k->dir, NULL);
    o = options_for(k);
    if (core_create(k->io, &o, &f) != RC_OK)
        fail_msg("%s", f.text);
    open_again(k);
}

void
kit_reopen(struct kit *k)
{
    core_close(k->q);
    open_again(k);
}

void
kit_close(struct kit *k)
{
    core_close(k->q);
    (void)!io_remove_tree(k->io, k->dir, NULL);
    io_free(k->io);
}

void
kit_run(struct kit *k)
{
    for (int i = 0; i < 4; i++)
        io_run_once(k->io, 0);
}

static void
set_attr(struct queue_def *def, const char *attr, const char *value)
{
    struct failure f = {0};
    const struct attr *a = object_attr(OBJECT_QUEUE, def->type, attr);

    assert_non_null(a);
    if (attr_set(a, def, value, true, &f) != RC_OK)
        fail_msg("%s", f.text);
}

void
kit_queue(struct kit *k, int32_t type, const char *name, ...)
{
    struct queue_def def;
    const char *attr;
    va_list ap;

    object_init(OBJECT_QUEUE, type, &def);
    text_copy(def.queue, sizeof(def.queue), name);
    va_start(ap, name);
    while ((attr = va_arg(ap, const char *)) != NULL)
        set_attr(&def, attr, va_arg(ap, const char *));
    va_end(ap);
    assert_int_equal(objects_set(k->q->objects, OBJECT_QUEUE, &def, NULL), RC_OK);
}

void
kit_alter(struct kit *k, const char *queue, const char *attr, const char *value)
{
    struct queue_def def = *(struct queue_def *)objects_find(k->q->objects, OBJECT_QUEUE, queue);

    set_attr(&def, attr, value);
    assert_int_equal(objects_set(k->q->objects, OBJECT_QUEUE, &def, NULL), RC_OK);
}

struct hconn *
kit_connect_as(struct kit *k, const char *user)
{
    struct mqi_identity who = {.appl = "kit", .appltype = 6};

    text_copy(who.user, sizeof(who.user), user);
    return mqi_connect(k->q->mqi, &who);
}

struct hconn *
kit_connect(struct kit *k)
{
    return kit_connect_as(k, ADMIN);
}

int32_t
kit_open_queue(struct hconn *h, const char *name, int32_t options)
{
    struct mqod od;
    int32_t hobj = -1;

    od_init(&od, name);
    struct mqi_result r = mqi_open(h, &od, options, &hobj, NULL);
    assert_int_equal(r.reason, 0);
    return hobj;
}

int32_t
kit_try_open(struct hconn *h, const char *name, const char *qmgr, int32_t options)
{
    struct mqod od;
    int32_t hobj = -1;

    od_init(&od, name);
    text_copy(od.qmgr, sizeof(od.qmgr), qmgr);
    struct mqi_result r = mqi_open(h, &od, options, &hobj, NULL);
    if (r.reason == 0)
        assert_int_equal(mqi_close(h, hobj, CO_NONE).reason, 0);
    return r.reason;
}

int32_t
kit_put_md(struct hconn *h, int32_t hobj, const char *text, int32_t options, struct mqmd *md)
{
    struct mqpmo pmo;

    pmo_init(&pmo);
    pmo.options = options;
    return mqi_put(h, hobj, md, &pmo, span_str(text)).reason;
}

int32_t
kit_put(struct hconn *h, int32_t hobj, const char *text, int32_t options)
{
    struct mqmd md;

    md_init(&md);
    return kit_put_md(h, hobj, text, options, &md);
}

static void
on_done(void *arg, struct mqi_get *get)
{
    struct kit_get *g = arg;

    assert_false(g->done);
    g->done = true;
    g->reason = get->result.reason;
    snprintf(g->text, sizeof(g->text), "%.*s", (int)get->data.n, (const char *)get->data.p);
    if (get->result.cc == CC_FAILED)
        snprintf(g->text, sizeof(g->text), "!%d", get->result.reason);
    buf_free(&get->data);
}

void
kit_get_start(struct hconn *h, struct kit_get *g, int32_t hobj, int32_t options, int32_t wait)
{
    g->done = false;
    g->get.hobj = hobj;
    md_init(&g->get.md);
    if (g->get.gmo.version == 0)
        gmo_init(&g->get.gmo);
    g->get.gmo.options = options;
    g->get.gmo.wait = wait;
    g->get.buffer = g->get.buffer == 0 ? 200 : g->get.buffer;
    g->get.data = buf_new(1000, ORDER_LITTLE);
    g->get.done = on_done;
    g->get.arg = g;
    mqi_get(h, &g->get);
}

const char *
kit_get(struct hconn *h, int32_t hobj, int32_t options)
{
    static struct kit_get g;

    g = (struct kit_get){0};
    kit_get_start(h, &g, hobj, options, 0);
    assert_true(g.done);
    return g.text;
}

uint32_t
kit_depth(struct kit *k, const char *queue)
{
    struct queue_figures f;

    assert_true(mqi_queue_figures(k->q->mqi, queue, &f));
    return f.depth;
}
