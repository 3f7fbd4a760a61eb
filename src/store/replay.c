#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/replay.h"

/*
 * Applying records, in log order.  The log may start earlier than needed (a segment that was given
 * back and not yet used again): each record is applied so that this makes no difference.
 */

void
replay_init(struct replay *r, struct store *s)
{
    *r = (struct replay){.store = s, .group = {.store = s}};
}

static void
group_clear(struct replay *r)
{
    unit_clear_sets(&r->group);
    r->group.n_gets = 0;
    r->group_at = 0;
}

void
replay_fini(struct replay *r)
{
    struct message *m, *next;

    HASH_ITER(hh, r->stubs, m, next)
    {
        HASH_DELETE(hh, r->stubs, m);
        message_free(m);
    }
    group_clear(r);
    free(r->group.gets);
    r->group.gets = NULL;
}

/* Numbers count up from 1: half of all are never reached. */
static bool
is_number(uint64_t n)
{
    return n > 0 && n <= UINT64_MAX / 2;
}

static void
seen_id(struct store *s, uint64_t id)
{
    if (id >= s->next_id)
        s->next_id = id + 1;
}

static struct store_unit *
find_or_new(struct store *s, uint64_t number)
{
    struct store_unit *u = unit_find(s, number);

    if (number >= s->next_unit)
        s->next_unit = number + 1;
    return u != NULL ? u : unit_new(s, number);
}

/* ---- messages ---- */

/* Parts may stand before the head that was copied forward: keep them until it comes. */
static void
take_stub(struct replay *r, struct message *m)
{
    struct message *stub;

    HASH_FIND(hh, r->stubs, &m->id, sizeof m->id, stub);
    if (stub == NULL)
        return;
    m->parts = stub->parts;
    m->n_parts = stub->n_parts;
    stub->parts = NULL;
    HASH_DELETE(hh, r->stubs, stub);
    message_free(stub);
}

static bool
apply_message(struct replay *r, const struct record *rec, uint64_t at)
{
    struct store *s = r->store;
    struct record_message in;

    if (!record_message_decode(rec->payload, &in) || !is_number(in.id) || !is_number(in.owner))
        return false;
    seen_id(s, in.id);
    struct message *m = message_find(s, in.id);
    if (m != NULL) {
        /* The same again, further on.  Whose it is can not have changed unseen. */
        bool committed = rec->kind == RECORD_COPY;
        if (committed != (m->put_by == NULL) || m->first_n != in.body.n ||
            m->body_n != in.body_size || m->head_n != in.head.n)
            return false;
        m->at = at;
        return true;
    }
    m = message_new(&in);
    m->at = at;
    m->commit_at = in.owner;
    m->head = malloc(in.head.n + 1);
    if (m->head == NULL)
        abort();
    if (in.head.n > 0)
        memcpy(m->head, in.head.p, in.head.n);
    take_stub(r, m);
    message_add(s, m);
    if (rec->kind == RECORD_PUT)
        unit_add_put(find_or_new(s, in.owner), m);
    return true;
}

static bool
apply_part(struct replay *r, const struct record *rec, uint64_t at)
{
    struct record_part in;

    if (!record_part_decode(rec->payload, &in) || in.offset > UINT32_MAX)
        return false;
    struct part part = {at, (uint32_t)in.offset, (uint32_t)in.body.n};
    struct message *m = message_find(r->store, in.id);
    if (m == NULL)
        HASH_FIND(hh, r->stubs, &in.id, sizeof in.id, m);
    if (m == NULL) {
        struct record_message stub = {.id = in.id};
        m = message_new(&stub);
        HASH_ADD(hh, r->stubs, id, sizeof m->id, m);
    }
    message_part(m, &part);
    return true;
}

/* ---- units ---- */

/* SETs and GETS stand right before the PREPARE or COMMIT that they belong to. */
static void
group_join(struct replay *r, uint64_t unit, uint64_t at)
{
    if (r->group.number != unit || r->group_at == 0)
        group_clear(r);
    if (r->group_at == 0)
        r->group_at = at;
    r->group.number = unit;
}

static void
group_ids(struct replay *r, const struct record_unit *in)
{
    for (uint32_t i = 0; i < in->n_ids; i++)
        unit_add_get(&r->group, record_unit_id(in, i));
}

/* The group is all that the unit gets and sets: what it said earlier is replaced. */
static void
group_give(struct replay *r, struct store_unit *u)
{
    for (size_t i = 0; i < u->n_gets; i++) {
        struct message *m = message_find(r->store, u->gets[i]);
        if (m != NULL && m->got_by == u)
            m->got_by = NULL;
    }
    unit_clear_sets(u);
    free(u->gets);
    u->gets = r->group.gets;
    u->n_gets = r->group.n_gets;
    u->gets_room = r->group.gets_room;
    u->sets = r->group.sets;
    r->group.gets = NULL;
    r->group.n_gets = r->group.gets_room = 0;
    r->group.sets = NULL;
}

static bool
apply_set(struct replay *r, const struct record *rec, uint64_t at)
{
    struct record_set in;

    if (!record_set_decode(rec->payload, &in))
        return false;
    struct named *n = named_new(in.key, in.value);
    n->at = at;
    if (rec->kind == RECORD_KEEP) {
        named_take(r->store, &n, true);
    } else {
        group_join(r, in.unit, at);
        DL_APPEND(r->group.sets, n);
    }
    return true;
}

static void
prepare(struct replay *r, struct store_unit *u, struct span xid)
{
    struct store *s = r->store;

    group_give(r, u);
    for (size_t i = 0; i < u->n_gets; i++) {
        struct message *m = message_find(s, u->gets[i]);
        if (m != NULL && m->got_by == NULL)
            m->got_by = u;
    }
    memcpy(u->xid_bytes, xid.p, xid.n);
    u->xid.n = xid.n;
    u->group_at = r->group_at;
    s->prepared += u->prepared ? 0 : 1;
    s->live -= u->group_bytes;
    u->group_bytes = unit_write_bytes(u);
    s->live += u->group_bytes;
    u->prepared = true;
}

static bool
apply_unit(struct replay *r, const struct record *rec, uint64_t at)
{
    struct record_unit in;

    if (!record_unit_decode(rec->payload, &in) || in.xid.n > STORE_XID_MAX ||
        (in.xid.n > 0) != (rec->kind == RECORD_PREPARE) || !is_number(in.unit))
        return false;
    if (rec->kind == RECORD_BACKOUT) {
        struct store_unit *u = unit_find(r->store, in.unit);
        if (u != NULL) {
            unit_undo(u);
            unit_free(u);
        }
        return true;
    }
    group_join(r, in.unit, at);
    group_ids(r, &in);
    if (rec->kind == RECORD_GETS)
        return true;
    struct store_unit *u = find_or_new(r->store, in.unit);
    if (rec->kind == RECORD_PREPARE) {
        prepare(r, u, in.xid);
    } else {
        group_give(r, u);
        unit_apply(u, at, true);
        unit_free(u);
    }
    group_clear(r);
    return true;
}

bool
replay_apply(struct replay *r, const struct record *rec, uint64_t at)
{
    uint64_t oldest;

    r->closed = rec->kind == RECORD_CLOSE;
    if (rec->kind != RECORD_SET && rec->kind != RECORD_GETS && rec->kind != RECORD_PREPARE &&
        rec->kind != RECORD_COMMIT)
        group_clear(r);
    switch (rec->kind) {
    case RECORD_PUT:
    case RECORD_COPY:
        return apply_message(r, rec, at);
    case RECORD_PART:
        return apply_part(r, rec, at);
    case RECORD_SET:
    case RECORD_KEEP:
        return apply_set(r, rec, at);
    case RECORD_GETS:
    case RECORD_PREPARE:
    case RECORD_COMMIT:
    case RECORD_BACKOUT:
        return apply_unit(r, rec, at);
    case RECORD_CHECKPOINT:
        if (!record_number_decode(rec->payload, &oldest))
            return false;
        r->oldest = oldest > r->oldest ? oldest : r->oldest;
        return true;
    case RECORD_CLOSE:
        return rec->payload.n == 0;
    case RECORD_KINDS:
        break;
    }
    return false;
}

/* ---- what came out ---- */

/* Units that were neither committed nor prepared never were. */
bool
replay_finish(struct replay *r, uint64_t *bad_id)
{
    struct store *s = r->store;
    struct store_unit *u, *next_u;
    struct message *m, *next_m;

    HASH_ITER(hh, s->units, u, next_u)
    {
        if (u->prepared)
            continue;
        unit_undo(u);
        unit_free(u);
    }
    HASH_ITER(hh, s->messages, m, next_m)
    {
        if (!message_is_whole(m)) {
            *bad_id = m->id;
            return false;
        }
    }
    return true;
}

static int
by_commit(const void *a, const void *b)
{
    const struct message *const *left = a;
    const struct message *const *right = b;
    const struct message *x = *left, *y = *right;

    if (x->commit_at != y->commit_at)
        return x->commit_at < y->commit_at ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void
announce_messages(struct store *s)
{
    size_t n = 0;
    struct message **all = calloc(HASH_COUNT(s->messages) + 1, sizeof(struct message *));

    if (all == NULL)
        abort();
    for (struct message *m = s->messages; m != NULL; m = m->hh.next)
        if (m->put_by == NULL)
            all[n++] = m;
    qsort(all, n, sizeof(struct message *), by_commit);
    for (size_t i = 0; i < n; i++)
        if (s->replay->message != NULL)
            s->replay->message(s->arg, all[i]->id, all[i]->queue,
                span_of(all[i]->head, all[i]->head_n), all[i]->body_n);
    free(all);
}

static void
announce_prepared(struct store *s)
{
    struct store_unit *u, *next;

    HASH_ITER(hh, s->units, u, next)
    {
        for (size_t i = 0; i < u->n_puts && s->replay->prepared_put != NULL; i++) {
            const struct message *m = u->puts[i];
            s->replay->prepared_put(
                s->arg, u->xid, m->id, m->queue, span_of(m->head, m->head_n), m->body_n);
        }
        if (s->replay->prepared != NULL)
            s->replay->prepared(s->arg, u, u->xid, u->gets, u->n_gets);
    }
}

void
replay_announce(struct store *s)
{
    for (struct named *n = s->names; n != NULL; n = n->hh.next) {
        if (s->replay->record != NULL)
            s->replay->record(s->arg, n->key, span_of(n->value, n->value_n));
        free(n->value);
        n->value = NULL;
    }
    announce_messages(s);
    for (struct message *m = s->messages; m != NULL; m = m->hh.next) {
        if (m->put_by == NULL) {
            free(m->head);
            m->head = NULL;
        }
    }
    announce_prepared(s);
    for (struct message *m = s->messages; m != NULL; m = m->hh.next) {
        free(m->head);
        m->head = NULL;
    }
}
