/* Jobs: the queue's console for an ADMIN: jobs that wait or failed and what to do about them; queues,
 * workers and the schedule. */
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "local/money.h"
#include "page.h"

#define CHOSEN_MAX 200

/* ---- parameters ---- */

#define F struct job_filter
#define FILTER(st, at, only)                                                                  \
    PARAM_ENUM_AS(st, at state, "state", only, job_states, "Estado"),                            \
    PARAM_AS(st, at kind, "kind", P_TEXT, only, 0, 40, "Tipo, como sms.send"),                   \
    PARAM_AS(st, at queue, "queue", P_TEXT, only, 0, 40, "Cola"),                                \
    PARAM_AS(st, at package, "package", P_TEXT, only, 0, 60, "Código de consulta o guía de un paquete"), \
    PARAM_AS(st, at error, "error", P_TEXT, only, 0, 100, "Parte del texto del último error")
static const struct param list_rows[] = {
    FILTER(F,, 0),
    PARAM(F, before, P_ID, 0, 0, 0, "Número del último trabajo ya visto"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

#define JOB_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Trabajo")
struct id_in { int64_t id; };
static const struct param id_rows[] = { JOB_ID(struct id_in) };
static const struct params id_params = PARAMS(struct id_in, id_rows);

/* A button in a row of the list sends the list's filter and ticks along, so that the same list is shown
 * again. */
#define A struct act_in
struct act_in { struct job_filter filter; struct ids ids; bool list; int64_t id; };
static const struct param act_rows[] = {
    JOB_ID(A),
    FILTER(A, filter., PARAM_PAGE),
    PARAM(A, ids, P_IDS, PARAM_PAGE, 0, CHOSEN_MAX, "De la lista: los elegidos, que aquí no cuentan"),
    PARAM(A, list, P_BOOL, PARAM_PAGE, 0, 0, "Para volver a la lista"),
};
static const struct params act_params = PARAMS(A, act_rows);

struct bulk_in { struct job_filter filter; const char *action; struct ids ids; bool all, list; };
#define B struct bulk_in
static const struct param bulk_rows[] = {
    PARAM_ENUM(B, action, PARAM_REQUIRED, job_actions, "Qué se hace"),
    PARAM(B, ids, P_IDS, 0, 0, CHOSEN_MAX, "Con estos trabajos"),
    PARAM(B, all, P_BOOL, 0, 0, 0, "O con todos los que coinciden; el estado es obligatorio entonces"),
    FILTER(B, filter., 0),
    PARAM(B, list, P_BOOL, PARAM_PAGE, 0, 0, "Para volver a la lista"),
};
static const struct params bulk_params = PARAMS(B, bulk_rows);

struct queue_in { const char *name; };
static const struct param queue_rows[] = {
    PARAM(struct queue_in, name, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 40, "Cola"),
};
static const struct params queue_params = PARAMS(struct queue_in, queue_rows);

/* ---- looking ---- */

static enum err jobs_list(struct req *r)
{
    const struct job_filter *f = r->in;
    struct job_entries all;
    int64_t next;
    enum err e = job_list(r->c, f, &all, &next);

    if (e == OK && req_is_api(r))
        return req_list(r, job_entry_fields, all, next);
    return e != OK ? e : jobs_page(r, f, &all, next);
}

static enum err jobs_figures_page(struct req *r)
{
    static const struct job_filter none = { 0 };
    enum err e = jobs_figures(r, &none);

    return e != OK ? e : req_bare(r, "jobs/figures.cst");
}

static enum err jobs_detail(struct req *r)
{
    const struct id_in *in = r->in;
    struct job_detail d;
    enum err e = job_show(r->c, in->id, &d);

    if (e == OK && req_is_api(r))
        return req_one(r, job_answer_fields, &d);
    return e != OK ? e : job_page(r, &d);
}

static enum err queues_json(struct req *r)
{
    struct queue_entries all;
    enum err e = queue_list(r->c, &all);

    return e != OK ? e : req_all(r, queue_entry_fields, all);
}

static enum err workers_json(struct req *r)
{
    struct worker_entries all;
    enum err e = worker_list(r->c, &all);

    return e != OK ? e : req_all(r, worker_entry_fields, all);
}

static enum err jobs_cron(struct req *r)
{
    struct cron_entries all;
    enum err e = cron_list(r->c, &all);

    if (e == OK && req_is_api(r))
        return req_all(r, cron_entry_fields, all);
    return e != OK ? e : cron_page(r, &all);
}

/* ---- one job ---- */

static const struct { const char *action; const struct text *one, *many; } said[] = {
    { "retry", T_JOB_RETRIED, T_JOBS_RETRIED }, { "run", T_JOB_HURRIED, T_JOBS_HURRIED },
    { "discard", T_JOB_DISCARDED, T_JOBS_DISCARDED },
};

static void flash_done(struct req *r, const char *action, int64_t n)
{
    for (size_t i = 0; i < COUNT(said); i++)
        if (streq(said[i].action, action) && n == 1)
            req_flash(r, said[i].one, NULL);
        else if (streq(said[i].action, action))
            req_flash(r, said[i].many, arena_printf(r->c->a, "%s trabajos", count_text(r->c->a, n)));
}

static enum err back_to_list(struct req *r, const struct job_filter *f)
{
    return req_redirect(r, "%s", jobs_link(r->c->a, f));
}

static enum err job_do(struct req *r, const char *action)
{
    const struct act_in *in = r->in;
    struct job_detail d;
    enum err e = job_act(r->c, action, in->id);

    if (e == OK && req_is_api(r))
        e = job_show(r->c, in->id, &d);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, job_answer_fields, &d);
    flash_done(r, action, 1);
    return in->list ? back_to_list(r, &in->filter) : req_redirect(r, "/admin/jobs/%lld", (long long)in->id);
}

static enum err jobs_retry(struct req *r)
{
    return job_do(r, "retry");
}

static enum err jobs_run_now(struct req *r)
{
    return job_do(r, "run");
}

static enum err jobs_discard(struct req *r)
{
    return job_do(r, "discard");
}

/* ---- many ---- */

static enum err jobs_bulk(struct req *r)
{
    const struct bulk_in *in = r->in;
    const struct job_bulk what = { .action = in->action, .filter = in->filter, .ids = in->ids.v, .n = in->ids.n,
                                   .all = in->all };
    struct job_bulk_done done;
    enum err e = job_act_all(r->c, &what, &done);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, job_bulk_done_fields, &done);
    if (done.changed == 0)
        req_flash(r, T_JOBS_NONE, NULL);
    else if (done.more)
        req_flash(r, T_JOBS_SOME, count_text(r->c->a, done.changed));
    else
        flash_done(r, in->action, done.changed);
    return back_to_list(r, &in->filter);
}

/* ---- queues ---- */

static enum err pause_set(struct req *r, bool paused)
{
    const struct queue_in *in = r->in;
    enum err e = queue_pause(r->c, in->name, paused);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return queues_json(r);
    req_flash(r, paused ? T_QUEUE_PAUSED : T_QUEUE_RESUMED, words_or_value(job_queues, in->name));
    return req_redirect(r, "/admin/jobs");
}

static enum err jobs_pause(struct req *r)
{
    return pause_set(r, true);
}

static enum err jobs_resume(struct req *r)
{
    return pause_set(r, false);
}

#define READ "jobs:read"
#define WRITE "jobs:write"
#define PAGES "/admin/jobs"
#define ONE PAGES "/{id}"
#define API "/api/v1"
#define QUEUE "/queues/{name}"
static const struct route routes[] = {
    { GET, PAGES, ROLE_ADMIN, &list_params, jobs_list, PAGE, "Trabajos" },
    { GET, PAGES "/figures", ROLE_ADMIN, NULL, jobs_figures_page, PAGE | POLLED, "Cifras de la cola" },
    { GET, PAGES "/cron", ROLE_ADMIN, NULL, jobs_cron, PAGE, "Reloj" },
    { GET, ONE, ROLE_ADMIN, &id_params, jobs_detail, PAGE, "Trabajo" },
    { POST, ONE "/retry", ROLE_ADMIN, &act_params, jobs_retry, PAGE, "Repetir el trabajo", .form = ONE },
    { POST, ONE "/run", ROLE_ADMIN, &act_params, jobs_run_now, PAGE, "Hacer ya el trabajo", .form = ONE },
    { POST, ONE "/discard", ROLE_ADMIN, &act_params, jobs_discard, PAGE, "Descartar el trabajo", .form = ONE },
    { POST, PAGES "/bulk", ROLE_ADMIN, &bulk_params, jobs_bulk, PAGE, "Cambiar varios trabajos",
      .form = PAGES },
    { POST, PAGES QUEUE "/pause", ROLE_ADMIN, &queue_params, jobs_pause, PAGE, "Pausar una cola", .form = PAGES },
    { POST, PAGES QUEUE "/resume", ROLE_ADMIN, &queue_params, jobs_resume, PAGE, "Reanudar una cola",
      .form = PAGES },
    { GET, API "/jobs", ROLE_ADMIN, &list_params, jobs_list, JSON, "Trabajos, los más nuevos primero", READ,
      GIVES_LIST_OF(200, job_entry_fields) },
    { GET, API "/jobs/{id}", ROLE_ADMIN, &id_params, jobs_detail, JSON,
      "Un trabajo con sus intentos y lo que se puede ver de sus argumentos", READ,
      GIVES(200, job_answer_fields) },
    { GET, API "/queues", ROLE_ADMIN, NULL, queues_json, JSON, "Las colas y cómo van", READ,
      GIVES_ALL_OF(200, queue_entry_fields) },
    { GET, API "/workers", ROLE_ADMIN, NULL, workers_json, JSON, "Quién trabaja y en qué", READ,
      GIVES_ALL_OF(200, worker_entry_fields) },
    { GET, API "/cron", ROLE_ADMIN, NULL, jobs_cron, JSON, "Lo que hace el reloj", READ,
      GIVES_ALL_OF(200, cron_entry_fields) },
    { POST, API "/jobs/{id}/retry", ROLE_ADMIN, &act_params, jobs_retry, JSON | OPTIONAL_KEY,
      "Repetir un trabajo fallido o en espera, ya y con todos sus intentos", WRITE,
      GIVES(200, job_answer_fields) },
    { POST, API "/jobs/{id}/run", ROLE_ADMIN, &act_params, jobs_run_now, JSON | OPTIONAL_KEY,
      "Hacer ya un trabajo en espera", WRITE,
      GIVES(200, job_answer_fields) },
    { POST, API "/jobs/{id}/discard", ROLE_ADMIN, &act_params, jobs_discard, JSON | OPTIONAL_KEY,
      "Descartar un trabajo fallido o en espera", WRITE, GIVES(200, job_answer_fields) },
    { POST, API "/jobs/bulk", ROLE_ADMIN, &bulk_params, jobs_bulk, JSON,
      "Lo mismo con varios, o con todos los que coinciden", WRITE, GIVES(200, job_bulk_done_fields),
      .shows = "ids", .keyless = "enviada otra vez, alcanza solo lo que siga como estaba" },
    { POST, API QUEUE "/pause", ROLE_ADMIN, &queue_params, jobs_pause, JSON | OPTIONAL_KEY,
      "Pausar una cola", WRITE,
      GIVES_ALL_OF(200, queue_entry_fields) },
    { POST, API QUEUE "/resume", ROLE_ADMIN, &queue_params, jobs_resume, JSON | OPTIONAL_KEY,
      "Reanudar una cola", WRITE,
      GIVES_ALL_OF(200, queue_entry_fields) },
};
const struct area area = { "jobs", routes, COUNT(routes), .about = "Trabajos del servidor" };
