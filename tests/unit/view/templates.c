/* Templates: every page, with hostile text in every value that it reads: it renders, and nothing of that
 * text comes out raw. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "view/view.h"

#define HOSTILE "<x9 onload=x9>\"'x9&"
#define PAGES_MAX 256
#define LISTS_MAX 256

struct pages {
    char *path[PAGES_MAX];       /* all templates: pages and what they include */
    size_t count;
};

static struct pages pages;       /* nftw's callback takes no argument */

static int page_found(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)f;
    if (type == FTW_F && strlen(path) > 4 && streq(path + strlen(path) - 4, ".cst")) {
        cr_assert(pages.count < PAGES_MAX);
        pages.path[pages.count++] = strdup(path);
    }
    return 0;
}

static const char *templates_dir(struct arena *a)
{
    const char *source = getenv("TEST_SRCDIR");

    return arena_printf(a, "%s/templates", source ? source : ".");
}

static const char *file_text(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "re");
    struct buf b = { 0 };
    char piece[4096];
    size_t n;
    const char *text;

    cr_assert_not_null(f, "%s", path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&b, piece, n);
    fclose(f);
    text = arena_strndup(a, b.data ? b.data : "", b.len);
    buf_free(&b);
    return text;
}

struct alias { char name[64], list[128]; };

struct filling {
    struct arena *a;
    struct view_node *root;
    struct alias alias[LISTS_MAX];
    size_t aliases;
};

/* Remembers `each:row = list`: a value read from row is set in list.0. */
static void alias_add(struct filling *f, const char *tag)
{
    struct alias *x = &f->alias[f->aliases];

    cr_assert(f->aliases < LISTS_MAX);
    if (sscanf(tag, "each:%63[a-z_0-9] = %127[a-z_0-9.]", x->name, x->list) == 2)
        f->aliases++;
}

static void value_set(struct filling *f, const char *name)
{
    for (size_t i = 0; i < f->aliases; i++) {
        size_t n = strlen(f->alias[i].name);

        if (strncmp(name, f->alias[i].name, n) == 0 && name[n] == '.')
            view_text(f->root, arena_printf(f->a, "%s.0%s", f->alias[i].list, name + n), HOSTILE);
    }
    view_text(f->root, arena_strdup(f->a, name), HOSTILE);
}

/* Sets each name in a tag's expression to hostile text; a literal is a field's name for a macro. */
static void tag_read(struct filling *f, const char *s, const char *end)
{
    char name[256];
    size_t n;

    while (s < end) {
        if (*s == '"') {
            for (n = 0, s++; s < end && *s != '"'; s++)
                if (n < sizeof(name) - 1)
                    name[n++] = *s;
            name[n] = '\0';
            s++;
            if (n > 0 && strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == n) {
                view_text(f->root, arena_join(f->a, "form.", name), HOSTILE);
                view_text(f->root, arena_join(f->a, "error.", name), HOSTILE);
            }
        } else if (islower((unsigned char)*s)) {
            for (n = 0; s < end && (islower((unsigned char)*s) || isdigit((unsigned char)*s) ||
                                    *s == '_' || *s == '.'); s++)
                if (n < sizeof(name) - 1)
                    name[n++] = *s;
            name[n] = '\0';
            if (name[n - 1] != '.' && strstr(name, "..") == NULL)
                value_set(f, name);
        } else {
            s++;
        }
    }
}

static void template_fill(struct filling *f, const char *text)
{
    for (const char *s = text; (s = strstr(s, "<?cs")) != NULL; ) {
        const char *end = strstr(s, "?>"), *tag = s + 4;

        cr_assert_not_null(end);
        while (isspace((unsigned char)*tag))
            tag++;
        if (*tag != '#' && *tag != '/') {
            alias_add(f, tag);
            tag_read(f, strchr(tag, ':') ? strchr(tag, ':') : tag, end);
        }
        s = end;
    }
}

static void page_render(struct arena *a, const struct conf *conf, const char *name, bool hostile,
                        bool shows)
{
    struct view *v = view_new(a, conf, 1795615920);
    struct filling f = { .a = a, .root = view_root(v) };
    struct buf out = { 0 };

    for (size_t i = 0; hostile && i < pages.count; i++)
        template_fill(&f, file_text(a, pages.path[i]));
    cr_assert_eq(view_render(v, name, &out), OK, "%s", name);
    cr_assert_not_null(out.data, "%s is empty", name);
    /* A piece that a script puts into a page is blank where there is nothing to say. */
    cr_assert(has_prefix(out.data, "<") || (!hostile && is_blank(out.data)), "%s: %.40s", name, out.data);
    cr_assert_null(strstr(out.data, "<x9"), "%s: %s", name, strstr(out.data, "<x9"));
    cr_assert_null(strstr(out.data, "x9>"), "%s: %s", name, strstr(out.data, "x9>"));
    cr_assert_null(strstr(out.data, "\"'x9"), "%s", name);
    if (hostile && shows)
        cr_assert_not_null(strstr(out.data, "&lt;x9"), "%s shows no value at all", name);
    buf_free(&out);
}

/* True for a template that is rendered by itself: it includes the macros, except the title, which needs
 * none.  The others are parts of these. */
static bool is_whole(const char *name, const char *text)
{
    return strstr(text, "include!\"macros.cst\"") != NULL || streq(name, "layout/title.cst");
}

Test(templates, every_page_renders_empty_and_with_hostile_values)
{
    struct arena *a = arena_new();
    struct conf conf = { 0 };
    size_t rendered = 0;

    conf.templates_dir = templates_dir(a);
    cr_assert_eq(nftw(conf.templates_dir, page_found, 8, FTW_PHYS), 0);
    for (size_t i = 0; i < pages.count; i++) {
        const char *name = pages.path[i] + strlen(conf.templates_dir) + 1;

        const char *text = file_text(a, pages.path[i]);
        const bool shows = strstr(text, "<?cs var:") != NULL;

        if (!is_whole(name, text))
            continue;
        page_render(a, &conf, name, false, shows);
        page_render(a, &conf, name, true, shows);
        rendered++;
    }
    cr_assert(rendered >= 5);
    for (size_t i = 0; i < pages.count; i++)
        free(pages.path[i]);
    view_forget();
    arena_free(a);
}

/* ClearSilver takes "00" for a number, and so for false. */
Test(templates, the_position_00_is_shown_as_any_other)
{
    static const struct { const char *page, *key, *shown; } rows[] = {
        { "packages/row.cst", "position_code", "</span>00</span>" },
        { "packages/detail.cst", "package.position_code", "<span>00</span>" },
        { "packages/hits.cst", "packages.0.position_code", "</span>00</span>" },
    };
    struct arena *a = arena_new();
    struct conf conf = { 0 };

    conf.templates_dir = templates_dir(a);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct view *v = view_new(a, &conf, 1795615920);
        struct buf out = { 0 };

        view_text(view_root(v), rows[i].key, "00");
        cr_assert_eq(view_render(v, rows[i].page, &out), OK);
        cr_expect_not_null(strstr(out.data, rows[i].shown), "%s", rows[i].page);
        view_text(view_root(v), rows[i].key, NULL);
        buf_reset(&out);
        cr_assert_eq(view_render(v, rows[i].page, &out), OK);
        cr_expect_null(strstr(out.data, "osición </span>"), "%s: an empty one", rows[i].page);
        cr_expect_null(strstr(out.data, "spot-large"), "%s: an empty one", rows[i].page);
        buf_free(&out);
    }
    view_forget();
    arena_free(a);
}
