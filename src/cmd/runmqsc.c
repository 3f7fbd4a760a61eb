#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "cmd/cmd.h"
#include "mqsc/mqsc.h"
#include "target/embedded.h"

/* MQ's exit codes (spec/mqsc-syntax.md 5). */
enum { MQSC_ALL_WELL = 0, MQSC_SOME_FAILED = 10, MQSC_COULD_NOT_RUN = 20 };

struct session {
    struct cmd *c;
    struct client *client; /* NULL: only syntax is checked */
    bool quiet;
    unsigned number, failed, syntax;
    bool lost;
};

static void
print_syntax_error(const struct failure *f)
{
    printf("%s: %s\n", f->id[0] == '\0' ? "AMQ8405I" : f->id, f->text);
    if (f->cause[0] != '\0')
        printf("%s\n", f->cause);
}

static bool
one_command(void *arg, const char *command)
{
    struct session *s = arg;
    if (strcasecmp(command, "END") == 0 || strcasecmp(command, "QUIT") == 0 ||
        strcasecmp(command, "EXIT") == 0)
        return false;
    s->number++;
    if (!s->quiet)
        printf("%6u : %s\n", s->number, command);
    struct failure f = {.rc = RC_OK};
    struct mqsc_command parsed;
    if (mqsc_parse(command, &parsed, &f) != RC_OK) {
        s->syntax++;
        print_syntax_error(&f);
        return true;
    }
    mqsc_command_fini(&parsed);
    if (s->client == NULL)
        return true;
    AUTO_BUF answer = buf_new(64u << 20, ORDER_BIG);
    bool ok = false;
    if (client_mqsc(s->client, command, &answer, &ok, &f) != RC_OK) {
        cmd_fail(&f);
        s->lost = true;
        return false;
    }
    fwrite(answer.p, 1, answer.n, stdout);
    s->failed += ok ? 0u : 1u;
    return true;
}

static void
count_line(unsigned n, const char *none, const char *one, const char *many)
{
    if (n == 0)
        printf("%s\n", none);
    else if (n == 1)
        printf("%s\n", one);
    else
        printf("%u %s\n", n, many);
}

static void
trailer(const struct session *s)
{
    count_line(
        s->number, "No MQSC commands read.", "One MQSC command read.", "MQSC commands read.");
    if (s->number == 0)
        return;
    count_line(s->syntax, "No commands have a syntax error.", "One command has a syntax error.",
        "commands have a syntax error.");
    if (s->client != NULL)
        count_line(s->failed, "All valid MQSC commands were processed.",
            "One valid MQSC command could not be processed.",
            "valid MQSC commands could not be processed.");
}

static enum rc
read_script(struct session *s, FILE *in, struct failure *f)
{
    struct mqsc_script script = {.joining = false};
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    enum rc rc = RC_OK;
    while (rc == RC_OK && !s->lost && (n = getline(&line, &room, in)) >= 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            line[--n] = '\0';
        rc = mqsc_script_line(&script, line, one_command, s, f);
        if (rc == RC_WAITING) /* END */
            break;
    }
    if (rc == RC_OK && !s->lost)
        rc = mqsc_script_end(&script, one_command, s, f);
    mqsc_script_fini(&script);
    free(line);
    return rc == RC_WAITING ? RC_OK : rc;
}

static int
run_session(struct session *s, FILE *in, const char *qmgr)
{
    struct failure f = {.rc = RC_OK};
    printf("Grove %s\nStarting MQSC for queue manager %s.\n\n\n", GROVE_VERSION, qmgr);
    if (read_script(s, in, &f) != RC_OK) {
        print_syntax_error(&f);
        s->syntax++;
        s->number += s->number == 0 ? 1u : 0u;
    }
    trailer(s);
    if (s->lost)
        return MQSC_COULD_NOT_RUN;
    return s->failed + s->syntax > 0 ? MQSC_SOME_FAILED : MQSC_ALL_WELL;
}

static int
connect_failed(const char *qmgr, const struct failure *f)
{
    struct failure told = *f;
    failure_id(&told, "AMQ8146E");
    fail(&told, f->rc, "queue manager '%s' is not available: %.300s", qmgr, f->text);
    failure_id(&told, "AMQ8146E");
    failure_fix(&told, "strmqm %s", qmgr);
    cmd_fail(&told);
    return MQSC_COULD_NOT_RUN;
}

int
cmd_runmqsc(struct cmd *c)
{
    struct session s = {.c = c};
    const char *qmgr = NULL, *file = NULL;
    bool verify = false;
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        if (strcmp(word, "-e") == 0)
            s.quiet = true;
        else if (strcmp(word, "-v") == 0)
            verify = true;
        else if ((strcmp(word, "-f") == 0 || strcmp(word, "-w") == 0) && i + 1 < c->argc)
            file = word[1] == 'f' ? c->argv[++i] : (i++, file);
        else if (word[0] != '-' && qmgr == NULL)
            qmgr = word;
        else
            return cmd_usage(c, "'%s' is not understood", word), MQSC_COULD_NOT_RUN;
    }
    if (qmgr == NULL && !verify)
        return cmd_usage(c, "the queue manager's name is missing"), MQSC_COULD_NOT_RUN;
    struct failure f = {.rc = RC_OK};
    char address[EMBEDDED_PATH_MAX];
    if (!verify) {
        embedded_socket(c->data, qmgr, address);
        if (client_connect(c->io, address, qmgr, "runmqsc", &s.client, &f) != RC_OK)
            return connect_failed(qmgr, &f);
    }
    FILE *in = file == NULL ? stdin : fopen(file, "re");
    int code = MQSC_COULD_NOT_RUN;
    if (in == NULL)
        fprintf(stderr, "runmqsc: %s: %s\n", file, strerror(errno));
    else
        code = run_session(&s, in, qmgr == NULL ? "" : qmgr);
    if (in != NULL && in != stdin)
        fclose(in);
    client_disconnect(s.client);
    return code;
}
