/* mqm.c - the life of a queue manager: crtmqm, strmqm, endmqm, dltmqm, dspmq, with MQ's exit codes.
 */
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "target/embedded.h"

/* MQ's own exit codes for these commands. */
enum {
    MQ_RUNNING = 5,
    MQ_EXISTS = 8,
    MQ_NOT_RUNNING = 16,
    MQ_UNEXPECTED = 71,
    MQ_NAME = 72,
    MQ_WRONG = 36
};

static int
mq_code(enum rc rc, int not_found)
{
    switch (rc) {
    case RC_OK:
        return 0;
    case RC_EXISTS:
        return MQ_EXISTS;
    case RC_BUSY:
        return MQ_RUNNING;
    case RC_NOT_FOUND:
        return not_found;
    case RC_INVALID:
        return MQ_NAME;
    default:
        return MQ_UNEXPECTED;
    }
}

static int
finish(enum rc rc, const struct failure *f, int not_found)
{
    if (rc != RC_OK)
        cmd_fail(f);
    return mq_code(rc, not_found);
}

static int
wrong(const struct cmd *c, const char *why)
{
    cmd_usage(c, "%s", why);
    return MQ_WRONG;
}

int
cmd_crtmqm(struct cmd *c)
{
    const char *name = NULL, *deadq = NULL;
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        bool takes_value = word[0] == '-' && word[1] != '\0' && word[2] == '\0' &&
                           strchr("ucdlshtx", word[1]) != NULL;
        if (takes_value && i + 1 < c->argc) {
            i++;
            if (word[1] == 'u')
                deadq = c->argv[i];
        } else if (word[0] != '-' && name == NULL) {
            name = word;
        } else if (strcmp(word, "-q") != 0 && strncmp(word, "-l", 2) != 0) {
            return wrong(c, "an option is not understood");
        }
    }
    if (name == NULL)
        return wrong(c, "the queue manager's name is missing");
    struct failure f = {.rc = RC_OK};
    enum rc rc = embedded_create(c->io, c->data, name, deadq, &f);
    if (rc == RC_OK)
        printf("Queue manager '%s' is created, with its default objects, in %s.\n", name, c->data);
    return finish(rc, &f, MQ_UNEXPECTED);
}

/* Commands that take only a name and known flags. */
static const char *
only_name(const struct cmd *c, const char *flags, char *flag)
{
    const char *name = NULL;
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        if (word[0] == '-' && word[1] != '\0' && word[2] == '\0' && strchr(flags, word[1]) != NULL)
            *flag = word[1];
        else if (word[0] != '-' && name == NULL)
            name = word;
        else
            return NULL;
    }
    return name;
}

int
cmd_strmqm(struct cmd *c)
{
    char flag = 0;
    const char *name = only_name(c, "cdnprsx", &flag);
    if (name == NULL)
        return wrong(c, "one queue manager is wanted");
    struct failure f = {.rc = RC_OK};
    enum rc rc = embedded_start(c->io, c->data, name, &f);
    if (rc == RC_OK)
        printf("Queue manager '%s' is running.\n", name);
    return finish(rc, &f, MQ_NOT_RUNNING);
}

int
cmd_endmqm(struct cmd *c)
{
    char flag = 'c';
    const char *name = only_name(c, "cwipz", &flag);
    if (name == NULL)
        return wrong(c, "one queue manager is wanted, and -c, -w, -i or -p");
    struct failure f = {.rc = RC_OK};
    enum rc rc = embedded_stop(c->io, c->data, name, flag, &f);
    if (rc == RC_OK)
        printf(flag == 'c' ? "Queue manager '%s' is ending.\n" : "Queue manager '%s' has ended.\n",
            name);
    return finish(rc, &f, MQ_NOT_RUNNING);
}

int
cmd_dltmqm(struct cmd *c)
{
    char flag = 0;
    const char *name = only_name(c, "z", &flag);
    if (name == NULL)
        return wrong(c, "one queue manager is wanted");
    struct failure f = {.rc = RC_OK};
    enum rc rc = embedded_delete(c->io, c->data, name, &f);
    if (rc == RC_OK)
        printf("Queue manager '%s' is deleted.\n", name);
    return finish(rc, &f, MQ_NOT_RUNNING);
}

struct dspmq {
    struct cmd *c;
    const char *only;
    bool any;
};

static void
display_one(void *arg, const char *name)
{
    struct dspmq *d = arg;
    if (d->only != NULL && strcmp(d->only, name) != 0)
        return;
    d->any = true;
    bool running = embedded_pid(d->c->io, d->c->data, name) != 0;
    char cell[MQ_NAME_MAX + 10];
    snprintf(cell, sizeof(cell), "QMNAME(%s)", name);
    printf("%-56s STATUS(%s)\n", cell, running ? "Running" : "Ended normally");
}

int
cmd_dspmq(struct cmd *c)
{
    struct dspmq d = {.c = c};
    for (int i = 1; i < c->argc; i++) {
        if (strcmp(c->argv[i], "-m") == 0 && i + 1 < c->argc)
            d.only = c->argv[++i];
        else if (strcmp(c->argv[i], "-o") == 0 && i + 1 < c->argc)
            i++; /* STATUS is what is shown anyway */
        else
            return wrong(c, "an option is not understood");
    }
    struct failure f = {.rc = RC_OK};
    enum rc rc = embedded_list(c->io, c->data, display_one, &d, &f);
    if (rc == RC_OK && d.only != NULL && !d.any) {
        rc = fail(&f, RC_NOT_FOUND, "queue manager '%s' does not exist", d.only);
        failure_id(&f, "AMQ8118E");
    }
    return finish(rc, &f, MQ_NAME);
}
