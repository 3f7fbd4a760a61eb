#include "testing.h"

#include "io/sim.h"
#include "keyrepo/keyrepo.h"
#include "pki.h"

/* The n-th write or sync of a save fails, then the power does: whatever the disk kept, the
 * repository opens and the private key is in it, as a request or with its certificate. */

#define SEEDS 6
#define STEPS 8

static const struct secret password = {9, "correct1!"}, other = {6, "other1"};
static struct pki root;
static EVP_PKEY *key;
static X509 *answer;

static int
setup(void **state)
{
    (void)state;
    root = pki_ca("CN=Root,O=Lab", NULL);
    struct pki named = pki_new("CN=ASH", &root, &(struct pki_options){0});
    key = named.key;
    answer = named.cert;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    pki_free(&root);
    EVP_PKEY_free(key);
    X509_free(answer);
    return 0;
}

static struct keyrepo *
asked(struct io *io)
{
    struct keyrepo *kr = keyrepo_new();
    struct failure f = {0};

    EVP_PKEY_up_ref(key);
    assert_int_equal(io_mkdir(io, "/r", &f), RC_OK);
    assert_int_equal(keyrepo_add_signer(kr, "root", root.cert, NULL, &f), RC_OK);
    assert_int_equal(keyrepo_request(kr, "ash", key, NULL, "CN=ASH", NULL, &f), RC_OK);
    assert_int_equal(keyrepo_save(io, "/r/key.p12", &password, kr, &f), RC_OK);
    return kr;
}

static void
receive(struct keyrepo *kr)
{
    AUTO_BUF pem = buf_new(65536, ORDER_BIG);
    char label[KEYREPO_LABEL_MAX + 1];
    struct failure f = {0};

    assert_int_equal(cert_print(answer, &pem, &f), RC_OK);
    assert_int_equal(keyrepo_receive(kr, buf_span(&pem), PKI_NOW, label, &f), RC_OK);
}

static void
check_after(struct io *io, bool saved)
{
    struct keyrepo *kr = NULL;
    struct failure f = {0};

    if (keyrepo_load(io, "/r/key.p12", &password, &kr, &f) != RC_OK)
        fail_msg("%s; %s", f.text, f.cause);
    assert_int_equal(kr->n, 2);
    const struct keyrepo_entry *e = keyrepo_find(kr, "ash");
    assert_non_null(e);
    assert_int_equal(EVP_PKEY_eq(e->key, key), 1);
    if (saved)
        assert_int_equal(e->kind, KEYREPO_PERSONAL);
    /* And it can be saved again, over whatever was left. */
    if (e->kind == KEYREPO_REQUEST)
        receive(kr);
    if (keyrepo_save(io, "/r/key.p12", &password, kr, &f) != RC_OK)
        fail_msg("%s; %s", f.text, f.cause);
    keyrepo_free(kr);
}

static void
one_crash(uint64_t seed, int32_t step, bool write)
{
    struct sim *sim = sim_new(seed);
    struct io *io = sim_node(sim, "ASH");
    struct keyrepo *kr = asked(io);
    struct failure f = {0};

    receive(kr);
    *(write ? &sim_faults(io)->fail_write : &sim_faults(io)->fail_sync) = step;
    enum rc rc = keyrepo_save(io, "/r/key.p12", &password, kr, &f);
    assert_true(rc == RC_OK || rc == RC_IO);
    sim_faults(io)->fail_write = sim_faults(io)->fail_sync = -1;
    keyrepo_free(kr);
    sim_crash(io);
    check_after(io, rc == RC_OK);
    sim_free(sim);
}

static void
no_crash_loses_a_key(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t step = 0; step < STEPS; step++) {
            one_crash(seed, step, true);
            one_crash(seed, step, false);
        }
}

/* Without a crash a failed save changes nothing, and the same object saves once the disk is well.
 */
static void
a_failed_save_can_be_repeated(void **state)
{
    (void)state;
    for (int32_t step = 0; step < STEPS; step++) {
        struct sim *sim = sim_new(9);
        struct io *io = sim_node(sim, "ASH");
        struct keyrepo *kr = asked(io);
        struct failure f = {0};
        receive(kr);
        sim_faults(io)->fail_write = step;
        enum rc rc = keyrepo_save(io, "/r/key.p12", &password, kr, &f);
        sim_faults(io)->fail_write = -1;
        assert_false(io_exists(io, "/r/key.p12.new"));
        if (rc != RC_OK)
            assert_int_equal(keyrepo_save(io, "/r/key.p12", &password, kr, &f), RC_OK);
        keyrepo_free(kr);
        check_after(io, true);
        sim_free(sim);
    }
}

/* A change of password rewrites both files; a crash between them must not lock the requests away.
 */
static void
a_crash_while_the_password_changes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t step = 0; step < STEPS; step++) {
            struct sim *sim = sim_new(seed);
            struct io *io = sim_node(sim, "ASH");
            struct keyrepo *kr = asked(io), *back = NULL;
            struct failure f = {0};
            sim_faults(io)->fail_write = step;
            (void)!keyrepo_save(io, "/r/key.p12", &other, kr, &f);
            sim_faults(io)->fail_write = -1;
            keyrepo_free(kr);
            sim_crash(io);
            if (keyrepo_load(io, "/r/key.p12", &password, &back, &f) != RC_OK &&
                keyrepo_load(io, "/r/key.p12", &other, &back, &f) != RC_OK)
                fail_msg("%s; %s", f.text, f.cause);
            assert_non_null(keyrepo_find(back, "ash"));
            assert_int_equal(keyrepo_save(io, "/r/key.p12", &password, back, &f), RC_OK);
            keyrepo_free(back);
            assert_int_equal(keyrepo_load(io, "/r/key.p12", &password, &back, &f), RC_OK);
            assert_non_null(keyrepo_find(back, "ash"));
            keyrepo_free(back);
            sim_free(sim);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_crash_loses_a_key),
        cmocka_unit_test(a_failed_save_can_be_repeated),
        cmocka_unit_test(a_crash_while_the_password_changes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
