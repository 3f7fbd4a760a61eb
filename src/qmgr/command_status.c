/* DISPLAY CHSTATUS, QSTATUS, LSSTATUS, QMSTATUS, CONN. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmgr/authority.h"
#include "qmgr/channel.h"
#include "qmgr/command_internal.h"
#include "qmgr/listener.h"
#include "qmgr/mqi.h"
#include "qmgr/objects.h"

/* ---- blocks ---- */
static struct status_cell *
add_cell(struct status_block *b, unsigned when, const char *keyword)
{
    if (b->n == sizeof b->at / sizeof b->at[0])
        abort();
    struct status_cell *cell = &b->at[b->n++];
    cell->keyword = keyword;
    cell->value[0] = '\0';
    cell->bare = false;
    cell->always = when == CELL_ALWAYS;
    cell->usual = when != CELL_ASKED;
    return cell;
}

void
status_add(struct status_block *b, unsigned when, const char *keyword, const char *fmt, ...)
{
    struct status_cell *cell = add_cell(b, when, keyword);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cell->value, sizeof cell->value, fmt, ap);
    va_end(ap);
}

void
status_add_bare(struct status_block *b, unsigned when, const char *keyword)
{
    add_cell(b, when, keyword)->bare = true;
}

void
status_add_times(
    struct status_block *b, unsigned when, const char *date, const char *clock, int64_t us)
{
    char d[11] = "", t[9] = "";
    if (us != 0) {
        time_date(us, d);
        time_clock(us, t);
    }
    status_add(b, when, date, "%s", d);
    status_add(b, when, clock, "%s", t);
}

static bool
is_asked(const struct command *c, const struct status_block *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (!b->at[i].always && mqsc_param(&c->mqsc, b->at[i].keyword) != NULL)
            return true;
    return false;
}

void
status_print(struct command *c, const char *id, const char *what, const struct status_block *b,
    bool all_usual)
{
    bool asked = is_asked(c, b);
    bool all = mqsc_param(&c->mqsc, "ALL") != NULL || (all_usual && !asked);
    struct mqsc_block block = {.out = &c->out};
    buf_printf(&c->out, "%s: Display %s details.\n", id, what);
    for (size_t i = 0; i < b->n; i++) {
        const struct status_cell *cell = &b->at[i];
        bool wanted = all || cell->always || (!asked && cell->usual) ||
                      mqsc_param(&c->mqsc, cell->keyword) != NULL;
        if (wanted)
            mqsc_cell(&block, cell->keyword, cell->bare ? NULL : cell->value);
    }
    mqsc_block_end(&block);
}

struct shown {
    struct command *c;
    size_t n;
    bool saved;
    struct status_block *block;
};

static void
shown_init(struct shown *s, struct command *c)
{
    *s = (struct shown){.c = c, .block = calloc(1, sizeof *s->block)};
    if (s->block == NULL)
        abort();
}

/* ---- CHSTATUS ---- */
static const char *
word_of(enum object_type type, const char *keyword, int32_t value)
{
    const struct attr *a = object_attr(type, 0, keyword);
    for (const struct attr_value *v = a->values; v->word != NULL; v++)
        if (v->value == value)
            return v->word;
    return "";
}

static const char *
state_word(int32_t state)
{
    static const struct attr_value words[] = {{"INACTIVE", CHS_INACTIVE}, {"BINDING", CHS_BINDING},
        {"STARTING", CHS_STARTING}, {"RUNNING", CHS_RUNNING}, {"STOPPING", CHS_STOPPING},
        {"RETRYING", CHS_RETRYING}, {"STOPPED", CHS_STOPPED}, {"REQUESTING", CHS_REQUESTING},
        {"PAUSED", CHS_PAUSED}, {"INITIALIZING", CHS_INITIALIZING}, {NULL, 0}};
    for (const struct attr_value *v = words; v->word != NULL; v++)
        if (v->value == state)
            return v->word;
    return "";
}

static const char *
substate_word(int32_t substate)
{
    static const struct attr_value words[] = {{"ENDBATCH", 100}, {"SEND", 200}, {"RECEIVE", 300},
        {"SERIALIZE", 400}, {"RESYNCH", 500}, {"HEARTBEAT", 600}, {"NETCONNECT", 1250},
        {"SSLHANDSHK", 1300}, {"MQPUT", 1500}, {"MQGET", 1600}, {NULL, 0}};
    for (const struct attr_value *v = words; v->word != NULL; v++)
        if (v->value == substate)
            return v->word;
    return "";
}

static void
add_counters(struct status_block *b, const struct chstatus *s)
{
    status_add(b, CELL_ASKED, "BATCHES", "%llu", (unsigned long long)s->batches);
    status_add(b, CELL_ASKED, "BATCHSZ", "%u", s->batchsz);
    status_add(b, CELL_ASKED, "BUFSRCVD", "%llu", (unsigned long long)s->buffers_rcvd);
    status_add(b, CELL_ASKED, "BUFSSENT", "%llu", (unsigned long long)s->buffers_sent);
    status_add(b, CELL_ASKED, "BYTSRCVD", "%llu", (unsigned long long)s->bytsrcvd);
    status_add(b, CELL_ASKED, "BYTSSENT", "%llu", (unsigned long long)s->bytssent);
    status_add_times(b, CELL_ASKED, "CHSTADA", "CHSTATI", s->started);
}

static void
add_numbers(struct status_block *b, const struct chstatus *s)
{
    status_add(b, CELL_ASKED, "CURLUWID", "%s", s->curluwid);
    status_add(b, CELL_ASKED, "CURMSGS", "%u", s->curmsgs);
    status_add(b, CELL_ASKED, "CURSEQNO", "%u", s->curseqno);
    status_add(b, CELL_ASKED, "HBINT", "%u", s->hbint);
    status_add(b, CELL_ASKED, "INDOUBT", "%s", s->indoubt ? "YES" : "NO");
    status_add(b, CELL_ASKED, "JOBNAME", "%s", s->jobname);
    status_add(b, CELL_ASKED, "LONGRTS", "%d", (int)s->longrts);
    status_add(b, CELL_ASKED, "LSTLUWID", "%s", s->lstluwid);
    status_add_times(b, CELL_ASKED, "LSTMSGDA", "LSTMSGTI", s->last_message);
    status_add(b, CELL_ASKED, "LSTSEQNO", "%u", s->lstseqno);
    status_add(b, CELL_ASKED, "MAXMSGL", "%u", s->maxmsgl);
    status_add(b, CELL_ASKED, "MCASTAT", "%s", s->state == CHS_RUNNING ? "RUNNING" : "NOT RUNNING");
    status_add(b, CELL_ASKED, "MCAUSER", "%s", s->mcauser);
    status_add(b, CELL_ASKED, "MSGS", "%llu", (unsigned long long)s->msgs);
}

/* In the order of CHSTATUS blocks: key first, then by name. */
static void
channel_block(struct status_block *b, const struct chstatus *s, bool saved)
{
    status_add(b, CELL_ALWAYS, "CHANNEL", "%s", s->channel);
    status_add(b, CELL_ALWAYS, "CHLTYPE", "%s", word_of(OBJECT_CHANNEL, "CHLTYPE", s->chltype));
    add_counters(b, s);
    status_add(b, CELL_USUAL, "CONNAME", "%s", s->conname);
    status_add_bare(b, CELL_ALWAYS, saved ? "SAVED" : "CURRENT");
    add_numbers(b, s);
    status_add(b, CELL_USUAL, "RQMNAME", "%s", s->rqmname);
    status_add(b, CELL_ASKED, "SECPROT", "%s", s->secprot[0] != '\0' ? s->secprot : "NONE");
    status_add(b, CELL_ASKED, "SHORTRTS", "%d", (int)s->shortrts);
    status_add(b, CELL_ASKED, "SSLCERTI", "%s", s->sslcerti);
    status_add(b, CELL_ASKED, "SSLCERTU", "%s", s->sslcertu);
    status_add(b, CELL_ASKED, "SSLCIPH", "%s", s->sslciph);
    status_add_times(b, CELL_ASKED, "SSLKEYDA", "SSLKEYTI", 0);
    status_add(b, CELL_ASKED, "SSLPEER", "%s", s->sslpeer);
    status_add(b, CELL_ASKED, "SSLRKEYS", "0");
    status_add(b, CELL_USUAL, "STATUS", "%s", saved ? "" : state_word((int32_t)s->state));
    status_add(b, CELL_ASKED, "STOPREQ", "%s", s->stopreq ? "YES" : "NO");
    status_add(b, CELL_USUAL, "SUBSTATE", "%s", substate_word(s->substate));
    status_add(b, CELL_USUAL, "XMITQ", "%s", s->xmitq);
    status_add(b, CELL_ASKED, "RVERSION", "%s", strlen(s->rproduct) > 4 ? s->rproduct + 4 : "");
    status_add(b, CELL_ASKED, "RPRODUCT", "%.4s", s->rproduct);
}

static bool
passes(const struct command *c, const struct chstatus *s)
{
    const char *conname = command_value(c, "CONNAME"), *xmitq = command_value(c, "XMITQ");
    return (conname == NULL || strcmp(conname, s->conname) == 0) &&
           (xmitq == NULL || strcmp(xmitq, s->xmitq) == 0);
}

static void
show_channel(void *arg, const struct chstatus *s)
{
    struct shown *sh = arg;
    if (!passes(sh->c, s))
        return;
    sh->block->n = 0;
    channel_block(sh->block, s, sh->saved);
    status_print(sh->c, "AMQ8417I", "Channel Status", sh->block, false);
    sh->n++;
}

enum command_outcome
command_display_chstatus(struct command *c)
{
    struct shown s;
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_DSP))
        return COMMAND_FAILED;
    shown_init(&s, c);
    s.saved = mqsc_param(&c->mqsc, "SAVED") != NULL;
    channels_each(qmgr_channels(c->q), c->mqsc.name, s.saved, show_channel, &s);
    free(s.block);
    if (s.n != 0)
        return COMMAND_OK;
    (void)command_say(c, "AMQ8420I", "Channel Status not found.");
    return COMMAND_FAILED;
}

/* ---- QSTATUS ---- */
static void
show_queue(void *arg, void *def)
{
    struct shown *s = arg;
    const struct queue_def *queue = def;
    struct queue_figures f = {0};
    if (queue->type != QT_LOCAL)
        return;
    (void)mqi_queue_figures(qmgr_mqi(s->c->q), queue->queue, &f);
    struct status_block *b = s->block;
    b->n = 0;
    status_add(b, CELL_ALWAYS, "QUEUE", "%s", queue->queue);
    status_add(b, CELL_ALWAYS, "TYPE", "QUEUE");
    status_add(b, CELL_USUAL, "CURDEPTH", "%u", f.depth);
    status_add(b, CELL_USUAL, "IPPROCS", "%u", f.open_input);
    status_add_times(b, CELL_USUAL, "LGETDATE", "LGETTIME", f.last_get);
    status_add_times(b, CELL_USUAL, "LPUTDATE", "LPUTTIME", f.last_put);
    status_add(b, CELL_USUAL, "MSGAGE", "%u", f.oldest_age);
    status_add(b, CELL_USUAL, "OPPROCS", "%u", f.open_output);
    status_add(b, CELL_USUAL, "UNCOM", "%s", f.uncommitted != 0 ? "YES" : "NO");
    status_print(s->c, "AMQ8450I", "queue status", b, true);
    s->n++;
}

enum command_outcome
command_display_qstatus(struct command *c)
{
    struct shown s;
    if (!command_may(c, OBJECT_QUEUE, c->mqsc.name, AUTH_DSP))
        return COMMAND_FAILED;
    shown_init(&s, c);
    objects_each(qmgr_objects(c->q), OBJECT_QUEUE, c->mqsc.name, show_queue, &s);
    free(s.block);
    return s.n != 0 ? COMMAND_OK
                    : command_say(c, "AMQ8147E", "MQ object %s not found.", c->mqsc.name);
}

/* ---- LSSTATUS ---- */
static void
show_listener(void *arg, const struct listener_status *l)
{
    struct shown *s = arg;
    const struct listener_def *def = objects_find(qmgr_objects(s->c->q), OBJECT_LISTENER, l->name);
    struct status_block *b = s->block;
    b->n = 0;
    status_add(b, CELL_ALWAYS, "LISTENER", "%s", l->name);
    status_add(b, CELL_ALWAYS, "STATUS", "RUNNING");
    status_add(b, CELL_ALWAYS, "PID", "%d", (int)getpid());
    status_add_times(b, CELL_ASKED, "STARTDA", "STARTTI", l->started);
    status_add(b, CELL_ASKED, "DESCR", "%s", def != NULL ? def->descr : "");
    status_add(b, CELL_ASKED, "TRPTYPE", "TCP");
    status_add(b, CELL_ASKED, "CONTROL", "%s",
        def != NULL ? word_of(OBJECT_LISTENER, "CONTROL", def->control) : "");
    status_add(
        b, CELL_ASKED, "IPADDR", "%s", def != NULL && def->ipaddr[0] != '\0' ? def->ipaddr : "*");
    status_add(b, CELL_ASKED, "PORT", "%u", l->port);
    status_add(
        b, CELL_ASKED, "BACKLOG", "%d", def != NULL && def->backlog > 0 ? (int)def->backlog : 100);
    status_print(s->c, "AMQ8631I", "listener status", b, strpbrk(s->c->mqsc.name, "*") == NULL);
    s->n++;
}

enum command_outcome
command_display_lsstatus(struct command *c)
{
    struct shown s;
    if (!command_may(c, OBJECT_LISTENER, c->mqsc.name, AUTH_DSP))
        return COMMAND_FAILED;
    shown_init(&s, c);
    listeners_each(qmgr_listeners(c->q), c->mqsc.name, show_listener, &s);
    free(s.block);
    return s.n != 0 ? COMMAND_OK
                    : command_say(c, "AMQ8147E", "MQ object %s not found.", c->mqsc.name);
}

/* ---- QMSTATUS ---- */
enum command_outcome
command_display_qmstatus(struct command *c)
{
    struct shown s;
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_DSP))
        return COMMAND_FAILED;
    shown_init(&s, c);
    struct status_block *b = s.block;
    status_add(b, CELL_ALWAYS, "QMNAME", "%s", qmgr_name(c->q));
    status_add(b, CELL_ALWAYS, "TYPE", "QMGR");
    status_add(
        b, CELL_ALWAYS, "STATUS", "%s", qmgr_state(c->q) == QMGR_RUNNING ? "RUNNING" : "QUIESCING");
    status_add(b, CELL_USUAL, "CHINIT", "RUNNING");
    status_add(b, CELL_USUAL, "CMDSERV", "RUNNING");
    status_add(b, CELL_USUAL, "CONNS", "%zu", mqi_connections(qmgr_mqi(c->q)));
    status_add(b, CELL_USUAL, "DATPATH", "%s", qmgr_dir(c->q));
    status_add(b, CELL_USUAL, "LOGPATH", "%s/journal", qmgr_dir(c->q));
    status_add(b, CELL_USUAL, "STANDBY", "NOPERMIT");
    status_add_times(b, CELL_USUAL, "STARTDA", "STARTTI", qmgr_started(c->q));
    status_print(c, "AMQ8705I", "Queue Manager Status", b, true);
    free(s.block);
    return COMMAND_OK;
}

/* ---- CONN ---- */
static bool
is_wanted(const struct command *c, const char *id)
{
    const char *name = c->mqsc.name;
    return name[0] == '\0' || strcmp(name, "*") == 0 || strlen(id) < 16 ||
           text_equal_fold(name, id + strlen(id) - 16);
}

static void
show_conn(void *arg, const struct mqi_conn_info *info)
{
    struct shown *s = arg;
    const struct mqi_identity *w = info->who;
    if (!is_wanted(s->c, info->id))
        return;
    size_t n = strlen(info->id);
    struct status_block *b = s->block;
    b->n = 0;
    status_add(b, CELL_ALWAYS, "CONN", "%s", n > 16 ? info->id + n - 16 : info->id);
    status_add(b, CELL_ALWAYS, "EXTCONN", "%.16s", n > 16 ? info->id : "");
    status_add(b, CELL_ALWAYS, "TYPE", "CONN");
    status_add(b, CELL_ASKED, "PID", "%d", (int)w->pid);
    status_add(b, CELL_ASKED, "TID", "*");
    status_add(b, CELL_ASKED, "APPLTAG", "%s", w->appl);
    status_add(b, CELL_ASKED, "APPLTYPE", "%s", w->internal ? "SYSTEM" : "USER");
    status_add(b, CELL_ASKED, "CHANNEL", "%s", w->channel);
    status_add(b, CELL_ASKED, "CONNAME", "%s", w->conname);
    status_add(b, CELL_ASKED, "USERID", "%s", w->user);
    status_print(s->c, "AMQ8276I", "Connection", b, strcmp(s->c->mqsc.name, "*") != 0);
    s->n++;
}

enum command_outcome
command_display_conn(struct command *c)
{
    struct shown s;
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_DSP))
        return COMMAND_FAILED;
    shown_init(&s, c);
    mqi_each_conn(qmgr_mqi(c->q), show_conn, &s);
    free(s.block);
    return s.n != 0 ? COMMAND_OK : command_say(c, "AMQ8461I", "There is no such connection.");
}
