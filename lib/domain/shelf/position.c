/* `used` is counted in the row and guarded by its CHECK, so that two clerks can never put more on a
 * position than it holds. */
#include "base/clock.h"
#include "base/utf8.h"
#include "domain/ground/tx.h"
#include "domain/price/size.h"
#include "domain/shelf/position.h"
#include "domain/shelf/texts.h"

#define LIST_USUAL 50

static const struct stmt take = STMT("position_take", "s",
    "UPDATE positions SET used = used + 1 WHERE code = $1 AND is_active = 1"
    " AND (capacity IS NULL OR used < capacity) RETURNING id, code");
static const struct stmt take_first = STMT("position_take_first", "s",
    "UPDATE positions SET used = used + 1 WHERE id = (SELECT id FROM positions WHERE is_active = 1"
    " AND used < capacity AND size_class = $1 ORDER BY walk_order, id LIMIT 1) RETURNING id, code");
/* Overflow: positions without a limit, of any size, are taken only when the rest is full. */
static const struct stmt take_overflow = STMT("position_take_overflow", "",
    "UPDATE positions SET used = used + 1 WHERE id = (SELECT id FROM positions WHERE is_active = 1"
    " AND capacity IS NULL ORDER BY walk_order, id LIMIT 1) RETURNING id, code");
static const struct stmt release = STMT("position_release", "i",
    "UPDATE positions SET used = used - 1 WHERE id = $1 AND used > 0");
static const struct stmt free_ones = STMT("positions_free", "",
    "SELECT coalesce(sum(capacity - used), 0) FROM positions WHERE is_active = 1 AND capacity IS NOT NULL");

#define SELECT                                                                                  \
    "SELECT o.id, o.code, o.zone, o.walk_order, o.size_class, o.capacity, o.used, o.is_active,"    \
    " (SELECT min(p.received_at) FROM packages p WHERE p.position_id = o.id),"                     \
    " CASE WHEN o.used = 1 THEN (SELECT min(p.id) FROM packages p WHERE p.position_id = o.id) END," \
    " o.version"                                                                                   \
    " FROM positions o "
#define AFTER "(o.walk_order, o.id) > ($1, $2)"
#define IN_ORDER " ORDER BY o.walk_order, o.id LIMIT $3"
static const struct stmt by_id = STMT("position_by_id", "i", SELECT "WHERE o.id = $1");
static const struct stmt by_code = STMT("position_by_code", "s", SELECT "WHERE o.code = $1");
static const struct stmt list_all = STMT("positions_list", "iii", SELECT "WHERE " AFTER IN_ORDER);
static const struct stmt list_zone = STMT("positions_of_zone", "iiis",
    SELECT "WHERE o.zone = $4 AND " AFTER IN_ORDER);
static const struct stmt order_of = STMT("position_order", "i",
    "SELECT walk_order FROM positions WHERE id = $1");
static const struct stmt zones = STMT("position_zones", "",
    "SELECT zone, count(*) FILTER (WHERE is_active = 1), count(*) FILTER (WHERE used > 0), sum(used),"
    " coalesce(sum(capacity) FILTER (WHERE is_active = 1), 0),"
    " coalesce(sum(used) FILTER (WHERE is_active = 1 AND capacity IS NOT NULL), 0),"
    " count(*) FILTER (WHERE is_active = 1 AND capacity IS NULL)"
    " FROM positions GROUP BY zone ORDER BY min(walk_order), zone");

#define SHELVED                                                                                 \
    "SELECT p.id, p.guide_number, p.tracking_code, p.carrier, p.type,"                               \
    " iif(c.id IS NULL, NULL, coalesce(p.announced_name, c.full_name)), p.received_at,"             \
    " ($2 - p.received_at) / $4 FROM packages p LEFT JOIN customers c ON c.id = p.customer_id"
static const struct stmt lying_on = STMT("packages_on_position", "iiiii",
    SHELVED " WHERE p.position_id = $5 AND p.id > $1 ORDER BY p.id LIMIT $3");
static const struct stmt placeless = STMT("packages_placeless", "iiii",
    SHELVED " WHERE p.state = 'RECIBIDO' AND p.position_id IS NULL AND p.id > $1 ORDER BY p.id LIMIT $3");
DB_REGISTER(&take, &take_first, &take_overflow, &release, &free_ones, &by_id, &by_code, &list_all,
            &list_zone, &order_of, &zones, &lying_on, &placeless)

#define P struct position
static const struct field rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, code, F_TEXT, "Código de su etiqueta"),
    FIELD(P, zone, F_TEXT, "Zona"),
    FIELD(P, walk_order, F_INT, "Orden del recorrido"),
    FIELD(P, size_class, F_TEXT, "Para qué tamaño es: CUALQUIERA, NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(P, capacity, F_ID, "Cuántos paquetes caben; null: sin límite"),
    FIELD(P, used, F_INT, "Cuántos hay"),
    FIELD(P, is_active, F_BOOL, "Está en uso"),
    FIELD(P, oldest_at, F_INSTANT, "Cuándo se recibió el más antiguo de los que hay"),
    FIELD(P, package_id, F_ID, "El paquete, si es uno solo"),
    FIELD(P, version, F_INT, "Cuántas veces se ha cambiado, y una: la de If-Match"),
};
const struct fields position_fields = FIELDS(rows);

static const struct field zone_rows[] = {
    FIELD(struct zone, name, F_TEXT, "Nombre de la zona"),
    FIELD(struct zone, positions, F_INT, "Posiciones en uso"),
    FIELD(struct zone, occupied, F_INT, "Posiciones con algún paquete"),
    FIELD(struct zone, packages, F_INT, "Paquetes"),
    FIELD(struct zone, places, F_INT, "Lugares, sin los que no tienen límite"),
    FIELD(struct zone, taken, F_INT, "Lugares ocupados"),
    FIELD(struct zone, unlimited, F_INT, "Posiciones sin límite"),
};
const struct fields zone_fields = FIELDS(zone_rows);

#define S struct shelved
static const struct field shelved_rows[] = {
    FIELD(S, id, F_INT, "Número interno"),
    FIELD(S, guide_number, F_TEXT, "Guía"),
    FIELD(S, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(S, carrier, F_TEXT, "Transportadora"),
    FIELD(S, type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(S, customer_name, F_TEXT, "Cliente"),
    FIELD(S, received_at, F_INSTANT, "Recibido"),
    FIELD(S, days, F_INT, "Días en el punto"),
};
const struct fields shelved_fields = FIELDS(shelved_rows);

/* ---- taking and releasing places ---- */

#define ANY "CUALQUIERA"
const struct word position_sizes[] = { { ANY, "Cualquiera" }, PACKAGE_TYPE_WORDS, WORDS_END };

/* Sizes of positions that a parcel of a type is put on when nobody names one, the best first; then the
 * overflow.  A normal parcel fits a large place, but leaves it free while there is another. */
static const struct { const char *type, *size_class; } fits[] = {
    { "NORMAL", "NORMAL" },
    { "NORMAL", ANY },
    { "NORMAL", "EXTRA_DIMENSIONADO" },
    { "EXTRA_DIMENSIONADO", "EXTRA_DIMENSIONADO" },
    { "EXTRA_DIMENSIONADO", ANY },
};

static enum err position_taken_row(struct ctx *c, struct rows *q, int64_t *id, const char **code)
{
    *id = db_int(q, 0);
    *code = db_dup(q, 1, c->a);
    return db_end(q);
}

static enum err position_take_any(struct ctx *c, const char *type, int64_t *id, const char **taken)
{
    struct rows q;
    enum err e = E_NOT_FOUND;

    for (size_t i = 0; i < COUNT(fits) && e == E_NOT_FOUND; i++)
        if (streq(fits[i].type, type))
            e = db_one(c->db, &q, &take_first, fits[i].size_class);
    if (e == E_NOT_FOUND)
        e = db_one(c->db, &q, &take_overflow);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_CONFLICT, "position", T_POSITION_NO_ROOM, NULL);
    return e != OK ? e : position_taken_row(c, &q, id, taken);
}

enum err position_take_tx(struct ctx *c, const char *code, const char *type, int64_t *id, const char **taken)
{
    struct position p;
    struct rows q;
    enum err e;

    if (is_blank(code))
        return position_take_any(c, type, id, taken);
    code = utf8_upper_ascii(c->a, code);
    e = db_one(c->db, &q, &take, code);
    if (e == OK)
        return position_taken_row(c, &q, id, taken);
    if (e == E_NOT_FOUND)
        e = db_get(c->db, position_fields, &p, c->a, &by_code, code);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_INVALID, "position", T_POSITION_NONE, code, NULL);
    if (e != OK)
        return e;
    return ctx_fail(c, E_CONFLICT, "position", p.is_active ? T_POSITION_FULL : T_POSITION_OFF, code, NULL);
}

enum err position_release_tx(struct ctx *c, int64_t id)
{
    return id == 0 ? OK : db_exec(c->db, NULL, &release, id);
}

/* ---- reading ---- */

int64_t position_free(struct ctx *c)
{
    return db_scalar(c->db, 0, &free_ones);
}

enum err position_by_id(struct ctx *c, int64_t id, struct position *out)
{
    enum err e = db_get(c->db, position_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_POSITION_GONE, NULL) : domain_fault(c, e);
}

enum err position_by_code(struct ctx *c, const char *code, struct position *out)
{
    const char *upper = utf8_upper_ascii(c->a, code);
    enum err e = db_get(c->db, position_fields, out, c->a, &by_code, upper);

    return e == E_NOT_FOUND ? ctx_fail(c, e, "position", T_POSITION_NONE, upper, NULL) : domain_fault(c, e);
}

enum err position_list(struct ctx *c, const struct position_filter *f, struct positions *out)
{
    int64_t limit = f->limit < 1 || f->limit > POSITIONS_MAX ? LIST_USUAL : f->limit;
    int64_t from = f->after ? db_scalar(c->db, 0, &order_of, f->after) : INT64_MIN;
    struct rows q;
    enum err e = is_blank(f->zone) ? db_query(c->db, &q, &list_all, from, f->after, limit + 1)
        : db_query(c->db, &q, &list_zone, from, f->after, limit + 1, f->zone);

    *out = (struct positions){ .v = arena_alloc(c->a, (size_t)(limit + 1) * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while ((int64_t)out->n <= limit && db_next(&q))
        db_fill(&q, 0, position_fields, &out->v[out->n++], c->a);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        out->next = out->v[limit - 1].id;
    }
    return domain_fault(c, db_end(&q));
}

enum err position_zones(struct ctx *c, struct zones *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &zones);

    *out = (struct zones){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, zone_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err position_packages(struct ctx *c, int64_t position_id, int64_t after, struct shelved_list *out)
{
    const int64_t limit = SHELVED_PAGE, day = DAY_SECONDS;
    struct rows q;
    enum err e = position_id == 0 ? db_query(c->db, &q, &placeless, after, c->now, limit + 1, day)
        : db_query(c->db, &q, &lying_on, after, c->now, limit + 1, day, position_id);

    *out = (struct shelved_list){ .v = arena_alloc(c->a, (SHELVED_PAGE + 1) * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n <= SHELVED_PAGE && db_next(&q))
        db_fill(&q, 0, shelved_fields, &out->v[out->n++], c->a);
    if (out->n > SHELVED_PAGE) {
        out->n = SHELVED_PAGE;
        out->next = out->v[SHELVED_PAGE - 1].id;
    }
    return domain_fault(c, db_end(&q));
}
