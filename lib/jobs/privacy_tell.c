/* Tells the administrators, on a business day, what the law gives little time for: requests about somebody's data and
 * reports of incidents of security that are due soon or late. */
#include "base/clock.h"
#include "domain/law/privacy_request.h"
#include "domain/law/security_incident.h"
#include "domain/message/notification.h"
#include "jobs/jobs.h"
#include "local/business_day.h"
#include "local/money.h"

struct privacy_telling { const char *text, *dedupe; };

static enum err administrators_tell(struct ctx *c, void *arg)
{
    const struct privacy_telling *t = arg;

    return notify_admins_tx(c, t->text, t->dedupe);
}

static const char *requests_words(struct ctx *c, const struct privacy_counts *n)
{
    return n->late + n->soon == 0 ? ""
        : arena_printf(c->a, " Solicitudes de datos que vencen en %d días hábiles o menos: %s; vencidas: %s. Mírelas en"
                       " %s/admin/privacy.", PRIVACY_SOON, count_text(c->a, n->soon), count_text(c->a, n->late), c->conf->public_url);
}

static const char *incidents_words(struct ctx *c, const struct security_counts *n)
{
    return n->late + n->soon == 0 ? ""
        : arena_printf(c->a, " Incidentes de seguridad por informar a la autoridad en %d días hábiles o menos: %s; vencidos: %s."
                       " Mírelos en %s/admin/incidents.", SECURITY_SOON, count_text(c->a, n->soon), count_text(c->a, n->late),
                       c->conf->public_url);
}

struct job_outcome privacy_tell_job(struct ctx *c, const struct job *j)
{
    struct privacy_telling *t = arena_alloc(c->a, sizeof *t);
    const int64_t tick = job_arg(j->args, "tick");
    struct ctx then = *c;        /* as it was at the tick: the job may run late, even on the next day */
    struct privacy_counts requests;
    struct security_counts incidents;

    then.now = tick != 0 ? tick : c->now;
    if (privacy_count(&then, &requests) != OK || security_count(&then, &incidents) != OK)
        return job_again("la base de datos no respondió");
    if (!business_day_is(clock_day(then.now)) || requests.late + requests.soon + incidents.late + incidents.soon == 0)
        return job_done();
    t->text = arena_printf(c->a, "Al %s.%s%s", clock_day_exact(c->a, clock_day(then.now)), requests_words(c, &requests),
                           incidents_words(c, &incidents));
    t->dedupe = arena_printf(c->a, "privacy:%s", clock_day_iso(c->a, clock_day(then.now)));
    return (struct job_outcome){ .result = JOB_DONE, .effect = administrators_tell, .arg = t };
}
