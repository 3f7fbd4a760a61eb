/*
 * rc.h - result codes.  A function that can fail returns one; what happened, in words, goes into a
 * struct failure (failure.h).  One table gives enum and text.
 */
#ifndef BASE_RC_H
#define BASE_RC_H

/*      id         text shown to people */
/* clang-format off */
#define RC_TABLE(X)                                        \
    X(OK,          "success")                              \
    X(SHORT,       "more bytes are needed")                \
    X(MALFORMED,   "the data breaks its format")           \
    X(LIMIT,       "a limit was exceeded")                 \
    X(INVALID,     "a value is not valid")                 \
    X(NOT_FOUND,   "there is no such thing")               \
    X(EXISTS,      "it exists already")                    \
    X(DENIED,      "not authorised")                       \
    X(BUSY,        "it is in use")                         \
    X(TIMEOUT,     "it took too long")                     \
    X(IO,          "the operating system refused")         \
    X(FULL,        "no space is left")                     \
    X(CORRUPT,     "stored data is damaged")               \
    X(REFUSED,     "the partner refused")                  \
    X(WAITING,     "a person has to act first")            \
    X(UNSUPPORTED, "this is not supported")

enum rc {
#define X(id, text) RC_##id,
    RC_TABLE(X)
#undef X
};
/* clang-format on */

const char *rc_text(enum rc rc);

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
