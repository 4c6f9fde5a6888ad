#include "domain/message/budget.h"

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/message/message_kind.h"
#include "store/db.h"

#define HOUR_S 3600
#define FIRST_HOUR 7             /* nobody is woken by a message that waited for the budget */
#define LAST_HOUR 20

static const struct stmt spent = STMT("sms_spent", "i",
    "SELECT coalesce(sum(cost), 0) FROM notifications WHERE channel <> 'email' AND sent_at >= $1");
static const struct stmt spent_by_event = STMT("sms_spent_by_event", "i",
    "SELECT event, sum(cost) FROM notifications WHERE channel <> 'email' AND sent_at >= $1 AND reserve = 0 GROUP BY event");
static const struct stmt spent_whatsapp = STMT("whatsapp_spent", "i",
    "SELECT coalesce(sum(cost), 0) FROM notifications WHERE channel <> 'email' AND channel = 'whatsapp' AND sent_at >= $1");
DB_REGISTER(&spent, &spent_by_event, &spent_whatsapp)

int64_t sms_spent(struct ctx *c, int64_t since)
{
    return db_scalar(c->db, 0, &spent, since);
}

int64_t whatsapp_spent(struct ctx *c, int64_t since)
{
    return db_scalar(c->db, 0, &spent_whatsapp, since);
}

enum err whatsapp_price(struct ctx *c, const char *category, int64_t *pesos)
{
    return setting_read(c, text_is(category, "marketing") ? S_WHATSAPP_MARKETING
                        : text_is(category, "authentication") ? S_WHATSAPP_AUTHENTICATION : S_WHATSAPP_UTILITY, pesos);
}

/* Pesos spent since an instant by kinds of message that strangers can cause. */
static enum err spent_by_public(struct ctx *c, int64_t since, int64_t *total)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &spent_by_event, since);

    *total = 0;
    if (e != OK)
        return e;
    while (db_next(&q))
        if (budget_is_share(message_budget_of(db_text(&q, 0), false)))
            *total += db_int(&q, 1);
    return db_end(&q);
}

/* Sets *over when `cost` is more than is left of the budget of the period that began at `since`, or, for a message
 * that strangers can cause, more than is left of their share, of_100 (100: it is another's). */
static enum err period_check(struct ctx *c, int64_t of_100, int64_t since, int64_t budget, int64_t cost, bool *over)
{
    int64_t all = db_scalar(c->db, -1, &spent, since), theirs;
    enum err e = all < 0 ? E_BUSY : OK;  /* a sum is not negative: that was an error, which the store has logged */

    *over = all + cost > budget;
    if (e != OK || *over || of_100 == 100)
        return e;
    e = spent_by_public(c, since, &theirs);
    *over = e == OK && (theirs + cost) * 100 > budget * of_100;
    return e;
}

/* The instant at which a message that waits for the budget is tried again: an hour later, but not at night. */
static int64_t budget_again(int64_t now)
{
    int64_t t = now + HOUR_S, start = clock_day_start(clock_day(t));
    int hour = clock_date(t).hour;

    return hour < FIRST_HOUR ? start + FIRST_HOUR * HOUR_S
        : hour >= LAST_HOUR ? start + DAY_SECONDS + FIRST_HOUR * HOUR_S : t;
}

/* True when the budget of a period, or the share that strangers have of it, is as much as that. */
static bool period_affords(int64_t of_100, int64_t budget, int64_t cost)
{
    return cost * 100 <= budget * of_100;
}

enum err sms_over_budget(struct ctx *c, const struct sms_price *sms, const char **why, int64_t *again)
{
    const enum message_budget may = message_budget_of(sms->event, sms->reserve);
    const bool share = budget_is_share(may), waits = may == BUDGET_WAITS || may == BUDGET_SHARE_WAITS;
    int64_t now = c->now, cost = sms->cost, day, month, of_100 = 100;
    struct date d = clock_date(now);
    bool over_day = false, over_month = false;
    enum err e = setting_read(c, S_SMS_BUDGET_DAY, &day);

    if (e == OK)
        e = setting_read(c, S_SMS_BUDGET_MONTH, &month);
    if (e == OK && share)
        e = setting_read(c, S_SMS_PUBLIC_SHARE, &of_100);
    if (e == OK)
        e = period_check(c, of_100, clock_day_start(clock_day(now)), day, cost, &over_day);
    if (e == OK && !over_day)
        e = period_check(c, of_100, clock_from_date(d.year, d.month, 1), month, cost, &over_month);
    *why = NULL;
    if (e != OK)
        return e;
    if (over_day)
        *why = share ? "se agotó lo que los anuncios pueden gastar del presupuesto de SMS del día"
            : "se agotó el presupuesto de SMS del día";
    else if (over_month)
        *why = share ? "se agotó lo que los anuncios pueden gastar del presupuesto de SMS del mes"
            : "se agotó el presupuesto de SMS del mes";
    if (again != NULL)
        *again = *why != NULL && waits && period_affords(of_100, day, cost) && period_affords(of_100, month, cost)
            ? budget_again(now) : 0;
    return e;
}
