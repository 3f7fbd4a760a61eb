/*
 * display.c - objects as DISPLAY prints them: cells of 40 columns, two a line.
 */
#include <string.h>

#include "mqsc/mqsc.h"

enum { INDENT = 3, CELL = 40 };

static void
put_cell(struct mqsc_block *b, struct span cell)
{
    bool wide = cell.n >= CELL;
    if (b->column > 0 && wide)
        mqsc_block_end(b);
    if (b->column == 0)
        buf_fill(b->out, ' ', INDENT);
    else
        buf_fill(b->out, ' ', CELL - b->column);
    buf_span_put(b->out, cell);
    if (wide || b->column > 0) {
        b->column = cell.n;
        mqsc_block_end(b);
    } else {
        b->column = cell.n;
    }
}

void
mqsc_cell(struct mqsc_block *b, const char *keyword, const char *value)
{
    AUTO_BUF cell = buf_new(MQSC_COMMAND_MAX, ORDER_BIG);
    if (value == NULL)
        buf_printf(&cell, "%s", keyword);
    else
        buf_printf(&cell, "%s(%s)", keyword, value[0] != '\0' ? value : " ");
    put_cell(b, buf_span(&cell));
}

void
mqsc_block_end(struct mqsc_block *b)
{
    if (b->column > 0)
        buf_u8(b->out, '\n');
    b->column = 0;
}

/* clang-format off */
static const char *const headings[OBJECT_TYPES] = {
    [OBJECT_QMGR] = "AMQ8408I: Display Queue Manager details.",
    [OBJECT_QUEUE] = "AMQ8409I: Display Queue details.",
    [OBJECT_CHANNEL] = "AMQ8414I: Display Channel details.",
    [OBJECT_LISTENER] = "AMQ8630I: Display listener information details.",
    [OBJECT_CHLAUTH] = "AMQ8878I: Display channel authentication record details.",
    [OBJECT_AUTHREC] = "AMQ8864I: Display authority record details.",
};

/* DISPLAY QMGR's words for groups of attributes. */
static const struct {
    const char *word, *attributes;
} groups[] = {
    {"EVENT", "AUTHOREV CHADEV CHLEV CMDEV CONFIGEV INHIBTEV LOCALEV LOGGEREV PERFMEV REMOTEEV"
        " SSLEV STRSTPEV"},
    {"CLUSTER", "CLWLDATA CLWLEXIT CLWLLEN CLWLMRUC CLWLUSEQ DEFCLXQ MONACLS QMID REPOS REPOSNL"},
    {"PUBSUB", "PARENT PSCLUS PSMODE PSNPMSG PSNPRES PSRTYCNT PSSYNCPT TREELIFE"},
};

/* What DISPLAY CHLAUTH shows of a record without ALL. */
static const char chlauth_brief[] = "SSLPEER SSLCERTI ADDRESS ADDRLIST CLNTUSER QMNAME USERLIST"
    " MCAUSER USERSRC";
/* clang-format on */

static bool
listed(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word))
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* Does c name attributes at all, or a group of them? */
static bool
asks(const struct mqsc_command *c, enum object_type type)
{
    for (size_t i = 0; i < c->n_params; i++) {
        const struct mqsc_param *p = &c->params[i];
        if (p->value == NULL && object_attr(type, 0, p->keyword) != NULL)
            return true;
        for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
            if (type == OBJECT_QMGR && strcmp(groups[g].word, p->keyword) == 0)
                return true;
    }
    return false;
}

static bool
asked_for(const struct mqsc_command *c, enum object_type type, const struct attr *a)
{
    struct mqsc_filter where;
    for (size_t i = 0; i < c->n_params; i++)
        if (object_attr(type, 0, c->params[i].keyword) != NULL &&
            object_attr(type, 0, a->name) == object_attr(type, 0, c->params[i].keyword))
            return true;
    if (mqsc_filter(c, &where) && strcmp(where.keyword, a->name) == 0)
        return true;
    for (size_t g = 0; type == OBJECT_QMGR && g < sizeof(groups) / sizeof(groups[0]); g++)
        if (mqsc_param(c, groups[g].word) != NULL && listed(groups[g].attributes, a->name))
            return true;
    return false;
}

/* A record shows only what means something: MCAUSER goes with USERSRC(MAP), WARN with refusing. */
static bool
chlauth_shows(const struct chlauth_def *r, const struct attr *a)
{
    bool blocks = r->type == CHLAUTH_BLOCKUSER || r->type == CHLAUTH_BLOCKADDR;
    bool refuses = !blocks && r->usersrc == USERSRC_NOACCESS;
    if (strcmp(a->name, "MCAUSER") == 0)
        return r->usersrc == USERSRC_MAP;
    if (strcmp(a->name, "WARN") == 0)
        return blocks || refuses;
    if (strcmp(a->name, "CHCKCLNT") == 0)
        return !refuses;
    return true;
}

enum extent { SHOW_ALL, SHOW_ASKED, SHOW_KEY };

static enum extent
extent_of(const struct mqsc_command *c, enum object_type type)
{
    if (c == NULL || mqsc_param(c, "ALL") != NULL)
        return SHOW_ALL;
    if (asks(c, type))
        return SHOW_ASKED;
    size_t n = strlen(c->name);
    if (n > 0 && c->name[n - 1] == '*')
        return SHOW_KEY;
    return type == OBJECT_CHLAUTH && strchr(c->name, '*') != NULL ? SHOW_KEY : SHOW_ALL;
}

static bool
shows(const struct mqsc_command *c, enum extent extent, enum object_type type, const void *def,
    const struct attr *a)
{
    if ((a->flags & (ATTR_KEY | ATTR_TYPE)) != 0)
        return true;
    if (type == OBJECT_CHLAUTH && !chlauth_shows(def, a))
        return false;
    switch (extent) {
    case SHOW_ALL:
        return true;
    case SHOW_ASKED:
        return asked_for(c, type, a);
    case SHOW_KEY:
        return asked_for(c, type, a) || (type == OBJECT_CHLAUTH && listed(chlauth_brief, a->name));
    }
    return false;
}

void
mqsc_display(const struct mqsc_command *c, enum object_type type, const void *def, struct buf *out)
{
    const struct object_class *class = object_class(type);
    enum extent extent = extent_of(c, type);
    int32_t subtype = object_subtype(type, def);
    struct mqsc_block b = {.out = out};
    AUTO_BUF value = buf_new(MQSC_COMMAND_MAX, ORDER_BIG);

    buf_printf(out, "%s\n", headings[type]);
    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        if (object_attr(type, subtype, a->name) != a || !shows(c, extent, type, def, a))
            continue;
        buf_clear(&value);
        attr_print(a, def, &value);
        const char *text = buf_cstr(&value);
        if (a->kind == ATTR_FLAG)
            mqsc_cell(&b, text, NULL);
        else
            mqsc_cell(&b, a->name, text);
    }
    mqsc_block_end(&b);
}
