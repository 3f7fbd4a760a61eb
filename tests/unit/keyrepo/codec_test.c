#include "testing.h"

#include <unistd.h>

#include <openssl/err.h>

#include "keyrepo/codec.h"
#include "pki.h"
#include "program.h"

static struct pki root, inter, ash, birch;
static const struct secret password = {9, "correct1!"}, wrong = {5, "wrong"};

static int
make_pki(void **state)
{
    (void)state;
    root = pki_ca("CN=Root,O=Lab", NULL);
    inter = pki_ca("CN=Inter,O=Lab", &root);
    ash = pki_new("CN=ASH,O=Lab", &inter, &(struct pki_options){0});
    birch = pki_new("CN=BIRCH,O=Lab", &inter, &(struct pki_options){0});
    return 0;
}

static int
free_pki(void **state)
{
    (void)state;
    pki_free(&ash);
    pki_free(&birch);
    pki_free(&inter);
    pki_free(&root);
    return 0;
}

static void
add_personal(struct keyrepo *kr, const char *label, const struct pki *p)
{
    struct keyrepo_entry e = {.kind = KEYREPO_PERSONAL, .cert = p->cert, .key = p->key};

    snprintf(e.label, sizeof(e.label), "%s", label);
    X509_up_ref(p->cert);
    EVP_PKEY_up_ref(p->key);
    assert_int_equal(keyrepo_add_take(kr, &e, NULL), RC_OK);
}

/* Two signers, two personal certificates, one pending request. */
static struct keyrepo *
sample(void)
{
    struct keyrepo *kr = keyrepo_new();
    bool added = false;

    assert_int_equal(keyrepo_add_signer(kr, NULL, root.cert, &added, NULL), RC_OK);
    assert_true(added);
    assert_int_equal(keyrepo_add_signer(kr, "Lab \"ica\", 1", inter.cert, &added, NULL), RC_OK);
    assert_int_equal(keyrepo_add_signer(kr, "again", inter.cert, &added, NULL), RC_OK);
    assert_false(added);
    add_personal(kr, "ibmwebspheremqash", &ash);
    add_personal(kr, "ibmwebspheremqbirch", &birch);
    assert_int_equal(keyrepo_request(kr, "next", NULL, "p256", "CN=OAK", NULL, NULL), RC_OK);
    assert_int_equal(keyrepo_request(kr, "next", NULL, "p256", "CN=OAK", NULL, NULL), RC_EXISTS);
    return kr;
}

static struct keyrepo *
decode(struct span file, const struct secret *pw, enum rc want, struct failure *f)
{
    struct keyrepo *kr = keyrepo_new();
    struct keyrepo_foreign foreign = {0};
    enum rc rc = keyrepo_decode(file, pw, kr, &foreign, f);

    if (rc != want)
        fail_msg("%s, %s", rc_text(rc), f->text);
    assert_int_equal(ERR_peek_error(), 0);
    return kr;
}

static void
round_trip(void **state)
{
    struct keyrepo *kr = sample();
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct failure f = {0};
    (void)state;

    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &password, &file, &f), RC_OK);
    struct keyrepo *back = decode(buf_span(&file), &password, RC_OK, &f);
    assert_int_equal(back->n, 4);
    assert_non_null(keyrepo_find(back, "CN=Root,O=Lab"));
    assert_int_equal(keyrepo_find(back, "Lab \"ica\", 1")->kind, KEYREPO_SIGNER);
    assert_null(keyrepo_find(back, "next"));
    struct keyrepo_entry *e = keyrepo_find_personal(back, "ibmwebspheremqash");
    assert_true(cert_matches_key(e->cert, ash.key));
    assert_int_equal(EVP_PKEY_eq(e->key, ash.key), 1);
    assert_false(e->is_default); /* there are two */
    assert_null(keyrepo_find_personal(back, "IBMWEBSPHEREMQASH"));
    assert_null(keyrepo_find_personal(back, "CN=Root,O=Lab"));
    AUTO(X509_STACK) *signers = keyrepo_signers(back);
    assert_int_equal(sk_X509_num(signers), 2);
    keyrepo_free(back);

    buf_clear(&file);
    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_REQUESTS, &password, &file, &f), RC_OK);
    back = decode(buf_span(&file), &password, RC_OK, &f);
    assert_int_equal(back->n, 1);
    e = keyrepo_find(back, "next");
    assert_int_equal(e->kind, KEYREPO_REQUEST);
    assert_int_equal(EVP_PKEY_eq(e->key, keyrepo_find(kr, "next")->key), 1);
    assert_int_equal(X509_REQ_verify(e->req, e->key), 1);
    keyrepo_free(back);
    keyrepo_free(kr);
}

static void
empty_repository(void **state)
{
    struct keyrepo *kr = keyrepo_new();
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct failure f = {0};
    (void)state;

    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &password, &file, &f), RC_OK);
    struct keyrepo *back = decode(buf_span(&file), &password, RC_OK, &f);
    assert_int_equal(back->n, 0);
    keyrepo_free(back);
    keyrepo_free(kr);
}

static void
tells_wrong_password_from_damage(void **state)
{
    struct keyrepo *kr = sample();
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    struct failure f = {0};
    (void)state;

    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &password, &file, &f), RC_OK);
    keyrepo_free(kr);
    keyrepo_free(decode(buf_span(&file), &wrong, RC_DENIED, &f));
    assert_non_null(strstr(f.text, "password does not open"));
    keyrepo_free(decode(span_of(file.p, file.n - 1), &password, RC_CORRUPT, &f));
    assert_non_null(strstr(f.text, "not complete"));
    file.p[file.n - 20] ^= 1; /* in the MAC */
    keyrepo_free(decode(buf_span(&file), &password, RC_CORRUPT, &f));
    assert_non_null(strstr(f.text, "password is right"));
    keyrepo_free(decode(span_str("7H\x06\x02 and so on"), &password, RC_UNSUPPORTED, &f));
    assert_non_null(strstr(f.text, "CMS"));
    keyrepo_free(decode(span_str("\xfe\xed\xfe\xed"), &password, RC_UNSUPPORTED, &f));
    keyrepo_free(decode(span_str("-----BEGIN X"), &password, RC_UNSUPPORTED, &f));
    keyrepo_free(decode(span_str("nothing"), &password, RC_MALFORMED, &f));
    keyrepo_free(decode(span_str(""), &password, RC_MALFORMED, &f));
}

static void
refuses_what_it_can_not_store(void **state)
{
    struct keyrepo *kr = keyrepo_new();
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    static const struct secret umlaut = {3, "\xc3\xbcx"}, none = {0, ""};
    struct failure f = {0};
    (void)state;

    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &umlaut, &file, &f), RC_INVALID);
    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &none, &file, &f), RC_INVALID);
    assert_int_equal(keyrepo_add_signer(kr, "r", root.cert, NULL, &f), RC_OK);
    kr->entries[0].trusted = false;
    assert_int_equal(
        keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &password, &file, &f), RC_UNSUPPORTED);
    assert_int_equal(file.n, 0);
    keyrepo_free(kr);
}

/* ---- OpenSSL's command and keytool ---- */

static char folder[] = "/tmp/grove-codec-XXXXXX";

static const char *
in_folder(const char *name)
{
    static char path[4][128];
    static unsigned at;

    at = (at + 1) % 4;
    snprintf(path[at], sizeof(path[at]), "%s/%s", folder, name);
    return path[at];
}

static void
put_file(const char *path, struct span bytes)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    fclose(out);
}

static bool
get_file(const char *path, struct buf *to)
{
    unsigned char bytes[65536];
    FILE *in = fopen(path, "rb");

    if (in == NULL)
        return false;
    buf_put(to, bytes, fread(bytes, 1, sizeof(bytes), in));
    fclose(in);
    return true;
}

static void
openssl_reads_what_is_written(void **state)
{
    struct keyrepo *kr = sample();
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    static char out[65536];
    (void)state;

    if (!program_there("openssl"))
        skip();
    assert_int_equal(keyrepo_encode(kr, KEYREPO_PART_CERTIFICATES, &password, &file, NULL), RC_OK);
    keyrepo_free(kr);
    put_file(in_folder("ours.p12"), buf_span(&file));
    const char *const argv[] = {"openssl", "pkcs12", "-in", in_folder("ours.p12"), "-passin",
        "pass:correct1!", "-nodes", "-info", NULL};
    assert_int_equal(program_run(argv, out, sizeof(out)), 0);
    const char *const want[] = {"friendlyName: ibmwebspheremqash", "friendlyName: CN=Root,O=Lab",
        "MAC: sha256, Iteration 1024",
        "PBES2, PBKDF2, AES-256-CBC, Iteration 1024, PRF hmacWithSHA256", "BEGIN PRIVATE KEY",
        "2.16.840.1.113894.746875.1.1: "};
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
        if (strstr(out, want[i]) == NULL)
            fail_msg("%s is missing in %s", want[i], out);
    unlink(in_folder("ours.p12"));
}

static void
reads_what_openssl_writes(void **state)
{
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    static char out[65536];
    struct failure f = {0};
    (void)state;

    if (!program_there("openssl"))
        skip();
    const char *const make[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-keyout", in_folder("k.pem"), "-out",
        in_folder("c.pem"), "-subj", "/C=GB/O=Lab/CN=OAK", "-days", "2", NULL};
    assert_int_equal(program_run(make, out, sizeof(out)), 0);
    /* AES-256 as OpenSSL 3 does it, and the triple DES of older tools. */
    const char *const ways[] = {"", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1"};
    for (size_t i = 0; i < 2; i++) {
        char command[1024];
        snprintf(command, sizeof(command),
            "cd %s && openssl pkcs12 -export -inkey k.pem -in c.pem -name oak %s -out o.p12 "
            "-passout pass:correct1!",
            folder, ways[i]);
        assert_int_equal(
            program_run((const char *const[]){"sh", "-c", command, NULL}, out, sizeof(out)), 0);
        buf_clear(&file);
        assert_true(get_file(in_folder("o.p12"), &file));
        struct keyrepo *kr = decode(buf_span(&file), &password, RC_OK, &f);
        assert_int_equal(kr->n, 1);
        assert_true(keyrepo_find_personal(kr, "oak")->is_default);
        keyrepo_free(kr);
        keyrepo_free(decode(buf_span(&file), &wrong, RC_DENIED, &f));
    }
    unlink(in_folder("o.p12"));
    unlink(in_folder("k.pem"));
    unlink(in_folder("c.pem"));
}

static void
read_sample(const char *samples, const char *name, size_t n, const char *label)
{
    char path[2048];
    AUTO_BUF file = buf_new(KEYREPO_FILE_MAX, ORDER_BIG);
    AUTO_BUF stash = buf_new(1024, ORDER_BIG);
    AUTO_SECRET pw = {0};
    struct failure f = {0};

    snprintf(path, sizeof(path), "%s/%s.sth", samples, name);
    *strrchr(path, '.') = '\0';
    assert_true(get_file(path, &file));
    snprintf(strrchr(path, '.'), 5, ".sth");
    assert_true(get_file(path, &stash));
    assert_int_equal(stash_decode(buf_span(&stash), &pw, &f), RC_OK);
    struct keyrepo *kr = decode(buf_span(&file), &pw, RC_OK, &f);
    assert_int_equal(kr->n, n);
    assert_non_null(keyrepo_find(kr, label));
    keyrepo_free(kr);
}

/* Files that GSKit and older tools wrote (RC2, triple DES), with their stashes. */
static void
reads_samples(void **state)
{
    const char *samples = samples_folder();
    (void)state;

    if (samples == NULL) {
        print_message("no folder of samples: set GROVE_SHARED\n");
        skip();
    }
    read_sample(samples, "ibm-messaging+mq-dev-patterns/showcase/clientkey.kdb", 2,
        "CN=R3,O=Let's Encrypt,C=US");
    read_sample(samples, "ibm-messaging+mq-helm/server.p12", 1, "OU=ibm mq,CN=mq queuemanager");
    read_sample(
        samples, "ibm-messaging+mq-helm/application.p12", 1, "OU=app team1,CN=application1");
}

static void
labels(void **state)
{
    char label[KEYREPO_LABEL_MAX + 1];
    (void)state;

    keyrepo_label_for("", "ASH", label);
    assert_string_equal(label, "ibmwebspheremqash");
    keyrepo_label_for("   ", "ASH.1", label);
    assert_string_equal(label, "ibmwebspheremqash.1");
    keyrepo_label_for("My Label", "ASH", label);
    assert_string_equal(label, "My Label");
}

static int
setup(void **state)
{
    return mkdtemp(folder) == NULL ? -1 : make_pki(state);
}

static int
teardown(void **state)
{
    rmdir(folder);
    return free_pki(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(empty_repository),
        cmocka_unit_test(tells_wrong_password_from_damage),
        cmocka_unit_test(refuses_what_it_can_not_store),
        cmocka_unit_test(openssl_reads_what_is_written),
        cmocka_unit_test(reads_what_openssl_writes),
        cmocka_unit_test(reads_samples),
        cmocka_unit_test(labels),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
