/* Metrics: metric/metrics.def declares each once with a sentence.  Each process has its counters and
 * histograms in a memory-mapped file under run_dir/metrics; /metrics adds them up.  A process that waits
 * for another adds the dead one's file to a total.  Gauges are computed when /metrics is asked for. */
#ifndef METRIC_METRIC_H
#define METRIC_METRIC_H

#include <stdint.h>

#include "base/buf.h"
#include "base/conf.h"

enum metric {
#define COUNTER(id, name, labels, doc) id,
#define HISTOGRAM(id, name, labels, doc) id,
#define GAUGE(id, name, labels, doc) id,
#include "metric/metrics.def"
#undef COUNTER
#undef HISTOGRAM
#undef GAUGE
    METRIC_COUNT
};

/* Maps this process's file.  Without it (tests, command line) counting goes to private memory.  If the
 * file cannot be mapped, that is logged, and private memory is used too. */
void metric_open(const struct conf *c, const char *program);

/* A sign of life, in the same file: the process gives the next one within so many seconds. */
void metric_alive(int seconds);
/* Gives a further sign of life, good for METRIC_ALIVE_S, if the process has given one before; it never shortens the
 * last. */
void metric_alive_still(void);
/* Seconds by which a process is late with its sign of life; 0 when it is not late, or has no file.  Called by the
 * process that started it under this name, and replaces it when it hangs. */
double metric_late(const struct conf *c, const char *program, int pid);
#define METRIC_ALIVE_S 10        /* seconds after which a process that does nothing long may be called silent */

/* Labels are values in the order declared, ended by NULL.  If the table is full, the label "other" is
 * counted. */
void metric_add(enum metric m, uint64_t n, ...) __attribute__((sentinel));
void metric_observe(enum metric m, double seconds, ...) __attribute__((sentinel));
#define metric_inc(m, ...) metric_add(m, 1, __VA_ARGS__)

/* Appends HELP, TYPE and the sums of all files in the text format, without the gauges. */
void metric_render(const struct conf *c, struct buf *out);
/* Appends a sample of a gauge; metric_gauge_head comes before its first. */
void metric_gauge_head(struct buf *out, enum metric m);
void metric_gauge(struct buf *out, enum metric m, double value, ...) __attribute__((sentinel));

/* Adds a dead process's file to the total and removes it; with pid 0, the files of all dead processes.
 * The file of a living process stays.  For the master of the web programs and the worker, which wait for
 * processes. */
void metric_fold(const struct conf *c, int pid);

#endif
