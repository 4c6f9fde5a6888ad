#include "missing.h"

#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "domain/parcel/courier.h"
#include "domain/people/consent.h"
#include "domain/public/inquiry_tell.h"
#include "domain/public/missing.h"
#include "local/normal.h"

struct form_in { const char *guide; };
static const struct param form_rows[] = {
    PARAM(struct form_in, guide, P_SCAN, 0, 0, 2000, "Guía ya escrita en otra página"),
};
const struct params missing_form_params = PARAMS(struct form_in, form_rows);

#define M struct missing_in
static const struct param ask_rows[] = {
    PARAM(M, guide, P_SCAN, 0, 0, 2000, "Guía. Obligatoria"),
    PARAM(M, carrier, P_TEXT, 0, 0, 60, "Transportadora que dice que lo dejó. Obligatoria"),
    PARAM(M, day, P_DAY, 0, 0, 0, "El día en que dice que lo dejó. Obligatorio"),
    PARAM(M, name, P_TEXT, 0, 0, 100, "Nombre completo de quien lo espera. Obligatorio"),
    PARAM(M, phone, P_TEXT, 0, 0, 40, "Su celular; o el correo"),
    PARAM(M, email, P_TEXT, 0, 0, 254, "Su correo"),
    PARAM(M, content, P_LONG, 0, 0, MISSING_NOTE, "Lo que ayude a buscarlo: a nombre de quién viene, cómo es la caja"),
    PARAM(M, consent, P_BOOL, 0, 0, 0, "Acepta el tratamiento de sus datos. Obligatorio"),
};
const struct params missing_ask_params = PARAMS(M, ask_rows);

struct done_in { const char *by; };
static const struct word done_ways[] = { { "sms", "por SMS" }, { "email", "por correo" }, WORDS_END };
static const struct param done_rows[] = {
    PARAM_ENUM(struct done_in, by, 0, done_ways, "Por dónde se le responde"),
};
const struct params missing_done_params = PARAMS(struct done_in, done_rows);

enum err missing_form(struct req *r)
{
    const struct form_in *in = r->in;

    view_text(r->page, "form.guide", in->guide);
    view_text(r->page, "consent.text", consent_text);
    for (const struct carrier *k = carriers; k->name != NULL; k++)
        view_option(r->page, "carriers", k->name, k->name);
    view_option(r->page, "carriers", "Otra", "Otra");
    req_operation(r);
    return req_page(r, "track/missing.cst");
}

enum err missing_asking(struct req *r)
{
    struct inquiry_reach to;
    struct inquiry i;
    enum err e = missing_ask(r->c, r->in, &i);

    if (e == OK && req_is_api(r))
        return req_one(r, inquiry_public_fields, &i);
    if (e == OK)
        e = inquiry_reach(r->c, &i, &to);
    return e != OK ? e : req_redirect(r, "/missing/done%s", to.sms != NULL ? "?by=sms" : to.email != NULL ? "?by=email" : "");
}

enum err missing_done(struct req *r)
{
    const struct done_in *in = r->in;

    view_text(r->page, "by", words_of(done_ways, in->by));
    view_int(r->page, "hours", setting_int(r->c, S_INQUIRY_HOURS));
    return req_page(r, "track/missing_done.cst");
}
