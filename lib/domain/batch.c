#include "base/normal.h"
#include "base/utf8.h"
#include "domain/audit.h"
#include "domain/batch.h"
#include "domain/operation.h"
#include "domain/tx.h"

#define LINES_MAX 1000           /* shown of one batch */
#define LIST_MAX 100

/* Undone, it lies here no more and was not left. */
#define COUNTS "(p.state IN ('RECIBIDO', 'ENTREGADO') OR (p.state = 'CANCELADO' AND p.received_at IS NOT NULL" \
    " AND p.cancel_reason <> 'error_operador'))"
#define SUM(what) "(SELECT count(*) FROM courier_batch_lines l JOIN packages p ON p.id = l.package_id" \
    " WHERE l.batch_id = b.id AND l.refused IS NULL AND " COUNTS what ")"
#define SELECT "SELECT b.id, b.carrier, b.package_type, b.opened_by, b.opened_at, b.closed_at, b.courier_name," \
    " b.signature, u.full_name, " SUM("") ", (SELECT count(*) FROM courier_batch_lines l WHERE l.batch_id = b.id" \
    " AND l.refused IS NOT NULL), " SUM(" AND p.condition <> 'BUENO'") \
    " FROM courier_batches b JOIN users u ON u.id = b.opened_by "

static const struct stmt open_of = STMT("batch_open_of", "i", SELECT "WHERE b.opened_by = $1 AND b.closed_at IS NULL");
static const struct stmt by_id = STMT("batch_by_id", "i", SELECT "WHERE b.id = $1");
static const struct stmt newest = STMT("batches_newest", "ii",
    SELECT "WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2");
static const struct stmt lines_of = STMT("batch_lines", "ii",
    "SELECT l.id, l.at, l.guide_number, l.package_id, l.refused, l.note, p.state, p.type, p.condition, p.carrier,"
    " s.code, c.full_name, l.refused IS NULL AND " COUNTS
    " FROM courier_batch_lines l LEFT JOIN packages p ON p.id = l.package_id"
    " LEFT JOIN positions s ON s.id = p.position_id LEFT JOIN customers c ON c.id = p.customer_id"
    " WHERE l.batch_id = $1 ORDER BY l.id DESC LIMIT $2");
static const struct stmt open_new = STMT("batch_open", "ii",
    "INSERT INTO courier_batches (opened_by, opened_at) VALUES ($1, $2)");
static const struct stmt line_again = STMT("batch_line_again", "ii",
    "DELETE FROM courier_batch_lines WHERE package_id = $2 AND batch_id = $1");
static const struct stmt line_add = STMT("batch_line_add", "iisIss",
    "INSERT INTO courier_batch_lines (batch_id, at, guide_number, package_id, refused, note)"
    " VALUES ($1, $2, $3, $4, $5, $6)");
static const struct stmt keep = STMT("batch_keep", "iss",
    "UPDATE courier_batches SET carrier = $2, package_type = $3 WHERE id = $1");
static const struct stmt last_one = STMT("batch_last", "i",
    "SELECT package_id FROM courier_batch_lines WHERE batch_id = $1 AND refused IS NULL ORDER BY id DESC LIMIT 1");
static const struct stmt close_it = STMT("batch_close", "iissi",
    "UPDATE courier_batches SET closed_at = $2, courier_name = $3, signature = $4"
    " WHERE id = $1 AND closed_at IS NULL AND opened_by = $5");
DB_REGISTER(&open_of, &by_id, &newest, &lines_of, &open_new, &line_again, &line_add, &keep, &last_one, &close_it)

#define B struct batch
static const struct field rows[] = {
    FIELD(B, id, F_INT, "Número"),
    FIELD(B, carrier, F_TEXT, "Transportadora"),
    FIELD(B, package_type, F_TEXT, "Tamaño del último"),
    FIELD(B, opened_by, F_INT, "Quién recibe"),
    FIELD(B, opened_at, F_INSTANT, "Desde cuándo"),
    FIELD(B, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(B, courier_name, F_TEXT, "Quién los dejó"),
    FIELD(B, signature, F_TEXT, "Su firma, como trazo de SVG"),
    FIELD(B, opened_by_name, F_TEXT, "Nombre de quien recibe"),
    FIELD(B, received, F_INT, "Recibidos"),
    FIELD(B, refused, F_INT, "Rechazados"),
    FIELD(B, damaged, F_INT, "Recibidos con daño"),
};
const struct fields batch_fields = FIELDS(rows);

#define L struct batch_line
static const struct field line_rows[] = {
    FIELD(L, id, F_INT, "Número"),
    FIELD(L, at, F_INSTANT, "Cuándo"),
    FIELD(L, guide_number, F_TEXT, "Guía"),
    FIELD(L, package_id, F_ID, "Paquete"),
    FIELD(L, refused, F_TEXT, "Por qué no se recibió"),
    FIELD(L, note, F_TEXT, "Nota"),
    FIELD(L, state, F_TEXT, "Estado"),
    FIELD(L, type, F_TEXT, "Tamaño"),
    FIELD(L, condition, F_TEXT, "Cómo llegó"),
    FIELD(L, carrier, F_TEXT, "Transportadora"),
    FIELD(L, position_code, F_TEXT, "Posición"),
    FIELD(L, customer_name, F_TEXT, "De quién es"),
    FIELD(L, counts, F_BOOL, "Se recibió y no se deshizo"),
};
const struct fields batch_line_fields = FIELDS(line_rows);

const char *const batch_refusals[] = { "danado", "otra_direccion", "con_cobro", "otro", NULL };

const char *batch_refusal_words(const char *refused)
{
    static const char *const words[] = { "Llegó dañado", "No es para este punto", "Trae un cobro", "Otro motivo" };

    for (size_t i = 0; refused != NULL && batch_refusals[i] != NULL; i++)
        if (streq(batch_refusals[i], refused))
            return words[i];
    return NULL;
}

/* ---- reading ---- */

enum err batch_open_of(struct ctx *c, struct batch *out)
{
    return db_get(c->db, batch_fields, out, c->a, &open_of, c->user_id);
}

enum err batch_by_id(struct ctx *c, int64_t id, struct batch *out)
{
    enum err e = db_get(c->db, batch_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_BATCH_NONE, NULL) : domain_fault(c, e);
}

enum err batch_list(struct ctx *c, int64_t before, int64_t limit, struct batches *out)
{
    const int64_t most = limit > 0 && limit < LIST_MAX ? limit : LIST_MAX;
    struct rows q;
    enum err e = db_query(c->db, &q, &newest, before > 0 ? before : INT64_MAX, most);

    *out = (struct batches){ .v = arena_alloc(c->a, (size_t)most * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < (size_t)most && db_next(&q))
        db_fill(&q, 0, batch_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(&q));
}

enum err batch_lines(struct ctx *c, int64_t id, struct batch_lines *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &lines_of, id, (int64_t)LINES_MAX);

    *out = (struct batch_lines){ .v = arena_alloc(c->a, LINES_MAX * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < LINES_MAX && db_next(&q))
        db_fill(&q, 0, batch_line_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(&q));
}

/* ---- writing ---- */

/* The user's open batch, or a new one. */
static enum err ensure_tx(struct ctx *c, struct batch *b)
{
    enum err e = batch_open_of(c, b);

    if (e != E_NOT_FOUND)
        return e;
    e = db_exec(c->db, NULL, &open_new, c->user_id, c->now);
    return e != OK ? e : batch_open_of(c, b);
}

enum err batch_receive_tx(struct ctx *c, const struct package *p)
{
    struct batch b;
    enum err e = ensure_tx(c, &b);

    if (e == OK)                 /* undone and received once more */
        e = db_exec(c->db, NULL, &line_again, b.id, p->id);
    if (e == OK)
        e = db_exec(c->db, NULL, &line_add, b.id, c->now, p->guide_number, p->id, NULL, NULL);
    return e != OK ? e : db_exec(c->db, NULL, &keep, b.id, p->carrier, p->type);
}

struct refusal { struct ctx *c; struct refuse_in in; struct batch *out; };

/* One that was announced to us is told to who announced it. */
static enum err announced_tx(struct refusal *x, int64_t *id)
{
    struct ctx *c = x->c;
    struct package p;
    enum err e = package_by_guide(c, x->in.guide, &p);

    *id = 0;
    if (e == E_NOT_FOUND) {
        c->fault = (struct fault){ 0 };
        return OK;
    }
    if (e != OK || streq(p.state, "CANCELADO") || streq(p.state, "ENTREGADO"))
        return e;
    if (streq(p.state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, "guide", T_ALREADY_RECEIVED, p.guide_number,
                        p.position_code ? p.position_code : "—", NULL);
    *id = p.id;
    return package_cancel_tx(c, p.id, "rechazado_en_recepcion",
                             x->in.note ? x->in.note : batch_refusal_words(x->in.refused), &p);
}

static enum err refuse_tx(struct db *db, void *arg)
{
    struct refusal *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t package;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : ensure_tx(c, x->out);
    e = ensure_tx(c, x->out);
    if (e == OK)
        e = announced_tx(x, &package);
    if (e == OK)
        e = db_exec(db, NULL, &line_add, x->out->id, c->now, normal_guide(c->a, x->in.guide), package,
                    x->in.refused, x->in.note);
    if (e == OK)
        e = batch_by_id(c, x->out->id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->out->id, 1));
}

enum err batch_refuse(struct ctx *c, const struct refuse_in *in, struct batch *out)
{
    struct refusal x = { c, *in, out };

    c->fault = (struct fault){ 0 };
    if (is_blank(in->guide) || normal_guide(c->a, in->guide) == NULL || normal_guide_key(c->a, in->guide) == NULL)
        ctx_invalid(c, "guide", T_GUIDE_BAD, NULL);
    if (batch_refusal_words(in->refused) == NULL)
        ctx_invalid(c, "refused", T_REQUIRED, NULL);
    else if (streq(in->refused, "otro") && is_blank(in->note))
        ctx_invalid(c, "note", T_REFUSAL_NOTE, NULL);
    if (is_blank(in->note))
        x.in.note = NULL;
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "refuse", refuse_tx, &x);
}

enum err batch_move_last(struct ctx *c, const char *position, struct package *out)
{
    struct batch b;
    enum err e = batch_open_of(c, &b);
    int64_t id = e == OK ? db_scalar(c->db, 0, &last_one, b.id) : 0;

    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    if (id == 0)
        return ctx_fail(c, E_NOT_FOUND, "guide", T_BATCH_NO_LAST, NULL);
    return package_move(c, &(struct move_in){ id, position }, out);
}

struct closing { struct ctx *c; struct batch_close_in in; struct batch *out; };

static enum err close_tx(struct db *db, void *arg)
{
    struct closing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t changed;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : batch_by_id(c, x->in.id, x->out);
    e = batch_by_id(c, x->in.id, x->out);
    if (e == OK && x->out->received + x->out->refused == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_BATCH_EMPTY, NULL);
    if (e == OK)
        e = db_exec(db, &changed, &close_it, x->in.id, c->now, x->in.courier_name, x->in.signature, c->user_id);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, x->out->closed_at != 0 ? T_BATCH_CLOSED : T_BATCH_OTHERS, NULL);
    if (e == OK)
        e = audit_tx(c, "batch_close", "courier_batch", x->in.id, NULL);
    if (e == OK)
        e = batch_by_id(c, x->in.id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->in.id, 1));
}

enum err batch_close(struct ctx *c, const struct batch_close_in *in, struct batch *out)
{
    struct closing x = { c, *in, out };

    c->fault = (struct fault){ 0 };
    if (is_blank(in->courier_name) || utf8_length(in->courier_name) < 2)
        ctx_invalid(c, "courier_name", T_COURIER_NAME, NULL);
    x.in.signature = signature_check(c, in->signature);
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "batch_close", close_tx, &x);
}
