#include "ca/ca.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"

#define FILE_MAX (1u << 20)

struct ca_arguments {
    const char *words[3];
    size_t n_words;
    const char *name, *organisation, *out;
    int days;
};

static int
parse(struct cmd *c, struct ca_arguments *a)
{
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        bool more = i + 1 < c->argc;
        if (strcmp(word, "--name") == 0 && more)
            a->name = c->argv[++i];
        else if (strcmp(word, "--organisation") == 0 && more)
            a->organisation = c->argv[++i];
        else if (strcmp(word, "--out") == 0 && more)
            a->out = c->argv[++i];
        else if (strcmp(word, "--days") == 0 && more)
            a->days = atoi(c->argv[++i]);
        else if (word[0] != '-' && a->n_words < 3)
            a->words[a->n_words++] = word;
        else
            return cmd_usage(c, "'%s' is not understood", word);
    }
    if (a->days < 0 || a->days > 397)
        return cmd_usage(c, "--days is 1 to 397");
    return EXIT_DONE;
}

static const char *
folder_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static enum rc
create(struct cmd *c, const struct ca_arguments *a, struct failure *f)
{
    struct ca_options o = {
        .name = a->name == NULL ? folder_name(a->words[1]) : a->name, .dn_tail = a->organisation};
    enum rc rc = ca_create(c->io, a->words[1], &o, f);
    if (rc == RC_OK)
        printf("%s holds %s Root CA and %s Intermediate CA; give chain.pem to whoever must trust "
               "them.\n",
            a->words[1], o.name, o.name);
    return rc;
}

static enum rc
print_chain(struct cmd *c, const struct ca_arguments *a, X509_STACK *chain, struct failure *f)
{
    AUTO_BUF pem = buf_new(FILE_MAX, ORDER_BIG);
    for (int i = 0; i < sk_X509_num(chain); i++) {
        enum rc rc = cert_print(sk_X509_value(chain, i), &pem, f);
        if (rc != RC_OK)
            return rc;
    }
    if (a->out != NULL)
        return io_save(c->io, a->out, buf_span(&pem), f);
    fwrite(pem.p, 1, pem.n, stdout);
    return RC_OK;
}

static enum rc
sign(struct cmd *c, const struct ca_arguments *a, struct failure *f)
{
    AUTO_BUF bytes = buf_new(FILE_MAX, ORDER_BIG);
    AUTO(X509_REQ) *req = NULL;
    AUTO(X509_STACK) *chain = NULL;
    struct ca *ca = NULL;
    struct ca_profile profile = {.days = a->days, .server_auth = true, .client_auth = true};
    char name[64];
    text_copy(name, sizeof(name), folder_name(a->words[2]));
    enum rc rc = io_load(c->io, a->words[2], FILE_MAX, &bytes, f);
    if (rc == RC_OK)
        rc = request_parse(buf_span(&bytes), &req, f);
    if (rc == RC_OK)
        rc = ca_open_own(c->io, a->words[1], &ca, f);
    if (rc == RC_OK)
        rc = ca_sign(ca, name, req, &profile, &chain, f);
    if (rc == RC_OK)
        rc = print_chain(c, a, chain, f);
    ca_free(ca);
    return rc;
}

int
cmd_ca(struct cmd *c)
{
    struct ca_arguments a = {.n_words = 0};
    int code = parse(c, &a);
    if (code != EXIT_DONE)
        return code;
    struct failure f = {.rc = RC_OK};
    enum rc rc;
    if (a.n_words == 2 && strcmp(a.words[0], "create") == 0)
        rc = create(c, &a, &f);
    else if (a.n_words == 3 && strcmp(a.words[0], "sign") == 0)
        rc = sign(c, &a, &f);
    else
        return cmd_usage(c, "say create FOLDER, or sign FOLDER REQUEST");
    if (rc == RC_OK)
        return EXIT_DONE;
    cmd_fail(&f);
    return EXIT_FAILED;
}
