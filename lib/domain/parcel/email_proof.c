#include "domain/parcel/email_proof.h"

#include "base/util.h"
#include "crypto/crypto.h"
#include "domain/ground/personal.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/parcel/event.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/normal.h"

#define EVENT "email_confirmation"
#define SYMBOLS 22               /* 62^22 > 2^128 */

/* A question that was withheld is asked again at the next event of the package, and once for each event. */
static const struct stmt asked = STMT("email_asked", "siis",
    "SELECT 1 FROM notifications n JOIN notification_packages np ON np.notification_id = n.id"
    " JOIN packages p ON p.id = np.package_id WHERE n.recipient = $1 AND n.created_at >= $3"
    " AND n.event = 'email_confirmation' AND p.customer_id = $2 AND p.announced_at = $3"
    " AND p.email_proof IS NULL AND (n.state <> 'suppressed' OR n.dedupe_key = $4) LIMIT 1");
static const struct stmt together = STMT("email_together", "ii",
    "SELECT id FROM packages WHERE customer_id = $1 AND announced_at = $2 AND announced_email IS NOT NULL ORDER BY id");
static const struct stmt later = STMT("email_later", "is",
    "UPDATE packages SET announced_email = $2, email_proof = NULL, email_said_at = NULL WHERE id = $1");
static const struct stmt prove = STMT("email_prove", "iis",
    "UPDATE packages SET email_proof = 'enlace' WHERE customer_id = $1 AND announced_at = $2"
    " AND announced_email = $3 AND email_proof IS NULL RETURNING id");
static const struct stmt say = STMT("email_say", "isi",
    "UPDATE packages SET email_said_at = $3 WHERE customer_id = $1 AND announced_email = $2 AND email_said_at IS NULL");
static const struct stmt opened = STMT("email_opened", "is",
    "SELECT 1 FROM packages WHERE customer_id = $1 AND announced_email = $2 AND email_proof IS NOT NULL LIMIT 1");
static const struct stmt own = STMT("email_own", "is",
    "UPDATE packages SET email_proof = 'celular' WHERE customer_id = $1 AND announced_email = $2"
    " AND (email_proof IS NULL OR email_proof = 'enlace')");
static const struct stmt adopt = STMT("email_adopt", "iisi",
    "UPDATE packages SET announced_email = $3, email_proof = 'celular', email_said_at = $4"
    " WHERE customer_id = $1 AND announced_at = $2 AND announced_email IS NULL");
static const struct stmt forget = STMT("email_forget", "is",
    "UPDATE packages SET announced_email = NULL, email_proof = NULL, email_said_at = NULL"
    " WHERE customer_id = $1 AND announced_email = $2");
DB_REGISTER(&asked, &together, &later, &prove, &say, &opened, &own, &adopt, &forget)

static const char *email_token(struct ctx *c, int64_t id, const char *email)
{
    const char *key = domain_secret(c, "token_key");

    return key == NULL ? NULL : arena_printf(c->a, "%lld-%s", (long long)id,
        token_derived(c->a, key, arena_printf(c->a, "email:%lld:%s", (long long)id, email), SYMBOLS));
}

const char *email_link(struct ctx *c, const struct package *p)
{
    const char *token = p->announced_email == NULL ? NULL : email_token(c, p->id, p->announced_email);

    return token == NULL ? NULL : arena_printf(c->a, "%s/email/%s", c->conf->public_url, token);
}

/* Reads the packages that were announced together with *p and have an e-mail.  Not all need have the same one: a second
 * announcement of one guide may have replaced its e-mail since. */
static enum err email_announcement(struct ctx *c, const struct package *p, struct packages *out)
{
    struct rows q;
    int64_t *ids;
    size_t n;
    enum err e = db_query(c->db, &q, &together, p->customer_id, p->announced_at);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    return e != OK ? e : packages_by_ids(c, ids, n, out);
}

enum err package_by_email_link(struct ctx *c, const char *token, struct package *out)
{
    const char *dash = token == NULL ? NULL : strchr(token, '-'), *mine;
    struct packages all = { 0 };
    int64_t id = 0;
    enum err e = E_NOT_FOUND;

    if (dash != NULL && parse_int(arena_strndup(c->a, token, (size_t)(dash - token)), &id) && id > 0)
        e = package_by_id(c, id, out);
    if (e == OK)
        e = email_announcement(c, out, &all);
    for (size_t i = 0; i < all.n && e == OK; i++) {
        if ((mine = email_token(c, id, all.v[i].announced_email)) == NULL)
            return E_INTERNAL;
        if (!same_text(mine, token))
            continue;
        *out = all.v[i];
        return OK;
    }
    return e != OK && e != E_NOT_FOUND ? domain_fault(c, e) : ctx_fail(c, E_NOT_FOUND, NULL, T_EMAIL_LINK_NONE, NULL);
}

enum err email_ask_tx(struct ctx *c, const struct package *p)
{
    struct outgoing o = { .event = EVENT, .channel = "email", .recipient = p->announced_email,
                          .customer_id = p->customer_id, .not_before = c->now };
    struct json_object *variables;
    int64_t id;
    enum err e;

    if (!package_email_waits(c, p))
        return OK;
    o.dedupe = arena_printf(c->a, EVENT ":%lld:%lld", (long long)p->id, (long long)p->last_event_id);
    if (db_scalar(c->db, 0, &asked, p->announced_email, p->customer_id, p->announced_at, o.dedupe) != 0)
        return OK;
    variables = json_object_new_object();
    json_add_int(variables, "email_of", p->id);
    o.variables = json_text(c->a, variables);
    json_object_put(variables);
    e = outgoing_withheld_tx(c, &o);
    if (e == OK)
        e = outgoing_tx(c, &o, &id);
    return e != OK || id == 0 ? e
        : outgoing_link_tx(c, id, EVENT, o.channel, (struct message_about){ p->id, p->last_event_id, 0 });
}

/* The phone's owner or a clerk has said that the announcement's e-mail is the person's. */
static bool email_is_said(struct ctx *c, const struct package *p)
{
    return p->email_said_at != 0 || text_is(p->email_proof, "celular") || text_is(p->email_proof, "mostrador")
        || (p->announced_email != NULL && text_is(customer_email_waiting(c, p->customer_id, p->customer_name), p->announced_email));
}

static bool is_waited_for(const struct package *p)
{
    return streq(p->state, "ANUNCIADO") || streq(p->state, "RECIBIDO");
}

static bool email_is_news(struct ctx *c, const struct package *p, const char *email)
{
    return email != NULL && is_waited_for(p)
        && !text_is(p->announced_email, email) && !text_is(package_own_email(c, p), email);
}

bool email_is_anothers(struct ctx *c, const struct package *p, const char *email)
{
    const bool differs = email != NULL ? email_is_news(c, p, email) : is_waited_for(p) && p->announced_email != NULL
        && !text_is(p->announced_email, customer_email_waiting(c, p->customer_id, p->customer_name));

    return c->actor != ACTOR_USER && differs && !email_is_said(c, p) && package_own_email(c, p) == NULL
        && (p->customer_phone == NULL || !phone_takes_sms(p->customer_phone));
}

enum err email_written_tx(struct ctx *c, struct package *p, const char *email)
{
    enum err e;

    if (!is_waited_for(p) || p->announced_email != NULL || !text_is(customer_email_waiting(c, p->customer_id, p->customer_name), email))
        return OK;
    p->announced_email = email;
    e = db_exec(c->db, NULL, &later, p->id, email);
    return e != OK ? e : email_ask_tx(c, p);
}

static enum err email_later_event_tx(struct ctx *c, struct package *p)
{
    struct json_object *details = json_object_new_object();
    struct personal personal = { 0 };
    enum err e;

    json_add_bool(details, "email_later", true);
    personal_add(c, &personal, details, "email", p->announced_email);
    e = event_add_tx(c, p, (struct event_new){ .kind = "MODIFICACION", .before = p->state, .after = p->state,
                                               .details = details });
    return e != OK ? e : event_personal_tx(c, p->last_event_id, &personal);
}

enum err email_later_tx(struct ctx *c, struct package *p, const char *email)
{
    enum err e;

    if (!email_is_news(c, p, email) || email_is_said(c, p))
        return OK;
    p->announced_email = email;
    p->email_proof = NULL;
    p->email_said_at = 0;
    e = db_exec(c->db, NULL, &later, p->id, p->announced_email);
    if (e == OK)
        e = email_later_event_tx(c, p);
    return e != OK ? e : email_ask_tx(c, p);
}

enum err email_prove_tx(struct ctx *c, const struct package *p, int64_t *ids, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &prove, p->customer_id, p->announced_at, p->announced_email);

    *n = 0;
    return e != OK ? e : db_ids(&q, ids, EMAIL_PACKAGES, n);
}

enum err email_say_tx(struct ctx *c, const struct package *p, bool *opened_before)
{
    int64_t any = 0;
    enum err e = db_exec(c->db, NULL, &say, p->customer_id, p->announced_email, c->now);

    if (e == OK)
        e = db_value(c->db, &any, &opened, p->customer_id, p->announced_email);
    *opened_before = any != 0;
    return e == E_NOT_FOUND ? OK : e;
}

enum err email_own_tx(struct ctx *c, const struct package *p)
{
    return db_exec(c->db, NULL, &own, p->customer_id, p->announced_email);
}

enum err email_adopt_tx(struct ctx *c, const struct package *p)
{
    return db_exec(c->db, NULL, &adopt, p->customer_id, p->announced_at, p->customer_email, c->now);
}

enum err email_forget_tx(struct ctx *c, const struct package *p, bool *changed)
{
    int64_t n;
    enum err e = db_exec(c->db, &n, &forget, p->customer_id, p->announced_email);

    *changed = e == OK && n != 0;
    return e;
}
