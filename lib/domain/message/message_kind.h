/* Message kind: a row of message_kind.def says what a kind of message is about, how people call it,
 * and which variables its wording may use.  The log and its filter, the list of templates, a package's
 * page and its dossier read this table; the class of a message is its template's (template.h). */
#ifndef DOMAIN_MESSAGE_KIND_H
#define DOMAIN_MESSAGE_KIND_H

#include "base/ctx.h"
#include "base/words.h"

/* Groups of variables (wording.def); a kind's wording may use several groups. */
enum word_group {
    WORDS_ANY = 1, WORDS_PACKAGE = 2, WORDS_LINK = 4, WORDS_COST = 8, WORDS_SHELF = 16, WORDS_TEXT = 32,
    WORDS_OPT_OUT = 64, WORDS_AUTHORIZED = 128, WORDS_POINT = 256, WORDS_DISPUTE = 512,
    WORDS_PUBLIC = WORDS_ANY | WORDS_PACKAGE | WORDS_LINK | WORDS_OPT_OUT,
    WORDS_WAITING = WORDS_PUBLIC | WORDS_COST | WORDS_SHELF,
};

/* The part of the SMS budget that a kind may spend (budget.h). */
enum message_budget {
    BUDGET_ALL,                  /* the whole budget; when it is gone the message is not sent */
    BUDGET_SHARE,                /* strangers can cause it: a share of the budget */
    BUDGET_SHARE_WAITS,          /* the same, but a person's parcel needs it: it waits for more */
    BUDGET_WAITS,                /* a parcel on the shelf needs it: the whole budget, and it waits for more */
};

struct message_kind {
    const char *event;           /* notifications.event */
    unsigned groups;             /* a sum of enum word_group */
    const char *needs[2];        /* a wording must have at least one of these two variables */
    bool once;                   /* true: never sent again, since what it holds is good for one time */
    enum message_budget budget;
    const char *state;           /* the state of a package in which it is true; NULL: in any */
};
/* The budget that an SMS of that event may spend; `reserve`: the message is about a parcel that has been on the shelf,
 * which no stranger made up. */
enum message_budget message_budget_of(const char *event, bool reserve);
/* True for those of which strangers can spend no more than their share. */
bool budget_is_share(enum message_budget budget);
/* The kind of an event; NULL for an unknown one. */
const struct message_kind *message_kind_of(const char *event);

#define MESSAGE_UNTRUE "ya no es cierto: "    /* how a reason begins, for the log */
/* Why a message of that event is not true of a package in `state`: "ya no es cierto: el paquete ya se
 * entregó"; NULL when it may be true. */
const char *message_untrue(struct arena *a, const char *event, const char *state);

extern const struct word message_events[];           /* the kinds of message with their words, "Llegada" */
/* True when a message of that event may have a code that opens packages: their own, or an authorised person's. */
bool message_has_code(const char *event);
/* True when a message of that event is never sent again; false for an unknown event, which the
 * database may hold all the same. */
bool message_is_once(const char *event);

#endif
