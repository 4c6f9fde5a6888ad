#include "rapid.h"

#include "base/clock.h"
#include "cgi-bin/shared/carriers.h"
#include "cgi-bin/texts.h"
#include "base/log.h"
#include "local/normal.h"
#include "domain/custody/drop.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"
#include "domain/price/size.h"
#include "domain/shelf/position.h"

#define LINES_SHOWN 30
#define BATCHES_SHOWN 10
#define RAPID_BAD "receive/rapid_bad.cst"

/* ---- parameters ---- */

struct rapid_in { const char *scan, *type, *carrier, *carrier_other; bool no_guide; };
static const struct param rapid_rows[] = {
    PARAM(struct rapid_in, scan, P_SCAN, 0, 0, READING_MAX, "Guía; o la posición del último"),
    PARAM(struct rapid_in, no_guide, P_BOOL, 0, 0, 0, "La caja no trae guía que se lea: se le da un número propio"),
    PARAM_ENUM(struct rapid_in, type, 0, package_types, "NORMAL si no se dice"),
    PARAM(struct rapid_in, carrier, P_TEXT, 0, 0, 60, "De qué transportadora es la entrega, o varias; con el primer paquete"),
    PARAM(struct rapid_in, carrier_other, P_TEXT, PARAM_PAGE, 0, 60, "Cuál otra transportadora"),
};
const struct params rapid_params = PARAMS(struct rapid_in, rapid_rows);

static const struct param whose_rows[] = {
    PARAM(struct identify_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete de la serie"),
    PARAM(struct identify_in, customer_id, P_ID, 0, 0, 0, "De quién es: una persona que el punto conoce"),
    PARAM(struct identify_in, who, P_TEXT, 0, 0, 100, "Con qué palabras se la buscó, si no se eligió ninguna"),
};
const struct params whose_params = PARAMS(struct identify_in, whose_rows);

static const struct param refuse_rows[] = {
    PARAM(struct refuse_in, guide, P_SCAN, PARAM_NEEDED, 0, READING_MAX, "Guía"),
    PARAM_ENUM(struct refuse_in, refused, PARAM_NEEDED, batch_refusals, "Por qué no se recibe"),
    PARAM(struct refuse_in, note, P_TEXT, 0, 0, 200, "Detalle; obligatorio si el motivo es otro"),
};
const struct params refuse_params = PARAMS(struct refuse_in, refuse_rows);

struct batch_in { int64_t id; };
static const struct param batch_rows[] = {
    PARAM(struct batch_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Entrega de transportadora"),
};
const struct params batch_params = PARAMS(struct batch_in, batch_rows);

static const struct param refusal_rows[] = {
    PARAM(struct batch_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0,
          "Línea de la entrega que dice que no se recibió"),
};
const struct params refusal_params = PARAMS(struct batch_in, refusal_rows);

struct batch_list_in { int64_t before, limit; };
static const struct param batch_list_rows[] = {
    PARAM(struct batch_list_in, before, P_ID, 0, 0, 0, "Número de la última ya vista"),
    PARAM(struct batch_list_in, limit, P_INT, 0, 1, 100, "Cuántas, 100 si no se dice"),
};
const struct params batch_list_params = PARAMS(struct batch_list_in, batch_list_rows);

static const struct param close_rows[] = {
    PARAM(struct drop_close_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Entrega de transportadora"),
    PARAM(struct drop_close_in, courier_name, P_TEXT, PARAM_NEEDED, 0, 100, "Quién los dejó"),
    PARAM(struct drop_close_in, signature, P_TEXT, 0, 0, SIGNATURE_MAX, "Su firma: trazo de SVG, M y L"),
};
const struct params batch_close_params = PARAMS(struct drop_close_in, close_rows);

/* ---- what the pages show ---- */

static void fill_line(struct view_node *n, const struct batch_line *l)
{
    view_fields(n, batch_line_fields, l);
    view_text(n, "type_words", l->type != NULL ? words_or_value(package_types, l->type) : NULL);
    if (l->condition != NULL && !streq(l->condition, "BUENO"))
        view_text(n, "damage", words_of(package_conditions, l->condition));
    view_text(n, "refused_words", words_of(batch_refusals, l->refused));
    view_bool(n, "received", l->counts && l->refused == NULL);
    view_bool(n, "gone", l->counts && l->refused == NULL && !streq(l->state, "RECIBIDO"));
    view_text(n, "off", l->withdrawn_at != 0 ? "Se deshizo" : l->counts ? NULL : "Se recibió después");
}

static void fill_lines(struct req *r, const struct batch_lines *all, size_t most)
{
    for (size_t i = 0; i < all->n && i < most; i++)
        fill_line(view_row(r->page, "lines"), &all->v[i]);
}

static bool is_late(const struct req *r, const struct batch *b)
{
    return b->closed_at == 0 && clock_day(b->opened_at) != clock_day(r->c->now) && b->received + b->refused > 0;
}

static bool is_empty_of_before(const struct req *r, const struct batch *b)
{
    return clock_day(b->opened_at) != clock_day(r->c->now) && b->received + b->refused == 0;
}

static void fill_batch(struct req *r, struct view_node *n, const struct batch *b)
{
    view_fields(n, batch_fields, b);
    view_bool(n, "late", is_late(r, b));
}

/* Whether nobody has said yet of which carrier a drop is, if it is of any; *b is zero when there is none. */
static bool drop_starts(const struct batch *b)
{
    return b->carrier == NULL && b->received == 0;
}

/* Lists all open drops, of any clerk and any age, then the latest closed ones. */
static enum err fill_batches(struct req *r)
{
    struct batches open, all;
    enum err e = batch_open(r->c, &open);

    if (e == OK)
        e = batch_list(r->c, 0, BATCHES_SHOWN, &all);
    for (size_t i = 0; e == OK && i < open.n; i++)
        if (!is_empty_of_before(r, &open.v[i]))  /* an empty drop of an earlier day: all in it was undone */
            fill_batch(r, view_row(r->page, "batches"), &open.v[i]);
    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].closed_at != 0)
            fill_batch(r, view_row(r->page, "batches"), &all.v[i]);
    return e;
}

enum err rapid_page(struct req *r)
{
    struct batch b = { 0 };
    struct batch_lines all = { 0 };
    enum err e = batch_open_of(r->c, &b);
    const bool open = e == OK;

    if (req_wants_fragment(r) && r->status != 0)     /* a scan that failed before its handler */
        return req_bare(r, RAPID_BAD);
    if (open)
        e = batch_lines(r->c, b.id, &all);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    view_options(r->page, "types", package_types);
    view_options(r->page, "refusals", batch_refusals);
    view_bool(r->page, "whose.sends", true);
    view_text(r->page, "form.type", open ? b.package_type : package_types[0].value);
    if (open)
        fill_batch(r, view_child(r->page, "batch"), &b);
    view_bool(r->page, "carrier.starts", drop_starts(&b));
    fill_lines(r, &all, LINES_SHOWN);
    e = carriers_show(r, b.carrier);
    view_option(r->page, "carriers", CARRIER_SEVERAL, "Varias, o no se sabe");
    if (e == OK)
        e = fill_batches(r);
    req_operation(r);
    req_scans(r);
    return e != OK ? e : req_page(r, "receive/rapid.cst");
}

/* ---- a scan ---- */

/* Ends a scan.  A script gets the line and the verdict ("received", "moved" or "whose") alone; without one, the
 * browser goes to the whole page. */
static enum err rapid_told(struct req *r, const char *verdict, const struct package *p)
{
    struct view_node *line;
    struct batch b;
    enum err e;

    if (!req_wants_fragment(r)) {
        if (streq(verdict, "moved"))
            req_flash_undo_event(r, T_MOVED, p->position_code, p->id, p->last_event_id);
        else if (streq(verdict, "whose"))
            req_flash_undo_event(r, T_IDENTIFIED, p->customer_name, p->id, p->last_event_id);
        else
            req_flash_undo_event(r, T_RECEIVED, p->position_code, p->id, p->last_event_id);
        return req_redirect(r, "/receive/rapid");
    }
    if ((e = batch_open_of(r->c, &b)) != OK)
        return e;
    fill_batch(r, view_child(r->page, "batch"), &b);
    line = view_child(r->page, "line");
    fill_line(line, &(struct batch_line){ .at = r->c->now, .guide_number = p->guide_number, .package_id = p->id,
        .state = p->state, .type = p->type, .condition = p->condition, .carrier = p->carrier,
        .position_code = p->position_code, .customer_name = p->customer_name, .disputed = p->disputed, .counts = true });
    view_text(r->page, "verdict", verdict);
    view_bool(r->page, "is_own", own_guide_is(p->guide_key));
    view_int(r->page, "undo_s", streq(verdict, "moved") ? 0 : r->c->conf->undo_s);
    view_int(r->page, "undo_event", p->last_event_id);
    req_operation(r);
    return req_bare(r, "receive/rapid_line.cst");
}

/* Ends a scan that was refused.  A script gets the fault with what was scanned, and the rest of its page
 * stays.  If a scan fails before its handler, rapid_page answers. */
static enum err rapid_refused(struct req *r, const struct rapid_in *in, enum err e)
{
    struct arena *a = r->c->a;
    struct fault *f = &r->c->fault;
    struct package p;
    const char *late;

    if (f->field != NULL && streq(f->field, "guide"))
        f->field = "scan";       /* "guide" is a field of another form of the page */
    if (!req_wants_fragment(r))
        return e;
    (void)req_form_again(r, e, RAPID_BAD);       /* puts the fault on the page; r->c->fault stays */
    if (e == E_CONFLICT && package_by_scan(r->c, in->scan, &p) == OK)
        view_fields(view_child(r->page, "there"), package_fields, &p);
    late = link_add(a, link_add(a, "/receive", "guide", in->scan), "in_batch", "1");
    view_text(r->page, "late", link_add(a, link_add(a, late, "type", in->type), "carrier", in->carrier));
    return req_bare(r, RAPID_BAD);
}

/* Asks for the carrier of a drop before its first parcel.  *carrier is what was said, NULL for a drop of several
 * carriers. */
static enum err series_carrier(struct req *r, const struct rapid_in *in, const char **carrier)
{
    struct batch b = { 0 };
    enum err e = batch_open_of(r->c, &b);

    if ((e == OK || e == E_NOT_FOUND) && drop_starts(&b) && is_blank(in->carrier))
        return ctx_fail(r->c, E_INVALID, "carrier", T_CARRIER_START, NULL);
    *carrier = text_is(in->carrier, CARRIER_SEVERAL) ? NULL : in->carrier;
    return e == E_NOT_FOUND ? OK : e;
}

/* Takes a scan: a position moves the parcel received last, anything else is a parcel's guide. */
enum err rapid_scan(struct req *r)
{
    const struct rapid_in *in = r->in;
    struct receive_in one = { .guide = in->scan, .type = in->type, .carrier_other = in->carrier_other, .no_guide = in->no_guide, .in_batch = true,
                              .in_series = true };
    struct guide_reading read;
    struct position at;
    struct package p;
    enum err e = is_blank(in->scan) ? E_NOT_FOUND : position_by_code(r->c, in->scan, &at);

    if (e == OK) {
        e = drop_move_last(r->c, in->scan, &p);
        return e != OK ? rapid_refused(r, in, e) : rapid_told(r, "moved", &p);
    }
    if (e != E_NOT_FOUND)
        return rapid_refused(r, in, e);
    guide_read(r->c->a, in->scan, &read);
    e = package_by_code(r->c, read.number ? read.number : "", &p);       /* a tracking code stands for its guide */
    if (e == OK)
        one.guide = p.guide_number;
    r->c->fault = (struct fault){ 0 };
    e = series_carrier(r, in, &one.carrier);
    if (e == OK)
        e = package_receive(r->c, &one, &p);
    return e != OK ? rapid_refused(r, in, e) : rapid_told(r, "received", &p);
}

/* Says whose a parcel of the series is that nobody announced. */
enum err rapid_whose(struct req *r)
{
    const struct identify_in *in = r->in;
    struct package p;
    enum err e = package_identify(r->c, in, &p);

    if (e == OK || !req_wants_fragment(r))
        return e != OK ? e : rapid_told(r, "whose", &p);
    (void)req_form_again(r, e, RAPID_BAD);
    return req_bare(r, RAPID_BAD);
}

enum err rapid_refuse(struct req *r)
{
    const struct refuse_in *in = r->in;
    struct batch b;
    int64_t line;
    enum err e = drop_refuse(r->c, in, &b, &line);

    if (e != OK)
        return e;
    req_flash_undo(r, T_REFUSED, normal_guide(r->c->a, in->guide),
                   arena_printf(r->c->a, "/receive/rapid/refuse/%lld/undo", (long long)line));
    return req_redirect(r, "/receive/rapid");
}

enum err rapid_refuse_undo(struct req *r)
{
    const struct batch_in *in = r->in;
    struct batch b;
    enum err e = drop_refusal_undo(r->c, in->id, &b);

    if (e != OK)
        return e;
    req_flash(r, T_UNDONE, NULL);
    return req_redirect(r, "/receive/rapid");
}

/* ---- the drop ---- */

enum err batch_page(struct req *r)
{
    const struct batch_in *in = r->in;
    struct batch b;
    struct batch_lines all;
    bool own;
    enum err e = batch_by_id(r->c, in->id, &b);

    if (e == OK)
        e = batch_lines(r->c, in->id, &all);
    if (e != OK)
        return e;
    fill_batch(r, view_child(r->page, "batch"), &b);
    own = b.opened_by == r->c->user_id;
    view_bool(r->page, "can_close", b.closed_at == 0 && (own || r->c->role >= ROLE_ADMIN) && b.received + b.refused > 0);
    view_bool(r->page, "of_another", !own);
    view_bool(r->page, "closed_by_another", b.closed_by != 0 && b.closed_by != b.opened_by);
    fill_lines(r, &all, SIZE_MAX);
    req_operation(r);
    return req_page(r, "receive/batch.cst");
}

enum err batches(struct req *r)
{
    const struct batch_list_in *in = r->in;
    struct batches all;
    enum err e = batch_list(r->c, in->before, in->limit, &all);

    return e != OK ? e : req_list(r, batch_fields, all, all.next);
}

struct batch_answer { const struct batch *batch; struct batch_lines lines; };
static const struct field batch_answer_rows[] = {
    FIELD_PART(struct batch_answer, batch, batch_fields),
    FIELD_LIST(struct batch_answer, lines, batch_line_fields,
               "Lo recibido y lo que no se recibió, lo último primero"),
};
const struct fields batch_answer_fields = FIELDS(batch_answer_rows);

static enum err batch_give(struct req *r, enum err e, const struct batch *b)
{
    struct batch_answer answer = { .batch = b };

    if (e == OK)
        e = batch_lines(r->c, b->id, &answer.lines);
    return e != OK ? e : req_one(r, batch_answer_fields, &answer);
}

enum err batch_finish(struct req *r)
{
    struct batch b;
    enum err e = drop_close(r->c, r->in, &b);

    if (req_is_api(r))
        return batch_give(r, e, &b);
    if (e != OK)
        return e;
    req_flash(r, T_BATCH_DONE, NUM(b.received));
    return req_redirect(r, "/receive/batch/%lld", (long long)b.id);
}

/* ---- API ---- */

enum err batch_json(struct req *r)
{
    const struct batch_in *in = r->in;
    struct batch b;

    return batch_give(r, batch_by_id(r->c, in->id, &b), &b);
}

enum err batch_refuse_json(struct req *r)
{
    struct batch b;
    int64_t line;

    return batch_give(r, drop_refuse(r->c, r->in, &b, &line), &b);
}

enum err batch_refusal_undo_json(struct req *r)
{
    const struct batch_in *in = r->in;
    struct batch b;

    return batch_give(r, drop_refusal_undo(r->c, in->id, &b), &b);
}
