/* Private to metric: the files of run_dir/metrics.
 *
 * <program>.<pid> is mapped by its process, which holds a shared flock on it
 * while it lives; "total" sums those that are gone; "lock" is taken to read
 * them all (shared) and to fold one (exclusive), so that no count is seen
 * twice or missed.  A series is named by its exposition text, so that files of
 * other versions of the program can be summed too. */
#ifndef METRIC_METRIC_FILE_H
#define METRIC_METRIC_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"

#define METRIC_MAGIC UINT64_C(0x31306d7161706c61)
#define METRIC_SLOTS 256         /* series of one process */
#define METRIC_SERIES 184        /* bytes of name and labels */
#define METRIC_BUCKETS 13        /* bounds; one bucket more counts what is above them all */
#define METRIC_SUM (METRIC_BUCKETS + 1)   /* microseconds */
#define METRIC_VALUES (METRIC_BUCKETS + 2)

enum { SLOT_FREE, SLOT_TAKEN, SLOT_READY };

struct metric_slot {
    _Atomic uint64_t state;
    _Atomic uint64_t value[METRIC_VALUES];   /* a counter's is the first */
    char series[METRIC_SERIES];              /* complete once the slot is ready */
};

struct metric_file {
    uint64_t magic;
    uint64_t slots;
    _Atomic uint64_t used;
    struct metric_slot slot[];
};

/* The same out of the files, to add up and sort. */
struct metric_sum {
    uint64_t value[METRIC_VALUES];
    char series[METRIC_SERIES];
};

struct metric_sums {
    struct metric_sum *v;        /* heap */
    size_t n, cap;
};

int metric_dir(const struct conf *c, bool create);       /* -1 with errno */
bool metric_file_good(const struct metric_file *f, size_t size);
void metric_sums_add(struct metric_sums *sums, const struct metric_file *f);
void metric_sums_sort(struct metric_sums *sums);         /* sorts them and joins equal series */
void metric_sums_read(const struct conf *c, struct metric_sums *sums);

#endif
