/*
 * estate.h - grove.yaml: authorities, queue managers, channels and intruders, as the file says they
 * should be (DESIGN.md, The estate).  Nothing here looks at a queue manager.
 */
#ifndef ESTATE_ESTATE_H
#define ESTATE_ESTATE_H

#include "base/text.h"
#include "io/io.h"
#include "x509/x509.h"

#define ESTATE_PATH_MAX 4096
#define ESTATE_DNS_MAX 8

/* The four stages in order (DESIGN.md, The four stages). */
enum stage { STAGE_NONE, STAGE_BASELINE, STAGE_SERVER_ONLY, STAGE_MUTUAL, STAGE_FILTERED, STAGES };
const char *stage_name(enum stage s);
bool stage_find(const char *name, enum stage *out);

struct estate_authority {
    char name[33];
    char kind[16];             /* "own", "by-hand" */
    char dir[ESTATE_PATH_MAX]; /* absolute after loading */
    char organisation[257];    /* end of the authority's own names: "O=Grove Lab,C=GB" */
    char key[16];
};
struct estate_qmgr {
    char name[MQ_NAME_MAX + 1];
    char reached[16];   /* "embedded" */
    char listener[128]; /* "127.0.0.1(0)"; "" none */
    char repository[ESTATE_PATH_MAX];
    char label[129]; /* CERTLABL; "" the default label */
    char dn[DN_TEXT_MAX];
    char dns[ESTATE_DNS_MAX][254];
    size_t n_dns;
    char key[16];
    char authority[33];
};
struct estate_channel {
    char name[MQ_CHANNEL_MAX + 1];
    char from[MQ_NAME_MAX + 1], to[MQ_NAME_MAX + 1];
    char cipherspec[33];
    enum stage stage;
    char admit[DN_TEXT_MAX];      /* DN filter; "": exactly the sending side's certificate */
    char mcauser[65];             /* unprivileged user that the filtered channel runs as */
    char queue[MQ_NAME_MAX + 1];  /* the application's queue on the receiving side */
    char remote[MQ_NAME_MAX + 1]; /* remote queue definition on the sending side */
    char connname[128];           /* "": the receiving side's listener */
};
enum intruder_kind {
    INTRUDER_OTHER_DN,
    INTRUDER_SAME_DN_OTHER_CA,
    INTRUDER_NEAR_DN,
    INTRUDER_PLAINTEXT,
    INTRUDER_IMPOSTOR,
    INTRUDER_UNTRUSTED_CA,
    INTRUDER_KINDS
};
struct estate_intruder {
    char name[MQ_NAME_MAX + 1];
    char channel[MQ_CHANNEL_MAX + 1];
    enum intruder_kind kind;
    char dn[DN_TEXT_MAX];
    char authority[33];
};
struct estate {
    char dir[ESTATE_PATH_MAX]; /* where grove.yaml stands */
    char name[65];
    struct estate_authority *authorities;
    size_t n_authorities;
    struct estate_qmgr *qmgrs;
    size_t n_qmgrs;
    struct estate_channel *channels;
    size_t n_channels;
    struct estate_intruder *intruders;
    size_t n_intruders;
};

/* Read DIR/grove.yaml and check it: names, references, DNs.  f: file, line and what to write
 * instead. */
enum rc estate_load(
    struct io *io, const char *dir, struct estate **out, struct failure *f) MUST_CHECK;
enum rc estate_parse(
    struct span yaml, const char *dir, struct estate **out, struct failure *f) MUST_CHECK;
void estate_free(struct estate *e);
const struct estate_authority *estate_authority(const struct estate *e, const char *name);
const struct estate_qmgr *estate_qmgr(const struct estate *e, const char *name);
const struct estate_channel *estate_channel(const struct estate *e, const char *name);
const char *intruder_kind_name(enum intruder_kind k);

/* `grove init --lab`: write the description of ASH and BIRCH.  RC_EXISTS when there is a
 * grove.yaml. */
enum rc estate_init_lab(struct io *io, const char *dir, const char *key /* "rsa2048", "p256" */,
    struct failure *f) MUST_CHECK;

#endif
