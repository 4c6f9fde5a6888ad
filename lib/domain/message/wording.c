#include "domain/message/wording.h"

#include "base/buf.h"
#include "domain/ground/setting.h"
#include "domain/message/message_kind.h"
#include "domain/message/texts.h"

static const struct { const char *name; unsigned group; const char *sample; int longest; } words[] = {
#define VARIABLE(id, name, group, sample, longest, doc) [id] = { name, group, sample, longest },
#include "domain/message/wording.def"
#undef VARIABLE
};

/* The variable that `body` begins with, and *end after its brace; WORD_COUNT when there is none. */
static enum variable variable_at(const char *body, const char **end)
{
    for (enum variable w = 0; w < VARIABLE_COUNT; w++) {
        size_t n = strlen(words[w].name);

        if (body[0] == '{' && strncmp(body + 1, words[w].name, n) == 0 && body[1 + n] == '}') {
            *end = body + n + 2;
            return w;
        }
    }
    return VARIABLE_COUNT;
}

/* A value that is said already, as "su paquete" is behind "Entregamos su paquete {guia}", is not said twice. */
static void word_add(struct buf *b, const char *value)
{
    const size_t n = strlen(value);

    if (b->len > n && b->data[b->len - 1] == ' ' && strncmp(b->data + b->len - 1 - n, value, n) == 0)
        b->data[--b->len] = '\0';
    else
        buf_str(b, value);
}

char *wording_fill(struct arena *a, const char *body, const struct wording *w, const char **missing)
{
    struct buf b = { 0 };
    char *out;

    buf_str(&b, "");
    while (*body != '\0') {
        const char *end = body;
        enum variable found = variable_at(body, &end);

        if (found == VARIABLE_COUNT) {
            buf_char(&b, *body++);
            continue;
        }
        if (w->v[found] != NULL)
            word_add(&b, w->v[found]);
        else
            *missing = words[found].name;
        body = end;
    }
    out = arena_strdup(a, b.data);
    buf_free(&b);
    return out;
}

const char **wording_values(struct arena *a, const char *body, const struct wording *w, size_t *n)
{
    const char **list = NULL;

    *n = 0;
    for (const char *end; *body != '\0'; body = end) {
        const enum variable found = (end = body + 1, variable_at(body, &end));

        if (found == VARIABLE_COUNT)
            continue;
        list = arena_more(a, list, *n, sizeof *list);
        list[(*n)++] = w->v[found] != NULL ? w->v[found] : "";
    }
    return list;
}

char *wording_numbered(struct arena *a, const char *body)
{
    struct buf b = { 0 };
    int n = 0;
    char *out;

    buf_str(&b, "");
    for (const char *end; *body != '\0'; body = end) {
        end = body + 1;
        if (variable_at(body, &end) == VARIABLE_COUNT)
            buf_char(&b, *body);
        else
            buf_printf(&b, "{{%d}}", ++n);
    }
    out = arena_strdup(a, b.data);
    buf_free(&b);
    return out;
}

bool wording_is_bare(const char *body)
{
    const char *last = strrchr(body, '{'), *end;

    return (variable_at(body, &end) != VARIABLE_COUNT)
        || (last != NULL && variable_at(last, &end) != VARIABLE_COUNT && end[strspn(end, " \n.,")] == '\0');
}

void wording_site(struct ctx *c, struct wording *w)
{
    struct site site;

    site_read(c, &site);
    w->v[W_PUNTO] = site.name;
    w->v[W_HORARIO] = site.hours;
    w->v[W_DIRECCION] = site.address;
}

void wording_sample(struct ctx *c, struct wording *w, bool longest)
{
    static const char wide[] = "WWWWWWWWWWWWWWWWWWWW";

    for (enum variable k = 0; k < VARIABLE_COUNT; k++) {
        struct buf b = { 0 };

        w->v[k] = words[k].sample;
        if (!longest || words[k].longest == 0)
            continue;
        for (int left = words[k].longest; left > 0; left -= (int)sizeof wide - 1)
            buf_add(&b, wide, left < (int)sizeof wide - 1 ? (size_t)left : sizeof wide - 1);
        w->v[k] = arena_strdup(c->a, b.data);
        buf_free(&b);
    }
    wording_site(c, w);
    w->v[W_ENLACE] = arena_printf(c->a, "%s/t/%s", c->conf->public_url, "0000000000000000000000");
    w->v[W_BAJA] = arena_printf(c->a, "%s/unsubscribe/%s", c->conf->public_url, "000000-e-000000000000000000000000");
}

static unsigned word_groups(const char *event)
{
    const struct message_kind *kind = message_kind_of(event);

    return kind != NULL ? kind->groups : 0;
}

bool wording_knows(const char *event, enum variable w)
{
    return (words[w].group & word_groups(event)) != 0;
}

const char *wording_group_names(struct arena *a, unsigned groups)
{
    const char *out = NULL;

    for (enum variable w = 0; w < VARIABLE_COUNT; w++)
        if (words[w].group & groups)
            out = arena_printf(a, "%s%s{%s}", out ? out : "", out ? ", " : "", words[w].name);
    return out;
}

const char *wording_names(struct arena *a, const char *event)
{
    return wording_group_names(a, word_groups(event));
}

const char *wording_unknown(struct arena *a, unsigned groups, const char *text)
{
    const char *end;

    for (const char *p = text; *p != '\0'; p++) {
        enum variable w = variable_at(p, &end);
        size_t n = strcspn(p, "} \n");

        if (*p == '{' && (w == VARIABLE_COUNT || !(words[w].group & groups)))
            return arena_strndup(a, p, n + (p[n] == '}'));
    }
    return NULL;
}

static bool has_word(const char *text, const char *name)
{
    const char *end;

    for (; *text != '\0'; text++) {
        enum variable w = variable_at(text, &end);

        if (w < VARIABLE_COUNT && streq(words[w].name, name))
            return true;
    }
    return false;
}

enum err wording_check(struct ctx *c, const char *field, const char *event, const char *text)
{
    const struct message_kind *kind = message_kind_of(event);
    const char *unknown = wording_unknown(c->a, word_groups(event), text);

    if (unknown != NULL)
        return ctx_fail(c, E_INVALID, field, T_WORD_UNKNOWN, unknown, wording_names(c->a, event), NULL);
    if (kind != NULL && streq(field, "body") && !has_word(text, kind->needs[0]) && !has_word(text, kind->needs[1]))
        return ctx_fail(c, E_INVALID, field, T_WORD_NEEDED, kind->needs[0], kind->needs[1], NULL);
    return OK;
}
