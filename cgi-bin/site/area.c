/* Site: pages that only inform: help, terms, privacy, cookies, what an error means; the end of messages (unsubscribe);
 * what somebody asks about their own data (privacy.c);
 * incidents of security (security.c). */
#include "app/route.h"
#include "base/colour.h"
#include "base/texts.h"
#include "cgi-bin/site/docs.h"
#include "cgi-bin/site/privacy.h"
#include "cgi-bin/site/security.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "domain/people/consent.h"
#include "domain/people/opt_out.h"

static enum err help(struct req *r)
{
    return req_page(r, "site/help.cst");
}

static enum err terms(struct req *r)
{
    return req_page(r, "site/terms.cst");
}

static enum err privacy(struct req *r)
{
    view_text(r->page, "policy.version", consent_version);
    view_text(r->page, "policy.text", consent_text);
    view_int(r->page, "kept.photos", setting_int(r->c, S_KEEP_PHOTOS));
    view_int(r->page, "kept.years", setting_int(r->c, S_KEEP_YEARS));
    return req_page(r, "site/privacy.cst");
}

/* Shows the policies; a line of what the point has written itself is a rule. */
static enum err policies(struct req *r)
{
    const char *own = setting_text(r->c, S_POLICY);

    while (*own != '\0') {
        const size_t n = strcspn(own, "\n");

        if (n > 0)
            view_text(view_row(r->page, "rules"), "text", arena_strndup(r->c->a, own, n));
        own += n + (own[n] == '\n');
    }
    return req_page(r, "site/policies.cst");
}

static enum err cookies(struct req *r)
{
    return req_page(r, "site/cookies.cst");
}

struct problem_in { const char *type; };
static const struct param problem_rows[] = {
    PARAM(struct problem_in, type, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 40,
          "Nombre del error, como en el campo type de una respuesta"),
};
static const struct params problem_params = PARAMS(struct problem_in, problem_rows);

static enum err site_problem(struct req *r)
{
    const struct problem_in *in = r->in;

    for (enum err e = E_MALFORMED; e < ERR_COUNT; e++)
        if (streq(err_name(e), in->type)) {
            req_title(r, problem_title(e));
            view_text(r->page, "type.name", in->type);
            view_text(r->page, "type.title", problem_title(e));
            view_int(r->page, "type.status", err_status(e));
            view_text(r->page, "type.advice", problem_advice(e));
            return req_page(r, "site/error_type.cst");
        }
    return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
}

/* ---- the colours of the point ---- */

struct accent_in { const char *colour; };
static const struct param accent_rows[] = {
    PARAM(struct accent_in, colour, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 6, 6, "Seis cifras hexadecimales"),
};
static const struct params accent_params = PARAMS(struct accent_in, accent_rows);

/* The address says all of it, so a browser keeps it; another colour has another address. */
static enum err accent_sheet(struct req *r)
{
    const struct accent_in *in = r->in;
    struct colour own;

    if (!colour_read(in->colour, &own))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    accent_css(&r->body, own);
    req_header(r, "Cache-Control", "public, max-age=31536000, immutable");
    return req_raw(r, "text/css; charset=utf-8");
}

struct logo_in { const char *name; };
static const struct param logo_rows[] = {
    PARAM(struct logo_in, name, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 60, "Nombre del archivo, sin terminación"),
};
static const struct params logo_params = PARAMS(struct logo_in, logo_rows);

/* Sends the logo of now, by nginx.  Another logo has another name, so a browser keeps it. */
static enum err logo_file(struct req *r)
{
    const struct logo_in *in = r->in;
    const char *key = arena_printf(r->c->a, "logo/%s.webp", in->name);

    if (!streq(setting_text(r->c, S_SITE_LOGO), key))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    req_header(r, "X-Accel-Redirect", arena_printf(r->c->a, "/_files/%s", key));
    req_header(r, "Cache-Control", "public, max-age=31536000, immutable");
    req_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    return req_raw(r, "image/webp");
}

/* ---- no more messages by this means (RFC 8058) ---- */

struct opt_out_in { const char *token, *one_click; bool back; };
static const struct param opt_out_rows[] = {
    PARAM(struct opt_out_in, token, P_RAW, PARAM_PATH | PARAM_REQUIRED, 1, 100, "Del enlace del mensaje"),
    PARAM_AS(struct opt_out_in, one_click, "List-Unsubscribe", P_TEXT, 0, 0, 40,
             "Lo que manda un programa de correo"),
    PARAM(struct opt_out_in, back, P_BOOL, 0, 0, 0, "Quiere recibirlos otra vez"),
};
static const struct params opt_out_params = PARAMS(struct opt_out_in, opt_out_rows);

static enum err opt_out_page(struct req *r)
{
    const struct opt_out_in *in = r->in;
    struct opt_out o;
    enum err e = opt_out_open(r->c, in->token, &o);

    if (e != OK)
        return e;
    view_bool(r->page, "opt_out.is_out", o.is_out);
    view_bool(r->page, "opt_out.is_sms", streq(o.channel, "sms"));
    view_text(r->page, "opt_out.channel", o.channel);
    view_text(r->page, "opt_out.recipient", o.recipient);
    view_text(r->page, "opt_out.token", in->token);
    return req_page(r, "site/unsubscribe.cst");
}

/* A mail program (one_click) wants its answer here; a person is sent to the page. */
static enum err opt_out(struct req *r)
{
    const struct opt_out_in *in = r->in;
    enum err e = opt_out_set(r->c, in->token, !in->back);

    if (e != OK || in->one_click != NULL)
        return e != OK ? e : opt_out_page(r);
    req_flash(r, in->back ? T_OPTED_IN : T_OPTED_OUT, NULL);
    return req_redirect(r, "/unsubscribe/%s", in->token);
}

static const struct route routes[] = {
    { GET, "/help", ROLE_PUBLIC, NULL, help, PAGE, "Ayuda" },
    { GET, "/terms", ROLE_PUBLIC, NULL, terms, PAGE, "Condiciones del servicio" },
    { GET, "/privacy", ROLE_PUBLIC, NULL, privacy, PAGE, "Datos personales" },
    { GET, "/policies", ROLE_PUBLIC, NULL, policies, PAGE, "Políticas" },
    { GET, "/cookies", ROLE_PUBLIC, NULL, cookies, PAGE, "Cookies" },
    { GET, "/accent/{colour}", ROLE_PUBLIC, &accent_params, accent_sheet, RAW | QUIET, "El color del punto" },
    { GET, "/logo/{name}", ROLE_PUBLIC, &logo_params, logo_file, RAW | QUIET, "El logo del punto" },
    { GET, "/unsubscribe/{token}", ROLE_PUBLIC, &opt_out_params, opt_out_page, PAGE, "Mensajes" },
    { POST, "/unsubscribe/{token}", ROLE_PUBLIC, &opt_out_params, opt_out, PAGE | CSRF_NONE | WHEN_FULL,
      "Mensajes" },
    { GET, "/privacy/request", ROLE_PUBLIC, NULL, privacy_form, PAGE, "Pedir algo sobre sus datos" },
    { POST, "/privacy/request", ROLE_PUBLIC, &privacy_ask_params, privacy_asking, PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Enviar la solicitud", .form = "/privacy/request" },
    { GET, "/privacy/request/sent", ROLE_PUBLIC, &privacy_sent_params, privacy_sent, PAGE, "Solicitud recibida" },
    { GET, "/privacy/requests/{token}", ROLE_PUBLIC, &privacy_link_params, privacy_link, PAGE, "Su solicitud" },
    { POST, "/privacy/requests/{token}", ROLE_PUBLIC, &privacy_link_params, privacy_proving, PAGE | CSRF_FORM,
      "Confirmar que la solicitud es suya", .form = "/privacy/requests/{token}" },
    { GET, "/privacy/requests/{token}/data", ROLE_PUBLIC, &privacy_link_params, privacy_data, RAW, "Sus datos" },
    { GET, "/privacy/requests/{token}/file", ROLE_PUBLIC, &privacy_link_params, privacy_file, RAW, "Sus datos en PDF" },
    { POST, "/api/v1/privacy-requests", ROLE_PUBLIC, &privacy_ask_params, privacy_asking, JSON | OPTIONAL_KEY,
      "Pedir algo sobre los propios datos: un enlace comprueba quién lo pide", NULL, GIVES(201, privacy_received_fields),
      .shows = "kind name phone content consent" },
    { GET, "/admin/privacy", ROLE_ADMIN, &privacy_list_params, privacy_desk_list, PAGE, "Solicitudes de datos" },
    { GET, "/admin/privacy/{id}", ROLE_ADMIN, &privacy_id_params, privacy_desk_one, PAGE, "Solicitud de datos" },
    { POST, "/admin/privacy/{id}/identify", ROLE_ADMIN, &privacy_identify_params, privacy_identifying, PAGE,
      "Decir quién pide algo sobre sus datos", .form = "/admin/privacy/{id}" },
    { POST, "/admin/privacy/{id}/extend", ROLE_ADMIN, &privacy_extend_params, privacy_extending, PAGE,
      "Ampliar el plazo de una solicitud", .form = "/admin/privacy/{id}" },
    { POST, "/admin/privacy/{id}/close", ROLE_ADMIN, &privacy_close_params, privacy_closing, PAGE | OPTIONAL_KEY,
      "Responder y cerrar una solicitud", .form = "/admin/privacy/{id}" },
    { GET, "/admin/retention", ROLE_ADMIN, NULL, retention_page, PAGE, "Lo que se borra" },
    { GET, "/admin/incidents", ROLE_ADMIN, &security_list_params, security_log, PAGE, "Incidentes de seguridad" },
    { GET, "/admin/incidents/new", ROLE_ADMIN, NULL, security_new, PAGE, "Anotar un incidente de seguridad" },
    { POST, "/admin/incidents", ROLE_ADMIN, &security_add_params, security_saving, PAGE | OPTIONAL_KEY,
      "Anotar un incidente de seguridad", .form = "/admin/incidents/new" },
    { GET, "/admin/incidents/{id}", ROLE_ADMIN, &security_id_params, security_one, PAGE, "Incidente de seguridad" },
    { POST, "/admin/incidents/{id}", ROLE_ADMIN, &security_save_params, security_saving, PAGE, "Cambiar un incidente de seguridad",
      .form = "/admin/incidents/{id}" },
    { POST, "/admin/incidents/{id}/report", ROLE_ADMIN, &security_report_params, security_reporting, PAGE,
      "Anotar que se informó un incidente", .form = "/admin/incidents/{id}" },
    { POST, "/admin/incidents/{id}/close", ROLE_ADMIN, &security_close_params, security_closing, PAGE,
      "Cerrar un incidente de seguridad", .form = "/admin/incidents/{id}" },
    { GET, "/docs", ROLE_PUBLIC, &docs_params, docs_index, PAGE, "La API" },
    { GET, "/docs/operations/{operation}", ROLE_PUBLIC, &docs_operation_params, docs_operation, PAGE,
      "Una operación de la API" },
    { GET, "/api/v1/openapi.json", ROLE_PUBLIC, NULL, docs_openapi, JSON | POLLED, "La descripción de la API",
      NULL, GIVES_BYTES("application/json", "La descripción, en OpenAPI 3.1") },
    { GET, "/docs/errors/{type}", ROLE_PUBLIC, &problem_params, site_problem, PAGE,
      "Qué significa un error" },
};
const struct area area = { "site", routes, COUNT(routes), .about = "La API misma, y lo que alguien pide sobre sus datos" };
