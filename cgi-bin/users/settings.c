#include "settings.h"

#include "base/clock.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/texts.h"
#include "domain/console/job_admin.h"
#include "domain/console/logo.h"
#include "domain/ground/texts.h"
#include "domain/message/account.h"
#include "domain/outbox/notification_log.h"
#include "domain/people/user.h"
#include "storage/storage.h"

#define VALUE_CHARS 2000

/* ---- parameters ---- */

/* The texts that a form or a PATCH may give to the settings: each is a text, NULL when it is not given, and the domain checks it by
 * its type (setting_change). */
struct settings_in {
    const char *group, *current;
    int64_t version;
    const char *values[SETTING_COUNT];
};
#define IN struct settings_in
#define PASSWORD_ROW(st) PARAM(st, current, P_RAW, 0, 0, 512, "Contraseña de quien lo hace, donde se pide")
#define GROUP_ROW(st) PARAM(st, group, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 20, "Grupo de ajustes")

/* A secret is not trimmed and never put back into its form. */
#define AS_SETTING_TEXT P_TEXT
#define AS_SETTING_LONG P_LONG
#define AS_SETTING_INT P_TEXT
#define AS_SETTING_BOOL P_TEXT
#define AS_SETTING_CHOICE P_TEXT
#define AS_SETTING_PHONE P_TEXT
#define AS_SETTING_EMAIL P_TEXT
#define AS_SETTING_HOST P_TEXT
#define AS_SETTING_COLOUR P_TEXT
#define AS_SETTING_PICTURE P_TEXT
#define AS_SETTING_SECRET P_RAW
#define VALUE_AS(id, key, kind, label) PARAM_AS(IN, values[id], key, kind, PARAM_BLANK, 0, VALUE_CHARS, label)
#define SETTING(id, key, type, dflt, min, max, choices, unit, group, label, doc, reader) \
    VALUE_AS(id, key, AS_##type, label),
static const struct param save_rows[] = {
    GROUP_ROW(IN),
    PARAM(IN, version, P_INT, 0, 0, INT64_MAX, "La versión que se vio"),
    PASSWORD_ROW(IN),
#include "domain/ground/setting.def"
};
static const struct param patch_rows[] = {
#include "domain/ground/setting.def"
};
#undef SETTING
const struct params settings_save_params = PARAMS(IN, save_rows);
const struct params settings_patch_params = PARAMS(IN, patch_rows);      /* If-Match says the version */

struct group_in { const char *group; int64_t test, logo; };
static const struct param group_rows[] = {
    GROUP_ROW(struct group_in),
    PARAM(struct group_in, test, P_ID, 0, 0, 0, "La prueba que se envió"),
    PARAM(struct group_in, logo, P_ID, 0, 0, 0, "El trabajo que prepara el logo"),
};
const struct params settings_group_params = PARAMS(struct group_in, group_rows);

struct remove_in { const char *group, *key, *current; };
static const struct param remove_rows[] = {
    GROUP_ROW(struct remove_in),
    PARAM(struct remove_in, key, P_TEXT, PARAM_REQUIRED, 1, 60, "La clave que se quita"),
    PASSWORD_ROW(struct remove_in),
};
const struct params settings_remove_params = PARAMS(struct remove_in, remove_rows);

struct logo_in { const char *group; struct uploads logo; };
static const struct param logo_rows[] = {
    GROUP_ROW(struct logo_in),
    PARAM(struct logo_in, logo, P_FILES, PARAM_REQUIRED, 0, 1, "La imagen"),
};
const struct params settings_logo_params = PARAMS(struct logo_in, logo_rows);

struct test_in { const char *group, *recipient; };
static const struct param test_rows[] = {
    GROUP_ROW(struct test_in),
    PARAM(struct test_in, recipient, P_TEXT, PARAM_REQUIRED, 3, 254, "Celular o correo"),
};
const struct params settings_test_params = PARAMS(struct test_in, test_rows);

/* ---- pages ---- */

static const struct setting_group *group_named(const char *name)
{
    for (const struct setting_group *g = setting_groups; g->name != NULL; g++)
        if (streq(g->name, name))
            return g;
    return NULL;
}

/* The channel of messages whose account a group holds; NULL: it holds none. */
static const char *group_channel(const char *group)
{
    return streq(group, "sms") || streq(group, "whatsapp") ? group : streq(group, "mail") ? "email" : NULL;
}

enum err settings_index(struct req *r)
{
    for (const struct setting_group *g = setting_groups; g->name != NULL; g++) {
        struct view_node *row = view_row(r->page, "groups");

        view_text(row, "name", g->name);
        view_text(row, "words", g->words);
        view_text(row, "doc", g->doc);
    }
    return req_page(r, "users/settings.cst");
}

static const char *const controls[SETTING_TYPES] = {
    [SETTING_TEXT] = "text", [SETTING_LONG] = "long", [SETTING_INT] = "number", [SETTING_BOOL] = "check",
    [SETTING_CHOICE] = "choice",
    [SETTING_PHONE] = "tel", [SETTING_EMAIL] = "email", [SETTING_HOST] = "text", [SETTING_COLOUR] = "color",
    [SETTING_PICTURE] = "picture", [SETTING_SECRET] = "secret",
};

static void fill_setting(struct req *r, const struct setting_row *s)
{
    const bool off = s->kind == SETTING_BOOL && streq(s->value, "0");
    struct view_node *row = view_row(r->page, "settings");
    struct arena *a = r->c->a;

    view_text(row, "key", s->key);
    view_text(row, "control", controls[s->kind]);
    view_text(row, "label", is_blank(s->unit) ? s->label : arena_printf(a, "%s, en %s", s->label, s->unit));
    view_text(row, "doc", s->doc);
    view_bool(row, "required", s->kind == SETTING_INT || s->kind == SETTING_CHOICE || (s->min > 0 && !s->secret));
    view_bool(row, "set", s->set);
    view_text(row, "changed_by", s->changed_by);
    view_instant(row, "changed_at", s->changed_at);
    if (s->choices != NULL)
        view_options(row, "options", s->choices);
    if (!s->secret)
        view_text(r->page, arena_printf(a, "form.%s", s->key), off ? "" : s->value);
}

/* Says by whom messages of the channel leave now, whoever chose it. */
/* The drivers by which SMS leave: those of send/sms.c. */
static const struct word sms_ways[] = {
    { "file", "un archivo de prueba, que no le llega a nadie" }, { "liwa", "Liwa.co" }, WORDS_END
};

static void fill_way(struct req *r, const char *channel)
{
    const bool sms = streq(channel, "sms"), email = streq(channel, "email");

    view_text(r->page, "channel", channel);
    if (channel_is_on(r->c, channel))
        view_text(r->page, "way", sms ? words_or_value(sms_ways, sms_account(r->c).driver)
                  : email ? mail_account(r->c).url : r->c->conf->whatsapp_url);
    view_text(r->page, "sender", email ? mail_account(r->c).from : NULL);
    if (!sms && !email)
        view_text(r->page, "hook", arena_printf(r->c->a, "%s/hooks/whatsapp", r->c->conf->public_url));
}

/* Shows what became of the logo that was sent: the job's state, and why it failed. */
static enum err fill_logo(struct req *r, int64_t id)
{
    struct job_detail d;
    struct site site;
    enum err e;

    site_read(r->c, &site);
    view_text(r->page, "logo.name", is_blank(site.logo) ? NULL : site.logo);
    if (id == 0)
        return OK;
    e = job_show(r->c, id, &d);
    if (e != OK || !streq(d.job.kind, "logo.process"))
        return e != OK ? e : req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    view_int(r->page, "logo.id", id);
    view_bool(r->page, "logo.moves", streq(d.job.state, "ready") || streq(d.job.state, "running"));
    view_text(r->page, "logo.error", streq(d.job.state, "done") ? NULL : utf8_sentence(r->c->a, d.job.last_error));
    return OK;
}

static enum err fill_test(struct req *r, int64_t id)
{
    struct view_node *n;
    struct notification m;
    enum err e;

    if (id == 0)
        return OK;
    e = notification_by_id(r->c, id, &m);
    if (e != OK)
        return e;
    n = view_child(r->page, "test");
    view_fields(n, notification_fields, &m);
    view_bool(n, "moves", streq(m.state, "queued") || streq(m.state, "sending"));
    view_bool(n, "arrived", streq(m.state, "sent") || streq(m.state, "delivered"));
    view_bool(n, "delivered", streq(m.state, "delivered"));
    view_bool(n, "unknown", streq(m.state, "unknown"));
    return OK;
}

enum err settings_group(struct req *r)
{
    const struct group_in *in = r->in;
    const struct setting_group *g = group_named(in->group);
    struct setting_rows all;
    enum err e;

    if (g == NULL)
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    e = setting_list(r->c, g->name, &all);
    if (e != OK)
        return e;
    req_title(r, arena_printf(r->c->a, "Ajustes: %s", g->words));
    view_text(r->page, "group.name", g->name);
    view_text(r->page, "group.words", g->words);
    view_text(r->page, "group.doc", g->doc);
    view_bool(r->page, "confirms", g->page_only);
    view_int(r->page, "version", all.version);
    for (size_t i = 0; i < all.n; i++)
        fill_setting(r, &all.v[i]);
    if (group_channel(g->name) != NULL)
        fill_way(r, group_channel(g->name));
    e = fill_test(r, in->test);
    if (e == OK)
        e = fill_logo(r, in->logo);
    return e != OK ? e : req_page(r, "users/settings_group.cst");
}

/* ---- changes ---- */

/* The values of a form: of a group all, since a box that is not ticked is not sent; a secret that was left blank stays
 * as it is. */
static size_t form_changes(const struct settings_in *in, const struct setting_rows *all, struct setting_change *list)
{
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        const struct setting_row *s = &all->v[i];
        const char *value = in->values[s->id];

        if (s->kind == SETTING_PICTURE)
            continue;
        if (value == NULL)
            value = s->kind == SETTING_BOOL ? "0" : s->secret ? "" : s->value;
        if (s->secret && is_blank(value))
            continue;
        list[n++] = (struct setting_change){ s->key, value };
    }
    return n;
}

/* Whoever finds a browser open must not send the point's mail by another server, or open its doors: what only a page
 * changes, asks for the password again. */
static enum err settings_confirm(struct req *r, const char *group, const char *password)
{
    const struct setting_group *g = group_named(group);

    if (g == NULL)
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    if (!g->page_only)
        return OK;
    return is_blank(password) ? ctx_fail(r->c, E_INVALID, "current", T_REQUIRED, NULL) : user_confirm(r->c, "current", password);
}

enum err settings_save(struct req *r)
{
    const struct settings_in *in = r->in;
    struct setting_change list[SETTING_COUNT];
    struct setting_rows all;
    size_t n;
    enum err e = settings_confirm(r, in->group, in->current);

    if (e == OK)
        e = setting_list(r->c, in->group, &all);
    if (e != OK)
        return e;
    n = form_changes(in, &all, list);
    e = setting_change(r->c, in->group, in->version, list, n);
    if (e != OK)
        return e;
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/admin/settings/%s", in->group);
}

/* A secret or a picture is taken away so; a text is made blank in its field. */
enum err settings_remove(struct req *r)
{
    const struct remove_in *in = r->in;
    struct setting_rows all = { 0 };
    enum err e = settings_confirm(r, in->group, in->current);

    if (e == OK)
        e = setting_list(r->c, in->group, &all);
    for (size_t i = 0; e == OK && i < all.n; i++)
        if ((all.v[i].secret || all.v[i].kind == SETTING_PICTURE) && streq(all.v[i].key, in->key)) {
            e = setting_change(r->c, NULL, 0, &(struct setting_change){ in->key, "" }, 1);
            if (e != OK)
                return e;
            if (!all.v[i].secret && !is_blank(all.v[i].value) && disk_drop(r->c->conf, all.v[i].value) != OK)
                return E_INTERNAL;
            req_flash(r, all.v[i].secret ? T_SECRET_REMOVED : T_LOGO_REMOVED, NULL);
            return req_redirect(r, "/admin/settings/%s", in->group);
        }
    return e != OK ? e : req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
}

enum err settings_logo(struct req *r)
{
    const struct logo_in *in = r->in;
    struct photos taken;
    int64_t job;
    enum err e;

    if (!streq(in->group, "site"))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    e = photos_take(r, &in->logo, NULL, &taken);
    if (e == OK)
        e = photos_end(r, logo_take(r->c, taken.v[0].path, &job));
    else if (e == E_INVALID)
        r->c->fault.field = "logo";
    return e != OK ? e : req_redirect(r, "/admin/settings/site?logo=%lld#logo", (long long)job);
}

enum err settings_test(struct req *r)
{
    const struct test_in *in = r->in;
    const char *channel = group_channel(in->group);
    int64_t id;
    enum err e;

    if (channel == NULL)
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    e = notify_test(r->c, channel, in->recipient, &id);
    return e != OK ? e : req_redirect(r, "/admin/settings/%s?test=%lld#test", in->group, (long long)id);
}

/* ---- API ---- */

enum err settings_json(struct req *r)
{
    struct setting_rows all;
    enum err e = setting_list(r->c, NULL, &all);

    if (e != OK)
        return e;
    req_tag(r, all.version);
    return req_all(r, setting_fields, all);
}

/* E_FORBIDDEN, at its name, for the first value that only a page changes. */
static enum err patch_check(struct req *r, const struct settings_in *in, const struct setting_rows *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct setting_group *g = group_named(all->v[i].group);

        if (in->values[all->v[i].id] != NULL && g != NULL && g->page_only)
            return ctx_fail(r->c, E_FORBIDDEN, all->v[i].key, T_SETTING_BY_PAGE, g->words, NULL);
    }
    return OK;
}

enum err settings_patch(struct req *r)
{
    const struct settings_in *in = r->in;
    struct setting_change list[SETTING_COUNT];
    struct setting_rows all;
    int64_t version;
    enum err e = setting_list(r->c, NULL, &all);

    if (!req_if_match(r, &version))
        return req_fail(r, E_PRECONDITION, T_SETTINGS_CHANGED);
    if (e == OK)
        e = patch_check(r, in, &all);
    for (size_t i = 0; e == OK && i < all.n; i++)
        list[i] = (struct setting_change){ all.v[i].key, in->values[all.v[i].id] };
    if (e == OK)
        e = setting_change(r->c, NULL, version, list, all.n);
    return e != OK ? e : settings_json(r);
}
