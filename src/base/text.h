/*
 * text.h - small text helpers: bounded copies, MQ names, file names, times as MQ prints them.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MQ_NAME_MAX 48    /* queue managers, queues */
#define MQ_CHANNEL_MAX 20 /* channels */

/* Copy with truncation; returns false when s did not fit.  size counts the NUL. */
bool text_copy(char *to, size_t size, const char *s);
/* ASCII case folding, independent of locale. */
void text_upper(char *s);
void text_lower(char *s);
bool text_equal_fold(const char *a, const char *b);
/* A valid MQ object name of at most max characters (A-Z a-z 0-9 . / _ %); spec/mqsc-syntax.md 2. */
bool text_is_mq_name(const char *s, size_t max);
/* MQSC generic name: pattern is a name, stem*, or *. */
bool text_matches_generic(const char *pattern, const char *name);
/* An MQ name as a file name: '/' and '%' become %2F and %25, so that it is one path component. */
void text_file_name(const char *name, char *to, size_t size);

/* Microseconds since 1970 UTC, printed in UTC: "yyyy-mm-dd", "hh.mm.ss", ISO 8601 with ms and Z. */
void time_date(int64_t us, char to[11]);
void time_clock(int64_t us, char to[9]);
void time_iso(int64_t us, char to[25]);
/* The MQMD's PutDate "YYYYMMDD" and PutTime "HHMMSSTH". */
void time_mqmd(int64_t us, char date[9], char clock[9]);

#endif
