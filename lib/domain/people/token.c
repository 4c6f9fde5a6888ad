#include "base/clock.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/people/token.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/people/totp.h"
#include "domain/people/user.h"

#define PREFIX "paq_"
#define SHOWN (sizeof PREFIX - 1 + 4)
#define TOUCH_S 60
#define REASON_LEAST 5           /* characters */

#define COLUMNS "t.id, t.name, t.prefix, t.role, t.scopes, t.created_by, t.created_at,"      \
    " t.last_used_at, t.expires_at, t.revoked_at, u.username"
static const struct stmt by_hash = STMT("token_by_hash", "bi",
    "SELECT " COLUMNS ", u.role, u.full_name FROM api_tokens t JOIN users u ON u.id = t.created_by"
    " WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND u.is_active = 1"
    " AND (t.expires_at IS NULL OR t.expires_at > $2)");
static const struct stmt list = STMT("token_list", "",
    "SELECT " COLUMNS " FROM api_tokens t LEFT JOIN users u ON u.id = t.created_by"
    " ORDER BY t.id");
static const struct stmt by_id = STMT("token_by_id", "i",
    "SELECT " COLUMNS " FROM api_tokens t LEFT JOIN users u ON u.id = t.created_by WHERE t.id = $1");
static const struct stmt insert = STMT("token_insert", "ssbssiiI",
    "INSERT INTO api_tokens (name, prefix, token_hash, role, scopes, created_by, created_at,"
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
static const struct stmt revoke = STMT("token_revoke", "ii",
    "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
static const struct stmt revoke_all = STMT("token_revoke_all", "ii",
    "UPDATE api_tokens SET revoked_at = $2 WHERE created_by = $1 AND revoked_at IS NULL");
static const struct stmt touch = STMT("token_touch", "ii",
    "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1");
DB_REGISTER(&by_hash, &by_id, &list, &insert, &revoke, &revoke_all, &touch)

static const struct field rows[] = {
    FIELD(struct api_token, id, F_INT, "Número del token"),
    FIELD(struct api_token, name, F_TEXT, "Para qué es"),
    FIELD(struct api_token, prefix, F_TEXT, "Sus primeros símbolos"),
    FIELD(struct api_token, role, F_TEXT, "Rol"),
    FIELD(struct api_token, scopes, F_TEXT, "Permisos, separados por espacios; * son todos"),
    FIELD(struct api_token, created_by, F_ID, "Usuario por quien actúa"),
    FIELD(struct api_token, created_at, F_INSTANT, "Creado"),
    FIELD(struct api_token, last_used_at, F_INSTANT, "Último uso"),
    FIELD(struct api_token, expires_at, F_INSTANT, "Vence"),
    FIELD(struct api_token, revoked_at, F_INSTANT, "Revocado"),
    FIELD(struct api_token, username, F_TEXT, "Nombre de ese usuario"),
};
const struct fields token_fields = FIELDS(rows);

static const struct field made_rows[] = {
    FIELD_PART(struct token_made, row, token_fields),
    FIELD(struct token_made, token, F_TEXT, "La credencial; se dice una sola vez, y nada si la solicitud se repitió"),
};
const struct fields token_made_fields = FIELDS(made_rows);

const struct word token_scopes[] = {
#define SCOPE(id, scope, words) { scope, words },
#include "domain/people/token_scope.def"
#undef SCOPE
    WORDS_END
};
const struct word token_lives[] = {
    { "30", "Un mes" }, { "90", "Tres meses" }, { "365", "Un año" }, { "0", "Hasta que se revoque" }, WORDS_END
};

struct token_adding {
    struct ctx *c;
    const struct token_in *in;
    struct user user;
    const char *name, *token;
    int64_t id;
};

static enum err token_add_tx(struct db *db, void *arg)
{
    struct token_adding *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    unsigned char hash[HASH_BYTES];
    enum err e;

    token_hash(hash, x->token);
    e = db_insert(db, &x->id, &insert, x->name, arena_strndup(c->a, x->token, SHOWN),
                  (const void *)hash, sizeof hash, x->in->role, x->in->scopes, x->user.id, c->now,
                  x->in->days > 0 ? c->now + x->in->days * DAY_SECONDS : (int64_t)0);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "name", x->name);
    json_add_text(details, "role", x->in->role);
    json_add_text(details, "scopes", x->in->scopes);
    return audit_note_tx(c, "token_add", "api_token", x->id, details, is_blank(x->in->reason) ? NULL : x->in->reason);
}

enum err token_add(struct ctx *c, const struct token_in *in, int64_t *id, char **token)
{
    struct token_adding x = { .c = c, .in = in, .name = normal_name(c->a, in->name) };
    enum err e = user_by_name(c, in->username, &x.user);

    if (e != OK)
        return e;
    if (x.name == NULL)
        return ctx_fail(c, E_INVALID, "name", T_NAME_BAD, NULL);
    if (role_parse(in->role) == ROLE_PUBLIC)
        return ctx_fail(c, E_INVALID, "role", T_NOT_CHOICE, "ADMIN, OPERADOR, USUARIO", NULL);
    *token = arena_printf(c->a, "%s%s", PREFIX, token_new(c->a));
    x.token = *token;
    e = operation_once(c, "token_add", token_add_tx, &x, &x.id);
    *id = x.id;
    if (c->replayed)
        *token = NULL;
    return e;
}

/* Adds a fault at "scopes" unless they are "*" or scopes that there are, at least one. */
static void scopes_faults(struct ctx *c, const char *scopes)
{
    size_t known = 0;

    for (const char *s = scopes; *s != '\0'; s += strspn(s, " ")) {
        const size_t n = strcspn(s, " ");
        const char *scope = arena_strndup(c->a, s, n);

        s += n;
        if (n > 0 && !streq(scope, "*") && words_of(token_scopes, scope) == NULL)
            ctx_invalid(c, "scopes", T_SCOPE_UNKNOWN, scope, NULL);
        known += n > 0;
    }
    if (known == 0)
        ctx_invalid(c, "scopes", T_SCOPE_NONE, NULL);
}

enum err token_add_own(struct ctx *c, const struct token_in *in, struct token_made *out)
{
    struct token_in own = *in;
    struct user u;
    char *token;
    int64_t id;
    enum err e = user_by_id(c, c->user_id, &u);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    own.username = u.username;
    if (normal_name(c->a, in->name) == NULL)
        ctx_invalid(c, "name", T_NAME_BAD, NULL);
    if (role_parse(in->role) > c->role)
        ctx_invalid(c, "role", T_TOKEN_ROLE, NULL);
    if (in->days == 0 && (is_blank(in->reason) || utf8_length(in->reason) < REASON_LEAST))
        ctx_invalid(c, "reason", T_TOKEN_ENDLESS, NULL);
    scopes_faults(c, in->scopes);
    if ((e = ctx_faults(c)) == OK)
        e = token_add(c, &own, &id, &token);
    if (e == OK)
        e = db_get(c->db, token_fields, &out->row, c->a, &by_id, id);
    out->token = e == OK ? token : NULL;
    return domain_fault(c, e);
}

struct token_revoking { struct ctx *c; int64_t id; };

static enum err token_revoke_tx(struct db *db, void *arg)
{
    struct token_revoking *x = arg;
    int64_t changed;
    enum err e = db_exec(db, &changed, &revoke, x->id, x->c->now);

    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_NOT_FOUND, NULL, T_TOKEN_NONE, NULL);
    return e != OK ? e : audit_tx(x->c, "token_revoke", "api_token", x->id, NULL);
}

enum err token_revoke(struct ctx *c, int64_t id)
{
    struct token_revoking x = { c, id };

    return operation_once(c, "token_revoke", token_revoke_tx, &x, NULL);
}

enum err tokens_end_tx(struct ctx *c, int64_t user_id)
{
    return db_exec(c->db, NULL, &revoke_all, user_id, c->now);
}

enum err token_list(struct ctx *c, struct api_tokens *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list);

    *out = (struct api_tokens){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, token_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err token_open(struct ctx *c, const char *token, struct api_token *out)
{
    unsigned char hash[HASH_BYTES];
    enum role own, users;
    struct rows q;
    enum err e;

    *out = (struct api_token){ 0 };
    token_hash(hash, token);
    e = db_one(c->db, &q, &by_hash, (const void *)hash, sizeof hash, c->now);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_AUTH, NULL, T_TOKEN_BAD, NULL);
    if (e != OK)
        return domain_fault(c, e);
    db_fill(&q, 0, token_fields, out, c->a);
    own = role_parse(out->role);
    users = role_parse(db_text(&q, 11));
    c->user_name = db_dup(&q, 12, c->a);
    e = db_end(&q);
    c->actor = ACTOR_USER;
    c->user_id = out->created_by;
    c->role = own < users ? own : users;
    if (e == OK && c->role >= ROLE_ADMIN && totp_is_owed(c, c->user_id))
        c->role = ROLE_OPERADOR;         /* a token is no way round the code that its user owes */
    return domain_fault(c, e);
}

bool token_has_scope(const struct api_token *t, const char *scope)
{
    const char *s = t->scopes;
    size_t n;

    for (; *s != '\0'; s += n + strspn(s + n, " ")) {
        n = strcspn(s, " ");
        if ((n == 1 && *s == '*') || (n == strlen(scope) && strncmp(s, scope, n) == 0))
            return true;
    }
    return false;
}

struct token_touching { int64_t id, now; };

static enum err token_touch_tx(struct db *db, void *arg)
{
    const struct token_touching *t = arg;

    return db_exec(db, NULL, &touch, t->id, t->now);
}

void token_touch(struct ctx *c, const struct api_token *t)
{
    struct token_touching x = { t->id, c->now };

    if (c->now - t->last_used_at >= TOUCH_S && db_write(c->db, token_touch_tx, &x) != OK)
        return;                  /* the store has logged it; the next request tries again */
}
