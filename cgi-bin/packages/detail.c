#include "detail.h"

#include "base/clock.h"
#include "base/log.h"
#include "local/money.h"
#include "domain/custody/history.h"
#include "domain/money/payment.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/price/rate.h"
#include "domain/price/size.h"
#include "domain/message/message_kind.h"
#include "domain/people/opt_out.h"
#include "domain/public/inquiry.h"
#include "list.h"
#include "cgi-bin/shared/age.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/claims.h"
#include "cgi-bin/shared/people.h"
#include "cgi-bin/shared/photos.h"
#include "storage/s3.h"
#include "cgi-bin/shared/whatsapp.h"

static bool is_state(const struct package *p, const char *state)
{
    return streq(p->state, state);
}

static bool is_late(const struct package *p)
{
    return is_state(p, "CANCELADO") && p->cancel_reason != NULL
        && streq(p->cancel_reason, "anuncio_expirado");
}

/* ---- what it is, what can be done ---- */

static void fill_package(struct req *r, const struct package *p)
{
    struct view_node *node = view_child(r->page, "package");

    view_fields(node, package_fields, p);
    view_text(node, "email", package_email(r->c, p));
    view_bool(node, "email_waits", package_email_waits(r->c, p));
    view_text(node, "phone_of", package_phone_name(r->c, p));
    view_bool(node, "no_phone", p->customer_id != 0 && p->customer_phone == NULL);
    view_text(node, "type_words", words_or_value(package_types, p->type));
    view_text(node, "cancel_words", words_of(cancel_reasons, p->cancel_reason));
    view_text(node, "name", p->customer_name ? p->customer_name : p->announced_name);
    view_bool(node, "has_declared_value", p->declared_value > 0);
    view_bool(node, "has_discount", p->discount > 0);
    if (p->received_at != 0 && is_state(p, "RECIBIDO")) {
        view_age(r, node, p->received_at);
        view_text(node, "waited", clock_ago(r->c->a, r->c->now - p->received_at));
    }
    if (p->customer_id != 0) {
        const struct package_filter theirs = { .customer_id = p->customer_id };

        view_text(node, "theirs", packages_link(r->c->a, "/packages", &theirs));
    }
}

static void fill_actions(struct req *r, const struct package *p)
{
    struct view_node *can = view_child(r->page, "can");
    const bool shelf = is_state(p, "RECIBIDO"), announced = is_state(p, "ANUNCIADO");

    view_bool(can, "deliver", shelf);
    view_bool(can, "move", shelf);
    view_bool(can, "cancel", shelf || announced);
    view_bool(can, "photos", shelf || is_state(p, "ENTREGADO"));
    view_bool(can, "identify", shelf && p->customer_id == 0);
    if (announced || is_late(p))
        view_text(can, "receive", link_add(r->c->a, "/receive", "guide", p->guide_number));
    for (const struct word *reason = cancel_reasons; reason->value != NULL; reason++)
        if (cancel_is_choice(reason->value))
            view_option(r->page, "reasons", reason->value, reason->words);
    view_options(r->page, "kinds", PACKAGE_PHOTO_KINDS);
    view_text(r->page, "form.kind", is_state(p, "ENTREGADO") ? "ENTREGA" : PACKAGE_PHOTO_KINDS[0].value);
    view_int(r->page, "photos_max", PHOTOS_MAX);
    if (r->c->role >= ROLE_OPERADOR && (shelf || is_state(p, "ENTREGADO")))
        req_scans(r);            /* a desk's camera takes photos */
    view_int(r->page, "undo_s", r->c->conf->undo_s);
}

/* ---- what it costs ---- */

static enum err fill_money(struct req *r, const struct package *p)
{
    struct rates rates = { 0 };
    struct fee fee;
    enum err e = fee_of(r->c, p, &fee);

    if (e == OK && is_state(p, "ANUNCIADO"))
        e = rates_at(r->c, p->announced_at, &rates);
    for (size_t i = 0; e == OK && i < rates.n; i++) {
        struct view_node *row = view_row(r->page, "rates");

        view_text(row, "words", words_or_value(package_types, rates.v[i].package_type));
        view_money(row, "base_fee", rates.v[i].base_fee);
    }
    if (e == OK && (is_state(p, "RECIBIDO") || is_state(p, "ENTREGADO")))
        view_fields(view_child(r->page, "fee"), fee_fields, &fee);
    return e;
}

static enum err fill_payments(struct req *r, const struct package *p)
{
    struct payments all;
    int64_t missing;
    enum err e = payments_of(r->c, p->id, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct payment *pay = &all.v[i];
        struct view_node *row = view_row(r->page, "payments");

        view_fields(row, payment_fields, pay);
        view_text(row, "words", words_of(payment_methods, pay->method));
        view_bool(row, "reversal", pay->reverses != 0);
        if (payment_stands(&all, pay))
            view_option(r->page, "standing", arena_strdup(r->c->a, NUM(pay->id)),
                       arena_printf(r->c->a, "%s, %s", money_text(r->c->a, pay->amount),
                                    words_of(payment_methods, pay->method)));
    }
    if (e != OK)
        return e;
    missing = payments_missing(r->c, &all, p);
    view_money(r->page, "package.paid", p->total_fee - p->discount - missing);
    if (missing > 0)
        view_money(r->page, "package.unpaid", missing);
    view_bool(r->page, "can.pay", missing > 0 || is_state(p, "CANCELADO"));
    return OK;
}

/* ---- photos, history, messages ---- */

static bool may_remove(const struct ctx *c, const struct package_file *f)
{
    return c->role >= ROLE_ADMIN
        || (c->role == ROLE_OPERADOR && c->now - f->created_at <= c->conf->undo_s);
}

static enum err fill_claims(struct req *r, const struct package *p)
{
    return p->disputed ? claims_show(r, p) : OK;
}

static enum err fill_incident(struct req *r, const struct package *p)
{
    struct view_node *node;
    struct incident open;
    enum err e = incident_of(r->c, p->id, &open);

    if (e != OK || open.id == 0)
        return e;
    node = view_child(r->page, "incident");
    view_fields(node, incident_fields, &open);
    view_text(node, "words", words_of(incident_outcomes, open.outcome));
    return OK;
}

/* Shows the signature and the receipt's WhatsApp link of the package's hand-over, which may have had other
 * packages too. */
static enum err fill_handover(struct req *r, const struct package *p)
{
    struct delivery d;
    enum err e;

    if (!is_state(p, "ENTREGADO"))
        return OK;
    e = delivery_of(r->c, p->id, &d);
    if (e != OK)
        return e;
    view_text(r->page, "signature", d.signature);
    view_text(r->page, "signer", p->receiver_name ? p->receiver_name : p->customer_name ? p->customer_name
              : "quien recibió");
    view_text(r->page, "whatsapp", whatsapp_receipt(r, &d));
    return OK;
}

static enum err fill_photos(struct req *r, const struct package *p)
{
    struct package_files all;
    enum err e = package_files(r->c, p->id, &all);
    bool pending = false;

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct package_file *f = &all.v[i];
        struct view_node *row = view_row(r->page, "photos");

        view_int(row, "id", f->id);
        view_text(row, "state", f->state);
        view_text(row, "words", words_of(package_file_kinds, f->kind));
        view_bool(row, "can_remove", may_remove(r->c, f));
        view_bool(row, "waits", s3_in_use(r->c->conf) && streq(f->state, "ready") && f->archived_at == 0);
        pending = pending || streq(f->state, "pending");
    }
    view_bool(r->page, "photos_pending", pending);
    photos_shown(r);
    return e;
}

/* Shows the package's events, newest first. */
static enum err fill_events(struct req *r, const struct package *p)
{
    struct package_events all;
    enum err e = package_events(r->c, p->id, &all);

    for (size_t i = all.n; e == OK && i-- > 0;) {
        const struct package_event *ev = &all.v[i];
        struct view_node *row = view_row(r->page, "events");

        view_text(row, "text", ev->text);
        view_text(row, "who", ev->user_name ? ev->user_name
                  : streq(ev->actor, "customer") ? "el cliente" : "el sistema");
        view_instant(row, "at", ev->at);
        view_bool(row, "current", i + 1 == all.n);
    }
    return e;
}

/* Words for the state of a message on the page of a package, where a receptionist asks whether the
 * customer was told. */
static const struct word message_states[] = {
    { "queued", "Aviso pendiente" }, { "sending", "Saliendo" }, { "sent", "Enviado" },
    { "delivered", "Entregado" }, { "failed", "No salió" }, { "unknown", "No se sabe si llegó" },
    { "suppressed", "No se envía" }, { "cancelled", "Retirado" }, WORDS_END
};

/* Whether the customer wants messages by that channel, which staff may change for them. */
static void fill_channel(struct req *r, const char *channel, const char *words, bool is_out)
{
    struct view_node *row = view_row(r->page, "channels_of");

    view_text(row, "channel", channel);
    view_text(row, "words", words);
    view_bool(row, "is_out", is_out);
}

static enum err fill_channels(struct req *r, const struct package *p)
{
    struct customer who = { 0 };
    bool sms = false, email = false;
    enum err e = p->customer_id == 0 ? OK : customer_by_id(r->c, p->customer_id, &who);

    if (e == OK)
        e = opt_out_of_customer(r->c, &who, "sms", &sms);
    if (e == OK)
        e = opt_out_of_customer(r->c, &who, "email", &email);
    if (who.phone != NULL)
        fill_channel(r, "sms", "SMS", sms);
    if (who.email != NULL)
        fill_channel(r, "email", "correos", email);
    return e;
}

static enum err fill_messages(struct req *r, const struct package *p)
{
    struct notifications all;
    enum err e = notifications_of_package(r->c, p->id, &all);
    bool stuck = false;

    if (e == OK)
        e = fill_channels(r, p);
    for (size_t i = all.n; e == OK && i-- > 0;) {
        const struct notification *n = &all.v[i];
        const bool bad = streq(n->state, "failed") || streq(n->state, "unknown");
        struct view_node *row = view_row(r->page, "messages");

        view_fields(row, notification_fields, n);
        view_text(row, "event_words", words_of(message_events, n->event));
        view_text(row, "words", words_or_value(message_states, n->state));
        view_bool(row, "bad", bad);
        view_bool(row, "waits", streq(n->state, "queued") && n->not_before > r->c->now);
        if (!streq(n->channel, "email"))
            view_phone(row, "recipient", n->recipient);
        stuck = stuck || bad;
    }
    view_bool(r->page, "stuck", stuck);
    return e;
}

static enum err fill_questions(struct req *r, const struct package *p)
{
    struct inquiries all;
    enum err e = inquiries_of(r->c, p, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        view_fields(view_row(r->page, "questions"), inquiry_fields, &all.v[i]);
    return e;
}

enum err package_page(struct req *r, int64_t id, const char *who, int64_t chosen)
{
    enum err (*const parts[])(struct req *, const struct package *) = {
        fill_money, fill_payments, fill_claims, fill_incident, fill_handover, fill_photos, fill_events, fill_messages,
        fill_questions,
    };
    struct package p;
    enum err e = package_by_id(r->c, id, &p);

    if (e != OK)
        return e;
    fill_package(r, &p);
    fill_actions(r, &p);
    for (size_t i = 0; i < COUNT(parts) && e == OK; i++)
        e = parts[i](r, &p);
    if (e == OK && p.customer_id == 0)
        e = people_ask(r, who, chosen);
    if (e == OK && r->c->role == ROLE_OPERADOR)
        e = approval_fill(r);
    req_title(r, arena_printf(r->c->a, "Guía %s", p.guide_number));
    req_operation(r);
    return e != OK ? e : req_page(r, "packages/detail.cst");
}
