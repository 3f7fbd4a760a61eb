/*
 * store_bench.c - how many messages a second the journal makes durable.
 * store_bench FOLDER: one by one, and many at once that share a sync; then how fast it starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum { SIZE = 2048, RUN_US = 2000000, MOST = 256, KEEP = 2000 };

struct bench {
    struct io *io;
    struct store *store;
    uint64_t until;
    uint64_t done;
    uint64_t fifo[KEEP]; /* messages that are there; the oldest is got for each that is put */
    size_t n;
    size_t replayed;
};

static void put(struct bench *b);

static void
die(const struct failure *f)
{
    fprintf(stderr, "store_bench: %s\n", f->text);
    exit(1);
}

static void
on_durable(void *arg, enum rc rc, const struct failure *f)
{
    struct bench *b = arg;

    if (rc != RC_OK)
        die(f);
    b->done++;
    if (io_now_us(b->io) < b->until)
        put(b);
}

static void
put(struct bench *b)
{
    static const uint8_t head[300], body[SIZE];
    struct store_unit *u = store_begin(b->store);
    struct failure f;
    uint64_t *at = &b->fifo[b->n++ % KEEP];

    if (*at != 0 && store_get(u, *at, &f) != RC_OK)
        die(&f);
    if (store_put(u, 1, span_of(head, sizeof head), span_of(body, SIZE), at, &f) != RC_OK ||
        store_commit(u, &f) != RC_OK)
        die(&f);
    store_when_durable(b->store, store_position(b->store), on_durable, b);
}

static void
run(struct bench *b, unsigned at_once)
{
    struct store_figures before, after;
    uint64_t from = io_now_us(b->io);

    store_figures(b->store, &before);
    b->done = 0;
    b->until = from + RUN_US;
    for (unsigned i = 0; i < at_once; i++)
        put(b);
    io_run(b->io);
    store_figures(b->store, &after);
    double seconds = (double)(io_now_us(b->io) - from) / 1e6;
    printf("%3u at once: %7.0f messages/s, %6.0f syncs/s, %5.1f MB of journal for %.1f MB\n",
        at_once, (double)b->done / seconds, (double)(after.syncs - before.syncs) / seconds,
        (double)after.disk_bytes / 1e6, (double)after.live_bytes / 1e6);
}

static void
on_message(void *arg, uint64_t id, uint32_t queue, struct span head, size_t body_size)
{
    struct bench *b = arg;

    (void)id, (void)queue, (void)head, (void)body_size;
    b->replayed++;
}

static void
start(struct bench *b, const char *dir)
{
    static const struct store_replay replay = {.message = on_message};
    struct failure f;

    b->replayed = 0;
    uint64_t from = io_now_us(b->io);
    if (store_open(b->io, dir, NULL, &replay, b, &b->store, &f) != RC_OK)
        die(&f);
    printf("started with %zu messages in %.1f ms\n", b->replayed,
        (double)(io_now_us(b->io) - from) / 1e3);
}

int
main(int argc, char **argv)
{
    static struct bench b;
    static const unsigned at_once[] = {1, 8, 64, MOST};

    if (argc != 2) {
        fprintf(stderr, "store_bench FOLDER\n");
        return 2;
    }
    b.io = io_uv_new();
    start(&b, argv[1]);
    for (size_t i = 0; i < sizeof at_once / sizeof at_once[0]; i++)
        run(&b, at_once[i]);
    store_close(b.store);
    start(&b, argv[1]);
    store_close(b.store);
    io_free(b.io);
    return 0;
}
