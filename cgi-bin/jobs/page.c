#include "page.h"

#include "base/clock.h"
#include "base/log.h"
#include "local/money.h"
#include "domain/message/message_kind.h"
#include "domain/outbox/notification_log.h"

#define FRESH_S 30               /* seconds; a worker beats every ten */
#define GONE_S 60
#define USUAL_MAX 100            /* max_running of a queue without a limit of its own */

const char *jobs_link(struct arena *a, const struct job_filter *f)
{
    const char *link = link_add(a, "/admin/jobs", "state", f->state);

    link = link_add(a, link, "kind", f->kind);
    link = link_add(a, link, "queue", f->queue);
    link = link_add(a, link, "package", f->package);
    return link_add(a, link, "error", f->error);
}

static const char *count_words(struct arena *a, int64_t n)
{
    return n > JOB_COUNT_MAX ? arena_printf(a, "%s+", count_text(a, JOB_COUNT_MAX)) : count_text(a, n);
}

static const char *jobs_words(struct arena *a, int64_t n)
{
    return arena_printf(a, "%s %s", count_words(a, n), n == 1 ? "trabajo" : "trabajos");
}

/* ---- queues ---- */

static const char *since_words(struct arena *a, const struct queue_entry *q, int64_t now)
{
    if (q->oldest_due == 0)
        return q->ready > 0 ? "para más tarde" : NULL;
    if (now - q->oldest_due < 60)
        return "desde hace menos de un minuto";
    return arena_printf(a, "el más antiguo, desde hace %s", clock_ago(a, now - q->oldest_due));
}

static const char *breaker_words(struct arena *a, const struct queue_entry *q, int64_t now)
{
    if (streq(q->breaker, "open"))
        return arena_printf(a, "El proveedor falló %s veces seguidas: se espera hasta %s", NUM(q->failures),
                            clock_words(a, q->open_until, now));
    if (streq(q->breaker, "half_open"))
        return arena_printf(a, "El proveedor falló %s veces seguidas: se prueba de a uno", NUM(q->failures));
    if (q->failures > 0)
        return arena_printf(a, q->failures == 1 ? "%s fallo del proveedor" : "%s fallos seguidos del proveedor",
                            NUM(q->failures));
    return NULL;
}

static const char *limits_words(struct arena *a, const struct queue_entry *q)
{
    const char *s = q->max_running < USUAL_MAX ? arena_printf(a, "%s a la vez como máximo", NUM(q->max_running)) : NULL;

    if (q->per_minute == 0)
        return s;
    return arena_printf(a, "%s%s%s por minuto como máximo", s ? s : "", s ? ", " : "", NUM(q->per_minute));
}

static void fill_queue(struct req *r, const struct queue_entry *q)
{
    struct view_node *row = view_row(r->page, "queues");
    const struct job_filter waiting = { .state = "ready", .queue = q->name };
    const struct job_filter dead = { .state = "dead", .queue = q->name };
    struct arena *a = r->c->a;

    view_fields(row, queue_entry_fields, q);
    view_text(row, "words", words_or_value(job_queues, q->name));
    view_text(row, "href", jobs_link(a, &waiting));
    view_text(row, "dead_href", q->dead > 0 ? jobs_link(a, &dead) : NULL);
    view_text(row, "dead_words", q->dead > 0 ? arena_printf(a, q->dead == 1 ? "%s fallido" : "%s fallidos",
                                                            count_text(a, q->dead)) : NULL);
    view_text(row, "ready_words", count_text(a, q->ready));
    if (q->done_60 > 0)
        view_text(row, "pace", arena_printf(a, "%s en 5 min · %s en 1 h", count_text(a, q->done_5),
                                            count_text(a, q->done_60)));
    view_text(row, "since", since_words(a, q, r->c->now));
    view_bool(row, "late", q->oldest_due != 0 && r->c->now - q->oldest_due >= 300);
    view_text(row, "breaker_words", breaker_words(a, q, r->c->now));
    view_bool(row, "broken", !streq(q->breaker, "closed"));
    view_text(row, "limits", limits_words(a, q));
    view_bool(row, "is_paused", q->paused != 0);
}

/* ---- workers ---- */

static void fill_worker(struct req *r, const struct worker_entry *w)
{
    struct view_node *row = view_row(r->page, "workers");
    int64_t age = r->c->now - w->heartbeat_at;

    view_fields(row, worker_entry_fields, w);
    view_text(row, "words", w->job_id != 0 ? job_kind_words(w->kind) : NULL);
    view_int(row, "mb", (w->rss_kb + 512) / 1024);
    view_bool(row, "silent", age >= FRESH_S);
    if (age >= FRESH_S)
        view_text(row, "age", clock_ago(r->c->a, age));
}

static enum err fill_workers(struct req *r)
{
    struct worker_entries all;
    bool heard = false;
    enum err e = worker_list(r->c, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        fill_worker(r, &all.v[i]);
        heard = heard || r->c->now - all.v[i].heartbeat_at < GONE_S;
    }
    view_bool(r->page, "workers_gone", !heard);
    return e;
}

/* ---- states ---- */

static enum err fill_tabs(struct req *r, const struct job_filter *f)
{
    struct job_filter to = *f;
    enum err e = OK;

    to.state = NULL;
    view_text(r->page, "all_href", jobs_link(r->c->a, &to));
    view_bool(r->page, "all_current", is_blank(f->state));
    for (const struct word *s = job_states_many; s->value != NULL && e == OK; s++) {
        struct view_node *row = view_row(r->page, "tabs");
        int64_t n = 0;

        to.state = s->value;
        e = job_count(r->c, &(struct job_filter){ .state = s->value }, &n);
        view_text(row, "state", s->value);
        view_text(row, "label", s->words);
        view_text(row, "count", n > 0 ? count_words(r->c->a, n) : NULL);
        view_bool(row, "needs", n > 0 && streq(s->value, "dead"));
        view_bool(row, "current", text_is(f->state, s->value));
        view_text(row, "href", jobs_link(r->c->a, &to));
    }
    return e;
}

enum err jobs_figures(struct req *r, const struct job_filter *f)
{
    struct queue_entries queues;
    enum err e = queue_list(r->c, &queues);

    for (size_t i = 0; e == OK && i < queues.n; i++)
        fill_queue(r, &queues.v[i]);
    if (e == OK)
        e = fill_workers(r);
    return e != OK ? e : fill_tabs(r, f);
}

/* ---- the list ---- */

static void fill_state(struct view_node *row, const struct job_entry *j)
{
    view_text(row, "state_words", words_or_value(job_states, j->state));
    view_text(row, "kind_words", job_kind_words(j->kind));
    view_text(row, "queue_words", words_or_value(job_queues, j->queue));
    view_bool(row, "can_retry", streq(j->state, "dead"));
    view_bool(row, "can_run", streq(j->state, "ready"));
    view_bool(row, "can_discard", streq(j->state, "dead") || streq(j->state, "ready"));
}

/* Says when the job will run, since when it waits or runs, or when it ended, by its state. */
static void fill_when(struct view_node *row, const struct job_entry *j, int64_t now)
{
    bool waits = streq(j->state, "ready"), runs = streq(j->state, "running");

    view_text(row, "when_words", waits ? (j->run_at > now ? "se hará" : "espera desde") : runs ? "desde" : NULL);
    view_instant(row, "at", waits ? j->run_at : runs ? j->started_at : j->finished_at);
}

static void fill_job(struct req *r, const struct job_entry *j)
{
    struct view_node *row = view_row(r->page, "jobs");

    view_fields(row, job_entry_fields, j);
    fill_state(row, j);
    fill_when(row, j, r->c->now);
}

static void jobs_option(struct req *r, const char *list, const char *value, const char *label, bool chosen)
{
    struct view_node *row = view_row(r->page, list);

    view_text(row, "value", value);
    view_text(row, "label", label);
    view_bool(row, "chosen", chosen);
}

static void fill_filter(struct req *r, const struct job_filter *f)
{
    struct view_node *n = view_child(r->page, "filter");

    for (const char *const *k = job_kind_names(r->c->a); *k != NULL; k++)
        jobs_option(r, "kinds", *k, job_kind_words(*k), text_is(f->kind, *k));
    view_text(n, "state", f->state);
    view_text(n, "kind", f->kind);
    view_text(n, "queue", f->queue);
    view_text(n, "queue_words", is_blank(f->queue) ? NULL : words_or_value(job_queues, f->queue));
    view_text(n, "package", f->package);
    view_text(n, "error", f->error);
    view_bool(n, "on", !is_blank(f->kind) || !is_blank(f->queue) || !is_blank(f->package) || !is_blank(f->error));
    view_text(n, "clear", jobs_link(r->c->a, &(struct job_filter){ .state = f->state }));
}

/* Says how many jobs the filter matches, and which actions all of them allow. */
static enum err fill_match(struct req *r, const struct job_filter *f)
{
    int64_t n;
    enum err e = job_count(r->c, f, &n);

    if (e != OK)
        return e;
    view_text(r->page, "match.jobs", jobs_words(r->c->a, n));
    view_bool(r->page, "match.one", n == 1);
    view_text(r->page, "match.count", n > 0 ? count_words(r->c->a, n) : NULL);
    view_bool(r->page, "match.can_retry", n > 0 && text_is(f->state, "dead"));
    view_bool(r->page, "match.can_run", n > 0 && text_is(f->state, "ready"));
    return OK;
}

enum err jobs_page(struct req *r, const struct job_filter *f, const struct job_entries *all, int64_t next)
{
    bool open = false;
    enum err e = jobs_figures(r, f);

    if (e == OK)
        e = fill_match(r, f);
    if (e != OK)
        return e;
    fill_filter(r, f);
    for (size_t i = 0; i < all->n; i++) {
        fill_job(r, &all->v[i]);
        open = open || streq(all->v[i].state, "dead") || streq(all->v[i].state, "ready");
    }
    view_bool(r->page, "choose", open);
    req_pages(r, next);
    return req_page(r, "jobs/list.cst");
}

/* ---- one job ---- */

static const struct word outcomes[] = {
    { "ok", "bien" }, { "error", "falló" }, { "timeout", "pasó su tiempo" },
    { "crashed", "el proceso murió" }, { "fenced", "llegó tarde: ya lo seguía otro" }, WORDS_END
};

static void fill_try(struct req *r, const struct job_try *t)
{
    struct view_node *row = view_row(r->page, "tries");
    struct arena *a = r->c->a;
    const char *outcome = words_of(outcomes, t->outcome);
    const char *took = t->finished_at != 0 ? clock_ago(a, t->finished_at - t->started_at) : NULL;

    view_fields(row, job_try_fields, t);
    view_text(row, "what", arena_printf(a, "Intento %s: %s", NUM(t->attempt), outcome ? outcome : "en curso"));
    view_text(row, "details", t->error);
    view_text(row, "who", took != NULL ? arena_printf(a, "%s%s%s", took, t->worker ? " · " : "",
                                                      t->worker ? t->worker : "") : t->worker);
    view_bool(row, "current", t->outcome == NULL);
}

/* Shows the message that a job sends.  id: the message's, 0 if the job sends none. */
static enum err fill_message(struct req *r, int64_t id)
{
    struct notification n;
    enum err e = id != 0 ? notification_by_id(r->c, id, &n) : E_NOT_FOUND;

    if (e == E_NOT_FOUND) {
        r->c->fault = (struct fault){ 0 };
        return OK;
    }
    if (e != OK)
        return e;
    view_int(r->page, "message.id", n.id);
    view_text(r->page, "message.event_words", words_of(message_events, n.event));
    view_text(r->page, "message.state_words", words_of(notification_states, n.state));
    return OK;
}

enum err job_page(struct req *r, const struct job_detail *d)
{
    struct view_node *job = view_child(r->page, "job");

    view_fields(job, job_entry_fields, &d->job);
    view_fields(job, job_detail_fields, d);
    fill_state(job, &d->job);
    fill_when(job, &d->job, r->c->now);
    for (size_t i = 0; i < d->tries.n; i++)
        fill_try(r, &d->tries.v[i]);
    for (size_t i = 0; i < d->arguments.n; i++)
        view_fields(view_row(r->page, "arguments"), job_argument_fields, &d->arguments.v[i]);
    req_title(r, arena_printf(r->c->a, "%s, trabajo %s", job_kind_words(d->job.kind), NUM(d->job.id)));
    return fill_message(r, d->notification_id) != OK ? E_INTERNAL : req_page(r, "jobs/detail.cst");
}

/* ---- the clock ---- */

static const struct word results[] = {
    { "ok", "bien" }, { "failed", "falló" }, { "running", "en curso" }, { "queued", "en espera" }, WORDS_END
};

enum err cron_page(struct req *r, const struct cron_entries *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct cron_entry *x = &all->v[i];
        struct view_node *row = view_row(r->page, "lines");

        view_fields(row, cron_entry_fields, x);
        view_text(row, "result_words", words_of(results, x->result));
        view_bool(row, "failed", text_is(x->result, "failed"));
        view_text(row, "took", text_is(x->result, "ok") ? x->seconds > 0 ? clock_ago(r->c->a, x->seconds)
                  : "menos de 1 s" : NULL);
    }
    return req_page(r, "jobs/cron.cst");
}
