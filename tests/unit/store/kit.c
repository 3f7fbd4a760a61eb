#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
copy_text(char *to, size_t size, struct span from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;

    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

static void
on_record(void *arg, const char *key, struct span value)
{
    struct kit *k = arg;
    struct kit_record *r = &k->records[k->n_records % 64];

    copy_text(r->key, sizeof r->key, span_str(key));
    copy_text(r->value, sizeof r->value, value);
    k->n_records++;
}

static void
on_message(void *arg, uint64_t id, uint32_t queue, struct span head, size_t body_size)
{
    struct kit *k = arg;

    k->messages = realloc(k->messages, (k->n_messages + 1) * sizeof *k->messages);
    assert_non_null(k->messages);
    struct kit_message *m = &k->messages[k->n_messages++];
    *m = (struct kit_message){.id = id, .queue = queue, .body_size = body_size};
    copy_text(m->head, sizeof m->head, head);
}

static void
on_prepared_put(
    void *arg, struct span xid, uint64_t id, uint32_t queue, struct span head, size_t body_size)
{
    struct kit *k = arg;

    assert_true(xid.n > 0);
    on_message(arg, id, queue, head, body_size);
    k->messages[k->n_messages - 1].prepared = true;
    copy_text(k->messages[k->n_messages - 1].xid, 40, xid);
}

static void
on_prepared(void *arg, struct store_unit *unit, struct span xid, const uint64_t *gets, size_t n)
{
    struct kit *k = arg;
    struct kit_prepared *p = &k->prepared[k->n_prepared++];

    assert_true(k->n_prepared <= 8 && n <= 16);
    p->unit = unit;
    copy_text(p->xid, sizeof p->xid, xid);
    for (size_t i = 0; i < n; i++)
        p->gets[i] = gets[i];
    p->n_gets = n;
}

static void
on_notice(void *arg, const struct failure *what)
{
    struct kit *k = arg;

    k->notices++;
    k->failure = *what;
}

static void
on_broken(void *arg, const struct failure *why)
{
    struct kit *k = arg;

    k->broken++;
    k->failure = *why;
}

static const struct store_replay replay = {.record = on_record,
    .message = on_message,
    .prepared = on_prepared,
    .prepared_put = on_prepared_put,
    .notice = on_notice,
    .broken = on_broken};

void
kit_init_at(struct kit *k, struct io *io, const char *dir)
{
    *k = (struct kit){.io = io, .options = {.segment_size = KIT_SEGMENT}};
    snprintf(k->dir, sizeof k->dir, "%s", dir);
}

void
kit_init(struct kit *k)
{
    /* In memory where there is such a folder: these tests sync more than disks like. */
    char fast[] = "/dev/shm/grove-store-XXXXXX";
    char slow[] = "/tmp/grove-store-XXXXXX";
    const char *dir = mkdtemp(fast);

    if (dir == NULL)
        dir = mkdtemp(slow);
    assert_non_null(dir);
    kit_init_at(k, io_uv_new(), dir);
}

void
kit_forget(struct kit *k)
{
    free(k->messages);
    k->messages = NULL;
    k->n_messages = k->n_records = k->n_prepared = 0;
    k->notices = k->broken = 0;
}

void
kit_close(struct kit *k)
{
    store_close(k->store);
    k->store = NULL;
    kit_forget(k);
}

void
kit_fini(struct kit *k)
{
    kit_close(k);
    ok(io_remove_tree(k->io, k->dir, NULL));
    io_free(k->io);
}

enum rc
kit_open(struct kit *k)
{
    kit_forget(k);
    return store_open(k->io, k->dir, &k->options, &replay, k, &k->store, &k->failure);
}

void
kit_start(struct kit *k)
{
    enum rc rc = kit_open(k);
    if (rc != RC_OK)
        print_message("%s\n", k->failure.text);
    ok(rc);
}

void
kit_again(struct kit *k)
{
    kit_close(k);
    kit_start(k);
}

void
kit_body(const char *head, uint8_t *to, size_t n)
{
    size_t len = strlen(head);

    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)((uint8_t)head[i % len] + i / len * 7);
}

uint64_t
kit_put(struct kit *k, uint32_t queue, const char *head, size_t n)
{
    struct store_unit *u = store_begin(k->store);
    uint8_t *body = malloc(n + 1);
    uint64_t id = 0;

    assert_non_null(body);
    kit_body(head, body, n);
    ok(store_put(u, queue, span_str(head), span_of(body, n), &id, NULL));
    ok(store_commit(u, NULL));
    free(body);
    return id;
}

void
kit_get(struct kit *k, uint64_t id)
{
    struct store_unit *u = store_begin(k->store);

    ok(store_get(u, id, NULL));
    ok(store_commit(u, NULL));
}

void
kit_set(struct kit *k, const char *key, const char *value)
{
    struct store_unit *u = store_begin(k->store);

    ok(store_set(u, key, span_str(value), NULL));
    ok(store_commit(u, NULL));
}

void
kit_check(struct kit *k, uint64_t id, const char *head, size_t n)
{
    AUTO_BUF got = buf_new(n, ORDER_LITTLE);
    uint8_t *body = malloc(n + 1);

    assert_non_null(body);
    kit_body(head, body, n);
    ok(store_read(k->store, id, &got, NULL));
    assert_int_equal(got.n, n);
    if (n > 0)
        assert_memory_equal(got.p, body, n);
    free(body);
}

const struct kit_message *
kit_find(const struct kit *k, uint64_t id)
{
    for (size_t i = 0; i < k->n_messages; i++)
        if (k->messages[i].id == id)
            return &k->messages[i];
    return NULL;
}

const char *
kit_value(const struct kit *k, const char *key)
{
    for (size_t i = 0; i < k->n_records; i++)
        if (strcmp(k->records[i].key, key) == 0)
            return k->records[i].value;
    return NULL;
}

struct sizes {
    const struct kit *kit;
    uint64_t total;
};

static void
add_size(void *arg, const char *name)
{
    struct sizes *sizes = arg;
    char path[600];
    struct io_file *file;
    uint64_t n;

    snprintf(path, sizeof path, "%s/%s", sizes->kit->dir, name);
    ok(io_file_open(sizes->kit->io, path, IO_READ, &file, NULL));
    ok(io_file_size(file, &n, NULL));
    sizes->total += n;
    io_file_close(file);
}

uint64_t
kit_disk(const struct kit *k)
{
    struct sizes sizes = {k, 0};

    ok(io_list(k->io, k->dir, add_size, &sizes, NULL));
    return sizes.total;
}
