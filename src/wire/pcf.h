/* pcf.h - programmable command format: just the Escape command that carries MQSC, and its replies.
 * Pure. */
#ifndef WIRE_PCF_H
#define WIRE_PCF_H

#include "base/bytes.h"
#include "base/failure.h"

enum {
    PCF_ESCAPE = 38,
    PCF_PARM_ESCAPE_TYPE = 1017,
    PCF_PARM_ESCAPE_TEXT = 3014,
    PCF_ESCAPE_MQSC = 1
};

struct pcf_header {
    int32_t type, command, sequence, control /* 1: last */, cc, reason, count;
};
/* MQSC text as an Escape request (type 1), or one line-block of its answer (type 2). */
void pcf_escape_encode(struct buf *out, const struct pcf_header *h, const char *text);
/* text: appended to *text_out.  RC_UNSUPPORTED when it is a command other than Escape: h is filled.
 */
enum rc pcf_escape_decode(struct span message, enum byte_order order, struct pcf_header *h,
    struct buf *text_out) MUST_CHECK;
/* A reply without parameters. */
void pcf_reply_encode(struct buf *out, const struct pcf_header *h);

#endif
