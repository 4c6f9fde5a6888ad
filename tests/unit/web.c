#include <stdlib.h>
#include <stdio.h>
#include <strings.h>

#include "web.h"

struct wire {
    struct web *w;
    const char *method, *uri, *type, *body;
    size_t at;
    struct buf out;
};

void web_open(struct web *w, struct fixture *f, const struct area *ar)
{
    *w = (struct web){ .f = f, .host = "paquetes.test", .address = "127.0.0.1",
                       .origin = "http://paquetes.test", .site = "same-origin" };
    app_open(&w->app, ar, f->conf);
}

void web_close(struct web *w)
{
    app_close(&w->app);
}

static const char *cookie_line(struct web *w)
{
    const char *line = NULL;

    for (size_t i = 0; i < w->cookies.n; i++)
        if (w->cookies.v[i].value[0] != '\0')
            line = arena_printf(w->f->a, "%s%s%s=%s", line ? line : "", line ? "; " : "",
                                w->cookies.v[i].name, w->cookies.v[i].value);
    return line;
}

static const char *wire_param(void *self, const char *name)
{
    struct wire *x = self;
    struct web *w = x->w;
    const struct { const char *name, *value; } rows[] = {
        { "REQUEST_METHOD", x->method }, { "REQUEST_URI", x->uri }, { "HTTP_HOST", w->host },
        { "HTTPS", w->https ? "on" : NULL }, { "REMOTE_ADDR", w->address },
        { "HTTP_ORIGIN", streq(x->method, "GET") ? NULL : w->origin },
        { "HTTP_SEC_FETCH_SITE", w->site }, { "HTTP_AUTHORIZATION", w->bearer },
        { "HTTP_IDEMPOTENCY_KEY", w->key }, { "HTTP_X_REQUEST_ID", w->request_id },
        { "HTTP_HX_REQUEST", w->fragment }, { "HTTP_COOKIE", cookie_line(w) },
        { "HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" },
        { "CONTENT_TYPE", x->body ? x->type : NULL },
        { "CONTENT_LENGTH", x->body ? arena_printf(w->f->a, "%zu", strlen(x->body)) : NULL },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (streq(rows[i].name, name))
            return rows[i].value;
    return NULL;
}

static long wire_read(void *self, void *p, size_t n)
{
    struct wire *x = self;
    size_t left = x->body ? strlen(x->body) - x->at : 0;

    n = n < left ? n : left;
    if (n > 0)
        memcpy(p, x->body + x->at, n);
    x->at += n;
    return (long)n;
}

static void wire_write(void *self, const char *p, size_t n)
{
    struct wire *x = self;

    buf_add(&x->out, p, n);
}

static void cookie_keep(struct web *w, const char *line)
{
    struct arena *a = w->f->a;
    size_t name = strcspn(line, "="), value = strcspn(line + name + 1, ";\r");
    struct pair p = { arena_strndup(a, line, name), arena_strndup(a, line + name + 1, value), value };

    for (size_t i = 0; i < w->cookies.n; i++)
        if (streq(w->cookies.v[i].name, p.name)) {
            w->cookies.v[i] = p;
            return;
        }
    pairs_add(a, &w->cookies, p);
}

static void cookies_keep(struct web *w)
{
    for (const char *s = w->head; (s = strstr(s, "Set-Cookie: ")) != NULL; s++)
        cookie_keep(w, s + strlen("Set-Cookie: "));
}

int web_send(struct web *w, const char *method, const char *uri, const char *type, const char *body)
{
    struct wire x = { .w = w, .method = method, .uri = uri, .body = body,
                      .type = type ? type : "application/x-www-form-urlencoded" };
    struct source from = { wire_param, wire_read, &x, 0, false };
    struct sink to = { wire_write, NULL, &x };
    char *blank;

    app_handle(&w->app, from, to);
    w->head = arena_strdup(w->f->a, x.out.data);
    buf_free(&x.out);
    blank = strstr(w->head, "\r\n\r\n");
    w->body = blank + 4;
    blank[2] = '\0';
    w->status = atoi(w->head + strlen("Status: "));
    cookies_keep(w);
    return w->status;
}

int web_get(struct web *w, const char *uri)
{
    return web_send(w, "GET", uri, NULL, NULL);
}

int web_post(struct web *w, const char *uri, const char *body)
{
    const char *csrf = web_hidden(w, "csrf"), *operation = web_hidden(w, "operation_id");

    return web_send(w, "POST", uri, NULL,
                    arena_printf(w->f->a, "csrf=%s%s%s&%s", csrf ? csrf : "",
                                 operation ? "&operation_id=" : "", operation ? operation : "",
                                 body));
}

const char *web_header(struct web *w, const char *name)
{
    size_t n = strlen(name);

    for (const char *s = w->head; *s != '\0'; s = strchr(s, '\n') + 1)
        if (strncasecmp(s, name, n) == 0 && s[n] == ':')
            return arena_strndup(w->f->a, s + n + 2, strcspn(s + n + 2, "\r"));
    return NULL;
}

const char *web_cookie(struct web *w, const char *name)
{
    return pairs_get(&w->cookies, name);
}

const char *web_hidden(struct web *w, const char *name)
{
    const char *mark = arena_printf(w->f->a, "name=\"%s\" value=\"", name);
    const char *at = w->body ? strstr(w->body, mark) : NULL;

    if (at == NULL)
        return NULL;
    at += strlen(mark);
    return arena_strndup(w->f->a, at, strcspn(at, "\""));
}

bool web_says(struct web *w, const char *text)
{
    return strstr(w->body, text) != NULL;
}
