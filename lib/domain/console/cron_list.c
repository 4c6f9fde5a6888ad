/* The clock: every line of the schedule in words, with its last run and its next. */
#include "base/clock.h"
#include "base/log.h"
#include "base/schedule.h"
#include "domain/console/job_admin.h"
#include "domain/console/schedule_words.h"
#include "domain/ground/tx.h"

/* A program that only enqueues has a job whose key is its tick: the job's result counts, as long as it
 * is kept. */
#define JOB(j, t) " LEFT JOIN jobs " j " ON " j ".unique_key = 'cron:' || " t ".name || ':' || " t ".tick"
/* Reads, for each program in the JSON list $1 that ever ran, its last run and the last that ended well. */
static const struct stmt runs = STMT("cron_runs", "s",
    "SELECT t.name, t.tick, t.started_at, t.finished_at, t.ok, j.id, j.state, j.started_at, j.finished_at,"
    " (SELECT s.tick FROM cron_ticks s" JOB("w", "s") " WHERE s.name = t.name AND s.ok = 1"
    " AND coalesce(w.state, 'done') = 'done' ORDER BY s.tick DESC LIMIT 1)"
    " FROM json_each($1) n CROSS JOIN cron_ticks t ON t.name = n.value"
    " AND t.tick = (SELECT max(tick) FROM cron_ticks WHERE name = n.value)" JOB("j", "t"));
DB_REGISTER(&runs)
enum { COLUMN_NAME, COLUMN_TICK, COLUMN_START, COLUMN_END, COLUMN_OK, COLUMN_JOB, COLUMN_STATE, COLUMN_JOB_START,
       COLUMN_JOB_END, COLUMN_SUCCESS };

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

/* Fills an entry with the last run of its program. */
static void run_fill(struct cron_entry *x, struct rows *q)
{
    x->last_at = db_int(q, COLUMN_TICK);
    x->last_success = db_int(q, COLUMN_SUCCESS);
    x->job_id = db_int(q, COLUMN_JOB);
    x->result = db_null(q, COLUMN_END) ? "running" : db_int(q, COLUMN_OK) ? "ok" : "failed";
    x->seconds = tick_span(q, COLUMN_START);
    if (x->job_id != 0 && streq(x->result, "ok")) {
        x->result = job_result(db_text(q, COLUMN_STATE));
        x->seconds = tick_span(q, COLUMN_JOB_START);
    }
}

static enum err runs_read(struct ctx *c, struct cron_entries *out)
{
    const char *names = "";
    struct rows q;
    enum err e;

    for (size_t i = 0; i < out->n; i++)      /* a name has letters, digits and hyphens only */
        names = arena_printf(c->a, "%s%s\"%s\"", names, i > 0 ? "," : "", out->v[i].name);
    e = db_query(c->db, &q, &runs, arena_printf(c->a, "[%s]", names));
    while (e == OK && db_next(&q))
        for (size_t i = 0; i < out->n; i++)
            if (streq(out->v[i].name, db_text(&q, COLUMN_NAME)))
                run_fill(&out->v[i], &q);
    return e != OK ? e : db_end(&q);
}

enum err cron_list(struct ctx *c, struct cron_entries *out)
{
    const char *why = "";
    struct schedule s;

    *out = (struct cron_entries){ 0 };
    if (!schedule_read(c->a, c->conf->schedule_file, &s, &why)) {
        log_error("cron.schedule", "error", why);
        return domain_fault(c, E_INTERNAL);
    }
    out->v = arena_alloc(c->a, (s.count + 1) * sizeof *out->v);
    for (size_t i = 0; i < s.count; i++)
        out->v[out->n++] = (struct cron_entry){ .name = s.lines[i].name, .what = s.lines[i].what,
            .when = schedule_words(c->a, &s.lines[i]), .next_at = schedule_next(&s.lines[i], c->now) };
    return domain_fault(c, runs_read(c, out));
}
