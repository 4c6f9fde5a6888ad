#include <assert.h>

#include "base/buf.h"
#include "json/json.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/personal.h"
#include "store/db.h"

static const struct stmt last = STMT("audit_last", "",
    "SELECT hash FROM audit_log ORDER BY id DESC LIMIT 1");
static const struct stmt insert = STMT("audit_insert", "isIssIsssb",
    "INSERT INTO audit_log (at, actor, user_id, action, object, object_id, address, request_id,"
    " details, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");
static const struct stmt insert_value = STMT("audit_value_insert", "issb",
    "INSERT INTO audit_values (audit_id, name, value, salt) VALUES ($1, $2, $3, $4)");
static const struct stmt all = STMT("audit_all", "",
    "SELECT at, actor, user_id, action, object, object_id, address, request_id, details, hash, id"
    " FROM audit_log ORDER BY id");
DB_REGISTER(&last, &insert, &insert_value, &all)

const struct word audit_actions[] = {
#define AUDIT(action, words) { action, words },
#include "domain/ground/audit.def"
#undef AUDIT
    WORDS_END
};

struct entry {
    int64_t at, user_id, object_id;
    const char *actor, *action, *object, *address, *request_id, *details;
};

static void hash_add_text(struct buf *b, const char *s)
{
    buf_printf(b, "%zu:%s|", s ? strlen(s) : 0, s ? s : "");
}

/* The hash of a row and of the hash before it.  A text's length stands before it, so that two
 * different rows never make the same text. */
static void audit_entry_hash(unsigned char out[HASH_BYTES], const unsigned char before[HASH_BYTES],
                             const struct entry *e)
{
    struct buf b = { 0 };

    buf_add(&b, before, HASH_BYTES);
    buf_printf(&b, "%lld|%lld|%lld|", (long long)e->at, (long long)e->user_id,
               (long long)e->object_id);
    hash_add_text(&b, e->actor);
    hash_add_text(&b, e->action);
    hash_add_text(&b, e->object);
    hash_add_text(&b, e->address);
    hash_add_text(&b, e->request_id);
    hash_add_text(&b, e->details);
    sha256(out, b.data, b.len);
    buf_free(&b);
}

static enum err audit_last_hash(struct ctx *c, unsigned char out[HASH_BYTES])
{
    struct rows q;
    const void *p;
    size_t n;
    enum err e = db_one(c->db, &q, &last);

    memset(out, 0, HASH_BYTES);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    p = db_blob(&q, 0, &n);
    if (n == HASH_BYTES)
        memcpy(out, p, n);
    return db_end(&q);
}

enum err audit_note_tx(struct ctx *c, const char *action, const char *object, int64_t object_id,
                       struct json_object *details, const char *note)
{
    static const char *const actors[] = { "system", "user", "customer" };
    struct json_object *o = details != NULL ? details : json_object_new_object();
    unsigned char before[HASH_BYTES], hash[HASH_BYTES];
    struct personal kept = { 0 };
    struct entry e = { .at = c->now, .user_id = c->user_id, .object_id = object_id,
                       .actor = actors[c->actor], .action = action, .object = object,
                       .address = c->address ? c->address : "", .request_id = c->request_id };
    enum err err = audit_last_hash(c, before);
    int64_t id;

    assert(words_of(audit_actions, action) != NULL && "audit.def has a row of each action");
    personal_add(c, &kept, o, "note", note);
    e.details = json_text(c->a, o);
    json_object_put(o);
    if (err != OK)
        return err;
    audit_entry_hash(hash, before, &e);
    err = db_insert(c->db, &id, &insert, e.at, e.actor, e.user_id, e.action, e.object, e.object_id,
                    e.address, e.request_id, e.details, (const void *)hash, sizeof hash);
    return err != OK ? err : personal_keep_tx(c, &insert_value, id, &kept);
}

enum err audit_tx(struct ctx *c, const char *action, const char *object, int64_t object_id,
                  struct json_object *details)
{
    return audit_note_tx(c, action, object, object_id, details, NULL);
}

enum err audit_check(struct ctx *c, int64_t *broken_at)
{
    unsigned char before[HASH_BYTES] = { 0 }, hash[HASH_BYTES];
    struct rows q;
    enum err e = db_query(c->db, &q, &all);

    *broken_at = 0;
    if (e != OK)
        return e;
    while (*broken_at == 0 && db_next(&q)) {
        struct entry row = { db_int(&q, 0), db_int(&q, 2), db_int(&q, 5), db_text(&q, 1),
                             db_text(&q, 3), db_text(&q, 4), db_text(&q, 6), db_text(&q, 7),
                             db_text(&q, 8) };
        size_t n;
        const void *kept = db_blob(&q, 9, &n);

        audit_entry_hash(hash, before, &row);
        if (n != HASH_BYTES || memcmp(kept, hash, n) != 0)
            *broken_at = db_int(&q, 10);
        memcpy(before, hash, sizeof before);
    }
    e = db_end(&q);
    return e == OK && *broken_at != 0 ? E_CONFLICT : e;
}
