#include "channels.h"

#include "base/texts.h"
#include "cgi-bin/texts.h"
#include "domain/message/account.h"
#include "domain/people/channel.h"
#include "domain/public/track.h"
#include "local/normal.h"

struct channels_in { const char *token, *choice; bool agree; };
static const struct param form_rows[] = {
    PARAM(struct channels_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
};
const struct params track_channels_form_params = PARAMS(struct channels_in, form_rows);

static const struct param rows[] = {
    PARAM(struct channels_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct channels_in, choice, P_TEXT, PARAM_NEEDED, 0, 20, "whatsapp, sms, email o ninguno: cuál va primero"),
    PARAM(struct channels_in, agree, P_BOOL, 0, 0, 0, "Acepta que le escriban por WhatsApp"),
};
const struct params track_channels_params = PARAMS(struct channels_in, rows);

bool track_offers_channels(struct req *r, const struct package *p)
{
    return p->customer_id != 0 && p->customer_phone != NULL && !p->disputed && channel_is_on(r->c, "whatsapp");
}

static enum err channels_open(struct req *r, const char *token, struct track *t)
{
    enum err e = track_by_token(r->c, token, t);

    return e == OK && !track_offers_channels(r, &t->package) ? ctx_fail(r->c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL) : e;
}

enum err track_channels_form(struct req *r)
{
    const struct channels_in *in = r->in;
    const char *order;
    struct track t;
    enum err e = channels_open(r, in->token, &t);

    if (e == OK)
        e = channel_order(r->c, t.package.customer_id, t.package.customer_phone, &order);
    if (e != OK)
        return e;
    view_text(r->page, "link", arena_printf(r->c->a, "/t/%s", t.token));
    view_text(r->page, "phone", phone_masked(r->c->a, t.package.customer_phone));
    view_text(r->page, "consent", whatsapp_consent_text);
    view_options(r->page, "choices", channel_choices);
    view_text(r->page, "form.choice", channel_choice_of(order));
    view_bool(r->page, "form.agree", order != NULL);
    return req_page(r, "track/channels.cst");
}

enum err track_channels_save(struct req *r)
{
    const struct channels_in *in = r->in;
    struct track t;
    enum err e = channels_open(r, in->token, &t);

    if (e == OK && !in->agree && !text_is(in->choice, "ninguno"))
        return ctx_fail(r->c, E_INVALID, "agree", T_CHANNEL_AGREE, NULL);
    if (e == OK)
        e = channel_choose(r->c, &(struct channel_choosing){ t.package.customer_id, t.package.id, t.package.customer_phone,
                           in->choice, NULL });
    if (e != OK)
        return e;
    req_flash(r, T_CHANNELS_SAVED, NULL);
    return req_redirect(r, "/t/%s", in->token);
}
