/* Normalisation of what people type (domain.md §6); that of names is in name.h.  Each function returns the
 * normalised text from the arena, or NULL if the text is not of its kind. */
#ifndef LOCAL_NORMAL_H
#define LOCAL_NORMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

char *normal_phone(struct arena *a, const char *s);   /* E.164: +573001234567 */
char *normal_email(struct arena *a, const char *s);
char *normal_scan(struct arena *a, const char *s);    /* a label scanned: trimmed, upper-cased, no "]C1" */
char *normal_guide(struct arena *a, const char *s);   /* trimmed, upper-cased, ≤ 50 */
char *normal_guide_key(struct arena *a, const char *s); /* A–Z 0–9, 5 to 50 */
char *normal_code(struct arena *a, const char *s);    /* tracking code: 6 of ALPHABET_CODE */
char *normal_digits(struct arena *a, const char *s, size_t n); /* exactly n digits; spaces are dropped */

/* The digits of a text that is no phone, if it may be a foreign one without its "+"; else NULL. */
char *phone_without_plus(struct arena *a, const char *s);
bool phone_takes_sms(const char *e164);      /* a Colombian mobile; false for NULL, no phone */
char *phone_words(struct arena *a, const char *e164);   /* "300 555 0014"; a foreign one as it is */
char *phone_masked(struct arena *a, const char *e164);  /* "•••67" */
/* What a normal e-mail is counted as when messages to one reader are limited: without what stands behind a "+", "-", "="
 * and the like in its first part, where a provider may deliver anything to the same reader.  Two people may have one, so
 * that it says nothing of who somebody is. */
char *email_mailbox(struct arena *a, const char *email);
/* The e-mail as its provider reads it, where it is known how: the same for two addresses only of one reader. */
char *email_reader(struct arena *a, const char *email);
char *email_masked(struct arena *a, const char *email); /* "r•••@example.com" */

#endif
