#include "wire/pcf.h"

enum { CFT_INTEGER = 3, CFT_STRING = 4 };

#define CFH_SIZE 36u
#define CFIN_SIZE 16u
#define CFST_SIZE 20u /* without its string */

static void
header_encode(struct buf *out, const struct pcf_header *h, int32_t count)
{
    buf_i32(out, h->type);
    buf_i32(out, (int32_t)CFH_SIZE);
    buf_i32(out, 1);
    buf_i32(out, h->command);
    buf_i32(out, h->sequence);
    buf_i32(out, h->control);
    buf_i32(out, h->cc);
    buf_i32(out, h->reason);
    buf_i32(out, count);
}

void
pcf_reply_encode(struct buf *out, const struct pcf_header *h)
{
    header_encode(out, h, 0);
}

void
pcf_escape_encode(struct buf *out, const struct pcf_header *h, const char *text)
{
    struct span s = span_str(text);
    size_t padding = (4 - s.n % 4) % 4;

    header_encode(out, h, 2);
    buf_i32(out, CFT_INTEGER);
    buf_i32(out, (int32_t)CFIN_SIZE);
    buf_i32(out, PCF_PARM_ESCAPE_TYPE);
    buf_i32(out, PCF_ESCAPE_MQSC);
    buf_i32(out, CFT_STRING);
    buf_u32(out, (uint32_t)(CFST_SIZE + s.n + padding));
    buf_i32(out, PCF_PARM_ESCAPE_TEXT);
    buf_i32(out, 1208);
    buf_u32(out, (uint32_t)s.n);
    buf_span_put(out, s);
    buf_fill(out, ' ', padding);
}

static enum rc
header_decode(struct reader *r, struct pcf_header *h)
{
    h->type = reader_i32(r);
    uint32_t length = reader_u32(r);
    reader_skip(r, 4);
    h->command = reader_i32(r);
    h->sequence = reader_i32(r);
    h->control = reader_i32(r);
    h->cc = reader_i32(r);
    h->reason = reader_i32(r);
    h->count = reader_i32(r);
    return reader_ok(r) && length == CFH_SIZE && h->count >= 0 ? RC_OK : RC_MALFORMED;
}

/* One parameter; of the text a span is taken. */
static enum rc
parameter_decode(struct reader *r, enum byte_order order, struct span *text)
{
    int32_t type = reader_i32(r);
    uint32_t length = reader_u32(r);

    if (!reader_ok(r) || length < 8)
        return RC_MALFORMED;
    struct reader body = reader_of(reader_take(r, length - 8), order);
    if (!reader_ok(r))
        return RC_MALFORMED;
    if (type == CFT_STRING && reader_i32(&body) == PCF_PARM_ESCAPE_TEXT) {
        reader_skip(&body, 4);
        *text = reader_take(&body, reader_u32(&body));
    }
    return reader_ok(&body) ? RC_OK : RC_MALFORMED;
}

enum rc
pcf_escape_decode(struct span message, enum byte_order order, struct pcf_header *h,
    struct buf *text_out)
{
    struct reader r = reader_of(message, order);
    struct pcf_header header;
    struct span text = {NULL, 0};

    enum rc rc = header_decode(&r, &header);
    if (rc == RC_OK && header.command != PCF_ESCAPE) {
        *h = header;
        return RC_UNSUPPORTED;
    }
    /* Each parameter takes bytes of the message, so a large count ends the loop by itself. */
    for (int32_t i = 0; rc == RC_OK && i < header.count; i++)
        rc = parameter_decode(&r, order, &text);
    if (rc != RC_OK)
        return rc;
    if (text.n > text_out->max - text_out->n)
        return RC_LIMIT;
    buf_span_put(text_out, text);
    *h = header;
    return RC_OK;
}
