/* origin.h - what a struct keyrepo remembers of its file, so that a save loses nothing. */
#ifndef KEYREPO_ORIGIN_H
#define KEYREPO_ORIGIN_H

#include "keyrepo/codec.h"

struct file_print { /* of a file as it was read or written last */
    bool there;
    unsigned char sha256[32];
};
struct keyrepo_origin {
    char path[1024]; /* "": not from a file */
    struct file_print repository, requests;
    struct keyrepo_foreign foreign;
};

#endif
