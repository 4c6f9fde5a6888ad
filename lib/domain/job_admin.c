#include "domain/job_admin.h"

#include "domain/audit.h"
#include "domain/tx.h"
#include "queue/job.h"

#define COLUMNS "id, queue, kind, state, run_at, attempt, max_attempts, worker, last_error, package_id," \
    " created_at, finished_at"
/* Only the few states that are not history are selective: they have their indexes. */
static const struct stmt list = STMT("job_list", "issi",
    "SELECT " COLUMNS " FROM jobs WHERE id < $1 AND ($2 IS NULL OR state = $2)"
    " AND ($3 IS NULL OR kind = $3) ORDER BY id DESC LIMIT $4");
static const struct stmt dead = STMT("jobs_dead_of_kind", "si",
    "SELECT id FROM jobs WHERE state = 'dead' AND ($1 IS NULL OR kind = $1) ORDER BY id LIMIT $2");
DB_REGISTER(&list, &dead)

#define E struct job_entry
static const struct field rows[] = {
    FIELD(E, id, F_INT, "Número del trabajo"),
    FIELD(E, queue, F_TEXT, "Cola"),
    FIELD(E, kind, F_TEXT, "Tipo"),
    FIELD(E, state, F_TEXT, "ready, running, done, dead o cancelled"),
    FIELD(E, run_at, F_INSTANT, "Desde cuándo puede hacerse"),
    FIELD(E, attempt, F_INT, "Intentos hechos"),
    FIELD(E, max_attempts, F_INT, "Intentos permitidos"),
    FIELD(E, worker, F_TEXT, "Quién lo hace"),
    FIELD(E, last_error, F_TEXT, "Último error"),
    FIELD(E, package_id, F_ID, "Paquete"),
    FIELD(E, created_at, F_INSTANT, "Creado"),
    FIELD(E, finished_at, F_INSTANT, "Terminado"),
};
const struct fields job_entry_fields = FIELDS(rows);
const char *const job_states[] = { "ready", "running", "done", "dead", "cancelled", NULL };

enum err job_list(struct ctx *c, const struct job_filter *f, struct job_entries *out, int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > 200 ? 50 : f->limit;
    struct rows q;
    enum err e = db_query(c->db, &q, &list, f->before > 0 ? f->before : INT64_MAX,
                          is_blank(f->state) ? NULL : f->state, is_blank(f->kind) ? NULL : f->kind,
                          limit + 1);

    *out = (struct job_entries){ .v = arena_alloc(c->a, (size_t)(limit + 1) * sizeof *out->v) };
    *next = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q))
        db_fill(&q, 0, job_entry_fields, &out->v[out->n++], c->a);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return domain_fault(c, db_end(&q));
}

static enum err retry_one_tx(struct ctx *c, int64_t id)
{
    enum err e = job_retry_tx(c, id);

    if (e == E_NOT_FOUND || e == E_CONFLICT)
        return ctx_fail(c, e, NULL, e == E_CONFLICT ? T_JOB_STATE : T_JOB_NONE,
                        arena_printf(c->a, "%lld", (long long)id), NULL);
    return e != OK ? e : audit_tx(c, "job_retry", "job", id, NULL);
}

struct retrying {
    struct ctx *c;
    int64_t id;
    const char *kind;
    int64_t limit, count;
};

static enum err retry_tx(struct db *db UNUSED, void *arg)
{
    struct retrying *x = arg;

    return retry_one_tx(x->c, x->id);
}

enum err job_retry(struct ctx *c, int64_t id)
{
    struct retrying x = { .c = c, .id = id };

    return domain_write(c, retry_tx, &x);
}

static enum err retry_dead_tx(struct db *db, void *arg)
{
    struct retrying *x = arg;
    int64_t *ids = arena_alloc(x->c->a, (size_t)x->limit * sizeof *ids);
    struct rows q;
    int64_t n = 0;
    enum err e = db_query(db, &q, &dead, x->kind, x->limit);

    if (e != OK)
        return e;
    while (db_next(&q))
        ids[n++] = db_int(&q, 0);
    e = db_end(&q);
    for (x->count = 0; x->count < n && e == OK; x->count++)
        e = retry_one_tx(x->c, ids[x->count]);
    return e;
}

enum err job_retry_dead(struct ctx *c, const char *kind, int64_t limit, int64_t *retried)
{
    struct retrying x = { .c = c, .kind = kind, .limit = limit };
    enum err e = domain_write(c, retry_dead_tx, &x);

    *retried = e == OK ? x.count : 0;
    return e;
}
