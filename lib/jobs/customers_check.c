/* Reads a file of customers that an administrator sent, and notes what would become of each row (custody/import.h); runs
 * in a process of its own, and what opens the file in another (sheet_ask.h).  A try that follows another goes on behind
 * the last row that was noted. */
#include <unistd.h>

#include "base/conf.h"
#include "domain/custody/import.h"
#include "domain/people/customer_column.h"
#include "jobs/jobs.h"
#include "jobs/sheet_ask.h"

#define BATCH 400                /* rows of one write */
#define TITLES_WITHIN 10         /* rows in which the titles stand */

#define NO_TITLES "No encontramos la fila de los títulos. Debe estar entre las primeras diez y tener una columna Nombre y otra," \
    " por ejemplo Celular o Apartamento."

struct checking {
    struct ctx *c;
    const struct job *job;
    struct import im;
    struct ctx one;              /* as who asked, with an arena of one write */
    struct import_line v[BATCH];
    size_t n, seen;
    int64_t last;                /* the last row that an earlier try has noted */
    struct arena *rows;          /* texts of the rows that wait for the next write */
    const char *kind;
    bool over;                   /* it was cancelled, or the job was taken away */
    bool titled;                 /* the columns are in the row of the import */
};

static enum err batch_write(struct db *db UNUSED, void *arg)
{
    struct checking *x = arg;
    enum err e = job_renew_tx(x->c, x->job);

    if (e == OK && !x->titled)
        e = import_titles_tx(x->c, x->im.id, x->im.titles, x->im.columns, x->im.title_line, x->kind);
    return e != OK ? e : import_look_tx(&x->one, &x->im, x->v, x->n);
}

static bool batch_flush(struct checking *x)
{
    enum err e = x->n == 0 ? OK : db_write(x->c->db, batch_write, x);

    x->over = e == E_CONFLICT;
    x->titled = x->titled || e == OK;
    x->n = 0;
    arena_reset(x->rows);
    arena_reset(x->one.a);
    return e == OK;
}

static bool titles_take(struct checking *x, const struct sheet_row *row)
{
    char *letters = customer_columns_find(x->c->a, row->v, row->n);

    if (!customer_columns_are_titles(letters))
        return ++x->seen < TITLES_WITHIN;
    x->im.columns = letters;
    x->im.titles = cells_join(x->c->a, row->v, row->n);
    x->im.title_line = row->line;
    return true;
}

static bool row_take(void *arg, const struct sheet_row *row)
{
    struct checking *x = arg;

    if (x->im.columns == NULL)
        return titles_take(x, row);
    if (row->line <= x->im.title_line || row->line <= x->last)
        return true;
    x->v[x->n++] = (struct import_line){ row->line, cells_join(x->rows, row->v, row->n), arena_strdup(x->rows, row->fault) };
    return x->n < BATCH || batch_flush(x);
}

struct ending { struct ctx *c; int64_t id; const char *why, *path; };

static void upload_drop(void *arg)
{
    unlink(((struct ending *)arg)->path);
}

static enum err check_end_tx(struct ctx *c, void *arg)
{
    struct ending *x = arg;

    db_after_commit(c->db, upload_drop, x);
    return import_read_tx(c, x->id, x->why);
}

static struct job_outcome check_end(struct checking *x, const char *why)
{
    struct ending *end = arena_alloc(x->c->a, sizeof *end);

    *end = (struct ending){ x->c, x->im.id, why, x->im.spool_path };
    return (struct job_outcome){ .result = JOB_DONE, .effect = check_end_tx, .arg = end };
}

static struct job_outcome check_run(struct checking *x)
{
    const char *fault;
    enum sheet_end end = sheet_ask(x->c, x->im.spool_path, row_take, x, &x->kind, &fault);

    if (x->over)
        return job_done();
    if (x->im.columns == NULL && (end == SHEET_READ || x->seen >= TITLES_WITHIN))
        return check_end(x, NO_TITLES);
    if (end == SHEET_BROKEN)
        return check_end(x, fault);
    if (end == SHEET_UNDONE || !batch_flush(x))
        return x->over ? job_done() : job_again("no se pudo leer el archivo: faltó memoria o sitio en el disco");
    return check_end(x, import_last_line(x->c, x->im.id) == 0 ? "Debajo de los títulos no hay filas." : NULL);
}

struct job_outcome customers_check_job(struct ctx *c, const struct job *j)
{
    struct checking *x = arena_alloc(c->a, sizeof *x);
    struct job_outcome o;
    enum err e;

    x->c = c;
    x->job = j;
    e = import_by_id(c, job_arg(j->args, "import_id"), &x->im);
    if (e == E_NOT_FOUND || (e == OK && !streq(x->im.state, "reading")))
        return job_done();
    x->one = *c;
    if (e != OK || import_act(&x->one, &x->im) != OK)
        return job_again("la base de datos no respondió");
    if (x->im.spool_path == NULL || access(x->im.spool_path, R_OK) != 0)
        return check_end(x, "El archivo que se subió ya no está: súbalo otra vez.");
    x->titled = x->im.columns != NULL;
    x->last = import_last_line(c, x->im.id);
    x->one.a = arena_new();
    x->rows = arena_new();
    o = check_run(x);
    arena_free(x->one.a);
    arena_free(x->rows);
    return o;
}
