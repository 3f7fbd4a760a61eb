/* Replay of any sequence of records: each is kind, length, payload.  What comes out is sound: only
 * prepared units are left, and the live bytes are those of what is there. */
#include <assert.h>
#include <stdlib.h>

#include "store/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct store *s)
{
    uint64_t live = 0;

    for (struct message *m = s->messages; m != NULL; m = m->hh.next) {
        live += message_bytes(m);
        assert(m->put_by == NULL || m->put_by->prepared);
        assert(m->got_by == NULL || m->got_by->prepared);
        assert(m->id < s->next_id);
    }
    for (struct named *n = s->names; n != NULL; n = n->hh.next) {
        live += named_bytes(n);
        assert(n->value_n > 0);
    }
    uint64_t prepared = 0;
    for (struct store_unit *u = s->units; u != NULL; u = u->hh.next) {
        assert(u->prepared && u->xid.n > 0 && u->group_at > 0);
        live += u->group_bytes;
        prepared++;
    }
    assert(live == s->live && prepared == s->prepared);
}

static void
feed(struct replay *replay, struct reader *r)
{
    uint64_t at = RECORD_OPENING;

    while (reader_ok(r) && r->left.n > 0) {
        enum record_kind kind = (enum record_kind)(reader_u8(r) % (RECORD_KINDS + 1));
        uint16_t n = reader_u16(r);
        struct record record = {kind, 0, reader_take(r, n), record_size(n)};
        if (!reader_ok(r) || !replay_apply(replay, &record, at))
            return;
        at += record.size;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct store_replay nobody;
    struct store s = {.replay = &nobody, .next_id = 1, .next_unit = 1};
    struct replay replay;
    struct reader r = reader_of(span_of(data, size), ORDER_LITTLE);
    struct store_unit *u, *next;
    uint64_t id;

    replay_init(&replay, &s);
    feed(&replay, &r);
    if (replay_finish(&replay, &id)) {
        check(&s);
        replay_announce(&s);
    }
    replay_fini(&replay);
    HASH_ITER(hh, s.units, u, next)
    {
        unit_free(u);
    }
    index_free(&s);
    return 0;
}
