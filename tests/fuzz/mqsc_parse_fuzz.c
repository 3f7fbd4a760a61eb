/* mqsc_parse_fuzz.c - a command that parses, written out again in quotes, parses to the same; one
 * that does not says where; what applies prints and survives the journal. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mqsc/mqsc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_quoted(struct buf *out, const char *s)
{
    buf_printf(out, "('");
    for (; *s != '\0'; s++) {
        buf_u8(out, (uint8_t)*s);
        if (*s == '\'')
            buf_u8(out, '\'');
    }
    buf_printf(out, "')");
}

static void
write_command(const struct mqsc_command *c, struct buf *out)
{
    static const char *const verbs[] = {"ALTER", "CLEAR", "DEFINE", "DELETE", "DISPLAY", "PING",
        "REFRESH", "RESET", "RESOLVE", "SET", "START", "STOP", "END", "SUSPEND"};
    buf_printf(out, "%s %s", verbs[c->verb], c->noun_word);
    if (c->name[0] != '\0')
        write_quoted(out, c->name);
    for (size_t i = 0; i < c->n_params; i++) {
        buf_printf(out, " %s", c->params[i].keyword);
        if (c->params[i].value != NULL)
            write_quoted(out, c->params[i].value);
    }
}

static void
same(const struct mqsc_command *a, const struct mqsc_command *b)
{
    assert(a->verb == b->verb && a->noun == b->noun && strcmp(a->name, b->name) == 0);
    assert(a->n_params == b->n_params);
    for (size_t i = 0; i < a->n_params; i++) {
        const struct mqsc_param *p = &a->params[i], *q = &b->params[i];
        assert(strcmp(p->keyword, q->keyword) == 0);
        assert((p->value == NULL) == (q->value == NULL));
        assert(p->value == NULL || strcmp(p->value, q->value) == 0);
    }
}

static void
try_object(const struct mqsc_command *c)
{
    enum object_type type, found;
    union object_any def, back;
    if (!mqsc_object(c, &type))
        return;
    object_init(type, mqsc_subtype(c), &def);
    if (mqsc_apply(c, type, &def, NULL) != RC_OK)
        return;
    AUTO_BUF out = buf_new(1u << 20, ORDER_BIG);
    mqsc_display(c, type, &def, &out);
    (void)mqsc_where(c, type, &def);
    buf_clear(&out);
    object_encode(type, &def, &out);
    assert(object_decode(buf_span(&out), &found, &back, sizeof(back), NULL) == RC_OK);
    assert(found == type && memcmp(&def, &back, object_class(type)->size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mqsc_command c = {0}, again = {0};
    struct failure f = {0};
    char *text = malloc(size + 1);
    assert(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (mqsc_parse(text, &c, &f) != RC_OK) {
        assert(f.id[0] != '\0' && c.text == NULL);
        assert(f.rc != RC_INVALID || strncmp(f.text, text, strlen(f.text)) == 0);
    } else {
        AUTO_BUF out = buf_new(1u << 20, ORDER_BIG);
        write_command(&c, &out);
        if (buf_ok(&out) && out.n <= MQSC_COMMAND_MAX) {
            assert(mqsc_parse(buf_cstr(&out), &again, &f) == RC_OK);
            same(&c, &again);
        }
        try_object(&c);
    }
    mqsc_command_fini(&c);
    mqsc_command_fini(&again);
    free(text);
    return 0;
}
