/* Quote: what a parcel would cost that comes at one moment and leaves at another, day by
 * day, by the function that charges. */
#ifndef DOMAIN_QUOTE_H
#define DOMAIN_QUOTE_H

#include "base/field.h"
#include "domain/price/rate.h"

/* As typed: "2026-11-25" and "14:30". */
struct quote_in {
    const char *package_type;    /* NULL: NORMAL */
    const char *received_day, *received_time, *picked_day, *picked_time;
};

struct quote_day {
    const char *date;            /* 2026-11-25 */
    const char *closed;          /* why it does not count, or NULL */
    int64_t added;               /* on that day; on the first one the base as well */
    int64_t total;               /* at its end, or when the parcel leaves */
};
FIELD_TABLE(struct quote_day, quote_day_fields)

struct quote {
    struct rate rate;            /* in force when it comes */
    int64_t received_at, picked_at;
    int64_t storage_from;        /* the first instant that is charged for */
    struct fee fee;
    struct quote_day *v;
    size_t n;
};
FIELD_TABLE(struct quote, quote_fields)
#define QUOTE_DAYS 366
enum err quote_make(struct ctx *c, const struct quote_in *in, struct quote *out) MUST_CHECK;

#endif
