/* Dashboard: what needs a hand now, the day beside the one before, two charts. */
#include "app/route.h"
#include "base/clock.h"
#include "cgi-bin/shared/age.h"
#include "cgi-bin/texts.h"
#include "domain/console/dashboard.h"
#include "domain/console/first_step.h"
#include "domain/money/payment.h"
#include "domain/parcel/package_list.h"
#include "domain/message/message_kind.h"
#include "domain/message/account.h"

#define PAGE_DAYS 14

struct figures_in { int64_t days; };
static const struct param figures_rows[] = {
    PARAM(struct figures_in, days, P_INT, 0, 1, DASHBOARD_DAYS_MAX,
          "Días de la serie, 14 si no se dice"),
};
static const struct params figures_params = PARAMS(struct figures_in, figures_rows);

static int64_t days_of(struct req *r)
{
    const struct figures_in *in = r->in;

    return in->days ? in->days : PAGE_DAYS;
}

/* ---- the page ---- */

static void fill_needs(struct req *r, const struct dashboard *d)
{
    const struct figures *f = &d->figures;
    const bool sms_off = !channel_is_on(r->c, "sms"), mail_off = !channel_is_on(r->c, "email");

    for (size_t i = 0; i < d->late.n; i++) {
        struct view_node *row = view_row(r->page, "late");

        view_fields(row, late_package_fields, &d->late.v[i]);
        view_age(r, row, d->late.v[i].received_at);
    }
    for (size_t i = 0; i < d->stuck.n; i++) {
        struct view_node *row = view_row(r->page, "stuck");

        view_fields(row, stuck_message_fields, &d->stuck.v[i]);
        view_text(row, "event_words", words_of(message_events, d->stuck.v[i].event));
    }
    view_bool(r->page, "sms_off", sms_off);
    view_bool(r->page, "mail_off", mail_off);
    view_text(r->page, "off_href", r->c->role == ROLE_ADMIN ? "/admin/settings" : NULL);
    view_bool(r->page, "needs", sms_off || mail_off || f->late + f->to_call + f->to_abandon + f->unidentified + f->messages_failed
              + (r->c->role >= ROLE_OPERADOR ? f->disputed : 0) + f->messages_unknown + f->jobs_dead + f->drawers_late + f->drawers_waiting
              + f->incidents + f->inquiries > 0);
    view_bool(r->page, "blind", d->blind);
    view_bool(r->page, "late_more", f->late > (int64_t)d->late.n);
    view_int(r->page, "late_shown", (int64_t)d->late.n);
}

static enum err fill_steps(struct req *r)
{
    struct first_steps steps;
    enum err e = first_steps_read(r->c, &steps);

    for (size_t i = 0; e == OK && i < steps.n; i++) {
        struct view_node *row = view_row(r->page, "steps");

        view_text(row, "words", steps.v[i].words);
        view_text(row, "doc", steps.v[i].doc);
        view_text(row, "href", steps.v[i].href);
        view_bool(row, "done", steps.v[i].done);
    }
    view_int(r->page, "steps_done", (int64_t)(steps.n - steps.left));
    view_int(r->page, "steps_all", (int64_t)steps.n);
    return e;
}

static void fill_methods(struct req *r, const struct dashboard *d)
{
    for (size_t i = 0; i < d->methods.n; i++) {
        struct view_node *row = view_row(r->page, "methods");

        view_fields(row, method_sum_fields, &d->methods.v[i]);
        view_text(row, "words", words_of(payment_methods, d->methods.v[i].method));
    }
}

static const char *day_words(struct arena *a, int64_t t, bool today)
{
    static const char *const weekdays[] = { "dom", "lun", "mar", "mié", "jue", "vie", "sáb" };
    struct date d = clock_date(t);

    return today ? "hoy" : arena_printf(a, "%s %d", weekdays[d.weekday], d.day);
}

/* The bars of a chart share one scale, up to the greatest value, so that they can be compared. */
static void fill_charts(struct req *r, const struct dashboard *d)
{
    int64_t most = 1, most_days = 1;

    for (size_t i = 0; i < d->bands.n; i++) {
        struct view_node *row = view_row(r->page, "bands");

        view_fields(row, band_count_fields, &d->bands.v[i]);
        view_int(row, "age_band", (int64_t)i);
        view_text(row, "href", link_add(r->c->a, "/packages", "band", d->bands.v[i].band));
        most = d->bands.v[i].packages > most ? d->bands.v[i].packages : most;
    }
    for (size_t i = d->days.n; i-- > 0;) {
        const struct day_count *day = &d->days.v[i];
        struct view_node *row = view_row(r->page, "days");

        view_fields(row, day_count_fields, day);
        view_text(row, "words", day_words(r->c->a, day->day, i + 1 == d->days.n));
        most_days = day->received > most_days ? day->received : most_days;
        most_days = day->delivered > most_days ? day->delivered : most_days;
    }
    view_int(r->page, "bands_most", most);
    view_int(r->page, "days_most", most_days);
    view_int(r->page, "days_count", (int64_t)d->days.n);
}

static void fill_stocktake(struct req *r, const struct stocktake *a)
{
    struct view_node *n;

    if (a->id == 0)
        return;
    n = view_child(r->page, "stocktake");
    view_fields(n, stocktake_fields, a);
    view_int(n, "differences", stocktake_differences(a));
}

/* The form sends the jump back that its page tells of: the clock may have jumped again meanwhile. */
static void fill_clock(struct req *r, const struct clock_jump *j)
{
    struct view_node *n = view_child(r->page, "clock_jump");

    view_fields(n, clock_jump_fields, j);
    view_text(n, "id", arena_printf(r->c->a, "%lld", (long long)j->to));
}

/* ---- the page and the API ---- */

#define D struct dashboard_answer
D { struct dashboard all; const struct stocktake *stocktake; const struct clock_jump *clock; bool sms_off, mail_off; };
static const struct field dashboard_answer_rows[] = {
    FIELD_INNER(D, all.figures, "figures", F_PART, figures_fields, NULL),
    FIELD_LIST_AS(D, all.bands, "bands", band_count_fields, "Lo que está en el punto por días"),
    FIELD_LIST_AS(D, all.methods, "methods", method_sum_fields, "Lo pagado por medio de pago"),
    FIELD_LIST_AS(D, all.days, "days", day_count_fields, "Recibidos y entregados por día, el último al final"),
    FIELD_LIST_AS(D, all.late, "late_packages", late_package_fields, "Los que más llevan"),
    FIELD_LIST_AS(D, all.stuck, "stuck_messages", stuck_message_fields, "Mensajes que no salieron"),
    FIELD_AS(D, all.blind, "drawer_open", F_BOOL, "La caja propia no se ha contado: lo cobrado no se dice"),
    FIELD(D, sms_off, F_BOOL, "No sale ningún SMS: no está configurado"),
    FIELD(D, mail_off, F_BOOL, "No sale ningún correo: no está configurado"),
    FIELD_INNER(D, stocktake, "shelf_audit", F_OBJECT, stocktake_fields,
                "El último inventario de todo el estante"),
    FIELD_INNER(D, clock, "clock_jump", F_OBJECT, clock_jump_fields,
                "Si se duda del reloj del servidor: qué salto dio"),
};
FIELD_TABLE_HERE(D, dashboard_answer_fields, dashboard_answer_rows)

static enum err dashboard_page(struct req *r)
{
    struct dashboard d;
    enum err e = dashboard_read(r->c, days_of(r), &d);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, dashboard_answer_fields, &((D){ d, d.stocktake.id != 0 ? &d.stocktake : NULL,
                                                          d.clock.to != 0 ? &d.clock : NULL,
                                                          !channel_is_on(r->c, "sms"),
                                                          !channel_is_on(r->c, "email") }));
    view_fields(view_child(r->page, "figures"), figures_fields, &d.figures);
    fill_needs(r, &d);
    fill_methods(r, &d);
    fill_charts(r, &d);
    fill_stocktake(r, &d.stocktake);
    if (d.clock.to != 0)
        fill_clock(r, &d.clock);
    view_int(r->page, "pins_wrong.count", d.pins.count);
    view_text(r->page, "pins_wrong.newest", arena_printf(r->c->a, "%lld", (long long)d.pins.newest));
    e = fill_steps(r);
    return e != OK ? e : req_page(r, "dashboard/dashboard.cst");
}

struct pins_in { int64_t newest; };
static const struct param pins_rows[] = {
    PARAM(struct pins_in, newest, P_INT, PARAM_REQUIRED, 1, INT64_MAX, "El último PIN errado que se vio"),
};
static const struct params pins_params = PARAMS(struct pins_in, pins_rows);

static enum err pins_seen(struct req *r)
{
    const struct pins_in *in = r->in;
    enum err e = pins_wrong_seen(r->c, in->newest);

    if (e != OK)
        return e;
    req_flash(r, T_PINS_SEEN, NULL);
    return req_redirect(r, "/dashboard");
}

struct clock_in { int64_t jump; };
static const struct param clock_rows[] = {
    PARAM(struct clock_in, jump, P_INT, PARAM_REQUIRED, 1, INT64_MAX, "El salto del que se trata"),
};
static const struct params clock_params = PARAMS(struct clock_in, clock_rows);

static enum err clock_accept(struct req *r)
{
    const struct clock_in *in = r->in;
    enum err e = clock_jump_accept(r->c, in->jump);

    if (e != OK)
        return e;
    req_flash(r, T_CLOCK_ACCEPTED, NULL);
    return req_redirect(r, "/dashboard");
}

static enum err steps_hide(struct req *r)
{
    enum err e = first_steps_hide(r->c);

    if (e != OK)
        return e;
    req_flash(r, T_STEPS_HIDDEN, NULL);
    return req_redirect(r, "/dashboard");
}

static enum err old_address(struct req *r)
{
    return req_redirect(r, "/dashboard");
}

static const struct route routes[] = {
    { GET, "/dashboard", ROLE_USUARIO, &figures_params, dashboard_page, PAGE, "Inicio" },
    { POST, "/dashboard/clock", ROLE_ADMIN, &clock_params, clock_accept, PAGE | WHEN_FULL,
      "La hora del servidor está bien",
      .form = "/dashboard" },
    { POST, "/dashboard/pins", ROLE_ADMIN, &pins_params, pins_seen, PAGE, "Los PIN errados están vistos",
      .form = "/dashboard" },
    { POST, "/dashboard/steps/hide", ROLE_ADMIN, NULL, steps_hide, PAGE, "Ocultar los primeros pasos",
      .form = "/dashboard" },
    { GET, "/admin", ROLE_USUARIO, NULL, old_address, PAGE, "Inicio" },
    { GET, "/api/v1/dashboard", ROLE_USUARIO, &figures_params, dashboard_page, JSON,
      "Cifras del punto en este momento", "packages:read", GIVES(200, dashboard_answer_fields) },
};
const struct area area = { "dashboard", routes, COUNT(routes), .about = "Cifras del punto" };
