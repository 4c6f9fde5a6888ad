#include "domain/parcel/email_proof.h"

#include "base/util.h"
#include "crypto/crypto.h"
#include "domain/message/notification.h"
#include "domain/parcel/texts.h"
#include "json/json.h"

#define EVENT "email_confirmation"
#define SYMBOLS 22               /* 62^22 > 2^128 */

/* A question that was withheld is asked again at the next event of the package, and once for each event. */
static const struct stmt asked = STMT("email_asked", "siis",
    "SELECT 1 FROM notifications WHERE recipient = $1 AND created_at >= $3 AND customer_id = $2"
    " AND event = 'email_confirmation' AND (state <> 'suppressed' OR dedupe_key = $4) LIMIT 1");
static const struct stmt prove = STMT("email_prove", "iis",
    "UPDATE packages SET email_proof = 'enlace' WHERE customer_id = $1 AND announced_at = $2"
    " AND announced_email = $3 AND email_proof IS NULL RETURNING id");
static const struct stmt own = STMT("email_own", "is",
    "UPDATE packages SET email_proof = 'celular' WHERE customer_id = $1 AND announced_email = $2"
    " AND (email_proof IS NULL OR email_proof = 'enlace')");
static const struct stmt forget = STMT("email_forget", "is",
    "UPDATE packages SET announced_email = NULL, email_proof = NULL WHERE customer_id = $1 AND announced_email = $2");
DB_REGISTER(&asked, &prove, &own, &forget)

static const char *email_token(struct ctx *c, const struct package *p)
{
    const char *key = secret_read(c->a, c->conf, "token_key");

    return key == NULL ? NULL : arena_printf(c->a, "%lld-%s", (long long)p->id,
        token_derived(c->a, key, arena_printf(c->a, "email:%lld:%s", (long long)p->id, p->announced_email), SYMBOLS));
}

const char *email_link(struct ctx *c, const struct package *p)
{
    const char *token = p->announced_email == NULL ? NULL : email_token(c, p);

    return token == NULL ? NULL : arena_printf(c->a, "%s/email/%s", c->conf->public_url, token);
}

enum err package_by_email_link(struct ctx *c, const char *token, struct package *out)
{
    const char *dash = token == NULL ? NULL : strchr(token, '-'), *mine = NULL;
    int64_t id = 0;

    if (dash != NULL && parse_int(arena_strndup(c->a, token, (size_t)(dash - token)), &id) && id > 0
        && package_by_id(c, id, out) == OK && out->announced_email != NULL)
        mine = email_token(c, out);
    if (!same_text(mine, token))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_EMAIL_LINK_NONE, NULL);
    return OK;
}

enum err email_ask_tx(struct ctx *c, const struct package *p)
{
    struct outgoing o = { .event = EVENT, .channel = "email", .recipient = p->announced_email,
                          .customer_id = p->customer_id, .not_before = c->now };
    struct json_object *variables;
    int64_t id;
    enum err e;

    if (!package_email_waits(p))
        return OK;
    o.dedupe = arena_printf(c->a, EVENT ":%lld:%lld", (long long)p->id, (long long)p->last_event_id);
    if (db_scalar(c->db, 0, &asked, p->announced_email, p->customer_id, p->announced_at, o.dedupe) != 0)
        return OK;
    variables = json_object_new_object();
    json_add_int(variables, "email_of", p->id);
    o.variables = json_text(c->a, variables);
    json_object_put(variables);
    e = outgoing_withheld_tx(c, EVENT, o.channel, o.recipient, &o.withheld);
    if (e == OK)
        e = outgoing_tx(c, &o, &id);
    return e != OK || id == 0 ? e : outgoing_link_tx(c, id, p->id, EVENT, o.channel, p->last_event_id);
}

enum err email_prove_tx(struct ctx *c, const struct package *p, int64_t *ids, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &prove, p->customer_id, p->announced_at, p->announced_email);

    *n = 0;
    return e != OK ? e : db_ids(&q, ids, EMAIL_PACKAGES, n);
}

enum err email_own_tx(struct ctx *c, const struct package *p)
{
    return db_exec(c->db, NULL, &own, p->customer_id, p->announced_email);
}

enum err email_forget_tx(struct ctx *c, const struct package *p, bool *changed)
{
    int64_t n;
    enum err e = db_exec(c->db, &n, &forget, p->customer_id, p->announced_email);

    *changed = e == OK && n != 0;
    return e;
}
