#include "cron/program.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/texts.h"
#include "jobs/jobs.h"
#include "queue/hint.h"
#include "store/db.h"

#define LAST_S 10                /* seconds after its limit at which a program that nobody has killed dies */

struct asked {
    const char *config;
    int64_t tick, limit_s;       /* limit_s 0: it may take as long as it likes */
    bool now, dry;
};

static bool options_read(struct asked *o, int argc, char **argv)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "tick", required_argument, NULL, 't' },
        { "limit", required_argument, NULL, 'l' },
        { "now", no_argument, NULL, 'w' },
        { "dry-run", no_argument, NULL, 'n' },
        { NULL, 0, NULL, 0 },
    };
    int64_t now = clock_now();
    int x;

    o->tick = now - now % 60;
    while ((x = getopt_long(argc, argv, "c:", options, NULL)) != -1)
        switch (x) {
        case 'c':
            o->config = optarg;
            break;
        case 't':
            if (!parse_int(optarg, &o->tick))
                return false;
            break;
        case 'l':
            if (!parse_int(optarg, &o->limit_s) || o->limit_s < 1 || o->limit_s > DAY_SECONDS)
                return false;
            break;
        case 'w':
            o->now = true;
            break;
        case 'n':
            o->dry = true;
            break;
        default:
            return false;
        }
    return optind == argc;
}

struct enqueue {
    struct ctx *c;
    struct job_new job;
};

static enum err enqueue_tx(struct db *db UNUSED, void *arg)
{
    struct enqueue *q = arg;

    return job_add_tx(q->c, &q->job, NULL);
}

struct effect {
    struct ctx *c;
    const struct job_outcome *outcome;
};

static enum err effect_tx(struct db *db UNUSED, void *arg)
{
    struct effect *f = arg;

    return f->outcome->effect(f->c, f->outcome->arg);
}

/* Enqueues this minute's job; a job that is there already is as good. */
static enum err job_enqueue(struct ctx *c, const struct cron_program *p, int64_t tick)
{
    struct enqueue q = { c, { .kind = p->kind } };
    const struct job_kind *k = job_kind_find(p->kind);

    q.job.unique_key = arena_printf(c->a, "cron:%s:%lld", p->name, (long long)tick);
    if (k != NULL && has_prefix(k->args, "tick:"))
        q.job.about = tick;
    enum err e = db_write(c->db, enqueue_tx, &q);
    return e == E_CONFLICT ? OK : e;
}

/* Runs the job's handler here, without a row of the queue. */
static enum err job_run(struct ctx *c, const struct cron_program *p)
{
    struct job job = { .kind = p->kind, .args = "{}", .queue = "", .worker = p->name };
    const struct job_row *row = job_row_of(light_jobs, p->kind);

    if (row == NULL)
        return ctx_fail(c, E_INTERNAL, NULL, T_INTERNAL, NULL);
    struct job_outcome o = job_perform(c, row, &job);
    if (o.result != JOB_DONE) {
        log_error("cron.job", "kind", p->kind, "error", o.error);
        return E_BUSY;
    }
    struct effect f = { c, &o };
    return o.effect == NULL ? OK : db_write(c->db, effect_tx, &f);
}

static enum err program_dry(struct ctx *c, const struct cron_program *p)
{
    int64_t n = 0;
    enum err e = p->how_many != NULL ? p->how_many(c, &n) : OK;

    if (e != OK)
        return e;
    puts(p->would);
    if (p->how_many != NULL)
        printf("Ahora serían %lld.\n", (long long)n);
    return OK;
}

static enum err program_run(struct ctx *c, const struct cron_program *p, const struct asked *o)
{
    if (o->dry)
        return program_dry(c, p);
    if (p->kind == NULL)
        return p->work(c);
    return o->now ? job_run(c, p) : job_enqueue(c, p, o->tick);
}

int cron_main(int argc, char **argv, const struct cron_program *p)
{
    struct arena *a = arena_new();
    struct asked o = { 0 };
    struct ctx c = { .a = a, .actor = ACTOR_SYSTEM, .role = ROLE_ADMIN, .address = "",
                     .channel = "job" };
    const char *why = NULL;

    log_program(p->name);
    signal(SIGPIPE, SIG_IGN);
    if (!options_read(&o, argc, argv)) {
        fprintf(stderr, "usage: %s [--config FILE] [--now] [--dry-run] [--tick N] [--limit SECONDS]\n", p->name);
        return EX_USAGE;
    }
    if (o.limit_s > 0)           /* paqueteria-tick kills a run that hangs; this one, if it has died itself */
        alarm((unsigned)o.limit_s + LAST_S);
    c.now = clock_now();
    c.request_id = arena_printf(a, "%s-%lld", p->name, (long long)o.tick);
    c.conf = conf_load(a, o.config, &why);
    c.db = c.conf == NULL ? NULL : db_open(c.conf, true, &why);
    if (c.db == NULL) {
        log_error("cron.open", "error", why);
        return EX_CONFIG;
    }
    c.hint = hint_open(c.conf);
    enum err e = program_run(&c, p, &o);
    if (e != OK)
        log_error("cron.run", "error", err_name(e), "why", fault_sentence(a, &c.fault));
    hint_close(c.hint);
    db_close(c.db);
    arena_free(a);
    return e == OK ? EX_OK : EX_TEMPFAIL;
}
