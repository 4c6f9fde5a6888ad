/* Writes reminders to customers whose parcels wait on the shelf.  However often it runs, a reminder is
 * written only once for each day of the plan.  The day is that of the tick, so that a job that runs late, even
 * on the next day, still writes the reminders that it was started for. */
#include "base/clock.h"
#include "base/log.h"
#include "domain/outbox/notification_reminders.h"
#include "jobs/jobs.h"

struct job_outcome reminders_plan_job(struct ctx *c, const struct job *j)
{
    int64_t tick = job_arg(j->args, "tick");
    int written;

    if (notify_reminders(c, clock_day(tick != 0 ? tick : c->now), &written) != OK)
        return job_again("la base de datos no respondió");
    log_info("reminders.plan", "written", NUM(written));
    return job_done();
}
