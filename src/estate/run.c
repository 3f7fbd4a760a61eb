/* run.c - what the parts of a run share: telling and doing. */
#include "estate/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct party *
run_party(struct run *r, const char *qmgr)
{
    for (size_t i = 0; i < r->estate->n_qmgrs; i++)
        if (strcmp(r->parties[i].is->name, qmgr) == 0)
            return &r->parties[i];
    return NULL;
}

void
run_event(struct run *r, const struct event *e)
{
    r->report->event(r->report->arg, e);
}

void
run_step(struct run *r, const char *step, const char *channel, const char *headline)
{
    struct event e = {.kind = EVENT_STEP,
        .number = ++r->step,
        .step = step,
        .channel = channel,
        .text = headline};
    run_event(r, &e);
}

void
run_note(struct run *r, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct event e = {.kind = EVENT_NOTE, .text = text};
    run_event(r, &e);
}

double
run_ms(struct run *r, uint64_t since_us)
{
    return (double)(io_now_us(r->io) - since_us) / 1000.0;
}

/* The id of the first message in a command's answer. */
static void
first_id(void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    (void)text;
    (void)cells;
    (void)n;
    char *to = arg;
    if (to[0] == '\0')
        text_copy(to, 12, id);
}

enum rc
run_mqsc(struct run *r, struct party *p, struct failure *f, const char *fmt, ...)
{
    char command[4096], id[12] = "";
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(command, sizeof(command), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(command))
        return fail(f, RC_LIMIT, "an MQSC command for %s is too long", p->is->name);
    AUTO_BUF answer = buf_new(1u << 20, ORDER_BIG);
    enum rc rc = target_mqsc(p->target, command, &answer, f);
    mqsc_results(buf_cstr(&answer), first_id, id);
    struct event e = {
        .kind = EVENT_COMMAND, .qmgr = p->is->name, .text = command, .id = id, .ok = rc == RC_OK};
    run_event(r, &e);
    r->changed = true;
    return rc;
}
