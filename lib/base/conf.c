#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

/* The build says where it installs; these are the usual places. */
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

#define FILE_MAX (256 * 1024)    /* of a configuration */
#define SECRET_MAX (64 * 1024)
#define KEPT_SECRETS 8
#define KEPT_SIZE 128            /* a key's text is shorter */

enum key_type { KEY_TEXT, KEY_INT, KEY_BOOL };

struct key {
    const char *name;
    enum key_type type;
    size_t offset;
    const char *text;            /* default of KEY_TEXT */
    int64_t number;              /* default of the others */
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

/* One reading: where it is, and what was seen. */
struct reading {
    struct arena *a;
    struct conf *c;
    const char *where;           /* "línea 3", "PAQUETERIA_REDIS" */
    bool seen[COUNT(keys)];
    const char **why;
};

static bool refuse(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct reading *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    *r->why = arena_printf(r->a, "%s: %s.", r->where, arena_vprintf(r->a, fmt, ap));
    va_end(ap);
    return false;
}

static void *place(const struct key *k, struct conf *c)
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
            *(const char **)place(&keys[i], c) = keys[i].text;
            break;
        case KEY_INT:
            *(int64_t *)place(&keys[i], c) = keys[i].number;
            break;
        case KEY_BOOL:
            *(bool *)place(&keys[i], c) = keys[i].number != 0;
            break;
        }
    }
}

static bool set_int(struct reading *r, const struct key *k, const char *value)
{
    int64_t n;

    if (!parse_int(value, &n) || n < k->min || n > k->max) {
        return refuse(r, "«%s» pide un número entre %lld y %lld, no «%s»", k->name,
                      (long long)k->min, (long long)k->max, value);
    }
    *(int64_t *)place(k, r->c) = n;
    return true;
}

static bool set_bool(struct reading *r, const struct key *k, const char *value)
{
    static const char *const words[] = { "false", "true", "no", "yes", "0", "1" };

    for (size_t i = 0; i < COUNT(words); i++) {
        if (streq(value, words[i])) {
            *(bool *)place(k, r->c) = i % 2 == 1;
            return true;
        }
    }
    return refuse(r, "«%s» pide true o false, no «%s»", k->name, value);
}

static bool set_key(struct reading *r, const struct key *k, const char *value)
{
    if (!utf8_clean(value, false)) {
        return refuse(r, "«%s» tiene caracteres que no se pueden leer", k->name);
    }
    switch (k->type) {
    case KEY_INT:
        return set_int(r, k, value);
    case KEY_BOOL:
        return set_bool(r, k, value);
    case KEY_TEXT:
        break;
    }
    *(const char **)place(k, r->c) = arena_strdup(r->a, value);
    return true;
}

static char *trim_ascii(char *s)
{
    size_t n;

    s += strspn(s, " \t\r");
    n = strlen(s);
    while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL) {
        s[--n] = '\0';
    }
    return s;
}

static bool read_line(struct reading *r, char *line)
{
    char *key = trim_ascii(line), *equals;

    if (*key == '\0' || *key == '#') {
        return true;
    }
    equals = strchr(key, '=');
    if (equals == NULL) {
        return refuse(r, "falta «=»; se espera «clave = valor»");
    }
    *equals = '\0';
    key = trim_ascii(key);
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (streq(keys[i].name, key)) {
            if (r->seen[i]) {
                return refuse(r, "«%s» está repetida", key);
            }
            r->seen[i] = true;
            return set_key(r, &keys[i], trim_ascii(equals + 1));
        }
    }
    return refuse(r, "no existe la clave «%s»", utf8_clean(key, false) ? key : "?");
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
        if (!read_line(&r, line)) {
            return NULL;
        }
    }
    return r.c;
}

/* A whole small file; NULL with errno. */
static char *read_whole(struct arena *a, int fd, size_t max)
{
    struct stat st;
    size_t at = 0;
    ssize_t got;
    char *s;

    if (fstat(fd, &st) != 0) {
        return NULL;
    }
    if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uintmax_t)st.st_size > max) {
        errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    s = arena_alloc(a, (size_t)st.st_size + 1);
    while (at < (size_t)st.st_size) {
        got = read(fd, s + at, (size_t)st.st_size - at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return NULL;
        }
        if (got == 0) {
            break;
        }
        at += (size_t)got;
    }
    if (strlen(s) != at) {       /* a NUL inside would hide what follows it */
        errno = EINVAL;
        return NULL;
    }
    return s;
}

/* read_whole and close, errno kept. */
static char *read_close(struct arena *a, int fd, size_t max)
{
    char *s = read_whole(a, fd, max);
    int saved = errno;

    close(fd);
    errno = saved;
    return s;
}

static bool read_environment(struct arena *a, struct conf *c, const char **why)
{
    struct reading r = { .a = a, .c = c, .why = why };

    for (size_t i = 0; i < COUNT(keys); i++) {
        char *name = arena_printf(a, "PAQUETERIA_%s", keys[i].name);
        const char *value;

        for (char *p = name; *p != '\0'; p++) {
            if (*p >= 'a' && *p <= 'z') {
                *p = (char)(*p - 'a' + 'A');
            }
        }
        value = getenv(name);
        r.where = name;
        if (value != NULL && !set_key(&r, &keys[i], value)) {
            return false;
        }
    }
    return true;
}

struct conf *conf_load(struct arena *a, const char *path, const char **why)
{
    const char *asked = path != NULL ? path : getenv("PAQUETERIA_CONFIG");
    const char *file = asked != NULL ? asked : CONFIG_FILE;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = fd < 0 ? NULL : read_close(a, fd, FILE_MAX);
    struct conf *c;

    /* Only the usual place may be empty: what was asked for must be there. */
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
    return read_environment(a, c, why) ? c : NULL;
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

/* ---- secrets ---- */

/* The last few that were read: a key is asked for again and again. */
static struct kept {
    struct stat file;
    char value[KEPT_SIZE];
} kept[KEPT_SECRETS];
static size_t kept_next;

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size
        && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static const char *kept_find(const struct stat *file)
{
    for (size_t i = 0; i < KEPT_SECRETS; i++)
        if (is_same(&kept[i].file, file))
            return kept[i].value;
    return NULL;
}

static void keep(const struct stat *file, const char *value, size_t n)
{
    struct kept *k = &kept[kept_next];

    if (n >= KEPT_SIZE)
        return;
    k->file = *file;
    memcpy(k->value, value, n + 1);
    kept_next = (kept_next + 1) % KEPT_SECRETS;
}

char *secret_read(struct arena *a, const struct conf *c, const char *name)
{
    const char *path, *known;
    struct stat file;
    char *s;
    size_t n;
    int fd;

    if (is_blank(name) || *name == '.' || strchr(name, '/') != NULL) {
        errno = EINVAL;
        return NULL;
    }
    path = arena_printf(a, "%s/%s", c->secrets_dir, name);
    if (lstat(path, &file) != 0)
        return NULL;
    if ((known = kept_find(&file)) != NULL)
        return arena_strdup(a, known);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    s = fd < 0 ? NULL : read_close(a, fd, SECRET_MAX);
    if (s == NULL)
        return NULL;
    n = strlen(s);
    if (n > 0 && s[n - 1] == '\n')
        s[--n] = '\0';
    keep(&file, s, n);
    return s;
}
