/* channel.c - the attribute rows of channels,
 * in the order in which DISPLAY prints them. */
#include "object/rows.h"

enum {
    SDR = 1u << CT_SDR,
    SVR = 1u << CT_SVR,
    RCVR = 1u << CT_RCVR,
    RQSTR = 1u << CT_RQSTR,
    CLNT = 1u << CT_CLNTCONN,
    SVRC = 1u << CT_SVRCONN,
    CLRC = 1u << CT_CLUSRCVR,
    CLSD = 1u << CT_CLUSSDR,
    CLUSTERED = CLSD | CLRC,
    SENDING = SDR | SVR | CLUSTERED,
    RECEIVING = RCVR | RQSTR | CLRC,
    MESSAGE = SENDING | RECEIVING,
    CLIENT = CLNT | SVRC,
};

/* clang-format off */
static const struct attr_value chltype_words[] = {
    {"SDR", 1}, {"SVR", 2}, {"RCVR", 3}, {"RQSTR", 4}, {"SVRCONN", 7}, {"CLNTCONN", 6},
    {"CLUSSDR", 9}, {"CLUSRCVR", 8}, {NULL, 0}
};
static const struct attr_value affinity_words[] = {{"PREFERRED", 1}, {"NONE", 0}, {NULL, 0}};
static const struct attr_value comphdr_words[] = {{"NONE", 0}, {"SYSTEM", 8}, {NULL, 0}};
static const struct attr_value compmsg_words[] = {
    {"NONE", 0}, {"RLE", 1}, {"ZLIBFAST", 2}, {"ZLIBHIGH", 4}, {"LZ4FAST", 16}, {"LZ4HIGH", 32},
    {"ANY", 268435455}, {NULL, 0}
};
static const struct attr_value no_yes_words[] = {{"NO", 0}, {"YES", 1}, {NULL, 0}};
static const struct attr_value defrecon_words[] = {
    {"NO", 0}, {"YES", 1}, {"QMGR", 2}, {"DISABLED", 3}, {NULL, 0}
};
static const struct attr_value kaint_words[] = {{"AUTO", -1}, {NULL, 0}};
static const struct attr_value mcatype_words[] = {{"PROCESS", 1}, {"THREAD", 2}, {NULL, 0}};
static const struct attr_value monchl_words[] = {
    {"QMGR", -3}, {"OFF", 0}, {"LOW", 17}, {"MEDIUM", 33}, {"HIGH", 65}, {NULL, 0}
};
static const struct attr_value npmspeed_words[] = {{"FAST", 2}, {"NORMAL", 1}, {NULL, 0}};
static const struct attr_value propctl_words[] = {
    {"COMPAT", 0}, {"NONE", 1}, {"ALL", 2}, {NULL, 0}
};
static const struct attr_value putaut_words[] = {
    {"DEF", 1}, {"CTX", 2}, {"ONLYMCA", 3}, {"ALTMCA", 4}, {NULL, 0}
};
static const struct attr_value resetseq_words[] = {{"NO", 0}, {NULL, 0}};
static const struct attr_value sslcauth_words[] = {{"REQUIRED", 0}, {"OPTIONAL", 1}, {NULL, 0}};
static const struct attr_value trptype_words[] = {
    {"TCP", 2}, {"LU62", 1}, {"NETBIOS", 3}, {"SPX", 4}, {"UDP", 6}, {NULL, 0}
};
static const struct attr_value usedlq_words[] = {{"YES", 2}, {"NO", 1}, {NULL, 0}};

#define FIELD(f) ROW_FIELD(channel_def, f)

const struct attr channel_attrs[N_CHANNEL_ATTRS] = {
    {.name = "CHANNEL", .kind = ATTR_NAME, FIELD(channel), .pcf = 3501, .flags = ATTR_KEY},
    {.name = "CHLTYPE", .synonyms = "TYPE", .kind = ATTR_KEYWORD, FIELD(chltype),
        .values = chltype_words, .pcf = 1511, .flags = ATTR_TYPE},
    {.name = "AFFINITY", .kind = ATTR_KEYWORD, FIELD(affinity), .initial = "PREFERRED",
        .values = affinity_words, .applies = CLNT, .pcf = 1621, .flags = ATTR_STORED},
    {.name = "ALTDATE", .kind = ATTR_DATE, FIELD(altdate), .pcf = 2027, .flags = ATTR_READ_ONLY},
    {.name = "ALTTIME", .kind = ATTR_CLOCK, FIELD(alttime), .pcf = 2028, .flags = ATTR_READ_ONLY},
    {.name = "BATCHHB", .kind = ATTR_INT, FIELD(batchhb), .max = 999999, .initial = "0",
        .applies = SENDING, .pcf = 1567},
    {.name = "BATCHINT", .kind = ATTR_INT, FIELD(batchint), .max = 999999999, .initial = "0",
        .applies = SENDING, .pcf = 1564},
    {.name = "BATCHLIM", .kind = ATTR_INT, FIELD(batchlim), .max = 999999, .initial = "5000",
        .applies = SENDING, .pcf = 1624},
    {.name = "BATCHSZ", .kind = ATTR_INT, FIELD(batchsz), .min = 1, .max = 9999, .initial = "50",
        .applies = MESSAGE, .pcf = 1502},
    {.name = "CERTLABL", .kind = ATTR_TEXT, FIELD(certlabl),
        .applies = RECEIVING | CLIENT | SDR | SVR, .pcf = 2121},
    {.name = "CLNTWGHT", .kind = ATTR_INT, FIELD(clntwght), .max = 99, .initial = "0",
        .applies = CLNT, .pcf = 1620, .flags = ATTR_STORED},
    {.name = "CLUSNL", .kind = ATTR_NAME, FIELD(clusnl), .applies = CLUSTERED, .pcf = 2030,
        .flags = ATTR_STORED},
    {.name = "CLUSTER", .kind = ATTR_NAME, FIELD(cluster), .applies = CLUSTERED, .pcf = 2029,
        .flags = ATTR_STORED},
    {.name = "CLWLPRTY", .kind = ATTR_INT, FIELD(clwlprty), .max = 9, .initial = "0",
        .applies = CLUSTERED, .pcf = 1578, .flags = ATTR_STORED},
    {.name = "CLWLRANK", .kind = ATTR_INT, FIELD(clwlrank), .max = 9, .initial = "0",
        .applies = CLUSTERED, .pcf = 1577, .flags = ATTR_STORED},
    {.name = "CLWLWGHT", .kind = ATTR_INT, FIELD(clwlwght), .min = 1, .max = 99, .initial = "50",
        .applies = CLUSTERED, .pcf = 1579, .flags = ATTR_STORED},
    {.name = "COMPHDR", .kind = ATTR_LIST, FIELD(comphdr), .initial = "NONE",
        .values = comphdr_words, .pcf = 1575, .flags = ATTR_STORED},
    {.name = "COMPMSG", .kind = ATTR_LIST, FIELD(compmsg), .initial = "NONE",
        .values = compmsg_words, .pcf = 1576, .flags = ATTR_STORED},
    {.name = "CONNAME", .kind = ATTR_TEXT, FIELD(conname), .applies = SENDING | RQSTR | CLNT,
        .pcf = 3506},
    {.name = "CONVERT", .kind = ATTR_KEYWORD, FIELD(convert), .initial = "NO",
        .values = no_yes_words, .applies = SENDING, .pcf = 1515, .flags = ATTR_STORED},
    {.name = "DEFRECON", .kind = ATTR_KEYWORD, FIELD(defrecon), .initial = "NO",
        .values = defrecon_words, .applies = CLNT, .pcf = 1640, .flags = ATTR_STORED},
    {.name = "DESCR", .kind = ATTR_TEXT, FIELD(descr), .pcf = 3502},
    {.name = "DISCINT", .kind = ATTR_INT, FIELD(discint), .max = 999999, .initial = "6000",
        .applies = SENDING, .pcf = 1503},
    {.name = "DISCINT", .kind = ATTR_INT, FIELD(discint), .max = 999999, .initial = "0",
        .applies = SVRC, .pcf = 1503},
    {.name = "HBINT", .kind = ATTR_INT, FIELD(hbint), .max = 999999, .initial = "300", .pcf = 1563},
    {.name = "KAINT", .kind = ATTR_INT, FIELD(kaint), .max = 99999, .initial = "AUTO",
        .values = kaint_words, .pcf = 1566, .flags = ATTR_STORED},
    {.name = "LOCLADDR", .kind = ATTR_TEXT, FIELD(locladdr), .applies = SENDING | RQSTR | CLNT,
        .pcf = 3520},
    {.name = "LONGRTY", .kind = ATTR_INT, FIELD(longrty), .max = 999999999, .initial = "999999999",
        .applies = SENDING, .pcf = 1507},
    {.name = "LONGTMR", .kind = ATTR_INT, FIELD(longtmr), .max = 999999999, .initial = "1200",
        .applies = SENDING, .pcf = 1506},
    {.name = "MAXINST", .kind = ATTR_INT, FIELD(maxinst), .max = 999999999, .initial = "999999999",
        .applies = SVRC, .pcf = 1618},
    {.name = "MAXINSTC", .kind = ATTR_INT, FIELD(maxinstc), .max = 999999999,
        .initial = "999999999", .applies = SVRC, .pcf = 1619},
    {.name = "MAXMSGL", .kind = ATTR_INT, FIELD(maxmsgl), .max = 104857600, .initial = "4194304",
        .pcf = 1510},
    {.name = "MCANAME", .kind = ATTR_TEXT, FIELD(mcaname), .applies = SENDING | RQSTR, .pcf = 3507,
        .flags = ATTR_STORED},
    {.name = "MCATYPE", .kind = ATTR_KEYWORD, FIELD(mcatype), .initial = "PROCESS",
        .values = mcatype_words, .applies = SDR | SVR | RQSTR, .pcf = 1517, .flags = ATTR_STORED},
    {.name = "MCATYPE", .kind = ATTR_KEYWORD, FIELD(mcatype), .initial = "THREAD",
        .values = mcatype_words, .applies = CLUSTERED, .pcf = 1517, .flags = ATTR_STORED},
    {.name = "MCAUSER", .kind = ATTR_TEXT, FIELD(mcauser), .applies = MESSAGE | SVRC, .pcf = 3527},
    {.name = "MODENAME", .kind = ATTR_TEXT, FIELD(modename), .applies = SENDING | RQSTR | CLNT,
        .pcf = 3503, .flags = ATTR_STORED},
    {.name = "MONCHL", .kind = ATTR_KEYWORD, FIELD(monchl), .initial = "QMGR",
        .values = monchl_words, .applies = MESSAGE | SVRC, .pcf = 122, .flags = ATTR_STORED},
    {.name = "MRDATA", .kind = ATTR_TEXT, FIELD(mrdata), .applies = RECEIVING, .pcf = 3535,
        .flags = ATTR_STORED},
    {.name = "MREXIT", .kind = ATTR_TEXT, FIELD(mrexit), .applies = RECEIVING, .pcf = 3534,
        .flags = ATTR_STORED},
    {.name = "MRRTY", .kind = ATTR_INT, FIELD(mrrty), .max = 999999999, .initial = "10",
        .applies = RECEIVING, .pcf = 1544},
    {.name = "MRTMR", .kind = ATTR_INT, FIELD(mrtmr), .max = 999999999, .initial = "1000",
        .applies = RECEIVING, .pcf = 1545},
    {.name = "MSGDATA", .kind = ATTR_TEXT, FIELD(msgdata), .applies = MESSAGE, .pcf = 3514,
        .flags = ATTR_STORED},
    {.name = "MSGEXIT", .kind = ATTR_TEXT, FIELD(msgexit), .applies = MESSAGE, .pcf = 3509,
        .flags = ATTR_STORED},
    {.name = "NETPRTY", .kind = ATTR_INT, FIELD(netprty), .max = 9, .initial = "0", .applies = CLRC,
        .pcf = 1565, .flags = ATTR_STORED},
    {.name = "NPMSPEED", .kind = ATTR_KEYWORD, FIELD(npmspeed), .initial = "FAST",
        .values = npmspeed_words, .applies = MESSAGE, .pcf = 1562},
    {.name = "PASSWORD", .kind = ATTR_TEXT, FIELD(password),
        .applies = SDR | SVR | RQSTR | CLNT | CLSD, .pcf = 3518,
        .flags = ATTR_SECRET | ATTR_STORED},
    {.name = "PROPCTL", .kind = ATTR_KEYWORD, FIELD(propctl), .initial = "COMPAT",
        .values = propctl_words, .applies = SENDING, .pcf = 190, .flags = ATTR_STORED},
    {.name = "PUTAUT", .kind = ATTR_KEYWORD, FIELD(putaut), .initial = "DEF",
        .values = putaut_words, .applies = RECEIVING, .pcf = 1508},
    {.name = "QMNAME", .kind = ATTR_NAME, FIELD(qmname), .applies = CLNT, .pcf = 2015},
    {.name = "RCVDATA", .kind = ATTR_TEXT, FIELD(rcvdata), .pcf = 3516, .flags = ATTR_STORED},
    {.name = "RCVEXIT", .kind = ATTR_TEXT, FIELD(rcvexit), .pcf = 3511, .flags = ATTR_STORED},
    {.name = "RESETSEQ", .kind = ATTR_INT, FIELD(resetseq), .max = 999999999, .initial = "NO",
        .values = resetseq_words, .applies = MESSAGE, .pcf = 1623},
    {.name = "SCYDATA", .kind = ATTR_TEXT, FIELD(scydata), .pcf = 3513},
    {.name = "SCYEXIT", .kind = ATTR_TEXT, FIELD(scyexit), .pcf = 3508},
    {.name = "SENDDATA", .kind = ATTR_TEXT, FIELD(senddata), .pcf = 3515, .flags = ATTR_STORED},
    {.name = "SENDEXIT", .kind = ATTR_TEXT, FIELD(sendexit), .pcf = 3510, .flags = ATTR_STORED},
    {.name = "SEQWRAP", .kind = ATTR_INT, FIELD(seqwrap), .min = 100, .max = 999999999,
        .initial = "999999999", .applies = MESSAGE, .pcf = 1509},
    {.name = "SHARECNV", .kind = ATTR_INT, FIELD(sharecnv), .max = 999999999, .initial = "10",
        .applies = CLIENT, .pcf = 1615},
    {.name = "SHORTRTY", .kind = ATTR_INT, FIELD(shortrty), .max = 999999999, .initial = "10",
        .applies = SENDING, .pcf = 1505},
    {.name = "SHORTTMR", .kind = ATTR_INT, FIELD(shorttmr), .max = 999999999, .initial = "60",
        .applies = SENDING, .pcf = 1504},
    {.name = "SSLCAUTH", .kind = ATTR_KEYWORD, FIELD(sslcauth), .initial = "REQUIRED",
        .values = sslcauth_words, .applies = RECEIVING | SVR | SVRC, .pcf = 1568},
    {.name = "SSLCIPH", .kind = ATTR_TEXT, FIELD(sslciph), .pcf = 3544},
    {.name = "SSLPEER", .kind = ATTR_TEXT, FIELD(sslpeer), .pcf = 3545},
    {.name = "STATCHL", .kind = ATTR_KEYWORD, FIELD(statchl), .initial = "QMGR",
        .values = monchl_words, .applies = MESSAGE, .pcf = 129, .flags = ATTR_STORED},
    {.name = "TPNAME", .kind = ATTR_TEXT, FIELD(tpname), .applies = SENDING | RQSTR | CLNT,
        .pcf = 3504, .flags = ATTR_STORED},
    {.name = "TRPTYPE", .kind = ATTR_KEYWORD, FIELD(trptype), .initial = "TCP",
        .values = trptype_words, .pcf = 1501},
    {.name = "USEDLQ", .kind = ATTR_KEYWORD, FIELD(usedlq), .initial = "YES",
        .values = usedlq_words, .applies = MESSAGE, .pcf = 234},
    {.name = "USERID", .kind = ATTR_TEXT, FIELD(userid), .applies = SDR | SVR | RQSTR | CLNT | CLSD,
        .pcf = 3517, .flags = ATTR_STORED},
    {.name = "XMITQ", .kind = ATTR_NAME, FIELD(xmitq), .applies = SDR | SVR, .pcf = 3505},
};
/* clang-format on */
