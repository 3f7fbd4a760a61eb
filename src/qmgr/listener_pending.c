/*
 * A connection from accept until its initial data are there: the checks that come before anything
 * is known about the caller, in the order that listener.h gives.
 */
#include <stdlib.h>
#include <string.h>

#include "chlauth/match.h"
#include "qmgr/channel.h"
#include "qmgr/listener_internal.h"
#include "qmgr/objects.h"
#include "qmgr/server.h"
#include "wire/initial.h"

struct pending {
    struct listeners *all;
    struct pending *next, **at;
    struct link *link;
    struct io_timer *timer;
    bool local;
    char host[64];
    char label[129]; /* what label_for() returned last */
};

/* Unlinks and frees; the link is the caller's from now on. */
static struct link *
pending_take(struct pending *p)
{
    struct link *link = p->link;
    *p->at = p->next;
    if (p->next != NULL)
        p->next->at = p->at;
    io_timer_free(p->timer);
    free(p);
    return link;
}

void
pending_close_all(struct listeners *l)
{
    while (l->pending != NULL)
        link_close(pending_take(l->pending), false);
}

size_t
pending_count(const struct listeners *l, const char *host)
{
    size_t n = 0;
    for (const struct pending *p = l->pending; p != NULL; p = p->next)
        n += host == NULL ? !p->local : strcmp(p->host, host) == 0;
    return n;
}

static void
on_silence(void *arg)
{
    struct pending *p = arg;
    struct failure f;
    (void)fail(&f, RC_TIMEOUT, "A caller from %s said nothing for %u seconds and was cut off.",
        p->local ? "this machine" : p->host, UNKNOWN_MS / 1000);
    failure_id(&f, "AMQ9209E");
    failure_cause(&f, "The connection was opened, but no initial data came: a port scan, a health "
                      "check, or a partner that hangs.");
    failure_fix(&f, "Find out what runs at that address; CHLAUTH TYPE(BLOCKADDR) keeps it out.");
    qmgr_log(p->all->q, &f, p->host);
    link_close(pending_take(p), false);
}

static void
on_end(void *arg, const struct failure *f)
{
    struct pending *p = arg;
    if (f != NULL && !p->local)
        qmgr_log(p->all->q, f, p->host);
    link_close(pending_take(p), true);
}

static void
on_first(void *arg, const struct segment *seg)
{
    struct pending *p = arg;
    struct qmgr *q = p->all->q;
    struct initial_data id;
    if (seg->type != SEG_INITIAL_DATA || initial_decode(seg, &id) != RC_OK) {
        struct failure f;
        (void)fail(&f, RC_MALFORMED, "A caller from %s did not begin with initial data.", p->host);
        failure_id(&f, "AMQ9207E");
        failure_cause(&f, "What it sent is a segment of type %u.", seg->type);
        failure_fix(&f, "Find out what runs at that address.");
        qmgr_log(q, &f, p->host);
        link_close(pending_take(p), false);
        return;
    }
    bool local = p->local;
    struct link *link = pending_take(p);
    if (local || (id.cap1 & CAP1_MQREQUEST) != 0)
        server_accept(q, link, seg);
    else
        channels_accept(qmgr_channels(q), link, seg);
}

static const struct link_events pending_events = {
    .on_segment = on_first,
    .on_end = on_end,
};

struct label_search {
    const char *sni;
    const struct channel_def *found;
};

static void
label_try(void *arg, void *def)
{
    struct label_search *s = arg;
    const struct channel_def *c = def;
    if (s->found == NULL && tls_sni_is(s->sni, c->channel))
        s->found = c;
}

/* CERTLABL of the channel that the SNI names: only then is it known which certificate to show. */
static const char *
label_for(void *arg, const char *sni)
{
    struct pending *p = arg;
    struct label_search s = {.sni = sni};
    if (sni != NULL && sni[0] != '\0')
        objects_each(qmgr_objects(p->all->q), OBJECT_CHANNEL, "*", label_try, &s);
    qmgr_label(p->all->q, s.found, p->label);
    return p->label;
}

/* Too many strangers?  Says so at most once a minute. */
static bool
is_crowded(struct listeners *l, const char *host, bool local)
{
    size_t here = pending_count(l, host) + servers_count_unknown(&l->servers, host);
    bool crowded = local ? here >= UNKNOWN_LOCAL_MAX
                         : here >= UNKNOWN_ADDRESS_MAX ||
                               pending_count(l, NULL) + servers_count_unknown(&l->servers, NULL) >=
                                   UNKNOWN_TOTAL_MAX;
    int64_t now = io_wall(qmgr_io(l->q));
    if (!crowded || now - l->complained < 60 * INT64_C(1000000))
        return crowded;
    l->complained = now;
    struct failure f;
    (void)fail(&f, RC_LIMIT,
        "A connection from %s was closed: too many callers have not said yet "
        "who they are.",
        local ? "this machine" : host);
    failure_id(&f, "AMQ9513E");
    failure_cause(&f, "The limits are %u from one address and %u in all.", UNKNOWN_ADDRESS_MAX,
        UNKNOWN_TOTAL_MAX);
    failure_fix(&f, "Find out what opens these connections; CHLAUTH TYPE(BLOCKADDR) keeps it out.");
    qmgr_log(l->q, &f, host);
    return true;
}

/* CHLAUTH step 2: before a byte is read. */
static bool
is_blocked(struct listeners *l, const char *host)
{
    if (qmgr_def(l->q)->chlauth == 0)
        return false;
    size_t n;
    const struct chlauth_def *rules = objects_chlauth(qmgr_objects(l->q), &n);
    const struct chlauth_def *rule = NULL;
    bool warn = false;
    bool blocked = chlauth_address_blocked(rules, n, host, &warn, &rule);
    if (!blocked && !warn)
        return false;
    struct failure f;
    (void)fail(&f, RC_DENIED, "A connection from %s %s by a channel authentication record.", host,
        blocked ? "was blocked" : "would have been blocked");
    failure_id(&f, blocked ? "AMQ9782E" : "AMQ9778W");
    failure_cause(&f, "A TYPE(BLOCKADDR) record holds this address.");
    failure_fix(&f,
        "If the partner is welcome: SET CHLAUTH('*') TYPE(BLOCKADDR) ADDRLIST('%s') "
        "ACTION(REMOVE)",
        host);
    qmgr_log(l->q, &f, host);
    return blocked;
}

void
pending_new(struct listeners *l, struct io_stream *stream_take, bool local)
{
    char host[64];
    uint16_t port;
    io_stream_peer(stream_take, host, &port);
    if (is_crowded(l, host, local) || (!local && is_blocked(l, host))) {
        io_stream_close(stream_take, false);
        return;
    }
    struct pending *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->all = l;
    p->local = local;
    text_copy(p->host, sizeof p->host, host);
    p->next = l->pending;
    p->at = &l->pending;
    if (p->next != NULL)
        p->next->at = &p->next;
    l->pending = p;
    struct io *io = qmgr_io(l->q);
    p->timer = io_timer_new(io, on_silence, p);
    io_timer_set(p->timer, UNKNOWN_MS);
    const struct failure *why = NULL;
    struct tls_env *env = local ? NULL : qmgr_tls(l->q, &why);
    struct tls_options o = {
        .server = true, .label_fn = label_for, .label_arg = p, .now = io_wall(io) / 1000000};
    p->link = link_accept(io, stream_take, env, &o, why, &pending_events, p);
    link_max(p->link, SEGMENT_FIRST_MAX);
}
