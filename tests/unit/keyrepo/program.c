#include "program.h"

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int
program_run(const char *const argv[], char *out, size_t size)
{
    int ends[2], status = 0;
    size_t n = 0;

    assert(pipe(ends) == 0);
    pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got = 1; got > 0;) {
        char rest[4096];
        got = read(ends[0], rest, sizeof(rest));
        for (ssize_t i = 0; i < got && n + 1 < size; i++)
            out[n++] = rest[i];
    }
    out[n] = '\0';
    close(ends[0]);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool
program_there(const char *name)
{
    char out[256], command[128];

    snprintf(command, sizeof(command), "command -v %s", name);
    return program_run((const char *const[]){"sh", "-c", command, NULL}, out, sizeof(out)) == 0;
}

const char *
samples_folder(void)
{
    static char path[1024];
    const char *shared = getenv("GROVE_SHARED");
    struct stat st;

    if (shared != NULL)
        snprintf(path, sizeof(path), "%s/samples/keyrepo", shared);
    else
        snprintf(path, sizeof(path), "%s/../shared/samples/keyrepo", SOURCE_ROOT);
    return stat(path, &st) == 0 ? path : NULL;
}
