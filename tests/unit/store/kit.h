/* kit.h - a store under test, and what its replay told. */
#ifndef TESTS_STORE_KIT_H
#define TESTS_STORE_KIT_H

#include "store/store.h"

/* After our own headers: it makes a macro of fail(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KIT_SEGMENT ((uint64_t)64 << 10)

struct kit_message {
    uint64_t id;
    uint32_t queue;
    char head[40];
    size_t body_size;
    bool prepared;
    char xid[40]; /* of the prepared unit that put it */
};
struct kit_record {
    char key[40];
    char value[40];
};
struct kit_prepared {
    struct store_unit *unit;
    char xid[40];
    uint64_t gets[16];
    size_t n_gets;
};

struct kit {
    struct io *io;
    char dir[256];
    struct store_options options;
    struct store *store;
    struct kit_message *messages;
    size_t n_messages;
    struct kit_record records[64];
    size_t n_records;
    struct kit_prepared prepared[8];
    size_t n_prepared;
    int notices, broken;
    struct failure failure; /* of the last open, notice or break */
};

void kit_init(struct kit *k); /* in a new folder of the real disk */
void kit_init_at(struct kit *k, struct io *io, const char *dir);
void kit_fini(struct kit *k); /* closes, and removes the folder */
enum rc kit_open(struct kit *k);
void kit_start(struct kit *k); /* kit_open, which has to work */
void kit_close(struct kit *k);
void kit_again(struct kit *k);  /* close and start */
void kit_forget(struct kit *k); /* what replay told */

/* Put and commit one message; its head is text, its body n bytes made from its text and number. */
uint64_t kit_put(struct kit *k, uint32_t queue, const char *head, size_t n);
void kit_get(struct kit *k, uint64_t id);
void kit_set(struct kit *k, const char *key, const char *value);
void kit_body(const char *head, uint8_t *to, size_t n);
/* The message is there, and its body reads back. */
void kit_check(struct kit *k, uint64_t id, const char *head, size_t n);
const struct kit_message *kit_find(const struct kit *k, uint64_t id);
const char *kit_value(const struct kit *k, const char *key); /* NULL when absent */
uint64_t kit_disk(const struct kit *k); /* bytes of all segments, from the files */

#define ok(rc_) assert_int_equal((rc_), RC_OK)

#endif
