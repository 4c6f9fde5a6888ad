/* Tells the administrators what last month's SMS cost. */
#include "base/clock.h"
#include "local/money.h"
#include "domain/message/notification.h"
#include "jobs/jobs.h"

static const struct stmt month = STMT("sms_cost_month", "ii",
    "SELECT count(*), coalesce(sum(parts), 0), coalesce(sum(cost), 0) FROM notifications"
    " WHERE channel = 'sms' AND sent_at >= $1 AND sent_at < $2");
DB_REGISTER(&month)

struct report { const char *text, *dedupe; };

static enum err cost_tell(struct ctx *c, void *arg)
{
    const struct report *r = arg;

    return notify_admins_tx(c, r->text, r->dedupe);
}

struct job_outcome sms_cost_job(struct ctx *c, const struct job *j UNUSED)
{
    static const char *const months[] = { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
        "agosto", "septiembre", "octubre", "noviembre", "diciembre" };
    struct date d = clock_date(c->now);
    int64_t end = clock_from_date(d.year, d.month, 1);
    struct date last = clock_date(end - 1);
    struct report *r = arena_alloc(c->a, sizeof *r);
    struct rows q;

    if (db_one(c->db, &q, &month, clock_from_date(last.year, last.month, 1), end) != OK)
        return job_again("la base de datos no respondió");
    r->text = arena_printf(c->a, "En %s de %d salieron %s SMS en %s partes. Costaron %s.", months[last.month - 1],
                           last.year, count_text(c->a, db_int(&q, 0)), count_text(c->a, db_int(&q, 1)),
                           money_text(c->a, db_int(&q, 2)));
    r->dedupe = arena_printf(c->a, "sms_cost:%04d-%02d", last.year, last.month);
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    return (struct job_outcome){ .result = JOB_DONE, .effect = cost_tell, .arg = r };
}
