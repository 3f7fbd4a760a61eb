#include "responder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/initial.h"
#include "wire/pcf.h"

#define MESSAGE_ROOM (101u << 20)

/* ---- answers ---- */

struct answer {
    struct buf b;
    size_t start;
};

static struct answer
answer_begin(const struct responder *r, int32_t cc, int32_t reason, int32_t handle)
{
    struct answer a = {.b = buf_new(MESSAGE_ROOM, ORDER_LITTLE)};
    struct mqi_header h = {cc, reason, handle};

    a.start = mqi_begin(&a.b, (uint8_t)(r->join.type + SEG_REPLY), &h);
    return a;
}

static void
answer_send(struct responder *r, struct answer *a)
{
    struct buf cut = buf_new(2 * MESSAGE_ROOM, ORDER_LITTLE);

    mqi_end(&a->b, a->start);
    mqi_split(buf_span(&a->b), r->size, &cut);
    assert(buf_ok(&cut));
    link_send(r->link, buf_span(&cut));
    buf_free(&cut);
    buf_free(&a->b);
}

static void
answer_bare(struct responder *r, int32_t cc, int32_t reason, int32_t handle)
{
    struct answer a = answer_begin(r, cc, reason, handle);

    answer_send(r, &a);
}

/* ---- calls ---- */

static void
do_conn(struct responder *r, struct reader *in)
{
    struct mqconn_body body;

    mqconn_decode(in, &body);
    assert(reader_ok(in));
    bool refused = r->refusal == REFUSE_CONNECT;
    struct answer a = answer_begin(r, refused ? 2 : 0, refused ? 2035 : 0, 0);
    mqconn_encode(&a.b, &body);
    answer_send(r, &a);
}

static void
do_open(struct responder *r, struct reader *in)
{
    static const struct fopa fopa = {0, 1, 0, 0};
    struct mqod od;

    od_decode(in, &od);
    int32_t options = reader_i32(in);
    assert(reader_ok(in));
    if (strcmp(od.name, "NO.SUCH.Q") == 0) {
        answer_bare(r, 2, 2085, -1);
        return;
    }
    bool model = strcmp(od.name, "SYSTEM.DEFAULT.MODEL.QUEUE") == 0;
    if (model) {
        assert(strcmp(od.dynamic, "GROVE.*") == 0);
        snprintf(od.name, sizeof od.name, "GROVE.0001");
    }
    struct answer a = answer_begin(r, 0, 0, model ? 4 : 2);
    od_encode(&a.b, &od);
    buf_i32(&a.b, options);
    fopa_encode(&a.b, &fopa);
    answer_send(r, &a);
}

static void
do_put(struct responder *r, struct reader *in, bool one)
{
    struct mqod od;
    struct mqmd md;
    struct mqpmo pmo;

    if (one)
        od_decode(in, &od);
    md_decode(in, &md);
    pmo_decode(in, &pmo);
    struct span data = reader_take(in, reader_u32(in));
    assert(reader_ok(in));
    memset(md.msgid, 0x4d, sizeof md.msgid);
    if (one && strcmp(od.name, "SYSTEM.ADMIN.COMMAND.QUEUE") == 0) {
        struct pcf_header h;
        assert(md.msgtype == 1 && strcmp(md.replytoq, "GROVE.0001") == 0);
        assert(strcmp(md.format, "MQADMIN") == 0);
        buf_clear(&r->command);
        assert(pcf_escape_decode(data, ORDER_LITTLE, &h, &r->command) == RC_OK && h.type == 1);
        r->request = md;
        r->parts_left = 2;
    } else {
        buf_clear(&r->message);
        buf_span_put(&r->message, data);
        r->md = md;
        r->has_message = true;
    }
    struct answer a = answer_begin(r, 0, 0, 0);
    if (one)
        od_encode(&a.b, &od);
    md_encode(&a.b, &md);
    pmo_encode(&a.b, &pmo);
    buf_u32(&a.b, (uint32_t)data.n);
    answer_send(r, &a);
}

static void
send_message(struct responder *r, const struct mqmd *md, const struct mqgmo *gmo,
    struct span data, size_t room)
{
    bool cut = data.n > room;
    struct answer a = answer_begin(r, cut ? 1 : 0, cut ? 2080 : 0, 2);

    md_encode(&a.b, md);
    gmo_encode(&a.b, gmo);
    buf_u32(&a.b, (uint32_t)data.n);
    buf_put(&a.b, data.p, cut ? room : data.n);
    answer_send(r, &a);
}

/* Two parts; a command that begins with X fails. */
static void
send_part(struct responder *r, const struct mqgmo *gmo, size_t room)
{
    struct pcf_header h = {.type = 2, .command = PCF_ESCAPE, .sequence = 3 - r->parts_left,
        .control = r->parts_left == 1};
    struct mqmd md;
    struct buf b = buf_new(65536, ORDER_BIG);
    char text[200];

    h.cc = h.control == 1 && r->command.p[0] == 'X' ? 2 : 0;
    snprintf(text, sizeof text, "part %d of '%s'", h.sequence, buf_cstr(&r->command));
    md_init(&md);
    md.encoding = 0x111;
    memcpy(md.correlid, r->request.msgid, sizeof md.correlid);
    pcf_escape_encode(&b, &h, text);
    r->parts_left--;
    send_message(r, &md, gmo, buf_span(&b), room);
    buf_free(&b);
}

static void
do_get(struct responder *r, struct reader *in, int32_t handle)
{
    struct mqmd md;
    struct mqgmo gmo;

    md_decode(in, &md);
    gmo_decode(in, &gmo);
    size_t room = reader_u32(in);
    assert(reader_ok(in));
    if (handle == 4 && r->parts_left > 0) {
        assert(memcmp(md.correlid, r->request.msgid, sizeof md.correlid) == 0);
        send_part(r, &gmo, room);
    } else if (handle == 2 && r->has_message) {
        send_message(r, &r->md, &gmo, buf_span(&r->message), room);
        r->has_message = r->message.n > room;
    } else {
        /* As during a long wait: heartbeats come first, and the answer after they were answered. */
        struct buf b = buf_new(64, ORDER_LITTLE);
        segment_bare(&b, SEG_HEARTBEAT, SEGF_WHOLE | SEGF_CONFIRM, NULL);
        link_send(r->link, buf_span(&b));
        buf_free(&b);
        r->getting = true;
        r->md = md;
    }
}

static void
on_heartbeat(struct responder *r, const struct segment *seg)
{
    struct mqgmo gmo;

    assert(seg->flags == SEGF_WHOLE && r->getting);
    r->heartbeats_answered++;
    r->getting = false;
    gmo_init(&gmo);
    struct answer a = answer_begin(r, 2, 2033, 2);
    md_encode(&a.b, &r->md);
    gmo_encode(&a.b, &gmo);
    buf_i32(&a.b, 0);
    answer_send(r, &a);
}

static void
do_inquire(struct responder *r, struct reader *in)
{
    uint32_t n = reader_u32(in), ints = reader_u32(in), chars = reader_u32(in);
    struct span selectors = reader_take(in, 4 * (size_t)n);

    assert(reader_ok(in) && ints == 2 && chars == 48);
    struct answer a = answer_begin(r, 0, 0, 2);
    buf_u32(&a.b, n);
    buf_u32(&a.b, ints);
    buf_u32(&a.b, chars);
    buf_span_put(&a.b, selectors);
    buf_i32(&a.b, 943);
    buf_i32(&a.b, 3);
    buf_text(&a.b, "ASH", 48);
    answer_send(r, &a);
}

static void
on_call(struct responder *r)
{
    struct reader in = reader_of(buf_span(&r->join.body), r->join.order);
    struct mqi_header h;

    mqi_header_decode(&in, &h);
    if (r->refusal == REFUSE_ANSWER && r->join.type != SEG_MQCONN) {
        link_close(r->link, false);
        r->link = NULL;
        io_stop(r->io);
        return;
    }
    if (r->join.type == SEG_MQCONN)
        do_conn(r, &in);
    else if (r->join.type == SEG_MQOPEN)
        do_open(r, &in);
    else if (r->join.type == SEG_MQPUT || r->join.type == SEG_MQPUT1)
        do_put(r, &in, r->join.type == SEG_MQPUT1);
    else if (r->join.type == SEG_MQGET)
        do_get(r, &in, h.handle);
    else if (r->join.type == SEG_MQINQ)
        do_inquire(r, &in);
    else if (r->join.type == SEG_MQBACK)
        answer_bare(r, 2, 2003, 0);
    else
        answer_bare(r, 0, 0, -1);
}

/* ---- the channel ---- */

/* First round: other values, as a real queue manager does; then agreement. */
static void
on_initial(struct responder *r, const struct segment *seg)
{
    struct buf b = buf_new(1024, ORDER_LITTLE);
    struct initial_data id;

    assert(initial_decode(seg, &id) == RC_OK && (id.cap1 & CAP1_MQREQUEST) != 0);
    r->rounds++;
    if (r->refusal == REFUSE_CHANNEL) {
        struct status s = {.code = STATUS_NO_CHANNEL};
        status_encode(&b, SEGF_ERROR | SEGF_CLOSE, NULL, &s);
    } else if (r->rounds == 1 || r->refusal == REFUSE_ROUNDS) {
        id.error1 = IEF_HEARTBEAT | IEF_TRANSMISSION;
        id.heartbeat = 5;
        id.transmission_size = r->size = 4096;
        initial_encode(&b, SEGF_ERROR, &id);
    } else {
        assert(id.heartbeat == 5 && id.transmission_size == 4096);
        initial_encode(&b, 0, &id);
        link_max(r->link, 4096);
    }
    link_send(r->link, buf_span(&b));
    buf_free(&b);
}

static void
on_segment(void *arg, const struct segment *seg)
{
    struct responder *r = arg;
    bool complete = false;

    if (seg->type == SEG_INITIAL_DATA)
        on_initial(r, seg);
    else if (seg->type == SEG_HEARTBEAT)
        on_heartbeat(r, seg);
    else if (seg->type != SEG_USERID && seg->type != SEG_STATUS) {
        assert(mqi_join(&r->join, seg, MESSAGE_ROOM, &complete) == RC_OK);
        if (complete)
            on_call(r);
    }
}

static void
on_ready(void *arg)
{
    (void)arg;
}

static void
on_end(void *arg, const struct failure *f)
{
    struct responder *r = arg;

    (void)f;
    link_close(r->link, false);
    r->link = NULL;
    io_stop(r->io);
}

static void
on_accept(void *arg, struct io_stream *accepted)
{
    static const struct link_events events = {on_ready, on_segment, on_end, NULL};
    struct responder *r = arg;

    r->link = link_accept(r->io, accepted, NULL, NULL, NULL, &events, r);
}

static void *
run(void *arg)
{
    struct responder *r = arg;

    io_run(r->io);
    io_listener_close(r->listener);
    io_run(r->io);
    io_free(r->io);
    return NULL;
}

void
responder_start(struct responder *r, enum refusal refusal)
{
    *r = (struct responder){.refusal = refusal};
    r->message = buf_new(MESSAGE_ROOM, ORDER_LITTLE);
    r->command = buf_new(65536, ORDER_LITTLE);
    const char *temporary = getenv("TMPDIR");
    snprintf(r->folder, sizeof r->folder, "%s/responder.XXXXXX",
        temporary != NULL ? temporary : "/tmp");
    assert(mkdtemp(r->folder) != NULL);
    snprintf(r->address, sizeof r->address, "unix:%s/sock", r->folder);
    r->io = io_uv_new();
    assert(io_listen(r->io, r->address, 5, on_accept, r, &r->listener, NULL) == RC_OK);
    assert(pthread_create(&r->thread, NULL, run, r) == 0);
}

void
responder_join(struct responder *r)
{
    char path[280];

    pthread_join(r->thread, NULL);
    snprintf(path, sizeof path, "%s/sock", r->folder);
    unlink(path);
    rmdir(r->folder);
    buf_free(&r->message);
    buf_free(&r->command);
    buf_free(&r->join.body);
}
