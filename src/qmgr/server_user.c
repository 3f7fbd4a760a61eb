/* Who a local user is: the only place that asks the system's user database. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "qmgr/server_internal.h"

void
user_of_uid(struct qmgr *q, uint32_t uid, char to[65])
{
    if (uid == geteuid()) {
        (void)text_copy(to, 65, qmgr_admin(q));
        return;
    }
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 && found != NULL)
        (void)text_copy(to, 65, found->pw_name);
    else
        snprintf(to, 65, "uid%u", uid);
}
