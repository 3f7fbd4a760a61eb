#include "io/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READY_FD 3

/* Only async-signal-safe calls: the parent may have threads. */
static _Noreturn void
child_exec(const char *const argv[], int ready)
{
    setsid();
    /* A grandchild: whoever started us need not reap it. */
    pid_t inner = fork();
    if (inner != 0)
        _exit(inner < 0 ? 1 : 0);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (ready != READY_FD) {
        dup2(ready, READY_FD);
        close(ready);
    } else {
        fcntl(READY_FD, F_SETFD, 0);
    }
    if (null > READY_FD)
        close(null);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    static const char why[] = "the program could not be started";
    (void)!write(READY_FD, why, sizeof(why) - 1);
    _exit(127);
}

static void
read_all(int fd, struct buf *out)
{
    char block[1024];
    ssize_t n;
    while ((n = read(fd, block, sizeof(block))) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_put(out, block, (size_t)n);
}

/* The child's first words are its process id, because it is our grandchild. */
static int32_t
take_pid(struct buf *said)
{
    const char *text = buf_cstr(said);
    char *end = NULL;
    long pid = strtol(text, &end, 10);
    if (end == text || *end != '\n')
        return 0;
    buf_consume(said, (size_t)(end + 1 - text));
    return (int32_t)pid;
}

enum rc
process_start(const char *const argv[], struct buf *said, int32_t *pid, struct failure *f)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0)
        return fail_errno(f, RC_IO, errno, "can not make a pipe");
    pid_t child = fork();
    if (child < 0) {
        int err = errno;
        close(fd[0]);
        close(fd[1]);
        return fail_errno(f, RC_IO, err, "can not start %s", argv[0]);
    }
    if (child == 0)
        child_exec(argv, fd[1]);
    close(fd[1]);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    AUTO_BUF words = buf_new(4096, ORDER_BIG);
    read_all(fd[0], &words);
    close(fd[0]);
    *pid = take_pid(&words);
    buf_span_put(said, buf_span(&words));
    return RC_OK;
}

void
process_ready(const char *why)
{
    char line[700];
    int n = snprintf(line, sizeof(line), "%ld\n%s", (long)getpid(), why == NULL ? "" : why);
    if (n > 0)
        (void)!write(READY_FD, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
    close(READY_FD);
}

bool
process_exists(int32_t pid)
{
    return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

void
process_signal(int32_t pid, int signo)
{
    if (pid > 0)
        kill(pid, signo);
}

int32_t
process_id(void)
{
    return (int32_t)getpid();
}

void
process_pause(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

enum rc
process_self(char *to, size_t size, struct failure *f)
{
    ssize_t n = readlink("/proc/self/exe", to, size - 1);
    if (n < 0)
        return fail_errno(f, RC_IO, errno, "can not find this program's path");
    to[n] = '\0';
    return RC_OK;
}
