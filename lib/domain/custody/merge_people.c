/* The two rows of a merge: how they were is kept as JSON beside it, and each step is one statement over that. */
#include "domain/custody/merge_people.h"

#include "store/db.h"

#define AS_JSON \
    "json_object('full_name', full_name, 'search_key', search_key, 'phone', phone, 'email', email, 'confirmed', email_confirmed_at," \
    " 'document_type', document_type, 'document_number', document_number, 'building', building, 'tower', tower,"      \
    " 'apartment', apartment, 'floor', floor, 'address', address, 'city', city, 'notes', notes, 'is_vip', is_vip,"      \
    " 'sms', sms_opt_out, 'mail', email_opt_out, 'known_at', known_at, 'phones', (SELECT json_group_array(k.phone)"      \
    " FROM customer_phones k WHERE k.customer_id = customers.id))"
static const struct stmt begin = STMT("merge_begin", "iiiI",
    "INSERT INTO customer_merges (kept_id, gone_id, at, merged_by, kept_before, gone_before) VALUES ($1, $2, $3, $4,"
    " (SELECT " AS_JSON " FROM customers WHERE id = $1), (SELECT " AS_JSON " FROM customers WHERE id = $2)) RETURNING id");
static const struct stmt blank = STMT("merge_blank", "i",
    "UPDATE customers SET full_name = 'Sin nombre', search_key = '', phone = NULL, email = NULL, email_confirmed_at = NULL,"
    " document_type = NULL, document_number = NULL, building = NULL, tower = NULL, apartment = NULL, floor = NULL,"
    " address = NULL, city = NULL, notes = NULL, is_vip = 0, known_at = NULL, is_active = 0, merged_into = m.kept_id"
    " FROM customer_merges m WHERE m.id = $1 AND customers.id = m.gone_id");
/* A home is taken whole or not at all: a tower of one and an apartment of the other is nobody's. */
#define HOMELESS "customers.building IS NULL AND customers.tower IS NULL AND customers.apartment IS NULL AND customers.floor IS NULL"
#define G(name) "(m.gone_before ->> '" name "')"
#define STRANGER "customers.known_at IS NULL AND " G("known_at") " IS NOT NULL"
static const struct stmt fill = STMT("merge_fill", "i",
    "UPDATE customers SET phone = coalesce(customers.phone, " G("phone") "),"
    " email = coalesce(customers.email, " G("email") "),"
    " email_confirmed_at = iif(customers.email IS NULL, " G("confirmed") ", customers.email_confirmed_at),"
    " document_type = iif(customers.document_number IS NULL, " G("document_type") ", customers.document_type),"
    " document_number = coalesce(customers.document_number, " G("document_number") "),"
    " building = iif(" HOMELESS ", " G("building") ", customers.building), tower = iif(" HOMELESS ", " G("tower") ", customers.tower),"
    " apartment = iif(" HOMELESS ", " G("apartment") ", customers.apartment), floor = iif(" HOMELESS ", " G("floor") ", customers.floor),"
    " address = iif(customers.address IS NULL AND customers.city IS NULL, " G("address") ", customers.address),"
    " city = iif(customers.address IS NULL AND customers.city IS NULL, " G("city") ", customers.city),"
    " notes = nullif(coalesce(customers.notes, '') || iif(customers.notes IS NOT NULL AND " G("notes") " IS NOT NULL, char(10), '')"
    " || coalesce(" G("notes") ", ''), ''), is_vip = max(customers.is_vip, " G("is_vip") "),"
    " sms_opt_out = max(customers.sms_opt_out, " G("sms") "), email_opt_out = max(customers.email_opt_out, " G("mail") "),"
    /* A stranger may have chosen the name of whom nobody knows. */
    " full_name = iif(" STRANGER ", " G("full_name") ", customers.full_name),"
    " search_key = iif(" STRANGER ", " G("search_key") ", customers.search_key),"
    " known_at = min(coalesce(customers.known_at, " G("known_at") "), coalesce(" G("known_at") ", customers.known_at))"
    " FROM customer_merges m WHERE m.id = $1 AND customers.id = m.kept_id");
static const struct stmt add_phones = STMT("merge_phones", "i",
    "INSERT INTO customer_phones (customer_id, phone, at, added_by)"
    " SELECT m.kept_id, p.value, m.at, m.merged_by FROM customer_merges m CROSS JOIN"
    " json_each(json_insert(m.gone_before -> 'phones', '$[#]', m.gone_before ->> 'phone')) p"
    " JOIN customers c ON c.id = m.kept_id WHERE m.id = $1 AND p.value IS NOT NULL AND p.value IS NOT c.phone"
    " ON CONFLICT DO NOTHING");
static const struct stmt end = STMT("merge_end", "i",
    "UPDATE customer_merges SET kept_after = (SELECT " AS_JSON " FROM customers WHERE id = kept_id) WHERE id = $1");
/* A field that the merge has changed, and nobody since, is what it was. */
#define AGAIN(column, name) column " = iif(customers." column " IS (m.kept_after ->> '" name "'), m.kept_before ->> '" name "', customers." column ")"
#define AGAIN_PAIR(column, name, by) \
    column " = iif(customers." by " IS (m.kept_after ->> '" by "'), m.kept_before ->> '" name "', customers." column ")"
static const struct stmt kept_again = STMT("unmerge_kept", "i",
    "UPDATE customers SET " AGAIN("full_name", "full_name") ", " AGAIN("search_key", "search_key") ", " AGAIN("phone", "phone") ", " AGAIN("email", "email") ", "
    AGAIN_PAIR("email_confirmed_at", "confirmed", "email") ", " AGAIN_PAIR("document_type", "document_type", "document_number") ", "
    AGAIN("document_number", "document_number") ", " AGAIN("building", "building") ", " AGAIN("tower", "tower") ", "
    AGAIN("apartment", "apartment") ", " AGAIN("floor", "floor") ", " AGAIN("address", "address") ", " AGAIN("city", "city") ", "
    AGAIN("notes", "notes") ", " AGAIN("is_vip", "is_vip") ", " AGAIN("sms_opt_out", "sms") ", " AGAIN("email_opt_out", "mail") ", "
    AGAIN("known_at", "known_at") " FROM customer_merges m WHERE m.id = $1 AND customers.id = m.kept_id");
static const struct stmt kept_phones_again = STMT("unmerge_phones", "i",
    "DELETE FROM customer_phones WHERE id IN (SELECT k.id FROM customer_merges m JOIN customer_phones k ON k.customer_id = m.kept_id"
    " WHERE m.id = $1 AND k.at = m.at AND k.phone NOT IN (SELECT value FROM json_each(m.kept_before -> 'phones')))");
static const struct stmt gone_again = STMT("unmerge_gone", "i",
    "UPDATE customers SET full_name = " G("full_name") ", search_key = " G("search_key") ", phone = " G("phone") ", email = " G("email") ","
    " email_confirmed_at = " G("confirmed") ", document_type = " G("document_type") ", document_number = " G("document_number") ","
    " building = " G("building") ", tower = " G("tower") ", apartment = " G("apartment") ", floor = " G("floor") ", address = " G("address") ","
    " city = " G("city") ", notes = " G("notes") ", is_vip = " G("is_vip") ", sms_opt_out = " G("sms") ", email_opt_out = " G("mail") ","
    " known_at = " G("known_at") ", is_active = 1, merged_into = NULL"
    " FROM customer_merges m WHERE m.id = $1 AND customers.id = m.gone_id");
static const struct stmt gone_phones_again = STMT("unmerge_gone_phones", "i",
    "INSERT INTO customer_phones (customer_id, phone, at, added_by) SELECT m.gone_id, p.value, m.at, m.merged_by"
    " FROM customer_merges m CROSS JOIN json_each(m.gone_before -> 'phones') p WHERE m.id = $1 ON CONFLICT DO NOTHING");
DB_REGISTER(&begin, &blank, &fill, &add_phones, &end, &kept_again, &kept_phones_again, &gone_again, &gone_phones_again)

static enum err steps_run(struct ctx *c, const struct stmt *const *steps, size_t n, int64_t id)
{
    enum err e = OK;

    for (size_t i = 0; i < n && e == OK; i++)
        e = db_exec(c->db, NULL, steps[i], id);
    return e;
}

enum err merge_begin_tx(struct ctx *c, int64_t kept, int64_t gone, int64_t *id)
{
    return db_insert(c->db, id, &begin, kept, gone, c->now, c->user_id);
}

enum err merge_people_tx(struct ctx *c, int64_t id)
{
    static const struct stmt *const steps[] = { &blank, &fill, &add_phones, &end };

    return steps_run(c, steps, COUNT(steps), id);
}

enum err unmerge_people_tx(struct ctx *c, int64_t id)
{
    static const struct stmt *const steps[] = { &kept_again, &kept_phones_again, &gone_again, &gone_phones_again };

    return steps_run(c, steps, COUNT(steps), id);
}
