#include "base/clock.h"
#include "base/random.h"
#include "bin/demo.h"
#include "domain/money/cash.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/package.h"
#include "domain/people/user.h"
#include "domain/price/fee.h"
#include "store/db.h"

static const struct stmt any_package = STMT("demo_any_package", "", "SELECT count(*) FROM packages");
static const struct stmt shelf = STMT("demo_shelf", "i",
    "SELECT id FROM packages WHERE state = 'RECIBIDO' AND customer_id IS NOT NULL AND received_at < $1");
static const struct stmt announced = STMT("demo_announced", "i",
    "SELECT id FROM packages WHERE state = 'ANUNCIADO' AND announced_at < $1");
static const struct stmt sent = STMT("demo_sent", "i",
    "UPDATE notifications SET state = 'sent', sent_at = not_before, attempts = 1,"
    " parts = CASE channel WHEN 'sms' THEN 1 END, cost = CASE channel WHEN 'sms' THEN 25 END"
    " WHERE state = 'queued' AND created_at < $1");
static const struct stmt done = STMT("demo_done", "i",
    "UPDATE jobs SET state = 'done', attempt = 1, started_at = run_at, finished_at = run_at"
    " WHERE state = 'ready' AND created_at < $1");
static const struct stmt chief = STMT("demo_chief", "",
    "SELECT id FROM users WHERE role = 'ADMIN' AND is_active = 1 ORDER BY id LIMIT 1");
DB_REGISTER(&any_package, &shelf, &announced, &sent, &done, &chief)

#define DRAWER_BASE 100000
#define DRAWER_SHORT 2000        /* what one of them lacks */
#define PACKING 15000            /* what is bought on Mondays */

static const char *const names[] = { "Ana María", "Luis", "Carolina", "Jhon Fredy", "Martha Lucía", "Andrés",
    "Paola", "Ñusta", "Camilo", "Diana", "Óscar", "Valentina", "Germán", "Yolanda", "Sebastián", "Ángela" };
static const char *const families[] = { "Rojas", "Peña", "Gómez", "Ibáñez", "Castro", "Muñoz", "Ríos",
    "Quintero", "Álvarez", "Bedoya", "Salazar", "Cárdenas", "Núñez", "Vargas" };
static const char *const carriers[] = { "Servientrega", "Interrapidísimo", "Coordinadora", "Envía", "TCC",
    "Deprisa", "4-72" };

#define PICK(list) (list)[random_below((uint32_t)COUNT(list))]

/* The 555 block of the numbering plan is nobody's. */
static struct announce_in person(struct arena *a)
{
    uint32_t n = random_below(160);

    return (struct announce_in){ .carrier = PICK(carriers), .consent = true,
        .name = arena_printf(a, "%s %s", names[n % COUNT(names)], families[(n / 3) % COUNT(families)]),
        .phone = arena_printf(a, "300555%04u", n),
        .email = n % 3 ? NULL : arena_printf(a, "persona%u@example.invalid", n),
        .guides = arena_printf(a, "%s%09u", n % 4 ? "9" : "RA", random_below(1000000000)) };
}

static enum err ids_of(struct ctx *c, const struct stmt *s, int64_t before, int64_t *ids, size_t max, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, s, before);

    *n = 0;
    if (e != OK)
        return e;
    while (*n < max && db_next(&q))
        ids[(*n)++] = db_int(&q, 0);
    return db_end(&q);
}

static enum err receive_some(struct ctx *c, const int64_t *ids, size_t n, uint32_t percent)
{
    struct package p;
    enum err e = OK;

    for (size_t i = 0; i < n && e == OK; i++) {
        struct receive_in in = { .id = ids[i], .type = random_below(6) ? "NORMAL" : "EXTRA_DIMENSIONADO" };

        if (random_below(100) >= percent)
            continue;
        c->now += 40 + random_below(200);
        e = package_receive(c, &in, &p);
    }
    return e;
}

/* cash: what of it went into the drawer. */
static enum err deliver_some(struct ctx *c, const int64_t *ids, size_t n, uint32_t percent, int64_t *cash)
{
    static const char *const methods[] = { "efectivo", "efectivo", "efectivo", "nequi", "daviplata", "bre_b" };
    enum err e = OK;

    for (size_t i = 0; i < n && e == OK; i++) {
        struct package p;
        struct fee f;
        struct delivery out;
        struct deliver_in in = { .ids = &ids[i], .count = 1, .method = PICK(methods) };

        if (random_below(100) >= percent)
            continue;
        c->now += 30 + random_below(150);
        if ((e = package_by_id(c, ids[i], &p)) != OK || (e = fee_of(c, &p, &f)) != OK)
            break;
        in.code = package_pickup_code(c, &p);
        in.amount = f.total;
        in.reference = streq(in.method, "efectivo") ? NULL : arena_printf(c->a, "M%07u", random_below(9999999));
        e = deliver_packages(c, &in, &out);
        if (e == OK && in.reference == NULL)
            *cash += in.amount;
    }
    return e;
}

/* ---- the drawer of the day ---- */

static struct cash_count_in pieces_of(int64_t id, int64_t amount)
{
    struct cash_count_in in = { .id = id };

    for (size_t i = 0; i < DENOMINATIONS; i++) {
        in.pieces[i] = amount / denominations[i].value;
        amount %= denominations[i].value;
    }
    return in;
}

/* By somebody else than who counted; without one it waits for that. */
static enum err drawer_approve(struct ctx *c, int64_t id, bool is_short)
{
    const int64_t clerk = c->user_id, who = db_scalar(c->db, 0, &chief);
    struct cash_session s;
    enum err e;

    if (who == 0)
        return OK;
    c->now += 1800;
    c->user_id = who;
    c->role = ROLE_ADMIN;
    e = cash_approve(c, &(struct cash_approve_in){ id, is_short ? "Conversado con Olga." : NULL }, &s);
    c->user_id = clerk;
    c->role = ROLE_OPERADOR;
    return e;
}

static enum err drawer_close(struct ctx *c, int64_t id, int64_t amount, bool is_short)
{
    const struct cash_count_in count = pieces_of(id, amount - (is_short ? DRAWER_SHORT : 0));
    const char *why = is_short ? "Un cambio mal dado por la tarde: faltó un billete de dos mil." : NULL;
    struct cash_session s;
    enum err e = cash_count(c, &count, &s);

    c->now += 120;
    if (e == OK)
        e = cash_close(c, &(struct cash_close_in){ id, why }, &s);
    return e != OK ? e : drawer_approve(c, id, is_short);
}

/* Couriers come at ten; the counter hands over until seven, and counts what it took. */
static enum err open_day(struct ctx *c, int64_t day, bool is_short)
{
    const bool monday = clock_date(clock_day_start(day)).weekday == 1;
    struct cash_session s;
    int64_t ids[256], cash = DRAWER_BASE - (monday ? PACKING : 0);
    size_t n;
    enum err e;

    c->now = clock_day_start(day) + 9 * 3600 + 30 * 60 + random_below(600);
    e = cash_open(c, &(struct cash_open_in){ DRAWER_BASE }, &s);
    c->now = clock_day_start(day) + 10 * 3600 + random_below(900);
    if (e == OK)
        e = ids_of(c, &announced, c->now, ids, COUNT(ids), &n);
    if (e == OK)
        e = receive_some(c, ids, n, 72);
    if (e == OK && random_below(3) == 0) {
        struct package p;

        e = package_receive(c, &(struct receive_in){ .guide = arena_printf(c->a, "SN%08u", random_below(99999999)) }, &p);
    }
    c->now = clock_day_start(day) + 15 * 3600;
    if (e == OK && monday)
        e = cash_move(c, &(struct cash_movement_in){ s.id, "salida", PACKING, "Bolsas y cinta", NULL }, &s);
    if (e == OK)
        e = ids_of(c, &shelf, c->now, ids, COUNT(ids), &n);
    if (e == OK)
        e = deliver_some(c, ids, n, 34, &cash);
    c->now = clock_day_start(day) + 19 * 3600 + random_below(900);
    return e != OK ? e : drawer_close(c, s.id, cash, is_short);
}

/* Open since the morning, with change from the bank. */
static enum err open_today(struct ctx *c, int64_t now)
{
    const int64_t morning = clock_day_start(clock_day(now)) + 9 * 3600 + 30 * 60;
    struct cash_session s;
    enum err e;

    c->now = now < morning ? now : morning;
    e = cash_open(c, &(struct cash_open_in){ DRAWER_BASE }, &s);
    if (e == OK)
        e = cash_move(c, &(struct cash_movement_in){ s.id, "entrada", DRAWER_BASE / 2, "Sencillo del banco", NULL }, &s);
    c->now = now;
    return e;
}

/* People announce in the evening and the morning, on Sundays too. */
static enum err one_day(struct ctx *c, int64_t day, bool is_short, int *packages)
{
    struct date d = clock_date(clock_day_start(day));
    uint32_t many = d.weekday == 0 ? 3 : 14 + random_below(10);
    struct packages out;
    enum err e = OK;

    c->now = clock_day_start(day) + 7 * 3600;
    c->actor = ACTOR_CUSTOMER;
    for (uint32_t i = 0; i < many && e == OK; i++) {
        struct announce_in in = person(c->a);

        c->now += random_below(500);
        e = package_announce(c, &in, &out);
        if (e == E_CONFLICT)
            e = OK;              /* the same guide twice: rare, and fine */
        *packages += e == OK;
    }
    c->actor = ACTOR_USER;
    if (d.weekday == 0 || e != OK)
        return e;                /* Sunday: closed */
    return open_day(c, day, is_short);
}

static enum err settle(struct db *db, void *arg)
{
    int64_t before = *(const int64_t *)arg;
    enum err e = db_exec(db, NULL, &sent, before);

    return e != OK ? e : db_exec(db, NULL, &done, before);
}

enum err demo_fill(struct ctx *c, int days, int *packages)
{
    int64_t now = c->now, today = clock_day(now), before = now - 3600;
    int64_t short_day = today - 4 - (clock_date(clock_day_start(today - 4)).weekday == 0);
    struct user u;
    int64_t id;
    char *made;
    enum err e = OK;

    *packages = 0;
    if (db_scalar(c->db, 1, &any_package) != 0)
        return OK;
    if (user_by_name(c, "mostrador", &u) != OK) {
        c->fault = (struct fault){ 0 };
        e = user_add(c, &(struct user_in){ .username = "mostrador", .email = "mostrador@example.invalid",
                     .full_name = "Olga Mostrador", .role = "OPERADOR" }, &id, &made);
        if (e != OK || (e = user_by_name(c, "mostrador", &u)) != OK)
            return e;
    }
    c->user_id = u.id;
    c->role = ROLE_OPERADOR;
    for (int64_t day = today - days; day < today && e == OK; day++)
        e = one_day(c, day, day == short_day, packages);
    if (e == OK)
        e = open_today(c, now);
    c->now = now;
    return e != OK ? e : db_write(c->db, settle, &before);
}
