/* Deletes what may be kept no longer (domain.md §10): photos and signatures 30 days after the parcel left,
 * documents after DOCUMENT_DAYS, what programs of others were told after DELIVERY_DAYS, who a parcel was for after five
 * years. */
#include "base/clock.h"
#include "base/log.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/merge.h"
#include "domain/custody/retention.h"
#include "domain/ground/tx.h"
#include "domain/outbox/webhook_delivery.h"
#include "domain/paper/document.h"
#include "domain/parcel/search_clean.h"
#include "jobs/jobs.h"
#include "storage/storage.h"

#define BATCH 50

static const struct stmt documents_over = STMT("retention_documents_over", "ii",
    "SELECT id, storage_key FROM documents WHERE asked_at < $1 ORDER BY id LIMIT $2");
static const struct stmt documents_delete = STMT("retention_documents", "ii",
    "DELETE FROM documents WHERE asked_at < $1 AND id <= $2");
DB_REGISTER(&documents_over, &documents_delete)

struct over { int64_t before, last; };       /* documents asked for before that, up to that id */

static enum err documents_delete_tx(struct db *db, void *arg)
{
    const struct over *x = arg;

    return db_exec(db, NULL, &documents_delete, x->before, x->last);
}

/* Removes old documents: first their files, then the rows, since only a row tells where its file is. */
static enum err retention_documents(struct ctx *c, int limit, int *expired)
{
    struct over x = { .before = c->now - DOCUMENT_DAYS * DAY_SECONDS };
    struct rows q;
    enum err e = db_query(c->db, &q, &documents_over, x.before, (int64_t)limit), end;

    *expired = 0;
    if (e != OK)
        return e;
    while (e == OK && db_next(&q)) {
        const char *key = db_text(&q, 1);

        e = key == NULL ? OK : disk_drop(c->conf, key);
        if (e == OK) {
            x.last = db_int(&q, 0);
            ++*expired;
        }
    }
    end = db_end(&q);
    if (e == OK)
        e = end;
    return e != OK || *expired == 0 ? e : domain_write(c, documents_delete_tx, &x);
}

static enum err search_clean_effect(struct ctx *c, void *arg UNUSED)
{
    return search_clean_ask_tx(c);
}

struct job_outcome retention_run_job(struct ctx *c, const struct job *j)
{
    int photos = job_in_batches(c, j, BATCH, retention_photos), signatures, documents, packages, customers;

    if (photos < 0 || (signatures = job_in_batches(c, j, BATCH, retention_signatures)) < 0)
        return job_again("la base de datos no respondió");
    if ((documents = job_in_batches(c, j, BATCH, retention_documents)) < 0)
        return job_again("no se pudieron borrar los documentos");
    if ((packages = job_in_batches(c, j, BATCH, anonymise_packages)) < 0
        || (customers = job_in_batches(c, j, BATCH, anonymise_customers)) < 0
        || job_in_batches(c, j, BATCH, anonymise_letters) < 0 || job_in_batches(c, j, BATCH, anonymise_audit) < 0
        || job_in_batches(c, j, BATCH, anonymise_missing) < 0
        || job_in_batches(c, j, BATCH, anonymise_opt_outs) < 0 || job_in_batches(c, j, BATCH, merge_forget) < 0
        || job_in_batches(c, j, BATCH, webhook_deliveries_forget) < 0)
        return job_again("la base de datos no respondió");
    log_info("retention.run", "photos", NUM(photos), "signatures", NUM(signatures), "documents", NUM(documents),
             "packages", NUM(packages), "customers", NUM(customers));
    return packages + customers == 0 ? job_done()
        : (struct job_outcome){ .result = JOB_DONE, .effect = search_clean_effect };
}
