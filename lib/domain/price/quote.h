/* Quote: the price, day by day, of a parcel that would come at one moment and leave at another.  It is
 * computed by the function that charges. */
#ifndef DOMAIN_QUOTE_H
#define DOMAIN_QUOTE_H

#include "base/field.h"
#include "domain/price/rate.h"

/* Days and times as typed: "2026-11-25" and "14:30". */
struct quote_in {
    const char *package_type;    /* NULL: NORMAL */
    const char *received_day, *received_time, *picked_day, *picked_time;
};

struct quote_day {
    const char *date;            /* 2026-11-25 */
    const char *closed;          /* the reason why the day does not count, or NULL */
    int64_t added;               /* by that day; the first has the base fee, too */
    int64_t total;               /* at the end of the day, or when the parcel leaves */
};
FIELD_TABLE(struct quote_day, quote_day_fields)

struct quote {
    struct rate rate;            /* the rate in force when the parcel comes */
    int64_t received_at, picked_at;
    int64_t storage_from;        /* the first instant for which storage is charged */
    struct fee fee;
    struct quote_day *v;
    size_t n;
};
FIELD_TABLE(struct quote, quote_fields)
#define QUOTE_DAYS 366
enum err quote_make(struct ctx *c, const struct quote_in *in, struct quote *out) MUST_CHECK;

#endif
