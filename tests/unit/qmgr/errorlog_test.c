/* The error log: the shape of a record, rotation, hostile text. */
#include "kit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char dir[64];

static const char *
slurp(struct io *io, int number, struct buf *b)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/errors/AMQERR%02d.LOG", dir, number);
    buf_clear(b);
    if (io_load(io, path, 1u << 20, b, NULL) != RC_OK)
        return "";
    return buf_cstr(b);
}

static void
test_record(void **state)
{
    struct io *io = io_uv_new();
    struct errorlog *log;
    struct failure f;
    AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);

    (void)state;
    (void)!io_remove_tree(io, dir, NULL);
    assert_int_equal(errorlog_open(io, dir, "QM1", 0, &log, NULL), RC_OK);
    fail(&f, RC_REFUSED, "Channel 'A%cB' is lacking a certificate.", '\n');
    failure_id(&f, "AMQ9637E");
    failure_cause(&f, "why \x1b[2J");
    errorlog_write(log, &f, "10.0.0.1");
    const char *text = slurp(io, 1, &b);
    assert_non_null(strstr(text,
        "\nAMQ9637E: Channel 'A B' is lacking a certificate.\n\nEXPLANATION:\nwhy ?[2J\n"
        "ACTION:\nNone.\n----- "));
    assert_non_null(strstr(text, "QMgr(QM1)\n"));
    assert_non_null(strstr(text, "RemoteHost(10.0.0.1)\n"));
    errorlog_close(log);
    /* a second run appends */
    assert_int_equal(errorlog_open(io, dir, "QM1", 0, &log, NULL), RC_OK);
    size_t before = b.n;
    errorlog_write(log, &f, "");
    slurp(io, 1, &b);
    assert_true(b.n > before);
    errorlog_close(log);
    (void)!io_remove_tree(io, dir, NULL);
    io_free(io);
}

static void
test_rotation(void **state)
{
    struct io *io = io_uv_new();
    struct errorlog *log;
    struct failure f;
    AUTO_BUF b = buf_new(1u << 20, ORDER_LITTLE);

    (void)state;
    (void)!io_remove_tree(io, dir, NULL);
    assert_int_equal(errorlog_open(io, dir, "QM1", 2000, &log, NULL), RC_OK);
    for (int i = 0; i < 100; i++) {
        fail(&f, RC_IO, "record %d.", i);
        errorlog_write(log, &f, "");
    }
    assert_non_null(strstr(slurp(io, 1, &b), "record 99."));
    assert_true(b.n <= 2000);
    assert_true(strlen(slurp(io, 2, &b)) > 0 && b.n <= 2000);
    assert_true(strlen(slurp(io, 3, &b)) > 0);
    assert_int_equal(strlen(slurp(io, 4, &b)), 0);
    errorlog_close(log);
    (void)!io_remove_tree(io, dir, NULL);
    io_free(io);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_rotation),
    };

    snprintf(dir, sizeof(dir), "/tmp/grove-errorlog-%d", (int)getpid());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
