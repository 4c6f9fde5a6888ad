/* Shedding: under more requests than an area can answer, the ones that have waited too long are refused at
 * once, so that those behind them still get their answer in time.  A queue that answered all of them late
 * would answer nobody: people give up and ask again. */
#ifndef APP_SHED_H
#define APP_SHED_H

#include <stdbool.h>
#include <stdint.h>

struct shed {
    int64_t busy_since;          /* ms: when the first request came that had to wait, since one that had not */
    int64_t since_calm;          /* requests since then */
    int64_t refused, told_at;    /* refused since the last log line, and its second */
};

/* Whether a request that has waited for `waited_ms` is to be refused at `now_ms`.  Up to `limit_ms` a
 * request may wait behind a slow one; when a second of requests found no calm, all may wait much less. */
bool shed_due(struct shed *s, int64_t waited_ms, int64_t limit_ms, int64_t now_ms);

/* Counts a refused request of the area; a log line says how many were, once a second. */
void shed_count(struct shed *s, const char *area, int64_t now_ms);

#endif
