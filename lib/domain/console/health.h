/* Health: whether this machine may take requests, and the figures that are computed when somebody asks
 * (the gauges of metric/metrics.def). */
#ifndef DOMAIN_HEALTH_H
#define DOMAIN_HEALTH_H

#include "base/buf.h"
#include "base/ctx.h"

#define WORKER_FRESH_S 60        /* seconds: with a younger heartbeat a worker lives */

/* True when the database answers, its disk has room for writes (base/room.h) and each area has a socket.  c->db may
 * be NULL. Pages work without Redis and without a worker, so neither counts.  *area, if it is one without a socket,
 * is its name, else NULL. */
bool health_ready(struct ctx *c, const char **area);
bool health_worker_up(struct ctx *c);
/* A warning about the machine for c's user, who has signed in; NULL when there is none.  An OPERADOR and a USUARIO
 * are warned of a full disk only, an ADMIN of everything. */
const struct text *health_warning(struct ctx *c);
int64_t health_cron_last(struct ctx *c);                 /* when a cron program last ended well; 0: never */
#define CRON_FRESH_S 180         /* seconds: one ends well each minute */
bool health_cron_up(struct ctx *c);
/* Writes the counters of all processes and the gauges, in Prometheus' text format. */
void health_metrics(struct ctx *c, struct buf *out);

#endif
