/*
 * Journals that earlier releases wrote must open.  format1/ was written by the first release whose
 * journal had format 1, with "store_format_test FOLDER write", and is never written again: a change
 * of the format gets a folder of its own.
 */
#include "kit.h"

#include <stdio.h>
#include <string.h>

static const char *folder;

enum { EARLY = 4, PASSING = 150 };

/* Every kind of record, some of them copied forward. */
static void
write_journal(struct kit *k)
{
    uint64_t id, prepared_get = 0;
    char text[32];

    for (int i = 0; i < EARLY; i++) {
        snprintf(text, sizeof text, "early %d", i);
        prepared_get = kit_put(k, 10, text, 300);
        kit_set(k, text, "set early");
    }
    struct store_unit *u = store_begin(k->store);
    ok(store_put(u, 11, span_str("in doubt"), span_str("body"), &id, NULL));
    ok(store_get(u, prepared_get, NULL));
    ok(store_set(u, "in doubt", span_str("set by xid"), NULL));
    ok(store_prepare(u, span_str("xid-format"), NULL));
    for (int i = 0; i < PASSING; i++) {
        id = kit_put(k, 12, "passing", 200);
        kit_get(k, id);
    }
    kit_set(k, "early 1", "");
    kit_set(k, "early 2", "set late");
    kit_put(k, 10, "long", 9000);
    u = store_begin(k->store);
    ok(store_prepare(u, span_str("xid-gone"), NULL));
    store_backout(u);
}

static void
check_journal(struct kit *k)
{
    char text[32];

    assert_int_equal(k->notices, 0);
    assert_int_equal(k->n_messages, EARLY + 2);
    for (int i = 0; i < EARLY; i++) {
        snprintf(text, sizeof text, "early %d", i);
        assert_string_equal(k->messages[i].head, text);
        assert_int_equal(k->messages[i].queue, 10);
        kit_check(k, k->messages[i].id, text, 300);
    }
    assert_string_equal(k->messages[EARLY].head, "long");
    kit_check(k, k->messages[EARLY].id, "long", 9000);
    assert_string_equal(k->messages[EARLY + 1].head, "in doubt");
    assert_true(k->messages[EARLY + 1].prepared);
    assert_int_equal(k->n_prepared, 1);
    assert_string_equal(k->prepared[0].xid, "xid-format");
    assert_int_equal(k->prepared[0].n_gets, 1);
    assert_int_equal(k->prepared[0].gets[0], k->messages[EARLY - 1].id);
    assert_int_equal(k->n_records, 3);
    assert_string_equal(kit_value(k, "early 0"), "set early");
    assert_string_equal(kit_value(k, "early 2"), "set late");
    assert_string_equal(kit_value(k, "early 3"), "set early");
}

static void
copy_file(void *arg, const char *name)
{
    struct kit *k = arg;
    AUTO_BUF bytes = buf_new((size_t)1 << 24, ORDER_LITTLE);
    char path[600];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ok(io_load(k->io, path, (size_t)1 << 24, &bytes, NULL));
    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    ok(io_save(k->io, path, buf_span(&bytes), NULL));
}

static void
format_1_opens(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    ok(io_list(k.io, folder, copy_file, &k, NULL));
    kit_start(&k);
    check_journal(&k);
    kit_put(&k, 10, "new", 9000);
    ok(store_commit(k.prepared[0].unit, NULL));
    kit_again(&k);
    assert_int_equal(k.n_messages, EARLY + 2);
    assert_string_equal(kit_value(&k, "in doubt"), "set by xid");
    kit_fini(&k);
}

/* What is written today is what the folder holds. */
static void
today_reads_the_same(void **state)
{
    (void)state;
    struct kit k;

    kit_init(&k);
    k.options.segment_size = 16384;
    kit_start(&k);
    write_journal(&k);
    kit_again(&k);
    check_journal(&k);
    kit_fini(&k);
}

static void
write_folder(void **state)
{
    (void)state;
    struct kit k;

    kit_init_at(&k, io_uv_new(), folder);
    k.options.segment_size = 16384;
    kit_start(&k);
    write_journal(&k);
    kit_close(&k);
    io_free(k.io);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_1_opens),
        cmocka_unit_test(today_reads_the_same),
    };
    const struct CMUnitTest writing[] = {cmocka_unit_test(write_folder)};

    if (argc < 2)
        return 2;
    folder = argv[1];
    if (argc > 2 && strcmp(argv[2], "write") == 0)
        return cmocka_run_group_tests(writing, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
