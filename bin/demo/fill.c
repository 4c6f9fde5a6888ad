/* The calendar of the demo: parcels that were forgotten long ago, a month of days, and today. */
#include "bin/demo/shop.h"

#include "base/clock.h"
#include "bin/texts.h"
#include "domain/outbox/notification_reminders.h"
#include "store/db.h"

#define PACKING 15000            /* pesos spent on bags and tape every Monday */
#define TO_BANK 200000           /* pesos taken to the bank every Friday on which the drawer holds as much */
#define HOUR_S 3600
#define OPENING (9 * HOUR_S + 1800)

static const struct stmt any_package = STMT("demo_any_package", "", "SELECT count(*) FROM packages");
DB_REGISTER(&any_package)

/* Steps that do not happen daily.  `ago`: days before today; a step whose day is a Sunday (the shop is closed)
 * happens on the next open day. */
static const struct { int64_t ago; enum err (*step)(struct shop *s); } calendar[] = {
    { 26, care_week }, { 22, stocktake_first }, { 19, care_week }, { 14, care_call_oldest }, { 12, care_week },
    { 8, stocktake_second }, { 6, care_call_oldest }, { 4, care_week }, { 2, care_give_up },
};

/* ---- helpers declared in shop.h ---- */

uint32_t shop_chance(struct shop *s, uint32_t n)
{
    s->chance ^= s->chance << 13;
    s->chance ^= s->chance >> 17;
    s->chance ^= s->chance << 5;
    return s->chance % n;
}

void shop_wait(struct shop *s, uint32_t seconds)
{
    s->c->now += seconds;
    if (s->c->now > s->now)
        s->c->now = s->now;
}

enum err shop_ids(struct shop *s, const struct stmt *statement, int64_t at, struct ids *out)
{
    struct rows q;
    enum err e = db_query(s->c->db, &q, statement, at);

    out->n = 0;
    return e != OK ? e : db_ids(&q, out->v, IDS_MAX, &out->n);
}

/* ---- a day gone by ---- */

static void clock_set(struct shop *s, int64_t day, int64_t seconds)
{
    s->c->now = clock_day_start(day) + seconds;
}

static enum err calendar_day(struct shop *s, int64_t day, size_t *next)
{
    enum err e = OK;

    for (; *next < COUNT(calendar) && day >= s->today - calendar[*next].ago && e == OK; ++*next)
        e = calendar[*next].step(s);
    return e;
}

static enum err drawer_moves(struct shop *s, int64_t day, int64_t drawer)
{
    const int weekday = clock_date(clock_day_start(day)).weekday;

    shop_staff(s, STAFF_COUNTER);
    if (weekday == 1)
        return drawer_move(s, drawer, "salida", PACKING, "Bolsas y cinta");
    if (weekday == 5 && s->cash > TO_BANK + DRAWER_BASE / 2)
        return drawer_move(s, drawer, "traslado", TO_BANK, "Consignación de la semana");
    return OK;
}

/* An open day: couriers come at ten, parcels are handed over in the afternoon, and at seven the counter counts
 * its drawer.  The drawer is short on one day, four days ago, or five if that was a Sunday. */
static enum err day_open(struct shop *s, int64_t day, size_t *next)
{
    const int64_t short_day = s->today - 4 - (clock_date(clock_day_start(s->today - 4)).weekday == 0);
    int64_t drawer;
    int written;
    enum err e;

    shop_staff(s, STAFF_COUNTER);
    clock_set(s, day, OPENING + shop_chance(s, 600));
    e = drawer_open(s, &drawer);
    clock_set(s, day, 10 * HOUR_S + shop_chance(s, 900));
    if (e == OK)
        e = intake_arrivals(s, 72, day >= s->today - 1);
    if (e == OK && shop_chance(s, 3) == 0)
        e = intake_unannounced(s, shop_chance(s, 3) != 0);
    shop_system(s);
    clock_set(s, day, 13 * HOUR_S);
    if (e == OK)
        e = notify_reminders(s->c, clock_day(s->c->now), &written);
    clock_set(s, day, 13 * HOUR_S + 900);
    if (e == OK)
        e = calendar_day(s, day, next);
    clock_set(s, day, 14 * HOUR_S);
    if (e == OK)
        e = handover_some(s, 34);
    if (e == OK)
        e = drawer_moves(s, day, drawer);
    shop_staff(s, STAFF_COUNTER);
    clock_set(s, day, 19 * HOUR_S + shop_chance(s, 900));
    return e != OK ? e : drawer_close(s, drawer, day == short_day);
}

/* A past day: customers announce parcels in the morning, on Sundays too; the shop opens Monday to Saturday. */
static enum err day_past(struct shop *s, int64_t day, size_t *next)
{
    const bool sunday = clock_date(clock_day_start(day)).weekday == 0;
    enum err e;

    clock_set(s, day, 7 * HOUR_S);
    e = intake_announce(s, sunday ? 3 : 12 + shop_chance(s, 8), false);
    return e != OK || sunday ? e : day_open(s, day, next);
}

/* ---- before the month ---- */

/* A day whose customers forget their parcels: 30 of 100 announced parcels never arrive, and nobody collects the
 * rest. */
static enum err day_forgotten(struct shop *s, int64_t day, uint32_t many)
{
    enum err e;

    clock_set(s, day, 8 * HOUR_S);
    e = intake_announce(s, many, true);
    clock_set(s, day, 11 * HOUR_S);
    return e != OK ? e : intake_arrivals(s, 70, false);
}

/* ---- today, as far as it has come ---- */

struct today { struct shop *s; int64_t opening; };

/* Sets the clock to a moment between the opening (part 0) and now (part 100). */
static void today_at(const struct today *t, int64_t part)
{
    t->s->c->now = t->opening + (t->s->now - t->opening) * part / 100;
}

static enum err today_morning(const struct today *t)
{
    struct shop *s = t->s;
    int64_t drawer;
    enum err e;

    s->c->now = clock_day_start(s->today) + (t->opening - clock_day_start(s->today)) * 3 / 4;
    e = intake_announce(s, 9, false);
    shop_staff(s, STAFF_COUNTER);
    today_at(t, 0);
    if (e == OK)
        e = drawer_open(s, &drawer);
    if (e == OK)
        e = drawer_move(s, drawer, "entrada", DRAWER_BASE / 2, "Sencillo del banco");
    today_at(t, 8);
    if (e == OK)
        e = intake_arrivals(s, 75, true);
    today_at(t, 30);
    return e != OK ? e : stocktake_begun(s);
}

static enum err today_since(const struct today *t)
{
    struct shop *s = t->s;
    enum err e;

    today_at(t, 45);
    e = handover_some(s, 22);
    today_at(t, 70);
    if (e == OK)
        e = intake_unannounced(s, false);
    if (e == OK)
        e = care_today(s);
    today_at(t, 80);
    if (e == OK)
        e = intake_announce(s, 5, false);
    today_at(t, 88);
    if (e == OK)
        e = intake_half_drop(s);
    today_at(t, 95);
    return e != OK ? e : handover_some(s, 8);
}

/* If the demo is made before half past eleven in the morning, the shop opened earlier today, so that all steps
 * of a day fit between the opening and now. */
static enum err day_today(struct shop *s)
{
    const int64_t start = clock_day_start(s->today);
    struct today t = { s, start + OPENING };
    enum err e;

    if (s->now < t.opening + 2 * HOUR_S)
        t.opening = start + (s->now - start) / 4;
    e = today_morning(&t);
    return e != OK ? e : today_since(&t);
}

/* ---- the whole demo ---- */

static enum err shop_run(struct shop *s, int days)
{
    size_t next = 0;
    enum err e = day_forgotten(s, s->today - 53, 4);

    if (e == OK)
        e = day_forgotten(s, s->today - 49, 2);
    if (e == OK)
        e = day_forgotten(s, s->today - 41, 3);
    for (int64_t day = s->today - days; day < s->today && e == OK; day++)
        e = day_past(s, day, &next);
    if (e == OK)
        e = day_today(s);
    s->c->now = s->now;
    if (e == OK)
        e = care_house(s);
    return e;
}

enum err demo_fill(struct ctx *c, int days, int *packages)
{
    struct hint *hint = c->hint;
    struct shop s = { .c = c, .now = c->now, .today = clock_day(c->now), .chance = 2463534242u };
    enum err e;

    *packages = 0;
    if (!c->conf->development)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_DEMO_DEVELOPMENT, NULL);
    if (db_scalar(c->db, 1, &any_package) != 0)
        return OK;
    db_lazy(c->db, true);
    c->hint = NULL;              /* Redis may not run yet; a worker that starts needs no hint to find jobs */
    e = staff_make(&s);
    if (e == OK)
        e = shop_run(&s, days);
    c->hint = hint;
    db_lazy(c->db, false);
    *packages = s.packages;
    return e != OK ? e : outbox_settle(&s);
}
