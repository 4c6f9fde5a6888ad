#include "domain/people/opt_out.h"

#include "base/texts.h"
#include "json/json.h"
#include "local/normal.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/people/texts.h"

#define SIGNATURE 24             /* hex digits: 96 bits */
#define HASH_SYMBOLS 22          /* 62^22 > 2^128 */

static const struct stmt set_sms = STMT("opt_out_sms", "ii",
    "UPDATE customers SET sms_opt_out = $2 WHERE id = $1");
static const struct stmt set_email = STMT("opt_out_email", "ii",
    "UPDATE customers SET email_opt_out = $2 WHERE id = $1");
static const struct stmt listed = STMT("opt_out_listed", "ss",
    "SELECT 1 FROM opt_outs WHERE channel = $1 AND address_hash = $2");
static const struct stmt list = STMT("opt_out_list", "ssi",
    "INSERT INTO opt_outs (channel, address_hash, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
static const struct stmt unlist = STMT("opt_out_unlist", "ss",
    "DELETE FROM opt_outs WHERE channel = $1 AND address_hash = $2");
#define CONSENT "INSERT INTO consents (text_version, text_sha256, channel, at, address, customer_id, phone, channels, proof, purpose)" \
    " SELECT text_version, text_sha256, $3, $2, $4, customer_id, phone, "
#define OF_WHATSAPP ", 'enlace', 'whatsapp' FROM consents k WHERE purpose = 'whatsapp' AND customer_id = $1 AND channels IS NOT NULL"
/* Takes back each consent of the person that stands, so that a flatmate's later one for the same phone brings none back. */
static const struct stmt withdraw = STMT("opt_out_withdraw", "iiss", CONSENT "NULL" OF_WHATSAPP
    " AND NOT EXISTS (SELECT 1 FROM consents n WHERE n.purpose = 'whatsapp' AND n.phone = k.phone AND n.customer_id = $1"
    " AND n.id > k.id)");
/* Consents again, to the same text, for the phone that the person has. */
static const struct stmt agree = STMT("opt_out_agree", "iiss", CONSENT "channels" OF_WHATSAPP
    " AND phone = (SELECT phone FROM customers WHERE id = $1) ORDER BY id DESC LIMIT 1");
DB_REGISTER(&set_sms, &set_email, &listed, &list, &unlist, &withdraw, &agree)

/* The hash of the list outlives links and so needs a key that is never changed.  It is of the address as the provider
 * reads it, since who has written one address of a mailbox could write all others; but of no more than that, or a
 * stranger's opting out would silence another person. */
static const char *opt_out_hash(struct ctx *c, const char *channel, const char *address)
{
    const char *key = domain_secret(c, "pickup_key");
    const char *reader = streq(channel, "email") ? email_reader(c->a, address) : address;

    return key == NULL ? NULL
        : token_derived(c->a, key, arena_printf(c->a, "address:%s:%s", channel, reader), HASH_SYMBOLS);
}

/* "318-e-HASH-5f…": the customer, the channel's first letter, the address, and a keyed hash of these. */
static const char *opt_out_signed(struct ctx *c, const char *what)
{
    const char *key = domain_secret(c, "token_key"), *signed_text = arena_printf(c->a, "opt_out:%s", what);
    unsigned char sum[HASH_BYTES];

    if (key == NULL)
        return NULL;
    hmac256(sum, key, signed_text, strlen(signed_text));
    return arena_printf(c->a, "%s-%.*s", what, SIGNATURE, hex_text(c->a, sum, sizeof sum));
}

const char *opt_out_token(struct ctx *c, int64_t customer_id, const char *channel, const char *address)
{
    const char *hash = opt_out_hash(c, channel, address);

    return hash == NULL ? NULL
        : opt_out_signed(c, arena_printf(c->a, "%lld-%c-%s", (long long)customer_id, channel[0], hash));
}

const char *opt_out_link(struct ctx *c, int64_t customer_id, const char *channel, const char *address)
{
    const char *token = opt_out_token(c, customer_id, channel, address);

    return token == NULL ? NULL : arena_printf(c->a, "%s/unsubscribe/%s", c->conf->public_url, token);
}

/* Takes the token apart; E_NOT_FOUND unless we signed it. */
static enum err opt_out_read(struct ctx *c, const char *token, struct opt_out *out)
{
    char *what = arena_strdup(c->a, token), *end = strrchr(what, '-'), *rest = what;
    const char *mine, *id, *channel;

    *out = (struct opt_out){ 0 };
    if (end == NULL)
        return E_NOT_FOUND;
    *end = '\0';
    if ((mine = opt_out_signed(c, what)) == NULL)
        return E_INTERNAL;
    if (!same_text(mine, token))
        return E_NOT_FOUND;
    id = strsep(&rest, "-");
    channel = strsep(&rest, "-");
    if (rest == NULL || !parse_int(id, &out->customer_id))
        return E_NOT_FOUND;
    out->channel = *channel == 's' ? "sms" : *channel == 'w' ? "whatsapp" : "email";
    out->address_hash = rest;
    return OK;
}

static enum err opt_out_listed(struct ctx *c, const char *channel, const char *hash, bool *is)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &listed, channel, hash);

    *is = e == OK;
    return e == OK ? db_end(&q) : e == E_NOT_FOUND ? OK : e;
}

static const char *opt_out_own(const struct customer *who, const char *channel)
{
    return streq(channel, "email") ? who->email : who->phone;
}

static bool opt_out_flag(const struct customer *who, const char *channel)
{
    return streq(channel, "sms") ? who->sms_opt_out != 0 : streq(channel, "email") && who->email_opt_out != 0;
}

static enum err opt_out_fill(struct ctx *c, struct opt_out *o)
{
    struct customer who = { 0 };
    const char *address, *hash;
    enum err e = opt_out_listed(c, o->channel, o->address_hash, &o->is_out);

    if (e == OK && o->customer_id != 0)
        e = customer_by_id(c, o->customer_id, &who);
    if (e != OK)
        return e;
    address = opt_out_own(&who, o->channel);
    if (address == NULL)
        return OK;
    if ((hash = opt_out_hash(c, o->channel, address)) == NULL)
        return E_INTERNAL;
    o->own = streq(hash, o->address_hash);
    if (!o->own)
        return OK;
    o->is_out = o->is_out || opt_out_flag(&who, o->channel);
    o->recipient = streq(o->channel, "email") ? email_masked(c->a, address) : phone_masked(c->a, address);
    return OK;
}

enum err opt_out_open(struct ctx *c, const char *token, struct opt_out *out)
{
    enum err e = opt_out_read(c, token, out);

    return domain_fault(c, e == OK ? opt_out_fill(c, out) : e);
}

enum err opt_out_of_address(struct ctx *c, const char *channel, const char *address, bool *is_out)
{
    const char *hash = opt_out_hash(c, channel, address);

    *is_out = false;
    return hash == NULL ? E_INTERNAL : opt_out_listed(c, channel, hash, is_out);
}

enum err opt_out_of_customer(struct ctx *c, const struct customer *who, const char *channel, bool *is_out)
{
    const char *address = opt_out_own(who, channel);

    *is_out = opt_out_flag(who, channel);
    return *is_out || address == NULL ? OK : opt_out_of_address(c, channel, address, is_out);
}

struct opting { struct ctx *c; const struct opt_out *o; bool is_out; };

/* The customer's choice is a flag of theirs, and takes back what was said of their address when it was not theirs; another
 * address is in the list alone.  WhatsApp has no flag: the list and the person's consents know. */
static enum err opt_out_set_tx(struct db *db, void *arg)
{
    struct opting *x = arg;
    struct ctx *c = x->c;
    const struct opt_out *o = x->o;
    struct json_object *details;
    const bool flag = o->own && !streq(o->channel, "whatsapp");
    enum err e = OK;

    if (o->is_out == x->is_out)
        return OK;
    if (flag)
        e = db_exec(db, NULL, streq(o->channel, "sms") ? &set_sms : &set_email, o->customer_id, (int64_t)x->is_out);
    if (e == OK && !x->is_out)
        e = db_exec(db, NULL, &unlist, o->channel, o->address_hash);
    else if (e == OK && !flag)
        e = db_exec(db, NULL, &list, o->channel, o->address_hash, c->now);
    if (e == OK && streq(o->channel, "whatsapp"))
        e = db_exec(db, NULL, x->is_out ? &withdraw : &agree, o->customer_id, c->now, c->channel ? c->channel : "web",
                    c->address ? c->address : "");
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "channel", o->channel);
    json_add_text(details, "before", o->is_out ? "No recibe" : "Recibe");
    json_add_text(details, "after", x->is_out ? "No recibe" : "Recibe");
    json_add_bool(details, "own", o->own);
    return audit_tx(c, "opt_out", "customer", o->customer_id, details);
}

enum err opt_out_address_tx(struct ctx *c, const char *channel, const char *address, bool is_out)
{
    const char *hash = opt_out_hash(c, channel, address);

    if (hash == NULL)
        return E_INTERNAL;
    return is_out ? db_exec(c->db, NULL, &list, channel, hash, c->now) : db_exec(c->db, NULL, &unlist, channel, hash);
}

enum err opt_out_by_staff(struct ctx *c, int64_t customer_id, const char *channel, bool is_out)
{
    struct customer who;
    struct opt_out o = { .customer_id = customer_id, .channel = channel, .own = true, .address_hash = "" };
    struct opting x = { c, &o, is_out };
    enum err e = customer_by_id(c, customer_id, &who);

    if (e == OK && !is_out && streq(channel, "whatsapp"))      /* channel_choose() asks how the person agreed */
        return ctx_fail(c, E_INVALID, "channel", T_CHANNEL_PROOF, NULL);
    if (e == OK)
        e = opt_out_of_customer(c, &who, channel, &o.is_out);
    if (e == OK && opt_out_own(&who, channel) != NULL)
        o.address_hash = opt_out_hash(c, channel, opt_out_own(&who, channel));
    if (e != OK)
        return e;
    return o.address_hash == NULL ? E_INTERNAL : operation_once(c, "opt_out", opt_out_set_tx, &x, NULL);
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
