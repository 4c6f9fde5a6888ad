/* A payment that belongs to no hand-over: charged for a cancelled package, or for the rest that one
 * handed over owes after a reversal (domain.md §5). */
#include <stdlib.h>

#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "domain/money/texts.h"
#include "domain/parcel/event.h"
#include "json/json.h"
#include "base/log.h"
#include "metric/metric.h"
#include "local/money.h"
#include "base/random.h"

#define CASH "efectivo"

static const struct stmt insert = STMT("payment_record", "isissIiis",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id, taken_by,"
    " taken_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
DB_REGISTER(&insert)

struct recording { struct ctx *c; const struct payment_record_in *in; struct payment *out; };

enum err payment_room(struct ctx *c, const struct package *p, int64_t *most)
{
    struct payments all;
    enum err e;

    *most = PAYMENT_CHARGE_MAX;
    if (streq(p->state, "CANCELADO"))
        return OK;
    if (!streq(p->state, "ENTREGADO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_PAYMENT_AT_HANDOVER, NULL);
    e = payments_of(c, p->id, &all);
    if (e != OK)
        return e;
    *most = payments_missing(c, &all, p);
    return *most > 0 ? OK : ctx_fail(c, E_CONFLICT, NULL, T_PAYMENT_ALL_PAID, NULL);
}

static enum err record_trace_tx(struct recording *x, struct package *p, int64_t id)
{
    const struct payment_record_in *in = x->in;
    struct json_object *details = json_object_new_object();
    enum err e;

    json_add_int(details, "payment_recorded", in->amount);
    json_add_text(details, "method", in->method);
    e = audit_note_tx(x->c, "payment_record", "payment", id, json_object_get(details), in->reason);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    return event_add_tx(x->c, p, (struct event_new){ .kind = "MODIFICACION", .before = p->state, .after = p->state,
                                                     .details = details, .note = in->reason });
}

static enum err record_insert_tx(struct recording *x, const struct package *p, int64_t *id)
{
    const struct payment_record_in *in = x->in;
    struct ctx *c = x->c;
    int64_t most, drawer;
    enum err e = payment_room(c, p, &most);

    if (e == OK && in->amount > most)
        e = ctx_fail(c, E_INVALID, "amount", T_PAYMENT_MOST, money_text(c->a, most), NULL);
    if (e == OK)
        e = cash_drawer_tx(c, streq(in->method, CASH), &drawer);
    return e != OK ? e
        : db_insert(c->db, id, &insert, p->id, random_text(c->a, ALPHABET_BASE62, 22), in->amount, in->method,
                    is_blank(in->reference) ? NULL : in->reference, drawer, c->user_id, c->now, in->reason);
}

static enum err payment_record_tx(struct db *db UNUSED, void *arg)
{
    struct recording *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    struct package p;
    int64_t id;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : payment_by_id(c, strtoll(answer, NULL, 10), x->out);
    e = package_by_id(c, x->in->id, &p);
    if (e == OK)
        e = record_insert_tx(x, &p, &id);
    if (e == OK)
        e = record_trace_tx(x, &p, id);
    if (e == OK)
        e = payment_news_tx(c, id);
    if (e == OK)
        e = payment_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

static void record_check(struct ctx *c, const struct payment_record_in *in)
{
    c->fault = (struct fault){ 0 };
    payment_method_check(c, in->method, "method", in->reference, "reference");
    if (in->amount < 1 || in->amount > PAYMENT_CHARGE_MAX)
        ctx_invalid(c, "amount", T_NOT_NUMBER, "1", arena_strdup(c->a, NUM(PAYMENT_CHARGE_MAX)), NULL);
    if (is_blank(in->reason))
        ctx_invalid(c, "reason", T_PAYMENT_WHY, NULL);
}

enum err payment_record(struct ctx *c, const struct payment_record_in *in, struct payment *out)
{
    struct recording x = { c, in, out };
    enum err e;

    record_check(c, in);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    e = domain_operation(c, "payment_record", payment_record_tx, &x);
    if (e == OK && !c->replayed)
        metric_add(M_PAYMENTS, (uint64_t)in->amount, in->method, NULL);
    return e;
}
