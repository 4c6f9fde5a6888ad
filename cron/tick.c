/* paqueteria-tick: starts the programs of the schedule that are due.
 *
 * Cron calls it each minute, or it stays, with --loop, in a child that is started again when it dies or hangs (tick_watch.h).  A row of cron_ticks says that a program was started for
 * a minute, and whether it ended well: then it is done and is not started for that minute again, whoever asks
 * and however the clock jumps.  What could not be started, failed or was killed is tried again, after a minute,
 * then two, then three, at last each half hour.  Of the minutes missed within 24 hours the latest is made up
 * for.  A program that still runs is not started again; after the limit of its line it is killed. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/schedule.h"
#include "cron/tick_watch.h"
#include "store/db.h"

#define RUNS_MAX 64                /* programs at one time; each runs once, and there are ten */
#define STOP_S 5                   /* seconds that runs have to end when this program is told to */
#define TICKS_KEPT (8 * 24 * 60)   /* ticks kept of a program: a week and a day if it is due each minute */

/* The caller holds the lock of the program's runs, so a run that has no end in its row is over: it died without
 * being recorded.  A start in the future was by a clock that was wrong. */
static const struct stmt tick_take = STMT("tick_take", "sii",
    "INSERT INTO cron_ticks (name, tick, started_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (name, tick) DO UPDATE SET started_at = $3, tries = tries + 1, finished_at = NULL, ok = NULL "
    "WHERE coalesce(ok, 0) = 0 AND $3 NOT BETWEEN started_at AND started_at + 60 * min(tries, 30) - 1");
static const struct stmt tick_finish = STMT("tick_finish", "siii",
    "UPDATE cron_ticks SET finished_at = $3, ok = $4 WHERE name = $1 AND tick = $2");
/* Deletes a program's ticks before its $2 + 1 newest good ones.  Deleting by age would be wrong: with a
 * clock that is wrong for a while it would delete ticks of now, and their programs would be started again. */
static const struct stmt tick_prune = STMT("tick_prune", "si",
    "DELETE FROM cron_ticks WHERE name = $1 AND tick < "
    "(SELECT tick FROM cron_ticks WHERE name = $1 AND ok = 1 ORDER BY tick DESC LIMIT 1 OFFSET $2)");
DB_REGISTER(&tick_take, &tick_finish, &tick_prune)

struct run {
    pid_t pid;
    int lock;                    /* held until the end is recorded */
    double until;                /* when it is taken for hung, by clock_mono */
    int64_t tick, limit_s;
    char name[64];
};

struct tick {
    const char *config;
    struct arena *conf_arena;    /* replaced with conf when the configuration is read again */
    const struct conf *conf;
    int conf_copy;               /* descriptor of a copy of the configuration, for the programs */
    bool loop, dry;
    const struct tick_watched *watched;  /* NULL: the loop is not watched */
    struct run runs[RUNS_MAX];
    size_t running;
};

/* A statement to run on cron_ticks, with its arguments. */
struct record {
    const struct stmt *s;
    const char *name;
    int64_t tick, at, ok, changed;
};

static enum err record_tx(struct db *db, void *arg)
{
    struct record *r = arg;

    if (r->s == &tick_take)
        return db_exec(db, &r->changed, r->s, r->name, r->tick, r->at);
    enum err e = db_exec(db, &r->changed, &tick_finish, r->name, r->tick, r->at, r->ok);
    if (e != OK)
        return e;
    return db_exec(db, NULL, &tick_prune, r->name, (int64_t)TICKS_KEPT);
}

/* Takes the lock of a program's runs; -1 while another run holds it.  The run inherits the descriptor, so
 * that the lock lives as long as the run, even if this process dies before it. */
static int run_lock(struct arena *a, const struct conf *c, const char *name)
{
    int file = open(arena_printf(a, "%s/cron.%s.lock", c->run_dir, name), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    int fd = file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, CONF_FD + 1);  /* the run needs CONF_FD */

    if (file >= 0)
        close(file);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Starts a program, in a process group of its own, which is killed with all that it started.  Returns its pid, or -1,
 * logged. */
static pid_t run_spawn(const struct tick *t, struct arena *a, const struct schedule_line *l, int64_t tick, int lock)
{
    char *path = arena_printf(a, "%s/%s", t->conf->programs_dir, l->name);
    char *argv[] = { path, arena_printf(a, "--tick=%lld", (long long)tick),
                     arena_printf(a, "--limit=%lld", (long long)l->limit_s), (char *)"--config=" CONF_HANDED, NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    pid_t pid = -1;

    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, lock, lock);    /* clears CLOEXEC */
    posix_spawn_file_actions_adddup2(&files, t->conf_copy, CONF_FD);
    int error = posix_spawn(&pid, path, &files, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    if (error != 0) {
        log_error("tick.start", "path", path, "error", strerror(error));
        return -1;
    }
    return pid;
}

/* Records how a run ended. */
static void run_record(struct db *db, const char *name, int64_t tick, bool ok)
{
    struct record r = { &tick_finish, name, tick, clock_now(), ok, 0 };

    if (db == NULL || db_write(db, record_tx, &r) != OK)
        log_error("tick.record", "program", name, "tick", NUM(tick));
    log_line(ok ? "info" : "error", "tick.done", "program", name, "tick", NUM(tick), "ok", ok ? "true" : "false",
             NULL);
}

static void run_start(struct tick *t, struct arena *a, struct db *db, const struct schedule_line *l, int64_t tick)
{
    const char *name = l->name;
    struct record r = { &tick_take, name, tick, clock_now(), 0, 0 };
    pid_t pid;

    if (t->dry) {
        printf("%s %s\n", clock_exact(a, tick), name);
        return;
    }
    int lock = t->running < RUNS_MAX ? run_lock(a, t->conf, name) : -1;
    if (lock < 0)
        return;          /* the program still runs: the next minute looks again */
    if (db_write(db, record_tx, &r) == OK && r.changed == 1) {
        pid = run_spawn(t, a, l, tick, lock);
        if (pid > 0) {
            struct run *run = &t->runs[t->running++];
            *run = (struct run){ .pid = pid, .tick = tick, .lock = lock, .limit_s = l->limit_s,
                                 .until = clock_mono() + (double)l->limit_s };
            snprintf(run->name, sizeof(run->name), "%s", name);
            return;
        }
        run_record(db, name, tick, false);
    }
    close(lock);
}

/* Reads the configuration again.  When it is wrong, that is logged, and the one read before stays in force; false
 * if there is none. */
static bool conf_renew(struct tick *t)
{
    struct arena *a = arena_new();
    const char *why = NULL;
    const struct conf *c = conf_load(a, t->config, &why);
    int copy = c == NULL ? -1 : conf_copy(c);

    if (copy < 0) {
        log_error("tick.config", "error", c == NULL ? why : strerror(errno));
        arena_free(a);
        return t->conf != NULL;
    }
    if (t->conf != NULL) {
        close(t->conf_copy);
        arena_free(t->conf_arena);
    }
    t->conf_arena = a;
    t->conf = c;
    t->conf_copy = copy;
    return true;
}

/* Starts the programs that are due now; false if the schedule or the database cannot tell. */
static bool tick_start(struct tick *t)
{
    struct arena *a = arena_new();
    struct schedule s;
    const char *why = NULL;
    struct db *db = NULL;
    bool good = conf_renew(t);

    if (good) {
        good = schedule_read(a, t->conf->schedule_file, &s, &why) && (db = db_open(t->conf, true, &why)) != NULL;
        if (!good)
            log_error("tick.start", "error", why);
    }
    for (size_t i = 0; good && i < s.count; i++) {
        int64_t tick = schedule_latest(&s.lines[i], clock_now());
        tick_beat(t->watched);
        if (tick > 0)
            run_start(t, a, db, &s.lines[i], tick);
    }
    db_close(db);
    arena_free(a);
    return good;
}

static void run_end(const struct tick *t, const struct run *run, bool ok)
{
    const char *why = NULL;
    struct db *db = db_open(t->conf, true, &why);

    if (db == NULL)
        log_error("tick.open", "error", why);
    run_record(db, run->name, run->tick, ok);
    close(run->lock);
    db_close(db);
}

/* Records the runs that ended. */
static void runs_reap(struct tick *t)
{
    int status;
    pid_t pid;

    while (t->running > 0 && (pid = waitpid(-1, &status, WNOHANG)) != 0) {
        if (pid < 0 && errno != EINTR)
            return;
        for (size_t i = 0; i < t->running; i++)
            if (t->runs[i].pid == pid) {
                run_end(t, &t->runs[i], status == 0);
                t->runs[i] = t->runs[--t->running];
                break;
            }
    }
}

/* Kills the runs that have had their time; they are recorded when they have ended. */
static void runs_limit(struct tick *t)
{
    const double now = clock_mono();

    for (size_t i = 0; i < t->running; i++) {
        struct run *run = &t->runs[i];

        if (now < run->until)
            continue;
        log_error("tick.hung", "program", run->name, "tick", NUM(run->tick), "limit_s", NUM(run->limit_s));
        kill(-run->pid, SIGKILL);
        run->until = now + STOP_S;       /* said again if even that does not end it */
    }
}

/* Waits a second, or until a run ends or a signal of the set comes, and looks after the runs.  Returns the signal. */
static int runs_tend(struct tick *t, const sigset_t *signals)
{
    int sig = sigtimedwait(signals, NULL, &(struct timespec){ .tv_sec = 1 });

    tick_beat(t->watched);
    runs_reap(t);
    runs_limit(t);
    return sig;
}

/* Starts what is due once a minute, until SIGTERM or SIGINT; then ends the runs. */
static void tick_loop(struct tick *t, sigset_t *signals)
{
    int64_t last = 0;
    int sig = 0;

    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigprocmask(SIG_BLOCK, signals, NULL);
    while (sig != SIGTERM && sig != SIGINT) {
        int64_t minute = clock_now() / 60;
        if (minute != last)
            tick_start(t);
        last = minute;
        sig = runs_tend(t, signals);
    }
    for (size_t i = 0; i < t->running; i++) {
        kill(-t->runs[i].pid, SIGTERM);
        if (t->runs[i].until > clock_mono() + STOP_S)
            t->runs[i].until = clock_mono() + STOP_S;
    }
}

/* The loop in the child of tick_watch. */
static void tick_stay(struct tick_watched *w)
{
    struct tick *t = w->arg;
    sigset_t signals;

    t->watched = w;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    tick_loop(t, &signals);
    while (t->running > 0)
        (void)runs_tend(t, &signals);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "loop", no_argument, NULL, 'l' },
        { "dry-run", no_argument, NULL, 'n' },
        { NULL, 0, NULL, 0 },
    };
    struct tick t = { 0 };
    sigset_t signals;
    bool good = true;
    int o;

    log_program("paqueteria-tick");
    while ((o = getopt_long(argc, argv, "c:", options, NULL)) != -1)
        switch (o) {
        case 'c':
            t.config = optarg;
            break;
        case 'l':
            t.loop = true;
            break;
        case 'n':
            t.dry = true;
            break;
        default:
            fputs("usage: paqueteria-tick [--config FILE] [--loop | --dry-run]\n", stderr);
            return EX_USAGE;
        }
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (t.loop) {
        if (!conf_renew(&t))
            return EX_CONFIG;
        tick_watch(&(struct tick_watched){ .run = tick_stay, .arg = &t }, (double)t.conf->cron_silent_s);
        return EX_OK;
    }
    good = tick_start(&t);
    while (t.running > 0)
        (void)runs_tend(&t, &signals);
    return good ? EX_OK : EX_TEMPFAIL;
}
