/*
 * embedded.h - Grove's own queue managers: their folders, and their processes.
 *
 * DATA/qmgrs/NAME (escaped) is a queue manager's folder; its process is this program, started as
 * `grove --queue-manager NAME`, which calls embedded_serve().
 */
#ifndef TARGET_EMBEDDED_H
#define TARGET_EMBEDDED_H

#include "io/io.h"

#define EMBEDDED_PATH_MAX 4096

void embedded_dir(const char *data, const char *qmgr, char to[EMBEDDED_PATH_MAX]);
/* "unix:DIR/sock" */
void embedded_socket(const char *data, const char *qmgr, char to[EMBEDDED_PATH_MAX]);
bool embedded_exists(struct io *io, const char *data, const char *qmgr);
/* The process that serves it, 0: none. */
int32_t embedded_pid(struct io *io, const char *data, const char *qmgr);
enum rc embedded_create(struct io *io, const char *data, const char *qmgr,
    const char *dead_letter_queue, struct failure *f) MUST_CHECK;
enum rc embedded_start(
    struct io *io, const char *data, const char *qmgr, struct failure *f) MUST_CHECK;
/* Does not return until the process is gone.  how: 'c' quiesce, 'w' quiesce and wait, 'i'
 * immediate, 'p' preemptive. */
enum rc embedded_stop(
    struct io *io, const char *data, const char *qmgr, char how, struct failure *f) MUST_CHECK;
enum rc embedded_delete(
    struct io *io, const char *data, const char *qmgr, struct failure *f) MUST_CHECK;
/* Names of all queue managers under data, sorted. */
enum rc embedded_list(
    struct io *io, const char *data, io_name_fn *fn, void *arg, struct failure *f) MUST_CHECK;
/* The process itself: serve until told to end.  Returns its exit code. */
int embedded_serve(const char *data, const char *qmgr);

#endif
