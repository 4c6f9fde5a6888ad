/* Cash: a clerk's drawer from its base to its closing, the list of all drawers, and payments in no drawer. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "local/money.h"
#include "domain/money/payment.h"
#include "outside.h"
#include "cgi-bin/shared/approval.h"

/* ---- parameters ---- */

#define DRAWER(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Caja")
static const struct param list_rows[] = {
    PARAM(struct cash_filter, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
    PARAM(struct cash_filter, before, P_ID, 0, 0, 0, "Número de la última caja ya vista"),
};
static const struct params list_params = PARAMS(struct cash_filter, list_rows);

/* at_delivery: page only: it is opened where parcels are handed over, and that page goes on. */
struct open_in { struct cash_open_in open; bool at_delivery; };
static const struct param open_rows[] = {
    PARAM_AS(struct open_in, open.base, "base", P_MONEY, PARAM_REQUIRED, 0, CASH_AMOUNT_MAX,
             "Con cuánto se abre, en pesos; puede ser 0"),
    PARAM(struct open_in, at_delivery, P_BOOL, PARAM_PAGE, 0, 0, "Se abre al entregar, y allí se sigue"),
};
static const struct params open_params = PARAMS(struct open_in, open_rows);

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
    PARAM(struct cash_close_in, explanation, P_TEXT, 0, 0, 300,
          "Por qué falta o sobra; obligatoria si hay diferencia"),
};
static const struct params close_params = PARAMS(struct cash_close_in, close_rows);

struct approve_form { struct cash_approve_in approve; struct approval approval; };
static const struct param approve_rows[] = {
    PARAM_AS(struct approve_form, approve.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Caja"),
    PARAM_AS(struct approve_form, approve.note, "note", P_TEXT, 0, 0, 300, "Nota de quien aprueba"),
    APPROVAL_PARAMS(struct approve_form, approval),
};
static const struct params approve_params = PARAMS(struct approve_form, approve_rows);

static const struct param reverse_rows[] = {
    PARAM(struct payment_reverse_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Pago"),
    PARAM(struct payment_reverse_in, reason, P_TEXT, PARAM_REQUIRED, 3, 200, "Por qué se reversa"),
};
static const struct params reverse_params = PARAMS(struct payment_reverse_in, reverse_rows);

/* ---- pages ---- */

static const struct word states[] = {
    { "ABIERTA", "Abierta" }, { "CONTADA", "Contada, por cerrar" }, { "CERRADA", "Cerrada, por aprobar" },
    { "APROBADA", "Aprobada" }, WORDS_END
};

/* An ADMIN approves at an OPERADOR's counter with a PIN; the page does not know yet who that will be. */
static bool may_approve(const struct ctx *c, const struct cash_session *s)
{
    if (c->role < ROLE_ADMIN)
        return s->closed_at != 0 && s->approved_at == 0;
    return s->closed_at != 0 && s->approved_at == 0 && c->user_id != s->opened_by
        && c->user_id != s->counted_by && c->user_id != s->closed_by;
}

static void fill_session(struct req *r, struct view_node *n, const struct cash_session *s)
{
    view_fields(n, cash_session_fields, s);
    view_text(n, "words", words_of(states, s->state));
    view_bool(n, "late", s->closed_at == 0 && r->c->now - s->opened_at > setting_int(r->c, S_DRAWER_LATE) * 3600);
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
        view_text(row, "words", words_of(cash_kinds, all->movements.v[i].kind));
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

/* The sums appear once the drawer has been counted: before that they would tell the clerk what it should
 * hold. */
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
        view_text(row, "words", words_of(payment_methods, all->methods.v[i].method));
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
    view_text(r->page, "form.kind", cash_kinds[1].value);
    fill_rows(r, &all);
    fill_sums(r, &all);
    view_instant(r->page, "printed_at", r->c->now);
    return OK;
}

static enum err fill_list(struct req *r, const struct cash_filter *f)
{
    struct cash_sessions all;
    int64_t next;
    enum err e = cash_list(r->c, f, &all, &next);

    for (size_t i = 0; e == OK && i < all.n; i++)
        fill_session(r, view_row(r->page, "drawers"), &all.v[i]);
    if (e == OK)
        req_pages(r, next);
    return e;
}

/* Whoever opens a drawer compares the base with what the last count left. */
static enum err fill_left(struct req *r)
{
    struct cash_left left;
    enum err e = cash_left(r->c, &left);

    if (e == OK && left.counted_at != 0)
        view_fields(view_child(r->page, "left"), cash_left_fields, &left);
    return e;
}

static enum err drawer_page(struct req *r)
{
    struct cash_session own;
    enum err e = cash_own(r->c, &own);

    if (e == OK)
        e = fill_report(r, own.id);
    else if (e == E_NOT_FOUND)
        e = fill_left(r);
    if (e == OK)
        e = fill_list(r, r->in);
    if (e == OK)
        e = outside_days_fill(r);
    req_operation(r);
    return e != OK ? e : req_page(r, "cash/cash.cst");
}

static enum err drawer_detail(struct req *r)
{
    const struct id_in *in = r->in;
    enum err e = fill_report(r, in->id);

    if (e == OK)
        e = approval_fill(r);

    req_title(r, arena_printf(r->c->a, "Caja %lld", (long long)in->id));
    req_operation(r);
    return e != OK ? e : req_page(r, "cash/drawer.cst");
}

/* ---- answers ---- */

/* "count" is null until the drawer is counted, so that nobody knows beforehand what it should hold. */
struct session_answer { const struct cash_session *session, *count; };
static const struct field session_answer_rows[] = {
    FIELD_PART(struct session_answer, session, cash_session_fields),
    FIELD_OBJECT(struct session_answer, count, cash_count_fields,
                 "Lo contado y lo que debía haber; null hasta que se cuenta"),
};
FIELD_TABLE_HERE(struct session_answer, session_answer_fields, session_answer_rows)
struct session_answers { struct session_answer *v; size_t n; };

#define D struct drawer_answer
D {
    struct session_answer session;
    struct cash_report report;
    const struct cash_payments *payments;
    const struct cash_methods *methods;
};
static const struct field drawer_answer_rows[] = {
    FIELD_PART(D, session, session_answer_fields),
    FIELD_LIST_MAYBE(D, payments, cash_payment_fields,
                     "Los pagos, por entrega y medio, en su orden; null hasta que se cuenta"),
    FIELD_AS(D, report.more, "payments_more", F_BOOL, "Hay más pagos de los que se listan"),
    FIELD_LIST_AS(D, report.movements, "movements", cash_movement_fields, "Lo que entró, salió o fue al banco"),
    FIELD_LIST_MAYBE(D, methods, cash_method_fields, "Sumas por medio de pago; null hasta que se cuenta"),
    FIELD_LIST_AS(D, report.pieces, "pieces", cash_piece_fields, "Billetes y monedas de la última cuenta"),
    FIELD_LIST_AS(D, report.tallies, "counts", cash_tally_fields, "Las cuentas, en su orden"),
};
FIELD_TABLE_HERE(D, drawer_answer_fields, drawer_answer_rows)

static struct session_answer session_answer(const struct cash_session *s)
{
    return (struct session_answer){ s, s->counted_at ? s : NULL };
}

static enum err session_give(struct req *r, const struct cash_session *s)
{
    const struct session_answer answer = session_answer(s);

    return req_one(r, session_answer_fields, &answer);
}

/* ---- changes: each one for the page and for the API ---- */

static enum err to_drawer(struct req *r, const struct cash_session *s)
{
    return req_redirect(r, "/cash/%lld", (long long)s->id);
}

/* A clerk's own drawer is shown on the page of the list; another's drawer has only a page of its own. */
static enum err to_work(struct req *r, const struct cash_session *s)
{
    return s->opened_by == r->c->user_id ? req_redirect(r, "/cash") : to_drawer(r, s);
}

static enum err drawer_open_post(struct req *r)
{
    const struct open_in *in = r->in;
    struct cash_session s;
    enum err e = cash_open(r->c, &in->open, &s);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return session_give(r, &s);
    req_flash(r, T_CASH_OPENED, money_text(r->c->a, s.base));
    return in->at_delivery ? req_redirect(r, "/deliver") : to_work(r, &s);
}

static enum err drawer_move_post(struct req *r)
{
    struct cash_session s;
    enum err e = cash_move(r->c, r->in, &s);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return session_give(r, &s);
    req_flash(r, T_CASH_MOVED, NULL);
    return to_work(r, &s);
}

static enum err drawer_count(struct req *r)
{
    struct cash_session s;
    enum err e = cash_count(r->c, r->in, &s);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return session_give(r, &s);
    req_flash(r, T_CASH_TALLIED, NULL);
    return to_drawer(r, &s);
}

static enum err drawer_close_post(struct req *r)
{
    struct cash_session s;
    enum err e = cash_close(r->c, r->in, &s);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return session_give(r, &s);
    req_flash(r, T_CASH_DONE, NULL);
    return to_drawer(r, &s);
}

static enum err drawer_approve(struct req *r)
{
    struct approve_form *in = r->in;
    struct cash_session s;
    enum err e;

    in->approve.approval = approval_typed(r, &in->approval);
    e = cash_approve(r->c, &in->approve, &s);
    if (e != OK)
        return approval_again(r, &in->approval, e);
    if (req_is_api(r))
        return session_give(r, &s);
    req_flash(r, T_CASH_APPROVED, NULL);
    return to_drawer(r, &s);
}

/* ---- the API ---- */

static enum err list_json(struct req *r)
{
    struct session_answers out = { 0 };
    struct cash_sessions all;
    int64_t next;
    enum err e = cash_list(r->c, r->in, &all, &next);

    if (e != OK)
        return e;
    out.v = arena_alloc(r->c->a, (all.n + 1) * sizeof *out.v);
    for (; out.n < all.n; out.n++)
        out.v[out.n] = session_answer(&all.v[out.n]);
    return req_list(r, session_answer_fields, out, next);
}

static enum err detail_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct drawer_answer answer;
    enum err e = cash_report(r->c, in->id, &answer.report);

    if (e != OK)
        return e;
    answer.session = session_answer(&answer.report.session);
    answer.methods = answer.session.count != NULL ? &answer.report.methods : NULL;
    answer.payments = answer.session.count != NULL ? &answer.report.payments : NULL;
    return req_one(r, drawer_answer_fields, &answer);
}

static enum err payment_take_back(struct req *r)
{
    struct payment p;
    enum err e = payment_reverse(r->c, r->in, &p);

    return e != OK ? e : req_one(r, payment_fields, &p);
}

#define READ "cash:read"
#define WRITE "cash:write"
#define ONE "/cash/{id}"
#define API "/api/v1/cash-sessions"
static const struct route routes[] = {
    { GET, "/cash", ROLE_OPERADOR, &list_params, drawer_page, PAGE, "Caja" },
    { GET, "/cash/outside", ROLE_ADMIN, &outside_params, outside, PAGE, "Pagos fuera de caja" },
    { GET, ONE, ROLE_OPERADOR, &id_params, drawer_detail, PAGE, "Caja" },
    { POST, "/cash", ROLE_OPERADOR, &open_params, drawer_open_post, PAGE | IDEMPOTENT | WHEN_FULL,
      "Abrir la caja",
      .form = "/cash" },
    { POST, ONE "/movements", ROLE_OPERADOR, &move_params, drawer_move_post, PAGE | IDEMPOTENT | WHEN_FULL,
      "Anotar un movimiento", .form = ONE },
    { POST, ONE "/count", ROLE_OPERADOR, &count_params, drawer_count, PAGE | IDEMPOTENT | WHEN_FULL,
      "Contar la caja",
      .form = ONE },
    { POST, ONE "/close", ROLE_OPERADOR, &close_params, drawer_close_post, PAGE | IDEMPOTENT | WHEN_FULL,
      "Cerrar la caja",
      .form = ONE },
    { POST, ONE "/approve", ROLE_OPERADOR, &approve_params, drawer_approve, PAGE | IDEMPOTENT | WHEN_FULL,
      "Aprobar un cierre",
      .form = ONE },
    { GET, API, ROLE_OPERADOR, &list_params, list_json, JSON, "Cajas, las más nuevas primero", READ,
      GIVES_LIST_OF(200, session_answer_fields) },
    { GET, API "/outside", ROLE_ADMIN, &outside_params, outside, JSON,
      "Los pagos que no están en ninguna caja, por días y los de uno", READ,
      GIVES(200, outside_answer_fields) },
    { GET, API "/{id}", ROLE_OPERADOR, &id_params, detail_json, JSON, "Una caja, peso por peso", READ,
      GIVES(200, drawer_answer_fields) },
    { POST, API, ROLE_OPERADOR, &open_params, drawer_open_post, JSON | IDEMPOTENT | WHEN_FULL,
      "Abrir la caja propia", WRITE,
      GIVES(201, session_answer_fields) },
    { POST, API "/{id}/movements", ROLE_OPERADOR, &move_params, drawer_move_post, JSON | IDEMPOTENT | WHEN_FULL,
      "Anotar dinero que entra o sale", WRITE, GIVES(201, session_answer_fields) },
    { POST, API "/{id}/count", ROLE_OPERADOR, &count_params, drawer_count, JSON | IDEMPOTENT | WHEN_FULL,
      "Contar la caja: desde entonces no recibe más", WRITE, GIVES(200, session_answer_fields),
      .shows = "note_20000 note_2000 coin_500" },
    { POST, API "/{id}/close", ROLE_OPERADOR, &close_params, drawer_close_post, JSON | IDEMPOTENT | WHEN_FULL,
      "Cerrar la caja contada", WRITE, GIVES(200, session_answer_fields) },
    { POST, API "/{id}/approve", ROLE_ADMIN, &approve_params, drawer_approve, JSON | IDEMPOTENT | WHEN_FULL,
      "Aprobar el cierre de otra persona", WRITE, GIVES(200, session_answer_fields) },
    { POST, "/api/v1/payments/{id}/reverse", ROLE_ADMIN, &reverse_params, payment_take_back, JSON | IDEMPOTENT,
      "Reversar un pago", WRITE, GIVES(201, payment_fields) },
};
const struct area area = { "cash", routes, COUNT(routes), .about = "Caja y pagos" };
