/* Commands about the queue: jobs that wait or failed, and acts on them. */
#include <stdio.h>

#include "base/texts.h"
#include "json/json.h"
#include "bin/cli.h"
#include "domain/console/job_admin.h"

#define FILTER "[--state S] [--kind K] [--queue Q] [--package P] [--error T]"

static struct job_filter filter_of(const struct cli *x)
{
    return (struct job_filter){ .state = cli_option(x, "--state"), .kind = cli_option(x, "--kind"),
        .queue = cli_option(x, "--queue"), .package = cli_option(x, "--package"),
        .error = cli_option(x, "--error") };
}

static enum err list_run(struct cli *x)
{
    struct job_filter f = filter_of(x);
    struct job_entries all;
    int64_t next;
    enum err e = cli_number(x, "--limit", 50, &f.limit);

    if (e == OK)
        e = cli_number(x, "--before", 0, &f.before);
    if (e == OK)
        e = job_list(&x->c, &f, &all, &next);
    if (e != OK)
        return e;
    cli_list(x, job_entry_fields, "id queue kind state attempt max_attempts run_at last_error", all.v, all.n,
             sizeof *all.v);
    if (next != 0)
        cli_say(x, "Hay más: --before %lld", (long long)next);
    return OK;
}

static enum err one_id(struct cli *x, const char *word, int64_t *id)
{
    return parse_int(word, id) ? OK : ctx_fail(&x->c, E_INVALID, "ID", T_NOT_ID, NULL);
}

static enum err show_run(struct cli *x)
{
    struct job_detail d;
    int64_t id;
    enum err e = one_id(x, x->words[0], &id);

    if (e == OK)
        e = job_show(&x->c, id, &d);
    if (e != OK)
        return e;
    if (x->json) {
        cli_json(json_of(job_answer_fields, &d));
        return OK;
    }
    cli_object(x, job_entry_fields, &d.job);
    cli_object(x, job_detail_fields, &d);
    putchar('\n');
    cli_list(x, job_argument_fields, "name value", d.arguments.v, d.arguments.n, sizeof *d.arguments.v);
    putchar('\n');
    cli_list(x, job_try_fields, "attempt started_at finished_at outcome worker error", d.tries.v, d.tries.n,
             sizeof *d.tries.v);
    return OK;
}

static enum err queues_run(struct cli *x)
{
    struct queue_entries all;
    enum err e = queue_list(&x->c, &all);

    if (e == OK)
        cli_list(x, queue_entry_fields, "name ready due running dead oldest_due done_5 done_60 paused breaker failures",
                 all.v, all.n, sizeof *all.v);
    return e;
}

/* Acts on the jobs named on the command line one by one, so that a wrong number is reported; without names, on
 * all jobs that match the filter. */
static enum err jobs_act(struct cli *x, const char *action, struct job_bulk_done *done)
{
    struct job_bulk in = { .action = action, .filter = filter_of(x), .all = x->word_count == 0 };
    int64_t id;
    enum err e = OK;

    *done = (struct job_bulk_done){ 0 };
    if (cli_flag(x, "--dead"))
        in.filter.state = "dead";
    if (in.all && is_blank(in.filter.state))
        return ctx_fail(&x->c, E_INVALID, "ID", T_REQUIRED, NULL);
    if (in.all)
        return job_act_all(&x->c, &in, done);
    for (size_t i = 0; i < x->word_count && e == OK; i++) {
        e = one_id(x, x->words[i], &id);
        if (e == OK)
            e = job_act(&x->c, action, id);
        done->changed += e == OK;
    }
    return e;
}

static enum err say_done(struct cli *x, const char *words, enum err e, const struct job_bulk_done *done)
{
    if (e != OK)
        return e;
    if (x->json)
        cli_object(x, job_bulk_done_fields, done);
    cli_say(x, "%lld %s.", (long long)done->changed, words);
    if (done->more)
        cli_say(x, "Quedan más que coinciden: repita la orden.");
    return OK;
}

static enum err retry_run(struct cli *x)
{
    struct job_bulk_done done;
    enum err e = jobs_act(x, "retry", &done);

    return say_done(x, "en espera otra vez", e, &done);
}

static enum err now_run(struct cli *x)
{
    struct job_bulk_done done;
    enum err e = jobs_act(x, "run", &done);

    return say_done(x, "se harán enseguida", e, &done);
}

static enum err discard_run(struct cli *x)
{
    struct job_bulk_done done;
    enum err e = jobs_act(x, "discard", &done);

    return say_done(x, "descartados", e, &done);
}

static enum err pause_one(struct cli *x, bool paused)
{
    enum err e = queue_pause(&x->c, x->words[0], paused);

    if (e == OK)
        cli_say(x, "La cola %s %s.", x->words[0], paused ? "está en pausa" : "sigue su marcha");
    return e;
}

static enum err pause_run(struct cli *x)
{
    return pause_one(x, true);
}

static enum err resume_run(struct cli *x)
{
    return pause_one(x, false);
}

const struct command job_commands[] = {
    { "jobs list", FILTER " [--limit N] [--before ID]", "Los trabajos, los últimos primero.", CLI_DB, list_run },
    { "jobs show", "ID", "Un trabajo con sus intentos; de sus argumentos, solo los números.", CLI_DB, show_run },
    { "jobs queues", "", "Las colas: cuánto espera, desde cuándo, a qué ritmo.", CLI_DB, queues_run },
    { "jobs retry", "[--dead] " FILTER " [ID…]",
      "Trabajos fallidos o en espera, ya y con todos sus intentos; --dead: todos los fallidos.", CLI_DB,
      retry_run },
    { "jobs run", FILTER " [ID…]", "Trabajos en espera, ya; sus intentos siguen contados.", CLI_DB, now_run },
    { "jobs discard", "[--dead] " FILTER " [ID…]",
      "Trabajos fallidos o en espera que ya no se harán; --dead: todos los fallidos.", CLI_DB, discard_run },
    { "jobs pause", "COLA", "Los trabajos de la cola esperan; los que están en curso terminan.", CLI_DB, pause_run },
    { "jobs resume", "COLA", "La cola sigue su marcha.", CLI_DB, resume_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
