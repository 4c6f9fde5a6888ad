/* Macros: writes a template's macros out where they are called, and its includes where they are named, before
 * ClearSilver parses it.  ClearSilver would keep all macros once for each template, and while it renders a page look
 * up each argument by its name and make room for it.
 *
 * An argument is a literal or a variable, and stands in the macro's text wherever its name does.  What is known then is
 * done then: a literal is text, escaped as ClearSilver escapes; a condition of literals is decided. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "view/inside.h"

#define OPEN "<?cs"
#define CLOSE "?>"
#define PARAMS_MAX 8             /* arguments of a macro */
#define LOCALS_MAX 4             /* variables of the loops of a macro */
#define IFS_MAX 32               /* conditions inside each other, in a file or macro */
#define DEPTH_MAX 16             /* macros and includes inside each other */

struct span { const char *s; size_t n; };

struct macro {
    struct span name, params[PARAMS_MAX], body;
    size_t count;
    struct macro *next;
};

/* A text that is being written out: the arguments in place of a macro's parameters, and the variables of its loops, which
 * get a name of their own, since an argument may have the same. */
struct frame {
    const struct macro *macro;   /* NULL: a file */
    struct span args[PARAMS_MAX], locals[LOCALS_MAX];
    size_t locals_count;
    int depth;
};

/* An `if` that is open in the text. */
struct condition {
    bool written;                /* it begins in what is written, too */
    bool decided;                /* a branch is always taken, and those that follow never are */
    bool outer_dead;
};

struct ifs { struct condition v[IFS_MAX]; size_t n; };

struct expansion {
    struct arena *a;
    struct buf *out;
    template_load *load;
    void *arg;
    struct macro *macros;
    bool dead;                   /* in a branch that is never taken */
    const char *why;             /* the fault that was found; NULL: none */
};

static bool template_write(struct expansion *x, const char *text, size_t n, struct frame *f);

/* ---- spans of text ---- */

static struct span span_of(const char *s)
{
    return (struct span){ s, strlen(s) };
}

static bool span_is(struct span x, struct span y)
{
    return x.n == y.n && memcmp(x.s, y.s, x.n) == 0;
}

static struct span span_trimmed(struct span x)
{
    for (; x.n > 0 && isspace((unsigned char)*x.s); x.n--)
        x.s++;
    while (x.n > 0 && isspace((unsigned char)x.s[x.n - 1]))
        x.n--;
    return x;
}

static const char *span_find(struct span x, const char *what)
{
    return memmem(x.s, x.n, what, strlen(what));
}

static struct span span_from(struct span x, const char *at)
{
    return (struct span){ at, x.n - (size_t)(at - x.s) };
}

static bool wrong(struct expansion *x, const char *what, struct span where)
{
    if (x->why == NULL)
        x->why = arena_printf(x->a, "%s: %.*s", what, (int)where.n, where.s);
    return false;
}

/* ---- what is written ---- */

static void put(struct expansion *x, const char *s, size_t n)
{
    if (!x->dead)
        buf_add(x->out, s, n);
}

static void put_tag(struct expansion *x, const char *command, struct span e)
{
    put(x, OPEN " ", sizeof OPEN);
    put(x, command, strlen(command));
    put(x, e.s, e.n);
    put(x, " " CLOSE, sizeof CLOSE);
}

static void put_escaped(struct expansion *x, struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.s[i]) {
        case '&': put(x, "&amp;", 5); break;
        case '<': put(x, "&lt;", 4); break;
        case '>': put(x, "&gt;", 4); break;
        case '"': put(x, "&quot;", 6); break;
        case '\'': put(x, "&#39;", 5); break;
        default: put(x, &text.s[i], 1);
        }
}

/* ---- expressions ---- */

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_string(struct span e)
{
    return e.n >= 2 && e.s[0] == '"' && memchr(e.s + 1, '"', e.n - 1) == e.s + e.n - 1;
}

static bool is_number(struct span e)
{
    size_t i = 1;

    while (i < e.n && isdigit((unsigned char)e.s[i]))
        i++;
    return e.n >= 2 && e.s[0] == '#' && i == e.n;
}

static bool is_literal(struct span e)
{
    return is_string(e) || is_number(e);
}

/* The text of a literal, without what marks it as one. */
static struct span literal_text(struct span e)
{
    return is_string(e) ? (struct span){ e.s + 1, e.n - 2 } : (struct span){ e.s + 1, e.n - 1 };
}

/* Whether a literal can be the part of a name behind a dot. */
static bool is_key(struct span e)
{
    size_t i = 1;

    if (!is_string(e) || !islower((unsigned char)e.s[1]))
        return false;
    while (i < e.n - 1 && (is_name_char(e.s[i]) || e.s[i] == '.'))
        i++;
    return i == e.n - 1 && e.s[i - 1] != '.';
}

/* Adds a name, or what stands for it: the argument, or the loop's own name for its variable. */
static struct span name_add(const struct frame *f, struct buf *b, struct span name)
{
    for (size_t i = 0; i < f->locals_count; i++)
        if (span_is(f->locals[i], name)) {
            buf_printf(b, "%.*s_%d", (int)name.n, name.s, f->depth);
            return name;
        }
    for (size_t i = 0; f->macro != NULL && i < f->macro->count; i++)
        if (span_is(f->macro->params[i], name))
            name = f->args[i];
    buf_add(b, name.s, name.n);
    return name;
}

/* Writes `form["name"]` as `form.name`, which needs nothing put together while a page is rendered. */
static void keys_dotted(struct buf *b, size_t start)
{
    char *open, *close, *s;

    for (s = b->data + start; (open = strchr(s, '[')) != NULL; s = open + 1) {
        close = strchr(open, ']');
        if (close == NULL || !is_key((struct span){ open + 1, (size_t)(close - open - 1) }))
            continue;
        *open = '.';
        memmove(open + 1, open + 2, (size_t)(close - open - 3));
        memmove(close - 2, close + 1, strlen(close + 1) + 1);
        b->len -= 3;
    }
}

/* The expression with the arguments in their places. */
static struct span expression(struct expansion *x, const struct frame *f, struct span e)
{
    struct buf b = { 0 };
    struct span out;
    size_t i = 0, n;

    buf_str(&b, "");
    while (i < e.n) {
        n = 1;
        if (e.s[i] == '"') {
            while (i + n < e.n && e.s[i + n++] != '"')
                ;
            buf_add(&b, e.s + i, n);
        } else if (is_name_char(e.s[i])) {
            while (i + n < e.n && is_name_char(e.s[i + n]))
                n++;
            if (i > 0 && strchr(".#", e.s[i - 1]) != NULL)
                buf_add(&b, e.s + i, n);
            else if (is_literal(name_add(f, &b, (struct span){ e.s + i, n })) && i + n < e.n && strchr(".[", e.s[i + n]) != NULL)
                wrong(x, "a literal has no parts", e);
        } else {
            buf_add(&b, e.s + i, n);
        }
        i += n;
    }
    keys_dotted(&b, 0);
    out = span_trimmed(span_of(arena_strdup(x->a, b.data)));
    buf_free(&b);
    return out;
}

/* ---- conditions ---- */

enum known { FALSE_ALWAYS, TRUE_ALWAYS, UNKNOWN };

/* Judges a literal as ClearSilver does: "0" and "00" are numbers. */
static bool literal_is_true(struct arena *a, struct span e)
{
    struct span text = literal_text(e);
    const char *s = arena_strndup(a, text.s, text.n);
    char *end;
    long n = strtol(s, &end, 0);

    return *s != '\0' && (*end != '\0' || n != 0);
}

static enum known condition_known(struct arena *a, struct span e)
{
    const char *equal = span_find(e, "=="), *differ = span_find(e, "!="), *at = equal != NULL ? equal : differ;
    struct span left, right;

    if (is_literal(e))
        return literal_is_true(a, e) ? TRUE_ALWAYS : FALSE_ALWAYS;
    if (e.n > 1 && e.s[0] == '!' && is_literal((struct span){ e.s + 1, e.n - 1 }))
        return literal_is_true(a, (struct span){ e.s + 1, e.n - 1 }) ? FALSE_ALWAYS : TRUE_ALWAYS;
    if (at == NULL)
        return UNKNOWN;
    left = span_trimmed((struct span){ e.s, (size_t)(at - e.s) });
    right = span_trimmed(span_from(e, at + 2));
    if (!(is_string(left) && is_string(right)) && !(is_number(left) && is_number(right)))
        return UNKNOWN;
    return span_is(left, right) == (equal != NULL) ? TRUE_ALWAYS : FALSE_ALWAYS;
}

/* Begins the branch of an `if`, `elif` or `else`. */
static void branch_begin(struct expansion *x, struct condition *c, enum known known, struct span e)
{
    x->dead = c->outer_dead || c->decided || known == FALSE_ALWAYS;
    if (x->dead)
        return;
    if (known == UNKNOWN)
        put_tag(x, c->written ? "elif:" : "if:", e);
    else if (c->written)
        put_tag(x, "else", span_of(""));
    c->written = c->written || known == UNKNOWN;
    c->decided = known == TRUE_ALWAYS;
}

/* ---- macros ---- */

static struct macro *macro_named(const struct expansion *x, struct span name)
{
    struct macro *m = x->macros;

    while (m != NULL && !span_is(m->name, name))
        m = m->next;
    return m;
}

/* Splits "name(a, b)"; false when it is none, or has too many. */
static bool call_split(struct span e, struct span *name, struct span *parts, size_t *count)
{
    const char *open = memchr(e.s, '(', e.n);
    bool quoted = false;
    struct span rest;

    *count = 0;
    if (open == NULL || e.s[e.n - 1] != ')')
        return false;
    *name = span_trimmed((struct span){ e.s, (size_t)(open - e.s) });
    rest = span_trimmed((struct span){ open + 1, (size_t)(e.s + e.n - open) - 2 });
    for (size_t i = 0, from = 0; i <= rest.n && rest.n > 0; i++) {
        quoted ^= i < rest.n && rest.s[i] == '"';
        if (i < rest.n && (quoted || rest.s[i] != ','))
            continue;
        if (*count == PARAMS_MAX)
            return false;
        parts[(*count)++] = span_trimmed((struct span){ rest.s + from, i - from });
        from = i + 1;
    }
    return true;
}

/* Takes a definition with the text up to its end, behind which the rest begins. */
static bool macro_define(struct expansion *x, struct span e, struct span *rest)
{
    struct macro *m = arena_alloc(x->a, sizeof *m);
    const char *end = NULL, *close = NULL;

    for (const char *at = rest->s; end == NULL && (at = span_find(span_from(*rest, at), OPEN)) != NULL; at += sizeof OPEN - 1) {
        struct span tag = span_trimmed(span_from(*rest, at + sizeof OPEN - 1));

        if (tag.n >= 4 && memcmp(tag.s, "/def", 4) == 0)
            end = at;
    }
    close = end == NULL ? NULL : span_find(span_from(*rest, end), CLOSE);
    if (close == NULL || !call_split(e, &m->name, m->params, &m->count) || macro_named(x, m->name) != NULL)
        return wrong(x, "not a macro, or one that is known already", e);
    m->body = (struct span){ rest->s, (size_t)(end - rest->s) };
    m->next = x->macros;
    x->macros = m;
    *rest = span_from(*rest, close + sizeof CLOSE - 1);
    return true;
}

static bool macro_call(struct expansion *x, struct span e, const struct frame *caller)
{
    struct frame f = { .depth = caller->depth + 1 };
    struct span name;
    size_t count;

    if (!call_split(e, &name, f.args, &count) || (f.macro = macro_named(x, name)) == NULL || f.macro->count != count)
        return wrong(x, "no such macro, or other arguments", e);
    for (size_t i = 0; i < count; i++)
        f.args[i] = expression(x, caller, f.args[i]);
    return template_write(x, f.macro->body.s, f.macro->body.n, &f);
}

/* ---- tags ---- */

static bool part_include(struct expansion *x, struct span e, const struct frame *f)
{
    struct frame part = { .depth = f->depth + 1 };
    struct span name = e.n > 0 && e.s[0] == '!' ? span_trimmed((struct span){ e.s + 1, e.n - 1 }) : e;
    const char *text;

    if (!is_string(name))
        return wrong(x, "an include names a file", e);
    name = literal_text(name);
    text = x->load(x->arg, x->a, arena_strndup(x->a, name.s, name.n), &x->why);
    return text != NULL && template_write(x, text, strlen(text), &part);
}

/* Writes "each:row = list" with the loop's own name for its variable. */
static bool loop_begin(struct expansion *x, const char *command, struct span e, struct frame *f)
{
    const char *equal = memchr(e.s, '=', e.n);
    struct span name, list;

    if (equal == NULL || f->locals_count == LOCALS_MAX)
        return wrong(x, "no loop, or too many", e);
    name = span_trimmed((struct span){ e.s, (size_t)(equal - e.s) });
    list = expression(x, f, span_from(e, equal + 1));
    if (f->macro == NULL)
        put_tag(x, command, span_of(arena_printf(x->a, ":%.*s = %.*s", (int)name.n, name.s, (int)list.n, list.s)));
    else {
        f->locals[f->locals_count++] = name;
        put_tag(x, command, span_of(arena_printf(x->a, ":%.*s_%d = %.*s", (int)name.n, name.s, f->depth, (int)list.n,
                                                 list.s)));
    }
    return true;
}

static void variable_write(struct expansion *x, struct span e)
{
    const char *fixed = view_fixed(e.s, e.n);

    if (is_literal(e))
        put_escaped(x, literal_text(e));
    else if (fixed != NULL)
        put_escaped(x, span_of(fixed));
    else
        put_tag(x, "var:", e);
}

static bool condition_write(struct expansion *x, struct span command, struct span e, struct ifs *ifs)
{
    if (span_is(command, span_of("if"))) {
        if (ifs->n == IFS_MAX)
            return wrong(x, "too many conditions", e);
        ifs->v[ifs->n++] = (struct condition){ .outer_dead = x->dead };
    }
    if (ifs->n == 0)
        return wrong(x, "a condition that was not begun", command);
    if (!span_is(command, span_of("/if"))) {
        branch_begin(x, &ifs->v[ifs->n - 1], span_is(command, span_of("else")) ? TRUE_ALWAYS : condition_known(x->a, e), e);
        return true;
    }
    x->dead = ifs->v[--ifs->n].outer_dead;
    if (ifs->v[ifs->n].written)
        put_tag(x, "/if", span_of(""));
    return true;
}

/* Writes one tag: what stands between "<?cs" and "?>".  A definition takes more of the text. */
static bool tag_write(struct expansion *x, struct span tag, struct span *rest, struct frame *f, struct ifs *ifs)
{
    static const char *const conditions[] = { "if", "elif", "else", "/if" };
    const char *colon = memchr(tag.s, ':', tag.n), *bang = memchr(tag.s, '!', tag.n);
    const char *end = colon != NULL && (bang == NULL || colon < bang) ? colon : bang;
    struct span command = tag, e = { tag.s + tag.n, 0 };

    if (tag.n > 0 && tag.s[0] == '#')
        return true;
    if (end != NULL) {
        command.n = (size_t)(end - tag.s);
        e = span_trimmed(span_from(tag, end + (end == colon)));
    }
    if (span_is(command, span_of("def")))
        return macro_define(x, e, rest);
    if (span_is(command, span_of("call")))
        return x->dead || macro_call(x, e, f);
    if (span_is(command, span_of("include")))
        return part_include(x, e, f);
    if (span_is(command, span_of("each")) || span_is(command, span_of("loop")) || span_is(command, span_of("with")))
        return loop_begin(x, arena_strndup(x->a, command.s, command.n), e, f);
    e = expression(x, f, e);
    for (size_t i = 0; i < COUNT(conditions); i++)
        if (span_is(command, span_of(conditions[i])))
            return condition_write(x, command, e, ifs);
    if (span_is(command, span_of("var")))
        variable_write(x, e);
    else
        put_tag(x, arena_printf(x->a, "%.*s%s", (int)command.n, command.s, end != NULL ? ":" : ""), e);
    return true;
}

static bool template_write(struct expansion *x, const char *text, size_t n, struct frame *f)
{
    struct span rest = { text, n };
    const bool dead = x->dead;
    struct ifs ifs = { .n = 0 };
    const char *open;

    if (f->depth > DEPTH_MAX)
        return wrong(x, "too many macros inside each other", f->macro != NULL ? f->macro->name : (struct span){ text, 0 });
    while ((open = span_find(rest, OPEN)) != NULL && x->why == NULL) {
        struct span tag = span_from(rest, open + sizeof OPEN - 1);
        const char *close = span_find(tag, CLOSE);

        put(x, rest.s, (size_t)(open - rest.s));
        if (close == NULL)
            return wrong(x, "a tag does not end", (struct span){ tag.s, tag.n < 40 ? tag.n : 40 });
        rest = span_from(rest, close + sizeof CLOSE - 1);
        tag.n = (size_t)(close - tag.s);
        if (!tag_write(x, span_trimmed(tag), &rest, f, &ifs))
            return false;
    }
    put(x, rest.s, rest.n);
    if (ifs.n > 0)
        wrong(x, "a condition does not end", (struct span){ text, n < 40 ? n : 40 });
    x->dead = dead;
    return x->why == NULL;
}

const char *template_expand(struct arena *a, const char *name, template_load *load, void *arg, struct buf *out)
{
    struct expansion x = { .a = a, .out = out, .load = load, .arg = arg };
    struct frame f = { .depth = 0 };
    const char *text = load(arg, a, name, &x.why);

    buf_str(out, "");
    if (text != NULL)
        (void)template_write(&x, text, strlen(text), &f);
    return x.why;
}
