/* Courier: the carrier whose waybill a guide looks like, by its form and its check digit, and the number that
 * is printed below a bar code which holds more.  A carrier is a hint for the counter, never a reason to refuse:
 * forms overlap, and carriers change them. */
#ifndef DOMAIN_COURIER_H
#define DOMAIN_COURIER_H

#include <stdbool.h>

#include "base/arena.h"

/* The carriers whom the counter offers, by the names that people say, the usual ones first; behind the last one a row without
 * a name.  also: other words for the same, as carrier.c compares them, with a space between two; NULL: none. */
#define CARRIERS_MAX 20
struct carrier { const char *name, *also; };
extern const struct carrier carriers[CARRIERS_MAX];

/* The likeliest carrier, one of `carriers`.  guide_key: without separators, upper case.  NULL when no known form fits. */
const char *courier_guess(const char *guide_key);
/* Writes the carriers whose form fits to out, the likeliest first, at most `max`; returns how many. */
unsigned courier_guesses(const char *guide_key, const char **out, unsigned max);

/* Writes the numbers that the bar code may hold besides itself to out, the likeliest first, at most `max`;
 * returns how many. */
unsigned courier_numbers(struct arena *a, const char *guide_key, const char **out, unsigned max);
/* The number that the likeliest carrier prints below that bar code: `guide_key` itself unless the bar code
 * holds more. */
const char *courier_printed(struct arena *a, const char *guide_key);
/* Whether the form of the likeliest carrier has a check digit, which then fits. */
bool courier_proves(const char *guide_key);
/* Whether a known form fits, with or without a carrier. */
bool courier_knows(const char *guide_key);

#endif
