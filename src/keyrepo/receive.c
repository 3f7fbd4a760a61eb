/* Certificate requests, and the certificates that answer them. */
#include "keyrepo/keyrepo.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keyrepo/codec.h"

/* ---- asking ---- */

enum rc
keyrepo_request(struct keyrepo *kr, const char *label, EVP_PKEY *key_take, const char *key_spec,
    const char *dn, const struct san *san, struct failure *f)
{
    struct keyrepo_entry entry = {.kind = KEYREPO_REQUEST, .key = key_take};
    enum rc rc = RC_OK;

    if (!text_copy(entry.label, sizeof(entry.label), label))
        rc = fail(f, RC_INVALID, "a label has at most %d characters", KEYREPO_LABEL_MAX);
    /* Before a key is made: that may take a second. */
    if (rc == RC_OK && keyrepo_find(kr, label) != NULL) {
        rc = fail(f, RC_EXISTS, "the label %s is in use", label);
        failure_id(
            f, keyrepo_find(kr, label)->kind == KEYREPO_REQUEST ? "CTGSK3049W" : "CTGSK2137W");
        failure_fix(f, "Use another label, or delete the entry that has it.");
    }
    if (rc == RC_OK && entry.key == NULL)
        rc = key_generate(key_spec != NULL ? key_spec : "rsa2048", &entry.key, f);
    if (rc == RC_OK)
        rc = request_new(entry.key, dn, san, NULL, &entry.req, f);
    if (rc == RC_OK)
        return keyrepo_add_take(kr, &entry, f);
    EVP_PKEY_free(entry.key);
    return rc;
}

/* ---- receiving ---- */

struct answer {
    X509 *cert; /* borrowed */
    struct keyrepo_entry *request;
    char subject[DN_TEXT_MAX], key_id[64];
};

static void
print_name(const X509_NAME *name, char to[DN_TEXT_MAX])
{
    struct dn dn;

    if (dn_of_name(name, &dn, NULL) == RC_OK)
        dn_print_name(&dn, to, DN_TEXT_MAX);
    else
        text_copy(to, DN_TEXT_MAX, "(a name that can not be shown)");
}

static bool
find_answer(struct keyrepo *kr, X509_STACK *certs, struct answer *out)
{
    for (int i = 0; i < sk_X509_num(certs); i++)
        for (size_t j = 0; j < kr->n; j++)
            if (kr->entries[j].kind == KEYREPO_REQUEST &&
                cert_matches_key(sk_X509_value(certs, i), kr->entries[j].key)) {
                out->cert = sk_X509_value(certs, i);
                out->request = &kr->entries[j];
                print_name(X509_get_subject_name(out->cert), out->subject);
                cert_key_id(out->cert, out->key_id, sizeof(out->key_id));
                return true;
            }
    return false;
}

static const struct keyrepo_entry *
find_by(const struct keyrepo *kr, X509 *cert, enum keyrepo_kind kind, bool by_key)
{
    for (size_t i = 0; i < kr->n; i++) {
        const struct keyrepo_entry *entry = &kr->entries[i];
        if (entry->kind != kind)
            continue;
        const X509_NAME *name = kind == KEYREPO_REQUEST ? X509_REQ_get_subject_name(entry->req)
                                                        : X509_get_subject_name(entry->cert);
        if (by_key ? cert_matches_key(cert, entry->key)
                   : X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0)
            return entry;
    }
    return NULL;
}

/* The certificate that a person means: the first that is no CA's. */
static X509 *
likely_leaf(X509_STACK *certs)
{
    for (int i = 0; i < sk_X509_num(certs); i++)
        if (!cert_is_ca(sk_X509_value(certs, i)))
            return sk_X509_value(certs, i);
    return sk_X509_value(certs, 0);
}

static void
list_pending(const struct keyrepo *kr, struct failure *f)
{
    struct buf text = buf_new(400, ORDER_BIG);

    for (size_t i = 0; i < kr->n; i++)
        if (kr->entries[i].kind == KEYREPO_REQUEST)
            buf_printf(&text, "%s%s", text.n > 0 ? ", " : "", kr->entries[i].label);
    if (text.n == 0)
        failure_cause(f, "No request is pending in this repository.");
    else
        failure_cause(f, "Pending here: %s.", buf_ok(&text) ? buf_cstr(&text) : "many requests");
    buf_free(&text);
}

static enum rc
explain_no_request(const struct keyrepo *kr, X509_STACK *certs, struct failure *f)
{
    X509 *cert = likely_leaf(certs);
    char subject[DN_TEXT_MAX], id[64];

    print_name(X509_get_subject_name(cert), subject);
    cert_key_id(cert, id, sizeof(id));
    fail(f, RC_NOT_FOUND, "no pending request has the key of %.200s (key id %s)", subject, id);
    failure_id(f, "CTGSK2109W");
    const struct keyrepo_entry *done = find_by(kr, cert, KEYREPO_PERSONAL, true);
    const struct keyrepo_entry *namesake = find_by(kr, cert, KEYREPO_REQUEST, false);
    if (done != NULL) {
        failure_cause(f, "That key has its certificate already, under the label %s.", done->label);
        failure_fix(f, "If this one renews it, make a new request, or replace that entry.");
        return RC_NOT_FOUND;
    }
    if (namesake != NULL)
        failure_cause(f,
            "The pending request %s asks for this name, but with another key: it was "
            "made again after the file had been sent to the CA.",
            namesake->label);
    else if (cert_is_ca(cert))
        failure_cause(f, "The file holds only a CA's certificate.");
    else
        list_pending(kr, f);
    failure_fix(f,
        cert_is_ca(cert)
            ? "Add it as a signer: runmqakm -cert -add -label LABEL -file FILE"
            : "Receive it into the repository that made its request, or send the request that is "
              "pending now to the CA.");
    return RC_NOT_FOUND;
}

/* Is the missing signer in the file itself? */
static bool
file_has_signer(X509_STACK *certs, const struct chain_verdict *v)
{
    char subject[DN_TEXT_MAX], id[64];

    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        print_name(X509_get_subject_name(cert), subject);
        cert_key_id(cert, id, sizeof(id));
        if (strcmp(subject, v->missing_issuer) == 0 &&
            (v->missing_key_id[0] == '\0' || strcmp(id, v->missing_key_id) == 0))
            return true;
    }
    return false;
}

static enum rc
explain_missing_signer(X509_STACK *certs, const struct answer *answer,
    const struct chain_verdict *v, struct failure *f)
{
    fail(f, RC_REFUSED, "%.120s was not received: the signer %.160s%s%s is not in the repository",
        answer->subject, v->missing_issuer, v->missing_key_id[0] != '\0' ? ", key id " : "",
        v->missing_key_id);
    failure_id(f, "CTGSK2146W");
    failure_cause(f, "%.200s: %s.  All signers up to the root have to be there first.", v->subject,
        v->reason);
    failure_fix(
        f, file_has_signer(certs, v)
               ? "The file holds it, but a signer has to be added on its own: runmqakm -cert -add "
                 "-label LABEL -file FILE, then receive again."
               : "Get that certificate from the CA, add it: runmqakm -cert -add -label LABEL -file "
                 "FILE, then receive again.");
    return RC_REFUSED;
}

static enum rc
explain_verdict(X509_STACK *certs, const struct answer *answer, const struct chain_verdict *v,
    struct failure *f)
{
    if (v->missing_issuer[0] != '\0')
        return explain_missing_signer(certs, answer, v, f);
    bool own = v->depth == 0;
    fail(f, own ? RC_INVALID : RC_REFUSED, "%.120s was not received: %s%.120s%s%s", answer->subject,
        own ? "" : "its signer ", own ? "" : v->subject, own ? "" : ": ", v->reason);
    failure_id(f, "CTGSK2043W");
    switch (v->code) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
        failure_fix(f, "Check this machine's clock; else wait until then.");
        break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        failure_fix(f, own ? "Send the request to the CA again, and check this machine's clock."
                           : "Get the signer's renewed certificate from the CA and add it.");
        break;
    default:
        failure_fix(f, "Ask the CA for a certificate that is in order; the request can stay.");
    }
    return own ? RC_INVALID : RC_REFUSED;
}

static enum rc
check_answer(const struct keyrepo *kr, X509_STACK *certs, const struct answer *answer, int64_t now,
    struct failure *f)
{
    AUTO(X509_STACK) *signers = keyrepo_signers(kr);
    struct chain_verdict verdict;

    chain_verify(answer->cert, NULL, signers, CERT_ROLE_ANY, false, now, &verdict);
    if (verdict.ok)
        return RC_OK;
    return explain_verdict(certs, answer, &verdict, f);
}

enum rc
keyrepo_receive(struct keyrepo *kr, struct span file, int64_t now,
    char label_out[KEYREPO_LABEL_MAX + 1], struct failure *f)
{
    AUTO(X509_STACK) *certs = NULL;
    struct answer answer;

    enum rc rc = certs_parse(file, &certs, f);
    if (rc != RC_OK)
        return rc;
    if (!find_answer(kr, certs, &answer))
        return explain_no_request(kr, certs, f);
    rc = check_answer(kr, certs, &answer, now, f);
    if (rc != RC_OK)
        return rc;
    X509_up_ref(answer.cert);
    X509_REQ_free(answer.request->req);
    answer.request->req = NULL;
    answer.request->cert = answer.cert;
    answer.request->kind = KEYREPO_PERSONAL;
    answer.request->trusted = true; /* as all of GSKit's personal records: spec 2.3 */
    text_copy(label_out, KEYREPO_LABEL_MAX + 1, answer.request->label);
    return RC_OK;
}
