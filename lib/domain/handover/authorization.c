#include "domain/handover/authorization.h"

#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/handover/texts.h"
#include "domain/message/notification.h"
#include "domain/parcel/event.h"
#include "domain/parcel/link.h"
#include "domain/parcel/pickup.h"
#include "domain/parcel/texts.h"
#include "domain/people/identity.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#define CODE_TRIES 50
#define HOUR_S 3600
#define PER_HOUR 20              /* authorisations that one network may make */
#define EVENT "authorization_created"

#define COLUMNS "id, package_id, customer_id, name, document_type, document_number, phone, version," \
    " created_at, expires_at, revoked_at, used_at"
#define GOOD " used_at IS NULL AND revoked_at IS NULL"
static const struct stmt by_id = STMT("authorization_by_id", "i",
    "SELECT " COLUMNS " FROM pickup_authorizations WHERE id = $1");
static const struct stmt by_hash = STMT("authorization_by_code", "bi",
    "SELECT " COLUMNS " FROM pickup_authorizations WHERE code_hash = $1 AND" GOOD " AND expires_at > $2");
/* Authorisations of a customer count by whichever link of theirs they were made: each opens all their parcels in
 * one name. */
#define MADE " (package_id = $1 OR customer_id = $2)"
#define THEIRS MADE " AND" GOOD
/* The halves of the statement are each in the order of an index, so the newest come first without a table to sort
 * them in. */
static const struct stmt theirs = STMT("authorizations_of", "iIii",
    "SELECT " COLUMNS " FROM pickup_authorizations WHERE package_id = $1 AND" GOOD " AND expires_at > $3"
    " UNION ALL SELECT " COLUMNS " FROM pickup_authorizations WHERE customer_id = $2 AND package_id <> $1 AND" GOOD
    " AND expires_at > $3 ORDER BY id DESC LIMIT $4");
static const struct stmt of_customer = STMT("authorizations_of_customer", "ii",
    "SELECT " COLUMNS " FROM pickup_authorizations WHERE customer_id = $1 ORDER BY id DESC LIMIT $2");
static const struct stmt good_count = STMT("authorizations_good", "iIi",
    "SELECT count(*) FROM pickup_authorizations WHERE" THEIRS " AND expires_at > $3");
static const struct stmt made_count = STMT("authorizations_made", "iIi",
    "SELECT count(*) FROM pickup_authorizations WHERE" MADE " AND created_at > $3");
static const struct stmt insert = STMT("authorization_insert", "iIssssii",
    "INSERT INTO pickup_authorizations (package_id, customer_id, name, document_type, document_number, phone,"
    " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
static const struct stmt set_code = STMT("authorization_set_code", "iib",
    "UPDATE pickup_authorizations SET version = $2, code_hash = $3 WHERE id = $1");
static const struct stmt taken = STMT("authorization_code_taken", "b",
    "SELECT EXISTS (SELECT 1 FROM packages WHERE pickup_code_hash = $1 AND state = 'RECIBIDO')"
    " OR EXISTS (SELECT 1 FROM pickup_authorizations WHERE code_hash = $1 AND" GOOD ")");
static const struct stmt revoke = STMT("authorization_revoke", "iIii",
    "UPDATE pickup_authorizations SET revoked_at = $4 WHERE id = $3 AND" THEIRS);
static const struct stmt revoke_all = STMT("authorizations_revoke", "ii",
    "UPDATE pickup_authorizations SET revoked_at = $2 WHERE package_id = $1 AND" GOOD);
static const struct stmt use = STMT("authorization_use", "iii",
    "UPDATE pickup_authorizations SET used_at = $2, used_by = $3 WHERE id = $1 AND" GOOD " AND expires_at > $2");
static const struct stmt again = STMT("authorization_again", "iis",
    "UPDATE pickup_authorizations SET used_at = NULL, used_by = NULL WHERE id = $1 AND used_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM packages WHERE operation_id = $3 AND id <> $2)");
DB_REGISTER(&by_id, &by_hash, &theirs, &of_customer, &good_count, &made_count, &insert, &set_code, &taken, &revoke, &revoke_all, &use, &again)

#define A struct authorization
static const struct field column_rows[] = {
    FIELD(A, id, F_INT, "Número"),
    FIELD(A, package_id, F_INT, "Paquete de cuyo enlace salió"),
    FIELD(A, customer_id, F_ID, "Cliente"),
    FIELD(A, name, F_TEXT, "A quién se autoriza"),
    FIELD(A, document_type, F_TEXT, "Tipo de documento"),
    FIELD(A, document_number, F_TEXT, "Número de documento"),
    FIELD(A, phone, F_PHONE, "Su celular"),
    FIELD_SECRET(A, version, F_INT, "Versión del código"),
    FIELD(A, created_at, F_INSTANT, "Cuándo se autorizó"),
    FIELD(A, expires_at, F_INSTANT, "Hasta cuándo sirve"),
    FIELD(A, revoked_at, F_INSTANT, "Cuándo se anuló"),
    FIELD(A, used_at, F_INSTANT, "Cuándo se usó"),
};
const struct fields authorization_fields = FIELDS(column_rows);

/* ---- codes ---- */

/* Six digits of a keyed hash, as a package's own: derived when shown, never stored. */
static char *authorization_code(struct ctx *c, const A *z)
{
    return pickup_code_of(c, arena_printf(c->a, "autorizacion:%lld:%lld", (long long)z->id, (long long)z->version));
}

static enum err authorization_code_fill(struct ctx *c, A *z)
{
    const bool good = z->used_at == 0 && z->revoked_at == 0 && z->expires_at > c->now;

    z->code = good ? authorization_code(c, z) : NULL;
    return good && z->code == NULL ? E_INTERNAL : OK;
}

static enum err authorization_code_renew_tx(struct ctx *c, A *z)
{
    unsigned char hash[HASH_BYTES];

    for (int i = 0; i < CODE_TRIES; i++, z->version++) {
        const char *code = authorization_code(c, z);

        if (code == NULL || pickup_code_hash(c, code, hash) != OK)
            return E_INTERNAL;
        if (db_scalar(c->db, 0, &taken, hash, sizeof hash) == 0) {
            z->code = code;
            return db_exec(c->db, NULL, &set_code, z->id, z->version, hash, sizeof hash);
        }
    }
    return E_BUSY;
}

/* ---- reading ---- */

enum err authorization_by_id(struct ctx *c, int64_t id, struct authorization *out)
{
    enum err e = db_get(c->db, authorization_fields, out, c->a, &by_id, id);

    return e != OK ? e : authorization_code_fill(c, out);
}

enum err authorization_by_code(struct ctx *c, const char *code, struct authorization *out)
{
    unsigned char hash[HASH_BYTES];

    if (pickup_code_hash(c, code, hash) != OK)
        return E_INTERNAL;
    return db_get(c->db, authorization_fields, out, c->a, &by_hash, hash, sizeof hash, c->now);
}

enum err authorizations_of_customer(struct ctx *c, int64_t customer_id, int64_t limit, struct authorizations *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_customer, customer_id, limit);

    *out = (struct authorizations){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, authorization_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

/* True when the authorisation, of *p or of its customer, was made at the link of a parcel (key) in the same name. */
static bool authorization_is_of(struct ctx *c, const A *z, const struct package *key, const struct package *p,
                                struct package_names *names)
{
    return z->package_id == p->id || (z->customer_id != 0 && package_code_opens(c, key, p, names));
}

/* Leaves out those of other people with the same phone. */
static enum err authorizations_keep(struct ctx *c, const struct package *p, struct authorizations *out)
{
    int64_t *ids = arena_alloc(c->a, (out->n + 1) * sizeof *ids);
    struct package_names names = { 0 };
    struct packages keys;
    size_t kept = 0;
    enum err e;

    for (size_t i = 0; i < out->n; i++)
        ids[i] = out->v[i].package_id;
    e = packages_by_ids(c, ids, out->n, &keys);      /* a row for each, in their order */
    for (size_t i = 0; e == OK && i < out->n && i < keys.n; i++)
        if (authorization_is_of(c, &out->v[i], &keys.v[i], p, &names))
            out->v[kept++] = out->v[i];
    out->n = kept;
    return e;
}

enum err authorizations_of(struct ctx *c, const struct package *p, struct authorizations *out)
{
    struct rows q;
    enum err end, e = db_query(c->db, &q, &theirs, p->id, package_code_customer(p), c->now, (int64_t)AUTHORIZATIONS_MAX);

    *out = (struct authorizations){ .v = arena_alloc(c->a, AUTHORIZATIONS_MAX * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (e == OK && out->n < AUTHORIZATIONS_MAX && db_next(&q)) {
        db_fill(&q, 0, authorization_fields, &out->v[out->n], c->a);
        e = authorization_code_fill(c, &out->v[out->n++]);
    }
    end = db_end(&q);
    e = e != OK ? e : end;
    return domain_fault(c, e != OK ? e : authorizations_keep(c, p, out));
}

/* ---- making an authorisation ---- */

struct making {
    struct ctx *c;
    struct authorize_in in;
    struct authorization *out;
};

/* customer_id 0: to the person who is authorised. */
static enum err authorization_send_tx(struct making *m, const char *channel, const char *recipient, int64_t customer_id,
                                      const struct package *p)
{
    struct ctx *c = m->c;
    struct json_object *o = json_object_new_object();
    struct outgoing out = { .event = EVENT, .channel = channel, .recipient = recipient, .customer_id = customer_id,
        .not_before = c->now,
        .dedupe = arena_printf(c->a, "%s:%lld:%s:%s", EVENT, (long long)m->out->id, channel, recipient) };
    int64_t id = 0;
    enum err e = outgoing_withheld_tx(c, &out);

    json_add_int(o, "authorization_id", m->out->id);
    out.variables = json_text(c->a, o);
    json_object_put(o);
    if (e == OK)
        e = outgoing_tx(c, &out, &id);
    return e != OK || id == 0 ? e
        : outgoing_link_tx(c, id, EVENT, channel,
                           (struct message_about){ p->id, p->last_event_id, customer_id == 0 ? m->out->id : 0 });
}

/* Tell the customer and the person whom they named, in the same words. */
static enum err authorization_tell_tx(struct making *m, const struct package *p)
{
    const bool texted = p->customer_id != 0 && p->customer_phone != NULL && phone_takes_sms(p->customer_phone);
    enum err e = OK;

    if (texted)
        e = authorization_send_tx(m, "sms", p->customer_phone, p->customer_id, p);
    if (e == OK && p->customer_id != 0 && package_email(m->c, p) != NULL)
        e = authorization_send_tx(m, "email", package_email(m->c, p), p->customer_id, p);
    if (e == OK && m->out->phone != NULL && !(texted && streq(m->out->phone, p->customer_phone)))
        e = authorization_send_tx(m, "sms", m->out->phone, 0, p);        /* not twice to one phone */
    return e;
}

enum err authorization_possible(struct ctx *c, const struct package *p)
{
    if (!streq(p->state, "RECIBIDO") && !streq(p->state, "ANUNCIADO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_AUTHORIZE_STATE, NULL);
    return p->disputed ? ctx_fail(c, E_CONFLICT, NULL, T_AUTHORIZE_DISPUTED, NULL) : OK;
}

/* E_CONFLICT when another authorisation would be one too many of those that are good, or of those of a day. */
static enum err authorization_count_check(struct ctx *c, const struct package *p)
{
    int64_t customer = package_code_customer(p);

    if (db_scalar(c->db, 0, &good_count, p->id, customer, c->now) >= AUTHORIZATIONS_MAX)
        return ctx_fail(c, E_CONFLICT, NULL, T_AUTHORIZE_MANY, NULL);
    if (db_scalar(c->db, 0, &made_count, p->id, customer, c->now - DAY_SECONDS) >= AUTHORIZATIONS_A_DAY)
        return ctx_fail(c, E_CONFLICT, NULL, T_AUTHORIZE_OFTEN, NULL);
    return OK;
}

static enum err authorization_create_tx(struct db *db, void *arg)
{
    struct making *m = arg;
    struct ctx *c = m->c;
    struct authorization *z = m->out;
    struct json_object *details;
    struct personal personal = { 0 };
    struct package p;
    const char *answer;
    int64_t *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? authorization_by_id(c, ids[0], z) : E_INTERNAL;
    if (e == OK)
        e = package_by_token(c, m->in.token, &p);
    if (e != OK)
        return e;
    if ((e = authorization_possible(c, &p)) != OK || (e = authorization_count_check(c, &p)) != OK)
        return e;
    *z = (struct authorization){ .package_id = p.id, .customer_id = package_code_customer(&p), .name = m->in.name,
        .document_type = m->in.document_type, .document_number = m->in.document_number, .phone = m->in.phone,
        .version = 1, .created_at = c->now, .expires_at = c->now + AUTHORIZATION_DAYS * DAY_SECONDS };
    e = db_insert(db, &z->id, &insert, p.id, z->customer_id, z->name, z->document_type, z->document_number, z->phone,
                  z->created_at, z->expires_at);
    if (e == OK)
        e = authorization_code_renew_tx(c, z);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "authorization", z->id);
    personal_add(c, &personal, details, "name", z->name);
    personal_add(c, &personal, details, "document", z->document_number);
    e = event_add_tx(c, &p, (struct event_new){ .kind = "AUTORIZACION", .before = p.state, .after = p.state,
                                                .details = details });
    if (e == OK)
        e = event_personal_tx(c, p.last_event_id, &personal);
    if (e == OK)
        e = authorization_tell_tx(m, &p);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &z->id, 1));
}

static void authorization_check(struct making *m)
{
    struct ctx *c = m->c;
    struct authorize_in *in = &m->in;
    const char *name = is_blank(in->name) ? NULL : normal_name(c->a, in->name);
    const char *number = is_blank(in->document_number) ? NULL : identity_number(c->a, in->document_number);

    if (name == NULL)
        ctx_invalid(c, "name", T_AUTHORIZE_NAME, NULL);
    if (words_of(identity_types, in->document_type) == NULL)
        ctx_invalid(c, "document_type", T_REQUIRED, NULL);
    if (number == NULL)
        ctx_invalid(c, "document_number", T_DOCUMENT_BAD, NULL);
    in->name = name;
    in->document_number = number;
    if (is_blank(in->phone)) {
        in->phone = NULL;
        return;
    }
    in->phone = normal_phone(c->a, in->phone);
    if (in->phone == NULL || !phone_takes_sms(in->phone))
        ctx_invalid(c, "phone", T_PHONE_BAD, NULL);
}

enum err authorization_create(struct ctx *c, const struct authorize_in *in, struct authorization *out)
{
    struct making m = { c, *in, out };
    enum err e = throttle_window(c, "authorize", PER_HOUR, HOUR_S);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    authorization_check(&m);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    e = domain_operation(c, "authorize", authorization_create_tx, &m);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_PACKAGE_NONE, NULL) : e;
}

struct authorization_revoking { struct ctx *c; const char *token; int64_t id; };

static enum err authorization_revoke_tx(struct db *db, void *arg)
{
    struct authorization_revoking *x = arg;
    struct package_names names = { 0 };
    struct authorization z;
    struct package p, key;
    int64_t changed = 0;
    enum err e = package_by_token(x->c, x->token, &p);

    if (e == OK)
        e = authorization_by_id(x->c, x->id, &z);
    if (e == OK)
        e = package_by_id(x->c, z.package_id, &key);
    if (e == OK && authorization_is_of(x->c, &z, &key, &p, &names))
        e = db_exec(db, &changed, &revoke, p.id, package_code_customer(&p), x->id, x->c->now);
    return e == OK && changed == 0 ? E_NOT_FOUND : e;
}

enum err authorization_revoke(struct ctx *c, const char *token, int64_t id)
{
    struct authorization_revoking x = { c, token, id };
    enum err e = domain_operation(c, "authorize_revoke", authorization_revoke_tx, &x);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_AUTHORIZE_GONE, NULL) : e;
}

/* ---- at the hand-over ---- */

enum err authorization_use_tx(struct ctx *c, int64_t id)
{
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &use, id, c->now, c->user_id);

    return e == OK && changed != 1 ? ctx_fail(c, E_CONFLICT, "code", T_AUTHORIZE_GONE, NULL) : e;
}

enum err authorizations_revoke_tx(struct ctx *c, int64_t package_id)
{
    return db_exec(c->db, NULL, &revoke_all, package_id, c->now);
}

enum err authorization_again_tx(struct ctx *c, int64_t id, int64_t package_id, const char *operation)
{
    return db_exec(c->db, NULL, &again, id, package_id, operation);
}
