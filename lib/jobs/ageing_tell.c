/* Tells the administrators how many parcels came to their 30th or 45th day since yesterday: it is for people to
 * call the customers and to declare parcels abandoned. */
#include "base/clock.h"
#include "local/money.h"
#include "domain/custody/ageing.h"
#include "domain/message/notification.h"
#include "jobs/jobs.h"

struct ageing_telling { const char *text, *dedupe; };

static enum err administrators_tell(struct ctx *c, void *arg)
{
    const struct ageing_telling *t = arg;

    return notify_admins_tx(c, t->text, t->dedupe);
}

struct job_outcome ageing_tell_job(struct ctx *c, const struct job *j)
{
    struct ageing_telling *t = arena_alloc(c->a, sizeof *t);
    int64_t tick = job_arg(j->args, "tick");
    struct ctx then = *c;        /* as it was at the tick: the job may run late, even on the next day */
    struct ageing_due due = { 0 };

    then.now = tick != 0 ? tick : c->now;
    if (ageing_due(&then, &due) != OK)
        return job_again("la base de datos no respondió");
    if (due.days_30 + due.days_45 == 0)
        return job_done();
    t->text = arena_printf(c->a, "Al %s. Cumplen 30 días en el punto: %s. Cumplen 45: %s. En total hay %s por avisar y %s que se"
                           " pueden declarar abandonados: %s/ageing", clock_day_exact(c->a, clock_day(then.now)),
                           count_text(c->a, due.days_30), count_text(c->a, due.days_45), count_text(c->a, due.to_call), count_text(c->a, due.to_abandon),
                           c->conf->public_url);
    t->dedupe = arena_printf(c->a, "ageing:%s", clock_day_iso(c->a, clock_day(then.now)));
    return (struct job_outcome){ .result = JOB_DONE, .effect = administrators_tell, .arg = t };
}
