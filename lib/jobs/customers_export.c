/* Makes a file of the customers that somebody asked for, a page of the list at a time; runs in a process of its own. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/csv.h"
#include "domain/parcel/customer_export.h"
#include "jobs/jobs.h"
#include "print/workbook.h"
#include "storage/storage.h"

#define PAGES_PER_LEASE 50       /* pages of the list between two signs of life */

struct exporting {
    struct ctx *c;
    const struct job *job;
    struct customer_export about;
    const char *key;
    int64_t rows, size;
};

/* Where the rows go: a workbook, or a file of CSV. */
struct export_file { struct workbook *book; FILE *csv; struct buf line; };

static bool file_open(struct ctx *c, const char *path, const char *format, struct export_file *f)
{
    *f = (struct export_file){ 0 };
    if (streq(format, "xlsx"))
        return (f->book = workbook_open(c->a, path, c->conf->spool_dir, "Clientes", customer_sheet_fields)) != NULL;
    f->csv = fopen(path, "we");
    csv_titles(&f->line, customer_sheet_fields);
    return f->csv != NULL;
}

static void file_row(struct export_file *f, const struct customer_row *row)
{
    if (f->book != NULL)
        workbook_row(f->book, row);
    else
        csv_line(&f->line, customer_sheet_fields, row);
}

/* Writes what was gathered of the lines; false when the disk has no room. */
static bool file_flush(struct export_file *f)
{
    const size_t n = f->line.len;

    if (f->csv == NULL || n == 0)
        return true;
    buf_reset(&f->line);
    return fwrite(f->line.data, 1, n, f->csv) == n;
}

static bool file_close(struct export_file *f)
{
    bool ok = f->book == NULL || workbook_end(f->book);

    if (f->csv != NULL) {
        ok = file_flush(f);
        ok = fclose(f->csv) == 0 && ok;
    }
    buf_free(&f->line);
    return ok;
}

/* Goes through the list with an arena of a page, so that memory does not grow with it. */
static bool rows_write(struct exporting *x, struct export_file *f)
{
    struct ctx page = *x->c;
    struct customer_filter filter = { .q = x->about.q, .kind = x->about.kind, .limit = 200 };
    bool ok = true;
    int pages = 0;

    page.a = arena_new();
    do {
        struct customer_rows all;

        ok = customer_list(&page, &filter, &all, &filter.before) == OK;
        for (size_t i = 0; ok && i < all.n; i++, x->rows++)
            file_row(f, &all.v[i]);
        ok = ok && file_flush(f) && (++pages % PAGES_PER_LEASE != 0 || job_renew(x->c, x->job) == OK);
        arena_reset(page.a);
    } while (ok && filter.before != 0);
    arena_free(page.a);
    return ok;
}

static enum err place_write(struct db *db UNUSED, void *arg)
{
    struct exporting *x = arg;
    enum err e = job_renew_tx(x->c, x->job);

    return e != OK ? e : export_place_tx(x->c, x->about.id, x->key);
}

static enum err export_done_tx(struct ctx *c, void *arg)
{
    const struct exporting *x = arg;

    return export_ready_tx(c, x->about.id, x->rows, x->size);
}

static bool export_write(struct exporting *x, const char *path)
{
    struct export_file f;
    struct stat st;
    bool ok = file_open(x->c, path, x->about.format, &f) && rows_write(x, &f);

    ok = file_close(&f) && ok && stat(path, &st) == 0;
    x->size = ok ? st.st_size : 0;
    return ok;
}

struct job_outcome customers_export_job(struct ctx *c, const struct job *j)
{
    struct exporting *x = arena_alloc(c->a, sizeof *x);
    const char *path;
    enum err e;

    x->c = c;
    x->job = j;
    e = export_by_id(c, job_arg(j->args, "export_id"), &x->about);
    if (e == E_NOT_FOUND || (e == OK && !streq(x->about.state, "pending")))
        return job_done();
    path = arena_printf(c->a, "%s/export.%lld.%lld", c->conf->spool_dir, (long long)j->id, (long long)j->attempt);
    if (e != OK || !export_write(x, path)) {
        unlink(path);
        return job_again("no se pudo escribir la hoja");
    }
    x->key = x->about.storage_key != NULL ? x->about.storage_key : storage_key(c->a, c->now, 0, x->about.format);
    /* The key is in the row before the file is kept: a later try overwrites it, or temp.clean removes it. */
    if (db_write(c->db, place_write, x) != OK || disk_put(c->conf, x->key, path) != OK) {
        unlink(path);
        return job_again("no se pudo guardar la hoja");
    }
    return (struct job_outcome){ .result = JOB_DONE, .effect = export_done_tx, .arg = x };
}
