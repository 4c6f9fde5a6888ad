/* Cash: one's drawer from its base to its closing, and every peso of those that were. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "local/money.h"
#include "domain/money/payment.h"
#include "outside.h"

/* ---- parameters ---- */

#define DRAWER(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Caja")
static const struct param list_rows[] = {
    PARAM(struct cash_filter, before, P_ID, 0, 0, 0, "Número de la última caja ya vista"),
    PARAM(struct cash_filter, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
static const struct params list_params = PARAMS(struct cash_filter, list_rows);

static const struct param open_rows[] = {
    PARAM(struct cash_open_in, base, P_MONEY, PARAM_REQUIRED, 0, CASH_AMOUNT_MAX,
          "Con cuánto se abre, en pesos; puede ser 0"),
};
static const struct params open_params = PARAMS(struct cash_open_in, open_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = { DRAWER(struct id_in) };
static const struct params id_params = PARAMS(struct id_in, id_rows);

#define M struct cash_movement_in
static const struct param move_rows[] = {
    DRAWER(M),
    PARAM_ENUM(M, kind, PARAM_REQUIRED, cash_kinds, "Si entra, sale o va al banco"),
    PARAM(M, amount, P_MONEY, PARAM_REQUIRED, 1, CASH_AMOUNT_MAX, "Cuánto, en pesos"),
    PARAM(M, reason, P_TEXT, PARAM_REQUIRED, 3, 200, "Motivo"),
    PARAM(M, reference, P_TEXT, 0, 0, 60, "Referencia; obligatoria si va al banco"),
};
static const struct params move_params = PARAMS(M, move_rows);

#define C struct cash_count_in
static const struct param count_rows[] = {
    DRAWER(C),
#define DENOMINATION(name, kind, value, words) \
    PARAM_AS(C, pieces[D_##name], #name, P_INT, 0, 0, PIECES_MAX, words),
#include "domain/money/denomination.def"
#undef DENOMINATION
    PARAM(C, empty, P_BOOL, 0, 0, 0, "No hay dinero: ni un billete ni una moneda"),
};
static const struct params count_params = PARAMS(C, count_rows);

static const struct param close_rows[] = {
    DRAWER(struct cash_close_in),
    PARAM(struct cash_close_in, explanation, P_TEXT, 0, 0, 300, "Por qué falta o sobra; obligatoria si hay diferencia"),
};
static const struct params close_params = PARAMS(struct cash_close_in, close_rows);

static const struct param approve_rows[] = {
    DRAWER(struct cash_approve_in),
    PARAM(struct cash_approve_in, note, P_TEXT, 0, 0, 300, "Nota de quien aprueba"),
};
static const struct params approve_params = PARAMS(struct cash_approve_in, approve_rows);

static const struct param reverse_rows[] = {
    PARAM(struct payment_reverse_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Pago"),
    PARAM(struct payment_reverse_in, reason, P_TEXT, PARAM_REQUIRED, 3, 200, "Por qué se reversa"),
};
static const struct params reverse_params = PARAMS(struct payment_reverse_in, reverse_rows);

/* ---- pages ---- */

static const struct { const char *name, *words; } states[] = {
    { "ABIERTA", "Abierta" }, { "CONTADA", "Contada, por cerrar" }, { "CERRADA", "Cerrada, por aprobar" },
    { "APROBADA", "Aprobada" },
};

static bool may_approve(const struct ctx *c, const struct cash_session *s)
{
    return c->role >= ROLE_ADMIN && s->closed_at != 0 && s->approved_at == 0 && c->user_id != s->opened_by
        && c->user_id != s->counted_by && c->user_id != s->closed_by;
}

static void fill_session(struct req *r, struct view_node *n, const struct cash_session *s)
{
    view_fields(n, cash_session_fields, s);
    for (size_t i = 0; i < COUNT(states); i++)
        if (streq(states[i].name, s->state))
            view_text(n, "words", states[i].words);
    view_bool(n, "late", s->closed_at == 0 && r->c->now - s->opened_at > DRAWER_LATE_HOURS * 3600);
    view_bool(n, "open", s->counted_at == 0);
    view_bool(n, "to_close", s->counted_at != 0 && s->closed_at == 0);
    view_bool(n, "closed", s->closed_at != 0);
    view_bool(n, "can_approve", may_approve(r->c, s));
    if (s->counted_at == 0)
        return;
    view_fields(n, cash_count_fields, s);
    view_bool(n, "counted_yet", true);
    view_bool(n, "short", s->difference < 0);
    view_bool(n, "over", s->difference > 0);
    view_text(n, "gap", money_text(r->c->a, s->difference < 0 ? -s->difference : s->difference));
}

static void fill_rows(struct req *r, const struct cash_report *all)
{
    for (size_t i = 0; i < all->payments.n; i++)
        cash_payment_fill(r, &all->payments.v[i]);
    for (size_t i = 0; i < all->movements.n; i++) {
        struct view_node *row = view_row(r->page, "movements");

        view_fields(row, cash_movement_fields, &all->movements.v[i]);
        view_text(row, "words", cash_kind_words(all->movements.v[i].kind));
    }
    for (size_t i = 0; i < all->tallies.n; i++)
        view_fields(view_row(r->page, "tallies"), cash_tally_fields, &all->tallies.v[i]);
    for (size_t i = 0; i < DENOMINATIONS; i++) {
        struct view_node *row = view_row(r->page, "denominations");

        view_text(row, "name", denominations[i].name);
        view_text(row, "words", denominations[i].words);
        view_int(row, "value", denominations[i].value);
    }
}

/* Sums would tell what the drawer should hold: only once it is counted. */
static void fill_sums(struct req *r, const struct cash_report *all)
{
    if (all->session.counted_at == 0)
        return;
    view_money(r->page, "sums.cash", all->cash);
    view_money(r->page, "sums.other", all->other);
    view_money(r->page, "sums.in", all->movements_in);
    view_money(r->page, "sums.out", all->movements_out);
    if (all->transfers != 0)
        view_money(r->page, "sums.transfers", all->transfers);
    for (size_t i = 0; i < all->methods.n; i++) {
        struct view_node *row = view_row(r->page, "methods");

        view_fields(row, cash_method_fields, &all->methods.v[i]);
        view_text(row, "words", payment_method_words(all->methods.v[i].method));
    }
    for (size_t i = 0; i < all->pieces.n; i++)
        view_fields(view_row(r->page, "pieces"), cash_piece_fields, &all->pieces.v[i]);
}

static enum err fill_report(struct req *r, int64_t id)
{
    struct cash_report all;
    enum err e = cash_report(r->c, id, &all);

    if (e != OK)
        return e;
    fill_session(r, view_child(r->page, "drawer"), &all.session);
    view_bool(r->page, "drawer.mine", all.session.opened_by == r->c->user_id);
    view_bool(r->page, "drawer.more", all.more);
    view_text(r->page, "drawer.count_path", arena_printf(r->c->a, "/cash/%lld/count", (long long)id));
    view_text(r->page, "form.kind", cash_kinds[1]);
    fill_rows(r, &all);
    fill_sums(r, &all);
    view_instant(r->page, "printed_at", r->c->now);
    return OK;
}

static const char *list_link(struct arena *a, const char *path, const struct cash_filter *f, int64_t next)
{
    const char *link = link_add(a, path, "limit", f->limit ? NUM(f->limit) : NULL);

    return link_add(a, link, "before", NUM(next));
}

static enum err fill_list(struct req *r, const struct cash_filter *f)
{
    struct cash_sessions all;
    int64_t next;
    enum err e = cash_list(r->c, f, &all, &next);

    for (size_t i = 0; e == OK && i < all.n; i++)
        fill_session(r, view_row(r->page, "drawers"), &all.v[i]);
    if (e == OK && next != 0)
        view_text(r->page, "older", list_link(r->c->a, "/cash", f, next));
    view_text(r->page, "newest", f->before ? "/cash" : NULL);
    return e;
}

static enum err page(struct req *r)
{
    struct cash_session own;
    enum err e = cash_own(r->c, &own);

    if (e == OK)
        e = fill_report(r, own.id);
    else if (e == E_NOT_FOUND)
        e = OK;
    if (e == OK)
        e = fill_list(r, r->in);
    if (e == OK)
        e = outside_days_fill(r);
    req_operation(r);
    return e != OK ? e : req_page(r, "cash/cash.cst");
}

static enum err detail(struct req *r)
{
    const struct id_in *in = r->in;
    enum err e = fill_report(r, in->id);

    req_title(r, arena_printf(r->c->a, "Caja %lld", (long long)in->id));
    req_operation(r);
    return e != OK ? e : req_page(r, "cash/drawer.cst");
}

/* ---- changes of a page ---- */

static enum err to_drawer(struct req *r, const struct cash_session *s)
{
    return req_redirect(r, "/cash/%lld", (long long)s->id);
}

/* Work goes on where the list is; somebody else's drawer has only its own page. */
static enum err to_work(struct req *r, const struct cash_session *s)
{
    return s->opened_by == r->c->user_id ? req_redirect(r, "/cash") : to_drawer(r, s);
}

static enum err open(struct req *r)
{
    struct cash_session s;
    enum err e = cash_open(r->c, r->in, &s);

    if (e != OK)
        return e;
    req_flash(r, T_CASH_OPENED, money_text(r->c->a, s.base));
    return to_work(r, &s);
}

static enum err move(struct req *r)
{
    struct cash_session s;
    enum err e = cash_move(r->c, r->in, &s);

    if (e != OK)
        return e;
    req_flash(r, T_CASH_MOVED, NULL);
    return to_work(r, &s);
}

static enum err count(struct req *r)
{
    struct cash_session s;
    enum err e = cash_count(r->c, r->in, &s);

    if (e != OK)
        return e;
    req_flash(r, T_CASH_TALLIED, NULL);
    return to_drawer(r, &s);
}

static enum err close(struct req *r)
{
    struct cash_session s;
    enum err e = cash_close(r->c, r->in, &s);

    if (e != OK)
        return e;
    req_flash(r, T_CASH_DONE, NULL);
    return to_drawer(r, &s);
}

static enum err approve(struct req *r)
{
    struct cash_session s;
    enum err e = cash_approve(r->c, r->in, &s);

    if (e != OK)
        return e;
    req_flash(r, T_CASH_APPROVED, NULL);
    return to_drawer(r, &s);
}

/* ---- the API ---- */

/* "count" is null until it is counted: nobody is told before what there should be. */
static struct json_object *session_json(const struct cash_session *s)
{
    struct json_object *o = json_of(cash_session_fields, s);

    json_add(o, "count", s->counted_at ? json_of(cash_count_fields, s) : NULL);
    return o;
}

static enum err answer(struct req *r, enum err e, int status, const struct cash_session *s)
{
    return e != OK ? e : req_json(r, status, session_json(s));
}

static enum err list_json(struct req *r)
{
    const struct cash_filter *f = r->in;
    struct json_object *o, *items;
    struct cash_sessions all;
    int64_t next;
    enum err e = cash_list(r->c, f, &all, &next);

    if (e != OK)
        return e;
    o = json_object_new_object();
    items = json_object_new_array();
    for (size_t i = 0; i < all.n; i++)
        json_object_array_add(items, session_json(&all.v[i]));
    json_add(o, "items", items);
    json_add(o, "next", next ? json_object_new_int64(next) : NULL);
    if (next != 0)
        req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"",
                                           list_link(r->c->a, "/api/v1/cash-sessions", f, next)));
    return req_json(r, 200, o);
}

static enum err detail_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct cash_report all;
    struct json_object *o;
    enum err e = cash_report(r->c, in->id, &all);

    if (e != OK)
        return e;
    o = session_json(&all.session);
    json_add(o, "payments", JSON_LIST(cash_payment_fields, all.payments));
    json_add_bool(o, "payments_more", all.more);
    json_add(o, "movements", JSON_LIST(cash_movement_fields, all.movements));
    json_add(o, "methods", all.session.counted_at ? JSON_LIST(cash_method_fields, all.methods) : NULL);
    json_add(o, "pieces", JSON_LIST(cash_piece_fields, all.pieces));
    json_add(o, "counts", JSON_LIST(cash_tally_fields, all.tallies));
    return req_json(r, 200, o);
}

static enum err open_json(struct req *r)
{
    struct cash_session s;

    return answer(r, cash_open(r->c, r->in, &s), 201, &s);
}

static enum err move_json(struct req *r)
{
    struct cash_session s;

    return answer(r, cash_move(r->c, r->in, &s), 201, &s);
}

static enum err count_json(struct req *r)
{
    struct cash_session s;

    return answer(r, cash_count(r->c, r->in, &s), 200, &s);
}

static enum err close_json(struct req *r)
{
    struct cash_session s;

    return answer(r, cash_close(r->c, r->in, &s), 200, &s);
}

static enum err approve_json(struct req *r)
{
    struct cash_session s;

    return answer(r, cash_approve(r->c, r->in, &s), 200, &s);
}

static enum err reverse_json(struct req *r)
{
    struct payment p;
    enum err e = payment_reverse(r->c, r->in, &p);

    return e != OK ? e : req_json(r, 201, json_of(payment_fields, &p));
}

#define READ "cash:read"
#define WRITE "cash:write"
#define ONE "/cash/{id}"
#define API "/api/v1/cash-sessions"
static const struct route routes[] = {
    { GET, "/cash", ROLE_OPERADOR, &list_params, page, PAGE, "Caja" },
    { GET, "/cash/outside", ROLE_ADMIN, &outside_params, outside, PAGE, "Pagos fuera de caja" },
    { GET, ONE, ROLE_OPERADOR, &id_params, detail, PAGE, "Caja" },
    { POST, "/cash", ROLE_OPERADOR, &open_params, open, PAGE | IDEMPOTENT, "Abrir la caja", .form = "/cash" },
    { POST, ONE "/movements", ROLE_OPERADOR, &move_params, move, PAGE | IDEMPOTENT,
      "Anotar un movimiento", .form = ONE },
    { POST, ONE "/count", ROLE_OPERADOR, &count_params, count, PAGE | IDEMPOTENT, "Contar la caja", .form = ONE },
    { POST, ONE "/close", ROLE_OPERADOR, &close_params, close, PAGE | IDEMPOTENT, "Cerrar la caja", .form = ONE },
    { POST, ONE "/approve", ROLE_ADMIN, &approve_params, approve, PAGE | IDEMPOTENT, "Aprobar un cierre",
      .form = ONE },
    { GET, API, ROLE_OPERADOR, &list_params, list_json, JSON, "Cajas, las más nuevas primero", READ },
    { GET, API "/outside", ROLE_ADMIN, &outside_params, outside_json, JSON,
      "Los pagos que no están en ninguna caja, por días y los de uno", READ },
    { GET, API "/{id}", ROLE_OPERADOR, &id_params, detail_json, JSON, "Una caja, peso por peso", READ },
    { POST, API, ROLE_OPERADOR, &open_params, open_json, JSON | IDEMPOTENT, "Abrir la caja propia", WRITE },
    { POST, API "/{id}/movements", ROLE_OPERADOR, &move_params, move_json, JSON | IDEMPOTENT,
      "Anotar dinero que entra o sale", WRITE },
    { POST, API "/{id}/count", ROLE_OPERADOR, &count_params, count_json, JSON | IDEMPOTENT,
      "Contar la caja: desde entonces no recibe más", WRITE },
    { POST, API "/{id}/close", ROLE_OPERADOR, &close_params, close_json, JSON | IDEMPOTENT,
      "Cerrar la caja contada", WRITE },
    { POST, API "/{id}/approve", ROLE_ADMIN, &approve_params, approve_json, JSON | IDEMPOTENT,
      "Aprobar el cierre de otra persona", WRITE },
    { POST, "/api/v1/payments/{id}/reverse", ROLE_ADMIN, &reverse_params, reverse_json, JSON | IDEMPOTENT,
      "Reversar un pago", WRITE },
};
const struct area area = { "cash", routes, COUNT(routes) };
