#include "domain/console/job_admin.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package.h"
#include "queue/job.h"

#define LIST_USUAL 50
#define LIST_MAX 200
#define BADGE_MAX 100

/* A job without a package that sends a message is about the first of the message's packages. */
#define ABOUT "coalesce(j.package_id, (SELECT min(package_id) FROM notification_packages" \
    " WHERE notification_id = j.args ->> 'notification_id'))"
#define SELECT                                                                                          \
    "SELECT j.id, j.queue, j.kind, j.state, j.run_at, j.attempt, j.max_attempts, j.worker, j.last_error," \
    " p.id, p.tracking_code, j.created_at, j.started_at, j.finished_at"                                 \
    " FROM jobs j LEFT JOIN packages p ON p.id = " ABOUT

/* A statement a kind of list, so that each has its index and none reads jobs that were done long ago.
 * All of them take all filters: $1 before, $2 limit, $3 state, $4 kind, $5 queue, $6 part of the
 * error; the package's list also $7. */
#define FILTER " AND ($3 IS NULL OR j.state = $3) AND ($4 IS NULL OR j.kind = $4)"                      \
    " AND ($5 IS NULL OR j.queue = $5) AND ($6 IS NULL OR instr(lower(j.last_error), lower($6)) > 0)"
#define MATCH(shape) " WHERE " shape " AND j.id < $1" FILTER
/* Waiting and running jobs have an index, but not by id: it is read as a whole, and only the rows of
 * the page are looked up.  The sum keeps the planner from going through the primary key instead. */
#define MATCH_OPEN(shape) " WHERE " shape " AND j.id + 0 < $1" FILTER
#define LIST(name, shape) STMT(name, "iissss", SELECT MATCH(shape) " ORDER BY j.id DESC LIMIT $2")
#define LIST_OPEN(name, shape) STMT(name, "iissss", SELECT " WHERE j.id IN (SELECT j.id FROM jobs j"    \
    MATCH_OPEN(shape) " ORDER BY j.id + 0 DESC LIMIT $2) ORDER BY j.id DESC")
#define MANY(name, shape) STMT(name, "iissss",                                                          \
    "SELECT count(*) FROM (SELECT 1 FROM jobs j" MATCH(shape) " LIMIT $2)")
#define MANY_OPEN(name, shape) STMT(name, "iissss",                                                     \
    "SELECT count(*) FROM (SELECT 1 FROM jobs j" MATCH_OPEN(shape) " LIMIT $2)")
#define READY "j.state = 'ready'"
#define RUNNING "j.state = 'running'"
#define BY_ERROR "j.last_error IS NOT NULL"
#define BY_KIND "j.kind = $4"
#define BY_QUEUE "j.queue || '' = $5"        /* the expression of the index jobs_of_queue */
#define BY_PACKAGE "j.id IN (SELECT id FROM jobs WHERE package_id = $7 UNION SELECT n.job_id"           \
    " FROM notification_packages x JOIN notifications n ON n.id = x.notification_id WHERE x.package_id = $7)"
static const struct stmt list_ready = LIST_OPEN("jobs_ready", READY);
static const struct stmt list_running = LIST_OPEN("jobs_run", RUNNING);
static const struct stmt list_dead = LIST("jobs_dead", "j.state = 'dead'");
static const struct stmt list_cancelled = LIST("jobs_cancelled", "j.state = 'cancelled'");
static const struct stmt list_error = LIST("jobs_by_error", BY_ERROR);
static const struct stmt list_kind = LIST("jobs_of_kind", BY_KIND);
static const struct stmt list_queue = LIST("jobs_of_queue", BY_QUEUE);
static const struct stmt list_all = LIST("jobs_all", "1");
static const struct stmt many_ready = MANY_OPEN("jobs_many_ready", READY);
static const struct stmt many_running = MANY_OPEN("jobs_many_run", RUNNING);
static const struct stmt many_dead = MANY("jobs_many_dead", "j.state = 'dead'");
static const struct stmt many_cancelled = MANY("jobs_many_cancelled", "j.state = 'cancelled'");
static const struct stmt many_error = MANY("jobs_many_error", BY_ERROR);
static const struct stmt many_kind = MANY("jobs_many_kind", BY_KIND);
static const struct stmt many_queue = MANY("jobs_many_queue", BY_QUEUE);
static const struct stmt many_all = MANY("jobs_many", "1");
static const struct stmt list_package = STMT("jobs_of_package", "iissssi",
    SELECT MATCH(BY_PACKAGE) " ORDER BY j.id DESC LIMIT $2");
static const struct stmt many_package = STMT("jobs_many_package", "iissssi",
    "SELECT count(*) FROM (SELECT 1 FROM jobs j" MATCH(BY_PACKAGE) " LIMIT $2)");
static const struct stmt badge = STMT("jobs_badge", "i",
    "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'dead' LIMIT $1)");
DB_REGISTER(&list_ready, &list_running, &list_dead, &list_cancelled, &list_error, &list_kind, &list_queue,
            &list_all, &many_ready, &many_running, &many_dead, &many_cancelled, &many_error, &many_kind,
            &many_queue, &many_all, &list_package, &many_package, &badge)

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
    FIELD(E, tracking_code, F_TEXT, "Código de consulta del paquete"),
    FIELD(E, created_at, F_INSTANT, "Creado"),
    FIELD(E, started_at, F_INSTANT, "Último comienzo"),
    FIELD(E, finished_at, F_INSTANT, "Terminado"),
};
const struct fields job_entry_fields = FIELDS(rows);

/* ---- words ---- */

const struct word job_states[] = {
    { "ready", "En espera" }, { "running", "En curso" }, { "done", "Hecho" }, { "dead", "Fallido" },
    { "cancelled", "Descartado" }, WORDS_END
};
const struct word job_states_many[] = {
    { "ready", "En espera" }, { "running", "En curso" }, { "done", "Hechos" }, { "dead", "Fallidos" },
    { "cancelled", "Descartados" }, WORDS_END
};
const struct word job_queues[] = {
    { "sms", "SMS" }, { "mail", "Correo" }, { "default", "General" }, { "files", "Archivos" },
    { "archive", "Almacén de fotos" }, { "reports", "Reportes" }, { "maintenance", "Mantenimiento" },
    { "webhook", "Avisos a otros programas" }, { "whatsapp", "WhatsApp" }, WORDS_END
};

const char *job_kind_words(const char *kind)
{
    const struct job_kind *k = job_kind_find(kind);

    return k != NULL ? k->words : kind;
}

const char *const *job_kind_names(struct arena *a)
{
    const char **names = arena_alloc(a, (job_kind_count + 1) * sizeof *names);

    for (size_t i = 0; i < job_kind_count; i++)
        names[i] = job_kinds[i].name;
    return names;
}

/* ---- lists ---- */

/* Kinds of list, the narrowest first: the first that fits the filter gives the statement. */
static const struct shape {
    enum { OF_PACKAGE, OF_STATE, OF_ERROR, OF_KIND, OF_QUEUE, OF_ALL } by;
    const char *state;
    const struct stmt *list, *many;
} shapes[] = {
    { OF_PACKAGE, NULL, &list_package, &many_package },
    { OF_STATE, "ready", &list_ready, &many_ready },
    { OF_STATE, "running", &list_running, &many_running },
    { OF_STATE, "dead", &list_dead, &many_dead },
    { OF_STATE, "cancelled", &list_cancelled, &many_cancelled },
    { OF_ERROR, NULL, &list_error, &many_error },
    { OF_KIND, NULL, &list_kind, &many_kind },
    { OF_QUEUE, NULL, &list_queue, &many_queue },
    { OF_ALL, NULL, &list_all, &many_all },
};

static bool shape_fits(const struct shape *s, const struct job_filter *f)
{
    switch (s->by) {
    case OF_PACKAGE:
        return !is_blank(f->package);
    case OF_STATE:
        return !is_blank(f->state) && streq(f->state, s->state);
    case OF_ERROR:
        return !is_blank(f->error);
    case OF_KIND:
        return !is_blank(f->kind);
    case OF_QUEUE:
        return !is_blank(f->queue);
    case OF_ALL:
        break;
    }
    return true;
}

static const struct shape *shape_of(const struct job_filter *f)
{
    size_t i = 0;

    while (!shape_fits(&shapes[i], f))
        i++;
    return &shapes[i];
}

static const char *text_or_null(const char *s)
{
    return is_blank(s) ? NULL : s;
}

/* Finds the package named by a code, else by a guide; *id is 0 when there is none, so that nothing
 * matches. */
static enum err job_package_find(struct ctx *c, const char *named, int64_t *id)
{
    struct package p;
    enum err e = package_by_code(c, named, &p);

    if (e == E_NOT_FOUND)
        e = package_by_guide(c, named, &p);
    *id = e == OK ? p.id : 0;
    if (e != E_NOT_FOUND)
        return e;
    c->fault = (struct fault){ 0 };
    return OK;
}

/* The statement of the package's list takes one argument more than the others. */
static enum err jobs_filter(struct ctx *c, struct rows *q, const struct job_filter *f, bool count, int64_t limit)
{
    const struct shape *s = shape_of(f);
    int64_t package, before = f->before > 0 ? f->before : INT64_MAX;
    enum err e;

    if (s->by != OF_PACKAGE)
        return db_query(c->db, q, count ? s->many : s->list, before, limit, text_or_null(f->state),
                        text_or_null(f->kind), text_or_null(f->queue), text_or_null(f->error));
    if ((e = job_package_find(c, f->package, &package)) != OK)
        return e;
    return db_query(c->db, q, count ? s->many : s->list, before, limit, text_or_null(f->state),
                    text_or_null(f->kind), text_or_null(f->queue), text_or_null(f->error), package);
}

enum err job_list(struct ctx *c, const struct job_filter *f, struct job_entries *out, int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e = jobs_filter(c, &q, f, false, limit + 1);

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

enum err job_count(struct ctx *c, const struct job_filter *f, int64_t *out)
{
    struct job_filter all = *f;
    struct rows q;
    enum err e;

    all.before = 0;
    e = jobs_filter(c, &q, &all, true, JOB_COUNT_MAX + 1);
    *out = 0;
    if (e != OK)
        return domain_fault(c, e);
    if (db_next(&q))
        *out = db_int(&q, 0);
    return domain_fault(c, db_end(&q));
}

int64_t job_dead_count(struct ctx *c)
{
    return db_scalar(c->db, 0, &badge, (int64_t)BADGE_MAX);
}
