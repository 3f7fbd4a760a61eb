/*
 * proof.c - proof that a channel is in a stage: it is started afresh, messages cross it, and its
 * status says with which CipherSpec and which partner.  A command that returned 0 proves nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estate/run.h"
#include "io/process.h"

#define START_MS 15000u
#define MESSAGE_MS 10000
#define PROOF_BYTES 96u

struct view_search {
    const char *rqmname; /* NULL: any */
    struct channel_view *out;
};

static void
take_status(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    (void)id;
    (void)text;
    struct view_search *s = arg;
    struct channel_view *v = s->out;
    if (n == 0 || v->there ||
        (s->rqmname != NULL && strcmp(target_cell(cells, n, "RQMNAME"), s->rqmname) != 0))
        return;
    v->there = true;
    text_copy(v->status, sizeof(v->status), target_cell(cells, n, "STATUS"));
    text_copy(v->sslpeer, sizeof(v->sslpeer), target_cell(cells, n, "SSLPEER"));
    text_copy(v->sslcerti, sizeof(v->sslcerti), target_cell(cells, n, "SSLCERTI"));
    text_copy(v->sslciph, sizeof(v->sslciph), target_cell(cells, n, "SSLCIPH"));
    text_copy(v->secprot, sizeof(v->secprot), target_cell(cells, n, "SECPROT"));
    text_copy(v->mcauser, sizeof(v->mcauser), target_cell(cells, n, "MCAUSER"));
    text_copy(v->jobname, sizeof(v->jobname), target_cell(cells, n, "JOBNAME"));
    v->msgs = strtoul(target_cell(cells, n, "MSGS"), NULL, 10);
}

enum rc
channel_view(struct target *t, const char *channel, const char *rqmname, struct channel_view *out,
    struct failure *f)
{
    *out = (struct channel_view){.there = false};
    AUTO_BUF answer = buf_new(1u << 20, ORDER_BIG);
    char command[128];
    snprintf(command, sizeof(command), "DISPLAY CHSTATUS('%s') ALL", channel);
    enum rc rc = target_mqsc(t, command, &answer, f);
    struct view_search s = {rqmname, out};
    if (rc == RC_OK)
        mqsc_results(buf_cstr(&answer), take_status, &s);
    return rc == RC_REFUSED ? RC_OK : rc; /* AMQ8420I: no status */
}

/* Wait until the channel's status at this end is one of the words in `states` (or it has none, for
 * ""). */
static enum rc
await_status(struct run *r, struct target *t, const char *channel, const char *rqmname,
    const char *states, struct channel_view *v, struct failure *f)
{
    uint64_t until = io_now(r->io) + START_MS;
    for (;;) {
        enum rc rc = channel_view(t, channel, rqmname, v, f);
        if (rc != RC_OK)
            return rc;
        bool is =
            v->there ? v->status[0] != '\0' && strstr(states, v->status) != NULL : states[0] == '-';
        if (is)
            return RC_OK;
        if (io_now(r->io) > until)
            break;
        process_pause(1);
    }
    enum rc rc = fail(f, RC_TIMEOUT, "channel %s on %s is still %s", channel, target_qmgr(t),
        v->there ? v->status : "INACTIVE");
    failure_side(f, target_qmgr(t));
    failure_fix(f, "echo \"DISPLAY CHSTATUS('%s') ALL\" | runmqsc %s", channel, target_qmgr(t));
    return rc;
}

enum rc
channel_stop(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    struct channel_view v;
    enum rc rc = channel_view(from->target, c->name, NULL, &v, f);
    if (rc == RC_OK && v.there)
        rc = target_mqscf(from->target, f, "STOP CHANNEL('%s') STATUS(INACTIVE)", c->name);
    if (rc == RC_REFUSED)
        rc = RC_OK; /* it ended in between; the wait decides */
    if (rc == RC_OK)
        rc = await_status(r, from->target, c->name, NULL, "-", &v, f);
    if (rc == RC_OK)
        rc = await_status(r, to->target, c->name, c->from, "-STOPPED", &v, f);
    return rc;
}

/* ---- who is to blame ---- */

/* These only repeat what the partner said or that the line went dead. */
static bool
is_echo(const char *id)
{
    static const char *const echoes[] = {"AMQ9665", "AMQ9641", "AMQ9642", "AMQ9643", "AMQ9208",
        "AMQ9209", "AMQ9206", "AMQ9999", "AMQ9492", "AMQ9520", "AMQ9558", "AMQ9523", "AMQ9527",
        "AMQ9506", "AMQ9524", "AMQ9525", "AMQ9528", "AMQ9547"};
    for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++)
        if (strncmp(id, echoes[i], 7) == 0)
            return true;
    return false;
}

bool
cause_pick(
    struct target *a, uint64_t mark_a, struct target *b, uint64_t mark_b, struct failure *out)
{
    struct failure fa, fb;
    bool has_a = target_log_cause(a, mark_a, &fa), has_b = target_log_cause(b, mark_b, &fb);
    if (!has_a && !has_b)
        return false;
    bool take_b = has_b && (!has_a || (is_echo(fa.id) && !is_echo(fb.id)));
    *out = take_b ? fb : fa;
    return true;
}

enum rc
channel_restart(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    enum rc rc = channel_stop(r, c, f);
    if (rc != RC_OK)
        return rc;
    uint64_t mark_from = target_log_mark(from->target), mark_to = target_log_mark(to->target);
    struct channel_view v;
    rc = target_mqscf(from->target, f, "START CHANNEL('%s')", c->name);
    if (rc == RC_OK)
        rc = await_status(r, from->target, c->name, NULL, "RUNNING RETRYING STOPPED", &v, f);
    if (rc != RC_OK || strcmp(v.status, "RUNNING") == 0)
        return rc;
    struct failure cause;
    bool known = cause_pick(from->target, mark_from, to->target, mark_to, &cause);
    rc = target_mqscf(from->target, f, "STOP CHANNEL('%s') STATUS(INACTIVE)", c->name);
    if (!known)
        return fail(f, RC_REFUSED, "channel %s does not start: it is %s", c->name, v.status);
    if (f != NULL)
        *f = cause;
    return RC_REFUSED;
}

/* ---- messages ---- */

static enum rc
one_message(struct run *r, struct party *from, struct party *to, const char *remote,
    const char *queue, struct failure *f)
{
    uint8_t body[PROOF_BYTES], msgid[24];
    io_random(r->io, body, sizeof(body));
    enum rc rc = target_put(from->target, remote, span_of(body, sizeof(body)), msgid, f);
    if (rc != RC_OK)
        return rc;
    AUTO_BUF got = buf_new(1u << 20, ORDER_BIG);
    struct mqmd md;
    rc = target_get(to->target, queue, msgid, MESSAGE_MS, &md, &got, f);
    if (rc == RC_NOT_FOUND) {
        fail(f, RC_TIMEOUT, "a message put on %s's %s did not reach %s in %d s", from->is->name,
            remote, to->is->name, MESSAGE_MS / 1000);
        failure_side(f, to->is->name);
        return RC_TIMEOUT;
    }
    if (rc == RC_OK && !span_equal(buf_span(&got), span_of(body, sizeof(body))))
        return fail(
            f, RC_CORRUPT, "a message changed between %s and %s", from->is->name, to->is->name);
    return rc;
}

enum rc
proof_message(struct run *r, const struct estate_channel *c, unsigned n, struct failure *f)
{
    char queue[49], remote[49], attack[49];
    proof_names(c, queue, remote, attack);
    enum rc rc = RC_OK;
    for (unsigned i = 0; rc == RC_OK && i < n; i++)
        rc = one_message(r, run_party(r, c->from), run_party(r, c->to), remote, queue, f);
    return rc;
}

/* ---- what the status must say ---- */

static enum rc
unexpected(struct failure *f, const char *side, const char *what, const char *is, const char *want)
{
    enum rc rc = fail(f, RC_REFUSED, "%s: %s is '%.200s', not '%.200s'", side, what, is, want);
    failure_side(f, side);
    return rc;
}

static bool
same_name(const char *shown, const char *filter)
{
    struct dn a;
    char text[DN_TEXT_MAX];
    if (dn_parse(shown, &a, NULL) != RC_OK)
        return false;
    dn_print_filter(&a, text, sizeof(text));
    return strcmp(text, filter) == 0;
}

static enum rc
check_views(struct run *r, const struct estate_channel *c, enum stage stage, const struct proof *p,
    struct failure *f)
{
    const struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    if (p->from.msgs < p->messages || p->to.msgs < p->messages)
        return fail(f, RC_REFUSED, "the messages were not carried by this instance of %s", c->name);
    if (stage == STAGE_BASELINE)
        return p->from.sslciph[0] == '\0' || p->from.secprot[0] == 'N'
                   ? RC_OK
                   : unexpected(f, c->from, "SSLCIPH", p->from.sslciph, "");
    if (!same_name(p->from.sslpeer, to->subject))
        return unexpected(f, c->from, "the partner's certificate", p->from.sslpeer, to->subject);
    if (stage == STAGE_SERVER_ONLY)
        return p->to.sslpeer[0] == '\0'
                   ? RC_OK
                   : unexpected(f, c->to, "the partner's certificate", p->to.sslpeer, "");
    if (!same_name(p->to.sslpeer, from->subject))
        return unexpected(f, c->to, "the partner's certificate", p->to.sslpeer, from->subject);
    if (stage == STAGE_FILTERED && strcmp(p->to.mcauser, c->mcauser) != 0)
        return unexpected(f, c->to, "MCAUSER", p->to.mcauser, c->mcauser);
    return RC_OK;
}

enum rc
proof_take(struct run *r, const struct estate_channel *c, enum stage stage, struct proof *out,
    struct failure *f)
{
    *out = (struct proof){.messages = PROOF_MESSAGES};
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    uint64_t mark_from = target_log_mark(from->target), mark_to = target_log_mark(to->target);
    enum rc rc = channel_restart(r, c, f);
    if (rc == RC_OK)
        rc = proof_message(r, c, PROOF_MESSAGES, f);
    if (rc == RC_TIMEOUT) { /* the log knows better why */
        struct failure cause;
        if (cause_pick(from->target, mark_from, to->target, mark_to, &cause) && f != NULL)
            *f = cause;
    }
    if (rc != RC_OK)
        return rc;
    rc = channel_view(from->target, c->name, NULL, &out->from, f);
    /* The sender counts a message when its batch is confirmed, just after the receiver's commit. */
    uint64_t until = io_now(r->io) + 2000;
    while (rc == RC_OK && out->from.msgs < PROOF_MESSAGES && io_now(r->io) < until) {
        process_pause(1);
        rc = channel_view(from->target, c->name, NULL, &out->from, f);
    }
    if (rc == RC_OK)
        rc = channel_view(to->target, c->name, c->from, &out->to, f);
    return rc == RC_OK ? check_views(r, c, stage, out, f) : rc;
}
