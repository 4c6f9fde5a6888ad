/* Rates: the prices of now and later, a simulator, and the closed days that are not charged. */
#include "app/route.h"
#include "base/clock.h"
#include "cgi-bin/texts.h"
#include "domain/price/closure.h"
#include "domain/price/quote.h"
#include "domain/price/size.h"

#define CLOSURES_BACK 90         /* days for which a past closure is still shown */
#define CLOSURES_AHEAD 400

/* ---- parameters ---- */

#define R struct rate_in
static const struct param rate_rows[] = {
    PARAM_ENUM(R, package_type, PARAM_REQUIRED, package_types, "Tamaño del paquete"),
    PARAM(R, base_fee, P_MONEY, PARAM_REQUIRED, 0, RATE_AMOUNT_MAX, "Tarifa base, en pesos"),
    PARAM(R, storage_per_day, P_MONEY, PARAM_REQUIRED, 0, RATE_AMOUNT_MAX, "Bodegaje por día, en pesos"),
    PARAM(R, free_hours, P_INT, PARAM_REQUIRED, 0, RATE_FREE_HOURS_MAX, "Horas sin bodegaje"),
    PARAM(R, valid_from, P_DAY, PARAM_REQUIRED, 0, 0, "Desde qué día rige"),
    PARAM(R, known, P_BOOL, 0, 0, 0, "Sabe que no hay tiempo de avisar"),
    PARAM(R, reason, P_TEXT, 0, 0, 200, "Por qué no lo hay"),
};
static const struct params rate_params = PARAMS(R, rate_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Número de la tarifa"),
};
static const struct params id_params = PARAMS(struct id_in, id_rows);

#define C struct closure_in
static const struct param closure_rows[] = {
    PARAM(C, day, P_DAY, PARAM_REQUIRED, 0, 0, "Día en que no se cobra bodegaje"),
    PARAM(C, reason, P_TEXT, PARAM_REQUIRED, 1, 200, "Motivo"),
    PARAM(C, known, P_BOOL, 0, 0, 0, "Sabe que el día ya empezó o pasó"),
};
static const struct params closure_params = PARAMS(C, closure_rows);

struct day_in { int64_t day; };
static const struct param day_rows[] = {
    PARAM(struct day_in, day, P_DAY, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Día del cierre"),
};
static const struct params day_params = PARAMS(struct day_in, day_rows);

/* The fields are P_TEXT and read by quote_make, so that the page shows a wrong value again beside its
 * fault. */
#define Q struct quote_in
static const struct param quote_rows[] = {
    PARAM_ENUM(Q, package_type, 0, package_types, "NORMAL si no se dice"),
    PARAM(Q, received_day, P_TEXT, PARAM_NEEDED, 0, 40, "Día en que llega, como 2026-11-25"),
    PARAM(Q, received_time, P_TEXT, PARAM_NEEDED, 0, 40, "Hora en que llega, como 14:30"),
    PARAM(Q, picked_day, P_TEXT, PARAM_NEEDED, 0, 40, "Día en que lo recogen"),
    PARAM(Q, picked_time, P_TEXT, PARAM_NEEDED, 0, 40, "Hora en que lo recogen"),
};
static const struct params quote_params = PARAMS(Q, quote_rows);

/* ---- answers ---- */

struct rates_answer { struct rate_periods rates; struct closures closures; };
static const struct field rates_answer_rows[] = {
    FIELD_LIST(struct rates_answer, rates, rate_period_fields, "Tarifas, las más nuevas primero"),
    FIELD_LIST(struct rates_answer, closures, closure_fields, "Días que no cuentan para el bodegaje"),
};
FIELD_TABLE_HERE(struct rates_answer, rates_answer_fields, rates_answer_rows)

struct current_answer { struct rates rates; };
static const struct field current_answer_rows[] = {
    FIELD_LIST(struct current_answer, rates, rate_fields, "Una de cada tamaño"),
};
FIELD_TABLE_HERE(struct current_answer, current_answer_fields, current_answer_rows)

/* ---- tariffs and closures ---- */

static const struct { const char *state, *list; } lists[] = {
    { "VIGENTE", "current" }, { "PROXIMA", "coming" }, { "PASADA", "past" },
};

static void fill_period(struct req *r, const struct rate_period *p)
{
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct view_node *row;

        if (!streq(lists[i].state, p->state))
            continue;
        row = view_row(r->page, lists[i].list);
        view_fields(row, rate_period_fields, p);
        view_text(row, "words", words_or_value(package_types, p->rate.package_type));
        view_text(row, "limits", words_of(package_type_limits, p->rate.package_type));
        view_bool(row, "dated", p->rate.valid_from > 0);
    }
}

static void fill_closures(struct req *r, const struct closures *all)
{
    int64_t today = clock_day(r->c->now);

    for (size_t i = 0; i < all->n; i++) {
        struct view_node *row = view_row(r->page, "closures");

        view_fields(row, closure_fields, &all->v[i]);
        view_text(row, "day", clock_day_exact(r->c->a, all->v[i].day));
        view_bool(row, "to_come", all->v[i].day > today);
    }
}

static enum err read_all(struct req *r, struct rates_answer *all)
{
    int64_t today = clock_day(r->c->now);
    enum err e = rate_list(r->c, &all->rates);

    return e != OK ? e : closure_list(r->c, today - CLOSURES_BACK, today + CLOSURES_AHEAD, &all->closures);
}

static enum err rates(struct req *r)
{
    struct rates_answer all;
    enum err e = read_all(r, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, rates_answer_fields, &all);
    for (size_t i = 0; i < all.rates.n; i++)
        fill_period(r, &all.rates.v[i]);
    fill_closures(r, &all.closures);
    req_operation(r);
    return req_page(r, "rates/rates.cst");
}

static enum err rates_current(struct req *r)
{
    struct current_answer answer;
    enum err e = rates_at(r->c, r->c->now, &answer.rates);

    return e != OK ? e : req_one(r, current_answer_fields, &answer);
}

/* ---- changes ---- */

static void fill_types(struct req *r)
{
    view_options(r->page, "types", package_types);
}

static enum err new_page(struct req *r)
{
    int64_t first;
    enum err e = rate_first_day(r->c, &first);

    if (e != OK)
        return e;
    fill_types(r);
    view_text(r->page, "form.package_type", package_types[0].value);
    view_text(r->page, "form.valid_from", clock_day_iso(r->c->a, first));
    view_text(r->page, "form.free_hours", "24");
    view_text(r->page, "first_day", clock_day_exact(r->c->a, first));
    view_bool(r->page, "notice", first > clock_day(r->c->now));
    req_operation(r);
    return req_page(r, "rates/new.cst");
}

static enum err rates_add(struct req *r)
{
    struct rate out;
    enum err e = rate_add(r->c, r->in, &out);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, rate_fields, &out);
    req_flash(r, T_RATE_ADDED, clock_exact(r->c->a, out.valid_from));
    return req_redirect(r, "/rates");
}

static enum err rates_withdraw(struct req *r)
{
    const struct id_in *in = r->in;
    enum err e = rate_withdraw(r->c, in->id);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return rates(r);
    req_flash(r, T_RATE_WITHDRAWN, NULL);
    return req_redirect(r, "/rates");
}

static enum err close_day(struct req *r)
{
    struct closure out;
    enum err e = closure_add(r->c, r->in, &out);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, closure_fields, &out);
    req_flash(r, T_CLOSURE_ADDED, clock_day_exact(r->c->a, out.day));
    return req_redirect(r, "/rates");
}

static enum err open_day(struct req *r)
{
    const struct day_in *in = r->in;
    enum err e = closure_remove(r->c, in->day);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return rates(r);
    req_flash(r, T_CLOSURE_REMOVED, NULL);
    return req_redirect(r, "/rates");
}

/* ---- the simulator ---- */

static void fill_quote(struct req *r, const struct quote *q)
{
    struct view_node *n = view_child(r->page, "quote");

    view_fields(n, rate_fields, &q->rate);
    view_text(n, "words", words_or_value(package_types, q->rate.package_type));
    view_instant(n, "storage_from", q->storage_from);
    view_fields(n, fee_fields, &q->fee);
    for (size_t i = 0; i < q->n; i++) {
        struct view_node *row = view_row(n, "list");
        int64_t day = clock_day(q->received_at) + (int64_t)i;

        view_fields(row, quote_day_fields, &q->v[i]);
        view_text(row, "day", clock_day_exact(r->c->a, day));
        view_bool(row, "stored", q->v[i].added > (i == 0 ? q->fee.base_fee : 0));
    }
}

/* Before anything is asked, the form suggests a parcel that comes now and is collected three days later. */
static enum err quote_empty(struct req *r)
{
    int64_t today = clock_day(r->c->now);
    const char *hour = arena_strndup(r->c->a, clock_rfc3339(r->c->a, r->c->now) + strlen("2026-11-25T"), 5);

    view_text(r->page, "form.received_day", clock_day_iso(r->c->a, today));
    view_text(r->page, "form.received_time", hour);
    view_text(r->page, "form.picked_day", clock_day_iso(r->c->a, today + 3));
    view_text(r->page, "form.picked_time", hour);
    return req_page(r, "rates/quote.cst");
}

static enum err rates_quote(struct req *r)
{
    const struct quote_in *in = r->in;
    struct quote q;
    enum err e;

    fill_types(r);
    view_text(r->page, "form.package_type", in->package_type ? in->package_type : package_types[0].value);
    if (in->received_day == NULL && in->picked_day == NULL)
        return quote_empty(r);
    view_text(r->page, "form.received_day", in->received_day);
    view_text(r->page, "form.received_time", in->received_time);
    view_text(r->page, "form.picked_day", in->picked_day);
    view_text(r->page, "form.picked_time", in->picked_time);
    if ((e = quote_make(r->c, in, &q)) != OK)
        return req_form_again(r, e, "rates/quote.cst");
    fill_quote(r, &q);
    return req_page(r, "rates/quote.cst");
}

static enum err quote_api(struct req *r)
{
    struct quote q;
    enum err e = quote_make(r->c, r->in, &q);

    return e != OK ? e : req_one(r, quote_fields, &q);
}

#define READ "rates:read"
#define WRITE "rates:write"
static const struct route routes[] = {
    { GET, "/rates", ROLE_USUARIO, NULL, rates, PAGE, "Tarifas" },
    { GET, "/rates/quote", ROLE_USUARIO, &quote_params, rates_quote, PAGE, "Simular un cobro" },
    { GET, "/rates/new", ROLE_ADMIN, NULL, new_page, PAGE, "Tarifa nueva" },
    { POST, "/rates", ROLE_ADMIN, &rate_params, rates_add, PAGE | OPTIONAL_KEY, "Tarifa nueva",
      .form = "/rates/new" },
    { POST, "/rates/{id}/withdraw", ROLE_ADMIN, &id_params, rates_withdraw, PAGE,
      "Retirar una tarifa que no ha empezado", .form = "/rates" },
    { POST, "/closures", ROLE_ADMIN, &closure_params, close_day, PAGE | OPTIONAL_KEY,
      "Agregar un cierre", .form = "/rates" },
    { POST, "/closures/{day}/remove", ROLE_ADMIN, &day_params, open_day, PAGE, "Quitar un cierre",
      .form = "/rates" },
    { GET, "/api/v1/rates/current", ROLE_PUBLIC, NULL, rates_current, JSON, "Tarifas vigentes",
      GIVES(200, current_answer_fields) },
    { GET, "/api/v1/rates", ROLE_USUARIO, NULL, rates, JSON,
      "Tarifas pasadas, vigentes y por venir, y los cierres", READ, GIVES(200, rates_answer_fields) },
    { POST, "/api/v1/rates/quote", ROLE_USUARIO, &quote_params, quote_api, JSON | WHEN_FULL,
      "Cuánto costaría un paquete, día por día", READ, GIVES(200, quote_fields), .keyless = "solo calcula" },
    { POST, "/api/v1/rates", ROLE_ADMIN, &rate_params, rates_add, JSON | OPTIONAL_KEY,
      "Tarifa nueva desde un día", WRITE, GIVES(201, rate_fields) },
    { POST, "/api/v1/rates/{id}/withdraw", ROLE_ADMIN, &id_params, rates_withdraw, JSON | OPTIONAL_KEY,
      "Retirar una tarifa que no ha empezado", WRITE, GIVES(200, rates_answer_fields) },
    { POST, "/api/v1/closures", ROLE_ADMIN, &closure_params, close_day, JSON | OPTIONAL_KEY,
      "Agregar un cierre", WRITE, GIVES(201, closure_fields) },
    { POST, "/api/v1/closures/{day}/remove", ROLE_ADMIN, &day_params, open_day, JSON | OPTIONAL_KEY,
      "Quitar un cierre que no ha empezado", WRITE, GIVES(200, rates_answer_fields) },
};
const struct area area = { "rates", routes, COUNT(routes), .about = "Tarifas y cierres" };
