/* Dashboard: the figures of the point, counted from the tables when somebody asks.  Days are dates in
 * Bogotá; "today" is the date of c->now. */
#ifndef DOMAIN_DASHBOARD_H
#define DOMAIN_DASHBOARD_H

#include "base/ctx.h"
#include "base/field.h"
#include "domain/console/clock_jump.h"
#include "domain/console/pins_wrong.h"
#include "domain/stocktake/stocktake.h"
#include "store/db.h"

#define LATE_AFTER_DAYS 15       /* a parcel longer on the shelf needs a hand */
#define STUCK_DAYS 7             /* days after which a failed message is history */
#define DASHBOARD_DAYS_MAX 90

struct figures {
    /* counts of things that need a hand */
    int64_t late, unidentified, disputed, messages_failed, messages_unknown, jobs_dead, drawers_late, drawers_waiting;
    int64_t incidents, inquiries;
    int64_t to_call, to_abandon;             /* parcels due for a call and for abandonment (ageing.h) */
    /* counts of things that wait */
    int64_t announced, on_shelf, messages_waiting;
    /* today beside yesterday */
    int64_t received_today, received_yesterday, delivered_today, delivered_yesterday;
    int64_t paid_today, paid_yesterday;      /* pesos, less reversals */
};
FIELD_TABLE(struct figures, figures_fields)

struct band_count { const char *band; int64_t packages; };
FIELD_TABLE(struct band_count, band_count_fields)

struct method_sum { const char *method; int64_t today, yesterday; };
FIELD_TABLE(struct method_sum, method_sum_fields)

struct day_count { int64_t day, received, delivered; };      /* day: the instant at which it begins */
FIELD_TABLE(struct day_count, day_count_fields)

struct late_package {
    int64_t id;
    const char *guide_number, *tracking_code, *customer_name, *position_code;
    int64_t received_at, days;
};
FIELD_TABLE(struct late_package, late_package_fields)

/* A message that failed, or of which nobody knows whether it arrived (unknown). */
struct stuck_message {
    int64_t id, package_id;
    const char *event, *channel, *state, *guide_number, *customer_name;
    int64_t created_at;
};
FIELD_TABLE(struct stuck_message, stuck_message_fields)

struct dashboard {
    struct figures figures;
    struct { struct band_count *v; size_t n; } bands;        /* every band, the youngest first */
    struct { struct method_sum *v; size_t n; } methods;      /* payment methods used on either day */
    bool blind;                  /* the caller's drawer is not counted yet: what was paid is not told */
    struct { struct day_count *v; size_t n; } days;          /* the latest last */
    struct { struct late_package *v; size_t n; } late;       /* the oldest first, at most 20 */
    struct { struct stuck_message *v; size_t n; } stuck;     /* the latest first, at most 10 */
    struct stocktake stocktake;    /* the last one finished; id 0: none */
    struct clock_jump clock;
    struct pins_wrong pins;
};
/* Reads everything from one state of the database.  days: 1 … DASHBOARD_DAYS_MAX. */
enum err dashboard_read(struct ctx *c, int64_t days, struct dashboard *out) MUST_CHECK;

#endif
