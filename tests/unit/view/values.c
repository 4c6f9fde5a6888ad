/* Values reach a page escaped, in each of their forms; and a page is sent whole or not at all. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "view/view.h"

#define NOW 1795615920           /* 2026-11-25 09:12 in Bogotá, a Wednesday */

struct place {
    struct arena *a;
    struct conf conf;
    char dir[64];
};

static void place_make(struct place *p)
{
    p->a = arena_new();
    p->conf = (struct conf){ 0 };
    snprintf(p->dir, sizeof(p->dir), "/tmp/view-test-XXXXXX");
    cr_assert_not_null(mkdtemp(p->dir));
    p->conf.templates_dir = p->dir;
}

static const char *path_of(struct place *p, const char *name)
{
    return arena_printf(p->a, "%s/%s", p->dir, name);
}

/* Writes a template. mtime: seconds, so that a change is seen without waiting for the clock. */
static void file_put(struct place *p, const char *name, const char *text, int64_t mtime)
{
    struct timespec times[2] = { { .tv_sec = mtime }, { .tv_sec = mtime } };
    int fd = open(path_of(p, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(futimens(fd, times), 0);
    close(fd);
}

static void place_end(struct place *p)
{
    static const char *const names[] = { "t.cst", "part.cst", "late.cst", "piece.cst" };

    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path_of(p, names[i]));
    rmdir(p->dir);
    view_forget();
    arena_free(p->a);
}

/* The text that the template makes of the values; "" if it failed. */
static const char *rendered(struct place *p, struct view *v, const char *template)
{
    struct buf out = { 0 };
    const char *text = "";

    file_put(p, "t.cst", template, 1000);
    view_forget();
    if (view_render(v, "t.cst", &out) == OK)
        text = out.data ? arena_strdup(p->a, out.data) : "";
    buf_free(&out);
    return text;
}

Test(view, values_are_escaped_in_text_attributes_and_macros)
{
    static const char *const templates[] = {
        "<p><?cs var:x ?></p>",
        "<p title=\"<?cs var:x ?>\">",
        "<p title='<?cs var:x ?>'>",
        "<?cs def:m(a) ?><?cs var:a ?><?cs /def ?><?cs call:m(x) ?>",
        "<?cs def:m(k) ?><?cs var:form[k] ?><?cs /def ?><?cs call:m(\"x\") ?>",
        "<?cs each:r = rows ?><?cs var:r.x ?><?cs /each ?>",
        "<?cs with:f = form ?><?cs var:f.x ?><?cs /with ?>",
    };
    const char *hostile = "\"'><script>alert(1)</script>&";
    struct place p;

    place_make(&p);
    for (size_t i = 0; i < COUNT(templates); i++) {
        struct view *v = view_new(p.a, &p.conf, NOW);
        struct view_node *root = view_root(v);
        const char *out;

        view_text(root, "x", hostile);
        view_text(root, "form.x", hostile);
        view_text(view_row(root, "rows"), "x", hostile);
        out = rendered(&p, v, templates[i]);
        cr_assert_not_null(strstr(out, "&quot;&#39;&gt;&lt;script&gt;"), "%s", out);
        cr_assert_null(strstr(out, "<script>"), "%s", out);
    }
    place_end(&p);
}

/* Macros are written out before ClearSilver reads the template, so these rows say what they mean. */
Test(view, a_macro_means_what_is_written_in_the_place_of_its_call)
{
    static const struct { const char *template, *shown; } rows[] = {
        /* a literal is escaped as a value is */
        { "<?cs def:m(a) ?>[<?cs var:a ?>]<?cs /def ?><?cs call:m(\"<b> & 'c'\") ?>", "[&lt;b&gt; &amp; &#39;c&#39;]" },
        { "<?cs def:m(a) ?>[<?cs var:a ?>]<?cs /def ?><?cs call:m(#7) ?>", "[7]" },
        { "<?cs def:m(a) ?>[<?cs var:a ?>]<?cs /def ?><?cs call:m(\"a, b) c\") ?>", "[a, b) c]" },
        /* a literal is true as ClearSilver judges it */
        { "<?cs def:m(a) ?><?cs if:a ?>yes<?cs else ?>no<?cs /if ?><?cs /def ?>"
          "<?cs call:m(\"\") ?> <?cs call:m(\"0\") ?> <?cs call:m(\"00\") ?> <?cs call:m(\"0a\") ?> <?cs call:m(#0) ?> <?cs call:m(#2) ?>",
          "no no no yes no yes" },
        { "<?cs def:m(a) ?><?cs if:!a ?>no<?cs elif:a == \"ok\" ?>ok<?cs elif:x == \"1\" ?>x<?cs else ?>else<?cs /if ?><?cs /def ?>"
          "<?cs call:m(\"\") ?> <?cs call:m(\"ok\") ?> <?cs call:m(\"bad\") ?> <?cs call:m(x) ?>", "no ok x x" },
        { "<?cs def:m(a) ?><?cs if:x == \"2\" ?>x<?cs elif:a == #1 ?>a<?cs elif:x ?>never<?cs /if ?><?cs /def ?>"
          "<?cs call:m(#1) ?> <?cs call:m(#3) ?>", "a never" },
        { "<?cs def:m(a) ?><?cs if:a ?><?cs if:x ?>deep<?cs /if ?><?cs each:r = rows ?>row<?cs /each ?><?cs /if ?><?cs /def ?>"
          "[<?cs call:m(\"\") ?>] [<?cs call:m(\"1\") ?>]", "[] [deeprowrow]" },
        /* a value's name comes as an argument, and through a second macro */
        { "<?cs def:in(k) ?><?cs var:form[k] ?><?cs /def ?><?cs def:m(key) ?>[<?cs call:in(key) ?>]<?cs /def ?>"
          "<?cs call:m(\"x\") ?><?cs call:m(name) ?>", "[typed][typed]" },
        /* the caller's variable and the macro's own have one name */
        { "<?cs def:m(v, list) ?><?cs each:r = list ?><?cs var:v ?><?cs var:r.n ?> <?cs /each ?><?cs /def ?>"
          "<?cs each:r = rows ?><?cs call:m(r.n, rows) ?><?cs /each ?>", "11 12 21 22 " },
        /* an argument is seen by its own macro only, not by one that is called there */
        { "<?cs def:in() ?><?cs var:x ?><?cs /def ?><?cs def:m(x) ?><?cs var:x ?><?cs call:in() ?><?cs /def ?><?cs call:m(\"a\") ?>",
          "a1" },
        { "<?cs def:m(r) ?><?cs var:r.n ?><?cs /def ?><?cs each:e = rows ?><?cs if:first(e) ?><?cs call:m(e) ?><?cs /if ?><?cs /each ?>",
          "1" },
        { "<?cs # said to those who read it ?>a<?cs if:#0 ?>b<?cs def:m() ?>c<?cs /def ?><?cs /if ?><?cs call:m() ?>", "ac" },
    };
    struct place p;

    place_make(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct view *v = view_new(p.a, &p.conf, NOW);

        view_text(view_root(v), "x", "1");
        view_text(view_root(v), "name", "x");
        view_text(view_root(v), "form.x", "typed");
        view_text(view_row(view_root(v), "rows"), "n", "1");
        view_text(view_row(view_root(v), "rows"), "n", "2");
        cr_expect_str_eq(rendered(&p, v, rows[i].template), rows[i].shown, "%s: %s", rows[i].template,
                         rendered(&p, v, rows[i].template));
    }
    place_end(&p);
}

Test(view, each_kind_of_value_has_its_form)
{
    struct place p;
    struct view *v;
    struct view_node *n;

    place_make(&p);
    v = view_new(p.a, &p.conf, NOW);
    n = view_child(view_root(v), "p");
    view_int(n, "big", INT64_MAX);
    view_money(n, "due", 5000000000);
    view_bool(n, "yes", true);
    view_bool(n, "no", false);
    view_instant(n, "at", NOW);
    view_instant(n, "never", 0);
    view_text(n, "gone", "x");
    view_text(n, "gone", NULL);
    view_text(n, "absent", NULL);
    cr_assert_str_eq(rendered(&p, v, "<?cs var:p.big ?> <?cs var:p.due ?>"),
                     "9223372036854775807 $5.000.000.000");
    cr_assert_str_eq(rendered(&p, v, "<?cs if:p.yes ?>y<?cs /if ?><?cs if:p.no ?>n<?cs /if ?>"
                                     "<?cs if:p.gone || p.absent ?>g<?cs /if ?>"), "y");
    cr_assert_str_eq(rendered(&p, v, "<?cs var:p.at ?>|<?cs var:p.at_exact ?>|<?cs var:p.at_iso ?>"
                                     "|<?cs var:p.never ?><?cs var:p.never_iso ?>"),
                     "hoy 09:12|25/11/2026 09:12|2026-11-25T09:12:00-05:00|");
    place_end(&p);
}

struct thing {
    int64_t id, other_id, count, open, due, at;
    const char *name, *hash;
};

Test(view, a_field_table_fills_a_node_without_its_secrets)
{
    static const struct field rows[] = {
        FIELD(struct thing, id, F_ID, ""),       FIELD(struct thing, other_id, F_ID, ""),
        FIELD(struct thing, count, F_INT, ""),   FIELD(struct thing, open, F_BOOL, ""),
        FIELD(struct thing, due, F_MONEY, ""),   FIELD(struct thing, at, F_INSTANT, ""),
        FIELD(struct thing, name, F_TEXT, ""),   FIELD_SECRET(struct thing, hash, F_TEXT, ""),
    };
    const struct fields table = FIELDS(rows);
    const struct thing thing = { 7, 0, 0, 1, 1500, NOW, "Ana", "s3cret" };
    struct place p;
    struct view *v;

    place_make(&p);
    v = view_new(p.a, &p.conf, NOW);
    view_fields(view_child(view_root(v), "t"), table, &thing);
    cr_assert_str_eq(rendered(&p, v, "<?cs var:t.id ?>,<?cs var:t.other_id ?>,<?cs var:t.count ?>,"
                                     "<?cs var:t.open ?>,<?cs var:t.due ?>,<?cs var:t.due_raw ?>,"
                                     "<?cs var:t.at ?>,<?cs var:t.name ?>,<?cs var:t.hash ?>"),
                     "7,,0,1,$1.500,1500,hoy 09:12,Ana,");
    place_end(&p);
}

Test(view, rows_keep_their_order_in_two_lists_at_once)
{
    struct place p;
    struct view *v;
    struct buf want = { 0 };

    place_make(&p);
    v = view_new(p.a, &p.conf, NOW);
    for (int i = 0; i < 1000; i++) {
        view_int(view_row(view_root(v), "a"), "n", i);
        view_int(view_row(view_root(v), "b"), "n", -i);
        buf_printf(&want, "%d ", i);
    }
    cr_assert_str_eq(rendered(&p, v, "<?cs each:r = a ?><?cs var:r.n ?> <?cs /each ?>"), want.data);
    buf_free(&want);
    place_end(&p);
}

Test(view, a_broken_or_absent_template_is_an_error_in_its_own_words)
{
    static const struct { const char *name, *text, *words; } rows[] = {
        { "absent.cst", NULL, "No such file" },
        { "../../etc/passwd", NULL, "not a template's name" },
        { "/etc/passwd", NULL, "not a template's name" },
        { "t.cst", "<?cs if:x ?>", "ParseError" },
        { "t.cst", "<?cs include!\"absent.cst\" ?>", "No such file" },
        { "t.cst", "<?cs include!\"../x.cst\" ?>", "not a template's name" },
        { "t.cst", "<?cs call:nobody(x) ?>", "no such macro, or other arguments: nobody(x)" },
        { "t.cst", "<?cs def:m(a) ?><?cs /def ?><?cs call:m(x, y) ?>", "no such macro, or other arguments: m(x, y)" },
        { "t.cst", "<?cs def:m() ?><?cs call:m() ?><?cs /def ?><?cs call:m() ?>", "too many macros inside each other: m" },
        { "t.cst", "<?cs def:m() ?>", "not a macro, or one that is known already: m()" },
        { "t.cst", "<?cs def:m(a) ?><?cs var:a.b ?><?cs /def ?><?cs call:m(\"x\") ?>", "a literal has no parts: a.b" },
        { "t.cst", "<?cs else ?>", "a condition that was not begun: else" },
        { "t.cst", "<?cs var:x", "a tag does not end" },
    };
    struct place p;
    struct view *v;
    char log[16384] = "";
    size_t n;
    FILE *err;

    cr_redirect_stderr();
    place_make(&p);
    v = view_new(p.a, &p.conf, NOW);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = { 0 };

        if (rows[i].text != NULL)
            file_put(&p, "t.cst", rows[i].text, 1000);
        cr_assert_eq(view_render(v, rows[i].name, &out), E_INTERNAL, "row %zu", i);
        buf_free(&out);
    }
    fflush(stderr);
    err = cr_get_redirected_stderr();
    n = fread(log, 1, sizeof(log) - 1, err);
    log[n] = '\0';
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_assert_not_null(strstr(log, rows[i].words), "row %zu: %s", i, log);
    place_end(&p);
}

/* Renders t.cst as it stands on disk, through the cache; "failed" if it cannot. */
static const char *again(struct place *p)
{
    struct view *v = view_new(p->a, &p->conf, NOW);
    struct buf out = { 0 };
    const char *text = "failed";

    if (view_render(v, "t.cst", &out) == OK)
        text = arena_strdup(p->a, out.data);
    buf_free(&out);
    return text;
}

Test(view, a_changed_part_is_read_again_in_development_only)
{
    struct place p;

    place_make(&p);
    file_put(&p, "t.cst", "<?cs include!\"part.cst\" ?>", 1000);
    file_put(&p, "part.cst", "one", 1000);
    cr_assert_str_eq(again(&p), "one");
    file_put(&p, "part.cst", "two", 2000);
    cr_assert_str_eq(again(&p), "one");
    p.conf.development = true;
    cr_assert_str_eq(again(&p), "two");
    file_put(&p, "part.cst", "<?cs if:x ?>", 3000);
    cr_redirect_stderr();
    cr_assert_str_eq(again(&p), "failed");
    file_put(&p, "part.cst", "mended", 4000);
    cr_assert_str_eq(again(&p), "mended");
    place_end(&p);
}

Test(view, a_value_that_is_the_same_for_all_pages_is_a_new_one_on_each_of_them_once_it_changes)
{
    struct place p;

    place_make(&p);
    file_put(&p, "t.cst", "[<?cs def:m(v) ?><?cs var:page.asset ?><?cs var:v ?><?cs /def ?><?cs call:m(page.asset) ?><?cs var:page.assets ?>]", 1000);
    cr_assert_str_eq(again(&p), "[]");
    view_fix("page.asset", "1<");
    cr_assert_str_eq(again(&p), "[1&lt;1&lt;]");
    view_fix("page.asset", "1<");
    cr_assert_str_eq(again(&p), "[1&lt;1&lt;]");
    view_fix("page.asset", "2");
    cr_assert_str_eq(again(&p), "[22]");
    place_end(&p);
}

static int filled;               /* pieces rendered */

static void thing_fill(struct view_node *n, struct arena *a, const void *object)
{
    const struct thing *thing = object;

    filled++;
    view_text(n, "twice", arena_printf(a, "%lld", 2 * (long long)thing->count));
}

static const char *piece_of(struct place *p, int64_t now, struct fields f, const struct thing *thing)
{
    struct view *v = view_new(p->a, &p->conf, now);
    struct buf out = { 0 };
    const char *text;

    buf_str(&out, "before ");
    view_text(view_root(v), "name", "of the page");
    cr_assert_eq(view_piece(v, "piece.cst", f, thing, thing_fill, &out), OK);
    text = arena_strdup(p->a, out.data);
    buf_free(&out);
    return text;
}

Test(view, a_piece_is_kept_for_the_same_values_and_no_others)
{
    static const struct field rows[] = {
        FIELD(struct thing, count, F_INT, ""), FIELD(struct thing, at, F_INSTANT, ""),
        FIELD(struct thing, name, F_TEXT, ""), FIELD(struct thing, hash, F_TEXT, ""),
    };
    static const struct fields table = FIELDS(rows);
    static const struct { int64_t now; struct thing thing; const char *text; } cases[] = {
        { NOW, { .count = 1, .at = NOW, .name = "<a>" }, "before 1 hoy 09:12 &lt;a&gt; " },
        { NOW, { .count = 2, .at = NOW, .name = "<a>" }, "before 2 hoy 09:12 &lt;a&gt; " },
        { NOW, { .count = 1, .at = NOW }, "before 1 hoy 09:12  " },
        { NOW, { .count = 1, .at = NOW, .name = "" }, "before 1 hoy 09:12  " },
        { NOW, { .count = 1, .at = NOW, .name = "a", .hash = "b" }, "before 1 hoy 09:12 a b" },
        { NOW, { .count = 1, .at = NOW, .name = "ab" }, "before 1 hoy 09:12 ab " },
        { NOW, { .count = 1, .at = NOW, .hash = "ab" }, "before 1 hoy 09:12  ab" },
        { NOW + DAY_SECONDS, { .count = 1, .at = NOW, .name = "<a>" }, "before 1 ayer 09:12 &lt;a&gt; " },
    };
    struct place p;

    place_make(&p);
    filled = 0;
    file_put(&p, "piece.cst", "\n<?cs var:count ?> <?cs var:at ?> <?cs var:name ?> <?cs var:hash ?>", 1000);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(cases); i++)
            cr_expect_str_eq(piece_of(&p, cases[i].now, table, &cases[i].thing), cases[i].text, "%zu", i);
    cr_expect_eq(filled, (int)COUNT(cases), "what follows from them is made once");
    file_put(&p, "piece.cst", "<?cs var:twice ?> other", 1000);
    cr_expect_str_eq(piece_of(&p, NOW, table, &cases[0].thing), cases[0].text, "it is kept");
    view_forget();
    cr_expect_str_eq(piece_of(&p, NOW, table, &cases[0].thing), "before 2 other");
    view_forget();
    p.conf.development = true;
    for (int i = 0; i < 2; i++)
        cr_expect_str_eq(piece_of(&p, NOW, table, &cases[0].thing), "before 2 other", "edited while it runs");
    file_put(&p, "piece.cst", "edited", 2000);
    cr_expect_str_eq(piece_of(&p, NOW, table, &cases[0].thing), "before edited");
    place_end(&p);
}
