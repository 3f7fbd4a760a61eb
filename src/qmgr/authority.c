/* Who may do what: authority records, matched as IBM MQ's object authority manager does. */
#include "qmgr/authority.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/objects.h"

#define GROUPS_MAX 128

/* ---- generic profiles: ? is one character, * a run inside one qualifier, ** any run ---- */
static bool
profile_matches(const char *p, const char *name)
{
    if (*p == '\0' || (*name == '\0' && strcmp(p, ".**") == 0))
        return *name == '\0'; /* "A.**" stands for "A" as well */
    if (p[0] == '*' && p[1] == '*') {
        /* "**.A" stands for "A": the full stop belongs to the asterisks */
        if (p[2] == '.' && profile_matches(p + 3, name))
            return true;
        while (!profile_matches(p + 2, name))
            if (*name++ == '\0')
                return false;
        return true;
    }
    if (p[0] == '*') {
        for (;; name++) {
            if (profile_matches(p + 1, name))
                return true;
            if (*name == '\0' || *name == '.')
                return false;
        }
    }
    return *name != '\0' && (*p == '?' ? *name != '.' : *p == *name) &&
           profile_matches(p + 1, name + 1);
}

static int
rank(const char *p)
{
    if (p[0] == '*')
        return p[1] == '*' ? 0 : 1;
    return p[0] == '?' ? 2 : 3;
}

/* The first place where they differ in kind decides: a letter before ?, before *, before **. */
static bool
is_more_specific(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0' && rank(a) == rank(b)) {
        a++;
        b++;
    }
    if (*a == '\0' || *b == '\0')
        return *b == '\0' && *a != '\0' && rank(a) == 3;
    return rank(a) > rank(b);
}

/* ---- the operating system's groups ---- */
struct groups {
    gid_t ids[GROUPS_MAX];
    int n;
};

static void
groups_of(const char *user, struct groups *out)
{
    struct passwd pw;
    struct passwd *found = NULL;
    char space[4096];

    out->n = 0;
    if (getpwnam_r(user, &pw, space, sizeof(space), &found) != 0 || found == NULL)
        return;
    out->n = GROUPS_MAX;
    if (getgrouplist(user, pw.pw_gid, out->ids, &out->n) < 0)
        out->n = out->n > GROUPS_MAX ? GROUPS_MAX : out->n;
}

static bool
is_in_group(const struct groups *g, const char *group)
{
    struct group gr;
    struct group *found = NULL;
    char space[16384];

    if (getgrnam_r(group, &gr, space, sizeof(space), &found) != 0 || found == NULL)
        return false;
    for (int i = 0; i < g->n; i++)
        if (g->ids[i] == gr.gr_gid)
            return true;
    return false;
}

bool
authority_is_privileged(struct qmgr *q, const char *user)
{
    struct groups groups;

    if (user[0] == '\0')
        return false;
    if (strcmp(user, qmgr_admin(q)) == 0 || strcmp(user, "mqm") == 0)
        return true;
    groups_of(user, &groups);
    return is_in_group(&groups, "mqm");
}

/* ---- records ---- */
static int32_t
objtype_of(enum object_type type)
{
    switch (type) {
    case OBJECT_QMGR:
        return OBJTYPE_QMGR;
    case OBJECT_QUEUE:
        return OBJTYPE_QUEUE;
    case OBJECT_CHANNEL:
        return OBJTYPE_CHANNEL;
    case OBJECT_LISTENER:
        return OBJTYPE_LISTENER;
    case OBJECT_CHLAUTH:
    case OBJECT_AUTHREC:
    case OBJECT_TYPES:
        break;
    }
    return 0;
}

static bool
record_applies(const struct authrec_def *r, const char *user, const struct groups *groups,
    int32_t objtype, const char *name)
{
    if (r->objtype != objtype)
        return false;
    /* The queue manager's record is kept under whatever name SET AUTHREC was given. */
    if (objtype != OBJTYPE_QMGR && !profile_matches(r->profile, name))
        return false;
    if (r->enttype == ENTTYPE_PRINCIPAL)
        return strcmp(r->entity, user) == 0;
    return is_in_group(groups, r->entity);
}

/* The most specific profile of each entity counts; entities add up. */
static bool
has_better(const struct authrec_def *recs, const bool *applies, size_t n, size_t i)
{
    for (size_t k = 0; k < n; k++) {
        if (k == i || !applies[k] || recs[k].enttype != recs[i].enttype ||
            strcmp(recs[k].entity, recs[i].entity) != 0)
            continue;
        if (is_more_specific(recs[k].profile, recs[i].profile))
            return true;
    }
    return false;
}

static int32_t
granted(struct qmgr *q, const char *user, int32_t objtype, const char *name)
{
    size_t n;
    const struct authrec_def *recs = objects_authrec(qmgr_objects(q), &n);
    bool *applies = calloc(n + 1, sizeof(*applies));
    struct groups groups;
    int32_t mask = 0;

    if (applies == NULL)
        abort();
    groups_of(user, &groups);
    for (size_t i = 0; i < n; i++)
        applies[i] = record_applies(&recs[i], user, &groups, objtype, name);
    for (size_t i = 0; i < n; i++)
        if (applies[i] && !has_better(recs, applies, n, i))
            mask |= recs[i].authlist;
    free(applies);
    return mask;
}

bool
authority_allows(
    struct qmgr *q, const char *user, enum object_type type, const char *name, int32_t what)
{
    if (authority_is_privileged(q, user))
        return true;
    if (user[0] == '\0')
        return false;
    return (granted(q, user, objtype_of(type), name) & what) == what;
}

/* ---- SET AUTHREC ---- */
static bool
is_same(const struct authrec_def *a, const struct authrec_def *b)
{
    return a->objtype == b->objtype && a->enttype == b->enttype &&
           strcmp(a->entity, b->entity) == 0 && strcmp(a->profile, b->profile) == 0;
}

enum rc
authority_apply(struct qmgr *q, const struct authrec_def *change, const char *add,
    const char *remove, struct failure *f)
{
    size_t n;
    const struct authrec_def *old = objects_authrec(qmgr_objects(q), &n);
    int32_t more = 0;
    int32_t less = 0;
    size_t at = 0;

    enum rc rc = add != NULL ? authrec_parse(add, change->objtype, &more, f) : RC_OK;
    if (rc == RC_OK && remove != NULL)
        rc = authrec_parse(remove, change->objtype, &less, f);
    if (rc != RC_OK)
        return rc;
    struct authrec_def *recs = calloc(n + 1, sizeof(*recs));
    if (recs == NULL)
        abort();
    if (n > 0)
        memcpy(recs, old, n * sizeof(*recs));
    while (at < n && !is_same(&recs[at], change))
        at++;
    if (at == n) {
        recs[n++] = *change;
        recs[at].authlist = 0;
    }
    recs[at].authlist = (recs[at].authlist & ~less) | more;
    rc = objects_authrec_set(qmgr_objects(q), recs, n, f);
    free(recs);
    return rc;
}
