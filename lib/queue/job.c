/* Producing jobs: the row is inserted in the caller's transaction, the hint sent after its commit. */
#include "json/json.h"
#include "base/log.h"
#include "queue/hint.h"
#include "queue/job.h"
#include "queue/settle.h"

#define PRIORITY_USUAL 100

static const struct stmt insert = STMT("job_insert", "sssiIissIii",
    "INSERT INTO jobs (queue, kind, args, run_at, expires_at, max_attempts, unique_key, request_id,"
    " package_id, created_at, priority, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'ready') RETURNING id");
static const struct stmt reschedule = STMT("job_reschedule", "ii",
    "UPDATE jobs SET run_at = $2, expires_at = expires_at + $2 - run_at"
    " WHERE id = $1 AND state = 'ready' AND attempt = 0");
static const struct stmt retry = STMT("job_retry", "iiiI",
    "UPDATE jobs SET state = 'ready', run_at = $2, max_attempts = attempt + $3, crashes = 0,"
    " expires_at = $4, error_class = NULL, finished_at = NULL"
    " WHERE id = $1 AND state IN ('dead', 'ready')");
static const struct stmt hurry = STMT("job_hurry", "ii",
    "UPDATE jobs SET run_at = $2, expires_at = expires_at + $2 - run_at WHERE id = $1 AND state = 'ready'");
static const struct stmt discard = STMT("job_discard", "ii",
    "UPDATE jobs SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state IN ('dead', 'ready')");
static const struct stmt kind_of = STMT("job_kind_of", "i", 
    "SELECT kind, queue, args FROM jobs WHERE id = $1");
static const struct stmt pause_set = STMT("queue_pause", "si",
    "UPDATE queues SET paused = $2 WHERE name = $1 AND paused <> $2");
static const struct stmt queue_there = STMT("queue_there", "s", "SELECT count(*) FROM queues WHERE name = $1");
DB_REGISTER(&insert, &reschedule, &retry, &hurry, &discard, &kind_of, &pause_set, &queue_there)

const struct job_kind *job_kind_find(const char *name)
{
    for (size_t i = 0; i < job_kind_count; i++)
        if (streq(job_kinds[i].name, name))
            return &job_kinds[i];
    return NULL;
}

/* Whether the object has exactly the arguments of the schema ("a:i b:s"), each of its type. */
static bool args_fit(const char *schema, struct json_object *o)
{
    size_t n = 0;

    while (*schema != '\0') {
        size_t len = strcspn(schema, ":");
        char name[40] = { 0 };
        struct json_object *v;

        if (len >= sizeof name)
            return false;
        memcpy(name, schema, len);
        if (!json_object_object_get_ex(o, name, &v)
            || !json_object_is_type(v, schema[len + 1] == 'i' ? json_type_int : json_type_string))
            return false;
        n++;
        schema += len + 2;
        schema += strspn(schema, " ");
    }
    return (size_t)json_object_object_length(o) == n;
}

/* Arguments of a new job as JSON; if only n->about was given, {"file_id":12} with the name of the kind's
 * argument. */
static const char *args_of(struct ctx *c, const struct job_kind *k, const struct job_new *n)
{
    if (n->args != NULL || n->about == 0 || k == NULL)
        return n->args ? n->args : "{}";
    return arena_printf(c->a, "{\"%.*s\":%lld}", (int)strcspn(k->args, ":"), k->args, (long long)n->about);
}

struct after { struct hint *hint; const char *queue; int64_t id; };

static void job_tell(void *arg)
{
    const struct after *t = arg;

    hint_send(t->hint, t->queue, t->id);
}

static void job_tell_after(struct ctx *c, const char *queue, int64_t id)
{
    struct after *t = arena_alloc(c->a, sizeof *t);

    *t = (struct after){ c->hint, queue, id };
    db_after_commit(c->db, job_tell, t);
}

enum err job_add_tx(struct ctx *c, const struct job_new *n, int64_t *id)
{
    const struct job_kind *k = job_kind_find(n->kind);
    const char *args = args_of(c, k, n);
    int64_t run_at = n->run_at ? n->run_at : c->now;
    struct json_object *o;
    int64_t new;
    const struct text *why;
    bool fits;
    enum err e;

    o = json_parse(args, strlen(args), &why);
    fits = k != NULL && o != NULL && args_fit(k->args, o);
    json_object_put(o);
    if (!fits) {
        log_error("job.add", "kind", n->kind, "why", k ? "arguments do not fit" : "no such kind");
        return E_INTERNAL;
    }
    e = db_insert(c->db, &new, &insert, k->queue, k->name, args, run_at,
                  k->expires_s ? run_at + k->expires_s : (int64_t)0, (int64_t)k->tries, n->unique_key,
                  c->request_id, n->package_id, c->now, n->priority ? n->priority : PRIORITY_USUAL);
    if (e != OK)
        return e;
    if (id != NULL)
        *id = new;
    if (run_at <= c->now)
        job_tell_after(c, k->queue, new);
    return OK;
}

int64_t job_arg(const char *args, const char *name)
{
    const struct text *why;
    struct json_object *o = json_parse(args, strlen(args), &why);
    int64_t n = 0;

    if (o == NULL || !json_get_int(o, name, &n))
        n = 0;
    json_object_put(o);
    return n;
}

enum err job_reschedule_tx(struct ctx *c, int64_t id, int64_t run_at)
{
    return db_exec(c->db, NULL, &reschedule, id, run_at);
}

/* E_CONFLICT when an administrator's act changed no row: the job is in another state. */
static enum err job_guarded(enum err e, int64_t changed)
{
    return e == OK && changed == 0 ? E_CONFLICT : e;
}

static enum err job_known(struct ctx *c, int64_t id, const struct job_kind **k, const char **queue)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &kind_of, id);

    if (e != OK)
        return e;
    *k = job_kind_find(db_text(&q, 0));
    *queue = db_dup(&q, 1, c->a);
    return db_end(&q);
}

enum err job_retry_tx(struct ctx *c, int64_t id)
{
    const struct job_kind *k;
    const char *queue;
    int64_t changed = 0;
    enum err e = job_known(c, id, &k, &queue);

    if (e == OK)
        e = db_exec(c->db, &changed, &retry, id, c->now, (int64_t)(k ? k->tries : 1),
                    k && k->expires_s ? c->now + k->expires_s : (int64_t)0);
    e = job_guarded(e, changed);
    if (e == OK)
        job_tell_after(c, queue, id);
    return e;
}

enum err job_hurry_tx(struct ctx *c, int64_t id)
{
    const struct job_kind *k;
    const char *queue;
    int64_t changed = 0;
    enum err e = job_known(c, id, &k, &queue);

    if (e == OK)
        e = db_exec(c->db, &changed, &hurry, id, c->now);
    e = job_guarded(e, changed);
    if (e == OK)
        job_tell_after(c, queue, id);
    return e;
}

enum err job_discard_tx(struct ctx *c, int64_t id)
{
    const char *kind, *args;
    int64_t changed = 0;
    struct rows q;
    enum err e = db_one(c->db, &q, &kind_of, id);

    if (e != OK)
        return e;
    kind = db_dup(&q, 0, c->a);
    args = db_dup(&q, 2, c->a);
    e = db_end(&q);
    if (e == OK)
        e = db_exec(c->db, &changed, &discard, id, c->now);
    e = job_guarded(e, changed);
    return e != OK ? e : job_settle_tx(c, kind, args, JOB_DISCARDED, "se descartó su trabajo");
}

enum err queue_pause_tx(struct ctx *c, const char *queue, bool paused)
{
    int64_t changed = 0;
    enum err e;

    if (db_scalar(c->db, 0, &queue_there, queue) == 0)
        return E_NOT_FOUND;
    e = db_exec(c->db, &changed, &pause_set, queue, (int64_t)paused);
    e = job_guarded(e, changed);
    if (e == OK && !paused)
        job_tell_after(c, arena_strdup(c->a, queue), 0);
    return e;
}
