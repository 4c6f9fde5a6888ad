/* Age: how long a box has lain on the shelf, as every page shows it. */
#ifndef CGI_AGE_H
#define CGI_AGE_H

#include "app/route.h"

struct age {
    int64_t band;        /* index in age_bands: the colour (.age-0 … in base.css) */
    int64_t days;        /* whole days */
    const char *words;   /* "hoy", "ayer", "3 días" */
    bool is_late;        /* longer than LATE_AFTER_DAYS */
};
/* received_at: Unix seconds. */
struct age age_of(const struct req *r, int64_t received_at);
/* Gives `n` band, days, age (the words) and is_late, for the macro `age`. */
void view_age(const struct req *r, struct view_node *n, int64_t received_at);

#endif
