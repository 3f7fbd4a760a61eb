/*
 * server.h - the server side of client conversations in the SIMPLE profile
 * (spec/client-protocol.md): calls in, mqi.h, answers out.  Local applications come over the local
 * socket, clients over SVRCONN channels: the same code.
 */
#ifndef QMGR_SERVER_H
#define QMGR_SERVER_H

#include "client/link.h"
#include "qmgr/qmgr.h"

/* A connection whose initial data ask for the MQI (CAP1_MQREQUEST).  Takes the link. */
void server_accept(struct qmgr *q, struct link *link_take, const struct segment *initial);
/* End every conversation, backing out what is open. */
void server_end_all(struct qmgr *q, int32_t reason);

#endif
