/* Producing jobs: the row in the caller's transaction, the hint after it. */
#include "base/json.h"
#include "base/log.h"
#include "queue/hint.h"
#include "queue/job.h"

static const struct stmt insert = STMT("job_insert", "sssiIissIi",
    "INSERT INTO jobs (queue, kind, args, run_at, expires_at, max_attempts, unique_key, request_id,"
    " package_id, created_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'ready')");
static const struct stmt reschedule = STMT("job_reschedule", "ii",
    "UPDATE jobs SET run_at = $2 WHERE id = $1 AND state = 'ready' AND attempt = 0");
static const struct stmt retry = STMT("job_retry", "iii",
    "UPDATE jobs SET state = 'ready', run_at = $2, max_attempts = attempt + $3, crashes = 0,"
    " expires_at = NULL, finished_at = NULL WHERE id = $1 AND state IN ('dead', 'ready')");
static const struct stmt kind_of = STMT("job_kind_of", "i", "SELECT kind FROM jobs WHERE id = $1");
DB_REGISTER(&insert, &reschedule, &retry, &kind_of)

/* "a:i b:s": every argument there, of its type, and no other. */
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

struct after { struct hint *hint; const char *queue; int64_t id; };

static void tell(void *arg)
{
    const struct after *t = arg;

    hint_send(t->hint, t->queue, t->id);
}

enum err job_add_tx(struct ctx *c, const struct job_new *n, int64_t *id)
{
    const struct job_kind *k = job_kind_find(n->kind);
    const char *args = n->args ? n->args : "{}";
    int64_t run_at = n->run_at ? n->run_at : c->now;
    struct json_object *o;
    struct after *t;
    enum text why;
    bool fits;
    enum err e;

    o = json_parse(args, strlen(args), &why);
    fits = k != NULL && o != NULL && args_fit(k->args, o);
    json_object_put(o);
    if (!fits) {
        log_error("job.add", "kind", n->kind, "why", k ? "arguments do not fit" : "no such kind");
        return E_INTERNAL;
    }
    e = db_exec(c->db, NULL, &insert, k->queue, k->name, args, run_at,
                k->expires_s ? run_at + k->expires_s : (int64_t)0, (int64_t)k->tries, n->unique_key,
                c->request_id, n->package_id, c->now);
    if (e != OK)
        return e;
    t = arena_alloc(c->a, sizeof *t);
    *t = (struct after){ c->hint, k->queue, db_last_id(c->db) };
    if (id != NULL)
        *id = t->id;
    if (run_at <= c->now)
        db_after_commit(c->db, tell, t);
    return OK;
}

enum err job_reschedule_tx(struct ctx *c, int64_t id, int64_t run_at)
{
    return db_exec(c->db, NULL, &reschedule, id, run_at);
}

enum err job_retry_tx(struct ctx *c, int64_t id)
{
    const struct job_kind *k;
    struct rows q;
    int64_t changed;
    enum err e = db_one(c->db, &q, &kind_of, id);

    if (e != OK)
        return e;
    k = job_kind_find(db_text(&q, 0));
    if ((e = db_end(&q)) == OK)
        e = db_exec(c->db, &changed, &retry, id, c->now, (int64_t)(k ? k->tries : 1));
    return e == OK && changed == 0 ? E_CONFLICT : e;
}
