#include "domain/people/user_own.h"

#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/texts.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/message/account.h"
#include "domain/message/texts.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"
#include "domain/people/user_link.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

#define HOUR_S 3600
#define LETTERS_AN_HOUR 3

static const struct stmt update = STMT("user_own_update", "iss",
    "UPDATE users SET full_name = $2, phone = $3, version = version + 1 WHERE id = $1 AND is_active = 1");
static const struct stmt email_taken = STMT("user_email_taken", "si", "SELECT 1 FROM users WHERE email = $1 AND id <> $2");
static const struct stmt email_waiting = STMT("user_email_waiting", "ii",
    "SELECT email FROM password_resets WHERE user_id = $1 AND kind = 'correo' AND used_at IS NULL AND expires_at > $2"
    " ORDER BY expires_at DESC LIMIT 1");
static const struct stmt set_email = STMT("user_set_email", "is",
    "UPDATE users SET email = $2, version = version + 1 WHERE id = $1 AND is_active = 1");
static const struct stmt set_preferences = STMT("user_set_preferences", "isIs",
    "UPDATE users SET theme = coalesce($2, theme), page_rows = coalesce($3, page_rows), home = coalesce($4, home)"
    " WHERE id = $1");
DB_REGISTER(&update, &email_taken, &email_waiting, &set_email, &set_preferences)

const struct word user_themes[] = {
    { "auto", "Como el dispositivo" }, { "light", "Claros" }, { "dark", "Oscuros" }, WORDS_END
};
const struct word user_page_rows[] = { WORD("10"), WORD("20"), WORD("50"), WORD("100"), WORDS_END };
const struct word user_homes[] = {
    { "dashboard", "Inicio" }, { "receive", "Recibir" }, { "deliver", "Entregar" }, { "packages", "Paquetes" },
    { "shelf", "Estante" }, WORDS_END
};

/* ---- name, phone, e-mail ---- */

struct own_editing { struct ctx *c; const char *full_name, *email, *phone; bool letter; };

static enum err own_letter_tx(struct own_editing *x)
{
    struct ctx *c = x->c;
    int64_t id;
    enum err e = throttle_spend_tx(c, arena_printf(c->a, "user_email:%lld", (long long)c->user_id), 1, LETTERS_AN_HOUR,
                                   HOUR_S);

    if (e == OK)
        e = user_link_new_tx(c, LINK_EMAIL, c->user_id, x->email, &id);
    return e != OK ? e : user_link_letter_tx(c, "user_email", c->user_id, x->email, id);
}

/* A change of a person's own is in the audit log as one by an ADMIN is. */
static enum err own_audit_tx(struct ctx *c, const char *key, const char *before, const char *after)
{
    struct json_object *details;

    if (text_equal(before, after))
        return OK;
    details = json_object_new_object();
    json_add_text(details, "key", key);
    json_add_text(details, "before", before);
    json_add_text(details, "after", after);
    return audit_tx(c, "profile_change", "user", c->user_id, details);
}

static enum err own_edit_tx(struct db *db, void *arg)
{
    struct own_editing *x = arg;
    struct ctx *c = x->c;
    int64_t changed;
    struct user u;
    enum err e = user_by_id(c, c->user_id, &u);

    x->letter = e == OK && !streq(x->email, u.email);
    if (e == OK && x->letter && db_scalar(db, 0, &email_taken, x->email, c->user_id) != 0)
        return ctx_fail(c, E_CONFLICT, "email", T_EMAIL_TAKEN, NULL);
    if (e == OK)
        e = db_exec(db, &changed, &update, c->user_id, x->full_name, x->phone);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_AUTH, NULL, T_AUTH, NULL);
    if (e == OK && x->letter)
        e = own_letter_tx(x);
    if (e == OK)
        e = own_audit_tx(c, "full_name", u.full_name, x->full_name);
    if (e == OK)
        e = own_audit_tx(c, "email", u.email, x->email);
    return e != OK ? e : own_audit_tx(c, "phone", u.phone, x->phone);
}

/* Whether the e-mail is another than the caller's, so that it needs a letter. */
static bool own_email_is_other(struct ctx *c, const char *email)
{
    struct user u;

    return user_by_id(c, c->user_id, &u) != OK || !streq(u.email, email);
}

enum err user_edit_own(struct ctx *c, const struct user_own_edit *in, bool *letter)
{
    struct own_editing x = { .c = c, .full_name = normal_name(c->a, in->full_name), .email = normal_email(c->a, in->email),
                             .phone = is_blank(in->phone) ? NULL : normal_phone(c->a, in->phone) };
    enum err e;

    c->fault = (struct fault){ 0 };
    if (x.full_name == NULL)
        ctx_invalid(c, "full_name", T_NAME_BAD, NULL);
    if (x.email == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    else if (!channel_is_on(c, "email") && own_email_is_other(c, x.email))
        ctx_invalid(c, "email", T_EMAIL_NO_LETTER, NULL);
    if (!is_blank(in->phone) && x.phone == NULL)
        ctx_invalid(c, "phone", T_PHONE_BAD, NULL);
    if ((e = ctx_faults(c)) == OK)
        e = domain_write(c, own_edit_tx, &x);
    *letter = x.letter;
    return e;
}

const char *user_email_waiting(struct ctx *c)
{
    struct rows q;
    const char *out;

    if (db_one(c->db, &q, &email_waiting, c->user_id, c->now) != OK)
        return NULL;
    out = db_dup(&q, 0, c->a);
    return db_end(&q) == OK ? out : NULL;
}

enum err user_email_check(struct ctx *c, const char *secret, const char **email)
{
    struct user_link link;
    enum err e = user_link_find(c, LINK_EMAIL, secret, &link);

    *email = link.email;
    return e;
}

struct email_confirming { struct ctx *c; struct user_link link; };

static enum err email_confirm_tx(struct db *db, void *arg)
{
    struct email_confirming *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    struct user before;
    int64_t changed = 0;
    enum err e = user_link_use_tx(c, &x->link);

    if (e == OK)
        e = user_by_id(c, x->link.user_id, &before);
    if (e != OK)
        return e;
    e = db_exec(db, &changed, &set_email, x->link.user_id, x->link.email);
    if (e == E_CONFLICT)
        return ctx_fail(c, e, NULL, T_EMAIL_TAKEN, NULL);
    if (e == OK && changed == 0)         /* disabled since the link was found */
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e == OK)                         /* a link that went to the e-mail before is not for its reader any more */
        e = user_link_end_all_tx(c, x->link.user_id);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "before", before.email);
    json_add_text(details, "after", x->link.email);
    return audit_tx(c, "email_change", "user", x->link.user_id, details);
}

enum err user_email_confirm(struct ctx *c, const char *secret)
{
    struct email_confirming x = { .c = c };
    enum err e = user_link_find(c, LINK_EMAIL, secret, &x.link);

    return e != OK ? e : domain_write(c, email_confirm_tx, &x);
}

/* ---- preferences ---- */

struct preferring { struct ctx *c; const struct user_preferences *in; int64_t page_rows; };

static enum err preferences_tx(struct db *db, void *arg)
{
    const struct preferring *x = arg;

    return db_exec(db, NULL, &set_preferences, x->c->user_id, x->in->theme, x->page_rows, x->in->home);
}

/* Whether only an OPERADOR works there. */
static bool home_is_counter(const char *home)
{
    return streq(home, "receive") || streq(home, "deliver");
}

enum err user_set_preferences(struct ctx *c, const struct user_preferences *in)
{
    struct preferring x = { .c = c, .in = in };

    if (in->page_rows != NULL && !parse_int(in->page_rows, &x.page_rows))
        return ctx_fail(c, E_INVALID, "page_rows", T_NOT_CHOICE, "10, 20, 50, 100", NULL);
    return domain_write(c, preferences_tx, &x);
}

const char *user_home_path(struct arena *a, enum role role, const char *home)
{
    const bool fits = words_of(user_homes, home) != NULL && (role >= ROLE_OPERADOR || !home_is_counter(home));

    return arena_printf(a, "/%s", fits ? home : user_homes[0].value);
}
