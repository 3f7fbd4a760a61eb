/*
 * rows.h - what the row tables share.  Only the files of object/ include it.
 */
#ifndef OBJECT_ROWS_H
#define OBJECT_ROWS_H

#include "object/object.h"

#define ROW_FIELD(type, f)                                                                         \
    .offset = offsetof(struct type, f), .size = sizeof(((struct type *)0)->f)

/* How many rows each table has: one too many there does not compile, one too few fails a test. */
enum {
    N_QMGR_ATTRS = 97,
    N_QUEUE_ATTRS = 71,
    N_CHANNEL_ATTRS = 70,
    N_LISTENER_ATTRS = 16,
    N_CHLAUTH_ATTRS = 17,
    N_AUTHREC_ATTRS = 5,
};
extern const struct attr qmgr_attrs[N_QMGR_ATTRS];
extern const struct attr queue_attrs[N_QUEUE_ATTRS];
extern const struct attr channel_attrs[N_CHANNEL_ATTRS];
extern const struct attr listener_attrs[N_LISTENER_ATTRS];
extern const struct attr chlauth_attrs[N_CHLAUTH_ATTRS];
extern const struct attr authrec_attrs[N_AUTHREC_ATTRS];

/* Does a stand for this subtype?  0: any. */
bool attr_applies(const struct attr *a, int32_t subtype);
/* attr_set without the guard of ATTR_READ_ONLY: defaults, and what comes back from the journal. */
enum rc attr_store(const struct attr *a, void *def, const char *text, bool quoted,
    struct failure *f) MUST_CHECK;
/* attr_print that shows secrets: for the journal. */
void attr_reveal(const struct attr *a, const void *def, struct buf *out);

#endif
