/* words.c - the verbs, nouns and commands that the parser knows. */
#include "mqsc/words.h"

#include <string.h>

/* clang-format off */
static const struct verb_row verbs[] = {
    {"ALTER ALT", MQSC_ALTER},     {"CLEAR", MQSC_CLEAR},     {"DEFINE DEF", MQSC_DEFINE},
    {"DELETE DEL", MQSC_DELETE},   {"DISPLAY DIS", MQSC_DISPLAY}, {"PING", MQSC_PING},
    {"REFRESH REF", MQSC_REFRESH}, {"RESET", MQSC_RESET},     {"RESOLVE", MQSC_RESOLVE},
    {"SET", MQSC_SET},             {"START STA", MQSC_START}, {"STOP", MQSC_STOP},
    {"END EXIT QUIT", MQSC_END},   {"SUSPEND", MQSC_OTHER_VERB}, {"RESUME", MQSC_OTHER_VERB},
    {"MOVE", MQSC_OTHER_VERB},     {"PURGE", MQSC_OTHER_VERB},
};

#define OTHER(words) {words, MQSC_OTHER, NAME_OPTIONAL, -1, 0}

static const struct noun_row nouns[] = {
    {"QMGR",        MQSC_QMGR,     NAME_NONE,     OBJECT_QMGR,     0},
    {"QUEUE Q",     MQSC_QUEUE,    NAME_NEEDED,   OBJECT_QUEUE,    0},
    {"QLOCAL QL",   MQSC_QLOCAL,   NAME_NEEDED,   OBJECT_QUEUE,    QT_LOCAL},
    {"QREMOTE QR",  MQSC_QREMOTE,  NAME_NEEDED,   OBJECT_QUEUE,    QT_REMOTE},
    {"QALIAS QA",   MQSC_QALIAS,   NAME_NEEDED,   OBJECT_QUEUE,    QT_ALIAS},
    {"QMODEL QM",   MQSC_QMODEL,   NAME_NEEDED,   OBJECT_QUEUE,    QT_MODEL},
    {"CHANNEL CHL", MQSC_CHANNEL,  NAME_NEEDED,   OBJECT_CHANNEL,  0},
    {"LISTENER LSTR", MQSC_LISTENER, NAME_NEEDED, OBJECT_LISTENER, 0},
    {"CHLAUTH",     MQSC_CHLAUTH,  NAME_NEEDED,   OBJECT_CHLAUTH,  0},
    {"AUTHREC",     MQSC_AUTHREC,  NAME_NONE,     OBJECT_AUTHREC,  0},
    {"SECURITY SEC", MQSC_SECURITY, NAME_OPTIONAL, -1, 0},
    {"CHSTATUS CHS", MQSC_CHSTATUS, NAME_NEEDED,  -1, 0},
    {"QSTATUS QS",  MQSC_QSTATUS,  NAME_NEEDED,   -1, 0},
    {"LSSTATUS LS", MQSC_LSSTATUS, NAME_NEEDED,   -1, 0},
    {"QMSTATUS",    MQSC_QMSTATUS, NAME_NONE,     -1, 0},
    {"CONN CON",    MQSC_CONN,     NAME_NEEDED,   -1, 0},
    OTHER("PROCESS PRO"), OTHER("NAMELIST NL"), OTHER("SERVICE SER"), OTHER("SVSTATUS"),
    OTHER("TOPIC"), OTHER("TPSTATUS TPS"), OTHER("SUB"), OTHER("SBSTATUS"), OTHER("AUTHINFO"),
    OTHER("AUTHSERV"), OTHER("ENTAUTH"), OTHER("CLUSQMGR"), OTHER("CLUSTER"), OTHER("QCLUSTER"),
    OTHER("TCLUSTER"), OTHER("TOPICSTR"), OTHER("PUBSUB"), OTHER("APSTATUS"), OTHER("COMMINFO"),
    OTHER("POLICY"), OTHER("CHINIT"), OTHER("CMDSERV"),
};

/* What only channels of types that Grove does not have take (AMQP, MQTT). */
#define FOREIGN "AMQPKA BACKLOG JAASCFG PORT SSLKEYP TMPMODEL TMPQPRFX TPROOT USECLTID"
#define QUEUE_DELETE "PURGE NOPURGE AUTHREC() IGNSTATE()"
#define DEFINING "LIKE() REPLACE NOREPLACE"

static const struct command_row commands[] = {
    {MQSC_ALTER, MQSC_QMGR, "FORCE", true, NULL},
    {MQSC_ALTER, MQSC_QLOCAL, "FORCE", true, NULL},
    {MQSC_ALTER, MQSC_QREMOTE, "FORCE", true, NULL},
    {MQSC_ALTER, MQSC_QALIAS, "FORCE", true, NULL},
    {MQSC_ALTER, MQSC_QMODEL, "", true, NULL},
    {MQSC_ALTER, MQSC_CHANNEL, "", true, FOREIGN},
    {MQSC_ALTER, MQSC_LISTENER, "", true, NULL},
    {MQSC_CLEAR, MQSC_QLOCAL, "", false, NULL},
    {MQSC_DEFINE, MQSC_QLOCAL, DEFINING " FORCE", true, NULL},
    {MQSC_DEFINE, MQSC_QREMOTE, DEFINING " FORCE", true, NULL},
    {MQSC_DEFINE, MQSC_QALIAS, DEFINING " FORCE", true, NULL},
    {MQSC_DEFINE, MQSC_QMODEL, DEFINING, true, NULL},
    {MQSC_DEFINE, MQSC_CHANNEL, DEFINING, true, FOREIGN},
    {MQSC_DEFINE, MQSC_LISTENER, DEFINING, true, NULL},
    {MQSC_DELETE, MQSC_QLOCAL, QUEUE_DELETE, false, NULL},
    {MQSC_DELETE, MQSC_QREMOTE, QUEUE_DELETE, false, NULL},
    {MQSC_DELETE, MQSC_QALIAS, QUEUE_DELETE, false, NULL},
    {MQSC_DELETE, MQSC_QMODEL, QUEUE_DELETE, false, NULL},
    {MQSC_DELETE, MQSC_CHANNEL, "CHLTABLE() IGNSTATE()", false, NULL},
    {MQSC_DELETE, MQSC_LISTENER, "IGNSTATE()", false, NULL},
    {MQSC_DELETE, MQSC_AUTHREC,
        "PROFILE() OBJTYPE() PRINCIPAL() GROUP() SERVCOMP() IGNSTATE()", false, NULL},
    {MQSC_DISPLAY, MQSC_QMGR, "ALL EVENT CLUSTER PUBSUB SYSTEM", true, NULL},
    {MQSC_DISPLAY, MQSC_QUEUE, "ALL WHERE() CLUSINFO", true, NULL},
    {MQSC_DISPLAY, MQSC_QLOCAL, "ALL WHERE()", true, NULL},
    {MQSC_DISPLAY, MQSC_QREMOTE, "ALL WHERE()", true, NULL},
    {MQSC_DISPLAY, MQSC_QALIAS, "ALL WHERE()", true, NULL},
    {MQSC_DISPLAY, MQSC_QMODEL, "ALL WHERE()", true, NULL},
    {MQSC_DISPLAY, MQSC_CHANNEL, "ALL WHERE()", true, FOREIGN},
    {MQSC_DISPLAY, MQSC_LISTENER, "ALL WHERE()", true, NULL},
    {MQSC_DISPLAY, MQSC_CHLAUTH, "ALL WHERE() MATCH()", true, NULL},
    {MQSC_DISPLAY, MQSC_AUTHREC, "ALL MATCH() PRINCIPAL() GROUP() SERVCOMP()", true, NULL},
    {MQSC_DISPLAY, MQSC_SECURITY, "ALL", false, NULL},
    {MQSC_DISPLAY, MQSC_CHSTATUS,
        "ALL WHERE() BATCHES BATCHSZ BUFSRCVD BUFSSENT BYTSRCVD BYTSSENT CHANNEL CHLTYPE "
        "CHSTADA CHSTATI COMPHDR COMPMSG COMPRATE COMPTIME CONNAME CURLUWID CURMSGS CURRENT "
        "CURSEQNO CURSHCNV EXITTIME HBINT INDOUBT JOBNAME LOCLADDR LONGRTS LSTLUWID LSTMSGDA "
        "LSTMSGTI LSTSEQNO MAXSHCNV MCASTAT MCAUSER MONCHL MONITOR MSGS NETTIME NPMSPEED "
        "RAPPLTAG RPRODUCT RQMNAME RVERSION SAVED SECPROT SHORT SHORTRTS SSLCERTI SSLCERTU "
        "SSLCIPH SSLKEYDA SSLKEYTI SSLPEER SSLRKEYS STATCHL STATUS STOPREQ SUBSTATE XBATCHSZ "
        "XMITQ XQMSGSA XQTIME", false, NULL},
    {MQSC_DISPLAY, MQSC_QSTATUS,
        "ALL WHERE() APPLDESC APPLTAG APPLTYPE ASTATE BROWSE CHANNEL CONNAME CURDEPTH "
        "CURFSIZE CURMAXFS HSTATE INPUT INQUIRE IPPROCS LGETDATE LGETTIME LPUTDATE LPUTTIME "
        "MEDIALOG MONITOR MONQ MSGAGE OPENTYPE OPPROCS OUTPUT PID QMURID QTIME QUEUE SET TID "
        "TYPE UNCOM URID URTYPE USERID", false, NULL},
    {MQSC_DISPLAY, MQSC_LSSTATUS,
        "ALL WHERE() BACKLOG CONTROL DESCR IPADDR PID PORT STARTDA STARTTI STATUS TRPTYPE",
        false, NULL},
    {MQSC_DISPLAY, MQSC_QMSTATUS,
        "ALL AUTOCLUS CHINIT CHKPTCNT CHKPTOPS CHKPTSZ CMDSERV CONNS DATFSSZ DATFSUSE "
        "DATPATH DISKLSN GRPLSN GRPNAME GRPROLE HOSTNAME INSTANCE INSTDESC INSTNAME INSTPATH "
        "LDAPCONN LOG LOGEXTSZ LOGFSSZ LOGFSUSE LOGINUSE LOGPATH LOGPRIM LOGSEC LOGSTRDA "
        "LOGSTRL LOGSTRTI LOGTYPE LOGUTIL NHATYPE QMFSSZ QMFSUSE QUORUM REUSESZ STANDBY "
        "STARTDA STARTTI STATUS TYPE UNICLUS", false, NULL},
    {MQSC_DISPLAY, MQSC_CONN,
        "ALL WHERE() APPLDESC APPLTAG APPLTYPE ASTATE CHANNEL CLIENTID CONNAME CONNOPTS "
        "CONNTAG DEST DESTQMGR EXTCONN EXTURID HSTATE OBJNAME OBJTYPE OPENOPTS PID QMURID "
        "READA SUBID SUBNAME TID TOPICSTR TYPE UOWLOG UOWLOGDA UOWLOGTI UOWSTATE UOWSTDA "
        "UOWSTTI URDISP URTYPE USERID", false, NULL},
    {MQSC_PING, MQSC_CHANNEL, "DATALEN()", false, NULL},
    {MQSC_PING, MQSC_QMGR, "", false, NULL},
    {MQSC_REFRESH, MQSC_SECURITY, "TYPE()", false, NULL},
    {MQSC_REFRESH, MQSC_QMGR, "TYPE() INCLINT() NAME() OBJECT()", false, NULL},
    {MQSC_RESET, MQSC_CHANNEL, "SEQNUM()", false, NULL},
    {MQSC_RESET, MQSC_QMGR, "TYPE()", false, NULL},
    {MQSC_RESOLVE, MQSC_CHANNEL, "ACTION()", false, NULL},
    {MQSC_SET, MQSC_CHLAUTH, "ACTION()", true, NULL},
    {MQSC_SET, MQSC_AUTHREC, "AUTHADD() AUTHRMV() PRINCIPAL() GROUP() SERVCOMP()", true, NULL},
    {MQSC_START, MQSC_CHANNEL, "IGNSTATE()", false, NULL},
    {MQSC_START, MQSC_LISTENER, "IGNSTATE()", false, NULL},
    {MQSC_STOP, MQSC_CHANNEL,
        "CHLTYPE() CONNAME() IGNSTATE() MODE() QMNAME() STATUS()", false, NULL},
    {MQSC_STOP, MQSC_LISTENER, "IGNSTATE()", false, NULL},
    {MQSC_STOP, MQSC_CONN, "EXTCONN()", false, NULL},
};
/* clang-format on */

bool
words_have(const char *words, const char *word, bool *valued)
{
    size_t n = strlen(word);
    for (const char *at = words; *at != '\0';) {
        size_t len = strcspn(at, " ");
        bool takes = len > 2 && at[len - 1] == ')';
        size_t bare = takes ? len - 2 : len;
        if (bare == n && n > 0 && memcmp(at, word, n) == 0) {
            *valued = takes;
            return true;
        }
        at += len;
        at += strspn(at, " ");
    }
    return false;
}

const struct verb_row *
verb_find(const char *word)
{
    bool valued;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (words_have(verbs[i].words, word, &valued))
            return &verbs[i];
    return NULL;
}

const struct noun_row *
noun_find(const char *word)
{
    bool valued;
    for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); i++)
        if (words_have(nouns[i].words, word, &valued))
            return &nouns[i];
    return NULL;
}

const struct noun_row *
noun_of(const struct mqsc_command *c)
{
    return noun_find(c->noun_word);
}

const struct command_row *
command_find(enum mqsc_verb verb, enum mqsc_noun noun)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (commands[i].verb == verb && commands[i].noun == noun)
            return &commands[i];
    return NULL;
}
