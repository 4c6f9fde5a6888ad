#include "domain/custody/merge.h"

#include "base/buf.h"
#include "base/conf.h"
#include "domain/custody/give.h"
#include "domain/custody/merge_people.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_notify.h"
#include "json/json.h"

/* Statements for a table with a column customer_id: how many rows of a person it has ($1); that they are noted down
 * ($1: the merge, $2: the person); that they move ($1 to $2); and that those which were noted move back ($1: the
 * merge, $2 to $3). */
#define COUNTED(name, table) STMT(name, "i", "SELECT count(*) FROM " table " WHERE customer_id = $1")
#define NOTED(name, table) \
    STMT(name, "ii", "INSERT INTO customer_merge_rows (merge_id, moved, row) SELECT $1, '" table "', id FROM " table \
         " WHERE customer_id = $2")
#define MOVED(name, table) STMT(name, "ii", "UPDATE " table " SET customer_id = $2 WHERE customer_id = $1")
#define BACK(name, table) \
    STMT(name, "iii", "UPDATE " table " SET customer_id = $3 WHERE customer_id = $2 AND id IN" \
         " (SELECT row FROM customer_merge_rows WHERE merge_id = $1 AND moved = '" table "')")
static const struct stmt packages_count = COUNTED("merge_count_packages", "packages");
static const struct stmt packages_note = NOTED("merge_note_packages", "packages");
static const struct stmt packages_move = MOVED("merge_move_packages", "packages");
static const struct stmt packages_back = BACK("merge_back_packages", "packages");
static const struct stmt notifications_count = COUNTED("merge_count_notifications", "notifications");
static const struct stmt notifications_note = NOTED("merge_note_notifications", "notifications");
static const struct stmt notifications_move = MOVED("merge_move_notifications", "notifications");
static const struct stmt notifications_back = BACK("merge_back_notifications", "notifications");
static const struct stmt consents_count = COUNTED("merge_count_consents", "consents");
static const struct stmt consents_note = NOTED("merge_note_consents", "consents");
static const struct stmt consents_move = MOVED("merge_move_consents", "consents");
static const struct stmt consents_back = BACK("merge_back_consents", "consents");
static const struct stmt pickup_authorizations_count = COUNTED("merge_count_pickup_authorizations", "pickup_authorizations");
static const struct stmt pickup_authorizations_note = NOTED("merge_note_pickup_authorizations", "pickup_authorizations");
static const struct stmt pickup_authorizations_move = MOVED("merge_move_pickup_authorizations", "pickup_authorizations");
static const struct stmt pickup_authorizations_back = BACK("merge_back_pickup_authorizations", "pickup_authorizations");
static const struct stmt inquiries_count = COUNTED("merge_count_inquiries", "inquiries");
static const struct stmt inquiries_note = NOTED("merge_note_inquiries", "inquiries");
static const struct stmt inquiries_move = MOVED("merge_move_inquiries", "inquiries");
static const struct stmt inquiries_back = BACK("merge_back_inquiries", "inquiries");
static const struct stmt kept_quotes_count = COUNTED("merge_count_kept_quotes", "kept_quotes");
static const struct stmt kept_quotes_note = NOTED("merge_note_kept_quotes", "kept_quotes");
static const struct stmt kept_quotes_move = MOVED("merge_move_kept_quotes", "kept_quotes");
static const struct stmt kept_quotes_back = BACK("merge_back_kept_quotes", "kept_quotes");
static const struct stmt privacy_requests_count = COUNTED("merge_count_privacy_requests", "privacy_requests");
static const struct stmt privacy_requests_note = NOTED("merge_note_privacy_requests", "privacy_requests");
static const struct stmt privacy_requests_move = MOVED("merge_move_privacy_requests", "privacy_requests");
static const struct stmt privacy_requests_back = BACK("merge_back_privacy_requests", "privacy_requests");
/* Parcels that were announced, while the two were one, by a phone that the gone one alone had go back with them ($1: the
 * merge), and so does what was written about these. */
#define PHONES(of) \
    "(SELECT value FROM json_each(json_insert(m." of " -> 'phones', '$[#]', m." of " ->> 'phone')) WHERE value IS NOT NULL)"
static const struct stmt since_packages = STMT("merge_since_packages", "i",
    "INSERT INTO customer_merge_rows (merge_id, moved, row) SELECT m.id, 'packages', p.id FROM customer_merges m"
    " CROSS JOIN packages p ON p.customer_id = m.kept_id WHERE m.id = $1 AND p.announced_at >= m.at"
    " AND p.announced_phone IN " PHONES("gone_before") " AND p.announced_phone NOT IN " PHONES("kept_before")
    " ON CONFLICT DO NOTHING");
#define SINCE(name, table, about) \
    STMT(name, "i", "INSERT INTO customer_merge_rows (merge_id, moved, row) SELECT r.merge_id, '" table "', x.id" \
         " FROM customer_merge_rows r CROSS JOIN " about " WHERE r.merge_id = $1 AND r.moved = 'packages' ON CONFLICT DO NOTHING")
static const struct stmt since_consents = SINCE("merge_since_consents", "consents", "consents x ON x.package_id = r.row");
static const struct stmt since_authorizations = SINCE("merge_since_authorizations", "pickup_authorizations",
    "pickup_authorizations x ON x.package_id = r.row");
static const struct stmt since_notifications = SINCE("merge_since_notifications", "notifications",
    "notification_packages n ON n.package_id = r.row JOIN packages p ON p.id = r.row"
    " JOIN notifications x ON x.id = n.notification_id AND x.recipient = p.announced_phone");
/* Parcels that a merge ($1) moved, and that are the person's ($2) now. */
static const struct stmt moved_packages = STMT("merge_packages", "ii",
    "SELECT p.id FROM customer_merge_rows r JOIN packages p ON p.id = r.row WHERE r.merge_id = $1 AND r.moved = 'packages'"
    " AND p.customer_id = $2 ORDER BY p.id");
static const struct stmt latest = STMT("merge_latest", "ii",
    "SELECT id FROM customer_merges WHERE kept_id = $1 AND undone_at IS NULL AND gone_before IS NOT NULL AND at > $2"
    " ORDER BY id DESC LIMIT 1");
static const struct stmt into = STMT("merged_into", "i",
    "WITH RECURSIVE chain(id, depth) AS (SELECT merged_into, 1 FROM customers WHERE id = $1 UNION ALL"
    " SELECT c.merged_into, depth + 1 FROM chain JOIN customers c ON c.id = chain.id WHERE depth < 100)"
    " SELECT id FROM chain WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1");
static const struct stmt undone = STMT("merge_undone", "iiI",
    "UPDATE customer_merges SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL");
static const struct stmt forget = STMT("merge_forget", "ii",
    "UPDATE customer_merges SET kept_before = NULL, kept_after = NULL, gone_before = NULL WHERE id IN"
    " (SELECT id FROM customer_merges WHERE gone_before IS NOT NULL AND at < $1 LIMIT $2)");
static const struct stmt forget_rows = STMT("merge_forget_rows", "",
    "DELETE FROM customer_merge_rows WHERE merge_id IN (SELECT id FROM customer_merges WHERE gone_before IS NULL)");
static const struct stmt document_of = STMT("merge_document_of", "i",
    "SELECT c.full_name FROM customer_merges m JOIN customers c ON c.document_type = m.gone_before ->> 'document_type'"
    " AND c.document_number = m.gone_before ->> 'document_number' WHERE m.id = $1 AND c.id NOT IN (m.kept_id, m.gone_id)");
static const struct stmt by_id = STMT("merge_by_id", "ii",
    "SELECT id, kept_id, gone_id, at, undone_at, iif(gone_before IS NULL, 0, at + $2) FROM customer_merges WHERE id = $1");
DB_REGISTER(&since_packages, &since_consents, &since_authorizations, &since_notifications, &moved_packages, &latest, &into, &undone,
            &forget, &forget_rows, &document_of, &by_id,
            &packages_count, &packages_note, &packages_move, &packages_back,
            &notifications_count, &notifications_note, &notifications_move, &notifications_back,
            &consents_count, &consents_note, &consents_move, &consents_back,
            &pickup_authorizations_count, &pickup_authorizations_note, &pickup_authorizations_move, &pickup_authorizations_back,
            &inquiries_count, &inquiries_note, &inquiries_move, &inquiries_back,
            &kept_quotes_count, &kept_quotes_note, &kept_quotes_move, &kept_quotes_back,
            &privacy_requests_count, &privacy_requests_note, &privacy_requests_move, &privacy_requests_back)

#define ROW(table, words) { #table, words, &table##_count, &table##_note, &table##_move, &table##_back }
static const struct moving {
    const char *table, *words;
    const struct stmt *count, *note, *move, *back;
} moving[] = {
    ROW(packages, "Paquetes"), ROW(notifications, "Avisos"), ROW(consents, "Consentimientos"),
    ROW(pickup_authorizations, "Personas autorizadas"), ROW(inquiries, "Preguntas"), ROW(kept_quotes, "Entregas a medias"),
    ROW(privacy_requests, "Solicitudes de datos"),
};

#define M struct merge
static const struct field merge_rows[] = {
    FIELD(M, id, F_INT, "Número de la unión"),
    FIELD(M, kept_id, F_INT, "El cliente que queda"),
    FIELD(M, gone_id, F_INT, "El cliente que se unió a él"),
    FIELD(M, at, F_INSTANT, "Cuándo"),
    FIELD(M, undone_at, F_INSTANT, "Cuándo se deshizo"),
    FIELD(M, until, F_INSTANT, "Hasta cuándo se puede deshacer"),
};
const struct fields merge_fields = FIELDS(merge_rows);
static const struct field count_rows[] = {
    FIELD(struct merge_count, moved, F_TEXT, "Qué"),
    FIELD(struct merge_count, words, F_TEXT, "Qué, en palabras"),
    FIELD(struct merge_count, n, F_INT, "Cuántos"),
};
const struct fields merge_count_fields = FIELDS(count_rows);

static enum err merge_by_id(struct ctx *c, int64_t id, M *out)
{
    return db_get(c->db, merge_fields, out, c->a, &by_id, id, (int64_t)MERGE_UNDO_S);
}

enum err merge_preview(struct ctx *c, int64_t kept, int64_t gone, struct merge_preview *out)
{
    enum err e = customer_by_id(c, kept, &out->kept);

    if (e == OK && kept == gone)
        return ctx_fail(c, E_INVALID, "with", T_MERGE_SELF, NULL);
    if (e == OK)
        e = customer_by_id(c, gone, &out->gone);
    if (e == OK && (!out->kept.is_active || !out->gone.is_active))
        e = E_NOT_FOUND;
    out->counts = (struct merge_counts){ .v = arena_alloc(c->a, COUNT(moving) * sizeof *out->counts.v), .n = 0 };
    for (size_t i = 0; e == OK && i < COUNT(moving); i++) {
        struct merge_count *row = &out->counts.v[out->counts.n++];

        *row = (struct merge_count){ .moved = moving[i].table, .words = moving[i].words };
        e = db_value(c->db, &row->n, moving[i].count, gone);
    }
    return domain_fault(c, e);
}

/* ---- merging ---- */

/* Parcels of a merge that are noted: key says whether they go there or back, owner whose they
 * are by then: another's are left alone. */
struct moving_parcels { int64_t merge, owner; const char *key; };

static enum err package_note_tx(struct ctx *c, struct package *p, const struct moving_parcels *m)
{
    struct json_object *details = json_object_new_object();

    json_add_int(details, m->key, m->merge);
    return event_add_tx(c, p, (struct event_new){ .kind = "MODIFICACION", .before = p->state, .after = p->state,
                                                  .details = details });
}

/* A parcel that is its owner's again: whoever was one with them may have seen its code and its link, and only its
 * own phone gets the new ones. */
static enum err package_back_tx(struct ctx *c, struct package *p, const struct moving_parcels *m)
{
    const bool waits = streq(p->state, "ANUNCIADO") || streq(p->state, "RECIBIDO");
    enum err e = waits ? package_secrets_renew_tx(c, p) : OK;

    if (e == OK)
        e = package_note_tx(c, p, m);
    if (e == OK && waits)
        e = package_by_id(c, p->id, p);
    return e != OK || !waits ? e
        : notify_package_tx(c, streq(p->state, "RECIBIDO") ? "package_received" : "package_announced", p, p->last_event_id,
                            (int)c->conf->undo_s);
}

static enum err packages_each_tx(struct ctx *c, const struct moving_parcels *m,
                                 enum err (*each)(struct ctx *c, struct package *p, const struct moving_parcels *m))
{
    int64_t *ids;
    struct rows q;
    size_t n = 0;
    enum err e = db_query(c->db, &q, &moved_packages, m->merge, m->owner);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; i < n && e == OK; i++) {
        struct package p;

        e = package_by_id(c, ids[i], &p);
        if (e == OK)
            e = each(c, &p, m);
    }
    return e;
}

static void person_tell(struct buf *b, const char *label, const struct customer *who)
{
    buf_printf(b, "%s %lld: %s, %s%s%s%s%s", label, (long long)who->id, who->full_name, who->phone ? who->phone : "sin celular",
               who->email ? ", " : "", who->email ? who->email : "", who->document_number ? ", " : "",
               who->document_number ? who->document_number : "");
}

/* The sealed row has numbers alone; names and the reason stand beside it. */
static enum err merge_audit_tx(struct ctx *c, const struct merge_preview *before, const struct merge_in *in)
{
    struct json_object *details = json_object_new_object();
    struct buf note = { 0 };
    struct customer after;
    enum err e = customer_by_id(c, in->kept, &after);

    json_add_int(details, "gone", in->gone);
    for (size_t i = 0; i < before->counts.n; i++)
        json_add_int(details, before->counts.v[i].moved, before->counts.v[i].n);
    person_tell(&note, "Antes, ficha", &before->kept);
    person_tell(&note, "; ficha", &before->gone);
    if (e == OK)
        person_tell(&note, "; después, ficha", &after);
    buf_printf(&note, "; motivo: %s", in->reason);
    if (e == OK)
        e = audit_note_tx(c, "customer_merge", "customer", in->kept, details, note.data);
    else
        json_object_put(details);
    buf_free(&note);
    return e;
}

struct merging { struct ctx *c; const struct merge_in *in; int64_t id; M *out; };

static enum err merge_write(struct db *db, void *arg)
{
    struct merging *x = arg;
    struct ctx *c = x->c;
    struct merge_preview before;
    const char *answer;
    int64_t *ids, id = 0;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? merge_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK)
        e = merge_preview(c, x->in->kept, x->in->gone, &before);
    if (e == OK)
        e = merge_begin_tx(c, x->in->kept, x->in->gone, &id);
    for (size_t i = 0; e == OK && i < COUNT(moving); i++) {
        e = db_exec(db, NULL, moving[i].note, id, x->in->gone);
        if (e == OK)
            e = db_exec(db, NULL, moving[i].move, x->in->gone, x->in->kept);
    }
    if (e == OK)
        e = merge_people_tx(c, id);
    if (e == OK)
        e = packages_each_tx(c, &(struct moving_parcels){ id, x->in->kept, "merged" }, package_note_tx);
    if (e == OK)
        e = merge_audit_tx(c, &before, x->in);
    if (e == OK)
        e = merge_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err customer_merge(struct ctx *c, const struct merge_in *in, M *out)
{
    return domain_operation(c, "customer_merge", merge_write, &(struct merging){ .c = c, .in = in, .out = out });
}

/* ---- taking it back ---- */

/* The document of who went may have been written down for a third person meanwhile; two cannot have it. */
static enum err document_refuse(struct ctx *c, const M *m)
{
    const char *name;
    struct rows q;
    enum err e = db_one(c->db, &q, &document_of, m->id);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    name = db_dup(&q, 0, c->a);
    e = db_end(&q);
    return e != OK ? e : ctx_fail(c, E_CONFLICT, NULL, T_MERGE_DOCUMENT, name, NULL);
}

static enum err unmerge_refuse(struct ctx *c, const M *m)
{
    struct customer kept;
    enum err e;

    if (m->undone_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_MERGE_UNDONE, NULL);
    if (m->until <= c->now)
        return ctx_fail(c, E_CONFLICT, NULL, T_MERGE_LATE, NULL);
    e = customer_by_id(c, m->kept_id, &kept);
    if (e == OK && !kept.is_active)
        return ctx_fail(c, E_CONFLICT, NULL, T_MERGE_AGAIN, NULL);
    return e == OK ? document_refuse(c, m) : e;
}

static const struct stmt *const since[] = { &since_packages, &since_consents, &since_authorizations, &since_notifications };

/* As merge_audit_tx: who was one person, and who they are again. */
static enum err unmerge_audit_tx(struct ctx *c, const M *m, const struct customer *before)
{
    struct json_object *details = json_object_new_object();
    struct buf note = { 0 };
    struct customer kept, gone;
    enum err e = customer_by_id(c, m->kept_id, &kept);

    if (e == OK)
        e = customer_by_id(c, m->gone_id, &gone);
    json_add_int(details, "gone", m->gone_id);
    person_tell(&note, "Antes, ficha", before);
    if (e == OK) {
        person_tell(&note, "; después, ficha", &kept);
        person_tell(&note, "; ficha", &gone);
        e = audit_note_tx(c, "customer_unmerge", "customer", m->kept_id, details, note.data);
    } else {
        json_object_put(details);
    }
    buf_free(&note);
    return e;
}

static enum err unmerge_write(struct db *db, void *arg)
{
    struct merging *x = arg;
    struct ctx *c = x->c;
    struct customer before;
    M m;
    enum err e = merge_by_id(c, x->id, &m);

    if (e == OK)
        e = unmerge_refuse(c, &m);
    if (e == OK)
        e = customer_by_id(c, m.kept_id, &before);
    for (size_t i = 0; e == OK && i < COUNT(since); i++)
        e = db_exec(db, NULL, since[i], m.id);
    for (size_t i = 0; e == OK && i < COUNT(moving); i++)
        e = db_exec(db, NULL, moving[i].back, m.id, m.kept_id, m.gone_id);
    if (e == OK)
        e = unmerge_people_tx(c, m.id);
    if (e == OK)
        e = packages_each_tx(c, &(struct moving_parcels){ m.id, m.gone_id, "unmerged" }, package_back_tx);
    if (e == OK)
        e = db_exec(db, NULL, &undone, m.id, c->now, c->user_id);
    if (e != OK)
        return e;
    e = unmerge_audit_tx(c, &m, &before);
    return e != OK ? e : merge_by_id(c, x->id, x->out);
}

enum err customer_merge_undo(struct ctx *c, int64_t id, M *out)
{
    struct merging x = { .c = c, .id = id, .out = out };
    const enum err e = operation_once(c, "customer_unmerge", unmerge_write, &x, NULL);

    return e == OK && c->replayed ? merge_by_id(c, id, out) : e;
}

/* ---- reading ---- */

enum err merge_of(struct ctx *c, int64_t kept, M *out)
{
    const int64_t id = db_scalar(c->db, 0, &latest, kept, c->now - MERGE_UNDO_S);

    *out = (M){ 0 };
    return id == 0 ? OK : domain_fault(c, merge_by_id(c, id, out));
}

int64_t merged_into(struct ctx *c, int64_t id)
{
    return db_scalar(c->db, 0, &into, id);
}

struct forgetting { struct ctx *c; int limit; int64_t done; };

static enum err merge_forget_tx(struct db *db, void *arg)
{
    struct forgetting *x = arg;

    enum err e = db_exec(db, &x->done, &forget, x->c->now - MERGE_UNDO_S, (int64_t)x->limit);

    return e != OK ? e : db_exec(db, NULL, &forget_rows);
}

enum err merge_forget(struct ctx *c, int limit, int *done)
{
    struct forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, merge_forget_tx, &x);

    *done = e == OK ? (int)x.done : 0;
    return e;
}
