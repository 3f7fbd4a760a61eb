/* Definitions: what crtmqm makes, what survives a restart, what is refused. */
#include "kit.h"

#include <string.h>

static void
test_defaults(void **state)
{
    struct kit k;
    size_t n;

    (void)state;
    kit_open(&k);
    assert_string_equal(qmgr_def(k.q)->qmname, "QM1");
    assert_int_equal(strncmp(qmgr_qmid(k.q), "QM1_20", 6), 0);
    assert_non_null(objects_find(k.q->objects, OBJECT_QUEUE, "SYSTEM.DEFAULT.LOCAL.QUEUE"));
    assert_non_null(objects_find(k.q->objects, OBJECT_CHANNEL, "SYSTEM.DEF.SENDER"));
    assert_non_null(objects_find(k.q->objects, OBJECT_LISTENER, "SYSTEM.DEFAULT.LISTENER.TCP"));
    objects_chlauth(k.q->objects, &n);
    assert_int_equal(n, 3);
    objects_authrec(k.q->objects, &n);
    assert_int_equal(n, 0);
    kit_close(&k);
}

static void
test_create_twice(void **state)
{
    struct kit k;
    struct failure f = {0};

    (void)state;
    kit_open(&k);
    struct qmgr_options o = {.dir = k.dir, .name = "QM1", .admin = "a"};
    assert_int_equal(core_create(k.io, &o, &f), RC_EXISTS);
    assert_string_equal(f.id, "AMQ8110E");
    kit_close(&k);
}

static void
test_restart(void **state)
{
    struct kit k;
    const struct queue_def *def;

    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "A", "DESCR", "first", "MAXDEPTH", "17", NULL);
    kit_queue(&k, QT_LOCAL, "B", NULL);
    kit_alter(&k, "A", "DESCR", "second");
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "B", NULL), RC_OK);
    kit_reopen(&k);
    def = objects_find(k.q->objects, OBJECT_QUEUE, "A");
    assert_non_null(def);
    assert_string_equal(def->descr, "second");
    assert_int_equal(def->maxdepth, 17);
    assert_int_equal(strlen(def->crdate), 10);
    assert_null(objects_find(k.q->objects, OBJECT_QUEUE, "B"));
    kit_close(&k);
}

static void
test_address_is_kept(void **state)
{
    struct kit k;

    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "A", NULL);
    const struct queue_def *def = objects_find(k.q->objects, OBJECT_QUEUE, "A");
    kit_alter(&k, "A", "MAXDEPTH", "1");
    assert_ptr_equal(objects_find(k.q->objects, OBJECT_QUEUE, "A"), def);
    assert_int_equal(def->maxdepth, 1);
    kit_close(&k);
}

static void
test_drop_refused(void **state)
{
    struct kit k;
    struct failure f = {0};

    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "A", NULL);
    kit_queue(&k, QT_ALIAS, "AL", "TARGET", "A", NULL);
    struct hconn *h = kit_connect(&k);
    int32_t a = kit_open_queue(h, "AL", OO_OUTPUT);
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "A", &f), RC_BUSY);
    assert_string_equal(f.id, "AMQ8148E");
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "AL", &f), RC_BUSY);
    kit_put(h, a, "x", 0);
    mqi_close(h, a, CO_NONE);
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "A", &f), RC_BUSY);
    assert_string_equal(f.id, "AMQ8143W");
    assert_int_equal(mqi_queue_clear(k.q->mqi, "A", NULL), RC_OK);
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "A", &f), RC_OK);
    assert_int_equal(objects_drop(k.q->objects, OBJECT_QUEUE, "A", &f), RC_NOT_FOUND);
    mqi_disconnect(h);
    kit_close(&k);
}

static void
count(void *arg, void *def)
{
    (void)def;
    ++*(int *)arg;
}

static void
test_each(void **state)
{
    struct kit k;
    int n = 0;

    (void)state;
    kit_open(&k);
    kit_queue(&k, QT_LOCAL, "APP.2", NULL);
    kit_queue(&k, QT_LOCAL, "APP.1", NULL);
    objects_each(k.q->objects, OBJECT_QUEUE, "APP.*", count, &n);
    assert_int_equal(n, 2);
    kit_close(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_create_twice),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_address_is_kept),
        cmocka_unit_test(test_drop_refused),
        cmocka_unit_test(test_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
