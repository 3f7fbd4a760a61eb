#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool
text_copy(char *to, size_t size, const char *s)
{
    int n = snprintf(to, size, "%s", s);
    return n >= 0 && (size_t)n < size;
}

static char
upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static char
lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

void
text_upper(char *s)
{
    for (; *s != '\0'; s++)
        *s = upper(*s);
}

void
text_lower(char *s)
{
    for (; *s != '\0'; s++)
        *s = lower(*s);
}

bool
text_equal_fold(const char *a, const char *b)
{
    while (*a != '\0' && upper(*a) == upper(*b)) {
        a++;
        b++;
    }
    return upper(*a) == upper(*b);
}

bool
text_is_mq_name(const char *s, size_t max)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./_%";
    size_t n = strlen(s);
    return n > 0 && n <= max && strspn(s, allowed) == n;
}

bool
text_matches_generic(const char *pattern, const char *name)
{
    size_t n = strlen(pattern);
    if (n > 0 && pattern[n - 1] == '*')
        return strncmp(pattern, name, n - 1) == 0;
    return strcmp(pattern, name) == 0;
}

void
text_file_name(const char *name, char *to, size_t size)
{
    size_t at = 0;
    for (; *name != '\0' && at + 4 <= size; name++) {
        if (*name == '/' || *name == '%')
            at += (size_t)snprintf(to + at, size - at, "%%%02X", (unsigned char)*name);
        else
            to[at++] = *name;
    }
    to[at] = '\0';
}

static struct tm
time_parts(int64_t us)
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return tm;
}

void
time_date(int64_t us, char to[11])
{
    struct tm tm = time_parts(us);
    strftime(to, 11, "%Y-%m-%d", &tm);
}

void
time_clock(int64_t us, char to[9])
{
    struct tm tm = time_parts(us);
    strftime(to, 9, "%H.%M.%S", &tm);
}

void
time_iso(int64_t us, char to[25])
{
    struct tm tm = time_parts(us);
    size_t n = strftime(to, 25, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(to + n, 25 - n, ".%03uZ", (unsigned)(us / 1000 % 1000) % 1000u);
}

void
time_mqmd(int64_t us, char date[9], char clock[9])
{
    struct tm tm = time_parts(us);
    strftime(date, 9, "%Y%m%d", &tm);
    size_t n = strftime(clock, 9, "%H%M%S", &tm);
    snprintf(clock + n, 9 - n, "%02u", (unsigned)(us / 10000 % 100) % 100u);
}
