/* Stash files: spec/key-repository.md 1. */
#include "keyrepo/keyrepo.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "keyrepo/path.h"

#define CLEAR 129u /* version 1; the password, NUL, filler */
#define HASH 32u

struct hash {
    uint8_t bytes[HASH];
};

/* One context for all: looking the algorithm up costs more than a hash, and there are hundreds. */
static EVP_MD_CTX *
sha256_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
        abort();
    return ctx;
}

static struct hash
sha256(EVP_MD_CTX *ctx, struct span a, struct span b)
{
    struct hash out;

    if (EVP_DigestInit_ex(ctx, NULL, NULL) != 1 || EVP_DigestUpdate(ctx, a.p, a.n) != 1 ||
        EVP_DigestUpdate(ctx, b.p, b.n) != 1 || EVP_DigestFinal_ex(ctx, out.bytes, NULL) != 1)
        abort();
    return out;
}

static struct hash
hmac(struct hash key, struct span message)
{
    struct hash out;

    if (HMAC(EVP_sha256(), key.bytes, HASH, message.p, message.n, out.bytes, NULL) == NULL)
        abort();
    return out;
}

/* The check value of a version 2 file. */
static struct hash
check_of(struct span salt)
{
    static const uint8_t one = 1;
    EVP_MD_CTX *ctx = sha256_new();
    struct hash check = sha256(ctx, span_of(&one, 1), salt);

    EVP_MD_CTX_free(ctx);
    return check;
}

static struct hash
keystream_key(struct span salt, struct span check)
{
    static const char constant[] =
        "13EC6D5C885056915AB35FAD2BDDF39F40D7C57B8B4D28F66B61B75F391446FD"
        "A96751174DBD9713D02E0B38732E763501DBBB85EC60E437929ED2AA8981B36B";
    EVP_MD_CTX *ctx = sha256_new();
    struct hash s = sha256(ctx, salt, check);

    while (s.bytes[8] != 3)
        s = sha256(ctx, span_of(s.bytes, HASH), span_of(NULL, 0));
    for (int i = 0; i < 64; i++)
        s = sha256(ctx, span_of(s.bytes, HASH), span_of(NULL, 0));
    EVP_MD_CTX_free(ctx);
    return hmac(s, span_str(constant));
}

/* XOR with the keystream of this salt; its own inverse. */
static void
scramble(uint8_t data[CLEAR], struct span salt, struct span check)
{
    static const uint8_t seed[] = {1, 1, 2, 3, 5, 8};
    struct hash key = keystream_key(salt, check);
    struct hash first = hmac(key, span_of(seed, sizeof(seed)));
    struct buf stream = buf_new(8 * HASH, ORDER_BIG);
    struct buf tail = buf_new(64 * HASH, ORDER_BIG); /* stream so far, then the tail before it */

    buf_put(&tail, first.bytes, HASH);
    while (stream.n < CLEAR) {
        struct hash next = hmac(key, buf_span(&tail));
        struct buf longer = buf_new(64 * HASH, ORDER_BIG);
        buf_put(&stream, next.bytes, HASH);
        buf_span_put(&longer, buf_span(&stream));
        buf_span_put(&longer, buf_span(&tail));
        buf_wipe(&tail);
        tail = longer;
    }
    for (size_t i = 0; i < CLEAR; i++)
        data[i] ^= stream.p[i];
    buf_wipe(&stream);
    buf_wipe(&tail);
    secret_wipe(&key, sizeof(key));
}

static void
mask(uint8_t data[CLEAR])
{
    for (size_t i = 0; i < CLEAR; i++)
        data[i] ^= 0xf5;
}

enum rc
stash_decode(struct span file, struct secret *out, struct failure *f)
{
    uint8_t clear[CLEAR];
    struct reader r = reader_of(file, ORDER_BIG);

    if (file.n != CLEAR && file.n != CLEAR + 2 * HASH)
        return fail(f, RC_MALFORMED, "a stash file has %u or %u bytes, this one has %zu", CLEAR,
            CLEAR + 2 * HASH, file.n);
    struct span salt = reader_take(&r, file.n == CLEAR ? 0 : HASH);
    struct span check = reader_take(&r, file.n == CLEAR ? 0 : HASH);
    reader_copy(&r, clear, CLEAR);
    if (salt.n > 0) {
        struct hash want = check_of(salt);
        if (!span_equal(check, span_of(want.bytes, HASH)))
            return fail(f, RC_CORRUPT, "the stash file is damaged (check value)");
        scramble(clear, salt, check);
    }
    mask(clear);
    (void)secret_set(out, (const char *)clear, strnlen((const char *)clear, SECRET_MAX));
    secret_wipe(clear, sizeof(clear));
    return RC_OK;
}

enum rc
stash_encode(struct io *io, const struct secret *password, struct buf *out, struct failure *f)
{
    uint8_t clear[CLEAR], salt[HASH];

    if (password->n == 0 || memchr(password->bytes, 0, password->n) != NULL)
        return fail(
            f, RC_INVALID, "a password to stash has 1 to %u bytes, none of them NUL", SECRET_MAX);
    io_random(io, clear, sizeof(clear));
    for (size_t i = 0; i < CLEAR; i++)
        if (clear[i] == 0)
            clear[i] = 0x5a; /* filler is never NUL */
    memcpy(clear, password->bytes, password->n);
    clear[password->n] = 0;
    mask(clear);
    io_random(io, salt, sizeof(salt));
    struct hash check = check_of(span_of(salt, HASH));
    scramble(clear, span_of(salt, HASH), span_of(check.bytes, HASH));
    buf_put(out, salt, HASH);
    buf_put(out, check.bytes, HASH);
    buf_put(out, clear, CLEAR);
    secret_wipe(clear, sizeof(clear));
    return buf_ok(out) ? RC_OK : fail(f, RC_LIMIT, "no room for a stash file");
}

/* ---- files ---- */

static void
add_ids(struct failure *f, const char *path)
{
    failure_id(f, "AMQ9660E");
    failure_side(f, path_name(path));
    failure_fix(
        f, "Stash the password again: runmqakm -keydb -stashpw -db REPOSITORY -pw PASSWORD");
}

enum rc
stash_load(struct io *io, const char *repository, struct secret *out, struct failure *f)
{
    struct path path;
    struct buf file = buf_new(1024, ORDER_BIG);

    enum rc rc = path_stash(io, repository, &path, f);
    if (rc != RC_OK)
        return rc;
    if (!io_exists(io, path.text))
        rc = fail(f, RC_NOT_FOUND, "there is no stash file %s (GSKit 408)", path.text);
    else
        rc = io_load(io, path.text, 1024, &file, f);
    if (rc == RC_OK)
        rc = stash_decode(buf_span(&file), out, f);
    if (rc != RC_OK)
        add_ids(f, path.text);
    buf_wipe(&file);
    return rc;
}

enum rc
stash_save(struct io *io, const char *repository, const struct secret *password, struct failure *f)
{
    struct path path;
    struct buf file = buf_new(1024, ORDER_BIG);

    enum rc rc = path_stash(io, repository, &path, f);
    if (rc == RC_OK)
        rc = stash_encode(io, password, &file, f);
    if (rc == RC_OK)
        rc = io_save(io, path.text, buf_span(&file), f);
    buf_wipe(&file);
    return rc;
}
