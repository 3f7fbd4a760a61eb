/*
 * stages.c - what each stage changes on the two queue managers, upwards and downwards.  The same
 * channel objects go through all of them; objects that exist are altered, never redefined.
 */
#include <stdio.h>
#include <string.h>

#include "estate/run.h"

void
proof_names(const struct estate_channel *c, char queue[49], char remote[49], char attack[49])
{
    snprintf(queue, 49, "GROVE.PROOF.%s", c->name);
    snprintf(remote, 49, "GROVE.PROVE.%s", c->name);
    snprintf(attack, 49, "GROVE.ATTACK.%s", c->name);
}

/* ---- a queue manager that exists, runs and listens ---- */

static enum rc
listener_ready(struct run *r, struct party *p, struct failure *f)
{
    char at[280], port[12], host[64];
    enum rc rc = target_ask(p->target, "DISPLAY LSSTATUS(*) ALL", "PORT", port, sizeof(port), f);
    if (rc == RC_NOT_FOUND) {
        text_copy(at, sizeof(at), p->is->listener);
        char *bracket = strchr(at, '(');
        if (bracket == NULL) {
            rc = fail(f, RC_INVALID, "%s: the listener is written address(port), not '%s'",
                p->is->name, at);
            return rc;
        }
        *bracket = '\0';
        rc = run_mqsc(r, p, f,
            "DEFINE LISTENER(GROVE.TCP) TRPTYPE(TCP) IPADDR('%s') PORT(%s CONTROL(QMGR) REPLACE",
            at, bracket + 1);
        if (rc == RC_OK)
            rc = run_mqsc(r, p, f, "START LISTENER(GROVE.TCP)");
        if (rc == RC_OK)
            rc = target_ask(p->target, "DISPLAY LSSTATUS(*) ALL", "PORT", port, sizeof(port), f);
    }
    if (rc != RC_OK)
        return rc;
    rc = target_ask(p->target, "DISPLAY LSSTATUS(*) ALL", "IPADDR", host, sizeof(host), f);
    if (host[0] == '\0' || strcmp(host, "*") == 0)
        text_copy(host, sizeof(host), "127.0.0.1");
    snprintf(p->address, sizeof(p->address), "%s(%s)", host, port);
    return rc;
}

/* A listener on port 0 keeps the port that it was given, so that partners find it after a restart.
 */
static enum rc
listener_keep(struct run *r, struct party *p, struct failure *f)
{
    char port[12];
    enum rc rc =
        target_ask(p->target, "DISPLAY LISTENER(GROVE.TCP) PORT", "PORT", port, sizeof(port), f);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && strcmp(port, "0") != 0))
        return RC_OK;
    const char *bracket = strchr(p->address, '(');
    if (rc != RC_OK || bracket == NULL)
        return rc;
    return run_mqsc(r, p, f, "ALTER LISTENER(GROVE.TCP) TRPTYPE(TCP) PORT(%.*s)",
        (int)strcspn(bracket + 1, ")"), bracket + 1);
}

enum rc
party_ready(struct run *r, struct party *p, struct failure *f)
{
    if (p->ready)
        return RC_OK;
    enum rc rc = RC_OK;
    struct event told = {.kind = EVENT_COMMAND, .qmgr = p->is->name, .id = "", .ok = true};
    char text[128];
    if (!target_exists(p->target)) {
        rc = target_create(p->target, "SYSTEM.DEAD.LETTER.QUEUE", f);
        if (rc != RC_OK)
            return rc;
        snprintf(text, sizeof(text), "crtmqm -u SYSTEM.DEAD.LETTER.QUEUE %s", p->is->name);
        told.text = text;
        run_event(r, &told);
        r->changed = true;
    }
    if (!target_is_running(p->target)) {
        rc = target_start(p->target, f);
        if (rc != RC_OK)
            return rc;
        snprintf(text, sizeof(text), "strmqm %s", p->is->name);
        told.text = text;
        run_event(r, &told);
        r->changed = true;
    }
    if (p->is->listener[0] != '\0') {
        rc = listener_ready(r, p, f);
        if (rc == RC_OK)
            rc = listener_keep(r, p, f);
    }
    p->ready = rc == RC_OK;
    return rc;
}

/* ---- baseline ---- */

static bool
exists(struct party *p, const char *what, const char *name)
{
    char command[128], shown[64];
    snprintf(command, sizeof(command), "DISPLAY %s('%s')", what, name);
    return target_ask(p->target, command, what, shown, sizeof(shown), NULL) == RC_OK;
}

static enum rc
define_to(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *to = run_party(r, c->to);
    char queue[49], remote[49], attack[49], deadq[49];
    proof_names(c, queue, remote, attack);
    enum rc rc = target_ask(to->target, "DISPLAY QMGR DEADQ", "DEADQ", deadq, sizeof(deadq), f);
    if (rc == RC_OK && deadq[0] == '\0')
        rc = run_mqsc(r, to, f, "ALTER QMGR DEADQ(SYSTEM.DEAD.LETTER.QUEUE)");
    if (rc == RC_OK && !exists(to, "QUEUE", c->queue))
        rc = run_mqsc(r, to, f, "DEFINE QLOCAL('%s') DEFPSIST(YES)", c->queue);
    if (rc == RC_OK && !exists(to, "QUEUE", queue))
        rc =
            run_mqsc(r, to, f, "DEFINE QLOCAL('%s') DESCR('Proofs that the channel works')", queue);
    if (rc == RC_OK && !exists(to, "CHANNEL", c->name))
        rc = run_mqsc(r, to, f, "DEFINE CHANNEL('%s') CHLTYPE(RCVR) TRPTYPE(TCP)", c->name);
    return rc;
}

static enum rc
define_from(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    char queue[49], remote[49], attack[49], xmitq[49] = "";
    proof_names(c, queue, remote, attack);
    enum rc rc = RC_OK;
    if (!exists(from, "CHANNEL", c->name)) {
        const char *connname = c->connname[0] == '\0' ? to->address : c->connname;
        if (!exists(from, "QUEUE", c->to))
            rc = run_mqsc(r, from, f, "DEFINE QLOCAL('%s') USAGE(XMITQ) DEFPSIST(YES)", c->to);
        if (rc == RC_OK)
            rc = run_mqsc(r, from, f,
                "DEFINE CHANNEL('%s') CHLTYPE(SDR) TRPTYPE(TCP) CONNAME('%s') XMITQ('%s')", c->name,
                connname, c->to);
    }
    char command[128];
    snprintf(command, sizeof(command), "DISPLAY CHANNEL('%s') XMITQ", c->name);
    if (rc == RC_OK)
        rc = target_ask(from->target, command, "XMITQ", xmitq, sizeof(xmitq), f);
    struct {
        const char *name, *target;
    } routes[] = {{c->remote, c->queue}, {remote, queue}, {attack, "SYSTEM.ADMIN.COMMAND.QUEUE"}};
    for (size_t i = 0; rc == RC_OK && i < sizeof(routes) / sizeof(routes[0]); i++)
        if (!exists(from, "QUEUE", routes[i].name))
            rc = run_mqsc(r, from, f,
                "DEFINE QREMOTE('%s') RNAME('%s') RQMNAME('%s') XMITQ('%s') DEFPSIST(YES)",
                routes[i].name, routes[i].target, c->to, xmitq);
    return rc;
}

static enum rc
raise_baseline(struct run *r, const struct estate_channel *c, struct failure *f)
{
    enum rc rc = define_to(r, c, f);
    return rc == RC_OK ? define_from(r, c, f) : rc;
}

/* ---- from facts to facts ---- */

enum rc
stage_facts(struct run *r, const struct estate_channel *c, enum stage stage,
    struct channel_facts *facts, struct failure *f)
{
    bool tls = stage >= STAGE_SERVER_ONLY, filter = stage >= STAGE_FILTERED;
    text_copy(facts->from_sslciph, sizeof(facts->from_sslciph), tls ? c->cipherspec : "");
    text_copy(facts->to_sslciph, sizeof(facts->to_sslciph), tls ? c->cipherspec : "");
    text_copy(
        facts->sslcauth, sizeof(facts->sslcauth), stage >= STAGE_MUTUAL ? "REQUIRED" : "OPTIONAL");
    if (tls)
        facts->from_has_certificate = stage >= STAGE_MUTUAL;
    facts->mapped = facts->backstop = filter;
    facts->from_sslpeer[0] = '\0';
    if (!filter)
        return RC_OK;
    text_copy(facts->map_user, sizeof(facts->map_user), c->mcauser);
    return facts_filters(r, c, facts->map_sslpeer, facts->map_sslcerti, facts->from_sslpeer, f);
}

/* Channels, other than c, on which this queue manager needs its certificate. */
static void
tell_others(struct run *r, const struct party *p, const struct estate_channel *c)
{
    for (size_t i = 0; i < r->estate->n_channels; i++) {
        const struct estate_channel *other = &r->estate->channels[i];
        bool ours = strcmp(other->from, p->is->name) == 0 || strcmp(other->to, p->is->name) == 0;
        if (other != c && ours)
            run_note(r,
                "%s's certificate is set aside: %s needs it and does not start until it is "
                "restored",
                p->is->name, other->name);
    }
}

static enum rc
set_certificate(struct run *r, const struct estate_channel *c, bool wanted, struct failure *f)
{
    struct party *from = run_party(r, c->from);
    bool did = false;
    if (!wanted) {
        tell_others(r, from, c);
        return identity_set_aside(r, from, &did, f);
    }
    enum rc rc = identity_restore(r, from, &did, f);
    if (rc != RC_OK || did)
        return rc;
    rc = identity_ensure(r, from, f);
    return rc == RC_OK ? identity_refresh(r, from, f) : rc;
}

static const char *
or_blank(const char *s)
{
    return s[0] == '\0' ? " " : s;
}

static enum rc
set_channels(struct run *r, const struct estate_channel *c, const struct channel_facts *is,
    const struct channel_facts *want, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    enum rc rc = RC_OK;
    if (strcmp(is->to_sslciph, want->to_sslciph) != 0 || strcmp(is->sslcauth, want->sslcauth) != 0)
        rc = run_mqsc(r, to, f, "ALTER CHANNEL('%s') CHLTYPE(RCVR) SSLCIPH('%s') SSLCAUTH(%s)",
            c->name, or_blank(want->to_sslciph), want->sslcauth);
    if (rc == RC_OK && (strcmp(is->from_sslciph, want->from_sslciph) != 0 ||
                           strcmp(is->from_sslpeer, want->from_sslpeer) != 0))
        rc = run_mqsc(r, from, f, "ALTER CHANNEL('%s') CHLTYPE(SDR) SSLCIPH('%s') SSLPEER('%s')",
            c->name, or_blank(want->from_sslciph), or_blank(want->from_sslpeer));
    return rc;
}

static enum rc
set_filter(struct run *r, const struct estate_channel *c, const struct channel_facts *is,
    const struct channel_facts *want, struct failure *f)
{
    struct party *to = run_party(r, c->to);
    bool same = is->mapped == want->mapped &&
                (!is->mapped || (strcmp(is->map_sslpeer, want->map_sslpeer) == 0 &&
                                    strcmp(is->map_sslcerti, want->map_sslcerti) == 0));
    enum rc rc = RC_OK;
    if (is->mapped && !same)
        rc = run_mqsc(r, to, f,
            "SET CHLAUTH('%s') TYPE(SSLPEERMAP) SSLPEER('%s') SSLCERTI('%s') ACTION(REMOVE)",
            c->name, is->map_sslpeer, is->map_sslcerti);
    if (rc == RC_OK && want->mapped && !same)
        rc = run_mqsc(r, to, f,
            "SET CHLAUTH('%s') TYPE(SSLPEERMAP) SSLPEER('%s') SSLCERTI('%s') USERSRC(MAP)"
            " MCAUSER('%s') ACTION(REPLACE)",
            c->name, want->map_sslpeer, want->map_sslcerti, want->map_user);
    if (rc == RC_OK && want->backstop && !is->backstop)
        rc = run_mqsc(r, to, f,
            "SET CHLAUTH('%s') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS) ACTION(REPLACE)",
            c->name);
    if (rc == RC_OK && is->backstop && !want->backstop)
        rc = run_mqsc(
            r, to, f, "SET CHLAUTH('%s') TYPE(ADDRESSMAP) ADDRESS('*') ACTION(REMOVE)", c->name);
    return rc;
}

enum rc
stage_set(struct run *r, const struct estate_channel *c, const struct channel_facts *want,
    struct failure *f)
{
    struct channel_facts is;
    enum rc rc = facts_read(r, c, &is, f);
    if (rc == RC_OK && is.from_has_certificate != want->from_has_certificate)
        rc = set_certificate(r, c, want->from_has_certificate, f);
    if (rc == RC_OK)
        rc = set_channels(r, c, &is, want, f);
    return rc == RC_OK ? set_filter(r, c, &is, want, f) : rc;
}

/* ---- what a stage needs besides ---- */

static enum rc
prepare_server_only(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    enum rc rc = identity_ensure(r, to, f);
    if (rc == RC_OK)
        rc = identity_trust(r, from, to, f);
    return rc == RC_OK ? identity_refresh(r, to, f) : rc;
}

/* While the sending side has no certificate yet, a channel that demands one must refuse it. */
static enum rc
prepare_mutual(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct channel_facts facts;
    enum rc rc = identity_trust(r, run_party(r, c->to), run_party(r, c->from), f);
    if (rc == RC_OK)
        rc = facts_read(r, c, &facts, f);
    if (rc != RC_OK || facts.from_has_certificate)
        return rc;
    rc = stage_facts(r, c, STAGE_MUTUAL, &facts, f);
    facts.from_has_certificate = false;
    if (rc == RC_OK)
        rc = stage_set(r, c, &facts, f);
    return rc == RC_OK ? refusal_no_certificate(r, c, f) : rc;
}

static enum rc
prepare_filtered(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct party *to = run_party(r, c->to);
    char queue[49], remote[49], attack[49], deadq[49];
    proof_names(c, queue, remote, attack);
    enum rc rc = target_ask(to->target, "DISPLAY QMGR DEADQ", "DEADQ", deadq, sizeof(deadq), f);
    if (rc == RC_OK)
        rc = run_mqsc(r, to, f, "SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('%s') AUTHADD(CONNECT,SETALL)",
            c->mcauser);
    const char *queues[] = {c->queue, queue, deadq};
    for (size_t i = 0; rc == RC_OK && i < sizeof(queues) / sizeof(queues[0]); i++)
        if (queues[i][0] != '\0')
            rc = run_mqsc(r, to, f,
                "SET AUTHREC PROFILE('%s') OBJTYPE(QUEUE) PRINCIPAL('%s') AUTHADD(PUT,SETALL)",
                queues[i], c->mcauser);
    return rc;
}

typedef enum rc stage_fn(struct run *r, const struct estate_channel *c, struct failure *f);
static stage_fn *const prepare[STAGES] = {
    [STAGE_BASELINE] = raise_baseline,
    [STAGE_SERVER_ONLY] = prepare_server_only,
    [STAGE_MUTUAL] = prepare_mutual,
    [STAGE_FILTERED] = prepare_filtered,
};

enum rc
stage_raise(struct run *r, const struct estate_channel *c, enum stage to, struct failure *f)
{
    struct channel_facts facts;
    enum rc rc = prepare[to](r, c, f);
    if (rc == RC_OK)
        rc = facts_read(r, c, &facts, f);
    if (rc == RC_OK)
        rc = stage_facts(r, c, to, &facts, f);
    if (rc == RC_OK && to == STAGE_BASELINE)
        return RC_OK; /* a new channel is in the clear already, and one that exists is not weakened
                       */
    return rc == RC_OK ? stage_set(r, c, &facts, f) : rc;
}
