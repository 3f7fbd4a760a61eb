/*
 * codec.h - repository formats: bytes to a struct keyrepo and back, no I/O.
 *
 * A format is a row: how to know it by its first bytes, and what it can do.  A row without
 * functions is a format that is known but not supported, so that the refusal can name it.
 */
#ifndef KEYREPO_CODEC_H
#define KEYREPO_CODEC_H

#include "keyrepo/keyrepo.h"

#define KEYREPO_FILE_MAX (4u * 1024 * 1024)

/* Which entries of a repository go into one file: pending requests live in a file of their own,
 * because a private key without a certificate is nothing that GSKit expects in a .p12. */
enum keyrepo_part { KEYREPO_PART_CERTIFICATES, KEYREPO_PART_REQUESTS };

/* What a file held that a struct keyrepo can not: it would be lost if the file were written again.
 */
struct keyrepo_foreign {
    size_t keys; /* private keys without a certificate */
    size_t bags; /* secret keys, CRLs, anything else */
};

struct keyrepo_format {
    const char *name;
    bool (*is)(struct span file);
    /* RC_DENIED: wrong password.  RC_CORRUPT: right password or none needed to tell, but damaged.
     */
    enum rc (*decode)(struct span file, const struct secret *password, struct keyrepo *kr,
        struct keyrepo_foreign *foreign, struct failure *f);
    enum rc (*encode)(const struct keyrepo *kr, enum keyrepo_part part,
        const struct secret *password, struct buf *out, struct failure *f);
    const char *fix; /* when it is not supported */
};

/* The format of these bytes; NULL when they are none. */
const struct keyrepo_format *keyrepo_format_of(struct span file);
/* The format that repositories are written in. */
const struct keyrepo_format *keyrepo_format_default(void);
/* Add what file holds to kr. */
enum rc keyrepo_decode(struct span file, const struct secret *password, struct keyrepo *kr,
    struct keyrepo_foreign *foreign, struct failure *f) MUST_CHECK;
enum rc keyrepo_encode(const struct keyrepo *kr, enum keyrepo_part part,
    const struct secret *password, struct buf *out, struct failure *f) MUST_CHECK;

bool pkcs12_is(struct span file);
enum rc pkcs12_decode(struct span file, const struct secret *password, struct keyrepo *kr,
    struct keyrepo_foreign *foreign, struct failure *f) MUST_CHECK;
enum rc pkcs12_encode(const struct keyrepo *kr, enum keyrepo_part part,
    const struct secret *password, struct buf *out, struct failure *f) MUST_CHECK;

/* ---- shared by the formats ---- */
/* Label of a certificate that was added without one: its subject, most specific part first. */
void keyrepo_label_of_name(const X509_NAME *name, char to[KEYREPO_LABEL_MAX + 1]);
/* Like keyrepo_add_take(), but a label that is in use gets " (2)", " (3)" ... */
void keyrepo_add_renamed_take(struct keyrepo *kr, struct keyrepo_entry *entry);
/* Every personal entry's key belongs to its certificate. */
enum rc keyrepo_check_keys(const struct keyrepo *kr, struct failure *f) MUST_CHECK;

#endif
