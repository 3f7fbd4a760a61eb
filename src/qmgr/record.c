/* Journal records that others own, and what message channels need of units of work. */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/connection.h"

static struct record *
record_new(const char *key, struct span value)
{
    struct record *r = calloc(1, sizeof(*r) + value.n);

    if (r == NULL)
        abort();
    text_copy(r->key, sizeof(r->key), key);
    r->n = value.n;
    if (value.n > 0)
        memcpy(r->value, value.p, value.n);
    return r;
}

void
mqi_record_apply(struct mqi *m, struct record *take)
{
    struct record *old = sorted_find(&m->records, take->key);

    if (old != NULL) {
        sorted_drop(&m->records, old);
        free(old);
    }
    if (take->n > 0)
        sorted_add(&m->records, take);
    else
        free(take);
}

void
mqi_records_free(struct mqi *m)
{
    for (size_t i = 0; i < m->records.n; i++)
        free(m->records.items[i]);
    sorted_free(&m->records);
}

void
mqi_changes_free(struct record_changes *c)
{
    struct record_change *one;

    while ((one = STAILQ_FIRST(c)) != NULL) {
        STAILQ_REMOVE_HEAD(c, link);
        free(one->record);
        free(one);
    }
}

void
mqi_replay_record(struct mqi *m, const char *key, struct span value)
{
    mqi_record_apply(m, record_new(key, value));
}

struct mqi_result
mqi_record(struct hconn *h, const char *key, struct span value)
{
    struct uow *u = h->uow;
    struct record_change *c;

    assert(strlen(key) < KEY_MAX);
    h->position = 0;
    if (u->store == NULL)
        u->store = store_begin(qmgr_store(h->mqi->qmgr));
    enum rc rc = store_set(u->store, key, value, NULL);
    if (rc != RC_OK)
        return mqi_failed(reason_of(rc));
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        abort();
    c->record = record_new(key, value);
    STAILQ_INSERT_TAIL(&u->records, c, link);
    return mqi_ok();
}

struct span
mqi_record_find(struct mqi *m, const char *key)
{
    const struct record *r = sorted_find(&m->records, key);

    return r != NULL ? span_of(r->value, r->n) : span_of(NULL, 0);
}

void
mqi_record_each(struct mqi *m, const char *prefix,
    void (*fn)(void *arg, const char *key, struct span value), void *arg)
{
    size_t n = strlen(prefix);

    for (size_t i = sorted_lower(&m->records, prefix); i < m->records.n; i++) {
        const struct record *r = m->records.items[i];
        if (strncmp(r->key, prefix, n) != 0)
            return;
        fn(arg, r->key, span_of(r->value, r->n));
    }
}

struct mqi_result
mqi_prepare(struct hconn *h, struct span xid)
{
    struct uow *u = h->uow;

    assert(!u->prepared && xid.n > 0 && xid.n <= STORE_XID_MAX);
    h->position = 0;
    if (u->store == NULL)
        u->store = store_begin(qmgr_store(h->mqi->qmgr));
    enum rc rc = store_prepare(u->store, xid, NULL);
    if (rc != RC_OK) {
        uow_backout(h->mqi, u);
        return mqi_failed(MQRC_BACKED_OUT);
    }
    u->prepared = true;
    memcpy(u->xid, xid.p, xid.n);
    u->xid_n = xid.n;
    h->position = store_position(qmgr_store(h->mqi->qmgr));
    return mqi_ok();
}

bool
mqi_adopt_prepared(struct hconn *h, struct span xid)
{
    struct uow *u;

    assert(uow_is_empty(h->uow));
    TAILQ_FOREACH(u, &h->mqi->prepared, link)
    {
        if (!span_equal(span_of(u->xid, u->xid_n), xid))
            continue;
        TAILQ_REMOVE(&h->mqi->prepared, u, link);
        uow_free(h->uow);
        h->uow = u;
        return true;
    }
    return false;
}
