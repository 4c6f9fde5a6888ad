/* A stocktake begins, is counted label by label, and can be thrown away while it is empty. */
#include <stdlib.h>

#include "domain/shelf/texts.h"
#include "domain/stocktake/texts.h"
#include "local/normal.h"
#include "domain/ground/operation.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package.h"
#include "domain/shelf/position.h"
#include "domain/stocktake/stocktake_tx.h"
#include "domain/ground/tx.h"

static const struct stmt insert = STMT("stocktake_insert", "ssii",
    "INSERT INTO shelf_audits (zone, position_code, started_by, started_at) VALUES ($1, $2, $3, $4)"
    " RETURNING id");
/* A position that is out of use and empty is not walked to. */
static const struct stmt insert_positions = STMT("stocktake_positions_insert", "iss",
    "INSERT INTO shelf_audit_positions (audit_id, position_id) SELECT $1, id FROM positions"
    " WHERE (is_active = 1 OR used > 0) AND ($2 IS NULL OR zone = $2) AND ($3 IS NULL OR code = $3)");
static const struct stmt part_of = STMT("stocktake_part", "ii",
    "SELECT 1 FROM shelf_audit_positions WHERE audit_id = $1 AND position_id = $2");
static const struct stmt opened = STMT("stocktake_opened", "iiii",
    "UPDATE shelf_audit_positions SET opened_at = $3, opened_by = $4"
    " WHERE audit_id = $1 AND position_id = $2");
static const struct stmt expect = STMT("stocktake_expect", "ii",
    "INSERT INTO shelf_audit_boxes (audit_id, package_id, text, expected_id, result)"
    " SELECT $1, id, guide_number, position_id, 'FALTA' FROM packages WHERE position_id = $2"
    " ON CONFLICT (audit_id, package_id) WHERE package_id IS NOT NULL"
    " DO UPDATE SET expected_id = coalesce(shelf_audit_boxes.expected_id, excluded.expected_id)");
static const struct stmt box_of_package = STMT("stocktake_box_of_package", "ii",
    "SELECT id FROM shelf_audit_boxes WHERE audit_id = $1 AND package_id = $2");
static const struct stmt box_of_text = STMT("stocktake_box_of_text", "is",
    "SELECT id FROM shelf_audit_boxes WHERE audit_id = $1 AND text = $2 AND package_id IS NULL");
static const struct stmt insert_box = STMT("stocktake_box_insert", "iIsiIssii",
    "INSERT INTO shelf_audit_boxes (audit_id, package_id, text, read_id, recorded_id, state, result, read_at,"
    " read_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
static const struct stmt read_box = STMT("stocktake_box_read", "iiIssii",
    "UPDATE shelf_audit_boxes SET read_id = $2, recorded_id = $3, state = $4, result = $5, read_at = $6,"
    " read_by = $7, fixed_at = NULL, fixed_by = NULL WHERE id = $1");
static const struct stmt forget_positions = STMT("stocktake_positions_forget", "i",
    "DELETE FROM shelf_audit_positions WHERE audit_id = $1");
static const struct stmt forget = STMT("stocktake_forget", "i",
    "DELETE FROM shelf_audits WHERE id = $1 AND finished_at IS NULL");
DB_REGISTER(&insert, &insert_positions, &part_of, &opened, &expect, &box_of_package, &box_of_text,
            &insert_box, &read_box, &forget_positions, &forget)

enum err stocktake_open_tx(struct ctx *c, int64_t id, struct stocktake *out)
{
    enum err e = stocktake_by_id(c, id, out);

    if (e == OK && out->finished_at != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_STOCKTAKE_FINISHED, NULL);
    return e;
}

/* ---- beginning ---- */

struct starting { struct ctx *c; const char *zone, *position; struct stocktake *out; };

static enum err stocktake_is_empty(struct starting *x)
{
    if (x->position != NULL)
        return ctx_fail(x->c, E_INVALID, "position", T_POSITION_NONE, x->position, NULL);
    return ctx_fail(x->c, E_INVALID, "zone", T_ZONE_NONE, NULL);
}

static enum err stocktake_start_tx(struct db *db, void *arg)
{
    struct starting *x = arg;
    struct ctx *c = x->c;
    int64_t id, changed = 0;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : stocktake_by_id(c, strtoll(answer, NULL, 10), x->out);
    e = db_insert(db, &id, &insert, x->zone, x->position, c->user_id, c->now);
    if (e != OK)
        return e;
    e = db_exec(db, &changed, &insert_positions, id, x->zone, x->position);
    if (e == E_CONFLICT)
        return ctx_fail(c, e, NULL, T_STOCKTAKE_OVERLAPS, NULL);
    if (e == OK && changed == 0)
        return stocktake_is_empty(x);
    if (e == OK)
        e = stocktake_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err stocktake_start(struct ctx *c, const struct stocktake_in *in, struct stocktake *out)
{
    struct starting x = { c, is_blank(in->zone) ? NULL : in->zone,
                          is_blank(in->position) ? NULL : normal_scan(c->a, in->position), out };

    if (x.zone != NULL && x.position != NULL)
        return ctx_fail(c, E_INVALID, "position", T_STOCKTAKE_ONE, NULL);
    return domain_operation(c, "shelf_audit_start", stocktake_start_tx, &x);
}

/* ---- scanning ---- */

struct scanning {
    struct ctx *c;
    const struct stocktake_scan_in *in;
    const char *text;
    struct position at;
    struct stocktake_reading *out;
};

static enum err position_open_tx(struct scanning *x, const struct position *p)
{
    struct ctx *c = x->c;
    enum err e;

    if (db_scalar(c->db, 0, &part_of, x->in->id, p->id) == 0)
        return ctx_fail(c, E_CONFLICT, "scan", T_STOCKTAKE_ELSEWHERE, p->code, NULL);
    e = db_exec(c->db, NULL, &opened, x->in->id, p->id, c->now, c->user_id);
    return e != OK ? e : db_exec(c->db, NULL, &expect, x->in->id, p->id);
}

/* The position that was given, else the one that this user opened last. */
static enum err scan_find_position(struct scanning *x)
{
    const char *code = x->in->position;
    enum err e = OK;

    if (is_blank(code))
        e = stocktake_current(x->c, x->in->id, &code);
    if (e == OK && is_blank(code))
        return ctx_fail(x->c, E_CONFLICT, "scan", T_STOCKTAKE_NO_POSITION, NULL);
    if (e == OK)
        e = position_by_code(x->c, code, &x->at);
    return e;
}

static const char *box_result(const struct scanning *x, const struct package *p)
{
    return p->id == 0 || !streq(p->state, "RECIBIDO") ? "SOBRA"
        : p->position_id == x->at.id ? "EN_SU_SITIO" : "MAL_PUESTA";
}

/* Notes that a box was read, for the first time or again elsewhere; p->id 0: an unknown box. */
static enum err box_note_tx(struct scanning *x, const struct package *p, const char *text)
{
    struct ctx *c = x->c;
    int64_t stocktake = x->in->id;
    int64_t id = p->id != 0 ? db_scalar(c->db, 0, &box_of_package, stocktake, p->id)
        : db_scalar(c->db, 0, &box_of_text, stocktake, text);
    struct stocktake_box *b = &x->out->box;
    enum err e = id != 0 ? stocktake_box_get(c, stocktake, id, b) : OK;

    if (e == OK && id != 0 && b->read_code != NULL) {
        x->out->again = streq(b->read_code, x->at.code);
        x->out->before = x->out->again ? NULL : b->read_code;
    }
    if (e != OK || x->out->again)
        return e;
    if (id != 0)
        e = db_exec(c->db, NULL, &read_box, id, x->at.id, p->position_id, p->state, box_result(x, p), c->now,
                    c->user_id);
    else
        e = db_insert(c->db, &id, &insert_box, stocktake, p->id, text, x->at.id, p->position_id, p->state,
                      box_result(x, p), c->now, c->user_id);
    return e != OK ? e : stocktake_box_get(c, stocktake, id, b);
}

static enum err scan_box(struct scanning *x)
{
    struct ctx *c = x->c;
    struct package p = { 0 };
    struct guide_reading read;
    enum err e = scan_find_position(x);

    if (e == OK)
        e = position_open_tx(x, &x->at);
    if (e != OK)
        return e;
    x->out->position = x->at.code;
    e = package_by_scan(c, x->in->scan, &p);
    if (e == OK)
        return box_note_tx(x, &p, p.guide_number);
    if (e != E_NOT_FOUND)
        return e;
    c->fault = (struct fault){ 0 };
    guide_read(c->a, x->in->scan, &read);
    e = package_reading_check(c, &read, "scan");
    if (read.other_layout)
        return guide_refuse(c, &read, "scan");
    if (e == OK && read.number == NULL)
        return ctx_fail(c, E_INVALID, "scan", T_STOCKTAKE_UNREADABLE, x->in->scan, NULL);
    return e != OK ? e : box_note_tx(x, &(struct package){ 0 }, read.key);
}

/* A scan is first looked up as a position, then as a box: codes of positions are never those of packages. */
static enum err stocktake_scan_tx(struct db *db UNUSED, void *arg)
{
    struct scanning *x = arg;
    struct stocktake stocktake;
    struct position p;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    *x->out = (struct stocktake_reading){ 0 };
    if (e == OK)
        e = stocktake_open_tx(x->c, x->in->id, &stocktake);
    if (e != OK)
        return e;
    e = x->text == NULL ? E_NOT_FOUND : position_by_code(x->c, x->text, &p);
    if (e == OK) {
        x->out->position = p.code;
        e = position_open_tx(x, &p);
    } else if (e == E_NOT_FOUND) {
        x->c->fault = (struct fault){ 0 };
        e = scan_box(x);
    }
    if (e != OK || answer == NULL)
        return e != OK ? e : operation_end_tx(x->c, "");
    x->out->again = false;       /* a repeated request is no second reading */
    return OK;
}

enum err stocktake_scan(struct ctx *c, const struct stocktake_scan_in *in, struct stocktake_reading *out)
{
    struct scanning x = { .c = c, .in = in, .out = out,
                          .text = is_blank(in->scan) ? NULL : normal_scan(c->a, in->scan) };

    if (in->scan == NULL || in->scan[strspn(in->scan, " ")] == '\0')
        return ctx_fail(c, E_INVALID, "scan", T_SCAN_EMPTY, NULL);
    return domain_operation(c, "shelf_audit_scan", stocktake_scan_tx, &x);
}

/* ---- discarding ---- */

struct discarding { struct ctx *c; int64_t id; };

static enum err stocktake_discard_tx(struct db *db, void *arg)
{
    struct discarding *x = arg;
    struct stocktake stocktake;
    enum err e = stocktake_open_tx(x->c, x->id, &stocktake);

    if (e == OK && stocktake.counted > 0)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_STOCKTAKE_BEGUN, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &forget_positions, x->id);
    return e != OK ? e : db_exec(db, NULL, &forget, x->id);
}

enum err stocktake_discard(struct ctx *c, int64_t id)
{
    struct discarding x = { c, id };

    return operation_once(c, "shelf_audit_discard", stocktake_discard_tx, &x, NULL);
}
