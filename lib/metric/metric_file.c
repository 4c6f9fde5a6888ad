#include "metric/metric_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "base/util.h"

#define FILE_MOST (64u << 20)    /* bytes; a larger file is not ours */

int metric_dir(const struct conf *c, bool create)
{
    char path[PATH_MAX];

    if ((size_t)snprintf(path, sizeof(path), "%s/metrics", c->run_dir) >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (create && mkdir(path, 0770) != 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int lock_dir(int dir, int how)
{
    int fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);

    while (fd >= 0 && flock(fd, how) != 0) {
        if (errno != EINTR) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

bool metric_file_good(const struct metric_file *f, size_t size)
{
    return size >= sizeof(*f) && f->magic == METRIC_MAGIC
        && f->slots == (size - sizeof(*f)) / sizeof(f->slot[0])
        && (size - sizeof(*f)) % sizeof(f->slot[0]) == 0;
}

static struct metric_sum *sums_more(struct metric_sums *sums)
{
    if (sums->n == sums->cap) {
        sums->cap = sums->cap == 0 ? 256 : sums->cap * 2;
        sums->v = realloc(sums->v, sums->cap * sizeof(*sums->v));
        if (sums->v == NULL)
            abort();
    }
    sums->v[sums->n] = (struct metric_sum){ 0 };
    return &sums->v[sums->n++];
}

void metric_sums_add(struct metric_sums *sums, const struct metric_file *f)
{
    for (uint64_t i = 0; i < f->slots; i++) {
        const struct metric_slot *slot = &f->slot[i];
        struct metric_sum *s;

        if (atomic_load_explicit(&slot->state, memory_order_acquire) != SLOT_READY)
            continue;
        s = sums_more(sums);
        memcpy(s->series, slot->series, sizeof(s->series) - 1);
        for (size_t k = 0; k < METRIC_VALUES; k++)
            s->value[k] = atomic_load_explicit(&slot->value[k], memory_order_relaxed);
    }
}

static int by_series(const void *a, const void *b)
{
    const struct metric_sum *x = a, *y = b;

    return strcmp(x->series, y->series);
}

void metric_sums_sort(struct metric_sums *sums)
{
    size_t kept = 0;

    if (sums->n == 0)
        return;
    qsort(sums->v, sums->n, sizeof(*sums->v), by_series);
    for (size_t i = 1; i < sums->n; i++) {
        if (!streq(sums->v[i].series, sums->v[kept].series)) {
            sums->v[++kept] = sums->v[i];
            continue;
        }
        for (size_t k = 0; k < METRIC_VALUES; k++)
            sums->v[kept].value[k] += sums->v[i].value[k];
    }
    sums->n = kept + 1;
}

/* The file is read, not mapped: the holes of a sparse file then cost no memory. */
static bool read_file(int dir, const char *name, struct metric_sums *sums)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct metric_file *f = NULL;
    struct stat st;
    bool good = false;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && (uintmax_t)st.st_size <= FILE_MOST) {
        f = malloc((size_t)st.st_size);
        if (f == NULL)
            abort();
        good = read(fd, f, (size_t)st.st_size) == st.st_size
            && metric_file_good(f, (size_t)st.st_size);
    }
    if (good)
        metric_sums_add(sums, f);
    free(f);
    close(fd);
    return good;
}

double metric_late(const struct conf *c, const char *program, int pid)
{
    char name[METRIC_NAME];
    struct metric_file head = { 0 };
    int dir = metric_dir(c, false), fd;
    double late = 0;

    snprintf(name, sizeof(name), METRIC_NAME_FORMAT, program, pid);
    fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) && head.magic == METRIC_MAGIC
        && head.alive_ms != 0)
        late = clock_mono() - (double)head.alive_ms / 1000;
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    return late > 0 ? late : 0;
}

/* The number after the last dot of "<program>.<pid>", or 0. */
static int64_t file_pid(const char *name)
{
    const char *dot = strrchr(name, '.');
    int64_t pid;

    return dot != NULL && dot != name && parse_int(dot + 1, &pid) && pid > 0 ? pid : 0;
}

/* Calls fn for each process's file. */
static void each_file(int dir, void (*fn)(int dir, const char *name, void *arg), void *arg)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;

    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((e = readdir(d)) != NULL) {
        if (file_pid(e->d_name) > 0)
            fn(dir, e->d_name, arg);
    }
    closedir(d);
}

static void read_one(int dir, const char *name, void *arg)
{
    (void)read_file(dir, name, arg);
}

void metric_sums_read(const struct conf *c, struct metric_sums *sums)
{
    int dir = metric_dir(c, false), lock;

    if (dir < 0)
        return;
    lock = lock_dir(dir, LOCK_SH);
    (void)read_file(dir, "total", sums);
    each_file(dir, read_one, sums);
    if (lock >= 0)
        close(lock);
    close(dir);
}

static bool write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        ssize_t put = write(fd, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

/* Writes the new total to a temporary file and renames it, so that no half total is ever read. */
static bool write_total(int dir, const struct metric_sums *sums)
{
    size_t size = sizeof(struct metric_file) + sums->n * sizeof(struct metric_slot);
    struct metric_file *f = calloc(1, size);
    bool good;
    int fd;

    if (f == NULL)
        abort();
    f->magic = METRIC_MAGIC;
    f->slots = sums->n;
    atomic_init(&f->used, sums->n);
    for (size_t i = 0; i < sums->n; i++) {
        atomic_init(&f->slot[i].state, SLOT_READY);
        memcpy(f->slot[i].series, sums->v[i].series, sizeof(f->slot[i].series));
        for (size_t k = 0; k < METRIC_VALUES; k++)
            atomic_init(&f->slot[i].value[k], sums->v[i].value[k]);
    }
    fd = openat(dir, "total.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    good = fd >= 0 && write_all(fd, f, size);
    if (fd >= 0)
        close(fd);
    free(f);
    return good && renameat(dir, "total.new", dir, "total") == 0;
}

static void fold_file(int dir, const char *name)
{
    struct metric_sums sums = { 0 };

    (void)read_file(dir, "total", &sums);
    /* A file that cannot be read has another layout: nothing in it can be kept. */
    if (read_file(dir, name, &sums)) {
        metric_sums_sort(&sums);
        if (!write_total(dir, &sums)) {
            log_warn("metric.fold", "file", name, "error", strerror(errno));
            free(sums.v);
            return;
        }
    }
    free(sums.v);
    (void)unlinkat(dir, name, 0);
}

static void fold_if(int dir, const char *name, void *arg)
{
    const int *pid = arg;
    int fd;

    if (*pid != 0 && file_pid(name) != *pid)
        return;
    fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        fold_file(dir, name);
    if (fd >= 0)
        close(fd);
}

void metric_fold(const struct conf *c, int pid)
{
    int dir = metric_dir(c, false), lock;

    if (dir < 0)
        return;
    lock = lock_dir(dir, LOCK_EX);
    if (lock >= 0) {
        each_file(dir, fold_if, &pid);
        close(lock);
    } else {
        log_warn("metric.fold", "error", strerror(errno));
    }
    close(dir);
}
