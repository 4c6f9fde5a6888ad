/* Writes the rows of an import that somebody has looked at (custody/import.h), some hundred in a write: each is marked in
 * the write that makes it, so that none is made twice, however often the job is begun anew. */
#include "domain/custody/import.h"
#include "jobs/jobs.h"

#define BATCH 200                /* rows of one write, for which others wait */

struct writing { struct ctx *c; const struct job *job; struct ctx one; struct import im; int n; };

static enum err batch_write(struct db *db UNUSED, void *arg)
{
    struct writing *x = arg;
    enum err e = job_renew_tx(x->c, x->job);

    return e != OK ? e : import_write_tx(&x->one, &x->im, BATCH, &x->n);
}

static enum err import_done_tx(struct ctx *c, void *arg)
{
    return import_end_tx(c, ((struct writing *)arg)->im.id);
}

struct job_outcome customers_import_job(struct ctx *c, const struct job *j)
{
    struct writing *x = arena_alloc(c->a, sizeof *x);
    enum err e;

    x->c = c;
    x->job = j;
    e = import_by_id(c, job_arg(j->args, "import_id"), &x->im);
    if (e == E_NOT_FOUND || (e == OK && !streq(x->im.state, "writing")))
        return job_done();
    x->one = *c;
    if (e != OK || import_act(&x->one, &x->im) != OK)
        return job_again("la base de datos no respondió");
    x->one.a = arena_new();
    do {
        x->one.now = c->now;
        e = db_write(c->db, batch_write, x);
        arena_reset(x->one.a);
    } while (e == OK && x->n == BATCH);
    arena_free(x->one.a);
    if (e == E_CONFLICT)         /* cancelled, or the job was taken away */
        return job_done();
    return e != OK ? job_again("la base de datos no respondió")
        : (struct job_outcome){ .result = JOB_DONE, .effect = import_done_tx, .arg = x };
}
