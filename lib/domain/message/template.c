#include "domain/message/template.h"

#include <ctype.h>

#include "base/texts.h"
#include "domain/message/texts.h"
#include "local/gsm7.h"
#include "json/json.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/message/budget.h"
#include "domain/message/wording.h"

#define SMS_CHARS 612            /* characters as typed; four parts as sent */
#define MAIL_CHARS 4000
#define SUBJECT_CHARS 120
#define WHATSAPP_CHARS 900       /* Meta allows 1,024 with the values in their places */
#define PROVIDER_NAME_CHARS 512

#define SELECT                                                                               \
    "SELECT t.id, t.event, t.channel, t.version, t.subject, t.body, t.class, t.created_at, u.full_name," \
    " t.provider_name, t.provider_language, t.category" \
    " FROM notification_templates t LEFT JOIN users u ON u.id = t.created_by "
static const struct stmt list = STMT("template_list", "",
    SELECT "WHERE t.language = 'es' AND t.is_active = 1 AND t.version = (SELECT max(version) FROM"
    " notification_templates m WHERE m.event = t.event AND m.channel = t.channel AND m.language = 'es'"
    " AND m.is_active = 1) ORDER BY t.event, t.channel DESC");
static const struct stmt versions = STMT("template_versions", "ss",
    SELECT "WHERE t.event = $1 AND t.channel = $2 AND t.language = 'es' ORDER BY t.version DESC");
static const struct stmt insert = STMT("template_insert", "ssisssiIsss",
    "INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at,"
    " created_by, provider_name, provider_language, category) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " RETURNING id");
DB_REGISTER(&list, &versions, &insert)

#define T struct message_template
static const struct field rows[] = {
    FIELD(T, id, F_INT, "Número"),
    FIELD(T, event, F_TEXT, "Suceso"),
    FIELD(T, channel, F_TEXT, "sms, email o whatsapp"),
    FIELD(T, version, F_INT, "Versión"),
    FIELD(T, subject, F_TEXT, "Asunto, de un correo"),
    FIELD(T, body, F_TEXT, "Texto, con {variables}"),
    FIELD(T, class, F_TEXT, "informativa, cobranza o publicidad"),
    FIELD(T, created_at, F_INSTANT, "Desde cuándo"),
    FIELD(T, created_by, F_TEXT, "Quién lo escribió"),
    FIELD(T, provider_name, F_TEXT, "De WhatsApp: el nombre de la plantilla aprobada; sin él ese aviso no sale por WhatsApp"),
    FIELD(T, provider_language, F_TEXT, "De WhatsApp: su idioma"),
    FIELD(T, category, F_TEXT, "De WhatsApp: la categoría que cobra Meta"),
};
const struct fields message_template_fields = FIELDS(rows);

#define V struct message_template_preview
static const struct field preview_rows[] = {
    FIELD(V, subject, F_TEXT, "Asunto, de un correo"),
    FIELD(V, text, F_TEXT, "Cómo se lee"),
    FIELD(V, warning, F_TEXT, "Lo que puede leerse mal, o null"),
    FIELD(V, numbered, F_TEXT, "El texto que se le da a Meta para que lo apruebe; null de los demás"),
    FIELD(V, encoding, F_TEXT, "GSM-7 o UCS-2; solo de un SMS"),
    FIELD(V, characters, F_INT, "Caracteres, con valores usuales"),
    FIELD(V, parts, F_INT, "Partes de SMS"),
    FIELD(V, price, F_MONEY, "Lo que cuesta"),
    FIELD(V, longest_characters, F_INT, "Caracteres, con los valores más largos"),
    FIELD(V, longest_parts, F_INT, "Partes, con los más largos"),
    FIELD(V, longest_price, F_MONEY, "Lo que cuesta, con los más largos"),
};
const struct fields message_template_preview_fields = FIELDS(preview_rows);
const struct word message_classes[] = {
    { "informativa", "Informativa: sale a cualquier hora" },
    { "cobranza", "Cobranza: en las horas de la ley, una al día" },
    { "publicidad", "Publicidad: en las horas de la ley, una al día" }, WORDS_END
};

const struct word whatsapp_categories[] = {
    { "utility", "Utilidad" }, { "marketing", "Marketing" }, { "authentication", "Autenticación" }, WORDS_END
};

static enum err message_templates_collect(struct ctx *c, enum err e, struct rows *q, struct message_templates *out)
{
    *out = (struct message_templates){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(q, c->a, message_template_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(q));
}

enum err message_template_list(struct ctx *c, struct message_templates *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list);

    return message_templates_collect(c, e, &q, out);
}

enum err message_template_versions(struct ctx *c, const char *event, const char *channel,
                                   struct message_templates *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &versions, event, channel);

    return message_templates_collect(c, e, &q, out);
}

enum err message_template_get(struct ctx *c, const char *event, const char *channel, struct message_template *out)
{
    struct message_templates all;
    enum err e = message_template_versions(c, event, channel, &all);

    if (e == OK && all.n == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_TEMPLATE_NONE, NULL);
    if (e == OK)
        *out = all.v[0];
    return e;
}

static void message_template_check_length(struct ctx *c, const char *field, const char *s, size_t most,
                                          bool lines)
{
    if (is_blank(s))
        ctx_invalid(c, field, T_REQUIRED, NULL);
    else if (!utf8_clean(s, lines))
        ctx_invalid(c, field, T_NOT_UTF8, NULL);
    else if (utf8_length(s) > most)
        ctx_invalid(c, field, T_TOO_LONG, arena_printf(c->a, "%zu", most), NULL);
}

/* The form in which Meta writes them: the name of small letters, digits and underscores; the language es, or es_CO. */
static void provider_check(struct ctx *c, const struct message_template_in *in)
{
    const char *language = in->provider_language != NULL ? in->provider_language : "";
    const size_t name = in->provider_name != NULL ? strspn(in->provider_name, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
    const size_t small = strspn(language, "abcdefghijklmnopqrstuvwxyz");
    const char *country = language + small + 1;

    if (is_blank(in->provider_name))
        return;
    if (in->provider_name[name] != '\0' || name > PROVIDER_NAME_CHARS)
        ctx_invalid(c, "provider_name", T_TEMPLATE_NAME, NULL);
    if (small < 2 || small > 3
        || (language[small] != '\0' && (language[small] != '_' || strlen(country) != 2
                                        || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)))
        ctx_invalid(c, "provider_language", T_TEMPLATE_LANGUAGE, NULL);
    if (wording_is_bare(in->body))
        ctx_invalid(c, "body", T_TEMPLATE_BARE, NULL);
}

static enum err message_template_check(struct ctx *c, const struct message_template_in *in)
{
    const bool sms = !streq(in->channel, "email"), whatsapp = streq(in->channel, "whatsapp");
    enum err e;

    c->fault = (struct fault){ 0 };
    if (wording_names(c->a, in->event) == NULL)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_TEMPLATE_NONE, NULL);
    message_template_check_length(c, "body", in->body, whatsapp ? WHATSAPP_CHARS : sms ? SMS_CHARS : MAIL_CHARS,
                                  !whatsapp);
    if (!sms)
        message_template_check_length(c, "subject", in->subject, SUBJECT_CHARS, false);
    if ((e = ctx_faults(c)) == OK && whatsapp) {
        provider_check(c, in);
        e = ctx_faults(c);
    }
    if (e == OK)
        e = wording_check(c, "body", in->event, in->body);
    return e != OK || sms ? e : wording_check(c, "subject", in->event, in->subject);
}

enum err sms_measure(struct ctx *c, const char *text, int64_t *characters, int64_t *parts, int64_t *price)
{
    int units;
    enum err e = setting_read(c, S_SMS_PRICE, price);

    *parts = gsm7_parts(text, &units);
    *characters = units;
    *price *= *parts;
    return e;
}

/* Whether a folded text has that word, and not only {manana}. */
static bool has_day_word(const char *folded, const char *word)
{
    for (const char *at = folded; (at = strstr(at, word)) != NULL; at++)
        if ((at == folded || (!isalnum((unsigned char)at[-1]) && at[-1] != '{'))
            && !isalnum((unsigned char)at[strlen(word)]))
            return true;
    return false;
}

/* A message is read when its reader has time: "hoy" is another day then. */
static const char *wording_warning(struct ctx *c, const char *body)
{
    static const struct { const char *folded, *word; } days[] = {
        { "hoy", "hoy" }, { "manana", "mañana" }, { "ayer", "ayer" },
    };
    const char *text = utf8_fold(c->a, body);

    for (size_t i = 0; i < COUNT(days); i++)
        if (has_day_word(text, days[i].folded))
            return arena_printf(c->a, "«%s» será otro día cuando lo lean: escriba la fecha.", days[i].word);
    return NULL;
}

enum err message_template_preview(struct ctx *c, const struct message_template_in *in,
                                  struct message_template_preview *out)
{
    struct wording usual, longest;
    const char *missing;         /* a sample is never missing */
    enum err e = message_template_check(c, in);
    const char *worst;

    *out = (struct message_template_preview){ 0 };
    if (e != OK)
        return e;
    wording_sample(c, &usual, false);
    out->warning = wording_warning(c, in->body);
    out->text = wording_fill(c->a, in->body, &usual, &missing);
    if (streq(in->channel, "whatsapp")) {
        out->numbered = wording_numbered(c->a, in->body);
        return whatsapp_price(c, in->category, &out->price);
    }
    if (!streq(in->channel, "sms")) {
        out->subject = wording_fill(c->a, in->subject, &usual, &missing);
        return OK;
    }
    wording_sample(c, &longest, true);
    out->text = gsm7_plain(c->a, out->text);
    worst = gsm7_plain(c->a, wording_fill(c->a, in->body, &longest, &missing));
    out->encoding = gsm7_fits(out->text) ? "GSM-7" : "UCS-2";
    e = sms_measure(c, out->text, &out->characters, &out->parts, &out->price);
    return e != OK ? e : sms_measure(c, worst, &out->longest_characters, &out->longest_parts, &out->longest_price);
}

/* A new text in place of the old one, which stays when no new one is given (NULL); a blank one is none. */
static const char *text_or_none(const char *fresh, const char *old)
{
    return fresh == NULL ? old : is_blank(fresh) ? NULL : fresh;
}

struct writing { struct ctx *c; const struct message_template_in *in; struct message_template *out; };

static enum err message_template_set_tx(struct db *db, void *arg)
{
    struct writing *x = arg;
    struct ctx *c = x->c;
    struct message_template old;
    struct json_object *details;
    int64_t id;
    const bool whatsapp = streq(x->in->channel, "whatsapp");
    enum err e = message_template_get(c, x->in->event, x->in->channel, &old);

    if (e == OK)
        e = db_insert(db, &id, &insert, old.event, old.channel, old.version + 1,
                      streq(old.channel, "email") ? x->in->subject : NULL, x->in->body,
                      is_blank(x->in->class) ? old.class : x->in->class, c->now, c->user_id,
                      text_or_none(x->in->provider_name, old.provider_name),
                      text_or_none(x->in->provider_language, old.provider_language),
                      text_or_none(x->in->category, old.category));
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "event", old.event);
    json_add_text(details, "channel", old.channel);
    json_add_int(details, "version", old.version + 1);
    if (whatsapp)
        json_add_text(details, "provider_name", text_or_none(x->in->provider_name, old.provider_name));
    e = audit_tx(c, "template_set", "notification_template", id, details);
    return e != OK ? e : message_template_get(c, old.event, old.channel, x->out);
}

enum err message_template_set(struct ctx *c, const struct message_template_in *in, struct message_template *out)
{
    struct writing x = { c, in, out };
    enum err e = message_template_check(c, in);

    if (e == OK)
        e = operation_once(c, "template_set", message_template_set_tx, &x, NULL);
    return e == OK && c->replayed ? message_template_get(c, in->event, in->channel, out) : e;
}
