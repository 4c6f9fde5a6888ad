/* RECIBIDO → ENTREGADO, one or many packages as one operation: the proof, the
 * payment, the frozen fee and the freed position stand or fall together. */
#include "base/json.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/money.h"
#include "base/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/audit.h"
#include "domain/authorization.h"
#include "domain/cash_tx.h"
#include "domain/customer.h"
#include "domain/deliver.h"
#include "domain/notification.h"
#include "domain/operation.h"
#include "domain/setting.h"
#include "domain/throttle.h"

#define PACKAGES_MAX 100

#define WRONG_MAX 5              /* wrong codes of an operator … */
#define WRONG_WINDOW_S 600       /* … within this … */
#define WRONG_PAUSE_S 60         /* … pause the field for this */

static const struct stmt by_code_hash = STMT("package_by_pickup_hash", "b",
    "SELECT id, coalesce(customer_id, 0) FROM packages WHERE pickup_code_hash = $1 AND state = 'RECIBIDO'");
static const struct stmt ready_of = STMT("packages_ready", "ii",
    "SELECT p.id FROM packages p LEFT JOIN positions o ON o.id = p.position_id"
    " WHERE p.state = 'RECIBIDO' AND ((p.customer_id = $1 AND $1 <> 0) OR p.id = $2)"
    " ORDER BY o.walk_order, p.id LIMIT 100");
static const struct stmt deliver = STMT("package_deliver", "iiiiiissssIsi",
    "UPDATE packages SET state = 'ENTREGADO', delivered_at = $2, delivered_by = $3, storage_days = $4,"
    " storage_fee = $5, total_fee = $6, receiver_name = $7, receiver_document_type = $8,"
    " receiver_document_last4 = $9, proof = $10, discount = coalesce($11, 0), discount_reason = $12,"
    " position_id = NULL WHERE id = $1 AND state = 'RECIBIDO' AND last_event_id = $13");
static const struct stmt pay = STMT("payment_insert", "isissIii",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id, taken_by,"
    " taken_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_REGISTER(&by_code_hash, &ready_of, &deliver, &pay)

const char *const payment_methods[] = { "efectivo", "nequi", "daviplata", "bancolombia", "bre_b",
                                        "transferencia", "tarjeta", NULL };
const char *const document_types[] = { "CC", "CE", "TI", "NIT", "PAS", "PPT", NULL };
const char *const override_reasons[] = { "sin_telefono", "mensaje_no_llego", "codigo_olvidado",
                                         "tercero_con_documento", "otro", NULL };

struct proof {
    int64_t package_id, customer_id;
    int64_t authorization;       /* 0: the customer's own code */
    const char *name, *document;
};

static const char *user_key(const struct ctx *c)
{
    return arena_printf(c->a, "pickup:user:%lld", (long long)c->user_id);
}

static enum err own_code(struct ctx *c, const char *code, struct proof *out)
{
    unsigned char hash[HASH_BYTES];
    struct rows q;
    enum err e;

    pickup_code_hash(c->conf, code, hash);
    e = db_one(c->db, &q, &by_code_hash, hash, sizeof hash);
    if (e != OK)
        return e;
    *out = (struct proof){ .package_id = db_int(&q, 0), .customer_id = db_int(&q, 1) };
    return db_end(&q);
}

static enum err authorized_code(struct ctx *c, const char *code, struct proof *out)
{
    struct authorization z;
    enum err e = authorization_by_code(c, code, &z);

    if (e == OK)
        *out = (struct proof){ z.package_id, z.customer_id, z.id, z.name,
                               arena_printf(c->a, "%s %s", z.document_type, z.document_number) };
    return e;
}

static enum err code_lookup(struct ctx *c, const char *typed, struct proof *out)
{
    const char *code = normal_digits(c->a, typed, 6);
    enum err e = code == NULL ? E_NOT_FOUND : own_code(c, code, out);

    if (e == E_NOT_FOUND && code != NULL)
        e = authorized_code(c, code, out);
    return e == E_NOT_FOUND ? ctx_fail(c, E_NOT_FOUND, "code", T_CODE_WRONG, NULL) : e;
}

static enum err wrong_tx(struct db *db UNUSED, void *arg)
{
    struct ctx *c = arg;
    enum err e = throttle_wrong_tx(c, &(struct throttle_wrong){ user_key(c), WRONG_MAX, WRONG_WINDOW_S,
                                                                WRONG_PAUSE_S });

    return e != OK ? e : audit_tx(c, "pickup_code_wrong", "user", c->user_id, NULL);
}

/* A wrong code is counted and written down after the transaction that found it. */
static void count_wrong(struct ctx *c)
{
    struct fault kept = c->fault;

    if (db_write(c->db, wrong_tx, c) != OK)
        log_error("deliver.wrong_code", "user", NUM(c->user_id));
    c->fault = kept;
}

static enum err quote_fill(struct ctx *c, struct quote *out, int64_t package_id)
{
    int64_t ids[PACKAGES_MAX];
    size_t n = 0;
    struct rows q;
    struct customer who;
    enum err e = db_query(c->db, &q, &ready_of, out->customer_id, package_id);

    if (e != OK)
        return e;
    e = db_ids(&q, ids, PACKAGES_MAX, &n);
    out->v = arena_alloc(c->a, (n + 1) * sizeof *out->v);
    for (size_t i = 0; i < n && e == OK; i++) {
        e = package_by_id(c, ids[i], &out->v[i].package);
        if (e == OK)
            e = fee_of(c, &out->v[i].package, &out->v[i].fee);
        if (e == OK)
            e = incident_of(c, ids[i], &out->v[i].incident);
        out->total += out->v[i].fee.total;
    }
    out->n = n;
    if (e == OK && out->customer_id != 0 && (e = customer_by_id(c, out->customer_id, &who)) == OK) {
        out->customer_name = who.full_name;
        out->customer_phone = who.phone;
    }
    return e;
}

enum err deliver_quote(struct ctx *c, const struct quote_in *in, struct quote *out)
{
    struct proof proof = { .package_id = in->package_id, .customer_id = in->customer_id };
    struct package p;
    enum err e;

    *out = (struct quote){ 0 };
    c->fault = (struct fault){ 0 };
    if (!is_blank(in->code)) {
        e = throttle_paused(c, user_key(c));
        if (e == OK && (e = code_lookup(c, in->code, &proof)) == E_NOT_FOUND)
            count_wrong(c);
        if (e != OK)
            return domain_fault(c, e);
        out->by_code = true;
    } else if (in->package_id != 0) {
        e = package_by_id(c, in->package_id, &p);
        if (e == OK && !streq(p.state, "RECIBIDO"))
            e = ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p.guide_number, p.state, NULL);
        if (e != OK)
            return e;
        proof.customer_id = p.customer_id;
    }
    out->customer_id = proof.customer_id;
    out->authorized = proof.name;
    out->authorized_document = proof.document;
    e = quote_fill(c, out, proof.package_id);
    if (e == OK && out->n == 0)
        e = ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return domain_fault(c, e);
}

struct handover {
    struct ctx *c;
    const struct deliver_in *in;
    struct delivery *out;
    const char *operation;
    const char *receiver, *signature;
    struct proof proof;
    int64_t customer;            /* of all of them */
    int64_t due, discount_left;
    struct payment_in pays[PAYMENTS_MAX];
    size_t pays_count, from;     /* from: the one that packages are paid with now … */
    int64_t used;                /* … and what of it is used */
    int64_t drawer;              /* 0: none */
    struct fee fees[PACKAGES_MAX];
    bool wrong_code;
};

/* Every package, its price, and that they belong together. */
static enum err gather(struct handover *h)
{
    struct ctx *c = h->c;

    for (size_t i = 0; i < h->in->count; i++) {
        struct package *p = &h->out->packages.v[i];
        enum err e = package_fetch(c, h->in->ids[i], p);

        if (e == OK && !streq(p->state, "RECIBIDO"))
            return ctx_fail(c, E_CONFLICT, NULL, streq(p->state, "ENTREGADO") ? T_ALREADY_DELIVERED
                            : T_NOT_ON_SHELF, p->guide_number, p->state, NULL);
        if (e == OK)
            e = fee_of(c, p, &h->fees[i]);
        if (e != OK)
            return e;
        if ((i > 0 && (p->customer_id != h->customer || p->customer_id == 0))
            || (h->in->customer != 0 && p->customer_id != h->in->customer))      /* corrected meanwhile */
            return ctx_fail(c, E_CONFLICT, NULL, T_OTHER_CUSTOMER, p->guide_number, NULL);
        h->customer = p->customer_id;
        h->due += h->fees[i].total;
        h->out->packages.n = i + 1;
    }
    return OK;
}

static enum err proven(struct handover *h)
{
    struct ctx *c = h->c;
    enum err e;

    if (is_blank(h->in->code))
        return OK;               /* the override was checked before */
    e = code_lookup(c, h->in->code, &h->proof);
    if (e == E_NOT_FOUND)
        h->wrong_code = true;
    if (e != OK)
        return e;
    if (h->proof.name != NULL && h->receiver == NULL)
        h->receiver = h->proof.name;
    if (h->proof.package_id == h->out->packages.v[0].id
        || (h->proof.customer_id != 0 && h->proof.customer_id == h->customer))
        return h->proof.authorization == 0 ? OK : authorization_use_tx(c, h->proof.authorization);
    h->wrong_code = true;
    return ctx_fail(c, E_CONFLICT, "code", T_CODE_OTHER, NULL);
}

static bool is_cash(const struct payment_in *p)
{
    return p->amount > 0 && !is_blank(p->method) && streq(p->method, "efectivo");
}

static enum err paid(struct handover *h)
{
    struct ctx *c = h->c;
    int64_t due = h->due - h->in->discount, sum = 0;
    bool cash = false;
    enum err e;

    for (size_t i = 0; i < h->pays_count; i++) {
        sum += h->pays[i].amount;
        cash = cash || is_cash(&h->pays[i]);
    }
    if (due < 0)
        return ctx_fail(c, E_INVALID, "discount", T_DISCOUNT_MUCH, money_text(c->a, h->due), NULL);
    if (sum != due)
        return ctx_fail(c, E_INVALID, "amount", T_PAYMENT_EXACT, money_text(c->a, due),
                        money_text(c->a, sum), NULL);
    if (due > 0 && (e = cash_drawer_tx(c, cash, &h->drawer)) != OK)
        return e;
    h->out->total = h->due;
    h->out->paid = due;
    h->out->discount = h->discount_left = h->in->discount;
    h->out->operation_id = h->operation;
    return OK;
}

/* A row for each of the payments that this package is paid with, one after the other. */
static enum err pay_one(struct handover *h, const struct package *p, int64_t owed)
{
    struct ctx *c = h->c;
    enum err e = OK;

    while (e == OK && owed > 0) {
        const struct payment_in *from = &h->pays[h->from];
        int64_t left = from->amount - h->used, part = left < owed ? left : owed;

        if (part > 0)
            e = db_exec(c->db, NULL, &pay, p->id, h->operation, part, from->method,
                        is_blank(from->reference) ? NULL : from->reference, h->drawer, c->user_id, c->now);
        owed -= part;
        h->used += part;
        if (part == left) {
            h->from++;
            h->used = 0;
        }
    }
    return e;
}

/* Of two at once, one who hands it over and one who says what came up, the first is right. */
static enum err pass_incident(struct handover *h, const struct package *p)
{
    struct incident open;
    enum err e = incident_of(h->c, p->id, &open);

    if (e != OK || open.id == 0)
        return e;
    for (size_t i = 0; i < h->in->incidents_count; i++)
        if (h->in->incidents[i] == open.id)
            return incident_settle_tx(h->c, p->id, NULL, "entregado");
    return ctx_fail(h->c, E_CONFLICT, NULL, T_INCIDENT_NEW, p->guide_number,
                    incident_outcome_words(open.outcome), open.reported_by_name, NULL);
}

static const char *proof_words(const struct handover *h)
{
    return is_blank(h->in->code) ? "excepcion" : h->proof.authorization ? "autorizacion" : "codigo";
}

static struct json_object *handover_details(const struct handover *h, const struct package *p, const struct fee *f,
                                            int64_t discount)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "proof", proof_words(h));
    json_add_int(details, "total", f->total);
    json_add_int(details, "days", f->days);
    if (p->position_code != NULL)
        json_add_text(details, "position", p->position_code);
    if (is_blank(h->in->code))
        json_add_text(details, "reason", h->in->override_reason);
    if (h->proof.authorization != 0)
        json_add_int(details, "authorization", h->proof.authorization);
    if (discount > 0)
        json_add_int(details, "discount", discount);
    if (h->signature != NULL)
        json_add_bool(details, "signed", true);
    return details;
}

static enum err deliver_one(struct handover *h, size_t i)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;
    struct package *p = &h->out->packages.v[i];
    const struct fee *f = &h->fees[i];
    struct json_object *details;
    struct personal personal = { 0 };
    int64_t discount = h->discount_left < f->total ? h->discount_left : f->total, changed;
    enum err e = pass_incident(h, p);

    h->discount_left -= discount;
    if (e == OK)
        e = db_exec(c->db, &changed, &deliver, p->id, c->now, c->user_id, f->days, f->storage_fee, f->total,
                    h->receiver, in->receiver_document_type, in->receiver_document_last4, proof_words(h),
                    discount, discount ? in->discount_reason : NULL, p->last_event_id);
    if (e == OK && changed != 1)
        e = ctx_fail(c, E_CONFLICT, NULL, T_ALREADY_DELIVERED, p->guide_number, NULL);
    if (e == OK)
        e = position_release_tx(c, p->position_id);
    if (e == OK)
        e = pay_one(h, p, f->total - discount);
    if (e != OK)
        return e;
    details = handover_details(h, p, f, discount);
    event_personal(c, &personal, details, "receiver", h->receiver);
    e = event_add_tx(c, p, (struct event_new){ .kind = "ENTREGA", .before = "RECIBIDO",
                                               .after = "ENTREGADO", .details = details });
    if (e == OK)
        e = event_personal_tx(c, p->last_event_id, &personal);
    if (e == OK)
        e = package_fetch(c, p->id, p);
    return e != OK ? e : notify_package_tx(c, "package_delivered", p, p->last_event_id,
                                           (int)c->conf->undo_s);
}

static enum err audit_override(struct handover *h)
{
    struct json_object *details;

    if (!is_blank(h->in->code) && h->in->discount == 0)
        return OK;
    details = json_object_new_object();
    json_add_text(details, "override", is_blank(h->in->code) ? h->in->override_reason : NULL);
    json_add_int(details, "discount", h->in->discount);
    return audit_tx(h->c, "deliver_exception", "package", h->in->ids[0], details);
}

static enum err replayed(struct handover *h, const char *answer)
{
    int64_t *ids;
    size_t n = operation_ids_read(h->c->a, answer, &ids);
    struct payments pays;
    enum err e = OK;

    for (size_t i = 0; i < n && i < PACKAGES_MAX && e == OK; i++) {
        struct package *p = &h->out->packages.v[i];

        e = package_fetch(h->c, ids[i], p);
        h->out->packages.n = i + 1;
        h->out->total += p->total_fee;
        h->out->discount += p->discount;
        if (e == OK && (e = payments_of(h->c, ids[i], &pays)) == OK && pays.n > 0)
            h->out->operation_id = pays.v[0].operation_id;
    }
    h->out->paid = h->out->total - h->out->discount;
    return e != OK || n == 0 ? e : signature_of(h->c, ids[0], &h->out->signature);
}

/* What was given besides the money, once for all of them. */
static enum err evidence(struct handover *h)
{
    const struct deliver_in *in = h->in;
    enum err e = OK;

    h->out->signature = h->signature;
    if (h->signature != NULL)
        e = signature_keep_tx(h->c, h->operation, in->ids, in->count, h->signature);
    return e != OK ? e : photos_add_tx(h->c, in->ids[0], in->photos, in->photo_count);
}

static enum err deliver_tx(struct db *db UNUSED, void *arg)
{
    struct handover *h = arg;
    const char *answer;
    enum err e = operation_begin_tx(h->c, &answer);

    if (e == OK && answer != NULL)
        return replayed(h, answer);
    if (e != OK || (e = gather(h)) != OK || (e = proven(h)) != OK || (e = paid(h)) != OK)
        return e;
    for (size_t i = 0; i < h->in->count && e == OK; i++)
        e = deliver_one(h, i);
    if (e == OK)
        e = evidence(h);
    if (e == OK)
        e = audit_override(h);
    return e != OK ? e : operation_end_tx(h->c, operation_ids(h->c->a, h->in->ids, h->in->count));
}

static void check_proof(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;

    if (in->count == 0 || in->count > PACKAGES_MAX)
        ctx_invalid(c, "ids", T_PACKAGES_NONE, NULL);
    if (is_blank(in->code)) {
        if (is_blank(in->override_reason))
            ctx_invalid(c, "code", T_PROOF_NEEDED, NULL);
        else if (!in->identity_checked)
            ctx_invalid(c, "identity_checked", T_IDENTITY, NULL);
        if (!is_blank(in->override_reason)
            && (is_blank(in->receiver_document_last4) || utf8_length(in->receiver_document_last4) != 4))
            ctx_invalid(c, "receiver_document_last4", T_LAST4, NULL);
    }
    h->receiver = is_blank(in->receiver_name) ? NULL : normal_name(c->a, in->receiver_name);
    if (h->receiver == NULL && (is_blank(in->code) || !is_blank(in->receiver_name)))
        ctx_invalid(c, "receiver_name", T_RECEIVER, NULL);
    h->signature = signature_check(c, in->signature);
}

/* "method" of the first payment, "method_2" of the second. */
static const char *pay_field(struct handover *h, size_t i, const char *name)
{
    return i == 0 ? name : arena_printf(h->c->a, "%s_%zu", name, i + 1);
}

static void check_pay(struct handover *h, size_t i)
{
    struct ctx *c = h->c;
    const struct payment_in *p = &h->pays[i];

    if (p->amount <= 0) {
        if (h->pays_count > 1)   /* one alone may be nothing: all was discounted */
            ctx_invalid(c, pay_field(h, i, "amount"), T_PAYMENT_PART, NULL);
        return;
    }
    if (is_blank(p->method))
        ctx_invalid(c, pay_field(h, i, "method"), T_REQUIRED, NULL);
    else if (!is_cash(p) && is_blank(p->reference))
        ctx_invalid(c, pay_field(h, i, "reference"), T_REFERENCE, NULL);
    if (!is_blank(p->method) && streq(p->method, "tarjeta") && setting_int(c, S_CARD) == 0)
        ctx_invalid(c, pay_field(h, i, "method"), T_METHOD_OFF, NULL);
}

static void check_money(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;

    h->pays[0] = (struct payment_in){ in->method, in->amount, in->reference };
    h->pays_count = 1;
    if (in->others_count >= PAYMENTS_MAX)
        ctx_invalid(c, "method", T_MANY, arena_printf(c->a, "%d", PAYMENTS_MAX), NULL);
    else
        for (size_t i = 0; i < in->others_count; i++)
            h->pays[h->pays_count++] = in->others[i];
    for (size_t i = 0; i < h->pays_count; i++)
        check_pay(h, i);
    if (in->discount > 0 && is_blank(in->discount_reason))
        ctx_invalid(c, "discount_reason", T_DISCOUNT_REASON, NULL);
}

/* Counters only grow: what is undone later was taken all the same. */
static void count_done(const struct handover *h)
{
    if (h->c->replayed)
        return;
    for (size_t i = 0; i < h->pays_count; i++)
        if (h->pays[i].amount > 0)
            metric_add(M_PAYMENTS, (uint64_t)h->pays[i].amount, h->pays[i].method, NULL);
    if (is_blank(h->in->code))
        metric_inc(M_OVERRIDES, h->in->override_reason, NULL);
}

enum err deliver_packages(struct ctx *c, const struct deliver_in *in, struct delivery *out)
{
    struct handover h = { .c = c, .in = in, .out = out };
    enum err e;

    *out = (struct delivery){ 0 };
    c->fault = (struct fault){ 0 };
    check_proof(&h);
    check_money(&h);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    if (in->discount > 0 && c->role < ROLE_ADMIN)
        return ctx_fail(c, E_FORBIDDEN, "discount", T_DISCOUNT_ROLE, NULL);
    if (!is_blank(in->code) && (e = throttle_paused(c, user_key(c))) != OK)
        return domain_fault(c, e);
    h.operation = random_text(c->a, ALPHABET_BASE62, 22);
    out->packages.v = arena_alloc(c->a, PACKAGES_MAX * sizeof *out->packages.v);
    e = domain_operation(c, "deliver", deliver_tx, &h);
    if (e == OK)
        count_done(&h);
    if (h.wrong_code)
        count_wrong(c);
    return e;
}
