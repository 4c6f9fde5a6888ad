/* Jobs: the handlers of all kinds of jobs.  A kind is a row of queue/kinds.def and a file here.  Kinds that
 * run in a process of their own have a table of their own, so that an idle slot does not load their
 * libraries. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "queue/job.h"

typedef struct job_outcome job_handler(struct ctx *c, const struct job *j);

/* JOB_BY_AGE: the job deletes, cancels or writes to people because something is old, so it waits while the wall
 * clock is doubted (queue/doubt.h). */
enum job_clock { JOB_ANY_CLOCK, JOB_BY_AGE };
struct job_row { const char *kind; job_handler *run; enum job_clock clock; };
extern const struct job_row light_jobs[], isolated_jobs[];   /* ended by a row without a kind */
const struct job_row *job_row_of(const struct job_row *table, const char *kind);     /* or NULL */
/* Runs the job, unless it must wait because of the clock: then it is snoozed. */
struct job_outcome job_perform(struct ctx *c, const struct job_row *row, const struct job *j);

job_handler sms_send_job, whatsapp_send_job, mail_send_job, photo_process_job, photo_preview_job, logo_process_job, document_build_job, label_print_job,
    file_archive_job, file_delete_job, package_expire_job,
    temp_clean_job, reminders_plan_job, ageing_tell_job, privacy_tell_job, retention_run_job, search_clean_job, sms_cost_job,
    webhook_deliver_job,
    customers_check_job, customers_import_job, customers_export_job, noop_job;

/* Whether a clock that was behind has dated parcels, which the keeper has not mended yet: they look old. */
bool clock_wrote_wrong(struct ctx *c) MUST_CHECK;
/* Calls job_mend_clock for jobs and messages, clock_mend for what a wrong clock dated, then job_reap. */
enum err jobs_reap(struct ctx *c, int *moved) MUST_CHECK;
clock_mender message_clock_back;
job_restorer message_restore;

/* Calls `some`, which does at most `limit` of something and counts it in *done, until there is less to do than
 * that: so a job has no long write for which others wait.  Returns how many were done; -1 on failure, or when
 * the job was taken away. */
int job_in_batches(struct ctx *c, const struct job *j, int limit, enum err (*some)(struct ctx *c, int limit, int *done));

/* Outcomes for a handler to return: done; dead without another try; another try after the back-off.  `why` is
 * kept in the row for people to read: Spanish, without names of persons. */
struct job_outcome job_done(void);
struct job_outcome job_dead(const char *why);
struct job_outcome job_again(const char *why);

#endif
