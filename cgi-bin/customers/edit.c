#include "edit.h"

#include "base/log.h"
#include "cgi-bin/texts.h"
#include "detail.h"
#include "domain/people/identity.h"
#include "domain/people/texts.h"
#include "local/normal.h"

#define E struct customer_edit
#define ROWS                                                                                                    \
    PARAM(E, name, P_TEXT, 0, 0, 100, "Nombre completo"),                                                         \
    PARAM(E, phone, P_TEXT, PARAM_BLANK, 0, 40, "Celular"),                                                       \
    PARAM(E, no_phone, P_BOOL, PARAM_MAYBE, 0, 0, "No tiene celular"),                                            \
    PARAM(E, other_phones, P_LINES, PARAM_BLANK, 0, 300, "Otros celulares suyos, uno por línea; los avisos de cada paquete van al que lo anunció"), \
    PARAM(E, email, P_TEXT, PARAM_BLANK, 0, 254, "Correo"),                                                       \
    PARAM(E, document_type, P_TEXT, PARAM_BLANK, 0, 3, "Tipo de documento: CC, CE, TI, NIT, PAS o PPT"),          \
    PARAM(E, document_number, P_TEXT, PARAM_BLANK, 0, 30, "Número de documento"),                                 \
    PARAM(E, building, P_TEXT, PARAM_BLANK, 0, 60, "Edificio o conjunto"),                                        \
    PARAM(E, tower, P_TEXT, PARAM_BLANK, 0, 20, "Torre"),                                                         \
    PARAM(E, apartment, P_TEXT, PARAM_BLANK, 0, 20, "Apartamento"),                                               \
    PARAM(E, floor, P_TEXT, PARAM_BLANK, 0, 20, "Piso"),                                                          \
    PARAM(E, address, P_TEXT, PARAM_BLANK, 0, 120, "Dirección"),                                                  \
    PARAM(E, city, P_TEXT, PARAM_BLANK, 0, 60, "Ciudad"),                                                         \
    PARAM(E, notes, P_LONG, PARAM_BLANK, 0, CUSTOMER_NOTES_MAX, "Notas, que solo ve el punto"),                   \
    PARAM(E, is_vip, P_BOOL, PARAM_MAYBE, 0, 0, "Cliente VIP")

static const struct param new_rows[] = {
    ROWS,
    PARAM(E, another, P_BOOL, 0, 0, 0, "Es otra persona, aunque se parezca a una que ya está"),
};
const struct params customers_new_params = PARAMS(E, new_rows);

static const struct param edit_rows[] = {
    PARAM(E, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
    ROWS,
    PARAM(E, version, P_INT, PARAM_PAGE, 0, INT64_MAX, "La versión que se vio; en la API la dice If-Match"),
};
const struct params customers_edit_params = PARAMS(E, edit_rows);

struct new_in { const char *name, *phone; };
static const struct param new_page_rows[] = {
    PARAM(struct new_in, name, P_TEXT, 0, 0, 100, "Nombre"),
    PARAM(struct new_in, phone, P_TEXT, 0, 0, 40, "Celular"),
};
const struct params customers_new_page_params = PARAMS(struct new_in, new_page_rows);

/* A box that is not ticked is not sent by a form. */
static E edit_of(const struct req *r)
{
    static const bool no;
    E in = *(const E *)r->in;

    if (req_is_api(r))
        return in;
    in.is_vip = in.is_vip != NULL ? in.is_vip : &no;
    in.no_phone = in.no_phone != NULL ? in.no_phone : &no;
    return in;
}

/* ---- a new one ---- */

enum err customers_new_page(struct req *r)
{
    const struct new_in *in = r->in;

    view_options(r->page, "document_types", identity_types);
    view_text(r->page, "form.name", in->name);
    view_text(r->page, "form.phone", in->phone);
    view_bool(r->page, "new", true);
    req_operation(r);
    return req_page(r, "customers/edit.cst");
}

enum err customers_new(struct req *r)
{
    const E in = edit_of(r);
    struct customer who;
    enum err e = customer_add(r->c, &in, &who);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, customer_fields, &who);
    req_flash(r, T_CUSTOMER_ADDED, who.full_name);
    return req_redirect(r, "/customers/%lld", (long long)who.id);
}

/* ---- one who is known ---- */

const char *customers_phones(struct arena *a, const char *list, const char *between)
{
    char *rest = list != NULL ? arena_strdup(a, list) : NULL, *phone;
    const char *out = NULL;

    while ((phone = strsep(&rest, " ")) != NULL)
        out = out == NULL ? phone_words(a, phone) : arena_printf(a, "%s%s%s", out, between, phone_words(a, phone));
    return out;
}

/* The present values, also when a form comes back: what was typed stands over them. */
static void fill_form(struct req *r, const struct customer *who)
{
    struct view_node *form = view_child(r->page, "form");

    view_fields(form, customer_fields, who);
    view_text(form, "name", who->full_name);
    view_text(form, "other_phones", customers_phones(r->c->a, who->other_phones, "\n"));
    view_bool(form, "no_phone", who->phone == NULL);
    view_bool(form, "is_vip", who->is_vip != 0);
}

enum err customers_edit_page(struct req *r)
{
    const struct customers_id_in *in = r->in;
    struct customer who;
    enum err e = customer_by_id(r->c, in->id, &who);

    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e != OK)
        return e;
    view_fields(view_child(r->page, "customer"), customer_fields, &who);
    view_options(r->page, "document_types", identity_types);
    view_int(r->page, "version", who.version);
    fill_form(r, &who);
    req_title(r, arena_printf(r->c->a, "Datos de %s", who.full_name));
    return req_page(r, "customers/edit.cst");
}

enum err customers_edit(struct req *r)
{
    E in = edit_of(r);
    struct customer who;
    enum err e;

    if (req_is_api(r) && !req_if_match(r, &in.version))
        return req_fail(r, E_PRECONDITION, T_CUSTOMER_CHANGED);
    e = customer_change(r->c, &in, &who);
    if (e != OK)
        return e;
    if (req_is_api(r)) {
        req_tag(r, who.version);
        return req_one(r, customer_fields, &who);
    }
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/customers/%lld", (long long)who.id);
}
