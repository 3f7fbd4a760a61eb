/*
 * manual.c - the manual of one type of object, from its rows, as a Markdown table.
 */
#include "mqsc/mqsc.h"

static const struct attr *
type_attr(const struct object_class *class)
{
    for (size_t i = 0; i < class->n_attrs; i++)
        if ((class->attrs[i].flags & ATTR_TYPE) != 0)
            return &class->attrs[i];
    return NULL;
}

static void
print_words(const struct attr *a, struct buf *out)
{
    const char *between = "";
    for (const struct attr_value *v = a->values; v != NULL && v->word != NULL; v++) {
        buf_printf(out, "%s%s", between, v->word);
        between = ", ";
    }
}

static void
print_range(const struct attr *a, struct buf *out)
{
    switch (a->kind) {
    case ATTR_NAME:
        buf_printf(out, "name of up to %d", a->size - 1);
        return;
    case ATTR_TEXT:
        buf_printf(out, "text of up to %d", a->size - 1);
        return;
    case ATTR_INT:
        buf_printf(out, "%lld to %lld%s", (long long)a->min, (long long)a->max,
            a->values != NULL ? ", " : "");
        print_words(a, out);
        return;
    case ATTR_KEYWORD:
    case ATTR_FLAG:
        print_words(a, out);
        return;
    case ATTR_LIST:
    case ATTR_SET:
        buf_printf(out, "list%s", a->values != NULL ? " of " : "");
        print_words(a, out);
        return;
    case ATTR_DATE:
        buf_printf(out, "yyyy-mm-dd");
        return;
    case ATTR_CLOCK:
        buf_printf(out, "hh.mm.ss");
        return;
    }
}

static void
print_types(const struct object_class *class, const struct attr *a, struct buf *out)
{
    const struct attr *type = type_attr(class);
    const char *between = "";
    if (a->applies == 0 || type == NULL) {
        buf_printf(out, "all");
        return;
    }
    for (const struct attr_value *v = type->values; v->word != NULL; v++) {
        if ((a->applies & (1u << v->value)) == 0)
            continue;
        buf_printf(out, "%s%s", between, v->word);
        between = ", ";
    }
}

static void
print_notes(const struct attr *a, struct buf *out)
{
    static const struct {
        uint32_t flag;
        const char *note;
    } notes[] = {
        {ATTR_KEY, "names the object"},
        {ATTR_TYPE, "fixed when the object is defined"},
        {ATTR_READ_ONLY, "displayed only"},
        {ATTR_SECRET, "never displayed"},
        {ATTR_STORED, "stored, not acted on yet"},
    };
    const char *between = "";
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        if ((a->flags & notes[i].flag) == 0)
            continue;
        buf_printf(out, "%s%s", between, notes[i].note);
        between = "; ";
    }
    if (a->synonyms != NULL)
        buf_printf(out, "%salso %s", between, a->synonyms);
}

void
mqsc_manual(enum object_type type, struct buf *out)
{
    const struct object_class *class = object_class(type);
    buf_printf(out,
        "## %s\n\n| attribute | values | default | types | notes |\n"
        "| --- | --- | --- | --- | --- |\n",
        class->noun);
    for (size_t i = 0; i < class->n_attrs; i++) {
        const struct attr *a = &class->attrs[i];
        buf_printf(out, "| %s | ", a->name);
        print_range(a, out);
        buf_printf(out, " | %s | ", a->initial != NULL ? a->initial : "");
        print_types(class, a, out);
        buf_printf(out, " | ");
        print_notes(a, out);
        buf_printf(out, " |\n");
    }
}
