/*
 * object.h - definitions: queue manager, queues, channels, listeners, channel authentication
 * records, authority records.
 *
 * One attribute table per object type (DESIGN.md, idea 3).  A definition is a plain struct; **every
 * field is named as its MQSC attribute in lower case**: names and text are char arrays of the
 * attribute's length + 1 (NUL-terminated, blanks trimmed), numbers and keywords are int32_t holding
 * the PCF value (SSLCAUTH(REQUIRED) is MQSCA_REQUIRED, 0).  MQSC, DISPLAY, PCF ids, persistence,
 * validation, LIKE and the manual page are all driven by the rows; adding an attribute is adding a
 * field and a row.
 */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/failure.h"
#include "base/text.h"

enum object_type { OBJECT_QMGR, OBJECT_QUEUE, OBJECT_CHANNEL, OBJECT_LISTENER, OBJECT_CHLAUTH,
    OBJECT_AUTHREC, OBJECT_TYPES };

enum attr_kind {
    ATTR_NAME,    /* MQ object name */
    ATTR_TEXT,    /* any text up to its length */
    ATTR_INT,     /* number, min..max; words (NOLIMIT, AUTO) in values */
    ATTR_KEYWORD, /* one of values */
    ATTR_FLAG,    /* bare keyword pair: TRIGGER/NOTRIGGER, SHARE/NOSHARE, HARDENBO/NOHARDENBO */
    ATTR_LIST,    /* comma list kept as text; with values every item is one of them */
    ATTR_SET,     /* comma list of values, kept as a bit mask */
    ATTR_DATE,    /* read only, yyyy-mm-dd */
    ATTR_CLOCK,   /* read only, hh.mm.ss */
};

struct attr_value { /* table ends with a NULL word */
    const char *word;
    int32_t value;
};

enum attr_flags {
    ATTR_KEY = 1,        /* part of the object's name; printed first */
    ATTR_READ_ONLY = 2,  /* displayed, never set by MQSC */
    ATTR_STORED = 4,     /* stored and displayed, not acted on yet: the manual says so */
    ATTR_SECRET = 8,     /* displayed as ******** */
    ATTR_TYPE = 16,      /* QTYPE/CHLTYPE/TYPE: fixed at DEFINE */
};

struct attr {
    const char *name;     /* MQSC keyword, upper case */
    const char *synonyms; /* "QTYPE", space separated, or NULL */
    enum attr_kind kind;
    uint16_t offset, size; /* of the field; size counts the NUL of text */
    int64_t min, max;     /* ATTR_INT */
    const char *initial;  /* the product's default, as MQSC text; NULL: blank or 0 */
    const struct attr_value *values;
    uint32_t applies;     /* bit per subtype (1u << QT_LOCAL...), 0: all */
    int32_t pcf;
    uint32_t flags;
};

struct object_class { /* one per enum object_type, in object_class() */
    const char *noun;     /* "QUEUE", "CHANNEL", ... */
    size_t size;
    const struct attr *attrs;
    size_t n_attrs;
    size_t name_max;
};
const struct object_class *object_class(enum object_type type);

/* Queue types and channel types are MQQT_* and MQCHT_* values. */
enum { QT_LOCAL = 1, QT_MODEL = 2, QT_ALIAS = 3, QT_REMOTE = 6, QT_ANY = 0 };
enum { CT_SDR = 1, CT_SVR = 2, CT_RCVR = 3, CT_RQSTR = 4, CT_CLNTCONN = 6, CT_SVRCONN = 7,
    CT_CLUSRCVR = 8, CT_CLUSSDR = 9, CT_ANY = 0 };
int32_t object_subtype(enum object_type type, const void *def); /* type, chltype; else 0 */

#include "object/qmgr.h"
#include "object/queue.h"
#include "object/channel.h"
#include "object/listener.h"
#include "object/chlauth.h"
#include "object/authrec.h"

/* A definition with the product's defaults for that subtype. */
void object_init(enum object_type type, int32_t subtype, void *def);
/* Find an attribute by keyword or synonym, for this subtype (0: any).  NULL: none. */
const struct attr *object_attr(enum object_type type, int32_t subtype, const char *keyword);
/* Set an attribute from MQSC text (already unquoted; quoted says whether it was).  f: id AMQ8405E and
 * its relatives, what was wrong, the range. */
enum rc attr_set(const struct attr *a, void *def, const char *text, bool quoted,
    struct failure *f) MUST_CHECK;
/* The value as DISPLAY prints it inside the parentheses ("" for blank; flags print "TRIGGER"). */
void attr_print(const struct attr *a, const void *def, struct buf *out);
int32_t attr_int(const struct attr *a, const void *def);
/* For the journal: every attribute by keyword with its text, so that a later release reads it. */
void object_encode(enum object_type type, const void *def, struct buf *out);
enum rc object_decode(struct span bytes, enum object_type *type, void *def, size_t def_size,
    struct failure *f) MUST_CHECK;
/* Checks that span several attributes (a SDR needs XMITQ and CONNAME, SSLCIPH known, SSLPEER's
 * syntax is checked by the caller that has chlauth/). */
enum rc object_check(enum object_type type, const void *def, struct failure *f) MUST_CHECK;

union object_any { /* room for any definition */
    struct qmgr_def qmgr;
    struct queue_def queue;
    struct channel_def channel;
    struct listener_def listener;
    struct chlauth_def chlauth;
    struct authrec_def authrec;
};

#endif
