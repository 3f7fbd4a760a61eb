/*
 * errorlog.h - AMQERR01.LOG .. AMQERR03.LOG in DIR/errors (spec/error-log.md): text records,
 * rotated when the first is full.
 */
#ifndef QMGR_ERRORLOG_H
#define QMGR_ERRORLOG_H

#include "base/failure.h"
#include "io/io.h"

struct errorlog;
enum rc errorlog_open(struct io *io, const char *dir, const char *qmgr,
    uint64_t max_bytes /* 0: 32 MiB */, struct errorlog **out, struct failure *f) MUST_CHECK;
void errorlog_close(struct errorlog *log);
/* id, text: the summary; cause: the explanation; fix: the action; side: the channel or object.
 * remote: an address or "".  Never fails: what can not be written is lost. */
void errorlog_write(struct errorlog *log, const struct failure *what, const char *remote);

#endif
