/* A key repository in memory. */
#include "keyrepo/keyrepo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "keyrepo/codec.h"
#include "keyrepo/origin.h"

struct keyrepo *
keyrepo_new(void)
{
    struct keyrepo *kr = calloc(1, sizeof(*kr));
    struct keyrepo_origin *origin = calloc(1, sizeof(*origin));

    if (kr == NULL || origin == NULL)
        abort();
    kr->origin = origin;
    return kr;
}

static void
entry_fini(struct keyrepo_entry *entry)
{
    X509_free(entry->cert);
    EVP_PKEY_free(entry->key);
    X509_REQ_free(entry->req);
    *entry = (struct keyrepo_entry){0};
}

void
keyrepo_free(struct keyrepo *kr)
{
    if (kr == NULL)
        return;
    for (size_t i = 0; i < kr->n; i++)
        entry_fini(&kr->entries[i]);
    free(kr->entries);
    secret_fini(&kr->origin->password);
    free(kr->origin);
    free(kr);
}

struct keyrepo_entry *
keyrepo_find(const struct keyrepo *kr, const char *label)
{
    for (size_t i = 0; label != NULL && i < kr->n; i++)
        if (strcmp(kr->entries[i].label, label) == 0)
            return &kr->entries[i];
    return NULL;
}

struct keyrepo_entry *
keyrepo_find_personal(const struct keyrepo *kr, const char *label)
{
    struct keyrepo_entry *entry = keyrepo_find(kr, label);
    return entry != NULL && entry->kind == KEYREPO_PERSONAL ? entry : NULL;
}

static enum rc
check_label(const struct keyrepo *kr, const char *label, struct failure *f)
{
    if (label[0] == '\0')
        return fail(f, RC_INVALID, "a label must not be empty");
    for (const char *c = label; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return fail(f, RC_INVALID, "a label holds a control character");
    if (keyrepo_find(kr, label) != NULL) {
        fail(f, RC_EXISTS, "the label %s is in use", label);
        failure_id(f, "CTGSK2137W");
        failure_fix(f, "Use another label, or delete the entry that has it.");
        return RC_EXISTS;
    }
    return RC_OK;
}

static void
push(struct keyrepo *kr, const struct keyrepo_entry *entry)
{
    struct keyrepo_entry *grown = reallocarray(kr->entries, kr->n + 1, sizeof(kr->entries[0]));

    if (grown == NULL)
        abort();
    kr->entries = grown;
    kr->entries[kr->n++] = *entry;
}

enum rc
keyrepo_add_take(struct keyrepo *kr, const struct keyrepo_entry *entry, struct failure *f)
{
    struct keyrepo_entry taken = *entry;

    enum rc rc = check_label(kr, taken.label, f);
    if (rc == RC_OK)
        push(kr, &taken);
    else
        entry_fini(&taken);
    return rc;
}

void
keyrepo_add_renamed_take(struct keyrepo *kr, struct keyrepo_entry *entry)
{
    char base[KEYREPO_LABEL_MAX + 1];

    for (char *c = entry->label; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    if (entry->label[0] == '\0')
        text_copy(entry->label, sizeof(entry->label), "unnamed");
    text_copy(base, sizeof(base), entry->label);
    for (unsigned i = 2; keyrepo_find(kr, entry->label) != NULL; i++)
        snprintf(entry->label, sizeof(entry->label), "%.100s (%u)", base, i);
    push(kr, entry);
    *entry = (struct keyrepo_entry){0};
}

void
keyrepo_drop(struct keyrepo *kr, struct keyrepo_entry *entry)
{
    size_t at = (size_t)(entry - kr->entries);

    entry_fini(entry);
    kr->n--;
    memmove(entry, entry + 1, (kr->n - at) * sizeof(*entry));
}

X509_STACK *
keyrepo_signers(const struct keyrepo *kr)
{
    X509_STACK *signers = sk_X509_new_null();

    if (signers == NULL)
        abort();
    for (size_t i = 0; i < kr->n; i++) {
        const struct keyrepo_entry *entry = &kr->entries[i];
        if (entry->kind != KEYREPO_SIGNER || !entry->trusted)
            continue;
        X509_up_ref(entry->cert);
        if (sk_X509_push(signers, entry->cert) <= 0)
            abort();
    }
    return signers;
}

enum rc
keyrepo_add_signer(
    struct keyrepo *kr, const char *label, X509 *cert, bool *added, struct failure *f)
{
    struct keyrepo_entry entry = {.kind = KEYREPO_SIGNER, .trusted = true};

    for (size_t i = 0; i < kr->n; i++)
        if (kr->entries[i].kind == KEYREPO_SIGNER && X509_cmp(kr->entries[i].cert, cert) == 0) {
            if (added != NULL)
                *added = false;
            return RC_OK;
        }
    if (label == NULL || label[0] == '\0')
        keyrepo_label_of_name(X509_get_subject_name(cert), entry.label);
    else if (!text_copy(entry.label, sizeof(entry.label), label))
        return fail(f, RC_INVALID, "a label has at most %d characters", KEYREPO_LABEL_MAX);
    X509_up_ref(cert);
    entry.cert = cert;
    enum rc rc = keyrepo_add_take(kr, &entry, f);
    if (rc == RC_OK && added != NULL)
        *added = true;
    return rc;
}

void
keyrepo_label_of_name(const X509_NAME *name, char to[KEYREPO_LABEL_MAX + 1])
{
    AUTO(BIO) *out = BIO_new(BIO_s_mem());

    if (out == NULL)
        abort();
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    int n = BIO_read(out, to, KEYREPO_LABEL_MAX);
    to[n > 0 ? n : 0] = '\0';
}

enum rc
keyrepo_check_keys(const struct keyrepo *kr, struct failure *f)
{
    for (size_t i = 0; i < kr->n; i++) {
        const struct keyrepo_entry *entry = &kr->entries[i];
        if (entry->kind == KEYREPO_PERSONAL && !cert_matches_key(entry->cert, entry->key))
            return fail(f, RC_CORRUPT,
                "the private key under the label %s does not belong to the certificate there",
                entry->label);
    }
    return RC_OK;
}

void
keyrepo_label_for(const char *certlabl, const char *qmgr, char to[KEYREPO_LABEL_MAX + 1])
{
    if (certlabl != NULL && certlabl[0] != '\0' && strspn(certlabl, " ") != strlen(certlabl)) {
        text_copy(to, KEYREPO_LABEL_MAX + 1, certlabl);
        return;
    }
    snprintf(to, KEYREPO_LABEL_MAX + 1, "ibmwebspheremq%s", qmgr);
    text_lower(to);
}
