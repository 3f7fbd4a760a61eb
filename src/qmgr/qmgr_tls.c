/* The key repository that the queue manager's sessions use, and certificate labels. */
#include <stdio.h>
#include <string.h>

#include "keyrepo/keyrepo.h"
#include "qmgr/core.h"

static enum rc
no_repository(struct failure *f)
{
    fail(f, RC_NOT_FOUND, "The queue manager has no key repository: SSLKEYR is blank.");
    failure_id(f, "AMQ9657E");
    failure_fix(f, "ALTER QMGR SSLKEYR('folder/key'), then REFRESH SECURITY TYPE(SSL)");
    return RC_NOT_FOUND;
}

enum rc
tls_load(struct qmgr *q, struct failure *f)
{
    struct keyrepo *kr = NULL;
    struct tls_env *env = NULL;

    if (q->def->sslkeyr[0] == '\0')
        return no_repository(f);
    enum rc rc = keyrepo_load_stashed(q->io, q->def->sslkeyr, &kr, NULL, f);
    if (rc == RC_OK)
        rc = tls_env_new(kr, q->def->sslkeyr, false, &env, f);
    keyrepo_free(kr);
    if (rc != RC_OK)
        return rc;
    tls_env_free(q->tls);
    q->tls = env;
    return RC_OK;
}

struct tls_env *
qmgr_tls(struct qmgr *q, const struct failure **why)
{
    if (q->tls == NULL && why != NULL)
        *why = &q->tls_why;
    return q->tls;
}

enum rc
qmgr_refresh_tls(struct qmgr *q, struct failure *f)
{
    struct failure why = {0};
    enum rc rc = tls_load(q, &why);

    if (rc != RC_OK) {
        if (q->tls == NULL)
            q->tls_why = why;
        qmgr_log(q, &why, "");
        if (f != NULL)
            *f = why;
        return rc;
    }
    channels_refresh_tls(q->channels);
    return RC_OK;
}

void
qmgr_label(struct qmgr *q, const struct channel_def *channel, char to[129])
{
    const char *label =
        channel != NULL && channel->certlabl[0] != '\0' ? channel->certlabl : q->def->certlabl;

    keyrepo_label_for(label, q->name, to);
}
