/* paqueteria-worker: the queue's consumer.  The parent, which opens no database, starts the children and starts
 * them again when they end: slots, which run jobs, and a keeper, which takes back the jobs of dead slots.
 * Each child is this program started as --child SLOT PARENT. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "jobs/jobs.h"
#include "queue/hint.h"

#define BEAT_S 10                /* a slot says that it lives, and renews its job's lease, at least so often */
#define LOOK_S 1                 /* a slot checks that the database's file and its lock's still exist */
#define CHECKPOINT_S 5
#define SWEEP_S 5
#define FOLD_S 60                /* the keeper adds the metrics of dead processes to the total */
#define NOT_NOW_S 30             /* a job whose program cannot start yet is tried again after this */
#define SHELL_NOT_RUN 126
#define SHELL_NOT_FOUND 127
#define GIVE_BACK_S 3            /* before its grace is over, a stopping slot gives its job back */
#define KILL_AFTER_S 5           /* between TERM and KILL of a job past its deadline */
#define WATCH_S 1                /* the parent looks so often for children that hang */
#define WATCH_STALE_S 5
#define CHILDREN_MAX 33
#define QUICK_DEATH_S 1          /* a child that lived longer had started well: the next one need not wait */
#define RESPAWN_MAX_S 10         /* the longest wait after quick deaths */

extern char **environ;

static volatile sig_atomic_t stopping;

static void on_term(int sig UNUSED)
{
    stopping = 1;
}

struct slot {
    struct ctx base;             /* the context that each job's is copied from */
    struct worker me;
    const char *config;
    double beaten, looked, watched;
};

static struct ctx slot_context(const struct slot *s, const struct job *j)
{
    struct ctx c = s->base;

    c.a = arena_new();
    c.now = clock_now();
    c.request_id = arena_printf(c.a, "job-%lld-%lld", (long long)j->id, (long long)j->attempt);
    return c;
}

/* Timer that kills the slot (SIGUSR1) when a light job hangs past its deadline: then the keeper gives the job
 * back and the parent starts the slot again. */
static timer_t deadline_timer(void)
{
    timer_t t;
    struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

    if (timer_create(CLOCK_MONOTONIC, &ev, &t) != 0)
        abort();
    return t;
}

static void deadline_set(timer_t t, int seconds)
{
    timer_settime(t, 0, &(struct itimerspec){ .it_value.tv_sec = seconds }, NULL);
}

static pid_t job_spawn(const struct slot *s, const struct job *j)
{
    char program[512], parent[24], id[24], attempt[24];
    pid_t pid;
    char *argv[] = { program, (char *)"--config", (char *)(uintptr_t)(s->config ? s->config : ""), parent, id, attempt,
                     NULL };

    snprintf(program, sizeof program, "%s/paqueteria-job", s->base.conf->programs_dir);
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    snprintf(id, sizeof id, "%lld", (long long)j->id);
    snprintf(attempt, sizeof attempt, "%lld", (long long)j->attempt);
    return posix_spawn(&pid, program, NULL, NULL, argv, environ) == 0 ? pid : -1;
}

/* "Not now" costs no try: nothing of the job has run.  An upgrade passes through this, from the new programs'
 * installation to the migration of the database. */
static struct job_outcome job_not_now(const char *why)
{
    return (struct job_outcome){ .result = JOB_SNOOZE, .run_in = NOT_NOW_S, .error = why };
}

/* Exit codes of paqueteria-job (sysexits) and what each means for the job; any other, and a signal, is a crash.  The
 * dynamic loader exits with SHELL_NOT_RUN or SHELL_NOT_FOUND when it does not find a library. */
static const struct { int code; bool not_now; const char *why; } job_exits[] = {
    { EX_TEMPFAIL, true, "la base de datos no abre, está llena u ocupada, o es de otra versión: falta paqueteria migrate" },
    { EX_CONFIG, true, "la configuración no se entiende" },
    { SHELL_NOT_RUN, true, "el programa no arranca: se está instalando" },
    { SHELL_NOT_FOUND, true, "el programa no arranca: se está instalando" },
    { EX_UNAVAILABLE, false, "este programa no conoce ese tipo de trabajo" },
    { EX_DATAERR, false, "el trabajo ya no era de este intento" },
    { EX_SOFTWARE, false, "no se pudo guardar el resultado" },
};

/* Outcome of an isolated job by the exit status of its process.  0 means that the process wrote the outcome
 * itself.  late: the job passed its deadline; given_back: the worker stops. */
static struct job_outcome job_lost(int status, bool late, bool given_back)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return (struct job_outcome){ .result = JOB_DONE };
    if (given_back)
        return (struct job_outcome){ .result = JOB_SNOOZE, .run_at = clock_now() };
    for (size_t i = 0; WIFEXITED(status) && i < COUNT(job_exits); i++)
        if (job_exits[i].code == WEXITSTATUS(status))
            return job_exits[i].not_now ? job_not_now(job_exits[i].why) : job_again(job_exits[i].why);
    return (struct job_outcome){ .result = late ? JOB_TIMEOUT : JOB_CRASHED,
                                 .error = late ? "pasó su tiempo" : "el proceso murió" };
}

static bool is_due(double *last, double every)
{
    double now = clock_mono();

    if (*last != 0 && now - *last < every)
        return false;
    *last = now;
    return true;
}

/* Looks at most once in LOOK_S whether the lock's file is still there; and each time while outcomes cannot be kept in
 * it, since the disk was full when the slot started. */
static void lock_watch(struct slot *s)
{
    if (is_due(&s->watched, LOOK_S) || s->me.page == NULL)
        worker_watch(&s->me, s->base.conf);
}

/* Waits for an isolated job, renews its lease and watches the slot's lock.  The job's process is ended past its
 * deadline, when the grace of a stopping worker is nearly over, or when somebody else has taken the job. */
static struct job_outcome job_watch(struct slot *s, struct ctx *c, const struct job *j, pid_t pid, int deadline_s)
{
    double start = clock_mono(), renewed = start, stop = 0;
    double every = (double)c->conf->worker_lease_s / 4;
    bool late = false, given_back = false;
    int status = -1;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        double now = clock_mono();

        metric_alive(METRIC_ALIVE_S);
        if (stopping && stop == 0)
            stop = now;
        if (stop != 0 && now - stop > (double)c->conf->worker_grace_s - GIVE_BACK_S) {
            given_back = true;
            kill(pid, SIGKILL);
        }
        if (!late && now - start > deadline_s) {
            kill(pid, SIGTERM);
            late = true;
        }
        if (now - start > deadline_s + KILL_AFTER_S)
            kill(pid, SIGKILL);
        if (now - renewed > (every < BEAT_S ? every : BEAT_S)) {
            renewed = now;
            if (job_renew(c, j) == E_CONFLICT)
                kill(pid, SIGKILL);
        }
        lock_watch(s);
        usleep(now - start < 0.2 ? 5000 : 50000);
    }
    metric_fold(c->conf, (int)pid);
    return job_lost(status, late, given_back);
}

static void job_log(const struct job *j, const struct job_outcome *o, double seconds)
{
    metric_observe(M_JOB_DURATION, seconds, j->kind, NULL);
    log_line(o->result == JOB_DONE || (o->result == JOB_SNOOZE && o->error == NULL) ? "info" : "warn", "job", "kind", j->kind,
             "job", NUM(j->id), "attempt", NUM(j->attempt), "result", job_result_name(o->result), "ms",
             NUM((int64_t)(seconds * 1000)), "why", o->error ? o->error : "", NULL);
}

/* Runs a job in the slot or in a process of its own, ends it, and puts the next job, if there is one, into *j.
 * *owner: the arena in which j's texts lie; it is replaced by that of the next job. */
static void job_run(struct slot *s, struct job *j, timer_t deadline, struct arena **owner)
{
    struct ctx c = slot_context(s, j);
    const struct job_kind *k = job_kind_find(j->kind);
    const struct job_row *row = job_row_of(light_jobs, j->kind);
    double start = clock_mono();
    struct job_outcome o;
    struct job next = { 0 };
    enum err e;

    if (k != NULL && k->isolated_mb > 0) {
        pid_t pid = job_spawn(s, j);

        o = pid > 0 ? job_watch(s, &c, j, pid, k->deadline_s) : job_not_now("no se pudo iniciar el proceso");
        if (o.result == JOB_DONE) {          /* the process wrote its outcome itself */
            job_log(j, &o, clock_mono() - start);
            goto out;
        }
    } else if (k != NULL && row != NULL) {
        deadline_set(deadline, k->deadline_s + KILL_AFTER_S);
        metric_alive(k->deadline_s + KILL_AFTER_S + METRIC_ALIVE_S);
        o = job_perform(&c, row, j);
        deadline_set(deadline, 0);
    } else {
        o = job_again("este programa no conoce ese tipo de trabajo");
    }
    job_log(j, &o, clock_mono() - start);
    metric_alive(METRIC_ALIVE_S);
    e = job_end(&c, &s->me, j, &o, stopping ? NULL : &next);
    if (e != OK && e != E_CONFLICT)      /* the job is taken back when its lease runs out */
        log_error("job.finish", "job", NUM(j->id), "error", err_name(e));
out:
    arena_free(*owner);
    *owner = c.a;                /* the next job's texts lie there */
    *j = next;
}

/* Whether the database's file has disappeared; looks at most once in LOOK_S, since db_write looks each time. */
static bool database_gone(struct slot *s)
{
    return is_due(&s->looked, LOOK_S) && !db_is_there(s->base.db);
}

static void slot_beat(struct slot *s, int64_t job)
{
    struct ctx c = s->base;

    if (!is_due(&s->beaten, BEAT_S))
        return;
    c.a = arena_new();
    if (worker_beat(&c, &s->me, job) != OK)
        log_warn("worker.beat");
    arena_free(c.a);
}

static int slot_main(struct slot *s)
{
    timer_t deadline = deadline_timer();
    struct arena *owner = arena_new();
    struct job j = { 0 };

    while (!stopping && !database_gone(s)) {
        metric_alive(METRIC_ALIVE_S);
        slot_beat(s, j.id);
        lock_watch(s);
        if (j.id == 0) {
            struct ctx c = s->base;
            enum err e;

            arena_reset(owner);
            c.a = owner;
            e = job_claim(&c, &s->me, &j);
            if (e != OK) {
                j.id = 0;
                hint_wait(s->base.hint, queue_names, 1000);
                continue;
            }
        }
        job_run(s, &j, deadline, &owner);
    }
    arena_free(owner);
    worker_close(&s->me, s->base.conf);
    return 0;
}

struct upkeep { double sweep, checkpoint, fold; };

static void upkeep_do(struct slot *s, struct upkeep *u)
{
    struct ctx c = s->base;
    int moved;

    c.a = arena_new();
    if (jobs_reap(&c, &moved) != OK)
        log_warn("keeper.reap");
    if (is_due(&u->sweep, SWEEP_S))
        workers_sweep(&c);
    if (is_due(&u->checkpoint, CHECKPOINT_S))
        db_checkpoint(c.db);
    if (is_due(&u->fold, FOLD_S))
        metric_fold(c.conf, 0);
    arena_free(c.a);
}

/* The keeper takes back jobs of dead slots once a second and checkpoints the database.  It stops after the
 * slots, and looks once more for jobs that they left. */
static int keeper_main(struct slot *s)
{
    struct upkeep u = { 0 };

    while (!stopping && db_is_there(s->base.db)) {   /* if the file is gone, the parent starts a new keeper */
        metric_alive(METRIC_ALIVE_S);
        upkeep_do(s, &u);
        usleep(1000000);
    }
    upkeep_do(s, &u);
    return 0;
}

static void die_with_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)     /* the parent ended before the line above */
        _exit(EX_TEMPFAIL);
}

static int child_main(const struct conf *conf, struct arena *a, const char *config, int slot, pid_t parent)
{
    struct slot s = { .config = config };
    const char *why = "";

    die_with_parent(parent);
    sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL);
    signal(SIGPIPE, SIG_IGN);
    crypto_open();
    s.base = (struct ctx){ .conf = conf, .actor = ACTOR_SYSTEM, .role = ROLE_ADMIN, .address = "",
                           .channel = "job", .request_id = "worker", .now = clock_now() };
    s.base.db = db_open(conf, true, &why);
    if (s.base.db == NULL) {
        log_error("worker.start", "why", why);
        return EX_TEMPFAIL;
    }
    metric_open(conf, "worker");
    if (slot == 0)
        return keeper_main(&s);
    s.base.hint = hint_open(conf);
    if (!worker_open(&s.me, a, conf, slot)) {
        log_error("worker.lock", "error", strerror(errno));
        return EX_CANTCREAT;
    }
    return slot_main(&s);
}

struct child { pid_t pid; int slot; double started, retry_at; int failures; };

/* Puts off the next start of a child; after several quick deaths, or starts in vain, in a row it waits longer. */
static void child_rest(struct child *ch)
{
    double now = clock_mono();

    ch->failures = now - ch->started < QUICK_DEATH_S ? ch->failures + 1 : 0;
    ch->retry_at = now + (ch->failures > 1 ? (ch->failures < RESPAWN_MAX_S ? ch->failures : RESPAWN_MAX_S) : 0.05);
    ch->pid = 0;
}

/* Starts a child with the configuration that the parent has read, not with what the file says by now. */
static void child_start(struct child *ch, char *self, int copy)
{
    char slot[16], parent[16];
    char *argv[] = { self, (char *)"--child", slot, parent, (char *)"--config", (char *)CONF_HANDED, NULL };
    posix_spawn_file_actions_t files;
    int error;

    snprintf(slot, sizeof slot, "%d", ch->slot);
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    ch->started = clock_mono();
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, copy, CONF_FD);
    error = posix_spawn(&ch->pid, "/proc/self/exe", &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        log_error("worker.child_start", "slot", NUM(ch->slot), "error", strerror(error));
        child_rest(ch);
    }
}

static void child_ended(struct child *ch, const struct conf *conf, int status)
{
    metric_fold(conf, (int)ch->pid);
    if (!stopping)
        log_warn("worker.child_ended", "slot", NUM(ch->slot), "status", NUM(status));
    child_rest(ch);
}

/* Kills the children that hang: those that are late with their sign of life.  If the parent itself stood still for
 * some seconds, as when the whole machine did, it only begins to count again. */
static void children_watch(const struct child *list, int n, const struct conf *conf, double *watched)
{
    double now = clock_mono(), since = now - *watched;

    if (since < WATCH_S)
        return;
    *watched = now;
    for (int i = 0; i < n && since < WATCH_STALE_S; i++)
        if (list[i].pid > 0 && metric_late(conf, "worker", (int)list[i].pid) > 0) {
            log_error("worker.silent", "slot", NUM(list[i].slot), "pid", NUM(list[i].pid));
            kill(list[i].pid, SIGKILL);
        }
}

/* Notes the children that have ended; returns how many are left. */
static int children_reap(struct child *list, int n, const struct conf *conf)
{
    int count = 0, status;

    for (int i = 0; i < n; i++) {
        if (list[i].pid > 0 && waitpid(list[i].pid, &status, WNOHANG) == list[i].pid)
            child_ended(&list[i], conf, status);
        count += list[i].pid > 0;
    }
    return count;
}

/* Sends TERM to n children until all have ended; KILL when the grace is over. */
static void children_stop(struct child *list, int n, const struct conf *conf)
{
    double start = clock_mono(), termed = 0;

    while (children_reap(list, n, conf) > 0) {
        double now = clock_mono();
        int sig = now - start > (double)conf->worker_grace_s ? SIGKILL : SIGTERM;

        if (now - termed > 1) {
            for (int i = 0; i < n; i++)
                if (list[i].pid > 0)
                    kill(list[i].pid, sig);
            termed = now;
        }
        usleep(20000);
    }
}

static int parent_main(const struct conf *conf, char *self)
{
    struct child list[CHILDREN_MAX] = { 0 };
    double watched = 0;
    int copy = conf_copy(conf);
    int n = (int)conf->worker_slots + 1;

    sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL);
    sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_term }, NULL);
    if (copy < 0) {
        log_error("worker.config", "error", strerror(errno));
        return EX_OSERR;
    }
    for (int i = 0; i < n; i++)
        list[i].slot = i;
    log_info("worker.start", "slots", NUM(n - 1));
    while (!stopping) {
        children_reap(list, n, conf);
        children_watch(list, n, conf, &watched);
        for (int i = 0; i < n && !stopping; i++)
            if (list[i].pid == 0 && clock_mono() >= list[i].retry_at)
                child_start(&list[i], self, copy);
        usleep(50000);
    }
    children_stop(list + 1, n - 1, conf);    /* the slots */
    children_stop(list, 1, conf);            /* the keeper */
    log_info("worker.stop");
    return 0;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    const char *config = NULL, *why = "";
    int slot = -1;               /* number of this child: 0 is the keeper */
    pid_t parent = 0;
    struct conf *conf;

    log_program("worker");
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });    /* a core would hold secrets */
    for (int i = 1; i < argc; i++) {
        if (streq(argv[i], "--config") && i + 1 < argc)
            config = argv[++i];
        else if (streq(argv[i], "--child") && i + 2 < argc) {
            slot = atoi(argv[++i]);
            parent = (pid_t)atoi(argv[++i]);
        } else {
            fputs("usage: paqueteria-worker [--config FILE]\n", stderr);
            return EX_USAGE;
        }
    }
    conf = conf_load(a, config, &why);
    if (conf == NULL) {
        fprintf(stderr, "paqueteria-worker: %s\n", why);
        return EX_CONFIG;
    }
    return slot < 0 ? parent_main(conf, argv[0]) : child_main(conf, a, config, slot, parent);
}
