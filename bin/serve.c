/* paqueteria-serve: master of the FastCGI programs.
 *
 * It opens each area's unix socket, starts <area>.fcgi processes with it on
 * descriptor 0, and keeps their number.  It never reads a request.
 *
 * Its processes get the configuration as it was when this master read it.
 *
 *   HUP    read the configuration again and replace the processes, starting new
 *          ones before the old stop; if the file <run_dir>/restart exists, only
 *          those of the areas named in it
 *   USR2   exec this program's file anew, keeping sockets and processes, then
 *          as HUP: an upgrade that drops nothing
 *   TERM   stop all and end
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "bin/serve.h"

static const int signals_taken[] = { SIGCHLD, SIGHUP, SIGUSR2, SIGTERM, SIGINT };

/* Tells systemd the state of the service, if systemd started it and listens. */
static void ready_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };

    if (is_blank(path) || strlen(path) >= sizeof(to.sun_path))
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (*path == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, len) < 0)
        log_warn("serve.notify", "error", strerror(errno));
    close(fd);
}

/* Reads the configuration's file again.  False, with a log line, when it is wrong: the configuration read
 * before stays in force. */
static bool conf_renew(struct master *m)
{
    struct arena *a = arena_new();
    const char *why = NULL;
    const struct conf *c = conf_load(a, m->config, &why);
    int copy = c == NULL ? -1 : conf_copy(c);

    if (copy < 0) {
        log_error("serve.config", "error", c == NULL ? why : strerror(errno));
        arena_free(a);
        return false;
    }
    if (m->conf != NULL)
        close(m->conf_copy);
    m->conf_copy = copy;
    arena_free(m->conf_arena);
    m->conf_arena = a;
    m->conf = c;
    return true;
}

/* Restart the areas that <run_dir>/restart names, or all without that file. */
static void restart_asked(struct master *m)
{
    char path[4096], name[sizeof(m->pools->name)];

    snprintf(path, sizeof(path), "%s/restart", m->conf->run_dir);
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        for (struct pool *pool = m->pools; pool != NULL; pool = pool->next)
            pool_restart(pool);
        return;
    }
    while (fscanf(f, "%31s", name) == 1) {
        struct pool *pool = pool_find(m, name);
        if (pool != NULL)
            pool_restart(pool);
    }
    fclose(f);
    unlink(path);
}

static void master_reload(struct master *m)
{
    if (!conf_renew(m))
        return;
    ready_notify("RELOADING=1");
    pools_scan(m);
    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next)
        pool->want = processes_wanted(m->conf, pool->name);
    restart_asked(m);
    log_info("serve.reload");
    ready_notify("READY=1");
}

/* Writes the pid into the lock's file, for people; on a full disk the lock holds without it. */
static void lock_tell(const struct master *m, int fd)
{
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)m->pid) < 0)
        log_warn("serve.pid", "error", strerror(errno));
}

/* The lock keeps a second master from the same run_dir; its file also tells the pid. */
static bool lock_take(struct master *m)
{
    const char *path = arena_printf(m->a, "%s/serve.pid", m->conf->run_dir);

    if (mkdir(m->conf->run_dir, 0750) < 0 && errno != EEXIST) {
        log_error("serve.run_dir", "path", m->conf->run_dir, "error", strerror(errno));
        return false;
    }
    m->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (m->lock < 0 || flock(m->lock, LOCK_EX | LOCK_NB) < 0) {
        log_error("serve.lock", "path", path, "error",
                  m->lock >= 0 && errno == EWOULDBLOCK ? "another master runs" : strerror(errno));
        return false;
    }
    lock_tell(m, m->lock);
    return true;
}

/* Makes the lock anew if somebody removed its file.  The new file is locked, and tells the pid, before it has its
 * name. */
static void lock_watch(struct master *m)
{
    char path[4096], fresh[4100];
    struct stat held, named;
    bool good;
    int fd;

    snprintf(path, sizeof path, "%s/serve.pid", m->conf->run_dir);
    if (fstat(m->lock, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev
        && held.st_ino == named.st_ino)
        return;
    snprintf(fresh, sizeof fresh, "%s.new", path);
    fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    good = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (good)
        lock_tell(m, fd);
    if (!good || rename(fresh, path) < 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    close(m->lock);
    m->lock = fd;
    log_warn("serve.lock_gone", "path", path, "why", "somebody removed the file; it is made anew");
}

static void keep_over_exec(const struct master *m, bool keep)
{
    fcntl(m->lock, F_SETFD, keep ? 0 : FD_CLOEXEC);
    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next)
        if (pool->fd >= 0)
            fcntl(pool->fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
}

/* Whether the program's file, which an upgrade may have replaced, starts: it is run with --check. */
static bool self_check(const struct master *m)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(10);
        if (m->config != NULL)
            execl(m->self, m->self, "--check", "--config", m->config, (char *)NULL);
        else
            execl(m->self, m->self, "--check", (char *)NULL);
        _exit(EX_OSERR);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void master_exec(const struct master *m)
{
    struct buf state = { 0 };

    if (!self_check(m)) {
        log_error("serve.upgrade", "path", m->self, "error", "it does not start; nothing changed");
        return;
    }
    buf_printf(&state, "lock=%d", m->lock);
    for (struct pool *pool = m->pools; pool != NULL; pool = pool->next) {
        if (pool->fd < 0)
            continue;            /* it has no process, and the new master opens its socket */
        buf_printf(&state, " %s=%d", pool->name, pool->fd);
        for (struct process *p = pool->processes; p != NULL; p = p->next)
            buf_printf(&state, ":%d", (int)p->pid);
    }
    log_info("serve.upgrade", "path", m->self);
    setenv(STATE_ENV, state.data, 1);
    keep_over_exec(m, true);
    if (m->config != NULL)
        execl(m->self, m->self, "--config", m->config, (char *)NULL);
    else
        execl(m->self, m->self, (char *)NULL);
    log_error("serve.upgrade", "path", m->self, "error", strerror(errno));
    keep_over_exec(m, false);
    unsetenv(STATE_ENV);
    buf_free(&state);
}

/* Takes over the lock, sockets and processes of the master that exec'ed this one. */
static void master_adopt(struct master *m, char *state)
{
    char *rest = NULL;

    for (char *word = strtok_r(state, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '='), *more = NULL;
        if (value == NULL)
            continue;
        *value++ = '\0';
        int fd = (int)strtol(value, &more, 10);
        if (streq(word, "lock")) {
            m->lock = fd;
            continue;
        }
        struct pool *pool = pool_add(m, word, fd);
        while (*more == ':')
            process_add(pool, (pid_t)strtol(more + 1, &more, 10));
        pool_restart(pool);
    }
    keep_over_exec(m, false);
    unsetenv(STATE_ENV);
}

static void signal_take(struct master *m, int sig)
{
    switch (sig) {
    case SIGHUP:
        master_reload(m);
        break;
    case SIGUSR2:
        master_exec(m);
        break;
    case SIGTERM:
    case SIGINT:
        m->stopping = true;
        ready_notify("STOPPING=1");
        break;
    default:             /* SIGCHLD, or the wait timed out: only the dead are reaped */
        break;
    }
    processes_reap(m);
}

static void master_run(struct master *m, const sigset_t *signals)
{
    bool ready = false;

    for (;;) {
        bool busy = pools_tend(m);
        struct timespec wait = { busy ? 0 : 1, busy ? 100000000 : 0 };
        if (!busy && m->stopping)
            return;
        if (!busy && !ready) {
            ready = true;
            ready_notify("READY=1");
        }
        signal_take(m, sigtimedwait(signals, NULL, &wait));
        if (!m->scanned)
            pools_scan(m);
        lock_watch(m);
        if (!m->stopping)
            sockets_watch(m);
        processes_watch(m);
    }
}

static bool options_read(struct master *m, int argc, char **argv, bool *check)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'k' },
        { NULL, 0, NULL, 0 },
    };
    int o;

    while ((o = getopt_long(argc, argv, "c:", options, NULL)) != -1)
        if (o == 'c')
            m->config = optarg;
        else if (o == 'k')
            *check = true;
        else
            return false;
    return optind == argc;
}

/* Notes the path of this program's file, for USR2; called at start, before an upgrade can replace the file. */
static void self_find(struct master *m)
{
    ssize_t n = readlink("/proc/self/exe", m->self, sizeof(m->self) - 1);

    m->self[n < 0 ? 0 : n] = '\0';
}

int main(int argc, char **argv)
{
    struct master m = { .a = arena_new(), .pid = getpid(), .lock = -1 };
    char *state = getenv(STATE_ENV);
    sigset_t signals;
    bool check = false;

    log_program("paqueteria-serve");
    if (!options_read(&m, argc, argv, &check)) {
        fputs("usage: paqueteria-serve [--config FILE] [--check]\n", stderr);
        return EX_USAGE;
    }
    if (!conf_renew(&m))
        return EX_CONFIG;
    if (check)
        return EX_OK;
    sigemptyset(&signals);
    for (size_t i = 0; i < COUNT(signals_taken); i++)
        sigaddset(&signals, signals_taken[i]);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    self_find(&m);
    if (state != NULL)
        master_adopt(&m, state);
    else if (!lock_take(&m))
        return EX_TEMPFAIL;
    if (!pools_scan(&m))
        return EX_CONFIG;
    log_info("serve.start", "version", PAQUETERIA_VERSION);
    master_run(&m, &signals);
    pools_close(&m);
    log_info("serve.stop");
    return EX_OK;
}
