#include "testing.h"

#include <openssl/x509_vfy.h>

#include "pki.h"

#define DAY INT64_C(86400)

/* One small PKI for all cases. */
static struct pki root, inter, other, server, client, both, plain, expired, early, by_leaf, weak,
    no_server_use;

static struct pki
leaf(const char *dn, const char *usage, const char *ext_usage)
{
    return pki_new(dn, &inter, &(struct pki_options){.usage = usage, .ext_usage = ext_usage});
}

static int
make_pki(void **state)
{
    (void)state;
    root = pki_ca("CN=Root,O=Lab", NULL);
    inter = pki_ca("CN=Inter,O=Lab", &root);
    other = pki_ca("CN=Inter,O=Lab", &root); /* same name, other key */
    server = leaf("CN=S", "digitalSignature", "serverAuth");
    client = leaf("CN=C", "digitalSignature", "clientAuth");
    both = leaf("CN=B", "digitalSignature,keyEncipherment", "serverAuth,clientAuth");
    plain = leaf("CN=P", NULL, NULL);
    weak = leaf("CN=W", "keyEncipherment", NULL);
    no_server_use = leaf("CN=N", "dataEncipherment", NULL);
    expired = pki_new(
        "CN=X", &inter, &(struct pki_options){.from = PKI_NOW - 9 * DAY, .to = PKI_NOW - DAY});
    early = pki_new(
        "CN=Y", &inter, &(struct pki_options){.from = PKI_NOW + DAY, .to = PKI_NOW + 9 * DAY});
    by_leaf = pki_new("CN=Z", &plain, &(struct pki_options){0});
    return 0;
}

static int
free_pki(void **state)
{
    struct pki *all[] = {&root, &inter, &other, &server, &client, &both, &plain, &expired, &early,
        &by_leaf, &weak, &no_server_use};
    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        pki_free(all[i]);
    return 0;
}

static void
verdicts(void **state)
{
    const struct {
        const char *name;
        struct pki *leaf, *other, *trusted[2];
        enum cert_role role;
        bool strict;
        int code, depth;
        bool warns;
        const char *reason; /* part of it */
    } cases[] = {
        {"whole chain", &plain, NULL, {&root, &inter}, CERT_ROLE_ANY, true, 0, 0, false, ""},
        {"intermediate sent", &plain, &inter, {&root}, CERT_ROLE_SERVER, true, 0, 0, false, ""},
        {"no intermediate", &plain, NULL, {&root}, CERT_ROLE_ANY, true,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0, false, "issuer is not among"},
        {"partial chain", &plain, NULL, {&inter}, CERT_ROLE_ANY, true,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, 1, false, "issuer is not among"},
        {"root sent, not trusted", &plain, &inter, {&other}, CERT_ROLE_ANY, true,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1, false, "issuer is not among"},
        {"other key of that name", &plain, NULL, {&root, &other}, CERT_ROLE_ANY, true,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0, false, "another key"},
        {"self-signed", &root, NULL, {&other}, CERT_ROLE_ANY, true,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 0, false, "self-signed"},
        {"expired", &expired, NULL, {&root, &inter}, CERT_ROLE_ANY, true,
            X509_V_ERR_CERT_HAS_EXPIRED, 0, false, "expired on 2027-01-14 at 08:00:00"},
        {"not yet", &early, NULL, {&root, &inter}, CERT_ROLE_ANY, true,
            X509_V_ERR_CERT_NOT_YET_VALID, 0, false, "not valid before 2027-01-16"},
        {"signed by a leaf", &by_leaf, &plain, {&root, &inter}, CERT_ROLE_ANY, true,
            X509_V_ERR_INVALID_CA, 1, false, "without being a CA"},
        {"server", &server, NULL, {&root, &inter}, CERT_ROLE_SERVER, true, 0, 0, false, ""},
        {"client", &client, NULL, {&root, &inter}, CERT_ROLE_CLIENT, true, 0, 0, false, ""},
        {"both", &both, NULL, {&root, &inter}, CERT_ROLE_CLIENT, true, 0, 0, false, ""},
        {"server as client", &server, NULL, {&root, &inter}, CERT_ROLE_CLIENT, true,
            X509_V_ERR_INVALID_PURPOSE, 0, false, "lacks clientAuth"},
        {"server as client, lax", &server, NULL, {&root, &inter}, CERT_ROLE_CLIENT, false, 0, 0,
            true, ""},
        {"client as server", &client, NULL, {&root, &inter}, CERT_ROLE_SERVER, true,
            X509_V_ERR_INVALID_PURPOSE, 0, false, "lacks serverAuth"},
        {"client as server, lax", &client, NULL, {&root, &inter}, CERT_ROLE_SERVER, false, 0, 0,
            true, ""},
        {"client must sign", &weak, NULL, {&root, &inter}, CERT_ROLE_CLIENT, false,
            X509_V_ERR_INVALID_PURPOSE, 0, false, "digitalSignature"},
        {"server may encipher", &weak, NULL, {&root, &inter}, CERT_ROLE_SERVER, true, 0, 0, false,
            ""},
        {"server use", &no_server_use, NULL, {&root, &inter}, CERT_ROLE_SERVER, false,
            X509_V_ERR_INVALID_PURPOSE, 0, false, "neither sign nor encipher"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(X509_STACK) *others = pki_stack(cases[i].other, NULL);
        AUTO(X509_STACK) *trusted = pki_stack(cases[i].trusted[0], cases[i].trusted[1], NULL);
        struct chain_verdict v;
        chain_verify(
            cases[i].leaf->cert, others, trusted, cases[i].role, cases[i].strict, PKI_NOW, &v);
        if (v.code != cases[i].code || strstr(v.reason, cases[i].reason) == NULL)
            fail_msg("%s: code %d, %s", cases[i].name, v.code, v.reason);
        assert_int_equal(v.ok, cases[i].code == 0);
        assert_int_equal(v.depth, cases[i].depth);
        assert_int_equal(v.eku_warning, cases[i].warns);
    }
}

static void
names_the_missing_signer(void **state)
{
    AUTO(X509_STACK) *trusted = pki_stack(&root, NULL);
    struct chain_verdict v;
    char id[64];
    (void)state;

    chain_verify(plain.cert, NULL, trusted, CERT_ROLE_ANY, true, PKI_NOW, &v);
    cert_key_id(inter.cert, id, sizeof(id));
    assert_string_equal(v.subject, "CN=P");
    assert_string_equal(v.missing_issuer, "CN=Inter,O=Lab");
    assert_string_equal(v.missing_key_id, id);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(names_the_missing_signer),
    };
    return cmocka_run_group_tests(tests, make_pki, free_pki);
}
