#include "qmgr/sync.h"

#include <stdio.h>
#include <string.h>

#define SYNC_VERSION 1u
#define MARK_PREFIX "channel/"

void
sync_key_sender(const char *channel, char key[SYNC_KEY_MAX])
{
    snprintf(key, SYNC_KEY_MAX, "sync/S/%s", channel);
}

void
sync_key_receiver(const char *channel, const char *qmgr, const char *qmid, char key[SYNC_KEY_MAX])
{
    snprintf(key, SYNC_KEY_MAX, "sync/R/%s/%s/%s", channel, qmgr, qmid);
}

void
sync_prefix_receiver(const char *channel, char key[SYNC_KEY_MAX])
{
    snprintf(key, SYNC_KEY_MAX, "sync/R/%s/", channel);
}

bool
sync_decode(struct span value, struct sync_record *out)
{
    struct sync_record s = {0};
    struct reader r = reader_of(value, ORDER_BIG);
    uint32_t version = reader_u32(&r);
    s.lstseqno = reader_u32(&r);
    reader_copy(&r, s.lstluwid, sizeof s.lstluwid);
    s.indoubt = reader_u8(&r) != 0;
    reader_copy(&r, s.curluwid, sizeof s.curluwid);
    s.curseqno = reader_u32(&r);
    s.curmsgs = reader_u32(&r);
    s.resetseq = reader_u32(&r);
    s.lastluw = reader_u64(&r);
    bool ok = reader_ok(&r) && version == SYNC_VERSION;
    *out = ok ? s : (struct sync_record){0};
    return ok;
}

bool
sync_load(struct mqi *m, const char *key, struct sync_record *out)
{
    return sync_decode(mqi_record_find(m, key), out);
}

struct mqi_result
sync_save(struct hconn *h, const char *key, const struct sync_record *s)
{
    AUTO_BUF b = buf_new(128, ORDER_BIG);
    buf_u32(&b, SYNC_VERSION);
    buf_u32(&b, s->lstseqno);
    buf_put(&b, s->lstluwid, sizeof s->lstluwid);
    buf_u8(&b, s->indoubt);
    buf_put(&b, s->curluwid, sizeof s->curluwid);
    buf_u32(&b, s->curseqno);
    buf_u32(&b, s->curmsgs);
    buf_u32(&b, s->resetseq);
    buf_u64(&b, s->lastluw);
    return mqi_record(h, key, buf_span(&b));
}

void
sync_new_luwid(struct sync_record *s, int64_t wall_us, uint8_t luwid[8])
{
    uint64_t by_clock = (uint64_t)(wall_us / 1000000) << 32;
    s->lastluw = s->lastluw + 1 > by_clock ? s->lastluw + 1 : by_clock;
    for (unsigned i = 0; i < 8; i++)
        luwid[i] = (uint8_t)(s->lastluw >> (56 - 8 * i));
}

bool
luwid_equal(const uint8_t a[8], const uint8_t b[8])
{
    return memcmp(a, b, 8) == 0;
}

void
luwid_print(const uint8_t luwid[8], char to[17])
{
    for (unsigned i = 0; i < 8; i++)
        snprintf(to + 2 * i, 3, "%02X", luwid[i]);
}

struct span
sync_xid(const char *channel, const uint8_t luwid[8], uint8_t room[SYNC_XID_SIZE])
{
    memset(room, ' ', SYNC_XID_SIZE);
    memcpy(room, "MQCH", 4);
    size_t n = strlen(channel);
    memcpy(room + 4, channel, n < 20 ? n : 20);
    memcpy(room + 24, luwid, 8);
    return span_of(room, SYNC_XID_SIZE);
}

/* ---- marks ---- */
static enum sync_mark
mark_of(struct span value)
{
    if (value.n != 1)
        return MARK_NONE;
    return value.p[0] == 'S' ? MARK_STOPPED : MARK_ACTIVE;
}

enum sync_mark
sync_mark_find(struct mqi *m, const char *channel)
{
    char key[SYNC_KEY_MAX];
    snprintf(key, sizeof key, MARK_PREFIX "%s", channel);
    return mark_of(mqi_record_find(m, key));
}

void
sync_mark_set(struct hconn *h, const char *channel, enum sync_mark mark)
{
    char key[SYNC_KEY_MAX];
    snprintf(key, sizeof key, MARK_PREFIX "%s", channel);
    struct span value =
        mark == MARK_NONE ? span_str("") : span_str(mark == MARK_STOPPED ? "S" : "A");
    /* A mark that can not be written is only lost over a restart; the journal itself reports. */
    if (mqi_record(h, key, value).cc != 2)
        (void)mqi_commit(h);
}

struct mark_walk {
    sync_mark_fn *fn;
    void *arg;
};

static void
mark_seen(void *arg, const char *key, struct span value)
{
    const struct mark_walk *w = arg;
    w->fn(w->arg, key + strlen(MARK_PREFIX), mark_of(value));
}

void
sync_mark_each(struct mqi *m, sync_mark_fn *fn, void *arg)
{
    struct mark_walk w = {fn, arg};
    mqi_record_each(m, MARK_PREFIX, mark_seen, &w);
}
