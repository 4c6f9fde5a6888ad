/* Differences that a stocktake found are put right, box by box, or written down at its end. */
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/texts.h"
#include "domain/shelf/position.h"
#include "domain/shelf/texts.h"
#include "domain/stocktake/stocktake_tx.h"
#include "domain/stocktake/texts.h"
#include "json/json.h"
#include "base/log.h"

#define WRITE_BATCH 100          /* boxes read at once; the next ones follow */
#define KIND "INVENTARIO"

static const struct stmt fixed = STMT("stocktake_box_fixed", "iii",
    "UPDATE shelf_audit_boxes SET fixed_at = $2, fixed_by = $3 WHERE id = $1 AND fixed_at IS NULL");
static const struct stmt take_off = STMT("stocktake_take_off", "is",
    "UPDATE packages SET position_id = NULL WHERE id = $1 AND state = 'RECIBIDO'"
    " AND position_id = (SELECT id FROM positions WHERE code = $2)");
static const struct stmt unseen_there = STMT("stocktake_unseen_there", "is",
    "SELECT b.text FROM shelf_audit_boxes b JOIN packages p ON p.id = b.package_id"
    " WHERE b.audit_id = $1 AND b.expected_id = (SELECT id FROM positions WHERE code = $2)"
    " AND b.result = 'FALTA' AND p.position_id = b.expected_id LIMIT 1");
static const struct stmt unread = STMT("stocktake_box_unread", "i",
    "UPDATE shelf_audit_boxes SET read_id = NULL, read_at = NULL, read_by = NULL, recorded_id = NULL,"
    " state = NULL, result = 'FALTA' WHERE id = $1 AND expected_id IS NOT NULL AND fixed_at IS NULL");
static const struct stmt forget = STMT("stocktake_box_forget", "i",
    "DELETE FROM shelf_audit_boxes WHERE id = $1 AND expected_id IS NULL AND fixed_at IS NULL");
/* Differences that are not put right already; the state of each package is read again when its event
 * is written. */
static const struct stmt to_write = STMT("stocktake_boxes_to_write", "iii",
    "SELECT id FROM shelf_audit_boxes WHERE audit_id = $1 AND id > $2 AND package_id IS NOT NULL"
    " AND result <> 'EN_SU_SITIO' AND fixed_at IS NULL ORDER BY id LIMIT $3");
static const struct stmt finish = STMT("stocktake_finish", "iiiiiiiiiii",
    "UPDATE shelf_audits SET finished_at = $2, finished_by = $3, positions = $4, counted = $5, expected = $6,"
    " seen = $7, missing = $8, misplaced = $9, extra = $10, fixed = $11 WHERE id = $1 AND finished_at IS NULL");
static const struct stmt close_positions = STMT("stocktake_positions_close", "i",
    "UPDATE shelf_audit_positions SET is_open = 0 WHERE audit_id = $1");
DB_REGISTER(&fixed, &take_off, &unseen_there, &unread, &forget, &to_write, &finish, &close_positions)

struct fixing {
    struct ctx *c;
    const struct stocktake_fix_in *in;
    struct stocktake_box *out;
    enum err (*step)(struct fixing *x, struct package *p);
    const char *result;          /* the result that this fix puts right */
};

static struct json_object *fix_details(int64_t stocktake)
{
    struct json_object *o = json_object_new_object();

    json_add_int(o, "audit", stocktake);
    return o;
}

static enum err fix_event_tx(struct ctx *c, struct package *p, struct json_object *details)
{
    return event_add_tx(c, p, (struct event_new){ .kind = KIND, .before = p->state, .after = p->state,
                                                  .details = details });
}

static enum err missing_write_tx(struct ctx *c, int64_t stocktake, struct package *p, const char *position)
{
    struct json_object *details = fix_details(stocktake);

    json_add_text(details, "missing", position);
    return fix_event_tx(c, p, details);
}

/* ---- box by box ---- */

static enum err box_fix_tx(struct db *db, void *arg)
{
    struct fixing *x = arg;
    struct ctx *c = x->c;
    struct stocktake stocktake;
    struct package p;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : stocktake_box_get(c, x->in->id, x->in->box, x->out);
    e = stocktake_open_tx(c, x->in->id, &stocktake);
    if (e == OK)
        e = stocktake_box_get(c, x->in->id, x->in->box, x->out);
    if (e == OK && (!streq(x->out->result, x->result) || x->out->fixed_at != 0))
        return ctx_fail(c, E_CONFLICT, NULL, T_STOCKTAKE_NOT_NOW, x->out->text, NULL);
    if (e == OK)
        e = package_by_id(c, x->out->package_id, &p);
    if (e == OK)
        e = x->step(x, &p);
    if (e == OK)
        e = db_exec(db, NULL, &fixed, x->in->box, c->now, c->user_id);
    if (e == OK)
        e = stocktake_box_get(c, x->in->id, x->in->box, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->in->box, 1));
}

/* A full position holds, by the books, a box that nobody has seen there: the fault says so first.  It
 * names no field, since a button asked. */
static enum err box_no_room(struct fixing *x, enum err e)
{
    struct ctx *c = x->c;
    const char *code = x->out->read_code, *guide;
    struct rows q;

    c->fault.field = NULL;
    if (e != E_CONFLICT || c->fault.text != T_POSITION_FULL)
        return e;
    e = db_one(c->db, &q, &unseen_there, x->in->id, code);
    if (e == E_NOT_FOUND)
        return E_CONFLICT;
    if (e != OK)
        return e;
    guide = db_dup(&q, 0, c->a);
    e = db_end(&q);
    return e != OK ? e : ctx_fail(c, E_CONFLICT, NULL, T_STOCKTAKE_FULL, code, guide, NULL);
}

static enum err box_place(struct fixing *x, struct package *p)
{
    if (!streq(p->state, "RECIBIDO"))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p->guide_number, p->state, NULL);
    if (p->position_code != NULL && streq(p->position_code, x->out->read_code))
        return OK;               /* somebody moved it by hand */
    return box_no_room(x, package_place_tx(x->c, p, x->out->read_code, KIND, fix_details(x->in->id)));
}

static enum err box_absent(struct fixing *x, struct package *p)
{
    struct ctx *c = x->c;
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &take_off, p->id, x->out->expected_code);

    if (e == OK && changed != 1)
        return ctx_fail(c, E_CONFLICT, NULL, T_STOCKTAKE_NOT_NOW, x->out->text, NULL);
    if (e == OK)
        e = position_release_tx(c, p->position_id);
    return e != OK ? e : missing_write_tx(c, x->in->id, p, x->out->expected_code);
}

enum err stocktake_place(struct ctx *c, const struct stocktake_fix_in *in, struct stocktake_box *out)
{
    struct fixing x = { c, in, out, box_place, "MAL_PUESTA" };

    return domain_operation(c, "shelf_audit_place", box_fix_tx, &x);
}

enum err stocktake_absent(struct ctx *c, const struct stocktake_fix_in *in, struct stocktake_box *out)
{
    struct fixing x = { c, in, out, box_absent, "FALTA" };

    return domain_operation(c, "shelf_audit_absent", box_fix_tx, &x);
}

static enum err box_unread_tx(struct db *db, void *arg)
{
    struct fixing *x = arg;
    struct stocktake stocktake;
    struct stocktake_box b;
    int64_t changed = 0;
    enum err e = stocktake_open_tx(x->c, x->in->id, &stocktake);

    if (e == OK)
        e = stocktake_box_get(x->c, x->in->id, x->in->box, &b);
    if (e == OK)
        e = db_exec(db, &changed, b.expected_code != NULL ? &unread : &forget, x->in->box);
    if (e == OK && changed != 1)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_STOCKTAKE_NOT_NOW, b.text, NULL);
    return e;
}

enum err stocktake_unread(struct ctx *c, const struct stocktake_fix_in *in)
{
    struct fixing x = { .c = c, .in = in };

    return operation_once(c, "shelf_audit_unread", box_unread_tx, &x, NULL);
}

/* ---- the end ---- */

struct finishing { struct ctx *c; const struct stocktake_finish_in *in; struct stocktake *out; };

/* A package counts by what it is now: one that was put right or went away meanwhile is no difference. */
static enum err difference_write_tx(struct ctx *c, int64_t stocktake, int64_t id)
{
    struct json_object *details;
    struct stocktake_box b;
    struct package p;
    enum err e = stocktake_box_get(c, stocktake, id, &b);

    if (e == OK)
        e = package_by_id(c, b.package_id, &p);
    if (e != OK)
        return e;
    if (streq(b.result, "FALTA"))
        return streq(b.kind, "FALTA") ? missing_write_tx(c, stocktake, &p, b.expected_code) : OK;
    if (streq(b.result, "MAL_PUESTA")
        && (!streq(p.state, "RECIBIDO") || (p.position_code != NULL && streq(p.position_code, b.read_code))))
        return OK;
    details = fix_details(stocktake);
    json_add_text(details, "seen", b.read_code);
    if (p.position_code != NULL)
        json_add_text(details, "recorded", p.position_code);
    return fix_event_tx(c, &p, details);
}

static enum err differences_write_tx(struct ctx *c, int64_t stocktake)
{
    int64_t ids[WRITE_BATCH], after = 0;
    size_t n;
    enum err e;

    do {
        struct rows q;

        n = 0;
        e = db_query(c->db, &q, &to_write, stocktake, after, (int64_t)WRITE_BATCH);
        if (e != OK)
            return e;
        while (n < COUNT(ids) && db_next(&q))
            ids[n++] = after = db_int(&q, 0);
        e = db_end(&q);
        for (size_t i = 0; i < n && e == OK; i++)
            e = difference_write_tx(c, stocktake, ids[i]);
    } while (e == OK && n == COUNT(ids));
    return e;
}

static enum err stocktake_may_finish(struct finishing *x)
{
    const struct stocktake *a = x->out;
    int64_t left = a->positions - a->counted;

    if (a->counted == 0)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_STOCKTAKE_NOTHING, NULL);
    if (left > 0 && !x->in->partial)
        return ctx_fail(x->c, E_INVALID, "partial", T_STOCKTAKE_PARTIAL, arena_strdup(x->c->a, NUM(left)), NULL);
    return OK;
}

static enum err stocktake_finish_tx(struct db *db, void *arg)
{
    struct finishing *x = arg;
    struct ctx *c = x->c;
    struct stocktake *a = x->out;
    int64_t id = x->in->id;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : stocktake_by_id(c, id, a);
    e = stocktake_open_tx(c, id, a);
    if (e == OK)
        e = stocktake_may_finish(x);
    if (e == OK)
        e = differences_write_tx(c, id);
    if (e == OK)
        e = db_exec(db, NULL, &finish, id, c->now, c->user_id, a->positions, a->counted, a->expected, a->seen,
                    a->missing, a->misplaced, a->extra, a->fixed);
    if (e == OK)
        e = db_exec(db, NULL, &close_positions, id);
    if (e == OK)
        e = stocktake_by_id(c, id, a);
    if (e == OK)
        e = audit_tx(c, "shelf_audit", "shelf_audit", id, json_of(stocktake_fields, a));
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err stocktake_finish(struct ctx *c, const struct stocktake_finish_in *in, struct stocktake *out)
{
    struct finishing x = { c, in, out };

    return domain_operation(c, "shelf_audit_finish", stocktake_finish_tx, &x);
}
