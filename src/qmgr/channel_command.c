/* RESET, RESOLVE and PING CHANNEL. */
#include <stdlib.h>
#include <string.h>

#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"

static const struct channel_def *
find(struct channels *all, const char *name, struct failure *f)
{
    const struct channel_def *def = objects_find(qmgr_objects(all->q), OBJECT_CHANNEL, name);
    if (def != NULL && channel_role(def->chltype) != NULL)
        return def;
    (void)fail(f, def == NULL ? RC_NOT_FOUND : RC_INVALID,
        def == NULL ? "Channel %s is not defined." : "Channel %s is not a message channel.", name);
    failure_id(f, def == NULL ? "AMQ8227E" : "AMQ9502E");
    return NULL;
}

static enum rc
check_idle(struct channels *all, const char *name, struct failure *f)
{
    const struct channel *c = channel_find(all, name);
    if (c == NULL || c->link == NULL)
        return RC_OK;
    (void)fail(f, RC_BUSY, "Channel %s is in use.", name);
    failure_id(f, "AMQ9514E");
    failure_fix(f, "STOP CHANNEL(%s) first", name);
    return RC_BUSY;
}

static enum rc
save(struct channels *all, const char *key, const struct sync_record *s, struct failure *f)
{
    if (sync_save(all->h, key, s).cc != 2 && mqi_commit(all->h).cc != 2)
        return RC_OK;
    (void)fail(f, RC_IO, "The synchronisation record can not be written.");
    failure_id(f, "AMQ9538E");
    return RC_IO;
}

/* ---- RESET ---- */
static enum rc
reset_sender(struct channels *all, const char *name, uint32_t seqnum, struct failure *f)
{
    char key[SYNC_KEY_MAX];
    struct sync_record s;
    sync_key_sender(name, key);
    (void)sync_load(qmgr_mqi(all->q), key, &s);
    if (s.indoubt) {
        (void)fail(f, RC_BUSY, "Channel %s has a batch in doubt.", name);
        failure_id(f, "AMQ9507E");
        failure_fix(f,
            "START CHANNEL resolves it by asking the partner; else RESOLVE CHANNEL(%s) "
            "ACTION(COMMIT or BACKOUT)",
            name);
        return RC_BUSY;
    }
    s.lstseqno = seqnum - 1;
    s.resetseq = seqnum;
    return save(all, key, &s, f);
}

struct reset_walk {
    struct channels *all;
    char (*keys)[SYNC_KEY_MAX];
    size_t n;
};

static void
collect_key(void *arg, const char *key, struct span value)
{
    struct reset_walk *w = arg;
    (void)value;
    w->keys = realloc(w->keys, (w->n + 1) * sizeof w->keys[0]);
    if (w->keys == NULL)
        abort();
    (void)text_copy(w->keys[w->n++], SYNC_KEY_MAX, key);
}

static enum rc
reset_receiver(struct channels *all, const char *name, uint32_t seqnum, struct failure *f)
{
    struct reset_walk w = {.all = all};
    char prefix[SYNC_KEY_MAX];
    sync_prefix_receiver(name, prefix);
    mqi_record_each(qmgr_mqi(all->q), prefix, collect_key, &w);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w.n && rc == RC_OK; i++) {
        struct sync_record s;
        (void)sync_load(qmgr_mqi(all->q), w.keys[i], &s);
        s.lstseqno = seqnum - 1;
        rc = save(all, w.keys[i], &s, f);
    }
    free(w.keys);
    return rc;
}

enum rc
channels_reset(struct channels *all, const char *name, uint32_t seqnum, struct failure *f)
{
    const struct channel_def *def = find(all, name, f);
    if (def == NULL)
        return RC_NOT_FOUND;
    enum rc rc = check_idle(all, name, f);
    if (rc != RC_OK)
        return rc;
    if (channel_role(def->chltype)->sends)
        return reset_sender(all, name, seqnum, f);
    return reset_receiver(all, name, seqnum, f);
}

/* ---- RESOLVE ---- */
static enum rc
not_in_doubt(const char *name, struct failure *f)
{
    (void)fail(f, RC_NOT_FOUND, "Channel %s has no batch in doubt.", name);
    failure_id(f, "AMQ9508I");
    return RC_NOT_FOUND;
}

enum rc
channels_resolve(struct channels *all, const char *name, bool commit, struct failure *f)
{
    const struct channel_def *def = find(all, name, f);
    if (def == NULL)
        return RC_NOT_FOUND;
    enum rc rc = check_idle(all, name, f);
    if (rc != RC_OK)
        return rc;
    if (!channel_role(def->chltype)->sends)
        return not_in_doubt(name, f);
    struct channel *c = channel_find(all, name), *made = NULL;
    if (c == NULL)
        c = made = channel_new(all, def);
    sync_key_sender(name, c->key);
    (void)sync_load(qmgr_mqi(all->q), c->key, &c->sync);
    bool doubt = c->sync.indoubt, ok = false;
    if (doubt && c->h == NULL) {
        struct mqi_identity who;
        uint8_t room[SYNC_XID_SIZE];
        channel_identity(c, &who, NULL);
        c->h = mqi_connect(qmgr_mqi(all->q), &who);
        (void)mqi_adopt_prepared(c->h, sync_xid(name, c->sync.curluwid, room));
    }
    if (doubt)
        ok = sender_settle(c, commit);
    if (made != NULL)
        channel_free(made);
    if (!doubt)
        return not_in_doubt(name, f);
    if (ok)
        return RC_OK;
    (void)fail(f, RC_IO, "The batch of channel %s can not be resolved.", name);
    failure_id(f, "AMQ9538E");
    return RC_IO;
}

/* ---- PING ---- */
static void
ping_begin(void *arg)
{
    sender_start(arg);
}

struct ping_refusal {
    struct failure f;
    enum rc rc;
    io_done_fn *done;
    void *arg;
};

static void
ping_refused(void *arg)
{
    struct ping_refusal *r = arg;
    r->done(r->arg, r->rc, &r->f);
    free(r);
}

static enum rc
check_ping(struct channels *all, const struct channel_def *def, const char *name, struct failure *f)
{
    if (def == NULL)
        return RC_NOT_FOUND;
    if (!channel_role(def->chltype)->calls || def->conname[0] == '\0') {
        (void)fail(f, RC_INVALID, "Channel %s can not be pinged from this end.", name);
        failure_id(f, "AMQ9512E");
        return RC_INVALID;
    }
    return check_idle(all, name, f);
}

void
channels_ping(struct channels *all, const char *name, size_t bytes, io_done_fn *done, void *arg)
{
    struct failure f;
    const struct channel_def *def = find(all, name, &f);
    enum rc rc = check_ping(all, def, name, &f);
    if (rc != RC_OK) {
        struct ping_refusal *r = calloc(1, sizeof *r);
        if (r == NULL)
            abort();
        *r = (struct ping_refusal){f, rc, done, arg};
        io_later(qmgr_io(all->q), ping_refused, r);
        return;
    }
    struct channel *c = channel_new(all, def);
    c->ping = true;
    c->ping_bytes = bytes;
    c->ping_done = done;
    c->ping_arg = arg;
    /* Out of the list of instances: a ping is no instance. */
    all->first = c->next;
    if (c->next != NULL)
        c->next->at = &all->first;
    c->next = all->pings;
    c->at = &all->pings;
    if (c->next != NULL)
        c->next->at = &c->next;
    all->pings = c;
    sync_key_sender(name, c->key);
    io_later(qmgr_io(all->q), ping_begin, c);
}
