/* samples.c - amqsput and amqsget, as MQ's sample programs behave. */
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "cmd/cmd.h"
#include "target/embedded.h"

#define MESSAGE_MAX (100u << 20)
#define WAIT_SECONDS 15

static int
fail_code(const char *program, const char *call, const struct failure *f)
{
    const char *name = mqrc_name(f->reason);
    fprintf(stderr, "%s: %s ended with reason code %d%s%s\n", program, call, (int)f->reason,
        name == NULL ? "" : " ", name == NULL ? "" : name);
    if (f->reason == 0 || f->fix[0] != '\0')
        cmd_fail(f);
    return EXIT_FAILED;
}

/* Which queue manager: as given, or the only one there is. */
struct only {
    char name[64];
    unsigned n;
};

static void
count_one(void *arg, const char *name)
{
    struct only *o = arg;
    o->n++;
    snprintf(o->name, sizeof(o->name), "%s", name);
}

static enum rc
connect_to(struct cmd *c, const char *given, struct client **out, struct failure *f)
{
    struct only only = {.n = 0};
    if (given == NULL) {
        enum rc rc = embedded_list(c->io, c->data, count_one, &only, f);
        if (rc != RC_OK)
            return rc;
        if (only.n != 1)
            return fail(f, RC_INVALID, "say which queue manager: there are %u", only.n);
        given = only.name;
    }
    char address[EMBEDDED_PATH_MAX];
    embedded_socket(c->data, given, address);
    enum rc rc = client_connect(c->io, address, given, c->row->name, out, f);
    if (rc != RC_OK)
        failure_fix(f, "strmqm %s", given);
    return rc;
}

static enum rc
put_lines(struct client *client, int32_t hobj, struct failure *f)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    enum rc rc = RC_OK;
    while (rc == RC_OK && (n = getline(&line, &room, stdin)) >= 0) {
        if (n > 0 && line[n - 1] == '\n')
            n--;
        if (n == 0)
            break; /* an empty line ends it, as in MQ's sample */
        struct mqmd md;
        struct mqpmo pmo;
        md_init(&md);
        pmo_init(&pmo);
        snprintf(md.format, sizeof(md.format), "MQSTR");
        pmo.options = PMO_NO_SYNCPOINT | PMO_NEW_MSG_ID | PMO_FAIL_IF_QUIESCING;
        rc = client_put(client, hobj, &md, &pmo, span_of(line, (size_t)n), f);
    }
    free(line);
    return rc;
}

int
cmd_amqsput(struct cmd *c)
{
    if (c->argc < 2 || c->argc > 5)
        return cmd_usage(c, "a queue is wanted");
    struct failure f = {.rc = RC_OK};
    struct client *client = NULL;
    printf("Sample AMQSPUT0 start\n");
    if (connect_to(c, c->argc > 2 ? c->argv[2] : NULL, &client, &f) != RC_OK)
        return fail_code("amqsput", "MQCONNX", &f);
    struct mqod od;
    int32_t hobj = 0;
    od_init(&od, c->argv[1]);
    int code = EXIT_DONE;
    if (client_open(client, &od, OO_OUTPUT | OO_FAIL_IF_QUIESCING, &hobj, &f) != RC_OK) {
        code = fail_code("amqsput", "MQOPEN", &f);
    } else {
        printf("target queue is %s\n", c->argv[1]);
        if (put_lines(client, hobj, &f) != RC_OK)
            code = fail_code("amqsput", "MQPUT", &f);
        if (client_close(client, hobj, CO_NONE, &f) != RC_OK && code == EXIT_DONE)
            code = fail_code("amqsput", "MQCLOSE", &f);
    }
    client_disconnect(client);
    printf("Sample AMQSPUT0 end\n");
    return code;
}

static int
get_all(struct client *client, int32_t hobj)
{
    const char *given = getenv("GROVE_WAIT");
    int seconds = given == NULL ? WAIT_SECONDS : atoi(given);
    for (;;) {
        struct failure f = {.rc = RC_OK};
        struct mqmd md;
        struct mqgmo gmo;
        md_init(&md);
        gmo_init(&gmo);
        gmo.options = GMO_WAIT | GMO_NO_SYNCPOINT | GMO_CONVERT | GMO_FAIL_IF_QUIESCING;
        gmo.wait = seconds * 1000;
        AUTO_BUF data = buf_new(MESSAGE_MAX, ORDER_LITTLE);
        enum rc rc = client_get(client, hobj, &md, &gmo, &data, &f);
        if (rc == RC_NOT_FOUND) {
            printf("no more messages\n");
            return EXIT_DONE;
        }
        if (rc != RC_OK)
            return fail_code("amqsget", "MQGET", &f);
        printf("message <%.*s>\n", (int)data.n, (const char *)data.p);
        fflush(stdout);
    }
}

int
cmd_amqsget(struct cmd *c)
{
    if (c->argc < 2 || c->argc > 4)
        return cmd_usage(c, "a queue is wanted");
    struct failure f = {.rc = RC_OK};
    struct client *client = NULL;
    printf("Sample AMQSGET0 start\n");
    if (connect_to(c, c->argc > 2 ? c->argv[2] : NULL, &client, &f) != RC_OK)
        return fail_code("amqsget", "MQCONNX", &f);
    struct mqod od;
    int32_t hobj = 0;
    od_init(&od, c->argv[1]);
    int code;
    if (client_open(client, &od, OO_INPUT_AS_Q_DEF | OO_FAIL_IF_QUIESCING, &hobj, &f) != RC_OK) {
        code = fail_code("amqsget", "MQOPEN", &f);
    } else {
        code = get_all(client, hobj);
        if (client_close(client, hobj, CO_NONE, &f) != RC_OK && code == EXIT_DONE)
            code = fail_code("amqsget", "MQCLOSE", &f);
    }
    client_disconnect(client);
    printf("Sample AMQSGET0 end\n");
    return code;
}
