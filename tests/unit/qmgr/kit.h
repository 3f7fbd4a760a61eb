/* kit.h - a queue manager without channels, in a folder of its own, and MQI calls in one line each.
 */
#ifndef QMGR_KIT_H
#define QMGR_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* ours is in base/failure.h */
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "qmgr/core.h"
#include "qmgr/reason.h"

struct kit {
    struct io *io;
    char dir[64];
    struct qmgr *q;
};

void kit_open(struct kit *k);   /* create and open QM1 */
void kit_reopen(struct kit *k); /* close it and open it again */
void kit_close(struct kit *k);
/* Run the loop for a moment: whatever is ready happens. */
void kit_run(struct kit *k);

/* DEFINE: attributes as pairs of keyword and value, ends with NULL. */
void kit_queue(struct kit *k, int32_t type, const char *name, ...);
void kit_alter(struct kit *k, const char *queue, const char *attr, const char *value);

struct hconn *kit_connect(struct kit *k); /* as the administrator */
struct hconn *kit_connect_as(struct kit *k, const char *user);
int32_t kit_open_queue(struct hconn *h, const char *name, int32_t options); /* the handle */
int32_t kit_try_open(
    struct hconn *h, const char *name, const char *qmgr, int32_t options); /* the reason */
/* Put text; the reason. */
int32_t kit_put(struct hconn *h, int32_t hobj, const char *text, int32_t options);
int32_t kit_put_md(
    struct hconn *h, int32_t hobj, const char *text, int32_t options, struct mqmd *md);

/* A get: text is what came, reason how it ended; done says that it has. */
struct kit_get {
    struct mqi_get get;
    bool done;
    int32_t reason;
    char text[256];
};
void kit_get_start(struct hconn *h, struct kit_get *g, int32_t hobj, int32_t options, int32_t wait);
/* Without waiting: the text, or "!2033" for a failure. */
const char *kit_get(struct hconn *h, int32_t hobj, int32_t options);
uint32_t kit_depth(struct kit *k, const char *queue);

#endif
