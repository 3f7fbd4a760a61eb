/* qmgr.c - the attribute rows of the queue manager,
 * in the order in which DISPLAY prints them. */
#include "object/rows.h"

/* clang-format off */
static const struct attr_value enabling_words[] = {{"ENABLED", 1}, {"DISABLED", 0}, {NULL, 0}};
static const struct attr_value off_on_words[] = {{"OFF", 0}, {"ON", 1}, {NULL, 0}};
static const struct attr_value acctq_words[] = {{"NONE", -1}, {"OFF", 0}, {"ON", 1}, {NULL, 0}};
static const struct attr_value activrec_words[] = {
    {"DISABLED", 0}, {"MSG", 2}, {"QUEUE", 1}, {NULL, 0}
};
static const struct attr_value advcap_words[] = {{"DISABLED", 0}, {"ENABLED", 1}, {NULL, 0}};
static const struct attr_value no_yes_words[] = {{"NO", 0}, {"YES", 1}, {NULL, 0}};
static const struct attr_value certvpol_words[] = {
    {"ANY", 0}, {"RFC5280", 1}, {"NONE", 2}, {NULL, 0}
};
static const struct attr_value chlev_words[] = {
    {"ENABLED", 1}, {"DISABLED", 0}, {"EXCEPTION", 2}, {NULL, 0}
};
static const struct attr_value clwluseq_words[] = {{"LOCAL", 0}, {"ANY", 1}, {NULL, 0}};
static const struct attr_value cmdev_words[] = {
    {"ENABLED", 1}, {"DISABLED", 0}, {"NODISPLAY", 3}, {NULL, 0}
};
static const struct attr_value defclxq_words[] = {{"SCTQ", 0}, {"CHANNEL", 1}, {NULL, 0}};
static const struct attr_value imgintvl_words[] = {{"OFF", 0}, {NULL, 0}};
static const struct attr_value imgsched_words[] = {{"MANUAL", 0}, {"AUTO", 1}, {NULL, 0}};
static const struct attr_value ipaddrv_words[] = {{"IPV4", 0}, {"IPV6", 1}, {NULL, 0}};
static const struct attr_value markint_words[] = {{"NOLIMIT", -1}, {NULL, 0}};
static const struct attr_value monacls_words[] = {
    {"QMGR", -3}, {"OFF", 0}, {"LOW", 17}, {"MEDIUM", 33}, {"HIGH", 65}, {NULL, 0}
};
static const struct attr_value monchl_words[] = {
    {"NONE", -1}, {"OFF", 0}, {"LOW", 17}, {"MEDIUM", 33}, {"HIGH", 65}, {NULL, 0}
};
static const struct attr_value otelpctl_words[] = {{"MANUAL", 1}, {"AUTO", 2}, {NULL, 0}};
static const struct attr_value oteltrac_words[] = {{"OFF", 1}, {"ON", 2}, {"NONE", 3}, {NULL, 0}};
static const struct attr_value platform_words[] = {
    {"MVS", 1}, {"OS400", 4}, {"UNIX", 3}, {"WINDOWSNT", 11}, {"NSK", 13}, {"APPLIANCE", 28},
    {NULL, 0}
};
static const struct attr_value psmode_words[] = {
    {"ENABLED", 2}, {"COMPAT", 1}, {"DISABLED", 0}, {NULL, 0}
};
static const struct attr_value psnpmsg_words[] = {
    {"NORMAL", 0}, {"SAFE", 1}, {"DISCARD", 2}, {"KEEP", 3}, {NULL, 0}
};
static const struct attr_value pssyncpt_words[] = {{"YES", 0}, {"IFPER", 1}, {NULL, 0}};
static const struct attr_value revdns_words[] = {{"ENABLED", 0}, {"DISABLED", 1}, {NULL, 0}};
static const struct attr_value schinit_words[] = {
    {"QMGR", 0}, {"MANUAL", 2}, {"STARTONLY", 1}, {NULL, 0}
};
static const struct attr_value suiteb_words[] = {
    {"NONE", 1}, {"128_BIT", 2}, {"192_BIT", 4}, {NULL, 0}
};
static const struct attr_value syncpt_words[] = {{"SYNCPT", 1}, {NULL, 0}};

#define FIELD(f) ROW_FIELD(qmgr_def, f)

const struct attr qmgr_attrs[N_QMGR_ATTRS] = {
    {.name = "QMNAME", .kind = ATTR_NAME, FIELD(qmname), .pcf = 2015,
        .flags = ATTR_KEY | ATTR_READ_ONLY},
    {.name = "ACCTCONO", .kind = ATTR_KEYWORD, FIELD(acctcono), .initial = "DISABLED",
        .values = enabling_words, .pcf = 136, .flags = ATTR_STORED},
    {.name = "ACCTINT", .kind = ATTR_INT, FIELD(acctint), .max = 604800, .initial = "1800",
        .pcf = 135, .flags = ATTR_STORED},
    {.name = "ACCTMQI", .kind = ATTR_KEYWORD, FIELD(acctmqi), .initial = "OFF",
        .values = off_on_words, .pcf = 133, .flags = ATTR_STORED},
    {.name = "ACCTQ", .kind = ATTR_KEYWORD, FIELD(acctq), .initial = "OFF", .values = acctq_words,
        .pcf = 134, .flags = ATTR_STORED},
    {.name = "ACTIVREC", .kind = ATTR_KEYWORD, FIELD(activrec), .initial = "MSG",
        .values = activrec_words, .pcf = 138, .flags = ATTR_STORED},
    {.name = "ACTVCONO", .kind = ATTR_KEYWORD, FIELD(actvcono), .initial = "DISABLED",
        .values = enabling_words, .pcf = 239, .flags = ATTR_STORED},
    {.name = "ACTVTRC", .kind = ATTR_KEYWORD, FIELD(actvtrc), .initial = "OFF",
        .values = off_on_words, .pcf = 240, .flags = ATTR_STORED},
    {.name = "ADVCAP", .kind = ATTR_KEYWORD, FIELD(advcap), .initial = "DISABLED",
        .values = advcap_words, .pcf = 273, .flags = ATTR_READ_ONLY},
    {.name = "ALTDATE", .kind = ATTR_DATE, FIELD(altdate), .pcf = 2027, .flags = ATTR_READ_ONLY},
    {.name = "ALTTIME", .kind = ATTR_CLOCK, FIELD(alttime), .pcf = 2028, .flags = ATTR_READ_ONLY},
    {.name = "AMQPCAP", .kind = ATTR_KEYWORD, FIELD(amqpcap), .initial = "NO",
        .values = no_yes_words, .pcf = 265, .flags = ATTR_READ_ONLY},
    {.name = "AUTHOREV", .kind = ATTR_KEYWORD, FIELD(authorev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 47, .flags = ATTR_STORED},
    {.name = "CCSID", .kind = ATTR_INT, FIELD(ccsid), .min = 1, .max = 65535, .initial = "1208",
        .pcf = 2},
    {.name = "CERTLABL", .kind = ATTR_TEXT, FIELD(certlabl), .pcf = 2121},
    {.name = "CERTVPOL", .kind = ATTR_KEYWORD, FIELD(certvpol), .initial = "ANY",
        .values = certvpol_words, .pcf = 252, .flags = ATTR_STORED},
    {.name = "CHAD", .kind = ATTR_KEYWORD, FIELD(chad), .initial = "DISABLED",
        .values = enabling_words, .pcf = 55, .flags = ATTR_STORED},
    {.name = "CHADEV", .kind = ATTR_KEYWORD, FIELD(chadev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 56, .flags = ATTR_STORED},
    {.name = "CHADEXIT", .kind = ATTR_TEXT, FIELD(chadexit), .pcf = 2026, .flags = ATTR_STORED},
    {.name = "CHLEV", .kind = ATTR_KEYWORD, FIELD(chlev), .initial = "DISABLED",
        .values = chlev_words, .pcf = 73, .flags = ATTR_STORED},
    {.name = "CHLAUTH", .kind = ATTR_KEYWORD, FIELD(chlauth), .initial = "ENABLED",
        .values = enabling_words, .pcf = 248},
    {.name = "CLWLDATA", .kind = ATTR_TEXT, FIELD(clwldata), .pcf = 2034, .flags = ATTR_STORED},
    {.name = "CLWLEXIT", .kind = ATTR_TEXT, FIELD(clwlexit), .pcf = 2033, .flags = ATTR_STORED},
    {.name = "CLWLLEN", .kind = ATTR_INT, FIELD(clwllen), .max = 999999999, .initial = "100",
        .pcf = 58, .flags = ATTR_STORED},
    {.name = "CLWLMRUC", .kind = ATTR_INT, FIELD(clwlmruc), .min = 1, .max = 999999999,
        .initial = "999999999", .pcf = 97, .flags = ATTR_STORED},
    {.name = "CLWLUSEQ", .kind = ATTR_KEYWORD, FIELD(clwluseq), .initial = "LOCAL",
        .values = clwluseq_words, .pcf = 98, .flags = ATTR_STORED},
    {.name = "CMDEV", .kind = ATTR_KEYWORD, FIELD(cmdev), .initial = "DISABLED",
        .values = cmdev_words, .pcf = 99, .flags = ATTR_STORED},
    {.name = "CMDLEVEL", .kind = ATTR_INT, FIELD(cmdlevel), .max = 999999999, .initial = "941",
        .pcf = 31, .flags = ATTR_READ_ONLY},
    {.name = "COMMANDQ", .kind = ATTR_NAME, FIELD(commandq),
        .initial = "SYSTEM.ADMIN.COMMAND.QUEUE", .pcf = 2003, .flags = ATTR_READ_ONLY},
    {.name = "CONFIGEV", .kind = ATTR_KEYWORD, FIELD(configev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 51, .flags = ATTR_STORED},
    {.name = "CONNAUTH", .kind = ATTR_NAME, FIELD(connauth),
        .initial = "SYSTEM.DEFAULT.AUTHINFO.IDPWOS", .pcf = 2125},
    {.name = "CRDATE", .kind = ATTR_DATE, FIELD(crdate), .pcf = 2004, .flags = ATTR_READ_ONLY},
    {.name = "CRTIME", .kind = ATTR_CLOCK, FIELD(crtime), .pcf = 2005, .flags = ATTR_READ_ONLY},
    {.name = "CUSTOM", .kind = ATTR_TEXT, FIELD(custom), .pcf = 2119, .flags = ATTR_STORED},
    {.name = "DEADQ", .kind = ATTR_NAME, FIELD(deadq), .pcf = 2006},
    {.name = "DEFCLXQ", .kind = ATTR_KEYWORD, FIELD(defclxq), .initial = "SCTQ",
        .values = defclxq_words, .pcf = 250, .flags = ATTR_STORED},
    {.name = "DEFXMITQ", .kind = ATTR_NAME, FIELD(defxmitq), .pcf = 2025},
    {.name = "DESCR", .kind = ATTR_TEXT, FIELD(descr), .pcf = 2014},
    {.name = "DISTL", .kind = ATTR_KEYWORD, FIELD(distl), .initial = "YES", .values = no_yes_words,
        .pcf = 34, .flags = ATTR_READ_ONLY},
    {.name = "IMGINTVL", .kind = ATTR_INT, FIELD(imgintvl), .min = 1, .max = 999999999,
        .initial = "60", .values = imgintvl_words, .pcf = 269, .flags = ATTR_STORED},
    {.name = "IMGLOGLN", .kind = ATTR_INT, FIELD(imglogln), .min = 1, .max = 999999999,
        .initial = "OFF", .values = imgintvl_words, .pcf = 270, .flags = ATTR_STORED},
    {.name = "IMGRCOVO", .kind = ATTR_KEYWORD, FIELD(imgrcovo), .initial = "YES",
        .values = no_yes_words, .pcf = 271, .flags = ATTR_STORED},
    {.name = "IMGRCOVQ", .kind = ATTR_KEYWORD, FIELD(imgrcovq), .initial = "YES",
        .values = no_yes_words, .pcf = 272, .flags = ATTR_STORED},
    {.name = "IMGSCHED", .kind = ATTR_KEYWORD, FIELD(imgsched), .initial = "MANUAL",
        .values = imgsched_words, .pcf = 268, .flags = ATTR_STORED},
    {.name = "INHIBTEV", .kind = ATTR_KEYWORD, FIELD(inhibtev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 48, .flags = ATTR_STORED},
    {.name = "INITKEY", .kind = ATTR_TEXT, FIELD(initkey), .pcf = 2054,
        .flags = ATTR_SECRET | ATTR_STORED},
    {.name = "IPADDRV", .kind = ATTR_KEYWORD, FIELD(ipaddrv), .initial = "IPV4",
        .values = ipaddrv_words, .pcf = 93, .flags = ATTR_STORED},
    {.name = "LOCALEV", .kind = ATTR_KEYWORD, FIELD(localev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 49, .flags = ATTR_STORED},
    {.name = "LOGGEREV", .kind = ATTR_KEYWORD, FIELD(loggerev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 94, .flags = ATTR_STORED},
    {.name = "MARKINT", .kind = ATTR_INT, FIELD(markint), .max = 999999999, .initial = "5000",
        .values = markint_words, .pcf = 68, .flags = ATTR_STORED},
    {.name = "MAXHANDS", .kind = ATTR_INT, FIELD(maxhands), .max = 999999999, .initial = "256",
        .pcf = 11},
    {.name = "MAXMSGL", .kind = ATTR_INT, FIELD(maxmsgl), .min = 32768, .max = 104857600,
        .initial = "4194304", .pcf = 13},
    {.name = "MAXPROPL", .kind = ATTR_INT, FIELD(maxpropl), .max = 104857600, .initial = "NOLIMIT",
        .values = markint_words, .pcf = 192, .flags = ATTR_STORED},
    {.name = "MAXPRTY", .kind = ATTR_INT, FIELD(maxprty), .min = 9, .max = 9, .initial = "9",
        .pcf = 14, .flags = ATTR_READ_ONLY},
    {.name = "MAXUMSGS", .kind = ATTR_INT, FIELD(maxumsgs), .min = 1, .max = 999999999,
        .initial = "10000", .pcf = 33},
    {.name = "MONACLS", .kind = ATTR_KEYWORD, FIELD(monacls), .initial = "QMGR",
        .values = monacls_words, .pcf = 124, .flags = ATTR_STORED},
    {.name = "MONCHL", .kind = ATTR_KEYWORD, FIELD(monchl), .initial = "OFF",
        .values = monchl_words, .pcf = 122, .flags = ATTR_STORED},
    {.name = "MONQ", .kind = ATTR_KEYWORD, FIELD(monq), .initial = "OFF", .values = monchl_words,
        .pcf = 123, .flags = ATTR_STORED},
    {.name = "OTELPCTL", .kind = ATTR_KEYWORD, FIELD(otelpctl), .initial = "MANUAL",
        .values = otelpctl_words, .pcf = 279, .flags = ATTR_STORED},
    {.name = "OTELTRAC", .kind = ATTR_KEYWORD, FIELD(oteltrac), .initial = "OFF",
        .values = oteltrac_words, .pcf = 278, .flags = ATTR_STORED},
    {.name = "PARENT", .kind = ATTR_NAME, FIELD(parent), .pcf = 2102, .flags = ATTR_STORED},
    {.name = "PERFMEV", .kind = ATTR_KEYWORD, FIELD(perfmev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 53, .flags = ATTR_STORED},
    {.name = "PLATFORM", .kind = ATTR_KEYWORD, FIELD(platform), .initial = "UNIX",
        .values = platform_words, .pcf = 32, .flags = ATTR_READ_ONLY},
    {.name = "PSMODE", .kind = ATTR_KEYWORD, FIELD(psmode), .initial = "ENABLED",
        .values = psmode_words, .pcf = 187, .flags = ATTR_STORED},
    {.name = "PSCLUS", .kind = ATTR_KEYWORD, FIELD(psclus), .initial = "ENABLED",
        .values = enabling_words, .pcf = 249, .flags = ATTR_STORED},
    {.name = "PSNPMSG", .kind = ATTR_KEYWORD, FIELD(psnpmsg), .initial = "DISCARD",
        .values = psnpmsg_words, .pcf = 203, .flags = ATTR_STORED},
    {.name = "PSNPRES", .kind = ATTR_KEYWORD, FIELD(psnpres), .initial = "NORMAL",
        .values = psnpmsg_words, .pcf = 205, .flags = ATTR_STORED},
    {.name = "PSRTYCNT", .kind = ATTR_INT, FIELD(psrtycnt), .max = 999999999, .initial = "5",
        .pcf = 206, .flags = ATTR_STORED},
    {.name = "PSSYNCPT", .kind = ATTR_KEYWORD, FIELD(pssyncpt), .initial = "IFPER",
        .values = pssyncpt_words, .pcf = 207, .flags = ATTR_STORED},
    {.name = "QMID", .kind = ATTR_TEXT, FIELD(qmid), .pcf = 2032, .flags = ATTR_READ_ONLY},
    {.name = "REMOTEEV", .kind = ATTR_KEYWORD, FIELD(remoteev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 50, .flags = ATTR_STORED},
    {.name = "REPOS", .kind = ATTR_NAME, FIELD(repos), .pcf = 2035, .flags = ATTR_STORED},
    {.name = "REPOSNL", .kind = ATTR_NAME, FIELD(reposnl), .pcf = 2036, .flags = ATTR_STORED},
    {.name = "REVDNS", .kind = ATTR_KEYWORD, FIELD(revdns), .initial = "ENABLED",
        .values = revdns_words, .pcf = 254},
    {.name = "ROUTEREC", .kind = ATTR_KEYWORD, FIELD(routerec), .initial = "MSG",
        .values = activrec_words, .pcf = 137, .flags = ATTR_STORED},
    {.name = "SCHINIT", .kind = ATTR_KEYWORD, FIELD(schinit), .initial = "QMGR",
        .values = schinit_words, .pcf = 119, .flags = ATTR_STORED},
    {.name = "SCMDSERV", .kind = ATTR_KEYWORD, FIELD(scmdserv), .initial = "QMGR",
        .values = schinit_words, .pcf = 120, .flags = ATTR_STORED},
    {.name = "SPLCAP", .kind = ATTR_KEYWORD, FIELD(splcap), .initial = "DISABLED",
        .values = advcap_words, .pcf = 251, .flags = ATTR_READ_ONLY},
    {.name = "SSLCRLNL", .kind = ATTR_NAME, FIELD(sslcrlnl), .pcf = 2050, .flags = ATTR_STORED},
    {.name = "SSLCRYP", .kind = ATTR_TEXT, FIELD(sslcryp), .pcf = 2051, .flags = ATTR_STORED},
    {.name = "SSLEV", .kind = ATTR_KEYWORD, FIELD(sslev), .initial = "DISABLED",
        .values = enabling_words, .pcf = 75, .flags = ATTR_STORED},
    {.name = "SSLFIPS", .kind = ATTR_KEYWORD, FIELD(sslfips), .initial = "NO",
        .values = no_yes_words, .pcf = 92, .flags = ATTR_STORED},
    {.name = "KEYRPWD", .kind = ATTR_TEXT, FIELD(keyrpwd), .pcf = 2055, .flags = ATTR_SECRET},
    {.name = "SSLKEYR", .kind = ATTR_TEXT, FIELD(sslkeyr), .pcf = 2049},
    {.name = "SSLRKEYC", .kind = ATTR_INT, FIELD(sslrkeyc), .max = 999999999, .initial = "0",
        .pcf = 76, .flags = ATTR_STORED},
    {.name = "STATACLS", .kind = ATTR_KEYWORD, FIELD(statacls), .initial = "QMGR",
        .values = monacls_words, .pcf = 130, .flags = ATTR_STORED},
    {.name = "STATCHL", .kind = ATTR_KEYWORD, FIELD(statchl), .initial = "OFF",
        .values = monchl_words, .pcf = 129, .flags = ATTR_STORED},
    {.name = "STATINT", .kind = ATTR_INT, FIELD(statint), .max = 604800, .initial = "1800",
        .pcf = 131, .flags = ATTR_STORED},
    {.name = "STATMQI", .kind = ATTR_KEYWORD, FIELD(statmqi), .initial = "OFF",
        .values = off_on_words, .pcf = 127, .flags = ATTR_STORED},
    {.name = "STATQ", .kind = ATTR_KEYWORD, FIELD(statq), .initial = "OFF", .values = acctq_words,
        .pcf = 128, .flags = ATTR_STORED},
    {.name = "STRSTPEV", .kind = ATTR_KEYWORD, FIELD(strstpev), .initial = "ENABLED",
        .values = enabling_words, .pcf = 52, .flags = ATTR_STORED},
    {.name = "SUITEB", .kind = ATTR_LIST, FIELD(suiteb), .initial = "NONE", .values = suiteb_words,
        .pcf = 247, .flags = ATTR_STORED},
    {.name = "SYNCPT", .kind = ATTR_FLAG, FIELD(syncpt), .initial = "SYNCPT",
        .values = syncpt_words, .pcf = 30, .flags = ATTR_READ_ONLY},
    {.name = "TREELIFE", .kind = ATTR_INT, FIELD(treelife), .max = 604000, .initial = "1800",
        .pcf = 183, .flags = ATTR_STORED},
    {.name = "TRIGINT", .kind = ATTR_INT, FIELD(trigint), .max = 999999999, .initial = "999999999",
        .pcf = 25},
    {.name = "VERSION", .kind = ATTR_TEXT, FIELD(version), .pcf = 2120, .flags = ATTR_READ_ONLY},
    {.name = "XRCAP", .kind = ATTR_KEYWORD, FIELD(xrcap), .initial = "NO", .values = no_yes_words,
        .pcf = 243, .flags = ATTR_READ_ONLY},
};
/* clang-format on */
