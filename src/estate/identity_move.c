/*
 * identity_move.c - certificates that come and go: one set aside and restored, those of intruders.
 */
#include <stdio.h>
#include <string.h>

#include "estate/identity.h"

/* ---- set aside and restored ---- */

static void
aside_path(const struct party *p, char to[ESTATE_PATH_MAX])
{
    size_t n = strlen(p->is->repository);
    const char *dot = strrchr(p->is->repository, '.');
    const char *slash = strrchr(p->is->repository, '/');
    if (dot != NULL && (slash == NULL || dot > slash))
        n = (size_t)(dot - p->is->repository);
    snprintf(to, ESTATE_PATH_MAX, "%.*s-aside.p12", (int)n, p->is->repository);
}

static enum rc
move_personal(struct keyrepo *from, struct keyrepo *to, const char *label, struct failure *f)
{
    struct keyrepo_entry *e = keyrepo_find_personal(from, label);
    struct keyrepo_entry copy = *e;
    X509_up_ref(copy.cert);
    EVP_PKEY_up_ref(copy.key);
    copy.req = NULL;
    struct keyrepo_entry *old = keyrepo_find(to, label);
    if (old != NULL)
        keyrepo_drop(to, old);
    enum rc rc = keyrepo_add_take(to, &copy, f);
    if (rc == RC_OK)
        keyrepo_drop(from, e);
    return rc;
}

/* The receiving file is written first: at no moment is the key in neither. */
static enum rc
move_between(struct run *r, const char *from, const char *to, const char *label, bool *did,
    struct failure *f)
{
    *did = false;
    AUTO_OPENED source = {.kr = NULL}, target = {.kr = NULL};
    bool made = false;
    if (!io_exists(r->io, from))
        return RC_OK;
    enum rc rc = keyrepo_load_stashed(r->io, from, &source.kr, &source.password, f);
    if (rc != RC_OK || keyrepo_find_personal(source.kr, label) == NULL)
        return rc;
    rc = repository_open(r, to, &target, &made, f);
    if (rc == RC_OK)
        rc = move_personal(source.kr, target.kr, label, f);
    if (rc == RC_OK)
        rc = repository_save(r, to, &target, f);
    if (rc == RC_OK)
        rc = repository_save(r, from, &source, f);
    *did = rc == RC_OK;
    return rc;
}

enum rc
identity_set_aside(struct run *r, struct party *p, bool *did, struct failure *f)
{
    char aside[ESTATE_PATH_MAX];
    aside_path(p, aside);
    enum rc rc = move_between(r, p->is->repository, aside, p->label, did, f);
    if (rc != RC_OK || !*did)
        return rc;
    identity_tell(r, p, "runmqakm -cert -export ... ; -cert -delete -db %s -stashed -label %s",
        repository_file(p), p->label);
    return identity_refresh(r, p, f);
}

enum rc
identity_restore(struct run *r, struct party *p, bool *did, struct failure *f)
{
    char aside[ESTATE_PATH_MAX];
    aside_path(p, aside);
    enum rc rc = move_between(r, aside, p->is->repository, p->label, did, f);
    if (rc != RC_OK || !*did)
        return rc;
    identity_tell(
        r, p, "runmqakm -cert -import -target %s -label %s", repository_file(p), p->label);
    bool found;
    rc = identity_find(r, p, &found, f);
    return rc == RC_OK ? identity_refresh(r, p, f) : rc;
}

/* ---- intruders ---- */

static enum rc
trust_in(struct run *r, struct keyrepo *kr, const char *authority, struct failure *f)
{
    struct ca *ca = NULL;
    AUTO(X509_STACK) *signers = NULL;
    bool any = false;
    enum rc rc = authority_open(r, estate_authority(r->estate, authority), &ca, f);
    if (rc == RC_OK)
        rc = ca_signers(ca, &signers, f);
    ca_free(ca);
    return rc == RC_OK ? repository_trust(r, kr, authority, signers, &any, f) : rc;
}

static enum rc
certify_in(struct run *r, struct keyrepo *kr, const char *label, const char *owner, const char *dn,
    const char *authority, struct failure *f)
{
    EVP_PKEY *key = NULL;
    struct ca *ca = NULL;
    AUTO(X509_STACK) *chain = NULL;
    struct ca_profile profile = {.server_auth = true, .client_auth = true};
    struct san san = {.n_dns = 0};
    enum rc rc = trust_in(r, kr, authority, f); /* its own chain */
    if (rc == RC_OK)
        rc = keyring_take(r->keys, owner, "p256", &key, f);
    if (rc == RC_OK)
        rc = keyrepo_request(kr, label, key, "p256", dn, &san, f);
    if (rc == RC_OK)
        rc = authority_open(r, estate_authority(r->estate, authority), &ca, f);
    if (rc == RC_OK)
        rc = ca_sign(ca, owner, keyrepo_find(kr, label)->req, &profile, &chain, f);
    ca_free(ca);
    AUTO_BUF pem = buf_new(1u << 20, ORDER_BIG);
    char got[KEYREPO_LABEL_MAX + 1];
    if (rc == RC_OK)
        rc = cert_print(sk_X509_value(chain, 0), &pem, f);
    if (rc == RC_OK)
        rc = keyrepo_receive(kr, buf_span(&pem), io_wall(r->io) / 1000000, got, f);
    return rc;
}

enum rc
identity_make(struct run *r, const char *path, const struct identity_wanted *wanted, size_t n,
    const char *const *trust, size_t n_trust, struct failure *f)
{
    AUTO_OPENED o = {.kr = NULL};
    bool made = false;
    enum rc rc = repository_open(r, path, &o, &made, f);
    for (size_t i = 0; rc == RC_OK && i < n_trust; i++)
        rc = trust_in(r, o.kr, trust[i], f);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (keyrepo_find(o.kr, wanted[i].label) == NULL)
            rc = certify_in(
                r, o.kr, wanted[i].label, wanted[i].owner, wanted[i].dn, wanted[i].authority, f);
    return rc == RC_OK ? repository_save(r, path, &o, f) : rc;
}
