/*
 * Which channel authentication record decides (spec/chlauth.md, Evaluation order, Best match).
 *
 * Records are compared field by field, the first difference decides: profile, kind of identity, the
 * identity, the address.  The key fields identify a record, so that there are no ties among those
 * that match; should there be, the first one counts.
 */
#include "chlauth/match.h"

#include <string.h>

#include "chlauth/address.h"
#include "chlauth/profile.h"

/* ---- profiles and generic names ---- */

/* Only the latest asterisk has to be tried again, so that no pattern takes long. */
bool
profile_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *resume = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

int
profile_compare(const char *a, const char *b)
{
    size_t star_a = strcspn(a, "*"), star_b = strcspn(b, "*");
    bool exact_a = a[star_a] == '\0', exact_b = b[star_b] == '\0';

    if (exact_a || exact_b)
        return (int)exact_b - (int)exact_a;
    if (star_a != star_b)
        return star_a > star_b ? -1 : 1;
    size_t na = strlen(a), nb = strlen(b);
    return (na < nb) - (na > nb);
}

/* ---- lists ---- */

bool
list_next(const char **rest, struct span *item)
{
    while (**rest == ',' || **rest == ' ')
        (*rest)++;
    size_t n = strcspn(*rest, ",");
    *item = span_of(*rest, n);
    *rest += n;
    while (item->n > 0 && item->p[item->n - 1] == ' ')
        item->n--;
    return item->n > 0;
}

bool
list_has(const char *list, struct span wanted)
{
    struct span item;

    while (list_next(&list, &item))
        if (span_equal(item, wanted))
            return true;
    return false;
}

/* ---- step 2: addresses ---- */

static bool
lists_address(const struct chlauth_def *rule, const char *address)
{
    const char *rest = rule->addrlist;
    struct span item;
    char pattern[64];

    while (list_next(&rest, &item)) {
        struct address_pattern p;
        if (item.n >= sizeof(pattern))
            continue;
        memcpy(pattern, item.p, item.n);
        pattern[item.n] = '\0';
        /* Host names are not looked up before a byte is read. */
        if (ip_pattern_parse(pattern, &p) && p.kind != ADDRESS_HOST &&
            address_matches(pattern, address, NULL))
            return true;
    }
    return false;
}

bool
chlauth_address_blocked(const struct chlauth_def *rules, size_t n, const char *address, bool *warn,
    const struct chlauth_def **rule)
{
    *warn = false;
    *rule = NULL;
    for (size_t i = 0; i < n; i++) {
        if (rules[i].type != CHLAUTH_BLOCKADDR || !lists_address(&rules[i], address))
            continue;
        *rule = &rules[i];
        *warn = rules[i].warn != 0;
        if (!*warn)
            return true;
    }
    return false;
}

/* ---- step 8: the best map ---- */

static bool
is_client(const struct chlauth_facts *facts)
{
    return facts->chltype == CT_SVRCONN;
}

static bool
has_text(const char *s)
{
    return s != NULL && *s != '\0';
}

static bool
peer_applies(const struct chlauth_def *rule, const struct chlauth_facts *facts)
{
    if (facts->subject == NULL || !sslpeer_admits(rule->sslpeer, facts->subject))
        return false;
    if (rule->sslcerti[0] == '\0')
        return true;
    return facts->issuer != NULL && sslpeer_admits(rule->sslcerti, facts->issuer);
}

static bool
identity_applies(const struct chlauth_def *rule, const struct chlauth_facts *facts)
{
    switch (rule->type) {
    case CHLAUTH_ADDRESSMAP:
        return true;
    case CHLAUTH_USERMAP:
        return is_client(facts) && has_text(facts->user) &&
               strcmp(rule->clntuser, facts->user) == 0;
    case CHLAUTH_QMGRMAP:
        return !is_client(facts) && has_text(facts->qmgr) &&
               profile_matches(rule->qmname, facts->qmgr);
    case CHLAUTH_SSLPEERMAP:
        return peer_applies(rule, facts);
    default: /* not an enum: the two kinds that block are no maps */
        return false;
    }
}

static bool
applies(const struct chlauth_def *rule, const struct chlauth_facts *facts)
{
    return profile_matches(rule->profile, facts->channel) && identity_applies(rule, facts) &&
           address_matches(rule->address, facts->address, facts->hostname);
}

static int
kind(const struct chlauth_def *rule)
{
    return rule->type == CHLAUTH_SSLPEERMAP ? 0 : rule->type == CHLAUTH_ADDRESSMAP ? 2 : 1;
}

static int
compare_filters(const char *a, const char *b)
{
    struct sslpeer pa, pb;

    if (sslpeer_parse(a, &pa, NULL) != RC_OK || sslpeer_parse(b, &pb, NULL) != RC_OK)
        return 0;
    return sslpeer_compare(&pa, &pb);
}

static int
compare_identities(const struct chlauth_def *a, const struct chlauth_def *b)
{
    int c = 0;

    if (kind(a) != kind(b))
        return kind(a) - kind(b);
    if (a->type == CHLAUTH_SSLPEERMAP) {
        c = compare_filters(a->sslpeer, b->sslpeer);
        /* A blank issuer has no element at all: any other is more specific. */
        return c != 0 ? c : compare_filters(a->sslcerti, b->sslcerti);
    }
    if (a->type == CHLAUTH_QMGRMAP)
        c = profile_compare(a->qmname, b->qmname);
    return c;
}

static int
compare_rules(const struct chlauth_def *a, const struct chlauth_def *b)
{
    int c = profile_compare(a->profile, b->profile);

    if (c == 0)
        c = compare_identities(a, b);
    return c != 0 ? c : address_compare(a->address, b->address);
}

static const struct chlauth_def *
best_map(const struct chlauth_def *rules, size_t n, const struct chlauth_facts *facts)
{
    const struct chlauth_def *best = NULL;

    for (size_t i = 0; i < n; i++)
        if (applies(&rules[i], facts) && (best == NULL || compare_rules(&rules[i], best) < 0))
            best = &rules[i];
    return best;
}

void
chlauth_map(const struct chlauth_def *rules, size_t n, const struct chlauth_facts *facts,
    struct chlauth_verdict *out)
{
    const struct chlauth_def *rule = best_map(rules, n, facts);
    const char *user = has_text(facts->mcauser) ? facts->mcauser : facts->user;

    *out = (struct chlauth_verdict){
        .action = CHLAUTH_NO_RULE, .chckclnt = CHCKCLNT_ASQMGR, .rule = rule};
    if (rule != NULL) {
        out->chckclnt = rule->chckclnt;
        out->action = rule->usersrc == USERSRC_MAP       ? CHLAUTH_MAP
                      : rule->usersrc == USERSRC_CHANNEL ? CHLAUTH_CHANNEL
                                                         : CHLAUTH_NOACCESS;
        out->warn = out->action == CHLAUTH_NOACCESS && rule->warn != 0;
    }
    if (out->action == CHLAUTH_MAP)
        user = rule->mcauser;
    text_copy(out->user, sizeof(out->user), user != NULL ? user : "");
}

/* ---- step 12: users ---- */

static const struct chlauth_def *
best_user_list(const struct chlauth_def *rules, size_t n, const char *channel)
{
    const struct chlauth_def *best = NULL;

    for (size_t i = 0; i < n; i++) {
        if (rules[i].type != CHLAUTH_BLOCKUSER || !profile_matches(rules[i].profile, channel))
            continue;
        if (best == NULL || profile_compare(rules[i].profile, best->profile) < 0)
            best = &rules[i];
    }
    return best;
}

bool
chlauth_user_blocked(const struct chlauth_def *rules, size_t n, const char *channel,
    int32_t chltype, const char *user, bool privileged, bool *warn, const struct chlauth_def **rule)
{
    *warn = false;
    *rule = NULL;
    if (chltype != CT_SVRCONN)
        return false;
    const struct chlauth_def *best = best_user_list(rules, n, channel);
    if (best == NULL)
        return false;
    bool listed = (privileged && list_has(best->userlist, span_str("*MQADMIN"))) ||
                  list_has(best->userlist, span_str(user));
    if (!listed)
        return false;
    *rule = best;
    *warn = best->warn != 0;
    return !*warn;
}
