/*
 * objects.h - definitions by type and name, kept in the journal: a record each ("o/CHANNEL/NAME",
 * object_encode()).  Pointers stay valid until that object is dropped or replaced.
 */
#ifndef QMGR_OBJECTS_H
#define QMGR_OBJECTS_H

#include "qmgr/qmgr.h"

/* NULL: none.  CHLAUTH and AUTHREC are not looked up by name here: see objects_chlauth(). */
void *objects_find(struct objects *o, enum object_type type, const char *name);
/* Create or replace; ALTDATE and ALTTIME are set; committed to the journal (durable when the
 * command's reply leaves).  def is copied into place: an existing object keeps its address. */
enum rc objects_set(
    struct objects *o, enum object_type type, const void *def, struct failure *f) MUST_CHECK;
enum rc objects_drop(
    struct objects *o, enum object_type type, const char *name, struct failure *f) MUST_CHECK;
/* In name order; generic: NAME, STEM*, *. */
typedef void objects_fn(void *arg, void *def);
void objects_each(
    struct objects *o, enum object_type type, const char *generic, objects_fn *fn, void *arg);
/* Records of a kind as one array. */
const struct chlauth_def *objects_chlauth(struct objects *o, size_t *n);
enum rc objects_chlauth_set(
    struct objects *o, const struct chlauth_def *rules, size_t n, struct failure *f) MUST_CHECK;
const struct authrec_def *objects_authrec(struct objects *o, size_t *n);
enum rc objects_authrec_set(
    struct objects *o, const struct authrec_def *recs, size_t n, struct failure *f) MUST_CHECK;

#endif
