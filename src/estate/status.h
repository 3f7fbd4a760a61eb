/* status.h - `grove status`: what is, read from the queue managers and repositories, as JSON. */
#ifndef ESTATE_STATUS_H
#define ESTATE_STATUS_H

#include <jansson.h>

#include "estate/estate.h"

/* {"estate", "queue_managers":
 * [{"name","running","pid","listener","repository","label","subject","issuer",
 * "not_after","days_left"}], "channels":
 * [{"name","from","to","wanted","stage","status","cipherspec","sslpeer", "messages"}]}.  What can
 * not be read is absent and has an "error". The caller owns the result. */
json_t *estate_status(struct io *io, const struct estate *e);
/* Start or stop all of the estate's queue managers; each outcome is told. */
typedef void estate_told_fn(void *arg, const char *qmgr, const struct failure *f /* NULL: done */);
bool estate_start(struct io *io, const struct estate *e, estate_told_fn *told, void *arg);
bool estate_stop(struct io *io, const struct estate *e, estate_told_fn *told, void *arg);

#endif
