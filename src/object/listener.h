/* listener.h - listeners. */
#ifndef OBJECT_LISTENER_H
#define OBJECT_LISTENER_H

#include <stdint.h>

struct listener_def { /* in the order in which DISPLAY prints */
    char listener[49];
    int32_t control;
    int32_t trptype;
    int32_t port;
    char ipaddr[49];
    int32_t backlog;
    char descr[65];
    int32_t adapter;
    char loclname[9];
    int32_t ntbnames;
    int32_t sessions;
    int32_t commands;
    int32_t socket;
    char tpname[65];
    char altdate[11];
    char alttime[9];
};

#endif
