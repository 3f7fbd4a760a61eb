/* pair.h - ASH and BIRCH, two queue managers in one process on the simulated world. */
#ifndef TEST_PAIR_H
#define TEST_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "io/sim.h"
#include "qmgr/channel.h"
#include "qmgr/channel_internal.h"
#include "qmgr/command.h"
#include "qmgr/mqi.h"

#include <cmocka.h> /* last: it defines fail() as a macro, and fail_msg() uses it */

#define SECOND UINT64_C(1000000)

struct node {
    struct sim *sim;
    struct io *io;
    const char *name;
    struct qmgr *q;
    bool up, ended;
};
struct pair {
    struct sim *sim;
    struct node ash, birch;
};

void pair_open(struct pair *p, uint64_t seed);
/* Orderly. */
void pair_close(struct pair *p);
void node_open(struct node *n);
void node_end(struct node *n);
/* Dead without warning: what is not on the disk is gone. */
void node_kill(struct node *n);

/* Run a command; its answer stays until the next one. */
const char *node_says(struct node *n, const char *mqsc);
/* It must work. */
void node_runs(struct node *n, const char *mqsc);
/* The usual channel ASH.BIRCH, its queues, BIRCH's listener. extra: more attributes of the sender.
 */
void pair_define(struct pair *p, const char *extra);

/* Put by an internal application. persistence 0 or 1; false: refused. */
bool node_put(struct node *n, const char *queue, const char *text, int32_t persistence);
/* Get the next message as text.  False: none. */
bool node_get(struct node *n, const char *queue, char *to, size_t size);
uint32_t node_depth(struct node *n, const char *queue);

void pair_run(struct pair *p, uint64_t us);
/* Until the queue holds that many messages, for at most us. */
bool pair_until_depth(
    struct pair *p, struct node *n, const char *queue, uint32_t depth, uint64_t us);
/* Until DISPLAY CHSTATUS(ASH.BIRCH) says so (INACTIVE: there is no instance), for at most us. */
bool pair_until_state(struct pair *p, struct node *n, enum channel_state state, uint64_t us);

#endif
