/*
 * apply.c - the order of a run: queue managers, then each channel through its stages, one at a
 * time; a step that fails is undone, and the stage before is proved.
 */
#include "estate/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estate/run.h"

static void
tell_failure(struct run *r, enum stage stage, const char *channel, const struct failure *f)
{
    struct event e = {.kind = f->rc == RC_WAITING ? EVENT_WAITING : EVENT_FAILED,
        .step = stage_name(stage),
        .channel = channel,
        .failure = f};
    run_event(r, &e);
}

static void
tell_proof(struct run *r, const struct estate_channel *c, enum stage stage, const struct proof *p,
    uint64_t since)
{
    char text[200];
    snprintf(text, sizeof(text), "%u messages put on %s, got from %s, equal", p->messages, c->from,
        c->to);
    const struct channel_view *seen = stage == STAGE_SERVER_ONLY ? &p->from : &p->to;
    struct event e = {.kind = EVENT_PROOF,
        .step = stage_name(stage),
        .channel = c->name,
        .text = text,
        .ok = true,
        .messages = p->messages,
        .ms = run_ms(r, since)};
    if (stage > STAGE_BASELINE) {
        e.cipherspec = p->from.sslciph;
        e.sslpeer = seen->sslpeer;
        e.sslcerti = seen->sslcerti;
    }
    run_event(r, &e);
    if (stage <= STAGE_BASELINE)
        return;
    struct event facts[] = {
        {.kind = EVENT_FACT, .id = "negotiated", .text = p->from.sslciph},
        {.kind = EVENT_FACT, .id = c->from, .text = p->from.sslpeer, .sslcerti = p->from.sslcerti},
        {.kind = EVENT_FACT, .id = c->to, .text = p->to.sslpeer, .sslcerti = p->to.sslcerti},
    };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        run_event(r, &facts[i]);
}

/* Make the channel again what it was before the step, and prove that it works. */
static enum apply_exit
step_back(struct run *r, const struct estate_channel *c, enum stage stage,
    const struct channel_facts *before)
{
    struct failure f = {.rc = RC_OK};
    struct proof p;
    enum rc rc = channel_stop(r, c, &f);
    if (rc == RC_OK)
        rc = stage_set(r, c, before, &f);
    if (rc == RC_OK)
        rc = proof_take(r, c, stage, &p, &f);
    struct event e = {.kind = EVENT_BACK,
        .step = stage_name(stage),
        .channel = c->name,
        .ok = rc == RC_OK,
        .failure = &f};
    run_event(r, &e);
    return rc == RC_OK ? APPLY_FAILED : APPLY_LEFTOVER;
}

static void
tell_stage(struct run *r, const struct estate_channel *c, enum stage stage)
{
    char text[256];
    if (stage == STAGE_SERVER_ONLY)
        snprintf(
            text, sizeof(text), "%s proves who it is; %s has no certificate yet", c->to, c->from);
    else if (stage == STAGE_BASELINE)
        snprintf(text, sizeof(text), "%s to %s, in the clear", c->from, c->to);
    else if (stage == STAGE_MUTUAL)
        snprintf(text, sizeof(text), "%s and %s both prove who they are", c->from, c->to);
    else
        snprintf(text, sizeof(text), "only %s, as an unprivileged user, to one queue of %s",
            c->from, c->to);
    run_step(r, stage_name(stage), c->name, text);
}

static enum rc
filtered_refusals(struct run *r, const struct estate_channel *c, struct failure *f)
{
    enum rc rc = refusal_forbidden_queue(r, c, f);
    return rc == RC_OK ? intruders_try(r, c, f) : rc;
}

/* The return channel of a pair whose certificates are proved: both ends and the trust, from
 * nothing. */
static enum rc
prepare_return(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    enum rc rc = stage_raise(r, c, STAGE_BASELINE, f);
    if (rc == RC_OK)
        rc = identity_trust(r, from, to, f);
    return rc == RC_OK ? identity_trust(r, to, from, f) : rc;
}

/* One step: from stage `before` to `stage`, which may be the same when the CipherSpec or a filter
 * is not as wanted, or much later for a return channel, which goes there at once.  A step that
 * fails, or that a person has to act for, leaves the channel as it was. */
static enum apply_exit
step_up(struct run *r, const struct estate_channel *c, enum stage before, enum stage stage,
    bool at_once)
{
    struct failure f = {.rc = RC_OK};
    struct channel_facts was = {.from_exists = false};
    struct proof p;
    tell_stage(r, c, stage);
    uint64_t since = io_now_us(r->io);
    enum rc rc = facts_read(r, c, &was, &f);
    if (rc == RC_OK && at_once)
        rc = prepare_return(r, c, &f);
    if (rc == RC_OK)
        rc = stage_raise(r, c, stage, &f);
    if (rc == RC_OK)
        rc = proof_take(r, c, stage, &p, &f);
    if (rc == RC_OK)
        tell_proof(r, c, stage, &p, since);
    if (rc == RC_OK && stage == STAGE_FILTERED)
        rc = filtered_refusals(r, c, &f);
    if (rc == RC_OK)
        return APPLY_DONE;
    tell_failure(r, stage, c->name, &f);
    enum apply_exit exit = before >= STAGE_BASELINE ? step_back(r, c, before, &was) : APPLY_FAILED;
    return rc == RC_WAITING && exit == APPLY_FAILED ? APPLY_WAITING : exit;
}

/* Its certificates are proved by the other direction: only the roles are new. */
static bool
is_return_channel(struct run *r, const struct estate_channel *c, const struct channel_facts *facts)
{
    if (facts->from_exists || facts->to_exists)
        return false;
    for (const struct estate_channel *o = r->estate->channels; o < c; o++) {
        struct channel_facts other;
        bool as_wanted;
        if (strcmp(o->from, c->to) == 0 && strcmp(o->to, c->from) == 0 &&
            facts_read(r, o, &other, NULL) == RC_OK &&
            facts_stage(r, o, &other, &as_wanted) >= STAGE_MUTUAL)
            return true;
    }
    return false;
}

static enum apply_exit
go_down(struct run *r, const struct estate_channel *c, enum stage is, enum stage wanted)
{
    struct failure f = {.rc = RC_OK};
    if (!r->options->allow_downgrade) {
        fail(&f, RC_DENIED, "%s is in stage %s; %s would be a step down", c->name, stage_name(is),
            stage_name(wanted));
        failure_fix(&f, "say so: grove apply --to %s --allow-downgrade", stage_name(wanted));
        tell_failure(r, wanted, c->name, &f);
        return APPLY_FAILED;
    }
    struct proof p;
    struct channel_facts facts;
    tell_stage(r, c, wanted);
    uint64_t since = io_now_us(r->io);
    enum rc rc = channel_stop(r, c, &f);
    if (rc == RC_OK)
        rc = facts_read(r, c, &facts, &f);
    if (rc == RC_OK)
        rc = stage_facts(r, c, wanted, &facts, &f);
    if (rc == RC_OK)
        rc = stage_set(r, c, &facts, &f);
    if (rc == RC_OK)
        rc = proof_take(r, c, wanted, &p, &f);
    if (rc == RC_OK) {
        tell_proof(r, c, wanted, &p, since);
        return APPLY_DONE;
    }
    tell_failure(r, wanted, c->name, &f);
    return APPLY_LEFTOVER;
}

static enum apply_exit
apply_channel(struct run *r, const struct estate_channel *c)
{
    struct failure f = {.rc = RC_OK};
    struct channel_facts facts;
    enum rc rc = party_ready(r, run_party(r, c->to), &f);
    if (rc == RC_OK)
        rc = party_ready(r, run_party(r, c->from), &f);
    if (rc == RC_OK)
        rc = facts_read(r, c, &facts, &f);
    if (rc != RC_OK) {
        tell_failure(r, STAGE_BASELINE, c->name, &f);
        return APPLY_FAILED;
    }
    bool as_wanted = true;
    enum stage is = facts_stage(r, c, &facts, &as_wanted);
    enum stage wanted = r->options->to == STAGE_NONE ? c->stage : r->options->to;
    if (is == wanted && as_wanted)
        return APPLY_DONE;
    if (is >= STAGE_BASELINE) { /* an adopted pair lacks what the proofs need */
        rc = stage_raise(r, c, STAGE_BASELINE, &f);
        if (rc != RC_OK) {
            tell_failure(r, is, c->name, &f);
            return APPLY_FAILED;
        }
    }
    if (is > wanted)
        return go_down(r, c, is, wanted);
    if (is < wanted && wanted >= STAGE_MUTUAL && is_return_channel(r, c, &facts))
        return step_up(r, c, is, wanted, true);
    enum apply_exit exit =
        is > STAGE_NONE && !as_wanted ? step_up(r, c, is, is, false) : APPLY_DONE;
    for (enum stage s = is + 1; exit == APPLY_DONE && s <= wanted; s++)
        exit = step_up(r, c, s - 1, s, false);
    return exit;
}

/* What will be needed is started now: RSA keys take longer than all the rest. */
static void
want_keys(struct run *r)
{
    if (r->options->to == STAGE_BASELINE)
        return;
    for (size_t i = 0; i < r->estate->n_qmgrs; i++) {
        bool found = false;
        if (identity_find(r, &r->parties[i], &found, NULL) == RC_OK && !found)
            keyring_want(r->keys, r->parties[i].is->name, r->parties[i].is->key);
    }
}

/* A refreshed repository stops the TLS channels of its queue manager, and their partners would wait
 * out a retry interval: no channel is left like that. */
static enum apply_exit
settle(struct run *r)
{
    enum apply_exit exit = APPLY_DONE;
    for (size_t i = 0; i < r->estate->n_channels; i++) {
        const struct estate_channel *c = &r->estate->channels[i];
        struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
        struct channel_view v;
        struct failure f = {.rc = RC_OK};
        if (!from->ready || !to->ready)
            continue;
        enum rc rc = channel_view(from->target, c->name, NULL, &v, &f);
        if (rc == RC_OK && v.there && strcmp(v.status, "RUNNING") != 0 &&
            strcmp(v.status, "STOPPED") != 0)
            rc = channel_restart(r, c, &f);
        if (rc != RC_OK) {
            tell_failure(r, c->stage, c->name, &f);
            exit = APPLY_FAILED;
        }
    }
    return exit;
}

static enum rc
run_open(struct run *r, struct failure *f)
{
    r->parties = calloc(r->estate->n_qmgrs + 1, sizeof(r->parties[0]));
    if (r->parties == NULL)
        abort();
    r->keys = keyring_new(r->io);
    r->started_us = io_now_us(r->io);
    for (size_t i = 0; i < r->estate->n_qmgrs; i++) {
        struct party *p = &r->parties[i];
        p->is = &r->estate->qmgrs[i];
        keyrepo_label_for(p->is->label, p->is->name, p->label);
        enum rc rc = target_open(r->io, p->is->reached, r->estate->dir, p->is->name, &p->target, f);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static void
run_close(struct run *r)
{
    for (size_t i = 0; i < r->estate->n_qmgrs; i++)
        target_free(r->parties[i].target);
    keyring_free(r->keys);
    free(r->parties);
}

enum apply_exit
apply_run(struct io *io, const struct estate *e, const struct apply_options *o,
    const struct report *report)
{
    struct run r = {.io = io, .estate = e, .options = o, .report = report};
    struct failure f = {.rc = RC_OK};
    enum apply_exit exit = APPLY_DONE;
    if (run_open(&r, &f) != RC_OK) {
        tell_failure(&r, STAGE_NONE, "", &f);
        exit = APPLY_FAILED;
    }
    if (exit == APPLY_DONE)
        want_keys(&r);
    for (size_t i = 0; exit == APPLY_DONE && i < e->n_channels; i++)
        if (o->channel == NULL || strcmp(o->channel, e->channels[i].name) == 0)
            exit = apply_channel(&r, &e->channels[i]);
    intruders_end(&r);
    if (exit == APPLY_DONE && r.changed)
        exit = settle(&r);
    struct event done = {.kind = EVENT_DONE,
        .ok = exit == APPLY_DONE,
        .changed = r.changed,
        .ms = run_ms(&r, r.started_us),
        .keygen_ms = keyring_waited_ms(r.keys)};
    run_event(&r, &done);
    run_close(&r);
    return exit;
}
