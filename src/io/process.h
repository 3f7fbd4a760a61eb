/*
 * process.h - other programs, real world only: run one and wait, or start one that stays.
 */
#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/failure.h"

/* Start argv[0] (a path) in a session of its own, with /dev/null as its standard streams and a pipe
 * as descriptor 3, and wait until it closes that pipe.  What it wrote there is appended to said:
 * nothing means that it is up.  Returns its process id in *pid. */
enum rc process_start(
    const char *const argv[], struct buf *said, int32_t *pid, struct failure *f) MUST_CHECK;
/* In the child: say what went wrong (or nothing) and let the parent go on. */
void process_ready(const char *why);
/* Does a process with this id exist? */
bool process_exists(int32_t pid);
void process_signal(int32_t pid, int signo);
int32_t process_id(void);
/* Wait a little (for polling another process's end). */
void process_pause(unsigned ms);
/* The path of this program. */
enum rc process_self(char *to, size_t size, struct failure *f) MUST_CHECK;

#endif
