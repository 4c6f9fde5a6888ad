#include "metric/metric.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric_file.h"
#include "base/util.h"

enum kind { KIND_COUNTER, KIND_HISTOGRAM, KIND_GAUGE };

static const struct {
    const char *name, *labels, *doc;
    enum kind kind;
} metrics[METRIC_COUNT] = {
#define COUNTER(id, name, labels, doc) [id] = { name, labels, doc, KIND_COUNTER },
#define HISTOGRAM(id, name, labels, doc) [id] = { name, labels, doc, KIND_HISTOGRAM },
#define GAUGE(id, name, labels, doc) [id] = { name, labels, doc, KIND_GAUGE },
#include "metric/metrics.def"
#undef COUNTER
#undef HISTOGRAM
#undef GAUGE
};

static const char *const kind_names[] = { "counter", "histogram", "gauge" };

/* Upper bounds of a histogram's buckets, as /metrics writes them and in seconds. */
static const struct { const char *le; double seconds; } buckets[METRIC_BUCKETS] = {
    { "0.001", 0.001 }, { "0.0025", 0.0025 }, { "0.005", 0.005 }, { "0.01", 0.01 },
    { "0.025", 0.025 }, { "0.05", 0.05 }, { "0.1", 0.1 }, { "0.25", 0.25 }, { "0.5", 0.5 },
    { "1", 1 }, { "2.5", 2.5 }, { "5", 5 }, { "10", 10 },
};

/* The counts of this process: mapped from its file, or on the heap. */
static struct metric_file *counts;
static bool mapped;

static struct buf counted;       /* the name of the series that is counted */

#define START_S 30               /* a program that has not begun its work after so many seconds hangs */

/* Slots that stay free for the series with the label "other" once the rest are taken. */
#define SLOTS_KEPT METRIC_COUNT

/* Maps the file, whose room is reserved before: a page of the mapping for which the disk has no room would be a
 * signal, now or at a later count.  If a file of this name exists, a process with the same number died and was not
 * folded: its counts are kept, unless another build of the program wrote them.  NULL with errno. */
static struct metric_file *file_map(int fd)
{
    const size_t size = sizeof(struct metric_file) + METRIC_SLOTS * sizeof(struct metric_slot);
    struct metric_file *f;
    struct stat st;

    if (fstat(fd, &st) != 0 || (st.st_size != (off_t)size && ftruncate(fd, 0) != 0)
        || (errno = posix_fallocate(fd, 0, (off_t)size)) != 0)
        return NULL;
    f = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (f == MAP_FAILED)
        return NULL;
    if (!metric_file_good(f, size)) {
        if (st.st_size == (off_t)size)
            memset(f, 0, size);
        f->magic = METRIC_MAGIC;
        f->slots = METRIC_SLOTS;
    }
    return f;
}

void metric_open(const struct conf *c, const char *program)
{
    struct metric_file *f = NULL;
    int fd, dir = metric_dir(c, true);
    char name[METRIC_NAME];

    snprintf(name, sizeof(name), METRIC_NAME_FORMAT, program, (int)getpid());
    fd = dir < 0 ? -1 : openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    /* The shared lock is held, and the descriptor open, as long as the process lives: that tells others
     * that it does. */
    if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
        f = file_map(fd);
    if (f == NULL) {
        log_warn("metric.open", "dir", c->run_dir, "error", strerror(errno));
        if (fd >= 0)
            close(fd);
    } else {
        free(mapped ? NULL : counts);
        counts = f;
        mapped = true;
        metric_alive(START_S);
    }
    if (dir >= 0)
        close(dir);
}

void metric_alive(int seconds)
{
    if (mapped)
        atomic_store_explicit(&counts->alive_ms, (int64_t)(clock_mono() * 1000) + seconds * 1000,
                              memory_order_relaxed);
}

void metric_alive_still(void)
{
    int64_t last = mapped ? atomic_load_explicit(&counts->alive_ms, memory_order_relaxed) : 0;

    if (last != 0 && last < (int64_t)(clock_mono() * 1000) + METRIC_ALIVE_S * 1000)
        metric_alive(METRIC_ALIVE_S);
}

static struct metric_file *counts_here(void)
{
    if (counts == NULL) {
        counts = calloc(1, sizeof(*counts) + METRIC_SLOTS * sizeof(struct metric_slot));
        if (counts == NULL)
            abort();
        counts->magic = METRIC_MAGIC;
        counts->slots = METRIC_SLOTS;
    }
    return counts;
}

static void add_label(struct buf *b, const char *name, size_t n, const char *value)
{
    buf_add(b, name, n);
    buf_str(b, "=\"");
    while (*value != '\0') {
        size_t plain = 0;

        while (value[plain] != '\0' && value[plain] != '"' && value[plain] != '\\' && value[plain] != '\n')
            plain++;
        buf_add(b, value, plain);
        value += plain;
        if (*value != '\0') {
            buf_char(b, '\\');
            buf_char(b, *value == '\n' ? 'n' : *value);
            value++;
        }
    }
    buf_char(b, '"');
}

/* Appends name{label="value",…}; with `other` each label has the value "other". */
static void add_series(struct buf *b, enum metric m, bool other, va_list ap)
{
    const char *label = metrics[m].labels, *value = NULL;

    buf_str(b, metrics[m].name);
    while (*label != '\0') {
        size_t n = strcspn(label, ",");

        value = other ? "other" : va_arg(ap, const char *);
        assert(value != NULL);   /* fewer values than metrics.def has labels */
        buf_char(b, label == metrics[m].labels ? '{' : ',');
        add_label(b, label, n, value);
        label += n + (label[n] == ',');
    }
    if (value != NULL)
        buf_char(b, '}');
    assert(other || va_arg(ap, const char *) == NULL);
}

/* The slot of a series, made if it is new; NULL if there is no room.  kept: it may be one of the last
 * SLOTS_KEPT slots. */
static struct metric_slot *slot_find(const char *series, bool kept)
{
    struct metric_file *f = counts_here();
    size_t limit = kept ? METRIC_SLOTS : METRIC_SLOTS - SLOTS_KEPT, n = strlen(series);
    uint64_t h = hash_bytes(series, n);

    if (n >= sizeof(f->slot[0].series))
        return NULL;
    for (size_t i = 0; i < METRIC_SLOTS; i++) {
        struct metric_slot *s = &f->slot[(h + i) % METRIC_SLOTS];
        uint64_t state = atomic_load_explicit(&s->state, memory_order_acquire);

        if (state == SLOT_READY && streq(s->series, series))
            return s;
        if (state != SLOT_FREE)
            continue;
        if (atomic_load_explicit(&f->used, memory_order_relaxed) >= limit)
            return NULL;
        /* Forked children share the mapping.  If another one takes this slot first, the search goes on. */
        if (atomic_compare_exchange_strong(&s->state, &state, SLOT_TAKEN)) {
            atomic_fetch_add_explicit(&f->used, 1, memory_order_relaxed);
            memcpy(s->series, series, n + 1);
            atomic_store_explicit(&s->state, SLOT_READY, memory_order_release);
            return s;
        }
    }
    return NULL;
}

static struct metric_slot *slot_of(enum metric m, va_list ap)
{
    struct metric_slot *s;

    buf_reset(&counted);
    add_series(&counted, m, false, ap);
    s = slot_find(counted.data, false);
    if (s == NULL) {
        buf_reset(&counted);
        add_series(&counted, m, true, ap);
        s = slot_find(counted.data, true);
    }
    return s;
}

static void slot_add(struct metric_slot *s, size_t i, uint64_t n)
{
    atomic_fetch_add_explicit(&s->value[i], n, memory_order_relaxed);
}

void metric_add(enum metric m, uint64_t n, ...)
{
    struct metric_slot *s;
    va_list ap;

    assert(metrics[m].kind == KIND_COUNTER);
    va_start(ap, n);
    s = slot_of(m, ap);
    va_end(ap);
    if (s != NULL)
        slot_add(s, 0, n);
}

void metric_observe(enum metric m, double seconds, ...)
{
    struct metric_slot *s;
    size_t i = 0;
    va_list ap;

    assert(metrics[m].kind == KIND_HISTOGRAM);
    va_start(ap, seconds);
    s = slot_of(m, ap);
    va_end(ap);
    if (s == NULL)
        return;
    if (!(seconds > 0))
        seconds = 0;
    while (i < METRIC_BUCKETS && seconds > buckets[i].seconds)
        i++;
    slot_add(s, i, 1);
    slot_add(s, METRIC_SUM, (uint64_t)(seconds * 1e6 + 0.5));
}

static void metric_head(struct buf *out, enum metric m)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metrics[m].name, metrics[m].doc,
               metrics[m].name, kind_names[metrics[m].kind]);
}

/* Appends name_suffix{labels,extra} from a series as it is stored. */
static void add_sample(struct buf *out, const char *series, const char *suffix,
                       const char *extra)
{
    size_t name = strcspn(series, "{");
    const char *labels = series + name;
    size_t n = strlen(labels);

    buf_add(out, series, name);
    buf_str(out, suffix);
    if (n > 0)
        buf_add(out, labels, n - 1);
    if (*extra != '\0')
        buf_printf(out, "%c%s", n > 0 ? ',' : '{', extra);
    buf_str(out, n > 0 || *extra != '\0' ? "} " : " ");
}

static void add_histogram(struct buf *out, const struct metric_sum *s)
{
    uint64_t total = 0;
    char le[32];

    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        total += s->value[i];
        snprintf(le, sizeof(le), "le=\"%s\"", i < METRIC_BUCKETS ? buckets[i].le : "+Inf");
        add_sample(out, s->series, "_bucket", le);
        buf_printf(out, "%llu\n", (unsigned long long)total);
    }
    add_sample(out, s->series, "_sum", "");
    buf_printf(out, "%.6f\n", (double)s->value[METRIC_SUM] / 1e6);
    add_sample(out, s->series, "_count", "");
    buf_printf(out, "%llu\n", (unsigned long long)total);
}

static bool series_is(const char *series, const char *name)
{
    size_t n = strlen(name);

    return strncmp(series, name, n) == 0 && (series[n] == '\0' || series[n] == '{');
}

static void render_one(struct buf *out, enum metric m, const struct metric_sums *sums)
{
    bool any = false;

    metric_head(out, m);
    for (size_t i = 0; i < sums->n; i++) {
        const struct metric_sum *s = &sums->v[i];

        if (!series_is(s->series, metrics[m].name))
            continue;
        any = true;
        if (metrics[m].kind == KIND_HISTOGRAM)
            add_histogram(out, s);
        else
            buf_printf(out, "%s %llu\n", s->series, (unsigned long long)s->value[0]);
    }
    /* A counter that never counted is shown as 0, so that its rate can be computed. */
    if (!any && metrics[m].kind == KIND_COUNTER && *metrics[m].labels == '\0')
        buf_printf(out, "%s 0\n", metrics[m].name);
}

void metric_render(const struct conf *c, struct buf *out)
{
    struct metric_sums sums = { 0 };

    metric_sums_read(c, &sums);
    if (!mapped)
        metric_sums_add(&sums, counts_here());
    metric_sums_sort(&sums);
    for (enum metric m = 0; m < METRIC_COUNT; m++) {
        if (metrics[m].kind != KIND_GAUGE)
            render_one(out, m, &sums);
    }
    free(sums.v);
}

void metric_gauge_head(struct buf *out, enum metric m)
{
    metric_head(out, m);
}

void metric_gauge(struct buf *out, enum metric m, double value, ...)
{
    va_list ap;

    assert(metrics[m].kind == KIND_GAUGE);
    va_start(ap, value);
    add_series(out, m, false, ap);
    va_end(ap);
    buf_printf(out, " %.15g\n", value);
}
