/* mqsc_script_fuzz.c - whatever the lines, commands are never blank, never hold a newline and never
 * hold more than what came in. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mqsc/mqsc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
count(void *arg, const char *command)
{
    size_t *n = arg;
    assert(strspn(command, " \t\r") < strlen(command));
    assert(strchr(command, '\n') == NULL);
    assert(strlen(command) <= MQSC_COMMAND_MAX);
    *n += strlen(command);
    return strcmp(command, "END") != 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mqsc_script s = {0};
    size_t given = 0;
    char *text = malloc(size + 1);
    assert(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        (void)!mqsc_script_line(&s, line, count, &given, NULL);
        line = end != NULL ? end + 1 : NULL;
    }
    (void)!mqsc_script_end(&s, count, &given, NULL);
    assert(given <= size);
    mqsc_script_fini(&s);
    free(text);
    return 0;
}
