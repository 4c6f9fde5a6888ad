#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"

/* Usual places of installation, if the build does not define others. */
#ifndef PAQUETERIA_DATADIR
#define PAQUETERIA_DATADIR "/usr/share/paqueteria"
#endif
#ifndef PAQUETERIA_LIBEXECDIR
#define PAQUETERIA_LIBEXECDIR "/usr/libexec/paqueteria"
#endif
#ifndef PAQUETERIA_SYSCONFDIR
#define PAQUETERIA_SYSCONFDIR "/etc/paqueteria"
#endif
#define CONFIG_FILE PAQUETERIA_SYSCONFDIR "/paqueteria.conf"

#define FILE_MAX (256 * 1024)    /* bytes of a configuration */

enum key_type { KEY_TEXT, KEY_INT, KEY_BOOL };

struct key {
    const char *name;
    enum key_type type;
    size_t offset;
    const char *text;            /* default of a KEY_TEXT */
    int64_t number;              /* default of a KEY_INT or KEY_BOOL */
    int64_t min, max;
    const char *doc;
};

static const struct key keys[] = {
#define CONF_TEXT(key, dflt, doc) \
    { #key, KEY_TEXT, offsetof(struct conf, key), dflt, 0, 0, 0, doc },
#define CONF_INT(key, dflt, min, max, doc) \
    { #key, KEY_INT, offsetof(struct conf, key), NULL, dflt, min, max, doc },
#define CONF_BOOL(key, dflt, doc) \
    { #key, KEY_BOOL, offsetof(struct conf, key), NULL, dflt, 0, 1, doc },
#include "base/conf.def"
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL
};

/* State of reading a configuration: the place that faults name, and the keys that were seen. */
struct reading {
    struct arena *a;
    struct conf *c;
    const char *where;           /* "línea 3", "PAQUETERIA_REDIS" */
    bool seen[COUNT(keys)];
    const char **why;
};

static bool conf_refuse(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool conf_refuse(struct reading *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    *r->why = arena_printf(r->a, "%s: %s.", r->where, arena_vprintf(r->a, fmt, ap));
    va_end(ap);
    return false;
}

static void *conf_place(const struct key *k, struct conf *c)
{
    return (char *)c + k->offset;
}

static const void *value_of(const struct key *k, const struct conf *c)
{
    return (const char *)c + k->offset;
}

static void set_defaults(struct conf *c)
{
    for (size_t i = 0; i < COUNT(keys); i++) {
        switch (keys[i].type) {
        case KEY_TEXT:
            *(const char **)conf_place(&keys[i], c) = keys[i].text;
            break;
        case KEY_INT:
            *(int64_t *)conf_place(&keys[i], c) = keys[i].number;
            break;
        case KEY_BOOL:
            *(bool *)conf_place(&keys[i], c) = keys[i].number != 0;
            break;
        }
    }
}

static bool set_int(struct reading *r, const struct key *k, const char *value)
{
    int64_t n;

    if (!parse_int(value, &n) || n < k->min || n > k->max) {
        return conf_refuse(r, "«%s» pide un número entre %lld y %lld, no «%s»", k->name,
                           (long long)k->min, (long long)k->max, value);
    }
    *(int64_t *)conf_place(k, r->c) = n;
    return true;
}

static bool set_bool(struct reading *r, const struct key *k, const char *value)
{
    static const char *const words[] = { "false", "true", "no", "yes", "0", "1" };

    for (size_t i = 0; i < COUNT(words); i++) {
        if (streq(value, words[i])) {
            *(bool *)conf_place(k, r->c) = i % 2 == 1;
            return true;
        }
    }
    return conf_refuse(r, "«%s» pide true o false, no «%s»", k->name, value);
}

static bool set_key(struct reading *r, const struct key *k, const char *value)
{
    if (!utf8_clean(value, false))
        return conf_refuse(r, "«%s» tiene caracteres que no se pueden leer", k->name);
    switch (k->type) {
    case KEY_INT:
        return set_int(r, k, value);
    case KEY_BOOL:
        return set_bool(r, k, value);
    case KEY_TEXT:
        break;
    }
    *(const char **)conf_place(k, r->c) = arena_strdup(r->a, value);
    return true;
}

static char *trim_ascii(char *s)
{
    size_t n;

    s += strspn(s, " \t\r");
    n = strlen(s);
    while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
        s[--n] = '\0';
    return s;
}

static bool read_line(struct reading *r, char *line)
{
    char *key = trim_ascii(line), *equals;

    if (*key == '\0' || *key == '#')
        return true;
    equals = strchr(key, '=');
    if (equals == NULL)
        return conf_refuse(r, "falta «=»; se espera «clave = valor»");
    *equals = '\0';
    key = trim_ascii(key);
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (streq(keys[i].name, key)) {
            if (r->seen[i])
                return conf_refuse(r, "«%s» está repetida", key);
            r->seen[i] = true;
            return set_key(r, &keys[i], trim_ascii(equals + 1));
        }
    }
    return conf_refuse(r, "no existe la clave «%s»", utf8_clean(key, false) ? key : "?");
}

struct conf *conf_parse(struct arena *a, const char *text, const char **why)
{
    struct reading r = { .a = a, .why = why };
    char *copy = arena_strdup(a, text), *line;
    int number = 0;

    r.c = arena_alloc(a, sizeof(*r.c));
    set_defaults(r.c);
    while ((line = strsep(&copy, "\n")) != NULL) {
        r.where = arena_printf(a, "línea %d", ++number);
        if (!read_line(&r, line))
            return NULL;
    }
    return r.c;
}

static bool read_environment(struct arena *a, struct conf *c, const char **why)
{
    struct reading r = { .a = a, .c = c, .why = why };

    for (size_t i = 0; i < COUNT(keys); i++) {
        char *name = arena_printf(a, "PAQUETERIA_%s", keys[i].name);
        const char *value;

        for (char *p = name; *p != '\0'; p++) {
            if (*p >= 'a' && *p <= 'z')
                *p = (char)(*p - 'a' + 'A');
        }
        value = getenv(name);
        r.where = name;
        if (value != NULL && !set_key(&r, &keys[i], value))
            return false;
    }
    return true;
}

struct conf *conf_load(struct arena *a, const char *path, const char **why)
{
    const char *asked = path != NULL ? path : getenv("PAQUETERIA_CONFIG");
    const char *file = asked != NULL ? asked : CONFIG_FILE;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text;
    struct conf *c;

    umask(0027);                 /* every process that keeps anything begins here: others may not read it */
    text = fd < 0 ? NULL : file_read(a, fd, FILE_MAX);
    /* The file in the usual place may be missing; a file that was asked for must exist. */
    if (text == NULL && !(fd < 0 && errno == ENOENT && asked == NULL)) {
        *why = arena_printf(a, "%s: no se puede leer: %s.", file, strerror(errno));
        return NULL;
    }
    c = conf_parse(a, text == NULL ? "" : text, why);
    if (c == NULL) {
        *why = arena_printf(a, "%s, %s", file, *why);
        return NULL;
    }
    c->file = text == NULL ? NULL : arena_strdup(a, file);
    c->text = text == NULL ? "" : text;
    return read_environment(a, c, why) ? c : NULL;
}

int conf_copy(const struct conf *c)
{
    int fd = memfd_create("paqueteria.conf", MFD_CLOEXEC);
    size_t n = strlen(c->text);

    if (fd >= 0 && write(fd, c->text, n) != (ssize_t)n) {
        close(fd);
        return -1;
    }
    return fd;
}

void conf_print(const struct conf *c, FILE *out)
{
    for (size_t i = 0; i < COUNT(keys); i++) {
        const void *v = value_of(&keys[i], c);

        fprintf(out, "# %s\n%s = ", keys[i].doc, keys[i].name);
        switch (keys[i].type) {
        case KEY_TEXT:
            fprintf(out, "%s\n", *(const char *const *)v);
            break;
        case KEY_INT:
            fprintf(out, "%lld\n", (long long)*(const int64_t *)v);
            break;
        case KEY_BOOL:
            fprintf(out, "%s\n", *(const bool *)v ? "true" : "false");
            break;
        }
    }
}
