/* Packages: where each one is, since when, what it owes; and the counter's small changes to one of them. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "local/money.h"
#include "local/normal.h"
#include "domain/custody/claim_settle.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/texts.h"
#include "domain/people/opt_out.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_receive.h"
#include "domain/price/size.h"
#include "correct.h"
#include "detail.h"
#include "json.h"
#include "labels.h"
#include "list.h"
#include "pay.h"
#include "cgi-bin/shared/people.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/receipt.h"

#define FOUND_MAX 50
#define HITS_MAX 8
#define PEOPLE_HITS 4            /* people above the packages of the omnibox */

/* ---- parameters ---- */

#define F struct package_filter
static const struct param list_rows[] = {
    PARAM_ENUM(F, state, 0, package_states, "Estado"),
    PARAM_ENUM(F, type, 0, package_types, "Tamaño"),
    PARAM_ENUM(F, band, 0, age_band_names, "Días en el punto; solo los recibidos"),
    PARAM(F, unidentified, P_BOOL, 0, 0, 0, "Los recibidos sin cliente"),
    PARAM(F, disputed, P_BOOL, 0, 0, 0, "Los que están en disputa: falta comparar de quién son"),
    PARAM(F, customer_id, P_ID, 0, 0, 0, "De un cliente"),
    PARAM(F, q, P_SCAN, 0, 0, READING_MAX, "Código, guía, celular, nombre o posición"),
    PARAM(F, before, P_ID, 0, 0, 0, "Número del último paquete ya visto"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

static const struct param find_rows[] = {
    PARAM(F, q, P_SCAN, 0, 0, READING_MAX, "Código, guía, celular, nombre o posición"),
};
static const struct params find_params = PARAMS(F, find_rows);

struct suggest_in { const char *q; };
static const struct param suggest_rows[] = {
    PARAM(struct suggest_in, q, P_TEXT, 0, 0, 100, "Nombre, últimos cuatro del celular, torre y apartamento"),
};
static const struct params suggest_params = PARAMS(struct suggest_in, suggest_rows);

#define PACKAGE_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete")
struct id_in { int64_t id; };
static const struct param id_rows[] = { PACKAGE_ID(struct id_in) };
static const struct params id_params = PARAMS(struct id_in, id_rows);

struct detail_in { int64_t id, customer_id; const char *who; };
static const struct param detail_rows[] = {
    PACKAGE_ID(struct detail_in),
    PARAM(struct detail_in, who, P_TEXT, 0, 0, 100, "De quién puede ser: con qué palabras se lo busca"),
    PARAM(struct detail_in, customer_id, P_ID, 0, 0, 0, "De quién es, si ya se eligió"),
};
static const struct params detail_params = PARAMS(struct detail_in, detail_rows);

static const struct param event_rows[] = {
    PACKAGE_ID(struct event_filter),
    PARAM(struct event_filter, after, P_ID, 0, 0, 0, "Número del último suceso ya visto"),
    PARAM(struct event_filter, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params event_params = PARAMS(struct event_filter, event_rows);

struct receipt_in { int64_t id; const char *paper; bool only; };
static const struct param receipt_rows[] = {
    PACKAGE_ID(struct receipt_in),
    PARAM_ENUM(struct receipt_in, paper, 0, setting_papers, "Ancho del papel, en mm"),
    PARAM(struct receipt_in, only, P_BOOL, 0, 0, 0, "Solo de este paquete, y no de toda su entrega"),
};
static const struct params receipt_params = PARAMS(struct receipt_in, receipt_rows);

/* The event is in the query: the link of the toast that offers to undo has no form fields. */
struct undo_in { int64_t id, event; };
static const struct param undo_rows[] = {
    PACKAGE_ID(struct undo_in),
    PARAM(struct undo_in, event, P_ID, PARAM_QUERY, 0, 0,
          "Cuál suceso; si no se dice, el último que se pueda deshacer"),
};
static const struct params undo_params = PARAMS(struct undo_in, undo_rows);

struct cancel_form { struct cancel_in cancel; struct approval approval; };
static const struct param cancel_rows[] = {
    PARAM_AS(struct cancel_form, cancel.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
    PARAM_ENUM_AS(struct cancel_form, cancel.reason, "reason", PARAM_REQUIRED, cancel_reasons,
                  "Motivo; cliente_no_reclama y anuncio_expirado no los da una persona"),
    PARAM_AS(struct cancel_form, cancel.text, "text", P_TEXT, 0, 0, 300, "Detalle; obligatorio si el motivo es otro"),
    APPROVAL_PARAMS(struct cancel_form, approval),
};
static const struct params cancel_params = PARAMS(struct cancel_form, cancel_rows);

static const struct param move_rows[] = {
    PACKAGE_ID(struct move_in),
    PARAM(struct move_in, position, P_TEXT, 0, 0, 20, "Posición; la primera libre de su tamaño si no se dice"),
};
static const struct params move_params = PARAMS(struct move_in, move_rows);

/* The field is "note" since another form of the same page has a field "text". */
static const struct param note_rows[] = {
    PACKAGE_ID(struct note_in),
    PARAM_AS(struct note_in, text, "note", P_LONG, PARAM_REQUIRED, 0, 500, "La nota"),
};
static const struct params note_params = PARAMS(struct note_in, note_rows);

struct opt_out_in { int64_t id; const char *channel; bool is_out; };
static const struct param opt_out_rows[] = {
    PACKAGE_ID(struct opt_out_in),
    PARAM_ENUM(struct opt_out_in, channel, PARAM_REQUIRED, notification_channels, "sms o email"),
    PARAM(struct opt_out_in, is_out, P_BOOL, PARAM_REQUIRED, 0, 0, "Si su cliente ya no quiere mensajes por ese medio"),
};
static const struct params opt_out_params = PARAMS(struct opt_out_in, opt_out_rows);

/* The field is not "reason" since another form of the same page has one of that name. */
struct reverse_in { int64_t id; struct payment_reverse_in reverse; struct approval approval; };
static const struct param reverse_rows[] = {
    PACKAGE_ID(struct reverse_in),
    PARAM_AS(struct reverse_in, reverse.id, "payment", P_ID, PARAM_REQUIRED, 0, 0, "Cuál pago"),
    PARAM_AS(struct reverse_in, reverse.reason, "reverse_reason", P_TEXT, PARAM_REQUIRED, 3, 200,
             "Por qué se reversa"),
    APPROVAL_PARAMS(struct reverse_in, approval),
};
static const struct params reverse_params = PARAMS(struct reverse_in, reverse_rows);

struct identify_form { struct identify_in identify; struct approval approval; };
#define I(member, type, flags, max, doc) PARAM_AS(struct identify_form, identify.member, #member, type, flags, 0, max, doc)
static const struct param identify_rows[] = {
    I(id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, "Paquete"),
    I(customer_id, P_ID, 0, 0, "De quién es: una persona que el punto conoce"),
    I(who, P_TEXT, 0, 100, "Con qué palabras se la buscó, si no se eligió ninguna"),
    I(name, P_TEXT, 0, 100, "O su nombre"),
    I(phone, P_TEXT, 0, 40, "Su celular, si lo tiene"),
    I(no_phone, P_BOOL, 0, 0, "No tiene celular: se le encuentra por su nombre"),
    APPROVAL_PARAMS(struct identify_form, approval),
};
static const struct params identify_params = PARAMS(struct identify_form, identify_rows);

struct claim_form { struct claim_settle_in settle; struct approval approval; };
static const struct param claim_rows[] = {
    PARAM_AS(struct claim_form, settle.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
    PARAM_AS(struct claim_form, settle.claim, "claim", P_INT, PARAM_REQUIRED, 0, INT64_MAX,
             "De quién es: el reclamo de esa persona, o 0 si es de quien lo anunció primero"),
    PARAM_ENUM_AS(struct claim_form, settle.compared, "compared", PARAM_REQUIRED, claim_compared,
                  "Con qué se comparó el nombre"),
    APPROVAL_PARAMS(struct claim_form, approval),
};
static const struct params claim_params = PARAMS(struct claim_form, claim_rows);

/* ---- lists ---- */

static enum err packages_list(struct req *r)
{
    struct package_rows rows;
    enum err e = package_rows(r->c, r->in, &rows);

    return e != OK ? e : packages_page(r, r->in, &rows);
}

/* The API gives whole packages; the page's rows have only what they show. */
static enum err list_json(struct req *r)
{
    struct packages all;
    int64_t next;
    enum err e = package_list(r->c, r->in, &all, &next);

    return e != OK ? e : packages_give(r, &all, next);
}

/* If the words are a package's whole guide or tracking code, it is the one meant, even if other guides
 * begin alike. */
static bool is_meant(struct arena *a, const char *q, const struct package *p)
{
    struct guide_reading read;
    const char *code;

    guide_read(a, q, &read);
    code = read.number != NULL ? normal_code(a, read.number) : NULL;
    for (size_t i = 0; i < read.n; i++)
        if (streq(read.keys[i], p->guide_key))
            return true;
    return code != NULL && streq(code, p->tracking_code);
}

/* Whether the words mean one package: it is the only one found, and nobody but its own person was. */
static bool is_only(const struct packages *found, const struct people *people)
{
    return found->n == 1 && !found->near
        && (people->n == 0 || (people->n == 1 && people->v[0].id == found->v[0].customer_id));
}

static enum err packages_find(struct req *r)
{
    const struct package_filter *in = r->in;
    struct package_rows found = { 0 };
    struct people people = { 0 };
    enum err e = OK;

    if (!is_blank(in->q))
        e = package_find(r->c, in->q, req_wants_fragment(r) ? HITS_MAX : FOUND_MAX, &found.all);
    if (e == OK)
        e = person_find(r->c, in->q, PERSON_ANY, PEOPLE_HITS, &people);
    if (e != OK)
        return e;
    people_show(r, &people, 0);
    if (req_wants_fragment(r))
        return packages_hits(r, in->q, &found.all);
    if (is_blank(in->q))
        return req_redirect(r, "/packages");
    if (is_only(&found.all, &people) || (found.all.n > 0 && !found.all.near && is_meant(r->c->a, in->q, found.all.v)))
        return req_redirect(r, "/packages/%lld", (long long)found.all.v[0].id);
    e = fees_of(r->c, &found.all, &found.fees);
    return e != OK ? e : packages_page(r, in, &found);
}

static enum err find_json(struct req *r)
{
    const struct package_filter *in = r->in;
    struct packages found = { 0 };
    struct people people = { 0 };
    enum err e = is_blank(in->q) ? OK : package_find(r->c, in->q, FOUND_MAX, &found);

    if (e == OK)
        e = person_find(r->c, in->q, PERSON_ANY, PEOPLE_HITS, &people);
    return e != OK ? e : found_give(r, &found, &people);
}

/* Finds people whom the counter knows, for a parcel that nobody announced. */
static enum err customers_suggest(struct req *r)
{
    const struct suggest_in *in = r->in;
    struct people found;
    enum err e = person_find(r->c, in->q, PERSON_KNOWN, PEOPLE_SHOWN, &found);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, person_fields, found);
    if (!req_wants_fragment(r))
        return req_redirect(r, "%s", link_add(r->c->a, "/find", "q", in->q));
    view_text(r->page, "q", in->q);
    people_show(r, &found, 0);
    return req_bare(r, "packages/people.cst");
}

/* ---- one package ---- */

static enum err packages_detail(struct req *r)
{
    const struct detail_in *in = r->in;

    return package_page(r, in->id, in->who, in->customer_id);
}

static enum err packages_receipt(struct req *r)
{
    const struct receipt_in *in = r->in;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    return e != OK ? e : receipt_page(r, &p, &(struct receipt_shown){
        .name = p.announced_name ? p.announced_name : p.customer_name, .paper = in->paper, .only = in->only });
}

/* ---- one package in the API ---- */

struct package_answer { struct package package; const struct fee *fee; struct photo_answers photos; };
static const struct field package_answer_rows[] = {
    FIELD_PART(struct package_answer, package, package_fields),
    FIELD_OBJECT(struct package_answer, fee, fee_fields, "Lo que cuesta hoy, si cuesta algo"),
    FIELD_LIST(struct package_answer, photos, photo_answer_fields, "Sus fotos"),
};
FIELD_TABLE_HERE(struct package_answer, package_answer_fields, package_answer_rows)

static enum err detail_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct package_answer answer;
    struct package_files files;
    struct fee fee;
    enum err e = package_by_id(r->c, in->id, &answer.package);

    if (e == OK)
        e = fee_of(r->c, &answer.package, &fee);
    if (e == OK)
        e = package_files(r->c, in->id, &files);
    if (e != OK)
        return e;
    answer.fee = fee.total > 0 ? &fee : NULL;
    answer.photos = photos_answer(r, &files);
    req_tag(r, answer.package.last_event_id);
    return req_one(r, package_answer_fields, &answer);
}

static const struct field event_answer_rows[] = {
    FIELD_ALSO(struct package_event, package_event_fields),
    FIELD(struct package_event, text, F_TEXT, "Qué pasó, en palabras"),
};
FIELD_TABLE_HERE(struct package_event, event_answer_fields, event_answer_rows)

static enum err events_json(struct req *r)
{
    const struct event_filter *in = r->in;
    struct package_events all;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = event_list(r->c, in, &all);
    return e != OK ? e : req_list(r, event_answer_fields, all, all.next);
}

struct fees_answer { struct fee fee; struct payments payments; };
static const struct field fees_answer_rows[] = {
    FIELD_PART(struct fees_answer, fee, fee_fields),
    FIELD_LIST(struct fees_answer, payments, payment_fields, "Lo que se ha pagado"),
};
FIELD_TABLE_HERE(struct fees_answer, fees_answer_fields, fees_answer_rows)

static enum err fees_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct fees_answer answer;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = fee_of(r->c, &p, &answer.fee);
    if (e == OK)
        e = payments_of(r->c, in->id, &answer.payments);
    return e != OK ? e : req_one(r, fees_answer_fields, &answer);
}

/* ---- changes: each one for the page and for the API ---- */

static enum err packages_back(struct req *r, int64_t id)
{
    return req_redirect(r, "/packages/%lld", (long long)id);
}

/* The guide of an announcement that is cancelled may be somebody else's announcement now (claim_end.h): its page is
 * shown, and nothing can be undone. */
static enum err packages_cancel(struct req *r)
{
    struct cancel_form *in = r->in;
    struct package p, heir;
    enum err e;

    in->cancel.approval = approval_typed(r, &in->approval);
    e = package_cancel(r->c, &in->cancel, &p);
    if (e != OK)
        return approval_again(r, &in->approval, e);
    if (req_is_api(r))
        return req_one(r, package_fields, &p);
    if (package_by_guide(r->c, p.guide_number, &heir) == OK && heir.id != p.id && streq(heir.state, "ANUNCIADO")) {
        req_flash(r, T_CANCELLED_PASSED, heir.customer_name);
        return packages_back(r, heir.id);
    }
    req_flash_undo_event(r, T_CANCELLED, NULL, p.id, p.last_event_id);
    return packages_back(r, p.id);
}

/* Ends a request that changed the package: the API gives the package, a browser goes back to its page, which says
 * `said`. */
static enum err packages_changed(struct req *r, const struct package *p, const struct text *said, const char *arg)
{
    if (req_is_api(r))
        return req_one(r, package_fields, p);
    req_flash(r, said, arg);
    return packages_back(r, p->id);
}

static enum err packages_undo(struct req *r)
{
    const struct undo_in *in = r->in;
    struct package p;
    enum err e = package_undo_event(r->c, in->id, in->event, &p);

    if (e != OK)
        return e;
    return streq(p.state, "RECIBIDO") && p.position_code != NULL
        ? packages_changed(r, &p, T_UNDONE_SHELF, p.position_code) : packages_changed(r, &p, T_UNDONE, NULL);
}

static enum err packages_move(struct req *r)
{
    struct package p;
    enum err e = package_move(r->c, r->in, &p);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, package_fields, &p);
    req_flash_undo_event(r, T_MOVED, p.position_code, p.id, p.last_event_id);
    return packages_back(r, p.id);
}

static enum err packages_identify(struct req *r)
{
    struct identify_form *in = r->in;
    struct package p;
    enum err e;

    in->identify.approval = approval_typed(r, &in->approval);
    e = package_identify(r->c, &in->identify, &p);
    if (e != OK)
        return approval_again(r, &in->approval, e);
    if (req_is_api(r))
        return req_one(r, package_fields, &p);
    req_flash_undo_event(r, T_IDENTIFIED, p.customer_name, p.id, p.last_event_id);
    return packages_back(r, p.id);
}

static enum err packages_claim(struct req *r)
{
    struct claim_form *in = r->in;
    struct package p;
    enum err e;

    in->settle.approval = approval_typed(r, &in->approval);
    e = claim_settle(r->c, &in->settle, &p);
    return e != OK ? approval_again(r, &in->approval, e) : packages_changed(r, &p, T_CLAIM_SETTLED, p.customer_name);
}

static enum err claims_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct claims all;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = claims_of(r->c, in->id, &all);
    return e != OK ? e : req_all(r, claim_fields, all);
}

static enum err packages_note(struct req *r)
{
    const struct note_in *in = r->in;
    struct package p;
    enum err e = package_note(r->c, in);

    if (e == OK)
        e = package_by_id(r->c, in->id, &p);
    return e != OK ? e : packages_changed(r, &p, T_SAVED, NULL);
}

static enum err packages_opt_out(struct req *r)
{
    const struct opt_out_in *in = r->in;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK && p.customer_id == 0)
        return req_fail(r, E_CONFLICT, T_CUSTOMER_NONE);
    if (e == OK)
        e = opt_out_by_staff(r->c, p.customer_id, in->channel, in->is_out);
    return e != OK ? e : packages_changed(r, &p, T_SAVED, NULL);
}

static enum err packages_reverse(struct req *r)
{
    struct reverse_in *in = r->in;
    struct payment p;
    enum err e;

    in->reverse.approval = &in->approval;
    e = payment_reverse(r->c, &in->reverse, &p);
    if (e != OK)
        return approval_again(r, &in->approval, e);
    req_flash(r, T_PAYMENT_REVERTED, money_text(r->c->a, -p.amount));
    return packages_back(r, p.package_id);
}

static enum err packages_photos(struct req *r)
{
    const struct photos_in *in = r->in;
    enum err e = photos_add(r, in);

    if (e != OK)
        return e;
    req_flash(r, T_PHOTOS_ADDED, NULL);
    return packages_back(r, in->id);
}

#define READ "packages:read"
#define WRITE "packages:write"
#define PAGE_OF_ONE "/packages/{id}"
#define API "/api/v1/packages"
static const struct route routes[] = {
    { GET, "/packages", ROLE_USUARIO, &list_params, packages_list, PAGE, "Paquetes" },
    { GET, "/find", ROLE_USUARIO, &find_params, packages_find, PAGE, "Buscar" },
    { GET, "/customers/suggest", ROLE_OPERADOR, &suggest_params, customers_suggest, PAGE, "De quién es un paquete" },
    { GET, "/packages/labels", ROLE_USUARIO, &labels_params, labels, PAGE, "Etiquetas" },
    { POST, "/packages/labels", ROLE_OPERADOR, &labels_print_params, labels_print_all, PAGE | OPTIONAL_KEY,
      "Imprimir etiquetas en la impresora del mostrador", .form = "/packages/labels" },
    { POST, "/api/v1/labels", ROLE_OPERADOR, &labels_print_params, labels_print_all, JSON | OPTIONAL_KEY,
      "Imprimir etiquetas en la impresora del mostrador", "packages:write",
      GIVES(202, labels_answer_fields), .shows = "ids symbol" },
    { GET, "/packages/symbol.svg", ROLE_USUARIO, &symbol_params, symbol, RAW,
      "QR o código de barras de una etiqueta" },
    { GET, PAGE_OF_ONE, ROLE_USUARIO, &detail_params, packages_detail, PAGE, "Paquete" },
    { GET, PAGE_OF_ONE "/receipt", ROLE_USUARIO, &receipt_params, packages_receipt, PAGE, "Comprobante" },
    { POST, PAGE_OF_ONE "/cancel", ROLE_OPERADOR, &cancel_params, packages_cancel, PAGE | IDEMPOTENT,
      "Cancelar el paquete", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/undo", ROLE_OPERADOR, &undo_params, packages_undo, PAGE | IDEMPOTENT,
      "Deshacer", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/move", ROLE_OPERADOR, &move_params, packages_move, PAGE | IDEMPOTENT,
      "Mover el paquete", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/identify", ROLE_OPERADOR, &identify_params, packages_identify, PAGE | IDEMPOTENT,
      "Identificar el paquete", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/claims", ROLE_OPERADOR, &claim_params, packages_claim, PAGE | IDEMPOTENT,
      "Decir de quién es una guía en disputa", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/notes", ROLE_OPERADOR, &note_params, packages_note, PAGE | OPTIONAL_KEY,
      "Agregar una nota", .form = PAGE_OF_ONE },
    { POST, PAGE_OF_ONE "/opt-out", ROLE_OPERADOR, &opt_out_params, packages_opt_out, PAGE,
      "Que su cliente no reciba mensajes por un medio, o los reciba otra vez", .form = PAGE_OF_ONE },
    { GET, PAGE_OF_ONE "/payments", ROLE_OPERADOR, &pay_page_params, pay_page, PAGE, "Anotar un pago" },
    { POST, PAGE_OF_ONE "/payments", ROLE_OPERADOR, &pay_params, pay, PAGE | IDEMPOTENT | WHEN_FULL,
      "Anotar un pago",
      .form = PAGE_OF_ONE "/payments" },
    { POST, PAGE_OF_ONE "/payments/reverse", ROLE_OPERADOR, &reverse_params, packages_reverse, PAGE | IDEMPOTENT,
      "Reversar un pago", .form = PAGE_OF_ONE },
    { GET, PAGE_OF_ONE "/correct", ROLE_ADMIN, &correct_page_params, correct_page, PAGE,
      "Corregir un paquete" },
    { POST, PAGE_OF_ONE "/correct", ROLE_ADMIN, &correct_params, correct, PAGE | IDEMPOTENT,
      "Corregir un paquete", .form = PAGE_OF_ONE "/correct" },
    { POST, PAGE_OF_ONE "/files", ROLE_OPERADOR, &photos_params, packages_photos, PAGE | OPTIONAL_KEY,
      "Agregar fotos", .form = PAGE_OF_ONE },
    { GET, API, ROLE_USUARIO, &list_params, list_json, JSON, "Paquetes, los más nuevos primero",
      READ, GIVES(200, packages_answer_fields) },
    { GET, "/api/v1/find", ROLE_USUARIO, &find_params, find_json, JSON,
      "Buscar por código, guía, celular, nombre o posición", READ, GIVES(200, found_answer_fields) },
    { GET, "/api/v1/customers/suggest", ROLE_USUARIO, &suggest_params, customers_suggest, JSON,
      "Personas que el punto conoce, por nombre, torre y apartamento o celular", READ, GIVES_ALL_OF(200, person_fields) },
    { GET, API "/{id}", ROLE_USUARIO, &id_params, detail_json, JSON | TAGGED, "Un paquete, con sus fotos",
      READ, GIVES(200, package_answer_fields) },
    { PATCH, API "/{id}", ROLE_ADMIN, &correct_params, correct, JSON | OPTIONAL_KEY | TAGGED,
      "Corregir un paquete: solo lo que se da; con If-Match, si nadie lo cambió", WRITE,
      GIVES(200, package_fields), .shows = "carrier reason" },
    { GET, API "/{id}/events", ROLE_USUARIO, &event_params, events_json, JSON,
      "Su cadena de custodia, lo más viejo primero", READ, GIVES_LIST_OF(200, event_answer_fields) },
    { GET, API "/{id}/fees", ROLE_USUARIO, &id_params, fees_json, JSON,
      "Lo que cuesta hoy, cuándo sube y lo que se ha pagado", READ, GIVES(200, fees_answer_fields) },
    { POST, API "/{id}/cancel", ROLE_OPERADOR, &cancel_params, packages_cancel, JSON | IDEMPOTENT,
      "Cancelar un paquete", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/undo", ROLE_OPERADOR, &undo_params, packages_undo, JSON | IDEMPOTENT,
      "Deshacer el último cambio, en los segundos que lo permiten", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/move", ROLE_OPERADOR, &move_params, packages_move, JSON | IDEMPOTENT,
      "Mover un paquete a otra posición", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/identify", ROLE_OPERADOR, &identify_params, packages_identify,
      JSON | IDEMPOTENT, "Decir de quién es un paquete por identificar", WRITE, GIVES(200, package_fields),
      .shows = "name phone" },
    { GET, API "/{id}/claims", ROLE_USUARIO, &id_params, claims_json, JSON,
      "Quién más anunció la misma guía", READ, GIVES_ALL_OF(200, claim_fields) },
    { POST, API "/{id}/claims", ROLE_OPERADOR, &claim_params, packages_claim, JSON | IDEMPOTENT,
      "Decir de quién es una guía en disputa, comparada la etiqueta o el documento", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/notes", ROLE_OPERADOR, &note_params, packages_note, JSON | OPTIONAL_KEY,
      "Agregar una nota", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/opt-out", ROLE_OPERADOR, &opt_out_params, packages_opt_out, JSON | OPTIONAL_KEY,
      "Que su cliente no reciba mensajes por un medio, o los reciba otra vez", WRITE, GIVES(200, package_fields) },
    { POST, API "/{id}/payments", ROLE_OPERADOR, &pay_params, pay, JSON | IDEMPOTENT | WHEN_FULL,
      "Anotar un pago sin entrega: de uno cancelado, o lo que falta de uno entregado", "cash:write",
      GIVES(201, payment_fields) },
};
const struct area area = { "packages", routes, COUNT(routes), .about = "Paquetes" };
