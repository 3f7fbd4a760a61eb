/*
 * match.h - channel authentication: rules and facts in, verdict out (spec/chlauth.md).  Pure.
 */
#ifndef CHLAUTH_MATCH_H
#define CHLAUTH_MATCH_H

#include "chlauth/sslpeer.h"
#include "object/object.h"

struct chlauth_facts {
    const char *channel;
    int32_t chltype;                   /* CT_* */
    const char *address;               /* partner's IP */
    const char *hostname;              /* reverse name, or NULL */
    const char *user;                  /* flowed client user, or NULL/"" */
    const char *qmgr;                  /* partner queue manager (message channels), or NULL */
    const struct dn *subject, *issuer; /* NULL without a certificate */
    const char *mcauser;               /* the channel's MCAUSER */
};
enum chlauth_action { CHLAUTH_NO_RULE, CHLAUTH_MAP, CHLAUTH_CHANNEL, CHLAUTH_NOACCESS };
struct chlauth_verdict {
    enum chlauth_action action;
    bool warn;     /* refused only on paper: WARN(YES) */
    char user[65]; /* the user that the channel runs under after mapping */
    int32_t chckclnt;
    const struct chlauth_def *rule; /* borrowed from rules; NULL: none matched */
};
/* Step 2: may this address talk at all?  Before a byte is read. *warn: it would have been blocked.
 */
bool chlauth_address_blocked(const struct chlauth_def *rules, size_t n, const char *address,
    bool *warn, const struct chlauth_def **rule);
/* Step 8: the best matching map. */
void chlauth_map(const struct chlauth_def *rules, size_t n, const struct chlauth_facts *facts,
    struct chlauth_verdict *out);
/* Step 12 (SVRCONN only): is the final user banned?  privileged: he administers. */
bool chlauth_user_blocked(const struct chlauth_def *rules, size_t n, const char *channel,
    int32_t chltype, const char *user, bool privileged, bool *warn,
    const struct chlauth_def **rule);
/* Syntax of one record before it is stored; of an address pattern. */
enum rc chlauth_check(const struct chlauth_def *rule, struct failure *f) MUST_CHECK;
bool chlauth_address_valid(const char *pattern);
/* SET CHLAUTH ... ACTION(ADD|REPLACE|REMOVE|REMOVEALL) on a set of records: which records result.
 * Key fields decide which record is meant.  *rules is reallocated. */
enum chlauth_change { CHLAUTH_ADD, CHLAUTH_REPLACE, CHLAUTH_REMOVE, CHLAUTH_REMOVEALL };
enum rc chlauth_update(struct chlauth_def **rules, size_t *n, const struct chlauth_def *change,
    enum chlauth_change action, struct failure *f) MUST_CHECK;
/* The records of a new queue manager. */
size_t chlauth_defaults(struct chlauth_def *to, size_t room);

#endif
