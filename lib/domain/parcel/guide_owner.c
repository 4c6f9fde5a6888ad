#include "domain/parcel/guide_owner.h"

#include "domain/parcel/guide_reading.h"
#include "json/json.h"
#include "local/normal.h"

#define OF_GUIDE "p.guide_key IN (SELECT value FROM json_each($1))"
/* True of a box of another person than the one to whom it is to go: a person is known by each of their phones, and by the
 * one that announced. */
#define ANOTHER(phone) \
    "(iif($3 IS NULL, c.phone IS NOT NULL OR c.id <> $4, " phone " IS NOT $3 AND c.phone IS NOT $3 AND NOT EXISTS" \
    " (SELECT 1 FROM customer_phones o WHERE o.customer_id = c.id AND o.phone = $3)))"
static const struct stmt anothers = STMT("guide_anothers", "sisiis",
    "SELECT 1 FROM packages p JOIN customers c ON c.id = p.customer_id WHERE " OF_GUIDE " AND p.id <> $2 AND (" ANOTHER("p.announced_phone")
    " OR ($6 IS NOT NULL AND p.announced_email IS NOT $6))"
    " UNION ALL SELECT 1 FROM packages p JOIN claims k ON k.package_id = p.id WHERE " OF_GUIDE
    " AND (p.id <> $2 OR $5) AND k.phone IS NOT $3"
    " UNION ALL SELECT 1 FROM packages p JOIN package_events e ON e.package_id = p.id AND e.kind = 'MODIFICACION'"
    " JOIN customers c ON c.id = json_extract(e.details, '$.customer') WHERE " OF_GUIDE " AND " ANOTHER("c.phone") " LIMIT 1");
DB_REGISTER(&anothers)

bool guide_is_anothers(struct ctx *c, const struct package *p, const struct guide_owner *to)
{
    struct json_object *keys = json_object_new_array();
    struct guide_reading read;
    const bool by_sms = to->phone != NULL && phone_takes_sms(to->phone);     /* else its code goes to the e-mail */
    const char *list;
    int64_t found;

    guide_read(c->a, p->guide_number, &read);
    for (size_t i = 0; i < read.n; i++)
        json_object_array_add(keys, json_object_new_string(read.keys[i]));
    list = json_text(c->a, keys);
    json_object_put(keys);
    return db_value(c->db, &found, &anothers, list, p->id, to->phone, to->customer_id, (int64_t)to->claims,
                    by_sms ? NULL : p->announced_email) != E_NOT_FOUND;
}
