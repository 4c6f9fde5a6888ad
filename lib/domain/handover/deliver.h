/* Deliver: the hand-over of one or many packages against a proof and a payment,
 * as one operation (domain.md §4). */
#ifndef DOMAIN_DELIVER_H
#define DOMAIN_DELIVER_H

#include "domain/price/fee.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package.h"
#include "domain/handover/signature.h"

#define HANDOVER_MAX 100         /* packages in one, as the statements' LIMITs say */

/* What a code or a customer may take: every package ready, in walking order. */
struct quote_in {
    const char *code;            /* one of these … */
    int64_t customer_id, package_id;
    int64_t authorized;          /* … and whom the form has shown before, or 0 */
};
struct quote_line { struct package package; struct fee fee; struct incident incident; };  /* id 0: none */
struct quote {
    int64_t customer_id;
    const char *customer_name, *customer_phone;
    struct quote_line *v;
    size_t n;
    int64_t total;
    int64_t at;                  /* the instant of these prices */
    bool by_code;                /* the code was right: it is the proof */
    int64_t authorization;       /* whose it is when it is an authorisation's, else 0 … */
    const char *authorized;
    const char *authorized_document;     /* … and the document to compare, "CC 1020304050" */
};
/* E_NOT_FOUND for a wrong code; five within ten minutes pause the user a
 * minute (E_THROTTLED) and are audited. */
enum err deliver_quote(struct ctx *c, const struct quote_in *in, struct quote *out) MUST_CHECK;

extern const char *const payment_methods[], *const document_types[], *const override_reasons[];
/* For people: "Efectivo", "No tiene el celular a mano"; NULL for none of them. */
const char *payment_method_words(const char *method);
const char *override_reason_words(const char *reason);

struct payment_in { const char *method; int64_t amount; const char *reference; };
#define PAYMENTS_MAX 5           /* ways to pay one hand-over with */

struct deliver_in {
    const int64_t *ids;          /* packages */
    size_t count;
    int64_t customer;            /* whose list was shown; 0: nobody's */
    const char *code;            /* pickup code, or empty with an override */
    int64_t authorized;          /* of an authorisation's code: whose document was shown to be compared */
    const char *override_reason; /* of override_reasons … */
    const char *override_text;   /* … and in words, if it is "otro" */
    bool identity_checked;
    const char *receiver_name, *receiver_document_type, *receiver_document_last4;
    const char *method, *reference;
    int64_t quoted_at;           /* when the list said its prices, or 0 */
    int64_t amount;              /* what was paid for all of them … */
    const struct payment_in *others;     /* … when these are added, each more than 0 */
    size_t others_count;
    int64_t discount;            /* on the whole, ADMIN only */
    const char *discount_reason;
    const int64_t *incidents;    /* open ones that are known: without them their package stays … */
    size_t incidents_count;      /* … since somebody else has just said so */
    const char *signature;       /* of who receives, for all of them; may be empty */
    const struct photo_in *photos;   /* checked files of spool_dir, taken over: of the first package */
    size_t photo_count;
};
struct delivery {
    struct packages packages;
    int64_t total, paid, discount;       /* paid: what stands */
    const char *operation_id;
    const char *signature;       /* strokes as a path of SVG, NULL: none (any more) */
    /* Of one that was refused, what its form has to hold instead, or 0: */
    int64_t authorized;          /* the authorisation, at the field of that name, … */
    int64_t amount;              /* … and what is due now, since it grew */
};
/* All of them or none.  E_INVALID names what is missing or does not add up (the payments
 * must be what is due; the fields of the second are method_2, amount_2 and reference_2),
 * E_NOT_FOUND a wrong code, E_CONFLICT a package that is not on the shelf or another
 * customer's or has an incident that is not among the known ones, or cash without an open drawer (cash.h), E_FORBIDDEN a discount by an
 * OPERADOR. */
enum err deliver_packages(struct ctx *c, const struct deliver_in *in, struct delivery *out) MUST_CHECK;

/* The hand-over that a package was part of; E_NOT_FOUND when it is not ENTREGADO (any more). */
enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out) MUST_CHECK;
/* Undo all of it, or nothing (package_undo); out gets the packages as they are then, and what is to
 * be given back of the money. */
enum err delivery_undo(struct ctx *c, int64_t package_id, struct packages *out, int64_t *give_back) MUST_CHECK;

struct payment {
    int64_t id, package_id;
    const char *operation_id;
    int64_t amount;
    const char *method, *reference;
    int64_t taken_by, taken_at, reverses;
    const char *taken_by_name;
    int64_t cash_session_id;
    const char *reason;          /* of a reversal, and of one that is recorded by hand */
};
extern const struct fields payment_fields;
struct payments { struct payment *v; size_t n; };
bool payment_method_taken(struct ctx *c, const char *method);        /* here, now: cards may be off */
/* A method that is taken, with its reference unless it is cash; what is wrong goes to the fault at these fields. */
void payment_method_check(struct ctx *c, const char *method, const char *method_field, const char *reference,
                          const char *reference_field);
enum err payments_of(struct ctx *c, int64_t package_id, struct payments *out) MUST_CHECK;
enum err payment_by_id(struct ctx *c, int64_t id, struct payment *out) MUST_CHECK;
bool payment_by_hand(const struct payment *p);       /* not of a hand-over */
/* It stands: neither a reversal nor reversed by another of the list. */
bool payment_stands(const struct payments *all, const struct payment *p);
/* Those of the hand-over that stands, with what was reversed of them and recorded by hand
 * since; of one that was undone none. */
struct payments payments_of_handover(struct ctx *c, const struct payments *all, const struct package *p);
int64_t payments_sum(const struct payments *all);    /* less what was reversed */
int64_t payments_missing(struct ctx *c, const struct payments *all, const struct package *p);    /* of what it owed */
/* Each of `more` onto the one of its method and reference, reversals apart, or as one more. */
void payments_join(struct arena *a, struct payments *to, const struct payments *more);

/* Recorded by hand, with its reason: of a package that was handed over at most what is missing
 * of what it owed, of a cancelled one, which owes nothing, what is charged for it. */
#define PAYMENT_CHARGE_MAX 1000000
struct payment_record_in { int64_t id; const char *method; int64_t amount; const char *reference, *reason; };
/* E_INVALID names what is wrong, E_CONFLICT when there is nothing to charge, or cash without an
 * open drawer (cash.h). */
enum err payment_record(struct ctx *c, const struct payment_record_in *in, struct payment *out) MUST_CHECK;
/* The most that can be recorded now; E_CONFLICT when it is nothing. */
enum err payment_room(struct ctx *c, const struct package *p, int64_t *most) MUST_CHECK;

/* By an ADMIN: a row of its own that takes it back, out of the drawer that it is in while
 * that is open, else out of the ADMIN's.  E_NOT_FOUND; E_CONFLICT when it was reversed, is
 * a reversal, or no open drawer has the cash. */
struct payment_reverse_in { int64_t id; const char *reason; };
enum err payment_reverse(struct ctx *c, const struct payment_reverse_in *in, struct payment *out) MUST_CHECK;

#endif
