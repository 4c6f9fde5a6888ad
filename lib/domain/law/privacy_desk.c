#include "domain/law/privacy_desk.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/law/texts.h"
#include "domain/paper/document.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/name.h"

#define PEOPLE_MOST 50

/* People with that phone ($1) or that e-mail ($2), confirmed or not. */
#define HAS_PHONE "(k.phone = $1 OR EXISTS (SELECT 1 FROM customer_phones f WHERE f.customer_id = k.id AND f.phone = $1))"
static const struct stmt people = STMT("privacy_people", "ssi",
    "SELECT k.id, k.full_name, k.phone, k.email, trim(coalesce(k.building, '') || ' ' || coalesce('torre ' || k.tower, '') || ' '"
    " || coalesce('apto ' || k.apartment, '')), $1 IS NOT NULL AND " HAS_PHONE ", $2 IS NOT NULL AND k.email = $2, 0"
    " FROM customers k WHERE k.is_active = 1 AND k.id IN (SELECT id FROM customers WHERE phone = $1 UNION"
    " SELECT customer_id FROM customer_phones WHERE phone = $1 UNION SELECT id FROM customers WHERE email = $2)"
    " ORDER BY k.known_at IS NULL, k.id LIMIT $3");
/* Whether the customer ($3) alone has what the link proved: a phone ($1), which is the first of theirs and not another that
 * a clerk or a list added, or an e-mail ($2) that is confirmed. */
static const struct stmt alone = STMT("privacy_alone", "ssi",
    "SELECT count(*) FILTER (WHERE id = $3 AND (phone = $1 OR email = $2)) = 1 AND count(*) = 1 FROM customers k"
    " WHERE k.is_active = 1 AND k.id IN (SELECT id FROM customers WHERE phone = $1 UNION SELECT customer_id FROM customer_phones WHERE phone = $1"
    " UNION SELECT id FROM customers WHERE email = $2 AND (id <> $3 OR email_confirmed_at IS NOT NULL))");
static const struct stmt identify = STMT("privacy_identify", "iIiIi",
    "UPDATE privacy_requests SET customer_id = coalesce($2, customer_id), seen_at = iif($4 IS NULL, seen_at, $3),"
    " seen_by = coalesce($4, seen_by), due_day = iif($4 IS NULL, due_day, coalesce(due_day, $5))"
    " WHERE id = $1 AND closed_at IS NULL");
static const struct stmt extend = STMT("privacy_extend", "iiiis",
    "UPDATE privacy_requests SET due_day = $2, extended_at = $3, extended_by = $4, extended_why = $5"
    " WHERE id = $1 AND closed_at IS NULL AND extended_at IS NULL");
static const struct stmt close_one = STMT("privacy_close", "iisssIIiI",
    "UPDATE privacy_requests SET closed_at = $2, outcome = $3, answer = $4, done = $5, done_audit = $6, data_until = $7,"
    " link_until = $8, closed_by = $9 WHERE id = $1 AND closed_at IS NULL");
/* The newest row of the audit log that says so of the customer ($1). */
static const struct stmt deed = STMT("privacy_deed", "iisss",
    "SELECT l.id FROM audit_log l WHERE l.object = 'customer' AND l.object_id = $1 AND l.at >= $2 AND l.action IN ($3, $4, $5)"
    " ORDER BY l.id DESC LIMIT 1");
DB_REGISTER(&people, &alone, &identify, &extend, &close_one, &deed)

#define P struct privacy_person
static const struct field column_rows[] = {
    FIELD(P, id, F_INT, "Número"),
    FIELD(P, full_name, F_TEXT, "Nombre"),
    FIELD(P, phone, F_PHONE, "Celular"),
    FIELD(P, email, F_TEXT, "Correo"),
    FIELD(P, home, F_TEXT, "Dónde vive"),
    FIELD(P, by_phone, F_BOOL, "Tiene el celular de la solicitud"),
    FIELD(P, by_email, F_BOOL, "Tiene el correo de la solicitud"),
    FIELD(P, others, F_INT, "Cuántas personas más lo tienen"),
};
FIELD_TABLE_HERE(P, person_columns, column_rows)
static const struct field person_rows[] = {
    FIELD_ALSO(P, person_columns),
    FIELD(P, enough, F_BOOL, "El enlace basta para entregarle sus datos"),
};
const struct fields privacy_person_fields = FIELDS(person_rows);

/* The proof by the link that was opened: a phone or an e-mail; neither without a link. */
struct privacy_proof { const char *phone, *email; };
static struct privacy_proof privacy_proof_of(const struct privacy_request *p)
{
    const bool opened = p->link_at != 0;

    return (struct privacy_proof){ opened && text_is(p->letter, "sms") ? p->phone : NULL,
                                   opened && text_is(p->letter, "email") ? p->email : NULL };
}

/* Whether the link proves by itself that the request is of the customer of that name: a phone or an e-mail may have become
 * another's, who asks under another name. */
static enum err proof_is_enough(struct ctx *c, const struct privacy_request *p, int64_t customer_id, const char *name, bool *out)
{
    const struct privacy_proof proof = privacy_proof_of(p);
    int64_t is = 0;
    const enum err e = db_value(c->db, &is, &alone, proof.phone, proof.email, customer_id);

    *out = is != 0 && p->name != NULL && name != NULL && names_same(c->a, p->name, name);
    return e;
}

enum err privacy_people_of(struct ctx *c, const struct privacy_request *p, struct privacy_people *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &people, p->phone, p->email, (int64_t)PEOPLE_MOST);

    *out = (struct privacy_people){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, person_columns, sizeof *out->v, &out->n);
    e = db_end(&q);
    for (size_t i = 0; i < out->n && e == OK; i++) {
        P *one = &out->v[i];

        for (size_t k = 0; k < out->n; k++)
            one->others += k != i && ((one->by_phone && out->v[k].by_phone) || (one->by_email && out->v[k].by_email));
        e = proof_is_enough(c, p, one->id, one->full_name, &one->enough);
    }
    return domain_fault(c, e);
}

/* ---- doing ---- */

struct desk {
    struct ctx *c;
    int64_t id;
    const struct privacy_identify_in *whose;
    const struct privacy_close_in *end;
    const char *text;
    struct privacy_request *out;
};

static enum err desk_begin(struct desk *x)
{
    const enum err e = privacy_by_id(x->c, x->id, x->out);

    return e == OK && x->out->closed_at != 0 ? ctx_fail(x->c, E_CONFLICT, NULL, T_PRIVACY_CLOSED, NULL) : e;
}

/* Ends an act: it is in the audit log, with a note that can be erased (NULL: none); *x->out is as it is now. */
static enum err desk_end_tx(struct desk *x, const char *action, struct json_object *details, const char *note)
{
    const enum err e = audit_note_tx(x->c, action, "privacy_request", x->id, details, note);

    return e != OK ? e : privacy_by_id(x->c, x->id, x->out);
}

static enum err desk_customer(struct desk *x, int64_t id)
{
    struct customer who;
    const enum err e = customer_by_id(x->c, id, &who);

    if (e == E_NOT_FOUND || (e == OK && !who.is_active))
        return ctx_fail(x->c, E_INVALID, "customer_id", T_PRIVACY_CUSTOMER, NULL);
    return e;
}

static enum err privacy_identify_tx(struct db *db, void *arg)
{
    struct desk *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    int64_t changed = 0;
    enum err e = desk_begin(x);

    if (e == OK && x->whose->customer_id != 0)
        e = desk_customer(x, x->whose->customer_id);
    /* The document that was seen was of the other person. */
    if (e == OK && x->text == NULL && x->out->seen_at != 0 && x->out->customer_id != 0
        && x->out->customer_id != x->whose->customer_id)
        e = ctx_fail(c, E_INVALID, "seen", T_PRIVACY_SEEN_OTHER, NULL);
    if (e == OK)
        e = db_exec(db, &changed, &identify, x->id, x->whose->customer_id, c->now, x->text != NULL ? c->user_id : 0,
                    privacy_due(x->out->kind, clock_day(c->now), false));
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "customer", x->whose->customer_id);
    json_add_bool(details, "document", x->text != NULL);
    return desk_end_tx(x, "privacy_identify", details, x->text);
}

enum err privacy_identify(struct ctx *c, const struct privacy_identify_in *in, struct privacy_request *out)
{
    struct desk x = { .c = c, .id = in->id, .whose = in, .out = out };

    x.text = is_blank(in->seen) ? NULL : utf8_visible(c->a, in->seen);
    if (x.text == NULL && in->customer_id == 0)
        return ctx_fail(c, E_INVALID, "customer_id", T_PRIVACY_WHOSE, NULL);
    return domain_write(c, privacy_identify_tx, &x);
}

static enum err privacy_extend_tx(struct db *db, void *arg)
{
    struct desk *x = arg;
    struct ctx *c = x->c;
    int64_t changed = 0, due;
    enum err e = desk_begin(x);

    if (e != OK)
        return e;
    if (x->out->due_day == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_PRIVACY_UNPROVED, NULL);
    if (x->out->extended_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_PRIVACY_EXTENDED, NULL);
    if (x->out->late)
        return ctx_fail(c, E_CONFLICT, NULL, T_PRIVACY_LATE, NULL);
    due = privacy_due(x->out->kind, x->out->due_day, true);
    e = db_exec(db, &changed, &extend, x->id, due, c->now, c->user_id, x->text);
    if (e == OK)
        e = privacy_letter_tx(c, x->out, arena_printf(c->a, "necesitamos más tiempo para su solicitud de datos personales: hasta el"
                              " %s. El motivo está en", clock_day_exact(c->a, due)), "extend");
    return e != OK ? e : desk_end_tx(x, "privacy_extend", NULL, NULL);
}

enum err privacy_extend(struct ctx *c, const struct privacy_extend_in *in, struct privacy_request *out)
{
    struct desk x = { .c = c, .id = in->id, .out = out };

    x.text = is_blank(in->why) ? "" : utf8_visible(c->a, in->why);
    if (is_blank(x.text) || utf8_length(x.text) < PRIVACY_LEAST)
        return ctx_fail(c, E_INVALID, "why", T_PRIVACY_WHY, NULL);
    return domain_write(c, privacy_extend_tx, &x);
}

/* ---- closing ---- */

/* Actions of the audit log, each of which says that the deed was done. */
static const struct { const char *done, *actions[3]; } deeds[] = {
    { "correccion", { "customer_change", "customer_email", "customer_unmerge" } },
    { "supresion", { "customer_erase", "customer_erase", "customer_erase" } },
    { "revocatoria", { "opt_out", "customer_erase", "customer_erase" } },
};

/* Finds in the audit log that it was done since it was asked for. */
static enum err deed_find(struct desk *x, int64_t *audit)
{
    const char *done = x->end->done;
    enum err e;

    *audit = 0;
    for (size_t i = 0; i < COUNT(deeds); i++)
        if (streq(deeds[i].done, done)) {
            if (x->out->customer_id == 0)
                return ctx_fail(x->c, E_CONFLICT, NULL, T_PRIVACY_WHOSE, NULL);
            e = db_value(x->c->db, audit, &deed, x->out->customer_id, x->out->at, deeds[i].actions[0], deeds[i].actions[1],
                         deeds[i].actions[2]);
            return e == E_NOT_FOUND ? ctx_fail(x->c, E_CONFLICT, "done", T_PRIVACY_NOT_DONE, NULL) : e;
        }
    return OK;
}

/* The data may go by the link only to who is known to be that person and no other: by a document or by the link alone. */
static enum err data_may_go(struct desk *x)
{
    bool enough = x->out->seen_at != 0;
    enum err e = OK;

    if (x->out->customer_id == 0)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_PRIVACY_WHOSE, NULL);
    if (!enough)
        e = proof_is_enough(x->c, x->out, x->out->customer_id, x->out->customer_name, &enough);
    return e == OK && !enough ? ctx_fail(x->c, E_CONFLICT, "done", T_PRIVACY_SHARED, NULL) : e;
}

static const char *close_words(struct ctx *c, const struct privacy_close_in *in)
{
    return streq(in->done, "datos")
        ? arena_printf(c->a, "sus datos personales están listos. Bájelos, durante %d días, en", PRIVACY_DATA_DAYS)
        : "respondimos su solicitud de datos personales. Lea la respuesta en";
}

static enum err privacy_close_one_tx(struct desk *x)
{
    const struct privacy_close_in *in = x->end;
    struct ctx *c = x->c;
    const bool data = streq(in->done, "datos");
    struct json_object *details;
    struct document paper;
    int64_t changed = 0, audit = 0;
    enum err e = data ? data_may_go(x) : deed_find(x, &audit);

    if (e == OK)
        e = privacy_letter_tx(c, x->out, close_words(c, in), "close");
    if (e == OK)
        e = db_exec(c->db, &changed, &close_one, x->id, c->now, in->outcome, x->text, in->done, audit,
                    data ? c->now + PRIVACY_DATA_DAYS * DAY_SECONDS : 0, c->now + PRIVACY_LINK_DAYS * DAY_SECONDS, c->user_id);
    if (e == OK && data)
        e = document_data_tx(c, x->out->customer_id, &paper);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "outcome", in->outcome);
    json_add_text(details, "done", in->done);
    json_add_int(details, "customer", x->out->customer_id);
    json_add_int(details, "audit", audit);
    return desk_end_tx(x, "privacy_close", details, NULL);
}

static enum err privacy_close_tx(struct db *db UNUSED, void *arg)
{
    struct desk *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return privacy_by_id(c, x->id, x->out);
    if (e == OK)
        e = desk_begin(x);
    if (e == OK && x->out->due_day == 0 && !streq(x->end->outcome, "DESISTIDA"))
        e = ctx_fail(c, E_CONFLICT, NULL, T_PRIVACY_UNPROVED, NULL);
    if (e == OK)
        e = privacy_close_one_tx(x);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->id, 1));
}

enum err privacy_close(struct ctx *c, const struct privacy_close_in *in, struct privacy_request *out)
{
    struct desk x = { .c = c, .id = in->id, .end = in, .out = out };

    c->fault = (struct fault){ 0 };
    x.text = is_blank(in->answer) ? "" : utf8_visible(c->a, in->answer);
    if (is_blank(x.text) || utf8_length(x.text) < PRIVACY_LEAST)
        ctx_invalid(c, "answer", T_PRIVACY_ANSWER, NULL);
    if (!streq(in->outcome, "ATENDIDA") && !streq(in->done, "respuesta"))
        ctx_invalid(c, "done", T_PRIVACY_DENIED, NULL);
    if (ctx_faults(c) != OK)
        return E_INVALID;
    return domain_operation(c, "privacy_close", privacy_close_tx, &x);
}

enum err privacy_data_by_secret(struct ctx *c, const char *secret, struct privacy_request *out)
{
    bool enough = false;
    enum err e = privacy_by_secret(c, secret, out);

    if (e == OK && out->link_at != 0 && out->data_until > c->now && text_is(out->done, "datos")) {
        enough = out->seen_at != 0;
        if (!enough)
            e = proof_is_enough(c, out, out->customer_id, out->customer_name, &enough);
    }
    return e == OK && !enough ? ctx_fail(c, E_NOT_FOUND, NULL, T_PRIVACY_NO_DATA, NULL) : domain_fault(c, e);
}
