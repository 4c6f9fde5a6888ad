#include "domain/custody/drop.h"

#include "base/texts.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/custody/texts.h"
#include "domain/custody/undo.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/texts.h"
#include "json/json.h"

static const struct stmt holding = STMT("batch_holding", "is",
    "SELECT refused IS NOT NULL FROM courier_batch_lines WHERE batch_id = $1 AND guide_key = $2"
    " AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1");
static const struct stmt refused_line = STMT("batch_refused_line", "i",
    "SELECT batch_id, at, package_id, withdrawn_at FROM courier_batch_lines WHERE id = $1 AND refused IS NOT NULL");
static const struct stmt withdraw = STMT("batch_withdraw", "ii",
    "UPDATE courier_batch_lines SET withdrawn_at = $2 WHERE id = $1");
static const struct stmt last_one = STMT("batch_last", "i",
    "SELECT package_id FROM courier_batch_lines WHERE batch_id = $1 AND refused IS NULL ORDER BY id DESC LIMIT 1");
static const struct stmt close_it = STMT("batch_close", "iissii",
    "UPDATE courier_batches SET closed_at = $2, courier_name = $3, signature = $4, closed_by = $5"
    " WHERE id = $1 AND closed_at IS NULL AND (opened_by = $5 OR $6)");
DB_REGISTER(&holding, &refused_line, &withdraw, &last_one, &close_it)

struct refusal { struct ctx *c; struct refuse_in in; struct guide_reading guide; struct batch *out; int64_t *line; };

/* If the refused parcel was announced to us, whoever announced it is told. */
static enum err refusal_tell_tx(struct refusal *x, int64_t *id)
{
    struct ctx *c = x->c;
    struct package p;
    enum err e = package_by_guide(c, x->in.guide, &p);

    *id = 0;
    if (e == E_NOT_FOUND) {
        c->fault = (struct fault){ 0 };
        return OK;
    }
    if (e != OK || streq(p.state, "CANCELADO") || streq(p.state, "ENTREGADO"))
        return e;
    if (streq(p.state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, "guide", T_ALREADY_RECEIVED, p.guide_number,
                        p.position_code ? p.position_code : "—", NULL);
    *id = p.id;
    return package_cancel_tx(c, p.id, "rechazado_en_recepcion",
                             x->in.note ? x->in.note : words_of(batch_refusals, x->in.refused), &p);
}

/* A guide is refused once in a drop, and not when the drop has received it: the parcel was left,
 * whatever became of it. */
static enum err refusal_is_new(struct refusal *x)
{
    int64_t refused = db_scalar(x->c->db, -1, &holding, x->out->id, x->guide.key);

    return refused < 0 ? OK : ctx_fail(x->c, E_CONFLICT, "guide", refused ? T_REFUSED_TWICE : T_REFUSED_HERE,
                                       x->guide.number, NULL);
}

static enum err drop_refuse_tx(struct db *db UNUSED, void *arg)
{
    struct refusal *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t package, *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL) {
        if (operation_ids_read(c->a, answer, &ids) != 2)
            return E_INTERNAL;
        *x->line = ids[1];
        return batch_by_id(c, ids[0], x->out);
    }
    if (e == OK)
        e = batch_ensure_tx(c, NULL, x->out);
    if (e == OK)
        e = refusal_tell_tx(x, &package);
    if (e == OK)
        e = refusal_is_new(x);
    if (e == OK)
        e = batch_line_add_tx(c, x->out->id, &(struct batch_line_new){ x->guide.number, x->guide.key, package, NULL,
                                                                         x->in.refused, x->in.note }, x->line);
    if (e == OK)
        e = batch_by_id(c, x->out->id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, (const int64_t[]){ x->out->id, *x->line }, 2));
}

enum err drop_refuse(struct ctx *c, const struct refuse_in *in, struct batch *out, int64_t *line)
{
    struct refusal x = { .c = c, .in = *in, .out = out, .line = line };

    c->fault = (struct fault){ 0 };
    guide_read(c->a, in->guide, &x.guide);
    if (x.guide.number == NULL || x.guide.first != NULL)
        (void)guide_refuse(c, &x.guide, "guide");
    if (words_of(batch_refusals, in->refused) == NULL)
        ctx_invalid(c, "refused", T_REQUIRED, NULL);
    else if (streq(in->refused, "otro") && is_blank(in->note))
        ctx_invalid(c, "note", T_REFUSAL_NOTE, NULL);
    if (is_blank(in->note))
        x.in.note = NULL;
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "refuse", drop_refuse_tx, &x);
}

struct taking_back { struct ctx *c; int64_t line; struct batch *out; };

static enum err refusal_may_go_back(struct ctx *c, const struct batch *b, int64_t at, bool withdrawn)
{
    if (b->opened_by != c->user_id)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_UNDO_OTHER, NULL);
    if (withdrawn || b->closed_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, withdrawn ? T_REFUSAL_UNDONE : T_BATCH_CLOSED, NULL);
    if (c->now - at > c->conf->undo_s)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATE, arena_printf(c->a, "%lld", (long long)c->conf->undo_s), NULL);
    return OK;
}

/* If the refused parcel was announced, its cancellation is undone, and the line follows. */
static enum err refusal_back_tx(struct db *db, void *arg)
{
    struct taking_back *x = arg;
    struct ctx *c = x->c;
    struct rows q;
    struct package p;
    const char *answer;
    int64_t batch = 0, at = 0, package = 0;
    bool withdrawn = false;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK)
        e = db_one(db, &q, &refused_line, x->line);
    if (e == OK) {
        batch = db_int(&q, 0), at = db_int(&q, 1), package = db_int(&q, 2), withdrawn = !db_null(&q, 3);
        e = db_end(&q);
    }
    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_REFUSAL_NONE, NULL) : e;
    e = batch_by_id(c, batch, x->out);
    if (e != OK || answer != NULL)
        return e;
    e = refusal_may_go_back(c, x->out, at, withdrawn);
    if (e == OK)
        e = package != 0 ? package_undo_tx(c, package, &p) : db_exec(db, NULL, &withdraw, x->line, c->now);
    if (e == OK)
        e = batch_by_id(c, batch, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->line, 1));
}

enum err drop_refusal_undo(struct ctx *c, int64_t line, struct batch *out)
{
    struct taking_back x = { c, line, out };

    return domain_operation(c, "refuse_undo", refusal_back_tx, &x);
}

enum err drop_move_last(struct ctx *c, const char *position, struct package *out)
{
    struct batch b;
    enum err e = batch_open_of(c, &b);
    int64_t id = 0;

    if (e == OK)
        e = db_value(c->db, &id, &last_one, b.id);
    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    if (id == 0)
        return ctx_fail(c, E_NOT_FOUND, "guide", T_BATCH_NO_LAST, NULL);
    return package_move(c, &(struct move_in){ id, position }, out);
}

struct drop_closing { struct ctx *c; struct drop_close_in in; struct batch *out; };

/* The log says what the courier signed for: *b is the drop before it was closed. */
static enum err drop_close_audit_tx(struct ctx *c, const struct batch *b)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "before", "Abierta");
    json_add_text(details, "after", arena_printf(c->a, "Cerrada: %lld recibidos, %lld rechazados, %lld con daño", (long long)b->received,
                                                 (long long)b->refused, (long long)b->damaged));
    json_add_text(details, "carrier", b->carrier);
    return audit_tx(c, "batch_close", "courier_batch", b->id, details);
}

static enum err drop_close_tx(struct db *db, void *arg)
{
    struct drop_closing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t changed;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : batch_by_id(c, x->in.id, x->out);
    e = batch_by_id(c, x->in.id, x->out);
    if (e == OK && x->out->received + x->out->refused == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_BATCH_EMPTY, NULL);
    if (e == OK)
        e = db_exec(db, &changed, &close_it, x->in.id, c->now, x->in.courier_name, x->in.signature, c->user_id,
                    (int64_t)(c->role >= ROLE_ADMIN));
    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, x->out->closed_at != 0 ? T_BATCH_CLOSED : T_BATCH_OTHERS, NULL);
    if (e == OK)
        e = drop_close_audit_tx(c, x->out);
    if (e == OK)
        e = batch_by_id(c, x->in.id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->in.id, 1));
}

enum err drop_close(struct ctx *c, const struct drop_close_in *in, struct batch *out)
{
    struct drop_closing x = { c, *in, out };

    c->fault = (struct fault){ 0 };
    if (is_blank(in->courier_name) || utf8_length(in->courier_name) < 2)
        ctx_invalid(c, "courier_name", T_COURIER_NAME, NULL);
    x.in.signature = signature_check(c, in->signature);
    return ctx_faults(c) != OK ? ctx_faults(c) : domain_operation(c, "batch_close", drop_close_tx, &x);
}
