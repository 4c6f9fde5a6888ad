#include "domain/custody/undo.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/handover/signature.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"
#include "local/normal.h"
#include "base/utf8.h"

#define LINES_MAX 1000           /* shown of one batch */
#define LIST_MAX 100

/* Of a guide the newest line that was not withdrawn holds, so a reception takes a refusal's
 * place and gives it back when it is undone. */
#define HOLDS "l.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM courier_batch_lines n"                  \
    " WHERE n.batch_id = l.batch_id AND n.guide_key = l.guide_key AND n.id > l.id AND n.withdrawn_at IS NULL)"
#define SUM(what) "(SELECT count(*) FROM courier_batch_lines l WHERE l.batch_id = b.id AND " what " AND " HOLDS ")"
#define SELECT "SELECT b.id, b.carrier, b.package_type, b.opened_by, b.opened_at, b.closed_at, b.courier_name," \
    " b.signature, u.full_name, b.kept_carrier, b.closed_by, k.full_name, " SUM("l.refused IS NULL") ", " SUM("l.refused IS NOT NULL") ", "              \
    SUM("l.refused IS NULL AND l.condition <> 'BUENO'")                                                         \
    " FROM courier_batches b JOIN users u ON u.id = b.opened_by LEFT JOIN users k ON k.id = b.closed_by "

static const struct stmt open_of = STMT("batch_open_of", "i", SELECT "WHERE b.opened_by = $1 AND b.closed_at IS NULL");
static const struct stmt by_id = STMT("batch_by_id", "i", SELECT "WHERE b.id = $1");
static const struct stmt newest = STMT("batches_newest", "ii",
    SELECT "WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2");
static const struct stmt open_all = STMT("batches_open", "i",
    SELECT "WHERE b.closed_at IS NULL ORDER BY b.opened_at, b.id LIMIT $1");
static const struct stmt lines_of = STMT("batch_lines", "ii",
    "SELECT l.id, l.at, l.guide_number, l.package_id, l.refused, l.note, p.state, p.type, l.condition, p.carrier,"
    " s.code, c.full_name, l.withdrawn_at, " HOLDS
    " FROM courier_batch_lines l LEFT JOIN packages p ON p.id = l.package_id"
    " LEFT JOIN positions s ON s.id = p.position_id LEFT JOIN customers c ON c.id = p.customer_id"
    " WHERE l.batch_id = $1 ORDER BY l.id DESC LIMIT $2");
static const struct stmt open_new = STMT("batch_open", "ii",
    "INSERT INTO courier_batches (opened_by, opened_at) VALUES ($1, $2)");
static const struct stmt open_again = STMT("batch_open_again", "ii",
    "UPDATE courier_batches SET opened_at = $2 WHERE id = $1");
static const struct stmt line_add = STMT("batch_line_add", "iissIsss",
    "INSERT INTO courier_batch_lines (batch_id, at, guide_number, guide_key, package_id, condition, refused, note)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
static const struct stmt holding = STMT("batch_holding", "is",
    "SELECT refused IS NOT NULL FROM courier_batch_lines WHERE batch_id = $1 AND guide_key = $2"
    " AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1");
static const struct stmt follow = STMT("batch_follow", "ii",
    "UPDATE courier_batch_lines AS l SET withdrawn_at = CASE WHEN CASE WHEN l.refused IS NULL"
    " THEN p.received_at = l.at AND (p.state <> 'CANCELADO' OR p.cancel_reason NOT IN ('error_operador', 'anuncio_expirado'))"
    " ELSE p.state = 'CANCELADO' AND p.cancel_reason = 'rechazado_en_recepcion' END"
    " THEN NULL ELSE coalesce(l.withdrawn_at, $2) END"
    " FROM packages p WHERE p.id = l.package_id"
    " AND l.id = (SELECT max(id) FROM courier_batch_lines WHERE package_id = $1)"
    " AND l.batch_id IN (SELECT id FROM courier_batches WHERE closed_at IS NULL)");
static const struct stmt refused_line = STMT("batch_refused_line", "i",
    "SELECT batch_id, at, package_id, withdrawn_at FROM courier_batch_lines WHERE id = $1 AND refused IS NOT NULL");
static const struct stmt withdraw = STMT("batch_withdraw", "ii",
    "UPDATE courier_batch_lines SET withdrawn_at = $2 WHERE id = $1");
static const struct stmt whose = STMT("batch_whose", "is",
    "UPDATE courier_batches SET carrier = $2 WHERE id = $1 AND $2 IS NOT NULL");
static const struct stmt keep = STMT("batch_keep", "iss",
    "UPDATE courier_batches SET kept_carrier = $2, package_type = $3 WHERE id = $1");
static const struct stmt last_one = STMT("batch_last", "i",
    "SELECT package_id FROM courier_batch_lines WHERE batch_id = $1 AND refused IS NULL ORDER BY id DESC LIMIT 1");
static const struct stmt close_it = STMT("batch_close", "iissii",
    "UPDATE courier_batches SET closed_at = $2, courier_name = $3, signature = $4, closed_by = $5"
    " WHERE id = $1 AND closed_at IS NULL AND (opened_by = $5 OR $6)");
DB_REGISTER(&open_of, &by_id, &newest, &open_all, &lines_of, &open_new, &open_again, &line_add, &holding, &follow,
            &refused_line, &withdraw, &whose, &keep, &last_one, &close_it)

#define B struct batch
static const struct field rows[] = {
    FIELD(B, id, F_INT, "Número"),
    FIELD(B, carrier, F_TEXT, "Transportadora"),
    FIELD(B, package_type, F_TEXT, "Tamaño que se dijo para la serie"),
    FIELD(B, opened_by, F_INT, "Quién recibe"),
    FIELD(B, opened_at, F_INSTANT, "Desde cuándo"),
    FIELD(B, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(B, courier_name, F_TEXT, "Quién los dejó"),
    FIELD(B, signature, F_TEXT, "Su firma, como trazo de SVG"),
    FIELD(B, opened_by_name, F_TEXT, "Nombre de quien recibe"),
    FIELD(B, kept_carrier, F_TEXT, "Transportadora que se dijo para la serie"),
    FIELD(B, closed_by, F_ID, "Quién la cerró"),
    FIELD(B, closed_by_name, F_TEXT, "Nombre de quien la cerró"),
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
    FIELD(L, withdrawn_at, F_INSTANT, "Cuándo se deshizo"),
    FIELD(L, counts, F_BOOL, "Vale: ni se deshizo ni otra línea de la misma guía tomó su lugar"),
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

static enum err read_list(struct ctx *c, struct rows *q, size_t most, struct batches *out)
{
    *out = (struct batches){ .v = arena_alloc(c->a, most * sizeof *out->v) };
    while (out->n < most && db_next(q))
        db_fill(q, 0, batch_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(q));
}

enum err batch_list(struct ctx *c, int64_t before, int64_t limit, struct batches *out)
{
    const int64_t most = limit > 0 && limit < LIST_MAX ? limit : LIST_MAX;
    struct rows q;
    enum err e = db_query(c->db, &q, &newest, before > 0 ? before : INT64_MAX, most);

    return e != OK ? domain_fault(c, e) : read_list(c, &q, (size_t)most, out);
}

enum err batch_open(struct ctx *c, struct batches *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &open_all, (int64_t)LIST_MAX);

    return e != OK ? domain_fault(c, e) : read_list(c, &q, LIST_MAX, out);
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

/* The user's open batch, or a new one; one in which nothing holds begins with what comes now. */
static enum err ensure_tx(struct ctx *c, struct batch *b)
{
    enum err e = batch_open_of(c, b);

    if (e == E_NOT_FOUND)
        e = db_exec(c->db, NULL, &open_new, c->user_id, c->now);
    else if (e == OK && b->received + b->refused == 0)
        e = db_exec(c->db, NULL, &open_again, b->id, c->now);
    else
        return e;
    return e != OK ? e : batch_open_of(c, b);
}

enum err batch_receive_tx(struct ctx *c, const struct package *p, const struct receive_in *in)
{
    struct batch b;
    enum err e = ensure_tx(c, &b);

    if (e == OK)
        e = db_exec(c->db, NULL, &line_add, b.id, c->now, p->guide_number, p->guide_key, p->id, p->condition,
                    NULL, NULL);
    if (e == OK)
        e = db_exec(c->db, NULL, &whose, b.id, p->carrier);
    if (e == OK && in->in_series)
        e = db_exec(c->db, NULL, &keep, b.id, is_blank(in->carrier) ? NULL : in->carrier, p->type);
    return e;
}

enum err batch_follow_tx(struct ctx *c, int64_t package_id)
{
    return db_exec(c->db, NULL, &follow, package_id, c->now);
}

struct refusal { struct ctx *c; struct refuse_in in; struct batch *out; int64_t *line; };

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

/* Said once in a drop; what it has as received was left, whatever became of it. */
static enum err new_here(struct refusal *x, const char *key)
{
    int64_t refused = db_scalar(x->c->db, -1, &holding, x->out->id, key);

    return refused < 0 ? OK : ctx_fail(x->c, E_CONFLICT, "guide", refused ? T_REFUSED_TWICE : T_REFUSED_HERE,
                                       normal_guide(x->c->a, x->in.guide), NULL);
}

static enum err refuse_tx(struct db *db, void *arg)
{
    struct refusal *x = arg;
    struct ctx *c = x->c;
    const char *answer, *key = normal_guide_key(c->a, x->in.guide);
    int64_t package, *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL && operation_ids_read(c->a, answer, &ids) == 2) {
        *x->line = ids[1];
        return batch_by_id(c, ids[0], x->out);
    }
    if (e == OK)
        e = ensure_tx(c, x->out);
    if (e == OK)
        e = announced_tx(x, &package);
    if (e == OK)
        e = new_here(x, key);
    if (e == OK)
        e = db_insert(db, x->line, &line_add, x->out->id, c->now, normal_guide(c->a, x->in.guide), key, package, NULL,
                      x->in.refused, x->in.note);
    if (e == OK)
        e = batch_by_id(c, x->out->id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, (const int64_t[]){ x->out->id, *x->line }, 2));
}

enum err batch_refuse(struct ctx *c, const struct refuse_in *in, struct batch *out, int64_t *line)
{
    struct refusal x = { c, *in, out, line };

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

struct taking_back { struct ctx *c; int64_t line; struct batch *out; };

static enum err may_take_back(struct ctx *c, const struct batch *b, int64_t at, bool withdrawn)
{
    if (b->opened_by != c->user_id)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_UNDO_OTHER, NULL);
    if (withdrawn || b->closed_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, withdrawn ? T_REFUSAL_UNDONE : T_BATCH_CLOSED, NULL);
    if (c->now - at > c->conf->undo_s)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATE, arena_printf(c->a, "%lld", (long long)c->conf->undo_s), NULL);
    return OK;
}

/* Of an announced one it is its cancellation that is undone, and the line follows. */
static enum err take_back_tx(struct db *db, void *arg)
{
    struct taking_back *x = arg;
    struct ctx *c = x->c;
    struct rows q;
    struct package p;
    const char *answer;
    int64_t batch = 0, at = 0, package = 0;
    bool withdrawn = false;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK)
        e = db_one(db, &q, &refused_line, x->line);
    if (e == OK) {
        batch = db_int(&q, 0), at = db_int(&q, 1), package = db_int(&q, 2), withdrawn = !db_null(&q, 3);
        e = db_end(&q);
    }
    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_REFUSAL_NONE, NULL) : e;
    e = batch_by_id(c, batch, x->out);
    if (e != OK || answer != NULL)
        return e;
    e = may_take_back(c, x->out, at, withdrawn);
    if (e == OK)
        e = package != 0 ? package_undo_tx(c, package, &p) : db_exec(db, NULL, &withdraw, x->line, c->now);
    if (e == OK)
        e = batch_by_id(c, batch, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->line, 1));
}

enum err batch_refusal_undo(struct ctx *c, int64_t line, struct batch *out)
{
    struct taking_back x = { c, line, out };

    return domain_operation(c, "refuse_undo", take_back_tx, &x);
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
        e = db_exec(db, &changed, &close_it, x->in.id, c->now, x->in.courier_name, x->in.signature, c->user_id,
                    (int64_t)(c->role >= ROLE_ADMIN));
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
