#include "age.h"

#include "base/clock.h"
#include "domain/console/dashboard.h"
#include "domain/parcel/package_list.h"

struct age age_of(const struct req *r, int64_t received_at)
{
    const struct package like = { .state = "RECIBIDO", .received_at = received_at };
    const int64_t now = r->c->now, days = (now - received_at) / DAY_SECONDS;

    return (struct age){
        .band = age_band_of(&like, now) - age_bands, .days = days, .is_late = days > LATE_AFTER_DAYS,
        .words = days > 0 ? clock_ago(r->c->a, days * DAY_SECONDS)
            : clock_day(received_at) == clock_day(now) ? "hoy" : "ayer",
    };
}

void view_age(const struct req *r, struct view_node *n, int64_t received_at)
{
    const struct age age = age_of(r, received_at);

    view_int(n, "band", age.band);
    view_int(n, "days", age.days);
    view_text(n, "age", age.words);
    view_bool(n, "is_late", age.is_late);
}
