/* Messages taken apart, and messages that can not be delivered (spec/message-channel.md 14.3). */
#include <string.h>

#include "qmgr/channel_internal.h"
#include "qmgr/objects.h"

enum { RC_UNKNOWN_OBJECT_NAME = 2085 };

bool
message_decode(struct span body, enum byte_order order, struct message *out)
{
    struct reader r = reader_of(body, order);
    xqh_decode(&r, &out->xqh);
    if (!reader_ok(&r))
        return false;
    out->md = out->xqh.md;
    out->md.version = 1;
    if (strncmp(out->md.format, "MQHMDE", 6) == 0) {
        struct reader at = r;
        mde_decode(&at, &out->md);
        if (reader_ok(&at)) {
            out->md.version = 2;
            r = at;
        }
    }
    out->data = r.left;
    return true;
}

static void
header_encode(struct channel *c, struct buf *out, const struct message *m, int32_t reason)
{
    struct mqdlh d = {
        .reason = reason, .encoding = m->md.encoding, .ccsid = m->md.ccsid, .putappltype = 7};
    (void)text_copy(d.destq, sizeof d.destq, m->xqh.remoteqname);
    (void)text_copy(d.destqmgr, sizeof d.destqmgr, m->xqh.remoteqmgr);
    (void)text_copy(d.format, sizeof d.format, m->md.format);
    (void)text_copy(d.putapplname, sizeof d.putapplname, "grove channel");
    time_mqmd(io_wall(qmgr_io(c->all->q)), d.putdate, d.puttime);
    dlh_encode(out, &d);
}

struct mqi_result
dead_letter(struct channel *c, const struct message *m, int32_t reason, bool syncpoint)
{
    const char *dlq = qmgr_def(c->all->q)->deadq;
    if (dlq[0] == '\0' || c->def.usedlq == CHANNEL_USEDLQ_NO)
        return (struct mqi_result){2, reason};
    AUTO_BUF body = buf_new(m->data.n + MQDLH_SIZE, ORDER_LITTLE);
    header_encode(c, &body, m, reason);
    buf_span_put(&body, m->data);
    struct mqmd md = m->md;
    (void)text_copy(md.format, sizeof md.format, "MQDEAD");
    md.encoding = 0x222;
    md.ccsid = 1208;
    struct mqod od;
    od_init(&od, dlq);
    struct mqpmo pmo;
    pmo_init(&pmo);
    pmo.options = PMO_SET_ALL | (syncpoint ? PMO_SYNCPOINT : PMO_NO_SYNCPOINT);
    struct mqi_result result = mqi_put1(c->h, &od, &md, &pmo, buf_span(&body));
    if (result.cc == 2)
        return result;
    struct failure f;
    (void)fail(&f, RC_OK,
        "Channel %s put a message for queue %s of %s on the dead-letter queue %s, "
        "reason %d.",
        c->def.channel, m->xqh.remoteqname,
        m->xqh.remoteqmgr[0] != '\0' ? m->xqh.remoteqmgr : qmgr_name(c->all->q), dlq, (int)reason);
    failure_id(&f, "AMQ9544W");
    failure_reason(&f, reason);
    failure_side(&f, c->def.channel);
    failure_fix(&f, "%s",
        reason == RC_UNKNOWN_OBJECT_NAME ? "define the queue, then run a dead-letter handler"
                                         : "remove the reason, then run a dead-letter handler");
    channel_log(c, &f);
    return result;
}
