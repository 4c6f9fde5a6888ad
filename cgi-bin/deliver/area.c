/* Deliver: the customer's code, the boxes that are ready, the payment, the hand-over and its undo.  A
 * pickup code is never in an address: it would stay in browsing histories and logs. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/custody/undo.h"
#include "domain/handover/deliver.h"
#include "domain/handover/signature.h"
#include "domain/handover/texts.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package_find.h"
#include "domain/people/identity.h"
#include "domain/handover/override.h"
#include "http/texts.h"
#include "local/money.h"
#include "local/normal.h"
#include "incidents.h"
#include "page.h"
#include "quotes.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/photos.h"

#define MONEY_MAX 100000000
#define QUOTED_MAX 253402300799  /* Unix seconds; the end of the year 9999 */

/* ---- parameters ---- */

static const struct param quote_rows[] = {
    PARAM(struct deliver_quote_in, code, P_TEXT, 0, 0, 40, "Código de entrega"),
    PARAM(struct deliver_quote_in, customer_id, P_ID, 0, 0, 0, "O el cliente"),
    PARAM(struct deliver_quote_in, package_id, P_ID, 0, 0, 0, "O uno de sus paquetes"),
};
static const struct params quote_params = PARAMS(struct deliver_quote_in, quote_rows);

struct box_in { const char *scan; };
static const struct param box_rows[] = {
    PARAM(struct box_in, scan, P_SCAN, PARAM_REQUIRED, 0, READING_MAX, "Lo que se leyó de la caja: su etiqueta o su guía"),
};
static const struct params box_params = PARAMS(struct box_in, box_rows);

static const struct param page_rows[] = {
    PARAM(struct deliver_page_in, package, P_ID, 0, 0, 0, "Uno de los paquetes de la persona"),
    PARAM(struct deliver_page_in, customer, P_ID, 0, 0, 0, "El cliente"),
    PARAM(struct deliver_page_in, authorized, P_ID, 0, 0, 0, "La autorización que se mostró"),
    PARAM(struct deliver_page_in, ids, P_IDS, 0, 0, 100, "Los que se marcan; todos si no se dice"),
    PARAM(struct deliver_page_in, incidents, P_IDS, 0, 0, 100, "Las novedades que ya se conocían"),
    PARAM(struct deliver_page_in, scanned, P_IDS, 0, 0, 100, "Los que ya se escanearon"),
    PARAM(struct deliver_page_in, quote, P_TEXT, 0, 0, 22, "La lista que se guardó, si se leyó un código"),
    PARAM(struct deliver_page_in, who, P_SCAN, 0, 0, READING_MAX, "A quién se busca: guía, celular o nombre"),
    PARAM(struct deliver_page_in, operation, P_TEXT, 0, 0, 128, "La operación que ya se envió: si se hizo, su resultado"),
};
static const struct params page_params = PARAMS(struct deliver_page_in, page_rows);

struct kept_in { const char *quote; };
static const struct param kept_rows[] = {
    PARAM(struct kept_in, quote, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 0, 22, "La lista que se guardó"),
};
static const struct params kept_params = PARAMS(struct kept_in, kept_rows);

struct customer_page_in { int64_t customer; };
static const struct param customer_page_rows[] = {
    PARAM(struct customer_page_in, customer, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
};
static const struct params customer_page_params = PARAMS(struct customer_page_in,
                                                         customer_page_rows);

static const struct param payment_rows[] = {
    PARAM_ENUM(struct payment_in, method, PARAM_REQUIRED, payment_methods, "Medio de pago"),
    PARAM(struct payment_in, amount, P_MONEY, PARAM_REQUIRED, 1, MONEY_MAX, "Cuánto, en pesos"),
    PARAM(struct payment_in, reference, P_TEXT, 0, 0, 60, "Referencia; obligatoria si no es efectivo"),
};
static const struct params payment_params = PARAMS(struct payment_in, payment_rows);

struct deliver_form {
    struct deliver_in deliver;
    struct ids ids, incidents, scanned;
    struct approval approval;    /* page only: of a discount, or of no code */
    struct uploads photos;
    struct photos_linked linked; /* page only */
    struct param_rows payments;  /* API only: instead of method, amount and reference */
    const char *method_2, *reference_2;      /* page only: a second payment, for a part */
    int64_t amount_2;
    int64_t tendered;            /* page only: cash given, for the change */
    int64_t package;             /* page only: tells with customer whose list is shown again */
    const char *quote;           /* page only: the quote that was kept under this id */
};
#define F struct deliver_form
#define D(member, type, max, doc) PARAM_AS(F, deliver.member, #member, type, 0, 0, max, doc)
#define D_ENUM(member, choices, doc) PARAM_ENUM_AS(F, deliver.member, #member, 0, choices, doc)
static const struct param deliver_rows[] = {
    PARAM_ROWS(F, payments, PARAM_API, PAYMENTS_MAX, &payment_params,
               "Cómo se pagó, si fue de varios modos: en lugar de medio, valor y referencia"),
    PARAM(F, ids, P_IDS, PARAM_NEEDED, 0, 100, "Números de los paquetes"),
    D(code, P_TEXT, 40, "Código de entrega"),
    D(authorized, P_ID, 0, "Con el código de una persona autorizada: cuál autorización, comparado su documento"),
    D_ENUM(override_reason, override_reasons, "Por qué se entrega sin código"),
    D(override_text, P_TEXT, 200, "En palabras; obligatorio si el motivo es otro"),
    D(identity_checked, P_BOOL, 0, "Se verificó la identidad; sin código"),
    D(receiver_name, P_TEXT, 100, "Quién recibe; obligatorio sin código"),
    D_ENUM(receiver_document_type, identity_types, "Tipo de documento; obligatorio sin código"),
    D(receiver_document_last4, P_TEXT, 4, "Sus últimos cuatro, letras o números; obligatorios sin código"),
    D_ENUM(method, payment_methods, "Medio de pago"),
    D(reference, P_TEXT, 60, "Referencia; obligatoria si no es efectivo"),
    D(amount, P_MONEY, MONEY_MAX, "Lo que se pagó por todos, en pesos"),
    D(discount, P_MONEY, MONEY_MAX, "Descuento en pesos; de más de lo que da un operador solo, ADMIN"),
    D(discount_reason, P_TEXT, 200, "Motivo del descuento"),
    PARAM(F, incidents, P_IDS, 0, 0, 100, "Novedades abiertas que se conocen de ellos"),
    PARAM(F, scanned, P_IDS, 0, 0, 100, "Los paquetes cuya caja se escaneó"),
    D(unscanned_reason, P_TEXT, 200, "Por qué van los que no se escanearon; obligatorio si se escaneó alguno"),
    D(signature, P_TEXT, SIGNATURE_MAX, "Firma de quien recibe: trazo de SVG, M y L"),
    PARAM(F, photos, P_FILES, 0, 0, PHOTOS_MAX, "Fotos de la entrega (solo multipart)"),
    PHOTOS_LINKED_PARAMS(F, linked),
    PARAM_ENUM(F, method_2, PARAM_PAGE, payment_methods, "Otro medio de pago"),
    PARAM(F, amount_2, P_MONEY, PARAM_PAGE, 0, MONEY_MAX, "Lo que se pagó por ese medio"),
    PARAM(F, reference_2, P_TEXT, PARAM_PAGE, 0, 60, "Su referencia"),
    APPROVAL_PARAMS(F, approval),
    PARAM(F, tendered, P_MONEY, PARAM_PAGE, 0, MONEY_MAX, "Efectivo recibido"),
    PARAM(F, package, P_ID, PARAM_PAGE, 0, 0, "Para volver a mostrar la lista"),
    PARAM(F, quote, P_TEXT, PARAM_PAGE, 0, 22, "La lista que se guardó"),
    PARAM_AS(F, deliver.customer, "customer", P_ID, PARAM_PAGE, 0, 0, "De quién era la lista"),
    PARAM_AS(F, deliver.quoted_at, "quoted_at", P_INT, PARAM_PAGE, 0, QUOTED_MAX,
             "De cuándo eran sus precios, en segundos de Unix"),
};
static const struct params deliver_params = PARAMS(F, deliver_rows);

struct done_in { int64_t id, tendered; };
static const struct param done_rows[] = {
    PARAM(struct done_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Uno de los entregados"),
    PARAM(struct done_in, tendered, P_MONEY, 0, 0, MONEY_MAX, "Efectivo recibido"),
};
static const struct params done_params = PARAMS(struct done_in, done_rows);

struct undo_in { int64_t id; };
static const struct param undo_rows[] = {
    PARAM(struct undo_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Uno de los entregados"),
};
static const struct params undo_params = PARAMS(struct undo_in, undo_rows);

/* ---- the list of what is ready ---- */

/* Tells whose list the page shows.  A code that was read stays the proof, which its kept quote remembers. */
static struct deliver_quote_in page_of(struct req *r, const struct deliver_page_in *in)
{
    struct kept_quote kept = { 0 };

    if (in->quote != NULL && kept_quote_by_id(r->c, in->quote, &kept) == OK && kept.by.code != NULL)
        return kept.by;
    return (struct deliver_quote_in){ .customer_id = in->customer, .package_id = in->customer ? 0 : in->package,
                                      .authorized = in->authorized };
}

static enum err deliver_page(struct req *r)
{
    const struct deliver_page_in *in = r->in;
    const char *operation = in->operation != NULL ? in->operation : req_operation_sent(r);
    struct deliver_quote_in by;
    struct deliver_quote q;
    int64_t done;
    size_t gone;
    enum err e;

    req_scans(r);
    if (in->who != NULL)
        return people_page(r, in->who);
    if (in->package == 0 && in->customer == 0) {
        drawer_ask(r);
        return req_page(r, "deliver/code.cst");
    }
    if (operation != NULL && ((e = handover_by_key(r->c, (struct handover_of){ in->customer, in->package }, &operation, &done)) != OK
                              || done != 0))
        return e != OK ? e : req_redirect(r, "/deliver/done/%lld", (long long)done);
    by = page_of(r, in);
    e = deliver_quote(r->c, &by, &q);
    if (e != OK)
        return delivered_page(r, e, &in->ids, in->package, in->customer);
    e = delivered_fill(r, &in->ids, in->package, 0, &gone);
    return e != OK ? e : quote_show(r, &q, &(struct quote_shown){ &in->ids, &in->incidents, &in->scanned, by.code,
                                                                  in->quote, operation });
}

static enum err customer_page(struct req *r)
{
    const struct customer_page_in *in = r->in;

    return req_redirect(r, "/deliver?customer=%lld", (long long)in->customer);
}

/* Tells the script of the page which box was read, if its label says more than the line of the list: a script gets
 * the package's number or nothing, others what is found of it. */
static enum err box_page(struct req *r)
{
    const struct box_in *in = r->in;
    struct package p;
    enum err e = package_by_scan(r->c, in->scan, &p);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    if (!req_wants_fragment(r))
        return req_redirect(r, "%s", link_add(r->c->a, "/find", "q", in->scan));
    r->c->fault = (struct fault){ 0 };
    if (e == OK)
        view_int(r->page, "box.id", p.id);
    return req_bare(r, "deliver/box.cst");
}

static enum err kept_page(struct req *r)
{
    const struct kept_in *in = r->in;

    return kept_quote_page(r, in->quote);
}

static enum err start_again(struct req *r)
{
    return req_redirect(r, "/deliver");
}

/* ---- the same for the API ---- */

struct line_answer { const struct package *package; const struct fee *fee; const struct incident *incident; };
static const struct field line_answer_rows[] = {
    FIELD_PART(struct line_answer, package, package_fields),
    FIELD_OBJECT(struct line_answer, fee, fee_fields, "Lo que debe"),
    FIELD_OBJECT(struct line_answer, incident, incident_fields, "Su novedad por resolver"),
};
FIELD_TABLE_HERE(struct line_answer, line_answer_fields, line_answer_rows)
struct line_answers { struct line_answer *v; size_t n; };

/* If the code is an authorised person's, the counter compares this document before it hands over. */
struct authorized_answer { int64_t id; const char *name, *document; };
static const struct field authorized_answer_rows[] = {
    FIELD(struct authorized_answer, id, F_INT, "Cuál autorización"),
    FIELD(struct authorized_answer, name, F_TEXT, "A quién se autorizó"),
    FIELD(struct authorized_answer, document, F_TEXT, "El documento que debe mostrar"),
};
FIELD_TABLE_HERE(struct authorized_answer, authorized_answer_fields, authorized_answer_rows)

#define A struct quote_answer
A { struct deliver_quote quote; const struct authorized_answer *authorized; struct line_answers packages; };
static const struct field quote_answer_rows[] = {
    FIELD_AS(A, quote.customer_id, "customer_id", F_ID, "El cliente"),
    FIELD_AS(A, quote.customer_name, "customer_name", F_TEXT, "Su nombre"),
    FIELD_AS(A, quote.customer_phone, "customer_phone", F_PHONE, "Su celular"),
    FIELD_AS(A, quote.by_code, "by_code", F_BOOL, "El código es correcto: es la prueba"),
    FIELD_OBJECT(A, authorized, authorized_answer_fields,
                 "De quién es el código, si es de una persona autorizada"),
    FIELD_AS(A, quote.total, "total", F_MONEY, "Lo que deben los que se pueden entregar: los que no están en disputa"),
    FIELD_LIST(A, packages, line_answer_fields, "Los paquetes, en el orden del recorrido"),
};
FIELD_TABLE_HERE(A, quote_answer_fields, quote_answer_rows)

static enum err quote_json(struct req *r)
{
    struct authorized_answer authorized;
    A answer = { 0 };
    const struct deliver_quote *q = &answer.quote;
    struct line_answer *v;
    enum err e = deliver_quote(r->c, r->in, &answer.quote);

    if (e != OK)
        return e;
    authorized = (struct authorized_answer){ q->authorization, q->authorized, q->authorized_document };
    answer.authorized = q->authorization != 0 ? &authorized : NULL;
    v = arena_alloc(r->c->a, (q->n + 1) * sizeof *v);
    for (size_t k = 0; k < q->n; k++)
        v[k] = (struct line_answer){ &q->v[k].package, &q->v[k].fee, q->v[k].incident.id ? &q->v[k].incident : NULL };
    answer.packages = (struct line_answers){ v, q->n };
    return req_one(r, quote_answer_fields, &answer);
}

/* ---- handing over ---- */

static enum err check_tendered(struct ctx *c, const struct deliver_form *in)
{
    int64_t cash = cash_part(in->deliver.method, in->deliver.amount) + cash_part(in->method_2, in->amount_2);

    if (in->tendered == 0 || in->tendered >= cash)
        return OK;
    return ctx_fail(c, E_INVALID, "tendered", T_TENDERED_SHORT, money_text(c->a, cash - in->tendered), NULL);
}

static enum err hand_over(struct req *r, struct delivery *out)
{
    struct deliver_form *in = r->in;
    struct photos photos;
    enum err e = photos_gather(r, &in->photos, &in->linked, "ENTREGA", &photos);

    if (e != OK)
        return e;
    in->deliver.ids = in->ids.v;
    in->deliver.count = in->ids.n;
    in->deliver.incidents = in->incidents.v;
    in->deliver.incidents_count = in->incidents.n;
    in->deliver.scanned = in->scanned.v;
    in->deliver.scanned_count = in->scanned.n;
    in->deliver.photos = photos.v;
    in->deliver.photo_count = photos.n;
    return photos_sent(r, &in->linked, deliver_packages(r->c, &in->deliver, out));
}

/* Takes the second payment of the page's form into the hand-over. */
static void second_payment(struct req *r)
{
    struct deliver_form *in = r->in;
    struct payment_in *second = arena_alloc(r->c->a, sizeof *second);

    *second = (struct payment_in){ in->method_2, in->amount_2, in->reference_2 };
    in->deliver.others = second;
    in->deliver.others_count = in->method_2 != NULL || in->amount_2 > 0 || in->reference_2 != NULL;
}

static enum err listed_payments(struct req *r)
{
    struct deliver_form *in = r->in;
    struct deliver_in *d = &in->deliver;
    const struct payment_in *list = in->payments.v;

    if (in->payments.n == 0)
        return OK;
    if (d->method != NULL || d->amount != 0 || d->reference != NULL)
        return ctx_fail(r->c, E_INVALID, "payments", T_PAYMENT_BOTH, NULL);
    d->method = list[0].method;
    d->amount = list[0].amount;
    d->reference = list[0].reference;
    d->others = list + 1;
    d->others_count = in->payments.n - 1;
    return OK;
}

/* The domain names further payments "method_2", "amount_2", "reference_2" and so on.  The API sent a list,
 * so the fault names "payments" and says which item of it was wrong. */
static void name_listed(struct req *r)
{
    static const char *const names[] = { "method", "amount", "reference" };
    const struct deliver_form *in = r->in;

    for (struct fault *f = &r->c->fault; in->payments.n > 0 && f != NULL; f = f->next)
        for (size_t i = 0; f->field != NULL && i < COUNT(names); i++) {
            size_t n = strlen(names[i]);

            if (strncmp(f->field, names[i], n) != 0)
                continue;
            if (f->err == E_INVALID && f->text != T_PAYMENT_EXACT) {
                f->args[2] = fault_sentence(r->c->a, f);
                f->args[1] = names[i];
                f->args[0] = f->field[n] == '_' ? f->field + n + 1 : "1";
                f->text = T_ITEM;
            }
            f->field = "payments";
        }
}

static const char *delivered_words(struct arena *a, const struct delivery *d)
{
    const char *paid = money_text(a, d->paid);

    return d->packages.n == 1 ? paid : arena_printf(a, "%zu paquetes, %s", d->packages.n, paid);
}

/* Puts into the form that comes back what it could not know: the authorised person whose code was typed,
 * the new amount if the price has grown, and what an ADMIN must approve. */
static void tell_form(struct req *r, const struct delivery *d)
{
    const struct deliver_form *in = r->in;

    approval_again(r, &in->approval, OK);
    if (d->authorized != 0)
        req_retype(r, "authorized", NUM(d->authorized));
    if (d->amount != 0)
        req_retype(r, "amount", NUM(d->amount));
}

static enum err deliver(struct req *r)
{
    struct deliver_form *in = r->in;
    struct arena *a = r->c->a;
    struct delivery out = { 0 };
    enum err e = check_tendered(r->c, in);
    long long id;

    second_payment(r);
    in->deliver.approval = &in->approval;
    if (e == OK)
        e = hand_over(r, &out);
    if (e != OK) {
        tell_form(r, &out);
        return e;
    }
    id = out.packages.v[0].id;
    req_flash_undo(r, T_DELIVERED, delivered_words(a, &out),
                   arena_printf(a, "/deliver/%lld/undo", id));
    if (in->tendered > 0)
        return req_redirect(r, "/deliver/done/%lld?tendered=%lld", id, (long long)in->tendered);
    return req_redirect(r, "/deliver/done/%lld", id);
}

static enum err deliver_keep(struct req *r)
{
    const struct deliver_form *in = r->in;

    return quote_keep_failed(r, &(struct quote_keep_in){ .id = in->quote, .code = in->deliver.code,
                                                         .customer_id = in->deliver.customer, .package_id = in->package });
}

static const struct field delivery_answer_rows[] = {
    FIELD(struct delivery, operation_id, F_TEXT, "La operación"),
    FIELD(struct delivery, receipt, F_ID, "Número de su comprobante"),
    FIELD(struct delivery, total, F_MONEY, "Lo que debían"),
    FIELD(struct delivery, discount, F_MONEY, "Descuento"),
    FIELD(struct delivery, paid, F_MONEY, "Lo que se pagó"),
    FIELD_LIST(struct delivery, packages, package_fields, "Los paquetes entregados"),
};
FIELD_TABLE_HERE(struct delivery, delivery_answer_fields, delivery_answer_rows)

static enum err deliver_json(struct req *r)
{
    struct delivery out;
    enum err e = listed_payments(r);

    if (e == OK && (e = hand_over(r, &out)) != OK)
        name_listed(r);
    return e != OK ? e : req_one(r, delivery_answer_fields, &out);
}

static enum err deliver_done_page(struct req *r)
{
    const struct done_in *in = r->in;

    return deliver_done(r, in->id, in->tendered);
}

static enum err deliver_undo(struct req *r)
{
    const struct undo_in *in = r->in;
    struct packages all;
    int64_t give_back;
    enum err e = delivery_undo(r->c, in->id, &all, &give_back);

    if (e != OK)
        return e;
    if (give_back > 0)
        req_flash(r, T_UNDONE_GIVE_BACK, all.n > 1 ? money_text(r->c->a, give_back)
                  : arena_printf(r->c->a, "%s; el paquete vuelve a la posición %s", money_text(r->c->a, give_back),
                                 all.v[0].position_code));
    else if (all.n == 1)
        req_flash(r, T_DELIVERY_UNDONE, all.v[0].position_code);
    else
        req_flash(r, T_DELIVERIES_UNDONE, NULL);
    return req_redirect(r, "/deliver?package=%lld", (long long)in->id);
}

static const struct route routes[] = {
    { GET, "/deliver", ROLE_OPERADOR, &page_params, deliver_page, PAGE, "Entregar" },
    { GET, "/deliver/{customer}", ROLE_OPERADOR, &customer_page_params, customer_page, PAGE,
      "Entregar a un cliente" },
    { GET, "/deliver/box", ROLE_OPERADOR, &box_params, box_page, PAGE, "De quién es la caja que se leyó" },
    { GET, "/deliver/quote", ROLE_OPERADOR, NULL, start_again, PAGE, "Entregar" },
    { GET, "/deliver/quotes/{quote}", ROLE_OPERADOR, &kept_params, kept_page, PAGE, "Entregar" },
    { POST, "/deliver/quote", ROLE_OPERADOR, &quote_search_params, quote_page, PAGE | WHEN_FULL, "Entregar",
      .form = "/deliver" },
    { POST, "/deliver", ROLE_OPERADOR, &deliver_params, deliver, PAGE | IDEMPOTENT | WHEN_FULL, "Entregar",
      .form = "/deliver", .keep = deliver_keep },
    { GET, "/deliver/done/{id}", ROLE_OPERADOR, &done_params, deliver_done_page, PAGE, "Entrega registrada" },
    { GET, "/incidents", ROLE_USUARIO, &incident_list_params, incidents, PAGE, "Novedades" },
    { POST, "/packages/{id}/incidents", ROLE_OPERADOR, &incident_params, incident_say, PAGE | IDEMPOTENT,
      "Anotar una novedad", .form = "/deliver" },
    { POST, "/packages/{id}/incidents/undo", ROLE_OPERADOR, &incident_again_params, incident_undo,
      PAGE | IDEMPOTENT, "Deshacer una novedad", .form = "/deliver" },
    { POST, "/packages/{id}/incidents/cancel", ROLE_OPERADOR, &incident_again_params, incident_cancel,
      PAGE | IDEMPOTENT, "Cancelar lo que el cliente no quiere", .form = "/deliver" },
    { POST, "/packages/{id}/incidents/resolve", ROLE_OPERADOR, &incident_end_params, incident_end,
      PAGE | IDEMPOTENT, "Resolver una novedad", .form = "/incidents" },
    { POST, "/deliver/{id}/undo", ROLE_OPERADOR, &undo_params, deliver_undo, PAGE | IDEMPOTENT | WHEN_FULL,
      "Deshacer una entrega" },
    { POST, "/api/v1/deliveries/quote", ROLE_OPERADOR, &quote_params, quote_json, JSON | WHEN_FULL,
      "Lo que una persona puede recoger y cuánto debe", "deliveries:write", GIVES(200, quote_answer_fields),
      .shows = "code", .keyless = "solo calcula" },
    { POST, "/api/v1/deliveries", ROLE_OPERADOR, &deliver_params, deliver_json, JSON | IDEMPOTENT | WHEN_FULL,
      "Entregar uno o varios paquetes", "deliveries:write", GIVES(201, delivery_answer_fields),
      .shows = "ids code method amount" },
    { GET, "/api/v1/incidents", ROLE_USUARIO, &incident_list_params, incidents, JSON,
      "Novedades por resolver, las más nuevas primero", "packages:read",
      GIVES_LIST_OF(200, incident_fields) },
    { POST, "/api/v1/packages/{id}/incidents", ROLE_OPERADOR, &incident_params, incident_report_json,
      JSON | IDEMPOTENT,
      "Anotar que un paquete no se entrega: no encontrado, rechazado o equivocado", "packages:write",
      GIVES(201, incident_fields) },
    { POST, "/api/v1/packages/{id}/incidents/resolve", ROLE_OPERADOR, &incident_end_params,
      incident_end, JSON | IDEMPOTENT, "Resolver la novedad de un paquete", "packages:write",
      GIVES(200, package_fields) },
};
const struct area area = { "deliver", routes, COUNT(routes), .about = "Entrega a los clientes, y novedades" };
