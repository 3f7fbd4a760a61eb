/* profile.h - generic names and comma lists of channel authentication records. */
#ifndef CHLAUTH_PROFILE_H
#define CHLAUTH_PROFILE_H

#include <stdbool.h>

#include "base/bytes.h"

/* "*" stands for any number of characters, anywhere. */
bool profile_matches(const char *pattern, const char *name);
/* < 0: a is more specific: exact, then the later first asterisk, then the longer text. */
int profile_compare(const char *a, const char *b);
/* The next item of a comma list without the blanks around it; *rest moves on. */
bool list_next(const char **rest, struct span *item);
bool list_has(const char *list, struct span item);

#endif
