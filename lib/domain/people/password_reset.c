/* A forgotten password: its owner asks for a link by e-mail and chooses another. */
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"
#include "domain/people/user_link.h"

#define AN_HOUR 3                /* messages to one account */

/* Somebody who is invited has no password to forget: what they have is the invitation. */
static const struct stmt owner = STMT("reset_owner", "si",
    "SELECT u.id, u.email, (SELECT count(*) FROM password_resets r"
    "  WHERE r.user_id = u.id AND r.kind = 'clave' AND r.expires_at > $2)"
    " FROM users u WHERE (u.username = $1 OR u.email = $1) AND u.is_active = 1 AND u.joined_at IS NOT NULL"
    " ORDER BY u.username = $1 DESC LIMIT 1");
static const struct stmt set_password = STMT("reset_set_password", "is",
    "UPDATE users SET password_hash = $2, must_change_password = 0"
    " WHERE id = $1 AND is_active = 1");
DB_REGISTER(&owner, &set_password)

struct password_asking { struct ctx *c; const char *login; };

static enum err reset_letter_tx(struct ctx *c, int64_t user_id, const char *email)
{
    int64_t id;
    enum err e = user_link_new_tx(c, LINK_PASSWORD, user_id, NULL, &id);

    if (e == OK)
        e = audit_tx(c, "password_reset_ask", "user", user_id, NULL);
    return e != OK ? e : user_link_letter_tx(c, "password_reset", user_id, email, id);
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
    return reset_letter_tx(c, user_id, email);
}

enum err user_reset_ask(struct ctx *c, const char *login)
{
    struct password_asking x = { c, login_normal(c->a, login) };

    return domain_write(c, reset_ask_tx, &x);
}

struct resetting { struct ctx *c; struct user_link link; const char *hash; };

enum err user_reset_check(struct ctx *c, const char *token)
{
    struct user_link link;

    return user_link_find(c, LINK_PASSWORD, token, &link);
}

static enum err reset_tx(struct db *db, void *arg)
{
    struct resetting *x = arg;
    struct ctx *c = x->c;
    const int64_t user_id = x->link.user_id;
    int64_t changed = 0;
    enum err e = user_link_use_tx(c, &x->link);

    if (e == OK)
        e = db_exec(db, &changed, &set_password, user_id, x->hash);
    if (e == OK && changed == 0)         /* disabled since it was found */
        return ctx_fail(c, E_NOT_FOUND, NULL, T_RESET_OVER, NULL);
    if (e == OK)
        e = session_end_all_tx(c, user_id);
    return e != OK ? e : audit_tx(c, "password_reset", "user", user_id, NULL);
}

enum err user_reset(struct ctx *c, const char *token, const char *password)
{
    struct resetting x = { .c = c };
    enum err e = user_link_find(c, LINK_PASSWORD, token, &x.link);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    if ((e = password_check(c, "password", password, x.link.username, x.link.user_email)) != OK)
        return e;
    e = password_make(c, password, &x.hash);
    return e != OK ? e : domain_write(c, reset_tx, &x);
}
