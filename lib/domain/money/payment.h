/* Payment: money that was taken for a package, at its hand-over or recorded by hand, and the
 * reversals of it.  Amounts are pesos; a reversal is a row of its own with a negative amount. */
#ifndef DOMAIN_PAYMENT_H
#define DOMAIN_PAYMENT_H

#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"
#include "domain/people/approval.h"

extern const struct word payment_methods[];

/* A payment as somebody declares it, before it has a row. */
struct payment_in { const char *method; int64_t amount; const char *reference; };

struct payment {
    int64_t id, package_id;
    const char *operation_id;
    int64_t amount;
    const char *method, *reference;
    int64_t taken_by, taken_at, reverses;
    const char *taken_by_name;
    int64_t cash_session_id;
    const char *reason;          /* why: given for a reversal and a payment by hand; else NULL */
};
FIELD_TABLE(struct payment, payment_fields)
struct payments { struct payment *v; size_t n; };
/* True when people may pay by that method now (cards may be off). */
bool payment_method_taken(struct ctx *c, const char *method);
/* Check that the method is taken, and has its reference unless it is cash; what is wrong goes to the
 * fault at these fields. */
void payment_method_check(struct ctx *c, const char *method, const char *method_field, const char *reference,
                          const char *reference_field);
enum err payments_of(struct ctx *c, int64_t package_id, struct payments *out) MUST_CHECK;
/* The payments of several packages, by one statement, in the order in which they were written. */
struct packages;
enum err payments_of_all(struct ctx *c, const struct packages *list, struct payments *out) MUST_CHECK;
enum err payment_by_id(struct ctx *c, int64_t id, struct payment *out) MUST_CHECK;
/* Inside a db_write, after the payment or reversal was written: programs of others are told (ground/news.h). */
enum err payment_news_tx(struct ctx *c, int64_t id) MUST_CHECK;
bool payment_by_hand(const struct payment *p);       /* recorded by hand, not at a hand-over */
/* A payment stands when it is no reversal and no other payment of the list reverses it. */
bool payment_stands(const struct payments *all, const struct payment *p);
/* Picks the payments of the package's hand-over out of `all`, which may have others: with their
 * reversals and the payments recorded by hand since; none of a hand-over that was undone. */
struct payments payments_of_handover(struct ctx *c, const struct payments *all, const struct package *p);
int64_t payments_sum(const struct payments *all);    /* less reversals */
/* missing of what *p owed */
int64_t payments_missing(struct ctx *c, const struct payments *all, const struct package *p);
/* Add each payment of `more` to the one of its method and reference, reversals apart, or as one more. */
void payments_join(struct arena *a, struct payments *to, const struct payments *more);

/* A payment is recorded by hand, with its reason: for a package that was handed over at most the rest
 * that it owed; for a cancelled one, which owes nothing, the amount that is charged for it. */
#define PAYMENT_CHARGE_MAX 1000000
struct payment_record_in { int64_t id; const char *method; int64_t amount; const char *reference, *reason; };
/* E_INVALID names what is wrong, E_CONFLICT when there is nothing to charge, or cash without an
 * open drawer (cash.h). */
enum err payment_record(struct ctx *c, const struct payment_record_in *in, struct payment *out) MUST_CHECK;
/* The most that can be recorded now; E_CONFLICT when it is nothing. */
enum err payment_room(struct ctx *c, const struct package *p, int64_t *most) MUST_CHECK;

/* The words of the event of a payment that was recorded by hand, and of one that was reversed (kinds.h):
 * "Pago de $2.500 anotado · por qué". */
struct json_object;
const char *payment_recorded_words(struct ctx *c, struct json_object *details, const char *values);
const char *payment_reversed_words(struct ctx *c, struct json_object *details, const char *values);

/* Done by an ADMIN, or by an OPERADOR with an ADMIN's approval (NULL: none can be given): a row of its own takes
 * the payment back, out of the drawer that it is in while that is open, else out of the caller's.  E_NOT_FOUND;
 * E_CONFLICT when it was reversed, is a reversal, or no open drawer has the cash. */
struct payment_reverse_in { int64_t id; const char *reason; struct approval *approval; };
enum err payment_reverse(struct ctx *c, const struct payment_reverse_in *in, struct payment *out) MUST_CHECK;

#endif
