#include "cron/tick_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define STALE_S 5                /* seconds between two looks after which the whole machine may have stood still */
#define QUICK_DEATH_S 60         /* a loop that lived less makes the next one wait … */
#define RETRY_MOST_S 60          /* … twice as long each time, up to this */

struct watch {
    pid_t pid;
    int beat;                    /* reading end of the child's descriptor */
    double started, heard, looked;
    int wait_s;                  /* before the next start */
};

static void child_start(struct tick_watched *w, struct watch *x)
{
    const pid_t parent = getpid();
    int ends[2];

    x->pid = -1;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        log_error("tick.watch", "error", strerror(errno));
        return;
    }
    x->pid = fork();
    if (x->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(EXIT_FAILURE);
        close(ends[0]);
        w->beat = ends[1];
        w->run(w);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    x->beat = ends[0];
    x->started = x->heard = x->looked = clock_mono();
    if (x->pid < 0) {
        log_error("tick.watch", "error", strerror(errno));
        close(x->beat);
    }
}

/* Takes what the child has said, and kills it when that is nothing for too long. */
static void child_look(struct watch *x, double silent_s)
{
    const double now = clock_mono();
    char said[256];

    while (read(x->beat, said, sizeof said) > 0)
        x->heard = now;
    if (now - x->looked > STALE_S)
        x->heard = now;
    x->looked = now;
    if (now - x->heard <= silent_s)
        return;
    log_error("tick.silent", "pid", NUM(x->pid), "seconds", NUM((int64_t)(now - x->heard)));
    kill(x->pid, SIGKILL);
    x->heard = now;
}

/* True when the child has ended. */
static bool child_ended(struct watch *x, bool told)
{
    int status;

    if (x->pid > 0 && waitpid(x->pid, &status, WNOHANG) != x->pid)
        return false;
    if (x->pid > 0)
        close(x->beat);
    if (told)
        return true;
    x->wait_s = clock_mono() - x->started >= QUICK_DEATH_S || x->wait_s == 0 ? 1 : x->wait_s * 2;
    if (x->wait_s > RETRY_MOST_S)
        x->wait_s = RETRY_MOST_S;
    log_error("tick.died", "pid", NUM(x->pid), "again_in_s", NUM(x->wait_s));
    return true;
}

void tick_watch(struct tick_watched *w, double silent_s)
{
    struct watch x = { 0 };
    bool told = false;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    child_start(w, &x);
    for (;;) {
        int sig = sigtimedwait(&signals, NULL, &(struct timespec){ .tv_sec = 1 });

        if (sig == SIGTERM || sig == SIGINT) {
            told = true;
            if (x.pid > 0)
                kill(x.pid, SIGTERM);
        }
        if (x.pid > 0)
            child_look(&x, silent_s);
        if (!child_ended(&x, told))
            continue;
        if (told)
            return;
        for (double until = clock_mono() + x.wait_s; !told && clock_mono() < until;) {
            sig = sigtimedwait(&signals, NULL, &(struct timespec){ .tv_sec = 1 });
            told = sig == SIGTERM || sig == SIGINT;
        }
        if (told)
            return;
        child_start(w, &x);
    }
}

void tick_beat(const struct tick_watched *w)
{
    if (w != NULL && write(w->beat, "", 1) < 0 && errno != EAGAIN)
        log_warn("tick.beat", "error", strerror(errno));
}
