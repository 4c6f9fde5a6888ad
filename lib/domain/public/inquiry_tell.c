#include "domain/public/inquiry_tell.h"

#include "base/log.h"
#include "base/utf8.h"
#include "domain/message/account.h"
#include "domain/message/notification.h"
#include "domain/parcel/event.h"
#include "domain/parcel/guide_told.h"
#include "domain/people/customer.h"
#include "domain/people/opt_out.h"
#include "json/json.h"
#include "local/name_told.h"
#include "local/normal.h"

#define EVENT "inquiry_answered"
#define SOMEBODY "cliente"

#define R struct inquiry_reach
static const struct field reach_rows[] = {
    FIELD(R, sms, F_PHONE, "El celular al que va la respuesta"),
    FIELD(R, email, F_TEXT, "El correo al que va"),
    FIELD(R, page, F_BOOL, "Queda en la página del enlace de quien preguntó"),
    FIELD(R, why, F_TEXT, "Por qué no sale ningún mensaje"),
};
const struct fields inquiry_reach_fields = FIELDS(reach_rows);

/* ---- whom an answer reaches ---- */

/* Keeps of *to what messages go out by, and that is not opted out of. */
static enum err reach_channels(struct ctx *c, struct inquiry_reach *to, const struct customer *who)
{
    bool no_sms = false, no_email = false;
    enum err e = OK;

    if (to->sms != NULL && (!phone_takes_sms(to->sms) || !channel_is_on(c, "sms")))
        to->sms = NULL;
    if (to->email != NULL && !channel_is_on(c, "email"))
        to->email = NULL;
    if (to->sms != NULL)
        e = who != NULL ? opt_out_of_customer(c, who, "sms", &no_sms) : opt_out_of_address(c, "sms", to->sms, &no_sms);
    if (e == OK && to->email != NULL)
        e = who != NULL ? opt_out_of_customer(c, who, "email", &no_email)
            : opt_out_of_address(c, "email", to->email, &no_email);
    if (no_sms)
        to->sms = NULL;
    if (no_email)
        to->email = NULL;
    if (to->sms == NULL && to->email == NULL)
        to->why = no_sms || no_email ? "Pidió no recibir mensajes."
            : !channel_is_on(c, "sms") && !channel_is_on(c, "email") ? "El punto no envía mensajes: faltan las cuentas en Ajustes."
            : "No tiene un celular que reciba SMS ni un correo confirmado.";
    return e;
}

/* A stranger asks about a box that is nobody's yet, and nobody has proved that phone or e-mail to be theirs: the
 * e-mail is used only without a phone that takes SMS. */
static enum err reach_stranger(struct ctx *c, const struct inquiry *i, struct inquiry_reach *out)
{
    *out = (struct inquiry_reach){ .sms = i->customer_phone, .email = i->customer_email };
    if (out->sms != NULL && phone_takes_sms(out->sms) && channel_is_on(c, "sms"))
        out->email = NULL;
    return reach_channels(c, out, NULL);
}

static enum err reach_customer(struct ctx *c, const struct inquiry *i, const struct package *p, struct inquiry_reach *out)
{
    struct customer who;
    enum err e = customer_by_id(c, i->customer_id, &who);

    if (e != OK)
        return e;
    *out = (struct inquiry_reach){ .sms = p->customer_phone, .email = package_email(c, p), .page = true };
    return reach_channels(c, out, &who);
}

enum err inquiry_reach(struct ctx *c, const struct inquiry *i, struct inquiry_reach *out)
{
    struct package p;
    enum err e;

    *out = (struct inquiry_reach){ 0 };
    if (streq(i->kind, "NO_LLEGO"))
        return reach_stranger(c, i, out);
    e = package_by_id(c, i->package_id, &p);
    if (e != OK)
        return e;
    if (i->customer_id == 0 || p.customer_id != i->customer_id) {
        out->page = p.customer_id == i->customer_id;
        out->why = out->page ? "Todavía no se sabe de quién es el paquete: no hay a dónde escribirle."
            : "El paquete resultó ser de otra persona: la respuesta no se le envía ni se le muestra.";
        return OK;
    }
    return reach_customer(c, i, &p, out);
}

/* ---- the message ---- */

/* The part of an answer that an SMS holds: a line of at most ANSWER_SMS characters, cut between words. */
static const char *answer_short(struct arena *a, const char *content)
{
    char *line = arena_strdup(a, content), *end = line;

    for (char *s = line; *s != '\0'; s++)
        if (*s == '\n' || *s == '\r')
            *s = ' ';
    if (utf8_length(line) <= ANSWER_SMS)
        return line;
    for (int n = 0; n < ANSWER_SMS; n++)
        for (end++; (*end & 0xc0) == 0x80; end++)
            ;
    while (end > line && *end != ' ')
        end--;
    *end = '\0';
    return arena_printf(a, "%s... Siga leyendo en", line);
}

/* Where who asks about a box that is nobody's yet sees whether it has come: a guide that reads as something else is in
 * no link. */
static const char *answer_link(struct ctx *c, const struct inquiry *i)
{
    const struct package like = { .guide_number = i->guide_number, .guide_key = i->guide_key };

    return streq(guide_told(c->a, &like), i->guide_number)
        ? arena_printf(c->a, "%s/search?q=%s", c->conf->public_url, i->guide_key)
        : arena_printf(c->a, "%s/search", c->conf->public_url);
}

static const char *answer_variables(struct ctx *c, const struct inquiry *i, bool sms, const char *content)
{
    struct json_object *o = json_object_new_object();
    const char *out;

    json_add_text(o, "texto", sms ? answer_short(c->a, content) : content);
    if (i->customer_id == 0) {   /* no package and no customer say these */
        json_add_text(o, "nombre", sms ? name_of_stranger(c->a, i->customer_name, SOMEBODY) : SOMEBODY);
        json_add_text(o, "enlace", answer_link(c, i));
    }
    out = json_text(c->a, o);
    json_object_put(o);
    return out;
}

static enum err answer_send_tx(struct ctx *c, const struct inquiry *i, int64_t text, const char *content, const char *channel,
                               const char *recipient, int64_t event)
{
    const bool sms = streq(channel, "sms"), stranger = i->customer_id == 0;
    struct outgoing o = { .event = EVENT, .channel = channel, .recipient = recipient, .customer_id = i->customer_id,
                          .not_before = c->now, .stranger = stranger, .variables = answer_variables(c, i, sms, content),
                          .dedupe = arena_printf(c->a, "inquiry:%lld:%s", (long long)text, channel) };
    int64_t id = 0;
    enum err e = outgoing_withheld_tx(c, &o);

    if (e == OK)
        e = outgoing_tx(c, &o, &id);
    if (e == OK && id == 0)
        log_warn("inquiry.untold", "channel", channel, NULL);
    return e != OK || id == 0 || event == 0 ? e
        : outgoing_link_tx(c, id, EVENT, channel, (struct message_about){ i->package_id, event, 0 });
}

/* The package's history tells that its customer was written to, never what. */
static enum err answer_event_tx(struct ctx *c, const struct inquiry *i, int64_t *event)
{
    struct json_object *details;
    struct package p;
    enum err e = package_by_id(c, i->package_id, &p);

    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "inquiry", i->id);
    e = event_add_tx(c, &p, (struct event_new){ .kind = "CONTACTO", .before = p.state, .after = p.state, .details = details });
    *event = p.last_event_id;
    return e;
}

enum err inquiry_tell_tx(struct ctx *c, const struct inquiry *i, int64_t text, const char *content)
{
    struct inquiry_reach to;
    int64_t event = 0;
    enum err e = inquiry_reach(c, i, &to);

    if (e == OK && i->customer_id != 0 && to.why == NULL)
        e = answer_event_tx(c, i, &event);
    if (e == OK && to.sms != NULL)
        e = answer_send_tx(c, i, text, content, "sms", to.sms, event);
    if (e == OK && to.email != NULL)
        e = answer_send_tx(c, i, text, content, "email", to.email, event);
    return e;
}
