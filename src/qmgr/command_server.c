/* Commands that come as messages: Escape PCF on SYSTEM.ADMIN.COMMAND.QUEUE, one after the other. */
#include <stdlib.h>
#include <string.h>

#include "qmgr/command_internal.h"
#include "qmgr/mqi.h"
#include "wire/pcf.h"

#define REQUEST_MAX (256u * 1024u)
#define ANSWER_PIECE 3000000u /* fits a queue's usual MAXMSGL */

enum {
    CC_FAILED = 2,
    REASON_NOT_SUPPORTED = 3007 /* MQRCCF_COMMAND... */,
    REASON_COMMAND_FAILED = 3008,
    REASON_MD_FORMAT = 3023,
    REPORT_PASS_CORREL_ID = 0x40,
    REPORT_COPY_NONE = 0,
    MSGTYPE_REPLY = 2
};

struct command_server {
    struct qmgr *q;
    struct hconn *h;
    int32_t hobj;
    struct mqi_get get;
    bool waiting, in_get;
    bool busy;  /* a command is carried out, or its answer waits for the journal */
    bool freed; /* meanwhile the queue manager ended */
    struct mqmd request;
    bool ok; /* the outcome, while it waits */
    char *text;
};

static void run(struct command_server *s);

/* ---- answers ---- */
static void
put_answer(struct command_server *s, struct span body)
{
    struct mqod od;
    od_init(&od, s->request.replytoq);
    (void)text_copy(od.qmgr, sizeof od.qmgr, s->request.replytoqmgr);
    struct mqmd md;
    md_init(&md);
    md.msgtype = MSGTYPE_REPLY;
    (void)text_copy(md.format, sizeof md.format, "MQADMIN");
    md.encoding = 0x222;
    md.ccsid = 1208;
    md.persistence = s->request.persistence;
    md.priority = s->request.priority;
    bool pass = (s->request.report & REPORT_PASS_CORREL_ID) != 0;
    memcpy(md.correlid, pass ? s->request.correlid : s->request.msgid, sizeof md.correlid);
    struct mqpmo pmo;
    pmo_init(&pmo);
    pmo.options = PMO_NO_SYNCPOINT;
    /* A reply queue that is gone has nobody waiting at it. */
    (void)mqi_put1(s->h, &od, &md, &pmo, body);
}

static void
answer_text(struct command_server *s, bool ok, const char *text)
{
    size_t left = strlen(text);
    struct pcf_header h = {.type = 2,
        .command = PCF_ESCAPE,
        .sequence = 1,
        .cc = ok ? 0 : CC_FAILED,
        .reason = ok ? 0 : REASON_COMMAND_FAILED};
    do {
        size_t n = left < ANSWER_PIECE ? left : ANSWER_PIECE;
        char *piece = strndup(text, n);
        if (piece == NULL)
            abort();
        AUTO_BUF out = buf_new(n + 1024, ORDER_LITTLE);
        h.control = n == left;
        pcf_escape_encode(&out, &h, piece);
        put_answer(s, buf_span(&out));
        free(piece);
        text += n;
        left -= n;
        h.sequence++;
    } while (left != 0);
}

static void
answer_refusal(struct command_server *s, int32_t command, int32_t reason)
{
    struct pcf_header h = {.type = 2,
        .command = command,
        .sequence = 1,
        .control = 1,
        .cc = CC_FAILED,
        .reason = reason};
    AUTO_BUF out = buf_new(1024, ORDER_LITTLE);
    pcf_reply_encode(&out, &h);
    put_answer(s, buf_span(&out));
}

/* ---- requests ---- */
static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct command_server *s = arg;
    (void)f;
    s->busy = false;
    if (rc == RC_OK)
        answer_text(s, s->ok, s->text);
    free(s->text);
    s->text = NULL;
    run(s);
}

/* What was defined is on the disk before the answer says so. */
static void
on_command_done(void *arg, bool ok, const char *text)
{
    struct command_server *s = arg;
    if (s->freed) { /* the queue manager ended while a PING was under way */
        free(s);
        return;
    }
    s->ok = ok;
    s->text = strdup(text);
    if (s->text == NULL)
        abort();
    struct store *store = qmgr_store(s->q);
    store_when_durable(store, store_position(store), on_durable, s);
}

/* Who asks is who the message says: only the queue manager sets that field for ordinary programs.
 */
static void
take_request(struct command_server *s)
{
    s->request = s->get.md;
    enum byte_order order = (s->get.md.encoding & 0xF) == 1 ? ORDER_BIG : ORDER_LITTLE;
    struct pcf_header h = {0};
    AUTO_BUF text = buf_new(MQSC_COMMAND_MAX + 1, ORDER_LITTLE);
    enum rc rc = pcf_escape_decode(buf_span(&s->get.data), order, &h, &text);
    if (rc != RC_OK || !buf_ok(&text)) {
        answer_refusal(
            s, h.command, rc == RC_UNSUPPORTED ? REASON_NOT_SUPPORTED : REASON_MD_FORMAT);
        return;
    }
    s->busy = true;
    command_run(s->q, s->request.user, buf_cstr(&text), on_command_done, s);
}

static void
on_got(void *arg, struct mqi_get *get)
{
    struct command_server *s = arg;
    (void)get;
    s->waiting = false;
    if (!s->in_get)
        run(s);
}

static void
ask(struct command_server *s)
{
    struct mqi_get *g = &s->get;
    buf_free(&g->data);
    memset(g, 0, sizeof *g);
    md_init(&g->md);
    gmo_init(&g->gmo);
    g->gmo.options = GMO_WAIT | GMO_NO_SYNCPOINT | GMO_FAIL_IF_QUIESCING | GMO_ACCEPT_TRUNCATED;
    g->gmo.wait = -1;
    g->gmo.match = 0;
    g->hobj = s->hobj;
    g->buffer = REQUEST_MAX;
    g->data = buf_new(REQUEST_MAX, ORDER_LITTLE);
    g->done = on_got;
    g->arg = s;
    s->waiting = true;
    s->in_get = true;
    mqi_get(s->h, g);
    s->in_get = false;
}

/* One request after the other; a get that fails ends the service (the queue manager ends). */
static void
run(struct command_server *s)
{
    while (!s->waiting && !s->busy) {
        if (s->get.done != NULL) { /* a get was answered */
            bool failed = s->get.result.cc == CC_FAILED;
            s->get.done = NULL;
            if (failed)
                return;
            take_request(s);
            continue;
        }
        ask(s);
    }
}

/* ---- life ---- */
enum rc
command_server_new(struct qmgr *q, struct command_server **out, struct failure *f)
{
    struct command_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->q = q;
    struct mqi_identity who = {.internal = true, .appltype = 7};
    (void)text_copy(who.user, sizeof who.user, qmgr_admin(q));
    (void)text_copy(who.appl, sizeof who.appl, "grove command server");
    s->h = mqi_connect(qmgr_mqi(q), &who);
    struct mqod od;
    od_init(&od, "SYSTEM.ADMIN.COMMAND.QUEUE");
    struct mqi_result r = mqi_open(s->h, &od, OO_INPUT_SHARED, &s->hobj, NULL);
    if (r.cc == CC_FAILED) {
        mqi_disconnect(s->h);
        free(s);
        (void)fail(f, RC_NOT_FOUND, "The command server can not open %s, reason %d.", od.name,
            (int)r.reason);
        failure_id(f, "AMQ8506E");
        failure_reason(f, r.reason);
        return RC_NOT_FOUND;
    }
    *out = s;
    run(s);
    return RC_OK;
}

void
command_server_free(struct command_server *s)
{
    if (s == NULL)
        return;
    mqi_get_cancel(s->h);
    mqi_disconnect(s->h);
    store_forget(qmgr_store(s->q), s);
    buf_free(&s->get.data);
    bool under_way = s->busy && s->text == NULL;
    free(s->text);
    if (under_way)
        s->freed = true;
    else
        free(s);
}
