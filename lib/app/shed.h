/* Shedding: under more requests than an area can answer, the ones that have waited too long are refused at
 * once, so that those behind them still get their answer in time.  A queue that answered all of them late
 * would answer nobody: people give up and ask again. */
#ifndef APP_SHED_H
#define APP_SHED_H

#include <stdbool.h>
#include <stdint.h>

/* The queue of a process, as it has seen it of late. */
struct shed {
    int64_t busy_since;          /* ms: when the first request came that had to wait, since one that had not */
    int64_t since_calm;          /* requests since then */
    int64_t stood_at;            /* ms: when a request last met a standing queue */
    int64_t service_us;          /* the time that an answer takes, of late on average */
    int64_t refused, told_at;    /* refused since the last log line, and its second */
};

/* Why a request is refused; the words stand in the metric. */
enum refusal { REFUSED_LATE, REFUSED_CROWDED };

/* The turn of a request has come that has waited for `waited_ms`, be it answered or refused. */
void shed_met(struct shed *s, int64_t waited_ms, int64_t now_ms);

/* A request was answered, in `took_us`. */
void shed_served(struct shed *s, int64_t took_us);

/* Whether the queue is a standing one: a second of requests found no calm, or much less if it stood shortly before. */
bool shed_stands(const struct shed *s, int64_t now_ms);

/* Whether who has waited so long has met a queue as long as a standing one, which this one may become. */
bool shed_is_long(const struct shed *s, int64_t waited_ms);

/* How long a request may wait at most, in ms: `most_ms`, behind a slow one; in a standing queue a few times what an
 * answer takes. */
int64_t shed_limit(const struct shed *s, int64_t most_ms, int64_t now_ms);

/* Counts a refused request of the area; a log line says how many were, once a second. */
void shed_count(struct shed *s, const char *area, enum refusal why, int64_t now_ms);

#endif
