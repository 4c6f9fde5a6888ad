#include "correct.h"

#include "base/log.h"
#include "cgi-bin/shared/carriers.h"
#include "cgi-bin/texts.h"
#include "domain/custody/correction.h"
#include "domain/custody/texts.h"
#include "domain/price/size.h"
#include "local/money.h"

#define C struct correct_in
#define VALUE_MAX 1000000000     /* pesos; an announcement has the same limit */
static const struct param correct_rows[] = {
    PARAM(C, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
    PARAM_ENUM(C, type, 0, package_types, "Tamaño; la tarifa es la que regía al anunciarlo"),
    PARAM_ENUM(C, condition, 0, package_conditions, "Cómo llegó; si no llegó bien, con foto y observaciones"),
    PARAM(C, carrier, P_TEXT, 0, 0, 60, "Transportadora"),
    PARAM(C, guide, P_TEXT, 0, 0, 60, "Guía"),
    PARAM(C, announced_name, P_TEXT, 0, 0, 100, "Nombre en el anuncio"),
    PARAM(C, declared_value, P_MONEY, 0, 0, VALUE_MAX, "Valor declarado"),
    PARAM(C, observations, P_LONG, 0, 0, 500, "Observaciones"),
    PARAM(C, receiver_name, P_TEXT, 0, 0, 100, "Quién lo recibió, si ya se entregó"),
    PARAM(C, name, P_TEXT, 0, 0, 100, "Otro cliente: su nombre"),
    PARAM(C, phone, P_TEXT, 0, 0, 40, "Otro cliente: su celular"),
    PARAM(C, no_phone, P_BOOL, 0, 0, 0, "Otro cliente: no tiene celular"),
    PARAM(C, reason, P_TEXT, PARAM_NEEDED, 3, 300, "Por qué se corrige"),
    PARAM(C, clear, P_LINES, 0, 0, 200, "Nombres de los datos que se dejan vacíos"),
    PARAM(C, version, P_INT, PARAM_PAGE, 0, INT64_MAX,
          "El último evento que se vio; en la API lo dice If-Match"),
};
const struct params correct_params = PARAMS(C, correct_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
};
const struct params correct_page_params = PARAMS(struct id_in, id_rows);

/* ---- the page ---- */

static void fill_options(struct req *r)
{
    view_options(r->page, "types", package_types);
    view_options(r->page, "conditions", package_conditions);
}

/* Says which fields this package's state lets one correct, and puts the present values into them. */
static void fill_form(struct req *r, const struct package *p)
{
    static const char *const names[] = { "type", "condition", "carrier", "guide", "announced_name",
        "declared_value", "observations", "receiver_name", "customer" };
    struct view_node *takes = view_child(r->page, "takes"), *form = view_child(r->page, "form");

    for (size_t i = 0; i < COUNT(names); i++)
        view_bool(takes, names[i], correction_takes(p, names[i]));
    view_text(form, "type", p->type);
    view_text(form, "condition", p->condition);
    view_text(form, "carrier", p->carrier);
    view_text(form, "guide", p->guide_number);
    view_text(form, "announced_name", p->announced_name);
    if (p->declared_value != 0)
        view_int(form, "declared_value", p->declared_value);
    view_text(form, "observations", p->observations);
    view_text(form, "receiver_name", p->receiver_name);
}

/* The page of a correction: the present values beside the form, also when a form comes back since somebody
 * else has just changed the package. */
enum err correct_page(struct req *r)
{
    const struct id_in *in = r->in;
    struct view_node *node;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = carriers_show(r, NULL);
    if (e != OK)
        return e;
    node = view_child(r->page, "package");
    view_fields(node, package_fields, &p);
    view_text(node, "type_words", words_or_value(package_types, p.type));
    view_text(node, "condition_words", words_of(package_conditions, p.condition));
    view_bool(node, "has_declared_value", p.declared_value > 0);
    view_int(r->page, "version", p.last_event_id);
    fill_options(r);
    fill_form(r, &p);
    req_title(r, arena_printf(r->c->a, "Corregir la guía %s", p.guide_number));
    req_operation(r);
    return req_page(r, "packages/correct.cst");
}

enum err correct(struct req *r)
{
    C in = *(const C *)r->in;
    struct package p;
    enum err e;

    in.whole = !req_is_api(r);
    if (req_is_api(r) && !req_if_match(r, &in.version))
        return req_fail(r, E_PRECONDITION, T_CORRECT_CHANGED);
    e = package_correct(r->c, &in, &p);
    if (e != OK)
        return e;
    if (req_is_api(r)) {
        req_tag(r, p.last_event_id);
        return req_one(r, package_fields, &p);
    }
    req_flash(r, T_CORRECTED, NULL);
    return req_redirect(r, "/packages/%lld", (long long)p.id);
}
