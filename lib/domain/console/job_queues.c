#include "domain/console/job_admin.h"
#include "domain/ground/tx.h"
#include "queue/job.h"


static const struct stmt queues = STMT("queue_list", "",
    "SELECT name, paused, max_running, CAST(round(rate * 60) AS INTEGER), CAST(burst AS INTEGER),"
    " failures, open_until FROM queues");
/* Counts by queue, one pass each: waiting jobs, running, failed, and those that ended well in the last
 * hour. */
static const struct stmt waiting = STMT("queue_waiting", "i",
    "SELECT queue, count(*), sum(CASE WHEN run_at <= $1 THEN 1 ELSE 0 END),"
    " coalesce(min(CASE WHEN run_at <= $1 THEN run_at END), 0)"
    " FROM jobs WHERE state = 'ready' GROUP BY queue");
static const struct stmt running = STMT("queue_running", "",
    "SELECT queue, count(*) FROM jobs WHERE state = 'running' GROUP BY queue");
static const struct stmt dead = STMT("queue_dead", "",
    "SELECT queue, count(*) FROM jobs WHERE state = 'dead' AND finished_at IS NOT NULL GROUP BY queue");
static const struct stmt done = STMT("queue_done", "ii",
    "SELECT queue, sum(CASE WHEN finished_at > $2 THEN 1 ELSE 0 END), count(*) FROM jobs"
    " WHERE state = 'done' AND finished_at > $1 GROUP BY queue");
/* A worker's present job is read from the jobs: the worker's own row is written only every ten seconds. */
static const struct stmt workers = STMT("worker_list", "",
    "SELECT substr(w.host, 1, 6), w.slot, w.pid, w.heartbeat_at, w.rss_kb, j.id, j.kind,"
    " coalesce(j.started_at, w.since) FROM workers w"
    " LEFT JOIN jobs j ON j.id = (SELECT r.id FROM queues q JOIN jobs r ON r.queue = q.name"
    " WHERE r.state = 'running' AND r.worker = w.name LIMIT 1) ORDER BY w.host, w.slot, w.pid");
DB_REGISTER(&queues, &waiting, &running, &dead, &done, &workers)

#define Q struct queue_entry
static const struct field queue_rows[] = {
    FIELD(Q, name, F_TEXT, "Cola"),
    FIELD(Q, ready, F_INT, "Trabajos en espera"),
    FIELD(Q, due, F_INT, "De ellos, los que ya pueden hacerse"),
    FIELD(Q, running, F_INT, "En curso"),
    FIELD(Q, dead, F_INT, "Fallidos"),
    FIELD(Q, oldest_due, F_INSTANT, "Desde cuándo espera el más antiguo que ya puede hacerse"),
    FIELD(Q, done_5, F_INT, "Hechos en los últimos 5 minutos"),
    FIELD(Q, done_60, F_INT, "Hechos en los últimos 60 minutos"),
    FIELD(Q, paused, F_BOOL, "En pausa"),
    FIELD(Q, max_running, F_INT, "Cuántos a la vez, como máximo"),
    FIELD(Q, per_minute, F_INT, "Cuántos por minuto; 0: sin límite"),
    FIELD(Q, burst, F_INT, "Cuántos de golpe, si hay límite por minuto"),
    FIELD(Q, breaker, F_TEXT, "closed; open: espera a que el proveedor vuelva; half_open: prueba de a uno"),
    FIELD(Q, failures, F_INT, "Fallos seguidos del proveedor"),
    FIELD(Q, open_until, F_INSTANT, "Hasta cuándo espera"),
};
const struct fields queue_entry_fields = FIELDS(queue_rows);

#define W struct worker_entry
static const struct field worker_rows[] = {
    FIELD(W, host, F_TEXT, "Comienzo del identificador de la máquina"),
    FIELD(W, slot, F_INT, "Puesto"),
    FIELD(W, pid, F_INT, "Proceso"),
    FIELD(W, heartbeat_at, F_INSTANT, "Última señal"),
    FIELD(W, rss_kb, F_INT, "Memoria, KiB"),
    FIELD(W, job_id, F_ID, "Trabajo en curso"),
    FIELD(W, kind, F_TEXT, "Su tipo"),
    FIELD(W, since, F_INSTANT, "Desde cuándo lo hace, o está libre"),
};
const struct fields worker_entry_fields = FIELDS(worker_rows);

static const char *breaker_state(const struct queue_entry *q, int64_t now)
{
    return q->failures < BREAKER_FAILURES ? "closed" : q->open_until > now ? "open" : "half_open";
}

struct queue_reading { struct ctx *c; struct queue_entries *out; };

static enum err queues_read(struct queue_reading *r)
{
    struct rows q;
    enum err e = db_query(r->c->db, &q, &queues);

    while (e == OK && db_next(&q)) {
        struct queue_entry *x;

        r->out->v = arena_more(r->c->a, r->out->v, r->out->n, sizeof *r->out->v);
        x = &r->out->v[r->out->n++];
        *x = (struct queue_entry){ .name = db_dup(&q, 0, r->c->a), .paused = db_int(&q, 1),
            .max_running = db_int(&q, 2), .per_minute = db_int(&q, 3), .burst = db_int(&q, 4),
            .failures = db_int(&q, 5), .open_until = db_int(&q, 6) };
        x->breaker = breaker_state(x, r->c->now);
        x->open_until = x->open_until > r->c->now ? x->open_until : 0;
        x->burst = x->per_minute > 0 ? x->burst : 0;
    }
    return e != OK ? e : db_end(&q);
}

/* Writes the columns of a count into the members of its queue's row. */
static enum err queues_add_counts(struct queue_reading *r, struct rows *q, enum err e, const size_t *members,
                                  size_t n)
{
    while (e == OK && db_next(q))
        for (size_t i = 0; i < r->out->n; i++)
            for (size_t m = 0; m < n && streq(r->out->v[i].name, db_text(q, 0)); m++)
                *(int64_t *)(void *)((char *)&r->out->v[i] + members[m]) = db_int(q, (int)m + 1);
    return e != OK ? e : db_end(q);
}

#define AT(member) offsetof(struct queue_entry, member)

static enum err queues_read_all(struct db *db, void *arg)
{
    static const size_t of_waiting[] = { AT(ready), AT(due), AT(oldest_due) };
    static const size_t of_running[] = { AT(running) }, of_dead[] = { AT(dead) };
    static const size_t of_done[] = { AT(done_5), AT(done_60) };
    struct queue_reading *r = arg;
    int64_t now = r->c->now;
    struct rows q;
    enum err e = queues_read(r);

    if (e == OK)
        e = queues_add_counts(r, &q, db_query(db, &q, &waiting, now), of_waiting, COUNT(of_waiting));
    if (e == OK)
        e = queues_add_counts(r, &q, db_query(db, &q, &running), of_running, COUNT(of_running));
    if (e == OK)
        e = queues_add_counts(r, &q, db_query(db, &q, &dead), of_dead, COUNT(of_dead));
    if (e == OK)
        e = queues_add_counts(r, &q, db_query(db, &q, &done, now - 3600, now - 300), of_done, COUNT(of_done));
    return e;
}

enum err queue_list(struct ctx *c, struct queue_entries *out)
{
    struct queue_reading r = { c, out };

    *out = (struct queue_entries){ 0 };
    return domain_fault(c, db_read(c->db, queues_read_all, &r));
}

enum err worker_list(struct ctx *c, struct worker_entries *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &workers);

    *out = (struct worker_entries){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, worker_entry_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}
