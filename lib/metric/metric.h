/* Metrics: base/metrics.def declares each once with a sentence.  Counters and
 * histograms live in a memory-mapped file a process under run_dir/metrics;
 * /metrics sums them, and whoever waits for a process folds its file into a total.
 * Gauges are computed when asked for. */
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

/* Map this process's file.  Without it (tests, command line) counting goes to
 * private memory.  Failing to map is logged, never fatal. */
void metric_open(const struct conf *c, const char *program);

/* Labels are values in the order declared, ended by NULL. A full table counts
 * under the label "other". */
void metric_add(enum metric m, uint64_t n, ...) __attribute__((sentinel));
void metric_observe(enum metric m, double seconds, ...) __attribute__((sentinel));
#define metric_inc(m, ...) metric_add(m, 1, __VA_ARGS__)

/* Appended in the text format: HELP, TYPE and the sums of all files of run_dir,
 * without the gauges. */
void metric_render(const struct conf *c, struct buf *out);
/* Append a sample of a gauge; metric_gauge_head comes before its first. */
void metric_gauge_head(struct buf *out, enum metric m);
void metric_gauge(struct buf *out, enum metric m, double value, ...) __attribute__((sentinel));

/* Add a dead process's file to the total and remove it; pid 0: those of all that
 * are gone.  A living process's is left alone.  For the master of the web programs
 * and the worker, which wait for processes. */
void metric_fold(const struct conf *c, int pid);

#endif
