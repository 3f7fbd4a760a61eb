/*
 * run.h - one run of apply, as its parts share it: each queue manager with how it is reached and
 * its key repository, each channel with what is known of it.
 *
 *   keyring.c    keys, generated in parallel from the start
 *   identity.c   repositories, requests, signing, receiving, setting a certificate aside
 *   identity_move.c   a certificate set aside and restored; intruders' certificates
 *   facts.c      what the queue managers say a channel is
 *   proof.c      start the channel afresh, send messages, compare
 *   stages.c     what each stage changes, and how it is undone
 *   refusal.c    an attempt that must be refused, and its verdict
 *   intruder.c   the intruders: a queue manager that plays them, and their controls
 *   apply.c      the order of it all
 */
#ifndef ESTATE_RUN_H
#define ESTATE_RUN_H

#include "ca/ca.h"
#include "estate/apply.h"
#include "keyrepo/keyrepo.h"
#include "target/target.h"

struct keyring;

struct party { /* a queue manager in this run */
    const struct estate_qmgr *is;
    struct target *target;
    char label[KEYREPO_LABEL_MAX + 1];
    char subject[DN_TEXT_MAX]; /* of its certificate: the issued DN; "" none yet */
    char issuer[DN_TEXT_MAX];
    char address[128]; /* "127.0.0.1(41414)" once its listener runs */
    bool ready;        /* created, running, listening: checked in this run */
    bool looked;       /* the repository was read in this run and not changed since ... */
    bool certified;    /* ... and holds a valid certificate under the label */
    uint64_t trusts;   /* authorities (bit per index) whose signers are there */
};

struct run {
    struct io *io;
    const struct estate *estate;
    const struct apply_options *options;
    const struct report *report;
    struct keyring *keys;
    struct party *parties;   /* one per estate->qmgrs */
    struct target *intruder; /* intruder.c: runs from the first attempt to the end of the run */
    unsigned step;           /* number of the last step told */
    bool changed;
    uint64_t started_us;
};

struct party *run_party(struct run *r, const char *qmgr);
void run_event(struct run *r, const struct event *e);
void run_step(struct run *r, const char *step, const char *channel, const char *headline);
void run_note(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Tell and run an MQSC command on a queue manager. */
enum rc run_mqsc(struct run *r, struct party *p, struct failure *f, const char *fmt, ...)
    __attribute__((format(printf, 4, 5))) MUST_CHECK;
double run_ms(struct run *r, uint64_t since_us);

/* ---- keyring.c ---- */
struct keyring *keyring_new(struct io *io);
void keyring_free(struct keyring *k); /* waits for what is being generated */
void keyring_want(
    struct keyring *k, const char *owner, const char *spec); /* start it; once per owner */
/* Wait for it; the caller owns *out.  It is generated now when nobody wanted it before. */
enum rc keyring_take(struct keyring *k, const char *owner, const char *spec, EVP_PKEY **out,
    struct failure *f) MUST_CHECK;
double keyring_waited_ms(const struct keyring *k);

/* ---- identity.c ---- */
/* Open the authority, made when it is an own one and absent. */
enum rc authority_open(
    struct run *r, const struct estate_authority *a, struct ca **out, struct failure *f) MUST_CHECK;
/* Has p's repository a personal certificate under its label that is valid now?  Fills subject,
 * issuer. */
enum rc identity_find(struct run *r, struct party *p, bool *found, struct failure *f) MUST_CHECK;
/* p's certificate: repository, request, signing, receiving; tells the steps. */
enum rc identity_ensure(struct run *r, struct party *p, struct failure *f) MUST_CHECK;
/* Repository (may stay without personal certificate) that trusts the authority of `whom`. */
enum rc identity_trust(
    struct run *r, struct party *p, const struct party *whom, struct failure *f) MUST_CHECK;
enum rc identity_trust_authority(
    struct run *r, struct party *p, const char *authority, struct failure *f) MUST_CHECK;
/* Take the personal certificate out of the repository into REPOSITORY.aside, and put it back. */
enum rc identity_set_aside(struct run *r, struct party *p, bool *did, struct failure *f) MUST_CHECK;
enum rc identity_restore(struct run *r, struct party *p, bool *did, struct failure *f) MUST_CHECK;
enum rc identity_refresh(
    struct run *r, struct party *p, struct failure *f) MUST_CHECK; /* SSLKEYR, REFRESH SECURITY */
/* Make a repository at path for intruders: their certificates, and the authorities that it trusts.
 */
struct identity_wanted {
    char label[KEYREPO_LABEL_MAX + 1];
    const char *owner, *dn, *authority;
};
enum rc identity_make(struct run *r, const char *path, const struct identity_wanted *wanted,
    size_t n, const char *const *trust, size_t n_trust, struct failure *f) MUST_CHECK;

/* ---- facts.c ---- */
struct channel_facts { /* what a channel is, or (stages.c) what it is to be */
    bool from_exists, to_exists;
    char xmitq[MQ_NAME_MAX + 1];
    char from_sslciph[33], to_sslciph[33], from_sslpeer[DN_TEXT_MAX];
    char sslcauth[16]; /* of the accepting side */
    bool mapped;       /* an SSLPEERMAP of this channel maps to the estate's user ... */
    char map_sslpeer[DN_TEXT_MAX], map_sslcerti[DN_TEXT_MAX], map_user[65];
    bool backstop; /* ... and an ADDRESSMAP * NOACCESS refuses the rest */
    bool from_has_certificate;
};
enum rc facts_read(struct run *r, const struct estate_channel *c, struct channel_facts *out,
    struct failure *f) MUST_CHECK;
/* The stage that these facts amount to.  *as_wanted: CipherSpec and filters are those of
 * grove.yaml. */
enum stage facts_stage(struct run *r, const struct estate_channel *c,
    const struct channel_facts *facts, bool *as_wanted);
/* The DN filters that the estate wants for this channel: the sender's subject and issuer as issued,
 * the accepting side's subject. */
enum rc facts_filters(struct run *r, const struct estate_channel *c, char sslpeer[DN_TEXT_MAX],
    char sslcerti[DN_TEXT_MAX], char partner[DN_TEXT_MAX], struct failure *f) MUST_CHECK;

/* ---- proof.c ---- */
struct channel_view { /* what one end's DISPLAY CHSTATUS says */
    bool there;
    char status[16], sslpeer[DN_TEXT_MAX], sslcerti[DN_TEXT_MAX], sslciph[40], secprot[12],
        mcauser[65], jobname[64];
    unsigned long msgs;
};
struct proof {
    unsigned messages;
    struct channel_view from, to;
};
enum rc channel_stop(struct run *r, const struct estate_channel *c, struct failure *f) MUST_CHECK;
/* Stop, start, wait until it runs; when it does not: RC_REFUSED and why, with the side, from both
 * logs. */
enum rc channel_restart(
    struct run *r, const struct estate_channel *c, struct failure *f) MUST_CHECK;
enum rc channel_view(struct target *t, const char *channel, const char *rqmname,
    struct channel_view *out, struct failure *f) MUST_CHECK;
/* Restart and send; check what this stage promises; the repository's certificates are those
 * expected. */
enum rc proof_take(struct run *r, const struct estate_channel *c, enum stage stage,
    struct proof *out, struct failure *f) MUST_CHECK;
enum rc proof_message(
    struct run *r, const struct estate_channel *c, unsigned n, struct failure *f) MUST_CHECK;
/* Of two logs, the message that says best what happened (the other side's echo only if there is no
 * better). */
bool cause_pick(
    struct target *a, uint64_t mark_a, struct target *b, uint64_t mark_b, struct failure *out);
#define PROOF_MESSAGES 3u

/* ---- stages.c ---- */
/* Names of the objects that belong to the proofs on a channel. */
void proof_names(const struct estate_channel *c, char queue[49], char remote[49], char attack[49]);
/* Bring the channel to `to`, from the stage before it (or from the same one that is not as wanted).
 */
enum rc stage_raise(
    struct run *r, const struct estate_channel *c, enum stage to, struct failure *f) MUST_CHECK;
/* What the facts are in that stage, everything else being as it is. */
enum rc stage_facts(struct run *r, const struct estate_channel *c, enum stage stage,
    struct channel_facts *facts, struct failure *f) MUST_CHECK;
/* Make the channel what `want` says, changing only what differs: down, up, and back after a
 * failure. */
enum rc stage_set(struct run *r, const struct estate_channel *c, const struct channel_facts *want,
    struct failure *f) MUST_CHECK;
enum rc party_ready(
    struct run *r, struct party *p, struct failure *f) MUST_CHECK; /* exists, runs, listens */

/* ---- refusal.c ---- */
/* ASH without its certificate on a channel that demands one (before it is restored). */
enum rc refusal_no_certificate(
    struct run *r, const struct estate_channel *c, struct failure *f) MUST_CHECK;
/* Valid certificate, forbidden queue. */
enum rc refusal_forbidden_queue(
    struct run *r, const struct estate_channel *c, struct failure *f) MUST_CHECK;
/* Every intruder of this channel.  A refusal that did not happen is an error. */
enum rc intruders_try(struct run *r, const struct estate_channel *c, struct failure *f) MUST_CHECK;
void intruders_end(struct run *r); /* the intruding queue manager goes */
/* How it is reached (also one that a killed run has left). */
enum rc intruders_target(
    struct io *io, const struct estate *e, struct target **out, struct failure *f) MUST_CHECK;

#endif
