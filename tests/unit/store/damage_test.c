/* What replay makes of journals that a crash, a bad disk or another program has been at. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "store/record.h"

/* ---- files ---- */

static void
load(struct kit *k, const char *name, struct buf *out)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    buf_clear(out);
    ok(io_load(k->io, path, SIZE_MAX / 2, out, NULL));
}

static void
save(struct kit *k, const char *name, struct span bytes)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    ok(io_save(k->io, path, bytes, NULL));
}

struct names {
    char name[64][16];
    size_t n;
};

static void
add_name(void *arg, const char *name)
{
    struct names *names = arg;

    if (strstr(name, ".seg") != NULL)
        snprintf(names->name[names->n++ % 64], 16, "%.15s", name);
}

static struct names
segments(const struct kit *k)
{
    struct names names = {.n = 0};

    ok(io_list(k->io, k->dir, add_name, &names, NULL));
    return names;
}

/* The folder as a crash would leave it now, opened as another. */
static void
copy_folder(struct kit *k, struct kit *copy)
{
    struct names names = segments(k);
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);
    char dir[300];

    snprintf(dir, sizeof dir, "%.240s/copy", k->dir);
    kit_init_at(copy, k->io, dir);
    copy->options = k->options;
    ok(io_mkdir(k->io, dir, NULL));
    for (size_t i = 0; i < names.n; i++) {
        load(k, names.name[i], &bytes);
        save(copy, names.name[i], buf_span(&bytes));
    }
}

static void
end_copy(struct kit *copy)
{
    kit_close(copy);
    ok(io_remove_tree(copy->io, copy->dir, NULL));
}

/* Change a byte of the file at offset. */
static void
damage(struct kit *k, const char *name, size_t offset, uint8_t flip)
{
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);

    load(k, name, &bytes);
    bytes.p[offset] ^= flip;
    save(k, name, buf_span(&bytes));
}

/* Where text stands in a file; it has to. */
static size_t
offset_of(struct kit *k, const char *name, const char *text)
{
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);

    load(k, name, &bytes);
    const uint8_t *at = memmem(bytes.p, bytes.n, text, strlen(text));
    assert_non_null(at);
    return (size_t)(at - bytes.p);
}

/* Opening fails with rc, and not one byte of the segments changes. */
static void
refused(struct kit *k, enum rc want)
{
    struct names names = segments(k);
    static struct buf before[64];
    AUTO_BUF after = buf_new(SIZE_MAX / 2, ORDER_LITTLE);

    for (size_t i = 0; i < names.n; i++) {
        before[i] = buf_new(SIZE_MAX / 2, ORDER_LITTLE);
        load(k, names.name[i], &before[i]);
    }
    assert_int_equal(kit_open(k), want);
    assert_true(k->failure.text[0] != '\0' && k->failure.fix[0] != '\0');
    assert_int_equal(k->n_messages + k->n_records, 0);
    assert_int_equal(segments(k).n, names.n);
    for (size_t i = 0; i < names.n; i++) {
        load(k, names.name[i], &after);
        assert_true(span_equal(buf_span(&before[i]), buf_span(&after)));
        buf_free(&before[i]);
    }
}

/* ---- tests ---- */

static void
crash_without_tear_is_silent(void **state)
{
    (void)state;
    struct kit k, copy;

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "one", 100);
    ok(store_sync(k.store, NULL));
    copy_folder(&k, &copy);
    kit_start(&copy);
    assert_int_equal(copy.n_messages, 1);
    assert_int_equal(copy.notices, 0);
    end_copy(&copy);
    kit_fini(&k);
}

static void
torn_tail_is_cut_with_a_notice(void **state)
{
    (void)state;
    struct kit k, copy;
    const char *name = "00000001.seg";

    kit_init(&k);
    kit_start(&k);
    uint64_t one = kit_put(&k, 1, "one", 100);
    ok(store_sync(k.store, NULL));
    kit_put(&k, 1, "two", 100);
    kit_put(&k, 1, "three", 100);
    ok(store_sync(k.store, NULL));
    copy_folder(&k, &copy);
    /* "two" did not reach the disk, "three" did: both were written after the same sync. */
    damage(&copy, name, offset_of(&copy, name, "twotwo"), 0xFF);
    kit_start(&copy);
    assert_int_equal(copy.notices, 1);
    assert_non_null(strstr(copy.failure.text, "torn"));
    assert_int_equal(copy.n_messages, 1);
    /* What is written now has the length of "two": "three" must not come back behind it. */
    uint64_t new = kit_put(&copy, 1, "new", 100);
    kit_again(&copy);
    assert_int_equal(copy.notices, 0);
    assert_int_equal(copy.n_messages, 2);
    assert_int_equal(copy.messages[0].id, one);
    assert_int_equal(copy.messages[1].id, new);
    end_copy(&copy);
    kit_fini(&k);
}

static void
damage_in_the_middle_is_refused(void **state)
{
    (void)state;
    struct kit k, copy;
    const char *name = "00000001.seg";

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "one", 100);
    ok(store_sync(k.store, NULL));
    kit_put(&k, 1, "two", 100);
    ok(store_sync(k.store, NULL));
    for (size_t back = 0; back <= 44; back += 4) {
        copy_folder(&k, &copy);
        damage(&copy, name, offset_of(&copy, name, "oneone") - back, 0x20);
        refused(&copy, RC_CORRUPT);
        end_copy(&copy);
    }
    assert_int_equal(k.notices, 0);
    kit_fini(&k);
}

static void
damage_after_a_clean_end_is_refused(void **state)
{
    (void)state;
    struct kit k;
    const char *name = "00000001.seg";

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "last", 100);
    kit_close(&k);
    damage(&k, name, offset_of(&k, name, "lastlast"), 1);
    refused(&k, RC_CORRUPT);
    damage(&k, name, offset_of(&k, name, "mastlast"), 1);
    kit_start(&k);
    assert_int_equal(k.n_messages, 1);
    kit_fini(&k);
}

static void
damage_in_an_older_segment_is_refused(void **state)
{
    (void)state;
    struct kit k;
    const char *name = "00000001.seg";

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "early", 100);
    kit_put(&k, 1, "long", 3 * KIT_SEGMENT);
    kit_close(&k);
    damage(&k, name, offset_of(&k, name, "earlyearly"), 4);
    refused(&k, RC_CORRUPT);
    damage(&k, name, offset_of(&k, name, "aarlyearly"), 4);
    kit_start(&k);
    kit_fini(&k);
}

static void
opening_has_two_copies(void **state)
{
    (void)state;
    struct kit k;
    const char *name = "00000001.seg";

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "one", 100);
    kit_close(&k);
    damage(&k, name, 40, 1);
    kit_start(&k);
    assert_int_equal(k.n_messages, 1);
    kit_close(&k);
    damage(&k, name, KIT_SEGMENT - 40, 1);
    refused(&k, RC_CORRUPT);
    damage(&k, name, 40, 1);
    kit_start(&k);
    assert_int_equal(k.n_messages, 1);
    kit_fini(&k);
}

static void
missing_segment_is_refused(void **state)
{
    (void)state;
    struct kit k;
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);
    char path[300];

    for (int i = 1; i <= 2; i++) {
        kit_init(&k);
        kit_start(&k);
        kit_put(&k, 1, "long", 4 * KIT_SEGMENT);
        kit_close(&k);
        snprintf(path, sizeof path, "%.255s/%08d.seg", k.dir, i);
        ok(io_load(k.io, path, SIZE_MAX / 2, &bytes, NULL));
        ok(io_remove(k.io, path, NULL));
        refused(&k, RC_CORRUPT);
        assert_non_null(strstr(k.failure.text, "lacks its segment"));
        ok(io_save(k.io, path, buf_span(&bytes), NULL));
        kit_start(&k);
        kit_fini(&k);
        buf_free(&bytes);
    }
}

static void
shortened_segment_is_refused(void **state)
{
    (void)state;
    struct kit k;
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);

    kit_init(&k);
    kit_start(&k);
    kit_put(&k, 1, "one", 100);
    kit_close(&k);
    load(&k, "00000001.seg", &bytes);
    save(&k, "00000001.seg", span_of(bytes.p, 5000));
    refused(&k, RC_CORRUPT);
    save(&k, "00000001.seg", buf_span(&bytes));
    kit_start(&k);
    kit_fini(&k);
}

static void
later_format_is_refused(void **state)
{
    (void)state;
    struct kit k;
    AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);

    kit_init(&k);
    kit_start(&k);
    kit_close(&k);
    load(&k, "00000001.seg", &bytes);
    bytes.p[8]++;
    uint32_t crc = crc32c(0, bytes.p, RECORD_OPENING - 4);
    buf_patch_u32(&bytes, RECORD_OPENING - 4, crc);
    save(&k, "00000001.seg", buf_span(&bytes));
    refused(&k, RC_UNSUPPORTED);
    kit_fini(&k);
}

/* A used segment that is used again still holds the records of its earlier life. */
static void
earlier_life_of_a_segment_does_not_replay(void **state)
{
    (void)state;
    struct kit k, copy;
    uint64_t id = 0;
    size_t stale = 0;

    kit_init(&k);
    kit_start(&k);
    for (int i = 0; i < 2000; i++) {
        id = kit_put(&k, 1, "stale-message", 200);
        kit_get(&k, id);
    }
    id = kit_put(&k, 1, "live-message", 200);
    ok(store_sync(k.store, NULL));
    struct names names = segments(&k);
    for (size_t i = 0; i < names.n; i++) {
        AUTO_BUF bytes = buf_new(SIZE_MAX / 2, ORDER_LITTLE);
        load(&k, names.name[i], &bytes);
        const uint8_t *live = memmem(bytes.p, bytes.n, "live-messagelive", 16);
        if (live != NULL && memmem(live, (size_t)(bytes.p + bytes.n - live), "stale-message", 13))
            stale++;
    }
    assert_int_equal(stale, 1);
    copy_folder(&k, &copy);
    kit_start(&copy);
    assert_int_equal(copy.n_messages, 1);
    assert_int_equal(copy.messages[0].id, id);
    assert_int_equal(copy.notices, 0);
    end_copy(&copy);
    kit_fini(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crash_without_tear_is_silent),
        cmocka_unit_test(torn_tail_is_cut_with_a_notice),
        cmocka_unit_test(damage_in_the_middle_is_refused),
        cmocka_unit_test(damage_after_a_clean_end_is_refused),
        cmocka_unit_test(damage_in_an_older_segment_is_refused),
        cmocka_unit_test(opening_has_two_copies),
        cmocka_unit_test(missing_segment_is_refused),
        cmocka_unit_test(shortened_segment_is_refused),
        cmocka_unit_test(later_format_is_refused),
        cmocka_unit_test(earlier_life_of_a_segment_does_not_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
