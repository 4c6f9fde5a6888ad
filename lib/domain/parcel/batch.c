#include "domain/ground/tx.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/package_columns.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"

#define LIST_MAX 100

/* A guide's newest line that was not withdrawn is the one that counts: a reception replaces an earlier
 * refusal of the same guide, and if it is undone the refusal counts again. */
#define HOLDS "l.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM courier_batch_lines n"                  \
    " WHERE n.batch_id = l.batch_id AND n.guide_key = l.guide_key AND n.id > l.id AND n.withdrawn_at IS NULL)"
#define SUM(what) "(SELECT count(*) FROM courier_batch_lines l WHERE l.batch_id = b.id AND " what " AND " HOLDS ")"
#define SELECT "SELECT b.id, b.carrier, b.package_type, b.opened_by, b.opened_at, b.closed_at, b.courier_name," \
    " b.signature, u.full_name, b.closed_by, k.full_name, " SUM("l.refused IS NULL") ", " SUM("l.refused IS NOT NULL") ", "              \
    SUM("l.refused IS NULL AND l.condition <> 'BUENO'")                                                         \
    " FROM courier_batches b JOIN users u ON u.id = b.opened_by LEFT JOIN users k ON k.id = b.closed_by "

static const struct stmt open_of = STMT("batch_open_of", "i", SELECT "WHERE b.opened_by = $1 AND b.closed_at IS NULL");
static const struct stmt by_id = STMT("batch_by_id", "i", SELECT "WHERE b.id = $1");
static const struct stmt newest = STMT("batches_newest", "ii",
    SELECT "WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2");
static const struct stmt open_all = STMT("batches_open", "",
    SELECT "WHERE b.closed_at IS NULL ORDER BY b.opened_at, b.id");
static const struct stmt lines_of = STMT("batch_lines", "i",
    "SELECT l.id, l.at, l.guide_number, l.package_id, l.refused, l.note, p.state, p.type, l.condition, p.carrier,"
    " s.code, " PARCEL_NAME ", l.withdrawn_at, " PARCEL_DISPUTED ", " HOLDS
    " FROM courier_batch_lines l LEFT JOIN packages p ON p.id = l.package_id"
    " LEFT JOIN positions s ON s.id = p.position_id LEFT JOIN customers c ON c.id = p.customer_id"
    " WHERE l.batch_id = $1 ORDER BY l.id DESC");
static const struct stmt open_new = STMT("batch_open", "iis",
    "INSERT INTO courier_batches (opened_by, opened_at, carrier) VALUES ($1, $2, $3)");
static const struct stmt open_again = STMT("batch_open_again", "iis",
    "UPDATE courier_batches SET opened_at = $2, carrier = coalesce($3, carrier) WHERE id = $1");
static const struct stmt line_add = STMT("batch_line_add", "iissIsss",
    "INSERT INTO courier_batch_lines (batch_id, at, guide_number, guide_key, package_id, condition, refused, note)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
static const struct stmt follow = STMT("batch_follow", "ii",
    "UPDATE courier_batch_lines AS l SET withdrawn_at = CASE WHEN CASE WHEN l.refused IS NULL"
    " THEN p.received_at = l.at AND (p.state <> 'CANCELADO' OR p.cancel_reason NOT IN ('error_operador', 'anuncio_expirado'))"
    " ELSE p.state = 'CANCELADO' AND p.cancel_reason = 'rechazado_en_recepcion' END"
    " THEN NULL ELSE coalesce(l.withdrawn_at, $2) END"
    " FROM packages p WHERE p.id = l.package_id"
    " AND l.id = (SELECT max(id) FROM courier_batch_lines WHERE package_id = $1)"
    " AND l.batch_id IN (SELECT id FROM courier_batches WHERE closed_at IS NULL)");
static const struct stmt say_carrier = STMT("batch_say_carrier", "is",
    "UPDATE courier_batches SET carrier = $2 WHERE id = $1 AND carrier IS NULL");
static const struct stmt keep = STMT("batch_keep", "is",
    "UPDATE courier_batches SET package_type = $2 WHERE id = $1");
DB_REGISTER(&open_of, &by_id, &newest, &open_all, &lines_of, &open_new, &open_again, &line_add, &follow, &say_carrier, &keep)

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
    FIELD(L, disputed, F_BOOL, "En disputa: falta comparar de quién es"),
    FIELD(L, counts, F_BOOL, "Vale: ni se deshizo ni otra línea de la misma guía tomó su lugar"),
};
const struct fields batch_line_fields = FIELDS(line_rows);

const struct word batch_refusals[] = {
    { "danado", "Llegó dañado" }, { "otra_direccion", "No es para este punto" }, { "con_cobro", "Trae un cobro" },
    { "otro", "Otro motivo" }, WORDS_END
};

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

static enum err batches_read(struct ctx *c, struct rows *q, struct batches *out)
{
    *out = (struct batches){ 0 };
    out->v = db_all(q, c->a, batch_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(q));
}

enum err batch_list(struct ctx *c, int64_t before, int64_t limit, struct batches *out)
{
    const int64_t most = limit > 0 && limit < LIST_MAX ? limit : LIST_MAX;
    struct rows q;
    enum err e = db_query(c->db, &q, &newest, before > 0 ? before : INT64_MAX, most + 1);

    e = e != OK ? domain_fault(c, e) : batches_read(c, &q, out);
    if (e == OK && out->n > (size_t)most)
        out->next = out->v[(out->n = (size_t)most) - 1].id;
    return e;
}

enum err batch_open(struct ctx *c, struct batches *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &open_all);

    return e != OK ? domain_fault(c, e) : batches_read(c, &q, out);
}

enum err batch_lines(struct ctx *c, int64_t id, struct batch_lines *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &lines_of, id);

    *out = (struct batch_lines){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, batch_line_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

/* ---- writing ---- */

enum err batch_ensure_tx(struct ctx *c, const char *carrier, struct batch *b)
{
    enum err e = batch_open_of(c, b);

    if (e == E_NOT_FOUND)
        e = db_exec(c->db, NULL, &open_new, c->user_id, c->now, carrier);
    else if (e == OK && b->received + b->refused == 0)
        e = db_exec(c->db, NULL, &open_again, b->id, c->now, carrier);
    else
        return e;
    return e != OK ? e : batch_open_of(c, b);
}

enum err batch_say_carrier_tx(struct ctx *c, struct batch *b, const char *carrier)
{
    b->carrier = carrier;
    return db_exec(c->db, NULL, &say_carrier, b->id, carrier);
}

enum err batch_line_add_tx(struct ctx *c, int64_t batch, const struct batch_line_new *line, int64_t *id)
{
    return db_insert(c->db, id, &line_add, batch, c->now, line->guide_number, line->guide_key, line->package_id,
                     line->condition, line->refused, line->note);
}

enum err batch_receive_tx(struct ctx *c, const struct batch *b, const struct package *p, const struct receive_in *in)
{
    int64_t line;
    enum err e = batch_line_add_tx(c, b->id, &(struct batch_line_new){ p->guide_number, p->guide_key, p->id, p->condition,
                                                                       NULL, NULL }, &line);

    return e == OK && in->in_series ? db_exec(c->db, NULL, &keep, b->id, p->type) : e;
}

enum err batch_follow_tx(struct ctx *c, int64_t package_id)
{
    return db_exec(c->db, NULL, &follow, package_id, c->now);
}
