#include "domain/custody/erase.h"

#include "base/log.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/search_clean.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/normal.h"

#define MAILBOXES 100            /* a person's, at most: what was counted ends within a day by itself */

/* The person's row ($1) and those of the cards that were merged into it. */
#define CARDS "(WITH RECURSIVE cards(id) AS (SELECT $1 UNION SELECT c.id FROM cards JOIN customers c ON c.merged_into = cards.id)" \
    " SELECT id FROM cards)"
#define PHONES "(SELECT phone FROM customers WHERE id = $1 AND phone IS NOT NULL" \
    " UNION SELECT phone FROM customer_phones WHERE customer_id = $1)"
#define EMAIL "(SELECT email FROM customers WHERE id = $1 AND email IS NOT NULL)"
/* Whether the person is the only one whom the point knows by a phone; and whether what somebody wrote under it is not by
 * another of that name. */
#define LONE(phone) \
    " NOT EXISTS (SELECT 1 FROM customers o WHERE o.phone = " phone " AND o.id <> $1 AND o.is_active = 1)" \
    " AND NOT EXISTS (SELECT 1 FROM customer_phones k JOIN customers o ON o.id = k.customer_id WHERE k.phone = " phone \
    " AND o.id <> $1 AND o.is_active = 1)"
#define NOT_ANOTHERS(phone, name) \
    " NOT EXISTS (SELECT 1 FROM customers o WHERE o.id <> $1 AND o.is_active = 1 AND o.full_name = " name \
    " AND (o.phone = " phone " OR EXISTS (SELECT 1 FROM customer_phones k WHERE k.customer_id = o.id AND k.phone = " phone ")))"
#define WRITTEN_BY(t) \
    "((" t ".phone IN " PHONES " AND" NOT_ANOTHERS(t ".phone", t ".name") ")" \
    " OR (" t ".phone IS NULL AND " t ".email IN " EMAIL "))"
/* Claims of the person: they name no customer. */
#define CLAIMS "(SELECT z.id FROM claims z WHERE " WRITTEN_BY("z") " OR (z.phone IS NULL AND z.proved_email IN " EMAIL "))"
#define CLAIMED "(SELECT package_id FROM claims WHERE id IN " CLAIMS ")"
/* Messages to somebody who is no customer of the parcel: who claimed it, or who misses a box. */
#define ADDRESSED "(SELECT n.id FROM notifications n WHERE n.customer_id IS NULL AND n.user_id IS NULL" \
    " AND (n.recipient IN " EMAIL " OR (n.recipient IN " PHONES " AND (" LONE("n.recipient") \
    " OR EXISTS (SELECT 1 FROM notification_packages x WHERE x.notification_id = n.id AND x.package_id IN " CLAIMED ")))))"
/* Parcels that were the person's once, by what was written to them, or agreed to, about these. */
#define TOUCHED "(SELECT x.package_id FROM notifications n JOIN notification_packages x ON x.notification_id = n.id" \
    " WHERE n.customer_id = $1 UNION SELECT package_id FROM consents WHERE customer_id = $1 AND package_id IS NOT NULL)"
#define FORGET_BODY "UPDATE webhook_deliveries SET body = '{}', answer = NULL, state = iif(state = 'pending', 'dead', state)," \
    " error = iif(state = 'pending', 'se borraron los datos de la persona', error) WHERE "
#define FORGET_TOLD FORGET_BODY "kind LIKE 'message.%' AND "
#define FORGET_MESSAGE "UPDATE notifications SET recipient = '', variables = '{}', said = NULL, error = NULL, customer_id = NULL," \
    " dedupe_key = 'erased:' || id, state = iif(state IN ('queued', 'failed'), 'cancelled', state) WHERE "

static const struct stmt open_count = STMT("erase_open", "i",
    "SELECT count(*) FROM packages WHERE customer_id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO')");
static const struct stmt open_claim = STMT("erase_claim_open", "i",
    "SELECT p.guide_number FROM claims k JOIN packages p ON p.id = k.package_id WHERE k.settled_at IS NULL AND k.id IN " CLAIMS
    " ORDER BY k.id LIMIT 1");
static const struct stmt theirs = STMT("erase_packages", "i", "SELECT id FROM packages WHERE customer_id = $1 ORDER BY id");
static const struct stmt emails = STMT("erase_emails", "i",
    "SELECT email FROM customers WHERE id = $1 AND email IS NOT NULL UNION SELECT announced_email FROM packages"
    " WHERE customer_id = $1 AND announced_email IS NOT NULL UNION SELECT z.email FROM claims z WHERE z.email IS NOT NULL AND "
    WRITTEN_BY("z") " UNION SELECT z.email FROM inquiries z WHERE z.email IS NOT NULL AND " WRITTEN_BY("z"));
static const struct stmt mailbox_throttles = STMT("erase_mailbox", "s", "DELETE FROM throttles WHERE instr(key, $1) > 0");
static const struct stmt signatures = STMT("erase_signatures", "i",
    "DELETE FROM delivery_signatures WHERE operation_id IN (SELECT operation_id FROM packages WHERE customer_id = $1)");
/* Counters against the person's phones. */
static const struct stmt throttles = STMT("erase_throttles", "i",
    "DELETE FROM throttles WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = $1 AND instr(throttles.key, substr(c.phone, 2)) > 0)"
    " OR EXISTS (SELECT 1 FROM customer_phones k WHERE k.customer_id = $1 AND instr(throttles.key, substr(k.phone, 2)) > 0)");
/* Notes about their parcels, as of what an ADMIN approved; and about another's that they claimed, where these name
 * them. */
static const struct stmt package_notes = STMT("erase_package_notes", "i",
    "DELETE FROM audit_values WHERE audit_id IN (SELECT l.id FROM audit_log l WHERE l.object = 'package'"
    " AND l.object_id IN (SELECT id FROM packages WHERE customer_id = $1))");
static const struct stmt claim_notes = STMT("erase_claim_notes", "i",
    "DELETE FROM audit_values WHERE id IN (SELECT v.id FROM claims k JOIN audit_log l ON l.object = 'package'"
    " AND l.object_id = k.package_id JOIN audit_values v ON v.audit_id = l.id WHERE instr(v.value, k.name) > 0 AND k.id IN " CLAIMS ")");
static const struct stmt claim_values = STMT("erase_claim_values", "i",
    "DELETE FROM event_values WHERE event_id IN (SELECT e.id FROM claims k JOIN package_events e ON e.package_id = k.package_id"
    " WHERE k.id IN " CLAIMS " AND k.id IN (e.details ->> '$.claim', e.details ->> '$.claim_noted', e.details ->> '$.claim_settled',"
    " e.details ->> '$.claim_inherited'))");
/* Corrections by which a parcel became another's, or was another's before. */
static const struct stmt corrections = STMT("erase_corrections", "i",
    "DELETE FROM event_values WHERE id IN (SELECT v.id FROM package_events e JOIN event_values v ON v.event_id = e.id"
    " WHERE e.package_id IN " TOUCHED " AND e.details -> '$.corrected' IS NOT NULL"
    " AND ((v.name IN ('customer_before', 'announced_name_before') AND e.details ->> '$.corrected.customer[0]' IN " CARDS ")"
    " OR (v.name IN ('customer_after', 'announced_name_after') AND e.details ->> '$.corrected.customer[1]' IN " CARDS ")"
    " OR EXISTS (SELECT 1 FROM customers c WHERE c.id = $1 AND instr(v.value, c.full_name) > 0)))");
static const struct stmt once_told = STMT("erase_once_told", "i",
    FORGET_BODY "package_id IN " TOUCHED " AND EXISTS (SELECT 1 FROM " PHONES " k WHERE instr(body, k.phone) > 0)");
/* Files with their papers go with the next run of retention. */
static const struct stmt papers = STMT("erase_documents", "i",
    "UPDATE documents SET asked_at = 0 WHERE (kind IN ('recibo', 'expediente', 'custodia')"
    " AND subject_id IN (SELECT id FROM packages WHERE customer_id = $1)) OR (kind = 'datos' AND subject_id IN " CARDS ")");
static const struct stmt claim_told = STMT("erase_claim_told", "i", FORGET_TOLD "body ->> '$.data.message.id' IN " ADDRESSED);
static const struct stmt claim_messages = STMT("erase_claim_messages", "i", FORGET_MESSAGE "id IN " ADDRESSED);
static const struct stmt claim_consents = STMT("erase_claim_consents", "i",
    "UPDATE consents SET address = '', customer_id = NULL WHERE claim_id IN " CLAIMS);
static const struct stmt claims = STMT("erase_claims", "i",
    "UPDATE claims SET name = '', phone = NULL, email = NULL, proved_email = NULL, network = NULL WHERE id IN " CLAIMS);
static const struct stmt missing = STMT("erase_missing", "i",
    "DELETE FROM inquiries WHERE id IN (SELECT z.id FROM inquiries z WHERE z.kind = 'NO_LLEGO' AND " WRITTEN_BY("z") ")");
static const struct stmt messages = STMT("erase_messages", "i", FORGET_MESSAGE "customer_id = $1");
/* Programs that were told of a message to them which was about no package; the others go with their packages. */
static const struct stmt told = STMT("erase_webhooks", "i",
    FORGET_TOLD "package_id IS NULL AND body ->> '$.data.message.customer_id' = $1");
static const struct stmt consents = STMT("erase_consents", "i",
    "UPDATE consents SET address = '', phone = NULL, customer_id = NULL WHERE customer_id = $1");
static const struct stmt authorized = STMT("erase_authorized", "i",
    "UPDATE pickup_authorizations SET name = '', document_number = '', phone = NULL, customer_id = NULL WHERE customer_id = $1");
/* Rows of files by which they came in, also of those in which somebody was only like them. */
static const struct stmt imported = STMT("erase_imported", "i",
    "DELETE FROM customer_import_rows WHERE customer_id IN " CARDS " OR (import_id, line) IN (SELECT r.import_id, r.line"
    " FROM customer_imports i CROSS JOIN customer_import_rows r ON r.import_id = i.id JOIN customers c ON c.id = $1"
    " WHERE r.person_key = c.phone OR r.document_key = c.document_type || ' ' || c.document_number"
    " OR instr(char(31) || r.cells || char(31), char(31) || c.full_name || char(31)) > 0)");
static const struct stmt questions = STMT("erase_inquiries", "i", "DELETE FROM inquiries WHERE customer_id = $1");
static const struct stmt quotes = STMT("erase_quotes", "i", "DELETE FROM kept_quotes WHERE customer_id = $1");
/* Notes of the audit log about the person; a merge that was undone names both, and stands at the other card. */
static const struct stmt notes = STMT("erase_notes", "i",
    "DELETE FROM audit_values WHERE audit_id IN (SELECT id FROM audit_log WHERE object = 'customer' AND object_id IN " CARDS
    " UNION SELECT l.id FROM privacy_requests r JOIN audit_log l ON l.object = 'privacy_request' AND l.object_id = r.id"
    " WHERE r.customer_id IN " CARDS
    " UNION SELECT id FROM audit_log WHERE object = 'customer' AND action IN ('customer_merge', 'customer_unmerge')"
    " AND object_id IN (SELECT kept_id FROM customer_merges WHERE gone_id IN " CARDS "))");
static const struct stmt merge_rows = STMT("erase_merge_rows", "i",
    "DELETE FROM customer_merge_rows WHERE merge_id IN (SELECT id FROM customer_merges WHERE kept_id IN " CARDS " OR gone_id IN " CARDS ")");
static const struct stmt merges = STMT("erase_merges", "i",
    "UPDATE customer_merges SET kept_before = NULL, kept_after = NULL, gone_before = NULL WHERE kept_id IN " CARDS " OR gone_id IN " CARDS);
static const struct stmt person = STMT("erase_person", "i",
    "UPDATE customers SET full_name = 'Sin nombre', search_key = '', phone = NULL, email = NULL, email_confirmed_at = NULL,"
    " document_type = NULL, document_number = NULL, building = NULL, tower = NULL, apartment = NULL, floor = NULL,"
    " address = NULL, city = NULL, notes = NULL, is_vip = 0, is_active = 0 WHERE id = $1");
/* A copy of before a merge has each of the cards by itself. */
static const struct stmt noted = STMT("erasure_add", "iiI",
    "INSERT INTO erasures (customer_id, customer_since, at, erased_by) SELECT id, created_at, $2, $3 FROM customers"
    " WHERE id IN " CARDS " ORDER BY id <> $1, id ON CONFLICT DO NOTHING");
static const struct stmt list = STMT("erasure_list", "",
    "SELECT customer_id, customer_since, at FROM erasures ORDER BY id");
DB_REGISTER(&open_count, &open_claim, &theirs, &emails, &mailbox_throttles, &signatures, &throttles, &package_notes,
            &claim_notes, &claim_values, &corrections, &once_told, &papers, &claim_told, &claim_messages,
            &claim_consents, &claims, &missing, &messages, &told, &consents, &authorized, &questions, &quotes,
            &imported, &notes, &merge_rows, &merges, &person, &noted, &list)

#define E struct erasure
static const struct field rows[] = {
    FIELD(E, customer_id, F_INT, "Número del cliente"),
    FIELD(E, customer_since, F_INT, "Desde cuándo era cliente, en segundos de Unix"),
    FIELD(E, at, F_INT, "Cuándo se borró, en segundos de Unix"),
};
const struct fields erasure_fields = FIELDS(rows);

struct erasing { struct ctx *c; int64_t id; };

/* Takes from the parcels of somebody what they say of them; the parcels themselves stay. */
static enum err packages_erase_tx(struct ctx *c, int64_t id)
{
    int64_t *ids;
    struct rows q;
    size_t n = 0;
    enum err e = db_query(c->db, &q, &theirs, id);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; i < n && e == OK; i++)
        e = anonymise_package_tx(c, ids[i]);
    return e;
}

/* Removes the counters against mailboxes to which the point wrote. */
static enum err mailboxes_erase_tx(struct ctx *c, int64_t id)
{
    char *all[MAILBOXES];
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &emails, id);

    if (e != OK)
        return e;
    while (n < COUNT(all) && db_next(&q))
        all[n++] = email_mailbox(c->a, db_text(&q, 0));
    e = db_end(&q);
    for (size_t i = 0; i < n && e == OK; i++)
        e = db_exec(c->db, NULL, &mailbox_throttles, all[i]);
    return e;
}

/* A person whose parcel is on its way, waits, or may be another's is still served. */
static enum err erase_refuse(struct ctx *c, int64_t id)
{
    int64_t open = 0;
    struct rows q;
    const char *guide;
    enum err e = db_value(c->db, &open, &open_count, id);

    if (e == OK && open > 0)
        return ctx_fail(c, E_CONFLICT, NULL, open == 1 ? T_ERASE_OPEN : T_ERASE_OPEN_MANY, arena_strdup(c->a, NUM(open)), NULL);
    if (e == OK)
        e = db_one(c->db, &q, &open_claim, id);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    guide = db_dup(&q, 0, c->a);
    e = db_end(&q);
    return e != OK ? e : ctx_fail(c, E_CONFLICT, NULL, T_ERASE_CLAIM, guide, NULL);
}

static enum err erase_tx(struct db *db, void *arg)
{
    /* Rows that are found by the packages, or by phone and e-mail, go while these are still there. */
    static const struct stmt *const before[] = { &signatures, &throttles, &package_notes, &claim_notes,
        &claim_values, &corrections, &once_told, &papers, &claim_told, &claim_messages, &claim_consents, &claims, &missing };
    static const struct stmt *const after[] = { &messages, &told, &consents, &authorized, &questions, &quotes, &imported, &notes, &merge_rows, &merges,
        &person };
    struct erasing *x = arg;
    struct ctx *c = x->c;
    struct customer who;
    enum err e = customer_by_id(c, x->id, &who);

    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = erase_refuse(c, x->id);
    if (e == OK)
        e = mailboxes_erase_tx(c, x->id);
    for (size_t i = 0; i < COUNT(before) && e == OK; i++)
        e = db_exec(db, NULL, before[i], x->id);
    if (e == OK)
        e = packages_erase_tx(c, x->id);
    for (size_t i = 0; i < COUNT(after) && e == OK; i++)
        e = db_exec(db, NULL, after[i], x->id);
    if (e == OK)
        e = db_exec(db, NULL, &noted, x->id, c->now, c->user_id);
    if (e == OK)
        e = search_clean_ask_tx(c);
    return e != OK ? e : audit_tx(c, "customer_erase", "customer", x->id, NULL);
}

enum err customer_erase(struct ctx *c, int64_t id)
{
    return operation_once(c, "customer_erase", erase_tx, &(struct erasing){ c, id }, NULL);
}

enum err erasure_list(struct ctx *c, struct erasures *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list);

    *out = (struct erasures){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, erasure_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err erasure_replay(struct ctx *c, const E *in, bool *done)
{
    struct customer who;
    enum err e = customer_by_id(c, in->customer_id, &who);

    *done = false;
    if (e == E_NOT_FOUND || (e == OK && (!who.is_active || who.created_at != in->customer_since)))
        return OK;
    if (e == OK)
        e = customer_erase(c, in->customer_id);
    *done = e == OK;
    return e;
}
