/* Puts jobs that do nothing into the queue, each in a transaction of its own.
 *
 *     producer CONFIG fill COUNT    one after the other, as fast as they are durable
 *     producer CONFIG wait COUNT    a job once the one before has begun; prints the ms
 *                                   from a job's commit to its beginning, "p50 p99" */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/hint.h"
#include "queue/job.h"
#include "store/db.h"

#define LOOK_US 500              /* µs between two looks at the job's row */
#define REST_US 20000            /* µs between two jobs, so that the slots wait again */
#define WAIT_S 10

static const struct stmt is_begun = STMT("bench_is_begun", "i",
    "SELECT state <> 'ready' FROM jobs WHERE id = $1");

struct one {
    struct ctx *c;
    int64_t id;
};

static enum err add_tx(struct db *db UNUSED, void *arg)
{
    struct one *x = arg;

    return job_add_tx(x->c, &(struct job_new){ .kind = "noop" }, &x->id);
}

static int64_t add(struct ctx *c)
{
    struct one x = { .c = c };

    c->now = clock_now();
    if (db_write(c->db, add_tx, &x) != OK)
        exit(1);                 /* the log says why */
    return x.id;
}

static double waited(struct ctx *c, int64_t id)
{
    const double start = clock_mono();

    while (db_scalar(c->db, 0, &is_begun, id) == 0) {
        if (clock_mono() - start > WAIT_S) {
            fprintf(stderr, "producer: job %lld waits for %d s\n", (long long)id, WAIT_S);
            exit(1);
        }
        usleep(LOOK_US);
    }
    return (clock_mono() - start) * 1000;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void wait_each(struct ctx *c, size_t count)
{
    double *ms = calloc(count, sizeof *ms);

    for (size_t i = 0; i < count; i++) {
        ms[i] = waited(c, add(c));
        usleep(REST_US);
        arena_reset(c->a);
    }
    qsort(ms, count, sizeof *ms, by_size);
    printf("%.3f %.3f\n", ms[count / 2], ms[count * 99 / 100]);
    free(ms);
}

static void fill(struct ctx *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(c);
        arena_reset(c->a);
    }
}

int main(int argc, char **argv)
{
    struct arena *kept = arena_new();
    struct ctx c = { .a = arena_new(), .actor = ACTOR_SYSTEM, .role = ROLE_ADMIN, .address = "",
                     .channel = "job", .request_id = "producer" };
    const char *why = "usage: producer CONFIG fill|wait COUNT";
    size_t count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

    log_program("producer");
    c.conf = count == 0 ? NULL : conf_load(kept, argv[1], &why);
    c.db = c.conf == NULL ? NULL : db_open(c.conf, true, &why);
    if (c.db == NULL) {
        fprintf(stderr, "producer: %s\n", why);
        return 1;
    }
    c.hint = hint_open(c.conf);
    if (streq(argv[2], "wait"))
        wait_each(&c, count);
    else
        fill(&c, count);
    hint_close(c.hint);
    db_close(c.db);
    arena_free(c.a);
    arena_free(kept);
    return 0;
}
