/* Receive: scan the guide, see whose parcel it is, put it on the shelf; the position is shown large and
 * the field waits for the next parcel. */
#include "app/route.h"
#include "cgi-bin/texts.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"
#include "domain/price/size.h"
#include "local/normal.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/carriers.h"
#include "cgi-bin/shared/claims.h"
#include "cgi-bin/shared/people.h"
#include "cgi-bin/shared/photos.h"
#include "rapid.h"

/* ---- parameters ---- */

struct page_in { const char *guide, *type, *condition, *carrier, *who; int64_t done, customer_id; bool in_batch, no_guide; };
static const struct param page_rows[] = {
    PARAM_ENUM(struct page_in, type, 0, package_types, "Tamaño, si ya se sabe"),
    PARAM_ENUM(struct page_in, condition, 0, package_conditions, "Cómo llegó, si ya se sabe"),
    PARAM(struct page_in, carrier, P_TEXT, 0, 0, 60, "Transportadora, si ya se sabe"),
    PARAM(struct page_in, in_batch, P_BOOL, 0, 0, 0, "Viene de recibir en serie, y vuelve allá"),
    PARAM(struct page_in, guide, P_SCAN, 0, 0, READING_MAX, "Guía o código de consulta leído"),
    PARAM(struct page_in, no_guide, P_BOOL, 0, 0, 0, "La caja no trae guía que se lea"),
    PARAM(struct page_in, who, P_TEXT, 0, 0, 100, "De quién puede ser: con qué palabras se lo busca"),
    PARAM(struct page_in, customer_id, P_ID, 0, 0, 0, "De quién es, si ya se eligió"),
    PARAM(struct page_in, done, P_ID, 0, 0, 0, "Paquete recién recibido"),
};
static const struct params page_params = PARAMS(struct page_in, page_rows);

struct receive_form {
    struct receive_in receive;
    struct uploads photos;
    struct photos_linked linked; /* page only */
    struct approval approval;
};
#define F struct receive_form
#define R(member, type, max, doc) PARAM_AS(F, receive.member, #member, type, 0, 0, max, doc)
#define STATE_ROWS                                                                              \
    R(carrier, P_TEXT, 60, "Transportadora; la de la entrega, o la que sugiere la guía, si no se dice"),      \
    PARAM_AS(F, receive.carrier_other, "carrier_other", P_TEXT, PARAM_PAGE, 0, 60, "Cuál otra transportadora"),  \
    PARAM_ENUM_AS(F, receive.type, "type", 0, package_types, "NORMAL si no se dice"),           \
    PARAM_ENUM_AS(F, receive.condition, "condition", 0, package_conditions, "BUENO si no se dice"),  \
    R(observations, P_LONG, 500, "Obligatorio si no llegó bien"),                               \
    R(position, P_TEXT, 20, "Posición; la primera libre de su tamaño si no se dice"),           \
    PARAM_AS(F, receive.late_reason, "late_reason", P_TEXT, 0, 3, 200, "Por qué se recibe un anuncio vencido"),  \
    PHOTOS_LINKED_PARAMS(F, linked),                                                                 \
    PARAM(F, photos, P_FILES, 0, 0, PHOTOS_MAX, "Fotos (solo multipart)"),                       \
    APPROVAL_PARAMS(F, approval)
static const struct param receive_rows[] = {
    R(guide, P_SCAN, READING_MAX, "Guía. Obligatoria, si la caja trae una que se lea"),
    R(no_guide, P_BOOL, 0, "No la trae: se le da un número propio"),
    R(customer_id, P_ID, 0, "De quién es, si nadie lo anunció: una persona que el punto conoce"),
    R(who, P_TEXT, 100, "Con qué palabras se la buscó, si no se eligió ninguna"),
    R(name, P_TEXT, 100, "O su nombre"),
    R(phone, P_TEXT, 40, "Su celular; todo vacío: por identificar"),
    R(no_phone, P_BOOL, 0, "No tiene celular: se le encuentra por su nombre"),
    STATE_ROWS,
    R(in_batch, P_BOOL, 0, "De la entrega de una transportadora, que se abre si no hay"),
    PARAM_AS(F, receive.id, "id", P_ID, PARAM_PAGE, 0, 0, "El anuncio encontrado"),
};
static const struct params receive_params = PARAMS(F, receive_rows);
static const struct param receive_one_rows[] = {
    PARAM_AS(F, receive.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete anunciado"),
    STATE_ROWS,
};
static const struct params receive_one_params = PARAMS(F, receive_one_rows);

/* ---- the page ---- */

static void fill_options(struct req *r, const struct page_in *in)
{
    for (const struct word *t = package_types; t->value != NULL; t++)
        view_option(r->page, "types", t->value, arena_printf(r->c->a, "%s (%s)", t->words,
                                                words_of(package_type_limits, t->value)));
    view_options(r->page, "conditions", package_conditions);
    view_text(r->page, "form.type", is_blank(in->type) ? package_types[0].value : in->type);
    view_text(r->page, "form.condition", is_blank(in->condition) ? package_conditions[0].value : in->condition);
    view_text(r->page, "form.guide", in->guide);
}

/* The carrier that the form begins with: that of the series from which the page was opened, else what the guide
 * suggests. */
static const char *carrier_shown(const struct page_in *in, const char *guessed)
{
    return is_blank(in->carrier) ? guessed : streq(in->carrier, CARRIER_SEVERAL) ? NULL : in->carrier;
}

static bool is_expired(const struct package *p)
{
    return streq(p->state, "CANCELADO") && p->cancel_reason != NULL
        && streq(p->cancel_reason, "anuncio_expirado");
}

/* Shows what is known of a scanned guide: kind is "announced", "late" (announced and expired), "new", or
 * "there", which has no form. */
static enum err fill_found(struct req *r, const struct page_in *in, const struct guide_reading *read)
{
    struct view_node *found = view_child(r->page, "found");
    struct package p;
    enum err e = package_by_scan(r->c, in->guide, &p);
    const char *kind;

    if (e != OK && e != E_NOT_FOUND)
        return e;
    r->c->fault = (struct fault){ 0 };
    if (e == E_NOT_FOUND || (streq(p.state, "CANCELADO") && !is_expired(&p))) {
        view_text(found, "kind", "new");
        view_text(found, "guide", read->number);
        view_bool(found, "like_code", guide_like_code(r->c->a, read->number));
        view_bool(found, "like_two", package_reading_check(r->c, read, NULL) == E_INVALID);
        r->c->fault = (struct fault){ 0 };
        view_bool(r->page, "whose.first", true);
        e = people_ask(r, in->who, in->customer_id);
        return e != OK ? e : carriers_show(r, carrier_shown(in, courier_guess(read->key)));
    }
    kind = is_expired(&p) ? "late" : streq(p.state, "ANUNCIADO") ? "announced" : "there";
    view_fields(found, package_fields, &p);
    view_text(found, "kind", kind);
    view_text(found, "guide", p.guide_number);
    view_text(found, "name", p.announced_name ? p.announced_name : p.customer_name);
    view_phone(found, "phone", p.announced_phone ? p.announced_phone : p.customer_phone);
    view_text(found, "phone_of", package_phone_name(r->c, &p));
    e = carriers_show(r, carrier_shown(in, NULL));
    return e == OK && p.disputed ? claims_show(r, &p) : e;
}

/* A box without a readable guide gets its number when it is received. */
static enum err fill_own(struct req *r, const struct page_in *in)
{
    enum err e = people_ask(r, in->who, in->customer_id);

    view_text(r->page, "found.kind", "own");
    view_bool(r->page, "whose.first", true);
    return e != OK ? e : carriers_show(r, carrier_shown(in, NULL));
}

static enum err fill_done(struct req *r, int64_t id)
{
    struct view_node *done = view_child(r->page, "done");
    struct package p;
    enum err e = package_by_id(r->c, id, &p);

    if (e != OK)
        return e;
    view_fields(done, package_fields, &p);
    view_text(done, "type_words", words_or_value(package_types, p.type));
    view_bool(done, "is_own", own_guide_is(p.guide_key));
    view_bool(done, "is_received", streq(p.state, "RECIBIDO"));
    return p.disputed ? claims_show(r, &p) : OK;
}

static enum err own_guide_unknown(struct req *r, const char *number)
{
    r->c->fault = (struct fault){ 0 };
    return own_guide_refuse(r->c, number, "guide");
}

static enum err receive_page(struct req *r)
{
    const struct page_in *in = r->in;
    struct guide_reading read;
    struct package p;
    enum err e = OK;

    fill_options(r, in);
    view_int(r->page, "photos_max", PHOTOS_MAX);
    view_bool(r->page, "in_batch", in->in_batch);
    if (in->done != 0)
        e = fill_done(r, in->done);
    req_operation(r);
    req_scans(r);
    if (e == OK)
        e = approval_fill(r);
    guide_read(r->c->a, in->guide, &read);
    if (e == OK && (read.says_none || (in->no_guide && is_blank(in->guide))))
        e = fill_own(r, in);
    else if (e == OK && own_guide_formed(read.key) && package_by_scan(r->c, in->guide, &p) == E_NOT_FOUND && r->status == 0)
        return req_form_again(r, own_guide_unknown(r, read.key), "receive/receive.cst");
    else if (e == OK && read.number != NULL)
        e = fill_found(r, in, &read);
    else if (e == OK && !is_blank(in->guide) && r->status == 0)
        return req_form_again(r, guide_refuse(r->c, &read, "guide"), "receive/receive.cst");
    return e != OK ? e : req_page(r, "receive/receive.cst");
}

/* ---- receiving ---- */

static enum err receive_with_photos(struct req *r, struct package *out)
{
    struct receive_form *in = r->in;
    bool well = is_blank(in->receive.condition) || streq(in->receive.condition, "BUENO");
    struct photos photos;
    enum err e = photos_gather(r, &in->photos, &in->linked, well ? "RECEPCION" : "DANO", &photos);

    if (e != OK)
        return e;
    in->receive.approval = approval_typed(r, &in->approval);
    in->receive.photos = photos.v;
    in->receive.photo_count = photos.n;
    e = photos_sent(r, &in->linked, package_receive(r->c, &in->receive, out));
    return e != OK ? approval_again(r, &in->approval, e) : OK;
}

static enum err receive(struct req *r)
{
    const struct receive_form *in = r->in;
    struct package p;
    enum err e = receive_with_photos(r, &p);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, package_fields, &p);
    req_flash_undo_event(r, T_RECEIVED, p.position_code, p.id, p.last_event_id);
    if (in->receive.in_batch)
        return req_redirect(r, "/receive/rapid");
    return req_redirect(r, "/receive?done=%lld", (long long)p.id);
}

static const struct route routes[] = {
    { GET, "/receive", ROLE_OPERADOR, &page_params, receive_page, PAGE, "Recibir" },
    { POST, "/receive", ROLE_OPERADOR, &receive_params, receive, PAGE | IDEMPOTENT, "Recibir",
      .form = "/receive" },
    { GET, "/receive/rapid", ROLE_OPERADOR, NULL, rapid_page, PAGE, "Recibir en serie" },
    { POST, "/receive/rapid", ROLE_OPERADOR, &rapid_params, rapid_scan, PAGE | IDEMPOTENT, "Recibir en serie",
      .form = "/receive/rapid" },
    { POST, "/receive/rapid/{id}/whose", ROLE_OPERADOR, &whose_params, rapid_whose, PAGE | IDEMPOTENT,
      "Decir de quién es un paquete de la serie", .form = "/receive/rapid" },
    { POST, "/receive/rapid/refuse", ROLE_OPERADOR, &refuse_params, rapid_refuse, PAGE | IDEMPOTENT,
      "No recibir un paquete", .form = "/receive/rapid" },
    { POST, "/receive/rapid/refuse/{id}/undo", ROLE_OPERADOR, &refusal_params, rapid_refuse_undo,
      PAGE | IDEMPOTENT,
      "Deshacer que un paquete no se recibe", .form = "/receive/rapid" },
    { GET, "/receive/batch/{id}", ROLE_OPERADOR, &batch_params, batch_page, PAGE, "Entrega de transportadora" },
    { POST, "/receive/batch/{id}/close", ROLE_OPERADOR, &batch_close_params, batch_finish, PAGE | IDEMPOTENT,
      "Cerrar la entrega", .form = "/receive/batch/{id}" },
    { GET, "/api/v1/courier-batches", ROLE_OPERADOR, &batch_list_params, batches, JSON,
      "Entregas de transportadoras, las más nuevas primero", "packages:read",
      GIVES_LIST_OF(200, batch_fields) },
    { GET, "/api/v1/courier-batches/{id}", ROLE_OPERADOR, &batch_params, batch_json, JSON,
      "Una entrega con sus paquetes", "packages:read", GIVES(200, batch_answer_fields) },
    { POST, "/api/v1/courier-batches/refusals", ROLE_OPERADOR, &refuse_params, batch_refuse_json,
      JSON | IDEMPOTENT,
      "Anotar en la entrega abierta un paquete que no se recibe", "packages:write",
      GIVES(200, batch_answer_fields), .shows = "guide refused" },
    { POST, "/api/v1/courier-batches/refusals/{id}/undo", ROLE_OPERADOR, &refusal_params,
      batch_refusal_undo_json,
      JSON | IDEMPOTENT, "Deshacer que un paquete no se recibe, en los segundos que lo permiten", "packages:write",
      GIVES(200, batch_answer_fields) },
    { POST, "/api/v1/courier-batches/{id}/close", ROLE_OPERADOR, &batch_close_params, batch_finish,
      JSON | IDEMPOTENT, "Cerrar una entrega con el nombre y la firma de quien la trajo", "packages:write",
      GIVES(200, batch_answer_fields) },
    { POST, "/api/v1/packages/receive", ROLE_OPERADOR, &receive_params, receive,
      JSON | IDEMPOTENT, "Recibir un paquete por su guía, anunciado o no", "packages:write",
      GIVES(200, package_fields), .shows = "guide name phone carrier position" },
    { POST, "/api/v1/packages/{id}/receive", ROLE_OPERADOR, &receive_one_params, receive,
      JSON | IDEMPOTENT, "Recibir un paquete anunciado", "packages:write", GIVES(200, package_fields),
      .shows = "carrier position" },
};
const struct area area = { "receive", routes, COUNT(routes), .about = "Recepción y entregas de transportadoras" };
