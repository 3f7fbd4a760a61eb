/*
 * results.c - results read back, ours and IBM's: messages and the cells below them.
 *
 * Values may hold blanks and parentheses, so a line is cut into two cells only where the layout
 * says so: 40 columns after the first cell began, and only when what stands before is a whole cell.
 */
#include <string.h>

#include "mqsc/mqsc.h"

enum { CELL = 40, CELLS_MAX = 256, ID_SIZE = 12 };

struct message {
    char id[ID_SIZE];
    const char *text;
    struct mqsc_cell_value cells[CELLS_MAX];
    size_t n;
    mqsc_result_fn *fn;
    void *arg;
};

static void
flush(struct message *m)
{
    if (m->id[0] != '\0')
        m->fn(m->arg, m->id, m->text, m->cells, m->n);
    m->id[0] = '\0';
    m->n = 0;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_keyword_char(char c)
{
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

static size_t
trimmed(const char *s, size_t n)
{
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\r' || s[n - 1] == '\t'))
        n--;
    return n;
}

/* "AMQ8414I: text": the length of the id, or 0.  Older releases print no severity letter. */
static size_t
id_length(const char *line)
{
    size_t n = 3;
    if (line[0] != 'A' || line[1] != 'M' || line[2] != 'Q')
        return 0;
    while (is_digit(line[n]))
        n++;
    if (n < 7 || n > 8)
        return 0;
    if (line[n] >= 'A' && line[n] <= 'Z')
        n++;
    return line[n] == ':' ? n : 0;
}

static int
balance(const char *s, size_t n)
{
    int open = 0;
    for (size_t i = 0; i < n; i++)
        open += s[i] == '(' ? 1 : s[i] == ')' ? -1 : 0;
    return open;
}

/* KEYWORD or KEYWORD(...) and nothing else, of n characters. */
static bool
is_cell(const char *s, size_t n)
{
    size_t k = 0;
    while (k < n && is_keyword_char(s[k]))
        k++;
    if (k == 0 || is_digit(s[0]) || k >= sizeof(((struct mqsc_cell_value *)0)->keyword))
        return false;
    return k == n || (s[k] == '(' && s[n - 1] == ')');
}

/* The cell's value is terminated in place: the line is our own copy. */
static void
add_cell(struct message *m, char *s, size_t n)
{
    if (m->n == CELLS_MAX)
        return;
    struct mqsc_cell_value *cell = &m->cells[m->n++];
    size_t k = 0;
    while (k < n && is_keyword_char(s[k]))
        k++;
    memcpy(cell->keyword, s, k);
    cell->keyword[k] = '\0';
    cell->value = NULL;
    if (k == n)
        return;
    s[n - 1] = '\0';
    cell->value = strcmp(s + k + 1, " ") == 0 ? "" : s + k + 1;
}

static bool
splits(const char *s, size_t n)
{
    if (n <= CELL || s[CELL - 1] != ' ')
        return false;
    size_t first = trimmed(s, CELL);
    if (!is_cell(s, first) || !is_cell(s + CELL, n - CELL))
        return false;
    return balance(s, first) == 0 || balance(s, n) != 0;
}

/* False: not a line of cells; what follows is no longer about this message. */
static bool
add_line(struct message *m, char *s, size_t n)
{
    if (splits(s, n)) {
        add_cell(m, s, trimmed(s, CELL));
        add_cell(m, s + CELL, n - CELL);
        return true;
    }
    if (!is_cell(s, n))
        return false;
    add_cell(m, s, n);
    return true;
}

static void
take_line(struct message *m, char *line)
{
    size_t n = trimmed(line, strlen(line));
    line[n] = '\0';
    size_t id = id_length(line);
    if (id > 0) {
        flush(m);
        memcpy(m->id, line, id);
        m->id[id] = '\0';
        m->text = line + id + 1 + strspn(line + id + 1, " ");
        return;
    }
    size_t blanks = strspn(line, " \t");
    if (m->id[0] == '\0' || n == 0)
        return;
    if (blanks == 0 || !add_line(m, line + blanks, n - blanks))
        flush(m);
}

void
mqsc_results(const char *text, mqsc_result_fn *fn, void *arg)
{
    struct message m = {.fn = fn, .arg = arg};
    AUTO_BUF copy = buf_new(strlen(text) + 1, ORDER_BIG);
    buf_put(&copy, text, strlen(text) + 1);
    for (char *line = (char *)copy.p; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        take_line(&m, line);
        line = end != NULL ? end + 1 : NULL;
    }
    flush(&m);
}
