#include "base/clock.h"
#include "domain/money/cash.h"
#include "domain/ground/tx.h"
#include "domain/money/texts.h"
#include "domain/money/cash_sql.h"

#define LIST_USUAL 50
#define LIST_MAX 200

#define COLUMNS                                                                                 \
    "s.id, CASE WHEN s.approved_at IS NOT NULL THEN 'APROBADA' WHEN s.closed_at IS NOT NULL"    \
    " THEN 'CERRADA' WHEN s.counted_at IS NOT NULL THEN 'CONTADA' ELSE 'ABIERTA' END,"          \
    " s.opened_by, o.full_name, s.opened_at, s.base, s.counted_at, n.full_name, s.counted,"     \
    " s.expected, s.counted - s.expected, s.closed_at, k.full_name, s.explanation,"             \
    " s.approved_at, a.full_name, s.approval_note, s.counted_by, s.closed_by"                   \
    " FROM cash_sessions s JOIN users o ON o.id = s.opened_by"                                  \
    " LEFT JOIN users n ON n.id = s.counted_by LEFT JOIN users k ON k.id = s.closed_by"         \
    " LEFT JOIN users a ON a.id = s.approved_by"
static const struct stmt by_id = STMT("cash_by_id", "i", "SELECT " COLUMNS " WHERE s.id = $1");
static const struct stmt own = STMT("cash_own", "i",
    "SELECT " COLUMNS " WHERE s.opened_by = $1 AND s.closed_at IS NULL");
static const struct stmt list_own = STMT("cash_list_own", "iii",
    "SELECT " COLUMNS " WHERE s.opened_by = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3");
static const struct stmt list_all = STMT("cash_list_all", "ii",
    "SELECT " COLUMNS " WHERE s.id < $1 ORDER BY s.id DESC LIMIT $2");
static const struct stmt payments_in = STMT("cash_payments", "ii",
    CASH_PAYMENTS "p.cash_session_id = $1" CASH_AT_ONCE " ORDER BY 1 LIMIT $2");
static const struct stmt movements_in = STMT("cash_movements", "i",
    "SELECT m.id, m.made_at, m.kind, m.amount, m.reason, m.reference, u.full_name FROM cash_movements m"
    " JOIN users u ON u.id = m.made_by WHERE m.cash_session_id = $1 ORDER BY m.id");
static const struct stmt methods_in = STMT("cash_methods", "i",
    "SELECT p.method, " CASH_ROWS ", sum(p.amount) FROM payments p WHERE p.cash_session_id = $1"
    " GROUP BY p.method ORDER BY p.method <> 'efectivo', 3 DESC, p.method");
static const struct stmt left_in = STMT("cash_left", "",
    "SELECT s.id, s.counted, s.counted_at, u.full_name FROM cash_sessions s JOIN users u ON u.id = s.counted_by"
    " WHERE s.closed_at IS NOT NULL ORDER BY s.closed_at DESC, s.id DESC LIMIT 1");
static const struct stmt waiting = STMT("cash_waiting", "",
    "SELECT count(*) FROM cash_sessions WHERE closed_at IS NOT NULL AND approved_at IS NULL AND counted <> expected");
static const struct stmt pieces_in = STMT("cash_pieces", "i",
    "SELECT kind, value, pieces, value * pieces FROM cash_pieces WHERE cash_count_id ="
    " (SELECT max(id) FROM cash_counts WHERE cash_session_id = $1) ORDER BY kind, value DESC");
static const struct stmt tallies_in = STMT("cash_tallies", "i",
    "SELECT n.counted, n.counted_at, u.full_name FROM cash_counts n JOIN users u ON u.id = n.counted_by"
    " WHERE n.cash_session_id = $1 ORDER BY n.id");
DB_REGISTER(&by_id, &own, &list_own, &list_all, &payments_in, &movements_in,
            &methods_in, &left_in, &waiting, &pieces_in, &tallies_in)

/* Columns of a row; then the fields that may be seen at any time, and those that only a count tells. */
#define S struct cash_session
static const struct field columns[] = {
    FIELD(S, id, F_INT, "Número"), FIELD(S, state, F_TEXT, "Estado"),
    FIELD(S, opened_by, F_INT, "De quién"), FIELD(S, opened_by_name, F_TEXT, "Su nombre"),
    FIELD(S, opened_at, F_INSTANT, "Desde cuándo"), FIELD(S, base, F_MONEY, "Base"),
    FIELD(S, counted_at, F_INSTANT, "Contada"), FIELD(S, counted_by_name, F_TEXT, "Quién la contó"),
    FIELD(S, counted, F_MONEY, "Contado"), FIELD(S, expected, F_MONEY, "Esperado"),
    FIELD(S, difference, F_MONEY, "Diferencia"), FIELD(S, closed_at, F_INSTANT, "Cerrada"),
    FIELD(S, closed_by_name, F_TEXT, "Quién la cerró"), FIELD(S, explanation, F_TEXT, "Explicación"),
    FIELD(S, approved_at, F_INSTANT, "Aprobada"), FIELD(S, approved_by_name, F_TEXT, "Quién la aprobó"),
    FIELD(S, approval_note, F_TEXT, "Nota"), FIELD(S, counted_by, F_ID, "Quién la contó"),
    FIELD(S, closed_by, F_ID, "Quién la cerró"),
};
static const struct fields column_fields = FIELDS(columns);
static const struct field shown[] = {
    FIELD(S, id, F_INT, "Número de la caja"),
    FIELD(S, state, F_TEXT, "ABIERTA, CONTADA, CERRADA o APROBADA"),
    FIELD(S, opened_by, F_INT, "De quién es"),
    FIELD(S, opened_by_name, F_TEXT, "Su nombre"),
    FIELD(S, opened_at, F_INSTANT, "Cuándo se abrió"),
    FIELD(S, base, F_MONEY, "Con cuánto se abrió"),
    FIELD(S, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(S, closed_by_name, F_TEXT, "Quién la cerró"),
    FIELD(S, explanation, F_TEXT, "Por qué hay diferencia"),
    FIELD(S, approved_at, F_INSTANT, "Cuándo se aprobó"),
    FIELD(S, approved_by_name, F_TEXT, "Quién la aprobó"),
    FIELD(S, approval_note, F_TEXT, "Nota de quien la aprobó"),
};
const struct fields cash_session_fields = FIELDS(shown);
static const struct field counting[] = {
    FIELD(S, counted_at, F_INSTANT, "Cuándo se contó por última vez"),
    FIELD(S, counted_by_name, F_TEXT, "Quién la contó"),
    FIELD(S, counted, F_MONEY, "Lo que se contó"),
    FIELD(S, expected, F_MONEY, "Lo que debía haber"),
    FIELD(S, difference, F_MONEY, "Contado menos esperado; negativo si falta"),
};
const struct fields cash_count_fields = FIELDS(counting);

#define P struct cash_payment
static const struct field payment_rows[] = {
    FIELD(P, id, F_INT, "Número del primer pago"),
    FIELD(P, taken_at, F_INSTANT, "Cuándo"),
    FIELD(P, amount, F_MONEY, "Valor por todos los paquetes; negativo si se devolvió"),
    FIELD(P, method, F_TEXT, "Medio de pago"),
    FIELD(P, reference, F_TEXT, "Referencia"),
    FIELD(P, packages, F_INT, "De cuántos paquetes"),
    FIELD(P, package_id, F_INT, "El primero de ellos"),
    FIELD(P, guide_number, F_TEXT, "Su guía"),
    FIELD(P, taken_by_name, F_TEXT, "Quién lo recibió"),
    FIELD(P, reverses, F_ID, "Pago que reversa"),
    FIELD(P, reason, F_TEXT, "Por qué se reversó, o se anotó sin una entrega"),
};
const struct fields cash_payment_fields = FIELDS(payment_rows);

#define M struct cash_movement
static const struct field movement_rows[] = {
    FIELD(M, id, F_INT, "Número del movimiento"),
    FIELD(M, made_at, F_INSTANT, "Cuándo"),
    FIELD(M, kind, F_TEXT, "entrada, salida o traslado (al banco)"),
    FIELD(M, amount, F_MONEY, "Valor; negativo si salió"),
    FIELD(M, reason, F_TEXT, "Motivo"),
    FIELD(M, reference, F_TEXT, "Referencia"),
    FIELD(M, made_by_name, F_TEXT, "Quién lo hizo"),
};
const struct fields cash_movement_fields = FIELDS(movement_rows);

static const struct field method_rows[] = {
    FIELD(struct cash_method, method, F_TEXT, "Medio de pago"),
    FIELD(struct cash_method, payments, F_INT, "Pagos y reversos"),
    FIELD(struct cash_method, amount, F_MONEY, "Suma"),
};
const struct fields cash_method_fields = FIELDS(method_rows);

static const struct field piece_rows[] = {
    FIELD(struct cash_piece, kind, F_TEXT, "billete o moneda"),
    FIELD(struct cash_piece, value, F_MONEY, "Denominación"),
    FIELD(struct cash_piece, pieces, F_INT, "Cuántos"),
    FIELD(struct cash_piece, amount, F_MONEY, "Suma"),
};
const struct fields cash_piece_fields = FIELDS(piece_rows);

static const struct field tally_rows[] = {
    FIELD(struct cash_tally, counted, F_MONEY, "Lo que se contó"),
    FIELD(struct cash_tally, counted_at, F_INSTANT, "Cuándo"),
    FIELD(struct cash_tally, counted_by_name, F_TEXT, "Quién contó"),
};
const struct fields cash_tally_fields = FIELDS(tally_rows);

/* ---- sessions ---- */

enum err cash_own(struct ctx *c, struct cash_session *out)
{
    enum err e = db_get(c->db, column_fields, out, c->a, &own, c->user_id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_CASH_NONE, NULL) : domain_fault(c, e);
}

enum err cash_session_by_id(struct ctx *c, int64_t id, struct cash_session *out)
{
    enum err e = db_get(c->db, column_fields, out, c->a, &by_id, id);

    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, NULL, T_CASH_NONE, NULL);
    if (e == OK && out->opened_by != c->user_id && c->role < ROLE_ADMIN)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_CASH_NONE, NULL);
    return domain_fault(c, e);
}

enum err cash_list(struct ctx *c, const struct cash_filter *f, struct cash_sessions *out, int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    int64_t before = f->before > 0 ? f->before : INT64_MAX;
    struct rows q;
    enum err e = c->role >= ROLE_ADMIN ? db_query(c->db, &q, &list_all, before, limit + 1)
                                       : db_query(c->db, &q, &list_own, c->user_id, before, limit + 1);

    *out = (struct cash_sessions){ .v = arena_alloc(c->a, (size_t)(limit + 1) * sizeof *out->v) };
    *next = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (out->n <= (size_t)limit && db_next(&q))
        db_fill(&q, 0, column_fields, &out->v[out->n++], c->a);
    if (out->n > (size_t)limit)
        *next = out->v[--out->n - 1].id;
    return domain_fault(c, db_end(&q));
}

static const struct field left_rows[] = {
    FIELD(struct cash_left, id, F_INT, "Número de la caja"),
    FIELD(struct cash_left, counted, F_MONEY, "Lo que se contó"),
    FIELD(struct cash_left, counted_at, F_INSTANT, "Cuándo"),
    FIELD(struct cash_left, counted_by_name, F_TEXT, "Quién contó"),
};
const struct fields cash_left_fields = FIELDS(left_rows);

enum err cash_left(struct ctx *c, struct cash_left *out)
{
    enum err e = db_get(c->db, cash_left_fields, out, c->a, &left_in);

    if (e == E_NOT_FOUND)
        *out = (struct cash_left){ 0 };
    return e == E_NOT_FOUND ? OK : domain_fault(c, e);
}

int64_t cash_waiting(struct ctx *c)
{
    return db_scalar(c->db, 0, &waiting);
}

/* ---- the report ---- */

struct cash_reading { struct ctx *c; int64_t id; struct cash_report *out; };

static enum err report_read_payments(struct cash_reading *r)
{
    struct ctx *c = r->c;
    struct cash_report *out = r->out;
    struct rows q;
    enum err e = out->session.counted_at == 0 ? OK : db_query(c->db, &q, &payments_in, r->id, (int64_t)CASH_ROWS_MAX + 1);

    if (e != OK || out->session.counted_at == 0)
        return e;
    out->payments.v = db_all(&q, c->a, cash_payment_fields, sizeof *out->payments.v, &out->payments.n);
    if ((out->more = out->payments.n > CASH_ROWS_MAX))
        out->payments.n = CASH_ROWS_MAX;
    return db_end(&q);
}

static enum err report_read_movements(struct cash_reading *r)
{
    struct ctx *c = r->c;
    struct cash_report *out = r->out;
    struct rows q;
    enum err e = db_query(c->db, &q, &movements_in, r->id);

    if (e != OK)
        return e;
    out->movements.v = db_all(&q, c->a, cash_movement_fields, sizeof *out->movements.v, &out->movements.n);
    for (size_t i = 0; i < out->movements.n; i++) {
        const struct cash_movement *m = &out->movements.v[i];

        *(m->amount > 0 ? &out->movements_in : streq(m->kind, "traslado") ? &out->transfers
          : &out->movements_out) += m->amount;
    }
    return db_end(&q);
}

static enum err report_read_methods(struct cash_reading *r)
{
    struct ctx *c = r->c;
    struct cash_report *out = r->out;
    struct rows q;
    enum err e = out->session.counted_at == 0 ? OK : db_query(c->db, &q, &methods_in, r->id);

    if (e != OK || out->session.counted_at == 0)
        return e;
    out->methods.v = db_all(&q, c->a, cash_method_fields, sizeof *out->methods.v, &out->methods.n);
    for (size_t i = 0; i < out->methods.n; i++) {
        const struct cash_method *m = &out->methods.v[i];

        *(streq(m->method, "efectivo") ? &out->cash : &out->other) += m->amount;
    }
    return db_end(&q);
}

static enum err report_read_pieces(struct cash_reading *r)
{
    struct ctx *c = r->c;
    struct cash_report *out = r->out;
    struct rows q;
    enum err e = db_query(c->db, &q, &pieces_in, r->id);

    if (e != OK)
        return e;
    out->pieces.v = db_all(&q, c->a, cash_piece_fields, sizeof *out->pieces.v, &out->pieces.n);
    return db_end(&q);
}

static enum err report_read_tallies(struct cash_reading *r)
{
    struct ctx *c = r->c;
    struct cash_report *out = r->out;
    struct rows q;
    enum err e = db_query(c->db, &q, &tallies_in, r->id);

    if (e != OK)
        return e;
    out->tallies.v = db_all(&q, c->a, cash_tally_fields, sizeof *out->tallies.v, &out->tallies.n);
    return db_end(&q);
}

static enum err report_read(struct db *db UNUSED, void *arg)
{
    static enum err (*const parts[])(struct cash_reading *) = {
        report_read_payments, report_read_movements, report_read_methods, report_read_pieces, report_read_tallies,
    };
    struct cash_reading *r = arg;
    enum err e = cash_session_by_id(r->c, r->id, &r->out->session);

    for (size_t i = 0; i < COUNT(parts) && e == OK; i++)
        e = parts[i](r);
    return e;
}

enum err cash_report(struct ctx *c, int64_t id, struct cash_report *out)
{
    struct cash_reading r = { c, id, out };

    *out = (struct cash_report){ 0 };
    return domain_fault(c, db_read(c->db, report_read, &r));
}
