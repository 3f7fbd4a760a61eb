/* authority.h - who may do what: authority records (SET AUTHREC), and who is privileged. */
#ifndef QMGR_AUTHORITY_H
#define QMGR_AUTHORITY_H

#include "qmgr/qmgr.h"

/* The owner of the data folder ("mqm" too) administers everything. */
bool authority_is_privileged(struct qmgr *q, const char *user);
/* May user do this to the object?  Generic profiles count (most specific one first); groups of the
 * operating system are looked up. */
bool authority_allows(struct qmgr *q, const char *user, enum object_type type, const char *name,
    int32_t what /* one of AUTH_* of object/authrec.h */);
/* SET AUTHREC's words to and from the record. f: AMQ8405E-like. */
enum rc authority_apply(struct qmgr *q, const struct authrec_def *change, const char *add,
    const char *remove, struct failure *f) MUST_CHECK;

#endif
