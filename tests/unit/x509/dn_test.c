#include "testing.h"

#include <openssl/x509v3.h>

#include "pki.h"

/* As MQ displays a name that was asked for as runmqakm -dn. */
static void
prints_names(void **state)
{
    static const struct {
        const char *asked, *shown, *filter;
    } cases[] = {
        {"CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB", "CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB", NULL},
        {"C=GB, O=Grove Lab ; CN = x", NULL, NULL},
        {"C=GB;O=Grove Lab,CN=ASH", "CN=ASH,O=Grove Lab,C=GB", NULL},
        {"CN=A,OU=Small,OU=Medium,OU=Large,O=X", "CN=A,OU=Large,OU=Medium,OU=Small,O=X", NULL},
        {"CN=A,DC=ash,DC=example,DC=com", "CN=A,DC=ash,DC=example,DC=com", NULL},
        {"CN=A,E=a@example.com,USERID=u1,S=Hants", "MAIL=a@example.com,UID=u1,CN=A,ST=Hants", NULL},
        {"CN=A,O=\"Acme, Inc.\"", "CN=A,O=\"Acme, Inc.\"", NULL},
        {"CN=A,O=\"say \"\"hi\"\"\"", "CN=A,O=\"say \"\"hi\"\"\"", NULL},
        {"CN=A,O=\" edge\"", "CN=A,O=\" edge\"", NULL},
        {"CN=*,O=x*y", "CN=*,O=x*y", "CN=\\*,O=x*y"},
        {"CN=Zo\xc3\xab", "CN=Zo\xc3\xab", NULL},
        {"CN=A,T=Mr,STREET=1 High St,PC=SO21 2JN,L=Hursley,DNQ=q1,UNSTRUCTUREDNAME=u",
            "CN=A,T=Mr,STREET=1 High St,L=Hursley,PC=SO21 2JN,UNSTRUCTUREDNAME=u,DNQ=q1", NULL},
        {"", NULL, NULL},
        {"CN", NULL, NULL},
        {"cn=low", NULL, NULL},
        {"CN=a,,O=b", NULL, NULL},
        {"CN=a,", NULL, NULL},
        {"CN=", NULL, NULL},
        {"XX=a", NULL, NULL},
        {"CN=\"open", NULL, NULL},
        {"CN=\"a\"b", NULL, NULL},
        {"CN=a\nb", NULL, NULL},
        {"C=GBR", NULL, NULL},
        {"SERIALNUMBER=01:02,CN=a", NULL, NULL},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(X509_NAME) *name = NULL;
        struct failure f = {0};
        struct dn dn, again;
        char text[DN_TEXT_MAX];
        enum rc rc = dn_parse_name(cases[i].asked, &name, &f);
        if (cases[i].shown == NULL) {
            assert_int_not_equal(rc, RC_OK);
            assert_null(name);
            assert_string_not_equal(f.text, "");
            continue;
        }
        assert_int_equal(rc, RC_OK);
        assert_int_equal(dn_of_name(name, &dn, &f), RC_OK);
        dn_print(&dn, text, sizeof(text));
        assert_string_equal(text, cases[i].shown);
        assert_int_equal(dn_parse(text, &again, &f), RC_OK);
        assert_int_equal(again.n, dn.n);
        dn_print_filter(&dn, text, sizeof(text));
        assert_string_equal(text, cases[i].filter != NULL ? cases[i].filter : cases[i].shown);
    }
}

static void
names_of_certificates(void **state)
{
    struct pki ca = pki_ca("CN=Lab Root CA,O=Grove Lab", NULL);
    struct pki leaf = pki_new("CN=ASH,O=Grove Lab", &ca, &(struct pki_options){0});
    struct dn dn;
    char text[DN_TEXT_MAX], want[DN_TEXT_MAX], serial[64];
    (void)state;

    cert_serial(leaf.cert, serial, sizeof(serial));
    snprintf(want, sizeof(want), "SERIALNUMBER=%s,CN=ASH,O=Grove Lab", serial);
    assert_int_equal(dn_of_subject(leaf.cert, &dn, NULL), RC_OK);
    dn_print(&dn, text, sizeof(text));
    assert_string_equal(text, want);
    dn_print_name(&dn, text, sizeof(text));
    assert_string_equal(text, "CN=ASH,O=Grove Lab");
    assert_int_equal(dn_of_issuer(leaf.cert, &dn, NULL), RC_OK);
    dn_print(&dn, text, sizeof(text));
    assert_string_equal(text, "CN=Lab Root CA,O=Grove Lab");
    pki_free(&leaf);
    pki_free(&ca);
}

static X509_NAME *
name_with(int type, const void *bytes, int n)
{
    X509_NAME *name = X509_NAME_new();
    assert_int_equal(X509_NAME_add_entry_by_NID(name, NID_commonName, type, bytes, n, -1, 0), 1);
    return name;
}

/* Names that only a hostile or careless CA makes. */
static void
refuses_hostile_names(void **state)
{
    struct dn dn = {.n = 7};
    struct failure f;
    (void)state;

    X509_NAME *nul = name_with(V_ASN1_UTF8STRING, "ASH\0.evil", 9);
    assert_int_equal(dn_of_name(nul, &dn, &f), RC_MALFORMED);
    assert_int_equal(dn.n, 7); /* untouched */
    X509_NAME_free(nul);

    X509_NAME *many = X509_NAME_new();
    for (int i = 0; i <= DN_ATTRIBUTES_MAX; i++)
        X509_NAME_add_entry_by_NID(
            many, NID_organizationalUnitName, MBSTRING_UTF8, (const unsigned char *)"x", 1, -1, 0);
    assert_int_equal(dn_of_name(many, &dn, &f), RC_LIMIT);
    X509_NAME_free(many);
}

static void
prints_control_characters_harmlessly(void **state)
{
    X509_NAME *name = name_with(V_ASN1_UTF8STRING, "A\nB\x1b[2J", 7);
    struct dn dn;
    char text[DN_TEXT_MAX];
    (void)state;

    assert_int_equal(dn_of_name(name, &dn, NULL), RC_OK);
    dn_print(&dn, text, sizeof(text));
    assert_string_equal(text, "CN=A?B?[2J");
    X509_NAME_free(name);
}

static void
cuts_whole_elements(void **state)
{
    struct dn dn;
    char text[12];
    (void)state;

    assert_int_equal(dn_parse("CN=ASH,O=Grove Lab", &dn, NULL), RC_OK);
    dn_print(&dn, text, sizeof(text));
    assert_string_equal(text, "CN=ASH");
    dn_print_filter(&dn, text, sizeof(text));
    assert_string_equal(text, ""); /* never a wider filter */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_names),
        cmocka_unit_test(names_of_certificates),
        cmocka_unit_test(refuses_hostile_names),
        cmocka_unit_test(prints_control_characters_harmlessly),
        cmocka_unit_test(cuts_whole_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
