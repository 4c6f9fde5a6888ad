/* Settle: what becomes of a message, a photo, a document when its job ends without being done: after its last
 * try, when it expires, when an administrator discards it.  It is settled in the transaction that ends the job,
 * so that nothing waits for a job that is dead.  The queue knows no kind: whoever owns the row of which a job
 * speaks registers how it is settled. */
#ifndef QUEUE_SETTLE_H
#define QUEUE_SETTLE_H

#include "queue/job.h"

enum job_ending { JOB_DIED, JOB_DISCARDED };     /* discarded: by an administrator, who does not want it done */

/* Runs in the transaction that ends the job.  about: the job's one argument, the id of a row.  why: Spanish, for
 * people.  A row that the job's own effect has settled stays as it is. */
typedef enum err job_settler(struct ctx *c, int64_t about, enum job_ending how, const char *why);

/* JOB_SETTLED({ "sms.send", message_lost_tx }), once in a file: so jobs of that kind are settled. */
struct job_settling { const char *kind; job_settler *settle; };
#define JOB_SETTLED(...)                                                          \
    static const struct job_settling job_settlings_[] = { __VA_ARGS__ };           \
    __attribute__((constructor)) static void job_settlings_register_(void)         \
    {                                                                             \
        job_settlings_register(job_settlings_, COUNT(job_settlings_));            \
    }
void job_settlings_register(const struct job_settling *list, size_t n);

/* Settles what the job was about; OK when nobody registered for its kind.  why may be NULL. */
enum err job_settle_tx(struct ctx *c, const char *kind, const char *args, enum job_ending how,
                       const char *why) MUST_CHECK;

#endif
