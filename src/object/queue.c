/* queue.c - the attribute rows of local, model, alias and remote queues,
 * in the order in which DISPLAY prints them. */
#include "object/rows.h"

enum { L = 1u << QT_LOCAL, M = 1u << QT_MODEL, A = 1u << QT_ALIAS, R = 1u << QT_REMOTE };

/* clang-format off */
static const struct attr_value type_words[] = {
    {"QLOCAL", 1}, {"QMODEL", 2}, {"QALIAS", 3}, {"QREMOTE", 6}, {NULL, 0}
};
static const struct attr_value acctq_words[] = {{"QMGR", -3}, {"OFF", 0}, {"ON", 1}, {NULL, 0}};
static const struct attr_value capexpry_words[] = {{"NOLIMIT", -1}, {NULL, 0}};
static const struct attr_value clwluseq_words[] = {
    {"QMGR", -3}, {"LOCAL", 0}, {"ANY", 1}, {NULL, 0}
};
static const struct attr_value defbind_words[] = {
    {"OPEN", 0}, {"NOTFIXED", 1}, {"GROUP", 2}, {NULL, 0}
};
static const struct attr_value no_yes_words[] = {{"NO", 0}, {"YES", 1}, {NULL, 0}};
static const struct attr_value defpresp_words[] = {{"SYNC", 1}, {"ASYNC", 2}, {NULL, 0}};
static const struct attr_value defreada_words[] = {
    {"NO", 0}, {"YES", 1}, {"DISABLED", 2}, {NULL, 0}
};
static const struct attr_value defsopt_words[] = {{"SHARED", 2}, {"EXCL", 4}, {NULL, 0}};
static const struct attr_value deftype_words[] = {
    {"PREDEFINED", 1}, {"PERMDYN", 2}, {"TEMPDYN", 3}, {"SHAREDYN", 4}, {NULL, 0}
};
static const struct attr_value enabling_words[] = {{"ENABLED", 0}, {"DISABLED", 1}, {NULL, 0}};
static const struct attr_value hardenbo_words[] = {{"NOHARDENBO", 0}, {"HARDENBO", 1}, {NULL, 0}};
static const struct attr_value imgrcovq_words[] = {{"NO", 0}, {"YES", 1}, {"QMGR", 2}, {NULL, 0}};
static const struct attr_value maxfsize_words[] = {{"DEFAULT", -1}, {NULL, 0}};
static const struct attr_value monq_words[] = {
    {"QMGR", -3}, {"OFF", 0}, {"LOW", 17}, {"MEDIUM", 33}, {"HIGH", 65}, {NULL, 0}
};
static const struct attr_value msgdlvsq_words[] = {{"PRIORITY", 0}, {"FIFO", 1}, {NULL, 0}};
static const struct attr_value trigger_words[] = {{"NOTRIGGER", 0}, {"TRIGGER", 1}, {NULL, 0}};
static const struct attr_value npmclass_words[] = {{"NORMAL", 0}, {"HIGH", 10}, {NULL, 0}};
static const struct attr_value otelpctl_words[] = {
    {"QMGR", 0}, {"MANUAL", 1}, {"AUTO", 2}, {NULL, 0}
};
static const struct attr_value oteltrac_words[] = {{"QMGR", 0}, {"OFF", 1}, {"ON", 2}, {NULL, 0}};
static const struct attr_value propctl_words[] = {
    {"COMPAT", 0}, {"NONE", 1}, {"ALL", 2}, {"FORCE", 3}, {"V6COMPAT", 4}, {NULL, 0}
};
static const struct attr_value qdphiev_words[] = {{"ENABLED", 1}, {"DISABLED", 0}, {NULL, 0}};
static const struct attr_value qsvciev_words[] = {{"NONE", 0}, {"HIGH", 1}, {"OK", 2}, {NULL, 0}};
static const struct attr_value scope_words[] = {{"QMGR", 1}, {"CELL", 2}, {NULL, 0}};
static const struct attr_value share_words[] = {{"NOSHARE", 0}, {"SHARE", 1}, {NULL, 0}};
static const struct attr_value strmqos_words[] = {{"BESTEF", 0}, {"MUSTDUP", 1}, {NULL, 0}};
static const struct attr_value targtype_words[] = {{"QUEUE", 1}, {"TOPIC", 8}, {NULL, 0}};
static const struct attr_value trigtype_words[] = {
    {"NONE", 0}, {"FIRST", 1}, {"EVERY", 2}, {"DEPTH", 3}, {NULL, 0}
};
static const struct attr_value usage_words[] = {{"NORMAL", 0}, {"XMITQ", 1}, {NULL, 0}};

#define FIELD(f) ROW_FIELD(queue_def, f)

const struct attr queue_attrs[N_QUEUE_ATTRS] = {
    {.name = "QUEUE", .kind = ATTR_NAME, FIELD(queue), .pcf = 2016, .flags = ATTR_KEY},
    {.name = "TYPE", .synonyms = "QTYPE", .kind = ATTR_KEYWORD, FIELD(type), .values = type_words,
        .pcf = 20, .flags = ATTR_TYPE},
    {.name = "ACCTQ", .kind = ATTR_KEYWORD, FIELD(acctq), .initial = "QMGR", .values = acctq_words,
        .applies = L | M, .pcf = 134, .flags = ATTR_STORED},
    {.name = "ALTDATE", .kind = ATTR_DATE, FIELD(altdate), .pcf = 2027, .flags = ATTR_READ_ONLY},
    {.name = "ALTTIME", .kind = ATTR_CLOCK, FIELD(alttime), .pcf = 2028, .flags = ATTR_READ_ONLY},
    {.name = "BOQNAME", .kind = ATTR_NAME, FIELD(boqname), .applies = L | M, .pcf = 2019},
    {.name = "BOTHRESH", .kind = ATTR_INT, FIELD(bothresh), .max = 999999999, .initial = "0",
        .applies = L | M, .pcf = 22},
    {.name = "CAPEXPRY", .kind = ATTR_INT, FIELD(capexpry), .max = 999999999, .initial = "NOLIMIT",
        .values = capexpry_words, .pcf = 276},
    {.name = "CLUSNL", .kind = ATTR_NAME, FIELD(clusnl), .applies = L | A | R, .pcf = 2030,
        .flags = ATTR_STORED},
    {.name = "CLUSTER", .kind = ATTR_NAME, FIELD(cluster), .applies = L | A | R, .pcf = 2029,
        .flags = ATTR_STORED},
    {.name = "CLCHNAME", .kind = ATTR_TEXT, FIELD(clchname), .applies = L, .pcf = 2124,
        .flags = ATTR_STORED},
    {.name = "CLWLPRTY", .kind = ATTR_INT, FIELD(clwlprty), .max = 9, .initial = "0",
        .applies = L | A | R, .pcf = 96, .flags = ATTR_STORED},
    {.name = "CLWLRANK", .kind = ATTR_INT, FIELD(clwlrank), .max = 9, .initial = "0",
        .applies = L | A | R, .pcf = 95, .flags = ATTR_STORED},
    {.name = "CLWLUSEQ", .kind = ATTR_KEYWORD, FIELD(clwluseq), .initial = "QMGR",
        .values = clwluseq_words, .applies = L, .pcf = 98, .flags = ATTR_STORED},
    {.name = "CRDATE", .kind = ATTR_DATE, FIELD(crdate), .applies = L | M, .pcf = 2004,
        .flags = ATTR_READ_ONLY},
    {.name = "CRTIME", .kind = ATTR_CLOCK, FIELD(crtime), .applies = L | M, .pcf = 2005,
        .flags = ATTR_READ_ONLY},
    {.name = "CURDEPTH", .kind = ATTR_INT, FIELD(curdepth), .max = 999999999, .initial = "0",
        .applies = L, .pcf = 3, .flags = ATTR_READ_ONLY},
    {.name = "CUSTOM", .kind = ATTR_TEXT, FIELD(custom), .pcf = 2119, .flags = ATTR_STORED},
    {.name = "DEFBIND", .kind = ATTR_KEYWORD, FIELD(defbind), .initial = "OPEN",
        .values = defbind_words, .applies = L | A | R, .pcf = 61, .flags = ATTR_STORED},
    {.name = "DEFPRTY", .kind = ATTR_INT, FIELD(defprty), .max = 9, .initial = "0", .pcf = 6},
    {.name = "DEFPSIST", .kind = ATTR_KEYWORD, FIELD(defpsist), .initial = "NO",
        .values = no_yes_words, .pcf = 5},
    {.name = "DEFPRESP", .kind = ATTR_KEYWORD, FIELD(defpresp), .initial = "SYNC",
        .values = defpresp_words, .pcf = 184, .flags = ATTR_STORED},
    {.name = "DEFREADA", .kind = ATTR_KEYWORD, FIELD(defreada), .initial = "NO",
        .values = defreada_words, .applies = L | M | A, .pcf = 188, .flags = ATTR_STORED},
    {.name = "DEFSOPT", .kind = ATTR_KEYWORD, FIELD(defsopt), .initial = "SHARED",
        .values = defsopt_words, .applies = L, .pcf = 4},
    {.name = "DEFSOPT", .kind = ATTR_KEYWORD, FIELD(defsopt), .initial = "EXCL",
        .values = defsopt_words, .applies = M, .pcf = 4},
    {.name = "DEFTYPE", .kind = ATTR_KEYWORD, FIELD(deftype), .initial = "PREDEFINED",
        .values = deftype_words, .applies = L, .pcf = 7},
    {.name = "DEFTYPE", .kind = ATTR_KEYWORD, FIELD(deftype), .initial = "TEMPDYN",
        .values = deftype_words, .applies = M, .pcf = 7},
    {.name = "DESCR", .kind = ATTR_TEXT, FIELD(descr), .pcf = 2013},
    {.name = "DISTL", .kind = ATTR_KEYWORD, FIELD(distl), .initial = "NO", .values = no_yes_words,
        .applies = L | M, .pcf = 34, .flags = ATTR_STORED},
    {.name = "GET", .kind = ATTR_KEYWORD, FIELD(get), .initial = "ENABLED",
        .values = enabling_words, .applies = L | M | A, .pcf = 9},
    {.name = "HARDENBO", .kind = ATTR_FLAG, FIELD(hardenbo), .initial = "HARDENBO",
        .values = hardenbo_words, .applies = L | M, .pcf = 8, .flags = ATTR_STORED},
    {.name = "IMGRCOVQ", .kind = ATTR_KEYWORD, FIELD(imgrcovq), .initial = "QMGR",
        .values = imgrcovq_words, .applies = L | M, .pcf = 272, .flags = ATTR_STORED},
    {.name = "INITQ", .kind = ATTR_NAME, FIELD(initq), .applies = L | M, .pcf = 2008},
    {.name = "IPPROCS", .kind = ATTR_INT, FIELD(ipprocs), .max = 999999999, .initial = "0",
        .applies = L, .pcf = 17, .flags = ATTR_READ_ONLY},
    {.name = "MAXDEPTH", .kind = ATTR_INT, FIELD(maxdepth), .max = 999999999, .initial = "5000",
        .applies = L | M, .pcf = 15},
    {.name = "MAXFSIZE", .kind = ATTR_INT, FIELD(maxfsize), .min = 20, .max = 267386880,
        .initial = "DEFAULT", .values = maxfsize_words, .applies = L | M, .pcf = 274,
        .flags = ATTR_STORED},
    {.name = "MAXMSGL", .kind = ATTR_INT, FIELD(maxmsgl), .max = 104857600, .initial = "4194304",
        .applies = L | M, .pcf = 13},
    {.name = "MONQ", .kind = ATTR_KEYWORD, FIELD(monq), .initial = "QMGR", .values = monq_words,
        .applies = L | M, .pcf = 123, .flags = ATTR_STORED},
    {.name = "MSGDLVSQ", .kind = ATTR_KEYWORD, FIELD(msgdlvsq), .initial = "PRIORITY",
        .values = msgdlvsq_words, .applies = L | M, .pcf = 16},
    {.name = "TRIGGER", .kind = ATTR_FLAG, FIELD(trigger), .initial = "NOTRIGGER",
        .values = trigger_words, .applies = L | M, .pcf = 24},
    {.name = "NPMCLASS", .kind = ATTR_KEYWORD, FIELD(npmclass), .initial = "NORMAL",
        .values = npmclass_words, .applies = L | M, .pcf = 78, .flags = ATTR_STORED},
    {.name = "OPPROCS", .kind = ATTR_INT, FIELD(opprocs), .max = 999999999, .initial = "0",
        .applies = L, .pcf = 18, .flags = ATTR_READ_ONLY},
    {.name = "OTELPCTL", .kind = ATTR_KEYWORD, FIELD(otelpctl), .initial = "QMGR",
        .values = otelpctl_words, .pcf = 279, .flags = ATTR_STORED},
    {.name = "OTELTRAC", .kind = ATTR_KEYWORD, FIELD(oteltrac), .initial = "QMGR",
        .values = oteltrac_words, .pcf = 278, .flags = ATTR_STORED},
    {.name = "PROCESS", .kind = ATTR_NAME, FIELD(process), .applies = L | M, .pcf = 2012},
    {.name = "PUT", .kind = ATTR_KEYWORD, FIELD(put), .initial = "ENABLED",
        .values = enabling_words, .pcf = 10},
    {.name = "PROPCTL", .kind = ATTR_KEYWORD, FIELD(propctl), .initial = "COMPAT",
        .values = propctl_words, .applies = L | M | A, .pcf = 190, .flags = ATTR_STORED},
    {.name = "QDEPTHHI", .kind = ATTR_INT, FIELD(qdepthhi), .max = 100, .initial = "80",
        .applies = L | M, .pcf = 40, .flags = ATTR_STORED},
    {.name = "QDEPTHLO", .kind = ATTR_INT, FIELD(qdepthlo), .max = 100, .initial = "20",
        .applies = L | M, .pcf = 41, .flags = ATTR_STORED},
    {.name = "QDPHIEV", .kind = ATTR_KEYWORD, FIELD(qdphiev), .initial = "DISABLED",
        .values = qdphiev_words, .applies = L | M, .pcf = 43, .flags = ATTR_STORED},
    {.name = "QDPLOEV", .kind = ATTR_KEYWORD, FIELD(qdploev), .initial = "DISABLED",
        .values = qdphiev_words, .applies = L | M, .pcf = 44, .flags = ATTR_STORED},
    {.name = "QDPMAXEV", .kind = ATTR_KEYWORD, FIELD(qdpmaxev), .initial = "ENABLED",
        .values = qdphiev_words, .applies = L | M, .pcf = 42, .flags = ATTR_STORED},
    {.name = "QSVCIEV", .kind = ATTR_KEYWORD, FIELD(qsvciev), .initial = "NONE",
        .values = qsvciev_words, .applies = L | M, .pcf = 46, .flags = ATTR_STORED},
    {.name = "QSVCINT", .kind = ATTR_INT, FIELD(qsvcint), .max = 999999999, .initial = "999999999",
        .applies = L | M, .pcf = 54, .flags = ATTR_STORED},
    {.name = "RETINTVL", .kind = ATTR_INT, FIELD(retintvl), .max = 999999999,
        .initial = "999999999", .applies = L | M, .pcf = 21, .flags = ATTR_STORED},
    {.name = "RNAME", .kind = ATTR_NAME, FIELD(rname), .applies = R, .pcf = 2018},
    {.name = "RQMNAME", .kind = ATTR_NAME, FIELD(rqmname), .applies = R, .pcf = 2017},
    {.name = "SCOPE", .kind = ATTR_KEYWORD, FIELD(scope), .initial = "QMGR", .values = scope_words,
        .applies = L | A | R, .pcf = 45, .flags = ATTR_STORED},
    {.name = "SHARE", .kind = ATTR_FLAG, FIELD(share), .initial = "SHARE", .values = share_words,
        .applies = L, .pcf = 23},
    {.name = "SHARE", .kind = ATTR_FLAG, FIELD(share), .initial = "NOSHARE", .values = share_words,
        .applies = M, .pcf = 23},
    {.name = "STATQ", .kind = ATTR_KEYWORD, FIELD(statq), .initial = "QMGR", .values = acctq_words,
        .applies = L | M, .pcf = 128, .flags = ATTR_STORED},
    {.name = "STREAMQ", .kind = ATTR_NAME, FIELD(streamq), .applies = L | M, .pcf = 2138,
        .flags = ATTR_STORED},
    {.name = "STRMQOS", .kind = ATTR_KEYWORD, FIELD(strmqos), .initial = "BESTEF",
        .values = strmqos_words, .applies = L | M, .pcf = 275, .flags = ATTR_STORED},
    {.name = "TARGET", .synonyms = "TARGQ", .kind = ATTR_NAME, FIELD(target), .applies = A,
        .pcf = 2002},
    {.name = "TARGTYPE", .kind = ATTR_KEYWORD, FIELD(targtype), .initial = "QUEUE",
        .values = targtype_words, .applies = A, .pcf = 193, .flags = ATTR_STORED},
    {.name = "TRIGDATA", .kind = ATTR_TEXT, FIELD(trigdata), .applies = L | M, .pcf = 2023},
    {.name = "TRIGDPTH", .kind = ATTR_INT, FIELD(trigdpth), .min = 1, .max = 999999999,
        .initial = "1", .applies = L | M, .pcf = 29},
    {.name = "TRIGMPRI", .kind = ATTR_INT, FIELD(trigmpri), .max = 9, .initial = "0",
        .applies = L | M, .pcf = 26},
    {.name = "TRIGTYPE", .kind = ATTR_KEYWORD, FIELD(trigtype), .initial = "FIRST",
        .values = trigtype_words, .applies = L | M, .pcf = 28},
    {.name = "USAGE", .kind = ATTR_KEYWORD, FIELD(usage), .initial = "NORMAL",
        .values = usage_words, .applies = L | M, .pcf = 12},
    {.name = "XMITQ", .kind = ATTR_NAME, FIELD(xmitq), .applies = R, .pcf = 2024},
};
/* clang-format on */
