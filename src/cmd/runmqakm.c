/* runmqakm.c - key repositories as MQ administrators know them; what the stages need. */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "keyrepo/keyrepo.h"

#define FILE_MAX_BYTES (4u << 20)

struct akm {
    struct cmd *c;
    const char *db, *label, *file, *dn, *pw, *size, *type, *target, *sig;
    const char *dns[8];
    size_t n_dns;
    bool stashed, stash;
    struct keyrepo *kr;
    struct secret password;
};
struct akm_action {
    const char *object, *action;
    bool opens; /* needs the repository */
    enum rc (*run)(struct akm *a, struct failure *f);
};

/* Never echoed. */
static enum rc
ask_password(struct secret *out, struct failure *f)
{
    struct termios was, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;
    if (terminal) {
        fputs("Source database password : ", stderr);
        quiet = was;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    char line[SECRET_MAX + 2];
    bool read = fgets(line, sizeof(line), stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
        fputc('\n', stderr);
    }
    bool fits = read && secret_set(out, line, strcspn(line, "\r\n"));
    secret_wipe(line, sizeof(line));
    return fits
               ? RC_OK
               : fail(f, RC_INVALID, "no password, or a longer one than %u characters", SECRET_MAX);
}

static enum rc
take_password(struct akm *a, struct failure *f)
{
    if (a->pw == NULL)
        return ask_password(&a->password, f);
    return secret_set(&a->password, a->pw, strlen(a->pw))
               ? RC_OK
               : fail(f, RC_INVALID, "the password is too long");
}

static enum rc
open_repository(struct akm *a, struct failure *f)
{
    if (a->stashed)
        return keyrepo_load_stashed(a->c->io, a->db, &a->kr, &a->password, f);
    enum rc rc = take_password(a, f);
    return rc == RC_OK ? keyrepo_load(a->c->io, a->db, &a->password, &a->kr, f) : rc;
}

static enum rc
save(struct akm *a, struct failure *f)
{
    return keyrepo_save(a->c->io, a->db, &a->password, a->kr, f);
}

static enum rc
want(const struct akm *a, const char *value, const char *option, struct failure *f)
{
    (void)a;
    if (value != NULL)
        return RC_OK;
    enum rc rc = fail(f, RC_INVALID, "the option %s is missing", option);
    failure_id(f, "CTGSK3046W");
    return rc;
}

static enum rc
need_entry(struct akm *a, struct keyrepo_entry **out, struct failure *f)
{
    enum rc rc = want(a, a->label, "-label", f);
    if (rc != RC_OK)
        return rc;
    *out = keyrepo_find(a->kr, a->label);
    if (*out != NULL)
        return RC_OK;
    rc = fail(f, RC_NOT_FOUND, "%s has no entry with the label '%s'", a->db, a->label);
    failure_id(f, "CTGSK3029W");
    failure_fix(f, "runmqakm -cert -list -db %s -stashed", a->db);
    return rc;
}

/* A queue manager looks for one label only: say so while there is time. */
static void
warn_label(const char *label)
{
    static const char prefix[] = "ibmwebspheremq";
    char low[KEYREPO_LABEL_MAX + 1];
    text_copy(low, sizeof(low), label);
    text_lower(low);
    size_t n = sizeof(prefix) - 1;
    if (strncmp(label, prefix, n) == 0 && strcmp(label, low) == 0 && label[n] != '\0')
        return;
    const char *name = label;
    static const char *const misses[] = {
        "ibmwebspheremq", "ibmwebspremq", "ibmwebspheremq_", "ibmwebsphere", "ibmmq"};
    for (size_t i = 0; i < sizeof(misses) / sizeof(misses[0]); i++)
        if (strncmp(low, misses[i], strlen(misses[i])) == 0 && label[strlen(misses[i])] != '\0') {
            name = label + strlen(misses[i]);
            break;
        }
    char wanted[KEYREPO_LABEL_MAX + 1];
    keyrepo_label_for("", name, wanted);
    fprintf(stderr,
        "warning: no queue manager looks for the label '%s' unless CERTLABL names it.\n"
        "         Queue manager %s looks for '%s'.\n",
        label, name, wanted);
}

/* ---- -keydb ---- */

static enum rc
keydb_create(struct akm *a, struct failure *f)
{
    if (io_exists(a->c->io, a->db)) {
        enum rc rc = fail(f, RC_EXISTS, "%s exists already", a->db);
        failure_id(f, "CTGSK3006W");
        return rc;
    }
    enum rc rc = take_password(a, f);
    if (rc != RC_OK)
        return rc;
    a->kr = keyrepo_new();
    rc = save(a, f);
    return rc == RC_OK && a->stash ? stash_save(a->c->io, a->db, &a->password, f) : rc;
}

static enum rc
keydb_stashpw(struct akm *a, struct failure *f)
{
    enum rc rc =
        open_repository(a, f); /* a stash for a password that does not open it helps nobody */
    return rc == RC_OK ? stash_save(a->c->io, a->db, &a->password, f) : rc;
}

/* ---- -cert ---- */

static enum rc
cert_list(struct akm *a, struct failure *f)
{
    (void)f;
    if (a->kr->n == 0) {
        printf("No certificates were found.\n");
        return RC_OK;
    }
    printf("Certificates found\n* default, - personal, ! trusted, # secret key\n");
    for (size_t i = 0; i < a->kr->n; i++) {
        const struct keyrepo_entry *e = &a->kr->entries[i];
        if (e->kind == KEYREPO_REQUEST)
            continue;
        bool quote = strchr(e->label, ' ') != NULL || strchr(e->label, ',') != NULL;
        printf("%s\t%s%s%s\n",
            e->is_default                 ? "*-"
            : e->kind == KEYREPO_PERSONAL ? "-"
                                          : "!",
            quote ? "\"" : "", e->label, quote ? "\"" : "");
    }
    return RC_OK;
}

static enum rc
cert_details(struct akm *a, struct failure *f)
{
    struct keyrepo_entry *e = NULL;
    enum rc rc = need_entry(a, &e, f);
    if (rc != RC_OK)
        return rc;
    if (e->cert == NULL)
        return fail(f, RC_NOT_FOUND, "'%s' is a request: -certreq -details shows it", e->label);
    struct dn subject, issuer;
    char text[DN_TEXT_MAX], from[25], to[25], serial[64], key[32];
    rc = dn_of_subject(e->cert, &subject, f);
    if (rc == RC_OK)
        rc = dn_of_issuer(e->cert, &issuer, f);
    if (rc != RC_OK)
        return rc;
    cert_serial(e->cert, serial, sizeof(serial));
    key_describe(X509_get0_pubkey(e->cert), key, sizeof(key));
    time_iso(cert_not_before(e->cert) * 1000000, from);
    time_iso(cert_not_after(e->cert) * 1000000, to);
    dn_print_name(&issuer, text, sizeof(text));
    printf("Label : %s\nKey Size : %s\nSerial : %s\nIssuer : %s\n", e->label, key, serial, text);
    dn_print_name(&subject, text, sizeof(text));
    printf("Subject : %s\nNot Before : %s\nNot After : %s\nTrust Status : %s\n", text, from, to,
        e->trusted || e->kind == KEYREPO_PERSONAL ? "Enabled" : "Disabled");
    return RC_OK;
}

static enum rc
read_file(struct akm *a, struct buf *out, struct failure *f)
{
    enum rc rc = want(a, a->file, "-file", f);
    return rc == RC_OK ? io_load(a->c->io, a->file, FILE_MAX_BYTES, out, f) : rc;
}

static enum rc
cert_add(struct akm *a, struct failure *f)
{
    AUTO_BUF bytes = buf_new(FILE_MAX_BYTES, ORDER_BIG);
    AUTO(X509_STACK) *certs = NULL;
    enum rc rc = want(a, a->label, "-label", f);
    if (rc == RC_OK)
        rc = read_file(a, &bytes, f);
    if (rc == RC_OK)
        rc = certs_parse(buf_span(&bytes), &certs, f);
    for (int i = 0; rc == RC_OK && i < sk_X509_num(certs); i++) {
        char label[KEYREPO_LABEL_MAX + 1];
        bool added = false;
        if (i == 0)
            text_copy(label, sizeof(label), a->label);
        else
            snprintf(label, sizeof(label), "%.100s %d", a->label, i + 1);
        rc = keyrepo_add_signer(a->kr, label, sk_X509_value(certs, i), &added, f);
        if (rc == RC_OK && !added)
            printf("certificate %d of the file is in %s already\n", i + 1, a->db);
    }
    return rc == RC_OK ? save(a, f) : rc;
}

static enum rc
cert_receive(struct akm *a, struct failure *f)
{
    AUTO_BUF bytes = buf_new(FILE_MAX_BYTES, ORDER_BIG);
    char label[KEYREPO_LABEL_MAX + 1];
    enum rc rc = read_file(a, &bytes, f);
    if (rc == RC_OK)
        rc = keyrepo_receive(a->kr, buf_span(&bytes), io_wall(a->c->io) / 1000000, label, f);
    if (rc == RC_OK)
        rc = save(a, f);
    if (rc != RC_OK)
        return rc;
    printf("The certificate is received for the request '%s'.\n", label);
    warn_label(label);
    return RC_OK;
}

static enum rc
write_file(struct akm *a, const struct buf *bytes, struct failure *f)
{
    enum rc rc = want(a, a->target == NULL ? a->file : a->target, "-target", f);
    return rc == RC_OK
               ? io_save(a->c->io, a->target == NULL ? a->file : a->target, buf_span(bytes), f)
               : rc;
}

static enum rc
cert_extract(struct akm *a, struct failure *f)
{
    struct keyrepo_entry *e = NULL;
    AUTO_BUF pem = buf_new(FILE_MAX_BYTES, ORDER_BIG);
    enum rc rc = need_entry(a, &e, f);
    if (rc == RC_OK && e->cert == NULL)
        rc = fail(f, RC_NOT_FOUND, "'%s' is a request, not a certificate", e->label);
    if (rc == RC_OK)
        rc = cert_print(e->cert, &pem, f);
    return rc == RC_OK ? write_file(a, &pem, f) : rc;
}

static enum rc
entry_delete(struct akm *a, struct failure *f)
{
    struct keyrepo_entry *e = NULL;
    enum rc rc = need_entry(a, &e, f);
    if (rc != RC_OK)
        return rc;
    keyrepo_drop(a->kr, e);
    return save(a, f);
}

/* ---- -certreq ---- */

static enum rc
request_extract(struct akm *a, struct failure *f)
{
    struct keyrepo_entry *e = NULL;
    AUTO_BUF pem = buf_new(FILE_MAX_BYTES, ORDER_BIG);
    enum rc rc = need_entry(a, &e, f);
    if (rc == RC_OK && e->req == NULL)
        rc = fail(f, RC_NOT_FOUND, "'%s' is not a request", e->label);
    if (rc == RC_OK)
        rc = request_print(e->req, &pem, f);
    return rc == RC_OK ? write_file(a, &pem, f) : rc;
}

static const char *
key_spec(const struct akm *a)
{
    static const struct {
        const char *size, *spec;
    } specs[] = {{"2048", "rsa2048"}, {"3072", "rsa3072"}, {"4096", "rsa4096"}, {"256", "p256"},
        {"384", "p384"}, {"521", "p521"}};
    for (size_t i = 0; a->size != NULL && i < sizeof(specs) / sizeof(specs[0]); i++)
        if (strcmp(a->size, specs[i].size) == 0)
            return specs[i].spec;
    if (a->size != NULL)
        return NULL;
    return a->sig != NULL && strncasecmp(a->sig, "EC", 2) == 0 ? "p256" : "rsa2048";
}

static enum rc
request_create(struct akm *a, struct failure *f)
{
    struct san san = {.dns = a->dns, .n_dns = a->n_dns};
    enum rc rc = want(a, a->label, "-label", f);
    if (rc == RC_OK)
        rc = want(a, a->dn, "-dn", f);
    if (rc == RC_OK)
        rc = want(a, a->file, "-file", f);
    if (rc == RC_OK && key_spec(a) == NULL)
        rc = fail(
            f, RC_INVALID, "-size can be 2048, 3072, 4096, or 256, 384, 521 for elliptic curves");
    if (rc == RC_OK)
        rc = keyrepo_request(a->kr, a->label, NULL, key_spec(a), a->dn, &san, f);
    if (rc == RC_OK)
        rc = save(a, f);
    if (rc == RC_OK)
        rc = request_extract(a, f);
    if (rc == RC_OK)
        warn_label(a->label);
    return rc;
}

static enum rc
request_list(struct akm *a, struct failure *f)
{
    (void)f;
    bool any = false;
    for (size_t i = 0; i < a->kr->n; i++) {
        if (a->kr->entries[i].kind != KEYREPO_REQUEST)
            continue;
        if (!any)
            printf("Certificate requests found\n");
        any = true;
        printf("\t%s\n", a->kr->entries[i].label);
    }
    if (!any)
        printf("No certificate requests were found.\n");
    return RC_OK;
}

/* ---- the command line: options in any order ---- */

static const struct akm_action actions[] = {
    {"-keydb", "-create", false, keydb_create},
    {"-keydb", "-stashpw", false, keydb_stashpw},
    {"-cert", "-list", true, cert_list},
    {"-cert", "-details", true, cert_details},
    {"-cert", "-add", true, cert_add},
    {"-cert", "-receive", true, cert_receive},
    {"-cert", "-extract", true, cert_extract},
    {"-cert", "-delete", true, entry_delete},
    {"-certreq", "-create", true, request_create},
    {"-certreq", "-list", true, request_list},
    {"-certreq", "-extract", true, request_extract},
    {"-certreq", "-delete", true, entry_delete},
};

static const char **
option_place(struct akm *a, const char *word)
{
    const struct {
        const char *name;
        const char **to;
    } values[] = {{"-db", &a->db}, {"-label", &a->label}, {"-file", &a->file}, {"-dn", &a->dn},
        {"-pw", &a->pw}, {"-size", &a->size}, {"-type", &a->type}, {"-target", &a->target},
        {"-sig_alg", &a->sig}, {"-sigalg", &a->sig}};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (strcmp(word, values[i].name) == 0)
            return values[i].to;
    return NULL;
}

static bool
is_ignored(const char *word)
{
    static const char *const words[] = {"-fips", "-strong", "-populate"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static const struct akm_action *
parse(struct akm *a, const char **wrong)
{
    struct cmd *c = a->c;
    const char *object = NULL, *action = NULL;
    for (int i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        const char **place = option_place(a, word);
        bool more = i + 1 < c->argc;
        if (place != NULL && more)
            *place = c->argv[++i];
        else if (strcmp(word, "-san_dnsname") == 0 && more && a->n_dns < 8)
            a->dns[a->n_dns++] = c->argv[++i];
        else if ((strcmp(word, "-format") == 0 || strcmp(word, "-trust") == 0 ||
                     strcmp(word, "-expire") == 0) &&
                 more)
            i++;
        else if (strcmp(word, "-stashed") == 0)
            a->stashed = true;
        else if (strcmp(word, "-stash") == 0)
            a->stash = true;
        else if (is_ignored(word))
            continue;
        else if (object == NULL)
            object = word;
        else if (action == NULL)
            action = word;
        else
            *wrong = word;
    }
    for (size_t i = 0; object != NULL && action != NULL && i < sizeof(actions) / sizeof(actions[0]);
         i++)
        if (strcmp(object, actions[i].object) == 0 && strcmp(action, actions[i].action) == 0)
            return &actions[i];
    if (*wrong == NULL)
        *wrong = action != NULL ? action : object != NULL ? object : "";
    return NULL;
}

int
cmd_runmqakm(struct cmd *c)
{
    struct akm a = {.c = c};
    struct failure f = {.rc = RC_OK};
    const char *wrong = NULL;
    const struct akm_action *action = parse(&a, &wrong);
    if (action == NULL || wrong != NULL)
        return cmd_usage(c, "'%s' is not understood; runmqakm --help lists what is", wrong),
               EXIT_FAILED;
    enum rc rc = want(&a, a.db, "-db", &f);
    if (rc == RC_OK && action->opens)
        rc = open_repository(&a, &f);
    if (rc == RC_OK)
        rc = action->run(&a, &f);
    keyrepo_free(a.kr);
    secret_fini(&a.password);
    if (rc == RC_OK)
        return EXIT_DONE;
    cmd_fail(&f);
    return EXIT_FAILED;
}
