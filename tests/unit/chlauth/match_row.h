/* match_row.h - how match_cases.h writes records and connections. */
#ifndef TEST_MATCH_ROW_H
#define TEST_MATCH_ROW_H

#include <stdint.h>

struct rule_row { /* NULL: blank */
    const char *profile;
    int32_t type, usersrc, warn;
    const char *address, *addrlist, *clntuser, *qmname, *sslpeer, *sslcerti, *userlist, *mcauser;
};
struct match_case {
    const char *why;
    size_t defaults; /* how many of the default records come first */
    struct rule_row rules[6];
    const char *channel, *address, *user, *qmgr, *mcauser, *subject, *issuer;
    const char *expect; /* "RUN:user" or "BLOCK:what" */
    const char *event;
};

#endif
