/* Kinds of jobs that run in the process of a slot. */
#include "jobs/jobs.h"

const struct job_row light_jobs[] = {
    { "sms.send", sms_send_job },
    { "mail.send", mail_send_job },
    { "file.archive", file_archive_job },
    { "file.delete", file_delete_job },
    { "package.expire", package_expire_job },
    { "temp.clean", temp_clean_job },
    { "reminders.plan", reminders_plan_job },
    { "ageing.tell", ageing_tell_job },
    { "retention.run", retention_run_job },
    { "sms.cost", sms_cost_job },
    { "noop", noop_job },
    { NULL, NULL },
};
