#include "domain/paper/document.h"

#include <assert.h>

#include "base/random.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/message/texts.h"
#include "domain/money/cash.h"
#include "domain/paper/texts.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/link.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/normal.h"
#include "queue/job.h"

#define KEY_SIZE 22
#define PUBLIC_HOUR 30           /* receipts that one network may ask for in an hour */

#define COLUMNS "id, key, kind, subject_id, state, title, storage_key, error, asked_at, ready_at, size, pages FROM documents"
static const struct stmt by_id = STMT("document_by_id", "i", "SELECT " COLUMNS " WHERE id = $1");
static const struct stmt by_key = STMT("document_by_key", "s", "SELECT " COLUMNS " WHERE key = $1");
static const struct stmt pending = STMT("document_pending", "si",
    "SELECT " COLUMNS " WHERE kind = $1 AND subject_id = $2 AND state = 'pending'");
static const struct stmt insert = STMT("document_insert", "ssiIi",
    "INSERT INTO documents (key, kind, subject_id, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)"
    " RETURNING id");
static const struct stmt newest = STMT("document_newest", "sii",
    "SELECT " COLUMNS " WHERE kind = $1 AND subject_id = $2 AND asked_at >= $3 ORDER BY id DESC LIMIT 1");
DB_REGISTER(&by_id, &by_key, &pending, &insert, &newest)

#define D struct document
static const struct field rows[] = {
    FIELD(D, id, F_INT, "Número"),
    FIELD_SECRET(D, key, F_TEXT, "Clave"),
    FIELD(D, kind, F_TEXT, "recibo, cierre, expediente, custodia, entrega o datos"),
    FIELD(D, subject_id, F_INT, "Paquete; de un cierre, la caja; de una entrega de transportadora, su número; de datos, el cliente"),
    FIELD(D, state, F_TEXT, "pending, ready o failed"),
    FIELD(D, title, F_TEXT, "Título"),
    FIELD_SECRET(D, storage_key, F_TEXT, "Dónde está"),
    FIELD(D, error, F_TEXT, "Por qué no se pudo"),
    FIELD(D, asked_at, F_INSTANT, "Cuándo se pidió"),
    FIELD(D, ready_at, F_INSTANT, "Cuándo quedó listo"),
    FIELD(D, size, F_INT, "Bytes"),
    FIELD(D, pages, F_INT, "Páginas"),
};
const struct fields document_fields = FIELDS(rows);

/* ---- what can be printed ---- */

static enum err receipt_needs_handover(struct ctx *c, int64_t id)
{
    struct package p;
    enum err e = package_by_id(c, id, &p);

    if (e == OK && !streq(p.state, "ENTREGADO"))
        e = ctx_fail(c, E_CONFLICT, NULL, T_RECEIPT_EARLY, NULL);
    return e;
}

static enum err closing_needs_close(struct ctx *c, int64_t id)
{
    struct cash_session s;
    enum err e = cash_session_by_id(c, id, &s);

    if (e == OK && s.closed_at == 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_CLOSING_EARLY, NULL);
    return e;
}

static enum err custody_needs_package(struct ctx *c, int64_t id)
{
    struct package p;
    enum err e = package_by_id(c, id, &p);

    if (e == OK && p.received_at == 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_DOSSIER_NONE, NULL);
    return e;
}

static enum err receipt_needs_package(struct ctx *c, int64_t id)
{
    struct package p;

    return package_by_id(c, id, &p);
}

static enum err drop_needs_close(struct ctx *c, int64_t id)
{
    struct batch b;

    return batch_by_id(c, id, &b);
}

/* Everything that the point knows of somebody is for an ADMIN, and for themselves by the link of their request. */
static enum err data_need_customer(struct ctx *c, int64_t id)
{
    struct customer who;
    enum err e = c->actor == ACTOR_USER && c->role < ROLE_ADMIN ? ctx_fail(c, E_FORBIDDEN, NULL, T_DATA_ADMIN, NULL)
        : customer_by_id(c, id, &who);

    return e == OK && !who.is_active ? ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL) : e;
}

const struct word document_kinds[] = {
    { "recibo", "Comprobante" }, { "cierre", "Cierre de caja" }, { "expediente", "Expediente de contacto" },
    { "custodia", "Cadena de custodia" }, { "entrega", "Entrega de transportadora" },
    { "datos", "Datos de una persona" }, WORDS_END
};
static const struct { bool of_package; enum err (*check)(struct ctx *c, int64_t id); } kinds[] = {
    { true, receipt_needs_handover }, { false, closing_needs_close }, { true, custody_needs_package },
    { true, receipt_needs_package }, { false, drop_needs_close }, { false, data_need_customer },
};
static_assert(COUNT(kinds) == COUNT(document_kinds) - 1, "a row for each kind of document, in their order");

static size_t document_kind_of(const char *name)
{
    size_t i = 0;

    while (i < COUNT(kinds) && !(name != NULL && streq(document_kinds[i].value, name)))
        i++;
    return i;
}

static enum err document_check(struct ctx *c, const struct document_in *in)
{
    size_t i = document_kind_of(in->kind);

    return i == COUNT(kinds) ? ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL) : kinds[i].check(c, in->subject_id);
}

static enum err document_none(struct ctx *c, enum err e)
{
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_DOCUMENT_NONE, NULL) : domain_fault(c, e);
}

/* ---- asking ---- */

struct document_asking {
    struct ctx *c;
    const struct document_in *in;
    struct document *out;
    bool counted;
    int64_t id;
};

static enum err document_add_tx(struct document_asking *x)
{
    struct ctx *c = x->c;
    const bool of_package = kinds[document_kind_of(x->in->kind)].of_package;
    int64_t id;
    enum err e = db_insert(c->db, &id, &insert, random_text(c->a, ALPHABET_BASE62, KEY_SIZE), x->in->kind,
                           x->in->subject_id, c->user_id, c->now);

    if (e == OK)
        e = job_add_tx(c, &(struct job_new){ .kind = "document.build", .about = id,
                                             .package_id = of_package ? x->in->subject_id : 0 }, NULL);
    if (e == OK && streq(x->in->kind, "datos"))
        e = audit_tx(c, "privacy_data", "customer", x->in->subject_id, NULL);
    return e != OK ? e : db_get(c->db, document_fields, x->out, c->a, &by_id, id);
}

static enum err document_ask_tx(struct db *db, void *arg)
{
    struct document_asking *x = arg;
    enum err e = x->counted ? throttle_window_tx(x->c, "document", PUBLIC_HOUR, 3600) : OK;

    if (e == OK)
        e = db_get(db, document_fields, x->out, x->c->a, &pending, x->in->kind, x->in->subject_id);
    if (e == E_NOT_FOUND)
        e = document_add_tx(x);
    x->id = e == OK ? x->out->id : 0;
    return e;
}

enum err document_data_tx(struct ctx *c, int64_t customer_id, struct document *out)
{
    const struct document_in in = { "datos", customer_id };
    struct document_asking x = { c, &in, out, false, 0 };

    return document_ask_tx(c->db, &x);
}

enum err document_data(struct ctx *c, int64_t customer_id, int64_t since, struct document *out)
{
    return document_none(c, db_get(c->db, document_fields, out, c->a, &newest, "datos", customer_id, since));
}

static enum err document_make(struct ctx *c, const struct document_in *in, bool counted, struct document *out)
{
    struct document_asking x = { c, in, out, counted, 0 };
    const enum err e = operation_once(c, "document_ask", document_ask_tx, &x, &x.id);

    return e == OK && c->replayed ? domain_fault(c, db_get(c->db, document_fields, out, c->a, &by_id, x.id)) : e;
}

enum err document_ask(struct ctx *c, const struct document_in *in, struct document *out)
{
    enum err e = document_check(c, in);

    return e != OK ? e : document_make(c, in, false, out);
}

enum err document_by_id(struct ctx *c, int64_t id, struct document *out)
{
    enum err e = document_none(c, db_get(c->db, document_fields, out, c->a, &by_id, id));

    return e != OK ? e : document_none(c, document_check(c, &(struct document_in){ out->kind, out->subject_id }));
}

/* ---- by e-mail ---- */

struct mailing { struct ctx *c; const struct document *d; const char *email; };

static enum err document_send_tx(struct mailing *x)
{
    struct ctx *c = x->c;
    struct json_object *variables = json_object_new_object(), *details = json_object_new_object();
    struct outgoing o = { .event = "report_ready", .channel = "email", .recipient = x->email, .not_before = c->now,
                          .dedupe = arena_printf(c->a, "document:%lld:%s", (long long)x->d->id, x->email) };
    int64_t id;
    enum err e;

    json_add_text(variables, "texto", x->d->title);
    json_add_int(variables, "document_id", x->d->id);
    o.variables = json_text(c->a, variables);
    json_object_put(variables);
    json_add_text(details, "kind", x->d->kind);
    json_add_int(details, "subject_id", x->d->subject_id);
    e = outgoing_tx(c, &o, &id);
    if (e == E_CONFLICT)
        e = ctx_fail(c, e, "email", T_DOCUMENT_SENT, x->email, NULL);
    if (e == OK && id == 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_TEMPLATE_OFF, NULL);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    json_add_int(details, "notification_id", id);
    return audit_tx(c, "document_mail", "document", x->d->id, details);
}

static enum err document_mail_tx(struct db *db UNUSED, void *arg)
{
    struct mailing *x = arg;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK || answer != NULL)
        return e;
    e = document_send_tx(x);
    return e != OK ? e : operation_end_tx(x->c, "sent");
}

enum err document_mail(struct ctx *c, const struct document_mail_in *in, struct document *out)
{
    struct mailing x = { c, out, is_blank(in->email) ? NULL : normal_email(c->a, in->email) };
    enum err e = document_by_id(c, in->id, out);

    if (e == OK && x.email == NULL)
        e = ctx_fail(c, E_INVALID, "email", T_EMAIL_BAD, NULL);
    if (e == OK && !streq(out->state, "ready"))
        e = ctx_fail(c, E_CONFLICT, NULL, T_DOCUMENT_WAITS, NULL);
    return e != OK ? e : domain_write(c, document_mail_tx, &x);
}

/* ---- by the customer's link ---- */

enum err document_ask_receipt(struct ctx *c, const char *token, struct document *out)
{
    struct package p;
    enum err e = package_by_token(c, token, &p);
    const struct document_in in = { document_kinds[0].value, e == OK ? p.id : 0 };

    if (e == OK)
        e = document_check(c, &in);
    return e != OK ? e : document_make(c, &in, true, out);
}

enum err document_of_token(struct ctx *c, const char *token, const char *key, struct document *out)
{
    struct package p;
    enum err e = package_by_token(c, token, &p);

    if (e != OK)
        return e;
    e = db_get(c->db, document_fields, out, c->a, &by_key, key);
    if (e == OK && (out->subject_id != p.id || !streq(out->kind, document_kinds[0].value)))
        e = E_NOT_FOUND;
    e = document_none(c, e);
    return e != OK ? e : document_check(c, &(struct document_in){ out->kind, out->subject_id });
}
