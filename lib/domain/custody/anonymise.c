#include "domain/custody/anonymise.h"

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"

#define FORGET_MESSAGE "UPDATE notifications SET recipient = '', variables = '{}', said = NULL, error = NULL," \
    " customer_id = NULL, dedupe_key = 'anonymised:' || id, state = iif(state IN ('queued', 'failed'), 'cancelled', state) WHERE id IN"

static const struct stmt over = STMT("anonymise_over", "ii",
    "SELECT id FROM packages WHERE anonymised_at IS NULL AND state IN ('ENTREGADO', 'CANCELADO')"
    " AND coalesce(delivered_at, cancelled_at) < $1 LIMIT $2");
static const struct stmt forget_values = STMT("anonymise_values", "i",
    "DELETE FROM event_values WHERE event_id IN (SELECT id FROM package_events WHERE package_id = $1)");
static const struct stmt forget_messages = STMT("anonymise_messages", "i",
    FORGET_MESSAGE " (SELECT notification_id FROM notification_packages WHERE package_id = $1)");
/* Messages that are linked to no package: letters to a customer, and trials. */
static const struct stmt forget_letters = STMT("anonymise_letters", "ii",
    FORGET_MESSAGE " (SELECT n.id FROM notifications n WHERE n.recipient > '' AND n.created_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM notification_packages x WHERE x.notification_id = n.id) LIMIT $2)");
static const struct stmt forget_authorized = STMT("anonymise_authorized", "i",
    "UPDATE pickup_authorizations SET name = '', document_number = '', phone = NULL, customer_id = NULL"
    " WHERE package_id = $1");
static const struct stmt forget_claims = STMT("anonymise_claims", "i",
    "UPDATE claims SET name = '', phone = NULL, email = NULL, proved_email = NULL, network = NULL WHERE package_id = $1");
static const struct stmt forget_inquiries = STMT("anonymise_inquiries", "i", "DELETE FROM inquiries WHERE package_id = $1");
/* Questions about a box that was never found, so that no package takes them along. */
static const struct stmt forget_missing = STMT("anonymise_missing", "ii",
    "DELETE FROM inquiries WHERE id IN (SELECT id FROM inquiries WHERE guide_key IS NOT NULL AND package_id IS NULL AND at < $1"
    " LIMIT $2)");
static const struct stmt forget_told = STMT("anonymise_webhooks", "i",
    "UPDATE webhook_deliveries SET body = '{}', answer = NULL, state = iif(state = 'pending', 'dead', state),"
    " error = iif(state = 'pending', 'se borraron los datos de la persona', error)"
    " WHERE package_id = $1");
static const struct stmt forget_consents = STMT("anonymise_consents", "i",
    "UPDATE consents SET address = '', phone = NULL, customer_id = NULL WHERE package_id = $1");
static const struct stmt forget_package = STMT("anonymise_package", "ii",
    "UPDATE packages SET announced_name = NULL, announced_phone = NULL, announced_email = NULL, email_proof = NULL,"
    " email_said_at = NULL, announced_address = NULL, receiver_name = NULL, receiver_document_type = NULL, receiver_document_last4 = NULL,"
    " discount_reason = NULL, cancel_text = NULL, observations = NULL, customer_id = NULL, anonymised_at = $2"
    " WHERE id = $1");
static const struct stmt forget_customers = STMT("anonymise_customers", "ii",
    "UPDATE customers SET full_name = 'Sin nombre', search_key = '', phone = NULL, email = NULL, email_confirmed_at = NULL,"
    " document_type = NULL, document_number = NULL, building = NULL, tower = NULL, apartment = NULL, floor = NULL,"
    " address = NULL, city = NULL, notes = NULL, is_active = 0 WHERE id IN (SELECT c.id FROM customers c"
    " WHERE c.search_key <> '' AND c.created_at < $1 AND NOT EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id)"
    " LIMIT $2)");
static const struct stmt forget_audit = STMT("anonymise_audit", "ii",
    "DELETE FROM audit_values WHERE id IN (SELECT v.id FROM audit_values v JOIN audit_log l ON l.id = v.audit_id"
    " WHERE l.at < $1 LIMIT $2)");
static const struct stmt forget_opt_outs = STMT("anonymise_opt_outs", "ii",
    "DELETE FROM opt_outs WHERE (channel, address_hash) IN (SELECT channel, address_hash FROM opt_outs WHERE at < $1"
    " LIMIT $2)");
DB_REGISTER(&forget_opt_outs, &over, &forget_values, &forget_messages, &forget_letters, &forget_authorized, &forget_claims, &forget_inquiries,
            &forget_missing, &forget_told, &forget_consents, &forget_package, &forget_customers, &forget_audit)

/* The first second of that day so many years earlier. */
enum err anonymise_before(struct ctx *c, int64_t at, int64_t *before)
{
    const struct date day = clock_date(at);
    int64_t years = 0;
    enum err e = setting_read(c, S_KEEP_YEARS, &years);

    *before = e == OK && years > 0 ? clock_from_date(day.year - (int)years, day.month, day.day) : 0;
    return e;
}

enum err anonymise_package_tx(struct ctx *c, int64_t id)
{
    static const struct stmt *const forget[] = {
        &forget_values, &forget_messages, &forget_authorized, &forget_claims, &forget_inquiries, &forget_consents,
        &forget_told,
    };
    enum err e = OK;

    for (size_t i = 0; i < COUNT(forget) && e == OK; i++)
        e = db_exec(c->db, NULL, forget[i], id);
    return e != OK ? e : db_exec(c->db, NULL, &forget_package, id, c->now);
}

struct anonymising { struct ctx *c; int limit, done; const struct stmt *forget; };

static enum err anonymise_packages_tx(struct db *db, void *arg)
{
    struct anonymising *x = arg;
    struct ctx *c = x->c;
    int64_t *ids = arena_alloc(c->a, (size_t)x->limit * sizeof *ids);
    int64_t before;
    size_t n = 0;
    struct rows q;
    enum err e = anonymise_before(c, c->now, &before);

    if (e == OK)
        e = db_query(db, &q, &over, before, (int64_t)x->limit);
    if (e == OK)
        e = db_ids(&q, ids, (size_t)x->limit, &n);
    for (size_t i = 0; i < n && e == OK; i++)
        e = anonymise_package_tx(c, ids[i]);
    x->done = (int)n;
    return e;
}

static enum err anonymise_rows_tx(struct db *db, void *arg)
{
    struct anonymising *x = arg;
    int64_t changed = 0, before;
    enum err e = anonymise_before(x->c, x->c->now, &before);

    if (e == OK)
        e = db_exec(db, &changed, x->forget, before, (int64_t)x->limit);

    x->done = (int)changed;
    return e;
}

static enum err anonymise_some(struct anonymising x, enum err (*fn)(struct db *db, void *arg), int *done)
{
    enum err e = domain_write(x.c, fn, &x);

    *done = e == OK ? x.done : 0;
    return e;
}

enum err anonymise_packages(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, NULL }, anonymise_packages_tx, done);
}

enum err anonymise_letters(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, &forget_letters }, anonymise_rows_tx, done);
}

enum err anonymise_customers(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, &forget_customers }, anonymise_rows_tx, done);
}

enum err anonymise_audit(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, &forget_audit }, anonymise_rows_tx, done);
}

enum err anonymise_missing(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, &forget_missing }, anonymise_rows_tx, done);
}

enum err anonymise_opt_outs(struct ctx *c, int limit, int *done)
{
    return anonymise_some((struct anonymising){ c, limit, 0, &forget_opt_outs }, anonymise_rows_tx, done);
}
