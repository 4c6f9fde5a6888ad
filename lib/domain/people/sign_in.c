/* Sign-in, and the change of one's own password.  Argon2 is slow and stands between two short
 * transactions: the first counts the try, so that parallel guesses are all counted; the second records
 * how it ended. */
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/totp.h"
#include "domain/people/user.h"
#include "metric/metric.h"
#include "crypto/crypto.h"

static const struct stmt by_login = STMT("user_by_login", "s",
    "SELECT id, username, email, full_name, role, password_hash, is_active FROM users"
    " WHERE username = $1 OR email = $1 ORDER BY username = $1 DESC LIMIT 1");
static const struct stmt is_known = STMT("user_network_known", "s",
    "SELECT 1 FROM throttles WHERE key = $1");
static const struct stmt network_known = STMT("user_network_any", "s",
    "SELECT 1 FROM throttles WHERE key > 'known:' AND key < 'known;' AND key LIKE 'known:%:' || $1 LIMIT 1");
static const struct stmt know = STMT("user_network_know", "si",
    "INSERT INTO throttles (key, count, window_start) VALUES ($1, 1, $2)"
    " ON CONFLICT (key) DO UPDATE SET window_start = excluded.window_start");
static const struct stmt signed_in = STMT("user_signed_in", "iis",
    "UPDATE users SET last_login_at = $2, password_hash = coalesce($3, password_hash)"
    " WHERE id = $1 AND is_active = 1");
static const struct stmt set_own = STMT("user_set_own_password", "is",
    "UPDATE users SET password_hash = $2, must_change_password = 0"
    " WHERE id = $1 AND is_active = 1");
DB_REGISTER(&by_login, &is_known, &network_known, &know, &signed_in, &set_own)

struct sign_in {
    struct ctx *c;
    const char *login, *password, *old;
    const char *account_key, *network_key;
    bool found;                  /* the account exists and is active */
    int64_t user_id;
    const char *full_name, *hash, *fresh_hash;
    enum role role;
    bool right;
    char **token;
};

/* A password may have been typed as the user name by mistake, so the throttle's key has only a hash of
 * it. */
static const char *login_key(struct ctx *c, const char *login, const char *network)
{
    unsigned char sum[HASH_BYTES];

    sha256(sum, login, strlen(login));
    return arena_printf(c->a, "login:user:%s%s%s", hex_text(c->a, sum, 16), *network ? "@" : "",
                        network);
}

static enum err user_find(struct sign_in *x)
{
    struct rows q;
    enum err e = db_one(x->c->db, &q, &by_login, x->login);

    x->user_id = 0;
    x->full_name = x->hash = NULL;
    x->role = ROLE_NONE;
    x->found = false;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    x->user_id = db_int(&q, 0);
    x->full_name = db_dup(&q, 3, x->c->a);
    x->role = role_parse(db_text(&q, 4));
    x->hash = db_dup(&q, 5, x->c->a);
    x->found = db_int(&q, 6) == 1;
    return db_end(&q);
}

/* Under this key it is known that a user has signed in from the client's network. */
static const char *known_key(struct ctx *c, int64_t user_id)
{
    return arena_printf(c->a, "known:%lld:%s", (long long)user_id, throttle_network(c));
}

/* Strangers can slow an account down, but not for the networks from which its owner has signed in
 * before: tries from there are counted apart. */
static enum err sign_in_look(struct sign_in *x)
{
    struct ctx *c = x->c;
    const char *network = throttle_network(c);
    enum err e = user_find(x);

    x->network_key = arena_printf(c->a, "login:net:%s", network);
    if (db_scalar(c->db, 0, &is_known, known_key(c, x->user_id)) == 0)
        network = "";
    x->account_key = login_key(c, x->login, network);
    return e;
}

bool user_network_known(struct ctx *c)
{
    return db_scalar(c->db, 0, &network_known, throttle_network(c)) != 0;
}

static enum err sign_in_take_tx(struct db *db UNUSED, void *arg)
{
    struct sign_in *x = arg;
    struct ctx *c = x->c;
    enum err e = sign_in_look(x);

    if (e == OK)
        e = throttle_take_tx(c, x->account_key, THROTTLE_FREE);
    if (e == OK && !throttle_exempt(c))
        e = throttle_take_tx(c, x->network_key, THROTTLE_FREE);
    return e;
}

/* Counts the try.  When that cannot be written, the password is looked at all the same, but who was to wait
 * already waits. */
static enum err sign_in_take(struct sign_in *x)
{
    struct ctx *c = x->c;
    enum err e = domain_write(c, sign_in_take_tx, x), uncounted = throttle_uncounted(c, e);

    if (e == OK || uncounted != OK)
        return uncounted;
    e = sign_in_look(x);
    if (e == OK)
        e = throttle_wait_check(c, x->account_key);
    if (e == OK && !throttle_exempt(c))
        e = throttle_wait_check(c, x->network_key);
    return domain_fault(c, e);
}

static enum err sign_in_right_tx(struct sign_in *x, struct db *db)
{
    struct ctx *c = x->c;
    int64_t changed;
    enum err e = db_exec(db, &changed, &signed_in, x->user_id, c->now, x->fresh_hash);

    if (e == OK && changed == 0)         /* the account was disabled while the hash was computed */
        return ctx_fail(c, E_INVALID, NULL, T_LOGIN_WRONG, NULL);
    c->actor = ACTOR_USER;
    c->user_id = x->user_id;
    c->user_name = x->full_name;
    c->role = x->role;
    if (e == OK)
        e = throttle_clear_tx(c, x->account_key);
    if (e == OK)
        e = throttle_forgive_tx(c, x->network_key);
    if (e == OK && totp_is_on(c, x->user_id))
        return session_wait_tx(c, x->user_id, x->old, x->token);
    if (e == OK)
        e = db_exec(db, NULL, &know, known_key(c, x->user_id), c->now);
    if (e == OK)
        e = session_start_tx(c, x->user_id, x->old, x->token);
    return e != OK ? e : audit_tx(c, "sign_in", "user", x->user_id, NULL);
}

static enum err sign_in_outcome_tx(struct db *db, void *arg)
{
    struct sign_in *x = arg;

    return x->right ? sign_in_right_tx(x, db)
                    : audit_tx(x->c, "sign_in_failed", "user", x->user_id, NULL);
}

enum err user_sign_in(struct ctx *c, const char *login, const char *password, const char *old,
                      char **token)
{
    struct sign_in x = { .c = c, .login = login_normal(c->a, login), .password = password, .old = old,
                         .token = token };
    enum err e = sign_in_take(&x);
    bool busy;

    if (e != OK)
        return e;
    e = password_verify(c->conf, x.found ? x.hash : password_dummy(), password);
    if (e != OK && e != E_INVALID)
        return e == E_BUSY ? password_busy(c) : domain_fault(c, e);
    x.right = e == OK && x.found;
    if (x.right && password_needs_rehash(x.hash))
        x.fresh_hash = password_hash(c->a, c->conf, password, &busy);
    e = domain_write(c, sign_in_outcome_tx, &x);
    if (!x.right)
        e = throttle_uncounted(c, e);    /* a wrong password is told as such, though it stands in no audit log */
    if (e != OK || x.right)
        return e;
    metric_inc(M_LOGIN_FAILURES, NULL);
    return ctx_fail(c, E_INVALID, NULL, T_LOGIN_WRONG, NULL);
}

/* ---- the code ---- */

struct coding { struct ctx *c; const struct user *u; const char *old; char **token; };

static enum err code_right_tx(struct db *db, void *arg)
{
    struct coding *x = arg;
    struct ctx *c = x->c;
    int64_t user_id;
    enum err e = session_waiting(c, x->old, &user_id);       /* it may have ended since */

    if (e == OK)
        e = db_exec(db, NULL, &know, known_key(c, x->u->id), c->now);
    if (e == OK)
        e = session_start_tx(c, x->u->id, x->old, x->token);
    return e != OK ? e : audit_tx(c, "sign_in", "user", x->u->id, NULL);
}

enum err user_sign_in_code(struct ctx *c, const char *code, const char *old, char **token)
{
    struct user u;
    struct coding x = { c, &u, old, token };
    int64_t user_id;
    enum err e = session_waiting(c, old, &user_id);

    if (e == OK)
        e = user_by_id(c, user_id, &u);
    if (e == OK)
        e = totp_check(c, &(struct totp_try){ user_id, code, old, db_scalar(c->db, 0, &is_known, known_key(c, user_id)) != 0 });
    if (e != OK)
        return e;
    c->actor = ACTOR_USER;
    c->user_id = u.id;
    c->user_name = u.full_name;
    c->role = role_parse(u.role);
    return domain_write(c, code_right_tx, &x);
}

/* ---- the user's own password ---- */

struct own {
    struct ctx *c;
    const char *key, *hash;
    char **token;
};

static enum err confirm_take_tx(struct db *db UNUSED, void *arg)
{
    const struct own *x = arg;

    return throttle_take_tx(x->c, x->key, THROTTLE_FREE);
}

static enum err confirm_clear_tx(struct db *db UNUSED, void *arg)
{
    const struct own *x = arg;

    return throttle_clear_tx(x->c, x->key);
}

enum err user_confirm(struct ctx *c, const char *field, const char *password)
{
    struct own x = { .c = c, .key = arena_printf(c->a, "confirm:user:%lld", (long long)c->user_id) };
    struct user u;
    enum err e = user_by_id(c, c->user_id, &u);

    if (e == OK)
        e = domain_write(c, confirm_take_tx, &x);
    if (e != OK)
        return e;
    e = password_verify(c->conf, u.password_hash, password);
    if (e == E_INVALID)
        return ctx_fail(c, e, field, T_PASSWORD_CURRENT, NULL);
    if (e != OK)
        return e == E_BUSY ? password_busy(c) : domain_fault(c, e);
    return domain_write(c, confirm_clear_tx, &x);
}

static enum err password_change_tx(struct db *db, void *arg)
{
    struct own *x = arg;
    struct ctx *c = x->c;
    int64_t changed;
    enum err e = db_exec(db, &changed, &set_own, c->user_id, x->hash);

    if (e == OK && changed == 0)
        return ctx_fail(c, E_AUTH, NULL, T_AUTH, NULL);
    if (e == OK)
        e = session_end_all_tx(c, c->user_id);
    if (e == OK)
        e = session_start_tx(c, c->user_id, NULL, x->token);
    return e != OK ? e : audit_tx(c, "password_change", "user", c->user_id, NULL);
}

enum err user_change_password(struct ctx *c, const char *current, const char *password,
                              char **token)
{
    struct own x = { .c = c, .token = token };
    struct user u;
    enum err e = user_by_id(c, c->user_id, &u);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    e = password_check(c, "password", password, u.username, u.email);
    if (e == OK)
        e = user_confirm(c, "current", current);
    if (e != OK)
        return e;
    if (streq(current, password))
        return ctx_fail(c, E_INVALID, "password", T_PASSWORD_SAME, NULL);
    e = password_make(c, password, &x.hash);
    return e != OK ? e : domain_write(c, password_change_tx, &x);
}
