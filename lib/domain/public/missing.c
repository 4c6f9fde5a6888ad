#include "domain/public/missing.h"

#include "base/clock.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/message/texts.h"
#include "domain/parcel/carrier.h"
#include "domain/parcel/event.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/people/consent.h"
#include "domain/people/texts.h"
#include "domain/public/inquiry_answer.h"
#include "domain/public/inquiry_tell.h"
#include "domain/public/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt open_one = STMT("missing_open", "sss",
    "SELECT id FROM inquiries WHERE guide_key = $1 AND state <> 'CERRADO' AND (phone = $2 OR email = $3)"
    " ORDER BY id DESC LIMIT 1");
static const struct stmt insert = STMT("missing_insert", "Isissssssi",
    "INSERT INTO inquiries (package_id, content, at, name, phone, email, guide_number, guide_key, carrier, said_day, kind)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'NO_LLEGO') RETURNING id");
static const struct stmt looked = STMT("missing_looked", "i",
    "SELECT s.step, s.at, u.full_name FROM inquiry_steps s JOIN users u ON u.id = s.user_id WHERE s.inquiry_id = $1");
static const struct stmt tick = STMT("missing_tick", "isii",
    "INSERT INTO inquiry_steps (inquiry_id, step, at, user_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
static const struct stmt link_package = STMT("missing_link", "ii", "UPDATE inquiries SET package_id = $2 WHERE id = $1");
DB_REGISTER(&open_one, &insert, &looked, &tick, &link_package)

const struct word missing_steps[] = {
    { "guia", "Por la guía" }, { "nombre", "Por el nombre" }, { "bandeja", "Entre los que están por identificar" },
    { "entregas", "En las últimas entregas de transportadoras" }, WORDS_END
};

#define S struct missing_step
static const struct field step_rows[] = {
    FIELD(S, step, F_TEXT, "Dónde: guia, nombre, bandeja o entregas"),
    FIELD(S, at, F_INSTANT, "Cuándo se buscó ahí"),
    FIELD(S, by_name, F_TEXT, "Quién lo buscó"),
};
const struct fields missing_step_fields = FIELDS(step_rows);

/* ---- asking ---- */

struct missing { struct ctx *c; struct missing_in in; struct guide_reading guide; const char *carrier; struct inquiry *out; };

static enum err missing_check(struct missing *x)
{
    struct ctx *c = x->c;
    struct missing_in *in = &x->in;
    const int64_t today = clock_day(c->now);
    const char *name = is_blank(in->name) ? NULL : normal_name(c->a, in->name);

    c->fault = (struct fault){ 0 };
    guide_read(c->a, in->guide, &x->guide);
    if (x->guide.number == NULL)
        ctx_invalid(c, "guide", T_GUIDE_BAD, NULL);
    if (is_blank(in->carrier))
        ctx_invalid(c, "carrier", T_REQUIRED, NULL);
    if (in->day == 0 || in->day > today || in->day < today - MISSING_DAYS)
        ctx_invalid(c, "day", T_MISSING_DAY, NULL);
    if (name == NULL)
        ctx_invalid(c, "name", is_blank(in->name) ? T_REQUIRED : T_NAME_BAD, NULL);
    answer_address_check(c, &in->phone, &in->email, T_MISSING_REACH);
    if (!in->consent)
        ctx_invalid(c, "consent", T_CONSENT, NULL);
    in->name = name;
    in->content = is_blank(in->content) ? "" : utf8_visible(c->a, in->content);
    x->carrier = carrier_known(c, in->carrier);
    x->carrier = x->carrier != NULL ? x->carrier : in->carrier;
    return ctx_faults(c);
}

/* A package that has come needs no search.  *package: one that is announced only. */
static enum err missing_package(struct missing *x, int64_t *package)
{
    struct package p;
    const enum err e = package_by_guide(x->c, x->guide.key, &p);

    *package = 0;
    if (e == E_NOT_FOUND) {
        x->c->fault = (struct fault){ 0 };
        return OK;
    }
    if (e == OK && streq(p.state, "RECIBIDO"))
        return ctx_fail(x->c, E_CONFLICT, "guide", T_MISSING_HERE, NULL);
    if (e == OK && streq(p.state, "ENTREGADO"))
        return ctx_fail(x->c, E_CONFLICT, "guide", T_MISSING_GIVEN, NULL);
    if (e == OK && streq(p.state, "ANUNCIADO"))
        *package = p.id;
    return e;
}

static enum err missing_insert_tx(struct missing *x, int64_t package, int64_t *id)
{
    const struct missing_in *in = &x->in;
    struct ctx *c = x->c;
    enum err e = db_insert(c->db, id, &insert, package, in->content, c->now, in->name, in->phone, in->email,
                                 x->guide.number, x->guide.key, x->carrier, in->day);

    return e != OK ? e : consent_inquiry_tx(c, *id);
}

/* Adds what is new to the open question.  Another phone or e-mail than before is told to the clerk and no message
 * goes to it: the guide and one of the two may be known to a stranger. */
static enum err missing_add_tx(struct missing *x, int64_t id)
{
    const struct missing_in *in = &x->in;
    struct ctx *c = x->c;
    const char *content = in->content;
    enum err e = inquiry_by_id(c, id, x->out);

    if (e != OK)
        return e;
    if (in->phone != NULL && !text_is(x->out->customer_phone, in->phone))
        content = arena_printf(c->a, "%s%sEscribió también este celular: %s.", content, is_blank(content) ? "" : "\n", in->phone);
    if (in->email != NULL && !text_is(x->out->customer_email, in->email))
        content = arena_printf(c->a, "%s%sEscribió también este correo: %s.", content, is_blank(content) ? "" : "\n", in->email);
    return is_blank(content) ? OK : inquiry_add_tx(c, id, content);
}

static enum err missing_ask_tx(struct db *db, void *arg)
{
    struct missing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t *ids, id = 0, package = 0;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? inquiry_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK)
        e = missing_package(x, &package);
    if (e == OK)
        e = inquiry_all_check_tx(c);
    if (e != OK)
        return e;
    id = db_scalar(db, 0, &open_one, x->guide.key, x->in.phone, x->in.email);
    e = id == 0 ? missing_insert_tx(x, package, &id) : missing_add_tx(x, id);
    if (e == OK)
        e = inquiry_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err missing_ask(struct ctx *c, const struct missing_in *in, struct inquiry *out)
{
    struct missing x = { .c = c, .in = *in, .out = out };
    enum err e = missing_check(&x);

    if (e == OK)
        e = inquiry_network_check(c);
    return e != OK ? e : domain_operation(c, "missing", missing_ask_tx, &x);
}

/* ---- looking ---- */

enum err missing_looked(struct ctx *c, int64_t id, struct missing_look *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &looked, id);

    *out = (struct missing_look){ arena_alloc(c->a, MISSING_STEPS * sizeof *out->v), MISSING_STEPS };
    for (size_t i = 0; i < MISSING_STEPS; i++)
        out->v[i] = (struct missing_step){ .step = missing_steps[i].value };
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q))
        for (size_t i = 0; i < MISSING_STEPS; i++)
            if (streq(out->v[i].step, db_text(&q, 0))) {
                out->v[i].at = db_int(&q, 1);
                out->v[i].by_name = db_dup(&q, 2, c->a);
            }
    return domain_fault(c, db_end(&q));
}

struct looking { struct ctx *c; int64_t id; const char *step, *found, *note; struct inquiry *out; };

/* The end of a question is told once: true when this request ended it before, with *x->out as it is now; *e says whether
 * either could be read. */
static bool ended_before_tx(struct looking *x, enum err *e)
{
    const char *answer;

    *e = operation_begin_tx(x->c, &answer);
    if (*e != OK || answer == NULL)
        return false;
    *e = inquiry_by_id(x->c, x->id, x->out);
    return true;
}

/* Reads the question into *x->out: one of this kind that is open. */
static enum err looking_begin(struct looking *x)
{
    const enum err e = inquiry_by_id(x->c, x->id, x->out);

    if (e == OK && !streq(x->out->kind, "NO_LLEGO"))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_MISSING_KIND, NULL);
    return e == OK && x->out->closed_at != 0 ? ctx_fail(x->c, E_CONFLICT, NULL, T_INQUIRY_OVER, NULL) : e;
}

static enum err missing_tick_tx(struct db *db, void *arg)
{
    struct looking *x = arg;
    struct json_object *details;
    int64_t changed = 0;
    enum err e = looking_begin(x);

    if (e == OK)
        e = db_exec(db, &changed, &tick, x->id, x->step, x->c->now, x->c->user_id);
    if (e != OK || changed == 0)
        return e;
    details = json_object_new_object();
    json_add_text(details, "step", x->step);
    e = audit_tx(x->c, "inquiry_step", "inquiry", x->id, details);
    return e != OK ? e : inquiry_by_id(x->c, x->id, x->out);
}

enum err missing_tick(struct ctx *c, const struct missing_step_in *in, struct inquiry *out)
{
    struct looking x = { .c = c, .id = in->id, .step = in->step, .out = out };
    const enum err e = operation_once(c, "inquiry_step", missing_tick_tx, &x, NULL);

    return e == OK && c->replayed ? inquiry_by_id(c, in->id, out) : e;
}

/* ---- the end ---- */

/* Tells who asked, keeps what they were told, and closes the question. */
static enum err missing_end_tx(struct looking *x, const char *content, const char *outcome)
{
    struct ctx *c = x->c;
    int64_t text = 0;
    enum err e = inquiry_text_add_tx(c, x->id, content, &text);

    if (e == OK)
        e = inquiry_tell_tx(c, x->out, text, content);
    if (e == OK)
        e = inquiry_close_tx(c, x->id, outcome);
    if (e == OK)
        e = inquiry_by_id(c, x->id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->id, 1));
}

static const char *missing_guide(struct ctx *c, const struct inquiry *i)
{
    const struct package like = { .guide_number = i->guide_number, .guide_key = i->guide_key };

    return guide_told(c->a, &like);
}

/* The package's history tells that somebody looked for it. */
static enum err found_link_tx(struct looking *x, struct package *p)
{
    struct json_object *details = json_object_new_object();
    enum err e;

    json_add_int(details, "inquiry", x->id);
    e = event_add_tx(x->c, p, (struct event_new){ .kind = "NOTA_AGREGADA", .before = p->state, .after = p->state,
                                                  .details = details });
    return e != OK ? e : db_exec(x->c->db, NULL, &link_package, x->id, p->id);
}

static enum err missing_found_tx(struct db *db UNUSED, void *arg)
{
    struct looking *x = arg;
    struct ctx *c = x->c;
    struct package p;
    const char *text;
    enum err e;

    if (ended_before_tx(x, &e))
        return e;
    if (e == OK)
        e = looking_begin(x);
    if (e == OK && (e = package_by_scan(c, x->found, &p)) == E_NOT_FOUND)
        return ctx_fail(c, E_INVALID, "found", T_PACKAGE_NONE, NULL);
    if (e == OK && !streq(p.state, "RECIBIDO") && !streq(p.state, "ENTREGADO"))
        return ctx_fail(c, E_INVALID, "found", T_MISSING_FOUND, NULL);
    if (e != OK)
        return e;
    text = streq(p.state, "RECIBIDO")
        ? arena_printf(c->a, "Encontramos el paquete por el que preguntó, guía %s: está en el punto. Venga por él con su"
                       " documento.", missing_guide(c, x->out))
        : arena_printf(c->a, "El paquete por el que preguntó, guía %s, llegó al punto y se entregó %s. Si no lo recibió usted,"
                       " venga con su documento.", missing_guide(c, x->out), clock_dated(c->a, p.delivered_at, c->now));
    e = found_link_tx(x, &p);
    return e != OK ? e : missing_end_tx(x, text, "ENCONTRADO");
}

enum err missing_found(struct ctx *c, const struct missing_found_in *in, struct inquiry *out)
{
    struct looking x = { .c = c, .id = in->id, .found = is_blank(in->found) ? "" : in->found, .out = out };

    return domain_write(c, missing_found_tx, &x);
}

/* The places where nobody has looked yet, "Por el nombre, …"; NULL: none. */
static const char *look_left(struct ctx *c, const struct missing_look *look)
{
    const char *left = NULL;

    for (size_t i = 0; i < look->n; i++)
        if (look->v[i].at == 0)
            left = arena_printf(c->a, "%s%s%s", left ? left : "", left ? ", " : "", words_of(missing_steps, look->v[i].step));
    return left;
}

static enum err missing_gone_tx(struct db *db UNUSED, void *arg)
{
    struct looking *x = arg;
    struct ctx *c = x->c;
    struct missing_look look;
    const char *left, *text;
    enum err e;

    if (ended_before_tx(x, &e))
        return e;
    if (e == OK)
        e = looking_begin(x);
    if (e == OK)
        e = missing_looked(c, x->id, &look);
    if (e != OK)
        return e;
    left = look_left(c, &look);
    if (left != NULL)
        return ctx_fail(c, E_CONFLICT, NULL, T_MISSING_STEPS, left, NULL);
    text = arena_printf(c->a, "Buscamos la guía %s, que según la transportadora se dejó aquí: por la guía, por el nombre, entre"
                        " los paquetes por identificar y en las últimas entregas. No está en el punto. Pida a la transportadora"
                        " la prueba de entrega, con foto o firma, y tráigala: con ella volvemos a buscar.%s%s",
                        missing_guide(c, x->out), is_blank(x->note) ? "" : " ", is_blank(x->note) ? "" : x->note);
    return missing_end_tx(x, text, "NO_ENCONTRADO");
}

enum err missing_gone(struct ctx *c, const struct missing_gone_in *in, struct inquiry *out)
{
    struct looking x = { .c = c, .id = in->id, .note = in->note, .out = out };

    return domain_write(c, missing_gone_tx, &x);
}
