/*
 * report.h - what `grove apply` does, as events: the story for people and the lines of JSON are two
 * printers of the same events.
 */
#ifndef ESTATE_REPORT_H
#define ESTATE_REPORT_H

#include "estate/estate.h"

enum event_kind {
    EVENT_STEP,    /* a step begins: number, step, channel, text (headline) */
    EVENT_COMMAND, /* qmgr, text: what the same is on IBM MQ; id: its answer */
    EVENT_PROOF,   /* a step is proved: step, channel, text, ms, messages, sslpeer, sslcerti,
                      cipherspec */
    EVENT_FACT,    /* name (in id) and text, under the step */
    EVENT_REFUSAL, /* what (text), code (id), side (qmgr), ok, control, attempted */
    EVENT_FAILED,  /* failure; step, channel */
    EVENT_BACK,    /* channel is back in step (stage) and proved: ok */
    EVENT_WAITING, /* failure: what a person has to do */
    EVENT_NOTE,    /* text */
    EVENT_DONE,    /* ok, total ms, keygen ms, changed: whether anything was done */
};
struct event {
    enum event_kind kind;
    unsigned number;
    const char *step; /* "baseline", "request", "authority", "receive", "server-only", ... */
    const char *channel, *qmgr, *text, *id;
    bool ok, control, attempted, changed;
    unsigned messages;
    double ms, keygen_ms;
    const char *sslpeer, *sslcerti, *cipherspec;
    const struct failure *failure;
};
struct report {
    void (*event)(void *arg, const struct event *e);
    void *arg;
};

#endif
