/* Name told: what of a name a message may say.  Its reader takes a message for the point's words, while anybody may have
 * announced any text as a name, with anybody's phone.  `otherwise`, borrowed, stands for a name that is not told;
 * NULL stays NULL. */
#ifndef LOCAL_NAME_TOLD_H
#define LOCAL_NAME_TOLD_H

#include "base/arena.h"

/* The name of somebody whom a clerk has met: at most five words of letters of one script, with hyphens and apostrophes,
 * and dots of abbreviations, not spelled letter by letter, and without words that no name has. */
const char *name_for_message(struct arena *a, const char *name, const char *otherwise);

/* "Rosa P.": the name that a stranger wrote.  Only a given name of the tables (given_names.def) is told, and the initial of
 * the next word, of a name that name_for_message tells. */
const char *name_of_stranger(struct arena *a, const char *name, const char *otherwise);

#endif
