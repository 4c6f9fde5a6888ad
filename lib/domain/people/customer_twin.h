/* Customer twin: people who may be one person written down twice. */
#ifndef DOMAIN_CUSTOMER_TWIN_H
#define DOMAIN_CUSTOMER_TWIN_H

#include "base/words.h"
#include "domain/people/customer.h"

/* Why two people may be one, the surest first: the same document; the same phone, or the same home, and alike names;
 * the same name, where one of them has no phone. */
extern const struct word twin_reasons[];

struct twin {
    struct customer who;
    const char *reason;          /* a word of twin_reasons */
    const char *home;            /* customer_home of them */
};
FIELD_TABLE(struct twin, twin_fields)
struct twins { struct twin *v; size_t n; };
#define TWINS_MAX 5

/* Data that have been typed of a new person so far; a member that is NULL or blank says nothing. */
struct twin_of { const char *name, *phone, *document_type, *document_number, *building, *tower, *apartment; };
/* Finds people who may be that person already, the surest first, at most TWINS_MAX. */
enum err customer_twins(struct ctx *c, const struct twin_of *typed, struct twins *out) MUST_CHECK;

/* Two people who may be one, of whom a clerk knows at least one; `first` is who was written down first. */
struct twin_pair { struct customer first, second; const char *first_home, *second_home, *reason; };
FIELD_TABLE(struct twin_pair, twin_pair_fields)
struct twin_pairs { struct twin_pair *v; size_t n; };
struct twin_filter { int64_t after, limit; };        /* after: id of the last `first` seen; limit: 1 to 200, else 50 */
/* Pairs by the id of their first one; *next is the `after` of the next page, 0 after the last.  A page may have few
 * pairs or none and yet a next one, since it compares some thousands of people at most. */
enum err customer_twin_pairs(struct ctx *c, const struct twin_filter *f, struct twin_pairs *out, int64_t *next) MUST_CHECK;

/* A clerk says that two people who look like one are two (are_two), so that they are no pair any more, or takes that
 * back.  E_INVALID names "with" for one person; E_NOT_FOUND for an unknown one. */
struct part_in { int64_t id, with; };
enum err customer_part(struct ctx *c, const struct part_in *in, bool are_two) MUST_CHECK;

#endif
