/* Attempt: attempts to reach somebody about a parcel that waits, which are events CONTACTO of it, and the
 * policy that follows from them: when to call, when a parcel may be declared abandoned (domain.md §10). */
#ifndef DOMAIN_ATTEMPT_H
#define DOMAIN_ATTEMPT_H

#include "base/words.h"
#include "domain/parcel/package.h"
#include "domain/people/approval.h"

#define AGEING_CALL_DAYS 30      /* on the shelf after which a clerk must have called */
#define AGEING_ABANDON_DAYS 45
#define AGEING_ATTEMPTS 2        /* needed before a parcel is abandoned, on as many dates */
#define CONTACT_NOTE_MAX 500
#define CONTACT_PROMISE_DAYS 90  /* a customer may say that they come in so many */

/* The condition on an event e that it is an attempt: a call or a visit, of which somebody wrote what came of it.
 * A message that was sent is an event CONTACTO as well, without an outcome, and counts for nothing. */
#define CONTACT_ATTEMPT "e.kind = 'CONTACTO' AND e.details ->> 'outcome' IS NOT NULL"

struct contact {
    int64_t id, package_id, at;
    const char *user_name, *outcome, *channel;
    int64_t promised_at;         /* first second of the day on which they come; 0: none said */
    const char *note;
};
FIELD_TABLE(struct contact, contact_fields)
/* next: `before` of the next page; 0 after the last */
struct contacts { struct contact *v; size_t n; int64_t next; };
extern const struct word contact_outcomes[], contact_channels[];
/* The words of the event CONTACTO (kinds.h): "llamada: no contestó, para el 28/11/2026". */
struct json_object;
const char *contact_details_words(struct ctx *c, struct json_object *details, const char *values);

/* The contacts about a package, the oldest first. */
enum err contacts_of_package(struct ctx *c, int64_t package_id, struct contacts *out) MUST_CHECK;
/* A page of the contacts about a package, the newest first.  id: the package's; before: the last contact seen, 0 at
 * first; limit: 1 to 200, else 50. */
struct contact_filter { int64_t id, before, limit; };
enum err contact_list(struct ctx *c, const struct contact_filter *f, struct contacts *out) MUST_CHECK;
/* The contacts about the waiting parcels of these people, by one statement. */
enum err contacts_of_customers(struct ctx *c, const int64_t *customers, size_t n, struct contacts *out) MUST_CHECK;
/* The latest contacts about any parcel of a person, the newest first. */
enum err contacts_of_customer(struct ctx *c, int64_t customer_id, int64_t limit, struct contacts *out) MUST_CHECK;

struct contact_in {
    int64_t id;
    const char *outcome, *channel, *note;
    int64_t promised_day;        /* 0: none */
    bool all;                    /* true: about every waiting parcel of that person */
};
/* E_CONFLICT when the package is not on the shelf any more, or is nobody's yet. */
enum err package_contact(struct ctx *c, const struct contact_in *in, struct package *out) MUST_CHECK;

/* ---- the policy ---- */

struct ageing_policy {
    int64_t days;
    int64_t call_from, called_at;        /* when a call is due; the first one since then, or 0 */
    int64_t abandon_from;
    int64_t attempts, attempt_days;      /* attempts since reception, and on how many dates */
    int64_t must_call, may_abandon;      /* 0 or 1 */
};
FIELD_TABLE(struct ageing_policy, ageing_policy_fields)
/* The policy for a package: of `all`, the contacts that are about that package count. */
struct ageing_policy ageing_policy(const struct package *p, const struct contacts *all, int64_t now);

/* Declares a parcel abandoned: it becomes CANCELADO (cliente_no_reclama), with the attempts as its
 * text.  E_CONFLICT before its day or without the attempts.  An OPERADOR needs the approval of an ADMIN
 * (people/approval.h). */
struct abandon_in { int64_t id; struct approval *approval; };
enum err ageing_abandon(struct ctx *c, const struct abandon_in *in, struct package *out) MUST_CHECK;

#endif
