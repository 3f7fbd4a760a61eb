/* main.c - which command is meant, and where its estate is. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "target/embedded.h"

void
cmd_fail(const struct failure *f)
{
    fprintf(stderr, "%s%s%s%s\n", f->id, f->id[0] == '\0' ? "" : ": ", f->text,
        f->text[0] == '\0' ? rc_text(f->rc) : "");
    if (f->side[0] != '\0')
        fprintf(stderr, "     side    %s\n", f->side);
    if (f->cause[0] != '\0')
        fprintf(stderr, "     cause   %s\n", f->cause);
    if (f->fix[0] != '\0')
        fprintf(stderr, "     fix     %s\n", f->fix);
}

static void
print_lines(FILE *to, const char *lines)
{
    while (*lines != '\0') {
        size_t n = strcspn(lines, "\n");
        fprintf(to, "  %.*s\n", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

void
cmd_help(const struct cmd_row *row, FILE *to)
{
    fprintf(to, "%s%s %s\n\n%s\n", row->is_mq ? "" : "grove [-C DIR] ", row->name, row->arguments,
        row->summary);
    if (row->options[0] != '\0') {
        fprintf(to, "\nOptions\n");
        print_lines(to, row->options);
    }
    fprintf(to, "\nExamples\n");
    print_lines(to, row->examples);
}

int
cmd_usage(const struct cmd *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s: ", c->row->name);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\nusage: %s%s %s\n", c->row->is_mq ? "" : "grove [-C DIR] ", c->row->name,
        c->row->arguments);
    return EXIT_USAGE;
}

bool
cmd_colour(void)
{
    return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
}

/* ---- the estate's folder ---- */

static enum rc
absolute(const char *given, char to[CMD_PATH_MAX], struct failure *f)
{
    if (given[0] == '/')
        return text_copy(to, CMD_PATH_MAX, given) ? RC_OK
                                                  : fail(f, RC_LIMIT, "the path is too long");
    char here[PATH_MAX];
    if (getcwd(here, sizeof(here)) == NULL)
        return fail_errno(f, RC_IO, errno, "can not tell the current folder");
    const char *rest = strcmp(given, ".") == 0 ? "" : given;
    int n = snprintf(to, CMD_PATH_MAX, "%s%s%s", here, rest[0] == '\0' ? "" : "/", rest);
    return n < CMD_PATH_MAX ? RC_OK : fail(f, RC_LIMIT, "the path is too long");
}

static bool
find_above(struct io *io, char to[CMD_PATH_MAX])
{
    char file[CMD_PATH_MAX + 16];
    if (getcwd(to, CMD_PATH_MAX) == NULL)
        return false;
    for (;;) {
        snprintf(file, sizeof(file), "%s/grove.yaml", to);
        if (io_exists(io, file))
            return true;
        char *slash = strrchr(to, '/');
        if (slash == NULL || to[1] == '\0')
            return false;
        slash[slash == to ? 1 : 0] = '\0';
    }
}

enum rc
cmd_find_data(struct io *io, const char *given, char to[CMD_PATH_MAX], struct failure *f)
{
    const char *from_environment = getenv("GROVE_DATA");
    if (given == NULL && from_environment != NULL && from_environment[0] != '\0')
        given = from_environment;
    if (given != NULL)
        return absolute(given, to, f);
    if (find_above(io, to))
        return RC_OK;
    const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (base != NULL && base[0] == '/')
        snprintf(to, CMD_PATH_MAX, "%s/grove", base);
    else
        snprintf(to, CMD_PATH_MAX, "%s/.local/share/grove", home == NULL ? "" : home);
    return RC_OK;
}

/* ---- dispatch ---- */

static void
overview(FILE *to)
{
    fprintf(to, "grove [-C DIR] COMMAND ...\n\nTakes IBM MQ queue managers from nothing to "
                "mutually authenticated,"
                " filtered TLS channels.\n\n");
    for (const struct cmd_row *row = cmd_rows; row->name != NULL; row++)
        fprintf(to, "  %-9s %s\n", row->name, row->summary);
    fprintf(to,
        "\nThe commands from crtmqm on are also called by their own names (the links in mq/).\n"
        "-C DIR is the estate's folder; else $GROVE_DATA, else the nearest grove.yaml above.\n"
        "grove COMMAND --help says more.\n");
}

static const struct cmd_row *
find_row(const char *name)
{
    for (const struct cmd_row *row = cmd_rows; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static int
run(const struct cmd_row *row, const char *data, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            cmd_help(row, stdout);
            return EXIT_DONE;
        }
    struct cmd c = {.io = io_uv_new(), .row = row, .argc = argc, .argv = argv};
    struct failure f = {.rc = RC_OK};
    int code = EXIT_USAGE;
    if (cmd_find_data(c.io, data, c.data, &f) == RC_OK)
        code = row->run(&c);
    else
        cmd_fail(&f);
    io_free(c.io);
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE) {
        fprintf(stderr, "%s: the output could not be written\n", row->name);
        return code == EXIT_DONE ? EXIT_FAILED : code;
    }
    return code;
}

int
main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const struct cmd_row *row = find_row(slash == NULL ? argv[0] : slash + 1);
    if (row != NULL && row->is_mq)
        return run(row, NULL, argc, argv);
    if (argc == 4 && strcmp(argv[1], "--queue-manager") == 0)
        return embedded_serve(argv[2], argv[3]);
    int at = 1;
    const char *data = NULL;
    if (argc > 2 && strcmp(argv[at], "-C") == 0) {
        data = argv[2];
        at = 3;
    }
    if (at >= argc || strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "help") == 0) {
        overview(at >= argc ? stderr : stdout);
        return at >= argc ? EXIT_USAGE : EXIT_DONE;
    }
    if (strcmp(argv[at], "--version") == 0) {
        printf("grove %s\n", GROVE_VERSION);
        return EXIT_DONE;
    }
    row = find_row(argv[at]);
    if (row == NULL) {
        fprintf(stderr, "grove: there is no command '%s'; grove --help lists them\n", argv[at]);
        return EXIT_USAGE;
    }
    return run(row, data, argc - at, argv + at);
}
