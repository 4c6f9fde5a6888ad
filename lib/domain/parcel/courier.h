/* Courier: the carrier whose waybill a guide looks like, by its form and its check digit.  A hint for
 * the counter, never a reason to refuse: forms overlap, and carriers change them. */
#ifndef DOMAIN_COURIER_H
#define DOMAIN_COURIER_H

/* The likeliest carrier.  guide_key: without separators, upper case.  NULL when no known form fits. */
const char *courier_guess(const char *guide_key);
/* Writes the carriers whose form fits to out, the likeliest first, at most `max`; returns how many. */
unsigned courier_guesses(const char *guide_key, const char **out, unsigned max);

#endif
