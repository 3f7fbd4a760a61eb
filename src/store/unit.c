#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

/* ---- the unit itself ---- */

struct store_unit *
unit_new(struct store *s, uint64_t number)
{
    struct store_unit *u = calloc(1, sizeof *u);
    if (u == NULL)
        abort();
    u->store = s;
    u->number = number;
    u->xid.p = u->xid_bytes;
    HASH_ADD(hh, s->units, number, sizeof u->number, u);
    return u;
}

void
unit_free(struct store_unit *u)
{
    struct store *s = u->store;

    HASH_DELETE(hh, s->units, u);
    if (u->prepared) {
        s->prepared--;
        s->live -= u->group_bytes;
    }
    unit_clear_sets(u);
    free(u->puts);
    free(u->gets);
    free(u);
}

struct store_unit *
unit_find(const struct store *s, uint64_t number)
{
    struct store_unit *u;

    HASH_FIND(hh, s->units, &number, sizeof number, u);
    return u;
}

static void *
grown(void *p, size_t n, size_t *space, size_t each)
{
    if (n < *space)
        return p;
    *space = *space == 0 ? 4 : *space * 2;
    p = realloc(p, *space * each);
    if (p == NULL)
        abort();
    return p;
}

void
unit_add_put(struct store_unit *u, struct message *m)
{
    u->puts = grown(u->puts, u->n_puts, &u->puts_room, sizeof(struct message *));
    u->puts[u->n_puts++] = m;
    m->put_by = u;
}

void
unit_add_get(struct store_unit *u, uint64_t id)
{
    u->gets = grown(u->gets, u->n_gets, &u->gets_room, sizeof(uint64_t));
    u->gets[u->n_gets++] = id;
}

void
unit_clear_sets(struct store_unit *u)
{
    struct named *n, *next;

    DL_FOREACH_SAFE(u->sets, n, next)
    {
        DL_DELETE(u->sets, n);
        named_free(n);
    }
}

static void
forget_put(struct store_unit *u, const struct message *m)
{
    size_t i = 0;

    while (i < u->n_puts && u->puts[i] != m)
        i++;
    assert(i < u->n_puts);
    memmove(u->puts + i, u->puts + i + 1, (u->n_puts - i - 1) * sizeof(struct message *));
    u->n_puts--;
}

void
unit_apply(struct store_unit *u, uint64_t commit_at, bool keep_values)
{
    struct store *s = u->store;
    struct named *n, *next;

    for (size_t i = 0; i < u->n_gets; i++) {
        struct message *m = message_find(s, u->gets[i]);
        if (m == NULL)
            continue; /* one of its own, or what is gone in a superset of the log */
        if (m->put_by == u)
            forget_put(u, m);
        if (m->put_by == NULL || m->put_by == u)
            message_drop(s, m);
    }
    for (size_t i = 0; i < u->n_puts; i++) {
        u->puts[i]->put_by = NULL;
        u->puts[i]->commit_at = commit_at;
    }
    DL_FOREACH_SAFE(u->sets, n, next)
    {
        DL_DELETE(u->sets, n);
        named_take(s, &n, keep_values);
    }
    u->n_puts = u->n_gets = 0;
}

void
unit_undo(struct store_unit *u)
{
    struct store *s = u->store;

    for (size_t i = 0; i < u->n_gets; i++) {
        struct message *m = message_find(s, u->gets[i]);
        if (m != NULL && m->got_by == u)
            m->got_by = NULL;
    }
    for (size_t i = 0; i < u->n_puts; i++)
        message_drop(s, u->puts[i]);
    unit_clear_sets(u);
    u->n_puts = u->n_gets = 0;
}

/* ---- its end in the log ---- */

uint64_t
unit_write_bytes(const struct store_unit *u)
{
    const struct named *n;
    uint64_t bytes = 0;

    DL_FOREACH(u->sets, n)
    {
        bytes += named_bytes(n);
    }
    return bytes + u->n_gets * 8 +
           (u->n_gets / RECORD_IDS_MAX + 1) * record_size(RECORD_UNIT_FIXED + STORE_XID_MAX);
}

static enum rc
write_sets(struct store_unit *u, uint64_t *first, struct failure *f)
{
    struct store *s = u->store;
    struct named *n;

    DL_FOREACH(u->sets, n)
    {
        struct record_set r = {u->number, span_str(n->key), span_of(n->value, n->value_n)};
        enum rc rc = log_begin(s, RECORD_SET_FIXED + r.key.n + r.value.n, f);
        if (rc != RC_OK)
            return rc;
        record_set_encode(&s->tail, &r);
        n->at = log_end(s, RECORD_SET);
        if (*first == 0)
            *first = n->at;
    }
    return RC_OK;
}

enum rc
unit_write(struct store_unit *u, enum record_kind kind, uint64_t *at, struct failure *f)
{
    struct store *s = u->store;
    const struct span none = {NULL, 0};
    uint64_t first = 0, begun;
    size_t done = 0;

    enum rc rc = write_sets(u, &first, f);
    while (rc == RC_OK) {
        size_t most = log_payload_max(s) / 16;
        size_t n = u->n_gets - done;
        most = most < RECORD_IDS_MAX ? most : RECORD_IDS_MAX;
        bool last = n <= most;
        n = last ? n : most;
        struct span xid = last && kind == RECORD_PREPARE ? u->xid : none;
        rc = log_begin(s, RECORD_UNIT_FIXED + xid.n + n * 8, f);
        if (rc != RC_OK)
            break;
        record_unit_encode(&s->tail, u->number, xid, u->gets + done, n);
        begun = log_end(s, last ? kind : RECORD_GETS);
        done += n;
        first = first == 0 ? begun : first;
        if (last)
            *at = kind == RECORD_PREPARE ? first : begun;
        if (last)
            break;
    }
    return rc;
}

/* ---- the contract ---- */

struct store_unit *
store_begin(struct store *s)
{
    return unit_new(s, s->next_unit++);
}

/* May the unit do so many bytes more? */
static enum rc
unit_check(struct store_unit *u, uint64_t more, struct failure *f)
{
    const struct store *s = u->store;

    assert(!u->prepared || more == 0);
    if (u->dead == RC_OK && u->bytes + more > s->options.max_unit_bytes) {
        unit_undo(u);
        u->dead = RC_LIMIT;
    }
    if (u->dead != RC_OK) {
        fail(f, u->dead, "the unit of work was longer than %llu bytes and has been backed out",
            (unsigned long long)s->options.max_unit_bytes);
        failure_fix(f, "Commit more often.");
        return u->dead;
    }
    u->bytes += more;
    return store_check(s, f);
}

enum rc
store_put(struct store_unit *u, uint32_t queue, struct span head, struct span body, uint64_t *id,
    struct failure *f)
{
    struct store *s = u->store;

    if (body.n > UINT32_MAX || RECORD_PUT_FIXED + head.n + 64 > log_payload_max(s))
        return fail(f, RC_LIMIT, "a message with a head of %zu and a body of %zu bytes is too long",
            head.n, body.n);
    struct record_message r = {u->number, s->next_id, queue, head, (uint32_t)body.n, body};
    enum rc rc = unit_check(u, record_size(RECORD_PUT_FIXED + head.n + body.n), f);
    if (rc == RC_OK)
        rc = space_make(s, SPACE_PUT, log_message_bytes(s, head.n, body.n), f);
    if (rc != RC_OK)
        return rc;
    struct message *m = message_new(&r);
    rc = log_message(s, &r, m, f);
    if (rc != RC_OK) {
        message_free(m);
        return rc;
    }
    message_add(s, m);
    unit_add_put(u, m);
    *id = s->next_id++;
    return RC_OK;
}

enum rc
store_get(struct store_unit *u, uint64_t id, struct failure *f)
{
    struct store *s = u->store;
    struct message *m = message_find(s, id);

    enum rc rc = unit_check(u, 8, f);
    if (rc != RC_OK)
        return rc;
    if (m == NULL || (m->put_by != NULL && m->put_by != u))
        return fail(f, RC_NOT_FOUND, "there is no message %llu", (unsigned long long)id);
    if (m->got_by != NULL)
        return fail(
            f, RC_BUSY, "message %llu is got by another unit of work", (unsigned long long)id);
    unit_add_get(u, id);
    m->got_by = u;
    return RC_OK;
}

enum rc
store_set(struct store_unit *u, const char *key, struct span value, struct failure *f)
{
    struct store *s = u->store;
    size_t n = strlen(key);

    if (n == 0 || RECORD_SET_FIXED + n + value.n > log_payload_max(s))
        return fail(f, RC_LIMIT, "a record '%.64s' of %zu bytes is not possible", key, value.n);
    enum rc rc = unit_check(u, u->prepared ? 0 : record_size(RECORD_SET_FIXED + n + value.n), f);
    if (rc != RC_OK)
        return rc;
    struct named *set = named_new(span_of(key, n), value);
    DL_APPEND(u->sets, set);
    return RC_OK;
}

static const struct store_unit *
prepared_as(const struct store *s, struct span xid)
{
    const struct store_unit *u;

    for (u = s->units; u != NULL; u = u->hh.next)
        if (u->prepared && span_equal(u->xid, xid))
            return u;
    return NULL;
}

enum rc
store_prepare(struct store_unit *u, struct span xid, struct failure *f)
{
    struct store *s = u->store;
    uint64_t before = unit_write_bytes(u);

    if (xid.n == 0 || xid.n > STORE_XID_MAX)
        return fail(f, RC_INVALID, "an xid has 1 to %u bytes", STORE_XID_MAX);
    if (prepared_as(s, xid) != NULL)
        return fail(f, RC_EXISTS, "a unit of work is prepared under this xid");
    enum rc rc = unit_check(u, 0, f);
    if (rc == RC_OK)
        rc = space_make(s, SPACE_SET, before, f);
    if (rc != RC_OK)
        return rc;
    memcpy(u->xid_bytes, xid.p, xid.n);
    u->xid.n = xid.n;
    rc = unit_write(u, RECORD_PREPARE, &u->group_at, f);
    if (rc != RC_OK)
        return rc;
    u->prepared = true;
    u->group_bytes = before;
    s->prepared++;
    s->live += before;
    return RC_OK;
}

static bool
is_empty(const struct store_unit *u)
{
    return u->n_puts == 0 && u->n_gets == 0 && u->sets == NULL && !u->prepared;
}

/* What was prepared was promised: it may use what gets may. */
static enum space
commit_purpose(const struct store_unit *u)
{
    return u->sets != NULL && !u->prepared ? SPACE_SET : SPACE_GET;
}

enum rc
store_commit(struct store_unit *u, struct failure *f)
{
    struct store *s = u->store;
    uint64_t at;

    enum rc rc = unit_check(u, 0, f);
    if (rc == RC_OK && is_empty(u)) {
        unit_free(u);
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = space_make(s, commit_purpose(u), unit_write_bytes(u), f);
    if (rc == RC_OK)
        rc = unit_write(u, RECORD_COMMIT, &at, f);
    if (rc != RC_OK) {
        store_backout(u);
        return rc;
    }
    unit_apply(u, at, false);
    unit_free(u);
    space_tend(s);
    return RC_OK;
}

void
store_backout(struct store_unit *u)
{
    struct store *s = u->store;
    const struct span none = {NULL, 0};

    if (u->prepared && space_make(s, SPACE_COPY, record_size(RECORD_UNIT_FIXED), NULL) == RC_OK &&
        log_begin(s, RECORD_UNIT_FIXED, NULL) == RC_OK) {
        record_unit_encode(&s->tail, u->number, none, NULL, 0);
        log_end(s, RECORD_BACKOUT);
    }
    unit_undo(u);
    unit_free(u);
    space_tend(s);
}
