/* Metric files, private to lib/metric: the files of run_dir/metrics.  <program>.<pid> is mapped by its
 * process, which holds a shared flock on it while it lives.  "total" has the sums of dead processes.  "lock"
 * is taken shared to read all files and exclusively to fold one, so that no count is seen twice or missed.
 * A series is named by its text in /metrics, so that files of another version of the program can be summed
 * too. */
#ifndef METRIC_METRIC_FILE_H
#define METRIC_METRIC_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"

#define METRIC_MAGIC UINT64_C(0x32306d7161706c61)
#define METRIC_SLOTS 256         /* series of one process */
#define METRIC_SERIES 184        /* bytes of name and labels */
#define METRIC_BUCKETS 13        /* bounds; one bucket more counts what is above them all */
#define METRIC_SUM (METRIC_BUCKETS + 1)   /* index of a histogram's sum, in microseconds */
#define METRIC_VALUES (METRIC_BUCKETS + 2)

#define METRIC_NAME 128          /* bytes of a file's name */
#define METRIC_NAME_FORMAT "%s.%d"       /* program, pid */

enum { SLOT_FREE, SLOT_TAKEN, SLOT_READY };

struct metric_slot {
    _Atomic uint64_t state;
    _Atomic uint64_t value[METRIC_VALUES];   /* a counter uses the first only */
    char series[METRIC_SERIES];              /* complete once state is SLOT_READY */
};

struct metric_file {
    uint64_t magic;
    uint64_t slots;
    _Atomic uint64_t used;
    _Atomic int64_t alive_ms;    /* the process gives another sign of life before this, by CLOCK_MONOTONIC */
    struct metric_slot slot[];
};

/* A series as read from the files, to add up and sort. */
struct metric_sum {
    uint64_t value[METRIC_VALUES];
    char series[METRIC_SERIES];
};

struct metric_sums {
    struct metric_sum *v;        /* heap; the caller frees it */
    size_t n, cap;
};

int metric_dir(const struct conf *c, bool create);       /* a descriptor; -1 with errno */
bool metric_file_good(const struct metric_file *f, size_t size);
void metric_sums_add(struct metric_sums *sums, const struct metric_file *f);
void metric_sums_sort(struct metric_sums *sums);         /* sorts them and joins equal series */
void metric_sums_read(const struct conf *c, struct metric_sums *sums);

#endif
