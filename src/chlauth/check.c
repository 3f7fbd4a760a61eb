/* Syntax of one channel authentication record before it is stored. */
#include <stdio.h>
#include <string.h>

#include "chlauth/address.h"
#include "chlauth/match.h"
#include "chlauth/profile.h"

enum { /* MQRCCF_* */
    USERSRC_ERROR = 3335,
    WRONG_USERSRC = 3340,
    WARN_ERROR = 3341,
    MAX_EXCEEDED = 3344,
    IPADDR_ERROR = 3345,
    PROFILE_ERROR = 3349,
    PARM_MISSING = 3228,
};
#define USERS_MAX 100
#define ADDRESSES_MAX 256

static enum rc
refuse(struct failure *f, int32_t reason, const char *keyword, const char *value, const char *what)
{
    fail(f, RC_INVALID, "%s(%.80s) %s", keyword, value, what);
    failure_reason(f, reason);
    return RC_INVALID;
}

static enum rc
check_profile(const struct chlauth_def *rule, struct failure *f)
{
    char plain[sizeof(rule->profile)];
    size_t n = 0;

    for (const char *c = rule->profile; *c != '\0'; c++)
        if (*c != '*')
            plain[n++] = *c;
    plain[n] = '\0';
    if (rule->profile[0] == '\0' || (n > 0 && !text_is_mq_name(plain, MQ_CHANNEL_MAX)))
        return refuse(f, PROFILE_ERROR, "CHLAUTH", rule->profile, "is not a generic channel name");
    if (rule->type == CHLAUTH_BLOCKADDR && strcmp(rule->profile, "*") != 0)
        return refuse(f, PROFILE_ERROR, "CHLAUTH", rule->profile,
            "does not go with TYPE(BLOCKADDR): addresses are judged before the channel is known, "
            "so "
            "the profile is '*'");
    return RC_OK;
}

/* ---- lists ---- */

static enum rc
check_users(const struct chlauth_def *rule, struct failure *f)
{
    const char *rest = rule->userlist;
    struct span item;
    size_t n = 0;

    for (; list_next(&rest, &item); n++)
        if (item.n > 64)
            return refuse(f, PARM_MISSING, "USERLIST", rule->userlist,
                "holds a user of more than 64 characters");
    if (n == 0)
        return refuse(f, PARM_MISSING, "USERLIST", "", "is missing");
    return n <= USERS_MAX
               ? RC_OK
               : refuse(f, MAX_EXCEEDED, "USERLIST", rule->userlist, "holds more than 100 users");
}

static enum rc
check_addresses(const struct chlauth_def *rule, struct failure *f)
{
    const char *rest = rule->addrlist;
    struct address_pattern p;
    struct span item;
    char text[64];
    size_t n = 0;

    for (; list_next(&rest, &item); n++) {
        snprintf(text, sizeof(text), "%.*s", (int)item.n, (const char *)item.p);
        if (item.n >= sizeof(text) || !ip_pattern_parse(text, &p) || p.kind == ADDRESS_HOST)
            return refuse(f, IPADDR_ERROR, "ADDRLIST", text, "is not an IP address or pattern");
    }
    if (n == 0)
        return refuse(f, PARM_MISSING, "ADDRLIST", "", "is missing");
    return n <= ADDRESSES_MAX ? RC_OK
                              : refuse(f, MAX_EXCEEDED, "ADDRLIST", rule->addrlist,
                                    "holds more than 256 addresses");
}

/* ---- maps ---- */

static enum rc
check_filters(const struct chlauth_def *rule, struct failure *f)
{
    struct sslpeer pattern;

    if (rule->sslpeer[strspn(rule->sslpeer, " ")] == '\0')
        return refuse(f, PARM_MISSING, "SSLPEER", "", "is missing");
    enum rc rc = sslpeer_parse(rule->sslpeer, &pattern, f);
    return rc != RC_OK ? rc : sslpeer_parse(rule->sslcerti, &pattern, f);
}

static enum rc
check_identity(const struct chlauth_def *rule, struct failure *f)
{
    switch (rule->type) {
    case CHLAUTH_SSLPEERMAP:
        return check_filters(rule, f);
    case CHLAUTH_USERMAP:
        return rule->clntuser[0] != '\0' ? RC_OK
                                         : refuse(f, PARM_MISSING, "CLNTUSER", "", "is missing");
    case CHLAUTH_QMGRMAP:
        return rule->qmname[0] != '\0' ? RC_OK
                                       : refuse(f, PARM_MISSING, "QMNAME", "", "is missing");
    default: /* ADDRESSMAP */
        return rule->address[0] != '\0' ? RC_OK
                                        : refuse(f, PARM_MISSING, "ADDRESS", "", "is missing");
    }
}

static enum rc
check_user_source(const struct chlauth_def *rule, struct failure *f)
{
    bool map = rule->usersrc == USERSRC_MAP;

    if (map && rule->mcauser[0] == '\0')
        return refuse(f, USERSRC_ERROR, "USERSRC", "MAP", "needs MCAUSER");
    if (!map && rule->mcauser[0] != '\0')
        return refuse(f, WRONG_USERSRC, "MCAUSER", rule->mcauser, "is only for USERSRC(MAP)");
    if (rule->warn != 0 && rule->usersrc != USERSRC_NOACCESS)
        return refuse(
            f, WARN_ERROR, "WARN", "YES", "is only for USERSRC(NOACCESS) and the types that block");
    return RC_OK;
}

static enum rc
check_map(const struct chlauth_def *rule, struct failure *f)
{
    enum rc rc = check_identity(rule, f);

    if (rc == RC_OK && rule->address[0] != '\0' && !chlauth_address_valid(rule->address))
        rc = refuse(f, IPADDR_ERROR, "ADDRESS", rule->address, "is not an address or pattern");
    return rc != RC_OK ? rc : check_user_source(rule, f);
}

enum rc
chlauth_check(const struct chlauth_def *rule, struct failure *f)
{
    enum rc rc = check_profile(rule, f);

    if (rc != RC_OK)
        return rc;
    switch (rule->type) {
    case CHLAUTH_BLOCKUSER:
        return check_users(rule, f);
    case CHLAUTH_BLOCKADDR:
        return check_addresses(rule, f);
    case CHLAUTH_SSLPEERMAP:
    case CHLAUTH_ADDRESSMAP:
    case CHLAUTH_USERMAP:
    case CHLAUTH_QMGRMAP:
        return check_map(rule, f);
    default: /* not an enum */
        return fail(f, RC_INVALID, "TYPE(%d) is not a type of channel authentication record",
            (int)rule->type);
    }
}
