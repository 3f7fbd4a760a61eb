/* config.c - grove.yaml into struct estate: tables of keys, one walker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "estate/estate.h"
#include "keyrepo/keyrepo.h"
#include "tls/cipherspec.h"

#define YAML_MAX (4u << 20)
#define ITEMS_MAX 10000u

static const char *const stage_names[STAGES] = {
    "none", "baseline", "server-only", "mutual", "filtered"};
static const char *const kind_names[INTRUDER_KINDS] = {
    "other-dn", "same-dn-other-ca", "near-dn", "plaintext", "impostor", "untrusted-ca"};

const char *
stage_name(enum stage s)
{
    return stage_names[s];
}

bool
stage_find(const char *name, enum stage *out)
{
    for (enum stage s = STAGE_BASELINE; s < STAGES; s++)
        if (strcmp(name, stage_names[s]) == 0) {
            *out = s;
            return true;
        }
    return false;
}

const char *
intruder_kind_name(enum intruder_kind k)
{
    return kind_names[k];
}

enum value_kind { VALUE_TEXT, VALUE_PATH, VALUE_DNS, VALUE_STAGE, VALUE_INTRUDER };
struct key_row {
    const char *name;
    size_t offset, size;
    enum value_kind kind;
    bool required;
};
#define ROW(type, field, text, kind_, needed)                                                      \
    {                                                                                              \
        text, offsetof(struct type, field), sizeof(((struct type *)0)->field), kind_, needed       \
    }

static const struct key_row authority_rows[] = {
    ROW(estate_authority, name, "name", VALUE_TEXT, true),
    ROW(estate_authority, kind, "kind", VALUE_TEXT, true),
    ROW(estate_authority, dir, "folder", VALUE_PATH, true),
    ROW(estate_authority, organisation, "organisation", VALUE_TEXT, false),
    ROW(estate_authority, key, "key", VALUE_TEXT, false),
    {0},
};
static const struct key_row qmgr_rows[] = {
    ROW(estate_qmgr, name, "name", VALUE_TEXT, true),
    ROW(estate_qmgr, reached, "reached", VALUE_TEXT, false),
    ROW(estate_qmgr, listener, "listener", VALUE_TEXT, false),
    ROW(estate_qmgr, repository, "key-repository", VALUE_PATH, true),
    ROW(estate_qmgr, label, "label", VALUE_TEXT, false),
    ROW(estate_qmgr, dn, "distinguished-name", VALUE_TEXT, true),
    ROW(estate_qmgr, dns, "dns", VALUE_DNS, false),
    ROW(estate_qmgr, key, "key", VALUE_TEXT, false),
    ROW(estate_qmgr, authority, "authority", VALUE_TEXT, true),
    {0},
};
static const struct key_row channel_rows[] = {
    ROW(estate_channel, name, "name", VALUE_TEXT, true),
    ROW(estate_channel, from, "from", VALUE_TEXT, true),
    ROW(estate_channel, to, "to", VALUE_TEXT, true),
    ROW(estate_channel, cipherspec, "cipherspec", VALUE_TEXT, false),
    ROW(estate_channel, stage, "stage", VALUE_STAGE, true),
    ROW(estate_channel, admit, "admit", VALUE_TEXT, false),
    ROW(estate_channel, mcauser, "mcauser", VALUE_TEXT, false),
    ROW(estate_channel, queue, "queue", VALUE_TEXT, false),
    ROW(estate_channel, remote, "remote-queue", VALUE_TEXT, false),
    ROW(estate_channel, connname, "connection-name", VALUE_TEXT, false),
    {0},
};
static const struct key_row intruder_rows[] = {
    ROW(estate_intruder, name, "name", VALUE_TEXT, true),
    ROW(estate_intruder, channel, "channel", VALUE_TEXT, true),
    ROW(estate_intruder, kind, "kind", VALUE_INTRUDER, true),
    ROW(estate_intruder, dn, "distinguished-name", VALUE_TEXT, false),
    ROW(estate_intruder, authority, "authority", VALUE_TEXT, false),
    {0},
};

struct section {
    const char *name;
    const struct key_row *rows;
    size_t item_size;
    size_t list_offset, count_offset;
};
#define SECTION(text, rows_, type, list)                                                           \
    {                                                                                              \
        text, rows_, sizeof(struct type), offsetof(struct estate, list),                           \
            offsetof(struct estate, n_##list)                                                      \
    }
static const struct section sections[] = {
    SECTION("authorities", authority_rows, estate_authority, authorities),
    SECTION("queue-managers", qmgr_rows, estate_qmgr, qmgrs),
    SECTION("channels", channel_rows, estate_channel, channels),
    SECTION("intruders", intruder_rows, estate_intruder, intruders),
};

struct walk {
    yaml_document_t doc;
    struct estate *estate;
    struct failure *f;
};

static enum rc
wrong(struct walk *w, const yaml_node_t *at, const char *what, const char *word)
{
    enum rc rc = fail(
        w->f, RC_INVALID, "grove.yaml line %zu: %s '%.80s'", at->start_mark.line + 1, what, word);
    failure_side(w->f, "grove.yaml");
    return rc;
}

static const char *
scalar(const yaml_node_t *n)
{
    return n != NULL && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

static enum rc
set_list(struct walk *w, const yaml_node_t *value, struct estate_qmgr *q)
{
    if (value->type != YAML_SEQUENCE_NODE)
        return wrong(w, value, "a list is wanted for", "dns");
    const yaml_node_item_t *item = value->data.sequence.items.start;
    for (; item < value->data.sequence.items.top; item++) {
        const char *text = scalar(yaml_document_get_node(&w->doc, *item));
        if (text == NULL || q->n_dns == ESTATE_DNS_MAX || !text_copy(q->dns[q->n_dns++], 254, text))
            return wrong(w, value, "too many or too long names in", "dns");
    }
    return RC_OK;
}

static enum rc
set_path(struct walk *w, const yaml_node_t *at, const char *text, char *to, size_t size)
{
    int n = text[0] == '/' ? snprintf(to, size, "%s", text)
                           : snprintf(to, size, "%s/%s", w->estate->dir, text);
    return n >= 0 && (size_t)n < size ? RC_OK : wrong(w, at, "the path is too long:", text);
}

static enum rc
set_value(struct walk *w, const struct key_row *row, const yaml_node_t *value, char *item)
{
    if (row->kind == VALUE_DNS)
        return set_list(w, value, (struct estate_qmgr *)(void *)item);
    const char *text = scalar(value);
    if (text == NULL)
        return wrong(w, value, "one value is wanted for", row->name);
    char *field = item + row->offset;
    switch (row->kind) {
    case VALUE_TEXT:
        return text_copy(field, row->size, text) ? RC_OK
                                                 : wrong(w, value, "the value is too long:", text);
    case VALUE_PATH:
        return set_path(w, value, text, field, row->size);
    case VALUE_STAGE:
        return stage_find(text, (enum stage *)(void *)field)
                   ? RC_OK
                   : wrong(
                         w, value, "stages are baseline, server-only, mutual, filtered; not", text);
    case VALUE_INTRUDER:
        for (unsigned k = 0; k < INTRUDER_KINDS; k++)
            if (strcmp(text, kind_names[k]) == 0) {
                *(enum intruder_kind *)(void *)field = (enum intruder_kind)k;
                return RC_OK;
            }
        return wrong(w, value, "there is no kind of intruder", text);
    case VALUE_DNS:
        break;
    }
    return RC_OK;
}

static enum rc
read_item(struct walk *w, const struct section *s, const yaml_node_t *node, char *item)
{
    if (node == NULL || node->type != YAML_MAPPING_NODE)
        return fail(
            w->f, RC_INVALID, "grove.yaml: an entry of %s is not a list of 'key: value'", s->name);
    uint64_t seen = 0;
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&w->doc, p->key);
        const char *word = scalar(key) == NULL ? "?" : scalar(key);
        size_t i = 0;
        while (s->rows[i].name != NULL && strcmp(s->rows[i].name, word) != 0)
            i++;
        if (s->rows[i].name == NULL)
            return wrong(w, node, "there is no key", word);
        if ((seen & (UINT64_C(1) << i)) != 0)
            return wrong(w, key, "the key stands there twice:", word);
        seen |= UINT64_C(1) << i;
        enum rc rc = set_value(w, &s->rows[i], yaml_document_get_node(&w->doc, p->value), item);
        if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; s->rows[i].name != NULL; i++)
        if (s->rows[i].required && (seen & (UINT64_C(1) << i)) == 0)
            return wrong(w, node, "the entry lacks", s->rows[i].name);
    return RC_OK;
}

static enum rc
read_section(struct walk *w, const struct section *s, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return wrong(w, node, "a list is wanted under", s->name);
    size_t n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (n > ITEMS_MAX)
        return wrong(w, node, "too many entries in", s->name);
    char *items = calloc(n + 1, s->item_size);
    if (items == NULL)
        abort();
    char *base = (char *)w->estate;
    free(*(void **)(void *)(base + s->list_offset));
    *(void **)(void *)(base + s->list_offset) = items;
    *(size_t *)(void *)(base + s->count_offset) = n;
    for (size_t i = 0; i < n; i++) {
        const yaml_node_t *item =
            yaml_document_get_node(&w->doc, node->data.sequence.items.start[i]);
        enum rc rc = read_item(w, s, item, items + i * s->item_size);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc
read_root(struct walk *w)
{
    const yaml_node_t *root = yaml_document_get_root_node(&w->doc);
    if (root == NULL || root->type != YAML_MAPPING_NODE)
        return fail(w->f, RC_INVALID, "grove.yaml is empty or not a list of 'key: value'");
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
         p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&w->doc, p->key);
        const yaml_node_t *value = yaml_document_get_node(&w->doc, p->value);
        const char *word = scalar(key) == NULL ? "?" : scalar(key);
        if (strcmp(word, "estate") == 0) {
            text_copy(w->estate->name, sizeof(w->estate->name),
                scalar(value) == NULL ? "" : scalar(value));
            continue;
        }
        size_t i = 0;
        while (i < sizeof(sections) / sizeof(sections[0]) && strcmp(sections[i].name, word) != 0)
            i++;
        if (i == sizeof(sections) / sizeof(sections[0]))
            return wrong(w, key, "there is no section", word);
        enum rc rc = read_section(w, &sections[i], value);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ---- what the entries mean together ---- */

static enum rc
bad(struct failure *f, const char *who, const char *what, const char *word)
{
    enum rc rc = fail(f, RC_INVALID, "grove.yaml, %s: %s '%.80s'", who, what, word);
    failure_side(f, "grove.yaml");
    return rc;
}

static enum rc
check_dn(const char *who, const char *dn, struct failure *f)
{
    X509_NAME *name = NULL;
    enum rc rc = dn_parse_name(dn, &name, f);
    X509_NAME_free(name);
    if (rc != RC_OK)
        failure_side(f, who);
    return rc;
}

static enum rc
check_qmgr(const struct estate *e, struct estate_qmgr *q, struct failure *f)
{
    if (!text_is_mq_name(q->name, MQ_NAME_MAX))
        return bad(f, q->name, "not a queue manager name:", q->name);
    if (q->reached[0] == '\0')
        text_copy(q->reached, sizeof(q->reached), "embedded");
    if (strcmp(q->reached, "embedded") != 0)
        return bad(f, q->name, "'reached' can be embedded; not", q->reached);
    if (q->key[0] == '\0')
        text_copy(q->key, sizeof(q->key), "rsa2048");
    if (estate_authority(e, q->authority) == NULL)
        return bad(f, q->name, "there is no authority", q->authority);
    return check_dn(q->name, q->dn, f);
}

static enum rc
check_channel(const struct estate *e, struct estate_channel *c, struct failure *f)
{
    if (!text_is_mq_name(c->name, MQ_CHANNEL_MAX))
        return bad(f, c->name, "not a channel name (at most 20 characters):", c->name);
    if (estate_qmgr(e, c->from) == NULL || estate_qmgr(e, c->to) == NULL)
        return bad(f, c->name, "there is no queue manager",
            estate_qmgr(e, c->from) == NULL ? c->from : c->to);
    if (strcmp(c->from, c->to) == 0)
        return bad(f, c->name, "both ends are", c->from);
    if (c->cipherspec[0] == '\0')
        text_copy(c->cipherspec, sizeof(c->cipherspec), "ANY_TLS12_OR_HIGHER");
    if (c->mcauser[0] == '\0')
        text_copy(c->mcauser, sizeof(c->mcauser), "groveapp");
    if (c->queue[0] == '\0')
        snprintf(c->queue, sizeof(c->queue), "FROM.%.43s", c->from);
    if (c->remote[0] == '\0')
        snprintf(c->remote, sizeof(c->remote), "TO.%.45s", c->to);
    if (!text_is_mq_name(c->queue, MQ_NAME_MAX) || !text_is_mq_name(c->remote, MQ_NAME_MAX))
        return bad(f, c->name, "not a queue name in", "queue, remote-queue");
    return cipherspec_check(c->cipherspec, f);
}

static enum rc
check_intruder(const struct estate *e, const struct estate_intruder *x, struct failure *f)
{
    if (estate_channel(e, x->channel) == NULL)
        return bad(f, x->name, "there is no channel", x->channel);
    if (x->kind == INTRUDER_PLAINTEXT)
        return RC_OK;
    if (estate_authority(e, x->authority) == NULL)
        return bad(f, x->name, "there is no authority", x->authority);
    return check_dn(x->name, x->dn, f);
}

static enum rc
check(struct estate *e, struct failure *f)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < e->n_authorities; i++) {
        struct estate_authority *a = &e->authorities[i];
        if (strcmp(a->kind, "own") != 0 && strcmp(a->kind, "by-hand") != 0)
            rc = bad(f, a->name, "'kind' can be own or by-hand; not", a->kind);
        if (a->key[0] == '\0')
            text_copy(a->key, sizeof(a->key), "p256");
    }
    for (size_t i = 0; rc == RC_OK && i < e->n_qmgrs; i++) {
        rc = check_qmgr(e, &e->qmgrs[i], f);
        if (rc == RC_OK && estate_qmgr(e, e->qmgrs[i].name) != &e->qmgrs[i])
            rc =
                bad(f, e->qmgrs[i].name, "the queue manager stands there twice:", e->qmgrs[i].name);
    }
    for (size_t i = 0; rc == RC_OK && i < e->n_channels; i++)
        rc = check_channel(e, &e->channels[i], f);
    for (size_t i = 0; rc == RC_OK && i < e->n_intruders; i++)
        rc = check_intruder(e, &e->intruders[i], f);
    return rc;
}

enum rc
estate_parse(struct span yaml, const char *dir, struct estate **out, struct failure *f)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, yaml.p, yaml.n);
    struct walk w = {.estate = calloc(1, sizeof(struct estate)), .f = f};
    if (w.estate == NULL)
        abort();
    text_copy(w.estate->dir, sizeof(w.estate->dir), dir);
    enum rc rc;
    if (yaml_parser_load(&parser, &w.doc)) {
        rc = read_root(&w);
        yaml_document_delete(&w.doc);
    } else {
        rc = fail(f, RC_INVALID, "grove.yaml line %zu: %s", parser.problem_mark.line + 1,
            parser.problem == NULL ? "this is not YAML" : parser.problem);
        failure_side(f, "grove.yaml");
    }
    yaml_parser_delete(&parser);
    if (rc == RC_OK)
        rc = check(w.estate, f);
    if (rc != RC_OK) {
        estate_free(w.estate);
        return rc;
    }
    *out = w.estate;
    return RC_OK;
}

enum rc
estate_load(struct io *io, const char *dir, struct estate **out, struct failure *f)
{
    char path[ESTATE_PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/grove.yaml", dir) >= (int)sizeof(path))
        return fail(f, RC_LIMIT, "the folder's path is too long");
    AUTO_BUF text = buf_new(YAML_MAX, ORDER_BIG);
    enum rc rc = io_load(io, path, YAML_MAX, &text, f);
    if (rc != RC_OK) {
        failure_fix(f, "grove init --lab %s writes one to begin with", dir);
        return rc;
    }
    return estate_parse(buf_span(&text), dir, out, f);
}

void
estate_free(struct estate *e)
{
    if (e == NULL)
        return;
    free(e->authorities);
    free(e->qmgrs);
    free(e->channels);
    free(e->intruders);
    free(e);
}

const struct estate_authority *
estate_authority(const struct estate *e, const char *name)
{
    for (size_t i = 0; i < e->n_authorities; i++)
        if (strcmp(e->authorities[i].name, name) == 0)
            return &e->authorities[i];
    return NULL;
}

const struct estate_qmgr *
estate_qmgr(const struct estate *e, const char *name)
{
    for (size_t i = 0; i < e->n_qmgrs; i++)
        if (strcmp(e->qmgrs[i].name, name) == 0)
            return &e->qmgrs[i];
    return NULL;
}

const struct estate_channel *
estate_channel(const struct estate *e, const char *name)
{
    for (size_t i = 0; i < e->n_channels; i++)
        if (strcmp(e->channels[i].name, name) == 0)
            return &e->channels[i];
    return NULL;
}
