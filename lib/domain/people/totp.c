#include "domain/people/totp.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/random.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/setting.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/people/texts.h"

#define RECOVERY_SYMBOLS 12
#define RECOVERY_GROUP 4         /* symbols between two dashes */

static const struct stmt read = STMT("totp_read", "i",
    "SELECT t.secret, t.confirmed_at, t.last_step, u.username FROM totp t JOIN users u ON u.id = t.user_id"
    " WHERE t.user_id = $1");
static const struct stmt is_on = STMT("totp_is_on", "i", "SELECT 1 FROM totp WHERE user_id = $1 AND confirmed_at IS NOT NULL");
static const struct stmt is_admin = STMT("totp_is_admin", "i", "SELECT 1 FROM users WHERE id = $1 AND role = 'ADMIN'");
static const struct stmt begin = STMT("totp_begin", "isi",
    "INSERT INTO totp (user_id, secret, made_at) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE"
    " SET secret = excluded.secret, made_at = excluded.made_at, last_step = 0 WHERE confirmed_at IS NULL");
static const struct stmt confirm = STMT("totp_confirm", "iii",
    "UPDATE totp SET confirmed_at = $2, last_step = $3 WHERE user_id = $1 AND confirmed_at IS NULL");
static const struct stmt use_step = STMT("totp_use_step", "ii",
    "UPDATE totp SET last_step = $2 WHERE user_id = $1 AND last_step < $2");
static const struct stmt drop = STMT("totp_drop", "i", "DELETE FROM totp WHERE user_id = $1");
static const struct stmt set_up = STMT("totp_set_up", "i", "UPDATE sessions SET lacks = NULL WHERE user_id = $1 AND lacks = 'alta'");
static const struct stmt by_pin = STMT("totp_by_pin", "i", "SELECT by_pin FROM sessions WHERE id = $1");
static const struct stmt codes_left = STMT("recovery_left", "i",
    "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL");
static const struct stmt add_code = STMT("recovery_add", "ib", "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)");
static const struct stmt use_code = STMT("recovery_use", "ibi",
    "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL");
static const struct stmt drop_codes = STMT("recovery_drop", "i", "DELETE FROM recovery_codes WHERE user_id = $1");
DB_REGISTER(&read, &is_on, &is_admin, &begin, &confirm, &use_step, &drop, &set_up, &by_pin, &codes_left, &add_code, &use_code,
            &drop_codes)

bool totp_is_on(struct ctx *c, int64_t user_id)
{
    return db_scalar(c->db, 0, &is_on, user_id) != 0;
}

bool totp_is_owed(struct ctx *c, int64_t user_id)
{
    struct fault before = c->fault;
    int64_t must = 1;

    if (db_scalar(c->db, 1, &is_admin, user_id) == 0 || totp_is_on(c, user_id))
        return false;
    if (setting_read(c, S_TOTP_ADMIN, &must) != OK)
        must = 1;
    c->fault = before;
    return must != 0;
}

/* ---- the secret ---- */

static const char *totp_mark(struct ctx *c, int64_t user_id)
{
    return arena_printf(c->a, "totp:%lld", (long long)user_id);
}

struct totp_row { const char *secret, *username; int64_t confirmed_at, last_step; };

/* E_NOT_FOUND: the user has none. */
static enum err totp_row_read(struct ctx *c, int64_t user_id, struct totp_row *out)
{
    const char *sealed;
    struct rows q;
    enum err e = db_one(c->db, &q, &read, user_id);

    *out = (struct totp_row){ 0 };
    if (e != OK)
        return e;
    sealed = db_dup(&q, 0, c->a);
    out->confirmed_at = db_int(&q, 1);
    out->last_step = db_int(&q, 2);
    out->username = db_dup(&q, 3, c->a);
    e = db_end(&q);
    out->secret = e == OK ? seal_open(c->a, c->conf, totp_mark(c, user_id), sealed) : NULL;
    if (e == OK && out->secret == NULL)
        log_error("totp.sealed", "user", NUM(user_id));
    return e == OK && out->secret == NULL ? E_INTERNAL : e;
}

static const char *percent_name(struct arena *a, const char *s)
{
    struct buf b = { 0 };
    const char *out;

    for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++)
        buf_printf(&b, (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ? "%c" : "%%%02X", *p);
    out = arena_strdup(a, b.len > 0 ? b.data : "");
    buf_free(&b);
    return out;
}

static const char *totp_uri(struct ctx *c, const struct totp_row *row)
{
    const char *point = percent_name(c->a, setting_text(c, S_SITE_NAME));

    return arena_printf(c->a, "otpauth://totp/%s:%s?secret=%s&issuer=%s", point,
                        percent_name(c->a, row->username), row->secret, point);
}

enum err totp_read(struct ctx *c, struct totp *out)
{
    struct totp_row row;
    enum err e = totp_row_read(c, c->user_id, &row);

    *out = (struct totp){ .confirmed_at = row.confirmed_at };
    if (e == E_NOT_FOUND)
        return OK;
    if (e != OK)
        return domain_fault(c, e);
    if (row.confirmed_at == 0) {
        out->secret = row.secret;
        out->uri = totp_uri(c, &row);
    }
    return domain_fault(c, db_value(c->db, &out->codes_left, &codes_left, c->user_id));
}

/* ---- recovery codes ---- */

/* The hash that is stored of a recovery code, however it is typed: "k7m2-px9w-3fha". */
static enum err recovery_hash(struct ctx *c, int64_t user_id, const char *code, unsigned char out[HASH_BYTES])
{
    const char *key = domain_secret(c, "token_key");
    char *text = arena_printf(c->a, "recovery:%lld:", (long long)user_id);

    for (const char *s = code; *s != '\0'; s++)
        if (*s != '-' && *s != ' ')
            text = arena_printf(c->a, "%s%c", text, *s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s);
    if (key == NULL)
        return E_INTERNAL;
    hmac256(out, key, text, strlen(text));
    return OK;
}

static enum err recovery_make_tx(struct ctx *c, struct recovery_codes *out)
{
    enum err e = db_exec(c->db, NULL, &drop_codes, c->user_id);

    for (size_t i = 0; i < RECOVERY_CODES && e == OK; i++) {
        const char *s = random_text(c->a, ALPHABET_CODE, RECOVERY_SYMBOLS);
        unsigned char hash[HASH_BYTES];

        out->v[i] = arena_printf(c->a, "%.4s-%.4s-%s", s, s + RECOVERY_GROUP, s + 2 * RECOVERY_GROUP);
        e = recovery_hash(c, c->user_id, out->v[i], hash);
        if (e == OK)
            e = db_exec(c->db, NULL, &add_code, c->user_id, (const void *)hash, sizeof hash);
    }
    return e;
}

/* ---- taking a code ---- */

struct totp_taking {
    struct ctx *c;
    int64_t user_id;
    const char *code;            /* six digits, or what else was typed */
    const char *session_key, *user_key;      /* counters of wrong ones; user_key: NULL for a recovery code */
    bool right, recovery;
};

static bool is_six_digits(const char *s)
{
    return strlen(s) == TOTP_CODE_SIZE - 1 && strspn(s, "0123456789") == strlen(s);
}

/* "123 456" as "123456"; any other text as it is. */
static const char *code_digits(struct arena *a, const char *typed)
{
    char *out = arena_strdup(a, typed), *to = out;

    for (const char *s = typed; *s != '\0'; s++)
        if (*s != ' ' && *s != '-')
            *to++ = *s;
    *to = '\0';
    return is_six_digits(out) ? out : typed;
}

static const char *totp_session_key(struct ctx *c, const char *session)
{
    unsigned char sum[HASH_BYTES];

    sha256(sum, session, strlen(session));
    return arena_printf(c->a, "totp:session:%s", hex_text(c->a, sum, sizeof sum));
}

static const char *totp_user_key(struct ctx *c, const struct totp_try *t)
{
    return arena_printf(c->a, "totp:user:%lld%s%s", (long long)t->user_id, t->known ? "@" : "",
                        t->known ? throttle_network(c) : "");
}

/* Sets x->right when the code is one of the secret's, around now, and none of its step or a later one was taken. */
static enum err totp_take_step_tx(struct totp_taking *x)
{
    struct ctx *c = x->c;
    struct totp_row row;
    int64_t step, changed = 0;
    enum err e = totp_row_read(c, x->user_id, &row);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    step = totp_step(row.secret, x->code, c->now);
    if (step == 0 || row.confirmed_at == 0)
        return OK;
    e = db_exec(c->db, &changed, &use_step, x->user_id, step);
    x->right = changed == 1;
    return e;
}

static enum err totp_take_recovery_tx(struct totp_taking *x)
{
    unsigned char hash[HASH_BYTES];
    int64_t changed = 0;
    enum err e = recovery_hash(x->c, x->user_id, x->code, hash);

    if (e == OK)
        e = db_exec(x->c->db, &changed, &use_code, x->user_id, (const void *)hash, sizeof hash, x->c->now);
    x->right = x->recovery = changed == 1;
    return e;
}

static enum err totp_take_tx(struct db *db UNUSED, void *arg)
{
    struct totp_taking *x = arg;
    struct ctx *c = x->c;
    enum err e = throttle_take_tx(c, x->session_key, THROTTLE_FREE);

    x->right = x->recovery = false;
    if (e == OK && x->user_key != NULL)
        e = throttle_take_tx(c, x->user_key, THROTTLE_FREE);
    if (e == OK)
        e = x->user_key != NULL ? totp_take_step_tx(x) : totp_take_recovery_tx(x);
    if (e == OK && x->right)
        e = throttle_clear_tx(c, x->session_key);
    if (e == OK && x->right && x->user_key != NULL)
        e = throttle_clear_tx(c, x->user_key);
    if (e != OK || (x->right && !x->recovery))
        return e;
    return audit_tx(c, x->recovery ? "recovery_use" : "totp_wrong", "user", x->user_id, NULL);
}

enum err totp_check(struct ctx *c, const struct totp_try *t)
{
    struct totp_taking x = { .c = c, .user_id = t->user_id, .code = code_digits(c->a, t->code),
                             .session_key = totp_session_key(c, t->session) };
    enum err e;

    if (is_six_digits(x.code))
        x.user_key = totp_user_key(c, t);
    e = domain_write(c, totp_take_tx, &x);
    if (e == E_THROTTLED)
        c->fault.field = "code";
    return e != OK || x.right ? e : ctx_fail(c, E_INVALID, "code", T_TOTP_WRONG, NULL);
}

/* ---- setting it up and ending it ---- */

/* Takes a code of the caller, who is signed in. */
static enum err totp_check_own(struct ctx *c, const char *code)
{
    const struct totp_try own = { .user_id = c->user_id, .code = code, .known = true,
                                  .session = arena_printf(c->a, "%lld", (long long)c->session_id) };

    return totp_check(c, &own);
}

static enum err totp_begin_tx(struct db *db, void *arg)
{
    struct ctx *c = arg;
    const char *sealed = seal_text(c->a, c->conf, totp_mark(c, c->user_id), totp_secret_new(c->a));
    int64_t changed = 0;
    enum err e = sealed == NULL ? E_INTERNAL : db_exec(db, &changed, &begin, c->user_id, sealed, c->now);

    return e == OK && changed == 0 ? ctx_fail(c, E_CONFLICT, NULL, T_TOTP_ON, NULL) : e;
}

/* A PIN is short, and known at the counter: with it nobody changes how somebody signs in. */
static bool session_is_by_pin(struct ctx *c)
{
    return c->session_id != 0 && db_scalar(c->db, 1, &by_pin, c->session_id) != 0;
}

enum err totp_begin(struct ctx *c)
{
    return session_is_by_pin(c) ? ctx_fail(c, E_FORBIDDEN, NULL, T_TOTP_BEGIN_PIN, NULL) : domain_write(c, totp_begin_tx, c);
}

struct totp_confirming { struct ctx *c; int64_t step; struct recovery_codes *out; };

static enum err totp_confirm_tx(struct db *db, void *arg)
{
    struct totp_confirming *x = arg;
    struct ctx *c = x->c;
    int64_t changed = 0;
    enum err e = db_exec(db, &changed, &confirm, c->user_id, c->now, x->step);

    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_TOTP_ON, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &set_up, c->user_id);
    if (e == OK)
        e = recovery_make_tx(c, x->out);
    return e != OK ? e : audit_tx(c, "totp_set", "user", c->user_id, NULL);
}

enum err totp_confirm(struct ctx *c, const char *code, struct recovery_codes *out)
{
    struct totp_confirming x = { .c = c, .out = out };
    struct totp_row row;
    enum err e = totp_row_read(c, c->user_id, &row);

    if (e != OK)
        return domain_fault(c, e);
    if (row.confirmed_at != 0)   /* before the code is looked at: nobody learns here whether a code is right */
        return ctx_fail(c, E_CONFLICT, NULL, T_TOTP_ON, NULL);
    x.step = totp_step(row.secret, code_digits(c->a, code), c->now);
    if (x.step == 0)
        return ctx_fail(c, E_INVALID, "code", T_TOTP_FIRST_WRONG, NULL);
    return domain_write(c, totp_confirm_tx, &x);
}

static enum err totp_renew_tx(struct db *db UNUSED, void *arg)
{
    struct totp_confirming *x = arg;
    struct ctx *c = x->c;
    enum err e;

    if (!totp_is_on(c, c->user_id))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_TOTP_NONE, NULL);
    e = recovery_make_tx(c, x->out);
    return e != OK ? e : audit_tx(c, "recovery_renew", "user", c->user_id, NULL);
}

enum err totp_renew(struct ctx *c, const char *code, struct recovery_codes *out)
{
    struct totp_confirming x = { .c = c, .out = out };
    enum err e;

    if (session_is_by_pin(c))
        return ctx_fail(c, E_FORBIDDEN, NULL, T_TOTP_BY_PIN, NULL);
    e = totp_check_own(c, code);
    if (e == E_INVALID || e == E_THROTTLED)
        c->fault.field = "renew_code";
    return e != OK ? e : domain_write(c, totp_renew_tx, &x);
}

enum err totp_clear_tx(struct ctx *c, int64_t user_id)
{
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &drop, user_id);

    if (e == OK && changed == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_TOTP_NONE, NULL);
    if (e == OK)
        e = db_exec(c->db, NULL, &drop_codes, user_id);
    return e != OK ? e : audit_tx(c, "totp_clear", "user", user_id, NULL);
}

/* Ends the app of a user, but of one who owes it then. */
static enum err totp_end_tx(struct db *db UNUSED, void *arg)
{
    struct ctx *c = arg;
    enum err e = totp_clear_tx(c, c->user_id);

    return e == OK && totp_is_owed(c, c->user_id) ? ctx_fail(c, E_CONFLICT, NULL, T_TOTP_MUST, NULL) : e;
}

enum err totp_end(struct ctx *c, const char *code)
{
    enum err e = totp_check_own(c, code);

    return e != OK ? e : domain_write(c, totp_end_tx, c);
}
