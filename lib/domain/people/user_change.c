#include "domain/people/user_change.h"

#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/message/texts.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/token.h"
#include "domain/people/totp.h"
#include "domain/people/user_link.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt is_admin = STMT("user_is_admin", "i",
    "SELECT 1 FROM users WHERE id = $1 AND is_active = 1 AND role = 'ADMIN'");
/* Somebody who is invited lets nobody in yet. */
static const struct stmt other_admin = STMT("user_other_admin", "i",
    "SELECT 1 FROM users WHERE role = 'ADMIN' AND is_active = 1 AND joined_at IS NOT NULL AND id <> $1 LIMIT 1");
static const struct stmt update = STMT("user_update", "isss",
    "UPDATE users SET full_name = $2, email = $3, role = $4, version = version + 1 WHERE id = $1");
static const struct stmt set_active = STMT("user_set_active", "ii",
    "UPDATE users SET is_active = $2, version = version + 1 WHERE id = $1 AND is_active <> $2");
DB_REGISTER(&is_admin, &other_admin, &update, &set_active)

enum err user_admin_tx(struct ctx *c)
{
    return c->actor != ACTOR_USER || db_scalar(c->db, 0, &is_admin, c->user_id) != 0 ? OK
        : ctx_fail(c, E_FORBIDDEN, NULL, T_FORBIDDEN, NULL);
}

bool user_by_token(const struct ctx *c)
{
    return c->actor == ACTOR_USER && text_is(c->channel, "api");
}

enum err user_changed_tx(struct ctx *c, int64_t id, struct user *out)
{
    enum err e = user_admin_tx(c);

    if (e == OK)
        e = user_by_id(c, id, out);
    if (e == OK && user_by_token(c) && streq(out->role, "ADMIN"))
        return ctx_fail(c, E_FORBIDDEN, NULL, T_USER_BY_PAGE, NULL);
    return e;
}

/* Whether nobody could let people in if this one were no ADMIN. */
static bool user_is_last_admin(struct ctx *c, const struct user *u)
{
    return streq(u->role, "ADMIN") && u->is_active && u->joined_at != 0 && db_scalar(c->db, 0, &other_admin, u->id) == 0;
}

/* ---- name, e-mail, role ---- */

struct user_editing { struct ctx *c; const struct user_edit *in; struct user_edit to; };

static enum err edit_audit_tx(struct ctx *c, int64_t id, const char *key, const char *before, const char *after)
{
    struct json_object *details;

    if (streq(before, after))
        return OK;
    details = json_object_new_object();
    json_add_text(details, "key", key);
    json_add_text(details, "before", before);
    json_add_text(details, "after", after);
    return audit_tx(c, "user_change", "user", id, details);
}

/* Says what forbids the change of a user who is as u. */
static enum err edit_check_tx(struct user_editing *x, const struct user *u)
{
    struct ctx *c = x->c;
    const bool other_role = !streq(x->to.role, u->role);

    if (user_by_token(c) && (other_role || !streq(x->to.email, u->email)))
        return ctx_fail(c, E_FORBIDDEN, other_role ? "role" : "email", T_USER_BY_PAGE, NULL);
    if (x->in->version != 0 && x->in->version != u->version)
        return ctx_fail(c, E_PRECONDITION, NULL, T_USER_CHANGED, NULL);
    if (other_role && u->id == c->user_id)
        return ctx_fail(c, E_CONFLICT, "role", T_USER_SELF, NULL);
    if (other_role && user_is_last_admin(c, u))
        return ctx_fail(c, E_CONFLICT, "role", T_LAST_ADMIN, NULL);
    return OK;
}

static enum err edit_follow_tx(struct user_editing *x, const struct user *u)
{
    struct ctx *c = x->c;
    enum err e = streq(x->to.role, u->role) ? OK : sessions_end_tx(c, u->id);

    if (e == OK && !streq(x->to.email, u->email))
        e = user_link_end_all_tx(c, u->id);
    if (e == OK)
        e = edit_audit_tx(c, u->id, "full_name", u->full_name, x->to.full_name);
    if (e == OK)
        e = edit_audit_tx(c, u->id, "email", u->email, x->to.email);
    return e != OK ? e : edit_audit_tx(c, u->id, "role", u->role, x->to.role);
}

static enum err user_edit_tx(struct db *db, void *arg)
{
    struct user_editing *x = arg;
    struct user u;
    enum err e = user_changed_tx(x->c, x->in->id, &u);

    if (e != OK)
        return e;
    x->to = (struct user_edit){ .full_name = x->in->full_name != NULL ? x->in->full_name : u.full_name,
        .email = x->in->email != NULL ? x->in->email : u.email, .role = x->in->role != NULL ? x->in->role : u.role };
    e = edit_check_tx(x, &u);
    if (e != OK)
        return e;
    e = db_exec(db, NULL, &update, u.id, x->to.full_name, x->to.email, x->to.role);
    if (e == E_CONFLICT)
        return ctx_fail(x->c, e, "email", T_EMAIL_TAKEN, NULL);
    return e != OK ? e : edit_follow_tx(x, &u);
}

enum err user_edit(struct ctx *c, const struct user_edit *given)
{
    struct user_edit in = *given;
    struct user_editing x = { .c = c, .in = &in };
    enum err e;

    c->fault = (struct fault){ 0 };
    if (in.full_name != NULL && (in.full_name = normal_name(c->a, in.full_name)) == NULL)
        ctx_invalid(c, "full_name", T_NAME_BAD, NULL);
    if (in.email != NULL && (in.email = normal_email(c->a, in.email)) == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    if (in.role != NULL && role_parse(in.role) == ROLE_PUBLIC)
        ctx_invalid(c, "role", T_NOT_CHOICE, "ADMIN, OPERADOR, USUARIO", NULL);
    return (e = ctx_faults(c)) != OK ? e : operation_once(c, "user_change", user_edit_tx, &x, NULL);
}

/* ---- who may come in ---- */

struct user_toggling { struct ctx *c; int64_t id; bool active; };

static enum err user_active_check_tx(struct ctx *c, const struct user_toggling *x)
{
    struct user u;
    enum err e = user_changed_tx(c, x->id, &u);

    if (e != OK || x->active)
        return e;
    if (u.id == c->user_id)
        return ctx_fail(c, E_CONFLICT, NULL, T_USER_SELF, NULL);
    return user_is_last_admin(c, &u) ? ctx_fail(c, E_CONFLICT, NULL, T_LAST_ADMIN, NULL) : OK;
}

static enum err user_active_tx(struct db *db, void *arg)
{
    struct user_toggling *x = arg;
    struct ctx *c = x->c;
    int64_t changed;
    enum err e = user_active_check_tx(c, x);

    if (e == OK)
        e = db_exec(db, &changed, &set_active, x->id, (int64_t)x->active);
    if (e != OK || changed == 0)         /* it is so already */
        return e;
    if (!x->active)
        e = session_end_all_tx(c, x->id);
    if (e == OK && !x->active)
        e = tokens_end_tx(c, x->id);
    return e != OK ? e : audit_tx(c, x->active ? "user_enable" : "user_disable", "user", x->id, NULL);
}

enum err user_set_active(struct ctx *c, int64_t id, bool active)
{
    struct user_toggling x = { c, id, active };

    return operation_once(c, active ? "user_enable" : "user_disable", user_active_tx, &x, NULL);
}

static enum err user_sessions_tx(struct db *db UNUSED, void *arg)
{
    struct user_toggling *x = arg;
    struct user u;
    enum err e = user_changed_tx(x->c, x->id, &u);

    if (e == OK)
        e = sessions_end_tx(x->c, x->id);
    return e != OK ? e : audit_tx(x->c, "user_sessions_end", "user", x->id, NULL);
}

enum err user_end_sessions(struct ctx *c, int64_t id)
{
    struct user_toggling x = { .c = c, .id = id };

    return operation_once(c, "user_sessions_end", user_sessions_tx, &x, NULL);
}

static enum err user_totp_tx(struct db *db UNUSED, void *arg)
{
    struct user_toggling *x = arg;
    enum err e = user_admin_tx(x->c);

    if (e == OK && x->id == x->c->user_id)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_TOTP_OWN, NULL);
    if (e == OK)
        e = totp_clear_tx(x->c, x->id);
    return e != OK ? e : sessions_end_tx(x->c, x->id);
}

enum err user_clear_totp(struct ctx *c, int64_t id)
{
    struct user_toggling x = { .c = c, .id = id };

    return domain_write(c, user_totp_tx, &x);
}
