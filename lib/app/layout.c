/* Sets the values that every page has (templates/README.md): page.*, site.*, user.*, csrf, flash.*; and
 * renders the head and the foot around a page's own template.  Head and foot depend only on these values and
 * are the same on many pages, so they are pieces (view.h), which are kept. */
#include <stdio.h>

#include "app/call.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "domain/console/health.h"
#include "domain/console/job_admin.h"
#include "domain/ground/setting.h"
#include "domain/money/cash.h"
#include "domain/public/inquiry.h"

#define RAIL_MAX 99
#define SITE_FRESH_S 1

struct layout {
    const char *asset, *place, *theme, *warning, *csrf, *find, *jobs_dead, *drawers, *inquiries;
    const char *site[SITE_VALUES];
    const char *full_name, *username, *role;
    int64_t is_operator, is_admin, scans;
    const char *flash[FLASH_PARTS], *operation;
};

#define L(key, type, member, what) FIELD_AS(struct layout, member, key, type, what)
/* The first rows are seen by the page's own template, too: OF_ALL of them by that of any page, OF_STAFF where somebody is
 * signed in. */
#define OF_ALL 10
#define OF_STAFF 16
static const struct field layout_fields[] = {
    L("page.asset", F_TEXT, asset, "Versión de lo estático"),
    L("csrf", F_TEXT, csrf, "Prueba de los formularios"),
    L("site.name", F_TEXT, site[0], "Nombre del punto"),
    L("site.hours", F_TEXT, site[1], "Horario"),
    L("site.address", F_TEXT, site[2], "Dirección"),
    L("site.phone", F_TEXT, site[3], "Teléfono"),
    L("site.whatsapp", F_TEXT, site[4], "WhatsApp"),
    L("site.whatsapp_to", F_TEXT, site[5], "WhatsApp, como va en un enlace"),
    L("site.accent", F_TEXT, site[6], "El color propio, como va en un enlace"),
    L("site.logo", F_TEXT, site[7], "El logo, como va en un enlace"),
    L("user.full_name", F_TEXT, full_name, "Nombre"),
    L("user.username", F_TEXT, username, "Usuario"),
    L("user.role", F_TEXT, role, "Rol"),
    L("user.is_operator", F_BOOL, is_operator, "Puede recibir y entregar"),
    L("user.is_admin", F_BOOL, is_admin, "Administra"),
    L("page.theme", F_TEXT, theme, "Tema"),
    L("page.place", F_TEXT, place, "El camino hasta lo que varía"),
    L("page.warning", F_TEXT, warning, "Aviso sobre el servidor"),
    L("page.scans", F_BOOL, scans, "La cámara puede leer en un campo"),
    L("find.q", F_TEXT, find, "Lo buscado"),
    L("rail.jobs_dead", F_TEXT, jobs_dead, "Trabajos fallidos"),
    L("rail.drawers", F_TEXT, drawers, "Cajas con diferencia, por aprobar"),
    L("rail.inquiries", F_TEXT, inquiries, "Preguntas por responder"),
    L("flash.text", F_TEXT, flash[0], "Aviso de lo hecho"),
    L("flash.undo", F_TEXT, flash[1], "Dónde se deshace"),
    L("flash.undo_until", F_TEXT, flash[2], "Hasta cuándo"),
    L("flash.operation", F_TEXT, operation, "Con qué se deshace una sola vez"),
};
static const struct fields layout_table = FIELDS(layout_fields);

/* The foot of a page shows these of them. */
static const struct field foot_fields[] = {
    L("page.asset", F_TEXT, asset, "Versión de lo estático"),
    L("page.scans", F_BOOL, scans, "La cámara puede leer en un campo"),
    L("site.hours", F_TEXT, site[1], "Horario"),
    L("site.address", F_TEXT, site[2], "Dirección"),
    L("site.phone", F_TEXT, site[3], "Teléfono"),
    L("site.whatsapp", F_TEXT, site[4], "WhatsApp"),
    L("site.whatsapp_to", F_TEXT, site[5], "WhatsApp, como va en un enlace"),
    L("user.is_operator", F_BOOL, is_operator, "Puede recibir y entregar"),
};
static const struct fields foot_table = FIELDS(foot_fields);

static const struct { const char *head, *foot; } layouts[] = {
    [LAYOUT_PUBLIC] = { "layout/public_head.cst", "layout/public_foot.cst" },
    [LAYOUT_STAFF] = { "layout/staff_head.cst", "layout/staff_foot.cst" },
};

/* ---- values ---- */

/* The hours with a word joiner behind each dash before a digit, so that no line ends within "9:30–19:00". */
static const char *hours_joined(struct arena *a, const char *hours)
{
    static const char dash[] = "–";
    const char *out = "", *at;

    while ((at = strstr(hours, dash)) != NULL) {
        const char *behind = at + strlen(dash);

        out = arena_printf(a, "%s%.*s%s%s", out, (int)(at - hours), hours, dash, *behind >= '0' && *behind <= '9' ? "\u2060" : "");
        hours = behind;
    }
    return arena_printf(a, "%s%s", out, hours);
}

static void site_keep(struct app *app, const struct site *site)
{
    const char *const values[SITE_VALUES] = { site->name, site->hours, site->address, site->phone,
                                               site->whatsapp, site->whatsapp_to, site->accent, site->logo };

    for (size_t i = 0; i < SITE_VALUES; i++)
        snprintf(app->site[i], SITE_SIZE, "%s", values[i]);
}

/* Reads the site's values again if they were read more than a second ago: they are the same on every page.  If they
 * cannot be read, the page shows the defaults. */
static void site_fresh(struct call *k)
{
    struct app *app = k->app;
    double now = clock_mono();
    struct site site;

    if (k->c.db == NULL || (app->site_at != 0 && now - app->site_at < SITE_FRESH_S))
        return;
    site_read(&k->c, &site);
    site.hours = hours_joined(k->c.a, site.hours);
    site_keep(app, &site);
    app->site_at = now;
}

static void site_values(struct call *k, struct layout *l)
{
    site_fresh(k);
    for (size_t i = 0; i < SITE_VALUES; i++)
        l->site[i] = is_blank(k->app->site[i]) ? NULL : k->app->site[i];
}

struct site req_site(struct req *r)
{
    struct call *k = call_of(r);

    site_fresh(k);
    return (struct site){ k->app->site[0], k->app->site[1], k->app->site[2], k->app->site[3], k->app->site[4],
                          k->app->site[5], k->app->site[6], k->app->site[7] };
}

static const char *rail_count(struct call *k, int64_t n)
{
    return n > RAIL_MAX ? "99+" : n > 0 ? arena_printf(k->c.a, "%lld", (long long)n) : NULL;
}

/* Sets what needs attention: a warning above the page, and in the rail the number of questions that wait for an
 * answer, and for an ADMIN those of dead jobs and of drawers that are short or over and wait for an approval. */
static void attention_values(struct call *k, struct layout *l)
{
    const struct text *warning = health_warning(&k->c);

    l->inquiries = rail_count(k, inquiry_waiting(&k->c));
    if (k->c.role >= ROLE_ADMIN) {
        l->jobs_dead = rail_count(k, job_dead_count(&k->c));
        l->drawers = rail_count(k, cash_waiting(&k->c));
    }
    if (warning != NULL)
        l->warning = text_es(warning);
}

static void user_values(struct call *k, struct layout *l)
{
    if (k->session.id == 0)
        return;
    l->full_name = k->c.user_name;
    l->username = k->session.username;
    l->role = role_name(k->c.role);
    l->is_operator = k->c.role >= ROLE_OPERADOR;
    l->is_admin = k->c.role >= ROLE_ADMIN;
    l->theme = k->session.theme;
}

static void flash_values(struct call *k, struct layout *l)
{
    int64_t until;

    flash_read(k);
    l->flash[0] = k->flash[0];
    if (is_blank(k->flash[1]))
        return;
    l->flash[1] = k->flash[1];
    l->operation = random_text(k->c.a, ALPHABET_BASE62, 22);
    if (k->flash[2] != NULL && parse_int(k->flash[2], &until))
        l->flash[2] = clock_rfc3339(k->c.a, until);
}

/* Fixed beginning of the route's path ("/packages/" for each package), by which the menu marks its entry. */
static const char *place_of(const struct call *k)
{
    const struct route *rt = k->r.route;

    return rt == NULL ? k->http.path : arena_strndup(k->c.a, rt->path, strcspn(rt->path, "{"));
}

static void layout_values(struct call *k, struct layout *l)
{
    if (k->app->conf->development)
        asset_version(k->app);
    l->asset = k->app->asset;
    l->place = place_of(k);
    l->csrf = csrf_token(k);
    l->find = k->r.find;
    l->scans = k->r.scans;
    site_values(k, l);
    user_values(k, l);
    if (k->r.layout == LAYOUT_NONE)
        return;
    flash_values(k, l);
    if (k->session.id != 0)
        attention_values(k, l);
}

/* Sets the values of this page alone, which its head does not show. */
static void page_values(struct call *k)
{
    struct view_node *p = k->r.page;

    view_text(p, "page.path", k->http.path);
    view_text(p, "page.request_id", k->c.request_id);
    if (k->r.route != NULL && !k->r.titled)
        view_text(p, "page.title", k->r.route->title);
    if (k->session.id != 0)
        view_text(p, "page.again", k->again);
    if (k->shown != NULL)
        form_values(k);
}

/* Sets the first n values where they are seen by the page's own template.  What is unset there stays so. */
static void layout_show(struct view_node *page, const struct layout *l, size_t n)
{
    for (const struct field *f = layout_fields; f < layout_fields + n; f++)
        if (field_is_text(f) ? field_text(f, l) != NULL : field_int(f, l) != 0)
            view_text(page, f->name, field_is_text(f) ? field_text(f, l) : "1");
}

/* ---- the page ---- */

static enum err body_render(struct req *r)
{
    buf_add(&r->body, r->pieces.data, r->pieces.len);
    return view_render(r->view, r->template, &r->body);
}

enum err page_render(struct call *k)
{
    struct req *r = &k->r;
    struct layout l = { 0 };
    enum err e;

    layout_values(k, &l);
    layout_show(r->page, &l, k->session.id != 0 ? OF_STAFF : OF_ALL);
    page_values(k);
    if (r->layout == LAYOUT_NONE)
        return body_render(r);
    e = view_render(r->view, "layout/title.cst", &r->body);
    if (e == OK)
        e = view_piece(r->view, layouts[r->layout].head, layout_table, &l, NULL, &r->body);
    if (e == OK)
        e = body_render(r);
    return e != OK ? e : view_piece(r->view, layouts[r->layout].foot, foot_table, &l, NULL, &r->body);
}
