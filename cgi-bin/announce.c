/* Announce: a resident says which parcels a courier will leave at the point. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "local/normal.h"
#include "domain/ground/setting.h"
#include "domain/message/notification.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/guides_meant.h"
#include "domain/parcel/guides_typed.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_list.h"
#include "domain/people/consent.h"
#include "domain/price/size.h"
#include "domain/public/track.h"
#include "cgi-bin/packages/json.h"

#define GUIDES_CHARS 2000

/* ---- parameters ---- */

struct announce_form {
    struct announce_in announce;
    bool no_notice;              /* pages only: the sender knows that no message will come */
};

#define A(member, type, flags, max, doc) PARAM_AS(struct announce_form, announce.member, #member, type, flags, 0, max, doc)
static const struct param announce_rows[] = {
    A(name, P_TEXT, PARAM_NEEDED, 100, "Nombre completo"),
    A(phone, P_TEXT, 0, 40, "Celular, con o sin +57. Obligatorio, si lo tiene"),
    PARAM_AS(struct announce_form, announce.no_phone, "no_phone", P_BOOL, PARAM_API, 0, 0,
             "No tiene celular: solo lo puede decir el personal"),
    A(guides, P_LINES, PARAM_NEEDED, GUIDES_CHARS,
          "Guías, hasta 20: un texto con una por línea, o una lista de textos"),
    A(email, P_TEXT, 0, 254, "Correo"),
    A(carrier, P_TEXT, 0, 60, "Transportadora"),
    A(building, P_TEXT, 0, 80, "Edificio o conjunto"),
    A(tower, P_TEXT, 0, 40, "Torre o bloque"),
    A(apartment, P_TEXT, 0, 40, "Apartamento"),
    A(declared_value, P_MONEY, 0, 1000000000, "Valor declarado, en pesos"),
    A(consent, P_BOOL, PARAM_NEEDED, 0, "Acepta el tratamiento de sus datos"),
    PARAM(struct announce_form, no_notice, P_BOOL, PARAM_PAGE, 0, 0, "Sigue sin avisos: la API dice takes_sms"),
};
static const struct params announce_params = PARAMS(struct announce_form, announce_rows);

struct guides_in { const char *guides; };
static const struct param guides_rows[] = {
    PARAM(struct guides_in, guides, P_LINES, 0, 0, GUIDES_CHARS, "Lo escrito en el campo de las guías"),
};
static const struct params guides_params = PARAMS(struct guides_in, guides_rows);

struct page_in { const char *guide; };
static const struct param page_rows[] = {
    PARAM(struct page_in, guide, P_SCAN, 0, 0, READING_MAX, "Guía ya escrita en otra página"),
};
static const struct params page_params = PARAMS(struct page_in, page_rows);

struct done_in { const char *c, *told, *others[CLAIM_ANSWERS]; };
static const struct param done_rows[] = {
    PARAM(struct done_in, c, P_TEXT, 0, 0, 200, "Los códigos recién dados"),
    PARAM(struct done_in, told, P_TEXT, 0, 0, 30, "Qué aviso va en camino"),
    PARAM_AS(struct done_in, others[CLAIM_DISPUTED], "disputed", P_TEXT, 0, 0, 1100,
             "Las guías que otra persona había anunciado"),
    PARAM_AS(struct done_in, others[CLAIM_SETTLED], "settled", P_TEXT, 0, 0, 1100,
             "Las que son de otra persona, como mostró un documento"),
    PARAM_AS(struct done_in, others[CLAIM_HANDED_OVER], "handed_over", P_TEXT, 0, 0, 1100, "Las que ya se entregaron"),
};
static const struct params done_params = PARAMS(struct done_in, done_rows);

struct fees_in { int64_t days; };
static const struct param fees_rows[] = {
    PARAM(struct fees_in, days, P_INT, 0, 0, 365, "Días en el punto"),
};
static const struct params fees_params = PARAMS(struct fees_in, fees_rows);

struct list_in { int64_t before, limit; };
static const struct param list_rows[] = {
    PARAM(struct list_in, before, P_ID, 0, 0, 0, "Número del último paquete ya visto"),
    PARAM(struct list_in, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params list_params = PARAMS(struct list_in, list_rows);

/* ---- tariffs ---- */

/* Shows each package type with both its prices and what it costs after so many days. */
static enum err fill_rates(struct req *r, int64_t days)
{
    struct rates rates;
    enum err e = rates_at(r->c, r->c->now, &rates);

    view_int(r->page, "form.days", days);
    for (size_t i = 0; e == OK && i < rates.n; i++) {
        struct view_node *row = view_row(r->page, "rates");
        struct fee fee = rate_after(&rates.v[i], days);

        view_fields(row, rate_fields, &rates.v[i]);
        view_text(row, "words", words_or_value(package_types, rates.v[i].package_type));
        view_text(row, "limits", words_of(package_type_limits, rates.v[i].package_type));
        view_fields(view_child(row, "fee"), fee_fields, &fee);
    }
    return e;
}

static enum err announce_fees(struct req *r)
{
    const struct fees_in *in = r->in;
    enum err e = fill_rates(r, in->days);

    if (e != OK)
        return e;
    return req_wants_fragment(r) ? req_bare(r, "announce/fees_result.cst")
                                 : req_page(r, "announce/fees.cst");
}

/* ---- announcing ---- */

static enum err announce_home(struct req *r)
{
    return req_redirect(r, "/announce");
}

static enum err announce_page(struct req *r)
{
    const struct page_in *in = r->in;
    enum err e = fill_rates(r, 0);

    view_text(r->page, "form.guides", in->guide);
    view_text(r->page, "consent.text", consent_text);
    req_operation(r);
    for (const struct carrier *k = carriers; k->name != NULL; k++)
        view_option(r->page, "carriers", k->name, k->name);
    return e != OK ? e : req_page(r, "announce/form.cst");
}

/* SMS goes to Colombian mobiles only.  Somebody who gives another number and no e-mail is told so once,
 * and sends the form again with no_notice. */
static enum err check_notice(struct ctx *c, const struct announce_form *in)
{
    const char *phone = in->announce.phone ? normal_phone(c->a, in->announce.phone) : NULL;

    if (phone == NULL || phone_takes_sms(phone) || !is_blank(in->announce.email) || in->no_notice)
        return OK;
    return ctx_fail(c, E_INVALID, "no_notice", T_NO_SMS, NULL);
}

/* Guides that were understood otherwise than they were typed (two on one line, or those of a message that was pasted) are
 * shown before they are sent: the form comes back with a guide a line, and says so. */
static enum err check_understood(struct req *r, const char *text)
{
    struct guides_meant meant;
    const char *said = NULL, *lines = NULL;

    guides_meant(r->c->a, text, &meant);
    if (meant.as_typed)
        return OK;
    for (size_t i = 0; i < meant.n; i++) {
        const char *joint = i == 0 ? "" : i + 1 == meant.n ? " y " : ", ";

        said = arena_printf(r->c->a, "%s%s%s", i == 0 ? "" : said, joint, meant.v[i]);
        lines = arena_printf(r->c->a, "%s%s%s", i == 0 ? "" : lines, i == 0 ? "" : "\n", meant.v[i]);
    }
    req_retype(r, "guides", lines);
    return ctx_fail(r->c, E_INVALID, "guides", T_GUIDES_UNDERSTOOD, meant.n == 1 ? "una guía"
                    : arena_printf(r->c->a, "%zu guías", meant.n), said, NULL);
}

struct other_guide { const char *guide_number; };
static const struct field other_rows[] = {
    FIELD(struct other_guide, guide_number, F_TEXT, "Guía"),
};
FIELD_TABLE_HERE(struct other_guide, other_fields, other_rows)
struct other_list { struct other_guide *v; size_t n; };

struct understood { struct other_list guides; int64_t repeated, not_understood; bool too_many; const char *words; };
static const struct field understood_rows[] = {
    FIELD_LIST(struct understood, guides, other_fields, "Las guías que se entienden, cada una una vez"),
    FIELD(struct understood, repeated, F_INT, "Cuántas veces está alguna repetida"),
    FIELD(struct understood, not_understood, F_INT, "Cuántas líneas no son una guía"),
    FIELD(struct understood, too_many, F_BOOL, "Son más de las que caben en un anuncio"),
    FIELD(struct understood, words, F_TEXT, "Lo mismo en palabras; nada mientras no haya una guía"),
};
FIELD_TABLE_HERE(struct understood, understood_fields, understood_rows)

/* Tells who is typing what the announcement would understand; nothing is announced or looked up. */
static enum err announce_understood(struct req *r)
{
    const struct guides_in *in = r->in;
    struct guides_typed typed;
    struct other_guide v[GUIDES_TYPED_MAX];

    guides_typed(r->c, in->guides, &typed);
    r->c->fault = (struct fault){ 0 };
    for (size_t i = 0; i < typed.n; i++)
        v[i] = (struct other_guide){ typed.v[i].number };
    return req_one(r, understood_fields, &((struct understood){ { v, typed.n }, (int64_t)typed.repeated,
        (int64_t)typed.unknown, typed.too_many, guides_typed_words(r->c->a, &typed) }));
}

static enum err announce_counted(struct ctx *c, const struct announce_in *in, struct announcement *out)
{
    struct announce_in counted = *in;

    counted.counted = true;
    return announcement_make(c, &counted, out);
}

/* Lists of guides that another person announced, as the address of the page and the answer of the API call them. */
static const char *const other_names[CLAIM_ANSWERS] = { "disputed", "settled", "handed_over" };

/* The address of the page that shows the tracking codes of this announcement, and its guides that another person
 * announced, which are joined by dots. */
static const char *done_at(struct arena *a, const struct announcement *all, const char *told)
{
    const char *codes = NULL, *at;

    for (size_t i = 0; i < all->packages.n; i++)
        codes = arena_printf(a, "%s%s%s", codes ? codes : "", codes ? "." : "", all->packages.v[i].tracking_code);
    at = link_add(a, link_add(a, "/announce/done", "c", codes), "told", told);
    for (int k = 0; k < CLAIM_ANSWERS; k++) {
        const struct guide_list *l = &all->others[k];
        const char *guides = NULL;

        for (size_t i = 0; i < l->n; i++)
            guides = arena_printf(a, "%s%s%s", guides ? guides : "", guides ? "." : "", normal_guide_key(a, l->v[i]));
        at = link_add(a, at, other_names[k], guides);
    }
    return at;
}

/* The address at which the resident follows the package.  The page's secret link goes to the announced
 * phone alone: somebody who announces may write any person's phone, and the link opens all packages that
 * wait for that person. */
static const char *followed_at(struct arena *a, const struct package *p)
{
    return arena_printf(a, "/search?q=%s", p->tracking_code);
}

struct announced { const struct package *package; const char *url; };
struct announced_list { struct announced *v; size_t n; };
static const struct field announced_rows[] = {
    FIELD_PART(struct announced, package, package_public_fields),
    FIELD(struct announced, url, F_TEXT, "Su enlace"),
};
FIELD_TABLE_HERE(struct announced, announced_fields, announced_rows)

struct announce_answer {
    struct announced_list packages;
    struct other_list disputed, settled, handed_over;
    bool takes_sms, link_sent;
};
static const struct field announce_answer_rows[] = {
    FIELD_LIST(struct announce_answer, packages, announced_fields, "Los paquetes anunciados"),
    FIELD_LIST(struct announce_answer, disputed, other_fields,
               "Guías que otra persona ya había anunciado: en el punto se compara de quién son"),
    FIELD_LIST(struct announce_answer, settled, other_fields,
               "Guías de otra persona, como mostró un documento: no se disputan otra vez"),
    FIELD_LIST(struct announce_answer, handed_over, other_fields, "Guías que ya se entregaron"),
    FIELD(struct announce_answer, takes_sms, F_BOOL, "A ese celular llegan los avisos"),
    FIELD(struct announce_answer, link_sent, F_BOOL, "Va un SMS con el enlace; si no, hay que guardar los códigos"),
};
FIELD_TABLE_HERE(struct announce_answer, announce_answer_fields, announce_answer_rows)

static struct other_list other_guides(struct arena *a, const struct guide_list *l)
{
    struct other_list out = { arena_alloc(a, (l->n + 1) * sizeof *out.v), l->n };

    for (size_t i = 0; i < l->n; i++)
        out.v[i] = (struct other_guide){ l->v[i] };
    return out;
}

static enum err announce_give(struct req *r, const struct announcement *made, bool link_sent)
{
    const struct announce_form *in = r->in;
    const struct packages *all = &made->packages;
    struct announced *v = arena_alloc(r->c->a, (all->n + 1) * sizeof *v);
    const char *at = r->c->conf->public_url;
    const char *phone = in->announce.phone != NULL ? normal_phone(r->c->a, in->announce.phone) : NULL;

    for (size_t i = 0; i < all->n; i++)
        v[i] = (struct announced){ &all->v[i], arena_printf(r->c->a, "%s%s", at, followed_at(r->c->a, &all->v[i])) };
    return req_one(r, announce_answer_fields, &((struct announce_answer){
        { v, all->n }, other_guides(r->c->a, &made->others[CLAIM_DISPUTED]),
        other_guides(r->c->a, &made->others[CLAIM_SETTLED]), other_guides(r->c->a, &made->others[CLAIM_HANDED_OVER]),
        phone != NULL && phone_takes_sms(phone), link_sent }));
}

/* Sentences by which the page promises a confirmation, each only if it is really on its way. */
static const struct word announced_words[] = {
    { "sms", "A su celular va el enlace con fotos, precio y código." },
    { "correo", "Le escribimos a su correo." },
    { "confirmar", "Confirme su correo con el enlace que le enviamos: desde entonces le avisamos ahí." },
    { "sin_aviso", "Guarde este código: con él verá aquí cuándo llega." },
    { "sin_confirmacion", "Por ahora no podemos enviarle la confirmación: guarde el código. Cuando llegue le avisamos,"
                          " o pregunte en el punto." },
    { "antes", "Ya lo había anunciado, y sigue en pie." },
    { "antes_confirmar", "Ya lo había anunciado, y sigue en pie. Confirme su correo con el enlace que le enviamos: desde"
                         " entonces le avisamos ahí." },
    WORDS_END
};

/* Chooses the sentence of announced_words; NULL when nothing was announced. */
static const char *announced_told(struct req *r, const struct announcement *made, const struct message_told *told,
                                  const struct message_told *asked)
{
    const struct announce_form *in = r->in;

    if (made->packages.n == 0)
        return NULL;
    if (made->fresh == 0)
        return asked->email && package_email_waits(r->c, &made->packages.v[0]) ? "antes_confirmar" : "antes";
    if (told->phone)
        return "sms";
    if (!told->email && asked->email)
        return "confirmar";
    return told->email ? "correo" : in->no_notice ? "sin_aviso" : "sin_confirmacion";
}

static enum err announce(struct req *r)
{
    const struct announce_form *in = r->in;
    struct message_told told = { 0 }, asked = { 0 };
    struct announcement out;
    enum err e = req_is_api(r) ? OK : check_notice(r->c, in);

    if (e == OK && !req_is_api(r))
        e = check_understood(r, in->announce.guides);
    if (e == OK)
        e = announce_counted(r->c, &in->announce, &out);
    if (e == OK && out.fresh > 0)
        e = notify_told(r->c, out.packages.v[0].id, "package_announced", &told);
    if (e == OK && out.packages.n > 0)
        e = notify_told(r->c, out.packages.v[0].id, "email_confirmation", &asked);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return announce_give(r, &out, told.phone);
    return req_redirect(r, "%s", done_at(r->c->a, &out, announced_told(r, &out, &told, &asked)));
}

/* The guides come from the address, so they are shown only if they are guides. */
static void fill_others(struct req *r, const char *list, const char *guides)
{
    char *left = arena_strdup(r->c->a, guides != NULL ? guides : ""), *guide;

    while ((guide = strsep(&left, ".")) != NULL)
        if (normal_guide_key(r->c->a, guide) != NULL)
            view_text(view_row(r->page, list), "guide", normal_guide_key(r->c->a, guide));
}

/* A note that the resident sends to whomever they choose: it tells what anybody may know who has the codes, and no
 * more. */
static const char *done_whatsapp(struct req *r, const struct packages *all)
{
    struct arena *a = r->c->a;
    const char *text = arena_printf(a, all->n == 1 ? "Anuncié un paquete en %s." : "Anuncié unos paquetes en %s.",
                                    setting_text(r->c, S_SITE_NAME));

    for (size_t i = 0; i < all->n; i++)
        text = arena_printf(a, "%s\nGuía %s, código de consulta %s: %s%s", text, guide_told(a, &all->v[i]),
                            all->v[i].tracking_code, r->c->conf->public_url, followed_at(a, &all->v[i]));
    return link_add(a, "https://wa.me/", "text", text);
}

static enum err announce_done(struct req *r)
{
    const struct done_in *in = r->in;
    struct packages all = { 0 };
    enum err e = is_blank(in->c) ? OK : track_codes(r->c, in->c, &all);

    if (e == OK)
        e = fill_rates(r, 0);
    for (int k = 0; k < CLAIM_ANSWERS; k++)
        fill_others(r, other_names[k], in->others[k]);
    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "packages");

        view_text(row, "tracking_code", all.v[i].tracking_code);
        view_text(row, "guide_number", all.v[i].guide_number);
        view_text(row, "href", followed_at(r->c->a, &all.v[i]));
        view_text(row, "state", all.v[i].state);
    }
    view_int(r->page, "count", (int64_t)all.n);
    view_text(r->page, "told", words_of(announced_words, in->told));
    view_bool(r->page, "before", in->told != NULL && has_prefix(in->told, "antes"));
    if (all.n > 0)
        view_text(r->page, "whatsapp", done_whatsapp(r, &all));
    return e != OK ? e : req_page(r, "announce/done.cst");
}

/* Lists announced packages that have not come yet, newest first. */
static enum err list_json(struct req *r)
{
    const struct list_in *in = r->in;
    const struct package_filter f = { .state = "ANUNCIADO", .before = in->before,
                                      .limit = in->limit };
    struct packages all;
    int64_t next;
    enum err e = package_list(r->c, &f, &all, &next);

    return e != OK ? e : packages_give(r, &all, next);
}

static const struct route routes[] = {
    { GET, "/", ROLE_PUBLIC, NULL, announce_home, PAGE, "Inicio" },
    { GET, "/announce", ROLE_PUBLIC, &page_params, announce_page, PAGE, "Anuncie su paquete" },
    { POST, "/announce", ROLE_PUBLIC, &announce_params, announce, PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Anunciar", .form = "/announce" },
    { GET, "/announce/done", ROLE_PUBLIC, &done_params, announce_done, PAGE, "Paquetes anunciados" },
    { GET, "/announce/fees", ROLE_PUBLIC, &fees_params, announce_fees, PAGE, "Tarifas" },
    { POST, "/api/v1/announcements", ROLE_PUBLIC, &announce_params, announce,
      JSON | OPTIONAL_KEY, "Anunciar uno o varios paquetes", NULL, GIVES(201, announce_answer_fields),
      .shows = "name phone guides carrier consent" },
    { POST, "/api/v1/announcements/guides", ROLE_PUBLIC, &guides_params, announce_understood,
      JSON, "Qué guías se entienden de un texto, sin anunciarlas", NULL, GIVES(200, understood_fields), .shows = "guides",
      .keyless = "solo lee" },
    { GET, "/api/v1/announcements", ROLE_USUARIO, &list_params, list_json, JSON,
      "Paquetes anunciados que no han llegado", "packages:read", GIVES(200, packages_answer_fields) },
};
const struct area area = { "announce", routes, COUNT(routes), .about = "Anuncios" };
