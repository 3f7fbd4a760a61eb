/* authrec.c - the attribute rows of authority records, and authority words. */
#include <string.h>

#include "object/rows.h"

/* clang-format off */
static const struct attr_value authority_words[] = {
    {"ALTUSR", AUTH_ALTUSR}, {"BROWSE", AUTH_BROWSE}, {"CHG", AUTH_CHG}, {"CLR", AUTH_CLR},
    {"CONNECT", AUTH_CONNECT}, {"CRT", AUTH_CRT}, {"DLT", AUTH_DLT}, {"DSP", AUTH_DSP},
    {"GET", AUTH_GET}, {"INQ", AUTH_INQ}, {"PUT", AUTH_PUT}, {"PASSALL", AUTH_PASSALL},
    {"PASSID", AUTH_PASSID}, {"SET", AUTH_SET}, {"SETALL", AUTH_SETALL}, {"SETID", AUTH_SETID},
    {"CTRL", AUTH_CTRL}, {"CTRLX", AUTH_CTRLX}, {"PUB", AUTH_PUB}, {"SUB", AUTH_SUB},
    {"RESUME", AUTH_RESUME}, {"SYSTEM", AUTH_SYSTEM}, {NULL, 0}
};
static const struct attr_value enttype_words[] = {
    {"PRINCIPAL", ENTTYPE_PRINCIPAL}, {"GROUP", ENTTYPE_GROUP}, {NULL, 0}
};
static const struct attr_value objtype_words[] = {
    {"AUTHINFO", OBJTYPE_AUTHINFO}, {"CHANNEL", OBJTYPE_CHANNEL}, {"CLNTCONN", OBJTYPE_CLNTCONN},
    {"COMMINFO", OBJTYPE_COMMINFO}, {"LISTENER", OBJTYPE_LISTENER}, {"NAMELIST", OBJTYPE_NAMELIST},
    {"PROCESS", OBJTYPE_PROCESS}, {"QMGR", OBJTYPE_QMGR}, {"QUEUE", OBJTYPE_QUEUE},
    {"RQMNAME", OBJTYPE_RQMNAME}, {"SERVICE", OBJTYPE_SERVICE}, {"TOPIC", OBJTYPE_TOPIC}, {NULL, 0}
};

#define FIELD(f) ROW_FIELD(authrec_def, f)

const struct attr authrec_attrs[N_AUTHREC_ATTRS] = {
    {.name = "PROFILE", .kind = ATTR_TEXT, FIELD(profile), .pcf = 3067, .flags = ATTR_KEY},
    {.name = "ENTITY", .kind = ATTR_TEXT, FIELD(entity), .pcf = 3068, .flags = ATTR_KEY},
    {.name = "ENTTYPE", .kind = ATTR_KEYWORD, FIELD(enttype), .initial = "PRINCIPAL",
        .values = enttype_words, .pcf = 1118, .flags = ATTR_KEY},
    {.name = "OBJTYPE", .kind = ATTR_KEYWORD, FIELD(objtype), .initial = "QUEUE",
        .values = objtype_words, .pcf = 1016, .flags = ATTR_KEY},
    {.name = "AUTHLIST", .kind = ATTR_SET, FIELD(authlist), .values = authority_words, .pcf = 1115},
};

#define ADMIN (AUTH_CHG | AUTH_CLR | AUTH_CRT | AUTH_DLT | AUTH_DSP | AUTH_CTRL | AUTH_CTRLX)
#define BASIC (AUTH_CHG | AUTH_CRT | AUTH_DLT | AUTH_DSP)
#define CONTEXT (AUTH_PASSALL | AUTH_PASSID | AUTH_SETALL | AUTH_SETID)

/* What each kind of object knows. */
static const struct {
    int32_t objtype, all;
} kinds[] = {
    {OBJTYPE_QUEUE, BASIC | CONTEXT | AUTH_CLR | AUTH_BROWSE | AUTH_GET | AUTH_INQ | AUTH_PUT |
        AUTH_SET},
    {OBJTYPE_QMGR, BASIC | AUTH_CTRL | AUTH_ALTUSR | AUTH_CONNECT | AUTH_INQ | AUTH_SET |
        AUTH_SETALL | AUTH_SETID | AUTH_SYSTEM},
    {OBJTYPE_CHANNEL, BASIC | AUTH_CTRL | AUTH_CTRLX},
    {OBJTYPE_TOPIC, BASIC | CONTEXT | AUTH_CLR | AUTH_CTRL | AUTH_PUB | AUTH_SUB | AUTH_RESUME},
    {OBJTYPE_PROCESS, BASIC | AUTH_INQ | AUTH_SET},
    {OBJTYPE_NAMELIST, BASIC | AUTH_INQ},
    {OBJTYPE_AUTHINFO, BASIC | AUTH_INQ},
    {OBJTYPE_LISTENER, BASIC | AUTH_CTRL},
    {OBJTYPE_SERVICE, BASIC | AUTH_CTRL},
    {OBJTYPE_CLNTCONN, BASIC},
    {OBJTYPE_COMMINFO, BASIC},
    {OBJTYPE_RQMNAME, AUTH_PUT},
};
/* clang-format on */

int32_t
authrec_all(int32_t objtype)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].objtype == objtype)
            return kinds[i].all;
    return 0;
}

/* CRT is granted by name only: IBM MQ's ALL and ALLADM leave it out. */
static bool
authority_find(const char *word, int32_t all, int32_t *bits)
{
    static const struct attr_value groups[] = {
        {"ALL", ~AUTH_CRT}, {"ALLADM", ADMIN & ~AUTH_CRT}, {"ALLMQI", ~ADMIN}, {"NONE", 0}};
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (text_equal_fold(word, groups[i].word)) {
            *bits = groups[i].value & all;
            return true;
        }
    }
    for (const struct attr_value *v = authority_words; v->word != NULL; v++) {
        if (text_equal_fold(word, v->word)) {
            *bits = v->value;
            return (v->value & all) != 0;
        }
    }
    return false;
}

enum rc
authrec_parse(const char *list, int32_t objtype, int32_t *mask, struct failure *f)
{
    int32_t all = authrec_all(objtype);
    int32_t sum = 0;
    while (*list != '\0') {
        char word[16] = "";
        int32_t bits = 0;
        size_t n = strcspn(list, ", ");
        if (n == 0) {
            list++;
            continue;
        }
        if (n < sizeof(word))
            memcpy(word, list, n);
        if (n >= sizeof(word) || !authority_find(word, all, &bits)) {
            (void)fail(f, RC_INVALID, "authority %.*s is not valid for this type of object",
                (int)(n < 64 ? n : 64), list);
            failure_id(f, "AMQ8405I");
            return RC_INVALID;
        }
        sum |= bits;
        list += n;
    }
    *mask = sum;
    return RC_OK;
}
