/* SET and DISPLAY CHLAUTH, SET, DELETE and DISPLAY AUTHREC. */
#include <stdlib.h>
#include <string.h>

#include "chlauth/match.h"
#include "qmgr/authority.h"
#include "qmgr/channel.h"
#include "qmgr/command_internal.h"
#include "qmgr/objects.h"

/* A keyword's number in the row of that name; false: no such word. */
static bool
word_value(enum object_type type, const char *keyword, const char *word, int32_t *out)
{
    const struct attr *a = object_attr(type, 0, keyword);
    for (const struct attr_value *v = a->values; word != NULL && v->word != NULL; v++) {
        if (!text_equal_fold(v->word, word))
            continue;
        *out = v->value;
        return true;
    }
    return false;
}

/* ---- SET CHLAUTH ---- */
static bool
change_of(const struct command *c, enum chlauth_change *out)
{
    static const struct attr_value words[] = {{"ADD", CHLAUTH_ADD}, {"REPLACE", CHLAUTH_REPLACE},
        {"REMOVE", CHLAUTH_REMOVE}, {"REMOVEALL", CHLAUTH_REMOVEALL}, {NULL, 0}};
    const char *word = command_value(c, "ACTION");
    *out = CHLAUTH_ADD;
    if (word == NULL)
        return true;
    for (const struct attr_value *v = words; v->word != NULL; v++) {
        if (!text_equal_fold(v->word, word))
            continue;
        *out = (enum chlauth_change)v->value;
        return true;
    }
    return false;
}

static enum rc
update_rules(struct command *c, const struct chlauth_def *change, enum chlauth_change action,
    struct failure *f)
{
    struct objects *o = qmgr_objects(c->q);
    size_t n;
    const struct chlauth_def *now = objects_chlauth(o, &n);
    struct chlauth_def *rules = calloc(n + 1, sizeof *rules);
    if (rules == NULL)
        abort();
    if (n != 0)
        memcpy(rules, now, n * sizeof *rules);
    enum rc rc = chlauth_update(&rules, &n, change, action, f);
    if (rc == RC_OK)
        rc = objects_chlauth_set(o, rules, n, f);
    free(rules);
    return rc;
}

enum command_outcome
command_set_chlauth(struct command *c)
{
    enum chlauth_change action;
    int32_t type = 0;
    struct failure f = {0};
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_CHG))
        return COMMAND_FAILED;
    if (!word_value(OBJECT_CHLAUTH, "TYPE", command_value(c, "TYPE"), &type))
        return command_say(c, "AMQ8428E", "TYPE must be given, and be a type of record.");
    if (!change_of(c, &action))
        return command_say(c, "AMQ8429E", "ACTION must be ADD, REPLACE, REMOVE or REMOVEALL.");
    struct chlauth_def *def = calloc(1, sizeof *def);
    if (def == NULL)
        abort();
    object_init(OBJECT_CHLAUTH, type, def);
    bool fits = text_copy(def->profile, sizeof def->profile, c->mqsc.name);
    time_date(io_wall(qmgr_io(c->q)), def->altdate);
    time_clock(io_wall(qmgr_io(c->q)), def->alttime);
    enum rc rc = fits ? mqsc_apply(&c->mqsc, OBJECT_CHLAUTH, def, &f)
                      : fail(&f, RC_INVALID, "A profile has at most 20 characters.");
    if (rc == RC_OK && (action == CHLAUTH_ADD || action == CHLAUTH_REPLACE))
        rc = chlauth_check(def, &f);
    if (rc == RC_OK)
        rc = update_rules(c, def, action, &f);
    free(def);
    if (rc != RC_OK)
        return command_failed(c, &f, "AMQ8884E");
    return command_say(c, "AMQ8877I", "Channel authentication record set.");
}

/* ---- DISPLAY CHLAUTH ---- */
static void
show_rule(struct command *c, const struct chlauth_def *rule)
{
    mqsc_display(&c->mqsc, OBJECT_CHLAUTH, rule, &c->out);
}

static void
warn_if_disabled(struct command *c)
{
    if (qmgr_def(c->q)->chlauth == 0)
        (void)command_say(c, "AMQ8898W", "CHLAUTH(DISABLED): these records are not looked at.");
}

struct runcheck {
    struct dn subject, issuer;
    struct chlauth_facts facts;
};

static bool
runcheck_facts(struct command *c, struct runcheck *r, struct failure *f)
{
    const char *subject = command_value(c, "SSLPEER"), *issuer = command_value(c, "SSLCERTI");
    const struct channel_def *def = objects_find(qmgr_objects(c->q), OBJECT_CHANNEL, c->mqsc.name);
    if (subject != NULL && dn_parse(subject, &r->subject, f) != RC_OK)
        return false;
    if (issuer != NULL && dn_parse(issuer, &r->issuer, f) != RC_OK)
        return false;
    r->facts = (struct chlauth_facts){.channel = c->mqsc.name,
        .chltype = def != NULL ? def->chltype : CT_SVRCONN,
        .address = command_value(c, "ADDRESS"),
        .user = command_value(c, "CLNTUSER"),
        .qmgr = command_value(c, "QMNAME"),
        .subject = subject != NULL ? &r->subject : NULL,
        .issuer = issuer != NULL ? &r->issuer : NULL,
        .mcauser = def != NULL ? def->mcauser : ""};
    if (def == NULL && r->facts.qmgr != NULL)
        r->facts.chltype = CT_RCVR;
    return true;
}

/* Would this caller be banned after mapping? */
static const struct chlauth_def *
banned_by(struct command *c, const struct chlauth_facts *facts, const char *user)
{
    size_t n;
    const struct chlauth_def *rules = objects_chlauth(qmgr_objects(c->q), &n), *rule = NULL;
    bool warn = false;
    bool blocked = chlauth_user_blocked(rules, n, facts->channel, facts->chltype, user,
        authority_is_privileged(c->q, user), &warn, &rule);
    return blocked ? rule : NULL;
}

static enum command_outcome
run_check(struct command *c)
{
    struct failure f = {0};
    struct runcheck r = {0};
    if (!runcheck_facts(c, &r, &f))
        return command_failed(c, &f, "AMQ8243E");
    if (r.facts.address == NULL)
        return command_say(c, "AMQ8410E", "MATCH(RUNCHECK) needs ADDRESS.");
    size_t n;
    const struct chlauth_def *rules = objects_chlauth(qmgr_objects(c->q), &n), *blocked = NULL;
    bool warn = false;
    warn_if_disabled(c);
    if (chlauth_address_blocked(rules, n, r.facts.address, &warn, &blocked) && blocked != NULL) {
        show_rule(c, blocked);
        return COMMAND_OK;
    }
    struct chlauth_verdict v = {0};
    chlauth_map(rules, n, &r.facts, &v);
    const char *user = v.rule != NULL               ? v.user
                       : r.facts.mcauser[0] != '\0' ? r.facts.mcauser
                       : r.facts.user != NULL       ? r.facts.user
                                                    : "";
    const struct chlauth_def *ban =
        v.action == CHLAUTH_NOACCESS ? NULL : banned_by(c, &r.facts, user);
    if (ban != NULL)
        show_rule(c, ban);
    else if (v.rule != NULL)
        show_rule(c, v.rule);
    else
        (void)command_say(c, "AMQ9783I", "No record applies; the channel would run as '%s'.", user);
    return COMMAND_OK;
}

enum command_outcome
command_display_chlauth(struct command *c)
{
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_DSP))
        return COMMAND_FAILED;
    if (command_value_is(c, "MATCH", "RUNCHECK"))
        return run_check(c);
    int32_t type = 0;
    (void)word_value(OBJECT_CHLAUTH, "TYPE", command_value(c, "TYPE"), &type);
    size_t n, shown = 0;
    const struct chlauth_def *rules = objects_chlauth(qmgr_objects(c->q), &n);
    warn_if_disabled(c);
    for (size_t i = 0; i < n; i++) {
        if (!text_matches_generic(c->mqsc.name, rules[i].profile) ||
            (type != 0 && rules[i].type != type) ||
            !mqsc_where(&c->mqsc, OBJECT_CHLAUTH, &rules[i]))
            continue;
        show_rule(c, &rules[i]);
        shown++;
    }
    if (shown != 0)
        return COMMAND_OK;
    return command_say(c, "AMQ8884E", "No channel authentication record for %s.", c->mqsc.name);
}

/* ---- AUTHREC ---- */
static bool
authrec_fill(struct command *c, struct authrec_def *def)
{
    const char *profile = command_value(c, "PROFILE");
    object_init(OBJECT_AUTHREC, 0, def);
    if (!word_value(OBJECT_AUTHREC, "OBJTYPE", command_value(c, "OBJTYPE"), &def->objtype)) {
        (void)command_say(c, "AMQ8428E", "OBJTYPE must be given, and be a type of object.");
        return false;
    }
    if (def->objtype == OBJTYPE_QMGR && profile == NULL)
        profile = qmgr_name(c->q);
    if (profile == NULL)
        profile = c->mqsc.name;
    (void)text_copy(def->profile, sizeof def->profile, profile);
    if (def->profile[0] != '\0')
        return true;
    (void)command_say(c, "AMQ8410E", "PROFILE must be given.");
    return false;
}

/* fn for each entity of PRINCIPAL and GROUP. */
typedef enum rc entity_fn(struct command *c, struct authrec_def *def, struct failure *f);

static enum rc
each_entity(struct command *c, struct authrec_def *def, entity_fn *fn, struct failure *f)
{
    static const struct {
        const char *keyword;
        int32_t type;
    } kinds[] = {{"PRINCIPAL", ENTTYPE_PRINCIPAL}, {"GROUP", ENTTYPE_GROUP}};
    bool any = false;
    for (size_t k = 0; k < 2; k++) {
        const char *at = command_value(c, kinds[k].keyword);
        def->enttype = kinds[k].type;
        while (at != NULL && *at != '\0') {
            size_t len = strcspn(at, ",");
            if (len >= sizeof def->entity)
                return fail(f, RC_INVALID, "An entity's name is too long.");
            memcpy(def->entity, at, len);
            def->entity[len] = '\0';
            enum rc rc = fn(c, def, f);
            if (rc != RC_OK)
                return rc;
            any = true;
            at += len + (at[len] == ',');
        }
    }
    return any ? RC_OK : fail(f, RC_INVALID, "PRINCIPAL or GROUP must be given.");
}

static enum rc
set_entity(struct command *c, struct authrec_def *def, struct failure *f)
{
    return authority_apply(c->q, def, command_value(c, "AUTHADD"), command_value(c, "AUTHRMV"), f);
}

enum command_outcome
command_set_authrec(struct command *c)
{
    struct authrec_def def;
    struct failure f = {0};
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_CHG) || !authrec_fill(c, &def))
        return COMMAND_FAILED;
    if (each_entity(c, &def, set_entity, &f) != RC_OK)
        return command_failed(c, &f, "AMQ8871E");
    return command_say(c, "AMQ8862I", "Authority record set.");
}

static bool
is_same(const struct authrec_def *a, const struct authrec_def *b)
{
    return strcmp(a->profile, b->profile) == 0 && strcmp(a->entity, b->entity) == 0 &&
           a->enttype == b->enttype && a->objtype == b->objtype;
}

static enum rc
delete_entity(struct command *c, struct authrec_def *def, struct failure *f)
{
    struct objects *o = qmgr_objects(c->q);
    size_t n, kept = 0;
    const struct authrec_def *now = objects_authrec(o, &n);
    struct authrec_def *recs = calloc(n + 1, sizeof *recs);
    if (recs == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        if (!is_same(&now[i], def))
            recs[kept++] = now[i];
    enum rc rc = kept != n ? objects_authrec_set(o, recs, kept, f)
                           : fail(f, RC_NOT_FOUND, "There is no such authority record.");
    free(recs);
    return rc;
}

enum command_outcome
command_delete_authrec(struct command *c)
{
    struct authrec_def def;
    struct failure f = {0};
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_CHG) || !authrec_fill(c, &def))
        return COMMAND_FAILED;
    if (each_entity(c, &def, delete_entity, &f) != RC_OK)
        return command_failed(c, &f, "AMQ8147E");
    return command_say(c, "AMQ8865I", "Authority record deleted.");
}

static bool
is_asked(const struct command *c, const struct authrec_def *r)
{
    const char *profile = command_value(c, "PROFILE"), *principal = command_value(c, "PRINCIPAL"),
               *group = command_value(c, "GROUP");
    int32_t objtype = 0;
    if (profile != NULL && !text_matches_generic(profile, r->profile))
        return false;
    if (word_value(OBJECT_AUTHREC, "OBJTYPE", command_value(c, "OBJTYPE"), &objtype) &&
        objtype != r->objtype)
        return false;
    if (principal != NULL && (r->enttype != ENTTYPE_PRINCIPAL || strcmp(principal, r->entity) != 0))
        return false;
    return group == NULL || (r->enttype == ENTTYPE_GROUP && strcmp(group, r->entity) == 0);
}

enum command_outcome
command_display_authrec(struct command *c)
{
    size_t n, shown = 0;
    const struct authrec_def *recs = objects_authrec(qmgr_objects(c->q), &n);
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_DSP))
        return COMMAND_FAILED;
    for (size_t i = 0; i < n; i++) {
        if (!is_asked(c, &recs[i]))
            continue;
        struct mqsc_block b = {.out = &c->out};
        buf_printf(&c->out, "AMQ8864I: Display authority record details.\n");
        const struct object_class *k = object_class(OBJECT_AUTHREC);
        for (size_t a = 0; a < k->n_attrs; a++) {
            AUTO_BUF value = buf_new(2048, ORDER_LITTLE);
            attr_print(&k->attrs[a], &recs[i], &value);
            mqsc_cell(&b, k->attrs[a].name, buf_cstr(&value));
        }
        mqsc_block_end(&b);
        shown++;
    }
    if (shown != 0)
        return COMMAND_OK;
    return command_say(c, "AMQ8147E", "No authority record matches.");
}
