#include "http/request.h"

#include <string.h>

#include "base/conf.h"
#include "http/texts.h"
#include "json/json.h"
#include "base/utf8.h"
#include "http/multipart.h"
#include "http/octets.h"

#define URI_MAX 4096
#define HEADERS_MAX 100
#define HEADER_NAME_MAX 64

static const char *cgi_value(const struct request *r, const char *name)
{
    const char *v = r->src.param(r->src.self, name);

    return v == NULL ? "" : v;
}

static enum err request_malformed(struct ctx *c)
{
    return ctx_fail(c, E_MALFORMED, NULL, T_MALFORMED, NULL);
}

static enum method method_parse(const char *s, bool *head)
{
    static const struct { const char *name; enum method method; } methods[] = {
        { "GET", GET }, { "HEAD", GET }, { "POST", POST }, { "PATCH", PATCH },
        { "DELETE", DELETE },
    };

    *head = streq(s, "HEAD");
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (streq(s, methods[i].name))
            return methods[i].method;
    }
    return METHOD_OTHER;
}

/* Decodes %XX in place; false when a % is not followed by two hex digits, or stands for NUL. */
static bool decode_path(char *s)
{
    char *out = s;
    int byte;

    while (*s != '\0') {
        if (*s != '%') {
            *out++ = *s++;
            continue;
        }
        byte = hex_pair(s + 1);
        if (byte <= 0)
            return false;
        *out++ = (char)byte;
        s += 3;
    }
    *out = '\0';
    return true;
}

/* Whether "." or ".." is a segment of the path.  No route has one, so such a path is refused, never
 * resolved. */
static bool has_dots(const char *path)
{
    while (*path != '\0') {
        size_t n;

        path++;                  /* the slash */
        n = strcspn(path, "/\\");
        if ((n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
            return true;
        path += n;
    }
    return false;
}

static enum err open_uri(struct ctx *c, struct request *r)
{
    const char *uri = cgi_value(r, "REQUEST_URI"), *mark;
    char *path;

    if (strlen(uri) > URI_MAX)
        return ctx_fail(c, E_TOO_LARGE, NULL, T_TOO_LARGE, "4 KB", NULL);
    mark = strchr(uri, '?');
    path = arena_strndup(c->a, uri, mark == NULL ? strlen(uri) : (size_t)(mark - uri));
    if (*path != '/' || strchr(path, '#') != NULL || !decode_path(path)
        || !utf8_clean(path, false) || has_dots(path))
        return request_malformed(c);
    r->path = path;
    r->query = mark == NULL ? "" : arena_strdup(c->a, mark + 1);
    return form_parse(c, r->query, strlen(r->query), &r->get);
}

static enum err open_length(struct ctx *c, struct request *r)
{
    const char *length = cgi_value(r, "CONTENT_LENGTH");
    int64_t mb = c->conf->upload_mb;

    if (*length == '\0')
        return OK;
    if (strspn(length, "0123456789") != strlen(length))
        return request_malformed(c);
    if (!parse_int(length, &r->content_length) || r->content_length > mb << 20) {
        return ctx_fail(c, E_TOO_LARGE, NULL, T_TOO_LARGE,
                        arena_printf(c->a, "%lld MB", (long long)mb), NULL);
    }
    return OK;
}

/* nginx names the host that it chose the server by, SERVER_NAME, and passes the header Host as it came: in a
 * request with an absolute address they may differ.  Links and the Origin are compared with the header. */
static bool host_is_checked(const struct request *r)
{
    const char *checked = cgi_value(r, "SERVER_NAME");
    size_t n = strlen(checked);

    return n == 0 || (strncasecmp(r->host, checked, n) == 0 && (r->host[n] == '\0' || r->host[n] == ':'));
}

enum err request_open(struct ctx *c, struct request *r, struct source src)
{
    enum err e;

    *r = (struct request){ .a = c->a, .src = src, .path = "", .query = "" };
    r->method = method_parse(cgi_value(r, "REQUEST_METHOD"), &r->head);
    r->host = arena_strdup(c->a, cgi_value(r, "HTTP_HOST"));
    r->scheme = streq(cgi_value(r, "HTTPS"), "on") ? "https" : "http";
    r->address = arena_strdup(c->a, cgi_value(r, "REMOTE_ADDR"));
    r->content_type = arena_strdup(c->a, cgi_value(r, "CONTENT_TYPE"));
    e = src.headers > HEADERS_MAX || src.repeats || !host_is_checked(r) ? request_malformed(c) : open_length(c, r);
    return e != OK ? e : open_uri(c, r);
}

void request_close(struct request *r)
{
    uploads_discard(r);
    json_object_put(r->json);
    r->json = NULL;
}

const char *request_header(const struct request *r, const char *name)
{
    char cgi_name[HEADER_NAME_MAX + 6] = "HTTP_";
    char *out = cgi_name + 5;

    if (strlen(name) > HEADER_NAME_MAX)
        return NULL;
    for (; *name != '\0'; name++)
        *out++ = *name == '-' ? '_' : to_upper(*name);
    /* CGI names the variables of these two headers without HTTP_. */
    if (streq(cgi_name, "HTTP_CONTENT_TYPE") || streq(cgi_name, "HTTP_CONTENT_LENGTH"))
        return r->src.param(r->src.self, cgi_name + 5);
    return r->src.param(r->src.self, cgi_name);
}

const char *request_cookie(const struct request *r, const char *name)
{
    const char *s = cgi_value(r, "HTTP_COOKIE");
    size_t want = strlen(name), n;

    for (;; s += n + 1) {
        s += strspn(s, " \t");
        n = strcspn(s, ";");
        if (n > want && s[want] == '=' && strncmp(s, name, want) == 0) {
            size_t len = n - want - 1;

            while (len > 0 && is_blank_char(s[want + len]))
                len--;
            return arena_strndup(r->a, s + want + 1, len);
        }
        if (s[n] == '\0')
            return NULL;
    }
}

const char *pairs_get(const struct pairs *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++) {
        if (streq(p->v[i].name, name))
            return p->v[i].value;
    }
    return NULL;
}

bool pairs_repeat(const struct pairs *p, const char *name)
{
    int n = 0;

    for (size_t i = 0; i < p->n; i++)
        n += streq(p->v[i].name, name);
    return n > 1;
}

void pairs_add(struct arena *a, struct pairs *p, struct pair pair)
{
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 16 : p->cap * 2;
        struct pair *v = arena_alloc(a, cap * sizeof(*v));

        if (p->n > 0)
            memcpy(v, p->v, p->n * sizeof(*v));
        p->v = v;
        p->cap = cap;
    }
    p->v[p->n++] = pair;
}
