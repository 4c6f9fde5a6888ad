/* Message kind: every kind of message, one row of message_kind.def each: what it tells of, how it is
 * called, which variables its wording may use.  The log and its filter, the list of templates, a
 * package's page and its dossier read this table; the class of a message is its template's (template.h). */
#ifndef DOMAIN_MESSAGE_KIND_H
#define DOMAIN_MESSAGE_KIND_H

#include "base/ctx.h"
#include "base/words.h"

/* Groups of variables, as wording.def has them. */
enum word_group {
    WORDS_ANY = 1, WORDS_PACKAGE = 2, WORDS_LINK = 4, WORDS_COST = 8, WORDS_SHELF = 16, WORDS_TEXT = 32,
    WORDS_OPT_OUT = 64, WORDS_AUTHORIZED = 128,
    WORDS_PUBLIC = WORDS_ANY | WORDS_PACKAGE | WORDS_LINK | WORDS_OPT_OUT,
};

struct message_kind {
    const char *event;           /* notifications.event */
    unsigned groups;             /* of enum word_group */
    const char *needs[2];        /* a wording without one of these variables is of no use */
    bool once;                   /* never sent again: what it holds is good for one time */
};
/* NULL for an event of no kind. */
const struct message_kind *message_kind_of(const char *event);

extern const struct word message_events[];           /* of all kinds: "Llegada" */
/* Is its message never sent again?  False for an event of no kind, which the database may hold all the same. */
bool message_is_once(const char *event);

#endif
