/* Serve: private to paqueteria-serve.  serve.c is the master, which takes the signals; serve_pool.c keeps a
 * pool for each area: its socket and its processes. */
#ifndef BIN_SERVE_H
#define BIN_SERVE_H

#include <sys/types.h>

#include "base/conf.h"

/* Environment variable by which a re-executed master takes over its lock, sockets and processes:
 * "lock=FD AREA=FD:PID:PID …". */
#define STATE_ENV "PAQUETERIA_SERVE_STATE"

struct process {
    struct process *next;
    pid_t pid;
    double started;      /* instants are of clock_mono(), in seconds */
    double stopping;     /* when it got its first TERM; 0: not yet */
    double termed;       /* when it got its latest TERM, which is sent again since accept() can miss one */
    bool old;            /* shall be replaced */
};

struct pool {
    struct pool *next;
    char name[32];
    int fd;              /* the listening socket; -1 while its processes die as soon as they start */
    dev_t dev;           /* which file the socket's name was when it was bound: somebody may remove it */
    ino_t ino;
    int want;            /* how many processes it shall have */
    bool again;          /* asked to restart while it was restarting */
    int failures;        /* how many processes in a row died sooner than QUICK_DEATH */
    double retry_at;     /* no process is started before */
    struct process *processes;
};

struct master {
    struct arena *a;     /* lives as long as the process; the pools lie in it */
    struct arena *conf_arena;    /* replaced with conf when the configuration is read again */
    const struct conf *conf;
    int conf_copy;       /* descriptor of a copy of the configuration, for the processes */
    const char *config;  /* --config, or NULL */
    char self[4096];     /* this program's file */
    int lock;            /* descriptor of the locked serve.pid */
    pid_t pid;
    bool stopping;
    double watched;      /* when the processes were last looked at */
    bool scanned;        /* programs_dir was read to its end; else it is read again */
    struct pool *pools;
};

struct pool *pool_find(const struct master *m, const char *name);
struct pool *pool_add(struct master *m, const char *name, int fd);
void process_add(struct pool *pool, pid_t pid);

/* Adds a pool for every <area>.fcgi in programs_dir that has none yet.  False, with a log line, when at the end
 * none of the pools has a socket. */
bool pools_scan(struct master *m);

/* How many processes the area shall have. */
int processes_wanted(const struct conf *c, const char *name);

/* Starts to replace the processes of a pool.  If a replacement is under way, one more follows it, however often
 * this was called meanwhile. */
void pool_restart(struct pool *pool);

/* Removes dead processes from their pools and adds their counts to the total of the metrics. */
void processes_reap(const struct master *m);

/* Kills processes that hang: those that are late with their sign of life.  To be called each second.  Processes
 * of a master that itself stood still for some seconds get another second. */
void processes_watch(struct master *m);

/* Binds anew the sockets whose name was removed or is another file, and replaces the processes.  To be called each second. */
void sockets_watch(const struct master *m);

/* Starts and stops processes until every pool has as many as it shall have; true while something is under
 * way. */
bool pools_tend(const struct master *m);

/* Close and unlink the sockets. */
void pools_close(const struct master *m);

#endif
