#include "json/json.h"
#include "crypto/crypto.h"
#include "domain/ground/news.h"
#include "domain/ground/tx.h"
#include "domain/parcel/event.h"

static const struct stmt last_hash = STMT("event_last_hash", "i",
    "SELECT hash FROM package_events WHERE package_id = $1 ORDER BY id DESC LIMIT 1");
static const struct stmt insert = STMT("event_insert", "isisIsssIb",
    "INSERT INTO package_events (package_id, kind, at, actor, user_id, state_before, state_after,"
    " details, undoes, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");
static const struct stmt insert_value = STMT("event_value_insert", "issb",
    "INSERT INTO event_values (event_id, name, value, salt) VALUES ($1, $2, $3, $4)");
static const struct stmt set_last = STMT("package_last_event", "ii",
    "UPDATE packages SET last_event_id = $2 WHERE id = $1");
static const struct stmt chain = STMT("event_chain", "i",
    "SELECT id, package_id, kind, at, actor, user_id, NULL, state_before, state_after, details, undoes, hash"
    " FROM package_events WHERE package_id = $1 ORDER BY id");
DB_REGISTER(&last_hash, &insert, &insert_value, &set_last, &chain)

static const struct field event_rows[] = {
    FIELD(struct package_event, id, F_INT, "Número del evento"),
    FIELD(struct package_event, package_id, F_INT, "Paquete"),
    FIELD(struct package_event, kind, F_TEXT, "Clase de evento"),
    FIELD(struct package_event, at, F_INSTANT, "Cuándo"),
    FIELD(struct package_event, actor, F_TEXT, "user, customer o system"),
    FIELD(struct package_event, user_id, F_ID, "Usuario"),
    FIELD(struct package_event, user_name, F_TEXT, "Nombre del usuario"),
    FIELD(struct package_event, state_before, F_TEXT, "Estado anterior"),
    FIELD(struct package_event, state_after, F_TEXT, "Estado posterior"),
    FIELD(struct package_event, details, F_TEXT, "Detalles, JSON"),
    FIELD(struct package_event, undoes, F_ID, "Evento que deshace"),
};
const struct fields package_event_fields = FIELDS(event_rows);

/* Kinds of news of the kinds of events, a row each in event_kind.def. */
static const struct { const char *kind, *key, *news; } kinds[] = {
#define EVENT_KIND(kind, key, name, words, undo, trifle, news) { kind, key, news },
#include "domain/parcel/event_kind.def"
#undef EVENT_KIND
};

/* The kind of news that an event is; NULL: programs of others are not told of it. */
static const char *event_news_kind(const char *kind, struct json_object *details)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (streq(kinds[i].kind, kind)
            && (kinds[i].key == NULL || json_object_object_get_ex(details, kinds[i].key, NULL)))
            return kinds[i].news;
    return NULL;
}

static const char *actor_name(const struct ctx *c)
{
    return c->actor == ACTOR_USER ? "user" : c->actor == ACTOR_CUSTOMER ? "customer" : "system";
}

/* A value's length stands before it, so that two different rows never make the same text. */
static void hash_part(struct buf *b, const char *s)
{
    buf_printf(b, "%zu:%s|", s ? strlen(s) : 0, s ? s : "");
}

static void event_hash(unsigned char out[HASH_BYTES], const void *previous, size_t n,
                       const struct package_event *e)
{
    struct buf b = { 0 };

    buf_add(&b, previous, n);
    buf_printf(&b, "%lld|%lld|%lld|%lld|", (long long)e->package_id, (long long)e->at,
               (long long)e->user_id, (long long)e->undoes);
    hash_part(&b, e->kind);
    hash_part(&b, e->actor);
    hash_part(&b, e->state_before);
    hash_part(&b, e->state_after);
    hash_part(&b, e->details);
    sha256(out, b.data, b.len);
    buf_free(&b);
}

static enum err previous_hash(struct ctx *c, int64_t package_id, unsigned char out[HASH_BYTES])
{
    struct rows q;
    size_t n;
    const void *p;
    enum err e = db_one(c->db, &q, &last_hash, package_id);

    memset(out, 0, HASH_BYTES);
    if (e == E_NOT_FOUND)
        return OK;
    if (e != OK)
        return e;
    p = db_blob(&q, 0, &n);
    memcpy(out, p, n < HASH_BYTES ? n : HASH_BYTES);
    return db_end(&q);
}

/* Programs of others are told of the event, with the package as it is now. */
static enum err event_news_tx(struct ctx *c, const char *kind, const struct package_event *e)
{
    struct package now;
    const struct news news = { kind, e->package_id,
        { NEWS_PART("event", package_event_fields, e), NEWS_PART("package", package_fields, &now) } };
    enum err err;

    if (!news_is_heard(c, kind))
        return OK;
    err = package_by_id(c, e->package_id, &now);
    return err != OK ? err : news_tx(c, &news);
}

enum err event_add_tx(struct ctx *c, struct package *p, struct event_new new)
{
    struct json_object *details = new.details != NULL ? new.details : json_object_new_object();
    unsigned char hash[HASH_BYTES];
    const char *news;
    struct personal kept = { 0 };
    struct package_event e = { .package_id = p->id, .kind = new.kind, .at = c->now,
                               .actor = actor_name(c), .user_id = c->user_id, .user_name = c->user_name,
                               .state_before = new.before, .state_after = new.after,
                               .undoes = new.undoes };
    enum err err;

    personal_add(c, &kept, details, "note", new.note);
    e.details = json_text(c->a, details);
    news = event_news_kind(new.kind, details);
    json_object_put(details);
    err = previous_hash(c, p->id, hash);
    if (err != OK)
        return err;
    event_hash(hash, hash, HASH_BYTES, &e);
    err = db_insert(c->db, &p->last_event_id, &insert, e.package_id, e.kind, e.at, e.actor, e.user_id,
                    e.state_before, e.state_after, e.details, e.undoes, hash, (size_t)HASH_BYTES);
    if (err == OK)
        err = event_personal_tx(c, p->last_event_id, &kept);
    if (err == OK)
        err = db_exec(c->db, NULL, &set_last, p->id, p->last_event_id);
    e.id = p->last_event_id;
    return err != OK ? err : event_news_tx(c, news, &e);
}

enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list)
{
    return personal_keep_tx(c, &insert_value, event_id, list);
}

enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at)
{
    unsigned char hash[HASH_BYTES] = { 0 };
    struct rows q;
    enum err e = db_query(c->db, &q, &chain, id);

    *broken_at = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (*broken_at == 0 && db_next(&q)) {
        struct package_event ev = { 0 };
        size_t n;
        const void *stored = db_blob(&q, 11, &n);

        db_fill(&q, 0, package_event_fields, &ev, c->a);
        event_hash(hash, hash, HASH_BYTES, &ev);
        if (n != HASH_BYTES || !same_bytes(stored, hash, n))
            *broken_at = ev.id;
    }
    e = db_end(&q);
    return domain_fault(c, e == OK && *broken_at != 0 ? E_CONFLICT : e);
}
