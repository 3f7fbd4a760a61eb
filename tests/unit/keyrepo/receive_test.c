#include "testing.h"

#include "keyrepo/keyrepo.h"
#include "pki.h"

#define DAY INT64_C(86400)

static struct pki root, inter, stranger;

static int
make_pki(void **state)
{
    (void)state;
    root = pki_ca("CN=Root,O=Lab", NULL);
    inter = pki_ca("CN=Inter,O=Lab", &root);
    stranger = pki_new("CN=ASH,O=Lab", &inter, &(struct pki_options){0});
    return 0;
}

static int
free_pki(void **state)
{
    (void)state;
    pki_free(&stranger);
    pki_free(&inter);
    pki_free(&root);
    return 0;
}

/* What the CA answers: a certificate for the pending request's key. */
static struct pki
answer_to(const struct keyrepo *kr, const struct pki_options *o)
{
    struct pki shape = {keyrepo_find(kr, "ash")->key, stranger.cert};
    return pki_again(&shape, &inter, o);
}

enum holds { LEAF, LEAF_AND_INTER, STRANGER, CA_ONLY, REQUEST };

static void
fill(struct buf *file, enum holds what, const struct pki *leaf, struct keyrepo *kr)
{
    if (what == REQUEST)
        assert_int_equal(request_print(keyrepo_find(kr, "ash")->req, file, NULL), RC_OK);
    if (what == LEAF || what == LEAF_AND_INTER)
        assert_int_equal(cert_print(leaf->cert, file, NULL), RC_OK);
    if (what == LEAF_AND_INTER || what == CA_ONLY)
        assert_int_equal(cert_print(inter.cert, file, NULL), RC_OK);
    if (what == STRANGER)
        assert_int_equal(cert_print(stranger.cert, file, NULL), RC_OK);
}

static void
receives_or_says_why_not(void **state)
{
    static const struct {
        enum holds what;
        bool root, inter; /* signers that are there already */
        struct pki_options options;
        enum rc rc;
        const char *id, *text, *cause, *fix;
    } cases[] = {
        {LEAF, true, true, {0}, RC_OK, "", "", "", ""},
        {LEAF_AND_INTER, true, true, {0}, RC_OK, "", "", "", ""},
        {LEAF, true, false, {0}, RC_REFUSED, "CTGSK2146W", "signer CN=Inter,O=Lab, key id ",
            "up to the root", "from the CA"},
        {LEAF_AND_INTER, true, false, {0}, RC_REFUSED, "CTGSK2146W", "CN=Inter,O=Lab, key id ", "",
            "The file holds it"},
        {LEAF, false, true, {0}, RC_REFUSED, "CTGSK2146W", "signer CN=Root,O=Lab, key id ",
            "CN=Inter,O=Lab: ", ""},
        {LEAF, true, true, {.from = PKI_NOW - 9 * DAY, .to = PKI_NOW - DAY}, RC_INVALID,
            "CTGSK2043W", "it expired on 2027-01-14", "", "the CA again"},
        {LEAF, true, true, {.from = PKI_NOW + DAY, .to = PKI_NOW + 9 * DAY}, RC_INVALID,
            "CTGSK2043W", "not valid before 2027-01-16", "", "clock"},
        {STRANGER, true, true, {0}, RC_NOT_FOUND, "CTGSK2109W",
            "no pending request has the key of "
            "CN=ASH,O=Lab (key id ",
            "made again", ""},
        {CA_ONLY, true, true, {0}, RC_NOT_FOUND, "CTGSK2109W", "CN=Inter,O=Lab", "only a CA",
            "-cert -add"},
        {REQUEST, true, true, {0}, RC_MALFORMED, "", "is a certificate request", "", ""},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct keyrepo *kr = keyrepo_new();
        AUTO_BUF file = buf_new(65536, ORDER_BIG);
        struct failure f = {0};
        char label[KEYREPO_LABEL_MAX + 1] = "";
        if (cases[i].root)
            assert_int_equal(keyrepo_add_signer(kr, "r", root.cert, NULL, NULL), RC_OK);
        if (cases[i].inter)
            assert_int_equal(keyrepo_add_signer(kr, "i", inter.cert, NULL, NULL), RC_OK);
        assert_int_equal(keyrepo_request(kr, "ash", NULL, "p256", "CN=ASH,O=Lab", NULL, &f), RC_OK);
        struct pki leaf = answer_to(kr, &cases[i].options);
        fill(&file, cases[i].what, &leaf, kr);
        enum rc rc = keyrepo_receive(kr, buf_span(&file), PKI_NOW, label, &f);
        if (rc != cases[i].rc || strcmp(f.id, cases[i].id) != 0 ||
            strstr(f.text, cases[i].text) == NULL || strstr(f.cause, cases[i].cause) == NULL ||
            strstr(f.fix, cases[i].fix) == NULL)
            fail_msg("case %zu: %s %s; %s; %s", i, f.id, f.text, f.cause, f.fix);
        assert_string_equal(label, rc == RC_OK ? "ash" : "");
        assert_int_equal(
            keyrepo_find(kr, "ash")->kind, rc == RC_OK ? KEYREPO_PERSONAL : KEYREPO_REQUEST);
        if (rc == RC_OK) { /* the same file once more */
            assert_int_equal(
                keyrepo_receive(kr, buf_span(&file), PKI_NOW, label, &f), RC_NOT_FOUND);
            assert_non_null(strstr(f.cause, "already, under the label ash"));
        }
        pki_free(&leaf);
        keyrepo_free(kr);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receives_or_says_why_not),
    };
    return cmocka_run_group_tests(tests, make_pki, free_pki);
}
