/*
 * samples_test.c - scripts that others wrote parse, and the objects in them apply.
 *
 * They are found in $GROVE_SHARED, else in "shared" beside the source folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include "mqsc/mqsc.h"

#include <cmocka.h> /* last: it has a macro called fail */

struct tally {
    const char *file;
    size_t commands, bad;
};

/* Types of channel that Grove does not have. */
static bool
is_foreign(const char *command)
{
    return strstr(command, "CHLTYPE(MQTT)") != NULL || strstr(command, "CHLTYPE(AMQP)") != NULL;
}

static bool
take(void *arg, const char *command)
{
    struct tally *t = arg;
    struct mqsc_command c = {0};
    struct failure f = {0};
    enum object_type type;
    union object_any def;

    t->commands++;
    enum rc rc = mqsc_parse(command, &c, &f);
    if (rc == RC_OK && (c.verb == MQSC_DEFINE || c.verb == MQSC_SET) && mqsc_object(&c, &type) &&
        strstr(command, "{{") == NULL) {
        object_init(type, mqsc_subtype(&c), &def);
        rc = mqsc_apply(&c, type, &def, &f);
    }
    if (rc != RC_OK && !is_foreign(command)) {
        t->bad++;
        print_message("%s: %s\n  %s (%s)\n", t->file, command, f.text, f.cause);
    }
    bool more = c.verb != MQSC_END;
    mqsc_command_fini(&c);
    return more;
}

static void
read_script(const char *path, struct tally *t)
{
    char line[MQSC_LINE_MAX + 2];
    struct mqsc_script s = {0};
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    t->file = path;
    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(mqsc_script_line(&s, line, take, t, NULL), RC_OK);
    }
    assert_int_equal(mqsc_script_end(&s, take, t, NULL), RC_OK);
    mqsc_script_fini(&s);
    (void)fclose(in);
}

static void
test_samples(void **state)
{
    (void)state;
    char pattern[4096];
    struct tally t = {0};
    glob_t found = {0};
    const char *shared = getenv("GROVE_SHARED");
    (void)snprintf(pattern, sizeof(pattern), "%s/samples/mqsc/*.mqsc",
        shared != NULL ? shared : SOURCE_ROOT "/../shared");
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_message("no sample scripts (GROVE_SHARED is not set): skipped\n");
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_script(found.gl_pathv[i], &t);
    print_message("%zu commands in %zu scripts\n", t.commands, found.gl_pathc);
    globfree(&found);
    assert_int_equal(t.bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
