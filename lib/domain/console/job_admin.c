#include "domain/console/job_admin.h"

#include <ctype.h>

#include "base/texts.h"
#include "domain/console/texts.h"
#include "json/json.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "queue/job.h"

#define BATCH 100                /* jobs a transaction, which takes some ten milliseconds */
#define BULK_MAX 10000           /* jobs a request */

static const struct stmt state_of = STMT("job_state_of", "i", "SELECT state FROM jobs WHERE id = $1");
DB_REGISTER(&state_of)

static const struct field done_rows[] = {
    FIELD(struct job_bulk_done, changed, F_INT, "Cuántos cambiaron"),
    FIELD(struct job_bulk_done, skipped, F_INT, "Cuántos estaban en otro estado"),
    FIELD(struct job_bulk_done, more, F_BOOL, "Quedan más que coinciden: repita la acción"),
};
const struct fields job_bulk_done_fields = FIELDS(done_rows);

const struct word job_actions[] = { WORD("retry"), WORD("run"), WORD("discard"), WORDS_END };
static const struct action {
    const char *name, *verb, *audit;
    const char *states;          /* states in which the action may be done */
    enum err (*act)(struct ctx *c, int64_t id);
} actions[] = {
    { "retry", "repetir", "job_retry", "dead ready", job_retry_tx },
    { "run", "hacer ya", "job_run", "ready", job_hurry_tx },
    { "discard", "descartar", "job_discard", "dead ready", job_discard_tx },
};

static const struct action *job_action_of(const char *name)
{
    for (size_t i = 0; i < COUNT(actions); i++)
        if (streq(actions[i].name, name))
            return &actions[i];
    return NULL;
}

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (; *words != '\0'; words += strcspn(words, " "), words += strspn(words, " "))
        if (strncmp(words, word, n) == 0 && (words[n] == ' ' || words[n] == '\0'))
            return true;
    return false;
}

/* ---- one job ---- */

static enum err job_refuse(struct ctx *c, const struct action *x, int64_t id, enum err e)
{
    const char *number = arena_printf(c->a, "%lld", (long long)id);
    struct rows q;
    char *words;

    e = e == E_CONFLICT ? db_one(c->db, &q, &state_of, id) : e;
    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_JOB_NONE, number, NULL) : e;
    words = arena_strdup(c->a, words_or_value(job_states, db_text(&q, 0)));
    *words = (char)tolower((unsigned char)*words);
    if ((e = db_end(&q)) != OK)
        return e;
    return ctx_fail(c, E_CONFLICT, NULL, T_JOB_STATE, number, words, x->verb, NULL);
}

struct acting { struct ctx *c; const struct action *x; int64_t id; };

static enum err job_act_tx(struct db *db UNUSED, void *arg)
{
    struct acting *a = arg;
    enum err e = a->x->act(a->c, a->id);

    if (e == E_CONFLICT || e == E_NOT_FOUND)
        return job_refuse(a->c, a->x, a->id, e);
    return e != OK ? e : audit_tx(a->c, a->x->audit, "job", a->id, NULL);
}

enum err job_act(struct ctx *c, const char *action, int64_t id)
{
    struct acting a = { c, job_action_of(action), id };

    if (a.x == NULL)
        return ctx_fail(c, E_INVALID, "action", T_NOT_CHOICE, "retry, run, discard", NULL);
    return operation_once(c, a.x->audit, job_act_tx, &a, NULL);
}

/* ---- many jobs ---- */

struct job_batch {
    struct ctx *c;
    const struct action *x;
    const struct job_filter *filter;     /* NULL: a person chose the jobs one by one */
    const int64_t *ids;
    size_t n;
    int64_t after;               /* the last job of the batch before, where a filter is worked off in batches */
    int64_t changed, skipped, last;      /* results of this batch; last: its last job */
};

/* Writes one audit entry for a batch: its jobs, and the filter by which they were found. */
static enum err job_batch_audit(struct job_batch *b, const int64_t *done)
{
    struct json_object *o = json_object_new_object(), *list = json_object_new_array();
    const struct job_filter *f = b->filter;

    for (int64_t i = 0; i < b->changed; i++)
        json_object_array_add(list, json_object_new_int64(done[i]));
    json_add(o, "ids", list);
    if (f != NULL) {
        json_add_text(o, "state", f->state);
        json_add_text(o, "kind", f->kind);
        json_add_text(o, "queue", f->queue);
        json_add_text(o, "package", f->package);
        json_add_text(o, "error", f->error);
    }
    return audit_tx(b->c, b->x->audit, "jobs", 0, o);
}

static enum err job_batch_read(struct job_batch *b)
{
    struct job_filter f = *b->filter;
    struct job_entries all;
    int64_t next, *ids = arena_alloc(b->c->a, BATCH * sizeof *ids);
    enum err e;

    f.limit = BATCH;
    f.before = b->after;
    e = job_list(b->c, &f, &all, &next);
    for (b->n = 0; e == OK && b->n < all.n; b->n++)
        ids[b->n] = all.v[b->n].id;
    b->ids = ids;
    return e;
}

static enum err job_batch_tx(struct db *db UNUSED, void *arg)
{
    struct job_batch *b = arg;
    int64_t *done = arena_alloc(b->c->a, BATCH * sizeof *done);
    enum err e = b->filter != NULL ? job_batch_read(b) : OK;

    b->changed = b->skipped = 0;
    for (size_t i = 0; i < b->n && e == OK; i++) {
        e = b->x->act(b->c, b->ids[i]);
        if (e == OK)
            done[b->changed++] = b->ids[i];
        else if (e == E_CONFLICT || e == E_NOT_FOUND)
            b->skipped++;
        e = e == E_CONFLICT || e == E_NOT_FOUND ? OK : e;
    }
    if (b->n > 0)
        b->last = b->ids[b->n - 1];
    return e != OK || b->changed == 0 ? e : job_batch_audit(b, done);
}

/* A batch has an arena of its own: ten thousand jobs are a lot of rows. */
static enum err job_batch_run(struct job_batch *b, struct job_bulk_done *out)
{
    struct arena *own = b->c->a;
    enum err e;

    b->c->a = arena_new();
    e = db_write(b->c->db, job_batch_tx, b);
    arena_free(b->c->a);
    b->c->a = own;
    if (e == OK) {
        out->changed += b->changed;
        out->skipped += b->skipped;
        b->after = b->last;
    }
    return e;
}

/* A filter needs a state: without one "all that match" would be every job. */
static enum err job_check(struct ctx *c, const struct job_bulk *in, const struct action *x)
{
    if (x == NULL)
        ctx_invalid(c, "action", T_NOT_CHOICE, "retry, run, discard", NULL);
    else if (in->all && (is_blank(in->filter.state) || !has_word(x->states, in->filter.state)))
        ctx_invalid(c, "state", T_JOBS_STATE, NULL);
    if (!in->all && in->n == 0)
        ctx_invalid(c, "ids", T_JOBS_CHOOSE, NULL);
    return ctx_faults(c);
}

/* Looks whether any job matches beyond the last batch. */
static enum err job_look_further(struct job_batch *b, struct job_bulk_done *out)
{
    struct job_filter f = *b->filter;
    struct job_entries all;
    int64_t next;
    enum err e;

    f.limit = 1;
    f.before = b->after;
    e = job_list(b->c, &f, &all, &next);
    out->more = e == OK && all.n > 0;
    return e;
}

enum err job_act_all(struct ctx *c, const struct job_bulk *in, struct job_bulk_done *out)
{
    struct job_batch b = { .c = c, .x = job_action_of(in->action), .filter = in->all ? &in->filter : NULL };
    enum err e;

    *out = (struct job_bulk_done){ 0 };
    c->fault = (struct fault){ 0 };
    if ((e = job_check(c, in, b.x)) != OK)
        return e;
    for (size_t at = 0; !in->all && at < in->n && e == OK; at += BATCH) {
        b.ids = in->ids + at;
        b.n = in->n - at < BATCH ? in->n - at : BATCH;
        e = job_batch_run(&b, out);
    }
    if (in->all)
        do
            e = job_batch_run(&b, out);
        while (e == OK && b.n == BATCH && out->changed < BULK_MAX);
    if (e == OK && in->all && b.n == BATCH)
        e = job_look_further(&b, out);
    return domain_fault(c, e);
}

/* ---- queues ---- */

struct pausing { struct ctx *c; const char *name; bool paused; };

static enum err queue_set_paused_tx(struct db *db UNUSED, void *arg)
{
    struct pausing *p = arg;
    struct json_object *o;
    enum err e = queue_pause_tx(p->c, p->name, p->paused);

    if (e == E_NOT_FOUND)
        return ctx_fail(p->c, e, NULL, T_QUEUE_NONE, p->name, NULL);
    if (e == E_CONFLICT)
        return ctx_fail(p->c, e, NULL, p->paused ? T_QUEUE_PAUSED_YET : T_QUEUE_RUNS_YET,
                        words_or_value(job_queues, p->name), NULL);
    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add_text(o, "queue", p->name);
    return audit_tx(p->c, p->paused ? "queue_pause" : "queue_resume", "queue", 0, o);
}

enum err queue_pause(struct ctx *c, const char *name, bool paused)
{
    struct pausing p = { c, name, paused };

    return operation_once(c, paused ? "queue_pause" : "queue_resume", queue_set_paused_tx, &p, NULL);
}
