/*
 * authrec.h - authority records: what an entity may do to the objects that a profile names.
 *
 * authlist is a bit mask of AUTH_* (ATTR_SET), because every open checks it; MQSC and the journal
 * see the words.
 */
#ifndef OBJECT_AUTHREC_H
#define OBJECT_AUTHREC_H

#include <stdint.h>

#include "base/failure.h"

/* Bit n is MQAUTH_* n. */
enum {
    AUTH_ALTUSR = 1 << 1,
    AUTH_BROWSE = 1 << 2,
    AUTH_CHG = 1 << 3,
    AUTH_CLR = 1 << 4,
    AUTH_CONNECT = 1 << 5,
    AUTH_CRT = 1 << 6,
    AUTH_DLT = 1 << 7,
    AUTH_DSP = 1 << 8,
    AUTH_GET = 1 << 9,
    AUTH_INQ = 1 << 10,
    AUTH_PUT = 1 << 11,
    AUTH_PASSALL = 1 << 12,
    AUTH_PASSID = 1 << 13,
    AUTH_SET = 1 << 14,
    AUTH_SETALL = 1 << 15,
    AUTH_SETID = 1 << 16,
    AUTH_CTRL = 1 << 17,
    AUTH_CTRLX = 1 << 18,
    AUTH_PUB = 1 << 19,
    AUTH_SUB = 1 << 20,
    AUTH_RESUME = 1 << 21,
    AUTH_SYSTEM = 1 << 22,
};

/* OBJTYPE: MQOT_* */
enum {
    OBJTYPE_QUEUE = 1,
    OBJTYPE_NAMELIST = 2,
    OBJTYPE_PROCESS = 3,
    OBJTYPE_QMGR = 5,
    OBJTYPE_CHANNEL = 6,
    OBJTYPE_AUTHINFO = 7,
    OBJTYPE_TOPIC = 8,
    OBJTYPE_COMMINFO = 9,
    OBJTYPE_LISTENER = 11,
    OBJTYPE_SERVICE = 12,
    OBJTYPE_CLNTCONN = 1014,
    OBJTYPE_RQMNAME = 1017,
};

/* ENTTYPE: MQZAET_* */
enum { ENTTYPE_PRINCIPAL = 1, ENTTYPE_GROUP = 2 };

struct authrec_def { /* in the order in which DISPLAY prints */
    char profile[49];
    char entity[1025];
    int32_t enttype;
    int32_t objtype;
    int32_t authlist; /* AUTH_* */
};

/* Every authority that exists for this kind of object. */
int32_t authrec_all(int32_t objtype);
/* The text of AUTHADD or AUTHRMV ("GET,PUT", ALL, ALLMQI, ALLADM, NONE) as a mask; one that the
 * kind of object does not know is refused. */
enum rc authrec_parse(const char *list, int32_t objtype, int32_t *mask,
    struct failure *f) MUST_CHECK;

#endif
