#include "domain/parcel/incident.h"

#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_columns.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/texts.h"
#include "json/json.h"

#define KIND "NOTA_AGREGADA"     /* an incident changes neither state nor place */
#define LIST_USUAL 50
#define LIST_MAX 200

#define SELECT "SELECT i.id, i.package_id, i.event_id, i.outcome, i.reported_at, i.reported_by, u.full_name, v.value," \
    " p.guide_number, o.code, " PARCEL_NAME ", " PARCEL_PHONE " FROM incidents i JOIN packages p ON p.id = i.package_id" \
    " JOIN users u ON u.id = i.reported_by LEFT JOIN positions o ON o.id = p.position_id" \
    " LEFT JOIN customers c ON c.id = p.customer_id" \
    " LEFT JOIN event_values v ON v.event_id = i.event_id AND v.name = 'note' WHERE i.resolved_at IS NULL"
static const struct stmt open_of = STMT("incident_open_of", "i", SELECT " AND i.package_id = $1");
static const struct stmt open_of_all = STMT("incidents_open_of", "s",
    SELECT " AND i.package_id IN (SELECT value FROM json_each($1)) ORDER BY i.id");
static const struct stmt all_open = STMT("incidents_open", "iii",
    SELECT " AND i.id < $1 AND ($2 = 0 OR i.package_id = $2) ORDER BY i.id DESC LIMIT $3");
static const struct stmt insert = STMT("incident_insert", "isiii",
    "INSERT INTO incidents (package_id, outcome, event_id, reported_at, reported_by) VALUES ($1, $2, $3, $4, $5)");
static const struct stmt settle = STMT("incident_settle", "iiIss",
    "UPDATE incidents SET resolved_at = $2, resolved_by = $3, resolution = $4"
    " WHERE package_id = $1 AND resolved_at IS NULL AND ($5 IS NULL OR outcome = $5)");
static const struct stmt reopen = STMT("incident_reopen", "iis",
    "UPDATE incidents SET resolved_at = NULL, resolved_by = NULL, resolution = NULL"
    " WHERE id = (SELECT max(id) FROM incidents WHERE package_id = $1 AND resolved_at = $2 AND resolution = $3)");
static const struct stmt take_back = STMT("incident_take_back", "iii",
    "UPDATE incidents SET resolved_at = $2, resolved_by = $3, resolution = 'deshecho'"
    " WHERE event_id = $1 AND resolved_at IS NULL");
DB_REGISTER(&open_of, &open_of_all, &all_open, &insert, &settle, &reopen, &take_back)

#define I struct incident
static const struct field rows[] = {
    FIELD(I, id, F_INT, "Número de la novedad"),
    FIELD(I, package_id, F_INT, "Paquete"),
    FIELD(I, event_id, F_INT, "Suceso en la historia"),
    FIELD(I, outcome, F_TEXT, "rechazado, no_encontrado o equivocado"),
    FIELD(I, reported_at, F_INSTANT, "Cuándo se anotó"),
    FIELD(I, reported_by, F_ID, "Quién la anotó"),
    FIELD(I, reported_by_name, F_TEXT, "Nombre de quien la anotó"),
    FIELD(I, note, F_TEXT, "Nota"),
    FIELD(I, guide_number, F_TEXT, "Guía"),
    FIELD(I, position_code, F_TEXT, "Posición"),
    FIELD(I, customer_name, F_TEXT, "Cliente"),
    FIELD(I, customer_phone, F_PHONE, "Celular del cliente"),
};
const struct fields incident_fields = FIELDS(rows);

const struct word incident_outcomes[] = {
    { "no_encontrado", "No encontrado" }, { "rechazado", "Rechazado" }, { "equivocado", "Equivocado" }, WORDS_END
};

/* ---- reading ---- */

enum err incident_of(struct ctx *c, int64_t package_id, struct incident *out)
{
    enum err e = db_get(c->db, incident_fields, out, c->a, &open_of, package_id);

    if (e == E_NOT_FOUND)
        *out = (struct incident){ 0 };
    return e == E_NOT_FOUND ? OK : domain_fault(c, e);
}

enum err incidents_of(struct ctx *c, const struct packages *list, struct incidents *out)
{
    int64_t *ids = arena_alloc(c->a, (list->n + 1) * sizeof *ids);
    struct rows q;
    enum err e;

    for (size_t i = 0; i < list->n; i++)
        ids[i] = list->v[i].id;
    *out = (struct incidents){ 0 };
    e = db_query(c->db, &q, &open_of_all, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, list->n)));
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, incident_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

struct incident incident_among(const struct incidents *all, int64_t package_id)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].package_id == package_id)
            return all->v[i];
    return (struct incident){ 0 };
}

enum err incident_list(struct ctx *c, const struct incident_filter *f, struct incidents *out)
{
    const size_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : (size_t)f->limit;
    struct rows q;
    enum err e = db_query(c->db, &q, &all_open, f->before > 0 ? f->before : INT64_MAX, f->package,
                          (int64_t)limit + 1);

    *out = (struct incidents){ .v = arena_alloc(c->a, (limit + 1) * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n <= limit && db_next(&q))
        db_fill(&q, 0, incident_fields, &out->v[out->n++], c->a);
    if (out->n > limit)
        out->next = out->v[--out->n - 1].id;
    return domain_fault(c, db_end(&q));
}

/* ---- within the transactions of others ---- */

enum err incident_settle_tx(struct ctx *c, int64_t package_id, const char *outcome, const char *resolution)
{
    return db_exec(c->db, NULL, &settle, package_id, c->now, c->user_id, resolution, outcome);
}

enum err incident_reopen_tx(struct ctx *c, int64_t package_id, int64_t at, const char *resolution)
{
    return db_exec(c->db, NULL, &reopen, package_id, at, resolution);
}

enum err incident_undo_tx(struct ctx *c, int64_t package_id, int64_t event_id, int64_t at)
{
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &take_back, event_id, c->now, c->user_id);

    if (e == OK && changed != 1)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL);
    return e != OK ? e : incident_reopen_tx(c, package_id, at, "otra_novedad");
}

/* ---- reporting and resolving ---- */

static enum err incident_event_add_tx(struct ctx *c, struct package *p, struct json_object *details,
                                      const char *note)
{
    return event_add_tx(c, p, (struct event_new){ .kind = KIND, .before = p->state, .after = p->state,
                                                  .details = details, .note = note });
}

struct reporting { struct ctx *c; const struct incident_in *in; struct package *p; };

static enum err incident_report_step(void *arg)
{
    struct reporting *x = arg;
    struct ctx *c = x->c;
    struct package *p = x->p;
    struct json_object *details;
    struct incident open;
    enum err e = package_by_id(c, x->in->id, p);

    if (e == OK && !streq(p->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p->guide_number, p->state, NULL);
    if (e == OK)
        e = incident_of(c, p->id, &open);
    if (e == OK && open.id != 0 && streq(open.outcome, x->in->outcome))
        return ctx_fail(c, E_CONFLICT, NULL, T_INCIDENT_TWICE, p->guide_number,
                        words_of(incident_outcomes, open.outcome), NULL);
    if (e == OK)
        e = incident_settle_tx(c, p->id, NULL, "otra_novedad");
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "incident", x->in->outcome);
    if (p->position_code != NULL)
        json_add_text(details, "position", p->position_code);
    e = incident_event_add_tx(c, p, details, x->in->note);
    return e != OK ? e : db_exec(c->db, NULL, &insert, p->id, x->in->outcome, p->last_event_id, c->now, c->user_id);
}

enum err incident_report(struct ctx *c, const struct incident_in *in, struct package *out)
{
    struct reporting x = { c, in, out };

    c->fault = (struct fault){ 0 };
    if (words_of(incident_outcomes, in->outcome) == NULL)
        ctx_invalid(c, "outcome", T_INCIDENT_OUTCOME, NULL);
    else if (streq(in->outcome, "equivocado") && is_blank(in->note))
        ctx_invalid(c, "note", T_INCIDENT_NOTE, NULL);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    return package_write(c, "incident", in->id, out, incident_report_step, &x);
}

struct resolving { struct ctx *c; const struct incident_resolve_in *in; struct package *p; };

static enum err incident_resolve_step(void *arg)
{
    struct resolving *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    struct incident open;
    enum err e = package_by_id(c, x->in->id, x->p);

    if (e == OK)
        e = incident_of(c, x->in->id, &open);
    if (e == OK && open.id == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_INCIDENT_NONE, x->p->guide_number, NULL);
    if (e == OK)
        e = incident_settle_tx(c, x->in->id, NULL, "a_mano");
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "incident_resolved", open.outcome);
    return incident_event_add_tx(c, x->p, details, x->in->how);
}

enum err incident_resolve(struct ctx *c, const struct incident_resolve_in *in, struct package *out)
{
    struct resolving x = { c, in, out };

    if (is_blank(in->how))
        return ctx_fail(c, E_INVALID, "how", T_INCIDENT_HOW, NULL);
    return package_write(c, "incident_resolve", in->id, out, incident_resolve_step, &x);
}
