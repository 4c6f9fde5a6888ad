/* Courier: whose waybill a guide looks like, by its form and its check digit.  A hint
 * for the counter, never a reason to refuse: forms overlap, and carriers change them. */
#ifndef DOMAIN_COURIER_H
#define DOMAIN_COURIER_H

/* guide_key: without separators, upper case.  NULL: like none that we know. */
const char *courier_guess(const char *guide_key);
/* All whose form fits, best first; how many, at most `max`. */
unsigned courier_guesses(const char *guide_key, const char **out, unsigned max);

#endif
