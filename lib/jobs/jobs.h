/* Jobs: the handlers of all kinds.  A kind is a row of queue/kinds.def and a file
 * here.  Kinds that run in a process of their own are in a table of their own, so
 * that an idle slot does not carry their libraries. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "queue/job.h"

typedef struct job_outcome job_handler(struct ctx *c, const struct job *j);

/* What a job that ended dead, however it died, leaves for people to see: run inside
 * a db_write, more than once. */
typedef enum err job_mourner(struct ctx *c, const struct job *j, const char *why);

struct job_row { const char *kind; job_handler *run; };
extern const struct job_row light_jobs[], isolated_jobs[];   /* NULL-ended */
job_handler *job_handler_of(const struct job_row *table, const char *kind);  /* or NULL */

job_handler sms_send_job, mail_send_job, photo_process_job, document_build_job, label_print_job,
    file_archive_job, file_delete_job, package_expire_job,
    temp_clean_job, reminders_plan_job, ageing_tell_job, retention_run_job, sms_cost_job, noop_job;

/* Tell of the jobs that died lately (all: of the last week) what their kinds have
 * to be told; the keeper calls it. */
enum err jobs_settle(struct ctx *c, bool all) MUST_CHECK;
job_mourner message_mourn, photo_mourn, document_mourn;

/* job_reap, after what the clock before a jump wrote was moved along. */
enum err jobs_reap(struct ctx *c, int *moved) MUST_CHECK;
clock_mender message_clock_back;

/* The integer argument `name`: job_add_tx made sure that it is there; 0 if not. */
int64_t job_arg(const struct job *j, const char *name);

/* Shorthands for what a handler returns: OK, never again, another try after the
 * back-off.  `why` is kept in the row for people to read: Spanish, without names. */
struct job_outcome job_done(void);
struct job_outcome job_dead(const char *why);
struct job_outcome job_again(const char *why);

#endif
