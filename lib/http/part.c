#include "http/part.h"

#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "http/octets.h"

/* Reads a token or quoted string at *s and moves *s behind it; NULL when neither stands there.  A backslash
 * escapes only quotes and backslashes, since some browsers send whole Windows paths. */
static char *take_value(struct arena *a, const char **s)
{
    const char *p = *s;
    char *out = arena_alloc(a, strlen(p) + 1);
    size_t n;

    if (*p != '"') {
        n = strcspn(p, "; \t");
        *s = p + n;
        return memcpy(out, p, n);
    }
    n = 0;
    for (p++; *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        if (*p == '\0')
            return NULL;
        out[n++] = *p;
    }
    *s = p + 1;
    return out;
}

/* Reads the value of Content-Disposition: form-data; name="…"; filename="…". */
static bool read_disposition(struct arena *a, const char *s, struct part_head *p)
{
    size_t n = strcspn(s, "; \t");

    if (!same_word(s, n, "form-data") || p->name != NULL)
        return false;
    for (s += n;;) {
        const char *key, **to = NULL;
        char *value;

        s += strspn(s, " \t");
        if (*s == '\0')
            return p->name != NULL;
        if (*s++ != ';')
            return false;
        s += strspn(s, " \t");
        key = s;
        n = strcspn(s, "=; \t");
        if (n == 0 || s[n] != '=')
            return false;
        s += n + 1;
        value = take_value(a, &s);
        if (same_word(key, n, "name"))
            to = &p->name;
        else if (same_word(key, n, "filename"))
            to = &p->filename;
        if (value == NULL || (to != NULL && *to != NULL))
            return false;
        if (to != NULL)
            *to = value;
    }
}

/* Whether the value of Content-Transfer-Encoding needs no decoding.  RFC 7578 §4.7 deprecates that header and
 * nobody sends it, so an encoding that needs decoding is refused. */
static bool is_identity(const char *encoding)
{
    size_t n = strlen(encoding);

    return same_word(encoding, n, "binary") || same_word(encoding, n, "8bit")
        || same_word(encoding, n, "7bit");
}

bool part_header(struct arena *a, const char *line, struct part_head *p)
{
    size_t n = strcspn(line, ":");
    const char *value;

    if (n == 0 || line[n] != ':' || is_blank_char(line[0]) || is_blank_char(line[n - 1]))
        return false;
    value = line + n + 1;
    value += strspn(value, " \t");
    if (same_word(line, n, "Content-Disposition"))
        return read_disposition(a, value, p);
    if (same_word(line, n, "Content-Transfer-Encoding"))
        return is_identity(value);
    if (same_word(line, n, "Content-Type"))
        p->type = value;
    return true;
}

/* A field's name must be good UTF-8.  A file's name and type are only shown: if an old program sends them in
 * another encoding, they are left out. */
bool part_head_good(struct part_head *p)
{
    if (p->filename != NULL && !utf8_clean(p->filename, false))
        p->filename = "?";
    if (!utf8_clean(p->type, false))
        p->type = "";
    return !is_blank(p->name) && utf8_clean(p->name, false);
}
