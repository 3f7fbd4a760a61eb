/*
 * driver.c - runs a fuzz target without libFuzzer: every file of its corpus, then seeded mutations
 * of them.
 *
 * usage: NAME_fuzz [-n ROUNDS] [-s SEED] CORPUS...   With clang the same targets link against
 * libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536u
#define CORPUS_MAX 512u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
    uint8_t *bytes;
    size_t n;
};
struct corpus {
    struct input at[CORPUS_MAX];
    size_t n;
};

static uint64_t
next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static void
load_file(struct corpus *c, const char *path)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL || c->n == CORPUS_MAX) {
        if (f != NULL)
            fclose(f);
        return;
    }
    struct input *in = &c->at[c->n];
    in->bytes = malloc(INPUT_MAX);
    if (in->bytes == NULL)
        abort();
    in->n = fread(in->bytes, 1, INPUT_MAX, f);
    c->n++;
    fclose(f);
}

static void
load_folder(struct corpus *c, const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        char file[4096];
        if (e->d_name[0] == '.')
            continue;
        snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
        load_file(c, file);
    }
    closedir(dir);
}

/* The copy has exactly its own size, so that a sanitizer sees one byte too many. */
static void
run_one(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n == 0 ? 1 : n);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static size_t
mutate(uint8_t *bytes, size_t n, uint64_t *state)
{
    unsigned changes = 1 + (unsigned)(next_random(state) % 6);
    for (unsigned i = 0; i < changes; i++) {
        uint64_t r = next_random(state);
        size_t at = n == 0 ? 0 : (size_t)(r >> 8) % n;
        switch (r % 5) {
        case 0: /* a bit */
            if (n > 0)
                bytes[at] ^= (uint8_t)(1u << ((r >> 40) & 7));
            break;
        case 1: /* a byte that lengths like */
            if (n > 0)
                bytes[at] = (uint8_t[]){0, 1, 0x7F, 0x80, 0xFF, 0x20}[(r >> 40) % 6];
            break;
        case 2: /* cut */
            n = at;
            break;
        case 3: /* repeat a piece */
            if (n > 0 && n < INPUT_MAX / 2) {
                size_t piece = n - at;
                memmove(bytes + n, bytes + at, piece);
                n += piece;
            }
            break;
        default: /* a byte more */
            if (n < INPUT_MAX) {
                memmove(bytes + at + 1, bytes + at, n - at);
                bytes[at] = (uint8_t)(r >> 40);
                n++;
            }
            break;
        }
    }
    return n;
}

int
main(int argc, char **argv)
{
    static struct corpus corpus;
    unsigned long rounds = 3000;
    uint64_t state = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
            rounds = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
            state = strtoull(argv[++i], NULL, 10);
        else
            load_folder(&corpus, argv[i]);
    }
    run_one((const uint8_t *)"", 0);
    for (size_t i = 0; i < corpus.n; i++)
        run_one(corpus.at[i].bytes, corpus.at[i].n);
    static uint8_t work[INPUT_MAX + 8];
    for (unsigned long i = 0; i < rounds; i++) {
        size_t n = 0;
        if (corpus.n > 0) {
            const struct input *in = &corpus.at[next_random(&state) % corpus.n];
            n = in->n < INPUT_MAX / 2 ? in->n : INPUT_MAX / 2;
            memcpy(work, in->bytes, n);
        }
        run_one(work, mutate(work, n, &state));
    }
    printf("%zu inputs, %lu mutations\n", corpus.n, rounds);
    for (size_t i = 0; i < corpus.n; i++)
        free(corpus.at[i].bytes);
    return 0;
}
