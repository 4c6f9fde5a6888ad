/* paqueteria-serve's inside: a pool of processes for each area (serve_pool.c), under the
 * master that takes the signals (serve.c). */
#ifndef BIN_SERVE_H
#define BIN_SERVE_H

#include <sys/types.h>

#include "base/conf.h"

/* How a re-executed master finds what it had: "lock=FD area=FD:PID:PID …". */
#define STATE_ENV "PAQUETERIA_SERVE_STATE"

struct process {
    struct process *next;
    pid_t pid;
    double started;
    double stopping;     /* when it got its first TERM; 0: not yet */
    double termed;       /* when it got its last; re-sent since accept() can miss one */
    bool old;            /* to be replaced */
};

struct pool {
    struct pool *next;
    char name[32];
    int fd;
    int want;            /* how many processes */
    bool again;          /* asked to restart while it was restarting */
    int failures;        /* quick deaths in a row */
    double retry_at;
    struct process *processes;
};

struct master {
    struct arena *a;     /* pools: the process's life */
    struct arena *conf_arena;
    const struct conf *conf;
    const char *config;  /* --config, or NULL */
    char self[4096];     /* this program's file */
    int lock;
    pid_t pid;
    bool stopping;
    struct pool *pools;
};

struct pool *pool_find(const struct master *m, const char *name);
struct pool *pool_add(struct master *m, const char *name, int fd);
void process_add(struct pool *pool, pid_t pid);

/* An area is an <area>.fcgi in programs_dir; each that has no pool yet gets one.
 * False, with a log line, when none is known at the end. */
bool pools_scan(struct master *m);

/* How many processes the area shall have. */
int processes_wanted(const struct conf *c, const char *name);

/* Replace the processes of a pool.  One round at a time: asking again during
 * one makes one more after it, however often it is asked. */
void pool_restart(struct pool *pool);

/* Take note of dead processes. */
void processes_reap(const struct master *m);

/* Bring all pools to what is wanted; true while something is under way. */
bool pools_tend(const struct master *m);

/* Close and unlink the sockets. */
void pools_close(const struct master *m);

#endif
