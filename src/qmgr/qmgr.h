/*
 * qmgr.h - the embedded queue manager, as its process and its parts see it.
 *
 * One queue manager is one struct qmgr on one struct io: a journal, definitions, queues, channels,
 * listeners, a command server.  Parts of it (a header each):
 *
 *   objects.h    definitions by type and name, kept in the journal
 *   queue.h      messages in memory order, waiters
 *   mqi.h        connections, handles, units of work: MQOPEN, MQPUT, MQGET, MQCMIT ...
 *   authority.h  who may do what (SET AUTHREC), privileged users
 *   errorlog.h   AMQERR01-03.LOG
 *   channel.h    message channels: instances, states, start, stop, retry; sender.c and receiver.c
 * move the messages listener.h   accepting connections, the order of checks, client conversations
 * (server.h) command.h    MQSC commands carried out, and the command server that reads them from
 * its queue
 *
 * Everything runs on the loop's thread.  Nothing here knows libuv, the disk or the wall clock: only
 * struct io.  So two queue managers run in one process on the simulated world as well.
 *
 * A folder: DIR/journal/, DIR/errors/, DIR/sock (local applications), DIR/qm.json (port, pid:
 * written when it is ready, removed at the end).
 */
#ifndef QMGR_QMGR_H
#define QMGR_QMGR_H

#include "io/io.h"
#include "object/object.h"
#include "store/store.h"
#include "tls/tls.h"

struct qmgr;
struct objects;
struct errorlog;
struct channels;
struct mqi;
struct listeners;

enum qmgr_state { QMGR_STARTING, QMGR_RUNNING, QMGR_QUIESCING, QMGR_ENDING, QMGR_ENDED };
enum qmgr_end {
    QMGR_END_CONTROLLED /* -c -w: wait for applications */,
    QMGR_END_IMMEDIATE /* -i */,
    QMGR_END_PREEMPTIVE /* -p */
};

struct qmgr_options {
    const char *dir;               /* its folder */
    const char *name;              /* for qmgr_create */
    const char *dead_letter_queue; /* crtmqm -u; NULL none */
    const char *admin;             /* name of the user who owns the folder: privileged */
};
/* crtmqm: make the folder, the default objects (SYSTEM.*), the default CHLAUTH records.  RC_EXISTS.
 */
enum rc qmgr_create(struct io *io, const struct qmgr_options *o, struct failure *f) MUST_CHECK;
/* Open the journal, recover, open the local socket, start listeners with CONTROL(QMGR), channels
 * that were retrying.  RC_BUSY when it runs already, RC_NOT_FOUND (AMQ8118E) when there is none.
 * on_ended is called from the loop when the queue manager has ended (also by itself: its journal
 * broke); then qmgr_free(). */
typedef void qmgr_ended_fn(void *arg, const struct failure *why /* NULL: asked for */);
enum rc qmgr_open(struct io *io, const struct qmgr_options *o, qmgr_ended_fn *on_ended, void *arg,
    struct qmgr **out, struct failure *f) MUST_CHECK;
void qmgr_end(struct qmgr *q, enum qmgr_end how);
void qmgr_free(struct qmgr *q);

/* ---- what the parts ask of it ---- */
struct io *qmgr_io(struct qmgr *q);
const char *qmgr_name(const struct qmgr *q);
const char *qmgr_qmid(const struct qmgr *q);
const char *qmgr_dir(const struct qmgr *q);
const char *qmgr_admin(const struct qmgr *q);
enum qmgr_state qmgr_state(const struct qmgr *q);
struct store *qmgr_store(struct qmgr *q);
struct objects *qmgr_objects(struct qmgr *q);
struct errorlog *qmgr_errorlog(struct qmgr *q);
struct mqi *qmgr_mqi(struct qmgr *q);
struct channels *qmgr_channels(struct qmgr *q);
struct listeners *qmgr_listeners(struct qmgr *q);
struct qmgr_def *qmgr_def(struct qmgr *q);  /* its definition (ALTER QMGR) */
int64_t qmgr_started(const struct qmgr *q); /* io_wall() */

/* The key repository as of the last REFRESH SECURITY TYPE(SSL) (or the start).  NULL: none could be
 * opened, *why says why (AMQ9657E: no repository / AMQ9660E: no stash or wrong password ...).
 * SSLKEYR may be a stem; blank: none. */
struct tls_env *qmgr_tls(struct qmgr *q, const struct failure **why);
/* Read it again: new sessions use it; running channels that use TLS are stopped and started by
 * channels_refresh_tls(). A repository that can not be opened is reported; the old stays in use. */
enum rc qmgr_refresh_tls(struct qmgr *q, struct failure *f) MUST_CHECK;
/* CERTLABL of the channel, else of the queue manager, else ibmwebspheremq+name. */
void qmgr_label(struct qmgr *q, const struct channel_def *channel /* or NULL */, char to[129]);
/* Write a failure (or an informational message, rc RC_OK) to the error log.  remote: address or "".
 */
void qmgr_log(struct qmgr *q, const struct failure *what, const char *remote);

#endif
