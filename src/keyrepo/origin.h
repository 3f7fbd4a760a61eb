/* origin.h - what a struct keyrepo remembers of its files, so that a save loses nothing of somebody
 * else's and writes nothing twice. */
#ifndef KEYREPO_ORIGIN_H
#define KEYREPO_ORIGIN_H

#include "keyrepo/codec.h"

struct print {
    bool there; /* of a file: it exists */
    unsigned char sha256[32];
};
struct part_origin {
    struct print file;    /* its bytes when they were read or written last */
    struct print content; /* the entries that they stand for */
};
struct keyrepo_origin {
    char path[1024];            /* "": not from a file */
    struct secret password;     /* that the files have now */
    struct part_origin part[2]; /* by enum keyrepo_part */
    struct keyrepo_foreign foreign;
};

struct print print_of_bytes(struct span bytes);
struct print print_of_content(const struct keyrepo *kr, enum keyrepo_part part);
bool print_same(const struct print *a, const struct print *b);
size_t keyrepo_count(const struct keyrepo *kr, enum keyrepo_part part);

#endif
