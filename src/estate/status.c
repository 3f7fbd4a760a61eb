#include "estate/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estate/run.h"

#define DAY 86400

static void
discard(void *arg, const struct event *e)
{
    (void)arg;
    (void)e;
}

static void
set_text(json_t *o, const char *key, const char *value)
{
    if (value[0] != '\0')
        json_object_set_new(o, key, json_string(value));
}

static void
add_certificate(struct run *r, const struct party *p, json_t *o)
{
    if (!io_exists(r->io, p->is->repository))
        return;
    struct keyrepo *kr = NULL;
    struct failure f;
    if (keyrepo_load_stashed(r->io, p->is->repository, &kr, NULL, &f) != RC_OK) {
        set_text(o, "error", f.text);
        return;
    }
    const struct keyrepo_entry *e = keyrepo_find_personal(kr, p->label);
    struct dn subject, issuer;
    if (e != NULL && dn_of_subject(e->cert, &subject, NULL) == RC_OK &&
        dn_of_issuer(e->cert, &issuer, NULL) == RC_OK) {
        char text[DN_TEXT_MAX], when[25];
        dn_print_name(&subject, text, sizeof(text));
        set_text(o, "subject", text);
        dn_print_name(&issuer, text, sizeof(text));
        set_text(o, "issuer", text);
        time_iso(cert_not_after(e->cert) * 1000000, when);
        set_text(o, "not_after", when);
        int64_t left = (cert_not_after(e->cert) - io_wall(r->io) / 1000000) / DAY;
        json_object_set_new(o, "days_left", json_integer(left));
    }
    keyrepo_free(kr);
}

static json_t *
qmgr_object(struct run *r, struct party *p)
{
    json_t *o =
        json_pack("{s:s, s:b}", "name", p->is->name, "running", target_is_running(p->target));
    set_text(o, "repository", p->is->repository);
    set_text(o, "label", p->label);
    if (target_is_running(p->target)) {
        char port[12], host[64], address[128];
        json_object_set_new(o, "pid", json_integer(target_pid(p->target)));
        const char *ask = "DISPLAY LSSTATUS(*) ALL";
        if (target_ask(p->target, ask, "PORT", port, sizeof(port), NULL) == RC_OK &&
            target_ask(p->target, ask, "IPADDR", host, sizeof(host), NULL) == RC_OK) {
            snprintf(address, sizeof(address), "%s:%s",
                host[0] == '\0' || host[0] == '*' ? "127.0.0.1" : host, port);
            set_text(o, "listener", address);
        }
    }
    add_certificate(r, p, o);
    return o;
}

static json_t *
channel_object(struct run *r, const struct estate_channel *c)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "name", c->name, "from", c->from, "to", c->to,
        "wanted", stage_name(c->stage));
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    if (!target_is_running(from->target) || !target_is_running(to->target)) {
        set_text(o, "error", "an end of it is not running");
        return o;
    }
    struct failure f = {.rc = RC_OK};
    struct channel_facts facts;
    struct channel_view v;
    if (facts_read(r, c, &facts, &f) != RC_OK ||
        channel_view(from->target, c->name, NULL, &v, &f) != RC_OK) {
        set_text(o, "error", f.text);
        return o;
    }
    bool as_wanted;
    set_text(o, "stage", stage_name(facts_stage(r, c, &facts, &as_wanted)));
    json_object_set_new(o, "as_wanted", json_boolean(as_wanted));
    set_text(o, "status", v.there ? v.status : "INACTIVE");
    set_text(o, "cipherspec", v.sslciph);
    set_text(o, "sslpeer", v.sslpeer);
    set_text(o, "sslcerti", v.sslcerti);
    json_object_set_new(o, "messages", json_integer((json_int_t)v.msgs));
    return o;
}

static bool
open_parties(struct run *r)
{
    r->parties = calloc(r->estate->n_qmgrs + 1, sizeof(r->parties[0]));
    if (r->parties == NULL)
        abort();
    for (size_t i = 0; i < r->estate->n_qmgrs; i++) {
        struct party *p = &r->parties[i];
        p->is = &r->estate->qmgrs[i];
        keyrepo_label_for(p->is->label, p->is->name, p->label);
        if (target_open(r->io, p->is->reached, r->estate->dir, p->is->name, &p->target, NULL) !=
            RC_OK)
            return false;
    }
    return true;
}

static void
close_parties(struct run *r)
{
    for (size_t i = 0; i < r->estate->n_qmgrs; i++)
        target_free(r->parties[i].target);
    free(r->parties);
}

json_t *
estate_status(struct io *io, const struct estate *e)
{
    const struct apply_options options = {.to = STAGE_NONE};
    const struct report report = {discard, NULL};
    struct run r = {.io = io, .estate = e, .options = &options, .report = &report};
    json_t *qmgrs = json_array(), *channels = json_array();
    if (open_parties(&r)) {
        for (size_t i = 0; i < e->n_qmgrs; i++)
            json_array_append_new(qmgrs, qmgr_object(&r, &r.parties[i]));
        for (size_t i = 0; i < e->n_channels; i++)
            json_array_append_new(channels, channel_object(&r, &e->channels[i]));
    }
    close_parties(&r);
    return json_pack(
        "{s:s, s:o, s:o}", "estate", e->name, "queue_managers", qmgrs, "channels", channels);
}

static bool
each_qmgr(struct io *io, const struct estate *e, bool start, estate_told_fn *told, void *arg)
{
    bool all = true;
    for (size_t i = 0; i < e->n_qmgrs; i++) {
        struct target *t = NULL;
        struct failure f = {.rc = RC_OK};
        enum rc rc = target_open(io, e->qmgrs[i].reached, e->dir, e->qmgrs[i].name, &t, &f);
        if (rc == RC_OK)
            rc = start ? target_start(t, &f) : target_stop(t, TARGET_END_IMMEDIATE, &f);
        target_free(t);
        told(arg, e->qmgrs[i].name, rc == RC_OK ? NULL : &f);
        all = all && rc == RC_OK;
    }
    return all;
}

bool
estate_start(struct io *io, const struct estate *e, estate_told_fn *told, void *arg)
{
    return each_qmgr(io, e, true, told, arg);
}

bool
estate_stop(struct io *io, const struct estate *e, estate_told_fn *told, void *arg)
{
    struct target *intruder = NULL;
    struct failure f;
    if (intruders_target(io, e, &intruder, &f) == RC_OK &&
        target_stop(intruder, TARGET_END_IMMEDIATE, &f) != RC_OK)
        told(arg, target_qmgr(intruder), &f);
    target_free(intruder);
    return each_qmgr(io, e, false, told, arg);
}
