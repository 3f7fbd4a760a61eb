#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
message_survives_until_it_is_got(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    kit_start(&k);
    uint64_t one = kit_put(&k, 1, "one", 100);
    uint64_t two = kit_put(&k, 2, "two", 0);
    assert_true(two > one);
    kit_check(&k, one, "one", 100);
    kit_again(&k);
    assert_int_equal(k.n_messages, 2);
    assert_int_equal(k.messages[0].id, one);
    assert_int_equal(k.messages[0].queue, 1);
    assert_string_equal(k.messages[0].head, "one");
    assert_int_equal(k.messages[0].body_size, 100);
    kit_check(&k, one, "one", 100);
    kit_check(&k, two, "two", 0);
    kit_get(&k, one);
    assert_int_equal(store_read(k.store, one, NULL, NULL), RC_NOT_FOUND);
    kit_again(&k);
    assert_int_equal(k.n_messages, 1);
    assert_int_equal(k.messages[0].id, two);
    assert_true(kit_put(&k, 1, "three", 10) > two);
    assert_int_equal(k.notices, 0);
    kit_fini(&k);
}

static void
nothing_is_there_before_the_commit(void **state)
{
    (void)state;
    struct kit k;
    uint64_t id;

    kit_init(&k);
    kit_start(&k);
    uint64_t old = kit_put(&k, 1, "old", 50);
    struct store_unit *u = store_begin(k.store);
    ok(store_put(u, 1, span_str("new"), span_str("body"), &id, NULL));
    ok(store_get(u, old, NULL));
    ok(store_set(u, "key", span_str("value"), NULL));
    struct store_unit *other = store_begin(k.store);
    assert_int_equal(store_get(other, id, NULL), RC_NOT_FOUND);
    assert_int_equal(store_get(other, old, NULL), RC_BUSY);
    store_backout(other);
    kit_again(&k); /* backs it out */
    assert_int_equal(k.n_messages, 1);
    assert_int_equal(k.n_records, 0);
    kit_check(&k, old, "old", 50);

    u = store_begin(k.store);
    ok(store_put(u, 1, span_str("new"), span_str("body"), &id, NULL));
    ok(store_get(u, old, NULL));
    store_backout(u);
    kit_get(&k, old);
    kit_again(&k);
    assert_int_equal(k.n_messages, 0);
    kit_fini(&k);
}

static void
messages_come_back_in_order_of_commit(void **state)
{
    (void)state;
    struct kit k;
    uint64_t a, b;

    kit_init(&k);
    kit_start(&k);
    struct store_unit *first = store_begin(k.store);
    struct store_unit *second = store_begin(k.store);
    ok(store_put(first, 1, span_str("a"), span_str(""), &a, NULL));
    ok(store_put(second, 1, span_str("b"), span_str(""), &b, NULL));
    ok(store_commit(second, NULL));
    ok(store_commit(first, NULL));
    kit_again(&k);
    assert_int_equal(k.messages[0].id, b);
    assert_int_equal(k.messages[1].id, a);
    kit_fini(&k);
}

static void
own_put_can_be_got_again(void **state)
{
    (void)state;
    struct kit k;
    uint64_t a, b;

    kit_init(&k);
    kit_start(&k);
    struct store_unit *u = store_begin(k.store);
    ok(store_put(u, 1, span_str("a"), span_str("x"), &a, NULL));
    ok(store_put(u, 1, span_str("b"), span_str("y"), &b, NULL));
    ok(store_get(u, a, NULL));
    ok(store_commit(u, NULL));
    kit_again(&k);
    assert_int_equal(k.n_messages, 1);
    assert_int_equal(k.messages[0].id, b);
    kit_fini(&k);
}

static void
records_keep_their_last_value(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    kit_start(&k);
    kit_set(&k, "QUEUE/A", "one");
    kit_set(&k, "QUEUE/B", "two");
    kit_set(&k, "QUEUE/A", "three");
    kit_set(&k, "QUEUE/C", "four");
    kit_set(&k, "QUEUE/B", "");
    kit_again(&k);
    assert_int_equal(k.n_records, 2);
    assert_string_equal(kit_value(&k, "QUEUE/A"), "three");
    assert_null(kit_value(&k, "QUEUE/B"));
    assert_string_equal(kit_value(&k, "QUEUE/C"), "four");
    kit_fini(&k);
}

static struct store_unit *
prepare_one(struct kit *k, uint64_t *put, uint64_t *got)
{
    struct store_unit *u = store_begin(k->store);

    *got = kit_put(k, 1, "old", 30);
    ok(store_put(u, 2, span_str("new"), span_str("body"), put, NULL));
    ok(store_get(u, *got, NULL));
    ok(store_set(u, "key", span_str("value"), NULL));
    ok(store_prepare(u, span_str("xid-1"), NULL));
    return u;
}

static void
prepared_unit_survives(void **state)
{
    (void)state;
    struct kit k;
    uint64_t put, got;

    for (int way = 0; way < 4; way++) {
        kit_init(&k);
        kit_start(&k);
        prepare_one(&k, &put, &got);
        for (int again = 0; again < 2; again++) {
            kit_again(&k);
            assert_int_equal(k.n_prepared, 1);
            assert_string_equal(k.prepared[0].xid, "xid-1");
            assert_int_equal(k.prepared[0].n_gets, 1);
            assert_int_equal(k.prepared[0].gets[0], got);
            assert_int_equal(k.n_messages, 2);
            assert_true(kit_find(&k, put)->prepared);
            assert_false(kit_find(&k, got)->prepared);
            assert_int_equal(k.n_records, 0);
        }
        struct store_unit *u = store_begin(k.store);
        assert_int_equal(store_get(u, got, NULL), RC_BUSY);
        assert_int_equal(store_prepare(u, span_str("xid-1"), NULL), RC_EXISTS);
        store_backout(u);
        if (way % 2 == 0) {
            if (way == 2)
                ok(store_set(k.prepared[0].unit, "late", span_str("too"), NULL));
            ok(store_commit(k.prepared[0].unit, NULL));
        } else {
            store_backout(k.prepared[0].unit);
        }
        if (way < 2)
            kit_again(&k);
        kit_again(&k);
        assert_int_equal(k.n_prepared, 0);
        assert_int_equal(k.n_messages, 1);
        assert_int_equal(k.messages[0].id, way % 2 == 0 ? put : got);
        assert_int_equal(k.n_records, way == 2 ? 2 : way == 0 ? 1 : 0);
        kit_fini(&k);
    }
}

static void
long_messages_span_segments(void **state)
{
    (void)state;
    static const size_t sizes[] = {8000, 60000, 65536, 200000, 1000001};
    struct kit k;
    uint64_t ids[5];
    char head[16];

    kit_init(&k);
    kit_start(&k);
    for (size_t i = 0; i < 5; i++) {
        snprintf(head, sizeof head, "message %zu", i);
        ids[i] = kit_put(&k, 1, head, sizes[i]);
        kit_check(&k, ids[i], head, sizes[i]);
    }
    kit_again(&k);
    for (size_t i = 0; i < 5; i++) {
        snprintf(head, sizeof head, "message %zu", i);
        assert_string_equal(k.messages[i].head, head);
        kit_check(&k, ids[i], head, sizes[i]);
    }
    kit_fini(&k);
}

static void
many_gets_in_one_unit(void **state)
{
    (void)state;
    struct kit k;
    enum { MANY = 5000 };
    static uint64_t ids[MANY];

    kit_init(&k);
    kit_start(&k);
    struct store_unit *u = store_begin(k.store);
    for (size_t i = 0; i < MANY; i++)
        ok(store_put(u, 1, span_str("h"), span_str("b"), &ids[i], NULL));
    ok(store_commit(u, NULL));
    u = store_begin(k.store);
    for (size_t i = 0; i < MANY; i++)
        if (i != 77)
            ok(store_get(u, ids[i], NULL));
    ok(store_commit(u, NULL));
    kit_again(&k);
    assert_int_equal(k.n_messages, 1);
    assert_int_equal(k.messages[0].id, ids[77]);
    kit_fini(&k);
}

static void
too_long_a_unit_is_backed_out(void **state)
{
    (void)state;
    struct kit k;
    uint64_t id;
    struct failure f;
    static uint8_t body[10000];

    kit_init(&k);
    k.options.max_unit_bytes = 100000;
    kit_start(&k);
    struct store_unit *u = store_begin(k.store);
    for (int i = 0; i < 9; i++)
        ok(store_put(u, 1, span_str("h"), span_of(body, sizeof body), &id, NULL));
    enum rc rc = RC_OK;
    for (int i = 0; i < 2 && rc == RC_OK; i++)
        rc = store_put(u, 1, span_str("h"), span_of(body, sizeof body), &id, &f);
    assert_int_equal(rc, RC_LIMIT);
    assert_int_equal(store_commit(u, &f), RC_LIMIT);
    kit_again(&k);
    assert_int_equal(k.n_messages, 0);
    kit_fini(&k);
}

static void
second_process_is_refused(void **state)
{
    (void)state;
    struct kit k, other;

    kit_init(&k);
    kit_start(&k);
    kit_init_at(&other, k.io, k.dir);
    assert_int_equal(kit_open(&other), RC_BUSY);
    kit_fini(&k);
}

/* ---- durability ---- */

struct wait {
    struct kit *kit;
    int order[8];
    int n;
    uint64_t position;
};
struct wait_one {
    struct wait *all;
    int number;
};

static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct wait_one *one = arg;

    ok(rc);
    assert_null(f);
    one->all->order[one->all->n++] = one->number;
}

static void
waiters_share_a_sync(void **state)
{
    (void)state;
    struct kit k;
    struct wait all = {.kit = &k};
    struct wait_one ones[5];
    struct store_figures before, after;

    kit_init(&k);
    kit_start(&k);
    store_figures(k.store, &before);
    for (int i = 0; i < 5; i++) {
        kit_put(&k, 1, "x", 10);
        ones[i] = (struct wait_one){&all, i};
        assert_false(store_is_durable(k.store, store_position(k.store)));
        store_when_durable(k.store, store_position(k.store), on_durable, &ones[i]);
    }
    store_forget(k.store, &ones[3]);
    assert_int_equal(all.n, 0);
    io_run(k.io);
    assert_int_equal(all.n, 4);
    assert_int_equal(all.order[0], 0);
    assert_int_equal(all.order[1], 1);
    assert_int_equal(all.order[2], 2);
    assert_int_equal(all.order[3], 4);
    store_figures(k.store, &after);
    assert_int_equal(after.syncs, before.syncs + 1);
    assert_true(store_is_durable(k.store, store_position(k.store)));
    store_when_durable(k.store, store_position(k.store), on_durable, &ones[0]);
    assert_int_equal(all.n, 4);
    io_run(k.io);
    assert_int_equal(all.n, 5);
    kit_fini(&k);
}

static void
close_in_callback(void *arg, enum rc rc, const struct failure *f)
{
    struct kit *k = arg;

    (void)f;
    ok(rc);
    store_close(k->store);
    k->store = NULL;
}

static void
store_may_be_closed_in_a_callback(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "x", 10);
    store_when_durable(k.store, store_position(k.store), close_in_callback, &k);
    store_when_durable(k.store, store_position(k.store), close_in_callback, &k);
    io_run(k.io);
    assert_null(k.store);
    kit_start(&k);
    assert_int_equal(k.n_messages, 1);
    kit_put(&k, 1, "x", 10);
    store_when_durable(k.store, store_position(k.store), close_in_callback, &k);
    kit_fini(&k); /* with a timer and a waiter left */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_survives_until_it_is_got),
        cmocka_unit_test(nothing_is_there_before_the_commit),
        cmocka_unit_test(messages_come_back_in_order_of_commit),
        cmocka_unit_test(own_put_can_be_got_again),
        cmocka_unit_test(records_keep_their_last_value),
        cmocka_unit_test(prepared_unit_survives),
        cmocka_unit_test(long_messages_span_segments),
        cmocka_unit_test(many_gets_in_one_unit),
        cmocka_unit_test(too_long_a_unit_is_backed_out),
        cmocka_unit_test(second_process_is_refused),
        cmocka_unit_test(waiters_share_a_sync),
        cmocka_unit_test(store_may_be_closed_in_a_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
