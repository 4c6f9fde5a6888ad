#include "domain/people/user_invite.h"

#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/message/account.h"
#include "domain/message/texts.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user_change.h"
#include "domain/people/user_link.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt insert = STMT("user_invite_insert", "sssssi",
    "INSERT INTO users (username, email, full_name, role, password_hash, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
static const struct stmt name_taken = STMT("user_name_taken", "s", "SELECT 1 FROM users WHERE username = $1");
static const struct stmt join = STMT("user_join", "issi",
    "UPDATE users SET full_name = $2, password_hash = $3, must_change_password = 0, joined_at = coalesce(joined_at, $4),"
    " version = version + 1 WHERE id = $1 AND is_active = 1");
DB_REGISTER(&insert, &name_taken, &join)

/* ---- links ---- */

struct user_inviting {
    struct ctx *c;
    const char *username, *email, *full_name, *role;
    bool shown;
    int64_t id, link;
    bool joined;
};

/* Makes the link and its letter, unless the caller passes it on. */
static enum err invite_link_tx(struct user_inviting *x)
{
    struct ctx *c = x->c;
    struct json_object *details = json_object_new_object();
    enum err e = x->shown && user_by_token(c) ? ctx_fail(c, E_CONFLICT, NULL, T_LINK_BY_PAGE, NULL) : OK;

    if (e == OK)
        e = user_link_new_tx(c, x->joined ? LINK_PASSWORD : LINK_INVITE, x->id, NULL, &x->link);

    json_add_text(details, "channel", x->shown ? "pantalla" : "email");
    if (x->username != NULL) {           /* a new account */
        json_add_text(details, "username", x->username);
        json_add_text(details, "role", x->role);
    }
    if (e == OK && !x->shown)
        e = user_link_letter_tx(c, x->joined ? "password_reset" : "user_invited", x->id, x->email, x->link);
    if (e == OK)
        return audit_tx(c, x->username != NULL ? "user_invite" : "user_link", "user", x->id, details);
    json_object_put(details);
    return e;
}

static enum err invite_out(struct user_inviting *x, struct user_linked *out)
{
    enum err e = user_by_id(x->c, x->id, &out->user);

    out->link = NULL;
    return e != OK || !x->shown ? e : domain_fault(x->c, user_link_address(x->c, x->link, &out->link));
}

static enum err user_invite_tx(struct db *db, void *arg)
{
    struct user_inviting *x = arg;
    struct ctx *c = x->c;
    enum err e = user_admin_tx(c);

    if (e == OK && user_by_token(c) && streq(x->role, "ADMIN"))
        e = ctx_fail(c, E_FORBIDDEN, "role", T_USER_BY_PAGE, NULL);
    if (e != OK)
        return e;
    if (db_scalar(db, 0, &name_taken, x->username) != 0)
        return ctx_fail(c, E_CONFLICT, "username", T_USERNAME_TAKEN, NULL);
    e = db_insert(db, &x->id, &insert, x->username, x->email, x->full_name, x->role, password_dummy(), c->now);
    if (e == E_CONFLICT)
        return ctx_fail(c, e, "email", T_EMAIL_TAKEN, NULL);
    return e != OK ? e : invite_link_tx(x);
}

enum err user_invite(struct ctx *c, const struct user_invite_in *in, struct user_linked *out)
{
    struct user_inviting x = { .c = c, .username = login_normal(c->a, in->username), .role = in->role,
                               .email = normal_email(c->a, in->email), .full_name = normal_name(c->a, in->full_name),
                               .shown = in->shown || !channel_is_on(c, "email") };
    enum err e;

    c->fault = (struct fault){ 0 };
    user_account_faults(c, &(struct user_account){ x.username, x.email, x.full_name, x.role });
    if ((e = ctx_faults(c)) == OK)
        e = operation_once(c, "user_invite", user_invite_tx, &x, &x.id);
    return e != OK ? e : invite_out(&x, out);
}

static enum err user_link_again_tx(struct db *db UNUSED, void *arg)
{
    struct user_inviting *x = arg;
    struct user u;
    enum err e = user_changed_tx(x->c, x->id, &u);

    if (e != OK)
        return e;
    if (!u.is_active)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_USER_OFF, NULL);
    x->email = u.email;
    x->joined = u.joined_at != 0;
    return invite_link_tx(x);
}

enum err user_link_again(struct ctx *c, int64_t id, bool shown, struct user_linked *out)
{
    struct user_inviting x = { .c = c, .id = id, .shown = shown || !channel_is_on(c, "email") };
    enum err e = operation_once(c, "user_link", user_link_again_tx, &x, NULL);

    return e != OK ? e : invite_out(&x, out);
}

/* ---- the person who is invited ---- */

struct user_joining { struct ctx *c; struct user_link link; const char *full_name, *hash, *pin; };

enum err user_invited(struct ctx *c, const char *secret, struct user *out)
{
    struct user_link link;
    enum err e = user_link_find(c, LINK_INVITE, secret, &link);

    return e != OK ? e : user_by_id(c, link.user_id, out);
}

static enum err user_join_tx(struct db *db, void *arg)
{
    struct user_joining *x = arg;
    struct ctx *c = x->c;
    const int64_t id = x->link.user_id;
    int64_t changed = 0;
    enum err e = user_link_use_tx(c, &x->link);

    if (e == OK)
        e = db_exec(db, &changed, &join, id, x->full_name, x->hash, c->now);
    if (e == OK && changed == 0)         /* disabled since the link was found */
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e == OK)
        e = session_end_all_tx(c, id);
    if (e == OK && x->pin != NULL)
        e = pin_put_tx(c, id, x->pin);
    return e != OK ? e : audit_tx(c, "user_join", "user", id, NULL);
}

enum err user_join(struct ctx *c, const struct user_join_in *in)
{
    struct user_joining x = { .c = c, .full_name = normal_name(c->a, in->full_name) };
    enum err e = user_link_find(c, LINK_INVITE, in->token, &x.link);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    if (x.full_name == NULL)
        ctx_invalid(c, "full_name", T_NAME_BAD, NULL);
    if (!is_blank(in->pin))
        pin_faults(c, &(struct pin_new){ .role = role_parse(x.link.role), .pin = in->pin, .again = in->pin_again,
                                         .again_at = "pin_again" });
    e = password_check(c, "password", in->password, x.link.username, x.link.user_email);
    if (e == OK)
        e = password_make(c, in->password, &x.hash);
    if (e == OK && !is_blank(in->pin))
        e = pin_hash(c, x.link.user_id, in->pin, &x.pin);
    return e != OK ? e : domain_write(c, user_join_tx, &x);
}
