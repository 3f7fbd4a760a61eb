#include "estate/apply.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/story.h"
#include "estate/status.h"

struct apply_arguments {
    struct apply_options options;
    bool explain, json;
};

static int
parse(struct cmd *c, struct apply_arguments *a)
{
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        if (strcmp(word, "--to") == 0 && i + 1 < c->argc) {
            if (!stage_find(c->argv[++i], &a->options.to))
                return cmd_usage(c, "there is no stage '%s'", c->argv[i]);
        } else if (strcmp(word, "--channel") == 0 && i + 1 < c->argc) {
            a->options.channel = c->argv[++i];
        } else if (strcmp(word, "--allow-downgrade") == 0) {
            a->options.allow_downgrade = true;
        } else if (strcmp(word, "--explain") == 0) {
            a->explain = true;
        } else if (strcmp(word, "--json") == 0) {
            a->json = true;
        } else {
            return cmd_usage(c, "'%s' is not understood", word);
        }
    }
    return EXIT_DONE;
}

static void
next_steps(const struct cmd *c, const struct estate *e)
{
    if (e->n_channels == 0)
        return;
    const struct estate_channel *ch = &e->channels[0];
    printf("\n   The queue managers are running.\n"
           "   Look around:    grove -C %s status\n"
           "   Put a message:  echo hello | GROVE_DATA=%s amqsput %s %s\n"
           "   Get it:         GROVE_DATA=%s amqsget %s %s\n"
           "   Stop:           grove -C %s stop\n",
        c->data, c->data, ch->remote, ch->from, c->data, ch->queue, ch->to, c->data);
}

int
cmd_apply(struct cmd *c)
{
    struct apply_arguments a = {.json = false};
    int code = parse(c, &a);
    if (code != EXIT_DONE)
        return code;
    struct failure f = {.rc = RC_OK};
    struct estate *e = NULL;
    if (estate_load(c->io, c->data, &e, &f) != RC_OK) {
        cmd_fail(&f);
        return EXIT_USAGE;
    }
    if (a.options.channel != NULL && estate_channel(e, a.options.channel) == NULL) {
        code = cmd_usage(c, "grove.yaml has no channel '%s'", a.options.channel);
        estate_free(e);
        return code;
    }
    struct story story = {.explain = a.explain, .colour = cmd_colour()};
    struct report report = {a.json ? story_json_event : story_event, &story};
    if (!a.json)
        printf("Grove  %s: %zu queue managers, %zu channels   estate in %s\n", e->name, e->n_qmgrs,
            e->n_channels, c->data);
    code = (int)apply_run(c->io, e, &a.options, &report);
    if (code == EXIT_DONE && !a.json)
        next_steps(c, e);
    estate_free(e);
    return code;
}
