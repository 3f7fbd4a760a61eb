/* chlauth.c - the attribute rows of channel authentication records,
 * in the order in which DISPLAY prints them. */
#include "object/rows.h"

enum {
    CA_BLOCKUSER = 1u << CHLAUTH_BLOCKUSER,
    CA_BLOCKADDR = 1u << CHLAUTH_BLOCKADDR,
    CA_SSLPEERMAP = 1u << CHLAUTH_SSLPEERMAP,
    CA_ADDRESSMAP = 1u << CHLAUTH_ADDRESSMAP,
    CA_USERMAP = 1u << CHLAUTH_USERMAP,
    CA_QMGRMAP = 1u << CHLAUTH_QMGRMAP,
    MAPS = CA_SSLPEERMAP | CA_ADDRESSMAP | CA_USERMAP | CA_QMGRMAP,
};

/* clang-format off */
static const struct attr_value type_words[] = {
    {"BLOCKUSER", 1}, {"BLOCKADDR", 2}, {"SSLPEERMAP", 3}, {"ADDRESSMAP", 4}, {"USERMAP", 5},
    {"QMGRMAP", 6}, {NULL, 0}
};
static const struct attr_value usersrc_words[] = {
    {"MAP", 0}, {"NOACCESS", 1}, {"CHANNEL", 2}, {NULL, 0}
};
static const struct attr_value chckclnt_words[] = {
    {"ASQMGR", 4}, {"REQUIRED", 3}, {"REQDADM", 2}, {NULL, 0}
};
static const struct attr_value no_yes_words[] = {{"NO", 0}, {"YES", 1}, {NULL, 0}};

#define FIELD(f) ROW_FIELD(chlauth_def, f)

const struct attr chlauth_attrs[N_CHLAUTH_ATTRS] = {
    {.name = "CHLAUTH", .kind = ATTR_TEXT, FIELD(profile), .pcf = 3501, .flags = ATTR_KEY},
    {.name = "TYPE", .kind = ATTR_KEYWORD, FIELD(type), .values = type_words, .pcf = 1352,
        .flags = ATTR_TYPE},
    {.name = "DESCR", .kind = ATTR_TEXT, FIELD(descr), .pcf = 2118},
    {.name = "CUSTOM", .kind = ATTR_TEXT, FIELD(custom), .pcf = 2119, .flags = ATTR_STORED},
    {.name = "SSLPEER", .kind = ATTR_TEXT, FIELD(sslpeer), .applies = CA_SSLPEERMAP, .pcf = 3545},
    {.name = "SSLCERTI", .kind = ATTR_TEXT, FIELD(sslcerti), .applies = CA_SSLPEERMAP, .pcf = 2130},
    {.name = "ADDRESS", .kind = ATTR_TEXT, FIELD(address), .applies = MAPS, .pcf = 3506},
    {.name = "ADDRLIST", .kind = ATTR_LIST, FIELD(addrlist), .applies = CA_BLOCKADDR, .pcf = 3566},
    {.name = "CLNTUSER", .kind = ATTR_TEXT, FIELD(clntuser), .applies = CA_USERMAP, .pcf = 3567},
    {.name = "QMNAME", .kind = ATTR_TEXT, FIELD(qmname), .applies = CA_QMGRMAP, .pcf = 2017},
    {.name = "USERLIST", .kind = ATTR_LIST, FIELD(userlist), .applies = CA_BLOCKUSER, .pcf = 3568},
    {.name = "MCAUSER", .kind = ATTR_TEXT, FIELD(mcauser), .applies = MAPS, .pcf = 3527},
    {.name = "USERSRC", .kind = ATTR_KEYWORD, FIELD(usersrc), .initial = "MAP",
        .values = usersrc_words, .applies = MAPS, .pcf = 1638},
    {.name = "CHCKCLNT", .kind = ATTR_KEYWORD, FIELD(chckclnt), .initial = "ASQMGR",
        .values = chckclnt_words, .applies = MAPS, .pcf = 258},
    {.name = "WARN", .kind = ATTR_KEYWORD, FIELD(warn), .initial = "NO", .values = no_yes_words,
        .pcf = 1639},
    {.name = "ALTDATE", .kind = ATTR_DATE, FIELD(altdate), .pcf = 2027, .flags = ATTR_READ_ONLY},
    {.name = "ALTTIME", .kind = ATTR_CLOCK, FIELD(alttime), .pcf = 2028, .flags = ATTR_READ_ONLY},
};
/* clang-format on */
