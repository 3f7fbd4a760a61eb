#include "qmgr/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmgr/authority.h"
#include "qmgr/command_internal.h"

static const struct row {
    enum mqsc_verb verb;
    enum mqsc_noun noun;
    command_fn *fn;
} rows[] = {
    {MQSC_ALTER, MQSC_QMGR, command_alter},
    {MQSC_ALTER, MQSC_QLOCAL, command_alter},
    {MQSC_ALTER, MQSC_QREMOTE, command_alter},
    {MQSC_ALTER, MQSC_QALIAS, command_alter},
    {MQSC_ALTER, MQSC_QMODEL, command_alter},
    {MQSC_ALTER, MQSC_CHANNEL, command_alter},
    {MQSC_ALTER, MQSC_LISTENER, command_alter},
    {MQSC_DEFINE, MQSC_QLOCAL, command_define},
    {MQSC_DEFINE, MQSC_QREMOTE, command_define},
    {MQSC_DEFINE, MQSC_QALIAS, command_define},
    {MQSC_DEFINE, MQSC_QMODEL, command_define},
    {MQSC_DEFINE, MQSC_CHANNEL, command_define},
    {MQSC_DEFINE, MQSC_LISTENER, command_define},
    {MQSC_DELETE, MQSC_QLOCAL, command_delete},
    {MQSC_DELETE, MQSC_QREMOTE, command_delete},
    {MQSC_DELETE, MQSC_QALIAS, command_delete},
    {MQSC_DELETE, MQSC_QMODEL, command_delete},
    {MQSC_DELETE, MQSC_CHANNEL, command_delete},
    {MQSC_DELETE, MQSC_LISTENER, command_delete},
    {MQSC_DELETE, MQSC_AUTHREC, command_delete_authrec},
    {MQSC_DISPLAY, MQSC_QMGR, command_display},
    {MQSC_DISPLAY, MQSC_QUEUE, command_display},
    {MQSC_DISPLAY, MQSC_QLOCAL, command_display},
    {MQSC_DISPLAY, MQSC_QREMOTE, command_display},
    {MQSC_DISPLAY, MQSC_QALIAS, command_display},
    {MQSC_DISPLAY, MQSC_QMODEL, command_display},
    {MQSC_DISPLAY, MQSC_CHANNEL, command_display},
    {MQSC_DISPLAY, MQSC_LISTENER, command_display},
    {MQSC_DISPLAY, MQSC_CHLAUTH, command_display_chlauth},
    {MQSC_DISPLAY, MQSC_AUTHREC, command_display_authrec},
    {MQSC_DISPLAY, MQSC_CHSTATUS, command_display_chstatus},
    {MQSC_DISPLAY, MQSC_QSTATUS, command_display_qstatus},
    {MQSC_DISPLAY, MQSC_LSSTATUS, command_display_lsstatus},
    {MQSC_DISPLAY, MQSC_QMSTATUS, command_display_qmstatus},
    {MQSC_DISPLAY, MQSC_CONN, command_display_conn},
    {MQSC_CLEAR, MQSC_QLOCAL, command_clear},
    {MQSC_REFRESH, MQSC_SECURITY, command_refresh_security},
    {MQSC_SET, MQSC_CHLAUTH, command_set_chlauth},
    {MQSC_SET, MQSC_AUTHREC, command_set_authrec},
    {MQSC_START, MQSC_CHANNEL, command_start_channel},
    {MQSC_STOP, MQSC_CHANNEL, command_stop_channel},
    {MQSC_START, MQSC_LISTENER, command_start_listener},
    {MQSC_STOP, MQSC_LISTENER, command_stop_listener},
    {MQSC_PING, MQSC_CHANNEL, command_ping_channel},
    {MQSC_PING, MQSC_QMGR, command_ping_qmgr},
    {MQSC_RESET, MQSC_CHANNEL, command_reset_channel},
    {MQSC_RESOLVE, MQSC_CHANNEL, command_resolve_channel},
};

/* ---- text ---- */
enum command_outcome
command_say(struct command *c, const char *id, const char *fmt, ...)
{
    char text[800];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_printf(&c->out, "%s: %s\n", id, text);
    return strlen(id) == 8 && id[7] == 'E' ? COMMAND_FAILED : COMMAND_OK;
}

enum command_outcome
command_failed(struct command *c, const struct failure *f, const char *id)
{
    (void)command_say(c, f->id[0] != '\0' ? f->id : id, "%s", f->text);
    return COMMAND_FAILED;
}

const char *
command_value(const struct command *c, const char *keyword)
{
    const struct mqsc_param *p = mqsc_param(&c->mqsc, keyword);
    return p != NULL ? p->value : NULL;
}

bool
command_value_is(const struct command *c, const char *keyword, const char *word)
{
    const char *value = command_value(c, keyword);
    return value != NULL && text_equal_fold(value, word);
}

bool
command_may(struct command *c, enum object_type type, const char *name, int32_t what)
{
    if (authority_is_privileged(c->q, c->user) || authority_allows(c->q, c->user, type, name, what))
        return true;
    (void)command_say(c, "AMQ8135E", "The user '%s' is not authorised for this command on %s.",
        c->user, name[0] != '\0' ? name : qmgr_name(c->q));
    return false;
}

/* ---- running ---- */
void
command_finish(struct command *c, bool ok)
{
    c->done(c->arg, ok, buf_cstr(&c->out));
    mqsc_command_fini(&c->mqsc);
    buf_free(&c->out);
    free(c);
}

static command_fn *
row_of(const struct mqsc_command *m)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].verb == m->verb && rows[i].noun == m->noun)
            return rows[i].fn;
    return NULL;
}

static enum command_outcome
syntax_error(struct command *c, const struct failure *f)
{
    bool is_syntax = f->id[0] == '\0' || strncmp(f->id, "AMQ8405", 7) == 0;
    if (!is_syntax)
        return command_failed(c, f, "AMQ8405I");
    buf_printf(&c->out,
        "AMQ8405I: Syntax error at or near the end of this part of the command:\n\n   %s\n",
        f->text);
    if (f->cause[0] != '\0')
        buf_printf(&c->out, "\n%s\n", f->cause);
    return COMMAND_FAILED;
}

static enum command_outcome
execute(struct command *c, const char *mqsc)
{
    struct failure f = {0};
    if (mqsc_parse(mqsc, &c->mqsc, &f) != RC_OK)
        return syntax_error(c, &f);
    command_fn *fn = row_of(&c->mqsc);
    if (fn != NULL)
        return fn(c);
    buf_printf(&c->out, "AMQ8405I: This command is known to MQ, but not carried out here (%s).\n",
        c->mqsc.noun_word);
    return COMMAND_FAILED;
}

void
command_run(struct qmgr *q, const char *user, const char *mqsc, command_done_fn *done, void *arg)
{
    struct command *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->q = q;
    c->done = done;
    c->arg = arg;
    c->out = buf_new(COMMAND_TEXT_MAX, ORDER_LITTLE);
    (void)text_copy(c->user, sizeof c->user, user);
    enum command_outcome outcome = execute(c, mqsc);
    if (outcome != COMMAND_LATER)
        command_finish(c, outcome == COMMAND_OK);
}
