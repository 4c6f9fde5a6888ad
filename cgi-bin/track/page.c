#include "page.h"
#include "channels.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/shared/receipt.h"
#include "cgi-bin/shared/whatsapp.h"
#include "domain/ground/setting.h"
#include "domain/handover/authorization.h"
#include "domain/parcel/guide_reading.h"
#include "domain/people/identity.h"
#include "domain/price/size.h"
#include "domain/public/inquiry.h"
#include "local/money.h"
#include "local/normal.h"

/* ---- words ---- */

static const struct { const char *state, *title, *token, *code, *guide; } words[] = {
    { "ANUNCIADO", "Todavía no ha llegado",
      "Le avisamos cuando esté en el punto. No hace falta venir antes.",
      "Avisamos a quien lo anunció cuando esté en el punto. No hace falta venir antes.",
      "Avisamos a quien lo anunció cuando esté en el punto. No hace falta venir antes." },
    { "RECIBIDO", "Su paquete está listo",
      "Venga por él y muestre este código.",
      "Venga por él con el código de entrega de seis números que le enviamos.",
      "Venga por él con el código de entrega de seis números que enviamos a quien lo anunció." },
    { "ENTREGADO", "Ya fue entregado", "Gracias por usar este punto.",
      "Si no fue usted quien lo recogió, llámenos o acérquese al punto.",
      "Si no fue usted quien lo recogió, llámenos o acérquese al punto." },
    { "CANCELADO", "Este paquete se canceló",
      "Si todavía lo espera, anúncielo otra vez.", "Si todavía lo espera, anúncielo otra vez.",
      "Si todavía lo espera, anúncielo otra vez." },
};

static const struct word cancel_words[] = {
    { "cliente_solicita", "Se canceló a petición suya." },
    { "cliente_no_reclama", "Nadie lo reclamó a tiempo." },
    { "paquete_danado", "Llegó dañado." },
    { "paquete_perdido", "Se dio por perdido. Llámenos para resolverlo." },
    { "anuncio_expirado", "No llegó en los 30 días siguientes al anuncio." },
    { "error_operador", "Se había registrado por error." },
    { "rechazado_en_recepcion", "No pudimos recibirlo." },
    { "devuelto_transportadora", "Se devolvió a la transportadora." }, WORDS_END
};

/* "3 paquetes listos · hoy paga $9.000": the code of this link hands over all of them. */
static void fill_ready(struct req *r, const struct track *t)
{
    const char *title;

    if (t->ready.n < 2)
        return;
    title = arena_printf(r->c->a, "%zu paquetes listos\u00a0· hoy paga %s", t->ready.n,
                         money_text(r->c->a, t->owes.total));
    req_title(r, title);
    view_text(r->page, "words.title", title);
    view_text(r->page, "words.next", "Venga por ellos y muestre este código: sirve para todos.");
    view_money(r->page, "owes.total", t->owes.total);
    view_instant(r->page, "owes.grows_at", t->owes.grows_at);
    view_money(r->page, "owes.next_total", t->owes.next_total);
    for (size_t i = 0; i < t->ready.n; i++) {
        const struct package *p = &t->ready.v[i];
        struct view_node *row = view_row(r->page, "ready");

        view_text(row, "guide_number", p->guide_number);
        view_text(row, "type_words", words_or_value(package_types, p->type));
        view_text(row, "href", link_add(r->c->a, "/search", "q", p->tracking_code));
        view_instant(row, "received_at", p->received_at);
        view_money(row, "due", t->owes.v[i].total);
        view_bool(row, "current", p->id == t->package.id);
    }
}

static void fill_words(struct req *r, const struct track *t)
{
    const struct package *p = &t->package;

    for (size_t i = 0; i < COUNT(words); i++) {
        if (!streq(words[i].state, p->state))
            continue;
        view_text(r->page, "words.title", words[i].title);
        if (!p->disputed || !streq(p->state, "RECIBIDO"))        /* else there is nothing to come with */
            view_text(r->page, "words.next", t->key == TRACK_TOKEN ? words[i].token
                      : t->key == TRACK_CODE ? words[i].code : words[i].guide);
        req_title(r, words[i].title);
    }
    view_bool(r->page, "disputed", p->disputed);
    view_text(r->page, "words.reason", words_of(cancel_words, p->cancel_reason));
}

/* The guide's key needs no encoding in an address. */
void track_fill_announce(struct req *r, const char *guide)
{
    struct guide_reading read;
    const char *key;

    guide_read(r->c->a, guide, &read);
    key = read.key;
    view_text(r->page, "announce_href", arena_printf(r->c->a, "/announce%s%s",
                                                     key ? "?guide=" : "", key ? key : ""));
    view_text(r->page, "missing_href", link_add(r->c->a, "/missing", "guide", key));
}

/* ---- a page ---- */

/* Shows when the package was announced, received and so on, newest first.  Notes, moves and what was
 * undone are not for the public. */
static void fill_history(struct req *r, const struct package *p)
{
    const struct { const char *what; int64_t at; } steps[] = {
        { "Cancelado", p->cancelled_at }, { "Entregado", p->delivered_at },
        { "Recibido en el punto", p->received_at }, { "Anunciado", p->announced_at },
    };
    bool current = true;

    for (size_t i = 0; i < COUNT(steps); i++) {
        struct view_node *row;

        if (steps[i].at == 0)
            continue;
        row = view_row(r->page, "history");
        view_text(row, "what", steps[i].what);
        view_instant(row, "at", steps[i].at);
        view_bool(row, "current", current);
        current = false;
    }
}

/* Sets the fee; the page of a package that was handed over shows what was paid instead. */
static void fill_fee(struct view_node *n, const struct package *p, const struct fee *f)
{
    view_money(n, "total", f->total);
    if (streq(p->state, "ENTREGADO"))
        return;
    view_instant(n, "grows_at", f->grows_at);
    view_money(n, "next_total", f->next_total);
    view_money(n, "per_day", p->storage_per_day);
    view_int(n, "days", f->days);
    view_money(n, "base_fee", f->base_fee);
    view_money(n, "storage_fee", f->storage_fee);
}

static void fill_money(struct req *r, const struct track *t)
{
    const struct package *p = &t->package;

    for (size_t i = 0; i < t->rates.n; i++) {
        struct view_node *row = view_row(r->page, "rates");

        view_fields(row, rate_fields, &t->rates.v[i]);
        view_text(row, "words", words_or_value(package_types, t->rates.v[i].package_type));
        view_text(row, "limits", words_of(package_type_limits, t->rates.v[i].package_type));
    }
    if (t->has_fee && t->ready.n < 2)
        fill_fee(view_child(r->page, "fee"), p, &t->fee);
}

static void fill_photos(struct req *r, const struct track *t)
{
    for (size_t i = 0; i < t->photos.n; i++) {
        const struct package_file *f = &t->photos.v[i];
        struct view_node *row = view_row(r->page, "photos.ready");
        const char *href = arena_printf(r->c->a, "/t/%s/files/%s", t->token, f->key);

        view_text(row, "href", href);
        view_text(row, "thumb", arena_printf(r->c->a, "%s?thumb=1", href));
        view_text(row, "words", words_of(package_file_kinds, f->kind));
    }
    view_bool(r->page, "photos.pending", t->photos_pending > 0);
    photos_shown(r);
}

/* Shows who else may collect the package, with their codes, which serve nobody while it is disputed; only a holder
 * of its link gets here. */
static enum err fill_authorizations(struct req *r, const struct track *t)
{
    const struct package *p = &t->package;
    struct authorizations all = { 0 };
    enum err e = OK;

    if (!streq(p->state, "RECIBIDO") && !streq(p->state, "ANUNCIADO"))
        return OK;
    if (t->attached.authorizations)
        e = authorizations_of(r->c, p, &all);
    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "authorizations");

        view_int(row, "id", all.v[i].id);
        view_text(row, "name", all.v[i].name);
        if (!p->disputed)
            view_text(row, "code", arena_printf(r->c->a, "%.3s %s", all.v[i].code, all.v[i].code + 3));
        view_instant(row, "expires_at", all.v[i].expires_at);
    }
    view_bool(r->page, "may_authorize", !p->disputed);
    return e;
}

/* A message with the code for the person who was authorised.  Who named them sends it, to whom they choose: to that
 * person's telephone if it is known. */
static const char *authorization_whatsapp(struct req *r, const struct authorization *z)
{
    struct arena *a = r->c->a;
    struct site site;
    const char *text;

    site_read(r->c, &site);
    text = arena_printf(a, "Hola, %s. Usted puede recoger mis paquetes en %s%s%s. Lleve su documento y diga este código:"
                        " %.3s %s. Sirve una vez, hasta %s.", z->name, site.name, is_blank(site.address) ? "" : ", ",
                        site.address, z->code, z->code + 3, clock_dated(a, z->expires_at, r->c->now));
    return z->phone != NULL ? whatsapp_link(r, z->phone, text) : link_add(a, "https://wa.me/", "text", text);
}

enum err track_authorization(struct req *r, const struct track *t, const struct authorization *z)
{
    const char *link = arena_printf(r->c->a, "/t/%s", t->token);

    view_text(r->page, "link", link);
    view_text(r->page, "authorized.name", z->name);
    view_text(r->page, "authorized.code", arena_printf(r->c->a, "%.3s %s", z->code, z->code + 3));
    view_text(r->page, "authorized.document", words_or_value(identity_types, z->document_type));
    view_instant(r->page, "authorized.expires_at", z->expires_at);
    view_bool(r->page, "authorized.texted", z->phone != NULL);
    view_text(r->page, "authorized.whatsapp", authorization_whatsapp(r, z));
    view_text(r->page, "authorized.revoke", arena_printf(r->c->a, "%s/authorizations/%lld/revoke", link, (long long)z->id));
    return req_page(r, "track/authorized.cst");
}

static void fill_question(struct view_node *row, const struct inquiry *i)
{
    view_fields(row, inquiry_public_fields, i);
    view_bool(row, "waits", i->since != 0);
    for (size_t k = 0; k < i->texts.n; k++)
        view_fields(view_row(row, "said"), inquiry_text_public_fields, &i->texts.v[k]);
}

/* Shows what was asked and answered, and how to reach the point: its telephone is among the values of every page. */
static enum err fill_questions(struct req *r, const struct track *t)
{
    const struct package *p = &t->package;
    const struct site site = req_site(r);
    struct arena *a = r->c->a;
    struct inquiries all = { 0 };
    enum err e = t->attached.questions ? inquiries_public_of(r->c, p, &all) : OK;

    for (size_t i = 0; e == OK && i < all.n; i++)
        fill_question(view_row(r->page, "questions"), &all.v[i]);
    if (!is_blank(site.whatsapp_to))
        view_text(r->page, "whatsapp", link_add(a, arena_printf(a, "https://wa.me/%s", site.whatsapp_to), "text",
                                                arena_printf(a, "Hola. Pregunto por la guía %s, código de consulta %s: ",
                                                             p->guide_number, p->tracking_code)));
    view_bool(r->page, "may_ask", true);
    return e;
}

bool track_takes_sms(const struct package *p)
{
    return p->customer_id != 0 && p->customer_phone != NULL && phone_takes_sms(p->customer_phone);
}

enum err track_show(struct req *r, const struct track *t)
{
    const struct package *p = &t->package;
    struct payments payments;
    enum err e = OK;

    view_text(r->page, "package.state", p->state);
    fill_words(r, t);
    if (streq(p->state, "CANCELADO"))
        track_fill_announce(r, p->guide_number);
    if (streq(p->state, "ANUNCIADO"))
        view_text(r->page, "missing_href", link_add(r->c->a, "/missing", "guide", p->guide_number));
    if (t->key == TRACK_GUIDE)
        return req_page(r, "track/package.cst");
    view_text(r->page, "package.tracking_code", p->tracking_code);
    view_text(r->page, "package.guide_number", p->guide_number);
    view_text(r->page, "package.carrier", p->carrier);
    view_text(r->page, "package.type_words", words_or_value(package_types, p->type));
    view_text(r->page, "person.name", t->name);
    view_text(r->page, "person.phone", t->phone);
    if (t->pickup_code != NULL)
        view_text(r->page, "pickup.code", arena_printf(r->c->a, "%.3s %s", t->pickup_code,
                                                       t->pickup_code + 3));
    if (t->key == TRACK_TOKEN) {
        view_text(r->page, "link", arena_join(r->c->a, "/t/", t->token));
        view_text(r->page, "person.receiver", p->receiver_name);
        view_bool(r->page, "email.asked", t->email_asked);
        view_bool(r->page, "email.doubted", t->email_doubted);
        view_bool(r->page, "email.said", t->email_said);
        view_bool(r->page, "takes_sms", track_takes_sms(p));
        view_bool(r->page, "offers_channels", track_offers_channels(r, p));
        view_bool(r->page, "pickup.alone", package_code_customer(p) == 0);
        fill_ready(r, t);
        e = fill_authorizations(r, t);
        if (e == OK)
            e = fill_questions(r, t);
    }
    fill_history(r, p);
    fill_money(r, t);
    if (e == OK && streq(p->state, "ENTREGADO")) {
        e = receipt_paid(r, p, &payments);
        view_bool(r->page, "receipt", t->key == TRACK_TOKEN);
    }
    fill_photos(r, t);
    return e != OK ? e : req_page(r, "track/package.cst");
}
