/* Areas, their sockets and their processes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "bin/serve.h"

#define BACKLOG 4096        /* the longest that Linux allows by itself: what waits too long is refused by the programs, with a page */
#define SETTLE 0.5       /* seconds that a new process must live before the old ones go */
#define STOP_LIMIT 20.0  /* seconds from the first TERM to KILL */
#define WATCH_EVERY 0.9  /* seconds between two looks for processes that hang */
#define WATCH_STALE 5.0  /* seconds after which a look only begins to count again */
#define QUICK_DEATH 1.0  /* seconds; a process that lived less makes the next one wait */
#define RETRY_FIRST 0.1  /* seconds of the first wait, which doubles with each further quick death … */
#define RETRY_MOST 2.0   /* … up to this: a start costs little, and an area without processes every visitor */
#define REFUSE 0.3       /* seconds; who would wait longer for the next process is refused at once */

/* Listens at <run_dir>/<name>.sock, mode 0660; -1 with a log line.  The master's lock says that no other
 * master lives, so a socket found there was left by a dead one and is removed. */
static int socket_open(const struct master *m, const char *name)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    char path[sizeof(at.sun_path)];

    if ((size_t)snprintf(path, sizeof(path), "%s/%s.sock", m->conf->run_dir, name) >= sizeof(path)) {
        log_error("serve.socket", "path", path, "error", "too long");
        return -1;
    }
    memcpy(at.sun_path, path, sizeof(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0117);
    bool good = fd >= 0 && (unlink(path) == 0 || errno == ENOENT)
        && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, BACKLOG) == 0;
    if (!good) {
        log_error("serve.socket", "path", path, "error", strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    umask(mask);
    return fd;
}

/* The file that the name of the area's socket is now; false when it is no socket. */
static bool socket_named(const struct master *m, const char *name, struct stat *out)
{
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];

    snprintf(path, sizeof path, "%s/%s.sock", m->conf->run_dir, name);
    return lstat(path, out) == 0 && S_ISSOCK(out->st_mode);
}

/* Gives the pool its listening socket, or -1. */
static void socket_give(const struct master *m, struct pool *pool, int fd)
{
    struct stat named = { 0 };

    pool->fd = fd;
    if (fd >= 0)
        socket_named(m, pool->name, &named);
    pool->dev = named.st_dev;
    pool->ino = named.st_ino;
}

void sockets_watch(const struct master *m)
{
    struct stat named;

    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next) {
        if (pool->fd < 0 || (socket_named(m, pool->name, &named) && named.st_dev == pool->dev && named.st_ino == pool->ino))
            continue;
        log_warn("serve.socket_gone", "area", pool->name, "why", "somebody removed it; it is made anew");
        close(pool->fd);
        socket_give(m, pool, socket_open(m, pool->name));
        pool_restart(pool);
    }
}

int processes_wanted(const struct conf *c, const char *name)
{
    static const char *const busy[] = { "announce", "auth", "track", "packages", "receive", "deliver" };

    for (size_t i = 0; i < COUNT(busy); i++)
        if (streq(name, busy[i]))
            return (int)c->workers_busy;
    return (int)c->workers_quiet;
}

struct pool *pool_find(const struct master *m, const char *name)
{
    struct pool *pool = m->pools;

    while (pool != NULL && !streq(pool->name, name))
        pool = pool->next;
    return pool;
}

struct pool *pool_add(struct master *m, const char *name, int fd)
{
    struct pool *pool = arena_alloc(m->a, sizeof(*pool));

    snprintf(pool->name, sizeof(pool->name), "%s", name);
    socket_give(m, pool, fd);
    pool->want = processes_wanted(m->conf, name);
    pool->next = m->pools;
    m->pools = pool;
    return pool;
}

bool pools_scan(struct master *m)
{
    DIR *d = opendir(m->conf->programs_dir);
    struct dirent *e;
    bool any = false;

    m->scanned = false;
    if (d == NULL) {
        log_error("serve.programs", "path", m->conf->programs_dir, "error", strerror(errno));
        return false;
    }
    while (errno = 0, (e = readdir(d)) != NULL) {
        const char *dot = strrchr(e->d_name, '.');
        char name[sizeof(((struct pool *)0)->name)];
        size_t n = dot == NULL ? 0 : (size_t)(dot - e->d_name);
        if (n == 0 || n >= sizeof(name) || !streq(dot, ".fcgi"))
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)n, e->d_name);
        if (pool_find(m, name) != NULL)
            continue;
        pool_add(m, name, socket_open(m, name));     /* without one it is tried again when a process starts */
    }
    m->scanned = errno == 0;
    if (errno != 0)
        log_error("serve.programs", "path", m->conf->programs_dir, "error", strerror(errno));
    closedir(d);
    for (const struct pool *pool = m->pools; pool != NULL; pool = pool->next)
        any = any || pool->fd >= 0;
    if (m->pools == NULL)
        log_error("serve.programs", "path", m->conf->programs_dir, "error", "no *.fcgi there");
    return any;
}

void process_add(struct pool *pool, pid_t pid)
{
    struct process *p = calloc(1, sizeof(*p));

    if (p == NULL)
        abort();
    p->pid = pid;
    p->started = clock_mono();
    p->next = pool->processes;
    pool->processes = p;
}

/* Makes a descriptor that one, open over exec. */
static bool descriptor_hand(int fd, int as)
{
    return fd == as ? fcntl(fd, F_SETFD, 0) == 0 : dup2(fd, as) == as;
}

/* Turns the child process into the program of the area. */
_Noreturn static void process_exec(const struct master *m, const struct pool *pool)
{
    const char *path = arena_printf(m->a, "%s/%s.fcgi", m->conf->programs_dir, pool->name);
    sigset_t none;

    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != m->pid || dup2(pool->fd, 0) < 0 || !descriptor_hand(m->conf_copy, CONF_FD))
        _exit(EXIT_FAILURE);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* A page allocates some thousand small blocks and frees them at its end.  glibc keeps 7 freed blocks of
     * each size at hand; with 200 the next page finds its blocks there. */
    setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=200", 0);
    execl(path, path, "--config", CONF_HANDED, (char *)NULL);
    log_error("serve.exec", "path", path, "error", strerror(errno));
    _exit(EXIT_FAILURE);
}

static void process_spawn(const struct master *m, struct pool *pool)
{
    pid_t pid;

    if (pool->fd < 0)
        socket_give(m, pool, socket_open(m, pool->name));
    if (pool->fd < 0) {
        pool->retry_at = clock_mono() + 1;
        return;
    }
    pid = fork();
    if (pid == 0)
        process_exec(m, pool);
    if (pid < 0) {
        log_error("serve.fork", "area", pool->name, "error", strerror(errno));
        pool->retry_at = clock_mono() + 1;
        return;
    }
    process_add(pool, pid);
}

/* Removes a dead process and keeps its counts; a quick death delays the start of the next process. */
static void process_died(const struct master *m, struct pool *pool, struct process **at, int status)
{
    struct process *p = *at;
    double lived = clock_mono() - p->started;

    *at = p->next;
    metric_fold(m->conf, p->pid);
    if (p->stopping == 0) {
        /* Processes that were started together and die together are one failure: the first of them moved retry_at. */
        if (p->started >= pool->retry_at)
            pool->failures = lived < QUICK_DEATH ? pool->failures + 1 : 0;
        double wait = pool->failures == 0 ? 0 : RETRY_FIRST;
        for (int i = 1; i < pool->failures && wait < RETRY_MOST; i++)
            wait *= 2;
        pool->retry_at = clock_mono() + (wait < RETRY_MOST ? wait : RETRY_MOST);
        log_line(status == 0 ? "info" : "error", "serve.died", "area", pool->name,
                 "pid", NUM(p->pid), "signal", NUM(WIFSIGNALED(status) ? WTERMSIG(status) : 0),
                 "exit", NUM(WIFEXITED(status) ? WEXITSTATUS(status) : 0), NULL);
    }
    free(p);
}

void processes_reap(const struct master *m)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (struct pool *pool = m->pools; pool != NULL; pool = pool->next)
            for (struct process **at = &pool->processes; *at != NULL; at = &(*at)->next)
                if ((*at)->pid == pid) {
                    process_died(m, pool, at, status);
                    break;
                }
}

static void process_watch(const struct master *m, const struct pool *pool, const struct process *p)
{
    double late = metric_late(m->conf, pool->name, p->pid);

    if (late == 0)
        return;
    log_error("serve.silent", "area", pool->name, "pid", NUM(p->pid), "seconds",
              NUM((int64_t)(late + METRIC_ALIVE_S)));
    kill(p->pid, SIGKILL);
}

void processes_watch(struct master *m)
{
    double now = clock_mono(), since = now - m->watched;

    if (since < WATCH_EVERY)
        return;
    m->watched = now;
    if (since > WATCH_STALE)     /* the whole machine may have stood still, and everybody be late */
        return;
    for (const struct pool *pool = m->pools; pool != NULL; pool = pool->next)
        for (const struct process *p = pool->processes; p != NULL; p = p->next)
            process_watch(m, pool, p);
}

static void process_stop(struct process *p, double now)
{
    if (p->stopping == 0)
        p->stopping = now;
    if (now - p->stopping > STOP_LIMIT)
        kill(p->pid, SIGKILL);
    else if (now - p->termed >= 1)
        kill(p->pid, SIGTERM);
    else
        return;
    p->termed = now;
}

/* Counts the processes that shall be replaced and have not been told to stop. */
static int pool_old(const struct pool *pool)
{
    int n = 0;

    for (const struct process *p = pool->processes; p != NULL; p = p->next)
        n += p->old && p->stopping == 0;
    return n;
}

void pool_restart(struct pool *pool)
{
    const bool under_way = pool_old(pool) > 0;

    for (struct process *p = pool->processes; p != NULL; p = p->next)
        if (under_way && !p->old)
            pool->again = true;  /* it was started before this was called */
    if (under_way)
        return;
    for (struct process *p = pool->processes; p != NULL; p = p->next)
        p->old = true;
    pool->failures = 0;
    pool->retry_at = 0;
}

/* Closes the socket of a pool whose processes die one after another, until the next one starts: nginx then answers
 * with our page at once, and those who wait already are told too. */
static void pool_refuse(struct pool *pool, double now)
{
    if (pool->processes != NULL || pool->fd < 0 || pool->retry_at - now <= REFUSE)
        return;
    log_warn("serve.refuse", "area", pool->name);
    close(pool->fd);
    pool->fd = -1;
}

/* Starts and stops processes of one pool as pools_tend says; true while something is under way.  held: its
 * old processes stay for now, since another pool is being replaced. */
static bool pool_tend(const struct master *m, struct pool *pool, bool held, double now)
{
    int fresh = held ? pool_old(pool) : 0, settled = 0;
    bool busy = false;

    for (struct process *p = pool->processes; p != NULL; p = p->next)
        if (!p->old && p->stopping == 0) {
            fresh++;
            settled += now - p->started >= SETTLE;
        }
    for (; !m->stopping && fresh < pool->want && now >= pool->retry_at; fresh++)
        process_spawn(m, pool);
    if (settled > 0)
        pool->failures = 0;
    pool_refuse(pool, now);
    bool replaced = settled >= pool->want;
    for (struct process *p = pool->processes; p != NULL; p = p->next) {
        if (m->stopping || p->stopping > 0 || (p->old && replaced))
            process_stop(p, now);
        busy |= p->old || p->stopping > 0;
    }
    if (replaced && pool->again) {
        pool->again = false;
        pool_restart(pool);
    }
    return busy || (!m->stopping && settled < pool->want);
}

bool pools_tend(const struct master *m)
{
    const struct pool *replaced = NULL;
    bool busy = false;

    /* Pools are replaced one after another: all new processes at once would take the cores from those at work. */
    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next) {
        bool old = pool_old(pool) > 0;

        busy |= pool_tend(m, pool, old && replaced != NULL, clock_mono());
        if (old && replaced == NULL)
            replaced = pool;
    }
    return busy;
}

void pools_close(const struct master *m)
{
    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next) {
        if (pool->fd >= 0)
            close(pool->fd);
        unlink(arena_printf(m->a, "%s/%s.sock", m->conf->run_dir, pool->name));
    }
}
