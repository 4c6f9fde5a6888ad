/* The body of a request, by its content type. */
#include <string.h>

#include "http/texts.h"
#include "json/json.h"
#include "http/multipart.h"
#include "http/octets.h"
#include "http/request.h"
#include "json/texts.h"

#define BOUNDARY_MAX 70          /* RFC 2046 §5.1.1 */

static enum err body_malformed(struct ctx *c)
{
    return ctx_fail(c, E_MALFORMED, NULL, T_MALFORMED, NULL);
}

/* Value of a header's parameter, as in "text/plain; name=value" or name="value"; NULL when it has none. */
static char *header_param(struct arena *a, const char *s, const char *name)
{
    s += strcspn(s, ";");
    while (*s == ';') {
        const char *key = s + 1 + strspn(s + 1, " \t"), *value;
        size_t key_n = strcspn(key, "=;"), n;
        bool quoted;

        if (key[key_n] != '=') {
            s = key + key_n;
            continue;
        }
        value = key + key_n + 1;
        quoted = *value == '"';
        value += quoted;
        n = strcspn(value, quoted ? "\"" : "; \t");
        if (same_word(key, key_n, name))
            return quoted && value[n] != '"' ? NULL : arena_strndup(a, value, n);
        s = value + n;
        s += strcspn(s, ";");
    }
    return NULL;
}

/* Reads the whole body, NUL-ended.  A body shorter than content_length is a fault: the client went away. */
static enum err read_whole(struct ctx *c, struct request *r, int64_t max, char **out)
{
    size_t n = (size_t)r->content_length, at = 0;

    if (r->content_length > max) {
        return ctx_fail(c, E_TOO_LARGE, NULL, T_TOO_LARGE,
                        arena_printf(c->a, "%lld KB", (long long)(max / 1024)), NULL);
    }
    *out = arena_alloc(c->a, n + 1);
    while (at < n) {
        long got = r->src.read(r->src.self, *out + at, n - at);

        if (got <= 0 || (size_t)got > n - at)
            return body_malformed(c);
        at += (size_t)got;
    }
    return OK;
}

static enum err read_form(struct ctx *c, struct request *r)
{
    char *s;
    enum err e = read_whole(c, r, BODY_BYTES, &s);

    return e != OK ? e : form_parse(c, s, (size_t)r->content_length, &r->post);
}

static enum err read_json(struct ctx *c, struct request *r)
{
    static const char mark[] = "\xef\xbb\xbf";   /* U+FEFF: some programs begin every text with it */
    const struct text *why = T_JSON_SYNTAX;
    size_t skip;
    char *s;
    enum err e = read_whole(c, r, BODY_BYTES, &s);

    if (e != OK)
        return e;
    skip = has_prefix(s, mark) ? strlen(mark) : 0;
    r->json = json_parse(s + skip, (size_t)r->content_length - skip, &why);
    return r->json != NULL ? OK : ctx_fail(c, E_MALFORMED, NULL, why, NULL);
}

static enum err read_multipart(struct ctx *c, struct request *r)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
    const char *b = header_param(c->a, r->content_type, "boundary");
    size_t n = b == NULL ? 0 : strlen(b);

    if (n == 0 || n > BOUNDARY_MAX || strspn(b, allowed) != n || b[n - 1] == ' ')
        return body_malformed(c);
    return multipart_read(c, r, b);
}

static bool charset_known(struct ctx *c, const struct request *r)
{
    const char *charset = header_param(c->a, r->content_type, "charset");

    return charset == NULL || same_word(charset, strlen(charset), "utf-8")
        || same_word(charset, strlen(charset), "utf8") || same_word(charset, strlen(charset), "us-ascii");
}

#define JSON_TYPE "application/json"

bool request_is_json(const struct request *r)
{
    return same_word(r->content_type, strcspn(r->content_type, "; \t"), JSON_TYPE);
}

enum err request_body(struct ctx *c, struct request *r)
{
    static const struct {
        const char *type;
        enum err (*read)(struct ctx *c, struct request *r);
    } readers[] = {
        { "application/x-www-form-urlencoded", read_form },
        { "multipart/form-data", read_multipart },
        { JSON_TYPE, read_json },
    };
    size_t n = strcspn(r->content_type, "; \t");

    if (r->body_read || r->content_length == 0) {
        r->body_read = true;
        return OK;
    }
    r->body_read = true;
    for (size_t i = 0; i < COUNT(readers); i++) {
        if (same_word(r->content_type, n, readers[i].type) && charset_known(c, r))
            return readers[i].read(c, r);
    }
    return ctx_fail(c, E_MEDIA, NULL, T_MEDIA, NULL);
}

enum err request_bytes(struct ctx *c, struct request *r)
{
    char *s;
    enum err e = read_whole(c, r, BODY_BYTES, &s);

    r->body_read = true;
    if (e == OK) {
        r->bytes = s;
        r->bytes_n = (size_t)r->content_length;
    }
    return e;
}
