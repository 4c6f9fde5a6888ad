#include "page.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "domain/ground/setting.h"
#include "domain/outbox/notification_log.h"
#include "domain/paper/texts.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_list.h"
#include "domain/message/message_kind.h"
#include "cgi-bin/shared/age.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/whatsapp.h"

#define PAGE_ROWS 25
#define OTHERS_MAX 200

/* ---- reaching somebody ---- */

static const char *greeting(struct req *r, const struct site *site, const char *name, const char *phone,
                            int64_t parcels, int64_t since)
{
    struct arena *a = r->c->a;
    const char *what = parcels > 1 ? arena_printf(a, "%lld paquetes que esperan", (long long)parcels)
        : "un paquete que espera";

    return whatsapp_link(r, phone, arena_printf(a, "Hola, %s. Le escribimos de %s: tiene %s por usted desde el %s."
                                                " ¿Qué día puede pasar? %s", whatsapp_name(r, name),
                                                site->name, what,
                                                clock_day_exact(a, clock_day(since)), site->hours));
}

static void fill_promised(struct req *r, struct view_node *n, int64_t promised_at)
{
    if (promised_at != 0)
        view_text(n, "promised", clock_day_exact(r->c->a, clock_day(promised_at)));
}

/* ---- the list ---- */

static void fill_bands(struct req *r, const struct ageing *all)
{
    int64_t most = 1;

    for (size_t i = 0; i < all->bands.n; i++) {
        const struct ageing_band *b = &all->bands.v[i];
        struct view_node *row = view_row(r->page, "bands");

        view_fields(row, ageing_band_fields, b);
        view_int(row, "age_band", (int64_t)i);
        view_text(row, "href", link_add(r->c->a, "/packages", "band", b->band));
        most = b->packages > most ? b->packages : most;
    }
    view_fields(view_child(r->page, "total"), ageing_band_fields, &all->total);
    view_int(r->page, "most", most);
    view_int(r->page, "unidentified", all->unidentified);
    view_int(r->page, "without_value", all->without_value);
}

static void fill_chip(struct req *r, const char *label, const char *href, bool current)
{
    struct view_node *row = view_row(r->page, "chips");

    view_text(row, "label", label);
    view_text(row, "href", href);
    view_bool(row, "current", current);
}

static void fill_chips(struct req *r, const struct callee_filter *f)
{
    const int64_t from = setting_int(r->c, S_CALL_FROM);

    fill_chip(r, from > 0 ? arena_printf(r->c->a, "Desde %lld", (long long)from) : "Todos", "/ageing",
              is_blank(f->band) && is_blank(f->step));
    view_int(r->page, "call_from", from);
    for (const struct word *band = age_band_names; band->value != NULL; band++)
        fill_chip(r, band->words, link_add(r->c->a, "/ageing", "band", band->value), text_is(f->band, band->value));
    for (const struct word *step = ageing_steps; step->value != NULL; step++)
        fill_chip(r, step->words, link_add(r->c->a, "/ageing", "step", step->value), text_is(f->step, step->value));
}

static void fill_callee(struct req *r, const struct site *site, const struct callee *callee)
{
    struct view_node *row = view_row(r->page, "calls");

    view_fields(row, callee_fields, callee);
    view_age(r, row, callee->since);
    view_text(row, "whatsapp", greeting(r, site, callee->name, callee->phone, callee->parcels, callee->since));
    view_text(row, "outcome_words", utf8_sentence(r->c->a, words_of(contact_outcomes, callee->outcome)));
    fill_promised(r, row, callee->promised_at);
    view_text(row, "theirs", link_add(r->c->a, "/packages?state=RECIBIDO", "customer_id", NUM(callee->customer_id)));
}

enum err ageing_list(struct req *r, const struct callee_filter *in)
{
    const struct callee_filter f = { .band = in->band, .step = in->step, .after = in->after, .limit = PAGE_ROWS };
    const char *link = link_add(r->c->a, link_add(r->c->a, "/ageing", "band", f.band), "step", f.step);
    struct ageing all;
    struct callees callees;
    struct site site;
    enum err e = ageing_read(r->c, &all);

    if (e == OK)
        e = callee_list(r->c, &f, &callees);
    if (e != OK)
        return e;
    site_read(r->c, &site);
    fill_bands(r, &all);
    fill_chips(r, &f);
    for (size_t i = 0; i < callees.n; i++)
        fill_callee(r, &site, &callees.v[i]);
    view_bool(r->page, "filtered", !is_blank(f.band) || !is_blank(f.step));
    view_text(r->page, "previous", f.after ? link : NULL);
    view_text(r->page, "following", callees.next ? link_add(r->c->a, link, "after", NUM(callees.next)) : NULL);
    return req_page(r, "ageing/list.cst");
}

/* ---- the dossier ---- */

/* Says how many other packages wait for the same customer, as a call is usually about all of them.
 * *waiting gets the number with this one. */
static enum err fill_others(struct req *r, const struct package *p, int64_t *waiting)
{
    const struct package_filter theirs = { .customer_id = p->customer_id, .state = "RECIBIDO", .limit = OTHERS_MAX };
    struct packages all;
    int64_t next;
    enum err e = package_list(r->c, &theirs, &all, &next);

    *waiting = (int64_t)all.n;
    if (e != OK || all.n < 2)
        return e;
    view_int(r->page, "others", (int64_t)all.n - 1);
    if (r->status == 0)          /* a form that came back keeps what was sent */
        view_text(r->page, "form.all", "1");
    return e;
}

static enum err fill_form(struct req *r, const struct package *p)
{
    int64_t waiting = 0;
    struct site site;
    enum err e;

    if (!streq(p->state, "RECIBIDO") || p->customer_id == 0)
        return OK;
    site_read(r->c, &site);
    view_bool(r->page, "can_contact", true);
    for (const struct word *v = contact_outcomes; v->value != NULL; v++)
        view_option(r->page, "outcomes", v->value, utf8_sentence(r->c->a, v->words));
    for (const struct word *v = contact_channels; v->value != NULL; v++)
        view_option(r->page, "channels", v->value, utf8_sentence(r->c->a, v->words));
    if (r->status == 0)
        view_text(r->page, "form.channel", contact_channels[0].value);
    e = fill_others(r, p, &waiting);
    view_text(r->page, "whatsapp", greeting(r, &site, p->customer_name, p->customer_phone, waiting, p->received_at));
    return e;
}

static enum err fill_contacts(struct req *r, const struct package *p)
{
    struct ageing_policy policy;
    struct contacts all;
    enum err e = contacts_of_package(r->c, p->id, &all);

    if (e != OK)
        return e;
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "contacts");

        view_fields(row, contact_fields, &all.v[i]);
        view_text(row, "words", utf8_sentence(r->c->a, words_of(contact_outcomes, all.v[i].outcome)));
        view_text(row, "channel_words", utf8_sentence(r->c->a, words_of(contact_channels, all.v[i].channel)));
        fill_promised(r, row, all.v[i].promised_at);
    }
    policy = ageing_policy(p, &all, r->c->now);
    view_fields(view_child(r->page, "policy"), ageing_policy_fields, &policy);
    view_bool(r->page, "policy.tried", policy.attempt_days >= AGEING_ATTEMPTS);
    view_bool(r->page, "policy.is_time", policy.days >= AGEING_ABANDON_DAYS);
    view_int(r->page, "policy.call_days", AGEING_CALL_DAYS);
    view_int(r->page, "policy.abandon_days", AGEING_ABANDON_DAYS);
    view_int(r->page, "policy.needed", AGEING_ATTEMPTS);
    return OK;
}

static enum err fill_messages(struct req *r, const struct package *p)
{
    struct notifications all;
    enum err e = notifications_of_package(r->c, p->id, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct notification *n = &all.v[i];
        struct view_node *row = view_row(r->page, "messages");

        view_fields(row, notification_fields, n);
        view_text(row, "event_words", words_of(message_events, n->event));
        view_text(row, "words", words_of(notification_states, n->state));
        view_instant(row, "at", n->sent_at ? n->sent_at : n->created_at);
        if (!streq(n->channel, "email"))
            view_phone(row, "recipient", n->recipient);
    }
    return e;
}

static enum err fill_package(struct req *r, const struct package *p)
{
    struct view_node *n = view_child(r->page, "package");
    struct fee fee;
    enum err e = fee_of(r->c, p, &fee);

    view_fields(n, package_fields, p);
    view_text(n, "name", p->customer_name ? p->customer_name : p->announced_name);
    view_bool(n, "on_shelf", streq(p->state, "RECIBIDO"));
    view_bool(n, "abandoned", p->cancel_reason != NULL && streq(p->cancel_reason, "cliente_no_reclama"));
    view_bool(n, "has_declared_value", p->declared_value > 0);
    view_age(r, n, p->received_at);
    view_text(n, "waited", clock_ago(r->c->a, r->c->now - p->received_at));
    view_fields(view_child(r->page, "fee"), fee_fields, &fee);
    view_int(r->page, "undo_s", r->c->conf->undo_s);
    view_instant(r->page, "made", r->c->now);
    return e;
}

enum err ageing_dossier(struct req *r, int64_t id)
{
    enum err (*const parts[])(struct req *, const struct package *) = {
        fill_package, fill_contacts, fill_messages, fill_form,
    };
    struct package p;
    enum err e = package_by_id(r->c, id, &p);

    if (e == OK && p.received_at == 0)
        e = req_fail(r, E_NOT_FOUND, T_DOSSIER_NONE);
    for (size_t i = 0; i < COUNT(parts) && e == OK; i++)
        e = parts[i](r, &p);
    if (e != OK)
        return e;
    req_title(r, arena_printf(r->c->a, "Expediente de la guía %s", p.guide_number));
    req_operation(r);
    if (r->c->role == ROLE_OPERADOR && (e = approval_fill(r)) != OK)
        return e;
    return req_page(r, "ageing/dossier.cst");
}
