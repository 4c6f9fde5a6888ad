/* Makes a PDF of what the database says now and puts it on the disk; retention removes it after
 * DOCUMENT_DAYS. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/normal.h"
#include "domain/ground/setting.h"
#include "domain/money/payment.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/document_void.h"
#include "domain/message/message_kind.h"
#include "jobs/document.h"
#include "jobs/jobs.h"
#include "storage/storage.h"

static const struct stmt wanted = STMT("document_wanted", "i",
    "SELECT d.kind, d.subject_id, u.full_name, d.storage_key FROM documents d LEFT JOIN users u ON u.id = d.asked_by"
    " WHERE d.id = $1 AND d.state = 'pending'");
static const struct stmt place = STMT("document_place", "is",
    "UPDATE documents SET storage_key = $2 WHERE id = $1 AND state = 'pending' AND storage_key IS NULL");
static const struct stmt ready = STMT("document_ready", "iiiis",
    "UPDATE documents SET state = 'ready', size = $2, pages = $3, ready_at = $4, title = $5"
    " WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&wanted, &place, &ready)

static const struct { const char *kind; document_read *read; } readers[] = {
    { "recibo", receipt_read }, { "cierre", closing_read }, { "expediente", dossier_read }, { "custodia", proof_read },
    { "entrega", drop_read }, { "datos", person_read },
};

struct building { int64_t id, subject_id, size, pages; const char *kind, *user_name, *storage_key, *title; };

/* ---- words ---- */

const char *document_lookup(struct ctx *c, const char *tracking_code)
{
    return arena_printf(c->a, "%s/search?q=%s", c->conf->public_url, tracking_code);
}

const char *document_method(struct arena *a, const char *method, const char *reference)
{
    const char *words = words_of(payment_methods, method);

    return is_blank(reference) ? words : arena_printf(a, "%s, ref. %s", words, reference);
}

void document_messages(struct sheet *s, struct arena *a, const struct notifications *all)
{
    static const struct word message_ways[] = { { "sms", "SMS" }, { "email", "correo" }, { "whatsapp", "WhatsApp" }, WORDS_END };
    static const struct sheet_column columns[] = {
        { "Cuándo", 20, false }, { "Aviso", 28, false }, { "A quién", 28, false }, { "Estado", 30, false },
    };

    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < all->n; i++) {
        const struct notification *n = &all->v[i];

        sheet_row(s, (const char *const[]){ clock_exact(a, n->sent_at ? n->sent_at : n->created_at),
            arena_printf(a, "%s, %s", words_of(message_events, n->event), words_of(message_ways, n->channel)),
            streq(n->channel, "email") ? n->recipient : phone_words(a, n->recipient), words_of(notification_states, n->state) });
    }
    sheet_table_end(s);
}

static const char *address_line(struct ctx *c, const struct site *site)
{
    return is_blank(site->phone) ? site->address : arena_printf(c->a, "%s · %s", site->address, site->phone);
}

/* ---- building ---- */

static enum err read_page(struct ctx *c, const struct building *b, struct document_page *out)
{
    const char *when = clock_exact(c->a, c->now);
    struct site site;

    site_read(c, &site);
    out->head.owner = site.name;
    out->head.address = address_line(c, &site);
    out->head.foot = b->user_name ? arena_printf(c->a, "Hecho el %s por %s", when, b->user_name)
        : arena_printf(c->a, "Hecho el %s", when);
    for (size_t i = 0; i < COUNT(readers); i++)
        if (streq(readers[i].kind, b->kind))
            return readers[i].read(c, b->subject_id, out);
    return E_NOT_FOUND;
}

static enum err document_built_tx(struct ctx *c, void *arg)
{
    const struct building *b = arg;

    return db_exec(c->db, NULL, &ready, b->id, b->size, b->pages, c->now, b->title);
}

static enum err document_gone_tx(struct ctx *c, void *arg)
{
    return document_lost_tx(c, ((struct building *)arg)->id, "Lo que se pidió ya no está");
}

static enum err place_tx(struct db *db, void *arg)
{
    const struct building *b = arg;
    int64_t changed;
    enum err e = db_exec(db, &changed, &place, b->id, b->storage_key);

    return e == OK && changed != 1 ? E_CONFLICT : e;
}

/* Writes the file's key to the row before the file is made: if this try dies, the next one overwrites its
 * file, or retention finds and removes it. */
static bool document_placed(struct ctx *c, struct building *b)
{
    if (b->storage_key != NULL)
        return true;
    b->storage_key = storage_key(c->a, c->now, b->subject_id, "pdf");
    return db_write(c->db, place_tx, b) == OK;
}

static struct job_outcome write_page(struct ctx *c, struct building *b, const struct document_page *page)
{
    const char *path = arena_printf(c->a, "%s/document.%lld.%d.pdf", c->conf->spool_dir, (long long)b->id, (int)getpid());
    struct stat st;

    if (!document_placed(c, b))
        return job_again("la base de datos no respondió");
    if (sheet_write(path, &page->head, page->draw, page->arg, &b->pages) != OK || stat(path, &st) != 0) {
        unlink(path);
        return job_again("no se pudo escribir el documento");
    }
    b->title = is_blank(page->head.subtitle) ? page->head.title
        : arena_printf(c->a, "%s, %s", page->head.title, page->head.subtitle);
    b->size = st.st_size;
    if (disk_put(c->conf, b->storage_key, path) != OK) {
        unlink(path);
        return job_again("no se pudo guardar el documento");
    }
    return (struct job_outcome){ .result = JOB_DONE, .effect = document_built_tx, .arg = b };
}

struct job_outcome document_build_job(struct ctx *c, const struct job *j)
{
    struct building *b = arena_alloc(c->a, sizeof *b);
    struct document_page page = { 0 };
    struct rows q;
    enum err e;

    b->id = job_arg(j->args, "document_id");
    e = db_one(c->db, &q, &wanted, b->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    b->kind = db_dup(&q, 0, c->a);
    b->subject_id = db_int(&q, 1);
    b->user_name = db_dup(&q, 2, c->a);
    b->storage_key = db_dup(&q, 3, c->a);
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    e = read_page(c, b, &page);
    if (e == E_NOT_FOUND || e == E_CONFLICT)     /* the subject was undone after the document was asked for */
        return (struct job_outcome){ .result = JOB_DONE, .effect = document_gone_tx, .arg = b };
    return e != OK ? job_again("no se pudo leer lo que se pidió") : write_page(c, b, &page);
}
