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

#define BACKLOG 512
#define SETTLE 0.5       /* seconds that a new process must live before the old ones go */
#define STOP_LIMIT 20.0  /* seconds from the first TERM to KILL */
#define QUICK_DEATH 1.0  /* a process that lived less makes the next one wait */
#define RETRY_FIRST 0.1  /* that wait at first, doubling */
#define RETRY_MOST 10.0

/* Listen at <run_dir>/<name>.sock, mode 0660; -1 with a log line. The lock says
 * that no other master lives, so a socket found there is a dead one's. */
static int socket_open(const struct master *m, const char *name)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    const char *path = arena_printf(m->a, "%s/%s.sock", m->conf->run_dir, name);

    if (strlen(path) >= sizeof(at.sun_path)) {
        log_error("serve.socket", "path", path, "error", "too long");
        return -1;
    }
    memcpy(at.sun_path, path, strlen(path));
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

int workers_wanted(const struct conf *c, const char *name)
{
    static const char *const busy[] = { "announce", "track", "packages", "receive", "deliver" };

    for (size_t i = 0; i < COUNT(busy); i++)
        if (streq(name, busy[i]))
            return (int)c->workers_busy;
    return (int)c->workers_quiet;
}

struct area *area_find(const struct master *m, const char *name)
{
    struct area *ar = m->areas;

    while (ar != NULL && !streq(ar->name, name))
        ar = ar->next;
    return ar;
}

struct area *area_add(struct master *m, const char *name, int fd)
{
    struct area *ar = arena_alloc(m->a, sizeof(*ar));

    snprintf(ar->name, sizeof(ar->name), "%s", name);
    ar->fd = fd;
    ar->want = workers_wanted(m->conf, name);
    ar->next = m->areas;
    m->areas = ar;
    return ar;
}

bool areas_scan(struct master *m)
{
    DIR *d = opendir(m->conf->programs_dir);
    struct dirent *e;

    if (d == NULL) {
        log_error("serve.programs", "path", m->conf->programs_dir, "error", strerror(errno));
        return false;
    }
    while ((e = readdir(d)) != NULL) {
        const char *dot = strrchr(e->d_name, '.');
        char name[sizeof(((struct area *)0)->name)];
        size_t n = dot == NULL ? 0 : (size_t)(dot - e->d_name);
        if (n == 0 || n >= sizeof(name) || !streq(dot, ".fcgi"))
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)n, e->d_name);
        if (area_find(m, name) != NULL)
            continue;
        int fd = socket_open(m, name);
        if (fd >= 0)
            area_add(m, name, fd);
    }
    closedir(d);
    if (m->areas == NULL)
        log_error("serve.programs", "path", m->conf->programs_dir, "error", "no *.fcgi there");
    return m->areas != NULL;
}

void worker_add(struct area *ar, pid_t pid)
{
    struct worker *w = calloc(1, sizeof(*w));

    if (w == NULL)
        abort();
    w->pid = pid;
    w->started = clock_mono();
    w->next = ar->workers;
    ar->workers = w;
}

/* Turns the child process into the program of the area. */
_Noreturn static void worker_exec(const struct master *m, const struct area *ar)
{
    const char *path = arena_printf(m->a, "%s/%s.fcgi", m->conf->programs_dir, ar->name);
    sigset_t none;

    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != m->pid || dup2(ar->fd, 0) < 0)
        _exit(EXIT_FAILURE);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* A page is some thousand small blocks, freed at its end: the allocator keeps more
     * than its seven of each size at hand for the next one. */
    setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=200", 0);
    if (m->conf->file != NULL)
        execl(path, path, "--config", m->conf->file, (char *)NULL);
    else
        execl(path, path, (char *)NULL);
    log_error("serve.exec", "path", path, "error", strerror(errno));
    _exit(EXIT_FAILURE);
}

static void worker_spawn(const struct master *m, struct area *ar)
{
    pid_t pid = fork();

    if (pid == 0)
        worker_exec(m, ar);
    if (pid < 0) {
        log_error("serve.fork", "area", ar->name, "error", strerror(errno));
        ar->retry_at = clock_mono() + 1;
        return;
    }
    worker_add(ar, pid);
}

/* A dead process: its counts are kept, and a quick death makes the next wait. */
static void worker_died(const struct master *m, struct area *ar, struct worker **at, int status)
{
    struct worker *w = *at;
    double lived = clock_mono() - w->started;

    *at = w->next;
    metric_fold(m->conf, w->pid);
    if (w->stopping == 0) {
        ar->failures = lived < QUICK_DEATH ? ar->failures + 1 : 0;
        double wait = ar->failures == 0 ? 0 : RETRY_FIRST;
        for (int i = 1; i < ar->failures && wait < RETRY_MOST; i++)
            wait *= 2;
        ar->retry_at = clock_mono() + wait;
        log_line(status == 0 ? "info" : "error", "serve.died", "area", ar->name,
                 "pid", NUM(w->pid), "signal", NUM(WIFSIGNALED(status) ? WTERMSIG(status) : 0),
                 "exit", NUM(WIFEXITED(status) ? WEXITSTATUS(status) : 0), NULL);
    }
    free(w);
}

void workers_reap(const struct master *m)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (struct area *ar = m->areas; ar != NULL; ar = ar->next)
            for (struct worker **at = &ar->workers; *at != NULL; at = &(*at)->next)
                if ((*at)->pid == pid) {
                    worker_died(m, ar, at, status);
                    break;
                }
}

static void worker_stop(struct worker *w, double now)
{
    if (w->stopping == 0)
        w->stopping = now;
    if (now - w->stopping > STOP_LIMIT)
        kill(w->pid, SIGKILL);
    else if (now - w->termed >= 1)
        kill(w->pid, SIGTERM);
    else
        return;
    w->termed = now;
}

void area_restart(struct area *ar)
{
    for (struct worker *w = ar->workers; w != NULL; w = w->next)
        if (w->old && w->stopping == 0)
            ar->again = true;
    if (ar->again)
        return;
    for (struct worker *w = ar->workers; w != NULL; w = w->next)
        w->old = true;
    ar->failures = 0;
    ar->retry_at = 0;
}

/* Bring an area to what is wanted; true while something is under way. */
static bool area_tend(const struct master *m, struct area *ar, double now)
{
    int fresh = 0, settled = 0;
    bool busy = false;

    for (struct worker *w = ar->workers; w != NULL; w = w->next)
        if (!w->old && w->stopping == 0) {
            fresh++;
            settled += now - w->started >= SETTLE;
        }
    for (; !m->stopping && fresh < ar->want && now >= ar->retry_at; fresh++)
        worker_spawn(m, ar);
    bool replaced = settled >= ar->want;
    for (struct worker *w = ar->workers; w != NULL; w = w->next) {
        if (m->stopping || w->stopping > 0 || (w->old && replaced))
            worker_stop(w, now);
        busy |= w->old || w->stopping > 0;
    }
    if (replaced && ar->again) {
        ar->again = false;
        area_restart(ar);
    }
    return busy || (!m->stopping && settled < ar->want);
}

bool areas_tend(const struct master *m)
{
    bool busy = false;

    for (struct area *ar = m->areas; ar != NULL; ar = ar->next)
        busy |= area_tend(m, ar, clock_mono());
    return busy;
}

void areas_close(const struct master *m)
{
    for (struct area *ar = m->areas; ar != NULL; ar = ar->next) {
        close(ar->fd);
        unlink(arena_printf(m->a, "%s/%s.sock", m->conf->run_dir, ar->name));
    }
}
