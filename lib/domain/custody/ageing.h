/* Ageing: how long parcels wait, whom to call about them, what came of each call, and
 * when one may be declared abandoned (domain.md §10).  Days are whole days since
 * reception, as lists count them. */
#ifndef DOMAIN_AGEING_H
#define DOMAIN_AGEING_H

#include "base/field.h"
#include "domain/parcel/package.h"

#define AGEING_CALL_DAYS 30      /* from then on somebody has to have called */
#define AGEING_ABANDON_DAYS 45
#define AGEING_ATTEMPTS 2        /* on different dates, before a parcel is abandoned */
#define CONTACT_NOTE_MAX 500
#define CONTACT_PROMISE_DAYS 90  /* how far ahead somebody may say that they come */

/* ---- the shelf by age ---- */

struct ageing_band { const char *band; int64_t packages, due, declared_value; };
FIELD_TABLE(struct ageing_band, ageing_band_fields)
struct ageing {
    struct { struct ageing_band *v; size_t n; } bands;       /* all, the youngest first */
    struct ageing_band total;
    int64_t unidentified, without_value;     /* of nobody known; whose value nobody declared */
};
enum err ageing_read(struct ctx *c, struct ageing *out) MUST_CHECK;

/* ---- attempts to reach somebody: the events CONTACTO of a package ---- */

struct contact {
    int64_t id, package_id, at;
    const char *user_name, *outcome, *channel;
    int64_t promised_at;         /* first second of the day on which they come; 0: none said */
    const char *note;
};
FIELD_TABLE(struct contact, contact_fields)
struct contacts { struct contact *v; size_t n; };
extern const char *const contact_outcomes[], *const contact_channels[];
/* "no contestó"; NULL for none of them. */
const char *contact_outcome_words(const char *outcome);
const char *contact_channel_words(const char *channel);
/* The words of the event CONTACTO (kinds.h): "llamada: no contestó, para el 28/11/2026". */
struct json_object;
const char *contact_details_words(struct ctx *c, struct json_object *details, const char *values);

/* The oldest first. */
enum err contacts_of_package(struct ctx *c, int64_t package_id, struct contacts *out) MUST_CHECK;
/* About what waits for that person now. */
enum err contacts_of_customer(struct ctx *c, int64_t customer_id, struct contacts *out) MUST_CHECK;

struct contact_in {
    int64_t id;
    const char *outcome, *channel, *note;
    int64_t promised_day;        /* 0: none */
    bool all;                    /* about everything that waits for that person */
};
/* E_CONFLICT when the package is not on the shelf any more, or is nobody's yet. */
enum err package_contact(struct ctx *c, const struct contact_in *in, struct package *out) MUST_CHECK;

/* ---- the policy ---- */

struct ageing_policy {
    int64_t days;
    int64_t call_from, called_at;        /* when a call is due; the first one since then, or 0 */
    int64_t abandon_from;
    int64_t attempts, attempt_days;      /* since reception; on how many dates */
    int64_t must_call, may_abandon;      /* 0 or 1 */
};
FIELD_TABLE(struct ageing_policy, ageing_policy_fields)
/* Of the contacts of `all` that are about that package. */
struct ageing_policy ageing_policy(const struct package *p, const struct contacts *all, int64_t now);

/* How many parcels are at those steps now, and how many came to the day of one in the 24 hours
 * before AGEING_HOUR of today (Bogotá). */
#define AGEING_HOUR 9
struct ageing_due { int64_t to_call, to_abandon, days_30, days_45; };
void ageing_due(struct ctx *c, struct ageing_due *out);

/* CANCELADO, cliente_no_reclama, with what was tried as its text; E_CONFLICT before its
 * day or without the attempts. */
enum err ageing_abandon(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;

/* ---- whom to call ---- */

struct call {
    int64_t customer_id;
    const char *name, *phone;
    int64_t package_id, since;           /* what has waited longest */
    int64_t parcels, days, due;
    int64_t contacted_at;                /* the last contact about any of them, 0: none */
    const char *contacted_by, *outcome;
    int64_t promised_at, must_call, may_abandon;     /* of any of them */
};
FIELD_TABLE(struct call, call_fields)
/* A person is in the band of what has waited longest, and at a step when any of what waits
 * is.  after: the package_id of the last row seen, 0 at first. */
extern const char *const ageing_steps[];         /* avisar, abandonar */
struct call_filter { const char *band, *step; int64_t after, limit; };
struct calls { struct call *v; size_t n; int64_t next; };        /* next: 0 after the last */
enum err call_list(struct ctx *c, const struct call_filter *f, struct calls *out) MUST_CHECK;

#endif
