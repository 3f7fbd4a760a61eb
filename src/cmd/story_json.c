/* story_json.c - a run's events as lines of JSON. */
#include <jansson.h>
#include <stdio.h>

#include "cmd/story.h"

static void
put(json_t *o, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        json_object_set_new(o, key, json_string(value));
}

static void
print_line(json_t *o)
{
    json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(7));
    fputc('\n', stdout);
    fflush(stdout);
    json_decref(o);
}

static json_t *
failure_object(const struct failure *f)
{
    json_t *o = json_object();
    put(o, "text", f->text);
    put(o, "code", f->id);
    put(o, "side", f->side);
    put(o, "cause", f->cause);
    put(o, "fix", f->fix);
    if (f->reason != 0)
        json_object_set_new(o, "reason", json_integer(f->reason));
    return o;
}

static json_t *
proof_line(const struct event *e)
{
    json_t *proof = json_object();
    if (e->messages > 0)
        json_object_set_new(proof, "messages", json_integer(e->messages));
    put(proof, "sslpeer", e->sslpeer);
    put(proof, "sslcerti", e->sslcerti);
    put(proof, "cipherspec", e->cipherspec);
    return json_pack("{s:s, s:s, s:b, s:f, s:o}", "step", e->step, "channel", e->channel, "ok", 1,
        "ms", e->ms, "proof", proof);
}

static json_t *
refusal_line(const struct event *e)
{
    if (!e->attempted)
        return json_pack("{s:s, s:s, s:b}", "step", "refusal", "what", e->text, "attempted", 0);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "step", "refusal", "what", e->text, "code",
        e->id, "side", e->qmgr, "ok", e->ok, "control", e->control);
}

void
story_json_event(void *arg, const struct event *e)
{
    (void)arg;
    switch (e->kind) {
    case EVENT_PROOF:
        print_line(proof_line(e));
        break;
    case EVENT_REFUSAL:
        print_line(refusal_line(e));
        break;
    case EVENT_FAILED:
    case EVENT_WAITING:
        print_line(json_pack("{s:s, s:s, s:b, s:b, s:o}", "step", e->step, "channel", e->channel,
            "ok", 0, "waiting", e->kind == EVENT_WAITING, "failure", failure_object(e->failure)));
        break;
    case EVENT_BACK:
        print_line(json_pack("{s:s, s:s, s:s, s:b}", "step", "back", "channel", e->channel, "stage",
            e->step, "ok", e->ok));
        break;
    case EVENT_NOTE:
        print_line(json_pack("{s:s, s:s}", "step", "note", "text", e->text));
        break;
    case EVENT_DONE:
        print_line(json_pack("{s:s, s:b, s:b, s:f, s:f}", "step", "done", "ok", e->ok, "changed",
            e->changed, "total_ms", e->ms, "keygen_ms", e->keygen_ms));
        break;
    case EVENT_STEP:
    case EVENT_COMMAND:
    case EVENT_FACT:
        break;
    }
}
