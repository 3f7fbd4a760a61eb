#include <string.h>

#include "base/text.h"
#include "client/session.h"
#include "wire/pcf.h"

#define COMMAND_QUEUE "SYSTEM.ADMIN.COMMAND.QUEUE"
#define MODEL_QUEUE "SYSTEM.DEFAULT.MODEL.QUEUE"
#define ANSWER_MS 30000
#define ANSWER_MAX (4u << 20) /* one message of an answer */

enum { MQRC_NO_MSG_AVAILABLE = 2033, MQMT_REQUEST = 1, MQENC_BIG = 0x1 };

/* The reply queue lives as long as the connection: a script of a thousand commands opens one. */
static enum rc
open_reply_queue(struct client *c, struct failure *f)
{
    struct mqod od;

    if (c->reply_handle != -1)
        return RC_OK;
    od_init(&od, MODEL_QUEUE);
    text_copy(od.dynamic, sizeof od.dynamic, "GROVE.*");
    enum rc rc = client_open(c, &od, OO_INPUT_EXCLUSIVE | OO_FAIL_IF_QUIESCING, &c->reply_handle, f);
    if (rc == RC_OK)
        text_copy(c->reply_queue, sizeof c->reply_queue, od.name);
    return rc;
}

/* Late answers to a command that was given up must not be taken for those of the next one. */
static void
drop_reply_queue(struct client *c)
{
    if (c->reply_handle != -1 && !c->ended)
        (void)!client_close(c, c->reply_handle, CO_DELETE_PURGE, NULL);
    c->reply_handle = -1;
}

static enum rc
put_request(struct client *c, const char *command, struct mqmd *md, struct failure *f)
{
    AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);
    struct pcf_header h = {.type = 1, .command = PCF_ESCAPE, .sequence = 1, .control = 1};
    struct mqod od;
    struct mqpmo pmo;

    pcf_escape_encode(&b, &h, command);
    if (!buf_ok(&b))
        return fail(f, RC_LIMIT, "The command is too long.");
    od_init(&od, COMMAND_QUEUE);
    md_init(md);
    md->msgtype = MQMT_REQUEST;
    md->expiry = ANSWER_MS / 100;
    md->persistence = 0;
    text_copy(md->format, sizeof md->format, "MQADMIN");
    text_copy(md->replytoq, sizeof md->replytoq, c->reply_queue);
    pmo_init(&pmo);
    pmo.options = PMO_NO_SYNCPOINT | PMO_NEW_MSG_ID | PMO_FAIL_IF_QUIESCING;
    return client_put1(c, &od, md, &pmo, buf_span(&b), f);
}

static enum rc
get_reply(struct client *c, const struct mqmd *request, uint64_t until, struct mqmd *md,
    struct buf *message, struct failure *f)
{
    uint64_t now = io_now(c->io);
    struct mqgmo gmo;

    gmo_init(&gmo);
    gmo.version = 2;
    gmo.match = MO_MATCH_CORREL_ID;
    gmo.options = GMO_WAIT | GMO_NO_SYNCPOINT | GMO_FAIL_IF_QUIESCING | GMO_CONVERT;
    gmo.wait = until > now ? (int32_t)(until - now) : 0;
    md_init(md);
    memcpy(md->correlid, request->msgid, sizeof md->correlid);
    enum rc rc = client_get(c, c->reply_handle, md, &gmo, message, f);
    if (rc == RC_NOT_FOUND) {
        fail(f, RC_TIMEOUT, "The command server did not answer within %d seconds.",
            ANSWER_MS / 1000);
        failure_id(f, "AMQ8416W");
        failure_reason(f, MQRC_NO_MSG_AVAILABLE);
        failure_fix(f, "Check that it runs (dspmqcsv), and start it (strmqcsv).");
        return RC_TIMEOUT;
    }
    return rc;
}

static enum rc
take_reply(const struct mqmd *md, struct span message, struct buf *out, bool *ok, bool *last,
    struct failure *f)
{
    enum byte_order order = (md->encoding & 0xf) == MQENC_BIG ? ORDER_BIG : ORDER_LITTLE;
    struct pcf_header h;
    size_t before = out->n;

    enum rc rc = pcf_escape_decode(message, order, &h, out);
    if (rc != RC_OK)
        return fail(f, rc, "An answer of the command server can not be read.");
    if (out->n > before && out->p[out->n - 1] != '\n')
        buf_u8(out, '\n');
    *ok = *ok && h.cc < 2;
    *last = h.control == 1;
    return RC_OK;
}

enum rc
client_mqsc(struct client *c, const char *command, struct buf *out, bool *ok, struct failure *f)
{
    AUTO_BUF message = buf_new(ANSWER_MAX, ORDER_LITTLE);
    uint64_t until = io_now(c->io) + ANSWER_MS;
    struct mqmd request, md;
    bool last = false, worked = true;

    enum rc rc = open_reply_queue(c, f);
    if (rc != RC_OK)
        return rc;
    rc = put_request(c, command, &request, f);
    while (rc == RC_OK && !last) {
        buf_clear(&message);
        rc = get_reply(c, &request, until, &md, &message, f);
        if (rc == RC_OK)
            rc = take_reply(&md, buf_span(&message), out, &worked, &last, f);
    }
    if (rc != RC_OK) {
        drop_reply_queue(c);
        return rc;
    }
    *ok = worked;
    return RC_OK;
}
