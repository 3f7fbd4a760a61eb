/*
 * script.c - lines in, whole commands out (spec/mqsc-syntax.md 1).
 */
#include <string.h>

#include "mqsc/mqsc.h"

static bool
is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trim(struct span s)
{
    while (s.n > 0 && is_blank_char((char)s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank_char((char)s.p[s.n - 1]))
        s.n--;
    return s;
}

/* A command is complete: give it away, unless it is blank.  False: the receiver has enough. */
static bool
give(struct mqsc_script *s, mqsc_command_fn *fn, void *arg)
{
    bool more = true;
    s->joining = false;
    s->quoted = false;
    if (trim(buf_span(&s->pending)).n > 0)
        more = fn(arg, buf_cstr(&s->pending));
    buf_clear(&s->pending);
    return more;
}

static enum rc
too_long(struct mqsc_script *s, const char *what, unsigned max, struct failure *f)
{
    buf_clear(&s->pending);
    s->joining = false;
    s->quoted = false;
    (void)fail(f, RC_LIMIT, "the %s is longer than %u characters", what, max);
    failure_id(f, "AMQ8405I");
    return RC_LIMIT;
}

/* Where the next ';' outside quotes stands, or the length. */
static size_t
find_end(struct mqsc_script *s, struct span line)
{
    size_t i = 0;
    for (; i < line.n; i++) {
        if (line.p[i] == '\'')
            s->quoted = !s->quoted;
        else if (line.p[i] == ';' && !s->quoted)
            break;
    }
    return i;
}

/* The rest of a line after its last ';'.  A continuation character on its own there is an accident
 * that ';' cancels. */
static bool
finish_line(struct mqsc_script *s, struct span rest, bool after_end, mqsc_command_fn *fn, void *arg)
{
    struct span t = trim(rest);
    bool marked = t.n > 0 && (t.p[t.n - 1] == '+' || t.p[t.n - 1] == '-');
    if (marked && after_end && t.n == 1)
        return give(s, fn, arg);
    if (!marked) {
        buf_span_put(&s->pending, rest);
        return buf_ok(&s->pending) ? give(s, fn, arg) : true;
    }
    size_t keep = (size_t)(t.p + t.n - 1 - rest.p);
    buf_put(&s->pending, rest.p, keep);
    s->joining = true;
    /* The mark itself says how the next line joins; it is remembered behind the text. */
    buf_u8(&s->pending, t.p[t.n - 1]);
    return true;
}

/* Undo the mark that finish_line left and say where the next line's text begins. */
static struct span
join(struct mqsc_script *s, struct span line)
{
    if (!s->joining || s->pending.n == 0)
        return line;
    char mark = (char)s->pending.p[--s->pending.n];
    s->joining = false;
    while (mark == '+' && line.n > 0 && is_blank_char((char)line.p[0])) {
        line.p++;
        line.n--;
    }
    return line;
}

/* "DEFINE QLOCAL(A) +" and then ";": the mark before ';' does not count. */
static void
drop_mark(struct span *part)
{
    struct span t = trim(*part);
    if (t.n > 0 && t.p[t.n - 1] == '+')
        part->n = (size_t)(t.p + t.n - 1 - part->p);
}

enum rc
mqsc_script_line(
    struct mqsc_script *s, const char *line, mqsc_command_fn *fn, void *arg, struct failure *f)
{
    struct span rest = span_str(line);
    bool after_end = false, more = true;

    if (rest.n > MQSC_LINE_MAX)
        return too_long(s, "line", MQSC_LINE_MAX, f);
    if (line[0] == '*' || trim(rest).n == 0)
        return RC_OK;
    s->pending.max = MQSC_COMMAND_MAX;
    rest = join(s, rest);
    while (more) {
        size_t n = find_end(s, rest);
        struct span part = {rest.p, n};
        if (n == rest.n) {
            more = finish_line(s, part, after_end, fn, arg);
            break;
        }
        drop_mark(&part);
        buf_span_put(&s->pending, part);
        if (!buf_ok(&s->pending))
            break;
        more = give(s, fn, arg);
        after_end = true;
        rest.p += n + 1;
        rest.n -= n + 1;
    }
    return buf_ok(&s->pending) ? RC_OK : too_long(s, "command", MQSC_COMMAND_MAX, f);
}

enum rc
mqsc_script_end(struct mqsc_script *s, mqsc_command_fn *fn, void *arg, struct failure *f)
{
    (void)f; /* part of the contract; an unfinished command fails when it is parsed */
    if (s->joining && s->pending.n > 0)
        s->pending.n--;
    (void)give(s, fn, arg);
    return RC_OK;
}

void
mqsc_script_fini(struct mqsc_script *s)
{
    buf_wipe(&s->pending);
    *s = (struct mqsc_script){0};
}
