#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

struct place {
    struct io *io;
    char dir[64];
};

static int
setup(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    strcpy(p->dir, "/tmp/grove-io-XXXXXX");
    p->io = io_uv_new();
    *state = p;
    return mkdtemp(p->dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    struct place *p = *state;
    enum rc rc = io_remove_tree(p->io, p->dir, NULL);

    io_free(p->io);
    free(p);
    return rc == RC_OK ? 0 : -1;
}

static const char *
in(const struct place *p, const char *name)
{
    static char path[4][256];
    static unsigned turn;
    char *to = path[turn++ % 4];

    snprintf(to, sizeof(path[0]), "%s/%s", p->dir, name);
    return to;
}

static void
writes_and_reads(void **state)
{
    const struct place *p = *state;
    struct io_file *file;
    struct failure f;
    char text[16] = "";
    size_t got;
    uint64_t size;
    struct stat st;

    assert_int_equal(io_file_open(p->io, in(p, "a"), IO_READ, &file, &f), RC_NOT_FOUND);
    assert_ok(io_file_open(p->io, in(p, "a"), IO_READ | IO_WRITE | IO_CREATE, &file, &f));
    assert_int_equal(stat(in(p, "a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(io_file_write(file, 4, span_str("efgh"), &f));
    assert_ok(io_file_write(file, 0, span_str("abcd"), &f));
    assert_ok(io_file_sync(file, &f));
    assert_ok(io_file_size(file, &size, &f));
    assert_int_equal(size, 8);
    assert_ok(io_file_read(file, 2, text, 15, &got, &f));
    assert_int_equal(got, 6);
    assert_string_equal(text, "cdefgh");
    io_file_close(file);
    assert_int_equal(
        io_file_open(p->io, in(p, "a"), IO_WRITE | IO_CREATE | IO_EXCLUSIVE, &file, &f), RC_EXISTS);
    assert_int_equal(io_file_open(p->io, p->dir, IO_READ, &file, &f), RC_INVALID);
    io_file_close(NULL);
}

static void
locks_exclude(void **state)
{
    const struct place *p = *state;
    struct io_file *a, *b;
    struct failure f;

    assert_ok(io_file_open(p->io, in(p, "lock"), IO_WRITE | IO_CREATE, &a, &f));
    assert_ok(io_file_open(p->io, in(p, "lock"), IO_WRITE, &b, &f));
    assert_ok(io_file_lock(a, &f));
    assert_int_equal(io_file_lock(b, &f), RC_BUSY);
    io_file_close(a);
    assert_ok(io_file_lock(b, &f));
    io_file_close(b);
}

static void
count_name(void *arg, const char *name)
{
    char *all = arg;

    strcat(strcat(all, name), " ");
}

static void
saves_whole_files(void **state)
{
    const struct place *p = *state;
    AUTO_BUF data = buf_new(100, ORDER_BIG);
    struct failure f;
    char names[256] = "";

    assert_ok(io_save(p->io, in(p, "b"), span_str("one"), &f));
    assert_ok(io_save(p->io, in(p, "b"), span_str("three"), &f));
    assert_ok(io_save(p->io, in(p, "a"), span_str(""), &f));
    buf_printf(&data, "<");
    assert_int_equal(io_load(p->io, in(p, "b"), 4, &data, &f), RC_LIMIT);
    assert_ok(io_load(p->io, in(p, "b"), 5, &data, &f));
    assert_ok(io_load(p->io, in(p, "a"), 5, &data, &f));
    assert_string_equal(buf_cstr(&data), "<three");
    assert_ok(io_list(p->io, p->dir, count_name, names, &f));
    assert_string_equal(names, "a b "); /* nothing temporary is left */
    assert_int_equal(io_save(p->io, in(p, "no/b"), span_str("x"), &f), RC_NOT_FOUND);
}

static void
folders_come_and_go(void **state)
{
    const struct place *p = *state;
    struct failure f;
    struct stat st;

    assert_ok(io_mkdir(p->io, in(p, "x/y//z/"), &f));
    assert_ok(io_mkdir(p->io, in(p, "x/y/z"), &f));
    assert_int_equal(stat(in(p, "x/y"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_ok(io_save(p->io, in(p, "x/y/file"), span_str("1"), &f));
    assert_int_equal(symlink(p->dir, in(p, "x/loop")), 0);
    assert_int_equal(io_mkdir(p->io, in(p, "x/y/file"), &f), RC_EXISTS);
    assert_ok(io_rename(p->io, in(p, "x/y/file"), in(p, "kept"), &f));
    assert_ok(io_sync_dir(p->io, p->dir, &f));
    assert_ok(io_remove_tree(p->io, in(p, "x"), &f));
    assert_false(io_exists(p->io, in(p, "x")));
    assert_true(io_exists(p->io, in(p, "kept"))); /* the link was not followed */
    assert_int_equal(io_remove(p->io, in(p, "x"), &f), RC_NOT_FOUND);
    assert_int_equal(io_remove_tree(p->io, in(p, "x"), &f), RC_NOT_FOUND);
}

struct synced {
    struct io_file *file;
    int left;
};

static void
on_synced(void *arg, enum rc rc, const struct failure *f)
{
    struct synced *s = arg;

    assert_int_equal(rc, RC_OK);
    assert_null(f);
    if (--s->left > 0)
        io_file_sync_start(s->file, on_synced, s);
}

static void
syncs_on_a_thread(void **state)
{
    const struct place *p = *state;
    struct synced s = {.left = 3};
    struct failure f;

    assert_ok(io_file_open(p->io, in(p, "s"), IO_WRITE | IO_CREATE, &s.file, &f));
    assert_ok(io_file_write(s.file, 0, span_str("x"), &f));
    io_file_sync_start(s.file, on_synced, &s);
    assert_int_equal(s.left, 3);
    io_run(p->io);
    assert_int_equal(s.left, 0);
    s.left = 100;
    io_file_sync_start(s.file, on_synced, &s);
    io_file_close(s.file); /* no call any more */
    io_run(p->io);
    assert_int_equal(s.left, 100);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(writes_and_reads), CASE(locks_exclude), CASE(saves_whole_files),
        CASE(folders_come_and_go), CASE(syncs_on_a_thread),
    };
    return cmocka_run_group_tests_name("io/file", tests, NULL, NULL);
}
