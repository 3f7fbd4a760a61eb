/* SET CHLAUTH: what a set of records is after a change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chlauth/address.h"
#include "chlauth/match.h"
#include "chlauth/profile.h"

enum { /* MQRCCF_* */
    ALREADY_EXISTS = 3337,
    NOT_FOUND = 3338,
    WRONG_ACTION = 3339,
    RANGE_CONFLICT = 3343,
    MAX_EXCEEDED = 3344,
};

/* ---- which record is meant ---- */

static bool
is_list(const struct chlauth_def *r)
{
    return r->type == CHLAUTH_BLOCKUSER || r->type == CHLAUTH_BLOCKADDR;
}

static bool
same_group(const struct chlauth_def *a, const struct chlauth_def *b)
{
    return a->type == b->type && strcmp(a->profile, b->profile) == 0;
}

/* Everything that identifies a map but its address. */
static bool
same_identity(const struct chlauth_def *a, const struct chlauth_def *b)
{
    return same_group(a, b) && strcmp(a->sslpeer, b->sslpeer) == 0 &&
           strcmp(a->sslcerti, b->sslcerti) == 0 && strcmp(a->clntuser, b->clntuser) == 0 &&
           strcmp(a->qmname, b->qmname) == 0;
}

static bool
same_key(const struct chlauth_def *a, const struct chlauth_def *b)
{
    return is_list(a) ? same_group(a, b)
                      : same_identity(a, b) && address_same(a->address, b->address);
}

static struct chlauth_def *
find(struct chlauth_def *rules, size_t n, const struct chlauth_def *key)
{
    for (size_t i = 0; i < n; i++)
        if (same_key(&rules[i], key))
            return &rules[i];
    return NULL;
}

static void
drop(struct chlauth_def *rules, size_t *n, struct chlauth_def *rule)
{
    size_t at = (size_t)(rule - rules);

    memmove(rule, rule + 1, (*n - at - 1) * sizeof(*rule));
    (*n)--;
}

static void
append(struct chlauth_def **rules, size_t *n, const struct chlauth_def *rule)
{
    struct chlauth_def *grown = realloc(*rules, (*n + 1) * sizeof(*grown));

    if (grown == NULL)
        abort();
    grown[(*n)++] = *rule;
    *rules = grown;
}

/* ---- lists ---- */

static char *
list_of(struct chlauth_def *r, size_t *size)
{
    bool users = r->type == CHLAUTH_BLOCKUSER;

    *size = users ? sizeof(r->userlist) : sizeof(r->addrlist);
    return users ? r->userlist : r->addrlist;
}

static const char *
items_of(const struct chlauth_def *r)
{
    return r->type == CHLAUTH_BLOCKUSER ? r->userlist : r->addrlist;
}

static bool
list_add(char *list, size_t size, struct span item)
{
    size_t n = strlen(list);

    if (list_has(list, item))
        return true;
    if (n + item.n + 2 > size)
        return false;
    snprintf(list + n, size - n, "%s%.*s", n > 0 ? "," : "", (int)item.n, (const char *)item.p);
    return true;
}

/* What a has and b does not, into `to`; counts what was left out. */
static size_t
list_without(const char *a, const char *b, char *to, size_t size)
{
    struct span item;
    size_t dropped = 0;

    *to = '\0';
    while (list_next(&a, &item)) {
        if (list_has(b, item))
            dropped++;
        else
            (void)list_add(to, size, item); /* never longer than a was */
    }
    return dropped;
}

static enum rc
merge(struct chlauth_def *rule, const struct chlauth_def *change, struct failure *f)
{
    struct chlauth_def merged = *rule;
    size_t size;
    char *list = list_of(&merged, &size);
    const char *rest = items_of(change);
    struct span item;

    while (list_next(&rest, &item))
        if (!list_add(list, size, item)) {
            fail(f, RC_LIMIT, "The list of this record has no room for more");
            failure_reason(f, MAX_EXCEEDED);
            return RC_LIMIT;
        }
    merged.warn = change->warn;
    if (change->descr[0] != '\0')
        memcpy(merged.descr, change->descr, sizeof(merged.descr));
    memcpy(merged.altdate, change->altdate, sizeof(merged.altdate));
    memcpy(merged.alttime, change->alttime, sizeof(merged.alttime));
    enum rc rc = chlauth_check(&merged, f);
    if (rc == RC_OK)
        *rule = merged;
    return rc;
}

/* ---- the four actions ---- */

static enum rc
not_found(struct failure *f, const struct chlauth_def *change)
{
    fail(f, RC_NOT_FOUND, "There is no such channel authentication record for '%s'",
        change->profile);
    failure_id(f, "AMQ8884E");
    failure_reason(f, NOT_FOUND);
    failure_fix(f,
        "DISPLAY CHLAUTH('%s') ALL shows them; give every field that identifies one, quoted "
        "where its case matters",
        change->profile);
    return RC_NOT_FOUND;
}

static enum rc
check_conflict(
    const struct chlauth_def *rules, size_t n, const struct chlauth_def *change, struct failure *f)
{
    for (size_t i = 0; i < n && !is_list(change); i++) {
        if (!same_identity(&rules[i], change) ||
            !address_conflict(rules[i].address, change->address))
            continue;
        fail(f, RC_INVALID, "ADDRESS(%.60s) overlaps ADDRESS(%.60s) of another record",
            change->address, rules[i].address);
        failure_reason(f, RANGE_CONFLICT);
        failure_fix(f, "Ranges may lie inside each other or apart");
        return RC_INVALID;
    }
    return RC_OK;
}

static enum rc
add(struct chlauth_def **rules, size_t *n, const struct chlauth_def *change, struct failure *f)
{
    struct chlauth_def *rule = find(*rules, *n, change);

    if (rule == NULL) {
        append(rules, n, change);
        return RC_OK;
    }
    if (is_list(change))
        return merge(rule, change, f);
    fail(f, RC_EXISTS, "There is such a channel authentication record for '%s' already",
        change->profile);
    failure_reason(f, ALREADY_EXISTS);
    failure_fix(f, "Use ACTION(REPLACE)");
    return RC_EXISTS;
}

static enum rc
set(struct chlauth_def **rules, size_t *n, const struct chlauth_def *change, bool replace,
    struct failure *f)
{
    enum rc rc = chlauth_check(change, f);

    if (rc == RC_OK)
        rc = check_conflict(*rules, *n, change, f);
    if (rc != RC_OK)
        return rc;
    struct chlauth_def *rule = find(*rules, *n, change);
    if (!replace || rule == NULL)
        return add(rules, n, change, f);
    *rule = *change;
    return RC_OK;
}

static enum rc
take_items(struct chlauth_def *rules, size_t *n, struct chlauth_def *rule,
    const struct chlauth_def *change, struct failure *f)
{
    struct chlauth_def rest = *rule;
    size_t size;
    char *list = list_of(&rest, &size);

    if (list_without(items_of(rule), items_of(change), list, size) == 0)
        return not_found(f, change);
    if (*list == '\0')
        drop(rules, n, rule);
    else
        *rule = rest;
    return RC_OK;
}

static enum rc
remove_one(
    struct chlauth_def *rules, size_t *n, const struct chlauth_def *change, struct failure *f)
{
    struct chlauth_def *rule = find(rules, *n, change);

    if (rule == NULL)
        return not_found(f, change);
    if (is_list(change))
        return take_items(rules, n, rule, change, f);
    drop(rules, n, rule);
    return RC_OK;
}

static enum rc
remove_all(
    struct chlauth_def *rules, size_t *n, const struct chlauth_def *change, struct failure *f)
{
    size_t before = *n;

    for (size_t i = *n; i > 0; i--)
        if (same_group(&rules[i - 1], change))
            drop(rules, n, &rules[i - 1]);
    return *n < before ? RC_OK : not_found(f, change);
}

enum rc
chlauth_update(struct chlauth_def **rules, size_t *n, const struct chlauth_def *change,
    enum chlauth_change action, struct failure *f)
{
    switch (action) {
    case CHLAUTH_ADD:
        return set(rules, n, change, false, f);
    case CHLAUTH_REPLACE:
        return set(rules, n, change, true, f);
    case CHLAUTH_REMOVE:
        return remove_one(*rules, n, change, f);
    case CHLAUTH_REMOVEALL:
        return remove_all(*rules, n, change, f);
    }
    fail(f, RC_INVALID, "ACTION is not known");
    failure_reason(f, WRONG_ACTION);
    return RC_INVALID;
}

/* ---- a new queue manager ---- */

size_t
chlauth_defaults(struct chlauth_def *to, size_t room)
{
    static const struct {
        const char *profile, *descr, *address, *userlist;
        int32_t type, usersrc;
    } rows[] = {
        {"*", "Privileged users are blocked", "", "*MQADMIN", CHLAUTH_BLOCKUSER, USERSRC_MAP},
        {"SYSTEM.*", "SYSTEM channels are closed", "*", "", CHLAUTH_ADDRESSMAP, USERSRC_NOACCESS},
        {"SYSTEM.ADMIN.SVRCONN", "MQ Explorer may connect", "*", "", CHLAUTH_ADDRESSMAP,
            USERSRC_CHANNEL},
    };
    size_t n = 0;

    for (; n < sizeof(rows) / sizeof(rows[0]) && n < room; n++) {
        object_init(OBJECT_CHLAUTH, rows[n].type, &to[n]);
        to[n].type = rows[n].type;
        to[n].usersrc = rows[n].usersrc;
        text_copy(to[n].profile, sizeof(to[n].profile), rows[n].profile);
        text_copy(to[n].descr, sizeof(to[n].descr), rows[n].descr);
        text_copy(to[n].address, sizeof(to[n].address), rows[n].address);
        text_copy(to[n].userlist, sizeof(to[n].userlist), rows[n].userlist);
    }
    return n;
}
