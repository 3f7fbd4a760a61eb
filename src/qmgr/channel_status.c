/* DISPLAY CHSTATUS, and client conversations as instances of their channels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/admit.h"
#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"

/* ---- clients ---- */
static void
fill_tls(struct chstatus *s, const char *sslciph, const struct tls_facts *t)
{
    (void)text_copy(s->sslciph, sizeof s->sslciph, sslciph);
    if (t->spec != NULL)
        (void)text_copy(s->sslciph, sizeof s->sslciph, t->spec->name);
    (void)text_copy(s->secprot, sizeof s->secprot, t->version == 0x0304 ? "TLSV13" : "TLSV12");
    if (!t->has_peer)
        return;
    (void)text_copy(s->sslpeer, sizeof s->sslpeer, t->subject_text);
    (void)text_copy(s->sslcerti, sizeof s->sslcerti, t->issuer_text);
}

static bool
too_many(struct channels *all, const struct channel_def *def, const char *host)
{
    int32_t here = 0, in_all = 0;
    for (const struct channel_client *c = all->clients; c != NULL; c = c->next) {
        if (strcmp(c->figures.channel, def->channel) != 0)
            continue;
        in_all++;
        here += strcmp(c->figures.conname, host) == 0;
    }
    return in_all >= def->maxinst || here >= def->maxinstc;
}

enum rc
channels_client_add(struct channels *all, const struct channel_def *def, struct link *link,
    const struct channel_admission *a, struct channel_client **out, int32_t *status,
    struct failure *f)
{
    char host[64];
    link_peer_host(link, host);
    if (too_many(all, def, host)) {
        (void)fail(f, RC_LIMIT, "Channel %s has as many instances as it may.", def->channel);
        failure_id(f, "AMQ9490E");
        failure_side(f, def->channel);
        failure_cause(f, "MAXINST(%d), MAXINSTC(%d).", (int)def->maxinst, (int)def->maxinstc);
        failure_fix(
            f, "close connections, or ALTER CHANNEL(%s) CHLTYPE(SVRCONN) MAXINST(n)", def->channel);
        *status = STATUS_CHANNEL_UNAVAILABLE;
        return RC_LIMIT;
    }
    struct channel_client *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->all = all;
    c->link = link;
    struct chstatus *s = &c->figures;
    (void)text_copy(s->channel, sizeof s->channel, def->channel);
    (void)text_copy(s->conname, sizeof s->conname, host);
    (void)text_copy(s->mcauser, sizeof s->mcauser, a->mcauser);
    s->chltype = CT_SVRCONN;
    s->state = CHS_RUNNING;
    s->substate = SUBSTATE_RECEIVE;
    s->hbint = (uint32_t)def->hbint;
    s->maxmsgl = (uint32_t)def->maxmsgl;
    s->started = io_wall(qmgr_io(all->q));
    if (a->is_tls)
        fill_tls(s, def->sslciph, &a->tls);
    c->next = all->clients;
    c->at = &all->clients;
    if (c->next != NULL)
        c->next->at = &c->next;
    all->clients = c;
    *out = c;
    return RC_OK;
}

void
channels_client_on_end(struct channel_client *c, void (*end)(void *arg, int32_t code), void *arg)
{
    c->end = end;
    c->arg = arg;
}

void
channels_client_drop(struct channel_client *c)
{
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    free(c);
}

/* ---- message channels ---- */
static void
fill_sync(struct chstatus *s, const struct sync_record *sync)
{
    s->indoubt = sync->indoubt;
    s->lstseqno = sync->lstseqno;
    luwid_print(sync->lstluwid, s->lstluwid);
    if (!sync->indoubt)
        return;
    s->curseqno = sync->curseqno;
    s->curmsgs = sync->curmsgs;
    luwid_print(sync->curluwid, s->curluwid);
}

static void
fill(const struct channel *c, struct chstatus *s)
{
    *s = c->figures;
    (void)text_copy(s->channel, sizeof s->channel, c->def.channel);
    s->chltype = c->def.chltype;
    s->state = c->stop_asked && c->state == CHS_RUNNING ? CHS_STOPPING : c->state;
    s->substate = c->substate;
    (void)text_copy(s->conname, sizeof s->conname, c->role->sends ? c->peer : c->host);
    (void)text_copy(s->rqmname, sizeof s->rqmname, c->partner);
    (void)text_copy(s->rproduct, sizeof s->rproduct, c->product);
    luwid_print(c->luwid, s->curluwid);
    fill_sync(s, &c->sync);
    if (!c->sync.indoubt)
        s->curseqno = c->seq;
    s->stopreq = c->stop_asked;
    s->hbint = c->agreed.heartbeat;
    s->batchsz = c->agreed.batch;
    s->maxmsgl = c->agreed.message_size;
    if (c->role->sends) {
        (void)text_copy(s->xmitq, sizeof s->xmitq, c->def.xmitq);
        s->curmsgs = c->send.batch_msgs;
        s->shortrts = (int32_t)c->send.shortrts;
        s->longrts = (int32_t)c->send.longrts;
        if (c->send.peer != NULL)
            fill_tls(s, c->def.sslciph, c->send.peer);
        return;
    }
    const struct channel_admission *a = &c->recv.admission;
    (void)text_copy(
        s->mcauser, sizeof s->mcauser, a->mcauser[0] != '\0' ? a->mcauser : qmgr_admin(c->all->q));
    if (a->is_tls)
        fill_tls(s, c->def.sslciph, &a->tls);
}

/* ---- walks ---- */
struct walk {
    struct channels *all;
    const char *generic;
    chstatus_fn *fn;
    void *arg;
};

/* A stopped channel without an instance is shown all the same. */
static void
each_stopped(void *arg, const char *channel, enum sync_mark mark)
{
    const struct walk *w = arg;
    const struct channel_def *def = objects_find(qmgr_objects(w->all->q), OBJECT_CHANNEL, channel);
    if (mark != MARK_STOPPED || def == NULL || !text_matches_generic(w->generic, channel) ||
        channel_find(w->all, channel) != NULL)
        return;
    struct chstatus s = {.state = CHS_STOPPED, .chltype = def->chltype};
    (void)text_copy(s.channel, sizeof s.channel, channel);
    (void)text_copy(s.conname, sizeof s.conname, def->conname);
    (void)text_copy(s.xmitq, sizeof s.xmitq, def->xmitq);
    char key[SYNC_KEY_MAX];
    struct sync_record sync;
    sync_key_sender(channel, key);
    if (sync_load(qmgr_mqi(w->all->q), key, &sync))
        fill_sync(&s, &sync);
    w->fn(w->arg, &s);
}

/* "sync/S/CHANNEL", "sync/R/CHANNEL/QMGR/QMID". */
static void
each_saved(void *arg, const char *key, struct span value)
{
    const struct walk *w = arg;
    struct sync_record sync;
    struct chstatus s = {.state = CHS_INACTIVE};
    bool sends = key[5] == 'S';
    const char *name = key + 7;
    size_t n = strcspn(name, "/");
    snprintf(s.channel, sizeof s.channel, "%.*s", (int)(n < 20 ? n : 20), name);
    if (!text_matches_generic(w->generic, s.channel) || !sync_decode(value, &sync))
        return;
    const struct channel_def *def =
        objects_find(qmgr_objects(w->all->q), OBJECT_CHANNEL, s.channel);
    s.chltype = sends ? CT_SDR : CT_RCVR;
    if (def != NULL) {
        s.chltype = def->chltype;
        (void)text_copy(s.conname, sizeof s.conname, def->conname);
        (void)text_copy(s.xmitq, sizeof s.xmitq, def->xmitq);
    }
    if (!sends && name[n] == '/')
        snprintf(
            s.rqmname, sizeof s.rqmname, "%.*s", (int)strcspn(name + n + 1, "/"), name + n + 1);
    fill_sync(&s, &sync);
    w->fn(w->arg, &s);
}

void
channels_each(struct channels *all, const char *generic, bool saved, chstatus_fn *fn, void *arg)
{
    struct walk w = {all, generic, fn, arg};
    if (saved) {
        mqi_record_each(qmgr_mqi(all->q), "sync/", each_saved, &w);
        return;
    }
    for (const struct channel *c = all->first; c != NULL; c = c->next) {
        struct chstatus s;
        if (!text_matches_generic(generic, c->def.channel))
            continue;
        fill(c, &s);
        fn(arg, &s);
    }
    for (const struct channel_client *c = all->clients; c != NULL; c = c->next)
        if (text_matches_generic(generic, c->figures.channel))
            fn(arg, &c->figures);
    sync_mark_each(qmgr_mqi(all->q), each_stopped, &w);
}
