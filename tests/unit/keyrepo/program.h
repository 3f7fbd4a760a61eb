/* program.h - run another program from a test. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* Is it on the PATH? */
bool program_there(const char *name);
/* Run argv (ends with NULL); its output, both streams, goes to out.  Returns its exit status. */
int program_run(const char *const argv[], char *out, size_t size);
/* The folder of samples, or NULL: GROVE_SHARED, else ../shared beside the source root. */
const char *samples_folder(void);

#endif
