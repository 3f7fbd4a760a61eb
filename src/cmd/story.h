/* story.h - the two printers of a run's events: a story for people, lines of JSON for programs. */
#ifndef CMD_STORY_H
#define CMD_STORY_H

#include "estate/apply.h"

struct story {
    bool explain, colour;
    bool refusals;
    unsigned refused, wanted_refusals;
    struct story_channel {
        char name[21];
        bool done[STAGES];
    } channels[64];
    size_t n_channels;
};
void story_event(void *arg, const struct event *e);
void story_json_event(void *arg, const struct event *e);

#endif
