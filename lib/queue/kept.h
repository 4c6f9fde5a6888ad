/* Kept: the outcome of a job stands in its worker's lock file from when it is known until the database has it, so
 * that the reaper can write it when the worker is killed in between.  Private to lib/queue. */
#ifndef QUEUE_KEPT_H
#define QUEUE_KEPT_H

#include "queue/job.h"

/* Reserves a page of the lock file at that path and maps it.  A full disk cannot refuse what is written there, nor
 * a limit on the size of files, and what a killed process has written stays.  NULL with errno. */
char *kept_open(const char *path);
void kept_close(char *page);
/* Moves what is kept to the page of the lock that replaces this one; each may be NULL. */
void kept_move(char *to, char *from);

/* Keeps the outcome of this attempt instead of what the page holds.  Of an outcome whose effect cannot be made anew
 * only the attempt is noted. */
void kept_write(struct ctx *c, char *page, const struct job *j, const struct job_outcome *o);
void kept_clear(char *page);

struct kept {
    int64_t job, attempt;
    bool whole;                  /* o is the outcome, complete but for its effect */
    const char *memo;            /* from which its effect is made; NULL: it has none */
    struct job_outcome o;
};
/* Reads what is kept in the lock file at that path; false when that is nothing. */
bool kept_read(struct ctx *c, const char *path, struct kept *out);

#endif
