/* Writes reminders to customers whose parcels wait on the shelf.  However often it runs, a reminder is
 * written only once for each day of the plan. */
#include "base/log.h"
#include "domain/outbox/notification_reminders.h"
#include "jobs/jobs.h"

struct job_outcome reminders_plan_job(struct ctx *c, const struct job *j UNUSED)
{
    int written;

    if (notify_reminders(c, &written) != OK)
        return job_again("la base de datos no respondió");
    log_info("reminders.plan", "written", NUM(written));
    return job_done();
}
