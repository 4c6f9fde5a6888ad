/* What every page knows (templates/README.md): page.*, site.*, user.*, csrf,
 * flash.*; and a form shown again: form.*, error.*, errors.*. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/call.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/health.h"
#include "domain/job_admin.h"
#include "domain/setting.h"

#define RAIL_MAX 99
#define SITE_FRESH_S 1

void page_open(struct call *k)
{
    view_free(k->r.view);
    k->r.view = view_new(k->c.a, k->c.conf, k->c.now);
    k->r.page = view_root(k->r.view);
    k->r.asset = k->app->asset;
    k->r.titled = false;
}

static const struct { const char *key; enum setting setting; } site_rows[SITE_VALUES] = {
    { "site.name", S_SITE_NAME }, { "site.hours", S_SITE_HOURS },
    { "site.address", S_SITE_ADDRESS }, { "site.phone", S_SITE_PHONE },
};

static enum err site_read(struct db *db UNUSED, void *arg)
{
    struct call *k = arg;

    for (size_t i = 0; i < SITE_VALUES; i++) {
        const char *value = setting_text(&k->c, site_rows[i].setting);

        snprintf(k->app->site[i], SITE_SIZE, "%s", value == NULL ? "" : value);
    }
    return OK;
}

/* The same on every page, so read once a second; a page without them is still a page. */
static void site_values(struct call *k)
{
    struct app *app = k->app;
    double now = clock_mono();

    if (k->c.db != NULL && (app->site_at == 0 || now - app->site_at >= SITE_FRESH_S)) {
        if (db_read(k->c.db, site_read, k) != OK)
            log_warn("page.site", "request_id", k->c.request_id);
        app->site_at = now;
    }
    for (size_t i = 0; i < SITE_VALUES; i++)
        view_text(k->r.page, site_rows[i].key, is_blank(app->site[i]) ? NULL : app->site[i]);
}

/* What waits for the hand of an ADMIN: beside its area in the rail, and above the page. */
static void admin_values(struct call *k)
{
    int64_t dead = job_dead_count(&k->c);
    enum text warning = health_warning(&k->c);

    if (dead > 0)
        view_text(k->r.page, "rail.jobs_dead", dead > RAIL_MAX ? "99+"
                  : arena_printf(k->c.a, "%lld", (long long)dead));
    if (warning != T_NONE)
        view_text(k->r.page, "page.warning", text_es(warning));
}

static void user_values(struct call *k)
{
    struct view_node *p = k->r.page;

    if (k->session.id == 0)
        return;
    view_text(p, "user.full_name", k->c.user_name);
    view_text(p, "user.username", k->session.username);
    view_text(p, "user.role", role_name(k->c.role));
    view_bool(p, "user.is_operator", k->c.role >= ROLE_OPERADOR);
    view_bool(p, "user.is_admin", k->c.role >= ROLE_ADMIN);
    view_text(p, "page.theme", k->session.theme);
}

static void flash_values(struct call *k)
{
    int64_t until;

    flash_read(k);
    view_text(k->r.page, "flash.text", k->flash[0]);
    if (is_blank(k->flash[1]))
        return;
    view_text(k->r.page, "flash.undo", k->flash[1]);
    if (k->flash[2] != NULL && parse_int(k->flash[2], &until))
        view_text(k->r.page, "flash.undo_until", clock_rfc3339(k->c.a, until));
}

void page_values(struct call *k)
{
    struct view_node *p = k->r.page;

    if (k->app->conf->development)
        asset_version(k->app);
    view_text(p, "page.asset", k->app->asset);
    view_text(p, "page.path", k->http.path);
    view_text(p, "page.request_id", k->c.request_id);
    if (k->r.route != NULL && !k->r.titled)
        view_text(p, "page.title", k->r.route->title);
    view_text(p, "csrf", csrf_token(k));
    site_values(k);
    user_values(k);
    if (req_wants_fragment(&k->r))
        return;
    flash_values(k);
    if (k->session.id != 0 && k->c.role >= ROLE_ADMIN)
        admin_values(k);
}

void req_title(struct req *r, const char *title)
{
    view_text(r->page, "page.title", title);
    r->titled = true;
}

/* ---- a form again ---- */

/* Everything but passwords and files. */
static bool is_kept(const struct param *row)
{
    return row->type != P_RAW && row->type != P_FILES && !(row->flags & PARAM_PATH);
}

/* The value of a list is put together. */
static void typed_value(struct call *k, const struct param *row)
{
    const struct pairs *typed = k->posted->method == GET ? &k->http.get : &k->http.post;
    const char *value = NULL;

    if (!is_kept(row))
        return;
    for (size_t i = 0; i < typed->n; i++) {
        const struct pair *sent = &typed->v[i];

        if (streq(sent->name, row->name))
            value = value == NULL ? sent->value
                                  : arena_printf(k->c.a, "%s,%s", value, sent->value);
    }
    if (value == NULL || !utf8_clean(value, true))
        value = "";
    view_text(k->r.page, arena_printf(k->c.a, "form.%s", row->name), value);
}

/* An unknown field is named as the client sent it: that is no key. */
static bool is_name(const char *s)
{
    return !is_blank(s) && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

void fault_values(struct call *k, const struct fault *f)
{
    for (; f != NULL; f = f->next) {
        struct view_node *row = view_row(k->r.page, "errors");
        const char *sentence = fault_sentence(k->c.a, f);

        view_text(row, "text", sentence);
        view_text(row, "field", f->field);
        if (is_name(f->field))
            view_text(k->r.page, arena_printf(k->c.a, "error.%s", f->field), sentence);
    }
}

void form_values(struct call *k)
{
    const struct params *p = k->posted->params;

    for (size_t i = 0; p != NULL && i < p->count; i++)
        typed_value(k, &p->rows[i]);
    fault_values(k, k->shown);
}

static void kept_value(struct call *k, const char *name)
{
    for (size_t i = 0; i < k->http.post.n; i++) {
        const struct pair *sent = &k->http.post.v[i];
        struct view_node *row;

        if (!streq(sent->name, name) || !utf8_clean(sent->value, true))
            continue;
        row = view_row(k->r.page, "kept");
        view_text(row, "name", name);
        view_text(row, "value", sent->value);
    }
}

void kept_values(struct call *k)
{
    const struct params *p = k->r.route->params;

    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (is_kept(&p->rows[i]))
            kept_value(k, p->rows[i].name);
}

/* ---- the version of the static files ---- */

static void folder_print(const struct conf *c, const char *folder, struct buf *b)
{
    struct buf path = { 0 };
    struct dirent *d;
    struct stat st;
    DIR *dir;

    buf_printf(&path, "%s/%s", c->htdocs_dir, folder);
    dir = opendir(path.data);
    buf_free(&path);
    while (dir != NULL && (d = readdir(dir)) != NULL)
        if (d->d_name[0] != '.' && fstatat(dirfd(dir), d->d_name, &st, 0) == 0)
            buf_printf(b, "%s %lld %lld\n", d->d_name, (long long)st.st_size,
                       (long long)st.st_mtime);
    if (dir != NULL)
        closedir(dir);
}

/* Their names, sizes and times, hashed: it changes when any of them does.  The
 * order of a folder's entries is the file system's, and stays while it does. */
void asset_version(struct app *app)
{
    static const char *const folders[] = { "css", "js", "img", "vendor" };
    unsigned char sum[HASH_BYTES];
    struct buf b = { 0 };

    for (size_t i = 0; i < COUNT(folders); i++)
        folder_print(app->conf, folders[i], &b);
    sha256(sum, b.data, b.len);
    buf_free(&b);
    for (size_t i = 0; i < sizeof app->asset_text / 2; i++)
        snprintf(app->asset_text + 2 * i, 3, "%02x", sum[i]);
    app->asset = app->asset_text;
}
