/* A page's own values: its title; a form shown again: form.*, error.*, errors.*; and the
 * version of the static files that it names. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/call.h"
#include "base/log.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

void page_open(struct call *k)
{
    k->r.view = view_new(k->c.a, k->c.conf, k->c.now);
    k->r.page = view_root(k->r.view);
    k->r.asset = k->app->asset;
    k->r.titled = false;
}

void req_title(struct req *r, const char *title)
{
    view_text(r->page, "page.title", title);
    r->titled = true;
}

/* ---- a form again ---- */

/* Whether a typed value is put back into its form: all but passwords and files are. */
bool row_is_kept(const struct param *row)
{
    return row->type != P_RAW && row->type != P_FILES && !(row->flags & (PARAM_PATH | PARAM_API));
}

void req_retype(struct req *r, const char *name, const char *value)
{
    struct pairs *post = &r->http->post;

    for (size_t i = 0; i < post->n; i++)
        if (streq(post->v[i].name, name)) {
            post->v[i].value = arena_strdup(r->c->a, value);
            post->v[i].len = strlen(value);
            return;
        }
    pairs_add(r->c->a, post, (struct pair){ name, arena_strdup(r->c->a, value), strlen(value) });
}

/* Puts a typed value back into its form; several values of a list are joined. */
static void typed_value(struct call *k, const struct param *row)
{
    const struct pairs *typed = k->posted->method == GET ? &k->http.get : &k->http.post;
    const char *value = NULL;

    if (!row_is_kept(row))
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

/* Whether a field's name can be a key of the view, with dots between levels: an unknown field has the name that the
 * client sent. */
bool field_is_name(const char *s)
{
    return !is_blank(s) && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.")] == '\0' && *s != '.'
        && s[strlen(s) - 1] != '.' && strstr(s, "..") == NULL;
}

void fault_values(struct call *k, const struct fault *f)
{
    for (; f != NULL; f = f->next) {
        struct view_node *row = view_row(k->r.page, "errors");
        const char *sentence = fault_sentence(k->c.a, f);

        view_text(row, "text", sentence);
        view_text(row, "field", f->field);
        if (field_is_name(f->field))
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
        if (row_is_kept(&p->rows[i]))
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

/* Makes the version of the static files by hashing their names, sizes and times: it changes when a file
 * does.  The files are taken in the order of the file system, which stays the same as long as no file
 * changes. */
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
    view_fix("page.asset", app->asset);
}
