#include "estate/status.h"

#include <string.h>

#include "cmd/cmd.h"

static const char *
text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s == NULL ? "" : s;
}

static void
print_qmgrs(const json_t *list)
{
    printf("%-14s %-9s %-22s %-44s %s\n", "queue manager", "running", "listener",
        "personal certificate", "left");
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        char left[24] = "";
        const json_t *days = json_object_get(o, "days_left");
        if (days != NULL)
            snprintf(left, sizeof(left), "%lld d", (long long)json_integer_value(days));
        printf("%-14s %-9s %-22s %-44s %s\n", text_of(o, "name"),
            json_is_true(json_object_get(o, "running")) ? "yes" : "no", text_of(o, "listener"),
            text_of(o, "subject"), left);
        if (text_of(o, "error")[0] != '\0')
            printf("               ! %s\n", text_of(o, "error"));
    }
}

static void
print_channels(const json_t *list)
{
    printf("\n%-21s %-12s %-10s %-24s %s\n", "channel", "stage", "state", "CipherSpec", "partner");
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        printf("%-21s %-12s %-10s %-24s %s\n", text_of(o, "name"), text_of(o, "stage"),
            text_of(o, "status"), text_of(o, "cipherspec"), text_of(o, "sslpeer"));
        if (text_of(o, "error")[0] != '\0')
            printf("                      ! %s\n", text_of(o, "error"));
        else if (strcmp(text_of(o, "stage"), text_of(o, "wanted")) != 0)
            printf(
                "                      ! grove.yaml says %s: grove apply\n", text_of(o, "wanted"));
        else if (!json_is_true(json_object_get(o, "as_wanted")))
            printf("                      ! CipherSpec or filter is not what grove.yaml says: "
                   "grove apply\n");
    }
}

int
cmd_status(struct cmd *c)
{
    bool json = c->argc == 2 && strcmp(c->argv[1], "--json") == 0;
    if (c->argc > 1 && !json)
        return cmd_usage(c, "'%s' is not understood", c->argv[1]);
    struct failure f = {.rc = RC_OK};
    struct estate *e = NULL;
    if (estate_load(c->io, c->data, &e, &f) != RC_OK) {
        cmd_fail(&f);
        return EXIT_USAGE;
    }
    json_t *status = estate_status(c->io, e);
    if (json) {
        json_dumpf(status, stdout, JSON_INDENT(2));
        fputc('\n', stdout);
    } else {
        print_qmgrs(json_object_get(status, "queue_managers"));
        print_channels(json_object_get(status, "channels"));
    }
    json_decref(status);
    estate_free(e);
    return EXIT_DONE;
}

static void
told(void *arg, const char *qmgr, const struct failure *f)
{
    if (f == NULL)
        printf("%s %s\n", qmgr, (const char *)arg);
    else
        cmd_fail(f);
}

static int
whole_estate(struct cmd *c, bool start)
{
    if (c->argc > 1)
        return cmd_usage(c, "'%s' is not understood", c->argv[1]);
    struct failure f = {.rc = RC_OK};
    struct estate *e = NULL;
    if (estate_load(c->io, c->data, &e, &f) != RC_OK) {
        cmd_fail(&f);
        return EXIT_USAGE;
    }
    char word[16];
    snprintf(word, sizeof(word), "%s", start ? "is running" : "has ended");
    bool all = start ? estate_start(c->io, e, told, word) : estate_stop(c->io, e, told, word);
    estate_free(e);
    return all ? EXIT_DONE : EXIT_FAILED;
}

int
cmd_start(struct cmd *c)
{
    return whole_estate(c, true);
}

int
cmd_stop(struct cmd *c)
{
    return whole_estate(c, false);
}
