/*
 * parse.c - one command into verb, noun, name and parameters (spec/mqsc-syntax.md 2 to 4).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "mqsc/words.h"

struct parser {
    const char *command;
    size_t at;  /* everything before it has been accepted, or is what is wrong */
    char *text; /* unquoted words and values, each with its NUL */
    size_t used;
    const struct noun_row *noun;
    const struct command_row *row; /* NULL: not one of ours, any parameter goes */
    struct mqsc_command c;
    struct failure *f;
};

static enum rc
refuse(struct parser *p, const char *id, const char *why, const char *what)
{
    (void)fail(p->f, RC_INVALID, "%.*s", (int)p->at, p->command);
    failure_id(p->f, id);
    failure_cause(p->f, "%s%s%.64s", why, what[0] != '\0' ? ": " : "", what);
    return RC_INVALID;
}

static enum rc
syntax(struct parser *p, const char *why, const char *what)
{
    return refuse(p, "AMQ8405I", why, what);
}

static bool
is_space(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n';
}

static char
peek(const struct parser *p)
{
    return p->command[p->at];
}

static void
skip_space(struct parser *p)
{
    while (is_space(peek(p)))
        p->at++;
}

/* The output never outgrows its room: a character in gives at most one out, and an item at most one
 * more (its comma or NUL); mqsc_parse reserves twice the length. */
static void
emit(struct parser *p, char c)
{
    p->text[p->used++] = c;
}

static char *
finish_text(struct parser *p, size_t start)
{
    emit(p, '\0');
    return p->text + start;
}

/* An unquoted word, in upper case. */
static size_t
take_word(struct parser *p)
{
    size_t start = p->used, n = 0;
    for (char c = peek(p); c != '\0' && !is_space(c) && strchr("()'", c) == NULL; c = peek(p)) {
        emit(p, c);
        p->at++;
        n++;
    }
    p->text[p->used] = '\0';
    text_upper(p->text + start);
    return n;
}

static enum rc
take_quoted(struct parser *p)
{
    p->at++;
    for (; peek(p) != '\0'; p->at++) {
        if (peek(p) == '\'' && p->command[p->at + 1] != '\'') {
            p->at++;
            return RC_OK;
        }
        p->at += peek(p) == '\'';
        emit(p, peek(p));
    }
    return syntax(p, "a quote is not closed", "");
}

static enum rc
take_item(struct parser *p, bool *quoted)
{
    if (peek(p) == '\'') {
        *quoted = true;
        enum rc rc = take_quoted(p);
        if (rc != RC_OK)
            return rc;
    } else if (take_word(p) == 0) {
        p->at++;
        return syntax(p, "a parenthesis inside a value that is not in quotes", "");
    }
    if (peek(p) == '\0' || peek(p) == ')' || is_space(peek(p)))
        return RC_OK;
    p->at++;
    return syntax(p, "something follows a value without a blank", "");
}

/* "(a, 'b')" -> "A,b".  The parenthesis is the next character. */
static enum rc
take_value(struct parser *p, const char **value, bool *quoted)
{
    size_t start = p->used, items = 0;
    *quoted = false;
    p->at++;
    for (;;) {
        skip_space(p);
        if (peek(p) == '\0')
            return syntax(p, "a parenthesis is not closed", "");
        if (peek(p) == ')')
            break;
        if (items++ > 0)
            emit(p, ',');
        enum rc rc = take_item(p, quoted);
        if (rc != RC_OK)
            return rc;
    }
    p->at++;
    if (items == 0)
        return syntax(p, "nothing between the parentheses", "");
    *value = finish_text(p, start);
    return RC_OK;
}

static const struct attr *
find_attr(const struct parser *p, const char *keyword)
{
    if (p->row == NULL || !p->row->attributes || p->noun->type < 0)
        return NULL;
    int32_t subtype = p->c.verb == MQSC_DISPLAY ? 0 : p->noun->subtype;
    return object_attr((enum object_type)p->noun->type, subtype, keyword);
}

/* DISPLAY takes any attribute bare (show it) or with a value (filter); elsewhere only flags are
 * bare. */
static enum rc
check_form(
    struct parser *p, const struct attr *a, bool listed_valued, const struct mqsc_param *param)
{
    bool bare = param->value == NULL;
    if (p->c.verb == MQSC_DISPLAY && (a != NULL || !listed_valued))
        return RC_OK;
    bool wants_value = a != NULL ? a->kind != ATTR_FLAG : listed_valued;
    if (bare && wants_value)
        return syntax(p, "a value is missing", param->keyword);
    if (!bare && !wants_value)
        return syntax(p, "takes no value", param->keyword);
    return RC_OK;
}

static enum rc
check_param(struct parser *p, struct mqsc_param *param)
{
    bool valued = true;
    if (p->row == NULL)
        return RC_OK;
    const struct attr *a = find_attr(p, param->keyword);
    if (a != NULL && a->kind != ATTR_FLAG)
        param->keyword = a->name;
    bool key = a != NULL && (a->flags & ATTR_KEY) != 0;
    if (key && p->c.verb != MQSC_DISPLAY && p->noun->type != OBJECT_AUTHREC)
        return syntax(p, "the name stands behind the type of object", param->keyword);
    bool ignored;
    if (a == NULL && !words_have(p->row->words, param->keyword, &valued) &&
        (p->row->foreign == NULL || !words_have(p->row->foreign, param->keyword, &ignored)))
        return syntax(p, "not a parameter of this command", param->keyword);
    return check_form(p, a, valued, param);
}

/* REPLACE and NOREPLACE, TRIGGER and NOTRIGGER are the same parameter. */
static bool
same_param(const char *a, const char *b)
{
    if (strncmp(a, "NO", 2) == 0 && strcmp(a + 2, b) == 0)
        return true;
    if (strncmp(b, "NO", 2) == 0 && strcmp(b + 2, a) == 0)
        return true;
    return strcmp(a, b) == 0;
}

static enum rc
add_param(struct parser *p, struct mqsc_param param)
{
    enum rc rc = check_param(p, &param);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < p->c.n_params; i++)
        if (same_param(p->c.params[i].keyword, param.keyword))
            return refuse(p, "AMQ8405I", "given twice", param.keyword);
    if (p->c.n_params == MQSC_PARAMS_MAX)
        return syntax(p, "too many parameters", "");
    p->c.params[p->c.n_params++] = param;
    return RC_OK;
}

static enum rc
take_param(struct parser *p)
{
    size_t start = p->used;
    struct mqsc_param param = {.keyword = p->text + start};
    if (take_word(p) == 0) {
        p->at++;
        return syntax(p, "a keyword is expected", "");
    }
    (void)finish_text(p, start);
    size_t after = p->at;
    skip_space(p);
    if (peek(p) != '(') {
        p->at = after;
        return add_param(p, param);
    }
    enum rc rc = take_value(p, &param.value, &param.quoted);
    if (rc != RC_OK)
        return rc;
    if (peek(p) != '\0' && !is_space(peek(p))) {
        p->at++;
        return syntax(p, "a blank is missing after the parameter", param.keyword);
    }
    return add_param(p, param);
}

static enum rc
take_params(struct parser *p)
{
    for (;;) {
        skip_space(p);
        if (peek(p) == '\0')
            return RC_OK;
        enum rc rc = take_param(p);
        if (rc != RC_OK)
            return rc;
    }
}

/* A name to act on is a name; one to look for may be generic. */
static bool
name_is_valid(const struct parser *p, const char *name)
{
    char stem[MQ_NAME_MAX + 2];
    size_t n = strlen(name);
    if (strspn(name, " ") == n)
        return false;
    if (p->noun->type < 0)
        return true;
    if (p->noun->type == OBJECT_CHLAUTH)
        return n <= MQ_CHANNEL_MAX;
    size_t max = object_class((enum object_type)p->noun->type)->name_max;
    if (!text_copy(stem, sizeof(stem), name))
        return false;
    if (p->c.verb == MQSC_DISPLAY && n > 0 && stem[n - 1] == '*')
        stem[--n] = '\0';
    return (n == 0 && p->c.verb == MQSC_DISPLAY) || text_is_mq_name(stem, max);
}

static enum rc
take_name(struct parser *p)
{
    bool quoted;
    size_t after = p->at;
    skip_space(p);
    if (peek(p) != '(') {
        p->at = after;
        return p->noun->name == NAME_NEEDED ? syntax(p, "a name is missing", "") : RC_OK;
    }
    if (p->noun->name == NAME_NONE)
        return syntax(p, "takes no name", p->c.noun_word);
    enum rc rc = take_value(p, &p->c.name, &quoted);
    if (rc != RC_OK)
        return rc;
    if (!name_is_valid(p, p->c.name))
        return syntax(p, "not a valid name", p->c.name);
    return RC_OK;
}

static enum rc
take_noun(struct parser *p)
{
    char word[sizeof(p->c.noun_word)];
    size_t start = p->used;
    skip_space(p);
    (void)take_word(p);
    p->noun = text_copy(word, sizeof(word), p->text + start) ? noun_find(word) : NULL;
    p->used = start;
    if (p->noun == NULL)
        return syntax(p, "not an object of MQSC", p->text + start);
    p->c.noun = p->noun->noun;
    size_t n = strcspn(p->noun->words, " ");
    memcpy(p->c.noun_word, p->noun->words, n);
    p->c.noun_word[n] = '\0';
    p->row = command_find(p->c.verb, p->c.noun);
    if (p->row == NULL && p->c.verb != MQSC_OTHER_VERB && p->c.noun != MQSC_OTHER)
        return syntax(p, "there is no such command", "");
    return RC_OK;
}

static enum rc
take_command(struct parser *p)
{
    skip_space(p);
    size_t start = p->used;
    (void)take_word(p);
    const struct verb_row *verb = verb_find(p->text + start);
    p->used = start;
    if (verb == NULL) {
        p->at += peek(p) != '\0';
        return syntax(p, "not a command of MQSC", "");
    }
    p->c.verb = verb->verb;
    p->c.name = "";
    if (verb->verb == MQSC_END) {
        skip_space(p);
        return peek(p) == '\0' ? RC_OK : syntax(p, "takes no parameters", "END");
    }
    enum rc rc = take_noun(p);
    if (rc == RC_OK)
        rc = take_name(p);
    if (rc == RC_OK)
        rc = take_params(p);
    return rc;
}

enum rc
mqsc_parse(const char *command, struct mqsc_command *out, struct failure *f)
{
    size_t n = strlen(command);
    struct parser p = {.command = command, .f = f};
    if (n > MQSC_COMMAND_MAX) {
        (void)fail(f, RC_LIMIT, "the command is longer than %u characters", MQSC_COMMAND_MAX);
        failure_id(f, "AMQ8405I");
        return RC_LIMIT;
    }
    p.c.text_size = 2 * n + 8;
    p.text = malloc(p.c.text_size);
    if (p.text == NULL)
        abort();
    enum rc rc = take_command(&p);
    if (rc != RC_OK) {
        secret_wipe(p.text, p.c.text_size);
        free(p.text);
        return rc;
    }
    assert(p.used <= p.c.text_size);
    p.c.text = p.text;
    *out = p.c;
    return RC_OK;
}

void
mqsc_command_fini(struct mqsc_command *c)
{
    if (c->text != NULL)
        secret_wipe(c->text, c->text_size); /* a password may be among the values */
    free(c->text);
    *c = (struct mqsc_command){0};
}

const struct mqsc_param *
mqsc_param(const struct mqsc_command *c, const char *keyword)
{
    for (size_t i = 0; i < c->n_params; i++)
        if (strcmp(c->params[i].keyword, keyword) == 0)
            return &c->params[i];
    return NULL;
}
