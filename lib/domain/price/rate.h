/* Rate: dated tariffs, one row a package type and date.  A package pays the one
 * that was in force when it was announced (domain.md §5). */
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

/* In force at that instant: one of each package type, the cheapest first. */
enum err rates_at(struct ctx *c, int64_t at, struct rates *out) MUST_CHECK;

/* All there are, the newest first. */
struct rate_period {
    struct rate rate;
    int64_t valid_until;         /* where the next one begins; 0: none does yet */
    const char *state;           /* PROXIMA, VIGENTE, PASADA */
};
FIELD_TABLE(struct rate_period, rate_period_fields)
struct rate_periods { struct rate_period *v; size_t n; };
enum err rate_list(struct ctx *c, struct rate_periods *out) MUST_CHECK;

/* A tariff from a day on; from today: from this instant.  Sooner than the notice that
 * people have (setting rates.notice_days) it needs `known` and a reason.  Audited. */
struct rate_in {
    const char *package_type;
    int64_t base_fee, storage_per_day, free_hours;
    int64_t valid_from;          /* day number */
    bool known;
    const char *reason;
};
#define RATE_AMOUNT_MAX 100000000
#define RATE_FREE_HOURS_MAX 8760
enum err rate_add(struct ctx *c, const struct rate_in *in, struct rate *out) MUST_CHECK;
/* The first day that needs no reason. */
int64_t rate_first_day(struct ctx *c);
/* One that has not begun; E_CONFLICT once it has.  Audited. */
enum err rate_withdraw(struct ctx *c, int64_t id) MUST_CHECK;

/* What a parcel costs that is taken away so many whole days after it came. */
struct fee rate_after(const struct rate *r, int64_t days);

#endif
