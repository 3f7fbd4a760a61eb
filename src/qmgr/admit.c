#include "qmgr/admit.h"

#include <string.h>

#include "chlauth/match.h"
#include "qmgr/authority.h"
#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"

static enum rc
refused(
    struct failure *f, const char *id, const struct channel_def *def, int32_t *status, int32_t code)
{
    failure_id(f, id);
    failure_side(f, def->channel);
    *status = code;
    return RC_REFUSED;
}

const struct channel_def *
admit_find(struct qmgr *q, const char *name, int32_t *status, struct failure *f)
{
    const struct channel_def *def = objects_find(qmgr_objects(q), OBJECT_CHANNEL, name);
    if (def != NULL)
        return def;
    (void)fail(
        f, RC_REFUSED, "A partner asked for the channel %s, which is not defined here.", name);
    failure_id(f, "AMQ9519E");
    failure_side(f, name);
    failure_cause(f, "There is no definition of that name; names are case-sensitive.");
    failure_fix(
        f, "DEFINE CHANNEL(%s) on this queue manager, or correct the name at the partner", name);
    *status = STATUS_NO_CHANNEL;
    return NULL;
}

enum rc
admit_enabled(struct qmgr *q, const struct channel_def *def, int32_t *status, struct failure *f)
{
    if (qmgr_state(q) != QMGR_RUNNING) {
        (void)fail(f, RC_REFUSED, "The channel %s can not be used: the queue manager is ending.",
            def->channel);
        return refused(f, "AMQ9542E", def, status, STATUS_QM_TERMINATING);
    }
    if (!channels_is_stopped(qmgr_channels(q), def->channel))
        return RC_OK;
    (void)fail(
        f, RC_REFUSED, "The channel %s is stopped and was asked for by a partner.", def->channel);
    failure_cause(f, "STOP CHANNEL was used on this queue manager.");
    failure_fix(f, "START CHANNEL(%s)", def->channel);
    return refused(f, "AMQ9534E", def, status, STATUS_CHANNEL_UNAVAILABLE);
}

/* ---- TLS ---- */
static enum rc
check_plain(const struct channel_def *def, int32_t *status, struct failure *f)
{
    if (def->sslciph[0] == '\0')
        return RC_OK;
    (void)fail(f, RC_REFUSED, "The channel %s needs TLS, but the partner connected in the clear.",
        def->channel);
    failure_cause(
        f, "SSLCIPH(%s) is set here; the partner's definition has no SSLCIPH.", def->sslciph);
    failure_fix(f, "set SSLCIPH(%s) in the partner's definition of %s", def->sslciph, def->channel);
    return refused(f, "AMQ9639E", def, status, STATUS_CIPHER_SPEC);
}

static enum rc
check_cipherspec(
    const struct channel_def *def, const struct tls_facts *t, int32_t *status, struct failure *f)
{
    const char *negotiated = t->spec != NULL ? t->spec->name : "a suite that MQ does not name";
    if (def->sslciph[0] == '\0') {
        (void)fail(f, RC_REFUSED, "The channel %s is in the clear, but the partner used TLS.",
            def->channel);
        failure_cause(f, "SSLCIPH is blank here; the partner negotiated %s.", negotiated);
        failure_fix(f, "ALTER CHANNEL(%s) with the partner's SSLCIPH", def->channel);
        return refused(f, "AMQ9631E", def, status, STATUS_CIPHER_SPEC);
    }
    struct failure weak;
    if (cipherspec_check(def->sslciph, &weak) != RC_OK) {
        if (f != NULL)
            *f = weak;
        return refused(f, "AMQ9635E", def, status, STATUS_CIPHER_SPEC);
    }
    if (cipherspec_admits(cipherspec_find(def->sslciph), t->suite, t->version))
        return RC_OK;
    (void)fail(f, RC_REFUSED, "The channel %s was reached with the CipherSpec %s, but needs %s.",
        def->channel, negotiated, def->sslciph);
    failure_cause(f, "SSLCIPH differs at the two ends.");
    failure_fix(f, "set SSLCIPH(%s) in the partner's definition of %s", def->sslciph, def->channel);
    return refused(f, "AMQ9631E", def, status, STATUS_CIPHER_SPEC);
}

static enum rc
check_certificate(
    const struct channel_def *def, const struct tls_facts *t, int32_t *status, struct failure *f)
{
    if (t->has_peer || (def->sslcauth != CHANNEL_SSLCAUTH_REQUIRED && def->sslpeer[0] == '\0'))
        return RC_OK;
    (void)fail(f, RC_REFUSED, "The partner sent no certificate on channel %s.", def->channel);
    failure_cause(f,
        "%s is set, but the partner has no personal certificate under the label that it "
        "looks for.",
        def->sslcauth == CHANNEL_SSLCAUTH_REQUIRED ? "SSLCAUTH(REQUIRED)" : "SSLPEER");
    failure_fix(f,
        "put a personal certificate into the partner's key repository under its label "
        "(CERTLABL, or ibmwebspheremq and its name in lower case), then REFRESH SECURITY "
        "TYPE(SSL) there");
    return refused(f, "AMQ9637E", def, status, STATUS_CLIENT_CERTIFICATE);
}

/* Shared by both sides: the partner's subject against this side's SSLPEER. */
static enum rc
check_peer(const struct channel_def *def, const struct tls_facts *t, struct failure *f)
{
    if (def->sslpeer[0] == '\0' || sslpeer_admits(def->sslpeer, &t->subject))
        return RC_OK;
    (void)fail(f, RC_REFUSED,
        "The certificate of the partner on channel %s has the name '%s', which "
        "SSLPEER does not admit.",
        def->channel, t->subject_text);
    struct sslpeer pattern;
    char why[256] = "the pattern can not be read";
    if (sslpeer_parse(def->sslpeer, &pattern, NULL) == RC_OK)
        sslpeer_explain(&pattern, &t->subject, why, sizeof why);
    failure_cause(f, "SSLPEER('%s'): %s.", def->sslpeer, why);
    failure_fix(f,
        "if this is the right partner, ALTER CHANNEL(%s) SSLPEER(...); if not, somebody "
        "else answers in its place",
        def->channel);
    failure_id(f, "AMQ9636E");
    failure_side(f, def->channel);
    return RC_REFUSED;
}

/* The label that was shown was chosen by the SNI: it must be that of the channel that is used. */
static enum rc
check_sni(
    const struct channel_def *def, const struct tls_facts *t, int32_t *status, struct failure *f)
{
    if (strstr(t->sni, ".chl.mq.ibm.com") == NULL || tls_sni_is(t->sni, def->channel))
        return RC_OK;
    (void)fail(f, RC_REFUSED, "A partner opened TLS for '%s' and then asked for the channel %s.",
        t->sni, def->channel);
    failure_cause(f, "The certificate shown belongs to another channel than the one asked for.");
    failure_fix(f, "make the partner's TLS host name (SNI) and its channel name agree");
    return refused(f, "AMQ9638E", def, status, STATUS_SECURITY);
}

enum rc
admit_tls(struct qmgr *q, const struct channel_def *def, const struct link *link,
    struct channel_admission *out, int32_t *status, struct failure *f)
{
    (void)q;
    struct tls_facts t = {0};
    bool is_tls = link_facts(link, &t);
    if (!is_tls)
        return check_plain(def, status, f);
    enum rc rc = check_cipherspec(def, &t, status, f);
    if (rc == RC_OK)
        rc = check_sni(def, &t, status, f);
    if (rc == RC_OK)
        rc = check_certificate(def, &t, status, f);
    if (rc == RC_OK && check_peer(def, &t, f) != RC_OK)
        rc = refused(f, "AMQ9636E", def, status, STATUS_PEER_NAME);
    if (rc != RC_OK)
        return rc;
    if (out != NULL) {
        out->is_tls = true;
        out->tls = t;
    }
    return RC_OK;
}

enum rc
admit_answerer(const struct channel_def *def, const struct link *link, struct tls_facts *facts,
    struct failure *f)
{
    if (!link_facts(link, facts))
        return RC_OK;
    int32_t status;
    enum rc rc = check_cipherspec(def, facts, &status, f);
    return rc == RC_OK ? check_peer(def, facts, f) : rc;
}

/* ---- CHLAUTH ---- */
static void
describe_facts(
    const struct chlauth_facts *c, const struct channel_admission *a, char *to, size_t size)
{
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
    buf_printf(&b, "address %s", c->address);
    if (c->user != NULL && c->user[0] != '\0')
        buf_printf(&b, ", client user '%s'", c->user);
    if (c->qmgr != NULL && c->qmgr[0] != '\0')
        buf_printf(&b, ", queue manager %s", c->qmgr);
    if (a->is_tls && a->tls.has_peer)
        buf_printf(&b, ", certificate '%.300s' issued by '%.300s'", a->tls.subject_text,
            a->tls.issuer_text);
    (void)text_copy(to, size, buf_cstr(&b));
}

static enum rc
no_access(struct qmgr *q, const struct channel_def *def, const struct chlauth_facts *facts,
    const struct chlauth_verdict *v, struct channel_admission *out, int32_t *status,
    struct failure *f)
{
    char what[800];
    describe_facts(facts, out, what, sizeof what);
    (void)fail(f, RC_REFUSED, "The channel %s %s by a channel authentication record.", def->channel,
        v->warn ? "would have been blocked" : "was blocked");
    failure_cause(f, "The best matching record says USERSRC(NOACCESS); seen: %.400s.", what);
    failure_fix(f,
        "DISPLAY CHLAUTH(%s) MATCH(RUNCHECK) ADDRESS('%s') ... names the record; add a more "
        "specific one if this partner is welcome",
        def->channel, facts->address);
    if (!v->warn)
        return refused(f, "AMQ9777E", def, status, STATUS_SECURITY);
    failure_id(f, "AMQ9778W");
    qmgr_log(q, f, facts->address);
    out->warned = true;
    return RC_OK;
}

static enum rc
check_banned(struct qmgr *q, const struct channel_def *def, const struct chlauth_facts *facts,
    const struct chlauth_def *rules, size_t n, struct channel_admission *out, int32_t *status,
    struct failure *f)
{
    bool warn = false;
    const struct chlauth_def *rule = NULL;
    bool privileged = authority_is_privileged(q, out->mcauser);
    bool blocked = chlauth_user_blocked(
        rules, n, def->channel, def->chltype, out->mcauser, privileged, &warn, &rule);
    if (!blocked && !warn)
        return RC_OK;
    (void)fail(f, RC_REFUSED, "The channel %s %s: the user '%s' is banned.", def->channel,
        blocked ? "was blocked" : "would have been blocked", out->mcauser);
    failure_cause(f, "A TYPE(BLOCKUSER) record bans %s; address %s.",
        privileged ? "privileged users (*MQADMIN)" : "this user", facts->address);
    failure_fix(f,
        "map the client to an unprivileged user: SET CHLAUTH(%s) ... USERSRC(MAP) MCAUSER(...)",
        def->channel);
    if (blocked)
        return refused(f, "AMQ9776E", def, status, STATUS_SECURITY);
    failure_id(f, "AMQ9778W");
    qmgr_log(q, f, facts->address);
    out->warned = true;
    return RC_OK;
}

static enum rc
admit_user(struct qmgr *q, const struct channel_def *def, const struct chlauth_facts *facts,
    struct channel_admission *out, int32_t *status, struct failure *f)
{
    const char *flowed = facts->user != NULL ? facts->user : "";
    (void)text_copy(
        out->mcauser, sizeof out->mcauser, def->mcauser[0] != '\0' ? def->mcauser : flowed);
    if (qmgr_def(q)->chlauth == 0)
        return RC_OK;
    size_t n;
    const struct chlauth_def *rules = objects_chlauth(qmgr_objects(q), &n);
    struct chlauth_verdict v = {0};
    chlauth_map(rules, n, facts, &v);
    if (v.action == CHLAUTH_NOACCESS) {
        enum rc rc = no_access(q, def, facts, &v, out, status, f);
        if (rc != RC_OK)
            return rc;
    }
    if (v.action == CHLAUTH_MAP || v.action == CHLAUTH_CHANNEL)
        (void)text_copy(out->mcauser, sizeof out->mcauser, v.user);
    out->chckclnt = v.rule != NULL ? v.chckclnt : 0;
    return check_banned(q, def, facts, rules, n, out, status, f);
}

enum rc
channel_admit(struct qmgr *q, const struct channel_def *def, struct link *link,
    const char *partner_qmgr, const char *client_user, struct channel_admission *out,
    int32_t *status, struct failure *f)
{
    memset(out, 0, sizeof *out);
    enum rc rc = admit_tls(q, def, link, out, status, f);
    if (rc != RC_OK)
        return rc;
    char host[64];
    link_peer_host(link, host);
    bool cert = out->is_tls && out->tls.has_peer;
    struct chlauth_facts facts = {.channel = def->channel,
        .chltype = def->chltype,
        .address = host,
        .user = client_user,
        .qmgr = partner_qmgr,
        .subject = cert ? &out->tls.subject : NULL,
        .issuer = cert ? &out->tls.issuer : NULL,
        .mcauser = def->mcauser};
    return admit_user(q, def, &facts, out, status, f);
}

void
admit_log(struct qmgr *q, const struct failure *f, const char *channel, const char *conname,
    const char *host)
{
    qmgr_log(q, f, host);
    struct failure end;
    (void)fail(&end, RC_REFUSED, "The channel %s with %s ended abnormally.", channel, conname);
    failure_id(&end, "AMQ9999E");
    failure_side(&end, channel);
    failure_cause(&end, "The message before this one says why: %s.", f->id);
    failure_fix(&end, "act on that message");
    qmgr_log(q, &end, host);
}
