/* The wordings of messages by event and channel, with their length and what they cost. */
#include "cgi-bin/texts.h"
#include "domain/message/message_kind.h"
#include "domain/message/texts.h"
#include "domain/message/wording.h"
#include "area.h"

struct key_in { const char *event, *channel; };
static const struct param key_rows[] = {
    PARAM(struct key_in, event, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 40, "Suceso"),
    PARAM_ENUM(struct key_in, channel, PARAM_PATH | PARAM_REQUIRED, notification_channels, "sms, email o whatsapp"),
};
const struct params message_template_params = PARAMS(struct key_in, key_rows);

#define T struct message_template_in
static const struct param edit_rows[] = {
    PARAM(T, event, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 40, "Suceso"),
    PARAM_ENUM(T, channel, PARAM_PATH | PARAM_REQUIRED, notification_channels, "sms, email o whatsapp"),
    PARAM(T, subject, P_TEXT, 0, 0, 200, "Asunto, de un correo"),
    PARAM(T, body, P_LONG, PARAM_NEEDED, 0, 8000, "Texto"),
    PARAM_ENUM(T, class, 0, message_classes, "La de antes si no se dice"),
    PARAM(T, provider_name, P_TEXT, PARAM_BLANK, 0, 512, "De WhatsApp: el nombre de la plantilla aprobada; en blanco no sale por ahí"),
    PARAM(T, provider_language, P_TEXT, PARAM_BLANK, 0, 10, "De WhatsApp: su idioma"),
    PARAM_ENUM(T, category, 0, whatsapp_categories, "De WhatsApp: la categoría que cobra Meta"),
};
const struct params message_template_edit_params = PARAMS(T, edit_rows);

static void fill_message_template(struct view_node *row, const struct message_template *t)
{
    view_fields(row, message_template_fields, t);
    view_text(row, "event_words", words_of(message_events, t->event));
    view_bool(row, "is_email", streq(t->channel, "email"));
    view_bool(row, "is_whatsapp", streq(t->channel, "whatsapp"));
}

enum err templates(struct req *r)
{
    struct message_templates all;
    enum err e = message_template_list(r->c, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, message_template_fields, all);
    for (size_t i = 0; i < all.n; i++)
        fill_message_template(view_row(r->page, "templates"), &all.v[i]);
    return req_page(r, "notifications/templates.cst");
}

static void fill_preview(struct req *r, const struct message_template_preview *p)
{
    struct view_node *n = view_child(r->page, "preview");

    view_fields(n, message_template_preview_fields, p);
    view_bool(n, "dear", p->longest_parts > p->parts);
}

static enum err template_show(struct req *r, const struct message_templates *all,
                              const struct message_template_in *typed)
{
    struct message_template_preview p;
    const struct message_template *t = &all->v[0];
    enum err e = message_template_preview(r->c, typed, &p);

    fill_message_template(view_child(r->page, "template"), t);
    for (size_t i = 0; i < all->n; i++)
        fill_message_template(view_row(r->page, "versions"), &all->v[i]);
    view_text(r->page, "words", wording_names(r->c->a, t->event));
    view_text(r->page, "form.subject", typed->subject);
    view_text(r->page, "form.body", typed->body);
    view_text(r->page, "form.class", is_blank(typed->class) ? t->class : typed->class);
    view_options(r->page, "classes", message_classes);
    view_text(r->page, "form.provider_name", typed->provider_name);
    view_text(r->page, "form.provider_language", typed->provider_language);
    view_text(r->page, "form.category", is_blank(typed->category) ? t->category : typed->category);
    view_options(r->page, "categories", whatsapp_categories);
    if (e == OK)
        fill_preview(r, &p);
    return e != OK ? e : req_page(r, "notifications/template.cst");
}

static enum err versions_of(struct req *r, const char *event, const char *channel,
                            struct message_templates *all)
{
    enum err e = message_template_versions(r->c, event, channel, all);

    return e == OK && all->n == 0 ? req_fail(r, E_NOT_FOUND, T_TEMPLATE_NONE) : e;
}

struct message_template_answer {
    const struct message_template *template;
    const char *variables;
    struct message_templates versions;
};
static const struct field answer_rows[] = {
    FIELD_PART(struct message_template_answer, template, message_template_fields),
    FIELD(struct message_template_answer, variables, F_TEXT, "Las variables que puede tener"),
    FIELD_LIST(struct message_template_answer, versions, message_template_fields, "Todas, la última primero"),
};
const struct fields message_template_answer_fields = FIELDS(answer_rows);

enum err message_template_one(struct req *r)
{
    const struct key_in *in = r->in;
    struct message_templates all;
    enum err e = versions_of(r, in->event, in->channel, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, message_template_answer_fields, &((struct message_template_answer){
            &all.v[0], wording_names(r->c->a, in->event), all }));
    return template_show(r, &all, &(struct message_template_in){ in->event, in->channel, all.v[0].subject, all.v[0].body,
                                                all.v[0].class, all.v[0].provider_name, all.v[0].provider_language,
                                                all.v[0].category });
}

enum err message_preview_page(struct req *r)
{
    const struct message_template_in *in = r->in;
    struct message_templates all;
    struct message_template_preview p;
    enum err e = versions_of(r, in->event, in->channel, &all);

    if (e != OK || !req_wants_fragment(r))
        return e != OK ? e : template_show(r, &all, in);
    e = message_template_preview(r->c, in, &p);
    if (e != OK)
        view_text(r->page, "fault", fault_sentence(r->c->a, &r->c->fault));
    else
        fill_preview(r, &p);
    return req_bare(r, "notifications/preview.cst");
}

enum err message_template_save(struct req *r)
{
    const struct message_template_in *in = r->in;
    struct message_template t;
    enum err e = message_template_set(r->c, in, &t);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, message_template_fields, &t);
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/notifications/templates/%s/%s", t.event, t.channel);
}

enum err message_preview_json(struct req *r)
{
    struct message_template_preview p;
    enum err e = message_template_preview(r->c, r->in, &p);

    return e != OK ? e : req_one(r, message_template_preview_fields, &p);
}
