/* Reading users, and what an administrator does with them. */
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/message/texts.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#define MADE_SYMBOLS 16

#define COLUMNS "id, username, email, full_name, phone, role, password_hash, is_active,"      \
    " must_change_password, theme, last_login_at, created_at, joined_at,"                          \
    " (SELECT max(expires_at) FROM password_resets r WHERE r.user_id = users.id AND r.kind = 'invitacion'" \
    "  AND r.used_at IS NULL AND r.expires_at > $1)," \
    " EXISTS (SELECT 1 FROM operator_pins p WHERE p.user_id = users.id)," \
    " EXISTS (SELECT 1 FROM totp t WHERE t.user_id = users.id AND t.confirmed_at IS NOT NULL), version, page_rows, home"
static const struct stmt by_id = STMT("user_by_id", "ii",
    "SELECT " COLUMNS " FROM users WHERE id = $2");
static const struct stmt by_name = STMT("user_by_name", "is",
    "SELECT " COLUMNS " FROM users WHERE username = $2");
static const struct stmt list = STMT("user_list", "i",
    "SELECT " COLUMNS " FROM users ORDER BY is_active DESC, username");
static const struct stmt insert = STMT("user_insert", "sssssii",
    "INSERT INTO users (username, email, full_name, role, password_hash, must_change_password,"
    " created_at, joined_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id");
static const struct stmt set_password = STMT("user_set_password", "isii",
    "UPDATE users SET password_hash = $2, must_change_password = $3, joined_at = coalesce(joined_at, $4) WHERE id = $1");
DB_REGISTER(&by_id, &by_name, &list, &insert, &set_password)

static const struct field rows[] = {
    FIELD(struct user, id, F_INT, "Número del usuario"),
    FIELD(struct user, username, F_TEXT, "Usuario"),
    FIELD(struct user, email, F_TEXT, "Correo"),
    FIELD(struct user, full_name, F_TEXT, "Nombre completo"),
    FIELD(struct user, phone, F_PHONE, "Celular"),
    FIELD(struct user, role, F_TEXT, "Rol"),
    FIELD_SECRET(struct user, password_hash, F_TEXT, "Argon2id"),
    FIELD(struct user, is_active, F_BOOL, "Puede ingresar"),
    FIELD(struct user, must_change_password, F_BOOL, "Debe elegir otra contraseña"),
    FIELD(struct user, theme, F_TEXT, "Colores: light, dark o auto"),
    FIELD(struct user, last_login_at, F_INSTANT, "Último ingreso"),
    FIELD(struct user, created_at, F_INSTANT, "Creado"),
    FIELD(struct user, joined_at, F_INSTANT, "Desde cuándo tiene contraseña; null: está invitado"),
    FIELD(struct user, invited_until, F_INSTANT, "Hasta cuándo sirve su invitación"),
    FIELD(struct user, has_pin, F_BOOL, "Tiene PIN"),
    FIELD(struct user, has_totp, F_BOOL, "Ingresa con código"),
    FIELD(struct user, version, F_INT, "Versión, para If-Match"),
    FIELD(struct user, page_rows, F_INT, "Filas de una página de sus listas"),
    FIELD(struct user, home, F_TEXT, "Página en la que empieza"),
};
const struct fields user_fields = FIELDS(rows);
#define WORDS_BELOW_ADMIN \
    { "OPERADOR", "Operador: recibe, entrega y cobra" }, { "USUARIO", "Usuario: mira, y no cambia nada" }
const struct word user_roles_by_token[] = { WORDS_BELOW_ADMIN, WORDS_END };
const struct word user_roles[] = {
    WORDS_BELOW_ADMIN,
    { "ADMIN", "Administrador: además precios, personas y ajustes" }, WORDS_END
};

static enum err user_missing(struct ctx *c, enum err e, const char *who)
{
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_USER_NONE, who, NULL) : domain_fault(c, e);
}

enum err user_by_id(struct ctx *c, int64_t id, struct user *out)
{
    return user_missing(c, db_get(c->db, user_fields, out, c->a, &by_id, c->now, id),
                        arena_printf(c->a, "%lld", (long long)id));
}

enum err user_by_name(struct ctx *c, const char *username, struct user *out)
{
    return user_missing(c, db_get(c->db, user_fields, out, c->a, &by_name, c->now, username), username);
}

char *login_normal(struct arena *a, const char *typed)
{
    char *out = utf8_trim(a, typed);

    for (char *s = out; s != NULL && *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s + 'a' - 'A');
    return out != NULL ? out : arena_strdup(a, "");
}

enum err user_list(struct ctx *c, struct users *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list, c->now);

    *out = (struct users){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, user_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

/* ---- set by an administrator ---- */

struct user_change {
    struct ctx *c;
    const char *username, *email, *full_name, *role, *hash;
    int64_t id, must_change;
};

/* Checks the given password, or makes one (in *made), and computes its hash. */
static enum err user_hash_for(struct user_change *x, const char *password, char **made)
{
    struct ctx *c = x->c;

    *made = NULL;
    c->fault = (struct fault){ 0 };
    if (password == NULL) {
        *made = random_text(c->a, ALPHABET_BASE62, MADE_SYMBOLS);
        password = *made;
    } else if (password_check(c, "password", password, x->username, x->email) != OK) {
        return E_INVALID;
    }
    return password_make(c, password, &x->hash);
}

static enum err user_add_tx(struct db *db, void *arg)
{
    struct user_change *x = arg;
    struct json_object *details;
    enum err e = db_insert(db, &x->id, &insert, x->username, x->email, x->full_name, x->role, x->hash,
                           x->must_change, x->c->now);

    if (e == E_CONFLICT)
        return ctx_fail(x->c, E_CONFLICT, "username", T_USERNAME_TAKEN, NULL);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "username", x->username);
    json_add_text(details, "role", x->role);
    return audit_tx(x->c, "user_add", "user", x->id, details);
}

static bool username_is_good(const char *s)
{
    size_t n = strlen(s);

    return n >= 3 && n <= 40 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

void user_account_faults(struct ctx *c, const struct user_account *a)
{
    if (!username_is_good(a->username))
        ctx_invalid(c, "username", T_USERNAME_BAD, NULL);
    if (a->email == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    if (a->full_name == NULL)
        ctx_invalid(c, "full_name", T_NAME_BAD, NULL);
    if (role_parse(a->role) == ROLE_PUBLIC)
        ctx_invalid(c, "role", T_NOT_CHOICE, "ADMIN, OPERADOR, USUARIO", NULL);
}

enum err user_add(struct ctx *c, const struct user_in *in, int64_t *id, char **made)
{
    struct user_change x = { .c = c, .username = in->username, .role = in->role,
                        .email = normal_email(c->a, in->email),
                        .full_name = normal_name(c->a, in->full_name) };
    enum err e;

    c->fault = (struct fault){ 0 };
    user_account_faults(c, &(struct user_account){ x.username, x.email, x.full_name, x.role });
    x.must_change = in->password == NULL || !in->final;
    if ((e = ctx_faults(c)) != OK || (e = user_hash_for(&x, in->password, made)) != OK)
        return e;
    e = domain_write(c, user_add_tx, &x);
    *id = x.id;
    return e;
}

static enum err user_set_password_tx(struct db *db, void *arg)
{
    struct user_change *x = arg;
    enum err e = db_exec(db, NULL, &set_password, x->id, x->hash, x->must_change, x->c->now);

    if (e == OK)
        e = session_end_all_tx(x->c, x->id);
    return e != OK ? e : audit_tx(x->c, "user_password", "user", x->id, NULL);
}

enum err user_set_password(struct ctx *c, const char *username, const char *password, char **made)
{
    struct user_change x = { .c = c, .must_change = 1 };
    struct user u;
    enum err e = user_by_name(c, username, &u);

    if (e != OK)
        return e;
    x.id = u.id;
    x.username = u.username;
    x.email = u.email;
    e = user_hash_for(&x, password, made);
    return e != OK ? e : domain_write(c, user_set_password_tx, &x);
}
