#include "cmd/story.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define WIDTH 96

static void
paint(const struct story *s, const char *colour, const char *text)
{
    if (s->colour)
        printf("\033[%sm%s\033[0m", colour, text);
    else
        fputs(text, stdout);
}

static void
tick(const struct story *s)
{
    fputs("   ", stdout);
    paint(s, "32", "\xe2\x9c\x94");
    fputc(' ', stdout);
}

static void
cross(const struct story *s)
{
    fputs("   ", stdout);
    paint(s, "31;1", "\xe2\x9c\x98");
    fputc(' ', stdout);
}

static void
with_time(const char *text, double ms)
{
    char time[24];
    if (ms < 1000)
        snprintf(time, sizeof(time), "%.0f ms", ms);
    else
        snprintf(time, sizeof(time), "%.2f s", ms / 1000);
    printf("%-*s %8s\n", WIDTH - 14, text, time);
}

static void
mark_stage(struct story *s, const char *channel, const char *step, bool done)
{
    enum stage stage;
    if (!stage_find(step, &stage))
        return;
    size_t i = 0;
    while (i < s->n_channels && strcmp(s->channels[i].name, channel) != 0)
        i++;
    if (i == sizeof(s->channels) / sizeof(s->channels[0]))
        return;
    if (i == s->n_channels) {
        s->n_channels++;
        text_copy(s->channels[i].name, sizeof(s->channels[i].name), channel);
    }
    s->channels[i].done[stage] = done;
}

static const char *
title(const char *step)
{
    static const struct {
        const char *step, *title;
    } titles[] = {{"baseline", "Baseline"}, {"request", "Certificate request"},
        {"authority", "Authority"}, {"receive", "Receive"}, {"server-only", "Server-only"},
        {"mutual", "Mutual"}, {"filtered", "Filtered"}};
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (strcmp(titles[i].step, step) == 0)
            return titles[i].title;
    return step;
}

static void
print_step(struct story *s, const struct event *e)
{
    char head[64];
    snprintf(head, sizeof(head), "%-3u%-20s %-11s", e->number, title(e->step), e->channel);
    fputc('\n', stdout);
    paint(s, "1", head);
    printf(" %s\n", e->text);
    s->refusals = false;
}

static void
print_command(struct story *s, const struct event *e)
{
    if (s->explain || strlen(e->text) <= WIDTH - 30) {
        printf("     %-6s %-*s %s\n", e->qmgr, WIDTH - 26, e->text, e->id);
        return;
    }
    printf("     %-6s %.*s... %s\n", e->qmgr, WIDTH - 29, e->text, e->id);
}

static void
print_fact(const struct event *e)
{
    char what[64];
    snprintf(what, sizeof(what), "%.48s%s", e->id, e->sslcerti == NULL ? "" : " saw");
    printf("     %-12s %s\n", what, e->text[0] == '\0' ? "no certificate" : e->text);
    if (e->sslcerti != NULL && e->sslcerti[0] != '\0')
        printf("     %-12s issued by %s\n", "", e->sslcerti);
}

static void
print_failure(const struct story *s, const struct event *e)
{
    const struct failure *f = e->failure;
    cross(s);
    printf("%s  %s%s%s\n", f->text, f->id, f->side[0] == '\0' ? "" : ", ", f->side);
    if (f->cause[0] != '\0')
        printf("     cause   %s\n", f->cause);
    if (f->side[0] != '\0')
        printf("     side    %s\n", f->side);
    if (f->fix[0] != '\0')
        printf("     fix     %s\n", f->fix);
}

static void
print_refusal(struct story *s, const struct event *e)
{
    if (!s->refusals)
        printf("   Refused, and admitted as soon as only that rule is taken away:\n");
    s->refusals = true;
    if (!e->attempted) {
        printf("   - %s: not attempted, the authority does not issue what this needs\n", e->text);
        return;
    }
    s->wanted_refusals++;
    s->refused += e->ok ? 1u : 0u;
    if (e->ok)
        tick(s);
    else
        cross(s);
    printf("%-*s %s on %s%s\n", WIDTH - 32, e->text, e->id, e->qmgr,
        e->control ? "" : "  (control failed)");
}

static void
print_table(const struct story *s)
{
    if (s->n_channels == 0)
        return;
    printf("\n   %-14s", "stage");
    for (size_t i = 0; i < s->n_channels; i++)
        printf("%-21s", s->channels[i].name);
    fputc('\n', stdout);
    for (enum stage st = STAGE_BASELINE; st < STAGES; st++) {
        printf("   %-14s", stage_name(st));
        for (size_t i = 0; i < s->n_channels; i++) {
            if (s->channels[i].done[st])
                paint(s, "32", "\xe2\x9c\x94                    ");
            else
                printf("%-21s", "");
        }
        fputc('\n', stdout);
    }
    if (s->wanted_refusals > 0)
        printf("   %-14s%u of %u attempts refused\n", "refusals", s->refused, s->wanted_refusals);
}

static void
print_done(const struct story *s, const struct event *e)
{
    if (e->ok && !e->changed) {
        printf("Nothing to do: the estate is as grove.yaml says.\n");
        return;
    }
    print_table(s);
    printf("\n   %s in %.2f s, %.2f of it waiting for keys\n", e->ok ? "done" : "stopped",
        e->ms / 1000, e->keygen_ms / 1000);
}

void
story_event(void *arg, const struct event *e)
{
    struct story *s = arg;
    switch (e->kind) {
    case EVENT_STEP:
        print_step(s, e);
        break;
    case EVENT_COMMAND:
        print_command(s, e);
        break;
    case EVENT_PROOF:
        mark_stage(s, e->channel, e->step, true);
        tick(s);
        with_time(e->text, e->ms);
        break;
    case EVENT_FACT:
        print_fact(e);
        break;
    case EVENT_REFUSAL:
        print_refusal(s, e);
        break;
    case EVENT_FAILED:
    case EVENT_WAITING:
        mark_stage(s, e->channel, e->step, false);
        print_failure(s, e);
        break;
    case EVENT_BACK:
        if (e->ok)
            printf("   \xe2\x86\xa9 %s is back in %s: messages proved it\n", e->channel, e->step);
        else
            printf("   \xe2\x86\xa9 %s could not be put back into %s: %s\n", e->channel, e->step,
                e->failure->text);
        break;
    case EVENT_NOTE:
        printf("   !  %s\n", e->text);
        break;
    case EVENT_DONE:
        print_done(s, e);
        break;
    }
    fflush(stdout);
}
