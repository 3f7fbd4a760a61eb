/*
 * chlauth.h - channel authentication records; type is CHLAUTH_*.
 *
 * Lists are kept as comma lists.  ADDRLIST holds 4096 bytes, less than the 256 addresses of 48
 * characters that IBM MQ allows at the very most: a record is copied into every snapshot.
 */
#ifndef OBJECT_CHLAUTH_H
#define OBJECT_CHLAUTH_H

#include <stdint.h>

/* MQCAUT_* */
enum chlauth_type {
    CHLAUTH_BLOCKUSER = 1,
    CHLAUTH_BLOCKADDR,
    CHLAUTH_SSLPEERMAP,
    CHLAUTH_ADDRESSMAP,
    CHLAUTH_USERMAP,
    CHLAUTH_QMGRMAP,
};
/* USERSRC and CHCKCLNT */
enum { USERSRC_MAP = 0, USERSRC_NOACCESS = 1, USERSRC_CHANNEL = 2 };
enum { CHCKCLNT_REQDADM = 2, CHCKCLNT_REQUIRED = 3, CHCKCLNT_ASQMGR = 4 };

struct chlauth_def { /* in the order in which DISPLAY prints */
    char profile[21];
    int32_t type;
    char descr[65];
    char custom[129];
    char sslpeer[1025];
    char sslcerti[1025];
    char address[265];
    char addrlist[4097];
    char clntuser[65];
    char qmname[49];
    char userlist[6501];
    char mcauser[65];
    int32_t usersrc;
    int32_t chckclnt;
    int32_t warn;
    char altdate[11];
    char alttime[9];
};

#endif
