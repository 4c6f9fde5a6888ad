#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/setting.h"
#include "domain/people/session.h"
#include "domain/ground/tx.h"
#include "domain/people/texts.h"
#include "domain/people/totp.h"
#include "domain/people/user_link.h"

#define IDLE_S (12 * 3600)
#define LIFE_S (24 * 3600)
#define TOUCH_S 60

#define WAIT_S 600

#define LIVE " s.expires_at > $2 AND s.seen_at > $3 AND (s.lacks IS NULL OR s.lacks = 'alta')"
static const struct stmt by_token = STMT("session_by_token", "bii",
    "SELECT s.id, s.user_id, s.csrf, s.created_at, s.seen_at, s.expires_at, s.address,"
    " s.user_agent, s.by_pin, u.full_name, u.role, u.must_change_password, u.theme, u.username,"
    " u.home, u.page_rows, s.lacks"
    " FROM sessions s JOIN users u ON u.id = s.user_id"
    " WHERE s.token_hash = $1 AND u.is_active = 1 AND" LIVE);
static const struct stmt lives = STMT("session_lives", "iiii",
    "SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id"
    " WHERE s.id = $1 AND s.user_id = $4 AND u.is_active = 1 AND" LIVE);
static const struct stmt of_user = STMT("sessions_of_user", "iii",
    "SELECT s.id, s.user_id, s.csrf, s.created_at, s.seen_at, s.expires_at, s.address,"
    " s.user_agent, s.by_pin FROM sessions s WHERE s.user_id = $1 AND" LIVE
    " ORDER BY s.seen_at DESC");
static const struct stmt waiting = STMT("session_waiting", "bi",
    "SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id"
    " WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.lacks = 'codigo' AND u.is_active = 1");
static const struct stmt insert = STMT("session_insert", "bisiiissis",
    "INSERT INTO sessions (token_hash, user_id, csrf, created_at, seen_at, expires_at, address,"
    " user_agent, by_pin, lacks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
static const struct stmt ends_at = STMT("session_ends_at", "b", "SELECT expires_at FROM sessions WHERE token_hash = $1");
static const struct stmt touch = STMT("session_touch", "ii",
    "UPDATE sessions SET seen_at = $2 WHERE id = $1");
static const struct stmt end_token = STMT("session_end_token", "b",
    "DELETE FROM sessions WHERE token_hash = $1");
static const struct stmt end_own = STMT("session_end_own", "ii",
    "DELETE FROM sessions WHERE id = $1 AND user_id = $2");
static const struct stmt drop_pin = STMT("session_drop_pin", "i", "DELETE FROM operator_pins WHERE user_id = $1");
static const struct stmt end_others = STMT("session_end_others", "ii",
    "DELETE FROM sessions WHERE user_id = $1 AND id <> $2");
static const struct stmt sweep = STMT("session_sweep", "ii",
    "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2");
DB_REGISTER(&by_token, &lives, &of_user, &waiting, &insert, &ends_at, &touch, &end_token, &end_own, &drop_pin,
            &end_others, &sweep)

static const struct field rows[] = {
    FIELD(struct session, id, F_INT, "Número de la sesión"),
    FIELD(struct session, user_id, F_ID, "Usuario"),
    FIELD_SECRET(struct session, csrf, F_TEXT, "Token de los formularios"),
    FIELD(struct session, created_at, F_INSTANT, "Ingreso"),
    FIELD(struct session, seen_at, F_INSTANT, "Último uso"),
    FIELD(struct session, expires_at, F_INSTANT, "Fin"),
    FIELD(struct session, address, F_TEXT, "Dirección"),
    FIELD(struct session, user_agent, F_TEXT, "Navegador, como se presenta"),
    FIELD(struct session, by_pin, F_BOOL, "Empezó con un PIN"),
};
const struct fields session_fields = FIELDS(rows);

struct agent_word { const char *in, *out; };

static const char *agent_word_in(const char *agent, const struct agent_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(agent, words[i].in) != NULL)
            return words[i].out;
    return NULL;
}

/* The order matters: Edge says that it is Chrome, too, and Chrome that it is Safari. */
static const char *agent_device(struct arena *a, const char *agent)
{
    static const struct agent_word browsers[] = {
        { "Edg", "Edge" }, { "OPR", "Opera" }, { "SamsungBrowser", "Samsung" },
        { "Firefox", "Firefox" }, { "Chrome", "Chrome" }, { "Safari", "Safari" },
    }, systems[] = {
        { "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" },
        { "Windows", "Windows" }, { "Mac OS", "Mac" }, { "Linux", "Linux" },
    };
    const char *browser = agent_word_in(agent, browsers, COUNT(browsers));
    const char *system = agent_word_in(agent, systems, COUNT(systems));

    if (browser == NULL)
        return "Otro programa";
    return system == NULL ? browser : arena_printf(a, "%s en %s", browser, system);
}

enum err session_open(struct ctx *c, const char *token, struct session *s)
{
    unsigned char hash[HASH_BYTES];
    struct rows q;
    enum err e;

    *s = (struct session){ 0 };
    token_hash(hash, token);
    e = db_one(c->db, &q, &by_token, (const void *)hash, sizeof hash, c->now, c->now - IDLE_S);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_AUTH, NULL, T_AUTH, NULL);
    if (e != OK)
        return domain_fault(c, e);
    db_fill(&q, 0, session_fields, s, c->a);
    c->user_name = db_dup(&q, 9, c->a);
    c->role = role_parse(db_text(&q, 10));
    s->must_change = db_int(&q, 11);
    s->theme = db_dup(&q, 12, c->a);
    s->username = db_dup(&q, 13, c->a);
    s->home = db_dup(&q, 14, c->a);
    s->page_rows = db_int(&q, 15);
    s->lacks = db_dup(&q, 16, c->a);
    if (s->by_pin && c->role > ROLE_OPERADOR)
        c->role = ROLE_OPERADOR;
    s->is_current = 1;
    s->device = agent_device(c->a, s->user_agent);
    e = db_end(&q);
    c->actor = ACTOR_USER;
    c->user_id = s->user_id;
    c->session_id = s->id;
    return domain_fault(c, e);
}

void session_leave(struct ctx *c)
{
    c->actor = ACTOR_CUSTOMER;
    c->role = ROLE_PUBLIC;
    c->user_id = c->session_id = 0;
    c->user_name = NULL;
}

bool session_lives(struct ctx *c, int64_t id, int64_t user_id)
{
    return db_scalar(c->db, 0, &lives, id, c->now, c->now - IDLE_S, user_id) != 0;
}

bool session_is_idle(struct ctx *c, const struct session *s)
{
    const int64_t minutes = s->by_pin ? setting_int(c, S_PIN_IDLE) : 0;

    return minutes > 0 && c->now - s->seen_at >= minutes * 60;
}

struct session_touching { int64_t id, now; };

static enum err session_touch_tx(struct db *db, void *arg)
{
    const struct session_touching *t = arg;

    return db_exec(db, NULL, &touch, t->id, t->now);
}

void session_touch(struct ctx *c, const struct session *s)
{
    struct session_touching t = { s->id, c->now };

    if (c->now - s->seen_at >= TOUCH_S && db_write(c->db, session_touch_tx, &t) != OK)
        return;                  /* the store has logged it; the next request tries again */
}

enum err session_list(struct ctx *c, struct sessions *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_user, c->user_id, c->now, c->now - IDLE_S);

    *out = (struct sessions){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, session_fields, sizeof *out->v, &out->n);
    for (size_t i = 0; i < out->n; i++) {
        struct session *s = &out->v[i];

        s->is_current = s->id == c->session_id;
        s->device = agent_device(c->a, s->user_agent);
    }
    return domain_fault(c, db_end(&q));
}

enum err session_waiting(struct ctx *c, const char *token, int64_t *user_id)
{
    unsigned char hash[HASH_BYTES];
    enum err e;

    *user_id = 0;
    token_hash(hash, token);
    e = db_value(c->db, user_id, &waiting, (const void *)hash, sizeof hash, c->now);
    return e == E_NOT_FOUND ? ctx_fail(c, E_AUTH, NULL, T_AUTH, NULL) : domain_fault(c, e);
}

struct session_new { int64_t user_id, expires_at, by_pin; const char *lacks; };

static enum err session_insert_tx(struct ctx *c, const struct session_new *in, char **token)
{
    unsigned char hash[HASH_BYTES];

    *token = token_new(c->a);
    token_hash(hash, *token);
    return db_exec(c->db, NULL, &insert, (const void *)hash, sizeof hash, in->user_id, token_new(c->a), c->now, c->now,
                   in->expires_at, c->address ? c->address : "", c->user_agent ? c->user_agent : "", in->by_pin,
                   in->lacks);
}

static enum err session_replace_tx(struct ctx *c, const struct session_new *in, const char *old, char **token)
{
    unsigned char hash[HASH_BYTES];
    enum err e = OK;

    if (old != NULL) {
        token_hash(hash, old);
        e = db_exec(c->db, NULL, &end_token, (const void *)hash, sizeof hash);
    }
    return e != OK ? e : session_insert_tx(c, in, token);
}

enum err session_start_tx(struct ctx *c, int64_t user_id, const char *old, char **token)
{
    const struct session_new in = { .user_id = user_id, .expires_at = c->now + LIFE_S,
                                    .lacks = totp_is_owed(c, user_id) ? "alta" : NULL };

    return session_replace_tx(c, &in, old, token);
}

enum err session_wait_tx(struct ctx *c, int64_t user_id, const char *old, char **token)
{
    const struct session_new in = { .user_id = user_id, .expires_at = c->now + WAIT_S, .lacks = "codigo" };

    return session_replace_tx(c, &in, old, token);
}

enum err session_switch_tx(struct ctx *c, int64_t user_id, const char *old, char **token)
{
    struct session_new in = { .user_id = user_id, .by_pin = 1 };
    unsigned char hash[HASH_BYTES];
    enum err e;

    token_hash(hash, old);
    e = db_value(c->db, &in.expires_at, &ends_at, (const void *)hash, sizeof hash);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_AUTH, NULL, T_AUTH, NULL);
    if (e == OK)
        e = db_exec(c->db, NULL, &end_token, (const void *)hash, sizeof hash);
    return e != OK ? e : session_insert_tx(c, &in, token);
}

enum err sessions_end_tx(struct ctx *c, int64_t user_id)
{
    return db_exec(c->db, NULL, &end_others, user_id, (int64_t)0);
}

enum err session_end_all_tx(struct ctx *c, int64_t user_id)
{
    enum err e = sessions_end_tx(c, user_id);

    if (e == OK)
        e = user_link_end_all_tx(c, user_id);
    return e != OK ? e : db_exec(c->db, NULL, &drop_pin, user_id);
}

enum err session_sweep_tx(struct ctx *c)
{
    return db_exec(c->db, NULL, &sweep, c->now, c->now - IDLE_S);
}

struct ending { struct ctx *c; const char *action; int64_t id; };

static enum err session_end_own_tx(struct db *db, void *arg)
{
    struct ending *x = arg;
    int64_t changed;
    enum err e = db_exec(db, &changed, &end_own, x->id, x->c->user_id);

    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_NOT_FOUND, NULL, T_SESSION_NONE, NULL);
    return e != OK ? e : audit_tx(x->c, x->action, "session", x->id, NULL);
}

enum err session_end(struct ctx *c)
{
    struct ending x = { c, "sign_out", c->session_id };

    return domain_write(c, session_end_own_tx, &x);
}

enum err session_end_own(struct ctx *c, int64_t id)
{
    struct ending x = { c, "session_end", id };

    return domain_write(c, session_end_own_tx, &x);
}

static enum err session_end_others_tx(struct db *db, void *arg)
{
    struct ctx *c = arg;
    enum err e = db_exec(db, NULL, &end_others, c->user_id, c->session_id);

    return e != OK ? e : audit_tx(c, "sessions_end", "user", c->user_id, NULL);
}

enum err session_end_others(struct ctx *c)
{
    return domain_write(c, session_end_others_tx, c);
}
