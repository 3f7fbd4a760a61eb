/*
 * words.h - the verbs, nouns and commands that the parser knows.  Only mqsc/ includes it.
 */
#ifndef MQSC_WORDS_H
#define MQSC_WORDS_H

#include "mqsc/mqsc.h"

struct verb_row {
    const char *words; /* the verb, then its synonyms */
    enum mqsc_verb verb;
};

enum name_rule { NAME_NONE, NAME_OPTIONAL, NAME_NEEDED };

struct noun_row {
    const char *words;
    enum mqsc_noun noun;
    enum name_rule name;
    int type;        /* enum object_type, or -1 */
    int32_t subtype; /* QT_* of QLOCAL and its like */
};

/* One row per command that Grove knows: what may stand there besides attributes. */
struct command_row {
    enum mqsc_verb verb;
    enum mqsc_noun noun;
    const char *words;   /* a trailing "()": takes a value */
    bool attributes;     /* the attributes of the noun's class may stand there as well */
    const char *foreign; /* attributes that only types have which Grove does not; or NULL */
};

const struct verb_row *verb_find(const char *word);
const struct noun_row *noun_find(const char *word);
const struct noun_row *noun_of(const struct mqsc_command *c);
const struct command_row *command_find(enum mqsc_verb verb, enum mqsc_noun noun);
/* Is word in a table's list of words?  *valued: it was listed with "()". */
bool words_have(const char *words, const char *word, bool *valued);

#endif
