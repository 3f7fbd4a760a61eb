/* Commands that do something: CLEAR, REFRESH, and what channels and listeners do. */
#include <stdlib.h>
#include <string.h>

#include "qmgr/authority.h"
#include "qmgr/channel.h"
#include "qmgr/command_internal.h"
#include "qmgr/listener.h"
#include "qmgr/mqi.h"
#include "qmgr/objects.h"

static enum command_outcome
outcome_of(struct command *c, enum rc rc, const struct failure *f, const char *id, const char *done)
{
    if (rc != RC_OK)
        return command_failed(c, f, "AMQ8101S");
    return command_say(c, id, "%s", done);
}

/* A failure to reach the wanted state is none when IGNSTATE(YES) asked for the state only. */
static bool
is_ignored(const struct command *c, enum rc rc)
{
    return (rc == RC_BUSY || rc == RC_NOT_FOUND) && command_value_is(c, "IGNSTATE", "YES");
}

enum command_outcome
command_clear(struct command *c)
{
    struct failure f = {0};
    if (!command_may(c, OBJECT_QUEUE, c->mqsc.name, AUTH_CLR))
        return COMMAND_FAILED;
    enum rc rc = mqi_queue_clear(qmgr_mqi(c->q), c->mqsc.name, &f);
    return outcome_of(c, rc, &f, "AMQ8022I", "Queue cleared.");
}

enum command_outcome
command_refresh_security(struct command *c)
{
    struct failure f = {0};
    const char *type = command_value(c, "TYPE");
    if (!command_may(c, OBJECT_QMGR, qmgr_name(c->q), AUTH_CHG))
        return COMMAND_FAILED;
    if (type != NULL && text_equal_fold(type, "SSL")) {
        enum rc rc = qmgr_refresh_tls(c->q, &f);
        if (rc != RC_OK)
            return command_failed(c, &f, "AMQ9710E");
        channels_refresh_tls(qmgr_channels(c->q));
    }
    return command_say(c, "AMQ8560I", "Security cache refreshed.");
}

enum command_outcome
command_ping_qmgr(struct command *c)
{
    return command_say(c, "AMQ8415I", "The queue manager answers.");
}

/* ---- channels ---- */
enum command_outcome
command_start_channel(struct command *c)
{
    struct failure f = {0};
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_CTRL))
        return COMMAND_FAILED;
    enum rc rc = channels_start(qmgr_channels(c->q), c->mqsc.name, &f);
    if (rc == RC_BUSY && is_ignored(c, rc))
        rc = RC_OK;
    return outcome_of(c, rc, &f, "AMQ8018I", "Start channel accepted.");
}

enum command_outcome
command_stop_channel(struct command *c)
{
    struct failure f = {0};
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_CTRL))
        return COMMAND_FAILED;
    enum channel_stop how = command_value_is(c, "MODE", "FORCE")       ? CHANNEL_FORCE
                            : command_value_is(c, "MODE", "TERMINATE") ? CHANNEL_TERMINATE
                                                                       : CHANNEL_QUIESCE;
    bool inactive = command_value_is(c, "STATUS", "INACTIVE");
    enum rc rc = channels_stop(qmgr_channels(c->q), c->mqsc.name, how, inactive, &f);
    return outcome_of(c, rc, &f, "AMQ8019I", "Stop channel accepted.");
}

enum command_outcome
command_reset_channel(struct command *c)
{
    struct failure f = {0};
    const char *text = command_value(c, "SEQNUM");
    unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 1;
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_CTRLX))
        return COMMAND_FAILED;
    if (n < 1 || n > 999999999)
        return command_say(c, "AMQ8412E", "SEQNUM must be from 1 to 999999999.");
    enum rc rc = channels_reset(qmgr_channels(c->q), c->mqsc.name, (uint32_t)n, &f);
    return outcome_of(c, rc, &f, "AMQ8023I", "Channel reset.");
}

enum command_outcome
command_resolve_channel(struct command *c)
{
    struct failure f = {0};
    bool commit = command_value_is(c, "ACTION", "COMMIT");
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_CTRLX))
        return COMMAND_FAILED;
    if (!commit && !command_value_is(c, "ACTION", "BACKOUT"))
        return command_say(c, "AMQ8429E", "ACTION must be COMMIT or BACKOUT.");
    enum rc rc = channels_resolve(qmgr_channels(c->q), c->mqsc.name, commit, &f);
    return outcome_of(c, rc, &f, "AMQ8025I", "Channel resolved.");
}

static void
pinged(void *arg, enum rc rc, const struct failure *f)
{
    struct command *c = arg;
    command_finish(c, outcome_of(c, rc, f, "AMQ8020I", "Ping channel complete.") == COMMAND_OK);
}

enum command_outcome
command_ping_channel(struct command *c)
{
    const char *text = command_value(c, "DATALEN");
    unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 64;
    if (!command_may(c, OBJECT_CHANNEL, c->mqsc.name, AUTH_CTRL))
        return COMMAND_FAILED;
    if (n < 16 || n > 32768)
        return command_say(c, "AMQ8412E", "DATALEN must be from 16 to 32768.");
    if (n > 15000) /* has to fit one segment, also under TLS */
        n = 15000;
    channels_ping(qmgr_channels(c->q), c->mqsc.name, n, pinged, c);
    return COMMAND_LATER;
}

/* ---- listeners ---- */
static const char *
listener_name(const struct command *c)
{
    return c->mqsc.name[0] != '\0' ? c->mqsc.name : "SYSTEM.DEFAULT.LISTENER.TCP";
}

enum command_outcome
command_start_listener(struct command *c)
{
    struct failure f = {0};
    if (!command_may(c, OBJECT_LISTENER, listener_name(c), AUTH_CTRL))
        return COMMAND_FAILED;
    enum rc rc = listeners_start(qmgr_listeners(c->q), listener_name(c), &f);
    if (rc == RC_BUSY && is_ignored(c, rc))
        rc = RC_OK;
    return outcome_of(c, rc, &f, "AMQ8021I", "Request to start the listener accepted.");
}

enum command_outcome
command_stop_listener(struct command *c)
{
    struct failure f = {0};
    if (!command_may(c, OBJECT_LISTENER, listener_name(c), AUTH_CTRL))
        return COMMAND_FAILED;
    enum rc rc = listeners_stop(qmgr_listeners(c->q), listener_name(c), &f);
    if (is_ignored(c, rc))
        rc = RC_OK;
    return outcome_of(c, rc, &f, "AMQ8706I", "Request to stop the listener accepted.");
}
