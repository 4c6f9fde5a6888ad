#include "base/log.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/setting_table.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "local/normal.h"

const struct setting_rule setting_table[SETTING_COUNT] = {
#define SETTING(id, key, type, dflt, min, max, choices, unit, group, label, doc, reader)                 \
    [id] = { key, type, dflt, min, max, choices, unit, group, label, doc, reader },
#include "domain/ground/setting.def"
#undef SETTING
};

const struct setting_group setting_groups[] = {
    { "site", "El punto", "Nombre, dirección, horario y teléfonos, como los ven los residentes.", false },
    { "counter", "Mostrador", "Tarjeta, cajas que se escanean, etiquetas y recibos.", false },
    { "access", "Ingreso", "El código de los administradores y el PIN del mostrador.", true },
    { "policy", "Reglas propias", "Lo que su punto agrega a las condiciones, y por cuánto tiempo guarda los datos.", false },
    { "times", "Plazos", "Cuándo se señala lo que se demora y con cuánto aviso cambia una tarifa.", false },
    { "sms", "SMS", "La cuenta con la que salen los mensajes de texto.", false },
    { "mail", "Correo", "El servidor por el que salen los correos.", true },
    { "whatsapp", "WhatsApp", "La cuenta de Meta con la que salen los WhatsApp de quien los pidió.", true },
    { "spending", "Gasto en SMS y WhatsApp", "Cuánto puede gastarse en un día y en un mes.", false },
    { NULL, NULL, NULL, false },
};

const struct word setting_papers[] = { WORD("80"), WORD("58"), WORDS_END };
const struct word label_languages[] = { { "zpl", "ZPL" }, { "escpos", "ESC/POS" }, WORDS_END };
const struct word sms_providers[] = {
    { "servidor", "Lo que dice el servidor" }, { "liwa", "Liwa.co" }, { "ninguno", "Nadie: no se envían" }, WORDS_END
};

static const char *const type_names[SETTING_TYPES] = {
    [SETTING_TEXT] = "texto", [SETTING_LONG] = "varias líneas", [SETTING_INT] = "número", [SETTING_BOOL] = "sí o no",
    [SETTING_CHOICE] = "opción",
    [SETTING_PHONE] = "teléfono", [SETTING_EMAIL] = "correo", [SETTING_HOST] = "servidor", [SETTING_COLOUR] = "color",
    [SETTING_PICTURE] = "imagen", [SETTING_SECRET] = "secreto",
};

static const struct stmt get = STMT("setting_get", "s", "SELECT value FROM settings WHERE key = $1");
static const struct stmt get_rows = STMT("setting_get_rows", "s",
    "SELECT s.key, s.value, s.changed_at, u.full_name FROM settings s LEFT JOIN users u ON u.id = s.changed_by"
    " WHERE substr(s.key, 1, length($1)) = $1 ORDER BY s.key");
static const struct stmt changed_at = STMT("setting_changed_at", "s", "SELECT changed_at FROM settings WHERE key = $1");
DB_REGISTER(&get, &get_rows, &changed_at)

#define S struct setting_row
static const struct field rows[] = {
    FIELD(S, key, F_TEXT, "Clave"),
    FIELD(S, group, F_TEXT, "Grupo"),
    FIELD(S, label, F_TEXT, "Nombre"),
    FIELD(S, doc, F_TEXT, "Para qué es"),
    FIELD(S, type, F_TEXT, "Tipo"),
    FIELD(S, unit, F_TEXT, "Unidad"),
    FIELD(S, value, F_TEXT, "Valor; de un secreto, nada"),
    FIELD(S, dflt, F_TEXT, "Valor de fábrica"),
    FIELD(S, min, F_INT, "El menor valor, o los menos caracteres"),
    FIELD(S, max, F_INT, "El mayor valor, o los más caracteres"),
    FIELD(S, secret, F_BOOL, "Es un secreto: se escribe y no se lee"),
    FIELD(S, set, F_BOOL, "Alguien lo puso; de un secreto, que lo hay"),
    FIELD(S, changed_at, F_INSTANT, "Cuándo se cambió"),
    FIELD(S, changed_by, F_TEXT, "Quién lo cambió"),
    FIELD(S, reader, F_TEXT, "Dónde se usa"),
};
const struct fields setting_fields = FIELDS(rows);

/* Reads a stored value, which is JSON; the values of today's keys are all plain texts or numbers. */
static const char *setting_value(struct ctx *c, enum setting s, const char *raw)
{
    const char *out = setting_table[s].dflt;
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

/* Sets *out to the default, too, where none is set (OK) or the settings could not be read. */
static enum err setting_find(struct ctx *c, enum setting s, const char **out)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &get, setting_table[s].key);
    const char *value;

    *out = setting_table[s].dflt;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    value = setting_value(c, s, db_text(&q, 0));
    if ((e = db_end(&q)) == OK)
        *out = value;
    return e;
}

const char *setting_text(struct ctx *c, enum setting s)
{
    const char *out;

    return setting_find(c, s, &out) == OK ? out : setting_table[s].dflt;
}

static int64_t setting_number(enum setting s, const char *text)
{
    int64_t n;

    return parse_int(text, &n) || parse_int(setting_table[s].dflt, &n) ? n : 0;
}

int64_t setting_int(struct ctx *c, enum setting s)
{
    return setting_number(s, setting_text(c, s));
}

enum err setting_read(struct ctx *c, enum setting s, int64_t *out)
{
    const char *text;
    enum err e = setting_find(c, s, &text);

    *out = setting_number(s, text);
    return e == OK ? OK : domain_fault(c, E_BUSY);
}

int64_t setting_changed_at(struct ctx *c, const char *group)
{
    int64_t last = 0;

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const int64_t at = streq(setting_table[i].group, group) ? db_scalar(c->db, 0, &changed_at, setting_table[i].key) : 0;

        last = at > last ? at : last;
    }
    return last;
}

const char *setting_secret(struct ctx *c, enum setting s)
{
    const char *sealed = setting_text(c, s), *out;

    if (is_blank(sealed))
        return NULL;
    out = seal_open(c->a, c->conf, setting_table[s].key, sealed);
    if (out == NULL)
        log_error("setting.sealed", "key", setting_table[s].key);
    return out;
}

enum setting setting_of(const char *key)
{
    enum setting s = 0;

    while (s < SETTING_COUNT && !streq(setting_table[s].key, key))
        s++;
    return s;
}

const char *setting_named(struct arena *a, const char *key)
{
    const enum setting s = setting_of(key);
    const struct setting_group *g = setting_groups;

    if (s == SETTING_COUNT)
        return NULL;
    while (!streq(g->name, setting_table[s].group))
        g++;
    return arena_printf(a, "%s · %s", g->words, setting_table[s].label);
}

const char *setting_words(const char *key, const char *value)
{
    static const struct word yes_no[] = { { "0", "no" }, { "1", "sí" }, WORDS_END };
    const enum setting s = is_blank(key) ? SETTING_COUNT : setting_of(key);

    if (s == SETTING_COUNT)
        return NULL;
    return setting_table[s].type == SETTING_BOOL ? words_of(yes_no, value)
        : setting_table[s].choices != NULL ? words_of(setting_table[s].choices, value) : NULL;
}

static bool group_has(const char *group, enum setting s)
{
    return group == NULL || streq(setting_table[s].group, group);
}

/* What the version of a group's settings is computed of: a line for each row that the database has of it. */
struct version { const char *group; struct buf rows; };

static void version_add(struct version *v, enum setting s, struct rows *q)
{
    if (v != NULL && group_has(v->group, s))
        buf_printf(&v->rows, "%s %lld %s\n", db_text(q, 0), (long long)db_int(q, 2), db_text(q, 1));
}

/* The number of those rows, never 0; it frees them. */
static int64_t version_end(struct version *v)
{
    unsigned char sum[HASH_BYTES];
    int64_t out = 0;

    buf_str(&v->rows, "");
    sha256(sum, v->rows.data, v->rows.len);
    buf_free(&v->rows);
    for (size_t i = 0; i < sizeof out; i++)
        out = (out << 7 | sum[i] >> 1) & INT64_MAX;
    return out | 1;
}

static struct setting_row setting_unset(enum setting s)
{
    const struct setting_rule *t = &setting_table[s];

    return (struct setting_row){ .key = t->key, .type = type_names[t->type], .group = t->group, .label = t->label,
        .doc = t->doc, .unit = t->unit, .reader = t->reader, .value = t->type == SETTING_SECRET ? NULL : t->dflt,
        .dflt = t->dflt, .min = t->min, .max = t->max, .secret = t->type == SETTING_SECRET, .id = s, .kind = t->type,
        .choices = t->choices };
}

/* Reads the settings whose key begins with `prefix` into their places; the other rows are defaults. */
static enum err settings_read(struct ctx *c, const char *prefix, struct setting_row all[SETTING_COUNT],
                              struct version *version)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &get_rows, prefix);

    for (enum setting s = 0; s < SETTING_COUNT; s++)
        all[s] = setting_unset(s);
    while (e == OK && db_next(&q)) {
        const enum setting s = setting_of(db_text(&q, 0));
        const char *value;

        if (s == SETTING_COUNT)  /* a key of another version */
            continue;
        version_add(version, s, &q);
        value = setting_value(c, s, db_text(&q, 1));
        all[s].set = !all[s].secret || !is_blank(value);
        all[s].value = all[s].secret ? NULL : value;
        all[s].changed_at = db_int(&q, 2);
        all[s].changed_by = db_dup(&q, 3, c->a);
    }
    return e != OK ? e : db_end(&q);
}

enum err setting_version(struct ctx *c, const char *group, int64_t *version)
{
    struct setting_row all[SETTING_COUNT];
    struct version v = { .group = group };
    enum err e = settings_read(c, "", all, &v);

    *version = version_end(&v);
    return e;
}

enum err setting_list(struct ctx *c, const char *group, struct setting_rows *out)
{
    struct setting_row all[SETTING_COUNT];
    struct version v = { .group = group };
    enum err e = settings_read(c, "", all, &v);

    *out = (struct setting_rows){ .v = arena_alloc(c->a, sizeof all), .version = version_end(&v) };
    for (enum setting s = 0; e == OK && s < SETTING_COUNT; s++)
        if (group_has(group, s))
            out->v[out->n++] = all[s];
    return domain_fault(c, e);
}

/* "logo/abc.webp" is "abc" in a link. */
static const char *logo_name(struct ctx *c, const char *key)
{
    const char *name = strchr(key, '/');

    return name == NULL ? "" : arena_strndup(c->a, name + 1, strcspn(name + 1, "."));
}

static bool is_default(const struct setting_row *s)
{
    return streq(s->value, s->dflt);
}

void site_read(struct ctx *c, struct site *out)
{
    struct setting_row all[SETTING_COUNT];
    const char *whatsapp;

    if (settings_read(c, "site.", all, NULL) != OK)
        for (enum setting s = 0; s < SETTING_COUNT; s++)
            all[s].value = setting_table[s].dflt;
    whatsapp = normal_phone(c->a, all[S_SITE_WHATSAPP].value);
    *out = (struct site){ all[S_SITE_NAME].value, all[S_SITE_HOURS].value, all[S_SITE_ADDRESS].value,
                          all[S_SITE_PHONE].value, all[S_SITE_WHATSAPP].value, whatsapp != NULL ? whatsapp + 1 : "",
                          is_default(&all[S_SITE_ACCENT]) ? "" : all[S_SITE_ACCENT].value + 1,
                          logo_name(c, all[S_SITE_LOGO].value) };
}
