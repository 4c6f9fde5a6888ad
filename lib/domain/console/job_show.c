#include "domain/console/texts.h"
#include "json/json.h"
#include "domain/console/job_admin.h"
#include "domain/ground/tx.h"
#include "queue/job.h"

#define HIDDEN "•••"

static const struct stmt by_id = STMT("job_by_id", "i",
    "SELECT j.id, j.queue, j.kind, j.state, j.run_at, j.attempt, j.max_attempts, j.worker, j.last_error,"
    " p.id, p.tracking_code, j.created_at, j.started_at, j.finished_at,"
    " j.priority, j.expires_at, j.crashes, j.progress, j.request_id, p.guide_number, j.args"
    " FROM jobs j LEFT JOIN packages p ON p.id = coalesce(j.package_id, (SELECT min(package_id)"
    " FROM notification_packages WHERE notification_id = j.args ->> 'notification_id')) WHERE j.id = $1");
static const struct stmt tries_of = STMT("job_tries", "i",
    "SELECT attempt, worker, outcome, error, started_at, finished_at FROM job_attempts"
    " WHERE job_id = $1 ORDER BY attempt DESC");
static const struct stmt notification_there = STMT("job_notification", "i",
    "SELECT count(*) FROM notifications WHERE id = $1");
DB_REGISTER(&by_id, &tries_of, &notification_there)

#define T struct job_try
static const struct field try_rows[] = {
    FIELD(T, attempt, F_INT, "Número del intento"),
    FIELD(T, worker, F_TEXT, "Quién lo hizo"),
    FIELD(T, outcome, F_TEXT, "ok, error, timeout, crashed o fenced; null mientras corre"),
    FIELD(T, error, F_TEXT, "Por qué falló"),
    FIELD(T, started_at, F_INSTANT, "Comienzo"),
    FIELD(T, finished_at, F_INSTANT, "Fin"),
};
const struct fields job_try_fields = FIELDS(try_rows);

static const struct field argument_rows[] = {
    FIELD(struct job_argument, name, F_TEXT, "Nombre"),
    FIELD(struct job_argument, value, F_TEXT, "Valor; los textos no se muestran"),
};
const struct fields job_argument_fields = FIELDS(argument_rows);

#define D struct job_detail
static const struct field detail_rows[] = {
    FIELD(D, priority, F_INT, "De lo que está a tiempo, lo menor va primero"),
    FIELD(D, expires_at, F_INSTANT, "Desde cuándo ya no sirve"),
    FIELD(D, crashes, F_INT, "Procesos que murieron en él"),
    FIELD(D, progress, F_INT, "Por ciento"),
    FIELD(D, request_id, F_TEXT, "Solicitud que lo pidió"),
    FIELD(D, guide_number, F_TEXT, "Guía del paquete"),
    FIELD(D, notification_id, F_ID, "Mensaje que envía"),
};
const struct fields job_detail_fields = FIELDS(detail_rows);

static const struct field answer_rows[] = {
    FIELD_PART(D, job, job_entry_fields),
    FIELD_ALSO(D, job_detail_fields),
    FIELD_LIST(D, arguments, job_argument_fields, "Lo que se puede ver de sus argumentos"),
    FIELD_LIST_AS(D, tries, "attempts", job_try_fields, "Sus intentos, el último primero"),
};
const struct fields job_answer_fields = FIELDS(answer_rows);

/* True when an argument is an id, by its kind's list of arguments: "i" is an id and may be seen, "s"
 * may be a name or a text.  An argument that no kind declares is not shown. */
static bool argument_is_id(const struct job_kind *k, const char *name)
{
    const char *s = k != NULL ? k->args : "";
    size_t n = strlen(name);

    for (; *s != '\0'; s += strcspn(s, " "), s += strspn(s, " "))
        if (strncmp(s, name, n) == 0 && s[n] == ':')
            return s[n + 1] == 'i';
    return false;
}

static void arguments_read(struct ctx *c, const char *kind, const char *args, struct job_detail *out)
{
    const struct job_kind *k = job_kind_find(kind);
    const struct text *why;
    struct json_object *o = json_parse(args, strlen(args), &why);

    if (o == NULL || !json_object_is_type(o, json_type_object)) {
        json_object_put(o);
        return;
    }
    json_object_object_foreach(o, name, value) {
        bool shown = argument_is_id(k, name) && json_object_is_type(value, json_type_int);

        out->arguments.v = arena_more(c->a, out->arguments.v, out->arguments.n, sizeof *out->arguments.v);
        out->arguments.v[out->arguments.n++] = (struct job_argument){ arena_strdup(c->a, name),
            shown ? arena_printf(c->a, "%lld", (long long)json_object_get_int64(value)) : HIDDEN };
        if (shown && streq(name, "notification_id"))
            out->notification_id = json_object_get_int64(value);
    }
    json_object_put(o);
    if (out->notification_id != 0 && db_scalar(c->db, 0, &notification_there, out->notification_id) == 0)
        out->notification_id = 0;
}

static enum err tries_read(struct ctx *c, struct job_detail *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &tries_of, out->job.id);

    if (e != OK)
        return e;
    out->tries.v = db_all(&q, c->a, job_try_fields, sizeof *out->tries.v, &out->tries.n);
    return db_end(&q);
}

enum err job_show(struct ctx *c, int64_t id, struct job_detail *out)
{
    int at = (int)job_entry_fields.count;
    const char *args;
    struct rows q;
    enum err e = db_one(c->db, &q, &by_id, id);

    *out = (struct job_detail){ 0 };
    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, NULL, T_JOB_NONE, arena_printf(c->a, "%lld", (long long)id), NULL);
    if (e != OK)
        return domain_fault(c, e);
    db_fill(&q, 0, job_entry_fields, &out->job, c->a);
    out->priority = db_int(&q, at);
    out->expires_at = db_int(&q, at + 1);
    out->crashes = db_int(&q, at + 2);
    out->progress = db_int(&q, at + 3);
    out->request_id = db_dup(&q, at + 4, c->a);
    out->guide_number = db_dup(&q, at + 5, c->a);
    args = db_dup(&q, at + 6, c->a);
    if ((e = db_end(&q)) == OK)
        e = tries_read(c, out);
    if (e != OK)
        return domain_fault(c, e);
    arguments_read(c, out->job.kind, args, out);
    return OK;
}
