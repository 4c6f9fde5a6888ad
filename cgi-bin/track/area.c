/* Track: where is my package, what do I do, what does it cost. */
#include "app/route.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "local/normal.h"
#include "domain/people/opt_out.h"
#include "code/barcode.h"
#include "domain/handover/authorization.h"
#include "domain/handover/receipt.h"
#include "domain/handover/texts.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/texts.h"
#include "domain/people/identity.h"
#include "domain/price/size.h"
#include "domain/public/customer_email.h"
#include "domain/public/inquiry.h"
#include "domain/public/track.h"
#include "cgi-bin/shared/receipt.h"
#include "channels.h"
#include "missing.h"
#include "page.h"

/* ---- parameters: a wrong shape is as unknown as a wrong code, so none is checked ---- */

/* The address with auto_search is printed and bookmarked: it stays. */
struct search_in { const char *q, *auto_search; };
static const struct param search_rows[] = {
    PARAM(struct search_in, auto_search, P_SCAN, 0, 0, 0, "Lo mismo, si q no viene"),
    PARAM(struct search_in, q, P_SCAN, 0, 0, 0, "Código de consulta o guía"),
};
static const struct params search_params = PARAMS(struct search_in, search_rows);

struct token_in { const char *token; };
static const struct param token_rows[] = {
    PARAM(struct token_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
};
static const struct params token_params = PARAMS(struct token_in, token_rows);

struct code_in { const char *code; };
static const struct param code_rows[] = {
    PARAM(struct code_in, code, P_TEXT, PARAM_PATH, 0, 0, "Código de consulta"),
};
static const struct params code_params = PARAMS(struct code_in, code_rows);

struct receipt_in { const char *token, *paper; bool only; };
static const struct param receipt_rows[] = {
    PARAM(struct receipt_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM_ENUM(struct receipt_in, paper, 0, setting_papers, "Ancho del papel, en mm"),
    PARAM(struct receipt_in, only, P_BOOL, 0, 0, 0, "Solo de ese paquete, y no de toda su entrega"),
};
static const struct params receipt_params = PARAMS(struct receipt_in, receipt_rows);

static const struct param authorize_rows[] = {
    PARAM(struct authorize_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct authorize_in, name, P_TEXT, PARAM_NEEDED, 0, 100, "A quién se autoriza"),
    PARAM(struct authorize_in, document_type, P_TEXT, PARAM_NEEDED, 0, 3, "CC, CE, TI, NIT, PAS o PPT"),
    PARAM(struct authorize_in, document_number, P_TEXT, PARAM_NEEDED, 0, 30, "Número del documento"),
    PARAM(struct authorize_in, phone, P_TEXT, 0, 0, 40, "Su celular: le llega el código por SMS"),
};
static const struct params authorize_params = PARAMS(struct authorize_in, authorize_rows);

static const struct param email_rows[] = {
    PARAM(struct customer_email_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct customer_email_in, email, P_TEXT, 0, 0, 254, "El correo completo; obligatorio si es suyo"),
    PARAM(struct customer_email_in, mine, P_BOOL, 0, 0, 0, "Es mío; si no, se olvida"),
};
static const struct params email_params = PARAMS(struct customer_email_in, email_rows);

static const struct param inquiry_rows[] = {
    PARAM(struct inquiry_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct inquiry_in, content, P_LONG, PARAM_NEEDED, 0, INQUIRY_MOST, "La pregunta, de diez letras o más"),
};
static const struct params inquiry_params = PARAMS(struct inquiry_in, inquiry_rows);

struct revoke_in { const char *token; int64_t id; };
static const struct param revoke_rows[] = {
    PARAM(struct revoke_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct revoke_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Autorización"),
};
static const struct params revoke_params = PARAMS(struct revoke_in, revoke_rows);

/* ---- pages ---- */

static enum err by_token(struct req *r)
{
    const struct token_in *in = r->in;
    struct track t;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e == E_NOT_FOUND && r->c->fault.text == T_LINK_FORMER) {
        r->status = err_status(e);
        req_title(r, "Este paquete es de otra persona");
        return req_page(r, "track/former.cst");
    }
    return e != OK ? e : track_show(r, &t);
}

/* The page of a package is asked for far more often than its reader wants no more SMS: only here is that link made. */
static enum err track_opt_out(struct req *r)
{
    const struct token_in *in = r->in;
    struct track t;
    const char *token;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e != OK)
        return e;
    if (!track_takes_sms(&t.package))
        return ctx_fail(r->c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    token = opt_out_token(r->c, t.package.customer_id, "sms", t.package.customer_phone);
    return token == NULL ? E_INTERNAL : req_redirect(r, "/unsubscribe/%s", token);
}

static enum err authorize_form(struct req *r)
{
    const struct token_in *in = r->in;
    struct track t;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e == OK)
        e = authorization_possible(r->c, &t.package);
    if (e != OK)
        return e;
    view_options(r->page, "documents", identity_types);
    view_text(r->page, "form.document_type", identity_types[0].value);
    view_text(r->page, "link", arena_printf(r->c->a, "/t/%s", t.token));
    return req_page(r, "track/authorize.cst");
}

static const struct field authorization_answer_rows[] = {
    FIELD_ALSO(struct authorization, authorization_fields),
    FIELD(struct authorization, code, F_TEXT, "El código que esa persona dice"),
};
FIELD_TABLE_HERE(struct authorization, authorization_answer_fields, authorization_answer_rows)

static enum err authorize(struct req *r)
{
    const struct authorize_in *in = r->in;
    struct authorization z;
    enum err e = authorization_create(r->c, in, &z);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, authorization_answer_fields, &z);
    return req_redirect(r, "/t/%s/authorizations/%lld", in->token, (long long)z.id);
}

/* Shows the code of a person who may collect, and nothing that only the owner may know. */
static enum err authorization_page(struct req *r)
{
    const struct revoke_in *in = r->in;
    struct authorizations all = { 0 };
    struct track t;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e == OK)
        e = authorization_possible(r->c, &t.package);
    if (e == OK)
        e = authorizations_of(r->c, &t.package, &all);
    if (e != OK)
        return e;
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].id == in->id)
            return track_authorization(r, &t, &all.v[i]);
    return ctx_fail(r->c, E_NOT_FOUND, NULL, T_AUTHORIZE_GONE, NULL);
}

static enum err authorization_revoke_post(struct req *r)
{
    const struct revoke_in *in = r->in;
    enum err e = authorization_revoke(r->c, in->token, in->id);

    if (e != OK)
        return e;
    req_flash(r, T_AUTHORIZE_ENDED, NULL);
    return req_redirect(r, "/t/%s", in->token);
}

static enum err ask_form(struct req *r)
{
    const struct token_in *in = r->in;
    struct track t;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e != OK)
        return e;
    view_text(r->page, "link", arena_printf(r->c->a, "/t/%s", t.token));
    view_text(r->page, "package.guide_number", t.package.guide_number);
    req_operation(r);
    return req_page(r, "track/question.cst");
}

static enum err track_ask(struct req *r)
{
    const struct inquiry_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_ask(r->c, in, &i);

    if (e != OK)
        return e;
    return req_is_api(r) ? req_one(r, inquiry_public_fields, &i) : req_redirect(r, "/t/%s#questions", in->token);
}

static enum err track_email(struct req *r)
{
    const struct customer_email_in *in = r->in;
    bool waits;
    enum err e = customer_email_answer(r->c, in, &waits);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    req_flash(r, waits ? T_EMAIL_LETTER : in->mine ? T_EMAIL_MINE : T_EMAIL_NOT_MINE, in->mine ? in->email : NULL);
    return req_redirect(r, "/t/%s", in->token);
}

static enum err email_page(struct req *r)
{
    const struct token_in *in = r->in;
    struct email_question q;
    enum err e = email_question(r->c, in->token, &q);

    if (e != OK)
        return e;
    view_text(r->page, "email.masked", q.email);
    view_bool(r->page, "email.proved", q.proved);
    view_text(r->page, "email.token", in->token);
    return req_page(r, "track/email.cst");
}

static enum err email_post(struct req *r)
{
    const struct token_in *in = r->in;
    enum err e = email_confirm(r->c, in->token);

    return e != OK ? e : req_redirect(r, "/email/%s", in->token);
}

/* Shows the search form again, with the words that found nothing and why. */
static enum err search_again(struct req *r, enum err e, const char *q)
{
    r->status = err_status(e);
    view_text(r->page, "form.q", q);
    view_text(r->page, "error.q", fault_sentence(r->c->a, &r->c->fault));
    track_fill_announce(r, q);
    return req_page(r, "track/search.cst");
}

static enum err search_page(struct req *r)
{
    const struct search_in *in = r->in;
    const char *q = is_blank(in->q) ? in->auto_search : in->q;
    struct track t;
    enum err e;

    if (is_blank(q))
        return req_page(r, "track/search.cst");
    e = track_search(r->c, utf8_unglued(r->c->a, q), &t);
    if (e == E_NOT_FOUND)
        return search_again(r, e, q);
    return e != OK ? e : track_show(r, &t);
}

static enum err track_qr(struct req *r)
{
    const struct token_in *in = r->in;
    const char *code;
    enum err e = track_pickup_code(r->c, in->token, &code);

    if (e == OK)
        e = barcode_svg(&r->body, BARCODE_QR, code);
    return e != OK ? e : req_raw(r, BARCODE_TYPE);
}

static enum err track_receipt(struct req *r)
{
    const struct receipt_in *in = r->in;
    struct package p;
    struct track t;
    enum err e = track_by_token(r->c, in->token, &t);

    if (e == OK)
        e = package_by_id(r->c, t.package.id, &p);
    if (e != OK)
        return e;
    view_text(r->page, "link", arena_printf(r->c->a, "/t/%s", in->token));
    return receipt_page(r, &p, &(struct receipt_shown){ t.name, in->paper, in->only, true });
}

/* The secret address of a receipt shows the receipt and nothing else. */
static enum err receipt_alone(struct req *r)
{
    const struct receipt_in *in = r->in;
    struct package p;
    int64_t id;
    enum err e = receipt_by_key(r->c, in->token, &id);

    if (e == OK)
        e = package_by_id(r->c, id, &p);
    return e != OK ? e : receipt_page(r, &p, &(struct receipt_shown){
        .name = p.announced_name ? p.announced_name : p.customer_name, .paper = in->paper, .only = in->only });
}

/* ---- the API ---- */

struct photo_seen { const char *kind, *content_type; int64_t width, height; const char *url; };
#define P struct photo_seen
static const struct field photo_seen_rows[] = {
    FIELD(P, kind, F_TEXT, "RECEPCION, ENTREGA, DANO, COMPROBANTE o FIRMA"),
    FIELD(P, content_type, F_TEXT, "Tipo"),
    FIELD(P, width, F_INT, "Ancho"),
    FIELD(P, height, F_INT, "Alto"),
    FIELD(P, url, F_TEXT, "Dónde está"),
};
FIELD_TABLE_HERE(P, photo_seen_fields, photo_seen_rows)
struct photos_seen { P *v; size_t n; };

struct ready_seen { const char *guide_number, *tracking_code; int64_t total; };
#define Y struct ready_seen
static const struct field ready_seen_rows[] = {
    FIELD(Y, guide_number, F_TEXT, "Guía"),
    FIELD(Y, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(Y, total, F_MONEY, "Lo que se paga hoy por él"),
};
FIELD_TABLE_HERE(Y, ready_seen_fields, ready_seen_rows)
struct ready_list { Y *v; size_t n; };

#define T struct track_answer
T { struct track track; const struct fee *fee; struct photos_seen photos; struct ready_list ready; };
static const struct field code_answer_rows[] = {
    FIELD_INNER(T, track.package, "package", F_PART, package_public_fields, NULL),
    FIELD_AS(T, track.name, "name", F_TEXT, "Quién lo anunció; por código, sin los apellidos"),
    FIELD_AS(T, track.phone, "phone", F_TEXT, "Las últimas cifras de su celular"),
    FIELD_OBJECT(T, fee, fee_fields, "Lo que cuesta, de uno que llegó"),
    FIELD_LIST_AS(T, track.rates, "rates", rate_fields, "Antes de que llegue: lo que costará según su tamaño"),
};
FIELD_TABLE_HERE(T, code_answer_fields, code_answer_rows)

/* A holder of the link counts as the owner, and also gets the pickup code and the photos. */
static const struct field token_answer_rows[] = {
    FIELD_ALSO(T, code_answer_fields),
    FIELD_AS(T, track.pickup_code, "pickup_code", F_TEXT, "Código de entrega, mientras está en el punto"),
    FIELD_AS(T, track.email_asked, "email_to_confirm", F_BOOL,
             "Al anunciarlo se escribió un correo y nadie ha dicho de quién es"),
    FIELD_LIST(T, photos, photo_seen_fields, "Sus fotos"),
    FIELD_LIST(T, ready, ready_seen_fields, "Lo que entrega ese código: este paquete y los demás de esa persona que están listos"),
    FIELD_AS(T, track.owes.total, "ready_total", F_MONEY, "Lo que se paga hoy por todos ellos"),
};
FIELD_TABLE_HERE(T, token_answer_fields, token_answer_rows)

static struct photos_seen photos_seen(struct req *r, const struct track *t)
{
    P *v = arena_alloc(r->c->a, (t->photos.n + 1) * sizeof *v);

    for (size_t i = 0; i < t->photos.n; i++) {
        const struct package_file *f = &t->photos.v[i];

        v[i] = (P){ f->kind, f->content_type, f->width, f->height,
                    arena_printf(r->c->a, "%s/t/%s/files/%s", r->c->conf->public_url, t->token, f->key) };
    }
    return (struct photos_seen){ v, t->photos.n };
}

static struct ready_list ready_seen(struct req *r, const struct track *t)
{
    Y *v = arena_alloc(r->c->a, (t->ready.n + 1) * sizeof *v);

    for (size_t i = 0; i < t->ready.n; i++)
        v[i] = (Y){ t->ready.v[i].guide_number, t->ready.v[i].tracking_code, t->owes.v[i].total };
    return (struct ready_list){ v, t->ready.n };
}

static enum err code_json(struct req *r)
{
    const struct code_in *in = r->in;
    T answer = { 0 };
    enum err e = track_by_code(r->c, in->code, &answer.track);

    if (e != OK)
        return e;
    answer.fee = answer.track.has_fee ? &answer.track.fee : NULL;
    return req_one(r, code_answer_fields, &answer);
}

static enum err token_json(struct req *r)
{
    const struct token_in *in = r->in;
    T answer = { 0 };
    enum err e = track_by_token(r->c, in->token, &answer.track);

    if (e != OK)
        return e;
    answer.fee = answer.track.has_fee ? &answer.track.fee : NULL;
    answer.photos = photos_seen(r, &answer.track);
    answer.ready = ready_seen(r, &answer.track);
    return req_one(r, token_answer_fields, &answer);
}

static const struct route routes[] = {
    { GET, "/search", ROLE_PUBLIC, &search_params, search_page, PAGE, "Consulte su paquete" },
    { GET, "/t/{token}", ROLE_PUBLIC, &token_params, by_token, PAGE, "Su paquete" },
    { GET, "/t/{token}/authorize", ROLE_PUBLIC, &token_params, authorize_form, PAGE,
      "Autorizar a otra persona" },
    { POST, "/t/{token}/authorizations", ROLE_PUBLIC, &authorize_params, authorize,
      PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Autorizar a otra persona", .form = "/t/{token}/authorize" },
    { GET, "/t/{token}/authorizations/{id}", ROLE_PUBLIC, &revoke_params, authorization_page, PAGE,
      "Persona autorizada" },
    { POST, "/t/{token}/authorizations/{id}/revoke", ROLE_PUBLIC, &revoke_params, authorization_revoke_post,
      PAGE | CSRF_FORM,
      "Anular una autorización", .form = "/t/{token}" },
    { GET, "/t/{token}/question", ROLE_PUBLIC, &token_params, ask_form, PAGE, "Preguntarle al punto" },
    { POST, "/t/{token}/inquiries", ROLE_PUBLIC, &inquiry_params, track_ask, PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Preguntarle al punto", .form = "/t/{token}/question" },
    { POST, "/api/v1/track/token/{token}/inquiries", ROLE_PUBLIC, &inquiry_params, track_ask,
      JSON | OPTIONAL_KEY, "Preguntarle al punto", NULL, GIVES(201, inquiry_public_fields) },
    { POST, "/api/v1/track/token/{token}/authorizations", ROLE_PUBLIC, &authorize_params, authorize,
      JSON | OPTIONAL_KEY, "Autorizar a otra persona, con un código propio",
      NULL, GIVES(201, authorization_answer_fields) },
    { GET, "/missing", ROLE_PUBLIC, &missing_form_params, missing_form, PAGE, "Dicen que lo entregaron" },
    { POST, "/missing", ROLE_PUBLIC, &missing_ask_params, missing_asking, PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Pedir que busquen un paquete", .form = "/missing" },
    { GET, "/missing/done", ROLE_PUBLIC, &missing_done_params, missing_done, PAGE, "Lo vamos a buscar" },
    { POST, "/api/v1/missing-parcels", ROLE_PUBLIC, &missing_ask_params, missing_asking, JSON | OPTIONAL_KEY,
      "Pedir que busquen un paquete que la transportadora dice que dejó en el punto", NULL, GIVES(201, inquiry_public_fields) },
    { POST, "/t/{token}/email", ROLE_PUBLIC, &email_params, track_email, PAGE | CSRF_FORM,
      "Decir de quién es el correo", .form = "/t/{token}" },
    { POST, "/api/v1/track/token/{token}/email", ROLE_PUBLIC, &email_params, track_email, JSON | OPTIONAL_KEY,
      "Decir si el correo que se escribió al anunciar es suyo", NULL, GIVES_NO_BODY, .shows = "email mine" },
    { GET, "/email/{token}", ROLE_PUBLIC, &token_params, email_page, PAGE, "Confirmar un correo" },
    { POST, "/email/{token}", ROLE_PUBLIC, &token_params, email_post, PAGE | CSRF_FORM, "Confirmar un correo",
      .form = "/email/{token}" },
    { GET, "/t/{token}/channels", ROLE_PUBLIC, &track_channels_form_params, track_channels_form, PAGE, "Cómo le avisamos" },
    { POST, "/t/{token}/channels", ROLE_PUBLIC, &track_channels_params, track_channels_save, PAGE | CSRF_FORM,
      "Decir cómo le avisamos", .form = "/t/{token}/channels" },
    { GET, "/t/{token}/opt-out", ROLE_PUBLIC, &token_params, track_opt_out, PAGE, "No recibir más SMS" },
    { GET, "/t/{token}/qr.svg", ROLE_PUBLIC, &token_params, track_qr, RAW, "QR del código de entrega" },
    { GET, "/r/{token}", ROLE_PUBLIC, &receipt_params, receipt_alone, PAGE, "Comprobante" },
    { GET, "/t/{token}/receipt", ROLE_PUBLIC, &receipt_params, track_receipt, PAGE, "Comprobante" },
    { GET, "/api/v1/track/{code}", ROLE_PUBLIC, &code_params, code_json, JSON,
      "Consultar por código", NULL, GIVES(200, code_answer_fields) },
    { GET, "/api/v1/track/token/{token}", ROLE_PUBLIC, &token_params, token_json, JSON,
      "Consultar por enlace", NULL, GIVES(200, token_answer_fields) },
};
const struct area area = { "track", routes, COUNT(routes), .about = "Consulta de un paquete por código o enlace" };
