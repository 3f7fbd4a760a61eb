/* listener.c - the attribute rows of listeners,
 * in the order in which DISPLAY prints them. */
#include "object/rows.h"

/* clang-format off */
static const struct attr_value control_words[] = {
    {"QMGR", 0}, {"MANUAL", 2}, {"STARTONLY", 1}, {NULL, 0}
};
static const struct attr_value trptype_words[] = {
    {"TCP", 2}, {"LU62", 1}, {"NETBIOS", 3}, {"SPX", 4}, {"UDP", 6}, {NULL, 0}
};

#define FIELD(f) ROW_FIELD(listener_def, f)

const struct attr listener_attrs[N_LISTENER_ATTRS] = {
    {.name = "LISTENER", .kind = ATTR_NAME, FIELD(listener), .pcf = 3554, .flags = ATTR_KEY},
    {.name = "CONTROL", .kind = ATTR_KEYWORD, FIELD(control), .initial = "MANUAL",
        .values = control_words, .pcf = 1601},
    {.name = "TRPTYPE", .kind = ATTR_KEYWORD, FIELD(trptype), .initial = "TCP",
        .values = trptype_words, .pcf = 1501},
    {.name = "PORT", .kind = ATTR_INT, FIELD(port), .max = 65535, .initial = "0", .pcf = 1522},
    {.name = "IPADDR", .kind = ATTR_TEXT, FIELD(ipaddr), .pcf = 3552},
    {.name = "BACKLOG", .kind = ATTR_INT, FIELD(backlog), .max = 999999999, .initial = "0",
        .pcf = 1602},
    {.name = "DESCR", .kind = ATTR_TEXT, FIELD(descr), .pcf = 3555},
    {.name = "ADAPTER", .kind = ATTR_INT, FIELD(adapter), .max = 999999999, .initial = "0",
        .pcf = 1519, .flags = ATTR_STORED},
    {.name = "LOCLNAME", .kind = ATTR_TEXT, FIELD(loclname), .pcf = 3521, .flags = ATTR_STORED},
    {.name = "NTBNAMES", .kind = ATTR_INT, FIELD(ntbnames), .max = 999999999, .initial = "0",
        .pcf = 1513, .flags = ATTR_STORED},
    {.name = "SESSIONS", .kind = ATTR_INT, FIELD(sessions), .max = 999999999, .initial = "0",
        .pcf = 1518, .flags = ATTR_STORED},
    {.name = "COMMANDS", .kind = ATTR_INT, FIELD(commands), .max = 999999999, .initial = "0",
        .pcf = 1520, .flags = ATTR_STORED},
    {.name = "SOCKET", .kind = ATTR_INT, FIELD(socket), .max = 65535, .initial = "0", .pcf = 1521,
        .flags = ATTR_STORED},
    {.name = "TPNAME", .kind = ATTR_TEXT, FIELD(tpname), .pcf = 3504, .flags = ATTR_STORED},
    {.name = "ALTDATE", .kind = ATTR_DATE, FIELD(altdate), .pcf = 2027, .flags = ATTR_READ_ONLY},
    {.name = "ALTTIME", .kind = ATTR_CLOCK, FIELD(alttime), .pcf = 2028, .flags = ATTR_READ_ONLY},
};
/* clang-format on */
