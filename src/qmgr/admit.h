/*
 * admit.h - is this connection let in?  The order of checks is MQ's: spec/message-channel.md 4.4
 * and spec/chlauth.md; channel_admit() in channel.h does the last two together.
 *
 * Each returns RC_OK, or RC_REFUSED with *status for the partner and f for the log.
 */
#ifndef QMGR_ADMIT_H
#define QMGR_ADMIT_H

#include "qmgr/channel.h"

/* The definition that the partner named. */
const struct channel_def *admit_find(
    struct qmgr *q, const char *name, int32_t *status, struct failure *f);
/* Not stopped, and the queue manager is not ending. */
enum rc admit_enabled(
    struct qmgr *q, const struct channel_def *def, int32_t *status, struct failure *f) MUST_CHECK;
/* CipherSpec, certificate, SSLPEER.  out may be NULL. */
enum rc admit_tls(struct qmgr *q, const struct channel_def *def, const struct link *link,
    struct channel_admission *out, int32_t *status, struct failure *f) MUST_CHECK;
/* Log a refusal: what happened, and AMQ9999E after it as MQ does. */
void admit_log(struct qmgr *q, const struct failure *f, const char *channel, const char *conname,
    const char *host);
/* The CipherSpec and certificate of the answering side, as the caller judges them: its SSLCIPH and
 * its SSLPEER. */
enum rc admit_answerer(const struct channel_def *def, const struct link *link,
    struct tls_facts *facts, struct failure *f) MUST_CHECK;

/* A client's conversation is ended from outside (STOP CHANNEL, a refresh): end(arg, status code).
 */
void channels_client_on_end(
    struct channel_client *c, void (*end)(void *arg, int32_t code), void *arg);

#endif
