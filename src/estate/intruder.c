/*
 * intruder.c - intruders of a channel.
 *
 * One more queue manager, GROVE.INTRUDER, plays all intruders: it has its own repository with a
 * certificate for each and opens the channel under attack with the one whose turn it is.  A control
 * is the same attempt on a copy of the channel, made for the moment, from which only the one thing
 * that should refuse it is taken away: the real channel is never weakened.  Where only the
 * accepting side's trust refuses, the control is a handshake in memory with that one signer added
 * (DESIGN.md, idea 1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estate/refusal.h"
#include "io/process.h"
#include "tls/tls.h"

#define INTRUDER "GROVE.INTRUDER"
#define CONTROL "GROVE.CONTROL"
#define IMPOSTOR "GROVE.IMPOSTOR"

struct intrusion {
    struct run *r;
    const struct estate_channel *c;
    struct party *from, *to;
    struct target *intruder; /* the run's */
    char repository[ESTATE_PATH_MAX];
};

/* ---- the intruding queue manager ---- */

static void
intruder_label(const struct estate_intruder *x, char to[KEYREPO_LABEL_MAX + 1])
{
    snprintf(to, KEYREPO_LABEL_MAX + 1, "intruder-%s", x->name);
    text_lower(to);
}

/* Own authorities only: by hand nobody issues what an intruder needs. */
static bool
is_issuable(const struct run *r, const struct estate_intruder *x)
{
    if (x->kind == INTRUDER_PLAINTEXT)
        return true;
    const struct estate_authority *a = estate_authority(r->estate, x->authority);
    const struct estate_qmgr *to =
        estate_qmgr(r->estate, estate_channel(r->estate, x->channel)->to);
    const struct estate_authority *theirs = estate_authority(r->estate, to->authority);
    return a != NULL && strcmp(a->kind, "own") == 0 && theirs != NULL && theirs->kind[0] != '\0';
}

static enum rc
make_identities(struct intrusion *in, struct failure *f)
{
    struct run *r = in->r;
    const char *trust[] = {in->to->is->authority, in->from->is->authority};
    size_t n = 0;
    struct identity_wanted *wanted = calloc(r->estate->n_intruders + 1, sizeof(*wanted));
    if (wanted == NULL)
        abort();
    for (size_t i = 0; i < r->estate->n_intruders; i++) {
        const struct estate_intruder *x = &r->estate->intruders[i];
        if (strcmp(x->channel, in->c->name) != 0 || x->kind == INTRUDER_PLAINTEXT ||
            !is_issuable(r, x))
            continue;
        intruder_label(x, wanted[n].label);
        wanted[n].owner = x->name;
        wanted[n].dn = x->dn;
        wanted[n++].authority = x->authority;
    }
    enum rc rc = identity_make(
        r, in->repository, wanted, n, trust, strcmp(trust[0], trust[1]) == 0 ? 1 : 2, f);
    free(wanted);
    return rc;
}

enum rc
intruders_target(struct io *io, const struct estate *e, struct target **out, struct failure *f)
{
    char data[ESTATE_PATH_MAX];
    if (snprintf(data, sizeof(data), "%s/intruder", e->dir) >= (int)sizeof(data))
        return fail(f, RC_LIMIT, "the estate's path is too long");
    return target_open(io, "embedded", data, INTRUDER, out, f);
}

static enum rc
intruder_up(struct intrusion *in, struct failure *f)
{
    struct run *r = in->r;
    if (snprintf(in->repository, sizeof(in->repository), "%s/intruder/keys.p12", r->estate->dir) >=
        (int)sizeof(in->repository))
        return fail(f, RC_LIMIT, "the estate's path is too long");
    enum rc rc = r->intruder == NULL ? intruders_target(r->io, r->estate, &r->intruder, f) : RC_OK;
    in->intruder = r->intruder;
    if (rc == RC_OK && !target_exists(in->intruder))
        rc = target_create(in->intruder, "SYSTEM.DEAD.LETTER.QUEUE", f);
    if (rc == RC_OK)
        rc = target_start(in->intruder, f);
    if (rc == RC_OK)
        rc = make_identities(in, f);
    if (rc == RC_OK)
        rc = target_mqscf(in->intruder, f, "ALTER QMGR SSLKEYR('%s')", in->repository);
    if (rc == RC_OK)
        rc = target_mqscf(in->intruder, f, "REFRESH SECURITY TYPE(SSL)");
    if (rc == RC_OK)
        rc = target_mqscf(in->intruder, f, "DEFINE QLOCAL(X) USAGE(XMITQ) REPLACE");
    return rc;
}

/* A sender of that name with this certificate and CipherSpec, to the accepting side. */
static enum rc
intruder_channel(struct intrusion *in, const char *channel, const char *label, const char *spec,
    struct failure *f)
{
    return target_mqscf(in->intruder, f,
        "DEFINE CHANNEL('%s') CHLTYPE(SDR) TRPTYPE(TCP) CONNAME('%s') XMITQ(X)"
        " SSLCIPH('%s') CERTLABL('%s') SHORTRTY(0) LONGRTY(0) REPLACE",
        channel, in->to->address, spec, label);
}

/* ---- controls ---- */

static enum rc
control_drop(struct intrusion *in, struct failure *f)
{
    char shown[49];
    enum rc rc = target_ask(
        in->to->target, "DISPLAY CHANNEL(" CONTROL ")", "CHANNEL", shown, sizeof(shown), f);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    static const char *const undo[] = {
        "SET CHLAUTH(" CONTROL ") TYPE(ADDRESSMAP) ACTION(REMOVEALL)",
        "SET CHLAUTH(" CONTROL ") TYPE(SSLPEERMAP) ACTION(REMOVEALL)",
        "SET CHLAUTH(" CONTROL ") TYPE(QMGRMAP) ACTION(REMOVEALL)",
    };
    for (size_t i = 0; rc == RC_OK && i < sizeof(undo) / sizeof(undo[0]); i++) {
        rc = target_mqsc(in->to->target, undo[i], NULL, f);
        if (rc == RC_REFUSED)
            rc = RC_OK; /* there are none of this type */
    }
    struct channel_view v;
    for (unsigned i = 0; rc == RC_OK && i < 500;
         i++) { /* the instance ends when its partner's socket does */
        rc = channel_view(in->to->target, CONTROL, NULL, &v, f);
        if (!v.there)
            break;
        process_pause(2);
    }
    return rc == RC_OK ? target_mqscf(in->to->target, f, "DELETE CHANNEL(" CONTROL ")") : rc;
}

/* What is taken away, by kind of intruder: the record that the copy has instead of the real one. */
static enum rc
control_rules(struct intrusion *in, const struct estate_intruder *x, struct failure *f)
{
    struct target *t = in->to->target;
    char own[DN_TEXT_MAX] = "";
    struct dn dn;
    if (x->kind != INTRUDER_PLAINTEXT && dn_parse(x->dn, &dn, f) == RC_OK)
        dn_print_filter(&dn, own, sizeof(own));
    enum rc rc = RC_OK;
    switch (x->kind) {
    case INTRUDER_OTHER_DN:
    case INTRUDER_NEAR_DN: /* its name is mapped */
        rc = target_mqscf(t, f,
            "SET CHLAUTH(" CONTROL ") TYPE(SSLPEERMAP) SSLPEER('%s') SSLCERTI('%s') USERSRC(MAP)"
            " MCAUSER('%s')",
            own, in->from->issuer, in->c->mcauser);
        break;
    case INTRUDER_SAME_DN_OTHER_CA: /* the issuer is not asked for */
        rc = target_mqscf(t, f,
            "SET CHLAUTH(" CONTROL ") TYPE(SSLPEERMAP) SSLPEER('%s') USERSRC(MAP) MCAUSER('%s')",
            own, in->c->mcauser);
        break;
    case INTRUDER_PLAINTEXT: /* the channel asks for no TLS, and the queue manager's name is
                                admitted */
        rc = target_mqscf(t, f, "ALTER CHANNEL(" CONTROL ") CHLTYPE(RCVR) SSLCIPH(' ')");
        if (rc == RC_OK)
            rc = target_mqscf(t, f,
                "SET CHLAUTH(" CONTROL ") TYPE(QMGRMAP) QMNAME(" INTRUDER ") USERSRC(MAP)"
                " MCAUSER('%s')",
                in->c->mcauser);
        break;
    case INTRUDER_IMPOSTOR:
    case INTRUDER_UNTRUSTED_CA:
    case INTRUDER_KINDS:
        break;
    }
    return rc;
}

static enum rc
control_attempt(struct intrusion *in, const struct estate_intruder *x, const char *label,
    const char *spec, struct attempt *out, struct failure *f)
{
    struct target *t = in->to->target;
    enum rc rc = control_drop(in, f);
    if (rc == RC_OK)
        rc =
            target_mqscf(t, f, "DEFINE CHANNEL(" CONTROL ") CHLTYPE(RCVR) LIKE('%s')", in->c->name);
    if (rc == RC_OK)
        rc = control_rules(in, x, f);
    if (rc == RC_OK)
        rc = target_mqscf(
            t, f, "SET CHLAUTH(" CONTROL ") TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)");
    if (rc == RC_OK)
        rc = intruder_channel(in, CONTROL, label, spec, f);
    if (rc == RC_OK)
        rc = refusal_attempt(in->r, in->intruder, CONTROL, t, "-", out, f);
    struct failure ignored;
    enum rc dropped = control_drop(in, rc == RC_OK ? f : &ignored);
    return rc == RC_OK ? dropped : rc;
}

/* ---- kinds ---- */

static const char *const stories[INTRUDER_KINDS] = {
    [INTRUDER_OTHER_DN] = "same CA, other DN",
    [INTRUDER_SAME_DN_OTHER_CA] = "the admitted DN, but from another trusted CA",
    [INTRUDER_NEAR_DN] = "same CA, one OU differs",
    [INTRUDER_PLAINTEXT] = "no TLS",
    [INTRUDER_IMPOSTOR] = "listening in the partner's place",
    [INTRUDER_UNTRUSTED_CA] = "a CA that is not trusted",
};

static enum rc
try_sender(
    struct intrusion *in, const struct estate_intruder *x, const char *code, struct failure *f)
{
    char label[KEYREPO_LABEL_MAX + 1] = " ", what[200];
    const char *spec = x->kind == INTRUDER_PLAINTEXT ? " " : in->c->cipherspec;
    if (x->kind != INTRUDER_PLAINTEXT)
        intruder_label(x, label);
    snprintf(what, sizeof(what), "%s, %s%s%.100s", x->name, stories[x->kind],
        x->dn[0] == '\0' ? "" : ": ", x->dn);
    struct attempt a, control = {.passed = true};
    enum rc rc = intruder_channel(in, in->c->name, label, spec, f);
    if (rc == RC_OK)
        rc = refusal_attempt(in->r, in->intruder, in->c->name, in->to->target, code, &a, f);
    if (rc == RC_OK && !a.passed)
        rc = control_attempt(in, x, label, spec, &control, f);
    return rc == RC_OK ? refusal_verdict(in->r, what, code, in->c->to, &a, &control, f) : rc;
}

/* A handshake in memory, to see that the stranger's certificate is in order but for the missing
 * signer. */
static bool
handshake_passes(struct tls *client, struct tls *server)
{
    struct failure f;
    if (tls_start(client, &f) != RC_OK)
        return false;
    for (unsigned turn = 0; turn < 20; turn++) {
        enum rc rc = tls_input(server, buf_span(tls_output(client)), &f);
        buf_clear(tls_output(client));
        if (rc != RC_OK)
            return false;
        rc = tls_input(client, buf_span(tls_output(server)), &f);
        buf_clear(tls_output(server));
        if (rc != RC_OK)
            return false;
        if (tls_is_ready(client) && tls_is_ready(server) && tls_output(client)->n == 0)
            return true;
    }
    return false;
}

static enum rc
memory_control(
    struct intrusion *in, const struct estate_intruder *x, bool *passed, struct failure *f)
{
    struct run *r = in->r;
    struct keyrepo *server_kr = NULL, *client_kr = NULL;
    struct tls_env *server_env = NULL, *client_env = NULL;
    struct tls *server = NULL, *client = NULL;
    struct ca *ca = NULL;
    AUTO(X509_STACK) *signers = NULL;
    char label[KEYREPO_LABEL_MAX + 1];
    intruder_label(x, label);
    int64_t now = io_wall(r->io) / 1000000;
    enum rc rc = keyrepo_load_stashed(r->io, in->to->is->repository, &server_kr, NULL, f);
    if (rc == RC_OK)
        rc = keyrepo_load_stashed(r->io, in->repository, &client_kr, NULL, f);
    if (rc == RC_OK)
        rc = authority_open(r, estate_authority(r->estate, x->authority), &ca, f);
    if (rc == RC_OK)
        rc = ca_signers(ca, &signers, f);
    for (int i = 0; rc == RC_OK && i < sk_X509_num(signers); i++) {
        char name[40];
        bool added;
        snprintf(name, sizeof(name), "control %d", i);
        rc = keyrepo_add_signer(server_kr, name, sk_X509_value(signers, i), &added, f);
    }
    if (rc == RC_OK)
        rc = tls_env_new(server_kr, in->to->is->repository, true, &server_env, f);
    if (rc == RC_OK)
        rc = tls_env_new(client_kr, in->repository, true, &client_env, f);
    struct tls_options so = {.server = true, .label = in->to->label, .now = now};
    struct tls_options co = {
        .cipherspec = in->c->cipherspec, .label = label, .channel = in->c->name, .now = now};
    if (rc == RC_OK)
        rc = tls_new(server_env, &so, &server, f);
    if (rc == RC_OK)
        rc = tls_new(client_env, &co, &client, f);
    *passed = rc == RC_OK && handshake_passes(client, server);
    tls_free(client);
    tls_free(server);
    tls_env_free(client_env);
    tls_env_free(server_env);
    ca_free(ca);
    keyrepo_free(client_kr);
    keyrepo_free(server_kr);
    return rc;
}

static enum rc
try_untrusted(struct intrusion *in, const struct estate_intruder *x, struct failure *f)
{
    char label[KEYREPO_LABEL_MAX + 1], what[200];
    intruder_label(x, label);
    snprintf(what, sizeof(what), "%s, %s: %.80s", x->name, stories[x->kind], x->dn);
    struct attempt a, control = {.passed = false};
    enum rc rc = intruder_channel(in, in->c->name, label, in->c->cipherspec, f);
    if (rc == RC_OK)
        rc = refusal_attempt(in->r, in->intruder, in->c->name, in->to->target, "AMQ9633E", &a, f);
    if (rc == RC_OK)
        rc = memory_control(in, x, &control.passed, f);
    return rc == RC_OK ? refusal_verdict(in->r, what, "AMQ9633E", in->c->to, &a, &control, f) : rc;
}

/* The intruder listens; a copy of the sending channel is pointed at it, so that the real one and
 * its messages are not touched. */
static enum rc
try_impostor(struct intrusion *in, const struct estate_intruder *x, struct failure *f)
{
    char label[KEYREPO_LABEL_MAX + 1], what[200], port[12];
    struct target *from = in->from->target, *bad = in->intruder;
    intruder_label(x, label);
    snprintf(what, sizeof(what), "%s, %s: %.80s", x->name, stories[x->kind], x->dn);
    struct attempt a, control = {.passed = false};
    enum rc rc = target_mqscf(bad, f,
        "DEFINE CHANNEL(" IMPOSTOR ") CHLTYPE(RCVR) TRPTYPE(TCP) SSLCIPH('%s')"
        " SSLCAUTH(OPTIONAL) CERTLABL('%s') REPLACE",
        in->c->cipherspec, label);
    if (rc == RC_OK)
        rc = target_mqscf(bad, f, "ALTER QMGR CERTLABL('%s')", label);
    if (rc == RC_OK)
        rc = target_mqscf(bad, f, "REFRESH SECURITY TYPE(SSL)");
    if (rc == RC_OK)
        rc = target_mqscf(
            bad, f, "DEFINE LISTENER(X) TRPTYPE(TCP) IPADDR('127.0.0.1') PORT(0) REPLACE");
    if (rc == RC_OK)
        rc = target_mqscf(bad, f, "START LISTENER(X)");
    if (rc == RC_OK)
        rc = target_ask(bad, "DISPLAY LSSTATUS(*) ALL", "PORT", port, sizeof(port), f);
    if (rc == RC_OK)
        rc = target_mqscf(from, f, "DEFINE QLOCAL(" IMPOSTOR ") USAGE(XMITQ) REPLACE");
    if (rc == RC_OK)
        rc = target_mqscf(from, f,
            "DEFINE CHANNEL(" IMPOSTOR ") CHLTYPE(SDR) LIKE('%s') CONNAME('127.0.0.1(%s)')"
            " XMITQ(" IMPOSTOR ") SHORTRTY(0) LONGRTY(0) REPLACE",
            in->c->name, port);
    if (rc == RC_OK)
        rc = refusal_attempt(in->r, from, IMPOSTOR, from, "AMQ9636E", &a, f);
    if (rc == RC_OK)
        rc = target_mqscf(from, f, "ALTER CHANNEL(" IMPOSTOR ") CHLTYPE(SDR) SSLPEER(' ')");
    if (rc == RC_OK)
        rc = refusal_attempt(in->r, from, IMPOSTOR, bad, "-", &control, f);
    struct failure ignored;
    if (target_mqscf(from, &ignored, "DELETE CHANNEL(" IMPOSTOR ")") != RC_OK ||
        target_mqscf(from, &ignored, "DELETE QLOCAL(" IMPOSTOR ")") != RC_OK)
        run_note(in->r, "%s keeps " IMPOSTOR ": %s", in->c->from, ignored.text);
    return rc == RC_OK ? refusal_verdict(in->r, what, "AMQ9636E", in->c->from, &a, &control, f)
                       : rc;
}

static enum rc
try_one(struct intrusion *in, const struct estate_intruder *x, struct failure *f)
{
    if (!is_issuable(in->r, x)) {
        struct event e = {.kind = EVENT_REFUSAL,
            .step = "refusal",
            .text = x->name,
            .qmgr = in->c->to,
            .id = "",
            .attempted = false};
        run_event(in->r, &e);
        return RC_OK;
    }
    switch (x->kind) {
    case INTRUDER_OTHER_DN:
    case INTRUDER_NEAR_DN:
        return try_sender(in, x, "AMQ9777E", f);
    case INTRUDER_SAME_DN_OTHER_CA: {
        enum rc rc = identity_trust_authority(in->r, in->to, x->authority, f);
        return rc == RC_OK ? try_sender(in, x, "AMQ9777E", f) : rc;
    }
    case INTRUDER_PLAINTEXT:
        return try_sender(in, x, "AMQ9639E", f);
    case INTRUDER_IMPOSTOR:
        return try_impostor(in, x, f);
    case INTRUDER_UNTRUSTED_CA:
        return try_untrusted(in, x, f);
    case INTRUDER_KINDS:
        break;
    }
    return RC_OK;
}

enum rc
intruders_try(struct run *r, const struct estate_channel *c, struct failure *f)
{
    struct intrusion in = {
        .r = r, .c = c, .from = run_party(r, c->from), .to = run_party(r, c->to)};
    bool any = false;
    for (size_t i = 0; i < r->estate->n_intruders; i++)
        any = any || strcmp(r->estate->intruders[i].channel, c->name) == 0;
    if (!any)
        return RC_OK;
    enum rc rc = intruder_up(&in, f);
    for (size_t i = 0; rc == RC_OK && i < r->estate->n_intruders; i++)
        if (strcmp(r->estate->intruders[i].channel, c->name) == 0)
            rc = try_one(&in, &r->estate->intruders[i], f);
    return rc;
}

void
intruders_end(struct run *r)
{
    struct failure f;
    if (r->intruder != NULL && target_stop(r->intruder, TARGET_END_IMMEDIATE, &f) != RC_OK)
        run_note(r, INTRUDER " is still running: %s", f.text);
    target_free(r->intruder);
    r->intruder = NULL;
}
