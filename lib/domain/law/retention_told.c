#include "domain/law/retention_told.h"

#include "base/clock.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/merge.h"
#include "domain/custody/retention.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/law/privacy_request.h"
#include "domain/outbox/webhook_delivery.h"
#include "domain/paper/document.h"
#include "store/db.h"

/* Rows that are due at an instant ($1: those from before it), at most $2. */
#define DUE(name, from) STMT(name, "ii", "SELECT count(*) FROM (SELECT 1 FROM " from " LIMIT $2)")
static const struct stmt photos = DUE("due_photos", "packages p JOIN package_files f ON f.package_id = p.id WHERE f.purge_at IS NULL"
    " AND p.state IN ('ENTREGADO', 'CANCELADO') AND coalesce(p.delivered_at, p.cancelled_at) < $1");
static const struct stmt signatures = DUE("due_signatures", "delivery_signatures WHERE signed_at < $1");
static const struct stmt documents = DUE("due_documents", "documents WHERE asked_at < $1");
static const struct stmt packages = DUE("due_packages", "packages WHERE anonymised_at IS NULL AND state IN ('ENTREGADO', 'CANCELADO')"
    " AND coalesce(delivered_at, cancelled_at) < $1");
static const struct stmt customers = DUE("due_customers", "customers c WHERE c.search_key <> '' AND c.created_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id)");
static const struct stmt letters = DUE("due_letters", "notifications n WHERE n.recipient > '' AND n.created_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM notification_packages x WHERE x.notification_id = n.id)");
static const struct stmt notes = DUE("due_notes", "audit_log l JOIN audit_values v ON v.audit_id = l.id WHERE l.at < $1");
static const struct stmt missing = DUE("due_missing", "inquiries WHERE guide_key IS NOT NULL AND package_id IS NULL AND at < $1");
static const struct stmt opt_outs = DUE("due_opt_outs", "opt_outs WHERE at < $1");
static const struct stmt merges = DUE("due_merges", "customer_merges WHERE gone_before IS NOT NULL AND at < $1");
static const struct stmt webhooks = DUE("due_webhooks", "webhook_deliveries WHERE created_at < $1 AND state <> 'pending'");
static const struct stmt unproved = DUE("due_unproved", "privacy_requests WHERE closed_at IS NULL AND due_day IS NULL AND at < $1");
static const struct stmt requests = DUE("due_requests", "privacy_requests WHERE closed_at IS NOT NULL AND name IS NOT NULL"
    " AND closed_at < $1");
static const struct stmt runs = STMT("retention_run", "s", "SELECT at, done, total FROM retention_runs WHERE name = $1");
static const struct stmt note = STMT("retention_note", "siii",
    "INSERT INTO retention_runs (name, at, done, total) VALUES ($1, $2, $3, $3) ON CONFLICT (name) DO UPDATE SET at = $2,"
    " done = iif(at >= $4, done, 0) + $3, total = total + $3");
DB_REGISTER(&photos, &signatures, &documents, &packages, &customers, &letters, &notes, &missing, &opt_outs, &merges, &webhooks,
            &unproved, &requests, &runs, &note)

enum kept { KEPT_PHOTOS, KEPT_YEARS, KEPT_FIXED };
static const struct { const char *name, *words, *deed; enum kept how; int64_t days; const struct stmt *due; } kinds[] = {
    { "photos", "Fotos de paquetes que salieron", "se borran", KEPT_PHOTOS, 0, &photos },
    { "signatures", "Firmas de entregas", "se borran", KEPT_PHOTOS, 0, &signatures },
    { "documents", "PDF que alguien pidió", "se borran", KEPT_FIXED, DOCUMENT_DAYS, &documents },
    { "packages", "Paquetes que salieron, con sus mensajes y preguntas", "quedan sin nombre", KEPT_YEARS, 0, &packages },
    { "customers", "Clientes sin paquetes", "quedan sin nombre", KEPT_YEARS, 0, &customers },
    { "letters", "Mensajes de ningún paquete", "quedan sin texto", KEPT_YEARS, 0, &letters },
    { "audit", "Notas de la auditoría", "se borran", KEPT_YEARS, 0, &notes },
    { "missing", "Preguntas por paquetes que no aparecieron", "se borran", KEPT_YEARS, 0, &missing },
    { "opt_outs", "Direcciones que pidieron no recibir mensajes", "se olvidan", KEPT_YEARS, 0, &opt_outs },
    { "merges", "Cómo eran dos fichas antes de unirlas", "se olvida", KEPT_FIXED, MERGE_UNDO_S / DAY_SECONDS, &merges },
    { "webhooks", "Avisos a otros programas", "se borran", KEPT_FIXED, DELIVERY_DAYS, &webhooks },
    { "unproved", "Solicitudes de datos sin identificar", "se borran", KEPT_FIXED, PRIVACY_PROVE_DAYS, &unproved },
    { "requests", "Solicitudes de datos cerradas", "quedan sin nombre", KEPT_YEARS, 0, &requests },
};

#define R struct retention_row
static const struct field rows[] = {
    FIELD(R, name, F_TEXT, "Nombre"),
    FIELD(R, words, F_TEXT, "Qué"),
    FIELD(R, deed, F_TEXT, "Qué se hace"),
    FIELD(R, kept, F_TEXT, "Por cuánto tiempo se guarda"),
    FIELD(R, at, F_INSTANT, "Última vez"),
    FIELD(R, done, F_INT, "Cuántos, ese día"),
    FIELD(R, total, F_INT, "Cuántos en total"),
    FIELD(R, due, F_INT, "Cuántos mañana"),
    FIELD(R, paused, F_BOOL, "En pausa"),
    FIELD(R, late, F_BOOL, "No ha corrido"),
};
const struct fields retention_row_fields = FIELDS(rows);

static const char *kept_words(struct arena *a, int64_t n, const char *one, const char *many)
{
    return n == 1 ? one : arena_printf(a, "%lld %s", (long long)n, many);
}

/* Sets *before to what a run at `then` would delete what is from before of, 0 when the kind is paused; and the words. */
static enum err kept_before(struct ctx *c, size_t i, int64_t then, R *row, int64_t *before)
{
    int64_t n = kinds[i].days;
    enum err e = OK;

    if (kinds[i].how == KEPT_FIXED) {
        *before = then - n * DAY_SECONDS;
        row->kept = kept_words(c->a, n, "un día", "días");
        return OK;
    }
    e = setting_read(c, kinds[i].how == KEPT_PHOTOS ? S_KEEP_PHOTOS : S_KEEP_YEARS, &n);
    if (e == OK)
        e = kinds[i].how == KEPT_PHOTOS ? retention_before(c, then, before) : anonymise_before(c, then, before);
    row->paused = n == 0;
    row->kept = kinds[i].how == KEPT_PHOTOS ? kept_words(c->a, n, "un día", "días") : kept_words(c->a, n, "un año", "años");
    return e;
}

static enum err row_fill(struct ctx *c, size_t i, R *row)
{
    struct rows q;
    int64_t before = 0;
    enum err e;

    *row = (R){ .name = kinds[i].name, .words = kinds[i].words, .deed = kinds[i].deed };
    e = db_one(c->db, &q, &runs, row->name);
    if (e == OK) {
        row->at = db_int(&q, 0);
        row->done = db_int(&q, 1);
        row->total = db_int(&q, 2);
        e = db_end(&q);
    } else if (e == E_NOT_FOUND)
        e = OK;
    if (e == OK)
        e = kept_before(c, i, c->now + DAY_SECONDS, row, &before);
    if (e == OK && !row->paused)
        e = db_value(c->db, &row->due, kinds[i].due, before, (int64_t)RETENTION_COUNTED);
    row->late = !row->paused && row->at != 0 && c->now - row->at > RETENTION_LATE_S;
    return e;
}

enum err retention_table(struct ctx *c, struct retention_rows *out)
{
    enum err e = OK;

    *out = (struct retention_rows){ arena_alloc(c->a, COUNT(kinds) * sizeof *out->v), COUNT(kinds) };
    for (size_t i = 0; i < COUNT(kinds) && e == OK; i++)
        e = row_fill(c, i, &out->v[i]);
    return domain_fault(c, e);
}

struct retention_noting { struct ctx *c; const char *name; int64_t done; };

static enum err retention_note_tx(struct db *db, void *arg)
{
    const struct retention_noting *x = arg;

    return db_exec(db, NULL, &note, x->name, x->c->now, x->done, clock_day_start(clock_day(x->c->now)));
}

enum err retention_note(struct ctx *c, const char *name, int64_t done)
{
    return domain_write(c, retention_note_tx, &(struct retention_noting){ c, name, done });
}
