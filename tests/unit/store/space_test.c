/* The journal stays small, and full is not the end. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bound that store.h gives. */
static void
check_bound(const struct kit *k)
{
    struct store_figures f;

    store_figures(k->store, &f);
    assert_true(f.disk_bytes <= 2 * f.live_bytes + 4 * KIT_SEGMENT);
}

static void
many_small_messages_leave_nothing(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    kit_start(&k);
    for (int i = 0; i < 100000; i++) {
        uint64_t id = kit_put(&k, 1, "small", 40);
        kit_get(&k, id);
        if (i % 64 == 0)
            check_bound(&k);
    }
    assert_true(kit_disk(&k) <= 4 * KIT_SEGMENT);
    kit_again(&k);
    assert_int_equal(k.n_messages, 0);
    assert_true(kit_disk(&k) <= 4 * KIT_SEGMENT);
    kit_fini(&k);
}

enum { LIVE = 300 };

static void
put_live(struct kit *k, uint64_t *ids)
{
    char text[32];

    for (int i = 0; i < LIVE; i++) {
        snprintf(text, sizeof text, "live %d", i);
        ids[i] = kit_put(k, 7, text, (size_t)i * 3);
        if (i < 60)
            kit_set(k, text, text);
    }
    kit_set(k, "live 7", "");
}

/* All but the one that was got, in order and with their bodies, and the records. */
static void
check_live(struct kit *k, const uint64_t *ids, int got)
{
    char text[32];

    assert_int_equal(k->notices, 0);
    assert_int_equal(k->n_records, 59);
    assert_null(kit_value(k, "live 7"));
    for (int i = 0, at = 0; i < LIVE; i++) {
        if (i == got)
            continue;
        snprintf(text, sizeof text, "live %d", i);
        assert_int_equal(k->messages[at].id, ids[i]);
        assert_string_equal(k->messages[at++].head, text);
        kit_check(k, ids[i], text, (size_t)i * 3);
    }
}

static void
pass_by(struct kit *k, int n)
{
    for (int i = 0; i < n; i++)
        kit_get(k, kit_put(k, 1, "passing", 200));
    check_bound(k);
}

/* Messages, records, a prepared and an open unit live on while segments pass below them. */
static void
what_lives_is_copied_forward(void **state)
{
    (void)state;
    struct kit k;
    static uint64_t ids[LIVE];
    uint64_t put, open_put;
    AUTO_BUF body = buf_new(10, ORDER_LITTLE);

    kit_init(&k);
    kit_start(&k);
    put_live(&k, ids);
    struct store_unit *u = store_begin(k.store);
    ok(store_put(u, 1, span_str("prepared"), span_str("body"), &put, NULL));
    ok(store_get(u, ids[5], NULL));
    ok(store_set(u, "prepared", span_str("yes"), NULL));
    ok(store_prepare(u, span_str("xid"), NULL));
    u = store_begin(k.store);
    ok(store_put(u, 1, span_str("open"), span_str("body"), &open_put, NULL));
    ok(store_get(u, ids[6], NULL));
    pass_by(&k, 8000);
    ok(store_commit(u, NULL));
    for (int round = 0; round < 2; round++) {
        kit_again(&k);
        assert_int_equal(k.n_messages, LIVE - 1 + 2);
        check_live(&k, ids, 6);
        assert_int_equal(k.messages[LIVE - 1].id, open_put);
        assert_int_equal(k.n_prepared, 1);
        assert_int_equal(k.prepared[0].gets[0], ids[5]);
        assert_true(kit_find(&k, put)->prepared);
        buf_clear(&body);
        ok(store_read(k.store, put, &body, NULL));
        assert_true(span_equal(buf_span(&body), span_str("body")));
        pass_by(&k, 4000);
    }
    ok(store_commit(k.prepared[0].unit, NULL));
    kit_again(&k);
    assert_string_equal(kit_value(&k, "prepared"), "yes");
    assert_int_equal(k.n_messages, LIVE - 2 + 2);
    kit_fini(&k);
}

static void
long_messages_are_copied_forward(void **state)
{
    (void)state;
    struct kit k;
    uint64_t ids[4];
    char text[32];

    kit_init(&k);
    kit_start(&k);
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "long %d", i);
        ids[i] = kit_put(&k, 7, text, (size_t)(i + 1) * 70001);
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 8000; i++) {
            uint64_t id = kit_put(&k, 1, "passing", 200);
            kit_get(&k, id);
        }
        check_bound(&k);
        kit_again(&k);
        assert_int_equal(k.n_messages, 4);
        for (int i = 0; i < 4; i++) {
            snprintf(text, sizeof text, "long %d", i);
            assert_int_equal(k.messages[i].id, ids[i]);
            kit_check(&k, ids[i], text, (size_t)(i + 1) * 70001);
        }
    }
    kit_fini(&k);
}

/* Numbers are not given twice, also when every record that shows them is gone. */
static void
numbers_go_on(void **state)
{
    (void)state;
    struct kit k;
    uint64_t last = 0;

    kit_init(&k);
    kit_start(&k);
    for (int i = 0; i < 3000; i++) {
        last = kit_put(&k, 1, "x", 100);
        kit_get(&k, last);
    }
    for (int i = 0; i < 3000; i++)
        kit_set(&k, "key", "a value that is written over and over again, so that segments pass");
    for (int i = 0; i < 3; i++) {
        kit_again(&k);
        uint64_t id = kit_put(&k, 1, "x", 100);
        assert_true(id > last);
        last = id;
        kit_get(&k, id);
    }
    kit_fini(&k);
}

static enum rc
try_put(struct kit *k, uint64_t *id, size_t n)
{
    static uint8_t body[20000];
    struct store_unit *u = store_begin(k->store);

    enum rc rc = store_put(u, 1, span_str("fill"), span_of(body, n), id, &k->failure);
    if (rc != RC_OK) {
        store_backout(u);
        return rc;
    }
    ok(store_commit(u, NULL));
    return RC_OK;
}

/* When puts are refused, units that were begun can be ended, and every message can be got. */
static void
full_is_not_the_end(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 3000, 20000};
    static uint64_t ids[100000];
    struct kit k;

    for (size_t i = 0; i < 4; i++) {
        size_t n = 0;
        uint64_t id;
        kit_init(&k);
        k.options.max_size = 12 * KIT_SEGMENT;
        kit_start(&k);
        struct store_unit *open = store_begin(k.store);
        ok(store_put(open, 1, span_str("open"), span_str("body"), &id, NULL));
        while (try_put(&k, &ids[n], sizes[i]) == RC_OK)
            n++;
        assert_int_equal(k.failure.rc, RC_FULL);
        assert_true(n * (sizes[i] + 50) > 7 * KIT_SEGMENT);
        ok(store_commit(open, NULL));
        kit_set(&k, "a definition", "can still be changed");
        kit_again(&k);
        assert_int_equal(k.n_messages, n + 1);
        assert_int_equal(try_put(&k, &id, sizes[i]), RC_FULL);
        /* The newest first: the oldest segments are the last to be of use. */
        for (size_t j = n; j > n / 8; j--)
            kit_get(&k, ids[j - 1]);
        assert_true(kit_disk(&k) <= 12 * KIT_SEGMENT);
        ok(try_put(&k, &id, sizes[i]));
        kit_again(&k);
        assert_int_equal(k.n_messages, n / 8 + 2);
        kit_fini(&k);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_small_messages_leave_nothing),
        cmocka_unit_test(what_lives_is_copied_forward),
        cmocka_unit_test(long_messages_are_copied_forward),
        cmocka_unit_test(numbers_go_on),
        cmocka_unit_test(full_is_not_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
