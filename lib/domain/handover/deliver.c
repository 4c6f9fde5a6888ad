/* RECIBIDO → ENTREGADO, one or many packages as one operation: the proof, the
 * payment, the frozen fee and the freed position stand or fall together. */
#include "base/clock.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/handover/deliver.h"
#include "domain/handover/handover.h"
#include "domain/handover/override.h"
#include "domain/handover/signature.h"
#include "domain/handover/texts.h"
#include "domain/money/cash.h"
#include "domain/parcel/event.h"
#include "domain/parcel/event_words.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/shelf/position.h"
#include "json/json.h"
#include "metric/metric.h"
#include "local/money.h"
#include "local/name.h"
#include "local/normal.h"
#include "base/random.h"

static const struct stmt deliver = STMT("package_deliver", "iiiiiissssIsis",
    "UPDATE packages SET state = 'ENTREGADO', delivered_at = $2, delivered_by = $3, storage_days = $4,"
    " storage_fee = $5, total_fee = $6, receiver_name = $7, receiver_document_type = $8,"
    " receiver_document_last4 = $9, proof = $10, discount = coalesce($11, 0), discount_reason = $12,"
    " position_id = NULL, operation_id = $14 WHERE id = $1 AND state = 'RECIBIDO' AND last_event_id = $13");
static const struct stmt pay = STMT("payment_insert", "isissIii",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id, taken_by,"
    " taken_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
DB_REGISTER(&deliver, &pay)

/* Tells who meant to hand over a package that is gone by whom it was, and when. */
static enum err handover_gone(struct handover *h, const struct package *p)
{
    struct ctx *c = h->c;
    struct delivered_list done;
    enum err e = delivered_among(c, &p->id, 1, 0, 0, &done);

    if (e != OK)
        return e;
    if (done.n == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p->guide_number, p->state, NULL);
    return ctx_fail(c, E_CONFLICT, NULL, T_DELIVERED_BY, p->guide_number, clock_words(c->a, done.v[0].at, c->now),
                    done.v[0].by, NULL);
}

/* Reads every package and its price, and checks that they belong to one customer. */
static enum err handover_gather(struct handover *h)
{
    struct ctx *c = h->c;

    for (size_t i = 0; i < h->in->count; i++) {
        struct package *p = &h->out->packages.v[i];
        enum err e = package_by_id(c, h->in->ids[i], p);

        if (e == OK && !streq(p->state, "RECIBIDO"))
            return handover_gone(h, p);
        if (e == OK && p->disputed)
            return ctx_fail(c, E_CONFLICT, NULL, T_CLAIM_OPEN, p->guide_number, NULL);
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

/* A hand-over by an authorisation goes to the person whom the customer named, once the clerk was told to
 * compare their document; name and document that are kept are that person's. */
static enum err handover_authorize(struct handover *h)
{
    const struct authorization *by = &h->proof.by;
    struct ctx *c = h->c;

    if (h->in->authorized != by->id) {
        h->out->authorized = by->id;
        return ctx_fail(c, E_INVALID, "authorized", T_AUTHORIZED_SHOW, by->name, proof_identity(c->a, by), NULL);
    }
    h->receiver = by->name;
    h->document_type = by->document_type;
    h->document_last4 = by->document_number + strlen(by->document_number) - LAST_OF_IDENTITY;
    return authorization_use_tx(c, by->id);
}

/* The list on the screen names a person, so an old code of that person is no guess. */
static enum err handover_no_code(struct handover *h)
{
    if (proof_is_old(h->c, h->in->code, h->customer, h->out->packages.v[0].id))
        return ctx_fail(h->c, E_CONFLICT, "code", T_CODE_OLD, NULL);
    h->wrong_code = true;
    return E_NOT_FOUND;
}

/* Whether the code opens all packages; one that opens some of them is no guess. */
static enum err handover_opened(struct handover *h)
{
    const struct package *opened = NULL, *shut = NULL;
    struct ctx *c = h->c;

    for (size_t i = 0; i < h->in->count; i++) {
        const struct package *p = &h->out->packages.v[i];

        *(proof_opens(c, &h->proof, p) ? &opened : &shut) = p;
    }
    if (shut == NULL)
        return h->proof.by.id == 0 ? OK : handover_authorize(h);
    h->wrong_code = opened == NULL;
    if (opened == NULL)
        return ctx_fail(c, E_CONFLICT, "code", T_CODE_OTHER, NULL);
    if (h->proof.customer_id == 0)
        return ctx_fail(c, E_CONFLICT, "code", T_CODE_ALONE, opened->guide_number, NULL);
    return ctx_fail(c, E_CONFLICT, "code", T_CODE_NAME, shut->guide_number, shut->customer_name, NULL);
}

static enum err handover_prove(struct handover *h)
{
    struct ctx *c = h->c;
    enum err e;

    if (is_blank(h->in->code))
        return OK;               /* the override was checked before */
    e = proof_by_code(c, h->in->code, &h->proof);
    if (e != OK)
        return e == E_NOT_FOUND ? handover_no_code(h) : e;
    return handover_opened(h);
}

static bool is_cash(const struct payment_in *p)
{
    return p->amount > 0 && !is_blank(p->method) && streq(p->method, "efectivo");
}

/* The sum that the packages owed when the list was shown. */
static enum err handover_due_then(struct handover *h, int64_t *due)
{
    enum err e = OK;

    *due = -h->in->discount;
    for (size_t i = 0; e == OK && i < h->in->count; i++) {
        struct fee then;

        e = fee_at(h->c, &h->out->packages.v[i], h->in->quoted_at, &then);
        *due += then.total;
    }
    return e;
}

/* A clerk who took what the list said made no mistake: a day of storage began meanwhile. */
static enum err handover_not_exact(struct handover *h, int64_t due, int64_t sum)
{
    struct ctx *c = h->c;
    int64_t then = sum;
    enum err e = h->in->quoted_at == 0 ? OK : handover_due_then(h, &then);

    if (e != OK)
        return e;
    if (h->in->quoted_at == 0 || then != sum || due < sum)
        return ctx_fail(c, E_INVALID, "amount", T_PAYMENT_EXACT, money_text(c->a, due), money_text(c->a, sum), NULL);
    if (h->pays_count == 1)
        h->out->amount = due;
    return ctx_fail(c, E_INVALID, "amount", T_PRICE_GREW, money_text(c->a, sum), money_text(c->a, due), NULL);
}

static enum err handover_pay(struct handover *h)
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
        return handover_not_exact(h, due, sum);
    if (due > 0 && (e = cash_drawer_tx(c, cash, &h->drawer)) != OK)
        return e;
    h->out->total = h->due;
    h->out->paid = due;
    h->out->discount = h->discount_left = h->in->discount;
    h->out->operation_id = h->operation;
    return OK;
}

/* A row for each of the payments that this package is paid with, one after the other. */
static enum err handover_pay_one(struct handover *h, const struct package *p, int64_t owed)
{
    struct ctx *c = h->c;
    int64_t id;
    enum err e = OK;

    while (e == OK && owed > 0) {
        const struct payment_in *from = &h->pays[h->from];
        int64_t left = from->amount - h->used, part = left < owed ? left : owed;

        if (part > 0)
            e = db_insert(c->db, &id, &pay, p->id, h->operation, part, from->method,
                        is_blank(from->reference) ? NULL : from->reference, h->drawer, c->user_id, c->now);
        if (e == OK && part > 0)
            e = payment_news_tx(c, id);
        owed -= part;
        h->used += part;
        if (part == left) {
            h->from++;
            h->used = 0;
        }
    }
    return e;
}

/* If one clerk hands a package over while another reports an incident on it, whoever commits first wins. */
static enum err handover_pass_incident(struct handover *h, const struct package *p)
{
    struct incident open;
    enum err e = incident_of(h->c, p->id, &open);

    if (e != OK || open.id == 0)
        return e;
    for (size_t i = 0; i < h->in->incidents_count; i++)
        if (h->in->incidents[i] == open.id)
            return incident_settle_tx(h->c, p->id, NULL, "entregado");
    return ctx_fail(h->c, E_CONFLICT, NULL, T_INCIDENT_NEW, p->guide_number,
                    words_of(incident_outcomes, open.outcome), open.reported_by_name, NULL);
}

static const char *handover_proof_words(const struct handover *h)
{
    return is_blank(h->in->code) ? "excepcion" : h->proof.by.id != 0 ? "autorizacion" : "codigo";
}

/* Whether a clerk has met the package's customer: whoever receives it has the phone under which it was announced,
 * to which alone its code came, and has shown a document with the announced name.  The code by itself does not say
 * what the phone's owner is called, for a stranger may have announced it; a document, or a code that another made,
 * not whose phone it is. */
static bool handover_meets(const struct handover *h, const struct package *p)
{
    const char *name = p->announced_name != NULL ? p->announced_name : p->customer_name;

    return streq(handover_proof_words(h), "codigo") && p->customer_phone != NULL && phone_takes_sms(p->customer_phone)
        && h->receiver != NULL && h->document_last4 != NULL && name != NULL && names_same(h->c->a, h->receiver, name);
}

static struct json_object *handover_details(const struct handover *h, const struct package *p, const struct fee *f,
                                            int64_t discount)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "proof", handover_proof_words(h));
    json_add_int(details, "total", f->total);
    json_add_int(details, "days", f->days);
    json_add_bool(details, "scanned", handover_scanned(h, p->id));
    if (p->position_code != NULL)
        json_add_text(details, "position", p->position_code);
    if (is_blank(h->in->code))
        json_add_text(details, "reason", h->in->override_reason);
    if (h->proof.by.id != 0)
        json_add_int(details, "authorization", h->proof.by.id);
    if (discount > 0)
        json_add_int(details, "discount", discount);
    if (h->asked.n > 0)
        json_add_text(details, "approved_by", h->in->approval->by_name);
    if (h->signature != NULL)
        json_add_bool(details, "signed", true);
    return details;
}

/* "posición A1 · sin escanear: Etiqueta rota" */
static const char *words_more(struct ctx *c, const char *words, const char *what, const char *more)
{
    return arena_printf(c->a, "%s%s%s%s", words != NULL ? words : "", words != NULL ? " · " : "", what, more);
}

const char *deliver_event_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *unscanned = event_value(c, values, "unscanned"), *words = event_place_words(c, details, values);
    const char *reason = NULL, *by = NULL;
    int64_t discount = 0;

    if (json_get_text(details, "reason", &reason))
        words = arena_printf(c->a, "sin código: %s", words_or_value(override_reasons, reason));
    if (json_get_int(details, "discount", &discount))
        words = words_more(c, words, "descuento ", money_text(c->a, discount));
    if (unscanned != NULL)
        words = words_more(c, words, "sin escanear: ", unscanned);
    return json_get_text(details, "approved_by", &by) ? words_more(c, words, "aprobó ", by) : words;
}

static enum err handover_one(struct handover *h, size_t i)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;
    struct package *p = &h->out->packages.v[i];
    const struct fee *f = &h->fees[i];
    struct json_object *details;
    struct personal personal = { 0 };
    int64_t discount = h->discount_left < f->total ? h->discount_left : f->total, changed;
    enum err e = handover_pass_incident(h, p);

    h->discount_left -= discount;
    if (e == OK)
        e = db_exec(c->db, &changed, &deliver, p->id, c->now, c->user_id, f->days, f->storage_fee, f->total,
                    h->receiver, h->document_type, h->document_last4, handover_proof_words(h),
                    discount, discount ? in->discount_reason : NULL, p->last_event_id, h->operation);
    if (e == OK && changed != 1)
        e = ctx_fail(c, E_CONFLICT, NULL, T_ALREADY_DELIVERED, p->guide_number, NULL);
    if (e == OK)
        e = position_release_tx(c, p->position_id);
    if (e == OK)
        e = handover_pay_one(h, p, f->total - discount);
    if (e == OK && handover_meets(h, p))
        e = customer_met_tx(c, p->customer_id, h->receiver);
    if (e != OK)
        return e;
    details = handover_details(h, p, f, discount);
    personal_add(c, &personal, details, "receiver", h->receiver);
    if (!handover_scanned(h, p->id) && !is_blank(in->unscanned_reason))
        personal_add(c, &personal, details, "unscanned", in->unscanned_reason);
    if (h->document_last4 != NULL)
        personal_add(c, &personal, details, "document",
                       arena_printf(c->a, "%s %s", h->document_type ? h->document_type : "", h->document_last4));
    e = event_add_tx(c, p, (struct event_new){ .kind = "ENTREGA", .before = "RECIBIDO", .after = "ENTREGADO",
                                               .details = details, .note = is_blank(in->code) ? in->override_text : NULL });
    if (e == OK)
        e = event_personal_tx(c, p->last_event_id, &personal);
    if (e == OK)
        e = package_by_id(c, p->id, p);
    return e != OK ? e : notify_package_tx(c, "package_delivered", p, p->last_event_id,
                                           (int)c->conf->undo_s);
}

static enum err handover_audit(struct handover *h)
{
    struct json_object *details;
    int64_t lately = 0;          /* with this hand-over's discount */
    enum err e = h->in->discount == 0 ? OK : fees_given_up(h->c, h->customer, h->c->now - GIVEN_UP_S, &lately);

    if (e == OK)
        e = approval_tx(h->c, h->in->approval, &h->asked, lately > 0 && approval_needed(h->c, APPROVE_DISCOUNT, lately),
                        h->in->ids[0]);

    if (e != OK)
        return e;
    if (!is_blank(h->in->code) && h->in->discount == 0)
        return OK;
    details = json_object_new_object();
    json_add_text(details, "override", is_blank(h->in->code) ? h->in->override_reason : NULL);
    json_add_int(details, "discount", h->in->discount);
    return audit_tx(h->c, "deliver_exception", "package", h->in->ids[0], details);
}

static enum err handover_replay(struct handover *h, const char *answer)
{
    int64_t *ids;
    size_t n = operation_ids_read(h->c->a, answer, &ids);
    enum err e = OK;

    for (size_t i = 0; i < n && i < HANDOVER_MAX && e == OK; i++) {
        struct package *p = &h->out->packages.v[i];

        e = package_by_id(h->c, ids[i], p);
        if (e == OK && !streq(p->state, "ENTREGADO"))
            return ctx_fail(h->c, E_CONFLICT, NULL, T_HANDOVER_UNDONE, p->guide_number, NULL);
        h->out->packages.n = i + 1;
        h->out->total += p->total_fee;
        h->out->discount += p->discount;
        h->out->operation_id = p->operation_id;
    }
    h->out->paid = h->out->total - h->out->discount;
    h->out->receipt = delivery_receipt(h->c, h->out->operation_id);
    return e != OK || n == 0 ? e : signature_of(h->c, ids[0], &h->out->signature);
}

/* Signature and photos are given once for all packages. */
static enum err handover_evidence(struct handover *h)
{
    const struct deliver_in *in = h->in;
    enum err e = OK;

    h->out->signature = h->signature;
    if (h->signature != NULL)
        e = signature_keep_tx(h->c, h->operation, in->ids, in->count, h->signature);
    return e != OK ? e : photos_add_tx(h->c, in->ids[0], in->photos, in->photo_count);
}

static enum err handover_tx(struct handover *h)
{
    const char *answer;
    enum err e = operation_begin_tx(h->c, &answer);

    if (e == OK && answer != NULL)
        return handover_replay(h, answer);
    if (e != OK || (e = handover_gather(h)) != OK || (e = handover_check_scans(h)) != OK
        || (e = handover_prove(h)) != OK || (e = handover_pay(h)) != OK)
        return e;
    for (size_t i = 0; i < h->in->count && e == OK; i++)
        e = handover_one(h, i);
    if (e == OK)
        e = handover_evidence(h);
    if (e == OK)
        e = handover_audit(h);
    h->out->receipt = delivery_receipt(h->c, h->operation);
    return e != OK ? e : operation_end_tx(h->c, operation_ids(h->c->a, h->in->ids, h->in->count));
}

/* The sums and findings of a hand-over belong to one run of the write: the store may ask for another. */
static enum err deliver_tx(struct db *db UNUSED, void *arg)
{
    struct handover *asked = arg, run = *asked;
    enum err e;

    *run.out = (struct delivery){ .packages.v = run.out->packages.v };
    e = handover_tx(&run);
    asked->wrong_code = run.wrong_code;
    return e;
}

/* Counters only grow: what is undone later was taken all the same. */
static void handover_count(const struct handover *h)
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
    if ((e = handover_check(&h)) != OK)
        return e;
    if (!is_blank(in->code) && (e = proof_paused(c)) != OK)
        return domain_fault(c, e);
    if ((e = handover_approve(&h)) != OK)
        return e;
    h.operation = random_text(c->a, ALPHABET_BASE62, 22);
    out->packages.v = arena_alloc(c->a, HANDOVER_MAX * sizeof *out->packages.v);
    e = domain_operation(c, "deliver", deliver_tx, &h);
    if (e == OK)
        handover_count(&h);
    if (h.wrong_code)
        proof_wrong(c);
    return e;
}
