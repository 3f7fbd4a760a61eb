#include "client/session.h"

#include <string.h>

#include "base/text.h"

#define CONNECT_MS 10000u
#define ANSWER_MIN_MS 60000u  /* how long an answer may take at least */
#define TRANSMISSION_SIZE 1048576u /* an upper bound: over TCP the queue manager answers 32 KB */
#define MAX_ROUNDS 3
#define CALL_ROOM 65536u /* the structures around a message */
/* Every client channel that is not named in a CCDT; the local socket has no definition of its own. */
#define LOCAL_CHANNEL "SYSTEM.DEF.SVRCONN"

enum { MQRC_CONNECTION_BROKEN = 2009, MQRC_NOT_AUTHORIZED = 2035, MQRC_Q_MGR_NOT_AVAILABLE = 2059,
    MQRC_UNEXPECTED_ERROR = 2195,
    MQRC_SSL_PEER_NAME_ERROR = 2397, MQRC_CHANNEL_NOT_AVAILABLE = 2537,
    MQRC_CHANNEL_CONFIG_ERROR = 2539, MQRC_UNKNOWN_CHANNEL_NAME = 2540 };

/* ---- why it ended ---- */

static void
session_end(struct client *c, const struct failure *f)
{
    if (c->ended)
        return;
    c->ended = true;
    c->end = *f;
}

static void
end_with_protocol_error(struct client *c, const char *what, unsigned type)
{
    struct failure f;

    fail(&f, RC_MALFORMED, "The queue manager sent %s (segment type X'%02X').", what, type);
    failure_id(&f, "AMQ9504E");
    failure_reason(&f, MQRC_CONNECTION_BROKEN);
    session_end(c, &f);
}

/* What IBM's clients report for each code (spec/client-protocol.md 6.1). */
static int32_t
reason_of_status(int32_t code)
{
    switch (code) {
    case STATUS_NO_CHANNEL:
        return MQRC_UNKNOWN_CHANNEL_NAME;
    case STATUS_WRONG_TYPE:
    case STATUS_PROTOCOL:
        return MQRC_CHANNEL_CONFIG_ERROR;
    case STATUS_CHANNEL_UNAVAILABLE:
    case STATUS_CLOSED_BY_EXIT:
        return MQRC_CHANNEL_NOT_AVAILABLE;
    case STATUS_CIPHER_SPEC:
    case STATUS_PEER_NAME:
        return MQRC_SSL_PEER_NAME_ERROR;
    default:
        return MQRC_Q_MGR_NOT_AVAILABLE;
    }
}

static void
take_status(struct client *c, const struct segment *seg)
{
    struct status s;
    struct failure f;

    if (status_decode(seg, &s) != RC_OK) {
        end_with_protocol_error(c, "a damaged status", seg->type);
        return;
    }
    if (!s.negative && (seg->flags & SEGF_CLOSE) == 0)
        return;
    fail(&f, RC_REFUSED, "The queue manager ended the connection: %s (%d).", status_name(s.code),
        (int)s.code);
    failure_reason(&f, c->transmission_size == 0 ? reason_of_status(s.code)
                                                 : MQRC_CONNECTION_BROKEN);
    failure_cause(&f, "Its error log has the details.");
    session_end(c, &f);
}

/* ---- events ---- */

static void
take_answer(struct client *c, const struct segment *seg)
{
    if (c->wanted == 0 || c->complete || seg->type != c->wanted) {
        end_with_protocol_error(c, "an answer that nobody waits for", seg->type);
        return;
    }
    if (mqi_join(&c->join, seg, CLIENT_MESSAGE_MAX + CALL_ROOM, &c->complete) != RC_OK)
        end_with_protocol_error(c, "pieces that do not fit together", seg->type);
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct client *c = arg;

    c->heard = io_now(c->io);
    if (c->ended)
        return;
    if (seg->type == SEG_INITIAL_DATA) {
        if (c->has_id || initial_decode(seg, &c->id) != RC_OK)
            end_with_protocol_error(c, "initial data that can not be used", seg->type);
        c->id_flags = seg->flags;
        c->has_id = true;
    } else if (seg->type == SEG_STATUS) {
        take_status(c, seg);
    } else if (seg->type == SEG_HEARTBEAT) {
        if ((seg->flags & SEGF_CONFIRM) == 0)
            return;
        AUTO_BUF b = buf_new(SEGMENT_HEADER, ORDER_LITTLE);
        segment_bare(&b, SEG_HEARTBEAT, SEGF_WHOLE, NULL);
        link_send(c->link, buf_span(&b));
    } else {
        take_answer(c, seg);
    }
}

static void
on_ready(void *arg)
{
    struct client *c = arg;

    c->ready = true;
}

static void
on_end(void *arg, const struct failure *f)
{
    struct client *c = arg;
    struct failure why;

    if (f != NULL) {
        why = *f;
    } else {
        fail(&why, RC_IO, "The queue manager closed the connection.");
        failure_id(&why, "AMQ9209E");
    }
    if (why.reason == 0)
        failure_reason(&why, c->ready ? MQRC_CONNECTION_BROKEN : MQRC_Q_MGR_NOT_AVAILABLE);
    session_end(c, &why);
}

static const struct link_events link_events = {on_ready, on_segment, on_end, NULL};

/* ---- waiting ---- */

/* Run the event loop until *flag is set, the connection is over, or limit_ms passed without a word
 * from the partner (0: no limit). */
static enum rc
wait_for(struct client *c, const bool *flag, uint64_t limit_ms, struct failure *f)
{
    c->heard = io_now(c->io);
    while (!*flag && !c->ended) {
        uint64_t silent = io_now(c->io) - c->heard;
        if (limit_ms != 0 && silent >= limit_ms) {
            struct failure why;
            fail(&why, RC_TIMEOUT, "The queue manager was silent for %u seconds.",
                (unsigned)(limit_ms / 1000));
            failure_id(&why, "AMQ9206E");
            failure_reason(&why, c->ready ? MQRC_CONNECTION_BROKEN : MQRC_Q_MGR_NOT_AVAILABLE);
            session_end(c, &why);
            break;
        }
        io_run_once(c->io, limit_ms != 0 ? limit_ms - silent : 60000);
    }
    return *flag ? RC_OK : session_broken(c, f);
}

static uint64_t
answer_limit(const struct client *c)
{
    uint64_t twice = (uint64_t)c->heartbeat * 2000;

    if (c->heartbeat == 0)
        return 0;
    return twice > ANSWER_MIN_MS ? twice : ANSWER_MIN_MS;
}

/* ---- negotiation ---- */

static void
wishes(struct initial_data *id)
{
    *id = (struct initial_data){
        .fap = 12, /* above it passwords are encrypted in a way that is not public */
        .cap1 = CAP1_CONVERSION | CAP1_SPLIT | CAP1_MQREQUEST,
        .transmission_size = TRANSMISSION_SIZE,
        .message_size = CLIENT_MESSAGE_MAX,
        .ccsid = 1208,
        .heartbeat = 300,
        .thread = 1,
        .trace = 1,
        .product = "GRVE00010000",
    };
    text_copy(id->channel, sizeof id->channel, LOCAL_CHANNEL);
}

/* Take over what the queue manager wants otherwise.  False: nothing, it agreed. */
static bool
adjust(struct initial_data *mine, const struct initial_data *theirs, uint8_t flags)
{
    if ((flags & SEGF_ERROR) == 0)
        return false;
    if (theirs->error1 & IEF_HEARTBEAT)
        mine->heartbeat = theirs->heartbeat;
    if (theirs->error1 & IEF_TRANSMISSION)
        mine->transmission_size = theirs->transmission_size;
    if (theirs->error1 & IEF_MESSAGE_SIZE)
        mine->message_size = theirs->message_size;
    if (theirs->error1 & IEF_FAP)
        mine->fap = theirs->fap;
    if (theirs->error1 & IEF_CCSID)
        mine->ccsid = theirs->ccsid;
    mine->cap1 &= (uint8_t)~theirs->ecap1;
    mine->cap2 &= (uint8_t)~theirs->ecap2;
    mine->cap3 &= (uint8_t)~theirs->ecap3;
    text_copy(mine->qmid, sizeof mine->qmid, theirs->qmid);
    return true;
}

static enum rc
agreed(struct client *c, const struct initial_data *mine, struct failure *f)
{
    uint32_t theirs = c->id.transmission_size;

    c->transmission_size = theirs < mine->transmission_size ? theirs : mine->transmission_size;
    c->heartbeat = mine->heartbeat;
    if (c->transmission_size < SEGMENT_FIRST_MAX || c->id.conversations > 0) {
        fail(f, RC_UNSUPPORTED, "The initial data of the queue manager can not be used.");
        failure_id(f, "AMQ9503E");
        failure_reason(f, MQRC_Q_MGR_NOT_AVAILABLE);
        return RC_UNSUPPORTED;
    }
    link_max(c->link, c->transmission_size);
    AUTO_BUF b = buf_new(1024, ORDER_LITTLE);
    userid_encode(&b, ""); /* the kernel says who we are */
    link_send(c->link, buf_span(&b));
    return RC_OK;
}

static enum rc
negotiate(struct client *c, struct failure *f)
{
    struct initial_data mine;

    wishes(&mine);
    for (int round = 0; round < MAX_ROUNDS; round++) {
        AUTO_BUF b = buf_new(SEGMENT_FIRST_MAX, ORDER_LITTLE);
        c->has_id = false;
        initial_encode(&b, SEGF_WHOLE | SEGF_CONFIRM, &mine);
        link_send(c->link, buf_span(&b));
        enum rc rc = wait_for(c, &c->has_id, CONNECT_MS, f);
        if (rc == RC_OK && c->ended) /* what came was no use */
            rc = session_broken(c, f);
        if (rc != RC_OK)
            return rc;
        if (!adjust(&mine, &c->id, c->id_flags))
            return agreed(c, &mine, f);
    }
    fail(f, RC_REFUSED, "No agreement on the initial data after %d rounds.", MAX_ROUNDS);
    failure_id(f, "AMQ9503E");
    failure_reason(f, MQRC_Q_MGR_NOT_AVAILABLE);
    return RC_REFUSED;
}

enum rc
session_open(struct client *c, const char *address, struct failure *f)
{
    c->out = buf_new(CLIENT_MESSAGE_MAX + CALL_ROOM, ORDER_LITTLE);
    c->reply_handle = -1;
    c->link = link_connect(c->io, address, NULL, NULL, NULL, &link_events, c);
    enum rc rc = wait_for(c, &c->ready, CONNECT_MS, f);
    if (rc == RC_OK)
        rc = negotiate(c, f);
    return rc;
}

void
session_close(struct client *c)
{
    if (c->link != NULL)
        link_close(c->link, !c->ended);
    c->link = NULL;
    buf_wipe(&c->out);
    buf_wipe(&c->join.body);
}

/* ---- calls ---- */

struct buf *
session_begin(struct client *c, uint8_t type, int32_t handle)
{
    struct mqi_header h = {0, 0, handle};

    if (c->out.room > CALL_ROOM)
        buf_free(&c->out);
    buf_clear(&c->out);
    mqi_begin(&c->out, type, &h);
    c->wanted = (uint8_t)(type + SEG_REPLY);
    return &c->out;
}

static enum rc
send_call(struct client *c, struct failure *f)
{
    if (!buf_ok(&c->out)) {
        fail(f, RC_LIMIT, "The message is longer than %u bytes.", CLIENT_MESSAGE_MAX);
        failure_reason(f, 2030); /* MQRC_MSG_TOO_BIG_FOR_Q */
        return RC_LIMIT;
    }
    mqi_end(&c->out, 0);
    if (c->out.n <= c->transmission_size) {
        link_send(c->link, buf_span(&c->out));
        return RC_OK;
    }
    size_t pieces = c->out.n / (c->transmission_size - SEGMENT_HEADER) + 1;
    AUTO_BUF cut = buf_new(c->out.n + pieces * SEGMENT_HEADER, ORDER_LITTLE);
    mqi_split(buf_span(&c->out), c->transmission_size, &cut);
    link_send(c->link, buf_span(&cut));
    return RC_OK;
}

enum rc
session_call(struct client *c, struct mqi_header *h, struct reader *answer, struct failure *f)
{
    c->complete = false;
    enum rc rc = c->ended ? session_broken(c, f) : send_call(c, f);
    if (rc == RC_OK)
        rc = wait_for(c, &c->complete, answer_limit(c), f);
    c->wanted = 0;
    if (rc != RC_OK)
        return rc;
    *answer = reader_of(buf_span(&c->join.body), c->join.order);
    mqi_header_decode(answer, h);
    return reader_ok(answer) ? RC_OK : session_garbled("call", f);
}

enum rc
session_broken(struct client *c, struct failure *f)
{
    if (f != NULL)
        *f = c->end;
    return c->end.rc;
}

enum rc
session_garbled(const char *call, struct failure *f)
{
    fail(f, RC_MALFORMED, "The answer to %s can not be read.", call);
    failure_reason(f, MQRC_UNEXPECTED_ERROR);
    return RC_MALFORMED;
}

static enum rc
rc_of_reason(int32_t reason)
{
    switch (reason) {
    case MQRC_NOT_AUTHORIZED:
        return RC_DENIED;
    case 2033: /* no message */
    case 2085: /* unknown object */
    case 2086: /* unknown queue manager */
        return RC_NOT_FOUND;
    case 2042: /* object in use */
        return RC_BUSY;
    case 2053: /* queue full */
        return RC_FULL;
    case 2010: /* data length */
    case 2030:
    case 2031: /* too long for the queue (manager) */
        return RC_LIMIT;
    default:
        return RC_REFUSED;
    }
}

enum rc
session_result(const struct mqi_header *h, const char *call, const char *object, struct failure *f)
{
    const char *name = mqrc_name(h->reason);

    if (h->cc != 2)
        return RC_OK;
    enum rc rc = rc_of_reason(h->reason);
    fail(f, rc, "%s%s%s%s ended with reason code %d%s%s%s.", call, object[0] != '\0' ? " of '" : "",
        object, object[0] != '\0' ? "'" : "", (int)h->reason, name != NULL ? " (" : "",
        name != NULL ? name : "", name != NULL ? ")" : "");
    failure_reason(f, h->reason);
    return rc;
}
