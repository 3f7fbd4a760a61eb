#include "testing.h"

#include <sys/stat.h>
#include <unistd.h>

#include "keyrepo/keyrepo.h"
#include "pki.h"
#include "program.h"

static struct pki root;
static struct io *io;
static char folder[64];
static const struct secret password = {9, "correct1!"}, other = {6, "other1"};

static const char *
at(const char *name)
{
    static char path[4][128];
    static unsigned i;

    i = (i + 1) % 4;
    snprintf(path[i], sizeof(path[i]), "%s/%s", folder, name);
    return path[i];
}

static int
setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/grove-keyrepo-XXXXXX");
    io = io_uv_new();
    root = pki_ca("CN=Root,O=Lab", NULL);
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    struct failure f;
    (void)state;
    pki_free(&root);
    int failed = io_remove_tree(io, folder, &f) != RC_OK;
    io_free(io);
    return failed;
}

static struct keyrepo *
with_request(const char *label)
{
    struct keyrepo *kr = keyrepo_new();

    assert_int_equal(keyrepo_add_signer(kr, "root", root.cert, NULL, NULL), RC_OK);
    assert_int_equal(keyrepo_request(kr, label, NULL, "p256", "CN=ASH", NULL, NULL), RC_OK);
    return kr;
}

static void
save(const char *path, const struct secret *pw, const struct keyrepo *kr)
{
    struct failure f = {0};

    if (keyrepo_save(io, path, pw, kr, &f) != RC_OK)
        fail_msg("%s; %s", f.text, f.cause);
}

static struct keyrepo *
load(const char *path, const struct secret *pw)
{
    struct keyrepo *kr = NULL;
    struct failure f = {0};

    if (keyrepo_load(io, path, pw, &kr, &f) != RC_OK)
        fail_msg("%s; %s", f.text, f.cause);
    return kr;
}

static bool
private_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & 0777) == 0600;
}

static void
saves_and_loads(void **state)
{
    struct keyrepo *kr = with_request("one");
    struct failure f = {0};
    struct keyrepo *back = NULL;
    AUTO_SECRET stashed = {0};
    (void)state;

    save(at("key.p12"), &password, kr);
    assert_int_equal(stash_save(io, at("key.p12"), &password, &f), RC_OK);
    assert_true(private_file(at("key.p12")));
    assert_true(private_file(at("key.p12.requests")));
    assert_true(private_file(at("key.sth")));
    assert_false(io_exists(io, at("key.p12.1")));
    assert_false(io_exists(io, at("key.p12.new")));

    /* SSLKEYR names the stem. */
    assert_int_equal(keyrepo_load_stashed(io, at("key"), &back, &stashed, &f), RC_OK);
    assert_true(secret_equal(&stashed, &password));
    assert_int_equal(back->n, 2);
    assert_int_equal(keyrepo_find(back, "one")->kind, KEYREPO_REQUEST);

    /* Twice more from the same object: the second has nothing to write. */
    keyrepo_drop(back, keyrepo_find(back, "root"));
    save(at("key"), &password, back);
    assert_true(io_exists(io, at("key.p12.1")));
    save(at("key"), &password, back);
    keyrepo_free(back);
    back = load(at("key.p12.1"), &password);
    assert_int_equal(back->n, 1); /* the generation before it, with its signer */
    keyrepo_free(back);
    keyrepo_free(kr);
}

static void
never_overwrites_what_it_can_not_open(void **state)
{
    struct keyrepo *kr = with_request("one"), *fresh = with_request("two");
    struct failure f = {0};
    (void)state;

    save(at("a.p12"), &password, kr);
    assert_int_equal(keyrepo_save(io, at("a.p12"), &other, fresh, &f), RC_DENIED);
    assert_string_equal(f.id, "AMQ9660E");
    assert_int_equal(io_save(io, at("b.p12"), span_str("something else"), &f), RC_OK);
    assert_int_equal(keyrepo_save(io, at("b.p12"), &password, fresh, &f), RC_MALFORMED);
    assert_non_null(strstr(f.cause, "never overwritten"));
    /* The same password opens it: replaced, and kept as a generation. */
    save(at("a.p12"), &password, fresh);
    keyrepo_free(kr);
    kr = load(at("a.p12"), &password);
    assert_non_null(keyrepo_find(kr, "two"));
    keyrepo_free(kr);
    kr = load(at("a.p12.requests.1"), &password);
    assert_non_null(keyrepo_find(kr, "one"));
    keyrepo_free(kr);
    keyrepo_free(fresh);
}

static void
changes_the_password(void **state)
{
    struct keyrepo *kr = with_request("one");
    (void)state;

    save(at("pw.p12"), &password, kr);
    keyrepo_free(kr);
    kr = load(at("pw.p12"), &password);
    save(at("pw.p12"), &other, kr);
    keyrepo_free(kr);
    kr = load(at("pw.p12"), &other);
    assert_int_equal(kr->n, 2);
    keyrepo_free(kr);
}

static void
notices_another_writer(void **state)
{
    struct keyrepo *kr = with_request("one");
    struct failure f = {0};
    (void)state;

    save(at("busy.p12"), &password, kr);
    struct keyrepo *a = load(at("busy.p12"), &password), *b = load(at("busy.p12"), &password);
    keyrepo_drop(a, keyrepo_find(a, "root"));
    save(at("busy.p12"), &password, a);
    assert_int_equal(keyrepo_save(io, at("busy.p12"), &password, b, &f), RC_BUSY);
    keyrepo_free(a);
    keyrepo_free(b);
    keyrepo_free(kr);
}

/* The process died after the certificate was saved and before the request was taken away. */
static void
forgets_an_answered_request(void **state)
{
    struct keyrepo *kr = with_request("one");
    struct failure f = {0};
    AUTO_BUF requests = buf_new(65536, ORDER_BIG);
    AUTO_BUF file = buf_new(65536, ORDER_BIG);
    char label[KEYREPO_LABEL_MAX + 1];
    (void)state;

    save(at("crash.p12"), &password, kr);
    assert_int_equal(io_load(io, at("crash.p12.requests"), 65536, &requests, &f), RC_OK);
    struct keyrepo_entry *e = keyrepo_find(kr, "one");
    struct pki named = pki_new("CN=ASH", &root, &(struct pki_options){0});
    struct pki leaf = pki_again(&(struct pki){e->key, named.cert}, &root, &(struct pki_options){0});
    pki_der(leaf.cert, &file);
    assert_int_equal(keyrepo_receive(kr, buf_span(&file), PKI_NOW, label, &f), RC_OK);
    assert_string_equal(label, "one");
    save(at("crash.p12"), &password, kr);
    keyrepo_free(kr);
    assert_int_equal(io_save(io, at("crash.p12.requests"), buf_span(&requests), &f), RC_OK);
    kr = load(at("crash.p12"), &password);
    assert_int_equal(kr->n, 2);
    assert_non_null(keyrepo_find_personal(kr, "one"));
    keyrepo_free(kr);
    pki_free(&named);
    pki_free(&leaf);
}

static void
explains_what_is_missing(void **state)
{
    struct keyrepo *kr = with_request("one"), *none = NULL;
    struct failure f = {0};
    (void)state;

    assert_int_equal(keyrepo_load(io, at("absent"), &password, &none, &f), RC_NOT_FOUND);
    assert_non_null(strstr(f.text, "GSKit 202"));
    save(at("s.p12"), &password, kr);
    assert_int_equal(keyrepo_load_stashed(io, at("s.p12"), &none, NULL, &f), RC_NOT_FOUND);
    assert_non_null(strstr(f.text, "no stash file"));
    assert_int_equal(stash_save(io, at("s.p12"), &other, &f), RC_OK);
    assert_int_equal(keyrepo_load_stashed(io, at("s.p12"), &none, NULL, &f), RC_DENIED);
    assert_non_null(strstr(f.cause, "stale"));
    assert_int_equal(io_save(io, at("s.sth"), span_str("short"), &f), RC_OK);
    assert_int_equal(keyrepo_load_stashed(io, at("s.p12"), &none, NULL, &f), RC_MALFORMED);
    assert_null(none);
    keyrepo_free(kr);
}

/* openssl: a key without a certificate.  Writing the file again would lose the key. */
static void
refuses_to_lose_foreign_content(void **state)
{
    static char out[4096];
    char command[512];
    struct failure f = {0};
    (void)state;

    if (!program_there("openssl"))
        skip();
    snprintf(command, sizeof(command),
        "cd %s && openssl genpkey -algorithm RSA -out k.pem -quiet 2>/dev/null && openssl pkcs12 "
        "-export -nocerts -inkey k.pem -out foreign.p12 -passout pass:correct1!",
        folder);
    assert_int_equal(
        program_run((const char *const[]){"sh", "-c", command, NULL}, out, sizeof(out)), 0);
    struct keyrepo *kr = load(at("foreign.p12"), &password);
    assert_int_equal(kr->n, 0);
    assert_int_equal(keyrepo_save(io, at("foreign.p12"), &password, kr, &f), RC_UNSUPPORTED);
    assert_non_null(strstr(f.text, "1 private keys"));
    keyrepo_free(kr);
}

static void
stashes_round_trip(void **state)
{
    static const size_t lengths[] = {1, 8, 127, 128};
    AUTO_BUF file = buf_new(1024, ORDER_BIG);
    struct failure f;
    (void)state;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char bytes[SECRET_MAX];
        AUTO_SECRET in = {0}, out = {0};
        memset(bytes, 0xa7, sizeof(bytes));
        assert_true(secret_set(&in, bytes, lengths[i]));
        buf_clear(&file);
        assert_int_equal(stash_encode(io, &in, &file, &f), RC_OK);
        assert_int_equal(file.n, 193);
        assert_int_equal(stash_decode(buf_span(&file), &out, &f), RC_OK);
        assert_true(secret_equal(&in, &out));
        file.p[40] ^= 1;
        assert_int_equal(stash_decode(buf_span(&file), &out, &f), RC_CORRUPT);
    }
    AUTO_SECRET none = {0};
    assert_int_equal(stash_encode(io, &none, &file, &f), RC_INVALID);

    /* Version 1: the bytes of the password, XOR 0xF5. */
    uint8_t old[129];
    memset(old, 'x' ^ 0xf5, sizeof(old));
    old[3] = 0xf5;
    assert_int_equal(stash_decode(span_of(old, sizeof(old)), &none, &f), RC_OK);
    assert_string_equal(none.bytes, "xxx");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saves_and_loads),
        cmocka_unit_test(never_overwrites_what_it_can_not_open),
        cmocka_unit_test(changes_the_password),
        cmocka_unit_test(notices_another_writer),
        cmocka_unit_test(forgets_an_answered_request),
        cmocka_unit_test(explains_what_is_missing),
        cmocka_unit_test(refuses_to_lose_foreign_content),
        cmocka_unit_test(stashes_round_trip),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
