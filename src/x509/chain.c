#include "x509/x509.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "base/text.h"
#include "x509/hex.h"

#define CHAIN_AUTH_LEVEL 2 /* libssl's security levels */

/* What a partner needs its certificate for.  A key usage extension must hold one of ku. */
static const struct role {
    uint32_t ku, eku;
    const char *ku_reason, *eku_reason;
} roles[] = {
    [CERT_ROLE_ANY] = {0, 0, "", ""},
    [CERT_ROLE_SERVER] = {KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT,
        XKU_SSL_SERVER,
        "its key usage lets it neither sign nor encipher, which the accepting side needs",
        "its extended key usage lacks serverAuth, which the accepting side needs"},
    [CERT_ROLE_CLIENT] = {KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, XKU_SSL_CLIENT,
        "its key usage lacks digitalSignature, which the initiating side needs",
        "its extended key usage lacks clientAuth, which the initiating side needs"},
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
is_missing_issuer(int code)
{
    return code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
           code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

static bool
has_namesake(const X509 *cert, X509_STACK *trusted)
{
    for (int i = 0; i < sk_X509_num(trusted); i++)
        if (X509_NAME_cmp(
                X509_get_issuer_name(cert), X509_get_subject_name(sk_X509_value(trusted, i))) == 0)
            return true;
    return false;
}

static void
describe_missing(X509 *cert, X509_STACK *trusted, struct chain_verdict *out)
{
    const ASN1_OCTET_STRING *id = X509_get0_authority_key_id(cert);

    print_name(X509_get_issuer_name(cert), out->missing_issuer);
    if (cert_is_self_signed(cert))
        cert_key_id(cert, out->missing_key_id, sizeof(out->missing_key_id));
    else if (id != NULL)
        hex_pairs(span_of(ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)),
            out->missing_key_id, sizeof(out->missing_key_id));
    text_copy(out->reason, sizeof(out->reason),
        has_namesake(cert, trusted) ? "a trusted signer has its issuer's name, but another key"
        : cert_is_self_signed(cert) ? "it is self-signed and not among the trusted signers"
                                    : "its issuer is not among the trusted signers");
}

static void
describe_date(const X509 *cert, bool expired, struct chain_verdict *out)
{
    char date[25];

    time_iso((expired ? cert_not_after(cert) : cert_not_before(cert)) * 1000000, date);
    snprintf(out->reason, sizeof(out->reason),
        expired ? "it expired on %.10s at %.8s UTC" : "it is not valid before %.10s, %.8s UTC",
        date, date + 11);
}

static void
describe(X509 *cert, int code, int depth, X509_STACK *trusted, struct chain_verdict *out)
{
    out->ok = false;
    out->code = code;
    out->depth = depth;
    print_name(X509_get_subject_name(cert), out->subject);
    if (is_missing_issuer(code))
        describe_missing(cert, trusted, out);
    else if (code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID)
        describe_date(cert, code == X509_V_ERR_CERT_HAS_EXPIRED, out);
    else if (code == X509_V_ERR_CERT_SIGNATURE_FAILURE)
        text_copy(out->reason, sizeof(out->reason),
            "its signature was not made by the key of the signer of that name");
    else if (code == X509_V_ERR_INVALID_CA || code == X509_V_ERR_KEYUSAGE_NO_CERTSIGN)
        text_copy(out->reason, sizeof(out->reason),
            "it signed a certificate without being a CA (basic constraints, key usage)");
    else
        snprintf(out->reason, sizeof(out->reason), "%s", X509_verify_cert_error_string(code));
}

/* libcrypto judges the CAs; what the leaf may be used for is judged here, because a wrong extended
 * key usage may only be worth a warning. */
static void
judge_usage(X509_STACK *chain, const struct role *role, bool strict_eku, X509_STACK *trusted,
    struct chain_verdict *out)
{
    X509 *leaf = sk_X509_value(chain, 0);
    int last = sk_X509_num(chain) - 1;

    if (role->ku != 0 && (X509_get_key_usage(leaf) & role->ku) == 0) {
        describe(leaf, X509_V_ERR_INVALID_PURPOSE, 0, trusted, out);
        text_copy(out->reason, sizeof(out->reason), role->ku_reason);
        return;
    }
    /* A CA's extended key usage limits what it may issue for; a root's is nobody's business. */
    for (int i = 0; i <= last && role->eku != 0; i++) {
        X509 *cert = sk_X509_value(chain, i);
        if ((i == last && i > 0) ||
            (X509_get_extended_key_usage(cert) & (role->eku | XKU_ANYEKU)) != 0)
            continue;
        if (!strict_eku) {
            out->eku_warning = true;
            continue;
        }
        describe(cert, X509_V_ERR_INVALID_PURPOSE, i, trusted, out);
        text_copy(out->reason, sizeof(out->reason), role->eku_reason);
        return;
    }
}

/* Signers with basic constraints but no CA flag, and version 1 intermediates, are never CAs. */
static void
judge_signers(X509_STACK *chain, X509_STACK *trusted, struct chain_verdict *out)
{
    int last = sk_X509_num(chain) - 1;

    for (int i = 1; i <= last; i++) {
        X509 *cert = sk_X509_value(chain, i);
        bool old_root = i == last && X509_get_version(cert) == X509_VERSION_1;
        if (cert_is_ca(cert) || old_root)
            continue;
        describe(cert, X509_V_ERR_INVALID_CA, i, trusted, out);
        return;
    }
}

void
chain_verify(X509 *leaf, X509_STACK *others, X509_STACK *trusted, enum cert_role role,
    bool strict_eku, int64_t at, struct chain_verdict *out)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();

    *out = (struct chain_verdict){.ok = true};
    if (store == NULL || ctx == NULL || X509_STORE_CTX_init(ctx, store, leaf, others) != 1)
        abort();
    /* Without X509_V_FLAG_PARTIAL_CHAIN a chain has to end at a self-signed anchor. */
    X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
    /* Keys and signatures of at least 112 bits: no RSA under 2048, no SHA-1 below the root. */
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), CHAIN_AUTH_LEVEL);
    if (X509_verify_cert(ctx) == 1) {
        X509_STACK *chain = X509_STORE_CTX_get0_chain(ctx);
        judge_signers(chain, trusted, out);
        if (out->ok)
            judge_usage(chain, &roles[role], strict_eku, trusted, out);
    } else {
        X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
        int code = X509_STORE_CTX_get_error(ctx);
        describe(cert != NULL ? cert : leaf, code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code,
            X509_STORE_CTX_get_error_depth(ctx), trusted, out);
    }
    ERR_clear_error();
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}
