/* Ageing: how long parcels wait, and which people to call about them (domain.md §10).  The outcome of
 * a call, and when a parcel may be declared abandoned, are in attempt.h.  Days are whole days since
 * reception, as lists count them. */
#ifndef DOMAIN_AGEING_H
#define DOMAIN_AGEING_H

#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"

/* ---- the shelf by age ---- */

struct ageing_band { const char *band; int64_t packages, due, declared_value; };
FIELD_TABLE(struct ageing_band, ageing_band_fields)
struct ageing {
    struct { struct ageing_band *v; size_t n; } bands;       /* all, the youngest first */
    struct ageing_band total;
    /* unidentified: without a customer; without_value: without a declared value */
    int64_t unidentified, without_value;
};
enum err ageing_read(struct ctx *c, struct ageing *out) MUST_CHECK;

/* The number of parcels at those steps now, and how many came to the day of one in the 24 hours before
 * AGEING_HOUR of today (Bogotá). */
#define AGEING_HOUR 9
struct ageing_due { int64_t to_call, to_abandon, days_30, days_45; };
enum err ageing_due(struct ctx *c, struct ageing_due *out) MUST_CHECK;

/* ---- whom to call ---- */

struct callee {
    int64_t customer_id;
    const char *name, *phone;
    int64_t package_id, since;           /* the parcel that has waited longest, and since when */
    int64_t parcels, days, due;
    int64_t contacted_at;                /* the last contact about any of their parcels; 0: none */
    const char *contacted_by, *outcome;
    int64_t promised_at, must_call, may_abandon;     /* for any of their parcels */
};
FIELD_TABLE(struct callee, callee_fields)
/* People to call.  A person is in the band of the parcel that has waited longest, and at a step when
 * any of their parcels is.  With neither, those whose parcel has waited S_CALL_FROM days.  after: the package_id of
 * the last row seen, 0 at first. */
extern const struct word ageing_steps[];         /* avisar, abandonar */
struct callee_filter { const char *band, *step; int64_t after, limit; };
struct callees { struct callee *v; size_t n; int64_t next; };        /* next: 0 after the last */
enum err callee_list(struct ctx *c, const struct callee_filter *f, struct callees *out) MUST_CHECK;

#endif
