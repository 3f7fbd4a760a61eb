/*
 * identity.c - a queue manager's key repository: made, asked for, signed, received; the signers
 * that it trusts.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "estate/identity.h"

#define PASSWORD_LENGTH 24u

enum rc
authority_open(struct run *r, const struct estate_authority *a, struct ca **out, struct failure *f)
{
    if (strcmp(a->kind, "by-hand") == 0)
        return ca_open_by_hand(r->io, a->dir, out, f);
    char path[ESTATE_PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/root.crt", a->dir) >= (int)sizeof(path))
        return fail(f, RC_LIMIT, "the path of authority %s is too long", a->name);
    if (!io_exists(r->io, path)) {
        struct ca_options o = {.name = a->name, .dn_tail = a->organisation, .key_spec = a->key};
        enum rc rc = ca_create(r->io, a->dir, &o, f);
        if (rc != RC_OK)
            return rc;
        char text[256];
        snprintf(text, sizeof(text), "grove ca create %s   root and intermediate, keys encrypted",
            a->name);
        struct event e = {.kind = EVENT_COMMAND, .qmgr = "CA", .text = text, .id = "", .ok = true};
        run_event(r, &e);
        r->changed = true;
    }
    return ca_open_own(r->io, a->dir, out, f);
}

/* ---- the repository ---- */

void
opened_drop(struct opened *o)
{
    keyrepo_free(o->kr);
    secret_fini(&o->password);
}

const char *
repository_file(const struct party *p)
{
    const char *slash = strrchr(p->is->repository, '/');
    return slash == NULL ? p->is->repository : slash + 1;
}

/* What the same is by hand. */
void
identity_tell(struct run *r, const struct party *p, const char *fmt, ...)
{
    char text[ESTATE_PATH_MAX + 300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct event e = {
        .kind = EVENT_COMMAND, .qmgr = p->is->name, .text = text, .id = "", .ok = true};
    run_event(r, &e);
    r->changed = true;
}

static void
password_make(struct run *r, struct secret *out)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_+=.%";
    uint8_t random[PASSWORD_LENGTH];
    char text[PASSWORD_LENGTH];
    io_random(r->io, random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        text[i] = letters[random[i] % (sizeof(letters) - 1)];
    secret_set(out, text, sizeof(text));
    secret_wipe(random, sizeof(random));
    secret_wipe(text, sizeof(text));
}

static enum rc
make_folder(struct run *r, const char *path, struct failure *f)
{
    char dir[ESTATE_PATH_MAX];
    text_copy(dir, sizeof(dir), path);
    char *slash = strrchr(dir, '/');
    if (slash == NULL)
        return RC_OK;
    *slash = '\0';
    return io_mkdir(r->io, dir, f);
}

/* Open the repository, made empty with a stash when it is absent. */
enum rc
repository_open(struct run *r, const char *path, struct opened *out, bool *made, struct failure *f)
{
    *made = !io_exists(r->io, path);
    if (!*made)
        return keyrepo_load_stashed(r->io, path, &out->kr, &out->password, f);
    enum rc rc = make_folder(r, path, f);
    if (rc != RC_OK)
        return rc;
    password_make(r, &out->password);
    out->kr = keyrepo_new();
    return stash_save(r->io, path, &out->password, f);
}

/* Opening a repository costs a key derivation: what was read is known until this run changes it. */
enum rc
repository_save(struct run *r, const char *path, const struct opened *o, struct failure *f)
{
    r->changed = true;
    for (size_t i = 0; i < r->estate->n_qmgrs; i++)
        if (strcmp(r->parties[i].is->repository, path) == 0)
            r->parties[i].looked = false;
    return keyrepo_save(r->io, path, &o->password, o->kr, f);
}

static enum rc
identity_read(struct run *r, struct party *p, bool *found, struct failure *f)
{
    *found = false;
    if (!io_exists(r->io, p->is->repository))
        return RC_OK;
    AUTO_OPENED o = {.kr = NULL};
    enum rc rc = keyrepo_load_stashed(r->io, p->is->repository, &o.kr, &o.password, f);
    if (rc != RC_OK)
        return rc;
    const struct keyrepo_entry *e = keyrepo_find_personal(o.kr, p->label);
    int64_t now = io_wall(r->io) / 1000000;
    if (e == NULL || cert_not_after(e->cert) <= now || cert_not_before(e->cert) > now)
        return RC_OK;
    struct dn subject, issuer;
    rc = dn_of_subject(e->cert, &subject, f);
    if (rc == RC_OK)
        rc = dn_of_issuer(e->cert, &issuer, f);
    if (rc != RC_OK)
        return rc;
    dn_print_filter(&subject, p->subject, sizeof(p->subject));
    dn_print_filter(&issuer, p->issuer, sizeof(p->issuer));
    if (p->subject[0] == '\0' || p->issuer[0] == '\0') {
        /* A blank filter admits everybody: never let that come of a name that can not be written.
         */
        rc = fail(f, RC_UNSUPPORTED,
            "%s's certificate has a name that no SSLPEER filter can express", p->is->name);
        failure_side(f, p->is->name);
        failure_fix(f, "ask for a shorter name, without quotes and asterisks at its ends");
        return rc;
    }
    *found = true;
    return RC_OK;
}

enum rc
identity_find(struct run *r, struct party *p, bool *found, struct failure *f)
{
    if (!p->looked) {
        enum rc rc = identity_read(r, p, &p->certified, f);
        if (rc != RC_OK)
            return rc;
        p->looked = true;
    }
    *found = p->certified;
    return RC_OK;
}

/* ---- request, sign, receive ---- */

static enum rc
request_ensure(struct run *r, struct party *p, struct opened *o, X509_REQ **req, struct failure *f)
{
    const struct keyrepo_entry *pending = keyrepo_find(o->kr, p->label);
    if (pending == NULL || pending->kind != KEYREPO_REQUEST) {
        EVP_PKEY *key = NULL;
        enum rc rc = keyring_take(r->keys, p->is->name, p->is->key, &key, f);
        if (rc != RC_OK)
            return rc;
        const char *dns[ESTATE_DNS_MAX];
        for (size_t i = 0; i < p->is->n_dns; i++)
            dns[i] = p->is->dns[i];
        struct san san = {.dns = dns, .n_dns = p->is->n_dns};
        rc = keyrepo_request(o->kr, p->label, key, p->is->key, p->is->dn, &san, f);
        if (rc != RC_OK)
            return rc;
        identity_tell(r, p,
            "runmqakm -certreq -create -db %s -stashed -label %s -dn \"%s\" -file %s.csr",
            repository_file(p), p->label, p->is->dn, p->is->name);
        rc = repository_save(r, p->is->repository, o, f);
        if (rc != RC_OK)
            return rc;
        pending = keyrepo_find(o->kr, p->label);
    }
    *req = pending->req;
    return RC_OK;
}

enum rc
repository_trust(struct run *r, struct keyrepo *kr, const char *name, X509_STACK *signers,
    bool *any, struct failure *f)
{
    (void)r;
    for (int i = 0; i < sk_X509_num(signers); i++) {
        char label[KEYREPO_LABEL_MAX + 1];
        bool added = false;
        snprintf(label, sizeof(label), "%.60s ca %d", name, i + 1);
        text_lower(label);
        enum rc rc = keyrepo_add_signer(kr, label, sk_X509_value(signers, i), &added, f);
        if (rc != RC_OK)
            return rc;
        *any = *any || added;
    }
    return RC_OK;
}

/* CAs change names: say what was asked for and what came. */
static void
tell_names(struct run *r, const struct party *p, const char *issued)
{
    struct dn asked;
    char wanted[DN_TEXT_MAX];
    if (dn_parse(p->is->dn, &asked, NULL) != RC_OK)
        return;
    dn_print_filter(&asked, wanted, sizeof(wanted));
    if (strcmp(wanted, issued) != 0)
        run_note(r, "%s asked for %s, the CA issued %s: filters follow the issued name",
            p->is->name, wanted, issued);
}

static enum rc
sign_and_receive(struct run *r, struct party *p, struct opened *o, struct ca *ca, X509_REQ *req,
    struct failure *f)
{
    uint64_t from = io_now_us(r->io);
    AUTO(X509_STACK) *chain = NULL;
    struct ca_profile profile = {.server_auth = true, .client_auth = true};
    enum rc rc = ca_sign(ca, p->is->name, req, &profile, &chain, f);
    if (rc != RC_OK)
        return rc;
    struct event signed_ = {.kind = EVENT_PROOF,
        .step = "authority",
        .channel = p->is->name,
        .ok = true,
        .text = "signed; serverAuth and clientAuth, names kept",
        .ms = run_ms(r, from)};
    run_event(r, &signed_);

    run_step(r, "receive", p->is->name, "the signer chain first, then the certificate");
    from = io_now_us(r->io);
    AUTO_BUF pem = buf_new(1u << 20, ORDER_BIG);
    AUTO(X509_STACK) *signers = sk_X509_new_null();
    for (int i = 1; i < sk_X509_num(chain); i++) {
        X509 *cert = sk_X509_value(chain, i);
        X509_up_ref(cert);
        sk_X509_push(signers, cert);
    }
    bool any = false;
    char label[KEYREPO_LABEL_MAX + 1];
    rc = repository_trust(r, o->kr, p->is->authority, signers, &any, f);
    if (rc == RC_OK)
        rc = cert_print(sk_X509_value(chain, 0), &pem, f);
    if (rc == RC_OK)
        rc = keyrepo_receive(o->kr, buf_span(&pem), io_wall(r->io) / 1000000, label, f);
    if (rc == RC_OK)
        rc = repository_save(r, p->is->repository, o, f);
    if (rc != RC_OK)
        return rc;
    identity_tell(r, p, "runmqakm -cert -add -db %s -stashed -label '%s ca' -file chain.pem",
        repository_file(p), p->is->authority);
    identity_tell(r, p, "runmqakm -cert -receive -db %s -stashed -file %s.crt", repository_file(p),
        p->is->name);
    bool found = false;
    rc = identity_find(r, p, &found, f);
    if (rc != RC_OK)
        return rc;
    tell_names(r, p, p->subject);
    struct event received = {.kind = EVENT_PROOF,
        .step = "receive",
        .channel = p->is->name,
        .ok = true,
        .text = "received; its key, chain and dates fit",
        .ms = run_ms(r, from),
        .sslpeer = p->subject,
        .sslcerti = p->issuer};
    run_event(r, &received);
    return RC_OK;
}

enum rc
identity_ensure(struct run *r, struct party *p, struct failure *f)
{
    bool found = false, made = false;
    enum rc rc = identity_find(r, p, &found, f);
    if (rc != RC_OK || found)
        return rc;
    char headline[DN_TEXT_MAX + 80];
    snprintf(headline, sizeof(headline), "%s asks for %s", p->is->name, p->is->dn);
    run_step(r, "request", p->is->name, headline);
    uint64_t from = io_now_us(r->io);
    AUTO_OPENED o = {.kr = NULL};
    rc = repository_open(r, p->is->repository, &o, &made, f);
    if (rc != RC_OK)
        return rc;
    if (made)
        identity_tell(
            r, p, "runmqakm -keydb -create -db %s -type pkcs12 -stash", repository_file(p));
    X509_REQ *req = NULL;
    rc = request_ensure(r, p, &o, &req, f);
    if (rc != RC_OK)
        return rc;
    struct event asked = {.kind = EVENT_PROOF,
        .step = "request",
        .channel = p->is->name,
        .ok = true,
        .text = "key made in the repository, which it never leaves; request written",
        .ms = run_ms(r, from)};
    run_event(r, &asked);
    run_step(r, "authority", p->is->name, "the authority signs the request");
    struct ca *ca = NULL;
    rc = authority_open(r, estate_authority(r->estate, p->is->authority), &ca, f);
    if (rc == RC_OK)
        rc = sign_and_receive(r, p, &o, ca, req, f);
    ca_free(ca);
    return rc;
}

/* ---- trust ---- */

enum rc
identity_trust_authority(struct run *r, struct party *p, const char *authority, struct failure *f)
{
    const struct estate_authority *a = estate_authority(r->estate, authority);
    uint64_t bit = UINT64_C(1) << ((size_t)(a - r->estate->authorities) & 63);
    if ((p->trusts & bit) != 0)
        return RC_OK;
    struct ca *ca = NULL;
    AUTO(X509_STACK) *signers = NULL;
    enum rc rc = authority_open(r, a, &ca, f);
    if (rc == RC_OK)
        rc = ca_signers(ca, &signers, f);
    ca_free(ca);
    if (rc != RC_OK)
        return rc;
    AUTO_OPENED o = {.kr = NULL};
    bool made = false, any = false;
    rc = repository_open(r, p->is->repository, &o, &made, f);
    if (rc == RC_OK)
        rc = repository_trust(r, o.kr, authority, signers, &any, f);
    if (rc != RC_OK)
        return rc;
    if (r->estate->n_authorities <= 64 && sk_X509_num(signers) > 0)
        p->trusts |= bit;
    if (!any && !made)
        return rc;
    rc = repository_save(r, p->is->repository, &o, f);
    if (rc != RC_OK)
        return rc;
    identity_tell(r, p, "runmqakm -cert -add -db %s -stashed -label '%s ca' -file chain.pem",
        repository_file(p), authority);
    return identity_refresh(r, p, f);
}

enum rc
identity_trust(struct run *r, struct party *p, const struct party *whom, struct failure *f)
{
    return identity_trust_authority(r, p, whom->is->authority, f);
}

enum rc
identity_refresh(struct run *r, struct party *p, struct failure *f)
{
    char keyr[257], label[129];
    enum rc rc = target_ask(p->target, "DISPLAY QMGR SSLKEYR", "SSLKEYR", keyr, sizeof(keyr), f);
    if (rc == RC_OK)
        rc = target_ask(p->target, "DISPLAY QMGR CERTLABL", "CERTLABL", label, sizeof(label), f);
    if (rc != RC_OK)
        return rc;
    if (strlen(p->is->repository) > 256) {
        rc = fail(f, RC_LIMIT, "the path of %s's key repository is longer than SSLKEYR's 256",
            p->is->name);
        failure_fix(f, "move the estate to a shorter path");
        return rc;
    }
    if (strcmp(keyr, p->is->repository) != 0 || strcmp(label, p->is->label) != 0)
        rc = run_mqsc(r, p, f, "ALTER QMGR SSLKEYR('%s') CERTLABL('%s')", p->is->repository,
            p->is->label[0] == '\0' ? " " : p->is->label);
    if (rc != RC_OK)
        return rc;
    return run_mqsc(r, p, f, "REFRESH SECURITY TYPE(SSL)");
}
