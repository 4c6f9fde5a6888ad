/* A forgotten password.  The token in the e-mail is stored nowhere: it is a keyed hash of the row,
 * whose id is random.  The mail job derives it when it renders the message; a copy of the database
 * gives none away. */
#include "base/log.h"
#include "base/random.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"

#define GOOD_FOR_S 3600
#define AN_HOUR 3                /* messages to one account */

static const struct stmt owner = STMT("reset_owner", "si",
    "SELECT u.id, u.email, (SELECT count(*) FROM password_resets r"
    "  WHERE r.user_id = u.id AND r.expires_at > $2)"
    " FROM users u WHERE (u.username = $1 OR u.email = $1) AND u.is_active = 1"
    " ORDER BY u.username = $1 DESC LIMIT 1");
static const struct stmt kill_old = STMT("reset_kill_old", "ii",
    "UPDATE password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL");
static const struct stmt insert = STMT("reset_insert", "ibii",
    "INSERT INTO password_resets (id, token_hash, user_id, expires_at) VALUES ($1, $2, $3, $4)");
static const struct stmt by_id = STMT("reset_by_id", "ii",
    "SELECT user_id, expires_at FROM password_resets"
    " WHERE id = $1 AND used_at IS NULL AND expires_at > $2");
static const struct stmt by_token = STMT("reset_by_token", "bi",
    "SELECT u.id, u.username, u.email FROM password_resets r JOIN users u ON u.id = r.user_id"
    " WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND u.is_active = 1");
static const struct stmt use = STMT("reset_use", "bi",
    "UPDATE password_resets SET used_at = $2"
    " WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2");
static const struct stmt set_password = STMT("reset_set_password", "is",
    "UPDATE users SET password_hash = $2, must_change_password = 0"
    " WHERE id = $1 AND is_active = 1");
DB_REGISTER(&owner, &kill_old, &insert, &by_id, &by_token, &use, &set_password)

static char *reset_token(struct ctx *c, const char *key, int64_t id, int64_t user_id, int64_t expires)
{
    unsigned char sum[HASH_BYTES];
    const char *text = arena_printf(c->a, "reset:%lld:%lld:%lld", (long long)id,
                                    (long long)user_id, (long long)expires);

    hmac256(sum, key, text, strlen(text));
    return hex_text(c->a, sum, sizeof sum);
}

struct password_asking { struct ctx *c; const char *login, *key; };

static int64_t reset_id_new(void)
{
    uint64_t n;

    random_bytes(&n, sizeof n);
    return (int64_t)(n >> 11) + 1;       /* 53 bits: exact in every reader of JSON */
}

static enum err reset_letter_tx(struct password_asking *x, struct db *db, int64_t user_id, const char *email)
{
    struct ctx *c = x->c;
    int64_t id = reset_id_new(), expires = c->now + GOOD_FOR_S;
    unsigned char hash[HASH_BYTES];
    enum err e = db_exec(db, NULL, &kill_old, user_id, c->now);

    token_hash(hash, reset_token(c, x->key, id, user_id, expires));
    if (e == OK)
        e = db_exec(db, NULL, &insert, id, (const void *)hash, sizeof hash, user_id, expires);
    if (e == OK)
        e = audit_tx(c, "password_reset_ask", "user", user_id, NULL);
    if (e != OK)
        return e;
    return notify_user_tx(c, "password_reset", user_id, email,
                          arena_printf(c->a, "{\"reset_id\":%lld}", (long long)id),
                          arena_printf(c->a, "password_reset:%lld", (long long)id));
}

static enum err reset_ask_tx(struct db *db, void *arg)
{
    struct password_asking *x = arg;
    struct ctx *c = x->c;
    struct rows q;
    int64_t user_id, letters;
    const char *email;
    enum err e = OK;

    if (!throttle_exempt(c))
        e = throttle_take_tx(c, arena_printf(c->a, "reset:net:%s", throttle_network(c)),
                             THROTTLE_FREE);
    if (e != OK)
        return e;
    e = db_one(db, &q, &owner, x->login, c->now);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    user_id = db_int(&q, 0);
    email = db_dup(&q, 1, c->a);
    letters = db_int(&q, 2);
    e = db_end(&q);
    if (e != OK || letters >= AN_HOUR)
        return e;
    return reset_letter_tx(x, db, user_id, email);
}

enum err user_reset_ask(struct ctx *c, const char *login)
{
    struct password_asking x = { c, login_normal(c->a, login), domain_secret(c, "token_key") };

    if (x.key == NULL)
        return E_INTERNAL;
    return domain_write(c, reset_ask_tx, &x);
}

enum err user_reset_link(struct ctx *c, int64_t reset_id, const char **link)
{
    const char *key = domain_secret(c, "token_key");
    struct rows q;
    int64_t user_id, expires;
    enum err e = key == NULL ? E_INTERNAL : db_one(c->db, &q, &by_id, reset_id, c->now);

    *link = NULL;
    if (e != OK)
        return e;
    user_id = db_int(&q, 0);
    expires = db_int(&q, 1);
    *link = arena_printf(c->a, "%s/auth/reset-password?token=%s", c->conf->public_url,
                         reset_token(c, key, reset_id, user_id, expires));
    return db_end(&q);
}

struct resetting {
    struct ctx *c;
    unsigned char token[HASH_BYTES];
    int64_t user_id;
    const char *username, *email, *hash;
};

static enum err reset_find(struct resetting *x, const char *token)
{
    struct ctx *c = x->c;
    struct rows q;
    enum err e;

    token_hash(x->token, token);
    e = db_one(c->db, &q, &by_token, (const void *)x->token, sizeof x->token, c->now);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e != OK)
        return domain_fault(c, e);
    x->user_id = db_int(&q, 0);
    x->username = db_dup(&q, 1, c->a);
    x->email = db_dup(&q, 2, c->a);
    return domain_fault(c, db_end(&q));
}

enum err user_reset_check(struct ctx *c, const char *token)
{
    struct resetting x = { .c = c };

    return reset_find(&x, token);
}

static enum err reset_tx(struct db *db, void *arg)
{
    struct resetting *x = arg;
    struct ctx *c = x->c;
    int64_t used = 0, changed = 0;
    enum err e = db_exec(db, &used, &use, (const void *)x->token, sizeof x->token, c->now);

    if (e == OK && used == 1)
        e = db_exec(db, &changed, &set_password, x->user_id, x->hash);
    if (e == OK && changed == 0)         /* another request used the token first */
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &kill_old, x->user_id, c->now);
    if (e == OK)
        e = session_end_all_tx(c, x->user_id);
    return e != OK ? e : audit_tx(c, "password_reset", "user", x->user_id, NULL);
}

enum err user_reset(struct ctx *c, const char *token, const char *password)
{
    struct resetting x = { .c = c };
    enum err e = reset_find(&x, token);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    if ((e = password_check(c, "password", password, x.username, x.email)) != OK)
        return e;
    e = password_make(c, password, &x.hash);
    return e != OK ? e : domain_write(c, reset_tx, &x);
}
