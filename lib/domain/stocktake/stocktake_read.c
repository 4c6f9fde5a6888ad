/* Reading stocktakes: open and finished ones, their boxes, positions left. */
#include "base/utf8.h"
#include "domain/shelf/position.h"
#include "domain/stocktake/stocktake_tx.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/stocktake/texts.h"

#define OPEN_MAX 50
#define PAST_MAX 200

#define SELECT                                                                                  \
    "SELECT a.id, a.zone, a.position_code, s.full_name, a.started_at, f.full_name, a.finished_at,"  \
    " a.positions, a.counted, a.expected, a.seen, a.missing, a.misplaced, a.extra, a.fixed"         \
    " FROM shelf_audits a JOIN users s ON s.id = a.started_by LEFT JOIN users f ON f.id = a.finished_by "
static const struct stmt by_id = STMT("stocktake_by_id", "i", SELECT "WHERE a.id = $1");
static const struct stmt last = STMT("stocktake_last", "",
    SELECT "WHERE a.finished_at IS NOT NULL ORDER BY a.finished_at DESC LIMIT 1");
static const struct stmt open_ones = STMT("stocktakes_open", "i",
    SELECT "WHERE a.finished_at IS NULL ORDER BY a.id DESC LIMIT $1");
static const struct stmt past = STMT("stocktakes_past", "ii",
    SELECT "WHERE a.finished_at IS NOT NULL AND a.id < $1 ORDER BY a.id DESC LIMIT $2");

/* A box is missing when the books still have it where it was expected, or had it there until it was
 * fixed. */
static const struct stmt totals = STMT("stocktake_totals", "s",
    "SELECT b.audit_id, count(*) FILTER (WHERE b.expected_id IS NOT NULL AND (b.read_id IS NOT NULL"
    " OR b.fixed_at IS NOT NULL OR p.position_id = b.expected_id)),"
    " count(*) FILTER (WHERE b.result = 'EN_SU_SITIO'),"
    " count(*) FILTER (WHERE b.result = 'FALTA' AND (b.fixed_at IS NOT NULL OR p.position_id = b.expected_id)),"
    " count(*) FILTER (WHERE b.result = 'MAL_PUESTA'), count(*) FILTER (WHERE b.result = 'SOBRA'),"
    " count(*) FILTER (WHERE b.fixed_at IS NOT NULL)"
    " FROM shelf_audit_boxes b LEFT JOIN packages p ON p.id = b.package_id"
    " WHERE b.audit_id IN (SELECT value FROM json_each($1)) GROUP BY b.audit_id");
static const struct stmt progress = STMT("stocktake_progress", "s",
    "SELECT audit_id, count(*), count(opened_at) FROM shelf_audit_positions"
    " WHERE audit_id IN (SELECT value FROM json_each($1)) GROUP BY audit_id");

#define BOXES                                                                                   \
    "SELECT b.id, b.package_id, b.text, p.tracking_code,"                                            \
    " iif(c.id IS NULL, NULL, coalesce(p.announced_name, c.full_name)), coalesce(p.state, b.state),"  \
    " e.code, r.code, k.code, n.code, b.result, b.read_at, b.fixed_at"                              \
    " FROM shelf_audit_boxes b LEFT JOIN packages p ON p.id = b.package_id"                         \
    " LEFT JOIN customers c ON c.id = p.customer_id LEFT JOIN positions e ON e.id = b.expected_id"  \
    " LEFT JOIN positions r ON r.id = b.read_id LEFT JOIN positions k ON k.id = b.recorded_id"      \
    " LEFT JOIN positions n ON n.id = p.position_id "
static const struct stmt box_by_id = STMT("stocktake_box_by_id", "ii",
    BOXES "WHERE b.id = $1 AND b.audit_id = $2");
static const struct stmt boxes_of = STMT("stocktake_boxes_of_position", "ii",
    BOXES "WHERE b.id IN (SELECT id FROM shelf_audit_boxes WHERE audit_id = $1 AND expected_id = $2"
    " UNION SELECT id FROM shelf_audit_boxes WHERE audit_id = $1 AND read_id = $2)"
    " ORDER BY b.id DESC");
static const struct stmt differences = STMT("stocktake_boxes_different", "i",
    BOXES "WHERE b.audit_id = $1 AND b.result <> 'EN_SU_SITIO' AND (b.result <> 'FALTA'"
    " OR b.fixed_at IS NOT NULL OR p.position_id = b.expected_id)"
    " ORDER BY coalesce(r.walk_order, e.walk_order), b.id");
static const struct stmt current = STMT("stocktake_current", "ii",
    "SELECT o.code FROM shelf_audit_positions s JOIN positions o ON o.id = s.position_id"
    " WHERE s.audit_id = $1 AND s.opened_by = $2 ORDER BY s.opened_at DESC, s.position_id DESC LIMIT 1");
static const struct stmt left = STMT("stocktake_left", "ii",
    "SELECT o.code FROM shelf_audit_positions s JOIN positions o ON o.id = s.position_id"
    " WHERE s.audit_id = $1 AND s.opened_at IS NULL ORDER BY o.walk_order, o.id LIMIT $2");
DB_REGISTER(&by_id, &last, &open_ones, &past, &totals, &progress, &box_by_id, &boxes_of, &differences,
            &current, &left)

#define A struct stocktake
static const struct field rows[] = {
    FIELD(A, id, F_INT, "Número del inventario"),
    FIELD(A, zone, F_TEXT, "De qué zona"),
    FIELD(A, position_code, F_TEXT, "De qué posición; ambas null: de todo el estante"),
    FIELD(A, started_by_name, F_TEXT, "Quién lo empezó"),
    FIELD(A, started_at, F_INSTANT, "Cuándo"),
    FIELD(A, finished_by_name, F_TEXT, "Quién lo terminó"),
    FIELD(A, finished_at, F_INSTANT, "Cuándo; null: sigue abierto"),
    FIELD(A, positions, F_INT, "Posiciones que abarca"),
    FIELD(A, counted, F_INT, "Posiciones contadas"),
    FIELD(A, expected, F_INT, "Paquetes que debían estar"),
    FIELD(A, seen, F_INT, "Vistos en su sitio"),
    FIELD(A, missing, F_INT, "No vistos"),
    FIELD(A, misplaced, F_INT, "Vistos en otra posición"),
    FIELD(A, extra, F_INT, "Cajas que no son del estante"),
    FIELD(A, fixed, F_INT, "Diferencias corregidas"),
};
const struct fields stocktake_fields = FIELDS(rows);

#define B struct stocktake_box
#define COLUMNS                                                                                 \
    FIELD(B, id, F_INT, "Número de la caja en el inventario"),                                     \
    FIELD(B, package_id, F_ID, "Paquete; null: nadie lo conoce"),                                  \
    FIELD(B, text, F_TEXT, "Su guía, o lo que se leyó"),                                           \
    FIELD(B, tracking_code, F_TEXT, "Código de consulta"),                                         \
    FIELD(B, customer_name, F_TEXT, "Cliente"),                                                    \
    FIELD(B, state, F_TEXT, "Estado del paquete"),                                                 \
    FIELD(B, expected_code, F_TEXT, "Posición donde se esperaba"),                                 \
    FIELD(B, read_code, F_TEXT, "Posición donde se leyó"),                                         \
    FIELD(B, recorded_code, F_TEXT, "Posición registrada cuando se leyó"),                         \
    FIELD(B, position_code, F_TEXT, "Posición registrada ahora"),                                  \
    FIELD(B, result, F_TEXT, "FALTA, EN_SU_SITIO, MAL_PUESTA o SOBRA"),                            \
    FIELD(B, read_at, F_INSTANT, "Cuándo se leyó"),                                                \
    FIELD(B, fixed_at, F_INSTANT, "Cuándo se corrigió")
static const struct field columns[] = { COLUMNS };
static const struct fields column_fields = FIELDS(columns);
static const struct field box_rows[] = {
    COLUMNS,
    FIELD(B, kind, F_TEXT, "Qué es para la posición que se mira: FALTA, EN_SU_SITIO, MAL_PUESTA, SOBRA, EN_OTRA o SALIO"),
};
const struct fields stocktake_box_fields = FIELDS(box_rows);

/* The stocktake that a row is about, whose first column is its id. */
static struct stocktake *stocktake_among(const struct stocktakes *all, struct rows *q)
{
    size_t i = 0;

    while (all->v[i].id != db_int(q, 0))
        i++;
    return &all->v[i];
}

static enum err progress_read(struct ctx *c, const char *ids, const struct stocktakes *all)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &progress, ids);

    while (e == OK && db_next(&q)) {
        struct stocktake *a = stocktake_among(all, &q);

        a->positions = db_int(&q, 1);
        a->counted = db_int(&q, 2);
    }
    return e != OK ? e : db_end(&q);
}

static enum err totals_read(struct ctx *c, const char *ids, const struct stocktakes *all)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &totals, ids);

    while (e == OK && db_next(&q)) {
        struct stocktake *a = stocktake_among(all, &q);

        a->expected = db_int(&q, 1);
        a->seen = db_int(&q, 2);
        a->missing = db_int(&q, 3);
        a->misplaced = db_int(&q, 4);
        a->extra = db_int(&q, 5);
        a->fixed = db_int(&q, 6);
    }
    return e != OK ? e : db_end(&q);
}

/* Counts the figures of open stocktakes as they are now. */
static enum err stocktakes_count(struct ctx *c, const struct stocktakes *all)
{
    int64_t *ids = arena_alloc(c->a, all->n * sizeof *ids);
    const char *list;
    enum err e;

    for (size_t i = 0; i < all->n; i++)
        ids[i] = all->v[i].id;
    list = arena_printf(c->a, "[%s]", operation_ids(c->a, ids, all->n));
    e = progress_read(c, list, all);
    return e != OK ? e : totals_read(c, list, all);
}

int64_t stocktake_differences(const struct stocktake *a)
{
    return a->missing + a->misplaced + a->extra;
}

enum err stocktake_by_id(struct ctx *c, int64_t id, struct stocktake *out)
{
    enum err e = db_get(c->db, stocktake_fields, out, c->a, &by_id, id);

    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, NULL, T_STOCKTAKE_NONE, NULL);
    if (e == OK && out->finished_at == 0)
        e = stocktakes_count(c, &(struct stocktakes){ .v = out, .n = 1 });
    return domain_fault(c, e);
}

enum err stocktake_last(struct ctx *c, struct stocktake *out)
{
    enum err e;

    *out = (struct stocktake){ 0 };
    e = db_get(c->db, stocktake_fields, out, c->a, &last);
    return e == E_NOT_FOUND ? OK : domain_fault(c, e);
}

static enum err stocktake_list_end(struct ctx *c, struct rows *q, size_t limit, struct stocktakes *out)
{
    *out = (struct stocktakes){ .v = arena_alloc(c->a, (limit + 1) * sizeof *out->v) };
    while (out->n <= limit && db_next(q))
        db_fill(q, 0, stocktake_fields, &out->v[out->n++], c->a);
    if (out->n > limit) {
        out->n = limit;
        out->next = out->v[limit - 1].id;
    }
    return db_end(q);
}

/* Open stocktakes share no position, so they are few. */
enum err stocktakes_open(struct ctx *c, struct stocktakes *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &open_ones, (int64_t)OPEN_MAX);

    if (e == OK)
        e = stocktake_list_end(c, &q, OPEN_MAX, out);
    if (e == OK)
        e = stocktakes_count(c, out);
    return domain_fault(c, e);
}

enum err stocktakes_past(struct ctx *c, int64_t before, int64_t limit, struct stocktakes *out)
{
    struct rows q;
    enum err e;

    if (limit < 1 || limit > PAST_MAX)
        limit = OPEN_MAX;
    e = db_query(c->db, &q, &past, before > 0 ? before : INT64_MAX, limit + 1);
    return domain_fault(c, e != OK ? e : stocktake_list_end(c, &q, (size_t)limit, out));
}

/* ---- boxes ---- */

/* A box expected here and read elsewhere is a difference of the other position. */
static const char *box_kind(const struct stocktake_box *b, const char *position)
{
    if (b->read_code != NULL)
        return position == NULL || text_is(b->read_code, position) ? b->result : "EN_OTRA";
    return b->fixed_at != 0 || text_is(b->position_code, b->expected_code) ? "FALTA" : "SALIO";
}

enum err stocktake_box_get(struct ctx *c, int64_t stocktake, int64_t id, struct stocktake_box *out)
{
    enum err e = db_get(c->db, column_fields, out, c->a, &box_by_id, id, stocktake);

    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, NULL, T_STOCKTAKE_BOX_NONE, NULL);
    out->kind = e == OK ? box_kind(out, NULL) : NULL;
    return e;
}

enum err stocktake_boxes_of(struct ctx *c, int64_t id, const char *position, struct stocktake_boxes *out)
{
    const char *code = is_blank(position) ? NULL : utf8_upper_ascii(c->a, position);
    struct position p = { 0 };
    struct rows q;
    enum err e = code != NULL ? position_by_code(c, code, &p) : OK;

    *out = (struct stocktake_boxes){ 0 };
    if (e == OK)
        e = code != NULL ? db_query(c->db, &q, &boxes_of, id, p.id)
            : db_query(c->db, &q, &differences, id);
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, column_fields, sizeof *out->v, &out->n);
    for (size_t i = 0; i < out->n; i++)
        out->v[i].kind = box_kind(&out->v[i], code);
    return domain_fault(c, db_end(&q));
}

/* ---- where the clerk is ---- */

enum err stocktake_current(struct ctx *c, int64_t id, const char **code)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &current, id, c->user_id);

    *code = NULL;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : domain_fault(c, e);
    *code = db_dup(&q, 0, c->a);
    return domain_fault(c, db_end(&q));
}

enum err stocktake_left(struct ctx *c, int64_t id, size_t limit, struct stocktake_codes *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &left, id, (int64_t)limit);

    *out = (struct stocktake_codes){ .v = arena_alloc(c->a, (limit + 1) * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < limit && db_next(&q))
        out->v[out->n++] = db_dup(&q, 0, c->a);
    return domain_fault(c, db_end(&q));
}
