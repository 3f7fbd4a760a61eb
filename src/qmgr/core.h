/*
 * core.h - struct qmgr, and the part of its life cycle below channels and listeners: journal,
 * definitions, queues, error log.  Internal to qmgr/.
 */
#ifndef QMGR_CORE_H
#define QMGR_CORE_H

#include "qmgr/authority.h"
#include "qmgr/channel.h"
#include "qmgr/command.h"
#include "qmgr/errorlog.h"
#include "qmgr/listener.h"
#include "qmgr/parts.h"

struct qmgr {
    struct io *io;
    char name[49], admin[65];
    char dir[512];
    enum qmgr_state state;
    int64_t started;
    struct qmgr_def *def; /* in objects */
    struct store *store;
    struct objects *objects;
    struct errorlog *errorlog;
    struct mqi *mqi;
    struct failure replay; /* the first thing that the replay could not take */
    void (*on_broken)(struct qmgr *q, const struct failure *why); /* the journal can not go on */
    struct tls_env *tls;
    struct failure tls_why; /* when tls is NULL */
    /* what qmgr.c adds */
    struct channels *channels;
    struct listeners *listeners;
    struct command_server *commands;
    enum qmgr_end how;
    struct io_timer *ending;
    bool channels_ended;
    struct failure why; /* the queue manager ends by itself: rc is not RC_OK */
    qmgr_ended_fn *on_ended;
    void *arg;
};

/* Error log, journal, definitions, queues.  The queue manager is not yet RUNNING. */
enum rc core_open(
    struct io *io, const struct qmgr_options *o, struct qmgr **out, struct failure *f) MUST_CHECK;
/* Make the folder, the journal and the default objects, and close again. */
enum rc core_create(struct io *io, const struct qmgr_options *o, struct failure *f) MUST_CHECK;
void core_close(struct qmgr *q);
/* defaults.c: the SYSTEM.* objects and the default CHLAUTH records, into objects_set(). */
enum rc defaults_set(struct qmgr *q, const struct qmgr_options *o, struct failure *f) MUST_CHECK;

/* qmgr_tls.c: read the key repository; on failure q->tls stays. */
enum rc tls_load(struct qmgr *q, struct failure *f) MUST_CHECK;

/* qmgr.c: DIR/qm.json anew (a listener started or stopped). */
void qmgr_write_state(struct qmgr *q);

#endif
