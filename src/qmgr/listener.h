/*
 * listener.h - accepting connections: TCP listeners and the local socket, limits before anything is
 * known about the caller, and telling message channels from clients.
 *
 * Order on a new connection: limits, CHLAUTH BLOCKADDR (before a byte is read), TLS or plain by the
 * first byte, initial data within 60 s, then channels_accept() or server_accept() by what the
 * initial data ask for.
 */
#ifndef QMGR_LISTENER_H
#define QMGR_LISTENER_H

#include "qmgr/qmgr.h"

enum rc listeners_new(struct qmgr *q, struct listeners **out, struct failure *f) MUST_CHECK;
void listeners_free(struct listeners *l);
/* DIR/sock for local applications. */
enum rc listeners_open_local(struct listeners *l, struct failure *f) MUST_CHECK;
/* START/STOP LISTENER.  PORT(0) takes a free port. */
enum rc listeners_start(struct listeners *l, const char *name, struct failure *f) MUST_CHECK;
enum rc listeners_stop(struct listeners *l, const char *name, struct failure *f) MUST_CHECK;
void listeners_close_all(struct listeners *l);
struct listener_status {
    char name[49];
    char address[280];
    uint16_t port;
    int64_t started;
};
void listeners_each(struct listeners *l, const char *generic,
    void (*fn)(void *arg, const struct listener_status *s), void *arg);

#endif
