/* Rate: tariffs, one row for each package type and date.  A package pays the one that was in force
 * when it was announced (domain.md §5). */
#ifndef DOMAIN_RATE_H
#define DOMAIN_RATE_H

#include "base/ctx.h"
#include "base/field.h"
#include "domain/price/fee.h"

struct rate {
    int64_t id;
    const char *package_type;
    int64_t base_fee, storage_per_day, free_hours;
    int64_t valid_from;
};
FIELD_TABLE(struct rate, rate_fields)
struct rates { struct rate *v; size_t n; };

/* The rates in force at that instant: one of each package type, the cheapest first. */
enum err rates_at(struct ctx *c, int64_t at, struct rates *out) MUST_CHECK;

/* A rate with the time in which it is in force; rate_list reads all of them, the newest first. */
struct rate_period {
    struct rate rate;
    int64_t valid_until;         /* when the next rate begins; 0: there is none */
    const char *state;           /* PROXIMA, VIGENTE, PASADA */
};
FIELD_TABLE(struct rate_period, rate_period_fields)
struct rate_periods { struct rate_period *v; size_t n; };
enum err rate_list(struct ctx *c, struct rate_periods *out) MUST_CHECK;

/* Adds a rate in force from a day on; from today means from the next second.  A day sooner than people
 * must be told before (setting rates.notice_days) needs `known` and a reason.  E_CONFLICT for a second
 * rate of that type from the same instant.  Audited. */
struct rate_in {
    const char *package_type;
    int64_t base_fee, storage_per_day, free_hours;
    int64_t valid_from;          /* as a day number */
    bool known;
    const char *reason;
};
#define RATE_AMOUNT_MAX 100000000
#define RATE_FREE_HOURS_MAX 8760
enum err rate_add(struct ctx *c, const struct rate_in *in, struct rate *out) MUST_CHECK;
/* The first day from which a rate needs no reason: rates.notice_days from today, and today itself while the point
 * has never received a parcel. */
enum err rate_first_day(struct ctx *c, int64_t *day) MUST_CHECK;
/* Withdraws a rate that has not begun; E_CONFLICT once it has.  Audited. */
enum err rate_withdraw(struct ctx *c, int64_t id) MUST_CHECK;

/* The fee of a parcel that is taken away `days` whole days after it came. */
struct fee rate_after(const struct rate *r, int64_t days);

#endif
