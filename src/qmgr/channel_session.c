#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/channel_internal.h"

#define START_MS 60000u

bool
channel_dies(const struct channel *c, const char *point)
{
    return c->all->dies != NULL && c->all->dies(c->all->dies_arg, point);
}

void
channel_log(struct channel *c, const struct failure *f)
{
    qmgr_log(c->all->q, f, c->host);
}

void
channel_say(struct channel *c, enum rc rc, const char *id, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct failure f;
    (void)fail(&f, rc, "%s", text);
    failure_id(&f, id);
    failure_side(&f, c->def.channel);
    channel_log(c, &f);
}

void
channel_send(struct channel *c, const struct buf *segments)
{
    c->figures.bytssent += segments->n;
    c->figures.buffers_sent++;
    c->send.sent_at = io_now(qmgr_io(c->all->q));
    link_send(c->link, buf_span(segments));
}

void
channel_send_status(
    struct channel *c, uint8_t flags, const uint8_t *luwid, int32_t code, const int32_t *value)
{
    AUTO_BUF out = buf_new(64, ORDER_LITTLE);
    struct status s = {
        .code = code, .has_value = value != NULL, .value = value != NULL ? *value : 0};
    status_encode(&out, flags, luwid, &s);
    channel_send(c, &out);
}

/* ---- silence ---- */
static void
on_silence(void *arg)
{
    struct channel *c = arg;
    if (c->step ==
        STEP_CLOSE) { /* the partner does not answer the last word: it is over all the same */
        channel_session_close(c, false);
        channel_over(c, false, 0);
        return;
    }
    struct failure f;
    (void)fail(&f, RC_TIMEOUT, "The partner of channel %s, %s, has been silent for too long.",
        c->def.channel, c->peer);
    failure_id(&f, "AMQ9259E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, "Nothing came within the time that the heartbeat interval (%u s) allows.",
        c->agreed.heartbeat);
    failure_fix(&f, "look at the network and at the partner's error log");
    channel_fail(c, &f, STATUS_OK);
}

static uint64_t
silence_ms(const struct channel *c)
{
    if (c->step <= STEP_PING && c->step != STEP_NONE)
        return START_MS;
    uint32_t hb = c->agreed.heartbeat;
    if (hb == 0)
        return 0;
    return (hb < 60 ? 2 * (uint64_t)hb : (uint64_t)hb + 60) * 1000;
}

void
channel_expect(struct channel *c)
{
    uint64_t ms = silence_ms(c);
    if (c->timer == NULL)
        c->timer = io_timer_new(qmgr_io(c->all->q), on_silence, c);
    if (c->step == STEP_CLOSE)
        ms = 10000;
    if (ms == 0)
        io_timer_stop(c->timer);
    else
        io_timer_set(c->timer, ms);
}

void
channel_expect_nothing(struct channel *c)
{
    if (c->timer != NULL)
        io_timer_stop(c->timer);
}

/* ---- the end of a session ---- */
static void
disconnect(struct channel *c)
{
    if (c->h == NULL)
        return;
    mqi_get_cancel(c->h);
    mqi_disconnect(c->h); /* a prepared unit stays prepared; the next session adopts it */
    c->h = NULL;
    c->send.hobj = 0;
}

void
channel_session_close(struct channel *c, bool flush)
{
    store_forget(qmgr_store(c->all->q), c);
    channel_expect_nothing(c);
    io_timer_free(c->recv.retry_timer);
    c->recv.retry_timer = NULL;
    if (c->link != NULL)
        link_close(c->link, flush);
    c->link = NULL;
    disconnect(c);
    c->send.waiting = c->send.has_result = false;
    buf_free(&c->send.get.data);
    buf_clear(&c->recv.message);
    c->recv.open = false;
    free(c->send.peer);
    c->send.peer = NULL;
    c->step = STEP_NONE;
}

void
channel_fail(struct channel *c, const struct failure *f, int32_t code)
{
    if (c->ping) {
        io_done_fn *done = c->ping_done;
        void *arg = c->ping_arg;
        struct failure copy = *f;
        channel_session_close(c, true);
        channel_free(c);
        done(arg, copy.rc, &copy);
        return;
    }
    channel_log(c, f);
    if (code != STATUS_OK && c->link != NULL)
        channel_send_status(c, SEGF_WHOLE | SEGF_ERROR | SEGF_CLOSE, c->luwid, code, NULL);
    struct failure end;
    (void)fail(&end, f->rc, "The channel %s with %s ended abnormally.", c->def.channel,
        c->peer[0] != '\0' ? c->peer : c->def.conname);
    failure_id(&end, "AMQ9999E");
    failure_side(&end, c->def.channel);
    failure_cause(&end, "The message before this one says why: %s.", f->id);
    failure_fix(&end, "act on that message");
    channel_log(c, &end);
    channel_session_close(c, true);
    channel_over(c, true, 0);
}

void
channel_fail_as(struct channel *c, int32_t code, const char *id, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct failure f;
    (void)fail(&f, RC_REFUSED, "Channel %s with %s: %s.", c->def.channel, c->peer, text);
    failure_id(&f, id);
    failure_side(&f, c->def.channel);
    channel_fail(c, &f, code);
}

/* ---- the partner refused ---- */
static const struct refusal {
    int32_t code;
    const char *id, *text, *cause, *fix;
} refusals[] = {
    {STATUS_NO_CHANNEL, "AMQ9520E", "the partner does not know this channel",
        "Its queue manager has no channel of this name.",
        "DEFINE CHANNEL of the same name at the partner"},
    {STATUS_WRONG_TYPE, "AMQ9547E", "the partner's channel is of a type that does not fit",
        "A SDR needs a RCVR at the other end.", "correct CHLTYPE at the partner"},
    {STATUS_QM_UNAVAILABLE, "AMQ9524E", "the partner's queue manager is not available", "",
        "start it; the channel tries again by itself"},
    {STATUS_QM_TERMINATING, "AMQ9525E", "the partner's queue manager is ending", "",
        "nothing: the channel tries again by itself"},
    {STATUS_CAN_NOT_STORE, "AMQ9527E", "the partner could not store a message",
        "Its queue refused the message and it has no dead-letter queue that takes it.",
        "see AMQ9511E in the partner's error log"},
    {STATUS_USER_CLOSED, "AMQ9528I", "the partner's user stopped the channel", "",
        "START CHANNEL at the partner"},
    {STATUS_TIMEOUT, "AMQ9545I", "the partner's disconnect interval passed", "", ""},
    {STATUS_BATCH_FAILURE, "AMQ9506E", "the partner did not accept the last batch",
        "Its commit failed; the batch was backed out here.", "see the partner's error log"},
    {STATUS_SECURITY, "AMQ9503E", "the partner refused this queue manager for security reasons",
        "A channel authentication record or an authority at the partner says no.",
        "see AMQ9777E or AMQ9776E in the partner's error log"},
    {STATUS_WRAP_VALUE, "AMQ9505E", "the sequence numbers wrap at different values", "",
        "make SEQWRAP equal at both ends"},
    {STATUS_CHANNEL_UNAVAILABLE, "AMQ9558E", "the partner's channel is not available now",
        "It is stopped, in use, or a limit was reached.", "START CHANNEL at the partner"},
    {STATUS_CLOSED_BY_EXIT, "AMQ9496E", "an exit at the partner ended the channel", "", ""},
    {STATUS_CIPHER_SPEC, "AMQ9641E", "the partner reported a CipherSpec error",
        "SSLCIPH is set at one end only, or differs.",
        "make SSLCIPH equal at both ends; AMQ9639E or AMQ9631E in the partner's error log says "
        "more"},
    {STATUS_PEER_NAME, "AMQ9643E",
        "the partner does not accept the name in this side's certificate",
        "Its SSLPEER admits another Distinguished Name.",
        "see AMQ9636E in the partner's error log: SSLPEER there, or the certificate here, is "
        "wrong"},
    {STATUS_CLIENT_CERTIFICATE, "AMQ9642E",
        "this side sent no certificate, and the partner requires one",
        "There is no personal certificate under the label that this queue manager uses.",
        "put a personal certificate into this key repository under CERTLABL (or ibmwebspheremq and "
        "the "
        "queue manager's name in lower case), then REFRESH SECURITY TYPE(SSL)"},
    {STATUS_SSL_REFRESH, "AMQ9558E", "the partner is reading its key repository again", "",
        "nothing: the channel tries again by itself"},
    {0, "AMQ9523E", "the partner reported a protocol error", "", "see the partner's error log"},
};

static const struct refusal *
refusal_of(int32_t code)
{
    const struct refusal *r = refusals;
    while (r->code != 0 && r->code != code)
        r++;
    return r;
}

static void
sequence_refused(struct channel *c, const struct status *s)
{
    struct failure f;
    (void)fail(&f, RC_REFUSED,
        "The sequence numbers of channel %s differ: %u is sent next, the partner "
        "expects %u.",
        c->def.channel, seq_next(c, c->sync.lstseqno), s->has_value ? (uint32_t)s->value : 0);
    failure_id(&f, "AMQ9526E");
    failure_side(&f, c->def.channel);
    failure_cause(&f, "One end was restored, defined anew or reset.");
    failure_fix(&f, "check that no message is missing, then RESET CHANNEL(%s) SEQNUM(1) here",
        c->def.channel);
    channel_fail(c, &f, STATUS_OK);
}

void
channel_refused(struct channel *c, const struct segment *seg)
{
    struct status s;
    if (status_decode(seg, &s) != RC_OK) {
        channel_fail_as(c, STATUS_PROTOCOL, "AMQ9504E", "the partner's status can not be read");
        return;
    }
    if (s.code == STATUS_SEQUENCE) {
        sequence_refused(c, &s);
        return;
    }
    const struct refusal *r = refusal_of(s.code);
    struct failure f;
    (void)fail(&f, RC_REFUSED, "Channel %s with %s: %s.", c->def.channel, c->peer, r->text);
    failure_id(&f, r->id);
    failure_side(&f, c->partner[0] != '\0' ? c->partner : c->def.channel);
    failure_cause(&f, "%s", r->cause[0] != '\0' ? r->cause : "The partner said so.");
    failure_fix(&f, "%s", r->fix);
    if (s.code != STATUS_SSL_REFRESH || c->ping) {
        channel_fail(c, &f, STATUS_OK);
        return;
    }
    channel_log(c, &f);
    channel_session_close(c, true);
    channel_over(c, true, 1000);
}

/* ---- link events: to the machine of this role ---- */
static void
on_ready(void *arg)
{
    sender_ready(arg);
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct channel *c = arg;
    c->figures.bytsrcvd += SEGMENT_HEADER + seg->body.n;
    c->figures.buffers_rcvd++;
    if (c->role->sends)
        sender_segment(c, seg);
    else
        receiver_segment(c, seg);
}

static void
on_end(void *arg, const struct failure *why)
{
    struct channel *c = arg;
    if (c->step == STEP_CLOSE) {
        channel_session_close(c, false);
        channel_over(c, false, 0);
        return;
    }
    if (c->step == STEP_CONNECT && why != NULL && sender_next_address(c))
        return;
    struct failure f;
    if (why != NULL) {
        f = *why;
    } else {
        (void)fail(&f, RC_IO, "The partner of channel %s, %s, closed the connection.",
            c->def.channel, c->peer);
        failure_id(&f, "AMQ9209E");
        failure_cause(&f, "It did so without a word; its own error log says why.");
        failure_fix(&f, "read the partner's error log");
    }
    if (f.side[0] == '\0')
        failure_side(&f, c->def.channel);
    channel_fail(c, &f, STATUS_OK);
}

static void
on_drain(void *arg)
{
    struct channel *c = arg;
    if (c->step == STEP_DRAIN)
        sender_drained(c);
}

const struct link_events channel_link_events = {on_ready, on_segment, on_end, on_drain};

uint32_t
seq_next(const struct channel *c, uint32_t seq)
{
    uint32_t wrap = c->def.seqwrap > 0 ? (uint32_t)c->def.seqwrap : 999999999u;
    return seq >= wrap ? 1 : seq + 1;
}

void
channel_identity(struct channel *c, struct mqi_identity *who, const char *user)
{
    memset(who, 0, sizeof *who);
    who->internal = user == NULL;
    (void)text_copy(who->user, sizeof who->user, user != NULL ? user : qmgr_admin(c->all->q));
    (void)text_copy(who->appl, sizeof who->appl, "grove channel");
    who->appltype = 7; /* MQAT_QMGR */
    (void)text_copy(who->channel, sizeof who->channel, c->def.channel);
    (void)text_copy(who->conname, sizeof who->conname, c->peer);
}
