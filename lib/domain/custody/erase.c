#include "domain/custody/erase.h"

#include "base/log.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/people/customer.h"
#include "json/json.h"

static const struct stmt open_count = STMT("erase_open", "i",
    "SELECT count(*) FROM packages WHERE customer_id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO')");
static const struct stmt theirs = STMT("erase_packages", "i", "SELECT id FROM packages WHERE customer_id = $1 ORDER BY id");
static const struct stmt signatures = STMT("erase_signatures", "i",
    "DELETE FROM delivery_signatures WHERE operation_id IN (SELECT operation_id FROM packages WHERE customer_id = $1)");
/* What was counted against their phones. */
static const struct stmt throttles = STMT("erase_throttles", "i",
    "DELETE FROM throttles WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = $1 AND instr(throttles.key, substr(c.phone, 2)) > 0)"
    " OR EXISTS (SELECT 1 FROM customer_phones k WHERE k.customer_id = $1 AND instr(throttles.key, substr(k.phone, 2)) > 0)");
static const struct stmt messages = STMT("erase_messages", "i",
    "UPDATE notifications SET recipient = '', variables = '{}', said = NULL, error = NULL, customer_id = NULL,"
    " dedupe_key = 'erased:' || id, state = iif(state IN ('queued', 'failed'), 'cancelled', state) WHERE customer_id = $1");
/* Programs that were told of a message to them which was about no package; the others go with their packages. */
static const struct stmt told = STMT("erase_webhooks", "i",
    "UPDATE webhook_deliveries SET body = '{}', answer = NULL, state = iif(state = 'pending', 'dead', state),"
    " error = iif(state = 'pending', 'se borraron los datos de la persona', error)"
    " WHERE package_id IS NULL AND kind LIKE 'message.%' AND body ->> '$.data.message.customer_id' = $1");
static const struct stmt consents = STMT("erase_consents", "i",
    "UPDATE consents SET address = '', customer_id = NULL WHERE customer_id = $1");
static const struct stmt authorized = STMT("erase_authorized", "i",
    "UPDATE pickup_authorizations SET name = '', document_number = '', phone = NULL, customer_id = NULL WHERE customer_id = $1");
static const struct stmt questions = STMT("erase_inquiries", "i", "DELETE FROM inquiries WHERE customer_id = $1");
static const struct stmt quotes = STMT("erase_quotes", "i", "DELETE FROM kept_quotes WHERE customer_id = $1");
static const struct stmt notes = STMT("erase_notes", "i",
    "DELETE FROM audit_values WHERE audit_id IN (SELECT id FROM audit_log WHERE object = 'customer' AND object_id = $1)");
static const struct stmt merges = STMT("erase_merges", "i",
    "UPDATE customer_merges SET kept_before = NULL, kept_after = NULL, gone_before = NULL WHERE kept_id = $1 OR gone_id = $1");
static const struct stmt person = STMT("erase_person", "i",
    "UPDATE customers SET full_name = 'Sin nombre', search_key = '', phone = NULL, email = NULL, email_confirmed_at = NULL,"
    " document_type = NULL, document_number = NULL, building = NULL, tower = NULL, apartment = NULL, floor = NULL,"
    " address = NULL, city = NULL, notes = NULL, is_vip = 0, is_active = 0 WHERE id = $1");
static const struct stmt noted = STMT("erasure_add", "iiiI",
    "INSERT INTO erasures (customer_id, customer_since, at, erased_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
static const struct stmt list = STMT("erasure_list", "",
    "SELECT customer_id, customer_since, at FROM erasures ORDER BY id");
DB_REGISTER(&open_count, &theirs, &signatures, &throttles, &messages, &told, &consents, &authorized, &questions, &quotes, &notes, &merges, &person,
            &noted, &list)

#define E struct erasure
static const struct field rows[] = {
    FIELD(E, customer_id, F_INT, "Número del cliente"),
    FIELD(E, customer_since, F_INT, "Desde cuándo era cliente, en segundos de Unix"),
    FIELD(E, at, F_INT, "Cuándo se borró, en segundos de Unix"),
};
const struct fields erasure_fields = FIELDS(rows);

struct erasing { struct ctx *c; int64_t id; };

/* What the parcels of somebody say of them; the parcels themselves stay. */
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

static enum err erase_tx(struct db *db, void *arg)
{
    static const struct stmt *const before[] = { &signatures, &throttles }, *const after[] = { &messages, &told, &consents, &authorized, &questions,
        &quotes, &notes, &merges, &person };
    struct erasing *x = arg;
    struct ctx *c = x->c;
    struct customer who;
    int64_t open = 0;
    enum err e = customer_by_id(c, x->id, &who);

    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = db_value(db, &open, &open_count, x->id);
    if (e == OK && open > 0)
        return ctx_fail(c, E_CONFLICT, NULL, open == 1 ? T_ERASE_OPEN : T_ERASE_OPEN_MANY, arena_strdup(c->a, NUM(open)), NULL);
    for (size_t i = 0; i < COUNT(before) && e == OK; i++)
        e = db_exec(db, NULL, before[i], x->id);
    if (e == OK)
        e = packages_erase_tx(c, x->id);
    for (size_t i = 0; i < COUNT(after) && e == OK; i++)
        e = db_exec(db, NULL, after[i], x->id);
    if (e == OK)
        e = db_exec(db, NULL, &noted, x->id, who.created_at, c->now, c->user_id);
    return e != OK ? e : audit_tx(c, "customer_erase", "customer", x->id, NULL);
}

enum err customer_erase(struct ctx *c, int64_t id)
{
    return domain_operation(c, "customer_erase", erase_tx, &(struct erasing){ c, id });
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
