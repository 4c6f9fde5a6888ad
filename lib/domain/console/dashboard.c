/* A figure is one statement on an index, so that it costs what is on the shelf or what a day holds,
 * never the whole history. */
#include "base/clock.h"
#include "domain/console/dashboard.h"
#include "domain/custody/ageing.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/money/cash.h"
#include "domain/parcel/package_list.h"

#define LATE_SHOWN 20
#define STUCK_SHOWN 10

static const struct stmt shelf_between = STMT("dashboard_shelf", "ii",
    "SELECT count(*) FROM packages WHERE state = 'RECIBIDO' AND received_at > $1"
    " AND received_at <= $2");
static const struct stmt unidentified = STMT("dashboard_unidentified", "",
    "SELECT count(*) FROM packages WHERE state = 'RECIBIDO' AND customer_id IS NULL");
/* The + keeps the statement on the index of those that have an open claim. */
static const struct stmt disputed = STMT("dashboard_disputed", "",
    "SELECT count(*) FROM packages WHERE disputed = 1 AND +state IN ('ANUNCIADO', 'RECIBIDO')");
static const struct stmt announced = STMT("dashboard_announced", "",
    "SELECT count(*) FROM packages WHERE state = 'ANUNCIADO'");
/* A message whose key begins with test: was sent to see whether messages leave (MESSAGE_TRIAL): nobody missed news. */
#define NO_TRIAL(key) " AND coalesce(" key ", '') NOT LIKE 'test:%'"
static const struct stmt messages = STMT("dashboard_messages", "si",
    "SELECT count(*) FROM notifications WHERE state = $1 AND created_at >= $2" NO_TRIAL("dedupe_key"));
static const struct stmt jobs_dead = STMT("dashboard_jobs_dead", "",
    "SELECT count(*) FROM jobs WHERE state = 'dead'");
static const struct stmt drawers_late = STMT("dashboard_drawers_late", "i",
    "SELECT count(*) FROM cash_sessions WHERE closed_at IS NULL AND opened_at < $1");
/* A package whose reception was undone keeps received_at when it ends CANCELADO, so these are left out. */
#define RECEIVED_ROWS                                                                       \
    " FROM packages WHERE received_at >= $1 AND received_at < $2"                           \
    " AND coalesce(cancel_reason, '') NOT IN ('error_operador', 'anuncio_expirado')"
#define DELIVERED_ROWS " FROM packages WHERE delivered_at >= $1 AND delivered_at < $2"
static const struct stmt received = STMT("dashboard_received", "ii",
    "SELECT count(*)" RECEIVED_ROWS);
static const struct stmt delivered = STMT("dashboard_delivered", "ii",
    "SELECT count(*)" DELIVERED_ROWS);
static const struct stmt received_days = STMT("dashboard_received_days", "iiii",
    "SELECT (received_at - $1) / $4, count(*)" RECEIVED_ROWS " GROUP BY 1 LIMIT $3");
static const struct stmt delivered_days = STMT("dashboard_delivered_days", "iiii",
    "SELECT (delivered_at - $1) / $4, count(*)" DELIVERED_ROWS " GROUP BY 1 LIMIT $3");
/* $1, $2 and $3 are the first seconds of yesterday, today and tomorrow. */
static const struct stmt paid = STMT("dashboard_paid", "iii",
    "SELECT method, sum(iif(taken_at >= $2, amount, 0)), sum(iif(taken_at < $2, amount, 0))"
    " FROM payments WHERE taken_at >= $1 AND taken_at < $3 GROUP BY method ORDER BY 2 DESC, 1");
static const struct stmt late_rows = STMT("dashboard_late", "iiii",
    "SELECT p.id, p.guide_number, p.tracking_code, iif(c.id IS NULL, NULL, coalesce(p.announced_name, c.full_name)),"
    " o.code, p.received_at,"
    " ($2 - p.received_at) / $4 FROM packages p LEFT JOIN customers c ON c.id = p.customer_id"
    " LEFT JOIN positions o ON o.id = p.position_id"
    " WHERE p.state = 'RECIBIDO' AND p.received_at <= $1 ORDER BY p.received_at LIMIT $3");
static const struct stmt stuck_rows = STMT("dashboard_stuck", "ii",
    "SELECT n.id, p.id, n.event, n.channel, n.state, p.guide_number, coalesce(p.announced_name, c.full_name), n.created_at"
    " FROM notifications n LEFT JOIN customers c ON c.id = n.customer_id"
    " LEFT JOIN packages p ON p.id = (SELECT min(package_id) FROM notification_packages"
    " WHERE notification_id = n.id)"
    " WHERE n.state IN ('failed', 'unknown') AND n.created_at >= $1" NO_TRIAL("n.dedupe_key") " ORDER BY n.id DESC LIMIT $2");
static const struct stmt incidents = STMT("dashboard_incidents", "",
    "SELECT count(*) FROM incidents WHERE resolved_at IS NULL");
static const struct stmt inquiries = STMT("dashboard_inquiries", "",
    "SELECT count(*) FROM inquiries WHERE state IN ('ABIERTO', 'LEIDO')");
DB_REGISTER(&inquiries, &shelf_between, &unidentified, &disputed, &announced, &messages, &jobs_dead, &drawers_late, &incidents, &received,
            &delivered, &received_days, &delivered_days, &paid, &late_rows, &stuck_rows)

#define F struct figures
static const struct field figures_rows[] = {
    FIELD(F, late, F_INT, "Paquetes con más de 15 días en el punto"),
    FIELD(F, to_call, F_INT, "Paquetes con 30 días en el punto sin un contacto desde entonces"),
    FIELD(F, to_abandon, F_INT, "Paquetes que se pueden declarar abandonados: 45 días y los intentos"),
    FIELD(F, unidentified, F_INT, "Paquetes recibidos por identificar"),
    FIELD(F, disputed, F_INT, "Paquetes en disputa: falta comparar de quién son"),
    FIELD(F, messages_failed, F_INT, "Mensajes que no salieron en los últimos 7 días"),
    FIELD(F, messages_unknown, F_INT, "Mensajes de los últimos 7 días que no se sabe si salieron"),
    FIELD(F, jobs_dead, F_INT, "Trabajos fallidos: agotaron sus intentos"),
    FIELD(F, drawers_late, F_INT, "Cajas abiertas hace más de las horas de cash.late_hours"),
    FIELD(F, drawers_waiting, F_INT, "Cajas cerradas a las que falta o sobra dinero, por aprobar"),
    FIELD(F, incidents, F_INT, "Novedades por resolver: no encontrados, rechazados, equivocados"),
    FIELD(F, inquiries, F_INT, "Preguntas de residentes por responder"),
    FIELD(F, announced, F_INT, "Paquetes anunciados que no han llegado"),
    FIELD(F, on_shelf, F_INT, "Paquetes en la estantería"),
    FIELD(F, messages_waiting, F_INT, "Mensajes por enviar"),
    FIELD(F, received_today, F_INT, "Recibidos hoy"),
    FIELD(F, received_yesterday, F_INT, "Recibidos ayer"),
    FIELD(F, delivered_today, F_INT, "Entregados hoy"),
    FIELD(F, delivered_yesterday, F_INT, "Entregados ayer"),
    FIELD(F, paid_today, F_MONEY, "Cobrado hoy, menos lo reversado; 0 mientras la caja propia no se cuenta"),
    FIELD(F, paid_yesterday, F_MONEY, "Cobrado ayer, menos lo reversado"),
};
const struct fields figures_fields = FIELDS(figures_rows);

static const struct field band_rows[] = {
    FIELD(struct band_count, band, F_TEXT, "Días en el punto"),
    FIELD(struct band_count, packages, F_INT, "Paquetes"),
};
const struct fields band_count_fields = FIELDS(band_rows);

static const struct field method_rows[] = {
    FIELD(struct method_sum, method, F_TEXT, "Medio de pago"),
    FIELD(struct method_sum, today, F_MONEY, "Hoy"),
    FIELD(struct method_sum, yesterday, F_MONEY, "Ayer"),
};
const struct fields method_sum_fields = FIELDS(method_rows);

static const struct field day_rows[] = {
    FIELD(struct day_count, day, F_INSTANT, "Comienzo del día"),
    FIELD(struct day_count, received, F_INT, "Recibidos"),
    FIELD(struct day_count, delivered, F_INT, "Entregados"),
};
const struct fields day_count_fields = FIELDS(day_rows);

#define L struct late_package
static const struct field late_fields[] = {
    FIELD(L, id, F_INT, "Número interno"),
    FIELD(L, guide_number, F_TEXT, "Guía"),
    FIELD(L, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(L, customer_name, F_TEXT, "Cliente"),
    FIELD(L, position_code, F_TEXT, "Posición"),
    FIELD(L, received_at, F_INSTANT, "Recibido"),
    FIELD(L, days, F_INT, "Días en el punto"),
};
const struct fields late_package_fields = FIELDS(late_fields);

#define S struct stuck_message
static const struct field stuck_fields[] = {
    FIELD(S, id, F_INT, "Número del mensaje"),
    FIELD(S, package_id, F_ID, "Paquete del que habla"),
    FIELD(S, event, F_TEXT, "Qué cuenta"),
    FIELD(S, channel, F_TEXT, "sms o email"),
    FIELD(S, state, F_TEXT, "failed o unknown"),
    FIELD(S, guide_number, F_TEXT, "Guía"),
    FIELD(S, customer_name, F_TEXT, "Cliente"),
    FIELD(S, created_at, F_INSTANT, "Cuándo"),
};
const struct fields stuck_message_fields = FIELDS(stuck_fields);

struct dashboard_reading {
    struct ctx *c;
    struct dashboard *out;
    int64_t days;
    int64_t today, tomorrow, yesterday;      /* the first second of each */
};

/* Packages on the shelf for `from` to `to` days, in whole days since reception, as lists count them. */
static int64_t dashboard_on_shelf(struct ctx *c, int64_t from, int64_t to)
{
    return db_scalar(c->db, 0, &shelf_between, c->now - (to + 1) * DAY_SECONDS,
                     c->now - from * DAY_SECONDS);
}

static void dashboard_read_bands(struct dashboard_reading *r)
{
    struct dashboard *d = r->out;
    size_t n = 0;

    while (age_band_names[n].value != NULL)
        n++;
    d->bands.v = arena_alloc(r->c->a, n * sizeof *d->bands.v);
    for (d->bands.n = 0; d->bands.n < n; d->bands.n++) {
        const struct age_band *band = &age_bands[d->bands.n];
        int64_t packages = dashboard_on_shelf(r->c, band->from, band->to);

        d->bands.v[d->bands.n] = (struct band_count){ band->name, packages };
        d->figures.on_shelf += packages;
        if (band->from > LATE_AFTER_DAYS)
            d->figures.late += packages;
    }
}

static enum err dashboard_read_figures(struct dashboard_reading *r)
{
    struct db *db = r->c->db;
    struct figures *f = &r->out->figures;
    int64_t since = r->c->now - STUCK_DAYS * DAY_SECONDS;
    struct ageing_due due = { 0 };
    enum err e = ageing_due(r->c, &due);

    f->to_call = due.to_call;
    f->to_abandon = due.to_abandon;
    f->unidentified = db_scalar(db, 0, &unidentified);
    f->disputed = db_scalar(db, 0, &disputed);
    f->announced = db_scalar(db, 0, &announced);
    f->messages_failed = db_scalar(db, 0, &messages, "failed", since);
    f->messages_unknown = db_scalar(db, 0, &messages, "unknown", since);
    f->messages_waiting = db_scalar(db, 0, &messages, "queued", (int64_t)0)
        + db_scalar(db, 0, &messages, "sending", (int64_t)0);
    f->jobs_dead = db_scalar(db, 0, &jobs_dead);
    f->incidents = db_scalar(db, 0, &incidents);
    f->inquiries = db_scalar(db, 0, &inquiries);
    f->drawers_late = db_scalar(db, 0, &drawers_late, r->c->now - setting_int(r->c, S_DRAWER_LATE) * 3600);
    f->drawers_waiting = cash_waiting(r->c);
    f->received_today = db_scalar(db, 0, &received, r->today, r->tomorrow);
    f->received_yesterday = db_scalar(db, 0, &received, r->yesterday, r->today);
    f->delivered_today = db_scalar(db, 0, &delivered, r->today, r->tomorrow);
    f->delivered_yesterday = db_scalar(db, 0, &delivered, r->yesterday, r->today);
    return e;
}

static enum err dashboard_read_methods(struct dashboard_reading *r)
{
    struct dashboard *d = r->out;
    struct rows q;
    enum err e;

    d->blind = r->c->role < ROLE_ADMIN && cash_is_uncounted(r->c);
    if (d->blind)
        return OK;
    e = db_query(r->c->db, &q, &paid, r->yesterday, r->today, r->tomorrow);
    if (e != OK)
        return e;
    d->methods.v = db_all(&q, r->c->a, method_sum_fields, sizeof *d->methods.v, &d->methods.n);
    for (size_t i = 0; i < d->methods.n; i++) {
        const struct method_sum *m = &d->methods.v[i];

        d->figures.paid_today += m->today;
        d->figures.paid_yesterday += m->yesterday;
    }
    return db_end(&q);
}

/* Writes the counts of one statement, by day, into the rows of the days: into the member at that offset. */
static enum err dashboard_add_days(struct dashboard_reading *r, const struct stmt *s, size_t member)
{
    struct dashboard *d = r->out;
    struct rows q;
    enum err e = db_query(r->c->db, &q, s, d->days.v[0].day, r->tomorrow, r->days, (int64_t)DAY_SECONDS);

    while (e == OK && db_next(&q)) {
        char *row = (char *)&d->days.v[db_int(&q, 0)];

        *(int64_t *)(void *)(row + member) = db_int(&q, 1);
    }
    return e != OK ? e : db_end(&q);
}

static enum err dashboard_read_days(struct dashboard_reading *r)
{
    struct dashboard *d = r->out;
    enum err e;

    d->days.v = arena_alloc(r->c->a, (size_t)r->days * sizeof *d->days.v);
    for (; d->days.n < (size_t)r->days; d->days.n++)
        d->days.v[d->days.n].day = r->today - (r->days - 1 - (int64_t)d->days.n) * DAY_SECONDS;
    e = dashboard_add_days(r, &received_days, offsetof(struct day_count, received));
    return e != OK ? e : dashboard_add_days(r, &delivered_days, offsetof(struct day_count, delivered));
}

static enum err dashboard_read_late(struct dashboard_reading *r)
{
    struct ctx *c = r->c;
    struct dashboard *d = r->out;
    struct rows q;
    enum err e = db_query(c->db, &q, &late_rows, c->now - (LATE_AFTER_DAYS + 1) * DAY_SECONDS,
                          c->now, (int64_t)LATE_SHOWN, (int64_t)DAY_SECONDS);

    d->late.v = arena_alloc(c->a, LATE_SHOWN * sizeof *d->late.v);
    while (e == OK && db_next(&q))
        db_fill(&q, 0, late_package_fields, &d->late.v[d->late.n++], c->a);
    return e != OK ? e : db_end(&q);
}

static enum err dashboard_read_stuck(struct dashboard_reading *r)
{
    struct ctx *c = r->c;
    struct dashboard *d = r->out;
    struct rows q;
    enum err e = db_query(c->db, &q, &stuck_rows, c->now - STUCK_DAYS * DAY_SECONDS,
                          (int64_t)STUCK_SHOWN);

    d->stuck.v = arena_alloc(c->a, STUCK_SHOWN * sizeof *d->stuck.v);
    while (e == OK && db_next(&q))
        db_fill(&q, 0, stuck_message_fields, &d->stuck.v[d->stuck.n++], c->a);
    return e != OK ? e : db_end(&q);
}

static enum err dashboard_read_stocktake(struct dashboard_reading *r)
{
    return stocktake_last(r->c, &r->out->stocktake);
}

static enum err dashboard_read_clock(struct dashboard_reading *r)
{
    return clock_jump_read(r->c, &r->out->clock);
}

static enum err dashboard_read_pins(struct dashboard_reading *r)
{
    return pins_wrong_read(r->c, &r->out->pins);
}

static enum err dashboard_read_all(struct db *db UNUSED, void *arg)
{
    static enum err (*const parts[])(struct dashboard_reading *) = {
        dashboard_read_methods, dashboard_read_days, dashboard_read_late, dashboard_read_stuck,
        dashboard_read_stocktake, dashboard_read_clock, dashboard_read_pins,
    };
    struct dashboard_reading *r = arg;
    enum err e;

    dashboard_read_bands(r);
    e = dashboard_read_figures(r);
    for (size_t i = 0; i < COUNT(parts) && e == OK; i++)
        e = parts[i](r);
    return e;
}

enum err dashboard_read(struct ctx *c, int64_t days, struct dashboard *out)
{
    int64_t day = clock_day(c->now);
    struct dashboard_reading r = { .c = c, .out = out, .days = days, .today = clock_day_start(day),
                         .tomorrow = clock_day_start(day + 1),
                         .yesterday = clock_day_start(day - 1) };

    *out = (struct dashboard){ 0 };
    return domain_fault(c, db_read(c->db, dashboard_read_all, &r));
}
