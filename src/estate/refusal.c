/*
 * refusal.c - who must be refused, tried for real: an attempt, its verdict, and the attempts of the
 * sending side itself.
 */
#include <stdio.h>
#include <string.h>

#include "estate/refusal.h"
#include "io/process.h"

#define LOG_MS 2000u

/* ---- attempts ---- */

static void
tell_refusal(
    struct run *r, const char *what, const char *code, const char *side, bool ok, bool control)
{
    struct event e = {.kind = EVENT_REFUSAL,
        .step = "refusal",
        .text = what,
        .id = code,
        .qmgr = side,
        .ok = ok,
        .control = control,
        .attempted = true};
    run_event(r, &e);
}

static bool
log_within(struct run *r, struct target *t, uint64_t mark, const char *code)
{
    char line[300];
    uint64_t until = io_now(r->io) + LOG_MS;
    while (!target_log_has(t, mark, code, line, sizeof(line))) {
        if (io_now(r->io) > until)
            return false;
        process_pause(2);
    }
    return true;
}

enum rc
refusal_attempt(struct run *r, struct target *at, const char *channel, struct target *refuser,
    const char *code, struct attempt *out, struct failure *f)
{
    *out = (struct attempt){.passed = false};
    uint64_t mark = target_log_mark(refuser), mark_at = target_log_mark(at);
    enum rc rc = target_mqscf(at, f, "START CHANNEL('%s')", channel);
    if (rc != RC_OK)
        return rc;
    uint64_t until = io_now(r->io) + ATTEMPT_MS;
    struct channel_view v;
    do {
        rc = channel_view(at, channel, NULL, &v, f);
        if (rc != RC_OK)
            return rc;
        if (v.there && strstr("RUNNING RETRYING STOPPED", v.status) != NULL)
            break;
        process_pause(1);
    } while (io_now(r->io) < until);
    out->passed = v.there && strcmp(v.status, "RUNNING") == 0;
    if (!out->passed)
        out->told = log_within(r, refuser, mark, code);
    if (!out->passed && !cause_pick(refuser, mark, at, mark_at, &out->cause))
        fail(&out->cause, RC_REFUSED, "no message in either log");
    struct failure ignored;
    if (target_mqscf(at, &ignored, "STOP CHANNEL('%s') MODE(FORCE) STATUS(INACTIVE)", channel) !=
        RC_OK)
        return RC_OK; /* it has ended */
    until = io_now(r->io) + ATTEMPT_MS;
    do {
        rc = channel_view(at, channel, NULL, &v, f);
        process_pause(1);
    } while (rc == RC_OK && v.there && io_now(r->io) < until);
    return rc;
}

enum rc
refusal_verdict(struct run *r, const char *what, const char *code, const char *side,
    const struct attempt *a, const struct attempt *control, struct failure *f)
{
    bool refused = !a->passed && a->told, passes = control == NULL || control->passed;
    tell_refusal(r, what, code, side, refused, control != NULL && control->passed);
    if (refused && passes)
        return RC_OK;
    enum rc rc;
    if (a->passed)
        rc = fail(f, RC_DENIED, "%s was admitted", what);
    else if (!a->told)
        rc = fail(f, RC_REFUSED, "%s was refused, but not with %s: %.200s %.200s", what, code,
            a->cause.id, a->cause.text);
    else
        rc = fail(f, RC_REFUSED, "%s: the control did not pass: %.200s %.200s", what,
            control->cause.id, control->cause.text);
    failure_id(f, a->passed ? "" : a->cause.id);
    failure_side(f, side);
    failure_cause(f, "%s", a->passed ? "something that should refuse it does not" : a->cause.text);
    return rc;
}

/* ---- ASH's own attempts ---- */

enum rc
refusal_no_certificate(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    enum rc rc = channel_stop(r, c, f);
    if (rc != RC_OK)
        return rc;
    struct attempt a;
    char what[160];
    uint64_t mark = target_log_mark(from->target);
    rc = refusal_attempt(r, from->target, c->name, to->target, "AMQ9637E", &a, f);
    if (rc != RC_OK)
        return rc;
    if (!a.passed && a.told)
        a.told = log_within(r, from->target, mark, "AMQ9642E");
    snprintf(what, sizeof(what), "%s without its certificate", c->from);
    /* The control is the step itself: with the certificate the channel runs. */
    struct attempt control = {.passed = true};
    return refusal_verdict(r, what, "AMQ9637E", c->to, &a, &control, f);
}

enum rc
refusal_forbidden_queue(struct run *r, const struct estate_channel *c, struct failure *f)
{
    static const char body[] = "DISPLAY QMGR";
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    char queue[49], remote[49], attack[49], deadq[49], what[160];
    proof_names(c, queue, remote, attack);
    snprintf(what, sizeof(what), "%s may not reach SYSTEM.ADMIN.COMMAND.QUEUE", c->from);
    uint8_t msgid[24];
    struct mqmd md;
    AUTO_BUF got = buf_new(1u << 20, ORDER_LITTLE);
    enum rc rc = target_ask(to->target, "DISPLAY QMGR DEADQ", "DEADQ", deadq, sizeof(deadq), f);
    if (rc == RC_OK)
        rc = target_put(from->target, attack, span_str(body), msgid, f);
    if (rc == RC_OK)
        rc = target_get(to->target, deadq, msgid, (int32_t)ATTEMPT_MS, &md, &got, f);
    if (rc == RC_NOT_FOUND) {
        rc = fail(f, RC_DENIED, "%s: its message is not on %s", what, deadq);
        failure_side(f, c->to);
        tell_refusal(r, what, "2035", c->to, false, false);
        return rc;
    }
    if (rc != RC_OK)
        return rc;
    struct reader reader = reader_of(buf_span(&got), md.encoding == 273 ? ORDER_BIG : ORDER_LITTLE);
    struct mqdlh dlh;
    dlh_decode(&reader, &dlh);
    bool ok = reader_ok(&reader) && dlh.reason == 2035;
    /* The control: messages of the same channel to the queue it may use arrive (the proof just
     * taken). */
    tell_refusal(r, what, "2035", c->to, ok, true);
    return ok ? RC_OK
              : fail(f, RC_REFUSED, "%s: on the dead-letter queue with reason %d", what,
                    (int)dlh.reason);
}
