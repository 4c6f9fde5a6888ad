/* A payment is taken back by a row of its own; the money leaves a drawer that is open. */
#include <stdlib.h>

#include "base/log.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "domain/money/texts.h"
#include "domain/parcel/event.h"
#include "json/json.h"

static const struct stmt drawer_open = STMT("payment_drawer_open", "i",
    "SELECT 1 FROM cash_sessions WHERE id = $1 AND counted_at IS NULL");
static const struct stmt reverse = STMT("payment_reverse", "iIiis",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id, taken_by,"
    " taken_at, reverses, reason) SELECT package_id, operation_id, -amount, method, reference, $2, $3, $4,"
    " id, $5 FROM payments WHERE id = $1 RETURNING id");
DB_REGISTER(&drawer_open, &reverse)

struct reversing {
    struct ctx *c;
    const struct payment_reverse_in *in;
    struct payment *out;
    struct approval_asked asked;
};

/* A closed drawer's figures stand, so the money leaves one that is open. */
static enum err reversal_drawer(struct ctx *c, const struct payment *p, int64_t *id)
{
    *id = p->cash_session_id;
    if (*id != 0 && db_scalar(c->db, 0, &drawer_open, *id) != 0)
        return OK;
    return cash_drawer_tx(c, streq(p->method, "efectivo"), id);
}

static enum err reversal_trace_tx(struct reversing *x, const struct payment *p)
{
    struct json_object *details = json_object_new_object();
    const char *reason = x->in->reason;
    struct ctx *c = x->c;
    struct package package;
    enum err e = package_by_id(c, p->package_id, &package);

    json_add_int(details, "payment_reversed", p->amount);
    if (x->asked.n > 0)
        json_add_text(details, "approved_by", x->in->approval->by_name);
    if (e == OK)
        e = approval_tx(c, x->in->approval, &x->asked, approval_needed(c, APPROVE_REVERSAL, 0), p->id);
    if (e == OK)
        e = audit_note_tx(c, "payment_reverse", "payment", p->id, json_object_get(details), reason);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    return event_add_tx(c, &package, (struct event_new){ .kind = "MODIFICACION", .before = package.state,
                                                         .after = package.state, .details = details, .note = reason });
}

static enum err payment_reverse_tx(struct db *db, void *arg)
{
    struct reversing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t drawer = 0, id;
    struct payment p;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : payment_by_id(c, strtoll(answer, NULL, 10), x->out);
    e = payment_by_id(c, x->in->id, &p);
    if (e == OK && p.reverses != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_PAYMENT_REVERSAL, NULL);
    if (e == OK)
        e = reversal_drawer(c, &p, &drawer);
    if (e != OK)
        return e;
    e = db_insert(db, &id, &reverse, p.id, drawer, c->user_id, c->now, x->in->reason);
    if (e == E_CONFLICT)         /* the unique index on `reverses`: it is reversed already */
        return ctx_fail(c, e, NULL, T_PAYMENT_REVERSED, NULL);
    if (e != OK)
        return e;
    if (drawer != 0 && cash_expected(c, drawer) < 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_SHORT, NULL);
    e = reversal_trace_tx(x, &p);
    if (e == OK)
        e = payment_news_tx(c, id);
    if (e == OK)
        e = payment_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

/* An ADMIN approves this sum, for this reason, of this package. */
static enum err reversal_approve(struct reversing *x)
{
    const struct payment_reverse_in *in = x->in;
    struct ctx *c = x->c;
    struct package package;
    struct payment p;
    enum err e;

    if (!approval_needed(c, APPROVE_REVERSAL, 0))
        return OK;
    e = payment_by_id(c, in->id, &p);
    if (e == OK)
        e = package_by_id(c, p.package_id, &package);
    if (e != OK)
        return domain_fault(c, e);
    x->asked = (struct approval_asked){ .v = { { APPROVE_REVERSAL, p.amount, in->reason } }, .n = 1,
                                        .about = arena_printf(c->a, "guía %s", package.guide_number),
                                        .exactly = arena_strdup(c->a, NUM(p.id)) };
    return approval_check(c, in->approval, &x->asked);
}

enum err payment_reverse(struct ctx *c, const struct payment_reverse_in *in, struct payment *out)
{
    struct reversing x = { .c = c, .in = in, .out = out };
    enum err e;

    if (is_blank(in->reason))
        return ctx_fail(c, E_INVALID, "reason", T_PAYMENT_REASON, NULL);
    if ((e = reversal_approve(&x)) != OK)
        return e;
    return domain_operation(c, "payment_reverse", payment_reverse_tx, &x);
}
