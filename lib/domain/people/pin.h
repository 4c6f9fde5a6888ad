/* PIN: four to eight digits, an ADMIN's six to eight, by which a person is known at the counter, and nowhere else.
 * It approves what an OPERADOR may not do alone (approval.h), and changes who works at a shared counter.  Its hash
 * is a password's. */
#ifndef DOMAIN_PIN_H
#define DOMAIN_PIN_H

#include "base/ctx.h"
#include "domain/people/user.h"

/* Sets the caller's own PIN, once the password is right.  E_INVALID names "current", "pin" or "again". */
struct pin_in { const char *current, *pin, *again; };
enum err pin_set(struct ctx *c, const struct pin_in *in) MUST_CHECK;
/* The parts of setting a PIN, for whoever sets one in another way: pin_faults adds to c->fault what is wrong with
 * the digits, at the field "pin", or with the second time that they were typed, at `again_at`; pin_hash makes what
 * is stored of them; pin_put_tx, inside a db_write, stores it. */
struct pin_new { enum role role; const char *phone, *pin, *again, *again_at; };
void pin_faults(struct ctx *c, const struct pin_new *in);
enum err pin_hash(struct ctx *c, int64_t user_id, const char *pin, const char **hash) MUST_CHECK;
enum err pin_put_tx(struct ctx *c, int64_t user_id, const char *hash) MUST_CHECK;
/* Takes a PIN away: the caller's own with the password, or for an ADMIN anybody's.  E_INVALID names "own_password";
 * E_NOT_FOUND: that person has none. */
enum err pin_clear(struct ctx *c, int64_t user_id, const char *password) MUST_CHECK;

/* When the person's PIN was set, in Unix seconds; 0: there is none. */
int64_t pin_set_at(struct ctx *c, int64_t user_id);
/* The active people of at least that role who have a PIN, by name. */
enum err pin_people(struct ctx *c, enum role least, struct users *out) MUST_CHECK;

/* Compares a PIN with that of an active person of at least the role `least`: OK, and *out is the person.  E_INVALID at
 * the field "pin", after the same time, for another PIN, for somebody without one and for nobody.  Five wrong ones make
 * that person, and the session in which they were typed, wait: E_THROTTLED at the field "pin"; twenty within a day make
 * that person's PIN worth nothing for the rest of it, unless its owner sets another.  A right one forgets none. */
struct pin_try { int64_t user_id; const char *pin; enum role least; };
enum err pin_check(struct ctx *c, const struct pin_try *in, struct user *out) MUST_CHECK;

/* Changes who works in this browser: the caller's session `old` ends, and *token is the other person's, which lasts no
 * longer than `old` would have and has at most the role OPERADOR. */
enum err pin_switch(struct ctx *c, const struct pin_try *in, const char *old, char **token) MUST_CHECK;

/* Whether the digits are among those that people try first: the same one again, in a row, a date, the end of the
 * person's phone. */
bool pin_is_obvious(const char *pin, const char *phone);

#endif
