#include <stdlib.h>

#include "base/clock.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/ground/texts.h"

static const struct stmt get = STMT("operation_get", "si",
    "SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1 AND expires_at > $2");
static const struct stmt answer_of = STMT("operation_answer", "sis",
    "SELECT iif(kind = $3, answer, NULL) FROM idempotency_keys WHERE key = $1 AND expires_at > $2");
static const struct stmt forget = STMT("operation_forget", "si",
    "DELETE FROM idempotency_keys WHERE key = $1 AND expires_at <= $2");
static const struct stmt insert = STMT("operation_insert", "ssiis",
    "INSERT INTO idempotency_keys (key, fingerprint, created_at, expires_at, kind) VALUES ($1, $2, $3, $4, $5)");
static const struct stmt store = STMT("operation_store", "ss",
    "UPDATE idempotency_keys SET answer = $2 WHERE key = $1");
DB_REGISTER(&get, &answer_of, &forget, &insert, &store)

enum err operation_begin_tx(struct ctx *c, const char **answer)
{
    struct rows q;
    bool same;
    enum err e;

    *answer = NULL;
    if (c->operation_key == NULL)
        return OK;
    e = db_one(c->db, &q, &get, c->operation_key, c->now);
    if (e == OK) {
        same = streq(db_text(&q, 0), c->operation_print);
        *answer = db_dup(&q, 1, c->a);
        e = db_end(&q);
        if (e == OK && !same)
            return ctx_fail(c, E_INVALID, NULL, T_OPERATION_OTHER, NULL);
        c->replayed = true;
        return e;
    }
    if (e != E_NOT_FOUND)
        return e;
    e = db_exec(c->db, NULL, &forget, c->operation_key, c->now);
    return e != OK ? e : db_exec(c->db, NULL, &insert, c->operation_key, c->operation_print, c->now,
                                 c->now + DAY_SECONDS, c->operation_kind);
}

enum err operation_end_tx(struct ctx *c, const char *answer)
{
    return c->operation_key == NULL ? OK : db_exec(c->db, NULL, &store, c->operation_key, answer);
}

struct once {
    struct ctx *c;
    enum err (*fn)(struct db *db, void *arg);
    void *arg;
    int64_t *id;
};

static enum err operation_once_tx(struct db *db, void *arg)
{
    const struct once *x = arg;
    int64_t *ids, none = 0, *id = x->id != NULL ? x->id : &none;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK)
        return e;
    if (answer != NULL) {
        if (operation_ids_read(x->c->a, answer, &ids) != 1)
            return E_INTERNAL;
        *id = ids[0];
        return OK;
    }
    e = x->fn(db, x->arg);
    return e != OK ? e : operation_end_tx(x->c, operation_ids(x->c->a, id, 1));
}

enum err operation_once(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg), void *arg,
                        int64_t *id)
{
    return domain_operation(c, op, operation_once_tx, &(struct once){ c, fn, arg, id });
}

enum err operation_answer(struct ctx *c, const char *kind, const char *key, bool *used, const char **answer)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &answer_of, operation_own_key(c, key), c->now, kind);

    *answer = NULL;
    *used = e == OK;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *answer = db_dup(&q, 0, c->a);
    return db_end(&q);
}

const char *operation_own_key(const struct ctx *c, const char *key)
{
    return c->user_id == 0 ? arena_printf(c->a, "p:%s", key)
        : arena_printf(c->a, "u%lld:%s", (long long)c->user_id, key);
}

char *operation_ids(struct arena *a, const int64_t *ids, size_t n)
{
    char *text = arena_strdup(a, "");

    for (size_t i = 0; i < n; i++)
        text = arena_printf(a, "%s%s%lld", text, i ? "," : "", (long long)ids[i]);
    return text;
}

size_t operation_ids_read(struct arena *a, const char *answer, int64_t **ids)
{
    size_t n = 0, commas = 1;
    char *end;

    for (const char *s = answer; *s != '\0'; s++)
        commas += *s == ',';
    *ids = arena_alloc(a, commas * sizeof **ids);
    while (*answer != '\0') {
        (*ids)[n++] = strtoll(answer, &end, 10);
        answer = *end == ',' ? end + 1 : end;
        if (end == answer && *end != '\0')
            break;
    }
    return n;
}
