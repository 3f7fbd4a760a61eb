/*
 * apply.c - what a command says about an object, into its definition.
 */
#include <assert.h>
#include <string.h>

#include "mqsc/words.h"

bool
mqsc_object(const struct mqsc_command *c, enum object_type *type)
{
    const struct noun_row *noun = noun_of(c);
    if (noun == NULL || noun->type < 0)
        return false;
    *type = (enum object_type)noun->type;
    return true;
}

static const struct attr *
type_attr(enum object_type type)
{
    const struct object_class *class = object_class(type);
    for (size_t i = 0; i < class->n_attrs; i++)
        if ((class->attrs[i].flags & ATTR_TYPE) != 0)
            return &class->attrs[i];
    return NULL;
}

int32_t
mqsc_subtype(const struct mqsc_command *c)
{
    const struct noun_row *noun = noun_of(c);
    if (noun == NULL || noun->type < 0)
        return 0;
    if (noun->subtype != 0)
        return noun->subtype;
    const struct attr *a = type_attr((enum object_type)noun->type);
    const struct mqsc_param *p = a != NULL ? mqsc_param(c, a->name) : NULL;
    if (p == NULL || p->value == NULL)
        return 0;
    for (const struct attr_value *v = a->values; v->word != NULL; v++)
        if (text_equal_fold(v->word, p->value))
            return v->value;
    return 0;
}

static enum rc
refuse(struct failure *f, enum rc rc, const char *keyword, const char *why)
{
    (void)fail(f, rc, "%s %s", keyword, why);
    failure_id(f, "AMQ8405I");
    return rc;
}

/* The type of an object is fixed when it is defined; saying it again is no harm. */
static enum rc
apply_type(const struct attr *a, void *def, const char *text, struct failure *f)
{
    union object_any wanted;
    int32_t now = attr_int(a, def);
    memset(&wanted, 0, sizeof(wanted));
    enum rc rc = attr_set(a, &wanted, text, true, f);
    if (rc != RC_OK)
        return rc;
    if (now != 0 && now != attr_int(a, &wanted))
        return refuse(f, RC_INVALID, a->name, "of an existing object cannot be changed");
    return attr_set(a, def, text, true, f);
}

static enum rc
apply_param(const struct mqsc_command *c, const struct mqsc_param *p, enum object_type type,
    void *def, struct failure *f)
{
    int32_t subtype = object_subtype(type, def);
    const struct command_row *row = command_find(c->verb, c->noun);
    const struct attr *a = object_attr(type, subtype, p->keyword);
    bool valued;

    if (row != NULL && words_have(row->words, p->keyword, &valued))
        return RC_OK;
    if (a == NULL && object_attr(type, 0, p->keyword) != NULL)
        return refuse(f, RC_INVALID, p->keyword, "does not go with this type of object");
    if (a == NULL)
        return refuse(f, RC_UNSUPPORTED, p->keyword, "is not supported here");
    if ((a->flags & ATTR_TYPE) != 0)
        return apply_type(a, def, p->value != NULL ? p->value : "", f);
    if (p->value == NULL)
        return attr_set(a, def, p->keyword, true, f);
    return attr_set(a, def, p->value, p->quoted, f);
}

static enum rc
apply_name(const struct mqsc_command *c, enum object_type type, void *def, struct failure *f)
{
    const struct attr *key = &object_class(type)->attrs[0];
    if (c->name[0] == '\0')
        return RC_OK;
    return attr_set(key, def, c->name, true, f);
}

/* The type first: it decides which attributes there are. */
static enum rc
apply_all(const struct mqsc_command *c, enum object_type type, void *def, struct failure *f)
{
    const struct attr *t = type_attr(type);
    const struct mqsc_param *first = t != NULL ? mqsc_param(c, t->name) : NULL;
    enum rc rc = apply_name(c, type, def, f);
    if (rc == RC_OK && first != NULL)
        rc = apply_param(c, first, type, def, f);
    for (size_t i = 0; rc == RC_OK && i < c->n_params; i++)
        if (&c->params[i] != first)
            rc = apply_param(c, &c->params[i], type, def, f);
    return rc;
}

enum rc
mqsc_apply(const struct mqsc_command *c, enum object_type type, void *def, struct failure *f)
{
    union object_any work;
    enum object_type about;
    size_t size = object_class(type)->size;

    assert(mqsc_object(c, &about) && about == type);
    memcpy(&work, def, size);
    enum rc rc = apply_all(c, type, &work, f);
    if (rc == RC_OK)
        memcpy(def, &work, size);
    return rc;
}
