/* Notifications: the log of messages, one message, a message in the clerk's own words; for an ADMIN what
 * messages say (templates.c) and what they may cost. */
#include "area.h"

#include "base/log.h"
#include "base/clock.h"
#include "cgi-bin/texts.h"
#include "domain/outbox/notification_bulk.h"
#include "domain/outbox/texts.h"
#include "local/holiday.h"
#include "domain/message/message_kind.h"
#include "domain/people/channel.h"
#include "domain/outbox/whatsapp_heard.h"

#define HOLIDAYS_SHOWN 3
#define TEXT_CHARS 612
#define MOVES_SOON_S 60          /* the page of a message that leaves so soon waits for its result */

/* ---- parameters ---- */

#define F struct notification_filter
static const struct param list_rows[] = {
    PARAM_ENUM(F, state, 0, notification_states, "Estado"),
    PARAM_ENUM(F, event, 0, message_events, "Suceso"),
    PARAM_ENUM(F, channel, 0, notification_channels, "sms, email o whatsapp"),
    PARAM(F, customer_id, P_ID, 0, 0, 0, "De este cliente"),
    PARAM(F, before, P_ID, 0, 0, 0, "Número del último mensaje ya visto"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Mensaje"),
};
static const struct params id_params = PARAMS(struct id_in, id_rows);

struct settle_in { int64_t id; bool sent; };
static const struct param settle_rows[] = {
    PARAM(struct settle_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Mensaje"),
    PARAM(struct settle_in, sent, P_BOOL, PARAM_REQUIRED, 0, 0, "Si salió"),
};
static const struct params settle_params = PARAMS(struct settle_in, settle_rows);

#define C struct custom_in
static const struct param custom_rows[] = {
    PARAM(C, customer_id, P_ID, 0, 0, 0, "Cliente; o el paquete"),
    PARAM(C, package_id, P_ID, 0, 0, 0, "Paquete del que se habla"),
    PARAM_ENUM(C, channel, PARAM_REQUIRED, notification_channels, "sms, email o whatsapp"),
    PARAM(C, text, P_LONG, PARAM_REQUIRED, 1, TEXT_CHARS, "Texto"),
};
static const struct params custom_params = PARAMS(C, custom_rows);

/* Nobody is written to by WhatsApp without their own consent. */
static const struct word channels_without_consent[] = { { "sms", "SMS" }, { "email", "Correo" }, WORDS_END };

#define BULK                                                                                                       \
    PARAM_ENUM(struct bulk_in, channel, PARAM_REQUIRED, channels_without_consent, "sms o email"),                         \
    PARAM(struct bulk_in, text, P_LONG, PARAM_REQUIRED, 1, TEXT_CHARS, "Texto"),                                       \
    PARAM(struct bulk_in, days, P_INT, 0, 0, 365, "Solo a quienes su paquete espera desde hace tantos días")
static const struct param bulk_look_rows[] = { BULK };
static const struct params bulk_look_params = PARAMS(struct bulk_in, bulk_look_rows);
static const struct param bulk_rows[] = {
    BULK,
    PARAM(struct bulk_in, people, P_INT, PARAM_REQUIRED, 1, BULK_MOST, "A cuántas personas, según la vista previa"),
};
static const struct params bulk_params = PARAMS(struct bulk_in, bulk_rows);

struct write_in { int64_t package_id, customer_id; };
static const struct param write_rows[] = {
    PARAM(struct write_in, package_id, P_ID, 0, 0, 0, "Paquete del que se habla"),
    PARAM(struct write_in, customer_id, P_ID, 0, 0, 0, "Cliente"),
};
static const struct params write_params = PARAMS(struct write_in, write_rows);

static const struct word hook_states[] = { WORD("delivered"), WORD("failed"), WORDS_END };
struct hook_in { const char *secret, *id, *status; };
static const struct param hook_rows[] = {
    PARAM(struct hook_in, secret, P_RAW, PARAM_PATH | PARAM_REQUIRED, 1, 100, "Parte secreta de la dirección"),
    PARAM(struct hook_in, id, P_TEXT, PARAM_REQUIRED, 1, 100, "Número que el proveedor dio al mensaje"),
    PARAM_ENUM(struct hook_in, status, PARAM_REQUIRED, hook_states, "Qué fue de él"),
};
static const struct params hook_params = PARAMS(struct hook_in, hook_rows);

/* ---- the log ---- */

static void notifications_chip(struct req *r, const char *group, const char *label, bool current,
                               struct notification_filter to)
{
    struct view_node *row = view_row(r->page, group);
    const char *link = link_add(r->c->a, "/notifications", "state", to.state);

    link = link_add(r->c->a, link, "event", to.event);
    link = link_add(r->c->a, link, "channel", to.channel);
    view_text(row, "href", link_add(r->c->a, link, "customer_id",
                                    to.customer_id ? NUM(to.customer_id) : NULL));
    view_text(row, "label", label);
    view_bool(row, "current", current);
}

/* A chip leads to the list with its filter added, or removed if it is on. */
static void fill_chips(struct req *r, const struct notification_filter *f)
{
    for (const struct word *s = notification_states; s->value != NULL; s++) {
        struct notification_filter to = *f;

        to.state = text_is(f->state, s->value) ? NULL : s->value;
        notifications_chip(r, "states", s->words, to.state == NULL, to);
    }
    for (const struct word *e = message_events; e->value != NULL; e++) {
        struct notification_filter to = *f;

        to.event = text_is(f->event, e->value) ? NULL : e->value;
        notifications_chip(r, "events", e->words, to.event == NULL, to);
    }
    for (const struct word *k = notification_channels; k->value != NULL; k++) {
        struct notification_filter to = *f;

        to.channel = text_is(f->channel, k->value) ? NULL : k->value;
        notifications_chip(r, "channels", k->words, to.channel == NULL, to);
    }
}

void fill_notification(struct view_node *row, const struct notification *n)
{
    view_fields(row, notification_fields, n);
    view_text(row, "event_words", words_of(message_events, n->event));
    view_text(row, "state_words", words_of(notification_states, n->state));
    view_bool(row, "bad", streq(n->state, "failed") || streq(n->state, "unknown")
              || streq(n->state, "suppressed"));
    view_bool(row, "waits", streq(n->state, "queued"));
}

static enum err notifications_list(struct req *r)
{
    const struct notification_filter *f = r->in;
    struct notifications all;
    int64_t next;
    enum err e = notification_list(r->c, f, &all, &next);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_list(r, notification_fields, all, next);
    for (size_t i = 0; i < all.n; i++)
        fill_notification(view_row(r->page, "messages"), &all.v[i]);
    fill_chips(r, f);
    view_bool(r->page, "filtered", f->state || f->event || f->channel || f->customer_id);
    req_pages(r, next);
    return req_page(r, "notifications/list.cst");
}

/* ---- one ---- */

static enum err notifications_detail(struct req *r)
{
    const struct id_in *in = r->in;
    struct notification n;
    const char *text;
    enum err e = notification_by_id(r->c, in->id, &n);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, notification_fields, &n);
    if ((e = notification_said(r->c, &n, &text)) != OK)
        return e;
    fill_notification(view_child(r->page, "message"), &n);
    view_text(r->page, "text", text);
    view_bool(r->page, "moves", streq(n.state, "sending")
              || (streq(n.state, "queued") && n.not_before <= r->c->now + MOVES_SOON_S));
    view_bool(r->page, "can_settle", streq(n.state, "unknown"));
    view_bool(r->page, "can_resend", !streq(n.state, "queued") && !streq(n.state, "sending")
              && !message_is_once(n.event));
    view_bool(r->page, "new_code", streq(n.event, "package_received"));
    req_operation(r);
    return req_page(r, "notifications/detail.cst");
}

/* Ends a change: a page goes to the message with a flash, the API gets the message. */
static enum err message_give(struct req *r, const struct text *said, int64_t id)
{
    struct notification n;
    enum err e;

    if (!req_is_api(r)) {
        req_flash(r, said, NULL);
        return req_redirect(r, "/notifications/%lld", (long long)id);
    }
    e = notification_by_id(r->c, id, &n);
    return e != OK ? e : req_one(r, notification_fields, &n);
}

static enum err notifications_resend(struct req *r)
{
    const struct id_in *in = r->in;
    int64_t fresh;
    enum err e = notification_resend(r->c, in->id, &fresh);

    return e != OK ? e : message_give(r, T_RESENT, fresh);
}

static enum err notifications_settle(struct req *r)
{
    const struct settle_in *in = r->in;
    enum err e = notification_settle(r->c, in->id, in->sent);

    return e != OK ? e : message_give(r, T_SETTLED, in->id);
}

/* ---- a text of one's own ---- */

/* Offers WhatsApp only for who has agreed to it at that phone. */
static enum err fill_channels(struct req *r, int64_t customer_id, const char *phone)
{
    const char *order;
    enum err e = channel_order(r->c, customer_id, phone, &order);

    view_options(r->page, "channels", order != NULL ? notification_channels : channels_without_consent);
    view_bool(r->page, "whatsapp", order != NULL);
    return e;
}

static enum err write_page(struct req *r)
{
    const struct write_in *in = r->in;
    struct customer who = { 0 };
    struct package p = { 0 };
    int64_t customer = in->customer_id;
    enum err e = OK;

    if (in->package_id != 0) {
        e = package_by_id(r->c, in->package_id, &p);
        customer = p.customer_id;
    }
    if (e == OK && customer == 0)
        return req_fail(r, E_NOT_FOUND, T_CUSTOMER_NONE);
    if (e == OK)
        e = customer_by_id(r->c, customer, &who);
    if (e != OK)
        return e;
    view_fields(view_child(r->page, "customer"), customer_fields, &who);
    if (p.id != 0)
        view_fields(view_child(r->page, "package"), package_fields, &p);
    view_text(r->page, "form.channel", "sms");
    view_int(r->page, "text_max", TEXT_CHARS);
    e = fill_channels(r, customer, p.id != 0 ? p.customer_phone : who.phone);
    if (e != OK)
        return e;
    req_operation(r);
    return req_page(r, "notifications/write.cst");
}

static enum err notifications_custom(struct req *r)
{
    int64_t id;
    enum err e = notify_custom(r->c, r->in, &id);

    return e != OK ? e : message_give(r, T_MESSAGE_QUEUED, id);
}

/* ---- the same text to many ---- */

static enum err bulk_look(struct req *r)
{
    struct bulk b;
    enum err e = notify_bulk_preview(r->c, r->in, &b);

    return e != OK ? e : req_one(r, bulk_fields, &b);
}

static enum err bulk_send(struct req *r)
{
    struct bulk b;
    enum err e = notify_bulk(r->c, r->in, &b);

    return e != OK ? e : req_one(r, bulk_fields, &b);
}

/* ---- what they may cost ---- */

static void fill_budget(struct view_node *n, const struct sms_budget *b)
{
    view_money(n, "day", b->day);
    view_money(n, "day_budget", b->day_budget);
    view_money(n, "month", b->month);
    view_money(n, "month_budget", b->month_budget);
    view_money(n, "whatsapp_day", b->whatsapp_day);
    view_money(n, "whatsapp_month", b->whatsapp_month);
    view_int(n, "day_raw", b->day);
    view_int(n, "day_budget_raw", b->day_budget);
    view_int(n, "month_raw", b->month);
    view_int(n, "month_budget_raw", b->month_budget);
    view_bool(n, "over", b->day + b->price > b->day_budget || b->month + b->price > b->month_budget);
    if (b->credit >= 0)
        view_money(n, "credit", b->credit);
}

/* Lists the next holidays; on these days only messages that inform are sent. */
static void fill_holidays(struct req *r)
{
    int64_t day = clock_day(r->c->now);

    for (int n = 0; n < HOLIDAYS_SHOWN; day++) {
        struct view_node *row;

        if (holiday_name(day) == NULL)
            continue;
        row = view_row(r->page, "holidays");
        view_text(row, "name", holiday_name(day));
        view_text(row, "day", arena_strndup(r->c->a, clock_exact(r->c->a, clock_day_start(day)), 10));
        n++;
    }
}

static enum err settings_page(struct req *r)
{
    struct sms_budget b;
    enum err e = notification_budget(r->c, &b);

    if (e != OK)
        return e;
    fill_budget(view_child(r->page, "budget"), &b);
    fill_holidays(r);
    return req_page(r, "notifications/settings.cst");
}

struct budget_answer { struct sms_budget budget; const int64_t *credit; };
#define G struct budget_answer
static const struct field budget_answer_rows[] = {
    FIELD_AS(G, budget.day, "day", F_MONEY, "Gastado hoy"),
    FIELD_AS(G, budget.day_budget, "day_budget", F_MONEY, "Lo que se puede gastar en un día"),
    FIELD_AS(G, budget.month, "month", F_MONEY, "Gastado este mes"),
    FIELD_AS(G, budget.month_budget, "month_budget", F_MONEY, "Lo que se puede gastar en un mes"),
    FIELD_AS(G, budget.whatsapp_day, "whatsapp_day", F_MONEY, "De lo gastado hoy, en WhatsApp"),
    FIELD_AS(G, budget.whatsapp_month, "whatsapp_month", F_MONEY, "De lo gastado este mes, en WhatsApp"),
    FIELD_AS(G, budget.price, "price", F_MONEY, "Lo que cuesta una parte de un SMS"),
    FIELD(G, credit, F_INT, "Saldo con el proveedor, si lo dijo"),
};
FIELD_TABLE_HERE(G, budget_answer_fields, budget_answer_rows)

static enum err budget_json(struct req *r)
{
    G answer = { 0 };
    enum err e = notification_budget(r->c, &answer.budget);

    if (e != OK)
        return e;
    answer.credit = answer.budget.credit < 0 ? NULL : &answer.budget.credit;
    return req_one(r, budget_answer_fields, &answer);
}

/* The SMS provider's delivery receipt.  A wrong secret is answered as an address that does not exist. */
static enum err notifications_hook(struct req *r)
{
    const struct hook_in *in = r->in;
    enum err e = notification_hook(r->c, in->secret, in->id, streq(in->status, "delivered"));

    return e != OK ? e : req_nothing(r);
}

struct verify_in { const char *mode, *challenge, *verify_token; };
static const struct param verify_rows[] = {
    PARAM_AS(struct verify_in, mode, "hub.mode", P_TEXT, 0, 0, 40, "subscribe"),
    PARAM_AS(struct verify_in, challenge, "hub.challenge", P_RAW, 0, 0, 200, "Lo que se responde"),
    PARAM_AS(struct verify_in, verify_token, "hub.verify_token", P_RAW, 0, 0, 200, "La palabra de verificación"),
};
static const struct params verify_params = PARAMS(struct verify_in, verify_rows);

/* Meta asks whether this address is ours before it tells anything there. */
static enum err whatsapp_hook_verify(struct req *r)
{
    const struct verify_in *in = r->in;
    enum err e = whatsapp_verify(r->c, in->mode, in->verify_token);

    if (e != OK)
        return e;
    buf_str(&r->body, in->challenge != NULL ? in->challenge : "");
    return req_raw(r, "text/plain; charset=utf-8");
}

static enum err whatsapp_hook(struct req *r)
{
    const struct request *http = r->http;
    enum err e = whatsapp_heard(r->c, http->bytes != NULL ? http->bytes : "", http->bytes_n,
                                request_header(http, "X-Hub-Signature-256"));

    return e != OK ? e : req_raw(r, "text/plain; charset=utf-8");
}

#define READ "notifications:read"
#define WRITE "notifications:write"
static const struct route routes[] = {
    { GET, "/notifications", ROLE_USUARIO, &list_params, notifications_list, PAGE, "Mensajes" },
    { GET, "/notifications/new", ROLE_OPERADOR, &write_params, write_page, PAGE, "Escribir a un cliente" },
    { POST, "/notifications", ROLE_OPERADOR, &custom_params, notifications_custom, PAGE | OPTIONAL_KEY,
      "Escribir a un cliente", .form = "/notifications/new" },
    { GET, "/notifications/settings", ROLE_ADMIN, NULL, settings_page, PAGE, "Gasto y horas" },
    { GET, "/notifications/templates", ROLE_ADMIN, NULL, templates, PAGE, "Plantillas" },
    { GET, "/notifications/templates/{event}/{channel}", ROLE_ADMIN, &message_template_params,
      message_template_one,
      PAGE, "Plantilla" },
    { POST, "/notifications/templates/{event}/{channel}", ROLE_ADMIN, &message_template_edit_params,
      message_template_save, PAGE, "Guardar una plantilla", .form = "/notifications/templates/{event}/{channel}" },
    { POST, "/notifications/templates/{event}/{channel}/preview", ROLE_ADMIN, &message_template_edit_params,
      message_preview_page, PAGE | WHEN_FULL, "Vista previa",
      .form = "/notifications/templates/{event}/{channel}" },
    { GET, "/notifications/{id}", ROLE_USUARIO, &id_params, notifications_detail, PAGE, "Mensaje" },
    { POST, "/notifications/{id}/resend", ROLE_OPERADOR, &id_params, notifications_resend, PAGE | OPTIONAL_KEY,
      "Enviar de nuevo", .form = "/notifications/{id}" },
    { POST, "/notifications/{id}/settle", ROLE_OPERADOR, &settle_params, notifications_settle, PAGE,
      "Anotar qué fue de un mensaje", .form = "/notifications/{id}" },
    { GET, "/api/v1/notifications", ROLE_USUARIO, &list_params, notifications_list, JSON, "Mensajes", READ,
      GIVES_LIST_OF(200, notification_fields) },
    { GET, "/api/v1/notifications/{id}", ROLE_USUARIO, &id_params, notifications_detail, JSON, "Un mensaje", READ,
      GIVES(200, notification_fields) },
    { POST, "/api/v1/notifications", ROLE_OPERADOR, &custom_params, notifications_custom, JSON | OPTIONAL_KEY,
      "Escribir a un cliente", WRITE, GIVES(201, notification_fields), .shows = "package_id" },
    { POST, "/api/v1/notifications/bulk/preview", ROLE_ADMIN, &bulk_look_params, bulk_look, JSON | WHEN_FULL,
      "A cuántas personas con un paquete en el punto llegaría un texto, y cuánto costaría", WRITE, GIVES(200, bulk_fields),
      .keyless = "solo calcula" },
    { POST, "/api/v1/notifications/bulk", ROLE_ADMIN, &bulk_params, bulk_send, JSON | IDEMPOTENT,
      "Escribir a todas las personas con un paquete en el punto, tantas como dijo la vista previa", WRITE,
      GIVES(202, bulk_fields) },
    { POST, "/api/v1/notifications/{id}/retry", ROLE_OPERADOR, &id_params, notifications_resend,
      JSON | OPTIONAL_KEY, "Enviar de nuevo", WRITE, GIVES(201, notification_fields) },
    { POST, "/api/v1/notifications/{id}/settle", ROLE_OPERADOR, &settle_params, notifications_settle,
      JSON | OPTIONAL_KEY,
      "Anotar qué fue de un mensaje", WRITE, GIVES(200, notification_fields) },
    { GET, "/api/v1/sms-budget", ROLE_ADMIN, NULL, budget_json, JSON, "Gasto de SMS y WhatsApp", READ,
      GIVES(200, budget_answer_fields) },
    { GET, "/api/v1/notification-templates", ROLE_ADMIN, NULL, templates, JSON, "Plantillas", READ,
      GIVES_ALL_OF(200, message_template_fields) },
    { GET, "/api/v1/notification-templates/{event}/{channel}", ROLE_ADMIN, &message_template_params,
      message_template_one, JSON, "Una plantilla y sus versiones", READ, GIVES(200, message_template_answer_fields) },
    { POST, "/api/v1/notification-templates/{event}/{channel}", ROLE_ADMIN, &message_template_edit_params,
      message_template_save, JSON | OPTIONAL_KEY,
      "Otra versión de una plantilla", WRITE, GIVES(201, message_template_fields),
      .shows = "body class" },
    { POST, "/api/v1/notification-templates/{event}/{channel}/preview", ROLE_ADMIN,
      &message_template_edit_params, message_preview_json, JSON | WHEN_FULL,
      "Cómo se vería y qué costaría", READ,
      GIVES(200, message_template_preview_fields), .shows = "body class", .keyless = "solo muestra" },
    { GET, "/hooks/whatsapp", ROLE_PUBLIC, &verify_params, whatsapp_hook_verify, RAW, "Meta comprueba la dirección de avisos" },
    { POST, "/hooks/whatsapp", ROLE_PUBLIC, NULL, whatsapp_hook, RAW | CSRF_NONE | OWN_BODY, "Avisos de WhatsApp" },
    { POST, "/hooks/sms/{secret}", ROLE_PUBLIC, &hook_params, notifications_hook, JSON | CSRF_NONE,
      "Recibo del proveedor de SMS", NULL, GIVES_EMPTY,
      .keyless = "el operador repite sus avisos, y el segundo no cambia nada" },
};
const struct area area = { "notifications", routes, COUNT(routes), .about = "Mensajes y plantillas" };
