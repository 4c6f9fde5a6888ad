#include "base/texts.h"
#include "json/json.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"

static const struct {
    const char *key;
    enum setting_type type;
    const char *dflt;
    int64_t min, max;
    const char *doc;
} table[SETTING_COUNT] = {
#define SETTING(id, key, type, dflt, min, max, doc) [id] = { key, type, dflt, min, max, doc },
#include "domain/ground/setting.def"
#undef SETTING
};

static const struct stmt get = STMT("setting_get", "s", "SELECT value FROM settings WHERE key = $1");
static const struct stmt get_rows = STMT("setting_get_rows", "s",
    "SELECT s.key, s.value, s.changed_at, u.full_name FROM settings s LEFT JOIN users u ON u.id = s.changed_by"
    " WHERE substr(s.key, 1, length($1)) = $1");
static const struct stmt put = STMT("setting_put", "ssIi",
    "INSERT INTO settings (key, value, changed_by, changed_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (key) DO UPDATE SET value = $2, changed_by = $3, changed_at = $4");
DB_REGISTER(&get, &get_rows, &put)

#define S struct setting_row
static const struct field rows[] = {
    FIELD(S, key, F_TEXT, "Clave"),
    FIELD(S, value, F_TEXT, "Valor"),
    FIELD(S, dflt, F_TEXT, "Valor de fábrica"),
    FIELD(S, doc, F_TEXT, "Para qué es"),
    FIELD(S, min, F_INT, "El menor valor, o los menos caracteres"),
    FIELD(S, max, F_INT, "El mayor valor, o los más caracteres"),
    FIELD(S, changed_at, F_INSTANT, "Cuándo se cambió"),
    FIELD(S, changed_by, F_TEXT, "Quién lo cambió"),
};
const struct fields setting_fields = FIELDS(rows);

/* Reads a stored value, which is JSON; the values of today's keys are all plain texts or numbers. */
static const char *setting_value(struct ctx *c, enum setting s, const char *raw)
{
    const char *out = table[s].dflt;
    struct json_object *wrapped;
    const struct text *why;
    char *text;

    if (raw[0] != '"')
        return arena_strdup(c->a, raw);
    text = arena_printf(c->a, "[%s]", raw);
    wrapped = json_parse(text, strlen(text), &why);
    if (wrapped != NULL)
        out = arena_strdup(c->a, json_object_get_string(json_object_array_get_idx(wrapped, 0)));
    json_object_put(wrapped);
    return out;
}

const char *setting_text(struct ctx *c, enum setting s)
{
    struct rows q;
    const char *out;

    if (db_one(c->db, &q, &get, table[s].key) != OK)
        return table[s].dflt;
    out = setting_value(c, s, db_text(&q, 0));
    return db_end(&q) == OK ? out : table[s].dflt;
}

int64_t setting_int(struct ctx *c, enum setting s)
{
    int64_t n;

    if (parse_int(setting_text(c, s), &n) || parse_int(table[s].dflt, &n))
        return n;
    return 0;
}

/* The setting of that key; SETTING_COUNT: there is none. */
static enum setting setting_of(const char *key)
{
    enum setting s = 0;

    while (s < SETTING_COUNT && !streq(table[s].key, key))
        s++;
    return s;
}

/* Reads the settings whose key begins with `prefix` into their places; the other rows are defaults. */
static enum err settings_read(struct ctx *c, const char *prefix, struct setting_row all[SETTING_COUNT])
{
    struct rows q;
    enum err e = db_query(c->db, &q, &get_rows, prefix);

    for (enum setting s = 0; s < SETTING_COUNT; s++)
        all[s] = (struct setting_row){ .key = table[s].key, .value = table[s].dflt, .dflt = table[s].dflt,
            .doc = table[s].doc, .min = table[s].min, .max = table[s].max, .type = table[s].type };
    while (e == OK && db_next(&q)) {
        const enum setting s = setting_of(db_text(&q, 0));

        if (s == SETTING_COUNT)  /* a key of another version */
            continue;
        all[s].value = setting_value(c, s, db_text(&q, 1));
        all[s].changed_at = db_int(&q, 2);
        all[s].changed_by = db_dup(&q, 3, c->a);
    }
    return e != OK ? e : db_end(&q);
}

enum err setting_list(struct ctx *c, const char *prefix, struct setting_rows *out)
{
    struct setting_row all[SETTING_COUNT];
    enum err e = settings_read(c, prefix, all);

    *out = (struct setting_rows){ .v = arena_alloc(c->a, sizeof all) };
    for (enum setting s = 0; e == OK && s < SETTING_COUNT; s++)
        if (has_prefix(table[s].key, prefix))
            out->v[out->n++] = all[s];
    return domain_fault(c, e);
}

void site_read(struct ctx *c, struct site *out)
{
    struct setting_row all[SETTING_COUNT];

    if (settings_read(c, "site.", all) != OK)
        for (enum setting s = 0; s < SETTING_COUNT; s++)
            all[s].value = table[s].dflt;
    *out = (struct site){ all[S_SITE_NAME].value, all[S_SITE_HOURS].value, all[S_SITE_ADDRESS].value,
                          all[S_SITE_PHONE].value };
}

/* The value as it is stored: trimmed and checked; NULL when it is wrong, and the fault names the key. */
static const char *setting_value_of(struct ctx *c, enum setting s, const char *typed)
{
    const char *clean = utf8_trim(c->a, typed ? typed : "");
    int64_t n;

    if (table[s].type != SETTING_TEXT) {
        if (clean != NULL && parse_int(clean, &n) && n >= table[s].min && n <= table[s].max)
            return arena_printf(c->a, "%lld", (long long)n);
        ctx_invalid(c, table[s].key, T_NOT_NUMBER, arena_printf(c->a, "%lld", (long long)table[s].min),
                    arena_printf(c->a, "%lld", (long long)table[s].max), NULL);
        return NULL;
    }
    if (clean == NULL || !utf8_clean(clean, false) || (int64_t)utf8_length(clean) > table[s].max) {
        ctx_invalid(c, table[s].key, T_TOO_LONG, arena_printf(c->a, "%lld", (long long)table[s].max), NULL);
        return NULL;
    }
    if ((int64_t)utf8_length(clean) < table[s].min) {
        ctx_invalid(c, table[s].key, T_TOO_SHORT, arena_printf(c->a, "%lld", (long long)table[s].min), NULL);
        return NULL;
    }
    return clean;
}

static const char *json_quoted(struct arena *a, const char *s)
{
    struct json_object *o = json_object_new_string(s);
    const char *out = json_text(a, o);

    json_object_put(o);
    return out;
}

struct setting_changing {
    struct ctx *c;
    struct { enum setting s; const char *value; } v[SETTING_COUNT];
    size_t n;
};

static enum err setting_change_tx(struct db *db, void *arg)
{
    struct setting_changing *x = arg;
    enum err e = OK;

    for (size_t i = 0; i < x->n && e == OK; i++) {
        enum setting s = x->v[i].s;
        const char *before = setting_text(x->c, s), *after = x->v[i].value;
        struct json_object *details;

        if (streq(before, after))
            continue;
        details = json_object_new_object();
        json_add_text(details, "key", table[s].key);
        json_add_text(details, "before", before);
        json_add_text(details, "after", after);
        e = db_exec(db, NULL, &put, table[s].key,
                    table[s].type == SETTING_TEXT ? json_quoted(x->c->a, after) : after, x->c->user_id,
                    x->c->now);
        if (e == OK)
            e = audit_tx(x->c, "setting_change", "setting", 0, details);
        else
            json_object_put(details);
    }
    return e;
}

enum err setting_change(struct ctx *c, const struct setting_change *list, size_t n)
{
    struct setting_changing x = { .c = c };

    c->fault = (struct fault){ 0 };
    for (size_t i = 0; i < n; i++) {
        const enum setting s = setting_of(list[i].key);
        const char *value;

        if (s == SETTING_COUNT || x.n == SETTING_COUNT) {
            ctx_invalid(c, list[i].key, T_UNKNOWN_FIELD, list[i].key, NULL);
            continue;
        }
        value = setting_value_of(c, s, list[i].value);
        x.v[x.n].s = s;
        x.v[x.n++].value = value;
    }
    if (ctx_faults(c) != OK)
        return E_INVALID;
    return domain_write(c, setting_change_tx, &x);
}
