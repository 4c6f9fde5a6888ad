#include "domain/message/budget.h"

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/message/message_kind.h"
#include "store/db.h"

#define HOUR_S 3600
#define FIRST_HOUR 7             /* nobody is woken by a message that waited for the budget */
#define LAST_HOUR 20

static const struct stmt spent = STMT("sms_spent", "i",
    "SELECT coalesce(sum(cost), 0) FROM notifications WHERE channel = 'sms' AND sent_at >= $1");
static const struct stmt spent_by_event = STMT("sms_spent_by_event", "i",
    "SELECT event, sum(cost) FROM notifications WHERE channel = 'sms' AND sent_at >= $1 GROUP BY event");
DB_REGISTER(&spent, &spent_by_event)

int64_t sms_spent(struct ctx *c, int64_t since)
{
    return db_scalar(c->db, 0, &spent, since);
}

/* Pesos spent since an instant by kinds of message that strangers can cause.  An error of the store counts as all
 * there is. */
static int64_t spent_by_public(struct ctx *c, int64_t since)
{
    int64_t total = 0;
    struct rows q;

    if (db_query(c->db, &q, &spent_by_event, since) != OK)
        return INT64_MAX / 200;
    while (db_next(&q)) {
        const struct message_kind *kind = message_kind_of(db_text(&q, 0));

        if (kind != NULL && kind->budget == BUDGET_SHARE)
            total += db_int(&q, 1);
    }
    return db_end(&q) == OK ? total : INT64_MAX / 200;
}

static bool period_is_over(struct ctx *c, bool share, int64_t since, int64_t budget, int64_t cost)
{
    if (sms_spent(c, since) + cost > budget)
        return true;
    return share && (spent_by_public(c, since) + cost) * 100 > budget * setting_int(c, S_SMS_PUBLIC_SHARE);
}

/* An hour later, by day. */
static int64_t budget_again(int64_t now)
{
    int64_t t = now + HOUR_S, start = clock_day_start(clock_day(t));
    int hour = clock_date(t).hour;

    return hour < FIRST_HOUR ? start + FIRST_HOUR * HOUR_S
        : hour >= LAST_HOUR ? start + DAY_SECONDS + FIRST_HOUR * HOUR_S : t;
}

const char *sms_over_budget(struct ctx *c, const char *event, int64_t cost, int64_t *again)
{
    const struct message_kind *kind = message_kind_of(event);
    enum message_budget may = kind != NULL ? kind->budget : BUDGET_ALL;
    int64_t now = c->now, day = setting_int(c, S_SMS_BUDGET_DAY), month = setting_int(c, S_SMS_BUDGET_MONTH);
    struct date d = clock_date(now);
    const char *why = NULL;

    if (period_is_over(c, may == BUDGET_SHARE, clock_day_start(clock_day(now)), day, cost))
        why = may == BUDGET_SHARE ? "se agotó lo que los anuncios pueden gastar del presupuesto de SMS del día"
            : "se agotó el presupuesto de SMS del día";
    else if (period_is_over(c, may == BUDGET_SHARE, clock_from_date(d.year, d.month, 1), month, cost))
        why = may == BUDGET_SHARE ? "se agotó lo que los anuncios pueden gastar del presupuesto de SMS del mes"
            : "se agotó el presupuesto de SMS del mes";
    if (again != NULL)
        *again = why != NULL && may == BUDGET_WAITS && cost <= day && cost <= month ? budget_again(now) : 0;
    return why;
}
