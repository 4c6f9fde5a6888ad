#include <string.h>

#include "base/random.h"
#include "base/utf8.h"
#include "http/octets.h"
#include "http/request.h"
#include "http/texts.h"

/* Decodes the urlencoded bytes s[0…n), NUL-ended; *len: how many bytes come out. */
static char *form_decode(struct arena *a, const char *s, size_t n, size_t *len)
{
    char *out = arena_alloc(a, n + 1);
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        int byte = s[i] == '%' && n - i > 2 ? hex_pair(s + i + 1) : -1;

        if (byte >= 0) {
            out[at++] = (char)byte;
            i += 2;
        } else {
            out[at++] = s[i] == '+' ? ' ' : s[i];
        }
    }
    *len = at;
    return out;
}

static enum err form_pair(struct ctx *c, const char *s, size_t n, struct pairs *out)
{
    const char *equals = memchr(s, '=', n);
    size_t name_n = equals == NULL ? n : (size_t)(equals - s), len;
    struct pair p;

    if (out->n == FORM_PAIRS)
        return ctx_fail(c, E_TOO_LARGE, NULL, T_TOO_LARGE, "512 datos", NULL);
    p.name = form_decode(c->a, s, name_n, &len);
    if (strlen(p.name) != len || !utf8_clean(p.name, false))
        return ctx_fail(c, E_MALFORMED, NULL, T_MALFORMED, NULL);
    p.value = equals == NULL ? "" : form_decode(c->a, equals + 1, n - name_n - 1, &p.len);
    if (equals == NULL)
        p.len = 0;
    pairs_add(c->a, out, p);
    return OK;
}

enum err form_parse(struct ctx *c, const char *s, size_t n, struct pairs *out)
{
    const char *end = s + n;

    while (s < end) {
        const char *amp = memchr(s, '&', (size_t)(end - s));
        size_t len = (size_t)((amp == NULL ? end : amp) - s);

        if (len > 0) {
            enum err e = form_pair(c, s, len, out);

            if (e != OK)
                return e;
        }
        s += len + 1;
    }
    return OK;
}

const char *link_add(struct arena *a, const char *link, const char *name, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text, *out;

    if (is_blank(value))
        return link;
    out = text = arena_alloc(a, strlen(value) * 3 + 1);
    for (const char *s = value; *s != '\0'; s++) {
        if (strchr(ALPHABET_BASE62 "-_.~/", *s) != NULL) {
            *out++ = *s;
        } else {
            *out++ = '%';
            *out++ = digits[(unsigned char)*s >> 4];
            *out++ = digits[(unsigned char)*s & 15];
        }
    }
    return arena_printf(a, "%s%c%s=%s", link, strchr(link, '?') == NULL ? '?' : '&', name, text);
}
