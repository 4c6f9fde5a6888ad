/* Open hours: the time in which somebody at the point can attend to what waits: from the hour of opening to that of
 * closing (settings hours.*) Monday to Saturday, without public holidays and the days on which the point is closed. */
#ifndef DOMAIN_OPEN_HOURS_H
#define DOMAIN_OPEN_HOURS_H

#include "base/ctx.h"
#include "domain/price/closure.h"

#define OPEN_DAYS 60             /* days back that are counted; what waits longer has waited as long as that */

struct open_hours {
    int64_t now;
    int64_t opens, closes, saturday;     /* hours of the day; saturday: when it closes, 0: it does not open */
    struct closures closed;              /* closures of the last OPEN_DAYS */
};
/* Reads settings and closures, for the instants until c->now. */
enum err open_hours_read(struct ctx *c, struct open_hours *out) MUST_CHECK;
/* Seconds of open time from an instant until now; all of OPEN_DAYS for an earlier one. */
int64_t open_since(const struct open_hours *h, int64_t from);
/* The instant since which that many seconds of open time have passed until now, or that of OPEN_DAYS ago. */
int64_t open_ago(const struct open_hours *h, int64_t seconds);

#endif
