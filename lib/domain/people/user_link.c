#include "domain/people/user_link.h"

#include "base/random.h"
#include "crypto/crypto.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/people/texts.h"

#define HOUR_S 3600

/* mark: what the secret of a kind is derived with. */
static const struct link_kind { const char *kind, *mark, *path; int64_t good_for_s; } kinds[] = {
    { LINK_PASSWORD, "reset", "/auth/reset-password", HOUR_S },
    { LINK_INVITE, "invite", "/auth/invite", 72 * HOUR_S },
    { LINK_EMAIL, "email", "/auth/email", 24 * HOUR_S },
};

static const struct stmt end_kind = STMT("user_link_end_kind", "isi",
    "UPDATE password_resets SET used_at = $3 WHERE user_id = $1 AND kind = $2 AND used_at IS NULL");
static const struct stmt end_all = STMT("user_link_end_all", "ii",
    "UPDATE password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL");
static const struct stmt insert = STMT("user_link_insert", "isbisi",
    "INSERT INTO password_resets (id, kind, token_hash, user_id, email, expires_at) VALUES ($1, $2, $3, $4, $5, $6)");
static const struct stmt by_id = STMT("user_link_by_id", "ii",
    "SELECT kind, user_id, expires_at FROM password_resets WHERE id = $1 AND used_at IS NULL AND expires_at > $2");
static const struct stmt by_secret = STMT("user_link_by_secret", "bsi",
    "SELECT r.id, r.user_id, r.expires_at, r.kind, r.email, u.username, u.email, u.full_name, u.role"
    " FROM password_resets r JOIN users u ON u.id = r.user_id"
    " WHERE r.token_hash = $1 AND r.kind = $2 AND r.used_at IS NULL AND r.expires_at > $3 AND u.is_active = 1");
static const struct stmt use = STMT("user_link_use", "ii",
    "UPDATE password_resets SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2");
DB_REGISTER(&end_kind, &end_all, &insert, &by_id, &by_secret, &use)

static const struct link_kind *link_kind_of(const char *kind)
{
    for (size_t i = 0; i + 1 < COUNT(kinds); i++)
        if (streq(kinds[i].kind, kind))
            return &kinds[i];
    return &kinds[COUNT(kinds) - 1];
}

static char *link_secret(struct ctx *c, const char *key, int64_t id, const struct user_link *l)
{
    unsigned char sum[HASH_BYTES];
    const char *text = arena_printf(c->a, "%s:%lld:%lld:%lld", link_kind_of(l->kind)->mark, (long long)id,
                                    (long long)l->user_id, (long long)l->expires_at);

    hmac256(sum, key, text, strlen(text));
    return hex_text(c->a, sum, sizeof sum);
}

static int64_t link_id_new(void)
{
    uint64_t n;

    random_bytes(&n, sizeof n);
    return (int64_t)(n >> 11) + 1;       /* 53 bits: exact in every reader of JSON */
}

enum err user_link_new_tx(struct ctx *c, const char *kind, int64_t user_id, const char *email, int64_t *id)
{
    const struct user_link l = { .user_id = user_id, .kind = kind, .expires_at = c->now + link_kind_of(kind)->good_for_s };
    const char *key = domain_secret(c, "token_key");
    unsigned char hash[HASH_BYTES];
    enum err e;

    *id = link_id_new();
    if (key == NULL)
        return E_INTERNAL;
    token_hash(hash, link_secret(c, key, *id, &l));
    e = db_exec(c->db, NULL, &end_kind, user_id, kind, c->now);
    return e != OK ? e : db_exec(c->db, NULL, &insert, *id, kind, (const void *)hash, sizeof hash, user_id, email,
                                 l.expires_at);
}

enum err user_link_letter_tx(struct ctx *c, const char *event, int64_t user_id, const char *email, int64_t id)
{
    return notify_user_tx(c, event, user_id, email, arena_printf(c->a, "{\"link_id\":%lld}", (long long)id),
                          arena_printf(c->a, "%s:%lld", event, (long long)id));
}

enum err user_link_address(struct ctx *c, int64_t id, const char **address)
{
    const char *key = domain_secret(c, "token_key");
    struct user_link l = { 0 };
    struct rows q;
    enum err e = key == NULL ? E_INTERNAL : db_one(c->db, &q, &by_id, id, c->now);

    *address = NULL;
    if (e != OK)
        return e;
    l.kind = db_dup(&q, 0, c->a);
    l.user_id = db_int(&q, 1);
    l.expires_at = db_int(&q, 2);
    *address = arena_printf(c->a, "%s%s?token=%s", c->conf->public_url, link_kind_of(l.kind)->path,
                            link_secret(c, key, id, &l));
    return db_end(&q);
}

enum err user_link_find(struct ctx *c, const char *kind, const char *secret, struct user_link *out)
{
    unsigned char hash[HASH_BYTES];
    struct rows q;
    enum err e;

    *out = (struct user_link){ 0 };
    token_hash(hash, secret);
    e = db_one(c->db, &q, &by_secret, (const void *)hash, sizeof hash, kind, c->now);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e != OK)
        return domain_fault(c, e);
    *out = (struct user_link){ .id = db_int(&q, 0), .user_id = db_int(&q, 1), .expires_at = db_int(&q, 2),
        .kind = db_dup(&q, 3, c->a), .email = db_dup(&q, 4, c->a), .username = db_dup(&q, 5, c->a),
        .user_email = db_dup(&q, 6, c->a), .full_name = db_dup(&q, 7, c->a), .role = db_dup(&q, 8, c->a) };
    return domain_fault(c, db_end(&q));
}

enum err user_link_use_tx(struct ctx *c, const struct user_link *l)
{
    int64_t used;
    enum err e = db_exec(c->db, &used, &use, l->id, c->now);

    if (e == OK && used == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e == OK) {
        c->actor = ACTOR_USER;
        c->user_id = l->user_id;
    }
    return e;
}

enum err user_link_end_all_tx(struct ctx *c, int64_t user_id)
{
    return db_exec(c->db, NULL, &end_all, user_id, c->now);
}
