/* paqueteria-job: runs one job in a process with limits of its own.  A slot of the worker, which has claimed
 * the job, starts it with the job's id and attempt; the job's outcome is written here. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "crypto/crypto.h"
#include "jobs/jobs.h"
#include "queue/hint.h"

#define PATIENCE 5               /* for nice(): requests and messages go first */
#define FILE_MAX_MB 64           /* the largest file that a handler may write */

static void limit_set(int what, rlim_t value)
{
    struct rlimit r = { value, value };

    if (setrlimit(what, &r) != 0)
        log_warn("job.limit", "what", NUM(what));
}

/* Sets the limits of the job's kind; under AddressSanitizer, which reserves terabytes, none on address
 * space. */
static void limits_set(const struct job_kind *k)
{
#if !defined(__SANITIZE_ADDRESS__)
    limit_set(RLIMIT_AS, (rlim_t)k->isolated_mb << 20);
#endif
    limit_set(RLIMIT_CPU, (rlim_t)k->deadline_s);
    limit_set(RLIMIT_CORE, 0);
}

/* Limits the size of files.  The limit holds only while the handler runs: the database may be larger, and the
 * job's outcome must still be written into it. */
static void file_limit(rlim_t value)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_FSIZE, &r) != 0)
        return;
    r.rlim_cur = value < r.rlim_max ? value : r.rlim_max;
    setrlimit(RLIMIT_FSIZE, &r);
}

static int isolated_run(const struct conf *conf, struct arena *a, int64_t id, int64_t attempt)
{
    const char *why = "";
    struct ctx c = { .a = a, .conf = conf, .now = clock_now(), .actor = ACTOR_SYSTEM, .role = ROLE_ADMIN,
                     .address = "", .channel = "job",
                     .request_id = arena_printf(a, "job-%lld-%lld", (long long)id, (long long)attempt) };
    struct job j;
    struct job_outcome o;
    const struct job_kind *k;
    const struct job_row *row;
    enum err e;

    c.db = db_open(conf, true, &why);
    if (c.db == NULL) {
        log_error("job.start", "why", why);
        return EX_TEMPFAIL;
    }
    metric_open(conf, "job");
    c.hint = hint_open(conf);
    e = job_load(&c, id, attempt, &j);
    if (e != OK)                 /* E_NOT_FOUND: the keeper took the job away meanwhile */
        return e == E_NOT_FOUND ? EX_DATAERR : EX_TEMPFAIL;
    k = job_kind_find(j.kind);
    row = job_row_of(isolated_jobs, j.kind);
    if (k == NULL || row == NULL)
        return EX_UNAVAILABLE;
    limits_set(k);
    (void)!nice(PATIENCE);
    file_limit((rlim_t)FILE_MAX_MB << 20);
    o = job_perform(&c, row, &j);
    file_limit(RLIM_INFINITY);
    e = job_end(&c, &(struct worker){ .name = j.worker }, &j, &o, NULL);
    return e == OK ? 0 : e == E_FULL || e == E_BUSY ? EX_TEMPFAIL : EX_SOFTWARE;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    const char *why = "";
    struct conf *conf;
    int64_t parent, id, attempt;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mallopt(M_ARENA_MAX, 1);             /* else each thread of a decoder would reserve 64 MB, and threads of
                                          * the HEIC decoder would wait for ever for one that could not start */
    log_program("job");
    if (argc != 6 || !streq(argv[1], "--config") || !parse_int(argv[3], &parent) || !parse_int(argv[4], &id)
        || !parse_int(argv[5], &attempt)) {
        fputs("usage: paqueteria-job --config FILE SLOT_PID JOB ATTEMPT\n", stderr);
        return EX_USAGE;
    }
    if (getppid() != parent) {   /* the slot ended before the first line above: the job is no longer its */
        log_warn("job.orphan", "parent", NUM(parent));
        return EX_TEMPFAIL;
    }
    conf = conf_load(a, *argv[2] ? argv[2] : NULL, &why);
    if (conf == NULL) {
        fprintf(stderr, "paqueteria-job: %s\n", why);
        return EX_CONFIG;
    }
    crypto_open();
    return isolated_run(conf, a, id, attempt);
}
