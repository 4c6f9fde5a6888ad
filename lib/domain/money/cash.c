/* A drawer's changes.  Writers take turns (db_write), so a payment and a count of its drawer
 * have an order: the payment is in what is expected, or finds the drawer counted. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/texts.h"
#include "domain/money/texts.h"
#include "json/json.h"
#include "local/money.h"
#include "domain/ground/audit.h"
#include "domain/ground/news.h"
#include "domain/money/cash.h"
#include "domain/ground/tx.h"
#include "domain/ground/operation.h"

#define REASON_MIN 3

static const struct stmt open_of = STMT("cash_open_of", "i",
    "SELECT id, counted_at FROM cash_sessions WHERE opened_by = $1 AND closed_at IS NULL");
static const struct stmt any = STMT("cash_any", "", "SELECT 1 FROM cash_sessions LIMIT 1");
static const struct stmt expected = STMT("cash_expected", "i",
    "SELECT s.base + coalesce((SELECT sum(p.amount) FROM payments p WHERE p.cash_session_id = s.id"
    " AND p.method = 'efectivo'), 0) + coalesce((SELECT sum(m.amount) FROM cash_movements m"
    " WHERE m.cash_session_id = s.id), 0) FROM cash_sessions s WHERE s.id = $1");
static const struct stmt insert = STMT("cash_insert", "iii",
    "INSERT INTO cash_sessions (opened_by, opened_at, base) VALUES ($1, $2, $3) RETURNING id");
static const struct stmt insert_movement = STMT("cash_movement_insert", "isissii",
    "INSERT INTO cash_movements (cash_session_id, kind, amount, reason, reference, made_by, made_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
static const struct stmt insert_count = STMT("cash_count_insert", "iiii",
    "INSERT INTO cash_counts (cash_session_id, counted, counted_by, counted_at) VALUES ($1, $2, $3, $4)"
    " RETURNING id");
static const struct stmt insert_pieces = STMT("cash_pieces_insert", "isii",
    "INSERT INTO cash_pieces (cash_count_id, kind, value, pieces) VALUES ($1, $2, $3, $4)");
static const struct stmt set_count = STMT("cash_set_count", "iiiii",
    "UPDATE cash_sessions SET counted_at = $2, counted_by = $3, counted = $4, expected = $5"
    " WHERE id = $1 AND closed_at IS NULL");
static const struct stmt set_closed = STMT("cash_set_closed", "iiis",
    "UPDATE cash_sessions SET closed_at = $2, closed_by = $3, explanation = $4"
    " WHERE id = $1 AND closed_at IS NULL AND counted_at IS NOT NULL");
static const struct stmt set_approved = STMT("cash_set_approved", "iiis",
    "UPDATE cash_sessions SET approved_at = $2, approved_by = $3, approval_note = $4"
    " WHERE id = $1 AND closed_at IS NOT NULL AND approved_at IS NULL"
    " AND $3 NOT IN (opened_by, counted_by, closed_by)");
DB_REGISTER(&open_of, &any, &expected, &insert, &insert_movement, &insert_count, &insert_pieces,
            &set_count, &set_closed, &set_approved)

const struct denomination_row denominations[DENOMINATIONS] = {
#define DENOMINATION(name, kind, value, words) [D_##name] = { #name, kind, value, words },
#include "domain/money/denomination.def"
#undef DENOMINATION
};
#define TRANSFER "traslado"
const struct word cash_kinds[] = { { "entrada", "Entra" }, { "salida", "Sale" }, { TRANSFER, "Al banco" }, WORDS_END };

/* ---- questions of other files ---- */

int64_t cash_expected(struct ctx *c, int64_t id)
{
    return db_scalar(c->db, 0, &expected, id);
}

/* The person's drawer that is not closed; 0 for none. */
static enum err cash_drawer_of(struct ctx *c, int64_t *id, bool *counted)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &open_of, c->user_id);

    *id = 0;
    *counted = false;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *id = db_int(&q, 0);
    *counted = !db_null(&q, 1);
    return db_end(&q);
}

enum err cash_drawer_tx(struct ctx *c, bool cash, int64_t *id)
{
    bool counted;
    enum err e = cash_drawer_of(c, id, &counted);

    if (e != OK || (*id != 0 && !counted))
        return e;
    *id = 0;                     /* a drawer that was counted takes nothing, by whatever method */
    if (cash && counted)
        return ctx_fail(c, E_CONFLICT, "method", T_CASH_COUNTED, NULL);
    if (cash && db_scalar(c->db, 0, &any) != 0)
        return ctx_fail(c, E_CONFLICT, "method", T_CASH_NEEDED, NULL);
    return OK;
}

bool cash_is_uncounted(struct ctx *c)
{
    int64_t id;
    bool counted;

    return cash_drawer_of(c, &id, &counted) == OK && id != 0 && !counted;
}

bool cash_can_take(struct ctx *c)
{
    struct fault kept = c->fault;
    int64_t id;
    bool can = cash_drawer_tx(c, true, &id) == OK;

    c->fault = kept;
    return can;
}

/* ---- changes ---- */

struct cash_change {
    struct ctx *c;
    int64_t id;                  /* the drawer's id; 0: the step makes the drawer */
    struct cash_session *out;    /* as it is before the step */
    enum err (*step)(struct cash_change *x);
    const char *news;            /* the kind of news that the step is */
    struct cash_movement moved;  /* the row that a step that moves money has written; id 0: none */
    const void *in;
    struct approval_asked asked; /* a closing that an ADMIN must approve */
};

/* Before it is counted nobody is told what a drawer should hold; a count tells it. */
static enum err cash_news_tx(struct cash_change *x)
{
    struct news news = { .kind = x->news, .parts = { NEWS_PART("drawer", cash_session_fields, x->out) } };

    if (x->moved.id != 0)
        news.parts[1] = (struct news_part)NEWS_PART("movement", cash_movement_fields, &x->moved);
    else if (x->out->counted_at != 0)
        news.parts[1] = (struct news_part)NEWS_PART("count", cash_count_fields, x->out);
    return news_tx(x->c, &news);
}

static enum err cash_change_tx(struct db *db UNUSED, void *arg)
{
    const struct cash_change *asked = arg;
    struct cash_change x = *asked;    /* its id is this run's, when the step makes it */
    struct ctx *c = x.c;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : cash_session_by_id(c, strtoll(answer, NULL, 10), x.out);
    if (x.id != 0)
        e = cash_session_by_id(c, x.id, x.out);
    if (e == OK)
        e = x.step(&x);
    if (e == OK)
        e = cash_session_by_id(c, x.id, x.out);
    if (e == OK)
        e = cash_news_tx(&x);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x.id, 1));
}

static enum err cash_audit_tx(struct cash_change *x, const char *action, struct json_object *details,
                              const char *note)
{
    return audit_note_tx(x->c, action, "cash_session", x->id, details, note);
}

static enum err cash_was_closed(struct cash_change *x)
{
    return ctx_fail(x->c, E_CONFLICT, NULL, T_CASH_CLOSED, clock_exact(x->c->a, x->out->closed_at), NULL);
}

static enum err cash_still_open(struct cash_change *x)
{
    if (x->out->closed_at != 0)
        return cash_was_closed(x);
    return x->out->counted_at != 0 ? ctx_fail(x->c, E_CONFLICT, NULL, T_CASH_COUNTED, NULL) : OK;
}

static enum err cash_open_step(struct cash_change *x)
{
    const struct cash_open_in *in = x->in;
    struct ctx *c = x->c;
    struct json_object *details;
    enum err e = db_insert(c->db, &x->id, &insert, c->user_id, c->now, in->base);

    if (e == E_CONFLICT)         /* the index of open drawers has one of this person */
        return ctx_fail(c, e, NULL, T_CASH_OPEN_YET, NULL);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "base", in->base);
    return cash_audit_tx(x, "cash_open", details, NULL);
}

enum err cash_open(struct ctx *c, const struct cash_open_in *in, struct cash_session *out)
{
    struct cash_change x = { .c = c, .out = out, .step = cash_open_step, .news = "drawer.opened", .in = in };

    c->fault = (struct fault){ 0 };
    if (in->base < 0 || in->base > CASH_AMOUNT_MAX)
        return ctx_fail(c, E_INVALID, "base", T_NOT_MONEY, NULL);
    return domain_operation(c, "cash_open", cash_change_tx, &x);
}

static enum err cash_move_step(struct cash_change *x)
{
    const struct cash_movement_in *in = x->in;
    struct ctx *c = x->c;
    int64_t amount = streq(in->kind, "entrada") ? in->amount : -in->amount;
    struct json_object *details;
    enum err e = cash_still_open(x);

    /* The fault does not say how much there is: it will be counted. */
    if (e == OK && cash_expected(c, x->id) + amount < 0)
        return ctx_fail(c, E_INVALID, "amount", T_CASH_SHORT, NULL);
    if (e == OK)
        e = db_insert(c->db, &x->moved.id, &insert_movement, x->id, in->kind, amount, in->reason,
                      is_blank(in->reference) ? NULL : in->reference, c->user_id, c->now);
    x->moved = (struct cash_movement){ x->moved.id, c->now, in->kind, amount, in->reason,
                                       is_blank(in->reference) ? NULL : in->reference, c->user_name };
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "kind", in->kind);
    json_add_int(details, "amount", amount);
    json_add_text(details, "reference", in->reference);
    return cash_audit_tx(x, "cash_move", details, in->reason);
}

enum err cash_move(struct ctx *c, const struct cash_movement_in *in, struct cash_session *out)
{
    struct cash_change x = { .c = c, .id = in->id, .out = out, .step = cash_move_step, .news = "drawer.moved", .in = in };

    c->fault = (struct fault){ 0 };
    if (is_blank(in->kind))
        ctx_invalid(c, "kind", T_REQUIRED, NULL);
    if (in->amount < 1 || in->amount > CASH_AMOUNT_MAX)
        ctx_invalid(c, "amount", T_NOT_MONEY, NULL);
    if (is_blank(in->reason) || strlen(in->reason) < REASON_MIN)
        ctx_invalid(c, "reason", T_CASH_REASON, NULL);
    if (!is_blank(in->kind) && streq(in->kind, TRANSFER) && is_blank(in->reference))
        ctx_invalid(c, "reference", T_CASH_REFERENCE, NULL);
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "cash_move", cash_change_tx, &x);
}

static int64_t pieces_sum(const struct cash_count_in *in)
{
    int64_t sum = 0;

    for (size_t i = 0; i < DENOMINATIONS; i++)
        sum += in->pieces[i] * denominations[i].value;
    return sum;
}

static enum err cash_count_add_tx(struct cash_change *x, int64_t sum)
{
    const struct cash_count_in *in = x->in;
    struct ctx *c = x->c;
    int64_t id;
    enum err e = db_insert(c->db, &id, &insert_count, x->id, sum, c->user_id, c->now);

    for (size_t i = 0; i < DENOMINATIONS && e == OK; i++)
        if (in->pieces[i] > 0)
            e = db_exec(c->db, NULL, &insert_pieces, id, denominations[i].kind, denominations[i].value,
                        in->pieces[i]);
    return e;
}

static enum err cash_count_step(struct cash_change *x)
{
    struct ctx *c = x->c;
    int64_t sum = pieces_sum(x->in), should = cash_expected(c, x->id), changed;
    struct json_object *details;
    enum err e = cash_count_add_tx(x, sum);

    if (e == OK)
        e = db_exec(c->db, &changed, &set_count, x->id, c->now, c->user_id, sum, should);
    if (e != OK)
        return e;
    if (changed != 1)
        return cash_was_closed(x);
    details = json_object_new_object();
    json_add_int(details, "counted", sum);
    json_add_int(details, "expected", should);
    json_add_bool(details, "again", x->out->counted_at != 0);
    return cash_audit_tx(x, "cash_count", details, NULL);
}

enum err cash_count(struct ctx *c, const struct cash_count_in *in, struct cash_session *out)
{
    struct cash_change x = { .c = c, .id = in->id, .out = out, .step = cash_count_step, .news = "drawer.counted", .in = in };

    c->fault = (struct fault){ 0 };
    for (size_t i = 0; i < DENOMINATIONS; i++)
        if (in->pieces[i] < 0 || in->pieces[i] > PIECES_MAX)
            ctx_invalid(c, denominations[i].name, T_NOT_NUMBER, "0",
                        arena_printf(c->a, "%d", PIECES_MAX), NULL);
    if (ctx_faults(c) == OK && pieces_sum(in) == 0 && !in->empty)
        ctx_invalid(c, "empty", T_CASH_EMPTY, NULL);
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "cash_count", cash_change_tx, &x);
}

static enum err cash_close_step(struct cash_change *x)
{
    const struct cash_close_in *in = x->in;
    const struct cash_session *s = x->out;
    struct ctx *c = x->c;
    struct json_object *details;
    int64_t changed, difference = s->difference;
    enum err e;

    if (s->closed_at != 0)
        return cash_was_closed(x);
    if (s->counted_at == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_UNCOUNTED, NULL);
    if (difference != 0 && is_blank(in->explanation))
        return ctx_fail(c, E_INVALID, "explanation", difference < 0 ? T_CASH_MISSING : T_CASH_OVER,
                        money_text(c->a, difference < 0 ? -difference : difference), NULL);
    e = db_exec(c->db, &changed, &set_closed, x->id, c->now, c->user_id,
                is_blank(in->explanation) ? NULL : in->explanation);
    if (e != OK || changed != 1)
        return e != OK ? e : cash_was_closed(x);
    details = json_object_new_object();
    json_add_int(details, "counted", s->counted);
    json_add_int(details, "expected", s->expected);
    json_add_int(details, "difference", difference);
    return cash_audit_tx(x, "cash_close", details, in->explanation);
}

enum err cash_close(struct ctx *c, const struct cash_close_in *in, struct cash_session *out)
{
    struct cash_change x = { .c = c, .id = in->id, .out = out, .step = cash_close_step, .news = "drawer.closed", .in = in };

    return domain_operation(c, "cash_close", cash_change_tx, &x);
}

static enum err cash_approve_step(struct cash_change *x)
{
    const struct cash_approve_in *in = x->in;
    const struct cash_session *s = x->out;
    struct ctx *c = x->c;
    struct json_object *details;
    int64_t changed;
    enum err e;

    if (s->closed_at == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_NOT_CLOSED, NULL);
    if (s->approved_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_APPROVED_YET, s->approved_by_name,
                        clock_exact(c->a, s->approved_at), NULL);
    e = db_exec(c->db, &changed, &set_approved, x->id, c->now, x->asked.n > 0 ? in->approval->by : c->user_id,
                is_blank(in->note) ? NULL : in->note);
    if (e == OK)
        e = approval_tx(c, in->approval, &x->asked, approval_needed(c, APPROVE_CLOSING, 0), x->id);
    if (e != OK)
        return e;
    if (changed != 1)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_CASH_SAME_PERSON, NULL);
    details = json_object_new_object();
    json_add_int(details, "difference", s->difference);
    return cash_audit_tx(x, "cash_approve", details, in->note);
}

/* An ADMIN approves at somebody else's counter exactly this drawer, with what is missing or over. */
static enum err closing_approve(struct cash_change *x, struct approval *approval)
{
    struct ctx *c = x->c;
    const struct cash_session *s = x->out;
    const char *gap;
    enum err e;

    if (!approval_needed(c, APPROVE_CLOSING, 0))
        return OK;
    if (approval == NULL)        /* before it is told whether there is such a drawer */
        return ctx_fail(c, E_FORBIDDEN, NULL, T_FORBIDDEN, NULL);
    if ((e = cash_session_by_id(c, x->id, x->out)) != OK)
        return e;
    if (s->closed_at == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_NOT_CLOSED, NULL);
    gap = s->difference == 0 ? "cuadra" : arena_printf(c->a, "%s %s", s->difference < 0 ? "falta" : "sobra",
                                                       money_text(c->a, s->difference < 0 ? -s->difference : s->difference));
    x->asked = (struct approval_asked){ .v = { { APPROVE_CLOSING, 0, gap } }, .n = 1, .about = arena_printf(c->a, "caja %lld", (long long)x->id) };
    return approval_check(c, approval, &x->asked);
}

enum err cash_approve(struct ctx *c, const struct cash_approve_in *in, struct cash_session *out)
{
    struct cash_change x = { .c = c, .id = in->id, .out = out, .step = cash_approve_step, .news = "drawer.approved", .in = in };
    enum err e = closing_approve(&x, in->approval);

    if (e != OK)
        return e;
    return domain_operation(c, "cash_approve", cash_change_tx, &x);
}
