/* Deletes what may be kept no longer (domain.md §10), a kind of data after the other, and notes of each how much it was:
 * law/retention_told.h says for how long each is kept. */
#include "base/clock.h"
#include "base/log.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/merge.h"
#include "domain/custody/retention.h"
#include "domain/ground/tx.h"
#include "domain/law/privacy_request.h"
#include "domain/law/retention_told.h"
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

/* Kinds of data by their names in law/retention_told.c, in the order in which they are looked at. */
static const struct { const char *name; enum err (*some)(struct ctx *c, int limit, int *done); } kinds[] = {
    { "photos", retention_photos }, { "signatures", retention_signatures }, { "documents", retention_documents },
    { "packages", anonymise_packages }, { "customers", anonymise_customers }, { "letters", anonymise_letters },
    { "audit", anonymise_audit }, { "missing", anonymise_missing }, { "opt_outs", anonymise_opt_outs },
    { "merges", merge_forget }, { "webhooks", webhook_deliveries_forget }, { "unproved", privacy_give_up },
    { "requests", privacy_forget },
};

struct job_outcome retention_run_job(struct ctx *c, const struct job *j)
{
    bool nameless = false;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        const int done = job_in_batches(c, j, BATCH, kinds[i].some);

        if (done < 0 || retention_note(c, kinds[i].name, done) != OK)
            return job_again(streq(kinds[i].name, "documents") ? "no se pudieron borrar los documentos"
                             : "la base de datos no respondió");
        nameless = nameless || (done > 0 && text_is_one_of(kinds[i].name, (const char *const[]){ "packages", "customers" }, 2));
        if (done > 0)
            log_info("retention.run", "kind", kinds[i].name, "done", NUM(done));
    }
    return !nameless ? job_done() : (struct job_outcome){ .result = JOB_DONE, .effect = search_clean_effect };
}
