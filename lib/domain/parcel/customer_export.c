#include "domain/parcel/customer_export.h"

#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "queue/job.h"
#include "queue/settle.h"

static const struct stmt by_id = STMT("export_by_id", "i",
    "SELECT id, state, format, q, kind, rows, size, at, ready_at, storage_key, error FROM customer_exports WHERE id = $1");
static const struct stmt insert = STMT("export_insert", "sssiI",
    "INSERT INTO customer_exports (format, q, kind, at, by) VALUES ($1, $2, $3, $4, $5) RETURNING id");
static const struct stmt place = STMT("export_place", "is",
    "UPDATE customer_exports SET storage_key = $2 WHERE id = $1 AND state = 'pending'");
static const struct stmt ready = STMT("export_ready", "iiii",
    "UPDATE customer_exports SET state = 'ready', rows = $2, size = $3, ready_at = $4 WHERE id = $1 AND state = 'pending'");
static const struct stmt old = STMT("export_old", "ii",
    "SELECT storage_key FROM customer_exports WHERE storage_key IS NOT NULL AND at < $1 ORDER BY id LIMIT $2");
static const struct stmt gone = STMT("export_gone", "s",
    "UPDATE customer_exports SET state = 'gone', storage_key = NULL, q = NULL WHERE storage_key = $1");
static const struct stmt lost = STMT("export_lost", "is",
    "UPDATE customer_exports SET state = 'failed', error = $2, q = NULL WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&by_id, &insert, &place, &ready, &old, &gone, &lost)

static enum err export_lost_tx(struct ctx *c, int64_t id, enum job_ending how UNUSED, const char *why)
{
    return db_exec(c->db, NULL, &lost, id, why);
}
JOB_SETTLED({ "customers.export", export_lost_tx })

const struct word export_formats[] = { { "xlsx", "Excel (.xlsx)" }, { "csv", "CSV" }, WORDS_END };

#define X struct customer_export
static const struct field fields[] = {
    FIELD(X, id, F_INT, "Número de la hoja"),
    FIELD(X, state, F_TEXT, "pending, ready, failed o gone: la hoja se borra al día siguiente"),
    FIELD(X, format, F_TEXT, "xlsx o csv"),
    FIELD(X, q, F_TEXT, "Palabras con las que se filtró"),
    FIELD(X, kind, F_TEXT, "Cuáles"),
    FIELD(X, rows, F_INT, "Clientes en la hoja"),
    FIELD(X, size, F_INT, "Bytes"),
    FIELD(X, at, F_INSTANT, "Cuándo se pidió"),
    FIELD(X, ready_at, F_INSTANT, "Cuándo quedó lista"),
    FIELD_SECRET(X, storage_key, F_TEXT, "Dónde está"),
    FIELD(X, error, F_TEXT, "Por qué no se pudo"),
};
const struct fields customer_export_fields = FIELDS(fields);

enum err export_by_id(struct ctx *c, int64_t id, X *out)
{
    enum err e = db_get(c->db, customer_export_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_NOT_FOUND, NULL) : domain_fault(c, e);
}

struct exporting { struct ctx *c; const struct export_in *in; X *out; };

static enum err begin_write(struct db *db UNUSED, void *arg)
{
    struct exporting *x = arg;
    struct ctx *c = x->c;
    const char *answer, *format = x->in->format != NULL ? x->in->format : export_formats[0].value;
    int64_t *ids, id = 0;
    struct json_object *details;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? export_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK)
        e = db_insert(c->db, &id, &insert, format, x->in->q, x->in->kind, c->now, c->user_id);
    if (e == OK)
        e = job_add_tx(c, &(struct job_new){ .kind = "customers.export", .about = id }, NULL);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "format", format);
    e = audit_tx(c, "customer_export", "customer_export", id, details);
    if (e == OK)
        e = export_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err export_begin(struct ctx *c, const struct export_in *in, X *out)
{
    return domain_operation(c, "customer_export", begin_write, &(struct exporting){ c, in, out });
}

/* ---- for the jobs ---- */

enum err export_place_tx(struct ctx *c, int64_t id, const char *key)
{
    return db_exec(c->db, NULL, &place, id, key);
}

enum err export_ready_tx(struct ctx *c, int64_t id, int64_t rows, int64_t size)
{
    return db_exec(c->db, NULL, &ready, id, rows, size, clock_now());
}

enum err export_old(struct ctx *c, const char **keys, size_t max, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &old, c->now - EXPORT_DAYS * DAY_SECONDS, (int64_t)max);

    *n = 0;
    if (e != OK)
        return e;
    while (*n < max && db_next(&q))
        keys[(*n)++] = db_dup(&q, 0, c->a);
    return db_end(&q);
}

static enum err gone_write(struct db *db, void *arg)
{
    return db_exec(db, NULL, &gone, (const char *)arg);
}

enum err export_gone(struct ctx *c, const char *key)
{
    return domain_write(c, gone_write, arena_strdup(c->a, key));
}
