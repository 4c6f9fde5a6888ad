/* Health: whether this machine may take requests, and the figures that are computed when somebody asks
 * (the gauges of metric/metrics.def). */
#ifndef DOMAIN_HEALTH_H
#define DOMAIN_HEALTH_H

#include "base/buf.h"
#include "base/ctx.h"

#define WORKER_FRESH_S 60        /* seconds: with a younger heartbeat a worker lives */
#define DISK_LOW 10              /* per cent free; below it an ADMIN is told */
#define DISK_LEAST 3             /* per cent free; below it the machine is not ready */

/* True when the database answers and the disk is not full.  c->db may be NULL.  Pages work without
 * Redis and without a worker, so neither counts. */
bool health_ready(struct ctx *c);
int health_disk_free(const struct conf *conf);           /* per cent, of the database's disk */
bool health_worker_up(struct ctx *c);
const struct text *health_warning(struct ctx *c);                 /* a sentence for an ADMIN, or NULL */
int64_t health_cron_last(struct ctx *c);                 /* when a cron program last ended well; 0: never */
/* Writes the counters of all processes and the gauges, in Prometheus' text format. */
void health_metrics(struct ctx *c, struct buf *out);

#endif
