/* Kept quote: what a clerk is about to hand over, under an id of its own, so that its page can be reloaded, gone back
 * to and opened twice.  It holds no pickup code, only whose it was; when the hand-over failed it holds the form, too. */
#ifndef DOMAIN_KEPT_QUOTE_H
#define DOMAIN_KEPT_QUOTE_H

#include "domain/handover/deliver_quote.h"

#define QUOTE_PROOF_S 1800       /* seconds for which the code that was read stays the proof */
#define QUOTE_KEPT_S 43200       /* seconds after which a quote is swept: a clerk's day */

struct quote_keep_in {
    const char *id;              /* the quote that the form was made of; NULL, or not the clerk's: a new one is kept */
    const char *code;            /* as typed; only whose it is stays, and nothing of a code that nobody has */
    int64_t customer_id, package_id;     /* the person whose list it is without a code, or 0 */
    const char *operation_key;   /* the key of the form that failed; NULL: a new one is made */
    const char *typed, *faults;  /* the form that failed, and why, in the caller's own writing; NULL: none did */
};
/* Keeps a quote of the clerk in c; *id lies in the arena. */
enum err quote_keep(struct ctx *c, const struct quote_keep_in *in, const char **id) MUST_CHECK;

struct kept_quote {
    const char *id, *typed, *faults;
    const char *operation_key;   /* NULL: its hand-over was undone, so the next one needs a new key */
    struct deliver_quote_in by;  /* for deliver_quote; without the code when it is no longer the proof */
    int64_t package_id;          /* the package whose code was read, or whose list it was; 0: a customer's */
    bool expired;                /* a code was read, too long ago */
    int64_t delivered;           /* a package that its hand-over delivered, or 0 */
};
/* E_NOT_FOUND for an unknown id, and for another clerk's. */
enum err kept_quote_by_id(struct ctx *c, const char *id, struct kept_quote *out) MUST_CHECK;
/* The person whose list a form of a hand-over shows: a customer's, or of the person whose package it is. */
struct handover_of { int64_t customer_id, package_id; };
/* A package that the clerk's hand-over with this key has delivered to that person; 0: it did not happen, was
 * another person's, or was undone.  *key becomes NULL when it is used up. */
enum err handover_by_key(struct ctx *c, struct handover_of of, const char **key, int64_t *package_id) MUST_CHECK;
/* True when somebody's parcels are opened by what was typed as a code. */
bool pickup_code_known(struct ctx *c, const char *typed);

/* Inside the write of the cleaning job: forgets what is older than QUOTE_KEPT_S. */
enum err kept_quotes_sweep_tx(struct ctx *c) MUST_CHECK;

#endif
