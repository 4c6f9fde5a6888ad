/* Kinds of jobs that run in the process of a slot. */
#include "jobs/jobs.h"

const struct job_row light_jobs[] = {
    { "sms.send", sms_send_job, JOB_ANY_CLOCK },
    { "mail.send", mail_send_job, JOB_ANY_CLOCK },
    { "file.archive", file_archive_job, JOB_ANY_CLOCK },
    { "file.delete", file_delete_job, JOB_ANY_CLOCK },
    { "package.expire", package_expire_job, JOB_BY_AGE },
    { "temp.clean", temp_clean_job, JOB_BY_AGE },
    { "reminders.plan", reminders_plan_job, JOB_BY_AGE },
    { "ageing.tell", ageing_tell_job, JOB_BY_AGE },
    { "retention.run", retention_run_job, JOB_BY_AGE },
    { "sms.cost", sms_cost_job, JOB_BY_AGE },
    { "noop", noop_job, JOB_ANY_CLOCK },
    { NULL, NULL, JOB_ANY_CLOCK },
};
