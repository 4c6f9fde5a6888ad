/* Rate: dated tariffs, one row a package type and date.  A package pays the one
 * that was in force when it was announced (domain.md §5). */
#ifndef DOMAIN_RATE_H
#define DOMAIN_RATE_H

#include "base/ctx.h"
#include "base/field.h"
#include "domain/fee.h"

struct rate {
    int64_t id;
    const char *package_type;
    int64_t base_fee, storage_per_day, free_hours;
    int64_t valid_from;
};
extern const struct fields rate_fields;
struct rates { struct rate *v; size_t n; };

/* In force at that instant: one of each package type, the cheapest first. */
enum err rates_at(struct ctx *c, int64_t at, struct rates *out) MUST_CHECK;

/* What a parcel costs that is taken away so many whole days after it came. */
struct fee rate_after(const struct rate *r, int64_t days);

/* A package type for people, "Normal", and what goes into it, "hasta 30×30×30 cm y
 * 5 kg"; NULL for none. */
const char *package_type_words(const char *type);
const char *package_type_limits(const char *type);

#endif
