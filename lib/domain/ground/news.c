#include "domain/ground/news.h"

#include <assert.h>

#include "base/clock.h"
#include "base/random.h"
#include "json/json.h"
#include "queue/job.h"
#include "store/db.h"

#define ID_SYMBOLS 22            /* so many of base62 hold 128 bits */

#define WANTS                                                                                    \
    " FROM webhook_endpoints WHERE is_active = 1 AND paused_at IS NULL"                            \
    " AND (kinds = '*' OR instr(' ' || kinds || ' ', ' ' || $1 || ' ') > 0)"
static const struct stmt heard = STMT("news_heard", "s", "SELECT 1" WANTS " LIMIT 1");
static const struct stmt listeners = STMT("news_listeners", "s", "SELECT id" WANTS " ORDER BY id");
static const struct stmt insert = STMT("news_insert", "isssIi",
    "INSERT INTO webhook_deliveries (endpoint_id, message_id, kind, body, package_id, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
DB_REGISTER(&heard, &listeners, &insert)

const struct word news_kinds[NEWS_COUNT + 1] = {
#define NEWS(id, kind, words) { kind, words },
#include "domain/ground/news.def"
#undef NEWS
    WORDS_END
};

bool news_is_heard(struct ctx *c, const char *kind)
{
    return kind != NULL && db_scalar(c->db, 0, &heard, kind) != 0;
}

static const char *news_body(struct ctx *c, const struct news *n)
{
    struct buf b = { 0 };
    const char *body;

    buf_printf(&b, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":{", n->kind, clock_rfc3339(c->a, c->now));
    for (size_t i = 0; i < COUNT(n->parts) && n->parts[i].name != NULL; i++) {
        buf_printf(&b, "%s\"%s\":", i > 0 ? "," : "", n->parts[i].name);
        json_write_object(&b, *n->parts[i].fields, n->parts[i].object);
    }
    buf_str(&b, "}}");
    body = arena_strndup(c->a, b.data, b.len);
    buf_free(&b);
    return body;
}

static enum err delivery_add_tx(struct ctx *c, int64_t endpoint_id, const struct news *n, const char *body, int64_t *id)
{
    const char *message = arena_printf(c->a, "msg_%s", random_text(c->a, ALPHABET_BASE62, ID_SYMBOLS));
    struct job_new job = { .kind = "webhook.deliver" };
    enum err e = db_insert(c->db, id, &insert, endpoint_id, message, n->kind, body, n->package_id, c->now);

    job.about = *id;
    return e != OK ? e : job_add_tx(c, &job, NULL);
}

enum err news_to_tx(struct ctx *c, int64_t endpoint_id, const struct news *n, int64_t *id)
{
    return delivery_add_tx(c, endpoint_id, n, news_body(c, n), id);
}

enum err news_tx(struct ctx *c, const struct news *n)
{
    const char *body = NULL;
    int64_t *ids, id;
    size_t count;
    struct rows q;
    enum err e = db_query(c->db, &q, &listeners, n->kind);

    assert(words_of(news_kinds, n->kind) != NULL && "news.def has a row of each kind");
    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        body = body != NULL ? body : news_body(c, n);
        e = delivery_add_tx(c, ids[i], n, body, &id);
    }
    return e;
}
