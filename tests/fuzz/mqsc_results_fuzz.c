/* mqsc_results_fuzz.c - any text: ids and keywords are well formed, and no byte is read twice. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mqsc/mqsc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
visit(void *arg, const char *id, const char *text, const struct mqsc_cell_value *cells, size_t n)
{
    size_t *sum = arg;
    assert(strncmp(id, "AMQ", 3) == 0 && strchr(text, '\n') == NULL);
    for (size_t i = 0; i < n; i++) {
        assert(cells[i].keyword[0] >= 'A' && cells[i].keyword[0] <= '_');
        *sum += strlen(cells[i].keyword) + (cells[i].value != NULL ? strlen(cells[i].value) : 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t sum = 0;
    char *text = malloc(size + 1);
    assert(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    mqsc_results(text, visit, &sum);
    assert(sum <= size);
    free(text);
    return 0;
}
