/*
 * facts.c - what the queue managers say a channel is.  Memory of earlier runs plays no part: a
 * change made by hand is seen.
 */
#include <stdio.h>
#include <string.h>

#include "estate/run.h"

/* One attribute of a channel; absent channel: RC_NOT_FOUND. */
static enum rc
ask(struct party *p, const char *channel, const char *attribute, char *to, size_t size,
    struct failure *f)
{
    char command[128];
    snprintf(command, sizeof(command), "DISPLAY CHANNEL('%s') %s", channel, attribute);
    return target_ask(p->target, command, attribute, to, size, f);
}

struct rules { /* the CHLAUTH records of one channel */
    const struct estate_channel *c;
    struct channel_facts *facts;
};

static void
take_rule(
    void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    (void)id;
    (void)text;
    const struct rules *rules = arg;
    struct channel_facts *facts = rules->facts;
    const char *type = target_cell(cells, n, "TYPE");
    if (strcmp(type, "SSLPEERMAP") == 0) {
        /* Other maps of the channel are somebody else's: they are left alone. */
        if (strcmp(target_cell(cells, n, "MCAUSER"), rules->c->mcauser) != 0)
            return;
        facts->mapped = true;
        text_copy(facts->map_sslpeer, sizeof(facts->map_sslpeer), target_cell(cells, n, "SSLPEER"));
        text_copy(
            facts->map_sslcerti, sizeof(facts->map_sslcerti), target_cell(cells, n, "SSLCERTI"));
        text_copy(facts->map_user, sizeof(facts->map_user), target_cell(cells, n, "MCAUSER"));
    } else if (strcmp(type, "ADDRESSMAP") == 0 &&
               strcmp(target_cell(cells, n, "ADDRESS"), "*") == 0) {
        facts->backstop = strcmp(target_cell(cells, n, "USERSRC"), "NOACCESS") == 0;
    }
}

static enum rc
read_to(
    struct run *r, const struct estate_channel *c, struct channel_facts *facts, struct failure *f)
{
    struct party *p = run_party(r, c->to);
    enum rc rc = ask(p, c->name, "SSLCIPH", facts->to_sslciph, sizeof(facts->to_sslciph), f);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    facts->to_exists = rc == RC_OK;
    if (rc == RC_OK)
        rc = ask(p, c->name, "SSLCAUTH", facts->sslcauth, sizeof(facts->sslcauth), f);
    if (rc != RC_OK)
        return rc;
    AUTO_BUF answer = buf_new(1u << 20, ORDER_BIG);
    char command[128];
    snprintf(command, sizeof(command), "DISPLAY CHLAUTH('%s') MATCH(EXACT) ALL", c->name);
    rc = target_mqsc(p->target, command, &answer, f);
    struct rules rules = {c, facts};
    if (rc == RC_OK)
        mqsc_results(buf_cstr(&answer), take_rule, &rules);
    return rc == RC_REFUSED ? RC_OK : rc; /* "none found" */
}

enum rc
facts_read(
    struct run *r, const struct estate_channel *c, struct channel_facts *out, struct failure *f)
{
    *out = (struct channel_facts){.from_exists = false};
    struct party *p = run_party(r, c->from);
    enum rc rc = ask(p, c->name, "SSLCIPH", out->from_sslciph, sizeof(out->from_sslciph), f);
    if (rc == RC_OK) {
        out->from_exists = true;
        rc = ask(p, c->name, "SSLPEER", out->from_sslpeer, sizeof(out->from_sslpeer), f);
        if (rc == RC_OK)
            rc = ask(p, c->name, "XMITQ", out->xmitq, sizeof(out->xmitq), f);
    } else if (rc == RC_NOT_FOUND) {
        rc = RC_OK;
    }
    if (rc == RC_OK)
        rc = read_to(r, c, out, f);
    if (rc == RC_OK)
        rc = identity_find(r, p, &out->from_has_certificate, f);
    return rc;
}

static bool
same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

enum stage
facts_stage(struct run *r, const struct estate_channel *c, const struct channel_facts *facts,
    bool *as_wanted)
{
    *as_wanted = true;
    if (!facts->from_exists || !facts->to_exists)
        return STAGE_NONE;
    if (facts->from_sslciph[0] == '\0' || facts->to_sslciph[0] == '\0') {
        *as_wanted = same(facts->from_sslciph, facts->to_sslciph);
        return STAGE_BASELINE;
    }
    *as_wanted = same(facts->from_sslciph, c->cipherspec) && same(facts->to_sslciph, c->cipherspec);
    if (!same(facts->sslcauth, "REQUIRED") || !facts->from_has_certificate)
        return STAGE_SERVER_ONLY;
    char sslpeer[DN_TEXT_MAX], sslcerti[DN_TEXT_MAX], partner[DN_TEXT_MAX];
    if (!facts->mapped || !facts->backstop ||
        facts_filters(r, c, sslpeer, sslcerti, partner, NULL) != RC_OK)
        return STAGE_MUTUAL;
    *as_wanted = *as_wanted && same(facts->map_sslpeer, sslpeer) &&
                 same(facts->map_sslcerti, sslcerti) && same(facts->from_sslpeer, partner);
    return STAGE_FILTERED;
}

enum rc
facts_filters(struct run *r, const struct estate_channel *c, char sslpeer[DN_TEXT_MAX],
    char sslcerti[DN_TEXT_MAX], char partner[DN_TEXT_MAX], struct failure *f)
{
    struct party *from = run_party(r, c->from), *to = run_party(r, c->to);
    bool found = false;
    enum rc rc = RC_OK;
    if (from->subject[0] == '\0')
        rc = identity_find(r, from, &found, f);
    if (rc == RC_OK && to->subject[0] == '\0')
        rc = identity_find(r, to, &found, f);
    if (rc != RC_OK)
        return rc;
    if (from->subject[0] == '\0' || to->subject[0] == '\0')
        return fail(f, RC_NOT_FOUND, "%s has no certificate yet",
            from->subject[0] == '\0' ? from->is->name : to->is->name);
    text_copy(sslpeer, DN_TEXT_MAX, c->admit[0] == '\0' ? from->subject : c->admit);
    text_copy(sslcerti, DN_TEXT_MAX, from->issuer);
    text_copy(partner, DN_TEXT_MAX, to->subject);
    return RC_OK;
}
