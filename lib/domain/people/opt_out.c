#include "domain/people/opt_out.h"

#include "base/texts.h"
#include "json/json.h"
#include "base/log.h"
#include "local/normal.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/people/customer.h"
#include "domain/ground/tx.h"

#define SIGNATURE 24             /* hex digits: 96 bits */

static const struct stmt set_sms = STMT("opt_out_sms", "ii",
    "UPDATE customers SET sms_opt_out = $2 WHERE id = $1");
static const struct stmt set_email = STMT("opt_out_email", "ii",
    "UPDATE customers SET email_opt_out = $2 WHERE id = $1");
DB_REGISTER(&set_sms, &set_email)

/* "318-e-5f…": the customer, the channel's first letter, and a keyed hash of both. */
const char *opt_out_token(struct ctx *c, int64_t customer_id, const char *channel)
{
    const char *key = secret_read(c->a, c->conf, "token_key");
    const char *what = arena_printf(c->a, "%lld-%c", (long long)customer_id, channel[0]);
    const char *signed_text = arena_printf(c->a, "opt_out:%s", what);
    unsigned char sum[HASH_BYTES];

    if (key == NULL) {
        log_error("opt_out.key", "error", "the secret token_key cannot be read");
        return NULL;
    }
    hmac256(sum, key, signed_text, strlen(signed_text));
    return arena_printf(c->a, "%s-%.*s", what, SIGNATURE, hex_text(c->a, sum, sizeof sum));
}

const char *opt_out_link(struct ctx *c, int64_t customer_id, const char *channel)
{
    const char *token = opt_out_token(c, customer_id, channel);

    return token == NULL ? NULL : arena_printf(c->a, "%s/unsubscribe/%s", c->conf->public_url, token);
}

enum err opt_out_open(struct ctx *c, const char *token, struct opt_out *out)
{
    const char *dash = strchr(token, '-'), *mine = NULL;
    struct customer who;
    int64_t id = 0;

    if (dash != NULL && parse_int(arena_strndup(c->a, token, (size_t)(dash - token)), &id) && id > 0)
        mine = opt_out_token(c, id, dash[1] == 's' ? "sms" : "email");
    if (dash == NULL || !same_text(mine, token) || customer_by_id(c, id, &who) != OK)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    *out = (struct opt_out){ .customer_id = id, .channel = dash[1] == 's' ? "sms" : "email" };
    out->is_out = dash[1] == 's' ? who.sms_opt_out : who.email_opt_out;
    out->recipient = dash[1] == 's' ? who.phone ? phone_masked(c->a, who.phone) : ""
        : who.email ? email_masked(c->a, who.email) : "";
    return OK;
}

struct opting { struct ctx *c; const struct opt_out *o; bool is_out; };

static enum err opt_out_set_tx(struct db *db, void *arg)
{
    struct opting *x = arg;
    struct json_object *details = json_object_new_object();
    enum err e = db_exec(db, NULL, streq(x->o->channel, "sms") ? &set_sms : &set_email, x->o->customer_id,
                         (int64_t)x->is_out);

    json_add_text(details, "channel", x->o->channel);
    json_add_bool(details, "is_out", x->is_out);
    if (e == OK)
        return audit_tx(x->c, "opt_out", "customer", x->o->customer_id, details);
    json_object_put(details);
    return e;
}

enum err opt_out_by_staff(struct ctx *c, int64_t customer_id, const char *channel, bool is_out)
{
    struct customer who;
    struct opt_out o = { .customer_id = customer_id, .channel = channel };
    struct opting x = { c, &o, is_out };
    enum err e = customer_by_id(c, customer_id, &who);

    if (e != OK || (streq(channel, "sms") ? who.sms_opt_out : who.email_opt_out) == is_out)
        return e;
    return domain_write(c, opt_out_set_tx, &x);
}

enum err opt_out_set(struct ctx *c, const char *token, bool is_out)
{
    struct opt_out o;
    struct opting x = { c, &o, is_out };
    enum err e = opt_out_open(c, token, &o);

    if (e != OK || o.is_out == is_out)
        return e;
    return domain_write(c, opt_out_set_tx, &x);
}
