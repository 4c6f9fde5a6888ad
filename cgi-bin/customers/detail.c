#include "detail.h"
#include "merge.h"

#include "base/log.h"
#include "base/texts.h"
#include "cgi-bin/texts.h"
#include "domain/custody/attempt.h"
#include "domain/custody/erase.h"
#include "domain/handover/authorization.h"
#include "domain/law/privacy_request.h"
#include "domain/message/account.h"
#include "domain/message/message_kind.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/package_list.h"
#include "domain/people/channel.h"
#include "domain/people/opt_out.h"
#include "domain/price/fee.h"
#include "json/json.h"

#define SHOWN 10                 /* rows of each part of the page; the whole list is a link away */

/* ---- parameters ---- */

static const struct param id_rows[] = {
    PARAM(struct customers_id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
};
const struct params customers_id_params = PARAMS(struct customers_id_in, id_rows);

static const struct param packages_rows[] = {
    PARAM_AS(struct package_filter, customer_id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
    PARAM_ENUM(struct package_filter, state, 0, package_states, "Estado"),
    PARAM(struct package_filter, before, P_ID, 0, 0, 0, "Número del último paquete ya visto"),
    PARAM(struct package_filter, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
const struct params customers_packages_params = PARAMS(struct package_filter, packages_rows);

struct opt_out_in { int64_t id; const char *channel; bool is_out; };
static const struct param opt_out_rows[] = {
    PARAM(struct opt_out_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
    PARAM_ENUM(struct opt_out_in, channel, PARAM_REQUIRED, notification_channels, "sms, email o whatsapp"),
    PARAM(struct opt_out_in, is_out, P_BOOL, PARAM_REQUIRED, 0, 0, "Si ya no quiere mensajes por ese medio"),
};
const struct params customers_opt_out_params = PARAMS(struct opt_out_in, opt_out_rows);

struct channels_in { int64_t id; const char *choice, *proof; };
static const struct param channels_rows[] = {
    PARAM(struct channels_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
    PARAM_ENUM(struct channels_in, choice, PARAM_REQUIRED, channel_choices, "Cuál va primero"),
    PARAM_ENUM(struct channels_in, proof, 0, channel_proofs, "Cómo lo pidió"),
};
const struct params customers_channels_params = PARAMS(struct channels_in, channels_rows);

struct erase_in { int64_t id; bool sure; };
static const struct param erase_rows[] = {
    PARAM(struct erase_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cliente"),
    PARAM(struct erase_in, sure, P_BOOL, PARAM_REQUIRED, 0, 0, "Que sí: no se puede deshacer"),
};
const struct params customers_erase_params = PARAMS(struct erase_in, erase_rows);

#define A struct customer_answer
static const struct field answer_rows[] = {
    FIELD_PART(A, row, customer_row_fields),
    FIELD_OBJECT(A, account, customer_account_fields, "Lo que suman sus paquetes"),
};
const struct fields customer_answer_fields = FIELDS(answer_rows);

/* ---- the parts of the page ---- */

static enum err fill_parcels(struct req *r, const struct customer *who)
{
    const struct package_filter f = { .customer_id = who->id, .limit = SHOWN };
    struct package_rows all;
    enum err e = package_rows(r->c, &f, &all);

    for (size_t i = 0; e == OK && i < all.all.n; i++) {
        const struct package *p = &all.all.v[i];
        struct view_node *row = view_row(r->page, "packages");

        view_int(row, "id", p->id);
        view_text(row, "state", p->state);
        view_text(row, "guide_number", p->guide_number);
        view_text(row, "position_code", p->position_code);
        view_instant(row, "at", p->delivered_at ? p->delivered_at : p->cancelled_at ? p->cancelled_at
                     : p->received_at ? p->received_at : p->announced_at);
        if (streq(p->state, "RECIBIDO"))
            view_money(row, "due", all.fees[i].total);
    }
    view_bool(r->page, "more_packages", e == OK && all.next != 0);
    return e;
}

static enum err fill_contacts(struct req *r, const struct customer *who)
{
    struct contacts all;
    enum err e = contacts_of_customer(r->c, who->id, SHOWN, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "contacts");

        view_fields(row, contact_fields, &all.v[i]);
        view_text(row, "words", words_or_value(contact_outcomes, all.v[i].outcome));
        view_text(row, "channel_words", words_or_value(contact_channels, all.v[i].channel));
    }
    return e;
}

static enum err fill_authorizations(struct req *r, const struct customer *who)
{
    struct authorizations all;
    enum err e = authorizations_of_customer(r->c, who->id, SHOWN, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct authorization *z = &all.v[i];
        struct view_node *row = view_row(r->page, "authorizations");

        view_fields(row, authorization_fields, z);
        view_bool(row, "over", z->used_at == 0 && z->revoked_at == 0 && z->expires_at <= r->c->now);
    }
    return e;
}

static enum err fill_messages(struct req *r, const struct customer *who)
{
    const struct notification_filter f = { .customer_id = who->id, .limit = SHOWN };
    struct notifications all;
    int64_t next;
    enum err e = notification_list(r->c, &f, &all, &next);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct notification *n = &all.v[i];
        struct view_node *row = view_row(r->page, "messages");

        view_fields(row, notification_fields, n);
        view_text(row, "event_words", words_of(message_events, n->event));
        view_text(row, "words", words_or_value(notification_states, n->state));
        view_bool(row, "bad", streq(n->state, "failed") || streq(n->state, "unknown"));
    }
    return e;
}

static void fill_channel(struct req *r, const char *channel, const char *words, bool is_out)
{
    struct view_node *row = view_row(r->page, "channels_of");

    view_text(row, "channel", channel);
    view_text(row, "words", words);
    view_bool(row, "is_out", is_out);
}

static enum err fill_channels(struct req *r, const struct customer *who)
{
    bool sms = false, email = false;
    enum err e = opt_out_of_customer(r->c, who, "sms", &sms);

    if (e == OK)
        e = opt_out_of_customer(r->c, who, "email", &email);
    if (who->phone != NULL)
        fill_channel(r, "sms", "SMS", sms);
    if (who->email != NULL)
        fill_channel(r, "email", "correos", email);
    return e;
}

static void fill_phones(struct req *r, const struct customer *who)
{
    char *rest = who->other_phones != NULL ? arena_strdup(r->c->a, who->other_phones) : NULL, *phone;

    while ((phone = strsep(&rest, " ")) != NULL) {
        struct view_node *row = view_row(r->page, "phones");

        view_phone(row, "phone", phone);
        view_text(row, "phone_raw", phone);
    }
}

static void fill_person(struct req *r, const A *all)
{
    const struct customer *who = &all->row.who;
    struct view_node *node = view_child(r->page, "customer");

    view_fields(node, customer_row_fields, &all->row);
    view_bool(node, "vip", who->is_vip != 0);
    view_bool(node, "known", who->known_at != 0);
    view_bool(node, "waits", all->account.waiting > 0);
    fill_phones(r, who);
    view_fields(view_child(r->page, "account"), customer_account_fields, &all->account);
    view_bool(r->page, "owes", all->account.owed > 0);
    view_bool(r->page, "has_discounts", all->account.discounts > 0);
    view_int(r->page, "parcels", all->account.announced + all->account.waiting + all->account.delivered
             + all->account.cancelled);
    view_text(r->page, "form.channel", NULL);
}

/* The channel by which they want to be told; WhatsApp is offered where it goes out, and to who has it already. */
static enum err fill_order(struct req *r, const struct customer *who)
{
    const char *order;
    enum err e = channel_order(r->c, who->id, who->phone, &order);

    if (e != OK || who->phone == NULL || (order == NULL && !channel_is_on(r->c, "whatsapp")))
        return e;
    view_bool(r->page, "offers_channels", true);
    view_text(r->page, "order_words", order != NULL ? words_of(channel_choices, channel_choice_of(order)) : NULL);
    view_options(r->page, "choices", channel_choices);
    view_options(r->page, "proofs", channel_proofs);
    view_text(r->page, "form.choice", channel_choice_of(order));
    return OK;
}

/* A claim about the person's data that has no answer yet. */
static enum err fill_claim(struct req *r, const struct customer *who)
{
    int64_t id;
    const enum err e = privacy_claim_of(r->c, who->id, &id);

    view_int(r->page, "data_claim", id);
    return e;
}

static enum err customer_page(struct req *r, const A *all)
{
    enum err (*const parts[])(struct req *, const struct customer *) = {
        fill_parcels, fill_contacts, fill_authorizations, fill_messages, fill_channels, fill_order, fill_claim,
    };
    enum err e = OK;

    fill_person(r, all);
    for (size_t i = 0; i < COUNT(parts) && e == OK; i++)
        e = parts[i](r, &all->row.who);
    if (e == OK && r->c->role >= ROLE_ADMIN)
        e = customers_merge_show(r, all->row.who.id);
    req_title(r, all->row.who.full_name);
    return e != OK ? e : req_page(r, "customers/detail.cst");
}

/* ---- handlers ---- */

enum err customers_detail(struct req *r)
{
    const struct customers_id_in *in = r->in;
    A all = { 0 };
    enum err e = customer_row_by_id(r->c, in->id, &all.row);

    if (e == OK && !req_is_api(r) && merged_into(r->c, in->id) != 0)
        return req_redirect(r, "/customers/%lld", (long long)merged_into(r->c, in->id));
    if (e == OK && !all.row.who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = customer_account(r->c, in->id, &all.account);
    if (e != OK)
        return e;
    if (!req_is_api(r))
        return customer_page(r, &all);
    req_tag(r, all.row.who.version);
    return req_one(r, customer_answer_fields, &all);
}

enum err customers_packages(struct req *r)
{
    const struct package_filter *f = r->in;
    struct packages all;
    struct customer who;
    int64_t next;
    enum err e = customer_by_id(r->c, f->customer_id, &who);

    if (e == OK)
        e = package_list(r->c, f, &all, &next);
    return e != OK ? e : req_list(r, package_fields, all, next);
}

enum err customers_opt_out(struct req *r)
{
    const struct opt_out_in *in = r->in;
    struct customer who;
    enum err e = customer_by_id(r->c, in->id, &who);

    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = opt_out_by_staff(r->c, in->id, in->channel, in->is_out);
    if (e == OK)
        e = customer_by_id(r->c, in->id, &who);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, customer_fields, &who);
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/customers/%lld", (long long)in->id);
}

enum err customers_channels(struct req *r)
{
    const struct channels_in *in = r->in;
    struct customer who;
    enum err e = customer_by_id(r->c, in->id, &who);

    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = channel_choose(r->c, &(struct channel_choosing){ who.id, 0, who.phone, in->choice, in->proof });
    if (e != OK)
        return e;
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/customers/%lld", (long long)in->id);
}

enum err customers_erase(struct req *r)
{
    const struct erase_in *in = r->in;
    enum err e = in->sure ? OK : ctx_fail(r->c, E_INVALID, "sure", T_REQUIRED, NULL);

    if (e == OK)
        e = customer_erase(r->c, in->id);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    req_flash(r, T_CUSTOMER_ERASED, NULL);
    return req_redirect(r, "/customers/manage");
}

enum err customers_export(struct req *r)
{
    const struct customers_id_in *in = r->in;
    struct personal_data d;
    const enum err e = personal_data_take(r->c, in->id, &d);

    if (e != OK || req_is_api(r))
        return e != OK ? e : req_one(r, personal_data_fields, &d);
    json_write_object(&r->body, personal_data_fields, &d);
    req_header(r, "Content-Disposition", arena_printf(r->c->a, "attachment; filename=\"cliente-%lld.json\"", (long long)in->id));
    return req_raw(r, "application/json; charset=utf-8");
}
