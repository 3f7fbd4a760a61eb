/* Wake-ups of gets that wait, and triggers of channels. */
#include "qmgr/connection.h"

void
mqi_wake_queue(struct queue *q)
{
    struct hconn *h;
    struct mqi *m = q->mqi;

    TAILQ_FOREACH(h, &q->waiters, wait_link)
    {
        if (h->ready)
            continue;
        h->ready = true;
        TAILQ_INSERT_TAIL(&m->ready, h, ready_link);
    }
    if (!TAILQ_EMPTY(&m->ready))
        io_timer_set(m->soon, 0);
}

/* TRIGTYPE(FIRST) means the first message on an empty queue; a queue that nobody reads counts as
 * such, because its channel may have ended after it found the queue empty. */
static bool
is_trigger_event(const struct queue *q)
{
    const struct queue_def *def = q->def;

    if (def == NULL || def->trigger != MQTC_ON || def->usage != MQUS_TRANSMISSION)
        return false;
    switch (def->trigtype) {
    case MQTT_FIRST:
        return q->open_input == 0 || q->depth == 1;
    case MQTT_EVERY:
        return true;
    case MQTT_DEPTH:
        return q->depth >= (uint32_t)def->trigdpth;
    default:
        return false;
    }
}

void
mqi_message_arrived(struct queue *q)
{
    struct mqi *m = q->mqi;

    mqi_wake_queue(q);
    if (q->triggered || m->on_trigger == NULL || !is_trigger_event(q))
        return;
    q->triggered = true;
    TAILQ_INSERT_TAIL(&m->triggered, q, trigger_link);
    io_timer_set(m->soon, 0);
}

static void
run_triggers(struct mqi *m)
{
    struct queue *q;

    while ((q = TAILQ_FIRST(&m->triggered)) != NULL) {
        char name[49];
        TAILQ_REMOVE(&m->triggered, q, trigger_link);
        q->triggered = false;
        text_copy(name, sizeof(name), q->name);
        m->on_trigger(m->trigger_arg, name);
    }
}

/* From the loop, so that nobody's answer is made inside somebody else's call.  Who becomes ready
 * while this runs has his turn next time. */
void
mqi_run_soon(void *arg)
{
    struct mqi *m = arg;
    struct hconn *h;
    struct hconn *last = TAILQ_LAST(&m->ready, hconns);
    bool done = last == NULL;

    while (!done && (h = TAILQ_FIRST(&m->ready)) != NULL) {
        done = h == last;
        TAILQ_REMOVE(&m->ready, h, ready_link);
        h->ready = false;
        get_retry(h);
    }
    run_triggers(m);
    if (!TAILQ_EMPTY(&m->ready))
        io_timer_set(m->soon, 0);
}

void
mqi_on_trigger(struct mqi *m, mqi_trigger_fn *fn, void *arg)
{
    m->on_trigger = fn;
    m->trigger_arg = arg;
    for (size_t i = 0; i < m->queues.n; i++) {
        struct queue *q = m->queues.items[i];
        if (fn != NULL && queue_next(q, NULL) != NULL)
            mqi_message_arrived(q);
    }
}

void
mqi_wake_all(struct mqi *m, int32_t reason)
{
    /* An answer may close other connections: look from the start after each. */
    for (struct hconn *h = TAILQ_FIRST(&m->conns); h != NULL;) {
        bool minds = reason != MQRC_Q_MGR_QUIESCING ||
                     (h->get != NULL && (h->get->gmo.options & GMO_FAIL_IF_QUIESCING));
        if (h->get != NULL && !h->who.internal && minds) {
            get_end(h, reason);
            h = TAILQ_FIRST(&m->conns);
        } else {
            h = TAILQ_NEXT(h, link);
        }
    }
}
