/* Health: may this machine take requests, and the figures that are computed when
 * somebody asks (the gauges of base/metrics.def). */
#ifndef DOMAIN_HEALTH_H
#define DOMAIN_HEALTH_H

#include "base/buf.h"
#include "base/ctx.h"

#define WORKER_FRESH_S 60        /* a heartbeat younger than this: the worker lives */
#define DISK_LOW 10              /* per cent free: below it ADMIN is told */
#define DISK_LEAST 3             /* below it the machine says that it is not ready */

/* Database there and known, disk not full.  c->db may be NULL.  Neither Redis nor
 * the worker makes it false: pages work without them. */
bool health_ready(struct ctx *c);
int health_disk_free(const struct conf *conf);           /* per cent, where the database is */
bool health_worker_up(struct ctx *c);
const struct text *health_warning(struct ctx *c);                 /* what ADMIN must know on every page; NULL */
int64_t health_cron_last(struct ctx *c);                 /* when a cron program last ended well; 0: never */
/* Counters of all processes and the gauges, in Prometheus' text format. */
void health_metrics(struct ctx *c, struct buf *out);

#endif
