/* The clock: every line of the schedule in words, with its last run and its next. */
#include "base/clock.h"
#include "base/log.h"
#include "base/schedule.h"
#include "domain/console/job_admin.h"
#include "domain/console/schedule_words.h"
#include "domain/ground/tx.h"

/* A program that only enqueues has a job whose key is its tick: the job's result counts, as long as it
 * is kept. */
#define TICKS " FROM cron_ticks t LEFT JOIN jobs j ON j.unique_key = 'cron:' || t.name || ':' || t.tick"
static const struct stmt last = STMT("cron_last_run", "s",
    "SELECT t.tick, t.started_at, t.finished_at, t.ok, j.id, j.state, j.started_at, j.finished_at" TICKS
    " WHERE t.name = $1 ORDER BY t.tick DESC LIMIT 1");
static const struct stmt success = STMT("cron_success", "s",
    "SELECT t.tick" TICKS " WHERE t.name = $1 AND t.ok = 1 AND coalesce(j.state, 'done') = 'done'"
    " ORDER BY t.tick DESC LIMIT 1");
DB_REGISTER(&last, &success)

#define E struct cron_entry
static const struct field rows[] = {
    FIELD(E, name, F_TEXT, "Programa"),
    FIELD(E, what, F_TEXT, "Qué hace"),
    FIELD(E, when, F_TEXT, "Cuándo, en palabras"),
    FIELD(E, last_at, F_INSTANT, "Última vez"),
    FIELD(E, result, F_TEXT, "ok, failed, running o queued"),
    FIELD(E, seconds, F_INT, "Cuánto tardó, en segundos"),
    FIELD(E, job_id, F_ID, "Su trabajo"),
    FIELD(E, last_success, F_INSTANT, "Última vez que terminó bien"),
    FIELD(E, next_at, F_INSTANT, "Próxima vez"),
};
const struct fields cron_entry_fields = FIELDS(rows);

static const char *job_result(const char *state)
{
    return streq(state, "done") ? "ok" : streq(state, "ready") ? "queued"
        : streq(state, "running") ? "running" : "failed";
}

static int64_t tick_span(struct rows *q, int from)
{
    return db_null(q, from) || db_null(q, from + 1) ? 0 : db_int(q, from + 1) - db_int(q, from);
}

static enum err cron_last_read(struct ctx *c, struct cron_entry *x)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &last, x->name);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    x->last_at = db_int(&q, 0);
    x->job_id = db_int(&q, 4);
    x->result = db_null(&q, 2) ? "running" : db_int(&q, 3) ? "ok" : "failed";
    x->seconds = tick_span(&q, 1);
    if (x->job_id != 0 && streq(x->result, "ok")) {
        x->result = job_result(db_text(&q, 5));
        x->seconds = tick_span(&q, 6);
    }
    return db_end(&q);
}

enum err cron_list(struct ctx *c, struct cron_entries *out)
{
    const char *why = "";
    struct schedule s;
    enum err e = OK;

    *out = (struct cron_entries){ 0 };
    if (!schedule_read(c->a, c->conf->schedule_file, &s, &why)) {
        log_error("cron.schedule", "error", why);
        return domain_fault(c, E_INTERNAL);
    }
    out->v = arena_alloc(c->a, (s.count + 1) * sizeof *out->v);
    for (size_t i = 0; i < s.count && e == OK; i++) {
        struct cron_entry *x = &out->v[out->n++];

        *x = (struct cron_entry){ .name = s.lines[i].name, .what = s.lines[i].what,
            .when = schedule_words(c->a, &s.lines[i]), .next_at = schedule_next(&s.lines[i], c->now) };
        e = cron_last_read(c, x);
        if (e == OK)
            x->last_success = db_scalar(c->db, 0, &success, x->name);
    }
    return domain_fault(c, e);
}
