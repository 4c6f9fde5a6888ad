#include "domain/public/inquiry.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/link.h"
#include "domain/parcel/texts.h"
#include "domain/public/texts.h"
#include "json/json.h"

#define HOUR_S 3600
#define PER_HOUR 20              /* questions that one network may ask */
#define ALL_PER_HOUR 60          /* that all networks may, lest one who has many fills the list */
#define LIST_USUAL 50
#define LIST_MAX 200

#define SELECT "SELECT i.id, i.package_id, i.at, i.content, i.state, i.closed_at, u.full_name, p.guide_number,"     \
    " coalesce(CASE WHEN p.customer_id IS i.customer_id THEN p.announced_name END, c.full_name), c.phone, p.guide_key" \
    " FROM inquiries i JOIN packages p ON p.id = i.package_id"                                                       \
    " LEFT JOIN customers c ON c.id = i.customer_id LEFT JOIN users u ON u.id = i.closed_by"
static const struct stmt by_id = STMT("inquiry_by_id", "i", SELECT " WHERE i.id = $1");
static const struct stmt theirs = STMT("inquiries_of", "iIi",
    SELECT " WHERE i.package_id = $1 AND i.customer_id IS $2 ORDER BY i.id DESC LIMIT $3");
static const struct stmt public_of = STMT("inquiries_public_of", "iIi",
    "SELECT at, content, closed_at FROM inquiries WHERE package_id = $1 AND customer_id IS $2 ORDER BY id DESC LIMIT $3");
static const struct stmt open_list = STMT("inquiries_open", "ii",
    SELECT " WHERE i.state <> 'CERRADO' AND i.id > $1 ORDER BY i.id LIMIT $2");
static const struct stmt asked_count = STMT("inquiries_asked", "ii",
    "SELECT count(*) FROM inquiries WHERE package_id = $1 AND at > $2");
static const struct stmt insert = STMT("inquiry_insert", "iIsi",
    "INSERT INTO inquiries (package_id, customer_id, content, at) VALUES ($1, $2, $3, $4) RETURNING id");
static const struct stmt close_one = STMT("inquiry_close", "iii",
    "UPDATE inquiries SET state = 'CERRADO', closed_at = $2, closed_by = $3 WHERE id = $1 AND state <> 'CERRADO'");
DB_REGISTER(&by_id, &theirs, &public_of, &open_list, &asked_count, &insert, &close_one)

#define I struct inquiry
static const struct field row_rows[] = {
    FIELD(I, id, F_INT, "Número"),
    FIELD(I, package_id, F_INT, "Paquete"),
    FIELD(I, at, F_INSTANT, "Cuándo se preguntó"),
    FIELD(I, content, F_TEXT, "La pregunta"),
    FIELD(I, state, F_TEXT, "ABIERTO, LEIDO, RESPONDIDO o CERRADO"),
    FIELD(I, closed_at, F_INSTANT, "Cuándo se atendió"),
    FIELD(I, closed_by_name, F_TEXT, "Quién la atendió"),
    FIELD(I, guide_number, F_TEXT, "Guía del paquete"),
    FIELD(I, customer_name, F_TEXT, "Quién preguntó"),
    FIELD(I, customer_phone, F_PHONE, "Su celular"),
    FIELD_SECRET(I, guide_key, F_TEXT, "Guía sin separadores"),
};
const struct fields inquiry_fields = FIELDS(row_rows);
static const struct field public_rows[] = {
    FIELD(I, at, F_INSTANT, "Cuándo se preguntó"),
    FIELD(I, content, F_TEXT, "La pregunta"),
    FIELD(I, closed_at, F_INSTANT, "Cuándo se atendió"),
};
const struct fields inquiry_public_fields = FIELDS(public_rows);

/* ---- asking ---- */

struct asking { struct ctx *c; const char *token, *content; struct inquiry *out; };

static enum err inquiry_ask_tx(struct db *db, void *arg)
{
    struct asking *x = arg;
    struct ctx *c = x->c;
    struct package p;
    const char *answer;
    int64_t *ids, id = 0;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL && operation_ids_read(c->a, answer, &ids) == 1)
        return db_get(db, inquiry_fields, x->out, c->a, &by_id, ids[0]);
    if (e == OK)
        e = package_by_token(c, x->token, &p);
    if (e == OK && db_scalar(db, 0, &asked_count, p.id, c->now - DAY_SECONDS) >= INQUIRIES_A_DAY)
        e = ctx_fail(c, E_CONFLICT, "content", T_INQUIRY_OFTEN, NULL);
    if (e == OK && !throttle_exempt(c))
        e = throttle_spend_tx(c, "inquiry:all", 1, ALL_PER_HOUR, HOUR_S);
    if (e == OK)
        e = db_insert(db, &id, &insert, p.id, p.customer_id, x->content, c->now);
    if (e == OK)
        e = db_get(db, inquiry_fields, x->out, c->a, &by_id, id);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err inquiry_ask(struct ctx *c, const struct inquiry_in *in, struct inquiry *out)
{
    const char *seen = is_blank(in->content) ? "" : utf8_visible(c->a, in->content), *folded = utf8_fold(c->a, seen);
    struct asking x = { c, in->token, seen, out };
    enum err e;

    if (is_blank(folded) || utf8_length(seen) < INQUIRY_LEAST)
        return ctx_fail(c, E_INVALID, "content", T_INQUIRY_SHORT, NULL);
    e = throttle_window(c, "inquiry", PER_HOUR, HOUR_S);
    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    return package_fault(c, domain_operation(c, "inquiry", inquiry_ask_tx, &x));
}

/* ---- reading ---- */

static enum err inquiries_read(struct ctx *c, const struct stmt *s, struct fields f, const struct package *p,
                               struct inquiries *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, s, p->id, p->customer_id, (int64_t)LIST_USUAL);

    *out = (struct inquiries){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, f, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err inquiries_of(struct ctx *c, const struct package *p, struct inquiries *out)
{
    return inquiries_read(c, &theirs, inquiry_fields, p, out);
}

enum err inquiries_public_of(struct ctx *c, const struct package *p, struct inquiries *out)
{
    return inquiries_read(c, &public_of, inquiry_public_fields, p, out);
}

enum err inquiry_list(struct ctx *c, const struct inquiry_filter *f, struct inquiries *out)
{
    const int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e = db_query(c->db, &q, &open_list, f->after, limit + 1);

    *out = (struct inquiries){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, inquiry_fields, sizeof *out->v, &out->n);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        out->next = out->v[limit - 1].id;
    }
    return domain_fault(c, db_end(&q));
}

/* ---- attending to it ---- */

struct closing { struct ctx *c; int64_t id; struct inquiry *out; };

static enum err inquiry_close_tx(struct db *db, void *arg)
{
    struct closing *x = arg;
    int64_t changed = 0;
    enum err e = db_get(db, inquiry_fields, x->out, x->c->a, &by_id, x->id);

    if (e == E_NOT_FOUND)
        return ctx_fail(x->c, e, NULL, T_INQUIRY_NONE, NULL);
    if (e == OK)
        e = db_exec(db, &changed, &close_one, x->id, x->c->now, x->c->user_id);
    if (e == OK && changed == 0)
        e = ctx_fail(x->c, E_CONFLICT, NULL, T_INQUIRY_CLOSED, NULL);
    if (e == OK)
        e = db_get(db, inquiry_fields, x->out, x->c->a, &by_id, x->id);
    return e != OK ? e : audit_tx(x->c, "inquiry_close", "inquiry", x->id, NULL);
}

enum err inquiry_close(struct ctx *c, int64_t id, struct inquiry *out)
{
    struct closing x = { c, id, out };

    return domain_operation(c, "inquiry_close", inquiry_close_tx, &x);
}

struct closing_many { struct ctx *c; const int64_t *ids; size_t n; int64_t *closed; };

static enum err inquiries_close_tx(struct db *db, void *arg)
{
    struct closing_many *x = arg;
    enum err e = OK;

    *x->closed = 0;
    for (size_t i = 0; i < x->n && e == OK; i++) {
        int64_t changed = 0;

        e = db_exec(db, &changed, &close_one, x->ids[i], x->c->now, x->c->user_id);
        *x->closed += changed;
        if (e == OK && changed > 0)
            e = audit_tx(x->c, "inquiry_close", "inquiry", x->ids[i], NULL);
    }
    return e;
}

enum err inquiries_close(struct ctx *c, const int64_t *ids, size_t n, int64_t *closed)
{
    struct closing_many x = { c, ids, n, closed };

    if (n == 0)
        return ctx_fail(c, E_INVALID, "ids", T_INQUIRIES_PICK, NULL);
    return domain_write(c, inquiries_close_tx, &x);
}
