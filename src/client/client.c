#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/mqrc_table.h"
#include "client/session.h"

#define MQCONN_REST (472u - 116u) /* as long as today's clients make it */

static enum rc
mqconn(struct client *c, const char *qmgr, const char *appl, struct failure *f)
{
    AUTO_BUF rest = buf_new(MQCONN_REST, ORDER_LITTLE);
    struct mqconn_body body = {.appltype = 6 /* MQAT_UNIX */, .options = 7};
    struct mqi_header h;
    struct reader answer;

    text_copy(body.qmgr, sizeof body.qmgr, qmgr);
    text_copy(body.appl, sizeof body.appl, appl);
    buf_u32(&rest, 0);
    buf_put(&rest, "FCNO", 4);
    buf_u32(&rest, 4);
    buf_fill(&rest, 0, 388 + 4 - 116 - rest.n);
    buf_i32(&rest, -1); /* unused, as IBM's client sends it */
    buf_fill(&rest, 0, MQCONN_REST - rest.n);
    body.rest = buf_span(&rest);
    mqconn_encode(session_begin(c, SEG_MQCONN, 0), &body);
    enum rc rc = session_call(c, &h, &answer, f);
    return rc == RC_OK ? session_result(&h, "MQCONN", qmgr, f) : rc;
}

enum rc
client_connect(struct io *io, const char *address, const char *qmgr, const char *appl,
    struct client **out, struct failure *f)
{
    struct client *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    c->io = io;
    enum rc rc = session_open(c, address, f);
    if (rc == RC_OK)
        rc = mqconn(c, qmgr, appl, f);
    if (rc != RC_OK) {
        session_close(c);
        free(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}

/* A call that has neither body nor answer besides the header. */
static enum rc
bare_call(struct client *c, uint8_t type, const char *name, struct failure *f)
{
    struct mqi_header h;
    struct reader answer;

    session_begin(c, type, 0);
    enum rc rc = session_call(c, &h, &answer, f);
    return rc == RC_OK ? session_result(&h, name, "", f) : rc;
}

void
client_disconnect(struct client *c)
{
    if (c == NULL)
        return;
    if (!c->ended && bare_call(c, SEG_MQDISC, "MQDISC", NULL) == RC_OK) {
        AUTO_BUF b = buf_new(64, ORDER_LITTLE);
        segment_bare(&b, SEG_STATUS, SEGF_WHOLE | SEGF_CLOSE, NULL);
        link_send(c->link, buf_span(&b));
    }
    session_close(c);
    free(c);
}

enum rc
client_open(struct client *c, struct mqod *od, int32_t options, int32_t *hobj, struct failure *f)
{
    static const struct fopa unasked = {-1, -1, -1, -1};
    struct mqi_header h;
    struct reader answer;

    struct buf *b = session_begin(c, SEG_MQOPEN, 0);
    od_encode(b, od);
    buf_i32(b, options);
    fopa_encode(b, &unasked);
    enum rc rc = session_call(c, &h, &answer, f);
    if (rc == RC_OK)
        rc = session_result(&h, "MQOPEN", od->name, f);
    if (rc != RC_OK)
        return rc;
    od_decode(&answer, od);
    if (!reader_ok(&answer))
        return session_garbled("MQOPEN", f);
    *hobj = h.handle;
    return RC_OK;
}

enum rc
client_close(struct client *c, int32_t hobj, int32_t options, struct failure *f)
{
    struct mqi_header h;
    struct reader answer;

    buf_i32(session_begin(c, SEG_MQCLOSE, hobj), options);
    enum rc rc = session_call(c, &h, &answer, f);
    return rc == RC_OK ? session_result(&h, "MQCLOSE", "", f) : rc;
}

static void
put_data(struct buf *b, struct span data)
{
    buf_u32(b, (uint32_t)data.n);
    buf_span_put(b, data);
}

enum rc
client_put(struct client *c, int32_t hobj, struct mqmd *md, struct mqpmo *pmo, struct span data,
    struct failure *f)
{
    struct mqi_header h;
    struct reader answer;

    struct buf *b = session_begin(c, SEG_MQPUT, hobj);
    md_encode(b, md);
    pmo_encode(b, pmo);
    put_data(b, data);
    enum rc rc = session_call(c, &h, &answer, f);
    if (rc == RC_OK)
        rc = session_result(&h, "MQPUT", "", f);
    if (rc != RC_OK)
        return rc;
    md_decode(&answer, md);
    pmo_decode(&answer, pmo);
    return reader_ok(&answer) ? RC_OK : session_garbled("MQPUT", f);
}

enum rc
client_put1(struct client *c, struct mqod *od, struct mqmd *md, struct mqpmo *pmo,
    struct span data, struct failure *f)
{
    struct mqi_header h;
    struct reader answer;

    struct buf *b = session_begin(c, SEG_MQPUT1, 0);
    od_encode(b, od);
    md_encode(b, md);
    pmo_encode(b, pmo);
    put_data(b, data);
    enum rc rc = session_call(c, &h, &answer, f);
    if (rc == RC_OK)
        rc = session_result(&h, "MQPUT1", od->name, f);
    if (rc != RC_OK)
        return rc;
    od_decode(&answer, od);
    md_decode(&answer, md);
    pmo_decode(&answer, pmo);
    return reader_ok(&answer) ? RC_OK : session_garbled("MQPUT1", f);
}

/* A truncated message: what there is of it is handed over, and the failure says so. */
static enum rc
truncated(const struct mqi_header *h, int32_t total, struct failure *f)
{
    const char *name = mqrc_name(h->reason);

    fail(f, RC_LIMIT, "The message has %d bytes, more than there is room for (%s).", (int)total,
        name != NULL ? name : "truncated");
    failure_reason(f, h->reason);
    return RC_LIMIT;
}

static enum rc
get_answer(const struct mqi_header *h, struct reader *r, struct mqmd *md, struct mqgmo *gmo,
    struct buf *out, struct failure *f)
{
    struct mqmd new_md;
    struct mqgmo new_gmo;

    md_decode(r, &new_md);
    gmo_decode(r, &new_gmo);
    int32_t total = reader_i32(r);
    if (!reader_ok(r) || total < 0)
        return session_garbled("MQGET", f);
    bool cut = h->cc == 1 && (h->reason == 2079 || h->reason == 2080);
    size_t n = (size_t)total;
    if (n > r->left.n && cut)
        n = r->left.n;
    struct span data = reader_take(r, n); /* what stands behind it is padding */
    if (!reader_ok(r) || data.n > out->max - out->n)
        return session_garbled("MQGET", f);
    *md = new_md;
    *gmo = new_gmo;
    buf_span_put(out, data);
    return cut ? truncated(h, total, f) : RC_OK;
}

enum rc
client_get(struct client *c, int32_t hobj, struct mqmd *md, struct mqgmo *gmo, struct buf *out,
    struct failure *f)
{
    size_t room = out->max - out->n;
    struct mqi_header h;
    struct reader answer;

    struct buf *b = session_begin(c, SEG_MQGET, hobj);
    md_encode(b, md);
    gmo_encode(b, gmo);
    buf_u32(b, (uint32_t)(room < CLIENT_MESSAGE_MAX ? room : CLIENT_MESSAGE_MAX));
    enum rc rc = session_call(c, &h, &answer, f);
    if (rc == RC_OK)
        rc = session_result(&h, "MQGET", "", f);
    return rc == RC_OK ? get_answer(&h, &answer, md, gmo, out, f) : rc;
}

enum rc
client_commit(struct client *c, struct failure *f)
{
    return bare_call(c, SEG_MQCMIT, "MQCMIT", f);
}

enum rc
client_backout(struct client *c, struct failure *f)
{
    return bare_call(c, SEG_MQBACK, "MQBACK", f);
}

enum rc
client_inquire(struct client *c, int32_t hobj, const int32_t *selectors, size_t n, int32_t *ints,
    size_t n_ints, char *chars, size_t n_chars, struct failure *f)
{
    struct mqi_header h;
    struct reader answer;

    struct buf *b = session_begin(c, SEG_MQINQ, hobj);
    buf_u32(b, (uint32_t)n);
    buf_u32(b, (uint32_t)n_ints);
    buf_u32(b, (uint32_t)n_chars);
    for (size_t i = 0; i < n; i++)
        buf_i32(b, selectors[i]);
    enum rc rc = session_call(c, &h, &answer, f);
    if (rc == RC_OK)
        rc = session_result(&h, "MQINQ", "", f);
    if (rc != RC_OK)
        return rc;
    reader_skip(&answer, 12 + 4 * n);
    struct reader values = answer;
    struct span text = {NULL, 0};
    reader_skip(&answer, 4 * n_ints);
    text = reader_take(&answer, n_chars);
    if (!reader_ok(&answer))
        return session_garbled("MQINQ", f);
    for (size_t i = 0; i < n_ints; i++)
        ints[i] = reader_i32(&values);
    if (n_chars > 0)
        memcpy(chars, text.p, n_chars);
    return RC_OK;
}

static int
compare_reason(const void *key, const void *row)
{
    int32_t a = *(const int32_t *)key, b = ((const struct mqrc_row *)row)->reason;

    return (a > b) - (a < b);
}

const char *
mqrc_name(int32_t reason)
{
    const struct mqrc_row *row =
        bsearch(&reason, mqrc_table, mqrc_count, sizeof *mqrc_table, compare_reason);

    return row != NULL ? row->name : NULL;
}
