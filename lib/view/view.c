/* The only file that includes ClearSilver: its core (cs) and its data sets (hdf), never its CGI kit, which
 * parses requests badly (lib/http does that).
 *
 * Escaping is switched on in one place, view_new.  No template can avoid it: the template lint forbids the
 * constructs of ClearSilver that do. */
#include "view/inside.h"

#include <assert.h>
#include <ClearSilver.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "local/money.h"
#include "local/normal.h"

#define ESCAPING "Config.VarEscapeMode"
#define ESCAPED "html"
#define TEMPLATE_MAX 262144      /* bytes of a template's file */

struct view_node {
    struct view *view;
    HDF *hdf;
};

/* Files that a parsed template was made of: the page and its includes. */
struct part {
    char *path;
    struct timespec mtime;
    struct part *next;
};

/* A parsed template may be rendered any number of times, each with the data of
 * its request (facts: cs->hdf is replaced before cs_render). */
struct template {
    char *dir, *name;
    CSPARSE *cs;
    HDF *hdf;                    /* data set given to cs_init; it holds settings only */
    struct part *parts;
    struct template *next;
};

/* The parsed templates of this process; it is single-threaded.  Everything in it
 * can be read again from the files, so nobody owns or passes it. */
static struct template *cache;

/* The key and the value that view_fix set; NULL: none. */
static char *fixed_key;
static char *fixed_value;

/* Aborts on an error of ClearSilver while a template is made ready: it means a broken invariant or no memory. */
static void neo_must(NEOERR *e)
{
    STRING text;

    if (e == STATUS_OK)
        return;
    string_init(&text);
    nerr_error_string(e, &text);
    log_error("view.data", "error", text.buf);
    abort();
}

/* ---- the data set ----
 *
 * The nodes of ClearSilver's data set are made here, in the request's arena.  hdf_set_value would allocate
 * each node, name and value by itself and free them one by one, which took a fifth of a page's time.
 * ClearSilver only reads the nodes: the command that writes while rendering (set) is refused by the template
 * lint.  It compares as many bytes of a name as name_len says, so a name is a part of its key.  Keys and values are those
 * of the caller (view.h). */

static bool data_is(const HDF *h, const char *name, size_t n)
{
    return (size_t)h->name_len == n && memcmp(h->name, name, n) == 0;
}

/* Finds the child of that name.  The last one is looked at first: values of one part of a page are set one after the
 * other. */
static HDF *data_find(const HDF *parent, const char *name, size_t n)
{
    HDF *h = parent->child;

    if (h != NULL && data_is(parent->last_child, name, n))
        return parent->last_child;
    while (h != NULL && !data_is(h, name, n))
        h = h->next;
    return h;
}

static HDF *data_append(struct arena *a, HDF *parent, const char *name, size_t n)
{
    HDF *h = arena_alloc(a, sizeof(*h));

    h->name = (char *)(uintptr_t)name;
    h->name_len = (int)n;
    h->top = parent->top;
    if (parent->child == NULL)
        parent->child = h;
    else
        parent->last_child->next = h;
    parent->last_child = h;
    return h;
}

/* Finds the node of a dotted key below h.  If it does not exist, it is made (make) or NULL returned. */
static HDF *data_node(struct arena *a, HDF *h, const char *key, bool make)
{
    for (size_t n; h != NULL && *key != '\0'; key += n + (key[n] == '.')) {
        HDF *below;

        n = (size_t)(strchrnul(key, '.') - key);
        assert(n > 0 && "a key is a literal name");
        below = data_find(h, key, n);
        h = below == NULL && make ? data_append(a, h, key, n) : below;
    }
    return h;
}

struct view *view_new(struct arena *a, const struct conf *c, int64_t now)
{
    struct view *v = arena_alloc(a, sizeof(*v));

    v->a = a;
    v->conf = c;
    v->now = now;
    v->root = arena_alloc(a, sizeof(*v->root));
    v->root->view = v;
    v->root->hdf = arena_alloc(a, sizeof(*v->root->hdf));
    v->root->hdf->top = v->root->hdf;
    view_text(v->root, ESCAPING, ESCAPED);
    return v;
}

/* ---- values ---- */

struct view_node *view_root(struct view *v)
{
    return v->root;
}

static struct view_node *node_of(struct view *v, HDF *h)
{
    struct view_node *n = arena_alloc(v->a, sizeof(*n));

    n->view = v;
    n->hdf = h;
    return n;
}

struct view_node *view_child(struct view_node *n, const char *key)
{
    return node_of(n->view, data_node(n->view->a, n->hdf, key, true));
}

/* Rows are named 0, 1, 2 …  The new row's number follows from the name of the last row, so that a long list
 * is not walked for each row. */
struct view_node *view_row(struct view_node *n, const char *key)
{
    HDF *list = data_node(n->view->a, n->hdf, key, true);
    char *index = arena_alloc(n->view->a, DIGITS_SIZE);

    digits(index, list->last_child == NULL ? 0 : strtol(list->last_child->name, NULL, 10) + 1);
    return node_of(n->view, data_append(n->view->a, list, index, strlen(index)));
}

void view_text(struct view_node *n, const char *key, const char *value)
{
    HDF *h = data_node(n->view->a, n->hdf, key, value != NULL);

    if (h != NULL)
        h->value = (char *)(uintptr_t)(value == NULL ? "" : value);
}

void view_option(struct view_node *n, const char *list, const char *value, const char *label)
{
    struct view_node *row = view_row(n, list);

    view_text(row, "value", value);
    view_text(row, "label", label);
}

void view_options(struct view_node *n, const char *list, const struct word *table)
{
    for (; table->value != NULL; table++)
        view_option(n, list, table->value, table->words);
}

void view_int(struct view_node *n, const char *key, int64_t value)
{
    view_text(n, key, digits(arena_alloc(n->view->a, DIGITS_SIZE), value));
}

void view_bool(struct view_node *n, const char *key, bool value)
{
    view_text(n, key, value ? "1" : NULL);
}

void view_money(struct view_node *n, const char *key, int64_t pesos)
{
    view_text(n, key, money_text(n->view->a, pesos));
}

void view_phone(struct view_node *n, const char *key, const char *e164)
{
    view_text(n, key, e164 ? phone_words(n->view->a, e164) : NULL);
}

void view_instant(struct view_node *n, const char *key, int64_t t)
{
    struct arena *a = n->view->a;
    struct instant_texts x = { 0 };

    if (t != 0)
        x = clock_texts(a, t, n->view->now);
    view_text(n, key, x.words);
    view_text(n, arena_join(a, key, "_exact"), x.exact);
    view_text(n, arena_join(a, key, "_iso"), x.iso);
}

/* Sets the values of an inner struct or list below the field's name; those of a F_PART beside the outer ones. */
static void view_inner(struct view_node *n, const struct field *f, const void *object)
{
    const char *v;
    size_t count;

    if (f->type == F_PART)
        view_fields(n, *f->of, field_at(f, object));
    else if (field_is_none(f, object))
        view_text(n, f->name, NULL);
    else if (f->type == F_OBJECT)
        view_fields(view_child(n, f->name), *f->of, field_at(f, object));
    else if ((v = field_list(f, object, &count)) != NULL)
        for (size_t i = 0; i < count; i++)
            view_fields(view_row(n, f->name), *f->of, v + i * f->size);
}

static void view_field(struct view_node *n, const struct field *f, const void *object)
{
    switch (f->type) {
    case F_OBJECT:
    case F_LIST:
    case F_PART:
        view_inner(n, f, object);
        break;
    case F_INT:
    case F_ID:
        if (field_is_none(f, object) || (f->type == F_ID && field_int(f, object) == 0))
            view_text(n, f->name, NULL);
        else
            view_int(n, f->name, field_int(f, object));
        break;
    case F_BOOL:
        view_bool(n, f->name, field_int(f, object) != 0);
        break;
    case F_MONEY:
        view_money(n, f->name, field_int(f, object));
        view_int(n, arena_join(n->view->a, f->name, "_raw"), field_int(f, object));
        break;
    case F_INSTANT:
        view_instant(n, f->name, field_int(f, object));
        break;
    case F_TEXT:
        view_text(n, f->name, field_text(f, object));
        break;
    case F_PHONE:
    case F_ADDRESS:
        view_phone(n, f->name, field_text(f, object));
        view_text(n, arena_join(n->view->a, f->name, "_raw"), field_text(f, object));
        break;
    }
}

void view_fields(struct view_node *n, struct fields f, const void *object)
{
    for (size_t i = 0; i < f.count; i++)
        if (!(f.rows[i].flags & F_SECRET))
            view_field(n, &f.rows[i], object);
}

/* ---- templates ---- */

static void parts_free(struct part *p)
{
    while (p != NULL) {
        struct part *next = p->next;

        free(p->path);
        free(p);
        p = next;
    }
}

static void template_free(struct template *t)
{
    cs_destroy(&t->cs);
    hdf_destroy(&t->hdf);
    parts_free(t->parts);
    free(t->dir);
    free(t->name);
    free(t);
}

void view_forget(void)
{
    while (cache != NULL) {
        struct template *next = cache->next;

        template_free(cache);
        cache = next;
    }
    pieces_forget();
}

static char *copy_text(const char *s)
{
    char *out = strdup(s);

    if (out == NULL)
        abort();
    return out;
}

void view_fix(const char *key, const char *value)
{
    if (fixed_value != NULL && streq(fixed_key, key) && streq(fixed_value, value))
        return;
    view_forget();
    free(fixed_key);
    free(fixed_value);
    fixed_key = copy_text(key);
    fixed_value = copy_text(value);
}

const char *view_fixed(const char *key, size_t n)
{
    return fixed_value != NULL && strlen(fixed_key) == n && memcmp(fixed_key, key, n) == 0 ? fixed_value : NULL;
}

static void *alloc_zeroed(size_t n)
{
    void *p = calloc(1, n);

    if (p == NULL)
        abort();
    return p;
}

/* The whole file, NUL-terminated, and its time; NULL with errno. */
static char *file_read(const char *path, struct timespec *mtime)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = NULL;
    ssize_t n;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= TEMPLATE_MAX) {
        text = alloc_zeroed((size_t)st.st_size + 1);
        n = read(fd, text, (size_t)st.st_size);
        if (n != st.st_size) {
            free(text);
            text = NULL;
        }
        *mtime = st.st_mtim;
    }
    close(fd);
    return text;
}

/* Whether a template's name is relative to the templates' folder and stays inside it. */
static bool name_is_safe(const char *name)
{
    return *name != '/' && strstr(name, "..") == NULL;
}

struct loading {
    const char *dir;
    struct part *parts;
};

/* Takes the text of the page and of each include. */
static const char *file_load(void *arg, struct arena *a, const char *name, const char **why)
{
    struct loading *l = arg;
    struct part *p = alloc_zeroed(sizeof(*p));
    const char *path = arena_printf(a, "%s/%s", l->dir, name), *text = NULL;
    char *read = name_is_safe(name) ? file_read(path, &p->mtime) : NULL;

    if (read == NULL) {
        *why = arena_printf(a, "%s: %s", path, name_is_safe(name) ? strerror(errno) : "not a template's name");
        free(p);
        return NULL;
    }
    text = arena_strdup(a, read);
    free(read);
    p->path = copy_text(path);
    p->next = l->parts;
    l->parts = p;
    return text;
}

/* Logs the words of ClearSilver's error and frees it; returns E_INTERNAL. */
static enum err neo_failed(const char *event, const char *name, NEOERR *e)
{
    STRING text;

    string_init(&text);
    nerr_error_string(e, &text);
    log_error(event, "template", name, "error", text.buf);
    string_clear(&text);
    nerr_ignore(&e);
    return E_INTERNAL;
}

/* Reads the template's files, and has ClearSilver parse what their macros make of them. */
static NEOERR *template_read(struct template *t)
{
    struct arena *a = arena_new();
    struct loading l = { t->dir, NULL };
    struct buf text = { 0 };
    const char *why = template_expand(a, t->name, file_load, &l, &text);
    NEOERR *e = why == NULL ? cs_parse_string(t->cs, text.data, text.len) : nerr_raise(NERR_PARSE, "%s", why);

    t->parts = l.parts;
    if (why != NULL)
        buf_free(&text);         /* else ClearSilver frees it */
    arena_free(a);
    return e;
}

static enum err template_parse(const char *dir, const char *name, struct template **out)
{
    struct template *t = alloc_zeroed(sizeof(*t));
    NEOERR *e;

    t->dir = copy_text(dir);
    t->name = copy_text(name);
    neo_must(hdf_init(&t->hdf));
    neo_must(hdf_set_value(t->hdf, ESCAPING, ESCAPED));
    neo_must(cs_init(&t->cs, t->hdf));
    e = template_read(t);
    if (e != STATUS_OK) {
        template_free(t);
        return neo_failed("view.parse", name, e);
    }
    *out = t;
    return OK;
}

static bool is_stale(const struct template *t)
{
    struct stat st;

    for (const struct part *p = t->parts; p != NULL; p = p->next)
        if (stat(p->path, &st) != 0 || st.st_mtim.tv_sec != p->mtime.tv_sec ||
            st.st_mtim.tv_nsec != p->mtime.tv_nsec)
            return true;
    return false;
}

static enum err template_get(const struct view *v, const char *name, struct template **out)
{
    const char *dir = v->conf->templates_dir;
    struct template **at = &cache;
    enum err e;

    while (*at != NULL && !(streq((*at)->name, name) && streq((*at)->dir, dir)))
        at = &(*at)->next;
    if (*at != NULL && v->conf->development && is_stale(*at)) {
        struct template *old = *at;

        *at = old->next;
        template_free(old);
        at = &cache;
        while (*at != NULL)
            at = &(*at)->next;
    }
    if (*at == NULL) {
        e = template_parse(dir, name, at);
        if (e != OK)
            return e;
    }
    *out = *at;
    return OK;
}

struct rendering { struct buf *out; size_t start; };

/* Appends rendered text.  Empty lines before the first tag, which the macros at a page's beginning leave, are
 * left out. */
static NEOERR *text_add(void *arg, char *text)
{
    struct rendering *x = arg;

    if (x->out->len == x->start)
        text += strspn(text, " \n");
    buf_str(x->out, text);
    return STATUS_OK;
}

enum err view_render(struct view *v, const char *name, struct buf *out)
{
    struct rendering x = { out, out->len };
    struct template *t;
    NEOERR *failure;
    enum err e = template_get(v, name, &t);

    if (e != OK)
        return e;
    t->cs->hdf = v->root->hdf;
    failure = cs_render(t->cs, &x, text_add);
    t->cs->hdf = t->hdf;
    return failure == STATUS_OK ? OK : neo_failed("view.render", name, failure);
}
